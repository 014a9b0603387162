"""The animals of the zoo: servers that misbehave in one way each, and what an exchange with them must come to."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import itertools
import json
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from servers import Canned, network_object, reset

if TYPE_CHECKING:
    from ipattr.model import Delivery, ReplyStatus

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter
Behaviour = Callable[[Reader, Writer], Awaitable[None]]
Door = Literal["https", "tcp", "whois"]
"""Where an animal lives: behind TLS once the request was read, on the bare port before TLS, or on port 43."""

ASKED: Final = "203.0.113.5"
FOREVER: Final = 30.0
GOOD: Final = json.dumps(
    network_object({"first": "203.0.113.0", "last": "203.0.113.255", "handle": "GOOD", "org": "Example K.K."})
).encode()


@dataclass(frozen=True, kw_only=True)
class Animal:
    """One misbehaviour and what must become of an exchange with it; ``status`` is what a reader says of it."""

    name: str
    door: Door
    behave: Behaviour
    delivery: Delivery
    status: ReplyStatus
    big: bool = False


def said(*chunks: bytes, pause: float = 0.0, then: float = 0.0) -> Behaviour:
    """Send chunks, with a pause after each, then wait."""

    async def behave(_reader: Reader, writer: Writer) -> None:
        for chunk in chunks:
            writer.write(chunk)
            await writer.drain()
            if pause:
                await asyncio.sleep(pause)
        if then:
            await asyncio.sleep(then)

    return behave


def endless(head: bytes, chunk: bytes, pause: float = 0.0) -> Behaviour:
    """Send a head, then the same chunk as long as anybody reads."""

    async def behave(_reader: Reader, writer: Writer) -> None:
        writer.write(head)
        while not writer.is_closing():
            writer.write(chunk)
            await writer.drain()
            await asyncio.sleep(pause)

    return behave


def drip(head: bytes, body: bytes) -> Behaviour:
    """Send a head at once and then one byte per 0.3 s: no single read ever times out."""
    return said(head + body[:1], *(bytes([byte]) for byte in body[1:]), pause=0.3)


def cut(*chunks: bytes) -> Behaviour:
    """Send chunks and end the connection with a reset."""

    async def behave(_reader: Reader, writer: Writer) -> None:
        for chunk in chunks:
            writer.write(chunk)
            await writer.drain()
            await asyncio.sleep(0.1)
        reset(writer)

    return behave


def canned(
    status: int = 200, body: bytes = GOOD, *, content_type: str = "application/rdap+json", **headers: str
) -> Behaviour:
    """Send one well-framed HTTP response; ``_`` in a header's name stands for ``-``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return said(Canned(status=status, body=body, headers=named, content_type=content_type).encoded())


