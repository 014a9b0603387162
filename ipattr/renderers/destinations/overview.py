"""What is said of a list of all that was ever observed: nobody asked about a connection, so nothing lies before one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.model import Text
from ipattr.renderers.destinations import groups
from ipattr.renderers.words import CANDIDATES, word

if TYPE_CHECKING:
    from ipattr.model import Candidate, DestinationRow
    from ipattr.renderers.destinations.groups import Group

ALL_TIMES = Text(ja="すべての時期", en="all times")
_LISTED = Text(
    ja="日付のある観測の一覧である。ある接続についての候補は --at 日時 または --log ログ で挙げる。",
    en="This lists dated observations; --at INSTANT or --log LOG names the candidates for a connection.",
)
_ABOUT_A_CONNECTION = frozenset({"IPA601", "IPA603", "IPA604"})


def is_one(row: DestinationRow) -> bool:
    """Say whether a row stands for all times: neither a login nor an instant that somebody typed."""
    return row.login is None and not row.label


def of(group: Group) -> bool:
    """Say whether all rows of a group stand for all times."""
    return all(map(is_one, group.rows))


def heading(group: Group, lang: str) -> str:
    """Return how many candidates a group has, or addresses a list of all times; else why it has none."""
    found = group.found
    status = word(CANDIDATES, found.status, lang)
    if of(group):
        count = len(found.candidates)
        observed = f"アドレス{count}件" if lang == "ja" else f"{count} addresses"
        return f"{ALL_TIMES.pick(lang)}: {observed if found.status == 'observed' else status}"
    if found.status != "observed":
        return status
    count = len(group.candidates("current"))
    return f"候補{count}件" if lang == "ja" else f"{count} candidate{'s' * (count != 1)}"


def explanations(group: Group, lang: str) -> list[tuple[str, str, str]]:
    """Return the explanations of a group's sets, as ``groups.said`` does; of a list, that it is one."""
    if of(group) and group.found.status == "observed":
        return [(_LISTED.pick(lang), "", "")]
    return groups.said(group, groups.explanations, lang)


def remarks(group: Group, lang: str) -> list[tuple[str, str, str]]:
    """Return the remarks on a group's sets, as ``groups.said`` does; of a list, none that speaks of a connection."""
    told = groups.said(group, groups.findings_of, lang)
    return [one for one in told if not (of(group) and one[0].partition(" ")[0] in _ABOUT_A_CONNECTION)]


def shown(group: Group) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...]]:
    """Return the candidates of a group and those of another period; a list of all times has no other."""
    current, others = group.candidates("current"), group.candidates("other")
    return ((*current, *others), ()) if of(group) else (current, others)
