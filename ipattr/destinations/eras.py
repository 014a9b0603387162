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
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from ipattr.destinations.sightings import DAY
from ipattr.destinations.tracks import Track, Window, track

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipattr.destinations.sightings import Stretch
    from ipattr.model import Observation

_WEAK = frozenset({"low", "none"})


class Era(NamedTuple):
    """Overlapping stretches of one host, from the first to the last of them, both ends included.

    ``opening`` and ``closing`` are the addresses in force at its first and last moment; ``weak``: none is better than
    low confidence, while those of another era of the host are; ``begins`` and ``ends`` are its ends as published.
    """

    low: int
    high: int
    begins: str
    ends: str
    opening: tuple[str, ...]
    closing: tuple[str, ...]
    addresses: tuple[str, ...]
    weak: bool


class HostEras(NamedTuple):
    """The eras of one host in order, where each starts, and all its stretches by address."""

    host: str
    eras: tuple[Era, ...]
    starts: tuple[int, ...]
    tracks: dict[str, Track]
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


def host_eras(stretches: Iterable[Stretch], rows: Sequence[Observation]) -> dict[str, HostEras]:
    """Return the eras of every host, hosts in the order of their names; ``rows`` are the observations by number."""
    by_host: dict[str, list[Stretch]] = {}
    for stretch in stretches:
        by_host.setdefault(rows[stretch.number].host, []).append(stretch)
    return {host: _host(host, by_host[host], rows) for host in sorted(by_host)}


def _host(host: str, stretches: Sequence[Stretch], rows: Sequence[Observation]) -> HostEras:
    by_address: dict[str, list[Stretch]] = {}
    for stretch in stretches:
        by_address.setdefault(rows[stretch.number].address, []).append(stretch)
    eras = tuple([_era(group, rows) for group in _groups(stretches)])
    if all(era.weak for era in eras):
        eras = tuple([era._replace(weak=False) for era in eras])
    return HostEras(
        host=host,
        eras=eras,
        starts=tuple([era.low for era in eras]),
        tracks={address: track(address, entries) for address, entries in by_address.items()},
        rows=len({stretch.number for stretch in stretches}),
    )


def _groups(stretches: Sequence[Stretch]) -> list[list[Stretch]]:
    """Return the stretches that overlap, together and in order."""
    groups: list[list[Stretch]] = []
    end = 0
    for stretch in sorted(stretches, key=attrgetter("low", "high", "number")):
        if not groups or stretch.low > end:
            groups.append([])
            end = stretch.high
        groups[-1].append(stretch)
        end = max(end, stretch.high)
    return groups


def _era(parts: Sequence[Stretch], rows: Sequence[Observation]) -> Era:
    first, last = parts[0], max(parts, key=attrgetter("high"))
    start, end = first.low // DAY, last.high // DAY
    opening, closing = [], []
    for part in parts:
        low, high = part.low // DAY, part.high // DAY
        if low - start <= high - low + 1:
            opening.append(part)
        if end - high <= high - low + 1:
            closing.append(part)
    return Era(
        low=first.low,
        high=last.high,
        begins=first.begins,
        ends=last.ends,
        opening=_addresses(opening, rows),
        closing=_addresses(closing, rows),
        addresses=_addresses(parts, rows),
        weak=all(rows[part.number].confidence in _WEAK for part in parts),
    )


def _addresses(parts: Iterable[Stretch], rows: Sequence[Observation]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([rows[part.number].address for part in parts]))


def choose(host: HostEras, at: int) -> Chosen:
    """Return the addresses of the era an instant lies in; failing that, of the nearest before and the nearest after.

    Eras of low confidence never stand in for better ones: the next are taken as well, until one is better.
    """
    started, inside = _place(host, at)
    if inside is not None and not inside.weak:
        return Chosen(host, inside.addresses, inside)
    before = _until_better(reversed(host.eras[: started - (inside is not None)]))
    after = _until_better(host.eras[started:])
    named = [*(inside.addresses if inside is not None else ())]
    named += [address for era in before for address in era.closing]
    named += [address for era in after for address in era.opening]
    return Chosen(host, tuple(dict.fromkeys(named)), inside, before, after)


def _place(host: HostEras, at: int) -> tuple[int, Era | None]:
    """Return how many eras have started by an instant, and the one it lies in."""
    started = bisect_right(host.starts, at)
    latest = host.eras[started - 1] if started else None
    return started, latest if latest is not None and at <= latest.high else None


def _until_better(ordered: Iterable[Era]) -> tuple[Era, ...]:
    taken: list[Era] = []
    for era in ordered:
        taken.append(era)
        if not era.weak:
            break
    return tuple(taken)


def window(reference: HostEras | None, at: int) -> Window:
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
