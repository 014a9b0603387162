"""The tables as one workbook in which every cell is text: nothing runs, nothing is rounded, nothing leads outside.

All cells are strings in the number format ``@``; one that a spreadsheet would run or rewrite when a person edits it
(``=1+1``, a long id) bears ``quotePrefix`` as well, so that it stays text. The value itself is not changed. What a cell
cannot hold (32,767 UTF-16 units, 253 line breaks) goes on in a sheet of continuations, named in the cell; what a sheet
cannot hold (1,048,576 rows) in a further sheet. The file's dates are the as-of date, so that equal cases give equal
bytes. Limits: "Excel specifications and limits"; ECMA-376 Part 1, 18.8.45 (quotePrefix).
"""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING

from ipattr.model import Text
from ipattr.renderers.filings.excel.writing import Writer
from ipattr.renderers.filings.material import stamp
from ipattr.renderers.filings.tables import ExportTable, export_tables

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

    from ipattr.renderers.filings.material import Material

ADVICE = Text(
    ja="すべてのセルは文字列であり、数式・リンクはない。表計算ソフトでCSVに保存し直すと、= + - @ で始まる値が次に開いた"
    "ときに数式として働き、長い数字が丸められることがある。CSVが要るときはipattrのCSV出力を使う。",
    en="Every cell is text; there are no formulas and no links. Once a spreadsheet has saved it as CSV, values that "
    "begin with = + - @ can run, and long numbers be rounded, when that is opened; for CSV use the CSV of ipattr.",
)


def encode(material: Material, lang: str) -> bytes:
    """Return the workbook: the overview first, then a sheet per table (several where one cannot hold the rows)."""
    import xlsxwriter

    stream = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": {"font_name": "MS PGothic", "font_size": 10},
    }
    book: Workbook = xlsxwriter.Workbook(stream, options)
    as_of = material.case.as_of
    book.set_properties({"created": datetime(as_of.year, as_of.month, as_of.day)})  # noqa: DTZ001 - written as UTC
    writer = Writer(book, tuple(stamp(material, lang)), lang)
    for table in export_tables(material, lang):
        writer.table(_with_advice(table, lang) if table.id == "overview" else table)
    writer.continuations()
    book.close()
    return stream.getvalue()


def _with_advice(table: ExportTable, lang: str) -> ExportTable:
    """Add what has to be known of a workbook alone."""
    row = ("注意", "セルの形式", ADVICE.ja) if lang == "ja" else ("Notes", "Cells", ADVICE.en)
    return table._replace(rows=(*table.rows, row))
