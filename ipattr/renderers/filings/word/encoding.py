"""A document of a filing → the bytes of a Word file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from ipattr.renderers.filings.blocks import Section
from ipattr.renderers.filings.word.body import body, pieces
from ipattr.renderers.filings.word.markup import SPACES, Para, field, legal, runs, size
from ipattr.renderers.filings.word.package import repack, skeleton
from ipattr.renderers.filings.word.tables import Room

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docx.document import Document as WordFile

    from ipattr.renderers.filings.blocks import Document

_MM = 1440 / 25.4
_A4 = (210, 297)
_TOP, _RIGHT, _BOTTOM, _LEFT = 25, 20, 22, 30
"""Millimetres; the left margin of 30 mm is where a court file is bound."""
_HEADER, _FOOTER = 12, 8
_TITLE_CHARACTERS = 255


def encode(document: Document) -> bytes:
    """Return ``document`` as a .docx: A4, 30 mm left, one Word section per section, the same bytes on every run.

    The label of a section stands top right of each of its pages with the page and the pages of that section; where no
    section of the document is labelled, pages are counted through at the foot. Time of creation: 2000-01-01 (the date
    of a filing stands in its text); no author, no template, no external relationship. ECMA-376 part 1, 17.
    """
    import docx

    file = docx.Document(io.BytesIO(skeleton()))
    sheet = _Sheet(document, file)
    sections = document.sections or (Section(()),)
    room = sheet.room()
    text = body(
        (list(pieces(section.blocks, room)), properties)
        for section, properties in zip(sections, sheet.properties(sections), strict=True)
    )
    file.core_properties.title = legal(document.title).replace("\n", " ")[:_TITLE_CHARACTERS]
    buffer = io.BytesIO()
    file.save(buffer)
    # Moved into a tree of lxml, the nodes of a long table cost time with the square of their number.
    return repack(buffer.getvalue(), text)


class _Sheet:
    """The paper of one document and what stands at the head and foot of its pages."""

    def __init__(self, document: Document, file: WordFile) -> None:
        self.document = document
        self.part: Any = file.part
        across, down = _A4 if not document.landscape else _A4[::-1]
        self.across, self.down = across, down
        self.labelled = any(section.label for section in document.sections)
        # Every program counts the pages of a document; those of a section, LibreOffice 7.4 does not.
        self.total = "SECTIONPAGES" if self.labelled and len(document.sections) > 1 else "NUMPAGES"

    def room(self) -> Room:
        """Return the width and height that the text has on a page."""
        return Room(_twips(self.across - _LEFT - _RIGHT), _twips(self.down - _TOP - _BOTTOM))

    def properties(self, sections: Sequence[Section]) -> Iterator[str]:
        """Yield the ``w:sectPr`` of each section; head and foot that stay the same are inherited."""
        feet: dict[bool, str] = {}
        label, numbered = "", None
        for place, section in enumerate(sections):
            head = foot = ""
            if section.label != label or (place == 0 and section.label):
                head = f'<w:headerReference w:type="default" r:id="{self._head(section.label)}"/>'
            if (not section.label) != numbered:
                numbered = not section.label
                if numbered not in feet:
                    feet[numbered] = self._foot(numbered=numbered)
                foot = f'<w:footerReference w:type="default" r:id="{feet[numbered]}"/>'
            label = section.label
            yield f"<w:sectPr>{head}{foot}{self._page()}</w:sectPr>"

    def _page(self) -> str:
        turned = ' w:orient="landscape"' if self.document.landscape else ""
        count = '<w:pgNumType w:start="1"/>' if self.labelled else ""
        return (
            f'<w:type w:val="nextPage"/><w:pgSz w:w="{_twips(self.across)}" w:h="{_twips(self.down)}"{turned}/>'
            f'<w:pgMar w:top="{_twips(_TOP)}" w:right="{_twips(_RIGHT)}" w:bottom="{_twips(_BOTTOM)}" '
            f'w:left="{_twips(_LEFT)}" w:header="{_twips(_HEADER)}" w:footer="{_twips(_FOOTER)}" w:gutter="0"/>'
            f'{count}<w:cols w:space="425"/>'
        )

    def _head(self, label: str) -> str:
        part, identity = self.part.add_header_part()
        content = runs(label) + _pages(self.total, size(9)) if label else ""
        _fill(part.element, Para('<w:pStyle w:val="Header"/><w:jc w:val="right"/>', content).markup())
        return str(identity)

    def _foot(self, *, numbered: bool) -> str:
        part, identity = self.part.add_footer_part()
        lines = [Para('<w:pStyle w:val="Footer"/>', runs(self.document.footer))]
        if numbered:
            pages = _pages(self.total, size(9))
            lines.insert(0, Para('<w:pStyle w:val="Footer"/><w:jc w:val="center"/>', pages))
        _fill(part.element, "".join(line.markup() for line in lines))
        return str(identity)


def _pages(total: str, properties: str) -> str:
    return (
        runs("（", properties)
        + field("PAGE", properties)
        + runs("／", properties)
        + field(total, properties)
        + runs("）", properties)
    )


def _fill(element: Any, content: str) -> None:  # noqa: ANN401 - lxml ships no types
    """Replace what ``element`` holds by markup that we wrote ourselves."""
    from docx.oxml.parser import parse_xml

    element[:] = list(parse_xml(f"<w:body {SPACES}>{content}</w:body>"))


def _twips(millimetres: float) -> int:
    return round(millimetres * _MM)
