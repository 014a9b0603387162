"""Destination candidates: what was observed around a login, else just before and just after, never more than that."""

from __future__ import annotations

import csv
import time
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec
import pytest

from ipattr.destinations import candidates, candidates_in, epoch_key, survey
from ipattr.model import CandidateSet, Confidence, Observation, Platform, PlatformHost, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

DATA = Path(__file__).resolve().parents[1] / "data"
HOST = "twitter.com"
OLD = {f"104.244.42.{last}" for last in (1, 65, 129, 193)}
CLOUDFLARE = {"162.159.140.229", "172.66.0.227"}


def observation(
    address: str,
    first: str,
    last: str,
    *,
    host: str = HOST,
    source: str = "series",
    confidence: Confidence = "high",
    status: Literal["kept", "rejected"] = "kept",
    count: int | None = None,
) -> Observation:
    return Observation(
        id=f"{host}/{address}/{first}/{source}",
        platform="x",
        host=host,
        rrtype="AAAA" if ":" in address else "A",
        address=address,
        first_seen=first,
        last_seen=last,
        count=count,
        vantage="US",
        source=source,
        confidence=confidence,
        cname="",
        status=status,
        note="",
    )


def platform(*hosts: str) -> Platform:
    named = [PlatformHost(name=host, role="web", candidate=True, reference=host == HOST) for host in hosts or (HOST,)]
    other = PlatformHost(name="media.example", role="media", candidate=False)
    return Platform(id="x", name="X", hosts=(*named, other), sources=("S20",), confidence="high")


SERIES = (
    observation("104.244.42.1", "2020-06-30", "2025-03-07", count=406),
    observation("104.244.42.129", "2020-06-30", "2025-03-10T00:40Z", count=452),
    observation("104.244.42.193", "2020-06-30", "2025-02-28", count=422),
    observation("104.244.42.65", "2020-07-02", "2025-03-04", count=437),
    observation("162.159.140.229", "2025-03-11T00:49Z", "2026-08-20", count=266),
    observation("172.66.0.227", "2025-03-12", "2026-08-22", count=255),
    observation("151.101.130.146", "2026-01-13", "2026-02-26", count=3),
    observation("151.101.2.146", "2026-01-19", "2026-01-19", count=1),
    observation("151.101.66.146", "2026-01-30", "2026-02-07", count=3),
    observation("151.101.194.146", "2026-02-04", "2026-02-05", count=2),
    observation("199.59.148.82", "2012-01-29", "2012-01-29", source="issue 116"),
    observation("104.244.42.65", "2016-08-02", "2016-08-02", source="issue 66"),
    observation("104.244.42.193", "2016-08-02", "2016-08-02", source="issue 66"),
)


def operator(address: str) -> str:
    return "Cloudflare" if address.startswith(("162.159.", "172.66.")) else ""


def ask(
    at: str,
    observations: Sequence[Observation] = SERIES,
    *,
    of: Platform | None = None,
    family: Literal[4, 6] = 4,
) -> CandidateSet:
    return candidates(of or platform(), tuple(observations), datetime.fromisoformat(at), family=family, shared=operator)


def lies(found: CandidateSet) -> dict[str, tuple[str, int]]:
    return {entry.address: (entry.relation, entry.gap_days) for entry in found.candidates}


