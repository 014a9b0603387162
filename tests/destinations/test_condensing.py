"""From answers to dated observations: runs, rotation, outages, fail-overs, and nothing lost on the way."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise

import msgspec
import pytest
from destination_ledgers import RESOLVER, START, hours, observation, resolution, web
from hypothesis import given
from hypothesis import strategies as st

from ipattr.destinations import candidates_in, epoch_key, survey
from ipattr.destinations.condensing import Condenser
from ipattr.destinations.sightings import BREAK
from ipattr.destinations.weighing import Weight
from ipattr.model import CandidateSet, Confidence, Observation, Resolution

FOUR = tuple(f"192.0.2.{last}" for last in (1, 65, 129, 193))


def condensed(*answers: Resolution) -> Condenser:
    condenser = Condenser()
    for line, answer in enumerate(answers, start=1):
        condenser.add(answer, at=f"observed/000001.jsonl:{line}")
    return condenser


def runs(condenser: Condenser) -> list[tuple[str, str, str, int | None, int | None]]:
    return [
        (one.address, one.first_seen, one.last_seen, one.count, one.longest_gap) for one in condenser.observations("p")
    ]


def ask(condenser: Condenser, after: float) -> CandidateSet:
    prepared = survey(web(), condenser.observations("p"))
    return candidates_in(prepared, hours(after), family=4, shared=lambda _address: "")


def lies(found: CandidateSet) -> dict[str, tuple[str, int | None]]:
    return {one.address: (one.relation, one.gap_seconds) for one in found.candidates}


def test_every_field_of_an_observation_says_where_it_comes_from() -> None:
    condenser = condensed(
        resolution(
            hours(0), "192.0.2.1", "192.0.2.2", cnames=("a.example", "b.example"), vantage="Tokyo", dnssec="secure"
        ),
        resolution(hours(6.5), "192.0.2.1", cnames=("a.example", "b.example"), vantage="Tokyo", dnssec="secure"),
        resolution(hours(7), "192.0.2.1", vantage="Tokyo", subnet="198.51.100.0/24"),
    )
    first, other_subnet, second = condenser.observations("p")
    assert first == Observation(
        id="own:observed/000001.jsonl:1#192.0.2.1",
        platform="p",
        host="www.example",
        rrtype="A",
        address="192.0.2.1",
        first_seen="2026-03-01T00:00:00Z",
        last_seen="2026-03-01T06:30:00Z",
        count=2,
        vantage=f"{RESOLVER} (secure) from Tokyo, by ipattr 0",
        source="own",
        confidence="medium",
        cname="a.example > b.example",
        status="kept",
        note="observed/000001.jsonl:1 .. observed/000001.jsonl:2",
        longest_gap=23400,
    )
    assert (second.address, second.count, second.longest_gap) == ("192.0.2.2", 1, None)
    assert second.note == "observed/000001.jsonl:1"
    assert other_subnet.vantage == f"{RESOLVER} (unsigned) from Tokyo, client subnet 198.51.100.0/24, by ipattr 0"


def test_only_addresses_that_a_host_was_answered_with_count() -> None:
    condenser = condensed(
        resolution(hours(0)),
        resolution(hours(0), "192.0.2.1", kind="wildcard"),
        resolution(hours(0), "192.0.2.1", kind="delegation"),
        resolution(hours(0), "192.0.2.1", rrtype="HTTPS", hints=("192.0.2.1",)),
        resolution(hours(0), "192.0.2.1", status="malformed"),
        resolution(hours(0), "192.0.2.1", platform="other"),
    )
    assert condenser.observations("p") == ()
    assert len(condenser.observations("other")) == 1


def test_observations_are_told_apart_by_their_ids() -> None:
    answers = [resolution(hours(n * 60), *FOUR, "2001:db8::1") for n in range(3)]
    ids = [one.id for one in condensed(*answers).observations("p")]
    assert len(ids) == len(set(ids)) == 15


def test_all_that_take_turns_are_around_a_login_in_between() -> None:
    condenser = condensed(*(resolution(hours(6 * n), FOUR[n % 4]) for n in range(40)))
    assert [count for *_, count, _ in runs(condenser)] == [10, 10, 10, 10]
    found = ask(condenser, 100.5)
    assert lies(found) == dict.fromkeys(FOUR, ("around", None))
    assert {one.longest_gap for one in found.candidates} == {24 * 3600}


def test_an_outage_of_three_days_ends_the_runs() -> None:
    before = [resolution(hours(6 * n), FOUR[n % 4]) for n in range(12)]
    after = [resolution(hours(66 + 72 + 6 * n), "198.51.100.7") for n in range(4)]
    found = ask(condensed(*before, *after), 66 + 10)
    assert lies(found) == {
        "192.0.2.1": ("before", None),
        "192.0.2.65": ("before", 22 * 3600),
        "192.0.2.129": ("before", 16 * 3600),
        "192.0.2.193": ("before", 10 * 3600),
        "198.51.100.7": ("after", None),
    }
    assert "最も近い観測は接続前が2026-03-03T18:00:00Z（10時間0分前）" in found.explanation.ja


def test_the_same_addresses_before_and_after_an_outage_are_between_not_around() -> None:
    condenser = condensed(*(resolution(hours(6 * n), "192.0.2.1") for n in (*range(12), *range(24, 36))))
    assert len(runs(condenser)) == 2
    assert lies(ask(condenser, 76)) == {"192.0.2.1": ("between", 10 * 3600)}
    assert lies(ask(condenser, 30)) == {"192.0.2.1": ("around", None)}


def test_a_failover_of_three_hours_gives_both() -> None:
    usual = [resolution(hours(n), "192.0.2.1") for n in (*range(11), *range(14, 30))]
    spare = [resolution(hours(n), "198.51.100.7") for n in (11, 12, 13)]
    condenser = condensed(*sorted((*usual, *spare), key=lambda one: one.received))
    assert lies(ask(condenser, 12.5)) == {"192.0.2.1": ("around", None), "198.51.100.7": ("around", None)}
    assert lies(ask(condenser, 10.5)) == {"192.0.2.1": ("around", None), "198.51.100.7": ("after", 1800)}
    assert lies(ask(condenser, 15))["198.51.100.7"] == ("before", 7200)


def test_a_change_between_two_captures_gives_both_with_their_distances_to_the_second() -> None:
    condenser = condensed(
        *(resolution(hours(n), "192.0.2.1") for n in range(4)),
        *(resolution(hours(n) + timedelta(seconds=17), "198.51.100.7") for n in range(4, 8)),
    )
    assert lies(ask(condenser, 3.5)) == {"192.0.2.1": ("before", 1800), "198.51.100.7": ("after", 1817)}


def test_two_sightings_of_a_run_are_a_stretch_but_two_published_ones_are_not() -> None:
    pair = condensed(resolution(hours(0), "192.0.2.1"), resolution(hours(24), "192.0.2.1"))
    assert lies(ask(pair, 12))["192.0.2.1"] == ("around", None)
    published = observation("192.0.2.1", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", count=2)
    found = candidates_in(survey(web(), [published]), hours(12), family=4, shared=lambda _address: "")
    assert lies(found)["192.0.2.1"] == ("between", 12 * 3600)
    vague = msgspec.structs.replace(published, longest_gap=BREAK + 1)
    found = candidates_in(survey(web(), [vague]), hours(12), family=4, shared=lambda _address: "")
    assert lies(found)["192.0.2.1"][0] == "between"


@pytest.mark.parametrize(("pause", "count"), [(BREAK, 1), (BREAK + 1, 2)])
def test_a_run_ends_after_the_break_and_not_before(pause: int, count: int) -> None:
    condenser = condensed(resolution(START, "192.0.2.1"), resolution(START + timedelta(seconds=pause), "192.0.2.1"))
    assert len(runs(condenser)) == count


def test_what_must_not_be_used_is_kept_apart_as_rejected() -> None:
    condenser = Condenser()
    for n in range(4):
        weight = Weight("none", rejected="他と異なる") if n == 2 else Weight("high")
        condenser.add(resolution(hours(n), "192.0.2.1"), at=f"f:{n}", weights={"192.0.2.1": weight})
    kept, rejected = condenser.observations("p")
    assert (kept.status, kept.count, kept.longest_gap) == ("kept", 3, 7200)
    assert (rejected.status, rejected.count, rejected.note) == ("rejected", 1, "f:2; 他と異なる")


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ("h", "high"),
        ("m", "medium"),
        ("hhm", "high"),
        ("hm", "high"),
        ("hmm", "medium"),
        ("mhmhm", "medium"),
        ("hll", "low"),
        ("hmll", "medium"),
    ],
)
def test_a_run_is_as_trustworthy_as_half_of_its_sightings(levels: str, expected: str) -> None:
    names: dict[str, Confidence] = {"h": "high", "m": "medium", "l": "low"}
    condensers = Condenser(), Condenser()
    for n, level in enumerate(levels):
        answer, weights = resolution(hours(n), "192.0.2.1"), {"192.0.2.1": Weight(names[level], note="未選別")}
        condensers[0].add(answer, at=f"f:{n}", weights=weights)
    for n, level in reversed(list(enumerate(levels))):
        weights = {"192.0.2.1": Weight(names[level], note="未選別")}
        condensers[1].add(resolution(hours(n), "192.0.2.1"), at=f"f:{n}", weights=weights)
    for condenser in condensers:
        (found,) = Condenser.from_state(condenser.state()).observations("p")
        assert (found.confidence, found.count) == (expected, len(levels))
        assert found.note.endswith("; 未選別") or found.note == "f:0; 未選別"


def test_every_version_that_recorded_a_run_is_named() -> None:
    condenser = condensed(*(resolution(hours(n), "192.0.2.1", tool_version=v) for n, v in enumerate("112")))
    (found,) = condenser.observations("p")
    assert found.vantage.endswith(", by ipattr 1/2")


def test_observations_of_others_come_along_as_they_are() -> None:
    condenser = condensed(resolution(hours(0), "192.0.2.1"))
    seen = observation("192.0.2.9", "2020-01-01", "2020-01-02")
    condenser.extend([seen, msgspec.structs.replace(seen, platform="q")])
    assert condenser.observations("p")[1:] == (seen,)


def test_a_state_goes_on_where_it_was_left() -> None:
    answers = [resolution(hours(6 * n), FOUR[n % 4], resolver=f"udp://192.0.2.{n % 3}:53") for n in range(50)]
    whole = condensed(*answers)
    whole.extend([observation("192.0.2.9", "2020", "2021")])
    half = condensed(*answers[:25])
    half.extend([observation("192.0.2.9", "2020", "2021")])
    resumed = Condenser.from_state(half.state())
    for line, answer in enumerate(answers[25:], start=26):
        resumed.add(answer, at=f"observed/000001.jsonl:{line}")
    assert resumed.observations("p") == whole.observations("p")
    assert Condenser.from_state(whole.state()).state() == whole.state()


@pytest.mark.parametrize("state", [b"", b"\xff", b"\x01", b"\x94\x00\x00\x90\x90"])
def test_what_is_no_state_is_refused(state: bytes) -> None:
    with pytest.raises(ValueError, match="state"):
        Condenser.from_state(state)


answers = st.lists(
    st.tuples(st.integers(0, 900), st.sampled_from(FOUR[:2]), st.sampled_from(("udp://192.0.2.1:53", RESOLVER))),
    max_size=25,
)


def brute(drawn: list[tuple[int, str, str]]) -> list[tuple[str, str, int, int, int, int]]:
    """Cut the sorted times of each address at each resolver wherever the pause is too long."""
    times: dict[tuple[str, str], list[int]] = defaultdict(list)
    for hour, address, resolver in drawn:
        times[address, resolver].append(hour)
    found = []
    for (address, resolver), seen in times.items():
        groups: list[list[int]] = []
        for hour in sorted(seen):
            if not groups or (hour - groups[-1][-1]) * 3600 > BREAK:
                groups.append([])
            groups[-1].append(hour)
        for group in groups:
            gap = max((late - early for early, late in pairwise(group)), default=0)
            found.append((address, resolver, group[0], group[-1], len(group), gap * 3600))
    return sorted(found)


def cut(condenser: Condenser) -> list[tuple[str, str, int, int, int, int]]:
    def hour(text: str) -> int:
        return round((datetime.fromisoformat(text) - START).total_seconds() / 3600)

    return sorted(
        (
            one.address,
            one.vantage.partition(" ")[0],
            hour(one.first_seen),
            hour(one.last_seen),
            one.count or 0,
            one.longest_gap or 0,
        )
        for one in condenser.observations("p")
    )


@given(answers)
def test_runs_are_those_of_brute_force(drawn: list[tuple[int, str, str]]) -> None:
    drawn = sorted(drawn)
    made = condensed(*(resolution(hours(hour), address, resolver=resolver) for hour, address, resolver in drawn))
    assert cut(made) == brute(drawn)


@given(answers)
def test_the_order_of_answers_changes_nothing_but_an_upper_bound(drawn: list[tuple[int, str, str]]) -> None:
    made = condensed(*(resolution(hours(hour), address, resolver=resolver) for hour, address, resolver in drawn))
    found, expected = cut(made), brute(drawn)
    assert [run[:5] for run in found] == [run[:5] for run in expected]
    assert all(one[5] >= other[5] for one, other in zip(found, expected, strict=True))
    assert all(run[5] <= BREAK for run in found)


@given(answers, st.lists(st.tuples(st.integers(0, 950), st.sampled_from((-1, 0, 1))), min_size=1, max_size=8))
def test_equal_keys_have_equal_sets_beside_other_ledgers_and_at_the_very_edges(
    drawn: list[tuple[int, str, str]], logins: list[tuple[int, int]]
) -> None:
    made = condensed(*(resolution(hours(hour), address, resolver=resolver) for hour, address, resolver in drawn))
    rows = (
        *made.observations("p"),
        observation("192.0.2.1", "2026-03", "2026-03-09"),
        observation("192.0.2.9", "2026-03-04", "2026-04"),
    )
    prepared, key = survey(web(), rows), epoch_key(survey(web(), rows))
    known: dict[str, CandidateSet] = {}
    for hour, nudge in logins:
        for at in (hours(hour) + timedelta(seconds=nudge), hours(hour) + timedelta(microseconds=nudge)):
            found = candidates_in(prepared, at, family=4, shared=lambda _address: "")
            assert known.setdefault(key(at), found) == found
            assert candidates_in(survey(web(), rows), at, family=4, shared=lambda _address: "") == found


def test_a_year_of_answers_is_condensed_fast_and_small() -> None:
    draw = random.Random(5)  # noqa: S311 - a test, and it must repeat
    made = [resolution(hours(n / 8), draw.choice(FOUR), host=f"h{n % 8}.example") for n in range(8000)]
    condenser = Condenser()
    began = time.perf_counter()
    for line, answer in enumerate(made):
        condenser.add(answer, at=str(line))
    assert (time.perf_counter() - began) / len(made) < 1e-3
    assert len(condenser.state()) < 100_000
