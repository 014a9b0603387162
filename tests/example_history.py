"""The longer invented login history of the notebooks: two accounts, ten weeks, habits that can be recognised again.

Everything follows from the tables below and a hash of the day, so the same bytes come out on every machine.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from hashlib import sha256
from typing import NamedTuple

JST = timezone(timedelta(hours=9))
FIRST_DAY, LAST_DAY = date(2026, 9, 7), date(2026, 11, 15)
POST_DAY = date(2026, 10, 18)
BACK_HOME = date(2026, 11, 2)
HEI, NAME_HEI = "6134567890123456789", "reidai_hei"
TEI, NAME_TEI = "6145678901234567890", "reidai_tei"
WEEKDAYS, WEEKEND, EVERY_DAY = frozenset(range(5)), frozenset({5, 6}), frozenset(range(7))

# The carrier gives both accounts addresses out of the same shared stock; two of them fall to either account.
SHARED_STOCK = ("1.66.98.23", "1.66.101.140", "1.66.98.201", "1.66.104.9", "1.66.97.77", "1.66.110.34")
OTHER_STOCK = ("49.96.12.98", "49.96.30.5", "1.66.98.23", "49.96.44.171", "1.66.101.140", "49.96.12.160")
CABLE_LEASE = ("101.111.20.57",)
CABLE_NEXT_LEASE = ("101.111.20.131",)
CABLE_V6 = ("2407:c800:1f2a:5b00::", "2407:c800:1f2a:5b01::")
FIBRE_LEASE = ("183.76.45.10",)
FIBRE_V6 = ("2405:6580:1a40:7c00::",)
CARRIER_V6 = ("240a:61:20a4:1100::", "240a:61:33c1:9000::", "240a:61:20a7:4500::")
OTHER_CARRIER_V6 = ("240a:61:5b02:7700::",)
VPN_EXIT = ("5.157.157.45", "5.157.157.112")


class Habit(NamedTuple):
    """What an account tends to do between two days: from where, on which weekdays, from when, how often in percent.

    ``minutes`` is how late after ``hour`` the login may come; an address that ends in ``::`` is a /64 in which the
    device chooses another interface id every day. ``then`` are the addresses from which another login sometimes follows
    within half an hour.
    """

    account: str
    addresses: tuple[str, ...]
    weekdays: frozenset[int]
    hour: int
    minutes: int
    percent: int
    since: date = FIRST_DAY
    until: date = LAST_DAY
    then: tuple[str, ...] = ()


HABITS = (
    # 丙: the mobile line on the way, the cable line at night; for two weeks after the post neither, then home again.
    Habit(HEI, SHARED_STOCK, WEEKDAYS, 7, 55, 45, until=POST_DAY),
    Habit(HEI, SHARED_STOCK, WEEKDAYS, 12, 40, 20, until=POST_DAY),
    Habit(HEI, CABLE_LEASE, EVERY_DAY, 21, 50, 50, until=date(2026, 10, 1), then=(*CABLE_V6, *SHARED_STOCK[:1])),
    Habit(HEI, CABLE_NEXT_LEASE, EVERY_DAY, 21, 50, 50, since=date(2026, 10, 2), until=POST_DAY, then=SHARED_STOCK[2:]),
    Habit(HEI, CABLE_V6, EVERY_DAY, 22, 70, 20, until=POST_DAY),
    Habit(HEI, CABLE_V6, WEEKEND, 10, 170, 85, until=POST_DAY),
    Habit(HEI, SHARED_STOCK, EVERY_DAY, 1, 140, 60, since=date(2026, 10, 19), until=date(2026, 11, 1), then=CARRIER_V6),
    Habit(HEI, VPN_EXIT, EVERY_DAY, 3, 40, 25, since=date(2026, 10, 19), until=date(2026, 11, 1)),
    Habit(HEI, CABLE_NEXT_LEASE, EVERY_DAY, 21, 110, 40, since=BACK_HOME, then=SHARED_STOCK[:2]),
    Habit(HEI, SHARED_STOCK, WEEKDAYS, 7, 55, 35, since=BACK_HOME),
    # 丁: the fibre line early and in the evening, the mobile line at noon; the same all the time.
    Habit(TEI, FIBRE_LEASE, EVERY_DAY, 6, 45, 35),
    Habit(TEI, FIBRE_V6, EVERY_DAY, 19, 100, 35, then=FIBRE_LEASE),
    Habit(TEI, OTHER_STOCK, WEEKDAYS, 12, 50, 40, then=OTHER_STOCK),
    Habit(TEI, OTHER_CARRIER_V6, WEEKEND, 15, 150, 25),
)
FOLLOWED = 40


class Entry(NamedTuple):
    """One line of the file: account, time in UTC as X writes it, address and port as disclosed."""

    account: str
    utc: str
    address: str
    port: str = ""


# Around the posts every login is written out; so are the lines that cannot be read or need a second look.
WRITTEN = (
    Entry(HEI, "2026-10-18T13:04:12.000Z", "101.111.20.131"),
    Entry(HEI, "2026-10-18T14:41:07.000Z", "1.66.104.9"),
    Entry(TEI, "2026-10-24T10:58:21.000Z", "183.76.45.10"),
    # One shared address, both accounts within a quarter of an hour, from different ports.
    Entry(HEI, "2026-11-05T03:31:10.000Z", "1.66.98.23", "31022"),
    Entry(TEI, "2026-11-05T03:44:52.000Z", "1.66.98.23", "52711"),
    Entry(HEI, "2026-09-19T01:15:40.000Z", "10.223.45.67"),  # a hop inside X
    Entry(TEI, "2026-10-07T21:20:18.000Z", "10.223.12.8"),  # the same
    Entry(HEI, "2026-09-27T12:48:55.000Z", ""),  # the address is missing
    Entry(HEI, "2026-09-31T13:10:02.000Z", "101.111.20.57"),  # no such day
    Entry(TEI, "2026-10-14T21:33:47.000Z", "183.76.450.10"),  # no such address
)
POSTS = (
    (HEI, NAME_HEI, "2026-10-18T14:52:30.250Z", "例題の投稿 4"),
    (TEI, NAME_TEI, "2026-10-24T11:15:08.640Z", "例題の投稿 5"),
)


def history() -> tuple[Entry, ...]:
    """Return every line, account by account, in the order of the time as written."""
    found = [entry for number, habit in enumerate(HABITS) for entry in _kept(number, habit)]
    return tuple(sorted((*found, *WRITTEN), key=lambda entry: (entry.account, entry.utc)))


def _kept(number: int, habit: Habit) -> list[Entry]:
    days = [habit.since + timedelta(days=count) for count in range((habit.until - habit.since).days + 1)]
    found = []
    for day in days:
        if day.weekday() in habit.weekdays and _draw(100, number, day, "whether") < habit.percent:
            late = timedelta(seconds=_draw(habit.minutes * 60, number, day, "when"))
            moment = datetime.combine(day, time(habit.hour), JST) + late
            found.append(_entry(habit.account, moment, _address(habit.addresses, number, day, "where")))
            if habit.then and _draw(100, number, day, "whether then") < FOLLOWED:
                pause = timedelta(seconds=120 + _draw(25 * 60, number, day, "when then"))
                found.append(_entry(habit.account, moment + pause, _address(habit.then, number, day, "where then")))
    return found


def _entry(account: str, moment: datetime, address: str) -> Entry:
    return Entry(account, f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z", address)


def _address(addresses: tuple[str, ...], number: int, day: date, what: str) -> str:
    address = addresses[_draw(len(addresses), number, day, what)]
    return f"{address}{1 + _draw(0xFFFF, number, day, f'device {what}'):x}" if address.endswith("::") else address


def _draw(below: int, number: int, day: date, what: str) -> int:
    """Return a number from 0 to ``below`` - 1 that looks thrown and is the same every time."""
    return int.from_bytes(sha256(f"{number} {day} {what}".encode()).digest()[:8], "big") % below
