"""Taking in what others saw: a file kept as received, its observations as read, and both read again when checked."""

from __future__ import annotations

import os
import stat
from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from ipattr.casework.batches import Taken, Taking, check_lines, taken_of
from ipattr.casework.folders import begin_ledger, open_ledger
from ipattr.casework.ledgers import encode_lines
from ipattr.casework.ties import Ties
from ipattr.destinations.screening import screen
from ipattr.errors import AlteredError, InputError, StoreError, UsageError
from ipattr.inputs import platform_named, unopened
from ipattr.model import Imported, Resolution
from ipattr.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ipattr.model import KeptObserved
    from ipattr.registry import Registry
    from ipattr.sources.interface import Clock
    from ipattr.store import CaseFolder


def take_in(folder: Path, file: Path, taking: Taking, *, registry: Registry, clock: Clock) -> Imported:
    """Keep a file of others' observations in a ledger, with what it says; return that, screened.

    The file is kept as received, its observations as read; what cannot be tied to the platform comes back rejected with
    the reason, and is judged anew whenever the ledger is read. A file without a single observation is not kept.
    InputError when the file cannot be opened or read; StoreError when the ledger holds it already for this platform.
    """
    hosts = tuple(sorted({host.name for host in platform_named(registry, taking.platform).hosts}))
    data = _received(file)
    read = _read_seen(data, taking, hosts=hosts, where=str(file))
    if not read.observations:
        return read
    begin_ledger(folder, registry=registry, clock=clock, title="")
    with open_ledger(folder, clock=clock) as kept:
        path = kept.add_input(file.name, data)
        before = [taken_of(entry) for entry in kept.observed() if entry.kind == "import"]
        if any((one.input, one.taking.platform) == (path, taking.platform) for one in before):
            raise StoreError(
                ja="この台帳にはすでに取り込まれている。", en="This ledger holds it already.", where=str(file)
            )
        screened = screen(read.observations, tie=Ties(registry))
        taken = Taken(
            input=path,
            taking=taking,
            hosts=hosts,
            tool_version=__version__,
            rows=read.rows,
            taken=read.taken,
            rejects=len(read.rejects),
            others=read.others,
            screened=dict(Counter(entry.status for entry in screened)),
        )
        kept.add_observed(encode_lines(read.observations), kind="import", details=msgspec.to_builtins(taken))
    return msgspec.structs.replace(read, observations=screened)


def _received(file: Path) -> bytes:
    """Return the bytes of a plain file, up to one more than are read: pipes may be waited for, devices go on."""
    from ipattr.sources.seen import MAX_BYTES

    try:
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as stream:  # noqa: PTH123 - a descriptor has no path
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise unopened(error, str(file)) from None
    raise InputError(
        ja="通常のファイルではない（フォルダー、パイプ、デバイス等である）。",
        en="It is no plain file (but a folder, a pipe, a device or the like).",
        where=str(file),
    )


def _read_seen(data: bytes, taking: Taking, *, hosts: Sequence[str], where: str) -> Imported:
    from ipattr.sources.seen import read_seen

    try:
        return read_seen(
            data,
            form=taking.form,
            platform=taking.platform,
            hosts=frozenset(hosts),
            source=taking.source,
            confidence=taking.confidence,
            observed_at=taking.observed_at,
            vantage=taking.vantage,
            zone=taking.zone,
        )
    except InputError as error:
        error.where = error.where or where
        raise


def reread(kept: CaseFolder, entry: KeptObserved, data: bytes) -> bytes:
    """Return what an observed file must be: answers read again from their raw messages, imports from the kept file.

    A line that cannot be what it is to be becomes an empty one. UsageError where only what another version of the tool
    read is read otherwise by this one, or what it was read from is not there: that is no sign that it was changed.
    AlteredError where the journal says of it what this program does not write.
    """
    check_lines([entry])
    again, others = _answers_again(data) if entry.kind == "capture" else _import_again(kept, entry, data)
    if again == data and others:
        versions = ", ".join(sorted(others))
        raise UsageError(
            ja=f"ipattr {versions} が読んだもので、{__version__} では読み方が異なるので、比べることはできない。",
            en=f"It was read by ipattr {versions}, which {__version__} reads otherwise, so it cannot be compared.",
            where=entry.file.path,
        )
    return again


def _answers_again(data: bytes) -> tuple[bytes, set[str]]:
    """Return a batch as its messages give it, and the other versions whose lines stay although they read otherwise."""
    from ipattr.sources.resolving.messages import reread as read_again

    decode = msgspec.json.Decoder(Resolution).decode
    lines, others = [], set()
    for line in data.split(b"\n")[:-1]:
        try:
            answer = decode(line)
            again, version = encode_lines([read_again(answer)]), answer.tool_version
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            again, version = b"\n", _version_of(line)
        if version != __version__ and again != line + b"\n":
            again = line + b"\n"
            others.add(version)
        lines.append(again)
    return b"".join(lines), others


class _Versioned(msgspec.Struct):
    tool_version: str


def _version_of(line: bytes) -> str:
    """Return which version of the tool wrote a line that this one cannot read."""
    try:
        return msgspec.json.decode(line, type=_Versioned).tool_version
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return __version__


def _import_again(kept: CaseFolder, entry: KeptObserved, data: bytes) -> tuple[bytes, set[str]]:
    taken = taken_of(entry)
    file = next((one.file for one in kept.inputs() if one.file.path == taken.input), None)
    if file is None or not taken.hosts:
        raise UsageError(
            ja="どのファイルから、どのホストについて読んだかが記録にない。",
            en="The journal does not say from which file, or for which hosts, it was read.",
            where=entry.file.path,
        )
    try:
        data_then = kept.read(file)
    except AlteredError as error:  # named as such already
        raise UsageError(ja=error.ja, en=error.en, where=file.path) from error
    read = _read_seen(data_then, taken.taking, hosts=taken.hosts, where=file.path)
    again = encode_lines(read.observations)
    if taken.tool_version == __version__ or again == data:
        return again, set()
    return data, {taken.tool_version}
