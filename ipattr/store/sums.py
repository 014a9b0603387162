"""``SHA256SUMS``: the one form that ``sha256sum -c`` reads, written and read strictly.

Each line is 64 lower-case hexadecimal digits, two spaces, the path with slashes, a line feed; sorted by path, each path
once. Reading renders again and compares, so that every byte of the file counts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINE = re.compile(r"([0-9a-f]{64})  ([^\x00-\x1f\x7f\\]+)\n")


def can_list(path: str) -> bool:
    """Return whether a path can stand in the file."""
    return _LINE.fullmatch(f"{'0' * 64}  {path}\n") is not None and not any(
        "\ud800" <= character <= "\udfff" for character in path
    )


def render(hashes: Mapping[str, str]) -> bytes:
    """Return the file for path → SHA-256 in hex."""
    return "".join(f"{hashes[path]}  {path}\n" for path in sorted(hashes)).encode()


def parse(data: bytes) -> dict[str, str]:
    """Return path → SHA-256; raise ValueError, naming the line (1-based), where the file is not in its form."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        message = f"line {data[: error.start].count(10) + 1}"
        raise ValueError(message) from error
    hashes: dict[str, str] = {}
    for number, line in enumerate(_lines(text), start=1):
        match = _LINE.fullmatch(line)
        if match is None or match[2] in hashes:
            message = f"line {number}"
            raise ValueError(message)
        hashes[match[2]] = match[1]
    if render(hashes) != data:
        message = "order of lines"
        raise ValueError(message)
    return hashes


def _lines(text: str) -> list[str]:
    """Split at line feeds alone: other line separators of Unicode may stand in a name."""
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + [line for line in lines[-1:] if line]
