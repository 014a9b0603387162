"""The dates of a case as an iCalendar file (RFC 5545): the last day to act and the expiry, per addressee.

Calendars are shared and synchronised: an entry names the addressee, the dates, and the logins by their numbers alone;
no address, account or file stands in it, and every entry is CONFIDENTIAL.

All entries are whole days without a time zone. An alarm of a whole-day entry is counted from the midnight on which the
day begins in the zone of whoever looks at it, so ``-P13DT15H`` rings at 09:00 fourteen days before (at 09:00 JST on a
device in Japan). An expiry on the very day to act by is an entry without alarms: that day rings already. A date that
lies before the as-of date stays in the calendar, marked as passed and without alarms. A log whose retention nobody
published has no date: the entry on the as-of date lists it, with all addressees and the stamp. An identifier is made of
what the entry is about (the logs by their hashes, kind, date, addressee), so that a later export of the same logs
replaces what it says again.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Literal, NamedTuple

from ipattr.instants import JST
from ipattr.model import Text
from ipattr.renderers import facts
from ipattr.renderers.filings.blocks import safe_text
from ipattr.renderers.filings.material import stamp
from ipattr.renderers.table import deadline_word
from ipattr.renderers.view import numbers, views, weekday
from ipattr.renderers.words import DEADLINE, NATURE, word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from icalendar import Alarm, Component, Event, vText

    from ipattr.model import AddresseeSummary
    from ipattr.renderers.filings.material import Material
    from ipattr.renderers.view import View

ALARMS = (14, 7, 3, 1)
"""How many days before a date an alarm rings."""
_RINGS_AT = timedelta(hours=9)
_SHOWN_ROWS = 40
_ONE_DAY = timedelta(days=1)
_ESCAPES = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}
_ESCAPED = re.compile(r"[\\;,\n]")

_Kind = Literal["act-by", "expiry", "latest"]
_NAMES: dict[_Kind, Text] = {
    "act-by": Text(ja="対応期限", en="Act by"),
    "expiry": Text(ja="保存期間満了（最短）", en="Log expiry (earliest)"),
    "latest": Text(ja="保存期間満了（最長）", en="Log expiry (latest)"),
}
_MEANS: dict[_Kind, Text] = {
    "act-by": Text(
        ja="最短の満了日以前の最後の執務日。この日までに保存要請等が相手方に届くことを要する。",
        en="The last working day on or before the earliest expiry: a request to keep the logs has to arrive by it.",
    ),
    "expiry": Text(
        ja="公表された最短の保存期間の満了日。この日の終了をもって消去済みとみる。",
        en="The end of the shortest published retention; the logs are taken to be gone at the end of this day.",
    ),
    "latest": Text(
        ja="公表された最長の保存期間の満了日。最短の満了日より後は、残っているかどうか分からない。",
        en="The end of the longest published retention; after the earliest expiry nobody can say whether they exist.",
    ),
}


class _Entry(NamedTuple):
    """One date of one addressee, with the logins it is about."""

    kind: _Kind
    on: date
    addressee: AddresseeSummary
    views: list[View]
    rings: bool = True


def encode(material: Material, lang: str) -> bytes:
    """Return the calendar in UTF-8 with CRLF, lines folded at 75 octets."""
    from icalendar import Calendar

    case = material.case
    name = "発信者情報開示の期限" if lang == "ja" else "Disclosure deadlines"
    calendar = Calendar()
    calendar.add("prodid", f"-//ipattr//{case.tool_version}//{lang.upper()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    _say(calendar, "x-wr-calname", " ".join(filter(None, (name, material.source))))
    _say(calendar, "x-wr-caldesc", _undated(material, lang) + "\n" + NATURE.pick(lang))
    calendar.add_component(_overview(material, lang))
    for entry in _entries(material):
        calendar.add_component(_event(entry, material, lang))
    return bytes(calendar.to_ical())


def _say(component: Component, name: str, text: str) -> None:
    """Put a text into a component exactly as it is, once made inert (RFC 5545, 3.3.11)."""
    component.add(name, _exact()(safe_text(text)), encode=False)


@cache
def _exact() -> type[vText]:
    from icalendar import vText

    class Exact(vText):
        """A text of which nothing is changed: the one of the library takes a backslash with N for a line break."""

        def to_ical(self) -> bytes:
            """Return the text escaped."""
            return _ESCAPED.sub(lambda found: _ESCAPES[found[0]], self).encode()

    return Exact


def _entries(material: Material) -> Iterator[_Entry]:
    """Yield the dates in their order; logins of one addressee with one date stand together."""
    addressees = {row: entry for entry in material.case.summary for row in entry.rows}
    found: dict[tuple[date, int, _Kind], _Entry] = {}
    order = {id(entry): number for number, entry in enumerate(material.case.summary)}
    for view in views(material.case):
        for kind, on in _dates(view):
            addressee = addressees[view.row.number]
            key = (on, order[id(addressee)], kind)
            found.setdefault(key, _Entry(kind, on, addressee, [])).views.append(view)
    for on, whom, kind in sorted(found, key=lambda key: (key[0], key[1], list(_NAMES).index(key[2]))):
        # On most days both are the same: the day to act by rings, and once is enough.
        rings = kind != "expiry" or (on, whom, "act-by") not in found
        yield found[on, whom, kind]._replace(rings=rings)


def _dates(view: View) -> Iterator[tuple[_Kind, date]]:
    verdict = view.deadline
    if verdict.act_by is not None:
        yield "act-by", verdict.act_by
    if verdict.earliest is not None:
        yield "expiry", verdict.earliest
    if verdict.latest is not None and verdict.latest != verdict.earliest:
        yield "latest", verdict.latest


def _event(entry: _Entry, material: Material, lang: str) -> Event:
    case = material.case
    live = entry.on >= case.as_of
    rows = tuple(view.row.number for view in entry.views)
    who = (entry.addressee.name.ja, *entry.addressee.providers)
    event = _whole_day(entry.on, material, (entry.kind, entry.on.isoformat(), *who))
    _say(event, "summary", _summary(entry, rows, material, lang))
    _say(event, "description", "\n".join(_description(entry, rows, material, lang)))
    for days in ALARMS if live and entry.rings else ():
        event.add_component(_alarm(days, _summary(entry, rows, material, lang), lang))
    return event


def _summary(entry: _Entry, rows: tuple[int, ...], material: Material, lang: str) -> str:
    ja = lang == "ja"
    listed = f"No.{numbers(rows)}"
    if len(listed) > _SHOWN_ROWS:
        listed = f"{len(rows):,}件" if ja else f"{len(rows):,} logins"
    passed = "" if entry.on >= material.case.as_of else ("〔経過〕" if ja else "[passed] ")
    case = f" {material.source}" if material.source else ""
    who, what = entry.addressee.name.pick(lang), _NAMES[entry.kind].pick(lang)
    return f"{passed}{what}　{who}（{listed}）{case}" if ja else f"{passed}{what}: {who} ({listed}){case}"


def _description(entry: _Entry, rows: tuple[int, ...], material: Material, lang: str) -> Iterator[str]:
    ja = lang == "ja"
    yield _MEANS[entry.kind].pick(lang)
    yield ("ログイン No." if ja else "Logins No.") + numbers(rows)
    for figure in dict.fromkeys(facts.deadline(view, lang)["retention"] for view in entry.views):
        yield ("保存期間 " if ja else "Retention: ") + figure
    dates = dict.fromkeys(
        " / ".join(f"{_NAMES[kind].pick(lang)} {on}" for kind, on in _dates(view)) for view in entry.views
    )
    yield from dates
    yield from (f"{label}: {value}" for label, value in stamp(material, lang))


def _alarm(days: int, summary: str, lang: str) -> Alarm:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    _say(alarm, "description", f"{days}日前: {summary}" if lang == "ja" else f"{days} d before: {summary}")
    alarm.add("trigger", _RINGS_AT - timedelta(days=days))
    return alarm


def _whole_day(on: date, material: Material, about: tuple[str, ...]) -> Event:
    """Return an entry on one day, with everything that all entries share."""
    from icalendar import Event

    case = material.case
    inputs = tuple(entry.sha256 for entry in case.inputs)
    identity = sha256("\x1f".join((*about, *inputs)).encode("utf-8", "backslashreplace")).hexdigest()
    event = Event()
    event.add("uid", f"{identity[:40]}@ipattr.invalid")
    event.add("dtstamp", datetime(case.as_of.year, case.as_of.month, case.as_of.day, tzinfo=JST).astimezone(UTC))
    event.add("dtstart", on)
    event.add("dtend", on + _ONE_DAY)
    event.add("sequence", 0)
    event.add("transp", "TRANSPARENT")
    event.add("class", "CONFIDENTIAL")
    return event


def _overview(material: Material, lang: str) -> Event:
    """Return the entry on the as-of date: every addressee, what has no date, and the stamp."""
    ja, case = lang == "ja", material.case
    event = _whole_day(case.as_of, material, ("overview",))
    title = "期限の一覧" if ja else "Overview of deadlines"
    _say(event, "summary", " ".join(filter(None, (title, material.source))))
    lines = [_undated(material, lang)]
    for entry in case.summary:
        day = f"{entry.act_by} ({weekday(entry.act_by, lang)})" if entry.act_by else "-"
        status = deadline_word(entry, case.as_of, lang)
        lines.append(f"{entry.name.pick(lang)}: {_NAMES['act-by'].pick(lang)} {day} {status} No.{numbers(entry.rows)}")
    lines += [NATURE.pick(lang), *(f"{label}: {value}" for label, value in stamp(material, lang))]
    _say(event, "description", "\n".join(lines))
    return event


def _undated(material: Material, lang: str) -> str:
    """Say which logins have no date in the calendar, by the status of their deadline."""
    found: dict[str, list[int]] = {}
    practice: dict[str, list[int]] = {}
    for view in views(material.case):
        if view.deadline.act_by is None:
            found.setdefault(view.deadline.status, []).append(view.row.number)
            if view.deadline.practice is not None:
                practice.setdefault(facts.practice(view), []).append(view.row.number)
    ja = lang == "ja"
    lines = [
        f"期限の日付のないログイン（{word(DEADLINE, status, lang)}）: No.{numbers(rows)}"
        if ja
        else f"Logins without a date ({word(DEADLINE, status, lang)}): No.{numbers(rows)}"
        for status, rows in found.items()
    ]
    lines += [
        f"実務の目安（当該者の数値ではない） {span}: No.{numbers(rows)}"
        if ja
        else f"practice (nobody's own figure) {span}: No.{numbers(rows)}"
        for span, rows in practice.items()
    ]
    return "\n".join(lines) or ("日付のないログインはない。" if ja else "Every login has a date.")
