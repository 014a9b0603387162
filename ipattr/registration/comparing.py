"""What a registry names as holder against the offline verdict: beside it, never in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.model import Agreement, Attribution, NameMatch, Text
from ipattr.registration.names import name_key, overlap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.model import HolderName
    from ipattr.registration.names import Key, ListedNames


class Standing(NamedTuple):
    """Whom an offline verdict names: ids of parties with their kind, and the keys of their names.

    ``comparable`` is False where it names nobody; ``holder`` are the keys of a registered holder that the tables list.
    """

    comparable: bool
    parties: frozenset[tuple[bool, str]]
    names: frozenset[Key]
    holder: frozenset[Key]


class Comparison(NamedTuple):
    """How one answer's holder stands to the offline verdict; ``within`` are the matches that are among its parties."""

    agreement: Agreement
    matches: tuple[NameMatch, ...]
    within: tuple[NameMatch, ...]
    listed_holder_differs: bool
    reason: Text


def standing(offline: Attribution) -> Standing:
    """Return whom an offline verdict names as operator, addressee, alternative, or in the chain."""
    parties = [*offline.alternatives, *offline.chain, *([offline.addressee] if offline.addressee else [])]
    names = [text for party in parties for text in (party.name.ja, party.name.en)]
    if offline.operator is not None:
        # Where several registrants share an AS, their names stand in one text.
        names += [part for text in (offline.operator.ja, offline.operator.en) for part in (text, *text.split(" / "))]
    held = offline.holder.name if offline.holder.status == "listed" else None
    return Standing(
        comparable=offline.status != "special-purpose" and bool(names or held),
        parties=frozenset((party.kind == "access", party.provider) for party in parties if party.provider),
        names=_keys(names),
        holder=_keys((held.ja, held.en)) if held is not None else frozenset(),
    )


def _keys(names: Sequence[str]) -> frozenset[Key]:
    return frozenset(name_key(name) for name in names)


def matches_of(holders: Sequence[HolderName], names: ListedNames) -> tuple[NameMatch, ...]:
    """Return the listed parties that bear, or bore, any of the names, each once, the first name's first."""
    return tuple(dict.fromkeys(match for holder in holders for match in names.find(holder.text)))


def among(matches: Sequence[NameMatch], offline: Standing, names: ListedNames) -> tuple[NameMatch, ...]:
    """Return the matches that are among the parties of the offline verdict, by id or by their present legal name."""
    return tuple(
        match
        for match in matches
        if (match.kind == "access", match.provider) in offline.parties or overlap(names.bearer(match), offline.names)
    )


def compare(holders: Sequence[HolderName], offline: Standing, names: ListedNames) -> Comparison:
    """Compare the names under which an answer names the holder with the parties of the offline verdict."""
    matches = matches_of(holders, names)
    own = _keys([holder.text for holder in holders])
    shown = " / ".join(dict.fromkeys(holder.text for holder in holders))
    if not holders:
        return Comparison("no-holder-named", (), (), listed_holder_differs=False, reason=_NOBODY)
    if not offline.comparable:
        return Comparison("not-comparable", matches, (), listed_holder_differs=False, reason=_NOT_COMPARABLE)
    within = among(matches, offline, names)
    entities = own.union(*(names.bearer(match) for match in matches))
    differs = bool(offline.holder) and not overlap(entities, offline.holder)
    if differs:
        return Comparison("disagrees", matches, within, listed_holder_differs=True, reason=_other_holder(shown))
    if within or overlap(own, offline.names | offline.holder):
        return Comparison("agrees", matches, within, listed_holder_differs=False, reason=_agrees(shown, within))
    if matches:
        reason = _disagrees(shown, matches)
        return Comparison("disagrees", matches, (), listed_holder_differs=False, reason=reason)
    return Comparison("holder-not-listed", (), (), listed_holder_differs=False, reason=_not_listed(shown))


_NOBODY = Text(
    ja="回答は名義人を記載していない（レジストリ自身は名義人とみなさない）。",
    en="The answer names no holder (the registry itself is not taken for one).",
)
_NOT_COMPARABLE = Text(
    ja="収録データの判定に、名義人と照合できる者がない。",
    en="The offline verdict names nobody whom the holder could be compared with.",
)


def parties(matches: Sequence[NameMatch]) -> str:
    """Return the ids of matched parties for a sentence."""
    return ", ".join(dict.fromkeys(match.provider for match in matches))


def _agrees(shown: str, within: Sequence[NameMatch]) -> Text:
    known = f"（{parties(within)}）" if within else ""
    plain = f" ({parties(within)})" if within else ""
    return Text(
        ja=f"登録名義「{shown}」は、収録データの判定にある者{known}の名称と一致する（表記の正規化のみ）。",
        en=f'The holder as registered, "{shown}", equals a name of a party in the offline verdict{plain}, '
        "after normalisation of spelling only.",
    )


def _disagrees(shown: str, matches: Sequence[NameMatch]) -> Text:
    return Text(
        ja=f"登録名義「{shown}」は収録された別の者（{parties(matches)}）の名称で、収録データの判定にその者はいない。",
        en=f'The holder as registered, "{shown}", is a name of {parties(matches)}, '
        "which is not in the offline verdict.",
    )


def _other_holder(shown: str) -> Text:
    return Text(
        ja=f"登録名義「{shown}」は、収録データが登録名義とする者と異なる。",
        en=f'The holder as registered, "{shown}", is another than the registered holder in the offline tables.',
    )


def _not_listed(shown: str) -> Text:
    return Text(
        ja=f"登録名義「{shown}」と同じ名称の者は収録データにない。別の者とも同じ者とも言えない。",
        en=f'No party in the tables bears the name "{shown}": whether it is one of them does not follow.',
    )
