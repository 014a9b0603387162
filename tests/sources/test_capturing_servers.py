"""A capture of real name servers on loopback: nsd, unbound, and some that misbehave."""

from __future__ import annotations

import socket
import subprocess
import time
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import dns.flags
import dns.message
import msgspec
import pytest
from dns_oddities import Delay
from dns_zoo import Zoo, free_ports, program, zoo

from ipattr.model import Platform, PlatformHost
from ipattr.sources.capturing import capture_now, plan_capture
from ipattr.sources.resolving.messages import reread
from ipattr.sources.resolving.spec import parse_resolver
from ipattr.sources.resolving.transports import Resolving

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ipattr.model import CaptureOutcome, CapturePlan, Resolution, Resolver

__all__ = ["zoo"]  # the fixture, found by its name

JITTER = 0.1
"""Seconds by which a busy machine may hand two datagrams over closer together than they left."""


def now() -> datetime:
    return datetime.now(UTC)


def quick(spelling: str, **fields: Any) -> Resolver:  # noqa: ANN401 - any of its own
    """Return the resolver so spelled, at a pace that holds no test back."""
    return msgspec.structs.replace(parse_resolver(spelling), **({"per_second": 500.0, "burst": 500} | fields))


def plan(hosts: Sequence[str], resolvers: Sequence[Resolver], **options: Any) -> CapturePlan:  # noqa: ANN401
    platform = Platform(
        id="board",
        name="Board",
        hosts=tuple(PlatformHost(name=host, role="unknown", candidate=True) for host in hosts),
        sources=("T",),
        confidence="high",
    )
    return plan_capture([platform], resolvers, **({"token": "t0", "vantage": "loopback"} | options))


class Captured(NamedTuple):
    """What a capture kept, and how it went."""

    kept: tuple[Resolution, ...]
    outcome: CaptureOutcome

    def of(self, host: str, rrtype: str, resolver: Resolver) -> list[Resolution]:
        """Return the resolutions of one host and type at one resolver, in order of rounds."""
        found = [one for one in self.kept if (one.probe.host, one.probe.rrtype) == (host, rrtype)]
        return sorted((one for one in found if one.resolver == resolver.id), key=lambda one: one.probe.round)


def capture(plan: CapturePlan, **options: Any) -> Captured:  # noqa: ANN401 - any option of the function
    """Carry a plan out, and check what must hold of any capture."""
    batches: list[Resolution] = []
    kept, outcome = capture_now(plan, resolving=Resolving(now, "0"), keep=batches.extend, clock=now, **options)
    assert list(kept) == batches
    assert outcome.planned + outcome.further == sum(outcome.statuses.values()) + outcome.unasked
    assert outcome.sent == sum(len(one.hops) for one in kept)
    for one in kept:
        assert reread(one) == one
    return Captured(kept, outcome)


def test_every_status_is_had_from_the_server_that_gives_it(zoo: Zoo) -> None:
    honest, liar, refuser = quick(zoo.unbound.udp), quick(zoo.liar.udp), quick(zoo.refuser.udp)
    truncating, garbling, closed = quick(zoo.truncating.udp), quick(zoo.garbling.udp), quick(zoo.closed.udp)
    resolvers = [honest, liar, refuser, truncating, garbling, closed]
    hosts = ["www.platform.example", "big.platform.example", "nothing.platform.example", "www.lame.example"]
    captured = capture(plan(hosts, resolvers, seconds=2.0))
    assert captured.outcome.unasked == 0

    def statuses(host: str, rrtype: str, resolver: Resolver) -> set[str]:
        return {one.status for one in captured.of(host, rrtype, resolver)}

    www = "www.platform.example"
    assert statuses(www, "A", honest) == statuses(www, "HTTPS", honest) == {"answered"}
    assert statuses("big.platform.example", "HTTPS", honest) == {"nodata"}
    assert statuses("nothing.platform.example", "A", honest) == {"nxdomain"}
    assert statuses("www.lame.example", "A", honest) == {"servfail"}
    assert captured.of(www, "A", liar)[0].addresses == ("203.0.113.66",)
    assert statuses(www, "A", refuser) == {"refused"}
    assert statuses(www, "A", truncating) == {"truncated"}
    assert statuses(www, "A", closed) == {"unreachable"}
    assert statuses(www, "A", garbling) <= {"timed-out", "malformed"}
    big = captured.of("big.platform.example", "A", honest)
    assert [(len(one.hops), bool(one.truncated_wire)) for one in big] == [(2, True), (2, True)]
    wild = [one for one in captured.kept if one.probe.kind == "wildcard"]
    assert Counter(one.resolver for one in wild) == dict.fromkeys((one.id for one in resolvers), 2)


