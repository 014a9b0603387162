"""Who comes into question: the parties of the first request, and those who may stand behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.model import AddresseeRule, Confidence, NonAccess, Party, Platform, Provider, ServicePrefix, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipattr.attribution.evidence import Evidence, Facts

BY_PTR = Text(ja="ログに記載の逆引き名", en="the reverse name carried in the log")
BY_PREFIX = Text(ja="サービスの判明しているブロック", en="a block whose service is known")
BY_AS = Text(ja="AS番号", en="the AS number")
BY_UPSTREAM = Text(ja="このASでの観測例のみ", en="mere sightings on this AS")

_SEEN_ON_AS = Text(
    ja="このASでの利用が観測された事業者（契約の相手方の可能性）",
    en="seen on this AS: may hold the contract with the user",
)

# More brands than this make a condition unreadable; the file of the provider holds all of them.
_BRANDS_SHOWN = 4

LESSEE = Party(
    provider="",
    name=Text(ja="ブロックの借受人（未確認）", en="whoever leases the block (not known)"),
    kind="unlisted",
    condition=Text(
        ja="日本以外の割振りのブロックを日本のASが広告している場合（ホスティング・プロキシ・キャッシュの疑い）",
        en="if the block, delegated outside Japan, is leased out for hosting, proxies or caches",
    ),
    confidence="low",
    sources=("REG",),
)


def choose_bases(evidence: Evidence, facts: Facts) -> tuple[list[tuple[Provider, str]], Text]:
    """Choose the providers to start from, with the service where known, and say by what they were chosen.

    A name in the log decides first, then a block whose service a source states, then the AS number. A block of which
    only a part belongs to a service adds its owner beside the AS's own providers: it can never decide.
    """
    if evidence.named:
        return list(evidence.named), BY_PTR
    stated = _known_blocks(evidence, facts, "stated")
    if stated:
        longest = _length(stated[0][1])
        return [(owner, prefix.service) for owner, prefix in stated if _length(prefix) == longest], BY_PREFIX
    partial = [(owner, prefix.service) for owner, prefix in _known_blocks(evidence, facts, "part")]
    first = evidence.own or evidence.mixed
    if first:
        bases = [(provider, "") for provider in first]
        return bases + [pair for pair in partial if pair[0] not in first], BY_AS
    return [(provider, "") for provider in evidence.upstream], BY_UPSTREAM


def _known_blocks(evidence: Evidence, facts: Facts, certainty: str) -> list[tuple[Provider, ServicePrefix]]:
    """Return the known blocks, longest first, whose owner is one of the companies that use the announcing AS.

    A block that another company announces today has moved since its source was written: it decides nothing.
    """
    companies = {entity_name(p).ja for p in (*evidence.own, *evidence.mixed, *evidence.upstream)}
    owners = ((facts.providers.get(owner), prefix) for owner, prefix in evidence.hits if prefix.certainty == certainty)
    return [(owner, prefix) for owner, prefix in owners if owner is not None and entity_name(owner).ja in companies]


def _length(prefix: ServicePrefix) -> int:
    return int(prefix.prefix.rsplit("/", 1)[1])


def first_stage(bases: Sequence[tuple[Provider, str]], facts: Facts) -> list[Party]:
    """Return the parties of the first request: the bases' own addressee rules, or the bases themselves."""
    parties: list[Party] = []
    for provider, service in bases:
        rules = [rule for rule in provider.addressees if rule.stage == 1 and rule.provider in facts.providers]
        if service:
            rules = [rule for rule in rules if rule.service == service] or [rule for rule in rules if not rule.service]
        if rules:
            parties.extend(_rule_party(rule, facts, service=service) for rule in rules)
        else:
            brands = "・".join(provider.brands[:_BRANDS_SHOWN])
            condition = Text(ja=f"{brands}の回線の場合", en=f"if it is a line of {brands}")
            parties.append(
                _provider_party(provider, service=service, condition=condition, confidence=provider.confidence_as)
            )
    return parties


