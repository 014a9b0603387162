"""A file of logins becomes a file of logins with their verdicts."""

from __future__ import annotations

import gc
import hashlib
import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ipattr.bulk import BulkReport, Output, Progress
from ipattr.bulk.accepted import accept, stretches
from ipattr.bulk.chunks import Chunk, Piece
from ipattr.bulk.deciding import stamps
from ipattr.bulk.extra import require_arrow
from ipattr.bulk.lines import header
from ipattr.bulk.parts import Names, Part, Workshop, digest, disk, private, sync
from ipattr.bulk.pipeline import Behind, thrifty
from ipattr.bulk.verdicts import BY_CANDIDATES, Verdicts
from ipattr.bulk.writing import REJECT_COLUMNS, CsvFormat, ParquetFormat, reject_lines
from ipattr.errors import InputError, IpattrError, StoreError
from ipattr.inputs import Declared, find_platform
from ipattr.model import SCHEMA_VERSION
from ipattr.renderers.words import conservation
from ipattr.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date
    from pathlib import Path
    from typing import BinaryIO, Literal

    from ipattr.bulk.parsed import Parsed
    from ipattr.bulk.sources import BulkSource, Position
    from ipattr.bulk.writing import Writer
    from ipattr.model import Reject
    from ipattr.registry import Registry

PART_ROWS = 1 << 21
"""A part is finished once it holds so many rows of the input."""
CHUNK_ROWS = {".parquet": 1 << 14, ".csv": 1 << 14}
READERS = 1
"""Threads that read ahead. Three judge, make columns and write beside them; each reader more holds 25 MiB more."""
WIDE_ROWS = 1 << 14
"""Rows of a chunk where long texts (candidates, remarks) are wanted."""
_WIDE = BY_CANDIDATES | {"findings", "attribution_explanation", "provenance"}


class Job(NamedTuple):
    """What ``enrich_file`` was asked for, as typed."""

    source: str
    target: str
    as_of: date
    platform: str
    tz: str | None
    epoch: Literal["s", "ms"] | None
    encoding: str | None
    mapping: str | Mapping[str, str] | None
    columns: tuple[str, ...]
    data: Path | None
    lang: str
    overwrite: bool

    @property
    def declared(self) -> Declared:
        """What was declared about the input."""
        return Declared(tz=self.tz, epoch=self.epoch, encoding=self.encoding, mapping=self.mapping)

    def options(self) -> dict[str, str]:
        """Return the declarations as typed, those that were made."""
        said = {"tz": self.tz, "epoch": self.epoch, "encoding": self.encoding}
        said["mapping"] = ",".join(f"{field}={name}" for field, name in self.declared.fields().items())
        return {name: text for name, text in said.items() if text}

    def digest(self, data_version: str, kind: str) -> str:
        """Return the sum of all that shapes the output but the input."""
        import pyarrow as pa

        shaping = (
            self.as_of.isoformat(),
            self.platform,
            self.options(),
            self.columns,
            self.lang,
            data_version,
            kind,
            __version__,
            SCHEMA_VERSION,
            pa.__version__,
            (PART_ROWS, CHUNK_ROWS, WIDE_ROWS),
        )
        return hashlib.sha256(msgspec.json.encode(shaping)).hexdigest()


def run(job: Job, *, stdin: BinaryIO | None, progress: Callable[[Progress], None] | None) -> BulkReport:
    """Do what ``enrich_file`` says."""
    require_arrow()
    with thrifty():
        return _run(job, stdin=stdin, progress=progress)


def _run(job: Job, *, stdin: BinaryIO | None, progress: Callable[[Progress], None] | None) -> BulkReport:
    from ipattr.registry import open_registry

    names = Names(job.target)
    names.refuse_others(job.source)
    registry = open_registry(job.data)
    find_platform(registry, job.platform)
    shop = Workshop(names, job.digest(registry.data_version, names.format), overwrite=job.overwrite)
    finished = False
    try:
        with _open(job, registry, shop, stdin) as source:
            shop.tidy()
            work = _Work(job, registry, shop, source)
            if not shop.state.placing:
                work.read(progress)
                with disk(names.target):
                    work.finish()
            with disk(names.target):
                shop.place(names.finals)
        finished = True
    except IpattrError as error:
        # What is refused now is refused again: there is nothing to go on with, unless the disk refused it.
        finished = not (shop.state.parts or isinstance(error, StoreError))
        raise
    finally:
        shop.close(remove=finished)
    return msgspec.json.decode(names.manifest.read_bytes(), type=BulkReport)


