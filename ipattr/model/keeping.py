"""What a case folder keeps, and what checking it found."""

from __future__ import annotations

from typing import Any, Literal

from ipattr.model.base import Record, Text
from ipattr.model.events import UtcInstant


class JournalEntry(Record, frozen=True, kw_only=True):
    """One line of a journal: ``hash`` is the SHA-256 of its canonical form, ``previous`` that of the line before."""

    seq: int
    at: UtcInstant
    kind: Literal["case", "input", "consent", "run", "query", "answer", "result", "seal", "stamp", "note", "observed"]
    payload: str
    previous: str
    hash: str


class KeptFile(Record, frozen=True, kw_only=True):
    """One file of a case folder as the journal knows it: path in the folder with slashes, bytes, SHA-256 in hex."""

    path: str
    size: int
    sha256: str


class KeptInput(Record, frozen=True, kw_only=True):
    """One disclosed file as it was given: ``name`` is its own, ``file`` the copy that is kept."""

    seq: int
    name: str
    file: KeptFile


class KeptResult(Record, frozen=True, kw_only=True):
    """One stored ``Case``: made with which options from which inputs (SHA-256) and which evidence (names).

    ``head`` is the head of the journal before the result was entered.
    """

    seq: int
    file: KeptFile
    options: dict[str, Any]
    inputs: tuple[str, ...]
    evidence: tuple[str, ...]
    head: str


class StampInfo(Record, frozen=True, kw_only=True):
    """What one RFC 3161 time stamp says: when, by whom, under which policy (OID) and serial number.

    ``imprint`` is the SHA-256 that was stamped; ``verified`` says that the signature leads to a root that was given.
    """

    gen_time: UtcInstant
    serial: str
    tsa: str
    policy: str
    imprint: str
    verified: bool


class Change(Record, frozen=True, kw_only=True):
    """One difference that ``verify`` found in a case folder: which file, what about it."""

    where: str
    code: str
    level: Literal["notice", "error"]
    message: Text


class Verification(Record, frozen=True, kw_only=True):
    """What ``verify`` recomputed, and every difference. ``intact`` means: nothing that was stored has changed.

    ``files`` counts the files that were hashed; ``interrupted`` says that the last run did not end by itself.
    ``compared_head`` is the printed head that had to stand in the chain, empty when none was given. ``purpose`` is what
    the folder was made for (``case`` or ``ledger``); ``observed`` counts its files of observations, ``reread`` those
    whose every line was made anew from the messages it holds.
    """

    intact: bool
    head: str
    entries: int
    files: int
    answers: int
    results: int
    recomputed: int
    compared_head: str = ""
    interrupted: bool = False
    purpose: str = "case"
    observed: int = 0
    reread: int = 0
    changes: tuple[Change, ...] = ()
