"""How figures are written in statements, and what every history and comparison leaves open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.history.entries import moment
from ipattr.instants import format_instant
from ipattr.model import Statement, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from ipattr.model import Entry, Precision

USE = {
    "dedicated": Text(ja="1回線に専有とされるIPv4", en="IPv4 said to be one line's alone"),
    "shared": Text(ja="多数の契約者で共有されるIPv4", en="IPv4 shared by many subscribers"),
    "possibly-shared": Text(ja="専有か共有か定まらないIPv4", en="IPv4 either dedicated or shared"),
    "unknown": Text(ja="共有の有無が不明なIPv4", en="IPv4 not known to be shared or not"),
    "ipv6": Text(ja="IPv6", en="IPv6"),
}
NOBODY = Text(
    ja="これらの数は、開示された行の集計である。誰がログインしたか、どこにいたか、同じ人かどうかを示さない。"
    "一つの回線を複数の者が使い、一人が複数の回線・VPNを使うことがある。IPアドレスから移動や距離は分からない。",
    en="These figures count disclosed rows. They do not show who logged in, where anybody was, or whether two"
    " logins are"
    " one person's: several people use one line, one person uses several lines or a VPN, and an address says nothing of"
    " travel or distance.",
)


def stated(
    code: str, ja: str, en: str, limits: Text, *, rows: Iterable[int] = (), others: Iterable[int] = (), about: str = ""
) -> Statement:
    """Return one statement; row numbers are put in order, each once."""
    return Statement(
        code=code,
        text=Text(ja=ja, en=en),
        limits=limits,
        rows=tuple(sorted(set(rows))),
        other_rows=tuple(sorted(set(others))),
        about=about,
    )


def figure(value: float) -> str:
    """Write a number so that its first three digits can be checked: ``0.00235``, ``1.2``, ``12,300``, ``2.4e-07``."""
    if value == int(value) or abs(value) >= 1000:  # noqa: PLR2004 - from here no fraction is worth a digit
        return f"{value:,.0f}"
    return f"{value:.3g}"


def some(number: int, noun: str) -> str:
    """Write a number of things in English: ``1 row``, ``2 rows``, ``2 addresses``."""
    return f"{number:,} {noun}" + ("" if number == 1 else "es" if noun.endswith("s") else "s")


def quarters(hours: Sequence[int]) -> list[tuple[str, int]]:
    """Sum 24 counts into the four quarters of a day, each with its hours."""
    return [(f"{start}–{start + 5}", sum(hours[start : start + 6])) for start in range(0, 24, 6)]


def percent(part: float, whole: float) -> str:
    """Write a share as ``12/40 (30.0%)``; nothing of nothing is ``0/0``."""
    return f"{part:,}/{whole:,}" + (f" ({100 * part / whole:.1f}%)" if whole else "")


def clock(utc: datetime, precision: Precision = "s") -> str:
    """Write an instant in Japan Standard Time, as ``2026-11-02T23:05:10+09:00``, never finer than to the second."""
    return format_instant(utc, zone="JST", style="iso", precision=precision if precision in ("min", "day") else "s")


def at(entry: Entry) -> str:
    """Write when a row that has a time was, as precisely as it is written."""
    return clock(moment(entry), entry.precision or "s")


def duration(seconds: float) -> Text:
    """Write a length of time, cut to seconds: ``2日3時間4分5秒`` / ``2 d 3 h 4 min 5 s``."""
    minutes, second = divmod(int(abs(seconds)), 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    parts = [(n, unit) for n, unit in zip((days, hour, minute, second), _UNITS, strict=True) if n] or [(0, _UNITS[-1])]
    return Text(ja="".join(f"{n}{unit.ja}" for n, unit in parts), en=" ".join(f"{n} {unit.en}" for n, unit in parts))


_UNITS = (
    Text(ja="日", en="d"),
    Text(ja="時間", en="h"),
    Text(ja="分", en="min"),
    Text(ja="秒", en="s"),
)
