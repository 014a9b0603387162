"""What was disclosed: connections, posts, and the rows that could not be read."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from ipattr.model.base import Finding, Provenance, Record, Text

UtcInstant = Annotated[datetime, msgspec.Meta(tz=True)]
Precision = Literal["ms", "cs", "s", "min", "day"]
ZoneSource = Literal["written", "declared", "format", "derived"]
EventKind = Literal["login", "creation", "logout", "deletion", "unknown"]
RowStatus = Literal["ok", "review"]
Embedding = Literal["ipv4-mapped", "nat64", "6to4", "teredo"]


class SpecialBlock(Record, frozen=True, kw_only=True):
    """One row of the IANA special-purpose address registries (RFC 6890), with what it means in a disclosure."""

    prefix: str
    name: str
    rfc: str
    allocated: str = ""
    terminated: str = ""
    globally_reachable: bool | None = None
    meaning: Text


class Instant(Record, frozen=True, kw_only=True):
    """One moment as written and as understood.

    ``utc`` is aware and in UTC; ``precision`` is the smallest unit written; ``zone`` is the zone as written, declared
    or fixed by the form (``Z``, ``JST``, ``+09:00``) and ``zone_source`` says which; ``rules`` are the ids of the
    normalisations applied to ``raw``.
    """

    raw: str
    utc: UtcInstant
    precision: Precision
    zone: str
    zone_source: ZoneSource
    rules: tuple[str, ...] = ()


class Address(Record, frozen=True, kw_only=True):
    """One IP address as written (``raw``) and in canonical form (``text``, RFC 5952 for IPv6).

    ``embedded`` is the IPv4 address that an IPv6 address carries (RFC 4291, 6052, 3056, 4380), ``special`` the most
    specific special-purpose block it lies in, ``rules`` the ids of the normalisations applied.
    """

    raw: str
    text: str
    version: Literal[4, 6]
    embedding: Embedding | None = None
    embedded: str | None = None
    special: SpecialBlock | None = None
    rules: tuple[str, ...] = ()

    @property
    def line(self) -> str:
        """Return the address whose line is sought: the embedded IPv4 address where one is carried, else itself."""
        return self.embedded or self.text

    @property
    def line_version(self) -> Literal[4, 6]:
        """Return the version of ``line``."""
        return 4 if self.embedded else self.version


class Account(Record, frozen=True, kw_only=True):
    """An account of the platform: ``id`` is the numeric user id, ``name`` the changeable screen name."""

    id: str | None = None
    name: str | None = None


class Cell(Record, frozen=True, kw_only=True):
    """One raw cell, as it stood in the input."""

    column: str
    raw: str


class Repair(Record, frozen=True, kw_only=True):
    """One proposed or accepted correction of a cell: what stood there, what is proposed, by which rule, and why."""

    field: Literal["time", "ip", "port", "account_id", "key"]
    raw: str
    proposed: str
    rule: str
    reason: Text


class LoginEvent(Record, frozen=True, kw_only=True):
    """One disclosed connection.

    ``instant`` is None only for a bare address given on the command line. ``hostname`` is a PTR name that the input
    itself carries; nothing is resolved. ``client`` is what the log says the login was made with (a kind of client, a
    user agent), as it stood there, empty where it says nothing. ``status`` is ``review`` when a person must look at the
    row before relying on it. ``repairs`` are the corrections the analyst accepted (``--accept-repairs``); such a row is
    always in review.
    """

    id: str
    status: RowStatus
    instant: Instant | None
    address: Address
    port: int | None = None
    destination: Address | None = None
    hostname: str | None = None
    account: Account = Account()
    kind: EventKind = "login"
    client: str = ""
    raw: tuple[Cell, ...] = ()
    repairs: tuple[Repair, ...] = ()
    findings: tuple[Finding, ...] = ()
    provenance: Provenance


class Post(Record, frozen=True, kw_only=True):
    """One post complained of. ``post_id`` and ``url`` as written; ``instant`` typed, or derived from the post id."""

    id: str
    status: RowStatus
    instant: Instant
    post_id: str | None = None
    url: str | None = None
    account: Account = Account()
    raw: tuple[Cell, ...] = ()
    findings: tuple[Finding, ...] = ()
    provenance: Provenance


class Reject(Record, frozen=True, kw_only=True):
    """One row that was counted but not read: where it stands, what stood there, and why it was refused.

    ``row`` is the physical line of the file (1-based; for .docx the paragraph number), ``column`` the header name or
    field, empty when the whole row is refused; ``raw`` is the refused cell, ``record`` every cell of the row or record
    as it stood (its whole text, where it has no columns, as the cell ``text``).
    """

    file: str
    row: int
    column: str
    raw: str
    code: str
    reason: Text
    record: tuple[Cell, ...] = ()


class Pending(Record, frozen=True, kw_only=True):
    """One row that can be read only with repairs nobody has accepted: it counts as review and gets no verdict.

    ``row`` and ``column`` as in ``Reject``; the proposed values are shown, never used.
    """

    file: str
    row: int
    column: str
    raw: str
    repairs: tuple[Repair, ...]
    proposed_time: str = ""
    proposed_ip: str = ""
    proposed_port: str = ""
    reason: Text


class Counts(Record, frozen=True, kw_only=True):
    """The conservation law of reading: ``rows == ok + review + rejected``; rows pending a repair are in review."""

    rows: int
    ok: int
    review: int
    rejected: int

    @property
    def conserved(self) -> bool:
        """Tell whether no row was lost."""
        return self.rows == self.ok + self.review + self.rejected


class InputFile(Record, frozen=True, kw_only=True):
    """One file that was read: what it was taken for, and why, with every declaration that shaped the reading."""

    name: str
    sha256: str
    size: int
    form: str
    form_reason: Text
    encoding: str
    encoding_reason: Text
    declared_zone: str | None = None
    mapping: dict[str, str] = {}
    mapping_source: Literal["none", "shipped", "given", "remembered"] = "none"
    counts: Counts


class Reading(Record, frozen=True, kw_only=True):
    """Everything read from the inputs: events or posts, rejects, remarks. No row is lost between them."""

    inputs: tuple[InputFile, ...]
    events: tuple[LoginEvent, ...] = ()
    posts: tuple[Post, ...] = ()
    rejects: tuple[Reject, ...] = ()
    pending: tuple[Pending, ...] = ()
    findings: tuple[Finding, ...] = ()
    counts: Counts
