"""RDAP objects read whole: ranges, events, entities, holders; every value of the document is held somewhere."""

from __future__ import annotations

import copy
import json
import time
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from exchanges import assert_nothing_lost, exchange
from hypothesis import given
from hypothesis import strategies as st
from netaddr import IPRange, cidr_merge

from ipattr.addresses import prefix_range, to_text
from ipattr.sources.rdap import read_autnum, read_history, read_ip
from ipattr.sources.rdap.events import read_instant
from ipattr.sources.rdap.holders import registry_named
from ipattr.sources.rdap.ranges import range_cidrs

if TYPE_CHECKING:
    from ipattr.model import HistoryRecord, RegisteredNetwork, Reply


def card(*properties: list[Any]) -> list[Any]:
    return ["vcard", [["version", {}, "text", "4.0"], *properties]]


def entity(handle: str, roles: list[str], name: str, *more: list[Any], **members: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "objectClassName": "entity",
        "handle": handle,
        "roles": roles,
        "vcardArray": card(["fn", {}, "text", name], *more),
        **members,
    }


NETWORK: dict[str, Any] = {
    "rdapConformance": ["rdap_level_0", "cidr0"],
    "notices": [
        {"title": "Source", "description": ["Objects returned came from source", "ARIN"]},
        {"title": "Terms", "description": ["Be kind"], "links": [{"href": "https://example.net/tou", "rel": "terms"}]},
    ],
    "objectClassName": "ip network",
    "handle": "NET-192-0-2-0-1",
    "startAddress": "192.0.2.0",
    "endAddress": "192.0.2.255",
    "ipVersion": "v4",
    "name": "EXAMPLE",
    "type": "DIRECT ALLOCATION",
    "country": "US",
    "parentHandle": None,
    "status": ["active", "validated"],
    "port43": "whois.arin.net",
    "cidr0_cidrs": [{"v4prefix": "192.0.2.0", "length": 24}],
    "events": [
        {"eventAction": "registration", "eventDate": "2014-10-17T18:32:20-04:00", "eventActor": "clerk"},
        {"eventAction": "last changed", "eventDate": "yesterday"},
    ],
    "remarks": [{"title": "Registration Comments", "description": ["first", "", "second"]}],
    "links": [{"rel": "self", "href": "https://rdap.example.net/ip/192.0.2.0", "hreflang": ["en"]}],
    "a/b~c": {"": [1.50, -0.0, True, False, None, 12]},
    "entities": [
        entity(
            "EX-1",
            ["registrant"],
            "Example Holdings",
            ["kind", {}, "text", "org"],
            ["org", {"type": "work"}, "text", ["Example Inc.", "Networks"]],
            ["adr", {"label": "1 Road\nTown"}, "text", ["", "", "1 Road", "Town", "", "", "US"]],
            ["adr", {}, "text", ["", "", ["2 Road", "Floor 3"], "Town", "", "", ""]],
            ["tel", {"type": ["work", "voice"]}, "uri", "tel:+1-555-0100"],
            ["email", {}, "text", "a@example.net", "b@example.net"],
            ["broken"],
            events=[{"eventAction": "registration", "eventDate": "2014-07-11T10:33:06Z"}],
            remarks=[{"description": "one string"}],
            entities=[entity("TECH-1", ["technical", "abuse"], "Example Engineers")],
        ),
        entity("ADM-1", ["administrative"], "A Person"),
    ],
}


