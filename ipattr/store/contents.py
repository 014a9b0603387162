"""What a case folder keeps, as the lines of its journal say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import msgspec

from ipattr.errors import AlteredError, UsageError
from ipattr.model import Consent, Exchange, Record
from ipattr.sources.evidence import BODY, HEADER
from ipattr.store import layout
from ipattr.store.payloads import (
    AnswerLine,
    ConsentLine,
    InputLine,
    ObservedLine,
    Opened,
    QueryLine,
    ResultLine,
    files_in,
    kept_input,
    kept_observed,
    kept_result,
    read_payload,
)
from ipattr.store.reading import read_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from ipattr.model import JournalEntry
    from ipattr.model.keeping import KeptFile, KeptInput, KeptResult
    from ipattr.model.observing import KeptObserved

L = TypeVar("L", bound=Record)


class Contents:
    """The lines of a journal, and the files that they name."""

    def __init__(self, folder: Path) -> None:
        """Begin without a line."""
        self.path = folder
        self._lines: list[tuple[JournalEntry, Record]] = []
        self._by_kind: dict[type[Record], list[tuple[JournalEntry, Record]]] = {}
        self._answers: dict[str, AnswerLine] = {}
        self._inputs: set[tuple[str, str]] = set()

    @property
    def head(self) -> str:
        """Return the hash of the last line of the journal."""
        return self._lines[-1][0].hash

    @property
    def title(self) -> str:
        """Return what the case is called."""
        return next((line.title for _, line in self._of(Opened)), "")

    @property
    def purpose(self) -> str:
        """Return what the folder was made for: ``case`` or ``ledger``."""
        return next((line.purpose for _, line in self._of(Opened)), "case")

    def entries(self) -> tuple[JournalEntry, ...]:
        """Return the journal."""
        return tuple(entry for entry, _ in self._lines)

    def egress(self) -> tuple[JournalEntry, ...]:
        """Return one line for every query that left or was about to."""
        return tuple(entry for entry, _ in self._lines if entry.kind == "query")

    def departures(self) -> dict[str, list[datetime]]:
        """Return when queries left, or were about to, for each server (by id), ascending."""
        left: dict[str, list[datetime]] = {}
        for entry, line in self._of(QueryLine):
            left.setdefault(line.server, []).append(entry.at)
        return {server: sorted(times) for server, times in left.items()}

    def answers(self) -> tuple[tuple[str, Exchange], ...]:
        """Return every kept answer's name and header, in order; AlteredError when a header is not what was kept."""
        return tuple((name, self._exchange(line)) for name, line in self._answers.items())

    def body(self, name: str) -> bytes:
        """Return the raw bytes of one answer; AlteredError when they are not what was kept, UsageError if unknown."""
        line = self._answers.get(name)
        if line is None:
            raise UsageError(ja="この名前の証拠はない。", en="there is no evidence of this name.", where=name)
        return read_file(self.path, _file(line, BODY))

    def inputs(self) -> tuple[KeptInput, ...]:
        """Return every input, in the order in which they were added."""
        return tuple(kept_input(entry, line) for entry, line in self._of(InputLine))

    def results(self) -> tuple[KeptResult, ...]:
        """Return every result, the oldest first."""
        return tuple(kept_result(entry, line) for entry, line in self._of(ResultLine))

    def observed(self) -> tuple[KeptObserved, ...]:
        """Return every file of observations, the oldest first."""
        return tuple(kept_observed(entry, line) for entry, line in self._of(ObservedLine))

    def consents(self) -> tuple[Consent, ...]:
        """Return every recorded decision, the oldest first."""
        return tuple(line.consent for _, line in self._of(ConsentLine))

    def read(self, file: KeptFile) -> bytes:
        """Return the bytes of an input, a result or observations; AlteredError when they are not what was kept."""
        return read_file(self.path, file)

    def _take(self, entries: Iterable[JournalEntry]) -> None:
        try:
            self._learn([(entry, read_payload(entry)) for entry in entries])
        except (msgspec.MsgspecError, RecursionError) as error:
            raise AlteredError(
                ja="記録の一行が読めない。ipattr verify で確かめる。",
                en="a line of the journal cannot be read; run ipattr verify.",
                where=str(self.path / layout.DATABASE),
            ) from error

    def _learn(self, lines: Sequence[tuple[JournalEntry, Record]]) -> None:
        self._lines += lines
        for pair in lines:
            line = pair[1]
            self._by_kind.setdefault(type(line), []).append(pair)
            if isinstance(line, AnswerLine):
                self._answers[line.name] = line
            elif isinstance(line, InputLine):
                self._inputs.update((file.path, file.sha256) for file in line.files)

    def _of(self, kind: type[L]) -> list[tuple[JournalEntry, L]]:
        return [(entry, line) for entry, line in self._by_kind.get(kind, ()) if isinstance(line, kind)]

    def _files(self) -> tuple[KeptFile, ...]:
        return tuple(file for _, line in self._lines for file in files_in(line))

    def _exchange(self, line: AnswerLine) -> Exchange:
        return msgspec.json.decode(read_file(self.path, _file(line, HEADER)), type=Exchange)


def _file(line: AnswerLine, ending: str) -> KeptFile:
    return next(file for file in line.files if file.path.endswith(ending))
