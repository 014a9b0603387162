"""Laws of the verdicts: later logins never expire earlier, links ignore order, equal keys have equal candidates."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from ipattr.destinations import candidates, epoch_key, survey
from ipattr.instants import is_working_day
from ipattr.linking import link
from ipattr.model import (
    Account,
    Address,
    Calendar,
    Deadline,
    Entity,
    Instant,
    LoginEvent,
    Observation,
    Platform,
    PlatformHost,
    Post,
    PracticeRange,
    Provenance,
    Provider,
    RetentionPolicy,
    Text,
)
from ipattr.retention import DUE_DAYS, deadline

DATA = Path(__file__).resolve().parents[2] / "data"
WIDTHS = {
    "ms": timedelta(milliseconds=1),
    "cs": timedelta(milliseconds=10),
    "s": timedelta(seconds=1),
    "min": timedelta(minutes=1),
    "day": timedelta(days=1),
}

moments = st.datetimes(datetime(2005, 1, 1), datetime(2045, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy takes naive bounds
policies = st.builds(
    RetentionPolicy,
    value=st.integers(0, 400),
    unit=st.sampled_from(("day", "month", "year")),
    bound=st.sampled_from(("exact", "at-least")),
    service=st.sampled_from(("", "mobile", "fixed")),
    text=st.just(""),
    source=st.just("S5a"),
    as_of=st.sampled_from(("", "2015", "2020-12", "2015-04-02")),
    confidence=st.just("medium"),
)


@cache
def calendar() -> Calendar:
    return msgspec.convert(tomllib.loads((DATA / "calendar.toml").read_text(encoding="utf-8")), Calendar)


def provider(identifier: str, retention: tuple[RetentionPolicy, ...]) -> Provider:
    return Provider(
        id=identifier,
        brands=(),
        access="mno",
        sources=(),
        confidence_as="high",
        confidence_ptr="high",
        entity=Entity(confidence="none"),
        retention=retention,
    )


figures = st.lists(policies, max_size=4).map(tuple)
parties = st.lists(st.tuples(st.sampled_from(("a", "b", "c", "")), st.sampled_from(("", "mobile", "tv"))), max_size=4)


def judge(  # noqa: PLR0917 - one argument per drawn value
    who: list[tuple[str, str]],
    at: datetime,
    a: tuple[RetentionPolicy, ...],
    b: tuple[RetentionPolicy, ...],
    as_of: date,
) -> Deadline:
    generic = RetentionPolicy(value=3, unit="month", text="", source="P", as_of="2010-11-20", confidence="medium")
    return deadline(
        who,
        at,
        access=("mno",),
        providers={"a": provider("a", a), "b": provider("b", b)},
        as_of=as_of,
        calendar=calendar(),
        practice=(PracticeRange(access=("mno",), low=generic, high=generic, text=Text(ja="", en="")),),
    )


@given(who=parties, one=moments, two=moments, a=figures, b=figures, as_of=st.dates(date(2005, 1, 1), date(2600, 1, 1)))
def test_a_later_login_never_expires_earlier(  # noqa: PLR0917 - one argument per drawn value
    who: list[tuple[str, str]],
    one: datetime,
    two: datetime,
    a: tuple[RetentionPolicy, ...],
    b: tuple[RetentionPolicy, ...],
    as_of: date,
) -> None:
    early, late = (judge(who, at, a, b, as_of) for at in sorted((one, two)))
    assert early.open_ended == late.open_ended
    for before, after in (
        (early.earliest, late.earliest),
        (early.latest, late.latest),
        (early.act_by, late.act_by),
        (early.practice.earliest if early.practice else None, late.practice.earliest if late.practice else None),
        (early.practice.latest if early.practice else None, late.practice.latest if late.practice else None),
    ):
        assert (before is None) == (after is None)
        assert before is None or after is None or before <= after


@given(
    start=st.dates(date(2010, 1, 1), date(2040, 1, 1)),
    unit=st.sampled_from(("day", "month", "year")),
    value=st.integers(0, 400),
)
def test_each_unit_is_monotone_from_day_to_day(start: date, unit: Any, value: int) -> None:  # noqa: ANN401 - a literal
    figure = RetentionPolicy(value=value, unit=unit, text="", source="S", as_of="2015", confidence="low")
    days = [datetime(start.year, start.month, start.day, 3, tzinfo=UTC) + timedelta(days=n) for n in range(40)]
    verdicts = [judge([("a", "")], day, (figure,), (), start) for day in days]
    expiries = [verdict.earliest for verdict in verdicts if verdict.earliest is not None]
    assert len(expiries) == len(days)
    assert expiries == sorted(expiries)


@given(who=parties, at=moments, a=figures, b=figures, as_of=st.dates(date(2005, 1, 1), date(2600, 1, 1)))
def test_a_deadline_is_consistent(  # noqa: PLR0917 - one argument per drawn value
    who: list[tuple[str, str]],
    at: datetime,
    a: tuple[RetentionPolicy, ...],
    b: tuple[RetentionPolicy, ...],
    as_of: date,
) -> None:
    verdict = judge(who, at, a, b, as_of)
    assert verdict == judge(who, at, a, b, as_of)
    if verdict.earliest is None:
        assert verdict.status == ("unknown" if who else "not-applicable")
        assert not verdict.expiries
        return
    assert verdict.act_by is not None
    assert verdict.act_by <= verdict.earliest
    assert is_working_day(verdict.act_by, calendar())
    assert not any(
        is_working_day(verdict.act_by + timedelta(days=n), calendar())
        for n in range(1, (verdict.earliest - verdict.act_by).days + 1)
    )
    assert verdict.earliest == min(reading for entry in verdict.expiries for reading in entry.readings)
    figured = {"a": a, "b": b}
    every = all(any(not p.service or s in {"", p.service} for p in figured.get(w, ())) for w, s in who)
    over = not verdict.open_ended and all(r < as_of for entry in verdict.expiries for r in entry.readings)
    assert (verdict.status == "passed") == (every and over)
    assert verdict.days_left == (verdict.act_by - as_of).days
    assert verdict.days_to_expiry == (verdict.earliest - as_of).days
    assert (verdict.status == "due") == (verdict.earliest >= as_of and verdict.days_left <= DUE_DAYS)
    assert (verdict.status in {"passed", "passed-at-earliest"}) == (verdict.earliest < as_of)


near = st.integers(-200_000, 200_000).map(lambda n: datetime(2024, 5, 1, tzinfo=UTC) + timedelta(milliseconds=500 * n))
accounts = st.sampled_from((Account(), Account(id="7"), Account(id="8", name="x"), Account(name="x")))
instants = st.builds(
    Instant,
    raw=st.just(""),
    utc=near,
    precision=st.sampled_from(tuple(WIDTHS)),
    zone=st.just("Z"),
    zone_source=st.just("written"),
)
identifiers = st.integers(1, 10_000).map(str)
logins = st.lists(
    st.builds(
        LoginEvent,
        id=identifiers,
        status=st.just("ok"),
        instant=st.none() | instants,
        address=st.just(Address(raw="192.0.2.1", text="192.0.2.1", version=4)),
        account=accounts,
        kind=st.sampled_from(("login", "creation", "logout", "deletion", "unknown")),
        provenance=st.just(Provenance(source="t")),
    ),
    max_size=12,
    unique_by=lambda login: login.id,
)
posts = st.lists(
    st.builds(
        Post,
        id=identifiers,
        status=st.just("ok"),
        instant=instants,
        account=accounts,
        provenance=st.just(Provenance(source="t")),
    ),
    max_size=4,
    unique_by=lambda post: post.id,
)


@given(data=st.data(), some_posts=posts, some_logins=logins)
def test_links_do_not_depend_on_the_order_of_the_input(
    data: st.DataObject, some_posts: list[Post], some_logins: list[LoginEvent]
) -> None:
    shuffled = data.draw(st.permutations(some_posts)), data.draw(st.permutations(some_logins))
    assert link(some_posts, some_logins) == link(*shuffled)


def may_be_linked(post: Post, login: LoginEvent) -> bool:
    ids = {account.id for account in (post.account, login.account) if account.id}
    return login.instant is not None and len(ids) < 2


def unsettled(post: Post, one: LoginEvent, others: list[LoginEvent]) -> bool:
    """Tell by brute force, pair by pair, whether the order of two distances can come out either way."""
    assert one.instant is not None
    p, width = post.instant.utc, WIDTHS[post.instant.precision]
    start, end = one.instant.utc, one.instant.utc + WIDTHS[one.instant.precision]
    if start < p + width and p < end:
        return True
    for other in others:
        assert other.instant is not None
        begin, finish = other.instant.utc, other.instant.utc + WIDTHS[other.instant.precision]
        if begin < end and start < finish:
            return True
        summed = (start - p) + (begin - p), (end - p) + (finish - p)
        if summed[0] < 2 * width and summed[1] > timedelta(0):  # one before and one after can be equally far
            return True
    return False


@given(some_posts=posts, some_logins=logins)
def test_ranks_are_those_of_brute_force(some_posts: list[Post], some_logins: list[LoginEvent]) -> None:
    links, _ = link(some_posts, some_logins)
    by_id = {login.id: login for login in some_logins}
    for post in some_posts:
        mine = {entry.login: entry for entry in links if entry.post == post.id}
        eligible = [login for login in some_logins if may_be_linked(post, login)]
        assert set(mine) == {login.id for login in eligible}
        gaps = {
            login.id: (login.instant.utc - post.instant.utc).total_seconds()
            for login in eligible
            if login.instant is not None
        }
        for identifier, entry in mine.items():
            gap = gaps[identifier]
            assert entry.gap_seconds == gap
            assert entry.rank == 1 + sum(abs(other) < abs(gap) for other in gaps.values())
            assert entry.nearest == (entry.rank == 1)
            assert entry.tie == (sum(abs(other) == abs(gap) for other in gaps.values()) > 1)
            assert entry.nearest_before == (gap < 0 and gap == max(g for g in gaps.values() if g < 0))
            assert entry.nearest_after == (gap > 0 and gap == min(g for g in gaps.values() if g > 0))
            rest = [login for login in eligible if login.id != identifier]
            assert entry.uncertain == unsettled(post, by_id[identifier], rest)


@st.composite
def seen(draw: st.DrawFn) -> tuple[str, str]:
    """Two published times in order, each an instant, a date, a month or a year."""
    ends = sorted(draw(st.lists(st.integers(0, 900 * 96), min_size=2, max_size=2)))
    first, last = (datetime(2023, 11, 1, tzinfo=UTC) + timedelta(minutes=15 * end) for end in ends)
    forms = ("%Y", "%Y-%m", "%Y-%m-%d", "%Y-%m-%dT%H:%MZ")
    return first.strftime(draw(st.sampled_from(forms))), last.strftime(draw(st.sampled_from(forms)))


@st.composite
def observed(draw: st.DrawFn) -> tuple[Observation, ...]:
    rows = draw(
        st.lists(
            st.tuples(
                seen(),
                st.sampled_from(("a.example", "b.example", "media.example")),
                st.sampled_from(("192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1")),
                st.sampled_from(("one", "two")),
                st.sampled_from(("high", "medium", "low", "none")),
                st.sampled_from(("kept", "kept", "rejected")),
                st.none() | st.integers(1, 500),
            ),
            max_size=10,
        )
    )
    return tuple(
        Observation(
            id=f"o{n}",
            platform="x",
            host=host,
            rrtype="AAAA" if ":" in address else "A",
            address=address,
            first_seen=times[0],
            last_seen=times[1],
            count=count,
            vantage="v",
            source=source,
            confidence=confidence,
            cname="",
            status=status,
            note="",
        )
        for n, (times, host, address, source, confidence, status, count) in enumerate(rows)
    )


X = Platform(
    id="x",
    name="X",
    hosts=tuple(
        PlatformHost(name=name, role="web", candidate=name != "media.example", reference=name == "a.example")
        for name in ("a.example", "b.example", "media.example")
    ),
    sources=(),
    confidence="high",
)
times = st.integers(-96 * 40, 96 * 940).map(lambda n: datetime(2023, 11, 1, tzinfo=UTC) + timedelta(minutes=15 * n))


@given(
    rows=observed(),
    at=times,
    steps=st.lists(st.integers(-96, 96), min_size=1, max_size=12),
    family=st.sampled_from((4, 6)),
)
def test_equal_keys_have_equal_candidates(
    rows: tuple[Observation, ...],
    at: datetime,
    steps: list[int],
    family: Any,  # noqa: ANN401 - a literal
) -> None:
    key = epoch_key(survey(X, rows))
    known = {key(at): candidates(X, rows, at, family=family, shared=lambda _: "")}
    for step in steps:
        for nudge in (timedelta(0), timedelta(microseconds=1), timedelta(microseconds=-1)):
            other = at + timedelta(minutes=15 * step) + nudge
            found = candidates(X, rows, other, family=family, shared=lambda _: "")
            assert known.setdefault(key(other), found) == found


@given(rows=observed(), at=times)
def test_candidates_come_from_kept_rows_of_candidate_hosts(rows: tuple[Observation, ...], at: datetime) -> None:
    found = candidates(X, rows, at, family=4, shared=lambda _: "")
    usable = {row.id: row for row in rows if row.status == "kept" and row.host != "media.example"}
    evidence = [identifier for entry in found.candidates for identifier in entry.observations]
    assert len(evidence) == len(set(evidence)) == len(rows) - found.excluded
    for entry in found.candidates:
        assert {usable[identifier].address for identifier in entry.observations} == {entry.address}
        assert {usable[identifier].host for identifier in entry.observations} == set(entry.hosts)
        assert entry.gap_days >= 0
    v4 = [row for row in usable.values() if row.rrtype == "A"]
    assert (found.status == "observed") == bool(v4)
    assert bool(found.candidates) == bool(v4)
    day = at.date().isoformat()
    dated = [row for row in v4 if len(row.first_seen) == len(row.last_seen) == len("2023-11-01")]
    counted = {row.address for row in dated if row.count and row.count > 2 and row.first_seen <= day <= row.last_seen}
    seen_then = {row.address for row in dated if day in {row.first_seen, row.last_seen}}
    assert counted | seen_then <= {entry.address for entry in found.candidates if entry.relation == "around"}


def ends(row: Observation) -> list[tuple[date, date]]:
    """Return the first and the last sighting of a row with dates only, or all between them where there were more."""
    first, last = date.fromisoformat(row.first_seen), date.fromisoformat(row.last_seen)
    return [(first, last)] if row.count and row.count > 2 else [(first, first), (last, last)]


def eras(rows: list[Observation]) -> list[tuple[date, date]]:
    """Merge by brute force what overlaps."""
    merged: list[tuple[date, date]] = []
    for low, high in sorted(end for row in rows for end in ends(row)):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged


def _divides(era: tuple[date, date], part: tuple[date, date], today: date, all_eras: list[tuple[date, date]]) -> bool:
    """Tell whether an era that is not that of the instant lies between it and a stretch, or holds the stretch."""
    inside = any(low <= today <= high for low, high in all_eras)
    earlier = sorted(other for other in all_eras if other[1] < today)
    later = sorted(other for other in all_eras if other[0] > today)
    own = [] if inside else earlier[-1:] + later[:1]
    if era in own:
        return False
    return part[1] <= era[1] if era[1] < today else part[0] >= era[0]


@given(rows=observed(), at=times)
def test_relations_gaps_and_periods_are_those_of_brute_force(rows: tuple[Observation, ...], at: datetime) -> None:
    rows = tuple(
        msgspec.structs.replace(row, status="kept", rrtype="A")
        for row in rows
        if len(row.first_seen) == len(row.last_seen) == len("2023-11-01") and ":" not in row.address
    )
    found = candidates(X, rows, at, family=4, shared=lambda _: "")
    by_id, today = {row.id: row for row in rows}, at.date()
    usable = [row for row in rows if row.host != "media.example"]
    known = {row.host for row in usable if ends(row)[0][0] <= today} or {row.host for row in usable}
    reference = eras([row for row in usable if row.host == "a.example"])
    for entry in found.candidates:
        parts = [end for identifier in entry.observations for end in ends(by_id[identifier])]
        around = any(low <= today <= high for low, high in parts)
        behind = [(today - high).days for _, high in parts if high < today]
        ahead = [(low - today).days for low, _ in parts if low > today]
        side = "between" if behind and ahead else "before" if behind else "after"
        assert entry.relation == ("around" if around else side)
        assert entry.gap_days == (0 if around else min(behind + ahead))
        between = [era for era in reference if not era[0] <= today <= era[1]]
        apart = [any(_divides(era, part, today, reference) for era in between) for part in parts]
        assert (entry.period == "other") == all(apart)
        assert set(entry.hosts) <= known
    for host in known:
        mine = [row for row in usable if row.host == host]
        holding = [(low, high) for low, high in eras(mine) if low <= today <= high]
        inside = {row.address for row in mine for low, high in ends(row) for era in holding if era[0] <= low <= era[1]}
        assert inside <= {entry.address for entry in found.candidates}
    order = [(entry.period, entry.relation != "around", entry.gap_days) for entry in found.candidates]
    assert order == sorted(order)


@given(rows=observed(), at=times, data=st.data())
def test_candidates_do_not_depend_on_the_order_of_the_observations(
    rows: tuple[Observation, ...], at: datetime, data: st.DataObject
) -> None:
    mixed = tuple(data.draw(st.permutations(rows)))
    one = candidates(X, rows, at, family=4, shared=lambda _: "")
    two = candidates(X, mixed, at, family=4, shared=lambda _: "")
    brief = [
        [(entry.address, entry.relation, entry.gap_days, set(entry.observations)) for entry in found.candidates]
        for found in (one, two)
    ]
    assert brief[0] == brief[1]
