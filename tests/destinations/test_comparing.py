"""What changed between two instants, and what the observations cannot say about it."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest
from destination_ledgers import hours, observation, platform, resolution, shipped, web

from ipattr.destinations import survey
from ipattr.destinations.comparing import compare, said_of_hosts
from ipattr.destinations.condensing import Condenser
from ipattr.model import HostChange, Observation, PlatformHost

OLD = {f"104.244.42.{last}" for last in (1, 65, 129, 193)}
CLOUDFLARE = {"162.159.140.229", "172.66.0.227"}


def changes(first: str, second: str) -> dict[str, HostChange]:
    x, rows = shipped()
    found = compare(
        survey(x, rows), datetime.fromisoformat(first), datetime.fromisoformat(second), shared=lambda _address: ""
    )
    return {change.host: change for change in found}


def between(first: float, second: float, *rows: Observation) -> HostChange:
    (found,) = compare(survey(web(), rows), hours(first), hours(second), shared=lambda _address: "")
    return found


def test_the_change_of_twitter_com_is_bracketed_by_its_observations() -> None:
    change = changes("2025-03-10T00:00Z", "2025-03-11T12:00Z")["twitter.com"]
    assert (change.status, change.rrtype) == ("changed", "A")
    assert set(change.gone) == OLD
    assert change.new == ("162.159.140.229",)
    assert change.kept == ()
    assert (change.since, change.until) == ("2025-03-10T00:40Z", "2025-03-11T00:49Z")
    assert "2025-03-10T00:40Z" in change.text.ja
    assert "2025-03-11T00:49Z" in change.text.en
    assert {one.address for one in change.before} == OLD


def test_an_instant_within_the_change_has_both_and_says_that_nothing_spans_it() -> None:
    change = changes("2025-03-10T00:00Z", "2025-03-11T00:00Z")["twitter.com"]
    assert set(change.kept) == OLD
    assert set(change.new) == CLOUDFLARE
    assert (change.gone, change.since, change.until) == ((), "2025-03-10T00:40Z", "2025-03-11T00:49Z")
    assert "後の時点を含む観測はなく" in change.text.ja
    assert "No observation spans the second instant" in change.text.en
    assert "first instant" not in change.text.en


def test_what_did_not_change_between_two_days_is_unchanged() -> None:
    change = changes("2024-06-17T00:00Z", "2024-09-17T00:00Z")["twitter.com"]
    assert (change.status, change.since, change.until) == ("unchanged", "", "")
    assert set(change.kept) == OLD


def test_a_host_that_was_not_observed_near_an_instant_is_not_said_to_be_gone_then() -> None:
    change = changes("2022-06-01T00:00Z", "2026-06-01T00:00Z")["s.twitter.com"]
    assert (change.status, change.after, change.since) == ("gone", (), "2023")
    assert "応答は分からない" in change.text.ja
    assert "not known" in change.text.en
    unknown = changes("2025-06-01T00:00Z", "2026-06-01T00:00Z")["s.twitter.com"]
    assert (unknown.status, unknown.before, unknown.after) == ("unknown", (), ())
    assert "2023" in unknown.text.ja
    around = changes("2012-06-01T00:00Z", "2026-06-01T00:00Z")["s.twitter.com"]
    assert (around.status, around.before, around.after) == ("unknown", (), ())
    assert "観測は2020-04から2023まで" in around.text.ja


def test_nothing_is_said_of_a_change_where_no_observation_lies_at_or_between_the_instants() -> None:
    change = changes("2025-03-10T00:00Z", "2025-03-12T00:00Z")["x.com"]
    assert (change.status, change.gone, change.new, change.kept) == ("unknown", (), (), ())
    assert "2024-06-17" in change.text.ja
    assert "2026-08-21" in change.text.en
    rows = (observation("192.0.2.1", "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z", longest_gap=3600),)
    for first, second in ((1, 5), (70, 80)):
        assert between(first, second, *rows).status == "unknown"
    assert between(1, 30, *rows).status == "unchanged"


def test_an_address_is_not_new_before_it_was_first_seen() -> None:
    usual = observation("192.0.2.1", "2026-03-01T00:00:00Z", "2026-03-10T00:00:00Z", longest_gap=3600)
    spare = observation("192.0.2.2", "2026-03-05T00:00:00Z", "2026-03-06T00:00:00Z", longest_gap=3600)
    assert between(24, 48, usual, spare).status == "unchanged"
    late = between(24, 100, usual, spare)
    assert (late.status, late.new, late.kept, late.until) == (
        "changed",
        ("192.0.2.2",),
        ("192.0.2.1",),
        "2026-03-05T00:00:00Z",
    )


def test_addresses_stand_in_the_order_of_their_numbers() -> None:
    change = changes("2025-03-10T00:00Z", "2025-03-12T00:00Z")["twitter.com"]
    assert change.gone == ("104.244.42.1", "104.244.42.65", "104.244.42.129", "104.244.42.193")
    assert change.new == ("162.159.140.229", "172.66.0.227")


def test_named_hosts_are_compared_whatever_the_profile_says_of_them() -> None:
    rows = [observation("192.0.2.1", "2026-03-01", "2026-03-09", host=name) for name in ("a.x", "b.x", "c.x")]
    of = platform([PlatformHost(name="a.x", role="web", candidate=True)])
    prepared = survey(of, rows)
    found = compare(prepared, hours(1), hours(2), shared=lambda _address: "", hosts=("C.X.", "a.x", "typo.x"))
    assert [change.host for change in found] == ["c.x", "a.x"]
    assert [(one.code, one.about) for one in said_of_hosts(prepared, ("C.X.", "a.x", "typo.x"))] == [
        ("IPA608", "typo.x"),
        ("IPA609", "c.x"),
    ]


def test_a_host_first_observed_in_between_appeared() -> None:
    change = changes("2025-06-01T00:00Z", "2026-08-22T00:00Z")["upload.twitter.com"]
    assert (change.status, change.before, change.until) == ("appeared", (), "2026-08-21")
    assert set(change.new) == CLOUDFLARE
    assert "2026-08-21" in change.text.en


def test_only_candidate_hosts_that_were_observed_are_compared_in_the_profiles_order() -> None:
    x, _ = shipped()
    found = changes("2025-03-10T00:00Z", "2025-03-11T00:00Z")
    listed = [host.name for host in x.hosts if host.candidate]
    assert list(found) == listed
    assert compare(survey(None, ()), hours(0), hours(1), shared=lambda _address: "") == ()
    assert compare(survey(web(), ()), hours(0), hours(1), shared=lambda _address: "") == ()


def test_record_types_are_compared_apart() -> None:
    rows = (
        observation("192.0.2.1", "2026-01-01", "2026-12-31"),
        observation("2001:db8::1", "2026-01-01", "2026-03-01"),
        observation("2001:db8::2", "2026-03-02", "2026-12-31"),
    )
    found = compare(survey(web(), rows), hours(0), hours(30), shared=lambda _address: "")
    assert [(one.rrtype, one.status) for one in found] == [("A", "unchanged"), ("AAAA", "changed")]
    assert (found[1].since, found[1].until) == ("2026-03-01", "2026-03-02")


def test_own_captures_bracket_a_change_to_the_second() -> None:
    condenser = Condenser()
    for n in range(20):
        condenser.add(resolution(hours(6 * n) + timedelta(seconds=n), f"192.0.2.{1 + n // 10}"), at=f"f:{n}")
    change = between(1, 100, *condenser.observations("p"))
    assert (change.status, change.gone, change.new) == ("changed", ("192.0.2.1",), ("192.0.2.2",))
    assert (change.since, change.until) == ("2026-03-03T06:00:09Z", "2026-03-03T12:00:10Z")


@pytest.mark.parametrize(("after", "status"), [(47, "unchanged"), (49, "gone")])
def test_near_is_within_the_break(after: float, status: str) -> None:
    row = observation("192.0.2.1", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z")
    assert between(-1, after, row).status == status


def test_hosts_no_login_goes_to_are_left_out() -> None:
    hosts = [
        PlatformHost(name="www.example", role="web", candidate=True),
        PlatformHost(name="img.example", role="media", candidate=False),
    ]
    row = observation("192.0.2.1", "2026-01-01", "2026-12-31")
    rows = (row, msgspec.structs.replace(row, host="img.example", id="other"))
    found = compare(survey(platform(hosts), rows), hours(0), hours(1), shared=lambda _address: "")
    assert [one.host for one in found] == ["www.example"]
