"""A plan for people on a terminal: what to do first, then the days, what survives, and what it all rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.destinations.sheet import Sheet
from ipattr.renderers.timetables.parts import Grid, Heading, Note

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipattr.renderers.destinations.sheet import Look
    from ipattr.renderers.timetables.parts import Part


def render(parts: Iterable[Part], look: Look) -> str:
    """Return the parts as lines of at most ``look.columns`` terminal cells (never fewer than 40)."""
    sheet = Sheet(look)
    for part in parts:
        match part:
            case Heading(text, 1):
                sheet.text(text, tone="bold")
            case Heading(text, 2):
                sheet.heading(text)
            case Heading(text):
                sheet.lines.append("")
                sheet.text(f"-- {text} --", tone="bold")
            case Note(text, lead, tone):
                sheet.text(text, lead=lead, tone=tone)
            case Grid(columns, rows):
                sheet.grid(columns, rows)
    return str(sheet)
