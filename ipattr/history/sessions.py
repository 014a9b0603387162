"""Sessions and the pauses between them: rows that stand close together in time, and nothing more."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ipattr.history.entries import counted, moment, reach
from ipattr.model import Gap, Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.model import Entry


def gaps_between(entries: Sequence[Entry], *, minutes: int) -> tuple[Gap, ...]:
    """Return the pause between every two consecutive counted rows; one longer than ``minutes`` splits sessions."""
    return tuple(_gap(first, second, minutes * 60) for first, second in pairwise(counted(entries, logins=False)))


def _gap(first: Entry, second: Entry, limit: int) -> Gap:
    seconds = (moment(second) - moment(first)).total_seconds()
    least = max((moment(second) - reach(first).end).total_seconds(), 0.0)
    most = (reach(second).end - moment(first)).total_seconds()
    return Gap(
        after=first.row,
        before=second.row,
        seconds=seconds,
        least=least,
        most=most,
        splits=seconds > limit,
        unsettled=least < limit < most,
    )


def sessions_of(entries: Sequence[Entry], gaps: Sequence[Gap]) -> tuple[Session, ...]:
    """Return the counted rows cut at every pause that splits: each row stands in exactly one session."""
    rows = counted(entries, logins=False)
    groups: list[list[Entry]] = []
    doubtful: list[bool] = []
    for n, entry in enumerate(rows):
        gap = gaps[n - 1] if n else None
        if gap is None or gap.splits:
            groups.append([])
            doubtful.append(False)
        groups[-1].append(entry)
        doubtful[-1] |= gap is not None and gap.unsettled
    return tuple(
        Session(
            number=number,
            rows=tuple(entry.row for entry in group),
            not_login=tuple(entry.row for entry in group if not entry.login),
            start=moment(group[0]),
            end=moment(group[-1]),
            addresses=tuple(dict.fromkeys(entry.address for entry in group)),
            blocks=tuple(dict.fromkeys(entry.block for entry in group)),
            lines=tuple(dict.fromkeys(entry.line for entry in group)),
            unsettled=doubt,
        )
        for number, (group, doubt) in enumerate(zip(groups, doubtful, strict=True), start=1)
    )