def codes(found: CandidateSet) -> list[str]:
    return [finding.code for finding in found.findings]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2012-01-29T23:59Z", {"199.59.148.82": ("around", 0)}),
        ("2016-08-02T00:00Z", {"104.244.42.65": ("around", 0), "104.244.42.193": ("around", 0)}),
        ("2020-07-01T12:00Z", dict.fromkeys(OLD, ("around", 0)) | {"104.244.42.65": ("between", 1)}),
        ("2024-06-17T12:00Z", dict.fromkeys(OLD, ("around", 0))),
        (
            "2025-03-08T12:00Z",
            {
                "104.244.42.129": ("around", 0),
                "104.244.42.1": ("before", 1),
                "104.244.42.65": ("before", 4),
                "104.244.42.193": ("before", 8),
            },
        ),
        (
            "2025-03-10T00:00Z",
            {
                "104.244.42.129": ("around", 0),
                "104.244.42.1": ("before", 3),
                "104.244.42.65": ("before", 6),
                "104.244.42.193": ("before", 10),
            },
        ),
        (
            "2025-03-10T12:00Z",
            {
                "104.244.42.129": ("before", 0),
                "162.159.140.229": ("after", 1),
                "172.66.0.227": ("after", 2),
                "104.244.42.1": ("before", 3),
                "104.244.42.65": ("before", 6),
                "104.244.42.193": ("before", 10),
            },
        ),
        (
            "2025-03-11T00:49Z",
            {
                "162.159.140.229": ("around", 0),
                "172.66.0.227": ("after", 1),
                "151.101.130.146": ("after", 308),
                "151.101.2.146": ("after", 314),
                "151.101.66.146": ("after", 325),
                "151.101.194.146": ("after", 330),
            },
        ),
        (
            "2026-01-20T12:00Z",
            {
                **dict.fromkeys((*CLOUDFLARE, "151.101.130.146"), ("around", 0)),
                "151.101.2.146": ("before", 1),
                "151.101.66.146": ("after", 10),
                "151.101.194.146": ("after", 15),
            },
        ),
        (
            "2026-02-10T12:00Z",
            {
                **dict.fromkeys((*CLOUDFLARE, "151.101.130.146"), ("around", 0)),
                "151.101.66.146": ("before", 3),
                "151.101.194.146": ("before", 5),
                "151.101.2.146": ("before", 22),
            },
        ),
        ("2026-11-15T00:00Z", {"172.66.0.227": ("before", 85), "162.159.140.229": ("before", 87)}),
    ],
)
def test_what_lies_how_to_the_login(at: str, expected: dict[str, tuple[str, int]]) -> None:
    found = ask(at)
    assert found.status == "observed"
    assert lies(found) == expected


def test_before_the_first_observation_only_what_came_after() -> None:
    assert lies(ask("2012-01-28T00:00Z")) == {"199.59.148.82": ("after", 1)}
    between = ask("2014-01-29T00:00Z")
    assert {relation for relation, _ in lies(between).values()} == {"before", "after"}


def test_what_is_not_listed_is_counted() -> None:
    found = ask("2026-11-15T00:00Z")
    assert set(lies(found)) == CLOUDFLARE
    assert found.excluded == len(SERIES) - 2
    assert f"観測{len(SERIES) - 2}件は候補としていない" in found.explanation.ja
    assert f"{len(SERIES) - 2} observations of the same hosts at other times" in found.explanation.en


def test_an_era_says_that_its_members_rotate() -> None:
    assert "入れ替わる" in ask("2025-03-09T00:00Z").explanation.ja
    assert "rotate" in ask("2025-03-09T00:00Z").explanation.en
    assert "入れ替わる" not in ask("2024-06-17T12:00Z").explanation.ja
    assert "入れ替わる" not in ask("2025-03-10T12:00Z").explanation.ja


def test_the_change_is_put_into_words() -> None:
    found = ask("2025-03-10T12:00Z")
    assert "最後の観測2025-03-10T00:40Zと次の観測2025-03-11T00:49Zの間に変わり" in found.explanation.ja
    assert codes(found) == ["IPA602", "IPA603", "IPA604"]
    assert "変わり" not in ask("2025-03-11T00:49Z").explanation.ja
    assert codes(ask("2024-06-17T12:00Z")) == []


def test_shared_networks_are_named() -> None:
    found = ask("2025-06-01T12:00Z")
    assert {entry.address for entry in found.candidates if entry.shared == "Cloudflare"} == CLOUDFLARE
    assert codes(found) == ["IPA602"]
    later = observation("172.66.0.227", "2026-08-21", "2026-08-22", host="s.x", count=9)
    earlier = observation("192.0.2.1", "2024-01-01", "2024-01-01", host="s.x")
    of_other_periods = ask("2024-06-17T12:00Z", (*SERIES, later, earlier), of=platform(HOST, "s.x"))
    assert "172.66.0.227" in lies(of_other_periods)
    assert "IPA602" not in codes(of_other_periods)


def test_nearest_first_then_by_number() -> None:
    order = [entry.address for entry in ask("2025-03-10T12:00Z").candidates]
    assert order[:3] == ["104.244.42.129", "162.159.140.229", "172.66.0.227"]
    assert [entry.address for entry in ask("2024-06-17T12:00Z").candidates] == [
        "104.244.42.1",
        "104.244.42.65",
        "104.244.42.129",
        "104.244.42.193",
    ]


