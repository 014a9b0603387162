"""A plan as Markdown (GitHub flavour): the same content, with every step and every reason; everything escaped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ipattr.renderers.source_report.md import escape
from ipattr.renderers.timetables.parts import Grid, Heading, Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipattr.renderers.destinations.sheet import Row
    from ipattr.renderers.layout import Column
    from ipattr.renderers.timetables.parts import Part

# What would begin a list or a heading line of its own inside a list item.
_LEADING = re.compile(r"^\s*(?:[-+=]|\d+(?=[.)]))")
_ALIGN = {"left": "---", "right": "---:"}


def render(parts: Iterable[Part]) -> str:
    """Return the parts as Markdown; each cell of a table on one line, line ends as ``<br>``."""
    return "\n".join(_lines(parts)) + "\n"


def _lines(parts: Iterable[Part]) -> Iterator[str]:
    listing = False
    for part in parts:
        if not isinstance(part, Note) and listing:
            yield ""
        listing = isinstance(part, Note)
        match part:
            case Heading(text, level):
                yield from (f"{'#' * level} {_line(text)}", "")
            case Note(text, lead):
                yield f"- {_line(lead.strip() + ' ' * bool(lead) + text)}"
            case Grid(columns, rows):
                yield from _table(columns, rows)
                yield ""


def _line(text: str) -> str:
    return _LEADING.sub(lambda found: "".join(f"&#{ord(sign)};" for sign in found[0].strip()), escape(text))


def _table(columns: tuple[Column, ...], rows: tuple[Row, ...]) -> Iterator[str]:
    yield f"| {' | '.join(escape(column.title) for column in columns)} |"
    yield f"|{'|'.join(_ALIGN[column.align] for column in columns)}|"
    for row in rows:
        cells = ("\n".join(line.text for line in cell) for cell in row)
        yield f"| {' | '.join(map(escape, cells))} |"
