"""How wide columns are, which size of type tears no address, and whether a row fits a page; lengths in points."""

from __future__ import annotations

import re
from math import ceil
from typing import TYPE_CHECKING

from ipattr.renderers.layout import width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.renderers.filings.blocks import Column, Table

MARGIN = 3.5
"""Between the text of a cell and its rules, left and right."""
_SIZES = (10.5, 9.5, 8.5)
_WHEN_NONE_FITS = 9.0
# An IPv6 address has 39 characters, a date and time in full width about 40 cells; a URL is longer and may be torn.
_LONGEST_WHOLE = 46
_EVIDENCE = re.compile(r"[!-~]+|[！-～]+")
_PITCH = 1.45  # of the tallest Mincho among the fallbacks
_LOOSE = 1.1  # capitals are wider than the half em that a cell is reckoned at, and words leave room at line ends


def widths(columns: Sequence[Column], whole: float) -> tuple[float, ...]:
    """Share ``whole`` in proportion to the columns' shares."""
    shares = [max(column.share, 1) for column in columns]
    return tuple(whole * share / sum(shares) for share in shares)


def text_height(text: str, wide: float, points: float) -> float:
    """Reckon the height of ``text`` set in type of ``points`` in lines of ``wide``, rather too high than too low."""
    lines = sum(max(ceil(_length(line, points) * _LOOSE / wide), 1) for line in text.split("\n"))
    return lines * points * _PITCH


def height(row: Sequence[str], shares: Sequence[float], points: float) -> float:
    """Reckon the height of a row in columns of these widths."""
    return max(text_height(text, one - 2 * MARGIN, points) for text, one in zip(row, shares, strict=True))


def face(block: Table, shares: Sequence[float]) -> float:
    """Return the largest size at which no address, time or id is torn over two lines, as far as one can tell."""
    longest = [0] * len(shares)
    for row in block.rows:
        for place, text in enumerate(row):
            for piece in _EVIDENCE.findall(text):
                cells = width(piece)
                if longest[place] < cells <= _LONGEST_WHOLE:
                    longest[place] = cells
    for points in _SIZES:
        needed = [cells * points / 2 + 2 * MARGIN for cells in longest]
        if all(need <= one for need, one in zip(needed, shares, strict=True)):
            return points
    return _WHEN_NONE_FITS


def _length(text: str, points: float) -> float:
    return max(width(text), len(text)) * points / 2