def test_the_rate_is_kept_as_the_server_sees_it(zoo: Zoo) -> None:
    """Seventy-one datagrams and the TCP after each of thirty-five: 5 at once, 40 a second, in every window."""
    with Delay(zoo.nsd.at, seconds=0.02) as server:
        gentle = quick(f"udp://127.0.0.1:{server.port}", per_second=40.0, burst=5)
        captured = capture(plan(["www.platform.example", "big.platform.example"], [gentle], types=("A",), rounds=35))
        came = [at for at, _, _ in server.seen]
        carriers = Counter(carrier for _, carrier, _ in server.seen)
    assert captured.outcome.unasked == 0
    assert carriers == {"udp": 71, "tcp": 35}
    assert len(came) == captured.outcome.sent
    assert came[-1] - came[0] >= (len(came) - 5) / 40
    for first, start in enumerate(came):
        for last in range(first, len(came)):
            assert last - first + 1 <= 5 + 40 * (came[last] - start + JITTER)


def test_a_slow_pace_does_not_eat_up_the_seconds_of_an_exchange(zoo: Zoo) -> None:
    """Four answers that call for TCP, at four messages a second: none is given up while it waits for its turn."""
    slow = quick(zoo.nsd.udp, per_second=4.0, burst=1)
    captured = capture(plan(["big.platform.example"], [slow], types=("A",), rounds=4, seconds=1.0))
    assert {one.status for one in captured.of("big.platform.example", "A", slow)} == {"answered"}


def test_a_silent_server_holds_up_nobody_else(zoo: Zoo) -> None:
    silent, honest = quick(zoo.silent.udp), quick(zoo.unbound.udp)
    hosts = ["www.platform.example", "m.platform.example", "www.social.example"]
    zoo.unbound.at  # noqa: B018 - started before the clock runs
    captured = capture(plan(hosts, [silent, honest], types=("A",), rounds=3, seconds=1.0))
    last = max(one.received for one in captured.kept if one.resolver == honest.id)
    first = min(one.received for one in captured.kept if one.resolver == silent.id)
    assert last < first
    dumb = [one for one in captured.kept if one.resolver == silent.id]
    assert {(one.status, len(one.hops)) for one in dumb[:3]} == {("timed-out", 2)}
    assert {one.status for one in dumb} == {"timed-out"}


def test_a_datagram_lost_once_is_answered_the_second_time(zoo: Zoo) -> None:
    lost: set[bytes] = set()

    class Lossy(Delay):
        async def _relay(self, message: bytes, carrier: Any) -> bytes | None:  # noqa: ANN401 - of the base
            question = message[12:]
            if question in lost:
                return await super()._relay(message, carrier)
            lost.add(question)
            return None

    with Lossy(zoo.nsd.at, seconds=0.0) as server:
        flaky = quick(f"udp://127.0.0.1:{server.port}")
        captured = capture(plan(["www.platform.example"], [flaky], types=("A", "AAAA"), rounds=1, seconds=0.5))
    first, second = (captured.of("www.platform.example", rrtype, flaky)[0] for rrtype in ("A", "AAAA"))
    assert {(one.status, len(one.hops)) for one in (first, second)} == {("answered", 2)}
    assert first.hops[0].sent < first.hops[1].sent


def test_the_authoritative_servers_are_found_and_asked_without_recursion(zoo: Zoo) -> None:
    one, two = quick(zoo.unbound.udp), quick(zoo.second.tcp)
    hosts = ["www.platform.example", "api.platform.example", "a.b.c.platform.example", "www.social.example"]
    captured = capture(
        plan(hosts, [one, two], authoritative=True),
        authority_port=zoo.nsd.port,
        reachable=lambda address: address == "127.0.0.1",
    )
    authority = parse_resolver(zoo.nsd.auth)
    rotated = captured.of("www.platform.example", "A", authority)
    assert [one.probe.round for one in rotated] == [1, 2]
    for answer in rotated:
        assert sorted(answer.addresses) == [f"192.0.2.{number}" for number in range(10, 14)]
        assert "AA" in answer.flags
        assert "RD" not in answer.flags
    assert captured.of("a.b.c.platform.example", "AAAA", authority)[0].status == "nxdomain"
    assert captured.of("www.platform.example", "HTTPS", authority) == []
    # The authority of the first zone does not follow the alias into another: that it serves this one too is its affair.
    assert captured.of("api.platform.example", "A", authority)[0].cnames[0] == "api.social.example"
    delegations = Counter(
        (one.resolver, one.probe.host, one.probe.rrtype) for one in captured.kept if one.probe.kind == "delegation"
    )
    assert set(delegations.values()) == {1}  # each name once, however many hosts lie below it
    assert (two.id, "ns.platform.example", "A") in delegations
    assert (two.id, "ns.social.example", "AAAA") in delegations
    assert (two.id, "example", "NS") not in delegations
    further = [one for one in captured.kept if one.probe.kind == "delegation" or one.resolver == authority.id]
    assert captured.outcome.further == len(further)
    assert captured.outcome.findings == ()


def test_an_authority_that_is_not_globally_reachable_is_not_asked(zoo: Zoo) -> None:
    with Delay(zoo.nsd.at, seconds=0.0) as server:
        captured = capture(
            plan(["www.platform.example"], [quick(zoo.unbound.udp)], authoritative=True), authority_port=server.port
        )
        assert server.seen == []
    held = [one for one in captured.kept if one.status == "withheld"]
    assert [(one.probe.rrtype, one.probe.round) for one in held] == [("A", 1), ("AAAA", 1)]
    assert {one.resolver for one in held} == {f"auth://127.0.0.1:{server.port}"}
    assert all("globally reachable" in one.reason.en and not one.hops for one in held if one.reason is not None)
    assert {one.tool_version for one in held} == {"0"}


