"""The order of pursuit: every login once, each factor shown and exact, nothing hidden."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from filing_world import example, hostile
from hypothesis import given
from hypothesis import strategies as st
from planning_world import AS_OF, case_of, expiry, login, party, planned_case, registry

from ipattr.planning import rank
from ipattr.planning.ranking import MARGIN_DAYS, rank_logins

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.model import RankedLogin
    from ipattr.planning import PlannedLogin

SEARCH = ("searchable", "incomplete", "impossible", "unknown", "not-applicable")


def one(row: int = 1, left: int = 30, **more: Any) -> PlannedLogin:  # noqa: ANN401 - any field
    """Return a login whose log ends ``left`` days from the as-of date."""
    end = AS_OF + timedelta(days=left)
    return login(row, date(2026, 1, 1), party("a", expiry("a", end)), act_by=end, **{"rank": 1, "posts": 1, **more})


def ranked(*logins: PlannedLogin) -> list[RankedLogin]:
    return list(rank_logins(logins, AS_OF))


def values(found: RankedLogin) -> dict[str, str]:
    return {factor.id: factor.value for factor in found.factors}


@given(
    st.lists(
        st.tuples(st.integers(-5, 20), st.none() | st.integers(1, 4), st.sampled_from(SEARCH), st.booleans()),
        max_size=15,
    )
)
def test_the_laws_of_the_order(drawn: list[tuple[int, int | None, Any, bool]]) -> None:
    logins = [one(n, left, rank=near, search=search) for n, (left, near, search, _) in enumerate(drawn, start=1)]
    logins = [
        entry if keep else entry._replace(on=None, applicable=False)
        for entry, (*_, keep) in zip(logins, drawn, strict=True)
    ]
    found = ranked(*logins)
    assert sorted(entry.row for entry in found) == [entry.row for entry in logins]
    by_row = {entry.row: entry for entry in logins}
    keys = []
    for entry in found:
        factors = [Fraction(factor.value) for factor in entry.factors]
        assert all(0 <= value <= 1 for value in factors)
        assert Fraction(entry.product) == factors[0] * factors[1] * factors[2]
        assert all(factor.text.ja and factor.text.en for factor in entry.factors)
        act_by = by_row[entry.row].act_by
        assert act_by is not None
        keys.append((-Fraction(entry.product), (act_by - AS_OF).days))
    assert keys == sorted(keys)
    for n, entry in enumerate(found):
        assert entry.place == keys.index(keys[n]) + 1


def test_a_place_is_shared_by_equal_products_with_equal_days_and_the_row_decides_the_order() -> None:
    found = ranked(one(3), one(1), one(2, 40), one(4, 3))
    assert [(entry.place, entry.row) for entry in found] == [(1, 1), (1, 3), (3, 2), (4, 4)]


@pytest.mark.parametrize(
    ("left", "value"), [(400, "1"), (MARGIN_DAYS, "1"), (MARGIN_DAYS - 1, "3/4"), (0, "3/4"), (-1, "0")]
)
def test_days_left(left: int, value: str) -> None:
    assert values(ranked(one(left=left))[0])["days-left"] == value


def test_a_log_not_yet_expired_after_its_last_working_day_still_counts() -> None:
    entry = one(left=1)._replace(act_by=AS_OF - timedelta(days=1))
    (found,) = ranked(entry)
    assert values(found)["days-left"] == "1/4"
    assert "最終営業日を1日過ぎている" in found.factors[2].text.ja


def test_what_is_unknown_uncertain_or_nowhere() -> None:
    early, late = AS_OF - timedelta(days=3), AS_OF + timedelta(days=30)
    unknown = login(1, AS_OF, party("a"), rank=1, posts=1)
    uncertain = login(2, AS_OF, party("a", expiry("a", early), expiry("a", late)), act_by=early, rank=1, posts=1)
    nowhere = login(3, None, rank=1, posts=1)
    mixed = login(4, AS_OF, party("a", expiry("a", late)), party("b"), act_by=late, rank=1, posts=1)
    found = {entry.row: values(entry)["days-left"] for entry in ranked(unknown, uncertain, nowhere, mixed)}
    assert found == {1: "1/2", 2: "1/8", 3: "0", 4: "1"}
    (said,) = ranked(mixed)
    assert "保存期間の数値のない者が残る" in said.factors[2].text.ja


def test_nearness_is_one_over_the_rank_and_one_where_there_are_no_posts() -> None:
    assert values(ranked(one(rank=4))[0])["nearness"] == "1/4"
    assert values(ranked(one(rank=None, posts=0))[0])["nearness"] == "1"
    assert "no posts were given" in ranked(one(rank=None, posts=0))[0].factors[0].text.en
    (apart,) = ranked(one(rank=None))
    assert (apart.product, values(apart)["nearness"]) == ("0", "0")
    assert "another account" in apart.text.en
    (doubtful,) = ranked(one(rank=2, tie=True, uncertain=True))
    assert "tied" in doubtful.factors[0].text.en
    assert "leaves the order open" in doubtful.factors[0].text.en


def test_searchability_falls_from_held_to_impossible() -> None:
    found = {search: Fraction(values(ranked(one(search=search))[0])["searchability"]) for search in SEARCH}
    order = ("searchable", "unknown", "incomplete", "impossible")
    assert [found[search] for search in order] == sorted((found[search] for search in order), reverse=True)
    assert found["searchable"] == 1
    assert found["impossible"] == found["not-applicable"] == 0


def test_a_product_of_nothing_stands_last_with_the_reason() -> None:
    found = ranked(one(1, search="impossible"), one(2, 3, rank=9, search="incomplete"))
    assert [entry.row for entry in found] == [2, 1]
    assert found[1].text.ja.endswith("= 1 × 0 × 1 = 0（この記録では検索できない）")


@pytest.mark.parametrize("make", [lambda _: example(), hostile])
def test_every_login_of_a_case_is_ranked_once(make: Any, tmp_path: Path) -> None:  # noqa: ANN401 - a callable
    case = make(tmp_path).case
    found = rank(case)
    assert sorted(entry.row for entry in found) == [row.number for row in case.rows]
    assert found == planned_case(case, case.as_of).ranking


def test_the_best_link_to_any_post_counts(tmp_path: Path) -> None:
    rows = ["2026-05-01T00:00:00Z,106.128.0.10", "2026-05-20T00:00:00Z,106.128.0.10"]
    case = case_of(tmp_path, *rows, posts=["2026-05-02T00:00:00Z", "2026-05-19T00:00:00Z"])
    assert {values(entry)["nearness"] for entry in rank(case)} == {"1"}
    alone = case_of(tmp_path, *rows, posts=["2026-05-19T00:00:00Z"])
    assert {entry.row: values(entry)["nearness"] for entry in rank(alone)} == {2: "1", 1: "1/2"}


def test_the_margin_is_the_one_on_record() -> None:
    steps = {step.id: step for step in registry().procedures["preservation-letter"].steps}
    assert {(entry.span.value, entry.span.unit) for entry in steps["margin"].intervals} == {(MARGIN_DAYS, "day")}
