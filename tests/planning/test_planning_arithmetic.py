"""Spans and chains: what goes forward comes back, day by day, at every pace."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planning_world import days, figure, interval, months, procedure, registry, route, step

from ipattr.model import PACES, Calendar, Pace, Procedure, Route, Span
from ipattr.planning.chains import Chain, chain_of
from ipattr.planning.spans import Workdays, after, latest_before

ONE = timedelta(days=1)
spans = st.builds(Span, value=st.integers(0, 40), unit=st.sampled_from(("day", "week", "month")))
dates = st.dates(date(1990, 1, 1), date(2060, 12, 31))


def workdays() -> Workdays:
    return Workdays(registry().calendar)


@given(spans, dates)
def test_the_latest_day_is_the_latest(span: Span, target: date) -> None:
    found = latest_before(target, span)
    assert after(found, span) <= target < after(found + ONE, span)


@pytest.mark.parametrize("value", range(14))
def test_the_latest_day_is_what_trying_every_day_finds(value: int) -> None:
    first = date(2026, 1, 1)
    tried = [first + timedelta(days=n) for n in range(900)]
    for span in (months(value), days(value), Span(value=value, unit="week")):
        images = [after(day, span) for day in tried]
        assert images == sorted(images)
        for n in range(430, 850):
            target = first + timedelta(days=n)
            assert latest_before(target, span) == tried[bisect_right(images, target) - 1]


def test_month_ends() -> None:
    assert after(date(2026, 11, 30), months(3)) == date(2027, 2, 28)
    assert latest_before(date(2027, 2, 28), months(3)) == date(2026, 11, 30)
    assert latest_before(date(2028, 2, 28), months(3)) == date(2027, 11, 28)
    assert latest_before(date(2026, 3, 30), months(1)) == date(2026, 2, 28)
    assert latest_before(date(2026, 3, 31), months(0)) == date(2026, 3, 31)
    assert latest_before(date(2026, 2, 28), months(0)) == date(2026, 2, 28)


@given(dates)
def test_a_working_day_is_never_a_closed_one(day: date) -> None:
    found = workdays()
    assert found.last(day) <= day <= found.next(day)
    calendar: Calendar = registry().calendar
    covered = calendar.covers_from <= found.last(day) and day <= calendar.covers_until
    assert found.known_last(day) == (found.last(day) if covered else None)
    assert (day in found.beyond) == (not covered)


# -- chains -----------------------------------------------------------------------------------------------------------

_TANGLED = procedure(
    "tangled",
    step("a", milestone="filing"),
    step("b", interval(days(0)), interval(days(1), "older"), figure(days(3), months(1))),
    step(
        "c",
        interval(months(1)),
        interval(months(2), "older"),
        figure(days(2), Span(value=1, unit="week"), since="b"),
        figure(days(4), months(2), since="a"),
        figure(days(9), months(9), platform="elsewhere"),
        milestone="ip",
    ),
)
_LETTER = procedure(
    "letter",
    step("start"),
    step("served", interval(days(14)), interval(days(3), "older"), figure(days(14), days(14)), statutory=True),
    step("letter", interval(days(1)), interval(days(1), "older"), figure(days(0), days(2)), milestone="letter"),
    step("margin", interval(days(8)), interval(days(7), "older")),
)
PROCEDURES = {"tangled": _TANGLED, "letter": _LETTER}
WAY = route(("tangled", None), ("letter", "ip"))


def shipped() -> list[tuple[Route, dict[str, Procedure], str]]:
    own = [(WAY, PROCEDURES, ""), (WAY, PROCEDURES, "elsewhere")]
    found = registry()
    return own + [(one, dict(found.procedures), platform) for one in found.routes for platform in ("", "x", "google")]


@pytest.mark.parametrize("pace", PACES)
def test_backward_is_what_trying_every_start_finds(pace: Pace) -> None:
    """Exhaustively, for every route on record and one with statutory ends and figures from several steps."""
    working, tried = workdays(), [date(2025, 1, 1) + timedelta(days=n) for n in range(1500)]
    checked = 0
    for way, procedures, platform in shipped():
        chain = chain_of(way, pace, procedures=procedures, platform=platform)
        images = [chain.forward(day, working) for day in tried]
        for index in chain.reached.values():
            arrivals = [days_[index] for days_ in images]
            assert arrivals == sorted(arrivals)
            for n in range(1000, 1400):
                target = tried[n]
                if arrivals[0] <= target:
                    expected = tried[bisect_right(arrivals, target) - 1]
                    assert chain.latest_start(index, target, working) == expected, (way.id, platform, target)
                    checked += 1
    assert checked > 1000


@pytest.mark.parametrize("pace", ["current", "older", "worst"])
def test_every_step_on_its_latest_day_still_serves_the_letter_and_one_day_later_does_not(pace: Pace) -> None:
    working = workdays()
    for way, procedures, platform in shipped():
        chain = chain_of(way, pace, procedures=procedures, platform=platform)
        index = chain.reached.get("letter") or 0
        for n in range(0, 400, 3) if index else ():
            target = date(2026, 3, 1) + timedelta(days=n)
            found = chain.latest_days(index, target, working)
            assert found[0] == chain.latest_start(index, target, working)
            for place, day in found.items():
                assert _from(chain, place, day, working)[index] <= target
                assert _from(chain, place, _later(chain, place, day, working), working)[index] > target


def test_at_best_the_latest_days_are_those_of_the_way_that_allows_the_latest_start() -> None:
    chain = chain_of(WAY, "best", procedures=PROCEDURES, platform="")
    index, working = chain.reached["letter"], workdays()
    for n in range(400):
        target = date(2026, 3, 1) + timedelta(days=n)
        found = chain.latest_days(index, target, working)
        assert found[0] == chain.latest_start(index, target, working)
        assert chain.forward(found[0], working)[index] <= target
        assert 2 not in found  # b + 2 days arrives after a + 4 days, so nothing hangs on b


def _from(chain: Chain, place: int, day: date, working: Workdays) -> list[date]:
    """Return the days of a chain in which one place falls on ``day`` and whatever it does not delay is long past."""
    past, found = day - timedelta(days=4000), []
    for index, one in enumerate(chain.places):
        if one is None or index == place:
            found.append(day if index == place else past)
            continue
        moved = [after(found[hop.source], hop.span) for hop in one.hops]
        found.append(max(working.next(arrival) if one.step.counting == "statutory" else arrival for arrival in moved))
    return found


def _later(chain: Chain, place: int, day: date, working: Workdays) -> date:
    """Return the next day on which a step can fall: a statutory one falls on court days only."""
    one = chain.places[place]
    later = day + ONE
    return working.next(later) if one is not None and one.step.counting == "statutory" else later


def test_a_statutory_end_moves_to_the_next_court_day_and_an_estimate_does_not() -> None:
    working = workdays()
    for statutory, expected in ((True, date(2026, 5, 7)), (False, date(2026, 5, 2))):
        ends = procedure("p", step("a"), step("b", figure(days(14), days(14)), milestone="letter", statutory=statutory))
        chain = chain_of(route(("p", None)), "worst", procedures={"p": ends}, platform="")
        assert chain.forward(date(2026, 4, 18), working)[-1] == expected  # 2 May 2026 is a Saturday, then Golden Week
        assert chain.latest_start(2, date(2026, 5, 6), working) == date(2026, 4, 17 if statutory else 22)


def test_what_the_law_fixes_is_the_same_at_every_pace_and_an_estimate_is_not_lent() -> None:
    ends = procedure(
        "p",
        step("a"),
        step("b", interval(days(5))),
        step("law", figure(days(14), days(14), since="b"), statutory=True),
        step("guess", figure(days(14), days(14), since="b")),
    )
    chain = chain_of(route(("p", None)), "current", procedures={"p": ends}, platform="")
    assert [place.step.id for place in chain.places if place] == ["a", "b", "law"]
    assert [text.en for text in chain.missing] == ["procedure p: step guess"]


def test_all_or_nothing_at_the_paces_of_a_practitioner() -> None:
    broken = procedure(
        "p", step("a"), step("b", interval(days(1))), step("c"), step("d", interval(days(1)), milestone="ip")
    )
    chain = chain_of(
        route(("p", None), ("letter", "ip")), "current", procedures={**PROCEDURES, "p": broken}, platform=""
    )
    assert [place.step.id for place in chain.places if place] == ["a", "b"]
    assert len(chain.missing) == 2 + 3
    assert not chain.reached


def test_a_leg_without_a_figure_at_a_pace_is_not_dated_at_all() -> None:
    bare = procedure("p", step("a", milestone="filing"), step("b", milestone="phone"))
    for pace in PACES:
        chain = chain_of(route(("p", None)), pace, procedures={"p": bare}, platform="")
        assert chain.places == (None,)
        assert len(chain.missing) == 2


def test_an_undated_step_is_passed_over_by_a_figure_that_counts_from_before_it() -> None:
    over = procedure(
        "p", step("a"), step("b"), step("c", figure(days(5), days(9), since="a")), step("d", figure(days(1), days(1)))
    )
    chain = chain_of(route(("p", None)), "worst", procedures={"p": over}, platform="")
    assert [text.en for text in chain.missing] == ["procedure p: step b"]
    assert chain.forward(date(2026, 1, 1), workdays()) == [
        date(2026, 1, 1),
        date(2026, 1, 1),
        date(2026, 1, 10),
        date(2026, 1, 11),
    ]


def test_the_route_in_hand_begins_with_the_address() -> None:
    chain = chain_of(route(("letter", "ip"), kind="in-hand"), "current", procedures=PROCEDURES, platform="")
    assert chain.reached["ip"] == 0
    assert chain.forward(date(2026, 6, 1), workdays())[-1] == date(2026, 6, 16)


def test_the_margin_is_a_distance_and_no_event() -> None:
    chain = chain_of(WAY, "current", procedures=PROCEDURES, platform="")
    assert chain.margin is not None
    assert chain.margin.span == days(8)
    assert "margin" not in {place.step.id for place in chain.places if place}
    assert chain_of(WAY, "worst", procedures=PROCEDURES, platform="").margin is None
