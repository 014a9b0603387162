"""Few requests without lying: as many as there are blocks, and every row says how it knows."""

from __future__ import annotations

import ipaddress
import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import Memory, blocks, carry_out, ip, number, plan_of, rdap_row, spread
from servers import Authority, RdapServer

from ipattr.coverage import Coverage, subject_extent
from ipattr.model import Answer, Reply
from ipattr.sources.asking.field import Field

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ipattr.model import Probe


@pytest.fixture(autouse=True)
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust the authority of the loopback servers."""
    authority.trust(monkeypatch)


def holder(layout: Sequence[Mapping[str, Any]], address: str) -> str:
    """Return the handle of the smallest block that holds the address."""
    at = number(address)
    inside = [block for block in layout if number(block["first"]) <= at <= number(block["last"])]
    return str(min(inside, key=lambda block: number(block["last"]) - number(block["first"]))["handle"])


def handle(answer: Answer) -> str:
    """Return the handle that an answer states."""
    network = answer.reply.network
    return network.handle.value if network is not None and network.handle is not None else ""


@pytest.mark.parametrize("probe", ["address", "block"])
def test_two_hundred_addresses_in_fifteen_blocks_need_at_most_a_tenth_more_requests(
    authority: Authority, probe: Probe
) -> None:
    """One request per block, but for one; every address is covered by its own block."""
    layout = blocks(15, seed=21, bits=(10, 12))
    addresses = spread(layout, 200, seed=22)
    with RdapServer(layout, authority=authority, latency=0.02) as server:
        servers = {"apnic": rdap_row("apnic", server)}
        plan = plan_of(addresses, servers, mode="coalesced", probe=probe)
        answers, outcome = carry_out(plan, servers)
        seen = [path for _, path in server.seen]
    assert len(seen) == len(set(seen)) <= 16
    assert set(seen) <= {query.request.endpoint.removeprefix(server.url) for query in plan.queries}
    assert outcome.planned == outcome.answered + outcome.not_needed
    if probe == "block":
        assert not {f"ip/{address}" for address in addresses} & set(seen)
    coverage = Coverage(answers)
    for address in addresses:
        best = coverage.of(address)[0]
        assert handle(best.answer) == holder(layout, address)
        assert best.basis == ("direct" if f"ip/{address}" in seen else "inferred")


def test_answers_kept_cover_the_same_addresses_in_a_later_run(authority: Authority) -> None:
    """The second plan for the same addresses is empty, and names what it rests on."""
    layout = blocks(6, seed=23, bits=(9, 11))
    addresses = spread(layout, 60, seed=24)
    with RdapServer(layout, authority=authority) as server:
        servers = {"apnic": rdap_row("apnic", server)}
        answers, _ = carry_out(plan_of(addresses, servers, mode="coalesced"), servers)
        plan = plan_of(addresses, servers, mode="coalesced", answers=answers)
        more = plan_of([*addresses, "99.0.0.1"], servers, mode="coalesced", answers=answers)
        exact = plan_of(addresses, servers, answers=answers)
    assert plan.queries == ()
    assert plan.kept == tuple(sorted(answer.name for answer in answers))
    assert [query.addresses for query in more.queries] == [("99.0.0.1",)]
    assert len(exact.queries) == len(addresses) - len(answers)


def sub_assigned(layout: Sequence[dict[str, Any]], *, seed: int) -> list[dict[str, Any]]:
    """Put an assignment into 30 % of the blocks."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable layout, no secret
    found = list(layout)
    for block in layout:
        if chance.random() < 0.3:
            first = number(block["first"]) + 64 * chance.randrange(2)
            found.append({"first": ip(first), "last": ip(first + 63), "handle": f"S{block['handle']}", "org": "Sub"})
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_with_sub_assigned_blocks_exact_is_never_wrong_and_coalesced_never_unmarked(
    authority: Authority, seed: int
) -> None:
    """Exact: every row right. Coalesced: a row that is not right is marked ``inferred``, and such rows exist."""
    layout = sub_assigned(blocks(30, seed=seed, bits=(8, 9)), seed=seed)
    addresses = spread(layout, 240, seed=seed)
    with RdapServer(layout, authority=authority) as server:
        servers = {"apnic": rdap_row("apnic", server)}
        exact, outcome = carry_out(plan_of(addresses, servers), servers)
        assert outcome.answered == 240
        coalesced, _ = carry_out(plan_of(addresses, servers, mode="coalesced"), servers)
    rows = [(Coverage(exact).of(address)[0], address) for address in addresses]
    assert {covered.basis for covered, _ in rows} == {"direct"}
    assert [address for covered, address in rows if handle(covered.answer) != holder(layout, address)] == []
    coverage = Coverage(coalesced)
    rows = [(coverage.of(address)[0], address) for address in addresses]
    wrong = [covered.basis for covered, address in rows if handle(covered.answer) != holder(layout, address)]
    assert set(wrong) == {"inferred"}
    assert {covered.basis for covered, _ in rows} == {"direct", "inferred"}


