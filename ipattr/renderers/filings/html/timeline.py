"""The timeline: a lane per addressee, logins as bars of days, posts, act-by, expiries and the as-of date."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from ipattr.instants import jst_date
from ipattr.model import Text
from ipattr.renderers.filings.html import words
from ipattr.renderers.filings.html.marks import escape, said
from ipattr.renderers.layout import inert, width, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ipattr.model import AddresseeSummary, Case

_WIDTH, _PAD = 1000, 10
_TOP, _LANE, _BAR = 56, 36, 15
_LANES = 40
_BINS = 240
_TICKS = 14
_LABEL_CELLS = 90
_LABEL_ROOM = 16
_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12_000)


class Lane(NamedTuple):
    """One lane: its label, the days of its logins, and what must be done by when; ``others``: of how many it is."""

    label: Text
    days: tuple[date, ...]
    act_by: date | None
    expiry: date | None
    others: int = 0
    logins: int = 0


class _Scale(NamedTuple):
    first: date
    last: date
    step: int

    def x(self, day: date) -> float:
        """Return where the beginning of a day lies."""
        whole = (self.last - self.first).days + 1
        return round(_PAD + (_WIDTH - 2 * _PAD) * (day - self.first).days / whole, 1)

    def bin(self, day: date) -> int:
        """Return the number of the bar that a day belongs to."""
        return (day - self.first).days // self.step

    def at(self, number: int) -> float:
        """Return where a bar begins."""
        return self.x(self.first + timedelta(number * self.step))


def timeline(case: Case) -> Iterator[str]:
    """Yield the figure; the numbers it shows stand in the summary and in the table, too."""
    lanes = list(_lanes(case))
    posts = [jst_date(post.instant.utc) for post in case.posts]
    days = [day for lane in lanes for day in lane.days]
    yield f"<section aria-labelledby=timeline><h2 id=timeline>{said(words.TIMELINE)}</h2>\n"
    missing = len(case.rows) - len(days)
    if not days:
        yield f"<p>{said(words.untimed(missing) if missing else words.NONE)}</p></section>\n"
        return
    scale = _scale(case, lanes, [*days, *posts])
    counts = [_bins(lane.days, scale) for lane in lanes]
    tallest = [max(some.values(), default=0) for some in counts]
    most = max((one for one, lane in zip(tallest, lanes, strict=True) if not lane.others), default=1)
    yield _legend(scale, most, missing, case.as_of)
    height = _TOP + _LANE * len(lanes) + 4
    yield (
        "<div class=scroll role=group tabindex=0 aria-labelledby=timeline>"
        f'<svg role=img aria-labelledby=timeline aria-describedby=timeline-d viewBox="0 0 {_WIDTH} {height}">\n'
    )
    yield from _months(scale, height)
    yield _posts(posts, scale, height)
    now = scale.x(case.as_of)
    yield f'<path class=asof d="M{now} 30V{height}"/>'
    yield f"<text class=t x={now} y=27 text-anchor=middle>{case.as_of}</text>\n"
    for number, (lane, some) in enumerate(zip(lanes, counts, strict=True)):
        # Dozens of addressees in one lane would flatten all the others: it has its own scale, which its label states.
        own = most if not lane.others else tallest[number]
        yield from _lane(_labelled(lane, own), some, scale, top=_TOP + _LANE * number, most=own)
    yield "</svg></div></figure></section>\n"


def _lanes(case: Case) -> Iterator[Lane]:
    days = {row.number: jst_date(row.login.instant.utc) for row in case.rows if row.login.instant is not None}
    alone = case.summary if len(case.summary) <= _LANES else case.summary[: _LANES - 1]
    for number, entry in enumerate(alone, start=1):
        yield Lane(
            Text(
                ja=_short(f"{number} {entry.name.ja}", f" {len(entry.rows):,}件"),
                en=_short(f"{number} {entry.name.en}", f" {len(entry.rows):,}"),
            ),
            _dated(entry, days),
            entry.act_by,
            entry.earliest,
        )
    others = case.summary[len(alone) :]
    if others:
        every = tuple(day for entry in others for day in _dated(entry, days))
        act_by = min((entry.act_by for entry in others if entry.act_by), default=None)
        earliest = min((entry.earliest for entry in others if entry.earliest), default=None)
        logins = sum(len(entry.rows) for entry in others)
        yield Lane(words.NONE, every, act_by, earliest, len(others), logins)


def _labelled(lane: Lane, most: int) -> Lane:
    """Return a lane with its label; that of the others can be worded only when their tallest bar is known."""
    return lane._replace(label=words.rest(lane.others, lane.logins, most)) if lane.others else lane


def _dated(entry: AddresseeSummary, days: dict[int, date]) -> tuple[date, ...]:
    return tuple(days[row] for row in entry.rows if row in days)


def _short(name: str, tail: str) -> str:
    """Cut a name that no lane has room for; the summary has it whole under the same number."""
    shown = inert(name)
    if width(shown) > _LABEL_CELLS:
        shown = wrap(shown[: _LABEL_CELLS * 2], _LABEL_CELLS)[0] + "…"
    return shown + tail


def _scale(case: Case, lanes: Sequence[Lane], days: Sequence[date]) -> _Scale:
    ends = [day for lane in lanes for day in (lane.act_by, lane.expiry) if day]
    first, last = min(*days, case.as_of).toordinal(), max(*days, *ends, case.as_of).toordinal()
    spare = max((last - first) // 40, 2)
    first, last = max(first - spare, 1), min(last + spare, date.max.toordinal() - 1)
    return _Scale(date.fromordinal(first), date.fromordinal(last), -(-(last - first + 1) // _BINS))


def _bins(days: Iterable[date], scale: _Scale) -> dict[int, int]:
    counts: dict[int, int] = {}
    for day in sorted(days):
        number = scale.bin(day)
        counts[number] = counts.get(number, 0) + 1
    return counts


def _legend(scale: _Scale, most: int, missing: int, as_of: date) -> str:
    keys = (
        ('<path class=bar d="M4 14V3h4v11z"/>', words.marks(scale.step, most)),
        ('<path class=post d="M6 0V16"/>', Text(ja="投稿（P1は投稿1）", en="post (P1: post 1)")),
        (f'<path class=act d="{_diamond(6, 8)}"/>', Text(ja="対応期限", en="act by")),
        (f'<path class=exp d="{_triangle(6, 3)}"/>', Text(ja="最短の消去予定", en="earliest expiry")),
        ('<path class=asof d="M6 0V16"/>', Text(ja=f"基準日 {as_of}", en=f"as of {as_of}")),
    )
    items = "".join(
        f'<li><svg aria-hidden=true width=12 height=16 viewBox="0 0 12 16">{mark}</svg> {said(text)}</li>'
        for mark, text in keys
    )
    same = Text(
        ja="レーンの番号は「請求先別のまとめ」の番号で、同じ数値がその表と一覧にある。",
        en="Lanes bear the numbers of the summary; that table and the table of logins hold the same figures.",
    )
    gone = f" {said(words.untimed(missing))}" if missing else ""
    return f"<figure><figcaption id=timeline-d><ul class=legend>{items}</ul><p>{said(same)}{gone}</p></figcaption>\n"


def _months(scale: _Scale, height: int) -> Iterator[str]:
    """Yield a line at the beginning of months, as many as have room for their names."""
    span = (scale.last.year - scale.first.year) * 12 + scale.last.month - scale.first.month + 1
    step = next((step for step in _STEPS if span / step <= _TICKS), _STEPS[-1])
    begin = scale.first.year * 12 + scale.first.month - 1
    for month in range(-(-begin // step) * step, begin + span, step):
        year, index = divmod(month, 12)
        day = date(year, index + 1, 1) if 1 <= year <= date.max.year else scale.first
        if day <= scale.first:
            continue
        x = scale.x(day)
        yield f'<path class=grid d="M{x} 14V{height}"/><text class=g x={x} y=11>{day:%Y-%m}</text>\n'


def _posts(posts: Sequence[date], scale: _Scale, height: int) -> str:
    """Return a line per post with its number; where the numbers would overlap, only the first of them stands."""
    places = sorted((scale.x(day), number) for number, day in enumerate(posts, start=1))
    parts = [f'<path class=post d="M{x} 44V{height}"/>' for x in dict.fromkeys(x for x, _ in places)]
    last = -float(_WIDTH)
    for x, number in places:
        if x - last >= _LABEL_ROOM:
            parts.append(f"<text class=t x={x} y=41 text-anchor=middle>P{number}</text>")
            last = x
    return "".join(parts) + "\n"


def _lane(lane: Lane, counts: dict[int, int], scale: _Scale, *, top: int, most: int) -> Iterator[str]:
    foot = top + _LANE - 4
    wide = max(round(scale.at(1) - scale.at(0) - 0.6, 1), 1.6)
    bars = "".join(
        f"M{scale.at(number)} {foot}v-{max(round(_BAR * count / max(most, 1), 1), 2)}h{wide}V{foot}z"
        for number, count in counts.items()
    )
    yield f'<path class=base d="M{_PAD} {foot}H{_WIDTH - _PAD}"/><path class=bar d="{bars}"/>'
    for day, kind in ((lane.expiry, "exp"), (lane.act_by, "act")):
        if day is not None:
            x = scale.x(day)
            yield f'<path class={kind} d="{_triangle(x, foot - 23) if kind == "exp" else _diamond(x, foot - 5)}"/>'
    for lang, label in (("ja", lane.label.ja), ("en", lane.label.en)):
        yield f"<text class=l x={_PAD} y={top + 12} lang={lang}>{escape(label)}</text>"
    yield "\n"


def _diamond(x: float, y: float) -> str:
    return f"M{x} {y - 5}l5 5-5 5-5-5z"


def _triangle(x: float, y: float) -> str:
    return f"M{round(x - 5, 1)} {y}h10l-5 10z"
