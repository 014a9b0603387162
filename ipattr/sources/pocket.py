"""A ledger for questions that belong to no case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.sources.interface import Answered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.sources.interface import Leaving


class Pocket:
    """A ledger that keeps nothing beyond the command: for questions that belong to no case."""

    def __init__(self) -> None:
        """Start empty."""
        self.bodies: dict[str, bytes] = {}
        self._count = 0

    def write(self, entries: Sequence[Leaving | Answered]) -> tuple[str, ...]:
        """Name each entry, and hold the bytes of answers until the process ends."""
        names: list[str] = []
        for entry in entries:
            self._count += 1
            name = f"{self._count:06d}"
            if isinstance(entry, Answered):
                self.bodies[name] = entry.body
            names.append(name)
        return tuple(names)
