"""SQLite's write-ahead log, read without SQLite: so that looking at an interrupted case changes nothing in its folder.

Format: "WAL Format" of SQLite's database file format (sqlite.org/fileformat2.html, section 4). A frame counts when its
salts are those of the header, its checksum follows from all before it, and a commit frame stands at or after it.
"""

from __future__ import annotations

import struct

_HEADER = struct.Struct(">8I")
LOG_HEADER = _HEADER.size
_FRAME = struct.Struct(">6I")
_LITTLE, _BIG = 0x377F0682, 0x377F0683
_MASK = 0xFFFFFFFF


def merged(database: bytes, log: bytes) -> bytes:
    """Return the database with the committed frames of its log, marked as one without a log (so that it opens alone).

    A log that is empty, cut or of another run counts as far as its checksums go. Raise ValueError for an impossible
    page size.
    """
    pages, size, page_size = _committed(log)
    data = bytearray(database)
    if pages:
        data = data[: size * page_size].ljust(size * page_size, b"\0")
        for number, page in pages.items():
            if number <= size:
                data[(number - 1) * page_size : number * page_size] = page
    if data[18:20] == b"\2\2":
        data[18:20] = b"\1\1"
    return bytes(data)


def _committed(log: bytes) -> tuple[dict[int, bytes], int, int]:
    """Return the newest committed page by number, the pages of the database after the last commit, the page size."""
    if len(log) < _HEADER.size:
        return {}, 0, 0
    magic, _version, page_size, _sequence, salt1, salt2, sum1, sum2 = _HEADER.unpack_from(log)
    order = {_LITTLE: "<", _BIG: ">"}.get(magic)
    if order is None or _checksum(log[:24], (0, 0), order) != (sum1, sum2):
        return {}, 0, 0
    if page_size < 512 or page_size & (page_size - 1):  # noqa: PLR2004 - the least page of the format
        message = "page size"
        raise ValueError(message)
    pages: dict[int, bytes] = {}
    waiting: dict[int, bytes] = {}
    size, running = 0, (sum1, sum2)
    for start in range(_HEADER.size, len(log) - _FRAME.size - page_size + 1, _FRAME.size + page_size):
        number, after, first, second, *expected = _FRAME.unpack_from(log, start)
        page = log[start + _FRAME.size : start + _FRAME.size + page_size]
        running = _checksum(log[start : start + 8] + page, running, order)
        if (first, second) != (salt1, salt2) or running != tuple(expected):
            break
        waiting[number] = page
        if after:
            pages.update(waiting)
            waiting.clear()
            size = after
    return pages, size, page_size


def _checksum(data: bytes, start: tuple[int, int], order: str) -> tuple[int, int]:
    first, second = start
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & _MASK
        second = (second + odd + first) & _MASK
    return first, second
