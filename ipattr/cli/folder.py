"""A folder of documents: whole files, private, and nothing that a person has edited is lost."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ipattr import console

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ipattr.renderers.filings.material import FilingFile

SUMS = "SHA256SUMS"
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")


class Written(NamedTuple):
    """The paths written or already as wanted, and those of an earlier run that were not made this time."""

    written: tuple[str, ...]
    stale: tuple[str, ...]


def write_folder(folder: str, files: Sequence[FilingFile], *, overwrite: bool) -> Written:
    """Write files below ``folder`` (made with mode 0700) with a list of their SHA-256, which ``sha256sum -c`` reads.

    A file that is there and is not as an earlier run left it was edited by hand: nothing at all is written then, unless
    ``overwrite``. Raise OutputError naming those, and for whatever cannot be written.
    """
    root = Path(folder)
    earlier = _earlier(root)
    sums = {file.path: hashlib.sha256(file.data).hexdigest() for file in files}
    if not overwrite:
        _refuse_edited(root, sums, earlier)
    try:
        for place in dict.fromkeys((root, *((root / file.path).parent for file in files))):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise console.unwritten(error, folder) from None
    for file in files:
        if _sum(root / file.path) != sums[file.path]:
            console.replace_file(str(root / file.path), file.data)
    kept = {path: known for path, known in earlier.items() if path not in sums and (root / path).is_file()}
    listed = sorted((kept | sums).items())
    console.replace_file(str(root / SUMS), "".join(f"{known}  {path}\n" for path, known in listed))
    suffixes = {Path(path).suffix for path in sums}
    stale = tuple(path for path in sorted(kept) if Path(path).suffix in suffixes)
    return Written(tuple(str(root / path) for path in sums), stale)


def _earlier(root: Path) -> dict[str, str]:
    """Return what an earlier run wrote, path by path; nothing where there is no list or it is not ours."""
    try:
        text = (root / SUMS).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return {}
    lines = (_LINE.fullmatch(line) for line in text.splitlines())
    return {match[2]: match[1] for match in lines if match and ".." not in Path(match[2]).parts}


def _refuse_edited(root: Path, sums: Mapping[str, str], earlier: Mapping[str, str]) -> None:
    edited = []
    for path, wanted in sums.items():
        found = _sum(root / path)
        if found not in {"", wanted, earlier.get(path)}:
            edited.append(path)
    if edited:
        named = ", ".join(edited[:5]) + (" …" if len(edited) > 5 else "")  # noqa: PLR2004 - as many as fit a sentence
        raise console.OutputError(
            ja=f"手で直された、又は別の物であるファイルが{len(edited)}件ある({named})。何も書いていない。"
            "上書きするなら --overwrite、残すなら別のフォルダーを指定されたい。",
            en=f"{len(edited)} file(s) were edited by hand, or are something else ({named}); nothing was written. "
            "Use --overwrite to replace them, or name another folder.",
            where=str(root),
        )


def _sum(path: Path) -> str:
    """Return the SHA-256 of a file, empty where there is none; of what is no file, something no sum equals."""
    if path.is_symlink() or (path.exists() and not path.is_file()):
        return "-"
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise console.unwritten(error, str(path)) from None
