"""Deadlines: counted from the connection in Japanese time, in the unit as published, act-by moving back only."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal

import msgspec
import pytest

from ipattr.instants import is_working_day, last_working_day
from ipattr.model import AccessType, Calendar, Deadline, Entity, PracticeRange, Provider, RetentionPolicy, Text
from ipattr.retention import deadline

DATA = Path(__file__).resolve().parents[1] / "data"
CALENDAR = msgspec.convert(tomllib.loads((DATA / "calendar.toml").read_text(encoding="utf-8")), Calendar)
AS_OF = date(2026, 8, 10)


def policy(
    value: int,
    unit: Literal["day", "month", "year"],
    *,
    bound: Literal["exact", "at-least"] = "exact",
    service: str = "",
    as_of: str = "2015-04-02",
) -> RetentionPolicy:
    return RetentionPolicy(
        value=value, unit=unit, bound=bound, service=service, text="", source="S5a", as_of=as_of, confidence="medium"
    )


def provider(identifier: str, *policies: RetentionPolicy, access: AccessType = "mno") -> Provider:
    return Provider(
        id=identifier,
        brands=(identifier,),
        access=access,
        sources=("S5a",),
        confidence_as="high",
        confidence_ptr="high",
        entity=Entity(ja=f"株式会社{identifier}", en=f"{identifier} Inc.", confidence="high"),
        retention=policies,
    )


PRACTICE = (
    PracticeRange(
        access=("mno",),
        low=policy(3, "month"),
        high=policy(3, "month"),
        text=Text(ja="携帯3か月", en="mobile 3 months"),
    ),
    PracticeRange(
        access=("cable",), low=policy(3, "month"), high=policy(6, "month"), text=Text(ja="3～6か月", en="3-6 months")
    ),
)


def judge(
    *providers: Provider,
    connected: datetime | None = datetime(2026, 8, 1, 3, tzinfo=UTC),
    as_of: date = AS_OF,
    services: tuple[str, ...] = (),
    access: tuple[str, ...] = (),
) -> Deadline:
    named = services or ("",) * len(providers)
    return deadline(
        [(entry.id, service) for entry, service in zip(providers, named, strict=True)],
        connected,
        access=access,
        providers={entry.id: entry for entry in providers},
        as_of=as_of,
        calendar=CALENDAR,
        practice=PRACTICE,
    )


def codes(verdict: Deadline) -> list[str]:
    return [finding.code for finding in verdict.findings]


def test_93_days_are_not_three_months() -> None:
    days = judge(provider("a", policy(93, "day")))
    months = judge(provider("a", policy(3, "month")))
    assert days.earliest == date(2026, 11, 2)
    assert months.earliest == date(2026, 11, 1)
    assert days.explanation.ja.startswith(
        "接続日2026-08-01（JST）から93日（株式会社a、S5a、2015年の報告）で2026-11-02。"
    )
    assert days.explanation.en.startswith("93 days from the connection on 2026-08-01 (JST) end on 2026-11-02 (a Inc.")


def test_the_day_is_the_japanese_day() -> None:
    assert judge(provider("a", policy(1, "day")), connected=datetime(2026, 8, 1, 14, 59, tzinfo=UTC)).earliest == date(
        2026, 8, 2
    )
    late = judge(provider("a", policy(1, "day")), connected=datetime(2026, 8, 1, 15, 0, tzinfo=UTC))
    assert late.connected_on == date(2026, 8, 2)
    assert late.earliest == date(2026, 8, 3)


def test_month_end_takes_the_earlier_reading_and_prints_the_other() -> None:
    connected = datetime(2026, 11, 30, tzinfo=UTC)
    verdict = judge(provider("a", policy(3, "month")), connected=connected, as_of=date(2026, 12, 1))
    assert verdict.earliest == verdict.latest == date(2027, 2, 28)
    assert verdict.expiries[0].readings == (date(2027, 2, 28), date(2027, 3, 2))
    assert "2027-03-02" in verdict.explanation.ja
    between = judge(provider("a", policy(3, "month")), connected=connected, as_of=date(2027, 3, 1))
    assert between.status == "passed-at-earliest"
    assert judge(provider("a", policy(3, "month")), connected=connected, as_of=date(2027, 3, 3)).status == "passed"


def test_conflicting_figures_give_a_span() -> None:
    verdict = judge(provider("a", policy(3, "month"), policy(6, "month")), provider("b", policy(1, "year")))
    assert (verdict.earliest, verdict.latest) == (date(2026, 11, 1), date(2027, 8, 1))
    assert [entry.provider for entry in verdict.expiries] == ["a", "a", "b"]
    assert "最短2026-11-01、最長2027-08-01" in verdict.explanation.ja


def test_an_at_least_figure_leaves_the_end_open() -> None:
    iij = provider("iij", policy(1, "year", bound="at-least"))
    verdict = judge(iij)
    assert verdict.open_ended
    assert (verdict.earliest, verdict.latest) == (date(2027, 8, 1), None)
    assert "1年以上" in verdict.explanation.ja
    assert judge(iij, as_of=date(2030, 1, 1)).status == "passed-at-earliest"


@pytest.mark.parametrize(
    ("service", "earliest", "latest"),
    [
        ("mobile", date(2026, 9, 1), date(2026, 12, 1)),
        ("", date(2026, 8, 31), date(2026, 12, 1)),
        ("fixed", date(2026, 8, 31), date(2026, 12, 1)),
        ("tv", date(2026, 12, 1), date(2026, 12, 1)),
    ],
)
def test_a_figure_for_a_service_counts_for_that_service_or_an_unknown_one(
    service: str, earliest: date, latest: date
) -> None:
    figures = (policy(1, "month", service="mobile"), policy(30, "day", service="fixed"), policy(4, "month"))
    verdict = judge(provider("a", *figures), services=(service,))
    assert (verdict.earliest, verdict.latest) == (earliest, latest)


@pytest.mark.parametrize(
    ("as_of", "status", "days_left"),
    [
        (date(2026, 10, 18), "open", 15),
        (date(2026, 10, 19), "due", 14),
        (date(2026, 11, 2), "due", 0),
        (date(2026, 11, 3), "passed-at-earliest", -1),
        (date(2026, 11, 5), "passed-at-earliest", -3),
        (date(2026, 11, 6), "passed", -4),
    ],
)
def test_status_by_date(as_of: date, status: str, days_left: int) -> None:
    verdict = judge(provider("a", policy(93, "day"), policy(96, "day")), as_of=as_of)
    assert (verdict.status, verdict.days_left) == (status, days_left)


@pytest.mark.parametrize(
    ("as_of", "status", "days_left", "days_to_expiry"),
    [
        (date(2026, 10, 15), "open", 15, 17),
        (date(2026, 10, 16), "due", 14, 16),  # the expiry itself is more than 14 days away
        (date(2026, 10, 30), "due", 0, 2),
        (date(2026, 11, 1), "due", -2, 0),  # act-by has passed, the log is not yet gone
        (date(2026, 11, 2), "passed", -3, -1),
    ],
)
def test_days_are_counted_to_the_day_they_are_printed_beside(
    as_of: date, status: str, days_left: int, days_to_expiry: int
) -> None:
    verdict = judge(provider("a", policy(3, "month")), as_of=as_of)
    assert (verdict.act_by, verdict.earliest) == (date(2026, 10, 30), date(2026, 11, 1))
    assert (verdict.status, verdict.days_left, verdict.days_to_expiry) == (status, days_left, days_to_expiry)


def test_passed_is_not_said_while_a_party_has_no_figure() -> None:
    long_after = date(2028, 1, 1)
    figured = provider("a", policy(3, "month"))
    assert judge(figured, as_of=long_after).status == "passed"
    half = judge(figured, provider("b"), as_of=long_after)
    assert (half.status, half.unknown_for) == ("passed-at-earliest", ("b",))
    assert "株式会社b（b）の保存期間は不明" in half.explanation.ja
    assert "Retention of b Inc. (b) is unknown" in half.explanation.en


def test_a_party_that_is_nobodys_file_counts_as_unknown_and_is_called_by_its_name() -> None:
    verdict = deadline(
        [("a", ""), ("借受人", "")],
        datetime(2026, 8, 1, 3, tzinfo=UTC),
        access=("mno",),
        providers={"a": provider("a", policy(3, "month"))},
        as_of=date(2028, 1, 1),
        calendar=CALENDAR,
        practice=PRACTICE,
        names={"借受人": Text(ja="ブロックの借受人", en="whoever leases the block")},
    )
    assert (verdict.status, verdict.unknown_for) == ("passed-at-earliest", ("借受人",))
    assert verdict.practice is None  # its kind of access is not known
    said = next(finding.message for finding in verdict.findings if finding.code == "IPA407")
    assert said.ja == "ブロックの借受人の保存期間の数値は収録されていない。"
    assert said.en == "No retention figure on record for whoever leases the block."


def test_one_company_with_several_brands_says_which_has_no_figure() -> None:
    au = provider("au", policy(3, "month"))
    entity = Entity(ja="KDDI株式会社", en="KDDI Corp.", confidence="high")
    brands = [msgspec.structs.replace(entry, entity=entity) for entry in (au, provider("povo"), provider("UQ"))]
    verdict = judge(*brands)
    said = [finding for finding in verdict.findings if finding.code == "IPA407"]
    assert [finding.about for finding in said] == ["povo, UQ"]
    assert said[0].message == Text(
        ja="KDDI株式会社（povo・UQ）の保存期間の数値は収録されていない（表示の期間は同社のauについてのもの）。",
        en="No retention figure on record for KDDI Corp. (povo, UQ); "
        "the period shown is that of au of the same company.",
    )
    assert "3か月（KDDI株式会社（au）、S5a、2015年の報告）" in verdict.explanation.ja
    assert "KDDI株式会社（povo・UQ）の保存期間は不明" in verdict.explanation.ja
    assert verdict.practice is not None
    assert verdict.practice.providers == ("povo", "UQ")
    alone = judge(msgspec.structs.replace(provider("x"), brands=(), entity=entity))
    assert [f.message.en for f in alone.findings] == ["No retention figure on record for KDDI Corp."]


@pytest.mark.parametrize(
    ("expiry", "act_by"),
    [
        (date(2026, 11, 2), date(2026, 11, 2)),  # Monday
        (date(2026, 11, 1), date(2026, 10, 30)),  # Sunday
        (date(2026, 11, 3), date(2026, 11, 2)),  # 文化の日
        (date(2026, 9, 23), date(2026, 9, 18)),  # 敬老の日, 国民の休日, 秋分の日 after a weekend
        (date(2027, 1, 3), date(2026, 12, 28)),  # year end
        (date(2026, 12, 29), date(2026, 12, 28)),
        (date(2026, 5, 6), date(2026, 5, 1)),  # 振替休日
    ],
)
def test_act_by_moves_back_never_forward(expiry: date, act_by: date) -> None:
    assert last_working_day(expiry, CALENDAR) == (act_by, True)
    assert is_working_day(act_by, CALENDAR)


def test_outside_the_calendar_only_weekends_and_year_end_count() -> None:
    assert last_working_day(date(2035, 11, 3), CALENDAR) == (date(2035, 11, 2), False)
    assert last_working_day(date(2035, 1, 1), CALENDAR) == (date(2034, 12, 28), False)
    far = judge(provider("a", policy(10, "year")))
    assert "IPA401" in codes(far)
    assert "IPA402" not in codes(far)
    soon = judge(provider("a", policy(2, "year")))
    assert "IPA402" in codes(soon)
    assert {"IPA401", "IPA402"}.isdisjoint(codes(judge(provider("a", policy(93, "day")))))


def test_the_last_working_day_may_be_behind_while_the_log_still_exists() -> None:
    verdict = judge(provider("a", policy(3, "month")), as_of=date(2026, 10, 31))
    assert (verdict.status, verdict.act_by) == ("due", date(2026, 10, 30))
    assert "IPA404" in codes(verdict)
    assert "IPA404" not in codes(judge(provider("a", policy(3, "month")), as_of=date(2026, 10, 30)))


def test_no_figure_is_unknown_with_practice_beside() -> None:
    verdict = judge(provider("a"))
    assert verdict.status == "unknown"
    assert (verdict.earliest, verdict.latest, verdict.act_by, verdict.days_left) == (None, None, None, None)
    assert verdict.unknown_for == ("a",)
    assert verdict.practice is not None
    assert (verdict.practice.earliest, verdict.practice.latest) == (date(2026, 11, 1), date(2026, 11, 1))
    assert codes(verdict) == ["IPA407"]


def test_practice_is_given_for_the_party_without_a_figure_and_stays_outside() -> None:
    verdict = judge(provider("a", policy(93, "day")), provider("b", access="cable"))
    assert verdict.unknown_for == ("b",)
    assert (verdict.earliest, verdict.latest) == (date(2026, 11, 2), date(2026, 11, 2))
    assert verdict.practice is not None
    assert verdict.practice.latest == date(2027, 2, 1)


def test_practice_over_several_kinds_is_the_widest_and_none_is_invented() -> None:
    unlisted = deadline(
        [("", "")],
        datetime(2026, 8, 1, tzinfo=UTC),
        access=("mno", "cable"),
        providers={},
        as_of=AS_OF,
        calendar=CALENDAR,
        practice=PRACTICE,
    )
    assert unlisted.practice is not None
    assert (unlisted.practice.earliest, unlisted.practice.latest) == (date(2026, 11, 1), date(2027, 2, 1))
    assert unlisted.unknown_for == ()
    assert judge(provider("a", access="satellite")).practice is None
    assert judge(provider("a", policy(93, "day"))).practice is None


def test_nothing_to_count() -> None:
    nobody = judge()
    assert nobody.status == "not-applicable"
    assert nobody.connected_on == date(2026, 8, 1)
    timeless = judge(provider("a", policy(93, "day")), connected=None)
    assert (timeless.status, timeless.connected_on) == ("not-applicable", None)
    assert nobody.explanation != timeless.explanation


def test_a_connection_in_the_future_is_remarked_on() -> None:
    assert "IPA403" in codes(judge(provider("a", policy(93, "day")), as_of=date(2026, 7, 31)))
    assert "IPA403" not in codes(judge(provider("a", policy(93, "day")), as_of=date(2026, 8, 1)))


@pytest.mark.parametrize(
    ("said", "code"),
    [("2015-04-02", "IPA405"), ("2021-08-10", "IPA405"), ("2021-08-11", None), ("2021", "IPA405"), ("", "IPA406")],
)
def test_an_old_figure_says_so(said: str, code: str | None) -> None:
    assert codes(judge(provider("a", policy(93, "day", as_of=said)))) == ([code] if code else [])


def test_same_question_same_answer_and_the_sources_are_named() -> None:
    verdict = judge(provider("a", policy(93, "day")))
    assert verdict == judge(provider("a", policy(93, "day")), connected=datetime(2026, 8, 1, 14, tzinfo=UTC))
    assert [entry.source for entry in verdict.provenance] == ["S5a", CALENDAR.source]
