"""The registry: the facts as they are asked for, each decoded at its first use."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import msgspec

from ipattr.addresses import Specials, covered, prefix_range, to_number
from ipattr.model import (
    AsClaim,
    AutonomousSystem,
    Bootstrap,
    Calendar,
    Citation,
    InformationSheet,
    Network,
    NonAccess,
    Observation,
    Origin,
    Platform,
    PlatformPrefix,
    PracticeRange,
    Procedure,
    Provider,
    RegistryArea,
    RegistryServer,
    Route,
    ServicePrefix,
    SpecialBlock,
)
from ipattr.registry.bootstrapping import AsRanges, bootstrap_entries
from ipattr.registry.containers import Memo, PrefixMap, Records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ipattr.registry.compiled import Compiled

T = TypeVar("T")


class Announced(NamedTuple):
    """The announced space of one IP version as disjoint stretches in order, of equal facts about routing each.

    ``starts`` are their first addresses (of IPv6 the upper 64 bits), ``networks`` the number of the longest prefix over
    each, 0 for none; ``origins`` gives each network but 0 a number: equal numbers, equal origins.
    """

    starts: Sequence[int]
    networks: Sequence[int]
    origins: Sequence[int]


class Registry:
    """The facts of one ``data/`` folder, under one ``data_version``.

    ``network_of`` answers for address text (strict, as ``addresses.to_number`` takes it), ``network`` for numbers;
    ``shared`` names the operator of the network that an address (text) shares with other customers, empty where none
    is listed. They remember each distinct question. Nothing here changes after opening, so a registry may be shared by
    threads.
    """

    def __init__(self, compiled: Compiled) -> None:
        """Read the directory; everything else waits until it is asked for."""
        self._compiled = compiled
        self.data_version = compiled.directory.data_version
        self._by_text: Memo[str, Network | None] = Memo(self.find_network)
        self._by_v4: Memo[int, Network | None] = Memo(self._find_v4)
        self._by_v6: Memo[int, Network | None] = Memo(self._find_v6)
        self.shared: Callable[[str], str] = Memo(self._find_shared).__getitem__
        self.network_of: Callable[[str], Network | None] = self._by_text.__getitem__
        self._pools: Memo[str, int | None] = Memo(self._count_v4)
        self._starts4 = compiled.array("I:v4.starts")
        self._results4 = compiled.array("I:v4.results")
        self._starts6 = compiled.array("Q:v6.starts")
        self._results6 = compiled.array("I:v6.results")
        self._texts = compiled.array("B:texts").tobytes()
        self._ends = compiled.array("I:ends")
        self._networks: list[Network | None] = [None] * len(self._ends)
        self._members = compiled.array("I:members")
        self._source = compiled.directory.network_source
        self._as_of = compiled.directory.network_as_of

    def network(self, version: int, number: int) -> Network | None:
        """Return the longest announced prefix that holds the address, with all its origins; None when not listed.

        ValueError when ``number`` is no address of ``version``.
        """
        return self._by_v4[number] if version == 4 else self._by_v6[number]  # noqa: PLR2004 - IP version

    def find_network(self, text: str) -> Network | None:
        """Answer ``network_of`` without remembering the question, for callers that ask each address once.

        ValueError when ``text`` is no strict address.
        """
        version, number = to_number(text)
        if version == 4:  # noqa: PLR2004 - IP version
            at = self._results4[bisect_right(self._starts4, number) - 1]
        else:
            at = self._results6[bisect_right(self._starts6, number >> 64) - 1]
        return self._networks[at] or self._build(at)

    def announced(self, version: int) -> Announced:
        """Return the announced prefixes as disjoint stretches: where each begins, its network, that one's origins."""
        starts, results = (self._starts4, self._results4) if version == 4 else (self._starts6, self._results6)  # noqa: PLR2004 - IP version
        return Announced(starts, results, self._members)

    def prefixes(self) -> list[str]:
        """Return the prefix of each network as ``announced`` counts them; "" for 0, which is none."""
        texts, ends = self._texts.decode("ascii"), self._ends
        return ["", *[texts[start:end] for start, end in pairwise(ends)]]

    def listed_edges(self, version: int) -> set[int]:
        """Return the addresses at which a listed service block, registry area or special-purpose block begins or ends.

        An end is the address behind the last one. Between two of these and two of ``announced`` all facts are equal.
        """
        return self._services.edges(version) | self._areas.edges(version) | self.specials.edges(version)

    def providers_of(self, asn: int) -> tuple[tuple[Provider, AsClaim], ...]:
        """Return every provider that claims the AS number, with its claim: own first, then mixed, then upstream."""
        return tuple((self.providers[name], claim) for name, claim in self._claims.get(asn, ()))

    def nonaccess_of(self, asn: int) -> tuple[NonAccess, ...]:
        """Return the networks without access contracts that use the AS number."""
        return tuple(self.nonaccess[name] for name in self._nonaccess_by_asn.get(asn, ()))

    def platforms_of(self, asn: int) -> tuple[Platform, ...]:
        """Return the platforms that use the AS number."""
        return tuple(self.platforms[name] for name in self._platforms_by_asn.get(asn, ()))

    def registrant(self, asn: int) -> AutonomousSystem | None:
        """Return the registrant of the AS number, None when it is not in the table."""
        return self._registrants.get(str(asn))

    def service_prefixes(self, version: int, number: int) -> tuple[tuple[str, ServicePrefix], ...]:
        """Return the blocks of services that hold the address, longest first, each with the id of its owner."""
        return self._services.covering(version, number)

    def in_platform_block(self, platform_id: str, version: int, number: int) -> PlatformPrefix | None:
        """Return the most specific block of the platform's own list that holds the address; None outside.

        Of two rows for one block the first of the file counts. A platform without a list has no block.
        """
        blocks = self._platform_blocks.get(platform_id)
        return next(iter(blocks.covering(version, number)), None) if blocks is not None else None

    def cdn(self, asns: Iterable[int]) -> str:
        """Return the operator of the first content delivery network among AS numbers; empty where there is none."""
        names = [entry for asn in asns for entry in self.nonaccess_of(asn) if entry.category == "cdn"]
        return names[0].operator or names[0].name if names else ""

    def _count_v4(self, provider_id: str) -> int | None:
        """Count the addresses of ``announced_v4``."""
        provider = self.providers.get(provider_id)
        if provider is None:
            return None
        own = {claim.number for claim in provider.asns if claim.role == "own"}
        wanted = {at for at, origins in enumerate(self._origins) if any(origin.asn in own for origin in origins)}
        ends = [*self._starts4[1:], 1 << 32]
        held = [
            (start, end)
            for start, end, at in zip(self._starts4, ends, self._results4, strict=True)
            if at and self._members[at] in wanted
        ]
        stated = [prefix_range(block.prefix) for block in provider.prefixes if block.certainty == "stated"]
        held += [(first, last + 1) for version, first, last in stated if version == 4]  # noqa: PLR2004 - IP version
        return covered(held)

    def _find_shared(self, text: str) -> str:
        return self.cdn(self.origins_of(text))

    def origins_of(self, text: str) -> tuple[int, ...]:
        """Return the AS numbers that originate the longest announced prefix of the address; none when not listed.

        ValueError when ``text`` is no strict address.
        """
        network = self.network_of(text)
        return tuple(origin.asn for origin in network.origins) if network is not None else ()

    def announced_v4(self, provider_id: str) -> int | None:
        """Return how many IPv4 addresses the table has for a provider; None when it is no access provider listed here.

        Counted once each: the addresses whose longest announced prefix originates from an AS that the provider claims
        as its own, and the blocks that a source states to be its. Not what its subscribers are given: servers, reserves
        and other services lie in there, and what it uses inside another company's AS does not. Providers of one AS
        have it in common: their numbers cannot be added.
        """
        return self._pools[provider_id]

    def announces(self, asn: int) -> bool:
        """Tell whether the table has any prefix of the AS number; where not, *not listed* says nothing of its users."""
        return asn in self._announcing

    def observations(self, platform: str) -> tuple[Observation, ...]:
        """Return the dated observations of one platform in file order; none when the platform is unknown."""
        return self._observations.get(platform, ())

    def area(self, version: int, number: int) -> RegistryArea | None:
        """Return the most specific registry area that holds the address; None when the table has none."""
        return next(iter(self._areas.covering(version, number)), None)

    def bootstrap_urls(self, version: int, number: int) -> tuple[str, ...]:
        """Return the HTTPS base URLs of the RDAP service for the address (RFC 9224, longest match); none outside."""
        return next(iter(self._bootstrap.covering(version, number)), ())

    def bootstrap_server(self, version: int, number: int) -> str:
        """Return the id of the server that the bootstrap registry names for the address; empty outside."""
        return next(
            (self._rdap_servers[url] for url in self.bootstrap_urls(version, number) if url in self._rdap_servers), ""
        )

    def bootstrap_asn(self, number: int) -> tuple[str, ...]:
        """Return the HTTPS base URLs of the RDAP service for the AS number (RFC 9224 section 5.3); none outside."""
        return self._as_ranges.urls(number)

    @cached_property
    def servers(self) -> Mapping[str, RegistryServer]:
        """The servers that may be asked by id."""
        return Records(self._compiled, "servers", RegistryServer)

    @cached_property
    def bootstraps(self) -> Mapping[str, Bootstrap]:
        """The shipped bootstrap registries by kind: ``ipv4``, ``ipv6``, ``asn``."""
        return Records(self._compiled, "bootstraps", Bootstrap)

    @cached_property
    def providers(self) -> Mapping[str, Provider]:
        """The access providers by id."""
        return Records(self._compiled, "providers", Provider)

    @cached_property
    def nonaccess(self) -> Mapping[str, NonAccess]:
        """The networks without access contracts by id."""
        return Records(self._compiled, "nonaccess", NonAccess)

    @cached_property
    def platforms(self) -> Mapping[str, Platform]:
        """The platforms by id."""
        return Records(self._compiled, "platforms", Platform)

    @cached_property
    def citations(self) -> Mapping[str, Citation]:
        """The sources by code."""
        return Records(self._compiled, "citations", Citation)

    @cached_property
    def specials(self) -> Specials:
        """The special-purpose address registries."""
        return Specials(self._table("specials", tuple[SpecialBlock, ...]))

    @cached_property
    def calendar(self) -> Calendar:
        """The days on which Japanese offices do not work."""
        return self._table("calendar", Calendar)

    @cached_property
    def practice(self) -> tuple[PracticeRange, ...]:
        """The general ranges per kind of access."""
        return self._table("practice", tuple[PracticeRange, ...])

    @cached_property
    def columns(self) -> Mapping[str, tuple[str, ...]]:
        """The column headings that stand for one field."""
        return self._table("columns", dict[str, tuple[str, ...]])

    @cached_property
    def procedures(self) -> Mapping[str, Procedure]:
        """The procedures with their steps and figures by id."""
        return Records(self._compiled, "procedures", Procedure)

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """The ways from the platform to the person, in the order in which they are shown."""
        return self._table("routes", tuple[Route, ...])

    @cached_property
    def sheets(self) -> tuple[InformationSheet, ...]:
        """What the carriers' windows ask for, by id."""
        return self._table("sheets", tuple[InformationSheet, ...])

    @cached_property
    def _bootstrap(self) -> PrefixMap[tuple[str, ...]]:
        return PrefixMap(bootstrap_entries(self.bootstraps["ipv4"], self.bootstraps["ipv6"]))

    @cached_property
    def _rdap_servers(self) -> dict[str, str]:
        return {server.url: name for name, server in self.servers.items() if server.protocol == "rdap"}

    @cached_property
    def _as_ranges(self) -> AsRanges:
        return AsRanges(self.bootstraps["asn"])

    @cached_property
    def _registrants(self) -> Records[AutonomousSystem]:
        return Records(self._compiled, "registrants", AutonomousSystem)

    @cached_property
    def _observations(self) -> Records[tuple[Observation, ...]]:
        return Records(self._compiled, "observations", tuple[Observation, ...])

    @cached_property
    def _claims(self) -> dict[int, list[tuple[str, AsClaim]]]:
        return self._table("claims", dict[int, list[tuple[str, AsClaim]]])

    @cached_property
    def _nonaccess_by_asn(self) -> dict[int, list[str]]:
        return self._table("nonaccess_by_asn", dict[int, list[str]])

    @cached_property
    def _platforms_by_asn(self) -> dict[int, list[str]]:
        return self._table("platforms_by_asn", dict[int, list[str]])

    @cached_property
    def _services(self) -> PrefixMap[tuple[str, ServicePrefix]]:
        return PrefixMap(self._table("services", list[tuple[int, int, int, tuple[str, ServicePrefix]]]))

    @cached_property
    def _platform_blocks(self) -> dict[str, PrefixMap[PlatformPrefix]]:
        tables = self._table("platform_blocks", dict[str, list[tuple[int, int, int, PlatformPrefix]]])
        return {name: PrefixMap(entries) for name, entries in tables.items()}

    @cached_property
    def _areas(self) -> PrefixMap[RegistryArea]:
        return PrefixMap(self._table("areas", list[tuple[int, int, int, RegistryArea]]))

    @cached_property
    def _origins(self) -> list[tuple[Origin, ...]]:
        return self._table("origins", list[tuple[Origin, ...]])

    @cached_property
    def _announcing(self) -> frozenset[int]:
        return frozenset(origin.asn for origins in self._origins for origin in origins)

    def _table(self, name: str, kind: type[T]) -> T:
        """Decode one whole table."""
        return msgspec.json.decode(self._compiled.table(name), type=kind)

    def _find_v4(self, number: int) -> Network | None:
        """Answer for one IPv4 address."""
        _within(number, 32)
        at = self._results4[bisect_right(self._starts4, number) - 1]
        return self._networks[at] or self._build(at)

    def _find_v6(self, number: int) -> Network | None:
        """Answer for one IPv6 address by its high 64 bits."""
        _within(number, 128)
        at = self._results6[bisect_right(self._starts6, number >> 64) - 1]
        return self._networks[at] or self._build(at)

    def _build(self, at: int) -> Network | None:
        """Build the network of one result number, once; 0 is none."""
        if at == 0:
            return None
        network = self._networks[at] = Network(
            prefix=self._texts[self._ends[at - 1] : self._ends[at]].decode("ascii"),
            origins=self._origins[self._members[at]],
            source=self._source,
            as_of=self._as_of,
        )
        return network


def _within(number: int, bits: int) -> None:
    """Refuse a number that is no address of so many bits."""
    if not 0 <= number < 1 << bits:
        message = f"not an address of {bits} bits: {number}"
        raise ValueError(message)
