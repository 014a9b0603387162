"""Dated sightings: what one published row says about the times at which a host answered with an address.

A source publishes for each address the first and the last time it answered, and how often. A row of three sightings or
more is one stretch from the first to the last. Two sightings, or a row that does not say how many, are two stretches
with nothing known in between, unless the row itself says that they lie no more than ``BREAK`` apart. A month or a year
is the whole of it: the resolution at which the source was published.

Times are microseconds since 1970 UTC: a ledger may hold a million rows, and integers compare fast and take little room.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from ipattr.model import Observation

BREAK = 48 * 3600
"""Seconds without a sighting after which a run of sightings has ended.

The shipped ledger's finest schedule is one answer a day, so one missed day is no evidence of anything, two are. It also
leaves room for an address that takes turns with others and is not in every answer.
"""
SECOND = 1_000_000
DAY = 86_400 * SECOND
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_ENDS = 2
"""So many sightings are the first and the last, none in between."""
_DATE = len("2016-08-02")


class Stretch(msgspec.Struct, frozen=True, gc=False):
    """A stretch of time, both ends included, with its ends as published; ``number`` is the observation it is of.

    Of one with two ends that differ as published, both are those of its observation. There may be a million of them,
    and none refers to anything but numbers and texts, so the garbage collector need not look at them.
    """

    low: int
    high: int
    begins: str
    ends: str
    number: int

    @property
    def low_day(self) -> int:
        """Return the UTC date of its start, in days since 1970."""
        return self.low // DAY

    @property
    def high_day(self) -> int:
        """Return the UTC date of its end, in days since 1970."""
        return self.high // DAY

    @property
    def dated(self) -> bool:
        """Return whether both ends are dates or instants, not months or years."""
        return len(self.begins) >= _DATE and len(self.ends) >= _DATE


def micros(at: datetime) -> int:
    """Return an aware time as microseconds since 1970 UTC."""
    return (at - _EPOCH) // _TICK


def moment(at: int) -> datetime:
    """Return what ``micros`` was made from."""
    return _EPOCH + at * _TICK


def is_instant(text: str) -> bool:
    """Return whether a published time is an instant, not a date or part of one."""
    return len(text) > _DATE


def period(text: str) -> tuple[int, int]:
    """Read a published time as the stretch it may mean, both ends included: ``2023``, ``2020-04``, ``2016-08-02``.

    An instant with its zone is itself; one published to the minute counts as the first second of it. A partial date
    means the whole UTC year, month or date. ValueError for anything else.
    """
    if len(text) > _DATE:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            message = f"an instant without a zone: {text!r}"
            raise ValueError(message)
        exact = micros(instant)
        return exact, exact
    first = date.fromisoformat((text + "-01-01")[:_DATE])
    if len(text) == len("2023"):
        following = date(first.year + 1, 1, 1)
    elif len(text) == len("2020-04"):
        following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    else:
        following = first + timedelta(days=1)
    return _midnight(first), _midnight(following) - 1


def _midnight(day: date) -> int:
    return (day.toordinal() - _EPOCH.toordinal()) * DAY


def sight(number: int, observation: Observation) -> tuple[Stretch, ...]:
    """Return the stretches of an observation; ValueError when a time is none or the last lies before the first.

    Two sightings whose periods meet or overlap are one stretch.
    """
    begins, ends = observation.first_seen, observation.last_seen
    first, last = period(begins), period(ends)
    if last[1] < first[0]:
        message = f"last seen before first seen: {begins!r}, {ends!r}"
        raise ValueError(message)
    head_end, tail_start = min(first[1], last[1]), max(first[0], last[0])
    if _is_run(observation) or tail_start <= head_end + 1:
        return (Stretch(first[0], last[1], begins, ends, number),)
    return (Stretch(first[0], head_end, begins, begins, number), Stretch(tail_start, last[1], ends, ends, number))


def _is_run(observation: Observation) -> bool:
    if observation.count is not None and observation.count > _ENDS:
        return True
    return observation.longest_gap is not None and observation.longest_gap <= BREAK
