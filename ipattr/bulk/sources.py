"""Disclosed logins in any number: a file is opened, its columns decided, its rows given out in batches."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from ipattr.bulk.ordering import Pool
from ipattr.errors import InputError
from ipattr.model import Counts, InputFile, LoginEvent, Record, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from types import TracebackType

    import pyarrow as pa

    from ipattr.addresses import Specials
    from ipattr.bulk.ordering import Batch, Reader
    from ipattr.bulk.parsed import Parsed
    from ipattr.model import Finding
    from ipattr.readers.document import Options
    from ipattr.readers.mapping import Columns

_MOST_WORKERS = 2


class Position(Record, frozen=True, kw_only=True):
    """Where the next batch of an input begins, and what was given out before it.

    ``offset`` counts bytes of decoded text (records of a Parquet file), ``row`` is the physical line or the number of
    the next record. ``sha256`` is of the whole input. ``blank`` lines are in none of the other figures.
    """

    sha256: str
    offset: int
    row: int
    rows: int = 0
    ok: int = 0
    review: int = 0
    rejected: int = 0
    blank: int = 0


class BulkSource:
    """One opened input of bulk reading; use it as a context manager."""

    def __init__(self, reader: Reader, *, options: Options, start: Position | None, workers: int) -> None:
        """Take an opened input; InputError when ``start`` is a position in another one."""
        self._reader = reader
        self._options = options
        self._pool = Pool(workers)
        offset, row = reader.start
        self.position = start or Position(sha256=reader.sha256, offset=offset, row=row)
        self.consumed = 0
        if self.position.sha256 != reader.sha256:
            raise InputError(
                ja="前回の続きを読むはずのファイルが、前回と同じ内容でない(SHA-256 が一致しない)。",
                en="This is not the file that was begun: its SHA-256 is another one.",
                where=reader.name,
            )

    @property
    def name(self) -> str:
        """Return the name that rows are located by."""
        return self._reader.name

    @property
    def form(self) -> str:
        """Return the form: ``table``, ``jsonl`` or ``parquet``."""
        return self._reader.form

    @property
    def columns(self) -> Columns:
        """Return where each field stands."""
        return self._reader.columns

    @property
    def headers(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return self._reader.columns.headers

    @property
    def mapping(self) -> dict[str, str]:
        """Return field → header."""
        return self._reader.columns.mapping

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the bytes as given."""
        return self._reader.sha256

    @property
    def size(self) -> int:
        """Return the number of bytes as given."""
        return self._reader.size

    @property
    def encoding(self) -> str:
        """Return the encoding."""
        return self._reader.encoding

    @property
    def encoding_reason(self) -> Text:
        """Return why it is this encoding."""
        return self._reader.encoding_reason

    @property
    def counts(self) -> Counts:
        """Return the counts of what was given out so far, from the beginning of the input."""
        at = self.position
        return Counts(rows=at.rows, ok=at.ok, review=at.review, rejected=at.rejected)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what is said of the whole input; complete when every batch was given out."""
        return self._reader.findings(rows=self.position.rows, blank=self.position.blank)

    def parsed(self) -> Iterator[Parsed]:
        """Yield the batches from ``position`` on, in input order; InputError where the rows become uncertain."""
        for batch in self._reader.batches(self.position.offset, self.position.row, self._pool):
            self.position = _after(self.position, batch)
            self.consumed = batch.consumed
            if len(batch.parsed):
                yield batch.parsed
        self.consumed = self.size

    def describe(self) -> InputFile:
        """Return the input as a reading of small files describes it, with the counts so far."""
        return InputFile(
            name=self.name,
            sha256=self.sha256,
            size=self.size,
            form=self.form,
            form_reason=self._reader.form_reason,
            encoding=self.encoding,
            encoding_reason=self.encoding_reason,
            declared_zone=self._options.zone.text if self._options.zone is not None else None,
            mapping=dict(self.mapping),
            mapping_source=self.columns.source,
            counts=self.counts,
        )

    def close(self) -> None:
        """End the threads and close the input."""
        self._pool.close()
        self._reader.close()

    def __enter__(self) -> BulkSource:  # noqa: PYI034 - no subclass
        """Return the source."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the source."""
        self.close()


def open_source(
    path: str | Path,
    *,
    options: Options,
    specials: Specials,
    stdin: BinaryIO | None = None,
    start: Position | None = None,
    workers: int | None = None,
) -> BulkSource:
    """Open CSV, TSV, JSON Lines (each also as .gz) or Parquet; ``-`` is ``stdin``, spooled to a private temporary file.

    Everything is hashed and its encoding settled before the first row. Raises InputError and UsageError where a
    reading of small files does; the size has no limit. ``start`` goes on where an earlier source stood.
    """
    from ipattr.bulk.opening import open_reader

    reader = open_reader(str(path), options=options, specials=specials, stdin=stdin)
    try:
        return BulkSource(reader, options=options, start=start, workers=workers or _workers())
    except InputError:
        reader.close()
        raise


def parse_batches(
    batches: Iterable[pa.RecordBatch],
    mapping: Mapping[str, str],
    *,
    options: Options,
    specials: Specials,
    name: str = "batch",
    first: int = 1,
) -> Iterator[Parsed]:
    """Yield one ``Parsed`` for each batch: as many rows, in the same order; ``mapping`` is field → column.

    Rows are numbered on from ``first``. Raises InputError when the columns are named wrongly or are missing, and for a
    column of floats.
    """
    from ipattr.bulk.columnar import ColumnReader, columns_of

    reader = ColumnReader(columns_of(mapping), options, specials, name=name)
    for batch in batches:
        yield reader.read(batch, first)
        first += batch.num_rows


def parse_batch(
    batch: pa.RecordBatch,
    mapping: Mapping[str, str],
    *,
    options: Options,
    specials: Specials,
    name: str = "batch",
    first: int = 1,
) -> Parsed:
    """Read one batch; the same contract as ``parse_batches``."""
    return next(parse_batches((batch,), mapping, options=options, specials=specials, name=name, first=first))


def _workers() -> int:
    return max(1, min(_MOST_WORKERS, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2))


def _after(position: Position, batch: Batch) -> Position:
    """Return the position behind a batch, with its rows counted."""
    parsed = batch.parsed
    accepted = [row.status for row in parsed.odd.values() if isinstance(row, LoginEvent)]
    plain = int(parsed.plain.sum())
    nameless = int((parsed.plain & parsed.nameless).sum())
    in_review = accepted.count("review")
    if plain + len(parsed.odd) != len(parsed):
        raise InputError(
            ja=f"内部エラー: {len(parsed)} 行のうち {plain + len(parsed.odd)} 行しか読めていない。行が失われる"
            "おそれがあるので結果を出さない。",
            en=f"Internal: of {len(parsed)} rows {plain + len(parsed.odd)} were read; rows may be lost, so there is no "
            "result.",
        )
    return msgspec.structs.replace(
        position,
        offset=batch.offset,
        row=batch.row,
        rows=position.rows + len(parsed),
        ok=position.ok + plain - nameless + len(accepted) - in_review,
        review=position.review + nameless + in_review,
        rejected=position.rejected + len(parsed.odd) - len(accepted),
        blank=position.blank + batch.blank,
    )
