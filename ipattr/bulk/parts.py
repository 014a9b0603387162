"""The work folder of one output: finished parts, what they were made from, and the way to their final names."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ipattr.bulk.sources import Position  # noqa: TC001 - msgspec resolves annotations at run time
from ipattr.bulk.verdicts import Question  # noqa: TC001 - as above
from ipattr.errors import StoreError, UsageError
from ipattr.model import Record
from ipattr.readers.document import STDIN
from ipattr.store.layout import AMONG_EVIDENCE, is_among_evidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.store.locking import FolderLock

STATE = "state.json"
_DONE = "done"
_OURS = re.compile(r"state\.(?:json|new)|case\.lock|done|(?:part|rejects)-\d{5}\.(?:csv|parquet)")
_PART = re.compile(r"part-\d{5}\.parquet")


class Part(Record, frozen=True, kw_only=True):
    """One finished part: its rows and, under the same number, its rejects."""

    rows: int
    rejected: int


class State(Record, frozen=True, kw_only=True):
    """How far a run has come: the input up to ``position`` stands in ``parts``.

    ``job`` is the sum of all that shapes the output but the input; ``token`` stands in the parts for what only the end
    knows; ``told`` are the candidate sets whose first row has passed; ``placing``: the files lie in ``done/`` under
    their final names and are being moved.
    """

    job: str
    token: str
    position: Position | None = None
    parts: tuple[Part, ...] = ()
    told: tuple[Question, ...] = ()
    placing: tuple[str, ...] = ()


class Names:
    """Where everything of one target lies; ``folder``: the target is a folder of parts."""

    def __init__(self, target: str) -> None:
        """Take the target as typed; UsageError where its name does not say what to write."""
        self.folder = target.endswith(("/", os.sep)) or Path(target).is_dir()
        self.target = Path(target)
        self.format = ".parquet" if self.folder else self.target.suffix.lower()
        if self.format not in {".parquet", ".csv"} or not self.target.name:
            raise UsageError(
                ja="書込み先は .parquet か .csv のファイル、又は / で終わるフォルダーとする。",
                en="The output is a file that ends in .parquet or .csv, or a folder that ends in /.",
                where=target,
            )
        stem = self.target.name if self.folder else self.target.stem
        self.rejects = self.target.with_name(f"{stem}.rejects.csv")
        self.manifest = self.target.with_name(f"{self.target.name}.json")
        self.work = self.target.with_name(f"{self.target.name}.partial")

    @property
    def finals(self) -> tuple[Path, ...]:
        """The files, or the folder, under their final names; the manifest, which says that all is there, last."""
        return (self.target, self.rejects, self.manifest)

    def refuse_others(self, source: str) -> None:
        """Raise UsageError where writing would destroy what is not an output: the input, evidence, others' files."""
        if is_among_evidence(self.target):
            raise UsageError(
                ja=AMONG_EVIDENCE.ja,
                en=AMONG_EVIDENCE.en,
                where=str(self.target),
            )
        for place in self.finals:
            if source != STDIN and _is_same(place, source):
                raise UsageError(
                    ja="書込み先が入力のファイルを壊す。別の名にされたい。",
                    en="The output would replace the input; give it another name.",
                    where=str(place),
                )
        if self.folder:
            _refuse_unlike(self.target, _PART)
        _refuse_unlike(self.work, _OURS)

    def part(self, number: int) -> Path:
        """Return where a part of the table lies."""
        return self.work / f"part-{number:05}{self.format}"

    def rejected(self, number: int) -> Path:
        """Return where the rejects of a part lie."""
        return self.work / f"rejects-{number:05}.csv"

    def done(self, place: Path) -> Path:
        """Return where a final file waits until all of them are there."""
        return self.work / _DONE / place.name


def _is_same(place: Path, source: str) -> bool:
    """Tell whether the place is the source, or a folder that it lies in."""
    try:
        return place.samefile(source) or place.resolve() in Path(source).resolve().parents
    except (OSError, ValueError):
        return False


def _refuse_unlike(folder: Path, ours: re.Pattern[str]) -> None:
    """Raise UsageError unless nothing is there, or a folder that holds nothing but our own files."""
    if not os.path.lexists(folder):
        return
    if folder.is_symlink() or not folder.is_dir():
        raise UsageError(
            ja="リンク又はファイルであり、フォルダーではない。別の名にされたい。",
            en="This is a link or a file and not a folder; give the output another name.",
            where=str(folder),
        )
    with disk(folder):
        other = next((entry.name for entry in sorted(folder.iterdir()) if not ours.fullmatch(entry.name)), None)
    if other is not None:
        raise UsageError(
            ja=f"このフォルダーには他のもの（{other}）がある。消さないよう、別の名にされたい。",
            en=f"This folder holds something else ({other}), which is not to be lost; give the output another name.",
            where=str(folder),
        )


