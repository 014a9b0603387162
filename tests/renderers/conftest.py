"""A small case built by hand: every status of every verdict once, kept as test data."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from ipattr.model import (
    SCHEMA_VERSION,
    Account,
    Address,
    AddresseeSummary,
    Attribution,
    AutonomousSystem,
    Candidate,
    CandidateSet,
    Case,
    CaseRow,
    Cell,
    Counts,
    Deadline,
    Expiry,
    Finding,
    Holder,
    InputFile,
    Instant,
    KeyOption,
    Link,
    LoginEvent,
    Network,
    Origin,
    Party,
    Post,
    PracticeExpiry,
    Provenance,
    Reject,
    RetentionPolicy,
    SearchKey,
    SpecialBlock,
    Text,
)

HASH = "ab" * 32
ACCOUNT = Account(id="1234567890123456789", name="=cmd|'/c calc'!A1")


def both(ja: str, en: str) -> Text:
    """Return a statement in both languages."""
    return Text(ja=ja, en=en)


def party(provider: str, ja: str, en: str, *, service: str = "", stage: int = 1) -> Party:
    """Return a party that can be addressed."""
    return Party(
        provider=provider,
        name=both(ja, en),
        kind="access",
        service=service,
        access="mno",
        stage=stage,
        condition=both(f"{ja}の回線の場合", f"if the line is {en}'s"),
        confidence="high",
        sources=("S1",),
    )


DOCOMO = party("docomo", "株式会社NTTドコモ", "NTT DOCOMO, INC.")
BUSINESS = party("ocn", "NTTドコモビジネス株式会社", "NTT DOCOMO BUSINESS, Inc.", service="business")
CONSUMER = party("docomo-ocn", "株式会社NTTドコモ", "NTT DOCOMO, INC.", service="consumer")
RESELLER = party("reseller", "株式会社再販", "Reseller, Inc.", stage=2)
OTHER = party("other", "株式会社別会社", "Other, Inc.", stage=2)


def attribution(ip: str, status: str, **facts: object) -> Attribution:
    """Return an attribution of ``status`` with what the tests do not look at filled in."""
    base: dict[str, object] = {
        "address": ip,
        "status": status,
        "holder": Holder(status="not-looked-up", ask=both("JPNICに照会", "ask JPNIC")),
        "explanation": both(f"{ip}の説明", f"why {ip}"),
        "next_step": both("次の一手", "what to do next"),
        "provenance": (Provenance(source="NET", locator="networks 1", as_of="2026-01"),),
    }
    return Attribution(**(base | facts))  # type: ignore[arg-type]  # the tests name real fields


def network(prefix: str, *asns: int, delegated: str = "JP") -> Network:
    """Return an announced block."""
    origins = tuple(Origin(asn=asn, delegated=delegated) for asn in asns)  # type: ignore[arg-type]  # JP or other
    return Network(prefix=prefix, origins=origins, source="NET", as_of="2026-01")


def login(number: int, ip: str, when: datetime | None, **facts: object) -> LoginEvent:
    """Return a login as a reader would."""
    instant = None
    if when is not None:
        instant = Instant(
            raw=when.strftime("%Y-%m-%dT%H:%M:%SZ"), utc=when, precision="s", zone="Z", zone_source="written"
        )
    base: dict[str, object] = {
        "id": str(number),
        "status": "ok",
        "instant": instant,
        "address": Address(raw=ip, text=ip, version=6 if ":" in ip else 4),
        "account": ACCOUNT,
        "raw": (Cell(column="loginIp", raw=ip),),
        "provenance": Provenance(source="log.csv", locator=f"log.csv:{number + 1}", sha256=HASH),
    }
    return LoginEvent(**(base | facts))  # type: ignore[arg-type]  # the tests name real fields


def deadline(status: str, day: date | None, **facts: object) -> Deadline:
    """Return a deadline of ``status``."""
    base: dict[str, object] = {
        "status": status,
        "connected_on": day,
        "explanation": both("期間の説明", "about the period"),
        "provenance": (Provenance(source="S5a", locator="retention"),),
    }
    return Deadline(**(base | facts))  # type: ignore[arg-type]  # the tests name real fields


def expiry(provider: str, value: int, unit: str, *days: date) -> Expiry:
    """Return a published figure applied to a connection."""
    policy = RetentionPolicy(
        value=value,
        unit=unit,
        text=f"{value} {unit}",
        source="S5a",
        as_of="2015-04-02",
        confidence="medium",  # type: ignore[arg-type]  # day, month or year
    )
    return Expiry(provider=provider, policy=policy, expires_on=days[0], readings=days)


def search(status: str, *missing: str, needed: tuple[tuple[str, ...], ...] = ()) -> SearchKey:
    """Return a search key of ``status``."""
    option = KeyOption(
        provider="docomo",
        service="",
        condition=both("回線の場合", "if the line"),
        status=status,  # type: ignore[arg-type]  # one of the statuses
        needed=needed,  # type: ignore[arg-type]  # key items
        missing=missing,  # type: ignore[arg-type]  # key items
        tolerance_seconds=5,
        text=both("要件", "what is needed"),
        source="S6",
        as_of="2021-07-29",
        confidence="high",
    )
    return SearchKey(
        status=status,  # type: ignore[arg-type]  # one of the statuses
        held=("source-ip", "time"),
        missing=missing,  # type: ignore[arg-type]  # key items
        options=(option,) if needed else (),
        explanation=both("鍵の説明", "about the key"),
    )


def candidate(address: str, relation: str, gap: int, shared: str = "") -> Candidate:
    """Return a dated observation."""
    return Candidate(
        address=address,
        hosts=("x.com",),
        relation=relation,  # type: ignore[arg-type]  # before, around, after
        gap_days=gap,
        first_seen="2025-03-11",
        last_seen="2026-08-22",
        count=3,
        vantages=("US",),
        confidence="high",
        shared=shared,
        sources=("OBS",),
    )


def note(code: str, ja: str, en: str) -> Finding:
    """Return a remark."""
    return Finding(code=code, level="warning", message=both(ja, en))


def small_case() -> Case:
    """Return the case: seven logins, one reject, two posts, every status at least once."""
    times = [datetime(2026, 8, day, 15, 4, 5, tzinfo=UTC) for day in (1, 2, 3, 4, 5, 6)]
    private = SpecialBlock(
        prefix="10.0.0.0/8", name="Private-Use", rfc="RFC 1918", meaning=both("内部", "internal hop")
    )
    logins = [
        login(1, "192.0.2.1", times[0]),
        login(2, "198.51.100.7", times[1], port=50122),
        login(3, "2001:db8::1", times[2], port=443, kind="logout"),
        login(
            4,
            "10.1.2.3",
            times[3],
            status="review",
            address=Address(raw="１０.1.2.3", text="10.1.2.3", version=4, special=private, rules=("nfkc",)),
            findings=(note("IPA013", "内部のアドレスである。", "This is an internal hop."),),
        ),
        login(5, "203.0.113.9", times[4], hostname="host\x1b[31m.example"),
        login(6, "203.0.113.10", times[5]),
        login(7, "192.0.2.1", None),
    ]
    registrant = AutonomousSystem(number=64496, handle="EXAMPLE", organisation="Example KK", country="JP", source="NET")
    attributions = {
        "a": attribution(
            "192.0.2.1",
            "attributed",
            network=network("192.0.2.0/24", 64496),
            registrants=(registrant,),
            addressee=DOCOMO,
            alternatives=(DOCOMO,),
            sharing=("cgn",),
            operator=both("運用会社", "Operator"),
        ),
        "b": attribution(
            "198.51.100.7",
            "ambiguous",
            network=network("198.51.100.0/24", 64496, 64497, delegated="other"),
            alternatives=(BUSINESS, CONSUMER),
            chain=(RESELLER, OTHER),
            findings=(note("IPA201", "割振りは国外。", "Delegated abroad."),),
        ),
        "c": attribution("2001:db8::1", "not-access-provider", category="vpn", operator=both("VPN社", "VPN Ltd")),
        "d": attribution("10.1.2.3", "special-purpose", holder=Holder(status="not-applicable")),
        "e": attribution("203.0.113.9", "not-listed"),
    }
    deadlines = {
        "open": deadline(
            "open",
            date(2026, 8, 2),
            earliest=date(2026, 11, 30),
            latest=date(2027, 2, 2),
            act_by=date(2026, 11, 30),
            days_left=30,
            expiries=(
                expiry("docomo", 93, "day", date(2026, 11, 30)),
                expiry("ocn", 6, "month", date(2027, 2, 2), date(2027, 2, 3)),
            ),
        ),
        "due": deadline("due", date(2026, 8, 3), earliest=date(2026, 11, 4), act_by=date(2026, 11, 2), days_left=4),
        "earliest": deadline(
            "passed-at-earliest",
            date(2026, 8, 4),
            earliest=date(2026, 10, 30),
            open_ended=True,
            days_left=-1,
            days_to_expiry=-1,
        ),
        "passed": deadline("passed", date(2026, 8, 5), earliest=date(2026, 10, 1), days_left=-30, days_to_expiry=-30),
        "unknown": deadline(
            "unknown",
            date(2026, 8, 6),
            unknown_for=("other",),
            practice=PracticeExpiry(
                earliest=date(2026, 11, 6),
                latest=date(2027, 2, 6),
                text=both("携帯は約3か月とされる。", "About three months for mobile."),
                sources=("P1",),
            ),
        ),
        "none": deadline("not-applicable", None),
    }
    searches = {
        "incomplete": search(
            "incomplete",
            "source-port",
            "destination-ip",
            needed=(("source-ip", "time", "source-port"), ("source-ip", "time", "destination-ip")),
        ),
        "searchable": search("searchable", needed=(("source-ip", "time"),)),
        "impossible": search("impossible", "time"),
        "unknown": search("unknown"),
        "none": search("not-applicable"),
    }
    sets = {
        "seen": CandidateSet(
            status="observed",
            platform="x",
            at="2026-08-02",
            candidates=(
                candidate("104.244.42.1", "around", 0),
                candidate("162.159.140.229", "before", 12, "Cloudflare"),
                candidate("172.66.0.227", "after", 3, "Cloudflare"),
                candidate("151.101.2.146", "before", 0),
            ),
            excluded=1,
            explanation=both("観測による", "from observations"),
        ),
        "none": CandidateSet(status="none", platform="x", explanation=both("観測なし", "none")),
        "platform": CandidateSet(status="unknown-platform", platform="", explanation=both("不明", "unknown")),
        "time": CandidateSet(status="no-time", platform="x", explanation=both("時刻なし", "no time")),
        "na": CandidateSet(status="not-applicable", platform="x", explanation=both("対象外", "not applicable")),
    }
    keys = [
        ("a", "incomplete", "open", "seen"),
        ("b", "searchable", "due", "seen"),
        ("c", "none", "none", "na"),
        ("d", "none", "earliest", "none"),
        ("e", "unknown", "passed", "platform"),
        ("e", "impossible", "unknown", "seen"),
        ("a", "incomplete", "none", "time"),
    ]
    rows = tuple(
        CaseRow(number=n, login=event, attribution=a, search_key=s, deadline=d, candidates=c)
        for n, (event, (a, s, d, c)) in enumerate(zip(logins, keys, strict=True), start=1)
    )
    counts = Counts(rows=8, ok=6, review=1, rejected=1)
    source = InputFile(
        name="log.csv",
        sha256=HASH,
        size=512,
        form="table",
        form_reason=both("見出しがある。", "It has headings."),
        encoding="utf-8",
        encoding_reason=both("UTF-8だけに合う。", "Only UTF-8 fits."),
        declared_zone="JST",
        mapping={"ip": "IPアドレス"},
        mapping_source="given",
        counts=counts,
    )
    posts = tuple(
        Post(
            id=str(n),
            status="ok",
            instant=Instant(
                raw="", utc=datetime(2026, 8, n + 1, 3, tzinfo=UTC), precision="ms", zone="Z", zone_source="derived"
            ),
            post_id=str(2090767117832945664 + n),
            url=f"https://x.com/a/status/{2090767117832945664 + n}",
            provenance=Provenance(source="posts.csv", locator=f"posts.csv:{n + 1}"),
        )
        for n in (1, 2)
    )
    return Case(
        schema_version=SCHEMA_VERSION,
        tool_version="0.1.0",
        data_version="2026+test",
        as_of=date(2026, 10, 31),
        as_of_source="given",
        platform="x",
        inputs=(source,),
        counts=counts,
        rows=rows,
        attributions=attributions,
        search_keys=searches,
        deadlines=deadlines,
        candidate_sets=sets,
        posts=posts,
        post_counts=Counts(rows=2, ok=2, review=0, rejected=0),
        links=(
            Link(
                post="1", login="1", gap_seconds=-43200.5, rank=1, position="before", nearest=True, nearest_before=True
            ),
            Link(post="1", login="2", gap_seconds=43445.0, rank=2, position="after", nearest_after=True, tie=True),
            Link(post="2", login="2", gap_seconds=0.0, rank=1, position="same", nearest=True, uncertain=True),
        ),
        rejects=(
            Reject(
                file="log.csv",
                row=9,
                column="時刻",
                raw='=HYPERLINK("http://example.invalid")',
                code="IPA165",
                reason=both("存在しない日付。", "No such date."),
            ),
        ),
        summary=(
            AddresseeSummary(
                name=both("株式会社NTTドコモ", "NTT DOCOMO, INC."),
                providers=("docomo",),
                status="attributed",
                rows=(1, 7),
                earliest=date(2026, 11, 30),
                act_by=date(2026, 11, 30),
                deadline_status="open",
                search={"incomplete": 2},
            ),
            AddresseeSummary(
                name=both("収録外", "not listed"),
                providers=(),
                status="not-listed",
                rows=(2, 3, 4, 5, 6),
                earliest=None,
                act_by=None,
                deadline_status="unknown",
                search={"unknown": 1, "impossible": 1},
            ),
        ),
        findings=(note("IPA501", "順位は時間差による。", "Ranked by the gap."),),
    )


@pytest.fixture
def case() -> Case:
    """Return the small case."""
    return small_case()
