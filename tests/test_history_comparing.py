"""Two accounts side by side, against numbers worked out by hand."""

from __future__ import annotations

from itertools import combinations
from math import comb

import msgspec
import pytest
from history_world import FIXED, MAP_E, MOBILE, V6, Row, case_of, minutes

from ipattr.addresses import covered
from ipattr.errors import UsageError
from ipattr.history import compare, compare_histories, history
from ipattr.history.chances import in_common, overlap_by_chance
from ipattr.model import Comparison, Rules
from ipattr.registry import Registry  # noqa: TC001 - pytest reads the annotation of a fixture's user


def code(found: Comparison, wanted: str) -> list[str]:
    return [one.text.en for one in found.statements if one.code == wanted]


def brute(pool: int, first: int, second: int, observed: int) -> float:
    """Count every draw of ``second`` out of ``pool`` against the first ``first`` of it."""
    draws = [len(set(draw) & set(range(first))) for draw in combinations(range(pool), second)]
    return sum(number >= observed for number in draws) / len(draws)


@pytest.mark.parametrize(
    ("pool", "first", "second", "observed"),
    [(6, 2, 3, 0), (6, 2, 3, 1), (6, 2, 3, 2), (6, 3, 2, 2), (9, 4, 5, 3), (9, 5, 6, 2), (4, 4, 2, 2), (8, 1, 1, 1)],
)
def test_the_chance_of_addresses_in_common_is_the_share_of_all_draws(
    pool: int, first: int, second: int, observed: int
) -> None:
    assert in_common(pool, first, second, observed) == brute(pool, first, second, observed)
    assert in_common(pool, first, second, observed) == in_common(pool, second, first, observed)


def test_one_address_each_meet_once_in_as_many_as_there_are() -> None:
    assert in_common(65536, 1, 1, 1) == 1 / 65536
    # One of 10 among 20 out of 1000: 1 - C(990, 20) / C(1000, 20).
    assert in_common(1000, 10, 20, 1) == pytest.approx(1 - comb(990, 20) / comb(1000, 20), rel=1e-14)
    with pytest.raises(ValueError, match="do not fit"):
        in_common(5, 3, 3, 0)


def test_even_hours_overlap_as_counting_every_case_gives() -> None:
    # One login each: the two fall into one cell in 1 of 24 cases.
    assert overlap_by_chance(1, 1) == round(1 / 24, 6)
    # Two against one in two cells, by hand: both of two in one's cell 1/4 (overlap 1), one of two 1/2 (1/2), none 1/4.
    assert overlap_by_chance(2, 1, cells=2) == 0.5
    # Two against two in two cells: shares (0, 1/2, 1) with chances 1/4, 1/2, 1/4 on both sides.
    assert overlap_by_chance(2, 2, cells=2) == 0.625
    assert overlap_by_chance(5000, 4000) > 0.95


def test_ranges_that_overlap_are_counted_once() -> None:
    assert covered([(0, 10), (5, 15), (20, 30), (22, 24)]) == 25
    assert covered([]) == 0


def test_a_shared_address_is_weighed_against_the_pool_and_the_accounts_own_returns(registry: Registry) -> None:
    times = minutes(*range(0, 600, 60))
    # The first account has 4 addresses, the second 2, one in common; neither comes back to one it has left.
    rows = [Row(at, MOBILE.format(host)) for at, host in zip(times, (1, 2, 3, 4), strict=False)]
    rows += [Row(at, MOBILE.format(host), account="2") for at, host in zip(times[5:], (4, 9), strict=False)]
    found = compare(case_of(registry, rows), "1", "2", pool={"docomo": 1_000_000}.get)
    (rate,) = found.base_rates
    assert (rate.first.addresses, rate.second.addresses, rate.observed, rate.use) == (4, 2, 1, "shared")
    assert (rate.pool, rate.seen_in, rate.even_at) == (1_000_000, 8192, 8.0)  # 1.66.96.0/19; 4 x 2 / 1
    assert (rate.first.changes, rate.first.returns, rate.first.pool) == (3, 0, None)
    assert [(one.basis, one.part, one.pool) for one in rate.weights] == [
        ("part", 100, 81),
        ("part", 10, 819),
        ("prefixes", 1, 8192),
        ("provider", 1, 1_000_000),
    ]
    whole = rate.weights[2]
    assert whole.expected == 8 / 8192
    assert whole.chance == pytest.approx(1 - comb(8188, 2) / comb(8192, 2), rel=1e-12)
    assert whole.ratio_at_most == 1 / whole.chance
    assert not any(one.refuted for one in rate.weights)
    assert "4 and 2 distinct addresses, 1 in common. In a pool of 8 addresses" in code(found, "HIS074")[0]


