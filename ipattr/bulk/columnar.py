"""Columns of Arrow to ``Parsed``: text as it stands, integers and instants as the text that a strict reader takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from ipattr.bulk import arrays
from ipattr.bulk.extra import kernels
from ipattr.bulk.fields import field_of, with_times_joined
from ipattr.bulk.odd import OddReader
from ipattr.bulk.plain import PlainReader
from ipattr.bulk.tables import assemble
from ipattr.errors import InputError
from ipattr.readers.delimited import TableRow
from ipattr.readers.mapping import LOGIN_FIELDS, Columns, TimeColumn, header_zone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import pyarrow as pa

    from ipattr.addresses import Specials
    from ipattr.bulk.fields import Field
    from ipattr.bulk.parsed import Parsed
    from ipattr.model import LoginEvent, Reject
    from ipattr.readers.document import Options

    Array = np.ndarray[Any, Any]

_MICROS = 1_000_000


def columns_of(mapping: Mapping[str, str]) -> Columns:
    """Return the columns of a table of which only the named ones are read; ``mapping`` is field → column.

    Raises InputError when time or address is missing, a field is unknown, or one column is named twice.
    """
    unknown = [field for field in mapping if field not in LOGIN_FIELDS]
    missing = [field for field in ("time", "ip") if field not in mapping]
    if unknown or missing or len(set(mapping.values())) < len(mapping):
        raise InputError(
            ja=f"列の指定が正しくない({dict(mapping)})。time と ip が要り、項目は {'、'.join(LOGIN_FIELDS)}、"
            "一つの列は一つの項目にだけ使える。",
            en=f"The columns are not named well ({dict(mapping)}): time and ip are needed, the fields are "
            f"{', '.join(LOGIN_FIELDS)}, and one column serves one field.",
        )
    index = {field: number for number, field in enumerate(mapping)}
    header = mapping["time"]
    return Columns(
        headers=tuple(mapping.values()),
        index=index,
        time=TimeColumn(index=index["time"], header=header, zone=header_zone(header)[1]),
        mapping=dict(mapping),
        source="given",
    )


def narrowed(columns: Columns) -> Columns:
    """Return the columns without those that no field takes: a table of Arrow need not be read whole."""
    used = sorted({*columns.index.values(), *(check.index for check in columns.checks)})
    place = {old: new for new, old in enumerate(used)}
    return msgspec.structs.replace(
        columns,
        headers=tuple(columns.headers[number] for number in used),
        index={field: place[number] for field, number in columns.index.items()},
        time=None if columns.time is None else _moved(columns.time, place),
        checks=tuple(_moved(check, place) for check in columns.checks),
    )


def _moved(column: TimeColumn, place: Mapping[int, int]) -> TimeColumn:
    return msgspec.structs.replace(column, index=place[column.index])


class ColumnReader:
    """Reads tables of Arrow that have the same columns; may be used by several threads at once."""

    def __init__(self, columns: Columns, options: Options, specials: Specials, *, name: str, sha256: str = "") -> None:
        """Take the columns that are read, all of which a field takes, and the name and hash rows are located by."""
        self.columns = columns
        self._name = name
        self._plain = PlainReader(columns, options, specials)
        self._odd = OddReader(name, sha256, columns, options, specials, unread=False)
        self._fields = {number: field for field, number in columns.index.items()}

    def read(self, batch: pa.RecordBatch, first: int) -> Parsed:
        """Read a batch whose first record is number ``first``: as many rows, in the same order.

        Raises InputError for a missing column, and for one of a type in which digits may have been lost.
        """
        import numpy as np

        strings = [self._text(batch, number) for number in range(len(self.columns.headers))]
        return self.texts(strings, np.arange(first, first + batch.num_rows))

    def texts(
        self, strings: Sequence[pa.Array[Any]], rows: Array, refused: Mapping[int, Reject] | None = None
    ) -> Parsed:
        """Read columns of text in the order of the headers; ``rows`` are their numbers, ``refused`` rejects already."""
        import numpy as np

        columns = [self._field(column, number) for number, column in enumerate(strings)]
        simple = np.ones(len(rows), np.bool_)
        for column in columns:
            _strike_controls(column, simple)
        odd: dict[int, LoginEvent | Reject] = dict(refused or {})
        simple[list(odd)] = False
        fields = with_times_joined({field: columns[number] for field, number in self.columns.index.items()})
        values = self._plain.read(fields, tuple(columns[check.index] for check in self.columns.checks), simple)
        for at in np.flatnonzero(~values.plain).tolist():
            if at not in odd:
                cells = tuple(_cell(column, at) for column in columns)
                odd[at] = self._odd.record(TableRow(row=int(rows[at]), cells=cells, raw="\t".join(cells)), "\t")
        return assemble(rows, values, self._plain.zones, fields=fields, odd=odd, kept=None)

    def _field(self, column: pa.Array[Any], number: int) -> Field:
        field = field_of(column)
        if not field.block.data.isascii():
            self._refuse_bad_text(column, self.columns.headers[number])
        return field

    def _refuse_bad_text(self, column: pa.Array[Any], header: str) -> None:
        import pyarrow as pa

        try:
            column.validate(full=True)
        except pa.ArrowInvalid:
            raise InputError(
                ja=f"列「{header}」に UTF-8 でない文字がある。",
                en=f"The column {header!r} holds text that is not UTF-8.",
                where=self._name,
            ) from None

    def _text(self, batch: pa.RecordBatch, number: int) -> pa.Array[Any]:
        """Return one column as Arrow strings."""
        header = self.columns.headers[number]
        field = self._fields.get(number, "time")
        places = batch.schema.get_all_field_indices(header)
        if len(places) != 1:
            listed = ", ".join(batch.schema.names)
            raise InputError(
                ja=f"{field} に指定された列「{header}」が一つに決まらない。列: {listed}。",
                en=f"The column {header!r} named for {field} is not there once; the columns are: {listed}.",
                where=self._name,
            )
        return as_text(batch.column(places[0]), field, where=f"{self._name}:{header}")


def as_text(column: pa.Array[Any], field: str, *, where: str) -> pa.Array[Any]:
    """Return a column as strings: text as it is, integers in decimal, instants in ISO 8601 with their offset.

    Raises InputError for floats, in which digits may have been lost, and for types that are no cell of a log.
    """
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        return as_text(column.dictionary_decode(), field, where=where)  # type: ignore[attr-defined]
    if pa.types.is_string(kind):
        return column
    if pa.types.is_timestamp(kind):
        return _instants(column)
    if pa.types.is_null(kind) or (pa.types.is_floating(kind) and 0 < len(column) == column.null_count):
        return arrays.texts([""] * len(column))
    if pa.types.is_floating(kind) or (pa.types.is_decimal(kind) and kind.scale):
        raise InputError(
            ja=f"{field} の列は小数の型({kind})で、数字が変わったおそれがあるため読まない。"
            "元のデータを文字列か整数として書き出し直されたい。",
            en=f"The column for {field} holds floats ({kind}), in which digits may have been lost, so it is not read; "
            "write the original anew as text or integers.",
            where=where,
        )
    if _has_text(kind):
        try:
            return column.cast(pa.string())
        except pa.ArrowInvalid:
            pass
    raise InputError(
        ja=f"{field} の列の型({kind})は読まない。文字列・整数・日時のいずれかにされたい。",
        en=f"The type of the column for {field} ({kind}) is not read; make it text, integers or instants.",
        where=where,
    )


def _has_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    tests = (
        pa.types.is_large_string, pa.types.is_string_view, pa.types.is_binary, pa.types.is_large_binary,
        pa.types.is_integer, pa.types.is_decimal, pa.types.is_date,
    )  # fmt: skip
    return any(test(kind) for test in tests)


def _instants(column: pa.Array[Any]) -> pa.Array[Any]:
    """Return instants as text, each with as many digits as it needs: none, six, or nine behind the seconds."""
    import pyarrow as pa

    pc = kernels()

    kind = column.type
    local = pc.local_timestamp(column) if kind.tz else column
    seconds = local.cast(pa.timestamp("s"), safe=False)
    # Before 1970 a cast towards zero would be a second late.
    back = pc.greater(seconds.cast(pa.timestamp(kind.unit)), local)
    if pc.any(back).as_py():
        seconds = pc.floor_temporal(local, unit="second").cast(pa.timestamp("s"))
    text = seconds.cast(pa.string())
    if kind.unit != "s" and not pc.all(pc.equal(seconds.cast(pa.timestamp(kind.unit)), local)).as_py():
        whole = pc.equal(seconds.cast(pa.timestamp(kind.unit)), local)
        fine = local.cast(pa.timestamp("ns")) if kind.unit == "ns" else local.cast(pa.timestamp("us"))
        if kind.unit == "ns":
            micros = pc.floor_temporal(local, unit="microsecond")
            exact = pc.equal(micros, local)
            fine_text = pc.if_else(
                exact, micros.cast(pa.timestamp("us"), safe=False).cast(pa.string()), fine.cast(pa.string())
            )
        else:
            fine_text = fine.cast(pa.string())
        text = pc.if_else(whole, text, fine_text)
    if not kind.tz:
        return text
    whole_text: pa.Array[Any] = pc.binary_join_element_wise(text, _offsets(column, local), arrays.texts(("",))[0])
    return whole_text


def _offsets(column: pa.Array[Any], local: pa.Array[Any]) -> pa.Array[Any]:
    """Return the offset of each instant from UTC as ``+09:00``."""
    import numpy as np
    import pyarrow as pa

    unit = column.type.unit
    scale = {"s": 1, "ms": 1_000, "us": _MICROS, "ns": 1_000_000_000}[unit]
    naive = column.cast(pa.timestamp(unit, "UTC")).cast(pa.int64())
    ahead = (arrays.view(local.cast(pa.int64()), "int64") - arrays.view(naive, "int64")) // (60 * scale)
    if column.null_count:
        valid = arrays.view(column.is_valid().cast(pa.uint8()), "uint8")
        ahead = ahead * valid
    distinct, place = np.unique(ahead, return_inverse=True)
    signs = [
        f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}" for minutes in distinct.tolist()
    ]
    return arrays.texts(signs).take(arrays.numbers(place.astype(np.int64)))


def _cell(field: Field, at: int) -> str:
    start = int(field.starts[at])
    return field.block.data[start : start + int(field.lengths[at])].decode()


def _strike_controls(field: Field, simple: Array) -> None:
    """Take the rows with a control character in the column out of the simple ones (IPA102)."""
    import numpy as np

    text = field.block.bytes[: field.block.size]
    control = text < 32  # noqa: PLR2004 - the first that is none
    if not control.any() and field.block.data.find(b"\x7f", 0, field.block.size) < 0:
        return
    # A tab or a line end is no control character here, but no plain text either.
    places = np.flatnonzero(control | (text == 127))  # noqa: PLR2004 - DEL
    rows = field.starts.searchsorted(places, side="right") - 1
    simple[rows] = False