def changed(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON values
    document = copy.deepcopy(NETWORK)
    document.update(members)
    return {name: value for name, value in document.items() if value is not ...}


def read(document: dict[str, Any], subject: str = "192.0.2.1") -> Reply:
    body = json.dumps(document).encode()
    return read_ip(exchange(body, subject=subject), body)


def network_of(document: dict[str, Any], subject: str = "192.0.2.1") -> RegisteredNetwork:
    network = read(document, subject).network
    assert network is not None
    return network


def codes(reply: Reply) -> list[str]:
    return sorted(finding.code for finding in reply.findings)


def test_every_field_of_a_network_is_read_with_its_pointer() -> None:
    reply = read(NETWORK)
    network = network_of(NETWORK)
    assert reply.status == "found"
    assert (network.first, network.last, network.version, network.cidrs) == (
        "192.0.2.0",
        "192.0.2.255",
        4,
        ("192.0.2.0/24",),
    )
    assert (network.layout, network.registry, network.parent, network.refers_to) == ("rdap", "ARIN", None, "")
    texts = {field.at: field.value for field in (network.handle, network.name, network.type, network.country) if field}
    assert texts == {"/handle": "NET-192-0-2-0-1", "/name": "EXAMPLE", "/type": "DIRECT ALLOCATION", "/country": "US"}
    assert [(one.value, one.at) for one in network.statuses] == [("active", "/status/0"), ("validated", "/status/1")]
    assert [one.value for one in reply.notices][2:] == ["ARIN", "Terms", "Be kind", "https://example.net/tou"]
    assert [(one.action, one.instant) for one in network.events] == [
        ("registration", datetime(2014, 10, 17, 22, 32, 20, tzinfo=UTC)),
        ("last changed", None),
    ]
    assert network.events[1].text.value == "yesterday"
    assert codes(reply) == ["IPA804", "IPA805"]


def test_every_entity_is_read_with_its_roles_nested_ones_included() -> None:
    first, nested, second = network_of(NETWORK).entities
    assert [one.at for one in (first, nested, second)] == ["/entities/0", "/entities/0/entities/0", "/entities/1"]
    assert [[role.value for role in one.roles] for one in (first, nested, second)] == [
        ["registrant"],
        ["technical", "abuse"],
        ["administrative"],
    ]
    assert [one.value for one in first.names] == ["Example Holdings"]
    assert [one.value for one in first.organisations] == ["Example Inc.", "Networks"]
    assert [one.value for one in first.addresses] == [
        "1 Road\nTown",
        "1 Road",
        "Town",
        "US",
        "2 Road",
        "Floor 3",
        "Town",
    ]
    assert [one.value for one in first.contacts] == ["tel:+1-555-0100", "a@example.net", "b@example.net"]
    assert (first.kind.value if first.kind else "") == "org"
    assert [one.value for one in first.remarks] == ["one string"]
    assert first.events[0].instant == datetime(2014, 7, 11, 10, 33, 6, tzinfo=UTC)


def test_nothing_of_the_document_is_lost() -> None:
    assert_nothing_lost(json.loads(json.dumps(NETWORK), parse_float=str), read(NETWORK))


def _swap(document: Any, pointer: str, value: Any) -> Any:  # noqa: ANN401 - JSON values
    """Return the document with ``value`` at ``pointer``."""
    token, _, rest = pointer.removeprefix("/").partition("/")
    if isinstance(document, dict):
        name = token.replace("~1", "/").replace("~0", "~")
        return {
            key: _swap(one, f"/{rest}", value) if key == name and rest else (value if key == name else one)
            for key, one in document.items()
        }
    if isinstance(document, list) and token.isdigit():
        return [
            _swap(one, f"/{rest}", value) if rest and index == int(token) else (value if index == int(token) else one)
            for index, one in enumerate(document)
        ]
    return document


_ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
_PLACES = st.sampled_from(
    [
        *(f"/{name}" for name in NETWORK if "/" not in name),
        "/entities/0",
        "/entities/0/vcardArray",
        "/entities/0/vcardArray/1",
        *(f"/entities/0/vcardArray/1/{index}" for index in range(9)),
        "/entities/0/roles",
        "/entities/0/handle",
        "/entities/0/entities",
        "/events/0",
        "/events/0/eventDate",
        "/events/0/eventAction",
        "/remarks/0",
        "/remarks/0/description",
        "/notices/1/links",
        "/notices/0/description",
        "/cidr0_cidrs/0",
        "/cidr0_cidrs/0/length",
    ]
)


@given(place=_PLACES, value=_ODD)
def test_whatever_stands_in_a_field_nothing_is_lost_and_nothing_crashes(place: str, value: Any) -> None:  # noqa: ANN401
    document = json.loads(json.dumps(_swap(NETWORK, place, value)), parse_float=str)
    body = json.dumps(document).encode()
    for reader in (read_ip, read_autnum, read_history):
        assert_nothing_lost(document, reader(exchange(body), body))


@pytest.mark.parametrize(
    "name", [name for name in NETWORK if name not in {"objectClassName", "startAddress", "endAddress"}]
)
@pytest.mark.parametrize("value", [None, ..., 5, "", [], {}, [None], [[]]])
def test_a_missing_null_or_strange_member_leaves_the_network_found(name: str, value: object) -> None:
    assert read(changed(**{name: value})).status == "found"


@pytest.mark.parametrize(
    ("start", "end", "first", "last", "findings"),
    [
        ("192.0.2.0", "192.0.2.255", "192.0.2.0", "192.0.2.255", 0),
        ("192.0.2.0/32", "192.0.2.255/32", "192.0.2.0", "192.0.2.255", 2),
        ("192.0.2.0/24", "192.0.2.0/24", "192.0.2.0", "192.0.2.255", 2),
        ("192.000.002.000", "192.000.002.255", "192.0.2.0", "192.0.2.255", 2),
        ("010.000.000.000", "010.255.255.255", "10.0.0.0", "10.255.255.255", 2),
        (
            "2001:240::",
            "2001:240:ffff:ffff:ffff:ffff:ffff:ffff",
            "2001:240::",
            "2001:240:ffff:ffff:ffff:ffff:ffff:ffff",
            0,
        ),
        ("2001:240::/32", "2001:240::/32", "2001:240::", "2001:240:ffff:ffff:ffff:ffff:ffff:ffff", 2),
        ("2001:0DB8:0000:0000:0000:0000:0000:0000", "2001:db8::1/128", "2001:db8::", "2001:db8::1", 1),
    ],
)
def test_addresses_as_servers_write_them_become_canonical(  # noqa: PLR0917 - one column per value
    start: str, end: str, first: str, last: str, findings: int
) -> None:
    reply = read(changed(startAddress=start, endAddress=end, cidr0_cidrs=...), subject=first)
    assert reply.network is not None
    assert (reply.network.first, reply.network.last, reply.status) == (first, last, "found")
    assert codes(reply).count("IPA802") == findings


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("192.0.2.9", "192.0.2.1"),
        ("192.0.2.1", "2001:db8::"),
        ("192.0.2.01", "192.0.2.9"),
        ("192.0.2", "192.0.2.9"),
        ("0xC0000201", "192.0.2.9"),
        ("192.0.2.1/24", "192.0.2.9"),
        ("999.000.000.000", "999.255.255.255"),
        ("fe80::1%eth0", "fe80::2"),
        ("", "192.0.2.9"),
        (None, "192.0.2.9"),
        (["192.0.2.1"], "192.0.2.9"),
        (3221225985, 3221225993),
    ],
)
def test_a_range_that_cannot_be_read_is_malformed_and_its_words_are_kept(start: object, end: object) -> None:
    document = json.loads(json.dumps(changed(startAddress=start, endAddress=end)), parse_float=str)
    reply = read(document)
    assert (reply.status, reply.network) == ("malformed", None)
    assert_nothing_lost(document, reply)