def _open(job: Job, registry: Registry, shop: Workshop, stdin: BinaryIO | None) -> BulkSource:
    """Open the input where the parts end; another input than theirs is an InputError, or begun anew to overwrite."""
    from ipattr.bulk.sources import open_source

    options = job.declared.options(find_platform(registry, job.platform), registry.columns)

    def opened(start: Position | None) -> BulkSource:
        return open_source(
            job.source, options=options, specials=registry.specials, stdin=stdin, start=start, workers=READERS
        )

    try:
        return opened(shop.state.position)
    except InputError:
        if shop.state.position is None or not shop.overwrites or job.source == "-":
            raise
        shop.begin_anew()
        return opened(None)


class _Work:
    """One run: batches are judged here in order and written behind."""

    def __init__(self, job: Job, registry: Registry, shop: Workshop, source: BulkSource) -> None:
        self._job = job
        self._shop = shop
        self._source = source
        self._registry = registry
        self._stamp = self._stamps(source)
        self._format: ParquetFormat | CsvFormat
        if shop.names.format == ".parquet":
            shown = {name: self._stamp[name] for name in ("as_of", "platform", "data_version", "tool_version")}
            self._format = ParquetFormat(job.columns, shown | {"source": source.name, "sha256": source.sha256})
        else:
            self._format = CsvFormat(job.columns, shop.state.token)
        wanted = frozenset(job.columns)
        self._chunk_rows = WIDE_ROWS if wanted & _WIDE else CHUNK_ROWS[self._format.suffix]
        self._verdicts = Verdicts(registry, platform=job.platform, as_of=job.as_of, lang=job.lang, wanted=wanted)
        self._verdicts.remind(list(shop.state.told))
        self._told = len(self._verdicts.told)
        self._accepted = sum(part.rows for part in shop.state.parts)

    def _stamps(self, source: BulkSource) -> dict[str, str]:
        """Return what every row says of the run."""
        return stamps(
            as_of=self._job.as_of,
            platform=self._job.platform,
            data_version=self._registry.data_version,
            declared_zone=source.describe().declared_zone or "",
            file=source.name,
            ledger=self._shop.state.token,
        )

    def read(self, progress: Callable[[Progress], None] | None) -> None:
        """Judge and write every batch, part by part."""
        batches = iter(self._source.parsed())
        part: _OpenPart | None = None
        try:
            with Behind() as writing, Behind() as making:
                more = True
                while more:
                    part = _OpenPart(self._shop, self._format, making=making, writing=writing)
                    more = self._fill(part, batches, progress)
                    self._end(part)
                    if more:
                        gc.collect()
        except BaseException:
            if part is not None:
                part.abandon()
            raise

    def _end(self, part: _OpenPart) -> None:
        """Count a part as finished; only the first may be empty."""
        part.close()
        if not (part.rows or part.rejected) and self._shop.state.parts:
            part.remove()
            return
        with disk(self._shop.names.work):
            self._shop.finish_part(
                Part(rows=part.rows, rejected=part.rejected),
                position=self._source.position,
                told=self._verdicts.told[self._told :],
            )
        self._told = len(self._verdicts.told)

    def _fill(self, part: _OpenPart, batches: Iterator[Parsed], progress: Callable[[Progress], None] | None) -> bool:
        """Read into one part until it is full; tell whether there may be more."""
        pieces: list[Piece] = []
        read = 0
        more = True
        while read < PART_ROWS:
            parsed = next(batches, None)
            if parsed is None:
                more = False
                break
            read += len(parsed)
            for stretch in stretches(parsed, self._chunk_rows):
                rows = accept(stretch)
                part.reject([reject for _, reject in rows.rejects], self._job.lang)
                pieces.append(Piece(rows, self._verdicts.judge(rows)))
                if sum(len(piece.rows) for piece in pieces) >= self._chunk_rows:
                    self._flush(part, pieces)
            if progress is not None:
                progress(Progress(self._source.counts.rows, self._source.consumed, self._source.size))
        self._flush(part, pieces)
        return more

    def _flush(self, part: _OpenPart, pieces: list[Piece]) -> None:
        """Hand the rows that were gathered over to be written."""
        if sum(len(piece.rows) for piece in pieces):
            chunk = Chunk(
                tuple(pieces),
                verdicts=self._verdicts,
                first=self._accepted + 1,
                stamp=self._stamp,
                source=self._source.sha256,
            )
            self._accepted += len(chunk)
            part.write(chunk)
        pieces.clear()
        if self._verdicts.large:
            # What waits to be written counts into the tables.
            part.settle()
            self._verdicts.forget()

    def finish(self) -> None:
        """Join the parts under their final names in ``done/``, with the rejects and the manifest."""
        names, state, counts = self._shop.names, self._shop.state, self._source.counts
        ledger = conservation(counts.rows, counts.ok, counts.review, counts.rejected, lang=self._job.lang)
        numbers = range(1, len(state.parts) + 1)
        parts = [names.part(number) for number in numbers]
        whole = names.done(names.target)
        whole.parent.mkdir(mode=0o700, exist_ok=True)
        outputs = [*self._settle(whole, parts, ledger)]
        rejected = names.done(names.rejects)
        with private(rejected).open("wb") as file:
            file.write(header(REJECT_COLUMNS))
            for number in numbers:
                with names.rejected(number).open("rb") as part:
                    shutil.copyfileobj(part, file)
        sync(rejected)
        outputs.append(_output(rejected, names.rejects.name, rows=sum(part.rejected for part in state.parts)))
        manifest = names.done(names.manifest)
        private(manifest).write_bytes(
            msgspec.json.format(msgspec.json.encode(self._report(tuple(outputs))), indent=2) + b"\n"
        )
        sync(manifest)

    def _settle(self, whole: Path, parts: list[Path], ledger: str) -> Iterator[Output]:
        """Put the parts where they belong: in a folder, as one file, or joined into one."""
        names, rows = self._shop.names, [part.rows for part in self._shop.state.parts]
        waits = "ledger" in self._job.columns
        if names.folder:
            whole.mkdir(mode=0o700, exist_ok=True)
            for part, count in zip(parts, rows, strict=True):
                place = whole / part.name
                self._format.join([part], private(place), ledger) if waits else _linked(part, place)
                sync(place)
                yield _output(place, f"{names.target.name}/{part.name}", rows=count)
            return
        if names.format == ".parquet" and len(parts) == 1 and not waits:
            _linked(parts[0], whole)
        else:
            self._format.join(parts, private(whole), ledger)
            sync(whole)
        yield _output(whole, names.target.name, rows=sum(rows))

    def _report(self, outputs: tuple[Output, ...]) -> BulkReport:
        source, job = self._source, self._job
        return BulkReport(
            source=source.name,
            sha256=source.sha256,
            size=source.size,
            counts=source.counts,
            columns=job.columns,
            as_of=job.as_of.isoformat(),
            platform=job.platform,
            lang=job.lang,
            options=job.options(),
            mapping=dict(source.mapping),
            schema_version=SCHEMA_VERSION,
            tool_version=__version__,
            data_version=self._registry.data_version,
            outputs=outputs,
            findings=source.findings,
        )


