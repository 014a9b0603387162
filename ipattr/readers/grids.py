"""A table of cells wherever it came from: a sheet, a Word table, a page of a PDF."""

from __future__ import annotations

from ipattr.model import Finding, Record, Refusal

_LETTERS = 26


class GridCell(Record, frozen=True, kw_only=True):
    """One cell as text; ``refused`` says why it cannot be trusted, ``note`` how its text came about if not plainly."""

    text: str
    refused: Refusal | None = None
    note: str = ""


class GridRow(Record, frozen=True, kw_only=True):
    """One row: ``number`` as the source counts it (1-based), ``label`` to find it again (``Sheet1!5``, ``p.3 r.7``)."""

    number: int
    label: str
    cells: tuple[GridCell, ...]
    hidden: bool = False


class Grid(Record, frozen=True, kw_only=True):
    """One table; ``counted_rows`` comes from a count that shares no code with the reading of the cells."""

    name: str
    rows: tuple[GridRow, ...]
    counted_rows: int
    findings: tuple[Finding, ...] = ()


def letters(column: int) -> str:
    """Return the letters of a column (0-based): 0 → ``A``, 26 → ``AA``."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, _LETTERS)
        text = chr(65 + rest) + text
    return text
