"""All of ``data/`` as it was read: what the linter checks and the compiler turns into a table."""

from __future__ import annotations

from typing import Literal

from ipattr.model.base import Record
from ipattr.model.events import SpecialBlock
from ipattr.model.facts import (
    AutonomousSystem,
    Calendar,
    Citation,
    NonAccess,
    Observation,
    Platform,
    PracticeRange,
    Provider,
    RegistryArea,
)
from ipattr.model.inquiries import Bootstrap, RegistryServer
from ipattr.model.procedures import InformationSheet, Procedure, Route


class Announcement(Record, frozen=True, kw_only=True):
    """One row of ``data/networks/prefixes.csv``: a prefix, one AS that originates it, and its RIR delegation."""

    prefix: str
    origin_asn: int
    delegated_country: Literal["JP", "other"]


class TableManifest(Record, frozen=True, kw_only=True):
    """One table of a ``manifest.toml``: where it comes from, which day it speaks of, and the bytes it must have.

    ``source`` is a citation code, ``as_of`` an ISO date (possibly partial), ``rows`` the data rows without the header,
    ``sha256`` that of the file's bytes.
    """

    file: str
    source: str
    as_of: str
    rows: int
    sha256: str
    licence: str
    note: str = ""


class Sources(Record, frozen=True, kw_only=True):
    """Every record under ``data/``, in file order.

    ``listed_counts`` is the number of prefixes that ``ases.csv`` states per AS number; ``manifests`` is keyed by the
    path of the table below ``data/``; ``examples`` holds the names of the files in ``data/examples``.
    """

    providers: tuple[Provider, ...]
    nonaccess: tuple[NonAccess, ...]
    platforms: tuple[Platform, ...]
    observations: tuple[Observation, ...]
    citations: tuple[Citation, ...]
    practice: tuple[PracticeRange, ...]
    calendar: Calendar
    columns: dict[str, tuple[str, ...]]
    specials: tuple[SpecialBlock, ...]
    announcements: tuple[Announcement, ...]
    ases: tuple[AutonomousSystem, ...]
    listed_counts: dict[int, int]
    areas: tuple[RegistryArea, ...]
    servers: tuple[RegistryServer, ...]
    bootstraps: tuple[Bootstrap, ...]
    procedures: tuple[Procedure, ...]
    routes: tuple[Route, ...]
    sheets: tuple[InformationSheet, ...]
    manifests: dict[str, TableManifest]
    examples: tuple[str, ...] = ()
