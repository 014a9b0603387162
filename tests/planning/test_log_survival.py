"""What survives on a day: every row in one state, kept only ever shrinks, gone only ever grows, nobody is forgotten."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from filing_world import AS_OF as CASE_AS_OF
from filing_world import example, hostile
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from planning_world import AS_OF, expiry, login, outlook, party, planned, planned_case, registry

from ipattr.instants import next_working_day
from ipattr.model import Survivors, Text
from ipattr.planning import PlannedLogin, PlannedParty, Served, logins_of
from ipattr.planning.survival import Logs, together, window

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.model import Case, WhatIf

STATES = ("kept", "uncertain", "gone", "unknown", "not_applicable")
NO_LABEL = Text(ja="", en="")
DAY = date(2026, 9, 1)

days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
expiries = st.builds(
    lambda on, more, bound: expiry("p", on, bound=bound, readings=(on, on + timedelta(days=more))),
    days,
    st.integers(0, 3),
    st.sampled_from(("exact", "exact", "at-least")),
)
parties = st.builds(
    lambda key, found, lacking: party(key, *found, lacking=lacking or not found),
    st.sampled_from("abcd"),
    st.lists(expiries, max_size=3),
    st.booleans(),
)
logins = st.lists(st.lists(parties, max_size=3, unique_by=lambda one: one.provider), max_size=12).map(
    lambda found: [login(row, date(2026, 1, 1), *some) for row, some in enumerate(found, start=1)]
)


def rows(found: Survivors) -> list[int]:
    return sorted(row for state in STATES for row in getattr(found, state))


@given(logins, st.lists(days, min_size=2, max_size=6))
def test_every_row_is_in_one_state_and_states_only_get_worse(found: list[PlannedLogin], on: list[date]) -> None:
    logs = Logs(found)
    before: WhatIf | None = None
    for day in sorted(on):
        outcome = logs.on(day, NO_LABEL)
        assert rows(outcome.all) == [one.row for one in found]
        assert outcome.all.total == len(found)
        for one in outcome.by_addressee:
            asked = [known.row for known in found if one.provider in {other.provider for other in known.parties}]
            assert rows(one) == asked
        if before is not None:
            pairs = [(before.all, outcome.all), *zip(before.by_addressee, outcome.by_addressee, strict=True)]
            for earlier, later in pairs:
                assert set(later.kept) <= set(earlier.kept)
                assert set(earlier.gone) <= set(later.gone)
                assert earlier.unknown == later.unknown
                assert earlier.not_applicable == later.not_applicable
        before = outcome


@given(logins, days)
def test_a_login_is_kept_gone_or_unknown_only_if_it_is_that_with_everybody(
    found: list[PlannedLogin], day: date
) -> None:
    outcome = Logs(found).on(day, NO_LABEL)
    for state in ("kept", "gone", "unknown"):
        for one in found:
            with_all = bool(one.parties) and all(window(other).state(day) == state for other in one.parties)
            assert (one.row in getattr(outcome.all, state)) == with_all


def test_the_log_is_there_until_the_end_of_the_expiry_date() -> None:
    held = window(party("p", expiry("p", DAY)))
    assert [held.state(DAY + timedelta(days=n)) for n in (-1, 0, 1)] == ["kept", "kept", "gone"]


def test_two_figures_two_readings_and_at_least() -> None:
    later = DAY + timedelta(days=30)
    held = window(party("p", expiry("p", DAY), expiry("p", later, readings=(later, later + timedelta(days=2)))))
    states = [held.state(DAY), held.state(DAY + timedelta(days=1)), held.state(later + timedelta(days=2))]
    assert states == ["kept", "uncertain", "uncertain"]
    assert held.state(later + timedelta(days=3)) == "gone"
    endless = window(party("p", expiry("p", DAY, bound="at-least")))
    assert [endless.state(DAY), endless.state(date(2099, 1, 1))] == ["kept", "uncertain"]


def test_a_service_without_a_figure_leaves_the_party_uncertain_and_a_party_without_any_unknown() -> None:
    assert window(party("p", expiry("p", DAY), lacking=True)).state(date(2026, 1, 2)) == "uncertain"
    assert window(party("p")).state(date(2099, 1, 1)) == "unknown"


def test_states_that_differ_are_uncertain() -> None:
    assert together(()) == "not-applicable"
    assert together(("kept", "kept")) == "kept"
    assert together(("kept", "unknown")) == "uncertain"


CASES = ("example", "hostile")


def case_named(name: str, folder: Path) -> Case:
    return (example() if name == "example" else hostile(folder)).case


@pytest.mark.parametrize("name", CASES)
def test_on_the_as_of_date_the_states_are_those_of_the_case(name: str, tmp_path: Path) -> None:
    case = case_named(name, tmp_path)
    outcome = planned_case(case, case.as_of).what_if[0].all
    assert rows(outcome) == [row.number for row in case.rows]
    for row in case.rows:
        deadline = case.deadlines[row.deadline]
        conclusive = not deadline.unknown_for
        assert (row.number in outcome.not_applicable) == (deadline.status == "not-applicable")
        assert (row.number in outcome.unknown) == (deadline.status == "unknown")
        assert (row.number in outcome.gone) == (deadline.status == "passed")
        assert (row.number in outcome.kept) == (deadline.status in ("open", "due") and conclusive)


def test_every_party_of_the_attribution_is_asked_and_told_apart() -> None:
    case = example().case
    for planned_login, row in zip(logins_of(case), case.rows, strict=True):
        deadline, listed = case.deadlines[row.deadline], case.attributions[row.attribution].alternatives
        keys = [one.provider for one in planned_login.parties]
        if deadline.status != "not-applicable":
            assert keys == list(dict.fromkeys(party.provider or party.name.ja for party in listed))
        figured = {one.provider for one in planned_login.parties if one.expiries}
        assert figured == {one.provider for one in deadline.expiries}
        assert {one.provider for one in planned_login.parties if one.lacking} >= set(deadline.unknown_for)
    names = {one.provider: one.name.ja for login_ in logins_of(case) for one in login_.parties}
    assert len(set(names.values())) == len(names)


def test_a_figure_for_one_service_is_not_lent_to_another_of_the_same_provider() -> None:
    """The deadline of a case holds the figures of all services; which of them a party has follows from the service."""
    case = example().case
    row = case.rows[0]
    attribution, deadline = case.attributions[row.attribution], case.deadlines[row.deadline]
    first, figured = attribution.alternatives[0], deadline.expiries[0]
    mobile = replace(figured, policy=replace(figured.policy, service="mobile"))
    for services, kept, lacking in (
        (("mobile",), 1, False),
        (("",), 1, False),
        (("fixed",), 0, True),
        (("mobile", "fixed"), 1, True),
    ):
        meant = replace(attribution, alternatives=tuple(replace(first, service=service) for service in services))
        changed = replace(
            case,
            attributions={**case.attributions, row.attribution: meant},
            deadlines={**case.deadlines, row.deadline: replace(deadline, expiries=(mobile,))},
        )
        (one,) = logins_of(changed)[0].parties
        assert (len(one.expiries), one.lacking) == (kept, lacking), services


# -- served -----------------------------------------------------------------------------------------------------------

TWO = [
    login(1, date(2026, 6, 1), party("a", expiry("a", DAY))),
    login(2, date(2026, 6, 1), party("b", expiry("b", DAY))),
    login(3, date(2026, 6, 1), party("a", expiry("a", DAY)), party("b", expiry("b", DAY))),
    login(4, None),
]


def served(*asked: Served) -> dict[date, WhatIf]:
    return {one.served: one for one in planned(TWO, served=asked).what_if}


def test_a_day_for_all_is_the_day_of_everybody() -> None:
    found = served(Served(DAY), Served(date(2026, 9, 2)))
    assert found[DAY].all.kept == (1, 2, 3)
    assert found[date(2026, 9, 2)].all.gone == (1, 2, 3)
    assert found[DAY].all.not_applicable == (4,)
    assert found[DAY].label.ja == "2026-09-01に保存要請が届いた場合"


def test_a_letter_to_one_provider_says_nothing_about_the_others() -> None:
    late = date(2026, 9, 9)
    (found,) = served(Served(late, "a")).values()
    assert found.all.gone == (1,)
    assert found.all.kept == (2,)
    assert found.all.uncertain == (3,)
    assert "そのほかには要請の予定がなく、基準日2026-06-02" in found.label.ja
    assert "all others: no letter planned, judged on 2026-06-02" in found.label.en
    assert rows(found.all) == [1, 2, 3, 4]


def test_a_provider_with_a_day_of_its_own_keeps_it_beside_a_day_for_all() -> None:
    late = date(2026, 9, 9)
    found = served(Served(late), Served(DAY, "a"))
    assert (found[late].all.kept, found[late].all.gone, found[late].all.uncertain) == ((1,), (2,), (3,))
    assert "aは2026-09-01に届くものとした" in found[late].label.ja
    assert "all others: served on 2026-09-09" in found[DAY].label.en
    assert found[DAY].all.gone == (2,)


def test_a_day_for_somebody_nobody_asks_is_not_used_and_said_to_be() -> None:
    plan = planned(TWO, served=(Served(DAY), Served(date(2026, 8, 1), "nobody")))
    assert [one.served for one in plan.what_if] == [DAY]
    assert [one.about for one in plan.findings if one.code == "IPA914"] == ["nobody"]


def test_unasked_the_answer_is_for_today_and_the_last_useful_day_of_each_provider() -> None:
    other = party("b", expiry("b", date(2026, 8, 23)))  # a Sunday
    found = planned([login(1, AS_OF, party("a", expiry("a", DAY))), login(2, AS_OF, other)]).what_if
    assert [one.served for one in found] == [AS_OF, date(2026, 8, 21), DAY]
    assert found[1].all.kept == (1, 2)
    assert (found[2].all.kept, found[2].all.gone) == ((1,), (2,))
    assert "b" in found[1].label.ja


def test_where_no_working_day_is_left_today_is_the_day() -> None:
    plan = planned_case(example().case, CASE_AS_OF)
    assert plan.what_if[0].served == CASE_AS_OF
    assert "株式会社NTTドコモ（docomo）" in plan.what_if[0].label.ja
    assert 5 in plan.what_if[0].all.kept
    assert all(one.served > CASE_AS_OF for one in plan.what_if[1:])


def test_a_forecast_says_what_is_left_when_the_letter_arrives() -> None:
    found: list[PlannedLogin] = [login(1, AS_OF, party("a", expiry("a", DAY))), login(2, AS_OF, party("b"))]
    for one in outlook(planned(found), "ip-injunction").forecasts:
        assert one.survivors is not None
        arrives = next_working_day(one.reached["letter"], registry().calendar)[0]
        assert one.survivors.served == arrives
        kept = (1,) if arrives <= DAY else ()
        assert one.survivors.all.kept == kept
        assert one.survivors.all.unknown == (2,)
    assert all(one.survivors is None for one in outlook(planned(()), "ip-injunction").forecasts)
    assert all(one.survivors is None for one in outlook(planned(found), "provision-order").forecasts)


def test_a_letter_that_arithmetic_puts_on_a_sunday_does_not_save_a_log_that_ends_that_sunday() -> None:
    sunday = date(2026, 11, 22)  # Monday the 23rd is a holiday
    found = [login(1, AS_OF, party("a", expiry("a", sunday)))]
    (current,) = [one for one in outlook(planned(found, CASE_AS_OF), "in-hand").forecasts if one.pace == "current"]
    assert current.reached["letter"] == sunday
    assert current.survivors is not None
    assert (current.survivors.served, current.survivors.all.gone) == (date(2026, 11, 24), (1,))


def test_equal_parties_are_one() -> None:
    shared: tuple[PlannedParty, ...] = (party("a", expiry("a", DAY)),)
    found = [login(row, AS_OF, *shared) for row in range(1, 4)]
    (one,) = Logs(found).on(DAY, NO_LABEL).by_addressee
    assert one.kept == (1, 2, 3)
