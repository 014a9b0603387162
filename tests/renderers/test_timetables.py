"""Plans as text, Markdown, CSV and JSON: nothing lost, nothing alive, nothing wider than asked."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest
from filing_world import HOSTILE
from hypothesis import given, settings
from hypothesis import strategies as st
from timetable_world import AS_OF, CITATIONS, DOCOMO, WORLDS, both, expiring, handmade, hostile_with, latest, what_if

from ipattr.errors import UsageError
from ipattr.model import DatedStep, Survivors, Timetable
from ipattr.renderers.layout import inert, width
from ipattr.renderers.timetables import FORMATS, render
from ipattr.renderers.timetables.csv import COLUMNS
from ipattr.renderers.timetables.digest import aligned, arrivals, cautious, keyed, standing
from ipattr.renderers.view import numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGS = ("ja", "en")
TEXTS = ("table", "md", "csv")
ALIVE = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f]")


def shown(timetable: Timetable, to: str, lang: str = "ja", columns: int = 80) -> str:
    """Render with the citations of the hand-made world."""
    return render(timetable, to=to, lang=lang, columns=columns, citations=CITATIONS)


def rows_of(text: str) -> list[dict[str, str]]:
    """Read a CSV back, the apostrophes that guard cells taken off."""
    assert text.startswith("\ufeff")
    read = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    return [{name: cell.removeprefix("'") for name, cell in row.items()} for row in read]


def section(text: str, name: str) -> list[dict[str, str]]:
    """Return the lines of one section of a CSV."""
    return [row for row in rows_of(text) if row["section"] == name]


@pytest.mark.parametrize("columns", [40, 60, 80, 100, 120, 200])
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("world", WORLDS)
def test_no_line_is_wider_than_asked(world: str, lang: str, columns: int) -> None:
    text = shown(WORLDS[world](), "table", lang, columns)
    assert max(map(width, text.splitlines())) <= columns


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("to", TEXTS)
def test_hostile_texts_are_inert_in_every_format(to: str, lang: str) -> None:
    text = shown(WORLDS["hostile"](), to, lang).removeprefix("\ufeff")
    assert not ALIVE.search(text)
    assert "\\u202e" in text or "u202e" in text
    if to != "csv":
        assert "\r" not in text


@pytest.mark.parametrize("one", HOSTILE, ids=range(len(HOSTILE)))
def test_no_hostile_text_is_cut_off(one: str) -> None:
    plan = hostile_with(one)
    times = sum(text.count(one) for text in _texts(msgspec.to_builtins(plan)))
    sheet = shown(plan, "csv").replace('""', '"')
    assert inert(one) in sheet
    if one[0] in "あA":
        # In columns a long name is folded beside other cells, so that its letters are counted.
        assert shown(plan, "table", "ja", 120).count(one[0]) >= 10_000 * len(plan.ranking)
        assert shown(plan, "md").count(one) >= len(plan.ranking)
        assert sheet.count(one) >= times // 2


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for one in value.values() for text in _texts(one))
    elif isinstance(value, (list, tuple)):
        yield from (text for one in value for text in _texts(one))


def test_colour_is_there_only_when_asked_for() -> None:
    plan = handmade()
    painted = render(plan, to="table", lang="ja", columns=120, color=True, citations=CITATIONS)
    assert "\x1b[" in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == shown(plan, "table", "ja", 120)


@pytest.mark.parametrize("world", WORLDS)
def test_no_cell_of_the_csv_begins_a_formula_and_no_number_is_rewritten(world: str) -> None:
    text = shown(WORLDS[world](), "csv").removeprefix("\ufeff")
    for row in csv.DictReader(io.StringIO(text, newline="")):
        for name, cell in row.items():
            assert not re.match("[ \u3000]*[=+@\t\r＝＋＠-]", cell), (name, cell[:40])
            assert not re.fullmatch("[0-9]+[/-][0-9]+", cell), (name, cell)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("world", WORLDS)
def test_the_csv_has_the_same_header_and_as_many_cells_on_every_line(world: str, lang: str) -> None:
    text = shown(WORLDS[world](), "csv", lang)
    read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert tuple(read[0]) == COLUMNS
    assert {len(row) for row in read} == {len(COLUMNS)}
    assert text.count("\r\n") == len(read)
    again = io.StringIO(newline="")
    csv.writer(again, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(read)
    assert "\ufeff" + again.getvalue() == text


def test_the_columns_are_documented() -> None:
    from ipattr.renderers.timetables import csv as module

    told = module.__doc__ or ""
    named = [name for name in COLUMNS if not name.endswith("_rows")]
    assert not [name for name in named if f"``{name}``" not in told]
    sections = {row["section"] for world in WORLDS.values() for row in rows_of(shown(world(), "csv"))}
    assert not [name for name in sections if f"``{name}``" not in told]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("world", WORLDS)
def test_markdown_keeps_its_tables_whole_and_nothing_in_it_is_alive(world: str, lang: str) -> None:
    text = shown(WORLDS[world](), "md", lang)
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        lines = block.splitlines()
        assert {line.count("|") for line in lines} == {lines[0].count("|")}
        assert re.fullmatch(r"\|(?:-+:?\|)+", lines[1])
    assert not re.search(r"<(?!br>)", text)
    assert not re.search(r"^(?!#{1,3} |- |\||$)", text, re.MULTILINE)
    assert not re.search(r"^- (?:[-+*=]|\d+[.)]|#)", text, re.MULTILINE)


@pytest.mark.parametrize("pretty", [False, True])
@pytest.mark.parametrize("world", WORLDS)
def test_json_is_the_plan_itself(world: str, *, pretty: bool) -> None:
    plan = WORLDS[world]()
    text = render(plan, to="json", lang="ja", pretty=pretty, citations=CITATIONS)
    assert msgspec.json.decode(text, type=Timetable) == plan
    assert (text.count("\n") > 1) is pretty
    assert text.endswith("\n")


@pytest.mark.parametrize("to", FORMATS)
@pytest.mark.parametrize("world", WORLDS)
def test_the_same_plan_is_the_same_text(world: str, to: str) -> None:
    assert shown(WORLDS[world](), to) == shown(WORLDS[world](), to)


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="md"):
        shown(handmade(), "xlsx")


@pytest.mark.parametrize("columns", [80, 120])
def test_every_day_of_an_open_expiry_is_in_the_table_with_its_weekday(columns: int) -> None:
    plan = handmade()
    text = shown(plan, "table", "ja", columns)
    for expiry in (one for one in plan.backward if one.expiry >= plan.as_of):
        for day in (expiry.expiry, expiry.act_by, expiry.login_on):
            assert f"{day} ({'月火水木金土日'[day.weekday()]})" in text
        for route in expiry.latest:
            for step in route.steps:
                assert f"{step.on} (" in text


def test_a_day_off_stands_beside_the_day_that_counts_instead() -> None:
    text = shown(handmade(), "table", "en", 120)
    line = next(line for line in text.splitlines() if line.startswith("order  "))
    below = text.splitlines()[text.splitlines().index(line) + 1]
    assert "(" in line
    assert "2026-08-09 (Sun)" in text
    assert "→ 2026-08-07 (Fri)" in text
    assert below.strip()


def test_beyond_the_calendar_the_working_day_is_unknown_and_never_guessed() -> None:
    for lang, words in (("ja", "→ 営業日不明"), ("en", "→ workday?")):
        text = shown(WORLDS["assumed"](), "table", lang, 120)
        assert words in text
        assert text.count(words.strip("→ ")) > text.count(words)  # the legend says what it means
    first = section(shown(WORLDS["assumed"](), "csv"), "backward")[0]
    assert first["on"]
    assert not first["workday"]


@pytest.mark.parametrize("columns", [80, 120])
def test_what_to_do_first_comes_first_and_the_earliest_first(columns: int) -> None:
    text = shown(handmade(), "table", "ja", columns)
    first, later = text.index("2026-06-14 (日) 満了"), text.index("2026-09-01 (火) 満了")
    assert text.index("期限の早い順") < first < later < text.index("満了日からの逆算")
    head = text[: text.index("満了日からの逆算")]
    assert "2026-06-01 (月) に満了、9日経過" in re.sub(r"\s+", " ", head).replace("接続 ", "接続")
    assert "68日経過" in head
    assert "どの間隔でも経過。ただし満了前(残り4日)" in re.sub(r"\s+", "", head)
    assert "No.3, 5-6: " in head or "No.5-6: " in head
    assert "No.7: " in head


@pytest.mark.parametrize("world", ["handmade", "in-hand", "undated", "assumed", "empty"])
def test_where_the_logins_stand_sums_to_all_of_them(world: str) -> None:
    plan = WORLDS[world]()
    found = standing(plan)
    assert sum(map(len, found[:-1])) + found.unnamed == plan.rows
    text = shown(plan, "table", "en", 200)
    line = next(line for line in text.splitlines() if line.startswith(f"{plan.rows} logins = "))
    assert sum(map(int, re.findall(r" (\d+)(?= \+|$)", line))) == plan.rows


@pytest.mark.parametrize("to", TEXTS)
def test_every_login_is_in_every_format(to: str) -> None:
    plan = handmade()
    text = shown(plan, to, "en", 120)
    if to == "csv":
        assert [row["row"] for row in section(text, "ranking")] == [str(one.row) for one in plan.ranking]
        return
    pattern = r"^ +(\d+) +(\d+) +1/2" if to == "table" else r"^\| (\d+) \| (\d+) \| 1/2"
    assert [int(found[1]) for found in re.findall(pattern, text, re.MULTILINE)] == [one.row for one in plan.ranking]


@pytest.mark.parametrize("to", ["table", "md"])
@pytest.mark.parametrize("lang", LANGS)
def test_what_survives_is_said_for_every_day_and_sums(to: str, lang: str) -> None:
    plan = handmade()
    text = re.sub(r"\s+", " ", shown(plan, to, lang, 200))
    for day in (date(2026, 8, 29), date(2026, 9, 2)):
        weekday = "月火水木金土日"[day.weekday()] if lang == "ja" else day.strftime("%a")
        words = (
            f"ログ保存要請が {day} ({weekday}) に到達した場合、7件中 2件が残る"
            if lang == "ja"
            else f"If the preservation letter is served on {day} ({weekday}), 2 of 7 logins survive"
        )
        assert words in text
    for row in section(shown(plan, "csv", lang), "survivors"):
        assert sum(int(row[name]) for name in ("kept", "uncertain", "gone", "unknown", "not_applicable")) == int(
            row["total"]
        )


def test_days_with_the_same_outcome_share_their_numbers_and_others_do_not() -> None:
    plan = handmade()
    assert [len(group) for group in arrivals(plan)] == [4]
    all_gone = Survivors(provider="", name=both("", ""), gone=tuple(range(1, 8)))
    later = msgspec.structs.replace(what_if(date(2027, 1, 1)), by_addressee=(), all=all_gone)
    plan = msgspec.structs.replace(plan, what_if=(*plan.what_if, later))
    assert [len(group) for group in arrivals(plan)] == [4, 1]
    text = shown(plan, "table")
    assert "7件中 0件が残る" in text
    assert "残存 2 (No.1-2)、不確実 0、消去 1 (No.4)、不明 3 (No.3, 5-6)、対象外 1 (No.7)" in re.sub(r"\n +", " ", text)


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_the_numbers_of_each_addressee_are_there_for_each_outcome(columns: int) -> None:
    text = shown(handmade(), "table", "ja", columns)
    assert "株式会社JPIX" in text
    for five in ("3/0/1/0/0", "0/0/0/3/1", "2/0/1/3/1"):
        assert five in text
    assert "| 株式会社JPIX | 0 | 0 | 0 | 3<br>No.3, 5-6 | 1<br>No.7 | 4 |" in shown(handmade(), "md")


@pytest.mark.parametrize("columns", [80, 120])
def test_of_logins_in_hand_the_letter_comes_first_and_a_day_past_says_what_is_still_possible(columns: int) -> None:
    text = shown(WORLDS["in-hand"](), "table", "ja", columns)
    head = text[: text.index("満了日からの逆算")]
    flat = re.sub(r"\s+", "", head)
    assert "2026-06-08(月)2日経過" in flat
    assert "至急: 最短なら 2026-06-12" in head
    assert "申立て" not in head  # there is no address left to ask a court for
    assert "発信者情報開示仮処分" not in text[text.index("満了日からの逆算") : text.index("からの見込み")]
    assert "IPアドレスの開示から始める経路" in re.sub(r"\s+", "", text)
    assert "発信者情報開示仮処分" in shown(WORLDS["in-hand"](), "md").split("からの見込み")[0]


def test_a_route_without_an_interval_of_today_is_reckoned_by_the_slowest_never_by_the_best() -> None:
    paces = [latest(date(2026, 9, 1), pace) for pace in ("best", "older")]
    slow = msgspec.structs.replace(paces[0], pace="worst", start=date(2026, 6, 1))
    assert cautious([paces[0], slow]).pace == "worst"
    assert cautious([*paces, slow]).pace == "worst"
    assert cautious([*paces, slow, latest(date(2026, 9, 1), "current")]).pace == "current"


def test_a_warning_about_a_route_stands_beside_its_days_and_with_the_route() -> None:
    text = shown(handmade(), "table", "ja", 120)
    assert "警告 IPA921" in text[: text.index("満了日からの逆算")]
    assert "IPA921 警告: Xは提供命令に従わない" in text[text.index("からの見込み") :]


def test_a_remark_for_information_is_said_once_with_its_routes() -> None:
    plan = handmade()
    other = msgspec.structs.replace(
        plan.outlooks[0],
        route="order",
        name=both("開示命令", "order"),
        remarks=tuple(msgspec.structs.replace(one, about="b") for one in plan.outlooks[0].remarks),
    )
    text = shown(msgspec.structs.replace(plan, outlooks=(*plan.outlooks, other)), "table", "ja", 200)
    assert text.count("掲示板は約3か月") == 1
    assert "掲示板は約3か月。 (発信者情報開示仮処分、任意の保存要請、開示命令)" in text


@pytest.mark.parametrize("to", ["table", "md"])
def test_what_is_missing_is_said_with_its_pace(to: str) -> None:
    text = shown(handmade(), to, "ja", 120)
    assert "数値がない段階 (最長): 送達の期間" in text
    assert "2～8か月" in text
    assert "Xは提供命令に従わない" in text


@pytest.mark.parametrize("to", ["table", "md"])
def test_sources_have_their_titles_and_the_end_says_what_this_is_not(to: str) -> None:
    text = shown(handmade(), to, "ja", 120)
    assert "逆算表" in text
    assert "S5a: ログ保存期間" in text
    assert "UNLISTED" in text
    assert text.rstrip().endswith("法的助言ではない。")


def test_the_whole_has_every_step_and_every_expiry() -> None:
    plan = handmade()
    text = shown(plan, "md", "ja")
    assert text.count("債権者面接") >= len(plan.backward) + 1  # back from each expiry, the passed one too, and forward
    assert len([row for row in rows_of(shown(plan, "csv")) if row["section"] == "backward"]) == sum(
        len(latest.steps) for one in plan.backward for latest in one.latest
    )


def test_assumed_logins_are_said_to_be_assumed_before_anything_else() -> None:
    for lang, words in (("ja", "開示されたものではない"), ("en", "not disclosed")):
        head = shown(WORLDS["assumed"](), "table", lang, 80).split("==")[0]
        assert words in re.sub(r"\s+", " " if lang == "en" else "", head)


def _step(name: str) -> DatedStep:
    return DatedStep(procedure="p", step=name, name=both(name, name), actor="court", on=AS_OF, workday=AS_OF)


@given(st.lists(st.lists(st.sampled_from("abcdefg"), max_size=7), min_size=1, max_size=4))
def test_steps_of_all_paces_are_aligned_without_losing_one(columns: list[list[str]]) -> None:
    keys = [keyed(map(_step, column)) for column in columns]
    order = aligned(keys)
    assert len(order) == len(set(order))
    assert set(order) == {key for column in keys for key in column}
    longest = max(keys, key=len)
    assert [key for key in order if key in longest] == list(longest)


@settings(max_examples=40, deadline=None)
@given(
    spans=st.lists(
        st.tuples(st.integers(-400, 400), st.integers(1, 400), st.sets(st.integers(1, 60), min_size=1, max_size=9)),
        max_size=5,
    ),
    columns=st.integers(40, 140),
    lang=st.sampled_from(LANGS),
)
def test_whatever_expires_when_every_row_and_day_is_shown(
    spans: list[tuple[int, int, set[int]]], columns: int, lang: str
) -> None:
    plans = tuple(
        expiring(
            "docomo",
            DOCOMO,
            rows=tuple(sorted(rows)),
            login_on=AS_OF - timedelta(days=gap),
            expiry=AS_OF + timedelta(days=ahead),
        )
        for ahead, gap, rows in spans
    )
    rows = {row for one in plans for row in one.rows}
    plan = msgspec.structs.replace(handmade(), rows=len(rows), backward=plans, ranking=(), what_if=(), outlooks=())
    text = shown(plan, "table", lang, columns)
    assert max(map(width, text.splitlines())) <= columns
    flat = re.sub(r"\s+", "", text)
    for one in plans:
        assert "".join(f"No.{numbers(one.rows)}".split()) in flat
        assert str(one.expiry) in text
    assert standing(plan).unnamed == 0


def test_five_thousand_logins_are_written_in_seconds() -> None:
    from time import perf_counter

    from timetable_world import ranked

    plan = msgspec.structs.replace(handmade(), rows=5_000, ranking=tuple(map(ranked, range(1, 5_001))))
    began = perf_counter()
    for to in FORMATS:
        assert shown(plan, to, "ja", 120).count("5000") > 0
    assert perf_counter() - began < 60
