"""Coded remarks (IPA4xx) on a deadline: what weakens it, and what presses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.instants import unannounced
from ipattr.model import Finding
from ipattr.retention.words import branded, ended

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from ipattr.model import Calendar, RetentionPolicy
    from ipattr.retention.words import Names, Verdict

OLD_YEARS = 5
"""A figure is remarked on as old from this age on (a choice of this tool)."""


def remarks(verdict: Verdict, names: Names, *, calendar: Calendar, covered: bool) -> tuple[Finding, ...]:
    """Return the remarks: calendar coverage, connection in the future, age of figures, missing figures, urgency."""
    return (
        *_of_calendar(verdict, calendar, covered=covered),
        *_of_time(verdict),
        *_of_age(verdict),
        *_of_absence(verdict, names),
    )


def _of_calendar(verdict: Verdict, calendar: Calendar, *, covered: bool) -> Iterator[Finding]:
    if verdict.earliest is None:
        return
    if not covered:
        yield Finding.of(
            "IPA401",
            "warning",
            ja=f"満了日{verdict.earliest}は祝日表の範囲（{calendar.covers_from}～{calendar.covers_until}）外のため、"
            "最終営業日は土日と年末年始のみを考慮した。",
            en=f"The expiry {verdict.earliest} lies outside the holiday table ({calendar.covers_from} to "
            f"{calendar.covers_until}); the last working day considers weekends and the year-end closure only.",
        )
    elif verdict.earliest > calendar.announced_until:
        yield Finding(code="IPA402", level="notice", message=unannounced(calendar))


def _of_time(verdict: Verdict) -> Iterator[Finding]:
    if verdict.connected_on > verdict.as_of:
        yield Finding.of(
            "IPA403",
            "warning",
            ja=f"接続日{verdict.connected_on}（JST）が基準日{verdict.as_of}より後。日時・タイムゾーン・基準日を確認のこと。",
            en=f"The connection on {verdict.connected_on} (JST) lies after the as-of date {verdict.as_of}: "
            "check time, zone and as-of date.",
        )
    if (
        verdict.act_by is not None
        and verdict.earliest is not None
        and verdict.act_by < verdict.as_of <= verdict.earliest
    ):
        yield Finding.of(
            "IPA404",
            "warning",
            ja=f"満了日{verdict.earliest}前の最終営業日{verdict.act_by}は経過済み。ただちに対応を要する。",
            en=f"The last working day {verdict.act_by} before the expiry {verdict.earliest} has passed: act at once.",
        )


def _of_age(verdict: Verdict) -> Iterator[Finding]:
    ages: dict[tuple[str, str], list[str]] = {}
    for entry in verdict.expiries:
        if _is_old(entry.policy, verdict.as_of):
            ages.setdefault((entry.policy.source, entry.policy.as_of), []).append(entry.provider)
    for (source, as_of), who in ages.items():
        about = ", ".join(dict.fromkeys(who))
        if as_of:
            yield Finding.of(
                "IPA405",
                "notice",
                ja=f"保存期間の数値は{as_of[:4]}年のもの（{source}）。現在の期間は事業者に確認のこと。",
                en=f"The retention figure is of {as_of[:4]} ({source}); ask the provider for the present one.",
                about=about,
            )
        else:
            yield Finding.of(
                "IPA406",
                "notice",
                ja=f"保存期間の数値の時期が不明（{source}）。現在の期間は事業者に確認のこと。",
                en=f"The retention figure is undated ({source}); ask the provider for the present one.",
                about=about,
            )


def _is_old(policy: RetentionPolicy, as_of: date) -> bool:
    """Tell whether a figure is undated or at least ``OLD_YEARS`` old, a partial date counting from its first day."""
    if not policy.as_of:
        return True
    since = (policy.as_of + "-01-01")[:10]
    return since <= f"{as_of.year - OLD_YEARS:04}-{as_of.month:02}-{as_of.day:02}"


def _of_absence(verdict: Verdict, names: Names) -> Iterator[Finding]:
    """Name whose figure is missing; where the same company has one for another service, say which one is shown."""
    for name, ids, brands in names.lacking(verdict).values():
        whose = branded(name, brands)
        shown = dict.fromkeys(
            names.brand(entry.provider) for entry in verdict.expiries if names.legal(entry.provider).ja == name.ja
        )
        other = [brand for brand in shown if brand]
        ja = f"（表示の期間は同社の{'・'.join(other)}についてのもの）" if other else ""
        en = f"; the period shown is that of {', '.join(other)} of the same company" if other else ""
        yield Finding.of(
            "IPA407",
            "notice",
            ja=f"{whose.ja}の保存期間の数値は収録されていない{ja}。",
            en=ended(f"No retention figure on record for {whose.en}{en}"),
            about=", ".join(filter(None, ids)),
        )
