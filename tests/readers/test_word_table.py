"""Tables of a Word file: merged and nested cells, what is struck out, and rows that no table of logins may swallow."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from docx import Document as NewDocument

from ipattr.errors import InputError
from ipattr.readers import Options, word_table, x_return
from ipattr.readers.document import decode_document
from ipattr.readers.word_table import docx_tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipattr.readers import FormReading
    from ipattr.registry import Registry

    Reader = Callable[..., FormReading]

HEADER = ["日時(JST)", "IPアドレス", "ポート", "アカウントID"]
ROWS = [
    ["2024/05/01 03:34:56", "1.0.16.1", "50001", "1234567890123456789"],
    ["2024/05/02 03:34:56", "1.0.16.2", "50002", "1234567890123456789"],
    ["2024/05/03 03:34:56", "2400:4050::3", "50003", "1234567890123456789"],
]
RECORD = [
    "ipAudit : {", "“accountId” : “1234567890123456789”", "“createdAt” : “2024-05-09T03:34:56.000Z”",
    "“loginIp” : “1.0.16.9”", "}",
]  # fmt: skip


def saved(document: object) -> bytes:
    stream = io.BytesIO()
    document.save(stream)  # type: ignore[attr-defined]  # python-docx does not export the class
    return stream.getvalue()


def filled(document: object, rows: list[list[str]]) -> object:
    """Add a table and return it."""
    table = document.add_table(rows=len(rows), cols=len(rows[0]))  # type: ignore[attr-defined]  # as above
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    return table


def docx(*tables: list[list[str]], before: tuple[str, ...] = ()) -> bytes:
    document = NewDocument()
    for line in before:
        document.add_paragraph(line)
    for rows in tables:
        filled(document, rows)
        document.add_paragraph("")
    return saved(document)


def xml(body: str) -> bytes:
    """Return a Word file with this body."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", f"<w:document {space}><w:body>{body}</w:body></w:document>")
    return stream.getvalue()


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"


def row(*cells: str, properties: str = "") -> str:
    return f"<w:tr>{properties}{''.join(cells)}</w:tr>"


@pytest.fixture
def reading(registry: Registry) -> Reader:
    """Return the function that reads a Word file as a table, checked for lost rows."""

    def of(data: bytes, *, mapping: dict[str, str] | None = None) -> FormReading:
        options = Options(columns=registry.columns, mapping=mapping or {})
        found = word_table.read(decode_document("a.docx", data), options, registry.specials)
        assert found.rows == len(found.events) + len(found.rejects) + len(found.pending)
        return found

    return of


def texts(data: bytes) -> list[list[list[str]]]:
    return [[[cell.text for cell in row.cells] for row in grid.rows] for grid in docx_tables(data)]


def test_a_table_gives_one_event_per_row_with_its_place(reading: Reader, registry: Registry) -> None:
    data = docx([HEADER, *ROWS], before=("開示資料", "以下のとおり"))
    found = reading(data)
    assert [(event.address.text, event.port, event.provenance.locator, event.status) for event in found.events] == [
        ("1.0.16.1", 50001, "a.docx:table 1 r.2", "ok"),
        ("1.0.16.2", 50002, "a.docx:table 1 r.3", "ok"),
        ("2400:4050::3", 50003, "a.docx:table 1 r.4", "ok"),
    ]
    reason = word_table.detect(decode_document("a.docx", data), Options(columns=registry.columns))
    assert reason is not None
    assert "table 1" in reason.en


def test_row_numbers_are_those_of_the_paragraphs() -> None:
    (grid,) = docx_tables(docx([HEADER, *ROWS], before=("one", "two")))
    assert [line.number for line in grid.rows] == [3, 7, 11, 15]
    assert grid.counted_rows == 4


def test_a_cell_merged_over_rows_repeats_its_value_for_review(reading: Reader) -> None:
    document = NewDocument()
    table = filled(document, [HEADER, ROWS[0], [*ROWS[1][:3], ""]])
    table.cell(1, 3).merge(table.cell(2, 3)).text = ROWS[0][3]  # type: ignore[attr-defined]  # as above
    found = reading(saved(document))
    assert [(event.account.id, event.status) for event in found.events] == [
        ("1234567890123456789", "ok"), ("1234567890123456789", "review"),
    ]  # fmt: skip
    assert "IPA096" in {finding.code for finding in found.events[1].findings}


def test_a_cell_merged_over_columns_never_shifts_its_neighbours(reading: Reader) -> None:
    span = "<w:gridSpan w:val='2'/>"
    table = "".join(
        [
            row(*map(cell, HEADER)),
            row(cell(ROWS[0][0], span), cell("50001"), cell(ROWS[0][3])),
            row(*map(cell, ROWS[1])),
            row(cell(ROWS[2][1]), cell("50003"), cell("7"), properties="<w:trPr><w:gridBefore w:val='1'/></w:trPr>"),
        ]
    )
    data = xml(f"<w:tbl>{table}</w:tbl>")
    assert texts(data)[0][1] == [ROWS[0][0], "", "50001", ROWS[0][3]]
    assert texts(data)[0][3] == ["", ROWS[2][1], "50003", "7"]
    found = reading(data)
    assert [event.address.text for event in found.events] == ["1.0.16.2"]
    assert len(found.rejects) == 2


