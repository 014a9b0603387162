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

    encoded = [value.encode() for value in values]
    edges = np.zeros(len(encoded) + 1, np.int32)
    np.cumsum([len(value) for value in encoded], out=edges[1:])
    return pa.StringArray.from_buffers(len(encoded), buffer(edges), pa.py_buffer(b"".join(encoded)))


def view(values: pa.Array[Any], dtype: str) -> Array:
    """Return the numbers of an array as NumPy sees the same memory; under nulls stands anything."""
    import numpy as np

    held: Any = values.buffers()[1]
    if held is None:
        return np.zeros(len(values), dtype)
    seen: Array = np.frombuffer(held, dtype)[values.offset : values.offset + len(values)]
    return seen
