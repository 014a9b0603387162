"""The rows of a grid are read by the rules of CSV tables; what a cell cannot vouch for is a reject with its place."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
import workbooks as w

from ipattr.errors import InputError
from ipattr.instants import Zone, parse_zone
from ipattr.model import Text
from ipattr.readers import FormReading, Options, read
from ipattr.readers.gridforms import HEADER_WITHIN, find_header, read_grid
from ipattr.readers.grids import Grid, GridCell, GridRow
from ipattr.readers.sheet import read_sheets
from ipattr.readers.spreadsheet import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ipattr.registry import Registry

    Sheets = Callable[..., FormReading]

LOGIN = ("2024-05-01 03:34:56", "1.0.16.1", "50000", "1234567890")


@pytest.fixture
def options(registry: Registry) -> Options:
    """Return options with the shipped names and a declared zone."""
    zone = parse_zone("JST")
    assert isinstance(zone, Zone)
    return Options(columns=registry.columns, zone=zone)


@pytest.fixture
def sheets(registry: Registry, options: Options) -> Sheets:
    """Return the function that reads a workbook as ``book.xlsx`` and checks that no row is lost."""

    def of(data: bytes) -> FormReading:
        book = parse(data)
        found = read_sheets(book.grids, options, registry.specials, file="book.xlsx", sha256="ab")
        assert found.rows == len(found.events) + len(found.rejects)
        return found

    return of


def _grid(*rows: Sequence[str], name: str = "S") -> Grid:
    made = tuple(
        GridRow(number=n, label=f"{name}!{n}", cells=tuple(GridCell(text=text) for text in row))
        for n, row in enumerate(rows, start=1)
    )
    return Grid(name=name, rows=made, counted_rows=len(made))


def _codes(found: FormReading) -> set[str]:
    return {finding.code for finding in found.findings}


def test_a_row_becomes_one_event_with_sheet_and_row(sheets: Sheets) -> None:
    found = sheets(w.openpyxl_book([w.HEADER, LOGIN]))
    event = found.events[0]
    assert event.instant is not None
    assert (event.instant.utc.isoformat(), event.address.text, event.port, event.account.id) == (
        "2024-04-30T18:34:56+00:00", "1.0.16.1", 50000, "1234567890",
    )  # fmt: skip
    assert (event.provenance.locator, event.provenance.sha256, event.status) == ("book.xlsx:Sheet1!2", "ab", "ok")
    assert [(cell.column, cell.raw) for cell in event.raw] == list(zip(w.HEADER, LOGIN, strict=True))


def test_the_same_table_as_csv_and_as_sheets_gives_the_same_events(
    sheets: Sheets, options: Options, registry: Registry, tmp_path: Path
) -> None:
    table = [w.HEADER, *w.ROWS, ("nonsense", "1.0.16.1", "1", "2"), ("2024-05-01", "x", "", "")]
    path = tmp_path / "table.csv"
    path.write_text("\n".join(",".join(row) for row in table), encoding="utf-8")
    expected = read([str(path)], specials=registry.specials, options=options)
    for data in (w.openpyxl_book(table), w.xlwt_book(table), w.odfpy_book(table)):
        found = sheets(data)
        assert [(e.instant, e.address, e.port, e.account, e.status) for e in found.events] == [
            (e.instant, e.address, e.port, e.account, e.status) for e in expected.events
        ]
        assert [(r.row, r.column, r.code, r.raw) for r in found.rejects] == [
            (r.row, r.column, r.code, r.raw) for r in expected.rejects
        ]


def test_a_file_is_taken_for_a_sheet_and_read_through_the_child_process(
    options: Options, registry: Registry, tmp_path: Path
) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(w.openpyxl_book([w.HEADER, LOGIN]))
    found = read([str(path)], specials=registry.specials, options=options)
    assert (found.inputs[0].form, found.counts.ok, found.counts.conserved) == ("sheet", 1, True)
    assert "'Sheet1'" in found.inputs[0].form_reason.en
    assert found.events[0].provenance.sha256 == found.inputs[0].sha256


def test_serials_and_texts_mix_in_one_column(sheets: Sheets) -> None:
    moment = datetime(2024, 5, 1, 3, 34, 56)  # noqa: DTZ001 - a cell states no zone
    found = sheets(w.openpyxl_book([w.HEADER, LOGIN, (moment, *LOGIN[1:]), (45413.149259259262, *LOGIN[1:])]))
    assert [event.instant.utc for event in found.events if event.instant] == [found.events[0].instant.utc] * 2  # type: ignore[union-attr] # checked by the list itself
    assert [finding.code for finding in found.events[1].findings] == ["IPA085"]
    assert [(reject.row, reject.code) for reject in found.rejects] == [(4, "IPA187")]


def test_title_lines_above_the_header_are_named_and_totals_below_are_rejected(sheets: Sheets) -> None:
    rows = [("開示情報",), ("作成日", "2024-06-01"), (), w.HEADER, LOGIN, (), ("合計", "1 件")]
    found = sheets(w.openpyxl_book(rows))
    said = next(finding for finding in found.findings if finding.code == "IPA088")
    assert "Sheet1!1, Sheet1!2" in said.message.en
    assert (len(found.events), [reject.row for reject in found.rejects], found.rows) == (1, [7], 2)
    assert "Sheet1!7" in found.rejects[0].reason.en


def test_an_unknown_header_asks_which_column_is_the_time(sheets: Sheets) -> None:
    with pytest.raises(InputError, match=r"which column is the time.*The columns are: いつだか, ip, port"):
        sheets(w.openpyxl_book([("題",), ("いつだか", "ip", "port"), LOGIN[:3]]))


def test_a_given_mapping_finds_the_header(registry: Registry, options: Options) -> None:
    given = Options(columns=options.columns, zone=options.zone, mapping={"time": "いつだか", "ip": "どこだか"})
    grid = _grid(("題",), ("いつだか", "どこだか"), LOGIN[:2])
    found = read_grid(grid, given, registry.specials, file="f")
    assert (find_header(grid, given), len(found.events), found.mapping_source) == (1, 1, "given")


def test_a_grid_without_any_header_says_so(options: Options, registry: Registry) -> None:
    with pytest.raises(InputError, match="No header row was found in 'S'"):
        read_grid(_grid(LOGIN, LOGIN), options, registry.specials, file="f")
    assert find_header(_grid(*[("x", "y")] * HEADER_WITHIN, w.HEADER), options) is None
    assert find_header(_grid(*[("x", "y")] * (HEADER_WITHIN - 1), w.HEADER), options) == HEADER_WITHIN - 1


def test_a_rounded_id_rejects_its_row_and_no_other(sheets: Sheets) -> None:
    found = sheets(w.openpyxl_book([w.HEADER, LOGIN, (*LOGIN[:3], 1782345678901234567)]))
    assert [event.account.id for event in found.events] == ["1234567890"]
    reject = found.rejects[0]
    assert (reject.row, reject.column, reject.code) == (3, "account_id", "IPA080")
    assert "Sheet1!D3" in reject.reason.en


def test_every_refused_cell_of_a_row_is_named(sheets: Sheets) -> None:
    row = '<row r="2"><c r="A2" t="e"><v>#N/A</v></c><c r="B2"><f>x</f></c><c r="C2"><v>1</v></c></row>'
    found = sheets(w.raw_xlsx(w.header_row() + row))
    assert "Sheet1!A2" in found.rejects[0].reason.en
    assert "Sheet1!B2" in found.rejects[0].reason.en


def test_two_sheets_are_both_read_and_one_without_header_is_named(sheets: Sheets) -> None:
    cells = "".join(w.text(f"{letter}2", value) for letter, value in zip("ABCD", LOGIN, strict=True))
    login = w.header_row() + f'<row r="2">{cells}</row>'
    notes = f'<row r="1">{w.text("A1", "memo")}</row><row r="2">{w.text("A2", "x")}</row>'
    found = sheets(w.raw_xlsx(login, notes, login, states=("", "", "hidden")))
    assert [event.provenance.locator for event in found.events] == ["book.xlsx:Sheet1!2", "book.xlsx:Sheet3!2"]
    said = [finding.message.en for finding in found.findings if finding.code == "IPA088"]
    assert len(said) == 1
    assert "'Sheet2' (2 rows)" in said[0]
    assert any(finding.code == "IPA084" and "Sheet3" in finding.about for finding in found.findings)


def test_a_hidden_row_is_read_and_says_so(sheets: Sheets) -> None:
    cells = "".join(w.text(f"{letter}2", value) for letter, value in zip("ABCD", LOGIN, strict=True))
    found = sheets(w.raw_xlsx(w.header_row() + f'<row r="2" hidden="1">{cells}</row>'))
    assert "IPA084" in {finding.code for finding in found.events[0].findings}


def test_cells_under_a_merge_leave_a_gap_never_a_copied_value(sheets: Sheets) -> None:
    rows = w.header_row()
    for number in (2, 3):
        kept = LOGIN if number == 2 else LOGIN[1:]
        columns = "ABCD" if number == 2 else "BCD"
        cells = (w.text(f"{c}{number}", value) for c, value in zip(columns, kept, strict=True))
        rows += f'<row r="{number}">{"".join(cells)}</row>'
    found = sheets(w.raw_xlsx(rows, tail='<mergeCells><mergeCell ref="A2:A3"/></mergeCells>'))
    assert [event.provenance.locator for event in found.events] == ["book.xlsx:Sheet1!2"]
    assert [(reject.row, reject.column) for reject in found.rejects] == [(3, "time")]
    assert "IPA086" in _codes(found)


def _row(number: int, values: Sequence[str], last: str = "") -> str:
    cells = "".join(w.text(f"{c}{number}", value) for c, value in zip("ABCD", values, strict=False))
    return f'<row r="{number}">{cells}{last}</row>'


def test_an_account_under_a_merge_puts_its_row_and_no_other_up_for_review(sheets: Sheets) -> None:
    rows = w.header_row() + _row(2, LOGIN) + _row(3, LOGIN[:3])
    found = sheets(w.raw_xlsx(rows, tail='<mergeCells><mergeCell ref="D2:D3"/></mergeCells>'))
    assert [(event.account.id, event.status) for event in found.events] == [("1234567890", "ok"), (None, "review")]
    (said,) = [finding for finding in found.events[1].findings if finding.code == "IPA086"]
    assert said.level == "warning"
    assert "D2:D3" in said.message.en


def test_an_id_displayed_with_zeros_is_for_review_and_a_port_is_not(sheets: Sheets) -> None:
    rows = w.header_row() + _row(2, LOGIN[:3], w.number("D2", "1234567", 1))
    rows += _row(3, LOGIN[:2], w.number("C3", "443", 1) + w.text("D3", "1"))
    found = sheets(w.raw_xlsx(rows, formats=("0000000000",)))
    assert [event.status for event in found.events] == ["review", "ok"]
    (said,) = found.events[0].findings
    assert said.level == "warning"
    assert "displays 0001234567, but the stored value is 1234567" in said.message.en


def test_a_cell_beyond_the_header_rejects_the_row_and_blank_ones_do_not(options: Options, registry: Registry) -> None:
    grid = _grid(w.HEADER, (*LOGIN, "extra"), (*LOGIN, " ", ""), LOGIN[:3])
    found = read_grid(grid, options, registry.specials, file="f")
    assert [reject.code for reject in found.rejects] == ["IPA101"]
    assert len(found.events) == 2


def test_a_column_without_a_name_is_called_by_its_letter(options: Options, registry: Registry) -> None:
    grid = _grid(("", *w.HEADER), ("n", *LOGIN))
    found = read_grid(grid, options, registry.specials, file="f")
    assert (found.headers[0], len(found.events)) == ("[A]", 1)


def test_a_repeated_column_name_is_refused(options: Options, registry: Registry) -> None:
    with pytest.raises(InputError, match="stands twice, in columns A and E"):
        read_grid(_grid((*w.HEADER, "time"), LOGIN), options, registry.specials, file="f")


def test_a_grid_with_fewer_rows_than_counted_is_not_read(options: Options, registry: Registry) -> None:
    grid = Grid(name="S", rows=_grid(w.HEADER, LOGIN).rows, counted_rows=3)
    with pytest.raises(InputError, match="rows could be lost"):
        read_grid(grid, options, registry.specials, file="f")


def test_a_header_alone_is_reported(sheets: Sheets) -> None:
    assert "IPA115" in _codes(sheets(w.openpyxl_book([w.HEADER])))


def test_a_workbook_without_content_is_an_input_error(sheets: Sheets) -> None:
    with pytest.raises(InputError, match="Every sheet is empty"):
        sheets(w.openpyxl_book([]))


def test_reasons_are_in_both_languages(sheets: Sheets) -> None:
    found = sheets(w.openpyxl_book([w.HEADER, ("x", *LOGIN[1:])]))
    reason = found.rejects[0].reason
    assert isinstance(reason, Text)
    assert reason.ja.endswith("(Sheet1!2)")
    assert reason.en.endswith("(Sheet1!2)")
