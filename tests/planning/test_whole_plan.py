"""The plan as a whole: what it compares, what it remarks on, what it refuses, that it is fast and always the same."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from filing_world import AS_OF as CASE_AS_OF
from filing_world import example, many
from planning_world import (
    AS_OF,
    case_of,
    days,
    expiry,
    figure,
    interval,
    login,
    months,
    outlook,
    party,
    planned,
    planned_case,
    procedure,
    registry,
    route,
    step,
)

from ipattr.errors import UsageError
from ipattr.model import ProcedureNote, Text, Timetable
from ipattr.planning import Served, assumed_logins, logins_of

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 9, 1)


def codes(plan: Timetable) -> list[str]:
    return [finding.code for finding in plan.findings]


def test_the_plan_of_the_example_is_whole_and_round_trips() -> None:
    case = example().case
    plan = planned_case(case, CASE_AS_OF)
    assert plan.rows == len(case.rows) == len(plan.ranking)
    assert msgspec.json.decode(msgspec.json.encode(plan), type=Timetable) == plan
    assert msgspec.json.encode(planned_case(case, CASE_AS_OF)) == msgspec.json.encode(plan)
    assert [one.expiry for one in plan.backward] == sorted(one.expiry for one in plan.backward)
    assert {one.provider for one in plan.backward if one.nearest} == {"docomo"}
    assert plan.disclaimer.ja
    assert "助言ではない" in plan.disclaimer.ja


def test_every_figure_used_is_cited_and_every_citation_is_on_record() -> None:
    plan = planned_case(example().case, CASE_AS_OF)
    used = {
        basis.source
        for one in plan.outlooks
        for forecast in one.forecasts
        for dated in forecast.steps
        for basis in dated.basis
    }
    used |= {basis.source for one in plan.outlooks for basis in one.totals}
    used |= {one.source for one in plan.backward}
    assert used <= set(plan.sources)
    assert set(plan.sources) <= set(registry().citations)
    assert plan.sources == tuple(sorted(set(plan.sources)))


def test_every_dated_row_is_in_a_plan_and_every_other_is_remarked_on() -> None:
    case = example().case
    plan = planned_case(case, CASE_AS_OF)
    counted = {row for one in plan.backward for row in one.rows}
    for row in case.rows:
        deadline = case.deadlines[row.deadline]
        assert (row.number in counted) == bool(deadline.expiries)
    unknown = [one for one in plan.findings if one.code == "IPA913"]
    told = " ".join(one.message.ja for one in unknown)
    lacking = {party_.name.ja for one in logins_of(case) for party_ in one.parties if party_.lacking}
    assert lacking
    assert all(name in told for name in lacking)


def test_a_login_without_a_time_is_in_no_plan_and_said_to_be(tmp_path: Path) -> None:
    case = case_of(tmp_path, ",106.128.0.10", "2026-05-01T00:00:00Z,106.128.0.10")
    known = logins_of(case)
    assert len(known) == len(case.rows)
    plan = planned([*known, login(9, None, party("a", expiry("a", DAY)))])
    assert "IPA912" in codes(plan)
    assert 9 in plan.what_if[0].all.not_applicable
    assert all(9 not in one.rows for one in plan.backward)


def test_remarks_on_what_the_plan_was_asked_for() -> None:
    known = [login(1, AS_OF, party("a", expiry("a", DAY)))]
    assert codes(planned(known)) == ["IPA911", "IPA923", "IPA923"]
    assert "IPA911" not in codes(planned([known[0]._replace(posts=2)]))
    served = planned(known, served=(Served(date(2026, 5, 31)), Served(date(2026, 9, 2), "a")))
    assert [one for one in codes(served) if "IPA914" < one < "IPA918"] == ["IPA915", "IPA916", "IPA917"]
    assert "IPA918" in codes(planned(known, start=date(2026, 5, 1)))
    assert "IPA921" in codes(planned(known, case_data_version="another"))
    assert "IPA922" in codes(planned(known, platform=""))
    assert "IPA920" in codes(planned(known, start=date(2028, 5, 1)))
    far = planned(known, start=date(2031, 5, 1))
    assert "IPA919" in codes(far)
    assert outlook(far, "ip-injunction").forecasts[0].steps[0].workday is None


def test_assumed_logins_say_so_and_are_not_in_hand() -> None:
    logins = assumed_logins([date(2026, 6, 1)], [months(3), days(93)], calendar=registry().calendar, as_of=AS_OF)
    plan = planned(logins)
    assert codes(plan)[0] == "IPA910"
    assert [one.on for one in logins] == [date(2026, 6, 1)] * 2
    assert [one.expiry for one in plan.backward] == [date(2026, 9, 1), date(2026, 9, 2)]
    assert not [one for one in plan.outlooks if one.kind == "in-hand"]
    assert [one.route for one in planned(logins, only=("in-hand",)).outlooks] == ["in-hand"]
    assert [one for one in planned(()).outlooks if one.kind == "in-hand"]


def test_the_ways_side_by_side() -> None:
    plan = planned_case(example().case, CASE_AS_OF)
    found = {one.id: one for one in plan.comparison}
    assert list(found) == [*(one.route for one in plan.outlooks), "both"]
    assert found["ip-injunction"].fails_by_expiry == "yes"
    assert found["phone"].fails_by_expiry == "no"
    assert found["both"].fails_by_expiry == "only-if-all"
    assert not found["phone"].person
    assert "3～5か月" in found["phone"].text.ja
    assert "2027-02-21～2027-04-21" in found["phone"].text.ja
    assert "No step of this route has the log kept" in found["provision-order"].text.en
    # The suit takes longer than the order against the provider, and is said to.
    assert found["ip-injunction"].person["best"] == outlook(plan, "ip-injunction").forecasts[0].reached["person"]
    assert "発信者情報開示請求訴訟（対アクセスプロバイダ）によれば" in found["ip-injunction"].text.ja
    assert set(found["both"].needs) == {need for one in plan.outlooks for need in one.needs}


def test_both_at_once_does_not_count_on_what_the_platform_is_reported_not_to_follow() -> None:
    quick = {one.id: one.person for one in planned(()).comparison}
    dated = {key: days_["best"] for key, days_ in quick.items() if "best" in days_}
    assert dated["ip-voluntary"] < dated["ip-injunction"]
    plan = planned((), only=("ip-voluntary", "ip-injunction", "phone"))
    assert {one.id: one.person for one in plan.comparison}["both"]["best"] == dated["ip-injunction"]
    other = planned((), only=("ip-voluntary", "ip-injunction", "phone"), platform="google")
    assert {one.id: one.person for one in other.comparison}["both"]["best"] == dated["ip-voluntary"]


def test_only_the_routes_asked_for_in_the_order_of_the_data() -> None:
    plan = planned((), only=("phone", "ip-injunction"))
    assert [one.route for one in plan.outlooks] == ["ip-injunction", "phone"]
    assert [one.id for one in plan.comparison] == ["ip-injunction", "phone", "both"]
    assert [one.id for one in planned((), only=("phone",)).comparison] == ["phone"]


@pytest.mark.parametrize(
    "changes",
    [
        {"only": ("nonsense",)},
        {"start": date(3000, 1, 1)},
        {"as_of": date(1899, 12, 31)},
        {"served": (Served(date.max),)},
    ],
)
def test_what_cannot_be_planned_is_refused_with_the_place(changes: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as caught:
        planned((), changes.pop("as_of", AS_OF), **changes)
    assert caught.value.where.startswith("--")


@pytest.mark.parametrize("span", [months(12_000), days(999_999), months(200_000)])
def test_a_period_beyond_all_dates_is_refused(span: Any) -> None:  # noqa: ANN401 - a span
    with pytest.raises(UsageError, match=r"--retention"):
        assumed_logins([date(2026, 6, 1)], [span], calendar=registry().calendar, as_of=AS_OF)


def test_figures_that_contradict_each_other_are_remarked_on() -> None:
    twisted = procedure("p", step("a"), step("b", figure(days(9), days(3)), milestone="ip"))
    plan = planned((), procedures={"p": twisted}, routes=(route(("p", None)),))
    assert [one.about for one in plan.findings if one.code == "IPA924"] == ["way"]


def test_notes_hold_for_their_platform_and_the_gravest_stand_first() -> None:
    def note(text: str, effect: Any, platform: str = "") -> ProcedureNote:  # noqa: ANN401 - a literal
        return ProcedureNote(
            text=Text(ja=text, en=text), effect=effect, platform=platform, source="N", as_of="2025", confidence="low"
        )

    notes = [note("plain", "remark"), note("refused", "not-followed", "x"), note("elsewhere", "slower", "google")]
    known = procedure("p", step("a"), step("b", interval(days(0)), milestone="letter"), notes=notes)
    plan = planned((), procedures={"p": known}, routes=(route(("p", None), ("p", None)),))
    found = plan.outlooks[0].remarks
    assert [(one.code, one.message.en) for one in found] == [
        ("IPA930", "refused (N, 2025)"),
        ("IPA933", "plain (N, 2025)"),
    ]
    assert {"N", "I"} <= set(plan.sources)


def test_a_step_counted_from_nothing_falls_on_the_same_day() -> None:
    known = procedure("p", step("a", interval(days(0))), step("b", interval(days(0)), milestone="letter"))
    ways = (route(("p", None)),)
    plan = planned([login(1, AS_OF, party("a", expiry("a", DAY)))], procedures={"p": known}, routes=ways)
    assert [one.on for one in plan.outlooks[0].forecasts[0].steps] == [AS_OF, AS_OF]
    assert plan.backward[0].latest[0].start == DAY


def test_ten_thousand_logins_are_planned_at_once(tmp_path: Path) -> None:
    """Work is done once per distinct key: equal expiries share their latest days."""
    case = many(tmp_path, 600).case
    known = logins_of(case)
    spread = [known[n % len(known)]._replace(row=n + 1) for n in range(10_000)]
    started = time.perf_counter()
    plan = planned(spread, CASE_AS_OF)
    took = time.perf_counter() - started
    assert took < 30, f"{took:.1f} s"  # measured: 0.4 s; the bound allows for a busy machine
    assert plan.rows == len(plan.ranking) == plan.what_if[0].all.total == 10_000
    shared = {one.expiry: one.latest for one in plan.backward}
    assert all(one.latest is shared[one.expiry] for one in plan.backward)


def test_a_later_start_arrives_no_earlier() -> None:
    before: dict[tuple[str, str], date] = {}
    for n in range(60):
        for one in planned((), start=AS_OF + timedelta(days=n)).outlooks:
            for forecast in one.forecasts:
                for dated in forecast.steps:
                    key = (one.route + forecast.pace + dated.procedure, dated.step)
                    assert dated.on >= before.get(key, dated.on)
                    before[key] = dated.on
