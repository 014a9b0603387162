"""What registries were asked, what came back as received, and what it says.

Names follow RFC 9083 (RDAP), RFC 3912 (WHOIS), RFC 4012 (RPSL), RFC 9224 (bootstrap) and JPNIC's own field names.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from ipattr.model.base import Finding, Record, Text
from ipattr.model.events import UtcInstant

SourceName = Literal["rdap", "jpnic", "whois", "origin", "ptr", "web"]
QuestionKind = Literal["ip", "autnum", "history", "origin", "routes", "ptr", "bootstrap", "timestamp"]
Mode = Literal["exact", "coalesced"]
Probe = Literal["address", "block"]
Protocol = Literal["rdap", "whois", "dns", "http"]

Delivery = Literal[
    "complete",  # the whole answer arrived within its limits
    "truncated",  # the connection ended before the announced or framed end
    "oversized",  # more bytes than accepted; the first of them are kept
    "timed-out",  # the one deadline of the exchange passed; what had arrived is kept
    "unreachable",  # no connection, reset, or no such host
    "tls-failed",  # certificate or handshake
    "redirect-refused",  # to a host outside the allow-list, to plain HTTP, or to an address that is not global
    "redirect-loop",
    "garbled",  # not the protocol: no HTTP status line, impossible framing
    "withheld",  # the guard let nothing leave
]
ReplyStatus = Literal[
    "found",
    "not-found",  # the server has no such object here: never "unassigned"
    "rate-limited",
    "server-error",
    "refused",  # any other answer that is no answer (4xx, a WHOIS error line, REFUSED)
    "malformed",
    "truncated",
    "oversized",
    "wrong-range",  # an object that does not hold what was asked
    "wrong-type",  # well-formed, but another kind of document (HTML, an RDAP domain)
    "redirected",  # a redirect that was not followed
    "tls-failed",
    "unreachable",
    "timed-out",
]


class Question(Record, frozen=True, kw_only=True):
    """One thing asked of one source. ``subject``: canonical address, prefix, or ``AS64500``."""

    source: SourceName
    kind: QuestionKind
    subject: str

    @property
    def key(self) -> str:
        """Return the text under which the question is known: equal questions are equal texts."""
        return f"{self.source} {self.kind} {self.subject}"


class Request(Record, frozen=True, kw_only=True):
    """One question as it leaves: to which server, in which words, and where it may be led.

    ``endpoint`` is the URL (RDAP, HTTP) or ``host:port`` (WHOIS, DNS); ``payload`` the line sent without its CRLF
    (WHOIS), the name (DNS) or the base64 body (time stamp); ``allowed`` the ``host:port`` that it may reach, redirects
    included; ``limit`` the bytes accepted.
    """

    question: Question
    server: str
    protocol: Protocol
    endpoint: str
    payload: str = ""
    allowed: tuple[str, ...]
    limit: int = 4 << 20


class Hop(Record, frozen=True, kw_only=True):
    """One request that left: the first, or the next after a redirect.

    ``request`` is the URL or the line sent, ``server`` the ``host:port`` named, ``connected_to`` the ``address:port``
    reached (empty when none was), ``certificate_sha256`` that of the server's certificate (DER), ``status_code`` HTTP.
    """

    request: str
    server: str
    connected_to: str = ""
    certificate_sha256: str = ""
    sent: UtcInstant
    status_code: int | None = None


class Exchange(Record, frozen=True, kw_only=True):
    """The header of one piece of evidence: what was asked, of whom, when, and what the kept bytes are.

    ``size`` and ``sha256`` speak of the raw bytes as received (before content decoding); ``headers`` are those of the
    last HTTP response, names in lower case, in order; ``received`` is when the last byte, or the failure, was seen.
    """

    format: Literal["ipattr-evidence-1"] = "ipattr-evidence-1"
    question: Question
    server: str
    protocol: Protocol
    endpoint: str
    payload: str = ""
    hops: tuple[Hop, ...]
    sent: UtcInstant
    received: UtcInstant
    delivery: Delivery
    reason: Text | None = None
    status_code: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    size: int
    sha256: str
    tool_version: str


class Field(Record, frozen=True, kw_only=True):
    """One value as it stood in an answer. ``at``: JSON pointer (RFC 6901) or ``line:N`` (1-based)."""

    value: str
    at: str


class RegistryEvent(Record, frozen=True, kw_only=True):
    """One dated event of an object (RFC 9083 section 4.5; JPNIC 割当年月日, 割振年月日, 返却年月日, 最終更新).

    ``instant`` where the time of day and zone are stated, ``day`` where only a date is (JST at JPNIC); both None when
    the text cannot be read, which a finding says.
    """

    action: str
    text: Field
    instant: UtcInstant | None = None
    day: date | None = None


class RegistryEntity(Record, frozen=True, kw_only=True):
    """One entity of an object (RFC 9083 section 5.1), nested ones included: ``at`` is where it stands."""

    at: str
    handle: Field | None = None
    roles: tuple[Field, ...] = ()
    kind: Field | None = None
    names: tuple[Field, ...] = ()
    organisations: tuple[Field, ...] = ()
    addresses: tuple[Field, ...] = ()
    contacts: tuple[Field, ...] = ()
    events: tuple[RegistryEvent, ...] = ()
    remarks: tuple[Field, ...] = ()


class HolderName(Record, frozen=True, kw_only=True):
    """One name under which an answer names the holder.

    ``rule`` says by which field (``registrant``, ``g``, ``descr`` …); ``lang``: ``ja`` when it holds Japanese script,
    else ``en``.
    """

    text: str
    lang: Literal["ja", "en"]
    rule: str
    at: str


class RegisteredNetwork(Record, frozen=True, kw_only=True):
    """One registered block as one answer states it (RFC 9083 section 5.4; JPNIC; RPSL inetnum/inet6num).

    ``first``/``last`` are canonical, inclusive; ``cidrs`` the least set of prefixes that is exactly that range;
    ``layout`` says which form of answer it was; ``holders`` are the names in the order in which the rules prefer them,
    empty when the answer names nobody but a registry; ``refers_to`` a registry that this answer says is authoritative
    (``JPNIC``); ``less_specific``/``more_specific`` (上位情報, 下位情報) are None when the answer does not say, empty
    when it says that there is none.
    """

    first: str
    last: str
    version: Literal[4, 6]
    cidrs: tuple[str, ...]
    layout: Literal["rdap", "jpnic-assignment", "jpnic-allocation", "rpsl", "arin", "lacnic"]
    registry: str = ""
    handle: Field | None = None
    name: Field | None = None
    type: Field | None = None
    country: Field | None = None
    parent: Field | None = None
    statuses: tuple[Field, ...] = ()
    holders: tuple[HolderName, ...] = ()
    refers_to: str = ""
    entities: tuple[RegistryEntity, ...] = ()
    events: tuple[RegistryEvent, ...] = ()
    remarks: tuple[Field, ...] = ()
    nameservers: tuple[Field, ...] = ()
    less_specific: tuple[Field, ...] | None = None
    more_specific: tuple[Field, ...] | None = None


class RegisteredAutnum(Record, frozen=True, kw_only=True):
    """One AS number or range of them as one answer states it (RFC 9083 section 5.5)."""

    first: int
    last: int
    handle: Field | None = None
    name: Field | None = None
    country: Field | None = None
    statuses: tuple[Field, ...] = ()
    holders: tuple[HolderName, ...] = ()
    refers_to: str = ""
    entities: tuple[RegistryEntity, ...] = ()
    events: tuple[RegistryEvent, ...] = ()
    remarks: tuple[Field, ...] = ()


class HistoryRecord(Record, frozen=True, kw_only=True):
    """One record of an APNIC ``/history/`` answer: the registration between two instants (``until`` None: still)."""

    since: UtcInstant
    until: UtcInstant | None
    at: str
    network: RegisteredNetwork | None


class RouteOrigin(Record, frozen=True, kw_only=True):
    """One origin of a prefix as one answer states it (IRR route object, or a routing table service)."""

    prefix: str
    asn: int
    name: str = ""
    at: str


class Reply(Record, frozen=True, kw_only=True):
    """What one exchange says: a pure function of its header and bytes.

    ``reason`` says in one sentence why it is no ``found``; ``retry_after`` in seconds; ``notices`` the server's own
    remarks and terms; ``other`` every value of the answer that no field above holds, so that nothing is lost;
    ``text`` the decoded body, control characters made visible, for people.
    """

    status: ReplyStatus
    reason: Text | None = None
    network: RegisteredNetwork | None = None
    autnum: RegisteredAutnum | None = None
    history: tuple[HistoryRecord, ...] = ()
    origins: tuple[RouteOrigin, ...] = ()
    names: tuple[Field, ...] = ()
    retry_after: float | None = None
    notices: tuple[Field, ...] = ()
    other: tuple[Field, ...] = ()
    text: str = ""
    findings: tuple[Finding, ...] = ()


class Answer(Record, frozen=True, kw_only=True):
    """One kept exchange, under the name its evidence bears, and what it says."""

    name: str
    exchange: Exchange
    reply: Reply
