"""A document before it is Word or PDF: sections of blocks, in plain text.

Every text may hold anything that an input held: each backend makes it inert in its own way (``safe_text`` first).
Sizes are millimetres on A4; a backend repeats header rows and never splits a row over two pages.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from ipattr.renderers.layout import inert


class Heading(NamedTuple):
    """A heading; level 1 is the title of a document or schedule, centred."""

    text: str
    level: Literal[1, 2, 3] = 2


class Paragraph(NamedTuple):
    r"""One paragraph; ``\n`` breaks the line. ``indent`` is in full-width characters."""

    text: str
    align: Literal["left", "center", "right"] = "left"
    style: Literal["body", "note", "mono"] = "body"
    indent: int = 0


class Column(NamedTuple):
    """One column: its heading and its share of the width (any unit; shares are put in proportion)."""

    title: str
    share: int = 10
    align: Literal["left", "center", "right"] = "left"
    mono: bool = False


class Table(NamedTuple):
    r"""Rows of cells as wide as ``columns``; ``\n`` breaks a line inside a cell. ``header`` False: no heading row."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    header: bool = True


class Lines(NamedTuple):
    """Received text, line by line, in a fixed-width face, with the line number (or ``>``) beside each."""

    rows: tuple[tuple[str, str], ...]


class PageBreak(NamedTuple):
    """A new page."""


Block: TypeAlias = Heading | Paragraph | Table | Lines | PageBreak


class Section(NamedTuple):
    """Blocks that begin on a new page. ``label`` (甲第1号証) stands top right of each page with its page count."""

    blocks: tuple[Block, ...]
    label: str = ""


class Document(NamedTuple):
    """One file of a set. ``folder`` and ``stem`` are safe names (see ``names``); ``footer`` stands on every page.

    ``kind`` says what it is: ``schedules``, ``evidence-list``, ``exhibits``, ``calculation``, ``preservation-letter``,
    ``information-sheet``, ``masked-schedules``, ``office-notes`` (never filed), ``overview``.
    """

    kind: str
    folder: str
    stem: str
    title: str
    sections: tuple[Section, ...]
    footer: str
    landscape: bool = False


def safe_text(text: str) -> str:
    """Return ``text`` with everything that controls, reorders or hides written out; line breaks stay."""
    return "\n".join(inert(line) for line in text.split("\n"))
