"""Lengths of time in words, in the unit as published."""

from __future__ import annotations

from typing import Literal

from ipattr.model import Text

_UNITS = {
    "day": ("日", "day"),
    "week": ("週間", "week"),
    "month": ("か月", "month"),
    "year": ("年", "year"),
}


def length(value: int, unit: Literal["day", "week", "month", "year"], *, at_least: bool = False) -> Text:
    """Return a length of time such as ``93日`` / ``93 days``, or ``1年以上`` / ``1 year or more``."""
    ja, en = _UNITS[unit]
    plural = "" if value == 1 else "s"
    more_ja, more_en = ("以上", " or more") if at_least else ("", "")
    return Text(ja=f"{value}{ja}{more_ja}", en=f"{value} {en}{plural}{more_en}")
