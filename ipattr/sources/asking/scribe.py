"""The one writer of a run: entries that wait together are kept together, in one transaction of one worker thread."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

    from ipattr.sources.interface import Answered, Leaving, Ledger

    Waiting = list[tuple[Leaving | Answered, asyncio.Future[str]]]


class Scribe:
    """Keeps entries through a ledger, in the order in which they come; used as an asynchronous context.

    After a failed write nothing more is accepted: the same error is raised to everyone. Leaving the context writes
    what was handed over, whatever became of those who handed it over.
    """

    def __init__(self, ledger: Ledger) -> None:
        """Remember the ledger; nothing is written before the context is entered."""
        self._ledger = ledger
        self._waiting: Waiting = []
        self._wake = asyncio.Event()
        self._closing = False
        self._broken: Exception | None = None
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        self._task: asyncio.Task[None]

    async def __aenter__(self) -> Self:
        """Start writing."""
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what is waiting, then stop."""
        self._closing = True
        self._wake.set()
        try:
            await self._task
        finally:
            self._worker.shutdown(wait=True)

    async def write(self, entry: Leaving | Answered) -> str:
        """Return the name under which the entry is kept, once it is; raise what the ledger raises."""
        if self._broken is not None:
            raise self._broken
        kept: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting.append((entry, kept))
        self._wake.set()
        return await kept

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            batch, self._waiting = self._waiting, []
            if batch and self._broken is None:
                await self._keep(batch)
            elif batch:
                _fail(batch, self._broken)
            elif self._closing:
                return
            if self._closing:
                self._wake.set()

    async def _keep(self, batch: Waiting) -> None:
        entries = [entry for entry, _ in batch]
        loop = asyncio.get_running_loop()
        try:
            names = await loop.run_in_executor(self._worker, self._ledger.write, entries)
        except Exception as error:  # noqa: BLE001 - handed to everyone who waits
            self._broken = error
            _fail(batch, error)
            return
        for (_, kept), name in zip(batch, names, strict=True):
            if not kept.done():
                kept.set_result(name)


def _fail(batch: Waiting, error: Exception | None) -> None:
    for _, kept in batch:
        if error is not None and not kept.done():
            kept.set_exception(error)
