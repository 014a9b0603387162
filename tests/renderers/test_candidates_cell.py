"""Destination candidates on the page: those of the login's own period first, others counted or marked, never hidden."""

from __future__ import annotations

import csv
import io
import re

import msgspec
import pytest

from ipattr.model import Candidate, Case, Finding, Text
from ipattr.renderers import render
from ipattr.renderers.explain import explain

NOTE = Finding(code="IPA606", level="notice", message=Text(ja="米国1か所", en="one place in the US"), about="REG")


def squeezed(text: str) -> str:
    """Return the text without what wrapping adds."""
    return re.sub(r"\s+", "", text)


@pytest.fixture
def mixed(case: Case) -> Case:
    """Return the case with one candidate between two sightings and two of another period."""
    seen = case.candidate_sets["seen"]
    first = seen.candidates[0]

    def one(**changes: object) -> Candidate:
        return msgspec.structs.replace(first, **changes)

    listed = (
        first,
        one(address="192.0.2.8", relation="between", gap_days=17),
        one(address="192.0.2.9", relation="before", gap_days=400, period="other", shared="Fastly"),
        one(address="192.0.2.10", relation="after", gap_days=500, period="other"),
    )
    changed = msgspec.structs.replace(seen, candidates=listed, findings=(NOTE,))
    return msgspec.structs.replace(case, candidate_sets={**case.candidate_sets, "seen": changed})


@pytest.mark.parametrize(
    ("lang", "facts"),
    [
        ("ja", ("2件", "192.0.2.8前後の観測の間(最短17日)", "ほか別の時期2件")),
        ("en", ("2observed", "192.0.2.8between(nearest17d)", "2ofanotherperiod")),
    ],
)
def test_the_table_shows_the_period_of_the_login_and_counts_the_others(
    mixed: Case, lang: str, facts: tuple[str, ...]
) -> None:
    text = squeezed(render(mixed, to="table", lang=lang, columns=40))
    assert [fact for fact in facts if fact not in text] == []
    assert "192.0.2.9" not in text
    assert ("共用あり" if lang == "ja" else "someshared") not in text


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_place_of_observation_is_said_once(mixed: Case, lang: str) -> None:
    text = render(mixed, to="table", lang=lang, columns=200)
    assert text.count("IPA606") == text.count(NOTE.message.pick(lang)) == 1
    assert explain(mixed, 1, lang=lang).count("IPA606") == 1


def test_the_csv_keeps_all_and_marks_those_of_another_period(mixed: Case) -> None:
    rows = csv.DictReader(io.StringIO(render(mixed, to="csv", lang="en", columns=80).removeprefix("\ufeff")))
    row = next(row for row in rows if "192.0.2.8" in row["candidates"])
    marks = [entry.endswith(" other-period") for entry in row["candidates"].split("; ")]
    assert marks == [False, False, True, True]
    assert "192.0.2.8 [x.com] between 17d" in row["candidates"]
    assert "IPA606 one place in the US" in row["findings"]


@pytest.mark.parametrize(
    ("lang", "between", "other"),
    [
        ("ja", "192.0.2.8 (x.com): 前後の観測の間(最短17日);", "前 400日 [別の時期];"),
        ("en", "192.0.2.8 (x.com): between (nearest 17 d);", "before 400 d [other period];"),
    ],
)
def test_explain_lists_all(mixed: Case, lang: str, between: str, other: str) -> None:
    text = explain(mixed, 1, lang=lang, columns=300)
    assert between in text
    assert other in text
