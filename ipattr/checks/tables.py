"""Rules on the tables: announced prefixes, AS numbers, special-purpose blocks, observations, calendar, headings."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import TYPE_CHECKING

from ipattr.addresses import prefix_range, to_number
from ipattr.checks.remark import owners, remark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import Finding, Observation
    from ipattr.model.sources import Sources

_PREFIXES = "networks/prefixes.csv"
_RECORD_VERSION = {"A": 4, "AAAA": 6}


def prefix_order(sources: Sources) -> Iterator[Finding]:
    """Report prefix rows that stand twice or out of order: neither can be reviewed in a diff."""
    before = None
    for line, row in enumerate(sources.announcements, start=2):
        version, first, last = prefix_range(row.prefix)
        key = (version, first, -last, row.origin_asn)
        shown = f"{row.prefix} AS{row.origin_asn}"
        if key == before:
            yield remark(
                "IPD301",
                "error",
                f"{_PREFIXES}:{line}",
                ja=f"{shown} が二度ある。一方を削る。",
                en=f"{shown} stands twice: remove one.",
            )
        elif before is not None and key < before:
            yield remark(
                "IPD302",
                "error",
                f"{_PREFIXES}:{line}",
                ja=f"{shown} が順になっていない。番号順に並べ直す。",
                en=f"{shown} is out of order: sort by number, wider blocks first, then AS.",
            )
        before = key


def as_without_row(sources: Sources) -> Iterator[Finding]:
    """Report an origin AS whose registrant is not listed."""
    for number in sorted({row.origin_asn for row in sources.announcements} - {one.number for one in sources.ases}):
        yield remark(
            "IPD303",
            "error",
            f"{_PREFIXES}: AS{number}",
            ja=f"AS{number} が ases.csv にない。登録者の行を加える。",
            en=f"AS{number} has no row in ases.csv: add its registrant.",
        )


def as_count(sources: Sources) -> Iterator[Finding]:
    """Report an AS number with more or fewer prefixes than its row states."""
    counts: dict[int, int] = {}
    for row in sources.announcements:
        counts[row.origin_asn] = counts.get(row.origin_asn, 0) + 1
    for number, stated in sources.listed_counts.items():
        if counts.get(number, 0) != stated:
            yield remark(
                "IPD304",
                "error",
                f"networks/ases.csv: AS{number}",
                ja=f"経路の数は {stated} とあるが、表には {counts.get(number, 0)} 行ある。欠けた行を補うか、数を直す。",
                en=f"{stated} prefixes are stated, the table has {counts.get(number, 0)}: restore rows or correct it.",
            )


def special_twice(sources: Sources) -> Iterator[Finding]:
    """Report a special-purpose block that stands twice (blocks may nest; two CIDRs never overlap otherwise)."""
    seen: set[str] = set()
    for block in sources.specials:
        if block.prefix in seen:
            yield remark(
                "IPD305",
                "error",
                f"special/{'ipv6' if ':' in block.prefix else 'ipv4'}.csv: {block.prefix}",
                ja="同じブロックが二度ある。IANA の表と照合して一つにする。",
                en="This block stands twice: keep the one that IANA lists.",
            )
        seen.add(block.prefix)


def observation_time(sources: Sources) -> Iterator[Finding]:
    """Report an observation without a time, or whose last sighting lies before its first."""
    for row in sources.observations:
        shared = min(len(row.first_seen), len(row.last_seen))
        if shared and row.last_seen[:shared] >= row.first_seen[:shared]:
            continue
        if not shared and row.status == "rejected":
            continue
        yield remark(
            "IPD306",
            "error",
            _place(row),
            ja=f"観測時刻がないか、順が逆（{row.first_seen}〜{row.last_seen}）。時刻のない観測は rejected とする。",
            en=f"No time of observation, or last before first ({row.first_seen} to {row.last_seen}): correct it, or "
            "mark the row rejected.",
        )


def observation_address(sources: Sources) -> Iterator[Finding]:
    """Report an observation whose address is not of its record type."""
    for row in sources.observations:
        try:
            version, _ = to_number(row.address)
        except ValueError:
            version = 0
        if version != _RECORD_VERSION[row.rrtype]:
            yield remark(
                "IPD307",
                "error",
                _place(row),
                ja=f"{row.address} は {row.rrtype} レコードのアドレスではない。",
                en=f"{row.address} is no address of a {row.rrtype} record: correct either.",
            )


def holder_not_announced(sources: Sources) -> Iterator[Finding]:
    """Remark on a registered block that no announced prefix holds: such an address is never listed."""
    announced = {prefix_range(row.prefix) for row in sources.announcements}
    for place, owner in owners(sources):
        for at, block in enumerate(owner.prefixes):
            if block.relation == "holder" and not _inside(prefix_range(block.prefix), announced):
                yield remark(
                    "IPD308",
                    "info",
                    f"{place}.prefixes[{at}]",
                    ja=f"{block.prefix} を含む広告経路が表にない。このブロックのアドレスは not listed となる。",
                    en=f"No announced prefix of the table holds {block.prefix}; its addresses will be not listed.",
                )


def calendar_cover(sources: Sources, as_of: date | None) -> Iterator[Finding]:
    """Report a calendar that ends before the end of next year, or a holiday twice or outside its cover."""
    calendar = sources.calendar
    year = as_of.year if as_of else int(calendar.as_of[:4])
    if calendar.covers_until < date(year + 1, 12, 31):
        yield remark(
            "IPD309",
            "warning",
            "calendar.toml: $.covers_until",
            ja=f"暦が {year + 1} 年末まで届かない（{calendar.covers_until} まで）。祝日を書き足す。",
            en=f"The calendar ends on {calendar.covers_until}, before the end of {year + 1}: add the holidays.",
        )
    days = [holiday.day for holiday in calendar.holidays]
    for day in sorted({day for day in days if days.count(day) > 1 or not _covered(day, sources)}):
        yield remark(
            "IPD310",
            "error",
            f"calendar.toml: {day}",
            ja="祝日が二度あるか、covers_from〜covers_until の外にある。",
            en="This holiday stands twice or lies outside covers_from to covers_until: correct it.",
        )


def heading_twice(sources: Sources) -> Iterator[Finding]:
    """Report a column heading that stands for two fields (compared after NFKC, without case and blanks)."""
    fields: dict[str, str] = {}
    for field, headings in sources.columns.items():
        for heading in headings:
            plain = "".join(unicodedata.normalize("NFKC", heading).casefold().split())
            if fields.setdefault(plain, field) != field:
                yield remark(
                    "IPD311",
                    "error",
                    f"columns.toml: {field}",
                    ja=f"見出し「{heading}」は {fields[plain]} にもある。一方に決める。",
                    en=f"The heading {heading!r} also stands for {fields[plain]}: decide on one.",
                )


def _place(row: Observation) -> str:
    """Return where an observation stands."""
    return f"observations/{row.platform}.csv: {row.id}"


def _inside(block: tuple[int, int, int], announced: set[tuple[int, int, int]]) -> bool:
    """Tell whether a block or any prefix around it is announced."""
    version, first, last = block
    bits = 32 if version == 4 else 128  # noqa: PLR2004 - IP version
    for free in range((last - first).bit_length(), bits + 1):
        start = first >> free << free
        if (version, start, start + (1 << free) - 1) in announced:
            return True
    return False


def _covered(day: date, sources: Sources) -> bool:
    """Tell whether the calendar covers a day."""
    return sources.calendar.covers_from <= day <= sources.calendar.covers_until
