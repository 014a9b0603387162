"""Judging: what the answers of one run say about each other, host by host and type by type.

Resolvers agree where they share an address, or where each address of the one is announced by an AS that announces one
of the other's; who agrees with whom, over however many steps, is one camp. A CDN gives every region other addresses, so
whoever stands alone lies only if the tables could tie him to the platform and do not, *and* there is somebody to
believe instead: two who agree, or one who is tied. Of two who differ and are both tied, or both untied, neither lies:
they differ; and so does whoever stands alone where nothing of the platform's own is listed.

Servers are counted, not spellings: one address asked over UDP, TCP, DoT and DoH cannot confirm itself. Two addresses of
one operator, or a name and an address, count as two, for nothing here tells who runs them. Whoever answers what no
public server can have, or any made-up name, is believed by nobody.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from ipattr.addresses import to_number
from ipattr.destinations.screening import TIED, UNTIED, Tie
from ipattr.model import JudgedAnswer, Judgement, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ipattr.model import Resolution

_MANY = 2
_NO_SUCH_NAME = frozenset({"nxdomain", "nodata"})
_ZONES_OWN = Text(
    ja="同じ親ドメインの、誰も登録していないはずの名前にも同じアドレスが答えられており、ゾーン自体のワイルドカードとみられる。",
    en="A made-up name under the same parent has the same addresses: it seems to be the zone's own wildcard.",
)


class _Answer(NamedTuple):
    """All that one resolver gave for one host and type, over all rounds, and for the made-up name beside the host."""

    resolver: str
    server: str
    addresses: frozenset[str]
    wildcard: frozenset[str]
    ties: dict[str, Tie]

    @property
    def special(self) -> list[str]:
        return sorted((one for one in self.addresses if self.ties[one].owner == "special"), key=to_number)

    @property
    def tied(self) -> bool:
        return all(self.ties[address].owner in TIED for address in self.addresses)

    @property
    def made_up(self) -> bool:
        return not self.wildcard.isdisjoint(self.addresses)

    @property
    def untied(self) -> bool:
        """The tables could tie its addresses to the platform, and do not for one of them."""
        return any(self.ties[address].owner in UNTIED for address in self.addresses)

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
    wildcards: dict[tuple[str, str], dict[str, set[str]]] = {}
    for entry in resolutions:
        probe = entry.probe
        if probe.rrtype not in {"A", "AAAA"}:
            continue
        if probe.kind == "host" and entry.status == "answered":
            asked = gathered.setdefault((probe.platform, probe.host, probe.rrtype), {})
            asked.setdefault(entry.resolver, {}).update(dict.fromkeys(entry.addresses))
        elif probe.kind == "wildcard" and (entry.status == "answered" or entry.status in _NO_SUCH_NAME):
            parent = probe.host.partition(".")[2]
            said = wildcards.setdefault((probe.platform, parent), {})
            said.setdefault(entry.resolver, set()).update(entry.addresses)
    judged: list[JudgedAnswer] = []
    for question in sorted(gathered):
        platform, host, rrtype = question
        # A made-up name has no AAAA probe of its own; its A answers say nothing about AAAA.
        made_up = wildcards.get((platform, host.partition(".")[2]), {}) if rrtype == "A" else {}
        judged += _judge_host(question, gathered[question], made_up, tie)
    return tuple(judged)


@lru_cache(maxsize=1024)
def server_of(resolver: str) -> str:
    """Return the host of a resolver's canonical id: ``192.0.2.1`` of ``tls://192.0.2.1:853#name``, without port."""
    return resolver.partition("://")[2].partition("#")[0].partition("/")[0].rpartition(":")[0] or resolver


def _judge_host(
    question: tuple[str, str, str],
    given: Mapping[str, Iterable[str]],
    made_up: Mapping[str, set[str]],
    tie: Callable[[str, str], Tie],
) -> list[JudgedAnswer]:
    platform, host, rrtype = question
    ties = {address: tie(platform, address) for found in given.values() for address in found}
    answers = [
        _Answer(
            resolver=resolver,
            server=server_of(resolver),
            addresses=frozenset(given[resolver]),
            wildcard=frozenset(made_up.get(resolver, ())),
            ties=ties,
        )
        for resolver in sorted(given)
        if given[resolver]
    ]
    believable = [one for one in answers if not one.special and not _answers_anything(one, made_up)]
    camps = _camps(believable)
    in_order = sorted(ties, key=to_number)
    alone = _servers(answers) == 1
    judged = []
    for answer in answers:
        judgement, reason = _verdict(answer, camps, believable=answer in believable, alone=alone)
        judged.append(
            JudgedAnswer(
                platform=platform,
                host=host,
                rrtype="A" if rrtype == "A" else "AAAA",
                resolver=answer.resolver,
                judgement=judgement,
                reason=reason,
                addresses=tuple([address for address in in_order if address in answer.addresses]),
            )
        )
    return judged


