"""The engine of a capture, with a stand-in for the network where timing must go wrong in a given way.

How real name servers are captured is in ``test_capturing_servers.py``.
"""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipattr.errors import StoreError
from ipattr.model import CapturePlan, DnsProbe, Hop, Resolution, Resolver
from ipattr.sources.capturing import InterruptedCaptureError, capture_now
from ipattr.sources.capturing.authority import MOST_SERVERS
from ipattr.sources.capturing.keeper import MOST
from ipattr.sources.capturing.lane import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from ipattr.model import CaptureOutcome
    from ipattr.sources.interface import Notice

Said = dict[str, Any]


def now() -> datetime:
    return datetime.now(UTC)


def resolver(name: str, **fields: Any) -> Resolver:  # noqa: ANN401 - any of its own
    given = {"id": name, "transport": "udp", "host": "192.0.2.53", "port": 53, "per_second": 10_000.0, "burst": 10_000}
    return Resolver(**(given | fields))


def plan(hosts: int, *resolvers: Resolver, rounds: int = 1, seconds: float = 5.0, **fields: Any) -> CapturePlan:  # noqa: ANN401
    probes = [
        DnsProbe(platform="board", host=f"h{number}.board.example", rrtype="A", round=time)
        for time in range(1, rounds + 1)
        for number in range(hosts)
    ]
    return CapturePlan(
        platforms=("board",), probes=tuple(probes), resolvers=resolvers, seconds=seconds, vantage="test", **fields
    )


class StandIn:
    """Says of each question what ``say(resolver id, probe, how many times it was asked)`` gives; remembers it all."""

    def __init__(self, say: Callable[[str, DnsProbe, int], Awaitable[Said]]) -> None:
        """Start with nothing asked."""
        self.asked: list[tuple[str, DnsProbe]] = []
        self.most: Counter[str] = Counter()
        self.closed = 0
        self._say = say
        self._under_way: Counter[str] = Counter()
        self._times: Counter[tuple[str, DnsProbe]] = Counter()

    async def ask(
        self, probe: DnsProbe, resolver: Resolver, *, seconds: float, leaving: Notice, vantage: str
    ) -> Resolution:
        """Ask once."""
        begun = now()
        hop = Hop(request=probe.host, server=resolver.host, sent=begun)
        await leaving(hop)
        self.asked.append((resolver.id, probe))
        self._times[resolver.id, probe] += 1
        self._under_way[resolver.id] += 1
        self.most[resolver.id] = max(self.most[resolver.id], self._under_way[resolver.id])
        try:
            said = await self._say(resolver.id, probe, self._times[resolver.id, probe])
            if said.pop("tcp", False):
                await leaving(hop)
            if said["status"] == "timed-out":
                await asyncio.sleep(seconds)
        finally:
            self._under_way[resolver.id] -= 1
        given = {
            "probe": probe,
            "resolver": resolver.id,
            "vantage": vantage,
            "query": "AA==",
            "hops": (hop,),
            "sent": begun,
            "received": now(),
            "tool_version": "0",
            "wire": "AA==" if said["status"] in {"answered", "nodata", "nxdomain", "servfail", "refused"} else "",
        }
        return Resolution(**(given | said))

    async def close(self) -> None:
        """Count."""
        self.closed += 1


class Shelf:
    """Keeps batches; ``fail_after`` batches it raises StoreError."""

    def __init__(self, *, fail_after: int | None = None, seconds: float = 0.0) -> None:
        """Start empty."""
        self.batches: list[list[Resolution]] = []
        self.threads: set[str] = set()
        self._fail_after = fail_after
        self._seconds = seconds
        self._busy = threading.Lock()

    def __call__(self, batch: Sequence[Resolution]) -> None:
        """Keep one batch."""
        assert self._busy.acquire(blocking=False), "two batches at once"
        try:
            time.sleep(self._seconds)
            self.threads.add(threading.current_thread().name)
            if self._fail_after is not None and len(self.batches) >= self._fail_after:
                raise StoreError(ja="満杯である。", en="The disk is full.")
            self.batches.append(list(batch))
        finally:
            self._busy.release()

    @property
    def kept(self) -> list[Resolution]:
        """Return everything kept, in order."""
        return [one for batch in self.batches for one in batch]


