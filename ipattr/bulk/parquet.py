"""Parquet as records: only the columns that are read are taken out of the file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from ipattr.bulk.columnar import ColumnReader, narrowed
from ipattr.bulk.extra import require_arrow
from ipattr.bulk.ordering import Batch, in_order
from ipattr.errors import InputError
from ipattr.model import Text
from ipattr.readers.delimited import Shape, remarks
from ipattr.readers.mapping import LOGIN_FIELDS, ask, resolve
from ipattr.readers.tables import login_column_findings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    import pyarrow as pa

    from ipattr.addresses import Specials
    from ipattr.bulk.ordering import Pool
    from ipattr.bulk.texts import RawFile
    from ipattr.model import Finding
    from ipattr.readers.document import Options

FORM = "parquet"
_AT_ONCE = 1 << 15
_REASON = Text(ja="先頭が PAR1 である。", en="It begins with PAR1.")
_ENCODING = Text(ja="Parquet は文字コードを UTF-8 と定める。", en="Parquet fixes the encoding as UTF-8.")


class ParquetReader:
    """One Parquet file; rows are numbered from 1 in the order of the file."""

    form = FORM
    form_reason = _REASON
    encoding = FORM
    encoding_reason = _ENCODING

    def __init__(self, raw: RawFile, *, options: Options, specials: Specials) -> None:
        """Open the file and decide its columns by name.

        Raises InputError when it is damaged, when time or address has no column, and for an id, port or address column
        of floats.
        """
        require_arrow()
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._raw = raw
        self._options = options
        self.name = raw.name
        self.size = raw.size
        digest = hashlib.sha256()
        for piece in raw.pieces():
            digest.update(piece)
        self.sha256 = digest.hexdigest()
        raw.stream.seek(0)
        try:
            self._file = pq.ParquetFile(raw.stream, pre_buffer=False)
        except (pa.ArrowException, OSError) as error:
            raise self._damaged(error) from None
        headers = tuple(self._file.schema_arrow.names)
        self._refuse_repeated(headers)
        self.columns = resolve(self.name, headers, fields=LOGIN_FIELDS, options=options)
        missing = [field for field in ("time", "ip") if field not in self.columns.index]
        if missing:
            raise ask(self.name, headers, *missing)
        self._reader = ColumnReader(narrowed(self.columns), options, specials, name=self.name, sha256=self.sha256)
        self._reader.read(self._empty(), 1)
        self.start = (0, 1)

    def batches(self, offset: int, row: int, pool: Pool) -> Iterator[Batch]:
        """Yield the batches from record ``offset`` (0-based) on; InputError when the file is damaged."""
        total = max(self._file.metadata.num_rows, 1)

        def read(batch: pa.RecordBatch, at: int) -> Batch:
            after = at + batch.num_rows
            return Batch(self._reader.read(batch, at + 1), 0, after, after + 1, self.size * after // total)

        def tasks() -> Iterator[Future[Batch]]:
            at = offset
            for batch in self._records(row - 1):
                yield pool.submit(read, batch, at)
                at += batch.num_rows

        yield from in_order(tasks(), pool.ahead)
        self._raw.refuse_change()

    def findings(self, *, rows: int, blank: int) -> tuple[Finding, ...]:
        """Return what is said of the whole table."""
        named = len(self.columns.headers)
        return (
            *remarks(self.name, Shape("", 1, named, named), blank=blank, rows=rows),
            *login_column_findings(self.name, self.columns, self._options),
        )

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        self._raw.close()

    def _records(self, skipped: int) -> Iterator[pa.RecordBatch]:
        """Yield the records behind the first ``skipped``; row groups that hold only those are not opened."""
        import pyarrow as pa

        groups: list[int] = []
        for number in range(self._file.num_row_groups):
            held = self._file.metadata.row_group(number).num_rows
            if not groups and skipped >= held:
                skipped -= held
            else:
                groups.append(number)
        if not groups:
            return
        names = list(self._reader.columns.headers)
        try:
            for batch in self._file.iter_batches(_AT_ONCE, row_groups=groups, columns=names):
                if skipped >= batch.num_rows:
                    skipped -= batch.num_rows
                    continue
                yield batch.slice(skipped)
                skipped = 0
        except (pa.ArrowException, OSError) as error:
            raise self._damaged(error) from None

    def _empty(self) -> pa.RecordBatch:
        """Return no records, to judge the types of the columns before the first row is read."""
        import pyarrow as pa

        schema = self._file.schema_arrow
        return pa.RecordBatch.from_arrays([pa.nulls(0, field.type) for field in schema], schema=schema)

    def _refuse_repeated(self, headers: tuple[str, ...]) -> None:
        repeated = next((name for number, name in enumerate(headers) if headers.index(name) != number), None)
        if repeated is not None:
            raise InputError(
                ja=f"列名「{repeated}」が二つある。名を分けられたい。",
                en=f"The column name {repeated!r} stands twice; rename one.",
                where=self.name,
            )

    def _damaged(self, error: Exception) -> InputError:
        return InputError(
            ja=f"Parquet として読めない({error})。", en=f"It cannot be read as Parquet ({error}).", where=self.name
        )
