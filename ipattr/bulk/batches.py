"""Batches of Arrow from whatever engine: the same rows, with their verdicts behind their own columns."""

from __future__ import annotations

import threading
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ipattr.bulk.accepted import accept
from ipattr.bulk.chunks import Chunk, Piece
from ipattr.bulk.columns import appended, arrow
from ipattr.bulk.deciding import stamps
from ipattr.bulk.extra import array, kernels, words
from ipattr.bulk.verdicts import Verdicts
from ipattr.inputs import Declared, find_platform
from ipattr.registry import open_registry
from ipattr.renderers import facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from pathlib import Path

    import pyarrow as pa

    from ipattr.bulk.accepted import Accepted
    from ipattr.bulk.parsed import Parsed
    from ipattr.readers import Options
    from ipattr.registry import Registry

_OF_REJECTS = frozenset({"status", "reason", "reject_column", "raw"})


class Question(NamedTuple):
    """What ``enrich_batches`` was asked for."""

    ip: str
    time: str
    port: str | None
    account_id: str | None
    account_name: str | None
    tz: str | None
    platform: str
    as_of: date
    data: Path | None
    lang: str
    columns: tuple[str, ...]
    prefix: str

    @property
    def mapping(self) -> dict[str, str]:
        """Field → column, of those that were named."""
        named = {
            "ip": self.ip,
            "time": self.time,
            "port": self.port,
            "account_id": self.account_id,
            "account_name": self.account_name,
        }
        return {field: column for field, column in named.items() if column is not None}


def enrich(batches: Iterable[pa.RecordBatch], question: Question) -> Iterator[pa.RecordBatch]:
    """Yield each batch with the verdict columns; nothing is kept from one to the next but answers."""
    from ipattr.bulk.sources import parse_batch

    registry = _registry(question.data)
    options = _options(question, registry)
    for batch in batches:
        parsed = parse_batch(batch, question.mapping, options=options, specials=registry.specials)
        yield _enriched(batch, parsed, question, registry)


def _enriched(batch: pa.RecordBatch, parsed: Parsed, question: Question, registry: Registry) -> pa.RecordBatch:
    import pyarrow as pa

    verdicts = _verdicts(question, registry)
    rows = accept(parsed)
    judged = Piece(rows, verdicts.judge(rows))
    chunk = Chunk(
        (judged,),
        verdicts=verdicts,
        first=1,
        stamp=stamps(
            as_of=question.as_of,
            platform=question.platform,
            data_version=registry.data_version,
            declared_zone=question.tz or "",
        ),
    )
    back = _back(rows, len(batch))
    made = []
    for name in question.columns:
        column = arrow(chunk, name, plain=True)
        whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        spread = whole if back is None else whole.take(back)
        made.append(_with_rejects(spread, name, rows, question.lang) if name in _OF_REJECTS else spread)
    schema = appended(batch.schema, question.columns, prefix=question.prefix)
    return pa.RecordBatch.from_arrays([*batch.columns, *made], schema=schema)


def _back(rows: Accepted, size: int) -> pa.Array[Any] | None:
    """Return for each row of the batch its place among the accepted ones, null where it was rejected."""
    import numpy as np

    if not rows.rejects:
        return None
    place = np.full(size, -1, dtype=np.int32)
    place[rows.place] = np.arange(len(rows), dtype=np.int32)
    return array(place, mask=place < 0)


def _with_rejects(column: pa.Array[Any], name: str, rows: Accepted, lang: str) -> pa.Array[Any]:
    """Return a column with what is said of the rejected rows, of which there are no verdicts."""
    import numpy as np

    if not rows.rejects:
        return column
    mask = np.zeros(len(column), dtype=bool)
    mask[[at for at, _ in rows.rejects]] = True
    said = words([facts.rejected(reject, lang)[name] for _, reject in rows.rejects])
    made: pa.Array[Any] = kernels().replace_with_mask(column, array(mask), said)
    return made


@cache
def _registry(data: Path | None) -> Registry:
    """Open the facts once per process."""
    return open_registry(data)


@cache
def _options(question: Question, registry: Registry) -> Options:
    platform = find_platform(registry, question.platform)
    return Declared(tz=question.tz).options(platform, registry.columns)


_LOCAL = threading.local()


def _verdicts(question: Question, registry: Registry) -> Verdicts:
    """Return the tables of this thread for such questions: an engine comes back with the next partition."""
    key = (question.data, question.platform, question.as_of, question.lang, question.columns)
    if getattr(_LOCAL, "key", None) != key:
        _LOCAL.key = key
        _LOCAL.verdicts = Verdicts(
            registry,
            platform=question.platform,
            as_of=question.as_of,
            lang=question.lang,
            wanted=frozenset(question.columns),
            once=False,
        )
    found: Verdicts = _LOCAL.verdicts
    if found.large:
        found.forget()
    return found
