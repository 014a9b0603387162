"""One answer read: the status of its delivery, then of its protocol, then what it says. Pure and total.

Any header and any bytes give a Reply, never an exception: what cannot be read is a status with a reason.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from ipattr.model import Reply, Text
from ipattr.sources.content import ContentError, decode_content
from ipattr.sources.rdap import read_autnum, read_error, read_history, read_ip, shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ipattr.model import Delivery, Exchange, ReplyStatus

_OK = 200
_REDIRECT = 300
_CLIENT_ERROR = 400
_SERVER_ERROR = 500
_BEYOND = 600
_PARTIAL = 206
_NAMED: dict[int, ReplyStatus] = {404: "not-found", 429: "rate-limited"}
_MAX_WAIT_DIGITS = 9
_DELIVERIES: dict[Delivery, tuple[ReplyStatus, Text]] = {
    "truncated": ("truncated", Text(ja="回答が途中で切れた。", en="The answer was cut off.")),
    "oversized": ("oversized", Text(ja="回答が受け入れる大きさを超えた。", en="The answer exceeds the size accepted.")),
    "timed-out": ("timed-out", Text(ja="期限までに回答が終わらなかった。", en="The answer did not end in time.")),
    "unreachable": ("unreachable", Text(ja="サーバーに届かなかった。", en="The server was not reached.")),
    "tls-failed": ("tls-failed", Text(ja="TLS の検証または接続に失敗した。", en="The TLS handshake failed.")),
    "redirect-refused": ("redirected", Text(ja="許されない転送先を示された。", en="It redirects where it may not.")),
    "redirect-loop": ("redirected", Text(ja="転送が繰り返された。", en="The redirects lead in a circle.")),
    "garbled": ("malformed", Text(ja="プロトコルの形をしていない。", en="It is not the protocol.")),
    "withheld": ("unreachable", Text(ja="何も送らなかった。", en="Nothing was sent.")),
}


def read_reply(exchange: Exchange, body: bytes) -> Reply:
    """Return what one exchange says; ``body`` is the raw bytes as received, of which ``exchange`` is the header.

    ``reason`` of a failed delivery is the transport's own where it gave one. Retry-After becomes seconds from
    ``exchange.received``.
    """
    if exchange.delivery != "complete":
        status, reason = _DELIVERIES[exchange.delivery]
        return Reply(status=status, reason=exchange.reason or reason, text=shown(body))
    if exchange.protocol in {"rdap", "http"}:
        return _read_http(exchange, body)
    return _reader(exchange)(exchange, body)


def _read_http(exchange: Exchange, body: bytes) -> Reply:
    """Read an HTTP answer: its status line decides before its body does."""
    verdict = _http_verdict(exchange.status_code)
    try:
        plain = decode_content(exchange.headers, body)
    except ContentError as broken:
        if verdict is None:
            return Reply(status=broken.status, reason=broken.reason, text=shown(body))
        plain = body
    if verdict is None:
        return _reader(exchange)(exchange, plain)
    status, reason = verdict
    reply = read_error(exchange, plain, status, reason)
    if status not in {"rate-limited", "server-error"}:
        return reply
    import msgspec

    return msgspec.structs.replace(reply, retry_after=retry_after(exchange))


def _http_verdict(code: int | None) -> tuple[ReplyStatus, Text] | None:
    """Return what a status code means (RFC 9110 section 15), None for the one that brings an answer."""
    if code == _OK:
        return None
    reason = Text(ja=f"HTTP の状態コード {code}。", en=f"HTTP status {code}.")
    if code is None or code < _OK or code >= _BEYOND:
        return "malformed", reason
    if code in _NAMED:
        return _NAMED[code], reason
    if code == _PARTIAL:
        return "truncated", reason
    for bound, status in _CLASSES:
        if code >= bound:
            return status, reason
    return "malformed", reason


_CLASSES: tuple[tuple[int, ReplyStatus], ...] = (
    (_SERVER_ERROR, "server-error"),
    (_CLIENT_ERROR, "refused"),
    (_REDIRECT, "redirected"),
)


def retry_after(exchange: Exchange) -> float | None:
    """Return the seconds that Retry-After asks for (RFC 9110 section 10.2.3), never negative; None without one.

    A date counts from ``exchange.received``; what is neither seconds nor an HTTP date counts as absent.
    """
    text = next((value.strip() for name, value in exchange.headers if name.lower() == "retry-after"), "")
    if text.isascii() and text.isdigit():
        return float(text) if len(text) <= _MAX_WAIT_DIGITS else float("9" * _MAX_WAIT_DIGITS)
    until = _http_date(text) if text else None
    return None if until is None else max(0.0, (until - exchange.received).total_seconds())


def _http_date(text: str) -> datetime | None:
    """Return the instant of an HTTP date, None when it is none."""
    from email.utils import parsedate_to_datetime

    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _reader(exchange: Exchange) -> Callable[[Exchange, bytes], Reply]:
    """Return the reader for what was asked; those for WHOIS and DNS are imported when they are first needed."""
    kind = exchange.question.kind
    if kind in {"bootstrap", "timestamp"}:
        return _read_document
    match exchange.question.source:
        case "jpnic":
            from ipattr.sources.jpnic import read_jpnic

            return read_jpnic
        case "whois":
            from ipattr.sources.rirwhois import read_whois

            return read_whois
        case "origin":
            from ipattr.sources.origins import read_origin

            return read_origin
        case "ptr":
            from ipattr.sources.ptr import read_ptr

            return read_ptr
    return {"autnum": read_autnum, "history": read_history}.get(kind, read_ip)


def _read_document(exchange: Exchange, body: bytes) -> Reply:
    """Read a document that others interpret (a bootstrap registry, a time stamp): that it arrived is all it says."""
    binary = exchange.question.kind == "timestamp"
    if body:
        return Reply(status="found", text="" if binary else shown(body))
    return Reply(status="malformed", reason=Text(ja="本文が空。", en="The body is empty."))
