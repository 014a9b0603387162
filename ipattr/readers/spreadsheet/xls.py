"""The records of an old Excel workbook (.xls, BIFF8, [MS-XLS]): with numbers as they are stored."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from ipattr.errors import InputError
from ipattr.readers.grids import GridCell, letters
from ipattr.readers.spreadsheet.cfb import damaged, streams
from ipattr.readers.spreadsheet.numbers import BUILT_IN, PLAIN, NumberFormat, number_cell, read_format, refused
from ipattr.readers.spreadsheet.raw import MAX_COLUMNS, MAX_ROWS, RawRow, RawSheet, replace_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Record = tuple[int, bytes]

_BIFF8 = 0x0600
_BOF, _EOF, _CONTINUE = 0x0809, 0x000A, 0x003C
_FILEPASS, _DATEMODE, _BOUNDSHEET = 0x002F, 0x0022, 0x0085
_FORMAT, _XF, _SST = 0x041E, 0x00E0, 0x00FC
_ROW, _COLINFO, _DIMENSIONS, _MERGES = 0x0208, 0x007D, 0x0200, 0x00E5
_NUMBER, _RK, _MULRK, _LABELSST, _LABEL, _BOOLERR, _FORMULA = 0x0203, 0x027E, 0x00BD, 0x00FD, 0x0204, 0x0205, 0x0006
_STRING, _RSTRING = 0x0207, 0x00D6
_WORKSHEET = 0
_WIDE = 1
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_RICH, _FAR_EAST = 0x08, 0x04


def read_xls(data: bytes) -> list[RawSheet]:
    """Return every worksheet, hidden ones too; InputError for BIFF5 and older, protection by password, and damage."""
    found = streams(data)
    stream = found.get("Workbook")
    if stream is None and "Book" in found:
        raise _too_old()
    if stream is None:
        raise damaged()
    try:
        return _Workbook(stream).sheets
    except (struct.error, IndexError, UnicodeDecodeError):
        raise damaged() from None


def _too_old() -> InputError:
    return InputError(
        ja="Excel 95 以前の形式(BIFF5 以前)のブックである。Excel か LibreOffice で .xlsx として保存し直されたい。",
        en="This workbook is of Excel 95 or older (BIFF5 or older); save it as .xlsx in Excel or LibreOffice.",
    )


def _records(stream: bytes, at: int) -> Iterator[Record]:
    """Give (type, content) from an offset to the end of the substream it begins."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        content = stream[at + 4 : at + 4 + length]
        if len(content) < length:
            raise damaged()
        depth += (kind == _BOF) - (kind == _EOF)
        yield kind, content
        if depth <= 0:
            return
        at += 4 + length
    raise damaged()


class _Workbook:
    """The globals of the workbook, then its sheets."""

    def __init__(self, stream: bytes) -> None:
        self._codes: dict[int, NumberFormat] = {}
        self._styles: list[int] = []
        self._strings: list[str] = []
        self._date1904 = False
        bounds: list[tuple[int, int, str]] = []
        table: list[bytes] = []
        last = 0
        for kind, content in _records(stream, 0):
            if kind == _BOF and struct.unpack_from("<H", content)[0] != _BIFF8:
                raise _too_old()
            if kind == _FILEPASS:
                raise InputError(
                    ja="パスワードで保護された Excel ブックである。保護を解いて保存し直されたい。",
                    en="This Excel workbook is protected by a password; remove the protection and save it again.",
                )
            if kind == _DATEMODE:
                self._date1904 = content[:1] == b"\x01"
            elif kind == _FORMAT:
                self._codes[struct.unpack_from("<H", content)[0]] = read_format(_text(content, 2, wide_length=True))
            elif kind == _XF:
                self._styles.append(struct.unpack_from("<H", content, 2)[0])
            elif kind == _BOUNDSHEET:
                start, state, sort = struct.unpack_from("<IBB", content)
                bounds.append((start, state & 3, _text(content, 6)) if sort == _WORKSHEET else (0, 0, ""))
            elif kind == _SST or (kind == _CONTINUE and last == _SST):
                table.append(content)
            last = _SST if kind == _CONTINUE and last == _SST else kind
        self._strings = _Strings(table).strings if table else []
        self.sheets = [self._sheet(stream, start, state, name) for start, state, name in bounds if start]

    def _sheet(self, stream: bytes, start: int, state: int, name: str) -> RawSheet:
        sheet = RawSheet(name, hidden=bool(state))
        reader = _Sheet(sheet, self._cell_format, self._strings, date1904=self._date1904)
        for kind, content in _records(stream, start):
            reader.take(kind, content)
        reader.close()
        sheet.counted = _count_rows(stream, start)
        return sheet

    def _cell_format(self, style: int) -> NumberFormat:
        if style >= len(self._styles):
            return PLAIN
        number = self._styles[style]
        return self._codes.get(number, BUILT_IN.get(number, PLAIN))


