"""The workbook, read by four other readers: the same cells, all text, nothing that runs or leads outside."""

from __future__ import annotations

import io
import re
import time
import zipfile
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import filing_world as world
import openpyxl
import pytest
import python_calamine
from filing_sheets import Grid, expected, facts
from hypothesis import given, settings
from hypothesis import strategies as st

import ipattr
from ipattr.renderers.filings import excel
from ipattr.renderers.filings.blocks import safe_text
from ipattr.renderers.filings.excel import measures, writing
from ipattr.renderers.filings.material import stamp
from ipattr.renderers.filings.tables import ExportColumn, ExportTable, export_tables

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.renderers.filings.material import Material

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
BELOW = writing.HEADER + 1


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Material:
    return world.hostile(tmp_path_factory.mktemp("hostile"))


def materials(hostile: Material) -> tuple[Material, ...]:
    return world.example(), hostile


def by_openpyxl(data: bytes) -> dict[str, Grid]:
    book = openpyxl.load_workbook(io.BytesIO(data), rich_text=False)
    return {
        sheet.title: [
            ["" if cell is None else cell for cell in row]
            for row in sheet.iter_rows(min_row=BELOW, max_col=_width(sheet), values_only=True)
        ]
        for sheet in book
    }


def _width(sheet: object) -> int:
    """Return the number of headings: above them the title may stand in a further column."""
    head = next(sheet.iter_rows(min_row=BELOW, max_row=BELOW, values_only=True))  # type: ignore[attr-defined]
    return sum(cell is not None for cell in head)


def by_calamine(data: bytes) -> dict[str, Grid]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    found = {}
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)[writing.HEADER :]
        wide = sum(cell != "" for cell in rows[0])
        found[name] = [row[:wide] for row in rows]
    return found


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("reader", [by_openpyxl, by_calamine])
def test_another_reader_finds_every_cell_unchanged(hostile: Material, reader: object, lang: str) -> None:
    assert callable(reader)
    for material in materials(hostile):
        found = reader(excel.encode(material, lang))
        tables = export_tables(material, lang)
        assert list(found)[: len(tables)] == [one.title for one in tables]
        for one in tables:
            assert found[one.title] == expected(one, lang), one.id


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_above_the_headings_stand_title_and_stamp(lang: str) -> None:
    material = world.example()
    book = openpyxl.load_workbook(io.BytesIO(excel.encode(material, lang)))
    for sheet in book:
        above = [[cell for cell in row if cell] for row in sheet.iter_rows(max_row=writing.HEADER, values_only=True)]
        text = "\n".join(cell for row in above for cell in row)
        assert above[0][0].startswith(sheet.title)
        for label, value in stamp(material, lang):
            assert f"{label}: {value}" in text
            assert value in sheet.oddFooter.left.text
        assert sheet.oddFooter.left.text == sheet.oddFooter.left.text.strip()


def test_on_a_sheet_of_one_page_the_stamp_has_the_width_of_the_table() -> None:
    book = openpyxl.load_workbook(io.BytesIO(excel.encode(world.example(), "ja")))
    sheet = book.worksheets[0]
    assert {str(one) for one in sheet.merged_cells.ranges} == {"B1:C1", "B2:C2", "B3:C3"}
    assert sheet.row_dimensions[2].height < 60


def test_every_cell_is_a_string_formatted_as_text(hostile: Material) -> None:
    for material in materials(hostile):
        book = openpyxl.load_workbook(io.BytesIO(excel.encode(material, "ja")))
        for sheet in book:
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type == ("n" if cell.value is None else "s"), cell
                    assert cell.value is None or cell.number_format == "@", cell
                    live = isinstance(cell.value, str) and re.match(r"\s*[=+\-@]|[0-9]{16}", cell.value)
                    assert not live or cell.row < BELOW or cell.quotePrefix, cell
                    assert cell.hyperlink is None
                    assert cell.comment is None