def to(location: str, status: int = 302) -> Behaviour:
    """Redirect to a place, as it stands."""
    return said(f"HTTP/1.1 {status} Elsewhere\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode())


def bomb(megabytes: int) -> bytes:
    """Return a gzip stream of so many MiB of zeros: flushed blocks are equal, so it costs one of them to make."""
    pack = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = bytes(1 << 20)
    pack.compress(block)
    first = pack.flush(zlib.Z_FULL_FLUSH)
    packed = pack.compress(block) + pack.flush(zlib.Z_FULL_FLUSH)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + (first if len(first) > 2 else b"") + packed * megabytes + pack.flush()


async def _never(reader: Reader, _writer: Writer) -> None:
    with contextlib.suppress(OSError):
        await reader.read()


async def _gone(_reader: Reader, writer: Writer) -> None:
    writer.close()


async def _reset(_reader: Reader, writer: Writer) -> None:
    reset(writer)


OK: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/rdap+json\r\n"
CHUNKED: Final = OK + b"Transfer-Encoding: chunked\r\n\r\n"
DEEP: Final = b"[" * 100_000 + b"]" * 100_000
STRANGE: Final = (
    b'{"objectClassName":"ip network","startAddress":"203.0.113.0","startAddress":"198.51.100.0",'
    b'"n":NaN,"huge":' + b"9" * 5000 + b',"lone":"\\ud800"}'
)
OTHER_RANGE: Final = json.dumps(network_object({"first": "198.51.100.0", "last": "198.51.100.255"})).encode()


def length(count: int) -> bytes:
    """Return a head that announces so many bytes."""
    return OK + f"Content-Length: {count}\r\n\r\n".encode()


def chunk(content: bytes) -> bytes:
    """Return one chunk of a chunked body."""
    return f"{len(content):x}\r\n".encode() + content + b"\r\n"


def _https(name: str, behave: Behaviour, delivery: Delivery, status: ReplyStatus, *, big: bool = False) -> Animal:
    return Animal(name=name, door="https", behave=behave, delivery=delivery, status=status, big=big)


def _tcp(name: str, behave: Behaviour, delivery: Delivery, status: ReplyStatus) -> Animal:
    return Animal(name=name, door="tcp", behave=behave, delivery=delivery, status=status)


def _whois(name: str, behave: Behaviour, delivery: Delivery, status: ReplyStatus, *, big: bool = False) -> Animal:
    return Animal(name=name, door="whois", behave=behave, delivery=delivery, status=status, big=big)


def animals(*, own: str, friend: str, trap: int) -> tuple[Animal, ...]:
    """Return the zoo. ``own`` and ``friend`` are the allowed ``host:port``, ``trap`` the port nobody may connect to."""
    return (
        _https("answers as it should", canned(), "complete", "found"),
        # silence and slowness
        _tcp("accepts and never shakes hands", _never, "timed-out", "timed-out"),
        _https("takes the request and never answers", _never, "timed-out", "timed-out"),
        _https("drips its headers", drip(b"", OK), "timed-out", "timed-out"),
        _https("drips its body", drip(length(len(GOOD)), GOOD), "timed-out", "timed-out"),
        _https("drips its chunks", drip(CHUNKED, chunk(GOOD)), "timed-out", "timed-out"),
        _https("sends headers without end", endless(OK, b"X-More: yes\r\n" * 500), "garbled", "malformed"),
        _https("sends one header without end", endless(OK + b"X: ", b"a" * 65536), "garbled", "malformed", big=True),
        _https(
            "says 100 Continue without end",
            endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 50, 0.005),
            "timed-out",
            "timed-out",
        ),
        # size
        _https(
            "sends 100 MB as announced", endless(length(100 << 20), bytes(65536)), "oversized", "oversized", big=True
        ),
        _https("sends chunks without end", endless(CHUNKED, chunk(b" " * 65536)), "oversized", "oversized", big=True),
        _https(
            "sends one chunk without end",
            endless(CHUNKED + b"fffffffffff\r\n", bytes(65536)),
            "oversized",
            "oversized",
            big=True,
        ),
        _https("sends without length or end", endless(OK + b"\r\n", bytes(65536)), "oversized", "oversized", big=True),
        _https(
            "sends a gzip bomb of 1 GB",
            canned(body=bomb(1024), Content_Encoding="gzip"),
            "complete",
            "oversized",
            big=True,
        ),
        _https(
            "sends a gzip bomb in a gzip bomb",
            canned(body=gzip.compress(bomb(1024)), Content_Encoding="gzip, gzip"),
            "complete",
            "oversized",
            big=True,
        ),
        _https(
            "sends gzip though identity was asked",
            canned(body=gzip.compress(GOOD), Content_Encoding="gzip"),
            "complete",
            "found",
        ),
        _https("says gzip and sends none", canned(Content_Encoding="gzip"), "complete", "malformed"),
        _https("says an encoding nobody knows", canned(Content_Encoding="x-rot13"), "complete", "malformed"),
        # cut
        _https("closes before its announced length", said(length(len(GOOD)), GOOD[:50]), "truncated", "truncated"),
        _https("closes within its chunks", said(CHUNKED, chunk(GOOD[:50])), "truncated", "truncated"),
        _https("closes within its headers", said(OK + b"Content-Le"), "truncated", "truncated"),
        _https("resets within its body", cut(length(len(GOOD)), GOOD[:50]), "truncated", "truncated"),
        _https("resets within an unannounced body", cut(OK + b"\r\n", GOOD[:50]), "truncated", "truncated"),
        _https("resets before it answers", _reset, "unreachable", "unreachable"),
        _https("closes before it answers", _gone, "unreachable", "unreachable"),
        _https("closes an unannounced body that is whole", said(OK + b"\r\n", GOOD), "complete", "found"),
        _https("closes an unannounced body that is not", said(OK + b"\r\n", GOOD[:50]), "complete", "truncated"),
        # not HTTP
        _https("sends garbage", said(b"\x00\xff\x1b[2J garbage\r\n\r\n" * 20), "garbled", "malformed"),
        _https("speaks HTTP/0.9", said(GOOD), "garbled", "malformed"),
        _https("sends another protocol's greeting", said(b"220 mail.example ESMTP\r\n"), "garbled", "malformed"),
        _https("announces a negative length", said(OK + b"Content-Length: -5\r\n\r\n", GOOD), "garbled", "malformed"),
        _https(
            "announces two lengths",
            said(OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n", GOOD),
            "garbled",
            "malformed",
        ),
        _https("sends a chunk size that is none", said(CHUNKED, b"zz\r\nabc\r\n"), "garbled", "malformed"),
        _https(
            "switches protocols",
            said(b"HTTP/1.1 101 Go\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nxyz"),
            "garbled",
            "malformed",
        ),
        # HTTP, but no RDAP
        _https("answers about another range", canned(body=OTHER_RANGE), "complete", "wrong-range"),
        _https(
            "sends a page",
            canned(body=b"<!DOCTYPE html><title>Hello</title>", content_type="text/html"),
            "complete",
            "wrong-type",
        ),
        _https("sends nothing", canned(body=b""), "complete", "malformed"),
        _https("sends half a JSON text as whole", canned(body=GOOD[:50]), "complete", "malformed"),
        _https("nests 100,000 deep", canned(body=DEEP), "complete", "malformed"),
        _https("sends JSON with everything wrong", canned(body=STRANGE), "complete", "malformed"),
        _https("sends RDAP under another type", canned(content_type="text/plain"), "complete", "found"),
        # status codes
        _https("knows nothing", canned(404, b'{"errorCode":404}'), "complete", "not-found"),
        _https("asks for 7 seconds", canned(429, b"", Retry_After="7"), "complete", "rate-limited"),
        _https(
            "asks to wait until a date",
            canned(429, b"", Retry_After="Fri, 31 Dec 1999 23:59:59 GMT"),
            "complete",
            "rate-limited",
        ),
        _https("asks to wait for soup", canned(429, b"", Retry_After="soup"), "complete", "rate-limited"),
        _https("fails inside", canned(500, b"<html>oops"), "complete", "server-error"),
        _https("is busy", canned(503, b""), "complete", "server-error"),
        # redirects
        _https("leads to a friend", to(f"https://{friend}/ip/{ASKED}"), "complete", "found"),
        _https("leads to a neighbour by a relative reference", to("answers%20as%20it%20should"), "complete", "found"),
        _https("leads to a friend with a fragment", to(f"https://{friend}/ip/{ASKED}#top"), "complete", "found"),
        _https("leads to plain HTTP", to(f"http://127.0.0.1:{trap}/", 301), "redirect-refused", "redirected"),
        _https("leads to itself", to("leads%20to%20itself"), "redirect-loop", "redirected"),
        _https(
            "leads to itself by another name",
            to("./x/../leads%20to%20itself%20by%20another%20name#a"),
            "redirect-loop",
            "redirected",
        ),
        _https("leads to localhost", to(f"https://localhost:{trap}/"), "redirect-refused", "redirected"),
        _https("leads to another port", to(f"https://127.0.0.1:{trap}/"), "redirect-refused", "redirected"),
        _https("leads to a private address", to("https://10.0.0.1/"), "redirect-refused", "redirected"),
        _https(
            "leads to the metadata service", to("https://169.254.169.254/latest/"), "redirect-refused", "redirected"
        ),
        _https("leads to a decimal address", to(f"https://2130706433:{trap}/"), "redirect-refused", "redirected"),
        _https(
            "leads to a mapped address", to(f"https://[::ffff:127.0.0.1]:{trap}/"), "redirect-refused", "redirected"
        ),
        _https("leads behind credentials", to(f"https://{own}@127.0.0.1:{trap}/"), "redirect-refused", "redirected"),
        _https("leads with credentials to itself", to(f"https://user:secret@{own}/"), "redirect-refused", "redirected"),
        _https("leads behind a backslash", to(f"https://{own}\\@127.0.0.1:{trap}/"), "redirect-refused", "redirected"),
        _https("leads to no port", to("https://127.0.0.1:99999/"), "redirect-refused", "redirected"),
        _https("leads to an international name", to("https://例え.テスト/"), "redirect-refused", "redirected"),
        _https("leads to a file", to("file:///etc/passwd"), "redirect-refused", "redirected"),
        _https("leads to half an address", to("https://[::1/"), "redirect-refused", "redirected"),
        _https("leads nowhere", said(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"), "complete", "redirected"),
        _https(
            "leads to two places",
            to(f"https://{own}/a\r\nLocation: https://{own}/b"),
            "redirect-refused",
            "redirected",
        ),
        _https("leads on and on", _onwards, "redirect-loop", "redirected"),
        # before TLS
        _tcp("speaks plain HTTP on the TLS port", said(b"HTTP/1.1 400 Bad\r\n\r\n"), "tls-failed", "tls-failed"),
        _tcp(
            "shakes hands with garbage",
            said(b"\x16\x03\x03\xff\xff" + bytes(range(256)) * 8),
            "tls-failed",
            "tls-failed",
        ),
        _tcp("refuses our version of TLS", said(b"\x15\x03\x01\x00\x02\x02\x46"), "tls-failed", "tls-failed"),
        _tcp("resets the handshake", _reset, "unreachable", "unreachable"),
        # port 43
        _whois(
            "talks without end",
            endless(b"", b"inetnum: 203.0.113.0 - 203.0.113.255\r\n" * 1000),
            "oversized",
            "oversized",
            big=True,
        ),
        _whois("drips", drip(b"", b"inetnum: 203.0.113.0 - 203.0.113.255\r\n"), "timed-out", "timed-out"),
        _whois("never talks", _never, "timed-out", "timed-out"),
        _whois("sends escapes", said(b"\x1b]0;owned\x07\x1b[2J\x1b[31mhello\r\n"), "complete", "malformed"),
        _whois("sends NUL bytes", said(bytes(5000) + b"\r\n"), "complete", "malformed"),
        _whois("says nothing", _gone, "complete", "malformed"),
        _whois("resets in its answer", cut(b"inetnum: 203."), "truncated", "truncated"),
        _whois("resets", _reset, "unreachable", "unreachable"),
        _whois("sends one line of 50 MB", said(*[b"a" * (1 << 20)] * 50), "oversized", "oversized", big=True),
    )


_STEPS = itertools.count()


async def _onwards(_reader: Reader, writer: Writer) -> None:
    """Lead to a longer URL each time: never the same, never an end."""
    writer.write(b"HTTP/1.1 302 On\r\nLocation: leads%20on%20and%20on?" + str(next(_STEPS)).encode())
    writer.write(b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    await writer.drain()
