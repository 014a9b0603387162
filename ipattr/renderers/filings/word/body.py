"""The blocks of a section as paragraphs and tables of Word."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from ipattr.renderers.filings.blocks import Block, Heading, Lines, PageBreak, Paragraph, Table
from ipattr.renderers.filings.word.markup import TWIPS, Para, runs, spacer
from ipattr.renderers.filings.word.styles import BODY_POINTS, LOOK
from ipattr.renderers.filings.word.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipattr.renderers.filings.word.tables import Room

Piece: TypeAlias = Para | str
"""A paragraph that may still take the end of a section, or a finished table."""

_STYLES = {"body": "", "note": '<w:pStyle w:val="Note"/>', "mono": '<w:pStyle w:val="Mono"/>'}
_AFTER_TABLE = 6.0
_UNSEEN = 1.0


def pieces(blocks: Iterable[Block], room: Room) -> Iterator[Piece]:
    """Yield what the blocks become, in order; every table is followed by a paragraph, as Word demands."""
    for block in blocks:
        match block:
            case Heading():
                yield Para(f'<w:pStyle w:val="Heading{block.level}"/>', runs(block.text))
            case Paragraph():
                yield _paragraph(block)
            case Table():
                yield from _table(block, room)
            case Lines():
                yield from (_line(number, text) for number, text in block.rows)
            case PageBreak():
                yield spacer(_UNSEEN, "<w:pageBreakBefore/>")


def body(parts: Iterable[tuple[list[Piece], str]]) -> str:
    """Return the sections, each with its ``w:sectPr``, as the content of ``w:body``.

    A section ends in its last paragraph, not in one of its own, which could come to stand alone on a page.
    """
    out: list[str] = []
    sections = list(parts)
    for place, (content, properties) in enumerate(sections, start=1):
        held = [*content] or [spacer(_UNSEEN)]
        if len(held) > 1 and isinstance(held[-2], str):  # behind a table that ends a page, room would open another
            held.pop()
        if isinstance(held[-1], str):
            held.append(spacer(_UNSEEN))
        *before, last = held
        out += [piece if isinstance(piece, str) else piece.markup() for piece in before]
        final = place == len(sections)
        if isinstance(last, Para):
            out.append(last.markup("" if final else properties))
        if final:
            out.append(properties)
    return "".join(out)


def _paragraph(block: Paragraph) -> Para:
    indent = f'<w:ind w:left="{round(block.indent * BODY_POINTS * TWIPS)}"/>' if block.indent else ""
    align = f'<w:jc w:val="{block.align}"/>' if block.align != "left" else ""
    return Para(f"{_STYLES[block.style]}{indent}{align}", runs(block.text))


def _table(block: Table, room: Room) -> Iterator[Piece]:
    if block.caption:
        yield Para('<w:pStyle w:val="Caption"/>', runs(block.caption))
    markup = table(block, room, LOOK)
    if markup:
        yield markup
        yield spacer(_AFTER_TABLE)


def _line(number: str, text: str) -> Para:
    label = runs(number, '<w:color w:val="595959"/>')
    return Para('<w:pStyle w:val="Received"/>', f"{label}<w:r><w:tab/></w:r>{runs(text)}")
