"""What each kind of journal line says, as canonical JSON; each file of the folder is named in one line's ``files``."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from ipattr.model import Consent, Record
from ipattr.model.keeping import JournalEntry, KeptFile, KeptInput, KeptResult
from ipattr.model.observing import KeptObserved
from ipattr.sources.evidence import BODY, HEADER, header_bytes
from ipattr.store.layout import EVIDENCE, sha256

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.sources.interface import Answered, Leaving


class Opened(Record, frozen=True, kw_only=True):
    """Line 1, ``case``: what the folder is called, which tool and data it was begun with, and what for.

    ``purpose`` is ``case`` or ``ledger``; lines of version 1 do not say it, and are all of cases.
    """

    title: str
    tool_version: str
    data_version: str
    files: tuple[KeptFile, ...]
    purpose: str = "case"


class InputLine(Record, frozen=True, kw_only=True):
    """``input``: the disclosed file by its own name, and its copy."""

    name: str
    files: tuple[KeptFile, ...]


class QueryLine(Record, frozen=True, kw_only=True):
    """``query``: one request about to leave. ``host`` is the ``host:port`` named; no address is connected to yet."""

    question: str
    source: str
    server: str
    protocol: str
    host: str
    request: str


class AnswerLine(Record, frozen=True, kw_only=True):
    """``answer``: one exchange that ended; ``files`` are its header and its body."""

    name: str
    question: str
    server: str
    delivery: str
    status_code: int | None
    received: str
    files: tuple[KeptFile, ...]


class ResultLine(Record, frozen=True, kw_only=True):
    """``result``: one stored ``Case``, from which inputs and evidence, and the head before it."""

    options: dict[str, Any]
    inputs: tuple[str, ...]
    evidence: tuple[str, ...]
    head: str
    files: tuple[KeptFile, ...]


class ConsentLine(Record, frozen=True, kw_only=True):
    """``consent``: a decision that queries may leave."""

    consent: Consent


class RunLine(Record, frozen=True, kw_only=True):
    """``run``: what was begun or ended, in the caller's words."""

    details: dict[str, Any]


class SealLine(Record, frozen=True, kw_only=True):
    """``seal``: a copy was bagged; ``head`` is the head that lies in the bag."""

    bag: str
    head: str
    tagmanifest_sha256: str


class StampLine(Record, frozen=True, kw_only=True):
    """``stamp``: a time stamp of ``head``; ``files`` are request and response."""

    head: str
    files: tuple[KeptFile, ...]


class NoteLine(Record, frozen=True, kw_only=True):
    """``note``: a remark; ``files`` are what an interrupted run left behind, kept and counted for nothing."""

    text: str
    files: tuple[KeptFile, ...] = ()


class ObservedLine(Record, frozen=True, kw_only=True):
    """``observed``: one file of observations, a batch of a capture or an import, and what the caller says of it."""

    kind: Literal["capture", "import"]
    details: dict[str, Any]
    files: tuple[KeptFile]


LINES: dict[str, type[Record]] = {
    "case": Opened,
    "input": InputLine,
    "query": QueryLine,
    "answer": AnswerLine,
    "result": ResultLine,
    "consent": ConsentLine,
    "run": RunLine,
    "seal": SealLine,
    "stamp": StampLine,
    "note": NoteLine,
    "observed": ObservedLine,
}


def read_payload(entry: JournalEntry) -> Record:
    """Return what a line says; ``msgspec.ValidationError`` or ``msgspec.DecodeError`` when it is not of its kind."""
    return msgspec.json.decode(entry.payload, type=LINES[entry.kind])


def files_in(line: Record) -> tuple[KeptFile, ...]:
    """Return the files that a line names."""
    return getattr(line, "files", ())


def kept(path: str, data: bytes) -> KeptFile:
    """Return a file of the folder as the journal names it."""
    return KeptFile(path=path, size=len(data), sha256=sha256(data))


def kept_file(folder: Path, path: str) -> KeptFile:
    """Return a file of the folder, of any size, as the journal names it. OSError."""
    with (folder / path).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return KeptFile(path=path, size=file.tell(), sha256=digest)


def query_line(leaving: Leaving) -> QueryLine:
    """Return the line for a request about to leave."""
    question = leaving.request.question
    return QueryLine(
        question=question.key,
        source=question.source,
        server=leaving.request.server,
        protocol=leaving.request.protocol,
        host=leaving.hop.server,
        request=leaving.hop.request,
    )


def answer_line(name: str, answered: Answered) -> AnswerLine:
    """Return the line for an exchange kept under ``name``."""
    exchange = answered.exchange
    return AnswerLine(
        name=name,
        question=exchange.question.key,
        server=exchange.server,
        delivery=exchange.delivery,
        status_code=exchange.status_code,
        received=exchange.received.isoformat(),
        files=(
            kept(f"{EVIDENCE}/{name}{HEADER}", header_bytes(exchange)),
            kept(f"{EVIDENCE}/{name}{BODY}", answered.body),
        ),
    )


def kept_input(entry: JournalEntry, line: InputLine) -> KeptInput:
    """Return an input as the outside knows it."""
    return KeptInput(seq=entry.seq, name=line.name, file=line.files[0])


def kept_result(entry: JournalEntry, line: ResultLine) -> KeptResult:
    """Return a result as the outside knows it."""
    return KeptResult(
        seq=entry.seq,
        file=line.files[0],
        options=line.options,
        inputs=line.inputs,
        evidence=line.evidence,
        head=line.head,
    )


def kept_observed(entry: JournalEntry, line: ObservedLine) -> KeptObserved:
    """Return a file of observations as the outside knows it."""
    return KeptObserved(seq=entry.seq, kind=line.kind, details=line.details, file=line.files[0])
