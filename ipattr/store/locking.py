"""One writer at a time: a lock on the folder itself, which ends with the process that holds it.

POSIX systems lock the folder's own descriptor (flock), so that a read-only medium can be locked for reading too;
Windows locks a byte of ``case.lock`` far behind its end. ``case.lock`` names the writer's process; it is removed at a
clean close, so that finding it without its lock tells an interrupted run.
"""

from __future__ import annotations

import os
import re
import sys
import time
from typing import TYPE_CHECKING

from ipattr.errors import StoreError
from ipattr.store import layout

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

PATIENCE = 0.8
"""Seconds for which a second opener waits."""
_FAR = 1 << 30


class FolderLock:
    """A lock on one case folder: exclusive for a writer, shared by readers."""

    def __init__(self, folder: Path, *, exclusive: bool, patience: float = PATIENCE) -> None:
        """Take the lock within ``patience`` seconds; raise StoreError, naming the other process, when it is held."""
        self._folder = folder
        self._exclusive = exclusive
        self._descriptor = _open(folder, exclusive=exclusive)
        deadline = time.monotonic() + patience
        while self._descriptor >= 0 and not _try(self._descriptor, exclusive=exclusive):
            if time.monotonic() > deadline:
                self._drop()
                raise in_use(folder)
            time.sleep(0.05)
        self.interrupted = _named(folder) != ""
        if exclusive:
            try:
                _announce(folder, self._descriptor)
            except OSError:
                self._drop()
                raise

    def release(self, *, clean: bool) -> None:
        """Give the lock back; ``case.lock`` stays unless the close was clean. Doing it twice does nothing."""
        if self._descriptor < 0:
            return
        if sys.platform == "win32":
            self._drop()  # there an open file cannot be removed
        if self._exclusive and clean:
            (self._folder / layout.LOCK).unlink(missing_ok=True)
        self._drop()

    def _drop(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def in_use(folder: Path) -> StoreError:
    """Return the error for a folder that another process writes; its number where ``case.lock`` tells it."""
    number = _named(folder)
    named = number if re.fullmatch(r"[0-9]{1,10}", number) else ""
    return StoreError(
        ja=f"別の ipattr（プロセス {named or '番号不明'}）が使用中である。終了を待ってからやり直す。",
        en=f"in use by another ipattr (process {named or 'number unknown'}). Wait until it has ended and try again.",
        where=str(folder),
    )


def _named(folder: Path) -> str:
    path = folder / layout.LOCK
    try:
        return path.read_text(encoding="ascii", errors="replace").strip() if path.is_file() else ""
    except OSError:
        return ""


if sys.platform == "win32":

    def _announce(folder: Path, descriptor: int) -> None:
        del folder
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        os.fsync(descriptor)

    def _open(folder: Path, *, exclusive: bool) -> int:
        flags = os.O_RDWR | os.O_CREAT if exclusive else os.O_RDWR
        try:
            return os.open(folder / layout.LOCK, flags | os.O_BINARY, 0o600)
        except OSError:
            if exclusive:
                raise
            return -1

    def _try(descriptor: int, *, exclusive: bool) -> bool:
        del exclusive
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:

    def _announce(folder: Path, descriptor: int) -> None:
        del descriptor
        layout.put(folder / layout.LOCK, f"{os.getpid()}\n".encode())

    def _open(folder: Path, *, exclusive: bool) -> int:
        del exclusive
        return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def _try(descriptor: int, *, exclusive: bool) -> bool:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            # A file system without flock: SQLite's own lock still keeps the second writer out.
            return True
        return True
