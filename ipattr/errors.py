"""The errors of the house: one clear sentence each, in Japanese and English, with the place it speaks of."""

from __future__ import annotations

from typing import ClassVar


class IpattrError(Exception):
    """A failure that ends the command with one sentence and a documented exit code.

    ``ja`` and ``en`` say the same thing; ``where`` names file, row, column or key path.
    """

    exit_code: ClassVar[int] = 3

    def __init__(self, *, ja: str, en: str, where: str = "") -> None:
        """Keep both sentences and the place."""
        super().__init__(f"{where}: {en}" if where else en)
        self.ja = ja
        self.en = en
        self.where = where

    def sentence(self, lang: str) -> str:
        """Return the sentence in ``lang`` (``ja`` or ``en``), led by the place."""
        text = self.ja if lang == "ja" else self.en
        return f"{self.where}: {text}" if self.where else text


class InputError(IpattrError):
    """A disclosed file, an address or a result file cannot be read at all (exit code 3)."""


class UsageError(IpattrError):
    """What was asked for contradicts itself or names something unknown (exit code 2)."""

    exit_code = 2


class DataError(IpattrError):
    """A file under ``data/`` breaks its schema or a lint rule (exit code 4)."""

    exit_code = 4


class SourceError(IpattrError):
    """A registry could not be asked, or its answer is no use (exit code 5)."""

    exit_code = 5


class UnreachableError(SourceError):
    """No connection, no name, a failed handshake, or the deadline passed."""


class RateLimitedError(SourceError):
    """The server asks us to wait longer than we may, or has stopped answering us."""


class UnreadableError(SourceError):
    """An answer came that is not what its protocol says."""


class NotRecordedError(SourceError):
    """The folder that is replayed holds no answer to this question."""


class AlteredError(SourceError):
    """Kept evidence is not what it was when it was kept (exit code 8)."""

    exit_code = 8


class RefusedError(IpattrError):
    """Nothing was sent, because nobody has agreed to it (exit code 6)."""

    exit_code = 6


class StoreError(IpattrError):
    """A case folder cannot be used: in use, read-only, full, on a network drive, or none at all (exit code 7)."""

    exit_code = 7
