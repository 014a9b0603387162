"""Writing a case folder: one writer, who takes nothing over that is not as the last close left it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ipattr.errors import AlteredError, StoreError
from ipattr.sources.evidence import sync_folder
from ipattr.store import layout, sums
from ipattr.store.drives import network_kind
from ipattr.store.journal import FIRST, OBSERVED_SINCE, Journal, canonical, follow, make_journal
from ipattr.store.locking import FolderLock
from ipattr.store.payloads import Opened, kept
from ipattr.store.readme import readme

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from ipattr.model.keeping import KeptFile
    from ipattr.sources.interface import Clock


def create(
    folder: Path,
    *,
    title: str,
    clock: Clock,
    tool_version: str,
    data_version: str,
    purpose: Literal["case", "ledger"] = "case",
) -> None:
    """Make a new, empty case folder, or a destination ledger.

    StoreError when something lies there, on a network drive, or a full disk.
    """
    refuse_network(folder.parent)
    with layout.disk(folder):
        if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
            raise StoreError(
                ja="空でないフォルダー又はファイルがある。新しい場所を指定する。",
                en="something lies here already; name a new or an empty folder.",
                where=str(folder),
            )
        at = clock()
        layout.make_folder(folder)
        for name in layout.MADE[purpose]:
            layout.make_folder(folder / name)
        text = readme(purpose, title, at.isoformat(timespec="seconds"))
        layout.write_new(folder / layout.README, text)
        line = Opened(
            title=title,
            tool_version=tool_version,
            data_version=data_version,
            files=(kept(layout.README, text),),
            purpose=purpose,
        )
        layout.write_new(folder / layout.DATABASE, b"")
        make_journal(folder / layout.DATABASE, follow(FIRST, seq=1, at=at, kind="case", payload=canonical(line)))
        write_sums(folder, line.files)
        sync_folder(folder.parent)


class Writer:
    """The lock and the open journal of a folder that is being written."""

    def __init__(self, folder: Path) -> None:
        """Take the lock and open the journal; StoreError or AlteredError where that must not be."""
        self.folder = folder
        with layout.disk(folder):
            self._lock = FolderLock(folder, exclusive=True)
        try:
            with layout.disk(folder):
                log = folder / layout.LOG
                self.interrupted = self._lock.interrupted or (log.exists() and log.stat().st_size > 0)
                layout.narrow(folder)
            _refuse_foreign_journal(folder)
            if not self.interrupted:
                _refuse_altered(folder)
            self.journal = Journal(folder / layout.DATABASE)
        except BaseException:
            self._lock.release(clean=not self._lock.interrupted)
            raise
        self.interrupted = self.interrupted or self.journal.state != "closed"
        self._opened_at = len(self.journal.entries)
        self._broken = False

    def guarded(self) -> _Guard:
        """Return a context in which any failure ends all writing until the folder is opened anew."""
        if self._broken:
            raise StoreError(
                ja="直前の書込みに失敗したため、もう書き込まない。原因を除いて開き直す。",
                en="a write has failed, so nothing more is written; remove the cause and open the folder anew.",
                where=str(self.folder),
            )
        return _Guard(self)

    def fail(self) -> None:
        """Refuse everything from now on."""
        self._broken = True

    def close(self, *, clean: bool, files: Sequence[KeptFile]) -> None:
        """Close journal and lock; ``SHA256SUMS`` speaks of ``files`` and the database."""
        clean = clean and not self._broken
        done = False
        try:
            changed = self.interrupted or len(self.journal.entries) != self._opened_at
            self.journal.close(clean=clean)
            if clean and changed:
                with layout.disk(self.folder):
                    write_sums(self.folder, files)
            done = clean
        finally:
            self._lock.release(clean=done)


class _Guard:
    """``layout.disk`` that also remembers the failure."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._disk = layout.disk(writer.folder)

    def __enter__(self) -> None:
        self._disk.__enter__()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if kind is not None:
            self._writer.fail()
        self._disk.__exit__(kind, error, at)


def write_sums(folder: Path, files: Sequence[KeptFile]) -> None:
    """Write ``SHA256SUMS`` over ``files`` and the database as it lies there. OSError."""
    hashes = {file.path: file.sha256 for file in files}
    hashes[layout.DATABASE] = layout.sha256((folder / layout.DATABASE).read_bytes())
    layout.put(folder / layout.SUMS, sums.render(hashes))


def refuse_network(folder: Path) -> None:
    """Raise StoreError when the folder lies on a network drive."""
    kind = network_kind(folder)
    if kind:
        raise StoreError(
            ja=f"ネットワークドライブ（{kind}）上のフォルダーには書き込まない。ローカルのドライブにコピーして使う。"
            "閲覧と検査（ipattr verify、report）はできる。",
            en=f"a folder on a network drive ({kind}) is not written: copy it to a local drive. "
            "Reading it (ipattr verify, report) is allowed.",
            where=str(folder),
        )


def refuse_observed(writer: Writer) -> None:
    """Raise StoreError for a folder whose journal has no lines for observations."""
    if writer.journal.version < OBSERVED_SINCE:
        raise StoreError(
            ja=f"このフォルダーの版（{writer.journal.version}）は観測を保存できない。新しい台帳を作って使う。",
            en=f"a folder of version {writer.journal.version} cannot keep observations: make a new ledger.",
            where=str(writer.folder),
        )


def refuse_links(folder: Path) -> None:
    """Raise StoreError when the folder is a symbolic link, or holds one or a pipe, a socket, a device."""
    with layout.disk(folder):
        others = (str(folder),) if folder.is_symlink() else layout.walk(folder)[1]
    if others:
        raise StoreError(
            ja="シンボリックリンク、又は通常のファイルでないものがある。それを含むフォルダーには書き込まない。",
            en="there is a symbolic link, or another thing that is no plain file; such a folder is not written.",
            where=others[0],
        )


def _refuse_foreign_journal(folder: Path) -> None:
    """Raise AlteredError for a rollback journal: it is never ours, and SQLite would play it back into the database."""
    foreign = folder / f"{layout.DATABASE}-journal"
    if foreign.exists():
        raise AlteredError(
            ja="ipattr が作らないファイルである。書き込まない。ipattr verify で確かめる。",
            en="this is no file of ipattr, so nothing is written; run ipattr verify.",
            where=str(foreign),
        )


def _refuse_altered(folder: Path) -> None:
    """Raise AlteredError when the database or the sums are not what the last clean close left."""
    where = layout.SUMS
    try:
        with layout.disk(folder):
            listed = sums.parse((folder / layout.SUMS).read_bytes()) if (folder / layout.SUMS).exists() else {}
            if listed.get(layout.DATABASE) == layout.sha256((folder / layout.DATABASE).read_bytes()):
                return
        where = layout.DATABASE if listed else layout.SUMS
    except ValueError:
        pass
    raise AlteredError(
        ja="前回閉じた時と異なる。書き込まない。ipattr verify で確かめる。",
        en="this is not what the last close left, so nothing is written; run ipattr verify.",
        where=str(folder / where),
    )
