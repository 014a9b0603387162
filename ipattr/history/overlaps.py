"""Addresses, blocks and lines that two accounts have in common."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Literal, NamedTuple

from ipattr.history.entries import moment
from ipattr.history.labels import joint_use
from ipattr.model import Overlap, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ipattr.model import BlockLevel, Entry, History, Line

NO_LABEL = Text(ja="", en="")


class Near(NamedTuple):
    """Two rows and the signed time from the first to the second, in seconds."""

    seconds: float
    first: Entry
    second: Entry


def overlaps_of(first: History, second: History) -> tuple[Overlap, ...]:
    """Return what both accounts show: lines, then addresses, then blocks from the smallest; by rows, then by name."""
    sides = _Side(first), _Side(second)
    lines = [_line(key, sides) for key in sides[0].lines.keys() & sides[1].lines.keys()]
    blocks = [_block(key, sides) for key in sides[0].blocks.keys() & sides[1].blocks.keys()]
    levels = ("line", "address", "24", "64", "56", "48", "announced")
    return tuple(
        sorted(
            (*lines, *blocks),
            key=lambda one: (levels.index(one.level), -len(one.first_rows) - len(one.second_rows), one.about),
        )
    )


class _Side:
    """One of the two histories with its rows by number."""

    def __init__(self, history: History) -> None:
        self.entries = {entry.row: entry for entry in history.entries}
        self.lines: dict[str, Line] = {line.key: line for line in history.lines}
        self.blocks: dict[tuple[BlockLevel, str], tuple[int, ...]] = {
            (one.level, one.block): one.rows for one in history.recurrences
        }

    def of(self, rows: Iterable[int]) -> list[Entry]:
        return [self.entries[row] for row in rows]


def _line(key: str, sides: tuple[_Side, _Side]) -> Overlap:
    return _overlap("line", key, sides, (sides[0].lines[key].rows, sides[1].lines[key].rows))


def _block(key: tuple[BlockLevel, str], sides: tuple[_Side, _Side]) -> Overlap:
    return _overlap(key[0], key[1], sides, (sides[0].blocks[key], sides[1].blocks[key]))


def _overlap(
    level: BlockLevel | Literal["line"],
    about: str,
    sides: tuple[_Side, _Side],
    rows: tuple[tuple[int, ...], tuple[int, ...]],
) -> Overlap:
    first, second = sides[0].of(rows[0]), sides[1].of(rows[1])
    keys = {entry.line for entry in (*first, *second)}
    line = keys.pop() if len(keys) == 1 else ""
    known = sides[0].lines.get(line) or sides[1].lines.get(line)
    near = nearest(first, second)
    return Overlap(
        level=level,
        about=about,
        line=line,
        label=known.label if known is not None else NO_LABEL,
        use=joint_use(entry.use for entry in (*first, *second)),
        first_rows=rows[0],
        second_rows=rows[1],
        nearest_seconds=abs(near.seconds) if near is not None else None,
        nearest=(near.first.row, near.second.row) if near is not None else None,
    )


def nearest(first: Sequence[Entry], second: Sequence[Entry]) -> Near | None:
    """Return the two rows nearest in time, of equally near ones the earliest; None where either side has no time."""
    return min(
        (Near((moment(b) - moment(a)).total_seconds(), a, b) for a, b in near_pairs(first, second)),
        key=_order,
        default=None,
    )


def _order(pair: Near) -> tuple[float, datetime, list[int]]:
    earlier = min(moment(pair.first), moment(pair.second))
    return abs(pair.seconds), earlier, sorted((pair.first.row, pair.second.row))


def near_pairs(first: Sequence[Entry], second: Sequence[Entry]) -> list[tuple[Entry, Entry]]:
    """Return each row of either side with the nearest of the other, of equally near ones the earlier; each pair once.

    Only rows that sessions count are paired: the others have no time of day.
    """
    a, b = _timed(first), _timed(second)
    pairs = [(entry, found) for entry, found in _each_nearest(a, b)]
    pairs += [(found, entry) for entry, found in _each_nearest(b, a)]
    distinct = {(one.row, other.row): (one, other) for one, other in pairs}
    return sorted(distinct.values(), key=lambda pair: (moment(pair[0]), moment(pair[1]), pair[0].row, pair[1].row))


def _timed(entries: Iterable[Entry]) -> list[Entry]:
    return sorted((entry for entry in entries if entry.counted), key=lambda entry: (moment(entry), entry.row))


def _each_nearest(these: Sequence[Entry], those: Sequence[Entry]) -> Iterable[tuple[Entry, Entry]]:
    times = [moment(entry) for entry in those]
    for entry in these if those else ():
        at = moment(entry)
        # Among rows of one instant the first stands for all of them, on either side of the row looked from.
        after = bisect_left(times, at)
        before = bisect_left(times, times[after - 1]) if after else 0
        choices = [n for n in (before, after) if n < len(those)]
        yield entry, those[min(choices, key=lambda n: (abs(times[n] - at), n))]
