"""The pace with a server: never faster than the rate in any window, whatever the jitter."""

from __future__ import annotations

import asyncio
import heapq
import selectors
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import WORDS, row

from ipattr.sources.pacing import HeldError, Pace, StoppedError

if TYPE_CHECKING:
    from collections.abc import Coroutine


class _Waiter(selectors.SelectSelector):
    """A selector that lets time pass at once where the loop would sleep."""

    def __init__(self) -> None:
        super().__init__()
        self.at = 1000.0

    def select(self, timeout: float | None = None) -> Any:  # noqa: ANN401 - the base's own type
        ready = super().select(0)
        if not ready and timeout:
            self.at += timeout
        return ready


def run_quickly(what: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine in a loop whose clock jumps over every wait."""
    waiter = _Waiter()
    loop = asyncio.SelectorEventLoop(waiter)
    loop.time = lambda: waiter.at  # type: ignore[method-assign]
    try:
        loop.run_until_complete(what)
    finally:
        loop.close()


@settings(max_examples=60, deadline=None)
@given(
    rate=st.sampled_from([0.1, 1.0, 5.0, 10.0, 50.0]),
    burst=st.integers(1, 6),
    delays=st.lists(st.floats(0.0, 0.5), min_size=2, max_size=40),
)
def test_no_window_holds_more_than_burst_and_rate_allow(rate: float, burst: int, delays: list[float]) -> None:
    """However long each request takes to prepare, at most ``burst + rate * T`` leave in any T seconds."""
    left: list[float] = []

    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        pace = Pace(row("s", per_second=rate, burst=burst), now=loop.time)

        async def send(delay: float) -> None:
            await asyncio.sleep(delay)
            await pace.depart()
            left.append(loop.time())

        async with asyncio.TaskGroup() as group:
            for delay in delays:
                await pace.ready()
                pace.take()
                group.create_task(send(delay))

    run_quickly(scenario())
    assert len(left) == len(delays)
    for index, start in enumerate(left):
        for later in range(index, len(left)):
            assert later - index + 1 <= burst + rate * (left[later] - start) + 1e-6


@settings(max_examples=60, deadline=None)
@given(
    rate=st.sampled_from([0.1, 1.0, 5.0, 50.0]),
    burst=st.integers(1, 6),
    counts=st.lists(st.integers(0, 12), min_size=2, max_size=4),
    gap=st.floats(0.0, 12.0),
)
def test_runs_one_after_the_other_are_no_faster_than_one(
    rate: float, burst: int, counts: list[int], gap: float
) -> None:
    """A new process that knows when queries left keeps to the same law as if it had never ended."""
    left: list[float] = []

    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        for count in counts:
            pace = Pace(row("s", per_second=rate, burst=burst), now=loop.time)
            pace.recall([loop.time() - at for at in left])
            for _ in range(count):
                await pace.ready()
                pace.take()
                await pace.depart()
                left.append(loop.time())
            await asyncio.sleep(gap)

    run_quickly(scenario())
    assert len(left) == sum(counts)
    for index, start in enumerate(left):
        for later in range(index, len(left)):
            assert later - index + 1 <= burst + rate * (left[later] - start) + 1e-6


def test_however_much_left_before_one_interval_is_the_longest_wait() -> None:
    """A journal whose lines all bear one instant holds the next query back by one interval, not by all of them."""

    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        pace = Pace(row("s", per_second=0.1, burst=3), now=loop.time)
        pace.recall([0.0] * 500)
        begun = loop.time()
        await pace.ready()
        assert 10.0 <= loop.time() - begun <= 10.5

    run_quickly(scenario())


def test_an_idle_server_is_asked_at_its_rate_and_not_slower() -> None:
    """A hundred requests at 10 a second take their 9.9 seconds and a safety of 4 % at most."""
    taken: list[float] = []

    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        pace = Pace(row("s", per_second=10.0, burst=1), now=loop.time)
        begun = loop.time()
        for _ in range(100):
            await pace.ready()
            pace.take()
            await pace.depart()
        taken.append(loop.time() - begun)

    run_quickly(scenario())
    assert 9.9 <= taken[0] <= 9.9 * 1.04


def test_a_pause_holds_back_what_was_let_through_before_it() -> None:
    """What is prepared when a pause comes does not leave; afterwards it may."""

    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        pace = Pace(row("s"), now=loop.time)
        await pace.ready()
        pace.take()
        pace.pause(7.0)
        pace.pause(2.0)
        assert pace.waiting == pytest.approx(7.0)
        with pytest.raises(HeldError):
            await pace.depart()
        begun = loop.time()
        await pace.ready()
        assert loop.time() - begun >= 7.0
        await pace.depart()

    run_quickly(scenario())


def test_a_stop_wakes_those_who_wait_and_stays() -> None:
    """Waiting for ten seconds ends when the server is given up, with the first reason."""

    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        pace = Pace(row("s", per_second=0.1, burst=1), now=loop.time)
        pace.take()
        waiting = asyncio.create_task(pace.ready())
        await asyncio.sleep(1.0)
        begun = loop.time()
        pace.stop(WORDS)
        with pytest.raises(StoppedError):
            await waiting
        assert loop.time() == begun
        with pytest.raises(StoppedError):
            await pace.depart()
        assert pace.stopped
        assert pace.reason is WORDS

    run_quickly(scenario())


def test_the_first_exchange_counts_from_its_answer() -> None:
    """A connection that took long does not let the second request come close behind the first."""

    async def scenario() -> None:
        loop = asyncio.get_running_loop()
        pace = Pace(row("s", per_second=10.0, burst=1), now=loop.time)
        await pace.ready()
        pace.take()
        await pace.depart()
        await asyncio.sleep(0.4)
        pace.arrived()
        begun = loop.time()
        await pace.ready()
        await pace.depart()
        assert loop.time() - begun >= 0.1

    run_quickly(scenario())


def test_the_clock_of_these_tests_orders_waits() -> None:
    """The jumping clock wakes sleepers in order, or the tests above would prove nothing."""
    woken: list[float] = []

    async def scenario() -> None:
        async def sleep(seconds: float) -> None:
            await asyncio.sleep(seconds)
            woken.append(seconds)

        await asyncio.gather(*(sleep(s) for s in (3.0, 1.0, 2.0)))

    run_quickly(scenario())
    assert woken == heapq.nsmallest(3, woken)
