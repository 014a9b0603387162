"""The heat map: how many logins on which weekday at which hour, on the clocks of Japan, with all sums."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ipattr.instants import jst
from ipattr.plots import styles, subjects
from ipattr.plots.fonts import choose
from ipattr.plots.picture import Plot
from ipattr.plots.settings import settled
from ipattr.plots.sheets import SMALL, TEXT, WIDTH, Key, Words, lay
from ipattr.plots.styles import BLACK, FAINT, GREY, WHITE, Area
from ipattr.plots.tidy import COUNT, Column, tidy
from ipattr.plots.tidy import TEXT as STRING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ipattr.model import Case, CaseRow, Lang
    from ipattr.plots.sheets import Sheet
    from ipattr.plots.subjects import Subject

COLUMNS = (
    Column("weekday", COUNT, "曜日(月曜が1、日曜が7)", "weekday, Monday 1 to Sunday 7 (ISO 8601)"),
    Column("weekday_name", STRING, "曜日の名", "name of the weekday"),
    Column("hour", COUNT, "時(日本時間、0から23)", "hour in Japan time, 0 to 23"),
    Column("logins", COUNT, "ログインの件数", "logins"),
)
_JA, _EN = "月火水木金土日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_DAYS, _HOURS = 7, 24
_LEFT, _CELL, _TALL = 10.0, 5.2, 6.4
_HEAD, _FOOT, _TURNED = 4.0, 4.4, 9.0
_DARK = 0.5


def draw(case: Case, *, title: str, lang: Lang, account: str) -> Plot:
    """Return the figure; it counts logins that are ok and have a time of day, and says how many are not counted."""
    about = subjects.subject(case, lang=lang, account=account)
    drawn, reasons = _counted(about)
    counts = Counter(_place(row) for row in drawn)
    notes = (*_notes(about, drawn), *subjects.left_out(about, reasons))
    data = tidy(COLUMNS, _marks(about, counts), case)
    with settled():
        keys = tuple(_keys(about, counts))
        sheet = _draw(about, counts, Words(title, (subjects.under(about, drawn),), keys, notes, subjects.stamp(about)))
    return Plot(kind="hours", figure=sheet.figure, data=data, title=title, note="\n".join(notes))


def _counted(about: Subject) -> tuple[list[CaseRow], list[tuple[int, str, str]]]:
    """Return the rows that count, as ``ipattr.history`` counts them, and why the others do not."""
    left: Counter[str] = Counter()
    drawn = []
    for row in about.rows:
        why = _why_not(row)
        if why:
            left[why] += 1
        else:
            drawn.append(row)
    words = {
        "review": ("要確認", "to be reviewed"),
        "no-time": ("時刻なし", "without a time"),
        "day": ("日付だけの記載", "written as a date alone"),
        "kind": ("ログイン以外の種別", "of another kind than login"),
    }
    return drawn, [(left[why], *said) for why, said in words.items()]


def _why_not(row: CaseRow) -> str:
    login = row.login
    if login.status == "review":
        return "review"
    if login.instant is None:
        return "no-time"
    if login.instant.precision == "day":
        return "day"
    return "" if login.kind == "login" else "kind"


def _place(row: CaseRow) -> tuple[int, int]:
    if row.login.instant is None:
        raise ValueError(row.number)
    local = jst(row.login.instant.utc)
    return local.weekday(), local.hour


def _marks(about: Subject, counts: Mapping[tuple[int, int], int]) -> Iterator[dict[str, object]]:
    for day in range(_DAYS):
        for hour in range(_HOURS):
            name = _names(about)[day]
            yield {"weekday": day + 1, "weekday_name": name, "hour": hour, "logins": counts.get((day, hour), 0)}


def _names(about: Subject) -> Sequence[str]:
    return _JA if about.lang == "ja" else _EN


def _notes(about: Subject, drawn: Sequence[CaseRow]) -> Iterator[str]:
    days = sorted({jst(row.login.instant.utc).date() for row in drawn if row.login.instant is not None})
    if days:
        whole = (days[-1] - days[0]).days + 1
        yield about.say(
            f"{days[0]}から{days[-1]}まで（{whole:,}日間、うちログインのあった日は{len(days):,}日）の合計。"
            "曜日ごとの日数の違いは均していない。",
            f"Sums from {days[0]} to {days[-1]} ({whole:,} days, {len(days):,} of them with a login); weekdays that "
            "occur more often are not levelled out.",
        )
    yield about.say(
        "開示された記録の件数であり、開示されていない利用は分からない。一般の人の時間帯の分布との比較ではない。",
        "Counts of disclosed rows: use that was not disclosed is unknown, and nothing is compared with the daily "
        "rhythm of people in general.",
    )


def _keys(about: Subject, counts: Mapping[tuple[int, int], int]) -> Iterator[Key]:
    most = max(counts.values(), default=0)
    yield Key(Area(WHITE), about.say("0件", "none"))
    for count in sorted({1, -(-most // 3), -(-most * 2 // 3), most} - {0}) if most else ():
        yield Key(Area(shade(count, most)), subjects.logins(count, about.lang))


def shade(count: int, most: int) -> str:
    """Return the colour of a count: darker for more, in grey as well; nothing is white."""
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    return to_hex(colormaps["cividis_r"](count / most)) if count else WHITE


def _ink(colour: str) -> str:
    """Return the colour in which figures can be read on ``colour`` (luminance as grey prints have it, ITU-R BT.601)."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return WHITE if 0.299 * red + 0.587 * green + 0.114 * blue < _DARK else BLACK