def _servers(answers: Iterable[_Answer]) -> int:
    return len({one.server for one in answers})


def _camps(answers: Sequence[_Answer]) -> list[list[_Answer]]:
    """Return who agrees with whom, over however many steps."""
    camps: list[list[_Answer]] = []
    for answer in answers:
        joined = [camp for camp in camps if any(answer.agrees(one) or one.agrees(answer) for one in camp)]
        camps = [camp for camp in camps if camp not in joined]
        camps.append([one for camp in joined for one in camp] + [answer])
    return camps


def _verdict(
    answer: _Answer, camps: Sequence[Sequence[_Answer]], *, believable: bool, alone: bool
) -> tuple[Judgement, Text]:
    if answer.special:
        return "special", _special(answer.special)
    if not believable:
        return "wildcard", _wildcard(alone=alone)
    judgement, reason = _beside(answer, camps)
    return judgement, _joined(reason, _ZONES_OWN) if answer.made_up else reason


def _answers_anything(answer: _Answer, made_up: Mapping[str, set[str]]) -> bool:
    """Return whether a resolver gives a made-up name the host's addresses without the zone itself doing so.

    ``made_up`` is what every resolver said of that name, nothing where it said that there is none. The zone does where
    the addresses can be tied to the platform, or where at least two servers say the same of the made-up name, and more
    than say that there is none: then its hosts are truly reached there.
    """
    if not answer.made_up or answer.tied:
        return False
    alike = {server_of(name) for name, said in made_up.items() if not answer.wildcard.isdisjoint(said)}
    denying = {server_of(name) for name, said in made_up.items() if not said}
    return len(alike) < _MANY or len(alike) <= len(denying)


def _beside(answer: _Answer, camps: Sequence[Sequence[_Answer]]) -> tuple[Judgement, Text]:
    own = next(camp for camp in camps if answer in camp)
    others = [camp for camp in camps if camp is not own]
    believed = _believed(own, others) if answer.untied else ()
    if believed:
        return "lying", _lying(answer, believed)
    if _servers(own) > 1:
        return "agrees", _agrees(answer, [one for one in own if one.server != answer.server])
    rest = _servers(one for camp in others for one in camp if one.server != answer.server)
    return ("differs", _differs(answer, rest)) if rest else ("alone", _alone(answer))


def _believed(own: Sequence[_Answer], others: Sequence[Sequence[_Answer]]) -> Sequence[_Answer]:
    """Return the camp to be believed instead of one that nothing ties to the platform, if any.

    Instead of one server: any two that agree, or one that is tied. Instead of several that agree: only as many, or
    more, that are tied, for agreement is evidence too.
    """
    for camp in sorted(others, key=_servers, reverse=True):
        tied = all(one.tied for one in camp)
        if _servers(own) == 1 and (_servers(camp) >= _MANY or tied):
            return camp
        if tied and _servers(camp) >= _servers(own):
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


def _alone(answer: _Answer) -> Text:
    why = _reasons(answer)
    return Text(
        ja=f"このホストについて使える答えをしたサーバーは1つだけで、比べるものがない（{why.ja}）。",
        en=f"Only one server gave an answer of use for this host; there is nothing to compare with ({why.en}).",
    )


def _agrees(answer: _Answer, others: Sequence[_Answer]) -> Text:
    sharing = any(not one.addresses.isdisjoint(answer.addresses) for one in others)
    return _agreement(tuple([one.resolver for one in others]), "address" if sharing else "origin")


@lru_cache(maxsize=1024)
def _agreement(resolvers: tuple[str, ...], on: Literal["address", "origin"]) -> Text:
    """Return with whom an answer agrees, on what; a year of runs says it of the same few resolvers."""
    names = ", ".join(resolvers)
    if on == "address":
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
            ja=f"他の{others}サーバーと共通のアドレスはないが、プラットフォームまたは共用CDNのものである（{why.ja}）。"
            "地域ごとの応答とみられる。",
            en=f"Shares no address with {others} other servers, but is the platform's own or a shared CDN's ({why.en}):"
            " probably a regional answer.",
        )
    if not answer.untied:
        return Text(
            ja=f"他の{others}サーバーと共通のアドレスがなく、地域ごとの応答か偽の応答かは、収録からは分からない（{why.ja}）。",
            en=f"Shares no address with {others} other servers; whether it is a regional answer or a forged one"
            f" cannot be told from what is on record ({why.en}).",
        )
    return Text(
        ja=f"他の{others}サーバーと共通のアドレスがなく、裏付けのある答えもないため、いずれが正しいかは分からない（{why.ja}）。",
        en=f"Shares no address with {others} other servers; nothing supports any of them, so which is right stays"
        f" open ({why.en}).",
    )


def _reasons(answer: _Answer) -> Text:
    reasons = {answer.ties[address].reason: None for address in sorted(answer.addresses, key=to_number)}
    return Text(ja="、".join(one.ja for one in reasons), en="; ".join(one.en for one in reasons))
