"""Comma-, tab- and semicolon-separated text as records that know their physical line (RFC 4180, strictly)."""

from __future__ import annotations

import csv
import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from ipattr.errors import InputError
from ipattr.model import Finding, Record, Text
from ipattr.readers.document import lines, split_keeping_ends, split_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ipattr.readers.document import Document

PADDING = " \t\u00a0\u3000\r\n"
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

_DELIMITERS = {
    "\t": Text(ja="タブ", en="tab"),
    ",": Text(ja="コンマ", en="comma"),
    ";": Text(ja="セミコロン", en="semicolon"),
}
_LEADING_LINES = 10
_DATA = re.compile(
    r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|[0-9a-f]{1,4}:[0-9a-f:]*:[0-9a-f:.]*|\d{4}[-/年]\d|令和|https?://|\d{9,}",
    re.IGNORECASE,
)


class TableRow(Record, frozen=True, kw_only=True):
    """One record: ``row`` is its first physical line (1-based), ``raw`` its exact text without the last line end."""

    row: int
    cells: tuple[str, ...]
    raw: str


class Shape(NamedTuple):
    """How the records of one file are cut: the delimiter, the columns with a name, and those of the header as written.

    With ``every_cell_quoted`` a lost quote cannot hide, so swallowed rows are not looked for.
    """

    delimiter: str
    header_row: int
    named: int
    written: int
    every_cell_quoted: bool = False


class Table(Record, frozen=True, kw_only=True):
    """Header and records of one file; ``count`` is the number of records by a second, separate count of the text."""

    delimiter: str
    header_row: int
    headers: tuple[str, ...]
    rows: tuple[TableRow, ...]
    count: int
    findings: tuple[Finding, ...]


def find_header(document: Document, fits: Callable[[tuple[str, ...]], bool]) -> tuple[int, str] | None:
    """Return (line, delimiter) of the first of the leading lines that ``fits`` as a header, None when none does.

    Raises InputError when two delimiters give a header that fits.
    """
    for number, line in _leading(document):
        _refuse_open_header(document, number, line, fits)
        found = [mark for mark in _DELIMITERS if mark in line and fits(split_header(line, mark))]
        if len(found) > 1:
            marks = [_DELIMITERS[mark] for mark in found]
            raise InputError(
                ja=f"見出し行は{'でも'.join(mark.ja for mark in marks)}でも区切れる。一つの区切りで保存し直されたい。",
                en=f"The header row splits by {' and by '.join(mark.en for mark in marks)}; save it with one of them.",
                where=f"{document.name}:{number}",
            )
        if found:
            return number, found[0]
    return None


def _refuse_open_header(document: Document, number: int, line: str, fits: Callable[[tuple[str, ...]], bool]) -> None:
    for mark in _DELIMITERS:
        if '"' in line and mark in line and not split_header(line, mark):
            loose = tuple(cell.replace('"', "").strip(PADDING) for cell in line.split(mark))
            if fits(loose):
                raise quote_error(
                    document.name,
                    number,
                    '見出し行の引用符(")が閉じていない',
                    "A quotation mark in the header is not closed",
                )


def plain_header(document: Document) -> tuple[int, str] | None:
    """Return (line, delimiter) of the first line when it and the next line split alike into two or more cells."""
    leading = list(islice(_leading(document), 2))
    if not leading or "{" in document.text:
        return None
    number, line = leading[0]
    for mark in _DELIMITERS:
        width = len(split_header(line, mark))
        if width > 1 and all(len(split_header(other, mark)) == width for _, other in leading[1:]):
            return number, mark
    return None


def split_header(line: str, delimiter: str) -> tuple[str, ...]:
    """Return the trimmed cells of one line, empty when its quotes do not close on the line."""
    try:
        return tuple(cell.strip(PADDING) for cell in next(csv.reader([line], delimiter=delimiter, strict=True)))
    except (csv.Error, StopIteration):
        return ()


def looks_like_data(cell: str) -> bool:
    """Tell whether a cell starts like an address, a date, a URL or a long id, as no column name does."""
    return _DATA.match(cell.strip(PADDING)) is not None


def read_table(document: Document, *, header: tuple[int, str], every_cell_quoted: bool = False) -> Table:
    """Read every record below the header row.

    Raises InputError with the line for an unclosed or misplaced quote, a quoted cell that swallowed rows (not looked
    for with ``every_cell_quoted``, where a lost quote cannot hide), a header that is not the first row, repeated or
    blank column names, and a first row that is data.
    """
    number, delimiter = header
    whole = split_keeping_ends(document.text)
    _refuse_preamble(document, number, whole[number - 1])
    written = split_header(whole[number - 1].rstrip("\r\n"), delimiter)
    headers = _headers(document, number, named(written))
    body = whole[number:]
    _refuse_open_quote(document, body, number, delimiter)
    shape = Shape(delimiter, number, len(headers), len(written), every_cell_quoted)
    rows, blank = [], 0
    for start, end, given in split_records(document.name, body, number, delimiter):
        cells = taken(document.name, start, given, shape)
        if cells is None:
            blank += 1
            continue
        rows.append(TableRow(row=start, cells=tuple(cells), raw="".join(whole[start - 1 : end]).rstrip("\r\n")))
    return Table(
        delimiter=delimiter,
        header_row=number,
        headers=headers,
        rows=tuple(rows),
        count=count_records(body, delimiter),
        findings=remarks(document.name, shape, blank=blank, rows=len(rows)),
    )


