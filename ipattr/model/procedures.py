"""The facts about procedures (``data/procedures``) and about what carriers ask for (``data/sheets``)."""

from __future__ import annotations

from typing import Literal

from ipattr.model.base import Confidence, Record, Text
from ipattr.model.facts import KeyItem

Milestone = Literal[
    "filing",  # the petition or request goes out
    "order",  # the court has ordered
    "ip",  # address and time are in the applicant's hand
    "provider",  # the access provider's name is in hand, without the address
    "letter",  # the access provider has the request, or the order, to keep the log
    "phone",  # the telephone number is in hand
    "person",  # name and address of the sender are in hand
    "final",  # the order can no longer be attacked
]
Pace = Literal[
    "best",  # every step by the lowest figure on record
    "current",  # the intervals that a practitioner gives today
    "older",  # those that the same practitioner gave before
    "worst",  # every step by the highest figure on record
]
PACES: tuple[Pace, ...] = ("best", "current", "older", "worst")
Actor = Literal["applicant", "court", "platform", "provider", "bar-association", "carrier"]
RouteKind = Literal["ip", "phone", "in-hand"]


class Span(Record, frozen=True, kw_only=True):
    """A length of time as published; months are calendar months (民法143条), weeks are seven days."""

    value: int
    unit: Literal["day", "week", "month"]


class DurationFigure(Record, frozen=True, kw_only=True):
    """How long one step takes by one source.

    ``since`` is the step of the same procedure that it is counted from (empty: the one before); ``platform`` limits it
    to one platform, whose figures then stand in for the general ones; ``text`` is the figure as published.
    """

    low: Span
    high: Span
    since: str = ""
    platform: str = ""
    text: str
    source: str
    as_of: str = ""
    confidence: Confidence
    note: Text | None = None


class Interval(Record, frozen=True, kw_only=True):
    """The interval from the step before in one practitioner's timetable; ``span`` is what its dates show.

    ``text`` is the interval in the author's words, which may be rounder than the dates (「1週間」 for eight days).
    """

    pace: Literal["current", "older"]
    span: Span
    text: str
    source: str
    as_of: str = ""
    confidence: Confidence


class ProcedureStep(Record, frozen=True, kw_only=True):
    """One step of a procedure, in order; the first one (no interval, no figure) is its start.

    ``counting``: ``estimate`` is calendar time that somebody reported; ``statutory`` is a period of the law or set by
    the court, whose last day moves to the next court day (民法142条、民事訴訟法95条3項).
    The step ``margin`` is no event: its intervals are what a timetable leaves between the letter and the expiry.
    """

    id: str
    name: Text
    actor: Actor
    milestone: Milestone | None = None
    counting: Literal["estimate", "statutory"] = "estimate"
    figures: tuple[DurationFigure, ...] = ()
    intervals: tuple[Interval, ...] = ()
    note: Text | None = None


class ProcedureNote(Record, frozen=True, kw_only=True):
    """Something reported about a procedure; ``platform`` limits it, ``effect`` says what it does to a plan."""

    text: Text
    platform: str = ""
    effect: Literal["remark", "not-followed", "seldom", "slower"] = "remark"
    source: str
    as_of: str = ""
    confidence: Confidence


class Procedure(Record, frozen=True, kw_only=True):
    """One procedure with its steps (``data/procedures/<id>.toml``). ``against`` is who it is directed at."""

    id: str
    name: Text
    against: Literal["platform", "access-provider", "telephone-carrier"]
    statute: str = ""
    needs: tuple[Text, ...] = ()
    yields: Text
    steps: tuple[ProcedureStep, ...]
    totals: tuple[DurationFigure, ...] = ()
    notes: tuple[ProcedureNote, ...] = ()
    sources: tuple[str, ...]


class Leg(Record, frozen=True, kw_only=True):
    """One procedure of a route, begun when ``after`` is reached (None: at the start of the route)."""

    procedure: str
    after: Milestone | None = None


class Route(Record, frozen=True, kw_only=True):
    """A way from the platform to the person (``data/procedures/routes.toml``), in the order in which they are shown.

    ``in-hand`` is for logins that are disclosed already. ``depends_on_log``: it fails when the access log is erased.
    ``totals`` are figures published for the route as a whole: shown beside the sum, never mixed into it.
    """

    id: str
    name: Text
    kind: RouteKind
    legs: tuple[Leg, ...]
    depends_on_log: bool
    needs: tuple[Text, ...] = ()
    totals: tuple[DurationFigure, ...] = ()
    notes: tuple[ProcedureNote, ...] = ()
    sources: tuple[str, ...]


class SheetItem(Record, frozen=True, kw_only=True):
    """One line that a carrier asks for: its own word, and which item of the log fills it (None: filled by hand)."""

    label: Text
    item: KeyItem | None = None
    required: Literal["yes", "one-of", "no", "unknown"]
    note: Text | None = None


class InformationSheet(Record, frozen=True, kw_only=True):
    """What one carrier's window asks for (``data/sheets/<id>.toml``); ``providers`` are those it serves.

    ``time_zone`` and ``precision`` are what the window wants times in, empty where no source says.
    """

    id: str
    title: Text
    providers: tuple[str, ...]
    items: tuple[SheetItem, ...]
    time_zone: str = ""
    precision: str = ""
    remarks: tuple[ProcedureNote, ...] = ()
    reply: DurationFigure | None = None
    sources: tuple[str, ...]
