"""The office's own ledgers behind the candidates of a case: which, at which head, and for which rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.view import View, numbers
from ipattr.renderers.words import word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipattr.model import Candidate, Case

_OWN = ("own:", "imp:")
"""How the ids of observations begin that no shipped ledger holds: captures, and what others saw."""


def of(case: Case, lang: str) -> str:
    """Return the office's ledgers of a case with their heads and counts, parted by semicolons."""
    from ipattr.renderers.destinations import words

    return "; ".join(words.ledger(use, lang) for use in case.ledgers)


def off(case: Case, lang: str) -> str:
    """Return the narrowing steps that were turned off."""
    from ipattr.renderers.destinations.words import STEP

    return ("、" if lang == "ja" else ", ").join(word(STEP, step, lang) for step in case.without)


def own(candidates: Iterable[Candidate]) -> tuple[str, ...]:
    """Return the addresses that rest, alone or beside others, on an observation of the office's ledgers."""
    return tuple(one.address for one in candidates if any(name.startswith(_OWN) for name in one.observations))


def lines(case: Case, views: Iterable[View], lang: str) -> Iterator[str]:
    """Yield what a table says of them; nothing where no ledger was named and no step turned off."""
    if case.ledgers:
        yield of(case, lang)
        found = {view.row.number: own(view.candidates.candidates) for view in views}
        rows = [number for number, addresses in found.items() if addresses]
        count = len({address for addresses in found.values() for address in addresses})
        where = f" (No.{numbers(rows)})" if rows else ""
        yield (
            f"自ら作成した台帳の観測による候補: {count}アドレス{where}"
            if lang == "ja"
            else f"candidates seen in the office's own ledgers: {count} addresses{where}"
        )
    if case.without:
        yield ("行わない絞り込み: " if lang == "ja" else "narrowing turned off: ") + off(case, lang)
