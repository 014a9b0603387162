"""WHOIS of the regional registries: synthetic answers in each one's way, recorded ones beside ipwhois' reading."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whois_answers import ANSWERS, exchange_of, recorded

from ipattr.sources.ipwhois_parser import stored_net
from ipattr.sources.rirwhois import read_whois
from ipattr.sources.whois_lines import pointers

if TYPE_CHECKING:
    from ipattr.model import RegisteredNetwork, Reply

SUBJECTS = {
    "apnic-jpnic": "203.0.113.9",
    "ripe": "192.0.2.77",
    "arin": "198.51.100.5",
    "lacnic": "198.51.100.5",
}


def body_of(name: str) -> bytes:
    return (ANSWERS / "whois" / f"{name}.txt").read_bytes()


def read(body: bytes, subject: str) -> Reply:
    return read_whois(exchange_of(body, subject=subject, source="whois", server="x"), body)


def found(name: str) -> RegisteredNetwork:
    reply = read(body_of(name), SUBJECTS[name])
    assert reply.status == "found", reply.reason
    assert reply.network is not None
    return reply.network


def codes(reply: Reply) -> set[str]:
    return {one.code for one in reply.findings}


def test_a_block_that_jpnic_administers_names_no_holder_and_leads_there() -> None:
    network = found("apnic-jpnic")
    assert network.holders == ()
    assert network.refers_to == "JPNIC"
    assert network.registry == "APNIC"
    assert network.events[0].instant == datetime(2013, 2, 28, 1, 2, 3, tzinfo=UTC)
    assert any("whois.nic.ad.jp" in one.value for one in network.remarks)
    assert [one.value for one in network.entities[0].roles] == ["admin-c", "tech-c"]


def test_a_ripe_range_keeps_its_ends_and_all_its_prefixes() -> None:
    reply = read(body_of("ripe"), SUBJECTS["ripe"])
    network = reply.network
    assert network is not None
    assert (network.first, network.last) == ("192.0.2.0", "192.0.2.130")
    assert network.cidrs == ("192.0.2.0/25", "192.0.2.128/31", "192.0.2.130/32")
    assert [(one.rule, one.text) for one in network.holders] == [("org-name", "Example Networks GmbH")]
    assert [one.value for one in network.remarks] == ["Example customer\nsecond line of the description"]
    assert network.registry == "RIPE NCC"
    assert [(one.prefix, one.asn, one.name) for one in reply.origins] == [("192.0.2.0/24", 64500, "Example route")]
    assert codes(reply) == {"IPA834"}  # 30 February
    assert [one.instant for one in network.events] == [datetime(2008, 8, 14, 14, 54, 30, tzinfo=UTC), None]


@pytest.mark.parametrize(
    ("source", "holders"),
    [("RIPE # Filtered", []), ("AFRINIC", []), ("APNIC", ["Example customer"]), ("JPNIC", ["Example customer"])],
)
def test_a_description_is_the_holder_only_where_the_registry_puts_the_holder_there(
    source: str, holders: list[str]
) -> None:
    body = body_of("ripe").replace(b"org:            ORG-EX1-RIPE\n", b"").replace(b"RIPE # Filtered", source.encode())
    network = read(body, SUBJECTS["ripe"]).network
    assert network is not None
    assert [one.text for one in network.holders] == holders
    assert network.remarks[0].value.startswith("Example customer")


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("Arin Networks GmbH", True),
        ("Iana Telecom S.R.L.", True),
        ("American Registry for Internet Numbers", False),
        ("RIPE Network Coordination Centre", False),
        ("Latin American and Caribbean IP address Regional Registry", False),
        ("Asia Pacific Network Information Centre", False),
        ("African Network Information Center", False),
        ("Internet Assigned Numbers Authority", False),
        ("Japan Network Information Center", False),
    ],
)
def test_a_registry_is_no_holder_and_a_company_whose_name_holds_an_acronym_is(name: str, *, held: bool) -> None:
    body = body_of("ripe").replace(b"Example Networks GmbH", name.encode())
    network = read(body, SUBJECTS["ripe"]).network
    assert network is not None
    assert [one.text for one in network.holders] == ([name] if held else [])


def test_of_arins_networks_the_smallest_that_holds_the_subject_answers_with_its_own_customer() -> None:
    network = found("arin")
    assert (network.first, network.last, network.layout) == ("198.51.100.0", "198.51.100.63", "arin")
    assert [(one.rule, one.text) for one in network.holders] == [("CustName", "Small Customer")]
    assert network.country is not None
    assert network.country.value == "CA"
    assert network.handle is not None
    assert network.handle.value == "NET-198-51-100-0-1"
    assert network.less_specific is not None
    assert [one.value for one in network.less_specific] == ["198.51.0.0 - 198.51.255.255"]
    assert [(one.action, one.day) for one in network.events] == [
        ("registration", date(2015, 5, 5)),
        ("last changed", date(2015, 5, 5)),
    ]
    other = read(body_of("arin"), "198.51.200.1").network
    assert other is not None
    assert [one.text for one in other.holders] == ["Wide Carrier Inc."]
    assert other.less_specific is None


def test_lacnic_leaves_out_zero_octets_and_sends_latin_1() -> None:
    sent = body_of("lacnic").decode().encode("iso-8859-1")
    for body, remarked in ((body_of("lacnic"), set()), (sent, {"IPA830"})):
        reply = read(body, SUBJECTS["lacnic"])
        assert reply.network is not None
        assert (reply.network.first, reply.network.last) == ("198.51.96.0", "198.51.127.255")
        assert reply.network.holders[0].text == "Ejemplo de Comunicación S.A."
        assert reply.network.holders[0].rule == "owner"
        assert codes(reply) == remarked


def test_a_network_that_does_not_hold_the_subject_is_the_wrong_range() -> None:
    assert read(body_of("ripe"), "192.0.2.131").status == "wrong-range"
    assert read(body_of("arin"), "2001:db8::1").status == "wrong-range"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("%ERROR:101: no entries found\n", "not-found"),
        ("%  No entries found for the selected source(s).", "not-found"),
        ("No match found for n + 192.0.2.1.\n", "not-found"),
        ("%ERROR:201: access denied for 192.0.2.1\n", "rate-limited"),
        ("% Query rate limit exceeded. Reduced information.\n", "rate-limited"),
        ("%ERROR:108: bad character in input\n", "refused"),
        ("<html><head>\n", "wrong-type"),
        ("", "malformed"),
        ("% Words of the server alone.\n", "malformed"),
        ("inetnum: 192.0.2.0 - 192.0.2.255\nnetname: X\n", "truncated"),
        ("inetnum: 192.0.2.0 - 192.0.2.255\nnetname: X\nsource: RIPE", "truncated"),
        (
            "inetnum: 192.0.0.0 - 192.255.255.255\nnetname: NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK\nsource: RIPE\n",
            "not-found",
        ),
    ],
)
def test_answers_without_a_network_are_told_apart(said: str, status: str) -> None:
    reply = read(said.encode(), "192.0.2.1")
    assert reply.status == status
    assert reply.reason is not None


def test_terminal_escapes_in_a_value_are_shown() -> None:
    reply = read(body_of("ripe").replace(b"Example Networks", b"Real\x1b[2K\rFake"), "192.0.2.77")
    assert reply.network is not None
    assert reply.network.holders[0].text == "Real␛[2K␍Fake GmbH"
    assert "IPA845" in codes(reply)


def test_a_difference_from_ipwhois_is_a_finding() -> None:
    body = body_of("arin").replace(b"198.51.100.0/26", b"198.51.100.0/27")  # ipwhois takes CIDR:, we NetRange:
    reply = read(body, "198.51.100.5")
    assert reply.network is not None
    assert reply.network.cidrs == ("198.51.100.0/26",)
    assert "IPA840" in codes(reply)


def test_the_parser_net_can_ask_nobody() -> None:
    from ipwhois.net import Net

    net: Any = stored_net("203.0.113.1")  # a special-purpose address, which ipwhois' own Net refuses
    assert isinstance(net, Net)
    asking = [name for name in dir(Net) if name.startswith("get_")]
    assert len(asking) >= 8
    for name in asking:
        with pytest.raises(RuntimeError, match="nothing is asked"):
            getattr(net, name)()


def _assert_nothing_is_lost(reply: Reply) -> None:
    places = pointers(reply)
    held = "\n".join(_values(msgspec.to_builtins(reply)))
    for number, line in enumerate(reply.text.split("\n"), 1):
        if line.strip() and f"line:{number}" not in places:
            assert line.strip() in held, (number, line)


def _values(one: object) -> list[str]:
    if isinstance(one, dict):
        own = [one["value"]] if isinstance(one.get("value"), str) and "at" in one else []
        return own + [text for each in one.values() for text in _values(each)]
    return [text for each in one for text in _values(each)] if isinstance(one, (list, tuple)) else []


@pytest.mark.parametrize("name", SUBJECTS)
def test_no_line_is_lost(name: str) -> None:
    _assert_nothing_is_lost(read(body_of(name), SUBJECTS[name]))


@settings(max_examples=100, deadline=None)
@given(body=st.binary(max_size=300))
def test_any_bytes_give_a_reply(body: bytes) -> None:
    _assert_nothing_is_lost(read(body, "192.0.2.1"))


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(sorted(SUBJECTS)),
    flips=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), max_size=12),
    length=st.integers(0, 3000),
)
def test_mutated_and_cut_answers_give_a_reply_and_lose_no_line(
    name: str, flips: list[tuple[int, int]], length: int
) -> None:
    body = bytearray(body_of(name))
    for place, byte in flips:
        body[place % len(body)] = byte
    _assert_nothing_is_lost(read(bytes(body[:length]), SUBJECTS[name]))


@pytest.mark.parametrize("name", SUBJECTS)
def test_a_cut_answer_never_names_another_holder_than_the_whole_one(name: str) -> None:
    body = body_of(name)
    whole = set(found(name).holders) if name != "arin" else set()
    for length in range(0, len(body), 3):
        reply = read(body[:length], SUBJECTS[name])
        if reply.status == "found" and name != "arin":
            assert reply.network is not None
            assert set(reply.network.holders) <= whole


# What ipwhois 1.3.0 gives otherwise for each recorded answer, and why. Every other value is the same.
_SEVERAL_NETS = "ipwhois lists every network and route object; ours is the smallest that holds the address"
_NAIVE = "ipwhois gives the date as a text without its zone; ours is an instant in UTC, or a day"
_DESCRIPTION = (
    "ipwhois joins every descr line into one description; ours takes APNIC's first as a name, keeps all as remarks"
)
_HANDLE = "ipwhois gives the handle of the first person or role of the answer; ours is the network's own"
EXPLAINED: dict[str, dict[str, str]] = {
    "196.11.240.215": {"handle": _HANDLE},
    "62.239.237.1": {"nets": _SEVERAL_NETS, "handle": _HANDLE, "dates": _NAIVE},
    "210.107.73.73": {"nets": _SEVERAL_NETS, "handle": _HANDLE, "dates": _NAIVE, "description": _DESCRIPTION},
    "2001:4860:4860::8888": {"dates": _NAIVE},
    "2801:10:c000::": {"handle": _HANDLE, "dates": _NAIVE},
    "2a00:2381:ffff::1": {"handle": _HANDLE, "dates": _NAIVE},
    "74.125.225.229": {"dates": _NAIVE},
    "2001:43f8:7b0::": {"handle": _HANDLE},
    "200.57.141.161": {"handle": _HANDLE, "dates": _NAIVE},
    "2001:240:10c:1::ca20:9d1d": {"nets": _SEVERAL_NETS, "handle": _HANDLE, "dates": _NAIVE},
}


@pytest.mark.parametrize("address", EXPLAINED)
def test_each_difference_from_ipwhois_on_recorded_answers_is_explained(address: str) -> None:
    from ipwhois.whois import Whois

    stored = recorded("whois")[address]
    reply = read(stored["response"].encode(), address)
    assert reply.status == "found"
    assert not codes(reply) & {"IPA840", "IPA841"}
    _assert_nothing_is_lost(reply)
    network = reply.network
    assert network is not None
    nets = Whois(stored_net(address)).lookup(response=stored["response"], asn_data=stored["asn_data"], is_offline=True)[
        "nets"
    ]
    theirs = next(one for one in nets if one["cidr"] == ", ".join(network.cidrs))
    differences = {
        "nets": len(nets) != 1,
        "name": theirs["name"] != (network.name.value if network.name else None),
        "country": theirs["country"] != (network.country.value if network.country else None),
        "handle": theirs["handle"] != (network.handle.value if network.handle else None),
        "dates": any(theirs[one] is not None for one in ("created", "updated"))
        and any(event.instant or event.day for event in network.events),
        "description": theirs["description"] not in {one.value for one in network.remarks}
        and theirs["description"] not in {one.text for one in network.holders},
    }
    assert {name for name, differs in differences.items() if differs} == set(EXPLAINED[address])


def test_every_recorded_answer_is_in_the_table() -> None:
    assert set(recorded("whois")) == set(EXPLAINED)


@pytest.mark.parametrize(
    "piece",
    [
        b"\n",
        b" ",
        b"inetnum: 192.0.2.0 - 192.0.2.255\nsource: X\n\n",
        b"NetRange: 192.0.2.0/24\n\n",
        b"person: a\nnic-hdl: A\n\n",
        b"admin-c: A\n",
        b"access ",
        b"\xff",
    ],
)
def test_a_hostile_answer_is_read_in_about_linear_time(piece: bytes) -> None:
    head = b"inetnum: 192.0.2.0/24\nadmin-c: A\nsource: X\n"
    body = head + piece * ((128 << 10) // len(piece)) + b"\n"
    begun = time.process_time()
    read(body, "192.0.2.1")
    assert time.process_time() - begun < 30  # a quadratic reader takes a minute and more


def test_reading_opens_no_socket_and_asks_no_name() -> None:
    program = (
        "import sys\n"
        "seen = []\n"
        "sys.addaudithook(lambda event, arguments: seen.append(event) if event.startswith('socket.') else None)\n"
        "from whois_answers import ANSWERS, exchange_of\n"
        "from ipattr.sources.rirwhois import read_whois\n"
        "from ipattr.sources.origins import read_origin\n"
        "body = (ANSWERS / 'whois' / 'ripe.txt').read_bytes()\n"
        "assert read_whois(exchange_of(body, subject='192.0.2.77', source='whois'), body).status == 'found'\n"
        "body = (ANSWERS / 'whois' / 'cymru.txt').read_bytes()\n"
        "assert read_origin(exchange_of(body, subject='203.0.113.9', source='origin', kind='origin'), body).origins\n"
        "assert 'ipwhois' in sys.modules\n"
        "print([event for event in seen if event != 'socket.__new__'], seen.count('socket.__new__'))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).resolve().parents[2],
        env={"PYTHONPATH": str(Path(__file__).resolve().parent), "PATH": "/usr/bin:/bin"},
        timeout=60,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[] 0"), done.stderr