@pytest.mark.parametrize(
    ("subject", "status"),
    [
        ("192.0.2.0", "found"),
        ("192.0.2.255", "found"),
        ("192.0.2.0/24", "found"),
        ("192.0.2.128/25", "found"),
        ("192.0.3.0", "wrong-range"),
        ("192.0.1.255", "wrong-range"),
        ("192.0.2.0/23", "wrong-range"),
        ("2001:db8::1", "wrong-range"),
        ("::c000:201", "wrong-range"),
    ],
)
def test_an_object_must_hold_all_that_was_asked(subject: str, status: str) -> None:
    assert read(NETWORK, subject).status == status


@given(version=st.sampled_from([4, 6]), one=st.integers(0), two=st.integers(0))
def test_the_cidrs_are_exactly_the_range_and_the_least_set(version: Any, one: int, two: int) -> None:  # noqa: ANN401
    top = 1 << (32 if version == 4 else 128)
    first, last = sorted((one % top, two % top))
    cidrs = range_cidrs(version, first, last)
    blocks = [prefix_range(cidr) for cidr in cidrs]
    assert (blocks[0][1], blocks[-1][2]) == (first, last)
    assert all(before[2] + 1 == after[1] for before, after in pairwise(blocks))
    assert len(cidr_merge([IPRange(to_text(version, first), to_text(version, last))])) == len(cidrs)


