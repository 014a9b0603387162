"""Backwards: from each expiry, the latest day of every step that still has the letter there in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ipattr.instants import length
from ipattr.model import PACES, DatedStep, ExpiryPlan, LatestStart
from ipattr.planning.chains import chain_of
from ipattr.planning.notes import followed
from ipattr.planning.spans import latest_before

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from ipattr.model import DatedStep, Expiry, Procedure, Route, StepBasis
    from ipattr.planning.chains import Chain
    from ipattr.planning.logins import PlannedLogin, PlannedParty
    from ipattr.planning.spans import Workdays


class _Way(NamedTuple):
    """One route at one pace that leads to a letter."""

    route: Route
    chain: Chain
    letter: int


class _Group(NamedTuple):
    """The logins of one party on one day whose shortest figure ends on one day."""

    party: PlannedParty
    shortest: Expiry
    on: date
    assumed: bool
    rows: list[int]
    nearest: list[int]


def backward(
    logins: Sequence[PlannedLogin],
    *,
    routes: Sequence[Route],
    procedures: Mapping[str, Procedure],
    platform: str,
    workdays: Workdays,
    as_of: date,
) -> tuple[ExpiryPlan, ...]:
    """Return the plan for each party, connection date and expiry of that party's shortest figure, by expiry.

    A log is erased on a Sunday too: an expiry never moves, ``act_by`` moves back. At the paces of a practitioner the
    letter goes out as long before the expiry as the practitioner leaves, at ``best`` and ``worst`` (and where no such
    margin is on record) it is there on ``act_by``. Expiries that have passed are shown with negative days. Parties
    without a figure have no expiry and are in no plan: see the remarks. Routes that the platform is reported not to
    follow stand after the others.
    """
    ways = [
        _Way(route, chain, chain.reached["letter"])
        for route in sorted(routes, key=lambda one: not followed(one, procedures, platform))
        for chain in (chain_of(route, pace, procedures=procedures, platform=platform) for pace in PACES)
        if chain.reached.get("letter")
    ]
    known: dict[date, tuple[LatestStart, ...]] = {}
    plans = []
    for group in _groups(logins).values():
        expiry = group.shortest.expires_on
        if expiry not in known:
            known[expiry] = tuple(_latest(way, expiry, workdays=workdays, as_of=as_of) for way in ways)
        plans.append(_plan(group, known[expiry], workdays))
    return tuple(sorted(plans, key=lambda plan: (plan.expiry, not plan.nearest, plan.rows, plan.provider)))


def _groups(logins: Sequence[PlannedLogin]) -> dict[tuple[str, date, date], _Group]:
    groups: dict[tuple[str, date, date], _Group] = {}
    for login in logins:
        for party, shortest, on in _dated(login):
            key = (party.provider, on, shortest.expires_on)
            if key not in groups:
                groups[key] = _Group(party, shortest, on, login.assumed, [], [])
            groups[key].rows.append(login.row)
            if login.rank == 1:
                groups[key].nearest.append(login.row)
    return groups


def _dated(login: PlannedLogin) -> Iterator[tuple[PlannedParty, Expiry, date]]:
    for party in login.parties if login.applicable else ():
        shortest = party.shortest
        if shortest is not None and login.on is not None:
            yield party, shortest, login.on


def _plan(group: _Group, latest: tuple[LatestStart, ...], workdays: Workdays) -> ExpiryPlan:
    policy = group.shortest.policy
    return ExpiryPlan(
        provider=group.party.provider,
        name=group.party.name,
        rows=tuple(sorted(group.rows)),
        login_on=group.on,
        expiry=group.shortest.expires_on,
        act_by=workdays.last(group.shortest.expires_on),
        figure=length(policy.value, policy.unit, at_least=policy.bound == "at-least"),
        source=policy.source,
        confidence=policy.confidence,
        assumed=group.assumed,
        nearest=bool(group.nearest),
        latest=latest,
    )


def _latest(way: _Way, expiry: date, *, workdays: Workdays, as_of: date) -> LatestStart:
    """Return the latest days of one way to one expiry, each step on the latest day that still serves the next."""
    chain = way.chain
    margin = chain.margin
    target = latest_before(expiry, margin.span) if margin is not None else workdays.last(expiry)
    days = chain.latest_days(way.letter, target, workdays)
    start = days[0]
    forward = chain.forward(start, workdays)
    workday = workdays.known_last(start)
    left = (margin.basis,) if margin is not None and margin.basis is not None else ()
    return LatestStart(
        route=way.route.id,
        name=way.route.name,
        pace=chain.pace,
        start=start,
        start_workday=workday,
        days_left=((workday or start) - as_of).days,
        steps=_with_margin(chain.steps(days, forward, workdays, workdays.known_last), left),
    )


def _with_margin(steps: tuple[DatedStep, ...], left: tuple[StepBasis, ...]) -> tuple[DatedStep, ...]:
    """Return the steps, the letter with the distance that is left between it and the expiry."""
    return tuple(
        msgspec.structs.replace(step, basis=step.basis + left) if left and step.milestone == "letter" else step
        for step in steps
    )
