"""What a document holds, row by row, as a person would check it: lines, paragraphs, table rows, pages, sheets."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

import msgspec

from ipattr.model import Record, Text
from ipattr.readers.document import numbered_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.readers.document import Document
    from ipattr.readers.grids import Grid
    from ipattr.readers.pdf.extraction import PdfText
    from ipattr.readers.word import Mark

_HIDDEN = Text(ja="非表示の行", en="hidden row")
_NO_TEXT = Text(ja="文字のない頁", en="page without text")
_TWO = Text(ja="上が pdfplumber、下が PDFium", en="pdfplumber above, PDFium below")


class SourceRow(Record, frozen=True, kw_only=True):
    """One row of the original: ``number`` as readers count it (1-based), ``last`` where it covers several numbers.

    ``labels`` are the names that readers give the row (``Sheet1!5``, ``p.3 l.12``), the one to show first;
    ``note`` is what the text alone does not show.
    """

    number: int
    cells: tuple[str, ...]
    last: int = 0
    labels: tuple[str, ...] = ()
    note: Text | None = None


class Source(Record, frozen=True, kw_only=True):
    """One text, sheet, page or table of a file; ``label`` is empty where the file has only one."""

    file: str
    sha256: str
    label: str = ""
    rows: tuple[SourceRow, ...]


def sources_of(document: Document) -> tuple[Source, ...]:
    """Return everything the document shows, every row once and none left out, for a person to check the reading by.

    A text is its physical lines, a Word document its paragraphs and table rows in document order, a spreadsheet its
    sheets. A PDF is its pages line by line, then each of its tables again, because tables are read cell by cell.
    """
    if document.kind == "docx":
        return (_source(document, "", tuple(_word_rows(document))),)
    if document.kind == "pdf" and document.pdf is not None:
        return (*_pages(document, document.pdf), *_pdf_tables(document, document.pdf))
    if document.kind == "sheet":
        return tuple(grid_source(grid, file=document.name, sha256=document.sha256) for grid in document.grids)
    rows = tuple(SourceRow(number=number, cells=(line,)) for number, line in numbered_lines(document))
    return (_source(document, "", rows),)


def grid_source(grid: Grid, *, file: str, sha256: str) -> Source:
    """Return one grid of cells as a source, its rows under the labels that readers give them."""
    rows = tuple(
        SourceRow(
            number=row.number,
            cells=tuple(cell.text for cell in row.cells),
            labels=(row.label,),
            note=_HIDDEN if row.hidden else None,
        )
        for row in grid.rows
    )
    return Source(file=file, sha256=sha256, label=grid.name, rows=rows)


def _source(document: Document, label: str, rows: tuple[SourceRow, ...]) -> Source:
    return Source(file=document.name, sha256=document.sha256, label=label, rows=rows)


def _pages(document: Document, parsed: PdfText) -> Iterator[Source]:
    before = 0
    for page in parsed.pages:
        name = f"p.{page.number}"
        rows = [
            _pdf_row(before + place, f"{name} l.{place}", first, second)
            for place, (first, second) in enumerate(
                zip_longest(page.first, (line.text for line in page.second), fillvalue=""), start=1
            )
        ]
        if page.blank:
            rows = [SourceRow(number=page.number, cells=("",), labels=(name,), note=_NO_TEXT)]
        before += len(page.first)
        yield _source(document, name, tuple(rows))


def _pdf_row(number: int, label: str, first: str, second: str) -> SourceRow:
    if " ".join(first.split()) == " ".join(second.split()):
        return SourceRow(number=number, cells=(first,), labels=(label,))
    return SourceRow(number=number, cells=(f"{first}\n{second}",), labels=(label,), note=_TWO)


def _pdf_tables(document: Document, parsed: PdfText) -> Iterator[Source]:
    from ipattr.readers.pdf.tables import pdf_grids

    for grid in pdf_grids(parsed):
        found = grid_source(grid, file=document.name, sha256=document.sha256)
        yield msgspec.structs.replace(found, label=f"{grid.name} (表 table)")


class _Span:
    """One row of an outermost table while it is open: its first paragraph, its cells and the names inside it."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.cells: list[tuple[int, int]] = []
        self.labels: list[str] = []


def _word_rows(document: Document) -> Iterator[SourceRow]:
    from ipattr.readers.word import docx_marks

    paragraphs, marks = docx_marks(document.data, name=document.name)
    done = 0
    for span, last in _spans(marks):
        yield from (_paragraph(paragraphs, number) for number in range(done + 1, span.first))
        cells = tuple("\n".join(paragraphs[first - 1 : end]) for first, end in span.cells)
        yield SourceRow(number=span.first, last=last, cells=cells, labels=tuple(reversed(span.labels)))
        done = last
    yield from (_paragraph(paragraphs, number) for number in range(done + 1, len(paragraphs) + 1))


def _paragraph(paragraphs: tuple[str, ...], number: int) -> SourceRow:
    return SourceRow(number=number, cells=(paragraphs[number - 1],))


def _spans(marks: tuple[Mark, ...]) -> Iterator[tuple[_Span, int]]:
    """Yield each row of the outermost tables with its last paragraph; rows of tables within lend it their names."""
    begun = 0
    tables: list[tuple[int, list[int]]] = []
    row: _Span | None = None
    opened = 0
    for mark in marks:
        outermost = len(tables) == 1
        if mark.name == "tbl":
            begun += 1
            tables.append((begun, [0]))
        elif mark.name == "/tbl":
            tables.pop()
        elif mark.name == "tr" and outermost:
            row = _Span(mark.paragraphs + 1)
        elif mark.name == "tc" and outermost:
            opened = mark.paragraphs + 1
        elif mark.name == "/tc" and outermost and row is not None:
            row.cells.append((opened, mark.paragraphs))
        elif mark.name == "/tr" and tables and row is not None:
            tables[-1][1][0] += 1
            row.labels.append(f"table {tables[-1][0]} r.{tables[-1][1][0]}")
            if outermost and mark.paragraphs >= row.first:
                yield row, mark.paragraphs