def _count_rows(stream: bytes, at: int) -> int:
    """Count the rows that any cell record names, by the row number that opens each of them ([MS-XLS] 2.5.13)."""
    cells = {0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E}
    seen: set[bytes] = set()
    depth = 0
    while at + 4 <= len(stream):
        kind = int.from_bytes(stream[at : at + 2], "little")
        depth += (kind == _BOF) - (kind == _EOF)
        if kind in cells and depth == 1:
            seen.add(stream[at + 4 : at + 6])
        if not depth:
            break
        at += 4 + int.from_bytes(stream[at + 2 : at + 4], "little")
    return len(seen)


class _Sheet:
    """Takes the records of one sheet; rows stand in the order of their numbers."""

    def __init__(
        self, sheet: RawSheet, style: Callable[[int], NumberFormat], strings: list[str], *, date1904: bool
    ) -> None:
        self._sheet = sheet
        self._style = style
        self._strings = strings
        self._date1904 = date1904
        self._rows: dict[int, RawRow] = {}
        self._hidden: set[int] = set()
        self._awaiting: tuple[RawRow, int] | None = None
        self._depth = 0

    def take(self, kind: int, content: bytes) -> None:
        """Take one record."""
        self._depth += (kind == _BOF) - (kind == _EOF)
        if self._depth != 1:
            return
        if kind in {_NUMBER, _RK, _LABELSST, _LABEL, _RSTRING, _BOOLERR, _FORMULA, 0x0201}:
            number, column, style = struct.unpack_from("<HHH", content)
            self._one(kind, (self._row(number), column), style, content[6:])
        elif kind in {_MULRK, 0x00BE}:
            self._several(kind, content)
        elif kind == _STRING and self._awaiting is not None:
            row, column = self._awaiting
            row.cells[column] = GridCell(text=_text(content, 0, wide_length=True), note="formula")
            self._awaiting = None
        elif kind == _ROW:
            number, flags = struct.unpack_from("<H10xH", content)
            if flags & 0x20:
                self._hidden.add(number)
        else:
            self._layout(kind, content)

    def close(self) -> None:
        """Hand over the rows in order."""
        for number in sorted(self._rows):
            self._rows[number].hidden = number - 1 in self._hidden
            self._sheet.rows.append(self._rows[number])
        if self._awaiting is not None:
            row, column = self._awaiting
            row.cells[column] = self._uncalculated(row, column)

    def _layout(self, kind: int, content: bytes) -> None:
        if kind == _COLINFO:
            first, last, width, _, flags = struct.unpack_from("<HHHHH", content)
            if flags & 1 or not width:
                self._sheet.hidden_columns.append((first, last))
        elif kind == _DIMENSIONS:
            top, bottom, left, right = struct.unpack_from("<IIHH", content)
            # A range that ends before it begins wraps around in the other reader.
            wraps = top > bottom or left > right
            self._sheet.claimed_area = MAX_ROWS * MAX_COLUMNS if wraps else bottom * right
            if bottom > top and right > left:
                self._sheet.dimension = f"{letters(left)}{top + 1}:{letters(right - 1)}{bottom}"
        elif kind == _MERGES:
            (count,) = struct.unpack_from("<H", content)
            for at in range(count):
                top, bottom, left, right = struct.unpack_from("<HHHH", content, 2 + 8 * at)
                self._sheet.merges.append(f"{letters(left)}{top + 1}:{letters(right)}{bottom + 1}")

    def _row(self, number: int) -> RawRow:
        if number + 1 not in self._rows:
            self._rows[number + 1] = RawRow(number + 1, hidden=False)
        return self._rows[number + 1]

    def _several(self, kind: int, content: bytes) -> None:
        number, first = struct.unpack_from("<HH", content)
        row = self._row(number)
        if kind == _MULRK:
            for at in range((len(content) - 6) // 6):
                style, packed = struct.unpack_from("<HI", content, 4 + 6 * at)
                self._sheet.put(row, first + at, self._number(row, first + at, style, _unpack(packed)))

    def _one(self, kind: int, at: tuple[RawRow, int], style: int, content: bytes) -> None:
        row, column = at
        if kind == _NUMBER:
            cell = self._number(row, column, style, struct.unpack_from("<d", content)[0])
        elif kind == _RK:
            cell = self._number(row, column, style, _unpack(struct.unpack_from("<I", content)[0]))
        elif kind == _LABELSST:
            index = struct.unpack_from("<I", content)[0]
            if index >= len(self._strings):
                raise damaged()
            cell = GridCell(text=self._strings[index])
        elif kind in {_LABEL, _RSTRING}:
            cell = GridCell(text=_text(content, 0, wide_length=True))
        elif kind == _BOOLERR:
            cell = self._truth(row, column, content[0], is_error=bool(content[1]))
        elif kind == _FORMULA:
            cell = self._formula(row, column, style=style, result=content[:8])
        else:
            return
        self._sheet.put(row, column, cell)

    def _number(self, row: RawRow, column: int, style: int, value: float) -> GridCell:
        raw = repr(value).removesuffix(".0")
        place = self._sheet.place(row.number, column)
        return number_cell(raw, self._style(style), place, date1904=self._date1904)

    def _truth(self, row: RawRow, column: int, value: int, *, is_error: bool) -> GridCell:
        if not is_error:
            return GridCell(text="TRUE" if value else "FALSE")
        error, place = _ERRORS.get(value, "#ERROR"), self._sheet.place(row.number, column)
        return refused("IPA081", error, f"{place} はエラー値 {error} である。", f"{place} holds the error {error}.")

    def _formula(self, row: RawRow, column: int, *, style: int, result: bytes) -> GridCell:
        """Read the saved result ([MS-XLS] 2.5.133, FormulaValue)."""
        self._sheet.formulas.append(f"{letters(column)}{row.number}")
        if result[6:8] != b"\xff\xff":
            value = struct.unpack_from("<d", result)[0]
            return replace_cell(self._number(row, column, style, value), note="formula")
        if result[0] == 0:
            self._awaiting = (row, column)
            return self._uncalculated(row, column)
        if result[0] in {1, 2}:
            return replace_cell(self._truth(row, column, result[2], is_error=result[0] == 2), note="formula")  # noqa: PLR2004 - 2 is an error
        return GridCell(text="", note="formula")

    def _uncalculated(self, row: RawRow, column: int) -> GridCell:
        place = self._sheet.place(row.number, column)
        return refused(
            "IPA081",
            "",
            f"{place} は数式で、計算結果が保存されていない。",
            f"{place} is a formula without a saved result.",
        )


def _unpack(packed: int) -> float:
    """Return the number of an RK value ([MS-XLS] 2.5.217)."""
    if packed & 2:
        whole = packed >> 2
        value = float(whole - (1 << 30) if whole & (1 << 29) else whole)
    else:
        value = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return value / 100 if packed & 1 else value


def _text(content: bytes, at: int, *, wide_length: bool = False) -> str:
    """Return a string with a one- or two-byte length and a flag for two-byte characters ([MS-XLS] 2.5.294)."""
    length = int.from_bytes(content[at : at + 1 + wide_length], "little")
    at += 1 + wide_length
    if not length:
        return ""
    if content[at] & _WIDE:
        return content[at + 1 : at + 1 + 2 * length].decode("utf-16-le")
    return content[at + 1 : at + 1 + length].decode("latin-1")


class _Strings:
    """The shared strings ([MS-XLS] 2.4.265); one may go on in the next record, where its flag byte is repeated."""

    def __init__(self, table: list[bytes]) -> None:
        self.strings: list[str] = []
        self._table = table
        self._part, self._at = 0, 8
        (unique,) = struct.unpack_from("<I", table[0], 4)
        for _ in range(unique):
            self.strings.append(self._one())

    def _take(self, count: int) -> bytes:
        taken = b""
        while len(taken) < count:
            part = self._table[self._part]
            if self._at >= len(part):
                self._part, self._at = self._part + 1, 0
                continue
            piece = part[self._at : self._at + count - len(taken)]
            taken += piece
            self._at += len(piece)
        return taken

    def _one(self) -> str:
        length, flags = struct.unpack("<HB", self._take(3))
        runs = struct.unpack("<H", self._take(2))[0] if flags & _RICH else 0
        far_east = struct.unpack("<I", self._take(4))[0] if flags & _FAR_EAST else 0
        text = self._characters(length, wide=bool(flags & _WIDE))
        self._take(4 * runs + far_east)
        return text

    def _characters(self, length: int, *, wide: bool) -> str:
        parts = []
        while length:
            if self._at >= len(self._table[self._part]):
                self._part, self._at = self._part + 1, 1
                wide = bool(self._table[self._part][0] & _WIDE)
            size = 2 if wide else 1
            here = min(length, (len(self._table[self._part]) - self._at) // size)
            if not here:
                raise damaged()
            raw = self._table[self._part][self._at : self._at + here * size]
            parts.append(raw.decode("utf-16-le" if wide else "latin-1", "surrogatepass" if wide else "strict"))
            self._at += here * size
            length -= here
        return "".join(parts).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
