"""What a figure is about: the rows of one account or of all, by addressee, and what is said beside every chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.history.entries import Accounts
from ipattr.renderers.layout import inert
from ipattr.renderers.view import total
from ipattr.renderers.words import NATURE, conservation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipattr.model import AttributionStatus, Case, CaseRow, Lang, Post

_LONGEST = 48
"""Characters of an account name or URL within a sentence."""


class Subject(NamedTuple):
    """The rows and posts of a figure; ``posts`` bear their number in the case (P1 is the first post of all)."""

    case: Case
    lang: Lang
    account: str
    rows: tuple[CaseRow, ...]
    posts: tuple[tuple[int, Post], ...]

    def say(self, ja: str, en: str) -> str:
        """Return the words in the language of the figure."""
        return ja if self.lang == "ja" else en


class Group(NamedTuple):
    """The rows that lead to one addressee; ``number`` is its place in the summary of the case."""

    number: int
    name: str
    status: AttributionStatus
    rows: tuple[CaseRow, ...]


class Lane(NamedTuple):
    """One line of a chart: a group, or all groups there is no room for (``others``: how many; 0 for one alone)."""

    label: str
    groups: tuple[Group, ...]
    others: int = 0

    @property
    def rows(self) -> tuple[CaseRow, ...]:
        """Return the rows of the lane."""
        return tuple(row for group in self.groups for row in group.rows)


def subject(case: Case, *, lang: Lang, account: str) -> Subject:
    """Return the rows of ``account``, called as ``history.accounts_of`` calls it (empty: all rows).

    A post without an account id stays: it cannot be said to be another's. Raise UsageError for an unknown account.
    """
    posts = tuple(enumerate(case.posts, start=1))
    if not account:
        return Subject(case, lang, "", case.rows, posts)
    accounts = Accounts(case.rows)
    key = accounts.chosen(account)
    rows = tuple(row for row in case.rows if accounts.key(row.login.account) == key)
    ids = {row.login.account.id for row in rows} - {None}
    kept = tuple((number, post) for number, post in posts if not ids or not post.account.id or post.account.id in ids)
    return Subject(case, lang, key, rows, kept)


def short(text: str) -> str:
    """Return a text of the input for a sentence: inert, and cut where it is too long to be read there."""
    shown = inert(text[: _LONGEST + 1])
    return shown if len(shown) <= _LONGEST else shown[:_LONGEST] + "…"


def groups(about: Subject) -> tuple[Group, ...]:
    """Return the addressees that have a row here, in the order of the summary."""
    wanted = {row.number: row for row in about.rows}
    found = (
        Group(
            number,
            inert(entry.name.pick(about.lang)),
            entry.status,
            tuple(wanted[row] for row in entry.rows if row in wanted),
        )
        for number, entry in enumerate(about.case.summary, start=1)
    )
    return tuple(group for group in found if group.rows)


def lanes(about: Subject, some: Sequence[Group], *, most: int, keep: frozenset[int] = frozenset()) -> tuple[Lane, ...]:
    """Return a lane for each group, at most ``most``; what is left shares the last one.

    ``keep`` are numbers of rows whose groups have a lane of their own before others do.
    """
    wanted = [group for group in some if keep.intersection(row.number for row in group.rows)]
    first = {group.number for group in (*wanted, *(group for group in some if group not in wanted))[: most - 1]}
    alone = [group for group in some if len(some) <= most or group.number in first]
    rest = tuple(group for group in some if group not in alone)
    found = tuple(Lane(f"{group.number} {group.name}", (group,)) for group in alone)
    if not rest:
        return found
    count = f"{len(rest):,}"
    return (*found, Lane(about.say(f"その他 {count}者", f"{count} others"), rest, len(rest)))


def under(about: Subject, drawn: Sequence[CaseRow]) -> str:
    """Return the line below the title: what is drawn, of which account."""
    ok = sum(row.login.status == "ok" for row in drawn)
    review = len(drawn) - ok
    if about.account:
        whose = about.say(f"アカウント {short(about.account)}", f"account {short(about.account)}")
    else:
        several = len(Accounts(about.rows).keys)
        whose = about.say(f"全アカウント（{several:,}）", f"all accounts ({several:,})")
    return about.say(
        f"{whose}　ログイン {len(drawn):,}件（正常 {ok:,}・要確認 {review:,}）",
        f"{whose}; {logins(len(drawn), 'en')} ({ok:,} ok, {review:,} review)",
    )


def left_out(about: Subject, reasons: Iterable[tuple[int, str, str]] = ()) -> list[str]:
    """Return which rows of the case are not drawn, and why; ``reasons`` are (how many, ja, en) of this chart."""
    case = about.case
    counts = (
        *reasons,
        (len(case.rows) - len(about.rows), "他のアカウント又はアカウント不明", "of another account or of none"),
        (case.counts.rejected, "不採用", "rejected"),
        (len(case.pending), "修復の採否待ち", "pending a repair"),
    )
    said = [about.say(f"{ja} {count:,}件", f"{count:,} {en}") for count, ja, en in counts if count]
    if not said:
        return []
    return [about.say(f"図にない行: {'、'.join(said)}。", f"Rows not drawn: {', '.join(said)}.")]


def nature(about: Subject) -> str:
    """Return what every result of the tool is."""
    return NATURE.pick(about.lang)


def stamp(about: Subject) -> tuple[str, ...]:
    """Return as-of date, zone, counts and versions."""
    case = about.case
    return (
        about.say(f"基準日 {case.as_of}", f"As of {case.as_of}"),
        about.say("日時は日本時間（JST、UTC+09:00）", "times in JST (UTC+09:00)"),
        conservation(*total(case.counts), lang=about.lang),
        about.say(f"データ版 {case.data_version}", f"data {case.data_version}"),
        f"ipattr {case.tool_version}",
    )


def logins(count: int, lang: Lang) -> str:
    """Return a number of logins in words."""
    return f"{count:,}件" if lang == "ja" else f"{count:,} login{'s' * (count != 1)}"


def count(number: int, lang: Lang) -> str:
    """Return a number of rows as the column of counts has it."""
    return f"{number:,}件" if lang == "ja" else f"{number:,}"
