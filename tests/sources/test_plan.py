"""What a plan says before anything leaves: everything that may, once, and nothing that must not."""

from __future__ import annotations

import random  # noqa: TC003 - hypothesis resolves the annotations at run time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import NOW, SPECIAL, Map, plan_of, row

from ipattr.model import (
    Answer,
    Exchange,
    Field,
    Plan,
    Question,
    RegisteredNetwork,
    RegistryEvent,
    Reply,
)
from ipattr.sources.plan import Need, make_plan

if TYPE_CHECKING:
    from ipattr.model import SpecialBlock

LOGIN = datetime(2026, 5, 1, tzinfo=UTC)
SERVERS = {
    server.id: server
    for server in (
        row("apnic", history="https://apnic.example/history/", redirects_to=["ripe.example:443"]),
        row("ripe", areas=["RIPE NCC"], country="NL"),
        row("mirror", areas=[], mirrors="apnic", referral_names=["JPNIC"]),
        row("iana", protocol="http", areas=["APNIC"]),
        row("jp", source="jpnic", country="JP", opt_in=True),
        row("w", source="whois"),
        row("origin-cymru", source="origin", areas=[], country="US"),
        row("routes-radb", source="origin", areas=[], country="US"),
        row("resolver", source="ptr", host="192.0.2.53", port=53, areas=[], country=""),
    )
}
EVERY = ("rdap", "jpnic", "whois", "origin", "ptr")


def kept(
    subject: str,
    first: str = "",
    last: str = "",
    *,
    server: str = "apnic",
    source: str = "rdap",
    kind: str = "ip",
    status: str = "found",
    at: datetime = NOW,
    **network: Any,  # noqa: ANN401 - the network's further fields
) -> Answer:
    """Return a kept answer."""
    exchange = Exchange(
        question=Question(source=source, kind=kind, subject=subject),  # type: ignore[arg-type]
        server=server,
        protocol="rdap",
        endpoint="",
        hops=(),
        sent=at,
        received=at,
        delivery="complete",
        size=0,
        sha256="",
        tool_version="0",
    )
    said = RegisteredNetwork(first=first, last=last, version=4, cidrs=(), layout="rdap", **network) if first else None
    reply = Reply(status=status, network=said)  # type: ignore[arg-type]
    return Answer(name=f"{server}-{kind}-{subject}", exchange=exchange, reply=reply)


def lines(plan: Plan) -> list[tuple[str, str, str]]:
    """Return server, question and condition of every query."""
    return [(q.request.server, q.request.question.key, q.condition) for q in plan.queries]


def test_exact_asks_each_distinct_address_and_names_every_follow_up() -> None:
    """RDAP over APNIC: the address always, the mirror when referred, the history when changed after the login."""
    plan = plan_of(["20.0.0.9", "20.0.0.5", "20.0.0.5"], SERVERS, earliest=LOGIN)
    assert lines(plan) == [
        ("apnic", "rdap ip 20.0.0.5", "always"),
        ("apnic", "rdap ip 20.0.0.9", "always"),
        ("mirror", "rdap ip 20.0.0.5", "refers"),
        ("apnic", "rdap history 20.0.0.5", "changed"),
        ("mirror", "rdap ip 20.0.0.9", "refers"),
        ("apnic", "rdap history 20.0.0.9", "changed"),
    ]
    assert [query.rows for query in plan.queries] == [2, 1, 2, 2, 1, 1]
    assert {(query.after_server, query.after) for query in plan.queries[2:]} == {
        ("apnic", "rdap ip 20.0.0.5"),
        ("apnic", "rdap ip 20.0.0.9"),
    }


def test_without_a_login_time_there_is_no_history_to_compare() -> None:
    """No login time, no history question."""
    assert "rdap history 20.0.0.5" not in [key for _, key, _ in lines(plan_of(["20.0.0.5"], SERVERS))]


def test_block_probes_never_name_an_address() -> None:
    """Coalesced RDAP asks for the /24 and the /48; WHOIS, which knows no such thing, for addresses."""
    addresses = ["20.0.0.5", "20.0.0.9", "20.0.1.7", "2400:1:2:3::4"]
    plan = plan_of(addresses, SERVERS, mode="coalesced", probe="block", earliest=LOGIN)
    assert [key for server, key, condition in lines(plan) if condition == "uncovered"] == [
        "rdap ip 20.0.0.0/24",
        "rdap ip 20.0.1.0/24",
        "rdap ip 2400:1:2::/48",
    ]
    text = msgspec.json.encode([query.request for query in plan.queries]).decode()
    assert not [address for address in addresses if f'{address}"' in text]
    assert "256" in plan.queries[0].reveals.en
    assert "2^80" in plan.queries[2].reveals.en
    whois = plan_of(addresses, SERVERS, mode="coalesced", probe="block", sources=("whois",))
    assert [query.request.payload for query in whois.queries] == addresses


