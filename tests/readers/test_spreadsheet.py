"""A spreadsheet gives every row, each value exact or refused with its place; nothing hidden is skipped."""

from __future__ import annotations

import io
import struct
from datetime import datetime, time
from typing import TYPE_CHECKING

import pytest
import workbooks as w

from ipattr.errors import InputError
from ipattr.readers.spreadsheet import parse
from ipattr.readers.spreadsheet.numbers import PLAIN, number_cell, read_format

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.readers.grids import Grid, GridCell

TABLE = (w.HEADER, *w.ROWS)
MOMENT = datetime(2024, 5, 1, 3, 34, 56)  # noqa: DTZ001 - a cell states no zone


def _one(data: bytes) -> Grid:
    book = parse(data)
    assert len(book.grids) == 1
    return book.grids[0]


def _texts(grid: Grid) -> list[tuple[str, ...]]:
    return [tuple(cell.text for cell in row.cells) for row in grid.rows]


def _codes(grid: Grid) -> set[str]:
    return {finding.code for finding in grid.findings}


def _cell(xml: str, **more: str | tuple[str, ...]) -> GridCell:
    return _one(w.raw_xlsx(f'<row r="1">{xml}</row>', **more)).rows[0].cells[0]  # type: ignore[arg-type] # keywords of one builder


def _refused(cell: GridCell) -> str:
    assert cell.refused is not None, cell
    return cell.refused.code


@pytest.mark.parametrize(
    "data", [w.openpyxl_book(TABLE), w.xlwt_book(TABLE), w.odfpy_book(TABLE)], ids=["openpyxl", "xlwt", "odfpy"]
)
def test_text_comes_back_exactly_from_every_writer(data: bytes) -> None:
    grid = _one(data)
    assert _texts(grid) == list(TABLE)
    assert [row.label for row in grid.rows] == ["Sheet1!1", "Sheet1!2", "Sheet1!3", "Sheet1!4"]
    assert grid.counted_rows == 4


TYPED = [[MOMENT, 50000, 123456789012345, True]]


@pytest.mark.parametrize("data", [w.openpyxl_book(TYPED), w.xlwt_book(TYPED)], ids=["xlsx", "xls"])
def test_typed_cells_become_plain_text(data: bytes) -> None:
    grid = _one(data)
    assert _texts(grid) == [("2024-05-01 03:34:56", "50000", "123456789012345", "TRUE")]
    assert "epoch=1900" in grid.rows[0].cells[0].note


ROUNDED = 1782345678901234567
ROUNDED_ODS = (
    f'<table:table-cell office:value-type="float" office:value="{ROUNDED}"><text:p>1.78E+18</text:p></table:table-cell>'
)


@pytest.mark.parametrize(
    "data",
    [
        w.openpyxl_book([["x", ROUNDED]]),
        w.xlwt_book([["x", ROUNDED]]),
        w.raw_xlsx(f'<row r="1">{w.text("A1", "x")}{w.number("B1", "1.78234567890123E+18")}</row>'),
        w.raw_ods(w.ods_row(w.ods_text("x"), ROUNDED_ODS)),
    ],
    ids=["openpyxl", "xlwt", "raw", "ods"],
)
def test_an_id_that_was_rounded_is_refused_with_sheet_and_address(data: bytes) -> None:
    cell = _one(data).rows[0].cells[1]
    assert _refused(cell) == "IPA080"
    assert cell.refused is not None
    assert "Sheet1!B1" in cell.refused.reason.en
    assert "Sheet1!B1" in cell.refused.reason.ja


@pytest.mark.parametrize(
    ("raw", "text"),
    [("999999999999999", "999999999999999"), ("5", "5"), ("5.0", "5"), ("1E5", "100000"), ("1.1000000000000001", "1.1"),
     ("-3", "-3"), ("0", "0"), ("45413.5", "45413.5"), ("1E-7", "0.0000001")],
)  # fmt: skip
def test_a_number_is_plain_digits(raw: str, text: str) -> None:
    assert number_cell(raw, PLAIN, "S!A1", date1904=False).text == text


