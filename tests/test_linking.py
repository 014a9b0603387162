"""Links: nearest in time first, before and after marked, ties shown, nothing compared that cannot be."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from ipattr.linking import link
from ipattr.model import Account, Address, EventKind, Instant, Link, LoginEvent, Post, Precision, Provenance

if TYPE_CHECKING:
    from collections.abc import Sequence

BASE = datetime(2024, 5, 1, 12, tzinfo=UTC)
HERE = Provenance(source="test")


def instant(seconds: float, precision: Precision = "s") -> Instant:
    utc = BASE + timedelta(seconds=seconds)
    return Instant(raw=utc.isoformat(), utc=utc, precision=precision, zone="Z", zone_source="written")


def login(
    identifier: str,
    seconds: float | None,
    *,
    precision: Precision = "s",
    account: Account | None = None,
    kind: EventKind = "login",
) -> LoginEvent:
    return LoginEvent(
        id=identifier,
        status="ok",
        instant=None if seconds is None else instant(seconds, precision),
        address=Address(raw="192.0.2.1", text="192.0.2.1", version=4),
        account=account or Account(id="7"),
        kind=kind,
        provenance=HERE,
    )


def post(identifier: str, seconds: float, *, precision: Precision = "ms", account: Account | None = None) -> Post:
    return Post(
        id=identifier,
        status="ok",
        instant=instant(seconds, precision),
        account=account or Account(id="7"),
        provenance=HERE,
    )


def marks(links: Sequence[Link]) -> list[tuple[str, int, str]]:
    return [
        (
            entry.login,
            entry.rank,
            "".join(
                letter
                for letter, holds in (
                    ("n", entry.nearest),
                    ("b", entry.nearest_before),
                    ("a", entry.nearest_after),
                    ("t", entry.tie),
                    ("u", entry.uncertain),
                )
                if holds
            ),
        )
        for entry in links
    ]


def test_every_login_is_ranked_by_absolute_distance() -> None:
    links, findings = link([post("1", 0)], [login("1", -90), login("2", 60), login("3", 3600), login("4", -7200)])
    assert marks(links) == [("2", 1, "na"), ("1", 2, "b"), ("3", 3, ""), ("4", 4, "")]
    assert [entry.gap_seconds for entry in links] == [60, -90, 3600, -7200]
    assert [entry.position for entry in links] == ["after", "before", "after", "before"]
    assert [finding.code for finding in findings] == ["IPA501"]
    assert "令和6年12月23日" in findings[0].message.ja


def test_equal_distances_share_a_rank() -> None:
    links, findings = link([post("1", 0)], [login("1", -60), login("2", 60), login("3", 100)])
    assert marks(links) == [("1", 1, "nbtu"), ("2", 1, "natu"), ("3", 3, "")]
    assert [finding.code for finding in findings] == ["IPA501", "IPA504", "IPA505"]


def test_a_login_at_the_instant_of_the_post_is_nearest_and_the_neighbours_keep_their_marks() -> None:
    links, _ = link([post("1", 0)], [login("1", -60), login("2", 0, precision="ms"), login("3", 90)])
    assert marks(links) == [("2", 1, "nu"), ("1", 2, "b"), ("3", 3, "a")]
    assert links[0].position == "same"


def test_no_distance_is_too_far() -> None:
    links, _ = link([post("1", 0)], [login("1", 10 * 365 * 86400)])
    assert marks(links) == [("1", 1, "na")]


@pytest.mark.parametrize(
    ("before", "after", "precision", "uncertain"),
    [
        (-60.0, 60.5, "s", False),
        (-60.5, 60.0, "s", True),
        (-62.5, 60.0, "s", False),
        (-62.0, 60.0, "min", True),
        (-300.0, 60.0, "min", False),
        (-60.001, 60.0, "ms", True),
        (-60.01, 60.0, "ms", False),
    ],
)
def test_order_across_the_post_is_uncertain_when_precision_does_not_settle_it(
    before: float, after: float, precision: Precision, *, uncertain: bool
) -> None:
    links, _ = link([post("1", 0)], [login("1", before, precision=precision), login("2", after, precision=precision)])
    assert [entry.uncertain for entry in links] == [uncertain, uncertain]


def test_order_on_one_side_does_not_depend_on_the_precision_of_the_post() -> None:
    links, _ = link([post("1", 0, precision="min")], [login("1", 100), login("2", 101), login("3", 101.5)])
    assert marks(links) == [("1", 1, "na"), ("2", 2, "u"), ("3", 3, "u")]


def test_a_coarse_login_is_uncertain_against_more_than_its_neighbour() -> None:
    links, findings = link(
        [post("1", 0)], [login("1", 1000, precision="day"), login("2", 1001), login("3", 5000), login("4", 90_000)]
    )
    assert marks(links) == [("1", 1, "nau"), ("2", 2, "u"), ("3", 3, "u"), ("4", 4, "")]
    assert ("IPA504", "1") in [(finding.code, finding.about) for finding in findings]


def test_the_side_itself_can_be_uncertain() -> None:
    links, _ = link([post("1", 0)], [login("1", -30, precision="min"), login("2", 90_000)])
    assert marks(links) == [("1", 1, "nbu"), ("2", 2, "a")]


def test_other_accounts_are_not_linked_and_names_are_not_compared() -> None:
    logins = [
        login("1", 10, account=Account(id="8", name="same")),
        login("2", 20, account=Account(id="7", name="other")),
        login("3", 30, account=Account(name="same")),
    ]
    links, findings = link([post("1", 0, account=Account(id="7", name="same"))], logins)
    assert marks(links) == [("2", 1, "na"), ("3", 2, "")]
    assert [finding.code for finding in findings] == ["IPA501", "IPA502", "IPA506"]


def test_without_an_id_on_the_post_every_login_is_linked_with_one_remark() -> None:
    nameless = Account(name="x")
    posts = [post("1", 0, account=nameless), post("2", 5, account=nameless)]
    links, findings = link(posts, [login("1", 10), login("2", 20)])
    assert [(entry.post, entry.login) for entry in links] == [("1", "1"), ("1", "2"), ("2", "1"), ("2", "2")]
    assert [(finding.code, finding.about) for finding in findings] == [("IPA501", ""), ("IPA502", "1, 2")]


def test_logins_without_a_time_and_posts_without_a_login_are_said() -> None:
    links, findings = link([post("1", 0)], [login("10", None), login("2", None)])
    assert links == ()
    assert [(finding.code, finding.about) for finding in findings] == [("IPA503", "1"), ("IPA507", "2, 10")]
    assert link([], [login("1", None)]) == ((), ())


def test_every_kind_of_event_is_linked() -> None:
    kinds: tuple[EventKind, ...] = ("creation", "login", "logout", "deletion", "unknown")
    links, _ = link([post("1", 0)], [login(str(n), 10.0 * n, kind=kind) for n, kind in enumerate(kinds, start=1)])
    assert [entry.login for entry in links] == ["1", "2", "3", "4", "5"]


def test_a_long_log_stays_fast() -> None:
    logins = [login(str(n), 61.0 * n - 300_000) for n in range(10_000)]
    posts = [post(str(n), 1000.0 * n) for n in range(20)]
    start = time.perf_counter()
    links, _ = link(posts, logins)
    assert len(links) == 200_000
    assert time.perf_counter() - start < 60
