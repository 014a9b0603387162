"""Which row of the original each entry of a reading stands in, and which rows below belong to the same record."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ipattr.renderers.source_report.entries import local_place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ipattr.model import Text
    from ipattr.renderers.source_report.entries import Entry

_RECORD_AT_MOST = 60
_TELLING = 4
_PUNCTUATION = re.compile(r"[\s{}\[\](),;:\"'|]*")


class SourceRow(Protocol):
    """One row of an original: see ``ipattr.readers.sources_of.SourceRow``."""

    @property
    def number(self) -> int:
        """First number that readers count the row by."""

    @property
    def last(self) -> int:
        """Last such number, 0 when there is only one."""

    @property
    def labels(self) -> Sequence[str]:
        """Names that readers give the row."""

    @property
    def cells(self) -> Sequence[str]:
        """What stands in the row."""

    @property
    def note(self) -> Text | None:
        """What the text alone does not show."""


class Source(Protocol):
    """One text, sheet, page or table of a file: see ``ipattr.readers.sources_of.Source``."""

    @property
    def file(self) -> str:
        """Name of the file, as in the reading."""

    @property
    def sha256(self) -> str:
        """Hash of the file."""

    @property
    def label(self) -> str:
        """Name of the part, empty when the file has only one."""

    @property
    def rows(self) -> Sequence[SourceRow]:
        """Rows, in order."""


class Original(NamedTuple):
    """A source under the name that the reading gives its file."""

    file: str
    sha256: str
    label: str
    rows: Sequence[SourceRow]


class Spot(NamedTuple):
    """One row of the originals: the source and the row in it, both counted from 0."""

    source: int
    row: int


class Group(NamedTuple):
    """Rows ``start`` to before ``end`` of one source, and the entries that begin at ``start``."""

    start: int
    end: int
    entries: tuple[Entry, ...]


class Atlas:
    """Finds rows of the originals by the places that readers name."""

    def __init__(self, sources: Sequence[Source]) -> None:
        """Index every row by file and label, and by file and number."""
        self._sources = sources
        self._labels: dict[tuple[str, str], list[Spot]] = defaultdict(list)
        self._numbers: dict[tuple[str, int], list[Spot]] = defaultdict(list)
        for at, source in enumerate(sources):
            for index, row in enumerate(source.rows):
                for label in row.labels:
                    self._labels[source.file, label].append(Spot(at, index))
                for number in range(row.number, max(row.number, row.last) + 1):
                    self._numbers[source.file, number].append(Spot(at, index))

    def place(self, about: str, file: str) -> Spot | None:
        """Return the row that ``about`` (``file:row``, ``file:label``) points at, None when it is not exactly one."""
        place = local_place(about, file)
        return self._only(self._labels.get((file, place))) or (self._number(file, place) if place.isdecimal() else None)

    def find(self, entry: Entry) -> Spot | None:
        """Return the row at which ``entry`` begins, None when that cannot be told for certain."""
        if entry.place:
            return self.place(f"{entry.file}:{entry.place}", entry.file)
        for hint in (*_named_in(entry.hints), entry.raw):
            spot = self._only(self._labels.get((entry.file, hint)))
            if spot is not None:
                return spot
        spots = self._numbers.get((entry.file, entry.row), [])
        return self._only(spots) or self._by_sheet(spots, entry) or self._by_text(spots, entry)

    def _number(self, file: str, place: str) -> Spot | None:
        return self._only(self._numbers.get((file, int(place))))

    def _by_sheet(self, spots: Sequence[Spot], entry: Entry) -> Spot | None:
        names = {spot: self._sources[spot.source].label for spot in spots}
        found = [spot for spot, name in names.items() if name and any(f"{name}!" in hint for hint in entry.hints)]
        return self._only(found)

    def _by_text(self, spots: Sequence[Spot], entry: Entry) -> Spot | None:
        rows = {spot: self._sources[spot.source].rows[spot.row].cells for spot in spots}
        found = [spot for spot, cells in rows.items() if entry.raw in {*cells, "\t".join(cells), " | ".join(cells)}]
        return self._only(found)

    @staticmethod
    def _only(spots: Sequence[Spot] | None) -> Spot | None:
        return spots[0] if spots and len(spots) == 1 else None


def _named_in(hints: Sequence[str]) -> Iterator[str]:
    """Yield the places that a reason leads with (``p.3 l.12: …``) or ends on (``… (Sheet1!5)``)."""
    for hint in hints:
        yield hint.partition(": ")[0]
        if hint.endswith(")"):
            yield hint.rpartition(" (")[2][:-1]


def groups(source: Source, found: Mapping[int, Sequence[Entry]]) -> Iterator[Group]:
    """Yield all rows of ``source`` once, in order: each record with the rows below that evidently belong to it.

    A row belongs to the record above it when it shows a value of that record, or stands before a row that does and is
    blank or mere punctuation. Everything else is a group without entries.
    """
    rows = source.rows
    starts = sorted(found)
    at = 0
    for index, start in enumerate(starts):
        if at < start:
            yield Group(at, start, ())
        until = starts[index + 1] if index + 1 < len(starts) else len(rows)
        at = _end(rows, start, min(until, start + _RECORD_AT_MOST), found[start])
        yield Group(start, at, tuple(found[start]))
    if at < len(rows):
        yield Group(at, len(rows), ())


def _end(rows: Sequence[SourceRow], start: int, until: int, entries: Sequence[Entry]) -> int:
    end = start + 1
    cells = [cell for entry in entries for cell in entry.cells if cell[1].strip()]
    for index in range(start + 1, until):
        text = " ".join(rows[index].cells).strip()
        if _PUNCTUATION.fullmatch(text):
            continue
        if not any(_shows(text, column, raw) for column, raw in cells):
            break
        end = index + 1
    if end < until and end > start + 1 and (closing := " ".join(rows[end].cells).strip()) and closing[0] in "]})":
        end += bool(_PUNCTUATION.fullmatch(closing))
    return end


def _shows(text: str, column: str, raw: str) -> bool:
    if "\n" in raw:
        return any(text == line.strip() for line in raw.split("\n"))
    return raw in text and (len(raw) >= _TELLING or (bool(column) and column in text))
