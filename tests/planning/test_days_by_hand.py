"""Days worked out by hand: month ends, leap years, closed days, the change of day at 15:00 UTC, periods of law."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planning_world import (
    case_of,
    days,
    expiry,
    figure,
    latest,
    login,
    months,
    on,
    outlook,
    party,
    planned,
    planned_case,
    procedure,
    registry,
    route,
    step,
)

from ipattr.planning import Served, assumed_logins, logins_of
from ipattr.planning.spans import after, latest_before, lawful_end, lawful_start

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.model import Finding, Span, Timetable

DOCOMO, KDDI, RAKUTEN, IIJ = "1.66.123.45", "106.128.123.45", "133.106.45.67", "202.232.2.1"

BY_HAND = [
    # connection, period, expiry, last working day
    (date(2026, 6, 1), months(3), date(2026, 9, 1), date(2026, 9, 1)),
    (date(2026, 6, 1), days(93), date(2026, 9, 2), date(2026, 9, 2)),
    (date(2026, 6, 1), months(6), date(2026, 12, 1), date(2026, 12, 1)),
    (date(2026, 11, 30), months(3), date(2027, 2, 28), date(2027, 2, 26)),  # no 30 February; a Sunday
    (date(2027, 11, 30), months(3), date(2028, 2, 29), date(2028, 2, 29)),  # leap year
    (date(2027, 11, 29), months(3), date(2028, 2, 29), date(2028, 2, 29)),
    (date(2027, 11, 28), days(93), date(2028, 2, 29), date(2028, 2, 29)),
    (date(2027, 2, 5), months(3), date(2027, 5, 5), date(2027, 4, 30)),  # Golden Week: 1 to 5 May are closed
    (date(2027, 1, 29), months(3), date(2027, 4, 29), date(2027, 4, 28)),
    (date(2026, 10, 1), days(93), date(2027, 1, 2), date(2026, 12, 28)),  # year end: 29 December to 3 January
    (date(2026, 9, 29), months(3), date(2026, 12, 29), date(2026, 12, 28)),
    (date(2026, 10, 4), months(3), date(2027, 1, 4), date(2027, 1, 4)),
    (date(2026, 8, 21), days(93), date(2026, 11, 22), date(2026, 11, 20)),  # a Sunday, 23 November is closed
    (date(2026, 6, 22), months(3), date(2026, 9, 22), date(2026, 9, 18)),  # 19 to 23 September 2026 are closed
]


def coded(plan: Timetable, code: str) -> list[Finding]:
    return [finding for finding in plan.findings if finding.code == code]


@pytest.mark.parametrize(("connected", "kept", "expires", "act_by"), BY_HAND)
def test_expiry_and_last_working_day(connected: date, kept: Span, expires: date, act_by: date) -> None:
    found = assumed_logins([connected], [kept], calendar=registry().calendar, as_of=connected)
    (plan,) = planned(found, connected).backward
    assert (plan.expiry, plan.act_by) == (expires, act_by)
    assert found[0].act_by == act_by


@pytest.mark.parametrize(
    ("address", "at", "connected", "expires"),
    [
        (DOCOMO, "2026-06-01T14:59:59Z", date(2026, 6, 1), date(2026, 9, 2)),
        (DOCOMO, "2026-06-01T15:00:00Z", date(2026, 6, 2), date(2026, 9, 3)),
        (KDDI, "2026-06-01T14:59:59Z", date(2026, 6, 1), date(2026, 9, 1)),
        (KDDI, "2026-06-01T15:00:00Z", date(2026, 6, 2), date(2026, 9, 2)),
        (KDDI, "2026-11-29T15:00:00Z", date(2026, 11, 30), date(2027, 2, 28)),
        (KDDI, "2025-12-31T15:00:00Z", date(2026, 1, 1), date(2026, 4, 1)),
    ],
)
def test_the_day_of_a_login_is_the_japanese_one(  # noqa: PLR0917 - one column per argument
    tmp_path: Path, address: str, at: str, connected: date, expires: date
) -> None:
    case = case_of(tmp_path, f"{at},{address}", as_of=connected)
    plan = planned_case(case, connected).backward[0]
    assert (plan.login_on, plan.expiry) == (connected, expires)


def test_the_clock_is_that_of_the_login_not_of_the_post(tmp_path: Path) -> None:
    as_of, post = date(2026, 6, 10), "2026-06-01T03:00:00+00:00"
    early = case_of(tmp_path, f"2026-03-05T03:00:00Z,{KDDI}", as_of=as_of, posts=[post])
    (plan,) = [one for one in planned_case(early, as_of).backward if one.provider == "kddi-au"]
    assert (plan.nearest, plan.expiry) == (
        True,
        date(2026, 6, 5),
    )  # gone before the plan was made, ten days after the post
    assert all(one.days_left < 0 for one in plan.latest)
    late = case_of(tmp_path, f"2026-06-08T03:00:00Z,{KDDI}", as_of=as_of, posts=[post])
    (plan,) = [one for one in planned_case(late, as_of).backward if one.provider == "kddi-au"]
    assert plan.expiry == date(2026, 9, 8)


def test_93_days_and_three_months_are_two_dates(tmp_path: Path) -> None:
    as_of = date(2026, 6, 2)
    case = case_of(tmp_path, f"2026-06-01T03:00:00Z,{DOCOMO}", f"2026-06-01T03:00:00Z,{KDDI}", as_of=as_of)
    found = {plan.provider: plan.expiry for plan in planned_case(case, as_of).backward}
    assert found["docomo"] == date(2026, 9, 2)
    assert found["kddi-au"] == date(2026, 9, 1)
    # On 2 September one of the two is still there by the figures.
    (outcome,) = planned_case(case, as_of, served=(Served(date(2026, 9, 2)),)).what_if
    assert outcome.all.kept == (1,)


def test_at_least_and_unknown_are_never_gone(tmp_path: Path) -> None:
    as_of = date(2030, 1, 7)
    case = case_of(tmp_path, f"2026-06-01T03:00:00Z,{IIJ}", f"2026-06-01T03:00:00Z,{RAKUTEN}", as_of=as_of)
    outcome = planned_case(case, as_of).what_if[0].all
    assert outcome.gone == ()
    assert set(outcome.uncertain) | set(outcome.unknown) == {1, 2}


@pytest.mark.parametrize(
    ("connected", "kept", "last_reading"),
    [
        (date(2026, 2, 28), months(3), date(2026, 5, 31)),
        (date(2026, 11, 30), months(3), date(2027, 3, 2)),
        (date(2026, 4, 30), months(3), date(2026, 7, 31)),
    ],
)
def test_an_assumed_login_has_the_readings_of_a_disclosed_one(connected: date, kept: Span, last_reading: date) -> None:
    """As with a log in hand: what one reading of a month's end keeps is not said to be gone."""
    found = assumed_logins([connected], [kept], calendar=registry().calendar, as_of=connected)
    asked = (Served(last_reading), Served(last_reading + timedelta(days=1)))
    first, then = planned(found, connected, served=asked).what_if
    assert first.all.uncertain == (1,)
    assert then.all.gone == (1,)


