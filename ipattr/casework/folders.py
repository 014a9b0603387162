"""Folders by their purpose: a case is never taken for a ledger, nor a ledger for a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ipattr.errors import StoreError
from ipattr.store import open_case
from ipattr.version import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.sources.interface import Clock
    from ipattr.store import CaseFolder

LEDGER: Final = "ledger"


def open_ledger(folder: Path, *, clock: Clock, readonly: bool = False) -> CaseFolder:
    """Open a ledger; raise StoreError for a case folder, and as ``open_case`` does."""
    kept = open_case(folder, clock=clock, tool_version=__version__, readonly=readonly)
    if kept.purpose == LEDGER:
        return kept
    kept.close()
    raise StoreError(
        ja="台帳ではなく事件フォルダーである。台帳は ipattr destinations capture か import が作る。",
        en="this is a case folder and no ledger; ipattr destinations capture or import makes one.",
        where=str(folder),
    )


def open_casefolder(folder: Path, *, clock: Clock, readonly: bool = False) -> CaseFolder:
    """Open the folder of a case; raise StoreError for a ledger, and as ``open_case`` does."""
    kept = open_case(folder, clock=clock, tool_version=__version__, readonly=readonly)
    if kept.purpose != LEDGER:
        return kept
    kept.close()
    raise StoreError(
        ja="事件フォルダーではなく台帳である。台帳は --ledger で指定する。",
        en="this is a ledger and no case folder; name a ledger with --ledger.",
        where=str(folder),
    )
