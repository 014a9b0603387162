"""The facts of ``data/``: each type is the schema of one kind of file there."""

from __future__ import annotations

from datetime import date
from typing import Literal

from ipattr.model.base import Confidence, Record, Text

AccessType = Literal[
    "mno", "mvno", "fixed-isp", "cable", "wimax", "ipoe-vne", "wifi-hotspot", "satellite", "building-isp", "academic"
]
AsRole = Literal["own", "mixed", "upstream"]
KeyItem = Literal["source-ip", "time", "source-port", "destination-ip"]
SharingKind = Literal["dedicated", "cgn", "map-e", "ds-lite", "nat", "unknown"]
IpFamily = Literal["any", "ipv4", "ipv6"]
RetentionUnit = Literal["day", "month", "year"]
NonAccessCategory = Literal[
    "vpn", "hosting", "cloud", "relay", "cdn", "tor", "proxy", "corporate-proxy", "api-app", "crawler"
]


class EntityName(Record, frozen=True, kw_only=True):
    """A name the legal entity bears or bore. ``since``/``until`` are ISO dates, possibly partial; empty is unknown."""

    text: str
    since: str = ""
    until: str = ""
    note: str = ""


class Entity(Record, frozen=True, kw_only=True):
    """The legal entity that can be addressed: present name in both languages, former names, address with its mark."""

    ja: str = ""
    en: str = ""
    confidence: Confidence
    names: tuple[EntityName, ...] = ()
    history: str = ""
    address: str = ""
    address_confidence: Confidence = "none"


class AsClaim(Record, frozen=True, kw_only=True):
    """What a provider is to an AS number: ``own`` registered to it, ``mixed`` shared use, ``upstream`` seen there."""

    number: int
    role: AsRole
    note: str = ""


class ServicePrefix(Record, frozen=True, kw_only=True):
    """A block known to belong to one service inside a larger AS.

    ``certainty``: ``stated`` the source names this block; ``part`` only some part of this block belongs to the service.
    ``relation``: ``holder`` when the source speaks of registration, ``service`` when it speaks of use.
    """

    prefix: str
    relation: Literal["service", "holder"]
    certainty: Literal["stated", "part"]
    service: str = ""
    as_of: str = ""
    source: str
    note: str = ""


class PtrPattern(Record, frozen=True, kw_only=True):
    """A reverse-DNS name pattern (full match, case-insensitive). Order is specificity: the first match wins."""

    regex: str
    service: str = ""
    note: str = ""


class Sharing(Record, frozen=True, kw_only=True):
    """How IPv4 addresses are shared between subscribers of one service (``service`` empty: all of them)."""

    kind: SharingKind
    service: str = ""
    text: str
    confidence: Confidence


class KeyRule(Record, frozen=True, kw_only=True):
    """What a provider needs to find a line: any one of the sets in ``any_of`` suffices.

    ``service`` and ``family`` narrow the rule; ``tolerance_seconds`` is the search window it allows on either side;
    ``since``/``until`` bound the log dates it speaks of. An empty ``any_of`` means: unknown.
    """

    service: str = ""
    family: IpFamily = "any"
    any_of: tuple[tuple[KeyItem, ...], ...]
    tolerance_seconds: int | None = None
    since: date | None = None
    until: date | None = None
    text: Text
    source: str
    as_of: str = ""
    confidence: Confidence


class RetentionPolicy(Record, frozen=True, kw_only=True):
    """How long connection logs are kept, in the unit as published, counted from the connection.

    ``bound`` is ``at-least`` for figures such as 「1年以上」. A published range (3–6 months) is two policies.
    """

    value: int
    unit: RetentionUnit
    bound: Literal["exact", "at-least"] = "exact"
    basis: Literal["connection"] = "connection"
    service: str = ""
    text: str
    source: str
    as_of: str
    confidence: Confidence

    def applies_to(self, service: str) -> bool:
        """Tell whether the figure is one for ``service``; one for no service in particular, and no service, fit all."""
        return not self.service or service in {"", self.service}


class AddresseeRule(Record, frozen=True, kw_only=True):
    """Who is to be addressed for one kind of contract on this provider's addresses.

    ``provider`` is a provider id (this one included), ``when`` the condition in words, ``service`` the service meant,
    ``since``/``until`` the dates of the relation, ``stage`` 1 for the first request, 2 for a later one.
    """

    provider: str
    when: Text
    service: str = ""
    since: str = ""
    until: str = ""
    stage: int = 1
    source: str
    confidence: Confidence


class Example(Record, frozen=True, kw_only=True):
    """An address inside published space of this provider and the verdict it must get; ``data check`` runs it."""

    address: str
    hostname: str = ""
    status: str
    addressee: str = ""


class DestinationTerm(Record, frozen=True, kw_only=True):
    """What a provider calls the connection-destination IP address in its own forms (docomo: 受信元IPアドレス)."""

    text: str
    source: str


class Provider(Record, frozen=True, kw_only=True):
    """One access provider or service (``data/providers/<id>.toml``)."""

    id: str
    brands: tuple[str, ...]
    access: AccessType
    sources: tuple[str, ...]
    confidence_as: Confidence
    confidence_ptr: Confidence
    entity: Entity
    asns: tuple[AsClaim, ...] = ()
    as_registry_names: str = ""
    prefixes: tuple[ServicePrefix, ...] = ()
    prefix_note: str = ""
    ptr: tuple[PtrPattern, ...] = ()
    ptr_text: str = ""
    ptr_note: str = ""
    sharing: tuple[Sharing, ...] = ()
    contract: str = ""
    keys: tuple[KeyRule, ...] = ()
    keys_text: str = ""
    retention: tuple[RetentionPolicy, ...] = ()
    retention_text: str = ""
    addressees: tuple[AddresseeRule, ...] = ()
    examples: tuple[Example, ...] = ()
    unverified_net_names: tuple[str, ...] = ()
    destination_term: DestinationTerm | None = None
    notes: str = ""