def test_a_pool_that_the_returns_speak_against_gives_no_ratio(registry: Registry) -> None:
    hosts = (1, 2, 1, 2, 1, 2)  # 5 changes of address, 4 of them back to an earlier one
    rows = [Row(at, MOBILE.format(host)) for at, host in zip(minutes(*range(0, 360, 60)), hosts, strict=True)]
    rows += [Row("2026-09-08 03:00:00", MOBILE.format(1), account="2")]
    found = compare(case_of(registry, rows), "1", "2", pool={"docomo": 1_000_000}.get)
    rate = found.base_rates[0]
    # Before the first change nothing else was known, before each of the other four one address.
    assert (rate.first.changes, rate.first.returns, rate.first.known, rate.first.pool) == (5, 4, 4, 2)  # 1 + 4 / 4
    by_basis = {(one.basis, one.part): one for one in rate.weights}
    suggested = by_basis["returns", 1]
    assert (suggested.pool, suggested.expected, suggested.chance, suggested.ratio_at_most) == (2, 1.0, 1.0, 1.0)
    # In 81 addresses 4 / 80 = 0.05 returns are expected: at most a chance of 0.0125 of four. In 819: 0.0012.
    assert not by_basis["part", 100].refuted
    assert all(by_basis[key].refuted and by_basis[key].ratio_at_most is None for key in (("part", 10), ("provider", 1)))
    assert "Pools of 819; 8,192; 1,000,000 do not fit" in code(found, "HIS074")[0]


def test_an_unknown_pool_stays_unknown_and_a_small_one_is_not_used(registry: Registry) -> None:
    rows = [Row(at, MOBILE.format(1), account=name) for at, name in zip(minutes(0, 600), "12", strict=True)]
    case = case_of(registry, rows)
    for pool in (None, {}.get, {"docomo": 0}.get, {"docomo": 8191}.get):
        rate = compare(case, "1", "2", pool=pool).base_rates[0]
        assert rate.pool is None
        assert "provider" not in {one.basis for one in rate.weights}


def test_rows_on_one_address_meet_within_the_minutes_and_ports_tell_what_they_can(registry: Registry) -> None:
    at = minutes(0, 4, 60, 62, 120, 125, 180, 181)
    # v6プラス: 4 bits, then 8 bits of set: 4112 = 0x1010 and 8209 = 0x2011 are of set 1, 4128 = 0x1020 of set 2.
    rows = [
        Row(at[0], MAP_E.format(1), port=4112),
        Row(at[1], MAP_E.format(1), account="2", port=8209),
        Row(at[2], MAP_E.format(1), port=4112),
        Row(at[3], MAP_E.format(1), account="2", port=4128),
        Row(at[4], MAP_E.format(1), port=50000),
        Row(at[5], MAP_E.format(1), account="2", port=50000),
        Row(at[6], V6.format("1")),
        Row(at[7], V6.format("1"), account="2"),
    ]
    found = compare(case_of(registry, rows), "1", "2")
    assert [(one.first_row, one.second_row, one.seconds, one.ports) for one in found.meetings] == [
        (1, 2, 240, "same-set"),
        (3, 4, 120, "other-set"),
        (5, 6, 300, "same"),
        (7, 8, 60, "not-compared"),
    ]
    assert (found.meetings[0].first_set, found.meetings[0].second_set, found.meetings[1].second_set) == (1, 1, 2)
    assert [one.code for one in found.statements if one.code in {"HIS076", "HIS077", "HIS078", "HIS079"}] == [
        "HIS076",
        "HIS077",
        "HIS078",
    ]
    # Without a division that is known, other ports say nothing.
    plain = compare(case_of(registry, rows), "1", "2", rules=Rules(port_sets=()))
    assert [one.ports for one in plain.meetings] == ["different", "different", "same", "not-compared"]


def test_ports_that_a_division_gives_to_nobody_and_ports_not_written_tell_nothing(registry: Registry) -> None:
    at = minutes(0, 1, 60, 61)
    rows = [
        Row(at[0], MAP_E.format(1), port=4095),
        Row(at[1], MAP_E.format(1), account="2", port=4112),
        Row(at[2], MAP_E.format(2)),
        Row(at[3], MAP_E.format(2), account="2", port=4112),
    ]
    assert [one.ports for one in compare(case_of(registry, rows), "1", "2").meetings] == ["different", "missing"]


