"""One login history against numbers worked out by hand."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import msgspec
import pytest
from history_world import FIXED, MAP_E, MOBILE, V6, Row, case_of, minutes, post

from ipattr.errors import UsageError
from ipattr.history import accounts_of, histories, history
from ipattr.history.chances import as_uneven
from ipattr.model import History, Rules

if TYPE_CHECKING:
    from ipattr.registry import Registry


def code(found: History, wanted: str) -> list[str]:
    return [one.text.en for one in found.statements if one.code == wanted]


def test_pauses_longer_than_the_rule_and_no_others_split_sessions(registry: Registry) -> None:
    times = minutes(0, 30, 60.5, 61, 200)
    found = history(case_of(registry, [Row(at, MOBILE.format(5)) for at in times]))
    assert [session.rows for session in found.sessions] == [(1, 2), (3, 4), (5,)]
    assert [(gap.seconds, gap.splits) for gap in found.gaps] == [(1800, False), (1830, True), (30, False), (8340, True)]
    assert [session.number for session in found.sessions] == [1, 2, 3]
    longer = history(
        case_of(registry, [Row(at, MOBILE.format(5)) for at in times]), rules=Rules(session_gap_minutes=31)
    )
    assert [session.rows for session in longer.sessions] == [(1, 2, 3, 4), (5,)]
    assert "5 rows fall into 3 sessions, of which 2 with two rows or more" in code(found, "HIS010")[0]
    assert "2 h 19 min (row 4 to row 5)" in code(found, "HIS011")[0]


def test_a_pause_that_precision_leaves_open_is_said_to_be_unsettled(registry: Registry) -> None:
    rows = [Row("2026-09-07 21:00:00", MOBILE.format(5), precision="min"), Row("2026-09-07 21:30:30", MOBILE.format(5))]
    found = history(case_of(registry, rows))
    gap = found.gaps[0]
    # The first row may be anywhere in its minute, the second in its second: 29 min 30 s to 30 min 31 s.
    assert (gap.seconds, gap.least, gap.most, gap.splits, gap.unsettled) == (1830, 1770, 1831, True, True)
    assert [session.unsettled for session in found.sessions] == [False, True]
    exact = history(case_of(registry, [row._replace(precision="s") for row in rows]))
    assert not exact.gaps[0].unsettled
    assert "In 1 the precision" in code(found, "HIS010")[0]


def test_a_row_counts_for_what_its_time_and_kind_can_carry(registry: Registry) -> None:
    rows = [
        Row("2026-09-07 21:00:00", MOBILE.format(1)),
        Row("2026-09-07 21:01:00", MOBILE.format(2), status="review"),
        Row("2026-09-08 00:00:00", MOBILE.format(3), precision="day"),
        Row("", MOBILE.format(4)),
        Row("2026-09-07 21:02:00", MOBILE.format(5), kind="logout"),
        Row("2026-09-07 21:03:00", MOBILE.format(6), account="2"),
    ]
    case = case_of(registry, rows)
    found = history(case, account="1")
    t = found.tally
    assert (t.ok, t.review, t.elsewhere, t.counted, t.apart, t.no_time, t.day_precision) == (4, 1, 1, 2, 1, 1, 1)
    assert t.ok + t.review + t.elsewhere + t.rejected + t.pending == t.case_rows == 6
    assert t.counted + t.apart + t.no_time + t.day_precision == t.ok + t.review
    assert {entry.row: entry.uncounted for entry in found.entries} == {
        1: "",
        2: "review",
        3: "day-precision",
        4: "no-time",
        5: "",
    }
    assert found.sessions[0].rows == (1, 5)
    assert found.sessions[0].not_login == (5,)
    assert found.lines[0].rows == (1, 5, 3, 4)
    assert found.hours.total == 1
    assert (found.without_review.rows, found.with_review.rows) == (4, 5)
    counted = history(case, account="1", rules=Rules(review="with"))
    assert counted.sessions[0].rows == (1, 2, 5)
    assert counted.totals == counted.with_review == found.with_review
    assert found.totals == found.without_review
    assert "Without them: rows 4, dates 2, addresses 4, lines 1, sessions 1" in code(found, "HIS002")[0]
    assert "with them: rows 5, dates 2, addresses 5, lines 1, sessions 1" in code(found, "HIS002")[0]


def test_all_rows_in_review_are_said_and_nothing_is_counted(registry: Registry) -> None:
    found = history(case_of(registry, [Row(at, MOBILE.format(1), status="review") for at in minutes(0, 5)]))
    assert (found.totals.rows, found.with_review.rows, found.with_review.sessions) == (0, 2, 1)
    assert (found.sessions, found.lines, found.recurrences, found.gaps) == ((), (), (), ())
    assert [one.code for one in found.statements] == ["HIS001", "HIS002", "HIS099"]
    assert len(found.entries) == 2


def test_one_row_and_none_say_what_they_can(registry: Registry) -> None:
    one = history(case_of(registry, [Row("2026-09-07 21:00:00", MOBILE.format(1))]))
    assert (len(one.sessions), one.gaps, one.churn[0].pairs, one.hours.total) == (1, (), 0, 1)
    assert not code(one, "HIS011")
    none = history(case_of(registry, []))
    assert (none.account, none.rows, none.hours.total) == ("", (), 0)
    assert [entry.code for entry in none.statements] == ["HIS001", "HIS005", "HIS099"]


def test_home_and_mobile_alternate_within_a_session_or_a_day(registry: Registry) -> None:
    rows = [
        Row("2026-09-07 08:00:00", MOBILE.format(1)),
        Row("2026-09-07 08:10:00", FIXED.format(1)),  # mobile → home, one session
        Row("2026-09-07 20:00:00", MOBILE.format(1)),  # home → mobile, one date
        Row("2026-09-08 20:00:00", FIXED.format(1)),  # another date: no alternation
        Row("2026-09-08 20:00:30", MAP_E.format(1)),  # home → home: none
        Row("2026-09-08 20:01:00", "104.28.123.45"),  # home → no access provider: none
        Row("2026-09-08 20:01:30", "126.33.123.45"),  # mobile or fixed, nobody knows: none
    ]
    found = history(case_of(registry, rows))
    assert [(one.rows, one.from_kind, one.to_kind, one.within, one.seconds) for one in found.alternations] == [
        ((1, 2), "mobile", "home", "session", 600),
        ((2, 3), "home", "mobile", "day", 42600),
    ]
    assert "alternate: 1 within a session, 1 between sessions of one date" in code(found, "HIS022")[0]


def test_a_pair_of_unsettled_order_is_no_change_and_no_alternation(registry: Registry) -> None:
    rows = [
        Row("2026-09-07 08:00:00", MOBILE.format(1), precision="min"),
        Row("2026-09-07 08:00:30", FIXED.format(1)),
        Row("2026-09-07 08:05:00", FIXED.format(2)),
        Row("2026-09-07 08:06:00", FIXED.format(2)),
    ]
    found = history(case_of(registry, rows))
    assert found.alternations == ()
    churn = found.churn[0]
    assert (churn.pairs, churn.same, churn.changed, churn.unsettled) == (3, 1, 1, 1)
    assert churn.changed_rows == ((2, 3),)
    assert churn.other_block == 0
    assert [one.line for one in found.churn[1:]] == [line.key for line in found.lines]
    assert "1 pair of unsettled order" in code(found, "HIS050")[0]


def test_lines_have_classes_and_uses_and_a_set_of_mixed_kinds_has_none(registry: Registry) -> None:
    rows = [
        Row("2026-09-07 08:00:00", MOBILE.format(1)),
        Row("2026-09-07 09:00:00", V6.format("1")),
        Row("2026-09-07 10:00:00", "126.33.123.45"),  # SoftBank: mobile, fixed and Wi-Fi
        Row("2026-09-07 11:00:00", "10.1.2.3"),
        Row("2026-09-07 12:00:00", "104.28.123.45"),
        Row("2026-09-07 13:00:00", "8.8.8.8"),
        Row("2026-09-07 14:00:00", "8.8.4.4"),
    ]
    found = history(case_of(registry, rows))
    by_row = {row: line for line in found.lines for row in line.rows}
    assert [by_row[row].kind for row in range(1, 6)] == ["mobile", "home", "unknown", "unknown", "other"]
    assert [by_row[row].use for row in range(1, 4)] == ["shared", "ipv6", "possibly-shared"]
    # What nobody is listed for is one line per block: nothing known ties two of them together.
    assert by_row[6].key != by_row[7].key
    assert by_row[6].label.en == "not listed (8.8.8.0/24)"
    assert sorted(row for line in found.lines for row in line.rows) == list(range(1, 8))


def test_blocks_recur_by_date_and_size(registry: Registry) -> None:
    rows = [
        Row("2026-09-07 23:30:00", V6.format("1")),
        Row("2026-09-08 00:30:00", V6.format("2")),
        Row("2026-09-08 01:30:00", "2407:c800:1f2a:5bff::1"),
        Row("2026-09-08 02:30:00", MOBILE.format(9)),
    ]
    found = {(one.level, one.block): one for one in history(case_of(registry, rows)).recurrences}
    assert found["64", "2407:c800:1f2a:5b00::/64"].rows == (1, 2)
    assert found["64", "2407:c800:1f2a:5b00::/64"].days == (date(2026, 9, 7), date(2026, 9, 8))
    assert found["56", "2407:c800:1f2a:5b00::/56"].rows == (1, 2, 3)
    assert found["48", "2407:c800:1f2a::/48"].addresses == 3
    assert found["24", "1.66.96.0/24"].rows == (4,)
    assert found["announced", "1.66.96.0/19"].rows == (4,)
    assert len([one for one in found if one[0] == "address"]) == 4


def test_hours_are_japanese_and_mondays_come_first(registry: Registry) -> None:
    rows = [
        Row("2026-09-07 00:10:00", MOBILE.format(1)),  # a Monday; in UTC it is Sunday
        Row("2026-09-07 23:59:59", MOBILE.format(1)),
        Row("2026-09-13 12:00:00", MOBILE.format(1)),  # a Sunday
    ]
    profile = history(case_of(registry, rows)).hours
    assert (profile.counts[0][0], profile.counts[0][23], profile.counts[6][12], profile.total) == (1, 1, 1, 3)
    assert (profile.first, profile.last) == (date(2026, 9, 7), date(2026, 9, 13))
    assert sum(profile.hours) == 3


def test_the_days_around_a_post_are_counted_and_weighed(registry: Registry) -> None:
    before = [f"2026-09-{day:02} 12:00:00" for day in (1, 8, 9, 10, 11, 12, 13)]
    after = ["2026-09-15 12:00:00", "2026-09-22 12:00:01", "2026-10-15 12:00:00"]
    rows = [Row(at, MOBILE.format(1)) for at in before] + [Row(at, FIXED.format(1)) for at in after]
    case = case_of(registry, rows, [post(1, "2026-09-15 12:00:00"), post(2, "2026-09-15 13:00:00", account="9")])
    found = history(case, rules=Rules(habit_days=7))
    assert len(found.habits) == 1  # the other post is another account's
    habit = found.habits[0]
    assert habit.before.rows == (2, 3, 4, 5, 6, 7)
    assert habit.after.rows == (9,)  # 7 days after the end of the post's second
    assert habit.unsettled == (8,)
    assert (habit.before.covered, habit.after.covered, habit.same_account) == (True, True, "same-id")
    # Of 7 logins 6 or more on one side: 2 (C(7,0) + C(7,1)) / 2^7 = 16/128.
    assert habit.chance == 0.125
    # The login of the post's own second may have come before it, over the line that is new after it.
    assert habit.lines_begun == ()
    assert [line.label.en for line in found.lines if line.key in habit.lines_ended] == ["NTT DOCOMO, INC."]
    assert (
        "0–5h 0 → 0, 6–11h 0 → 0, 12–17h 6 → 1, 18–23h 0 → 0. Of 1 address after it 1 did" in code(found, "HIS065")[0]
    )
    assert "6/7 (85.7%) or more on one side, whichever, have probability 0.125 (two-sided)" in code(found, "HIS060")[0]
    assert habit.gap is None
    assert code(found, "HIS063")


def test_no_chance_is_given_where_the_disclosure_ends_within_the_days(registry: Registry) -> None:
    rows = [Row("2026-09-14 12:00:00", MOBILE.format(1)), Row("2026-09-30 12:00:00", MOBILE.format(1))]
    found = history(case_of(registry, rows, [post(1, "2026-09-15 12:00:00", account=None)]))
    habit = found.habits[0]
    assert (habit.before.covered, habit.after.covered, habit.chance) == (False, True, None)
    assert habit.same_account == "not-compared"
    assert "do not reach the end of the days before" in code(found, "HIS060")[0]
    assert (habit.gap_rank, habit.gaps) == (1, 1)
    assert habit.gap == found.gaps[0]
    assert code(found, "HIS064")


def test_accounts_are_ids_then_names_and_never_confused(registry: Registry) -> None:
    rows = [
        Row("2026-09-07 08:00:00", MOBILE.format(1), account="77"),
        Row("2026-09-07 09:00:00", MOBILE.format(2), account="", name="77"),
        Row("2026-09-07 10:00:00", MOBILE.format(3), account="", name="someone"),
        Row("2026-09-07 11:00:00", MOBILE.format(4), account=""),
        Row("2026-09-07 12:00:00", MOBILE.format(5), account="77", name="someone"),
    ]
    case = case_of(registry, rows)
    assert accounts_of(case) == ("77", "@77", "someone", "")
    assert [history(case, account=name).rows for name in accounts_of(case)] == [(1, 5), (2,), (3,), (4,)]
    with pytest.raises(UsageError, match="no account 78"):
        history(case, account="78")
    with pytest.raises(UsageError, match="2 accounts; name one"):
        history(case_of(registry, [Row("", MOBILE.format(1)), Row("", MOBILE.format(1), account="2")]))


def test_only_logins_reach_to_the_end_of_the_days_and_no_creation_years_before(registry: Registry) -> None:
    rows = [
        Row("2020-01-01 12:00:00", MOBILE.format(1), kind="creation"),
        *(Row(f"2026-09-{day:02} 12:00:00", MOBILE.format(1)) for day in (14, 16, 17, 18, 30)),
    ]
    found = history(case_of(registry, rows, [post(1, "2026-09-15 12:00:00")]))
    habit = found.habits[0]
    assert (habit.before.covered, habit.after.covered, habit.chance) == (False, True, None)
    assert "The logins among them run from 2026-09-14T12:00:00+09:00 to 2026-09-30" in code(found, "HIS006")[0]
    assert "(row 1 to row 2). Not a login: row 1." in code(found, "HIS011")[0]


@pytest.mark.parametrize(
    "other",
    [
        Row("2026-09-02 12:00:00", FIXED.format(9), kind="creation"),
        Row("2026-09-02 12:00:00", FIXED.format(9), status="review"),
        Row("2026-09-02 00:00:00", FIXED.format(9), precision="day"),
        Row("", FIXED.format(9)),
    ],
)
def test_a_line_is_new_after_a_post_only_if_no_row_of_any_kind_can_show_it_before(
    registry: Registry, other: Row
) -> None:
    rows = [Row("2026-09-10 12:00:00", MOBILE.format(1)), Row("2026-09-20 12:00:00", FIXED.format(1))]
    posts = [post(1, "2026-09-15 12:00:00")]
    alone = history(case_of(registry, rows, posts)).habits[0]
    assert [len(alone.lines_begun), len(alone.lines_ended)] == [1, 1]
    found = history(case_of(registry, [*rows, other], posts))
    assert found.habits[0].lines_begun == ()
    assert "after the post only" not in code(found, "HIS061")[0]


def test_times_are_written_no_more_precisely_than_they_were_given(registry: Registry) -> None:
    rows = [Row(f"2026-09-{day:02} 12:34:00", MOBILE.format(1), precision="min") for day in (10, 20)]
    found = history(case_of(registry, rows, [post(1, "2026-09-15 12:00:00", precision="min")]))
    assert "run from 2026-09-10T12:34+09:00 to 2026-09-20T12:34+09:00;" in code(found, "HIS006")[0]
    assert "post 1 (2026-09-15T12:00+09:00)" in code(found, "HIS060")[0]


def test_a_post_in_review_is_said_to_be_so(registry: Registry) -> None:
    doubtful = msgspec.structs.replace(post(1, "2026-09-15 12:00:00"), status="review")
    found = history(case_of(registry, [Row("2026-09-14 12:00:00", MOBILE.format(1))], [doubtful]))
    assert "post 1 (2026-09-15T12:00:00+09:00, in review)" in code(found, "HIS060")[0]


def test_weekends_are_set_beside_those_of_the_time_disclosed(registry: Registry) -> None:
    # Friday to Sunday, and a Monday in Japan that is a Sunday in UTC.
    days = ("2026-09-11 12:00:00", "2026-09-12 12:00:00", "2026-09-13 12:00:00", "2026-09-14 03:00:00")
    found = history(case_of(registry, [Row(at, MOBILE.format(1)) for at in days]))
    assert (
        "Saturday and Sunday 2/4 (50.0%) (of the dates from the first login to the last 2/4 (50.0%) are)"
        in (code(found, "HIS040")[0])
    )
    assert "28.6" not in code(found, "HIS040")[0]


def test_many_accounts_are_sorted_once_and_a_refusal_names_a_few(registry: Registry) -> None:
    rows = [Row(at, MOBILE.format(1), account=str(1000 + n)) for n, at in enumerate(minutes(*range(30)))]
    case = case_of(registry, rows)
    found = histories(case)
    assert found == tuple(history(case, account=name) for name in accounts_of(case))
    assert histories(case, ["1003", "1001", "1003"]) == (found[3], found[1])
    with pytest.raises(UsageError, match=r"1009, 20 more$"):
        history(case)
    with pytest.raises(UsageError, match=r"no account x; it has 1000, .*, 20 more$"):
        histories(case, ["x"])


def test_rows_that_may_be_one_record_written_twice_are_said(registry: Registry) -> None:
    times = minutes(0, 0, 0, 0, 60)
    rows = [Row(at, MOBILE.format(1)) for at in times]
    rows[2] = rows[2]._replace(port=5000)
    rows[3] = rows[3]._replace(status="review")
    found = history(case_of(registry, rows))
    assert code(found, "HIS007") == ["2 rows in 1 group have the same time, address, port and kind; each is counted."]
    assert [one.rows for one in found.statements if one.code == "HIS007"] == [(1, 2)]
    assert code(history(case_of(registry, rows), rules=Rules(review="with")), "HIS007")[0].startswith("3 rows in 1")
    assert not code(history(case_of(registry, rows[1:])), "HIS007")


def test_one_row_is_said_to_fall_into_one_session(registry: Registry) -> None:
    found = history(case_of(registry, [Row("2026-09-07 21:00:00", MOBILE.format(1))]))
    assert "1 row falls into 1 session" in code(found, "HIS010")[0]
    assert code(found, "HIS030") == ["Distinct addresses: 1, of which 0 on two dates or more."]


def test_a_history_round_trips_through_json(registry: Registry) -> None:
    case = case_of(registry, [Row(at, MOBILE.format(1)) for at in minutes(0, 50)], [post(1, "2026-09-07 21:10:00")])
    found = history(case)
    assert msgspec.json.decode(msgspec.json.encode(found), type=History) == found


def test_every_statement_has_limits_in_both_languages_and_claims_nobody(registry: Registry) -> None:
    rows = [
        Row(at, address)
        for at, address in zip(minutes(0, 5, 70), (MOBILE.format(1), FIXED.format(1), V6.format(1)), strict=True)
    ]
    found = history(case_of(registry, rows, [post(1, "2026-09-07 21:20:00")]))
    assert len(found.statements) > 10
    for one in found.statements:
        assert all((one.text.ja, one.text.en, one.limits.ja, one.limits.en)), one.code
        assert "same person" not in one.text.en
        assert set(one.rows) <= set(found.rows)


@pytest.mark.parametrize(
    ("before", "after", "chance"),
    [(0, 0, 1.0), (1, 0, 1.0), (2, 0, 0.5), (3, 3, 1.0), (10, 0, 2 / 1024), (1, 4, 0.375)],
)
def test_uneven_splits_have_the_binomial_chance(before: int, after: int, chance: float) -> None:
    assert as_uneven(before, after) == as_uneven(after, before) == chance
