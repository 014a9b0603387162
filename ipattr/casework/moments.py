"""Instants and dates as people type them on a command line, never without a zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from ipattr.days import parse_day
from ipattr.errors import UsageError
from ipattr.inputs import zone
from ipattr.instants import Zone, parse_instant
from ipattr.model import Refusal


def instant_of(text: str, *, tz: str | None) -> datetime:
    """Return the instant as typed, or the start of a date in the zone ``tz``; raise UsageError for what is neither."""
    read = read_moment(text, tz=tz)
    return read if isinstance(read, datetime) else midnight(*read)


def read_moment(text: str, *, tz: str | None) -> datetime | tuple[date, Zone]:
    """Return an instant, or a date and the zone ``tz`` it is meant in; raise UsageError for what is neither."""
    declared = zone(tz) if tz else None
    if text.strip().isdecimal():
        raise UsageError(
            ja="数字だけでは日時と読まない。2025-03-10T23:00Z のように書く。",
            en="Digits alone are not read as a time; write it as in 2025-03-10T23:00Z.",
            where=text,
        )
    instant = parse_instant(text, zone=declared)
    if not isinstance(instant, Refusal):
        return instant.utc
    try:
        day = parse_day(text)
    except UsageError:
        raise UsageError(ja=instant.reason.ja, en=instant.reason.en, where=text) from None
    if declared is None:
        raise UsageError(
            ja="日付だけでは、どの時間帯の日か分からない。--tz JST または --tz UTC を付けるか、時刻まで指定されたい。",
            en="A date alone does not say in which zone; add --tz JST or --tz UTC, or name a time of day.",
            where=text,
        )
    return day, declared


def midnight(day: date, declared: Zone) -> datetime:
    """Return the start of a date in a zone; raise UsageError where the clock skips it."""
    found = declared.to_utc(datetime.combine(day, time()))
    if isinstance(found, Refusal):
        raise UsageError(ja=found.reason.ja, en=found.reason.en, where=day.isoformat())
    return found.astimezone(UTC)
