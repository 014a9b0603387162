"""The one small interface: a transport fetches (impure, short), a reader reads (pure), a ledger keeps.

``live()`` reaches servers, ``record(folder, inner)`` writes what passes through it, ``replay(folder)`` answers from
such a folder. The folder of a case and that of a test fixture have one format (see :mod:`ipattr.sources.evidence`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol

from ipattr.model import Exchange, Hop, Record, Request

Clock = Callable[[], datetime]
Notice = Callable[[Hop], Awaitable[None]]


class Leaving(Record, frozen=True, kw_only=True):
    """One request about to leave (redirects too): it is journalled before it does."""

    request: Request
    hop: Hop


class Answered(Record, frozen=True, kw_only=True):
    """One exchange that ended, whatever its delivery, with the raw bytes received."""

    exchange: Exchange
    body: bytes


class Transport(Protocol):
    """What carries a request out and its answer back. One object serves many concurrent fetches of one event loop."""

    async def fetch(self, request: Request, *, seconds: float, leaving: Notice) -> Answered:
        """Carry out one exchange within ``seconds`` in all, and return it whatever became of it.

        ``leaving`` is awaited before each request line leaves, the first and every redirect; when it raises, nothing
        leaves and the error passes on. No failure of the network raises: it is a delivery. NotRecordedError is raised
        by a replay that holds no answer.
        """
        ...

    async def close(self) -> None:
        """Close what is open."""
        ...


class Ledger(Protocol):
    """Where queries and answers are kept. Called from one thread at a time, never from the event loop itself."""

    def write(self, entries: Sequence[Leaving | Answered]) -> tuple[str, ...]:
        """Keep entries in order, durably, in one transaction; return one name per entry (of evidence for answers).

        When it returns, a killed process or a lost mains no longer takes them away. Raise StoreError when they cannot
        be kept: then nothing more may leave.
        """
        ...
