"""The facts of ``data/``: found, validated, compiled once, opened in milliseconds.

A compiled file is kept under the SHA-256 of every data file and of the code that compiles them, so a changed byte on
either side is another key: a stale file is never found, and an altered one fails its own checksum and is made anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.registry.bootstrapping import BootstrapKind, parse_bootstrap, published
from ipattr.registry.cache import cache_folder, load, save
from ipattr.registry.compiled import Compiled, read_compiled
from ipattr.registry.lookup import Registry
from ipattr.registry.tree import cache_key, digest, find_data, read_tree

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from ipattr.model.sources import Sources
    from ipattr.registry.status import TableStatus

__all__ = [
    "BootstrapKind",
    "Registry",
    "data_status",
    "describe",
    "find_data",
    "load_sources",
    "open_kept",
    "open_registry",
    "parse_bootstrap",
    "published",
]


def open_registry(path: Path | None = None, *, cache: Path | None = None) -> Registry:
    """Open the facts under ``path`` (see ``find_data``), compiled at most once per state of data and code.

    ``cache`` is the folder for compiled files, the user's cache folder when None; one that cannot be used is passed
    over. Raises DataError when the data do not fit their schema.
    """
    tree = read_tree(find_data(path))
    data_digest = digest(tree)
    folder = cache or cache_folder()
    try:
        key = cache_key(data_digest)
    except OSError:
        folder, key = None, bytes(32)
    kept = open_kept(folder, key) if folder else None
    if kept is None:
        data = _compile(tree, data_digest, key)
        if folder:
            save(folder, key, data)
        kept = _checked(data, key)
    return Registry(kept)


def load_sources(path: Path | None = None) -> Sources:
    """Read every record under ``path`` (see ``find_data``) without compiling; raises DataError as ``open_registry``."""
    from ipattr.registry import loading

    root = find_data(path)
    examples = root / "examples"
    names = sorted(file.name for file in examples.iterdir()) if examples.is_dir() else []
    return loading.parse_tree(read_tree(root), tuple(names))


def data_status(path: Path | None = None, *, as_of: date) -> tuple[TableStatus, ...]:
    """Return one row per table under ``path``: rows, source, date, licence, SHA-256, age in days on ``as_of``."""
    from ipattr.registry import status

    return status.table_status(load_sources(path), read_tree(find_data(path)), as_of)


def describe(path: Path | None = None) -> str:
    """Return the text of ``data/README.md``: schemas, tables, and what is not carried (``not-carried.md``)."""
    from ipattr.registry import describing

    root = find_data(path)
    kept = root / "not-carried.md"
    not_carried = kept.read_text(encoding="utf-8") if kept.is_file() else ""
    return describing.readme(load_sources(root), read_tree(root), not_carried)


def open_kept(folder: Path, key: bytes) -> Compiled | None:
    """Open the compiled file kept under ``key``; None when there is none, or when it is not whole."""
    mapped = load(folder, key)
    return None if mapped is None else read_compiled(mapped, key)


def _compile(tree: dict[str, bytes], data_digest: bytes, key: bytes) -> bytes:
    """Compile the very bytes that were hashed: what changes on disk meanwhile cannot come under this key."""
    from ipattr.registry import compiling, loading

    return compiling.compile_sources(loading.parse_tree(tree), data_digest=data_digest, key=key)


def _checked(data: bytes, key: bytes) -> Compiled:
    """Read back what was just compiled, by the same checks as a file."""
    compiled = read_compiled(memoryview(data), key)
    if compiled is None:
        message = "the compiler wrote what the reader refuses"
        raise AssertionError(message)
    return compiled