async def answer(_resolver: str, _probe: DnsProbe, _time: int) -> Said:
    return {"status": "answered", "addresses": ("192.0.2.1",)}


def capture(
    plan: CapturePlan,
    asking: StandIn,
    shelf: Shelf,
    **options: Any,  # noqa: ANN401 - any option of the function
) -> tuple[list[Resolution], CaptureOutcome]:
    resolutions, outcome = capture_now(plan, resolving=asking, keep=shelf, clock=now, **options)
    assert conserved(outcome)
    return list(resolutions), outcome


def conserved(outcome: CaptureOutcome) -> bool:
    return outcome.planned + outcome.further == sum(outcome.statuses.values()) + outcome.unasked


def test_every_question_of_the_plan_has_one_answer_and_each_is_kept() -> None:
    asking, shelf = StandIn(answer), Shelf()
    told: list[tuple[int, int]] = []
    whole = plan(7, resolver("one"), resolver("two"), rounds=3)
    resolutions, outcome = capture(whole, asking, shelf, progress=lambda *counts: told.append(counts))
    assert Counter((one.resolver, one.probe) for one in resolutions) == Counter(
        (name, probe) for name in ("one", "two") for probe in whole.probes
    )
    assert resolutions == shelf.kept
    assert (outcome.planned, outcome.sent, outcome.unasked, outcome.further) == (42, 42, 0, 0)
    assert outcome.statuses == {"answered": 42}
    assert outcome.began <= outcome.ended
    assert told == [(number, 42) for number in range(1, 43)]
    assert {one.vantage for one in resolutions} == {"test"}
    assert asking.closed == 1


def test_an_empty_plan_is_no_failure() -> None:
    _, outcome = capture(plan(0, resolver("one")), StandIn(answer), Shelf())
    assert (outcome.planned, outcome.statuses) == (0, {})


def test_a_round_begins_when_the_one_before_it_has_left() -> None:
    async def slow(_resolver: str, probe: DnsProbe, _time: int) -> Said:
        await asyncio.sleep(0.001 * (hash(probe) % 5))
        return {"status": "answered"}

    asking = StandIn(slow)
    capture(plan(20, resolver("one", concurrent=4), rounds=3), asking, Shelf())
    rounds = [probe.round for _, probe in asking.asked]
    assert rounds == sorted(rounds)


def test_no_more_questions_are_under_way_than_a_resolver_allows() -> None:
    async def slow(*_: object) -> Said:
        await asyncio.sleep(0.005)
        return {"status": "answered"}

    asking = StandIn(slow)
    capture(plan(20, resolver("one", concurrent=3), resolver("two", concurrent=1)), asking, Shelf())
    assert asking.most == {"one": 3, "two": 1}


def test_a_silent_resolver_does_not_slow_the_others() -> None:
    async def say(name: str, *_: object) -> Said:
        return {"status": "timed-out" if name == "dead" else "answered"}

    resolutions, outcome = capture(
        plan(40, resolver("dead", concurrent=40), resolver("live"), seconds=0.75), StandIn(say), Shelf()
    )
    ends = {name: [one.received for one in resolutions if one.resolver == name] for name in ("dead", "live")}
    assert (len(ends["dead"]), len(ends["live"])) == (40, 40)
    assert max(ends["live"]) < min(ends["dead"])
    assert outcome.statuses == {"answered": 40, "timed-out": 40}


