"""A plan as one flat file, safe to open in a spreadsheet (RFC 4180, UTF-8 with BOM, CRLF, every cell quoted).

Columns, in this order and never renamed. What a line is: ``schema``, ``section`` (below), ``about`` (a second word if
a section has several kinds of lines). On what: ``provider`` (id), ``addressee``, ``rows`` (of the logins: ``1-3, 7``),
``route`` (id), ``route_name``, ``route_kind``, ``pace`` (best, current, older, worst), ``procedure``, ``step``,
``step_name``, ``actor``, ``milestone``. When: ``on`` (by the intervals alone), ``weekday``, ``workday`` (working day
that counts instead, empty outside the calendar and where none was counted), ``days_left`` (from the as-of date). Of an
expiry: ``login_on``, ``expiry``, ``act_by``, ``assumed``, ``nearest`` (yes or no). Figures: ``figure`` (as published),
``source``, ``source_title``, ``source_as_of``, ``confidence``; several on one step are joined by `` | `` and ``; ``.
What survives: ``kept``, ``uncertain``, ``gone``, ``unknown``, ``not_applicable`` (numbers), each also with ``_rows``,
and ``total``. Of a rank: ``row``, ``place``, ``product``, ``value`` (exact fractions). Then ``code``, ``level``,
``text``, and on every line ``as_of``, ``start``, ``platform``, ``logins``, ``data_version``, ``case_data_version``,
``tool_version``.

Sections: ``plan`` (one line; ``about``: assumed, disclosed), ``post``, ``expiry`` (one per expiry), ``backward`` (one
per expiry, route, pace and step; ``days_left`` on the first), ``forward`` (one per route; ``text`` is what it needs),
``step`` (one per route, pace and step), ``reached`` (one per route, pace and milestone), ``missing``, ``total``
(published for a whole route), ``route-remark``, ``survivors`` (one per addressee, for each route and pace or, with
``about`` asked, each day asked about; the line without a provider counts every login once), ``comparison`` (one per
choice of routes, which stand in ``step``; ``about`` is whether expiry can make it fail), ``person`` (one per choice and
pace), ``ranking``, ``factor`` (one per login and factor), ``figure`` (one per figure used), ``finding``, ``source``,
``disclaimer``. Cells that a spreadsheet would run or rewrite (``1-3``, ``1/2``) are led by an apostrophe, as in the
table of a case.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from ipattr.renderers.csv import guard
from ipattr.renderers.layout import inert
from ipattr.renderers.timetables import digest
from ipattr.renderers.timetables.words import STATE
from ipattr.renderers.view import numbers, weekday

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from ipattr.model import (
        Citation,
        DatedStep,
        ExpiryPlan,
        Finding,
        Forecast,
        RankedLogin,
        RouteComparison,
        RouteOutlook,
        StepBasis,
        Timetable,
        WhatIf,
    )

COLUMNS = (
    "schema",
    "section",
    "about",
    "provider",
    "addressee",
    "rows",
    "route",
    "route_name",
    "route_kind",
    "pace",
    "procedure",
    "step",
    "step_name",
    "actor",
    "milestone",
    "on",
    "weekday",
    "workday",
    "days_left",
    "login_on",
    "expiry",
    "act_by",
    "assumed",
    "nearest",
    "figure",
    "source",
    "source_title",
    "source_as_of",
    "confidence",
    *STATE,
    *(f"{state}_rows" for state in STATE),
    "total",
    "row",
    "place",
    "product",
    "value",
    "code",
    "level",
    "text",
    "as_of",
    "start",
    "platform",
    "logins",
    "data_version",
    "case_data_version",
    "tool_version",
)
_REWRITTEN = frozenset({"rows", "product", "value", *(f"{state}_rows" for state in STATE)})

Facts = dict[str, str]


def render(timetable: Timetable, *, lang: str, citations: Mapping[str, Citation]) -> str:
    """Return the file; ``lang`` is that of names, reasons and remarks."""
    stamp = {
        "schema": "timetable 1",
        "as_of": timetable.as_of.isoformat(),
        "start": timetable.start.isoformat(),
        "platform": timetable.platform,
        "logins": str(timetable.rows),
        "data_version": timetable.data_version,
        "case_data_version": timetable.case_data_version,
        "tool_version": timetable.tool_version,
    }
    titles = {code: citation.title for code, citation in citations.items()}
    lines = ["\ufeff" + ",".join(f'"{column}"' for column in COLUMNS)]
    for facts in _facts(timetable, lang, titles):
        whole = stamp | facts
        whole["source_title"] = titles.get(whole.get("source", ""), "")
        lines.append(",".join(_cell(column, whole.get(column, "")) for column in COLUMNS))
    return "".join(line + "\r\n" for line in lines)


def _cell(column: str, text: str) -> str:
    safe = guard(inert(text), is_id=column in _REWRITTEN)
    return '"' + safe.replace('"', '""') + '"'


def _facts(plan: Timetable, lang: str, titles: Mapping[str, str]) -> Iterator[Facts]:
    yield {"section": "plan", "about": "assumed" if plan.assumed else "disclosed"}
    yield from ({"section": "post", **_day(post, post, lang)} for post in plan.posts)
    yield from chain.from_iterable(_expiry(one, lang) for one in plan.backward)
    yield from chain.from_iterable(_outlook(one, lang) for one in plan.outlooks)
    for outcome in plan.what_if:
        yield from ({"section": "survivors", "about": "asked", **one} for one in _survivors(outcome, lang))
    yield from chain.from_iterable(_comparison(one, lang) for one in plan.comparison)
    yield from chain.from_iterable(_ranked(one, lang) for one in plan.ranking)
    for used in chain.from_iterable(digest.figures(plan)):
        yield {
            "section": "figure",
            **_step(used.step, lang),
            **_basis(used.basis),
            "pace": " ".join(used.paces),
            **dict.fromkeys(("on", "weekday", "workday"), ""),
        }
    yield from ({"section": "finding", **_finding(one, lang)} for one in plan.findings)
    yield from ({"section": "source", "source": code, "text": titles.get(code, "")} for code in plan.sources)
    yield {"section": "disclaimer", "text": plan.disclaimer.pick(lang)}


def _day(on: date, workday: date | None, lang: str) -> Facts:
    return {"on": on.isoformat(), "weekday": weekday(on, lang), "workday": workday.isoformat() if workday else ""}


def _step(step: DatedStep, lang: str) -> Facts:
    return {
        "procedure": step.procedure,
        "step": step.step,
        "step_name": step.name.pick(lang),
        "actor": step.actor,
        "milestone": step.milestone or "",
        **_day(step.on, step.workday, lang),
    }


def _basis(basis: StepBasis) -> Facts:
    return {
        "pace": basis.pace,
        "figure": basis.text,
        "source": basis.source,
        "source_as_of": basis.as_of,
        "confidence": basis.confidence,
    }


def _bases(some: Iterable[StepBasis]) -> Facts:
    """Return the figures of one step in one line; each stands on its own in the section ``figure``."""
    found = tuple(some)
    return {
        "figure": " | ".join(one.text for one in found),
        "source": "; ".join(dict.fromkeys(one.source for one in found)),
        "source_as_of": "; ".join(dict.fromkeys(one.as_of for one in found)),
        "confidence": "; ".join(dict.fromkeys(one.confidence for one in found)),
    }


def _expiry(plan: ExpiryPlan, lang: str) -> Iterator[Facts]:
    own = {
        "provider": plan.provider,
        "addressee": plan.name.pick(lang),
        "rows": numbers(plan.rows),
        "login_on": plan.login_on.isoformat(),
        "expiry": plan.expiry.isoformat(),
        "act_by": plan.act_by.isoformat(),
    }
    yield {
        "section": "expiry",
        **own,
        **_day(plan.expiry, plan.act_by, lang),
        "assumed": "yes" if plan.assumed else "no",
        "nearest": "yes" if plan.nearest else "no",
        "figure": plan.figure.pick(lang),
        "source": plan.source,
        "confidence": plan.confidence,
    }
    for latest in plan.latest:
        route = {"route": latest.route, "route_name": latest.name.pick(lang), "pace": latest.pace}
        for at, step in enumerate(latest.steps):
            left = str(latest.days_left) if at == 0 else ""
            yield {"section": "backward", **own, **route, **_step(step, lang), **_bases(step.basis), "days_left": left}


def _outlook(outlook: RouteOutlook, lang: str) -> Iterator[Facts]:
    own = {
        "route": outlook.route,
        "route_name": outlook.name.pick(lang),
        "route_kind": outlook.kind,
    }
    hangs = "depends-on-log" if outlook.depends_on_log else "independent-of-log"
    yield {"section": "forward", "about": hangs, **own, "text": " | ".join(need.pick(lang) for need in outlook.needs)}
    for forecast in outlook.forecasts:
        yield from ({**own, "pace": forecast.pace, **facts} for facts in _forecast(forecast, lang))
    yield from ({"section": "total", **own, **_basis(total)} for total in outlook.totals)
    yield from ({"section": "route-remark", **own, **_finding(one, lang)} for one in outlook.remarks)


def _forecast(forecast: Forecast, lang: str) -> Iterator[Facts]:
    yield from ({"section": "step", **_step(step, lang), **_bases(step.basis)} for step in forecast.steps)
    for milestone, on in forecast.reached.items():
        step = digest.reaching(forecast.steps, milestone, on)
        day = _day(on, step.workday if step else None, lang)
        yield {"section": "reached", "milestone": milestone, **day}
    yield from ({"section": "missing", "text": text.pick(lang)} for text in forecast.missing)
    if forecast.survivors is not None:
        yield from ({"section": "survivors", **one} for one in _survivors(forecast.survivors, lang))


def _survivors(outcome: WhatIf, lang: str) -> Iterator[Facts]:
    for one in (*outcome.by_addressee, outcome.all):
        states = digest.states(one)
        yield {
            "provider": "" if one is outcome.all else one.provider,
            "addressee": one.name.pick(lang),
            "on": outcome.served.isoformat(),
            "weekday": weekday(outcome.served, lang),
            **{state: str(len(rows)) for state, rows in states.items()},
            **{f"{state}_rows": numbers(rows) for state, rows in states.items()},
            "total": str(one.total),
            "text": outcome.label.pick(lang),
        }


def _comparison(compared: RouteComparison, lang: str) -> Iterator[Facts]:
    own = {"route": compared.id, "route_name": compared.name.pick(lang)}
    needs = " | ".join(need.pick(lang) for need in compared.needs)
    text = " | ".join(filter(None, (compared.text.pick(lang), needs)))
    yield {
        "section": "comparison",
        "about": compared.fails_by_expiry,
        **own,
        "step": " ".join(compared.routes),
        "text": text,
    }
    for pace, on in compared.person.items():
        yield {"section": "person", **own, "pace": pace, "milestone": "person", **_day(on, None, lang)}


def _ranked(one: RankedLogin, lang: str) -> Iterator[Facts]:
    own = {"row": str(one.row), "place": str(one.place)}
    yield {"section": "ranking", **own, "product": one.product, "text": one.text.pick(lang)}
    for factor in one.factors:
        yield {"section": "factor", "about": factor.id, **own, "value": factor.value, "text": factor.text.pick(lang)}


def _finding(finding: Finding, lang: str) -> Facts:
    return {"code": finding.code, "level": finding.level, "about": finding.about, "text": finding.message.pick(lang)}
