"""The zoo itself: it starts, says what its zones say, keeps to loopback, and leaves nothing behind."""

from __future__ import annotations

import concurrent.futures
import contextlib
import ipaddress
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns_cages
import dns_oddities
import pytest
from dns_oddities import Delay, Oddity, silence
from dns_zoo import LAME, Zoo, zoo

if TYPE_CHECKING:
    from dns_zoo import Place

__all__ = ["zoo"]  # the fixture, found by its name

WWW = {"192.0.2.10", "192.0.2.11", "192.0.2.12", "192.0.2.13"}


def ask(place: Place, name: str, rrtype: str = "A", *, subnet: str = "", dnssec: bool = True) -> dns.message.Message:
    options: list[dns.edns.Option] = [dns.edns.GenericOption(dns.edns.OptionType.NSID, b"")]
    if subnet:
        options.append(dns.edns.ECSOption.from_text(subnet))
    question = dns.message.make_query(name, rrtype, want_dnssec=dnssec, options=options, payload=1232)
    return dns.query.udp(question, "127.0.0.1", port=place.port, timeout=10)


def addresses(said: dns.message.Message, rrtype: str = "A") -> list[str]:
    wanted = dns.rdatatype.from_text(rrtype)
    return [str(one) for rrset in said.answer if rrset.rdtype == wanted for one in rrset]


def codes(said: dns.message.Message) -> set[int]:
    return {int(one.code) for one in said.options if isinstance(one, dns.edns.EDEOption)}


def sockets(pid: int) -> list[tuple[str, str]]:
    """Return (protocol, local address) of every internet socket that this process and its children hold."""
    held: set[str] = set()
    for one in (pid, *_children(pid)):
        for file in Path(f"/proc/{one}/fd").iterdir():
            with contextlib.suppress(OSError):
                held.add(str(file.readlink()))
    found = []
    for protocol in ("tcp", "udp", "tcp6", "udp6"):
        for line in Path(f"/proc/net/{protocol}").read_text().splitlines()[1:]:
            columns = line.split()
            if f"socket:[{columns[9]}]" in held:
                found.append((protocol, columns[1].partition(":")[0]))
    return found


def _children(pid: int) -> list[int]:
    found = []
    for one in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in one.read_text().split():
            found += [int(child), *_children(int(child))]
    return found


def test_the_zones_say_what_the_tests_rest_on(zoo: Zoo) -> None:
    for place in (zoo.nsd, zoo.unbound):
        said = ask(place, "www.platform.example")
        assert set(addresses(said)) == WWW
        assert ask(place, "absent.platform.example").rcode() == dns.rcode.NXDOMAIN
        nothing = ask(place, "m.platform.example", "AAAA")
        assert (nothing.rcode(), nothing.answer) == (dns.rcode.NOERROR, [])
        assert addresses(ask(place, "never.heard.of.wild.example")) == ["192.0.2.40"]
        assert ask(place, "big.platform.example").flags & dns.flags.TC
    assert ask(zoo.nsd, "www.platform.example").flags & dns.flags.AA
    assert ask(zoo.nsd, "www.elsewhere.test").rcode() == dns.rcode.REFUSED
    assert ask(zoo.unbound, f"www.{LAME}").rcode() == dns.rcode.SERVFAIL
    chain = [rrset.name.to_text() for rrset in ask(zoo.unbound, "api.platform.example").answer]
    assert chain == ["api.platform.example.", "api.social.example.", "social.cdn.example.", "edge7.cdn.example."]


def test_addresses_rotate(zoo: Zoo) -> None:
    firsts = {addresses(ask(zoo.nsd, "www.platform.example"))[0] for _ in range(20)}
    assert len(firsts) > 1


def test_signatures_are_good_ended_altered_or_missing(zoo: Zoo) -> None:
    good = ask(zoo.unbound, "www.secure.example")
    assert good.flags & dns.flags.AD
    assert addresses(good) == ["192.0.2.60"]
    plain = ask(zoo.unbound, "www.platform.example")
    assert not plain.flags & dns.flags.AD
    assert addresses(ask(zoo.nsd, "www.secure.example"), "RRSIG")
    # Of what it keeps a resolver says less: when it is asked again, only that it is bogus (6).
    for zone, said in (("expired", {6, 7}), ("altered", {6}), ("stripped", {6, 9, 10})):
        broken = ask(zoo.unbound, f"www.{zone}.example")
        assert broken.rcode() == dns.rcode.SERVFAIL, zone
        assert codes(broken) & said, zone