class _OpenPart:
    """One part of the table and of the rejects: chunks are made into columns by one thread and written by the next."""

    def __init__(self, shop: Workshop, kind: ParquetFormat | CsvFormat, *, making: Behind, writing: Behind) -> None:
        number = len(shop.state.parts) + 1
        self.rows = 0
        self.rejected = 0
        self._kind = kind
        self._making = making
        self._writing = writing
        self._places = (shop.names.part(number), shop.names.rejected(number))
        with disk(shop.names.work):
            self._table: Writer = kind.open(private(self._places[0]))
            self._rejects = private(self._places[1]).open("wb")

    def write(self, chunk: Chunk) -> None:
        """Append the rows of one chunk."""
        self.rows += len(chunk)

        def make() -> None:
            made = self._kind.make(chunk)
            self._do(lambda: self._table.write(made))

        self._making.do(make)

    def settle(self) -> None:
        """Return when all that was handed over is written."""
        self._making.settle()
        self._writing.settle()

    def reject(self, rejects: list[Reject], lang: str) -> None:
        """Append rejected rows."""
        if rejects:
            self.rejected += len(rejects)
            self._do(lambda: _append(self._rejects, rejects, lang))

    def close(self) -> None:
        """Finish both files."""
        self._making.settle()
        self._do(self._table.close)
        self._do(self._rejects.close)
        self.settle()

    def remove(self) -> None:
        """Give up a part that nothing has come into."""
        for place in self._places:
            place.unlink()

    def abandon(self) -> None:
        """Let go of the files after a failure, whatever they hold."""
        for file in (self._table, self._rejects):
            with suppress(Exception):
                file.close()

    def _do(self, task: Callable[[], object]) -> None:
        place = self._places[0]

        def guarded() -> None:
            with disk(place):
                task()

        self._writing.do(guarded)


def _append(file: BinaryIO, rejects: list[Reject], lang: str) -> None:
    file.write(reject_lines(rejects, lang=lang))


def _linked(part: Path, place: Path) -> None:
    """Give a finished part its final name without copying it, where the disk has links; the part stays as well."""
    place.unlink(missing_ok=True)
    try:
        place.hardlink_to(part)
    except OSError:
        shutil.copyfile(part, private(place))
        sync(place)


def _output(place: Path, name: str, *, rows: int) -> Output:
    return Output(name=name, rows=rows, size=place.stat().st_size, sha256=digest(place))
