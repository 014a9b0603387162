"""The compiled file: sorted segment starts and record spans that are read in place, and the check that they are whole.

Layout: header (magic, byte-order mark, directory length, key, SHA-256 of all the rest), directory (JSON), payload.
Arrays are in native byte order; the mark refuses a file written on another machine.
"""

from __future__ import annotations

import hashlib
import struct
from array import array

import msgspec

from ipattr.model import Record

MAGIC = b"ipattr\x001"
ORDER_MARK = 0x01020304
HEADER = struct.Struct("=8sII32s32s")
_SIGNED = HEADER.size - 32
Span = tuple[int, int]


class Directory(Record, frozen=True, kw_only=True):
    """What the compiled file holds, as spans (offset, length) of its payload.

    ``groups`` are records by group and id, each decoded when it is asked for; ``tables`` are whole JSON documents;
    ``arrays`` carry their ``struct`` type code in front of the name (``I:v4.starts``).
    """

    data_version: str
    network_source: str
    network_as_of: str
    groups: dict[str, dict[str, Span]]
    tables: dict[str, Span]
    arrays: dict[str, Span]


class Compiled:
    """A compiled file that passed its checks: a directory and the bytes it speaks of."""

    def __init__(self, buffer: memoryview, directory: Directory, base: int) -> None:
        """Keep the buffer (whole file), its directory and the offset of the payload."""
        self._buffer = buffer
        self._base = base
        self.directory = directory

    def span(self, span: Span) -> memoryview:
        """Return the bytes of one span, uncopied."""
        start = self._base + span[0]
        return self._buffer[start : start + span[1]]

    def table(self, name: str) -> memoryview:
        """Return the JSON of one table."""
        return self.span(self.directory.tables[name])

    def array(self, name: str) -> array[int]:
        """Return one array; its copy takes microseconds and is searched faster than the mapped bytes."""
        values: array[int] = array(name[0])
        values.frombytes(self.span(self.directory.arrays[name]))
        return values


def seal(head: bytes, body: bytes | memoryview) -> bytes:
    """Return the checksum of a file: everything but the checksum itself."""
    running = hashlib.sha256(head)
    running.update(body)
    return running.digest()


def read_compiled(buffer: memoryview, key: bytes) -> Compiled | None:
    """Check one compiled file and return it, or None when it is another key's, another machine's, cut or altered."""
    if len(buffer) < HEADER.size:
        return None
    magic, mark, length, found, checksum = HEADER.unpack_from(buffer)
    if (magic, mark, found) != (MAGIC, ORDER_MARK, key):
        return None
    body = buffer[HEADER.size :]
    if seal(bytes(buffer[:_SIGNED]), body) != checksum:
        return None
    return Compiled(buffer, msgspec.json.decode(body[:length], type=Directory), HEADER.size + length)
