"""The chart of sessions: stems as high as a session has rows, above them nothing; below, each login on its block."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from ipattr.plots import styles, subjects
from ipattr.plots.bands import LEFT, Bands, bands, name
from ipattr.plots.calendars import TICK_ROOM, draw_ticks, instant_x, span
from ipattr.plots.sheets import SMALL, TEXT, WIDTH, Key, lay, leading
from ipattr.plots.styles import BLUE, GREY, ORANGE, SKY, WHITE, Area, Point, Rule
from ipattr.renderers.view import span as length

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes

    from ipattr.model import History
    from ipattr.plots.sheets import Sheet, Words
    from ipattr.plots.subjects import Subject

Mark = dict[str, Any]
_CHART = WIDTH - LEFT - 2
_STEMS = 14.0
_BETWEEN = 2.0
_ROOMY = 15
_MOST_JOINED = 300
"""More logins than this are not joined by a line: it would be a solid area."""
_SESSION = Area(SKY, edge=BLUE, line=0.6)
_CHANGES = {
    "first": Point("s", WHITE, size=4.2, line=0.9),
    "same": Point("o", BLUE, size=3.6),
    "address": Point("D", ORANGE, size=4),
    "block": Point("^", WHITE, size=5, line=0.9),
    "unsettled": Point("x", size=4.2, line=1.1),
}
MARKS = (_SESSION, *_CHANGES.values())
"""Every mark of this chart; no two of them look alike in grey."""
_JOINED = Rule(GREY, 0.5, (0, (2, 1.5)))


class Panel(NamedTuple):
    """One account: its history, its marks, and the names of its lanes."""

    account: str
    found: History
    marks: tuple[Mark, ...]
    lanes: tuple[str, ...]


def keys(about: Subject, marks: Sequence[Mark]) -> Iterator[Key]:
    """Yield the legend of what is there."""
    words = {
        "first": ("最初の件", "first row"),
        "same": ("直前と同じアドレス", "same address as before"),
        "address": ("アドレスが変わった（同じブロック）", "other address, same block"),
        "block": ("別のブロックに変わった", "other block"),
        "unsettled": ("前後が定まらない", "order not settled"),
    }
    if any(mark["mark"] == "session" for mark in marks):
        yield Key(_SESSION, about.say("セッション（高さは件数）", "session (height: rows)"))
    bar = next((mark for mark in marks if mark["mark"] == "bar"), None)
    if bar:
        wide = length((bar["until_utc"] - bar["utc"]).total_seconds(), about.lang)
        yield Key(_SESSION, about.say(f"{wide}ごとに始まったセッションの数", f"sessions begun in {wide}"))
    for change, style in _CHANGES.items():
        if any(mark.get("change") == change for mark in marks):
            yield Key(style, about.say(*words[change]))


def chart(about: Subject, panels: Sequence[Panel], words: Words) -> Sheet:
    """Return the sheet with a panel for each account, all on one axis of time."""
    roomy = _ROOMY if sum(len(panel.lanes) for panel in panels) <= _ROOMY else 0
    heights = [bands(panel.lanes, roomy=roomy) for panel in panels]
    head = leading(TEXT) + 1
    body = sum(head + _STEMS + _BETWEEN + one.height + TICK_ROOM + _BETWEEN for one in heights) or 12
    sheet = lay(words, body=body)
    x = span([instant_x(mark["utc"]) for panel in panels for mark in panel.marks])
    top = 0.0
    for panel, rows in zip(panels, heights, strict=True):
        sheet.text((1, sheet.top + top + head / 2), sheet.face.cut(_heading(about, panel), TEXT, WIDTH - 2)[0])
        top += head
        _draw_sessions(about, sheet, panel, axis=x, top=top)
        top += _STEMS + _BETWEEN
        _draw_logins(about, sheet, panel, rows, axis=x, top=top)
        top += rows.height + TICK_ROOM + _BETWEEN
    if not panels:
        sheet.text((1, sheet.top + body / 2), about.say("図にするログインがない", "no login to draw"))
    return sheet


def _heading(about: Subject, panel: Panel) -> str:
    return about.say(f"アカウント {panel.account}", f"account {panel.account}")


def _draw_sessions(about: Subject, sheet: Sheet, panel: Panel, *, axis: tuple[float, float], top: float) -> None:
    axes = sheet.chart(left=LEFT, width=_CHART, span=axis, top=top, height=_STEMS)
    bars = [mark for mark in panel.marks if mark["mark"] == "bar"]
    drawn = bars or [mark for mark in panel.marks if mark["mark"] == "session"]
    height = "sessions" if bars else "rows"
    most = max((mark[height] for mark in drawn), default=1)
    least = (axis[1] - axis[0]) / _CHART * 0.4
    for mark in drawn:
        start, end = instant_x(mark["utc"]), instant_x(mark["until_utc"])
        tall = (_STEMS - 2) * mark[height] / most
        wide = max(end - start, least)
        styles.box(axes, (start - (wide - (end - start)) / 2, _STEMS - tall, wide, tall), _SESSION)
    y = sheet.top + top
    said = about.say("セッションの数", "sessions") if bars else about.say("セッションごとの件数", "rows per session")
    sheet.text((1, y + _STEMS / 2), said)
    sheet.text((LEFT - 1, y + 2), f"{most:,}", points=SMALL, align="right")
    sheet.text((LEFT - 1, y + _STEMS - 1.2), "0", points=SMALL, align="right")
    styles.rule(axes, (axis[0], 2), (axis[1], 2), Rule(styles.FAINT, 0.4), above=0.5)


def _draw_logins(
    about: Subject, sheet: Sheet, panel: Panel, rows: Bands, *, axis: tuple[float, float], top: float
) -> None:
    axes = sheet.chart(left=LEFT, width=_CHART, span=axis, top=top, height=rows.height)
    logins = [mark for mark in panel.marks if mark["mark"] == "login"]
    counts = Counter(mark["lane"] for mark in logins)
    for number, band in enumerate(rows.rows, start=1):
        name(sheet, axes, band, top=sheet.top + top, count=subjects.count(counts[number], about.lang))
    places = [(instant_x(mark["utc"]), rows.rows[mark["lane"] - 1].middle) for mark in logins]
    if len(logins) <= _MOST_JOINED:
        _join(axes, places)
    for change, style in _CHANGES.items():
        some = [place for place, mark in zip(places, logins, strict=True) if mark["change"] == change]
        if some:
            fine = style._replace(size=style.size * 0.6, line=style.line * 0.5)
            shown = style if len(logins) <= _MOST_JOINED else fine
            styles.points(axes, [x for x, _ in some], [y for _, y in some], shown)
    draw_ticks(sheet, axes, left=LEFT, width=_CHART, foot=sheet.top + top + rows.height)


def _join(axes: Axes, places: Sequence[tuple[float, float]]) -> None:
    axes.plot(
        [x for x, _ in places],
        [y for _, y in places],
        color=_JOINED.colour,
        linewidth=_JOINED.line,
        linestyle=_JOINED.dash,
        zorder=1.5,
    )
