"""The cells of an Excel workbook (.xlsx, ECMA-376 part 1, 18) from its markup, numbers as they are written there."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from ipattr.errors import InputError
from ipattr.readers.grids import GridCell
from ipattr.readers.spreadsheet.numbers import BUILT_IN, PLAIN, NumberFormat, number_cell, read_format, refused
from ipattr.readers.spreadsheet.package import Package, damaged, for_counting, walk
from ipattr.readers.spreadsheet.raw import MAX_ROWS, RawRow, RawSheet, address, replace_cell

_MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main}",
    "http://purl.oclc.org/ooxml/spreadsheetml/main}",
)
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_TRUE = frozenset({"1", "true", "on"})
_ROW = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?row(?=[\s/>])")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

if TYPE_CHECKING:
    from collections.abc import Sequence


class _Names(dict[str, str]):
    """Local names of the main namespace, empty for every other element."""

    def __missing__(self, tag: str) -> str:
        local = next((tag[len(space) :] for space in _MAIN if tag.startswith(space)), "")
        self[tag] = local
        return local


def read_xlsx(package: Package) -> list[RawSheet]:
    """Return every worksheet, hidden ones too, in workbook order; InputError when a part is missing or damaged."""
    if "xl/workbook.bin" in package:
        raise InputError(
            ja="バイナリ形式の Excel ブック(.xlsb)である。.xlsx として保存し直されたい。",
            en="This is a binary Excel workbook (.xlsb); save it as .xlsx.",
        )
    book = _Book(package.read(_WORKBOOK))
    targets = _relations(package.read(_RELATIONS))
    formats = _Styles(package.read("xl/styles.xml")).formats if "xl/styles.xml" in package else []
    strings = _Strings(package.read(_strings_part(targets))).strings if _strings_part(targets) in package else []
    sheets = []
    for name, state, relation in book.sheets:
        kind, part = targets.get(relation, ("", ""))
        if kind.endswith("/worksheet"):
            sheet = RawSheet(name, hidden=state not in {"", "visible"})
            _Sheet(sheet, strings, formats, date1904=book.date1904).read(package.read(part))
            sheets.append(sheet)
        elif not kind:
            raise damaged()
    return sheets


def _strings_part(targets: dict[str, tuple[str, str]]) -> str:
    return next((part for kind, part in targets.values() if kind.endswith("/sharedStrings")), "xl/sharedStrings.xml")


def _relations(content: bytes) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.endswith("}Relationship"):
            target = attributes.get("Target", "")
            part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            found[attributes.get("Id", "")] = (attributes.get("Type", ""), part)

    walk(content, start, lambda _tag: None, lambda _text: None)
    return found


class _Book:
    """The sheets in order and the epoch of the dates."""

    def __init__(self, content: bytes) -> None:
        self.sheets: list[tuple[str, str, str]] = []
        self.date1904 = False
        self._names = _Names()
        walk(content, self._start, lambda _tag: None, lambda _text: None)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = self._names[tag]
        if name == "workbookPr":
            self.date1904 = attributes.get("date1904", "") in _TRUE
        elif name == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith("relationships}id")), "")
            self.sheets.append((attributes.get("name", ""), attributes.get("state", ""), relation))


class _Styles:
    """Style number → number format."""

    def __init__(self, content: bytes) -> None:
        self.formats: list[NumberFormat] = []
        self._codes: dict[str, NumberFormat] = {}
        self._inside = False
        self._names = _Names()
        walk(content, self._start, self._end, lambda _text: None)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = self._names[tag]
        if name == "numFmt":
            self._codes[attributes.get("numFmtId", "")] = read_format(attributes.get("formatCode", ""))
        elif name == "cellXfs":
            self._inside = True
        elif name == "xf" and self._inside:
            number = attributes.get("numFmtId", "0")
            built_in = BUILT_IN.get(int(number), PLAIN) if number.isdecimal() else PLAIN
            self.formats.append(self._codes.get(number, built_in))

    def _end(self, tag: str) -> None:
        if self._names[tag] == "cellXfs":
            self._inside = False


class _Strings:
    """The shared strings; phonetic runs are a reading aid, not text."""

    def __init__(self, content: bytes) -> None:
        self.strings: list[GridCell] = []
        self._parts: list[str] = []
        self._text = False
        self._phonetic = 0
        self._names = _Names()
        walk(content, self._start, self._end, self._characters)

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        name = self._names[tag]
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._phonetic += 1
        self._text = name == "t" and not self._phonetic

    def _end(self, tag: str) -> None:
        name = self._names[tag]
        if name == "si":
            self.strings.append(GridCell(text=unescape("".join(self._parts))))
        elif name == "rPh":
            self._phonetic -= 1
        self._text = False

    def _characters(self, text: str) -> None:
        if self._text:
            self._parts.append(text)


def unescape(text: str) -> str:
    """Return text with ``_xHHHH_`` as the character it stands for (ECMA-376 part 1, 22.4.2.4, ST_Xstring)."""
    if "_x" not in text:
        return text
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    # A character beyond U+FFFF is escaped as two halves; a lone half is no character.
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


class _Sheet:
    """Takes the elements of one worksheet part."""

    def __init__(
        self, sheet: RawSheet, strings: Sequence[GridCell], formats: Sequence[NumberFormat], *, date1904: bool
    ) -> None:
        self._sheet = sheet
        self._strings = strings
        self._formats = formats
        self._date1904 = date1904
        self._names = _Names()
        self._row: RawRow | None = None
        self._last_row = 0
        self._column = -1
        self._columns: dict[str, int] = {}
        self._style = 0
        self._type = "n"
        self._value: list[str] | None = None
        self._formula = False
        self._inline = False
        self._phonetic = 0
        self._taking = False
        self._starts = {"c": self._open_cell, "row": self._open_row, "f": self._open_formula}

    def read(self, content: bytes) -> None:
        """Read the part to its end; the rows are counted a second time by their tags alone."""
        walk(content, self._start, self._end, self._characters)
        self._sheet.counted = len(_ROW.findall(_COMMENT.sub(b"", for_counting(content))))

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = self._names[tag]
        if name == "v" or (name == "t" and not self._phonetic):
            self._taking = True
            self._inline = self._inline or name == "t"
            self._value = self._value or []
        elif name in self._starts:
            self._starts[name](attributes)
        elif name == "rPh":
            self._phonetic += 1
        elif name == "dimension":
            self._sheet.dimension = attributes.get("ref", "")
        elif name == "mergeCell":
            self._sheet.merges.append(attributes.get("ref", ""))
        elif name == "col" and (attributes.get("hidden") in _TRUE or _is_zero(attributes.get("width", ""))):
            first, last = attributes.get("min", ""), attributes.get("max", "")
            if first.isdecimal() and last.isdecimal():
                self._sheet.hidden_columns.append((int(first) - 1, int(last) - 1))

    def _end(self, tag: str) -> None:
        name = self._names[tag]
        if name in {"v", "t"}:
            self._taking = False
        elif name == "c":
            self._close_cell()
        elif name == "row":
            self._row = None
        elif name == "rPh":
            self._phonetic -= 1

    def _characters(self, text: str) -> None:
        if self._taking and self._value is not None:
            self._value.append(text)

    def _open_row(self, attributes: dict[str, str]) -> None:
        written = attributes.get("r", "")
        number = int(written) if written.isdecimal() else self._last_row + 1
        if not 1 <= number <= MAX_ROWS or (written and not written.isdecimal()):
            raise damaged()
        hidden = attributes.get("hidden") in _TRUE or _is_zero(attributes.get("ht", ""))
        self._row = RawRow(number, hidden=hidden)
        self._last_row = number
        self._column = -1
        self._sheet.rows.append(self._row)

    def _open_cell(self, attributes: dict[str, str]) -> None:
        if self._row is None:
            raise damaged()
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        else:
            self._column = self._column_of(reference, self._row.number)
        style = attributes.get("s", "0")
        self._style = int(style) if style.isdecimal() else 0
        self._type = attributes.get("t", "n")
        self._value, self._formula, self._inline = None, False, False

    def _column_of(self, reference: str, row: int) -> int:
        """Return the column of a reference that must lie in the row; letters seen before need no second look."""
        letters = reference.removesuffix(str(row))
        column = self._columns.get(letters)
        if column is None:
            found = address(reference)
            if found is None or found[0] != row:
                raise damaged()
            column = self._columns[letters] = found[1]
        return column

    def _open_formula(self, _attributes: dict[str, str]) -> None:
        self._formula = True

    def _close_cell(self) -> None:
        row = self._row
        if row is None:
            raise damaged()
        raw = "".join(self._value) if self._value is not None else ""
        if self._value is None or (not raw and self._type not in {"str", "inlineStr"}):
            if self._formula:
                self._sheet.put(row, self._column, self._uncalculated(row))
            return
        cell = self._cell(raw, row)
        if self._formula:
            self._sheet.formulas.append(self._sheet.place(row.number, self._column).rpartition("!")[2])
            cell = replace_cell(cell, note="formula")
        self._sheet.put(row, self._column, cell)

    def _cell(self, raw: str, row: RawRow) -> GridCell:  # noqa: PLR0911 - one for each cell type of the standard
        kind = self._type
        if kind == "s":
            number = int(raw) if raw.strip().isdecimal() else -1
            if 0 <= number < len(self._strings):
                return self._strings[number]
            return self._sheet.doubtful(
                row, self._column, raw=raw, ja="が指す文字列がない", en="names a string that is not there"
            )
        if kind in {"str", "inlineStr"} or self._inline:
            return GridCell(text=unescape(raw))
        place = self._sheet.place(row.number, self._column)
        if kind == "b":
            return GridCell(text="TRUE" if raw.strip() in _TRUE else "FALSE")
        if kind == "e":
            return refused("IPA081", raw, f"{place} はエラー値 {raw} である。", f"{place} holds the error {raw}.")
        if kind == "d":
            return GridCell(text=raw.replace("T", " ", 1), note=f"iso={raw}")
        shown = self._formats[self._style] if self._style < len(self._formats) else PLAIN
        return number_cell(raw.strip(), shown, place, date1904=self._date1904)

    def _uncalculated(self, row: RawRow) -> GridCell:
        place = self._sheet.place(row.number, self._column)
        return refused(
            "IPA081",
            "",
            f"{place} は数式で、計算結果が保存されていない。表計算ソフトで開いて保存し直したものを求める。",
            f"{place} is a formula without a saved result; ask for the file saved by a spreadsheet program.",
        )


def _is_zero(text: str) -> bool:
    try:
        return bool(text) and float(text) == 0
    except ValueError:
        return False
