"""What every form of bulk input gives: batches in the order of the input, read by a few threads."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Future

    from ipattr.bulk.parsed import Parsed
    from ipattr.model import Finding, Text
    from ipattr.readers.mapping import Columns


class Batch(NamedTuple):
    """One batch, its blank lines, and where the next one begins: ``offset`` and ``row`` as in ``Position``.

    ``consumed`` is the share of the input that is read by then, in bytes as given.
    """

    parsed: Parsed
    blank: int
    offset: int
    row: int
    consumed: int


class Reader(Protocol):
    """One form of input: what its header says, and its batches from a position on."""

    form: str
    form_reason: Text
    name: str
    sha256: str
    size: int
    encoding: str
    encoding_reason: Text
    columns: Columns
    start: tuple[int, int]

    def batches(self, offset: int, row: int, pool: Pool) -> Iterator[Batch]:
        """Yield the batches from ``offset`` (where ``row`` stands) on."""
        ...

    def findings(self, *, rows: int, blank: int) -> tuple[Finding, ...]:
        """Return what is said of the whole input once that many rows and blank lines are known."""
        ...

    def close(self) -> None:
        """Close the input."""
        ...


class Pool:
    """A few threads that read blocks at once; results come in the order of the blocks."""

    def __init__(self, workers: int) -> None:
        """Take the number of threads; none are started before there is something to read."""
        self.ahead = workers + 1
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="bulk-reading")
        self.submit = self._threads.submit

    def close(self) -> None:
        """Wait for what is under way and end the threads."""
        self._threads.shutdown(wait=True, cancel_futures=True)


def in_order(tasks: Iterator[Future[Batch]], ahead: int) -> Iterator[Batch]:
    """Yield the results of tasks in their order, with at most ``ahead`` of them under way."""
    waiting: deque[Future[Batch]] = deque()
    for task in tasks:
        waiting.append(task)
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
