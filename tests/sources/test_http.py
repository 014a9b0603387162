"""HTTPS: what leaves is what was asked, what comes is kept as it came, and every end is a delivery."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import ssl
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
import pytest
from carrying import ASKED, Announced, ask_rdap, fetch_all, ignore, now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from menagerie import CHUNKED, GOOD, OK, chunk, length, said, to
from servers import Canned, RdapServer, TcpServer

from ipattr.errors import StoreError
from ipattr.model import Hop, Question, Request
from ipattr.sources.http import Http

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from servers import Authority

    from ipattr.sources.interface import Answered

    Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

BLOCK = {"first": "203.0.113.0", "last": "203.0.113.255", "handle": "GOOD"}


@pytest.fixture(autouse=True)
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the authority of the tests."""
    authority.trust(monkeypatch)


def http() -> Http:
    return Http(clock=now, tool_version="1.2.3")


def ask(*requests: Request, seconds: float = 5.0) -> list[Answered]:
    return asyncio.run(fetch_all(http(), *requests, seconds=seconds))


def at(server: TcpServer, path: str = f"ip/{ASKED}", *others: str, limit: int = 4 << 20) -> Request:
    return ask_rdap(f"https://{server.place}/{path}", server.place, *others, limit=limit)


class Listener(TcpServer):
    """A TLS server that keeps the heads of requests and answers each by the next of its scripts, the last for good."""

    def __init__(self, authority: Authority, *scripts: Script) -> None:
        """Remember the scripts."""
        super().__init__(self._listen, tls=authority.context)
        self.heads: list[bytes] = []
        self._scripts = list(scripts)

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
            except asyncio.IncompleteReadError:
                return
            await (self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0])(reader, writer)


def good(**headers: str) -> Script:
    return said(Canned(body=GOOD, headers=headers).encoded())


