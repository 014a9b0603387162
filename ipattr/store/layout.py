"""The case folder on the disk: which file lies where, who may read it, and how a file comes to lie there for good.

Folders are 0700 and files 0600 whatever the umask. A file is written once: under a name of its own, flushed to the
disk, then named. Windows has no such modes; there the folder inherits the access list of its parent.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import sys
import unicodedata
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ipattr.errors import StoreError
from ipattr.model import Text
from ipattr.sources.evidence import sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

DATABASE = "case.db"
LOG = "case.db-wal"
LOCK = "case.lock"
README = "README.txt"
SUMS = "SHA256SUMS"
EVIDENCE = "evidence"
INPUTS = "inputs"
RESULTS = "results"
STAMPS = "stamps"
OBSERVED = "observed"
FOLDERS = (EVIDENCE, INPUTS, OBSERVED, RESULTS, STAMPS)
"""Where kept files lie. A folder has those that it needs; an older one, or one that was copied, may lack some."""
MADE = {"case": (EVIDENCE, INPUTS, RESULTS, STAMPS), "ledger": (INPUTS, OBSERVED, STAMPS)}
"""Those that a new folder begins with, by its purpose."""
VOLATILE = frozenset({LOG, LOCK, f".{LOCK}.part", f".{SUMS}.part"})
"""What lies there only while a run is under way, or was interrupted."""
LITTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini", f"{DATABASE}-shm"})
"""What desktops leave in any folder, and a killed reader of the database; said, but no sign of tampering."""

_FOLDER_MODE = 0o700
_FILE_MODE = 0o600
_NAME_BYTES = 180
_UNSAFE = frozenset('/\\:*?"<>|%')


def make_folder(folder: Path) -> None:
    """Make one folder that only its owner may enter; one that is there already is narrowed."""
    folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)
    folder.chmod(_FOLDER_MODE)


def have_folder(folder: Path) -> None:
    """Make one folder durably, unless it is there."""
    if not folder.is_dir():
        make_folder(folder)
        sync_folder(folder.parent)


def write_new(path: Path, data: bytes) -> None:
    """Write a file that was not there, readable by its owner alone, and flush it; FileExistsError when it was."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags, _FILE_MODE)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - a descriptor has no path
        if sys.platform != "win32":
            os.fchmod(descriptor, _FILE_MODE)
        file.write(data)
        file.flush()
        os.fsync(descriptor)


def put(path: Path, data: bytes) -> None:
    """Put a file into place whole or not at all: written under another name, flushed, renamed, the folder flushed."""
    waiting = path.with_name(f".{path.name[:40]}.part")
    waiting.unlink(missing_ok=True)
    write_new(waiting, data)
    waiting.replace(path)
    sync_folder(path.parent)


def put_new(path: Path, data: bytes) -> None:
    """Put a file into place as ``put`` does; FileExistsError where anything lies there, which then stays."""
    if path.exists() or path.is_symlink():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    put(path, data)


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes in lower-case hex."""
    return hashlib.sha256(data).hexdigest()


def safe_name(name: str) -> str:
    """Return the base name of a file as it can stand on every system and in ``SHA256SUMS``; never empty.

    Separators, reserved, control and undecodable characters become ``_``; a name that desktops use gets one in front; a
    name longer than 180 bytes of UTF-8 is cut before its extension. Every other name stays as it is.
    """
    base = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join("_" if ch in _UNSAFE or unicodedata.category(ch)[0] == "C" else ch for ch in base).strip(" .")
    kept = f"_{kept}" if kept in LITTER else kept
    stem, dot, extension = (kept or "file").rpartition(".")
    if not stem or len(extension) > 10:  # noqa: PLR2004 - longer is no extension
        stem, dot, extension = kept or "file", "", ""
    room = _NAME_BYTES - len((dot + extension).encode())
    return stem.encode()[:room].decode(errors="ignore") + dot + extension


def is_inside(path: str) -> bool:
    """Return whether a path with slashes stays in its folder, as every path that a journal of ours names does."""
    return not ("\\" in path or ":" in path or {"", ".", ".."} & set(path.split("/")))


def walk(folder: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the files of a case folder, and what is neither file nor folder, as sorted paths with slashes.

    The latter are symbolic links, and pipes, sockets and devices: opening one may wait for ever.
    """
    files: list[str] = []
    others: list[str] = []
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        with os.scandir(folder / inside) as entries:
            for entry in entries:
                path = f"{inside}/{entry.name}" if inside else entry.name
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(path)
                elif entry.is_file(follow_symlinks=False):
                    files.append(path)
                else:
                    others.append(path)
    return tuple(sorted(files)), tuple(sorted(others))


def too_open(folder: Path) -> bool:
    """Return whether anybody but the owner may look into the folder (never on Windows, where modes say nothing)."""
    return sys.platform != "win32" and bool(stat.S_IMODE(folder.stat().st_mode) & 0o077)


def narrow(folder: Path) -> None:
    """Take every right from everybody but the owner, on the folder and all that lies in it."""
    if sys.platform == "win32":
        return
    folder.chmod(_FOLDER_MODE)
    for base, folders, files in os.walk(folder):
        for name in folders:
            (Path(base) / name).chmod(_FOLDER_MODE)
        for name in files:
            path = Path(base) / name
            if stat.S_IMODE(path.lstat().st_mode) & 0o077:
                path.chmod(_FILE_MODE)


@contextmanager
def disk(where: Path) -> Iterator[None]:
    """Turn a failure of the file system into one sentence: full, read-only, gone."""
    try:
        yield
    except OSError as error:
        # The words of the system name the path again; its number and reason are enough.
        reason = error.strerror or type(error).__name__
        raise StoreError(
            ja=f"フォルダーに読み書きできない（{reason}）。確認済みの回答は失われていない。空き容量と権限を確かめる。",
            en=f"the folder cannot be read or written ({reason}); no acknowledged answer is lost. "
            f"Look at free space and permissions.",
            where=str(where),
        ) from error


AMONG_EVIDENCE = Text(
    ja="出力先が事件フォルダーまたは台帳の中である。保存した証拠に混ざらないよう、外を指定されたい。",
    en="The output lies in a case folder or ledger, among the kept evidence; name a place outside.",
)
"""Why nothing is written there."""


def is_among_evidence(path: str | Path) -> bool:
    """Tell whether a path is a case folder or ledger, or lies in one: its list of sums and contents are evidence."""
    # Of pathlib, only some versions say what a link to itself is.
    place = Path(os.path.realpath(path))
    return any(os.path.lexists(above / DATABASE) for above in (place, *place.parents))