def _draw(about: Subject, counts: Mapping[tuple[int, int], int], words: Words) -> Sheet:
    by_hour = [sum(counts.get((day, hour), 0) for day in range(_DAYS)) for hour in range(_HOURS)]
    foot = _TURNED if any(_is_wide(one) for one in by_hour) else _FOOT
    sheet = lay(words, body=_HEAD + _DAYS * _TALL + foot)
    axes = sheet.chart(left=_LEFT, width=_HOURS * _CELL, span=(0, _HOURS), top=_HEAD, height=_DAYS * _TALL)
    most, size = max(counts.values(), default=0), _size(counts.values())
    top = sheet.top + _HEAD
    for hour in range(_HOURS):
        x = _LEFT + (hour + 0.5) * _CELL
        sheet.text((x, sheet.top + 2), str(hour), points=SMALL, align="center")
        _sum(sheet, (x, top + _DAYS * _TALL), by_hour[hour])
    for day, name in enumerate(_names(about)):
        y = top + (day + 0.5) * _TALL
        sheet.text((_LEFT - 1.5, y), name, align="right")
        whole = sum(counts.get((day, hour), 0) for hour in range(_HOURS))
        sheet.text((WIDTH - 1, y), f"{whole:,}", align="right")
        for hour in range(_HOURS):
            count = counts.get((day, hour), 0)
            colour = shade(count, most)
            styles.box(axes, (hour, day * _TALL, 1, _TALL), Area(colour, edge=FAINT, line=0.4))
            at, ink = (_LEFT + (hour + 0.5) * _CELL, y), _ink(colour) if count else GREY
            sheet.text(at, f"{count}" if count else "·", points=size, align="center", colour=ink)
    sheet.text((WIDTH - 1, sheet.top + 2), about.say("計", "all"), points=SMALL, align="right")
    sheet.text((1, sheet.top + 2), about.say("時", "hour"), points=SMALL)
    sheet.text((1, top + _DAYS * _TALL + 2.4), about.say("計", "all"), points=SMALL)
    sheet.text((WIDTH - 1, top + _DAYS * _TALL + 2.4), f"{sum(counts.values()):,}", align="right")
    return sheet


def _size(counts: Iterable[int]) -> float:
    """Return the one size in which every count has room in its cell."""
    widest = max((choose().width(f"{count}", TEXT) for count in counts), default=0)
    return TEXT * min(1, (_CELL - 0.6) / max(widest, 0.1))


def _is_wide(count: int) -> bool:
    return choose().width(f"{count:,}", SMALL) > _CELL - 0.6


def _sum(sheet: Sheet, foot: tuple[float, float], count: int) -> None:
    """Set the sum of a column below it, turned where it is wider than the column."""
    shown = f"{count:,}"
    if not _is_wide(count):
        sheet.text((foot[0], foot[1] + 2.4), shown, points=SMALL, align="center")
    else:
        sheet.text((foot[0], foot[1] + 0.8), shown, points=SMALL, turned=90)
