"""How much is read, in one place: every limit is checked before the part it bounds is parsed."""

from __future__ import annotations

from ipattr.model import Record

MEBIBYTE = 1024 * 1024

MAX_FILE_BYTES = 64 * MEBIBYTE
"""One input as given."""
MAX_RATIO = 200
"""Unpacked to packed size of one archive member; counted for members over ``RATIO_COUNTS_FROM``, of Word documents and
workbooks (whose identical records compress a thousandfold) over 16 MiB."""
RATIO_COUNTS_FROM = MEBIBYTE
MAX_MEMBERS = 2_000
"""Members of one archive, of a Word document or a workbook alike."""
MAX_MEMBER_BYTES = 64 * MEBIBYTE
MAX_TOTAL_BYTES = 256 * MEBIBYTE
"""All members of one archive together, unpacked."""
MAX_CELLS = 4_000_000
"""Cells of one sheet: what fits into the memory that its parser may use."""
MAX_CELL_CHARACTERS = 131_072
"""Characters of one cell of a table or sheet; Python's csv module keeps the same limit for text."""
MAX_PAGES = 2_000
"""Pages of one PDF."""


class Sandbox(Record, frozen=True, kw_only=True):
    """What one parser of a binary form may use in its own process."""

    address_space_bytes: int = 1024 * MEBIBYTE
    cpu_seconds: int = 60
    wall_seconds: float = 60.0
    output_bytes: int = 512 * MEBIBYTE
    open_files: int = 64
