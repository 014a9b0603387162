"""A capture of the zoo from end to end: honest, lying, refusing, silent and broken name servers in one run."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, get_args

import msgspec
import pytest
from dns_zoo import LAME, SERVER_NAME, Zoo, zoo
from zoo_asking import WWW, now

from ipattr.destinations.condensing import Condenser
from ipattr.destinations.judging import judge
from ipattr.destinations.screening import Tie
from ipattr.destinations.weighing import weigh
from ipattr.model import Platform, PlatformHost, Text
from ipattr.model.observing import Resolution, ResolutionStatus
from ipattr.sources.capturing import capture_now, plan_capture
from ipattr.sources.resolving.messages import reread
from ipattr.sources.resolving.spec import parse_resolver
from ipattr.sources.resolving.transports import Resolving

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.model.observing import CaptureOutcome, CapturePlan, Resolver

__all__ = ["zoo"]  # the fixture, found by its name

HOSTS = {
    "platform": ("www", "m", "api", "absent", "big"),
    "wild": ("www",),
    "secure": ("www",),
    "expired": ("www",),
    LAME.removesuffix(".example"): ("www",),
}
CHAIN = ("api.social.example", "social.cdn.example", "edge7.cdn.example")


def platforms() -> list[Platform]:
    return [
        Platform(
            id=name,
            name=name,
            hosts=tuple(PlatformHost(name=f"{one}.{name}.example", role="web", candidate=True) for one in hosts),
            sources=("K",),
            confidence="high",
        )
        for name, hosts in HOSTS.items()
    ]


def quick(spelled: str) -> Resolver:
    """Return a resolver with a pace that never holds a test back."""
    return msgspec.structs.replace(parse_resolver(spelled), per_second=1000.0, burst=1000)


def capture(zoo: Zoo, spelled: Sequence[str], **fields: Any) -> tuple[CapturePlan, list[Resolution], CaptureOutcome]:  # noqa: ANN401 - what plan_capture takes
    """Carry out a capture; what holds for every one of them is held against it here."""
    given: dict[str, Any] = {"seconds": 30.0, "token": "0zoo", "vantage": "the zoo"} | fields
    plan = plan_capture(platforms(), [quick(one) for one in spelled], **given)
    kept: list[Resolution] = []
    resolutions, outcome = capture_now(
        plan,
        resolving=Resolving(now, "0", roots=zoo.roots),
        keep=kept.extend,
        clock=now,
        authority_port=zoo.nsd.port,
        reachable=lambda address: address == "127.0.0.1",
    )
    assert list(resolutions) == kept
    assert outcome.planned == len(plan.probes) * len(plan.resolvers)
    assert outcome.planned + outcome.further == sum(outcome.statuses.values()) + outcome.unasked
    assert outcome.statuses == dict(Counter(one.status for one in kept))
    assert outcome.sent == sum(len(one.hops) for one in kept)
    assert [reread(one) for one in kept] == kept
    assert msgspec.json.decode(msgspec.json.encode(kept), type=list[Resolution]) == kept
    return plan, kept, outcome


def every_resolver(zoo: Zoo) -> dict[str, str]:
    return {
        **{transport: zoo.unbound.over(transport) for transport in ("udp", "tcp", "tls", "https")},
        "second": zoo.second.udp,
        "liar": zoo.liar.udp,
        "forger": zoo.forger.tcp,
        "hijacker": zoo.hijacker.tls,
        "refuser": zoo.refuser.https,
        "notimp": zoo.notimp.udp,
        "truncating": zoo.truncating.udp,
        "garbling": zoo.garbling.tcp,
        "closed": zoo.closed.tcp,
        "impostor": zoo.unbound.tls.replace(SERVER_NAME, "dns.elsewhere.example"),
        "elsewhere": zoo.unbound.https.replace("/dns-query", "/elsewhere"),
        "withheld": f"tls://localhost:{zoo.unbound.tls_port}",
    }


@pytest.fixture(scope="module")
def captured(zoo: Zoo) -> dict[str, list[Resolution]]:
    """Return what every resolver of the zoo said in one run, by its name here."""
    spelled = every_resolver(zoo)
    _, kept, outcome = capture(zoo, list(spelled.values()), rounds=2)
    # Silence takes as long as it is given, so it has a run of its own; one that is loud goes on meanwhile.
    silent, loud = parse_resolver(zoo.silent.udp).id, parse_resolver(zoo.unbound.tcp).id
    _, quiet, silence = capture(zoo, [zoo.silent.udp, zoo.unbound.tcp], rounds=1, types=("A",), seconds=1.0)
    assert set(outcome.statuses) | {"timed-out"} == set(get_args(ResolutionStatus))
    assert [one.status for one in quiet if one.resolver == silent] == ["timed-out"] * (silence.planned // 2)
    assert "answered" in {one.status for one in quiet if one.resolver == loud}
    assert outcome.further == 0
    names = {parse_resolver(place).id: name for name, place in spelled.items()}
    found: dict[str, list[Resolution]] = {name: [] for name in spelled}
    found["silent"] = [one for one in quiet if one.resolver == silent]
    for one in kept:
        found[names[one.resolver]].append(one)
    return found


def said(captured: dict[str, list[Resolution]], name: str, host: str, rrtype: str = "A") -> list[Resolution]:
    return [one for one in captured[name] if (one.probe.host, one.probe.rrtype) == (host, rrtype)]


def test_every_transport_of_an_honest_resolver_says_the_same(captured: dict[str, list[Resolution]]) -> None:
    for name in ("udp", "tcp", "tls", "https", "second"):
        rounds = said(captured, name, "www.platform.example")
        assert [one.probe.round for one in rounds] == [1, 2]
        assert all(set(one.addresses) == WWW for one in rounds)
        assert {one.cnames for one in said(captured, name, "api.platform.example")} == {CHAIN}
        assert {one.status for one in said(captured, name, "absent.platform.example")} == {"nxdomain"}
        assert {one.status for one in said(captured, name, "m.platform.example", "AAAA")} == {"nodata"}
        assert {one.dnssec for one in said(captured, name, "www.secure.example")} == {"secure"}
        assert {(one.status, one.dnssec) for one in said(captured, name, "www.expired.example")} == {
            ("servfail", "bogus")
        }
        assert {one.status for one in said(captured, name, f"www.{LAME}")} == {"servfail"}
        assert {len(one.addresses) for one in said(captured, name, "big.platform.example")} == {200}
        (unregistered,) = said(captured, name, "ipattr-0zoo.platform.example")
        assert (unregistered.probe.kind, unregistered.status) == ("wildcard", "nxdomain")
        (wild,) = said(captured, name, "ipattr-0zoo.wild.example")
        assert (wild.status, wild.addresses) == ("answered", ("192.0.2.40",))


def test_every_misbehaviour_has_its_status_and_stays_with_who_showed_it(captured: dict[str, list[Resolution]]) -> None:
    for name, status in {
        "refuser": "refused",
        "notimp": "other-rcode",
        "truncating": "truncated",
        "garbling": "malformed",
        "silent": "timed-out",
        "closed": "unreachable",
        "impostor": "tls-failed",
        "elsewhere": "http-error",
        "withheld": "withheld",
    }.items():
        assert {one.status for one in captured[name]} == {status}, name
        assert not any(one.addresses for one in captured[name]), name
    assert {one.addresses for one in said(captured, "liar", "www.platform.example")} == {("203.0.113.66",)}
    assert {one.addresses for one in said(captured, "hijacker", "absent.platform.example")} == {("203.0.113.99",)}
    assert all(set(one.addresses) == WWW for one in said(captured, "hijacker", "www.platform.example"))


def test_a_lost_datagram_is_asked_for_twice_and_a_truncated_one_over_tcp(
    captured: dict[str, list[Resolution]],
) -> None:
    assert {len(one.hops) for one in captured["silent"]} == {1, 2}  # twice, until there is no use in it
    assert {len(one.hops) for one in captured["truncating"]} == {2}
    assert {len(one.hops) for one in said(captured, "udp", "big.platform.example")} == {2}
    assert {len(one.hops) for one in captured["withheld"]} == {0}


def test_authoritative_servers_are_found_through_resolvers_and_asked_themselves(zoo: Zoo) -> None:
    plan, kept, outcome = capture(
        zoo, [zoo.unbound.udp, zoo.second.tls], authoritative=True, rounds=2, types=("A", "AAAA")
    )
    auth = parse_resolver(zoo.nsd.auth).id
    own = [one for one in kept if one.resolver == auth]
    hosts = [probe for probe in plan.probes if probe.kind == "host"]
    lost = {f"www.{LAME}", "www.expired.example"}  # where no resolver could say who serves them
    served = [probe for probe in hosts if probe.host not in lost]
    assert sorted((one.probe.host, one.probe.rrtype, one.probe.round) for one in own) == sorted(
        (probe.host, probe.rrtype, probe.round) for probe in served
    )
    assert {one.nsid for one in own} == {"zoo-nsd"}
    assert all("AA" in one.flags for one in own)
    assert {frozenset(one.addresses) for one in own if one.probe.host == "www.platform.example"} >= {frozenset(WWW)}
    assert {one.dnssec for one in own if one.probe.host == "www.secure.example"} == {"signed"}
    assert {one.about for one in outcome.findings if one.code == "IPA823"} == lost
    assert {one.probe.kind for one in kept} == {"host", "wildcard", "delegation"}


def test_a_client_subnet_reaches_the_server_through_a_resolver(zoo: Zoo) -> None:
    for subnet, address in (("198.51.100.0/24", "192.0.2.81"), ("203.0.113.0/24", "192.0.2.82")):
        _, kept, _ = capture(
            zoo, [zoo.subnets.https], hosts=("www.subnet.example",), types=("A",), subnet=subnet, rounds=1
        )
        (host,) = (one for one in kept if one.probe.kind == "host")
        assert (host.addresses, host.subnet_scope) == ((address,), f"{subnet} scope 24")


def owned(platform: str, address: str) -> Tie:
    """Tie the addresses of the wildcard zone to its platform; of any other nothing is on record."""
    own = (platform, address) == ("wild", "192.0.2.40")
    return Tie(owner="platform" if own else "unlisted", reason=Text(ja="試験用", en="for tests"))


def apart(captured: dict[str, list[Resolution]]) -> dict[str, list[Resolution]]:
    """Give every server of the zoo an address of its own: they share one, and one server cannot confirm itself."""
    ways = ("udp", "tcp", "tls", "https")
    return {
        name: [
            msgspec.structs.replace(one, resolver=f"{name if name in ways else 'udp'}://192.0.2.{number}:53")
            for one in found
        ]
        for number, (name, found) in enumerate(captured.items(), 1)
        for number in [1 if name in ways else number]
    }


def test_who_lies_is_judged_by_what_the_others_say(captured: dict[str, list[Resolution]]) -> None:
    names = {found[0].resolver: name for name, found in apart(captured).items()}
    judged = judge([one for said in apart(captured).values() for one in said], tie=owned)
    found = {(one.host, one.rrtype, names[one.resolver]): one.judgement for one in judged}
    honest = ("udp", "tcp", "tls", "https", "second")
    for name in (*honest, "hijacker"):
        assert found["www.platform.example", "A", name] == "agrees", name
        assert found["www.platform.example", "AAAA", name] == "agrees", name
        assert found["www.wild.example", "A", name] == "agrees", name  # the zone's own wildcard is no lie
    assert found["www.platform.example", "A", "forger"] == "lying"
    assert found["m.platform.example", "A", "forger"] == "agrees"
    for host in ("www", "m", "api", "absent", "big"):
        assert found[f"{host}.platform.example", "A", "liar"] == "wildcard", host
    assert found["absent.platform.example", "A", "hijacker"] == "wildcard"
    answered = {(host, name) for host, _, name in found}
    assert not {("absent.platform.example", name) for name in honest} & answered
    assert {name for _, _, name in found} == {*honest, "hijacker", "forger", "liar"}


def test_nothing_but_what_honest_servers_said_is_left_to_observe(captured: dict[str, list[Resolution]]) -> None:
    said = sorted((one for kept in apart(captured).values() for one in kept), key=lambda one: one.received)
    condenser = Condenser()
    weights = weigh(judge(said, tie=owned), tie=owned)
    for number, one in enumerate(said, 1):
        asked = (one.probe.platform, one.probe.host, one.probe.rrtype, one.resolver)
        condenser.add(one, at=f"observed/000001.jsonl:{number}", weights=weights.get(asked))
    observed = condenser.observations("platform")
    left: dict[str, set[str]] = {}
    for entry in observed:
        if entry.status == "kept" and entry.rrtype == "A":
            left.setdefault(entry.host, set()).add(entry.address)
    assert left.pop("big.platform.example") == {f"198.18.0.{number}" for number in range(1, 201)}
    assert left == {
        "www.platform.example": WWW,
        "m.platform.example": {"192.0.2.20"},
        "api.platform.example": {"198.51.100.7", "198.51.100.8"},
    }
    refused = {entry.address for entry in observed if entry.status == "rejected"}
    assert refused == {"203.0.113.66", "203.0.113.67", "203.0.113.99"}
    assert all(entry.note for entry in observed if entry.status == "rejected")
    api = next(entry for entry in observed if entry.host == "api.platform.example" and entry.status == "kept")
    assert all(alias in api.cname for alias in CHAIN)
