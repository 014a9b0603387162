"""Where ``data/`` lies, which bytes it holds, and the digest that stands for them."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import msgspec

from ipattr.errors import DataError

_PACKAGE = Path(__file__).resolve().parent.parent
_MARK = "citations.toml"
_CHUNK = 1 << 16  # a regular file that gives less has ended: nearly all need one call
# Whatever shapes the compiled bytes. A change in any of them must never meet a file written before it.
_CODE = (
    *("registry", "addresses", "model/base.py", "model/events.py", "model/facts.py", "model/sources.py"),
    *("model/answers.py", "model/inquiries.py", "model/procedures.py"),
)


def find_data(path: Path | None = None) -> Path:
    """Return the folder of the facts: ``path``, else ``ipattr/_data`` of a wheel, else ``data`` beside the package.

    Raises DataError when no such folder holds ``citations.toml``.
    """
    places = (path,) if path is not None else (_PACKAGE / "_data", _PACKAGE.parent / "data")
    for place in places:
        if (place / _MARK).is_file():
            return place
    shown = "・".join(str(place) for place in places)
    raise DataError(
        ja=f"事実データのフォルダーがない（{_MARK} を含むフォルダーを探した場所: {shown}）。",
        en=f"No data folder found: none of these holds {_MARK}: {', '.join(str(place) for place in places)}.",
    )


def read_tree(root: Path) -> dict[str, bytes]:
    """Return the bytes of every data file by its path below ``root``, sorted by path.

    Markdown, dot files and ``examples/`` are no facts and are left out. Raises DataError for an unreadable file.
    """
    found: dict[str, bytes] = {}
    try:
        _collect(os.fspath(root), "", found)
    except OSError as error:
        raise DataError(
            ja=f"事実データを読めない（{error.strerror}）。",
            en=f"A data file cannot be read ({error.strerror}).",
            where=str(error.filename or root),
        ) from error
    return dict(sorted(found.items()))


def _collect(folder: str, below: str, found: dict[str, bytes]) -> None:
    """Add the files of one folder and of the folders in it. Plain ``os`` calls: this runs at every start."""
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if name[0] == "." or name == "__pycache__":
                continue
            if entry.is_dir():
                if below or name != "examples":
                    _collect(entry.path, f"{below}{name}/", found)
            elif not name.endswith((".md", ".pyc")):
                found[below + name] = _read(entry.path)


def _read(path: str) -> bytes:
    """Return the bytes of one file with as few system calls as there can be."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        data = os.read(handle, _CHUNK)
        if len(data) < _CHUNK:
            return data
        parts = [data]
        while part := os.read(handle, _CHUNK << 6):
            parts.append(part)
        return b"".join(parts)
    finally:
        os.close(handle)


def digest(tree: dict[str, bytes]) -> bytes:
    """Return the SHA-256 over every path and its bytes, each led by its length so that no two trees run together."""
    running = hashlib.sha256()
    for name, data in tree.items():
        path = name.encode()
        running.update(b"%d:%b%d:" % (len(path), path, len(data)))
        running.update(data)
    return running.digest()


def cache_key(data_digest: bytes) -> bytes:
    """Return the key of the compiled file: the data, the code that compiles them, and the interpreter that ran it.

    Raises OSError when the code's own source cannot be read (an installation of bytecode alone): then nothing may be
    cached.
    """
    code: dict[str, bytes] = {}
    package = os.fspath(_PACKAGE)
    for name in _CODE:
        if name.endswith(".py"):
            code[name] = _read(f"{package}/{name}")
        else:
            _collect(f"{package}/{name}", f"{name}/", code)
    versions = f"{sys.version_info[:3]} {sys.byteorder} msgspec {msgspec.__version__}".encode()
    return hashlib.sha256(data_digest + digest(dict(sorted(code.items()))) + versions).digest()
