"""Bytes become rows: UTF-8 alone, and every limit is checked before the part it bounds is parsed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from ipattr.errors import InputError
from ipattr.sources.seen import faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.model import Refusal

MAX_BYTES = 256 * 1024 * 1024
MAX_ROWS = 2_000_000
MAX_ROW_CHARACTERS = 1_000_000
_BREAK = re.compile(r"\r\n|\r|\n")
_BLANK = " \t\r\n"
WINDOW = 4096
_PLAIN = json.JSONDecoder()
_UTF_16_OR_32 = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


class Row(NamedTuple):
    """One row as it stands: ``number`` is its line (from 1), or its place in an array."""

    number: int
    text: str


def decode(data: bytes) -> str:
    """Return the text of UTF-8 with or without a byte order mark; InputError for other encodings and beyond 256 MiB."""
    if len(data) > MAX_BYTES:
        raise InputError(
            ja=f"ファイルが大きすぎる({MAX_BYTES // 1024 // 1024} MiB まで)。対象のホストの行だけを抜き出されたい。",
            en=f"The file is too large (at most {MAX_BYTES // 1024 // 1024} MiB); extract the rows of the hosts in "
            "question.",
        )
    if data.startswith(_UTF_16_OR_32):
        raise InputError(
            ja="UTF-16 か UTF-32 のファイルである。UTF-8 で保存し直されたい。",
            en="The file is UTF-16 or UTF-32; save it as UTF-8.",
        )
    try:
        return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        start = error.start + (3 if data.startswith(b"\xef\xbb\xbf") else 0)
        raise InputError(
            ja=f"UTF-8 ではない({start} バイト目、0 起点)。この形のファイルは UTF-8 だけを読む。",
            en=f"The file is not UTF-8 (byte at offset {start}, from 0); files of this form are read as UTF-8 alone.",
        ) from None


def lines(text: str) -> list[Row]:
    """Return every line that is not blank; lines end in LF, CRLF or CR, as the draft of the passive DNS format has it.

    InputError beyond two million rows.
    """
    rows = []
    for number, line in enumerate(_BREAK.split(text), start=1):
        if line.strip(_BLANK):
            rows.append(Row(number, line))
            if len(rows) > MAX_ROWS:
                raise _too_many()
    return rows


class Values(NamedTuple):
    """The rows of a JSON file; ``whole_array`` when they are the elements of one array, ``broken`` what cannot be."""

    rows: list[Row]
    broken: list[Row]
    whole_array: bool


def values(text: str) -> Values:
    """Return the lines of a file of JSON per line, or the elements of a file that is one array.

    Where the array breaks off, each line of the rest is a row that could not be read.
    """
    if not _is_array(text):
        return Values(lines(text), [], whole_array=False)
    rows: list[Row] = []
    for start, end in _elements(text):
        if end == len(text):
            rest = [Row(len(rows) + number, row.text) for number, row in enumerate(lines(text[start:]), start=1)]
            return Values(rows, rest or [Row(len(rows) + 1, "")], whole_array=True)
        if len(rows) >= MAX_ROWS:
            raise _too_many()
        rows.append(Row(len(rows) + 1, text[start:end]))
    return Values(rows, [], whole_array=True)


def _is_array(text: str) -> bool:
    """Tell whether the file is one array, rather than lines of which the first happens to be an array."""
    start = _skip(text, 0)
    if not text.startswith("[", start):
        return False
    first = _BREAK.search(text, start)
    if first is None or _skip(text, first.start()) == len(text) or first.start() - start > MAX_ROW_CHARACTERS:
        return True
    try:
        json.loads(text[start : first.start()])
    except (ValueError, RecursionError):
        return True
    return False


def _elements(text: str) -> Iterator[tuple[int, int]]:
    """Give (start, end) of each element; a broken one ends with the text, which no whole one can."""
    at = _skip(text, text.index("[") + 1)
    if text.startswith("]", at) and _skip(text, at + 1) == len(text):
        return
    while True:
        end = _end_of(text, at)
        if end is None:
            yield at, len(text)
            return
        mark = _skip(text, end)
        if text.startswith(",", mark):
            yield at, end
            at = _skip(text, mark + 1)
        elif text.startswith("]", mark) and _skip(text, mark + 1) == len(text):
            yield at, end
            return
        else:
            yield at, len(text)
            return


def _end_of(text: str, at: int) -> int | None:
    """Return where the value that begins at ``at`` ends; None for one that is broken, or longer than a row may be.

    No more than a window is parsed, which grows as long as the value does not end in it: one value of the size of the
    file would take up many times that size once parsed.
    """
    size = WINDOW
    while True:
        window = text[at : at + size]
        whole = at + size >= len(text)
        try:
            _, end = _PLAIN.raw_decode(window)
        except (ValueError, RecursionError):
            end = 0
        if end and (whole or end < len(window)):
            return at + end
        if whole or size > MAX_ROW_CHARACTERS:
            return None
        size = min(size * 16, MAX_ROW_CHARACTERS + 1)


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANK:
        at += 1
    return at


def _too_many() -> InputError:
    return InputError(
        ja=f"行が多すぎる({MAX_ROWS} 行まで)。対象のホストの行だけを抜き出されたい。",
        en=f"There are too many rows (at most {MAX_ROWS}); extract the rows of the hosts in question.",
    )


class _TwiceError(ValueError):
    """A field stands twice in one object."""


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _TwiceError
    return fields


def _no_number(word: str) -> float:
    raise ValueError(word)  # NaN and Infinity are not JSON (RFC 8259 section 6)


_OBJECT = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)


def read_object(text: str) -> dict[str, Any] | Refusal:
    """Read one row as a JSON object whose fields stand once each; total."""
    if len(text) > MAX_ROW_CHARACTERS:
        return faults.TOO_LONG
    try:
        value = _OBJECT.decode(text)
    except _TwiceError:
        return faults.TWICE
    except (ValueError, RecursionError):  # beyond JSON's own: numbers of more digits than Python converts
        return faults.NOT_JSON
    return value if isinstance(value, dict) else faults.NOT_AN_OBJECT
