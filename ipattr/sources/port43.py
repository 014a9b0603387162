"""WHOIS (RFC 3912): one line out, one text back until the server closes, under one deadline."""

from __future__ import annotations

import asyncio
import contextlib
import re
from typing import TYPE_CHECKING, Final

from ipattr.sources import failures
from ipattr.sources.course import Course
from ipattr.sources.guard import CheckedNames, LookUp, WithheldError, look_up, place_of, split_place

if TYPE_CHECKING:
    from ipattr.model import Request
    from ipattr.sources.failures import Failure
    from ipattr.sources.interface import Answered, Clock, Notice

CHUNK: Final = 64 << 10
NEXT_ADDRESS_SECONDS: Final = 5.0
"""How long one of several addresses of a host may take to accept a connection before the next is tried."""

_LINE: Final = re.compile(r"[ -~]+\Z")


class Port43:
    """A transport for WHOIS. Keeps nothing open between fetches; serves one event loop."""

    def __init__(self, *, clock: Clock, tool_version: str, lookup: LookUp = look_up) -> None:
        """Remember by which clock to date, which version to name, and how to resolve names."""
        self._clock = clock
        self._tool_version = tool_version
        self._names = CheckedNames(lookup)

    async def fetch(self, request: Request, *, seconds: float, leaving: Notice) -> Answered:
        """Carry out one exchange; see :class:`ipattr.sources.interface.Transport`."""
        course = Course(request, clock=self._clock, leaving=leaving, tool_version=self._tool_version)
        return await course.carry(self._ask(course), seconds=seconds)

    async def close(self) -> None:
        """Nothing is open."""

    async def _ask(self, course: Course) -> Failure | None:
        request = course.request
        if not _LINE.match(request.payload):
            return "withheld", failures.BAD_LINE
        try:
            host, port = split_place(request.endpoint)
            addresses = await self._names.addresses(host, port, allowed=request.allowed)
        except ValueError:
            return "withheld", failures.BAD_URL
        except WithheldError as error:
            return "withheld", error.reason
        except OSError as error:
            return failures.failure(error, begun=False)
        await course.leave(request.payload, place_of(host, port))
        try:
            reader, writer = await _connect(addresses, port)
        except OSError as error:
            self._names.forget(host, port)
            return failures.failure(error, begun=False)
        try:
            return await _converse(course, reader, writer)
        finally:
            writer.transport.abort()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


async def _connect(addresses: tuple[str, ...], port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to the first of the checked addresses that accepts; raise the last one's OSError when none does."""
    *others, last = addresses
    for address in others:
        with contextlib.suppress(OSError):
            async with asyncio.timeout(NEXT_ADDRESS_SECONDS):
                return await asyncio.open_connection(address, port, limit=CHUNK)
    return await asyncio.open_connection(last, port, limit=CHUNK)


async def _converse(course: Course, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Failure | None:
    peer = writer.get_extra_info("peername")
    course.reached(place_of(str(peer[0]), int(peer[1])) if peer else "", None)
    try:
        writer.write(course.request.payload.encode("ascii") + b"\r\n")
        await writer.drain()
        while chunk := await reader.read(CHUNK):
            if not course.take(chunk):
                return failures.oversized(course.request.limit)
    except OSError as error:
        return failures.failure(error, begun=bool(course.body))
    return None
