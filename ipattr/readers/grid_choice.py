"""Which tables of a document hold logins, and the reading of all of them without losing a row of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ipattr.model import Finding, LoginEvent, Reject, Text
from ipattr.readers.cells import all_cells
from ipattr.readers.delimited import looks_like_data
from ipattr.readers.document import FormReading
from ipattr.readers.gridforms import find_header, read_grid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipattr.addresses import Specials
    from ipattr.readers.document import Options
    from ipattr.readers.grids import Grid, GridRow

HIDDEN = "見えない文字 (not visible)"
WRAPPED = "折り返し (broken over lines)"
MERGED = "上の行と結合 (merged with the row above)"
_DIGITS = 6
_SHOWN = 120
_NOTES: dict[str, tuple[str, Text]] = {
    HIDDEN: (
        "IPA094",
        Text(
            ja="文字が頁の上では見えない(文字認識の層、塗りつぶし、白い文字など)。頁の見た目と照らす。",
            en="The text cannot be seen on the page (a recognised-text layer, a cover, white on white); compare it "
            "with what the page shows.",
        ),
    ),
    WRAPPED: (
        "IPA097",
        Text(
            ja="一つの欄の中で折り返された値を、つないで読んだ。原本と照らす。",
            en="A value broken over lines inside its cell was joined; compare it with the original.",
        ),
    ),
    MERGED: (
        "IPA096",
        Text(
            ja="上の行と結合された欄で、同じ値をこの行にも当てた。原本と照らす。",
            en="A cell merged with the row above; the same value was used for this row. Compare it with the original.",
        ),
    ),
}


def is_data(text: str) -> bool:
    """Tell whether a cell looks like a value of a login (time, address, long id) and not like a name or a word."""
    return looks_like_data(text) or sum(letter.isdigit() for letter in text) >= _DIGITS


def data_cells(row: GridRow) -> int:
    """Count the cells of a row that look like values of a login."""
    return sum(is_data(cell.text) for cell in row.cells)


def holds_logins(grid: Grid, options: Options) -> bool:
    """Tell whether a row near the top names a time and an address column, by shipped, given or kept names."""
    return find_header(grid, options) is not None


def holds_data(grid: Grid) -> bool:
    """Tell whether a row of the table looks like a login, whatever its columns are called."""
    return any(data_cells(row) > 1 for row in grid.rows)


def read_grids(grids: Sequence[Grid], options: Options, specials: Specials, *, file: str, sha256: str) -> FormReading:
    """Read every table of logins; each row of another table that looks like a login becomes a reject (IPA096).

    When no table names its columns, the longest one is asked about: InputError, as ``read_grid`` raises it. At least
    one table must hold logins or data.
    """
    chosen = [grid for grid in grids if holds_logins(grid, options)]
    chosen = chosen or [max((grid for grid in grids if holds_data(grid)), key=lambda grid: len(grid.rows))]
    readings = [_reviewed_notes(read_grid(grid, options, specials, file=file, sha256=sha256), grid) for grid in chosen]
    rest = [grid for grid in grids if grid not in chosen]
    rejects = tuple(_left_out(rest, file))
    return FormReading(
        events=tuple(event for reading in readings for event in reading.events),
        rejects=(*(found for reading in readings for found in reading.rejects), *rejects),
        findings=(*(finding for reading in readings for finding in reading.findings), *_unread(rest, file)),
        rows=sum(reading.rows for reading in readings) + len(rejects),
        headers=readings[0].headers,
        mapping=readings[0].mapping,
        mapping_source=readings[0].mapping_source,
    )


def _reviewed_notes(reading: FormReading, grid: Grid) -> FormReading:
    """Put the rows up for review whose cells did not come about plainly."""
    notes = {row.label: dict.fromkeys(cell.note for cell in row.cells if cell.note in _NOTES) for row in grid.rows}
    events = []
    for event in reading.events:
        about = event.provenance.locator
        label = about.removeprefix(f"{event.provenance.source}:")
        events.append(reviewed(event, [note_finding(note, about) for note in notes.get(label, ())]))
    return msgspec.structs.replace(reading, events=tuple(events))


def reviewed(event: LoginEvent, findings: Iterable[Finding]) -> LoginEvent:
    """Return the event with more findings, in review when there are any."""
    more = tuple(findings)
    if not more:
        return event
    return msgspec.structs.replace(event, status="review", findings=(*event.findings, *more))


def note_finding(note: str, about: str) -> Finding:
    """Return the finding that a note on a cell stands for."""
    code, message = _NOTES[note]
    return Finding(code=code, level="warning", message=message, about=about)


def _left_out(grids: Iterable[Grid], file: str) -> Iterable[Reject]:
    for grid in grids:
        for row in grid.rows:
            if data_cells(row) > 1:
                reason = Text(
                    ja=f"{row.label}: 列名のない、または列名の分からない表の行なので読まない。原本を確認する。",
                    en=f"{row.label}: a row of a table whose columns are not named or not known; it is not read. "
                    "Check the original.",
                )
                text = " | ".join(cell.text for cell in row.cells)
                whole = all_cells([cell.text for cell in row.cells], ())
                yield Reject(file=file, row=row.number, column="", raw=text, code="IPA096", reason=reason, record=whole)


def _unread(grids: Iterable[Grid], file: str) -> Iterable[Finding]:
    for grid in grids:
        for finding in grid.findings:
            yield msgspec.structs.replace(finding, about=f"{file}:{finding.about or grid.name}")
        first = " | ".join(cell.text for cell in grid.rows[0].cells)[:_SHOWN] if grid.rows else ""
        message = Text(
            ja=f"表「{grid.name}」({len(grid.rows)} 行、1 行目「{first}」)はログインの表として読んでいない。",
            en=f"The table {grid.name!r} ({len(grid.rows)} rows, the first is {first!r}) was not read as logins.",
        )
        yield Finding(code="IPA096", level="notice", message=message, about=f"{file}:{grid.name}")
