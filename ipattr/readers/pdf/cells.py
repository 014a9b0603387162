"""The tables of one page of a PDF: cells by pdfplumber, and what PDFium reads within the same boxes."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

from ipattr.model import Record
from ipattr.readers.pdf.sight import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pdfplumber.page
    import pdfplumber.table

    from ipattr.readers.pdf.sight import Box, PageText

_NEAR = 3.0
_PITCH = 1.3


class PdfCell(Record, frozen=True, kw_only=True):
    r"""One cell by both extractors, lines joined by ``\n``; ``merged`` says which neighbour it is one cell with."""

    first: str
    second: str
    hidden: bool = False
    merged: Literal["", "left", "above"] = ""


class PdfTable(Record, frozen=True, kw_only=True):
    """One table of one page; ``ruled``: its borders are drawn. ``counted`` counts rows by the edges of the cells.

    ``lost`` is text within the table's frame but in none of its cells.
    """

    rows: tuple[tuple[PdfCell, ...], ...]
    ruled: bool
    counted: int
    lost: str = ""


class _Word(NamedTuple):
    left: float
    right: float
    top: float
    bottom: float
    text: str


def find_tables(plumber: pdfplumber.page.Page, seen: PageText) -> tuple[PdfTable, ...]:
    """Return the ruled tables of a page from top to bottom; on a page without any, those set out by white space."""
    ruled = [table for table in plumber.find_tables() if len(table.rows) > 1 and len(table.rows[0].cells) > 1]
    if ruled:
        ordered = sorted(ruled, key=lambda table: (table.bbox[1], table.bbox[0]))
        return tuple(_ruled(table, seen) for table in ordered)
    return tuple(_unruled(plumber, seen))


def _ruled(table: pdfplumber.table.Table, seen: PageText) -> PdfTable:
    texts = table.extract()
    rows: list[tuple[PdfCell, ...]] = []
    lefts = [_left([row.cells[place] for row in table.rows]) for place in range(len(table.rows[0].cells))]
    for row, line in zip(table.rows, texts, strict=True):
        top = min(cell[1] for cell in row.cells if cell is not None)
        cells: list[PdfCell] = []
        for place, (box, text) in enumerate(zip(row.cells, line, strict=True)):
            if box is not None:
                cells.append(_cell(text or "", _on_page(box, seen), seen))
            else:
                cells.append(_merged(table, lefts[place], top, rows[-1][place] if rows else None))
        rows.append(tuple(cells))
    return PdfTable(
        rows=tuple(rows),
        ruled=True,
        counted=len({round(cell[1], 1) for cell in table.cells}),
        lost=_lost(seen.within(_on_page(table.bbox, seen)), rows),
    )


def _left(column: Sequence[tuple[float, float, float, float] | None]) -> float | None:
    """Return where the cells of a column begin, None when none begins there."""
    return next((cell[0] for cell in column if cell is not None), None)


def _merged(table: pdfplumber.table.Table, left: float | None, top: float, above: PdfCell | None) -> PdfCell:
    """Return the cell of a place at which no cell begins: part of the cell to its left or of the one above it."""
    for cell in table.cells:
        if left is None or not (cell[0] <= left < cell[2] and cell[1] <= top < cell[3]):
            continue
        if cell[0] == left and above is not None:
            return PdfCell(first=above.first, second=above.second, hidden=above.hidden, merged="above")
        return PdfCell(first="", second="", merged="left")
    return PdfCell(first="", second="")


def _cell(text: str, box: Box, seen: PageText) -> PdfCell:
    return PdfCell(first=_lines(text), second=_lines(seen.within(box)), hidden=seen.hides(box))


def _lines(text: str) -> str:
    return "\n".join(part for line in text.replace("\r", "\n").split("\n") if (part := clean(line).strip()))


def _lost(whole: str, rows: list[tuple[PdfCell, ...]]) -> str:
    """Return the text of the frame when it holds other characters than all cells together, else nothing."""
    cells = "".join(cell.second for row in rows for cell in row if not cell.merged)
    return "" if sorted("".join(whole.split())) == sorted("".join(cells.split())) else _lines(whole)


def _on_page(box: tuple[float, float, float, float], seen: PageText) -> Box:
    """Turn a box of pdfplumber into points of the page as stored (ISO 32000-1 8.3.2.3).

    Its boxes count from the upper left of the page as shown, but do not move with the corner of the media box; a wrong
    place here makes the two readings of a cell differ, and so refuses it.
    """
    left, bottom, right, top = seen.frame
    x0, y0, x1, y1 = box
    if seen.rotation == 90:  # noqa: PLR2004 - a quarter turn
        return y0 + 2 * left, x0, y1 + 2 * left, x1
    if seen.rotation == 180:  # noqa: PLR2004 - half a turn
        return left + right - x1, y0 + 2 * bottom, left + right - x0, y1 + 2 * bottom
    if seen.rotation == 270:  # noqa: PLR2004 - three quarters
        return right - left - y1, bottom + top - x1, right - left - y0, bottom + top - x0
    return x0, top - bottom - y1, x1, top - bottom - y0


def _unruled(plumber: pdfplumber.page.Page, seen: PageText) -> Iterator[PdfTable]:
    """Yield the stretches of lines that fall into columns with white space between them on every line."""
    block: list[list[_Word]] = []
    for line in (*_word_lines(plumber), []):
        chunks = _chunks(line)
        near = bool(block) and bool(line) and line[0].top - block[-1][0].bottom < _PITCH * _height(line)
        if len(chunks) > 1 or near:
            block.append(line if len(chunks) > 1 or block else [])
            continue
        yield from _columns(block, seen)
        block = []
    yield from _columns(block, seen)


def _word_lines(plumber: pdfplumber.page.Page) -> list[list[_Word]]:
    lines: list[list[_Word]] = []
    words = [
        _Word(word["x0"], word["x1"], word["top"], word["bottom"], word["text"]) for word in plumber.extract_words()
    ]
    for word in sorted(words, key=lambda word: (word.top, word.left)):
        if lines and abs(lines[-1][0].top - word.top) <= _NEAR:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line) for line in lines]


def _height(line: list[_Word]) -> float:
    return max((word.bottom - word.top for word in line), default=0.0)


def _chunks(line: list[_Word]) -> list[tuple[float, float]]:
    """Return the stretches of a line between gaps at least as wide as the letters are high."""
    return _spans([(word.left, word.right) for word in line], _height(line))


def _spans(parts: list[tuple[float, float]], gap: float) -> list[tuple[float, float]]:
    spans: list[tuple[float, float]] = []
    for left, right in sorted(parts):
        if spans and left - spans[-1][1] < gap:
            spans[-1] = (spans[-1][0], max(spans[-1][1], right))
        else:
            spans.append((left, right))
    return spans


def _columns(block: list[list[_Word]], seen: PageText) -> Iterator[PdfTable]:
    several = [line for line in block if len(_chunks(line)) > 1]
    if len(several) < 2:  # noqa: PLR2004 - a header and a row
        return
    gap = max(_height(line) for line in several)
    columns = _spans([(word.left, word.right) for line in several for word in line], gap)
    if len(columns) < 2:  # noqa: PLR2004 - one column is no table
        return
    edges = [(left + right) / 2 for (_, left), (right, _) in pairwise(columns)]
    rows = []
    for line in block:
        cells = []
        for low, high in zip((float("-inf"), *edges), (*edges, float("inf")), strict=True):
            words = [word for word in line if low < (word.left + word.right) / 2 <= high]
            cells.append(_cell_of(words, seen))
        rows.append(tuple(cells))
    counted = len({round(line[0].top) for line in block})
    yield PdfTable(rows=tuple(rows), ruled=False, counted=counted)


def _cell_of(words: list[_Word], seen: PageText) -> PdfCell:
    if not words:
        return PdfCell(first="", second="")
    box = (
        min(word.left for word in words) - 1,
        min(word.top for word in words),
        max(word.right for word in words) + 1,
        max(word.bottom for word in words),
    )
    return _cell(" ".join(word.text for word in words), _on_page(box, seen), seen)
