"""Reverse names go by the same wire as the hosts of platforms: what a name server does over TCP has its delivery."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import dns.flags
import dns.message
import dns.resolver
import dns.rrset
import pytest
from carrying import Announced, now
from resolving_servers import Datagrams, framed, raw, silence
from servers import TcpServer, reset

from ipattr.model import Question, Request
from ipattr.sources.dns_transport import ask_dns

if TYPE_CHECKING:
    from ipattr.model import Hop
    from ipattr.sources.interface import Answered, Notice

NAME = "5.113.0.203.in-addr.arpa"


def ask(endpoint: str, leaving: Notice, *, name: str = NAME, seconds: float = 5.0) -> Answered:
    request = Request(
        question=Question(source="ptr", kind="ptr", subject="203.0.113.5"),
        server="resolver",
        protocol="dns",
        endpoint=endpoint,
        payload=name,
        allowed=(endpoint,),
        limit=1 << 16,
    )
    return asyncio.run(ask_dns(request, seconds=seconds, leaving=leaving, clock=now, tool_version="0"))


def answer(query: bytes, *, truncated: bool = False) -> bytes:
    message = dns.message.make_response(dns.message.from_wire(query))
    if truncated:
        message.flags |= dns.flags.TC
    else:
        message.answer.append(dns.rrset.from_text(f"{NAME}.", 60, "IN", "PTR", "p5.reiji.example."))
    return message.to_wire()


async def _reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(4096)
    reset(writer)


@pytest.mark.parametrize(
    ("handler", "delivery"),
    [
        (framed(answer), "complete"),
        (framed(lambda query: query), "garbled"),
        (framed(lambda query: answer(query)[:-2]), "garbled"),
        (raw(lambda _query: b"\x10\x00abc"), "truncated"),
        (_reset, "unreachable"),
        (silence, "timed-out"),
    ],
)
def test_each_end_of_a_way_over_tcp_is_a_delivery(handler: object, delivery: str) -> None:
    told = Announced()
    with (
        TcpServer(handler) as server,  # type: ignore[arg-type]
        Datagrams(lambda query: [answer(query, truncated=True)], port=server.port) as datagrams,
    ):
        answered = ask(datagrams.place, told.note, seconds=1.0 if handler is silence else 5.0)
    assert (answered.exchange.delivery, len(answered.exchange.hops), len(told)) == (delivery, 2, 2)
    assert bool(answered.body) is (delivery == "complete")


def test_a_malformed_datagram_does_not_end_the_wait() -> None:
    told = Announced()
    with Datagrams(lambda query: [answer(query)[:-2], answer(query)]) as server:
        answered = ask(server.place, told.note)
        assert (answered.exchange.delivery, answered.body) == ("complete", answer(server.seen[0]))


def test_what_can_be_no_name_is_not_sent() -> None:
    told = Announced()
    answered = ask("127.0.0.1:53", told.note, name="a..b")
    assert (answered.exchange.delivery, list(told)) == ("withheld", [])


def test_the_first_resolver_of_the_machine_is_asked_where_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    class Configured(dns.resolver.Resolver):
        def __init__(self) -> None:
            super().__init__(configure=False)
            self.nameservers = ["127.0.0.1"]

    def refuse() -> None:
        raise dns.resolver.NoResolverConfiguration

    hops: list[Hop] = []
    told = Announced()
    with Datagrams(lambda query: [answer(query)]) as server:
        port = server.place.rpartition(":")[2]
        monkeypatch.setattr(dns.resolver, "Resolver", Configured)
        answered = ask(f":{port}", told.note)
        hops += answered.exchange.hops
        monkeypatch.setattr(dns.resolver, "Resolver", refuse)
        nobody = ask("", told.note)
    assert (answered.exchange.delivery, hops[0].connected_to) == ("complete", server.place)
    assert (nobody.exchange.delivery, nobody.exchange.hops) == ("unreachable", ())
