"""One stream out of a compound file ([MS-CFB]), the container of old Office documents."""

from __future__ import annotations

import struct

from ipattr.errors import InputError

_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = 512
_LAST_SECTOR = 0xFFFFFFFA
_ENTRY = 128
_INLINE_FAT = 109


def damaged() -> InputError:
    """Return the error for a compound file whose chains or records break off."""
    return InputError(
        ja="旧形式の Excel ブック(.xls)が壊れている。元のファイルを受け取り直されたい。",
        en="The old Excel workbook (.xls) is damaged; ask for the file again.",
    )


def streams(data: bytes) -> dict[str, bytes]:
    """Return the streams of a compound file by name; InputError when a sector chain loops or leaves the file."""
    if not data.startswith(_SIGNATURE) or len(data) < _HEADER:
        raise damaged()
    try:
        return _Container(data).streams()
    except (struct.error, IndexError, UnicodeDecodeError, OverflowError):
        raise damaged() from None


class _Container:
    """The sectors of one file, [MS-CFB] 2.2 to 2.6."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in {9, 12} or mini_shift != 6:  # noqa: PLR2004 - the only sizes of [MS-CFB] 2.2
            raise damaged()
        self._size, self._mini_size = 1 << shift, 1 << mini_shift
        (self._directory,) = struct.unpack_from("<I", data, 48)
        (self._cutoff, self._mini_fat_start) = struct.unpack_from("<II", data, 56)
        (difat,) = struct.unpack_from("<I", data, 68)
        self._fat = self._read_fat(difat)

    def streams(self) -> dict[str, bytes]:
        """Return every stream whose entry is in use."""
        directory = self._chain(self._directory)
        entries = [directory[at : at + _ENTRY] for at in range(0, len(directory) - _ENTRY + 1, _ENTRY)]
        root = entries[0]
        mini = self._chain(struct.unpack_from("<I", root, 116)[0])
        raw = self._chain(self._mini_fat_start) if self._mini_fat_start < _LAST_SECTOR else b""
        mini_fat = struct.unpack(f"<{len(raw) // 4}I", raw)
        found: dict[str, bytes] = {}
        for entry in entries:
            length, kind = struct.unpack_from("<HB", entry, 64)
            if kind != 2 or not 2 <= length <= 64:  # noqa: PLR2004 - 2 is a stream; a name has 1 to 31 letters
                continue
            name = entry[: length - 2].decode("utf-16-le")
            start, size = struct.unpack_from("<II", entry, 116)
            found[name] = (
                self._mini_chain(mini, mini_fat, start, size) if size < self._cutoff else self._chain(start)[:size]
            )
        return found

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self._size
        if at >= len(self._data):
            raise damaged()
        return self._data[at : at + self._size]

    def _read_fat(self, difat: int) -> tuple[int, ...]:
        numbers = list(struct.unpack_from(f"<{_INLINE_FAT}I", self._data, 76))
        seen: set[int] = set()
        while difat < _LAST_SECTOR:
            if difat in seen:
                raise damaged()
            seen.add(difat)
            *more, difat = struct.unpack(f"<{self._size // 4}I", self._sector(difat))
            numbers += more
        raw = b"".join(self._sector(number) for number in numbers if number < _LAST_SECTOR)
        return struct.unpack(f"<{len(raw) // 4}I", raw)

    def _chain(self, start: int) -> bytes:
        parts, seen = [], set()
        while start < _LAST_SECTOR:
            if start in seen:
                raise damaged()
            seen.add(start)
            parts.append(self._sector(start))
            start = self._fat[start]
        return b"".join(parts)

    def _mini_chain(self, mini: bytes, fat: tuple[int, ...], start: int, size: int) -> bytes:
        parts, seen = [], set()
        while start < _LAST_SECTOR and size:
            if start in seen:
                raise damaged()
            seen.add(start)
            parts.append(mini[start * self._mini_size : (start + 1) * self._mini_size])
            start = fat[start]
        return b"".join(parts)[:size]
