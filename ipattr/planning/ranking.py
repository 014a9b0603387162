"""Which login to pursue first: nearness × searchability × days left, as exact fractions, each factor shown.

The values are this tool's own weighting, not a rule of law. Nearness goes by rank alone: no court has set a limit in
hours or days (最二小判令和6年12月23日 speaks of the login nearest in time), so the distance itself is not scored.

nearness       1/rank among the links to the posts, the best of them; 1 without posts; 0 where linked to none
searchability  1 searchable, 1/2 unknown, 1/3 something missing that can be added, 0 impossible or no subscriber line
days left      1 with the practitioner's margin or more to the last working day, 3/4 with less, 1/4 when that day has
               passed and nothing expired, 1/8 when the shortest figure has ended and not the longest, 1/2 without a
               figure, 0 when every figure has ended or there is no log
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from ipattr.model import Factor, RankedLogin, Text
from ipattr.planning.survival import fate, together

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from ipattr.model import LogState, SearchStatus
    from ipattr.planning.logins import PlannedLogin, PlannedParty

MARGIN_DAYS = 8
"""What a practitioner leaves between the letter and the expiry (``data/procedures/preservation-letter.toml``)."""


class _Score(NamedTuple):
    value: Fraction
    text: Text


class _Standing(NamedTuple):
    login: PlannedLogin
    factors: tuple[Factor, ...]
    product: Fraction
    left: int | None


_WHOLE, _HALF, _NIL = Fraction(1), Fraction(1, 2), Fraction(0)
_SEARCH: dict[SearchStatus, _Score] = {
    "searchable": _Score(
        _WHOLE, Text(ja="検索に要する項目がそろっている", en="everything needed for the search is held")
    ),
    "unknown": _Score(_HALF, Text(ja="検索に何を要するかが不明", en="what is needed for the search is unknown")),
    "incomplete": _Score(
        Fraction(1, 3),
        Text(ja="検索に要する項目が足りない（補充を要する）", en="something needed for the search is missing"),
    ),
    "impossible": _Score(_NIL, Text(ja="この記録では検索できない", en="the line cannot be found with this record")),
    "not-applicable": _Score(_NIL, Text(ja="加入者回線ではない", en="no subscriber line")),
}
_BY_STATE: dict[LogState, _Score] = {
    "not-applicable": _Score(
        _NIL, Text(ja="対象となるログがない、又は接続日時がない", en="no log to be kept, or no time to count from")
    ),
    "gone": _Score(_NIL, Text(ja="収録する保存期間がすべて満了", en="every retention figure on record has ended")),
    "unknown": _Score(_HALF, Text(ja="保存期間が不明", en="retention is unknown")),
}


def rank_logins(logins: Sequence[PlannedLogin], as_of: date) -> tuple[RankedLogin, ...]:
    """Return every login once, the highest product first, of equal ones that with fewer days left, then by row.

    Equal products with equal days share a place (1, 1, 3). A product of 0 stands last, with the reason.
    """
    known: dict[tuple[int, bool, date | None], _Score] = {}
    standings = []
    for login in logins:
        key = (id(login.parties), login.applicable, login.act_by)  # logins of one deadline share one tuple of parties
        if key not in known:
            known[key] = _days_left(login, as_of)
        standings.append(_standing(login, known[key], as_of))
    standings.sort(key=lambda one: (-one.product, one.left is None, one.left or 0, one.login.row))
    ranked: list[RankedLogin] = []
    for position, one in enumerate(standings, start=1):
        before = standings[position - 2] if position > 1 else None
        shared = before is not None and (before.product, before.left) == (one.product, one.left)
        ranked.append(_ranked(one, ranked[-1].place if shared else position))
    return tuple(ranked)


def _standing(login: PlannedLogin, days: _Score, as_of: date) -> _Standing:
    near, search = _nearness(login), _SEARCH[login.search]
    return _Standing(
        login,
        (
            Factor(id="nearness", value=str(near.value), text=near.text),
            Factor(id="searchability", value=str(search.value), text=search.text),
            Factor(id="days-left", value=str(days.value), text=days.text),
        ),
        near.value * search.value * days.value,
        (login.act_by - as_of).days if login.act_by is not None else None,
    )


def _ranked(one: _Standing, place: int) -> RankedLogin:
    shown = " × ".join(factor.value for factor in one.factors)
    why = [factor.text for factor in one.factors if factor.value == "0"]
    ja = "（" + "、".join(text.ja for text in why) + "）" if why else ""
    en = " (" + "; ".join(text.en for text in why) + ")" if why else ""
    return RankedLogin(
        row=one.login.row,
        place=place,
        product=str(one.product),
        factors=one.factors,
        text=Text(
            ja=f"近接 × 検索可能性 × 残日数 = {shown} = {one.product}{ja}",
            en=f"nearness × searchability × days left = {shown} = {one.product}{en}",
        ),
    )


def _nearness(login: PlannedLogin) -> _Score:
    if not login.posts:
        return _Score(
            _WHOLE,
            Text(ja="投稿の指定がなく、近接は判定していない", en="no posts were given, so nearness is not judged"),
        )
    if login.rank is None:
        return _Score(
            _NIL,
            Text(
                ja="どの投稿とも対応しない（接続日時がない、又はアカウントが異なる）",
                en="linked to no post (no time, or another account)",
            ),
        )
    ja, en = ("、同順位あり", ", tied") if login.tie else ("", "")
    if login.uncertain:
        ja, en = f"{ja}、時刻の粒度により順序は未確定", f"{en}; the precision of the times leaves the order open"
    return _Score(
        Fraction(1, login.rank),
        Text(
            ja=f"投稿に{'最も' if login.rank == 1 else f'{login.rank}番目に'}近いログイン（1/順位{ja}）",
            en=f"{'nearest' if login.rank == 1 else f'number {login.rank} in distance'} to a post (1/rank{en})",
        ),
    )


def _days_left(login: PlannedLogin, as_of: date) -> _Score:
    state = together(held.state(as_of) for _, held in fate(login))
    if state in _BY_STATE:
        return _BY_STATE[state]
    if login.act_by is None:
        return _BY_STATE["unknown"]
    left = (login.act_by - as_of).days
    scored = _by_days(left, ended=any(_ended(party, as_of) for party in login.parties))
    if not any(party.lacking or not party.expiries for party in login.parties):
        return scored
    return _Score(
        scored.value,
        Text(
            ja=f"{scored.text.ja}。保存期間の数値のない者が残る",
            en=f"{scored.text.en}; for one party no figure is on record",
        ),
    )


def _ended(party: PlannedParty, as_of: date) -> bool:
    return party.shortest is not None and party.shortest.expires_on < as_of


def _by_days(left: int, *, ended: bool) -> _Score:
    """Weigh the days until the last working day before the first expiry."""
    if ended:
        return _Score(
            Fraction(1, 8),
            Text(
                ja="最短の保存期間は満了、すべてではない", en="the shortest retention figure has ended, not every one"
            ),
        )
    if left < 0:
        return _Score(
            Fraction(1, 4),
            Text(
                ja=f"満了前の最終営業日を{-left}日過ぎている",
                en=f"{-left} d past the last working day before the expiry",
            ),
        )
    if left < MARGIN_DAYS:
        return _Score(
            Fraction(3, 4),
            Text(
                ja=f"対応期限まで{left}日（余裕{MARGIN_DAYS}日に満たない）",
                en=f"{left} d to act by, less than {MARGIN_DAYS} d",
            ),
        )
    return _Score(
        _WHOLE,
        Text(ja=f"対応期限まで{left}日（余裕{MARGIN_DAYS}日以上）", en=f"{left} d to act by, {MARGIN_DAYS} d or more"),
    )
