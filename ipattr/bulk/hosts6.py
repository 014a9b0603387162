"""IPv6 text of whole columns (RFC 4291 §2.2) to numbers, and whether it is the canonical text (RFC 5952)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ipattr.bulk import words

if TYPE_CHECKING:
    import numpy as np

    from ipattr.bulk.words import Block

    Array = np.ndarray[Any, Any]

SHORTEST, LONGEST = 2, 39
_WORD = 8
_COLONS = 0x3A3A3A3A3A3A3A3A
_CASE = 0x2020202020202020
_LETTER = 0x4040404040404040
_LETTERS = 0x6060606060606060


class _Text(NamedTuple):
    """The characters of each cell: whether all may stand in one, whether a capital does, and where the colons are."""

    good: Array
    capital: Array
    colons: Array


class _Groups(NamedTuple):
    """What the groups of each cell say: upper and lower half, whether each group is one, and the marks of its text."""

    high: Array
    low: Array
    good: Array
    padded: Array
    zeros: Array
    decimal: Array


def read_v6(block: Block, starts: Array, lengths: Array) -> tuple[Array, Array, Array, Array]:
    """Return (whether it is IPv6 text, upper half, lower half, whether it is canonical) of cells of 2 to 39 bytes.

    Text with dots, and text whose last group could as well be a port, is not good: a reader of one cell has remarks.
    """
    import numpy as np

    text = _characters(block, starts, lengths)
    ends = np.left_shift(np.uint64(1), lengths.astype(np.uint64))
    colons = text.colons & (ends - np.uint64(1))
    double = colons & colons >> 1
    gap = double != 0
    at_start = (double & 1) != 0
    at_end = (double << 2 & ends) != 0
    count = np.bitwise_count(colons).astype(np.int64)
    # ``::`` at an edge leaves two empty groups there; one of them is left out.
    tokens = count + 1 - at_start - at_end
    left = np.where(at_start, 0, np.bitwise_count(colons & (double - np.uint64(1))).astype(np.int64) + 1)
    left = np.where(gap, left, 8)
    missing = np.where(gap, 9 - tokens, 0)
    good = text.good & np.where(gap, (double & (double - np.uint64(1)) == 0) & (missing >= 1), tokens == 8)  # noqa: PLR2004
    marks = (colons | ends) & ~(at_start.astype(np.uint64)) & ~(at_end * ends)
    groups = _groups(block, starts, marks, at_start=at_start, tokens=tokens, left=left, good=good)
    begin, length = _longest_runs()
    canonical = ~text.capital & ~groups.padded
    canonical &= np.where(
        gap, (begin[groups.zeros] == left) & (length[groups.zeros] == missing), length[groups.zeros] == 0
    )
    # Behind ``::`` and another colon, a last group of decimal digits could be a port (IPA123).
    port_like = gap & (tokens - 1 - left > 1) & groups.decimal
    return groups.good & ~port_like, groups.high, groups.low, canonical


def _characters(block: Block, starts: Array, lengths: Array) -> _Text:
    """Judge the characters, eight at a time, one row of words for each eight."""
    import numpy as np

    at = np.arange(0, int(lengths.max()), _WORD)[:, None]
    mask = words.masks()[(lengths - at).clip(0, _WORD)]
    text = block.load(starts + at)
    text &= mask
    text |= _COLONS & ~mask
    digit = text ^ words.ZEROS
    letter = (text | _CASE) ^ _LETTERS
    # 0x30 to 0x3A are the digits and the colon; letters stand 1 to 6 behind 0x40 and 0x60.
    known = ~((digit + 0x7575757575757575) | digit)
    known |= (letter + 0x7F7F7F7F7F7F7F7F) & ~((letter + 0x7979797979797979) | letter)
    known &= words.HIGH
    capital = text & _LETTER & ~(text << 1)
    colons = words.equal_bytes(text, ord(":")) << at.astype(np.uint64)
    return _Text(np.all(known == words.HIGH, axis=0), np.any(capital, axis=0), np.bitwise_or.reduce(colons, axis=0))


def _groups(
    block: Block, starts: Array, marks: Array, *, at_start: Array, tokens: Array, left: Array, good: Array
) -> _Groups:
    """Read up to eight groups, one row each; ``marks`` are where each ends, ``left`` those before the gap."""
    import numpy as np

    ends = np.empty((8, len(starts)), np.int64)
    for token in range(8):
        behind = marks - np.uint64(1)
        ends[token] = np.bitwise_count(~marks & behind)
        marks = marks & behind
    begins = np.empty_like(ends)
    begins[0], begins[1:] = at_start, ends[:-1] + 1
    number = np.arange(8)[:, None]
    active = number < tokens
    width = np.where(active, ends - begins, 4)
    fits = (width <= 4) & ((width > 0) != (left == number))  # noqa: PLR2004 - a group is 1 to 4 digits
    begins[~active] = 0
    text = block.load(starts + begins).astype(np.uint32)
    value, letters, zero_first = _hexadecimal(text, width.clip(0, 4).astype(np.uint32))
    value[~active] = 0
    padded: Array = np.any(zero_first & (width > 1) & active, axis=0)
    last = (tokens - 1).clip(0, 7)
    row = np.arange(len(starts))
    decimal = (letters[last, row] == 0) & ~zero_first[last, row]
    # Behind the gap the groups count from the end.
    place = np.where(number > left, 8 - tokens + number, number)
    shift = (112 - 16 * place).astype(np.uint64)
    value = value.astype(np.uint64)
    high = np.bitwise_or.reduce(value << (shift - np.uint64(64)), axis=0)
    low = np.bitwise_or.reduce(value << shift, axis=0)
    filled = np.where(value != 0, np.left_shift(1, place.clip(0, 7)), 0)
    zeros = 255 - np.bitwise_or.reduce(filled, axis=0)
    good = good & np.all(fits | ~active, axis=0)
    return _Groups(high, low, good, padded, zeros, decimal)


def _hexadecimal(text: Array, width: Array) -> tuple[Array, Array, Array]:
    """Return (value, which digits are letters, whether the first is zero) of up to four hexadecimal digits."""
    short = 32 - 8 * width
    right = text << short
    letters = right >> 6 & 0x01010101
    digit = (right & 0x0F0F0F0F) + letters * 9
    digit = digit << 4 | digit >> 8
    return (digit & 0xFF) << 8 | digit >> 16 & 0xFF, letters, text & 0xFF == ord("0")


@cache
def _longest_runs() -> tuple[Array, Array]:
    """Return, by which groups are zero, (begin, length) of the leftmost longest run of two and more; length 0: none."""
    import numpy as np

    begins, lengths = np.zeros(256, np.int64), np.zeros(256, np.int64)
    for zero in range(256):
        runs = [(0, 0)]
        for begin in range(8):
            length = next(n for n in range(9 - begin) if begin + n == 8 or not zero >> (begin + n) & 1)  # noqa: PLR2004 - groups
            runs.append((length, -begin))
        length, begin = max(runs)
        if length > 1:
            begins[zero], lengths[zero] = -begin, length
    return begins, lengths