def test_there_is_no_part_and_no_element_that_runs_or_leads_outside(hostile: Material) -> None:
    for material in materials(hostile):
        with zipfile.ZipFile(io.BytesIO(excel.encode(material, "ja"))) as package:
            names = package.namelist()
            assert not [n for n in names if re.search("external|vba|activeX|ctrl|embed|drawing|connection|query", n)]
            for name in names:
                text = package.read(name).decode()
                assert 'TargetMode="External"' not in text, name
                if name.startswith("xl/worksheets/sheet"):
                    tags = {element.tag.removeprefix(MAIN) for element in ET.fromstring(text).iter()}  # noqa: S314 - our own
                    assert tags.isdisjoint(
                        {"f", "hyperlinks", "hyperlink", "dataValidations", "legacyDrawing", "oleObjects"}
                    )
            named = re.findall('<definedName name="([^"]*)"', package.read("xl/workbook.xml").decode())
            assert set(named) == {"_xlnm._FilterDatabase", "_xlnm.Print_Titles"}
            assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            core = package.read("docProps/core.xml").decode()
            assert "<dc:creator></dc:creator><cp:lastModifiedBy></cp:lastModifiedBy>" in core
            assert set(re.findall(r"\d{4}-\d{2}-\d{2}T[\d:]*Z", core)) == {"2026-11-21T00:00:00Z"}


def test_headings_are_frozen_filtered_and_repeated_on_a4_across() -> None:
    material = world.example()
    book = openpyxl.load_workbook(io.BytesIO(excel.encode(material, "ja")))
    for sheet, one in zip(book, export_tables(material, "ja"), strict=True):
        rows = len(expected(one, "ja")) - 1
        last = openpyxl.utils.get_column_letter(len(one.columns))
        assert sheet.freeze_panes == f"B{BELOW + 1}"
        assert sheet.auto_filter.ref == f"A{BELOW}:{last}{BELOW + rows}"
        assert sheet.print_title_rows == f"${BELOW}:${BELOW}"
        assert sheet.print_title_cols == "$A:$A"
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0
        assert all(cell.alignment.wrap_text for row in sheet.iter_rows(min_row=BELOW) for cell in row if cell.value)
        for column in one.columns:
            place = openpyxl.utils.get_column_letter(one.columns.index(column) + 1)
            assert 5 <= sheet.column_dimensions[_group(sheet, place)].width <= column.width + 3, column


def _group(sheet: object, letter: str) -> str:
    """Return the letter under which openpyxl keeps the width of a column: equal neighbours are kept together."""
    number = openpyxl.utils.column_index_from_string(letter)
    for key, dimension in sheet.column_dimensions.items():  # type: ignore[attr-defined]
        if dimension.min <= number <= dimension.max:
            return str(key)
    raise AssertionError(letter)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_our_own_reader_takes_the_logins_back_and_the_verdicts_are_the_same(tmp_path: Path, lang: str) -> None:
    for number, material in enumerate((world.example(), world.many(tmp_path, 300))):
        book = tmp_path / f"{number}.xlsx"
        book.write_bytes(excel.encode(material, lang))
        again = ipattr.lookup([book], platform="x", as_of=world.AS_OF)
        assert again.counts.rejected == 0
        assert facts([row.login for row in again.rows]) == facts([row.login for row in material.case.rows])
        assert [row.login.status for row in again.rows] == [row.login.status for row in material.case.rows]
        for mine, its in zip(material.case.rows, again.rows, strict=True):
            assert again.deadlines[its.deadline] == material.case.deadlines[mine.deadline]
            assert again.attributions[its.attribution] == material.case.attributions[mine.attribution]


def one_table(*cells: str, columns: int = 1, title: str = "T") -> ExportTable:
    """Return a table of those cells, one below the other in its last column."""
    heads = tuple(ExportColumn(f"c{n}", f"C{n}", 20) for n in range(columns))
    rows = tuple((*("x" for _ in range(columns - 1)), safe_text(cell)) for cell in cells)
    return ExportTable("t", title, heads, rows)