# What the law counts


@pytest.mark.parametrize(
    ("told", "ends"),
    [
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2026, 2, 28), date(2026, 3, 31)),  # from 1 March on: the whole of March (民法140条、143条1項)
        (date(2026, 4, 30), date(2026, 5, 31)),
        (date(2027, 1, 30), date(2027, 2, 28)),
        (date(2028, 1, 28), date(2028, 2, 28)),
        (date(2028, 2, 28), date(2028, 3, 28)),  # leap year: not the last day of its month
        (date(2028, 2, 29), date(2028, 3, 31)),
        (date(2026, 12, 31), date(2027, 1, 31)),
    ],
)
def test_a_month_of_law_from_a_months_end_is_the_whole_next_month(told: date, ends: date) -> None:
    assert lawful_end(told, months(1)) == ends


@given(st.dates(date(2020, 1, 1), date(2032, 12, 31)), st.sampled_from([months(1), months(3), days(14)]))
def test_the_latest_start_of_a_period_of_law_is_the_latest(target: date, span: Span) -> None:
    start = lawful_start(target, span)
    assert lawful_end(start, span) <= target < lawful_end(start + timedelta(days=1), span)
    assert lawful_end(start, span) >= after(start, span)
    assert start <= latest_before(target, span)


def test_an_order_of_the_last_of_february_is_not_final_before_the_last_of_march() -> None:
    steps = (
        step("order", figure(days(1), days(1)), milestone="order"),
        step("final", figure(months(1), months(1), since="order"), milestone="final", statutory=True),
    )
    found = planned(
        [],
        date(2028, 2, 28),
        procedures={"p": procedure("p", step("filing", milestone="filing"), *steps)},
        routes=[route(("p", None))],
    )
    assert outlook(found, "way").forecasts[0].reached["final"] == date(2028, 3, 31)


# What is too good to be relied on


