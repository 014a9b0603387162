"""The case folder: what was disclosed, asked, answered and computed, kept so that every byte of it can be checked.

Order of writing: a file is flushed before the journal line that names it is, and a line is flushed before anybody is
told. A process killed in between leaves a file without a line; the next opening notes it, keeps it and counts it for
nothing.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal, Self

from ipattr.errors import StoreError, UsageError
from ipattr.sources.evidence import evidence_name, sync_folder, write_evidence
from ipattr.sources.interface import Answered, Leaving
from ipattr.store import layout
from ipattr.store.contents import Contents
from ipattr.store.journal import canonical, check_header, open_here
from ipattr.store.payloads import (
    ConsentLine,
    InputLine,
    NoteLine,
    ObservedLine,
    ResultLine,
    RunLine,
    SealLine,
    StampLine,
    answer_line,
    kept,
    kept_file,
    query_line,
)
from ipattr.store.reading import snapshot
from ipattr.store.sums import can_list
from ipattr.store.writing import Writer, refuse_links, refuse_network, refuse_observed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from ipattr.model import Consent, Record
    from ipattr.model.keeping import KeptFile
    from ipattr.sources.interface import Clock


def open_case(folder: Path, *, clock: Clock, tool_version: str, readonly: bool = False) -> CaseFolder:
    """Open a case folder, to be closed by ``with`` or ``close``.

    For writing: StoreError when another process has it, on a network drive, a read-only or full disk, for a symbolic
    link, or a folder of a newer version; AlteredError when ``case.db`` or ``SHA256SUMS`` is not what the last close
    left. Rights wider than 0700/0600 are narrowed. ``readonly`` changes nothing in the folder and works on any medium,
    also while somebody writes there: it shows what was kept when it was opened, and every file that it names is there.
    """
    with layout.disk(folder):
        there = (folder / layout.DATABASE).is_file()
    if not there:
        raise StoreError(
            ja="事件フォルダーでも台帳でもない（case.db がない）。事件フォルダーは ipattr case init、"
            "台帳は ipattr destinations capture か import が作る。",
            en="this is neither a case folder nor a ledger (no case.db); ipattr case init makes a case folder, "
            "ipattr destinations capture or import a ledger.",
            where=str(folder),
        )
    if readonly:
        return CaseFolder(folder, clock=clock, tool_version=tool_version, writer=None)
    if open_here(folder / layout.DATABASE) is None:
        check_header(folder / layout.DATABASE)
    refuse_network(folder)
    refuse_links(folder)
    return CaseFolder(folder, clock=clock, tool_version=tool_version, writer=Writer(folder))


class CaseFolder(Contents):
    """One open case folder; a :class:`~ipattr.sources.interface.Ledger`. Used by one thread at a time."""

    def __init__(self, folder: Path, *, clock: Clock, tool_version: str, writer: Writer | None) -> None:
        """Take over an open writer, or look at the folder without one; ``open_case`` is the way in."""
        super().__init__(folder)
        self.tool_version = tool_version
        self._clock = clock
        self._writer = writer
        if writer is None:
            self._take(snapshot(folder))
            return
        try:
            self._take(writer.journal.entries)
            if writer.interrupted:
                self._note_orphans()
        except BaseException:
            writer.close(clean=False, files=())
            raise

    def __enter__(self) -> Self:
        """Return the folder itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close it; where an error is on its way already, a second one is not put in its place."""
        if kind is None:
            self.close()
            return
        with suppress(StoreError):
            self.close()

    def close(self) -> None:
        """Close it: fold the log in, write ``SHA256SUMS``, give the lock back. StoreError when the disk refuses."""
        if self._writer is not None:
            writer, self._writer = self._writer, None
            writer.close(clean=True, files=self._files())

    def write(self, entries: Sequence[Leaving | Answered]) -> tuple[str, ...]:
        """Keep queries and answers in order, in one transaction; return the evidence names ("" for queries).

        The answers' files are on the disk before the journal names them. StoreError when anything cannot be kept: then
        none of the batch counts, and nothing more can be written until the folder is opened anew.
        """
        if not entries:
            return ()
        writer = self._writing()
        names: list[str] = []
        lines: list[tuple[str, Record]] = []
        with writer.guarded():
            layout.have_folder(self.path / layout.EVIDENCE)
            for seq, entry in enumerate(entries, start=len(self._lines) + 1):
                if isinstance(entry, Answered):
                    name = evidence_name(seq, entry)
                    write_evidence(self.path / layout.EVIDENCE, name, entry)
                    names.append(name)
                    lines.append(("answer", answer_line(name, entry)))
                else:
                    names.append("")
                    lines.append(("query", query_line(entry)))
            if any(names):
                sync_folder(self.path / layout.EVIDENCE)
        self._append(lines)
        return tuple(names)

    def add_input(self, name: str, data: bytes) -> str:
        """Keep a disclosed file, return the path of its copy in the folder; the same bytes and name are kept once."""
        digest, base = layout.sha256(data), layout.safe_name(name)
        path = f"{layout.INPUTS}/{digest[:16]}/{base}"
        if (path, digest) in self._inputs:
            return path
        with self._writing().guarded():
            layout.have_folder(self.path / layout.INPUTS)
            layout.make_folder((self.path / path).parent)
            layout.put(self.path / path, data)
            sync_folder(self.path / layout.INPUTS)
        self._append([("input", InputLine(name=name, files=(kept(path, data),)))])
        return path

    def add_result(
        self,
        case_json: bytes,
        options: Mapping[str, Any],
        *,
        inputs: Sequence[str] = (),
        evidence: Sequence[str] = (),
    ) -> Path:
        """Keep a ``Case``, return where it lies. ``inputs`` are SHA-256, ``evidence`` names; UsageError if unknown."""
        unknown = {*inputs} - {entry.file.sha256 for entry in self.inputs()}
        unknown |= {*evidence} - self._answers.keys()
        if unknown:
            raise UsageError(
                ja="事件フォルダーにない入力又は証拠による結果である。",
                en="the result names an input or evidence that the case folder does not hold.",
                where=", ".join(sorted(unknown)[:3]),
            )
        path = f"{layout.RESULTS}/{len(self._lines) + 1:06d}.json"
        line = ResultLine(
            options=dict(options),
            inputs=tuple(inputs),
            evidence=tuple(evidence),
            head=self.head,
            files=(kept(path, case_json),),
        )
        with self._writing().guarded():
            layout.have_folder(self.path / layout.RESULTS)
            layout.put_new(self.path / path, case_json)
        self._append([("result", line)])
        return self.path / path

    def add_observed(self, lines: bytes, *, kind: Literal["capture", "import"], details: Mapping[str, Any]) -> str:
        """Keep a file of observations (JSON Lines), return its path in the folder; it is on the disk when this returns.

        ``details`` are what the caller says of the batch, as JSON can hold it. UsageError when ``lines`` is empty or
        ends within a line; StoreError for a folder of version 1, or when it cannot be kept.
        """
        if not lines.endswith(b"\n"):
            raise UsageError(
                ja="観測が空であるか、行の途中で終わっている。",
                en="these observations are empty, or end within a line.",
                where=str(self.path),
            )
        writer = self._writing()
        refuse_observed(writer)
        path = f"{layout.OBSERVED}/{len(self._lines) + 1:06d}.jsonl"
        plain: dict[str, Any] = json.loads(canonical(dict(details)))
        with writer.guarded():
            layout.have_folder(self.path / layout.OBSERVED)
            layout.put_new(self.path / path, lines)
        self._append([("observed", ObservedLine(kind=kind, details=plain, files=(kept(path, lines),)))])
        return path

    def add_stamp(self, request: bytes, response: bytes, *, head: str) -> Path:
        """Keep a time stamp of ``head``, return where its response lies; UsageError for a head of another journal."""
        if head not in {entry.hash for entry, _ in self._lines}:
            raise UsageError(
                ja="この記録にないハッシュである。", en="no line of this journal has this hash.", where=head
            )
        base = f"{layout.STAMPS}/{len(self._lines) + 1:06d}"
        files = (kept(f"{base}.tsq", request), kept(f"{base}.tsr", response))
        with self._writing().guarded():
            layout.have_folder(self.path / layout.STAMPS)
            for file, data in zip(files, (request, response), strict=True):
                layout.put_new(self.path / file.path, data)
        self._append([("stamp", StampLine(head=head, files=files))])
        return self.path / files[1].path

    def consent(self, consent: Consent) -> None:
        """Record a decision that queries may leave."""
        self._append([("consent", ConsentLine(consent=consent))])

    def run(self, details: Mapping[str, Any]) -> None:
        """Record that something was begun or ended: a plan, its outcome, versions."""
        self._append([("run", RunLine(details=dict(details)))])

    def note(self, text: str) -> None:
        """Record a remark."""
        self._append([("note", NoteLine(text=text))])

    def sealed(self, *, bag: str, head: str, tagmanifest_sha256: str) -> None:
        """Record that a copy with this head was bagged."""
        self._append([("seal", SealLine(bag=bag, head=head, tagmanifest_sha256=tagmanifest_sha256))])

    def _writing(self) -> Writer:
        if self._writer is None:
            raise StoreError(
                ja="フォルダーは書込み用に開かれていない。",
                en="the folder is not open for writing.",
                where=str(self.path),
            )
        return self._writer

    def _append(self, lines: Sequence[tuple[str, Record]]) -> None:
        writer = self._writing()
        with writer.guarded():
            texts = [(kind, canonical(line)) for kind, line in lines]
            added = writer.journal.append(texts, at=self._clock())
            self._learn([(entry, line) for entry, (_, line) in zip(added, lines, strict=True)])

    def _note_orphans(self) -> None:
        """Enter what an interrupted run wrote without naming it; remove temporary files that were never whole.

        A name that ``SHA256SUMS`` cannot hold is none that this program gives: it stays a file that nobody knows.
        """
        known = {file.path for file in self._files()}
        left: list[KeptFile] = []
        with layout.disk(self.path):
            for path in layout.walk(self.path)[0]:
                if path in known or path.partition("/")[0] not in layout.FOLDERS or not can_list(path):
                    continue
                if path.rpartition("/")[2].startswith(".") and path.endswith(".part"):
                    (self.path / path).unlink()
                    continue
                left.append(kept_file(self.path, path))
        if left:
            text = "orphan: written by an interrupted run before the journal named it; kept, not counted"
            self._append([("note", NoteLine(text=text, files=tuple(left)))])