def test_a_datagram_that_nobody_answered_is_sent_once_more_in_the_same_resolution() -> None:
    async def say(_resolver: str, probe: DnsProbe, times: int) -> Said:
        lost = probe.host.startswith(("h0", "h1")) and times == 1
        return {"status": "timed-out" if lost or probe.host.startswith("h1") else "answered"}

    (first, second, third), outcome = capture(plan(3, resolver("one"), seconds=0.05), StandIn(say), Shelf())
    by_host = {one.probe.host[:2]: one for one in (first, second, third)}
    assert {host: (one.status, len(one.hops)) for host, one in by_host.items()} == {
        "h0": ("answered", 2),
        "h1": ("timed-out", 2),
        "h2": ("answered", 1),
    }
    assert by_host["h0"].sent == by_host["h0"].hops[0].sent < by_host["h0"].hops[1].sent
    assert (outcome.sent, outcome.planned) == (5, 3)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"transport": "tcp"}, {"status": "timed-out"}),
        ({"transport": "tls"}, {"status": "timed-out"}),
        ({}, {"status": "timed-out", "truncated_wire": "AA=="}),
        ({}, {"status": "unreachable"}),
        ({}, {"status": "servfail"}),
    ],
)
def test_nothing_else_is_sent_again(fields: Said, said: Said) -> None:
    async def say(*_: object) -> Said:
        return dict(said)

    asking = StandIn(say)
    _, outcome = capture(plan(1, resolver("one", **fields), seconds=0.02), asking, Shelf())
    assert (outcome.sent, len(asking.asked)) == (1, 1)


def test_a_resolver_that_never_says_a_word_is_given_up_and_the_rest_counts_as_unasked() -> None:
    async def say(name: str, *_: object) -> Said:
        return {"status": "unreachable" if name == "dead" else "answered"}

    asking = StandIn(say)
    _, outcome = capture(plan(100, resolver("dead", concurrent=1), resolver("live")), asking, Shelf())
    assert outcome.statuses == {"answered": 100, "unreachable": PATIENCE}
    assert outcome.unasked == 100 - PATIENCE
    assert [(one.code, one.about) for one in outcome.findings] == [("IPA822", "dead")]


def test_a_resolver_that_has_spoken_is_asked_to_the_end() -> None:
    async def say(_resolver: str, probe: DnsProbe, _time: int) -> Said:
        return {"status": "refused" if probe.host.startswith("h0.") else "unreachable"}

    _, outcome = capture(plan(100, resolver("moody", concurrent=1)), StandIn(say), Shelf())
    assert outcome.statuses == {"refused": 1, "unreachable": 99}
    assert outcome.findings == ()


def test_batches_are_bounded_and_in_order_and_written_beside_the_loop() -> None:
    asking, shelf = StandIn(answer), Shelf(seconds=0.05)
    resolutions, _ = capture(plan(700, resolver("one"), resolver("two")), asking, shelf)
    assert len(resolutions) == 1400
    assert max(len(batch) for batch in shelf.batches) <= MOST
    for batch in shelf.batches:
        keys = [(one.received, one.resolver, one.probe.host, one.probe.rrtype) for one in batch]
        assert keys == sorted(keys)
    assert shelf.threads == {"ledger"}


def test_what_arrives_slowly_is_kept_meanwhile() -> None:
    """A capture of hours must not lose hours: an answer is kept while others are still awaited."""
    shelf = Shelf()
    seen: list[int] = []

    async def say(_resolver: str, probe: DnsProbe, _time: int) -> Said:
        if probe.host.startswith("h1."):
            for _ in range(1000):
                await asyncio.sleep(0.01)
                if shelf.batches:
                    break
            seen.append(len(shelf.kept))
        return {"status": "answered"}

    capture(plan(2, resolver("one")), StandIn(say), shelf)
    assert seen == [1]


def test_when_nothing_can_be_kept_nothing_more_is_sent() -> None:
    async def slow(*_: object) -> Said:
        await asyncio.sleep(0.02)
        return {"status": "answered"}

    asking, shelf = StandIn(slow), Shelf(fail_after=1)
    with pytest.raises(StoreError, match="disk is full"):
        capture_now(plan(5000, resolver("one")), resolving=asking, keep=shelf, clock=now)
    assert len(shelf.batches) == 1
    assert len(asking.asked) < 5000  # all of them would take ten seconds
    asked = len(asking.asked)
    time.sleep(0.1)
    assert len(asking.asked) == asked
    assert asking.closed == 1


def test_what_cannot_be_kept_at_the_very_end_is_raised_too() -> None:
    with pytest.raises(StoreError):
        capture_now(plan(1, resolver("one")), resolving=StandIn(answer), keep=Shelf(fail_after=0), clock=now)


