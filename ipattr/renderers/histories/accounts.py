"""The history of one account in parts: statements, then the tables that they were counted from."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from ipattr.renderers.destinations.sheet import lines
from ipattr.renderers.histories import words
from ipattr.renderers.histories.words import named, shortened, statement
from ipattr.renderers.layout import Column
from ipattr.renderers.timetables.parts import Grid, Heading, Note
from ipattr.renderers.view import clock, span, weekday
from ipattr.renderers.words import KIND, ROW_STATUS, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from ipattr.model import Entry, Habit, HabitSide, History, Precision
    from ipattr.renderers.destinations.sheet import Look, Row
    from ipattr.renderers.timetables.parts import Part

_MONDAY = date(2024, 1, 1)


def parts(history: History, look: Look) -> Iterator[Part]:
    """Yield one history in reading order."""
    say = look.say
    yield Heading(f"{say('ログインの履歴', 'Login history')}: {named(history.account, look)}", 1)
    yield Heading(say("述べられること", "What can be said"))
    for one in history.statements:
        yield from statement(one, look)
    yield from _lines(history, look)
    yield from _sessions(history, look)
    yield from _recurrences(history, look)
    if history.hours.total:
        yield from _hours(history, look)
    yield from _alternations(history, look)
    yield from _habits(history, look)
    yield from _entries(history, look)


def _lines(history: History, look: Look) -> Iterator[Part]:
    say = look.say
    if not history.lines:
        return
    yield Heading(say("回線（請求先で分けた区分）", "Lines, told apart by whom to address"))
    columns = (
        Column(say("請求先", "To address"), 16),
        Column(say("種別", "Kind"), 6),
        Column(say("IPv4", "IPv4"), 6),
        Column(say("行数", "Rows"), 4, "right"),
        Column(say("日数", "Dates"), 4, "right"),
        Column(say("アドレス", "Addresses"), 4, "right"),
        Column(say("最初–最後（JST）", "First–last (JST)"), 19),
    )
    entries = {entry.row: entry for entry in history.entries}
    rows = tuple(
        [
            lines(line.label.pick(look.lang)),
            lines(word(words.KIND, line.kind, look.lang)),
            lines(word(words.USE, line.use, look.lang)),
            lines(str(len(line.rows))),
            lines(str(line.days)),
            lines(str(line.addresses)),
            lines(*_ends(entries, line.rows)),
        ]
        for line in history.lines
    )
    yield Grid(columns, rows)


def _sessions(history: History, look: Look) -> Iterator[Part]:
    say = look.say
    if not history.sessions:
        return
    yield Heading(say("セッション", "Sessions"))
    columns = (
        Column(say("番号", "No."), 3, "right"),
        Column(say("最初–最後（JST）", "First–last (JST)"), 19),
        Column(say("前の間隔", "Pause before"), 8),
        Column(say("行", "Rows"), 6),
        Column(say("アドレス", "Addresses"), 15),
        Column(say("請求先", "To address"), 12),
    )
    labels = {line.key: line.label.pick(look.lang) for line in history.lines}
    pauses = {gap.before: gap for gap in history.gaps if gap.splits}
    entries = {entry.row: entry for entry in history.entries}
    doubt = say("区切り未確定", "cut unsettled")
    rows = tuple(
        [
            lines(str(one.number)),
            lines(*_ends(entries, one.rows)),
            lines(
                span(pauses[one.rows[0]].seconds, look.lang) if one.rows[0] in pauses else "",
                doubt if one.unsettled else "",
            ),
            lines(shortened(one.rows, look)),
            lines(*one.addresses),
            lines(*dict.fromkeys(labels[key] for key in one.lines)),
        ]
        for one in history.sessions
    )
    yield Grid(columns, rows)


def _recurrences(history: History, look: Look) -> Iterator[Part]:
    say = look.say
    back = [one for one in history.recurrences if len(one.rows) > 1]
    if not back:
        return
    yield Heading(say("くり返し現れたアドレスとブロック", "Addresses and blocks that came back"))
    columns = (
        Column(say("大きさ", "Size"), 8),
        Column(say("ブロック", "Block"), 18),
        Column(say("行数", "Rows"), 4, "right"),
        Column(say("日数", "Dates"), 4, "right"),
        Column(say("行", "Rows"), 12),
    )
    rows = tuple(
        [
            lines(word(words.LEVEL, one.level, look.lang)),
            lines(one.block),
            lines(str(len(one.rows))),
            lines(str(len(one.days))),
            lines(shortened(one.rows, look)),
        ]
        for one in back
    )
    yield Grid(columns, rows)
    once = len(history.recurrences) - len(back)
    if once:
        yield Note(
            say(
                f"1行だけに現れるアドレス・ブロック{once}件は表に載せていない（JSONにはある）。",
                f"{once} addresses and blocks of a single row are left out of the table (they are in the JSON).",
            )
        )


def _hours(history: History, look: Look) -> Iterator[Part]:
    yield Heading(look.say("曜日と時間帯（日本時間、ログインの回数）", "Weekday and hour (JST, number of logins)"))
    columns = (Column("", 2), *(Column(str(hour), 2, "right") for hour in range(24)))
    names = [weekday(_MONDAY + timedelta(days=n), look.lang) for n in range(7)]
    rows = tuple(
        [lines(name), *(lines(str(count) if count else "·") for count in day)]
        for name, day in zip(names, history.hours.counts, strict=True)
    )
    yield Grid(columns, rows)


def _alternations(history: History, look: Look) -> Iterator[Part]:
    say = look.say
    if not history.alternations:
        return
    yield Heading(say("固定回線とモバイル網の入れ替わり", "Between fixed line and mobile network"))
    columns = (
        Column(say("行", "Rows"), 7),
        Column(say("移り変わり", "From - to"), 12),
        Column(say("間隔", "Apart"), 8),
        Column(say("範囲", "Within"), 8),
    )
    rows = tuple(
        [
            lines(f"{one.rows[0]} → {one.rows[1]}"),
            lines(f"{word(words.KIND, one.from_kind, look.lang)} → {word(words.KIND, one.to_kind, look.lang)}"),
            lines(span(one.seconds, look.lang)),
            lines(word(words.WITHIN, one.within, look.lang)),
        ]
        for one in history.alternations
    )
    yield Grid(columns, rows)


def _habits(history: History, look: Look) -> Iterator[Part]:
    say = look.say
    if not history.habits:
        return
    yield Heading(say("投稿の前後", "Before and after each post"))
    columns = (
        Column(say("投稿", "Post"), 8),
        Column(say("", ""), 4),
        Column(say("ログイン", "Logins"), 4, "right"),
        Column(say("日数", "Dates"), 4, "right"),
        Column(say("回線", "Lines"), 4, "right"),
        Column(say("アドレス", "Addresses"), 4, "right"),
        Column(say("0–5 / 6–11 / 12–17 / 18–23時", "0–5 / 6–11 / 12–17 / 18–23h"), 14),
        Column(say("開示が期間の端まで", "Disclosed to the end"), 8),
    )
    rows = tuple(
        [
            lines(*_post(habit, look) if first else ()),
            lines(name),
            lines(str(len(side.rows))),
            lines(str(side.days)),
            lines(str(len(side.lines))),
            lines(str(len(side.addresses))),
            lines(_quarters(side)),
            lines(say("届く", "yes") if side.covered else say("届かない", "no")),
        ]
        for habit in history.habits
        for first, name, side in (
            (True, say("前", "before"), habit.before),
            (False, say("後", "after"), habit.after),
        )
    )
    yield Grid(columns, rows)


def _post(habit: Habit, look: Look) -> Iterable[str]:
    yield f"{habit.post} ({habit.post_place})"
    yield _written(habit.at, habit.at_precision)
    if habit.post_status == "review":
        yield word(ROW_STATUS, "review", look.lang)


def _quarters(side: HabitSide) -> str:
    return " / ".join(str(sum(side.hours[start : start + 6])) for start in range(0, 24, 6))


def _entries(history: History, look: Look) -> Iterator[Part]:
    say = look.say
    if not history.entries:
        return
    yield Heading(say("すべての行とその出所", "Every row and where it stands"))
    columns = (
        Column(say("行", "Row"), 3, "right"),
        Column(say("出所", "Place"), 12),
        Column(say("日時（JST）", "Time (JST)"), 19),
        Column(say("アドレス", "Address"), 15),
        Column(say("ポート", "Port"), 4, "right"),
        Column(say("請求先", "To address"), 12),
        Column(say("状態", "State"), 8),
    )
    labels = {line.key: line.label.pick(look.lang) for line in history.lines}
    yield Grid(columns, tuple(_entry(entry, labels, look) for entry in history.entries))


def _entry(entry: Entry, labels: dict[str, str], look: Look) -> Row:
    state = [word(words.UNCOUNTED, entry.uncounted, look.lang)]
    if entry.status == "review" and entry.uncounted != "review":
        state.append(word(ROW_STATUS, "review", look.lang))
    if not entry.login:
        state.append(word(KIND, entry.kind, look.lang))
    return [
        lines(str(entry.row)),
        lines(entry.place),
        lines(clock(entry.utc, entry.precision or "s", zone="JST") if entry.utc is not None else "-"),
        lines(entry.address),
        lines("" if entry.port is None else str(entry.port)),
        lines(labels.get(entry.line, "-")),
        lines(*state),
    ]


def _ends(entries: Mapping[int, Entry], rows: Sequence[int]) -> Iterator[str]:
    """Yield the first time of these rows, and the last if it is another, as precisely as each is written."""
    timed = [entry for entry in (entries[row] for row in rows) if entry.utc is not None]
    yield from dict.fromkeys(
        _written(entry.utc, entry.precision or "s") for entry in timed[:1] + timed[-1:] if entry.utc is not None
    )


def _written(utc: datetime, precision: Precision) -> str:
    """Write a time in Japan Standard Time to the second, or less precisely where it is given so."""
    return clock(utc, precision if precision in ("min", "day") else "s", zone="JST")
