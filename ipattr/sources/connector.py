"""Connections of the HTTPS transport: made to checked addresses only, and each request told where it went."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from ipattr.sources.guard import place_of

if TYPE_CHECKING:
    import ssl
    from asyncio.trsock import TransportSocket

    from aiohttp.connector import Connection
    from aiohttp.tracing import Trace
    from yarl import URL

    from ipattr.sources.course import Course
    from ipattr.sources.guard import CheckedNames

IDLE_SECONDS: Final = 30.0
"""How long an idle connection is kept for the next request."""
HANG_UP_SECONDS: Final = 0.5

Opened: TypeAlias = "dict[TransportSocket, asyncio.Future[None]]"
"""The connections that are not closed yet, each with the future that tells of its end."""


class Attempt:
    """One hop as its connection is made: aiohttp asks again by itself when a kept connection turns out to be dead."""

    def __init__(self, course: Course, url: URL, opened: Opened) -> None:
        """Belong to one hop of ``course``; ``opened`` are the connections that are not closed yet."""
        self.url = url
        self.connected = False
        self._opened = opened
        self._socket: TransportSocket | None = None
        self._closed: asyncio.Future[None] | None = None
        self._course = course

    async def leave(self) -> None:
        """Have the request journalled."""
        await self._course.leave(str(self.url), place_of(self.url.raw_host or "", self.url.port or 0))

    async def connecting(self) -> None:
        """Have the request journalled once more where this is the library's own second attempt."""
        if self.connected:
            await self.leave()

    @property
    def broken(self) -> bool:
        """Return whether the connection has ended in an error, which the end of an unannounced body does not show."""
        closed = self._closed
        return closed is not None and closed.done() and not closed.cancelled() and closed.exception() is not None

    def abandon(self) -> None:
        """End the connection, which cannot serve another request."""
        if self._socket is not None:
            hang_up(self._socket)

    def is_kept(self, connection: Connection) -> bool:
        """Return whether a connection has served before."""
        transport = connection.transport
        return transport is not None and transport.get_extra_info("socket") in self._opened

    def reached(self, connection: Connection) -> None:
        """Note the peer and its certificate."""
        self.connected = True
        transport, protocol = connection.transport, connection.protocol
        self._closed = protocol.closed if protocol is not None else None
        if transport is None or self._closed is None:
            return
        self._socket = transport.get_extra_info("socket")
        if self._socket is not None:
            self._opened[self._socket] = self._closed
            self._closed.add_done_callback(partial(_settle, self._opened, self._socket))
        peer = transport.get_extra_info("peername")
        secured: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        certificate = secured.getpeercert(binary_form=True) if secured is not None else None
        self._course.reached(place_of(str(peer[0]), int(peer[1])) if peer else "", certificate)


def hang_up(line: TransportSocket) -> None:
    """End a connection at once: TLS would wait half a minute for the farewell of a peer that may give none."""
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


async def hang_up_all(opened: Opened) -> None:
    """End every connection, and wait until the event loop has let go of them."""
    waiting = tuple(opened.values())
    for line in tuple(opened):
        hang_up(line)
    if waiting:
        await asyncio.wait(waiting, timeout=HANG_UP_SECONDS)


def _settle(opened: Opened, line: TransportSocket, closed: asyncio.Future[None]) -> None:
    """Forget a connection that is closed, and look at how it ended, or asyncio logs that nobody did."""
    opened.pop(line, None)
    if not closed.cancelled():
        closed.exception()


def connector(names: CheckedNames) -> Any:  # noqa: ANN401 - its class exists only here, where aiohttp is imported
    """Return a connector that reaches checked addresses only and tells each attempt where it went."""
    import ssl

    from aiohttp import ClientConnectionError, ClientRequest, ClientTimeout, TCPConnector
    from aiohttp.abc import AbstractResolver, ResolveResult

    class Resolver(AbstractResolver):
        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
        ) -> list[ResolveResult]:
            del family
            return [
                ResolveResult(
                    hostname=host,
                    host=address,
                    port=port,
                    family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                    proto=0,
                    flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
                )
                for address in names.checked(host, port)
            ]

        async def close(self) -> None:
            """Nothing is open."""

    class Connector(TCPConnector):
        async def connect(self, req: ClientRequest, traces: list[Trace], timeout: ClientTimeout) -> Connection:  # noqa: ASYNC109 - the library's own signature
            if self.closed:  # the library would connect once more for its second attempt, and only then notice
                message = "closed"
                raise ClientConnectionError(message)
            attempt = LEAVING.get()
            again = attempt.connected
            await attempt.connecting()
            connection = await super().connect(req, traces, timeout)
            while again and attempt.is_kept(connection):  # it asks twice only: other kept ones may be as dead
                connection.close()
                connection = await super().connect(req, traces, timeout)
            attempt.reached(connection)
            return connection

    trust = ssl.create_default_context()
    trust.keylog_filename = None  # type: ignore[assignment]  # SSLKEYLOGFILE: no secret of a session is written outside the case folder

    return Connector(
        resolver=Resolver(),
        ssl=trust,
        use_dns_cache=False,
        limit=0,
        keepalive_timeout=IDLE_SECONDS,
    )


LEAVING: ContextVar[Attempt] = ContextVar("LEAVING")
"""The attempt of the running task: what the connector reports to."""
