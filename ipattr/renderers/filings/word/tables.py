"""A table as WordprocessingML: fixed widths, repeated heading, and no row torn that fits on a page."""

from __future__ import annotations

from typing import NamedTuple

from ipattr.renderers.filings import fitting
from ipattr.renderers.filings.blocks import Column, Table  # noqa: TC001 - the annotations of a NamedTuple are read at run time
from ipattr.renderers.filings.word.markup import TWIPS, at_least, runs, size

_MARGIN = round(fitting.MARGIN * TWIPS)
_SURE = 0.8  # of the page: a row reckoned higher may be higher than the page and must be allowed to flow
_RULES = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


class Room(NamedTuple):
    """What a table may take, in twentieths of a point: the width of the text and the height of a page of it."""

    width: int
    height: int


class Look(NamedTuple):
    """The first children of ``w:pPr`` of a cell, of one in a fixed-width face, and of a heading.

    All empty, a cell looks as the paragraphs of the document do (an office's own).
    """

    cell: str = ""
    mono: str = ""
    head: str = ""


def table(block: Table, room: Room, look: Look) -> str:
    """Return ``block`` as ``w:tbl``, empty where it has neither heading nor row.

    Word forbids itself to split a row; one that may be higher than a page is allowed to flow, because LibreOffice cuts
    what does not fit. A row of ``block`` is always one row of the document.
    """
    if not block.rows and not block.header:
        return ""
    setting = _Setting(block, room, look)
    columns = "".join(f'<w:gridCol w:w="{one}"/>' for one in setting.widths)
    properties = (
        f'<w:tblW w:w="{sum(setting.widths)}" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/>'
        f'<w:tblBorders>{_RULES}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        f'<w:left w:w="{_MARGIN}" w:type="dxa"/><w:right w:w="{_MARGIN}" w:type="dxa"/></w:tblCellMar>'
        '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1"'
        ' w:noVBand="1"/>'
    )
    head = setting.heading() if block.header else ""
    rows = "".join(setting.row(row) for row in block.rows)
    return f"<w:tbl><w:tblPr>{properties}</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{head}{rows}</w:tbl>"


def reckoned_height(text: str, wide: float, points: float) -> float:
    """Reckon the height of ``text`` set at ``points`` in lines of ``wide``, rather too high than too low.

    All lengths in twentieths of a point.
    """
    return fitting.text_height(text, wide / TWIPS, points) * TWIPS


def fits_page(height: float, page: float) -> bool:
    """Tell whether a row reckoned as high as this surely fits on a page and may be forbidden to split."""
    return height < _SURE * page


def widths(columns: tuple[Column, ...], whole: int) -> tuple[int, ...]:
    """Share ``whole`` in proportion; what rounding leaves over goes to the last column, so that the sum is exact."""
    shares = [max(column.share, 1) for column in columns]
    ends = [whole * sum(shares[: place + 1]) // sum(shares) for place in range(len(shares))]
    return tuple(end - start for start, end in zip((0, *ends), ends, strict=False))


class _Setting:
    """One table while it is set: widths, the size of its face, and the markup that all its cells share."""

    def __init__(self, block: Table, room: Room, look: Look) -> None:
        self.block = block
        self.room = room
        self.widths = widths(block.columns, room.width)
        self.points = fitting.face(block, [one / TWIPS for one in self.widths])
        self.face = size(self.points)
        self.pitch = at_least(self.points * 1.3)
        self.cells = [
            (f'<w:tc><w:tcPr><w:tcW w:w="{one}" w:type="dxa"/>', self._paragraph(column, look))
            for column, one in zip(block.columns, self.widths, strict=True)
        ]
        self.head = look.head
        self.head_height = self._height([column.title for column in block.columns]) if block.header else 0.0

    def heading(self) -> str:
        """Return the row that is repeated on every page and stays with the row below it."""
        cells = "".join(
            f'{start}<w:shd w:val="clear" w:color="auto" w:fill="EDEDED"/><w:vAlign w:val="center"/></w:tcPr>'
            f'<w:p><w:pPr>{self.head}<w:keepNext/>{self.pitch}<w:jc w:val="center"/></w:pPr>'
            f"{runs(column.title, self.face)}</w:p></w:tc>"
            for column, (start, _) in zip(self.block.columns, self.cells, strict=True)
        )
        # A heading as high as the page would leave no room for a row.
        rules = "<w:cantSplit/><w:tblHeader/>" if self.head_height < self.room.height / 3 else ""
        return f"<w:tr><w:trPr>{rules}</w:trPr>{cells}</w:tr>"

    def row(self, row: tuple[str, ...]) -> str:
        """Return one row."""
        cells = "".join(
            f"{start}</w:tcPr>{paragraph}{runs(text, self.face)}</w:p></w:tc>"
            for text, (start, paragraph) in zip(row, self.cells, strict=True)
        )
        fits = fits_page(self._height(row), self.room.height - self.head_height)
        return f"<w:tr><w:trPr>{'<w:cantSplit/>' if fits else ''}</w:trPr>{cells}</w:tr>"

    def _paragraph(self, column: Column, look: Look) -> str:
        style = look.mono if column.mono else look.cell
        return f'<w:p><w:pPr>{style}{self.pitch}<w:jc w:val="{column.align}"/></w:pPr>'

    def _height(self, row: tuple[str, ...] | list[str]) -> float:
        """Reckon the height of a row, in twentieths of a point, rather too high than too low."""
        return max(
            reckoned_height(text, one - 2 * _MARGIN, self.points) for text, one in zip(row, self.widths, strict=True)
        )
