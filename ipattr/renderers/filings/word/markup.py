"""WordprocessingML as text: the one gate through which a text enters the markup, and what is built of it."""

from __future__ import annotations

import re
from typing import NamedTuple
from xml.sax.saxutils import escape

from ipattr.renderers.filings.blocks import safe_text

NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W = f"{{{NAMESPACE}}}"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SPACES = f'xmlns:w="{NAMESPACE}" xmlns:r="{RELATIONS}"'
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
TWIPS = 20
"""Twentieths of a point, the unit of ``w:spacing`` and ``w:ind``; 1 mm is 56.7 of them."""

# Legal in Python, not in XML 1.0 (2.2), and not among what is written out for the eye.
_ILLEGAL = re.compile("[\ufffe\uffff]")


class Para(NamedTuple):
    """One paragraph: the children of its ``w:pPr`` in the order of the schema, and its runs."""

    properties: str
    content: str

    def markup(self, section: str = "") -> str:
        """Return the paragraph; ``section`` is the ``w:sectPr`` of a section that ends with it."""
        return f"<w:p><w:pPr>{self.properties}{section}</w:pPr>{self.content}</w:p>"


def legal(text: str) -> str:
    """Return ``text`` inert and within what XML can hold; line breaks stay."""
    return _ILLEGAL.sub(lambda match: f"\\u{ord(match[0]):04x}", safe_text(text))


def attribute(text: str) -> str:
    """Return ``text`` as the value of an attribute in double quotes, line breaks as spaces."""
    return escape(legal(text).replace("\n", " "), {'"': "&quot;"})


def runs(text: str, properties: str = "") -> str:
    r"""Return ``text`` as one run, ``\n`` as ``w:br``, spaces kept; nothing in it is markup or a field.

    ``properties`` are children of ``w:rPr`` that follow ``w:rFonts``. Characters that stand in Western and Japanese
    faces alike (``①``, ``…``, ``“``) are set in the Japanese one (ECMA-376 part 1, 17.3.2.26, ``hint``).
    """
    if not text:
        return ""
    text = legal(text)
    hint = "" if text.isascii() else '<w:rFonts w:hint="eastAsia"/>'
    inside = f"<w:rPr>{hint}{properties}</w:rPr>" if hint or properties else ""
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' if line else "" for line in text.split("\n")
    )
    return f"<w:r>{inside}{lines}</w:r>"


def field(name: str, properties: str = "") -> str:
    """Return a field that Word counts itself: ``PAGE``, ``NUMPAGES`` or ``SECTIONPAGES``.

    Until it is counted, and in programs that cannot count it, it shows a dash: no number is better than a wrong one.
    """
    inside = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:fldSimple w:instr=" {name} "><w:r>{inside}<w:t>―</w:t></w:r></w:fldSimple>'


def size(points: float) -> str:
    """Return the size of a face; Word counts half points."""
    half = round(points * 2)
    return f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>'


def at_least(points: float) -> str:
    """Return a line pitch that grows with a taller face instead of cutting it."""
    return f'<w:spacing w:before="0" w:after="0" w:line="{round(points * TWIPS)}" w:lineRule="atLeast"/>'


def spacer(points: float, before: str = "") -> Para:
    """Return an empty paragraph of exactly this height; ``before`` are properties that precede ``w:spacing``."""
    height = round(points * TWIPS)
    pitch = f'<w:spacing w:before="0" w:after="0" w:line="{height}" w:lineRule="exact"/>'
    return Para(f"{before}{pitch}<w:rPr>{size(1)}</w:rPr>", "")