@pytest.mark.parametrize(
    ("stated", "agrees"),
    [
        ([{"v4prefix": "192.0.2.0", "length": 24}], True),
        ([{"v4prefix": "192.0.2.0", "length": 25}, {"v4prefix": "192.0.2.128", "length": 25}], False),
        ([{"v4prefix": "192.0.2.0", "length": 23}], False),
        ([{"v4prefix": "192.0.2.0", "length": 25}], False),
        ([{"v6prefix": "2001:db8::", "length": 32}], False),
        ([{"v4prefix": "192.0.2.0"}], False),
        (["192.0.2.0/24"], False),
        ([], True),
        (None, True),
    ],
)
def test_cidr0_that_is_not_the_range_is_a_finding_and_the_range_counts(stated: object, agrees: bool) -> None:  # noqa: FBT001
    reply = read(changed(cidr0_cidrs=stated))
    assert reply.network is not None
    assert reply.network.cidrs == ("192.0.2.0/24",)
    assert ("IPA803" not in codes(reply)) == agrees


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2008-09-04T06:49:16Z", datetime(2008, 9, 4, 6, 49, 16, tzinfo=UTC)),
        ("2008-09-04t06:49:16z", datetime(2008, 9, 4, 6, 49, 16, tzinfo=UTC)),
        ("2008-09-04T06:49:16.5+09:00", datetime(2008, 9, 3, 21, 49, 16, 500000, tzinfo=UTC)),
        ("2008-09-04T06:49:16.1234567891Z", datetime(2008, 9, 4, 6, 49, 16, 123456, tzinfo=UTC)),
        ("2012-02-24T09:44:34-05:00", datetime(2012, 2, 24, 14, 44, 34, tzinfo=UTC)),
        ("2008-09-04", None),
        ("2008-09-04 06:49:16Z", None),
        ("2008-09-04T06:49:16", None),
        ("2008-09-04T06:49:16+0900", None),
        ("2008-09-04T06:49:16+24:00", None),
        ("2008-09-04T06:49:60Z", None),
        ("2008-13-04T06:49:16Z", None),
        ("0001-01-01T00:00:00+09:00", None),
        ("２００８-09-04T06:49:16Z", None),
        ("20080904T064916Z", None),
    ],
)
def test_times_are_strict_rfc_3339(text: str, instant: datetime | None) -> None:
    assert read_instant(text) == instant


APNIC = [{"title": "Source", "description": ["Objects returned came from source", "APNIC"]}]


def held_by(network: RegisteredNetwork) -> list[tuple[str, str]]:
    return [(one.text, one.rule) for one in network.holders]


def test_the_registrant_holds_and_contacts_never_do() -> None:
    assert held_by(network_of(NETWORK)) == [
        ("Example Inc.", "registrant"),
        ("Networks", "registrant"),
        ("Example Holdings", "registrant"),
    ]
    contacts = [
        entity("A", [role], f"Not {role}") for role in ("administrative", "technical", "abuse", "noc", "sponsor")
    ]
    for entities in (
        contacts,
        [{**entity("B", [], "No role")}],
        [{**contacts[0], "entities": [entity("C", ["registrant"], "Of A")]}],
    ):
        assert network_of(changed(entities=entities)).holders == ()


def test_a_registrant_whose_name_is_only_its_handle_is_a_maintainer_not_a_holder() -> None:
    entities = [entity("EX-MNT", ["registrant"], "EX-MNT"), entity("ORG-1", ["registrant"], "Example B.V.")]
    assert held_by(network_of(changed(entities=entities))) == [("Example B.V.", "registrant")]


