"""Real name servers over every transport: each status there is, and what comes with it, agreed on by dig and kdig."""

from __future__ import annotations

import base64
import gc
import hashlib
import re
import time
from typing import TYPE_CHECKING

import pytest
from dns_zoo import LAME, SERVER_NAME, Zoo, zoo
from zoo_asking import TRANSPORTS, WWW, Tool, Transport, Type, ask, fields, hear, told

if TYPE_CHECKING:
    from ipattr.model.observing import Dnssec, Resolution, ResolutionStatus

__all__ = ["zoo"]  # the fixture, found by its name

SUBNETS = {"198.51.100.0/24": "192.0.2.81", "203.0.113.0/24": "192.0.2.82", "192.0.2.0/24": "192.0.2.83"}
CHAIN = ("api.social.example", "social.cdn.example", "edge7.cdn.example")
over_every_transport = pytest.mark.parametrize("transport", TRANSPORTS)


@over_every_transport
def test_rotating_addresses_are_read_with_all_that_came_along(zoo: Zoo, transport: Transport) -> None:
    said = ask(zoo, zoo.unbound.over(transport), "www.platform.example")
    assert fields(said, "status", "rcode", "flags") == ("answered", "NOERROR", ("QR", "RD", "RA"))
    assert (set(said.addresses), len(said.addresses)) == (WWW, 4)
    assert fields(said, "cnames", "dnssec", "nsid", "ede") == ((), "unsigned", "zoo-unbound", ())
    assert said.ttl is not None
    assert 0 < said.ttl <= 300
    six = ask(zoo, zoo.unbound.over(transport), "www.platform.example", "AAAA")
    assert (six.status, set(six.addresses)) == ("answered", {"2001:db8::10", "2001:db8::11"})


@over_every_transport
def test_a_hop_names_what_was_reached_and_its_certificate(zoo: Zoo, transport: Transport) -> None:
    said = ask(zoo, zoo.unbound.over(transport), "m.platform.example")
    (hop,) = said.hops
    port = {"tls": zoo.unbound.tls_port, "https": zoo.unbound.https_port}.get(transport, zoo.unbound.port)
    assert hop.connected_to == f"127.0.0.1:{port}"
    assert hop.status_code == (200 if transport == "https" else None)
    assert zoo.unbound.folder is not None
    chain = (zoo.unbound.folder / "chain.pem").read_text()
    first = re.search(r"-----BEGIN CERTIFICATE-----(.*?)-----END", chain, re.DOTALL)
    assert first is not None
    shown = hashlib.sha256(base64.b64decode(first.group(1))).hexdigest() if transport in {"tls", "https"} else ""
    assert hop.certificate_sha256 == shown


@over_every_transport
def test_a_chain_of_three_aliases_across_zones_is_followed_and_the_lowest_ttl_counts(
    zoo: Zoo, transport: Transport
) -> None:
    said = ask(zoo, zoo.unbound.over(transport), "api.platform.example")
    assert (said.status, said.cnames, set(said.addresses)) == ("answered", CHAIN, {"198.51.100.7", "198.51.100.8"})
    assert said.ttl is not None
    assert said.ttl <= 20
    nowhere = ask(zoo, zoo.unbound.over(transport), "dangling.platform.example")
    assert fields(nowhere, "status", "cnames", "addresses") == ("nxdomain", ("nothing.cdn.example",), ())


@over_every_transport
def test_https_records_give_targets_and_hints(zoo: Zoo, transport: Transport) -> None:
    said = ask(zoo, zoo.unbound.over(transport), "www.platform.example", "HTTPS")
    assert fields(said, "status", "addresses", "targets") == ("answered", (), ("www.platform.example",))
    assert said.hints == ("192.0.2.10", "192.0.2.11", "2001:db8::10")
    alias = ask(zoo, zoo.unbound.over(transport), "alias.platform.example", "HTTPS")
    assert fields(alias, "status", "targets", "hints") == ("answered", ("www.platform.example",), ())


