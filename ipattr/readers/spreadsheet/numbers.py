"""Numbers and date serials of a spreadsheet as exact text, or a refusal: nothing is rounded into a value."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from ipattr.model import Record, Refusal, Text
from ipattr.readers.grids import GridCell

_EXACT_DIGITS = 15
_ROUNDED_FROM = 10**_EXACT_DIGITS
_DAY_MS = 86_400_000
_SECOND_MS = 1_000
_MINUTE_MS = 60_000
_HALF_MS = Decimal("0.5")
# Eight decimals of a day are 0.864 ms: with fewer, the digits cannot name a millisecond.
_DECIMALS_FOR_MS = 8
_PHANTOM = 60

_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|general|e[+-]|am/pm|a/p', re.IGNORECASE)
_ZEROS = re.compile(r"0{2,}")
# Colour, locale and padding of a format, not its conditions.
_ASIDE = re.compile(r"\[(?:\$[^\]]*|[A-Za-z]+[0-9]*)\]|_.|\*.")
_MINUTES = re.compile(r"h+[^a-z]*m+|m+[^a-z]*s+")
_SHOWN = 80


class NumberFormat(Record, frozen=True, kw_only=True):
    """What a number format says of a serial: which parts of a date and a time of day it shows."""

    code: str = ""
    dated: bool = False
    timed: bool = False
    seconds: bool = False
    elapsed: bool = False

    @property
    def is_moment(self) -> bool:
        """Tell whether a number in this format stands for a date or a time."""
        return self.dated or self.timed


PLAIN = NumberFormat()
_DATED = NumberFormat(dated=True)
_SHORT_TIME = NumberFormat(timed=True)
_LONG_TIME = NumberFormat(timed=True, seconds=True)
# ECMA-376 part 1, 18.8.30, with the Japanese forms of ids 27–36 and 50–58.
BUILT_IN: dict[int, NumberFormat] = {
    **dict.fromkeys((*range(14, 18), *range(27, 32), *range(34, 37), *range(50, 59)), _DATED),
    **dict.fromkeys((18, 20, 32), _SHORT_TIME),
    **dict.fromkeys((19, 21, 33, 45, 47), _LONG_TIME),
    22: NumberFormat(dated=True, timed=True),
    46: NumberFormat(timed=True, seconds=True, elapsed=True),
}


def read_format(code: str) -> NumberFormat:
    """Return what a format code shows (ECMA-376 part 1, 18.8.31); only its first section counts."""
    elapsed = _ELAPSED.search(code) is not None
    bare = _LITERAL.sub(lambda found: found[0].strip("[]") if _ELAPSED.fullmatch(found[0]) else " ", code)
    letters = bare.split(";", 1)[0].lower()
    seconds = "s" in letters
    timed = seconds or "h" in letters or elapsed
    months = "m" in _MINUTES.sub(" ", letters) and not elapsed
    dated = any(letter in letters for letter in "ydge") or months
    return NumberFormat(code=code, dated=dated, timed=timed, seconds=seconds, elapsed=elapsed)


def refused(code: str, raw: str, ja: str, en: str) -> GridCell:
    """Return a cell whose text cannot be trusted."""
    return GridCell(text=raw, refused=Refusal(code=code, reason=Text(ja=ja, en=en)))


def number_cell(raw: str, shown: NumberFormat, place: str, *, date1904: bool) -> GridCell:
    """Return the cell of a stored number: plain digits, or the moment that its date format shows.

    ``raw`` is the number as the file writes it, ``place`` the sheet and address for the reason. Refused: integers of
    16 and more digits (IPA080), serials that name no moment (IPA082), and what is no number (IPA081).
    """
    if raw.isascii() and raw.isdigit() and len(raw) <= _EXACT_DIGITS and not shown.is_moment:
        text = str(int(raw))
        return GridCell(text=text, note=_zeros(shown, text))
    try:
        value = Decimal(raw)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        shortened = raw[:_SHOWN]
        return refused(
            "IPA081", raw, f"{place} の「{shortened}」は数ではない。", f"{shortened!r} in {place} is no number."
        )
    if abs(value) >= _ROUNDED_FROM:
        return refused(
            "IPA080",
            raw,
            f"{place} は 16 桁以上の数値である。表計算ソフトが 15 桁に丸めた後の値であり、復元できない。"
            "文字列として保存された原本を求める。",
            f"{place} holds a number of 16 or more digits: a spreadsheet has already rounded it to 15, and it cannot "
            "be recovered. Ask for the original with the id stored as text.",
        )
    if shown.is_moment and not (shown.elapsed and abs(value) >= 1):
        return _moment(raw, value, shown, place, date1904=date1904)
    text = _plain(value)
    return GridCell(text=text, note=_zeros(shown, text))


def zeros_note(text: str, displayed: str) -> str:
    """Return the note of a number displayed with leading zeros it is not stored with, empty when it is not."""
    padded = (
        displayed.isascii() and displayed.isdigit() and displayed != text and displayed == text.zfill(len(displayed))
    )
    return f"shown={displayed}" if padded else ""


def _zeros(shown: NumberFormat, text: str) -> str:
    """Name a format that shows leading zeros the stored number does not have, and what it shows."""
    places = _ASIDE.sub("", shown.code.split(";", 1)[0])
    if not _ZEROS.fullmatch(places):
        return ""
    return f"format={shown.code} {zeros_note(text, text.zfill(len(places)))}".rstrip()


def _plain(value: Decimal) -> str:
    """Return the number as a spreadsheet holds it: 15 significant digits, without exponent and trailing zeros."""
    text = format(Decimal(format(float(value), f".{_EXACT_DIGITS}g")), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def _moment(raw: str, value: Decimal, shown: NumberFormat, place: str, *, date1904: bool) -> GridCell:
    milliseconds = value * _DAY_MS
    total = int(milliseconds.to_integral_value())
    whole = abs(milliseconds / _SECOND_MS - round(milliseconds / _SECOND_MS)) * _SECOND_MS <= _HALF_MS
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent < _DECIMALS_FOR_MS and not whole:
        return _no_moment(raw, place, "小数の桁が足りず、秒が決まらない", "has too few decimals to name a second")
    epoch = "1904" if date1904 else "1900"
    note = f"serial={raw} epoch={epoch}"
    if not shown.dated and 0 <= total < _DAY_MS:
        return GridCell(text=_clock(total, shown), note=note)
    base = _base(value, date1904=date1904)
    if base is None:
        return _no_moment(
            raw, place, f"{epoch} 年起点の日付にならない(1900-02-29 は存在しない)",
            f"names no day in the {epoch} date system (1900-02-29 never was)",
        )  # fmt: skip
    try:
        moment = base + timedelta(milliseconds=total)
    except OverflowError:
        return _no_moment(raw, place, "9999 年を超える", "lies beyond the year 9999")
    text = f"{moment:%Y-%m-%d}" if moment.year >= 1000 else moment.date().isoformat()  # noqa: PLR2004 - four digits
    within = total % _DAY_MS
    if shown.timed or within:
        text += " " + _clock(within, shown)
    return GridCell(text=text, note=note)


def _base(value: Decimal, *, date1904: bool) -> datetime | None:
    """Return the moment of serial 0; the 1900 system counts a 29 February that never was (serial 60)."""
    if date1904:
        return datetime(1904, 1, 1) if value >= 0 else None  # noqa: DTZ001 - a cell states no zone
    if value < 1 or _PHANTOM <= value < _PHANTOM + 1:
        return None
    return datetime(1899, 12, 31 if value < _PHANTOM else 30)  # noqa: DTZ001 - a cell states no zone


def _clock(milliseconds: int, shown: NumberFormat) -> str:
    """Return the time of day; without seconds when none are stored and the format shows none."""
    minutes, rest = divmod(milliseconds, _MINUTE_MS)
    text = f"{minutes // 60:02d}:{minutes % 60:02d}"
    if not rest and not shown.seconds:
        return text
    seconds, fraction = divmod(rest, _SECOND_MS)
    return f"{text}:{seconds:02d}" + (f".{fraction:03d}" if fraction else "")


def _no_moment(raw: str, place: str, ja: str, en: str) -> GridCell:
    return refused(
        "IPA082",
        raw,
        f"{place} の日付シリアル値 {raw[:_SHOWN]} は{ja}。",
        f"The date serial {raw[:_SHOWN]} in {place} {en}.",
    )
