"""The folder that keeps compiled files between runs. Where it is missing, full or read-only, nothing is kept.

It holds published facts, and what ledgers say of public DNS; no disclosed address ever comes near it.
"""

from __future__ import annotations

import mmap
import os
import sys
from contextlib import suppress
from pathlib import Path

KEPT = 3
"""So many files stay in one folder: those of the present data, and of what a user may go back to."""


def cache_folder() -> Path | None:
    """Return the user's cache folder for this program (XDG Base Directory; %LOCALAPPDATA%; ~/Library/Caches).

    None for a user without a home: nothing is kept in whatever folder the program happens to run in.
    """
    if sys.platform == "win32":
        place = os.environ.get("LOCALAPPDATA") or os.path.expanduser(r"~\AppData\Local")  # noqa: PTH111 - Path.home() raises
    elif sys.platform == "darwin":
        place = os.path.expanduser("~/Library/Caches")  # noqa: PTH111 - Path.home() raises without a home
    else:
        place = os.environ.get("XDG_CACHE_HOME", "")
        if not os.path.isabs(place):  # noqa: PTH117 - the specification: relative paths are to be ignored
            place = os.path.expanduser("~/.cache")  # noqa: PTH111 - as above
    return Path(place) / "ipattr" if os.path.isabs(place) else None  # noqa: PTH117 - before it is a Path


def load(folder: Path, key: bytes) -> memoryview | None:
    """Map the file kept under ``key`` into memory; None when there is none that can be mapped."""
    try:
        handle = os.open(folder / _name(key), os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except OSError:
        return None
    try:
        return memoryview(mmap.mmap(handle, 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError):
        return None
    finally:
        os.close(handle)


def save(folder: Path, key: bytes, data: bytes, *, kept: int = KEPT) -> bool:
    """Keep ``data`` under ``key`` in one step that no reader sees half done; tell whether that worked.

    The newest ``kept`` files of the folder stay, this one included.
    """
    import tempfile

    temporary = ""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder, prefix="new-", suffix=".bin")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(folder / _name(key))
    except OSError:
        if temporary:
            with suppress(OSError):
                Path(temporary).unlink()
        return False
    _prune(folder, _name(key), kept)
    return True


def _name(key: bytes) -> str:
    """Return the file name of one key."""
    return f"{key.hex()}.bin"


def _prune(folder: Path, current: str, kept: int) -> None:
    """Remove all but the newest files; another process may be doing the same."""
    with suppress(OSError):
        dated = sorted(((file.stat().st_mtime_ns, file) for file in folder.glob("*.bin")), reverse=True)
        others = [file for _, file in dated if file.name != current]
        for file in others[kept - 1 :]:
            with suppress(OSError):
                file.unlink()