@pytest.mark.parametrize("count", [None, 2])
@pytest.mark.parametrize(
    ("at", "relation"),
    [
        ("2020-03-31T00:00Z", ("after", 1)),
        ("2020-04-01T00:00Z", ("around", 0)),
        ("2020-04-30T23:59Z", ("around", 0)),
        ("2020-05-01T00:00Z", ("between", 1)),
        ("2021-06-01T00:00Z", ("between", 397)),
        ("2022-12-31T23:59Z", ("between", 1)),
        ("2023-01-01T00:00Z", ("around", 0)),
        ("2023-12-31T00:00Z", ("around", 0)),
        ("2024-01-01T00:00Z", ("before", 1)),
    ],
)
def test_two_sightings_are_not_a_span(at: str, relation: tuple[str, int], count: int | None) -> None:
    found = ask(at, [observation("192.0.2.1", "2020-04", "2023", count=count)])
    assert lies(found) == {"192.0.2.1": relation}
    assert ("年または月まで" in found.explanation.ja) == (relation[0] == "around")
    assert lies(ask(at, [observation("192.0.2.1", "2020-04", "2023", count=3)]))["192.0.2.1"][0] != "between"


@pytest.mark.parametrize(
    ("first", "last", "day", "relation"),
    [
        ("2020-04-03", "2020-05-20", "2020-04-03", ("around", 0)),
        ("2020-04-03", "2020-05-20", "2020-04-04", ("between", 1)),
        ("2020-04-03", "2020-05-20", "2020-05-20", ("around", 0)),
        ("2020-04-03", "2020-04-04", "2020-04-04", ("around", 0)),
        ("2020-04", "2020-04", "2020-04-15", ("around", 0)),
        ("2020-04", "2020-04-20", "2020-04-21", ("before", 1)),
        ("2020-04-03", "2020-04", "2020-04-02", ("after", 1)),
        ("2017-07", "2017-08", "2017-07-31", ("around", 0)),
    ],
)
def test_a_published_time_is_as_long_as_it_is_coarse(
    first: str, last: str, day: str, relation: tuple[str, int]
) -> None:
    assert lies(ask(f"{day}T12:00Z", [observation("192.0.2.1", first, last)])) == {"192.0.2.1": relation}


def test_a_last_sighting_before_the_first_is_refused() -> None:
    with pytest.raises(ValueError, match="before first"):
        ask("2024-06-17T12:00Z", [observation("192.0.2.1", "2024-06-17", "2023")])


def test_sources_of_one_host_share_an_era() -> None:
    rows = (
        observation("192.0.2.1", "2024-01-01", "2024-06-30", count=9, source="one"),
        observation("192.0.2.2", "2024-06-01", "2024-09-30", count=9, source="two"),
        observation("192.0.2.3", "2024-02-01", "2024-02-01", source="three"),
        observation("192.0.2.4", "2024-10-01", "2024-10-01", source="two"),
    )
    found = ask("2024-08-01T00:00Z", rows)
    assert lies(found) == {"192.0.2.2": ("around", 0), "192.0.2.1": ("before", 32), "192.0.2.3": ("before", 182)}
    assert found.excluded == 1


def test_the_gap_is_that_of_the_nearest_sighting_of_the_same_host_in_whatever_era() -> None:
    rows = (
        observation("192.0.2.1", "2024-01-01", "2024-01-05", count=5),
        observation("192.0.2.2", "2024-01-07", "2024-03-30", count=5),
        observation("192.0.2.1", "2024-03-01", "2024-03-01"),
    )
    assert lies(ask("2024-01-08T00:00Z", rows))["192.0.2.1"] == ("between", 3)


def test_a_host_first_observed_later_is_no_candidate_where_another_was_observed_by_then() -> None:
    rows = (
        observation("192.0.2.1", "2024-01-01", "2024-01-01"),
        observation("192.0.2.2", "2024-05-01", "2024-05-01", host="new.x"),
    )
    of = platform(HOST, "new.x")
    later, earlier = ask("2024-03-01T00:00Z", rows, of=of), ask("2023-03-01T00:00Z", rows, of=of)
    assert set(lies(later)) == {"192.0.2.1"}
    assert later.excluded == 1
    unused = next(finding for finding in later.findings if finding.code == "IPA605")
    assert "接続時に未観測のホスト1件（new.x）" in unused.message.ja
    assert "1 of hosts not yet observed then (new.x)" in unused.message.en
    assert set(lies(earlier)) == {"192.0.2.1", "192.0.2.2"}
    assert set(lies(ask("2024-05-01T00:00Z", rows, of=of))) == {"192.0.2.1", "192.0.2.2"}


