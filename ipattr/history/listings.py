"""Names in a row, all of them or the first few."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# A sentence holds no more; tables and JSON hold all.
_FEW = 10


def listing(texts: Iterable[str], lang: str) -> str:
    """Join names into one phrase."""
    return ("、" if lang == "ja" else ", ").join(texts)


def few(texts: Sequence[str], lang: str) -> str:
    """Join the first names into one phrase and say how many more there are."""
    rest = len(texts) - _FEW
    more = [] if rest <= 0 else [f"ほか{rest}件" if lang == "ja" else f"{rest} more"]
    return listing([*texts[:_FEW], *more], lang)
