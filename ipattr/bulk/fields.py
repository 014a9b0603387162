"""The cells of one column, wherever their text stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ipattr.bulk import arrays
from ipattr.bulk.words import PAD, Block

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pyarrow as pa

    Array = np.ndarray[Any, Any]


class Field(NamedTuple):
    """The cells of one column in a block: where each begins, and how many bytes it has, in the order of the block."""

    block: Block
    starts: Array
    lengths: Array

    def at(self, places: Array) -> Field:
        """Return some of the cells."""
        return Field(self.block, self.starts[places], self.lengths[places])


def texts(field: Field, places: Array | None = None) -> pa.Array[Any]:
    """Return the cells (those at ``places``; None: all) as Arrow strings."""
    import numpy as np
    import pyarrow as pa

    count = len(field.starts)
    if not count:
        return arrays.texts(())
    edges = np.empty(2 * count, np.int32)
    edges[::2] = field.starts
    edges[1::2] = field.starts + field.lengths
    whole = pa.StringArray.from_buffers(2 * count - 1, arrays.buffer(edges), arrays.buffer(field.block.data))
    # Every second one: between two cells stands what belongs to neither.
    every = np.arange(0, 2 * count, 2, dtype=np.int64) if places is None else 2 * places
    return whole.take(arrays.numbers(every))


def field_of(column: pa.Array[Any]) -> Field:
    """Return the cells of an Arrow column of strings; a null is an empty cell."""
    import numpy as np

    count = len(column)
    held: list[Any] = column.buffers()
    valid, offsets, data = held
    if not count or offsets is None:
        return Field(Block(bytes(PAD)), np.zeros(count, np.int64), np.zeros(count, np.int64))
    edges = np.frombuffer(offsets, np.int32)[column.offset : column.offset + count + 1].astype(np.int64)
    content = b"" if data is None else data[int(edges[0]) : int(edges[-1])].to_pybytes()
    starts = edges[:-1] - edges[0]
    lengths = np.diff(edges)
    if column.null_count and valid is not None:
        bits = np.unpackbits(np.frombuffer(valid, np.uint8), bitorder="little")
        lengths = lengths * bits[column.offset : column.offset + count]
    return Field(Block(content + bytes(PAD)), starts, lengths)


def with_times_joined(fields: Mapping[str, Field]) -> Mapping[str, Field]:
    """Return the fields with the date and the time of day as one text, where they are columns of their own."""
    if "date" not in fields:
        return fields
    return {**fields, "time": _joined(fields["date"], fields["time"])}


def with_zones_joined(fields: Mapping[str, Field]) -> Mapping[str, Field]:
    """Return the fields with the zone behind the time, as an instant quotes it, where it is a column of its own."""
    if "zone" not in fields or not fields["zone"].lengths.any():
        return fields
    return {**fields, "time": _joined(fields["time"], fields["zone"])}


def _joined(first: Field, second: Field) -> Field:
    """Return the cells of two columns with a space between, the first alone where the second is empty."""
    import pyarrow.compute as pc

    one, other = texts(first), texts(second)
    space = arrays.texts((" ",))[0]
    join: Any = pc.binary_join_element_wise
    both = join(one, other, space)
    return field_of(pc.if_else(arrays.bools(second.lengths > 0), both, one))
