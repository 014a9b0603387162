"""The extra that bulk needs: Arrow, NumPy with it, and the calls of theirs whose published types are too narrow."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from ipattr.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pyarrow as pa


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


def array(
    values: Sequence[Any] | np.ndarray[Any, Any],
    kind: pa.DataType | None = None,
    *,
    mask: np.ndarray[Any, Any] | None = None,
) -> pa.Array[Any]:
    """Return an array of Arrow; ``mask`` is true where there is null."""
    import pyarrow as pa

    made: pa.Array[Any] = pa.array(values, kind, mask=mask)
    return made


def dictionary(codes: pa.Array[Any], words: pa.Array[Any]) -> pa.Array[Any]:
    """Return a column as places in its distinct words."""
    import pyarrow as pa

    make: Any = pa.DictionaryArray.from_arrays
    made: pa.Array[Any] = make(codes, words)
    return made


def text_type() -> pa.DataType:
    """Return the type of text."""
    import pyarrow as pa

    return pa.string()
