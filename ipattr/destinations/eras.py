"""Eras: the times over which a host was observed without a break, and which of them speak for an instant.

A resolver that returns one of several addresses in turn leaves gaps in each of them, so the unit is the *era*:
stretches of one host, of whatever source, that overlap. Whoever connected within an era may have got any address of it.
Between two eras the addresses in force at the end of the one and at the start of the other count. In force at the edge
of an era is an address whose stretch lies no farther from the edge than the stretch is long: what was seen for a day is
carried for a day, what was seen for years over the few days in which the others answered. No figure is chosen; the
observation sets its own reach.
"""

from __future__ import annotations

from bisect import bisect_right
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from ipattr.destinations.sightings import TICK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ipattr.destinations.sightings import Sighting, Stretch

    Part = tuple[Stretch, Sighting]

_WEAK = frozenset({"low", "none"})


class Era(NamedTuple):
    """Overlapping stretches of one host, from the first to the last of them, both ends included.

    ``opening`` and ``closing`` are the sightings in force at its first and last moment; ``weak``: none is better than
    low confidence; ``begins`` and ``ends`` are its ends as published.
    """

    low: datetime
    high: datetime
    begins: str
    ends: str
    sightings: tuple[Sighting, ...]
    opening: tuple[Sighting, ...]
    closing: tuple[Sighting, ...]
    addresses: frozenset[str]
    weak: bool


class HostEras(NamedTuple):
    """The eras of one host in order, where each starts, and all its sightings by address."""

    host: str
    eras: tuple[Era, ...]
    starts: tuple[datetime, ...]
    by_address: dict[str, tuple[Sighting, ...]]
    rows: int


class Chosen(NamedTuple):
    """What one host has to say about an instant: the era it lies in, or the nearest before and after it.

    The nearest ones are taken as well where the era itself is of low confidence only.
    """

    host: HostEras
    addresses: tuple[str, ...]
    inside: Era | None
    before: tuple[Era, ...] = ()
    after: tuple[Era, ...] = ()


def host_eras(sightings: Iterable[Sighting]) -> dict[str, HostEras]:
    """Return the eras of every host, hosts in the order of their names."""
    by_host: dict[str, list[Sighting]] = {}
    for entry in sightings:
        by_host.setdefault(entry.observation.host, []).append(entry)
    return {host: _host(host, by_host[host]) for host in sorted(by_host)}


def _host(host: str, sightings: Sequence[Sighting]) -> HostEras:
    parts = [(stretch, entry) for entry in sightings for stretch in entry.stretches]
    parts.sort(key=lambda part: (part[0].low, part[0].high, part[1].number))
    groups: list[list[Part]] = []
    end = parts[0][0].low - TICK
    for part in parts:
        if part[0].low > end:
            groups.append([])
        groups[-1].append(part)
        end = max(end, part[0].high)
    by_address: dict[str, list[Sighting]] = {}
    for entry in sightings:
        by_address.setdefault(entry.observation.address, []).append(entry)
    eras = tuple(_era(group) for group in groups)
    return HostEras(
        host=host,
        eras=eras,
        starts=tuple(era.low for era in eras),
        by_address={address: tuple(entries) for address, entries in by_address.items()},
        rows=len(sightings),
    )


def _era(parts: Sequence[Part]) -> Era:
    first, last = parts[0][0], max((stretch for stretch, _ in parts), key=lambda stretch: stretch.high)
    sightings = _rows(parts)
    return Era(
        low=first.low,
        high=last.high,
        begins=first.begins,
        ends=last.ends,
        sightings=sightings,
        opening=_rows(part for part in parts if part[0].low_day - first.low_day <= _reach(part[0])),
        closing=_rows(part for part in parts if last.high_day - part[0].high_day <= _reach(part[0])),
        addresses=frozenset(entry.observation.address for entry in sightings),
        weak=all(entry.observation.confidence in _WEAK for entry in sightings),
    )


def _reach(stretch: Stretch) -> int:
    return stretch.high_day - stretch.low_day + 1


def _rows(parts: Iterable[Part]) -> tuple[Sighting, ...]:
    return tuple({entry.number: entry for entry in map(itemgetter(1), parts)}.values())


def choose(host: HostEras, at: datetime) -> Chosen:
    """Return the addresses of the era an instant lies in; failing that, of the nearest before and the nearest after.

    Eras of low confidence never stand in for better ones: the next are taken as well, until one is better.
    """
    started, inside = _place(host, at)
    if inside is not None and not inside.weak:
        return Chosen(host, _addresses(inside.sightings), inside)
    before = _until_better(reversed(host.eras[: started - (inside is not None)]))
    after = _until_better(host.eras[started:])
    named = [*(inside.sightings if inside is not None else ())]
    named += [entry for era in before for entry in era.closing]
    named += [entry for era in after for entry in era.opening]
    return Chosen(host, _addresses(named), inside, before, after)


def _place(host: HostEras, at: datetime) -> tuple[int, Era | None]:
    """Return how many eras have started by an instant, and the one it lies in."""
    started = bisect_right(host.starts, at)
    latest = host.eras[started - 1] if started else None
    return started, latest if latest is not None and at <= latest.high else None


def _addresses(sightings: Iterable[Sighting]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(entry.observation.address for entry in sightings))


def _until_better(ordered: Iterable[Era]) -> tuple[Era, ...]:
    taken: list[Era] = []
    for era in ordered:
        taken.append(era)
        if not era.weak:
            break
    return tuple(taken)


class Window(NamedTuple):
    """The time that belongs to the era of an instant: after ``low`` and before ``high``, without end where None."""

    low: datetime | None
    high: datetime | None

    def misses(self, stretch: Stretch) -> bool:
        """Return whether a stretch lies wholly outside."""
        too_early = self.low is not None and stretch.high <= self.low
        return too_early or (self.high is not None and stretch.low >= self.high)


def window(reference: HostEras | None, at: datetime) -> Window:
    """Return the time up to the eras of the reference host next to the one an instant lies in.

    An instant between two eras belongs to both of them. Without a reference host all times are one.
    """
    if reference is None:
        return Window(None, None)
    started, inside = _place(reference, at)
    earlier, later = started - 2, started + (inside is None)
    return Window(
        reference.eras[earlier].high if earlier >= 0 else None,
        reference.eras[later].low if later < len(reference.eras) else None,
    )
