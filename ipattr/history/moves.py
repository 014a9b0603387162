"""From one login to the next: between a fixed line and a mobile network, and from one address to another."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ipattr.history.entries import counted, moment, settled
from ipattr.instants import jst_date
from ipattr.model import Alternation, Churn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ipattr.model import Entry, Line, LineClass, Session

_BETWEEN = {"home", "mobile"}


def alternations_of(
    entries: Sequence[Entry], lines: Sequence[Line], sessions: Sequence[Session]
) -> tuple[Alternation, ...]:
    """Return every move between home and mobile from one login to the next, within a session or one JST date.

    Pairs whose order the precision of the times does not settle are left out.
    """
    kinds = {line.key: line.kind for line in lines}
    session_of = {row: session.number for session in sessions for row in session.rows}
    return tuple(_alternations(counted(entries, logins=True), kinds, session_of))


def _alternations(
    logins: Sequence[Entry], kinds: Mapping[str, LineClass], session_of: dict[int, int]
) -> Iterator[Alternation]:
    for first, second in pairwise(logins):
        here, there = kinds[first.line], kinds[second.line]
        if {here, there} != _BETWEEN or not settled(first, second):
            continue
        together = session_of[first.row] == session_of[second.row]
        if together or jst_date(moment(first)) == jst_date(moment(second)):
            yield Alternation(
                from_line=first.line,
                to_line=second.line,
                from_kind=here,
                to_kind=there,
                rows=(first.row, second.row),
                seconds=(moment(second) - moment(first)).total_seconds(),
                within="session" if together else "day",
            )


def churn_of(entries: Sequence[Entry], lines: Sequence[Line]) -> tuple[Churn, ...]:
    """Return how often the address changed: over all logins, then over those of each line in the order of ``lines``."""
    logins = counted(entries, logins=True)
    by_line: dict[str, list[Entry]] = {line.key: [] for line in lines}
    for entry in logins:
        by_line[entry.line].append(entry)
    return (_churn("", logins), *(_churn(key, group) for key, group in by_line.items() if group))


def _churn(line: str, logins: Sequence[Entry]) -> Churn:
    pairs = list(pairwise(logins))
    differing = [(first, second) for first, second in pairs if first.address != second.address]
    changed = [(first, second) for first, second in differing if settled(first, second)]
    return Churn(
        line=line,
        logins=len(logins),
        addresses=len({entry.address for entry in logins}),
        pairs=len(pairs),
        same=len(pairs) - len(differing),
        changed=len(changed),
        other_block=sum(first.block != second.block for first, second in changed),
        unsettled=len(differing) - len(changed),
        changed_rows=tuple((first.row, second.row) for first, second in changed),
    )