@pytest.mark.parametrize("raw", ["1000000000000000", "1E+15", "1782345678901230000"])
def test_from_sixteen_digits_on_a_number_is_refused(raw: str) -> None:
    assert _refused(number_cell(raw, PLAIN, "S!A1", date1904=False)) == "IPA080"


@pytest.mark.parametrize(
    ("code", "raw", "text"),
    [
        ("yyyy-mm-dd hh:mm:ss", "45413.149259259262", "2024-05-01 03:34:56"),
        ("yyyy-mm-dd hh:mm:ss", "45413.1492592593", "2024-05-01 03:34:56"),
        ("yyyy-mm-dd hh:mm:ss", "45413.149262152779", "2024-05-01 03:34:56.250"),
        ("yyyy/m/d h:mm", "45413.149259259262", "2024-05-01 03:34:56"),
        ("yyyy/m/d h:mm", "45413.148611111108", "2024-05-01 03:34"),
        ("yyyy/m/d h:mm:ss", "45413.148611111108", "2024-05-01 03:34:00"),
        ("yyyy/m/d", "45413", "2024-05-01"),
        ("yyyy/m/d h:mm:ss", "45413", "2024-05-01 00:00:00"),
        ("yyyy/m/d", "45413.149259259262", "2024-05-01 03:34:56"),
        ("yyyy/m/d", "45413.5", "2024-05-01 12:00"),
        ("h:mm:ss", "0.149259259259259", "03:34:56"),
        ("h:mm AM/PM", "0.5", "12:00"),
        ('hh"時"mm"分"', "0.149259259259259", "03:34:56"),
        ("mm:ss", "0.5", "12:00:00"),
        ("yyyy-mm", "45413", "2024-05-01"),
        ('[$-411]ggge"年"m"月"d"日"', "45413", "2024-05-01"),
        ("yyyy/m/d", "59", "1900-02-28"),
        ("yyyy/m/d", "61", "1900-03-01"),
        ("[h]:mm:ss", "45413.5", "45413.5"),
        ("General", "45413.5", "45413.5"),
        ("0.00E+00", "45413.5", "45413.5"),
        ('0"day"', "5", "5"),
        ("[Red]#,##0", "5000", "5000"),
    ],
)  # fmt: skip
def test_a_serial_is_read_by_its_format(code: str, raw: str, text: str) -> None:
    cell = number_cell(raw, read_format(code), "S!A1", date1904=False)
    assert (cell.refused, cell.text) == (None, text)


@pytest.mark.parametrize("raw", ["60", "60.5", "-1", "0", "2958466", "45413.14926", "x", "NaN"])
def test_a_serial_that_names_no_moment_is_refused(raw: str) -> None:
    assert _refused(number_cell(raw, read_format("yyyy-mm-dd hh:mm:ss"), "S!A1", date1904=False)) in {
        "IPA081",
        "IPA082",
    }


def test_the_1904_epoch_counts_from_1904() -> None:
    cell = _cell(w.number("A1", "43951.149259259262", 1), workbook='<workbookPr date1904="1"/>')
    assert (cell.text, cell.note.split()[-1]) == ("2024-05-01 03:34:56", "epoch=1904")
    assert _texts(_one(w.xlwt_book([[MOMENT]], epoch1904=True))) == [("2024-05-01 03:34:56",)]


@pytest.mark.parametrize(
    ("code", "raw", "note"),
    [
        ("00000", "123", "format=00000 shown=00123"),
        ("00000", "12345", "format=00000"),
        ("[Red]0000_ ;-0", "7", "format=[Red]0000_ ;-0 shown=0007"),
        ("0", "7", ""),
        ("#,##0", "7", ""),
    ],
)
def test_a_format_that_shows_zeros_leaves_the_number_and_says_so(code: str, raw: str, note: str) -> None:
    cell = _cell(w.number("A1", raw, 1), formats=(code,))
    assert (cell.text, cell.note) == (raw, note)