def test_at_apnic_the_first_line_of_the_description_holds_where_there_is_no_registrant() -> None:
    remarks = [
        {"title": "remarks", "description": ["no"]},
        {"title": "description", "description": ["", "例示株式会社", "東京都"]},
    ]
    network = network_of(changed(notices=APNIC, remarks=remarks, entities=[]))
    assert [(one.text, one.rule, one.lang, one.at) for one in network.holders] == [
        ("例示株式会社", "descr", "ja", "/remarks/1/description/1")
    ]
    assert network_of(changed(remarks=remarks, entities=[])).holders == (), "ARIN publishes no holder there"
    registrant = network_of(changed(notices=APNIC, remarks=remarks))
    assert {one.rule for one in registrant.holders} == {"registrant"}


def test_a_registry_is_never_the_holder_and_the_answer_refers_to_it() -> None:
    remarks = [{"title": "description", "description": ["Japan Network Information Center"]}]
    reply = read(changed(notices=APNIC, remarks=remarks, entities=[]))
    assert reply.network is not None
    assert (reply.network.holders, reply.network.refers_to) == ((), "JPNIC")
    assert "IPA807" in codes(reply)


@pytest.mark.parametrize(
    "members",
    [
        {"name": "IIJ-JPNIC-JP-20000308"},
        {"name": "EXAMPLE-JPNIC-JP"},
        {"remarks": [{"description": ["Authoritative information can be queried at whois.nic.ad.jp."]}]},
        {"remarks": [{"description": ["JPNIC Allocation Block"]}]},
        {"entities": [entity("JNIC1-AP", ["technical"], "Japan Network Information Center")]},
    ],
)
def test_an_answer_that_says_that_jpnic_has_the_data_refers_to_it(members: dict[str, Any]) -> None:
    assert network_of(changed(notices=APNIC, **members)).refers_to == "JPNIC"


def test_the_mirror_of_jpnic_does_not_refer_to_itself() -> None:
    notices = [{"title": "Source", "description": ["Objects returned came from source", "JPNIC"]}]
    notices += [{"title": "Terms", "description": ["please use the JPNIC WHOIS Gateway or whois.nic.ad.jp"]}]
    remarks = [{"title": "description", "description": ["Example K.K."]}]
    network = network_of(changed(notices=notices, remarks=remarks, entities=[]))
    assert (network.registry, network.refers_to, held_by(network)) == ("JPNIC", "", [("Example K.K.", "descr")])


@pytest.mark.parametrize(
    ("members", "refers_to"),
    [
        ({"name": "IANA-BLOCK", "startAddress": "0.0.0.0", "endAddress": "255.255.255.255"}, ""),  # noqa: S104 - a range
        ({"name": "NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK"}, ""),
        (
            {
                "name": "APNIC-192",
                "entities": [entity("APNIC", ["registrant"], "Asia Pacific Network Information Centre")],
            },
            "APNIC",
        ),
        (
            {
                "name": "SPACE",
                "startAddress": "192.0.0.0",
                "endAddress": "192.255.255.255",
                "entities": [entity("R", ["registrant"], "RIPE Network Coordination Centre")],
            },
            "RIPE NCC",
        ),
    ],
)
def test_a_placeholder_is_found_with_a_finding_and_no_holder(members: dict[str, Any], refers_to: str) -> None:
    reply = read(changed(**members))
    assert reply.network is not None
    assert (reply.status, reply.network.holders, reply.network.refers_to) == ("found", (), refers_to)
    assert "IPA806" in codes(reply)


def test_a_whole_slash_8_of_a_company_keeps_its_holder() -> None:
    members = {"startAddress": "126.0.0.0", "endAddress": "126.255.255.255", "cidr0_cidrs": ...}
    reply = read(changed(**members), "126.1.1.1")
    assert reply.network is not None
    assert reply.network.holders
    assert "IPA806" not in codes(reply)


