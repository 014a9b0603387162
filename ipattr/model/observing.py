"""The destination ledger: who was asked for which host when, what came back as received, and what it says.

Names follow RFC 8499 (DNS terminology), RFC 7858 (DoT), RFC 8484 (DoH), RFC 7871 (client subnet), RFC 5001 (NSID),
RFC 8914 (extended errors) and RFC 9460 (HTTPS records).
"""

from __future__ import annotations

from typing import Any, Literal

from ipattr.model.answers import Hop
from ipattr.model.base import Finding, Record, Text
from ipattr.model.events import UtcInstant
from ipattr.model.facts import Observation
from ipattr.model.keeping import KeptFile

DnsTransport = Literal["udp", "tcp", "tls", "https"]
HostRecord = Literal["A", "AAAA", "HTTPS"]
ProbeKind = Literal[
    "host",  # a host of the platform's profile
    "wildcard",  # a name under a host's parent that nobody can have registered: does it answer all the same?
    "delegation",  # NS and the addresses of name servers, to learn who is authoritative
]
ResolutionStatus = Literal[
    "answered",  # at least one address (A, AAAA), or a record of the type asked for
    "nodata",  # NOERROR without a record of that type
    "nxdomain",
    "servfail",
    "refused",
    "other-rcode",  # NOTIMP, FORMERR and the like; ``rcode`` names it
    "truncated",  # TC is set and no whole answer could be had over TCP
    "malformed",  # not a DNS message, or not an answer to this question
    "timed-out",
    "unreachable",
    "tls-failed",
    "http-error",  # DoH: any status but 200, or another media type
    "withheld",  # the guard let nothing leave
]
Dnssec = Literal[
    "secure",  # the resolver says that it validated the answer (AD)
    "signed",  # RRSIG records came along, nobody says that they were validated
    "unsigned",  # neither
    "bogus",  # the resolver says that validation failed (RFC 8914 codes 5 to 12; 1, 2 where no answer came)
    "unknown",  # no answer that could say
]


class Resolver(Record, frozen=True, kw_only=True):
    """One name server to be asked. ``id`` is its canonical spelling, by which answers name it.

    ``host`` is an address, or for ``https`` and ``tls`` possibly a name; ``server_name`` is checked in the certificate;
    ``path`` is that of the DoH URL. ``recursive`` False: an authoritative server, asked without RD. ``per_second``,
    ``burst`` and ``concurrent`` are the pace we keep.
    """

    id: str
    transport: DnsTransport
    host: str
    port: int
    server_name: str = ""
    path: str = ""
    recursive: bool = True
    per_second: float = 20.0
    burst: int = 10
    concurrent: int = 10


class DnsProbe(Record, frozen=True, kw_only=True):
    """One thing asked of one resolver: ``host`` (lower case, no final dot), type, and the how-manieth time.

    ``subnet`` is the client subnet sent (RFC 7871), empty when none is. ``platform`` is the profile it belongs to.
    """

    platform: str
    host: str
    rrtype: Literal["A", "AAAA", "HTTPS", "NS"]
    kind: ProbeKind = "host"
    round: int = 1
    subnet: str = ""


class Resolution(Record, frozen=True, kw_only=True):
    """One answer of one resolver, as kept in a ledger: header, raw messages, and what the last of them says.

    ``query`` and ``wire`` are the messages as sent and as received (base64; ``wire`` empty when none came);
    ``truncated_wire`` is the UDP answer with TC that led to TCP. ``hops`` are the requests that left (UDP, then TCP),
    with addresses reached and certificates; ``sent``/``received`` are those of the whole exchange (received: the last
    byte, or the failure). ``vantage`` is where we asked from, in the words of whoever did. All that follows ``status``
    is read from ``wire`` alone and can be read again: ``addresses`` in canonical form and in the order of the answer,
    ``cnames`` the chain from the host on, ``ttl`` the lowest of the chain in seconds, ``targets`` and ``hints`` those
    of HTTPS or NS records, ``subnet_scope`` as the answer returned it (``192.0.2.0/24 scope 16``), ``ede`` codes with
    their text, ``nsid`` as text when printable, else hex.
    """

    probe: DnsProbe
    resolver: str
    vantage: str = ""
    query: str
    wire: str = ""
    truncated_wire: str = ""
    hops: tuple[Hop, ...]
    sent: UtcInstant
    received: UtcInstant
    tool_version: str
    status: ResolutionStatus
    reason: Text | None = None
    rcode: str = ""
    flags: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    cnames: tuple[str, ...] = ()
    ttl: int | None = None
    targets: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    dnssec: Dnssec = "unknown"
    nsid: str = ""
    subnet_scope: str = ""
    ede: tuple[str, ...] = ()


