"""Real recorded answers: nothing of them is lost, and each difference to what two peers read of them is explained.

The recorded answers are third-party data that may lie beside the checkout; nothing of them is copied into it. The peers
run as parsers over the very same body, so they open no connection: ipwhois 1.3.0 over a ``Net`` that refuses to be
asked, whoisit 4.1.0 by its parser alone.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from exchanges import assert_nothing_lost, exchange

from ipattr.addresses import to_number, to_text
from ipattr.registry import parse_bootstrap
from ipattr.sources.reading import read_reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ipattr.model import QuestionKind, RegisteredNetwork, RegistryEntity, Reply

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "recorded"
pytestmark = pytest.mark.skipif(not RECORDED.is_dir(), reason="shared/recorded does not lie beside this checkout")
IPWHOIS = (
    *("2a00:2381:ffff::1", "2001:240:10c:1::ca20:9d1d", "2001:43f8:7b0::", "62.239.237.1", "200.57.141.161"),
    *("2001:4860:4860::8888", "210.107.73.73", "2801:10:c000::", "74.125.225.229", "196.11.240.215"),
)
AUTNUMS = ("2515", "2914", "37271", "53170", "63311", "9269")
ENTITIES = dict.fromkeys(("HH11825JP", "PEERI-ARIN"), "refused") | dict.fromkeys(
    ("HKBN-HK", "JNIC1-AP", "MO5920JP", "EK6175JP", "YK11438JP", "AS5496JP"), "not-found"
)
HOLDERS = {
    "2a00:2381:ffff::1": (),
    "2001:240:10c:1::ca20:9d1d": (),
    "2001:43f8:7b0::": (),
    "62.239.237.1": (),
    "200.57.141.161": ("Triara.com, S.A. de C.V.",),
    "2001:4860:4860::8888": ("Google Inc.",),
    "210.107.73.73": ("DACOM Corp.",),
    "2801:10:c000::": ("Universidad Catolica de Oriente",),
    "74.125.225.229": ("Google Inc.",),
    "196.11.240.215": (),
    "2515": (),
    "2914": ("NTT America, Inc.",),
    "37271": ("Workonline Communications(Pty) Ltd",),
    "53170": ("Cabangu Internet Ltda",),
    "63311": ("20C, LLC",),
    "9269": ("Hong Kong Broadband Network Ltd",),
    "206.41.110.0": ("United-IX",),
}
# peer, answer, field: why the peer's reading is another than ours.
DIFFERENT = {
    (
        "ipwhois",
        "2a00:2381:ffff::1",
        "start",
    ): "keeps the /128 that RIPE once wrote behind the address; no address then",
    ("ipwhois", "2a00:2381:ffff::1", "end"): "the same",
    ("whoisit", "2a00:2381:ffff::1", "*"): "refuses an answer without objectClassName; ours says so in a finding",
    ("whoisit", "62.239.237.1", "*"): "the same",
    (
        "whoisit",
        "74.125.225.229",
        "*",
    ): "raises ValueError on ARIN's zero-padded octets; ours reads them, with a finding",
    ("whoisit", "2001:4860:4860::8888", "start"): "not canonical: all groups written out, in capitals",
    ("whoisit", "2001:4860:4860::8888", "end"): "the same",
    ("whoisit", "2801:10:c000::", "start"): "not canonical: zero groups written out",
    ("whoisit", "2801:10:c000::", "end"): "the same",
    ("ipwhois", "2001:4860:4860::8888", "start"): "not canonical: all groups written out, in capitals",
    ("ipwhois", "2001:4860:4860::8888", "end"): "the same",
    ("ipwhois", "2801:10:c000::", "start"): "not canonical: zero groups written out",
    ("ipwhois", "2801:10:c000::", "end"): "the same",
    ("whoisit", "200.57.141.161", "registrants"): "takes a contact of the registrant for a second registrant",
    ("whoisit", "2801:10:c000::", "registrants"): "the same",
}


@cache
def document(name: str) -> Any:  # noqa: ANN401 - a JSON value
    """Return one recorded answer."""
    if name in IPWHOIS:
        return json.loads((RECORDED / "ipwhois" / "rdap.json").read_bytes())[name]["response"]
    folder = {"206.41.110.0": "ip", "101.203.88.0_history": "ip"}.get(name, "autnum" if name in AUTNUMS else "entity")
    return json.loads((RECORDED / "20c-rdap" / folder / f"{name}.json").read_bytes(), parse_float=str)


def reply_to(name: str, kind: QuestionKind, subject: str = "") -> Reply:
    """Read one recorded answer."""
    body = json.dumps(document(name), ensure_ascii=False).encode()
    return read_reply(exchange(body, kind=kind, subject=subject or name), body)


@cache
def network(name: str) -> RegisteredNetwork:
    """Return the network of one recorded answer."""
    found = reply_to(name, "ip").network
    assert found is not None
    return found


@pytest.mark.parametrize("name", [*IPWHOIS, "206.41.110.0", *AUTNUMS])
def test_a_recorded_object_is_found_whole_with_its_holder(name: str) -> None:
    kind, subject = ("autnum", f"AS{name}") if name in AUTNUMS else ("ip", name)
    reply = reply_to(name, kind, subject)  # type: ignore[arg-type]
    assert reply.status == "found"
    held = reply.network or reply.autnum
    assert held is not None
    assert tuple(one.text for one in held.holders) == HOLDERS[name]
    assert_nothing_lost(document(name), reply)


@pytest.mark.parametrize("name", ENTITIES)
def test_a_recorded_error_under_an_entity_s_name_has_its_status_and_loses_nothing(name: str) -> None:
    reply = reply_to(name, "ip", "192.0.2.1")
    assert reply.status == ENTITIES[name]
    assert_nothing_lost(document(name), reply)


def test_the_block_that_jpnic_administers_names_no_holder_and_leads_to_jpnic() -> None:
    found = network("2001:240:10c:1::ca20:9d1d")
    assert (found.holders, found.refers_to, found.registry) == ((), "JPNIC", "APNIC")
    assert {role.value for entity in found.entities for role in entity.roles} == {"technical", "administrative"}


def _ours(name: str) -> dict[str, Any]:
    """Return our reading of a network in plain values."""
    found = network(name)
    top = [entity for entity in found.entities if entity.at.count("/entities/") == 1]
    return {
        "start": found.first,
        "end": found.last,
        "cidrs": found.cidrs,
        "name": found.name.value if found.name else "",
        "handle": found.handle.value.lower() if found.handle else "",
        "country": found.country.value if found.country else "",
        "parent": found.parent.value if found.parent else "",
        "status": tuple(one.value for one in found.statuses),
        "events": tuple((one.action, one.instant) for one in found.events),
        "entities": tuple(one.handle.value for one in top if one.handle),
        "registrants": tuple(_first_name(one) for one in top if any(role.value == "registrant" for role in one.roles)),
    }


def _first_name(entity: RegistryEntity) -> str:
    """Return the first name of an entity."""
    return next((one.value for one in (*entity.organisations, *entity.names)), "")


def _by_ipwhois(name: str) -> dict[str, Any]:
    """Read one answer with ipwhois, over a ``Net`` that has no transport."""
    from ipwhois.net import Net
    from ipwhois.rdap import RDAP

    class Deaf(Net):  # type: ignore[misc]
        def get_http_json(self, *_: object, **__: object) -> Any:  # noqa: ANN401 - as the peer has it
            raise AssertionError(name)

        get_http_raw = get_asn_dns = get_http_json

    read = RDAP(Deaf(name)).lookup(response=document(name), bootstrap=True, depth=0, root_ent_check=False)
    found = read["network"]
    return {
        "start": found["start_address"],
        "end": found["end_address"],
        "cidrs": tuple(found["cidr"].split(", ")),
        "name": found["name"],
        "handle": found["handle"].lower(),
        "country": found["country"] or "",
        "parent": found["parent_handle"] or "",
        "status": tuple(found["status"] or ()),
        "events": tuple((one["action"], _instant(one["timestamp"])) for one in found["events"] or ()),
        "entities": tuple(read["entities"]),
        "registrants": tuple(
            one["contact"]["name"] for one in read["objects"].values() if "registrant" in (one["roles"] or ())
        ),
    }


def _by_whoisit(name: str) -> dict[str, Any]:
    """Read one answer with whoisit's parser."""
    from whoisit import parser

    known = SimpleNamespace(is_using_overrides=lambda: False, get_rir_name_by_endpoint_url=lambda *_: "")
    read = parser.parse(known, "ip network", name, document(name))
    return {
        "start": read["start_address"],
        "end": read["end_address"],
        "cidrs": tuple(str(one) for one in read["cidrs"]),
        "name": read["name"],
        "handle": read["handle"].lower(),
        "country": read["country"],
        "parent": read["parent_handle"],
        "events": tuple((one["action"], one["date"].astimezone(UTC)) for one in read["events"]),
        "registrants": tuple(one["name"] for one in read["entities"].get("registrant", ())),
    }


