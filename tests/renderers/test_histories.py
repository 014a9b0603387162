"""Histories as text: limits beside every statement, every row with its place, nothing live from the input."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from history_world import FIXED, MAP_E, MOBILE, V6, Row, case_of, minutes, post

from ipattr.errors import UsageError
from ipattr.history import accounts_of, compare, history
from ipattr.registry import Registry  # noqa: TC001 - pytest reads the annotation of a fixture's user
from ipattr.renderers.histories import FORMATS, render
from ipattr.renderers.layout import width

if TYPE_CHECKING:
    from ipattr.model import Case, Comparison, History

HOSTILE = "ev\u202eil|<b>`x`\x1b[31m"


def made(registry: Registry) -> tuple[Case, tuple[History, ...], tuple[Comparison, ...]]:
    at = minutes(0, 5, 70, 71, 75, 2000, 2001, 4000)
    rows = [
        Row(at[0], MOBILE.format(1)),
        Row(at[1], FIXED.format(1)),
        Row(at[2], MAP_E.format(1), port=4112),
        Row(at[3], MAP_E.format(1), account="", name=HOSTILE, port=4128),
        Row(at[4], MOBILE.format(1), account="", name=HOSTILE),
        Row(at[5], V6.format(1), kind="logout"),
        Row(at[6], MOBILE.format(2), status="review"),
        Row("", MOBILE.format(3)),
        Row(at[7], MOBILE.format(1)),
    ]
    case = case_of(registry, rows, [post(1, minutes(100)[0])])
    first, second = accounts_of(case)
    found = tuple(history(case, account=name) for name in (first, second))
    return case, found, (compare(case, first, second, pool=registry.announced_v4),)


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("to", ["table", "md"])
def test_every_statement_stands_with_its_limits_before_any_table(registry: Registry, to: str, lang: str) -> None:
    case, histories, comparisons = made(registry)
    text = render(histories, comparisons, to=to, lang=lang, columns=100_000, case=case)
    plain = re.sub(r"&#(\d+);", lambda found: chr(int(found[1])), text)
    for one in (said for found in (*histories, *comparisons) for said in found.statements):
        if HOSTILE not in one.text.en:
            assert one.text.pick(lang) in plain, one.code
        assert one.limits.pick(lang) in plain, one.code
    last = max(plain.index(one.limits.pick(lang)) for one in histories[0].statements)
    assert last < plain.index("回線（請求先で分けた" if lang == "ja" else "Lines, told apart")


@pytest.mark.parametrize("to", ["table", "md"])
def test_every_row_of_the_account_is_listed_with_its_place(registry: Registry, to: str) -> None:
    case, histories, _ = made(registry)
    text = render(histories[:1], to=to, lang="en", columns=200, case=case)
    table = text[text.index("Every row and where it stands") :]
    for entry in histories[0].entries:
        assert entry.place in table
        assert entry.address in table
    assert "in review, not counted" in table
    assert "no time" in table
    assert "logout" in table


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("columns", [40, 80, 120])
def test_a_table_keeps_to_its_width(registry: Registry, lang: str, columns: int) -> None:
    case, histories, comparisons = made(registry)
    text = render(histories, comparisons, to="table", lang=lang, columns=columns, case=case)
    # Evidence is never torn: an address, a hash or a time may stand out alone.
    wide = [line for line in text.splitlines() if width(line) > columns]
    assert all(len(line.split()) <= 2 or re.search(r"[0-9a-f]{64}", line) for line in wide), wide


@pytest.mark.parametrize("to", ["table", "md"])
def test_names_from_the_input_are_inert(registry: Registry, to: str) -> None:
    case, histories, comparisons = made(registry)
    text = render(histories, comparisons, to=to, lang="ja", case=case)
    assert "\x1b" not in text
    assert "\u202e" not in text
    if to == "md":
        assert "<b>" not in text
        assert "`x`" not in text


def test_json_holds_everything_and_what_it_was_made_of(registry: Registry) -> None:
    case, histories, comparisons = made(registry)
    text = render(histories, comparisons, to="json", lang="ja", case=case)
    found = json.loads(text)
    assert found["basis"]["data_version"] == case.data_version
    assert len(found["histories"]) == 2
    assert found["comparisons"][0]["base_rates"]
    assert len(found["histories"][0]["entries"]) == len(histories[0].entries)
    assert json.loads(render(histories, comparisons, to="json", lang="ja", pretty=True, case=case)) == found


def test_times_in_tables_are_no_more_precise_than_given(registry: Registry) -> None:
    rows = [
        Row("2026-09-07 21:34:00", MOBILE.format(1), precision="min"),
        Row("2026-09-08 00:00:00", FIXED.format(1), precision="day"),
    ]
    case = case_of(registry, rows, [post(1, "2026-09-07 21:30:00", precision="min")])
    text = render([history(case)], to="md", lang="en", case=case)
    assert "| 2026-09-07 21:34 |" in text
    assert "| 2026-09-08 |" in text
    assert "21:34:00" not in text
    assert "21:30:00" not in text
    assert "00:00:00" not in text


def test_numbers_of_the_heat_map_are_those_of_the_history(registry: Registry) -> None:
    _, histories, _ = made(registry)
    text = render(histories[:1], to="table", lang="en", columns=140)
    after = text[text.index("Weekday and hour") :].splitlines()[3:10]
    counts = [[int(cell) if cell != "·" else 0 for cell in line.split()[1:]] for line in after]
    assert tuple(map(tuple, counts)) == histories[0].hours.counts
    assert [line.split()[0] for line in after] == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


def test_a_refuted_pool_is_marked_not_used_and_no_history_renders_as_nothing(registry: Registry) -> None:
    rows = [Row(at, MOBILE.format(1 + n % 2)) for n, at in enumerate(minutes(*range(0, 400, 40)))]
    rows.append(Row("2026-09-09 00:00:00", MOBILE.format(1), account="2"))
    case = case_of(registry, rows)
    text = render((), [compare(case, "1", "2", pool=registry.announced_v4)], to="table", lang="en")
    assert "not used (does not fit the returns)" in text
    # No small probability stands beside a pool that gives no ratio.
    refused = [line.split() for line in text.splitlines() if "not used" in line or "not given" in line]
    assert len(refused) >= 3
    assert all("-" in cells for cells in refused)
    assert render((), to="json", lang="ja") == '{"basis":null,"histories":[],"comparisons":[]}\n'


def test_an_empty_account_renders_and_an_unknown_format_is_refused(registry: Registry) -> None:
    case = case_of(registry, [])
    for to in FORMATS:
        assert "HIS001" in render([history(case)], to=to, lang="ja", case=case)
    with pytest.raises(UsageError, match="csv"):
        render([], to="csv", lang="ja")