def test_a_host_whose_delegation_cannot_be_found_is_said(zoo: Zoo) -> None:
    captured = capture(
        plan(["www.lame.example", "www.platform.example"], [quick(zoo.refuser.udp)], authoritative=True),
    )
    assert [(one.code, one.about) for one in captured.outcome.findings] == [
        ("IPA823", "www.lame.example"),
        ("IPA823", "www.platform.example"),
    ]
    assert "refused" in captured.outcome.findings[0].message.en


FAR = """$ORIGIN far.example.
@ 300 IN SOA ns1.hoster.example. hostmaster.hoster.example. 1 3600 600 86400 60
@ 300 IN NS ns1.hoster.example.
@ 300 IN NS ns2.hoster.example.
www.plain 300 IN A 192.0.2.1
x.y 300 IN NS ns2.hoster.example.
alias 300 IN CNAME hoster.example.
"""
CUT = """$ORIGIN x.y.far.example.
@ 300 IN SOA ns2.hoster.example. hostmaster.hoster.example. 1 3600 600 86400 60
@ 300 IN NS ns2.hoster.example.
www.q 300 IN AAAA 2001:db8::2
"""
HOSTER = """$ORIGIN hoster.example.
@ 300 IN SOA ns1 hostmaster 1 3600 600 86400 60
@ 300 IN NS ns1
ns1 300 IN A 127.0.0.1
ns2 300 IN A 127.0.0.1
ns2 300 IN AAAA ::1
"""


@pytest.fixture
def hoster(tmp_path: Path) -> Iterator[int]:
    """Run nsd on both families over zones whose servers are named elsewhere; return its port."""
    if not _has_ipv6():
        pytest.skip("no IPv6 on loopback here")
    (port,) = free_ports(1)
    zones = {"far.example": FAR, "x.y.far.example": CUT, "hoster.example": HOSTER}
    for name, text in zones.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "nsd.conf").write_text(
        f'server:\n  ip-address: 127.0.0.1\n  ip-address: ::1\n  port: {port}\n  username: ""\n  chroot: ""\n'
        f'  zonesdir: "{tmp_path}"\n  database: ""\n  pidfile: "{tmp_path}/pid"\n  xfrdfile: "{tmp_path}/xfrd"\n'
        f'  zonelistfile: "{tmp_path}/list"\n  xfrdir: "{tmp_path}"\n  logfile: "{tmp_path}/log"\n  server-count: 1\n'
        "remote-control:\n  control-enable: no\n"
        + "".join(f'zone:\n  name: "{name}"\n  zonefile: "{name}"\n' for name in zones)
    )
    server = subprocess.Popen([program("nsd"), "-d", "-c", str(tmp_path / "nsd.conf")])
    try:
        for _ in range(200):
            if _answers(port):
                break
            time.sleep(0.05)
        else:
            pytest.fail("nsd did not answer")
        yield port
    finally:
        server.terminate()
        server.wait(10)


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as one:
            one.bind(("::1", 0))
    except OSError:
        return False
    return True


def _answers(port: int) -> bool:
    query = dns.message.make_query("far.example", "SOA").to_wire()
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as one:
        one.settimeout(0.2)
        try:
            one.sendto(query, ("::1", port))
            return bool(dns.message.from_wire(one.recv(4096)).flags & dns.flags.AA)
        except OSError:
            return False


def test_zones_cut_several_labels_down_and_servers_named_elsewhere_in_both_families_are_found(hoster: int) -> None:
    resolver = quick(f"udp://127.0.0.1:{hoster}")
    hosts = ["www.q.x.y.far.example", "www.plain.far.example", "alias.far.example"]
    captured = capture(
        plan(hosts, [resolver], types=("A", "AAAA"), rounds=1, authoritative=True),
        authority_port=hoster,
        reachable=lambda address: address in {"127.0.0.1", "::1"},
    )
    four, six = parse_resolver(f"auth://127.0.0.1:{hoster}"), parse_resolver(f"auth://[::1]:{hoster}")
    for authority in (four, six):
        assert captured.of("www.q.x.y.far.example", "AAAA", authority)[0].addresses == ("2001:db8::2",)
        assert captured.of("www.plain.far.example", "A", authority)[0].addresses == ("192.0.2.1",)
        assert captured.of("alias.far.example", "A", authority)[0].cnames == ("hoster.example",)
    asked = {one.probe.host: one.status for one in captured.kept if one.probe.rrtype == "NS"}
    # The alias has NS records at its end, those of another zone: its own zone is the one above it.
    assert asked["alias.far.example"] == "answered"
    assert asked["q.x.y.far.example"] == "nodata"
    assert "y.far.example" not in asked  # the cut below it was found
    assert asked["far.example"] == "answered"
    assert captured.outcome.findings == ()
