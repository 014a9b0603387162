"""DoH over real HTTP/2 connections: kept and shared, nothing followed, whatever the server does a status."""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import ssl
import time
from typing import TYPE_CHECKING

import pytest
from carrying import Announced
from resolving_servers import (
    ADDRESS,
    HOST,
    MEDIA_TYPE,
    H2Server,
    Reply,
    answer_about,
    answer_to,
    ask,
    ask_all,
    free_port,
    resolving,
    silence,
    told,
)
from servers import Canned, TcpServer, reset

from ipattr.errors import StoreError, UsageError
from ipattr.sources import guard
from ipattr.sources.pacing import StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from servers import Authority

    from ipattr.model import Hop

PATIENCE = 10.0


def test_a_query_is_posted_over_http_2(authority: Authority) -> None:
    journal = Announced()
    with H2Server(told, tls=authority.issue("127.0.0.1")) as server:
        found = ask(f"https://{server.place}/dns-query?a=b", roots=authority.path, leaving=journal.note)
        shown = ssl.get_server_certificate((server.host, server.port), ca_certs=str(authority.path), timeout=5)
    assert (found.status, found.addresses) == ("answered", (ADDRESS,))
    assert found.resolver == f"https://{server.place}/dns-query?a=b"
    (hop,) = found.hops
    assert (hop.request, hop.server, hop.connected_to, hop.status_code) == (
        f"https {HOST} A",
        server.place,
        server.place,
        200,
    )
    assert hop.certificate_sha256 == hashlib.sha256(ssl.PEM_cert_to_DER_cert(shown)).hexdigest()
    assert [one.request for one in journal] == [hop.request]
    head, body = server.posts[0]
    assert (head[":method"], head[":path"], head[":authority"]) == ("POST", "/dns-query?a=b", server.place)
    assert (head["content-type"], head["accept"], head["user-agent"]) == (MEDIA_TYPE, MEDIA_TYPE, "ipattr/0")
    assert len(body) > 12


def test_many_queries_share_one_connection_and_no_cookie(authority: Authority) -> None:
    async def later(query: bytes) -> Reply:
        await asyncio.sleep(0.2)
        return told(query)

    with H2Server(later, tls=authority.issue("127.0.0.1")) as server:
        begun = time.monotonic()
        spelled = [f"https://{server.place}/dns-query"] * 30
        found = asyncio.run(ask_all(resolving(roots=authority.path), *spelled, seconds=20.0, together=True))
        took = time.monotonic() - begun
        assert server.connections == 1
    assert [one.status for one in found] == ["answered"] * 30
    assert took < 30 * 0.2
    assert all("cookie" not in head for head, _ in server.posts)


def test_the_server_name_is_shown_checked_and_named(authority: Authority) -> None:
    names: list[str | None] = []
    context = authority.issue("dns.example")
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    with H2Server(told, tls=context) as server:
        assert ask(f"https://{server.place}/q#dns.example", roots=authority.path).status == "answered"
        assert server.posts[0][0][":authority"] == f"dns.example:{server.port}"
        for name in ("", "#other.example"):
            found = ask(f"https://{server.place}/q{name}", roots=authority.path)
            assert (found.status, found.hops[0].connected_to) == ("tls-failed", server.place)
            assert found.hops[0].status_code is None
        assert len(server.posts) == 1
    assert names[0] == "dns.example"


def test_a_connection_is_not_shared_under_two_names(authority: Authority) -> None:
    with H2Server(told, tls=authority.issue("dns.example")) as server:
        spelled = [f"https://{server.place}/q#{name}" for name in ("dns.example", "other.example", "dns.example")]
        found = asyncio.run(ask_all(resolving(roots=authority.path), *spelled))
    assert [one.status for one in found] == ["answered", "tls-failed", "answered"]


def test_an_unknown_authority_fails(authority: Authority) -> None:
    with H2Server(told, tls=authority.issue("127.0.0.1")) as server:
        assert ask(f"https://{server.place}/q").status == "tls-failed"


def _moved(_query: bytes) -> Reply:
    return 302, MEDIA_TYPE, b""


