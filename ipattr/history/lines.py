"""The lines of an account, and the blocks it came back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.history.entries import prefix
from ipattr.history.labels import access_of, joint_use, line_class, line_label
from ipattr.instants import jst_date
from ipattr.model import Line, Recurrence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from ipattr.model import Attribution, BlockLevel, Entry

_LEVELS: dict[int, tuple[tuple[BlockLevel, int], ...]] = {4: (("24", 24),), 6: (("64", 64), ("56", 56), ("48", 48))}
_ORDER: tuple[BlockLevel, ...] = ("address", "24", "64", "56", "48", "announced")


def lines_of(entries: Sequence[Entry], verdicts: Mapping[int, Attribution]) -> tuple[Line, ...]:
    """Return the lines of the rows relied on, the one with most rows first; ``verdicts`` by row number."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.relied_on:
            groups.setdefault(entry.line, []).append(entry)
    lines = [_line(key, group, [verdicts[entry.row] for entry in group]) for key, group in groups.items()]
    return tuple(sorted(lines, key=lambda line: (-len(line.rows), line.key)))


def _line(key: str, group: Sequence[Entry], verdicts: Sequence[Attribution]) -> Line:
    first = verdicts[0]
    classes = {line_class(verdict) for verdict in verdicts}
    times = [entry.utc for entry in group if entry.utc is not None]
    return Line(
        key=key,
        label=line_label(first, group[0].block),
        kind=classes.pop() if len(classes) == 1 else "unknown",
        access=tuple(sorted({kind for verdict in verdicts for kind in access_of(verdict)})),
        providers=tuple(sorted({p.provider for verdict in verdicts for p in verdict.alternatives if p.provider})),
        ambiguous=first.status == "ambiguous",
        sharing=tuple(sorted({kind for verdict in verdicts for kind in verdict.sharing})),
        use=joint_use(entry.use for entry in group),
        rows=tuple(entry.row for entry in group),
        addresses=len({entry.address for entry in group}),
        days=len(days_of(group)),
        first=min(times, default=None),
        last=max(times, default=None),
    )


def recurrences_of(entries: Sequence[Entry]) -> tuple[Recurrence, ...]:
    """Return every address and every block of the rows relied on: by size, then most dates and most rows first."""
    groups: dict[tuple[BlockLevel, str], list[Entry]] = {}
    for entry in entries:
        if entry.relied_on:
            for level, block in _blocks(entry):
                groups.setdefault((level, block), []).append(entry)
    found = [_recurrence(level, block, group) for (level, block), group in groups.items()]
    return tuple(sorted(found, key=lambda one: (_ORDER.index(one.level), -len(one.days), -len(one.rows), one.block)))


def _blocks(entry: Entry) -> Iterable[tuple[BlockLevel, str]]:
    yield "address", entry.address
    for level, length in _LEVELS[entry.version]:
        yield level, prefix(entry.address, length)
    if entry.announced:
        yield "announced", entry.announced


def _recurrence(level: BlockLevel, block: str, group: Sequence[Entry]) -> Recurrence:
    times = [entry.utc for entry in group if entry.utc is not None]
    return Recurrence(
        level=level,
        block=block,
        rows=tuple(entry.row for entry in group),
        days=days_of(group),
        addresses=len({entry.address for entry in group}),
        lines=tuple(sorted({entry.line for entry in group})),
        first=min(times, default=None),
        last=max(times, default=None),
    )


def days_of(entries: Iterable[Entry]) -> tuple[date, ...]:
    """Return the distinct JST dates of the rows that have a time, in order."""
    return tuple(sorted({jst_date(entry.utc) for entry in entries if entry.utc is not None}))
