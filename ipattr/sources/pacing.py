"""The pace we keep with one server, so that it never has to ask for it.

The rate is kept where it counts, at the moment a request leaves: what happened before (a connection, a write to the
journal) takes a time of its own and would bunch up requests that were spaced when they were planned.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ipattr.model import Text

_SAFETY = 1.03
"""Intervals are longer by this factor: a server's clock and the network's jitter are not ours."""
_TICK = 1e-4
"""Seconds: no wait is shorter, so that what is left of a float's rounding is never waited for again and again."""


class Paced(Protocol):
    """A server or a resolver that is asked at a pace of its own."""

    @property
    def per_second(self) -> float:
        """Return how many a second, in the long run."""
        ...

    @property
    def burst(self) -> int:
        """Return how many at once."""
        ...


class StoppedError(Exception):
    """This server is not asked any more."""


class HeldError(Exception):
    """A pause began after this request was let through; it has not left and is to be let through again."""


class Pace:
    """The leaky bucket of one server as a meter (GCRA): at most ``burst`` at once, ``per_second`` in the long run.

    ``ready`` waits until one more may be prepared, ``take`` counts it, ``depart`` waits until it may leave. In any
    window of T seconds at most ``burst + per_second * T`` leave. All times are those of ``now`` (monotonic, seconds).
    """

    def __init__(self, server: Paced, *, now: Callable[[], float]) -> None:
        """Start with a full bucket."""
        self._interval = _SAFETY / server.per_second
        self._allowance = (max(server.burst, 1) - 1) * self._interval
        self._now = now
        self._prepared = now()
        self._left = self._prepared
        self._paused_until = self._prepared
        self._stopped = asyncio.Event()
        self._turn = asyncio.Lock()
        self.reason: Text | None = None

    @property
    def waiting(self) -> float:
        """Return how many seconds of a pause are left."""
        return max(0.0, self._paused_until - self._now())

    @property
    def stopped(self) -> bool:
        """Tell whether this server is not asked any more."""
        return self._stopped.is_set()

    async def ready(self) -> None:
        """Return when one more request may be prepared; StoppedError when none may."""
        while (delay := max(self._prepared - self._allowance, self._paused_until) - self._now()) > 0:
            await self._wait(delay)
        self._refuse_when_stopped()

    def take(self) -> None:
        """Count one request as prepared."""
        self._prepared = max(self._prepared, self._now()) + self._interval

    async def depart(self) -> None:
        """Return at the moment at which one request may leave, and count it; HeldError, StoppedError when it may not.

        Several who wait leave one after the other, each counted from when it really leaves. At most about one more
        than may leave is prepared meanwhile: ``ready`` follows.
        """
        async with self._turn:
            self.check()
            while (delay := self._left - self._allowance - self._now()) > 0:
                await self._wait(delay)
            self.check()
            self._left = max(self._left, self._now()) + self._interval
            self._prepared = max(self._prepared, self._left - self._interval)

    async def follow(self) -> None:
        """Do what ``ready``, ``take`` and ``depart`` do, for one that is redirected here and cannot be put back."""
        while True:
            await self.ready()
            try:
                await self.depart()
            except HeldError:
                continue
            return

    def arrived(self) -> None:
        """Count a request that has just been answered as if it had left only now.

        The first to a server is late: a name is resolved, a connection made after it was let go. Those that follow
        are not, and would come too close behind it.
        """
        self._left = max(self._left, self._now() + self._interval)
        self._prepared = max(self._prepared, self._left - self._interval)

    def recall(self, ages: Iterable[float]) -> None:
        """Count requests that left so many seconds ago, before this run."""
        now = self._now()
        left = -math.inf
        for age in sorted(ages, reverse=True):
            left = max(left, now - age) + self._interval
        left = min(left, now + self._allowance + self._interval)
        self._left = max(self._left, left)
        self._prepared = max(self._prepared, left)

    def check(self) -> None:
        """Raise HeldError during a pause, StoppedError after the stop."""
        self._refuse_when_stopped()
        if self.waiting > 0:
            raise HeldError

    def pause(self, seconds: float) -> None:
        """Let nothing leave for so many seconds from now; a longer pause that is under way stays."""
        self._paused_until = max(self._paused_until, self._now() + seconds)

    def stop(self, reason: Text) -> None:
        """Let nothing leave any more; the first reason stands."""
        if self.reason is None:
            self.reason = reason
        self._stopped.set()

    def _refuse_when_stopped(self) -> None:
        if self._stopped.is_set():
            raise StoppedError

    async def _wait(self, delay: float) -> None:
        self._refuse_when_stopped()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), max(delay, _TICK))
