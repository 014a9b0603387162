"""Two histories side by side: addresses, blocks and lines in common, rows that meet, and the chance of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ipattr.errors import UsageError
from ipattr.history.base_rates import base_rates_of
from ipattr.history.comparison_statements import statements_on
from ipattr.history.meetings import coincidence_of, hour_overlap_of, meetings_of
from ipattr.history.overlaps import overlaps_of
from ipattr.model import Comparison

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ipattr.model import History


def compare_histories(
    first: History, second: History, *, pool: Callable[[str], int | None] | None = None
) -> Comparison:
    """Set two histories side by side, of one case or of two.

    ``pool`` gives the number of IPv4 addresses that a provider (by id) announces, None where that is not known. Raise
    UsageError when the two were made under different rules.
    """
    if first.rules != second.rules:
        raise UsageError(
            ja="二つの履歴の基準(Rules)が異なるため比べられない。同じ基準で作り直す。",
            en="The two histories were made under different rules; make them again under the same ones.",
        )
    overlaps = overlaps_of(first, second)
    found = Comparison(
        first=first.account,
        second=second.account,
        rules=first.rules,
        data_version=" / ".join(dict.fromkeys((first.data_version, second.data_version))),
        first_rows=first.totals.rows,
        second_rows=second.totals.rows,
        overlaps=overlaps,
        base_rates=base_rates_of(first, second, pool or _unknown),
        meetings=meetings_of(first, second),
        coincidence=coincidence_of(first, second),
        hours=hour_overlap_of(first, second),
        first_places={},
        second_places={},
        statements=(),
    )
    statements = tuple(statements_on(found))
    return msgspec.structs.replace(
        found,
        statements=statements,
        first_places=_places(first, (one.first_rows for one in overlaps), (one.rows for one in statements)),
        second_places=_places(second, (one.second_rows for one in overlaps), (one.other_rows for one in statements)),
    )


def _unknown(_provider: str) -> int | None:
    """Know no provider's addresses."""
    return None


def _places(history: History, *named: Iterable[tuple[int, ...]]) -> dict[int, str]:
    """Return where the rows named in a comparison stand, by row number in order."""
    rows = {row for each in named for some in each for row in some}
    return {entry.row: entry.place for entry in sorted(history.entries, key=lambda e: e.row) if entry.row in rows}
