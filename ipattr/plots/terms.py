"""The deadlines: each log from connection to expiry, the as-of date, the last day to act, and what is unknown."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from ipattr.plots import subjects
from ipattr.plots.picture import Plot
from ipattr.plots.settings import settled
from ipattr.plots.sheets import Words
from ipattr.plots.termchart import chart, is_later, keys
from ipattr.plots.tidy import COUNT, DAY, FLAG, TEXT, Column, tidy
from ipattr.renderers.view import numbers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ipattr.model import Case, CaseRow, Deadline, DeadlineStatus, Lang
    from ipattr.plots.subjects import Group, Subject

COLUMNS = (
    Column("lane", COUNT, "図の段(上から1)", "lane of the chart, 1 at the top"),
    Column("addressee", TEXT, "段の名前", "name of the lane"),
    Column("rows", TEXT, "ログインの番号(Case内)", "numbers of the logins in the case"),
    Column("logins", COUNT, "ログインの件数", "logins"),
    Column("deadline_status", TEXT, "期限の判定(複数なら最も急ぐもの)", "verdict; of several the most pressing"),
    Column("connected_first", DAY, "接続日(日本時間、最初)", "date of the first connection in Japan"),
    Column("connected_last", DAY, "接続日(日本時間、最後)", "date of the last connection in Japan"),
    Column("earliest_expiry", DAY, "最短の消去予定日(最初)", "earliest expiry, of several logins the first"),
    Column("latest_expiry", DAY, "最後の消去予定日", "last expiry under any figure; NA where open-ended"),
    Column("open_ended", FLAG, "「以上」とする数値がある", "a figure is published as at least"),
    Column("partly_unknown", FLAG, "保存期間の分からない者がある", "a party has no figure"),
    Column("act_by", DAY, "対応期限(最初)", "last working day to act, of several logins the first"),
    Column("days_left", COUNT, "基準日から対応期限までの日数", "days from the as-of date to act_by"),
    Column(
        "practice_earliest",
        DAY,
        "実務の範囲(その者の数字ではない)・早い",
        "general practice, early; nobody's own figure",
    ),
    Column("practice_latest", DAY, "実務の範囲・遅い", "general practice, late; nobody's own figure"),
)
_MOST_SINGLE, _MOST = 30, 36
_ALIVE: tuple[DeadlineStatus, ...] = ("due", "open")
_ORDER: tuple[DeadlineStatus, ...] = ("due", "open", "passed-at-earliest", "unknown", "passed")
Mark = dict[str, Any]


class _Lane(NamedTuple):
    label: str
    rows: tuple[CaseRow, ...]


def draw(case: Case, *, title: str, lang: Lang, account: str) -> Plot:
    """Return the figure: a lane for each addressee and connection date; where these are many, for each addressee."""
    about = subjects.subject(case, lang=lang, account=account)
    groups = [group._replace(rows=tuple(_dated(case, group.rows))) for group in subjects.groups(about)]
    drawn = [row for group in groups for row in group.rows]
    single = len({(group.number, row.deadline) for group in groups for row in group.rows}) <= _MOST_SINGLE
    marks = _ranked(about, [lane for group in groups for lane in _lanes(about, group, single=single)])
    notes = tuple(_notes(about, marks, len(about.rows) - len(drawn), single=single))
    with settled():
        words = Words(title, (subjects.under(about, drawn),), (), notes, subjects.stamp(about))
        sheet = chart(about, marks, words._replace(keys=tuple(keys(about, marks, single=single))))
    return Plot(
        kind="deadlines", figure=sheet.figure, data=tidy(COLUMNS, marks, case), title=title, note="\n".join(notes)
    )


def _dated(case: Case, rows: Sequence[CaseRow]) -> Iterator[CaseRow]:
    for row in rows:
        if case.deadlines[row.deadline].status != "not-applicable":
            yield row


def _state(case: Case, row: CaseRow) -> str:
    status = case.deadlines[row.deadline].status
    return "alive" if status in _ALIVE else status


def _lanes(about: Subject, group: Group, *, single: bool) -> Iterator[_Lane]:
    """Yield the lanes of one addressee: one for each deadline, else one for what is alive, gone and unknown each."""
    shares: dict[str, list[CaseRow]] = {}
    for row in group.rows:
        shares.setdefault(row.deadline if single else _state(about.case, row), []).append(row)
    for rows in shares.values():
        yield _Lane(f"{group.number} {group.name}", tuple(rows))


def _ranked(about: Subject, lanes: Iterable[_Lane]) -> list[Mark]:
    """Return the lanes, the most pressing first; those there is no room for share one lane for each state."""
    marked = sorted(((_mark(about, lane), lane) for lane in lanes), key=_urgency)
    alone = marked if len(marked) <= _MOST else marked[: _MOST - len(_ORDER)]
    rest: dict[str, list[_Lane]] = {}
    for _, lane in marked[len(alone) :]:
        rest.setdefault(_state(about.case, lane.rows[0]), []).append(lane)
    marks = [mark for mark, _ in alone]
    for some in rest.values():
        label = about.say(f"その他 {len(some):,}段", f"{len(some):,} more lanes")
        marks.append(_mark(about, _Lane(label, tuple(row for lane in some for row in lane.rows))))
    for number, mark in enumerate(marks, start=1):
        mark["lane"] = number
    return marks


def _urgency(entry: tuple[Mark, _Lane]) -> tuple[int, date, int]:
    mark, lane = entry
    return _ORDER.index(mark["deadline_status"]), mark["act_by"] or date.max, lane.rows[0].number


def _mark(about: Subject, lane: _Lane) -> Mark:
    label, rows = lane
    found = [about.case.deadlines[row.deadline] for row in rows]
    status = next(one for one in _ORDER if any(entry.status == one for entry in found))
    act_by = _first(one.act_by for one in found)
    practice = [one.practice for one in found if one.practice]
    connected = [one.connected_on for one in found if one.connected_on]
    open_ended = any(one.open_ended for one in found)
    return {
        "addressee": label,
        "rows": numbers([row.number for row in rows]),
        "logins": len(rows),
        "deadline_status": status,
        "connected_first": min(connected),
        "connected_last": max(connected),
        "earliest_expiry": _first(one.earliest for one in found),
        "latest_expiry": None if open_ended else _latest(found),
        "open_ended": open_ended,
        "partly_unknown": any(one.unknown_for for one in found),
        "act_by": act_by,
        "days_left": (act_by - about.case.as_of).days if act_by else None,
        "practice_earliest": _first(one.earliest for one in practice),
        "practice_latest": max((one.latest for one in practice), default=None),
    }


def _first(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _latest(found: Sequence[Deadline]) -> date | None:
    return max((one.latest for one in found if one.latest is not None), default=None)


def _notes(about: Subject, marks: Sequence[Mark], left: int, *, single: bool) -> Iterator[str]:
    yield about.say(
        "接続日は算入せず、満了日の終わりに消去されるものとして描く。数値は公表等によるもので、実際の"
        "消去は確かめていない。保存の依頼や命令の効果は含まない。",
        "The day of the connection is not counted and a log is drawn as gone at the end of its expiry date. Figures "
        "are as published; no erasure was checked, and no preservation request or order is taken into account.",
    )
    if not single:
        yield about.say(
            "段は請求先と状態（期間内・切迫、経過、不明）ごと。日付は段の中で最初に来るもの。",
            "A lane is an addressee and a state (alive, gone, unknown); dates are the first of the lane.",
        )
    if any(mark["deadline_status"] == "unknown" or mark["partly_unknown"] for mark in marks):
        yield about.say(
            "「不明」は収録する数値がないという意味で、消去済みの意味ではない。照会すれば分かる。",
            "Unknown means that no figure is on record, not that the log is gone; asking the provider settles it.",
        )
    if any(is_later(mark) for mark in marks):
        yield about.say(
            "日付の後の「〜」は、より長い数値がある、「以上」とされる、又は保存期間の分からない者があることを示す。",
            "A 〜 behind a date: a longer figure, one published as at least, or a party without a figure.",
        )
    yield from subjects.left_out(
        about, [(left, "期限の計算の対象外（時刻なし又は請求先なし）", "without a deadline to count")]
    )
