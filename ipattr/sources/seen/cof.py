"""Passive DNS, Common Output Format (draft-dulaunoy-dnsop-passive-dns-cof-13): one JSON object per line.

``time_first`` and ``time_last`` are Unix seconds in UTC by definition (sections on mandatory fields); ``rdata`` is one
string or an array of them; a record type without a name is its number (RFC 3597). Some servers answer with an array.
Rows about other names are not read beyond name and type, unless aliases of the hosts lead to them.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ipattr.model import Refusal
from ipattr.sources.seen import faults
from ipattr.sources.seen.names import name_of
from ipattr.sources.seen.rows import read_object
from ipattr.sources.seen.sightings import LONGEST_CHAIN, Alias, Book, Seen, Span, canonical
from ipattr.sources.seen.times import unix_seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ipattr.sources.seen.rows import Row

_TYPES: dict[object, Literal["A", "AAAA", "CNAME"]] = {
    "A": "A", "AAAA": "AAAA", "CNAME": "CNAME",
    1: "A", 28: "AAAA", 5: "CNAME",
    "TYPE1": "A", "TYPE28": "AAAA", "TYPE5": "CNAME",
}  # fmt: skip
_SHOWN = 100


class _Head(NamedTuple):
    name: str
    rrtype: Literal["A", "AAAA", "CNAME", ""]


class _Times(NamedTuple):
    span: Span
    imported: bool


class _Said(NamedTuple):
    """What one row says of its name; ``values`` are addresses or aliases."""

    values: list[str]
    times: _Times
    often: int | None


class CofReader:
    """Reads the rows about hosts and their aliases into a book; those that cannot be read go to ``refuse``."""

    def __init__(self, hosts: frozenset[str], vantage: str, refuse: Callable[[Row, Refusal], None]) -> None:
        """Take the hosts in question and where the sensors stand, as far as the rows do not say."""
        self._hosts = hosts
        self._vantage = vantage
        self._refuse = refuse
        self._book = Book()

    def read(self, rows: Sequence[Row]) -> Book:
        """Return what the rows say, from the hosts on along their aliases; a row is refused once at most."""
        by_name: dict[str, list[int]] = defaultdict(list)
        for place, row in enumerate(rows):
            head = _head(read_object(row.text))
            if isinstance(head, Refusal):
                self._refuse(row, head)
            elif head.rrtype:
                by_name[head.name].append(place)
        names, known = self._hosts & by_name.keys(), set(self._hosts)
        for _ in range(LONGEST_CHAIN + 1):
            targets = {target for name in sorted(names) for place in by_name[name] for target in self._row(rows[place])}
            names = frozenset(targets & by_name.keys()) - known
            known |= names
        return self._book

    def _row(self, row: Row) -> Sequence[str]:
        """Read one row of a name in question as a whole; return the aliases that it names."""
        fields = read_object(row.text)
        head = _head(fields)
        if isinstance(fields, Refusal) or isinstance(head, Refusal) or head.rrtype == "":
            return ()  # looked at before
        said = _said(fields, head.rrtype)
        if isinstance(said, Refusal):
            self._refuse(row, said)
            return ()
        if head.rrtype == "CNAME":
            for target in said.values:
                self._book.tie(head.name, Alias(row.number, target, said.times.span))
            return said.values
        vantage, remark = _vantage(fields, self._vantage), _remark(fields, said.times)
        for address in said.values:
            seen = Seen(row.number, head.rrtype, address, said.times.span, said.often, vantage, remark)
            self._book.add(head.name, seen)
        return ()


def _head(fields: dict[str, Any] | Refusal) -> _Head | Refusal:
    """Return name and type of a row, the type empty when it is not asked for here."""
    if isinstance(fields, Refusal):
        return fields
    rrname, rrtype = fields.get("rrname"), fields.get("rrtype")
    for field, value in (("rrname", rrname), ("rrtype", rrtype)):
        if value is None:
            return faults.missing(field)
    if not isinstance(rrname, str):
        return faults.wrong("rrname", "が文字列ではない", "is not a string")
    if isinstance(rrtype, bool) or not isinstance(rrtype, str | int):
        return faults.wrong(
            "rrtype", "がレコード型の名前でも番号でもない", "is neither the name nor the number of a type"
        )
    name = name_of(rrname)
    if isinstance(name, Refusal):
        return name
    return _Head(name, _TYPES.get(rrtype.upper() if isinstance(rrtype, str) else rrtype, ""))


def _said(fields: dict[str, Any], rrtype: Literal["A", "AAAA", "CNAME"]) -> _Said | Refusal:
    times = _times(fields)
    if isinstance(times, Refusal):
        return times
    often = _count(fields.get("count"))
    if isinstance(often, Refusal):
        return often
    data = fields.get("rdata")
    listed = [data] if isinstance(data, str) else data
    if not isinstance(listed, list) or not listed:
        return faults.missing("rdata") if data is None else _WRONG_RDATA
    values = _listed(listed, _target if rrtype == "CNAME" else lambda text: canonical(rrtype, text))
    return values if isinstance(values, Refusal) else _Said(values, times, often)


_WRONG_RDATA = faults.wrong("rdata", "が文字列でも文字列の配列でもない", "is neither a string nor an array of strings")


def _target(text: object) -> str | Refusal:
    return name_of(text) if isinstance(text, str) else _WRONG_RDATA


def _listed(given: Iterable[object], read: Callable[[object], str | Refusal]) -> list[str] | Refusal:
    """Return every value once, in the order of the row; the first refusal otherwise."""
    values: dict[str, None] = {}
    for one in given:
        value = read(one)
        if isinstance(value, Refusal):
            return value
        values[value] = None
    return list(values)


def _times(fields: dict[str, Any]) -> _Times | Refusal:
    imported = fields.get("time_first") is None and fields.get("time_last") is None
    prefix = "zone_" if imported and fields.get("zone_time_first") is not None else ""
    ends = []
    for field in (f"{prefix}time_first", f"{prefix}time_last"):
        value = fields.get(field)
        if value is None:
            return faults.missing(field)
        seconds = unix_seconds(value)
        if seconds is None:
            return faults.fault(
                "IPA634",
                f"項目 {field} が UTC の Unix 時刻(整数の秒)ではない。他の書き方は推測しない。",
                f"The field {field} is not Unix time in whole seconds; no other spelling is guessed.",
            )
        exact = fields.get(f"{field}_ms")
        if exact is not None and (isinstance(exact, bool) or not isinstance(exact, int) or exact // 1000 != seconds):
            return faults.fault(
                "IPA634",
                f"項目 {field} と {field}_ms が食い違う。どちらが正しいか決められない。",
                f"The fields {field} and {field}_ms disagree; which of them holds cannot be told.",
            )
        ends.append(seconds)
    if ends[0] > ends[1]:
        return faults.fault(
            "IPA634",
            f"{prefix}time_first が {prefix}time_last より後である。",
            f"{prefix}time_first is later than {prefix}time_last.",
        )
    return _Times(Span(ends[0], ends[1]), imported=bool(prefix))


def _count(value: object) -> int | Refusal | None:
    if value is None:
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= len(str(2**63)):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value < 2**63:
        return faults.fault(
            "IPA635", "回数(count)が 1 以上の整数ではない。", "The count is not a whole number from 1 on."
        )
    return value


def _vantage(fields: dict[str, Any], vantage: str) -> str:
    sensor = fields.get("sensor_id")
    if isinstance(sensor, int) and not isinstance(sensor, bool):
        sensor = str(sensor)
    if not isinstance(sensor, str) or not sensor:
        return vantage or "unknown"
    named = f"passive DNS sensor {faults.shown(sensor, _SHOWN)}"
    return f"{named} ({vantage})" if vantage else named


def _remark(fields: dict[str, Any], times: _Times) -> str:
    remarks = ["seen in zone files, not in answers"] if times.imported else []
    for field in ("bailiwick", "origin"):
        value = fields.get(field)
        if isinstance(value, str) and value:
            remarks.append(f"{field} {faults.shown(value, _SHOWN)}")
    return "; ".join(remarks)
