"""What a plan rests on: remarks, every figure with its source, the titles of the sources, and what it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.destinations.sheet import lines
from ipattr.renderers.layout import Column
from ipattr.renderers.timetables import digest
from ipattr.renderers.timetables.parts import Grid, Heading, Note, remark
from ipattr.renderers.timetables.words import ACTOR, based, joined, paces, step_name
from ipattr.renderers.words import LEVEL, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ipattr.model import Citation
    from ipattr.renderers.destinations.sheet import Row
    from ipattr.renderers.timetables.digest import Used
    from ipattr.renderers.timetables.parts import Part, Wish


def parts(wish: Wish, citations: Mapping[str, Citation]) -> Iterator[Part]:
    """Yield the figures used, the remarks, the sources with their titles, and the disclaimer."""
    plan, say, lang = wish.timetable, wish.say, wish.lang
    steps = digest.figures(plan)
    if steps:
        yield Heading(say("計算に用いた所要日数(公表のまま)", "The durations used (as published)"))
        columns = (
            Column(say("段階", "Step"), 14),
            Column(say("誰が", "By whom"), 8),
            Column(say("所要・出典", "Duration, source"), 30),
        )
        yield Grid(columns, tuple(_figures(wish, some) for some in steps))
    general = digest.general(plan)
    if plan.findings or general:
        yield Heading(say("備考", "Remarks"))
    yield from (remark(finding, lang) for finding in plan.findings)
    for (code, message), outlooks in general.items():
        names = joined((outlook.name.pick(lang) for outlook in outlooks), lang)
        yield Note(f"{message.pick(lang)} ({names})", lead=f"{code} {word(LEVEL, 'info', lang)}: ")
    if plan.sources:
        yield Heading(say("出典", "Sources"))
    for code in plan.sources:
        yield Note(titled(citations[code]) if code in citations else "-", lead=f"{code}: ")
    yield Heading(say("この計算の性質", "What this is"))
    yield Note(plan.disclaimer.pick(lang), tone="bold")


def titled(citation: Citation) -> str:
    """Return the title of a source, its date and where it is."""
    dated = f" ({citation.dated})" if citation.dated else ""
    return f"{citation.title}{dated} {citation.locator}".rstrip()


def _figures(wish: Wish, some: Sequence[Used]) -> Row:
    """Return one step with all its figures: the paces, the figure, the source."""
    lang, step = wish.lang, some[0].step
    told = (f"{paces(one.paces, lang)}: {based(one.basis, lang)}" for one in some)
    return [lines(step_name(step, lang), step.procedure), lines(word(ACTOR, step.actor, lang)), lines(*told)]
