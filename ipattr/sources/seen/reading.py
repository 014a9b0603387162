"""One file of others' observations: what it gives, what could not be read, what is about something else."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.errors import InputError, UsageError
from ipattr.model import Finding, Imported, Observation, Refusal, Text
from ipattr.sources.seen import faults
from ipattr.sources.seen.cof import CofReader
from ipattr.sources.seen.dnsx import read_dnsx
from ipattr.sources.seen.hostsfile import is_entry, read_hosts
from ipattr.sources.seen.names import wanted
from ipattr.sources.seen.rows import decode, lines, values
from ipattr.sources.seen.sightings import Alias, Book, Seen, Span
from ipattr.sources.seen.times import dated, written
from ipattr.sources.seen.zonefile import ZoneReader, entries

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ipattr.model import Confidence, ImportedRow, ImportForm, Level
    from ipattr.sources.seen.dnsx import DnsxRow
    from ipattr.sources.seen.rows import Row
    from ipattr.sources.seen.sightings import Sighting

MAX_OBSERVATIONS = 1_000_000
"""One row may name a hundred thousand addresses, so that rows alone bound nothing."""
_ONCE = Span(0, 0)
"""The one time of a file that has no times of its own."""


class _Given(NamedTuple):
    """What the importer was told, as every observation repeats it."""

    form: ImportForm
    platform: str
    hosts: frozenset[str]
    source: str
    confidence: Confidence
    observed_at: str
    vantage: str


def read_seen(  # noqa: PLR0913 - all that a file of others' observations does not say of itself, by name
    data: bytes,
    *,
    form: ImportForm,
    platform: str,
    hosts: Collection[str],
    source: str,
    confidence: Confidence,
    observed_at: str = "",
    vantage: str = "",
    zone: str = "",
) -> Imported:
    """Return what a file of others' observations says about ``hosts``; ``rows == taken + rejects + others``.

    ``observed_at`` dates a hosts or zone file (a date or an instant with its offset), ``zone`` is the origin of a zone
    file that has no ``$ORIGIN``. Times are UTC. Ids are ``imp:<row>``, with ``.2``, ``.3`` … for the further
    observations of one row; nothing is screened here. UsageError when a time or a zone is missing or has no place;
    InputError when the file as a whole cannot be read (not UTF-8, beyond the limits of ``rows``, too many
    observations).
    """
    when = _checked(form, observed_at, zone)
    given = _Given(form, platform, wanted(hosts), source, confidence, when, faults.shown(vantage))
    reading = _Reading(given)
    text = decode(data)
    if form == "cof":
        reading.cof(text)
    elif form == "dnsx":
        reading.dnsx(text)
    elif form == "hosts":
        reading.hosts(text)
    else:
        reading.zone(text, ZoneReader(zone))
    return reading.imported()


def _checked(form: ImportForm, observed_at: str, zone: str) -> str:
    """Return the date of a file that has no times of its own; UsageError when what was told contradicts the form."""
    if zone and form != "zone":
        raise UsageError(
            ja=f"ゾーン名はゾーンファイルにだけ指定できる({form} ではない)。",
            en=f"A zone can be named for a zone file only, not for {form}.",
        )
    if form in {"hosts", "zone"}:
        return dated(observed_at, form)
    if observed_at:
        raise UsageError(
            ja=f"{form} の各行には時刻があるので、ファイル全体の日時は指定できない。",
            en=f"Each row of {form} bears its time; the file as a whole cannot be dated.",
        )
    return ""


class _Reading:
    """Gathers the observations and rejects of one file."""

    def __init__(self, given: _Given) -> None:
        self._given = given
        self._rows = 0
        self._taken: set[int] = set()
        self._observations: list[tuple[int, Observation]] = []
        self._rejects: list[ImportedRow] = []
        self._findings: list[Finding] = []
        self._numbered: dict[int, int] = {}

    def imported(self) -> Imported:
        """Return what was gathered, in the order of the file."""
        if self._rows and not self._taken and len(self._rejects) < self._rows:
            self._find(
                "IPA643",
                "notice",
                "対象のホストのアドレスを示す行がない。",
                "No row gives an address of a host in question.",
            )
        return Imported(
            form=self._given.form,
            rows=self._rows,
            taken=len(self._taken),
            observations=tuple(one for _, one in sorted(self._observations, key=lambda pair: pair[0])),
            rejects=tuple(sorted(self._rejects, key=lambda reject: reject.row)),
            others=self._rows - len(self._taken) - len(self._rejects),
            findings=tuple(self._findings),
        )

    def cof(self, text: str) -> None:
        """Read passive DNS."""
        book = CofReader(self._given.hosts, self._given.vantage, self._refuse).read(self._json(text))
        for sighting in book.sightings(self._given.hosts):
            self._tied(sighting, written(sighting.span.first), written(sighting.span.last), aliased_count=None)

    def dnsx(self, text: str) -> None:
        """Read the output of dnsx."""
        silent = unchecked = 0
        for row in self._json(text):
            told = read_dnsx(row, self._given.hosts, self._given.vantage)
            if isinstance(told, Refusal):
                self._refuse(row, told)
            elif told is not None:
                silent += not told.told
                unchecked += bool(told.told) and not told.checked
                self._dnsx_row(row, told)
        if silent:
            self._find(
                "IPA642",
                "info",
                f"対象のホストについての {silent} 行にはアドレスがない(応答なし・NXDOMAIN など)。",
                f"{silent} rows about hosts in question have no address (no answer, NXDOMAIN and the like).",
            )
        if unchecked:
            self._find(
                "IPA641",
                "notice",
                f"{unchecked} 行には応答の記録そのもの(all)がない。dnsx は応答の全ての節のアドレスを並べるので、"
                "ネームサーバのアドレスが混じり得る。",
                f"{unchecked} rows lack the records themselves (all); dnsx lists the addresses of every section of an "
                "answer, so that some may be those of name servers.",
            )

    def _dnsx_row(self, row: Row, told: DnsxRow) -> None:
        when = written(told.seconds)
        span = Span(told.seconds, told.seconds)
        for one in told.told:
            seen = Seen(row.number, one.rrtype, one.address, span, 1, told.vantage, told.remark)
            self._take(told.host, seen, (when, when), count=1, chain=told.chain, foreign=one.foreign)

    def hosts(self, text: str) -> None:
        """Read a hosts file."""
        when = self._given.observed_at
        remark = "hosts file: what somebody wanted the name to mean, not an answer of a name server; dated as told"
        for row in self._entries(text):
            line = read_hosts(row, self._given.hosts)
            if isinstance(line, Refusal):
                self._refuse(row, line)
            elif line is not None:
                seen = Seen(row.number, line.rrtype, line.address, _ONCE, 1, self._given.vantage or "unknown", remark)
                for name in line.names:
                    self._take(name, seen, (when, when), count=1)

    def _entries(self, text: str) -> Iterator[Row]:
        for row in lines(text):
            if is_entry(row):
                self._rows += 1
                yield row

    def zone(self, text: str, reader: ZoneReader) -> None:
        """Read a zone file."""
        book, when = Book(), self._given.observed_at
        for entry in entries(lines(text)):
            found = reader.read(entry)
            self._rows += found is not None
            if isinstance(found, Refusal):
                self._refuse(entry.row, found)
                continue
            for record in found or ():
                if record.rrtype == "CNAME":
                    book.tie(record.name, Alias(entry.row.number, record.value, _ONCE))
                    continue
                vantage, remark = self._given.vantage or "unknown", "zone file, dated as told"
                seen = Seen(entry.row.number, record.rrtype, record.value, _ONCE, 1, vantage, remark)
                book.add(record.name, seen)
        for sighting in book.sightings(self._given.hosts):
            self._tied(sighting, when, when, aliased_count=1)

    def _json(self, text: str) -> list[Row]:
        found = values(text)
        self._rows += len(found.rows) + len(found.broken)
        for row in found.broken:
            self._refuse(row, faults.BROKEN_ARRAY)
        if found.whole_array:
            self._find(
                "IPA640",
                "info",
                "ファイル全体が一つの JSON 配列である。行番号は配列の何番目かを示す。",
                "The file is one JSON array; the number of a row is its place in the array.",
            )
        return found.rows

    def _refuse(self, row: Row, why: Refusal) -> None:
        self._rejects.append(faults.refused(row.number, row.text, why))

    def _find(self, code: str, level: Level, ja: str, en: str) -> None:
        self._findings.append(Finding(code=code, level=level, message=Text(ja=ja, en=en), about=self._given.source))

    def _tied(self, sighting: Sighting, first: str, last: str, *, aliased_count: int | None) -> None:
        """Take an address of a host, or of its alias while both were so."""
        count = aliased_count if sighting.chain else sighting.seen.often
        self._taken.update(sighting.through)
        self._take(
            sighting.host, sighting.seen, (first, last), count=count, chain=sighting.chain, through=sighting.through
        )

    def _take(
        self,
        host: str,
        seen: Seen,
        times: tuple[str, str],
        *,
        count: int | None,
        chain: tuple[str, ...] = (),
        through: tuple[int, ...] = (),
        foreign: str = "",
    ) -> None:
        if len(self._observations) >= MAX_OBSERVATIONS:
            raise InputError(
                ja=f"対象のホストについての観測が多すぎる({MAX_OBSERVATIONS} 件まで)。ファイルを分けられたい。",
                en=f"It gives too many observations of the hosts in question (at most {MAX_OBSERVATIONS}); split it.",
            )
        number = self._numbered[seen.row] = self._numbered.get(seen.row, 0) + 1
        self._taken.add(seen.row)
        observation = Observation(
            id=f"imp:{seen.row}" if number == 1 else f"imp:{seen.row}.{number}",
            platform=self._given.platform,
            host=host,
            rrtype=seen.rrtype,
            address=seen.address,
            first_seen=times[0],
            last_seen=times[1],
            count=count,
            vantage=seen.vantage,
            source=self._given.source,
            confidence=self._given.confidence,
            cname=" > ".join(chain),
            status="rejected" if foreign else "kept",
            note=_note(seen, through, foreign, dated_alone=bool(self._given.observed_at)),
        )
        self._observations.append((seen.row, observation))


def _note(seen: Seen, through: tuple[int, ...], foreign: str, *, dated_alone: bool) -> str:
    parts = [f"file row {seen.row}"]
    if through:
        rows = ", ".join(str(row) for row in through)
        parts.append(f"an alias of the host by file row{'s' if len(through) > 1 else ''} {rows}")
        if not dated_alone:
            parts.append("first and last seen are where all these rows overlap, how often is not known")
    if seen.remark:
        parts.append(seen.remark)
    if foreign:
        parts.append(f"the row's own records give this address to {foreign}, not to the host")
    return "; ".join(parts)
