"""The workbook in LibreOffice: every cell of every sheet, the logins saved again, and the printed pages."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

import filing_world as world
import pypdfium2
import pytest
from filing_sheets import SOFFICE, converted, expected, facts

import ipattr
from ipattr.renderers.filings import excel
from ipattr.renderers.filings.excel import writing
from ipattr.renderers.filings.material import stamp
from ipattr.renderers.filings.tables import export_tables

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not on this machine")

ALL_SHEETS = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"


def test_libreoffice_shows_every_cell_of_every_sheet_unchanged(tmp_path: Path) -> None:
    for number, material in enumerate((world.example(), world.hostile(tmp_path))):
        book = tmp_path / f"b{number}.xlsx"
        book.write_bytes(excel.encode(material, "ja"))
        out = converted(book, ALL_SHEETS)
        for one in export_tables(material, "ja"):
            text = (out / f"b{number}-{one.title}.csv").read_text(encoding="utf-8")
            grid = list(csv.reader(io.StringIO(text, newline="")))[writing.HEADER :]
            assert [row[: len(one.columns)] for row in grid] == expected(one, "ja"), one.id


def test_libreoffice_saves_a_sheet_that_gives_the_same_logins(tmp_path: Path) -> None:
    material = world.example()
    book = tmp_path / "book.xlsx"
    book.write_bytes(excel.encode(material, "ja"))
    again = ipattr.read([converted(book, "ods") / "book.ods"])
    assert again.counts.rejected == 0
    assert facts(again.events) == facts([row.login for row in material.case.rows])


def test_printed_no_login_is_missing_no_cell_is_hashes_and_no_glyph_is_a_box(tmp_path: Path) -> None:
    material = world.example()
    book = tmp_path / "book.xlsx"
    book.write_bytes(excel.encode(material, "ja"))
    with pypdfium2.PdfDocument(converted(book, "pdf") / "book.pdf") as document:
        texts = []
        for page in document:
            assert tuple(map(round, page.get_size())) == (842, 595)
            words = page.get_textpage()
            texts.append(words.get_text_bounded())
            boxes = [words.get_charbox(n) for n in range(0, words.count_chars(), 7)]
            assert all(left >= -1 and right <= 843 for left, _, right, _ in boxes)
    for text in texts:
        assert "####" not in text
        assert "\ufffd" not in text
        for _, value in stamp(material, "ja"):
            assert re.sub(r"\s", "", value) in re.sub(r"\s", "", text)
    whole = "\n".join(texts)
    for row in material.case.rows:
        assert row.login.address.text in whole