def private(place: Path) -> Path:
    """Return the place with an empty file there that its owner alone may read; who opens it to write leaves it so."""
    os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600))
    return place


@contextmanager
def disk(where: Path) -> Iterator[None]:
    """Turn a failure of the file system into one sentence; what is finished stays, and the next run goes on there."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreError(
            ja=f"書き込めない（{reason}）。書き終えた部分は残っている。空き容量と権限を確かめ、同じコマンドで続ける。",
            en=f"it cannot be written ({reason}); finished parts are kept. Look at free space and permissions, and go "
            "on with the same command.",
            where=str(where),
        ) from error


class Workshop:
    """The work folder, held by one process at a time."""

    def __init__(self, names: Names, job: str, *, overwrite: bool) -> None:
        """Take the folder over where the same job left it, or begin anew.

        UsageError when the target is there, or another job's leftovers are, unless ``overwrite``.
        """
        from ipattr.store.locking import FolderLock

        self.names = names
        self._overwrite = overwrite
        found = _load(names.work / STATE)
        known = found if found is not None and found.job == job else None
        if not (known and known.placing):
            self._refuse(known)
        with disk(names.work):
            names.work.parent.mkdir(parents=True, exist_ok=True)
            names.work.mkdir(mode=0o700, exist_ok=True)
            self._lock: FolderLock = FolderLock(names.work, exclusive=True)
        # Another process may have finished or begun between the look and the lock.
        found = _load(names.work / STATE)
        self.state = found if found is not None and found.job == job else State(job=job, token=secrets.token_hex(16))

    def _refuse(self, known: State | None) -> None:
        if self._overwrite:
            return
        there = next((place for place in self.names.finals if os.path.lexists(place)), None)
        if there is not None:
            raise UsageError(
                ja="既にある。置き換えるには --overwrite（overwrite=True）を指定する。",
                en="This is there already; --overwrite (overwrite=True) replaces it.",
                where=str(there),
            )
        if known is None and (self.names.work / STATE).exists():
            raise UsageError(
                ja="別の指定で中断した作業が残っている。同じ指定で続けるか、--overwrite で捨てて始める。",
                en="Another run, with other options, was interrupted here; go on with the same options, or begin anew "
                "with --overwrite.",
                where=str(self.names.work),
            )

    def begin_anew(self) -> None:
        """Forget the parts of a run whose input was another."""
        self.state = State(job=self.state.job, token=self.state.token)

    @property
    def overwrites(self) -> bool:
        """Whether what lies there may be replaced."""
        return self._overwrite

    def tidy(self) -> None:
        """Remove whatever the state does not speak of: parts that were being written."""
        kept = {STATE, "case.lock", *[_DONE] * bool(self.state.placing)}
        for number in range(1, len(self.state.parts) + 1):
            kept |= {self.names.part(number).name, self.names.rejected(number).name}
        for entry in self.names.work.iterdir():
            if entry.name not in kept:
                shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()

    def finish_part(self, part: Part, *, position: Position, told: Sequence[Question]) -> None:
        """Count a written part as finished."""
        number = len(self.state.parts) + 1
        sync(self.names.part(number))
        sync(self.names.rejected(number))
        self._save(
            msgspec.structs.replace(
                self.state, parts=(*self.state.parts, part), position=position, told=(*self.state.told, *told)
            )
        )

    def place(self, files: Sequence[Path]) -> None:
        """Move the final files, which wait in ``done/``, to their names; the same again after an interruption."""
        if not self.state.placing:
            self._save(msgspec.structs.replace(self.state, placing=tuple(place.name for place in files)))
        self.names.manifest.unlink(missing_ok=True)
        for place in files:
            waiting = self.names.done(place)
            if os.path.lexists(waiting):
                if place.is_dir() and not place.is_symlink():
                    shutil.rmtree(place)
                waiting.replace(place)
        sync(self.names.work.parent)

    def close(self, *, remove: bool) -> None:
        """Give the folder back; ``remove`` it when nothing in it is needed any more."""
        if remove:
            shutil.rmtree(self.names.work, ignore_errors=True)
        self._lock.release(clean=not remove)

    def _save(self, state: State) -> None:
        place = self.names.work / STATE
        fresh = place.with_suffix(".new")
        private(fresh).write_bytes(msgspec.json.encode(state))
        sync(fresh)
        fresh.replace(place)
        self.state = state


def _load(place: Path) -> State | None:
    """Return the state that was kept, None where there is none or it is another version's."""
    try:
        return msgspec.json.decode(place.read_bytes(), type=State)
    except (OSError, msgspec.MsgspecError):
        return None


def sync(place: Path) -> None:
    """Have a file, or the names in a folder, written to the disk."""
    if os.name == "nt" and place.is_dir():
        return
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest(place: Path) -> str:
    """Return the SHA-256 of a file."""
    with place.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