def _instant(text: str) -> datetime:
    """Return the instant of a peer's text."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _differences(peer: str, read: Callable[[str], dict[str, Any]], name: str) -> Iterator[tuple[str, str, str]]:
    """Yield every field in which a peer's reading is another than ours."""
    ours = _ours(name)
    try:
        theirs = read(name)
    except Exception:  # noqa: BLE001 - whatever the peer raises is its reading
        yield peer, name, "*"
        return
    yield from ((peer, name, field) for field, value in theirs.items() if value != ours[field])


@pytest.mark.parametrize(("peer", "read"), [("ipwhois", _by_ipwhois), ("whoisit", _by_whoisit)])
def test_each_difference_to_a_peer_is_explained(peer: str, read: Callable[[str], dict[str, Any]]) -> None:
    found = {one for name in (*IPWHOIS, "206.41.110.0") for one in _differences(peer, read, name)}
    assert found == {one for one in DIFFERENT if one[0] == peer}


@pytest.mark.parametrize("name", AUTNUMS)
def test_an_as_number_is_read_as_whoisit_reads_it(name: str) -> None:
    from whoisit import parser

    known = SimpleNamespace(is_using_overrides=lambda: False, get_rir_name_by_endpoint_url=lambda *_: "")
    theirs = parser.parse(known, "autnum", name, document(name))
    ours = reply_to(name, "autnum", f"AS{name}").autnum
    assert ours is not None
    assert [ours.first, ours.last] == theirs["asn_range"]
    assert (ours.name.value if ours.name else "") == theirs["name"]
    assert (ours.country.value if ours.country else "") == theirs["country"]
    events = [(one.action, one.instant) for one in ours.events]
    assert events == [(one["action"], one["date"].astimezone(UTC)) for one in theirs["events"]]
    assert [one.text for one in ours.holders] == [one["name"] for one in theirs["entities"].get("registrant", ())]
    roles = {(role.value, one.handle.value) for one in ours.entities if one.handle for role in one.roles}
    assert roles == {(role, one["handle"]) for role, named in theirs["entities"].items() for one in named}


