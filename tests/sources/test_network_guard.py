"""The guard of the transports: only permitted places, only global addresses, and only the address that was checked."""

from __future__ import annotations

import asyncio
import csv
import json
import shutil
import socket
import subprocess
import sys
import time
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest
from carrying import ask_rdap, ask_whois, fetch_all, now
from hypothesis import given
from hypothesis import strategies as st

from ipattr.sources.guard import (
    CheckedNames,
    WithheldError,
    is_global,
    is_literal,
    is_permitted,
    look_up,
    place_of,
    split_place,
)
from ipattr.sources.http import Http
from ipattr.sources.port43 import Port43

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

GLOBAL = [
    "8.8.8.8",
    "202.12.29.1",
    "2001:dd8:9:2::101:33",
    "2400::1",
    "64:ff9b::808:808",
    "2002:808:808::1",
]
NOT_GLOBAL = [
    "0.0.0.0",  # noqa: S104 - the subject of the test
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.8",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::8.8.8.8",
    "::ffff:8.8.8.8",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808",
    "100::1",
    "2001::1",
    "2001:0:808:808::f7f7:f7f7",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "2400::1%eth0",
    "fec0::1",
    "ff02::1",
    "",
    "localhost",
    "127.1",
    "8.8.8.8 ",
    "0x08080808",
]


@pytest.mark.parametrize("address", GLOBAL)
def test_an_address_of_a_public_server_is_global(address: str) -> None:
    assert is_global(address)


@pytest.mark.parametrize("address", NOT_GLOBAL)
def test_no_other_address_is_global(address: str) -> None:
    assert not is_global(address)


def test_no_block_that_iana_calls_unreachable_is_global(root: Path) -> None:
    blocks = []
    for name in ("ipv4.csv", "ipv6.csv"):
        with (root / "data" / "special" / name).open(encoding="utf-8", newline="") as file:
            blocks += [row["prefix"] for row in csv.DictReader(file) if row["globally_reachable"].lower() == "false"]
    assert len(blocks) >= 20
    for block in blocks:
        network = ip_network(block)
        assert not is_global(str(network[0])), block
        assert not is_global(str(network[-1])), block


HOSTS = st.one_of(st.ip_addresses().map(str), st.from_regex(r"[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?", fullmatch=True))


@given(host=HOSTS, port=st.integers(1, 65535))
def test_a_place_is_split_into_what_it_was_made_of(host: str, port: int) -> None:
    assert split_place(place_of(host, port)) == (host, port)
    assert is_permitted(host, port, [place_of(host, port).upper()])
    assert not is_permitted(host, port, [place_of(host, port % 65535 + 1), host])


@given(text=st.text(max_size=30))
def test_any_text_is_a_place_or_a_value_error(text: str) -> None:
    try:
        host, port = split_place(text)
    except ValueError:
        return
    assert place_of(host, port) == place_of(*split_place(place_of(host, port)))
    assert isinstance(is_literal(host), bool)


class Resolver:
    """A resolver of our own: answers in order, the last for good, counting how often it was asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        """Remember the answers."""
        self.asked: list[str] = []
        self._answers = list(answers)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Answer."""
        del port
        self.asked.append(host)
        await asyncio.sleep(0.01)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["2400::1", "::1"], ["169.254.169.254"], ["::ffff:10.0.0.1"]],
)
@pytest.mark.parametrize("protocol", ["rdap", "whois"])
def test_a_name_with_any_address_that_is_not_global_is_not_reached(addresses: list[str], protocol: str) -> None:
    place = "rdap.example:4343"
    rdap = Http(clock=now, tool_version="0", lookup=Resolver(addresses))
    whois = Port43(clock=now, tool_version="0", lookup=Resolver(addresses))
    if protocol == "rdap":
        (answered,) = asyncio.run(fetch_all(rdap, ask_rdap(f"https://{place}/ip/203.0.113.5", place)))
    else:
        (answered,) = asyncio.run(fetch_all(whois, ask_whois(place)))
    assert (answered.exchange.delivery, answered.exchange.hops) == ("withheld", ())


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "1.2.3", "rdap.example.0x1"])
def test_an_old_spelling_of_an_address_is_no_name(host: str) -> None:
    resolver = Resolver(["8.8.8.8"])
    with pytest.raises(WithheldError):
        asyncio.run(CheckedNames(resolver).addresses(host, 443, allowed=[f"{host}:443"]))
    assert resolver.asked == []


