"""Retention: how long the log of one connection can be relied on to exist, and the last working day to act.

How days are counted. A period starts on the JST date of the connection; that day itself is not counted (民法140条
本文), so 93 days from 2026-08-01 end with 2026-11-02. The log is taken to exist until the end of that day and to be
gone from then on. Civil-code counting is a reading, not what a provider's eraser does: one that erases by elapsed time
does so during that day. That is why ``act_by`` is the last day that can still help, not a day to aim at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ipattr.instants import add_period, jst_date, last_working_day
from ipattr.model import Calendar, Deadline, Expiry, PracticeExpiry, PracticeRange, Provenance, Provider, Text
from ipattr.retention.remarks import remarks
from ipattr.retention.words import Names, Verdict, explain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from ipattr.model import DeadlineStatus, RetentionPolicy

__all__ = ["DUE_DAYS", "dates", "deadline", "figures", "judge"]

DUE_DAYS = 14
"""A deadline is ``due`` from this many days before its act-by date (a choice of this tool, not a rule of law)."""
_UNSAID = Text(ja="", en="")


def deadline(
    parties: Sequence[tuple[str, str]],
    connected: datetime | None,
    *,
    access: Sequence[str],
    providers: Mapping[str, Provider],
    as_of: date,
    calendar: Calendar,
    practice: Sequence[PracticeRange],
    names: Mapping[str, Text] | None = None,
) -> Deadline:
    """Return when the log of one connection is gone under every published figure of those who may have to be asked.

    ``parties`` are (provider id, service) pairs, all of which may be the addressee; ``access`` their kinds of access.
    An id that is not in ``providers`` is a party without a figure, called by its text in ``names``, else by the id.
    Days are JST dates; ``connected`` counts through its JST date alone, so equal dates give equal verdicts. A figure
    for one service applies to a party of that service, or of an unknown one (""). ``earliest`` takes the shortest
    figure in its earliest reading, ``latest`` the longest figure, likewise in its earliest reading (so that a later
    connection never expires earlier). ``passed`` is said only when every party has a figure and every figure has passed
    under every reading; ``due`` when the act-by date is at most ``DUE_DAYS`` away, or behind, and nothing has expired.
    No party, or no time: ``not-applicable``. No figure: ``unknown``. Raises nothing for dates that a calendar holds.
    """
    if connected is None or not parties:
        return _not_applicable(connected)
    verdict, covered = _reckon(
        parties, connected, access=access, providers=providers, as_of=as_of, calendar=calendar, practice=practice
    )
    called = Names(verdict, providers, names)
    return msgspec.structs.replace(
        _dated(verdict),
        expiries=verdict.expiries,
        unknown_for=tuple(dict.fromkeys(provider for provider, _ in verdict.lacking if provider)),
        practice=verdict.practice,
        explanation=explain(verdict, called),
        findings=remarks(verdict, called, calendar=calendar, covered=covered),
        provenance=_provenance(verdict, calendar),
    )


def dates(
    parties: Sequence[tuple[str, str]],
    connected: datetime | None,
    *,
    providers: Mapping[str, Provider],
    as_of: date,
    calendar: Calendar,
) -> Deadline:
    """Return the status and the dates of ``deadline`` alone, for whoever asks often and shows no more; no words."""
    if connected is None or not parties:
        return _not_applicable(connected)
    return _dated(
        _reckon(parties, connected, access=(), providers=providers, as_of=as_of, calendar=calendar, practice=())[0]
    )


def _reckon(
    parties: Sequence[tuple[str, str]],
    connected: datetime,
    *,
    access: Sequence[str],
    providers: Mapping[str, Provider],
    as_of: date,
    calendar: Calendar,
    practice: Sequence[PracticeRange],
) -> tuple[Verdict, bool]:
    """Return the dates, and whether the holidays of the calendar cover the last working day."""
    day = jst_date(connected)
    expiries, lacking = _expiries(tuple(dict.fromkeys(parties)), day, providers)
    generic = _practice(lacking, day, figured=bool(expiries), access=access, providers=providers, practice=practice)
    earliest = min((entry.expires_on for entry in expiries), default=None)
    open_ended = any(entry.policy.bound == "at-least" for entry in expiries)
    latest = None if open_ended else max((entry.expires_on for entry in expiries), default=None)
    act_by, covered = last_working_day(earliest, calendar) if earliest is not None else (None, True)
    verdict = Verdict(
        status=judge(expiries, act_by, as_of=as_of, conclusive=not (open_ended or lacking)),
        connected_on=day,
        as_of=as_of,
        earliest=earliest,
        latest=latest,
        open_ended=open_ended,
        act_by=act_by,
        expiries=expiries,
        lacking=tuple(dict.fromkeys(lacking)),
        practice=generic,
    )
    return verdict, covered


def _dated(verdict: Verdict) -> Deadline:
    """Return a deadline of these dates, without a word."""
    return Deadline(
        status=verdict.status,
        connected_on=verdict.connected_on,
        earliest=verdict.earliest,
        latest=verdict.latest,
        open_ended=verdict.open_ended,
        act_by=verdict.act_by,
        days_left=(verdict.act_by - verdict.as_of).days if verdict.act_by is not None else None,
        days_to_expiry=(verdict.earliest - verdict.as_of).days if verdict.earliest is not None else None,
        explanation=_UNSAID,
    )


def figures(
    parties: Sequence[tuple[str, str]], *, providers: Mapping[str, Provider]
) -> tuple[frozenset[tuple[int, str, str]], bool] | None:
    """Return all of ``parties`` that the status and the dates of a ``deadline`` depend on; None for no party.

    The figures (value, unit, bound) that apply to any of them, and whether one of them has none.
    """
    if not parties:
        return None
    applied = [_policies(party, providers) for party in parties]
    found = frozenset((policy.value, policy.unit, policy.bound) for policies in applied for _, policy in policies)
    return found, not all(applied)


def _not_applicable(connected: datetime | None) -> Deadline:
    if connected is None:
        text = Text(
            ja="接続日時がないため、保存期間は計算していない。",
            en="No connection time, so no retention period was counted.",
        )
        return Deadline(status="not-applicable", connected_on=None, explanation=text)
    text = Text(
        ja="照会先となるアクセスプロバイダがないため、保存期間は計算していない。",
        en="There is no access provider to be addressed, so no retention period was counted.",
    )
    return Deadline(status="not-applicable", connected_on=jst_date(connected), explanation=text)


def _expiries(
    parties: Sequence[tuple[str, str]], day: date, providers: Mapping[str, Provider]
) -> tuple[tuple[Expiry, ...], list[tuple[str, str]]]:
    """Apply every figure of every party to the day; also return the parties that have none."""
    found: dict[tuple[str, int], Expiry] = {}
    lacking: list[tuple[str, str]] = []
    for provider, service in parties:
        used = _policies((provider, service), providers)
        if not used:
            lacking.append((provider, service))
        for n, policy in used:
            readings = add_period(day, policy.value, policy.unit)
            found[provider, n] = Expiry(
                provider=provider, policy=policy, expires_on=min(readings), readings=tuple(sorted(readings))
            )
    return tuple(found.values()), lacking


def _policies(party: tuple[str, str], providers: Mapping[str, Provider]) -> list[tuple[int, RetentionPolicy]]:
    """Return the figures of one party for its service, with their places in its file."""
    provider, service = party
    record = providers.get(provider)
    policies = record.retention if record is not None else ()
    return [(n, policy) for n, policy in enumerate(policies) if policy.applies_to(service)]


def judge(expiries: Sequence[Expiry], act_by: date | None, *, as_of: date, conclusive: bool) -> DeadlineStatus:
    """Return the status of the dates on ``as_of``; ``conclusive`` when no party and no figure leaves the end open."""
    if act_by is None:
        return "unknown"
    if any(entry.expires_on < as_of for entry in expiries):
        gone = conclusive and all(reading < as_of for entry in expiries for reading in entry.readings)
        return "passed" if gone else "passed-at-earliest"
    return "due" if (act_by - as_of).days <= DUE_DAYS else "open"


def _practice(
    lacking: Sequence[tuple[str, str]],
    day: date,
    *,
    figured: bool,
    access: Sequence[str],
    providers: Mapping[str, Provider],
    practice: Sequence[PracticeRange],
) -> PracticeExpiry | None:
    """Return the widest general range over the kinds of access of the parties without a figure, None when none fits.

    Where every party is without a file, ``access`` stands for their kinds; beside a known party it is that party's.
    """
    if not lacking:
        return None
    listed = tuple(dict.fromkeys(provider for provider, _ in lacking if provider in providers))
    kinds: set[str] = {providers[provider].access for provider in listed} or (set() if figured else set(access))
    ranges = [entry for entry in practice if kinds.intersection(entry.access)]
    if not ranges:
        return None
    return PracticeExpiry(
        earliest=min(min(add_period(day, entry.low.value, entry.low.unit)) for entry in ranges),
        latest=max(min(add_period(day, entry.high.value, entry.high.unit)) for entry in ranges),
        text=Text(ja=" / ".join(r.text.ja for r in ranges), en=" / ".join(r.text.en for r in ranges)),
        sources=tuple(dict.fromkeys(policy.source for entry in ranges for policy in (entry.low, entry.high))),
        providers=listed,
    )


def _provenance(verdict: Verdict, calendar: Calendar) -> tuple[Provenance, ...]:
    figures = [
        Provenance(
            source=entry.policy.source, locator=f"providers/{entry.provider}: retention", as_of=entry.policy.as_of
        )
        for entry in verdict.expiries
    ]
    if verdict.act_by is not None:
        figures.append(Provenance(source=calendar.source, locator="calendar", as_of=calendar.as_of))
    if verdict.practice is not None:
        figures += [Provenance(source=source, locator="practice") for source in verdict.practice.sources]
    return tuple(dict.fromkeys(figures))
