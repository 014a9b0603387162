"""Files and tables larger than memory: the verdicts of ``lookup``, each worked out once and joined back to its rows.

Nothing here imports NumPy or Arrow until a function is called; the extra ``bulk`` brings Arrow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from ipattr.model import Counts, Finding, Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path
    from typing import BinaryIO

    import pyarrow as pa

    from ipattr.model import Lang

__all__ = [
    "BATCH_COLUMNS",
    "COLUMNS",
    "BulkReport",
    "Output",
    "Progress",
    "enrich_batches",
    "enrich_file",
    "enriched_schema",
]

_VERDICTS = (
    "attribution_status",
    "prefix",
    "origin_as",
    "operator",
    "addressee",
    "alternatives",
    "search_key_status",
    "search_key_missing",
    "deadline_status",
    "connected_on_jst",
    "earliest_expiry",
    "latest_expiry",
    "act_by",
    "days_left",
)
COLUMNS: tuple[str, ...] = (
    "row",
    "source_row",
    "status",
    "utc",
    "precision",
    "ip",
    "port",
    "account_id",
    "account_name",
    *_VERDICTS,
)
"""What a bulk output holds unless other columns are named: columns of the CSV of ``lookup``, under the same names."""

BATCH_COLUMNS: tuple[str, ...] = ("status", "reason", "utc", "ip", *_VERDICTS)
"""What is appended to a batch unless other columns are named."""


class Progress(NamedTuple):
    """How far a run has come: rows read and bytes of the input (of ``size``, None where nobody knows it)."""

    rows: int
    bytes: int
    size: int | None


class Output(Record, frozen=True, kw_only=True):
    """One file that was written: its name, its size in bytes, its SHA-256, and how many rows it holds."""

    name: str
    rows: int
    size: int
    sha256: str


class BulkReport(Record, frozen=True, kw_only=True):
    """What one run read and wrote; it is what the manifest beside the output holds.

    ``counts`` keeps the conservation law: rows = ok + review + rejected. ``source``, ``sha256`` and ``size`` are the
    input as it was read (a compressed one: as it lies on disk). ``outputs`` names the table (or its parts) and then the
    file of rejects. ``options`` are the declarations that shaped the reading, as typed.
    """

    source: str
    sha256: str
    size: int
    counts: Counts
    columns: tuple[str, ...]
    as_of: str
    platform: str
    lang: str
    options: dict[str, str]
    mapping: dict[str, str]
    schema_version: str
    tool_version: str
    data_version: str
    outputs: tuple[Output, ...]
    findings: tuple[Finding, ...] = ()


def enrich_file(  # noqa: PLR0913 - one argument per option
    source: str | Path,
    target: str | Path,
    *,
    as_of: date,
    platform: str = "x",
    tz: str | None = None,
    epoch: Literal["s", "ms"] | None = None,
    encoding: str | None = None,
    mapping: str | Mapping[str, str] | None = None,
    columns: Sequence[str] | Literal["all"] | None = None,
    data: Path | None = None,
    lang: Lang = "ja",
    overwrite: bool = False,
    stdin: BinaryIO | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> BulkReport:
    """Give every login of ``source`` its verdicts, as ``lookup`` does, and write them to ``target``.

    ``source`` is CSV, TSV, JSON Lines (each also ``.gz``), Parquet, or ``-`` for ``stdin``; ``target`` ends in
    ``.parquet`` or ``.csv``, or is a folder (``out/``) of Parquet parts. ``tz``, ``epoch``, ``encoding`` and
    ``mapping`` declare what the input does not say, as for ``lookup``. ``columns`` are names of its CSV, ``"all"`` of
    them, or None for ``COLUMNS``; unknown ones are a UsageError.

    Accepted rows keep their order. Rejected rows stand in ``<stem>.rejects.csv``, which is written also when there are
    none; ``<target>.json`` is the manifest. Until all is written the work lies in ``<target>.partial/``; the same call
    resumes there when input, options and versions are the same, and the output is the same byte for byte. An existing
    ``target`` is a UsageError unless ``overwrite``. Input that ``lookup`` refuses is refused with the same InputError.
    """
    from ipattr.bulk.enriching import Job, run

    job = Job(
        source=str(source),
        target=str(target),
        as_of=as_of,
        platform=platform,
        tz=tz,
        epoch=epoch,
        encoding=encoding,
        mapping=mapping,
        columns=_of_file(columns),
        data=data,
        lang=lang,
        overwrite=overwrite,
    )
    return run(job, stdin=stdin, progress=progress)


def enrich_batches(  # noqa: PLR0913 - one argument per option
    batches: Iterable[pa.RecordBatch],
    *,
    ip: str,
    time: str,
    port: str | None = None,
    account_id: str | None = None,
    account_name: str | None = None,
    tz: str | None = None,
    platform: str = "x",
    as_of: date,
    data: Path | None = None,
    lang: Lang = "ja",
    columns: Sequence[str] | Literal["all"] | None = None,
    prefix: str = "ipattr_",
) -> Iterator[pa.RecordBatch]:
    """Yield each batch with the same rows in the same order and the verdict columns appended, led by ``prefix``.

    ``ip``, ``time``, ``port``, ``account_id`` and ``account_name`` name columns of the batches; ``tz`` declares the
    zone of times that carry none; ``columns`` are names of the CSV of ``lookup`` but those of a row's place in a file,
    ``"all"`` of them, or None for ``BATCH_COLUMNS``. ``ipattr_status`` is ``ok``, ``review`` or ``rejected``,
    ``ipattr_reason`` why a row was rejected; the verdicts of a rejected row are null. The schema is that of
    ``enriched_schema``. Nothing is kept from batch to batch but answers, and the registry once per process, so an
    engine may call this on any partition (``mapInArrow``, ``map_partitions``). Raise InputError, at the first
    batch, for a column that is missing or holds floats, and UsageError for columns that cannot be appended.
    """
    from ipattr.bulk.extra import require_arrow

    require_arrow()
    from ipattr.bulk.batches import Question, enrich

    question = Question(
        ip=ip,
        time=time,
        port=port,
        account_id=account_id,
        account_name=account_name,
        tz=tz,
        platform=platform,
        as_of=as_of,
        data=data,
        lang=lang,
        columns=_of_batch(columns),
        prefix=prefix,
    )
    return enrich(batches, question)


def enriched_schema(
    schema: pa.Schema, *, columns: Sequence[str] | Literal["all"] | None = None, prefix: str = "ipattr_"
) -> pa.Schema:
    """Return the schema of what ``enrich_batches`` yields for batches of ``schema``; UsageError for unknown columns."""
    from ipattr.bulk.extra import require_arrow

    require_arrow()
    from ipattr.bulk.columns import appended

    return appended(schema, _of_batch(columns), prefix=prefix)


def _of_file(columns: Sequence[str] | Literal["all"] | None) -> tuple[str, ...]:
    if columns is None:
        return COLUMNS
    from ipattr.bulk.columns import known

    return known(columns)


def _of_batch(columns: Sequence[str] | Literal["all"] | None) -> tuple[str, ...]:
    if columns is None:
        return BATCH_COLUMNS
    from ipattr.bulk.columns import known

    return known(columns, batch=True)
