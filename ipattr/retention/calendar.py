"""Working days of Japanese offices."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from ipattr.model import Calendar

SATURDAY = 5
ONE_DAY = timedelta(days=1)


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Tell whether offices work on ``day``: no Saturday or Sunday, no closed day of the year, no listed holiday.

    Outside ``covers_from``..``covers_until`` the holidays are unknown, and the answer rests on the other two alone
    (行政機関の休日に関する法律1条; 国民の祝日に関する法律).
    """
    return _works(day, _holidays(calendar), calendar.closed_days)


def last_working_day(on_or_before: date, calendar: Calendar) -> tuple[date, bool]:
    """Return the last working day on or before a date, and whether the calendar's holidays cover that stretch.

    The search moves back, never forward: a log is erased on a Sunday too.
    """
    holidays = _holidays(calendar)
    day = on_or_before
    while not _works(day, holidays, calendar.closed_days):
        day -= ONE_DAY
    return day, calendar.covers_from <= day and on_or_before <= calendar.covers_until


def _holidays(calendar: Calendar) -> frozenset[date]:
    return frozenset(holiday.day for holiday in calendar.holidays)


def _works(day: date, holidays: AbstractSet[date], closed_days: tuple[str, ...]) -> bool:
    return day.weekday() < SATURDAY and day not in holidays and f"{day.month:02}-{day.day:02}" not in closed_days
