"""The records of a return printed to PDF: what two extractors read alike counts, everything else is for a person."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ipattr.model import Finding, LoginEvent, Pending, Provenance, Reject, Text
from ipattr.readers import x_return
from ipattr.readers.document import FormReading, lines
from ipattr.readers.grid_choice import HIDDEN, note_finding, reviewed
from ipattr.readers.x_fields import PORT

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from ipattr.addresses import Specials
    from ipattr.readers.document import Options
    from ipattr.readers.pdf.lines import PdfLines

_Read = LoginEvent | Reject | Pending
_COMPARED_AT_MOST = 4_000_000
_SHOWN = 400
_JOINED = Text(
    ja="行末か改頁で切れた値を、引用符の終わりまでつないで読んだ。原本と照らす。",
    en="A value broken by the end of a line or page was joined up to its closing quote; compare it with the original.",
)
_GAP = Text(
    ja=f"{PORT} の項目があるのに値が読めない(頁番号などに紛れたおそれがある)。原本を確認する。",
    en=f"There is a {PORT} without a value (it may have been taken for a page number); check the original.",
)


class Side:
    """What one extractor gives: its records in order, each with the rows it covers."""

    def __init__(self, text: PdfLines, options: Options, specials: Specials) -> None:
        """Read the records of one extractor's text."""
        self.text = text
        self.reading = x_return.read(text.document, options, specials)
        read: list[_Read] = [*self.reading.events, *self.reading.rejects, *self.reading.pending]
        self.records = sorted(read, key=row_of)
        self.rows = [row_of(one) for one in self.records]
        self.lines = lines(text.document)

    def span(self, index: int) -> range:
        """Return the rows of a record, up to the next one."""
        last = next((row for row in self.rows[index + 1 :] if row > self.rows[index]), len(self.lines) + 1)
        return range(self.rows[index], last)

    def whole(self, index: int) -> str:
        """Return the text of a record with its place."""
        rows = self.span(index)
        text = " / ".join(line.strip() for line in self.lines[rows.start - 1 : rows.stop - 1] if line.strip())
        return f"{self.place(self.rows[index])}: {text[:_SHOWN]}"

    def place(self, row: int) -> str:
        """Return the page and line of a row."""
        return self.text.labels[row - 1] if 0 < row <= len(self.text.labels) else f"l.{row}"


def row_of(one: _Read) -> int:
    """Return the row (from 1) at which a record begins in the text it was read from."""
    return int(one.id) if isinstance(one, LoginEvent) else one.row


def read_records(first: PdfLines, second: PdfLines, options: Options, specials: Specials) -> FormReading:
    """Read the records that both texts hold alike as events or rejects; each other one is pending (IPA093).

    Equal means: the same instant and precision, address, port, account and kind; or refused for the same cell.
    """
    one, other = Side(first, options, specials), Side(second, options, specials)
    events: list[LoginEvent] = []
    rejects: list[Reject] = []
    pending: list[Pending] = []
    surplus = 0
    for left, right in _pairs([_key(found) for found in one.records], [_key(found) for found in other.records]):
        surplus += left is None
        concluded = _conclude(Pair(one, left, other, right))
        if isinstance(concluded, LoginEvent):
            events.append(concluded)
        elif isinstance(concluded, Reject):
            rejects.append(concluded)
        else:
            pending.append(concluded)
    return FormReading(
        events=tuple(events),
        rejects=tuple(rejects),
        pending=tuple(pending),
        findings=(*_findings(one, other), *_differing(pending)),
        rows=len(one.records) + surplus,
    )


def _key(found: _Read) -> Hashable:
    if isinstance(found, Reject):
        return found.code, found.column, "".join(found.raw.split())
    if isinstance(found, Pending):
        repairs = tuple((repair.field, repair.raw, repair.proposed) for repair in found.repairs)
        return repairs, found.proposed_time, found.proposed_ip, found.proposed_port
    instant = found.instant
    when = None if instant is None else (instant.utc, instant.precision)
    return when, found.address.text, found.port, found.account.id, found.account.name, found.kind


def _pairs(left: Sequence[Hashable], right: Sequence[Hashable]) -> Iterator[tuple[int | None, int | None]]:
    """Pair the records of both texts in order; where they differ, one by one, the rest with nothing."""
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        yield start, start
        start += 1
    rest = (left[start:], right[start:])
    if len(rest[0]) * len(rest[1]) > _COMPARED_AT_MOST:
        blocks = [("replace", 0, len(rest[0]), 0, len(rest[1]))]
    else:
        blocks = list(SequenceMatcher(None, *rest, autojunk=False).get_opcodes())
    for _, low, high, below, above in blocks:
        for step in range(max(high - low, above - below)):
            yield (
                start + low + step if low + step < high else None,
                start + below + step if below + step < above else None,
            )


