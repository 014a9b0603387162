"""A spreadsheet (xlsx, xls, ods) as grids of text: every row and sheet, hidden or not, each value exact or refused."""

from __future__ import annotations

from ipattr.errors import InputError
from ipattr.model import Finding, Record, Text
from ipattr.readers.grids import Grid  # noqa: TC001 - msgspec resolves it when a child process hands a workbook over
from ipattr.readers.spreadsheet.raw import RawSheet, finish

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_STREAMS = (b"\x09\x00", b"\x09\x02", b"\x09\x04", b"\x09\x08")
_ZIP = b"PK"


class Workbook(Record, frozen=True, kw_only=True):
    """The non-empty sheets in workbook order, hidden ones too, and what concerns the workbook as a whole."""

    grids: tuple[Grid, ...]
    findings: tuple[Finding, ...] = ()


def parse(data: bytes) -> Workbook:
    """Read a spreadsheet: values from its own records, each compared with a second reader.

    A pure function, for a child process with limits. Raises InputError (without a file name) when the file is no
    spreadsheet, is damaged, protected, beyond the limits, or when a row would be lost. ECMA-376, ISO/IEC 26300, MS-XLS.
    """
    from ipattr.readers.spreadsheet.peer import compare_all

    sheets = _read(data)
    compare_all(data, sheets)
    filled = [sheet for sheet in sheets if any(row.cells for row in sheet.rows)]
    empty = [sheet.name for sheet in sheets if sheet not in filled]
    findings = (_empty_sheets(empty),) if empty else ()
    return Workbook(grids=tuple(finish(sheet) for sheet in filled), findings=findings)


def _read(data: bytes) -> list[RawSheet]:
    if data.startswith(_OLE):
        from ipattr.readers.spreadsheet.xls import read_xls

        return read_xls(data)
    if data.startswith(_ZIP):
        from ipattr.readers.spreadsheet.package import open_package

        package = open_package(data)
        if "content.xml" in package:
            from ipattr.readers.spreadsheet.ods import read_ods

            return read_ods(package)
        if "xl/workbook.xml" in package or "xl/workbook.bin" in package:
            from ipattr.readers.spreadsheet.xlsx import read_xlsx

            return read_xlsx(package)
    if data.startswith(_OLD_STREAMS):
        raise InputError(
            ja="Excel 95 以前の形式(BIFF5 以前)のブックである。.xlsx として保存し直されたい。",
            en="This workbook is of Excel 95 or older (BIFF5 or older); save it as .xlsx.",
        )
    raise InputError(ja="表計算の文書(.xlsx、.xls、.ods)ではない。", en="This is no spreadsheet (.xlsx, .xls, .ods).")


def _empty_sheets(names: list[str]) -> Finding:
    return Finding(
        code="IPA087",
        level="info",
        message=Text(ja=f"空のシート: {'、'.join(names)}。", en=f"Sheets without any content: {', '.join(names)}."),
    )
