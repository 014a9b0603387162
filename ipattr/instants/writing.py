"""Instants and dates as text (ISO 8601, slashes, 令和), and periods counted on the calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ipattr.model import Precision

JST = timezone(timedelta(hours=9), "JST")
ERAS = (
    ("令和", date(2019, 5, 1)),
    ("平成", date(1989, 1, 8)),
    ("昭和", date(1926, 12, 25)),
)
Style = Literal["iso", "slash", "reiwa"]
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
_FRACTION = {"ms": (3, 1000), "cs": (2, 10000)}


def jst(instant_utc: datetime) -> datetime:
    """Return the same instant in Japan Standard Time (+09:00); ValueError for a naive datetime."""
    return _aware(instant_utc).astimezone(JST)


def jst_date(utc: datetime) -> date:
    """Return the JST calendar date of an instant, from which Japanese log periods are counted."""
    return jst(utc).date()


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        message = f"a naive datetime is no instant: {moment.isoformat()}"
        raise ValueError(message)
    return moment


def add_period(day: date, value: int, unit: Literal["day", "month", "year"]) -> tuple[date, ...]:
    """Return every reading of ``day`` plus a period, earliest first; ValueError for a negative period.

    Days are counted. Months and years lead to the same day of the later month; where that month has no such day, the
    readings are its last day (as 民法143条2項 has it) and the surplus days counted on into the next month:
    2026-11-30 + 3 months = 2027-02-28 or 2027-03-02. From the last day of a shorter month, the last day of the later
    one is a reading too, since the first day is not counted (民法140条): 2026-02-28 + 3 months = 1 March to 31 May.
    93 days are not three months.
    """
    if value < 0:
        message = f"a period cannot be negative: {value}"
        raise ValueError(message)
    if unit == "day":
        return (day + timedelta(days=value),)
    index = day.year * 12 + day.month - 1 + (value if unit == "month" else value * 12)
    year, month = divmod(index, 12)
    last = date(year, month + 1, _length(year, month))
    if day.day > last.day:
        return last, last + timedelta(days=day.day - last.day)
    same = last.replace(day=day.day)
    ends_month = value > 0 and day.day == _length(day.year, day.month - 1)
    return (same, last) if ends_month and same != last else (same,)


def _length(year: int, month: int) -> int:
    """Return the days of a month, counted from 0."""
    return (date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day


def format_instant(utc: datetime, *, zone: Literal["UTC", "JST"], style: Style, precision: Precision) -> str:
    """Return an instant as text, cut (never rounded) to its precision; ValueError for a naive datetime.

    iso ``2023-11-21T02:10:15.000Z`` or ``…+09:00``; slash ``2023/11/21 11:10:15（JST）`` as filings have it;
    reiwa ``令和5年11月21日11時10分15秒``, marked ``（UTC）`` when it is not Japanese time. ``parse_instant`` reads all
    of them back, but for ``day`` precision (reiwa in JST with the zone declared).
    """
    moment = _aware(utc).astimezone(JST if zone == "JST" else UTC)
    day = format_date(moment.date(), style=style)
    if precision == "day":
        return day
    if style == "reiwa":
        return f"{day}{_kanji_clock(moment, precision)}{'' if zone == 'JST' else '（UTC）'}"
    clock = f"{moment.hour:02}:{moment.minute:02}"
    if precision != "min":
        clock += f":{_seconds(moment, precision)}"
    if style == "slash":
        return f"{day} {clock}（{zone}）"
    return f"{day}T{clock}{'+09:00' if zone == 'JST' else 'Z'}"


def _seconds(moment: datetime, precision: Precision) -> str:
    if precision not in _FRACTION:
        return f"{moment.second:02}"
    digits, unit = _FRACTION[precision]
    return f"{moment.second:02}.{moment.microsecond // unit:0{digits}}"


def _kanji_clock(moment: datetime, precision: Precision) -> str:
    clock = f"{moment.hour}時{moment.minute}分"
    if precision == "min":
        return clock
    seconds = _seconds(moment, precision)
    return f"{clock}{seconds[1:] if seconds[0] == '0' else seconds}秒"


def format_date(day: date, *, style: Style) -> str:
    """Return a date as ``2024-05-01``, ``2024/05/01`` or ``令和6年5月1日`` (earlier eras by name, 元年 for 1).

    ValueError for a 令和-style date before 昭和 (1926-12-25).
    """
    if style == "iso":
        return day.isoformat()
    if style == "slash":
        return f"{day.year:04}/{day.month:02}/{day.day:02}"
    for era, first in ERAS:
        if day >= first:
            year = day.year - first.year + 1
            return f"{era}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    message = f"no era for {day.isoformat()}"
    raise ValueError(message)


def full_width(text: str) -> str:
    """Return ``text`` with printable ASCII in its full-width form, as filings write times and addresses."""
    return text.translate(_WIDE)
