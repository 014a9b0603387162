"""One request to one named place: a bootstrap file, or a time-stamping authority."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ipattr.errors import UnreachableError, UnreadableError, UsageError
from ipattr.model import Question, Request
from ipattr.sources.interface import Leaving
from ipattr.sources.requests import place

if TYPE_CHECKING:
    from ipattr.model import Hop, QuestionKind
    from ipattr.sources.interface import Answered, Ledger, Transport

_OK = 200
_HTTPS = 443


def direct_request(url: str, *, kind: QuestionKind, subject: str, payload: str = "", limit: int = 4 << 20) -> Request:
    """Return the request for a URL; raise UsageError when it is no https URL with a host."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _HTTPS
    except ValueError:
        parts, host, port = urlsplit(""), "", 0
    if parts.scheme != "https" or not host or "@" in parts.netloc:
        raise UsageError(ja="https の URL ではない。", en="This is no https URL.", where=url)
    return Request(
        question=Question(source="web", kind=kind, subject=subject),
        server=host,
        protocol="http",
        endpoint=url,
        payload=payload,
        allowed=(place(host, port),),
        limit=limit,
    )


def fetch_now(request: Request, *, transport: Transport, ledger: Ledger, seconds: float = 30.0) -> Answered:
    """Carry out one request, journalled before it leaves and kept before it is returned.

    Raise UnreachableError when no whole answer came, UnreadableError for any HTTP status but 200.
    """
    answered = asyncio.run(_fetch(request, transport=transport, ledger=ledger, seconds=seconds))
    exchange = answered.exchange
    if exchange.delivery != "complete":
        reason = exchange.reason
        raise UnreachableError(
            ja=f"応答を得られなかった({reason.ja if reason else exchange.delivery})。",
            en=f"There was no answer ({reason.en if reason else exchange.delivery}).",
            where=request.endpoint,
        )
    if exchange.status_code != _OK:
        raise UnreadableError(
            ja=f"HTTP {exchange.status_code} が返った。",
            en=f"HTTP {exchange.status_code} came.",
            where=request.endpoint,
        )
    return answered


async def _fetch(request: Request, *, transport: Transport, ledger: Ledger, seconds: float) -> Answered:
    async def leaving(hop: Hop) -> None:
        await asyncio.to_thread(ledger.write, [Leaving(request=request, hop=hop)])

    try:
        answered = await transport.fetch(request, seconds=seconds, leaving=leaving)
    finally:
        await transport.close()
    await asyncio.to_thread(ledger.write, [answered])
    return answered
