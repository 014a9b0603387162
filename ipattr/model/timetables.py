"""The arithmetic of a plan: procedures and dates, forwards and backwards; never advice."""

from __future__ import annotations

from datetime import date
from typing import Literal

from ipattr.model.base import Confidence, Finding, Record, Text
from ipattr.model.procedures import Actor, Milestone, Pace, RouteKind

LogState = Literal[
    "kept",  # on that day no figure on record has ended yet
    "uncertain",  # the shortest figure has ended, the longest has not (or is open-ended, or one party has no figure)
    "gone",  # every figure on record has ended
    "unknown",  # nobody who comes into question has a figure
    "not-applicable",  # no access log: not an access provider, special-purpose, no time
]


class StepBasis(Record, frozen=True, kw_only=True):
    """What one date rests on: the figure as published, its source, date and confidence.

    ``pace`` it was used for; ``total`` for one published for a whole route, which dates no step.
    """

    pace: Pace | Literal["total"]
    text: str
    source: str
    as_of: str = ""
    confidence: Confidence


class DatedStep(Record, frozen=True, kw_only=True):
    """One step with the day it falls on at one pace.

    ``on`` is by the intervals alone. ``workday`` is the working day that counts instead, equal to ``on`` where that is
    one: the last before it in a backward plan, the first after it in a forward one; None beyond the calendar's range.
    """

    procedure: str
    step: str
    name: Text
    actor: Actor
    milestone: Milestone | None = None
    on: date
    workday: date | None = None
    basis: tuple[StepBasis, ...] = ()


class Survivors(Record, frozen=True, kw_only=True):
    """The logins of one possible addressee on one day: every row is in exactly one of the five tuples."""

    provider: str
    name: Text
    kept: tuple[int, ...] = ()
    uncertain: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()
    not_applicable: tuple[int, ...] = ()

    @property
    def total(self) -> int:
        """Return how many logins there are."""
        return len(self.kept) + len(self.uncertain) + len(self.gone) + len(self.unknown) + len(self.not_applicable)


class WhatIf(Record, frozen=True, kw_only=True):
    """What survives when the preservation letter is with the provider on ``served``.

    ``by_addressee`` has an entry per possible addressee (a login with several stands in each of theirs); ``all`` counts
    every login once: kept only where it is kept by whichever addressee is the right one.
    """

    served: date
    label: Text
    by_addressee: tuple[Survivors, ...]
    all: Survivors


class Forecast(Record, frozen=True, kw_only=True):
    """One route from ``start`` at one pace: the steps as far as figures reach, and what survives.

    ``missing`` names the steps no figure on record dates at this pace; what hangs on them is not dated either.
    """

    pace: Pace
    steps: tuple[DatedStep, ...]
    reached: dict[str, date] = {}
    missing: tuple[Text, ...] = ()
    survivors: WhatIf | None = None


class RouteOutlook(Record, frozen=True, kw_only=True):
    """One route forward at every pace that has figures. ``reached`` of a forecast: milestone → day."""

    route: str
    name: Text
    kind: RouteKind
    depends_on_log: bool
    start: date
    forecasts: tuple[Forecast, ...]
    needs: tuple[Text, ...] = ()
    totals: tuple[StepBasis, ...] = ()
    remarks: tuple[Finding, ...] = ()


class LatestStart(Record, frozen=True, kw_only=True):
    """The latest days of one route at one pace for one expiry, each step on its latest day.

    ``start`` is the day of the first step, ``start_workday`` the last working day on or before it; ``days_left`` from
    the as-of date to that working day, to ``start`` where it is not known (negative: it has passed). ``steps`` end with
    the letter; the expiry itself is the target.
    """

    route: str
    name: Text
    pace: Pace
    start: date
    start_workday: date | None
    days_left: int
    steps: tuple[DatedStep, ...]


class ExpiryPlan(Record, frozen=True, kw_only=True):
    """Backward from one expiry: the logins that share addressee, connection date and figure, and every route to it.

    ``login_on`` is the JST day of the connections; ``figure`` the retention as published, with ``source``. ``nearest``
    is whether a login nearest to a post is among the rows.
    """

    provider: str
    name: Text
    rows: tuple[int, ...]
    login_on: date
    expiry: date
    act_by: date
    figure: Text
    source: str
    confidence: Confidence
    assumed: bool = False
    nearest: bool = False
    latest: tuple[LatestStart, ...] = ()


class Factor(Record, frozen=True, kw_only=True):
    """One factor of a rank: ``value`` is an exact fraction from 0 to 1 as text (``1/2``), ``text`` says why."""

    id: Literal["nearness", "searchability", "days-left"]
    value: str
    text: Text


class RankedLogin(Record, frozen=True, kw_only=True):
    """One login in the order of pursuit; equal products share a ``place``. ``product`` is a fraction as text."""

    row: int
    place: int
    product: str
    factors: tuple[Factor, ...]
    text: Text


class RouteComparison(Record, frozen=True, kw_only=True):
    """IP route, telephone route, or both at once: when the person is known, what is needed, what can make it fail."""

    id: str
    name: Text
    routes: tuple[str, ...]
    person: dict[str, date] = {}
    needs: tuple[Text, ...] = ()
    fails_by_expiry: Literal["yes", "no", "only-if-all"]
    text: Text


class Timetable(Record, frozen=True, kw_only=True):
    """The whole plan for one case (or for assumed logins): arithmetic on dated figures, with their sources.

    ``rows`` is how many logins were planned for; ``assumed`` when they were assumed from posts, not disclosed.
    ``sources`` are all citation codes that any figure used rests on.
    """

    as_of: date
    start: date
    platform: str
    tool_version: str
    data_version: str
    case_data_version: str = ""
    rows: int
    assumed: bool = False
    posts: tuple[date, ...] = ()
    outlooks: tuple[RouteOutlook, ...]
    backward: tuple[ExpiryPlan, ...]
    what_if: tuple[WhatIf, ...] = ()
    comparison: tuple[RouteComparison, ...] = ()
    ranking: tuple[RankedLogin, ...] = ()
    findings: tuple[Finding, ...] = ()
    sources: tuple[str, ...] = ()
    disclaimer: Text
