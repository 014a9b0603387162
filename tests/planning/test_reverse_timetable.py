"""The practitioner's reverse timetable, from the shipped data: backwards, forwards, assumed and disclosed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from planning_world import AS_OF, case_of, latest, months, on, outlook, planned, planned_case, registry

from ipattr.planning import assumed_logins

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.model import ExpiryPlan, Timetable

STEPS = ("filing", "hearing", "order", "ip", "letter")
COURT_ROUTES = ("ip-injunction", "disclosure-order")
ADDRESSES = {
    "kddi-au": "106.128.0.10",
    "jcom": "27.136.0.10",
    "optage": "121.80.0.10",
    "sonet": "182.168.0.10",
    "biglobe": "125.192.0.10",
}


def assumed(year: int, *periods: int) -> Timetable:
    as_of = date(year, 6, 2)
    calendar = registry().calendar
    logins = assumed_logins([date(year, 6, 1)], [months(n) for n in periods], calendar=calendar, as_of=as_of)
    return planned(logins, as_of, posts=(date(year, 6, 1),))


def disclosed(folder: Path, year: int, provider: str) -> ExpiryPlan:
    as_of = date(year, 6, 2)
    case = case_of(
        folder, f"{year}-06-01T03:00:00Z,{ADDRESSES[provider]}", as_of=as_of, posts=[f"{year}-06-01T03:00:30Z"]
    )
    return next(one for one in planned_case(case, as_of).backward if one.provider == provider)


def check_three_months(found: ExpiryPlan, year: int) -> None:
    assert (found.login_on, found.expiry, found.act_by) == (date(year, 6, 1), date(year, 9, 1), date(year, 9, 1))
    for route in COURT_ROUTES:
        current = latest(found, route, "current")
        expected = [date(year, 6, 22), date(year, 7, 9), date(year, 8, 9), date(year, 8, 23), date(year, 8, 24)]
        assert on(current, *STEPS) == expected
        assert on(current, "meeting") == [date(year, 6, 25)]
        assert (current.start, current.start_workday, current.days_left) == (expected[0], expected[0], 20)
        older = latest(found, route, "older")
        assert on(older, "filing", "meeting", "hearing") == [date(year, 6, 16), date(year, 6, 19), date(year, 7, 9)]


@pytest.mark.parametrize("year", [2020, 2026])
def test_the_published_timetable_comes_out_for_an_assumed_login(year: int) -> None:
    plan = assumed(year, 3)
    (found,) = plan.backward
    check_three_months(found, year)
    assert found.assumed
    assert plan.assumed
    assert (found.figure.ja, found.figure.en, found.source) == ("3か月", "3 months", "")
    assert plan.rows == 1
    assert not plan.ranking


@pytest.mark.parametrize("year", [2020, 2026])
@pytest.mark.parametrize("provider", ["kddi-au", "jcom", "optage"])
def test_the_published_timetable_comes_out_for_a_disclosed_login(tmp_path: Path, year: int, provider: str) -> None:
    found = disclosed(tmp_path, year, provider)
    check_three_months(found, year)
    assert not found.assumed
    assert found.nearest
    assert (found.rows, found.figure.ja, found.source) == ((1,), "3か月", "S5a")


@pytest.mark.parametrize("provider", ["sonet", "biglobe"])
def test_a_six_month_provider_has_its_own_latest_days(tmp_path: Path, provider: str) -> None:
    for found in (disclosed(tmp_path, 2026, provider), assumed(2026, 6).backward[0]):
        assert found.expiry == date(2026, 12, 1)
        current = latest(found, "ip-injunction", "current")
        assert on(current, *STEPS) == [
            date(2026, 9, 21),
            date(2026, 10, 8),
            date(2026, 11, 8),
            date(2026, 11, 22),
            date(2026, 11, 23),
        ]
        # 21 to 23 September 2026 are holidays, the two days before a weekend.
        assert (current.start_workday, current.days_left) == (date(2026, 9, 18), 108)
        assert latest(found, "ip-injunction", "older").start == date(2026, 9, 15)


def test_both_periods_at_once_are_two_logins_each_with_its_expiry() -> None:
    plan = assumed(2026, 3, 6)
    assert [(one.rows, one.expiry) for one in plan.backward] == [((1,), date(2026, 9, 1)), ((2,), date(2026, 12, 1))]
    assert plan.rows == 2


def test_begun_on_the_latest_day_the_route_arrives_with_the_margin_that_the_practitioner_leaves() -> None:
    start = date(2026, 6, 22)
    forecast = {one.pace: one for one in outlook(planned((), start), "ip-injunction").forecasts}["current"]
    assert forecast.reached["ip"] == date(2026, 8, 23)
    assert forecast.reached["letter"] == date(2026, 8, 24)
    assert [(one.step, one.on) for one in forecast.steps if one.step == "hearing"] == [("hearing", date(2026, 7, 9))]


def test_the_days_from_filing_to_the_address_are_those_of_the_two_versions() -> None:
    """62 days now, 68 before (the one in July and August, the other begun on 16 June)."""
    paces = {one.pace: one for one in outlook(planned((), date(2026, 6, 22)), "ip-injunction").forecasts}
    assert (paces["current"].reached["ip"] - date(2026, 6, 22)).days == 62
    paces = {one.pace: one for one in outlook(planned((), date(2026, 6, 16)), "ip-injunction").forecasts}
    assert (paces["older"].reached["ip"] - date(2026, 6, 16)).days == 68


def test_with_x_its_own_delivery_stands_in_for_the_general_figure() -> None:
    """3 to 6 weeks after the order, instead of 1 week to 2 months."""
    for platform, shortest, longest in (("x", 21, 42), ("", 7, 61)):
        paces = {one.pace: one for one in outlook(planned((), platform=platform), "disclosure-order").forecasts}
        waits = [(paces[p].reached["ip"] - paces[p].reached["order"]).days for p in ("best", "worst")]
        assert waits[0] == shortest
        assert abs(waits[1] - longest) <= 1


def test_at_best_and_worst_the_letter_is_there_on_the_act_by_day() -> None:
    (found,) = assumed(2026, 3).backward
    for one in found.latest:
        if one.pace in ("best", "worst"):
            assert one.steps[-1].milestone == "letter"
            assert one.steps[-1].on == found.act_by


def test_a_log_is_erased_on_a_sunday_and_the_day_to_act_moves_back() -> None:
    calendar = registry().calendar
    logins = assumed_logins([date(2026, 7, 25)], [months(1)], calendar=calendar, as_of=AS_OF)
    (found,) = planned(logins).backward
    assert (found.expiry.weekday(), found.expiry, found.act_by) == (1, date(2026, 8, 25), date(2026, 8, 25))
    logins = assumed_logins([date(2026, 7, 23)], [months(1)], calendar=calendar, as_of=AS_OF)
    (found,) = planned(logins).backward
    assert (found.expiry.weekday(), found.expiry, found.act_by) == (6, date(2026, 8, 23), date(2026, 8, 21))
    assert latest(found, "ip-injunction", "worst").steps[-1].on == date(2026, 8, 21)
    assert latest(found, "ip-injunction", "current").steps[-1].on == date(2026, 8, 15)


def test_an_expiry_that_has_passed_is_shown_with_negative_days() -> None:
    calendar, as_of = registry().calendar, date(2026, 11, 21)
    logins = assumed_logins([date(2026, 6, 1)], [months(3)], calendar=calendar, as_of=as_of)
    (found,) = planned(logins, as_of).backward
    assert found.expiry == date(2026, 9, 1)
    assert all(one.days_left < 0 for one in found.latest)


def test_routes_that_x_is_reported_not_to_follow_stand_last_and_are_remarked_on() -> None:
    plan = assumed(2026, 3)
    assert plan.backward[0].latest[-1].route == "ip-voluntary"
    about = [one.about for one in plan.findings if one.code == "IPA923"]
    assert about == ["ip-voluntary", "provision-order"]
    notes = outlook(plan, "provision-order").remarks
    assert (notes[0].code, notes[0].level) == ("IPA930", "warning")
    assert "P-SETOLAW-202509" in notes[0].message.ja
    other = planned((), platform="google")
    assert not [one for one in other.findings if one.code == "IPA923"]
