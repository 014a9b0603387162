"""Delimited text of any length: cut into blocks at line ends, the blocks read side by side, and joined in order."""

from __future__ import annotations

import csv
from collections import deque
from typing import TYPE_CHECKING

from ipattr.bulk.blocks import padded
from ipattr.bulk.cutting import pieces
from ipattr.bulk.ordering import Batch
from ipattr.errors import InputError
from ipattr.readers.delimited import quote_error, remarks, scan_quotes
from ipattr.readers.document import split_keeping_ends
from ipattr.readers.tables import FORM, login_column_findings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from ipattr.bulk.cutting import Piece
    from ipattr.bulk.ordering import Pool
    from ipattr.bulk.tables import Portion, TableReader
    from ipattr.bulk.texts import TextFile
    from ipattr.model import Finding, Text
    from ipattr.readers.delimited import Shape
    from ipattr.readers.document import Options
    from ipattr.readers.mapping import Columns

_LONGEST_RECORD = 1 << 23


class DelimitedReader:
    """CSV, TSV and semicolon-separated text."""

    form = FORM

    def __init__(
        self,
        text: TextFile,
        reason: Text,
        columns: Columns,
        options: Options,
        *,
        shape: Shape,
        start: int,
        table: TableReader,
    ) -> None:
        """Take the text, its columns, and what reads its blocks; ``start`` is where the rows begin."""
        self._text = text
        self._options = options
        self._shape = shape
        self._table = table
        self.form_reason = reason
        self.name = text.name
        self.sha256 = text.sha256
        self.size = text.size
        self.encoding = text.encoding.codec
        self.encoding_reason = text.encoding.reason
        self.columns = columns
        self.start = (start, shape.header_row + 1)

    def batches(self, offset: int, row: int, pool: Pool) -> Iterator[Batch]:
        """Yield the batches from ``offset`` on; InputError as for a small file, and when the file was changed."""
        waiting: deque[tuple[Piece, Future[Portion]]] = deque()
        cut = pieces(self._text, offset, row, returns=True)
        carried: Piece | None = None
        while True:
            while len(waiting) < pool.ahead and (piece := next(cut, None)) is not None:
                waiting.append((piece, pool.submit(self._read, piece)))
            if not waiting:
                break
            piece, task = waiting.popleft()
            if carried is not None:
                # The last record ran on: what was read of this piece began in the middle of it.
                task.cancel()
                piece = carried.joined(piece)
                portion = self._read(piece)
            else:
                portion = task.result()
            carried = None if portion.rest is None else piece.tail(portion.rest)
            if carried is not None:
                self._refuse_endless(carried)
            yield self._batch(piece, portion, carried)
        if carried is not None:
            raise self._unclosed(carried)
        self._text.raw.refuse_change()

    def findings(self, *, rows: int, blank: int) -> tuple[Finding, ...]:
        """Return what is said of the whole table."""
        return (
            *remarks(self.name, self._shape, blank=blank, rows=rows),
            *login_column_findings(self.name, self.columns, self._options),
        )

    def close(self) -> None:
        """Close the file."""
        self._text.raw.close()

    def _read(self, piece: Piece) -> Portion:
        return self._table.read(padded(piece.data), line=piece.line, lines=piece.lines, lone_returns=piece.lone_returns)

    def _batch(self, piece: Piece, portion: Portion, carried: Piece | None) -> Batch:
        offset, line = piece.after if carried is None else (carried.offset, carried.line)
        share = offset / max(self._text.length, 1)
        return Batch(portion.parsed, portion.blank, offset, line, int(self.size * share))

    def _unclosed(self, carried: Piece) -> InputError:
        """Return the error for a quote that stays open, with the line in which it was opened."""
        row, quoted = carried.line, False
        for line, text in enumerate(split_keeping_ends(carried.data.decode()), start=carried.line):
            quoted, here = scan_quotes(text, self._shape.delimiter, quoted=quoted)
            row = line if here else row
        return quote_error(self.name, row, '引用符(")が閉じていない', "A quotation mark is opened and never closed")

    def _refuse_endless(self, carried: Piece) -> None:
        """Raise InputError when an open quoted cell is already longer than any cell may be."""
        limit = csv.field_size_limit()
        last = carried.data.rfind(b'"')
        if len(carried.data) - last > 4 * limit or len(carried.data) > _LONGEST_RECORD:
            raise InputError(
                ja=f'{carried.line} 行目からの欄が長すぎる({limit} 文字まで)。引用符(")が閉じていないおそれがある。',
                en=f"A cell that begins in line {carried.line} is too long (limit {limit} characters); a quotation "
                "mark may be unclosed.",
                where=f"{self.name}:{carried.line}",
            )
