"""The verbs of analysis: what a history of logins shows, and pictures of a result."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ipattr.model import Case, Comparison, History, Lang
    from ipattr.plots import Kind, Plot

MOST_COMPARED = 12
"""Every pair is compared, so their number grows with the square; more accounts are to be named."""
LONGEST_GAP = 525_600
"""Minutes of a year: a longer pause parts no sessions."""
MOST_DAYS = 3_660
"""Ten years on either side of a post: nobody keeps logs as long."""


class Histories(NamedTuple):
    """The histories of the accounts of one case, what two of them share, pair by pair, and the case."""

    histories: tuple[History, ...]
    comparisons: tuple[Comparison, ...]
    case: Case


def login_history(
    result: Case | str | Path,
    *,
    account: Sequence[str] = (),
    compare: bool = False,
    gap: int = 30,
    days: int = 14,
    review: Literal["apart", "with"] = "apart",
    data: Path | None = None,
    stdin: BinaryIO | None = None,
) -> Histories:
    """Return what the logins of each account show: sessions, lines, recurrences, hours, habits around posts.

    ``result`` is a case, the JSON file of one, or a case folder; ``account`` limits it to these accounts. With
    ``compare`` every two of them are set side by side, with what chance alone would give. ``gap`` is the pause in
    minutes that ends a session (at most ``LONGEST_GAP``), ``days`` how many are counted on either side of a post (at
    most ``MOST_DAYS``), ``review`` whether rows in review are counted: this tool's own choices. Raise InputError,
    DataError, and UsageError for an account that is not there, or for more than ``MOST_COMPARED`` to be compared.
    """
    from itertools import combinations

    from ipattr.errors import UsageError
    from ipattr.history import compare_histories, histories
    from ipattr.model import Rules
    from ipattr.registry import open_registry
    from ipattr.verbs.logs import case_of

    case = case_of(result, stdin)
    if not (0 < gap <= LONGEST_GAP and 0 < days <= MOST_DAYS):
        raise UsageError(
            ja=f"--gap は1以上{LONGEST_GAP}以下、--days は1以上{MOST_DAYS}以下とされたい。",
            en=f"--gap is 1 to {LONGEST_GAP}, --days 1 to {MOST_DAYS}.",
        )
    rules = Rules(session_gap_minutes=gap, habit_days=days, review=review)
    found = histories(case, account, rules=rules)
    if not compare:
        return Histories(found, (), case)
    if not 1 < len(found) <= MOST_COMPARED:
        raise UsageError(
            ja=f"比べるには、アカウントが2件以上{MOST_COMPARED}件以下要る({len(found)}件ある)。--account で選ぶ。",
            en=f"To compare takes 2 to {MOST_COMPARED} accounts, and there are {len(found)}; choose with --account.",
        )
    pool = open_registry(data).announced_v4
    pairs = tuple(compare_histories(one, other, pool=pool) for one, other in combinations(found, 2))
    return Histories(found, pairs, case)


def plot(
    result: Case | str | Path,
    kind: Kind,
    *,
    lang: Lang = "ja",
    account: str = "",
    stdin: BinaryIO | None = None,
) -> Plot:
    """Return a picture of a case, with the table of exactly what it shows.

    ``result`` is a case, the JSON file of one, or a case folder; ``kind`` one of ``ipattr.plots.KINDS``; ``account``
    limits it to one account. Needs the extra ``plots``. Raise InputError, and UsageError for an unknown kind or
    account, and where the extra or every Japanese font is missing.
    """
    from ipattr.plots import plot as draw
    from ipattr.verbs.logs import case_of

    return draw(case_of(result, stdin), kind, lang=lang, account=account)
