"""The days of a plan: back from each expiry, and forward from the start."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ipattr.renderers.destinations.sheet import lines
from ipattr.renderers.layout import Column, Line
from ipattr.renderers.timetables import digest
from ipattr.renderers.timetables.parts import Grid, Heading, Note, remark
from ipattr.renderers.timetables.words import (
    EXPIRY,
    KIND,
    MILESTONE,
    PACE,
    PACES_MEAN,
    STATE,
    based,
    counts_instead,
    dated,
    joined,
    left,
    moved,
    paces,
    row_numbers,
    step_name,
    tone,
)
from ipattr.renderers.words import word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.model import DatedStep, ExpiryPlan, Forecast, LatestStart, RouteOutlook
    from ipattr.renderers.destinations.sheet import Row
    from ipattr.renderers.layout import Tone
    from ipattr.renderers.timetables.parts import Part, Wish

_LEAST = 10
_MOST = 20
"""So many expiries are counted back from in the short form."""
_SHOWN = ("filing", "ip", "letter")


def backward(wish: Wish) -> Iterator[Part]:
    """Yield for each expiry, and route by route, the latest day of every step at each pace.

    Expiries with the same days stand together. The short form has the first open ones and, where logins are in hand,
    the routes that begin with them; it says what it leaves to the whole one.
    """
    say, lang = wish.say, wish.lang
    if not wish.timetable.backward:
        return
    yield Heading(say("満了日からの逆算(各段階の最も遅い日)", "Back from each expiry: the latest day of every step"))
    yield Note(PACES_MEAN.pick(lang))
    yield Note(
        say(
            "→ は、その日が裁判所の休日に当たるため代わりに数える直前の開庁日(暦の収録範囲外は「営業日不明」)。"
            "ログは休日にも消去される。",
            "→ marks the working day before a day on which courts are closed (workday?: beyond the calendar). "
            "Logs are erased on holidays too.",
        )
    )
    groups = _expiries(wish)
    shown = groups if wish.whole else groups[:_MOST]
    for plans in shown:
        expiry, act_by, latest = plans[0].expiry, plans[0].act_by, plans[0].latest
        days = left((expiry - wish.timetable.as_of).days, lang)
        yield Heading(say(f"満了 {dated(expiry, lang)}、{days}", f"Expiry {dated(expiry, lang)}, {days}"), level=3)
        for plan in plans:
            yield Note(joined((plan.name.pick(lang), plan.figure.pick(lang)), lang), lead=f"{row_numbers(plan.rows)}: ")
        routes = digest.by_route(latest) if wish.whole else digest.pressing(wish.timetable, latest)
        for route in routes:
            yield from _route(wish, route, expiry, act_by)
        if not latest:
            yield Note(say("逆算できる経路がない。", "No route can be counted back."))
    if not wish.whole:
        yield from _elsewhere(wish, [plan for plans in shown for plan in plans])


def _expiries(wish: Wish) -> list[list[ExpiryPlan]]:
    """Return the expiries with the same days together: the open ones, in the whole form the passed ones behind them."""
    shown = digest.open_plans(wish.timetable) + (digest.passed_plans(wish.timetable) if wish.whole else [])
    alike: dict[tuple[date, date, tuple[LatestStart, ...]], list[ExpiryPlan]] = {}
    for plan in shown:
        alike.setdefault((plan.expiry, plan.act_by, plan.latest), []).append(plan)
    return list(alike.values())


def _elsewhere(wish: Wish, shown: Sequence[ExpiryPlan]) -> Iterator[Part]:
    """Say what of the days back from the expiries the short form leaves to the other formats."""
    say, plan = wish.say, wish.timetable
    passed = len(digest.passed_plans(plan))
    more = len(plan.backward) - passed - len(shown)
    fewer = any(len(digest.pressing(plan, one.latest)) < len(digest.by_route(one.latest)) for one in shown)
    left_out = {
        say(f"満了済みの{passed}件", f"the {passed} expired"): passed,
        say(f"これより後の満了{more}件", f"the {more} later expiries"): more,
        say("IPアドレスの開示から始める経路", "the routes that begin with the address"): fewer,
    }
    told = joined((name for name, some in left_out.items() if some), wish.lang)
    if told:
        yield Note(
            say(f"{told}の逆算は --format md、csv、json にある。", f"--format md, csv and json have {told}."),
            tone="dim",
        )


def _route(wish: Wish, route: Sequence[LatestStart], expiry: date, act_by: date) -> Iterator[Part]:
    """Yield one route: as many paces side by side as fit, the others in a line each; a single step in a line."""
    lang = wish.lang
    name = route[0].name.pick(lang)
    if all(len(one.steps) <= 1 for one in route):
        for one in route:
            yield Note(_in_a_line(one, lang), lead=f"{name} ({word(PACE, one.pace, lang)}): ", tone=_late(one))
        return
    yield Note(name, tone="bold")
    in_full = route[: wish.abreast]
    columns = [digest.keyed(one.steps) for one in in_full]
    rows: list[Row] = [
        [lines(_name_of(steps, lang)), *(_day(step, lang) for step in steps)]
        for steps in ([column.get(key) for column in columns] for key in digest.aligned(columns))
    ]
    end = lines(*filter(None, (dated(expiry, lang), counts_instead(expiry, act_by, lang))))
    rows.append([lines(EXPIRY.pick(lang), tone="bold"), *(end for _ in in_full)])
    to_start = ([Line(left(one.days_left, lang), tone(one.days_left))] for one in in_full)
    rows.append([lines(wish.say("着手まで", "to the start")), *to_start])
    yield Grid(_columns(wish, [one.pace for one in in_full]), tuple(rows))
    for one in route[len(in_full) :]:
        yield Note(_in_a_line(one, lang), lead=f"  {word(PACE, one.pace, lang)}: ", tone=_late(one))


def _in_a_line(one: LatestStart, lang: str) -> str:
    """Return the first step and the milestones of a route with their days."""
    ends = [step for at, step in enumerate(one.steps) if at == 0 or step.milestone in _SHOWN]
    days = joined((f"{step_name(step, lang)} {moved(step.on, step.workday, lang)}" for step in ends), lang)
    return f"{days} ({left(one.days_left, lang)})"


def _name_of(steps: Sequence[DatedStep | None], lang: str) -> str:
    return next(step_name(step, lang) for step in steps if step is not None)


def _late(one: LatestStart) -> Tone:
    return "red" if one.days_left < 0 else "plain"


def _columns(wish: Wish, names: Sequence[str]) -> tuple[Column, ...]:
    return (
        Column(wish.say("段階", "Step"), 14),
        *(Column(word(PACE, name, wish.lang), _LEAST) for name in names),
    )


def _day(step: DatedStep | None, lang: str) -> list[Line]:
    if step is None:
        return lines("-")
    instead = counts_instead(step.on, step.workday, lang)
    main: Tone = "bold" if step.milestone in _SHOWN else "plain"
    return [Line(dated(step.on, lang), main), *lines(instead, tone="cyan")]


def forward(wish: Wish) -> Iterator[Part]:
    """Yield for each route from the start what is reached when, and what of the logs is left when the letter arrives.

    The short form has the milestones, the whole form every step.
    """
    if not wish.timetable.outlooks:
        return
    day = dated(wish.timetable.start, wish.lang)
    yield Heading(wish.say(f"着手日 {day} からの見込み", f"Forward from {day}"))
    yield Note(
        wish.say(
            "→ は、その日が裁判所の休日に当たる場合の直後の開庁日。",
            "→ marks the working day after a day on which courts are closed.",
        )
    )
    for outlook in wish.timetable.outlooks:
        yield from _outlook(wish, outlook)


def _outlook(wish: Wish, outlook: RouteOutlook) -> Iterator[Part]:
    say, lang = wish.say, wish.lang
    yield Heading(outlook.name.pick(lang), level=3)
    kind = word(KIND, outlook.kind, lang)
    hangs = (
        say("アクセスログが消えれば失敗する", "fails when the access log is gone")
        if outlook.depends_on_log
        else say("アクセスログによらない", "does not need the access log")
    )
    yield Note(say(f"{kind}。{hangs}。", f"{kind}; {hangs}."))
    known = digest.forecasts(outlook)
    if known:
        rows = [
            *(_all_steps(wish, known) if wish.whole else (*_milestones(wish, outlook, known), *_to_do(wish, known))),
            *_survivors(wish, known),
        ]
        yield Grid(_columns(wish, [one.pace for one in known]), tuple(rows))
    else:
        yield Note(say("所要日数の数値がない。", "No figure on record says how long it takes."), tone="yellow")
    yield from _missing(wish, known)
    for total in outlook.totals:
        yield Note(based(total, lang), lead=say("  経路全体の公表値: ", "  published for the whole: "))
    if outlook.needs and outlook.route not in {one.id for one in wish.timetable.comparison}:
        yield Note(joined((need.pick(lang) for need in outlook.needs), lang), lead=say("  必要: ", "  needs: "))
    for finding in outlook.remarks:
        if finding.level != "info":
            yield remark(finding, lang, indent=2)


def _milestones(wish: Wish, outlook: RouteOutlook, known: Sequence[Forecast]) -> Iterator[Row]:
    in_hand = {"ip"} if outlook.kind == "in-hand" else set()  # it was there before the route began
    reached = {
        milestone: [one.reached[milestone] for one in known if milestone in one.reached] for milestone in MILESTONE
    }
    for milestone, days in sorted(reached.items(), key=lambda one: min(one[1], default=date.max)):
        if days and milestone not in in_hand:
            yield [lines(_called(wish, milestone, known)), *(_reached(wish, one, milestone) for one in known)]


def _to_do(wish: Wish, known: Sequence[Forecast]) -> Iterator[Row]:
    """Yield what the applicant has to do by a figure and no milestone tells: a limit that must not be missed."""
    columns = [digest.keyed(one.steps) for one in known]
    for key in digest.aligned(columns):
        steps = [column.get(key) for column in columns]
        own = [one for one in steps if one is not None and one.actor == "applicant" and one.milestone is None]
        if any(one.basis for one in own):
            yield [lines(_name_of(steps, wish.lang)), *(_day(step, wish.lang) for step in steps)]


def _called(wish: Wish, milestone: str, known: Sequence[Forecast]) -> str:
    """Return what reaching a milestone is called; filings and orders, of which there are many, by their own names."""
    steps = (digest.reaching(one.steps, milestone, one.reached.get(milestone)) for one in known)
    names = dict.fromkeys(step_name(step, wish.lang) for step in steps if step is not None)
    own = milestone in {"filing", "order", "final"} and len(names) == 1
    return next(iter(names)) if own else word(MILESTONE, milestone, wish.lang)


def _reached(wish: Wish, forecast: Forecast, milestone: str) -> list[Line]:
    """Return the day of a milestone; a dash where no figure reaches it."""
    on = forecast.reached.get(milestone)
    if on is None:
        return lines("-")
    step = digest.reaching(forecast.steps, milestone, on)
    return _day(step, wish.lang) if step is not None else lines(dated(on, wish.lang))


def _all_steps(wish: Wish, known: Sequence[Forecast]) -> Iterator[Row]:
    columns = [digest.keyed(one.steps) for one in known]
    for key in digest.aligned(columns):
        steps = [column.get(key) for column in columns]
        yield [lines(_name_of(steps, wish.lang)), *(_day(step, wish.lang) for step in steps)]


def _survivors(wish: Wish, known: Sequence[Forecast]) -> Iterator[Row]:
    """Yield how many logins are in each state when the letter arrives: five numbers, and their sum."""
    counts = [digest.states(one.survivors.all) if one.survivors else None for one in known]
    if not any(counts):
        return
    for state, name in STATE.items():
        label = wish.say(f"到達時に{name.ja}", f"then {name.en}")
        yield [lines(label), *(lines("-" if one is None else str(len(one[state]))) for one in counts)]
    totals = ("-" if one is None else str(sum(map(len, one.values()))) for one in counts)
    yield [lines(wish.say("計", "in all")), *(lines(total) for total in totals)]


def _missing(wish: Wish, known: Sequence[Forecast]) -> Iterator[Part]:
    """Yield the steps that no figure dates, those together that are missing at the same paces."""
    lang = wish.lang
    gaps: dict[str, list[str]] = {}
    for one in known:
        for text in one.missing:
            gaps.setdefault(text.pick(lang), []).append(one.pace)
    together: dict[tuple[str, ...], list[str]] = {}
    for gap, some in gaps.items():
        together.setdefault(tuple(dict.fromkeys(some)), []).append(gap)
    for at, names in together.items():
        every = len(at) == len(known)
        lead = wish.say("  数値がない段階", "  no figure") + ("" if every else f" ({paces(at, lang)})")
        yield Note(joined(names, lang), lead=f"{lead}: ", tone="yellow")