def test_a_nested_table_is_a_table_of_its_own(reading: Reader) -> None:
    document = NewDocument()
    outer = document.add_table(rows=1, cols=2)
    outer.cell(0, 0).text = "別紙"
    inner = outer.cell(0, 1).add_table(rows=2, cols=4)
    for line, values in zip(inner.rows, [HEADER, ROWS[0]], strict=True):
        for place, value in zip(line.cells, values, strict=True):
            place.text = value
    data = saved(document)
    assert texts(data) == [[["別紙", ""]], [HEADER, ROWS[0]]]
    assert [grid.counted_rows for grid in docx_tables(data)] == [1, 2]
    assert [event.provenance.locator for event in reading(data).events] == ["a.docx:table 2 r.2"]


def test_struck_out_cells_are_not_read_and_named(reading: Reader) -> None:
    gone = (
        "<w:tc><w:p><w:del w:id='1' w:author='x'><w:r><w:delText>1.0.16.8</w:delText></w:r></w:del>"
        "<w:r><w:t>1.0.16.1</w:t></w:r></w:p></w:tc>"
    )
    table = row(*map(cell, HEADER)) + row(cell(ROWS[0][0]), gone, cell("50001"), cell("1234567890123456789"))
    found = reading(xml(f"<w:tbl>{table}</w:tbl>"))
    assert [event.address.text for event in found.events] == ["1.0.16.1"]
    assert "IPA040" in {finding.code for finding in found.findings}


def test_a_value_on_two_paragraphs_is_not_taken_for_one(reading: Reader) -> None:
    found = reading(docx([HEADER, [ROWS[0][0], "1.0.16.1\n23", *ROWS[0][2:]], ROWS[1]]))
    assert [event.address.text for event in found.events] == ["1.0.16.2"]
    assert [reject.raw for reject in found.rejects] == ["1.0.16.1\n23"]


def test_rows_of_another_table_are_rejected_not_dropped(reading: Reader) -> None:
    other = [["甲", "乙"], ["2024-05-09T00:00:00Z", "1.0.16.9"]]
    found = reading(docx([["件名", "開示"]], [HEADER, *ROWS], other))
    assert len(found.events) == 3
    assert [(reject.code, "1.0.16.9" in reject.raw) for reject in found.rejects] == [("IPA096", True)]
    assert {"a.docx:table 1", "a.docx:table 3"} <= {finding.about for finding in found.findings}


def test_two_tables_of_logins_are_both_read(reading: Reader) -> None:
    found = reading(docx([HEADER, ROWS[0]], [HEADER, *ROWS[1:]]))
    assert [event.provenance.locator for event in found.events] == [
        "a.docx:table 1 r.2", "a.docx:table 2 r.2", "a.docx:table 2 r.3",
    ]  # fmt: skip


def test_a_repeated_header_is_a_reject_that_everyone_sees(reading: Reader) -> None:
    found = reading(docx([HEADER, ROWS[0], HEADER, ROWS[1]]))
    assert (len(found.events), len(found.rejects)) == (2, 1)


def test_unknown_columns_are_asked_for(reading: Reader) -> None:
    data = docx([["列あ", "列い"], ["2024-05-01T03:34:56Z", "1.0.16.1"]])
    with pytest.raises(InputError, match="which column is the time"):
        reading(data)
    found = reading(data, mapping={"time": "列あ", "ip": "列い"})
    assert [event.address.text for event in found.events] == ["1.0.16.1"]


def test_records_and_a_table_fit_two_forms(registry: Registry) -> None:
    options = Options(columns=registry.columns)
    document = decode_document("a.docx", docx([HEADER, *ROWS], before=tuple(RECORD)))
    assert word_table.detect(document, options) is not None
    assert x_return.detect(document) is not None


def test_times_and_addresses_outside_the_tables_are_errors_with_their_paragraph(reading: Reader) -> None:
    long = "１．０．１６．８ " + "x" * 100
    found = reading(docx([HEADER, *ROWS], before=("開示資料 2024年", *RECORD, long)))
    assert len(found.events) == 3
    said = [finding for finding in found.findings if finding.code == "IPA096"]
    assert [(finding.about, finding.level) for finding in said] == [
        ("a.docx:4", "error"), ("a.docx:5", "error"), ("a.docx:7", "error"),
    ]  # fmt: skip
    assert "Paragraph 5: outside the table; not read: '“loginIp” : “1.0.16.9”'" in said[1].message.en
    assert f"「{long[:80]}」" in said[2].message.ja


@pytest.mark.parametrize("tables", [[], [[["件名", "開示請求"], ["担当", "甲"]]], [[[line] for line in RECORD]]])
def test_records_in_paragraphs_or_cells_are_not_a_table_of_logins(
    tables: list[list[list[str]]], registry: Registry
) -> None:
    document = decode_document("a.docx", docx(*tables, before=("日時 2024/05/01 03:34:56 IP 1.0.16.1",)))
    assert word_table.detect(document, Options(columns=registry.columns)) is None
    with pytest.raises(InputError, match="no table of logins"):
        word_table.read(document, Options(columns=registry.columns), registry.specials)


def test_a_text_box_written_twice_for_old_programs_is_one_table() -> None:
    table = f"<w:tbl>{row(cell('a'), cell('b'))}</w:tbl>"
    space = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    data = xml(
        f"<w:p><w:r><mc:AlternateContent {space}><mc:Choice Requires='wps'>{table}</mc:Choice>"
        f"<mc:Fallback>{table}</mc:Fallback></mc:AlternateContent></w:r></w:p>{table}"
    )
    assert [(grid.counted_rows, len(grid.rows)) for grid in docx_tables(data)] == [(1, 1), (1, 1)]
