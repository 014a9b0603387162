"""Rules on procedures, routes and information sheets: lengths, grounds, and chains without a gap."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from ipattr.checks.remark import remark
from ipattr.checks.values import is_date
from ipattr.model import DurationFigure, Interval, ProcedureNote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import Finding, InformationSheet, KeyItem, Milestone, Procedure, Route, Span
    from ipattr.model.sources import Sources

_ROUTES = "procedures/routes.toml"
_SHORTEST = {"day": 1, "week": 7, "month": 28}
_LONGEST = {"day": 1, "week": 7, "month": 31}
_ALWAYS_NEEDED: tuple[KeyItem, ...] = ("source-ip", "time")
Statement = DurationFigure | Interval | ProcedureNote


def cited(sources: Sources) -> Iterator[tuple[str, str]]:
    """Yield every citation code that procedures, routes and sheets use, with its place."""
    yield from ((f"{place}.source", statement.source) for place, statement in _statements(sources))
    named = (_procedures(sources), _routes(sources), _sheets(sources))
    owners: Iterator[tuple[str, Procedure | Route | InformationSheet]] = chain.from_iterable(named)
    for place, owner in owners:
        yield from ((f"{place}.sources", code) for code in owner.sources)


def lengths(sources: Sources) -> Iterator[Finding]:
    """Report a range whose low end is longer than its high end, and a length below nothing."""
    for place, statement in _statements(sources):
        if isinstance(statement, ProcedureNote):
            continue
        spans = (statement.low, statement.high) if isinstance(statement, DurationFigure) else (statement.span,)
        if any(span.value < 0 for span in spans):
            yield remark(
                "IPD430",
                "error",
                place,
                ja="期間が負。公表された数を書く。",
                en="A length cannot be negative: write the published figure.",
            )
        elif _least(spans[0]) > _most(spans[-1]):
            yield remark(
                "IPD431",
                "error",
                place,
                ja="low が high より長い。入れ替えるか、単位を直す。",
                en="low is longer than high: exchange them, or correct a unit.",
            )


def unsourced(sources: Sources) -> Iterator[Finding]:
    """Report a figure or remark without source or wording, and an as-of that is no date."""
    for place, statement in _statements(sources):
        if not statement.source or not statement.text:
            yield remark(
                "IPD432",
                "error",
                place,
                ja="出典又は公表されたとおりの記載がない。source と text を書く。",
                en="The source, or the figure as published, is missing: write source and text.",
            )
        if statement.as_of and not is_date(statement.as_of):
            yield remark(
                "IPD433",
                "error",
                f"{place}.as_of",
                ja=f"「{statement.as_of}」は日付ではない。2025、2025-03、2025-03-01 のいずれかで書き、不明なら省く。",
                en=f"{statement.as_of!r} is no date: write 2025, 2025-03 or 2025-03-01, or leave it out.",
            )


def groundless(sources: Sources) -> Iterator[Finding]:
    """Report a figure or remark that is given although its confidence is ``none``."""
    for place, statement in _statements(sources):
        if statement.confidence == "none":
            yield remark(
                "IPD434",
                "error",
                f"{place}.confidence",
                ja="確度 none の数値・注記は事実として載せられない。根拠を示すか、削る。",
                en="With confidence none it is no fact: give it grounds (low or better), or remove it.",
            )


def dated_start(sources: Sources) -> Iterator[Finding]:
    """Report a procedure without steps, and a first step that is counted from something."""
    for place, procedure in _procedures(sources):
        first = procedure.steps[0] if procedure.steps else None
        if first is None or first.figures or first.intervals:
            yield remark(
                "IPD435",
                "error",
                f"{place}.steps",
                ja="最初の段階は手続の始まりであり、間隔も期間も持たない。始まりの段階を前に置く。",
                en="The first step is the start and is counted from nothing: put the start before it.",
            )


def undated_step(sources: Sources) -> Iterator[Finding]:
    """Report a later step that nothing dates and no note explains."""
    for place, procedure in _procedures(sources):
        for at, step in enumerate(procedure.steps[1:], start=1):
            if not step.figures and not step.intervals and step.note is None:
                yield remark(
                    "IPD436",
                    "error",
                    f"{place}.steps[{at}]",
                    ja="間隔も期間もない段階。資料がないなら、何を見れば分かるかを note に書く。",
                    en="Neither interval nor figure: where none is on record, say in its note what would settle it.",
                )


def repeated_pace(sources: Sources) -> Iterator[Finding]:
    """Report a step with two intervals of one pace: which one counts could not be said."""
    for place, procedure in _procedures(sources):
        for at, step in enumerate(procedure.steps):
            paces = [interval.pace for interval in step.intervals]
            if len(set(paces)) < len(paces):
                yield remark(
                    "IPD437",
                    "error",
                    f"{place}.steps[{at}].intervals",
                    ja="同じ期限表の間隔が二つある。一つにする。",
                    en="Two intervals of one pace: keep one.",
                )


def broken_timetable(sources: Sources) -> Iterator[Finding]:
    """Report an interval whose step before has none of that pace: its timetable does not reach it."""
    for place, procedure in _procedures(sources):
        for at, step in enumerate(procedure.steps[2:], start=2):
            before = {interval.pace for interval in procedure.steps[at - 1].intervals}
            for interval in step.intervals:
                if interval.pace not in before:
                    yield remark(
                        "IPD438",
                        "error",
                        f"{place}.steps[{at}].intervals",
                        ja=f"直前の段階に {interval.pace} の間隔がなく、期限表が途切れている。",
                        en=f"The step before has no interval of pace {interval.pace}: the timetable breaks off there.",
                    )


def statutory_ground(sources: Sources) -> Iterator[Finding]:
    """Report a statutory period in a procedure that names no statute, or without a figure."""
    for place, procedure in _procedures(sources):
        for at, step in enumerate(procedure.steps):
            if step.counting == "statutory" and not (procedure.statute and step.figures):
                yield remark(
                    "IPD439",
                    "error",
                    f"{place}.steps[{at}]",
                    ja="法定の期間に根拠条文又は長さがない。statute と figures を書く。",
                    en="A statutory period without its statute or its length: write statute and figures.",
                )


def loose_leg(sources: Sources) -> Iterator[Finding]:
    """Report a leg that starts at a milestone no earlier leg reaches."""
    known = {procedure.id: _milestones(procedure) for procedure in sources.procedures}
    for place, route in _routes(sources):
        reached: set[Milestone] = set()
        for at, leg in enumerate(route.legs):
            if leg.after is not None and leg.after not in reached:
                yield remark(
                    "IPD440",
                    "error",
                    f"{place}.legs[{at}].after",
                    ja=f"ここまでの手続は {leg.after} に達しない。順序か after を直す。",
                    en=f"No earlier leg reaches {leg.after!r}: correct the order, or after.",
                )
            reached |= known[leg.procedure]


def pointless_route(sources: Sources) -> Iterator[Finding]:
    """Report a route that never leads to the person."""
    known = {procedure.id: _milestones(procedure) for procedure in sources.procedures}
    for place, route in _routes(sources):
        if not any("person" in known[leg.procedure] for leg in route.legs):
            yield remark(
                "IPD441",
                "error",
                f"{place}.legs",
                ja="発信者の氏名に達しない経路。person に達する手続を加える。",
                en="The route never reaches the person: add the procedure that does.",
            )


def half_choice(sources: Sources) -> Iterator[Finding]:
    """Report a sheet with a single item marked as one of several."""
    for place, sheet in _sheets(sources):
        choices = [at for at, item in enumerate(sheet.items) if item.required == "one-of"]
        if len(choices) == 1:
            yield remark(
                "IPD442",
                "error",
                f"{place}.items[{choices[0]}].required",
                ja="one-of の項目が一つしかない。yes とするか、もう一方を加える。",
                en="Only one item is one-of: make it yes, or add the other.",
            )


def keyless_sheet(sources: Sources) -> Iterator[Finding]:
    """Report a sheet that does not ask for address and time, or asks for one item of the log twice."""
    for place, sheet in _sheets(sources):
        items = [item.item for item in sheet.items if item.item is not None]
        if any(items.count(item) != 1 for item in _ALWAYS_NEEDED) or len(set(items)) < len(items):
            yield remark(
                "IPD443",
                "error",
                f"{place}.items",
                ja="接続元IPアドレスと接続日時が一度ずつなく、又は同じ項目が二度ある。",
                en="Source address and time must stand once each, and no item of the log twice.",
            )


def served_twice(sources: Sources) -> Iterator[Finding]:
    """Report a provider that two sheets serve: which one counts could not be said."""
    served: dict[str, str] = {}
    for place, sheet in _sheets(sources):
        for at, provider in enumerate(sheet.providers):
            if provider in served:
                yield remark(
                    "IPD444",
                    "error",
                    f"{place}.providers[{at}]",
                    ja=f"{provider} は {served[provider]} の様式にもある。一方から外す。",
                    en=f"{provider} stands in the sheet {served[provider]} too: take it out of one.",
                )
            served.setdefault(provider, sheet.id)


def _statements(sources: Sources) -> Iterator[tuple[str, Statement]]:
    """Yield every figure, interval and remark, each with its place."""
    for place, procedure in _procedures(sources):
        for at, step in enumerate(procedure.steps):
            yield from _numbered(f"{place}.steps[{at}].figures", step.figures)
            yield from _numbered(f"{place}.steps[{at}].intervals", step.intervals)
        yield from _numbered(f"{place}.totals", procedure.totals)
        yield from _numbered(f"{place}.notes", procedure.notes)
    for place, route in _routes(sources):
        yield from _numbered(f"{place}.totals", route.totals)
        yield from _numbered(f"{place}.notes", route.notes)
    for place, sheet in _sheets(sources):
        yield from _numbered(f"{place}.remarks", sheet.remarks)
        if sheet.reply is not None:
            yield f"{place}.reply", sheet.reply


def _numbered(place: str, entries: tuple[Statement, ...]) -> Iterator[tuple[str, Statement]]:
    """Yield entries with their place in a list."""
    return ((f"{place}[{at}]", entry) for at, entry in enumerate(entries))


def _procedures(sources: Sources) -> Iterator[tuple[str, Procedure]]:
    """Yield every procedure with its place."""
    return ((f"procedures/{procedure.id}.toml: $", procedure) for procedure in sources.procedures)


def _routes(sources: Sources) -> Iterator[tuple[str, Route]]:
    """Yield every route with its place."""
    return ((f"{_ROUTES}: $.route[{at}]", route) for at, route in enumerate(sources.routes))


def _sheets(sources: Sources) -> Iterator[tuple[str, InformationSheet]]:
    """Yield every sheet with its place."""
    return ((f"sheets/{sheet.id}.toml: $", sheet) for sheet in sources.sheets)


def _milestones(procedure: Procedure) -> set[Milestone]:
    """Return what a procedure reaches."""
    return {step.milestone for step in procedure.steps if step.milestone is not None}


def _least(span: Span) -> int:
    """Return the fewest days that a length can mean."""
    return span.value * _SHORTEST[span.unit]


def _most(span: Span) -> int:
    """Return the most days that a length can mean."""
    return span.value * _LONGEST[span.unit]
