"""Spans: the pieces of time within which the candidates of all instants are the same, and the keys that name them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from operator import attrgetter
from typing import TYPE_CHECKING

from ipattr.destinations.sightings import DAY, SECOND, is_instant, micros, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from ipattr.destinations.sightings import Stretch

NEAR = DAY
"""How far a sighting may lie for its distance to be told to the second; from a day on, the days say as much.

It also bounds for how many instants a set has to be made of its own: every second has another distance.
"""


def edges(stretches: Iterable[Stretch]) -> tuple[int, ...]:
    """Return the instants from which a stretch counts or no longer counts as around, in order."""
    found = set()
    for stretch in stretches:
        found.add(stretch.low)
        found.add(stretch.high + 1)
    return tuple(sorted(found))


def boundaries(all_edges: Iterable[int]) -> tuple[int, ...]:
    """Return the edges that are no midnights."""
    return tuple([edge for edge in all_edges if edge % DAY])


def span(at: int, bounds: Sequence[int]) -> str:
    """Return the UTC date of an instant, or the part of that date between two boundaries (ISO 8601 interval)."""
    today = at // DAY
    day = moment(at).date().isoformat()
    position = bisect_right(bounds, at)
    start = end = None
    if position and bounds[position - 1] // DAY == today:
        start = bounds[position - 1]
    if position < len(bounds) and bounds[position] // DAY == today:
        end = bounds[position]
    if start is None and end is None:
        return day
    opens = f"{day}T00:00:00Z" if start is None else _clock(start)
    return f"{opens}/{f'{day}T24:00:00Z' if end is None else _clock(end)}"


def _clock(edge: int) -> str:
    """Write a boundary; the microsecond that puts an end behind its last instant is not shown."""
    whole = moment(edge - 1 if edge % 1000 == 1 else edge)
    return whole.isoformat(timespec="milliseconds" if whole.microsecond else "seconds").replace("+00:00", "Z")


def exact_zones(tracks: Iterable[Sequence[Stretch]]) -> tuple[tuple[int, int], ...]:
    """Return the open intervals in which the distance to a sighting may be told to the second, merged and in order.

    ``tracks`` are the stretches of one address at one host each. Where a track is seen around an instant no distance is
    told, so only the ends of what is left when its overlapping stretches are merged matter.
    """
    zones = sorted(zone for stretches in tracks for zone in _zones(stretches))
    merged: list[tuple[int, int]] = []
    for low, high in zones:
        if merged and low < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


def _zones(stretches: Sequence[Stretch]) -> Iterable[tuple[int, int]]:
    ordered = sorted(stretches, key=attrgetter("low", "high"))
    first = last = ordered[0]
    for stretch in ordered[1:]:
        if stretch.low > last.high:
            yield from _outside(first, last)
            first = last = stretch
        elif stretch.high > last.high:
            last = stretch
    yield from _outside(first, last)


def _outside(first: Stretch, last: Stretch) -> Iterable[tuple[int, int]]:
    """Yield the day before a block of overlapping stretches and the day after it, where its ends are instants."""
    if is_instant(first.begins):
        yield first.low - NEAR, first.low
    if is_instant(last.ends):
        yield last.high, last.high + NEAR


def key_of(prefix: str, bounds: Sequence[int], zones: Sequence[tuple[int, int]]) -> Callable[[datetime], str]:
    """Return the function that names the span of an instant, and the second where distances are told to the second."""
    opens = [low for low, _ in zones]

    def key(at: datetime) -> str:
        exact = micros(at)
        text = f"{prefix}:{span(exact, bounds)}"
        before = bisect_left(opens, exact)
        if before and exact < zones[before - 1][1]:
            return f"{text}@{moment(exact - exact % SECOND).isoformat()}"
        return text

    return key
