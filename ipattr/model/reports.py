"""The destinations of a platform as a document of their own: what ``ipattr destinations`` prints."""

from __future__ import annotations

from typing import Literal

from ipattr.model.base import Finding, Record, Text
from ipattr.model.events import Counts, InputFile, Pending, Precision, Reject, UtcInstant
from ipattr.model.facts import Observation
from ipattr.model.observing import LedgerUse
from ipattr.model.verdicts import Candidate, CandidateSet, NarrowingStep


class DestinationRow(Record, frozen=True, kw_only=True):
    """One instant or login asked about, and the key of its set.

    ``label`` is the instant as typed, or the id of the login, ``precision`` the smallest unit written; ``login`` the
    number of the row in the log, ``source`` its address (both empty for an instant); ``providers`` are the ids of who
    may have carried it; ``term`` is what the addressee calls the destination address.
    """

    number: int
    label: str
    at: UtcInstant | None
    precision: Precision = "s"
    family: Literal[4, 6]
    login: int | None = None
    source: str = ""
    providers: tuple[str, ...] = ()
    addressee: Text | None = None
    term: str
    set: str


class Destinations(Record, frozen=True, kw_only=True):
    """The candidate sets for some instants or for every login of a log; the sets stand once each.

    ``hosts`` are those that the question was limited to (empty: all of the profile); ``observations`` every
    observation that a set rests on, by id; ``counts``, ``inputs``, ``rejects``, ``pending`` are those of the log.
    """

    schema_version: str
    tool_version: str
    data_version: str
    platform: str
    platform_name: str
    hosts: tuple[str, ...] = ()
    without: tuple[NarrowingStep, ...] = ()
    rows: tuple[DestinationRow, ...]
    sets: dict[str, CandidateSet]
    observations: dict[str, Observation]
    ledgers: tuple[LedgerUse, ...]
    counts: Counts | None = None
    inputs: tuple[InputFile, ...] = ()
    rejects: tuple[Reject, ...] = ()
    pending: tuple[Pending, ...] = ()
    findings: tuple[Finding, ...] = ()


class HostChange(Record, frozen=True, kw_only=True):
    """What changed for one host and record type between two instants.

    ``status``: ``unchanged``, ``changed``; ``appeared``/``gone`` where the host has candidates on one side only;
    ``unknown`` where neither side has an observation around it or near it. ``gone``, ``new``, ``kept`` are addresses;
    ``since``/``until`` bracket the change: the last time the old answer was seen, the first time the new one was.
    """

    host: str
    rrtype: Literal["A", "AAAA"]
    status: Literal["unchanged", "changed", "appeared", "gone", "unknown"]
    before: tuple[Candidate, ...] = ()
    after: tuple[Candidate, ...] = ()
    gone: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    text: Text


class DestinationDiff(Record, frozen=True, kw_only=True):
    """What changed for a platform between two instants, host by host."""

    schema_version: str
    tool_version: str
    data_version: str
    platform: str
    platform_name: str
    first: UtcInstant
    second: UtcInstant
    changes: tuple[HostChange, ...]
    ledgers: tuple[LedgerUse, ...]
    findings: tuple[Finding, ...] = ()