def written(monkeypatch: pytest.MonkeyPatch, *tables: ExportTable) -> dict[str, Grid]:
    with monkeypatch.context() as patch:
        patch.setattr(excel, "export_tables", lambda _material, _lang: tables)
        return by_openpyxl(excel.encode(world.example(), "ja"))


@pytest.mark.parametrize("text", world.HOSTILE)
def test_a_hostile_text_comes_back_as_it_was_written_out(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    found = written(monkeypatch, one_table(text, columns=2))
    assert found["T"] == [["C0", "C1"], ["x", safe_text(text)]]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=40).filter(lambda text: not text.isspace()), min_size=1, max_size=4))
def test_any_text_comes_back(texts: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        found = written(patch, one_table(*texts, columns=2))
    assert [row[1] for row in found["T"][1:]] == [safe_text(text) for text in texts]


@pytest.mark.parametrize(
    "text",
    ["a" * 40_000, "😀" * 20_000, "あ" * 100_000, "x\n" * 400, "=" + "1" * 32_767, "z" * 32_768],
    ids=["ascii", "astral", "kana", "lines", "formula", "one-over"],
)
def test_what_a_cell_cannot_hold_goes_on_in_another_sheet(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    found = written(monkeypatch, one_table("short", text, columns=2))
    cell = found["T"][2][1]
    assert len(cell.encode("utf-16-le")) // 2 <= measures.MOST_UNITS
    assert cell.count("\n") <= measures.MOST_BREAKS
    first, reference = re.fullmatch(r"(.*)【(K\d+): 続きはシート「続き」にある】", cell, re.DOTALL).groups()  # type: ignore[union-attr]
    rest = [row for row in found["続き"][1:] if row[0] == reference]
    assert [row[1:4] for row in rest] == [["T", str(BELOW + 2), "C1"]] * len(rest)
    assert [row[4] for row in rest] == [f"{n}/{len(rest)}" for n in range(1, len(rest) + 1)]
    assert first + "".join(row[5] for row in rest) == text


def test_what_a_row_cannot_show_stands_whole_in_its_cell_and_in_pieces_in_another_sheet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = "あいうえお、かきくけこ。" * 200
    found = written(monkeypatch, one_table(text, columns=2))
    assert found["T"][1][1] == text
    assert "".join(row[5] for row in found["続き"][1:]) == text
    with monkeypatch.context() as patch:
        patch.setattr(excel, "export_tables", lambda _material, _lang: (one_table(text, columns=2),))
        book = openpyxl.load_workbook(io.BytesIO(excel.encode(world.example(), "ja")))
    assert "1個のセルは長く" in book["T"]["B1"].value
    assert all(dimension.height <= 409.5 for sheet in book for dimension in sheet.row_dimensions.values())


def test_rows_beyond_a_sheet_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST_ROWS", writing.HEADER + 1 + 3)
    found = written(
        monkeypatch, one_table(*map(str, range(1, 8)), columns=2, title="とても長い名前[の]表:*?/\\" + "名" * 30)
    )
    assert len(found) == 3
    assert all(len(name) <= 31 and not re.search(r"[\[\]:*?/\\]", name) for name in found)
    assert [row[1] for grid in found.values() for row in grid[1:]] == [str(n) for n in range(1, 8)]
    assert all(grid[0] == ["C0", "C1"] for grid in found.values())


def test_five_thousand_logins_take_seconds(tmp_path: Path) -> None:
    material = world.many(tmp_path, 5_000)
    began = time.process_time()
    data = excel.encode(material, "ja")
    spent = time.process_time() - began
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        rows = [len(re.findall("<row ", package.read(f"xl/worksheets/sheet{n}.xml").decode())) for n in (1, 2, 3)]
    assert rows[2] == 5_000 + BELOW
    assert spent < 60, f"{spent:.1f} s of processor time"  # about 3 s on an idle core, 12 under coverage
