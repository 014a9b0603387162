"""Screening: which observations can be tied to the platform, and which are kept as rejected with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from ipattr.model import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ipattr.model import Observation

Owner = Literal[
    "platform",  # its own prefix or AS, or it was observed to be the platform's (shipped ledger)
    "shared",  # a network that carries it for many customers (CDN)
    "other",  # an AS that is known and is neither
    "unlisted",  # no listed prefix holds it, while those of the platform are listed
    "special",  # no public server can have it (RFC 6890)
    "unscreened",  # none of the platform's own prefixes are listed, so whose it is tells nothing
]
TIED: frozenset[Owner] = frozenset({"platform", "shared"})
UNTIED: frozenset[Owner] = frozenset({"other", "unlisted", "special"})


class Tie(NamedTuple):
    """What ties an address to a platform: whose it is, on what evidence (prefix, AS), and its origin AS numbers."""

    owner: Owner
    reason: Text
    asn: tuple[int, ...] = ()


UNSCREENED = Text(
    ja="未選別: プラットフォーム自身のASのプレフィックスの収録がないため確かめられない",
    en="unscreened: no prefix of an AS of the platform's own is on record to check it against",
)
_UNTIED = Text(ja="プラットフォームとの関係を示すものがない", en="cannot be tied to the platform")


def screen(observations: Iterable[Observation], *, tie: Callable[[str, str], Tie]) -> tuple[Observation, ...]:
    """Return the observations, those that cannot be tied to their platform as rejected with the reason.

    A special-purpose address is always rejected; what is tied is kept as it is. What cannot be screened is kept with
    low confidence and a note that says so; anything else is rejected. What is rejected already stays so.
    """
    return tuple(_screened(entry, tie(entry.platform, entry.address)) for entry in observations)


def _screened(entry: Observation, tied: Tie) -> Observation:
    if entry.status == "rejected" or tied.owner in TIED:
        return entry
    if tied.owner == "unscreened":
        confidence = "none" if entry.confidence == "none" else "low"
        return msgspec.structs.replace(entry, confidence=confidence, note=_noted(entry.note, UNSCREENED))
    reason = tied.reason
    if tied.owner == "unlisted":
        reason = Text(ja=f"{_UNTIED.ja}（{reason.ja}）", en=f"{_UNTIED.en} ({reason.en})")
    return msgspec.structs.replace(entry, status="rejected", note=_noted(entry.note, reason))


def _noted(note: str, reason: Text) -> str:
    return f"{note}; {bilingual(reason)}" if note else bilingual(reason)


def bilingual(text: Text) -> str:
    """Return what is said in both languages: an observation has one note."""
    return f"{text.ja} / {text.en}" if text.ja != text.en else text.en
