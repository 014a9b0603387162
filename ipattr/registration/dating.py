"""The dates of a registration against the time of a login: what an answer can prove about that moment, and what not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ipattr.addresses import to_number
from ipattr.instants import JST, jst_date
from ipattr.model import AtLogin, Precision, RegistryEvent, Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipattr.model import HistoryRecord, RegisteredNetwork

# RFC 9083 section 4.5 (IANA "RDAP Event Action"), JPNIC in both languages, RPSL and ARIN. A transfer or a registration
# anew changes the holder, so it counts as a change even where a registry states no "last changed" with it.
REGISTERED = frozenset(
    {"registration", "割当年月日", "割振年月日", "assigned date", "allocated date", "created", "regdate"}
)
CHANGED = frozenset(
    {
        "last changed",
        "最終更新",
        "last update",
        "last-modified",
        "changed",
        "updated",
        "transfer",
        "reregistration",
        "reinstantiation",
    }
)
RETURNED = frozenset({"返却年月日", "return date", "deletion"})
_IN_JAPANESE = {
    "registration": "登録",
    "last changed": "最終更新",
    "transfer": "移転",
    "reregistration": "再登録",
    "reinstantiation": "登録の回復",
    "deletion": "返却・削除",
}
_IN_ENGLISH = {text: key for key, text in _IN_JAPANESE.items()} | {
    "割当年月日": "registration",
    "割振年月日": "registration",
    "返却年月日": "deletion",
}
_WESTERNMOST = timezone(timedelta(hours=-12))
_FIRST, _LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
_SPAN: dict[Precision, timedelta] = {
    "ms": timedelta(milliseconds=1),
    "cs": timedelta(milliseconds=10),
    "s": timedelta(seconds=1),
    "min": timedelta(minutes=1),
    "day": timedelta(days=1),
}
_LENGTH: dict[Precision, int] = {"ms": 19, "cs": 19, "s": 19, "min": 16, "day": 10}


class Moment(NamedTuple):
    """The time of a login: it lies in [``at``, ``at`` + one unit of ``precision``)."""

    at: datetime
    precision: Precision = "s"

    @property
    def until(self) -> datetime:
        """Return the end of the span in which the login lies, exclusive."""
        return _within_calendar(self.at) + _SPAN[self.precision]

    @property
    def text(self) -> str:
        """Return the login in JST, no finer than it was written."""
        return written(self.at)[: _LENGTH[self.precision]] + " JST"


class AtTime(NamedTuple):
    """What an answer proves about a moment, why, and whether that must be remarked on."""

    at_login: AtLogin
    reason: Text
    remark: bool = False


@lru_cache(maxsize=1 << 16)
def written(utc: datetime) -> str:
    """Return an instant in JST to the second, without the zone."""
    return _within_calendar(utc).astimezone(JST).replace(tzinfo=None).isoformat(" ", "seconds")


def _within_calendar(utc: datetime) -> datetime:
    """Return the instant, moved off the last days of the calendar: registries write 9999-12-31 for "never"."""
    return min(max(utc, _FIRST), _LAST)


def action(event: RegistryEvent) -> str:
    """Return what kind of event it is, for the tables of this module."""
    return " ".join(event.action.casefold().split())


def called(event: RegistryEvent) -> Text:
    """Return the word for an event in both languages; a registry's own word where we have none."""
    kind = action(event)
    return Text(ja=_IN_JAPANESE.get(kind, event.action), en=_IN_ENGLISH.get(kind, event.action))


def first_of(events: Iterable[RegistryEvent], actions: frozenset[str]) -> RegistryEvent | None:
    """Return the first event of one of the kinds."""
    return next((event for event in events if action(event) in actions), None)


def latest_change(events: Iterable[RegistryEvent]) -> RegistryEvent | None:
    """Return the latest dated change, else the first that could not be dated."""
    changes = [event for event in events if action(event) in CHANGED]
    return max(changes, key=_order, default=None)


def iso(event: RegistryEvent | None) -> str:
    """Return the date of an event: an instant in UTC, a day, or the text as it stands where it could not be read."""
    if event is None:
        return ""
    if event.instant is not None:
        return event.instant.strftime("%Y-%m-%dT%H:%M:%SZ")
    return event.day.isoformat() if event.day is not None else event.text.value


def shown(event: RegistryEvent) -> str:
    """Return the date of an event for people: in JST, or a day."""
    if event.instant is not None:
        return f"{written(event.instant)} JST"
    return event.day.isoformat() if event.day is not None else event.text.value


def _order(event: RegistryEvent) -> tuple[date, float, str]:
    if event.instant is not None:
        return (jst_date(_within_calendar(event.instant)), event.instant.timestamp(), event.text.at)
    return (event.day or date.min, 0.0, event.text.at)


def judge(network: RegisteredNetwork, received: datetime, login: Moment | None) -> AtTime:
    """Say what an answer of ``received`` proves about the holder at ``login``.

    A date that cannot be read, and a change on the very day where no time is stated, prove nothing.
    """
    if login is None:
        return AtTime(
            "no-login-time",
            Text(ja="ログインの時刻がないので、時点の照合はしていない。", en="No login time to compare with."),
        )
    if login.until > received:
        return AtTime("not-proven", _older(received, login), remark=True)
    returned = first_of(network.events, RETURNED)
    if returned is not None:
        return AtTime("not-proven", _returned(returned, login), remark=True)
    own = [event for event in network.events if action(event) in REGISTERED | CHANGED]
    naming = [event for event in _of_naming_entities(network) if action(event) in CHANGED]
    first_day = _first_day(network, login)
    late = [event for event in (*own, *naming) if _may_be_later(event, login, first_day)]
    if late:
        worst = max(late, key=_order)
        return AtTime("not-proven", _late(worst, login, first_day, of_entity=worst not in own), remark=True)
    return AtTime("not-contradicted", _earlier(max(own, key=_order, default=None), received, login))


