"""Looking at a case folder without touching it: on any medium, also after an interrupted run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ipattr.errors import AlteredError
from ipattr.model import JournalEntry, Record
from ipattr.store import layout
from ipattr.store.journal import broken, open_copy, read_entries, read_state
from ipattr.store.locking import FolderLock

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.model.keeping import KeptFile


class Snapshot(Record, frozen=True, kw_only=True):
    """The journal at one moment."""

    entries: tuple[JournalEntry, ...]
    interrupted: bool


def snapshot(folder: Path) -> Snapshot:
    """Return the journal of a folder; StoreError while somebody writes it, AlteredError when it does not hold."""
    import sqlite3

    with layout.disk(folder):
        lock = FolderLock(folder, exclusive=False)
        try:
            database, log = read_database(folder)
        finally:
            lock.release(clean=False)
    try:
        connection = open_copy(database, log)
        try:
            entries, state = read_entries(connection), read_state(connection)
        finally:
            connection.close()
        sound = bool(entries) and not broken(entries)
    except (sqlite3.Error, msgspec.MsgspecError, ValueError):
        sound = False
    if not sound:
        raise AlteredError(
            ja="記録（case.db）が壊れているか、連鎖が合わない。ipattr verify で確かめる。",
            en="the journal (case.db) is damaged or its chain does not hold; run ipattr verify.",
            where=str(folder / layout.DATABASE),
        )
    return Snapshot(entries=entries, interrupted=lock.interrupted or bool(log) or state != "closed")


def read_database(folder: Path) -> tuple[bytes, bytes]:
    """Return the bytes of the database and of its log, either empty when it is no file. OSError."""
    found = []
    for name in (layout.DATABASE, layout.LOG):
        path = folder / name
        found.append(path.read_bytes() if path.is_file() else b"")
    return found[0], found[1]


def read_file(folder: Path, file: KeptFile) -> bytes:
    """Return the bytes of a file that the journal names; AlteredError when they are missing or not what was kept."""
    path = folder / file.path
    unreadable = AlteredError(ja="保存したファイルが読めない。", en="a kept file cannot be read.", where=file.path)
    if not path.is_file():  # a pipe would be waited for
        raise unreadable
    try:
        data = path.read_bytes()
    except OSError as error:
        raise unreadable from error
    if layout.sha256(data) != file.sha256:
        raise AlteredError(
            ja="保存した時のSHA-256と異なる。", en="this is not what was kept: its SHA-256 differs.", where=file.path
        )
    return data
