"""The closed grammar of times as written: date, clock, zone text. Whatever is outside it gets one reason."""

from __future__ import annotations

import re
from datetime import date, datetime

from ipattr.instants.epochs import FIRST_YEAR, LAST_YEAR, fraction_precision
from ipattr.instants.refusals import (
    bad_clock,
    bad_date,
    era_over,
    noon_or_midnight,
    outside_grammar,
    two_zones,
    wrong_weekday,
)
from ipattr.instants.writing import ERAS
from ipattr.instants.zones import Zone, read_zone, refuse
from ipattr.model import Precision, Record, Refusal

_WEEKDAYS = "月火水木金土日"
_WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTHS = {name[:size]: number for number, name in enumerate(_MONTH_NAMES, 1) for size in (3, 9)} | {"sept": 9}

_KANJI_WEEKDAY = r"(?:\s*(?:\((?P<wday>[月火水木金土日])(?:曜日?)?\)|(?P<wday2>[月火水木金土日])曜日?))?"
_DATES = (
    re.compile(
        r"(?P<year>\d{4})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?!\d)" + _KANJI_WEEKDAY, re.ASCII
    ),
    re.compile(
        r"(?:(?P<era>令和|平成|昭和)\s?(?P<era_year>元|\d{1,2})|(?P<year>\d{4}))\s?年\s?"
        r"(?P<month>\d{1,2})\s?月\s?(?P<day>\d{1,2})\s?日" + _KANJI_WEEKDAY,
        re.ASCII,
    ),
    re.compile(
        r"(?:(?P<name>[A-Za-z]{3,9})(?:,\s*|\s+))?(?P<mon>[A-Za-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:,\s*|\s+)"
        r"(?P<year>\d{4})(?!\d)",
        re.ASCII,
    ),
    re.compile(
        r"(?:(?P<name>[A-Za-z]{3,9})(?:,\s*|\s+))?(?P<day>\d{1,2})(?P<sep>[-/\s])(?P<mon>[A-Za-z]{3,9})\.?(?P=sep)"
        r"(?P<year>\d{4})(?!\d)",
        re.ASCII,
    ),
)
_BASIC = re.compile(
    r"(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)[Tt](?P<clock>(?P<hour>\d\d)(?P<minute>\d\d)"
    r"(?:(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?)(?!\d)",
    re.ASCII,
)
_CTIME = re.compile(
    r"(?P<name>[A-Za-z]{3})\s+(?P<mon>[A-Za-z]{3})\s+(?P<day>\d{1,2})\s+(?P<clock>\d\d:\d\d:\d\d)"
    r"(?:\s+(?P<zone>\S+))?\s+(?P<year>\d{4})",
    re.ASCII,
)
_CLOCK = re.compile(
    r"(?:(?P<half>午前|午後)\s?)?(?:(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"|(?P<khour>\d{1,2})\s?時\s?(?P<kminute>\d{1,2})\s?分"
    r"(?:\s?(?P<ksecond>\d{1,2})(?:\.(?P<kfraction>\d{1,9}))?\s?秒)?)"
    r"(?![\d:])(?:\s*(?P<ampm>[AaPp])\.?[Mm]\.?(?![A-Za-z]))?",
    re.ASCII,
)
_TIME_FIRST = re.compile(_CLOCK.pattern + r"(?:\s*[·•・]\s*|\s+-\s+)", re.ASCII)
_GAP = re.compile(r"\s*,?\s+(?:at\s+)?|[Tt](?=\d\d:)|:(?=\d\d:\d\d:)|(?<=[日)曜])(?=[午\d])", re.ASCII)
_ZONE_TOKEN = re.compile(
    r"(?:UTC|GMT)[+-]\d{1,2}(?::?\d\d)?|[+-]\d{1,2}(?::?\d\d)?|(?:US|[A-Z][a-z]+)(?:/[A-Z][\w+-]*)+|[A-Za-z]+|協定世界時|日本標準時|日本時間"
)


class Written(Record, frozen=True, kw_only=True):
    """A time as written: the wall clock, its precision, the zone text beside it (empty: none), the rules applied."""

    wall: datetime
    precision: Precision
    zone: str
    rules: tuple[str, ...] = ()


def read_text(text: str) -> Written | Refusal:
    """Read a trimmed, half-width cell; ValueError never, a refusal with the reason instead."""
    match = _CTIME.fullmatch(text)
    clock = _CLOCK.fullmatch(match["clock"]) if match else None
    if match and clock:
        return _assemble(match, clock, match["zone"] or "", text)
    match = _BASIC.match(text)
    if match:
        return _assemble(match, match, text[match.end() :], text)
    first = _TIME_FIRST.match(text)
    if first:
        dates = (pattern.fullmatch(text, first.end()) for pattern in _DATES)
        found = next((date_match for date_match in dates if date_match), None)
        return outside_grammar(text) if found is None else _assemble(found, first, "", text)
    for pattern in _DATES:
        match = pattern.match(text)
        if match and (match.re is not _DATES[3] or _known_month(match)):
            return _after_date(match, text)
    return outside_grammar(text)


def _known_month(match: re.Match[str]) -> bool:
    return match["mon"].lower() in _MONTHS


def _after_date(match: re.Match[str], text: str) -> Written | Refusal:
    rest = text[match.end() :]
    gap = _GAP.match(text, match.end())
    if gap is None or (gap[0] in {"T", "t"} and match.groupdict().get("sep") != "-"):
        return _checked_date_or(match, outside_grammar(text, rest=rest))
    clock = _CLOCK.match(text, gap.end())
    if clock is None:
        return _checked_date_or(match, outside_grammar(text, rest=rest))
    return _assemble(match, clock, text[clock.end() :], text)