def periods(found: CandidateSet) -> dict[str, str]:
    return {entry.address: entry.period for entry in found.candidates}


def test_the_eras_of_the_reference_host_divide_those_of_others() -> None:
    old = observation("192.0.2.1", "2020-04", "2023", host="s.x")
    late = observation("192.0.2.2", "2026-08-24", "2026-08-24", host="s.x")
    of = platform(HOST, "s.x")
    found = ask("2026-01-20T12:00Z", (*SERIES, old), of=of)
    assert periods(found) == {
        **dict.fromkeys((*CLOUDFLARE, *(f"151.101.{n}.146" for n in (2, 66, 130, 194))), "current"),
        "192.0.2.1": "other",
    }
    assert found.candidates[-1].address == "192.0.2.1"
    assert "接続先候補6件" in found.explanation.ja
    assert "ほか別の時期1件" in found.explanation.ja
    assert "1 more of another period" in found.explanation.en
    assert periods(ask("2024-06-17T12:00Z", (*SERIES, old), of=of))["192.0.2.1"] == "current"
    assert periods(ask("2024-06-17T12:00Z", (*SERIES, old, late), of=of))["192.0.2.2"] == "other"
    assert set(periods(ask("2025-03-10T12:00Z", (*SERIES, old), of=of)).values()) == {"current"}
    assert periods(ask("2026-11-15T12:00Z", (*SERIES, late), of=of))["192.0.2.2"] == "current"
    unmarked = Platform(
        id="x",
        name="X",
        hosts=tuple(PlatformHost(name=host, role="web", candidate=True) for host in (HOST, "s.x")),
        sources=(),
        confidence="high",
    )
    assert set(periods(ask("2026-01-20T12:00Z", (*SERIES, old), of=unmarked)).values()) == {"current"}


def test_nearest_comes_before_farther_only_within_a_period() -> None:
    near = observation("192.0.2.1", "2025-03-09", "2025-03-09", host="s.x")
    found = ask("2025-03-11T12:00Z", (*SERIES, near), of=platform(HOST, "s.x"))
    assert [entry.gap_days for entry in found.candidates] == [0, 1, 308, 314, 325, 330, 2]
    assert found.candidates[-1].period == "other"


def test_the_place_of_observation_and_unknown_roles_are_said() -> None:
    note = Text(ja="米国1か所", en="one place in the US")
    of = Platform(
        id="x",
        name="X",
        hosts=(
            PlatformHost(name=HOST, role="web", candidate=True),
            PlatformHost(name="s.x", role="unknown", candidate=True),
        ),
        observation_note=note,
        observation_source="REG",
        sources=(),
        confidence="high",
    )
    rows = (*SERIES, observation("192.0.2.1", "2024-01-01", "2024-12-31", host="s.x", count=9))
    found = ask("2024-06-17T12:00Z", rows, of=of)
    said = {finding.code: finding for finding in found.findings}
    assert (said["IPA606"].level, said["IPA606"].message, said["IPA606"].about) == ("notice", note, "REG")
    assert said["IPA607"].about == "s.x"
    assert "s.x" in said["IPA607"].message.ja
    assert "IPA607" not in codes(ask("2023-06-17T12:00Z", rows, of=of))


def test_low_confidence_never_stands_in_for_better() -> None:
    weak = observation("192.0.2.9", "2015-03-12", "2015-03-12", source="hosts file", confidence="low")
    found = lies(ask("2015-06-01T00:00Z", (*SERIES, weak)))
    assert found["192.0.2.9"] == ("before", 81)
    assert found["199.59.148.82"][0] == "before"
    assert lies(ask("2015-03-12T00:00Z", (*SERIES, weak))).keys() > {"192.0.2.9", "199.59.148.82"}


