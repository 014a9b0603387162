"""Working days of Japanese offices and courts."""

from __future__ import annotations

from datetime import timedelta
from operator import attrgetter
from typing import TYPE_CHECKING

from ipattr.model import Text

if TYPE_CHECKING:
    from datetime import date

    from ipattr.model import Calendar

SATURDAY = 5
ONE_DAY = timedelta(days=1)
_DAY = attrgetter("day")


def is_working_day(day: date, calendar: Calendar) -> bool:
    """Tell whether offices work on ``day``: no Saturday or Sunday, no closed day of the year, no listed holiday.

    Outside ``covers_from``..``covers_until`` the holidays are unknown, and the answer rests on the other two alone
    (行政機関の休日に関する法律1条; 裁判所の休日に関する法律1条; 国民の祝日に関する法律).
    """
    return (
        day.weekday() < SATURDAY
        and f"{day.month:02}-{day.day:02}" not in calendar.closed_days
        and day not in map(_DAY, calendar.holidays)
    )


def last_working_day(on_or_before: date, calendar: Calendar) -> tuple[date, bool]:
    """Return the last working day on or before a date, and whether the calendar's holidays cover that stretch.

    The search moves back, never forward: a log is erased on a Sunday too.
    """
    day = on_or_before
    while not is_working_day(day, calendar):
        day -= ONE_DAY
    return day, calendar.covers_from <= day and on_or_before <= calendar.covers_until


def next_working_day(on_or_after: date, calendar: Calendar) -> tuple[date, bool]:
    """Return the first working day on or after a date, and whether the calendar's holidays cover that stretch.

    Only for periods that the law ends on the next court day (民法142条、民事訴訟法95条3項), never for a log.
    """
    day = on_or_after
    while not is_working_day(day, calendar):
        day += ONE_DAY
    return day, calendar.covers_from <= on_or_after and day <= calendar.covers_until


def unannounced(calendar: Calendar) -> Text:
    """Say from when on the equinox holidays (国民の祝日に関する法律2条) are computed and not announced yet."""
    return Text(
        ja=f"{calendar.announced_until}より後の春分の日・秋分の日は官報で公表されていない（祝日表は計算による）。",
        en=f"Equinox days after {calendar.announced_until} are not announced yet (computed in the table).",
    )
