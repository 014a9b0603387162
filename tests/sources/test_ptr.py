"""PTR over DNS: against a real name server (nsd) on loopback, misbehaving ones of our own, and mutated messages."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import threading
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whois_answers import exchange_of

from ipattr.model import Question, Request
from ipattr.sources.dns_transport import ask_dns
from ipattr.sources.ptr import read_ptr
from ipattr.sources.requests import reverse_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ipattr.model import Hop, Reply
    from ipattr.sources.interface import Answered

NSD = shutil.which("nsd") or shutil.which("nsd", path="/usr/sbin:/sbin")
MANY = 60
ZONE = """$ORIGIN 113.0.203.in-addr.arpa.
@ 300 IN SOA ns.reiji.example. hostmaster.reiji.example. 1 3600 600 86400 60
@ 300 IN NS ns.reiji.example.
5 3600 IN PTR p5.osaka.reiji.example.
6 60 IN PTR a.reiji.example.
6 60 IN PTR b.reiji.example.
7 300 IN CNAME 7.0-63
7.0-63 300 IN PTR customer7.reiji.example.
8 300 IN TXT "no name here"
""" + "".join(f"9 300 IN PTR a-long-name-number-{number}.reiji.example.\n" for number in range(MANY))
ZONE6 = """$ORIGIN 8.b.d.0.1.0.0.2.ip6.arpa.
@ 300 IN SOA ns.reiji.example. hostmaster.reiji.example. 1 3600 600 86400 60
@ 300 IN NS ns.reiji.example.
1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0 300 IN PTR six.reiji.example.
"""


def now() -> datetime:
    return datetime.now(UTC)


def request(address: str, endpoint: str, *, allowed: tuple[str, ...] | None = None, limit: int = 1 << 16) -> Request:
    return Request(
        question=Question(source="ptr", kind="ptr", subject=address),
        server="resolver",
        protocol="dns",
        endpoint=endpoint,
        payload=reverse_name(address),
        allowed=(endpoint,) if allowed is None else allowed,
        limit=limit,
    )


def ask(asked: Request, *, seconds: float = 5.0, hops: list[Hop] | None = None) -> Answered:
    async def leaving(hop: Hop) -> None:
        if hops is not None:
            hops.append(hop)

    return asyncio.run(ask_dns(asked, seconds=seconds, leaving=leaving, clock=now, tool_version="0"))


def asked_and_read(address: str, endpoint: str) -> Reply:
    answered = ask(request(address, endpoint))
    assert answered.exchange.delivery == "complete", answered.exchange.reason
    return read_ptr(answered.exchange, answered.body)


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def nsd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run Debian's nsd on loopback over our zones; return its ``address:port``."""
    if NSD is None:
        pytest.skip("nsd is not installed (.ci/debian nsd)")
    folder: Path = tmp_path_factory.mktemp("nsd")
    (folder / "v4").write_text(ZONE)
    (folder / "v6").write_text(ZONE6)
    port = _free_port()
    (folder / "nsd.conf").write_text(
        f'server:\n  ip-address: 127.0.0.1\n  port: {port}\n  username: ""\n  chroot: ""\n  zonesdir: "{folder}"\n'
        f'  database: ""\n  pidfile: "{folder}/pid"\n  xfrdfile: "{folder}/xfrd"\n  zonelistfile: "{folder}/list"\n'
        f'  xfrdir: "{folder}"\n  logfile: "{folder}/log"\n  server-count: 1\n'
        "remote-control:\n  control-enable: no\n"
        'zone:\n  name: "113.0.203.in-addr.arpa"\n  zonefile: "v4"\n'
        'zone:\n  name: "8.b.d.0.1.0.0.2.ip6.arpa"\n  zonefile: "v6"\n'
    )
    server = subprocess.Popen(
        [NSD, "-d", "-c", str(folder / "nsd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(100):
            answered = ask(request("203.0.113.5", f"127.0.0.1:{port}"), seconds=0.2)
            if answered.exchange.delivery == "complete":
                break
            time.sleep(0.05)
        else:
            log = folder / "log"
            pytest.fail(f"nsd did not answer: {log.read_text() if log.exists() else 'no log'}")
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def test_a_name_is_read_with_the_line_of_its_record(nsd: str) -> None:
    hops: list[Hop] = []
    answered = ask(request("203.0.113.5", nsd), hops=hops)
    exchange = answered.exchange
    assert exchange.hops[0].connected_to == nsd
    assert (len(hops), hops[0].request, hops[0].server) == (1, "5.113.0.203.in-addr.arpa", nsd)
    assert dns.message.from_wire(answered.body).answer  # the evidence is the message itself
    reply = read_ptr(exchange, answered.body)
    assert reply.status == "found"
    assert [one.value for one in reply.names] == ["p5.osaka.reiji.example"]
    line = reply.text.split("\n")[int(reply.names[0].at.removeprefix("line:")) - 1]
    assert line == "5.113.0.203.in-addr.arpa. 3600 IN PTR p5.osaka.reiji.example."
    assert line in [one.value for one in reply.other]  # its TTL is not lost
    assert any("NOERROR" in one.value for one in reply.other)


def test_several_names_and_aliases_of_classless_delegation_are_read(nsd: str) -> None:
    several = asked_and_read("203.0.113.6", nsd)
    assert sorted(one.value for one in several.names) == ["a.reiji.example", "b.reiji.example"]
    assert [one.value for one in asked_and_read("203.0.113.7", nsd).names] == ["customer7.reiji.example"]
    assert [one.value for one in asked_and_read("2001:db8::1", nsd).names] == ["six.reiji.example"]


def test_no_name_is_not_found_and_not_unassigned(nsd: str) -> None:
    for address in ("203.0.113.8", "203.0.113.200"):  # no data, and NXDOMAIN
        reply = asked_and_read(address, nsd)
        assert (reply.status, reply.names) == ("not-found", ())
        assert reply.reason is not None
        assert "未割り当てを意味しない" in reply.reason.ja


def test_a_zone_that_the_server_does_not_have_is_refused(nsd: str) -> None:
    assert asked_and_read("198.51.100.1", nsd).status == "refused"


def test_an_answer_too_large_for_a_datagram_is_asked_for_over_tcp(nsd: str) -> None:
    hops: list[Hop] = []
    answered = ask(request("203.0.113.9", nsd), hops=hops)
    assert len(hops) == 2  # each request that leaves is told
    assert len(answered.exchange.hops) == 2
    assert len(read_ptr(answered.exchange, answered.body).names) == MANY


def test_more_bytes_than_accepted_are_cut_and_said(nsd: str) -> None:
    answered = ask(request("203.0.113.9", nsd, limit=100))
    assert (answered.exchange.delivery, len(answered.body)) == ("oversized", 100)


@pytest.mark.parametrize(
    ("endpoint", "allowed"),
    [
        ("127.0.0.1:53", ("127.0.0.1:54",)),
        ("127.0.0.1:53", ()),
        ("localhost:53", ("localhost:53",)),
        ("nonsense", ("nonsense",)),
    ],
)
def test_a_name_server_that_is_not_allowed_is_not_asked(endpoint: str, allowed: tuple[str, ...]) -> None:
    hops: list[Hop] = []
    answered = ask(request("203.0.113.5", endpoint, allowed=allowed), hops=hops)
    assert answered.exchange.delivery == "withheld"
    assert answered.exchange.hops == ()
    assert hops == []


def test_what_the_ledger_refuses_does_not_leave() -> None:
    asked: list[bytes] = []

    async def leaving(_hop: Hop) -> None:
        message = "the disk is full"
        raise OSError(message)

    with (
        Datagrams(lambda query: asked.append(query) or [query]) as server,
        pytest.raises(OSError, match="disk is full"),
    ):
        asyncio.run(
            ask_dns(request("203.0.113.5", server.endpoint), seconds=1, leaving=leaving, clock=now, tool_version="0")
        )
    assert asked == []


class Datagrams:
    """A UDP server on loopback that answers each query with the datagrams that ``answers`` gives."""

    def __init__(self, answers: Callable[[bytes], list[bytes]]) -> None:
        """Bind a port; nothing is answered yet."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.05)
        self._answers = answers
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.endpoint = f"127.0.0.1:{self._socket.getsockname()[1]}"

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
        while not self._stopped.is_set():
            try:
                query, peer = self._socket.recvfrom(4096)
            except TimeoutError:
                continue
            for one in self._answers(query):
                self._socket.sendto(one, peer)


def answer_to(query: bytes, *, code: dns.rcode.Rcode = dns.rcode.NOERROR, name: str = "") -> bytes:
    asked = dns.message.from_wire(query)
    message = dns.message.make_response(asked)
    message.set_rcode(code)
    if name:
        message.answer.append(dns.rrset.from_text(asked.question[0].name, 60, "IN", "PTR", name))
    return message.to_wire()


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (dns.rcode.SERVFAIL, "server-error"),
        (dns.rcode.REFUSED, "refused"),
        (dns.rcode.NXDOMAIN, "not-found"),
        (dns.rcode.NOTIMP, "refused"),
    ],
)
def test_each_rcode_has_its_status(code: dns.rcode.Rcode, status: str) -> None:
    with Datagrams(lambda query: [answer_to(query, code=code)]) as server:
        assert asked_and_read("203.0.113.5", server.endpoint).status == status


def test_spoofed_and_garbled_datagrams_are_passed_over() -> None:
    def spoof(query: bytes) -> list[bytes]:
        wrong_id = bytes((query[0] ^ 0xFF,)) + answer_to(query, name="evil.example.")[1:]
        other = answer_to(dns.message.make_query("6.113.0.203.in-addr.arpa", "PTR").to_wire(), name="evil.example.")
        other = query[:2] + other[2:]
        return [b"", b"\x00" * 5, wrong_id, other, answer_to(query, name="good.example.")]

    with Datagrams(spoof) as server:
        assert [one.value for one in asked_and_read("203.0.113.5", server.endpoint).names] == ["good.example"]


def test_silence_ends_with_the_deadline() -> None:
    with Datagrams(lambda _query: []) as server:
        begun = time.monotonic()
        answered = ask(request("203.0.113.5", server.endpoint), seconds=0.3)
        assert time.monotonic() - begun < 3.0
    assert answered.exchange.delivery == "timed-out"
    assert len(answered.exchange.hops) == 1


def test_nobody_there_is_unreachable() -> None:
    answered = ask(request("203.0.113.5", f"127.0.0.1:{_free_port()}"), seconds=0.3)
    assert answered.exchange.delivery in {"unreachable", "timed-out"}


def _wire(name: str = "p5.reiji.example.") -> bytes:
    return answer_to(dns.message.make_query("5.113.0.203.in-addr.arpa", "PTR").to_wire(), name=name)


def read(body: bytes, subject: str = "203.0.113.5") -> Reply:
    return read_ptr(exchange_of(body, subject=subject, source="ptr", kind="ptr", protocol="dns"), body)


def test_a_message_about_another_name_is_not_taken() -> None:
    assert read(_wire()).status == "found"
    assert read(_wire(), "203.0.113.6").status == "wrong-range"
    assert read(dns.message.make_query("5.113.0.203.in-addr.arpa", "PTR").to_wire()).status == "wrong-type"


def test_control_characters_in_a_name_cannot_act() -> None:
    reply = read(_wire("evil\\027[2K\\010.example."))
    assert reply.status == "found"
    assert reply.names[0].value == "evil\\027[2K\\010.example"
    assert "\x1b" not in reply.text


def test_names_that_all_point_at_one_long_name_do_not_keep_the_reader_busy() -> None:
    long_name = b"".join(b"\x01a" for _ in range(120)) + b"\x00"
    head = bytes.fromhex("0001818000011555") + b"\x00\x00\x00\x00"
    question = long_name + b"\x00\x0c\x00\x01"
    record = b"\xc0\x0c\x00\x0c\x00\x01\x00\x00\x00\x3c\x00\x02\xc0\x0c"
    bomb = head + question + record * 0x1155
    began = time.monotonic()
    reply = read(bomb)
    assert reply.status == "malformed"
    assert reply.reason is not None
    assert "16 KiB" in reply.reason.en
    assert time.monotonic() - began < 2


@settings(max_examples=300, deadline=None)
@given(
    body=st.binary(max_size=120)
    | st.builds(
        lambda flips, length: bytes(
            byte ^ dict(flips).get(place, 0) for place, byte in enumerate(_wire()) if place < length
        ),
        st.lists(st.tuples(st.integers(0, 90), st.integers(0, 255)), max_size=4),
        st.integers(0, 120),
    )
)
def test_any_bytes_give_a_reply(body: bytes) -> None:
    reply = read(body)
    assert (reply.status == "found") == (reply.reason is None)
    if reply.status == "found":
        assert reply.names
