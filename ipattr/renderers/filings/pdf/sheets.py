"""A document as the plain data that the typst source prints: lines, sizes and widths; lengths in points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.filings import fitting
from ipattr.renderers.filings.blocks import Heading, Lines, PageBreak, Paragraph, Section, Table, safe_text
from ipattr.renderers.filings.pdf.lines import Line, Writer, is_even, lines
from ipattr.renderers.layout import width, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.renderers.filings.blocks import Block, Document

_MM = 72 / 25.4
_A4 = (210, 297)
_TOP, _RIGHT, _BOTTOM, _LEFT = 25, 20, 22, 30
"""Millimetres; the left margin of 30 mm is where a court file is bound."""
_BODY, _SMALL, _FOOT, _CAPTION, _LABEL = 12.0, 9.0, 7.0, 10.5, 12.0
_HEADINGS = (16.0, 12.0, 11.0)
_LINE_SIZES = (9.0, 8.5, 8.0, 7.5, 7.0)
_GUTTER = 10 * _MM
_LABEL_ROOM = 130 * _MM
_CELL = 0.56  # em of a figure in the widest Mincho among the fallbacks
_FOOT_LINES, _LABEL_LINES = 6, 2
_EDGE = 8 + 3 + 4.5  # millimetres: to the edge of the paper, to the text, and the page number
_NAMED = 40
_SURE = 0.6  # of the page: a row reckoned lower is not measured


def texts(document: Document) -> Iterator[str]:
    """Yield every text of the document, inert."""
    yield from map(safe_text, (document.title, document.footer))
    for section in document.sections:
        yield safe_text(section.label)
        for block in section.blocks:
            yield from map(safe_text, _texts(block))


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Heading() | Paragraph():
            yield block.text
        case Table():
            yield block.caption
            yield from (column.title for column in block.columns)
            yield from (text for row in block.rows for text in row)
        case Lines():
            yield from (text for pair in block.rows for text in pair)
        case PageBreak():
            pass


def sheet(document: Document, absent: frozenset[str]) -> dict[str, object]:
    """Return ``document`` as data, ``absent`` written out; what is too long for head or foot goes into a note."""
    return _Sheet(document, Writer(absent)).data()


class _Sheet:
    """One document while it becomes data, and what its last page has to say about it."""

    def __init__(self, document: Document, writer: Writer) -> None:
        self.document = document
        self.writer = writer
        self.notes: list[str] = []
        across, down = _A4[::-1] if document.landscape else _A4
        self.width = (across - _LEFT - _RIGHT) * _MM
        cells = int(self.width / (_FOOT * _CELL))
        self.footer = self._short("欄外の記載", writer.write(document.footer), cells, _FOOT_LINES)
        foot = len(wrap(self.footer, cells)) * _FOOT * 1.3 / _MM
        self.bottom = max(float(_BOTTOM), _EDGE + foot)
        self.height = (down - _TOP - self.bottom) * _MM

    def data(self) -> dict[str, object]:
        """Return all that the source asks for."""
        sections = self.document.sections or (Section(()),)
        title = self.writer.write(self.document.title).replace("\n", " ")
        labels = [self._label(one.label) for one in sections]
        blocks = [self._blocks(one.blocks) for one in sections]
        blocks[-1] += self._remarks()
        return {
            "title": title,
            "footer": lines(self.footer, self.width / _FOOT),
            "landscape": self.document.landscape,
            "labelled": any(section.label for section in sections),
            "sections": [{"label": label, "blocks": several} for label, several in zip(labels, blocks, strict=True)],
            "width": self.width,
            "height": self.height,
            "margin": fitting.MARGIN,
            "left": _LEFT * _MM,
            "right": _RIGHT * _MM,
            "top": _TOP * _MM,
            "bottom": self.bottom * _MM,
        }

    def _blocks(self, blocks: tuple[Block, ...]) -> list[dict[str, object]]:
        return [self._block(block) for block in blocks if not isinstance(block, Table) or block.rows or block.header]

    def _block(self, block: Block) -> dict[str, object]:
        match block:
            case Heading():
                text = self.writer.write(block.text)
                room = self.width / _HEADINGS[block.level - 1]
                plain = text.replace("\n", " ")
                return {"kind": "heading", "level": block.level, "plain": plain, "lines": lines(text, room)}
            case Paragraph():
                return self._paragraph(block)
            case Table():
                return self._table(block)
            case Lines():
                return self._received(block)
            case PageBreak():
                return {"kind": "break"}

    def _paragraph(self, block: Paragraph) -> dict[str, object]:
        size = _BODY if block.style == "body" else _SMALL
        indent = min(block.indent * _BODY, self.width / 2)
        text = self.writer.write(block.text)
        return {
            "kind": "paragraph",
            "align": block.align,
            "style": block.style,
            "indent": indent,
            "even": block.align == "left" and block.style != "mono" and is_even(text),
            "lines": lines(text, (self.width - indent) / size),
        }

    def _table(self, block: Table) -> dict[str, object]:
        shares = fitting.widths(block.columns, self.width)
        size = fitting.face(block, shares)
        rooms = [(share - 2 * fitting.MARGIN) / size for share in shares]

        def cells(row: tuple[str, ...]) -> list[list[Line]]:
            return [lines(self.writer.write(text), room) for text, room in zip(row, rooms, strict=True)]

        heads = tuple(column.title for column in block.columns)
        sure = self.height * _SURE - (fitting.height(heads, shares, size) if block.header else 0)
        return {
            "kind": "table",
            "size": size,
            "widths": shares,
            "caption": lines(self.writer.write(block.caption), self.width / _CAPTION) if block.caption else [],
            "heads": cells(heads) if block.header else [],
            "aligns": [column.align for column in block.columns],
            "mono": [column.mono for column in block.columns],
            "rows": [cells(row) for row in block.rows],
            "tall": [place for place, row in enumerate(block.rows) if fitting.height(row, shares, size) > sure],
        }

    def _received(self, block: Lines) -> dict[str, object]:
        written = [(self.writer.write(number), self.writer.write(text)) for number, text in block.rows]
        widest = max((width(text) for _, text in written), default=0)
        room = self.width - _GUTTER
        size = next((one for one in _LINE_SIZES if widest * one * 0.5 <= room), _LINE_SIZES[1])
        rows = [(number, one) for number, text in written for one in lines(text, room / size)]
        return {"kind": "lines", "size": size, "rows": rows}

    def _label(self, text: str) -> list[Line]:
        if not text:
            return []
        kept = self._short("番号", self.writer.write(text), int(_LABEL_ROOM / (_LABEL * _CELL)), _LABEL_LINES)
        return lines(kept, _LABEL_ROOM / _LABEL)

    def _short(self, what: str, text: str, cells: int, most: int) -> str:
        """Return what has room on every page; a longer text is printed whole at the end."""
        pieces = [piece for line in text.split("\n") for piece in wrap(line, cells)]
        if len(pieces) <= most:
            return text
        self.notes.append(f"注　{what}の全文: {text}")
        return "".join(pieces[: most - 1]) + "…（全文は末尾の注）"

    def _remarks(self) -> list[dict[str, object]]:
        codes = sorted(self.writer.codes)
        if codes:
            named = "、".join(f"U+{code:04X}" for code in codes[:_NAMED])
            more = f"ほか{len(codes) - _NAMED}字" if len(codes) > _NAMED else ""
            self.notes.append(f"注　この文書の書体にない文字は、その符号位置で〔U+…〕と示した（{named}{more}）。")
        return [self._paragraph(Paragraph(note, style="note")) for note in self.notes]
