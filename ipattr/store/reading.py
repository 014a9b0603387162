"""Looking at a case folder without touching it: on any medium, also after an interrupted run."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from ipattr.errors import AlteredError, StoreError
from ipattr.store import layout
from ipattr.store.journal import broken, check_beginning, open_copy, open_here, read_entries
from ipattr.store.locking import FolderLock, in_use
from ipattr.store.wal import LOG_HEADER

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.model import JournalEntry
    from ipattr.model.keeping import KeptFile

_ATTEMPTS, _PAUSE = 40, 0.05
"""How often, and how many seconds apart, a reader looks again while a writer is folding its log in."""


def snapshot(folder: Path) -> tuple[JournalEntry, ...]:
    """Return the journal of a folder at one moment, also while somebody writes it.

    AlteredError when it does not hold; StoreError when it is none of ours, or the writer left no moment to read it.
    """
    own = open_here(folder / layout.DATABASE)
    if own is not None:
        return tuple(own.entries)
    with layout.disk(folder):
        try:
            lock = FolderLock(folder, exclusive=False, patience=0.0)
        except StoreError:
            return _beside_a_writer(folder)
        try:
            database, log = read_database(folder)
        finally:
            lock.release(clean=False)
    entries = _journal(folder, database, log)
    if not entries:
        raise AlteredError(
            ja="記録（case.db）が壊れているか、連鎖が合わない。ipattr verify で確かめる。",
            en="the journal (case.db) is damaged or its chain does not hold; run ipattr verify.",
            where=str(folder / layout.DATABASE),
        )
    return entries


def _journal(folder: Path, database: bytes, log: bytes) -> tuple[JournalEntry, ...]:
    """Return the lines of a journal, none where they do not hold; StoreError when it is none of ours."""
    import sqlite3

    check_beginning(database[:100], folder / layout.DATABASE)
    try:
        connection = open_copy(database, log)
        try:
            entries = read_entries(connection)
        finally:
            connection.close()
        return () if broken(entries) else entries
    except (sqlite3.Error, msgspec.MsgspecError, ValueError):
        return ()


def _beside_a_writer(folder: Path) -> tuple[JournalEntry, ...]:
    """Return the journal as it stood between two of the writer's batches.

    A line is written when its files are on the disk, so what the journal names is there. Whatever could have been read
    half-written shows in the chain, and is read again.
    """
    for _ in range(_ATTEMPTS):
        pair = _of_one_log(folder)
        entries = _journal(folder, *pair) if pair else ()
        if entries:
            return entries
        time.sleep(_PAUSE)
    raise in_use(folder)


def _of_one_log(folder: Path) -> tuple[bytes, bytes] | None:
    """Return the bytes of the database and of its log, or None when the log was begun anew between the two.

    Pages that SQLite copies into the database meanwhile stand in the log as well, as long as it is the same log, which
    the salts in its header tell.
    """
    try:
        begun = _log_header(folder)
        database, log = read_database(folder)
        if begun:
            return (database, log) if log[:LOG_HEADER] == begun else None
        return (database, log) if not log and read_database(folder) == (database, log) else None
    except FileNotFoundError:
        return None  # a closing writer takes the log away


def _log_header(folder: Path) -> bytes:
    """Return the header of the log, empty when there is no whole one. OSError."""
    path = folder / layout.LOG
    if not path.is_file():
        return b""
    with path.open("rb") as file:
        header = file.read(LOG_HEADER)
    return header if len(header) == LOG_HEADER else b""


def read_database(folder: Path) -> tuple[bytes, bytes]:
    """Return the bytes of the database and of its log, either empty when it is no file. OSError."""
    found = []
    for name in (layout.DATABASE, layout.LOG):
        path = folder / name
        found.append(path.read_bytes() if path.is_file() else b"")
    return found[0], found[1]


def read_file(folder: Path, file: KeptFile) -> bytes:
    """Return the bytes of a file that the journal names; AlteredError when they are missing or not what was kept.

    Whatever a journal that others made may say, nothing outside the folder is opened.
    """
    path = folder / file.path
    unreadable = AlteredError(ja="保存したファイルが読めない。", en="a kept file cannot be read.", where=file.path)
    if not layout.is_inside(file.path):
        raise unreadable
    try:
        if not path.is_file():  # a pipe would be waited for
            raise unreadable
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise unreadable from error
    if layout.sha256(data) != file.sha256:
        raise AlteredError(
            ja="保存した時のSHA-256と異なる。", en="this is not what was kept: its SHA-256 differs.", where=file.path
        )
    return data
