"""Laws of the whole case: no row is lost, and what a row comes to depends on that row alone."""

from __future__ import annotations

import csv
import ipaddress
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from ipattr.addresses import ParsedAddress, parse_address
from ipattr.attribution import attribute
from ipattr.case import build_case
from ipattr.model import (
    Account,
    Case,
    CaseRow,
    Counts,
    Deadline,
    Instant,
    LoginEvent,
    Post,
    Provenance,
    Reading,
)
from ipattr.registry import open_registry
from ipattr.search_key import rule_boundaries

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipattr.registry import Registry

DATA = Path(__file__).resolve().parents[2] / "data"
AS_OF = date(2026, 11, 21)
LOG = "generated.csv"
HOSTS = (
    None,
    "p1234-ipngn2301marunouchi.tokyo.ocn.ne.jp",
    "p1234.omed01.tokyo.ocn.ne.jp",
    "i60-34-1-2.s41.a027.ap.plala.or.jp",
    "softbank126033123045.bbtec.net",
    "KD106146034056.au-net.ne.jp",
    "sp49-96-45-67.msd.spmode.ne.jp",
    "fp1-2-3-4.tkyc001.ap.nuro.jp",
    "nothing.example",
)


@cache
def registry() -> Registry:
    return open_registry()


@cache
def blocks() -> tuple[tuple[int, int, int], ...]:
    """Return (version, first, last) of every announced block."""
    with (DATA / "networks" / "prefixes.csv").open(encoding="utf-8", newline="") as file:
        nets = [ipaddress.ip_network(row["prefix"]) for row in csv.DictReader(file)]
    return tuple((net.version, int(net[0]), int(net[-1])) for net in nets)


def spelled(version: int, number: int) -> str:
    return str(ipaddress.IPv4Address(number) if version == 4 else ipaddress.IPv6Address(number))


@st.composite
def listed(draw: st.DrawFn) -> str:
    version, first, last = draw(st.sampled_from(blocks()))
    return spelled(version, draw(st.integers(first, last)))


