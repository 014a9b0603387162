"""Zone files (RFC 1035 section 5): read record by record with dnspython's reader, so that a bad one costs only itself.

No other file is ever opened: ``$INCLUDE`` is refused as a row, and so is ``$GENERATE``, which no standard has. What a
bad row leaves open is not guessed: after a bad ``$ORIGIN`` relative names have no origin, and after a bad owner name a
record without one has no owner; such rows are refused until the next that says it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ipattr.errors import UsageError
from ipattr.model import Refusal
from ipattr.sources.seen import faults
from ipattr.sources.seen.names import name_of
from ipattr.sources.seen.rows import MAX_ROW_CHARACTERS, Row
from ipattr.sources.seen.sightings import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import dns.name
    import dns.rdata
    import dns.transaction

_MOST_LINES = 100
"""Lines of one record between parentheses."""
_PART = re.compile(r'\\.|"(?:\\.|[^"\\])*"?|;.*|[()]|[^\\"();]+|\\$', re.DOTALL)
_PLACE = "zone"
_UNKNOWN_ORIGIN = b"\x00origin not known\x00"
_RELATIVE = faults.fault(
    "IPA637",
    "相対的な名前だが、起点($ORIGIN)が分からない。ゾーン名を指定されたい。",
    "The name is relative, but its origin is not known ($ORIGIN); name the zone.",
)
_NO_OWNER = faults.fault(
    "IPA637",
    "名前のない行だが、その前に読めた名前がない。",
    "The record has no name of its own, and no name could be read before it.",
)
_INCLUDE = faults.fault(
    "IPA638",
    "$INCLUDE は別のファイルを開かせるので拒む。そのファイルを別に取り込まれたい。",
    "$INCLUDE would open another file and is refused; import that file by itself.",
)
_DIRECTIVE = faults.fault(
    "IPA638",
    "RFC 1035 にも RFC 2308 にもない制御行である。",
    "It is a control entry of neither RFC 1035 nor RFC 2308.",
)
_OPEN = faults.fault("IPA637", "括弧か引用符が閉じていない。", "A parenthesis or a quotation mark is not closed.")


class ZoneRow(NamedTuple):
    """One record in question: an address of a name, or its alias."""

    name: str
    rrtype: Literal["A", "AAAA", "CNAME"]
    value: str


class Entry(NamedTuple):
    """One record or control entry: the row at which it begins, all its lines, and why it cannot be one."""

    row: Row
    why: Refusal | None = None


class _Line(NamedTuple):
    """What one line does to its record: parentheses opened less those closed, a quotation mark left open."""

    depth: int
    torn: bool
    content: bool


def entries(lines: Sequence[Row]) -> Iterator[Entry]:
    """Give each entry with the lines that its parentheses join; remarks and blank lines are none."""
    looks = [_look(line.text) for line in lines]
    at = 0
    while at < len(lines):
        end = _end(looks, at)
        if any(look.content for look in looks[at : end or at + 1]):
            text = "\n".join(line.text for line in lines[at : end or at + 1])
            yield Entry(Row(lines[at].number, text), None if end else _OPEN)
        at = end or at + 1


def _look(text: str) -> _Line:
    if len(text) > MAX_ROW_CHARACTERS:
        return _Line(0, torn=True, content=True)
    depth, content = 0, False
    for part in _PART.findall(text):
        if part.startswith('"') and (len(part) == 1 or not part.endswith('"')):
            return _Line(depth, torn=True, content=True)
        depth += (part == "(") - (part == ")")
        content = content or not (part.startswith(";") or part.isspace())
    return _Line(depth, torn=False, content=content)


def _end(looks: Sequence[_Line], start: int) -> int:
    """Return where the entry ends, 0 when what it opens is not closed within reach.

    Such a one is its first line alone, lest it swallow the records below.
    """
    depth = 0
    for place in range(start, min(start + _MOST_LINES, len(looks))):
        depth += looks[place].depth
        if looks[place].torn or depth < 0:
            return 0
        if depth == 0:
            return place + 1
    return 0


class ZoneReader:
    """Reads the entries of one zone file in order; remembers the origin and the last owner, as RFC 1035 has it."""

    def __init__(self, zone: str) -> None:
        """Begin at the apex of ``zone``, or without an origin when it is empty; UsageError when it is no name."""
        import dns.name

        self._unknown = dns.name.Name((_UNKNOWN_ORIGIN, b""))
        self._origin: dns.name.Name | None = self._unknown
        self._owner: dns.name.Name | None = None
        self._codec = _alabels_only()
        self._found: list[tuple[dns.name.Name, dns.rdata.Rdata]] = []
        self._collecting = _collecting(self._found)
        if zone:
            name = name_of(zone)
            if isinstance(name, Refusal):
                raise UsageError(ja=f"ゾーン名: {name.reason.ja}", en=f"The zone: {name.reason.en}")
            self._origin = dns.name.from_text(name)

    def read(self, entry: Entry) -> tuple[ZoneRow, ...] | Refusal | None:
        """Return the record of one entry, () for one of another type, None for a control entry. Total."""
        text = entry.row.text
        control = text.split(maxsplit=1)[0].upper() if text.startswith("$") else ""
        owned = not control and text[0] not in " \t"
        owner, self._owner = self._owner, None if owned else self._owner
        origin = self._origin
        if control.startswith("$ORIGIN"):
            self._origin = self._unknown
        if len(text) > MAX_ROW_CHARACTERS:
            return faults.TOO_LONG
        if entry.why is not None:
            return entry.why
        if control not in {"", "$ORIGIN", "$TTL"}:
            return _INCLUDE if control == "$INCLUDE" else _DIRECTIVE
        if not owned and not control and owner is None:
            return _NO_OWNER
        return self._entry(text, control, origin)

    def _entry(self, text: str, control: str, origin: dns.name.Name | None) -> tuple[ZoneRow, ...] | Refusal | None:
        import dns.name
        import dns.rdataclass
        import dns.tokenizer
        import dns.zonefile

        self._found.clear()
        reader = dns.zonefile.Reader(
            dns.tokenizer.Tokenizer(text, _PLACE, idna_codec=self._codec),
            dns.rdataclass.IN,
            self._collecting,
            allow_directives=("$ORIGIN", "$TTL"),
            default_ttl=0,  # how long an answer may be kept says nothing about what it was
        )
        reader.current_origin, reader.last_name = origin, self._owner
        try:
            reader.read()
        except Exception as error:  # noqa: BLE001 - bytes from elsewhere: a parser's surprise is a refused row
            return _refusal(error)
        finally:
            self._owner = reader.last_name
        if not control:
            return self._rows()
        if control == "$ORIGIN":
            if reader.current_origin is None or reader.current_origin.is_subdomain(self._unknown):
                return _RELATIVE
            self._origin = reader.current_origin
        return None

    def _rows(self) -> tuple[ZoneRow, ...] | Refusal:
        rows: list[ZoneRow] = []
        for owner, rdata in self._found:
            row = _RELATIVE if owner.is_subdomain(self._unknown) else self._row(owner, rdata)
            if isinstance(row, Refusal):
                return row
            if row is not None:
                rows.append(row)
        return tuple(rows)

    def _row(self, owner: dns.name.Name, rdata: dns.rdata.Rdata) -> ZoneRow | Refusal | None:
        import dns.rdtypes.ANY.CNAME
        import dns.rdtypes.IN.A
        import dns.rdtypes.IN.AAAA

        name = owner.to_text(omit_final_dot=True).lower()
        if isinstance(rdata, dns.rdtypes.ANY.CNAME.CNAME):
            if rdata.target.is_subdomain(self._unknown):
                return _RELATIVE
            return ZoneRow(name, "CNAME", rdata.target.to_text(omit_final_dot=True).lower())
        if isinstance(rdata, dns.rdtypes.IN.A.A):
            address = canonical("A", rdata.address)
            return address if isinstance(address, Refusal) else ZoneRow(name, "A", address)
        if isinstance(rdata, dns.rdtypes.IN.AAAA.AAAA):
            address = canonical("AAAA", rdata.address)
            return address if isinstance(address, Refusal) else ZoneRow(name, "AAAA", address)
        return None


def _refusal(error: Exception) -> Refusal:
    why = faults.quoted(str(error).removeprefix(f"{_PLACE}:1: "))
    return faults.fault(
        "IPA637",
        f"ゾーンファイルの記録として読めない({why})。",
        f"It cannot be read as a record of a zone file ({why}).",
    )


def _collecting(found: list[tuple[dns.name.Name, dns.rdata.Rdata]]) -> dns.transaction.Transaction:
    """Return where dnspython's reader puts records: a list, as they stand, and no zone that would have to be whole."""
    import dns.name
    import dns.rdataclass
    import dns.zonefile

    class Collecting(dns.zonefile.RRsetsReaderTransaction):
        def add(self, *record: Any) -> None:  # noqa: ANN401 - as the method it stands for: name, TTL, record
            found.append((record[0], record[2]))

    manager = dns.zonefile.RRSetsReaderManager(dns.name.root, rdclass=dns.rdataclass.IN)
    return Collecting(manager, replacement=True, read_only=False)  # type: ignore[no-untyped-call]


def _alabels_only() -> dns.name.IDNACodec:
    """Return what dnspython asks to convert a U-label: a refusal."""
    import dns.exception
    import dns.name

    class Refusing(dns.name.IDNACodec):
        def encode(self, label: str) -> bytes:
            message = f"only A-labels (xn--) are read, not {label}"
            raise dns.exception.SyntaxError(message)  # type: ignore[no-untyped-call]

    return Refusing()  # type: ignore[no-untyped-call]
