"""Asking over UDP, TCP and TLS: what comes back, what a spoofer or a broken server does, and the one deadline."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import ssl
import time
from typing import TYPE_CHECKING

import dns.message
import pytest
from carrying import Announced
from resolving_servers import (
    ADDRESS,
    HOST,
    PROBE,
    Datagrams,
    answer_about,
    answer_to,
    ask,
    ask_all,
    framed,
    free_port,
    raw,
    read_query,
    resolving,
    silence,
    truncating,
)
from servers import TcpServer, reset

from ipattr.errors import StoreError, UsageError
from ipattr.model import DnsProbe, Hop
from ipattr.sources import guard
from ipattr.sources.pacing import StoppedError
from ipattr.sources.resolving.spec import parse_resolver

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from servers import Authority

PATIENCE = 10.0
"""Seconds within which a loaded machine ends what has a deadline of a fraction of one."""


def test_an_answer_is_kept_as_received_with_what_it_says() -> None:
    told = Announced()
    with Datagrams(lambda query: [answer_to(query)]) as server:
        found = ask(server.place, leaving=told.note)
    assert (found.status, found.addresses, found.ttl, found.rcode) == ("answered", (ADDRESS,), 60, "NOERROR")
    assert (found.resolver, found.vantage, found.tool_version) == (f"udp://{server.place}", "Tokyo", "0")
    assert base64.b64decode(found.query) == server.seen[0]
    assert base64.b64decode(found.wire) == answer_to(server.seen[0])
    assert found.truncated_wire == ""
    assert [(hop.request, hop.server, hop.connected_to) for hop in found.hops] == [
        (f"udp {HOST} A", server.place, server.place)
    ]
    assert found.hops[0].sent == found.sent <= found.received
    assert [hop.request for hop in told] == [f"udp {HOST} A"]


def test_the_journal_says_that_a_client_subnet_leaves() -> None:
    told = Announced()
    with Datagrams(lambda query: [answer_to(query)]) as server:
        probe = DnsProbe(platform="x", host=HOST, rrtype="A", subnet="198.51.100.0/24")
        ask(server.place, probe=probe, leaving=told.note)
    assert told[0].request == f"udp {HOST} A client subnet 198.51.100.0/24"


def test_what_does_not_answer_the_query_is_passed_over() -> None:
    def spoofed(query: bytes) -> Sequence[bytes]:
        wrong_id = bytes((query[0] ^ 0xFF,)) + answer_to(query, "192.0.2.66")[1:]
        return [b"", bytes(11), wrong_id, query, answer_about(query, "other.example"), answer_to(query)]

    with Datagrams(spoofed) as server:
        assert ask(server.place).addresses == (ADDRESS,)


def test_a_datagram_from_elsewhere_is_passed_over() -> None:
    with Datagrams(lambda query: [answer_to(query, "192.0.2.66"), answer_to(query)], elsewhere=True) as server:
        assert ask(server.place).addresses == (ADDRESS,)


def test_nothing_but_spoofed_answers_ends_with_the_deadline() -> None:
    with Datagrams(lambda query: [answer_about(query, "other.example")]) as server:
        begun = time.monotonic()
        found = ask(server.place, seconds=0.3)
        assert 0.3 <= time.monotonic() - begun < PATIENCE
    assert (found.status, found.wire, found.addresses) == ("timed-out", "", ())
    assert found.reason is not None
    assert (len(found.hops), found.hops[0].connected_to) == (1, "")


def test_an_answer_that_cannot_be_read_is_malformed_and_kept() -> None:
    with Datagrams(lambda query: [answer_to(query)[:-2]]) as server:
        found = ask(server.place)
    assert found.status == "malformed"
    assert base64.b64decode(found.wire) == answer_to(server.seen[0])[:-2]


def test_nobody_there_is_unreachable() -> None:
    for scheme in ("udp", "tcp", "tls"):
        found = ask(f"{scheme}://127.0.0.1:{free_port()}")
        assert (found.status, found.wire, len(found.hops)) == ("unreachable", "", 1), scheme
        assert found.reason is not None


def test_a_truncated_answer_is_asked_for_over_tcp() -> None:
    told = Announced()
    with TcpServer(framed(answer_to)) as server, truncating(server.port) as datagrams:
        found = ask(datagrams.place, leaving=told.note)
    assert (found.status, found.addresses) == ("answered", (ADDRESS,))
    assert [hop.request for hop in found.hops] == [f"udp {HOST} A", f"tcp {HOST} A"] == [hop.request for hop in told]
    assert [hop.connected_to for hop in found.hops] == [server.place] * 2
    assert base64.b64decode(found.truncated_wire) == answer_to(datagrams.seen[0], truncated=True)


async def _reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await read_query(reader)
    reset(writer)


@pytest.mark.parametrize(
    "handler",
    [_reset, silence, raw(lambda _query: b""), raw(lambda query: b"\x10\x00" + answer_to(query))],
    ids=["reset", "silent", "closed", "lying about the length"],
)
def test_a_truncated_answer_without_a_whole_one_stays_truncated(handler: object) -> None:
    with TcpServer(handler) as server, truncating(server.port) as datagrams:  # type: ignore[arg-type]
        found = ask(datagrams.place, seconds=2.0 if handler is silence else 5.0)
    assert (found.status, len(found.hops)) == ("truncated", 2)
    assert found.wire == found.truncated_wire != ""
    assert found.reason is not None
    assert "TCP" in found.reason.en


def test_truncated_over_tcp_too_is_truncated() -> None:
    with TcpServer(framed(lambda query: answer_to(query, truncated=True))) as server:
        found = ask(f"tcp://{server.place}")
    assert (found.status, found.truncated_wire, len(found.hops)) == ("truncated", "", 1)


@pytest.mark.parametrize(
    ("handler", "status", "kept"),
    [
        (raw(lambda query: b"\x10\x00" + answer_to(query)), "malformed", False),
        (raw(lambda _query: b"\x00"), "malformed", False),
        (raw(lambda _query: b"\x00\x00"), "malformed", False),
        (raw(lambda _query: b"\x00\x04HTTP"), "malformed", True),
        (framed(lambda query: bytes((query[0] ^ 1,)) + answer_to(query)[1:]), "malformed", True),
        (framed(lambda query: answer_about(query, "other.example")), "malformed", True),
        (framed(lambda query: query), "malformed", True),
        (raw(lambda _query: b""), "unreachable", False),
        (_reset, "unreachable", False),
        (silence, "timed-out", False),
    ],
)
def test_what_a_stream_brings_that_is_no_answer_has_a_status(handler: object, status: str, *, kept: bool) -> None:
    with TcpServer(handler) as server:  # type: ignore[arg-type]
        found = ask(f"tcp://{server.place}", seconds=1.0 if handler is silence else 5.0)
    assert (found.status, bool(found.wire), found.addresses) == (status, kept, ())
    assert found.reason is not None
    assert found.hops[0].connected_to == server.place


def test_an_answer_over_tls_names_the_certificate(authority: Authority) -> None:
    with TcpServer(framed(answer_to), tls=authority.context) as server:
        found = ask(f"tls://{server.place}#localhost", roots=authority.path)
        shown = ssl.PEM_cert_to_DER_cert(_certificate(server, authority))
    assert (found.status, found.addresses) == ("answered", (ADDRESS,))
    assert found.hops[0].certificate_sha256 == hashlib.sha256(shown).hexdigest()
    assert (found.hops[0].connected_to, found.hops[0].request) == (server.place, f"tls {HOST} A")


def _certificate(server: TcpServer, authority: Authority) -> str:
    return ssl.get_server_certificate((server.host, server.port), ca_certs=str(authority.path), timeout=5)


def test_tls_names_its_protocol_and_the_server_it_wants(authority: Authority) -> None:
    context = authority.issue("dns.example")
    context.set_alpn_protocols(["dot"])
    seen: list[tuple[str | None, str | None]] = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        secured = writer.get_extra_info("ssl_object")
        seen.append((secured.selected_alpn_protocol(), names[-1]))
        await framed(answer_to)(reader, writer)

    names: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: names.append(name)
    with TcpServer(note, tls=context) as server:
        assert ask(f"tls://{server.place}#dns.example", roots=authority.path).status == "answered"
    assert seen == [("dot", "dns.example")]


@pytest.mark.parametrize("name", ["", "#other.example", "#127.0.0.2"])
def test_a_certificate_for_another_name_fails(authority: Authority, name: str) -> None:
    with TcpServer(framed(answer_to), tls=authority.issue("dns.example")) as server:
        found = ask(f"tls://{server.place}{name}", roots=authority.path)
    assert (found.status, found.wire) == ("tls-failed", "")
    assert found.reason is not None
    assert found.hops[0].connected_to == server.place


def test_a_certificate_of_an_unknown_authority_fails(authority: Authority) -> None:
    with TcpServer(framed(answer_to), tls=authority.context) as server:
        assert ask(f"tls://{server.place}").status == "tls-failed"


def test_a_server_without_tls_fails_or_is_silent() -> None:
    async def plain(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 welcome\r\n")
        await writer.drain()

    with TcpServer(plain) as server:
        assert ask(f"tls://{server.place}").status == "tls-failed"
    with TcpServer(silence) as server:
        begun = time.monotonic()
        assert ask(f"tls://{server.place}", seconds=0.4).status == "timed-out"
        assert time.monotonic() - begun < PATIENCE


def test_the_deadline_holds_for_a_way_over_udp_and_tcp() -> None:
    def slowly(query: bytes) -> list[bytes]:
        time.sleep(0.3)
        return [answer_to(query, truncated=True)]

    with TcpServer(silence) as server, Datagrams(slowly, port=server.port) as datagrams:
        begun = time.monotonic()
        found = ask(datagrams.place, seconds=2.0)
        took = time.monotonic() - begun
    assert found.status == "truncated"
    assert 2.0 <= took < PATIENCE


def test_twenty_queries_at_once_are_answered_over_tls(authority: Authority) -> None:
    with TcpServer(framed(answer_to, seconds=0.2), tls=authority.context) as server:
        spelled = [f"tls://{server.place}"] * 20
        begun = time.monotonic()
        found = asyncio.run(ask_all(resolving(roots=authority.path), *spelled, seconds=20.0, together=True))
        took = time.monotonic() - begun
    assert [one.status for one in found] == ["answered"] * 20
    assert took < 20 * 0.2


def test_many_queries_at_once_are_answered_over_udp() -> None:
    with Datagrams(lambda query: [answer_to(query)]) as server:
        found = asyncio.run(ask_all(resolving(), *[server.place] * 200, together=True))
        assert {one.status for one in found} == {"answered"}
        assert len({one.query for one in found}) > 150


@pytest.mark.parametrize("refused", [StoreError(ja="満杯", en="full"), UsageError(ja="否", en="no"), OSError("full")])
def test_what_the_journal_refuses_does_not_leave(refused: Exception) -> None:
    async def leaving(_hop: Hop) -> None:
        raise refused

    with Datagrams(lambda query: [answer_to(query)]) as server, TcpServer(framed(answer_to)) as stream:
        for spelled in (server.place, f"tcp://{stream.place}", f"tls://{stream.place}"):
            with pytest.raises(type(refused)) as raised:
                ask(spelled, leaving=leaving)
            assert raised.value is refused
        assert (server.seen, stream.connections) == ([], 0)


def test_what_the_journal_refuses_on_the_way_to_tcp_passes_on() -> None:
    async def leaving(hop: Hop) -> None:
        if hop.request.startswith("tcp"):
            raise StoreError(ja="満杯", en="full")

    with (
        TcpServer(framed(answer_to)) as server,
        truncating(server.port) as datagrams,
        pytest.raises(StoreError, match="full"),
    ):
        ask(datagrams.place, leaving=leaving)
    assert server.connections == 0


def test_a_resolver_given_up_before_tcp_leaves_the_truncated_answer() -> None:
    async def leaving(hop: Hop) -> None:
        if hop.request.startswith("tcp"):
            raise StoppedError

    with TcpServer(framed(answer_to)) as server, truncating(server.port) as datagrams:
        found = ask(datagrams.place, leaving=leaving)
        assert server.connections == 0
    assert (found.status, [hop.request for hop in found.hops]) == ("truncated", [f"udp {HOST} A"])
    assert found.wire == found.truncated_wire != ""
    assert found.reason is not None
    assert "given up" in found.reason.en


def test_a_resolver_given_up_before_the_first_message_is_not_asked() -> None:
    async def leaving(_hop: Hop) -> None:
        raise StoppedError

    with Datagrams(lambda query: [answer_to(query)]) as server:
        with pytest.raises(StoppedError):
            ask(server.place, leaving=leaving)
        assert server.seen == []


def test_waiting_to_be_let_go_counts_into_the_deadline() -> None:
    async def leaving(_hop: Hop) -> None:
        await asyncio.sleep(60)

    with Datagrams(lambda query: [answer_to(query)]) as server:
        found = ask(server.place, seconds=0.2, leaving=leaving)
        assert server.seen == []
    assert (found.status, found.hops, found.query) == ("timed-out", (), "")


@pytest.mark.parametrize(
    "probe",
    [DnsProbe(platform="x", host="a..example", rrtype="A"), DnsProbe(platform="x", host=HOST, rrtype="A", subnet="x")],
)
def test_what_cannot_be_sent_is_withheld(probe: DnsProbe) -> None:
    told = Announced()
    found = ask("127.0.0.1", probe=probe, leaving=told.note)
    assert (found.status, found.hops, found.query, list(told)) == ("withheld", (), "", [])
    assert found.reason is not None


async def _private(_host: str, _port: int) -> Sequence[str]:
    return ["127.0.0.1"]


async def _unknown(_host: str, _port: int) -> Sequence[str]:
    import socket

    raise socket.gaierror(socket.EAI_NONAME, "unknown")


async def _hanging(_host: str, _port: int) -> Sequence[str]:
    await asyncio.sleep(60)
    return []


def test_a_server_is_found_by_name_only_where_the_guard_allows(authority: Authority) -> None:
    for scheme, path in (("tls", ""), ("https", "/dns-query")):
        with TcpServer(framed(answer_to), tls=authority.context) as server:
            spelled = f"{scheme}://dns.example:{server.port}{path}"
            patience = {_private: 5.0, _unknown: 5.0, _hanging: 0.3}
            statuses = [ask(spelled, lookup=lookup, seconds=seconds).status for lookup, seconds in patience.items()]
            assert (statuses, server.connections) == (["withheld", "unreachable", "timed-out"], 0)


def test_a_server_found_by_name_proves_it_and_the_next_address_is_tried(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "is_global", lambda address: address.startswith("127."))
    tried: list[str] = []

    async def lookup(host: str, _port: int) -> Sequence[str]:
        tried.append(host)
        return ["127.0.0.9", "127.0.0.1"]

    with TcpServer(framed(answer_to), tls=authority.issue("dns.example")) as server:
        one = resolving(roots=authority.path, lookup=lookup)
        found = asyncio.run(ask_all(one, *[f"tls://dns.example:{server.port}"] * 2))
    assert [each.status for each in found] == ["answered", "answered"]
    assert found[0].hops[0].server == f"dns.example:{server.port}"
    assert found[0].hops[0].connected_to == server.place
    assert tried == ["dns.example"]


def test_an_address_that_accepts_nothing_delays_the_first_query_only(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "is_global", lambda address: address.startswith("127."))
    monkeypatch.setattr("ipattr.sources.resolving.exchange.NEXT_ADDRESS_SECONDS", 0.3)

    async def lookup(_host: str, _port: int) -> Sequence[str]:
        return ["127.0.0.9", "127.0.0.1"]

    with (
        TcpServer(framed(answer_to), tls=authority.issue("dns.example")) as server,
        TcpServer(silence, host="127.0.0.9", port=server.port) as dead,
    ):
        one = resolving(roots=authority.path, lookup=lookup)
        found = asyncio.run(ask_all(one, *[f"tls://dns.example:{server.port}"] * 3))
        assert [each.status for each in found] == ["answered"] * 3
        assert dead.connections == 1


def test_authorities_that_cannot_be_read_are_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("nothing")
    for path in (tmp_path / "none.pem", tmp_path / "missing.pem"):
        with pytest.raises(UsageError, match="authorities") as refused:
            resolving(roots=path)
        assert refused.value.where == str(path)


def test_no_secret_of_a_session_is_written(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    log = tmp_path / "keys"
    monkeypatch.setenv("SSLKEYLOGFILE", str(log))
    with TcpServer(framed(answer_to), tls=authority.context) as server:
        assert ask(f"tls://{server.place}", roots=authority.path).status == "answered"
    assert not log.exists()


def test_an_authoritative_server_is_asked_without_recursion() -> None:
    with Datagrams(lambda query: [answer_to(query)]) as server:
        found = ask(f"auth://{server.place}")
    assert (found.resolver, found.status) == (f"auth://{server.place}", "answered")
    assert not dns.message.from_wire(server.seen[0]).flags


def test_a_resolving_object_serves_again_and_again_in_one_loop() -> None:
    async def twice(place: str) -> list[str]:
        one = resolving()
        spelled = parse_resolver(place)

        async def leaving(_hop: Hop) -> None:
            pass

        found = [await one.ask(PROBE, spelled, seconds=5, leaving=leaving, vantage="") for _ in range(2)]
        await one.close()
        await one.close()
        return [each.status for each in found]

    with Datagrams(lambda query: [answer_to(query)]) as server:
        assert asyncio.run(twice(server.place)) == ["answered"] * 2
