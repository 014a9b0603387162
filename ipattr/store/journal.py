"""The journal: an append-only table in SQLite whose every line holds the hash of the line before.

``hash`` is the SHA-256 of the UTF-8 bytes of ``[seq,"at","kind","payload","previous"]``: a JSON array without blanks,
non-ASCII characters as themselves. ``at`` is UTC with microseconds and ``Z``; ``previous`` of line 1 is 64 zeros. The
chain shows that a line was changed, not that the last ones were cut off: for that the head is printed in every report.

Version 2 knows lines of the kind ``observed``; a folder of version 1 stays one, and is written as one.

The writer keeps the file locked, writes ahead (WAL) and flushes at every commit. A reader takes the bytes of the file
and of its log into memory (see :mod:`ipattr.store.wal`) and touches nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

import msgspec

from ipattr.errors import AlteredError, StoreError
from ipattr.model import JournalEntry
from ipattr.store import layout
from ipattr.store.wal import merged

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from pathlib import Path

APPLICATION = 0x49504154
"""``IPAT`` in the header of the file (SQLite's application_id)."""
VERSION = 2
FIRST = "0" * 64
_MAGIC = b"SQLite format 3\x00"
_KINDS = "'case','input','consent','run','query','answer','result','seal','stamp','note'"

_JOURNAL = """CREATE TABLE journal (seq INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ({})),
    payload TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL)"""
_OTHERS = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TRIGGER journal_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'append-only'); END",
    "CREATE TRIGGER journal_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'append-only'); END",
)
SCHEMAS = {
    1: (_JOURNAL.format(_KINDS), *_OTHERS),
    VERSION: (_JOURNAL.format(f"{_KINDS},'observed'"), *_OTHERS),
}
"""The statements that made a journal, by its version: a journal made by any others is not ours."""
SCHEMA = SCHEMAS[VERSION]
OBSERVED_SINCE = 2


def canonical(value: object) -> str:
    """Return a value as canonical JSON: keys sorted, no blanks, non-ASCII as itself; lone surrogates become U+FFFD."""
    text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode(errors="replace").decode()


