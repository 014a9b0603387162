"""Addresses of whole columns: strict text to numbers, and which of them a person would have to look at."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from ipattr.bulk import hosts6, words

if TYPE_CHECKING:
    import numpy as np

    from ipattr.addresses import Specials
    from ipattr.bulk.words import Block

    Array = np.ndarray[Any, Any]

_LONGEST = 15
_WORD = 8
_DOT = ord(".")
_CARRIERS = (0, 0x0064FF9B00000000)
_SIX_TO_FOUR, _TEREDO = 0x2002, 0x20010000


class Hosts(NamedTuple):
    """What a column of addresses says: per row whether it was read, the version, the number, whether it is special."""

    good: Array
    version: Array
    high: Array
    low: Array
    special: Array
    canonical: Array


class HostReader:
    """Reads columns of addresses as ``ipattr.addresses.parse_address`` reads one."""

    def __init__(self, specials: Specials) -> None:
        """Take the special-purpose blocks."""
        self._special = _special_numbers(specials)

    def read(self, block: Block, starts: Array, lengths: Array) -> Hosts:
        """Read the cells; what is not plain text of one address, or may carry another or a port, is not good."""
        import numpy as np

        good, number = _read_v4(block, starts, lengths)
        high = number * good
        hosts = Hosts(
            good=good,
            version=np.full(len(starts), 4, np.uint8),
            high=high,
            low=np.zeros(len(starts), np.uint64),
            special=self._special.v4(high),
            canonical=np.ones(len(starts), np.bool_),
        )
        rest = np.flatnonzero(~good & (lengths >= hosts6.SHORTEST) & (lengths <= hosts6.LONGEST))
        if len(rest):
            self._read_v6(hosts, rest, block, starts[rest], lengths[rest])
        return hosts

    def _read_v6(self, hosts: Hosts, rows: Array, block: Block, starts: Array, lengths: Array) -> None:  # noqa: PLR0917
        """Fill in the rows that are IPv6 text."""
        good, high, low, canonical = hosts6.read_v6(block, starts, lengths)
        good &= (high >> 48 != _SIX_TO_FOUR) & (high >> 32 != _TEREDO)
        for carrier in _CARRIERS:
            good &= high != carrier
        rows, high = rows[good], high[good]
        hosts.good[rows] = True
        hosts.version[rows] = 6
        hosts.high[rows] = high
        hosts.low[rows] = low[good]
        hosts.special[rows] = self._special.v6(high)
        hosts.canonical[rows] = canonical[good]


@lru_cache(maxsize=4)
def _special_numbers(specials: Specials) -> _SpecialNumbers:
    """Return the numbers of the blocks, made once for batches that come one by one."""
    return _SpecialNumbers(specials)


class _SpecialNumbers:
    """The special-purpose blocks as ascending numbers; of IPv6, a whole /64 is special where a part of it is."""

    def __init__(self, specials: Specials) -> None:
        import numpy as np

        spans: dict[int, list[tuple[int, int]]] = {4: [], 6: []}
        for version, shift in ((4, 0), (6, 64)):
            for first, last in specials.spans(version):
                spans[version].append((first >> shift, last >> shift))
        self._edges = {version: _edges(found) for version, found in spans.items()}
        # A /16 that no block touches needs no search.
        self._touched = np.zeros(1 << 16, np.bool_)
        for first, last in spans[4]:
            self._touched[first >> 16 : (last >> 16) + 1] = True

    def v4(self, numbers: Array) -> Array:
        """Tell which IPv4 numbers are special."""
        import numpy as np

        special: Array = self._touched[numbers >> 16]
        doubtful = np.flatnonzero(special)
        special[doubtful] = self._search(4, numbers[doubtful])
        return special

    def v6(self, highs: Array) -> Array:
        """Tell which upper halves of IPv6 addresses are special."""
        return self._search(6, highs)

    def _search(self, version: int, numbers: Array) -> Array:
        found: Array = self._edges[version].searchsorted(numbers, side="right") & 1 == 1
        return found


def _edges(spans: list[tuple[int, int]]) -> Array:
    """Return where special numbers begin and end in turn: begin, one past the end, begin again."""
    import numpy as np

    edges: list[int] = []
    for first, last in sorted(spans):
        if edges and first <= edges[-1]:
            edges[-1] = max(edges[-1], last + 1)
        else:
            edges += [first, last + 1]
    # What begins last and never ends has a beginning alone.
    return np.array([edge for edge in edges if edge < 1 << 64], np.uint64)


def _read_v4(block: Block, starts: Array, lengths: Array) -> tuple[Array, Array]:
    """Return (whether it is dotted decimal, number) of each cell; numbers of other text mean nothing."""
    import numpy as np

    first, second = block.load(starts), block.load(starts + _WORD)
    dots = words.equal_bytes(first, _DOT)
    dots |= words.equal_bytes(second, _DOT) << _WORD
    end = np.uint64(1) << lengths.clip(0, _LONGEST + 1).astype(np.uint64)
    shapes, codes = _shapes()
    shape = codes[shapes[dots & (end - np.uint64(1)) | end]]
    good: Array = shape != 0
    number = np.zeros(len(starts), np.uint32)
    for octet in range(4):
        at = shape >> (8 * octet)
        at &= 0xFF
        # A shift by 64 and more leaves nothing, whichever way it goes.
        text = first >> at
        if octet > 1:
            text |= second << (64 - at)
        if octet > 2:  # noqa: PLR2004 - the last octet may begin beyond the first word
            text |= second >> (at - np.uint64(64))
        value, fits = _octet(text.astype(np.uint32), (shape >> (32 + 8 * octet)).astype(np.uint32))
        good &= fits
        number <<= 8
        number |= value
    return good, number.astype(np.uint64)


def _octet(digits: Array, short: Array) -> tuple[Array, Array]:
    """Return (value, whether it is an octet) of text of one to three digits; ``short``: bits that three would add."""
    import numpy as np

    short &= 31
    digits <<= short
    digits ^= np.uint32(words.ZEROS & 0xFFFFFF) << short
    digits &= 0xFFFFFF
    value = digits & 0xFF
    value *= 10
    value += digits >> 8 & 0xFF
    value *= 10
    value += digits >> 16
    fits = ((digits + 0x767676) | digits) & 0x808080 == 0
    fits &= value <= 255  # noqa: PLR2004 - an octet
    # No leading zero: two digits make 10 and more, three 100.
    fits &= value >= _least()[short >> 3]
    return value, fits


@cache
def _least() -> Array:
    """Return the least octet that is written so many digits short of three."""
    import numpy as np

    return np.array([100, 10, 0, 0], np.uint32)


@cache
def _shapes() -> tuple[Array, Array]:
    """Return (number of the shape by the places of the dots and of the end, its code); 0 is no shape.

    A code holds, for each octet, the bits before it (from bit 0, 8 bits each) and, from bit 32, the bits by which its
    digits are short of three.
    """
    import numpy as np

    shapes, codes = np.zeros(1 << 17, np.uint8), np.zeros(82, np.uint64)
    for number, widths in enumerate(product((1, 2, 3), repeat=4), start=1):
        ends = [sum(widths[: octet + 1]) + octet for octet in range(4)]
        shapes[sum(1 << end for end in ends)] = number
        begins = sum(
            (8 * (end - width)) << (8 * octet) for octet, (end, width) in enumerate(zip(ends, widths, strict=True))
        )
        short = sum((24 - 8 * width) << (32 + 8 * octet) for octet, width in enumerate(widths))
        # Bit 63 tells a shape with nothing before and nothing short from none.
        codes[number] = begins | short | 1 << 63
    return shapes, codes
