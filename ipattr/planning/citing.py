"""Every source that a figure, a date or a remark of a plan rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.planning.notes import notes_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ipattr.model import Calendar, ExpiryPlan, Procedure, Route, RouteOutlook
    from ipattr.planning.logins import PlannedLogin


def cited(
    routes: Sequence[Route],
    logins: Sequence[PlannedLogin],
    *,
    procedures: Mapping[str, Procedure],
    platform: str,
    outlooks: Sequence[RouteOutlook],
    plans: Sequence[ExpiryPlan],
    calendar: Calendar,
) -> tuple[str, ...]:
    """Return the citation codes, each once, in order."""
    codes = {calendar.source, *_of_figures(outlooks, plans)}
    codes.update(note.source for route in routes for _, note in notes_on(route, procedures, platform))
    for login in logins:
        codes.update(entry.policy.source for party in login.parties for entry in party.expiries)
        codes.update(login.practice.sources if login.practice is not None else ())
    return tuple(sorted(codes - {""}))


def _of_figures(outlooks: Sequence[RouteOutlook], plans: Sequence[ExpiryPlan]) -> Iterator[str]:
    for one in outlooks:
        yield from (total.source for total in one.totals)
        yield from (basis.source for forecast in one.forecasts for step in forecast.steps for basis in step.basis)
    # Equal expiries share their latest days, so each of them is looked at once.
    for latest in {id(plan.latest): plan.latest for plan in plans}.values():
        yield from (basis.source for way in latest for step in way.steps for basis in step.basis)