WORDS: list[tuple[str, Type, ResolutionStatus, str, Dnssec]] = [
    ("m.platform.example", "AAAA", "nodata", "NOERROR", "unsigned"),
    ("six.platform.example", "A", "nodata", "NOERROR", "unsigned"),
    ("absent.platform.example", "A", "nxdomain", "NXDOMAIN", "unsigned"),
    ("www.secure.example", "A", "answered", "NOERROR", "secure"),
    ("www.secure.example", "HTTPS", "nodata", "NOERROR", "secure"),
    ("absent.secure.example", "A", "nxdomain", "NXDOMAIN", "secure"),
    ("www.expired.example", "A", "servfail", "SERVFAIL", "bogus"),
    ("www.altered.example", "A", "servfail", "SERVFAIL", "bogus"),
    ("www.stripped.example", "A", "servfail", "SERVFAIL", "bogus"),
    (f"www.{LAME}", "A", "servfail", "SERVFAIL", "unknown"),
    ("circle.platform.example", "A", "servfail", "SERVFAIL", "unknown"),
]


@over_every_transport
def test_every_word_of_a_resolver_is_its_status(zoo: Zoo, transport: Transport) -> None:
    for host, rrtype, status, rcode, dnssec in WORDS:
        said = ask(zoo, zoo.unbound.over(transport), host, rrtype)
        assert fields(said, "status", "rcode", "dnssec", "nsid") == (status, rcode, dnssec, "zoo-unbound"), host
        assert (said.reason is None) == (status == "answered"), host
        assert bool(said.addresses) == (status == "answered"), host


@pytest.mark.parametrize(("zone", "code"), [("expired", "EDE 7 Signature Expired"), ("altered", "EDE 6 DNSSEC Bogus")])
def test_why_validation_failed_is_told_in_the_words_of_the_resolver(zoo: Zoo, zone: str, code: str) -> None:
    said = ask(zoo, zoo.unbound.udp, f"once.{zone}.example")  # asked again, a resolver says less of what it keeps
    assert [one for one in said.ede if one.startswith(code)], said.ede


@over_every_transport
def test_a_closed_resolver_refuses(zoo: Zoo, transport: Transport) -> None:
    said = ask(zoo, zoo.refuser.over(transport), "www.platform.example")
    assert fields(said, "status", "rcode", "addresses", "dnssec") == ("refused", "REFUSED", (), "unknown")
    assert [one for one in said.ede if one.startswith("EDE 18 Prohibited")], said.ede


@over_every_transport
def test_an_answer_too_big_for_a_datagram_is_had_whole(zoo: Zoo, transport: Transport) -> None:
    said = ask(zoo, zoo.unbound.over(transport), "big.platform.example")
    assert (said.status, len(said.addresses)) == ("answered", 200)
    assert "TC" not in said.flags
    assert len(said.hops) == (2 if transport == "udp" else 1)
    assert bool(said.truncated_wire) == (transport == "udp")
    if transport == "udp":
        assert base64.b64decode(said.truncated_wire)[2] & 2
        assert base64.b64decode(said.truncated_wire)[:2] == base64.b64decode(said.query)[:2]


def test_an_authoritative_server_is_asked_without_recursion(zoo: Zoo) -> None:
    said = ask(zoo, zoo.nsd.auth, "www.platform.example")
    assert fields(said, "status", "flags", "nsid") == ("answered", ("QR", "AA"), "zoo-nsd")
    assert set(said.addresses) == WWW
    assert not base64.b64decode(said.query)[2] & 1
    orders = {ask(zoo, zoo.nsd.auth, "www.platform.example").addresses for _ in range(12)}
    assert len(orders) > 1  # the order of the answer is kept as it came
    foreign = ask(zoo, zoo.nsd.auth, "www.elsewhere.example")
    assert fields(foreign, "status", "rcode") == ("refused", "REFUSED")
    # An authoritative server follows an alias only as far as its own zones go: here, all of them.
    assert ask(zoo, zoo.nsd.auth, "api.platform.example").cnames == CHAIN
    servers = ask(zoo, zoo.nsd.auth, "platform.example", "NS")
    assert fields(servers, "status", "targets") == ("answered", ("ns.platform.example",))


def test_signatures_that_nobody_validated_are_signed_and_not_secure(zoo: Zoo) -> None:
    for host, status in (("www.secure.example", "answered"), ("absent.secure.example", "nxdomain")):
        assert fields(ask(zoo, zoo.nsd.auth, host), "status", "dnssec") == (status, "signed")
    assert ask(zoo, zoo.nsd.auth, "www.platform.example").dnssec == "unsigned"


