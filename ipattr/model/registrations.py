"""The verdict on registry answers: what they say about one address at one login."""

from __future__ import annotations

from typing import Literal

from ipattr.model.answers import HistoryRecord, HolderName, Mode, Probe, RouteOrigin, SourceName
from ipattr.model.base import Finding, Record, Text
from ipattr.model.events import UtcInstant
from ipattr.model.inquiries import Unanswered

RegistrationStatus = Literal["registered", "not-found", "failed", "not-asked", "withheld"]
Basis = Literal["direct", "exact-block", "inferred"]
Agreement = Literal["agrees", "disagrees", "holder-not-listed", "no-holder-named", "not-comparable"]
AtLogin = Literal["not-contradicted", "not-proven", "by-history", "no-login-time"]


class NameMatch(Record, frozen=True, kw_only=True):
    """A listed party that bears, or bore, a holder's name: equal after normalisation, never merely similar.

    ``provider`` is the id of the party in the tables that ``kind`` names; ``name`` is its listed name. ``time``:
    ``present`` its present legal name, ``former`` one with a known end, ``listed`` one that the tables list for it
    with neither. ``since``/``until`` are ISO dates, possibly partial; empty is unknown.
    """

    provider: str
    name: str
    time: Literal["present", "listed", "former"]
    since: str = ""
    until: str = ""
    kind: Literal["access", "non-access", "platform"] = "access"


class RegistrationView(Record, frozen=True, kw_only=True):
    """What one answer says about one address at one login.

    ``basis``: ``direct`` the address itself was asked; ``exact-block`` another address of a block that is known to
    hold nothing more specific; ``inferred`` another address or the block was asked, and a more specific registration
    may exist. ``registered``/``changed`` are ISO instants (UTC) or, where the registry states no time, ISO dates (JST
    at JPNIC). ``history`` is the record in force at the login, when the answer is one of ``/history/``; ``subject`` is
    what was asked; ``pointers`` say where in the answer each value stands; ``reasons`` why agreement and ``at_login``
    are what they are.
    """

    evidence: str
    source: SourceName
    server: str
    received: UtcInstant
    sha256: str
    basis: Basis
    first: str
    last: str
    cidrs: tuple[str, ...]
    subject: str = ""
    handle: str = ""
    name: str = ""
    registry: str = ""
    country: str = ""
    holders: tuple[HolderName, ...] = ()
    refers_to: str = ""
    registered: str = ""
    changed: str = ""
    matches: tuple[NameMatch, ...] = ()
    agreement: Agreement
    at_login: AtLogin
    history: HistoryRecord | None = None
    pointers: dict[str, str] = {}
    reasons: tuple[Text, ...] = ()


class Registration(Record, frozen=True, kw_only=True):
    """What the registries say about one address at one login, beside the offline verdict and never in its place.

    ``mode`` is how it was asked; ``views`` the answers, the most authoritative first; ``origins`` the origin AS per
    routing answers; ``names`` PTR names on the day asked.
    """

    address: str
    mode: Mode
    status: RegistrationStatus
    views: tuple[RegistrationView, ...] = ()
    origins: tuple[RouteOrigin, ...] = ()
    names: tuple[str, ...] = ()
    explanation: Text
    next_step: Text
    findings: tuple[Finding, ...] = ()


class Inquiry(Record, frozen=True, kw_only=True):
    """How the registries were asked for one case: the answers used, what stayed open, and the head of the journal.

    ``asked_from``/``asked_until`` are the first and last instant (UTC) of the answers used, None without any;
    ``planned`` queries and ``sent`` requests are those of the run, ``journal_head`` is empty without a case folder.
    """

    mode: Mode
    probe: Probe
    sources: tuple[SourceName, ...]
    asked_from: UtcInstant | None = None
    asked_until: UtcInstant | None = None
    answers: int = 0
    unanswered: tuple[Unanswered, ...] = ()
    planned: int = 0
    sent: int = 0
    journal_head: str = ""
    case_title: str = ""
