"""What a person checks a reading by: every line, paragraph, table row, page and sheet, once and under its own name."""

from __future__ import annotations

import io

import docx
import pdfs
from openpyxl import Workbook

from ipattr.readers.document import decode_document
from ipattr.readers.sources_of import Source, sources_of


def sources(name: str, data: bytes) -> tuple[Source, ...]:
    return sources_of(decode_document(name, data))


def test_a_text_is_its_physical_lines_blank_ones_and_odd_breaks_included() -> None:
    (only,) = sources("a.txt", "\ufeffone\r\n\r\ntwo\u2028still two\rthree".encode())
    assert [(row.number, row.cells) for row in only.rows] == [
        (1, ("one",)),
        (2, ("",)),
        (3, ("two\u2028still two",)),
        (4, ("three",)),
    ]
    assert (only.file, only.label) == ("a.txt", "")


def word() -> bytes:
    document = docx.Document()
    document.add_paragraph("before\nwith a soft break")
    table = document.add_table(rows=2, cols=2)
    for row, texts in zip(table.rows, (("time", "ip"), ("t1", "192.0.2.1")), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    inner = table.rows[1].cells[0].add_table(rows=1, cols=1)
    inner.rows[0].cells[0].text = "nested"
    document.add_paragraph("after")
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_a_word_document_is_its_paragraphs_and_table_rows_in_order() -> None:
    (only,) = sources("a.docx", word())
    cells = [row.cells for row in only.rows]
    assert cells[0] == ("before\nwith a soft break",)
    assert cells[1] == ("time", "ip")
    assert "nested" in cells[2][0]
    assert cells[2][1] == "192.0.2.1"
    assert cells[-1] == ("after",)
    assert only.rows[1].labels == ("table 1 r.1",)
    assert only.rows[2].labels == ("table 1 r.2", "table 2 r.1")


def test_paragraph_numbers_run_through_a_word_document_without_gap_or_overlap() -> None:
    (only,) = sources("a.docx", word())
    covered = [number for row in only.rows for number in range(row.number, max(row.number, row.last) + 1)]
    assert covered == list(range(1, len(covered) + 1))


def test_a_workbook_is_its_sheets_and_hidden_rows_are_named() -> None:
    book = Workbook()
    first, second = book.active, book.create_sheet("Other")
    assert first is not None
    first.title = "First"
    for sheet in (first, second):
        sheet.append(["time", "ip"])
        sheet.append(["2026-01-02T03:04:05Z", "192.0.2.1"])
    first.row_dimensions[2].hidden = True
    buffer = io.BytesIO()
    book.save(buffer)
    found = sources("a.xlsx", buffer.getvalue())
    assert [source.label for source in found] == ["First", "Other"]
    assert [row.labels for row in found[1].rows] == [("Other!1",), ("Other!2",)]
    assert [row.note is not None for row in found[0].rows] == [False, True]


def test_a_pdf_is_its_pages_line_by_line_and_a_page_without_text_is_named() -> None:
    data = pdfs.pdf(pdfs.lines("one", "two"), pdfs.lines("three"), pdfs.picture())
    found = sources("a.pdf", data)
    assert [source.label for source in found] == ["p.1", "p.2", "p.3"]
    assert [(row.number, row.labels, row.cells) for source in found[:2] for row in source.rows] == [
        (1, ("p.1 l.1",), ("one",)),
        (2, ("p.1 l.2",), ("two",)),
        (3, ("p.2 l.1",), ("three",)),
    ]
    assert found[2].rows[0].labels == ("p.3",)
    assert found[2].rows[0].note is not None


def test_a_table_in_a_pdf_follows_its_pages_row_by_row() -> None:
    data = pdfs.pdf(pdfs.cells([["time", "ip"], ["2026-01-02T03:04:05Z", "192.0.2.1"]]))
    found = sources("a.pdf", data)
    assert found[0].label == "p.1"
    assert [row.labels for row in found[-1].rows] == [("p.1 r.1",), ("p.1 r.2",)]
    assert found[-1].rows[1].cells == ("2026-01-02T03:04:05Z", "192.0.2.1")
