"""Destinations: which addresses of a platform come into question for one login, from dated observations.

A candidate is an address that a host of the platform answered with, somewhere, at some time near the login. It is never
"the destination": what the login reached was not recorded. See ``eras`` for which observations speak for an instant.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, time
from typing import TYPE_CHECKING, Literal, NamedTuple

from ipattr.destinations.eras import HostEras, host_eras
from ipattr.destinations.plans import Item, Plan, plan
from ipattr.destinations.sightings import TICK, sight
from ipattr.destinations.words import explain, no_observation, no_time, remarks, unknown_platform
from ipattr.model import Candidate, CandidateSet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from ipattr.destinations.sightings import Sighting
    from ipattr.model import Observation, Platform

__all__ = ["Survey", "candidates", "candidates_in", "epoch_key", "survey"]

MIDNIGHT = time()
_RANK = {"around": 0, "between": 1, "before": 2, "after": 3}


class Survey(NamedTuple):
    """The observations of one platform, prepared once: the eras by record type and host, and what was set aside.

    ``edges`` are the instants at which a stretch of any observation starts or has ended, ``boundaries`` those of them
    that are no midnights. Between two edges only the distances change, so ``plans`` remembers all else.
    """

    platform: Platform | None
    eras: dict[str, dict[str, HostEras]]
    rows: int
    rejected: int
    other_hosts: int
    edges: tuple[datetime, ...]
    boundaries: tuple[datetime, ...]
    plans: dict[tuple[str, int], Plan]


def candidates(
    platform: Platform | None,
    observations: Sequence[Observation],
    at: datetime | None,
    *,
    family: Literal[4, 6],
    shared: Callable[[str], str],
) -> CandidateSet:
    """Return the possible destinations at an instant: per host the addresses of its era, else those before and after.

    ``at`` is aware; dates are UTC dates. Hosts that are no candidates of the platform and rejected observations are
    never used; a host first observed later is left out where another was observed by then. ``excluded`` counts every
    observation that no candidate rests on. ``shared`` names the anycast operator of an address, "" where it is the
    platform's own. ``family`` 6 asks for AAAA observations; where a platform has none, its A observations are listed
    for orientation with a remark. The set is the same for all instants of one ``epoch_key``; its ``at`` is that span.
    ValueError when an observation carries no readable time.
    """
    return candidates_in(survey(platform, observations), at, family=family, shared=shared)


def candidates_in(
    survey: Survey, at: datetime | None, *, family: Literal[4, 6], shared: Callable[[str], str]
) -> CandidateSet:
    """Return what ``candidates`` does from observations prepared before, for whoever asks about many instants."""
    platform = survey.platform
    if platform is None:
        return CandidateSet(status="unknown-platform", platform="", explanation=unknown_platform())
    if at is None:
        return CandidateSet(status="no-time", platform=platform.id, explanation=no_time())
    at = at.astimezone(UTC)
    orientation = family == 6 and not survey.eras["AAAA"]  # noqa: PLR2004 - the IP version is its own name
    kind = "AAAA" if family == 6 and not orientation else "A"  # noqa: PLR2004 - as above
    span = _span(at, survey.boundaries)
    if not survey.eras[kind]:
        return CandidateSet(
            status="none", platform=platform.id, at=span, excluded=survey.rows, explanation=no_observation(platform)
        )
    slot = (kind, bisect_right(survey.edges, at))
    known = survey.plans.get(slot)
    if known is None:
        known = survey.plans[slot] = plan(platform, survey.eras[kind], at)
    found = _listed(known, at.toordinal(), shared)
    unused = survey.rows - survey.rejected - survey.other_hosts - known.evidence
    other_records = sum(host.rows for name, hosts in survey.eras.items() if name != kind for host in hosts.values())
    return CandidateSet(
        status="observed",
        platform=platform.id,
        at=span,
        candidates=found,
        excluded=survey.rows - known.evidence,
        explanation=explain(platform, span, found, known, unused=unused, other_records=other_records),
        findings=remarks(
            platform, found, known, orientation=orientation, rejected=survey.rejected, other_hosts=survey.other_hosts
        ),
    )


def epoch_key(platform_id: str, observations: Sequence[Observation]) -> Callable[[datetime], str]:
    """Return a function that gives equal keys to instants with equal candidate sets (within one address family).

    A key is the UTC date and, on dates on which an observation starts or ends at a known time, the side of that time.
    """
    own = [entry for entry in observations if entry.platform == platform_id and entry.status == "kept"]
    boundaries = _boundaries(_edges(sight(0, entry) for entry in own))

    def key(at: datetime) -> str:
        return f"{platform_id}:{_span(at.astimezone(UTC), boundaries)}"

    return key


def survey(platform: Platform | None, observations: Sequence[Observation]) -> Survey:
    """Prepare the observations of a platform; ValueError when one of them carries no readable time."""
    hosts = {host.name for host in platform.hosts if host.candidate} if platform is not None else set()
    own = [entry for entry in observations if platform is not None and entry.platform == platform.id]
    kept = [sight(number, entry) for number, entry in enumerate(own) if entry.status == "kept"]
    used = [entry for entry in kept if entry.observation.host in hosts]
    edges = _edges(kept)
    return Survey(
        platform=platform,
        eras={kind: host_eras(entry for entry in used if entry.observation.rrtype == kind) for kind in ("A", "AAAA")},
        rows=len(own),
        rejected=len(own) - len(kept),
        other_hosts=len(kept) - len(used),
        edges=edges,
        boundaries=_boundaries(edges),
        plans={},
    )


def _edges(sightings: Iterable[Sighting]) -> tuple[datetime, ...]:
    """Return the instants from which a stretch counts or no longer counts as around, in order."""
    stretches = [stretch for entry in sightings for stretch in entry.stretches]
    return tuple(sorted({entry.low for entry in stretches} | {entry.high + TICK for entry in stretches}))


def _boundaries(edges: Iterable[datetime]) -> tuple[datetime, ...]:
    return tuple(edge for edge in edges if edge.time() != MIDNIGHT)


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


def _listed(known: Plan, day: int, shared: Callable[[str], str]) -> tuple[Candidate, ...]:
    """Return the candidates with their distances to a date (a proleptic ordinal), in the order of a reader's interest.

    Those of the era of the instant come first, then what was seen around it, then what was seen nearest to it.
    """
    order = sorted(
        (item.period != "current", item.relation != "around", _gap(item, day), _RANK[item.relation], item.number, at)
        for at, item in enumerate(known.items)
    )
    return tuple([_candidate(known.items[entry[-1]], entry[2], shared) for entry in order])


def _gap(item: Item, day: int) -> int:
    """Return how many UTC dates lie between a date and the nearest sighting."""
    if item.relation == "around":
        return 0
    if item.relation == "before":
        return day - item.behind
    if item.relation == "after":
        return item.ahead - day
    return min(day - item.behind, item.ahead - day)


def _candidate(item: Item, gap: int, shared: Callable[[str], str]) -> Candidate:
    return Candidate(
        address=item.address,
        hosts=item.hosts,
        relation=item.relation,
        gap_days=gap,
        period=item.period,
        first_seen=item.first_seen,
        last_seen=item.last_seen,
        count=item.total,
        vantages=item.vantages,
        confidence=item.confidence,
        cnames=item.cnames,
        shared=shared(item.address),
        observations=item.observations,
        sources=item.sources,
    )
