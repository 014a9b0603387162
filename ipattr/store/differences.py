"""The list of differences that a check makes, each naming one file."""

from __future__ import annotations

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
        change = Change(where=where, code=code, level="error", message=Text(ja=ja, en=en))
        self._changes.setdefault((where, code, en), change)

    def notice(self, where: str, code: str, *, ja: str, en: str) -> None:
        """Say something that is worth knowing and no change."""
        change = Change(where=where, code=code, level="notice", message=Text(ja=ja, en=en))
        self._changes.setdefault((where, code, en), change)
