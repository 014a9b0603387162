"""What a kept result was made from."""

from __future__ import annotations

from datetime import date
from typing import Literal

from ipattr.model.answers import Mode, Probe, SourceName
from ipattr.model.base import Record
from ipattr.model.verdicts import NarrowingStep


class Kept(Record, frozen=True, kw_only=True):
    """One thing named on the command line, as the folder keeps it: a stored file, standard input, or an address."""

    kind: Literal["file", "stdin", "address"]
    text: str


class Recipe(Record, frozen=True, kw_only=True):
    """Everything a result was made from, so that ``verify`` can make it again; it stands in the journal.

    ``ledgers`` are the kept copies (paths in the folder) of what the office's ledgers said.
    """

    inputs: tuple[Kept, ...]
    posts: tuple[Kept, ...] = ()
    supersedes: tuple[Kept, ...] = ()
    platform: str
    tz: str | None = None
    posts_tz: str | None = None
    epoch: Literal["s", "ms"] | None = None
    encoding: str | None = None
    form: str | None = None
    mapping: dict[str, str] = {}
    memory: str = ""
    accept_repairs: bool = False
    as_of: date
    as_of_source: Literal["given", "clock"]
    ledgers: tuple[str, ...] = ()
    without: tuple[NarrowingStep, ...] = ()
    sources: tuple[SourceName, ...] = ()
    mode: Mode
    probe: Probe
    tool_version: str
    data_version: str
