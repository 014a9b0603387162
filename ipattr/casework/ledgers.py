"""The office's own ledgers: what they hold about a platform, read anew from what was kept."""

from __future__ import annotations

import hashlib
from itertools import groupby
from typing import TYPE_CHECKING

import msgspec

from ipattr.casework.folders import open_ledger
from ipattr.casework.ties import Ties
from ipattr.destinations.condensing import Condenser
from ipattr.destinations.judging import judge
from ipattr.destinations.screening import screen
from ipattr.errors import AlteredError, UsageError
from ipattr.model import KeptObserved, LedgerExtract, LedgerUse, Observation, Resolution
from ipattr.registry import cache
from ipattr.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from ipattr.registry import Registry
    from ipattr.store import CaseFolder

_TYPES: dict[str, type[Resolution | Observation]] = {"capture": Resolution, "import": Observation}


class _Mark(msgspec.Struct):
    """How far a kept condensation of a ledger reaches: the number and hash of the last line it has seen."""

    seq: int
    hash: str
    state: bytes


def read_ledgers(folders: Sequence[Path], platform: str, *, registry: Registry) -> tuple[LedgerExtract, ...]:
    """Return what each ledger says about a platform; raise UsageError for one that is named twice."""
    extracts = tuple(extract(folder, platform, registry=registry) for folder in folders)
    heads = [entry.use.head for entry in extracts]
    if len(set(heads)) < len(heads):
        raise UsageError(ja="同じ台帳が二度指定されている。", en="The same ledger is named twice.", where="--ledger")
    return extracts


def extract(folder: Path, platform: str, *, registry: Registry) -> LedgerExtract:
    """Return what one ledger says about a platform, every answer judged by the facts as they are now."""
    with open_ledger(folder, clock=_no_clock, readonly=True) as kept:
        condenser = _condensed(kept, Ties(registry), registry.data_version)
        head, title = kept.head, kept.title or folder.name
    observations = condenser.observations(platform)
    used = [entry for entry in observations if entry.status == "kept"]
    return LedgerExtract(
        use=LedgerUse(
            kind="own",
            title=title,
            head=head,
            observations=len(used),
            rejected=len(observations) - len(used),
            first_seen=min((entry.first_seen for entry in used), default=""),
            last_seen=max((entry.last_seen for entry in used), default=""),
        ),
        observations=observations,
    )


def shipped(registry: Registry, platform: str) -> LedgerUse:
    """Return the ledger that ships with the data, as far as it speaks of a platform."""
    observations = registry.observations(platform)
    used = [entry for entry in observations if entry.status == "kept"]
    return LedgerUse(
        kind="shipped",
        title="data/observations",
        head=registry.data_version,
        observations=len(used),
        rejected=len(observations) - len(used),
        first_seen=min((entry.first_seen for entry in used), default=""),
        last_seen=max((entry.last_seen for entry in used), default=""),
    )


def lines_of(entry: KeptObserved, data: bytes) -> Iterator[Resolution | Observation]:
    """Return what the lines of an observed file say; raise AlteredError for one that cannot be read."""
    decode = msgspec.json.Decoder(_TYPES[entry.kind]).decode
    for number, line in enumerate(data.splitlines(), start=1):
        try:
            yield decode(line)
        except msgspec.MsgspecError as error:
            raise AlteredError(
                ja="観測の行が読めない。",
                en="A line of observations cannot be read.",
                where=f"{entry.file.path}:{number}",
            ) from error


def encode_lines(records: Iterable[Resolution | Observation]) -> bytes:
    """Return records as the lines of an observed file."""
    encode = msgspec.json.Encoder().encode
    return b"".join(encode(record) + b"\n" for record in records)


def _condensed(kept: CaseFolder, ties: Ties, data_version: str) -> Condenser:
    """Condense a ledger, going on from where an earlier command left its condensation in the cache."""
    entries = kept.entries()
    key = hashlib.sha256(f"{entries[0].hash} {__version__} {data_version}".encode()).digest()
    mark = _recalled(key)
    known = mark is not None and mark.seq <= len(entries) and entries[mark.seq - 1].hash == mark.hash
    condenser = Condenser.from_state(mark.state) if mark is not None and known else Condenser()
    seen = mark.seq if mark is not None and known else 0
    fresh = [entry for entry in kept.observed() if entry.seq > seen]
    for _, batches in groupby(fresh, key=_run_of):
        _take(condenser, kept, tuple(batches), ties)
    if fresh:
        _remember(key, _Mark(seq=entries[-1].seq, hash=entries[-1].hash, state=condenser.state()))
    return condenser


def _run_of(entry: KeptObserved) -> tuple[str, int]:
    return entry.kind, entry.details["run"] if entry.kind == "capture" else entry.seq


def _take(condenser: Condenser, kept: CaseFolder, batches: Sequence[KeptObserved], ties: Ties) -> None:
    """Add the batches of one run, or one import, each answer judged beside the others of its run."""
    found = [
        (record, f"{batch.file.path}:{number}")
        for batch in batches
        for number, record in enumerate(lines_of(batch, kept.read(batch.file)), start=1)
    ]
    answers = [(record, at) for record, at in found if isinstance(record, Resolution)]
    said = {(one.platform, one.host, one.rrtype, one.resolver): one for one in judge([a for a, _ in answers], tie=ties)}
    for answer, at in answers:
        probe = answer.probe
        judged = said.get((probe.platform, probe.host, probe.rrtype, answer.resolver))  # type: ignore[arg-type]
        aside = judged is not None and judged.judgement in {"lying", "special", "wildcard"}
        condenser.add(answer, at=at, rejected=judged.reason.ja if aside and judged is not None else "")
    condenser.extend(screen([record for record, _ in found if isinstance(record, Observation)], tie=ties))


def _recalled(key: bytes) -> _Mark | None:
    folder = cache.cache_folder()
    kept = cache.load(folder / "ledgers", key) if folder is not None else None
    if kept is None:
        return None
    try:
        return msgspec.msgpack.decode(kept, type=_Mark)
    except msgspec.MsgspecError:
        return None


def _remember(key: bytes, mark: _Mark) -> None:
    folder = cache.cache_folder()
    if folder is not None:
        cache.save(folder / "ledgers", key, msgspec.msgpack.encode(mark))


def _no_clock() -> datetime:
    message = "a ledger opened for reading dates nothing"
    raise AssertionError(message)