addresses = st.one_of(
    listed(),
    listed(),
    st.integers(0, 2**32 - 1).map(lambda number: spelled(4, number)),
    st.integers(0, 2**128 - 1).map(lambda number: spelled(6, number)),
    st.sampled_from(("10.1.2.3", "100.64.0.9", "::1", "::ffff:1.66.100.45", "2002:142:642d::1", "104.28.123.45")),
)
instants = st.one_of(
    st.datetimes(datetime(2012, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 - the strategy takes naive bounds
    st.datetimes(datetime(2025, 3, 9), datetime(2025, 3, 12), timezones=st.just(UTC)),  # noqa: DTZ001 - as above
    st.datetimes(datetime(2026, 8, 1), datetime(2026, 11, 21), timezones=st.just(UTC)),  # noqa: DTZ001 - as above
)


@st.composite
def drawn_logins(draw: st.DrawFn) -> LoginEvent:
    """Draw one login as a reader would make it; its id is given later, by where it stands."""
    parsed = parse_address(draw(addresses), specials=registry().specials)
    assert isinstance(parsed, ParsedAddress)
    precision = draw(st.sampled_from(("ms", "s", "s", "min")))
    at = draw(st.none() | instants | instants | instants)
    if at is not None:
        at = at.replace(microsecond=at.microsecond // 1000 * 1000 if precision == "ms" else 0)
        at = at.replace(second=0) if precision == "min" else at
    instant = Instant(raw=str(at), utc=at, precision=precision, zone="Z", zone_source="written") if at else None
    return LoginEvent(
        id="",
        status=draw(st.sampled_from(("ok", "ok", "review"))),
        instant=instant,
        address=parsed.address,
        port=draw(st.none() | st.integers(0, 65535)),
        hostname=draw(st.none() | st.sampled_from(HOSTS)),
        account=Account(id=draw(st.none() | st.sampled_from(("1", "6012345678901234567")))),
        kind=draw(st.sampled_from(("login", "login", "creation", "logout", "unknown"))),
        provenance=Provenance(source=LOG, locator=f"{LOG}:2"),
    )


@st.composite
def drawn_posts(draw: st.DrawFn) -> Post:
    at = draw(instants).replace(microsecond=0)
    instant = Instant(raw=str(at), utc=at, precision="s", zone="Z", zone_source="written")
    return Post(id="", status="ok", instant=instant, provenance=Provenance(source="posts.csv", locator="posts.csv:2"))


def plain_login(text: str, at: datetime) -> LoginEvent:
    """Return a login that carries an address and a time to the second, and nothing else."""
    parsed = parse_address(text, specials=registry().specials)
    assert isinstance(parsed, ParsedAddress)
    instant = Instant(raw="", utc=at, precision="s", zone="Z", zone_source="written")
    provenance = Provenance(source=LOG, locator=f"{LOG}:2")
    return LoginEvent(id="", status="ok", instant=instant, address=parsed.address, provenance=provenance)


batches = st.lists(drawn_logins(), max_size=12)
post_batches = st.lists(drawn_posts(), max_size=3)


def reading(logins: Sequence[LoginEvent]) -> Reading:
    events = tuple(msgspec.structs.replace(login, id=str(number)) for number, login in enumerate(logins, 1))
    review = sum(event.status == "review" for event in events)
    counts = Counts(rows=len(events), ok=len(events) - review, review=review, rejected=0)
    return Reading(inputs=(), events=events, counts=counts)


def posted(posts: Sequence[Post]) -> Reading:
    numbered = tuple(msgspec.structs.replace(post, id=str(number)) for number, post in enumerate(posts, 1))
    return Reading(inputs=(), posts=numbered, counts=Counts(rows=len(posts), ok=len(posts), review=0, rejected=0))


def case_of(logins: Sequence[LoginEvent], posts: Sequence[Post] = ()) -> Case:
    return build_case(
        reading(logins),
        posted(posts) if posts else None,
        registry=registry(),
        platform="x",
        as_of=AS_OF,
        as_of_source="given",
    )


def verdicts(case: Case, row: CaseRow) -> tuple[object, ...]:
    """Return what a row comes to, whatever the keys under which the case keeps it."""
    return (
        case.attributions[row.attribution],
        case.search_keys[row.search_key],
        case.deadlines[row.deadline],
        case.candidate_sets[row.candidates],
    )


@given(batches, post_batches)
@settings(max_examples=60, deadline=None)
def test_a_case_survives_json(logins: list[LoginEvent], posts: list[Post]) -> None:
    case = case_of(logins, posts)
    encoded = msgspec.json.encode(case)
    again = msgspec.json.decode(encoded, type=Case)
    assert again == case
    assert msgspec.json.encode(again) == encoded


@given(batches, post_batches)
@settings(max_examples=60, deadline=None)
def test_every_login_is_one_row_in_input_order_and_stands_once_in_the_summary(
    logins: list[LoginEvent], posts: list[Post]
) -> None:
    case = case_of(logins, posts)
    events = reading(logins).events
    assert [row.number for row in case.rows] == list(range(1, len(events) + 1))
    assert tuple(row.login for row in case.rows) == events
    assert case.counts.conserved
    assert sorted(number for entry in case.summary for number in entry.rows) == [row.number for row in case.rows]
    for entry in case.summary:
        assert sum(entry.search.values()) == len(entry.rows)
    timed = sum(event.instant is not None for event in events)
    assert len(case.links) == timed * len(posts)
    used = {key for row in case.rows for key in (row.search_key, row.deadline, row.candidates)}
    assert used == {*case.search_keys, *case.deadlines, *case.candidate_sets}
    assert {row.attribution for row in case.rows} == set(case.attributions)


@given(st.lists(drawn_logins(), min_size=1, max_size=12))
@settings(max_examples=120, deadline=None)
def test_a_row_alone_comes_to_what_it_comes_to_among_others(logins: list[LoginEvent]) -> None:
    together = case_of(logins)
    for login, row in zip(logins, together.rows, strict=True):
        alone = case_of([login])
        assert verdicts(alone, alone.rows[0]) == verdicts(together, row)


@given(batches, batches, post_batches)
@settings(max_examples=60, deadline=None)
def test_more_logins_change_no_verdict_of_the_others(
    logins: list[LoginEvent], more: list[LoginEvent], posts: list[Post]
) -> None:
    before, after = case_of(logins, posts), case_of([*logins, *more], posts)
    for mine, its in zip(before.rows, after.rows, strict=False):
        assert verdicts(before, mine) == verdicts(after, its)
    gaps = {(link.post, link.login): link.gap_seconds for link in after.links}
    assert all(gaps[link.post, link.login] == link.gap_seconds for link in before.links)
    ahead = case_of([*more, *logins], posts)
    for mine, its in zip(before.rows, ahead.rows[len(more) :], strict=True):
        assert verdicts(before, mine) == verdicts(ahead, its)


@given(drawn_logins(), instants, st.timedeltas(timedelta(0), timedelta(days=400)))
@settings(max_examples=300, deadline=None)
def test_a_later_login_never_expires_earlier(login: LoginEvent, at: datetime, gap: timedelta) -> None:
    def on(moment: datetime) -> LoginEvent:
        instant = Instant(raw="", utc=moment, precision="ms", zone="Z", zone_source="written")
        return msgspec.structs.replace(login, instant=instant)

    case = case_of([on(at), on(at + gap)])
    first, second = (case.deadlines[row.deadline] for row in case.rows)
    for name in ("earliest", "latest", "act_by"):
        left, right = getattr(first, name), getattr(second, name)
        assert (left is None) == (right is None)
        assert left is None or left <= right
    if first.practice is not None and second.practice is not None:
        assert first.practice.earliest <= second.practice.earliest
        assert first.practice.latest <= second.practice.latest
    assert (first.practice is None) == (second.practice is None)


def cited(case: Case) -> set[str]:
    """Return the codes of every source that the case rests on; a dataset may carry its commit behind its code."""
    return {source.partition("@")[0] for source in sources(case)}


def sources(case: Case) -> Iterable[str]:
    """Go through every source that any verdict of the case rests on."""
    for found in case.attributions.values():
        yield from (entry.source for entry in found.provenance)
        yield from (source for party in (*found.alternatives, *found.chain) for source in party.sources)
        yield from (source for source in (found.holder.source, found.network.source if found.network else "") if source)
        yield from (entry.source for entry in found.registrants if entry.source)
    for key in case.search_keys.values():
        yield from (entry.source for entry in key.provenance)
        yield from (option.source for option in key.options if option.source)
    for judged in case.deadlines.values():
        yield from _deadline_sources(judged)
    for found_set in case.candidate_sets.values():
        yield from (source for candidate in found_set.candidates for source in candidate.sources)


def _deadline_sources(judged: Deadline) -> Iterable[str]:
    yield from (entry.source for entry in judged.provenance)
    yield from (expiry.policy.source for expiry in judged.expiries)
    yield from judged.practice.sources if judged.practice else ()


@given(st.lists(drawn_logins(), min_size=1, max_size=12))
@settings(max_examples=80, deadline=None)
def test_every_source_a_verdict_names_is_a_citation(logins: list[LoginEvent]) -> None:
    named = cited(case_of(logins))
    assert named <= set(registry().citations), named - set(registry().citations)


def test_every_source_is_a_citation_for_every_announced_block() -> None:
    """Not a sample: one address of each of the announced blocks, so that no rare source hides."""
    at = datetime(2026, 9, 1, tzinfo=UTC)
    logins = [plain_login(spelled(version, (first + last) // 2), at) for version, first, last in blocks()]
    case = case_of(logins)
    assert len(case.rows) == len(blocks()) > 14_000
    named = cited(case)
    assert named <= set(registry().citations), named - set(registry().citations)
    assert len(named) > 20


def test_no_search_key_is_carried_over_a_day_on_which_a_rule_changes() -> None:
    """Draws seldom meet these days: every set of parties of the table, on both sides of each of its rule changes."""
    first_of: dict[tuple[str, ...], str] = {}
    for version, first, last in blocks():
        text = spelled(version, (first + last) // 2)
        parties = attribute(text, facts=registry()).alternatives
        first_of.setdefault(tuple(party.provider for party in parties if party.kind == "access"), text)
    compared = 0
    for providers, text in first_of.items():
        changes = rule_boundaries(registry().providers, providers)
        days = sorted({day + timedelta(days=step) for day in changes for step in (-1, 0, 1)})
        logins = [plain_login(text, datetime(day.year, day.month, day.day, 3, tzinfo=UTC)) for day in days]
        together = case_of(logins)
        for login, row in zip(logins, together.rows, strict=True):
            alone = case_of([login])
            assert verdicts(alone, alone.rows[0]) == verdicts(together, row)
            compared += 1
    assert compared >= 4
