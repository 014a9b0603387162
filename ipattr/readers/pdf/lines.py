"""The lines of a PDF as one text for each extractor, so that a printed return reads as it did before printing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from ipattr.model import Record, Text
from ipattr.readers.document import Document
from ipattr.readers.x_fields import EVIDENCE
from ipattr.readers.x_text import LEVEL

if TYPE_CHECKING:
    from ipattr.readers.pdf.extraction import PdfPage, PdfText

_EDGE = 3
_STRUCTURE = re.compile(r'[{}\[\]":@]')
_DIGITS = re.compile(r"\d+")
_REST_OF_VALUE = re.compile(r'\s*[0-9A-Za-z.:+/\- ]{1,60}"[\s,}\]]*')
_OPEN_VALUE = re.compile(r'.*:\s*"[^"]*')


class PdfLines(Record, frozen=True, kw_only=True):
    """One text: ``labels`` name each line (``p.3 l.12``).

    ``hidden`` and ``joined`` are rows (from 1) to look at, ``unclosed`` those with a value whose closing quote is
    missing, so that it may be cut off. ``furniture`` are lines that pages repeat; they are blank in the document.
    """

    document: Document
    labels: tuple[str, ...]
    hidden: frozenset[int]
    joined: frozenset[int]
    unclosed: frozenset[int]
    furniture: tuple[str, ...]


def pdf_lines(parsed: PdfText, extractor: Literal["first", "second"], *, file: str) -> PdfLines:
    """Return the text of one extractor without repeated page edges; quoted values broken by a line end are joined."""
    repeated = _repeated(parsed, extractor)
    texts: list[str] = []
    labels: list[str] = []
    hidden: set[int] = set()
    for page in parsed.pages:
        found = _lines(page, extractor)
        for place, (text, unseen) in enumerate(found):
            edge = place < _EDGE or place >= len(found) - _EDGE
            texts.append("" if edge and _shape(text) in repeated else text)
            labels.append(f"p.{page.number} l.{place + 1}")
            if unseen:
                hidden.add(len(texts))
    joints, unclosed = _join(texts)
    name = "pdfplumber" if extractor == "first" else "PDFium"
    document = Document(
        name=file,
        data=b"",
        sha256=parsed.sha256,
        text="\n".join(texts) + "\n" if texts else "",
        encoding="pdf",
        encoding_reason=Text(ja=f"PDF の文字({name})", en=f"The text of a PDF ({name})"),
    )
    return PdfLines(
        document=document,
        labels=tuple(labels),
        hidden=frozenset(hidden),
        joined=frozenset(joints),
        unclosed=frozenset(unclosed),
        furniture=tuple(sorted(repeated)),
    )


def _lines(page: PdfPage, extractor: Literal["first", "second"]) -> list[tuple[str, bool]]:
    if extractor == "second":
        return [(line.text, line.hidden) for line in page.second]
    return [(line, False) for line in page.first]


def _shape(text: str) -> str:
    """Return a line with its numbers levelled: page numbers differ from page to page."""
    return _DIGITS.sub("#", " ".join(text.split()))


def _repeated(parsed: PdfText, extractor: Literal["first", "second"]) -> set[str]:
    """Return the shapes of lines that stand at the edge of two pages or more and hold nothing of a record."""
    seen: dict[str, set[int]] = {}
    for page in parsed.pages:
        texts = [text for text, _ in _lines(page, extractor)]
        for text in (*texts[:_EDGE], *texts[-_EDGE:]):
            level = text.translate(LEVEL)
            if not _STRUCTURE.search(level) and not EVIDENCE.search(level):
                seen.setdefault(_shape(text), set()).add(page.number)
    return {shape for shape, pages in seen.items() if len(pages) > 1 and shape.strip("# ")}


def _join(texts: list[str]) -> tuple[set[int], set[int]]:
    """Join, in place, a quoted value with its rest on a later line; return the rows joined, and those left open."""
    joints: set[int] = set()
    unclosed: set[int] = set()
    for index, text in enumerate(texts):
        level = text.translate(LEVEL)
        if level.count('"') % 2 == 0 or not _OPEN_VALUE.fullmatch(level):
            continue
        after = next((later for later in range(index + 1, len(texts)) if texts[later].strip()), None)
        if after is not None and _REST_OF_VALUE.fullmatch(texts[after].translate(LEVEL)):
            texts[index] = text.rstrip() + texts[after].strip()
            texts[after] = ""
            joints.add(index + 1)
        else:
            unclosed.add(index + 1)
    return joints, unclosed
