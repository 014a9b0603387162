"""Procedures and dates, forwards and backwards: arithmetic on dated figures (pure)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipattr.model import Case, RankedLogin


def rank(case: Case) -> tuple[RankedLogin, ...]:
    """Return every login of a case in the order of pursuit, each factor shown."""
    del case
    return ()
