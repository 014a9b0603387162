"""A data frame as one disclosed file: every row one login or one reject, by the row rules of a CSV."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ipattr.errors import UsageError
from ipattr.frames.cells import heading, read_cells
from ipattr.model import Counts, InputFile, LoginEvent, Provenance, Reading, Reject, Text
from ipattr.readers.cells import Row, malformed
from ipattr.readers.delimited import TableRow
from ipattr.readers.differences import repeated
from ipattr.readers.mapping import Columns, TimeColumn, header_zone
from ipattr.readers.tables import login_column_findings, read_login

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    import pandas as pd

    from ipattr.addresses import Specials
    from ipattr.frames.cells import Cells
    from ipattr.readers import Options

NAME = "DataFrame"
_FORM = Text(
    ja="データフレームの列(行の番号は1から)。SHA-256 は、読んだ列をすべて引用符で囲んだCSV(UTF-8、CRLF)のもの。",
    en="Columns of a data frame (rows count from 1). The SHA-256 is that of the columns read, written as CSV with "
    "every cell quoted (UTF-8, CRLF).",
)
_ENCODING = Text(ja="値は文字列として渡された。", en="The values came as text.")


class TableReading(NamedTuple):
    """What was read of a data frame: the reading, and what became of each row, in the order of the table."""

    reading: Reading
    outcomes: tuple[LoginEvent | Reject, ...]


def read_table(
    table: pd.DataFrame, named: Mapping[str, Hashable], *, options: Options, specials: Specials
) -> TableReading:
    """Read the columns ``named`` (field → label) of every row as ``ipattr lookup`` reads those of a CSV.

    Other columns are not looked at. Raise UsageError for a label that is missing or named twice, and for floats.
    """
    _refuse_double_use(named)
    cells = {field: read_cells(table, label, argument=field) for field, label in named.items()}
    columns = _columns(cells)
    digest, size = _digest(columns.headers, cells)
    outcomes = [
        _outcome(number, cells, columns, options=options, specials=specials, sha256=digest)
        for number in range(len(table))
    ]
    return _collect(outcomes, columns, options, Source(digest, size))


class Source(NamedTuple):
    """The table as evidence: SHA-256 and size of the columns that were read, as CSV."""

    sha256: str
    size: int


def _refuse_double_use(named: Mapping[str, Hashable]) -> None:
    fields: dict[Hashable, str] = {}
    for field, label in named.items():
        if label in fields:
            raise UsageError(
                ja=f"列「{heading(label)}」が {fields[label]} と {field} の両方に指定された。",
                en=f"The column {heading(label)!r} was named for both {fields[label]} and {field}.",
            )
        fields[label] = field


def _columns(cells: Mapping[str, Cells]) -> Columns:
    index = {field: position for position, field in enumerate(cells)}
    header = cells["time"].header
    return Columns(
        headers=tuple(column.header for column in cells.values()),
        index=index,
        time=TimeColumn(index=index["time"], header=header, zone=header_zone(header)[1]),
        mapping={field: column.header for field, column in cells.items()},
        source="given",
    )


def _outcome(
    number: int, cells: Mapping[str, Cells], columns: Columns, *, options: Options, specials: Specials, sha256: str
) -> LoginEvent | Reject:
    texts = tuple(column.texts[number] for column in cells.values())
    record = TableRow(row=number + 1, cells=texts, raw="\t".join(texts))
    failed = malformed(NAME, record, columns)
    if failed is not None:
        return failed
    row = Row(record, columns)
    for field, column in cells.items():
        if number in column.refused:
            row.refuse(field, column.refused[number])
    if cells["time"].dates_only:
        _doubt_midnight(row)
    return read_login(row, Provenance(source=NAME, locator=f"{NAME}:{number + 1}", sha256=sha256), options, specials)


def _doubt_midnight(row: Row) -> None:
    row.note(
        "IPA156",
        "この列の日時はすべて午前0時ちょうどである。日付だけの列を日時の型にしたものでないか、原本を確認する。",
        "Every time in this column is exactly midnight, as when dates alone are made times; check the original.",
        about=row.text("time"),
        review=True,
    )


def _digest(headers: Sequence[str], cells: Mapping[str, Cells]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for line in (headers, *zip(*(column.texts for column in cells.values()), strict=True)):
        text = ",".join('"' + cell.replace('"', '""') + '"' for cell in line) + "\r\n"
        data = text.encode("utf-8", "surrogatepass")
        digest.update(data)
        size += len(data)
    return digest.hexdigest(), size


def _collect(
    outcomes: Sequence[LoginEvent | Reject], columns: Columns, options: Options, source: Source
) -> TableReading:
    found: list[LoginEvent | Reject] = []
    events: list[LoginEvent] = []
    for outcome in outcomes:
        if isinstance(outcome, LoginEvent):
            events.append(msgspec.structs.replace(outcome, id=str(len(events) + 1)))
            found.append(events[-1])
        else:
            found.append(outcome)
    review = sum(event.status == "review" for event in events)
    counts = Counts(rows=len(outcomes), ok=len(events) - review, review=review, rejected=len(outcomes) - len(events))
    entry = InputFile(
        name=NAME,
        sha256=source.sha256,
        size=source.size,
        form="dataframe",
        form_reason=_FORM,
        encoding="utf-8",
        encoding_reason=_ENCODING,
        declared_zone=options.zone.text if options.zone is not None else None,
        mapping=columns.mapping,
        mapping_source="given",
        counts=counts,
    )
    reading = Reading(
        inputs=(entry,),
        events=tuple(events),
        rejects=tuple(one for one in found if isinstance(one, Reject)),
        findings=(*login_column_findings(NAME, columns, options), *repeated(events)),
        counts=counts,
    )
    return TableReading(reading, tuple(found))
