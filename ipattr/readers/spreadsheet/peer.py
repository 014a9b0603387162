"""A second reading of every cell by python-calamine: where the two differ, the cell is not to be trusted."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING

from ipattr.errors import InputError
from ipattr.readers.spreadsheet.numbers import refused
from ipattr.readers.spreadsheet.raw import address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from python_calamine import CalamineSheet, CalamineWorkbook

    from ipattr.readers.grids import GridCell
    from ipattr.readers.spreadsheet.raw import RawRow, RawSheet

    Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta

# The other reader lays out the whole rectangle in memory, about 32 bytes a cell.
MAX_AREA = 8_000_000
_TOLERANCE = dt.timedelta(milliseconds=1)
_FIRST_SURE_DAY = dt.date(1900, 3, 1)
_SHOWN = 80


def compare_all(data: bytes, sheets: list[RawSheet]) -> None:
    """Compare the cells of all sheets with the second reading; cells that differ become refused (IPA083).

    Raises InputError when the second reader cannot open the file or finds a row with content that the first did not.
    """
    if any(_area(sheet) > MAX_AREA for sheet in sheets):
        # It lays out every sheet as soon as it opens an .xls or .ods, and ends the process when memory runs out.
        for sheet in sheets:
            _uncompared(sheet, "範囲が広すぎる", "a range in the file is too large")
        return
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for sheet in sheets:
            _compare_sheet(book, sheet)
    except InputError:
        raise
    except (CalamineError, OSError, ValueError) as error:
        raise _unreadable(str(error)) from None
    except BaseException as error:
        # A failed assertion in the compiled reader is no Exception; its class has no importable name.
        if type(error).__name__ != "PanicException":
            raise
        raise _unreadable(str(error)) from None


def _unreadable(reason: str) -> InputError:
    return InputError(
        ja=f"表計算の文書を第二の読み取り器が読めない({reason})。壊れているおそれがあるので、受け取り直されたい。",
        en=f"A second reader cannot read the spreadsheet ({reason}); it may be damaged, so ask for it again.",
    )


def _area(sheet: RawSheet) -> int:
    """Return the cells of the rectangle that the other reader would lay out; it believes what an .xls claims."""
    filled = [row for row in sheet.rows if row.cells]
    if not filled:
        return sheet.claimed_area
    area = max(row.number for row in filled) * (max(max(row.cells) for row in filled) + 1)
    return max(area, sheet.claimed_area)


def _compare_sheet(book: CalamineWorkbook, sheet: RawSheet) -> None:
    names = book.sheet_names
    if names.count(sheet.name) != 1:
        _uncompared(sheet, "別の読み取り器に同じ名のシートがない", "the second reader knows no such sheet")
        return
    if not any(row.cells for row in sheet.rows):
        return
    if sheet.dimension and not _readable_range(sheet.dimension):
        # The second reader gives up on such a range; the first has read every row without it.
        _uncompared(
            sheet, f"記録された範囲「{sheet.dimension}」が読めない", f"the claimed range {sheet.dimension!r} is none"
        )
        return
    _compare_rows(sheet, book.get_sheet_by_name(sheet.name))


def _readable_range(dimension: str) -> bool:
    return all(address(corner) is not None for corner in dimension.split(":", 1))


def _uncompared(sheet: RawSheet, ja: str, en: str) -> None:
    sheet.note(
        "IPA087",
        "warning",
        f"{ja}ため、二つの読み取り器の照合をしていない。",
        f"It was read by one reader only, not compared with a second: {en}.",
    )


def _compare_rows(sheet: RawSheet, other: CalamineSheet) -> None:
    """Walk both readings in step: every row of either must be in the other, unless it is empty."""
    theirs = _filled_rows(other)
    number, values = next(theirs, (0, {}))
    for row in sheet.rows:
        if number and number < row.number:
            raise _lost(sheet, number)
        if number == row.number:
            _compare_row(sheet, row, values)
            number, values = next(theirs, (0, {}))
        else:
            _compare_row(sheet, row, {})
    if number:
        raise _lost(sheet, number)


def _filled_rows(other: CalamineSheet) -> Iterator[tuple[int, dict[int, Value]]]:
    left = other.start[1] if other.start is not None else 0
    for number, values in enumerate(other.iter_rows(), start=1):
        found = {column: value for column, value in enumerate(values, start=left) if value != ""}
        if found:
            yield number, found


def _lost(sheet: RawSheet, number: int) -> InputError:
    return InputError(
        ja=f"{sheet.name} の {number} 行目は一方の読み取り器にしか見えない。行が失われるおそれがあるので読まない。",
        en=f"Only one of two readers sees row {number} of {sheet.name}; rows could be lost, so nothing was read.",
    )


def _compare_row(sheet: RawSheet, row: RawRow, values: dict[int, Value]) -> None:
    for column, cell in row.cells.items():
        value = values.pop(column, "")
        if cell.refused is None and cell.text != value and not _agrees(cell, value):
            row.cells[column] = _differing(sheet.place(row.number, column), cell.text, str(value))
    for column, value in values.items():
        sheet.put(row, column, _differing(sheet.place(row.number, column), "", str(value)))


def _differing(place: str, ours: str, theirs: str) -> GridCell:
    return refused(
        "IPA083",
        ours,
        f"{place} は二つの読み取り器で値が異なる(「{ours[:_SHOWN]}」と「{theirs[:_SHOWN]}」)。原本を確認する。",
        f"Two readers differ on {place}: {ours[:_SHOWN]!r} and {theirs[:_SHOWN]!r}; check the original.",
    )


def _agrees(cell: GridCell, value: Value) -> bool:
    if isinstance(value, str):
        return "".join(cell.text.split()) == "".join(value.split())
    if isinstance(value, bool):
        return cell.text == str(value).upper()
    if isinstance(value, int | float):
        return _same_number(_stored(cell), value)
    return _same_moment(cell, value)


def _stored(cell: GridCell) -> str:
    """Return the number a cell was made from: its serial where the text is a moment."""
    serial = next((part[7:] for part in cell.note.split() if part.startswith("serial=")), "")
    return serial or cell.text


def _same_number(text: str, value: float) -> bool:
    try:
        return format(float(text), ".15g") == format(float(value), ".15g")
    except ValueError:
        return False


def _same_moment(cell: GridCell, value: dt.time | dt.date | dt.timedelta) -> bool:
    """Compare to the millisecond; before March 1900 programs disagree on the calendar, so the serial stands alone."""
    if isinstance(value, dt.timedelta):
        number = _stored(cell)
        return _same_time(cell.text, value) or _same_duration(number, value)
    if isinstance(value, dt.time):
        return _same_time(cell.text, dt.timedelta(hours=value.hour, minutes=value.minute, seconds=value.second,
                                                  microseconds=value.microsecond))  # fmt: skip
    if dt.date(value.year, value.month, value.day) < _FIRST_SURE_DAY:
        return bool(cell.note)
    moment = value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a cell states no zone
    try:
        return abs(dt.datetime.fromisoformat(cell.text) - moment) <= _TOLERANCE
    except (ValueError, TypeError):
        return _same_duration(cell.text, moment - dt.datetime(1899, 12, 30))  # noqa: DTZ001 - as above


def _same_time(text: str, value: dt.timedelta) -> bool:
    try:
        time = dt.time.fromisoformat(text)
    except ValueError:
        return False
    ours = dt.timedelta(hours=time.hour, minutes=time.minute, seconds=time.second, microseconds=time.microsecond)
    return abs(ours - value) <= _TOLERANCE


def _same_duration(text: str, value: dt.timedelta) -> bool:
    try:
        return abs(dt.timedelta(days=float(text)) - value) <= _TOLERANCE
    except (ValueError, OverflowError):
        return False
