"""Sealing: a copy of a case folder as a BagIt bag (RFC 8493), which any archive can check without this program.

The tag files are written here, in version 1.0 and with private modes; the ``bagit`` package, which itself writes 0.97
and moves files about in the working directory, then checks the bag as a second pair of eyes.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from ipattr.errors import AlteredError, StoreError
from ipattr.sources.evidence import sync_folder
from ipattr.store import layout
from ipattr.store.folder import open_case
from ipattr.store.verifying import verify

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ipattr.sources.interface import Clock

_ALGORITHMS = ("sha256", "sha512")
_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def seal(folder: Path, target: Path, *, clock: Clock, tool_version: str, info: Mapping[str, str] | None = None) -> Path:
    """Write a bag of a copy of the case to ``target``, check it, enter it in the journal; return ``target``.

    ``info`` are further lines of ``bag-info.txt``. AlteredError when the case is not intact, or the finished bag does
    not check; StoreError when ``target`` holds something, lies in the case folder, or the disk refuses.
    """
    _refuse_target(folder, target)
    # An opening for writing brings an interrupted case to its end, so that the copy is a closed one.
    with open_case(folder, clock=clock, tool_version=tool_version):
        pass
    checked = verify(folder)
    if not checked.intact:
        raise AlteredError(
            ja="フォルダーが保存時と異なるため、封印しない。ipattr verify で確かめる。",
            en="the folder is not what was kept, so it is not sealed; run ipattr verify.",
            where=", ".join(change.where for change in checked.changes if change.level == "error"),
        )
    at = clock()
    facts = {
        "Bagging-Date": at.date().isoformat(),
        "Bag-Software-Agent": f"ipattr/{tool_version}",
        "Ipattr-Journal-Head": checked.head,
        "Ipattr-Sealed-At": at.isoformat(timespec="seconds"),
        **(info or {}),
    }
    with layout.disk(target):
        layout.make_folder(target)
        digest = _write_bag(folder, target, facts)
    _check(target)
    with open_case(folder, clock=clock, tool_version=tool_version) as case:
        case.sealed(bag=target.name, head=checked.head, tagmanifest_sha256=digest)
    return target


def _refuse_target(folder: Path, target: Path) -> None:
    inside = target.resolve().is_relative_to(folder.resolve())
    if inside or target.is_symlink() or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
        raise StoreError(
            ja="封印先は、そのフォルダーの外の、新しい又は空のフォルダーとする。",
            en="name a new or an empty folder outside the one to be sealed.",
            where=str(target),
        )


def _write_bag(folder: Path, target: Path, facts: Mapping[str, str]) -> str:
    """Copy, list and describe; return the SHA-256 of ``tagmanifest-sha256.txt``."""
    total, payload = 0, {}
    for path in layout.walk(folder)[0]:
        if path in layout.VOLATILE or path.rpartition("/")[2] in layout.LITTER:
            continue
        data = (folder / path).read_bytes()
        _make_parents(target, f"data/{path}")
        layout.write_new(target / "data" / path, data)
        total += len(data)
        payload[f"data/{path}"] = _digests(data)
    facts = {**facts, "Payload-Oxum": f"{total}.{len(payload)}"}
    tags = {
        "bagit.txt": _DECLARATION,
        "bag-info.txt": "".join(f"{label}: {' '.join(value.split())}\n" for label, value in facts.items()).encode(),
        **{f"manifest-{name}.txt": _manifest(payload, name) for name in _ALGORITHMS},
    }
    described = {name: _digests(data) for name, data in tags.items()}
    last = {f"tagmanifest-{name}.txt": _manifest(described, name) for name in _ALGORITHMS}
    for name, data in (*tags.items(), *last.items()):
        layout.write_new(target / name, data)
    sync_folder(target)
    return layout.sha256(last["tagmanifest-sha256.txt"])


def _make_parents(target: Path, path: str) -> None:
    parts = path.split("/")[:-1]
    for depth in range(1, len(parts) + 1):
        layout.make_folder(target.joinpath(*parts[:depth]))


def _digests(data: bytes) -> dict[str, str]:
    return {name: hashlib.new(name, data).hexdigest() for name in _ALGORITHMS}


def _manifest(digests: Mapping[str, Mapping[str, str]], algorithm: str) -> bytes:
    return "".join(f"{digests[path][algorithm]}  {path}\n" for path in sorted(digests)).encode()


def _check(target: Path) -> None:
    """Raise AlteredError unless the ``bagit`` package finds the bag valid. Its log, which names files, is silent."""
    import warnings

    import bagit

    bagit.LOGGER.disabled = True
    try:
        with warnings.catch_warnings():
            # Python 3.13 deprecates a call that bagit makes.
            warnings.simplefilter("ignore", DeprecationWarning)
            bagit.Bag(str(target)).validate()
    except bagit.BagError as error:
        raise AlteredError(
            ja="書き込んだ封印の検査に失敗した。媒体を確かめ、別の場所でやり直す。",
            en="the bag that was written does not check; look at the medium and seal elsewhere.",
            where=str(target),
        ) from error
    finally:
        bagit.LOGGER.disabled = False
