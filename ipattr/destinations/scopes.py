"""Scopes: which observations a question is about, before its time counts: by host, by IP version, by client.

What a scope says holds for every instant, so it is worked out once for all logins that ask alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from ipattr.addresses import to_number
from ipattr.destinations import steps
from ipattr.destinations.clients import DROPPED
from ipattr.destinations.plans import Lane, RecordType
from ipattr.model import Finding, Text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from ipattr.destinations.clients import ClientKind
    from ipattr.destinations.eras import HostEras
    from ipattr.destinations.plans import Plan
    from ipattr.model import Narrowing, NarrowingStep, Observation, Platform

    Eras = Mapping[RecordType, Mapping[str, HostEras]]

RECORDS: tuple[RecordType, ...] = ("A", "AAAA")


class Question(NamedTuple):
    """What is asked besides the time: IP version of the login, kind of client, steps turned off, hosts named."""

    family: Literal[4, 6]
    client: ClientKind
    without: frozenset[NarrowingStep]
    hosts: tuple[str, ...]


class Scope(NamedTuple):
    """The observations in question, what was narrowed to reach them, and what is remembered about them.

    ``addresses`` are those left for the time to narrow, in the order of their numbers; ``other_hosts`` counts the kept
    observations of hosts that are not asked about, ``other_records`` those of the record type that is not, ``rows``
    those in question. ``plans`` are the answers by slot between two edges.
    """

    question: Question
    lanes: tuple[Lane, ...]
    steps: tuple[Narrowing, ...]
    addresses: tuple[str, ...]
    orientation: bool
    rows: int
    other_hosts: int
    other_records: int
    findings: tuple[Finding, ...]
    plans: dict[int, Plan]


def scope(platform: Platform, eras: Eras, rows: Sequence[Observation], question: Question, *, kept: int) -> Scope:
    """Return what a question is about; ``kept`` is the number of observations that may be used at all."""
    observed = set(eras["A"]) | set(eras["AAAA"])
    allowed, by_host = _hosts(platform, eras, observed, question)
    types, by_family = _family(eras, allowed, question)
    fitting, by_client = _client(platform, eras, question, types=types, hosts=allowed)
    lanes = tuple([_lane(platform, eras, rows, rrtype=rrtype, hosts=fitting) for rrtype in types])
    others = [rrtype for rrtype in RECORDS if rrtype not in types]
    return Scope(
        question=question,
        lanes=lanes,
        steps=(by_host, by_family, by_client),
        addresses=tuple(sorted(_addresses(eras, types, fitting), key=to_number)),
        orientation=question.family == 6 and types == ("A",),  # noqa: PLR2004 - the IP version is its own name
        rows=_rows(eras, types, fitting),
        other_hosts=kept - _rows(eras, RECORDS, allowed),
        other_records=_rows(eras, others, fitting),
        findings=tuple(said_of_hosts(platform, observed, question.hosts)),
        plans={},
    )


def _lane(
    platform: Platform, eras: Eras, rows: Sequence[Observation], *, rrtype: RecordType, hosts: Collection[str]
) -> Lane:
    of_type = eras[rrtype]
    return Lane(
        rrtype=rrtype,
        by_host={host: found for host, found in of_type.items() if host in hosts},
        reference=next(
            (of_type[host.name] for host in platform.hosts if host.reference and host.name in of_type), None
        ),
        rows=rows,
        whole={},
        around={},
    )


def _hosts(
    platform: Platform, eras: Eras, observed: AbstractSet[str], question: Question
) -> tuple[set[str], Narrowing]:
    profile = {host.name for host in platform.hosts}
    candidates = {host.name for host in platform.hosts if host.candidate}
    before = _addresses(eras, RECORDS, profile | set(question.hosts))
    if question.hosts:
        allowed, text = set(question.hosts), steps.by_question(question.hosts)
    elif "hosts" in question.without:
        return profile, steps.kept("hosts", before)
    else:
        allowed, text = candidates, steps.by_profile(platform.name, len(candidates & observed))
    return allowed, steps.narrowed("hosts", before, _addresses(eras, RECORDS, allowed), text)


def _family(eras: Eras, hosts: Collection[str], question: Question) -> tuple[tuple[RecordType, ...], Narrowing]:
    before = _addresses(eras, RECORDS, hosts)
    if "family" in question.without:
        return RECORDS, steps.kept("family", before)
    if question.family == 6 and not _rows(eras, ("AAAA",), hosts):  # noqa: PLR2004 - as above
        return ("A",), steps.kept("family", before, steps.no_aaaa())
    types: tuple[RecordType, ...] = ("A",) if question.family == 4 else ("AAAA",)  # noqa: PLR2004 - as above
    after = _addresses(eras, types, hosts)
    return types, steps.narrowed("family", before, after, steps.by_family(question.family))


def _client(
    platform: Platform, eras: Eras, question: Question, *, types: Sequence[RecordType], hosts: set[str]
) -> tuple[set[str], Narrowing]:
    before = _addresses(eras, types, hosts)
    if "client" in question.without:
        return hosts, steps.kept("client", before)
    if not question.client:
        return hosts, steps.kept("client", before, steps.no_client())
    if question.client not in DROPPED:
        return hosts, steps.kept("client", before, steps.client_leaves_hosts(question.client))
    unfit = {host.name for host in platform.hosts if host.role in DROPPED[question.client]}
    fitting = hosts - unfit
    after = _addresses(eras, types, fitting)
    if before and not after:
        return hosts, steps.kept("client", before, steps.client_leaves_nothing(question.client))
    left_out = sorted(host for host in hosts & unfit if _rows(eras, types, (host,)))
    return fitting, steps.narrowed("client", before, after, steps.by_client(question.client, left_out))


def _addresses(eras: Eras, types: Iterable[RecordType], hosts: Collection[str]) -> set[str]:
    return {
        address for rrtype in types for host, found in eras[rrtype].items() if host in hosts for address in found.tracks
    }


def _rows(eras: Eras, types: Iterable[RecordType], hosts: Collection[str]) -> int:
    return sum(found.rows for rrtype in types for host, found in eras[rrtype].items() if host in hosts)


def said_of_hosts(platform: Platform, observed: AbstractSet[str], hosts: Sequence[str]) -> Iterator[Finding]:
    """Yield which of the hosts named (IPA608) were never observed, and which (IPA609) no login is known to go to."""
    unseen = [host for host in hosts if host not in observed]
    if unseen:
        ja, en = "、".join(unseen), ", ".join(unseen)
        message = Text(
            ja=f"指定されたホスト（{ja}）の観測は収録されていない。観測のない名前からは接続先候補を挙げられない。",
            en=f"No observation of the named hosts ({en}) is on record; a name without one yields no candidate.",
        )
        yield Finding(code="IPA608", level="warning", message=message, about=en)
    candidates = {host.name for host in platform.hosts if host.candidate}
    unlisted = [host for host in hosts if host in observed and host not in candidates]
    if unlisted:
        ja, en = "、".join(unlisted), ", ".join(unlisted)
        message = Text(
            ja=f"指定されたホスト（{ja}）は、{platform.name}のログインの接続先となり得るホストとして収録されていない。",
            en=f"The named hosts ({en}) are not on record as hosts of {platform.name} that a login may have gone to.",
        )
        yield Finding(code="IPA609", level="notice", message=message, about=en)


def spelled(hosts: Iterable[str]) -> tuple[str, ...]:
    """Return host names as ledgers spell them, each once: lower case, no final dot."""
    return tuple(dict.fromkeys(host.strip().rstrip(".").lower() for host in hosts))
