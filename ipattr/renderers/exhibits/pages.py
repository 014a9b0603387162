"""Lines of known width set on pages of known height, so that every page can bear its number and nothing is cut off.

CSS cannot count the pages of one section, and browsers differ in fonts; so we break lines and pages ourselves, with
room to spare: a line is as many cells as the widest fixed-width font in use (0.602 em per cell) fits in the text width.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Literal, NamedTuple

from ipattr.renderers.exhibits.received import CLOSE, OPEN
from ipattr.renderers.layout import wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SLOTS = 60  # lines of 3.9 mm on a page: 234 mm of the 262 mm that the margins leave
CELLS = 80  # ASCII characters of received text beside its line number
VALUE_CELLS = 72  # of a fact: a SHA-256 (64) stands in one line
PROSE_CELLS = 90
TITLE_CELLS = 60
Kind = Literal["title", "heading", "prose", "fact", "raw", "shaped", "gap"]
_HEIGHT: dict[Kind, int] = {"title": 2, "heading": 2}
_UNIT = re.compile(f"{OPEN}[^{CLOSE}]*{CLOSE}|.", re.DOTALL)
_KEEP_WITH_HEADING = 3
_MARKS_AT_MOST = 4
_NARROW, _WIDE, _UNKNOWN = 3, 5, 6  # fifths of an em: ASCII, East Asian wide, and what falls to some other font


class Row(NamedTuple):
    """One line of a page. ``label``: of a fact (empty when it goes on), or the line number (``>`` when it goes on)."""

    kind: Kind
    text: str
    label: str = ""

    @property
    def slots(self) -> int:
        """How many slots of the page it takes."""
        return _HEIGHT.get(self.kind, 1)


def cut(text: str, cells: int) -> tuple[str, ...]:
    """Cut ``text`` into pieces as wide as ``cells`` ASCII characters; together they are ``text``. Marks stay whole.

    Widths are on the safe side: 0.6 em for ASCII, 1 em for East Asian wide characters, 1.2 em for all others.
    """
    if text.isascii():
        return tuple(text[at : at + cells] for at in range(0, len(text), cells)) or ("",)
    pieces: list[str] = []
    room = cells * _NARROW
    start, used, stacked = 0, 0, 0
    for match in _UNIT.finditer(text):
        size = _size(match[0])
        stacked = 0 if size else stacked + 1
        if stacked > _MARKS_AT_MOST:
            size = _NARROW
        at = match.start()
        if used + size > room and at > start:
            pieces.append(text[start:at])
            start, used = at, 0
        used += size
    pieces.append(text[start:])
    return tuple(pieces)


def _size(unit: str) -> int:
    if len(unit) > 1:
        return (len(unit) - 2) * _NARROW + 2 * _WIDE  # the two brackets are shown as full-width ones
    if unit.isascii() or "\uff61" <= unit <= "\uff9f":
        return _NARROW
    if unicodedata.combining(unit):
        return 0
    return _WIDE if unicodedata.east_asian_width(unit) in {"W", "F"} else _UNKNOWN


def broken(text: str, cells: int) -> tuple[str, ...]:
    """Break our own words as Japanese is broken, into lines of ``cells``; words with a mark in them are cut."""
    return cut(text, cells) if OPEN in text else wrap(text, cells)


def numbered(lines: Iterable[str], kind: Literal["raw", "shaped"]) -> Iterator[Row]:
    """Yield lines of the received text, or of its formatted view, with their numbers, cut to the width of the page."""
    for number, line in enumerate(lines, start=1):
        for index, piece in enumerate(cut(line, CELLS)):
            yield Row(kind, piece, ">" if index else str(number))


def fact(label: str, lines: Iterable[str]) -> Iterator[Row]:
    """Yield one labelled fact; its values, already visible, are cut but never shortened."""
    first = label
    for line in lines:
        for piece in cut(line, VALUE_CELLS):
            yield Row("fact", piece, first)
            first = ""


def paginate(rows: Sequence[Row], *, slots: int = SLOTS) -> tuple[tuple[Row, ...], ...]:
    """Set ``rows`` in order on pages of ``slots``; a heading stays with the lines below it, a gap opens no page."""
    pages: list[tuple[Row, ...]] = []
    page: list[Row] = []
    used = 0
    for row in rows:
        need = row.slots + (_KEEP_WITH_HEADING if row.kind == "heading" else 0)
        if page and used + need > slots:
            pages.append(tuple(page))
            page, used = [], 0
        if row.kind == "gap" and not page:
            continue
        page.append(row)
        used += row.slots
    if page or not pages:
        pages.append(tuple(page))
    return tuple(pages)
