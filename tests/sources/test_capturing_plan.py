"""The plan of a capture: what is shown before anything leaves is all that may leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipattr.errors import UsageError
from ipattr.model import Platform, PlatformHost, Resolver
from ipattr.sources.capturing import plan_capture
from ipattr.sources.capturing.plan import host_name

if TYPE_CHECKING:
    from ipattr.model import CapturePlan
    from ipattr.registry import Registry


def resolver(name: str = "udp://192.0.2.53:53", **fields: Any) -> Resolver:  # noqa: ANN401 - any of its own
    return Resolver(**({"id": name, "transport": "udp", "host": "192.0.2.53", "port": 53} | fields))


def platform(*names: str, name: str = "board", others: tuple[str, ...] = ()) -> Platform:
    hosts = [PlatformHost(name=one, role="unknown", candidate=True) for one in names]
    hosts += [PlatformHost(name=one, role="media", candidate=False) for one in others]
    return Platform(id=name, name=name.title(), hosts=tuple(hosts), sources=("T",), confidence="high")


def planned(*platforms: Platform, **options: Any) -> CapturePlan:  # noqa: ANN401 - any option of the function
    return plan_capture(platforms, options.pop("resolvers", [resolver()]), **({"token": "t0"} | options))


def shown(plan: CapturePlan) -> list[str]:
    return [f"{one.round} {one.platform} {one.kind} {one.host} {one.rrtype}" for one in plan.probes]


def test_every_candidate_host_is_asked_for_each_type_round_by_round() -> None:
    plan = planned(platform("www.board.example", "board.example", others=("img.board.example",)), types=("A", "HTTPS"))
    assert shown(plan) == [
        "1 board host www.board.example A",
        "1 board host www.board.example HTTPS",
        "1 board host board.example A",
        "1 board host board.example HTTPS",
        "1 board wildcard ipattr-t0.board.example A",
        "1 board wildcard ipattr-t0.example A",
        "2 board host www.board.example A",
        "2 board host www.board.example HTTPS",
        "2 board host board.example A",
        "2 board host board.example HTTPS",
    ]
    assert plan.skipped == ()
    assert plan.platforms == ("board",)


def test_every_host_of_the_profile_is_asked_when_wished() -> None:
    plan = planned(
        platform("www.board.example", others=("img.board.example",)), types=("A",), rounds=1, every_host=True
    )
    assert [one.host for one in plan.probes] == ["www.board.example", "img.board.example", "ipattr-t0.board.example"]


def test_no_round_comes_before_the_one_before_it_whatever_the_platforms() -> None:
    plan = planned(platform("a.one.example"), platform("a.two.example", name="two"), rounds=3)
    numbers = [one.round for one in plan.probes]
    assert numbers == sorted(numbers)
    assert {one.platform for one in plan.probes if one.round == 3} == {"board", "two"}


def test_a_parent_is_tested_for_wildcards_once_for_each_platform() -> None:
    plan = planned(
        platform("a.one.example", "b.one.example"), platform("c.one.example", name="two"), types=("A",), rounds=2
    )
    wild = [(one.platform, one.host, one.round) for one in plan.probes if one.kind == "wildcard"]
    assert wild == [("board", "ipattr-t0.one.example", 1), ("two", "ipattr-t0.one.example", 1)]


def test_a_name_of_a_profile_that_is_no_host_name_is_said_and_not_asked() -> None:
    plan = planned(platform("*.board.example", "(unspecified host)", "www.board.example"), types=("A",), rounds=1)
    assert [one.code for one in plan.skipped] == ["IPA820", "IPA820"]
    assert "*.board.example" in plan.skipped[0].message.ja
    assert plan.skipped[0].about == "board"
    assert [one.host for one in plan.probes if one.kind == "host"] == ["www.board.example"]


def test_a_profile_without_hosts_is_said() -> None:
    plan = planned(platform(others=("img.board.example",)))
    assert plan.probes == ()
    assert [one.code for one in plan.skipped] == ["IPA821"]


def test_hosts_that_are_named_are_asked_alone_and_strangers_for_the_first_platform() -> None:
    one = platform("www.one.example", "api.one.example", name="one")
    two = platform("www.two.example", others=("img.two.example",), name="two")
    plan = planned(one, two, hosts=("IMG.two.example.", "other.example.org"), types=("A",), rounds=1)
    asked = [(probe.platform, probe.host) for probe in plan.probes if probe.kind == "host"]
    assert asked == [("one", "other.example.org"), ("two", "img.two.example")]


def test_the_client_subnet_goes_with_every_question() -> None:
    plan = planned(platform("www.board.example"), subnet="2001:DB8:0::/48")
    assert {one.subnet for one in plan.probes} == {"2001:db8::/48"}


def test_a_resolver_named_twice_is_asked_once() -> None:
    assert len(planned(platform("www.board.example"), resolvers=[resolver(), resolver()]).resolvers) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"resolvers": []}, "no resolver"),
        ({"rounds": 0}, "rounds"),
        ({"rounds": 101}, "rounds"),
        ({"types": ()}, "record type"),
        ({"types": ("MX",)}, "record type"),
        ({"seconds": 0.0}, "seconds"),
        ({"seconds": float("nan")}, "seconds"),
        ({"subnet": "192.0.2.1"}, "client subnet"),
        ({"subnet": "192.0.2.1/24"}, "client subnet"),
        ({"subnet": "Tokyo"}, "client subnet"),
        ({"hosts": ("ホスト.example",)}, "host name"),
        ({"hosts": ("192.0.2.1",)}, "host name"),
        ({"hosts": ("",)}, "host name"),
        ({"token": "A.b"}, "token"),
        ({"resolvers": [resolver(per_second=0.0)]}, "pace"),
        ({"resolvers": [resolver(concurrent=0)]}, "pace"),
        ({"resolvers": [resolver(recursive=False)], "authoritative": True}, "recursive"),
    ],
)
def test_what_makes_no_plan_is_refused_with_one_sentence(options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as refused:
        planned(platform("www.board.example"), **options)
    assert words in refused.value.en
    assert refused.value.ja.endswith(("。", "）。"))


@pytest.mark.parametrize(
    "name",
    ["5.113.0.203.in-addr.arpa", "5.113.0.203.IN-ADDR.ARPA.", "1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "203.0.113.5",
     "2001:db8::5", "[2001:db8::5]", "203.0.113.5.", "0xcb007105"],
)  # fmt: skip
def test_no_name_that_holds_an_address_is_asked_for(name: str) -> None:
    with pytest.raises(UsageError) as raised:
        planned(platform("www.board.example"), hosts=[name])
    assert raised.value.ja


def test_no_platform_is_no_plan() -> None:
    with pytest.raises(UsageError):
        planned()


@given(st.text(max_size=300) | st.text("aZ0-_. \u212a", max_size=80))
def test_any_text_is_a_host_name_that_can_be_sent_or_none(text: str) -> None:
    """What is accepted is a name to dnspython as well, and accepted again as it stands."""
    import dns.name

    name = host_name(text)
    if name:
        assert host_name(name) == name
        assert dns.name.from_text(name).to_text(omit_final_dot=True) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("WWW.Board.example.", "www.board.example"),
        ("_dmarc.board.example", "_dmarc.board.example"),
        ("xn--r8jz45g.example", "xn--r8jz45g.example"),
        ("localhost", ""),
        ("wi\u212ai.example", ""),
        ("a..example", ""),
        ("-a.example", ""),
        ("a" * 64 + ".example", ""),
        ("a b.example", ""),
        ("192.0.2.1", ""),
        ("2001:db8::1", ""),
        (".".join(["a" * 60] * 5), ""),
    ],
)
def test_a_host_name_is_canonical_or_none(text: str, name: str) -> None:
    assert host_name(text) == name


def test_the_shipped_profiles_make_a_plan(registry: Registry) -> None:
    """Every platform at once: each candidate host is asked for or said to be skipped."""
    plan = planned(*registry.platforms.values())
    for one in registry.platforms.values():
        asked = {probe.host for probe in plan.probes if probe.platform == one.id and probe.kind == "host"}
        wanted = {host.name for host in one.hosts if host.candidate}
        skipped = [finding for finding in plan.skipped if finding.about == one.id and finding.code == "IPA820"]
        assert len(asked) + len(skipped) == len(wanted)
