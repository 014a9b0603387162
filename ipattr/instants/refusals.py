"""Why a time cell is refused: every reading is named, none is chosen."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from ipattr.instants.writing import format_date
from ipattr.instants.zones import Zone, read_zone, refuse

if TYPE_CHECKING:
    from ipattr.model import Refusal

_YEAR_LAST = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})(?!\d).*", re.ASCII | re.DOTALL)
_DATE_ALONE = re.compile(r"[\s,]*(?:\(?(?:UTC|JST|GMT|Z|[+-]\d\d:?\d\d)\)?)?", re.IGNORECASE | re.ASCII)
_TIME_ALONE = re.compile(r"(?:午前|午後)?\s*\d{1,2}(?::\d\d|時).*", re.ASCII | re.DOTALL)
_ROUGH = re.compile(r"頃|ごろ|ころ|約|~|〜|から|まで|\d\s*-\s*\d{1,2}:|前後")
_SERIAL = re.compile(r"[2-7]\d{4}(?:\.\d+)?", re.ASCII)
_WEEKDAYS = "月火水木金土日"


def outside_grammar(text: str, *, rest: str | None = None) -> Refusal:
    """Return the reason for a text that no notation fits; ``rest`` is what follows a date that was understood."""
    if not text:
        return refuse("IPA160", "日時が空。", "The time is empty.")
    hidden = next((character for character in text if not character.isprintable() and character != "\t"), None)
    if hidden is not None:
        return refuse(
            "IPA184",
            f"見えない文字 U+{ord(hidden):04X} が混じっている。原本から写し直す。",
            f"It contains the invisible character U+{ord(hidden):04X}. Copy it again from the original.",
        )
    shown = text[:60]
    if _ROUGH.search(text):
        return refuse(
            "IPA178",
            f"「{shown}」は幅のある時刻（頃・範囲）。一つの時刻の開示が必要。",
            f"{shown!r} is an approximate time or a range; a single time is needed.",
        )
    if rest is not None and _DATE_ALONE.fullmatch(rest):
        return refuse(
            "IPA163",
            f"「{shown}」は日付だけで時刻がない。接続の特定には秒までの時刻が必要。",
            f"{shown!r} is a date without a time of day; a connection needs a time, to the second.",
        )
    if _YEAR_LAST.fullmatch(text):
        return refuse(
            "IPA164",
            f"「{shown}」は年月日の順が決められない（月/日/年、日/月/年、年/月/日）。"
            "年を先頭に 4 桁で書いた資料を求める。",
            f"The order of day, month and year in {shown!r} cannot be told; ask for a year-first form.",
        )
    return _other(text, shown)


def _other(text: str, shown: str) -> Refusal:
    if _SERIAL.fullmatch(text):
        return refuse(
            "IPA187",
            f"「{shown}」は表計算ソフトの日付の内部値とみられる。日時の表示形式で出力し直す。",
            f"{shown!r} looks like a spreadsheet's serial number; export the cells as date and time.",
        )
    if _TIME_ALONE.fullmatch(text):
        return refuse(
            "IPA188",
            f"「{shown}」には日付がない。年月日を含む資料を求める。",
            f"{shown!r} has no date; ask for the full date.",
        )
    return refuse(
        "IPA162",
        f"「{shown}」は読み取れる日時の表記ではない（例: 2023-11-21T02:10:15Z、2023/11/21 11:10:15 JST）。"
        "原本を確認する。",
        f"{shown!r} is not a time in a known notation (2023-11-21T02:10:15Z, 2023/11/21 11:10:15 JST). "
        "Check the original.",
    )


def bad_date(written: str) -> Refusal:
    """Return the reason for a day that the calendar does not have."""
    return refuse(
        "IPA165", f"「{written}」は存在しない日付。原本を確認する。", f"{written!r} is no date. Check the original."
    )


def bad_clock(written: str, *, day: date | None = None, hour: int = 0, second: int = 0) -> Refusal:
    """Return the reason for a clock reading that cannot be; 24:00 gets both of its readings."""
    if day is not None and hour == 24:  # noqa: PLR2004 - end of day
        after = day + timedelta(days=1)
        return refuse(
            "IPA167",
            f"「{written}」は 24 時。{day} の終わり（{after} 00 時）とも、{day} 00 時の誤記とも読める。"
            "どちらかを確認する。",
            f"{written!r} is hour 24: the end of {day} ({after} at 00), or a slip for {day} at 00. Ask which.",
        )
    if second == 60:  # noqa: PLR2004 - leap second
        return refuse(
            "IPA168",
            f"「{written}」は 60 秒。うるう秒とも誤記とも読める。前後の秒のどちらかを確認する。",
            f"{written!r} has second 60: a leap second or a slip. Ask for the second before or after.",
        )
    return refuse(
        "IPA166",
        f"「{written}」は存在しない時刻。原本を確認する。",
        f"{written!r} is no time of day. Check the original.",
    )


def noon_or_midnight(written: str, day: date) -> Refusal:
    """Return the reason for twelve o'clock on a twelve-hour clock, with both readings."""
    after = day + timedelta(days=1)
    return refuse(
        "IPA170",
        f"「{written}」は {day} の正午（12:00）とも真夜中（{day} 00:00 又は {after} 00:00）とも読める。"
        "24 時間制での記載を確認する。",
        f"{written!r} can be noon of {day} (12:00) or midnight ({day} 00:00 or {after} 00:00); "
        "ask for the 24-hour clock.",
    )


def wrong_weekday(day: date, written: str) -> Refusal:
    """Return the reason for a weekday that contradicts the date."""
    right = _WEEKDAYS[day.weekday()]
    return refuse(
        "IPA169",
        f"{day} は{right}曜日で、記載の曜日「{written}」と合わない。日付と曜日のどちらが誤りか確認する。",
        f"{day} ({right}) is not the written weekday {written!r}; ask which of the two is wrong.",
    )


def era_over(era: str, year: str, day: date) -> Refusal:
    """Return the reason for a date outside its era."""
    proper = format_date(day, style="reiwa") if year not in {"0", "00"} else "—"
    return refuse(
        "IPA171",
        f"{era}{year}年{day.month}月{day.day}日は{era}の期間にない（西暦で同じ日は {proper}）。"
        "元号か日付の誤り。原本を確認する。",
        f"{era}{year}年{day.month}月{day.day}日 lies outside its era (the same day is {proper}). Check the original.",
    )


def two_zones(tokens: list[str], wall: datetime) -> Refusal:
    """Return the reason for a cell with several zones, with the instant under each."""
    readings = []
    for token in tokens:
        zone = read_zone(token)
        utc = zone.to_utc(wall) if isinstance(zone, Zone) else zone
        readings.append(f"{token} = {utc:%Y-%m-%d %H:%M:%S} UTC" if isinstance(utc, datetime) else token)
    shown = " / ".join(readings)
    return refuse(
        "IPA172",
        f"時間帯が二つ以上書かれている（{shown}）。どれによる時刻か確認する。",
        f"More than one time zone is written ({shown}); ask which one the time is in.",
    )
