"""Four steps narrow a set: each says what it dropped and on what evidence, and each can be turned off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import chain, combinations
from typing import TYPE_CHECKING, Any, Literal

import pytest
from destination_ledgers import observation, platform, shipped
from hypothesis import given
from hypothesis import strategies as st

from ipattr.destinations import candidates, candidates_in, epoch_key, survey
from ipattr.destinations.clients import kind_of
from ipattr.model import CandidateSet, Narrowing, NarrowingStep, Observation, PlatformHost

if TYPE_CHECKING:
    from collections.abc import Iterable

STEPS: tuple[NarrowingStep, ...] = ("hosts", "family", "client", "time")
P = platform(
    [
        PlatformHost(name="www.example", role="web", candidate=True, reference=True),
        PlatformHost(name="api.example", role="api", candidate=True),
        PlatformHost(name="m.example", role="mobile", candidate=True),
        PlatformHost(name="go.example", role="short-link", candidate=True),
        PlatformHost(name="login.example", role="login", candidate=True),
        PlatformHost(name="odd.example", role="unknown", candidate=True),
        PlatformHost(name="img.example", role="media", candidate=False),
    ]
)
YEAR = ("2026-01-01", "2026-12-31")
HOSTS = {
    "192.0.2.1": "www.example",
    "192.0.2.2": "api.example",
    "192.0.2.3": "m.example",
    "192.0.2.4": "go.example",
    "192.0.2.5": "login.example",
    "192.0.2.6": "odd.example",
    "192.0.2.7": "img.example",
    "2001:db8::1": "www.example",
    "2001:db8::7": "img.example",
}
ROWS = (
    *(observation(address, *YEAR, host=host) for address, host in HOSTS.items()),
    observation("192.0.2.8", "2020-01-01", "2020-12-31"),
    observation("192.0.2.9", *YEAR, status="rejected"),
    observation("192.0.2.10", *YEAR, host="unlisted.example"),
)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def ask(
    *,
    family: Literal[4, 6] = 4,
    client: str = "",
    without: Iterable[NarrowingStep] = (),
    hosts: tuple[str, ...] = (),
    rows: tuple[Observation, ...] = ROWS,
) -> CandidateSet:
    return candidates_in(
        survey(P, rows),
        NOON,
        family=family,
        shared=lambda _address: "",
        client=client,
        without=frozenset(without),
        hosts=hosts,
    )


def last(found: CandidateSet) -> set[str]:
    return {one.address.rpartition(".")[2] if "." in one.address else one.address for one in found.candidates}


def steps(found: CandidateSet) -> dict[str, Narrowing]:
    assert [one.step for one in found.steps] == list(STEPS)
    return {one.step: one for one in found.steps}


def test_the_steps_stand_in_order_with_what_each_dropped_and_left() -> None:
    found = ask(client="api")
    assert [(one.step, one.applied, one.dropped, one.remaining) for one in found.steps] == [
        ("hosts", True, ("192.0.2.7", "2001:db8::7"), 8),
        ("family", True, ("2001:db8::1",), 7),
        ("client", True, ("192.0.2.3", "192.0.2.4"), 5),
        ("time", True, ("192.0.2.8",), 4),
    ]
    assert last(found) == {"1", "2", "5", "6"}
    assert "(go.example, m.example)" in steps(found)["client"].text.en


@pytest.mark.parametrize(
    ("off", "more"),
    [
        ("hosts", {"7"}),
        ("family", {"2001:db8::1"}),
        ("client", {"3", "4"}),
        ("time", {"8"}),
    ],
)
def test_each_step_can_be_turned_off_and_says_so(off: NarrowingStep, more: set[str]) -> None:
    on, without = ask(client="api"), ask(client="api", without=[off])
    assert last(without) == last(on) | more
    step = steps(without)[off]
    assert (step.applied, step.dropped) == (False, ())
    assert "指定により" in step.text.ja
    assert "turned off" in step.text.en


def test_with_all_turned_off_every_kept_address_of_the_profile_is_listed() -> None:
    found = ask(without=STEPS)
    assert {one.address for one in found.candidates} == {*HOSTS, "192.0.2.8"}
    assert {one.remaining for one in found.steps} == {10}
    old = next(one for one in found.candidates if one.address == "192.0.2.8")
    assert (old.relation, old.gap_days, old.period) == ("before", 1978, "other")


@pytest.mark.parametrize(
    ("client", "expected", "applied"),
    [
        ("", {"1", "2", "3", "4", "5", "6"}, False),
        ("ブラウザ", {"1", "2", "3", "4", "5", "6"}, False),
        ("API", {"1", "2", "5", "6"}, True),
        ("iPhone", {"1", "2", "3", "4", "5", "6"}, False),
        ("Twitter for iPhone", {"1", "2", "3", "4", "5", "6"}, False),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64)", {"1", "2", "3", "4", "5", "6"}, False),
    ],
)
def test_the_client_narrows_hosts_where_the_log_leaves_no_doubt(
    client: str, expected: set[str], applied: object
) -> None:
    found = ask(client=client)
    assert last(found) == expected
    assert steps(found)["client"].applied is applied


def test_why_the_client_narrows_nothing_is_said() -> None:
    for unclear in ("", "Twitter for iPhone"):
        assert "定めるに足りる記載がログにない" in steps(ask(client=unclear))["client"].text.ja
    assert "アプリかブラウザか" in steps(ask(client="スマホ"))["client"].text.ja


def test_a_page_in_a_browser_may_have_called_an_api_host() -> None:
    found = ask(client="web")
    assert "2" in last(found)
    assert "API" in steps(found)["client"].text.ja


def test_a_client_never_leaves_nothing() -> None:
    found = ask(client="api", rows=(observation("192.0.2.3", *YEAR, host="m.example"),))
    assert last(found) == {"3"}
    assert steps(found)["client"].applied is False
    assert "観測がない" in steps(found)["client"].text.ja


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("web", "web"),
        (" Web  Browser ", "web"),
        ("ＷＥＢ", "web"),
        ("ウェブ", "web"),
        ("ﾌﾞﾗｳｻﾞ", "web"),
        ("api", "api"),
        ("モバイル", "mobile"),
        ("Android", "mobile"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15", "mobile"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile Safari/537.36", "mobile"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", "web"),
        ("", ""),
        ("   ", ""),
        ("app", ""),
        ("webアプリ?", ""),
        ("not web", ""),
        ("Mozilla", ""),
        ("curl/8.0", ""),
        ("TwitterAndroid/10.21.0", ""),
    ],
)
def test_kinds_of_clients(text: str, kind: str) -> None:
    assert kind_of(text) == kind
    assert not kind or kind_of(kind) == kind


def test_an_ipv6_login_without_the_family_step_lists_both() -> None:
    assert last(ask(family=6)) == {"2001:db8::1"}
    assert "NAT64" in steps(ask(family=6))["family"].text.en
    both = ask(family=6, without=["family"])
    assert last(both) == {"1", "2", "3", "4", "5", "6", "2001:db8::1"}
    assert "IPA601" not in [one.code for one in both.findings]


def test_an_ipv6_login_where_no_aaaa_was_observed_keeps_ipv4_for_orientation() -> None:
    found = ask(family=6, hosts=("api.example",))
    assert last(found) == {"2"}
    assert "IPA601" in [one.code for one in found.findings]
    step = steps(found)["family"]
    assert (step.applied, step.dropped, step.remaining) == (False, (), 1)
    assert "NAT64" in step.text.ja
    assert "AAAA" in step.text.en


def test_named_hosts_limit_the_question() -> None:
    assert last(ask(hosts=("WWW.Example.",))) == {"1"}
    media = ask(hosts=("img.example",))
    assert last(media) == {"7"}
    assert [one.code for one in media.findings if one.code in {"IPA608", "IPA609"}] == ["IPA609"]
    unlisted = ask(hosts=("unlisted.example",))
    assert last(unlisted) == {"10"}
    unused = next(one for one in ask(hosts=("www.example",)).findings if one.code == "IPA605")
    assert "指定されていないホスト" in unused.message.ja


def test_a_ledger_of_ipv6_alone_is_not_said_to_be_empty() -> None:
    found = ask(rows=(observation("2001:db8::1", *YEAR),))
    assert (found.status, steps(found)["family"].dropped) == ("none", ("2001:db8::1",))
    assert "別の種別のレコード" in found.explanation.ja
    assert "1 of the other record type" in found.explanation.en


def test_hosts_first_observed_after_the_login_are_named_in_the_step_that_drops_them() -> None:
    late = observation("192.0.2.20", "2026-09-01", "2026-09-30", host="api.example")
    found = ask(rows=(observation("192.0.2.1", *YEAR), late))
    step = steps(found)["time"]
    assert step.dropped == ("192.0.2.20",)
    assert "（api.example）" in step.text.ja
    assert "does not show that they did not exist" in step.text.en
    assert "存在しなかった" not in steps(ask())["time"].text.ja


def test_a_named_host_without_observations_is_no_error_and_said() -> None:
    mixed = ask(hosts=("www.example", "typo.example"))
    assert last(mixed) == {"1"}
    said = next(one for one in mixed.findings if one.code == "IPA608")
    assert (said.level, said.about) == ("warning", "typo.example")
    nothing = ask(hosts=("typo.example",))
    assert (nothing.status, nothing.candidates) == ("none", ())
    assert [one.code for one in nothing.findings] == ["IPA608"]
    assert "typo.example" in nothing.explanation.ja
    assert [one.remaining for one in nothing.steps] == [0, 0, 0, 0]


def test_the_eras_of_the_reference_host_divide_time_even_where_it_is_not_asked_about() -> None:
    x, rows = shipped()
    found = candidates_in(
        survey(x, rows),
        datetime(2024, 6, 17, 12, tzinfo=UTC),
        family=4,
        shared=lambda _address: "",
        hosts=("t.co",),
    )
    periods = {one.address: one.period for one in found.candidates}
    assert periods["172.66.0.227"] == "other"
    assert periods["104.244.42.5"] == "current"


turned_off = st.sampled_from([frozenset(some) for some in chain(*(combinations(STEPS, n) for n in range(5)))])
published = st.sampled_from(
    ("2026-05-31T20:00Z", "2026-06-01T12:00:30Z", "2026-06-01T12:01Z", "2026-06-01", "2026-06", "2026-06-02", "2026")
)


@st.composite
def ledgers(draw: st.DrawFn) -> tuple[Observation, ...]:
    rows = draw(
        st.lists(
            st.tuples(
                published,
                published,
                st.sampled_from((*dict.fromkeys(HOSTS.values()), "unlisted.example")),
                st.sampled_from(("192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2")),
                st.sampled_from(("kept", "kept", "kept", "rejected")),
                st.none() | st.integers(1, 5),
            ),
            max_size=8,
        )
    )
    made = []
    for number, (one, two, host, address, status, count) in enumerate(rows):
        first, final = sorted((one, two), key=lambda text: (text[:7], len(text), text))
        row = observation(address, first, final, host=host, status=status, count=count, id=f"o{number}")
        try:
            survey(P, [row])
        except ValueError:
            row = observation(address, first, first, host=host, status=status, count=count, id=f"o{number}")
        made.append(row)
    return tuple(made)


questions = st.fixed_dictionaries(
    {
        "family": st.sampled_from((4, 6)),
        "client": st.sampled_from(("", "web", "api", "mobile")),
        "without": turned_off,
        "hosts": st.sampled_from(((), ("www.example",), ("img.example", "odd.example"), ("typo.example",))),
    }
)


@given(rows=ledgers(), asked=questions)
def test_no_address_vanishes_between_the_steps(rows: tuple[Observation, ...], asked: dict[str, Any]) -> None:
    found = ask(rows=rows, **asked)
    taken = steps(found)
    reached = {one.address for one in found.candidates}
    assert taken["time"].remaining == len(reached)
    for early, late in zip(found.steps, found.steps[1:], strict=False):
        assert late.remaining == early.remaining - len(late.dropped)
    dropped = [address for one in found.steps for address in one.dropped]
    assert len(dropped) == len(set(dropped))
    assert reached.isdisjoint(dropped)
    profile = {host.name for host in P.hosts} | set(asked["hosts"])
    assert reached | set(dropped) == {row.address for row in rows if row.status == "kept" and row.host in profile}
    for one in found.steps:
        assert one.applied or not one.dropped
        assert one.step not in asked["without"] or not one.applied or (one.step == "hosts" and asked["hosts"])


@given(rows=ledgers(), asked=questions, offsets=st.lists(st.integers(-5_400_000, 5_400_000), min_size=1, max_size=12))
def test_equal_keys_have_equal_sets_for_every_question(
    rows: tuple[Observation, ...], asked: dict[str, Any], offsets: list[int]
) -> None:
    prepared, key = survey(P, rows), epoch_key(survey(P, rows))
    known: dict[str, CandidateSet] = {}
    for offset in offsets:
        for nudge in (-250, 0, 250):
            at = NOON + timedelta(milliseconds=offset * 20 + nudge)
            found = candidates_in(prepared, at, shared=lambda _address: "", **asked)
            assert known.setdefault(key(at), found) == found


@given(rows=ledgers(), family=st.sampled_from((4, 6)))
def test_turning_a_step_off_never_loses_a_candidate(rows: tuple[Observation, ...], family: Any) -> None:  # noqa: ANN401 - a literal
    usual = {one.address for one in candidates(P, rows, NOON, family=family, shared=lambda _address: "").candidates}
    for off in ("client", "time"):
        assert {one.address for one in ask(rows=rows, family=family, without=[off]).candidates} >= usual  # type: ignore[list-item]