class Pair(NamedTuple):
    """One record as both extractors have it: two sides with the position on each, None where it is not found."""

    one: Side
    left: int | None
    other: Side
    right: int | None

    def marked(self, rows: Callable[[PdfLines], frozenset[int]]) -> bool:
        """Tell whether the record covers a row that is marked on either side."""
        sides = ((self.one, self.left), (self.other, self.right))
        return any(at is not None and not rows(side.text).isdisjoint(side.span(at)) for side, at in sides)


def _conclude(pair: Pair) -> LoginEvent | Reject | Pending:
    if pair.left is None or pair.right is None:
        return _pending(pair, _ONLY_ONE)
    mine, theirs = pair.one.records[pair.left], pair.other.records[pair.right]
    if _key(mine) != _key(theirs):
        return _pending(pair, _DIFFERENT)
    if isinstance(mine, LoginEvent) and isinstance(theirs, LoginEvent):
        if pair.marked(lambda text: text.unclosed):
            return _pending(pair, _UNCLOSED)
        return _placed(pair, mine, theirs)
    if isinstance(mine, Reject | Pending):
        place = pair.one.place(mine.row)
        reason = Text(ja=f"{place}: {mine.reason.ja}", en=f"{place}: {mine.reason.en}")
        return msgspec.structs.replace(mine, reason=reason)
    return _pending(pair, _DIFFERENT)


def _placed(pair: Pair, event: LoginEvent, theirs: LoginEvent) -> LoginEvent:
    """Return the event with its page and line, in review for what either extractor gives reason to."""
    about = f"{event.provenance.source}:{pair.one.place(row_of(event))}"
    more = []
    if pair.marked(lambda text: text.hidden):
        more.append(note_finding(HIDDEN, about))
    if pair.marked(lambda text: text.joined):
        more.append(Finding(code="IPA097", level="warning", message=_JOINED, about=about))
    if any(cell.column == PORT and not cell.raw.strip() for cell in event.raw):
        more.append(Finding(code="IPA097", level="warning", message=_GAP, about=about))
    if theirs.status == "review" and event.status == "ok":
        more += [msgspec.structs.replace(finding, about=about) for finding in theirs.findings]
    placed = msgspec.structs.replace(
        event,
        findings=tuple(msgspec.structs.replace(finding, about=about) for finding in event.findings),
        provenance=Provenance(source=event.provenance.source, locator=about, sha256=event.provenance.sha256),
    )
    return reviewed(placed, more)


_DIFFERENT = Text(
    ja="二つの読み取り方で結果が異なる。どちらも採らない。頁の見た目と照らす。",
    en="Two extractors read this record differently; neither is taken. Compare it with what the page shows.",
)
_ONLY_ONE = Text(
    ja="一方の読み取り方にしか現れない記録である。採らない。頁の見た目と照らす。",
    en="Only one of two extractors finds this record; it is not taken. Compare it with what the page shows.",
)
_UNCLOSED = Text(
    ja="値の終わりの引用符がない。行末か改頁で切れた値のおそれがあるので採らない。頁の見た目と照らす。",
    en="A closing quote is missing: the value may be cut off at the end of a line or page, so it is not taken. "
    "Compare it with what the page shows.",
)


def _pending(pair: Pair, why: Text) -> Pending:
    mine = "-" if pair.left is None else pair.one.whole(pair.left)
    theirs = "-" if pair.right is None else pair.other.whole(pair.right)
    # The row is counted in the first text where that has the record, else in the second.
    side, at = (pair.other, pair.right or 0) if pair.left is None else (pair.one, pair.left)
    place = side.place(side.rows[at])
    return Pending(
        file=side.text.document.name,
        row=side.rows[at],
        column="",
        raw=f"pdfplumber: {mine}\nPDFium: {theirs}",
        repairs=(),
        reason=Text(ja=f"{place}: {why.ja}", en=f"{place}: {why.en}"),
    )


def _findings(one: Side, other: Side) -> Iterator[Finding]:
    """Yield the remarks on the first text, and those on the second that the first gave no reason for."""
    yield from (_at(finding, one) for finding in one.reading.findings)
    known = Counter(finding.code for finding in one.reading.findings)
    more = Counter(finding.code for finding in other.reading.findings) - known
    yield from (_at(finding, other) for finding in other.reading.findings if more[finding.code])


def _at(finding: Finding, side: Side) -> Finding:
    name = side.text.document.name
    row = re.fullmatch(re.escape(name) + r":(\d+)", finding.about)
    return msgspec.structs.replace(finding, about=f"{name}:{side.place(int(row[1]))}") if row else finding


def _differing(pending: Sequence[Pending]) -> Iterator[Finding]:
    pending = [row for row in pending if not row.repairs]
    if pending:
        message = Text(
            ja=f"{len(pending)} 件の記録は二つの読み取り方で一致しないか値が切れており、判断に使わず要確認とした。",
            en=f"{len(pending)} records are read differently by two extractors, or cut off; they are left for review "
            "and not used.",
        )
        yield Finding(code="IPA093", level="warning", message=message, about=pending[0].file)
