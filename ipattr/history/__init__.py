"""Login histories: sessions, pauses, lines, hours and habits of one account, and two accounts side by side.

Everything here counts disclosed rows. No figure says who somebody is, where anybody was, or how anybody travelled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ipattr.errors import UsageError
from ipattr.history.comparing import compare_histories
from ipattr.history.entries import Accounts, counted, entries_of
from ipattr.history.habits import habits_of, hours_of
from ipattr.history.lines import days_of, lines_of, recurrences_of
from ipattr.history.moves import alternations_of, churn_of
from ipattr.history.sessions import gaps_between, sessions_of
from ipattr.history.statements import statements_on
from ipattr.model import History, Rules, Tally, Totals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ipattr.model import Case, Comparison, Entry

__all__ = ["accounts_of", "compare", "compare_histories", "histories", "history"]

RULES = Rules()


def accounts_of(case: Case) -> tuple[str, ...]:
    """Return the accounts of a case in order of their first row: the id, else the name, else an empty text.

    A name that reads like an id of the same case has an ``@`` before it. A row with an id and a row with a name alone
    are never taken for one account: names change hands.
    """
    return Accounts(case.rows).keys


def history(case: Case, *, account: str = "", rules: Rules = RULES) -> History:
    """Return the login history of one account of ``case``, named as ``accounts_of`` names it.

    An empty ``account`` is the rows that name none; where the case has one account only, it is that one. Raise
    UsageError where several accounts are there and none is named, and for one that is not there.
    """
    accounts = Accounts(case.rows)
    return _history(case, accounts.chosen(account), accounts, rules)


def histories(case: Case, accounts: Iterable[str] = (), *, rules: Rules = RULES) -> tuple[History, ...]:
    """Return the history of each of ``accounts``, of all where none is named, as ``history`` does, in this order.

    The rows are sorted by account once, so that thousands of accounts take no longer than their rows.
    """
    known = Accounts(case.rows)
    wanted = [known.chosen(account) for account in accounts] or known.keys
    return tuple(_history(case, account, known, rules) for account in dict.fromkeys(wanted))


def _history(case: Case, name: str, accounts: Accounts, rules: Rules) -> History:
    entries = entries_of(case, name, accounts, rules)
    either = {
        review: _totals(entries_of(case, name, accounts, msgspec.structs.replace(rules, review=review)), rules)
        for review in ("apart", "with")
    }
    verdicts = {row.number: case.attributions[row.attribution] for row in accounts.rows_of(name)}
    gaps = gaps_between(entries, minutes=rules.session_gap_minutes)
    sessions = sessions_of(entries, gaps)
    lines = lines_of(entries, verdicts)
    found = History(
        account=name,
        rules=rules,
        data_version=case.data_version,
        tally=_tally(case, entries),
        entries=entries,
        totals=either[rules.review],
        with_review=either["with"],
        without_review=either["apart"],
        sessions=sessions,
        gaps=gaps,
        lines=lines,
        alternations=alternations_of(entries, lines, sessions),
        recurrences=recurrences_of(entries),
        hours=hours_of(entries),
        churn=churn_of(entries, lines),
        habits=habits_of(case.posts, accounts.id_of(name), entries=entries, gaps=gaps, days=rules.habit_days),
        statements=(),
    )
    return msgspec.structs.replace(found, statements=tuple(statements_on(found)))


def compare(
    case: Case,
    first: str,
    second: str,
    *,
    pool: Callable[[str], int | None] | None = None,
    rules: Rules = RULES,
) -> Comparison:
    """Set two accounts of one case side by side; see ``compare_histories`` for accounts of two cases.

    ``pool`` gives the number of IPv4 addresses that a provider (by id) announces, None where that is not known, as
    ``Registry.announced_v4`` does. Raise UsageError as ``history`` does, and when both are the same account.
    """
    if first == second:
        raise UsageError(
            ja=f"同じアカウントを比べることはできない({first or '名称なし'})。",
            en=f"An account cannot be compared with itself ({first or 'no name'}).",
        )
    known = Accounts(case.rows)
    one, other = (_history(case, known.chosen(account), known, rules) for account in (first, second))
    return compare_histories(one, other, pool=pool)


def _totals(entries: Sequence[Entry], rules: Rules) -> Totals:
    """Return what the rows relied on come to."""
    used = [entry for entry in entries if entry.relied_on]
    gaps = gaps_between(entries, minutes=rules.session_gap_minutes)
    return Totals(
        rows=len(used),
        days=len(days_of(used)),
        addresses=len({entry.address for entry in used}),
        blocks=len({entry.block for entry in used}),
        lines=len({entry.line for entry in used}),
        sessions=len(sessions_of(entries, gaps)),
    )


def _tally(case: Case, entries: Sequence[Entry]) -> Tally:
    used = counted(entries, logins=False)
    reasons = [entry.uncounted for entry in entries]
    return Tally(
        case_rows=case.counts.rows,
        ok=sum(entry.status == "ok" for entry in entries),
        review=sum(entry.status == "review" for entry in entries),
        elsewhere=len(case.rows) - len(entries),
        rejected=case.counts.rejected,
        pending=len(case.pending),
        counted=len(used),
        apart=reasons.count("review"),
        no_time=reasons.count("no-time"),
        day_precision=reasons.count("day-precision"),
        minute_precision=sum(entry.precision == "min" for entry in used),
        not_login=sum(not entry.login for entry in used),
    )
