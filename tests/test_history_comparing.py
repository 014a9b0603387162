"""Two accounts side by side, against numbers worked out by hand."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import comb
from random import Random
from typing import TYPE_CHECKING

import msgspec
import pytest
from history_world import FIXED, MAP_E, MOBILE, V6, Row, case_of, minutes

from ipattr.addresses import covered
from ipattr.errors import UsageError
from ipattr.history import compare, compare_histories, history
from ipattr.history.base_rates import returns_of, unfit
from ipattr.history.chances import in_common, overlap_by_chance
from ipattr.model import LEAST_FIT, Comparison, Rules
from ipattr.registry import Registry  # noqa: TC001 - pytest reads the annotation of a fixture's user

if TYPE_CHECKING:
    from ipattr.model import AddressUse, Entry


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
        ("seen", 1, 5),
        ("part", 100, 81),
        ("part", 10, 819),
        ("prefixes", 1, 8192),
        ("provider", 1, 1_000_000),
    ]
    whole = rate.weights[3]
    assert whole.expected == 8 / 8192
    assert whole.chance == pytest.approx(1 - comb(8188, 2) / comb(8192, 2), rel=1e-12)
    assert not any(one.refuted for one in rate.weights)
    # What many share is never handed out evenly: a pool that is only assumed gives no ratio.
    assert [one.ratio_at_most for one in rate.weights] == [1.0, None, None, None, None]
    said = code(found, "HIS074")[0]
    assert "4 and 2 distinct addresses, 1 in common. In a pool of 8 addresses" in said
    assert said.count("has a probability of") == 1
    assert said.endswith("this number alone does not tell one line from two unrelated ones.")


@pytest.mark.parametrize("use", ["dedicated", "shared", "possibly-shared", "unknown"])
def test_only_dedicated_addresses_give_a_ratio_for_a_pool_that_is_assumed(registry: Registry, use: AddressUse) -> None:
    rows = [Row(at, MOBILE.format(1), account=name) for at, name in zip(minutes(0, 600), "12", strict=True)]
    case = case_of(registry, rows)
    both = [history(case, account=name) for name in "12"]
    one, other = (
        msgspec.structs.replace(side, entries=tuple(msgspec.structs.replace(entry, use=use) for entry in side.entries))
        for side in both
    )
    rate = compare_histories(one, other, pool={"docomo": 10_000_000}.get).base_rates[0]
    expected = [1.0, 81.0, 819.0, 8192.0, None] if use == "dedicated" else [1.0, None, None, None, None]
    assert [weight.ratio_at_most for weight in rate.weights] == [
        None if ratio is None else pytest.approx(ratio) for ratio in expected
    ]


def test_returns_refute_a_pool_as_exactly_as_counting_every_draw(registry: Registry) -> None:
    """The bounds are upper bounds: what they refute is at least as unlikely by exact counting."""
    draw = Random(7)  # noqa: S311 - numbers to count with, no secret
    refuted = 0
    for _ in range(300):
        changes, pool = draw.randrange(1, 12), draw.randrange(3, 60)
        hosts = [0]
        while len(hosts) <= changes:
            hosts.append(draw.choice([host for host in range(5) if host != hosts[-1]]))
        rows = [Row(at, MOBILE.format(host)) for at, host in zip(minutes(*range(len(hosts))), hosts, strict=True)]
        side = returns_of(entries(registry, rows))
        if pool < side.addresses or not unfit(side, pool):
            continue
        refuted += 1
        # The chance that so many returns come of draws whose chances add up to no more than these did.
        assert at_least(side.changes, side.returns, pool, side.known) < LEAST_FIT
    assert refuted > 20


def entries(registry: Registry, rows: list[Row]) -> tuple[Entry, ...]:
    return history(case_of(registry, rows)).entries


def at_least(changes: int, returns: int, pool: int, known: int) -> float:
    """Count by distinct addresses so far, returns and their known addresses: the chance of both bounds together."""
    states = {(1, 0, 0): Fraction(1)}
    for _ in range(changes):
        following: dict[tuple[int, int, int], Fraction] = {}
        for (distinct, back, summed), chance in states.items():
            share = Fraction(distinct - 1, pool - 1)
            total = summed + distinct - 1
            for key, part in (((distinct, back + 1, total), share), ((distinct + 1, back, total), 1 - share)):
                following[key] = following.get(key, Fraction(0)) + chance * part
        states = following
    return float(sum(chance for (_, back, summed), chance in states.items() if back >= returns and summed <= known))


def test_special_purpose_addresses_in_common_show_nothing_and_have_no_base_rate(registry: Registry) -> None:
    rows = [Row(at, "10.1.2.3", account=name) for at, name in zip(minutes(0, 1), "12", strict=True)]
    found = compare(case_of(registry, rows), "1", "2", pool=registry.announced_v4)
    assert found.base_rates == ()
    assert len(found.meetings) == 1
    assert not {one.code for one in found.statements} & {"HIS075", "HIS076", "HIS077", "HIS078", "HIS079", "HIS080"}
    assert code(found, "HIS071") == ["Lines (whom to address) in common: 0."]
    assert code(found, "HIS073") == ["Addresses in common: 1, of which special-purpose addresses: 1: 10.1.2.3."]
    limits = [one.limits.en for one in found.statements if one.code == "HIS073"]
    assert "in use in every network: that they agree shows nothing" in limits[0]


def test_the_base_rate_of_a_vpn_is_said_not_to_hold(registry: Registry) -> None:
    rows = [Row(at, "104.28.123.45", account=name) for at, name in zip(minutes(0, 1), "12", strict=True)]
    found = compare(case_of(registry, rows), "1", "2", pool=registry.announced_v4)
    (limits,) = [one.limits for one in found.statements if one.code == "HIS074"]
    assert limits.en.startswith("This line is no access provider but a VPN")
    assert limits.ja.startswith("この区分はアクセスプロバイダでなく")


def test_a_long_list_of_addresses_is_cut_in_the_sentence(registry: Registry) -> None:
    times = minutes(*range(24))
    rows = [Row(at, MOBILE.format(n // 2), account="12"[n % 2]) for n, at in enumerate(times)]
    found = compare(case_of(registry, rows), "1", "2")
    assert code(found, "HIS073")[0].endswith(", 2 more.")
    assert sum(one.level == "address" for one in found.overlaps) == 12


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
    # In 81 addresses a = 4 / 80 = 0.05 returns are expected: a chance of four of at most a / 4 = 0.0125 (Markov), and
    # of at most e^(4 - a) (a / 4)^4 = 1.3e-6 (Chernoff).
    assert all(one.refuted and one.ratio_at_most is None for key, one in by_basis.items() if key[0] != "returns")
    assert "Pools of 81; 819; 8,192; 1,000,000 do not fit" in code(found, "HIS074")[0]


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


def test_a_pair_of_the_same_port_is_not_hidden_by_a_nearer_row_of_another(registry: Registry) -> None:
    times = minutes(0, 1, 3, 4)
    rows = [
        Row(times[0], MAP_E.format(1), port=50000),
        Row(times[1], MAP_E.format(1), account="2", port=60000),
        Row(times[2], MAP_E.format(1), port=60000),
        Row(times[3], MAP_E.format(1), account="2", port=50000),
    ]
    found = compare(case_of(registry, rows), "1", "2")
    assert {(one.first_row, one.second_row): one.ports for one in found.meetings} == {
        (1, 2): "other-set",
        (3, 4): "other-set",
        (1, 4): "same",
        (3, 2): "same",
    }


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
    assert "no stretch of time in common" in code(found, "HIS081")[0]


def test_two_logins_at_one_instant_are_not_said_to_be_of_different_times(registry: Registry) -> None:
    at = minutes(0)[0]
    found = compare(case_of(registry, [Row(at, MOBILE.format(1)), Row(at, MOBILE.format(1), account="2")]), "1", "2")
    assert len(found.meetings) == 1
    assert "no stretch of time in common to set beside chance" in code(found, "HIS081")[0]


def test_creations_years_before_do_not_thin_out_the_time_of_the_logins(registry: Registry) -> None:
    logins = [Row(at, MOBILE.format(1)) for at in minutes(0, 100)]
    logins += [Row(at, FIXED.format(1), account="2") for at in minutes(0, 50, 100)]
    created = [Row(f"202{n}-01-01 00:00:00", MOBILE.format(1), account=str(n), kind="creation") for n in (1, 2)]
    found = compare(case_of(registry, [*logins, *created]), "1", "2").coincidence
    assert found == compare(case_of(registry, logins), "1", "2").coincidence
    assert found.first_share == 0.2


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
