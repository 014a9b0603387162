"""What tests of transports share: requests to servers of our own, a clock, and a notice that remembers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ipattr.model import Hop, Question, Request

if TYPE_CHECKING:
    from ipattr.sources.interface import Answered, Notice, Transport

ASKED = "203.0.113.5"
SECONDS = 5.0


def now() -> datetime:
    """Return the time of the machine."""
    return datetime.now(UTC)


async def ignore(_hop: Hop) -> None:
    """Take note of nothing."""


class Announced(list[Hop]):
    """The hops that were announced as leaving, in order."""

    async def note(self, hop: Hop) -> None:
        """Remember one."""
        self.append(hop)


def ask_rdap(endpoint: str, *allowed: str, limit: int = 4 << 20) -> Request:
    """Return an RDAP request to a URL, allowed to reach these places."""
    question = Question(source="rdap", kind="ip", subject=ASKED)
    return Request(question=question, server="test", protocol="rdap", endpoint=endpoint, allowed=allowed, limit=limit)


def ask_whois(place: str, line: str = ASKED, *, limit: int = 4 << 20) -> Request:
    """Return a WHOIS request of one line to a place."""
    question = Question(source="whois", kind="ip", subject=ASKED)
    return Request(
        question=question,
        server="test",
        protocol="whois",
        endpoint=place,
        payload=line,
        allowed=(place,),
        limit=limit,
    )


async def fetch_all(
    transport: Transport, *requests: Request, seconds: float = SECONDS, leaving: Notice = ignore
) -> list[Answered]:
    """Carry out requests one after the other, then close the transport."""
    try:
        return [await transport.fetch(request, seconds=seconds, leaving=leaving) for request in requests]
    finally:
        await transport.close()