async def _close(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


def test_exactly_the_request_leaves_and_nothing_of_the_environment(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def nobody(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None: ...

    script = said(Canned(body=b"{}", headers={"Set-Cookie": "id=1"}).encoded())
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password secret\n", "utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with Listener(authority, script) as server, TcpServer(nobody) as proxy:
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://{proxy.place}")
        first, second = ask(at(server, "ip/2001:db8::/32?a=%2F"), at(server))
        assert proxy.connections == 0
    assert server.heads[0] == (
        b"GET /ip/2001:db8::/32?a=%2F HTTP/1.1\r\n"
        b"Host: " + server.place.encode() + b"\r\n"
        b"User-Agent: ipattr/1.2.3\r\n"
        b"Accept-Encoding: identity\r\n"
        b"Accept: application/rdap+json, application/json\r\n\r\n"
    )
    assert b"cookie" not in server.heads[1].lower()
    assert (first.exchange.delivery, second.exchange.delivery) == ("complete", "complete")


def test_an_exchange_says_where_it_went_and_what_came(authority: Authority) -> None:
    with RdapServer([BLOCK], authority=authority) as server:
        certificate = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", server.port)))
        (answered,) = ask(at(server))
    exchange = answered.exchange
    (hop,) = exchange.hops
    assert hop.request == f"{server.url}ip/{ASKED}"
    assert (hop.server, hop.connected_to) == (server.place, server.place)
    assert hop.certificate_sha256 == hashlib.sha256(certificate).hexdigest()
    assert (hop.status_code, exchange.status_code, exchange.reason) == (200, 200, None)
    assert dict(exchange.headers)["content-type"] == "application/rdap+json"
    assert exchange.size == len(answered.body) == int(dict(exchange.headers)["content-length"])
    assert exchange.sha256 == hashlib.sha256(answered.body).hexdigest()
    assert exchange.sent == hop.sent < exchange.received
    assert exchange.tool_version == "1.2.3"


def test_one_connection_serves_many_fetches_and_each_says_where_it_went(authority: Authority) -> None:
    with RdapServer([BLOCK], authority=authority) as server:
        answers = ask(*[at(server) for _ in range(20)])
        assert server.connections == 1
    assert {answer.exchange.hops[0].connected_to for answer in answers} == {server.place}
    assert len({answer.exchange.hops[0].certificate_sha256 for answer in answers}) == 1
    assert all(answer.exchange.hops[0].certificate_sha256 for answer in answers)


def test_every_hop_of_a_chain_is_announced_before_it_leaves_and_kept(authority: Authority) -> None:
    with (
        RdapServer([BLOCK], authority=authority) as goal,
        Listener(authority, to(f"{goal.url}ip/{ASKED}", 307)) as second,
        Listener(authority, to(f"https://{second.place}/x")) as first,
    ):
        announced = Announced()
        request = at(first, "y", second.place, goal.place)
        (answered,) = asyncio.run(fetch_all(http(), request, leaving=announced.note))
    hops = answered.exchange.hops
    assert [hop.request for hop in hops] == [
        f"https://{first.place}/y",
        f"https://{second.place}/x",
        f"{goal.url}ip/{ASKED}",
    ]
    assert [hop.status_code for hop in hops] == [302, 307, 200]
    assert [hop.connected_to for hop in hops] == [first.place, second.place, goal.place]
    assert [hop.request for hop in announced] == [hop.request for hop in hops]
    assert all(told.sent <= left.sent for told, left in zip(announced, hops, strict=True))
    assert answered.exchange.delivery == "complete"
    assert b"GOOD" in answered.body


@pytest.mark.parametrize(("count", "delivery"), [(5, "complete"), (6, "redirect-loop")])
def test_five_redirects_are_followed_and_no_more(authority: Authority, count: int, delivery: str) -> None:
    steps = [to(f"/step{number}") for number in range(count)]
    with Listener(authority, *steps, good()) as server:
        (answered,) = ask(at(server))
    assert answered.exchange.delivery == delivery
    assert len(answered.exchange.hops) == 6
    assert len(server.heads) == 6


def test_a_redirect_that_is_not_followed_keeps_what_it_said(authority: Authority) -> None:
    elsewhere = Canned(status=302, body=b"moved", headers={"Location": "https://elsewhere.example/"})
    with Listener(authority, said(elsewhere.encoded())) as server:
        (answered,) = ask(at(server))
    assert (answered.exchange.delivery, answered.exchange.status_code) == ("redirect-refused", 302)
    assert answered.body == b"moved"
    assert dict(answered.exchange.headers)["location"] == "https://elsewhere.example/"


def test_a_kept_connection_that_is_dead_is_announced_again_when_it_is_asked_again(authority: Authority) -> None:
    with Listener(authority, good(), _close, good()) as server:
        announced = Announced()

        async def twice() -> Answered:
            transport = http()
            try:
                await transport.fetch(at(server, "first"), seconds=5.0, leaving=ignore)
                return await transport.fetch(at(server, "second"), seconds=5.0, leaving=announced.note)
            finally:
                await transport.close()

        answered = asyncio.run(twice())
    assert [head.split()[1] for head in server.heads] == [b"/first", b"/second", b"/second"]
    assert len(announced) == len(answered.exchange.hops) == 2
    assert [hop.status_code for hop in answered.exchange.hops] == [None, 200]
    assert answered.exchange.delivery == "complete"


def test_the_second_attempt_goes_over_a_new_connection_even_where_other_kept_ones_wait(authority: Authority) -> None:
    async def slow_good(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)  # so that the two first requests need a connection each
        await good()(reader, writer)

    with Listener(authority, slow_good, slow_good, _close, good()) as server:

        async def thrice() -> tuple[Answered, int]:
            transport = http()
            try:
                await asyncio.gather(
                    *[transport.fetch(at(server, "first"), seconds=5.0, leaving=ignore) for _ in range(2)]
                )
                kept = server.connections
                return await transport.fetch(at(server, "second"), seconds=5.0, leaving=ignore), kept
            finally:
                await transport.close()

        answered, kept = asyncio.run(thrice())
        assert (kept, server.connections) == (2, 3)
    assert answered.exchange.delivery == "complete"
    assert [hop.status_code for hop in answered.exchange.hops] == [None, 200]


def test_a_request_is_dated_when_it_was_let_go(authority: Authority) -> None:
    """What holds a request back, the journal or the pace, is over when it leaves: the server's own clock agrees."""
    seen: list[datetime] = []

    async def noted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(now())
        await good()(reader, writer)

    async def held(_hop: Hop) -> None:
        await asyncio.sleep(0.4)

    async def once(server: TcpServer) -> Answered:
        transport = http()
        try:
            return await transport.fetch(at(server), seconds=5.0, leaving=held)
        finally:
            await transport.close()

    with Listener(authority, noted) as server:
        exchange = asyncio.run(once(server)).exchange
    (hop,) = exchange.hops
    assert exchange.sent == hop.sent
    assert timedelta() <= seen[0] - hop.sent < timedelta(seconds=0.3)


def test_the_keys_of_the_session_are_written_nowhere(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SSLKEYLOGFILE, set for a browser and forgotten, would let anybody who recorded the traffic read it."""
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    with Listener(authority, good()) as server:
        (answered,) = ask(at(server))
    assert answered.exchange.delivery == "complete"
    assert not (tmp_path / "keys").exists() or b"SECRET" not in (tmp_path / "keys").read_bytes()


class Refusal:
    """A journal that takes so many hops and then fails."""

    def __init__(self, error: Exception, *, after: int) -> None:
        """Remember with what and when to fail."""
        self._error = error
        self._left = after

    async def note(self, _hop: Hop) -> None:
        """Take one hop, or fail."""
        if self._left == 0:
            raise self._error
        self._left -= 1


ERRORS = [StoreError(ja="満杯", en="full"), OSError(28, "full"), TimeoutError("slow"), ValueError("odd")]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_what_cannot_be_journalled_does_not_leave_and_the_error_passes(authority: Authority, error: Exception) -> None:
    with Listener(authority, good()) as friend, Listener(authority, to(f"https://{friend.place}/")) as server:

        async def refused(after: int) -> None:
            transport = http()
            try:
                journal = Refusal(error, after=after)
                with pytest.raises(type(error)) as caught:
                    await transport.fetch(at(server, "x", friend.place), seconds=5.0, leaving=journal.note)
                assert caught.value is error
            finally:
                await transport.close()

        asyncio.run(refused(0))
        assert (server.heads, server.connections) == ([], 0)
        asyncio.run(refused(1))
        assert (len(server.heads), friend.connections) == (1, 0)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_what_cannot_be_journalled_again_is_not_asked_again(authority: Authority, error: Exception) -> None:
    with Listener(authority, good(), _close, good()) as server:

        async def refused() -> None:
            transport = http()
            try:
                await transport.fetch(at(server), seconds=5.0, leaving=ignore)
                with pytest.raises(type(error)) as caught:
                    await transport.fetch(at(server), seconds=5.0, leaving=Refusal(error, after=1).note)
                assert caught.value is error
            finally:
                await transport.close()

        asyncio.run(refused())
        assert len(server.heads) == 2


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://127.0.0.1:{port}/",
        "https://user@127.0.0.1:{port}/",
        "https://@127.0.0.1:{port}/",
        "https://localhost:{port}/",
        "https://127.0.0.2:{port}/",
        "https://127.1:{port}/",
        "https://0x7f000001:{port}/",
        "https://[::1]:{port}/",
        "https://127.0.0.1/",
        "https://127.0.0.1:{port}/a b",
        "https://127.0.0.1:{port}/a\r\nX: y",
        "https://127.0.0.1:{port}\\@elsewhere.example/",
        "https://127.0.0.1:0/",
        "https://127.0.0.1:x/",
        "https:///path",
        "//127.0.0.1:{port}/",
        "ftp://127.0.0.1:{port}/",
        "",
        "例え",
    ],
)
def test_a_url_that_may_not_be_asked_is_withheld(authority: Authority, endpoint: str) -> None:
    with Listener(authority, good()) as server:
        (answered,) = ask(ask_rdap(endpoint.format(port=server.port), server.place))
        assert server.connections == 0
    assert (answered.exchange.delivery, answered.exchange.hops) == ("withheld", ())
    assert answered.exchange.reason is not None


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
@pytest.mark.parametrize(("size", "delivery"), [(99, "complete"), (100, "complete"), (101, "oversized")])
def test_the_limit_is_exact_and_the_beginning_is_kept(
    authority: Authority, framing: str, size: int, delivery: str
) -> None:
    body = bytes(range(200))[:size]
    wire = {
        "length": length(size) + body,
        "chunked": CHUNKED + chunk(body[:60]) + chunk(body[60:]) + b"0\r\n\r\n",
        "close": OK + b"\r\n" + body,
    }[framing]

    async def once(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(wire)
        await writer.drain()
        writer.close()

    with Listener(authority, once) as server:
        (answered,) = ask(at(server, limit=100))
    assert answered.exchange.delivery == delivery
    assert answered.body == body[:100]
    unsure = framing == "close" or delivery == "oversized"
    assert (answered.exchange.reason is not None) is unsure


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "x"])
def test_a_coded_body_is_kept_as_it_came(authority: Authority, coding: str) -> None:
    raw = gzip.compress(GOOD)
    with Listener(authority, said(Canned(body=raw, headers={"Content-Encoding": coding}).encoded())) as server:
        (answered,) = ask(at(server))
    assert (answered.exchange.delivery, answered.body) == ("complete", raw)


def test_a_time_stamp_request_is_posted_once_as_it_stands(authority: Authority) -> None:
    posted = bytes(range(256))
    received = []

    async def stamp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append(await reader.readexactly(256))
        writer.write(Canned(body=b"\x30\x00", content_type="application/timestamp-reply").encoded())
        await writer.drain()

    with Listener(authority, stamp) as server:
        request = Request(
            question=Question(source="rdap", kind="timestamp", subject="head"),
            server="tsa",
            protocol="http",
            endpoint=f"https://{server.place}/tsr",
            payload=base64.b64encode(posted).decode(),
            allowed=(server.place,),
        )
        (answered, broken) = ask(request, msgspec.structs.replace(request, payload="%%%"))
    assert received == [posted]
    (head,) = server.heads
    assert head.startswith(b"POST /tsr HTTP/1.1\r\n")
    assert b"\r\nContent-Type: application/timestamp-query\r\n" in head
    assert b"\r\nContent-Length: 256\r\n" in head
    assert (answered.exchange.delivery, answered.body) == ("complete", b"\x30\x00")
    assert (broken.exchange.delivery, broken.exchange.hops) == ("withheld", ())


@pytest.mark.parametrize(("status", "delivery"), [(303, "redirect-refused"), (307, "complete")])
def test_a_post_is_sent_on_only_by_a_redirect_that_keeps_it_one(
    authority: Authority, status: int, delivery: str
) -> None:
    async def stamp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(3) == b"abc"
        writer.write(Canned(body=b"x").encoded())
        await writer.drain()

    async def elsewhere(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(3)
        await to("/other", status)(reader, writer)

    with Listener(authority, elsewhere, stamp) as server:
        request = msgspec.structs.replace(at(server), protocol="http", payload=base64.b64encode(b"abc").decode())
        (answered,) = ask(request)
    assert answered.exchange.delivery == delivery


def test_a_cancelled_exchange_ends_at_once_and_the_transport_goes_on(authority: Authority) -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(length(100) + b"half")
        await writer.drain()
        await reader.read()

    async def cancel(server: Listener) -> Answered:
        transport = http()
        try:
            tasks = [asyncio.create_task(transport.fetch(at(server), seconds=30.0, leaving=ignore)) for _ in range(5)]
            await asyncio.sleep(0.2)
            for task in tasks:
                task.cancel()
            begun = time.monotonic()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
            assert time.monotonic() - begun < 5
            assert [type(one) for one in ended] == [asyncio.CancelledError] * 5
            return await transport.fetch(at(server), seconds=5.0, leaving=ignore)
        finally:
            await transport.close()

    with Listener(authority, hang, hang, hang, hang, hang, good()) as server:
        answered = asyncio.run(cancel(server))
    assert answered.exchange.delivery == "complete"


def test_closing_while_fetches_run_ends_them_as_deliveries(authority: Authority) -> None:
    async def hang(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def close(server: Listener) -> Answered:
        transport = http()
        task = asyncio.create_task(transport.fetch(at(server), seconds=30.0, leaving=ignore))
        while not server.heads:  # noqa: ASYNC110 - another thread fills it
            await asyncio.sleep(0.01)
        await transport.close()
        return await asyncio.wait_for(task, 2.0)

    with Listener(authority, hang) as server:
        answered = asyncio.run(close(server))
        assert server.connections == 1
    assert answered.exchange.delivery == "unreachable"
    assert len(answered.exchange.hops) == 1


def test_a_journal_that_hangs_counts_toward_the_deadline_and_nothing_leaves(authority: Authority) -> None:
    async def hang(_hop: Hop) -> None:
        await asyncio.sleep(60)

    with Listener(authority, good()) as server:
        (answered,) = asyncio.run(fetch_all(http(), at(server), seconds=0.2, leaving=hang))
        assert server.connections == 0
    assert (answered.exchange.delivery, answered.exchange.hops) == ("timed-out", ())


class Parrot(Listener):
    """A server that says whatever ``words`` holds, then closes."""

    def __init__(self, authority: Authority) -> None:
        """Say nothing at first."""
        super().__init__(authority, self._say)
        self.words = b""

    async def _say(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(self.words)
        await writer.drain()
        writer.close()


@pytest.fixture
def parrot(authority: Authority) -> Iterator[Parrot]:
    """Return a running parrot."""
    with Parrot(authority) as server:
        yield server


def mutated(wire: bytes) -> st.SearchStrategy[bytes]:
    """Return wires with a run of bytes replaced."""
    return st.builds(
        lambda place, drop, put: wire[:place] + put + wire[place + drop :],
        st.integers(0, len(wire)),
        st.integers(0, 20),
        st.binary(max_size=20),
    )


WIRES = st.one_of(
    st.binary(max_size=300),
    st.builds(lambda head, tail: head + b"\r\n\r\n" + tail, st.binary(max_size=200), st.binary(max_size=50)),
    mutated(Canned(body=b'{"a": 1}', headers={"Retry-After": "5"}).encoded()),
    mutated(CHUNKED + chunk(b"{}") + b"0\r\nX: y\r\n\r\n"),
    mutated(b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wires=st.lists(WIRES, min_size=1, max_size=4))
def test_whatever_a_server_says_is_a_delivery(parrot: Parrot, wires: list[bytes]) -> None:
    async def listen() -> list[Answered]:
        transport = http()
        answers = []
        for words in wires:
            parrot.words = words
            answers.append(await transport.fetch(at(parrot), seconds=2.0, leaving=ignore))
        await transport.close()
        return answers

    for answered in asyncio.run(listen()):
        exchange = answered.exchange
        assert exchange.delivery in {
            "complete",
            "truncated",
            "garbled",
            "unreachable",
            "redirect-refused",
            "redirect-loop",
        }
        assert exchange.delivery == "complete" or exchange.reason is not None
        assert exchange.size == len(answered.body)
        assert msgspec.json.decode(msgspec.json.encode(exchange), type=type(exchange)) == exchange


LOCATIONS = st.one_of(
    st.text(max_size=60),
    st.builds(
        "{}{}{}{}".format,
        st.sampled_from(["https://", "//", "/", "https:/", "HTTPS://", "http://", "\\\\", ""]),
        st.sampled_from(["127.0.0.1", "{own}", "{own}@", "localhost", "[::1]", "0", "127.1", "a.b"]),
        st.sampled_from(["", ":0", ":443", ":{port}", "@127.0.0.1:{port}", "#", "?"]),
        st.text(max_size=10),
    ),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(location=LOCATIONS)
def test_wherever_a_server_leads_only_permitted_places_are_reached(parrot: Parrot, location: str) -> None:
    named = location.replace("{own}", parrot.place).replace("{port}", str(parrot.port))
    parrot.words = (
        b"HTTP/1.1 302 On\r\nLocation: " + named.encode("utf-8", "surrogatepass") + b"\r\nContent-Length: 0\r\n\r\n"
    )
    announced = Announced()

    async def follow() -> Answered:
        transport = http()
        try:
            return await transport.fetch(at(parrot), seconds=2.0, leaving=announced.note)
        finally:
            await transport.close()

    answered = asyncio.run(follow())
    assert {hop.server for hop in announced} == {parrot.place}
    assert all(hop.request.removeprefix(f"https://{parrot.place}")[:1] in {"", "/", "?"} for hop in announced)
    assert answered.exchange.delivery not in {"timed-out", "withheld", "oversized"}