def test_an_ods_number_shown_with_zeros_says_so() -> None:
    cell = '<table:table-cell office:value-type="float" office:value="123"><text:p>00123</text:p></table:table-cell>'
    got = _one(w.raw_ods(w.ods_row(cell))).rows[0].cells[0]
    assert (got.text, got.note) == ("123", "shown=00123")


def test_an_error_and_a_formula_without_result_are_refused() -> None:
    assert _refused(_cell('<c r="A1" t="e"><v>#N/A</v></c>')) == "IPA081"
    for xml in ('<c r="A1"><f>1+1</f></c>', '<c r="A1"><f>1+1</f><v></v></c>', '<c r="A1"><f>1+1</f><v/></c>'):
        assert _refused(_cell(xml)) == "IPA081"


def test_a_formula_with_a_saved_result_is_used_and_named() -> None:
    grid = _one(w.raw_xlsx('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="str"><f>"a"</f><v>a</v></c></row>'))
    assert [(cell.text, cell.note) for cell in grid.rows[0].cells] == [("2", "formula"), ("a", "formula")]
    assert "A1, B1" in next(finding.message.en for finding in grid.findings if finding.code == "IPA089")


def test_shared_strings_join_rich_runs_and_leave_phonetic_ones_out() -> None:
    shared = (
        "<si><r><t>198.51</t></r><r><t>.100.7</t></r></si>"
        '<si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/></si>'
    )
    row = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    assert _texts(_one(w.raw_xlsx(row, shared=shared))) == [("198.51.100.7", "東京")]


def test_escaped_characters_and_spaces_of_shared_strings_come_back() -> None:
    shared = "<si><t>a_x000D_b</t></si><si><t xml:space='preserve'> x </t></si><si><t>_x005F_x000D_</t></si>"
    row = "".join(f'<c r="{letter}1" t="s"><v>{n}</v></c>' for n, letter in enumerate("ABC"))
    grid = _one(w.raw_xlsx(f'<row r="1">{row}</row>', shared=shared))
    assert _texts(grid) == [("a\rb", " x ", "_x000D_")]
    assert all(cell.refused is None for cell in grid.rows[0].cells)


def test_inline_rich_text_leaves_phonetic_runs_out() -> None:
    xml = '<c r="A1" t="inlineStr"><is><r><t>東</t></r><r><t>京</t></r><rPh sb="0" eb="2"><t>ト</t></rPh></is></c>'
    cell = _cell(xml)
    assert (cell.text, cell.refused) == ("東京", None)


def test_a_shared_string_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="second reader"):
        parse(w.raw_xlsx('<row r="1"><c r="A1" t="s"><v>7</v></c></row>', shared="<si><t>a</t></si>"))


def test_cells_and_rows_without_references_count_on() -> None:
    rows = '<row><c t="inlineStr"><is><t>a</t></is></c><c><v>1</v></c></row><row><c><v>2</v></c><c><v>3</v></c></row>'
    grid = _one(w.raw_xlsx(rows))
    assert _texts(grid) == [("a", "1"), ("2", "3")]
    assert [row.number for row in grid.rows] == [1, 2]


def test_gaps_in_rows_and_columns_stay_gaps() -> None:
    rows = f'<row r="3">{w.text("B3", "x")}{w.text("D3", "y")}</row><row r="90"/>'
    rows += f'<row r="1000">{w.text("A1000", "z")}</row>'
    grid = _one(w.raw_xlsx(rows))
    assert [(row.number, tuple(cell.text for cell in row.cells)) for row in grid.rows] == [
        (3, ("", "x", "", "y")), (90, ()), (1000, ("z",)),
    ]  # fmt: skip
    assert grid.counted_rows == 3


