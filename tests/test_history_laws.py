"""Laws of histories: rows are parted, order does not matter, and two accounts are compared the same either way."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import msgspec
from history_world import FIXED, MAP_E, MOBILE, PRECISIONS, V6, Row, case_of, minutes, post
from hypothesis import given, settings
from hypothesis import strategies as st

from ipattr.history import accounts_of, compare, history
from ipattr.instants import jst
from ipattr.model import Comparison, History, Meeting, Overlap, Rules
from ipattr.registry import open_registry

if TYPE_CHECKING:
    from ipattr.registry import Registry

FEW = settings(max_examples=60, deadline=None)


@cache
def registry() -> Registry:
    return open_registry()


addresses = st.one_of(
    st.builds(MOBILE.format, st.integers(1, 6)),
    st.builds(FIXED.format, st.integers(1, 6)),
    st.builds(MAP_E.format, st.integers(1, 3)),
    st.builds(V6.format, st.integers(1, 3)),
    st.sampled_from(("8.8.8.8", "10.1.2.3", "104.28.123.45", "126.33.123.45", "::ffff:1.66.96.1")),
)
times = st.one_of(
    st.just(""),
    st.integers(0, 400).map(lambda n: minutes(n)[0]),
    st.integers(0, 60 * 24 * 30).map(lambda n: minutes(n / 4)[0]),
)
rows = st.builds(
    Row,
    at=times,
    address=addresses,
    account=st.sampled_from(("1", "1", "2")),
    port=st.none() | st.integers(0, 65535),
    kind=st.sampled_from(("login", "login", "login", "creation", "logout", "unknown")),
    status=st.sampled_from(("ok", "ok", "ok", "review")),
    precision=st.sampled_from(PRECISIONS),
)
cases = st.lists(rows, max_size=40)
rules = st.builds(
    Rules,
    session_gap_minutes=st.integers(1, 200),
    habit_days=st.integers(1, 20),
    together_minutes=st.integers(1, 60),
    review=st.sampled_from(("apart", "with")),
)


@FEW
@given(cases, rules)
def test_every_row_of_a_case_is_in_one_history_and_every_counted_one_in_one_session(
    drawn: list[Row], chosen: Rules
) -> None:
    case = case_of(registry(), drawn, [post(1, minutes(100)[0]), post(2, minutes(5000)[0], account=None)])
    found = [history(case, account=name, rules=chosen) for name in accounts_of(case)]
    assert sorted(row for one in found for row in one.rows) == list(range(1, len(drawn) + 1))
    for one in found:
        _check(one)


def _check(one: History) -> None:
    entries = {entry.row: entry for entry in one.entries}
    counted = [entry.row for entry in one.entries if entry.counted]
    relied = [entry.row for entry in one.entries if entry.relied_on]
    assert [row for session in one.sessions for row in session.rows] == counted
    assert len(one.gaps) == max(len(counted) - 1, 0)
    assert len(one.sessions) == sum(gap.splits for gap in one.gaps) + bool(counted)
    assert all(gap.least <= gap.seconds <= gap.most for gap in one.gaps)
    limit = one.rules.session_gap_minutes * 60
    assert all(gap.splits == (gap.seconds > limit) for gap in one.gaps)
    assert sorted(row for line in one.lines for row in line.rows) == sorted(relied)
    for level, version in (("24", 4), ("64", 6)):
        parted = [row for block in one.recurrences if block.level == level for row in block.rows]
        assert sorted(parted) == sorted(row for row in relied if entries[row].version == version)
    logins = [entries[row] for row in counted if entries[row].login]
    assert one.hours.total == sum(one.hours.hours) == len(logins)
    places = Counter((jst(entry.utc).weekday(), jst(entry.utc).hour) for entry in logins if entry.utc)
    assert all(one.hours.counts[day][hour] == places[day, hour] for day in range(7) for hour in range(24))
    for churn in one.churn:
        assert churn.pairs == churn.same + churn.changed + churn.unsettled == max(churn.logins - 1, 0)
        assert churn.addresses - 1 <= churn.changed + churn.unsettled or not churn.logins
    for habit in one.habits:
        sides = (*habit.before.rows, *habit.after.rows, *habit.unsettled)
        assert len(set(sides)) == len(sides)
        assert all(entries[row].login for row in sides)
        assert sum(habit.before.hours) == len(habit.before.rows)
    t = one.tally
    assert t.case_rows == t.ok + t.review + t.elsewhere + t.rejected + t.pending
    assert t.counted + t.apart + t.no_time + t.day_precision == t.ok + t.review == len(one.entries)
    assert all(set(said.rows) <= set(entries) for said in one.statements)
    assert msgspec.json.decode(msgspec.json.encode(one), type=History) == one


@FEW
@given(cases, rules, st.randoms(use_true_random=False))
def test_the_order_in_which_rows_stand_in_a_case_changes_nothing(
    drawn: list[Row], chosen: Rules, random: st.DataObject
) -> None:
    case = case_of(registry(), drawn)
    shuffled = list(case.rows)
    random.shuffle(shuffled)
    other = msgspec.structs.replace(case, rows=tuple(shuffled))
    assert accounts_of(case) == accounts_of(other)
    for name in accounts_of(case):
        assert history(case, account=name, rules=chosen) == history(other, account=name, rules=chosen)


@FEW
@given(cases, rules)
def test_comparing_two_accounts_gives_the_same_either_way_round(drawn: list[Row], chosen: Rules) -> None:
    both = [Row(minutes(0)[0], MOBILE.format(1)), Row(minutes(1)[0], MOBILE.format(1), account="2")]
    case = case_of(registry(), [*both, *drawn])
    pool = registry().announced_v4
    one, other = compare(case, "1", "2", pool=pool, rules=chosen), compare(case, "2", "1", pool=pool, rules=chosen)
    assert {_turned(overlap) for overlap in one.overlaps} == set(other.overlaps)
    assert {_met(meeting) for meeting in one.meetings} == set(other.meetings)
    assert [(rate.line, rate.first, rate.second, rate.weights) for rate in one.base_rates] == [
        (rate.line, rate.second, rate.first, rate.weights) for rate in other.base_rates
    ]
    assert (one.hours.observed, one.hours.uniform) == (other.hours.observed, other.hours.uniform)
    assert (one.coincidence.first_near, one.coincidence.first_expected) == (
        other.coincidence.second_near,
        other.coincidence.second_expected,
    )
    assert (one.first_places, one.second_places) == (other.second_places, other.first_places)
    assert [said.code for said in one.statements] == [said.code for said in other.statements]
    _sane(one)


def _turned(one: Overlap) -> Overlap:
    return msgspec.structs.replace(
        one,
        first_rows=one.second_rows,
        second_rows=one.first_rows,
        nearest=one.nearest[::-1] if one.nearest is not None else None,
    )


def _met(one: Meeting) -> Meeting:
    return msgspec.structs.replace(
        one,
        first_row=one.second_row,
        second_row=one.first_row,
        seconds=-one.seconds,
        first_port=one.second_port,
        second_port=one.first_port,
        first_set=one.second_set,
        second_set=one.first_set,
    )


def _sane(found: Comparison) -> None:
    for rate in found.base_rates:
        for side in (rate.first, rate.second):
            assert 0 <= side.returns <= side.changes
        assert [weight.pool for weight in rate.weights] == sorted(weight.pool for weight in rate.weights) or any(
            weight.basis == "returns" for weight in rate.weights
        )
        for weight in rate.weights:
            assert 0 <= weight.chance <= 1
            # Markov: the chance of so many is at most what is expected over them.
            assert not rate.observed or weight.chance <= weight.expected / rate.observed * (1 + 1e-12)
            assert weight.ratio_at_most is None or weight.ratio_at_most >= 1
    assert all(abs(one.seconds) <= found.rules.together_minutes * 60 for one in found.meetings)
    assert found.hours.observed is None or 0 <= found.hours.observed <= 1
    for near, number in ((found.coincidence.first_near, found.coincidence.first_rows),):
        assert len(near) <= number
    assert msgspec.json.decode(msgspec.json.encode(found), type=Comparison) == found


@FEW
@given(st.lists(rows.map(lambda row: row._replace(status="review")), max_size=12))
def test_rows_in_review_alone_count_for_nothing_until_they_are_asked_for(drawn: list[Row]) -> None:
    case = case_of(registry(), drawn)
    for name in accounts_of(case):
        apart, together = history(case, account=name), history(case, account=name, rules=Rules(review="with"))
        assert (apart.totals.rows, apart.sessions, apart.lines) == (0, (), ())
        assert apart.with_review == together.totals
        assert together.totals.rows == len(together.entries) == len(apart.entries)
