"""Instants counted from an epoch: declared Unix time, and the time inside an X post id."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from ipattr.instants.zones import half_width, refuse
from ipattr.model import Instant, Refusal

if TYPE_CHECKING:
    from ipattr.model import Precision

FIRST_YEAR, LAST_YEAR = 1990, 2100
WIDTHS: dict[Precision, timedelta] = {
    "ms": timedelta(milliseconds=1),
    "cs": timedelta(milliseconds=10),
    "s": timedelta(seconds=1),
    "min": timedelta(minutes=1),
    "day": timedelta(days=1),
}
"""How long the smallest unit is that an instant was written to: the moment lies from it to before its end."""
_UNIX = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = frozenset("0123456789")
_SNOWFLAKE_EPOCH_MS = 1288834974657
_FIRST_SNOWFLAKE = 10**14


def epoch_instant(raw: str, text: str, epoch: Literal["s", "ms"], rules: list[str]) -> Instant | Refusal:
    """Return the instant of Unix time digits in the declared unit; refused when it is implausible for a connection."""
    whole, _, fraction = text.partition(".")
    micros = int(whole) * (1_000_000 if epoch == "s" else 1000)
    scale = 6 if epoch == "s" else 3
    micros += int(fraction[:scale].ljust(scale, "0"))
    utc = _from_micros(micros)
    if utc is None:
        return refuse(
            "IPA177",
            f"UNIX 時刻（{epoch}）としての「{text}」は {FIRST_YEAR}~{LAST_YEAR} 年にない。"
            "単位（秒・ミリ秒）の宣言を確認する。",
            f"{text} as Unix time in {epoch} lies outside {FIRST_YEAR} to {LAST_YEAR}; "
            "check the declared unit (s or ms).",
        )
    precision: Precision = "ms"
    if epoch == "s":
        precision = fraction_precision(fraction)
    return Instant(
        raw=raw, utc=utc, precision=precision, zone="UTC", zone_source="declared", rules=(*rules, f"epoch-{epoch}")
    )


def _from_micros(micros: int) -> datetime | None:
    try:
        utc = _UNIX + timedelta(microseconds=micros)
    except OverflowError:
        return None
    return utc if FIRST_YEAR <= utc.year <= LAST_YEAR else None


def fraction_precision(fraction: str) -> Precision:
    """Return the precision that the digits after the decimal point show: none, 1–2, or 3 and more."""
    if not fraction:
        return "s"
    return "cs" if len(fraction) < 3 else "ms"  # noqa: PLR2004 - milliseconds have three digits


def undeclared_epoch(text: str) -> Refusal:
    """Return the reason for digits that could be Unix time: the reading they would have, and how to declare it."""
    unit, ja = ("s", "秒") if len(text) == 10 else ("ms", "ミリ秒")  # noqa: PLR2004 - Unix seconds have ten digits today
    utc = _from_micros(int(text) * (1_000_000 if unit == "s" else 1000))
    seen = "" if utc is None else f"{utc:%Y-%m-%d %H:%M:%S} UTC"
    return refuse(
        "IPA176",
        f"「{text}」は数字だけで、UNIX 時刻（{ja}）なら {seen or '範囲外'}。推測はしない。--epoch {unit} で宣言する。",
        f"{text} is digits alone: {seen or 'out of range'} if Unix time in {unit}. Nothing is guessed; "
        f"declare --epoch {unit}.",
    )


def snowflake_instant(post_id: str) -> Instant | Refusal:
    """Return the instant an X post id carries, to the millisecond: ``(id >> 22) + 1288834974657`` ms of Unix time.

    Ids before 2010-11-04 were sequential and carry no time. Snowflake ids of the days after have 15 digits and more;
    anything shorter is refused (a sequential or truncated id would otherwise pass for 2010-11-04). An instant in the
    future is not judged: the core has no clock.
    """
    text = half_width(post_id.strip(" \t\r\n\u00a0\u3000"))
    if not _DIGITS.issuperset(text) or text[:1] in {"", "0"}:
        return refuse(
            "IPA180",
            f"投稿 ID「{text[:40]}」は 10 進数字だけではない"
            "（指数表記等は表計算ソフトによる変形のおそれ）。URL で確認する。",
            f"The post id {text[:40]!r} is not decimal digits alone (a spreadsheet may have changed it). "
            "Check the URL.",
        )
    if len(text) > 19 or int(text) >= 1 << 63:  # noqa: PLR2004 - 2^63 has 19 digits
        return refuse(
            "IPA182",
            f"投稿 ID「{text[:40]}」は 63 ビットを超える。桁が増えていないか URL で確認する。",
            f"The post id {text[:40]} exceeds 63 bits; check the URL for extra digits.",
        )
    number = int(text)
    if number < _FIRST_SNOWFLAKE:
        return refuse(
            "IPA181",
            f"投稿 ID「{text}」は 15 桁未満。2010-11-04 より前の連番の ID（時刻を含まない）か、桁落ち。"
            "投稿日時の記載を使う。",
            f"The post id {text} has fewer than 15 digits: a sequential id of before 2010-11-04, "
            "which carries no time, or digits were lost. Use a typed time.",
        )
    utc = _UNIX + timedelta(milliseconds=(number >> 22) + _SNOWFLAKE_EPOCH_MS)
    rules = ["snowflake"] if text == post_id else ["nfkc" if text != post_id.strip() else "trimmed", "snowflake"]
    return Instant(raw=post_id, utc=utc, precision="ms", zone="UTC", zone_source="derived", rules=tuple(rules))
