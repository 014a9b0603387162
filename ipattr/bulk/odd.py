"""The rows that need a person's eye, one after another by the very reader of small files."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.errors import InputError
from ipattr.model import Provenance
from ipattr.readers.cells import Row, malformed, review_unread
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
