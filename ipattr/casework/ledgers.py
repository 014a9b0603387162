"""The office's own ledgers: what they hold about a platform, read anew from what was kept."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from itertools import groupby
from typing import TYPE_CHECKING, Literal

import msgspec

from ipattr.casework.batches import check_record
from ipattr.casework.folders import no_clock, open_ledger
from ipattr.casework.ties import Ties
from ipattr.destinations.condensing import Condenser
from ipattr.destinations.judging import judge
from ipattr.destinations.screening import screen
from ipattr.destinations.weighing import weigh
from ipattr.errors import AlteredError, UsageError
from ipattr.model import KeptObserved, LedgerExtract, LedgerUse, Observation, Resolution
from ipattr.registry import cache
from ipattr.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from ipattr.model import JournalEntry
    from ipattr.registry import Registry
    from ipattr.store import CaseFolder

_REMEMBERED = 16
"""Condensations of so many ledgers stay in the cache: with fewer than an office has, one would always be read anew."""
_TYPES: dict[str, type[Resolution | Observation]] = {"capture": Resolution, "import": Observation}


class _Mark(msgspec.Struct):
    """How far a kept condensation of a ledger reaches: the number and hash of the last line it has seen."""

    seq: int
    hash: str
    state: bytes


def read_ledgers(folders: Sequence[Path], platform: str, *, registry: Registry) -> tuple[LedgerExtract, ...]:
    """Return what each ledger says about a platform, every answer judged by the facts as they are now.

    Raise UsageError for a ledger that is named twice, be it as an earlier copy of itself: nothing may count double.
    """
    known: set[str] = set()
    extracts = []
    for folder in folders:
        with open_ledger(folder, clock=no_clock, readonly=True) as kept:
            root = kept.entries()[0].hash
            if root in known:
                raise UsageError(
                    ja="同じ台帳（又はその写し）が二度指定されている。",
                    en="The same ledger, or a copy of it, is named twice.",
                    where=f"--ledger {folder}",
                )
            known.add(root)
            extracts.append(_extract(kept, platform, registry=registry))
    return tuple(extracts)


def _extract(kept: CaseFolder, platform: str, *, registry: Registry) -> LedgerExtract:
    condenser = _condensed(kept, Ties(registry), registry.data_version)
    title = kept.title or kept.path.name
    observations = tuple(
        msgspec.structs.replace(entry, source=title) if entry.id.startswith("own:") else entry
        for entry in condenser.observations(platform)
    )
    return LedgerExtract(use=_use("own", title, kept.head, observations), observations=observations)


def shipped(registry: Registry, platform: str) -> LedgerUse:
    """Return the ledger that ships with the data, as far as it speaks of a platform."""
    return _use("shipped", "data/observations", registry.data_version, registry.observations(platform))


def _use(kind: Literal["shipped", "own"], title: str, head: str, observations: Sequence[Observation]) -> LedgerUse:
    used = [entry for entry in observations if entry.status == "kept"]
    return LedgerUse(
        kind=kind,
        title=title,
        head=head,
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
            record = decode(line)
            check_record(record)
        except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
            raise AlteredError(
                ja="観測の行が読めない。",
                en="A line of observations cannot be read.",
                where=f"{entry.file.path}:{number}",
            ) from error
        yield record


def encode_lines(records: Iterable[Resolution | Observation]) -> bytes:
    """Return records as the lines of an observed file."""
    encode = msgspec.json.Encoder().encode
    return b"".join(encode(record) + b"\n" for record in records)


def _condensed(kept: CaseFolder, ties: Ties, data_version: str) -> Condenser:
    """Condense a ledger, going on from where an earlier command left its condensation in the cache.

    A run that is still under way is not left there: its answers are judged beside those that are still to come.
    """
    entries = kept.entries()
    key = hashlib.sha256(f"{entries[0].hash} {__version__} {data_version}".encode()).digest()
    condenser, seen = _recalled(key, entries)
    ledger = entries[0].hash[:8]
    fresh = [entry for entry in kept.observed() if entry.seq > seen]
    ended = max((entry.seq for entry in entries if entry.kind == "run"), default=0)
    whole = True
    for (kind, _), group in groupby(fresh, key=_run_of):
        batches = tuple(group)
        if whole and kind == "capture" and batches[-1].seq > ended:
            whole = False
            last = entries[batches[0].seq - 2]
            _remember(key, _Mark(seq=last.seq, hash=last.hash, state=condenser.state()))
        _take(condenser, kept, batches, ties, ledger=ledger)
    if fresh and whole:
        _remember(key, _Mark(seq=entries[-1].seq, hash=entries[-1].hash, state=condenser.state()))
    return condenser


def _run_of(entry: KeptObserved) -> tuple[str, int]:
    return entry.kind, entry.details["run"] if entry.kind == "capture" else entry.seq


def _take(condenser: Condenser, kept: CaseFolder, batches: Sequence[KeptObserved], ties: Ties, *, ledger: str) -> None:
    """Add the batches of one run, or one import, each answer judged and weighed beside the others of its run.

    What they are called begins with ``ledger``: other ledgers, and other files, have the same line numbers.
    """
    found = [
        (record, f"{ledger}/{batch.file.path}:{number}", batch)
        for batch in batches
        for number, record in enumerate(lines_of(batch, kept.read(batch.file)), start=1)
    ]
    answers = [(record, at) for record, at, _ in found if isinstance(record, Resolution)]
    weights = weigh(judge([answer for answer, _ in answers], tie=ties), tie=ties)
    for answer, at in answers:
        probe = answer.probe
        condenser.add(answer, at=at, weights=weights.get((probe.platform, probe.host, probe.rrtype, answer.resolver)))
    seen = [
        msgspec.structs.replace(record, id=f"imp:{ledger}/{batch.details['input']}:{record.id.removeprefix('imp:')}")
        for record, _, batch in found
        if isinstance(record, Observation)
    ]
    condenser.extend(screen(seen, tie=ties))


def _recalled(key: bytes, entries: Sequence[JournalEntry]) -> tuple[Condenser, int]:
    """Return what was condensed before and how far it reaches; an empty start where nothing usable was kept."""
    folder = cache.cache_folder()
    kept = cache.load(folder / "ledgers", key) if folder is not None else None
    if kept is not None:
        with suppress(msgspec.MsgspecError, ValueError):
            mark = msgspec.msgpack.decode(kept, type=_Mark)
            if 0 < mark.seq <= len(entries) and entries[mark.seq - 1].hash == mark.hash:
                return Condenser.from_state(mark.state), mark.seq
    return Condenser(), 0


def _remember(key: bytes, mark: _Mark) -> None:
    folder = cache.cache_folder()
    if folder is not None:
        cache.save(folder / "ledgers", key, msgspec.msgpack.encode(mark), kept=_REMEMBERED)
