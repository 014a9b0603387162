"""Dates and lengths of time as people type them: ISO 8601, slashes, 令和; 93日, 3か月, 6m."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from ipattr.errors import UsageError
from ipattr.model import Span

_WESTERN = re.compile(r"(?P<year>[0-9]{4})(?:-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})|/(?P<m2>[0-9]{1,2})/(?P<d2>[0-9]{1,2}))")
_WESTERN_JA = re.compile(r"(?P<year>[0-9]{4})年(?P<m>[0-9]{1,2})月(?P<d>[0-9]{1,2})日")
_REIWA = re.compile(
    r"(?:令和|R\.?)(?P<year>元|[0-9]{1,2})(?:年(?P<m>[0-9]{1,2})月(?P<d>[0-9]{1,2})日|\.(?P<m2>[0-9]{1,2})\.(?P<d2>[0-9]{1,2}))"
)
_REIWA_BEGINS = date(2019, 5, 1)
FIRST_YEAR, LAST_YEAR = 1900, 2999
"""No disclosure has a date outside, and every time zone and every period can still be added to one within."""
_SPAN = re.compile(
    r"(?P<value>[0-9]{1,4})\s?(?:(?P<day>d|days?|日間?)|(?P<week>w|weeks?|週間?)|(?P<month>m|months?|[かカヵケヶ箇]?月間?)"
    r"|(?P<year>y|years?|年間?))",
    re.IGNORECASE,
)


def parse_day(text: str) -> date:
    """Return the date of ``2026-11-21``, ``2026/11/21``, ``2026年11月21日``, ``令和8年11月21日`` or ``R8.11.21``.

    Full-width digits are read. Raise UsageError for anything else, for a day that does not exist, for a 令和 date
    before 令和元年5月1日, and for a year that no case is of (before 1900, after 2999).
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _WESTERN.fullmatch(plain) or _WESTERN_JA.fullmatch(plain)
    reiwa = None if found else _REIWA.fullmatch(plain)
    match = found or reiwa
    if match is None:
        raise _refused(text)
    parts = match.groupdict()
    month, day = (parts[key] or parts.get(key + "2") or "0" for key in ("m", "d"))
    year = int("1" if parts["year"] == "元" else parts["year"]) + (2018 if reiwa else 0)
    try:
        read = date(year, int(month), int(day))
    except ValueError:
        raise _refused(text) from None
    if (reiwa and read < _REIWA_BEGINS) or not FIRST_YEAR <= read.year <= LAST_YEAR:
        raise _refused(text)
    return read


def _refused(text: str) -> UsageError:
    return UsageError(
        ja=f"日付として読めない(2026-11-21 または 令和8年11月21日 の形): {text}",
        en=f"This is not a date such as 2026-11-21, 2026/11/21 or R8.11.21: {text}",
        where="--as-of",
    )


def parse_span(text: str) -> Span:
    """Return the length of ``93d``, ``93日``, ``3m``, ``3か月``, ``2w`` or ``1y`` (twelve months); full-width is read.

    Raise UsageError for anything else and for nothing at all.
    """
    match = _SPAN.fullmatch(unicodedata.normalize("NFKC", text).strip())
    value = int(match["value"]) if match else 0
    if match is None or not value:
        raise UsageError(
            ja=f"期間として読めない(93日、3か月、6m、1y の形): {text}",
            en=f"This is not a period such as 93d, 3m, 6か月 or 1y: {text}",
        )
    if match["year"]:
        return Span(value=value * 12, unit="month")
    return Span(value=value, unit="day" if match["day"] else "week" if match["week"] else "month")
