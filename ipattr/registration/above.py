"""Whom JPNIC names above a block (上位情報): where an assignment names an end customer, the ISP is there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ipattr.model import HolderName
from ipattr.registration.comparing import among, matches_of
from ipattr.registration.names import name_key, overlap

if TYPE_CHECKING:
    from ipattr.model import Field, NameMatch, RegisteredNetwork
    from ipattr.registration.comparing import Standing
    from ipattr.registration.names import ListedNames

_ENTRY = re.compile(r"(?P<who>.*\S)\s*\[[^\]]*\]\s*(?P<block>[0-9A-Fa-f.:]+/[0-9]+)")
_BOTH = re.compile(r"(?P<ja>.*\S)\s+\((?P<en>.+)\)")


class Above(NamedTuple):
    """One entry of 上位情報: the name as written, its block, and the listed parties of that name.

    A hint at whose customer the holder is, never a holder; ``within`` are the matches among the offline verdict's
    parties.
    """

    who: str
    block: str
    at: str
    matches: tuple[NameMatch, ...]
    within: tuple[NameMatch, ...]


def above(network: RegisteredNetwork, offline: Standing, names: ListedNames) -> tuple[Above, ...]:
    """Return the entries of 上位情報 that name another than the holder; () where the answer is not JPNIC's."""
    if not network.layout.startswith("jpnic") or not network.holders:
        return ()
    own = frozenset(name_key(holder.text) for holder in network.holders)
    found = (_entry(field, offline, names) for field in network.less_specific or ())
    return tuple(one for one in found if not overlap(map(name_key, _spellings(one.who)), own))


def _entry(field: Field, offline: Standing, names: ListedNames) -> Above:
    split = _ENTRY.fullmatch(field.value.strip())
    who, block = (split["who"], split["block"]) if split else (field.value.strip(), "")
    written = [HolderName(text=text, lang="ja", rule="上位情報", at=field.at) for text in _spellings(who)]
    matches = matches_of(written, names)
    return Above(who, block, field.at, matches, among(matches, offline, names))


def _spellings(who: str) -> tuple[str, ...]:
    """Return the name as written, and its two halves where it stands as ``日本語名 (English name)``."""
    both = _BOTH.fullmatch(who)
    return (who, both["ja"], both["en"]) if both else (who,)
