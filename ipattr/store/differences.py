"""The list of differences that a check makes, each naming one file."""

from __future__ import annotations

import os

from ipattr.model import Change, Text


class Differences:
    """Differences in the order in which they were found; one of each kind per file is enough."""

    def __init__(self) -> None:
        """Begin with none."""
        self._changes: dict[tuple[str, str, str], Change] = {}

    @property
    def changes(self) -> tuple[Change, ...]:
        """Return all of them."""
        return tuple(self._changes.values())

    @property
    def intact(self) -> bool:
        """Return whether none is an error."""
        return all(change.level == "notice" for change in self._changes.values())

    def error(self, where: str, code: str, *, ja: str, en: str) -> None:
        """Say that something stored has changed."""
        self._say(Change(where=_as_text(where), code=code, level="error", message=Text(ja=ja, en=en)))

    def notice(self, where: str, code: str, *, ja: str, en: str) -> None:
        """Say something that is worth knowing and no change."""
        self._say(Change(where=_as_text(where), code=code, level="notice", message=Text(ja=ja, en=en)))

    def _say(self, change: Change) -> None:
        self._changes.setdefault((change.where, change.code, change.message.en), change)


def _as_text(where: str) -> str:
    """Return a path as text that can be written: bytes of a name that are no text become escapes."""
    return os.fsencode(where).decode(errors="backslashreplace")