def test_hosts_are_judged_one_by_one_and_addresses_merged() -> None:
    rows = (
        observation("192.0.2.1", "2024-01-01", "2024-12-31", count=3),
        observation("192.0.2.1", "2024-05-01", "2024-12-31", host="api.x", source="other", confidence="low", count=4),
        observation("192.0.2.1", "2025-05-01", "2025-05-01", host="t.co", count=5),
        observation("192.0.2.2", "2024-02-01", "2024-02-01", host="t.co"),
    )
    found = ask("2024-06-01T00:00Z", rows, of=platform(HOST, "api.x", "t.co"))
    first = found.candidates[0]
    assert (first.address, first.relation, first.count, first.confidence) == ("192.0.2.1", "around", 7, "high")
    assert set(first.hosts) == {HOST, "api.x"}
    assert set(first.sources) == {"series", "other"}
    assert (first.first_seen, first.last_seen) == ("2024-01-01", "2024-12-31")
    assert lies(found)["192.0.2.2"] == ("before", 121)


def test_rejected_observations_and_other_hosts_are_counted_never_used() -> None:
    rows = (
        *SERIES,
        observation("31.13.76.8", "2024-06-17", "2024-06-17", status="rejected"),
        observation("192.0.2.3", "2024-06-17", "2024-06-17", host="media.example"),
        observation("192.0.2.4", "2024-06-17", "2024-06-17", host="unlisted.example"),
    )
    found = ask("2024-06-17T12:00Z", rows)
    assert set(lies(found)) == OLD
    assert found.excluded == len(rows) - len(OLD)
    assert codes(found) == ["IPA605"]
    assert "却下1件" in found.findings[0].message.ja
    assert "接続先とみないホスト2件" in found.findings[0].message.ja


def test_ipv6_without_aaaa_is_for_orientation_only() -> None:
    found = ask("2024-06-17T12:00Z", family=6)
    assert codes(found) == ["IPA601"]
    assert set(lies(found)) == OLD
    aaaa = observation("2001:db8::1", "2024-01-01", "2024-12-31")
    assert set(lies(ask("2024-06-17T12:00Z", (*SERIES, aaaa), family=6))) == {"2001:db8::1"}
    assert set(lies(ask("2024-06-17T12:00Z", (*SERIES, aaaa)))) == OLD
    assert "（A、AAAAの他方）の観測1件" in ask("2024-06-17T12:00Z", (*SERIES, aaaa)).explanation.ja
    counted = f"（A、AAAAの他方）の観測{len(SERIES)}件"
    assert counted in ask("2024-06-17T12:00Z", (*SERIES, aaaa), family=6).explanation.ja


def test_what_could_not_be_answered_says_so() -> None:
    at = datetime(2024, 6, 17, tzinfo=UTC)
    unknown = candidates(None, SERIES, at, family=4, shared=operator)
    timeless = candidates(platform(), SERIES, None, family=4, shared=operator)
    nothing = candidates(platform(), (), at, family=4, shared=operator)
    assert [found.status for found in (unknown, timeless, nothing)] == ["unknown-platform", "no-time", "none"]
    assert all(found.explanation.ja and not found.candidates for found in (unknown, timeless, nothing))


def test_a_time_without_a_zone_is_no_time() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        ask("2024-06-17T12:00Z", [observation("192.0.2.1", "2024-06-17T12:00", "2024-06-18")])


def test_the_key_changes_at_midnight_and_at_every_known_time() -> None:
    key = epoch_key(survey(platform(), SERIES))
    times = ["09T23:59:59", "10T00:00", "10T00:40:00", "10T00:40:01", "10T23:59", "11T00:00", "11T00:48:59", "11T00:49"]
    keys = [key(datetime.fromisoformat(f"2025-03-{entry}Z")) for entry in times]
    assert [keys.index(entry) for entry in keys] == [0, 1, 1, 3, 4, 5, 6, 7]
    assert key(datetime.fromisoformat("2025-03-10T23:59:00.4Z")) == keys[4]
    assert key(datetime.fromisoformat("2025-03-11T00:49:01Z")) == keys[7]
    assert key(datetime.fromisoformat("2025-03-11T23:59:59Z")) == keys[7]


def shipped() -> tuple[Platform, tuple[Observation, ...]]:
    raw = tomllib.loads((DATA / "platforms" / "x.toml").read_text(encoding="utf-8"))
    with (DATA / "observations" / "x.csv").open(encoding="utf-8", newline="") as lines:
        rows = [{**row, "count": int(row["count"]) if row["count"] else None} for row in csv.DictReader(lines)]
    return msgspec.convert({"id": "x", **raw}, Platform), tuple(msgspec.convert(rows, list[Observation]))


