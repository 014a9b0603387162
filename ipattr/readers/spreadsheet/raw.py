"""What the readers of the spreadsheet formats share: rows under construction, addresses, and the finished grid."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from ipattr.errors import InputError
from ipattr.model import Finding, Text
from ipattr.readers.grids import Grid, GridCell, GridRow, letters
from ipattr.readers.limits import MAX_CELL_CHARACTERS, MAX_CELLS
from ipattr.readers.spreadsheet.numbers import refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipattr.model import Level

MAX_COLUMNS = 16_384
MAX_ROWS = 1_048_576
EMPTY = GridCell(text="")

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_LISTED = 40
_LETTERS = 26


class RawRow:
    """One row under construction: 1-based number and the cells by column (0-based)."""

    __slots__ = ("cells", "hidden", "number")

    def __init__(self, number: int, *, hidden: bool) -> None:
        """Open a row."""
        self.number = number
        self.hidden = hidden
        self.cells: dict[int, GridCell] = {}


class RawSheet:
    """One sheet under construction, in the order of the file."""

    def __init__(self, name: str, *, hidden: bool) -> None:
        """Open a sheet."""
        self.name = name
        self.hidden = hidden
        self.rows: list[RawRow] = []
        self.counted = 0
        self.hidden_columns: list[tuple[int, int]] = []
        self.merges: list[str] = []
        self.dimension = ""
        self.claimed_area = 0
        self.formulas: list[str] = []
        self.findings: list[Finding] = []
        self.cell_count = 0

    def place(self, row: int, column: int) -> str:
        """Return sheet and address of one cell (row 1-based, column 0-based)."""
        return f"{self.name}!{letters(column)}{row}"

    def put(self, row: RawRow, column: int, cell: GridCell) -> None:
        """Add one cell; a second cell at the same address makes both untrustworthy.

        Raises InputError beyond ``MAX_CELLS`` cells and ``MAX_COLUMNS`` columns.
        """
        self.cell_count += 1
        if self.cell_count > MAX_CELLS or column >= MAX_COLUMNS:
            raise InputError(
                ja=f"シート「{self.name}」は {MAX_CELLS} セル又は {MAX_COLUMNS} 列の限度を超える。",
                en=f"The sheet {self.name!r} exceeds {MAX_CELLS} cells or {MAX_COLUMNS} columns.",
            )
        if column in row.cells:
            cell = self.doubtful(row, column, raw=cell.text, ja="が二度書かれている", en="is written twice")
        elif len(cell.text) > MAX_CELL_CHARACTERS:
            cell = self.doubtful(
                row,
                column,
                raw=cell.text[:80],
                ja=f"は {MAX_CELL_CHARACTERS} 文字を超える",
                en=f"exceeds {MAX_CELL_CHARACTERS} characters",
            )
        row.cells[column] = cell

    def doubtful(self, row: RawRow, column: int, *, raw: str, ja: str, en: str) -> GridCell:
        """Return a refused cell whose reason begins with its place."""
        place = self.place(row.number, column)
        return refused("IPA083", raw, f"{place} {ja}。", f"{place} {en}.")

    def note(self, code: str, level: Level, ja: str, en: str) -> None:
        """Add a finding about the sheet."""
        self.findings.append(Finding(code=code, level=level, message=Text(ja=ja, en=en), about=self.name))


def address(reference: str) -> tuple[int, int] | None:
    """Return (row 1-based, column 0-based) of a reference such as ``B5``, None when it is none."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return None
    column = 0
    for letter in found[1].upper():
        column = column * _LETTERS + ord(letter) - 64
    return int(found[2]), column - 1


def listed(numbers: Iterable[int]) -> str:
    """Return numbers as runs, such as ``3, 7-9``, cut off with the total when there are many."""
    runs: list[list[int]] = []
    total = 0
    for number in sorted(set(numbers)):
        total += 1
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    shown = [str(first) if first == last else f"{first}-{last}" for first, last in runs[:_LISTED]]
    return ", ".join(shown) + (f" … ({total})" if len(runs) > _LISTED else "")


def _few(items: Sequence[str]) -> str:
    return ", ".join(items[:_LISTED]) + (f" … ({len(items)})" if len(items) > _LISTED else "")


def finish(sheet: RawSheet) -> Grid:
    """Return the grid of a sheet that was read to its end, with what must be known about it as findings.

    Raises InputError when the rows read are not as many as were counted: a row would be lost.
    """
    if len(sheet.rows) != sheet.counted:
        raise InputError(
            ja=f"シート「{sheet.name}」には {sheet.counted} 行あるのに {len(sheet.rows)} 行しか読めない。"
            "行が失われるおそれがあるので読まない。",
            en=f"The sheet {sheet.name!r} holds {sheet.counted} rows, but {len(sheet.rows)} were read; rows could be "
            "lost, so it is not read.",
        )
    _apply_merges(sheet)
    _remark(sheet)
    return Grid(
        name=sheet.name,
        rows=tuple(
            GridRow(number=row.number, label=f"{sheet.name}!{row.number}", cells=_across(row), hidden=row.hidden)
            for row in sheet.rows
        ),
        counted_rows=sheet.counted,
        findings=tuple(sheet.findings),
    )


