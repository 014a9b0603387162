"""One exchange under way: the hops that left and what has arrived, so that whatever ends it can be told."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

import msgspec

from ipattr.model import Exchange, Hop
from ipattr.sources import failures
from ipattr.sources.interface import Answered

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from ipattr.model import Delivery, Request, Text
    from ipattr.sources.failures import Failure
    from ipattr.sources.interface import Clock, Notice


class Course:
    """What is known of one exchange so far; ``body`` and ``headers`` are those of the last hop."""

    def __init__(self, request: Request, *, clock: Clock, leaving: Notice, tool_version: str) -> None:
        """Start the clock of the exchange."""
        self.request = request
        self.body = bytearray()
        self.status_code: int | None = None
        self.headers: tuple[tuple[str, str], ...] = ()
        self.forbidden: Exception | None = None
        self._hops: list[Hop] = []
        self._clock = clock
        self._leaving = leaving
        self._tool_version = tool_version
        self._begun = clock()

    async def leave(self, words: str, place: str) -> None:
        """Have one request journalled; what it raises is kept as ``forbidden``, and nothing may leave."""
        hop = Hop(request=words, server=place, sent=self._clock())
        try:
            await self._leaving(hop)
        except Exception as error:
            self.forbidden = error
            raise
        # Pacing may have held it: the time of sending is when it was let go.
        self._hops.append(msgspec.structs.replace(hop, sent=self._clock()))

    async def carry(self, steps: Awaitable[Failure | None], *, seconds: float) -> Answered:
        """Take the steps of the exchange within ``seconds`` in all, and return it however it ended.

        What ``leaving`` raised passes on even where the deadline passed in the meantime.
        """
        try:
            async with asyncio.timeout(seconds):
                ending = await steps
        except TimeoutError:
            if self.forbidden is not None:
                raise self.forbidden from None
            ending = failures.timed_out(seconds)
        return self.ended(*ending) if ending is not None else self.ended("complete")

    def reached(self, place: str, certificate: bytes | None) -> None:
        """Note where the last hop went."""
        shown = hashlib.sha256(certificate).hexdigest() if certificate else ""
        self._amend(connected_to=place, certificate_sha256=shown)

    def replied(self, status_code: int, headers: tuple[tuple[str, str], ...]) -> None:
        """Note the head of the response to the last hop."""
        self.status_code = status_code
        self.headers = headers
        self._amend(status_code=status_code)

    def turn(self) -> None:
        """Drop what the last hop said: the next one is the answer."""
        self.status_code = None
        self.headers = ()
        self.body.clear()

    def take(self, chunk: bytes) -> bool:
        """Keep what arrived up to the limit; return whether all of it fitted."""
        room = self.request.limit - len(self.body)
        self.body += chunk[:room]
        return len(chunk) <= room

    def ended(self, delivery: Delivery, reason: Text | None = None) -> Answered:
        """Return the exchange as it ended."""
        body = bytes(self.body)
        return Answered(
            exchange=Exchange(
                question=self.request.question,
                server=self.request.server,
                protocol=self.request.protocol,
                endpoint=self.request.endpoint,
                payload=self.request.payload,
                hops=tuple(self._hops),
                sent=self._hops[0].sent if self._hops else self._begun,
                received=self._clock(),
                delivery=delivery,
                reason=reason,
                status_code=self.status_code,
                headers=self.headers,
                size=len(body),
                sha256=hashlib.sha256(body).hexdigest(),
                tool_version=self._tool_version,
            ),
            body=body,
        )

    def _amend(self, *, connected_to: str | None = None, certificate_sha256: str = "", status_code: int = 0) -> None:
        if not self._hops:
            return
        changed = self._hops[-1]
        if connected_to is not None:
            changed = msgspec.structs.replace(changed, connected_to=connected_to, certificate_sha256=certificate_sha256)
        if status_code:
            changed = msgspec.structs.replace(changed, status_code=status_code)
        self._hops[-1] = changed
