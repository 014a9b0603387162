"""How marks look: told apart by shape, hatch and line first, by colour (Okabe and Ito 2008) only besides."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

BLACK, WHITE, GREY, FAINT = "#000000", "#ffffff", "#5a5a5a", "#c8c8c8"
BLUE, SKY, GREEN, ORANGE, RED = "#0072b2", "#56b4e9", "#009e73", "#e69f00", "#d55e00"


class Point(NamedTuple):
    """A mark at one place; ``size`` in points."""

    marker: str
    fill: str = BLACK
    edge: str = BLACK
    size: float = 4.5
    line: float = 0.7


class Area(NamedTuple):
    """A filled box; ``hatch`` as matplotlib writes it."""

    fill: str
    hatch: str = ""
    edge: str = BLACK
    line: float = 0.5
    dash: str = "-"


class Rule(NamedTuple):
    """A straight line; ``line`` in points."""

    colour: str = BLACK
    line: float = 0.8
    dash: str | tuple[float, tuple[float, ...]] = "-"


def points(axes: Axes, x: Sequence[float], y: Sequence[float], style: Point, *, above: float = 3) -> None:
    """Set the same mark at many places."""
    axes.plot(
        x,
        y,
        linestyle="none",
        marker=style.marker,
        markersize=style.size,
        markerfacecolor=style.fill,
        markeredgecolor=style.edge,
        markeredgewidth=style.line,
        clip_on=False,
        zorder=above,
    )


def box(axes: Axes, place: tuple[float, float, float, float], style: Area, *, above: float = 2) -> None:
    """Draw a box at (left, top, width, height) in the units of ``axes``."""
    from matplotlib.patches import Rectangle

    left, top, width, height = place
    axes.add_patch(
        Rectangle(
            (left, top),
            width,
            height,
            facecolor=style.fill,
            edgecolor=style.edge,
            hatch=style.hatch or None,
            linewidth=style.line,
            linestyle=style.dash,
            zorder=above,
        )
    )


def rule(axes: Axes, start: tuple[float, float], end: tuple[float, float], style: Rule, *, above: float = 1.5) -> None:
    """Draw a line from ``start`` to ``end``."""
    axes.plot(
        [start[0], end[0]],
        [start[1], end[1]],
        color=style.colour,
        linewidth=style.line,
        linestyle=style.dash,
        solid_capstyle="butt",
        dash_capstyle="butt",
        zorder=above,
    )
