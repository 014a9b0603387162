"""The table behind a figure: one row per mark drawn, typed and stamped as the frames of the house are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipattr.frames.building import stamp, typed
from ipattr.frames.columns import COUNT, DAY, FLAG, SECONDS, TEXT, Column
from ipattr.frames.columns import JST as JAPAN
from ipattr.frames.columns import UTC as INSTANT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pandas import DataFrame

    from ipattr.model import Case

__all__ = ["COUNT", "DAY", "FLAG", "INSTANT", "JAPAN", "SECONDS", "TEXT", "Column", "tidy"]


def tidy(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], case: Case) -> DataFrame:
    """Return ``rows`` under ``columns``; what a row does not name is NA. ``attrs["ipattr"]`` is the stamp."""
    made = typed(columns, list(rows))
    made.attrs["ipattr"] = stamp(case)
    return made
