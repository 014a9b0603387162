"""The times of others' records: strictly as each form has them, in UTC, never guessed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from ipattr.errors import UsageError
from ipattr.sources.seen.faults import fault, quoted

if TYPE_CHECKING:
    from ipattr.model import ImportForm, Refusal

_RFC3339 = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DIGITS = re.compile(r"\d{1,15}", re.ASCII)
_OLDEST = 436_492_800
"""1983-11-01: before RFC 882 there was no DNS, so an earlier time is none (0 and year 1 stand for "not known")."""
_UNTIL = 4_102_444_800
"""2100-01-01: what lies beyond is no Unix time in seconds (milliseconds have 13 digits)."""


def unix_seconds(value: object) -> int | None:
    """Return Unix time in whole seconds from a JSON number or, as early revisions of the draft had it, its digits."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not _OLDEST <= value < _UNTIL:
        return None
    return value


def written(seconds: int) -> str:
    """Return Unix time as ``2016-08-02T00:00:00Z``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rfc3339(text: str) -> int | Refusal:
    """Return the Unix time, cut to the second, of an RFC 3339 instant; one without its offset is refused."""
    found = _RFC3339.fullmatch(text)
    if found is None:
        return fault(
            "IPA634",
            f"時刻「{quoted(text)}」は RFC 3339 の形(秒まで、時差つき)ではない。時差は推測しない。",
            f"The time {quoted(text)} is not an RFC 3339 instant with seconds and offset; no offset is guessed.",
        )
    day, clock, zone = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{'+00:00' if zone in 'Zz' else zone}")
        seconds = int(moment.timestamp())
    except (ValueError, OverflowError):
        seconds = -1
    if not _OLDEST <= seconds < _UNTIL:
        return fault(
            "IPA634",
            f"時刻「{quoted(text)}」は存在しないか、DNS の記録の時刻ではあり得ない(1983 年 11 月より前など)。",
            f"The time {quoted(text)} does not exist, or cannot be that of a DNS record (before November 1983).",
        )
    return seconds


def dated(observed_at: str, form: ImportForm) -> str:
    """Return what dates a hosts or zone file: a date as it stands, an instant in UTC; UsageError for anything else."""
    if not observed_at:
        raise UsageError(
            ja=f"{form} の行には日時がない。いつのものかを日付(2016-08-02)か時差つきの日時で示されたい。",
            en=f"The rows of a {form} file bear no time; say when it was so, by a date (2016-08-02) or an instant "
            "with its offset.",
        )
    if _DATE.fullmatch(observed_at):
        try:
            day = date.fromisoformat(observed_at)
        except ValueError:
            day = None
        if day is not None and str(date(1983, 11, 1)) <= observed_at < "2100":
            return observed_at
    else:
        seconds = rfc3339(observed_at)
        if isinstance(seconds, int):
            return written(seconds)
    raise UsageError(
        ja=f"「{quoted(observed_at)}」は日付(2016-08-02)でも時差つきの日時(2016-08-02T09:00:00+09:00)でもない。",
        en=f"{quoted(observed_at)} is neither a date (2016-08-02) nor an instant with its offset "
        "(2016-08-02T09:00:00+09:00).",
    )
