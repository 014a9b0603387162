"""The verdicts: status, explanation, provenance. "Could not" is a status with a reason."""

from __future__ import annotations

from datetime import date
from typing import Literal

from ipattr.model.base import Confidence, Finding, Provenance, Record, Text
from ipattr.model.events import Counts, InputFile, LoginEvent, Pending, Post, Reject
from ipattr.model.facts import AutonomousSystem, KeyItem, Network, RetentionPolicy, SharingKind
from ipattr.model.observing import LedgerUse
from ipattr.model.registrations import Inquiry, Registration

SCHEMA_VERSION = "1.2"

AttributionStatus = Literal["attributed", "ambiguous", "not-access-provider", "special-purpose", "not-listed"]
SearchStatus = Literal["searchable", "incomplete", "impossible", "unknown", "not-applicable"]
NarrowingStep = Literal[
    "hosts",  # only hosts a login may have gone to
    "family",  # only addresses of the login's own IP version
    "client",  # only hosts that this kind of client uses
    "time",  # only what was observed around the login, or nearest to it
]
DeadlineStatus = Literal["open", "due", "passed-at-earliest", "passed", "unknown", "not-applicable"]


class Party(Record, frozen=True, kw_only=True):
    """Somebody who can be addressed or who stands in the chain.

    ``provider`` is the id in ``data/providers`` or ``data/nonaccess`` (empty when not listed there); ``condition`` says
    when this party is the right one; ``stage`` is the request it belongs to; ``brand`` is what the service is sold as,
    ``history`` the names it went under, as published.
    """

    provider: str
    name: Text
    kind: Literal["access", "non-access", "unlisted"]
    service: str = ""
    brand: str = ""
    history: str = ""
    access: str = ""
    stage: int = 1
    condition: Text
    confidence: Confidence
    sources: tuple[str, ...] = ()


class Holder(Record, frozen=True, kw_only=True):
    """The registered holder of the block. Offline tables seldom know it: then the status says so, with whom to ask."""

    status: Literal["listed", "not-looked-up", "not-applicable"]
    name: Text | None = None
    source: str = ""
    ask: Text | None = None


class Attribution(Record, frozen=True, kw_only=True):
    """Who carried one address.

    ``network`` is the longest announced prefix, ``registrants`` those of its origin AS numbers, ``holder`` the
    registered holder of the block, ``operator`` who runs the network, ``addressee`` the one party to address first
    (None unless ``attributed``), ``alternatives`` all parties that come into question at the first request, ``chain``
    who may stand behind, ``sharing`` how IPv4 addresses may be shared, ``next_step`` what a person should do.
    """

    address: str
    hostname: str | None = None
    status: AttributionStatus
    network: Network | None = None
    registrants: tuple[AutonomousSystem, ...] = ()
    holder: Holder
    operator: Text | None = None
    addressee: Party | None = None
    alternatives: tuple[Party, ...] = ()
    chain: tuple[Party, ...] = ()
    category: str = ""
    sharing: tuple[SharingKind, ...] = ()
    explanation: Text
    next_step: Text
    findings: tuple[Finding, ...] = ()
    provenance: tuple[Provenance, ...] = ()


class KeyOption(Record, frozen=True, kw_only=True):
    """What one possible addressee needs for one service, against what is held."""

    provider: str
    service: str
    condition: Text
    status: SearchStatus
    needed: tuple[tuple[KeyItem, ...], ...]
    missing: tuple[KeyItem, ...]
    tolerance_seconds: int | None = None
    text: Text
    source: str = ""
    as_of: str = ""
    confidence: Confidence = "none"


class SearchKey(Record, frozen=True, kw_only=True):
    """What the addressee needs to find the line, what we hold, what is missing. ``unknown`` where no source says."""

    status: SearchStatus
    held: tuple[KeyItem, ...]
    missing: tuple[KeyItem, ...]
    options: tuple[KeyOption, ...] = ()
    explanation: Text
    provenance: tuple[Provenance, ...] = ()


class Expiry(Record, frozen=True, kw_only=True):
    """One published figure applied to one connection date; ``expires_on`` is the earliest of all ``readings``."""

    provider: str
    policy: RetentionPolicy
    expires_on: date
    readings: tuple[date, ...]


class PracticeExpiry(Record, frozen=True, kw_only=True):
    """The general range for the kind of access, marked as practice: nobody's own figure.

    ``providers`` are those it stands in for: the parties without a figure whose kind of access is known.
    """

    earliest: date
    latest: date
    text: Text
    sources: tuple[str, ...]
    providers: tuple[str, ...] = ()


class Deadline(Record, frozen=True, kw_only=True):
    """When the log of one connection is gone.

    ``connected_on`` is the JST date the period is counted from; ``earliest``/``latest`` the expiry under the shortest
    and longest figure (``latest`` None with ``open_ended``: at least); ``act_by`` the last working day on or before
    ``earliest``; ``days_left`` from the as-of date to ``act_by`` (negative: it has passed), ``days_to_expiry`` from the
    as-of date to ``earliest``; ``unknown_for`` the possible parties without a figure, by provider id or, where they
    have none, by name. ``practice`` stands beside, never inside.
    """

    status: DeadlineStatus
    connected_on: date | None
    earliest: date | None = None
    latest: date | None = None
    open_ended: bool = False
    act_by: date | None = None
    days_left: int | None = None
    days_to_expiry: int | None = None
    expiries: tuple[Expiry, ...] = ()
    unknown_for: tuple[str, ...] = ()
    practice: PracticeExpiry | None = None
    explanation: Text
    findings: tuple[Finding, ...] = ()
    provenance: tuple[Provenance, ...] = ()


