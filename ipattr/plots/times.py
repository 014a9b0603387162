"""The timeline: a lane per addressee, its logins, the posts across all lanes, and the login nearest to each post."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from ipattr.plots import styles, subjects
from ipattr.plots.bands import LEFT, bands, name
from ipattr.plots.calendars import TICK_ROOM, bin_start, bin_step, draw_ticks, instant_x, span
from ipattr.plots.fonts import choose
from ipattr.plots.picture import Plot
from ipattr.plots.settings import settled
from ipattr.plots.sheets import SMALL, WIDTH, Key, Words, lay, leading
from ipattr.plots.styles import BLUE, ORANGE, RED, WHITE, Area, Point, Rule
from ipattr.plots.tidy import COUNT, INSTANT, JAPAN, SECONDS, TEXT, Column, tidy
from ipattr.renderers.view import clock, unchecked_links
from ipattr.renderers.view import span as length
from ipattr.renderers.words import KIND, POSITION, UNCHECKED, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime, timedelta

    from matplotlib.axes import Axes

    from ipattr.model import Case, CaseRow, Lang, Link
    from ipattr.plots.bands import Bands
    from ipattr.plots.sheets import Sheet
    from ipattr.plots.subjects import Group, Lane, Subject

COLUMNS = (
    Column("mark", TEXT, "login bar post nearest", "login, bar (several logins), post, or nearest (login to a post)"),
    Column("lane", COUNT, "図の段(上から1)", "lane of the chart, 1 at the top; NA for a post"),
    Column("addressee", TEXT, "段の名前", "name of the lane"),
    Column("row", COUNT, "ログインの番号(Case内)", "number of the login in the case; NA for a bar"),
    Column("count", COUNT, "ログインの件数", "logins that the mark stands for"),
    Column("utc", INSTANT, "日時(棒は始まり)", "instant; of a bar its beginning"),
    Column("jst", JAPAN, "同じ日時(日本時間)", "the same in Japan time"),
    Column("until_utc", INSTANT, "棒の終わり(これを含まない)", "end of a bar, itself not within"),
    Column("status", TEXT, "ok 正常、review 要確認", "ok or review; NA for a bar"),
    Column("kind", TEXT, "ログの種別", "kind of the row"),
    Column("post", COUNT, "投稿の番号(P1が1)", "number of the post, 1 for P1"),
    Column("gap_seconds", SECONDS, "ログイン−投稿(秒)", "login minus post, in seconds"),
)
_MOST_LANES, _MOST_SINGLE, _MOST_POSTS = 34, 300, 8
_CHART = WIDTH - LEFT - 2

_OK, _REVIEW = Point("o", BLUE, size=4), Point("o", WHITE, size=4, line=1)
_KINDS = {
    "creation": Point("^", ORANGE, size=5),
    "logout": Point("v", WHITE, size=5),
    "deletion": Point("X", WHITE, size=5),
    "unknown": Point("s", WHITE),
}
_RING = Point("o", "none", RED, size=8.5, line=1.1)
_BAR = Area(BLUE, edge=BLUE, line=0.2)
_POST = Rule(RED, 0.9, (0, (4, 2)))
MARKS = (_OK, _REVIEW, *_KINDS.values(), _RING, _BAR, _POST)
"""Every mark of this chart; no two of them look alike in grey."""
Mark = dict[str, Any]


class _Flag(NamedTuple):
    x: float
    level: int
    name: str


def draw(case: Case, *, title: str, lang: Lang, account: str) -> Plot:
    """Return the figure; many logins are drawn as bars of counts."""
    about = subjects.subject(case, lang=lang, account=account)
    timed = [row for row in about.rows if row.login.instant is not None]
    near = frozenset(row.number for _, _, _, row in _links(about))
    lanes = subjects.lanes(about, tuple(_timed(subjects.groups(about))), most=_MOST_LANES, keep=near)
    step = bin_step([_at(row) for row in timed]) if len(timed) > _MOST_SINGLE else None
    marks = [*_logins(lanes, step), *_posts(about), *_nearest(about, lanes)]
    notes = tuple(_notes(about, lanes, marks, timed=timed, step=step))
    with settled():
        words = Words(title, (subjects.under(about, timed),), tuple(_keys(about, marks)), notes, subjects.stamp(about))
        sheet = _draw(about, lanes, marks, words)
    return Plot(
        kind="timeline",
        figure=sheet.figure,
        data=tidy(COLUMNS, marks, case),
        title=title,
        note="\n".join(notes),
    )


def _at(row: CaseRow) -> datetime:
    if row.login.instant is None:
        raise ValueError(row.number)
    return row.login.instant.utc


def _timed(groups: Iterable[Group]) -> Iterator[Group]:
    for group in groups:
        rows = tuple(row for row in group.rows if row.login.instant is not None)
        if rows:
            yield group._replace(rows=rows)


def _logins(lanes: Sequence[Lane], step: timedelta | None) -> Iterator[Mark]:
    for number, lane in enumerate(lanes, start=1):
        place = {"lane": number, "addressee": lane.label}
        if step is None:
            for row in sorted(lane.rows, key=lambda row: (_at(row), row.number)):
                login, at = row.login, _at(row)
                facts = {"row": row.number, "count": 1, "utc": at, "jst": at}
                yield {"mark": "login", **place, **facts, "status": login.status, "kind": login.kind}
            continue
        counts = Counter(bin_start(_at(row), step) for row in lane.rows)
        for start, count in sorted(counts.items()):
            yield {"mark": "bar", **place, "count": count, "utc": start, "jst": start, "until_utc": start + step}


def _posts(about: Subject) -> Iterator[Mark]:
    for number, post in about.posts:
        yield {"mark": "post", "post": number, "utc": post.instant.utc, "jst": post.instant.utc}


def _nearest(about: Subject, lanes: Sequence[Lane]) -> Iterator[Mark]:
    places = {row.number: (number, lane.label) for number, lane in enumerate(lanes, start=1) for row in lane.rows}
    for number, _, link, row in _links(about):
        lane, name = places[row.number]
        at, login = _at(row), row.login
        facts = {"row": row.number, "count": 1, "utc": at, "jst": at, "status": login.status, "kind": login.kind}
        gap = {"post": number, "gap_seconds": link.gap_seconds}
        yield {"mark": "nearest", "lane": lane, "addressee": name, **facts, **gap}


def _links(about: Subject) -> Iterator[tuple[int, str, Link, CaseRow]]:
    """Yield number and id of each post with each login that is nearest to it."""
    rows = {row.login.id: row for row in about.rows}
    numbers = {post.id: number for number, post in about.posts}
    for link in about.case.links:
        if link.nearest and link.post in numbers and link.login in rows:
            yield numbers[link.post], link.post, link, rows[link.login]


def _keys(about: Subject, marks: Sequence[Mark]) -> Iterator[Key]:
    kinds = {(mark["kind"], mark["status"]) for mark in marks if mark["mark"] == "login"}
    present = {mark["mark"] for mark in marks}
    if any(kind == "login" and status == "ok" for kind, status in kinds):
        yield Key(_OK, about.say("ログイン（正常）", "login (ok)"))
    if any(kind == "login" and status == "review" for kind, status in kinds):
        yield Key(_REVIEW, about.say("ログイン（要確認）", "login (review)"))
    for kind, style in _KINDS.items():
        if any(kind == one for one, _ in kinds):
            yield Key(style, word(KIND, kind, about.lang))
    if "bar" in present:
        yield Key(_BAR, about.say("ログイン件数（棒の高さ）", "logins (height of the bar)"))
    if "post" in present:
        yield Key(_POST, about.say("投稿", "post"))
    if "nearest" in present:
        yield Key(_RING, about.say("投稿に時間的に最も近いログイン", "login nearest in time to a post"))


def _notes(
    about: Subject, lanes: Sequence[Lane], marks: Sequence[Mark], *, timed: Sequence[CaseRow], step: timedelta | None
) -> Iterator[str]:
    yield from _pairs(about)
    if step is not None:
        yield _scale(about, lanes, marks, step)
    coarse = sum(row.login.instant is not None and row.login.instant.precision == "day" for row in timed)
    if coarse:
        yield about.say(
            f"日付だけが記載された{coarse:,}件は、その日の初めに置いた。",
            f"{coarse:,} logins written as a date alone stand at the beginning of that day.",
        )
    if lanes:
        yield about.say(
            "段の番号は「請求先別のまとめ」の番号。段は請求先ごとで、同じ人の回線であることを示さない。",
            "Lanes bear the numbers of the summary; a lane is an addressee, not one person's line.",
        )
    missing = len(about.rows) - len(timed)
    yield from subjects.left_out(about, [(missing, "時刻なし", "without a time")])


def _scale(about: Subject, lanes: Sequence[Lane], marks: Sequence[Mark], step: timedelta) -> str:
    most, rest = _tallest(lanes, marks)
    wide = length(step.total_seconds(), about.lang)
    others = about.say(f"（「その他」だけは{rest:,}件）", f" (in the lane of the others {rest:,})") if rest else ""
    return about.say(
        f"棒1本は{wide}。段いっぱいの高さが{most:,}件{others}。1件ごとの印は、件数が多いため付けていない。",
        f"One bar is {wide}; a full lane is {most:,} logins{others}. There are too many for a mark each.",
    )


def _pairs(about: Subject) -> Iterator[str]:
    """Yield one sentence for each of the first posts: when, and which login is nearest."""
    unchecked = unchecked_links(about.case)
    linked = {link.post for link in about.case.links if link.nearest}
    found: dict[int, list[str]] = {}
    for number, identity, link, row in _links(about):
        instant = row.login.instant
        at = clock(_at(row), instant.precision, zone="JST") if instant else ""
        remarks = [
            about.say("同じ近さが複数", "tie") if link.tie else "",
            about.say("前後は未確定", "order not settled") if link.uncertain else "",
            UNCHECKED.pick(about.lang) if (identity, link.login) in unchecked else "",
        ]
        tail = [word(POSITION, link.position, about.lang), *filter(None, remarks)]
        gap = length(link.gap_seconds, about.lang) + about.say("", " ") if link.gap_seconds else ""
        joined = "・".join(tail) if about.lang == "ja" else ", ".join(tail)
        said = about.say(f"行{row.number} {at}（{gap}{joined}）", f"row {row.number}, {at} ({gap}{joined})")
        found.setdefault(number, []).append(said)
    for number, post in about.posts[:_MOST_POSTS]:
        at = clock(post.instant.utc, post.instant.precision, zone="JST")
        name = subjects.short(post.post_id or post.url or about.say("IDなし", "no id"))
        nearest = found.get(number, [])
        shown = (" ／ " if about.lang == "ja" else " / ").join(nearest[:2]) + (" …" if len(nearest) > 2 else "")  # noqa: PLR2004 - a tie is of two
        if not shown and post.id in linked:
            shown = about.say("この図にないログイン", "a login not in this figure")
        near = about.say(f"最も近いのは{shown}", f"nearest: {shown}")
        said = near if shown else about.say("結び付くログインなし", "no login to link")
        yield about.say(f"P{number} 投稿 {at}（{name}）→ {said}", f"P{number}: post {at} ({name}) → {said}")
    rest = len(about.posts) - _MOST_POSTS
    if rest > 0:
        yield about.say(
            f"ほかの投稿{rest:,}件は図の元の表にある。", f"{rest:,} more posts are in the table behind the figure."
        )


def _tallest(lanes: Sequence[Lane], marks: Sequence[Mark]) -> tuple[int, int]:
    """Return the highest count of a bar in the lanes of one addressee, and in the lane of all others (0: none)."""
    others = {number for number, lane in enumerate(lanes, start=1) if lane.others}
    bars = [(mark["lane"] in others, mark["count"]) for mark in marks if mark["mark"] == "bar"]
    most = max((count for rest, count in bars if not rest), default=0)
    return most, max((count for rest, count in bars if rest), default=0)


def _draw(about: Subject, lanes: Sequence[Lane], marks: Sequence[Mark], words: Words) -> Sheet:
    rows = bands([lane.label for lane in lanes])
    x = span([instant_x(mark["utc"]) for mark in marks])
    flags = _flags(marks, x)
    head = max((flag.level + 1 for flag in flags), default=0) * leading(SMALL) + 0.6
    sheet = lay(words, body=head + rows.height + TICK_ROOM)
    axes = sheet.chart(left=LEFT, width=_CHART, span=x, top=head, height=rows.height)
    top = sheet.top + head
    for lane, band in zip(lanes, rows.rows, strict=True):
        name(sheet, axes, band, top=top, count=subjects.count(len(lane.rows), about.lang))
    if not lanes:
        nothing = about.say("図にするログインがない", "no login to draw")
        sheet.text((LEFT + _CHART / 2, top + rows.height / 2), nothing, align="center")
    _draw_bars(axes, lanes, marks, rows)
    _draw_points(axes, marks, rows)
    for mark in marks:
        if mark["mark"] == "post":
            place = instant_x(mark["utc"])
            styles.rule(axes, (place, 0), (place, rows.height), _POST)
    for flag in flags:
        y = top - 0.4 - (flag.level + 0.5) * leading(SMALL)
        sheet.text((flag.x, y), flag.name, points=SMALL, align="center")
    draw_ticks(sheet, axes, left=LEFT, width=_CHART, foot=top + rows.height)
    return sheet


def _draw_bars(axes: Axes, lanes: Sequence[Lane], marks: Sequence[Mark], rows: Bands) -> None:
    most, rest = _tallest(lanes, marks)
    for mark in marks:
        if mark["mark"] == "bar":
            band = rows.rows[mark["lane"] - 1]
            start, end = instant_x(mark["utc"]), instant_x(mark["until_utc"])
            tall = (band.height - 0.6) * mark["count"] / (rest if lanes[mark["lane"] - 1].others else most)
            styles.box(axes, (start, band.foot - tall, end - start, tall), _BAR)


def _draw_points(axes: Axes, marks: Sequence[Mark], rows: Bands) -> None:
    for mark in marks:
        at = [instant_x(mark["utc"])]
        if mark["mark"] == "login":
            style = _KINDS.get(mark["kind"], _OK if mark["status"] == "ok" else _REVIEW)
            styles.points(axes, at, [rows.rows[mark["lane"] - 1].middle], style)
        elif mark["mark"] == "nearest":
            styles.points(axes, at, [rows.rows[mark["lane"] - 1].middle], _RING, above=4)


def _flags(marks: Sequence[Mark], axis: tuple[float, float]) -> list[_Flag]:
    """Return where the names of posts stand above the chart, on one of two lines.

    A name that has room on neither is left out; the notes say when each post was.
    """
    taken, flags = [-WIDTH, -WIDTH], []
    for mark in sorted((one for one in marks if one["mark"] == "post"), key=lambda one: (one["utc"], one["post"])):
        shown = f"P{mark['post']}"
        at = LEFT + (instant_x(mark["utc"]) - axis[0]) / (axis[1] - axis[0]) * _CHART
        half = choose().width(shown, SMALL) / 2
        level = next((one for one in (0, 1) if at - half > taken[one] + 0.6), None)
        if level is not None:
            flags.append(_Flag(at, level, shown))
            taken[level] = at + half
    return flags