@pytest.mark.parametrize(
    ("reply", "status", "said"),
    [
        (lambda _query: (500, "text/plain", b"oh"), "http-error", "500"),
        (lambda query: (404, MEDIA_TYPE, answer_to(query)), "http-error", "404"),
        (lambda query: (203, MEDIA_TYPE, answer_to(query)), "http-error", "203"),
        (_moved, "http-error", "302"),
        (lambda query: (200, "text/html", answer_to(query)), "http-error", "dns-message"),
        (lambda query: (200, "", answer_to(query)), "http-error", "dns-message"),
        (lambda _query: (200, MEDIA_TYPE, bytes(70_000)), "malformed", "65,535"),
        (lambda _query: (200, MEDIA_TYPE, b"\0" * 20_000_000), "malformed", "65,535"),
        (lambda _query: (200, MEDIA_TYPE, b""), "malformed", "read"),
        (lambda _query: (200, MEDIA_TYPE, b"garbage of a kind"), "malformed", "id"),
        (lambda query: (200, MEDIA_TYPE, answer_about(query, "other.example")), "malformed", "question"),
        (lambda query: (200, MEDIA_TYPE, answer_to(query, truncated=True)), "truncated", "TC"),
        (lambda query: (200, MEDIA_TYPE.upper() + "; x=y", answer_to(query)), "answered", ""),
    ],
)
def test_what_a_server_says_has_a_status(
    authority: Authority, reply: Callable[[bytes], Reply], status: str, said: str
) -> None:
    with H2Server(reply, tls=authority.issue("127.0.0.1")) as server:
        found = ask(f"https://{server.place}/dns-query", roots=authority.path)
        assert len(server.posts) == 1  # no redirect is followed, nothing is asked again
    assert found.status == status
    assert said in (found.reason.en if found.reason else "")
    assert found.hops[0].status_code is not None


def test_a_server_that_never_answers_is_timed_out_and_the_next_query_has_another_connection(
    authority: Authority,
) -> None:
    asked: list[bytes] = []

    async def first_never(query: bytes) -> Reply:
        asked.append(query)
        if len(asked) == 1:
            await asyncio.sleep(60)
        return told(query)

    with H2Server(first_never, tls=authority.issue("127.0.0.1")) as server:
        begun = time.monotonic()
        one = resolving(roots=authority.path)
        found = asyncio.run(ask_all(one, *[f"https://{server.place}/dns-query"] * 2, seconds=1.5))
        assert time.monotonic() - begun < PATIENCE
        assert server.connections == 2
    assert [each.status for each in found] == ["timed-out", "answered"]
    assert (found[0].hops[0].connected_to, found[0].wire) == (server.place, "")


def test_a_connection_that_the_server_has_closed_is_made_anew(authority: Authority) -> None:
    journal = Announced()
    with H2Server(told, tls=authority.issue("127.0.0.1"), last=1) as server:
        one = resolving(roots=authority.path)

        async def with_a_pause() -> list[str]:
            found = []
            for last in (False, False, True):
                found += await ask_all(_Kept(one, last=last), f"https://{server.place}/q", leaving=journal.note)
                await asyncio.sleep(0.3)
            return [each.status for each in found]

        assert asyncio.run(with_a_pause()) == ["answered"] * 3
        assert server.connections == 3
        assert len(server.posts) == 3
    assert 3 <= len(journal) <= 5  # what was sent over a closed connection is journalled again before it is sent anew


def test_a_resolver_given_up_before_a_connection_is_made_anew_keeps_what_had_left(authority: Authority) -> None:
    journal = Announced()

    async def once_a_query(hop: Hop) -> None:
        if len(journal) == 2:
            raise StoppedError
        await journal.note(hop)

    async def closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        query = await reader.readexactly(int(head.partition(b"content-length:")[2].split(b"\r\n")[0]))
        writer.write(Canned(body=answer_to(query), content_type=MEDIA_TYPE).encoded())
        await reader.readuntil(b"\r\n\r\n")
        reset(writer)

    with TcpServer(closing, tls=authority.context) as server:
        one = resolving(roots=authority.path)
        found = asyncio.run(ask_all(one, *[f"https://{server.place}/q"] * 2, leaving=once_a_query))
    assert [(each.status, len(each.hops)) for each in found] == [("answered", 1), ("unreachable", 1)]
    assert found[1].reason is not None
    assert "given up" in found[1].reason.en


