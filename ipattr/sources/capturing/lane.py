"""One resolver being asked: its pace, how many questions are under way, and what is done when it is silent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from ipattr.model import Text
from ipattr.sources.pacing import Pace, StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ipattr.model import CapturePlan, DnsProbe, Hop, Resolution, Resolver
    from ipattr.sources.interface import Notice

RETRIES_END: Final = 5
"""Questions that a resolver never heard of has left unanswered before one more is asked once only."""
PATIENCE: Final = 30
"""Questions that a resolver never heard of has left unanswered before it is not asked any more."""


class Asking(Protocol):
    """What carries one question out and its answer back. One object serves one event loop."""

    async def ask(
        self, probe: DnsProbe, resolver: Resolver, *, seconds: float, leaving: Notice, vantage: str
    ) -> Resolution:
        """Ask once within ``seconds`` in all; a failure of the network is a status.

        ``leaving`` is awaited before each message leaves; when it raises, nothing leaves and the error passes on, but
        for a StoppedError after the first message: then what that one brought is the answer.
        """
        ...

    async def close(self) -> None:
        """Close what is open."""
        ...


class Lane:
    """One resolver, asked at its pace: every message that leaves is counted at the moment at which it does.

    An exchange has the plan's seconds, and what a second message of it may have to wait for its turn at this pace.
    ``sent`` counts the messages that left. ``reason`` says why the resolver is not asked any more, where it is not.
    """

    def __init__(
        self, resolver: Resolver, *, asking: Asking, plan: CapturePlan, arrived: Callable[[Resolution], None]
    ) -> None:
        """Ask with ``asking``, and hand each resolution to ``arrived``."""
        self.resolver = resolver
        self.sent = 0
        self._asking = asking
        self._plan = plan
        self._arrived = arrived
        self._pace = Pace(resolver, now=asyncio.get_running_loop().time)
        # All that is under way may need a second message (TC), each in its turn: no more than fit into half the time.
        room = min(resolver.concurrent, max(1, int(resolver.per_second * plan.seconds / 2)))
        self._room = asyncio.Semaphore(room)
        self._seconds = plan.seconds + room / resolver.per_second
        self._turn = asyncio.Lock()
        self._heard = False
        self._silent = 0

    @property
    def reason(self) -> Text | None:
        """Return why this resolver was given up, None when it was not."""
        return self._pace.reason

    async def work(self, probes: Iterator[DnsProbe]) -> None:
        """Ask one probe after the other for as long as there are any; several may work on one iterator."""
        for probe in probes:
            await self.ask(probe)

    async def ask(self, probe: DnsProbe) -> Resolution | None:
        """Return what became of a probe; a datagram that nobody answered is sent once more. None: it was not asked."""
        async with self._room:
            said = await self._once(probe)
            if said is None:
                return None
            if self._is_worth_another(said):
                again = await self._once(probe)
                if again is not None:
                    said = msgspec.structs.replace(again, hops=(*said.hops, *again.hops), sent=said.sent)
            self._listen(said)
        self._arrived(said)
        return said

    async def _once(self, probe: DnsProbe) -> Resolution | None:
        try:
            async with self._turn:
                await self._pace.ready()
                self._pace.take()
            return await self._asking.ask(
                probe,
                self.resolver,
                seconds=self._seconds,
                leaving=self._notice(),
                vantage=self._plan.vantage,
            )
        except StoppedError:
            return None

    def _notice(self) -> Notice:
        """Return what lets the messages of one exchange go, the first and those that an answer calls for (TC)."""
        first = True

        async def leaving(_hop: Hop) -> None:
            nonlocal first
            if first:
                first = False
                await self._pace.depart()
            else:
                async with self._turn:
                    await self._pace.follow()
            self.sent += 1

        return leaving

    def _is_worth_another(self, said: Resolution) -> bool:
        lost = said.status == "timed-out" and self.resolver.transport == "udp" and not said.truncated_wire
        return lost and (self._heard or self._silent < RETRIES_END)

    def _listen(self, said: Resolution) -> None:
        """Give a resolver up that has not said a word; one that has may fall silent for as long as it likes."""
        if said.wire or said.truncated_wire or said.status == "withheld":
            self._heard = self._heard or said.status != "withheld"
            return
        self._silent += 1
        if not self._heard and self._silent >= PATIENCE:
            self._pace.stop(
                Text(
                    ja=f"{self.resolver.id} は {self._silent} 件の問合せに一度も答えず、以後は問い合わせない。",
                    en=f"{self.resolver.id} answered none of {self._silent} questions; it is not asked any more.",
                )
            )