class NonAccess(Record, frozen=True, kw_only=True):
    """A network behind which there is no access contract (``data/nonaccess/<category>.toml``)."""

    id: str
    name: str
    category: NonAccessCategory
    operator: str = ""
    asns: tuple[int, ...] = ()
    as_tags: str = ""
    prefixes: tuple[ServicePrefix, ...] = ()
    feed: str = ""
    ptr: tuple[str, ...] = ()
    meaning: Text
    next_step: Text
    sources: tuple[str, ...]
    confidence: Confidence
    notes: str = ""


class PlatformHost(Record, frozen=True, kw_only=True):
    """A host of a platform with its role; hosts whose role no source states are ``unknown``.

    ``reference``: the host observed longest and most often; its eras divide the time of the whole platform.
    """

    name: str
    role: Literal[
        "login",
        "web",
        "api",
        "mobile",
        "upload",
        "short-link",
        "analytics",
        "media",
        "widget",
        "support",
        "mail",
        "unknown",
    ]
    candidate: bool
    reference: bool = False


class PlatformPrefix(Record, frozen=True, kw_only=True):
    """A block announced by, or listed for, the platform."""

    prefix: str
    asn: str
    source: str
    as_of: str


class Platform(Record, frozen=True, kw_only=True):
    """A platform that discloses logs (``data/platforms/<id>.toml``).

    ``observation_note`` says where from and how often its hosts were observed, ``observation_source`` who says so.
    """

    id: str
    name: str
    operator_ja: str = ""
    operator_en: str = ""
    seat: str = ""
    former_names: str = ""
    domains: str = ""
    asns: tuple[int, ...] = ()
    dns_text: str = ""
    observation_note: Text | None = None
    observation_source: str = ""
    logs_text: str = ""
    third_party_text: str = ""
    hosts: tuple[PlatformHost, ...] = ()
    prefixes: tuple[PlatformPrefix, ...] = ()
    columns: dict[str, tuple[str, ...]] = {}
    sources: tuple[str, ...]
    confidence: Confidence
    notes: str = ""


class Observation(Record, frozen=True, kw_only=True):
    """Host resolved to address (``data/observations/<platform>.csv``).

    ``first_seen``/``last_seen`` are as published: an instant, a date, a month or a year. ``count`` is the number of
    days or checks, ``longest_gap`` the most seconds between two of them where each is known (own captures).
    ``status`` ``rejected`` keeps an observation that must not be used, with the reason in ``note``.
    """

    id: str
    platform: str
    host: str
    rrtype: Literal["A", "AAAA"]
    address: str
    first_seen: str
    last_seen: str
    count: int | None
    vantage: str
    source: str
    confidence: Confidence
    cname: str
    status: Literal["kept", "rejected"]
    note: str
    longest_gap: int | None = None


class Citation(Record, frozen=True, kw_only=True):
    """A source that facts point to by its code (``data/citations.toml``)."""

    code: str
    title: str
    kind: Literal["dataset", "page", "statute", "judgment", "rfc", "registry", "knowledge", "software"]
    locator: str = ""
    dated: str = ""
    licence: str = ""
    note: str = ""


class PracticeRange(Record, frozen=True, kw_only=True):
    """What is generally reported for a kind of access; never a provider's own figure (``data/practice.toml``)."""

    access: tuple[AccessType, ...]
    low: RetentionPolicy
    high: RetentionPolicy
    text: Text


class Holiday(Record, frozen=True, kw_only=True):
    """One Japanese national holiday (国民の祝日に関する法律)."""

    day: date
    name: str


class Calendar(Record, frozen=True, kw_only=True):
    """The days on which Japanese offices do not work (``data/calendar.toml``).

    Saturdays and Sundays are closed by rule; ``closed_days`` are ``MM-DD`` closures of every year (12-29 to 01-03,
    行政機関の休日に関する法律); ``holidays`` are complete between ``covers_from`` and ``covers_until`` inclusive,
    and fixed by announcement until ``announced_until``.
    """

    covers_from: date
    covers_until: date
    announced_until: date
    closed_days: tuple[str, ...]
    holidays: tuple[Holiday, ...]
    source: str
    as_of: str


class Origin(Record, frozen=True, kw_only=True):
    """An AS that announces a block, and whether the registry delegation of the block is Japanese."""

    asn: int
    delegated: Literal["JP", "other"]


class AutonomousSystem(Record, frozen=True, kw_only=True):
    """The registrant of an AS number, as listed."""

    number: int
    handle: str
    organisation: str
    country: str
    category: str = ""
    role: str = ""
    source: str = ""


class Network(Record, frozen=True, kw_only=True):
    """A routed block (RFC 4632 prefix), its origins, and the date of the table."""

    prefix: str
    origins: tuple[Origin, ...]
    source: str
    as_of: str


class RegistryArea(Record, frozen=True, kw_only=True):
    """Which regional registry answers for an address (IANA address space registries)."""

    prefix: str
    registry: str
    note: str = ""
