"""A table for export: every cell is text, made inert here, so that no format has to trust an input."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.renderers.filings.blocks import safe_text
from ipattr.renderers.view import Shape, View, unchecked_links, views

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ipattr.model import Case
    from ipattr.renderers.filings.material import Material


class ExportColumn(NamedTuple):
    """One column: its id, its heading, and how wide it may become (in half-width characters)."""

    id: str
    title: str
    width: int


class ExportTable(NamedTuple):
    r"""Rows of cells as wide as ``columns``, all text; ``\n`` breaks a line inside a cell. ``note``: how to read it."""

    id: str
    title: str
    columns: tuple[ExportColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


class Field(NamedTuple):
    """One column that a table may have; one that is ``optional`` is left out where no row has anything in it."""

    id: str
    ja: str
    en: str
    width: int
    optional: bool = False


class Walk:
    """A case on its way into tables: its rows with their verdicts, gathered once."""

    def __init__(self, material: Material, lang: str) -> None:
        """Gather the rows."""
        self.material = material
        self.lang = lang
        self.views: list[View] = list(views(material.case))
        label = "投稿" if lang == "ja" else "post "
        self.shape = Shape(
            lang=lang,
            accounts=True,
            posts={post.id: f"{label}{number}" for number, post in enumerate(material.case.posts, start=1)},
            practice=True,
            unchecked=unchecked_links(material.case),
        )

    @property
    def case(self) -> Case:
        """Return the case."""
        return self.material.case

    def say(self, ja: str, en: str) -> str:
        """Return the words in the language of the output."""
        return ja if self.lang == "ja" else en

    def mark(self, *, is_set: bool) -> str:
        """Return the mark of something that holds; empty where it does not."""
        return self.say("○", "yes") if is_set else ""

    def firsts(self, key: str) -> dict[str, tuple[View, list[int]]]:
        """Return each distinct verdict of the rows: the first row that has it, and the numbers of all that do.

        ``key`` is the field of a row that names the verdict (``deadline``, ``candidates``, ``registration``).
        """
        found: dict[str, tuple[View, list[int]]] = {}
        for view in self.views:
            found.setdefault(getattr(view.row, key), (view, []))[1].append(view.row.number)
        return found


def table(
    name: str, title: str, fields: Sequence[Field], rows: Iterable[Mapping[str, str]], *, lang: str, note: str = ""
) -> ExportTable:
    """Return the rows under those fields that have anything in them or are not optional; every cell made inert."""
    known: dict[str, str] = {}

    def safe(text: str) -> str:
        if text not in known:
            known[text] = safe_text(text)
        return known[text]

    cells = [[safe(row.get(field.id, "")) for field in fields] for row in rows]
    kept = [index for index, field in enumerate(fields) if not field.optional or any(row[index] for row in cells)]
    return ExportTable(
        id=name,
        title=title,
        columns=tuple(
            ExportColumn(fields[n].id, fields[n].ja if lang == "ja" else fields[n].en, fields[n].width) for n in kept
        ),
        rows=tuple(tuple(row[n] for n in kept) for row in cells),
        note=note,
    )