@pytest.mark.parametrize(
    ("text", "registry"),
    [
        ("Japan Network Information Center", "JPNIC"),
        ("JAPAN  NETWORK INFORMATION CENTER (JPNIC)", "JPNIC"),
        ("Ｊａｐａｎ Network Information Center", "JPNIC"),
        ("Asia Pacific Network Information Centre, Pty. Ltd.", "APNIC"),
        ("American Registry for Internet Numbers, Ltd.", "ARIN"),
        ("APNIC and Cloudflare DNS Resolver project", ""),
        ("Internet Initiative Japan Inc.", ""),
        ("Limited", ""),
        ("", ""),
    ],
)
def test_registries_are_known_by_their_whole_name(text: str, registry: str) -> None:
    assert registry_named(text) == registry


def test_a_jscontact_card_names_an_entity_as_a_jcard_does() -> None:
    contact = {
        "@type": "Card",
        "version": "1.0",
        "kind": "org",
        "name": {"full": "Example Holdings"},
        "organizations": {"o/1": {"name": "Example Inc."}},
        "emails": {"e": {"address": "a@example.net"}},
        "phones": {"p": {"number": "tel:+1-555-0100"}},
        "addresses": {"a": {"full": "1 Road"}},
    }
    document = changed(
        entities=[{"objectClassName": "entity", "handle": "E", "roles": ["registrant"], "jscard": contact}]
    )
    (found,) = network_of(document).entities
    kept = (found.names, found.organisations, found.contacts, found.addresses)
    assert [[one.value for one in fields] for fields in kept] == [
        ["Example Holdings"],
        ["Example Inc."],
        ["a@example.net", "tel:+1-555-0100"],
        ["1 Road"],
    ]
    assert held_by(network_of(document)) == [("Example Inc.", "registrant"), ("Example Holdings", "registrant")]
    assert_nothing_lost(json.loads(json.dumps(document), parse_float=str), read(document))


AUTNUM = {**changed(startAddress=..., endAddress=..., cidr0_cidrs=...), "objectClassName": "autnum"}


@pytest.mark.parametrize(
    ("first", "last", "subject", "status"),
    [
        (64500, 64500, "AS64500", "found"),
        (64496, 64511, "AS64500", "found"),
        ("64500", "64500", "AS64500", "found"),
        (64501, 64501, "AS64500", "wrong-range"),
        (64500, 64500, "AS", "wrong-range"),
        (64500, 64500, "AS64500x", "wrong-range"),
        (64501, 64500, "AS64500", "malformed"),
        (None, 64500, "AS64500", "malformed"),
        (-1, 64500, "AS64500", "malformed"),
        (True, 64500, "AS64500", "malformed"),
        (0, 1 << 32, "AS64500", "malformed"),
    ],
)
def test_an_as_number_is_read_like_a_network(first: object, last: object, subject: str, status: str) -> None:
    document = {**AUTNUM, "startAutnum": first, "endAutnum": last}
    body = json.dumps(document).encode()
    reply = read_autnum(exchange(body, kind="autnum", subject=subject), body)
    assert reply.status == status
    assert_nothing_lost(json.loads(body, parse_float=str), reply)
    if status == "found":
        assert reply.autnum is not None
        assert [one.text for one in reply.autnum.holders] == ["Example Inc.", "Networks", "Example Holdings"]


def history(*records: dict[str, Any], **members: Any) -> Reply:  # noqa: ANN401 - JSON values
    document = {"rdapConformance": ["history_version_0"], "notices": APNIC, "records": list(records), **members}
    body = json.dumps(document).encode()
    reply = read_history(exchange(body, kind="history", subject="192.0.2.0/25"), body)
    assert_nothing_lost(json.loads(body, parse_float=str), reply)
    return reply


DELETED = {
    "objectClassName": "ip network",
    "startAddress": "192.0.2.0",
    "endAddress": "192.0.2.255",
    "remarks": [{"title": "deleted", "description": ["This object has been deleted"]}],
}


