"""Disclosed logins in a spreadsheet: every sheet with a header is read, every other one is named with its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.errors import InputError
from ipattr.model import Finding, Text
from ipattr.readers.document import FormReading
from ipattr.readers.gridforms import content_rows, find_header, header_question, read_grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.addresses import Specials
    from ipattr.readers.document import Document, Options
    from ipattr.readers.grids import Grid

FORM = "sheet"
EXPECTS = Text(
    ja="列名の行(時刻と IP アドレスの列を含む)を持つ表計算の文書(.xlsx・.xls・.ods)",
    en="a spreadsheet (.xlsx, .xls, .ods) with a row of column names, a time and an address among them",
)


def detect(document: Document, options: Options) -> Text | None:
    """Say why the document is a spreadsheet of logins: it is a spreadsheet; its sheets with a header are named."""
    if document.kind != "sheet":
        return None
    fitting = [grid.name for grid in document.grids if find_header(grid, options) is not None]
    if not fitting:
        return Text(ja="表計算の文書である。", en="It is a spreadsheet.")
    return Text(
        ja=f"表計算の文書で、シート{'、'.join(f'「{name}」' for name in fitting)}に time+ip の列名がある。",
        en=f"It is a spreadsheet, and {', '.join(repr(name) for name in fitting)} names the columns time+ip.",
    )


def read(document: Document, options: Options, specials: Specials) -> FormReading:
    """Read all sheets; the same contract as ``read_sheets``."""
    return read_sheets(document.grids, options, specials, file=document.name, sha256=document.sha256)


def read_sheets(
    grids: Sequence[Grid], options: Options, specials: Specials, *, file: str, sha256: str = ""
) -> FormReading:
    """Read every sheet that has a header, hidden ones too; a sheet without one is a finding with its row count.

    Raises InputError when no sheet has a header (asking which column is the time), and as ``read_grid`` does.
    """
    if not grids:
        raise InputError(ja="どのシートも空である。", en="Every sheet is empty.", where=file)
    fitting = [grid for grid in grids if find_header(grid, options) is not None]
    if not fitting:
        raise header_question(max(grids, key=content_rows), options, file=file)
    read_ones = [read_grid(grid, options, specials, file=file, sha256=sha256) for grid in fitting]
    unread = [_unread(grid, file) for grid in grids if grid not in fitting]
    first = read_ones[0]
    return FormReading(
        events=tuple(event for one in read_ones for event in one.events),
        rejects=tuple(reject for one in read_ones for reject in one.rejects),
        findings=(*(finding for one in read_ones for finding in one.findings), *unread),
        rows=sum(one.rows for one in read_ones),
        headers=first.headers,
        mapping=first.mapping,
        mapping_source=first.mapping_source,
    )


def _unread(grid: Grid, file: str) -> Finding:
    rows = content_rows(grid)
    return Finding(
        code="IPA088",
        level="warning",
        message=Text(
            ja=f"シート「{grid.name}」({rows} 行)には時刻と IP アドレスの列名がないので、読んでいない。"
            "記録がないか確かめられたい。",
            en=f"The sheet {grid.name!r} ({rows} rows) names no time and address columns and was not read; see whether "
            "it holds records.",
        ),
        about=f"{file}:{grid.name}",
    )
