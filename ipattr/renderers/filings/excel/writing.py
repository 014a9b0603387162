"""The sheets of the workbook: title, stamp, headings, cells, and what a cell cannot hold or show."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ipattr.model import Text
from ipattr.renderers.csv import guard
from ipattr.renderers.filings.excel.measures import (
    LINE,
    MOST_BREAKS,
    MOST_UNITS,
    SMALLER,
    TALLEST,
    TEXT_WIDTH,
    first_page,
    held,
    lines_of,
    pages_across,
    printed,
    units_of,
    widths_of,
)
from ipattr.renderers.filings.tables import ExportColumn, ExportTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_576
HEADER = 3
"""The row of the headings (0-based); above it stand the title and the stamp."""
_MORE = Text(ja="続き", en="Continued")
_FOOTER = 240  # of 255 characters
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", "_"))
_LONGEST_NAME = 31
_LANDSCAPE_A4 = 9
_CACHED = 65_536


class _Formats(NamedTuple):
    cell: Format
    quoted: Format
    heading: Format
    title: Format
    note: Format


class _Rest(NamedTuple):
    """What a cell cannot hold or show: its reference, where the cell stands, and the pieces in order."""

    reference: str
    sheet: str
    row: int
    column: str
    pieces: tuple[str, ...]


class Writer:
    """The sheets written so far, and what did not fit into their cells."""

    def __init__(self, book: Workbook, stamped: Sequence[tuple[str, str]], lang: str) -> None:
        """Begin without sheets."""
        self.book = book
        self.stamped = stamped
        self.lang = lang
        self.names: set[str] = set()
        self.rest: list[_Rest] = []
        base = {"num_format": "@", "valign": "top", "text_wrap": True}
        head = {"bold": True, "bg_color": "#E7E6E6", "bottom": 1}
        self.formats = _Formats(
            cell=book.add_format(base),
            quoted=book.add_format({**base, "quote_prefix": True}),
            heading=book.add_format({**base, **head}),
            title=book.add_format({"num_format": "@", "bold": True, "font_size": 12, "text_wrap": True}),
            note=book.add_format({"num_format": "@", "font_size": 9, "text_wrap": True}),
        )

    def say(self, ja: str, en: str) -> str:
        """Return the words in the language of the workbook."""
        return ja if self.lang == "ja" else en

    def table(self, table: ExportTable) -> None:
        """Write a table on a sheet, or on as many as its rows take."""
        room = MOST_ROWS - HEADER - 1
        parts = max(-(-len(table.rows) // room), 1)
        for part in range(parts):
            counted = self.say(f"（{part + 1}/{parts}枚目）", f" (sheet {part + 1} of {parts})") if parts > 1 else ""
            self._sheet(table, table.rows[part * room : (part + 1) * room], part, counted)

    def _sheet(self, table: ExportTable, rows: Sequence[tuple[str, ...]], part: int, counted: str) -> None:
        name = self._name(table.title, part)
        sheet = self.book.add_worksheet(name)
        widths = widths_of(table.columns, rows)
        look = lru_cache(_CACHED)(_looked_at)
        hidden = 0
        for number, column in enumerate(table.columns):
            sheet.write_string(HEADER, number, column.title, self.formats.heading)
        for place, row in enumerate(rows, start=HEADER + 1):
            most = 1
            for number, text in enumerate(row):
                if not text:
                    continue
                fits, quoted, took = look(text, widths[number])
                shown = text
                if not fits or took > TALLEST:
                    cell = _Rest("", name, place + 1, table.columns[number].title, ())
                    shown = self._fitting(text, cell) if not fits else self._shown(text, cell)
                    hidden += fits
                sheet.write_string(place, number, shown, self.formats.quoted if quoted else None)
                most = max(most, took)
            sheet.set_row(place, LINE * min(most, TALLEST))
        self._head(sheet, table, widths, counted=counted, hidden=hidden)
        self._look(sheet, widths, len(rows))
        self._page(sheet, table.title + counted, sum(widths))

    def _head(self, sheet: Worksheet, table: ExportTable, widths: Sequence[int], *, counted: str, hidden: int) -> None:
        """Write title and stamp above the headings, and how many cells a row cannot show whole."""
        note = f"　{table.note}" if table.note else ""
        if hidden:
            note += self.say(
                f"　【{hidden}個のセルは長く、画面と印刷では末尾が隠れる。全文はシート「{_MORE.ja}」にもある。】",
                f"  [{hidden} cells are longer than a row can show; their whole text is in the sheet {_MORE.en} too.]",
            )
        *others, head = (f"{label}: {value}" for label, value in self.stamped)
        last = first_page(widths)
        room = sum(widths[1 : last + 1])
        for place, (text, look) in enumerate(
            (
                (f"{table.title}{counted}{note}", self.formats.title),
                (self.say("　", " · ").join(others), self.formats.note),
                (head, self.formats.note),
            )
        ):
            # From the second column on: the first is repeated on every printed page and would tear the words.
            if last > 1:
                sheet.merge_range(place, 1, place, last, "", look)
            sheet.write_string(place, 1, text, look)
            sheet.set_row(place, LINE * min(lines_of(text, int(room * SMALLER)), TALLEST))
        sheet.set_row(HEADER, LINE * 2)

    def _fitting(self, text: str, cell: _Rest) -> str:
        """Return what a cell can hold of the text, with a reference to the rest of it."""
        first = held(text)
        reference = self._keep(cell._replace(pieces=tuple(printed(text[len(first) :]))))
        return first + self.say(
            f"【{reference}: 続きはシート「{_MORE.ja}」にある】", f" [{reference}: goes on in the sheet {_MORE.en}]"
        )

    def _shown(self, text: str, cell: _Rest) -> str:
        """Return the text, once it is kept whole for those who cannot see the end of its cell."""
        self._keep(cell._replace(pieces=tuple(printed(text))))
        return text

    def _keep(self, rest: _Rest) -> str:
        """Keep what a cell cannot hold or show, and return the reference to it."""
        reference = f"K{len(self.rest) + 1}"
        self.rest.append(rest._replace(reference=reference))
        return reference

    def _look(self, sheet: Worksheet, widths: Sequence[int], rows: int) -> None:
        """Set widths, frozen headings and the filter; text that looks like a number is meant to be text."""
        for number, wide in enumerate(widths):
            sheet.set_column(number, number, wide, self.formats.cell)
        sheet.freeze_panes(HEADER + 1, 1)
        sheet.autofilter(HEADER, 0, HEADER + max(rows, 1), len(widths) - 1)
        everywhere = f"A1:XFD{MOST_ROWS}"
        sheet.ignore_errors({"number_stored_as_text": everywhere, "two_digit_text_year": everywhere})

    def _page(self, sheet: Worksheet, title: str, wide: int) -> None:
        """Set the printed page: A4 across, headings on every page, and the stamp at its foot."""
        sheet.set_landscape()
        sheet.set_paper(_LANDSCAPE_A4)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.8)
        sheet.fit_to_pages(pages_across(wide), 0)
        sheet.repeat_rows(HEADER)
        sheet.repeat_columns(0)
        sheet.set_header(f"&L&9{_plain(title)}&R&9&P / &N")
        sheet.set_footer("&L&7" + _foot(self.stamped))

    def _name(self, title: str, part: int) -> str:
        """Return a name that a sheet may bear and that no other one bears."""
        number = part + 1
        while True:
            tail = f" ({number})" if number > 1 else ""
            name = title.translate(_FORBIDDEN).strip()[: _LONGEST_NAME - len(tail)] + tail
            if name.casefold() not in self.names:
                self.names.add(name.casefold())
                return name
            number += 1

    def continuations(self) -> None:
        """Write what cells cannot hold or show."""
        if not self.rest:
            return
        say = self.say
        columns = (
            ExportColumn("reference", say("番号", "Reference"), 8),
            ExportColumn("sheet", say("シート", "Sheet"), 24),
            ExportColumn("row", say("シートの行", "Row of the sheet"), 10),
            ExportColumn("column", say("列", "Column"), 24),
            ExportColumn("part", say("部分", "Part"), 8),
            ExportColumn("text", say("文字列", "Text"), TEXT_WIDTH),
        )
        rows = tuple(_continued(self.rest))
        note = say(
            "一つのセルに収まらない文字列の続きと、行に表示しきれないセルの全文。部分の順につなぐ。",
            "The rest of what a cell cannot hold, and the whole of what a row cannot show, part by part.",
        )
        self.table(ExportTable("continued", _MORE.pick(self.lang), columns, rows, note))


def _looked_at(text: str, wide: int) -> tuple[bool, bool, int]:
    """Say whether a cell can hold the text, whether it needs a quotePrefix, and how many lines it takes."""
    fits = text.count("\n") <= MOST_BREAKS and (len(text) <= MOST_UNITS // 2 or units_of(text) <= MOST_UNITS)
    return fits, guard(text, is_id=True) is not text, lines_of(text, wide)


def _continued(rest: Sequence[_Rest]) -> Iterator[tuple[str, ...]]:
    for one in rest:
        for number, piece in enumerate(one.pieces, start=1):
            yield one.reference, one.sheet, str(one.row), one.column, f"{number}/{len(one.pieces)}", piece


def _foot(stamped: Sequence[tuple[str, str]]) -> str:
    """Return the stamp for the foot of a page, with its labels or, where there is no room for them, without.

    The head of the journal comes last and has a line of its own.
    """
    labelled = [f"{label}: {value}" for label, value in stamped]
    for parts in (labelled, [value for _, value in stamped]):
        text = _plain("  ".join(parts[:-1]) + "\n" + parts[-1])
        if units_of(text) <= _FOOTER:
            return text
    return _plain("  ".join(labelled[-1:]))[:_FOOTER]


def _plain(text: str) -> str:
    """Return a text in which no ampersand is a code of a header."""
    return text.replace("&", "&&")
