"""Name servers of our own for what no real one does: silence, broken truncation, any bytes at all, and a delay.

The delay runs as a script, too, for the benchmarks; the ready file gets ``{"port": …, "pid": …}`` as JSON::

    python tests/dns_oddities.py 127.0.0.1:5353 --seconds 0.05 --ready FILE [--log FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import dns.flags
import dns.message
import dns.rcode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

Carrier = Literal["udp", "tcp"]
Answer = Callable[[bytes, Carrier], Awaitable[bytes | None]]
STARTS = 20


class Oddity:
    """A name server on 127.0.0.1, UDP and TCP on one port, in a thread of its own.

    ``answer`` gets a message and how it came, and gives the bytes to send, ``b""`` to close the TCP connection (nothing
    over UDP), or None for silence. ``seen`` are (monotonic time, carrier, message) as they came.
    """

    def __init__(self, answer: Answer, *, log: Callable[[str], None] | None = None) -> None:
        """Remember what to say; nothing listens before the ``with`` block."""
        self.port = 0
        self.seen: list[tuple[float, Carrier, bytes]] = []
        self.failures: list[BaseException] = []
        self._answer = answer
        self._log = log
        self._ready = threading.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        if not self._ready.wait(10):
            message = "the name server did not start"
            raise RuntimeError(message)
        if self.failures:
            raise self.failures[0]
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Stop listening, drop every connection, and raise what ``answer`` raised."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        if kind is None and self.failures:
            raise self.failures[0]

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            self.failures.append(error)
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        stream, datagrams = bound_pair()
        self.port = int(stream.getsockname()[1])
        transport, _ = await self._loop.create_datagram_endpoint(lambda: _Datagrams(self._datagram), sock=datagrams)
        server = await asyncio.start_server(self._connected, sock=stream, backlog=512)
        self._ready.set()
        await self._stop.wait()
        server.close()
        transport.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _keep(self, task: asyncio.Task[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _datagram(self, transport: asyncio.DatagramTransport, message: bytes, source: tuple[str, int]) -> None:
        async def attend() -> None:
            said = await self._say(message, "udp")
            if said and not transport.is_closing():
                transport.sendto(said, source)

        self._keep(self._loop.create_task(attend()))

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._keep(task)
        try:
            await self._converse(reader, writer)
        except (OSError, EOFError, asyncio.CancelledError):
            pass  # the client went away, or the test is over
        finally:
            writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            size = int.from_bytes(await reader.readexactly(2), "big")
            said = await self._say(await reader.readexactly(size), "tcp")
            if said == b"":
                writer.close()
                await writer.wait_closed()
                return
            if said:
                writer.write(len(said).to_bytes(2, "big") + said)
                await writer.drain()

    async def _say(self, message: bytes, carrier: Carrier) -> bytes | None:
        self.seen.append((time.monotonic(), carrier, message))
        if self._log:
            self._log(f"{self.seen[-1][0]:.6f} {carrier}")
        try:
            return await self._answer(message, carrier)
        except Exception as error:  # noqa: BLE001 - a fault of the answer belongs to the test
            self.failures.append(error)
            return None


class Delay(Oddity):
    """A name server that asks the one at ``address:port`` and gives its answer ``seconds`` after the question came."""

    def __init__(
        self, place: str, *, seconds: float, patience: float = 5.0, log: Callable[[str], None] | None = None
    ) -> None:
        """Remember whom to ask; after ``patience`` seconds without an answer the question is dropped."""
        super().__init__(self._relay, log=log)
        host, _, port = place.rpartition(":")
        self._place = (host, int(port))
        self._seconds = seconds
        self._patience = patience

    async def _relay(self, message: bytes, carrier: Carrier) -> bytes | None:
        due = time.monotonic() + self._seconds
        exchange = self._over_udp if carrier == "udp" else self._over_tcp
        try:
            said = await asyncio.wait_for(exchange(message), self._patience)
        except (OSError, EOFError, TimeoutError):
            return None
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        return said

    async def _over_udp(self, message: bytes) -> bytes:
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.setblocking(False)  # noqa: FBT003 - the socket's own signature
            await loop.sock_connect(line, self._place)
            await loop.sock_sendall(line, message)
            return await loop.sock_recv(line, 65535)

    async def _over_tcp(self, message: bytes) -> bytes:
        reader, writer = await asyncio.open_connection(*self._place)
        try:
            writer.write(len(message).to_bytes(2, "big") + message)
            size = int.from_bytes(await reader.readexactly(2), "big")
            return await reader.readexactly(size)
        finally:
            writer.transport.abort()


class _Datagrams(asyncio.DatagramProtocol):
    """Hands every datagram on."""

    def __init__(self, came: Callable[[asyncio.DatagramTransport, bytes, tuple[str, int]], None]) -> None:
        self._came = came
        self._transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._came(self._transport, data, addr)


async def silence(_message: bytes, _carrier: Carrier) -> None:
    """Say nothing, over UDP or TCP."""


async def cut_short(message: bytes, carrier: Carrier) -> bytes:
    """Set TC over UDP and close the connection over TCP: no whole answer can be had."""
    if carrier == "tcp":
        return b""
    said = dns.message.make_response(dns.message.from_wire(message))
    said.flags |= dns.flags.TC
    return said.to_wire()


def with_rcode(rcode: dns.rcode.Rcode) -> Answer:
    """Return an answer with this code and no record."""

    async def answer(message: bytes, _carrier: Carrier) -> bytes:
        said = dns.message.make_response(dns.message.from_wire(message))
        said.set_rcode(rcode)
        return said.to_wire()

    return answer


async def garble(message: bytes, _carrier: Carrier) -> bytes:
    """Answer with the right id and question, and then with bytes that are no record."""
    question = dns.message.make_response(dns.message.from_wire(message)).to_wire()
    end = len(dns.message.from_wire(message).question[0].name.to_wire() or b"") + 16
    return question[:6] + b"\x00\x07\x00\x00\x00\x00" + question[12:end] + b"\xff\xff\xc0"


def bound_pair() -> tuple[socket.socket, socket.socket]:
    """Return a TCP and a UDP socket bound to one port of 127.0.0.1, below those of outgoing connections."""
    chance = random.SystemRandom()
    for _ in range(STARTS):
        port = chance.randint(20000, 32000)
        stream = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            stream.bind(("127.0.0.1", port))
            datagrams.bind(("127.0.0.1", port))
        except OSError:
            stream.close()
            datagrams.close()
        else:
            return stream, datagrams
    message = "no port of 127.0.0.1 is free"
    raise RuntimeError(message)


def main(arguments: Sequence[str] | None = None) -> None:
    """Delay a name server until a signal comes."""
    parser = argparse.ArgumentParser(description="A name server on loopback that delays another, for benchmarks.")
    parser.add_argument("place", help="address:port of the server delayed")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--ready", type=Path, required=True)
    parser.add_argument("--log", type=Path, default=Path(os.devnull))
    options = parser.parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with options.log.open("a", encoding="utf-8", buffering=1) as journal:

        def log(line: str) -> None:
            journal.write(line + "\n")

        with contextlib.ExitStack() as stack:
            delay = stack.enter_context(Delay(options.place, seconds=options.seconds, log=log))
            written = options.ready.with_suffix(".part")
            written.write_text(json.dumps({"port": delay.port, "pid": os.getpid()}), "utf-8")
            written.replace(options.ready)
            stop.wait()


if __name__ == "__main__":
    main()
