"""Real servers on loopback: TLS under a CA of our own, any misbehaviour byte by byte, an RDAP registry, a port-43 one.

Used by the tests, and run as a script by the benchmarks::

    python tests/servers.py rdap BLOCKS.json --latency 0.05 [--limit 10] [--plain] --ready FILE --log FILE
    python tests/servers.py whois ANSWERS.json --latency 0.05 --ready FILE --log FILE
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ipaddress
import json
import os
import signal
import socket
import ssl
import tempfile
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import trustme

if TYPE_CHECKING:
    from asyncio.trsock import TransportSocket
    from datetime import datetime
    from types import TracebackType
    from typing import Self

    import pytest

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Block = Mapping[str, Any]

LOOPBACK = ("127.0.0.1", "::1", "localhost")
WINDOW = 0.98
"""Seconds over which a limit counts: a hair under one, so that jitter does not refuse an even pace at the limit."""


class Authority:
    """A certificate authority of our own, and server contexts under it."""

    def __init__(self, folder: Path, *names: str) -> None:
        """Create the authority; its certificate lies in ``folder`` as ``path`` (PEM)."""
        self._authority = trustme.CA()
        self.path = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(self.path)
        self.context = self.issue(*LOOPBACK, *names)

    def issue(self, *names: str, until: datetime | None = None) -> ssl.SSLContext:
        """Return a server context whose certificate bears ``names`` and ends at ``until``."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(*names, not_after=until).configure_cert(context)
        return context

    def trust(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let default TLS contexts created from now on trust this authority."""
        monkeypatch.setenv("SSL_CERT_FILE", str(self.path))


class TcpServer:
    """A server on loopback in its own thread; ``handler`` gets every connection and may misbehave as it likes.

    ``connections`` counts those accepted, before any TLS handshake. A handler that raises anything but a connection
    error fails the ``with`` block at its end.
    """

    def __init__(
        self, handler: Handler, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        """Remember what to serve; nothing listens before the ``with`` block."""
        self.host = host
        self.port = port
        self.connections = 0
        self.failures: list[BaseException] = []
        self._handler = handler
        self._tls = tls
        self._ready = threading.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._lines: set[TransportSocket] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def place(self) -> str:
        """Return ``host:port`` as a request names it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def __enter__(self) -> Self:
        """Listen."""
        self._thread.start()
        if not self._ready.wait(10):
            message = "the test server did not start"
            raise RuntimeError(message)
        if self.failures:
            raise self.failures[0]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening, drop every connection, and raise what a handler raised."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        if error is None and self.failures:
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

        def accept() -> asyncio.StreamReaderProtocol:
            self.connections += 1
            reader = asyncio.StreamReader(limit=1 << 20)
            return asyncio.StreamReaderProtocol(reader, self._start)

        options: dict[str, Any] = {"ssl_handshake_timeout": 5.0, "ssl_shutdown_timeout": 0.5} if self._tls else {}
        server = await self._loop.create_server(
            accept, self.host, self.port, ssl=self._tls, backlog=512, reuse_address=True, **options
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer.transport.abort()
        for line in self._lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        await asyncio.sleep(0.02)  # handshakes under way see their end, too

    def _start(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._attend(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = writer.get_extra_info("socket")  # kept here: a TLS transport that was closed twice cannot be aborted
        self._writers.add(writer)
        self._lines.add(line)
        try:
            await self._handler(reader, writer)
        except (OSError, EOFError, asyncio.LimitOverrunError):
            pass  # the client went away
        except Exception as error:  # noqa: BLE001 - a fault of the handler belongs to the test
            self.failures.append(error)
        finally:
            if not writer.is_closing():
                writer.close()
            with contextlib.suppress(OSError, TimeoutError):
                await asyncio.wait_for(writer.wait_closed(), 1.0)
            self._writers.discard(writer)


def reset(writer: asyncio.StreamWriter) -> None:
    """End the connection with a TCP reset."""
    import struct

    plain = writer.get_extra_info("socket")
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@dataclass(frozen=True, kw_only=True)
class Canned:
    """One HTTP response given as it stands."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/rdap+json"

    def encoded(self) -> bytes:
        """Return the response as it goes over the wire."""
        lines = [
            f"HTTP/1.1 {self.status} Canned",
            f"Content-Type: {self.content_type}",
            f"Content-Length: {len(self.body)}",
            *(f"{name}: {value}" for name, value in self.headers.items()),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + self.body


class RdapServer(TcpServer):
    """An RDAP registry on loopback (RFC 9082, RFC 9083), HTTP/1.1 with keep-alive.

    ``ip/…`` answers the most specific of ``blocks`` that holds all of what was asked, else 404. A block bears
    ``first``, ``last`` and, as wanted, ``handle``, ``name``, ``org``, ``country``, ``type``, ``parent``, ``events`` (as
    in RFC 9083, or ``{action: date}``) and ``extra`` (members that replace any of the object). ``limit``: more requests
    than that within one second (sliding) are answered 429 with ``Retry-After: 1``. ``script``: path → answers given in
    order, the last for good. ``seen``: (monotonic time, path), ``refused``: 429s given. Paths have no leading slash.
    """

    def __init__(
        self,
        blocks: Sequence[Block] = (),
        *,
        authority: Authority | None,
        latency: float = 0.0,
        limit: int | None = None,
        script: Mapping[str, Sequence[Canned]] | None = None,
        host: str = "127.0.0.1",
        log: Callable[[str], None] | None = None,
    ) -> None:
        """Remember the blocks; without an authority the server speaks plain HTTP."""
        super().__init__(self._converse, tls=authority.context if authority else None, host=host)
        self.scheme = "https" if authority else "http"
        self.latency = latency
        self.limit = limit
        self.seen: list[tuple[float, str]] = []
        self.refused = 0
        self._accepted: deque[float] = deque()
        self._script = {path: deque(answers) for path, answers in (script or {}).items()}
        self._log = log
        self._blocks = sorted(
            ((int(_ip(b["first"])), int(_ip(b["last"])), _ip(b["first"]).version, b) for b in blocks),
            key=lambda row: row[1] - row[0],
        )

    @property
    def url(self) -> str:
        """Return the base URL, with its final slash."""
        return f"{self.scheme}://{self.place}/"

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                return
            path = head.split(b" ", 2)[1].decode("ascii").lstrip("/")
            now = time.monotonic()
            self.seen.append((now, path))
            if self._log:
                self._log(f"{now:.6f} {path}")
            answer = self._answer(path, now)
            if self.latency:
                await asyncio.sleep(self.latency)
            writer.write(answer.encoded())
            await writer.drain()
            if b"\r\nconnection: close" in head.lower():
                return

    def _answer(self, path: str, now: float) -> Canned:
        if self.limit is not None:
            while self._accepted and self._accepted[0] <= now - WINDOW:
                self._accepted.popleft()
            if len(self._accepted) >= self.limit:
                self.refused += 1
                return _refusal(429, "Too Many Requests", {"Retry-After": "1"})
            self._accepted.append(now)
        if path in self._script:
            answers = self._script[path]
            return answers.popleft() if len(answers) > 1 else answers[0]
        kind, _, subject = path.partition("/")
        if kind == "ip":
            with contextlib.suppress(ValueError):
                asked = ipaddress.ip_network(subject, strict=False)
                first, last = int(asked.network_address), int(asked.broadcast_address)
                for low, high, version, block in self._blocks:
                    if version == asked.version and low <= first and last <= high:
                        return Canned(body=json.dumps(network_object(block), ensure_ascii=False).encode())
        return _refusal(404, "Not Found", {})


class WhoisServer(TcpServer):
    """A port-43 server on loopback (RFC 3912): one line in, one text out, end of connection.

    ``answers`` turns the line (without CRLF) into the bytes given; ``seen``: (monotonic time, line).
    """

    def __init__(
        self,
        answers: Callable[[str], bytes],
        *,
        latency: float = 0.0,
        host: str = "127.0.0.1",
        log: Callable[[str], None] | None = None,
    ) -> None:
        """Remember the answers."""
        super().__init__(self._converse, host=host)
        self.latency = latency
        self.seen: list[tuple[float, str]] = []
        self._answers = answers
        self._log = log

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = (await reader.readline()).rstrip(b"\r\n").decode("utf-8", "replace")
        now = time.monotonic()
        self.seen.append((now, line))
        if self._log:
            self._log(f"{now:.6f} {line}")
        if self.latency:
            await asyncio.sleep(self.latency)
        writer.write(self._answers(line))
        await writer.drain()


def network_object(block: Block) -> dict[str, Any]:
    """Return the RDAP object (RFC 9083 section 5.4) of one block."""
    first, last = _ip(block["first"]), _ip(block["last"])
    events = block.get("events", ())
    if isinstance(events, Mapping):
        events = [{"eventAction": action, "eventDate": date} for action, date in events.items()]
    found: dict[str, Any] = {
        "rdapConformance": ["rdap_level_0", "cidr0"],
        "objectClassName": "ip network",
        "handle": block.get("handle", f"{first} - {last}"),
        "startAddress": str(first),
        "endAddress": str(last),
        "ipVersion": f"v{first.version}",
        "name": block.get("name", "TEST-NET"),
        "type": block.get("type", "ASSIGNED NON-PORTABLE"),
        "country": block.get("country", "JP"),
        "status": ["active"],
        "events": list(events),
        "entities": [_entity(block)] if block.get("org") else [],
        "cidr0_cidrs": [
            {f"v{n.version}prefix": str(n.network_address), "length": n.prefixlen}
            for n in ipaddress.summarize_address_range(first, last)
        ],
    }
    if block.get("parent"):
        found["parentHandle"] = block["parent"]
    return found | dict(block.get("extra", {}))


def _entity(block: Block) -> dict[str, Any]:
    return {
        "objectClassName": "entity",
        "handle": block.get("org_handle", "ORG-TEST"),
        "roles": ["registrant"],
        "vcardArray": ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", block["org"]]]],
    }


def _refusal(code: int, title: str, headers: Mapping[str, str]) -> Canned:
    body = json.dumps({"rdapConformance": ["rdap_level_0"], "errorCode": code, "title": title, "description": [title]})
    return Canned(status=code, body=body.encode(), headers=headers)


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(text)


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until a signal comes; port and CA path stand in the ready file as JSON once it listens."""
    parser = argparse.ArgumentParser(description="A registry on loopback, for benchmarks.")
    parser.add_argument("kind", choices=["rdap", "whois"])
    parser.add_argument("content", type=Path, help="rdap: JSON list of blocks; whois: JSON object line → text")
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--plain", action="store_true", help="HTTP instead of HTTPS")
    parser.add_argument("--ready", type=Path, required=True)
    parser.add_argument("--log", type=Path, required=True)
    options = parser.parse_args(arguments)
    content = json.loads(options.content.read_text("utf-8"))
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with tempfile.TemporaryDirectory() as folder, options.log.open("a", encoding="utf-8", buffering=1) as journal:
        authority = None if options.plain or options.kind == "whois" else Authority(Path(folder))

        def log(line: str) -> None:
            journal.write(line + "\n")

        server: TcpServer
        if options.kind == "rdap":
            server = RdapServer(content, authority=authority, latency=options.latency, limit=options.limit, log=log)
        else:
            server = WhoisServer(
                lambda line: content.get(line, "% No match\n").encode(), latency=options.latency, log=log
            )
        with server:
            ready = {"port": server.port, "ca": str(authority.path) if authority else "", "pid": os.getpid()}
            written = options.ready.with_suffix(".part")
            written.write_text(json.dumps(ready), "utf-8")
            written.replace(options.ready)
            stop.wait()


if __name__ == "__main__":
    main()