def later_stages(
    bases: Sequence[tuple[Provider, str]], evidence: Evidence, facts: Facts, *, undecided: bool
) -> list[Party]:
    """Return who may stand behind the first addressee: second-stage rules, then providers seen on the same AS.

    Where a name or a known block decided the service, mere sightings elsewhere on the AS say nothing and are left out.
    """
    parties = {
        rule.provider: _rule_party(rule, facts, service=rule.service)
        for provider, _ in bases
        for rule in provider.addressees
        if rule.stage > 1 and rule.provider in facts.providers
    }
    started = {provider.id for provider, _ in bases}
    for provider in (*evidence.mixed, *evidence.upstream) if undecided else ():
        if provider.id not in started and provider.id not in parties:
            parties[provider.id] = _provider_party(
                provider, service="", condition=_SEEN_ON_AS, confidence="low", stage=2
            )
    return list(parties.values())


def _rule_party(rule: AddresseeRule, facts: Facts, *, service: str) -> Party:
    target = facts.providers[rule.provider]
    return Party(
        provider=target.id,
        name=entity_name(target),
        kind="access",
        service=rule.service or service,
        brand=brand(target),
        history=target.entity.history,
        access=target.access,
        stage=rule.stage,
        condition=_since(rule),
        confidence=rule.confidence,
        sources=(rule.source,),
    )


def _since(rule: AddresseeRule) -> Text:
    """Return the condition of a rule with the date it holds from."""
    if not rule.since:
        return rule.when
    return Text(ja=f"{rule.when.ja}（{rule.since}から）", en=f"{rule.when.en} (since {rule.since})")


def _provider_party(
    provider: Provider, *, service: str, condition: Text, confidence: Confidence, stage: int = 1
) -> Party:
    return Party(
        provider=provider.id,
        name=entity_name(provider),
        kind="access",
        service=service,
        brand=brand(provider),
        history=provider.entity.history,
        access=provider.access,
        stage=stage,
        condition=condition,
        confidence=confidence,
        sources=provider.sources,
    )


def nonaccess_party(entry: NonAccess) -> Party:
    """Present a network without access contracts as a party."""
    return Party(
        provider=entry.id,
        name=Text(ja=entry.name, en=entry.name),
        kind="non-access",
        service=entry.category,
        condition=entry.meaning,
        confidence=entry.confidence,
        sources=entry.sources,
    )


def platform_party(entry: Platform) -> Party:
    """Present the platform itself as a party."""
    return Party(
        provider=entry.id,
        name=Text(ja=entry.operator_ja or entry.name, en=entry.operator_en or entry.name),
        kind="non-access",
        service="platform",
        condition=Text(ja="プラットフォーム自身のAS", en="the platform's own AS"),
        confidence=entry.confidence,
        sources=entry.sources,
    )


def registrant_parties(evidence: Evidence, parties: Sequence[Party]) -> list[Party]:
    """Return the AS registrants that are not among ``parties``: a corporate line may be theirs."""
    known = {party.name.en.casefold() for party in parties}
    return [
        Party(
            provider="",
            name=Text(ja=registrant.organisation, en=registrant.organisation),
            kind="unlisted",
            condition=Text(
                ja="AS登録者自身の法人契約の場合", en="if the line is a corporate contract of the AS registrant"
            ),
            confidence="medium",
            sources=(registrant.source,) if registrant.source else (),
        )
        for registrant in evidence.registrants
        if registrant.organisation.casefold() not in known
    ]


def entity_name(provider: Provider) -> Text:
    """Return the present legal name of the provider, or its first brand where no legal name is established."""
    ja = provider.entity.ja or provider.entity.en or provider.brands[0]
    return Text(ja=ja, en=provider.entity.en or ja)


def brand(provider: Provider) -> str:
    """Return what the service is sold as, without the remark that the data may carry in brackets."""
    return provider.brands[0].partition(" (")[0] if provider.brands else ""


def identity(party: Party) -> tuple[str, str]:
    """Return what makes two parties the same entry: the provider and the service."""
    return (party.provider or party.name.en, party.service)


def entity_key(party: Party) -> str:
    """Two services of one legal entity are one addressee; a network without contracts never merges with one."""
    return f"{party.kind}:{party.name.ja}"


def unique(parties: Iterable[Party]) -> list[Party]:
    """Return the parties without repetition, first mention kept in place."""
    return list({identity(party): party for party in parties}.values())