@pytest.mark.parametrize("by", ["signal", "exception"])
def test_an_interrupt_keeps_what_arrived_and_says_how_much(by: str) -> None:
    """By Ctrl-C as the loop handles it, and as a handler that raises in the middle of any step does."""

    async def say(_resolver: str, probe: DnsProbe, _time: int) -> Said:
        if probe.host.startswith("h30."):
            if by == "exception":
                raise KeyboardInterrupt
            signal.raise_signal(signal.SIGINT)
        await asyncio.sleep(0.001)
        return {"status": "answered"}

    asking, shelf = StandIn(say), Shelf()
    with pytest.raises(KeyboardInterrupt) as interrupted:
        capture_now(plan(60, resolver("one", concurrent=5)), resolving=asking, keep=shelf, clock=now)
    error = interrupted.value
    assert isinstance(error, InterruptedCaptureError)
    assert list(error.resolutions) == shelf.kept
    assert 26 <= len(shelf.kept) < 60
    assert conserved(error.outcome)
    assert error.outcome.unasked == 60 - len(shelf.kept)
    assert asking.closed == 1


def test_an_interrupt_after_a_failed_write_tells_of_the_write() -> None:
    async def say(_resolver: str, probe: DnsProbe, _time: int) -> Said:
        if probe.host.startswith("h1."):
            raise KeyboardInterrupt
        return {"status": "answered"}

    with pytest.raises(StoreError):
        capture_now(plan(2, resolver("one")), resolving=StandIn(say), keep=Shelf(fail_after=0), clock=now)


def test_a_fault_of_ours_ends_the_capture_once_what_came_is_kept() -> None:
    async def say(_resolver: str, probe: DnsProbe, _time: int) -> Said:
        if probe.host.startswith("h9."):
            message = "a fault"
            raise LookupError(message)
        await asyncio.sleep(0)
        return {"status": "answered"}

    shelf = Shelf()
    with pytest.raises(LookupError, match="a fault"):
        capture_now(plan(10, resolver("one", concurrent=1)), resolving=StandIn(say), keep=shelf, clock=now)
    assert len(shelf.kept) == 9


def test_a_message_that_an_answer_calls_for_leaves_at_the_same_pace() -> None:
    """TCP after TC counts as the first message does: twenty messages at 50 a second, one at once, take 0.38 s."""

    async def say(*_: object) -> Said:
        return {"status": "answered", "tcp": True}

    begun = time.monotonic()
    _, outcome = capture(plan(10, resolver("one", per_second=50.0, burst=1)), StandIn(say), Shelf())
    assert time.monotonic() - begun >= 19 / 50
    assert outcome.sent == 20


ANSWERS: list[Said] = [
    {"status": "answered", "addresses": ("198.51.100.1",)},
    {"status": "answered", "targets": ("ns.board.example",)},
    {"status": "nodata"},
    {"status": "timed-out"},
    {"status": "unreachable"},
    {"status": "servfail"},
]


@settings(max_examples=40, deadline=None)
@given(data=st.data(), authoritative=st.booleans(), open_to_all=st.booleans())
def test_planned_and_further_are_conserved_whatever_comes_back(
    data: st.DataObject, *, authoritative: bool, open_to_all: bool
) -> None:
    async def say(*_: object) -> Said:
        return dict(data.draw(st.sampled_from(ANSWERS)))

    whole = plan(3, resolver("one"), resolver("two", recursive=False), rounds=2, authoritative=authoritative)
    shelf = Shelf()
    resolutions, outcome = capture(
        msgspec.structs.replace(whole, seconds=0.001), StandIn(say), shelf, reachable=lambda _address: open_to_all
    )
    assert outcome.unasked == 0
    assert len(resolutions) == sum(outcome.statuses.values())
    assert bool(outcome.further) is authoritative
    assert ("withheld" in outcome.statuses) <= (not open_to_all)


