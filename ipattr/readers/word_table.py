"""The tables of a Word document (.docx, ECMA-376) as grids, beside the X return that its paragraphs may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import normalize

from ipattr.errors import InputError
from ipattr.model import Finding, Text
from ipattr.readers.grid_choice import MERGED, holds_data, holds_logins, read_grids
from ipattr.readers.grids import Grid, GridCell, GridRow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.addresses import Specials
    from ipattr.readers.document import Document, FormReading, Options
    from ipattr.readers.word import Mark

FORM = "word-table"
EXPECTS = Text(ja="Word 文書(.docx)の中のログインの表", en="a table of logins in a Word document (.docx)")
_MAX_SPAN = 1_000
_SHOWN = 80


def detect(document: Document, options: Options) -> Text | None:
    """Say why a Word document holds a table of logins: a header with time and address, or rows like logins."""
    if document.kind != "docx":
        return None
    grids = docx_tables(document.data, name=document.name)
    named = [grid.name for grid in grids if holds_logins(grid, options)]
    if named:
        return Text(
            ja=f"{'、'.join(named)} の見出しに時刻と IP アドレスの列名がある。",
            en=f"The header of {', '.join(named)} names a time and an address column.",
        )
    filled = [grid.name for grid in grids if holds_data(grid)]
    if filled:
        return Text(
            ja=f"{'、'.join(filled)} に接続記録とみられる行がある。",
            en=f"{', '.join(filled)} has rows that look like logins.",
        )
    return None


def read(document: Document, options: Options, specials: Specials) -> FormReading:
    """Read every table of logins; rows of other tables that look like logins become rejects (IPA096).

    Row numbers are paragraph numbers, as in every reading of a Word file. Raises InputError when the document is not
    a Word file with such a table, or as ``read_grid`` does.
    """
    grids = docx_tables(document.data, name=document.name) if document.kind == "docx" else ()
    if not any(holds_logins(grid, options) or holds_data(grid) for grid in grids):
        raise InputError(
            ja="Word 文書の中に、ログインの表がない。", en="The document holds no table of logins.", where=document.name
        )
    from ipattr.readers.word import docx_remarks

    found = read_grids(grids, options, specials, file=document.name, sha256=document.sha256)
    remarks = docx_remarks(document.data, name=document.name)
    return _with_remarks(found, (*remarks, *_outside(document.data, document.name)))


def docx_tables(data: bytes, *, name: str = "") -> tuple[Grid, ...]:
    """Return the tables in the order in which they begin, a nested one as a table of its own.

    A cell merged over columns keeps its text in the first, one merged over rows repeats it with a note; a row is as
    wide as its cells. Raises InputError, led by ``name``, as ``docx_text`` does.
    """
    from ipattr.readers.word import docx_marks, docx_table_rows

    paragraphs, marks = docx_marks(data, name=name)
    counted = docx_table_rows(data, name=name)
    tables = _Tables(paragraphs)
    for mark in marks:
        tables.take(mark)
    return tuple(
        Grid(
            name=f"table {number}",
            rows=tuple(table.rows),
            counted_rows=counted[number - 1] if number <= len(counted) else 0,
            findings=tuple(table.findings),
        )
        for number, table in enumerate(tables.begun, start=1)
    )


def _outside(data: bytes, name: str) -> Iterator[Finding]:
    """Report each paragraph outside every table that holds a time or an address; an error, as evidence is not read."""
    from ipattr.readers.word import docx_marks
    from ipattr.readers.x_fields import EVIDENCE

    paragraphs, marks = docx_marks(data, name=name)
    inside: set[int] = set()
    starts: list[int] = []
    for mark in marks:
        if mark.name == "tbl":
            starts.append(mark.paragraphs)
        elif mark.name == "/tbl":
            start = starts.pop()
            if not starts:
                inside.update(range(start + 1, mark.paragraphs + 1))
    for number, text in enumerate(paragraphs, start=1):
        if number not in inside and EVIDENCE.search(normalize("NFKC", text)):
            excerpt = " ".join(text.split())[:_SHOWN]
            message = Text(
                ja=f"段落 {number}: 表の外にあり、読んでいない。「{excerpt}」",
                en=f"Paragraph {number}: outside the table; not read: {excerpt!r}",
            )
            yield Finding(code="IPA096", level="error", message=message, about=f"{name}:{number}")


def _with_remarks(found: FormReading, remarks: tuple[Finding, ...]) -> FormReading:
    import msgspec

    return msgspec.structs.replace(found, findings=(*remarks, *found.findings))


class _Table:
    """One table while its rows come in; a cell that is open has the number of its first paragraph."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.rows: list[GridRow] = []
        self.findings: list[Finding] = []
        self.cells: list[GridCell] = []
        self.above: list[str] = []
        self.row_from = 0
        self.own: list[int] = []
        self.span = 1
        self.merge = ""

    def end_cell(self, paragraphs: tuple[str, ...], nested: bool) -> None:  # noqa: FBT001 - called by position below
        """Close the open cell: its own paragraphs, or the text of the cell it is merged with."""
        text = "\n".join(paragraphs[number - 1] for number in self.own).strip()
        place = len(self.cells)
        note = ""
        if self.merge == "continue" and place < len(self.above):
            text, note = self.above[place], MERGED if self.above[place] else ""
        if nested:
            note = note or "中に別の表がある (holds another table)"
        self.cells.append(GridCell(text=text, note=note))
        self.cells += [GridCell(text="")] * (min(self.span, _MAX_SPAN) - 1)

    def end_row(self) -> None:
        """Close the open row."""
        number = self.row_from + 1
        label = f"table {self.number} r.{len(self.rows) + 1}"
        self.rows.append(GridRow(number=number, label=label, cells=tuple(self.cells)))
        self.above = [cell.text for cell in self.cells]
        self.cells = []


