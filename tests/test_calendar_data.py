"""The frozen calendar: the library's answer for every year it covers, and days known from the statute book."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.metadata import version
from pathlib import Path

import holidays
import msgspec
import pytest

from ipattr.model import Calendar

CALENDAR = Path(__file__).resolve().parents[1] / "data" / "calendar.toml"


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    return msgspec.convert(tomllib.loads(CALENDAR.read_text(encoding="utf-8")), Calendar)


@pytest.mark.parametrize("year", range(2010, 2031))
def test_each_year_is_the_librarys_answer(calendar: Calendar, year: int) -> None:
    expected = holidays.country_holidays("JP", years=year, language="ja", categories=holidays.PUBLIC)
    frozen = {holiday.day: holiday.name for holiday in calendar.holidays if holiday.day.year == year}
    assert frozen == dict(expected), f"calendar of {calendar.source}, library {version('holidays')}"


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2011, 1, 1), "元日"),
        (date(2016, 8, 11), "山の日"),
        (date(2019, 4, 30), "国民の休日"),
        (date(2019, 5, 1), "天皇の即位の日"),
        (date(2019, 5, 2), "国民の休日"),
        (date(2019, 10, 22), "即位礼正殿の儀が行われる日"),
        (date(2020, 7, 24), "スポーツの日"),
        (date(2021, 8, 9), "振替休日"),
        (date(2024, 2, 12), "振替休日"),
        (date(2026, 9, 22), "国民の休日"),
    ],
)
def test_known_holidays(calendar: Calendar, day: date, name: str) -> None:
    assert [holiday.name for holiday in calendar.holidays if holiday.day == day] == [name]


@pytest.mark.parametrize("day", [date(2019, 12, 23), date(2020, 10, 12), date(2021, 8, 11), date(2026, 11, 21)])
def test_known_working_or_weekend_days_are_no_holidays(calendar: Calendar, day: date) -> None:
    assert day not in {holiday.day for holiday in calendar.holidays}


def test_the_list_is_ascending_and_inside_its_cover(calendar: Calendar) -> None:
    days = [holiday.day for holiday in calendar.holidays]
    assert days == sorted(set(days))
    assert (calendar.covers_from, calendar.covers_until) == (date(2010, 1, 1), date(2030, 12, 31))
    assert calendar.covers_from <= days[0]
    assert days[-1] <= calendar.covers_until


def test_what_is_announced_ends_with_the_year_after_the_table(calendar: Calendar) -> None:
    made = date.fromisoformat(calendar.as_of)
    assert calendar.announced_until == date(made.year + 1, 12, 31)


def test_offices_are_closed_around_new_year(calendar: Calendar) -> None:
    assert calendar.closed_days == ("12-29", "12-30", "12-31", "01-01", "01-02", "01-03")
