"""What the eras of all hosts say together about the instants between two edges, before distances are counted."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Literal, NamedTuple

from ipattr.destinations.eras import Chosen, HostEras, choose, window
from ipattr.destinations.sightings import Stretch, is_instant, period
from ipattr.model import TRUST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from ipattr.destinations.tracks import Track, Window
    from ipattr.model import Candidate, Confidence, Narrowing, Observation, Platform

Relation = Literal["before", "around", "between", "after"]
RecordType = Literal["A", "AAAA"]

_LOW, _HIGH, _NUMBER = attrgetter("low"), attrgetter("high"), attrgetter("number")
_RANK = {"around": 0, "between": 1, "before": 2, "after": 3}


class Merged(NamedTuple):
    """What some observations of one address say together; ``longest`` is the least of their longest gaps in seconds."""

    hosts: tuple[str, ...]
    first_seen: str
    last_seen: str
    total: int | None
    vantages: tuple[str, ...]
    confidence: Confidence
    cnames: tuple[str, ...]
    observations: tuple[str, ...]
    sources: tuple[str, ...]
    longest: int | None


class Item(NamedTuple):
    """A candidate without its distance: ``behind`` and ``ahead`` are what it is counted from, with their dates.

    ``interest`` and ``place`` order candidates before and after their distance does: those of the era of the instant
    first, then what was seen around it, and at one distance by relation and number. ``exact``: one of the two is known
    as an instant; ``coarse``: it lies around the instant only by a month or a year. ``told``, for what lies around the
    instant and so at no distance: the candidate itself, by the operator of its network, made once for all sets.
    """

    interest: int
    place: tuple[int, tuple[int, int]]
    address: str
    relation: Relation
    behind: Stretch | None
    ahead: Stretch | None
    behind_day: int | None
    ahead_day: int | None
    exact: bool
    period: Literal["current", "other"]
    coarse: bool
    merged: Merged
    told: dict[str, Candidate] | None = None


class Lane(NamedTuple):
    """The hosts asked about, with the eras of one record type; ``reference`` divides the time of them all.

    ``whole`` remembers what all observations of an address at the same hosts say together, ``around`` the candidates
    that rest on the same stretches: from one edge to the next hardly any of them changes.
    """

    rrtype: RecordType
    by_host: Mapping[str, HostEras]
    reference: HostEras | None
    rows: Sequence[Observation]
    whole: dict[tuple[str, tuple[str, ...]], Merged]
    around: dict[tuple[Stretch, ...], Item]


class Plan(NamedTuple):
    """The candidates of all instants between two edges, and what they leave out.

    ``changed`` are the hosts whose answers before and after have no address in common, the narrowest bracket first;
    ``rotating`` those that lie within an era of several addresses; ``evidence`` the number of observations that
    candidates rest on; ``unborn`` the hosts first observed later, with the number of their observations;
    ``inside``: some host has an era that the instants lie in.
    """

    items: tuple[Item, ...]
    hosts: int
    changed: tuple[Chosen, ...]
    rotating: tuple[str, ...]
    roleless: tuple[str, ...]
    unborn: tuple[str, ...]
    unborn_rows: int
    evidence: int
    inside: bool
    steps: tuple[Narrowing, ...] = ()


def plan(platform: Platform, lanes: Sequence[Lane], at: int, *, without: AbstractSet[str] = frozenset()) -> Plan:
    """Return what the hosts of a platform say about an instant and all others between the same two edges.

    With ``time`` in ``without`` every address ever observed is a candidate.
    """
    ever = "time" in without
    items: list[Item] = []
    chosen: list[Chosen] = []
    unborn: list[HostEras] = []
    for lane in lanes:
        born = {name: eras for name, eras in lane.by_host.items() if eras.starts[0] <= at}
        known = lane.by_host if ever or not born else born
        of_lane = [choose(eras, at) for eras in known.values()]
        items += _items(lane, of_lane, at, ever=ever)
        chosen += of_lane
        unborn += [eras for name, eras in lane.by_host.items() if name not in known]
    named = {host for item in items for host in item.merged.hosts}
    turning = [one.host.host for one in chosen if one.inside is not None and len(one.inside.addresses) > 1]
    return Plan(
        items=tuple(items),
        hosts=len({one.host.host for one in chosen}),
        changed=_changed(chosen),
        rotating=tuple(dict.fromkeys(turning)),
        roleless=tuple([host.name for host in platform.hosts if host.role == "unknown" and host.name in named]),
        unborn=tuple(dict.fromkeys(eras.host for eras in unborn)),
        unborn_rows=sum(eras.rows for eras in unborn),
        evidence=sum(len(item.merged.observations) for item in items),
        inside=any(one.inside is not None for one in chosen),
    )


def _items(lane: Lane, chosen: Iterable[Chosen], at: int, *, ever: bool) -> list[Item]:
    current = window(lane.reference, at)
    by_address: dict[str, list[HostEras]] = {}
    for choice in chosen:
        for address in choice.host.tracks if ever else choice.addresses:
            by_address.setdefault(address, []).append(choice.host)
    return [_item(lane, address, hosts, at=at, current=current) for address, hosts in by_address.items()]


def _item(lane: Lane, address: str, hosts: Sequence[HostEras], *, at: int, current: Window) -> Item:
    """Merge what several hosts and sources say about one address; what spans the instant is not mixed with the rest."""
    tracks = [host.tracks[address] for host in hosts]
    spanning = tuple([stretch for track in tracks for stretch in track.around(at)])
    if spanning:
        if spanning not in lane.around:
            lane.around[spanning] = _around(lane, address, tracks, at)
        return lane.around[spanning]
    question = (address, tuple([host.host for host in hosts]))
    if question not in lane.whole:
        parts = [part for track in tracks for part in sorted(track.by_low, key=_NUMBER)]
        lane.whole[question] = _merge(parts, lane.rows)
    ends = [stretch for track in tracks if (stretch := track.behind(at)) is not None]
    starts = [stretch for track in tracks if (stretch := track.ahead(at)) is not None]
    behind = max(ends, key=lambda stretch: stretch.high, default=None)
    ahead = min(starts, key=lambda stretch: stretch.low, default=None)
    relation: Relation = "between" if behind and ahead else "before" if behind else "after"
    current_period = any(track.meets(current) for track in tracks)
    return Item(
        interest=1 if current_period else 2,
        place=(_RANK[relation], tracks[0].number),
        address=address,
        relation=relation,
        behind=behind,
        ahead=ahead,
        behind_day=behind.high_day if behind is not None else None,
        ahead_day=ahead.low_day if ahead is not None else None,
        exact=any(is_instant(text) for text in (behind and behind.ends, ahead and ahead.begins) if text),
        period="current" if current_period else "other",
        coarse=False,
        merged=lane.whole[question],
    )


def _around(lane: Lane, address: str, tracks: Sequence[Track], at: int) -> Item:
    """Return the candidate that the stretches around an instant make: the same one for every instant within them."""
    spanning = [stretch for track in tracks for stretch in sorted(track.around(at), key=_NUMBER)]
    return Item(
        interest=0,
        place=(_RANK["around"], tracks[0].number),
        address=address,
        relation="around",
        behind=None,
        ahead=None,
        behind_day=None,
        ahead_day=None,
        exact=False,
        period="current",
        coarse=not any(stretch.dated for stretch in spanning),
        merged=_merge(spanning, lane.rows),
        told={},
    )


def _merge(stretches: Sequence[Stretch], rows: Sequence[Observation]) -> Merged:
    """Merge the observations that stretches are of, in their order; of two ends alike the first is told."""
    observations = [rows[number] for number in dict.fromkeys([part.number for part in stretches])]
    extents = [part if part.begins != part.ends else _extent(part, rows[part.number]) for part in stretches]
    first, last = min(extents, key=_LOW), max(extents, key=_HIGH)
    counts = [entry.count for entry in observations if entry.count is not None]
    gaps = [entry.longest_gap for entry in observations if entry.longest_gap is not None]
    return Merged(
        hosts=_distinct([entry.host for entry in observations]),
        first_seen=first.begins,
        last_seen=last.ends,
        total=sum(counts) if counts else None,
        vantages=_distinct([entry.vantage for entry in observations]),
        confidence=min({entry.confidence for entry in observations}, key=TRUST.__getitem__),
        cnames=_distinct([entry.cname for entry in observations]),
        observations=tuple([entry.id for entry in observations]),
        sources=_distinct([entry.source for entry in observations]),
        longest=min(gaps, default=None),
    )


def _extent(part: Stretch, row: Observation) -> Stretch:
    """Return all the time of the observation that a stretch is of: more than it where it is one of two."""
    if part.begins == row.first_seen and part.ends == row.last_seen:
        return part
    first, last = period(row.first_seen)[0], period(row.last_seen)[1]
    return Stretch(first, last, row.first_seen, row.last_seen, part.number)


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple([text for text in dict.fromkeys(texts) if text])


def _changed(chosen: Sequence[Chosen]) -> tuple[Chosen, ...]:
    changed = []
    for choice in chosen:
        before = {address for era in choice.before for address in era.addresses}
        if before and choice.after and all(before.isdisjoint(era.addresses) for era in choice.after):
            changed.append(choice)
    return tuple(sorted(changed, key=lambda one: (one.after[0].low - one.before[0].high, one.host.host)))