@pytest.mark.parametrize("dimension", ["A1", "A1:B2", "A5:D9", "nonsense"])
def test_a_wrong_dimension_loses_nothing_and_is_reported(dimension: str) -> None:
    rows = w.header_row() + f'<row r="2">{w.text("A2", "a")}{w.text("D2", "d")}</row>'
    grid = _one(w.raw_xlsx(rows, lead=f'<dimension ref="{dimension}"/>'))
    assert _texts(grid)[1] == ("a", "", "", "d")
    assert "IPA087" in _codes(grid)


def test_a_far_cell_and_a_huge_claim_do_not_exhaust_memory_and_say_so() -> None:
    rows = w.header_row() + f'<row r="1048576">{w.text("XFD1048576", "x")}</row>'
    xls = w.xlwt_book(TABLE)
    at = xls.index(struct.pack("<HH", 0x0200, 14)) + 4
    claimed = xls[:at] + struct.pack("<IIHH", 0, 65536, 0, 65535) + xls[at + 12 :]
    for data in (w.raw_xlsx(rows), claimed):
        grid = _one(data)
        assert any("one reader only" in finding.message.en for finding in grid.findings if finding.code == "IPA087")
        assert grid.rows[0].cells[0].text == "time"


def test_a_right_dimension_is_not_reported() -> None:
    assert "IPA087" not in _codes(_one(w.raw_xlsx(w.header_row(), lead='<dimension ref="A1:D1"/>')))


def test_hidden_rows_columns_and_sheets_are_read_and_named() -> None:
    hidden = f'<row r="1">{w.text("A1", "a")}</row><row r="2" hidden="1">{w.text("A2", "b")}</row>'
    book = parse(
        w.raw_xlsx(hidden, hidden, lead='<cols><col min="1" max="2" hidden="1"/></cols>', states=("", "veryHidden"))
    )
    assert [grid.name for grid in book.grids] == ["Sheet1", "Sheet2"]
    assert [row.hidden for row in book.grids[0].rows] == [False, True]
    said = [finding.message.en for finding in book.grids[1].findings if finding.code == "IPA084"]
    assert len(said) == 3
    assert said == [
        "1 hidden sheet was read ('Sheet2').", "1 hidden row was read (row 2).",
        "2 hidden columns were read (columns A-B).",
    ]  # fmt: skip
    spoken = [finding.message.ja for finding in book.grids[1].findings if finding.code == "IPA084"]
    assert spoken == [
        "非表示のシート 1 枚（「Sheet2」）を読んだ。", "非表示の行 1 行（2 行目）を読んだ。",
        "非表示の列 2 列（A-B 列）を読んだ。",
    ]  # fmt: skip
    assert len([finding for finding in book.grids[0].findings if finding.code == "IPA084"]) == 2


def test_a_merge_has_its_value_at_the_top_left_and_is_named() -> None:
    rows = f'<row r="1">{w.text("A1", "a")}{w.text("B1", "b")}</row>'
    rows += f'<row r="2">{w.text("A2", "hid")}{w.text("B2", "c")}</row>'
    rows += f'<row r="3">{w.text("B3", "d")}</row>'
    grid = _one(w.raw_xlsx(rows, tail='<mergeCells count="1"><mergeCell ref="A1:A3"/></mergeCells>'))
    assert grid.rows[0].cells[0].text == "a"
    assert _refused(grid.rows[1].cells[0]) == "IPA086"
    assert (grid.rows[2].cells[0].text, grid.rows[2].cells[0].note) == ("", "merged=A1:A3")
    assert "A1:A3" in next(finding.message.en for finding in grid.findings if finding.code == "IPA086")


def test_a_cell_written_twice_is_refused() -> None:
    grid = _one(w.raw_xlsx(f'<row r="1">{w.text("A1", "a")}{w.text("A1", "b")}</row>'))
    assert _refused(grid.rows[0].cells[0]) == "IPA083"


