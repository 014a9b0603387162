"""The one writer of a capture: answers are kept in batches by a thread of its own, whatever becomes of the event loop.

A signal may end the loop between any two steps; what had arrived by then is in the hands of this thread and is kept.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from types import TracebackType

    from ipattr.model import Resolution

MOST: Final = 256
"""So many answers are one batch at most."""
SECONDS: Final = 0.25
"""No answer waits longer than this to be handed over, unless an earlier batch is still being written."""


class Keeper:
    """Hands resolutions to ``keep`` from one thread, in batches that are in order; used as a context.

    ``kept`` are those for which ``keep`` has returned. After ``keep`` raised, nothing more is handed over: ``error`` is
    what it raised, and ``on_failure`` is called once, from that thread. Leaving the context hands over the rest.
    """

    def __init__(self, keep: Callable[[Sequence[Resolution]], None]) -> None:
        """Start nothing yet."""
        self.kept: list[Resolution] = []
        self.error: Exception | None = None
        self.on_failure: Callable[[], object] = lambda: None
        self._keep = keep
        self._waiting: list[Resolution] = []
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._serve, name="ledger")

    def __enter__(self) -> Self:
        """Start the thread."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait until everything is kept, or cannot be."""
        self._closing = True  # first of all: a second interrupt must not leave the thread waiting for ever
        with self._changed:
            self._changed.notify()
        self._thread.join()

    def add(self, resolution: Resolution) -> None:
        """Take one resolution over; it is kept once it stands in ``kept``."""
        with self._changed:
            self._waiting.append(resolution)
            if len(self._waiting) >= MOST:
                self._changed.notify()

    def _serve(self) -> None:
        while True:
            with self._changed:
                if not self._closing and len(self._waiting) < MOST:
                    self._changed.wait(SECONDS)
                waiting, self._waiting = self._waiting, []
                if self._closing and not waiting:
                    return
            waiting.sort(key=_order)
            for start in range(0, len(waiting), MOST):
                self._hand_over(waiting[start : start + MOST])

    def _hand_over(self, batch: list[Resolution]) -> None:
        if self.error is not None:
            return
        try:
            self._keep(batch)
        except Exception as error:  # noqa: BLE001 - raised to whoever runs the capture
            self.error = error
            self.on_failure()
            return
        self.kept += batch


def _order(resolution: Resolution) -> tuple[datetime, str, str, str, str, int]:
    probe = resolution.probe
    return resolution.received, resolution.resolver, probe.host, probe.rrtype, probe.platform, probe.round
