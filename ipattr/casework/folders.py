"""Folders by their purpose: a case is never taken for a ledger, nor a ledger for a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ipattr.casework.batches import check_lines
from ipattr.errors import StoreError
from ipattr.inputs import reason
from ipattr.store import create, open_case
from ipattr.version import __version__

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from ipattr.registry import Registry
    from ipattr.sources.interface import Clock
    from ipattr.store import CaseFolder

LEDGER: Final = "ledger"


def no_clock() -> datetime:
    """Stand for the clock of a folder that is opened for reading."""
    message = "a folder opened for reading dates nothing"
    raise AssertionError(message)


def open_ledger(folder: Path, *, clock: Clock, readonly: bool = False) -> CaseFolder:
    """Open a ledger; raise StoreError for a case folder, and as ``open_case`` does.

    AlteredError where its journal says something of an observed file that this program does not write.
    """
    kept = open_case(folder, clock=clock, tool_version=__version__, readonly=readonly)
    if kept.purpose == LEDGER:
        try:
            check_lines(kept.observed())
        except BaseException:
            kept.close()
            raise
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


def begin_ledger(folder: Path, *, registry: Registry, clock: Clock, title: str) -> None:
    """Make a ledger where nothing lies; StoreError where that cannot be done."""
    try:
        nothing = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
    except OSError as error:
        why = reason(error)
        raise StoreError(ja=f"開けない({why.ja})。", en=f"It cannot be opened ({why.en}).", where=str(folder)) from None
    if nothing:
        create(
            folder,
            title=title or folder.name,
            clock=clock,
            tool_version=__version__,
            data_version=registry.data_version,
            purpose=LEDGER,
        )