def test_every_source_is_asked_only_when_named() -> None:
    """JPNIC, WHOIS, routing and names stay silent by default; an opt-in server too."""
    assert {query.request.question.source for query in plan_of(["20.0.0.5"], SERVERS).queries} == {"rdap"}
    plan = plan_of(["20.0.0.5"], SERVERS, sources=EVERY)
    assert [server for server, _, _ in lines(plan)] == ["apnic", "mirror", "jp", "w", "origin-cymru", "resolver"]
    assert plan.sources == EVERY


def test_jpnic_alone_is_followed_to_rdap_on_no_match_and_its_terms_stand_there_once() -> None:
    """Without RDAP among the sources the bootstrap's server is the way on; with it there is none."""
    plan = plan_of(["20.0.0.5", "20.0.0.6"], SERVERS, sources=("jpnic",))
    assert ("apnic", "rdap ip 20.0.0.5", "no-match") in lines(plan)
    assert ("mirror", "rdap ip 20.0.0.5", "refers") in lines(plan)
    assert plan.notes.count(SERVERS["jp"].terms) == 1
    both = plan_of(["20.0.0.5"], SERVERS, sources=("jpnic", "rdap"))
    assert "no-match" not in [condition for _, _, condition in lines(both)]


def test_what_is_not_asked_is_held_back_with_its_reason() -> None:
    """Special-purpose, foreign to JPNIC, and nobody to ask: each says so."""
    plan = plan_of(["10.0.0.1", "20.0.0.5"], SERVERS, sources=("jpnic",), geography=Map(japanese=False))
    assert [(held.address, held.code) for held in plan.held_back] == [("10.0.0.1", "IPA860"), ("20.0.0.5", "IPA862")]
    assert plan.queries == ()
    nobody = plan_of(["20.0.0.5"], {})
    assert [held.code for held in nobody.held_back] == ["IPA861"]


def test_kept_answers_make_queries_needless_by_mode_and_age() -> None:
    """Exact: only the very address or an exact block. Coalesced: any range that covers. Too old, or refreshed: none."""
    block = kept("20.0.0.5", "20.0.0.0", "20.0.0.255")
    addresses = ["20.0.0.5", "20.0.0.6"]
    exact = plan_of(addresses, SERVERS, answers=[block])
    assert [key for _, key, condition in lines(exact) if condition == "always"] == ["rdap ip 20.0.0.6"]
    assert exact.kept == (block.name,)
    assert plan_of(addresses, SERVERS, mode="coalesced", answers=[block]).queries == ()
    empty = kept("20.0.0.5", "20.0.0.0", "20.0.0.255", more_specific=())
    assert plan_of(addresses, SERVERS, answers=[empty]).queries == ()
    old = kept("20.0.0.5", "20.0.0.0", "20.0.0.255", at=NOW - timedelta(days=31), more_specific=())
    assert plan_of(addresses, SERVERS, answers=[old], max_age=timedelta(days=31)).queries == ()
    for fields in ({"max_age": timedelta(days=30)}, {"refresh": True}):
        again = plan_of(addresses, SERVERS, answers=[old], **fields)
        assert [c for _, _, c in lines(again)].count("always") == 2
        assert again.kept == ()


@pytest.mark.parametrize("status", ["timed-out", "server-error", "rate-limited", "malformed", "wrong-range"])
def test_a_kept_failure_answers_nothing(status: str) -> None:
    """What was no answer is asked again."""
    plan = plan_of(["20.0.0.5"], SERVERS, answers=[kept("20.0.0.5", status=status)])
    assert lines(plan)[0] == ("apnic", "rdap ip 20.0.0.5", "always")


def test_an_answer_of_another_server_is_no_answer_of_this_one() -> None:
    """WHOIS about the block does not make RDAP needless."""
    other = kept("20.0.0.5", "20.0.0.0", "20.0.0.255", server="w", source="whois", more_specific=())
    assert lines(plan_of(["20.0.0.5"], SERVERS, answers=[other]))[0][0] == "apnic"


def test_a_kept_answer_still_calls_for_its_follow_ups() -> None:
    """Interrupted between the answer and its follow-up, the next plan holds the follow-up alone."""
    changed = RegistryEvent(action="last changed", text=Field(value="x", at="/x"), instant=NOW)
    parent = kept("20.0.0.5", "20.0.0.0", "20.0.0.255", refers_to="JPNIC", events=(changed,))
    plan = plan_of(["20.0.0.5"], SERVERS, answers=[parent], earliest=LOGIN)
    assert lines(plan) == [
        ("mirror", "rdap ip 20.0.0.5", "refers"),
        ("apnic", "rdap history 20.0.0.5", "changed"),
    ]
    mirrored = kept("20.0.0.5", "20.0.0.0", "20.0.0.63", server="mirror")
    history = kept("20.0.0.5", server="apnic", kind="history")
    done = plan_of(["20.0.0.5"], SERVERS, answers=[parent, mirrored, history], earliest=LOGIN)
    assert done.queries == ()
    assert done.kept == tuple(sorted(answer.name for answer in (parent, mirrored, history)))
    plain = kept("20.0.0.5", "20.0.0.0", "20.0.0.255")
    assert plan_of(["20.0.0.5"], SERVERS, answers=[plain], earliest=LOGIN).queries == ()