def found_by(name: str, probe: DnsProbe, *, servers: dict[str, tuple[str, ...]], addresses: dict[str, str]) -> Said:
    """Say what a resolver knows of one zone, ``board.example``, and of addresses."""
    if probe.rrtype == "NS" and probe.host == "board.example":
        return {"status": "answered", "targets": servers[name]}
    if probe.kind == "delegation" and probe.rrtype == "A" and probe.host in addresses:
        return {"status": "answered", "addresses": (addresses[probe.host],)}
    return {"status": "answered" if probe.kind == "host" else "nodata"}


def test_what_several_resolvers_name_is_asked_once_and_nobody_of_the_plan_again() -> None:
    servers = {"one": ("ns1.board.example", "ns2.board.example"), "two": ("ns2.board.example", "ns3.board.example")}
    addresses = {f"ns{number}.board.example": f"198.51.100.{number}" for number in (1, 2, 3)}

    async def say(name: str, probe: DnsProbe, _time: int) -> Said:
        return found_by(name, probe, servers=servers, addresses=addresses)

    known = resolver("auth://198.51.100.3:53", recursive=False)
    asking = StandIn(say)
    told: list[tuple[int, int]] = []
    resolutions, outcome = capture(
        plan(2, resolver("one"), resolver("two"), known, rounds=2, authoritative=True),
        asking,
        Shelf(),
        reachable=lambda _address: True,
        progress=lambda *counts: told.append(counts),
    )
    asked = Counter((name, probe.host, probe.round) for name, probe in asking.asked if probe.kind == "host")
    expected = ["one", "two", "auth://198.51.100.1:53", "auth://198.51.100.2:53", known.id]
    assert asked == Counter(
        (name, host, number)
        for name in expected
        for host in ("h0.board.example", "h1.board.example")
        for number in (1, 2)
    )
    # Each resolver: NS of two hosts and of their zone, two addresses of two servers. Two servers: four questions.
    assert outcome.further == 2 * (3 + 4) + 2 * 4
    assert told[-1] == (len(resolutions), len(resolutions))


def test_a_zone_with_a_thousand_servers_is_followed_to_a_bound_and_that_is_said() -> None:
    names = tuple(f"ns{number:04}.board.example" for number in range(1000))

    async def say(name: str, probe: DnsProbe, _time: int) -> Said:
        return found_by(name, probe, servers={"one": names}, addresses=dict.fromkeys(names, "198.51.100.1"))

    asking = StandIn(say)
    _, outcome = capture(plan(1, resolver("one"), authoritative=True), asking, Shelf(), reachable=lambda _address: True)
    assert [(one.code, one.about) for one in outcome.findings] == [("IPA824", "h0.board.example")]
    assert len({probe.host for _, probe in asking.asked if probe.rrtype == "A"}) == MOST_SERVERS + 1


@pytest.mark.parametrize(
    ("said", "asked", "words"),
    [
        ({"status": "servfail"}, ["h0.board.example"], "servfail"),
        ({"status": "unreachable"}, ["h0.board.example"], "unreachable"),
        ({"status": "nxdomain"}, ["h0.board.example", "board.example"], "NS records"),
        ({"status": "answered", "targets": ("a\\032b.example", "ns")}, ["h0.board.example"], "addresses"),
        (
            {"status": "answered", "targets": ("ns.example",), "cnames": ("x.example",)},
            ["h0.board.example", "board.example"],
            "NS records",
        ),
    ],
)
def test_who_is_authoritative_is_never_guessed(said: Said, asked: list[str], words: str) -> None:
    """Only "no such record here" leads up; a failure does not, and neither does a top level answer for a host."""

    async def say(_resolver: str, probe: DnsProbe, _time: int) -> Said:
        return dict(said) if probe.rrtype == "NS" else {"status": "nodata"}

    asking = StandIn(say)
    _, outcome = capture(plan(1, resolver("one"), authoritative=True), asking, Shelf())
    names = [probe.host for _, probe in asking.asked if probe.rrtype == "NS"]
    assert names == asked
    assert [(one.code, one.about) for one in outcome.findings] == [("IPA823", "h0.board.example")]
    assert words in outcome.findings[0].message.en
