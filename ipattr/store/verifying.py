"""Checking a case folder offline: every file against its hash, every line against the chain, every result anew.

Three witnesses are compared: the files, the journal (which names every file with its SHA-256) and ``SHA256SUMS``. Where
one differs from the other two, it is the one that is named. ``case.db`` itself has only ``SHA256SUMS`` beside it: where
those two differ and the chain holds, both are named. A tail that was cut off, with everything rebuilt, shows only in
the head that an earlier report printed (``expected_head``) or in a time stamp.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ipattr.errors import StoreError, UsageError
from ipattr.model import Record, Verification
from ipattr.store import layout, sums
from ipattr.store.differences import Differences
from ipattr.store.journal import check_header
from ipattr.store.locking import FolderLock
from ipattr.store.payloads import AnswerLine, ObservedLine, Opened, ResultLine, files_in
from ipattr.store.reading import read_database
from ipattr.store.remaking import check_headers, recompute_results, reread_observed
from ipattr.store.witness import read_chain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ipattr.model.keeping import KeptResult
    from ipattr.model.observing import KeptObserved


class _Seen(Record, frozen=True, kw_only=True):
    """What the three witnesses say: path → SHA-256 on the disk, in ``SHA256SUMS``, in the journal.

    ``listed`` is None when ``SHA256SUMS`` cannot be read. ``current``: ``SHA256SUMS`` speaks of the folder as it is,
    though a run may have been ``interrupted`` since, before its first line.
    """

    found: dict[str, str]
    listed: dict[str, str] | None
    known: dict[str, str]
    sound: bool
    current: bool
    interrupted: bool


class _Remake(NamedTuple):
    """How results and observations are made again, where they are to be."""

    recompute: Callable[[KeptResult], bytes] | None
    reread: Callable[[KeptObserved, bytes], bytes] | None


def verify(
    folder: Path,
    *,
    recompute: Callable[[KeptResult], bytes] | None = None,
    reread: Callable[[KeptObserved, bytes], bytes] | None = None,
    expected_head: str = "",
) -> Verification:
    """Return every difference between a case folder and what was kept in it; nothing is written.

    ``recompute`` makes a result anew from what is kept, ``reread`` a file of observations from the messages in its
    lines; an IpattrError from either is a notice, since nothing stored has changed then (but for an AlteredError of
    ``reread``: what it was given is not ours). ``expected_head`` must be a hash of the chain. StoreError while somebody
    writes the folder, when it is none, or when it is of a newer version; UsageError when ``expected_head`` is no
    SHA-256.
    """
    if expected_head and not re.fullmatch(r"[0-9a-f]{64}", expected_head):
        raise UsageError(
            ja="ハッシュは16進64桁の小文字である。",
            en="a head is 64 lower-case hexadecimal digits.",
            where=expected_head,
        )
    with layout.disk(folder):
        there = any((folder / name).is_file() for name in (layout.DATABASE, layout.SUMS))
    if not there:
        raise StoreError(
            ja="事件フォルダーでも台帳でもない（case.db も SHA256SUMS もない）。"
            "BagIt に封印した写しなら、その中の data を指定する。",
            en="this is neither a case folder nor a ledger (no case.db, no SHA256SUMS); of a sealed bag, name the data "
            "folder in it.",
            where=str(folder),
        )
    with layout.disk(folder):
        lock = FolderLock(folder, exclusive=False)
        try:
            remake = _Remake(recompute=recompute, reread=reread)
            return _verify(folder, left=lock.interrupted, remake=remake, expected_head=expected_head)
        finally:
            lock.release(clean=False)


def _verify(folder: Path, *, left: bool, remake: _Remake, expected_head: str) -> Verification:
    said = Differences()
    paths, others = layout.walk(folder)
    for path in others:
        said.error(
            path,
            "IPA852",
            ja="シンボリックリンク、又は通常のファイルでないものである。",
            en="is a symbolic link, or another thing that is no plain file.",
        )
    if layout.too_open(folder):
        said.notice(
            ".", "IPA859", ja="他の利用者も読める権限である（0700でない）。", en="others may read it (not 0700)."
        )
    found = _found(folder, paths, said)
    listed = _listed(folder, said)
    database, log = read_database(folder)
    matches = listed is not None and listed.get(layout.DATABASE) == found.get(layout.DATABASE, "")
    if matches:
        check_header(folder / layout.DATABASE)
    chain = read_chain(database, log, said)
    interrupted = left or bool(log) or chain.state == "open"
    current = bool(matches and not log) or not interrupted
    known = {file.path: file.sha256 for line in chain.lines for file in files_in(line)}
    seen = _Seen(found=found, listed=listed, known=known, sound=chain.sound, current=current, interrupted=interrupted)
    if interrupted:
        said.notice(
            layout.DATABASE,
            "IPA859",
            ja="前回の処理が途中で終わっている。" + ("" if current else "case.db のハッシュは比べられない。"),
            en="the last run was interrupted" + ("." if current else "; the hash of case.db cannot be compared."),
        )
    _compare_database(seen, said)
    for path in sorted({*found, *(listed or {}), *known} - {layout.DATABASE}):
        _compare(path, seen, said)
    check_headers(folder, chain, found, said)
    recomputed = recompute_results(chain, remake.recompute, said)
    reread = reread_observed(folder, chain, found, said=said, reread=remake.reread)
    if expected_head and expected_head not in chain.hashes:
        said.error(
            layout.DATABASE,
            "IPA858",
            ja="以前の報告書にあるハッシュが連鎖にない。末尾が切られたか、記録が差し替えられた。",
            en="the head of an earlier report is not in the chain: its end was cut off, or the journal was replaced.",
        )
    return Verification(
        intact=said.intact,
        head=chain.hashes[-1] if chain.hashes else "",
        entries=len(chain.hashes),
        files=len(found),
        answers=sum(isinstance(line, AnswerLine) for line in chain.lines),
        results=sum(isinstance(line, ResultLine) for line in chain.lines),
        recomputed=recomputed,
        compared_head=expected_head,
        interrupted=interrupted,
        purpose=next((line.purpose for line in chain.lines if isinstance(line, Opened)), "case"),
        observed=sum(isinstance(line, ObservedLine) for line in chain.lines),
        reread=reread,
        changes=said.changes,
    )


def _found(folder: Path, paths: tuple[str, ...], said: Differences) -> dict[str, str]:
    """Return the SHA-256 of every file that counts; say which do not."""
    import hashlib

    found: dict[str, str] = {}
    for path in paths:
        if path in layout.VOLATILE:
            said.notice(path, "IPA859", ja="中断した処理が残した。", en="was left by an interrupted run.")
        if path == layout.SUMS or path in layout.VOLATILE:
            continue
        if path.rpartition("/")[2] in layout.LITTER:
            said.notice(
                path,
                "IPA859",
                ja="デスクトップ等の他のプログラムが残した。",
                en="was left by a desktop or another program.",
            )
            continue
        try:
            with (folder / path).open("rb") as file:
                found[path] = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            found[path] = ""
            said.error(path, "IPA851", ja="読めない。", en="cannot be read.")
    return found


def _listed(folder: Path, said: Differences) -> dict[str, str] | None:
    """Return what ``SHA256SUMS`` says, None when it is missing or not in its form."""
    path = folder / layout.SUMS
    if not path.is_file():
        said.error(layout.SUMS, "IPA850", ja="ない。", en="is missing.")
        return None
    try:
        return sums.parse(path.read_bytes())
    except ValueError as error:
        said.error(layout.SUMS, "IPA853", ja=f"書式と異なる（{error}）。", en=f"is not in its form ({error}).")
        return None


def _compare_database(seen: _Seen, said: Differences) -> None:
    name = layout.DATABASE
    if name not in seen.found:
        said.error(name, "IPA850", ja="ない。", en="is missing.")
    elif seen.listed is not None and seen.current and seen.listed.get(name) != seen.found[name]:
        en = "differs from SHA256SUMS" + ("; one of the two was changed." if seen.sound else ".")
        ja = "SHA256SUMS と異なる。" + ("どちらかが変更された。" if seen.sound else "")
        said.error(name, "IPA851", ja=ja, en=en)
        if seen.sound:
            said.error(
                layout.SUMS,
                "IPA853",
                ja="case.db と異なる。どちらかが変更された。",
                en="differs from case.db; one of the two was changed.",
            )


def _compare(path: str, seen: _Seen, said: Differences) -> None:
    """Compare what the witnesses say of one file, and name the one that is alone."""
    on_disk, known = seen.found.get(path), seen.known.get(path)
    listed = _of(seen.listed, path)
    if on_disk is None:
        if known is not None or not seen.sound:
            said.error(path, "IPA850", ja="ない。", en="is missing.")
        elif seen.current:
            said.error(
                layout.SUMS,
                "IPA853",
                ja=f"記録にないファイルを挙げている: {path}",
                en=f"lists a file that the journal does not know: {path}",
            )
    elif known is not None:
        if on_disk != known:
            said.error(path, "IPA851", ja="記録のSHA-256と異なる。", en="differs from its SHA-256 in the journal.")
        elif seen.current and seen.listed is not None and listed != known:
            said.error(
                layout.SUMS,
                "IPA853",
                ja=f"このファイルの行がないか、異なる: {path}",
                en=f"its line for this file is missing or wrong: {path}",
            )
    elif listed is None:
        _unlisted(path, seen, said)
    elif on_disk != listed:
        said.error(path, "IPA851", ja="SHA256SUMS と異なる。", en="differs from SHA256SUMS.")
    elif seen.sound:
        said.error(path, "IPA856", ja="記録にないファイルである。", en="is a file that the journal does not know.")


def _of(listed: Mapping[str, str] | None, path: str) -> str | None:
    return None if listed is None else listed.get(path)


def _unlisted(path: str, seen: _Seen, said: Differences) -> None:
    if seen.interrupted and path.partition("/")[0] in layout.FOLDERS:
        said.notice(
            path,
            "IPA859",
            ja="中断した処理が残したもの。回答としては数えない。",
            en="was left by the interrupted run; it counts for nothing.",
        )
    else:
        said.error(
            path, "IPA852", ja="後から加えられた。", en="was added: neither SHA256SUMS nor the journal lists it."
        )
