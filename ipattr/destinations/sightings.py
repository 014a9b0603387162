"""Dated sightings: what one published row says about the times at which a host answered with an address.

A source publishes for each address the first and the last time it answered, and how often. A row of three sightings or
more is one stretch from the first to the last. Two sightings, or a row that does not say how many, are two stretches
with nothing known in between. A month or a year is the whole of it: the resolution at which the source was published.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ipattr.model import Observation

TICK = timedelta(microseconds=1)
_ENDS = 2
"""So many sightings are the first and the last, none in between."""


class Period(NamedTuple):
    """One published time as the stretch it may mean, both ends included; ``dated``: as a date or instant."""

    first: datetime
    last: datetime
    dated: bool


class Stretch(NamedTuple):
    """A stretch of time, both ends included, with the ordinals of their UTC dates and with the times as published.

    ``dated``: both ends are dates or instants, not months or years.
    """

    low: datetime
    high: datetime
    low_day: int
    high_day: int
    begins: str
    ends: str
    dated: bool


class Sighting(NamedTuple):
    """An observation in time, in order; ``number`` tells the sightings of one survey apart."""

    number: int
    observation: Observation
    stretches: tuple[Stretch, ...]

    @property
    def low(self) -> datetime:
        """Return the first instant of the first stretch."""
        return self.stretches[0].low

    @property
    def high(self) -> datetime:
        """Return the last instant of the last stretch."""
        return self.stretches[-1].high


def period(text: str) -> Period:
    """Read a published time: ``2023``, ``2020-04``, ``2016-08-02`` or an instant with its zone; else ValueError.

    A partial date means the whole UTC year, month or date.
    """
    if len(text) > len("2016-08-02"):
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            message = f"an instant without a zone: {text!r}"
            raise ValueError(message)
        return Period(instant.astimezone(UTC), instant.astimezone(UTC), dated=True)
    first = date.fromisoformat((text + "-01-01")[: len("2016-08-02")])
    if len(text) == len("2023"):
        following = date(first.year + 1, 1, 1)
    elif len(text) == len("2020-04"):
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    else:
        following = first + timedelta(days=1)
    return Period(_midnight(first), _midnight(following) - TICK, dated=len(text) == len("2016-08-02"))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def sight(number: int, observation: Observation) -> Sighting:
    """Return an observation with its times read; ValueError when one is not a time or the last lies before the first.

    Two sightings whose periods meet or overlap are one stretch.
    """
    begins, ends = observation.first_seen, observation.last_seen
    first, last = period(begins), period(ends)
    if last.last < first.first:
        message = f"last seen before first seen: {begins!r}, {ends!r}"
        raise ValueError(message)
    counted = observation.count is not None and observation.count > _ENDS
    head_end, tail_start = min(first.last, last.last), max(first.first, last.first)
    if counted or tail_start <= head_end + TICK:
        dated = first.dated and last.dated
        return Sighting(number, observation, (_stretch(first.first, last.last, begins, ends, dated=dated),))
    head = _stretch(first.first, head_end, begins, begins, dated=first.dated)
    tail = _stretch(tail_start, last.last, ends, ends, dated=last.dated)
    return Sighting(number, observation, (head, tail))


def _stretch(low: datetime, high: datetime, begins: str, ends: str, *, dated: bool) -> Stretch:
    return Stretch(low, high, low.toordinal(), high.toordinal(), begins, ends, dated)