def entry_hash(*, seq: int, at: str, kind: str, payload: str, previous: str) -> str:
    """Return the hash of one line in its canonical form."""
    form = json.dumps([seq, at, kind, payload, previous], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(form.encode()).hexdigest()


def instant_text(at: datetime) -> str:
    """Return an instant as the journal writes it; ValueError for a naive one."""
    if at.tzinfo is None:
        message = "an instant without a zone"
        raise ValueError(message)
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def follow(previous: str, *, seq: int, at: datetime, kind: str, payload: str) -> JournalEntry:
    """Return the line that follows ``previous``."""
    text = instant_text(at)
    found = entry_hash(seq=seq, at=text, kind=kind, payload=payload, previous=previous)
    fields = {"seq": seq, "at": text, "kind": kind, "payload": payload, "previous": previous, "hash": found}
    return msgspec.convert(fields, JournalEntry)


def broken(entries: Sequence[JournalEntry]) -> tuple[int, ...]:
    """Return the numbers of the lines that do not follow from the line before."""
    found: list[int] = []
    previous = FIRST
    for number, entry in enumerate(entries, start=1):
        expected = entry_hash(
            seq=number, at=instant_text(entry.at), kind=entry.kind, payload=entry.payload, previous=previous
        )
        if (entry.seq, entry.previous, entry.hash) != (number, previous, expected):
            found.append(number)
        previous = entry.hash
    return tuple(found)


class Journal:
    """The journal of one case folder, open for appending."""

    def __init__(self, path: Path) -> None:
        """Open it and take SQLite's own lock; raise StoreError or AlteredError where it cannot be trusted."""
        import sqlite3

        self._path = path
        self._connection = sqlite3.connect(path, timeout=0.5, isolation_level=None, check_same_thread=False)
        try:
            _prepare(self._connection)
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute("COMMIT")
            self.entries = list(read_entries(self._connection))
            self.state = read_state(self._connection)
            self.version = read_version(self._connection)
        except (sqlite3.Error, msgspec.ValidationError) as error:
            self._connection.close()
            raise _refused(error, path) from error
        wrong = broken(self.entries)
        if wrong or not self.entries:
            self._connection.close()
            raise AlteredError(
                ja="記録の連鎖が合わない。ipattr verify で確かめる。",
                en="the chain of the journal does not hold; run ipattr verify.",
                where=str(path),
            )
        _HERE[_here(path)] = self

    @property
    def head(self) -> str:
        """Return the hash of the last line."""
        return self.entries[-1].hash

    def append(self, lines: Iterable[tuple[str, str]], *, at: datetime) -> tuple[JournalEntry, ...]:
        """Append (kind, payload) lines in one transaction and return them; StoreError, and none of them, on failure."""
        import sqlite3

        added: list[JournalEntry] = []
        head, seq = self.head, len(self.entries)
        for kind, payload in lines:
            seq += 1
            added.append(follow(head, seq=seq, at=at, kind=kind, payload=payload))
            head = added[-1].hash
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            if self.state != "open":
                self._connection.execute("UPDATE meta SET value = 'open' WHERE name = 'state'")
            insert_entries(self._connection, added)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise _refused(error, self._path) from error
        self.state = "open"
        self.entries += added
        return tuple(added)

    def close(self, *, clean: bool) -> None:
        """Close it; a clean close says so in the file and leaves no log behind. StoreError when that cannot be done."""
        import sqlite3

        _HERE.pop(_here(self._path), None)
        try:
            if clean and self.state == "open":
                self._connection.execute("UPDATE meta SET value = 'closed' WHERE name = 'state'")
                busy = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
                if busy:
                    raise _refused(sqlite3.OperationalError("checkpoint"), self._path)
                self.state = "closed"
        except sqlite3.Error as error:
            raise _refused(error, self._path) from error
        finally:
            self._connection.close()


_HERE: WeakValueDictionary[tuple[int, str], Journal] = WeakValueDictionary()


def open_here(path: Path) -> Journal | None:
    """Return the journal that this very process has open at ``path``.

    The file must then not be opened a second time: POSIX ends all locks that a process has on a file when it closes it
    once (fcntl(2)), and SQLite's own lock, which keeps other programs out, would be gone.
    """
    return _HERE.get(_here(path))


def _here(path: Path) -> tuple[int, str]:
    return os.getpid(), str(path.resolve())  # a forked child has its parent's table and none of its locks


def make_journal(path: Path, first: JournalEntry) -> None:
    """Make the database with its first line. The file is there already, empty, with the mode it is to have."""
    import sqlite3

    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
        _prepare(connection)
        connection.execute("BEGIN IMMEDIATE")
        for statement in SCHEMA:
            connection.execute(statement)
        connection.execute("INSERT INTO meta VALUES ('state', 'closed')")
        insert_entries(connection, (first,))
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise _refused(error, path) from error
    finally:
        connection.close()


def check_header(path: Path) -> None:
    """Raise StoreError unless the file begins as a journal of ours, of a version that this program knows."""
    with layout.disk(path), path.open("rb") as file:
        check_beginning(file.read(100), path)


def check_beginning(header: bytes, path: Path) -> None:
    """Raise StoreError unless these first 100 bytes are those of a journal of ours, of a version that we know."""
    if not header.startswith(_MAGIC) or int.from_bytes(header[68:72]) != APPLICATION:
        raise StoreError(
            ja="事件フォルダーや台帳の記録（case.db）ではない。",
            en="this is not the journal of a case folder or ledger.",
            where=str(path),
        )
    version = int.from_bytes(header[60:64])
    if version not in SCHEMAS:
        raise StoreError(
            ja=f"フォルダーの版（{version}）はこの ipattr が知る版（{VERSION}）と異なる。新しい ipattr で開く。",
            en=f"the folder has version {version}, this ipattr knows {VERSION}: open it with a newer ipattr.",
            where=str(path),
        )


def open_copy(database: bytes, log: bytes) -> sqlite3.Connection:
    """Return a connection to the database in memory, with what its write-ahead log had committed.

    ``sqlite3.DatabaseError`` when the bytes are no database. Nothing is read from or written to the disk.
    """
    import sqlite3

    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    try:
        connection.deserialize(merged(database, log))
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA query_only = ON")
    except (sqlite3.Error, ValueError, OverflowError) as error:
        connection.close()
        message = "no database"
        raise sqlite3.DatabaseError(message) from error
    return connection


def read_entries(connection: sqlite3.Connection) -> tuple[JournalEntry, ...]:
    """Return all lines in order; ``msgspec.ValidationError`` for one that is no line.

    ``sqlite3.DatabaseError`` where the tables are not those of a journal: a view of that name may have no end.
    """
    import sqlite3

    if not has_tables(connection):
        message = "the tables of a journal are not there"
        raise sqlite3.DatabaseError(message)
    rows: list[Any] = connection.execute(
        "SELECT seq, at, kind, payload, previous, hash FROM journal ORDER BY seq"
    ).fetchall()
    names = ("seq", "at", "kind", "payload", "previous", "hash")
    return tuple(msgspec.convert(dict(zip(names, row, strict=True)), JournalEntry) for row in rows)


def has_tables(connection: sqlite3.Connection) -> bool:
    """Return whether ``journal`` and ``meta`` are the tables that a journal of some version of ours is made with."""
    made = connection.execute(
        "SELECT sql FROM sqlite_master WHERE name IN ('journal', 'meta') AND type = 'table' ORDER BY name"
    ).fetchall()
    return any([row[0] for row in made] == [journal, meta] for journal, meta, *_ in SCHEMAS.values())


def read_state(connection: sqlite3.Connection) -> str:
    """Return ``open`` or ``closed``; empty when the database does not say."""
    row = connection.execute("SELECT value FROM meta WHERE name = 'state'").fetchone()
    return str(row[0]) if row else ""


def read_version(connection: sqlite3.Connection) -> int:
    """Return the version that the database says it has."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def insert_entries(connection: sqlite3.Connection, entries: Iterable[JournalEntry]) -> None:
    """Insert lines as they are; the caller holds the transaction."""
    connection.executemany(
        "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?)",
        [(e.seq, instant_text(e.at), e.kind, e.payload, e.previous, e.hash) for e in entries],
    )


def _prepare(connection: sqlite3.Connection) -> None:
    for pragma in (
        "locking_mode = EXCLUSIVE",  # before the first access: the index of the log then stays in memory, no -shm
        "journal_mode = WAL",
        "synchronous = EXTRA",
        "fullfsync = ON",
        "checkpoint_fullfsync = ON",
        "temp_store = MEMORY",
        "secure_delete = ON",
        "cell_size_check = ON",
        "trusted_schema = OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _refused(error: Exception, path: Path) -> StoreError | AlteredError:
    """Return the sentence for a failure of SQLite."""
    import sqlite3

    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        from ipattr.store.locking import in_use

        return in_use(path.parent)
    spoilt = type(error) in {sqlite3.DatabaseError, msgspec.ValidationError}
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or spoilt:
        return AlteredError(
            ja="記録（case.db）が壊れている。ipattr verify で確かめる。",
            en="the journal (case.db) is damaged; run ipattr verify.",
            where=str(path),
        )
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    return StoreError(
        ja=f"記録に書き込めない（{name}）。確認済みの回答は失われていない。空き容量と権限を確かめる。",
        en=f"the journal cannot be written ({name}); no acknowledged answer is lost. "
        "Look at free space and permissions.",
        where=str(path),
    )