def _of_naming_entities(network: RegisteredNetwork) -> Iterable[RegistryEvent]:
    """Return the events of the entities that the holder's names stand in: a rename changes them, not the network."""
    places = {holder.at for holder in network.holders}
    for entity in network.entities:
        if any(field.at in places for field in (*entity.names, *entity.organisations)):
            yield from entity.events


def _first_day(network: RegisteredNetwork, login: Moment) -> date:
    """Return the first day on which an event without a time may be later than the login began.

    JPNIC's days are those of JST; of other registries' the zone is not stated, so the westernmost counts.
    """
    if network.layout.startswith("jpnic"):
        return jst_date(login.at)
    return _within_calendar(login.at).astimezone(_WESTERNMOST).date()


def _may_be_later(event: RegistryEvent, login: Moment, first_day: date) -> bool:
    if event.instant is not None:
        return event.instant >= login.at
    return event.day is None or event.day >= first_day


def _late(event: RegistryEvent, login: Moment, first_day: date, *, of_entity: bool) -> Text:
    ja, en = called(event).ja, called(event).en
    if of_entity:
        ja, en = f"名義人の情報の{ja}", f"{en} of the holder's own entry"
    if event.instant is None and event.day is None:
        return Text(
            ja=f"ログイン時（{login.text}）の名義人はこの回答では証明されない：{ja}「{event.text.value}」が読めない。",
            en=f"The holder at login time ({login.text}) is not proven by this answer: "
            f"its {en} ({event.text.value!r}) cannot be read.",
        )
    near = event.instant is None and event.day is not None and first_day <= event.day <= jst_date(login.at)
    return Text(
        ja=f"ログイン時（{login.text}）の名義人はこの回答では証明されない：{ja}が{shown(event)}"
        + ("（時刻の記載なし）で、ログインとどちらが先か分からない。" if near else "で、ログインより前ではない。"),
        en=f"The holder at login time ({login.text}) is not proven by this answer: {en} {shown(event)}"
        + (" states no time, and which came first is not known." if near else " is not before the login."),
    )


def _older(received: datetime, login: Moment) -> Text:
    return Text(
        ja=f"ログイン時（{login.text}）の名義人はこの回答では証明されない："
        f"回答（{written(received)} JST 受信）はログインより後のものではない。",
        en=f"The holder at login time ({login.text}) is not proven by this answer: "
        f"it was received {written(received)} JST, not after the login.",
    )


def _returned(event: RegistryEvent, login: Moment) -> Text:
    return Text(
        ja=f"ログイン時（{login.text}）の名義人はこの回答では証明されない："
        f"{called(event).ja}（{shown(event)}）があり、返却・削除された登録である。",
        en=f"The holder at login time ({login.text}) is not proven by this answer: "
        f"it states {called(event).en} {shown(event)}, a registration given up.",
    )


def _earlier(event: RegistryEvent | None, received: datetime, login: Moment) -> Text:
    got = written(received)
    if event is None:
        return Text(
            ja=f"回答に登録・更新の日付がない。ログイン（{login.text}）より後の{got} JST の回答で、"
            "ログイン時の名義人を否定も証明もしない。",
            en=f"The answer states no date of registration or change. It is of {got} JST, after the login "
            f"({login.text}), and neither contradicts nor proves the holder then.",
        )
    return Text(
        ja=f"ブロックの登録・更新の最も新しい日付（{called(event).ja} {shown(event)}）は"
        f"ログイン（{login.text}）より前で、回答（{got} JST 受信）はログイン時の名義人を否定しない。",
        en=f"The block's latest date of registration or change ({called(event).en} {shown(event)}) is before the login "
        f"({login.text}); the answer, received {got} JST, does not contradict the holder then.",
    )


def in_force(records: Iterable[HistoryRecord], received: datetime, login: Moment | None) -> HistoryRecord | None:
    """Return the record whose period holds the whole span of the login: of the narrowest block, then the latest.

    An open period ends when the answer was received.
    """
    if login is None:
        return None
    fitting = [r for r in records if r.since <= login.at and login.until <= (r.until or received)]
    return max(fitting, key=lambda record: (-_size(record), record.since, record.at), default=None)


def _size(record: HistoryRecord) -> int:
    network = record.network
    return to_number(network.last)[1] - to_number(network.first)[1] if network is not None else 1 << 128


def by_history(record: HistoryRecord, login: Moment) -> AtTime:
    """Say which registration was in force at ``login``, with the two instants that bracket it."""
    until_ja = f"{written(record.until)} JST まで" if record.until else "現在まで"
    until_en = f"until {written(record.until)} JST" if record.until else "and still is"
    return AtTime(
        "by-history",
        Text(
            ja=f"登録の履歴による：この登録は{written(record.since)} JST から{until_ja}有効で、"
            f"ログイン（{login.text}）はその間にある。",
            en=f"By the registration history: in force from {written(record.since)} JST {until_en}; "
            f"the login ({login.text}) lies between.",
        ),
    )