class Link(Record, frozen=True, kw_only=True):
    """One post against one login. ``gap_seconds`` = login minus post (negative: login before the post).

    ``rank`` 1 is the nearest by absolute distance; equal distances share a rank and are marked ``tie``;
    ``uncertain`` when the precision of the two times does not settle the order.
    """

    post: str
    login: str
    gap_seconds: float
    rank: int
    position: Literal["before", "after", "same"]
    nearest: bool = False
    nearest_before: bool = False
    nearest_after: bool = False
    tie: bool = False
    uncertain: bool = False


class Candidate(Record, frozen=True, kw_only=True):
    """One possible destination address: who observed it when, and how that lies to the login.

    ``relation``: ``around`` the observations span the instant; ``before``/``after`` all lie on that side, the nearest
    ``gap_days`` away (0 when around); ``between``: seen before and after, nothing known in between. ``period``:
    ``other`` when all of them lie in another era of the platform's reference host than the instant. ``shared`` names
    an anycast network whose addresses serve other customers too. ``gap_seconds`` is the exact distance where the
    nearest sighting is known to the second, ``longest_gap`` the most seconds between two sightings around the instant.
    """

    address: str
    hosts: tuple[str, ...]
    relation: Literal["before", "around", "between", "after"]
    gap_days: int
    period: Literal["current", "other"] = "current"
    first_seen: str
    last_seen: str
    count: int | None
    vantages: tuple[str, ...]
    confidence: Confidence
    cnames: tuple[str, ...] = ()
    shared: str = ""
    observations: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    gap_seconds: int | None = None
    longest_gap: int | None = None


class Narrowing(Record, frozen=True, kw_only=True):
    """One step by which a set was narrowed, or could have been.

    ``applied`` is False where it was turned off or had nothing to go by (``text`` says which), ``dropped`` are the
    addresses that no later step sees because of it; ``remaining`` how many were left.
    """

    step: NarrowingStep
    applied: bool
    dropped: tuple[str, ...] = ()
    remaining: int
    text: Text


class CandidateSet(Record, frozen=True, kw_only=True):
    """The possible destinations of one login at one platform: dated observations, never "the destination"."""

    status: Literal["observed", "none", "unknown-platform", "no-time", "not-applicable"]
    platform: str
    at: str = ""
    candidates: tuple[Candidate, ...] = ()
    excluded: int = 0
    explanation: Text
    findings: tuple[Finding, ...] = ()
    steps: tuple[Narrowing, ...] = ()


class CaseRow(Record, frozen=True, kw_only=True):
    """One login with the keys of its verdicts; the verdicts stand once each in the tables of the ``Case``.

    ``registration`` is empty when no registry was asked.
    """

    number: int
    login: LoginEvent
    attribution: str
    search_key: str
    deadline: str
    candidates: str
    registration: str = ""


class AddresseeSummary(Record, frozen=True, kw_only=True):
    """All rows that lead to one addressee (or one set of alternatives): how many, and the first date to act by.

    ``earliest`` and ``act_by`` are those of the logs that may still exist, where there are any; ``deadlines`` counts
    the rows by the status of their deadline.
    """

    name: Text
    providers: tuple[str, ...]
    status: AttributionStatus
    rows: tuple[int, ...]
    earliest: date | None
    act_by: date | None
    deadline_status: DeadlineStatus
    search: dict[str, int]
    deadlines: dict[str, int] = {}


class Case(Record, frozen=True, kw_only=True):
    """The one document: what was read, every verdict, and what they rest on. Renderers read this and nothing else.

    ``registrations`` and ``inquiry`` (since version 1.1) are there when registries were asked. ``ledgers`` are the
    office's own that the candidates rest on beside the shipped one, ``without`` the narrowing steps turned off (1.2).
    """

    schema_version: str
    tool_version: str
    data_version: str
    as_of: date
    as_of_source: Literal["given", "clock"]
    platform: str
    inputs: tuple[InputFile, ...]
    counts: Counts
    rows: tuple[CaseRow, ...]
    attributions: dict[str, Attribution]
    search_keys: dict[str, SearchKey]
    deadlines: dict[str, Deadline]
    candidate_sets: dict[str, CandidateSet]
    posts: tuple[Post, ...] = ()
    post_inputs: tuple[InputFile, ...] = ()
    post_counts: Counts | None = None
    links: tuple[Link, ...] = ()
    rejects: tuple[Reject, ...] = ()
    pending: tuple[Pending, ...] = ()
    summary: tuple[AddresseeSummary, ...] = ()
    findings: tuple[Finding, ...] = ()
    registrations: dict[str, Registration] = {}
    inquiry: Inquiry | None = None
    ledgers: tuple[LedgerUse, ...] = ()
    without: tuple[NarrowingStep, ...] = ()
