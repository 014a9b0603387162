"""A block of delimited text to one ``Parsed``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ipattr.addresses import to_text
from ipattr.bulk import arrays
from ipattr.bulk.blocks import Records
from ipattr.bulk.extra import kernels
from ipattr.bulk.fields import Field, with_times_joined, with_zones_joined
from ipattr.bulk.parsed import Parsed
from ipattr.bulk.plain import ALONE, Cells, PlainReader

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pyarrow as pa

    from ipattr.bulk.blocks import Layout
    from ipattr.bulk.odd import OddReader
    from ipattr.bulk.plain import Values
    from ipattr.bulk.words import Block
    from ipattr.model import LoginEvent, Reject
    from ipattr.readers.delimited import Shape

    Array = np.ndarray[Any, Any]


class Portion(NamedTuple):
    """What one block gave: its batch, its blank records, and where a record begins that the next block goes on with."""

    parsed: Parsed
    blank: int
    rest: int | None


class TableReader:
    """Reads blocks of one delimited file; may be used by several threads at once."""

    def __init__(self, shape: Shape, layout: Layout, plain: PlainReader, odd: OddReader) -> None:
        """Take how the file is cut, and what reads its plain and its odd rows."""
        self._shape = shape
        self._layout = layout
        self._plain = plain
        self._odd = odd

    def read(self, block: Block, *, line: int, lines: int, lone_returns: int) -> Portion:
        """Read a block of ``lines`` lines, the first of them physical line ``line``; InputError as for a small file."""
        import numpy as np

        records = Records(block, self._layout, count=lines, lone_returns=lone_returns)
        columns = self._odd.columns
        fields = with_times_joined({name: Field(block, *records.cells(at)) for name, at in columns.index.items()})
        checks = tuple(Field(block, *records.cells(check.index)) for check in columns.checks)
        values = self._plain.read(fields, checks, records.simple)
        rows = records.line + line
        empty = records.empty()
        odd: dict[int, LoginEvent | Reject] = {}
        blank = []
        for at in np.flatnonzero(~values.plain & ~empty).tolist():
            text, row = records.text(at), int(rows[at])
            alone = ALONE[values.alone[at]]
            refused = self._odd.refused(text, row, self._shape, alone=alone) if alone else None
            found = refused or self._odd.text(text, row, self._shape)
            if found is None:
                blank.append(at)
            else:
                odd[at] = found
        empty[blank] = True
        kept = None
        if empty.any():
            kept = np.flatnonzero(~empty)
            place = np.cumsum(~empty) - 1
            odd = {int(place[at]): found for at, found in odd.items()}
            fields = {name: field.at(kept) for name, field in fields.items()}
        parsed = assemble(rows, values, self._plain.zones, fields=fields, odd=odd, kept=kept)
        return Portion(parsed, len(empty) - len(parsed.rows), records.rest)


def assemble(
    rows: Array,
    values: Values,
    zones: tuple[tuple[str, str, tuple[str, ...]], ...],
    *,
    fields: Mapping[str, Field],
    odd: Mapping[int, LoginEvent | Reject],
    kept: Array | None,
) -> Parsed:
    """Return the batch of the rows ``kept`` (None: all); ``fields`` and ``odd`` are those of these rows already."""
    if kept is not None:
        rows = rows[kept]
        values = values._replace(**{name: column[kept] for name, column in values._asdict().items()})
    fields = with_zones_joined(fields)
    cells = Cells({name: field for name, field in fields.items() if name not in {"date", "zone"}})
    return Parsed(
        rows=rows,
        plain=values.plain,
        utc=values.utc,
        precision=values.precision,
        zone=values.zone,
        zones=zones,
        version=values.version,
        high=values.high,
        low=values.low,
        port=values.port,
        nameless=values.nameless,
        address=_addresses(cells["ip"], values),
        cells=cells,
        odd=odd,
    )


def _addresses(written: pa.Array[Any], values: Values) -> pa.Array[Any]:
    """Return the canonical text of the addresses: as written, but for the IPv6 text that is not canonical."""
    import numpy as np

    other = values.plain & ~values.canonical
    if not other.any():
        return written
    at = np.flatnonzero(other)
    numbers = zip(values.high[at].tolist(), values.low[at].tolist(), strict=True)
    made = arrays.texts([to_text(6, high << 64 | low) for high, low in numbers])
    replaced: pa.Array[Any] = kernels().replace_with_mask(written, arrays.bools(other), made)
    return replaced
