"""Addresses as numbers: strict text, prefixes, special-purpose blocks, port shares.

The arithmetic is our own: ``inet_pton`` differs between platforms, ``ipaddress`` between interpreter versions (its
text of IPv4-mapped addresses, its ``is_private``), and either costs more to import than this module.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipattr.model import SpecialBlock

MAX_PORT = 65535
MAPPED = 0xFFFF
LOW_32 = 0xFFFFFFFF
_OCTETS = {str(value): value for value in range(256)}
_V6_CHARACTERS = frozenset("0123456789abcdefABCDEF:.")
_PADDING = {1: "000", 2: "00", 3: "0", 4: ""}
_BITS = {4: 32, 6: 128}


class Specials:
    """The special-purpose registries (RFC 6890) as a lookup: the most specific block of an address.

    Nested blocks are flattened once into ascending segments, so that a lookup is one bisection.
    """

    def __init__(self, blocks: Iterable[SpecialBlock]) -> None:
        """Take the registry rows in any order; ValueError when a prefix is not strict."""
        ranges: dict[int, list[tuple[int, int, SpecialBlock]]] = {4: [], 6: []}
        for block in blocks:
            version, first, last = prefix_range(block.prefix)
            ranges[version].append((first, last, block))
        self._segments = {version: _flatten(rows) for version, rows in ranges.items()}

    def find(self, version: int, number: int) -> SpecialBlock | None:
        """Return the most specific block that holds the address, None when it lies in no special-purpose block."""
        starts, blocks = self._segments[version]
        return blocks[bisect_right(starts, number)]

    def spans(self, version: int) -> tuple[tuple[int, int], ...]:
        """Return (first, last) of every stretch of special-purpose numbers, ascending, none overlapping."""
        starts, blocks = self._segments[version]
        pairs = zip(starts, starts[1:], blocks[1:], strict=False)
        return tuple((first, after - 1) for first, after, block in pairs if block is not None)

    def edges(self, version: int) -> set[int]:
        """Return the addresses at which a block begins, and those right behind the end of one."""
        return set(self._segments[version][0])


def _flatten(
    rows: list[tuple[int, int, SpecialBlock]],
) -> tuple[tuple[int, ...], tuple[SpecialBlock | None, ...]]:
    starts = sorted({first for first, _, _ in rows} | {last + 1 for _, last, _ in rows})
    blocks: list[SpecialBlock | None] = [None]
    for start in starts:
        inside = [(last - first, block) for first, last, block in rows if first <= start <= last]
        blocks.append(min(inside, key=lambda pair: pair[0])[1] if inside else None)
    return tuple(starts), tuple(blocks)


def to_number(text: str) -> tuple[int, int]:
    """Return (version, integer) of one address in strict text (RFC 4291 §2.2, dotted decimal); else ValueError."""
    number = v4_number(text)
    if number is not None:
        return 4, number
    number = v6_number(text)
    if number is None:
        message = f"not a strict address: {text!r}"
        raise ValueError(message)
    return 6, number


def prefix_range(prefix: str) -> tuple[int, int, int]:
    """Return (version, first, last) of a prefix such as ``100.64.0.0/10``; ValueError on host bits or loose text."""
    host, slash, length_text = prefix.partition("/")
    version, first = to_number(host)
    bits = _BITS[version]
    length = int(length_text) if length_text in _OCTETS else bits + 1
    if not slash or length > bits:
        message = f"not a strict prefix: {prefix!r}"
        raise ValueError(message)
    span = (1 << (bits - length)) - 1
    if first & span:
        message = f"host bits are set: {prefix!r}"
        raise ValueError(message)
    return version, first, first | span


def covered(ranges: Iterable[tuple[int, int]]) -> int:
    """Return how many numbers lie in the ranges, each counted once; a range is its first number and the one behind."""
    total = reached = 0
    for first, end in sorted(ranges):
        total += max(end - max(first, reached), 0)
        reached = max(reached, end)
    return total


def to_text(version: int, number: int) -> str:
    """Return the canonical text of an address: dotted decimal, or RFC 5952 for IPv6.

    RFC 5952 §5 is applied to IPv4-mapped addresses alone (``::ffff:192.0.2.1``), as most systems print them; every
    other IPv6 address is hexadecimal throughout.
    """
    if version == 4:  # noqa: PLR2004 - the IP version is its own name
        return v4_text(number)
    if number >> 32 == MAPPED:
        return f"::ffff:{v4_text(number & LOW_32)}"
    groups = [number >> shift & 0xFFFF for shift in range(112, -1, -16)]
    best, length = _longest_zero_run(groups)
    if length < 2:  # noqa: PLR2004 - RFC 5952 §4.2.2: one zero group is not shortened
        return ":".join(f"{group:x}" for group in groups)
    head = ":".join(f"{group:x}" for group in groups[:best])
    tail = ":".join(f"{group:x}" for group in groups[best + length :])
    return f"{head}::{tail}"


def _longest_zero_run(groups: list[int]) -> tuple[int, int]:
    best, best_length, start = 0, 0, 0
    for index, group in enumerate(groups):
        if group:
            start = index + 1
        elif index + 1 - start > best_length:
            best, best_length = start, index + 1 - start
    return best, best_length


def port_share(port: int, *, offset_bits: int, psid_bits: int) -> int:
    """Return the port set id (PSID) that a port belongs to under address sharing (RFC 7597 §5.1).

    The port is ``offset_bits`` of A, ``psid_bits`` of PSID, and the rest. ValueError when the bits exceed 16, the port
    is no port, or A is zero (those ports are assigned to no subscriber).
    """
    if offset_bits < 0 or psid_bits < 0 or offset_bits + psid_bits > 16:  # noqa: PLR2004 - a port has 16 bits
        message = f"offset {offset_bits} and PSID {psid_bits} do not fit into 16 bits"
        raise ValueError(message)
    if not 0 <= port <= MAX_PORT:
        message = f"not a port: {port}"
        raise ValueError(message)
    if offset_bits and not port >> (16 - offset_bits):
        message = f"port {port} lies below the first shared port {1 << (16 - offset_bits)} (A must not be zero)"
        raise ValueError(message)
    return port >> (16 - offset_bits - psid_bits) & ((1 << psid_bits) - 1)


def v4_number(text: str) -> int | None:
    """Return the number of strict dotted decimal text, else None."""
    parts = text.split(".")
    if len(parts) != 4:  # noqa: PLR2004 - four octets
        return None
    try:
        return _OCTETS[parts[0]] << 24 | _OCTETS[parts[1]] << 16 | _OCTETS[parts[2]] << 8 | _OCTETS[parts[3]]
    except KeyError:
        return None


def v6_number(text: str) -> int | None:
    """Return the number of IPv6 text (RFC 4291 §2.2), else None."""
    if not _V6_CHARACTERS.issuperset(text) or ":" not in text:
        return None
    if "." in text:
        head, _, dotted = text.rpartition(":")
        low = v4_number(dotted)
        if low is None:
            return None
        text = f"{head}:{low >> 16:x}:{low & 0xFFFF:x}"
        if "." in head:
            return None
    left, gap, right = text.partition("::")
    groups = left.split(":") if left else []
    tail = right.split(":") if right else []
    missing = 8 - len(groups) - len(tail)
    if (missing < 1) if gap else missing:
        return None
    groups += ["0"] * missing + tail
    try:
        return int("".join([_PADDING[len(group)] + group for group in groups]), 16)
    except KeyError:  # a group of no digits or of more than four
        return None


def v4_text(number: int) -> str:
    """Return the dotted decimal text of a 32-bit number."""
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