def test_a_history_gives_each_registration_its_time() -> None:
    def spans(records: tuple[HistoryRecord, ...]) -> list[tuple[int, int | None, bool]]:
        return [(one.since.year, one.until.year if one.until else None, one.network is not None) for one in records]

    reply = history(
        {"applicableFrom": "2010-01-01T00:00:00Z", "applicableUntil": "2015-01-01T00:00:00Z", "content": NETWORK},
        {"applicableFrom": "2015-01-01T00:00:00Z", "applicableUntil": None, "content": DELETED},
        {"applicableFrom": "2016-01-01T00:00:00Z", "content": None},
    )
    assert reply.status == "found"
    assert spans(reply.history) == [(2010, 2015, True), (2015, None, False), (2016, None, False)]
    assert [one.at for one in reply.history] == ["/records/0", "/records/1", "/records/2"]


@pytest.mark.parametrize(
    ("record", "status", "count"),
    [
        ({"applicableFrom": "2010", "applicableUntil": None, "content": NETWORK}, "malformed", 0),
        ({"applicableFrom": "2010-01-01T00:00:00Z", "applicableUntil": "soon", "content": NETWORK}, "malformed", 0),
        ({"applicableFrom": "2010-01-01T00:00:00Z", "content": {"startAddress": "x"}}, "found", 1),
        ("a string", "malformed", 0),
        (None, "malformed", 0),
    ],
)
def test_a_record_that_cannot_be_read_is_remarked_on_and_kept(record: Any, status: str, count: int) -> None:  # noqa: ANN401
    reply = history(record)
    assert (reply.status, len(reply.history)) == (status, count)
    assert "IPA808" in codes(reply)


def _many(value: object, count: int) -> list[Any]:
    return [value] * count


SMALL = {"objectClassName": "ip network", "startAddress": "192.0.2.0", "endAddress": "192.0.2.255"}
RECORD = {"applicableFrom": "2010-01-01T00:00:00Z", "content": SMALL}
HOLDER = {"roles": ["registrant"], "vcardArray": ["vcard", [["fn", {}, "text", "Japan"]]]}
LONG = {"roles": ["registrant"], "vcardArray": ["vcard", [["fn", {}, "text", " ltd" * 1_000_000 + " x"]]]}
HOSTILE: dict[str, dict[str, Any]] = {
    "notices for every record": {
        "notices": _many({"title": "t", "description": ["d"]}, 8_000),
        "records": _many(RECORD, 10_000),
    },
    "a name of legal forms": {**SMALL, "entities": [LONG]},
    "cidrs without end": {**SMALL, "cidr0_cidrs": _many({"v4prefix": "192.0.2.0", "length": 24}, 24_000)},
    "entities without end": {**SMALL, "entities": _many(HOLDER, 6_000)},
    "long pointers": {**SMALL, "k" * 100_000: _many(1, 100_000)},
    "a description without end": {**SMALL, "remarks": [{"title": "description", "description": _many("", 90_000)}]},
    "doubled keys": {**SMALL, **{f"k{index}": 1 for index in range(90_000)}},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_an_answer_made_to_cost_time_costs_little(name: str) -> None:
    body = json.dumps(HOSTILE[name]).encode()
    if name == "doubled keys":
        body = body[:-1] + b"," + body[1:]
    for kind, reader in (("ip", read_ip), ("history", read_history)):
        began = time.process_time()
        reply = reader(exchange(body, kind=kind), body)  # type: ignore[arg-type]
        assert time.process_time() - began < 40
        assert (reply.status == "oversized") == (name == "long pointers"), (
            "within the bounds, or the test shows nothing"
        )


def test_a_history_of_other_space_or_of_nothing_says_so() -> None:
    elsewhere = {
        "applicableFrom": "2010-01-01T00:00:00Z",
        "content": changed(startAddress="192.0.2.1", cidr0_cidrs=...),
    }
    assert history(elsewhere).status == "wrong-range"
    assert history().status == "not-found"
    assert history(records="none").status == "malformed"
    assert history(records=None).status == "wrong-type"
    assert history(records=None, errorCode=404).status == "not-found"
