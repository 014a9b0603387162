"""Time along a chart: days since 1970 on the clocks of Japan, and as many ticks as have room for their names."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ipattr.instants import jst
from ipattr.plots.sheets import SMALL, WIDTH
from ipattr.plots.styles import FAINT, Rule, rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from matplotlib.axes import Axes

    from ipattr.plots.sheets import Sheet

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY = date(1970, 1, 1)
_DAY = timedelta(days=1)
_MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720)
_DAYS = (1, 2, 3, 7, 14)
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)
_A_DAY = 1440
_GAP = 1.6
_BARS = 150
_BAR_MINUTES, _BAR_DAYS = (5, 15, 30, 60, 180, 360, 720), (1, 2, 7, 14, 28)
_MONDAY = datetime(1969, 12, 28, 15, tzinfo=UTC)
"""A Monday, midnight on the clocks of Japan."""
TICK_ROOM = 4.4
"""How many millimetres below a chart the names of its ticks take."""


class Tick(NamedTuple):
    """A place on the axis and its name."""

    x: float
    name: str


def instant_x(utc: datetime) -> float:
    """Return where an instant lies: days since 1970 on the clocks of Japan."""
    return (jst(utc).replace(tzinfo=UTC) - _EPOCH) / _DAY


def day_x(day: date) -> float:
    """Return where a calendar day of Japan begins."""
    return float((day - _FIRST_DAY).days)


def span(places: Iterable[float], *, spare: float = 0.03) -> tuple[float, float]:
    """Return an axis that holds all places with ``spare`` of its length on either side, and never less than a day."""
    some = sorted(places)
    first, last = (some[0], some[-1]) if some else (0.0, 0.0)
    pad = max((last - first) * spare, (1 - (last - first)) / 2, 0.02)
    return first - pad, last + pad


def bin_step(moments: Sequence[datetime]) -> timedelta:
    """Return how wide a bar of counts is: the narrowest by which no more bars are needed than a chart has room for."""
    whole = max(moments) - min(moments)
    days = (*_BAR_DAYS, *(28 << n for n in range(1, 16)))
    steps = (*(timedelta(minutes=one) for one in _BAR_MINUTES), *(one * _DAY for one in days))
    return next(step for step in steps if whole / step <= _BARS)


def bin_start(utc: datetime, step: timedelta) -> datetime:
    """Return when the bar begins that an instant belongs to: days and weeks on the clocks of Japan, weeks on Monday."""
    return _MONDAY + (utc - _MONDAY) // step * step


def ticks(axis: tuple[float, float], width: float, sheet: Sheet) -> list[Tick]:
    """Return the finest ticks whose names have room in ``width`` millimetres."""
    per_day = width / (axis[1] - axis[0])
    for found in _steps(axis, per_day):
        places = [(tick.x * per_day, sheet.face.width(tick.name, SMALL)) for tick in found]
        near = pairwise(places)
        if all(b - a >= (wide_a + wide_b) / 2 + _GAP for (a, wide_a), (b, wide_b) in near):
            return found
    return []


def draw_ticks(sheet: Sheet, axes: Axes, *, left: float, width: float, foot: float) -> None:
    """Draw the grid into ``axes`` and the names below it; ``foot`` is the lower edge of the chart on the page."""
    low, high = axes.get_xlim()
    tall = axes.get_ylim()[0]
    for tick in ticks((low, high), width, sheet):
        rule(axes, (tick.x, 0), (tick.x, tall), Rule(FAINT, 0.4), above=0.5)
        half = sheet.face.width(tick.name, SMALL) / 2
        at = left + (tick.x - low) / (high - low) * width
        sheet.text((min(max(at, half + 0.5), WIDTH - half - 0.5), foot + 2.2), tick.name, points=SMALL, align="center")


def _steps(axis: tuple[float, float], per_day: float) -> Iterator[list[Tick]]:
    """Yield the ticks of every step that may have room, the finest first."""
    least = (axis[1] - axis[0]) * _A_DAY / 60
    for minutes in _MINUTES:
        if minutes >= least and per_day * minutes / _A_DAY > _GAP:
            yield list(_clock(axis, minutes))
    for days in _DAYS:
        if per_day * days > _GAP:
            yield list(_dates(axis, days))
    for months in _MONTHS:
        if per_day * months * 28 > _GAP:
            yield list(_months(axis, months))


def _clock(axis: tuple[float, float], minutes: int) -> Iterator[Tick]:
    number = -int(-axis[0] * _A_DAY // minutes)
    first = True
    while number * minutes / _A_DAY <= axis[1]:
        whole, rest = divmod(number * minutes, _A_DAY)
        if number * minutes / _A_DAY >= axis[0]:
            day = _FIRST_DAY + whole * _DAY
            clock = f"{rest // 60:02}:{rest % 60:02}"
            yield Tick(number * minutes / _A_DAY, f"{day} {clock}" if first or not rest else clock)
            first = False
        number += 1


def _dates(axis: tuple[float, float], days: int) -> Iterator[Tick]:
    number = int(axis[0] // days)
    shown = None
    while number * days <= axis[1]:
        if number * days >= axis[0]:
            day = _FIRST_DAY + number * days * _DAY
            yield Tick(float(number * days), f"{day:%m-%d}" if day.year == shown else f"{day}")
            shown = day.year
        number += 1


def _months(axis: tuple[float, float], months: int) -> Iterator[Tick]:
    begin = _FIRST_DAY + int(axis[0]) * _DAY
    number = (begin.year * 12 + begin.month - 1) // months * months
    while True:
        year, month = divmod(number, 12)
        if year >= date.max.year:
            return
        x = day_x(date(year, month + 1, 1))
        if x > axis[1]:
            return
        if x >= axis[0]:
            yield Tick(x, f"{year}-{month + 1:02}" if months % 12 else str(year))
        number += months
