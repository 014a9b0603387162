"""Forwards: from the day a route begins, when each step is reached at each pace, and which logs are then left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.model import PACES, Forecast, RouteOutlook, Text
from ipattr.planning.chains import basis_of, chain_of, totals_of
from ipattr.planning.notes import reported

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from ipattr.model import Procedure, Route
    from ipattr.planning.chains import Chain
    from ipattr.planning.spans import Workdays
    from ipattr.planning.survival import Logs

_ON_LETTER = Text(
    ja="この経路・この速さで保存の要請（命令）が届く日（休日なら翌営業日）",
    en="the day the request (or order) to keep the log arrives by this route at this pace, a working day",
)


def outlook(
    route: Route,
    start: date,
    *,
    procedures: Mapping[str, Procedure],
    platform: str,
    workdays: Workdays,
    logs: Logs | None,
) -> RouteOutlook:
    """Return one route begun on ``start``, at every pace that dates at least one of its steps.

    ``logs`` None: what survives is not judged. ``needs`` are those of the route, then of its procedures; the remarks
    are what is reported of both for the platform.
    """
    chains = [chain_of(route, pace, procedures=procedures, platform=platform) for pace in PACES]
    legs = [procedures[leg.procedure] for leg in route.legs]
    needs = (*route.needs, *(need for procedure in legs for need in procedure.needs))
    return RouteOutlook(
        route=route.id,
        name=route.name,
        kind=route.kind,
        depends_on_log=route.depends_on_log,
        start=start,
        forecasts=tuple(
            forecast(chain, start, workdays=workdays, logs=logs) for chain in chains if len(chain.places) > 1
        ),
        needs=tuple(dict.fromkeys(needs)),
        totals=tuple(basis_of("total", total) for total in totals_of(route, platform)),
        remarks=reported(route, procedures, platform),
    )


def forecast(chain: Chain, start: date, *, workdays: Workdays, logs: Logs | None) -> Forecast:
    """Return the steps of a chain begun on ``start``, in the order of the route.

    ``on`` is calendar arithmetic, ``workday`` the first working day from it on. A milestone that several legs reach is
    ``reached`` by the first of them in the order of the route. What survives is judged on the first working day from
    the letter on: a log that ends on the Sunday on which arithmetic puts the letter is not counted as saved by it.
    """
    days = chain.forward(start, workdays)
    letter = chain.reached.get("letter")
    return Forecast(
        pace=chain.pace,
        steps=chain.steps(dict(enumerate(days)), days, workdays, workdays.known_next),
        reached={milestone: days[index] for milestone, index in chain.reached.items()},
        missing=chain.missing,
        survivors=logs.on(workdays.next(days[letter]), _ON_LETTER) if logs is not None and letter is not None else None,
    )
