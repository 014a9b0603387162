"""The engine of a capture: all resolvers at once, each at its own pace; what came is kept before it counts."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from typing import TYPE_CHECKING

from ipattr.model import CaptureOutcome, Finding, Resolution
from ipattr.sources.capturing.keeper import Keeper
from ipattr.sources.capturing.lane import Lane
from ipattr.sources.capturing.stage import Reach, Stage
from ipattr.sources.guard import is_global

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ipattr.model import CapturePlan, DnsProbe, Resolver, Text
    from ipattr.sources.capturing.lane import Asking
    from ipattr.sources.interface import Clock


class InterruptedCaptureError(KeyboardInterrupt):
    """A capture was interrupted, and everything that had arrived is kept: ``resolutions``, and the ``outcome``."""

    def __init__(self, resolutions: tuple[Resolution, ...], outcome: CaptureOutcome) -> None:
        """Remember what was kept."""
        super().__init__()
        self.resolutions = resolutions
        self.outcome = outcome


def capture_now(
    plan: CapturePlan,
    *,
    resolving: Asking,
    keep: Callable[[Sequence[Resolution]], None],
    clock: Clock,
    progress: Callable[[int, int], None] | None = None,
    authority_port: int = 53,
    reachable: Callable[[str], bool] = is_global,
) -> tuple[tuple[Resolution, ...], CaptureOutcome]:
    """Carry out a plan in an event loop of its own, close ``resolving``, and return what was kept and how it went.

    ``keep`` is called from another thread, one batch after the other, each in order of receipt, resolver, host and
    type; an answer counts once it has returned. Whatever it raises (StoreError) ends all sending and is raised.
    ``progress`` is told how many have arrived and how many are known to be asked. ``authority_port`` and ``reachable``
    say where authoritative servers may be asked. InterruptedCaptureError (a KeyboardInterrupt) after Ctrl-C.
    """
    keeper = Keeper(keep)
    run = _Run(plan, asking=resolving, keeper=keeper, clock=clock, progress=progress)
    try:
        with keeper:
            asyncio.run(run.carry_out(Reach(port=authority_port, reachable=reachable)))
    except (KeyboardInterrupt, asyncio.CancelledError) as error:
        if keeper.error is not None:
            raise keeper.error from None
        if isinstance(error, KeyboardInterrupt):
            raise InterruptedCaptureError(*run.result()) from None
        raise
    if keeper.error is not None:
        raise keeper.error
    return run.result()


class _Run:
    """One plan being carried out."""

    def __init__(
        self,
        plan: CapturePlan,
        *,
        asking: Asking,
        keeper: Keeper,
        clock: Clock,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self._plan = plan
        self._asking = asking
        self._keeper = keeper
        self._clock = clock
        self._progress = progress
        self._began = clock()
        self._asked = frozenset(resolver.id for resolver in plan.resolvers)
        self._planned = len(plan.probes) * len(plan.resolvers)
        self._arrived = self._further = 0
        self._version = ""
        self._lanes: list[Lane] = []
        self._stage: Stage | None = None

    async def carry_out(self, reach: Reach) -> None:
        """Ask until everything is answered, or a failed ``keep`` or an interrupt ends it."""
        self._end_with_keeper()
        try:
            async with asyncio.TaskGroup() as group:
                for resolver in self._plan.resolvers:
                    lane = self._open(resolver)
                    probes = iter(self._plan.probes)
                    for _ in range(resolver.concurrent):
                        group.create_task(lane.work(probes))
                if self._plan.authoritative:
                    self._stage = Stage(
                        self._plan, group=group, reach=reach, open_lane=self._open, withhold=self._withhold
                    )
                    self._stage.begin(tuple(self._lanes))
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None
        except KeyboardInterrupt:
            # A handler raised it inside a task, and it is on its way already, past this one.
            raise asyncio.CancelledError from None
        finally:
            await self._asking.close()

    def result(self) -> tuple[tuple[Resolution, ...], CaptureOutcome]:
        """Return what is kept, and how the capture went so far."""
        kept = tuple(self._keeper.kept)
        further = sum(self._is_further(one) for one in kept)
        given_up = [_given_up(lane, lane.reason) for lane in self._lanes if lane.reason is not None]
        outcome = CaptureOutcome(
            planned=self._planned,
            further=further,
            sent=sum(lane.sent for lane in self._lanes),
            unasked=self._planned - (len(kept) - further),
            statuses=dict(sorted(Counter(one.status for one in kept).items())),
            resolvers=_by_resolver(kept),
            began=self._began,
            ended=self._clock(),
            findings=(*given_up, *(self._stage.findings() if self._stage is not None else ())),
        )
        return kept, outcome

    def _end_with_keeper(self) -> None:
        """Have everything cancelled when nothing can be kept any more."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()

        def end() -> None:
            if task is not None:
                with contextlib.suppress(RuntimeError):  # the loop has ended: it was the last batch
                    loop.call_soon_threadsafe(task.cancel)

        self._keeper.on_failure = end

    def _open(self, resolver: Resolver) -> Lane:
        lane = Lane(resolver, asking=self._asking, plan=self._plan, arrived=self._take)
        self._lanes.append(lane)
        return lane

    def _take(self, resolution: Resolution) -> None:
        self._keeper.add(resolution)
        self._version = resolution.tool_version
        self._arrived += 1
        self._further += self._is_further(resolution)
        if self._progress is not None:
            self._progress(self._arrived, self._planned + self._further)

    def _is_further(self, resolution: Resolution) -> bool:
        """Tell whether a resolution is beyond the plan: it asked who is authoritative, or somebody who is."""
        return resolution.probe.kind == "delegation" or resolution.resolver not in self._asked

    def _withhold(self, probe: DnsProbe, server: Resolver, reason: Text) -> None:
        now = self._clock()
        self._take(
            Resolution(
                probe=probe,
                resolver=server.id,
                vantage=self._plan.vantage,
                query="",
                hops=(),
                sent=now,
                received=now,
                tool_version=self._version,
                status="withheld",
                reason=reason,
            )
        )


def _given_up(lane: Lane, reason: Text) -> Finding:
    return Finding(code="IPA822", level="warning", message=reason, about=lane.resolver.id)


def _by_resolver(kept: Sequence[Resolution]) -> dict[str, dict[str, int]]:
    """Count the statuses of each resolver's answers."""
    counted: dict[str, Counter[str]] = {}
    for one in kept:
        counted.setdefault(one.resolver, Counter())[one.status] += 1
    return {resolver: dict(sorted(counts.items())) for resolver, counts in sorted(counted.items())}
