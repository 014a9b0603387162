"""``ipattr read``: what was read and what was not, at every width."""

from __future__ import annotations

import json

import pytest
from wcwidth import wcswidth

from ipattr.model import Case, Reading
from ipattr.renderers.reading import render


@pytest.fixture
def reading(case: Case) -> Reading:
    """Return what the case was built from, logins and posts together."""
    events = tuple(row.login for row in case.rows)
    return Reading(
        inputs=case.inputs,
        events=events,
        posts=case.posts,
        rejects=case.rejects,
        findings=case.findings,
        counts=case.counts,
    )


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("columns", [40, 80, 100, 120, 200])
def test_every_row_and_the_ledger_fit_the_terminal(reading: Reading, columns: int, lang: str) -> None:
    text = render(reading, to="table", lang=lang, color=False, columns=columns, pretty=False)
    assert max(map(wcswidth, text.split("\n"))) <= columns
    flat = "".join(text.split())
    for event in reading.events:
        assert event.address.text in flat
    assert "IPA165" in flat
    assert "IPA013" in flat
    assert ("読込8行=正常6+要確認1+不採用1" if lang == "ja" else "read8rows=6ok+1review+1rejected") in flat
    assert "\x1b" not in text


def test_json_is_the_reading(reading: Reading) -> None:
    document = json.loads(render(reading, to="json", lang="ja", color=False, columns=80, pretty=True))
    assert document["counts"] == {"rows": 8, "ok": 6, "review": 1, "rejected": 1}
    assert len(document["events"]) == 7