@pytest.mark.parametrize("name", IPWHOIS)
def test_our_ends_are_the_peer_s_in_canonical_form(name: str) -> None:
    ours, theirs = _ours(name), _by_ipwhois(name)
    for end in ("start", "end"):
        assert ours[end] == to_text(*to_number(theirs[end].removesuffix("/128")))


@pytest.mark.parametrize("name", IPWHOIS)
def test_every_contact_that_ipwhois_reads_stands_in_our_entities(name: str) -> None:
    from ipwhois.net import Net
    from ipwhois.rdap import RDAP

    read = RDAP(Net(name)).lookup(response=document(name), bootstrap=True, depth=0, root_ent_check=False)
    ours = {one.handle.value: one for one in network(name).entities if one.handle and one.at.count("/entities/") == 1}
    assert read["objects"].keys() == ours.keys()
    for handle, theirs in read["objects"].items():
        mine, contact = ours[handle], theirs["contact"] or {}
        assert [role.value for role in mine.roles] == (theirs["roles"] or [])
        assert (mine.kind.value if mine.kind else None) == contact.get("kind")
        assert contact.get("name") in {None, *(one.value for one in mine.names)}
        texts = {one.value for one in (*mine.contacts, *mine.addresses)}
        for key in ("email", "phone"):
            assert {one["value"] for one in contact.get(key) or ()} <= texts
        for address in contact.get("address") or ():
            assert {line for line in address["value"].split("\n") if line} <= {
                line for text in texts for line in text.split("\n")
            }


def test_a_recorded_history_gives_the_registration_of_a_given_day() -> None:
    reply = reply_to("101.203.88.0_history", "history", "101.203.88.0/24")
    assert (reply.status, len(reply.history)) == ("found", 52)
    assert_nothing_lost(document("101.203.88.0_history"), reply)
    assert [one.at for one in reply.history] == [f"/records/{index}" for index in range(52)]
    for record, written in zip(reply.history, document("101.203.88.0_history")["records"], strict=True):
        assert record.since == _instant(written["applicableFrom"])
        assert record.until == (_instant(written["applicableUntil"]) if written["applicableUntil"] else None)
    assert [one.at for one in reply.history if one.network is None] == ["/records/38", "/records/41"]

    def holder(year: int, month: int, day: int) -> tuple[str, ...]:
        at = datetime(year, month, day, tzinfo=UTC)
        valid = [one.network for one in reply.history if one.since <= at and (one.until is None or at < one.until)]
        known = [one for one in valid if one is not None]
        narrow = min(known, key=lambda one: to_number(one.last)[1] - to_number(one.first)[1])
        return tuple(one.text for one in narrow.holders)

    assert holder(2014, 7, 1) == ("eAccess Ltd.",)
    assert holder(2014, 8, 1) == ("Ymobile Corporation",)
    assert holder(2016, 1, 1) == ("SoftBank Corp.",)
    assert holder(2020, 1, 1) == ("BBIX International, Inc.",)
    assert holder(2026, 1, 1) == ("BBIX, Inc.",)
    assert holder(2009, 1, 1) == (), "before the block was registered there is a placeholder only"


def test_a_recorded_bootstrap_file_is_read() -> None:
    data = (RECORDED / "20c-rdap" / "bootstrap-asn.json").read_bytes()
    assert sum(len(one.ranges) for one in parse_bootstrap(data, "asn").services) == 152