def test_at_the_servers_limit_nothing_is_refused_and_nothing_is_slow(authority: Authority) -> None:
    """20 requests a second are allowed: the run takes that long, 10 % at most more, without a single 429."""
    layout = blocks(40, seed=31, bits=(8, 10))
    with RdapServer(layout, authority=authority, latency=0.02, limit=20) as server:
        servers = {"apnic": rdap_row("apnic", server, per_second=20.0, burst=1)}
        plan = plan_of(spread(layout, 300, seed=32), servers, mode="coalesced")
        ledger = Memory()
        _, outcome = carry_out(plan, servers, ledger=ledger)
        refused, times = server.refused, [at for at, _ in server.seen]
    assert refused == 0
    assert outcome.unanswered == ()
    assert len(times) <= 44
    assert times[-1] - times[0] <= 1.1 * (len(layout) - 1) / 20 + 0.25


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[tuple[int, int]], list[int]]:
    """Return disjoint blocks, some of them no prefixes, and addresses in them."""
    at, found = 1 << 28, []
    for _ in range(draw(st.integers(1, 12))):
        at += draw(st.sampled_from([0, 0, 1, 5000]))
        size = draw(st.sampled_from([1, 3, 16, 256, 700, 4096]))
        found.append((at, at + size - 1))
        at += size
    spots = [draw(st.integers(*draw(st.sampled_from(found)))) for _ in range(draw(st.integers(1, 40)))]
    return found, sorted(set(spots))


@settings(max_examples=100, deadline=None)
@given(worlds(), st.integers(1, 12), st.randoms(use_true_random=False))
def test_every_subject_is_asked_or_covered_whatever_the_order_of_answers(
    world: tuple[list[tuple[int, int]], list[int]], concurrent: int, chance: random.Random
) -> None:
    """No subject is left over, none is asked twice, none that is covered is asked."""
    layout, spots = world
    field = Field()
    said = {index: subject_extent(ip(at)) for index, at in enumerate(spots)}
    for index, one in said.items():
        assert one is not None
        field.offer(index, one, "")
    flying: list[int] = []
    asked: list[int] = []
    dropped: set[int] = set()
    while True:
        while len(flying) < concurrent and (chosen := field.choose()) is not None:
            index, where = chosen
            assert where == said[index]
            assert field.covering(where) is None
            field.launch(index, where)
            flying.append(index)
            asked.append(index)
        if not flying:
            break
        index = flying.pop(chance.randrange(len(flying)))
        own = next((low, high) for low, high in layout if low <= spots[index] <= high)
        field.land(index, said[index])  # type: ignore[arg-type]
        dropped |= {other for other in field.settle((4, *own), stub()) if other not in flying}
    assert len(asked) == len(set(asked))
    assert not dropped & set(asked)
    assert dropped | set(asked) == set(said)


def stub() -> Answer:
    """Return an answer of which only that it found something matters."""
    from loopback import NOW

    from ipattr.model import Exchange, Question

    exchange = Exchange(
        question=Question(source="rdap", kind="ip", subject="192.0.2.1"),
        server="s",
        protocol="rdap",
        endpoint="",
        hops=(),
        sent=NOW,
        received=NOW,
        delivery="complete",
        size=0,
        sha256="",
        tool_version="0",
    )
    return Answer(name="1", exchange=exchange, reply=Reply(status="found"))


def test_the_announced_prefix_tells_subjects_apart_before_any_answer() -> None:
    """Two neighbours in one announced prefix wait for each other; in two prefixes both are asked at once."""
    for announced, expected in ((("20.0.0.0/16", "20.0.0.0/16"), 1), (("20.0.0.0/25", "20.0.0.128/25"), 2)):
        field = Field()
        for index, address in enumerate(("20.0.0.5", "20.0.0.130")):
            where = subject_extent(address)
            assert where is not None
            field.offer(index, where, announced[index])
        sent = 0
        while (chosen := field.choose()) is not None:
            field.launch(*chosen)
            sent += 1
        assert sent == expected


def test_both_versions_lie_on_one_line_without_touching() -> None:
    """An IPv6 probe never waits for an IPv4 one."""
    field = Field()
    for index, address in enumerate(("20.0.0.5", "2400::1")):
        where = subject_extent(address)
        assert where is not None
        field.offer(index, where, "")
    first, second = field.choose(), None
    assert first is not None
    field.launch(*first)
    second = field.choose()
    assert second is not None
    assert {first[1][0], second[1][0]} == {4, 6}
    assert ipaddress.ip_address(20 << 24 | 5) == ipaddress.ip_address(first[1][1] if first[1][0] == 4 else second[1][1])
