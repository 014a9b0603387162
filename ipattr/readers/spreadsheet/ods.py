"""The cells of an OpenDocument spreadsheet (.ods, ISO/IEC 26300) from its markup."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from ipattr.errors import InputError
from ipattr.readers.grids import GridCell, letters
from ipattr.readers.limits import MAX_CELLS
from ipattr.readers.spreadsheet.numbers import PLAIN, number_cell, refused, zeros_note
from ipattr.readers.spreadsheet.package import Package, damaged, for_counting, walk
from ipattr.readers.spreadsheet.raw import (
    EMPTY,
    MAX_COLUMNS,
    MAX_ROWS,
    RawRow,
    RawSheet,
    replace_cell,
)

_SPACES = {
    "urn:oasis:names:tc:opendocument:xmlns:table:1.0": "table",
    "urn:oasis:names:tc:opendocument:xmlns:text:1.0": "text",
    "urn:oasis:names:tc:opendocument:xmlns:office:1.0": "office",
    "urn:oasis:names:tc:opendocument:xmlns:style:1.0": "style",
}
_CELLS = frozenset({"table:table-cell", "table:covered-table-cell"})
# Comments, pronunciation and drawings stand inside a cell but are not its text.
_ASIDE = frozenset({"office:annotation", "text:ruby-text", "text:note", "table:shapes"})
_COLLAPSED = re.compile(r"[ \t\r\n]+")
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?:T(\d\d):([0-5]\d)(?::([0-5]\d)(?:[.,](\d+))?)?)?", re.ASCII)
_TIME = re.compile(r"(P)T(\d{1,4})H(?:([0-5]?\d)M)?(?:([0-5]?\d)(?:[.,](\d+))?S)?", re.ASCII)
_SECONDS_SHOWN = re.compile(r"\d\s*[:時]\s*\d\d\s*[:分]\s*\d\d")
_HOURS = 24
_DAY = timedelta(days=1)
_ANY_DAY = datetime(2000, 1, 1)  # noqa: DTZ001 - only its time of day is used
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_TABLE = re.compile(rb"<table:table(?=[\s>]).*?</table:table>|<table:table(?:\s[^>]*)?/>", re.DOTALL)
_ROW = re.compile(rb"<table:table-row(?=[\s/>])((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>")
_FILLED = re.compile(rb"office:value-type=|<text:p|table:formula=")
_REPEATED = re.compile(rb"table:number-rows-repeated=[\"'](\d+)[\"']")


class _Names(dict[str, str]):
    """Names with the usual prefixes, whatever prefixes the file uses; empty for foreign elements."""

    def __missing__(self, tag: str) -> str:
        space, _, local = tag.rpartition("}")
        prefix = _SPACES.get(space)
        self[tag] = f"{prefix}:{local}" if prefix else ""
        return self[tag]


def read_ods(package: Package) -> list[RawSheet]:
    """Return every sheet, hidden ones too; InputError when the file is protected by a password or damaged."""
    manifest = package.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in package else b""
    if b"encryption-data" in manifest:
        raise InputError(
            ja="パスワードで保護された表計算の文書である。保護を解いて保存し直されたい。",
            en="This spreadsheet is protected by a password; remove the protection and save it again.",
        )
    content = package.read("content.xml")
    sheets = _Content(content).sheets
    counts = _count(_COMMENT.sub(b"", for_counting(content)))
    if len(counts) != len(sheets):
        raise damaged()
    for sheet, count in zip(sheets, counts, strict=True):
        sheet.counted = count
    return sheets


def _count(content: bytes) -> list[int]:
    """Count the rows with content of each table by their tags alone, repetitions included."""
    counts = []
    for table in _TABLE.findall(content):
        rows = list(_ROW.finditer(table))
        ends = [row.start() for row in rows[1:]] + [len(table)]
        total = 0
        for row, end in zip(rows, ends, strict=True):
            if _FILLED.search(table, row.end(), end):
                repeated = _REPEATED.search(row[1])
                total += int(repeated[1]) if repeated else 1
        counts.append(total)
    return counts


class _Content:
    """Takes the elements of content.xml."""

    def __init__(self, content: bytes) -> None:
        self.sheets: list[RawSheet] = []
        self._names = _Names()
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._row: RawRow | None = None
        self._next_row = 1
        self._column = 0
        self._table_column = 0
        self._rows_repeated = 1
        self._filled = False
        self._cell: dict[str, str] | None = None
        self._covered = False
        self._paragraphs: list[list[str]] = []
        self._depth = 0
        self._aside = 0
        walk(content, self._start, self._end, self._characters)

    def _start(self, tag: str, written: dict[str, str]) -> None:
        name = self._names[tag]
        if name == "text:p":
            # A cell with nothing but a comment makes its row count, as it does for the second count.
            self._filled = True
        if name in _ASIDE:
            self._aside += 1
        elif self._aside or not name:
            return
        elif name in _CELLS:
            self._cell = self._named(written)
            self._covered = name == "table:covered-table-cell"
            self._paragraphs = []
        elif name.startswith("text:"):
            self._text_start(name, self._named(written))
        else:
            self._table_start(name, self._named(written))

    def _named(self, written: dict[str, str]) -> dict[str, str]:
        return {self._names[key]: value for key, value in written.items()}

    def _text_start(self, name: str, attributes: dict[str, str]) -> None:
        if name in {"text:p", "text:h"}:
            self._depth += 1
            self._paragraphs.append([])
        elif self._depth and self._paragraphs:
            if name == "text:s":
                self._paragraphs[-1].append("\0" * min(_number(attributes.get("text:c")), 1_000))
            elif name in {"text:tab", "text:line-break"}:
                self._paragraphs[-1].append("\1" if name == "text:tab" else "\2")

    def _table_start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "style:style":
            self._style = attributes.get("style:name", "")
        elif name == "style:table-properties" and attributes.get("table:display") == "false":
            self._hidden_styles.add(self._style)
        elif name == "table:table":
            if self._row is not None:
                raise damaged()
            hidden = attributes.get("table:style-name") in self._hidden_styles
            self.sheets.append(RawSheet(attributes.get("table:name", ""), hidden=hidden))
            self._next_row, self._table_column = 1, 0
        elif name == "table:table-column" and self.sheets:
            repeated = _number(attributes.get("table:number-columns-repeated"))
            if attributes.get("table:visibility") in {"collapse", "filter"}:
                self.sheets[-1].hidden_columns.append((self._table_column, self._table_column + repeated - 1))
            self._table_column += repeated
        elif name == "table:table-row" and self.sheets:
            hidden = attributes.get("table:visibility") in {"collapse", "filter"}
            self._row = RawRow(self._next_row, hidden=hidden)
            self._rows_repeated = _number(attributes.get("table:number-rows-repeated"))
            self._column, self._filled = 0, False

    def _end(self, tag: str) -> None:
        name = self._names[tag]
        if name in _ASIDE:
            self._aside -= 1
        elif self._aside or not name:
            return
        elif name in _CELLS and self._cell is not None:
            self._close_cell(self._cell)
            self._cell = None
        elif name in {"text:p", "text:h"}:
            self._depth -= 1
        elif name == "table:table-row" and self._row is not None:
            self._close_row(self._row)
            self._row = None

    def _characters(self, text: str) -> None:
        if self._depth and not self._aside and self._cell is not None and self._paragraphs:
            self._paragraphs[-1].append(text)

    def _close_row(self, row: RawRow) -> None:
        sheet = self.sheets[-1]
        if self._filled:
            if self._rows_repeated > MAX_ROWS or sheet.cell_count + self._rows_repeated * len(row.cells) > MAX_CELLS:
                raise InputError(
                    ja=f"シート「{sheet.name}」は {MAX_CELLS} セルの限度を超える。",
                    en=f"The sheet {sheet.name!r} exceeds {MAX_CELLS} cells.",
                )
            for offset in range(self._rows_repeated):
                copy = RawRow(row.number + offset, hidden=row.hidden)
                copy.cells = dict(row.cells)
                sheet.rows.append(copy)
            sheet.cell_count += (self._rows_repeated - 1) * len(row.cells)
        self._next_row += self._rows_repeated

    def _close_cell(self, attributes: dict[str, str]) -> None:
        row, sheet = self._row, self.sheets[-1] if self.sheets else None
        if row is None or sheet is None:
            raise damaged()
        repeated = _number(attributes.get("table:number-columns-repeated"))
        filled = bool(self._paragraphs) or "office:value-type" in attributes or "table:formula" in attributes
        if filled:
            self._filled = True
            if self._column + repeated > MAX_COLUMNS:
                raise damaged()
            for column in range(self._column, self._column + repeated):
                sheet.put(row, column, self._value(attributes, sheet, row, column))
        self._note_merge(attributes, sheet, row)
        self._column += repeated

    def _note_merge(self, attributes: dict[str, str], sheet: RawSheet, row: RawRow) -> None:
        wide = _number(attributes.get("table:number-columns-spanned"))
        high = _number(attributes.get("table:number-rows-spanned"))
        if wide * high > 1 and not self._covered:
            last = f"{letters(min(self._column + wide, MAX_COLUMNS) - 1)}{row.number + high - 1}"
            sheet.merges.append(f"{letters(self._column)}{row.number}:{last}")

    def _value(self, attributes: dict[str, str], sheet: RawSheet, row: RawRow, column: int) -> GridCell:
        kind = attributes.get("office:value-type", "")
        formula = attributes.get("table:formula")
        shown = "\n".join(_collapse("".join(parts)) for parts in self._paragraphs)
        place = sheet.place(row.number, column)
        if formula is not None and (not kind or (kind != "string" and not _has_value(attributes))):
            return refused(
                "IPA081", shown, f"{place} は数式で、計算結果が保存されていない。",
                f"{place} is a formula without a saved result.",
            )  # fmt: skip
        if shown.startswith(("#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NUM!", "Err:")) and formula is not None:
            return refused("IPA081", shown, f"{place} はエラー値 {shown} である。", f"{place} holds the error {shown}.")
        cell = _typed(kind, attributes, shown, place)
        if formula is None:
            return cell
        sheet.formulas.append(f"{letters(column)}{row.number}")
        return replace_cell(cell, note="formula")


def _has_value(attributes: dict[str, str]) -> bool:
    return any(f"office:{name}" in attributes for name in ("value", "date-value", "time-value", "boolean-value"))


def _typed(kind: str, attributes: dict[str, str], shown: str, place: str) -> GridCell:
    """Return the cell by its value type (ISO/IEC 26300 part 1, 19.385)."""
    if kind in {"float", "percentage", "currency"}:
        cell = number_cell(attributes.get("office:value", ""), PLAIN, place, date1904=False)
        note = "" if cell.refused is not None else zeros_note(cell.text, shown)
        return replace_cell(cell, note=note) if note else cell
    if kind == "date":
        return _date_cell(attributes.get("office:date-value", ""), shown, place)
    if kind == "time":
        return _time_cell(attributes.get("office:time-value", ""), shown, place)
    if kind == "boolean":
        return GridCell(text=attributes.get("office:boolean-value", "").upper())
    if kind == "string" and "office:string-value" in attributes and not shown:
        return GridCell(text=attributes["office:string-value"])
    return GridCell(text=shown) if shown else EMPTY


def _date_cell(raw: str, shown: str, place: str) -> GridCell:
    found = _DATE.fullmatch(raw)
    try:
        day = datetime.fromisoformat(found[1]) if found is not None else None
    except ValueError:
        day = None
    if found is None or day is None or int(found[2] or 0) >= _HOURS:
        return refused(
            "IPA082", raw or shown, f"{place} の日時「{raw}」が読めない。", f"The date {raw!r} in {place} is no date."
        )
    if found[2] is None:
        return GridCell(text=found[1], note=f"iso={raw}")
    moment = day + _within_day(found)
    return GridCell(text=f"{moment.date().isoformat()} {_clock(moment, shown, found[5])}", note=f"iso={raw}")


def _time_cell(raw: str, shown: str, place: str) -> GridCell:
    found = _TIME.fullmatch(raw)
    length = _within_day(found) if found is not None and found[2] else _DAY
    if length >= _DAY:
        return refused(
            "IPA082", raw or shown, f"{place} の「{raw}」は時刻でなく経過時間である。",
            f"{raw!r} in {place} is a duration, no time of day.",
        )  # fmt: skip
    return GridCell(text=_clock(_ANY_DAY + length, shown, found[5] if found is not None else None), note=f"iso={raw}")


def _within_day(found: re.Match[str]) -> timedelta:
    """Return hours, minutes, seconds and fraction, groups 2 to 5, rounded to the nearest millisecond."""
    thousandths = round(float(f"0.{found[5] or 0}") * 1000)
    return timedelta(
        hours=int(found[2]), minutes=int(found[3] or 0), seconds=int(found[4] or 0), milliseconds=thousandths
    )


def _clock(moment: datetime, shown: str, fraction: str | None) -> str:
    """Return hh:mm:ss[.fff]; without seconds when none are stored and the cell shows none."""
    if moment.second == moment.microsecond == 0 and shown and not _SECONDS_SHOWN.search(shown):
        return f"{moment:%H:%M}"
    if not moment.microsecond:
        return f"{moment:%H:%M:%S}"
    # LibreOffice keeps hundredths only: a third digit would claim what the file does not hold.
    hundredths = fraction is not None and len(fraction) <= 2  # noqa: PLR2004 - two digits are hundredths
    return moment.time().isoformat("milliseconds")[: -1 if hundredths else None]


def _collapse(text: str) -> str:
    """Collapse white space as ISO/IEC 26300 part 1, 6.1.2 demands, then set in the spaces that were spelled out."""
    return _COLLAPSED.sub(" ", text).strip(" ").replace("\0", " ").replace("\1", "\t").replace("\2", "\n")


def _number(text: str | None) -> int:
    return int(text) if text is not None and text.isdecimal() and text.strip("0") else 1
