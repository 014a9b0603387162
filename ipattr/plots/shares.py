"""The share of each addressee: how many of the logins lead there, ok and review apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipattr.plots import styles, subjects
from ipattr.plots.bands import LEFT, bands, name
from ipattr.plots.picture import Plot
from ipattr.plots.settings import settled
from ipattr.plots.sheets import SMALL, WIDTH, Key, Words, lay
from ipattr.plots.styles import BLUE, FAINT, GREY, ORANGE, SKY, WHITE, Area, Rule
from ipattr.plots.tidy import COUNT, SECONDS, TEXT, Column, tidy
from ipattr.renderers.words import ATTRIBUTION, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes

    from ipattr.model import Case, Lang
    from ipattr.plots.bands import Band
    from ipattr.plots.sheets import Sheet
    from ipattr.plots.subjects import Lane, Subject

COLUMNS = (
    Column("lane", COUNT, "図の段(上から1)", "row of the chart, 1 at the top"),
    Column("addressee", TEXT, "段の名前", "name of the row"),
    Column(
        "attribution_status",
        TEXT,
        "帰属の判定(まとめた段で異なるときは欠損)",
        "verdict on who carried the addresses; NA where a sum has several",
    ),
    Column("logins", COUNT, "ログインの件数", "logins"),
    Column("ok", COUNT, "うち正常", "of these ok"),
    Column("review", COUNT, "うち要確認", "of these in review"),
    Column("addresses", COUNT, "異なるアドレスの数", "distinct addresses"),
    Column("percent", SECONDS, "図のログイン全部に占める割合(%)", "percent of all logins of the figure"),
)
_MOST = 38
_FIGURES = 34.0
_CHART = WIDTH - LEFT - _FIGURES
_ROW = 5.0
_STATUS = {
    "attributed": Area(BLUE),
    "ambiguous": Area(ORANGE, "////"),
    "not-access-provider": Area(SKY, "...."),
    "special-purpose": Area(WHITE, "xxxx"),
    "not-listed": Area(WHITE),
}
_REVIEW = Area("none", "++++++")
MARKS = (*_STATUS.values(), _REVIEW)
"""Every mark of this chart; no two of them look alike in grey."""
Mark = dict[str, Any]


def draw(case: Case, *, title: str, lang: Lang, account: str) -> Plot:
    """Return the figure; the addressee with the most logins stands first."""
    about = subjects.subject(case, lang=lang, account=account)
    groups = sorted(subjects.groups(about), key=lambda group: (-len(group.rows), group.number))
    lanes = subjects.lanes(about, groups, most=_MOST)
    marks = list(_marks(about, lanes))
    notes = (*_notes(about, lanes), *subjects.left_out(about))
    with settled():
        keys = tuple(_keys(about, lanes, marks))
        words = Words(title, (subjects.under(about, about.rows),), keys, notes, subjects.stamp(about))
        sheet = _draw(about, lanes, marks, words)
    return Plot(
        kind="providers", figure=sheet.figure, data=tidy(COLUMNS, marks, case), title=title, note="\n".join(notes)
    )


def _marks(about: Subject, lanes: Sequence[Lane]) -> Iterator[Mark]:
    for number, lane in enumerate(lanes, start=1):
        statuses = {group.status for group in lane.groups}
        ok = sum(row.login.status == "ok" for row in lane.rows)
        yield {
            "lane": number,
            "addressee": lane.label,
            "attribution_status": statuses.pop() if len(statuses) == 1 else "",
            "logins": len(lane.rows),
            "ok": ok,
            "review": len(lane.rows) - ok,
            "addresses": len({row.login.address.text for row in lane.rows}),
            "percent": 100 * len(lane.rows) / len(about.rows),
        }


def _keys(about: Subject, lanes: Sequence[Lane], marks: Sequence[Mark]) -> Iterator[Key]:
    barred = [mark for mark, lane in zip(marks, lanes, strict=True) if not lane.others]
    for status, style in _STATUS.items():
        if any(mark["attribution_status"] == status for mark in barred):
            yield Key(style, word(ATTRIBUTION, status, about.lang))
    if any(mark["review"] for mark in barred):
        yield Key(_REVIEW, about.say("うち要確認", "of these in review"))


def _notes(about: Subject, lanes: Sequence[Lane]) -> Iterator[str]:
    yield about.say(
        f"割合の分母は、ここに示すログイン{len(about.rows):,}件。利用した時間、回線の数又は人の割合ではない。",
        f"Percent of the {subjects.logins(len(about.rows), 'en')} shown; not a share of time, lines or people.",
    )
    if any(group.status == "ambiguous" for lane in lanes for group in lane.groups):
        yield about.say(
            "「複数候補」は、並べた者のうちどれであるかが決まらない。",
            "Of those named in an ambiguous row, which one it is is not settled.",
        )
    if any(lane.others for lane in lanes):
        yield about.say(
            f"件数の少ないものは「その他」にまとめた（図は{_MOST}段まで）。",
            f"Addressees with few logins are taken together (the chart has at most {_MOST} rows).",
        )


def _bar(axes: Axes, band: Band, mark: Mark) -> None:
    tall = min(band.height - 1.2, 4)
    place = band.middle - tall / 2
    styles.box(axes, (0, place, mark["logins"], tall), _STATUS[mark["attribution_status"]])
    if mark["review"]:
        styles.box(axes, (mark["ok"], place, mark["review"], tall), _REVIEW, above=3)


def _draw(about: Subject, lanes: Sequence[Lane], marks: Sequence[Mark], words: Words) -> Sheet:
    rows = bands([lane.label for lane in lanes], least=_ROW if len(lanes) <= _MOST / 2 else 0)
    sheet = lay(words, body=rows.height)
    # What is summed for want of room would dwarf every addressee; its figures stand in the row, a bar does not.
    alone = [mark["logins"] for mark, lane in zip(marks, lanes, strict=True) if not lane.others]
    most = max(alone, default=1)
    axes = sheet.chart(left=LEFT, width=_CHART, span=(0, most * 1.02), height=rows.height)
    for mark, lane, band in zip(marks, lanes, rows.rows, strict=True):
        name(sheet, axes, band, top=sheet.top, count=subjects.count(mark["logins"], about.lang))
        if lane.others:
            unbarred = about.say("合計のため棒は描かない", "a sum: no bar is drawn")
            sheet.text((LEFT + 1.5, sheet.top + band.middle), unbarred, points=SMALL, colour=GREY)
        else:
            _bar(axes, band, mark)
        addresses = about.say(f"アドレス{mark['addresses']:,}", f"{mark['addresses']:,} addr.")
        y = sheet.top + band.middle
        sheet.text((LEFT + _CHART + 13, y), f"{mark['percent']:.1f}%", align="right")
        sheet.text((WIDTH - 1, y), addresses, align="right")
        foot = sheet.top + band.foot
        styles.rule(sheet.page, (LEFT + _CHART, foot), (WIDTH - 1, foot), Rule(FAINT, 0.4))
    if not lanes:
        nothing = about.say("図にするログインがない", "no login to draw")
        sheet.text((LEFT + _CHART / 2, sheet.top + rows.height / 2), nothing, align="center")
    return sheet
