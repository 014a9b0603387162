"""Where ``{{name}}`` stands in a paragraph of Word, torn over runs, and how a value takes its place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ipattr.renderers.filings.word.markup import XML_SPACE, W, legal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from docx.oxml.xmlchemy import BaseOxmlElement as Element

# Full-width braces are what a Japanese keyboard gives; left alone they would go to the court unfilled.
_SPOT = re.compile(r"(?<![{｛])(?:\{\{|｛｛)([^{}｛｝\n]*)(?:\}\}|｝｝)(?![}｝])")
_HALF = re.compile(r"\{\{|\}\}|｛｛|｝｝")
_BLANK = str.maketrans("\t\r\n", "   ")
_SKIPPED = frozenset(f"{W}{name}" for name in ("p", "del", "moveFrom", "rt", "pPr", "rPr", "instrText", "delText"))
_PARTING = frozenset(
    f"{W}{name}" for name in ("br", "cr", "tab", "ptab", "sym", "drawing", "pict", "object", "fldChar", "noBreakHyphen")
)


class Spot(NamedTuple):
    """One placeholder: where it begins and ends in the text of its paragraph, and what stands between the braces."""

    start: int
    end: int
    name: str


class Line:
    """The text of one paragraph with the ``w:t`` elements that hold it; a text box in it has paragraphs of its own."""

    def __init__(self, paragraph: Element) -> None:
        """Gather the text: struck-out text, instructions and readings (ruby) are left out."""
        self.paragraph = paragraph
        self.holders: list[tuple[int, Element]] = []
        parts: list[str] = []
        length = 0
        for element in _walk(paragraph):
            text = "\n"  # what parts text also parts a placeholder
            if element.tag == f"{W}t":
                text = (element.text or "").translate(_BLANK)
                self.holders.append((length, element))
            parts.append(text)
            length += len(text)
        self.text = "".join(parts)

    def spots(self) -> tuple[Spot, ...]:
        """Return the placeholders in order."""
        return tuple(Spot(match.start(), match.end(), match[1].strip()) for match in _SPOT.finditer(self.text))

    def half(self) -> bool:
        """Tell whether braces are left that belong to no placeholder."""
        return bool(_HALF.search(_SPOT.sub("\n", self.text)))

    def put(self, values: Mapping[Spot, str]) -> None:
        r"""Write each value in the place of its placeholder, in the format in which the placeholder begins.

        ``\n`` breaks the line; a value is text, never markup, and is not looked at again.
        """
        for begin, holder in self.holders:
            text = holder.text or ""
            edits = [
                (max(spot.start - begin, 0), min(spot.end - begin, len(text)), value if spot.start >= begin else "")
                for spot, value in values.items()
                if spot.start < begin + len(text) and spot.end > begin
            ]
            if edits:
                _write(holder, _edited(text, sorted(edits, key=lambda edit: edit[0])))


def _walk(element: Element) -> Iterator[Element]:
    for child in element:
        if child.tag in _SKIPPED or not isinstance(child.tag, str):
            continue
        if child.tag == f"{W}t" or child.tag in _PARTING:
            yield child
        else:
            yield from _walk(child)


def _edited(text: str, edits: Iterable[tuple[int, int, str]]) -> list[str]:
    """Return the new text, cut where a value breaks the line (the text around it may hold breaks that Word ignores)."""
    lines, done = [""], 0
    for start, end, value in edits:
        first, *others = legal(value).split("\n")
        lines[-1] += text[done:start] + first
        lines += others
        done = end
    lines[-1] += text[done:]
    return lines


def _write(holder: Element, lines: list[str]) -> None:
    holder.text = lines[0]
    holder.set(XML_SPACE, "preserve")
    last = holder
    for line in lines[1:]:
        for tag, text in ((f"{W}br", None), (f"{W}t", line)):
            new = holder.makeelement(tag)
            if text is not None:
                new.text = text
                new.set(XML_SPACE, "preserve")
            new.tail, last.tail = last.tail, None
            last.addnext(new)
            last = new
