"""NumPy to Arrow and back over the same memory.

``pyarrow.array`` and ``to_numpy`` load pandas, which nothing here needs: half a second and 50 MiB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pyarrow as pa

    Array = np.ndarray[Any, Any]


def numbers(values: Array, kind: pa.DataType | None = None) -> pa.Array[Any]:
    """Return an array of numbers without nulls; ``kind`` is theirs where it is another of the same width (times)."""
    import numpy as np
    import pyarrow as pa

    made: pa.Array[Any] = pa.Array.from_buffers(
        kind or pa.from_numpy_dtype(values.dtype), len(values), [None, buffer(np.ascontiguousarray(values))]
    )
    return made


def buffer(values: Any) -> pa.Buffer:  # noqa: ANN401 - the published type of py_buffer knows no NumPy
    """Return the memory of a contiguous array as Arrow sees it."""
    import pyarrow as pa

    return pa.py_buffer(values)


def bools(values: Array) -> pa.Array[Any]:
    """Return an array of truth values without nulls."""
    import numpy as np
    import pyarrow as pa

    packed = np.packbits(values, bitorder="little")
    made: pa.Array[Any] = pa.Array.from_buffers(pa.bool_(), len(values), [None, buffer(packed)])
    return made


def texts(values: Sequence[str]) -> pa.Array[Any]:
    """Return an array of strings without nulls."""
    import numpy as np
    import pyarrow as pa

    joined = "".join(values)
    data = joined.encode()
    edges = np.zeros(len(values) + 1, np.int32)
    plain = len(data) == len(joined)
    np.cumsum([len(value if plain else value.encode()) for value in values], out=edges[1:])
    return pa.StringArray.from_buffers(len(values), buffer(edges), pa.py_buffer(data))


def distinct(values: Array) -> tuple[Array, Array, Array]:
    """Return (the values that occur, ascending; the first place of each; the place of every value among them).

    ``numpy.unique`` sorts far slower when it is asked for places, and loads ``numpy.ma``.
    """
    import numpy as np

    order = np.argsort(values)
    ascending = values[order]
    begins = np.ones(len(values), np.bool_)
    begins[1:] = ascending[1:] != ascending[:-1]
    at = np.flatnonzero(begins)
    place = np.empty(len(values), np.int64)
    place[order] = np.cumsum(begins) - 1
    return ascending[at], np.minimum.reduceat(order, at) if len(at) else at, place


def view(values: pa.Array[Any], dtype: str) -> Array:
    """Return the numbers of an array as NumPy sees the same memory; under nulls stands anything."""
    import numpy as np

    held: Any = values.buffers()[1]
    if held is None:
        return np.zeros(len(values), dtype)
    seen: Array = np.frombuffer(held, dtype)[values.offset : values.offset + len(values)]
    return seen