def taken(name: str, start: int, cells: list[str], shape: Shape) -> list[str] | None:
    """Return the cells of one record below columns with a name, None when the record is blank.

    Raises InputError for a quoted cell that swallowed rows, and for a value below a column without a name.
    """
    if _is_blank("".join(cells)):
        return None
    if not shape.every_cell_quoted:
        _refuse_swallowed((name, start), cells, shape.delimiter, width=shape.written)
    if shape.written > shape.named:
        return _without_nameless((f"{name}:{shape.header_row}", start), cells, shape.named, shape.written)
    return cells


def named(headers: tuple[str, ...]) -> tuple[str, ...]:
    """Return the cells of a header row without the empty ones at its end, which a spreadsheet leaves behind."""
    width = len(headers)
    while width and not headers[width - 1]:
        width -= 1
    return headers[:width]


def _without_nameless(place: tuple[str, int], cells: list[str], width: int, written: int) -> list[str]:
    """Drop the empty cells below the nameless end of the header; a value there belongs to no column and is refused."""
    for column, cell in enumerate(cells[width:written], start=width + 1):
        if not _is_blank(cell):
            header, row = place
            raise InputError(
                ja=f"見出し行の {column} 列目が空だが、{row} 行目のその列に値がある。列名を入れるか、列を除かれたい。",
                en=f"Column {column} of the header row has no name, but row {row} has a value there; name the column "
                "or remove it.",
                where=f"{header}:{column}",
            )
    return cells[:width] + cells[written:]


def count_records(body: list[str], delimiter: str) -> int:
    """Count the non-blank records by quotes and line ends alone: the check on what the csv module returned."""
    count, quoted, content = 0, False, False
    for line in body:
        # Three quotes in a row: one of them is the text of a cell.
        content = content or '"""' in line or not _is_blank(line.replace(delimiter, "").replace('"', ""))
        quoted, _ = scan_quotes(line, delimiter, quoted=quoted)
        if not quoted:
            count += content
            content = False
    return count + (quoted and content)


def quotes_open(line: str, delimiter: str, *, quoted: bool) -> bool:
    """Tell whether a quoted cell is open at the end of a line; ``quoted``: whether one was at its start."""
    return scan_quotes(line, delimiter, quoted=quoted)[0]


def scan_quotes(line: str, delimiter: str, *, quoted: bool) -> tuple[bool, bool]:
    """Tell whether a quoted cell is open at the end of the line, and whether it was opened on this line.

    A quote opens only at the start of a cell; a doubled quote closes and reopens, which leaves the state as it was.
    """
    if '"' not in line:
        return quoted, False
    at_start, opened, closed = True, False, -2
    for number, character in enumerate(line):
        if character == '"' and quoted:
            quoted, at_start, closed = False, True, number
        elif character == '"' and at_start:
            opened = opened if closed == number - 1 else True
            quoted = True
        elif not quoted:
            at_start = character == delimiter
    return quoted, quoted and opened


def _leading(document: Document) -> Iterator[tuple[int, str]]:
    """Give the first non-blank lines that are not ``#`` comments at the very top."""
    top, given = True, 0
    for number, line in enumerate(lines(document), start=1):
        if _is_blank(line) or (top and line.startswith("#")):
            continue
        top = False
        given += 1
        if given > _LEADING_LINES:
            return
        yield number, line


def _refuse_preamble(document: Document, number: int, line: str) -> None:
    first = next((row for row, _ in _leading(document)), number)
    if first != number:
        raise InputError(
            ja=f"見出し行は {number} 行目とみられるが、その上の {first} 行目に別の内容がある。"
            "見出しより上の行を除いて渡されたい(行頭が # の行は読み飛ばす)。",
            en=f"Line {number} looks like the header, but line {first} above it holds something else; remove the lines "
            "above the header (lines that start with # are skipped).",
            where=f"{document.name}:{first}",
        )
    if any(looks_like_data(cell) for cell in re.split("[\t,;]", line.replace('"', ""))):
        raise InputError(
            ja=f"{number} 行目は見出しではなくデータとみられる。列名の行を先頭に加えられたい。",
            en=f"Line {number} looks like data, not like column names; put a line of column names first.",
            where=f"{document.name}:{number}",
        )


