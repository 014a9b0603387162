"""Material for plans: the shipped procedures, routes made up for one law each, and logins as literals."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import ipattr
from ipattr.model import (
    DurationFigure,
    Expiry,
    Interval,
    Leg,
    Procedure,
    ProcedureNote,
    ProcedureStep,
    RetentionPolicy,
    Route,
    Span,
    Text,
    Timetable,
)
from ipattr.planning import PlannedLogin, PlannedParty, logins_of, plan
from ipattr.registry import Registry, open_registry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ipattr.model import Case, ExpiryPlan, LatestStart, RouteOutlook

AS_OF = date(2026, 6, 2)


@cache
def registry() -> Registry:
    return open_registry(None)


def planned(logins: Sequence[PlannedLogin], as_of: date = AS_OF, **changes: Any) -> Timetable:  # noqa: ANN401 - any argument of plan
    """Return the plan by the shipped data for platform X, but for what ``changes`` says."""
    arguments: dict[str, Any] = {
        "procedures": registry().procedures,
        "routes": registry().routes,
        "platform": "x",
        "calendar": registry().calendar,
        "as_of": as_of,
        "start": as_of,
        "served": (),
        "only": (),
        "tool_version": "0",
        "data_version": registry().data_version,
    }
    return plan(logins, **{**arguments, **changes})


def case_of(folder: Path, *rows: str, as_of: date = AS_OF, posts: Sequence[str] = ()) -> Case:
    """Return the case of a log of ``time,ip`` rows, with posts at the given times (UTC)."""
    log, other = folder / "log.csv", folder / "posts.csv"
    log.write_text("time,ip\n" + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    urls = (f"https://x.com/a/status/{(_milliseconds(at) - 1288834974657) << 22}" for at in posts)
    other.write_text("url\n" + "".join(f"{url}\n" for url in urls), encoding="utf-8")
    return ipattr.lookup([log], posts=[other] if posts else [], platform="x", as_of=as_of)


def _milliseconds(instant: str) -> int:
    """Return milliseconds since 1970; the id of a post on X carries them, counted from its own epoch."""
    return round(datetime.fromisoformat(instant).timestamp() * 1000)


def planned_case(case: Case, as_of: date = AS_OF, **changes: Any) -> Timetable:  # noqa: ANN401 - any argument of plan
    return planned(logins_of(case), as_of, case_data_version=case.data_version, **changes)


def months(value: int) -> Span:
    return Span(value=value, unit="month")


def days(value: int) -> Span:
    return Span(value=value, unit="day")


def figure(low: Span, high: Span, *, since: str = "", platform: str = "", source: str = "F") -> DurationFigure:
    return DurationFigure(
        low=low, high=high, since=since, platform=platform, text="a figure", source=source, confidence="low"
    )


def interval(span: Span, pace: Any = "current") -> Interval:  # noqa: ANN401 - a literal
    return Interval(pace=pace, span=span, text="an interval", source="I", confidence="low")


def step(id_: str, *hops: DurationFigure | Interval, milestone: Any = None, statutory: bool = False) -> ProcedureStep:  # noqa: ANN401 - a literal
    return ProcedureStep(
        id=id_,
        name=Text(ja=f"段階{id_}", en=f"step {id_}"),
        actor="court",
        milestone=milestone,
        counting="statutory" if statutory else "estimate",
        figures=tuple(hop for hop in hops if isinstance(hop, DurationFigure)),
        intervals=tuple(hop for hop in hops if isinstance(hop, Interval)),
    )


def procedure(id_: str, *steps: ProcedureStep, notes: Sequence[ProcedureNote] = ()) -> Procedure:
    return Procedure(
        id=id_,
        name=Text(ja=f"手続{id_}", en=f"procedure {id_}"),
        against="platform",
        yields=Text(ja="", en=""),
        steps=steps,
        notes=tuple(notes),
        sources=("F",),
    )


def route(*legs: tuple[str, Any], id_: str = "way", kind: Any = "ip", on_log: bool = True) -> Route:  # noqa: ANN401 - literals
    return Route(
        id=id_,
        name=Text(ja=f"経路{id_}", en=f"route {id_}"),
        kind=kind,
        legs=tuple(Leg(procedure=name, after=after) for name, after in legs),
        depends_on_log=on_log,
        sources=("F",),
    )


def expiry(provider: str, on: date, *, bound: Any = "exact", readings: Sequence[date] = ()) -> Expiry:  # noqa: ANN401 - a literal
    policy = RetentionPolicy(value=1, unit="day", bound=bound, text="", source="R", as_of="", confidence="low")
    return Expiry(provider=provider, policy=policy, expires_on=on, readings=tuple(readings) or (on,))


def party(provider: str, *expiries: Expiry, lacking: bool | None = None) -> PlannedParty:
    name = Text(ja=provider, en=provider)
    return PlannedParty(provider, name, expiries, lacking=not expiries if lacking is None else lacking)


def login(row: int, on: date | None, *parties: PlannedParty, **more: Any) -> PlannedLogin:  # noqa: ANN401 - any field
    return PlannedLogin(
        **{
            "row": row,
            "on": on,
            "parties": parties,
            "applicable": bool(parties) and on is not None,
            "search": "searchable",
            **more,
        }
    )


def latest(plan_: ExpiryPlan, route_: str, pace: str) -> LatestStart:
    return next(one for one in plan_.latest if (one.route, one.pace) == (route_, pace))


def on(one: LatestStart, *steps: str) -> list[date]:
    """Return the days of the first step of each name."""
    return [next(dated.on for dated in one.steps if dated.step == name) for name in steps]


def outlook(timetable: Timetable, route_: str) -> RouteOutlook:
    return next(one for one in timetable.outlooks if one.route == route_)
