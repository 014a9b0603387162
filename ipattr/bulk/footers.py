"""Parquet files with one schema joined without reading a value: their row groups stay as they are, their places move.

A Parquet file is ``PAR1``, row groups, a footer in Thrift's compact protocol, the footer's length and ``PAR1`` again
(Apache Parquet, ``parquet.thrift``; Apache Thrift, ``thrift-compact-protocol.md``).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MAGIC = b"PAR1"
_BLOCK = 1 << 20
Field = tuple[int, int, Any]
_TRUE, _FALSE, _BYTE, _DOUBLE, _BINARY, _LIST, _SET, _STRUCT = 1, 2, 3, 7, 8, 9, 10, 12
_NUMBERS = frozenset({4, 5, 6})
_LONG = 15
_ROWS, _GROUPS = 3, 4
_GROUP_COLUMNS, _GROUP_OFFSET, _GROUP_ORDINAL = 1, 5, 7
_CHUNK_METADATA = 3
_CHUNK_OFFSETS = frozenset({2, 4, 6})
_METADATA_OFFSETS = frozenset({9, 10, 11, 14})
_MOST_ORDINALS = 1 << 15


def join(parts: Sequence[Path], target: Path) -> None:
    """Write the row groups of all parts, in order, into one file; ValueError when a part is no whole Parquet file."""
    footer: list[Field] = []
    groups: list[list[Field]] = []
    rows = 0
    with target.open("wb") as whole:
        whole.write(MAGIC)
        for part in parts:
            end, footer = _footer(part)
            moved = whole.tell() - len(MAGIC)
            rows += _value(footer, _ROWS)
            groups += [_move_group(group, moved) for group in _value(footer, _GROUPS)[1]]
            whole.writelines(_bytes_of(part, end))
        many = [_numbered(group, number) for number, group in enumerate(groups)]
        written = bytearray()
        _write_struct(written, _with(_with(footer, _ROWS, rows), _GROUPS, (_STRUCT, many)))
        whole.write(written + struct.pack("<I", len(written)) + MAGIC)


def _bytes_of(part: Path, end: int) -> Iterator[bytes]:
    """Yield the row groups of a file in blocks."""
    with part.open("rb") as file:
        file.seek(len(MAGIC))
        left = end - len(MAGIC)
        while left:
            block = file.read(min(left, _BLOCK))
            if not block:
                message = f"the file has become shorter: {part}"
                raise ValueError(message)
            left -= len(block)
            yield block


def _footer(part: Path) -> tuple[int, list[Field]]:
    """Return where the row groups of a file end, and its footer."""
    with part.open("rb") as file:
        file.seek(-8, 2)
        end = file.tell()
        length, magic = struct.unpack("<I4s", file.read(8))
        if magic != MAGIC or length > end - len(MAGIC):
            message = f"no whole Parquet file: {part}"
            raise ValueError(message)
        file.seek(end - length)
        return end - length, _Reader(file.read(length)).struct()


def _move_group(group: list[Field], by: int) -> list[Field]:
    kind, chunks = _value(group, _GROUP_COLUMNS)
    moved = [_move_chunk(chunk, by) for chunk in chunks]
    return _shifted(_with(group, _GROUP_COLUMNS, (kind, moved)), frozenset({_GROUP_OFFSET}), by)


def _move_chunk(chunk: list[Field], by: int) -> list[Field]:
    metadata = _shifted(_value(chunk, _CHUNK_METADATA), _METADATA_OFFSETS, by)
    return _shifted(_with(chunk, _CHUNK_METADATA, metadata), _CHUNK_OFFSETS, by)


def _numbered(group: list[Field], number: int) -> list[Field]:
    """Return a group under its new ordinal; those that a short integer cannot count have none (it is optional)."""
    if number >= _MOST_ORDINALS:
        return [field for field in group if field[0] != _GROUP_ORDINAL]
    return _with(group, _GROUP_ORDINAL, number)


def _shifted(fields: list[Field], which: frozenset[int], by: int) -> list[Field]:
    """Return fields with the places in the file among them moved; 0 stands for no place."""
    return [(name, kind, value + by if name in which and value else value) for name, kind, value in fields]


def _value(fields: list[Field], which: int) -> Any:  # noqa: ANN401 - whatever the field holds
    return next(value for name, _, value in fields if name == which)


def _with(fields: list[Field], which: int, value: object) -> list[Field]:
    """Return fields with another value for one of them, where it is there."""
    return [(name, kind, value if name == which else old) for name, kind, old in fields]


class _Reader:
    """Reads the compact protocol."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def struct(self) -> list[Field]:
        """Return the fields of a struct: number, type, value."""
        fields: list[Field] = []
        name = 0
        while head := self._byte():
            name = name + (head >> 4) if head >> 4 else self._signed()
            kind = head & 15
            fields.append((name, kind, kind == _TRUE if kind in {_TRUE, _FALSE} else self._read(kind)))
        return fields

    def _read(self, kind: int) -> Any:  # noqa: ANN401 - whatever the type holds
        if kind in _NUMBERS:
            return self._signed()
        if kind == _BINARY:
            return self._take(self._varint())
        if kind == _STRUCT:
            return self.struct()
        if kind in {_LIST, _SET}:
            head = self._byte()
            size = head >> 4 if head >> 4 < _LONG else self._varint()
            return head & 15, [self._read(head & 15) for _ in range(size)]
        if kind in {_TRUE, _FALSE, _BYTE}:
            return self._byte()
        if kind == _DOUBLE:
            return self._take(8)
        message = f"a type that no Parquet footer has: {kind}"
        raise ValueError(message)

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _take(self, size: int) -> bytes:
        self._at += size
        return self._data[self._at - size : self._at]

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 127) << shift
            if byte < 128:  # noqa: PLR2004 - the bit that says that more follows
                return value
            shift += 7

    def _signed(self) -> int:
        value = self._varint()
        return value >> 1 ^ -(value & 1)


def _write_struct(out: bytearray, fields: list[Field]) -> None:
    last = 0
    for name, kind, value in fields:
        tagged = (_TRUE if value else _FALSE) if kind in {_TRUE, _FALSE} else kind
        if 0 < name - last <= _LONG:
            out.append((name - last) << 4 | tagged)
        else:
            out.append(tagged)
            _write_varint(out, _zigzag(name))
        last = name
        if kind not in {_TRUE, _FALSE}:
            _write(out, kind, value)
    out.append(0)


def _write(out: bytearray, kind: int, value: Any) -> None:  # noqa: ANN401 - whatever the type holds
    if kind in _NUMBERS:
        _write_varint(out, _zigzag(value))
    elif kind == _BINARY:
        _write_varint(out, len(value))
        out += value
    elif kind == _STRUCT:
        _write_struct(out, value)
    elif kind in {_LIST, _SET}:
        inner, values = value
        out.append(min(len(values), _LONG) << 4 | inner)
        if len(values) >= _LONG:
            _write_varint(out, len(values))
        for one in values:
            _write(out, inner, one)
    elif kind == _DOUBLE:
        out += value
    else:
        out.append(value)


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def _write_varint(out: bytearray, value: int) -> None:
    while value > 127:  # noqa: PLR2004 - seven bits in each byte
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
