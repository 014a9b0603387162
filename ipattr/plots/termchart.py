"""The chart of deadlines: bars from connection to expiry, the dates beside them in figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipattr.plots import styles, subjects
from ipattr.plots.bands import bands, name
from ipattr.plots.calendars import TICK_ROOM, day_x, draw_ticks, span
from ipattr.plots.sheets import SMALL, WIDTH, Key, lay, leading
from ipattr.plots.styles import BLACK, FAINT, GREY, ORANGE, SKY, WHITE, Area, Point, Rule
from ipattr.renderers.words import DEADLINE, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes

    from ipattr.plots.bands import Band
    from ipattr.plots.sheets import Sheet, Words
    from ipattr.plots.subjects import Subject

Mark = dict[str, Any]
_LEFT, _ACT, _REST, _EXPIRY = 51.0, 102.5, 131.0, 132.8
_CHART = _ACT - _LEFT - 1.5
_LEAST = 4.9
_BACK, _ON = 400, 800
"""How many days before and after the as-of date the chart shows at most."""
_KEPT, _GONE = Area(SKY), Area(FAINT, "\\\\\\\\")
_LATER = Area(WHITE, "/////")
_PRACTICE = Rule(BLACK, 0.8, (0, (5, 1.5, 1, 1.5)))
_UNKNOWN = Rule(BLACK, 1.1, (0, (1, 2)))
_TODAY = Rule(BLACK, 1.4)
_ACT_BY, _EXPIRES = Point("D", BLACK, WHITE, size=4.4), Point("v", WHITE, size=4.8, line=0.9)
_END = Point("|", size=4)
_OPEN, _CUT = Point(">", ORANGE, size=5), Point("<", WHITE, size=4)
MARKS = (_KEPT, _GONE, _LATER, _OPEN, _UNKNOWN, _PRACTICE, _ACT_BY, _EXPIRES, _TODAY, _CUT)
"""Every mark of this chart; no two of them look alike in grey."""


def keys(about: Subject, marks: Sequence[Mark], *, single: bool) -> Iterator[Key]:
    """Yield the legend of what is there."""
    if any(mark["earliest_expiry"] and not _is_gone(mark) for mark in marks):
        yield Key(_KEPT, about.say("接続から最短の消去予定まで", "connection to earliest expiry"))
    if any(mark["earliest_expiry"] and _is_gone(mark) for mark in marks):
        yield Key(_GONE, about.say("同（すでに経過）", "the same, already passed"))
    if any(_later(mark) for mark in marks):
        one = about.say("最短から最長の消去予定まで", "earliest to latest expiry")
        yield Key(_LATER, one if single else about.say("最初から最後の消去予定まで", "first to last expiry"))
    if any(mark["open_ended"] for mark in marks):
        yield Key(_OPEN, about.say("「以上」とされ最長は不明", "at least: no latest date"))
    if any(_is_unknown(mark) for mark in marks):
        yield Key(_UNKNOWN, about.say("保存期間が不明", "retention unknown"))
    if any(mark["practice_earliest"] for mark in marks):
        yield Key(
            _PRACTICE, about.say("実務でいわれる範囲（その者の数字ではない）", "general practice (nobody's own figure)")
        )
    if any(mark["act_by"] for mark in marks):
        yield Key(_ACT_BY, about.say("対応期限", "act by"))
        yield Key(_EXPIRES, about.say("最短の消去予定", "earliest expiry"))
    if marks:
        yield Key(_TODAY, about.say(f"基準日 {about.case.as_of}", f"as of {about.case.as_of}"))
    if any(_is_cut(about, mark) for mark in marks):
        yield Key(_CUT, about.say("図の左端より前から", "begins before the chart"))


def _is_gone(mark: Mark) -> bool:
    return mark["deadline_status"] in {"passed", "passed-at-earliest"}


def _is_unknown(mark: Mark) -> bool:
    return bool(mark["deadline_status"] == "unknown" or mark["partly_unknown"])


def is_later(mark: Mark) -> bool:
    """Tell whether the earliest expiry is not the only date: a later one follows, or none that is known."""
    return bool(mark["act_by"] and (_later(mark) or mark["open_ended"] or mark["partly_unknown"]))


def _later(mark: Mark) -> bool:
    return bool(mark["latest_expiry"] and mark["latest_expiry"] != mark["earliest_expiry"])


def _is_cut(about: Subject, mark: Mark) -> bool:
    return day_x(mark["connected_first"]) < day_x(about.case.as_of) - _BACK


def _axis(about: Subject, marks: Sequence[Mark]) -> tuple[float, float]:
    """Return the days shown: around the as-of date as much as is needed, and no more than is of use."""
    today = day_x(about.case.as_of)
    names = ("connected_first", "earliest_expiry", "latest_expiry", "practice_latest")
    days = [day_x(mark[name]) + 1 for mark in marks for name in names if mark[name]]
    # Beyond the end of what is published as "at least" its arrow needs room.
    days += [day_x(mark["earliest_expiry"]) + 60 for mark in marks if mark["open_ended"]]
    return span([min(max(day, today - _BACK), today + _ON) for day in (*days, today - 10, today + 10)])


def chart(about: Subject, marks: Sequence[Mark], words: Words) -> Sheet:
    """Return the sheet with the chart drawn."""
    rows = bands([mark["addressee"] for mark in marks], left=_LEFT, least=_LEAST)
    head = leading(SMALL) + 1
    sheet = lay(words, body=head + rows.height + TICK_ROOM)
    axes = sheet.chart(left=_LEFT, width=_CHART, span=_axis(about, marks), top=head, height=rows.height)
    top = sheet.top + head
    if marks:
        sheet.text((_ACT, sheet.top + 1.4), about.say("対応期限と残り", "act by, and left"), points=SMALL)
        sheet.text((_EXPIRY, sheet.top + 1.4), about.say("最短の消去予定", "earliest expiry"), points=SMALL)
        today = day_x(about.case.as_of) + 0.5
        styles.rule(axes, (today, 0), (today, rows.height), _TODAY, above=2.5)
    for mark, band in zip(marks, rows.rows, strict=True):
        one = about.say(f"行{mark['rows']}", f"row {mark['rows']}")
        count = one if mark["logins"] == 1 else subjects.count(mark["logins"], about.lang)
        name(sheet, axes, band, top=top, count=count, left=_LEFT)
        _bar(about, axes, mark, band)
        _dates(about, sheet, mark, top + band.middle)
        styles.rule(sheet.page, (_ACT - 1.5, top + band.foot), (WIDTH - 1, top + band.foot), Rule(FAINT, 0.4))
    if not marks:
        nothing = about.say("期限を計算したログインがない", "no login with a deadline")
        sheet.text((_LEFT + 1.5, top + rows.height / 2), nothing)
    draw_ticks(sheet, axes, left=_LEFT, width=_CHART, foot=top + rows.height)
    return sheet


def _bar(about: Subject, axes: Axes, mark: Mark, band: Band) -> None:
    low, high = axes.get_xlim()
    tall = min(band.height - 1.6, 2.8)
    y = band.middle - tall / 2

    def stretch(start: float, end: float, style: Area) -> None:
        start, end = max(start, low), min(end, high)
        if start < end:
            styles.box(axes, (start, y, end - start, tall), style)

    begin, end = day_x(mark["connected_first"]), high
    if mark["earliest_expiry"]:
        first = day_x(mark["earliest_expiry"]) + 1
        last = day_x(mark["latest_expiry"]) + 1 if mark["latest_expiry"] else first
        stretch(begin, first, _GONE if _is_gone(mark) else _KEPT)
        stretch(first, last, _LATER)
        begin = last
        if mark["open_ended"] and first < high:
            styles.points(axes, [first + (high - low) / _CHART * 2], [band.middle], _OPEN)
    if _is_unknown(mark) and begin < end:
        styles.rule(axes, (max(begin, low), band.middle), (end, band.middle), _UNKNOWN)
    _practice(axes, mark, band.foot - 0.7)
    _points(about, axes, mark, band)


def _practice(axes: Axes, mark: Mark, y: float) -> None:
    """Draw the general range below the bar, so that it is not taken for a figure of the provider."""
    low, high = axes.get_xlim()
    if mark["practice_earliest"]:
        ends = day_x(mark["practice_earliest"]), day_x(mark["practice_latest"]) + 1
        styles.rule(axes, (max(ends[0], low), y), (min(max(ends[1], low), high), y), _PRACTICE)
        styles.points(
            axes, [end for end in ends if low <= end <= high], [y] * sum(low <= end <= high for end in ends), _END
        )


def _points(about: Subject, axes: Axes, mark: Mark, band: Band) -> None:
    low, high = axes.get_xlim()
    if mark["earliest_expiry"] and low <= day_x(mark["earliest_expiry"]) + 1 <= high:
        styles.points(axes, [day_x(mark["earliest_expiry"]) + 1], [band.middle - 1.7], _EXPIRES, above=4)
    if mark["act_by"] and low <= day_x(mark["act_by"]) + 0.5 <= high:
        styles.points(axes, [day_x(mark["act_by"]) + 0.5], [band.middle], _ACT_BY, above=4)
    if _is_cut(about, mark):
        styles.points(axes, [low + (high - low) * 0.012], [band.middle], _CUT, above=4)


def _dates(about: Subject, sheet: Sheet, mark: Mark, y: float) -> None:
    if not mark["act_by"]:
        sheet.text((_ACT, y), word(DEADLINE, mark["deadline_status"], about.lang), points=SMALL, colour=GREY)
        return
    left = mark["days_left"]
    if left >= 0:
        said = about.say(f"あと{left:,}日" if left else "当日", f"{left:,} d left" if left else "today")
    else:
        said = about.say(f"{-left:,}日経過", f"{-left:,} d past")
    # A date alone would hide that there is a later one, or none that is known.
    more = "〜" if is_later(mark) else ""
    sheet.text((_ACT, y), str(mark["act_by"]), points=SMALL)
    sheet.text((_REST, y), said, points=SMALL, align="right")
    sheet.text((_EXPIRY, y), f"{mark['earliest_expiry']}{more}", points=SMALL)