class _Kept:
    """A resolving object that is closed at the end only."""

    def __init__(self, inner: object, *, last: bool) -> None:
        self._inner = inner
        self._last = last
        self.ask = inner.ask  # type: ignore[attr-defined]

    async def close(self) -> None:
        if self._last:
            await self._inner.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("write", "status"),
    [
        (b"", "unreachable"),
        (b"220 welcome to the mail server\r\n\r\n", "http-error"),
        (b"HTTP/1.1 abc\r\n\r\n", "http-error"),
        (b"\x00" * 4096, "http-error"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/dns-message\r\nContent-Length: 500\r\n\r\nabc", "malformed"),
    ],
)
def test_a_server_that_speaks_something_else_has_a_status(authority: Authority, write: bytes, status: str) -> None:
    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(write)
        await writer.drain()

    with TcpServer(converse, tls=authority.context) as server:
        found = ask(f"https://{server.place}/dns-query", roots=authority.path)
    assert (found.status, found.wire) == (status, "")
    assert found.reason is not None


def test_a_reset_is_unreachable(authority: Authority) -> None:
    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        reset(writer)

    with TcpServer(converse, tls=authority.context) as server:
        assert ask(f"https://{server.place}/dns-query", roots=authority.path).status == "unreachable"
    assert ask(f"https://127.0.0.1:{free_port()}/dns-query").status == "unreachable"


def test_a_server_of_http_1_is_understood(authority: Authority) -> None:
    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            size = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
            query = await reader.readexactly(size)
            writer.write(Canned(body=answer_to(query), content_type=MEDIA_TYPE).encoded())
            await writer.drain()

    with TcpServer(converse, tls=authority.context) as server:
        found = asyncio.run(ask_all(resolving(roots=authority.path), *[f"https://{server.place}/q"] * 3))
        assert server.connections == 1
    assert {one.status for one in found} == {"answered"}


def test_a_handshake_that_hangs_ends_with_the_deadline() -> None:
    with TcpServer(silence) as server:
        begun = time.monotonic()
        found = ask(f"https://{server.place}/dns-query", seconds=0.4)
        assert time.monotonic() - begun < PATIENCE
    assert (found.status, found.hops[0].connected_to) == ("timed-out", server.place)


def test_no_proxy_of_the_environment_is_used_and_no_secret_written(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    with H2Server(told, tls=authority.issue("127.0.0.1")) as server:
        assert ask(f"https://{server.place}/dns-query", roots=authority.path).status == "answered"
    assert list(tmp_path.iterdir()) == []


def test_what_the_journal_refuses_does_not_leave(authority: Authority) -> None:
    async def leaving(_hop: Hop) -> None:
        raise StoreError(ja="満杯", en="full")

    with H2Server(told, tls=authority.issue("127.0.0.1")) as server:
        with pytest.raises(StoreError, match="full"):
            ask(f"https://{server.place}/dns-query", roots=authority.path, leaving=leaving)
        assert server.connections == 0


def test_a_server_found_by_name_is_reached_at_its_next_address(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "is_global", lambda address: address.startswith("127."))
    monkeypatch.setattr("ipattr.sources.resolving.doh.NEXT_ADDRESS_SECONDS", 0.5)

    async def lookup(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.8", "127.0.0.9", "127.0.0.1"]

    with (
        H2Server(told, tls=authority.issue("dns.example")) as server,
        TcpServer(silence, host="127.0.0.9", port=server.port) as dead,
    ):
        one = resolving(roots=authority.path, lookup=lookup)
        found = asyncio.run(ask_all(one, *[f"https://dns.example:{server.port}/q"] * 3))
        assert dead.connections == 1
    assert [each.status for each in found] == ["answered"] * 3
    assert {each.hops[0].connected_to for each in found} == {server.place}
    assert [len(each.hops) for each in found] == [1, 1, 1]
    assert server.posts[0][0][":authority"] == f"dns.example:{server.port}"


@pytest.mark.parametrize("missing", ["httpx", "h2"])
def test_missing_libraries_are_named_with_what_installs_them(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == missing else real(name))
    with pytest.raises(UsageError, match=r"pip install 'ipattr\[doh\]'"):
        ask("https://127.0.0.1/dns-query")
