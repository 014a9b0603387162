"""How much room a table has at a place of an office's template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.filings.word.markup import W
from ipattr.renderers.filings.word.tables import Room

if TYPE_CHECKING:
    from collections.abc import Callable

    from docx.oxml.xmlchemy import BaseOxmlElement as Element

# A4 with 30 mm left and 20 mm elsewhere, where the template does not say.
_DEFAULTS = {"w": 11906, "h": 16838, "left": 1701, "right": 1134, "top": 1134, "bottom": 1134, "gutter": 0}
_CELL_MARGINS = 216
_LEAST = 567


def room_of(paragraph: Element, main: Element) -> Room:
    """Return width and height of the text around ``paragraph``: its cell, or the page of its section.

    ``main`` is the root of the body, whose last section is taken for a paragraph of a header or footer.
    """
    page = _page(_section(paragraph, main))
    cell = next(paragraph.iterancestors(f"{W}tc"), None)
    if cell is None:
        return page
    given = cell.find(f"{W}tcPr/{W}tcW")
    if given is not None and given.get(f"{W}type") == "dxa":
        wide = _number(given.get(f"{W}w"), 0)
    else:
        row = cell.getparent()
        wide = page.width // max(len(row.findall(f"{W}tc")) if row is not None else 1, 1)
    return Room(max(wide - _CELL_MARGINS, _LEAST), page.height)


def _section(paragraph: Element, main: Element) -> Element | None:
    """Return the ``w:sectPr`` that holds for ``paragraph``: the next one, or the last of the document."""
    ends: list[Element] = list(main.iter(f"{W}sectPr"))
    element: Element
    if paragraph.getroottree().getroot() is main:
        passed = False
        for element in main.iter(f"{W}p", f"{W}sectPr"):
            passed = passed or element is paragraph
            if passed and element.tag == f"{W}sectPr":
                return element
    return ends[-1] if ends else None


def _page(section: Element | None) -> Room:
    def said(child: str) -> Callable[[str], int]:
        element = None if section is None else section.find(f"{W}{child}")
        return lambda name: _number(None if element is None else element.get(f"{W}{name}"), _DEFAULTS[name])

    paper, margin = said("pgSz"), said("pgMar")
    wide = paper("w") - abs(margin("left")) - abs(margin("right")) - margin("gutter")
    columns = None if section is None else section.find(f"{W}cols")
    if columns is not None:
        count = max(_number(columns.get(f"{W}num"), 1), 1)
        wide = (wide - _number(columns.get(f"{W}space"), 0) * (count - 1)) // count
    return Room(max(wide, _LEAST), max(paper("h") - abs(margin("top")) - abs(margin("bottom")), _LEAST))


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.lstrip("-").isdecimal() else otherwise
