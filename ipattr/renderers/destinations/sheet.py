"""Lines for a terminal or a file: headings, wrapped text, and tables that are stacked where they do not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.renderers.cells import without_blanks
from ipattr.renderers.layout import Column, Line, Tone, block, inert, paragraph, table, width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LEAST = 40

Row = list[list[Line]]


class Look(NamedTuple):
    """How text is to look: language, terminal cells, and whether ANSI colours are allowed."""

    lang: str
    columns: int
    color: bool = False

    def say(self, ja: str, en: str) -> str:
        """Return the words in the language of the output."""
        return ja if self.lang == "ja" else en


class Sheet:
    """The lines written so far, and how to write more."""

    def __init__(self, look: Look) -> None:
        """Begin an empty sheet, never narrower than 40 cells."""
        self.look = look._replace(columns=max(look.columns, LEAST))
        self.say = look.say
        self.lines: list[str] = []

    def __str__(self) -> str:
        """Return what was written, with a final newline."""
        return "\n".join(self.lines) + "\n"

    def heading(self, text: str) -> None:
        """Open a section."""
        if self.lines:
            self.lines.append("")
        self.text(f"== {text} ==", tone="bold")

    def text(self, text: str, *, lead: str = "", tone: Tone = "plain") -> None:
        """Write one wrapped paragraph, controls written out; a lead that would leave no room is wrapped with it."""
        text, lead = inert(text), inert(lead)
        if width(lead) > self.look.columns // 2:
            text, lead = lead + text, ""
        self.lines += paragraph(text, total=self.look.columns, lead=lead, tone=tone, color=self.look.color)

    def fact(self, ja: str, en: str, value: str) -> None:
        """Write one labelled fact; an empty one is left out."""
        if value:
            self.text(value, lead=f"{self.say(ja, en)}: ")

    def grid(self, columns: Sequence[Column], rows: Sequence[Row]) -> None:
        """Write a table, or its rows stacked where it does not fit; every cell is made inert."""
        safe = [[[Line(inert(line.text), line.tone) for line in cell] for cell in row] for row in rows]
        lines = table(columns, safe, total=self.look.columns, color=self.look.color, ruled=False)
        self.lines += lines if lines is not None else self._stacked(columns, safe)

    def _stacked(self, columns: Sequence[Column], rows: Sequence[Row]) -> Iterator[str]:
        """Set each row as a block of labelled facts; the first cell heads the block."""
        label_cells = max(width(column.title) for column in columns)
        for index, row in enumerate(rows):
            if index:
                yield ""
            head = " ".join(line.text for line in row[0])
            yield from paragraph(f"[{head}]", total=self.look.columns, tone="bold", color=self.look.color)
            for column, cell in zip(columns[1:], row[1:], strict=True):
                yield from block(
                    column.title,
                    without_blanks(cell),
                    label_cells=label_cells,
                    total=self.look.columns,
                    indent=2,
                    color=self.look.color,
                )


def lines(*texts: str, tone: Tone = "plain") -> list[Line]:
    """Return each text that is not empty as one line of a cell."""
    return [Line(text, tone) for text in texts if text]