def test_the_notes_say_the_mode_and_where_a_redirect_may_lead() -> None:
    """A person reads how it is asked, and whom else it may reach."""
    plan = plan_of(["20.0.0.5", "20.0.0.6"], SERVERS, sources=("rdap", "origin"))
    text = " ".join(note.en for note in plan.notes)
    assert "ripe.example:443" in text
    assert plan.notes[0].en.startswith("exact:")


def test_what_a_query_reveals_is_said_precisely() -> None:
    """The address itself and our own, and that port 43 is not encrypted; the zone operator for names."""
    plan = plan_of(["20.0.0.5"], SERVERS, sources=("rdap", "whois", "ptr"))
    texts = {query.request.server: query.reveals for query in plan.queries}
    for text in texts.values():
        assert "20.0.0.5" in text.en
        assert "20.0.0.5" in text.ja
        assert "our own address" in text.en
    assert "not encrypted" in texts["w"].en
    assert "not encrypted" not in texts["apnic"].en
    assert "zone" in texts["resolver"].en


ADDRESSES = st.one_of(
    st.integers(0, 2000).map(lambda n: f"20.0.{n // 256}.{n % 256}"),
    st.integers(0, 300).map(lambda n: f"10.0.{n // 256}.{n % 256}"),
    st.integers(0, 60000).map(lambda n: f"2400:{n % 5 + 1:x}:{n % 7 + 1:x}::{n + 1:x}"),
)
NEEDS = st.lists(
    st.builds(
        Need,
        address=ADDRESSES,
        rows=st.integers(1, 5),
        earliest=st.one_of(st.none(), st.integers(0, 99).map(lambda day: LOGIN + timedelta(days=day))),
        predicted=st.sampled_from(["", "20.0.0.0/16"]),
    ),
    max_size=30,
)


@settings(max_examples=100, deadline=None)
@given(
    needs=NEEDS,
    mode=st.sampled_from(["exact", "coalesced"]),
    probe=st.sampled_from(["address", "block"]),
    chance=st.randoms(use_true_random=False),
)
def test_a_plan_depends_on_what_is_needed_and_not_on_its_order(
    needs: list[Need], mode: str, probe: str, chance: random.Random
) -> None:
    """Shuffled or split into halves, needs give the same plan; no query stands twice; no special address is in it."""

    def plan(given_needs: list[Need]) -> Plan:
        return make_plan(
            given_needs,
            mode=mode,  # type: ignore[arg-type]
            probe=probe,  # type: ignore[arg-type]
            sources=EVERY,
            servers=SERVERS,
            geography=Map(),
            answers=(),
            now=NOW,
            max_age=None,
            refresh=False,
        )

    whole = plan(needs)
    single = [msgspec.structs.replace(need, rows=1) for need in needs for _ in range(need.rows)]
    chance.shuffle(single)
    assert plan(single) == whole
    identities = [(query.request.server, query.request.question.key) for query in whole.queries]
    assert len(identities) == len(set(identities))
    assert len({(q.request.endpoint, q.request.payload) for q in whole.queries}) == len(identities)
    for request in (query.request for query in whole.queries):
        assert "/10." not in request.endpoint
        assert not request.question.subject.startswith("10.")
        assert not request.payload.endswith(".10.in-addr.arpa")
        assert request.question.kind == "ptr" or not request.payload.strip(" -v").startswith("10.")
    asked = {address for query in whole.queries for address in query.addresses}
    held = {one.address for one in whole.held_back}
    assert asked | held == {need.address for need in needs}
    assert not [address for address in asked if address.startswith("10.")]
    assert plan([*single, *single]).queries == tuple(
        msgspec.structs.replace(query, rows=2 * query.rows) for query in whole.queries
    )
    for query in whole.queries:
        assert (query.condition in {"always", "uncovered"}) == (query.after == "")


def test_a_block_that_begins_in_special_space_is_not_sent() -> None:
    """Where the /24 of an address would name a special-purpose address, nothing is sent."""

    class Edge(Map):
        def special(self, address: str) -> SpecialBlock | None:
            return SPECIAL if address == "20.0.0.0" else None

    plan = plan_of(["20.0.0.5"], SERVERS, mode="coalesced", probe="block", geography=Edge())
    assert plan.queries == ()
    assert [held.code for held in plan.held_back] == ["IPA860"]
