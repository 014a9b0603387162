"""Destinations: which addresses of a platform come into question for one login, from dated observations.

A candidate is an address that a host of the platform answered with, somewhere, at some time near the login. It is never
"the destination": what the login reached was not recorded. See ``sightings`` for how observations lie to an instant.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, time
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from ipattr.addresses import to_number
from ipattr.destinations.sightings import (
    TICK,
    Chosen,
    Moment,
    Pool,
    Relation,
    Sighting,
    choose,
    moment,
    pools,
    relate,
    sight,
)
from ipattr.destinations.words import changed_hosts, explain, no_observation, no_time, remarks, unknown_platform
from ipattr.model import Candidate, CandidateSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from ipattr.model import Confidence, Observation, Platform

__all__ = ["candidates", "epoch_key"]

MIDNIGHT = time()
_TRUST = {"high": 0, "medium": 1, "low": 2, "none": 3}


class _Merged(NamedTuple):
    """What several sightings of one address say together, whatever the instant."""

    hosts: tuple[str, ...]
    first_seen: str
    last_seen: str
    total: int | None
    vantages: tuple[str, ...]
    confidence: Confidence
    cnames: tuple[str, ...]
    observations: tuple[str, ...]
    sources: tuple[str, ...]


class _Survey(NamedTuple):
    """The observations of one platform, prepared once: pools by record type and host, and what was set aside.

    ``merged`` remembers what sightings say together, by their numbers: most instants ask for the same ones.
    """

    pools: dict[str, dict[str, tuple[Pool, ...]]]
    rejected: int
    other_hosts: int
    boundaries: tuple[datetime, ...]
    merged: dict[tuple[int, ...], _Merged]


def candidates(
    platform: Platform | None,
    observations: Sequence[Observation],
    at: datetime | None,
    *,
    family: Literal[4, 6],
    shared: Callable[[str], str],
) -> CandidateSet:
    """Return the possible destinations at an instant: per host what was observed around it, else just before and after.

    ``at`` is aware; dates are UTC dates. Hosts that are no candidates of the platform and rejected observations are
    never used, only counted (``excluded``). ``shared`` names the anycast operator of an address, "" where it is the
    platform's own. ``family`` 6 asks for AAAA observations; where a platform has none, its A observations are listed
    for orientation with a remark. The set is the same for all instants of one ``epoch_key``; its ``at`` is that span.
    ValueError when an observation carries no readable time.
    """
    if platform is None:
        return CandidateSet(status="unknown-platform", platform="", explanation=unknown_platform())
    if at is None:
        return CandidateSet(status="no-time", platform=platform.id, explanation=no_time())
    hosts = tuple(host.name for host in platform.hosts if host.candidate)
    survey = _survey(platform.id, hosts, tuple(observations))
    excluded = survey.rejected + survey.other_hosts
    now = moment(at)
    orientation = family == 6 and not survey.pools["AAAA"]  # noqa: PLR2004 - the IP version is its own name
    usable = survey.pools["AAAA" if family == 6 and not orientation else "A"]  # noqa: PLR2004 - as above
    span = _span(now.at, survey.boundaries)
    if not usable:
        return CandidateSet(
            status="none", platform=platform.id, at=span, excluded=excluded, explanation=no_observation(platform)
        )
    chosen = tuple(choose(host, host_pools, now) for host, host_pools in usable.items())
    found = _merge(chosen, now, survey, shared)
    changed = changed_hosts(chosen)
    return CandidateSet(
        status="observed",
        platform=platform.id,
        at=span,
        candidates=found,
        excluded=excluded,
        explanation=explain(platform, span, found, hosts=len(chosen), changed=changed),
        findings=remarks(
            found, changed, orientation=orientation, rejected=survey.rejected, other_hosts=survey.other_hosts
        ),
    )


def epoch_key(platform_id: str, observations: Sequence[Observation]) -> Callable[[datetime], str]:
    """Return a function that gives equal keys to instants with equal candidate sets (within one address family).

    A key is the UTC date and, on dates on which an observation starts or ends at a known time, the side of that time.
    """
    boundaries = _boundaries(entry for entry in observations if entry.platform == platform_id)

    def key(at: datetime) -> str:
        return f"{platform_id}:{_span(at.astimezone(UTC), boundaries)}"

    return key


@lru_cache(maxsize=8)
def _survey(platform: str, hosts: tuple[str, ...], observations: tuple[Observation, ...]) -> _Survey:
    own = [entry for entry in observations if entry.platform == platform]
    kept = [entry for entry in own if entry.status == "kept"]
    used = [sight(number, entry) for number, entry in enumerate(kept) if entry.host in hosts]
    return _Survey(
        pools={kind: pools(entry for entry in used if entry.observation.rrtype == kind) for kind in ("A", "AAAA")},
        rejected=len(own) - len(kept),
        other_hosts=len(kept) - len(used),
        boundaries=_boundaries(own),
        merged={},
    )


def _boundaries(observations: Iterable[Observation]) -> tuple[datetime, ...]:
    """Return the instants, other than midnights, from which an observation counts or no longer counts as around."""
    sightings = [sight(0, entry) for entry in observations if entry.status == "kept"]
    edges = {entry.since for entry in sightings} | {entry.until + TICK for entry in sightings}
    return tuple(sorted(edge for edge in edges if edge.time() != MIDNIGHT))


def _span(at: datetime, boundaries: Sequence[datetime]) -> str:
    """Return the UTC date of an instant, or the part of that date between two boundaries (ISO 8601 interval)."""
    day = at.date().isoformat()
    position = bisect_right(boundaries, at)
    low = boundaries[position - 1] if position else None
    high = boundaries[position] if position < len(boundaries) else None
    start = low if low is not None and low.date() == at.date() else None
    end = high if high is not None and high.date() == at.date() else None
    if start is None and end is None:
        return day
    return f"{_clock(start) if start else f'{day}T00:00:00Z'}/{_clock(end) if end else f'{day}T24:00:00Z'}"


def _clock(moment: datetime) -> str:
    """Write a boundary; the tick that puts an end behind its last instant is not shown."""
    whole = moment - TICK if moment.microsecond % 1000 == 1 else moment
    return whole.isoformat(timespec="milliseconds" if whole.microsecond else "seconds").replace("+00:00", "Z")


def _merge(
    chosen: Sequence[Chosen], now: Moment, survey: _Survey, shared: Callable[[str], str]
) -> tuple[Candidate, ...]:
    by_address: dict[str, list[Sighting]] = {}
    for choice in chosen:
        for entry in choice.sightings:
            by_address.setdefault(entry.observation.address, []).append(entry)
    found = [_candidate(entries, now, survey, shared(address)) for address, entries in by_address.items()]
    return tuple(sorted(found, key=lambda one: (one.relation != "around", one.gap_days, to_number(one.address))))


def _candidate(sightings: list[Sighting], now: Moment, survey: _Survey, shared: str) -> Candidate:
    """Merge what several hosts and sources say about one address; what spans the instant is not mixed with the rest."""
    relations = [relate(entry, now) for entry in sightings]
    relation, gap = min(relations, key=_closeness)
    if relation == "around":
        sightings = [entry for entry, (side, _) in zip(sightings, relations, strict=True) if side == "around"]
    numbers = tuple(entry.number for entry in sightings)
    merged = survey.merged.get(numbers)
    if merged is None:
        merged = survey.merged[numbers] = _say_together(sightings)
    return Candidate(
        address=sightings[0].observation.address,
        hosts=merged.hosts,
        relation=relation,
        gap_days=gap,
        first_seen=merged.first_seen,
        last_seen=merged.last_seen,
        count=merged.total,
        vantages=merged.vantages,
        confidence=merged.confidence,
        cnames=merged.cnames,
        shared=shared,
        observations=merged.observations,
        sources=merged.sources,
    )


def _say_together(sightings: Sequence[Sighting]) -> _Merged:
    observations = [entry.observation for entry in sightings]
    counts = [entry.count for entry in observations if entry.count is not None]
    return _Merged(
        hosts=_distinct(entry.host for entry in observations),
        first_seen=min(sightings, key=lambda entry: (entry.first.first, entry.number)).observation.first_seen,
        last_seen=max(sightings, key=lambda entry: (entry.last.last, entry.number)).observation.last_seen,
        total=sum(counts) if counts else None,
        vantages=_distinct(entry.vantage for entry in observations),
        confidence=min((entry.confidence for entry in observations), key=_TRUST.__getitem__),
        cnames=_distinct(entry.cname for entry in observations),
        observations=_distinct(entry.id for entry in observations),
        sources=_distinct(entry.source for entry in observations),
    )


def _closeness(relation: tuple[Relation, int]) -> tuple[bool, int, bool]:
    return relation[0] != "around", relation[1], relation[0] == "after"


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
