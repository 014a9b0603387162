"""DNS messages over sockets (RFC 1035, RFC 7766, RFC 7858): one query out, one answer back, as received.

None of these knows a deadline: whoever calls sets one around them.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from typing import TYPE_CHECKING, Final, NamedTuple

from ipattr.model import Text
from ipattr.sources import failures
from ipattr.sources.guard import place_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ipattr.sources.course import Course
    from ipattr.sources.failures import Failure

NEXT_ADDRESS_SECONDS: Final = 2.0
"""How long one of several addresses of a server may take to accept a connection before the next is tried."""


class Query(NamedTuple):
    """One message to be sent, and the words in which a journal says that it leaves."""

    wire: bytes
    words: str


class Server(NamedTuple):
    """Whom to ask: the ``host:port`` named, the checked addresses, and for TLS the trust and the name to be proved."""

    place: str
    addresses: tuple[str, ...]
    port: int
    trust: ssl.SSLContext | None = None
    server_name: str | None = None


def at_address(address: str, port: int) -> Server:
    """Return the server at one address, without TLS."""
    return Server(place_of(address, port), (address,), port)


async def over_udp(course: Course, query: Query, server: Server, accept: Callable[[bytes], bool]) -> bytes:
    """Have the query journalled, send it in one datagram, and return the first answer that is accepted.

    What comes from elsewhere is dropped by the system (the socket is connected), what is not accepted is passed over:
    a spoofer must not end the wait. Waits for ever; OSError when the system says that nobody is there.
    """
    await course.leave(query.words, server.place)
    loop = asyncio.get_running_loop()
    where = server.addresses[0], server.port
    transport, protocol = await loop.create_datagram_endpoint(lambda: _Awaited(loop, accept), remote_addr=where)
    try:
        transport.sendto(query.wire)
        answer = await protocol.answer
    finally:
        transport.abort()
    course.reached(place_of(*where), None)
    return answer


class _Awaited(asyncio.DatagramProtocol):
    """The one datagram that is waited for."""

    def __init__(self, loop: asyncio.AbstractEventLoop, accept: Callable[[bytes], bool]) -> None:
        self.answer: asyncio.Future[bytes] = loop.create_future()
        self._accept = accept

    def datagram_received(self, data: bytes, addr: object) -> None:
        del addr  # a connected socket receives from its one peer only
        if not self.answer.done() and self._accept(data):
            self.answer.set_result(data)

    def error_received(self, exc: Exception) -> None:
        if not self.answer.done():
            self.answer.set_exception(exc)


async def over_stream(course: Course, query: Query, server: Server) -> bytes:
    """Have the query journalled, connect to the first address that accepts, and return the message that comes back.

    One connection for one query. With ``trust`` it is TLS, and the certificate must bear the server's name. OSError (a
    failed handshake too) when there is no connection, IncompleteReadError when it ends before the whole message, whose
    length is announced (RFC 1035 section 4.2.2).
    """
    await course.leave(query.words, server.place)
    reader, writer = await _connect(course, server)
    try:
        writer.write(len(query.wire).to_bytes(2, "big") + query.wire)
        await writer.drain()
        return await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))
    finally:
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _connect(course: Course, server: Server) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect to the first address that accepts; one whose TLS fails is the answer, and no other is tried then."""
    *others, last = server.addresses
    for address in (*others, last):
        try:
            async with asyncio.timeout(None if address == last else NEXT_ADDRESS_SECONDS):
                reader, writer = await asyncio.open_connection(
                    address, server.port, ssl=server.trust, server_hostname=server.server_name
                )
        except ssl.SSLError:
            course.reached(place_of(address, server.port), None)
            raise
        except OSError:
            if address == last:
                raise
            continue
        course.reached(place_of(address, server.port), certificate_of(writer.get_extra_info("ssl_object")))
        return reader, writer
    raise AssertionError  # pragma: no cover - the last address returns or raises


def certificate_of(secured: ssl.SSLObject | None) -> bytes | None:
    """Return the certificate (DER) of the peer of a TLS connection; None of any other."""
    return secured.getpeercert(binary_form=True) if secured is not None else None


def trusting(roots: Path | None, *protocols: str) -> ssl.SSLContext:
    """Return a TLS context that trusts the system's authorities and those in ``roots`` (PEM), offering ``protocols``.

    OSError (``ssl.SSLError`` is one) when ``roots`` cannot be read. Made from nothing, so that SSLKEYLOGFILE is not
    looked at: no secret of a session is written anywhere.
    """
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # certificate and host name are checked
    trust.minimum_version = ssl.TLSVersion.TLSv1_2
    trust.load_default_certs()
    if roots is not None:
        trust.load_verify_locations(roots)
    trust.set_alpn_protocols(list(protocols))
    return trust


def cut_off(error: asyncio.IncompleteReadError) -> Failure:
    """Return what it means that a connection ended before the whole message had arrived."""
    nothing = not error.partial and error.expected == 2  # noqa: PLR2004 - not even the length came
    return ("unreachable", failures.DISCONNECTED) if nothing else ("truncated", CUT_OFF)


CUT_OFF = Text(ja="メッセージの途中で接続が切れた。", en="The connection ended before the end of the message.")
GIVEN_UP = Text(
    ja="このリゾルバーには途中から問い合わせなくなったので、続きの問い合わせを送らなかった。",
    en="This resolver was given up meanwhile, so the message that was to follow was not sent.",
)
