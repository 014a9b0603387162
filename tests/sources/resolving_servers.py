"""Name servers of our own on loopback, well-behaved or not: UDP, TCP, TLS and HTTP/2, byte by byte as a test wants."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Any, Self

import dns.flags
import dns.message
import dns.rrset
from carrying import ignore, now
from servers import TcpServer

from ipattr.model import DnsProbe, Resolution
from ipattr.sources.resolving.messages import reread
from ipattr.sources.resolving.spec import parse_resolver
from ipattr.sources.resolving.transports import Resolving

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Iterable
    from pathlib import Path

    from servers import Handler

    from ipattr.sources.guard import LookUp
    from ipattr.sources.interface import Notice

HOST = "www.platform.example"
PROBE = DnsProbe(platform="x", host=HOST, rrtype="A")
ADDRESS = "192.0.2.80"
MEDIA_TYPE = "application/dns-message"


def answer_to(query: bytes, address: str = ADDRESS, *, truncated: bool = False) -> bytes:
    """Return a response with one address."""
    asked = dns.message.from_wire(query)
    message = dns.message.make_response(asked)
    if truncated:
        message.flags |= dns.flags.TC
    else:
        message.answer.append(dns.rrset.from_text(asked.question[0].name, 60, "IN", "A", address))
    return message.to_wire()


def answer_about(query: bytes, other: str) -> bytes:
    """Return a response with the id of the query, about another name."""
    return query[:2] + answer_to(dns.message.make_query(other, "A").to_wire(), "192.0.2.66")[2:]


class Datagrams:
    """A UDP server that answers each query with the datagrams that ``answers`` gives; ``seen`` are the queries."""

    def __init__(self, answers: Callable[[bytes], Iterable[bytes]], *, port: int = 0, elsewhere: bool = False) -> None:
        """Bind a port; ``elsewhere``: the first datagram of each answer comes from another port."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", port))
        self._socket.settimeout(0.05)
        self._answers = answers
        self._elsewhere = elsewhere
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.seen: list[bytes] = []
        self.place = f"127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._stopped.set()
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            while not self._stopped.is_set():
                try:
                    query, peer = self._socket.recvfrom(4096)
                except TimeoutError:
                    continue
                self.seen.append(query)
                for number, one in enumerate(self._answers(query)):
                    (other if self._elsewhere and not number else self._socket).sendto(one, peer)


def truncating(port: int) -> Datagrams:
    """Return a UDP server whose answers never fit, beside a TCP server on that port."""
    return Datagrams(lambda query: [answer_to(query, truncated=True)], port=port)


async def read_query(reader: asyncio.StreamReader) -> bytes:
    """Return the next query of a stream."""
    return await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))


def framed(answers: Callable[[bytes], bytes], *, seconds: float = 0.0) -> Handler:
    """Return a handler that answers every query of a stream with one message."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            query = await read_query(reader)
            await asyncio.sleep(seconds)
            message = answers(query)
            writer.write(len(message).to_bytes(2, "big") + message)
            await writer.drain()

    return converse


def raw(reply: Callable[[bytes], bytes]) -> Handler:
    """Return a handler that reads one query, writes some bytes and closes."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(reply(await read_query(reader)))
        await writer.drain()

    return converse


async def silence(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Take what comes, and say nothing."""
    while await reader.read(4096):
        pass


Reply = tuple[int, str, bytes]


class H2Server(TcpServer):
    """An HTTP/2 server; ``reply`` gives status, media type and body for the body of each POST.

    ``posts``: (headers, body) of every request. ``last``: it says goodbye (GOAWAY) and closes after so many requests of
    a connection.
    """

    def __init__(
        self, reply: Callable[[bytes], Awaitable[Reply] | Reply], *, tls: ssl.SSLContext, last: int | None = None
    ) -> None:
        """Remember how to reply."""
        tls.set_alpn_protocols(["h2"])
        super().__init__(self._converse, tls=tls)
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self._reply = reply
        self._last = last

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        import h2.config
        import h2.connection
        import h2.events

        line = h2.connection.H2Connection(config=h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
        line.initiate_connection()
        writer.write(line.data_to_send())
        heads: dict[int, dict[str, str]] = {}
        bodies: dict[int, bytes] = {}
        tasks: set[asyncio.Task[None]] = set()
        try:
            while data := await reader.read(65536):
                for event in line.receive_data(data):
                    if isinstance(event, h2.events.RequestReceived):
                        heads[event.stream_id] = {str(name): str(value) for name, value in event.headers}
                        bodies[event.stream_id] = b""
                    elif isinstance(event, h2.events.DataReceived):
                        bodies[event.stream_id] += event.data
                    elif isinstance(event, h2.events.StreamEnded):
                        self.posts.append((heads[event.stream_id], bodies[event.stream_id]))
                        task = asyncio.ensure_future(self._answer(line, writer, event.stream_id, self.posts[-1][1]))
                        tasks.add(task)
                writer.write(line.data_to_send())
                await writer.drain()
                if self._last is not None and len(tasks) >= self._last:
                    await asyncio.gather(*tasks)
                    await asyncio.sleep(0.1)  # the answers have been read
                    line.close_connection()
                    writer.write(line.data_to_send())
                    return
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _answer(self, line: Any, writer: asyncio.StreamWriter, stream: int, query: bytes) -> None:  # noqa: ANN401
        given = self._reply(query)
        status, media_type, body = given if isinstance(given, tuple) else await given
        headers = [(":status", str(status)), ("content-type", media_type), ("set-cookie", "followed=1")]
        if status in {301, 302}:
            headers.append(("location", "/elsewhere"))
        line.send_headers(stream, headers)
        while body:
            size = min(line.local_flow_control_window(stream), line.max_outbound_frame_size, len(body))
            if size:
                line.send_data(stream, body[:size])
                body = body[size:]
                writer.write(line.data_to_send())
                await writer.drain()
            await asyncio.sleep(0)
        line.send_data(stream, b"", end_stream=True)
        writer.write(line.data_to_send())


def told(query: bytes) -> Reply:
    """Reply as a DoH server does."""
    return 200, MEDIA_TYPE, answer_to(query)


def resolving(*, roots: Path | None = None, lookup: LookUp | None = None) -> Resolving:
    """Return what asks, under the clock of the machine."""
    return Resolving(now, "0", roots=roots, **({"lookup": lookup} if lookup else {}))


async def ask_all(
    one: Resolving,
    *spelled: str,
    probe: DnsProbe = PROBE,
    seconds: float = 5.0,
    leaving: Notice = ignore,
    together: bool = False,
) -> list[Resolution]:
    """Ask resolvers one after the other or together, close, and see to it that every answer reads the same again."""
    waiting = [
        one.ask(probe, parse_resolver(text), seconds=seconds, leaving=leaving, vantage="Tokyo") for text in spelled
    ]
    try:
        found = list(await asyncio.gather(*waiting)) if together else [await each for each in waiting]
    finally:
        for each in waiting:
            with contextlib.suppress(RuntimeError):
                each.close()
        await one.close()
    assert [reread(each) for each in found] == found
    return found


def ask(
    spelled: str,
    *,
    roots: Path | None = None,
    lookup: LookUp | None = None,
    probe: DnsProbe = PROBE,
    seconds: float = 5.0,
    leaving: Notice = ignore,
) -> Resolution:
    """Ask one resolver once."""
    return asyncio.run(
        ask_all(resolving(roots=roots, lookup=lookup), spelled, probe=probe, seconds=seconds, leaving=leaving)
    )[0]


def free_port() -> int:
    """Return a port of loopback where nobody listens."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
