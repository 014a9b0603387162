"""Weighing: what each address of a run's answers is worth, and which of them are set aside with the reason.

Two things speak for an address: that it is tied to the platform, and that another server of the run gave it, or one of
the same origin AS. Both make ``high``, the one or the other ``medium``. With neither it is set aside where the tables
could have tied it, and kept as ``low`` where they could not: what cannot be screened is no evidence of a lie. Where
they could not, agreement is all that can be had, and makes ``high``.

Addresses are weighed one by one: a resolver that was spoofed in one round gave true answers in the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from ipattr.destinations.judging import server_of
from ipattr.destinations.screening import TIED, UNSCREENED, bilingual
from ipattr.model import SET_ASIDE, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from collections.abc import Set as AbstractSet

    from ipattr.destinations.screening import Tie
    from ipattr.model import Confidence, JudgedAnswer

Asked = tuple[str, str, str, str]
"""Platform, host, record type, resolver."""


class Weight(NamedTuple):
    """How far an address of an answer may be trusted; ``rejected`` says why it must not be used, empty where it may.

    ``note`` is what else has to be said of it.
    """

    confidence: Confidence
    rejected: str = ""
    note: str = ""


def weigh(judged: Iterable[JudgedAnswer], *, tie: Callable[[str, str], Tie]) -> dict[Asked, dict[str, Weight]]:
    """Return the weight of every address that each resolver of a run gave, from the judgements of that run."""
    by_question: dict[tuple[str, str, str], list[JudgedAnswer]] = {}
    for one in judged:
        by_question.setdefault((one.platform, one.host, one.rrtype), []).append(one)
    return {
        (*question, one.resolver): _weights(one, _others(one, answers), tie)
        for question, answers in by_question.items()
        for one in answers
    }


def _others(one: JudgedAnswer, answers: Sequence[JudgedAnswer]) -> set[str]:
    """Return what other servers gave, those left out whom nobody believes."""
    server = server_of(one.resolver)
    return {
        address
        for other in answers
        if other.judgement not in SET_ASIDE and server_of(other.resolver) != server
        for address in other.addresses
    }


def _weights(one: JudgedAnswer, others: AbstractSet[str], tie: Callable[[str, str], Tie]) -> dict[str, Weight]:
    origins = {number for other in others for number in tie(one.platform, other).asn}
    weights = {}
    for address in one.addresses:
        own = tie(one.platform, address)
        agreed = address in others or not origins.isdisjoint(own.asn)
        weights[address] = _weight(one, own, "agreed" if agreed else "alone")
    return weights


def _weight(one: JudgedAnswer, own: Tie, found: Literal["agreed", "alone"]) -> Weight:
    if own.owner == "special":
        return Weight("none", rejected=bilingual(own.reason))
    agreed = found == "agreed"
    if own.owner in TIED:
        return Weight("high" if agreed else "medium")
    if one.judgement in SET_ASIDE:
        return Weight("none", rejected=bilingual(one.reason))
    if own.owner == "unscreened":
        return Weight("high" if agreed else "low", note=bilingual(UNSCREENED))
    return Weight("medium") if agreed else Weight("none", rejected=bilingual(_unsupported(own)))


def _unsupported(own: Tie) -> Text:
    return Text(
        ja=f"他に同じ答えをしたサーバーがなく、プラットフォームとの関係を示すものもない（{own.reason.ja}）",
        en=f"no other server gave it, and nothing ties it to the platform ({own.reason.en})",
    )
