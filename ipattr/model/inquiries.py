"""Whom one may ask, what may leave, and how it went."""

from __future__ import annotations

from datetime import date
from typing import Literal

from ipattr.model.answers import Mode, Probe, Protocol, Question, ReplyStatus, Request, SourceName
from ipattr.model.base import Confidence, Record, Text
from ipattr.model.events import UtcInstant


class RegistryServer(Record, frozen=True, kw_only=True):
    """One server that may be asked (``data/registries/servers.toml``).

    ``url`` is the RDAP base URL (https, ends in ``/``), ``history`` that of ``/history/``; ``areas`` the registries of
    ``areas.csv`` it answers for; ``mirrors`` the id of the server whose answers lead here, when they bear one of
    ``referral_names``; ``redirects_to`` the ``host:port`` a redirect may name; ``per_second``, ``burst`` and
    ``concurrent`` the pace we keep, with its ``basis``; ``opt_in`` servers are asked only when named.
    """

    id: str
    source: SourceName
    protocol: Protocol
    host: str
    port: int
    url: str = ""
    history: str = ""
    operator: str
    country: str
    areas: tuple[str, ...] = ()
    mirrors: str = ""
    referral_names: tuple[str, ...] = ()
    redirects_to: tuple[str, ...] = ()
    per_second: float
    burst: int
    concurrent: int
    basis: Text
    terms: Text
    opt_in: bool = False
    as_of: str = ""
    sources: tuple[str, ...]
    confidence: Confidence


class BootstrapService(Record, frozen=True, kw_only=True):
    """One entry of an RFC 9224 bootstrap registry: prefixes or AS ranges, and the base URLs that answer for them."""

    ranges: tuple[str, ...]
    urls: tuple[str, ...]


class Bootstrap(Record, frozen=True, kw_only=True):
    """One bootstrap registry (RFC 9224 section 4): ``publication`` as published."""

    kind: Literal["ipv4", "ipv6", "asn"]
    publication: str
    services: tuple[BootstrapService, ...]


Condition = Literal[
    "always",
    "uncovered",  # only when no earlier answer covers what it is asked for
    "refers",  # only when the answer to ``after`` names this server's registry instead of a holder
    "changed",  # only when the answer to ``after`` was registered or changed after the earliest login
    "no-match",  # only when the answer to ``after`` is not-found
]


class PlannedQuery(Record, frozen=True, kw_only=True):
    """One query that may leave: the exact request, whom it reaches (``country`` ISO 3166-1), what it reveals.

    ``after`` is the key of the question whose answer decides (empty when none does) and ``after_server`` who is asked
    it; ``rows`` how many logins it is for; ``addresses`` those whose registration it is to settle; ``earliest`` the
    first login among them; ``predicted`` the announced prefix they lie in, when it is known.
    """

    request: Request
    operator: str
    country: str
    reveals: Text
    condition: Condition = "always"
    after: str = ""
    after_server: str = ""
    rows: int
    addresses: tuple[str, ...]
    earliest: UtcInstant | None = None
    predicted: str = ""


class HeldBack(Record, frozen=True, kw_only=True):
    """One address about which nothing will be sent, and why (special-purpose, no server, source not turned on)."""

    address: str
    source: SourceName
    code: str
    reason: Text


class Plan(Record, frozen=True, kw_only=True):
    """Every query that may leave, before any does. ``kept`` are the answers already held that make a query needless."""

    mode: Mode
    probe: Probe
    sources: tuple[SourceName, ...]
    queries: tuple[PlannedQuery, ...]
    held_back: tuple[HeldBack, ...] = ()
    kept: tuple[str, ...] = ()
    notes: tuple[Text, ...] = ()


class Unanswered(Record, frozen=True, kw_only=True):
    """One planned query without a usable answer: the status of the last reply, or that it was never sent."""

    question: Question
    server: str
    status: ReplyStatus | Literal["stopped", "interrupted"]
    reason: Text
    evidence: tuple[str, ...] = ()


class Outcome(Record, frozen=True, kw_only=True):
    """How a plan went: ``planned == answered + unanswered + not_needed``; ``sent`` counts requests with retries."""

    planned: int
    answered: int
    not_needed: int
    sent: int
    unanswered: tuple[Unanswered, ...] = ()
    stopped: tuple[Text, ...] = ()


class Consent(Record, frozen=True, kw_only=True):
    """A recorded decision that queries of a case may leave: for what, to which sources, until when, by whom."""

    purpose: str
    sources: tuple[SourceName, ...]
    mode: Mode | Literal["any"] = "any"
    expires: date
    by: str