def test_near_rows_are_set_beside_what_even_times_would_give(registry: Registry) -> None:
    # Seen together from 21:00 to 22:40. The second's rows reach 5 + 10 + 5 = 20 of these 100 minutes.
    first = minutes(0, 52, 70, 100)
    second = minutes(0, 50, 100)
    rows = [Row(at, MOBILE.format(1)) for at in first] + [Row(at, FIXED.format(1), account="2") for at in second]
    found = compare(case_of(registry, rows), "1", "2").coincidence
    assert (found.first_rows, found.first_near, found.first_share) == (4, (1, 2, 4), 0.2)
    assert found.first_expected == pytest.approx(0.8)
    # The first's rows reach 5 + 10 + 10 + 5 = 30 minutes.
    assert (found.second_rows, found.second_near, found.second_share) == (3, (5, 6, 7), 0.3)


def test_stretches_that_overlap_are_one_stretch(registry: Registry) -> None:
    # Reached by 0, 50, 53 and 100: 5 + 13 + 5 of 100 minutes.
    rows = [Row(at, MOBILE.format(1)) for at in minutes(0, 100)]
    rows += [Row(at, FIXED.format(1), account="2") for at in minutes(0, 50, 53, 100)]
    assert compare(case_of(registry, rows), "1", "2").coincidence.first_share == 0.23


def test_accounts_never_seen_in_one_time_cannot_meet(registry: Registry) -> None:
    rows = [Row(at, MOBILE.format(1), account=name) for at, name in zip(minutes(0, 10, 900, 910), "1122", strict=True)]
    found = compare(case_of(registry, rows), "1", "2")
    assert found.coincidence.start is None
    assert found.meetings == ()
    assert "the nearest are 14 h 50 min apart" in code(found, "HIS080")[0]


def test_hours_overlap_by_the_lesser_shares(registry: Registry) -> None:
    first = ["2026-09-07 08:00:00", "2026-09-08 08:30:00", "2026-09-09 20:00:00"]
    second = ["2026-09-07 08:59:59", "2026-09-08 21:00:00"]
    rows = [Row(at, MOBILE.format(1)) for at in first] + [Row(at, MOBILE.format(2), account="2") for at in second]
    found = compare(case_of(registry, rows), "1", "2")
    assert found.hours.observed == 0.5  # at eight: the lesser of 2/3 and 1/2
    assert code(found, "HIS072")[0] == "No address is common."


def test_accounts_of_two_cases_are_compared_by_their_histories(registry: Registry) -> None:
    one = case_of(registry, [Row("2026-09-07 08:00:00", MOBILE.format(1))], file="a.csv")
    other = case_of(registry, [Row("2026-09-07 08:01:00", MOBILE.format(1))], file="b.csv")
    found = compare_histories(history(one), history(other))
    assert (found.first_places, found.second_places) == ({1: "a.csv:2"}, {1: "b.csv:2"})
    assert len(found.meetings) == 1
    assert msgspec.json.decode(msgspec.json.encode(found), type=Comparison) == found
    with pytest.raises(UsageError, match="different rules"):
        compare_histories(history(one), history(other, rules=Rules(habit_days=3)))
    with pytest.raises(UsageError, match="with itself"):
        compare(one, "1", "1")


def test_announced_addresses_are_those_of_own_systems_and_stated_blocks(registry: Registry) -> None:
    # 106.72.0.0/15 stands in the file of v6プラス as a stated block although another company's AS announces it.
    size = registry.announced_v4("jpix-v6plus")
    assert size is not None
    assert size >= 1 << 17
    assert registry.announced_v4("nothing of this name") is None
    own = {claim.number for claim in registry.providers["docomo"].asns if claim.role == "own"}
    table = registry.announced(4)
    counted = sum(
        end - start
        for start, end in zip(table.starts, [*table.starts[1:], 1 << 32], strict=True)
        if (network := registry.network(4, start)) is not None and own & {origin.asn for origin in network.origins}
    )
    stated = [prefix for prefix in registry.providers["docomo"].prefixes if prefix.certainty == "stated"]
    size = registry.announced_v4("docomo")
    assert size is not None
    assert counted <= size
    assert size == counted or stated
