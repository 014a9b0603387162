"""The extra that bulk needs, and the calls of Arrow that load no pandas or whose published types are too narrow."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from ipattr.bulk.arrays import bools, numbers, texts
from ipattr.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    import pyarrow as pa

    Array = np.ndarray[Any, Any]


def require_arrow() -> None:
    """Raise UsageError where Arrow or NumPy is not installed."""
    if any(find_spec(name) is None for name in ("pyarrow", "numpy")):
        raise UsageError(
            ja="大きなファイルの処理には Arrow が要る。pip install 'ipattr[bulk]' で導入する。",
            en="Bulk work needs Arrow: pip install 'ipattr[bulk]'.",
        )


def kernels() -> Any:  # noqa: ANN401 - its stubs know fewer kinds of arguments than its functions take
    """Return Arrow's functions over whole columns."""
    import pyarrow.compute as pc

    return pc


def array(values: Array, kind: pa.DataType | None = None, *, mask: Array | None = None) -> pa.Array[Any]:
    """Return numbers or truth values as an array of Arrow over the same memory; ``mask`` is true where there is null.

    ``kind`` is their type where it is another one of the same width (dates).
    """
    import numpy as np
    import pyarrow as pa

    if values.dtype == bool:
        return bools(values)
    if mask is None:
        return numbers(values, kind)
    there = pa.py_buffer(np.packbits(~mask, bitorder="little").tobytes())
    buffers: list[pa.Buffer | None] = [there, pa.py_buffer(np.ascontiguousarray(values).tobytes())]
    made: pa.Array[Any] = pa.Array.from_buffers(kind or pa.from_numpy_dtype(values.dtype), len(values), buffers)
    return made


def words(values: Sequence[str], *, empty_is_null: bool = False) -> pa.Array[Any]:
    """Return texts as an array of Arrow."""
    import numpy as np
    import pyarrow as pa

    made = texts(values)
    if empty_is_null:
        there = np.packbits(np.array([bool(value) for value in values], dtype=bool), bitorder="little").tobytes()
        _, ends, data = made.buffers()
        return pa.Array.from_buffers(pa.string(), len(made), [pa.py_buffer(there), ends, data])
    return made


def constant(text: str) -> Any:  # noqa: ANN401 - functions over columns take it where they take a column
    """Return one text that stands for a whole column."""
    return words([text])[0]


def repeated(text: str, size: int) -> pa.Array[Any]:
    """Return a column of one text."""
    import pyarrow as pa

    repeat: Callable[[Any, int], pa.Array[Any]] = pa.repeat
    return repeat(constant(text), size)


def dictionary(codes: pa.Array[Any], distinct: pa.Array[Any]) -> pa.Array[Any]:
    """Return a column as places in its distinct words."""
    import pyarrow as pa

    make: Any = pa.DictionaryArray.from_arrays
    # Places that were just counted need no check.
    made: pa.Array[Any] = make(codes, distinct, safe=False)
    return made


def nulls(size: int) -> pa.Array[Any]:
    """Return a column of text in which nothing stands."""
    import pyarrow as pa

    made: pa.Array[Any] = pa.nulls(size, pa.string())
    return made


def text_type() -> pa.DataType:
    """Return the type of text."""
    import pyarrow as pa

    return pa.string()
