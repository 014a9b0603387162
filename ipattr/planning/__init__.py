"""Procedures and dates, forwards and backwards: arithmetic on dated figures (pure)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.errors import UsageError
from ipattr.model import Text, Timetable
from ipattr.planning.backward import backward
from ipattr.planning.citing import cited
from ipattr.planning.comparing import compare
from ipattr.planning.forward import outlook
from ipattr.planning.logins import PlannedLogin, PlannedParty, assumed_logins, logins_of
from ipattr.planning.ranking import rank_logins
from ipattr.planning.remarks import Asked, remarks
from ipattr.planning.serving import Served, answers
from ipattr.planning.spans import Workdays, checked
from ipattr.planning.survival import Logs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from ipattr.model import Calendar, Case, Procedure, RankedLogin, Route

__all__ = ["PlannedLogin", "PlannedParty", "Served", "assumed_logins", "logins_of", "plan", "rank"]

DISCLAIMER = Text(
    ja="公表された数値と日付による計算であり、法的助言ではない。保存期間・所要期間は事業者・裁判所・事件により異なり、"
    "ここに示す日より早くログが消えることも、手続が長くかかることもある。数値の出典はすべて掲げる。",
    en="Arithmetic on published figures and dates, not legal advice. Retention and durations differ by provider, court "
    "and case: a log may be gone earlier, and a procedure take longer, than shown here. All sources are listed.",
)


def plan(  # noqa: PLR0913 - one argument per thing a plan rests on
    logins: Sequence[PlannedLogin],
    *,
    procedures: Mapping[str, Procedure],
    routes: Sequence[Route],
    platform: str,
    calendar: Calendar,
    as_of: date,
    start: date,
    served: Sequence[Served],
    only: Sequence[str],
    tool_version: str,
    data_version: str,
    case_data_version: str = "",
    posts: Sequence[date] = (),
) -> Timetable:
    """Return the whole plan for logins: forwards from ``start``, backwards from each expiry, what survives when.

    ``as_of`` is the JST date that days left are counted from; ``served`` the days on which a preservation letter is
    taken to be with a provider; ``only`` the ids of the routes shown (empty: all; those for logins in hand are left out
    where the logins are assumed). ``posts`` are the JST days of the posts. The same arguments give the same plan. Raise
    UsageError for a route that is not on record and for days beyond 1900 to 2999.
    """
    for day, where in ((as_of, "--as-of"), (start, "--start"), *((one.day, "--served") for one in served)):
        checked(day, where)
    assumed = any(login.assumed for login in logins)
    shown = _chosen(routes, only, assumed=assumed)
    workdays, logs = Workdays(calendar), Logs(logins)
    outlooks = tuple(
        outlook(
            route,
            start,
            procedures=procedures,
            platform=platform,
            workdays=workdays,
            logs=logs if logins else None,
        )
        for route in shown
    )
    plans = backward(logins, routes=shown, procedures=procedures, platform=platform, workdays=workdays, as_of=as_of)
    asked = Asked(as_of, start, platform, tuple(served), data_version, case_data_version)
    what_if = answers(served, logs, as_of=as_of, workdays=workdays) if logins else ()
    return Timetable(
        as_of=as_of,
        start=start,
        platform=platform,
        tool_version=tool_version,
        data_version=data_version,
        case_data_version=case_data_version,
        rows=len(logins),
        assumed=assumed,
        posts=tuple(posts),
        outlooks=outlooks,
        backward=plans,
        what_if=what_if,
        comparison=compare(shown, outlooks, procedures=procedures, platform=platform),
        ranking=() if assumed else rank_logins(logins, as_of),
        findings=remarks(asked, logins, logs=logs, outlooks=outlooks, calendar=calendar, workdays=workdays),
        sources=cited(
            shown, logins, procedures=procedures, platform=platform, outlooks=outlooks, plans=plans, calendar=calendar
        ),
        disclaimer=DISCLAIMER,
    )


def rank(case: Case) -> tuple[RankedLogin, ...]:
    """Return every login of a case in the order of pursuit, each factor shown."""
    return rank_logins(logins_of(case), case.as_of)


def _chosen(routes: Sequence[Route], only: Sequence[str], *, assumed: bool) -> tuple[Route, ...]:
    """Return the routes asked for, in the order of the data; a login that is only assumed is not in hand."""
    known = {route.id for route in routes}
    for name in only:
        if name not in known:
            listed = ", ".join(route.id for route in routes)
            raise UsageError(
                ja=f"知らない経路である({name})。使えるのは {listed}。",
                en=f"Unknown route ({name}); use one of {listed}.",
                where="--route",
            )
    return tuple(
        route for route in routes if route.id in only or (not only and not (assumed and route.kind == "in-hand"))
    )
