"""Logins in a grid of cells (sheet, Word table, PDF table): the row rules of CSV tables, applied to cells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from ipattr.errors import InputError
from ipattr.model import Finding, LoginEvent, Provenance, Reject, Text
from ipattr.readers.cells import Row, all_cells, malformed, review_unread
from ipattr.readers.delimited import CONTROL, PADDING, TableRow, looks_like_data
from ipattr.readers.document import FormReading
from ipattr.readers.grids import letters
from ipattr.readers.mapping import LOGIN_FIELDS, ask, known_names, recognise, resolve
from ipattr.readers.tables import login_column_findings, names_fields, read_login

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.addresses import Specials
    from ipattr.model import Level
    from ipattr.readers.document import Options
    from ipattr.readers.grids import Grid, GridCell, GridRow
    from ipattr.readers.mapping import Columns

# A header further down than this is not looked for: below it stand records.
HEADER_WITHIN = 100
_ANY_OF = (("time", "ip"),)
_LISTED = 40
_MERGE = re.compile(r"merged=(\S+)")
_SHOWN_AS = re.compile(r"shown=([0-9]+)")


def find_header(grid: Grid, options: Options) -> int | None:
    """Return the position in ``grid.rows`` of the first row that names time and address, None when none does.

    Looked for in the first ``HEADER_WITHIN`` rows with content, by ``--map``, remembered and shipped names.
    """
    for position, _, cells in _leading(grid):
        if names_fields(cells, options, LOGIN_FIELDS, _ANY_OF):
            return position
    return None


def read_grid(grid: Grid, options: Options, specials: Specials, *, file: str, sha256: str = "") -> FormReading:
    """Read every row below the header as one login or one reject; ``file`` and ``sha256`` name the source.

    Rows above the header are reported (IPA088), blank ones counted apart. Raises InputError when no row can be the
    header (asking which column is the time), when its names repeat, or when rows were lost on the way.
    """
    _check_count(grid, file)
    position = find_header(grid, options)
    if position is None:
        raise header_question(grid, options, file=file)
    header = _trimmed(grid.rows[position])
    _refuse_repeated(header, f"{file}:{grid.rows[position].label}")
    below = grid.rows[position + 1 :]
    headers = _named(header)
    columns = resolve(file, headers, fields=LOGIN_FIELDS, options=options)
    events: list[LoginEvent] = []
    rejects: list[Reject] = []
    rows = [row for row in below if not _is_blank(row)]
    for row in rows:
        place = Provenance(source=file, locator=f"{file}:{row.label}", sha256=sha256)
        one = _read_row(row, columns, place, options=options, specials=specials)
        if isinstance(one, Reject):
            rejects.append(one)
        else:
            events.append(one)
    return FormReading(
        events=tuple(events),
        rejects=tuple(rejects),
        findings=(
            *_placed(grid, file),
            *_remarks(grid, position, len(below) - len(rows), len(rows), file=file),
            *login_column_findings(f"{file}:{grid.name}", columns, options),
        ),
        rows=sum(not _is_blank(row) for row in below),
        headers=headers,
        mapping=columns.mapping,
        mapping_source=columns.source,
    )


def header_question(grid: Grid, options: Options, *, file: str) -> InputError:
    """Return the one clear question about a grid without a recognisable header: which column is the time."""
    names = known_names(options, LOGIN_FIELDS)
    best: tuple[int, tuple[str, ...], set[str]] = (-1, (), set())
    for _, _, cells in _leading(grid):
        filled = tuple(cell for cell in cells if cell)
        found = {known[0] for cell in filled if (known := recognise(cell, names)) is not None}
        if len(filled) > 1 and len(found) > best[0] and not any(looks_like_data(cell) for cell in filled):
            best = (len(found), filled, found)
    if best[0] < 0:
        return InputError(
            ja=f"「{grid.name}」に見出し行が見つからない。時刻と IP アドレスの列名の行を加えられたい。",
            en=f"No header row was found in {grid.name!r}; add a row of column names, time and address among them.",
            where=file,
        )
    missing = [field for field in ("time", "ip") if field not in best[2]]
    return ask(f"{file}:{grid.name}", best[1], *(missing or ["time", "ip"]))


def content_rows(grid: Grid) -> int:
    """Return the number of rows with content."""
    return sum(not _is_blank(row) for row in grid.rows)


def _check_count(grid: Grid, file: str) -> None:
    if len(grid.rows) != grid.counted_rows:
        raise InputError(
            ja=f"{grid.name} には {grid.counted_rows} 行あるのに {len(grid.rows)} 行しか読めない。行が失われるおそれが"
            "あるので読まない。",
            en=f"{grid.name} holds {grid.counted_rows} rows, but {len(grid.rows)} were read; rows could be lost.",
            where=file,
        )


def _leading(grid: Grid) -> Iterator[tuple[int, GridRow, tuple[str, ...]]]:
    given = 0
    for position, row in enumerate(grid.rows):
        if _is_blank(row):
            continue
        given += 1
        if given > HEADER_WITHIN:
            return
        yield position, row, _trimmed(row)


def _trimmed(row: GridRow) -> tuple[str, ...]:
    cells = [cell.text.strip(PADDING) for cell in row.cells]
    while cells and not cells[-1]:
        cells.pop()
    return tuple(cells)


def _is_blank(row: GridRow) -> bool:
    return not any(cell.refused is not None or cell.text.strip(PADDING) for cell in row.cells)


def _named(header: Sequence[str]) -> tuple[str, ...]:
    """Name a column without a name by its letter, in brackets so that it is no known name."""
    return tuple(name or f"[{letters(number)}]" for number, name in enumerate(header))


def _refuse_repeated(header: Sequence[str], where: str) -> None:
    for number, name in enumerate(header):
        if name and header.index(name) != number:
            raise InputError(
                ja=f"見出し「{name}」が二か所にある({letters(header.index(name))} 列と {letters(number)} 列)。"
                "名を分けられたい。",
                en=f"The column name {name!r} stands twice, in columns {letters(header.index(name))} and "
                f"{letters(number)}; rename one.",
                where=where,
            )
        if CONTROL.search(name):
            raise InputError(
                ja=f"見出し行の {letters(number)} 列に制御文字がある。",
                en=f"Column {letters(number)} of the header row holds a control character.",
                where=where,
            )


def _read_row(
    row: GridRow, columns: Columns, provenance: Provenance, *, options: Options, specials: Specials
) -> LoginEvent | Reject:
    record = _record(row, len(columns.headers))
    failed = _untrusted(row, columns, provenance.source) or malformed(provenance.source, record, columns)
    if failed is not None:
        return _at_place(failed, row)
    reader = Row(record, columns)
    review_unread(reader, ",")
    _add_notes(reader, row, columns)
    one = read_login(reader, provenance, options, specials)
    return _at_place(one, row) if isinstance(one, Reject) else one


def _record(row: GridRow, width: int) -> TableRow:
    """Return the row as a record as wide as the header, wider only when a cell beyond it has content."""
    cells = [cell.text for cell in row.cells]
    while len(cells) > width and not cells[-1].strip(PADDING):
        cells.pop()
    raw = "\t".join(cells)
    return TableRow(row=row.number, cells=tuple(cells + [""] * (width - len(cells))), raw=raw)


def _untrusted(row: GridRow, columns: Columns, file: str) -> Reject | None:
    """Return the reject of a row with a refused cell, the others named in the reason."""
    found = [(number, cell) for number, cell in enumerate(row.cells) if cell.refused is not None]
    if not found:
        return None
    number, cell = found[0]
    refusals = [other.refused for _, other in found if other.refused is not None]
    column = columns.headers[number] if number < len(columns.headers) else letters(number)
    return Reject(
        file=file,
        row=row.number,
        column=column,
        raw=cell.text,
        code=refusals[0].code,
        reason=Text(
            ja=" ほかに: ".join(refusal.reason.ja for refusal in refusals),
            en=" Also: ".join(refusal.reason.en for refusal in refusals),
        ),
        record=all_cells([other.text for other in row.cells], columns.headers),
    )


def _at_place(reject: Reject, row: GridRow) -> Reject:
    """Name the place in the reason: a row number alone does not say which sheet or page."""
    sheet = row.label.rpartition("!")[0] or row.label
    if sheet in reject.reason.en:
        return reject
    reason = Text(ja=f"{reject.reason.ja}({row.label})", en=f"{reject.reason.en} ({row.label})")
    return msgspec.structs.replace(reject, reason=reason)


def _add_notes(reader: Row, row: GridRow, columns: Columns) -> None:
    used = {*columns.index.values(), *(column.index for column in columns.checks)}
    for number in sorted(used):
        cell = row.cells[number] if number < len(row.cells) else None
        if cell is not None and cell.note:
            _add_note(reader, cell, columns.headers[number], row.label, of_id=number == columns.index.get("account_id"))
    if row.hidden:
        reader.note("IPA084", "非表示の行である。", "The row is hidden.", about=row.label)


def _add_note(reader: Row, cell: GridCell, name: str, about: str, *, of_id: bool) -> None:
    """Say how a cell came about; covered by a merge, or an id displayed otherwise than stored, is for review."""
    merge, shown = _MERGE.search(cell.note), _SHOWN_AS.search(cell.note)
    if merge is not None and not cell.text:
        reader.note(
            "IPA086",
            f"「{name}」のセルは結合セル {merge[1]} に覆われて空である。"
            "結合セルの値がこの行にも当たるか、原本で確認する。",
            f"The cell of {name!r} is empty, covered by the merged cell {merge[1]}; find out from the original whether "
            "its value holds for this row too.",
            about=about,
            review=True,
        )
    elif shown is not None and of_id:
        reader.note(
            "IPA085",
            f"「{name}」のセルは {shown[1]} と表示されるが、保存された値は {cell.text} である。"
            "どちらが正しいか確認する。",
            f"The cell of {name!r} displays {shown[1]}, but the stored value is {cell.text}; find out which is right.",
            about=about,
            review=True,
        )
    else:
        reader.note(
            "IPA085",
            f"「{name}」のセルの元の形: {cell.note}",
            f"How the cell of {name!r} is stored: {cell.note}",
            about=about,
        )


def _placed(grid: Grid, file: str) -> Iterator[Finding]:
    for finding in grid.findings:
        yield msgspec.structs.replace(finding, about=f"{file}:{finding.about or grid.name}")


def _remarks(grid: Grid, position: int, blank: int, rows: int, *, file: str) -> Iterator[Finding]:
    about = f"{file}:{grid.name}"
    above = [row for row in grid.rows[:position] if not _is_blank(row)]
    if above:
        labels = ", ".join(row.label for row in above[:_LISTED])
        first = " ".join(cell for cell in _trimmed(above[0]) if cell)[:_LISTED]
        yield _finding(
            "IPA088", "notice", f"見出しより上の {len(above)} 行は記録として読まない: {labels}(「{first}」など)。",
            f"{len(above)} rows above the header are not read as records: {labels} ({first!r} …).", about,
        )  # fmt: skip
    if blank:
        yield _finding(
            "IPA114",
            "info",
            f"空行が {blank} 行ある。行数に含めない。",
            f"{blank} blank rows; not counted as rows.",
            about,
        )
    if not rows:
        yield _finding("IPA115", "warning", "見出しだけで、行がない。", "There is a header, but no row.", about)


def _finding(code: str, level: Level, ja: str, en: str, about: str) -> Finding:  # noqa: PLR0917 - the order of Finding
    return Finding(code=code, level=level, message=Text(ja=ja, en=en), about=about)
