"""What a placeholder asks for, by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from unicodedata import normalize

from ipattr.renderers.filings.blocks import Table  # noqa: TC001 - the annotations of a NamedTuple are read at run time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipattr.renderers.filings.placeholders import Placeholders

_TABLE_MARKS = ("表:", "table:")


class Plain(NamedTuple):
    """A text."""

    value: str


class Whole(NamedTuple):
    """A whole table in the place of its paragraph."""

    table: Table


class Cell(NamedTuple):
    """One column of the table for which the row repeats."""

    name: str
    table: Table
    column: int

    def values(self) -> tuple[str, ...]:
        """Return the cells of the column; of an empty table one dash, so that the row remains to be seen."""
        return tuple(row[self.column] for row in self.table.rows) or ("―",)


Asked: TypeAlias = Plain | Whole | Cell


def key(name: str) -> str:
    """Return ``name`` without white space, width and case, which people type as they come."""
    return "".join(normalize("NFKC", name).split()).casefold()


def asked(name: str, placeholders: Placeholders) -> Asked | None:
    """Return what ``name`` asks for, None where nothing has that name.

    A text goes before a table; of names that differ in width or spaces alone, the one written alike is taken first.
    """
    if name in placeholders.texts:
        return Plain(placeholders.texts[name])
    wanted = key(name)
    text = next((value for known, value in placeholders.texts.items() if key(known) == wanted), None)
    if text is not None:
        return Plain(text)
    mark = next((mark for mark in _TABLE_MARKS if wanted.startswith(mark)), "")
    for known, table in placeholders.tables.items():
        if mark and key(known) == wanted.removeprefix(mark):
            return Whole(table)
        if wanted.startswith(f"{key(known)}."):
            title = wanted.removeprefix(f"{key(known)}.")
            column = next((at for at, one in enumerate(table.columns) if key(one.title) == title), None)
            if column is not None:
                return Cell(known, table, column)
    return None


def known_names(placeholders: Placeholders, lang: str) -> Iterable[str]:
    """Yield every name that a template may use, as it is written there."""
    mark = "表:" if lang == "ja" else "table:"
    for name in placeholders.texts:
        yield f"{{{{{name}}}}}"
    for name, table in placeholders.tables.items():
        yield f"{{{{{mark}{name}}}}}"
        yield from (f"{{{{{name}.{''.join(column.title.split())}}}}}" for column in table.columns)