def _headers(document: Document, number: int, headers: tuple[str, ...]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    for column, header in enumerate(headers, start=1):
        where = f"{document.name}:{number}:{column}"
        if not header:
            raise InputError(
                ja=f"見出し行の {column} 列目が空である。列名を入れるか、列を除かれたい。",
                en=f"Column {column} of the header row has no name; name the column or remove it.",
                where=where,
            )
        if CONTROL.search(header):
            raise InputError(
                ja=f"見出し行の {column} 列目に制御文字がある。",
                en=f"Column {column} of the header row holds a control character.",
                where=where,
            )
        if header in seen:
            raise InputError(
                ja=f"見出し「{header}」が {seen[header]} 列目と {column} 列目の二か所にある。名を分けられたい。",
                en=f"The column name {header!r} stands twice, in columns {seen[header]} and {column}; rename one.",
                where=where,
            )
        seen[header] = column
    return headers


def _refuse_open_quote(document: Document, body: list[str], offset: int, delimiter: str) -> None:
    opened, quoted = 0, False
    for number, line in enumerate(body, start=offset + 1):
        quoted, here = scan_quotes(line, delimiter, quoted=quoted)
        opened = number if here else opened
    if quoted:
        raise quote_error(
            document.name, opened, '引用符(")が閉じていない', "A quotation mark is opened and never closed"
        )


def quote_error(name: str, row: int, ja: str, en: str) -> InputError:
    """Return the error for a quotation mark that makes rows uncertain."""
    return InputError(
        ja=f"{ja}。この行以降が失われるおそれがあるので、読み取りを中止した。原本と照らして直されたい。",
        en=f"{en}; rows could be lost, so nothing was read. Correct it against the original.",
        where=f"{name}:{row}",
    )


def split_records(name: str, body: list[str], offset: int, delimiter: str) -> Iterator[tuple[int, int, list[str]]]:
    """Give (first line, last line, cells) of each record of the lines ``body``, which follow line ``offset``.

    Raises InputError, with the line, for a cell that is too long or goes on behind its closing quote.
    """
    reader = csv.reader(body, delimiter=delimiter, strict=True)
    while True:
        start = offset + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            row = offset + reader.line_num
            if "field larger" in str(error):
                raise InputError(
                    ja=f"{start} 行目の欄が長すぎる({csv.field_size_limit()} 文字まで)。",
                    en=f"A cell in line {start} is too long (limit {csv.field_size_limit()} characters).",
                    where=f"{name}:{start}",
                ) from None
            raise quote_error(
                name, row, '閉じ引用符(")の直後に文字がある', "Text follows a closing quotation mark"
            ) from None
        yield start, offset + reader.line_num, cells


def _refuse_swallowed(place: tuple[str, int], cells: list[str], delimiter: str, *, width: int) -> None:
    """Refuse a quoted cell whose later lines read as records of their own: a lost quote has swallowed rows."""
    for cell in cells:
        for line in split_lines(cell)[1:] if "\n" in cell or "\r" in cell else ():
            parts = line.split(delimiter)
            if len(parts) > 1 and (len(parts) == width or any(looks_like_data(part) for part in parts)):
                raise quote_error(
                    *place,
                    '引用符(")が閉じておらず、次の行以降を一つの欄に呑み込んだとみられる',
                    "An unclosed quotation mark seems to have swallowed the following lines into one cell",
                )


def _is_blank(text: str) -> bool:
    return not text.strip(PADDING)


def remarks(name: str, shape: Shape, *, blank: int, rows: int) -> tuple[Finding, ...]:
    """Return what is said of a whole table: columns without a name, lines skipped, blank lines, and no row at all."""
    return tuple(_remarks(name, shape, blank, rows))


def _remarks(name: str, shape: Shape, blank: int, rows: int) -> Iterator[Finding]:
    if shape.written > shape.named:
        message = Text(
            ja=f"末尾の {shape.written - shape.named} 列は列名がなく、どの行も空なので読まない。",
            en=f"The last {shape.written - shape.named} columns have no name and are empty in every row; they are not "
            "read.",
        )
        yield Finding(code="IPA103", level="info", message=message, about=name)
    skipped = shape.header_row - 1
    if skipped:
        yield Finding(
            code="IPA113",
            level="info",
            message=Text(
                ja=f"見出しより上の {skipped} 行(空行と # の行)は読み飛ばした。",
                en=f"{skipped} lines above the header (blank or starting with #) were skipped.",
            ),
            about=name,
        )
    if blank:
        yield Finding(
            code="IPA114",
            level="info",
            message=Text(
                ja=f"空行が {blank} 行ある。行数に含めない。", en=f"{blank} blank lines; not counted as rows."
            ),
            about=name,
        )
    if not rows:
        yield Finding(
            code="IPA115",
            level="warning",
            message=Text(ja="見出しだけで、行がない。", en="There is a header, but no row."),
            about=name,
        )
