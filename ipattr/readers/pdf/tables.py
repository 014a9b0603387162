"""The tables of a PDF as grids: a cell counts only where both extractors read it alike; pages are joined."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from ipattr.model import Finding, Refusal, Text
from ipattr.readers.grid_choice import HIDDEN, MERGED, WRAPPED, data_cells
from ipattr.readers.grids import Grid, GridCell, GridRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.readers.pdf.cells import PdfCell, PdfTable
    from ipattr.readers.pdf.extraction import PdfText

# A break inside an address or an id stands for nothing, a break between date and time for a space.
_UNBROKEN = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?|\[?[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}.*|\d{9,}")
_CLOCK = re.compile(r"\d{1,2}:\d{2}:\d{2}")


def pdf_grids(parsed: PdfText) -> tuple[Grid, ...]:
    """Return the tables, those that run on to the next page as one; rows are numbered over the whole document.

    Refused cells: IPA093 the extractors differ, IPA096 a row that seems broken in two. A header repeated on the next
    page is dropped and named.
    """
    found: list[_Growing] = []
    number = 0
    for page in parsed.pages:
        for place, table in enumerate(page.tables):
            prefix = f"p.{page.number} " + (f"t.{place + 1} " if len(page.tables) > 1 else "")
            rows = []
            for index, cells in enumerate(table.rows, start=1):
                number += 1
                label = f"{prefix}r.{index}"
                rows.append(GridRow(number=number, label=label, cells=tuple(_cell(cell) for cell in cells)))
            last = found[-1] if found else None
            if last is not None and place == 0 and last.runs_on(page.number, table, rows):
                last.extend(page.number, table, rows)
            else:
                found.append(_Growing(prefix.strip(), page.number, table, rows))
    return tuple(growing.grid() for growing in found)


class _Growing:
    """One table while the pages it runs over come in."""

    def __init__(self, name: str, page: int, table: PdfTable, rows: list[GridRow]) -> None:
        self.name = name
        self.page = page
        self.ruled = table.ruled
        self.width = len(table.rows[0])
        self.counted = table.counted
        self.rows = rows
        self.findings: list[Finding] = list(_lost(table, name))
        self.joints: set[int] = set()

    def head(self) -> list[tuple[str, ...]]:
        """Return the texts of the rows above the first row of data."""
        head = []
        for row in self.rows:
            if data_cells(row):
                break
            head.append(_texts(row))
        return head

    def runs_on(self, page: int, table: PdfTable, rows: list[GridRow]) -> bool:
        """Tell whether a table at the top of the next page carries this one on."""
        alike = page == self.page + 1 and table.ruled == self.ruled and len(table.rows[0]) == self.width
        first = _texts(rows[0])
        named = all(first) and not any(letter.isdigit() for text in first for letter in text)
        return alike and (first in self.head() or not named)

    def extend(self, page: int, table: PdfTable, rows: list[GridRow]) -> None:
        """Take the rows of the next page, without the header they repeat."""
        head = self.head()
        repeated = 0
        while repeated < len(rows) and _texts(rows[repeated]) in head:
            repeated += 1
        if repeated:
            message = Text(
                ja=f"{page} 頁の表の見出し {repeated} 行は前の頁の繰り返しなので、行に数えない。",
                en=f"The first {repeated} rows of the table on page {page} repeat its header and are not counted.",
            )
            self.findings.append(Finding(code="IPA097", level="info", message=message, about=f"p.{page}"))
        self.findings += _lost(table, f"p.{page}")
        self.joints.add(len(self.rows))
        self.rows += rows[repeated:]
        self.counted += table.counted - repeated
        self.page = page

    def grid(self) -> Grid:
        """Return the finished table."""
        rows = list(self.rows)
        for index in _broken(self.rows, self.joints if self.ruled else set(range(len(rows)))):
            reason = Text(
                ja="一つの行が折り返しか改頁で二つに分かれたとみられる。つなげ方が決まらないので読まない。原本を確認する。",
                en="One row seems broken in two, by wrapping or by the end of a page; how to join it cannot be told. "
                "Check the original.",
            )
            refusal = Refusal(code="IPA096", reason=reason)
            cells = tuple(msgspec.structs.replace(cell, refused=cell.refused or refusal) for cell in rows[index].cells)
            rows[index] = msgspec.structs.replace(rows[index], cells=cells)
        return Grid(name=self.name, rows=tuple(rows), counted_rows=self.counted, findings=tuple(self.findings))


def _broken(rows: Sequence[GridRow], joints: set[int]) -> list[int]:
    """Return the rows that hold too little for a login where a row may be broken, and those right before them."""
    first = next((index for index, row in enumerate(rows) if data_cells(row) > 1), len(rows))
    found = set()
    for index in joints:
        if first < index < len(rows) and data_cells(rows[index]) < 2 and any(_texts(rows[index])):  # noqa: PLR2004
            found |= {index - 1, index}
    return sorted(found)


def _lost(table: PdfTable, name: str) -> Iterator[Finding]:
    if table.lost:
        message = Text(
            ja=f"{name} の表の枠の中に、どの欄にも入らない文字がある。原本を確認する。「{table.lost}」",
            en=f"Within the table {name} stands text that is in none of its cells; check the original: {table.lost!r}",
        )
        yield Finding(code="IPA096", level="warning", message=message, about=name)


def _texts(row: GridRow) -> tuple[str, ...]:
    return tuple(cell.text for cell in row.cells)


def _cell(cell: PdfCell) -> GridCell:
    text = joined(cell.first)
    if not _agree(cell.first, cell.second):
        reason = Text(
            ja=f"二つの読み取り方で結果が異なる(pdfplumber「{cell.first}」、PDFium「{cell.second}」)。頁の見た目と照らす。",
            en=f"Two extractors disagree (pdfplumber {cell.first!r}, PDFium {cell.second!r}); compare with the page.",
        )
        return GridCell(text=text, refused=Refusal(code="IPA093", reason=reason))
    note = HIDDEN if cell.hidden else MERGED if cell.merged == "above" and text else ""
    return GridCell(text=text, note=note or (WRAPPED if "\n" in cell.first else ""))


def _agree(first: str, second: str) -> bool:
    if " ".join(first.split()) == " ".join(second.split()):
        return True
    # Spaces between words are inferred from gaps; where no digit is concerned they change nothing.
    same = "".join(first.split()) == "".join(second.split())
    return same and not any(letter.isdigit() for letter in first)


def joined(text: str) -> str:
    """Return a cell's lines as one: an address or id without a break, words and dates with a space."""
    if "\n" not in text:
        return text
    whole = "".join(text.split())
    parts = text.split("\n")
    if _UNBROKEN.fullmatch(whole) and not any(_CLOCK.fullmatch(part) for part in parts):
        return whole
    return " ".join(parts)