@pytest.mark.parametrize(
    ("at", "around"),
    [
        ("2021-06-01T00:00Z", OLD),
        ("2024-06-17T12:00Z", OLD | {"104.244.42.194"}),
        ("2025-03-10T00:40Z", {"104.244.42.129"}),
        ("2025-03-10T00:41Z", set()),
        ("2025-03-11T00:48Z", set()),
        ("2025-03-11T00:49Z", {"162.159.140.229"}),
        ("2025-06-01T00:00Z", CLOUDFLARE),
        ("2026-01-20T00:00Z", CLOUDFLARE | {"151.101.130.146"}),
    ],
)
def test_the_shipped_observations(at: str, around: set[str]) -> None:
    x, observations = shipped()
    found = ask(at, observations, of=x)
    assert {address for address, (relation, _) in lies(found).items() if relation == "around"} == around
    assert not lies(found).keys() & {"31.13.76.8", "185.45.5.34", "199.16.158.72"}
    assert "IPA606" in codes(found)


def test_a_login_in_the_change_of_the_shipped_observations_gets_both_sets() -> None:
    x, observations = shipped()
    found = ask("2025-03-10T12:00Z", observations, of=x)
    assert found.status == "observed"
    assert lies(found).keys() >= OLD | CLOUDFLARE
    assert "twitter.com" in found.explanation.en
    assert "2025-03-11T00:49Z" in found.explanation.en


@pytest.mark.parametrize(
    ("at", "current", "others"),
    [
        (
            "2012-02-01T00:00Z",
            {f"199.59.{n}": ("before", 3) for n in ("148.82", "149.198", "149.230")}
            | {f"104.244.42.{n}": ("after", 1644) for n in (65, 193)},
            0,
        ),
        ("2016-08-02T00:00Z", {f"104.244.42.{n}": ("around", 0) for n in (65, 193)}, 0),
        ("2019-06-15T00:00Z", dict.fromkeys(OLD, ("between", 291)), 2),
        (
            "2026-01-20T12:00Z",
            {
                **dict.fromkeys((*CLOUDFLARE, "151.101.130.146"), ("around", 0)),
                "151.101.2.146": ("before", 1),
                "151.101.66.146": ("after", 10),
                "151.101.194.146": ("after", 15),
            },
            21,
        ),
        (
            "2026-11-15T00:00Z",
            {
                **dict.fromkeys((*CLOUDFLARE, "151.101.66.146"), ("before", 85)),
                "151.101.2.146": ("before", 74),
            },
            4,
        ),
    ],
)
def test_the_shipped_candidates_of_a_day(at: str, current: dict[str, tuple[str, int]], others: int) -> None:
    x, observations = shipped()
    found = ask(at, observations, of=x)
    of_period = [entry for entry in found.candidates if entry.period == "current"]
    assert list(found.candidates[: len(of_period)]) == of_period
    assert {entry.address: (entry.relation, entry.gap_days) for entry in of_period} == current
    assert len(found.candidates) - len(of_period) == others


def test_a_login_of_2015_is_not_told_of_a_change_that_only_a_hosts_file_shows() -> None:
    x, observations = shipped()
    found = ask("2015-03-12T12:00Z", observations, of=x)
    assert "2015-03-12と" not in found.explanation.ja
    assert "2012-01-29と次の観測2016-08-02" in found.explanation.ja


def test_one_hundred_distinct_dates_are_fast() -> None:
    x, observations = shipped()
    base = datetime(2025, 1, 1, 3, tzinfo=UTC)
    prepared = survey(x, observations)
    start = time.perf_counter()
    for day in range(100):
        candidates_in(prepared, base + timedelta(days=day), family=4, shared=operator)
    assert time.perf_counter() - start < 2


def test_where_all_that_was_observed_is_of_low_confidence_the_nearest_stands_for_itself() -> None:
    rows = [
        observation(f"192.0.2.{month}", f"2024-{month:02}-01", f"2024-{month:02}-10", count=9, confidence="low")
        for month in (1, 3, 5, 7)
    ]
    assert lies(ask("2024-05-05T00:00Z", rows)) == {"192.0.2.5": ("around", 0)}
    assert lies(ask("2024-04-01T00:00Z", rows)) == {"192.0.2.3": ("before", 22), "192.0.2.5": ("after", 30)}
