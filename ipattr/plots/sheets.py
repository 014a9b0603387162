"""The sheet of a figure: 150 mm wide, a head, keys, the chart, notes and the stamp; every length in millimetres.

The height follows from what is said. Texts are measured before they are set, so that none is clipped or lies on
another.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from ipattr.plots import styles
from ipattr.plots.fonts import Face, choose
from ipattr.plots.styles import Area, Point, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

WIDTH = 150.0
DPI = 300
"""Texts are measured without hinting, which at fewer dots per inch would set them wider."""
TEXT, SMALL, HEADING = 7.0, 6.5, 10.0
"""Sizes of letters in points."""
_EDGE, _INDENT = 1.0, 2.4
_INCH = 25.4
_EM = _INCH / 72
_LEADING = 1.3
_SYMBOL, _KEY_GAP = 7.0, 4.0
_MIDDLE = 0.36
"""How far below its middle a line of this font stands, in em."""

Align = Literal["left", "center", "right"]


class Key(NamedTuple):
    """One entry of the legend."""

    mark: Point | Area | Rule
    label: str


class Words(NamedTuple):
    """Everything said around a chart."""

    title: str
    under: tuple[str, ...]
    keys: tuple[Key, ...]
    notes: tuple[str, ...]
    stamp: tuple[str, ...]


def leading(points: float) -> float:
    """Return the height of one line of text in millimetres."""
    return points * _EM * _LEADING


@dataclass(frozen=True, slots=True)
class Sheet:
    """A figure whose chart begins at ``top``; ``page`` covers all of it, in millimetres from its upper left corner."""

    figure: Figure
    page: Axes
    face: Face
    top: float
    font: FontProperties

    def text(
        self,
        at: tuple[float, float],
        text: str,
        *,
        points: float = TEXT,
        align: Align = "left",
        colour: str = styles.BLACK,
        turned: float = 0,
    ) -> None:
        """Set one line whose middle is at height ``at[1]``; it must be written out already."""
        x, y = at
        drop = points * _EM * _MIDDLE
        self.page.text(
            x if not turned else x + drop,
            y if turned else y + drop,
            text,
            fontproperties=self.font,
            fontsize=points,
            color=colour,
            horizontalalignment=align if not turned else "right",
            verticalalignment="baseline",
            rotation=turned,
            rotation_mode="anchor",
            parse_math=False,
            zorder=5,
        )

    def lines(self, at: tuple[float, float], lines: Sequence[str], *, points: float = TEXT) -> None:
        """Set lines below each other, the middle of all of them at ``at[1]``."""
        x, y = at
        step = leading(points)
        for number, line in enumerate(lines):
            self.text((x, y + (number - (len(lines) - 1) / 2) * step), line, points=points)

    def chart(self, *, left: float, width: float, span: tuple[float, float], height: float, top: float = 0) -> Axes:
        """Return axes ``left`` and ``top`` mm into the body; x runs over ``span``, y in mm downwards."""
        full = self.page.get_ylim()[0]
        axes = self.figure.add_axes(
            (left / WIDTH, 1 - (self.top + top + height) / full, width / WIDTH, height / full), xticks=[], yticks=[]
        )
        axes.set_xlim(*span)
        axes.set_ylim(height, 0)
        axes.patch.set_alpha(0)
        for spine in axes.spines.values():
            spine.set_linewidth(0.5)
            spine.set_edgecolor(styles.GREY)
        return axes


def lay(words: Words, *, body: float) -> Sheet:
    """Return the sheet with everything but the chart, for which it leaves ``body`` millimetres."""
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    face = choose()
    room = WIDTH - 2 * _EDGE
    title = face.lines(words.title, HEADING, room)
    under = [line for text in words.under for line in face.lines(text, TEXT, room)]
    keys = _placed(words.keys, face)
    notes = [face.lines(text, SMALL, room - _INDENT) for text in words.notes]
    stamp = _flowing(words.stamp, face, room)
    top = _EDGE + len(title) * leading(HEADING) + len(under) * leading(TEXT) + 1
    key_rows = keys[-1][1] + 1 if keys else 0
    chart_top = top + key_rows * (leading(TEXT) + 0.6) + 1.2
    feet = sum(len(one) for one in notes) * leading(SMALL)
    height = chart_top + body + 1.5 + feet + 1.5 + len(stamp) * leading(SMALL) + _EDGE
    figure = Figure(figsize=(WIDTH / _INCH, height / _INCH), dpi=DPI, facecolor="white")
    page = figure.add_axes((0, 0, 1, 1))
    page.set_xlim(0, WIDTH)
    page.set_ylim(height, 0)
    page.set_axis_off()
    page.set_zorder(1)  # words stand over the chart
    sheet = Sheet(figure, page, face, chart_top, FontProperties(fname=face.path))
    sheet.lines((_EDGE, _EDGE + len(title) * leading(HEADING) / 2), title, points=HEADING)
    sheet.lines((_EDGE, top - 1 - len(under) * leading(TEXT) / 2), under)
    for key, (x, row) in zip(words.keys, keys, strict=True):
        _key(sheet, key, x, top + (row + 0.5) * (leading(TEXT) + 0.6))
    _feet(sheet, notes, stamp, chart_top + body + 1.5)
    return sheet


def _placed(keys: Sequence[Key], face: Face) -> list[tuple[float, int]]:
    """Return where each key begins and on which row, set one after the other like words."""
    places: list[tuple[float, int]] = []
    x, row = _EDGE, 0
    for key in keys:
        wide = _SYMBOL + face.width(face.written(key.label), TEXT)
        if x + wide > WIDTH - _EDGE and x > _EDGE:
            x, row = _EDGE, row + 1
        places.append((x, row))
        x += wide + _KEY_GAP
    return places


def _key(sheet: Sheet, key: Key, x: float, y: float) -> None:
    if isinstance(key.mark, Point):
        styles.points(sheet.page, [x + 3], [y], key.mark)
    elif isinstance(key.mark, Area):
        styles.box(sheet.page, (x + 0.5, y - 1.1, 5, 2.2), key.mark)
    else:
        styles.rule(sheet.page, (x + 0.2, y), (x + 5.8, y), key.mark)
    sheet.text((x + _SYMBOL, y), sheet.face.written(key.label))


def _flowing(parts: Sequence[str], face: Face, room: float) -> list[str]:
    """Return the parts in lines; a line is broken within a part only where the part alone is longer than a line."""
    found: list[str] = []
    for part in parts:
        joined = f"{found[-1]}　{part}" if found else ""
        if joined and face.width(face.written(joined), SMALL) <= room:
            found[-1] = joined
        else:
            found += face.lines(part, SMALL, room)
    return [face.written(line) for line in found]


def _feet(sheet: Sheet, notes: Sequence[Sequence[str]], stamp: Sequence[str], y: float) -> None:
    step = leading(SMALL)
    for note in notes:
        sheet.text((_EDGE, y + step / 2), "・", points=SMALL)
        for line in note:
            sheet.text((_EDGE + _INDENT, y + step / 2), line, points=SMALL)
            y += step
    y += 0.8
    styles.rule(sheet.page, (_EDGE, y), (WIDTH - _EDGE, y), Rule(styles.GREY, 0.4))
    for line in stamp:
        sheet.text((_EDGE, y + 0.5 + step / 2), line, points=SMALL, colour=styles.GREY)
        y += step
