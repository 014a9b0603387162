"""The chart of ledger strips: a lane for each candidate address, a mark where each login lies beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipattr.plots import styles
from ipattr.plots.bands import bands, name
from ipattr.plots.calendars import TICK_ROOM, draw_ticks, instant_x, span
from ipattr.plots.sheets import SMALL, WIDTH, Key, lay, leading
from ipattr.plots.styles import BLUE, FAINT, GREY, ORANGE, WHITE, Point, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes

    from ipattr.plots.bands import Band, Bands
    from ipattr.plots.sheets import Sheet, Words
    from ipattr.plots.subjects import Subject

Mark = dict[str, Any]
_LEFT, _FIRST, _LAST = 56.0, 118.0, 134.0
_CHART = _FIRST - _LEFT - 1.5
_MARGIN = 365
"""How many days of sightings before the first login and after the last one the chart shows at most."""
_DATE = len("2016-08-02")
_OBSERVED = Rule(GREY, 1.6)
_END, _CUT_LEFT, _CUT_RIGHT = Point("|", size=5, line=0.9), Point("<", WHITE, size=3.6), Point(">", WHITE, size=3.6)
_NEAR = {"around": Point("o", BLUE, size=4), "between": Point("D", ORANGE, size=3.8)}
_FAR = {"before": Point("<", GREY, GREY, size=3.2, line=0.4), "after": Point(">", GREY, GREY, size=3.2, line=0.4)}
_OTHER = Point(".", GREY, GREY, size=2.2, line=0.2)
_LOGIN, _DROPPED = Point("v", size=3.4), Rule(GREY, 0.4, (0, (1, 2)))
_MOST_DROPPED = 40
MARKS = (_LOGIN, _OBSERVED, *_NEAR.values(), *_FAR.values(), _OTHER, _END)
"""Every mark of this chart; no two of them look alike in grey."""


def keys(about: Subject, marks: Sequence[Mark]) -> Iterator[Key]:
    """Yield the legend of what is there."""
    present = {(mark["relation"], mark["period"]) for mark in marks if mark["mark"] == "login"}
    if marks:
        yield Key(_LOGIN, about.say("ログインの日時", "time of a login"))
        yield Key(_OBSERVED, about.say("最初から最後の観測まで", "first to last sighting"))
    words = {
        "around": ("ログインと同時期に観測", "observed around the login"),
        "between": ("ログインの前後に観測", "observed before and after the login"),
        "before": ("ログインより前だけの観測", "observed before the login only"),
        "after": ("ログインより後だけの観測", "observed after the login only"),
    }
    for relation, style in {**_NEAR, **_FAR}.items():
        if (relation, "current") in present:
            yield Key(style, about.say(*words[relation]))
    if any(era == "other" for _, era in present):
        yield Key(_OTHER, about.say("別の時期の観測だけ", "observed in another era only"))


def chart(about: Subject, marks: Sequence[Mark], words: Words) -> Sheet:
    """Return the sheet with the chart drawn."""
    observed = [mark for mark in marks if mark["mark"] == "observed"]
    rows = bands([f"{mark['address']} {mark['hosts'].replace('; ', ' ')}" for mark in observed], left=_LEFT)
    head = leading(SMALL) + 1.6
    sheet = lay(words, body=head + rows.height + TICK_ROOM)
    axes = sheet.chart(left=_LEFT, width=_CHART, span=_axis(marks), top=head, height=rows.height)
    top = sheet.top + head
    if observed:
        sheet.text((_FIRST, sheet.top + 1.4), about.say("最初の観測", "first seen"), points=SMALL)
        sheet.text((_LAST, sheet.top + 1.4), about.say("最後の観測", "last seen"), points=SMALL)
    else:
        nothing = about.say("候補のあるログインがない", "no login with a candidate")
        sheet.text((_LEFT + 1.5, top + rows.height / 2), nothing)
    for mark, band in zip(observed, rows.rows, strict=True):
        times = mark["observations"]
        count = "" if times is None else about.say(f"{times:,}回", f"{times:,}×")
        name(sheet, axes, band, top=top, count=count, left=_LEFT)
        _strip(axes, mark, band)
        for x, text in ((_FIRST, mark["first_seen"]), (_LAST, mark["last_seen"])):
            sheet.text((x, top + band.middle), text[:_DATE], points=SMALL)
        styles.rule(sheet.page, (_FIRST - 1.5, top + band.foot), (WIDTH - 1, top + band.foot), Rule(FAINT, 0.4))
    _draw_logins(axes, marks, rows)
    draw_ticks(sheet, axes, left=_LEFT, width=_CHART, foot=top + rows.height)
    return sheet


def _axis(marks: Sequence[Mark]) -> tuple[float, float]:
    """Return the time of the logins with as much of the sightings around it as there is, at most a year either side."""
    logins = [instant_x(mark["utc"]) for mark in marks if mark["mark"] == "login"]
    if not logins:
        return span([])
    low, high = min(logins) - _MARGIN, max(logins) + _MARGIN
    names = [mark[name] for mark in marks if mark["mark"] == "observed" for name in ("utc", "until_utc")]
    return span([*logins, *(min(max(instant_x(utc), low), high) for utc in names)])


def _strip(axes: Axes, mark: Mark, band: Band) -> None:
    low, high = axes.get_xlim()
    start, end = instant_x(mark["utc"]), instant_x(mark["until_utc"])
    if max(start, low) < min(end, high):
        styles.rule(axes, (max(start, low), band.middle), (min(end, high), band.middle), _OBSERVED)
    for x in (start, end):
        if low <= x <= high:
            styles.points(axes, [x], [band.middle], _END, above=2)
    edge = (high - low) / _CHART
    if start < low:
        styles.points(axes, [low + edge], [band.middle], _CUT_LEFT)
    if end > high:
        styles.points(axes, [high - edge], [band.middle], _CUT_RIGHT)


def _draw_logins(axes: Axes, marks: Sequence[Mark], rows: Bands) -> None:
    times = sorted({instant_x(mark["utc"]) for mark in marks if mark["mark"] == "login"})
    styles.points(axes, times, [-0.9] * len(times), _LOGIN)
    for x in times if len(times) <= _MOST_DROPPED else ():
        styles.rule(axes, (x, 0), (x, rows.height), _DROPPED, above=1)
    placed: dict[Point, list[tuple[float, float]]] = {}
    for mark in marks:
        if mark["mark"] == "login":
            style = {**_NEAR, **_FAR}[mark["relation"]] if mark["period"] == "current" else _OTHER
            placed.setdefault(style, []).append((instant_x(mark["utc"]), rows.rows[mark["lane"] - 1].middle))
    for style, places in placed.items():
        styles.points(axes, [x for x, _ in places], [y for _, y in places], style)
