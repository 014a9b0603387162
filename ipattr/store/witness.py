"""The journal as a witness: what it says, as far as it can be read, and whether it holds together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ipattr.store.journal import SCHEMAS, broken, open_copy, read_entries, read_state, read_version
from ipattr.store.layout import DATABASE
from ipattr.store.payloads import read_payload

if TYPE_CHECKING:
    import sqlite3

    from ipattr.model import JournalEntry, Record
    from ipattr.store.differences import Differences


class Chain(NamedTuple):
    """The lines that could be read; ``sound`` when database, schema, chain and every payload are as written."""

    entries: tuple[JournalEntry, ...]
    lines: tuple[Record, ...]
    sound: bool
    state: str

    @property
    def hashes(self) -> tuple[str, ...]:
        """Return the hash of every line."""
        return tuple(entry.hash for entry in self.entries)


def read_chain(database: bytes, log: bytes, said: Differences) -> Chain:
    """Read the journal from its bytes; what does not hold is said of ``case.db``."""
    import sqlite3

    if not database:
        return Chain((), (), sound=False, state="")
    try:
        connection = open_copy(database, log)
    except sqlite3.Error:
        return _damaged(said)
    try:
        whole = _is_whole(connection)
        entries, state = read_entries(connection), read_state(connection)
        wrong = broken(entries)
        lines = tuple(read_payload(entry) for entry in entries)
    except (sqlite3.Error, msgspec.MsgspecError, ValueError, OverflowError, RecursionError):
        return _damaged(said)
    finally:
        connection.close()
    if not whole:
        said.error(DATABASE, "IPA854", ja="データベースの構造が壊れている。", en="the database is damaged.")
    if wrong or not entries:
        places = ", ".join(map(str, wrong[:5])) or "-"
        said.error(
            DATABASE,
            "IPA855",
            ja=f"ハッシュの連鎖が合わない（行 {places}）。",
            en=f"the chain of hashes does not hold (lines {places}).",
        )
    return Chain(entries, lines, sound=whole and not wrong and bool(entries), state=state)


def _is_whole(connection: sqlite3.Connection) -> bool:
    """Return whether SQLite finds no fault and the tables and triggers are those of its version."""
    sound = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    made = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()
    return sound and sorted(row[0] for row in made) == sorted(SCHEMAS.get(read_version(connection), ()))


def _damaged(said: Differences) -> Chain:
    said.error(DATABASE, "IPA854", ja="データベースとして読めない。", en="cannot be read as the journal.")
    return Chain((), (), sound=False, state="")
