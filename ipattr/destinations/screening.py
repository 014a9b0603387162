"""Screening: which observations can be tied to the platform, and which are kept as rejected with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from ipattr.destinations.sightings import micros, period
from ipattr.model import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import datetime

    from ipattr.model import JudgedAnswer, Observation, Platform

Owner = Literal[
    "platform",  # its own prefix or AS
    "shared",  # a network that carries it for many customers (CDN)
    "other",  # an AS that is known and is neither
    "unlisted",  # nothing on record says whose it is
    "special",  # no public server can have it (RFC 6890)
]
TIED: frozenset[Owner] = frozenset({"platform", "shared"})


class Tie(NamedTuple):
    """What ties an address to a platform: whose it is, on what evidence (prefix, AS), and its origin AS numbers."""

    owner: Owner
    reason: Text
    asn: tuple[int, ...] = ()


_UNSCREENED = Text(
    ja="未選別: プラットフォームのプレフィックス・AS番号の収録がないため確かめられない",
    en="unscreened: no prefix or AS number of the platform is on record to check it against",
)
_UNTIED = Text(ja="プラットフォームとの関係を示すものがない", en="cannot be tied to the platform")
_JUDGED = frozenset({"lying", "special", "wildcard"})
_CONFIRMED = frozenset({"agrees", "differs"})


def screen(
    observations: Iterable[Observation],
    *,
    tie: Callable[[str, str], Tie],
    platform: Platform | None = None,
    shipped: Iterable[Observation] = (),
) -> tuple[Observation, ...]:
    """Return the observations, those that cannot be tied to their platform as rejected with the reason.

    A special-purpose address is always rejected. The platform's own, a CDN's, and one that stands in a kept
    observation of ``shipped`` (same platform) are kept. Any other is rejected, except where ``platform`` is given and
    has neither prefixes nor AS numbers on record: then what nothing is known about is kept with low confidence and a
    note that it is unscreened. What is rejected already stays so.
    """
    known = {(entry.platform, entry.address) for entry in shipped if entry.status == "kept"}
    bare = platform.id if platform is not None and not platform.prefixes and not platform.asns else None
    ties: dict[tuple[str, str], Tie] = {}
    screened = []
    for entry in observations:
        subject = (entry.platform, entry.address)
        if subject not in ties:
            ties[subject] = tie(*subject)
        screened.append(_screened(entry, ties[subject], known=subject in known, bare=entry.platform == bare))
    return tuple(screened)


def _screened(entry: Observation, tied: Tie, *, known: bool, bare: bool) -> Observation:
    if entry.status == "rejected":
        return entry
    if tied.owner == "special":
        return rejected(entry, tied.reason)
    if tied.owner in TIED or known:
        return entry
    if tied.owner == "unlisted" and bare:
        note = _noted(entry.note, _UNSCREENED)
        confidence = "none" if entry.confidence == "none" else "low"
        return msgspec.structs.replace(entry, confidence=confidence, note=note)
    if tied.owner == "unlisted":
        ja, en = f"{_UNTIED.ja}（{tied.reason.ja}）", f"{_UNTIED.en} ({tied.reason.en})"
        return rejected(entry, Text(ja=ja, en=en))
    return rejected(entry, tied.reason)


def rejected(entry: Observation, reason: Text) -> Observation:
    """Return an observation as rejected, with the reason in its note in both languages."""
    return msgspec.structs.replace(entry, status="rejected", note=_noted(entry.note, reason))


def _noted(note: str, reason: Text) -> str:
    said = f"{reason.ja} / {reason.en}" if reason.ja != reason.en else reason.en
    return f"{note}; {said}" if note else said


def set_aside(
    observations: Sequence[Observation],
    judged: Iterable[JudgedAnswer],
    *,
    began: datetime | None = None,
    ended: datetime | None = None,
) -> tuple[Observation, ...]:
    """Return the observations, those that rest on answers judged lying, special or wildcard as rejected.

    Own observations alone are concerned: those of the same resolver, platform, host, type and address that were seen
    between ``began`` and ``ended`` of the run (or at any time, without them). An address that the same resolver gave in
    another of the judged answers, and that agreed with others or differed there, stays kept.
    """
    verdicts = list(judged)
    confirmed = {seen for one in verdicts if one.judgement in _CONFIRMED for seen in _seen(one)}
    reasons = {
        seen: one.reason for one in verdicts if one.judgement in _JUDGED for seen in _seen(one) if seen not in confirmed
    }
    span = (micros(began) if began is not None else None, micros(ended) if ended is not None else None)
    return tuple(_aside(entry, reasons, span) for entry in observations)


def _aside(
    entry: Observation,
    reasons: dict[tuple[str, str, str, str, str], Text],
    span: tuple[int | None, int | None],
) -> Observation:
    if entry.status == "rejected" or not entry.id.startswith("own:"):
        return entry
    resolver = entry.vantage.partition(" ")[0]
    reason = reasons.get((entry.platform, entry.host, entry.rrtype, resolver, entry.address))
    if reason is None or not _within(entry, *span):
        return entry
    return rejected(entry, reason)


def _within(entry: Observation, began: int | None, ended: int | None) -> bool:
    # Observations are kept to the second, runs to the microsecond.
    too_early = began is not None and period(entry.last_seen)[1] + 1_000_000 <= began
    return not too_early and (ended is None or period(entry.first_seen)[0] <= ended)


def _seen(one: JudgedAnswer) -> Collection[tuple[str, str, str, str, str]]:
    return [(one.platform, one.host, one.rrtype, one.resolver, address) for address in one.addresses]
