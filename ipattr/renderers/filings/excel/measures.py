"""How much a cell, a row, a page hold, and how much room a text takes: all of it before anything is written."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from ipattr.renderers.layout import width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.renderers.filings.tables import ExportColumn

MOST_UNITS = 32_767
"""UTF-16 code units in a cell."""
MOST_BREAKS = 253
"""Line breaks in a cell."""
LINE = 15.5
"""Points that a line of the font takes."""
TALLEST = 26
"""Lines in a row: none is higher than 409.5 points."""
TEXT_WIDTH = 100
"""The width of the text in the sheet of continuations, in half-width characters."""
SMALLER = 0.8
"""Of a room: for words in a larger face, and for a page that is not filled to its edge."""
_ROOM_FOR_REFERENCE = 80  # for the words that lead to the continuation
_A_PAGE = 200  # half-width characters that a landscape A4 page holds in a size that can be read
_FILLED = 0.92  # how much of a line words fill before they wrap, proportional faces considered
_NARROWEST = 5


def units_of(text: str) -> int:
    """Return the length of a text as a spreadsheet counts it: in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def held(text: str) -> str:
    """Return as much of a text as a cell holds with a reference behind it."""
    units = breaks = 0
    for at, letter in enumerate(text):
        units += units_of(letter)
        breaks += letter == "\n"
        if units > MOST_UNITS - _ROOM_FOR_REFERENCE or breaks > MOST_BREAKS:
            return text[:at]
    return text


def printed(text: str) -> Iterator[str]:
    """Cut a text into pieces that a row of the sheet of continuations can show."""
    room = int(TEXT_WIDTH * _FILLED)
    start = lines = used = 0
    for at, letter in enumerate(text):
        size = width(letter)
        if letter == "\n" or used + size > room:
            lines, used = lines + 1, 0
        if lines >= TALLEST:
            yield text[start:at]
            start, lines = at, 0
        used += size
    yield text[start:]


def lines_of(text: str, wide: int) -> int:
    """Return about how many lines a text takes in a column of that width."""
    room = wide * _FILLED
    if len(text) * 2 <= room and "\n" not in text:
        return 1
    return sum(max(ceil(width(line) / room), 1) for line in text.split("\n"))


def widths_of(columns: Sequence[ExportColumn], rows: Sequence[tuple[str, ...]]) -> list[int]:
    """Return how wide each column is: as its longest line, at most as it may become."""
    found = []
    for number, column in enumerate(columns):
        # A heading may take two lines, but no word of it is torn.
        words = [width(word) + 1 for word in column.title.split() if word.isascii()]
        widest = min(max(-(-width(column.title) // 2), *words, 0), column.width)
        for text in {row[number] for row in rows}:
            if widest >= column.width:
                break
            widest = max(widest, *map(width, text.split("\n")))
        found.append(max(min(widest, column.width), _NARROWEST) + 2)
    return found


def pages_across(wide: int) -> int:
    """Return on how many pages side by side a sheet is printed."""
    return -(-wide // _A_PAGE)


def first_page(widths: Sequence[int]) -> int:
    """Return the last column that title and stamp may take: all that surely stand on the first printed page."""
    if pages_across(sum(widths)) == 1:
        return max(len(widths) - 1, 1)
    room = sum(widths) * SMALLER / pages_across(sum(widths)) - widths[0]
    last, used = 1, 0
    for number, wide in enumerate(widths[1:], start=1):
        used += wide
        if used > room:
            break
        last = number
    return last
