"""Timetables built by hand: every odd case that a plan may hold, before and beside the plans that are reckoned."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import msgspec
from filing_world import HOSTILE

from ipattr.model import (
    Citation,
    DatedStep,
    ExpiryPlan,
    Factor,
    Finding,
    Forecast,
    LatestStart,
    RankedLogin,
    RouteComparison,
    RouteOutlook,
    StepBasis,
    Survivors,
    Text,
    Timetable,
    WhatIf,
)

AS_OF = date(2026, 6, 10)
CITATIONS = {
    "P5a": Citation(
        code="P5a", title="逆算表 <b>2020</b>", kind="page", locator="example.invalid/limit", dated="2020-06"
    ),
    "S5a": Citation(code="S5a", title="ログ保存期間", kind="page"),
}
STEPS = (
    ("filing", "申立て", "filing", "filing"),
    ("meeting", "債権者面接", "meeting of the creditor", None),
    ("hearing", "第1回双方審尋期日", "first hearing", None),
    ("order", "決定", "order", "order"),
    ("delivery", "IPアドレスの開示", "delivery of the address", "ip"),
    ("letter", "ログ保存要請の到達", "preservation letter served", "letter"),
)
INTERVALS = {"current": (0, 3, 14, 31, 14, 1), "older": (0, 3, 20, 31, 14, 1), "best": (0, 1, 7, 14, 7, 0)}


def both(ja: str, en: str) -> Text:
    """Return a statement in both languages."""
    return Text(ja=ja, en=en)


def workday(day: date, step: int) -> date:
    """Return the next day in the direction of ``step`` that is no Saturday or Sunday."""
    while day.weekday() > 4:
        day += timedelta(days=step)
    return day


def steps_on(days: list[date], pace: str, towards: int) -> tuple[DatedStep, ...]:
    """Return the six steps of a route by injunction on these days."""
    basis = StepBasis(
        pace=pace,  # type: ignore[arg-type]  # one of the paces
        text="2週間",
        source="P5a",
        as_of="2020-06-06",
        confidence="medium",
    )
    return tuple(
        DatedStep(
            procedure="ip-injunction",
            step=key,
            name=both(ja, en),
            actor="court" if key in {"hearing", "order"} else "applicant",
            milestone=milestone,  # type: ignore[arg-type]  # one of the milestones
            on=day,
            workday=workday(day, towards),
            basis=(basis,),
        )
        for (key, ja, en, milestone), day in zip(STEPS, days, strict=True)
    )


def latest(expiry: date, pace: str) -> LatestStart:
    """Return the latest days of the route by injunction for one expiry."""
    days = [expiry - timedelta(days=8)]
    for span in reversed(INTERVALS[pace][1:]):
        days.insert(0, days[0] - timedelta(days=span))
    start = workday(days[0], -1)
    return LatestStart(
        route="ip-injunction",
        name=both("発信者情報開示仮処分、任意の保存要請", "injunction for the address, then a voluntary letter"),
        pace=pace,  # type: ignore[arg-type]  # one of the paces
        start=days[0],
        start_workday=start,
        days_left=(start - AS_OF).days,
        steps=steps_on(days, pace, -1),
    )


def in_hand(expiry: date) -> LatestStart:
    """Return the latest day of the letter for a log in hand."""
    day = expiry - timedelta(days=1)
    step = DatedStep(
        procedure="preservation-letter",
        step="letter",
        name=both("ログ保存要請の到達", "preservation letter served"),
        actor="applicant",
        milestone="letter",
        on=day,
        workday=workday(day, -1),
    )
    return LatestStart(
        route="in-hand",
        name=both("開示済みのログ、任意の保存要請", "log in hand, voluntary letter"),
        pace="current",
        start=day,
        start_workday=workday(day, -1),
        days_left=(workday(day, -1) - AS_OF).days,
        steps=(step,),
    )


def expiring(provider: str, name: Text, *, rows: tuple[int, ...], login_on: date, expiry: date) -> ExpiryPlan:
    """Return one expiry with every route to it."""
    return ExpiryPlan(
        provider=provider,
        name=name,
        rows=rows,
        login_on=login_on,
        expiry=expiry,
        act_by=workday(expiry, -1),
        figure=both("3か月", "3 months"),
        source="S5a",
        confidence="medium",
        nearest=1 in rows,
        latest=(in_hand(expiry), *(latest(expiry, pace) for pace in INTERVALS)),
    )


def survivors(
    provider: str, name: Text, *, kept: tuple[int, ...] = (), gone: tuple[int, ...] = (), rest: tuple[int, ...] = ()
) -> Survivors:
    """Return what is left for one addressee; the rest is unknown but for the last row, which has no log."""
    return Survivors(provider=provider, name=name, kept=kept, gone=gone, unknown=rest[:-1], not_applicable=rest[-1:])


DOCOMO, OTHER = both("株式会社NTTドコモ", "NTT DOCOMO, INC."), both("株式会社JPIX", "JPIX Corporation")


def what_if(served: date) -> WhatIf:
    """Return what is left of seven logins on one day."""
    return WhatIf(
        served=served,
        label=both("すべての請求先", "every addressee"),
        by_addressee=(
            survivors("docomo", DOCOMO, kept=(1, 2, 3), gone=(4,)),
            survivors("jpix", OTHER, rest=(3, 5, 6, 7)),
        ),
        all=survivors("", both("", ""), kept=(1, 2), gone=(4,), rest=(3, 5, 6, 7)),
    )


def forecast(pace: str, *, reaches: bool = True) -> Forecast:
    """Return a route forward; where it does not reach the letter it says what is missing."""
    days = [AS_OF]
    for span in INTERVALS.get(pace, INTERVALS["best"])[1:]:
        days.append(days[-1] + timedelta(days=span))
    steps = steps_on(days, pace, 1)[: None if reaches else 4]
    return Forecast(
        pace=pace,  # type: ignore[arg-type]  # one of the paces
        steps=steps,
        reached={step.milestone: step.on for step in steps if step.milestone},
        missing=() if reaches else (both("送達の期間: どの資料にもない", "delivery: in no source"),),
        survivors=what_if(steps[-1].on) if reaches else None,
    )


def outlook() -> RouteOutlook:
    """Return one route that the worst pace does not finish."""
    return RouteOutlook(
        route="ip-injunction",
        name=both("発信者情報開示仮処分、任意の保存要請", "injunction for the address, then a voluntary letter"),
        kind="ip",
        depends_on_log=True,
        start=AS_OF,
        forecasts=(forecast("worst", reaches=False), forecast("current"), forecast("best")),
        needs=(both("担保", "security"), both("保全の必要性", "need of preservation")),
        totals=(StepBasis(pace="worst", text="2～8か月", source="P5a", as_of="2023", confidence="high"),),
        remarks=(
            Finding(code="IPA933", level="info", message=both("掲示板は約3か月。", "Boards: three months."), about="a"),
            Finding(
                code="IPA921", level="warning", message=both("Xは提供命令に従わない。", "X ignores provision orders.")
            ),
        ),
    )


def ranked(row: int) -> RankedLogin:
    """Return one login in the order of pursuit."""
    return RankedLogin(
        row=row,
        place=row,
        product="1/2",
        factors=(
            Factor(id="nearness", value="1", text=both("投稿に最も近い", "nearest to the post")),
            Factor(id="searchability", value="1/2", text=both("接続先IPアドレスが足りない", "destination missing")),
            Factor(id="days-left", value="1", text=both("残り83日", "83 days left")),
        ),
        text=both(f"No.{row}の理由", f"why No.{row}"),
    )


def handmade() -> Timetable:
    """Return a plan for seven logins: open, passed and undated ones, two days asked about, one route."""
    return Timetable(
        as_of=AS_OF,
        start=AS_OF,
        platform="x",
        tool_version="0.0.1",
        data_version="2026+test",
        rows=7,
        posts=(date(2026, 6, 1),),
        outlooks=(outlook(),),
        backward=(
            expiring("docomo", DOCOMO, rows=(1, 2), login_on=date(2026, 6, 1), expiry=date(2026, 9, 1)),
            expiring("docomo", DOCOMO, rows=(3,), login_on=date(2026, 3, 14), expiry=date(2026, 6, 14)),
            expiring("docomo", DOCOMO, rows=(4,), login_on=date(2026, 3, 1), expiry=date(2026, 6, 1)),
        ),
        what_if=(what_if(date(2026, 8, 29)), what_if(date(2026, 9, 2))),
        comparison=(
            RouteComparison(
                id="ip",
                name=both("IPアドレス経由", "by IP address"),
                routes=("ip-injunction",),
                person={"best": date(2026, 9, 9), "worst": date(2027, 2, 9)},
                needs=(both("接続先IPアドレス", "the destination"),),
                fails_by_expiry="yes",
                text=both("満了で失われる。", "Lost when the log expires."),
            ),
            RouteComparison(
                id="phone",
                name=both("電話番号経由", "by telephone number"),
                routes=("phone",),
                fails_by_expiry="no",
                text=both("ログによらない。", "Needs no log."),
            ),
        ),
        ranking=tuple(ranked(row) for row in range(1, 8)),
        findings=(Finding(code="IPA910", level="notice", message=both("注意。", "Take care."), about="ip-injunction"),),
        sources=("P5a", "S5a", "UNLISTED"),
        disclaimer=both("日付の計算であり、法的助言ではない。", "Arithmetic on dates, not legal advice."),
    )


def in_hand_first() -> Timetable:
    """Return the plan with the letter for the log in hand known as such; its quicker pace still allows what has passed.

    The expiry on 14 June is left for the letter by the best pace only.
    """
    plan = handmade()
    late = in_hand(date(2026, 6, 9))
    quick = msgspec.structs.replace(in_hand(date(2026, 6, 13)), pace="best")
    first = msgspec.structs.replace(
        plan.backward[1], latest=(late, quick, *(latest(date(2026, 6, 14), pace) for pace in INTERVALS))
    )
    route = msgspec.structs.replace(outlook(), route="in-hand", kind="in-hand", name=late.name, forecasts=(), needs=())
    return msgspec.structs.replace(
        plan, outlooks=(route, *plan.outlooks), backward=(plan.backward[0], first, plan.backward[2])
    )


def empty() -> Timetable:
    """Return a plan without logins, routes and sources."""
    names = ("outlooks", "backward", "what_if", "comparison", "ranking", "findings", "sources", "posts")
    nothing: dict[str, object] = dict.fromkeys(names, ())
    return msgspec.structs.replace(handmade(), rows=0, platform="", **nothing)


def undated() -> Timetable:
    """Return a plan in which no figure dates anything: routes and logins are there, days are not."""
    bare = msgspec.structs.replace(outlook(), forecasts=(), totals=(), needs=(), remarks=())
    gap = forecast("worst", reaches=False)
    gap = msgspec.structs.replace(gap, steps=(), reached={})
    lost = msgspec.structs.replace(outlook(), route="phone", kind="phone", depends_on_log=False, forecasts=(gap,))
    return msgspec.structs.replace(handmade(), outlooks=(bare, lost), backward=(), what_if=(), comparison=())


def assumed() -> Timetable:
    """Return a plan for two logins assumed from a post, beyond the calendar, with a route that cannot be counted."""
    far = expiring(
        "3-month", both("3か月の事業者", "a provider of 3 months"), rows=(1,), login_on=AS_OF, expiry=date(2026, 9, 13)
    )
    outside = tuple(
        msgspec.structs.replace(
            one,
            start_workday=None,
            steps=tuple(msgspec.structs.replace(step, workday=None) for step in one.steps),
        )
        for one in far.latest
    )
    plans = (
        msgspec.structs.replace(far, latest=outside, assumed=True, source="", confidence="none"),
        msgspec.structs.replace(far, provider="6-month", rows=(2,), expiry=date(2026, 12, 13), latest=(), assumed=True),
    )
    return msgspec.structs.replace(
        handmade(),
        rows=2,
        assumed=True,
        outlooks=(),
        backward=plans,
        what_if=(),
        ranking=(ranked(1), ranked(2)),
        case_data_version="2025+old",
    )


def hostile() -> Timetable:
    """Return the plan with every free text of it replaced by something that is alive somewhere, in turn."""
    return _poisoned(HOSTILE)


def hostile_with(text: str) -> Timetable:
    """Return the plan with every free text of it replaced by ``text``."""
    return _poisoned((text,))


_FREE = frozenset({"text", "source", "about", "procedure", "step", "provider", "platform", "data_version"})


def _poisoned(texts: tuple[str, ...]) -> Timetable:
    turn = itertools.cycle(texts)

    def replaced(value: object, key: str) -> object:
        if isinstance(value, dict):
            if value.keys() == {"ja", "en"}:
                return dict.fromkeys(value, next(turn))
            return {name: replaced(one, name) for name, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [replaced(one, key) for one in value]
        return next(turn) if isinstance(value, str) and key in _FREE else value

    return msgspec.convert(replaced(msgspec.to_builtins(handmade()), ""), type=Timetable)


WORLDS = {
    "handmade": handmade,
    "in-hand": in_hand_first,
    "empty": empty,
    "undated": undated,
    "assumed": assumed,
    "hostile": hostile,
}
