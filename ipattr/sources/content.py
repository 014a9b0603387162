"""Content codings of an HTTP answer undone within a hard bound (RFC 9110 section 8.4)."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Literal

from ipattr.model import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_DECODED = 8 << 20
_MAX_CODINGS = 3
_GZIP = 31
_ZLIB = 15
_RAW = -15
_WINDOWS = {"gzip": (_GZIP,), "x-gzip": (_GZIP,), "deflate": (_ZLIB, _RAW)}


class ContentError(Exception):
    """A coded body that cannot be undone; it never leaves :mod:`ipattr.sources`."""

    def __init__(self, *, status: Literal["malformed", "truncated", "oversized"], ja: str, en: str) -> None:
        """Keep what the reply will say."""
        super().__init__(en)
        self.status = status
        self.reason = Text(ja=ja, en=en)


def decode_content(headers: Iterable[tuple[str, str]], body: bytes, *, limit: int = MAX_DECODED) -> bytes:
    """Return the body without its content codings: gzip and deflate (zlib or raw), one on another, at most three.

    ContentError when more than ``limit`` bytes come out (a bomb is never expanded further), the stream is broken or
    ends early, or the coding is another.
    """
    named = ",".join(value for name, value in headers if name.lower() == "content-encoding")
    codings = [
        coding for coding in (part.strip().lower() for part in named.split(",")) if coding not in {"", "identity"}
    ]
    unknown = [coding for coding in codings if coding not in _WINDOWS]
    if unknown or len(codings) > _MAX_CODINGS:
        shown = ascii(", ".join(unknown or codings))[:80]
        raise _broken(ja=f"知らない符号化 {shown}", en=f"an unknown content coding {shown}")
    for coding in reversed(codings):
        body = _inflate(body, _WINDOWS[coding], limit)
    return body


def _inflate(body: bytes, windows: tuple[int, ...], limit: int) -> bytes:
    """Undo one coding, trying each form that its name is used for."""
    for window in windows[:-1]:
        try:
            return _expand(body, window, limit)
        except zlib.error:
            continue
    try:
        return _expand(body, windows[-1], limit)
    except zlib.error as error:
        raise _broken(ja="壊れた圧縮データ", en="a broken compressed stream") from error


def _expand(body: bytes, window: int, limit: int) -> bytes:
    """Expand one stream, for gzip every member of it, and never more than one byte beyond the limit."""
    parts: list[bytes] = []
    room = limit + 1
    while True:
        stream = zlib.decompressobj(window)
        part = stream.decompress(body, room)
        parts.append(part)
        room -= len(part)
        if room <= 0:
            raise ContentError(
                status="oversized",
                ja=f"展開すると {limit} バイトを超える。展開を打ち切った。",
                en=f"Expanded it exceeds {limit} bytes; the expansion was stopped.",
            )
        if not stream.eof:
            raise ContentError(
                status="truncated", ja="圧縮データが途中で切れている。", en="The compressed stream ends early."
            )
        body = stream.unused_data
        if not body:
            return b"".join(parts)
        if window != _GZIP:
            message = "bytes behind the end of the stream"
            raise zlib.error(message)


def _broken(*, ja: str, en: str) -> ContentError:
    """Return the error of a stream that is none."""
    return ContentError(
        status="malformed", ja=f"回答の本文を展開できない（{ja}）。", en=f"The body cannot be decoded ({en})."
    )
