"""Time zones as declared or written: a closed list, offsets, and IANA names; an ambiguous abbreviation is refused."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from ipattr.model import Record, Refusal, Text

PACIFIC = "America/Los_Angeles"
_NAMED = {"Z": 0, "UTC": 0, "GMT": 0, "協定世界時": 0, "JST": 540, "日本時間": 540, "日本標準時": 540}
_PACIFIC = {"PST": -480, "PDT": -420}
_OFFSET = re.compile(
    r"(?P<base>UTC|GMT)?(?P<sign>[+-])(?P<hours>\d{1,2})(?::(?P<colon>\d\d)|(?<=\d\d)(?P<plain>\d\d))?", re.ASCII
)
_IANA = re.compile(r"(?:US|[A-Z][a-z]+)(?:/[A-Z][A-Za-z0-9_+-]*){1,2}", re.ASCII)
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    **dict.fromkeys((0x3000, 0x00A0, 0x2009, 0x202F), 0x20),
    0x2212: 0x2D,
}
_WEST, _EAST = -12 * 60, 14 * 60
_MEANINGS = {
    "CST": ("米国中部 -06:00、中国 +08:00 等", "US Central -06:00, China +08:00 and others"),
    "CDT": ("米国中部夏時間 -05:00、キューバ -04:00 等", "US Central daylight -05:00, Cuba -04:00 and others"),
    "IST": ("インド +05:30、イスラエル +02:00、アイルランド +01:00", "India +05:30, Israel +02:00, Ireland +01:00"),
    "EST": ("米国東部 -05:00、豪州東部 +10:00", "US Eastern -05:00, Australian Eastern +10:00"),
    "EDT": (
        "米国東部夏時間 -04:00、豪州東部夏時間 +11:00",
        "US Eastern daylight -04:00, Australian Eastern daylight +11:00",
    ),
    "BST": ("英国夏時間 +01:00、バングラデシュ +06:00", "British summer +01:00, Bangladesh +06:00"),
    "MST": ("米国山岳部 -07:00、マレーシア +08:00", "US Mountain -07:00, Malaysia +08:00"),
    "AST": ("大西洋 -04:00、アラビア +03:00", "Atlantic -04:00, Arabia +03:00"),
}


def refuse(code: str, ja: str, en: str) -> Refusal:
    """Return a coded refusal in both languages."""
    return Refusal(code=code, reason=Text(ja=ja, en=en))


def half_width(text: str) -> str:
    """Return ``text`` with full-width ASCII forms, wide spaces and the minus sign (U+2212) as plain ASCII."""
    return text if text.isascii() else text.translate(_FULL_WIDTH)


class Zone(Record, frozen=True, kw_only=True):
    """A time zone: ``offset`` in minutes east of UTC, or an IANA name ``iana``.

    With both, the offset is what was written (PST, PDT) and must be the one in force in ``iana`` at that moment.
    ``text`` is the zone as written or declared.
    """

    text: str
    offset: int | None = None
    iana: str = ""

    def to_utc(self, naive: datetime) -> datetime | Refusal:
        """Return the UTC instant of a wall time; refused in a gap or a fold, naming both readings."""
        if self.offset is None:
            return _wall_to_utc(naive, self)
        utc = (naive - timedelta(minutes=self.offset)).replace(tzinfo=UTC)
        return _in_force(utc, self) if self.iana else utc


def parse_zone(text: str) -> Zone | Refusal:
    """Read a declared zone: JST, UTC, Z, GMT, ±hh:mm, ±hhmm, ±hh, UTC+9, GMT+0900, 日本時間, or an IANA name.

    ``UTC+9`` means +09:00, east of Greenwich; the reversed sign of POSIX and of ``Etc/GMT±n`` is not used, and
    ``Etc/GMT±n`` is refused. Abbreviations that several countries use are refused, as is PST/PDT (declare
    ``America/Los_Angeles``).
    """
    zone = read_zone(text)
    if isinstance(zone, Zone) and zone.offset is not None and zone.iana:
        return refuse(
            "IPA173",
            f"「{zone.text}」は夏時間の有無で変わる略称。--tz {PACIFIC} 又は -08:00 等の時差で宣言する。",
            f"{zone.text} depends on daylight time; declare --tz {PACIFIC} or an offset such as -08:00.",
        )
    return zone


@lru_cache(maxsize=256)
def read_zone(raw: str) -> Zone | Refusal:
    """Read a zone written beside a time: as ``parse_zone``, and PST/PDT, which the date can confirm."""
    text = half_width(raw).strip()
    if text[:1] == "(" and text[-1:] == ")":
        text = text[1:-1].strip()
    name = text.upper()
    if name in _NAMED:
        return Zone(text=text, offset=_NAMED[name])
    if name in _PACIFIC:
        return Zone(text=text, offset=_PACIFIC[name], iana=PACIFIC)
    match = _OFFSET.fullmatch(name)
    if match:
        return _offset_zone(text, match)
    if re.fullmatch(r"Etc/GMT[+-]\d+", text, re.ASCII | re.IGNORECASE):
        return refuse(
            "IPA183",
            f"「{text}」は IANA の定義では符号が逆（Etc/GMT+9 は -09:00）。+09:00 等の時差で書く。",
            f"{text} has a reversed sign by IANA definition (Etc/GMT+9 is -09:00); write an offset such as +09:00.",
        )
    if _IANA.fullmatch(text):
        return _iana_zone(text)
    return _unknown_zone(text, name)


def _offset_zone(text: str, match: re.Match[str]) -> Zone | Refusal:
    if not match["base"] and len(match["hours"]) == 1:
        return refuse(
            "IPA179",
            f"時差「{text}」は時が 1 桁。+09:00 の形で書く。",
            f"The offset {text!r} has a one-digit hour; write it as +09:00.",
        )
    minutes = int(match["colon"] or match["plain"] or 0)
    offset = (int(match["hours"]) * 60 + minutes) * (-1 if match["sign"] == "-" else 1)
    if minutes not in {0, 15, 30, 45} or not _WEST <= offset <= _EAST:
        return refuse(
            "IPA179",
            f"時差「{text}」は実在しない（-12:00~+14:00、15 分刻み）。原本を確認する。",
            f"No place keeps the offset {text!r} (-12:00 to +14:00 in quarter hours). Check the original.",
        )
    return Zone(text=text, offset=offset)


def _iana_zone(text: str) -> Zone | Refusal:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError
        return refuse(
            "IPA186",
            f"「{text}」はこの端末の時間帯データベース（IANA）にない。+09:00 等の時差で書く。",
            f"{text} is not in this machine's IANA time zone database; write an offset such as +09:00.",
        )
    return Zone(text=text, iana=text)


def _unknown_zone(text: str, name: str) -> Refusal:
    if name in _MEANINGS:
        ja, en = _MEANINGS[name]
        return refuse(
            "IPA173",
            f"略称「{text}」は複数の時間帯を指す（{ja}）。どれか決められないので、時差で確認する。",
            f"The abbreviation {text} stands for several zones ({en}); settle it by the offset.",
        )
    return refuse(
        "IPA179",
        f"「{text[:40]}」は時間帯として読めない。JST、UTC、+09:00、UTC+9、Asia/Tokyo 等の形で書く。",
        f"{text[:40]!r} is not a time zone; write JST, UTC, +09:00, UTC+9 or a name such as Asia/Tokyo.",
    )


def _wall_to_utc(naive: datetime, zone: Zone) -> datetime | Refusal:
    from zoneinfo import ZoneInfo

    place = ZoneInfo(zone.iana)
    first, second = (naive.replace(tzinfo=place, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    readings = " / ".join(f"{moment:%Y-%m-%d %H:%M:%S} UTC" for moment in sorted((first, second)))
    if second < first:
        ja, en = "夏時間への切替えで飛ばされ、存在しない時刻", "was skipped when clocks went forward"
    else:
        ja, en = "夏時間からの切替えで 2 度現れる時刻", "occurred twice when clocks went back"
    return refuse(
        "IPA175",
        f"{naive:%Y-%m-%d %H:%M:%S} は {zone.iana} では{ja}。{readings} の二通りに読める。UTC での記載を確認する。",
        f"{naive:%Y-%m-%d %H:%M:%S} {en} in {zone.iana}: {readings}. Ask for the time in UTC.",
    )


def _in_force(utc: datetime, zone: Zone) -> datetime | Refusal:
    place = _iana_zone(zone.iana)
    if isinstance(place, Refusal):
        return place
    from zoneinfo import ZoneInfo

    local = utc.astimezone(ZoneInfo(zone.iana))
    if local.utcoffset() == timedelta(minutes=zone.offset or 0):
        return utc
    kept = local.tzname()
    return refuse(
        "IPA174",
        f"この日時に「{zone.text}」は使われていない（{zone.iana} では {kept}）。"
        f"{zone.text} の誤記か {kept} の誤記か決められない。UTC での記載を確認する。",
        f"{zone.text} was not in force at that time ({zone.iana} kept {kept}); "
        f"whether the clock or the zone is wrong cannot be told. Ask for the time in UTC.",
    )
