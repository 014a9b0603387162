"""The columns of a bulk output: their names, their Arrow types, and the arrays of a chunk of judged rows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from ipattr.bulk.deciding import TABLE_OF
from ipattr.bulk.extra import array, dictionary, kernels, nulls, words
from ipattr.errors import UsageError
from ipattr.renderers.csv import COLUMNS as EVERY

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pyarrow as pa

    from ipattr.bulk.chunks import Chunk

    Array = np.ndarray[Any, Any]

DATES = frozenset({"connected_on_jst", "earliest_expiry", "latest_expiry", "act_by", "as_of"})
_EPOCH = date(1970, 1, 1).toordinal()
NUMBERS = frozenset({"days_left", "days_to_expiry"})
INSTANTS = {"utc": "UTC", "jst": "Asia/Tokyo"}
OF_FILE = frozenset({"row", "source_row", "file", "ledger", "provenance", "nearest_post"})
"""Columns that speak of a whole input; a batch of an engine is none."""


def known(columns: Sequence[str] | Literal["all"], *, batch: bool = False) -> tuple[str, ...]:
    """Return the names of the columns, each once; UsageError for one that no CSV of ``lookup`` has.

    ``batch``: without those that a row has by its place in a file.
    """
    every = tuple(name for name in EVERY if not (batch and name in OF_FILE))
    if columns == "all":
        return every
    if isinstance(columns, str):
        columns = (columns,)
    unknown = [name for name in columns if name not in every]
    if unknown or not columns or len(set(columns)) < len(columns):
        which = ", ".join(unknown or columns)
        raise UsageError(
            ja=f"列の指定が正しくない（{which}）。一度ずつ、次から選ぶ: {', '.join(every)}",
            en=f"These columns cannot be written ({which}); name each once, out of: {', '.join(every)}",
        )
    return tuple(columns)


def kind_of(name: str, *, plain: bool = False) -> pa.DataType:
    """Return the Arrow type of a column; ``plain``: without dictionaries, as engines want it."""
    import pyarrow as pa

    if name in {"row", "source_row"}:
        return pa.int64()
    if name in INSTANTS:
        return pa.timestamp("us", tz=INSTANTS[name])
    if name in DATES:
        return pa.date32()
    if name in NUMBERS or name == "port":
        return pa.int32()
    return pa.dictionary(pa.int32(), pa.string()) if name in TABLE_OF and not plain else pa.string()


def schema(columns: Sequence[str]) -> pa.Schema:
    """Return the schema of a Parquet output."""
    import pyarrow as pa

    return pa.schema([pa.field(name, kind_of(name)) for name in columns])


def appended(found: pa.Schema, columns: Sequence[str], *, prefix: str) -> pa.Schema:
    """Return a schema with the verdict columns behind its own; UsageError when one of them is there already."""
    import pyarrow as pa

    names = [prefix + name for name in columns]
    taken = [name for name in names if name in found.names]
    if taken:
        raise UsageError(
            ja=f"同じ名前の列が既にある: {', '.join(taken)}。別の接頭辞（prefix）を指定する。",
            en=f"These columns are there already: {', '.join(taken)}; name another prefix.",
        )
    for name, column in zip(names, columns, strict=True):
        found = found.append(pa.field(name, kind_of(column, plain=True)))
    return found


def arrow(chunk: Chunk, name: str, *, plain: bool = False) -> pa.Array[Any] | pa.ChunkedArray[Any]:
    """Return one column of a chunk in its Arrow type; what is not known, or was not disclosed, is null."""
    found = chunk.few((name,), _only)
    if found is not None:
        return _counted(*found, name) if name in DATES or name in NUMBERS else _of_few(*found, plain=plain)
    if name == "prefix":
        distinct, place = chunk.prefixes()
        return distinct.take(place) if plain else dictionary(place, distinct)
    return _own(chunk, name)


def _own(chunk: Chunk, name: str) -> pa.Array[Any] | pa.ChunkedArray[Any]:
    """Return a column that each row has for itself."""
    match name:
        case "row":
            return array(chunk.numbers)
        case "source_row":
            return array(chunk.rows)
        case "utc" | "jst":
            return array(chunk.utc, kind_of(name))
        case "port":
            return array(chunk.port, mask=chunk.port == 0)
    return _emptied(chunk.text(name)) if chunk.has(name) else nulls(len(chunk))


def _only(cells: Sequence[tuple[str, str]]) -> str:
    return cells[0][1]


def _of_few(texts: Sequence[str], place: Array, *, plain: bool) -> pa.Array[Any]:
    """Return a column of few distinct texts, each once and in order, so that no earlier row shows; "" is null."""
    import numpy as np

    distinct = sorted(set(texts))
    absent = distinct[:1] == [""]
    code = {text: at - absent for at, text in enumerate(distinct)}
    codes = np.array([code[text] for text in texts], dtype=np.int32)[place]
    coded = array(codes, mask=codes < 0) if absent else array(codes)
    found = words(distinct[absent:])
    return found.take(coded) if plain else dictionary(coded, found)


def _counted(texts: Sequence[str], place: Array, name: str) -> pa.Array[Any]:
    """Return a column of dates or numbers; what only ends at some unknown day has no date (``open-ended``)."""
    import numpy as np

    known = np.array([text not in {"", "open-ended"} for text in texts], dtype=bool)
    make = (lambda text: date.fromisoformat(text).toordinal() - _EPOCH) if name in DATES else int
    numbers = np.array([make(text) if fine else 0 for text, fine in zip(texts, known, strict=True)], dtype=np.int32)
    return array(numbers[place], kind_of(name), mask=None if known.all() else ~known[place])


def _emptied(texts: pa.ChunkedArray[Any]) -> pa.ChunkedArray[Any]:
    """Return texts with null for what is empty."""
    pc = kernels()
    lengths = pc.binary_length(texts)
    if pc.min(lengths).as_py() != 0:
        return texts
    made: pa.ChunkedArray[Any] = pc.if_else(pc.cast(lengths, "bool"), texts, nulls(1)[0])
    return made
