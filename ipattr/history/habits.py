"""At which hours the logins are, and what they were in the days before and after each post."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from ipattr.history.chances import as_uneven
from ipattr.history.entries import counted, moment, reach, span
from ipattr.history.lines import days_of
from ipattr.instants import jst
from ipattr.model import Habit, HabitSide, HourProfile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipattr.model import Entry, Gap, Post

HOURS = 24


def hours_of(entries: Iterable[Entry]) -> HourProfile:
    """Count the logins by weekday and hour of Japan Standard Time."""
    counts = [[0] * HOURS for _ in range(7)]
    logins = counted(entries, logins=True)
    for entry in logins:
        local = jst(moment(entry))
        counts[local.weekday()][local.hour] += 1
    days = days_of(logins)
    return HourProfile(
        counts=tuple(tuple(day) for day in counts),
        total=len(logins),
        first=days[0] if days else None,
        last=days[-1] if days else None,
    )


def habits_of(
    posts: Iterable[Post], account_id: str, *, entries: Sequence[Entry], gaps: Sequence[Gap], days: int
) -> tuple[Habit, ...]:
    """Return the logins in ``days`` around every post that can be the account's: of the same numeric id, or of none.

    ``account_id`` is empty where the log gives no id; screen names change and are not compared. In order of time.
    """
    mine = [post for post in posts if not post.account.id or account_id in ("", post.account.id)]
    return tuple(
        _habit(post, _Around(post, entries, gaps), account_id=account_id, days=days)
        for post in sorted(mine, key=lambda post: (post.instant.utc, post.id))
    )


class _Around:
    """The rows of an account as they lie to one post."""

    def __init__(self, post: Post, entries: Sequence[Entry], gaps: Sequence[Gap]) -> None:
        self.at = span(post.instant.utc, post.instant.precision)
        self.rows, self.gaps = counted(entries, logins=False), gaps
        self.entries = entries
        self.logins = logins = [entry for entry in self.rows if entry.login]
        self.before = [entry for entry in logins if reach(entry).end <= self.at.start]
        self.after = [entry for entry in logins if moment(entry) >= self.at.end]
        self.unsettled = [e for e in logins if reach(e).end > self.at.start and moment(e) < self.at.end]

    def covered(self, width: timedelta) -> tuple[bool, bool]:
        """Tell whether the logins reach to the far end of the days before, and of those after."""
        if not self.logins:
            return False, False
        return self.at.start - moment(self.logins[0]) >= width, moment(self.logins[-1]) - self.at.end >= width

    def not_surely_after(self) -> set[str]:
        """Return the lines of all rows, of whatever state or kind, that can have been before the end of the post."""
        return {e.line for e in self.entries if e.utc is None or reach(e).start < self.at.end}

    def not_surely_before(self) -> set[str]:
        """Return the lines of all rows, of whatever state or kind, that can have been after the start of the post."""
        return {e.line for e in self.entries if e.utc is None or reach(e).end > self.at.start}

    def pause(self) -> Gap | None:
        """Return the pause in which the post lies; None at or beyond the ends of the disclosure."""
        for (first, second), gap in zip(pairwise(self.rows), self.gaps, strict=True):
            if reach(first).end <= self.at.start and self.at.end <= moment(second):
                return gap
        return None


def _habit(post: Post, around: _Around, *, account_id: str, days: int) -> Habit:
    width = timedelta(days=days)
    before = [entry for entry in around.before if around.at.start - moment(entry) <= width]
    after = [entry for entry in around.after if moment(entry) - around.at.end <= width]
    begins, ends = around.covered(width)
    fair = begins and ends and bool(before or after)
    gap = around.pause()
    return Habit(
        post=post.id,
        post_place=post.provenance.locator or post.provenance.source,
        post_status=post.status,
        at=post.instant.utc,
        at_precision=post.instant.precision,
        days=days,
        before=_summed(before, covered=begins),
        after=_summed(after, covered=ends),
        unsettled=tuple(entry.row for entry in around.unsettled),
        same_account="same-id" if account_id and post.account.id == account_id else "not-compared",
        chance=as_uneven(len(before), len(after)) if fair else None,
        gap=gap,
        gap_rank=1 + sum(one.seconds > gap.seconds for one in around.gaps) if gap is not None else None,
        gaps=len(around.gaps),
        lines_begun=_lines_only(after, around.not_surely_after()),
        lines_ended=_lines_only(before, around.not_surely_before()),
    )


def _summed(logins: Sequence[Entry], *, covered: bool) -> HabitSide:
    hours = [0] * HOURS
    for entry in logins:
        hours[jst(moment(entry)).hour] += 1
    return HabitSide(
        rows=tuple(entry.row for entry in logins),
        days=len(days_of(logins)),
        hours=tuple(hours),
        lines=tuple(sorted({entry.line for entry in logins})),
        addresses=tuple(sorted({entry.address for entry in logins})),
        blocks=tuple(sorted({entry.block for entry in logins})),
        covered=covered,
    )


def _lines_only(here: Iterable[Entry], elsewhere: set[str]) -> tuple[str, ...]:
    """Return the lines of the window that nothing elsewhere shows."""
    return tuple(sorted({entry.line for entry in here} - elsewhere))