@over_every_transport
def test_the_client_subnet_decides_and_its_scope_is_told(zoo: Zoo, transport: Transport) -> None:
    for subnet, address in SUBNETS.items():
        said = ask(zoo, zoo.subnets.over(transport), "www.subnet.example", subnet=subnet)
        assert fields(said, "status", "addresses", "subnet_scope") == ("answered", (address,), f"{subnet} scope 24")
    narrow = ask(zoo, zoo.subnets.over(transport), "www.subnet.example", subnet="198.51.100.128/25")
    assert fields(narrow, "addresses", "subnet_scope") == (("192.0.2.81",), "198.51.100.128/25 scope 24")
    without = ask(zoo, zoo.unbound.over(transport), "www.platform.example")
    assert without.subnet_scope == ""


def test_knot_tells_the_scope_itself(zoo: Zoo) -> None:
    said = ask(zoo, zoo.knot.auth, "www.subnet.example", subnet="203.0.113.0/24")
    assert fields(said, "addresses", "subnet_scope", "nsid") == (
        ("192.0.2.82",),
        "203.0.113.0/24 scope 24",
        "zoo-knot",
    )
    assert said.ttl == 30


@over_every_transport
def test_a_lie_is_kept_as_it_was_told(zoo: Zoo, transport: Transport) -> None:
    said = ask(zoo, zoo.liar.over(transport), "www.platform.example")
    assert fields(said, "status", "addresses", "nsid") == ("answered", ("203.0.113.66",), "zoo-liar")


@pytest.mark.parametrize("scheme", ["udp", "tcp", "tls", "https"])
def test_silence_is_timed_out_in_time(zoo: Zoo, scheme: str) -> None:
    spelled = f"{scheme}://{zoo.silent.at}" + (f"/dns-query#{SERVER_NAME}" if scheme == "https" else "")
    began = time.monotonic()
    said = ask(zoo, spelled, "www.platform.example", seconds=0.5)
    assert 0.4 < time.monotonic() - began < 5
    assert fields(said, "status", "wire", "rcode", "dnssec") == ("timed-out", "", "", "unknown")
    assert said.reason is not None
    gc.collect()  # a socket left open is a warning now, and that is an error of this test


@pytest.mark.parametrize("scheme", ["udp", "tcp", "tls", "https"])
def test_a_port_where_nobody_listens_is_unreachable(zoo: Zoo, scheme: str) -> None:
    spelled = f"{scheme}://{zoo.closed.at}" + (f"/dns-query#{SERVER_NAME}" if scheme == "https" else "")
    said = ask(zoo, spelled, "www.platform.example")
    assert fields(said, "status", "wire") == ("unreachable", "")
    assert said.reason is not None


def test_truncation_that_tcp_does_not_cure_stays_truncated_with_what_came(zoo: Zoo) -> None:
    said = ask(zoo, zoo.truncating.udp, "www.platform.example")
    assert said.status == "truncated"
    assert base64.b64decode(said.truncated_wire)[2] & 2
    assert len(said.hops) == 2
    assert said.reason is not None


def test_bytes_that_are_no_message_are_malformed_and_kept(zoo: Zoo) -> None:
    for spelled in (zoo.garbling.udp, zoo.garbling.tcp):
        said = ask(zoo, spelled, "www.platform.example")
        assert fields(said, "status", "addresses", "dnssec") == ("malformed", (), "unknown")
        assert base64.b64decode(said.wire).endswith(b"\xff\xff\xc0")


def test_any_other_code_is_named(zoo: Zoo) -> None:
    for spelled in (zoo.notimp.udp, zoo.notimp.tcp):
        said = ask(zoo, spelled, "www.platform.example")
        assert fields(said, "status", "rcode") == ("other-rcode", "NOTIMP")


@pytest.mark.parametrize("transport", ["tls", "https"])
def test_a_certificate_of_another_name_or_root_is_no_one_to_believe(zoo: Zoo, transport: Transport) -> None:
    spelled = zoo.unbound.over(transport)
    other = ask(zoo, spelled.replace(SERVER_NAME, "dns.elsewhere.example"), "www.platform.example")
    unknown = ask(zoo, spelled, "www.platform.example", roots=None)
    for said in (other, unknown):
        assert fields(said, "status", "wire", "addresses") == ("tls-failed", "", ())
        assert said.reason is not None
    # Without a name after # the address itself must stand in the certificate, and does.
    assert ask(zoo, spelled.partition("#")[0], "m.platform.example").addresses == ("192.0.2.20",)


def test_doh_at_another_path_is_an_http_error(zoo: Zoo) -> None:
    said = ask(zoo, zoo.unbound.https.replace("/dns-query", "/elsewhere"), "www.platform.example")
    assert fields(said, "status", "wire") == ("http-error", "")
    assert said.hops[-1].status_code == 404