def test_a_row_number_written_twice_does_not_lose_a_row() -> None:
    data = w.raw_xlsx(f'<row r="1">{w.text("A1", "a")}</row><row r="1">{w.text("A1", "b")}</row>')
    grid = _one(data)
    assert len(grid.rows) == 2
    assert "IPA087" in _codes(grid)
    assert any(row.cells[0].refused is not None for row in grid.rows)


def test_a_comment_with_a_row_in_it_is_not_counted() -> None:
    assert _one(w.raw_xlsx(w.header_row() + "<!-- <row r='9'> -->")).counted_rows == 1


def test_a_document_type_declaration_is_refused() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'
    parts = {"xl/workbook.xml": bomb, "xl/_rels/workbook.xml.rels": "<Relationships/>"}
    with pytest.raises(InputError, match="document type declaration"):
        parse(w.zipped(parts))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"time,ip\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)])
def test_what_is_no_spreadsheet_is_an_input_error(data: bytes) -> None:
    with pytest.raises(InputError):
        parse(data)


def test_every_cut_of_every_format_ends_in_an_input_error_or_a_whole_reading() -> None:
    for data in (w.openpyxl_book(TABLE), w.xlwt_book(TABLE), w.odfpy_book(TABLE)):
        for cut in range(0, len(data), 97):
            try:
                found = _texts(_one(data[:cut]))
            except InputError:
                continue
            assert found == list(TABLE)


def test_biff5_is_named() -> None:
    with pytest.raises(InputError, match="BIFF5"):
        parse(struct.pack("<HHHH", 0x0809, 8, 0x0500, 0x0005) + bytes(40))


def test_strings_of_an_xls_that_cross_a_record_come_back() -> None:
    rows = [[f"{number:05d}" + ("あ" if number % 2 else "x") * 200, str(number)] for number in range(200)]
    assert _texts(_one(w.xlwt_book(rows))) == [tuple(row) for row in rows]


def test_what_an_xls_hides_merges_and_calculates_is_read_and_named() -> None:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    sheet.write(0, 0, "a")
    sheet.write(0, 1, xlwt.Formula("1+1"))
    sheet.write_merge(1, 2, 0, 0, "b")
    sheet.write(2, 1, 0.5)
    sheet.row(2).hidden = True
    sheet.col(1).hidden = True
    other = book.add_sheet("Sheet2")
    other.visibility = 1
    other.write(4, 2, "0012")
    buffer = io.BytesIO()
    book.save(buffer)
    grids = parse(buffer.getvalue()).grids
    assert [row.hidden for row in grids[0].rows] == [False, False, True]
    assert grids[0].rows[0].cells[1].note == "formula"
    assert [cell.text for cell in grids[0].rows[2].cells] == ["", "0.5"]
    assert len([finding for finding in grids[0].findings if finding.code == "IPA084"]) == 2
    assert {"IPA086", "IPA089"} <= _codes(grids[0])
    assert [(row.number, row.cells[2].text) for row in grids[1].rows] == [(5, "0012")]
    assert "IPA084" in _codes(grids[1])


def test_ods_repeated_rows_and_cells_are_all_given() -> None:
    repeated = w.ods_text("b").replace(" ", ' table:number-columns-repeated="2" ', 1)
    rows = w.ods_row(w.ods_text("a"), repeated, attributes='table:number-rows-repeated="3"')
    rows += '<table:table-row table:number-rows-repeated="1048573"><table:table-cell/></table:table-row>'
    grid = _one(w.raw_ods(rows))
    assert _texts(grid) == [("a", "b", "b")] * 3
    assert grid.counted_rows == 3


