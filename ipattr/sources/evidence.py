"""Evidence: one answer as two files, the same in the folder of a case and in the folder of a test fixture.

``<name>.json`` is the :class:`Exchange` (indented JSON, one newline at its end), ``<name>.body`` the raw bytes as they
were received. The header names size and SHA-256 of the body, is itself exactly what :func:`header_bytes` writes, and
has its own SHA-256 in its name (:func:`evidence_name`), so that any byte changed in either file is seen.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from typing import TYPE_CHECKING

import msgspec

from ipattr.errors import AlteredError, NotRecordedError, StoreError
from ipattr.model import Exchange
from ipattr.sources.interface import Answered

if TYPE_CHECKING:
    from pathlib import Path

HEADER = ".json"
BODY = ".body"
MODE = 0o600

_BOUND = re.compile(r"[0-9]+-([0-9a-f]{12})\Z", re.ASCII)
_NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*\Z", re.ASCII)


def header_bytes(exchange: Exchange) -> bytes:
    """Return the exact bytes of the ``.json`` file."""
    return msgspec.json.format(msgspec.json.encode(exchange), indent=2) + b"\n"


def evidence_name(seq: int, answered: Answered) -> str:
    """Return ``<seq>-<12 hex of the header's SHA-256>``: nothing in it tells which address was asked about."""
    return f"{seq:06d}-{hashlib.sha256(header_bytes(answered.exchange)).hexdigest()[:12]}"


def evidence_names(folder: Path) -> tuple[str, ...]:
    """Return the names of the evidence in ``folder`` in order; a body without its header was never whole."""
    return tuple(sorted(path.name.removesuffix(HEADER) for path in folder.glob(f"*{HEADER}")))


def write_evidence(folder: Path, name: str, answered: Answered) -> None:
    """Write one answer durably under a new ``name``, readable by its owner alone; the header comes last.

    Both files are synced, the folder is not: see :func:`sync_folder`. StoreError when a file of that name exists or the
    disk does not take it; then neither file of ours is left.
    """
    if not _NAME.match(name):
        raise StoreError(ja="証拠の名前として使えない文字列である。", en="This is no name for evidence.", where=name)
    _write_new(folder / f"{name}{BODY}", answered.body)
    try:
        _write_new(folder / f"{name}{HEADER}", header_bytes(answered.exchange))
    except StoreError:
        with contextlib.suppress(OSError):
            (folder / f"{name}{BODY}").unlink()
        raise


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable (no-op where the platform cannot open a folder)."""
    if os.name != "posix":
        return
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise _not_kept(str(folder), error) from error


def read_evidence(folder: Path, name: str) -> Answered:
    """Return one kept answer, as it was kept.

    AlteredError, naming the file, when one of the two is missing, when the header is not what this format writes or not
    the one that its name was made of, or when the body has another size or SHA-256 than the header states.
    NotRecordedError when neither file is there. A name of another form than :func:`evidence_name` gives binds nothing.
    """
    header, body = folder / f"{name}{HEADER}", folder / f"{name}{BODY}"
    if not header.exists() and not body.exists():
        raise NotRecordedError(ja="この名前の証拠はない。", en="There is no evidence of this name.", where=name)
    stated, raw = _read(header), _read(body)
    try:
        exchange = msgspec.json.decode(stated, type=Exchange)
        written = header_bytes(exchange)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise AlteredError(
            ja="証拠の見出しが読めない。保存時のものではない。",
            en="The header of this evidence cannot be read: it is not what was kept.",
            where=header.name,
        ) from error
    bound = _BOUND.match(name)
    if written != stated or (bound and bound[1] != hashlib.sha256(stated).hexdigest()[:12]):
        raise AlteredError(
            ja="証拠の見出しが保存時のものと異なる。",
            en="The header of this evidence is not byte for byte what was kept.",
            where=header.name,
        )
    if len(raw) != exchange.size or hashlib.sha256(raw).hexdigest() != exchange.sha256:
        raise AlteredError(
            ja="証拠の本文が、見出しにある大きさ又はSHA-256と合わない。",
            en="The body of this evidence does not fit the size or the SHA-256 in its header.",
            where=body.name,
        )
    return Answered(exchange=exchange, body=raw)


def _write_new(path: Path, content: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags, MODE)
    except OSError as error:
        raise _not_kept(path.name, error) from error
    try:
        with open(handle, "wb", closefd=True) as file:  # noqa: PTH123 - a descriptor, opened exclusively above
            path.chmod(MODE)  # whatever the umask
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        with contextlib.suppress(OSError):
            path.unlink()
        raise _not_kept(path.name, error) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise AlteredError(
            ja=f"証拠のファイルが読めない（{error.strerror}）。",
            en=f"A file of this evidence cannot be read ({error.strerror}).",
            where=path.name,
        ) from error


def _not_kept(where: str, error: OSError) -> StoreError:
    return StoreError(
        ja=f"証拠を保存できない（{error.strerror}）。", en=f"Evidence cannot be kept ({error.strerror}).", where=where
    )