@pytest.mark.parametrize("transport", ["tls", "https"])
def test_a_name_that_leads_to_loopback_is_withheld(zoo: Zoo, transport: Transport) -> None:
    spelled = zoo.unbound.over(transport).partition("#")[0].replace("127.0.0.1", "localhost")
    said = ask(zoo, spelled, "www.platform.example")
    assert fields(said, "status", "wire") == ("withheld", "")
    assert said.reason is not None


PEERS: list[tuple[str, str, Type]] = [
    ("unbound", "www.platform.example", "A"),
    ("unbound", "www.platform.example", "AAAA"),
    ("unbound", "api.platform.example", "A"),
    ("unbound", "m.platform.example", "AAAA"),
    ("unbound", "absent.platform.example", "A"),
    ("unbound", "dangling.platform.example", "A"),
    ("unbound", "big.platform.example", "A"),
    ("unbound", "www.secure.example", "A"),
    ("unbound", "www.expired.example", "A"),
    ("unbound", "www.altered.example", "A"),
    ("unbound", f"www.{LAME}", "A"),
    ("unbound", "x.wild.example", "A"),
    ("liar", "www.platform.example", "A"),
    ("refuser", "www.platform.example", "A"),
]


@pytest.mark.parametrize("tool", ["dig", "kdig"])
@over_every_transport
def test_dig_and_kdig_hear_the_same(zoo: Zoo, transport: Transport, tool: Tool) -> None:
    for animal, host, rrtype in PEERS:
        place = getattr(zoo, animal)
        ask(zoo, place.udp, host, rrtype)  # so that each of the two hears what the server keeps
        ours = told(ask(zoo, place.over(transport), host, rrtype))
        assert ours == hear(tool, zoo, place, transport=transport, host=host, rrtype=rrtype), (animal, host, rrtype)


@pytest.mark.parametrize("tool", ["dig", "kdig"])
@over_every_transport
def test_dig_and_kdig_hear_the_same_for_a_client_subnet(zoo: Zoo, transport: Transport, tool: Tool) -> None:
    for subnet in SUBNETS:
        ours = told(ask(zoo, zoo.subnets.over(transport), "www.subnet.example", subnet=subnet))
        theirs = hear(tool, zoo, zoo.subnets, transport=transport, host="www.subnet.example", subnet=subnet)
        assert ours == theirs, subnet
        assert ours.subnet.startswith(subnet)


@pytest.mark.parametrize("tool", ["dig", "kdig"])
def test_dig_and_kdig_hear_the_same_of_authoritative_servers(zoo: Zoo, tool: Tool) -> None:
    for host in ("www.platform.example", "api.platform.example", "www.secure.example", "www.elsewhere.example"):
        ours = told(ask(zoo, zoo.nsd.auth, host))
        assert ours == hear(tool, zoo, zoo.nsd, transport="udp", host=host, recursive=False), host


def test_every_status_there_is_came_from_a_server_here(zoo: Zoo) -> None:
    """Hold this file against the model: a status that is added there needs its server here."""
    from typing import get_args

    from ipattr.model.observing import ResolutionStatus

    said: list[Resolution] = [
        ask(zoo, zoo.unbound.udp, "www.platform.example"),
        ask(zoo, zoo.unbound.udp, "m.platform.example", "AAAA"),
        ask(zoo, zoo.unbound.udp, "absent.platform.example"),
        ask(zoo, zoo.unbound.udp, f"www.{LAME}"),
        ask(zoo, zoo.refuser.udp, "www.platform.example"),
        ask(zoo, zoo.notimp.udp, "www.platform.example"),
        ask(zoo, zoo.truncating.udp, "www.platform.example"),
        ask(zoo, zoo.garbling.udp, "www.platform.example"),
        ask(zoo, zoo.silent.udp, "www.platform.example", seconds=0.2),
        ask(zoo, zoo.closed.udp, "www.platform.example"),
        ask(zoo, zoo.unbound.tls, "www.platform.example", roots=None),
        ask(zoo, zoo.unbound.https.replace("/dns-query", "/elsewhere"), "www.platform.example"),
        ask(zoo, f"tls://localhost:{zoo.unbound.tls_port}", "www.platform.example"),
    ]
    assert sorted(one.status for one in said) == sorted(get_args(ResolutionStatus))