class _Tables:
    """Folds the steps of the markup into tables, one inside another where they are nested."""

    def __init__(self, paragraphs: tuple[str, ...]) -> None:
        self.paragraphs = paragraphs
        self.begun: list[_Table] = []
        self.open: list[_Table] = []
        self.nested: list[set[int]] = []
        self.starts: list[int] = []

    def take(self, mark: Mark) -> None:
        """Take one step."""
        if mark.name == "tbl":
            table = _Table(len(self.begun) + 1)
            self.begun.append(table)
            self.open.append(table)
            self.starts.append(mark.paragraphs)
        elif not self.open:
            return
        elif mark.name == "/tbl":
            self.open.pop()
            inner = set(range(self.starts.pop() + 1, mark.paragraphs + 1))
            for numbers in self.nested:
                numbers.update(inner)
        elif mark.name in {"tc", "/tc"}:
            self._cell(mark)
        else:
            self._row(mark)

    def _cell(self, mark: Mark) -> None:
        table = self.open[-1]
        if mark.name == "tc":
            table.own, table.span, table.merge = [mark.paragraphs], 1, ""
            self.nested.append(set())
            return
        inner = self.nested.pop()
        table.own = [number for number in range(table.own[0] + 1, mark.paragraphs + 1) if number not in inner]
        table.end_cell(self.paragraphs, bool(inner))

    def _row(self, mark: Mark) -> None:
        table = self.open[-1]
        count = int(mark.value) if mark.value.isdecimal() else 0
        if mark.name == "tr":
            table.row_from = mark.paragraphs
        elif mark.name == "/tr":
            table.end_row()
        elif mark.name == "gridSpan":
            table.span = max(count, 1)
        elif mark.name == "gridBefore":
            table.cells += [GridCell(text="")] * min(count, _MAX_SPAN)
        elif mark.name == "vMerge":
            table.merge = "restart" if mark.value == "restart" else "continue"
