"""The columns of a bulk output: their names, their Arrow types, and the arrays of a chunk of judged rows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from ipattr.bulk.extra import array, dictionary, kernels, words
from ipattr.bulk.verdicts import BY_CANDIDATES, BY_CARRIER, BY_DEADLINE, BY_NETWORK, BY_SEARCH
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
STAMPED = (
    "ipattr_schema",
    "file",
    "nearest_post",
    "reject_column",
    "raw",
    "reason",
    "as_of",
    "platform",
    "data_version",
    "tool_version",
    "ledger",
    "declared_zone",
)
"""What is the same in every accepted row of one run."""
CODED = BY_CARRIER | BY_NETWORK | BY_SEARCH | BY_CANDIDATES | BY_DEADLINE | {*STAMPED, "status", "precision"}
"""Columns of few distinct values: dictionaries in Parquet, unless they are dates or numbers."""
OF_FILE = frozenset({"row", "source_row", "file", "ledger", "provenance", "nearest_post"})
"""Columns that speak of a whole input; a batch of an engine is none."""
TABLE_OF: dict[str, Literal["carrier", "network", "search", "candidates", "deadline"]] = {
    **dict.fromkeys(BY_CARRIER, "carrier"),
    **dict.fromkeys(BY_NETWORK, "network"),
    **dict.fromkeys(BY_SEARCH, "search"),
    **dict.fromkeys(BY_CANDIDATES, "candidates"),
    **dict.fromkeys(BY_DEADLINE, "deadline"),
}
"""The verdict whose cell a column is."""


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
    return pa.dictionary(pa.int32(), pa.string()) if name in CODED and not plain else pa.string()


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


def coded(chunk: Chunk, name: str) -> tuple[Sequence[str], Array] | None:
    """Return a column of few distinct values as its texts and the place of each row in them; None for any other."""
    import numpy as np

    if name in STAMPED:
        return [chunk.stamp[name]], np.zeros(len(chunk), dtype=np.int32)
    table = chunk.table(name)
    if table is not None:
        said, ids = table
        column = said.column(name)
        return column.texts, column.codes[ids]
    match name:
        case "prefix":
            return chunk.verdicts.prefixes(), chunk.network
        case "status":
            return ("ok", "review"), chunk.review.astype(np.int32)
        case "precision":
            return chunk.precisions, chunk.precision
    return None


def arrow(chunk: Chunk, name: str, *, plain: bool = False) -> pa.Array[Any] | pa.ChunkedArray[Any]:
    """Return one column of a chunk in its Arrow type; what is not known, or was not disclosed, is null."""
    found = coded(chunk, name)
    if found is not None:
        return _of_few(*found, name, plain=plain)
    match name:
        case "row":
            return array(chunk.numbers)
        case "source_row":
            return array(chunk.rows)
        case "utc" | "jst":
            return array(chunk.utc, kind_of(name))
        case "port":
            return array(chunk.port, mask=chunk.port == 0)
    return _emptied(chunk.text(name))


def _of_few(texts: Sequence[str], codes: Array, name: str, *, plain: bool) -> pa.Array[Any]:
    """Return a column of few distinct texts: of those that occur, in an order that no earlier row shapes."""
    import numpy as np

    if name in DATES or name in NUMBERS:
        return _counted(texts, codes, name)
    used = np.flatnonzero(np.bincount(codes, minlength=len(texts))).tolist()
    if name not in BY_NETWORK:
        used.sort(key=texts.__getitem__)
    values = [at for at in used if texts[at]]
    place = np.full(len(texts), -1, dtype=np.int32)
    place[values] = np.arange(len(values), dtype=np.int32)
    indices = place[codes]
    absent = len(values) < len(used)
    coded = array(indices, mask=indices < 0) if absent else array(indices)
    distinct = words([texts[at] for at in values])
    return distinct.take(coded) if plain else dictionary(coded, distinct)


def _counted(texts: Sequence[str], codes: Array, name: str) -> pa.Array[Any]:
    """Return a column of dates or numbers; what only ends at some unknown day has no date (``open-ended``)."""
    import numpy as np

    known = np.array([text not in {"", "open-ended"} for text in texts])
    make = (lambda text: date.fromisoformat(text).toordinal() - _EPOCH) if name in DATES else int
    numbers = np.array([make(text) if fine else 0 for text, fine in zip(texts, known, strict=True)], dtype=np.int32)
    return array(numbers[codes], kind_of(name), mask=None if known.all() else ~known[codes])


def _emptied(texts: pa.ChunkedArray[Any]) -> pa.ChunkedArray[Any]:
    """Return texts with null for what is empty."""
    import pyarrow as pa

    pc = kernels()
    lengths = pc.binary_length(texts)
    if pc.min(lengths).as_py() != 0:
        return texts
    nothing = pa.nulls(1, pa.string())[0]
    made: pa.ChunkedArray[Any] = pc.if_else(pc.cast(lengths, pa.bool_()), texts, nothing)
    return made
