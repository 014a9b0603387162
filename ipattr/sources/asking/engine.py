"""The engine: a graph of queries, each sent when an answer calls for it and no other answer makes it needless."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ipattr.coverage import extent, is_exact_block
from ipattr.model import Answer, Outcome, Record, Text, Unanswered
from ipattr.sources.asking import reasons
from ipattr.sources.asking.earlier import remember
from ipattr.sources.asking.field import subject_of
from ipattr.sources.asking.lane import CrowdedError, Lane, Place, Task
from ipattr.sources.asking.scribe import Scribe
from ipattr.sources.conditions import holds
from ipattr.sources.guard import place_of
from ipattr.sources.interface import Leaving
from ipattr.sources.pacing import HeldError, Pace, StoppedError
from ipattr.sources.reading import read_reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from typing import Literal

    from ipattr.model import Hop, Plan, RegistryServer, Reply, ReplyStatus
    from ipattr.sources.interface import Answered, Ledger, Transport

    UnansweredStatus = ReplyStatus | Literal["stopped", "interrupted"]

_BEFORE_RETRY = 0.5
_USABLE = frozenset({"found", "not-found"})


class Progress(Record, frozen=True, kw_only=True):
    """How far a run is: ``sent`` counts requests with retries; ``waiting`` names a paused server, for ``seconds``."""

    planned: int
    sent: int
    answered: int
    not_needed: int
    unanswered: int
    waiting: str = ""
    seconds: float = 0.0


def ask_now(
    plan: Plan,
    *,
    servers: Mapping[str, RegistryServer],
    transport: Transport,
    ledger: Ledger,
    known: Sequence[Answer],
    seconds: float = 30.0,
    progress: Callable[[Progress], None] | None = None,
) -> tuple[tuple[Answer, ...], Outcome]:
    """Do what ``ask`` does in an event loop of its own; an interrupt is KeyboardInterrupt once everything is kept."""
    return asyncio.run(
        ask(
            plan,
            servers=servers,
            transport=transport,
            ledger=ledger,
            known=known,
            seconds=seconds,
            progress=progress,
        )
    )


async def ask(
    plan: Plan,
    *,
    servers: Mapping[str, RegistryServer],
    transport: Transport,
    ledger: Ledger,
    known: Sequence[Answer],
    seconds: float = 30.0,
    progress: Callable[[Progress], None] | None = None,
) -> tuple[tuple[Answer, ...], Outcome]:
    """Carry out a plan and return every answer that came, failures included, in the order of the plan; close transport.

    ``known`` holds the answers that ``plan.kept`` names, and may hold others, refusals among them; they, and a ledger
    that says what left before, hold back what would come too soon. ``seconds`` bounds one exchange. StoreError: the
    ledger keeps no more, and nothing left after it said so. NotRecordedError: a replay lacks an answer. When cancelled,
    what had arrived is kept before the cancellation passes on.
    """
    try:
        async with Scribe(ledger) as scribe:
            run = _Run(plan, servers=servers, transport=transport, scribe=scribe, seconds=seconds, progress=progress)
            run.go_on(ledger, known)
            return await run.carry_out(known)
    finally:
        await transport.close()


class _Run:
    """One plan being carried out."""

    def __init__(
        self,
        plan: Plan,
        *,
        servers: Mapping[str, RegistryServer],
        transport: Transport,
        scribe: Scribe,
        seconds: float,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self._plan = plan
        self._transport = transport
        self._scribe = scribe
        self._seconds = seconds
        self._progress = progress
        self._now = asyncio.get_running_loop().time
        self._group = asyncio.TaskGroup()
        self._lanes: dict[str, Lane] = {}
        self._tasks: dict[tuple[str, str], Task] = {}
        self._answers: list[tuple[int, Answer]] = []
        self._unanswered: dict[int, Unanswered] = {}
        self._answered = self._not_needed = self._sent = 0
        for number, query in enumerate(plan.queries):
            request = query.request
            lane = self._lanes.get(request.server)
            if lane is None:
                lane = self._lanes[request.server] = Lane(servers[request.server], mode=plan.mode, now=self._now)
            task = Task(number, query, subject_of(request.question.subject))
            self._tasks[request.server, request.question.key] = task
            lane.enrol(task)
        self._paces = _paces(servers, self._lanes, now=self._now)

    def go_on(self, ledger: Ledger, known: Sequence[Answer]) -> None:
        """Heed the pace and the refusals of earlier runs."""
        remember(self._lanes.values(), ledger=ledger, known=known)

    async def carry_out(self, known: Sequence[Answer]) -> tuple[tuple[Answer, ...], Outcome]:
        """Ask until every query is decided."""
        kept = self._take_in(known)
        try:
            async with self._group:
                for task in self._tasks.values():
                    parent = self._tasks.get((task.query.after_server, task.query.after))
                    if parent is not None:
                        parent.children.append(task)
                for task in list(self._tasks.values()):
                    self._begin(task, kept)
                for lane in self._lanes.values():
                    self._group.create_task(self._serve(lane))
        except BaseExceptionGroup as errors:
            raise _first_error(errors) from None
        self._answers.sort(key=lambda pair: pair[0])
        outcome = Outcome(
            planned=len(self._plan.queries),
            answered=self._answered,
            not_needed=self._not_needed,
            sent=self._sent,
            unanswered=tuple(self._unanswered[number] for number in sorted(self._unanswered)),
            stopped=tuple(lane.pace.reason for lane in self._lanes.values() if lane.pace.reason is not None),
        )
        return tuple(answer for _, answer in self._answers), outcome

    def _take_in(self, known: Iterable[Answer]) -> dict[tuple[str, str], Answer]:
        """Let the kept answers settle what they cover; return them by server and question."""
        used = {answer.name: answer for answer in known if answer.name in set(self._plan.kept)}
        for answer in used.values():
            lane = self._lanes.get(answer.exchange.server)
            if lane is not None:
                self._settle(lane, answer)
        return {(a.exchange.server, a.exchange.question.key): a for a in used.values()}

    def _begin(self, task: Task, kept: Mapping[tuple[str, str], Answer]) -> None:
        """Offer a query that waits for no other, or whose parent was answered before this run."""
        query = task.query
        if (query.after_server, query.after) in self._tasks or task.state == "closed":
            return
        lane = self._lanes[query.request.server]
        if query.after:
            answer = kept.get((query.after_server, query.after))
            if answer is None or not holds(query.condition, answer, server=lane.server, earliest=query.earliest):
                self._drop(lane, task, None)
                return
        self._offer(lane, task)

    def _offer(self, lane: Lane, task: Task) -> None:
        covering = lane.field(task.kind).covering(task.said)
        if covering is not None and task.query.condition != "always":
            self._drop(lane, task, covering)
        elif lane.pace.reason is not None:
            self._give_up(lane, task, status="stopped", reason=lane.pace.reason)
        else:
            lane.offer(task)

    async def _serve(self, lane: Lane) -> None:
        """Send what is to be sent to one server, until nothing is undecided."""
        while True:
            await lane.room.acquire()
            task = await self._next(lane)
            if task is None:
                return
            lane.pace.take()
            lane.launch(task)
            sent = self._group.create_task(self._carry(lane, task))
            if not lane.warm:
                await sent
                lane.warm = True

    async def _next(self, lane: Lane) -> Task | None:
        """Return the query to send now, chosen at the last moment; None when all are decided."""
        while lane.open:
            lane.changed.clear()
            task = lane.choose()
            if task is None:
                await lane.changed.wait()
                continue
            try:
                await lane.pace.ready()
            except StoppedError:
                continue
            if lane.changed.is_set():
                task = lane.choose()
            if task is None:
                continue
            covering = lane.field(task.kind).covering(task.said)
            if covering is None or task.query.condition == "always" or task in lane.again:
                return task
            self._drop(lane, task, covering)
        return None

    async def _carry(self, lane: Lane, task: Task) -> None:
        """Carry out one exchange, keep it, and draw the conclusions.

        What was no answer keeps its place until it has been judged: the next request must not leave before the pause
        or the stop that it calls for.
        """
        place = Place(lane)
        try:
            answered = await self._fetch(lane, task, place)
            if answered is None:
                return
            reply = read_reply(answered.exchange, answered.body)
            if reply.status in _USABLE:
                place.leave()
            if not lane.warm:
                lane.pace.arrived()
            name = await self._scribe.write(answered)
            task.evidence.append(name)
            answer = Answer(name=name, exchange=answered.exchange, reply=reply)
            self._answers.append((task.number, answer))
            self._conclude(lane, task, answer)
            self._tell(lane)
        finally:
            place.leave()

    async def _fetch(self, lane: Lane, task: Task, place: Place) -> Answered | None:
        """Send one request, journalled first; None when it did not leave, which has been dealt with."""
        request = task.query.request
        first = True

        async def leaving(hop: Hop) -> None:
            nonlocal first
            pace = lane.pace if first else self._paces.get(hop.server, lane.pace)
            if pace is not lane.pace:  # led on to a server that has a pace of its own
                await self._scribe.write(Leaving(request=request, hop=hop))
                await pace.follow()
                return
            pace.check()
            await self._scribe.write(Leaving(request=request, hop=hop))
            if first:
                await place.take_slot()
            await pace.depart()
            if not first:
                return
            first = False
            task.departed = self._now()
            self._sent += 1
            self._tell()

        try:
            return await self._transport.fetch(request, seconds=self._seconds, leaving=leaving)
        except (HeldError, CrowdedError):
            lane.repeat(task)
        except StoppedError:
            self._give_up(lane, task, status="stopped", reason=lane.pace.reason or reasons.STOPPED)
        return None

    def _conclude(self, lane: Lane, task: Task, answer: Answer) -> None:
        reply = answer.reply
        dead = lane.note(reply.status)
        if reply.status in _USABLE:
            self._accept(lane, task, answer)
        elif reply.status == "rate-limited":
            self._obey(lane, task, reply)
        elif reply.status == "server-error" and not task.retried and lane.pace.reason is None and dead is None:
            task.retried = True
            wait = reply.retry_after or 0.0
            if wait > reasons.LONGEST_WAIT:
                self._fail(lane, task, reply)
                self._stop(lane, reasons.too_long(lane.server.host, wait))
                return
            if wait:
                lane.pace.pause(wait)
            asyncio.get_running_loop().call_later(_BEFORE_RETRY, self._repeat, lane, task)
        else:
            self._fail(lane, task, reply)
        if dead is not None:
            self._stop(lane, dead)

    def _repeat(self, lane: Lane, task: Task) -> None:
        if task.state == "closed":
            return
        if lane.pace.reason is not None:
            self._give_up(lane, task, status="stopped", reason=lane.pace.reason)
        else:
            lane.repeat(task)

    def _accept(self, lane: Lane, task: Task, answer: Answer) -> None:
        """Count an answer, drop what it makes needless, and offer what it calls for."""
        self._answered += 1
        lane.close(task)
        dropped = self._settle(lane, answer)
        earliest = min((t.query.earliest for t in (task, *dropped) if t.query.earliest is not None), default=None)
        for child in task.children:
            self._follow(child, answer, earliest=earliest)
        for other in dropped:
            self._drop(lane, other, answer)

    def _settle(self, lane: Lane, answer: Answer) -> list[Task]:
        """Note what an answer settles at its server; return the queries that need not be sent any more."""
        said = extent(answer)
        if said is None or not (self._plan.mode == "coalesced" or is_exact_block(answer)):
            return []
        covered = lane.field(answer.exchange.question.kind).settle(said, answer)
        tasks = [lane.tasks[number] for number in covered]
        return [task for task in tasks if task.state == "waiting" or task in lane.again]

    def _follow(self, child: Task, answer: Answer, *, earliest: datetime | None) -> None:
        """Offer a follow-up when the answer before it calls for it."""
        lane = self._lanes[child.query.request.server]
        first = min((at for at in (earliest, child.query.earliest) if at is not None), default=None)
        if holds(child.query.condition, answer, server=lane.server, earliest=first):
            self._offer(lane, child)
        else:
            self._drop(lane, child, None)

    def _drop(self, lane: Lane, task: Task, covering: Answer | None) -> None:
        """Count a query as not needed; the answer that covers it decides about its follow-ups.

        A history is asked for once per answer, not for everything the answer covers.
        """
        self._not_needed += 1
        lane.close(task)
        for child in task.children:
            if covering is None or child.query.condition == "changed":
                self._drop(self._lanes[child.query.request.server], child, None)
            else:
                self._follow(child, covering, earliest=child.query.earliest)

    def _obey(self, lane: Lane, task: Task, reply: Reply) -> None:
        """Wait as long as a server asks us to, once; stop when it asks again, for too long, or in words (WHOIS)."""
        before = lane.last_refusal is not None and (task.departed or 0.0) <= lane.last_refusal
        if lane.pace.reason is not None:
            self._fail(lane, task, reply)
        elif lane.server.protocol not in {"rdap", "http"}:
            self._fail(lane, task, reply)
            self._stop(lane, reasons.banned(lane.server.host))
        elif reply.retry_after is not None and reply.retry_after > reasons.LONGEST_WAIT:
            self._fail(lane, task, reply)
            self._stop(lane, reasons.too_long(lane.server.host, reply.retry_after))
        elif lane.last_refusal is not None and not before:
            self._fail(lane, task, reply)
            self._stop(lane, reasons.refused_again(lane.server.host))
        else:
            lane.last_refusal = lane.last_refusal if before else self._now()
            lane.pace.pause(reasons.USUAL_WAIT if reply.retry_after is None else reply.retry_after)
            lane.repeat(task)

    def _stop(self, lane: Lane, reason: Text) -> None:
        """Ask this server nothing more; everything else goes on."""
        lane.pace.stop(reason)
        for task in lane.idle():
            self._give_up(lane, task, status="stopped", reason=lane.pace.reason or reason)

    def _fail(self, lane: Lane, task: Task, reply: Reply) -> None:
        reason = reply.reason or reasons.no_use(reply.status)
        self._give_up(lane, task, status=reply.status, reason=reason)

    def _give_up(self, lane: Lane, task: Task, *, status: UnansweredStatus, reason: Text) -> None:
        """Count a query as unanswered, and its follow-ups as not called for."""
        request = task.query.request
        self._unanswered[task.number] = Unanswered(
            question=request.question,
            server=request.server,
            status=status,
            reason=reason,
            evidence=tuple(task.evidence),
        )
        lane.close(task)
        for child in task.children:
            self._drop(self._lanes[child.query.request.server], child, None)

    def _tell(self, lane: Lane | None = None) -> None:
        if self._progress is None:
            return
        waiting = lane.pace.waiting if lane is not None else 0.0
        self._progress(
            Progress(
                planned=len(self._plan.queries),
                sent=self._sent,
                answered=self._answered,
                not_needed=self._not_needed,
                unanswered=len(self._unanswered),
                waiting=lane.server.id if lane is not None and waiting else "",
                seconds=waiting,
            )
        )


def _paces(
    servers: Mapping[str, RegistryServer], lanes: Mapping[str, Lane], *, now: Callable[[], float]
) -> dict[str, Pace]:
    """Return the pace of every server by its ``host:port``: those that are not asked can be redirected to."""
    return {
        place_of(server.host, server.port): lanes[name].pace if name in lanes else Pace(server, now=now)
        for name, server in sorted(servers.items(), key=lambda item: item[0] in lanes)
    }


def _first_error(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    """Return the first error of a group, however deep."""
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
