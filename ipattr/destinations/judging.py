"""Judging: what the answers of one run say about each other, host by host and type by type.

Resolvers agree where they share an address, or where each address of the one is announced by an AS that announces one
of the other's; who agrees with whom, over however many steps, is one camp. A CDN gives every region other addresses, so
whoever stands alone lies only if nothing ties him to the platform *and* there is somebody to believe instead: two who
agree, or one who is tied. Of two who differ and are both tied, or both untied, neither lies: they differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.addresses import to_number
from ipattr.destinations.screening import TIED, Tie
from ipattr.model import JudgedAnswer, Judgement, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ipattr.model import Resolution

_MANY = 2
_ZONES_OWN = Text(
    ja="同じ親ドメインの、誰も登録していないはずの名前にも同じアドレスが答えられており、ゾーン自体のワイルドカードとみられる。",
    en="A made-up name under the same parent has the same addresses: it seems to be the zone's own wildcard.",
)


class _Answer(NamedTuple):
    """All that one resolver gave for one host and type, over all rounds, and for the made-up name beside the host."""

    resolver: str
    addresses: frozenset[str]
    wildcard: frozenset[str]
    ties: dict[str, Tie]

    @property
    def tied(self) -> bool:
        return all(self.ties[address].owner in TIED for address in self.addresses)

    @property
    def made_up(self) -> bool:
        return not self.wildcard.isdisjoint(self.addresses)

    def agrees(self, other: _Answer) -> bool:
        if not self.addresses.isdisjoint(other.addresses):
            return True
        origins = {number for address in other.addresses for number in self.ties[address].asn}
        return all(not origins.isdisjoint(self.ties[address].asn) for address in self.addresses)


def judge(resolutions: Iterable[Resolution], *, tie: Callable[[str, str], Tie]) -> tuple[JudgedAnswer, ...]:
    """Return the judgement of every resolver that gave an address, by platform, host, type and resolver.

    ``resolutions`` are those of one run; ``tie`` says what ties an address to a platform. Whoever gave no address has
    the status of his resolution and is not judged.
    """
    gathered: dict[tuple[str, str, str], dict[str, dict[str, None]]] = {}
    wildcards: dict[tuple[str, str, str], set[str]] = {}
    for entry in resolutions:
        probe = entry.probe
        if probe.rrtype not in {"A", "AAAA"} or entry.status != "answered":
            continue
        if probe.kind == "host":
            asked = gathered.setdefault((probe.platform, probe.host, probe.rrtype), {})
            asked.setdefault(entry.resolver, {}).update(dict.fromkeys(entry.addresses))
        elif probe.kind == "wildcard":
            parent = probe.host.partition(".")[2]
            wildcards.setdefault((entry.resolver, probe.platform, parent), set()).update(entry.addresses)
    judged: list[JudgedAnswer] = []
    for question in sorted(gathered):
        judged += _judge_host(question, gathered[question], wildcards, tie)
    return tuple(judged)


def _judge_host(
    question: tuple[str, str, str],
    given: Mapping[str, Iterable[str]],
    wildcards: Mapping[tuple[str, str, str], set[str]],
    tie: Callable[[str, str], Tie],
) -> list[JudgedAnswer]:
    platform, host, rrtype = question
    ties = {address: tie(platform, address) for found in given.values() for address in found}
    # A made-up name has no AAAA probe of its own; its A answers say nothing about AAAA.
    parent = host.partition(".")[2] if rrtype == "A" else ""
    answers = [
        _Answer(
            resolver=resolver,
            addresses=frozenset(given[resolver]),
            wildcard=frozenset(wildcards.get((resolver, platform, parent), ())),
            ties=ties,
        )
        for resolver in sorted(given)
        if given[resolver]
    ]
    camps = _camps(answers)
    judged = []
    for answer in answers:
        judgement, reason = _verdict(answer, answers, camps)
        judged.append(
            JudgedAnswer(
                platform=platform,
                host=host,
                rrtype="A" if rrtype == "A" else "AAAA",
                resolver=answer.resolver,
                judgement=judgement,
                reason=reason,
                addresses=tuple(sorted(answer.addresses, key=to_number)),
            )
        )
    return judged


def _camps(answers: Sequence[_Answer]) -> list[list[_Answer]]:
    """Return who agrees with whom, over however many steps."""
    camps: list[list[_Answer]] = []
    for answer in answers:
        joined = [camp for camp in camps if any(answer.agrees(one) or one.agrees(answer) for one in camp)]
        camps = [camp for camp in camps if camp not in joined]
        camps.append([one for camp in joined for one in camp] + [answer])
    return camps


def _verdict(answer: _Answer, answers: Sequence[_Answer], camps: Sequence[Sequence[_Answer]]) -> tuple[Judgement, Text]:
    special = [address for address in answer.addresses if answer.ties[address].owner == "special"]
    if special:
        return "special", _special(sorted(special, key=to_number))
    if answer.made_up and not _is_zones_own(answer, answers):
        return "wildcard", _wildcard(alone=len(answers) == 1)
    judgement, reason = _beside(answer, answers, camps)
    return judgement, _joined(reason, _ZONES_OWN) if answer.made_up else reason


def _is_zones_own(answer: _Answer, answers: Sequence[_Answer]) -> bool:
    """Return whether the zone itself answers names that nobody registered: then its hosts are truly reached there.

    It does where the addresses can be tied to the platform, or where every other resolver says the same.
    """
    others = [one for one in answers if one is not answer]
    return answer.tied or (bool(others) and all(not one.wildcard.isdisjoint(answer.wildcard) for one in others))


def _beside(answer: _Answer, answers: Sequence[_Answer], camps: Sequence[Sequence[_Answer]]) -> tuple[Judgement, Text]:
    if len(answers) == 1:
        return "alone", Text(
            ja="このホストのアドレスを答えたリゾルバは1つだけで、比べるものがない。",
            en="Only one resolver answered for this host; there is nothing to compare with.",
        )
    own = next(camp for camp in camps if answer in camp)
    others = [camp for camp in camps if camp is not own]
    believed = _believed(own, others)
    if not answer.tied and believed:
        return "lying", _lying(answer, believed)
    if len(own) > 1:
        return "agrees", _agrees(answer, own)
    return "differs", _differs(answer, len(answers) - 1)


def _believed(own: Sequence[_Answer], others: Sequence[Sequence[_Answer]]) -> Sequence[_Answer]:
    """Return the camp to be believed instead of one that nothing ties to the platform, if any.

    Instead of one resolver: any two that agree, or one that is tied. Instead of several that agree: only as many, or
    more, that are tied, for agreement is evidence too.
    """
    for camp in sorted(others, key=len, reverse=True):
        tied = all(one.tied for one in camp)
        if len(own) == 1 and (len(camp) >= _MANY or tied):
            return camp
        if tied and len(camp) >= len(own):
            return camp
    return ()


def _special(addresses: Sequence[str]) -> Text:
    shown = ", ".join(addresses)
    return Text(
        ja=f"公開サーバーが持ち得ない特殊用途のアドレスを答えた（{shown}）。",
        en=f"Answered with an address that no public server can have ({shown}).",
    )


def _joined(one: Text, two: Text) -> Text:
    return Text(ja=one.ja + two.ja, en=f"{one.en} {two.en}")


def _wildcard(*, alone: bool) -> Text:
    """Return that this resolver gives a made-up name the same addresses, and what others say."""
    same = "同じ親ドメインの、誰も登録していないはずの名前にも同じアドレスを答えた。"
    if alone:
        return Text(
            ja=f"{same}他に比べるリゾルバはなく、プラットフォームとの関係を示すものもない。",
            en="A made-up name under the same parent has the same addresses; there is no other to compare with,"
            " and nothing ties them to the platform.",
        )
    return Text(
        ja=f"{same}そう答えないリゾルバがあり、プラットフォームとの関係を示すものもない。",
        en="A made-up name under the same parent has the same addresses here, but not at every other resolver, and"
        " nothing ties them to the platform.",
    )


def _lying(answer: _Answer, believed: Sequence[_Answer]) -> Text:
    why = _reasons(answer)
    names = ", ".join(one.resolver for one in believed)
    return Text(
        ja=f"他のリゾルバ（{names}）の答えと共通するアドレスも発信元ASもなく、"
        f"プラットフォームとの関係を示すものもない（{why.ja}）。",
        en=f"Shares no address and no origin AS with what {names} answered, and nothing ties it to the platform"
        f" ({why.en}).",
    )


def _agrees(answer: _Answer, camp: Sequence[_Answer]) -> Text:
    others = [one for one in camp if one is not answer]
    names = ", ".join(one.resolver for one in others)
    if any(not one.addresses.isdisjoint(answer.addresses) for one in others):
        return Text(
            ja=f"他のリゾルバ（{names}）と共通のアドレスを答えた。", en=f"Shares an address with others ({names})."
        )
    return Text(
        ja=f"アドレスは異なるが、発信元ASが他のリゾルバ（{names}）の答えと同じである。",
        en=f"Other addresses, but of the same origin AS as those of others ({names}).",
    )


def _differs(answer: _Answer, others: int) -> Text:
    why = _reasons(answer)
    if answer.tied:
        return Text(
            ja=f"他の{others}リゾルバと共通のアドレスはないが、プラットフォームまたは共用CDNのものである（{why.ja}）。"
            "地域ごとの応答とみられる。",
            en=f"Shares no address with {others} others, but is the platform's own or a shared CDN's ({why.en}):"
            " probably a regional answer.",
        )
    return Text(
        ja=f"他の{others}リゾルバと共通のアドレスがなく、裏付けのある答えもないため、いずれが正しいかは分からない（{why.ja}）。",
        en=f"Shares no address with {others} others; nothing supports any of the answers, so which is right stays open"
        f" ({why.en}).",
    )


def _reasons(answer: _Answer) -> Text:
    reasons = {answer.ties[address].reason: None for address in sorted(answer.addresses, key=to_number)}
    return Text(ja="、".join(one.ja for one in reasons), en="; ".join(one.en for one in reasons))