def test_equal_names_are_looked_up_once_and_kept_until_forgotten() -> None:
    resolver = Resolver(["8.8.8.8", "2400::1"], ["8.8.4.4"])

    async def ask() -> None:
        names = CheckedNames(resolver)
        found = await asyncio.gather(
            *(names.addresses("rdap.example", 443, allowed=["rdap.example:443"]) for _ in range(50))
        )
        assert set(found) == {("8.8.8.8", "2400::1")}
        assert names.checked("rdap.example", 443) == ("8.8.8.8", "2400::1")
        assert resolver.asked == ["rdap.example"]
        names.forget("rdap.example", 443)
        assert await names.addresses("rdap.example", 443, allowed=["rdap.example:443"]) == ("8.8.4.4",)

    asyncio.run(ask())


def test_a_host_beyond_the_list_is_not_even_looked_up() -> None:
    resolver = Resolver(["8.8.8.8"])
    with pytest.raises(WithheldError):
        asyncio.run(CheckedNames(resolver).addresses("other.example", 443, allowed=["rdap.example:443"]))
    assert resolver.asked == []


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 64 + ".invalid", ".invalid", "a..b.invalid"])
def test_a_name_that_does_not_resolve_is_unreachable(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _nothing_resolves)
    (answered,) = asyncio.run(fetch_all(Port43(clock=now, tool_version="0"), ask_whois(f"{host}:43")))
    assert (answered.exchange.delivery, answered.exchange.hops) == ("unreachable", ())


def _nothing_resolves(name: str, *_arguments: object, **_options: object) -> object:
    """Fail as the system's resolver does, without a datagram leaving the machine."""
    name.encode("idna")
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def test_a_resolver_that_hangs_delays_neither_the_deadline_nor_the_end_of_the_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(3) or [])
    begun = time.monotonic()
    (answered,) = asyncio.run(fetch_all(Port43(clock=now, tool_version="0"), ask_whois("x.example:43"), seconds=0.3))
    assert answered.exchange.delivery == "timed-out"
    assert time.monotonic() - begun < 2.5


def test_the_systems_resolver_knows_this_machine() -> None:
    assert set(asyncio.run(look_up("localhost", 443))) & {"127.0.0.1", "::1"}


REBOUND = """
import asyncio, json, sys
from pathlib import Path
sys.path[:0] = [sys.argv[1] + "/tests", sys.argv[1] + "/tests/sources"]
import os, tempfile
from carrying import ask_rdap, ask_whois, fetch_all, now
from servers import Authority, RdapServer, TcpServer, WhoisServer
from ipattr.sources.http import Http
from ipattr.sources.port43 import Port43

asked = []
async def rebinding(host, port):
    asked.append(host)
    return ["9.9.9.9"] if len(asked) == 1 else ["127.0.0.1"]

async def snap(reader, writer): ...

with tempfile.TemporaryDirectory() as folder:
    authority = Authority(Path(folder), "rdap.example")
    os.environ["SSL_CERT_FILE"] = str(authority.path)
    blocks = [{"first": "203.0.113.0", "last": "203.0.113.255"}]
    with RdapServer(blocks, authority=authority, host="9.9.9.9") as server, TcpServer(snap, port=server.port) as trap:
        place = f"rdap.example:{server.port}"
        request = ask_rdap(f"https://{place}/ip/203.0.113.5", place)
        answers = asyncio.run(fetch_all(Http(clock=now, tool_version="0", lookup=rebinding), request, request))
        found = {"rdap": [a.exchange.hops[0].connected_to for a in answers], "port": server.port, "asked": len(asked)}
        found["deliveries"] = [a.exchange.delivery for a in answers]
        found["trapped"] = trap.connections
    asked.clear()
    with WhoisServer(lambda line: b"x", host="9.9.9.9") as server, TcpServer(snap, port=server.port) as trap:
        request = ask_whois(f"whois.example:{server.port}")
        answers = asyncio.run(fetch_all(Port43(clock=now, tool_version="0", lookup=rebinding), request, request))
        found["deliveries"] += [a.exchange.delivery for a in answers]
        found["trapped"] += trap.connections
    print(json.dumps(found))
"""


def test_a_name_that_is_rebound_after_its_check_leads_nowhere_else(root: Path) -> None:
    """In a network namespace of its own, where a global address belongs to this machine."""
    unshare, ip = shutil.which("unshare"), shutil.which("ip")
    if unshare is None or ip is None or subprocess.run([unshare, "-rn", "true"], check=False).returncode:
        pytest.skip("this machine gives no network namespace to an ordinary process (unshare -rn)")
    setup = f'{ip} link set lo up && {ip} addr add 9.9.9.9/32 dev lo && exec "$0" -c "$1" "$2"'
    child = subprocess.run(
        [unshare, "-rn", "sh", "-c", setup, sys.executable, REBOUND, str(root)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert child.returncode == 0, child.stderr
    found = json.loads(child.stdout)
    assert found["deliveries"] == ["complete"] * 4
    assert found["rdap"] == [f"9.9.9.9:{found['port']}"] * 2
    assert (found["asked"], found["trapped"]) == (1, 0)
