"""The files of a bulk output: parts of one table, rejects, and one file joined from parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from ipattr.bulk import footers
from ipattr.bulk.columns import arrow, kind_of, schema
from ipattr.bulk.extra import array, dictionary, words
from ipattr.bulk.lines import header, lines
from ipattr.renderers import facts
from ipattr.renderers.csv import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from ipattr.bulk.chunks import Chunk
    from ipattr.model import Reject

REJECT_COLUMNS = ("file", "source_row", "status", "reject_column", "raw", "reason", "record")
"""The columns of the file of rejects; ``record`` is every cell of the row as it stood, as JSON."""
_COUNTING = frozenset({"row", "source_row", "utc", "jst", "port"})


class Writer(Protocol):
    """One part of a table that is being written."""

    def write(self, made: Any) -> None:  # noqa: ANN401 - what ``make`` of the same format returned
        """Append what was made from one chunk."""

    def close(self) -> None:
        """Finish the file."""


class ParquetFormat:
    """Parquet: one row group per chunk."""

    suffix = ".parquet"

    def __init__(self, columns: Sequence[str], stamp: Mapping[str, str]) -> None:
        """Take the columns, and what the file says of itself in its metadata."""
        self.columns = tuple(columns)
        self.schema = schema(columns).with_metadata({"ipattr": msgspec.json.encode(dict(stamp)).decode()})

    def make(self, chunk: Chunk) -> pa.Table:
        """Return a chunk as it is written."""
        import pyarrow as pa

        return pa.Table.from_arrays([arrow(chunk, name) for name in self.columns], schema=self.schema)

    def open(self, place: Path) -> Writer:
        """Begin one part."""
        return _ParquetPart(place, self.schema)

    def join(self, parts: Sequence[Path], target: Path, ledger: str) -> None:
        """Write the row groups of all parts into one file, with ``ledger`` for what only the end knows."""
        if "ledger" not in self.columns:
            footers.join(parts, target)
            return
        import pyarrow.parquet as pq

        coded = [name for name in self.columns if _is_coded(name)]
        whole = self.open(target)
        for part in parts:
            with pq.ParquetFile(part, read_dictionary=coded) as file:
                for group in range(file.num_row_groups):
                    whole.write(_with_ledger(file.read_row_group(group), ledger).cast(self.schema))
        whole.close()


class _ParquetPart:
    """One Parquet file."""

    def __init__(self, place: Path, found: pa.Schema) -> None:
        import pyarrow.parquet as pq

        counting = [name for name in found.names if name in _COUNTING]
        words: Any = [name for name in found.names if name not in _COUNTING]
        self._writer = pq.ParquetWriter(
            place,
            found,
            compression="zstd",
            compression_level=1,
            use_dictionary=words or False,
            column_encoding=dict.fromkeys(counting, "DELTA_BINARY_PACKED"),
            write_statistics=counting or False,
        )

    def write(self, made: pa.Table) -> None:
        self._writer.write_table(made, row_group_size=max(made.num_rows, 1))

    def close(self) -> None:
        self._writer.close()


def _is_coded(name: str) -> bool:
    import pyarrow as pa

    return pa.types.is_dictionary(kind_of(name))


def _with_ledger(table: pa.Table, ledger: str) -> pa.Table:
    import numpy as np

    said = dictionary(array(np.zeros(len(table), dtype=np.int32)), words([ledger]))
    return table.set_column(table.column_names.index("ledger"), "ledger", said)


class CsvFormat:
    """CSV as ``lookup`` writes it, safe to open in a spreadsheet."""

    suffix = ".csv"

    def __init__(self, columns: Sequence[str], token: str) -> None:
        """Take the columns, and the text that stands for what only the end knows."""
        self.columns = tuple(columns)
        self._token = token.encode()

    def make(self, chunk: Chunk) -> memoryview:
        """Return a chunk as it is written."""
        return lines(chunk, self.columns)

    def open(self, place: Path) -> Writer:
        """Begin one part; only the whole file has a header."""
        return BytesPart(place)

    def join(self, parts: Sequence[Path], target: Path, ledger: str) -> None:
        """Write the header and the lines of all parts, with ``ledger`` in place of the token."""
        with target.open("wb") as whole:
            whole.write(header(self.columns))
            for part in parts:
                with part.open("rb") as file:
                    whole.writelines(_replaced(file, self._token, ledger.encode()))


class BytesPart:
    """One file of bytes."""

    def __init__(self, place: Path) -> None:
        """Begin the file."""
        self._file = place.open("wb")

    def write(self, made: memoryview) -> None:
        """Append bytes."""
        self._file.write(made)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


_BLOCK = 1 << 22


def _replaced(file: Any, token: bytes, by: bytes) -> Iterable[bytes]:  # noqa: ANN401 - a binary file
    """Yield the bytes of a file in blocks, with one text for another, also where it lies across two blocks."""
    kept = b""
    while block := file.read(_BLOCK):
        whole = (kept + block).replace(token, by)
        hold = next((n for n in range(len(token) - 1, 0, -1) if whole.endswith(token[:n])), 0)
        kept = whole[len(whole) - hold :]
        yield whole[: len(whole) - hold]
    yield kept


def reject_lines(rejects: Iterable[Reject], *, lang: str) -> bytes:
    """Return the lines of rejected rows."""
    return "".join(_reject_line(reject, lang) for reject in rejects).encode("utf-8", "surrogatepass")


def _reject_line(reject: Reject, lang: str) -> str:
    record = msgspec.json.encode(reject.record).decode()
    cells = written(facts.rejected(reject, lang) | {"record": record})
    return ",".join([cells[name] for name in REJECT_COLUMNS]) + "\r\n"