def _across(row: RawRow) -> tuple[GridCell, ...]:
    filled = [column for column, cell in row.cells.items() if cell.text or cell.refused is not None or cell.note]
    if not filled:
        return ()
    return tuple([row.cells.get(column, EMPTY) for column in range(max(filled) + 1)])


def _apply_merges(sheet: RawSheet) -> None:
    by_number: dict[int, list[RawRow]] = {}
    if sheet.merges:
        for row in sheet.rows:
            by_number.setdefault(row.number, []).append(row)
    for merge in sheet.merges:
        first, _, last = merge.partition(":")
        start, end = address(first), address(last or first)
        if start is None or end is None:
            sheet.note("IPA086", "warning", f"結合範囲「{merge}」が読めない。", f"The merge {merge!r} cannot be read.")
            continue
        for number in range(start[0], min(end[0], MAX_ROWS) + 1):
            for row in by_number.get(number, ()):
                _cover(sheet, row, range(start[1], min(end[1] + 1, MAX_COLUMNS)), merge, skip_first=number == start[0])


def _cover(sheet: RawSheet, row: RawRow, columns: range, merge: str, *, skip_first: bool) -> None:
    """Mark the cells of one row that a merge covers; a value under it is seen by nobody and is refused."""
    for column in columns[1:] if skip_first else columns:
        cell = row.cells.get(column, EMPTY)
        if cell.text or cell.refused is not None:
            place = sheet.place(row.number, column)
            row.cells[column] = refused(
                "IPA086",
                cell.text,
                f"{place} は結合セル {merge} の下に隠れた値である。",
                f"{place} is a value hidden under the merged cell {merge}.",
            )
        else:
            row.cells[column] = GridCell(text="", note=f"merged={merge}")


def _remark(sheet: RawSheet) -> None:
    _remark_hidden(sheet)
    if sheet.merges:
        named = _few(sheet.merges)
        sheet.note(
            "IPA086",
            "warning",
            f"結合セルがある: {named}。値は左上のセルだけのものとして読んだ。",
            f"Merged cells: {named}. The value was read as that of the top left cell alone.",
        )
    if sheet.formulas:
        named = _few(sheet.formulas)
        sheet.note(
            "IPA089",
            "notice",
            f"数式のセルがある: {named}。保存されていた計算結果を読んだ。",
            f"Cells with formulas: {named}. The results saved in the file were read.",
        )
    numbers = [row.number for row in sheet.rows]
    if any(later <= earlier for earlier, later in pairwise(numbers)):
        sheet.note(
            "IPA087",
            "warning",
            "行番号が重なるか、順序どおりでない。書かれた順に読んだ。",
            "Row numbers repeat or are out of order; the rows were read as they stand.",
        )
    _compare_dimension(sheet)


def _remark_hidden(sheet: RawSheet) -> None:
    if sheet.hidden:
        sheet.note(
            "IPA084",
            "warning",
            f"非表示のシート 1 枚（「{sheet.name}」）を読んだ。",
            f"1 hidden sheet was read ({sheet.name!r}).",
        )
    hidden = [row.number for row in sheet.rows if row.hidden]
    if hidden:
        count, which = len(hidden), listed(hidden)
        ja = f"非表示の行 {count} 行（{which} 行目）を読んだ。"
        sheet.note("IPA084", "warning", ja, _hidden_en(count, "row", which))
    if sheet.hidden_columns:
        count = sum(last - first + 1 for first, last in sheet.hidden_columns)
        which = _few([f"{letters(a)}-{letters(b)}" if a != b else letters(a) for a, b in sheet.hidden_columns])
        ja = f"非表示の列 {count} 列（{which} 列）を読んだ。"
        sheet.note("IPA084", "warning", ja, _hidden_en(count, "column", which))


def _hidden_en(count: int, kind: str, which: str) -> str:
    if count == 1:
        return f"1 hidden {kind} was read ({kind} {which})."
    return f"{count} hidden {kind}s were read ({kind}s {which})."


def _compare_dimension(sheet: RawSheet) -> None:
    filled = [row for row in sheet.rows if any(cell.text for cell in row.cells.values())]
    if not sheet.dimension or not filled:
        return
    first, _, last = sheet.dimension.partition(":")
    start, end = address(first), address(last or first)
    bottom = max(row.number for row in filled)
    right = max(column for row in filled for column, cell in row.cells.items() if cell.text)
    top = min(row.number for row in filled)
    if start is None or end is None or end[0] < bottom or end[1] < right or start[0] > top:
        sheet.note(
            "IPA087",
            "warning",
            f"シートの範囲は {sheet.dimension} と記録されているが、実際は {letters(right)}{bottom} まである。"
            "記録を信用せず全部読んだ。",
            f"The sheet claims the range {sheet.dimension}, but it reaches {letters(right)}{bottom}; the claim was "
            "ignored and everything was read.",
        )


def replace_cell(cell: GridCell, *, note: str) -> GridCell:
    """Return the cell with a further note."""
    return msgspec.structs.replace(cell, note=f"{cell.note} {note}".strip())
