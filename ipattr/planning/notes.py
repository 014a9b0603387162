"""What is reported about a route and its procedures for one platform, as remarks (IPA930 to IPA933) with source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.model import Finding, Level, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ipattr.model import Procedure, ProcedureNote, Route

_EFFECTS: dict[str, tuple[str, Level]] = {
    "not-followed": ("IPA930", "warning"),
    "seldom": ("IPA931", "notice"),
    "slower": ("IPA932", "notice"),
    "remark": ("IPA933", "info"),
}


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
    return tuple(sorted(found, key=lambda finding: finding.code))


def _remark(about: str, note: ProcedureNote) -> Finding:
    code, level = _EFFECTS[note.effect]
    ja = f"{note.source}、{note.as_of or '時期不明'}"
    en = f"{note.source}, {note.as_of or 'undated'}"
    message = Text(ja=f"{note.text.ja}（{ja}）", en=f"{note.text.en} ({en})")
    return Finding(code=code, level=level, message=message, about=about)
