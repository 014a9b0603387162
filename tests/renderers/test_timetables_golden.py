"""What plans over the shipped data look like, kept as text; IPATTR_UPDATE_GOLDEN=1 writes it anew."""

from __future__ import annotations

import csv
import io
import os
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filing_world import AS_OF, example

from ipattr.instants import jst_date
from ipattr.model import Span
from ipattr.planning import Served, assumed_logins, logins_of, plan
from ipattr.renderers.layout import width
from ipattr.renderers.timetables import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.model import Timetable
    from ipattr.planning import PlannedLogin
    from ipattr.registry import Registry

HERE = Path(__file__).resolve().parent.parent / "golden" / "plan"
POST = date(2026, 6, 1)
WORLDS = ("example", "assumed")


def _planned(
    registry: Registry, logins: Sequence[PlannedLogin], as_of: date, *, served: Sequence[Served], posts: Sequence[date]
) -> Timetable:
    return plan(
        logins,
        procedures=registry.procedures,
        routes=registry.routes,
        platform="x",
        calendar=registry.calendar,
        as_of=as_of,
        start=as_of,
        served=served,
        only=(),
        tool_version="VERSION",
        data_version="DATA",
        posts=posts,
    )


@pytest.fixture(scope="module")
def timetables(registry: Registry) -> dict[str, Timetable]:
    """Return the plan for the shipped log, and that for a post of 1 June with providers of three and six months."""
    case = example().case
    posts = sorted({jst_date(post.instant.utc) for post in case.posts if post.instant})
    periods = (Span(value=3, unit="month"), Span(value=6, unit="month"))
    assumed = assumed_logins([POST], periods, calendar=registry.calendar, as_of=POST)
    asked = (Served(date(2026, 12, 1)),)
    return {
        "example": _planned(registry, logins_of(case), AS_OF, served=asked, posts=posts),
        "assumed": _planned(registry, assumed, POST, served=(), posts=[POST]),
    }


def compare(name: str, text: str) -> None:
    """Compare with the kept text, or write it anew when asked."""
    file = HERE / name
    if os.environ.get("IPATTR_UPDATE_GOLDEN") == "1":
        file.write_text(text, encoding="utf-8", newline="")
    with file.open(encoding="utf-8", newline="") as stream:
        assert text == stream.read()


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("world", WORLDS)
def test_the_table_is_as_kept(
    timetables: dict[str, Timetable], registry: Registry, *, world: str, columns: int, lang: str
) -> None:
    text = render(timetables[world], to="table", lang=lang, columns=columns, citations=registry.citations)
    assert max(map(width, text.splitlines())) <= columns
    compare(f"{world}-{columns}-{lang}.txt", text)


def test_the_markdown_is_as_kept(timetables: dict[str, Timetable], registry: Registry) -> None:
    compare("assumed-ja.md", render(timetables["assumed"], to="md", lang="ja", citations=registry.citations))


def test_the_days_of_the_practitioner_stand_in_the_table(timetables: dict[str, Timetable], registry: Registry) -> None:
    text = render(timetables["assumed"], to="table", lang="ja", columns=120, citations=registry.citations)
    part = text[text.index("-- 満了 2026-09-01 (火)") :]
    part = part[part.index("IPアドレス開示の仮処分") : part.index("着手まで")]
    rows = [line for line in part.splitlines() if re.search(r" 20\d\d-", line) and "→" not in line]
    days = [re.findall(r"20\d\d-(\d\d-\d\d) \((.)\)", line)[:2] for line in rows]
    current = [found[0] for found in days]
    wanted = [("06-22", "月"), ("06-25", "木"), ("07-09", "木"), ("08-09", "日"), ("08-23", "日"), ("08-24", "月")]
    assert [day for day in wanted if day not in current] == []
    assert current == sorted(current)
    assert days[0][1] == ("06-16", "火")  # by the older intervals
    assert current[-1] == ("09-01", "火")
    assert "-- 満了 2026-12-01 (火)" in text
    head = text[: text.index("満了日からの逆算")]
    assert "2026-06-22 (月) 残り21日" in head


@pytest.mark.parametrize("to", ["table", "md"])
def test_every_login_and_every_addressee_is_shown(
    timetables: dict[str, Timetable], registry: Registry, to: str
) -> None:
    timetable = timetables["example"]
    text = render(timetable, to=to, lang="ja", columns=400, citations=registry.citations)
    assert timetable.rows == len(timetable.ranking) == 20
    assert {name for one in timetable.backward for name in [one.name.ja]} - set(_unescaped(text)) == set()
    assert "ログ保存要請が 2026-12-01 (火) に到達した場合、20件中 " in text


def _unescaped(text: str) -> list[str]:
    import html

    return [cell.strip() for cell in re.split(r"\||<br>|\n|  |、|: ", html.unescape(text))]


def test_the_csv_has_a_line_for_all_of_it(timetables: dict[str, Timetable], registry: Registry) -> None:
    timetable = timetables["example"]
    text = render(timetable, to="csv", lang="ja", citations=registry.citations)
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    count = {name: len([row for row in rows if row["section"] == name]) for name in {row["section"] for row in rows}}
    assert count["ranking"] == timetable.rows
    assert count["factor"] == 3 * timetable.rows
    assert count["expiry"] == len(timetable.backward)
    assert count["backward"] == sum(len(one.steps) for expiry in timetable.backward for one in expiry.latest)
    assert count["forward"] == len(timetable.outlooks)
    assert count["source"] == len(timetable.sources)
    outcomes = [
        *timetable.what_if,
        *(one.survivors for o in timetable.outlooks for one in o.forecasts if one.survivors),
    ]
    assert count["survivors"] == sum(len(one.by_addressee) + 1 for one in outcomes)
    assert not [row for row in rows if row["source"] and ";" not in row["source"] and not row["source_title"]]


def test_the_limit_for_execution_is_in_the_short_form(timetables: dict[str, Timetable], registry: Registry) -> None:
    text = render(timetables["assumed"], to="table", lang="ja", columns=120, citations=registry.citations)
    part = text[text.index("からの見込み") :]
    part = part[part.index("-- IPアドレス開示の仮処分から --") :]
    (line,) = [
        one for one in part[: part.index("-- 発信者情報開示命令から --")].splitlines() if "保全執行の期限" in one
    ]
    # Two weeks from orders of 22 June, 18 and 24 July, 1 September; 1 August is a Saturday.
    assert re.findall(r"2026-\d\d-\d\d", line) == ["2026-07-06", "2026-08-03", "2026-08-07", "2026-09-15"]
    assert "送達の日から2週間" in text


def test_nothing_reads_as_a_promise_or_as_advice(timetables: dict[str, Timetable], registry: Registry) -> None:
    for plan_ in timetables.values():
        for to in ("table", "md"):
            text = render(plan_, to=to, lang="ja", citations=registry.citations)
            flat = re.sub(r"\s+", "", text)
            assert not re.search(
                r"件が残る。|満了では失敗しない|場合だけ失敗|消去前|最初にすること|確実に|間に合います", flat
            )
            assert "件が残る計算(公表値による)" in flat
            assert "法的助言ではない" in flat
    text = re.sub(r"\s+", "", render(timetables["example"], to="table", lang="ja", citations=registry.citations))
    assert "法の基準でも、成否の見込みでもない" in text