def test_liar_and_refuser_do_as_they_are_named(zoo: Zoo) -> None:
    assert addresses(ask(zoo.liar, "www.platform.example")) == ["203.0.113.66"]
    assert addresses(ask(zoo.liar, "ipattr-1.platform.example")) == ["203.0.113.66"]
    assert addresses(ask(zoo.liar, "ipattr-1.social.example")) == ["203.0.113.99"]
    assert addresses(ask(zoo.forger, "www.platform.example")) == ["203.0.113.67"]
    assert ask(zoo.forger, "ipattr-1.platform.example").rcode() == dns.rcode.NXDOMAIN
    assert set(addresses(ask(zoo.hijacker, "www.platform.example"))) == WWW
    assert addresses(ask(zoo.hijacker, "ipattr-1.platform.example")) == ["203.0.113.99"]
    refused = ask(zoo.refuser, "www.platform.example")
    assert (refused.rcode(), codes(refused)) == (dns.rcode.REFUSED, {18})


def test_answers_differ_by_client_subnet(zoo: Zoo) -> None:
    for place in (zoo.knot, zoo.subnets):
        for subnet, address in (("198.51.100.0/24", "192.0.2.81"), ("203.0.113.0/24", "192.0.2.82")):
            said = ask(place, "www.subnet.example", subnet=subnet)
            assert addresses(said) == [address]
            assert [one.scopelen for one in said.options if isinstance(one, dns.edns.ECSOption)] == [24]


def test_every_socket_is_on_loopback(zoo: Zoo) -> None:
    places = (zoo.nsd, zoo.unbound, zoo.liar, zoo.refuser, zoo.knot, zoo.subnets)
    for place in places:
        held = sockets(place.pid)
        assert {"tcp", "udp"} <= {protocol for protocol, _ in held}, place
        assert {address for _, address in held} == {"0100007F"}, place  # 127.0.0.1 as the kernel writes it


def test_no_resolver_may_ask_beyond_loopback(zoo: Zoo) -> None:
    folder = zoo.unbound.folder
    assert folder is not None
    text = (folder / "unbound.conf").read_text()
    assert re.findall(r"^  outgoing-interface: (.*)$", text, re.MULTILINE) == ["127.0.0.1"]
    never = [ipaddress.ip_network(one) for one in re.findall(r"do-not-query-address: (\S+)", text)]
    four = [one for one in never if isinstance(one, ipaddress.IPv4Network)]
    rest = list(ipaddress.IPv4Network("0.0.0.0/0").address_exclude(ipaddress.IPv4Network("127.0.0.0/8")))
    assert list(ipaddress.collapse_addresses(four)) == sorted(rest)
    assert ipaddress.ip_network("::/0") in never
    assert set(re.findall(r"stub-addr: (\S+)@", text)) == {"127.0.0.1"}
    began = time.monotonic()
    for name in ("www.ietf.org", "example.com", "org", "1.0.0.127.in-addr.arpa", "www.rfc-editor.org"):
        said = ask(zoo.unbound, name)
        assert said.rcode() in {dns.rcode.NXDOMAIN, dns.rcode.NOERROR}, name
        assert not addresses(said), name
    assert time.monotonic() - began < 5  # said from the root that is a file, no timeout of a query that left


def test_several_zoos_live_at_once_and_leave_nothing_behind() -> None:
    def visit(_: int) -> tuple[Path, list[int]]:
        with Zoo() as mine:
            places = [mine.nsd, mine.unbound, mine.liar]
            assert [addresses(ask(one, "m.platform.example")) for one in places] == [
                ["192.0.2.20"],
                ["192.0.2.20"],
                ["203.0.113.66"],
            ]
            return mine.folder, [one.pid for one in places]

    dns_cages.program("nsd")
    dns_cages.program("unbound")
    dns_cages.program("ldns-signzone")
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        visited = list(pool.map(visit, range(3)))
    assert len({pid for _, pids in visited for pid in pids}) == 9
    for folder, pids in visited:
        assert not folder.exists()
        for pid in pids:
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)


