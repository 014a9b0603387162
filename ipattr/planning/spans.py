"""Arithmetic of days: a span on, the latest day from which a span still arrives in time, and working days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from ipattr.days import FIRST_YEAR, LAST_YEAR
from ipattr.errors import UsageError
from ipattr.instants import add_period, last_working_day, next_working_day
from ipattr.model import Span

if TYPE_CHECKING:
    from ipattr.model import Calendar

NOTHING = Span(value=0, unit="day")
FIRST_DAY, LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
"""The days that may be asked about."""
_DAYS = {"day": 1, "week": 7}


def after(day: date, span: Span) -> date:
    """Return ``day`` plus a span, of two readings of a month's end the earlier; later days never arrive earlier."""
    if span.unit == "month":
        return add_period(day, span.value, "month")[0]
    return add_period(day, span.value * _DAYS[span.unit], "day")[0]


def latest_before(target: date, span: Span) -> date:
    """Return the latest day from which ``after`` still arrives by ``target``.

    ``after(latest_before(t)) <= t < after(latest_before(t) + 1 day)``. A month's last day is reached from every later
    day of the earlier month: three months before 28 February is 30 November, not the 28th.
    """
    if span.unit != "month":
        return target - timedelta(days=span.value * _DAYS[span.unit])
    if not span.value:
        return target
    year, month = divmod(target.year * 12 + target.month - 1 - span.value, 12)
    last = _last_day(year, month + 1)
    ends = target == _last_day(target.year, target.month)
    return last if ends else last.replace(day=min(target.day, last.day))


def lawful_end(day: date, span: Span) -> date:
    """Return the last day of a period of law that runs from what happened on ``day``, which is not counted.

    民法140条、141条、143条: from the last day of a month the period begins with the next month, so one month from
    28 February is the whole of March. Never earlier than ``after``.
    """
    if span.unit != "month" or not span.value or (day + timedelta(days=1)).day != 1:
        return after(day, span)
    year, month = divmod(day.year * 12 + day.month - 1 + span.value, 12)
    return _last_day(year, month + 1)


def lawful_start(target: date, span: Span) -> date:
    """Return the latest day from which ``lawful_end`` still arrives by ``target``."""
    day = latest_before(target, span)
    while lawful_end(day, span) > target:
        day -= timedelta(days=1)
    return day


def _last_day(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def checked(day: date, where: str) -> date:
    """Return ``day``; raise UsageError where it lies beyond ``FIRST_DAY``..``LAST_DAY``."""
    if FIRST_DAY <= day <= LAST_DAY:
        return day
    raise UsageError(
        ja=f"計算できる日付の範囲（{FIRST_DAY}～{LAST_DAY}）の外: {day}",
        en=f"This day lies outside {FIRST_DAY} to {LAST_DAY}: {day}",
        where=where,
    )


class Workdays:
    """The working days of one calendar, each looked up once; remembers the days that its holidays do not cover."""

    def __init__(self, calendar: Calendar) -> None:
        """Take the calendar."""
        self._calendar = calendar
        self._before: dict[date, tuple[date, bool]] = {}
        self._after: dict[date, tuple[date, bool]] = {}
        self.beyond: set[date] = set()

    def last(self, day: date) -> date:
        """Return the last working day on or before ``day``; beyond the holidays on record, by weekends alone."""
        if day not in self._before:
            self._before[day] = self._noted(day, last_working_day(day, self._calendar))
        return self._before[day][0]

    def next(self, day: date) -> date:
        """Return the first working day on or after ``day``; beyond the holidays on record, by weekends alone."""
        if day not in self._after:
            self._after[day] = self._noted(day, next_working_day(day, self._calendar))
        return self._after[day][0]

    def known_last(self, day: date) -> date | None:
        """Return the last working day on or before ``day``, None where the holidays are not on record."""
        found = self.last(day)
        return found if self._before[day][1] else None

    def known_next(self, day: date) -> date | None:
        """Return the first working day on or after ``day``, None where the holidays are not on record."""
        found = self.next(day)
        return found if self._after[day][1] else None

    def furthest(self) -> date | None:
        """Return the latest day that was looked up, None before any was."""
        return max((*self._before, *self._after), default=None)

    def _noted(self, day: date, found: tuple[date, bool]) -> tuple[date, bool]:
        if not found[1]:
            self.beyond.add(day)
        return found
