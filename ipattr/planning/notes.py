"""What is reported about a route and its procedures for one platform, as remarks (IPA930 to IPA935) with source."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ipattr.instants import length
from ipattr.model import Finding, Level, Text
from ipattr.planning.chains import applicable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ipattr.model import DurationFigure, Interval, Procedure, ProcedureNote, ProcedureStep, Route

_EFFECTS: dict[str, tuple[str, Level]] = {
    "not-followed": ("IPA930", "warning"),
    "seldom": ("IPA931", "notice"),
    "slower": ("IPA932", "notice"),
    "remark": ("IPA933", "info"),
}


_GRAVITY: tuple[Level, ...] = ("error", "warning", "notice", "info")
_DAYS = {"day": 1, "week": 7}


def notes_on(route: Route, procedures: Mapping[str, Procedure], platform: str) -> tuple[tuple[str, ProcedureNote], ...]:
    """Return the notes that hold for a platform, each with the id of the route or procedure that it is about."""
    legs = dict.fromkeys(leg.procedure for leg in route.legs)
    notes = [(route.id, note) for note in route.notes]
    notes += [(procedure, note) for procedure in legs for note in procedures[procedure].notes]
    return tuple(dict.fromkeys(pair for pair in notes if pair[1].platform in ("", platform)))


def followed(route: Route, procedures: Mapping[str, Procedure], platform: str) -> bool:
    """Tell whether nothing on record says that the platform does not follow one of the procedures."""
    return all(note.effect != "not-followed" for _, note in notes_on(route, procedures, platform))


def reported(route: Route, procedures: Mapping[str, Procedure], platform: str) -> tuple[Finding, ...]:
    """Return the notes as remarks, the gravest first."""
    found = [_remark(about, note) for about, note in notes_on(route, procedures, platform)]
    found += _on_steps(route, procedures, platform)
    found += _contrasts(route, procedures, platform)
    return tuple(sorted(found, key=lambda finding: (_GRAVITY.index(finding.level), finding.code)))


def _on_steps(route: Route, procedures: Mapping[str, Procedure], platform: str) -> Iterator[Finding]:
    """Yield what the data say of a step or of a figure that dates it: how it was counted, or what would settle it."""
    for name in dict.fromkeys(leg.procedure for leg in route.legs):
        for step in procedures[name].steps:
            texts = [step.note, *(figure.note for figure in applicable(step, platform))]
            for note in dict.fromkeys(filter(None, texts)):
                message = Text(
                    ja=f"{procedures[name].name.ja}・{step.name.ja}：{note.ja}",
                    en=f"{procedures[name].name.en}, {step.name.en}: {note.en}",
                )
                yield Finding(code="IPA934", level="info", message=message, about=name)


def _remark(about: str, note: ProcedureNote) -> Finding:
    code, level = _EFFECTS[note.effect]
    ja = f"{note.source}、{note.as_of or '時期不明'}"
    en = f"{note.source}, {note.as_of or 'undated'}"
    message = Text(ja=f"{note.text.ja}（{ja}）", en=f"{note.text.en} ({en})")
    return Finding(code=code, level=level, message=message, about=about)


def _contrasts(route: Route, procedures: Mapping[str, Procedure], platform: str) -> Iterator[Finding]:
    """Yield each interval of today that is shorter than what is published for the platform itself.

    The practitioner's days stand as they are; whoever files on the last of them has to know that they may be too late.
    """
    for name in dict.fromkeys(leg.procedure for leg in route.legs):
        for before, step in pairwise(procedures[name].steps):
            for interval in (entry for entry in step.intervals if entry.pace == "current"):
                own = [one for one in step.figures if one.platform and one.platform == platform]
                for figure in (one for one in own if one.since in ("", before.id)):
                    yield from _contrast(name, step, interval, figure)


def _contrast(about: str, step: ProcedureStep, interval: Interval, figure: DurationFigure) -> Iterator[Finding]:
    spans = (interval.span, figure.low, figure.high)
    if any(span.unit not in _DAYS for span in spans):
        return
    reckoned, low, high = (span.value * _DAYS[span.unit] for span in spans)
    if high <= reckoned:
        return
    dated = f"{figure.source}、{figure.as_of or '時期不明'}", f"{figure.source}, {figure.as_of or 'undated'}"
    least = max(low - reckoned, 0)
    yield Finding(
        code="IPA935",
        level="warning",
        message=Text(
            ja=f"{step.name.ja}まで: 「現在」の間隔（{interval.text}、{interval.source}）は、このサービスについての"
            f"公表値（{figure.text}、{dated[0]}）より短い。その値によれば{least}～{high - reckoned}日遅くなり、"
            "計算上の最も遅い申立ての日はそれだけ早まる。",
            en=f"{step.name.en}: the interval of “current” ({length(interval.span.value, interval.span.unit).en}, "
            f"{interval.source}) is shorter than what is published for this platform ("
            f"{length(figure.low.value, figure.low.unit).en} to {length(figure.high.value, figure.high.unit).en}, "
            f"{dated[1]}). By that figure it comes {least} to {high - reckoned} days later, and the latest day of "
            "filing is that much earlier.",
        ),
        about=about,
    )