def test_a_server_whose_port_is_taken_starts_on_another(monkeypatch: pytest.MonkeyPatch) -> None:
    dns_cages.program("nsd")
    given = dns_cages.free_ports
    with Oddity(silence) as taken, Zoo() as mine:
        first = iter([[taken.port, *given(2)]])
        monkeypatch.setattr(dns_cages, "free_ports", lambda count: next(first, None) or given(count))
        assert mine.nsd.port != taken.port
        assert addresses(ask(mine.nsd, "m.platform.example")) == ["192.0.2.20"]


def test_where_apparmor_is_on_copies_run_that_no_profile_confines(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    dns_cages.program("unbound")
    (tmp_path / "enabled").write_text("Y\n")
    monkeypatch.setattr(dns_cages, "APPARMOR", tmp_path / "enabled")
    with Zoo() as mine:
        for place in (mine.nsd, mine.unbound):
            assert place.folder is not None
            assert Path(f"/proc/{place.pid}/exe").readlink().parent == place.folder
            assert addresses(ask(place, "m.platform.example")) == ["192.0.2.20"]


def test_a_missing_program_skips_and_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with Zoo() as mine, pytest.raises(pytest.skip.Exception, match=r"\.ci/debian ldnsutils"):
        _ = mine.nsd


def test_silence_is_silent_and_truncation_cannot_be_cured(zoo: Zoo) -> None:
    question = dns.message.make_query("www.platform.example", "A")
    for exchange in (dns.query.udp, dns.query.tcp):
        with pytest.raises(dns.exception.Timeout):
            exchange(question, "127.0.0.1", port=zoo.silent.port, timeout=0.3)
    assert ask(zoo.truncating, "www.platform.example").flags & dns.flags.TC
    with pytest.raises(EOFError):
        dns.query.tcp(question, "127.0.0.1", port=zoo.truncating.port, timeout=5)
    with pytest.raises(dns.exception.FormError):
        ask(zoo.garbling, "www.platform.example")
    assert ask(zoo.notimp, "www.platform.example").rcode() == dns.rcode.NOTIMP
    with pytest.raises(OSError, match="refused"):
        dns.query.tcp(question, "127.0.0.1", port=zoo.closed.port, timeout=5)


def test_a_delay_delays_each_answer_and_not_one_after_another(zoo: Zoo) -> None:
    question = dns.message.make_query("www.platform.example", "A")
    with Delay(zoo.nsd.at, seconds=0.2) as delay:
        for exchange in (dns.query.udp, dns.query.tcp):
            began = time.monotonic()
            said = exchange(question, "127.0.0.1", port=delay.port, timeout=10)
            assert set(addresses(said)) == WWW
            assert time.monotonic() - began >= 0.2
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.settimeout(10)
            line.connect(("127.0.0.1", delay.port))
            began = time.monotonic()
            for _ in range(100):
                line.send(dns.message.make_query("m.platform.example", "A").to_wire())
            for _ in range(100):
                line.recv(4096)
            took = time.monotonic() - began
        assert 0.2 <= took < 10  # one after another they would take 20 s
        assert len(delay.seen) == 102


def test_a_delay_runs_as_a_process_of_its_own(zoo: Zoo, tmp_path: Path) -> None:
    ready, log = tmp_path / "ready", tmp_path / "log"
    script = Path(dns_oddities.__file__).with_name("dns_oddities.py")
    arguments = [zoo.nsd.at, "--seconds", "0.05", "--ready", str(ready), "--log", str(log)]
    process = subprocess.Popen([sys.executable, str(script), *arguments])
    try:
        until = time.monotonic() + 30
        while not ready.exists() and time.monotonic() < until:
            time.sleep(0.02)
        port = json.loads(ready.read_text())["port"]
        said = dns.query.udp(dns.message.make_query("m.platform.example", "A"), "127.0.0.1", port=port, timeout=10)
        assert addresses(said) == ["192.0.2.20"]
        assert len(log.read_text().splitlines()) == 1
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