def _checked_date_or(match: re.Match[str], refusal: Refusal) -> Refusal:
    day = _date_of(match)
    return day if isinstance(day, Refusal) else refusal


def _assemble(match: re.Match[str], clock: re.Match[str], zone: str, text: str) -> Written | Refusal:
    day = _date_of(match)
    if isinstance(day, Refusal):
        return day
    wall = _clock_of(clock, day)
    if isinstance(wall, Refusal):
        return wall
    problem = _zone_problem(zone.strip(), wall, text)
    if problem is not None:
        return problem
    parts = clock.groupdict()
    fraction = parts.get("fraction") or parts.get("kfraction") or ""
    seconds = parts.get("second") or parts.get("ksecond")
    return Written(
        wall=wall,
        precision=fraction_precision(fraction) if seconds else "min",
        zone=zone.strip(),
        rules=("sub-microsecond-dropped",) if fraction[6:].strip("0") else (),
    )


def _date_of(match: re.Match[str]) -> date | Refusal:
    parts = match.groupdict()
    year = _year_of(parts)
    month = _MONTHS.get(parts["mon"].lower()) if parts.get("mon") else int(parts["month"])
    if month is None:
        return outside_grammar(match[0])
    try:
        day = date(year, month, int(parts["day"]))
    except ValueError:
        return bad_date(match[0])
    if parts.get("era"):
        refusal = _era_check(parts, day)
        if refusal is not None:
            return refusal
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return refuse(
            "IPA177",
            f"{year} 年は接続日時としてあり得ない（{FIRST_YEAR}~{LAST_YEAR} 年を読む）。原本を確認する。",
            f"The year {year} is implausible for a connection ({FIRST_YEAR} to {LAST_YEAR} are read). "
            "Check the original.",
        )
    return _weekday_check(parts, day)


def _year_of(parts: dict[str, str | None]) -> int:
    if parts.get("era"):
        first = next(start for era, start in ERAS if era == parts["era"]).year
        era_year = parts["era_year"] or ""
        return first - 1 + (1 if era_year == "元" else int(era_year))
    return int(parts["year"] or 0)


def _era_check(parts: dict[str, str | None], day: date) -> Refusal | None:
    index = next(index for index, (era, _) in enumerate(ERAS) if era == parts["era"])
    if parts["era_year"] in {"0", "00"} or day < ERAS[index][1] or (index and day >= ERAS[index - 1][1]):
        return era_over(str(parts["era"]), str(parts["era_year"]), day)
    return None


def _weekday_check(parts: dict[str, str | None], day: date) -> date | Refusal:
    kanji = parts.get("wday") or parts.get("wday2")
    name = (parts.get("name") or "").lower()
    if kanji:
        agrees = _WEEKDAYS[day.weekday()] == kanji
    elif name:
        full = _WEEKDAY_NAMES[day.weekday()]
        agrees = name == full or (len(name) >= 3 and name in {full[:3], full[:4], full[:5]})  # noqa: PLR2004 - Mon, Tues, Thurs
    else:
        return day
    return day if agrees else wrong_weekday(day, kanji or parts["name"] or "")


def _clock_of(clock: re.Match[str], day: date) -> datetime | Refusal:
    parts = clock.groupdict()
    hour = int(parts["hour"] or parts["khour"])
    minute = int(parts["minute"] or parts["kminute"])
    second = int(parts["second"] or parts.get("ksecond") or 0)
    if parts.get("half") and parts.get("ampm"):
        return bad_clock(_shown(clock))
    if parts.get("half") or parts.get("ampm"):
        twelve = _twelve_hour(hour, clock, day)
        if isinstance(twelve, Refusal):
            return twelve
        hour = twelve
    if hour == 24 or second == 60:  # noqa: PLR2004 - end of day, leap second
        return bad_clock(_shown(clock), day=day, hour=hour, second=second)
    fraction = (parts.get("fraction") or parts.get("kfraction") or "")[:6].ljust(6, "0")
    try:
        return datetime(day.year, day.month, day.day, hour, minute, second, int(fraction))  # noqa: DTZ001 - the zone comes next
    except ValueError:
        return bad_clock(_shown(clock))


def _shown(clock: re.Match[str]) -> str:
    return clock[0].rstrip(" ·•・-")


def _twelve_hour(hour: int, clock: re.Match[str], day: date) -> int | Refusal:
    afternoon = clock["half"] == "午後" or (clock["ampm"] or "") in {"P", "p"}
    if hour == 12:  # noqa: PLR2004 - noon or midnight
        return noon_or_midnight(_shown(clock), day)
    if hour > 12 or (hour == 0 and clock["half"] is None and afternoon):  # noqa: PLR2004 - a twelve-hour clock
        return bad_clock(_shown(clock))
    return hour + 12 if afternoon else hour


def _zone_problem(zone: str, wall: datetime, text: str) -> Refusal | None:
    if not zone or isinstance(read_zone(zone), Zone):
        return None
    tokens = _ZONE_TOKEN.findall(zone)
    known = [token for token in tokens if isinstance(read_zone(token), Zone)]
    if len(known) > 1 and len(known) == len(tokens):
        return two_zones(known, wall)
    refusal = read_zone(zone)
    if isinstance(refusal, Refusal) and re.fullmatch(r"[\s(]*[A-Za-z][\w/+-]*[\s)]*|[+-][\d:]+", zone, re.ASCII):
        return refusal
    return outside_grammar(text, rest=zone)
