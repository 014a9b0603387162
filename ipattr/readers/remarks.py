"""The two ways in which a reader speaks: a remark about a record, a refusal of a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.model import Finding, Refusal, Text

if TYPE_CHECKING:
    from ipattr.model import Level


def refusal(code: str, ja: str, en: str) -> Refusal:
    """Return one refusal in both languages."""
    return Refusal(code=code, reason=Text(ja=ja, en=en))


def remark(code: str, level: Level, message: Text, about: str) -> Finding:
    """Return one finding; a warning sends its record to review."""
    return Finding(code=code, level=level, message=message, about=about)
