"""Port 43: one line out, one text back, to a permitted place, and every end is a delivery."""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from carrying import Announced, ask_whois, fetch_all, ignore, now
from servers import TcpServer, WhoisServer

from ipattr.errors import StoreError
from ipattr.sources.port43 import Port43

if TYPE_CHECKING:
    from ipattr.model import Hop, Request
    from ipattr.sources.interface import Answered

TEXT = "[ネットワーク名] EXAMPLE\r\n".encode("iso2022_jp")


def ask(*requests: Request, seconds: float = 5.0) -> list[Answered]:
    return asyncio.run(fetch_all(Port43(clock=now, tool_version="7"), *requests, seconds=seconds))


def test_the_answer_is_kept_byte_for_byte_with_where_it_came_from() -> None:
    with WhoisServer(lambda _: TEXT) as server:
        announced = Announced()
        transport = Port43(clock=now, tool_version="7")
        answered = asyncio.run(transport.fetch(ask_whois(server.place), seconds=5.0, leaving=announced.note))
        assert [line for _, line in server.seen] == ["203.0.113.5"]
    exchange = answered.exchange
    assert answered.body == TEXT
    assert (exchange.delivery, exchange.reason, exchange.status_code) == ("complete", None, None)
    assert (exchange.size, exchange.sha256) == (len(TEXT), hashlib.sha256(TEXT).hexdigest())
    (hop,) = exchange.hops
    assert (hop.request, hop.server, hop.connected_to) == ("203.0.113.5", server.place, server.place)
    assert hop.certificate_sha256 == ""
    assert exchange.sent == hop.sent <= exchange.received
    assert exchange.tool_version == "7"
    assert [one.request for one in announced] == [hop.request]


def test_the_line_ends_in_crlf_and_nothing_else_is_sent() -> None:
    seen = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readline())
        with pytest.raises(TimeoutError):  # nothing comes after the line, not even an end
            await asyncio.wait_for(reader.read(1), 0.1)
        seen.append(b"")
        writer.write(b"x")
        await writer.drain()

    with TcpServer(listen) as server:
        ask(ask_whois(server.place, "n + 203.0.113.5"))
    assert seen == [b"n + 203.0.113.5\r\n", b""]


@pytest.mark.parametrize(("size", "delivery"), [(99, "complete"), (100, "complete"), (101, "oversized")])
def test_the_limit_is_exact_and_the_beginning_is_kept(size: int, delivery: str) -> None:
    with WhoisServer(lambda _: bytes(range(200))[:size]) as server:
        (answered,) = ask(ask_whois(server.place, limit=100))
    assert answered.exchange.delivery == delivery
    assert answered.body == bytes(range(200))[: min(size, 100)]


@pytest.mark.parametrize("line", ["", "a\r\nb", "a\nb", "203.0.113.5\x00", "地", "a\x1b[2J"])
def test_a_line_that_is_more_than_one_never_leaves(line: str) -> None:
    with WhoisServer(lambda _: TEXT) as server:
        (answered,) = ask(ask_whois(server.place, line))
        assert server.connections == 0
    assert answered.exchange.delivery == "withheld"
    assert answered.exchange.hops == ()
    assert answered.exchange.reason is not None


@pytest.mark.parametrize("endpoint", ["127.0.0.1", "127.0.0.1:", ":43", "127.0.0.1:0", "127.0.0.1:99999", "::1:43", ""])
def test_a_place_that_is_none_is_withheld(endpoint: str) -> None:
    (answered,) = ask(ask_whois(endpoint))
    assert answered.exchange.delivery == "withheld"


def test_a_place_that_the_request_does_not_allow_is_withheld() -> None:
    with WhoisServer(lambda _: TEXT) as server:
        import msgspec

        request = msgspec.structs.replace(ask_whois(server.place), allowed=("127.0.0.1:1", "localhost:43"))
        (answered,) = ask(request)
        assert server.connections == 0
    assert (answered.exchange.delivery, answered.exchange.hops) == ("withheld", ())


def test_a_name_that_leads_to_loopback_is_withheld_by_the_systems_own_resolver() -> None:
    with WhoisServer(lambda _: TEXT) as server:
        (answered,) = ask(ask_whois(f"localhost:{server.port}"))
        assert server.connections == 0
    assert answered.exchange.delivery == "withheld"


def test_what_cannot_be_journalled_does_not_leave() -> None:
    async def refuse(_hop: Hop) -> None:
        raise StoreError(ja="満杯", en="full")

    with WhoisServer(lambda _: TEXT) as server:
        with pytest.raises(StoreError):
            asyncio.run(Port43(clock=now, tool_version="7").fetch(ask_whois(server.place), seconds=5.0, leaving=refuse))
        assert server.connections == 0


def test_a_journal_that_hangs_counts_toward_the_deadline_and_nothing_leaves() -> None:
    async def hang(_hop: Hop) -> None:
        await asyncio.sleep(60)

    with WhoisServer(lambda _: TEXT) as server:
        transport = Port43(clock=now, tool_version="7")
        answered = asyncio.run(transport.fetch(ask_whois(server.place), seconds=0.2, leaving=hang))
        assert server.connections == 0
    assert (answered.exchange.delivery, answered.exchange.hops) == ("timed-out", ())


def test_what_had_arrived_by_the_deadline_is_kept() -> None:
    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(TEXT)
        await writer.drain()
        await reader.read()

    with TcpServer(half) as server:
        (answered,) = ask(ask_whois(server.place), seconds=0.3)
    assert (answered.exchange.delivery, answered.body) == ("timed-out", TEXT)
    assert answered.exchange.hops[0].connected_to == server.place


def test_a_cancelled_exchange_ends_at_once_and_closes_its_connection() -> None:
    closed = []

    async def wait(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        try:
            closed.append(await reader.read())
        except OSError:
            closed.append(b"")

    async def cancel(place: str) -> None:
        transport = Port43(clock=now, tool_version="7")
        task = asyncio.create_task(transport.fetch(ask_whois(place), seconds=30.0, leaving=ignore))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0.1)
        assert closed == [b""]

    with TcpServer(wait) as server:
        asyncio.run(cancel(server.place))


def test_an_ipv6_place_is_named_in_brackets() -> None:
    with WhoisServer(lambda _: TEXT, host="::1") as server:
        assert server.place.startswith("[::1]:")
        (answered,) = ask(ask_whois(server.place))
    assert answered.body == TEXT
    assert answered.exchange.hops[0].connected_to == server.place


def test_importing_the_transport_loads_no_http_library() -> None:
    code = "import sys, ipattr.sources.live; print(sorted({'aiohttp', 'yarl', 'dns', 'ipwhois'} & set(sys.modules)))"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert child.stdout == "[]\n"
