"""Builds spreadsheets for the tests: by the libraries people use, and by hand where no library would err so."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"

HEADER = ("time", "ip", "port", "account_id")
ROWS = (
    ("2024-05-01 03:34:56", "1.0.16.1", "50000", "1782345678901234567"),
    ("2024-05-01 03:35:57.250", "2001:db8:b0b::1", "443", "0001234567"),
    ("2024-12-31 23:59:59", "1.0.16.2", "1024", "1234567890"),
)


def text(reference: str, value: str) -> str:
    """Return one cell with inline text."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def number(reference: str, value: str, style: int = 0) -> str:
    """Return one cell with a number as given."""
    return f'<c r="{reference}" s="{style}"><v>{value}</v></c>'


def header_row(row: int = 1, names: Sequence[str] = HEADER) -> str:
    """Return a row of column names."""
    return f'<row r="{row}">' + "".join(text(f"{chr(65 + n)}{row}", name) for n, name in enumerate(names)) + "</row>"


def raw_xlsx(
    *sheets: str,
    tail: str = "",
    lead: str = "",
    formats: Sequence[str] = ("yyyy-mm-dd hh:mm:ss",),
    shared: str = "",
    workbook: str = "",
    states: Sequence[str] = (),
    names: Sequence[str] = (),
) -> bytes:
    """Return a workbook of hand-written rows: style 1 is the first of ``formats``; the names count from Sheet1."""
    named = [names[n] if n < len(names) else f"Sheet{n + 1}" for n in range(len(sheets))]
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n + 1}" r:id="rId{n + 1}"'
        + (f' state="{states[n]}"' if n < len(states) and states[n] else "")
        + "/>"
        for n, name in enumerate(named)
    )
    relations = "".join(
        f'<Relationship Id="rId{n + 1}" Type="{_REL}/worksheet" Target="worksheets/sheet{n + 1}.xml"/>'
        for n in range(len(sheets))
    )
    relations += f'<Relationship Id="rIdS" Type="{_REL}/sharedStrings" Target="sharedStrings.xml"/>' if shared else ""
    codes = "".join(f'<numFmt numFmtId="{164 + n}" formatCode="{escape(c)}"/>' for n, c in enumerate(formats))
    styles = '<xf numFmtId="0"/>' + "".join(f'<xf numFmtId="{164 + n}"/>' for n in range(len(formats)))
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r" '
        f'Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}">{workbook}<sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><numFmts>{codes}</numFmts>'
        f"<cellXfs>{styles}</cellXfs></styleSheet>",
    }
    if shared:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{_MAIN}">{shared}</sst>'
    for n, rows in enumerate(sheets):
        parts[f"xl/worksheets/sheet{n + 1}.xml"] = (
            f'<worksheet xmlns="{_MAIN}">{lead}<sheetData>{rows}</sheetData>{tail}</worksheet>'
        )
    return zipped(parts)


def zipped(parts: dict[str, str]) -> bytes:
    """Return a ZIP file of the parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def raw_ods(rows: str, *, styles: str = "", attributes: str = "") -> bytes:
    """Return an OpenDocument spreadsheet with one sheet of hand-written rows."""
    spaces = " ".join(f'xmlns:{name}="{_ODF}:{name}:1.0"' for name in ("office", "table", "text", "style"))
    content = (
        f"<office:document-content {spaces}><office:automatic-styles>{styles}</office:automatic-styles><office:body>"
        f'<office:spreadsheet><table:table table:name="Sheet1" {attributes}>{rows}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": "<manifest/>",
        }
    )


def ods_text(value: str) -> str:
    """Return one text cell of an OpenDocument spreadsheet."""
    return f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'


def ods_row(*cells: str, attributes: str = "") -> str:
    """Return one row of an OpenDocument spreadsheet."""
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def openpyxl_book(rows: Sequence[Sequence[object]]) -> bytes:
    """Return the rows as openpyxl writes them."""
    import openpyxl

    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "Sheet1"
    for row in rows:
        book.active.append(list(row))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def xlwt_book(rows: Sequence[Sequence[object]], *, epoch1904: bool = False) -> bytes:
    """Return the rows as xlwt writes them (BIFF8); moments in the format with seconds."""
    import xlwt

    book = xlwt.Workbook()
    book.dates_1904 = epoch1904
    sheet = book.add_sheet("Sheet1")
    style = xlwt.easyxf(num_format_str="yyyy-mm-dd hh:mm:ss")
    for number_, row in enumerate(rows):
        for column, value in enumerate(row):
            if hasattr(value, "year"):
                sheet.write(number_, column, value, style)
            elif value is not None:
                sheet.write(number_, column, value)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def odfpy_book(rows: Sequence[Sequence[str]]) -> bytes:
    """Return rows of text as odfpy writes them."""
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    book = OpenDocumentSpreadsheet()
    table = Table(name="Sheet1")
    for row in rows:
        line = TableRow()
        for value in row:
            cell = TableCell(valuetype="string")
            cell.addElement(P(text=value))
            line.addElement(cell)
        table.addElement(line)
    book.spreadsheet.addElement(table)
    buffer = io.BytesIO()
    book.write(buffer)
    return buffer.getvalue()


def soffice() -> str | None:
    """Return the LibreOffice program, None where there is none."""
    return shutil.which("soffice")


def libreoffice(source: Path, target: str, folder: Path) -> bytes:
    """Return a file as LibreOffice writes it in the format ``target`` (its filter name or extension)."""
    program = soffice()
    assert program is not None
    out = folder / "written"
    out.mkdir(exist_ok=True)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", target, "--outdir", str(out), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (out / source.name).with_suffix(f".{target.partition(':')[0]}").read_bytes()
