"""What every value of the house shares: frozen, keyword-only, closed against unknown keys."""

from __future__ import annotations

from typing import Literal

import msgspec

Lang = Literal["ja", "en"]
Level = Literal["info", "notice", "warning", "error"]
Confidence = Literal["high", "medium", "low", "none"]
TRUST: dict[Confidence, int] = {"high": 0, "medium": 1, "low": 2, "none": 3}
"""The order of confidence, the best first."""


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A frozen value; reading one from JSON or TOML names the key path of whatever does not fit."""


class Text(Record, frozen=True, kw_only=True):
    """One statement in both languages; a renderer picks."""

    ja: str
    en: str

    def pick(self, lang: str) -> str:
        """Return the statement in ``lang``."""
        return self.ja if lang == "ja" else self.en


class Provenance(Record, frozen=True, kw_only=True):
    """Where one fact comes from.

    ``source`` is an input file name or a citation code, ``locator`` a ``file:row`` or a data key,
    ``as_of`` the date the source speaks of (ISO, possibly partial), ``sha256`` of the raw bytes where there are any.
    """

    source: str
    locator: str = ""
    as_of: str = ""
    sha256: str = ""


class Finding(Record, frozen=True, kw_only=True):
    """A coded remark, such as ``IPA203``: how grave, what it says, what it is about."""

    code: str
    level: Level
    message: Text
    about: str = ""

    @classmethod
    def of(cls, code: str, level: Level, *, ja: str, en: str, about: str = "") -> Finding:
        """Return a remark that says ``ja`` and ``en``."""
        return cls(code=code, level=level, message=Text(ja=ja, en=en), about=about)


class Refusal(Record, frozen=True, kw_only=True):
    """Why one cell could not become a value. Never an exception: a refused row is a counted row."""

    code: str
    reason: Text
