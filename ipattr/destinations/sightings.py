"""Dated sightings of one address, the pools they form, and which pool speaks for an instant.

A source publishes for each address the first and the last time it answered. A resolver that returns one of several
addresses in turn leaves gaps in each of them, so the unit is the *pool*: sightings of one host by one source whose
stretches overlap. Within a pool an address counts for an instant outside its own stretch only when the instant lies no
farther from the stretch than the stretch is long: what was seen for a day is carried for a day, what was seen for years
over the few days in which the others answered. No figure is chosen; the observation sets its own reach.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipattr.model import Observation

Relation = Literal["before", "around", "after"]

TICK = timedelta(microseconds=1)
_WEAK = frozenset({"low", "none"})


class Period(NamedTuple):
    """One published time as the stretch it may mean, both ends included; ``dated``: as a date or instant."""

    first: datetime
    last: datetime
    dated: bool


class Sighting(NamedTuple):
    """An observation in time: surely seen from ``since`` to ``until``, when these are in order.

    A month or a year is read against us: seen surely only after the end of the first period and before the start of
    the last. A date is the whole UTC date. ``since`` after ``until``: seen at some time between the two, no more is
    known. The days are proleptic ordinals of the UTC dates, ``number`` tells sightings of one survey apart.
    """

    number: int
    observation: Observation
    first: Period
    last: Period
    since: datetime
    until: datetime
    since_day: int
    until_day: int

    @property
    def low(self) -> datetime:
        """Return the earlier end of the stretch."""
        return min(self.since, self.until)

    @property
    def high(self) -> datetime:
        """Return the later end of the stretch."""
        return max(self.since, self.until)


class Moment(NamedTuple):
    """An instant in UTC with the ordinal of its date."""

    at: datetime
    day: int


class Pool(NamedTuple):
    """Overlapping sightings of one host by one source, from the first to the last of them.

    ``opening`` and ``closing`` are those that count at its first and last moment; ``weak``: none is better than low
    confidence.
    """

    low: datetime
    high: datetime
    sightings: tuple[Sighting, ...]
    opening: tuple[Sighting, ...]
    closing: tuple[Sighting, ...]
    addresses: frozenset[str]
    weak: bool


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


def moment(at: datetime) -> Moment:
    """Return an aware instant with the ordinal of its UTC date."""
    utc = at.astimezone(UTC)
    return Moment(utc, utc.toordinal())


def sight(number: int, observation: Observation) -> Sighting:
    """Return an observation with its times read; ValueError when one of them is not a time."""
    first, last = period(observation.first_seen), period(observation.last_seen)
    since = first.first if first.dated else first.last + TICK
    until = last.last if last.dated else last.first - TICK
    # A dated end is a sighting of its own, however coarse the other end.
    since = min(since, last.first) if last.dated else since
    until = max(until, first.last) if first.dated else until
    return Sighting(number, observation, first, last, since, until, since.toordinal(), until.toordinal())


def pools(sightings: Iterable[Sighting]) -> dict[str, tuple[Pool, ...]]:
    """Return, by host, the sightings of each source gathered into pools of overlapping stretches."""
    series: dict[tuple[str, str], list[Sighting]] = {}
    for entry in sightings:
        series.setdefault((entry.observation.host, entry.observation.source), []).append(entry)
    found: dict[str, list[Pool]] = {}
    for (host, _), entries in sorted(series.items()):
        entries.sort(key=lambda entry: (entry.low, entry.high, entry.number))
        groups: list[list[Sighting]] = []
        end = entries[0].low - TICK
        for entry in entries:
            if entry.low > end:
                groups.append([])
            groups[-1].append(entry)
            end = max(end, entry.high)
        found.setdefault(host, []).extend(_pool(tuple(group)) for group in groups)
    return {host: tuple(group) for host, group in found.items()}


def _pool(sightings: tuple[Sighting, ...]) -> Pool:
    low, high = sightings[0].low, max(entry.high for entry in sightings)
    return Pool(
        low,
        high,
        sightings,
        opening=_members(sightings, moment(low)),
        closing=_members(sightings, moment(high)),
        addresses=frozenset(entry.observation.address for entry in sightings),
        weak=all(entry.observation.confidence in _WEAK for entry in sightings),
    )


def relate(sighting: Sighting, now: Moment) -> tuple[Relation, int]:
    """Return how a sighting lies to an instant and how many UTC dates away its nearest sure end is.

    ``before``: it was seen before the instant. Where only a month or year is known and the instant lies in it, the side
    whose distance may be greater is taken.
    """
    if sighting.since <= now.at <= sighting.until:
        return "around", 0
    behind, ahead = now.day - sighting.until_day, sighting.since_day - now.day
    if now.at > sighting.until and (now.at >= sighting.since or behind >= ahead):
        return "before", behind
    return "after", ahead


def _members(sightings: tuple[Sighting, ...], now: Moment) -> tuple[Sighting, ...]:
    """Return the sightings of a pool that count for an instant inside it (see the head of this file)."""
    return tuple(entry for entry in sightings if _carries(entry, now))


def _carries(sighting: Sighting, now: Moment) -> bool:
    relation, gap = relate(sighting, now)
    return relation == "around" or gap <= abs(sighting.until_day - sighting.since_day) + 1


class Chosen(NamedTuple):
    """What one host has to say about an instant.

    ``sightings`` are those that count, ``around`` the pools that span the instant, ``before`` and ``after`` the nearest
    ones on either side, taken where no pool better than low confidence spans it.
    """

    host: str
    sightings: tuple[Sighting, ...]
    around: tuple[Pool, ...]
    before: tuple[Pool, ...] = ()
    after: tuple[Pool, ...] = ()


def choose(host: str, host_pools: Sequence[Pool], now: Moment) -> Chosen:
    """Return the pools that span the instant; failing that, the nearest before and the nearest after, both.

    Pools whose nearest ends fall on one UTC date are equally near. Pools of low confidence never stand in for better
    ones: the next better are taken as well.
    """
    around = tuple(pool for pool in host_pools if _spans(pool, now))
    spanning = tuple(entry for pool in around for entry in _members(pool.sightings, now))
    if any(not pool.weak for pool in around):
        return Chosen(host, spanning, around)
    rest = [(pool, _lies_before(pool, now)) for pool in host_pools if pool not in around]
    earlier = sorted((pool for pool, before in rest if before), key=lambda pool: pool.high, reverse=True)
    later = sorted((pool for pool, before in rest if not before), key=lambda pool: pool.low)
    before = _nearest(earlier, [pool.high.toordinal() for pool in earlier])
    after = _nearest(later, [pool.low.toordinal() for pool in later])
    behind = tuple(entry for pool in before for entry in pool.closing)
    ahead = tuple(entry for pool in after for entry in pool.opening)
    return Chosen(host, spanning + behind + ahead, around, before, after)


def _spans(pool: Pool, now: Moment) -> bool:
    return pool.low <= now.at <= pool.high and any(entry.since <= now.at <= entry.until for entry in pool.sightings)


def _lies_before(pool: Pool, now: Moment) -> bool:
    if pool.low <= now.at <= pool.high:
        return now.day - pool.low.toordinal() >= pool.high.toordinal() - now.day
    return pool.high < now.at


def _nearest(ordered: Sequence[Pool], days: Sequence[int]) -> tuple[Pool, ...]:
    """Return the pools of the first date, and of the next ones until one is better than low confidence."""
    taken: list[Pool] = []
    for position, pool in enumerate(ordered):
        if position and days[position] != days[position - 1] and any(not entry.weak for entry in taken):
            break
        taken.append(pool)
    return tuple(taken)