def test_a_letter_on_the_day_of_expiry_counts_and_is_warned_of() -> None:
    logins = [
        login(1, date(2026, 6, 1), party("p", expiry("p", date(2026, 9, 1)))),
        login(2, date(2026, 6, 2), party("p", expiry("p", date(2026, 9, 2)))),
    ]
    found = planned(logins, date(2026, 6, 3), served=(Served(date(2026, 9, 1)),))
    assert found.what_if[0].all.kept == (1, 2)
    (warning,) = coded(found, "IPA925")
    assert warning.level == "warning"
    assert warning.about == "rows 1"
    assert "当日" in warning.message.ja
    assert not coded(planned(logins, date(2026, 6, 3), served=(Served(date(2026, 8, 31)),)), "IPA925")


def test_a_letter_on_a_closed_day_names_what_is_past_when_the_office_opens() -> None:
    saturday, monday = date(2026, 9, 5), date(2026, 9, 7)
    logins = [
        login(1, date(2026, 6, 5), party("p", expiry("p", saturday))),
        login(2, date(2026, 6, 6), party("p", expiry("p", date(2026, 9, 6)))),
        login(3, date(2026, 6, 7), party("p", expiry("p", monday))),
    ]
    found = planned(logins, date(2026, 6, 8), served=(Served(saturday),))
    (closed,) = coded(found, "IPA916")
    assert closed.level == "warning"
    assert closed.about == "rows 1, 2"
    assert str(monday) in closed.message.ja
    assert str(monday) in closed.message.en
    harmless = planned(logins, date(2026, 6, 8), served=(Served(date(2026, 8, 22)),))
    assert [finding.level for finding in coded(harmless, "IPA916")] == ["notice"]


def test_the_days_of_the_issue_for_every_as_of_date() -> None:
    for as_of in (date(2026, 6, 2), date(2026, 8, 25), date(2027, 6, 1)):
        found = assumed_logins([date(2026, 6, 1)], [months(3)], calendar=registry().calendar, as_of=as_of)
        (plan,) = planned(found, as_of).backward
        one = latest(plan, "ip-injunction", "current")
        assert on(one, "filing", "meeting", "hearing", "order", "ip", "letter") == [
            date(2026, 6, 22),
            date(2026, 6, 25),
            date(2026, 7, 9),
            date(2026, 8, 9),
            date(2026, 8, 23),
            date(2026, 8, 24),
        ]
        assert one.days_left == (date(2026, 6, 22) - as_of).days
        assert on(latest(plan, "ip-injunction", "older"), "filing") == [date(2026, 6, 16)]


def test_what_a_step_says_of_its_figure_is_told() -> None:
    remarks = outlook(planned([], date(2026, 6, 2)), "ip-injunction").remarks
    told = [remark.message.ja for remark in remarks if remark.code == "IPA934"]
    assert any("送達の日から2週間" in text for text in told)
    by_phone = outlook(planned([], date(2026, 6, 2)), "phone").remarks
    assert any("従前の回答" in remark.message.ja for remark in by_phone if remark.code == "IPA934")
    on_google = outlook(planned([], date(2026, 6, 2), platform="google"), "provision-order").remarks
    assert any("45日" in remark.message.ja for remark in on_google)
    on_x = outlook(planned([], date(2026, 6, 2)), "provision-order").remarks
    assert not any("45日" in remark.message.ja for remark in on_x)


def test_the_order_against_erasure_is_shown_with_what_is_said_of_it(tmp_path: Path) -> None:
    as_of = date(2026, 6, 2)
    case = case_of(tmp_path, f"2026-06-01T03:00:00Z,{KDDI}", as_of=as_of)
    found = planned(logins_of(case), as_of)
    one = outlook(found, "in-hand-order")
    assert "IPA931" in [remark.code for remark in one.remarks]
    assert any("消去禁止命令" in name.ja for forecast in one.forecasts for name in forecast.missing)
    assert all("letter" not in forecast.reached for forecast in one.forecasts)


def test_an_interval_shorter_than_what_the_platform_takes_is_warned_of() -> None:
    """Two weeks from order to address by the timetable, three to six weeks with X: 7 to 28 days too late."""
    for name in ("ip-injunction", "disclosure-order"):
        (warning,) = [one for one in outlook(planned([], date(2026, 6, 2)), name).remarks if one.code == "IPA935"]
        assert warning.level == "warning"
        assert "7～28日" in warning.message.ja
        assert "P-KAJO-46" in warning.message.en
        other = outlook(planned([], date(2026, 6, 2), platform="google"), name).remarks
        assert not any(one.code == "IPA935" for one in other)
