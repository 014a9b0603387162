"""Moments as filings write them, published times no finer than they were published, and distances between the two."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from ipattr.instants import JST
from ipattr.renderers.layout import inert
from ipattr.renderers.view import span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipattr.model import Candidate, Precision

DAY = 86_400
_ZONES = {
    "JST": (JST, "日本時間", "Japan Standard Time"),
    "UTC": (UTC, "協定世界時", "UTC"),
}
_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MINUTE = 60
_WHOLE_DATE = len("2016-08-02")
# What people read wrongly when it is typed by hand: digits, the letters of IPv6, and what stands between them.
_FULL_WIDTH = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789.:abcdefABCDEF"} | {0x20: 0x3000}


class Distance(NamedTuple):
    """How far the nearest sighting lies from a moment, in seconds.

    ``unit`` is how exactly that is known: 1, 60 (published to the minute) or a day (published as a date, in UTC).
    ``least``: the sighting is known to the month or year only, so that it lies no nearer, perhaps farther.
    """

    seconds: int
    unit: int
    least: bool = False


def full_width(text: str) -> str:
    """Return ``text`` with digits, the letters of IPv6 addresses, separators and spaces full-width (U+FF01 to FF5E)."""
    return text.translate(_FULL_WIDTH)


def moment(at: datetime, zone: str, lang: str, precision: Precision = "s") -> str:
    """Return ``2024年6月17日 15時04分05秒（日本時間）`` or its like in English, with milliseconds if there are any.

    A time written to the minute is given to the minute.
    """
    where, ja, en = _ZONES[zone]
    local = at.astimezone(where)
    if precision == "min":
        if lang == "ja":
            return f"{_day_ja(local)} {local:%H時%M分}（{ja}、分までの記載）"
        return f"{_day_en(local)}, {local:%H:%M} ({en}, written to the minute)"
    fraction = f".{local.microsecond // 1000:03d}" if local.microsecond else ""
    if lang == "ja":
        return f"{_day_ja(local)} {local:%H時%M分%S}{fraction}秒（{ja}）"
    return f"{_day_en(local)}, {local:%H:%M:%S}{fraction} ({en})"


def precision(at: datetime, written: Precision = "s") -> Precision:
    """Return the precision to write a moment in: milliseconds where it has any, else as written."""
    return "ms" if at.microsecond >= 1000 else written  # noqa: PLR2004 - an edge lies one microsecond behind


def published(text: str, lang: str) -> str:
    """Return a published time in words: a year, month or UTC date as such, an instant in JST and in UTC."""
    read = _read(text)
    if read is not None:
        at, unit = read
        if lang == "ja":
            jst, utc = (_minutes_ja(at.astimezone(_ZONES[zone][0]), unit) for zone in ("JST", "UTC"))
            return f"{jst}（日本時間。協定世界時では{utc}）"
        jst, utc = (_minutes_en(at.astimezone(_ZONES[zone][0]), unit) for zone in ("JST", "UTC"))
        return f"{jst} (Japan Standard Time; {utc} UTC)"
    partial = _PARTIAL.fullmatch(text)
    if partial is None:
        return inert(text)
    year, month, day = partial.groups()
    if lang == "ja":
        return f"{int(year)}年" + (f"{int(month)}月" if month else "") + (f"{int(day)}日" if day else "")
    return " ".join(filter(None, (str(int(day)) if day else "", _month(month) if month else "", year)))


def is_date(text: str) -> bool:
    """Say whether a published time is a date, month or year: those are counted in UTC."""
    return _PARTIAL.fullmatch(text) is not None


def sighted(first: str, last: str, lang: str) -> str:
    """Return when something was seen first and last; one time where they are the same.

    Never "from … to …": of what lies between, the number of times is all that is known.
    """
    if first == last:
        return f"観測は{published(first, lang)}" if lang == "ja" else f"observed {published(first, lang)}"
    if lang == "ja":
        return f"最初の観測は{published(first, lang)}、最後の観測は{published(last, lang)}"
    return f"first observed {published(first, lang)}, last observed {published(last, lang)}"


def unit(text: str, lang: str) -> str:
    """Return how finely a time was published, in a word: 年, 月, 日, else 時刻."""
    words = {4: ("年", "year"), 7: ("月", "month"), _WHOLE_DATE: ("日", "date")}
    ja, en = words.get(len(text), ("時刻", "time"))
    return ja if lang == "ja" else en


def distance(candidate: Candidate, at: datetime | None, written: Precision = "s") -> Distance | None:
    """Return how far the nearest sighting of a candidate lies from ``at``; None where the sightings span it.

    A distance from a time written to the minute is known to the minute.
    """
    exact = _distance(candidate, at)
    if exact is None or written != "min" or exact.unit >= _MINUTE:
        return exact
    return Distance(exact.seconds - exact.seconds % _MINUTE, _MINUTE)


def _distance(candidate: Candidate, at: datetime | None) -> Distance | None:
    if candidate.relation == "around":
        return None
    edge = {"before": candidate.last_seen, "after": candidate.first_seen}.get(candidate.relation, "")
    read = _read(edge)
    if read is not None and at is not None:
        seconds = abs(int((at - read[0]).total_seconds()))
        return Distance(seconds - seconds % read[1], read[1])
    if candidate.gap_seconds is not None:
        return Distance(candidate.gap_seconds, 1)
    return Distance(candidate.gap_days * DAY, DAY, least=bool(edge) and len(edge) < _WHOLE_DATE)


def far(gap: Distance, lang: str) -> str:
    """Return a distance in words, no finer than it is known: ``3時間12分``, ``約22時間20分``, ``17日``."""
    if gap.unit == DAY:
        days = gap.seconds // DAY
        if not days:
            return "1日未満" if lang == "ja" else "less than a day"
        if lang == "ja":
            return ("少なくとも" if gap.least else "") + f"{days:,}日"
        return ("at least " if gap.least else "") + f"{days:,} day{'s' * (days != 1)}"
    if gap.unit == _MINUTE:
        return ("約" if lang == "ja" else "about ") + (
            span(gap.seconds, lang) if gap.seconds else ("1分未満" if lang == "ja" else "less than a minute")
        )
    return span(gap.seconds, lang)


def names_date(entries: Iterable[Candidate]) -> bool:
    """Say whether any of these candidates is dated by a date alone."""
    return any(is_date(text) for entry in entries for text in (entry.first_seen, entry.last_seen))


def _read(text: str) -> tuple[datetime, int] | None:
    """Return a published instant with the unit it is known to, in seconds; None for a date or anything else."""
    match = _INSTANT.fullmatch(text)
    if match is None:
        return None
    try:
        return datetime.fromisoformat(text), 1 if match[1] else _MINUTE
    except ValueError:
        return None


def _day_ja(day: datetime) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _day_en(day: datetime) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _month(number: str) -> str:
    return _MONTHS[int(number) - 1] if 1 <= int(number) <= len(_MONTHS) else number


def _minutes_ja(at: datetime, unit: int) -> str:
    return f"{_day_ja(at)} {at:%H時%M分}" + (f"{at:%S}秒" if unit == 1 else "")


def _minutes_en(at: datetime, unit: int) -> str:
    return f"{_day_en(at)}, {at:%H:%M}" + (f":{at:%S}" if unit == 1 else "")
