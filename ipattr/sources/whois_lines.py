"""What every WHOIS answer shares: numbered lines, ranges as registries write them, and that no line is lost."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

import msgspec

from ipattr.addresses import prefix_range, to_number, to_text
from ipattr.model import Field, Finding, HolderName, Level, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_LONGEST_RANGE = 120
_DASH = re.compile(r"\s*[-–]\s*")
_JAPANESE = re.compile("[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_LIMITS = (
    re.compile(
        r"\btoo many\b.{0,40}\b(?:quer(?:y|ies)|requests?|connections?|access(?:es)?|lookups?)\b", re.IGNORECASE
    ),
    re.compile(
        r"\b(?:rate|access|quer(?:y|ies)|request|connection|daily|quota)s?\b[- ]?(?:rate )?limits?\b.{0,40}"
        r"\b(?:exceed(?:ed)?|reached|hit|over)\b",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?:limit|quota)\b.{0,40}\b(?:exceed(?:ed)?|reached)\b", re.IGNORECASE),
    re.compile(r"\bexceed(?:ed|s|ing)?\b.{0,60}\b(?:limit|quota|number of quer(?:y|ies)|maximum)\b", re.IGNORECASE),
    re.compile(
        r"\b(?:access|connection|quer(?:y|ies)|requests?|host|(?:ip )?address)\b.{0,60}"
        r"\b(?:denied|refused|limited|restricted|blocked|banned|prohibited|rejected)\b",
        re.IGNORECASE,
    ),
    re.compile(r"\btemporarily (?:denied|blocked|refused|banned|unavailable)\b", re.IGNORECASE),
    re.compile(r"\b(?:try|query) again later\b|\bblacklisted\b", re.IGNORECASE),
    re.compile(
        "(?:アクセス|接続|問い?合わ?せ|検索|クエリー?|ご利用|照会)[^。]{0,30}(?:制限|拒否|禁止|遮断|停止|上限|超過|超え)"
    ),
    re.compile("(?:回数|件数)[^。]{0,15}(?:上限|制限|超過|超え)|短時間[^。]{0,30}(?:連続|大量|多数|繰り?返)"),
    re.compile("(?:しばらく|時間を)[^。]{0,20}(?:再度|お試し|アクセス|やり直)"),
)


class Span(NamedTuple):
    """One range of addresses as numbers, inclusive."""

    version: Literal[4, 6]
    first: int
    last: int

    def holds(self, other: Span) -> bool:
        """Tell whether all of ``other`` lies in it."""
        return self.version == other.version and self.first <= other.first and other.last <= self.last

    @property
    def size(self) -> int:
        """Count its addresses."""
        return self.last - self.first + 1

    @property
    def texts(self) -> tuple[str, str]:
        """Return first and last address in canonical text."""
        return to_text(self.version, self.first), to_text(self.version, self.last)

    @property
    def cidrs(self) -> tuple[str, ...]:
        """Return the least set of prefixes that is exactly this range."""
        from netaddr import IPAddress, iprange_to_cidrs

        blocks = iprange_to_cidrs(IPAddress(self.first, self.version), IPAddress(self.last, self.version))
        return tuple(f"{to_text(self.version, int(block.first))}/{block.prefixlen}" for block in blocks)


def read_span(text: str) -> Span | None:
    """Return the range that ``a.b.c.d/n``, ``first - last`` or one address names in strict text, None for others."""
    value = text.strip()
    if len(value) > _LONGEST_RANGE:
        return None
    try:
        if "/" in value:
            return Span(*cast("tuple[Literal[4, 6], int, int]", prefix_range(value)))
        parts = _DASH.split(value)
        ends = [to_number(part) for part in parts]
    except ValueError:
        return None
    version = cast("Literal[4, 6]", ends[0][0])
    if len(ends) == 1:
        return Span(version, ends[0][1], ends[0][1])
    if len(ends) > 2 or ends[1][0] != version or ends[1][1] < ends[0][1]:  # noqa: PLR2004 - first and last
        return None
    return Span(version, ends[0][1], ends[1][1])


def limit_line(lines: Iterable[str]) -> str:
    """Return the first line that says that asking is limited, denied or was too frequent, empty when none does.

    Registries publish no exact wording of their refusals; the list errs towards stopping.
    """
    for line in lines:
        if any(pattern.search(line) for pattern in _LIMITS):
            return line.strip()
    return ""


def holder(field: Field, rule: str) -> HolderName:
    """Return the name that a field gives, with its rule; full-width letters stay as they are."""
    japanese = _JAPANESE.search(unicodedata.normalize("NFKC", field.value))
    return HolderName(text=field.value, lang="ja" if japanese else "en", rule=rule, at=field.at)


def finding(code: str, level: Level, *, ja: str, en: str, about: str = "") -> Finding:
    """Return one coded remark."""
    return Finding(code=code, level=level, message=Text(ja=ja, en=en), about=about)


def pointers(held: object) -> set[str]:
    """Return every place (``at``) that the values of a record, or of several, point at."""
    found: set[str] = set()
    waiting: list[Any] = [msgspec.to_builtins(held)]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            place = one.get("at")
            if isinstance(place, str):
                found.add(place)
            waiting += one.values()
        elif isinstance(one, (list, tuple)):
            waiting += one
    return found


def left_over(lines: Sequence[str], held: object, spans: Mapping[str, Sequence[int]]) -> tuple[Field, ...]:
    """Return every line that is not blank and that nothing in ``held`` points at.

    ``spans`` names the further lines (1-based) that a value at ``line:N`` was continued on.
    """
    places = pointers(held)
    kept = {number for place in places for number in spans.get(place, ())}
    return tuple(
        Field(value=line.strip(), at=f"line:{number}")
        for number, line in enumerate(lines, 1)
        if line.strip() and number not in kept and f"line:{number}" not in places
    )
