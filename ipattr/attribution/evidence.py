"""What the tables say about one address, before any conclusion."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from ipattr.model import (
    TRUST,
    AsClaim,
    AutonomousSystem,
    Network,
    NonAccess,
    Platform,
    Provider,
    Record,
    RegistryArea,
    ServicePrefix,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ipattr.addresses import Specials

Claim = tuple[Provider, AsClaim]
PrefixHit = tuple[str, ServicePrefix]


class Facts(Protocol):
    """What attribution asks of the registry; nothing here reads a file."""

    @property
    def providers(self) -> Mapping[str, Provider]:
        """Providers by id."""

    @property
    def specials(self) -> Specials:
        """The special-purpose address registries."""

    def network(self, version: int, number: int) -> Network | None:
        """Return the longest announced prefix that covers the address."""

    def area(self, version: int, number: int) -> RegistryArea | None:
        """Return the regional registry that answers for the address."""

    def providers_of(self, asn: int) -> Sequence[Claim]:
        """Return every provider row that names the AS number."""

    def nonaccess_of(self, asn: int) -> Sequence[NonAccess]:
        """Return every network without access contracts that names the AS number."""

    def platforms_of(self, asn: int) -> Sequence[Platform]:
        """Return every platform that names the AS number."""

    def registrant(self, asn: int) -> AutonomousSystem | None:
        """Return the registrant of the AS number."""

    def service_prefixes(self, version: int, number: int) -> Sequence[PrefixHit]:
        """Return the known service blocks that cover the address, longest first."""


class Evidence(Record, frozen=True, kw_only=True):
    """Everything the tables say about one address, before any conclusion."""

    network: Network
    registrants: tuple[AutonomousSystem, ...]
    own: tuple[Provider, ...]
    mixed: tuple[Provider, ...]
    upstream: tuple[Provider, ...]
    nonaccess: tuple[NonAccess, ...]
    platforms: tuple[Platform, ...]
    hits: tuple[PrefixHit, ...]
    named: tuple[tuple[Provider, str], ...]
    hostname: str | None
    hostname_known: bool


def gather(network: Network, version: int, number: int, *, facts: Facts, hostname: str | None) -> Evidence:
    """Collect what every origin of the block, every known service block and the reverse name say."""
    claims: list[Claim] = []
    nonaccess: dict[str, NonAccess] = {}
    platforms: dict[str, Platform] = {}
    registrants: list[AutonomousSystem] = []
    for origin in network.origins:
        claims.extend(facts.providers_of(origin.asn))
        others = facts.nonaccess_of(origin.asn)
        nonaccess.update((entry.id, entry) for entry in others)
        # A platform behind a content network or a rented server names that network's AS: it is not the platform's own.
        if not others:
            platforms.update((entry.id, entry) for entry in facts.platforms_of(origin.asn))
        registrant = facts.registrant(origin.asn)
        if registrant is not None:
            registrants.append(registrant)
    by_role = {role: _distinct(p for p, claim in claims if claim.role == role) for role in ("own", "mixed", "upstream")}
    claimed = {provider.id: provider for provider, _ in claims}
    named = _matching(hostname, claimed.values()) if hostname else ()
    return Evidence(
        network=network,
        registrants=tuple(registrants),
        own=by_role["own"],
        mixed=by_role["mixed"],
        upstream=by_role["upstream"],
        nonaccess=tuple(nonaccess.values()),
        platforms=tuple(platforms.values()),
        hits=tuple(facts.service_prefixes(version, number)),
        named=named,
        hostname=hostname,
        hostname_known=bool(hostname and not named and _matching(hostname, facts.providers.values())),
    )


def _distinct(providers: Iterable[Provider]) -> tuple[Provider, ...]:
    """Return each provider once; of one entity's rows on an AS, the one that stands for the AS comes first.

    That is the row that owns the most AS numbers, then the better known one: a brand names one number of many.
    """
    found = {provider.id: provider for provider in providers}.values()
    return tuple(sorted(found, key=lambda p: (-_owned(p), TRUST[p.confidence_as], p.id)))


def _owned(provider: Provider) -> int:
    return sum(claim.role == "own" for claim in provider.asns)


@lru_cache(maxsize=4096)
def _pattern(regex: str) -> re.Pattern[str]:
    return re.compile(regex, re.IGNORECASE)


def _matching(hostname: str, providers: Iterable[Provider]) -> tuple[tuple[Provider, str], ...]:
    """Return the providers whose most specific PTR pattern matches, with the service that pattern tells."""
    name = hostname.rstrip(".")
    found: list[tuple[Provider, str]] = []
    for provider in providers:
        for ptr in provider.ptr:
            if _pattern(ptr.regex).fullmatch(name):
                found.append((provider, ptr.service))
                break
    return tuple(found)
