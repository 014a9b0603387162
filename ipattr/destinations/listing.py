"""The candidates of one instant with their distances, in the order of a reader's interest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.destinations.sightings import DAY, SECOND, is_instant
from ipattr.destinations.spans import NEAR
from ipattr.model import Candidate

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipattr.destinations.plans import Item, Plan


def listed(known: Plan, at: int, shared: Callable[[str], str]) -> tuple[Candidate, ...]:
    """Return the candidates with their distances to an instant (microseconds since 1970).

    Those of the era of the instant come first, then what was seen around it, then what was seen nearest to it.
    """
    day = at // DAY
    items = known.items
    gaps = [gap_days(item, day) for item in items]
    order = sorted([(item.interest, gap, item.place, n) for n, (item, gap) in enumerate(zip(items, gaps, strict=True))])
    return tuple([_candidate(items[n], gap, at, shared) for _, gap, _, n in order])


def gap_days(item: Item, day: int) -> int:
    """Return how many UTC dates lie between a date (days since 1970) and the nearest sighting."""
    if item.behind_day is None:
        return item.ahead_day - day if item.ahead_day is not None else 0
    if item.ahead_day is None:
        return day - item.behind_day
    return min(day - item.behind_day, item.ahead_day - day)


def gap_seconds(item: Item, at: int) -> int | None:
    """Return the seconds to the nearest sighting, where it is known to be the nearest, as an instant, within a day.

    A date means any moment of it, so beside one whose near edge is nearer nothing exact can be said. The instant counts
    as the second it lies in.
    """
    sides = []
    if item.behind is not None:
        sides.append((at // SECOND - item.behind.high // SECOND, not is_instant(item.behind.ends)))
    if item.ahead is not None:
        sides.append((item.ahead.low // SECOND - at // SECOND, not is_instant(item.ahead.begins)))
    distance, vague = min(sides, default=(0, True))
    return None if vague or distance >= NEAR // SECOND else distance


def _candidate(item: Item, gap: int, at: int, shared: Callable[[str], str]) -> Candidate:
    operator = shared(item.address)
    if item.told is None:
        return _made(item, operator, gap, gap_seconds(item, at) if item.exact else None)
    if operator not in item.told:
        item.told[operator] = _made(item, operator, 0, None)
    return item.told[operator]


def _made(item: Item, operator: str, gap: int, seconds: int | None) -> Candidate:
    merged = item.merged
    around = item.relation == "around"
    return Candidate(
        address=item.address,
        hosts=merged.hosts,
        relation=item.relation,
        gap_days=gap,
        period=item.period,
        first_seen=merged.first_seen,
        last_seen=merged.last_seen,
        count=merged.total,
        vantages=merged.vantages,
        confidence=merged.confidence,
        cnames=merged.cnames,
        shared=operator,
        observations=merged.observations,
        sources=merged.sources,
        gap_seconds=seconds,
        longest_gap=merged.longest if around else None,
    )
