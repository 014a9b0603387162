"""Linking: every login of the account against every post, nearest in time first.

The measure is the absolute distance in time and nothing else. 最二小判令和6年12月23日 (令和5年(受)1583号) holds that,
where only closeness in time is known, at least the login nearest to the post is sufficiently related to it; the login
in that case came after the post. No court has set a limit in hours or days, so none is applied here.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from ipattr.instants import WIDTHS
from ipattr.model import Finding, Level, Link, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ipattr.model import Instant, LoginEvent, Post

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_WIDTHS = {precision: width // _MICROSECOND for precision, width in WIDTHS.items()}


class _Span(NamedTuple):
    """When a login or post may have happened, in microseconds since 1970 UTC: from ``start`` to before ``end``."""

    start: int
    end: int
    order: tuple[int, str]


class _Timeline(NamedTuple):
    """Logins in order of time; ``reach`` is the latest end so far, ``crowded`` those whose spans overlap another's.

    ``blind`` tells that at least one of them carries no account id.
    """

    spans: tuple[_Span, ...]
    starts: tuple[int, ...]
    reach: tuple[int, ...]
    crowded: frozenset[int]
    blind: bool


def link(posts: Sequence[Post], logins: Sequence[LoginEvent]) -> tuple[tuple[Link, ...], tuple[Finding, ...]]:
    """Return, for each post, every login that can be the same account's, ranked by absolute distance, with remarks.

    Distances are exact to the microsecond and equal ones share a rank (1, 1, 3). Logins whose numeric account id
    differs from the post's are not linked; where either side has no id they are, and a remark says that the accounts
    could not be compared. Screen names change and are not compared. Logins without a time are left out with a remark.
    The result depends on the values alone, not on the order of the input: posts come in the order of their ids.
    """
    timed = [(_span(login.id, login.instant), login.account.id or "") for login in logins if login.instant is not None]
    timed.sort()
    timelines: dict[str, _Timeline] = {}
    links: list[Link] = []
    remarks = _Remarks(timeless=[login.id for login in logins if login.instant is None])
    for post in sorted(posts, key=lambda entry: (_order(entry.id), entry.instant.utc)):
        account = post.account.id or ""
        if account not in timelines:
            timelines[account] = _timeline(timed, account)
        timeline = timelines[account]
        found = _rank(_span(post.id, post.instant), timeline)
        links += found
        remarks.note(post.id, found, blind=not account or timeline.blind, apart=len(timed) - len(timeline.spans))
    return tuple(links), tuple(remarks.findings()) if posts else ()


def _order(identifier: str) -> tuple[int, str]:
    """Order ids as people number them: 2 before 10."""
    return len(identifier), identifier


def _span(identifier: str, instant: Instant) -> _Span:
    start = (instant.utc - _EPOCH) // _MICROSECOND
    return _Span(start, start + _WIDTHS[instant.precision], _order(identifier))


def _timeline(timed: Iterable[tuple[_Span, str]], account: str) -> _Timeline:
    """Keep the logins that can be of ``account`` ("": unknown, all of them)."""
    kept = [(span, other) for span, other in timed if not account or other in ("", account)]
    spans = tuple(span for span, _ in kept)
    reach = tuple(accumulate((span.end for span in spans), max))
    crowded = set()
    for n in range(1, len(spans)):
        if spans[n].start < reach[n - 1]:
            crowded.add(n)
        if spans[n].start < spans[n - 1].end:
            crowded.add(n - 1)
    starts = tuple(span.start for span in spans)
    return _Timeline(spans, starts, reach, frozenset(crowded), blind=any(not other for _, other in kept))


def _rank(post: _Span, timeline: _Timeline) -> list[Link]:
    """Return the links of one post, nearest first, of equally near ones the earlier first."""
    gaps = [start - post.start for start in timeline.starts]
    distances = [abs(gap) for gap in gaps]
    order = sorted(range(len(gaps)), key=distances.__getitem__)
    same, after = bisect_left(gaps, 0), bisect_left(gaps, 1)
    last_before = gaps[same - 1] if same else None
    first_after = gaps[after] if after < len(gaps) else None
    links: list[Link] = []
    rank = 0
    for position, n in enumerate(order):
        gap = gaps[n]
        tied_back = position > 0 and distances[order[position - 1]] == distances[n]
        tied_on = position + 1 < len(order) and distances[order[position + 1]] == distances[n]
        rank = rank if tied_back else position + 1
        links.append(
            Link(
                post=post.order[1],
                login=timeline.spans[n].order[1],
                gap_seconds=gap / 1_000_000,
                rank=rank,
                position="before" if gap < 0 else "after" if gap else "same",
                nearest=rank == 1,
                nearest_before=gap == last_before,
                nearest_after=gap == first_after,
                tie=tied_back or tied_on,
                uncertain=n in timeline.crowded or _unsettled(timeline.spans[n], post, timeline),
            )
        )
    return links


def _unsettled(login: _Span, post: _Span, timeline: _Timeline) -> bool:
    """Tell whether a login's side of the post, or its order against a login on the other side, is not settled.

    Against logins on the same side the post's own precision does not matter: see ``crowded``. Across the post it
    counts twice, since moving the post nears the one login by as much as it leaves the other: with the post anywhere
    from p to p+w, logins before and after are in an unsettled order when their sum may lie between 2p and 2(p+w).
    """
    if login.start < post.end and post.start < login.end:
        return True
    rivals = bisect_left(timeline.starts, 2 * post.end - login.start)
    return rivals > 0 and timeline.reach[rivals - 1] > 2 * post.start - login.end


class _Remarks:
    """What is to be said once about all links, gathered post by post."""

    def __init__(self, *, timeless: Sequence[str]) -> None:
        self._timeless = timeless
        self._linked = False
        self._apart = 0
        self._about: dict[str, list[str]] = {"blind": [], "none": [], "uncertain": [], "tie": []}

    def note(self, post: str, links: Sequence[Link], *, blind: bool, apart: int) -> None:
        """Take in the links of one post: ``blind`` without ids to compare, ``apart`` logins of other accounts."""
        self._linked |= bool(links)
        self._apart += apart
        nearest = [entry for entry in links if entry.nearest]
        facts = {
            "none": not links,
            "blind": blind and bool(links),
            "uncertain": any(entry.uncertain for entry in nearest),
            "tie": len(nearest) > 1,
        }
        for fact, holds in facts.items():
            if holds:
                self._about[fact].append(post)

    def findings(self) -> Iterator[Finding]:
        """Yield the remarks IPA501 to IPA507."""
        if self._linked:
            yield _finding("IPA501", "info", _RULE)
        for code, fact in _CODES.items():
            posts = self._about[fact]
            if posts:
                yield _finding(code, "warning", _TEXTS[fact], about=", ".join(posts))
        if self._apart:
            text = Text(
                ja=f"アカウントIDが投稿と異なる{self._apart}組は結び付けていない。",
                en=f"{self._apart} pairs of post and login with different account ids were not linked.",
            )
            yield _finding("IPA506", "info", text)
        if self._timeless:
            about = ", ".join(sorted(self._timeless, key=_order))
            yield _finding("IPA507", "warning", _TIMELESS, about=about)


def _finding(code: str, level: Level, message: Text, *, about: str = "") -> Finding:
    return Finding(code=code, level=level, message=message, about=about)


_RULE = Text(
    ja="順位は投稿との時間差の絶対値による。最二小判令和6年12月23日（令和5年（受）第1583号）は、時間的近接性のみが"
    "判明している場合、少なくとも投稿に最も近接したログインは侵害関連通信として相当の関連性を有するとした"
    "（同事案では投稿後のログイン）。時間差の数値基準を示した裁判例は確認できず、設けていない。",
    en="Ranked by absolute distance in time. Supreme Court, 23 December 2024, 令和5年(受)1583号: where only closeness"
    " in time is known, at least the login nearest to the post is sufficiently related to it (there, a login after the"
    " post). No court decision with a limit in hours or days was found; none is applied.",
)
_TIMELESS = Text(
    ja="日時のないログインは投稿と結び付けていない。", en="Logins without a time were not linked to any post."
)
_CODES = {"IPA502": "blind", "IPA503": "none", "IPA504": "uncertain", "IPA505": "tie"}
_TEXTS = {
    "blind": Text(
        ja="投稿またはログインに数値のアカウントIDがなく、同一アカウントか照合できていない"
        "（表示名・ユーザー名は変更できるため照合に用いない）。",
        en="Post or login carries no numeric account id, so that the accounts could not be compared"
        " (names can be changed and are not compared).",
    ),
    "none": Text(ja="結び付けられるログインのない投稿がある。", en="No login can be linked to these posts."),
    "uncertain": Text(
        ja="日時の精度が粗く、最も近接したログインの順序または前後が定まらない投稿がある。",
        en="The precision of the times does not settle which login is nearest, or on which side of the post it lies.",
    ),
    "tie": Text(
        ja="時間差の等しいログインが複数あり、いずれも最近接とした。",
        en="Several logins are equally near; each is marked nearest.",
    ),
}
