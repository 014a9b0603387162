"""Rows of two accounts near each other in time: on the same address, at all, and at the same hours of the day."""

from __future__ import annotations

from bisect import bisect_left
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from ipattr.addresses import port_share
from ipattr.history.chances import overlap_by_chance
from ipattr.history.entries import counted, moment
from ipattr.history.labels import joint_use
from ipattr.history.overlaps import near_pairs
from ipattr.model import Coincidence, HourOverlap, Meeting

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from ipattr.model import Entry, History, PortRelation, PortSet


NEVER = Coincidence(
    start=None,
    end=None,
    first_rows=0,
    second_rows=0,
    first_near=(),
    second_near=(),
    first_share=0.0,
    second_share=0.0,
    first_expected=0.0,
    second_expected=0.0,
)


def meetings_of(first: History, second: History) -> tuple[Meeting, ...]:
    """Return the rows of both accounts on one address within the minutes of the rule, in order of time."""
    limit = timedelta(minutes=first.rules.together_minutes)
    sets = {
        line.key: found
        for line in (*first.lines, *second.lines)
        if line.sharing == ("map-e",)
        for found in [one for one in first.rules.port_sets if line.providers == (one.provider,)][:1]
    }
    sides = _by_address(first), _by_address(second)
    found = [
        _meeting(one, other, sets)
        for address in sorted(sides[0].keys() & sides[1].keys())
        for one, other in _pairs(sides[0][address], sides[1][address], sets)
        if abs(moment(other) - moment(one)) <= limit
    ]
    times = {entry.row: moment(entry) for entry in first.entries if entry.utc is not None}
    return tuple(sorted(found, key=lambda one: (times[one.first_row], one.seconds, one.first_row, one.second_row)))


def _pairs(first: Sequence[Entry], second: Sequence[Entry], sets: dict[str, PortSet]) -> Iterator[tuple[Entry, Entry]]:
    """Yield each row with the nearest of the other side, the nearest of its port and the nearest of its port set."""
    seen = set()
    sides = _alike(first, sets), _alike(second, sets)
    for key in sides[0]:
        for one, other in near_pairs(sides[0][key], sides[1].get(key, ())):
            if (one.row, other.row) not in seen:
                seen.add((one.row, other.row))
                yield one, other


def _alike(entries: Sequence[Entry], sets: dict[str, PortSet]) -> dict[tuple[str, int], list[Entry]]:
    """Return the rows of one address all together, by port, and by port set."""
    groups: dict[tuple[str, int], list[Entry]] = {}
    for entry in entries:
        share = _set_of(entry.port, sets.get(entry.line))
        for name, number in (("", 0), ("port", entry.port), ("set", share)):
            if number is not None:
                groups.setdefault((name, number), []).append(entry)
    return groups


def _by_address(history: History) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = {}
    for entry in counted(history.entries, logins=False):
        groups.setdefault(entry.address, []).append(entry)
    return groups


def _meeting(first: Entry, second: Entry, sets: dict[str, PortSet]) -> Meeting:
    division = sets.get(first.line) if first.line == second.line and first.version == 4 else None  # noqa: PLR2004
    numbers = _set_of(first.port, division), _set_of(second.port, division)
    return Meeting(
        first_row=first.row,
        second_row=second.row,
        address=first.address,
        line=first.line if first.line == second.line else "",
        use=joint_use((first.use, second.use)),
        seconds=(moment(second) - moment(first)).total_seconds(),
        first_port=first.port,
        second_port=second.port,
        ports=_ports(first, second, numbers),
        first_set=numbers[0],
        second_set=numbers[1],
    )


def _set_of(port: int | None, division: PortSet | None) -> int | None:
    """Return the port set of a port; None without a known division, and for a port that it gives to nobody."""
    if port is None or division is None:
        return None
    try:
        return port_share(port, offset_bits=division.offset_bits, psid_bits=division.psid_bits)
    except ValueError:
        return None


def _ports(first: Entry, second: Entry, sets: tuple[int | None, int | None]) -> PortRelation:
    if joint_use((first.use, second.use)) in ("dedicated", "ipv6"):
        return "not-compared"
    if first.port is None or second.port is None:
        return "missing"
    if first.port == second.port:
        return "same"
    if sets[0] is None or sets[1] is None:
        return "different"
    return "same-set" if sets[0] == sets[1] else "other-set"


def coincidence_of(first: History, second: History) -> Coincidence:
    """Count the logins of either account within the minutes of the rule of the other's, in the time of both."""
    width = timedelta(minutes=first.rules.together_minutes)
    a, b = (counted(side.entries, logins=True) for side in (first, second))
    start, end = (max(moment(a[0]), moment(b[0])), min(moment(a[-1]), moment(b[-1]))) if a and b else (None, None)
    if start is None or end is None or start >= end:
        return NEVER
    one, other = _reach(a, b, (start, end), width), _reach(b, a, (start, end), width)
    return Coincidence(
        start=start,
        end=end,
        first_rows=one.rows,
        second_rows=other.rows,
        first_near=one.near,
        second_near=other.near,
        first_share=one.share,
        second_share=other.share,
        first_expected=one.rows * one.share,
        second_expected=other.rows * other.share,
    )


class _Reach(NamedTuple):
    """How many rows an account has, which are near one of the other's, and how much of the time is."""

    rows: int
    near: tuple[int, ...]
    share: float


def _reach(
    entries: Sequence[Entry], others: Sequence[Entry], between: tuple[datetime, datetime], width: timedelta
) -> _Reach:
    start, end = between
    times = [moment(entry) for entry in others]
    inside = [entry for entry in entries if start <= moment(entry) <= end]
    near = tuple(entry.row for entry in inside if _within(moment(entry), times, width))
    covered = sum((high - low for low, high in _stretches(times, start, end, width)), timedelta())
    return _Reach(len(inside), near, covered / (end - start))


def _within(at: datetime, others: Sequence[datetime], width: timedelta) -> bool:
    n = bisect_left(others, at)
    return any(abs(others[k] - at) <= width for k in (n - 1, n) if 0 <= k < len(others))


def _stretches(
    times: Sequence[datetime], start: datetime, end: datetime, width: timedelta
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the stretches between ``start`` and ``end`` within ``width`` of a time, without counting any twice."""
    reached = start
    for at in times:
        # Compared as differences: times at the ends of the calendar must not leave it.
        low = at - width if at - start > width else start
        high = at + width if end - at > width else end
        low = max(low, reached)
        if high > low:
            yield low, high
            reached = high


def hour_overlap_of(first: History, second: History) -> HourOverlap:
    """Return how far two hour profiles coincide, and what equally likely hours would give on average."""
    a, b = first.hours.hours, second.hours.hours
    n, m = first.hours.total, second.hours.total
    if not n or not m:
        return HourOverlap(first=a, second=b, observed=None, uniform=None)
    shared = sum(min(x * m, y * n) for x, y in zip(a, b, strict=True))
    return HourOverlap(first=a, second=b, observed=shared / (n * m), uniform=overlap_by_chance(n, m))
