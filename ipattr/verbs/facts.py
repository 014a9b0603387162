"""The verbs about the shipped facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from ipattr.casework.inquiry import Going
    from ipattr.casework.refreshing import Refreshed
    from ipattr.model import Finding
    from ipattr.registry.status import TableStatus


def data_check(data: Path | None = None, *, as_of: date | None = None) -> tuple[Finding, ...]:
    """Return what the linter finds in ``data/``; empty when it is sound. Raise DataError where it cannot be loaded.

    The examples of the providers are run; the calendar is judged on ``as_of``, on its own date when None.
    """
    from ipattr.attribution import attribute
    from ipattr.checks import check_data
    from ipattr.registry import load_sources, open_registry

    sources = load_sources(data)
    registry = open_registry(data)
    return check_data(
        sources,
        attribute=lambda address, hostname: attribute(address, facts=registry, hostname=hostname),
        as_of=as_of,
    )


def data_status(data: Path | None = None, *, as_of: date) -> tuple[TableStatus, ...]:
    """Return one row per table of ``data/``: rows, source, date, licence, SHA-256, age in days on ``as_of``."""
    from ipattr.registry import data_status as table_status

    return table_status(data, as_of=as_of)


def data_refresh(data: Path | None = None, *, going: Going) -> tuple[Refreshed, ...]:
    """Fetch the RDAP bootstrap registries (RFC 9224) and put newer ones in the place of those in ``data/``.

    No disclosed address leaves. Raise RefusedError when the plan is not agreed to, SourceError, InputError when
    ``data/`` cannot be written.
    """
    from ipattr.casework.refreshing import refresh
    from ipattr.registry import find_data, open_registry

    return refresh(find_data(data), registry=open_registry(data), going=going)


def data_readme(data: Path | None = None) -> str:
    """Return the text of ``data/README.md``, written from the schemas and tables as they are. Raise DataError."""
    from ipattr.registry import describe

    return describe(data)