def test_ods_comments_and_ruby_are_not_text_and_spaces_are_kept() -> None:
    cell = (
        '<table:table-cell office:value-type="string"><office:annotation><text:p>comment</text:p></office:annotation>'
        '<text:p>a <text:s text:c="2"/>b</text:p></table:table-cell>'
    )
    assert _one(w.raw_ods(w.ods_row(cell))).rows[0].cells[0].text == "a   b"


@pytest.mark.parametrize(
    ("attributes", "shown", "text"),
    [
        ('office:value-type="date" office:date-value="2024-05-01T03:34:56"', "2024/5/1 3:34", "2024-05-01 03:34:56"),
        ('office:value-type="date" office:date-value="2024-05-01T03:34:56.250000000"', "x", "2024-05-01 03:34:56.250"),
        ('office:value-type="date" office:date-value="2024-05-01T03:34:55.999999999"', "x", "2024-05-01 03:34:56"),
        ('office:value-type="date" office:date-value="2024-05-01T03:34:00"', "2024/5/1 3:34", "2024-05-01 03:34"),
        ('office:value-type="date" office:date-value="2024-05-01T03:34:00"', "2024/5/1 3:34:00", "2024-05-01 03:34:00"),
        ('office:value-type="date" office:date-value="2024-05-01"', "2024/5/1", "2024-05-01"),
        ('office:value-type="time" office:time-value="PT03H34M56S"', "03:34:56", "03:34:56"),
        ('office:value-type="float" office:value="50000"', "50,000", "50000"),
    ],
)
def test_ods_values_come_from_their_attributes(attributes: str, shown: str, text: str) -> None:
    cell = f"<table:table-cell {attributes}><text:p>{shown}</text:p></table:table-cell>"
    got = _one(w.raw_ods(w.ods_row(cell))).rows[0].cells[0]
    assert (got.refused, got.text) == (None, text)


def test_ods_formula_without_result_and_hidden_parts() -> None:
    style = '<style:style style:name="h"><style:table-properties table:display="false"/></style:style>'
    formula = '<table:table-cell table:formula="of:=1+1"/>'
    rows = w.ods_row(w.ods_text("a"), formula, attributes='table:visibility="collapse"')
    grid = _one(w.raw_ods(rows, styles=style, attributes='table:style-name="h"'))
    assert _refused(grid.rows[0].cells[1]) == "IPA081"
    assert len([finding for finding in grid.findings if finding.code == "IPA084"]) == 2


def test_an_encrypted_ods_is_named() -> None:
    parts = {"content.xml": "x", "META-INF/manifest.xml": "<manifest><encryption-data/></manifest>"}
    with pytest.raises(InputError, match="password"):
        parse(w.zipped(parts))


def test_a_time_of_day_alone_stays_a_time_of_day() -> None:
    assert _texts(_one(w.openpyxl_book([[time(3, 34, 56)]]))) == [("03:34:56",)]


@pytest.mark.skipif(w.soffice() is None, reason="LibreOffice (soffice) is not on this machine")
@pytest.mark.parametrize("target", ["xlsx", "ods", "xls"])
def test_what_libreoffice_writes_comes_back_exactly(target: str, tmp_path: Path) -> None:
    rows = [["time", "ip", "port", "id"], [MOMENT, "1.0.16.1", 50000, "1782345678901234567"],
            [datetime(1999, 12, 31, 23, 59, 59, 250000), "2001:db8:b0b::1", 1, "0012"]]  # noqa: DTZ001 - as above  # fmt: skip
    source = tmp_path / "book.xlsx"
    source.write_bytes(w.openpyxl_book(rows))
    data = w.libreoffice(source, target, tmp_path)
    # In .ods LibreOffice keeps hundredths of a second, elsewhere the whole serial.
    assert _texts(_one(data)) == [
        ("time", "ip", "port", "id"),
        ("2024-05-01 03:34:56", "1.0.16.1", "50000", "1782345678901234567"),
        ("1999-12-31 23:59:59.25" + ("" if target == "ods" else "0"), "2001:db8:b0b::1", "1", "0012"),
    ]
