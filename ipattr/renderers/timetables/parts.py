"""What a plan is made of before it is text or Markdown: headings, notes and grids, in plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ipattr.renderers.destinations.sheet import Look, Row  # noqa: TC001 - read at run time: fields of a NamedTuple
from ipattr.renderers.layout import Column, Tone  # noqa: TC001
from ipattr.renderers.words import LEVEL, word

if TYPE_CHECKING:
    from ipattr.model import Finding, Timetable

# Terminal cells: the name of a step, and a day with the arrow before it and the gap behind it.
_NAME, _DAY = 20, 20


class Heading(NamedTuple):
    """A heading: level 2 opens a section, level 3 a part of one."""

    text: str
    level: int = 2


class Note(NamedTuple):
    """One statement; ``lead`` stands before it, and its later lines hang below what follows the lead."""

    text: str
    lead: str = ""
    tone: Tone = "plain"


class Grid(NamedTuple):
    """Rows of multi-line cells below headings."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


Part: TypeAlias = Heading | Note | Grid


class Wish(NamedTuple):
    """A timetable and how it is to be shown; ``whole`` asks for every step where the short form has milestones."""

    timetable: Timetable
    look: Look
    whole: bool = False

    @property
    def lang(self) -> str:
        """Return the language of the output."""
        return self.look.lang

    @property
    def abreast(self) -> int:
        """Return how many columns of days fit beside the names of the steps."""
        return max((self.look.columns - _NAME) // _DAY, 1)

    def say(self, ja: str, en: str) -> str:
        """Return the words in the language of the output."""
        return self.look.say(ja, en)


def remark(finding: Finding, lang: str, *, indent: int = 0) -> Note:
    """Return a coded remark as a note, its level and what it is about included."""
    about = f" [{finding.about}]" if finding.about else ""
    level = word(LEVEL, finding.level, lang)
    return Note(f"{finding.message.pick(lang)}{about}", lead=f"{' ' * indent}{finding.code} {level}: ")
