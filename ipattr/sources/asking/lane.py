"""One server during a run: its pace, what waits for it, and when it is not asked any more."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from ipattr.sources.asking import reasons
from ipattr.sources.asking.field import Field
from ipattr.sources.pacing import Pace

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipattr.coverage import Extent
    from ipattr.model import Mode, PlannedQuery, QuestionKind, RegistryServer, ReplyStatus, Text

DEAD_AFTER = 3
"""So many queries in a row without a connection: the server is taken for dead."""
FAILING_AFTER = 10
"""So many queries in a row without a usable answer, connection or not: the server is left alone."""
_UNREACHED = frozenset({"unreachable", "tls-failed"})
_FAILED = _UNREACHED | {"timed-out", "server-error"}


PATIENCE = 1.0
"""Seconds for which a query that stands in the journal already waits for a slot."""


class CrowdedError(Exception):
    """What was prepared ahead found no slot in time: the server is slow, and its deadline must not pass in waiting."""


class Task:
    """One planned query on its way: ``waiting``, ``flying`` (retries included) or ``closed``."""

    def __init__(self, number: int, query: PlannedQuery, said: Extent) -> None:
        """Start unoffered."""
        self.number = number
        self.query = query
        self.said = said
        self.state = "planned"
        self.departed: float | None = None
        self.retried = False
        self.children: list[Task] = []
        self.evidence: list[str] = []

    @property
    def kind(self) -> QuestionKind:
        """Return the kind of its question."""
        return self.query.request.question.kind


class Lane:
    """What waits for one server. ``changed`` is set whenever a decision may come out otherwise.

    ``slots`` bounds what is under way at the server, ``room`` what is prepared besides: the journal is written
    ``spare`` queries ahead, so that no slot waits for a disk (what stands in the journal is then sent, also when an
    answer has come to cover it meanwhile). Where the pace is tight nothing is prepared ahead, and the first exchange
    goes alone until the lane is ``warm`` (see ``Pace.arrived``).
    """

    def __init__(self, server: RegistryServer, *, mode: Mode, now: Callable[[], float]) -> None:
        """Start with nothing waiting."""
        self.server = server
        self.pace = Pace(server, now=now)
        self.slots = asyncio.Semaphore(max(server.concurrent, 1))
        self.spare = server.concurrent if server.burst > server.concurrent else 0
        self.room = asyncio.Semaphore(max(server.concurrent, 1) + self.spare)
        self.changed = asyncio.Event()
        self.tasks: dict[int, Task] = {}
        self.again: deque[Task] = deque()
        self.last_refusal: float | None = None
        self.warm = server.burst > server.concurrent
        self._coalesced = mode == "coalesced"
        self._open = 0
        self._plain: deque[Task] = deque()
        self._fields: dict[QuestionKind, Field] = {}
        self._unreached = 0
        self._failed = 0

    @property
    def open(self) -> bool:
        """Tell whether any query to this server is undecided."""
        return self._open > 0

    def field(self, kind: QuestionKind) -> Field:
        """Return the subjects of one kind of question."""
        return self._fields.setdefault(kind, Field())

    def spreads(self, task: Task) -> bool:
        """Tell whether the order of asking is chosen as answers come, rather than that of the plan."""
        return self._coalesced and task.kind in {"ip", "origin"}

    def enrol(self, task: Task) -> None:
        """Count a query of the plan."""
        self.tasks[task.number] = task
        self._open += 1

    def offer(self, task: Task) -> None:
        """Let a query be asked from now on."""
        task.state = "waiting"
        if self.spreads(task):
            self.field(task.kind).offer(task.number, task.said, task.query.predicted)
        else:
            self._plain.append(task)
        self.changed.set()

    def choose(self) -> Task | None:
        """Return what to send next, None when there is nothing or waiting is better; nothing is taken yet."""
        if self.again:
            return self.again[0]
        while self._plain and self._plain[0].state != "waiting":
            self._plain.popleft()
        if self._plain:
            return self._plain[0]
        for kind in sorted(self._fields):
            chosen = self._fields[kind].choose()
            if chosen is not None:
                return self.tasks[chosen[0]]
        return None

    def launch(self, task: Task) -> None:
        """Take what ``choose`` returned."""
        if self.again and self.again[0] is task:
            self.again.popleft()
        elif self._plain and self._plain[0] is task:
            self._plain.popleft()
        else:
            self.field(task.kind).launch(task.number, task.said)
        task.state = "flying"

    def repeat(self, task: Task) -> None:
        """Send a query once more, before any other."""
        if task.state != "closed":
            self.again.append(task)
        self.changed.set()

    def close(self, task: Task) -> None:
        """Count a query as decided."""
        task.state = "closed"
        self._open -= 1
        if task in self.again:
            self.again.remove(task)
        if self.spreads(task):
            self.field(task.kind).land(task.number, task.said)
        self.changed.set()

    def idle(self) -> list[Task]:
        """Take away, and return, every query that waits or is to be repeated."""
        waiting = [task for task in self._plain if task.state == "waiting"] + list(self.again)
        for field in self._fields.values():
            waiting += [self.tasks[number] for number in field.withdraw()]
        self._plain.clear()
        self.again.clear()
        return waiting

    def note(self, status: ReplyStatus) -> Text | None:
        """Count failures in a row; return why the server is to be left alone, None while it is not."""
        self._unreached = self._unreached + 1 if status in _UNREACHED else 0
        self._failed = self._failed + 1 if status in _FAILED else 0
        name = self.server.host
        if self._unreached >= DEAD_AFTER:
            return reasons.dead(name, DEAD_AFTER)
        if self._failed >= FAILING_AFTER:
            return reasons.failing(name, FAILING_AFTER)
        return None


class Place:
    """One query's room in a lane and, from the moment it leaves, its slot at the server."""

    def __init__(self, lane: Lane) -> None:
        """Stand in a room that has been acquired."""
        self._lane = lane
        self._in_room = True
        self._in_slot = False

    async def take_slot(self) -> None:
        """Wait for a slot; CrowdedError after ``PATIENCE``, and less is prepared ahead from then on."""
        try:
            async with asyncio.timeout(PATIENCE):
                await self._lane.slots.acquire()
        except TimeoutError:
            if self._lane.spare > 0:
                self._lane.spare -= 1
                self._in_room = False
            raise CrowdedError from None
        self._in_slot = True

    def leave(self) -> None:
        """Give back what is still held."""
        if self._in_slot:
            self._in_slot = False
            self._lane.slots.release()
        if self._in_room:
            self._in_room = False
            self._lane.room.release()
