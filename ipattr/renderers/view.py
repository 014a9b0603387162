"""One login with its verdicts at hand: what every renderer walks over."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from ipattr.instants import JST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from ipattr.model import (
        Attribution,
        CandidateSet,
        Case,
        CaseRow,
        Counts,
        Deadline,
        Finding,
        Link,
        LoginEvent,
        Party,
        Precision,
        Registration,
        Reject,
        SearchKey,
    )

_CLOCK_LENGTH: dict[Precision, int] = {"ms": 23, "cs": 22, "s": 19, "min": 16, "day": 10}
_WEEKDAYS_JA = "月火水木金土日"
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class Shape(NamedTuple):
    """What the whole case has, so that columns without a fact are left out; ``brief`` names the chain elsewhere."""

    lang: str
    accounts: bool
    posts: dict[str, str]
    practice: bool
    brief: bool = False
    unchecked: frozenset[tuple[str, str]] = frozenset()

    def say(self, ja: str, en: str) -> str:
        """Return the words in the language of the output."""
        return ja if self.lang == "ja" else en


class View(NamedTuple):
    """One row of a case with the verdicts its keys point to; ``links`` only those that mark it as nearest.

    ``registration`` is None when no registry was asked.
    """

    row: CaseRow
    login: LoginEvent
    attribution: Attribution
    search: SearchKey
    deadline: Deadline
    candidates: CandidateSet
    links: tuple[Link, ...]
    registration: Registration | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every remark on this row, the reader's first."""
        verdicts = self.attribution.findings + self.deadline.findings + self.candidates.findings
        return self.login.findings + verdicts + (self.registration.findings if self.registration else ())


def views(case: Case) -> Iterator[View]:
    """Yield the rows of ``case`` in order, each with its verdicts."""
    marks: dict[str, list[Link]] = defaultdict(list)
    for link in case.links:
        if link.nearest or link.nearest_before or link.nearest_after:
            marks[link.login].append(link)
    for row in case.rows:
        yield View(
            row=row,
            login=row.login,
            attribution=case.attributions[row.attribution],
            search=case.search_keys[row.search_key],
            deadline=case.deadlines[row.deadline],
            candidates=case.candidate_sets[row.candidates],
            links=tuple(marks.get(row.login.id, ())),
            registration=case.registrations[row.registration] if row.registration else None,
        )


def unchecked_links(case: Case) -> frozenset[tuple[str, str]]:
    """Return the (post, login) pairs of a log with several accounts in which one side carries no numeric account id."""
    accounts = {row.login.id: row.login.account for row in case.rows}
    if len({account.id or account.name for account in accounts.values()}) < 2:  # noqa: PLR2004 - one account needs no check
        return frozenset()
    posts = {post.id: post.account.id for post in case.posts}
    return frozenset(
        (link.post, link.login) for link in case.links if not posts.get(link.post) or not accounts[link.login].id
    )


def unknown_parties(view: View) -> tuple[Party, ...]:
    """Return those who may have to be addressed and have no retention figure for the service meant."""
    verdict = view.deadline
    return tuple(
        party
        for party in view.attribution.alternatives
        if (party.provider or party.name.ja) in verdict.unknown_for
        and not any(
            entry.provider == party.provider and entry.policy.applies_to(party.service) for entry in verdict.expiries
        )
    )


def log_rejects(case: Case) -> tuple[Reject, ...]:
    """Return the rejected rows of the logs; those of the posts follow them in ``case.rejects``."""
    return case.rejects[: case.counts.rejected]


def post_rejects(case: Case) -> tuple[Reject, ...]:
    """Return the rejected rows of the posts."""
    return case.rejects[case.counts.rejected :]


def source_row(login: LoginEvent) -> str:
    """Return the physical row of the input file that the login stands in (1-based), empty for a bare address."""
    tail = login.provenance.locator.rpartition(":")[2]
    return tail if tail.isdigit() else ""


def endpoint(login: LoginEvent) -> str:
    """Return ``address``, ``a.b.c.d:port`` or ``[v6]:port`` (RFC 5952 section 6)."""
    text = login.address.text
    if login.port is None:
        return text
    return f"[{text}]:{login.port}" if ":" in text else f"{text}:{login.port}"


def clock(utc: datetime, precision: Precision, *, zone: str) -> str:
    """Return ``YYYY-MM-DD HH:MM:SS`` in ``UTC`` or ``JST``, no finer than what was written."""
    moment = utc.astimezone(JST) if zone == "JST" else utc
    return moment.replace(tzinfo=None).isoformat(" ", "milliseconds")[: _CLOCK_LENGTH[precision]]


def iso(utc: datetime, precision: Precision, *, zone: str) -> str:
    """Return the instant in ISO 8601 with its offset, no finer than what was written."""
    text = clock(utc, precision, zone=zone)
    if precision == "day":
        return text
    return text.replace(" ", "T") + ("Z" if zone == "UTC" else "+09:00")


def weekday(day: date, lang: str) -> str:
    """Return the short name of the weekday."""
    return _WEEKDAYS_JA[day.weekday()] if lang == "ja" else _WEEKDAYS_EN[day.weekday()]


def span(seconds: float, lang: str) -> str:
    """Return a length of time exactly, to the millisecond, without sign: ``2日3時間4分5秒``, ``2d 3h 4m 5s``."""
    whole, thousandths = divmod(round(abs(seconds) * 1000), 1000)
    minutes, second = divmod(whole, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    units = ("日", "時間", "分") if lang == "ja" else ("d ", "h ", "m ")
    text = "".join(f"{n}{unit}" for n, unit in zip((days, hour, minute), units, strict=True) if n)
    if second or thousandths or not text:
        fraction = f".{thousandths:03d}" if thousandths else ""
        text += f"{second}{fraction}" + ("秒" if lang == "ja" else "s")
    return text.strip()


def numbers(rows: list[int] | tuple[int, ...]) -> str:
    """Write row numbers shortly: ``1-3, 7``."""
    parts: list[str] = []
    start = previous = 0
    for number in [*sorted(rows), 0]:
        if start and number == previous + 1:
            previous = number
            continue
        if start:
            parts.append(str(start) if start == previous else f"{start}-{previous}")
        start = previous = number
    return ", ".join(parts)


def total(counts: Counts | None) -> tuple[int, int, int, int]:
    """Return rows, ok, review and rejected; all zero when nothing was counted."""
    return (counts.rows, counts.ok, counts.review, counts.rejected) if counts else (0, 0, 0, 0)
