"""Text as machine words: eight bytes of every row at once, judged and turned into numbers without a loop over rows."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

PAD = 64
"""Zero bytes that stand behind the text of a block, so that a word may be loaded at any of its cells."""
HIGH = 0x8080808080808080
ZEROS = 0x3030303030303030
_SEVENS = 0x7F7F7F7F7F7F7F7F
_NOT_DIGIT = 0x7676767676767676
_ONES = 0x0101010101010101
_COLLECT = 0x0002040810204081


class Block:
    """The bytes of some rows, padded, as bytes and as the words that begin at each of them."""

    def __init__(self, data: bytes) -> None:
        """Take UTF-8 text with ``PAD`` zero bytes behind it."""
        import numpy as np

        self.data = data
        self.size = len(data) - PAD
        self.bytes: Array = np.frombuffer(data, np.uint8)
        self.words: Array = np.ndarray((len(data) - 7,), "<u8", data, strides=(1,))

    def load(self, starts: Array) -> Array:
        """Return the eight bytes from each start on, the first of them lowest."""
        loaded: Array = self.words[starts]
        return loaded

    def load_cut(self, starts: Array, lengths: Array) -> Array:
        """Return the eight bytes from each start on, those from ``lengths`` (clipped to 0…8) on as zero."""
        loaded: Array = self.load(starts) & masks()[lengths.clip(0, 8)]
        return loaded


@cache
def masks() -> Array:
    """Return the words whose lowest 0…8 bytes are set."""
    import numpy as np

    return np.array([(1 << 8 * width) - 1 for width in range(9)], np.uint64)


def fits(words: Array, *, pattern: int, spread: int) -> Array:
    """Tell of each word whether no byte, after XOR with ``pattern``, reaches 0x80 when ``spread`` is added."""
    differing = words ^ pattern
    fitting: Array = ((differing + spread) | differing) & HIGH == 0
    return fitting


def digits(words: Array) -> Array:
    """Tell of each word whether all eight bytes are decimal digits."""
    return fits(words, pattern=ZEROS, spread=_NOT_DIGIT)


def equal_bytes(words: Array, byte: int) -> Array:
    """Return the places of ``byte`` in each word as eight bits, the first byte lowest."""
    differing = words ^ (byte * _ONES)
    hit = ~(((differing & _SEVENS) + _SEVENS) | differing | _SEVENS)
    places: Array = ((hit >> 7) * _COLLECT) >> 49 & 0xFF
    return places


def pairs(values: Array) -> Array:
    """Return words of digit values with, at every byte, ten times it plus the next byte."""
    joined: Array = values * 10 + (values >> 8)
    return joined


def byte(words: Array, place: int) -> Array:
    """Return one byte of each word."""
    found: Array = words >> (8 * place) & 0xFF
    return found


def number(words: Array, lengths: Array) -> tuple[Array, Array]:
    """Return (value, is a number) of text of 1…8 digits, cut to ``lengths``; values of other text mean nothing."""
    right = (words << ((8 - lengths) * 8).astype(words.dtype)) | (ZEROS & ~masks_high(lengths))
    values = right ^ ZEROS
    good = digits(right) & (lengths >= 1) & (lengths <= 8)  # noqa: PLR2004 - a word has eight bytes
    two = (values * 10 + (values >> 8)) & 0x00FF00FF00FF00FF
    four = (two * 100 + (two >> 16)) & 0x0000FFFF0000FFFF
    return (four * 10000 + (four >> 32)) & 0xFFFFFFFF, good


def masks_high(lengths: Array) -> Array:
    """Return the words whose highest 0…8 bytes are set."""
    upper: Array = ~masks()[(8 - lengths).clip(0, 8)]
    return upper
