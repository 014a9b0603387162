"""What the shipped ledger supports for six instants: the sets, first and last seen, relation and distance."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from destination_ledgers import shipped

from ipattr.destinations import candidates_in, survey

if TYPE_CHECKING:
    from ipattr.model import CandidateSet

Row = tuple[str, str, str, str, int, int | None]
"""Address, first seen, last seen, relation, days away, seconds away."""

OLD_SEEN = {
    "104.244.42.1": ("2020-06-30", "2025-03-07"),
    "104.244.42.65": ("2020-07-02", "2025-03-04"),
    "104.244.42.129": ("2020-06-30", "2025-03-10T00:40Z"),
    "104.244.42.193": ("2020-06-30", "2025-02-28"),
}
FIRST = [("199.59.148.82", "2012-01-29"), ("199.59.149.198", "2012-01-29"), ("199.59.149.230", "2012-01-29")]
TWITTER: dict[str, list[Row]] = {
    "2014-06-17T12:00Z": [
        ("104.244.42.65", "2016-08-02", "2025-03-04", "after", 777, None),
        ("104.244.42.193", "2016-08-02", "2025-02-28", "after", 777, None),
        *((address, day, day, "before", 870, None) for address, day in FIRST),
    ],
    "2024-06-17T12:00Z": [(address, *seen, "around", 0, None) for address, seen in OLD_SEEN.items()],
    "2025-03-10T23:00Z": [
        ("104.244.42.129", "2017-07", "2025-03-10T00:40Z", "before", 0, 22 * 3600 + 20 * 60),
        ("162.159.140.229", "2025-03-11T00:49Z", "2026-08-22", "after", 1, 3600 + 49 * 60),
        ("172.66.0.227", "2025-03-12", "2026-08-22", "after", 2, None),
        ("104.244.42.1", "2017-07", "2025-03-07", "before", 3, None),
        ("104.244.42.65", "2016-08-02", "2025-03-04", "before", 6, None),
        ("104.244.42.193", "2016-08-02", "2025-02-28", "before", 10, None),
    ],
    "2025-03-11T12:00Z": [
        ("162.159.140.229", "2025-03-11T00:49Z", "2026-08-20", "around", 0, None),
        ("172.66.0.227", "2025-03-12", "2026-08-22", "after", 1, None),
        ("151.101.130.146", "2026-01-13", "2026-02-26", "after", 308, None),
        ("151.101.2.146", "2026-01-19", "2026-01-19", "after", 314, None),
        ("151.101.66.146", "2026-01-30", "2026-08-22", "after", 325, None),
        ("151.101.194.146", "2026-02-04", "2026-02-05", "after", 330, None),
    ],
    "2026-08-22T12:00Z": [
        ("151.101.66.146", "2026-08-22", "2026-08-22", "around", 0, None),
        ("162.159.140.229", "2026-08-21", "2026-08-22", "around", 0, None),
        ("172.66.0.227", "2025-03-12", "2026-08-22", "around", 0, None),
        ("151.101.130.146", "2026-01-13", "2026-02-26", "before", 177, None),
        ("151.101.194.146", "2026-02-04", "2026-02-05", "before", 198, None),
        ("151.101.2.146", "2026-01-19", "2026-01-19", "before", 215, None),
    ],
    "2027-06-01T00:00Z": [
        ("151.101.66.146", "2026-01-30", "2026-08-22", "before", 283, None),
        ("162.159.140.229", "2025-03-11T00:49Z", "2026-08-22", "before", 283, None),
        ("172.66.0.227", "2025-03-12", "2026-08-22", "before", 283, None),
    ],
}
CLOUDFLARE = {"162.159.140.229", "172.66.0.227"}
OLD = set(OLD_SEEN)
LISTED = {f"104.244.42.{n + 64 * k}" for n in (3, 4, 5, 6) for k in range(4)}
"""Of s., td., mobile.twitter.com and t.co: a candidate list used in filings, 2020-04 to 2023."""
S_HOST = {f"104.244.42.{3 + 64 * k}" for k in range(4)}
ALL_HOSTS: dict[str, tuple[set[str], set[str], set[str]]] = {
    "2014-06-17T12:00Z": (set(), {address for address, _ in FIRST} | {"104.244.42.65", "104.244.42.193"}, set()),
    "2024-06-17T12:00Z": (OLD | {"104.244.42.194"}, LISTED, CLOUDFLARE | {"151.101.66.146"}),
    "2025-03-10T23:00Z": (set(), OLD | CLOUDFLARE | LISTED | {"104.244.42.194", "151.101.66.146"}, set()),
    "2025-03-11T12:00Z": (
        {"162.159.140.229"},
        {"172.66.0.227", *(f"151.101.{n}.146" for n in (2, 66, 130, 194))},
        OLD | LISTED | {"104.244.42.194"},
    ),
    "2026-08-22T12:00Z": (CLOUDFLARE | {"151.101.66.146"}, {f"151.101.{n}.146" for n in (2, 130, 194)}, S_HOST),
    "2027-06-01T00:00Z": (set(), CLOUDFLARE | {"151.101.66.146", "151.101.2.146"}, S_HOST),
}
"""Seen around the instant; otherwise of its period; of another period."""


def ask(at: str, *hosts: str) -> CandidateSet:
    return candidates_in(
        survey(*shipped()), datetime.fromisoformat(at), family=4, shared=lambda _address: "", hosts=hosts
    )


@pytest.mark.parametrize("at", TWITTER)
def test_what_is_known_of_twitter_com(at: str) -> None:
    found = ask(at, "twitter.com")
    assert [
        (one.address, one.first_seen, one.last_seen, one.relation, one.gap_days, one.gap_seconds)
        for one in found.candidates
    ] == TWITTER[at]
    assert {host for one in found.candidates for host in one.hosts} == {"twitter.com"}
    assert {one.period for one in found.candidates} == {"current"}


@pytest.mark.parametrize("at", ALL_HOSTS)
def test_what_is_known_of_all_login_hosts(at: str) -> None:
    found = ask(at)
    around = {one.address for one in found.candidates if one.relation == "around"}
    current = {one.address for one in found.candidates if one.period == "current"}
    assert (around, current - around) == ALL_HOSTS[at][:2]
    assert {one.address for one in found.candidates} - current == ALL_HOSTS[at][2]
    exact = {one.address: one.gap_seconds for one in found.candidates if one.gap_seconds is not None}
    assert exact == ({"104.244.42.129": 80400, "162.159.140.229": 6540} if at.startswith("2025-03-10") else {})


@pytest.mark.parametrize(
    ("at", "ja", "en"),
    [
        (
            "2014-06-17T12:00Z",
            "接続前が2012-01-29（870日前）、接続後が2016-08-02（777日後）であり、その間の応答は記録がなく分からない",
            "2012-01-29 (870 days before) and 2016-08-02 (777 days after); what was answered in between is not on",
        ),
        (
            "2025-03-10T23:00Z",
            "接続前が2025-03-10T00:40Z（22時間20分前）、接続後が2025-03-11T00:49Z（1時間49分後）",
            "2025-03-10T00:40Z (22 h 20 min before) and 2025-03-11T00:49Z (1 h 49 min after)",
        ),
        (
            "2027-06-01T00:00Z",
            "接続前の2026-08-22（283日前）で、それより後の観測はないため、その後に応答が変わったかは分からない",
            "2026-08-22 (283 days before); there is none later, so whether the answers changed after it is not known",
        ),
    ],
)
def test_what_is_not_known_is_said(at: str, ja: str, en: str) -> None:
    found = ask(at, "twitter.com")
    assert ja in found.explanation.ja
    assert en in found.explanation.en
    assert "パッシブDNS" in found.explanation.ja


@pytest.mark.parametrize("at", ["2024-06-17T12:00Z", "2025-03-11T12:00Z", "2026-08-22T12:00Z"])
def test_nothing_is_said_to_be_unknown_where_an_observation_spans_the_login(at: str) -> None:
    assert "最も近い観測" not in ask(at, "twitter.com").explanation.ja


@pytest.mark.parametrize("at", TWITTER)
def test_no_text_speaks_of_the_destination_as_known(at: str) -> None:
    found = ask(at)
    said = [found.explanation, *(one.message for one in found.findings), *(one.text for one in found.steps)]
    assert "当該接続の接続先そのものではない" in found.explanation.ja
    assert not any("the destination is" in text.en or "接続先は" in text.ja for text in said)
