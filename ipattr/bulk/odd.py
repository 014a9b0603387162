"""The rows that need a person's eye, one after another by the very reader of small files."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.addresses import parse_port
from ipattr.errors import InputError
from ipattr.model import Provenance
from ipattr.readers.cells import Row, malformed, read_address, read_id, read_time_as_typed, reject, review_unread
from ipattr.readers.delimited import TableRow, split_records, taken
from ipattr.readers.document import split_keeping_ends
from ipattr.readers.tables import read_login

if TYPE_CHECKING:
    from ipattr.addresses import Specials
    from ipattr.model import LoginEvent, Reject
    from ipattr.readers.delimited import Shape
    from ipattr.readers.document import Options
    from ipattr.readers.mapping import Columns


class OddReader(NamedTuple):
    """What one row is read by: the input it stands in, its columns, what was declared, the special-purpose blocks.

    ``unread``: there are columns that no field takes.
    """

    name: str
    sha256: str
    columns: Columns
    options: Options
    specials: Specials
    unread: bool

    def record(self, row: TableRow, delimiter: str) -> LoginEvent | Reject:
        """Read one record as ``readers.tables.read`` does."""
        wrong = malformed(self.name, row, self.columns)
        if wrong is not None:
            return wrong
        reader = Row(row, self.columns)
        if self.unread:
            review_unread(reader, delimiter)
        provenance = Provenance(source=self.name, locator=f"{self.name}:{row.row}", sha256=self.sha256)
        return read_login(reader, provenance, self.options, self.specials)

    def refused(self, text: str, line: int, shape: Shape, *, alone: str) -> Reject | None:
        """Return the reject of a simple record whose cells are all plain but that of one field; None to read it whole.

        Plain cells are not refused, so they add nothing to a reject, which names no remark either.
        """
        if '"' in text or shape.written > shape.named:
            return None
        raw = text.rstrip("\r\n")
        row = Row(TableRow(row=line, cells=tuple(raw.split(shape.delimiter)), raw=raw), self.columns)
        if alone == "time":
            read_time_as_typed(row, self.options)
        elif alone == "ip":
            read_address(row, self.specials)
        elif alone == "port":
            row.read("port", parse_port)
        else:
            read_id(row, alone)
        return reject(self.name, row) if row.refusals else None

    def text(self, text: str, line: int, shape: Shape) -> LoginEvent | Reject | None:
        """Read the text of one record that begins in physical line ``line``; None when it is blank.

        Raises InputError for what makes rows uncertain, as ``readers.delimited.read_table`` does.
        """
        found = list(split_records(self.name, split_keeping_ends(text), line - 1, shape.delimiter))
        if len(found) != 1:
            raise InputError(
                ja=f"内部エラー: {line} 行目からの記録の境目が決まらない。行が失われるおそれがあるので読まない。",
                en=f"Internal: the record that begins in line {line} has no settled border; rows could be lost.",
                where=f"{self.name}:{line}",
            )
        cells = taken(self.name, line, found[0][2], shape)
        if cells is None:
            return None
        return self.record(TableRow(row=line, cells=tuple(cells), raw=text.rstrip("\r\n")), shape.delimiter)
