"""How a run uses its process: a thread that does tasks in order behind the one that thinks of them, and memory."""

from __future__ import annotations

import gc
import queue
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

_WAITING = 1
"""So many tasks may wait: what they hold is memory."""


class Behind:
    """Does tasks one after another in a thread of its own; a failed task is raised at the next call, and ends it."""

    def __init__(self) -> None:
        """Start the thread."""
        self._tasks: queue.Queue[Callable[[], None] | None] = queue.Queue(_WAITING)
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="ipattr-writer", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for the end of what is being done; what still waits is dropped after a failure."""
        if error is not None and self._failure is None:
            self._failure = error
        self._tasks.put(None)
        self._thread.join()
        if error is None:
            self._raise()

    def do(self, task: Callable[[], None]) -> None:
        """Hand over one task; wait while others do."""
        self._raise()
        self._tasks.put(task)

    def settle(self) -> None:
        """Return when all tasks are done."""
        self._tasks.join()
        self._raise()

    def _raise(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        while True:
            task = self._tasks.get()
            try:
                if task is None:
                    return
                if self._failure is None:
                    task()
            except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits for it
                self._failure = error
            finally:
                self._tasks.task_done()


@contextmanager
def thrifty() -> Iterator[None]:
    """Have Arrow give memory back at once, and leave cycles, of which rows make none, to the end of each part."""
    import pyarrow as pa

    collected, pool = gc.isenabled(), pa.default_memory_pool()
    gc.disable()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(pool)
        if collected:
            gc.enable()
