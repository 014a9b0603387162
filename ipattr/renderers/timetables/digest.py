"""What is gathered from a timetable before it is written: the most urgent first, each figure and each day once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.model import PACES
from ipattr.renderers.timetables.words import STATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from ipattr.model import (
        DatedStep,
        ExpiryPlan,
        Forecast,
        LatestStart,
        RouteOutlook,
        StepBasis,
        Survivors,
        Text,
        Timetable,
        WhatIf,
    )

ORDER = ("current", "older", "best", "worst")
"""The order in which paces are read: what a practitioner reckons with today stands first."""
_CAUTIOUS = ("current", "worst", "older", "best")

StepKey = tuple[str, str, int]


def open_plans(timetable: Timetable) -> list[ExpiryPlan]:
    """Return the expiries on or after the as-of date, the earliest act-by day first."""
    return sorted((plan for plan in timetable.backward if plan.expiry >= timetable.as_of), key=_urgency)


def passed_plans(timetable: Timetable) -> list[ExpiryPlan]:
    """Return the expiries before the as-of date, the latest first: of those a log may still be found."""
    return sorted((plan for plan in timetable.backward if plan.expiry < timetable.as_of), key=_urgency, reverse=True)


def _urgency(plan: ExpiryPlan) -> tuple[date, date, bool, str, tuple[int, ...]]:
    return (plan.act_by, plan.expiry, not plan.nearest, plan.provider, plan.rows)


def merged(plans: Iterable[ExpiryPlan]) -> list[list[ExpiryPlan]]:
    """Return the plans, those together that differ by the addressee alone: one login that several may have carried."""
    groups: dict[object, list[ExpiryPlan]] = {}
    for plan in plans:
        figure = (plan.figure.ja, plan.source, plan.confidence, plan.assumed)
        groups.setdefault((plan.rows, plan.login_on, plan.expiry, plan.act_by, figure, plan.latest), []).append(plan)
    return list(groups.values())


def by_route(latest: Sequence[LatestStart]) -> list[list[LatestStart]]:
    """Return the latest days route by route in the order of the plan, each with its paces in reading order."""
    routes: dict[str, list[LatestStart]] = {}
    for one in latest:
        routes.setdefault(one.route, []).append(one)
    return [sorted(some, key=lambda one: ORDER.index(one.pace)) for some in routes.values()]


def pressing(timetable: Timetable, latest: Sequence[LatestStart]) -> list[list[LatestStart]]:
    """Return the routes that matter first: those from the log in hand where there are any, else all of them."""
    in_hand = {outlook.route for outlook in timetable.outlooks if outlook.kind == "in-hand"}
    routes = by_route(latest)
    return [route for route in routes if route[0].route in in_hand] or routes


def cautious(route: Sequence[LatestStart]) -> LatestStart:
    """Return the pace to reckon with: that of today, and where nobody gives one, the slowest."""
    return min(route, key=lambda one: _CAUTIOUS.index(one.pace))


def act_of(latest: LatestStart) -> DatedStep | None:
    """Return the step by which a route is begun towards somebody else: the filing, else the letter, else the first."""
    found = step_of(latest.steps, "filing") or step_of(latest.steps, "letter")
    return found or (latest.steps[0] if latest.steps else None)


def step_of(steps: Iterable[DatedStep], milestone: str) -> DatedStep | None:
    """Return the last step that reaches ``milestone``, None where no dated step does."""
    found = [step for step in steps if step.milestone == milestone]
    return found[-1] if found else None


def reaching(steps: Iterable[DatedStep], milestone: str, on: date | None) -> DatedStep | None:
    """Return the step that reaches ``milestone`` on that day, None where no step says so."""
    return next((step for step in steps if step.milestone == milestone and step.on == on), None)


def keyed(steps: Iterable[DatedStep]) -> dict[StepKey, DatedStep]:
    """Return the steps by procedure, step and how often that came before."""
    seen: dict[tuple[str, str], int] = {}
    out: dict[StepKey, DatedStep] = {}
    for step in steps:
        name = (step.procedure, step.step)
        out[(*name, seen.get(name, 0))] = step
        seen[name] = seen.get(name, 0) + 1
    return out


def aligned(columns: Sequence[dict[StepKey, DatedStep]]) -> list[StepKey]:
    """Return every key once, in the order of the longest column, others after what they follow."""
    order: list[StepKey] = []
    for column in sorted(columns, key=len, reverse=True):
        at = 0
        for key in column:
            if key in order:
                at = order.index(key) + 1
            else:
                order.insert(at, key)
                at += 1
    return order


def forecasts(outlook: RouteOutlook) -> list[Forecast]:
    """Return the forecasts from the best pace to the worst."""
    return sorted(outlook.forecasts, key=lambda one: PACES.index(one.pace))


class Arrival(NamedTuple):
    """One day on which the letter is with the providers, and what has it arrive then; ``asked``: somebody typed it."""

    outcome: WhatIf
    asked: bool
    by: tuple[tuple[RouteOutlook, Forecast], ...] = ()


def arrivals(timetable: Timetable) -> list[list[Arrival]]:
    """Return the days of arrival, those with the same outcome together: first those asked about, then by date."""
    found = [Arrival(outcome, asked=True) for outcome in timetable.what_if]
    reckoned: dict[date, Arrival] = {}
    for outlook in timetable.outlooks:
        for one in forecasts(outlook):
            if one.survivors is None:
                continue
            day = one.survivors.served
            known = reckoned.setdefault(day, Arrival(one.survivors, asked=False))
            reckoned[day] = known._replace(by=(*known.by, (outlook, one)))
    found += sorted(reckoned.values(), key=lambda one: one.outcome.served)
    groups: dict[object, list[Arrival]] = {}
    for arrival in found:
        groups.setdefault((arrival.outcome.by_addressee, arrival.outcome.all), []).append(arrival)
    return list(groups.values())


def states(survivors: Survivors) -> dict[str, tuple[int, ...]]:
    """Return the rows of each state, in the order in which they are shown."""
    return {state: getattr(survivors, state) for state in STATE}


class Standing(NamedTuple):
    """Every login once, by whether the periods that may apply to it have ended.

    ``undated``: none is known; ``without_log``: there is no access log to keep; ``unnamed``: those that the timetable
    only counts.
    """

    open: tuple[int, ...]
    partly: tuple[int, ...]
    expired: tuple[int, ...]
    undated: tuple[int, ...]
    without_log: tuple[int, ...]
    unnamed: int


def standing(timetable: Timetable) -> Standing:
    """Return where each login stands."""
    still = {row for plan in open_plans(timetable) for row in plan.rows}
    gone = {row for plan in passed_plans(timetable) for row in plan.rows}
    named = {one.row for one in timetable.ranking}
    without: set[int] = set()
    for group in arrivals(timetable):
        named.update(row for rows in states(group[0].outcome.all).values() for row in rows)
        without.update(group[0].outcome.all.not_applicable)
    without -= still | gone
    undated = named - still - gone - without
    return Standing(
        open=_sorted(still - gone),
        partly=_sorted(still & gone),
        expired=_sorted(gone - still),
        undated=_sorted(undated),
        without_log=_sorted(without),
        unnamed=max(timetable.rows - len(still | gone | undated | without), 0),
    )


def _sorted(rows: set[int]) -> tuple[int, ...]:
    return tuple(sorted(rows))


class Used(NamedTuple):
    """One figure with the step that it dates and the paces at which it was used."""

    step: DatedStep
    basis: StepBasis
    paces: tuple[str, ...]


def figures(timetable: Timetable) -> list[list[Used]]:
    """Return every figure that dated a step, once, those of one step of one procedure together."""
    found: dict[tuple[str, str], dict[object, tuple[DatedStep, StepBasis, dict[str, None]]]] = {}
    for step in _steps(timetable):
        own = found.setdefault((step.procedure, step.step), {})
        for basis in step.basis:
            key = (basis.text, basis.source, basis.as_of, basis.confidence)
            own.setdefault(key, (step, basis, {}))[2][basis.pace] = None
    return [
        [Used(step, basis, tuple(pace for pace in PACES if pace in some)) for step, basis, some in own.values()]
        for own in found.values()
        if own
    ]


def _steps(timetable: Timetable) -> Iterator[DatedStep]:
    for outlook in timetable.outlooks:
        for forecast in outlook.forecasts:
            yield from forecast.steps
    for plan in timetable.backward:
        for latest in plan.latest:
            yield from latest.steps


def general(timetable: Timetable) -> dict[tuple[str, Text], list[RouteOutlook]]:
    """Return each remark on routes that is for information only, once, with the routes it is about."""
    found: dict[tuple[str, Text], list[RouteOutlook]] = {}
    for outlook in timetable.outlooks:
        for remark in outlook.remarks:
            if remark.level == "info":
                about = found.setdefault((remark.code, remark.message), [])
                about += [outlook] if outlook not in about else []
    return found