Judgement = Literal[
    "agrees",  # shares an address, or the origin AS of every address, with another resolver of the run
    "alone",  # only one resolver answered for this host
    "differs",  # shares no address with any other; which is right stays open, or it is tied: a regional answer
    "lying",  # shares no address with any other, nothing ties it to the platform, and there is somebody to believe
    "wildcard",  # a name that nobody can have registered is answered with the same addresses
    "special",  # an address that no public server can have (RFC 6890)
]


SET_ASIDE: frozenset[Judgement] = frozenset({"lying", "special", "wildcard"})
"""Answers judged so stay in the ledger as received and yield no candidates."""


class JudgedAnswer(Record, frozen=True, kw_only=True):
    """What a run as a whole says of the answers that one resolver gave for one host and type."""

    platform: str
    host: str
    rrtype: Literal["A", "AAAA"]
    resolver: str
    judgement: Judgement
    reason: Text
    addresses: tuple[str, ...]


class CapturePlan(Record, frozen=True, kw_only=True):
    """Everything a capture may send, shown before it leaves.

    ``probes`` are asked of each of ``resolvers`` (``probes × resolvers`` queries, without retries and fall-backs to
    TCP); ``skipped`` are hosts of the profile that cannot be resolved, with the reason. ``authoritative``: the name
    servers that these resolvers name are asked as well; they are not known beforehand.
    """

    platforms: tuple[str, ...]
    probes: tuple[DnsProbe, ...]
    resolvers: tuple[Resolver, ...]
    authoritative: bool = False
    skipped: tuple[Finding, ...] = ()
    seconds: float = 5.0
    vantage: str = ""


class CaptureOutcome(Record, frozen=True, kw_only=True):
    """How a capture went: every planned query has one resolution, ``planned == sum(statuses) + unasked``.

    ``further`` are resolutions beyond the plan (delegations, authoritative servers); they are in ``statuses`` too, so
    ``planned + further == sum(statuses) + unasked``. ``sent`` counts messages that left, retries and TCP included;
    ``resolvers`` are the same statuses resolver by resolver (by id, authoritative servers among them).
    """

    planned: int
    further: int
    sent: int
    unasked: int
    statuses: dict[str, int]
    resolvers: dict[str, dict[str, int]] = {}
    judged: tuple[JudgedAnswer, ...] = ()
    began: UtcInstant
    ended: UtcInstant
    head: str = ""
    findings: tuple[Finding, ...] = ()


ImportForm = Literal["cof", "dnsx", "hosts", "zone"]


class ImportedRow(Record, frozen=True, kw_only=True):
    """One row of somebody else's record that could not become an observation: where it stands, what stood there."""

    row: int
    raw: str
    code: str
    reason: Text


class Imported(Record, frozen=True, kw_only=True):
    """What a file of others' observations says: ``rows == taken + len(rejects) + others``.

    ``taken`` rows gave ``observations`` (one row may give several); those with status ``rejected`` are kept with the
    reason; ``rejects`` are the rows that could not be read; ``others`` the number of rows about hosts or record types
    that are not asked for here.
    """

    form: ImportForm
    rows: int
    taken: int
    observations: tuple[Observation, ...]
    rejects: tuple[ImportedRow, ...]
    others: int
    findings: tuple[Finding, ...] = ()


class KeptObserved(Record, frozen=True, kw_only=True):
    """One file of a ledger with observations: a batch of a capture (``Resolution`` per line) or an import."""

    seq: int
    kind: Literal["capture", "import"]
    details: dict[str, Any]
    file: KeptFile


class LedgerUse(Record, frozen=True, kw_only=True):
    """One ledger that candidates rest on: the shipped one, or a folder of the office with its head and title.

    ``observations`` and ``rejected`` count those of the platform; ``first_seen``/``last_seen`` as published, empty
    where there is none.
    """

    kind: Literal["shipped", "own"]
    title: str
    head: str
    observations: int
    rejected: int
    first_seen: str = ""
    last_seen: str = ""


class LedgerExtract(Record, frozen=True, kw_only=True):
    """What one of the office's ledgers says about one platform: what a result that rests on it keeps of it."""

    use: LedgerUse
    observations: tuple[Observation, ...]
