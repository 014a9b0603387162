"""What the eras of all hosts say together about the instants between two edges, before distances are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from ipattr.addresses import to_number
from ipattr.destinations.eras import Chosen, HostEras, Window, choose, window

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from ipattr.destinations.sightings import Sighting, Stretch
    from ipattr.model import Confidence, Platform

Relation = Literal["before", "around", "between", "after"]

_TRUST = {"high": 0, "medium": 1, "low": 2, "none": 3}


class Item(NamedTuple):
    """A candidate without its distance: ``behind`` and ``ahead`` are the dates (ordinals) it is counted from.

    ``number`` is the address itself; ``coarse``: it lies around the instant only by a month or a year.
    """

    number: tuple[int, int]
    address: str
    relation: Relation
    behind: int
    ahead: int
    period: Literal["current", "other"]
    coarse: bool
    hosts: tuple[str, ...]
    first_seen: str
    last_seen: str
    total: int | None
    vantages: tuple[str, ...]
    confidence: Confidence
    cnames: tuple[str, ...]
    observations: tuple[str, ...]
    sources: tuple[str, ...]


class Plan(NamedTuple):
    """The candidates of all instants between two edges, and what they leave out.

    ``changed`` are the hosts whose answers before and after have no address in common, the narrowest bracket first;
    ``rotating`` those that lie within an era of several addresses; ``evidence`` the number of observations that
    candidates rest on; ``unborn`` the hosts first observed later, with the number of their observations.
    """

    items: tuple[Item, ...]
    hosts: int
    changed: tuple[Chosen, ...]
    rotating: tuple[str, ...]
    roleless: tuple[str, ...]
    unborn: tuple[str, ...]
    unborn_rows: int
    evidence: int


def plan(platform: Platform, by_host: Mapping[str, HostEras], at: datetime) -> Plan:
    """Return what the hosts of a platform say about an instant and all others between the same two edges."""
    known = {name: eras for name, eras in by_host.items() if eras.starts[0] <= at} or by_host
    chosen = [choose(eras, at) for eras in known.values()]
    reference = next((by_host[host.name] for host in platform.hosts if host.reference and host.name in by_host), None)
    current = window(reference, at)
    by_address: dict[str, list[Sighting]] = {}
    for choice in chosen:
        for address in choice.addresses:
            by_address.setdefault(address, []).extend(choice.host.by_address[address])
    items = tuple([_item(address, rows, at, current) for address, rows in by_address.items()])
    named = {host for item in items for host in item.hosts}
    unborn = [eras for name, eras in by_host.items() if name not in known]
    return Plan(
        items=items,
        hosts=len(chosen),
        changed=_changed(chosen),
        rotating=tuple(one.host.host for one in chosen if one.inside is not None and len(one.inside.addresses) > 1),
        roleless=tuple(host.name for host in platform.hosts if host.role == "unknown" and host.name in named),
        unborn=tuple(eras.host for eras in unborn),
        unborn_rows=sum(eras.rows for eras in unborn),
        evidence=sum(len(item.observations) for item in items),
    )


def _item(address: str, sightings: Sequence[Sighting], at: datetime, current: Window) -> Item:
    """Merge what several hosts and sources say about one address; what spans the instant is not mixed with the rest."""
    spanning = [entry for entry in sightings if any(part.low <= at <= part.high for part in entry.stretches)]
    used = spanning or sightings
    parts = [part for entry in used for part in entry.stretches]
    behind = max((part.high_day for part in parts if part.high < at), default=0)
    ahead = min((part.low_day for part in parts if part.low > at), default=0)
    observations = [entry.observation for entry in used]
    counts = [entry.count for entry in observations if entry.count is not None]
    return Item(
        number=to_number(address),
        address=address,
        relation="around" if spanning else _side(behind, ahead),
        behind=behind,
        ahead=ahead,
        period="other" if all(current.misses(part) for part in parts) else "current",
        coarse=bool(spanning) and not _dated(parts, at),
        hosts=_distinct(entry.host for entry in observations),
        first_seen=min(used, key=lambda entry: (entry.low, entry.number)).observation.first_seen,
        last_seen=max(used, key=lambda entry: (entry.high, entry.number)).observation.last_seen,
        total=sum(counts) if counts else None,
        vantages=_distinct(entry.vantage for entry in observations),
        confidence=min((entry.confidence for entry in observations), key=_TRUST.__getitem__),
        cnames=_distinct(entry.cname for entry in observations),
        observations=tuple(entry.id for entry in observations),
        sources=_distinct(entry.source for entry in observations),
    )


def _side(behind: int, ahead: int) -> Relation:
    if behind and ahead:
        return "between"
    return "before" if behind else "after"


def _dated(parts: Iterable[Stretch], at: datetime) -> bool:
    return any(part.dated for part in parts if part.low <= at <= part.high)


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def _changed(chosen: Sequence[Chosen]) -> tuple[Chosen, ...]:
    changed = []
    for choice in chosen:
        before = {address for era in choice.before for address in era.addresses}
        if before and choice.after and all(before.isdisjoint(era.addresses) for era in choice.after):
            changed.append(choice)
    return tuple(sorted(changed, key=lambda one: (one.after[0].low - one.before[0].high, one.host.host)))
