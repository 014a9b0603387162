"""The rows of a chart: each as high as its label needs, the labels on the left, a count beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.plots.fonts import choose
from ipattr.plots.sheets import TEXT, leading
from ipattr.plots.styles import FAINT, Rule, rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from ipattr.plots.sheets import Sheet

LEFT = 58.0
"""Where charts with labels begin, in millimetres."""
_COUNT = 11.0
_SPARE = 1.4
_ROOMY = 24


class Band(NamedTuple):
    """One row: its label in lines, and where it lies below the top of the chart, in millimetres."""

    label: tuple[str, ...]
    top: float
    height: float

    @property
    def middle(self) -> float:
        """Return the height of its middle."""
        return self.top + self.height / 2

    @property
    def foot(self) -> float:
        """Return its lower edge."""
        return self.top + self.height


class Bands(NamedTuple):
    """All rows of a chart from top to foot."""

    rows: tuple[Band, ...]
    height: float


def bands(labels: Sequence[str], *, least: float = 0, left: float = LEFT, roomy: int = _ROOMY) -> Bands:
    """Return a row for each label, at least ``least`` millimetres high; a chart without any is one empty row high.

    ``left`` is where the chart begins, on the page; up to ``roomy`` rows a label may take two lines.
    """
    face, most = choose(), 2 if len(labels) <= roomy else 1
    rows: list[Band] = []
    top = 0.0
    for one in labels:
        lines = face.cut(one, TEXT, left - _COUNT - 1, most=most)
        height = max(len(lines) * leading(TEXT) + _SPARE, least)
        rows.append(Band(lines, top, height))
        top += height
    return Bands(tuple(rows), top or 2 * leading(TEXT) + _SPARE)


def name(sheet: Sheet, axes: Axes, band: Band, *, top: float, count: str, left: float = LEFT) -> None:
    """Set the label and the count of a row, ruled off below.

    ``top`` is the upper edge of the chart, ``left`` where it begins, on the page.
    """
    sheet.lines((1.0, top + band.middle), band.label)
    sheet.text((left - 1, top + band.middle), count, align="right")
    rule(sheet.page, (1.0, top + band.foot), (left, top + band.foot), Rule(FAINT, 0.4))
    low, high = axes.get_xlim()
    rule(axes, (low, band.foot), (high, band.foot), Rule(FAINT, 0.4), above=1)
