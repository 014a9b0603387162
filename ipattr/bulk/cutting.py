"""Text of any length cut into pieces of whole lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.bulk.texts import TextFile

BLOCK = 1 << 21
_LONGEST_LINE = 1 << 26
_MOST_LINES = 1 << 17


class Piece(NamedTuple):
    r"""Whole lines of the text: where they begin, in bytes and lines, and how many lines they are.

    ``lone_returns`` counts the line ends among them that are ``\r`` alone.
    """

    data: bytes
    offset: int
    line: int
    lines: int
    lone_returns: int

    @property
    def after(self) -> tuple[int, int]:
        """Return where the next piece begins: (bytes, line)."""
        return self.offset + len(self.data), self.line + self.lines

    def tail(self, start: int) -> Piece:
        """Return the piece without its first bytes, which are whole lines."""
        lines, lone = count_lines(self.data[:start], returns=True)
        return Piece(
            self.data[start:], self.offset + start, self.line + lines, self.lines - lines, self.lone_returns - lone
        )

    def joined(self, following: Piece) -> Piece:
        """Return the piece with the one that follows it."""
        return Piece(
            self.data + following.data,
            self.offset,
            self.line,
            self.lines + following.lines,
            self.lone_returns + following.lone_returns,
        )


def pieces(text: TextFile, offset: int, line: int, *, returns: bool) -> Iterator[Piece]:
    r"""Cut the text from ``offset`` on, where line ``line`` begins; with ``returns``, ``\r`` alone ends a line too.

    Raises InputError for a line over 64 MiB.
    """
    left = b""
    for given in text.utf8(offset):
        whole = left + given if left else given
        at = 0
        while len(whole) - at > BLOCK:
            end = _line_end(whole, at, at + BLOCK, returns=returns)
            if not end:
                break
            piece = _piece(whole[at:end], offset, line, returns=returns)
            if piece.lines > _MOST_LINES:
                # Rows cost memory however short they are.
                end = _line_end(whole, at, at + len(piece.data) * _MOST_LINES // piece.lines, returns=returns)
                piece = _piece(whole[at:end], offset, line, returns=returns)
            yield piece
            at = end
            offset, line = piece.after
        left = whole[at:]
        if len(left) > _LONGEST_LINE:
            raise InputError(
                ja=f"{line} 行目が長すぎる({_LONGEST_LINE} バイトまで)。",
                en=f"Line {line} is too long (limit {_LONGEST_LINE} bytes).",
                where=f"{text.name}:{line}",
            )
    if left:
        yield _piece(left, offset, line, returns=returns)


def _line_end(data: bytes, start: int, stop: int, *, returns: bool) -> int:
    r"""Return one past the last line end before ``stop``, else one past the first behind it, 0 when there is none.

    A ``\r`` at the very end may be half of ``\r\n``.
    """
    end = data.rfind(b"\n", start, stop) + 1 or data.find(b"\n", stop) + 1
    if end or not returns:
        return end
    return data.rfind(b"\r", start, min(stop, len(data) - 1)) + 1 or data.find(b"\r", stop, len(data) - 1) + 1


def _piece(data: bytes, offset: int, line: int, *, returns: bool) -> Piece:
    lines, lone = count_lines(data, returns=returns)
    if data[-1:] != b"\n" and not (returns and data[-1:] == b"\r"):
        lines += 1
    return Piece(data, offset, line, lines, lone)


def count_lines(data: bytes, *, returns: bool) -> tuple[int, int]:
    r"""Return (line ends, how many of them are ``\r`` alone)."""
    import numpy as np

    text = np.frombuffer(data, np.uint8)
    feeds = int(np.count_nonzero(text == ord("\n")))
    if not returns or data.find(b"\r") < 0:
        return feeds, 0
    lone = int(np.count_nonzero(text == ord("\r"))) - data.count(b"\r\n")
    return feeds + lone, lone
