"""Address → who carried it: longest announced prefix, its origins, and the providers known on those AS numbers.

Holder, operator and addressee are kept apart, and a name is given alone only when nothing else comes into question
(facts: AS number alone misleads; the registered holder may be another company than the one to address).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.addresses import to_number
from ipattr.attribution.evidence import Evidence, Facts, gather
from ipattr.attribution.parties import (
    BY_AS,
    BY_UPSTREAM,
    LESSEE,
    choose_bases,
    entity_key,
    entity_name,
    first_stage,
    later_stages,
    nonaccess_party,
    platform_party,
    registrant_parties,
    unique,
)
from ipattr.attribution.words import (
    claim_findings,
    ended,
    names,
    next_step,
    origin_findings,
    origin_text,
    provenance,
    sentences,
    whom_to_ask,
)
from ipattr.model import Attribution, Holder, Provenance, Provider, RegistryArea, SharingKind, SpecialBlock, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Facts", "attribute"]


def attribute(address: str, *, facts: Facts, hostname: str | None = None) -> Attribution:
    """Say who carried ``address`` (canonical text), from dated tables alone.

    ``hostname`` is a PTR name that the disclosed log itself carries; none is looked up. Raises ValueError on text that
    is no canonical address: parsing belongs to :mod:`ipattr.addresses`.
    """
    version, number = to_number(address)
    block = facts.specials.find(version, number)
    if block is not None:
        return _special(address, hostname, block)
    network = facts.network(version, number)
    if network is None:
        return _not_listed(address, hostname, facts.area(version, number))
    evidence = gather(network, version, number, facts=facts, hostname=hostname)
    holder = _holder(evidence, facts, facts.area(version, number))
    if not (evidence.own or evidence.mixed or evidence.upstream):
        return _without_provider(address, evidence, holder)
    return _with_provider(address, evidence, holder, facts)


def _special(address: str, hostname: str | None, block: SpecialBlock) -> Attribution:
    return Attribution(
        address=address,
        hostname=hostname,
        status="special-purpose",
        holder=Holder(status="not-applicable"),
        category=block.name,
        explanation=Text(
            ja=f"特殊用途アドレス {block.prefix}（{block.name}、{block.rfc}）。{block.meaning.ja}",
            en=f"Special-purpose block {block.prefix} ({block.name}, {block.rfc}). {block.meaning.en}",
        ),
        next_step=block.meaning,
        provenance=(Provenance(source=f"IANA-IPV{6 if ':' in block.prefix else 4}-SPECIAL", locator=block.prefix),),
    )


def _not_listed(address: str, hostname: str | None, area: RegistryArea | None) -> Attribution:
    ask = whom_to_ask(area)
    return Attribution(
        address=address,
        hostname=hostname,
        status="not-listed",
        holder=Holder(status="not-looked-up", ask=ask),
        explanation=Text(
            ja="収録した経路表にない。国外とも日本とも言えない（収録は日本のIPv4の約78%）。",
            en="Not in the shipped table, which covers 78 % of Japanese IPv4: neither foreign nor Japanese follows.",
        ),
        next_step=ask,
    )


def _without_provider(address: str, evidence: Evidence, holder: Holder) -> Attribution:
    """Conclude for a network on which no access provider is known: a known other use, or nothing known at all."""
    parties = [nonaccess_party(entry) for entry in evidence.nonaccess]
    parties.extend(platform_party(entry) for entry in evidence.platforms)
    origin = origin_text(evidence)
    if not parties:
        return Attribution(
            address=address,
            hostname=evidence.hostname,
            status="not-listed",
            network=evidence.network,
            registrants=evidence.registrants,
            holder=holder,
            operator=_registrant_name(evidence),
            explanation=Text(
                ja=f"{origin.ja}。このASを使う提供者の記録がない。",
                en=f"{origin.en}. No provider on record uses this AS.",
            ),
            next_step=holder.ask or Text(ja="AS登録者に照会", en="ask the registrant of the AS"),
            provenance=provenance(evidence, ()),
        )
    meanings = [entry.meaning for entry in evidence.nonaccess]
    steps = [entry.next_step for entry in evidence.nonaccess]
    if evidence.platforms:
        own = Text(
            ja="プラットフォーム自身の設備。加入者回線ではない。",
            en="The platform's own equipment, no subscriber line.",
        )
        meanings.append(own)
        steps.append(Text(ja="プラットフォームに背後のアドレスを照会", en="ask the platform for the address behind it"))
    return Attribution(
        address=address,
        hostname=evidence.hostname,
        status="not-access-provider",
        network=evidence.network,
        registrants=evidence.registrants,
        holder=holder,
        operator=parties[0].name if len(parties) == 1 else _registrant_name(evidence) or parties[0].name,
        alternatives=tuple(parties),
        category=" / ".join(
            dict.fromkeys([e.category for e in evidence.nonaccess] + ["platform"] * bool(evidence.platforms))
        ),
        explanation=sentences(Text(ja=f"{origin.ja}。", en=f"{origin.en}."), *meanings),
        next_step=sentences(*steps),
        findings=origin_findings(evidence, leased=False),
        provenance=provenance(evidence, parties),
    )


def _with_provider(address: str, evidence: Evidence, holder: Holder, facts: Facts) -> Attribution:
    bases, decided_by = choose_bases(evidence, facts)
    parties = first_stage(bases, facts)
    leased = _is_leased(evidence)
    undecided = decided_by in {BY_AS, BY_UPSTREAM}
    if undecided:
        parties += [nonaccess_party(entry) for entry in evidence.nonaccess]
        if not evidence.own and evidence.mixed:
            parties += registrant_parties(evidence, parties)
    if leased:
        parties.append(LESSEE)
    parties = unique(parties)
    single = len({entity_key(party) for party in parties}) == 1 and bool(evidence.own or not undecided)
    first_names = {party.name for party in parties}
    behind = later_stages(bases, evidence, facts, undecided=undecided)
    chain = unique(party for party in behind if party.name not in first_names)
    origin = origin_text(evidence)
    return Attribution(
        address=address,
        hostname=evidence.hostname,
        status="attributed" if single else "ambiguous",
        network=evidence.network,
        registrants=evidence.registrants,
        holder=holder,
        operator=_operator(evidence, bases),
        addressee=parties[0] if single else None,
        alternatives=tuple(parties),
        chain=tuple(chain),
        category=parties[0].access,
        sharing=_sharing(bases),
        explanation=Text(
            ja=f"{origin.ja}。{decided_by.ja}により{names(parties, 'ja')}。",
            en=ended(f"{origin.en}. By {decided_by.en}: {names(parties, 'en')}"),
        ),
        next_step=next_step(parties, chain, single=single, holder=holder),
        findings=origin_findings(evidence, leased=leased) + claim_findings(evidence, bases, undecided=undecided),
        provenance=provenance(evidence, parties),
    )


def _sharing(bases: Sequence[tuple[Provider, str]]) -> tuple[SharingKind, ...]:
    kinds: dict[SharingKind, None] = {}
    for provider, service in bases:
        fitting = [entry for entry in provider.sharing if not service or entry.service in {"", service}]
        for entry in fitting or provider.sharing:
            kinds[entry.kind] = None
    return tuple(kinds)


def _operator(evidence: Evidence, bases: Sequence[tuple[Provider, str]]) -> Text | None:
    """Name who runs the network: the base provider when it holds the space or the AS, else the AS registrant."""
    running = {p.id for p in (*evidence.own, *evidence.mixed)}
    for provider, _ in bases:
        if provider.id in running:
            return entity_name(provider)
    return _registrant_name(evidence)


def _registrant_name(evidence: Evidence) -> Text | None:
    if not evidence.registrants:
        return None
    name = " / ".join(dict.fromkeys(r.organisation for r in evidence.registrants))
    return Text(ja=name, en=name)


def _is_leased(evidence: Evidence) -> bool:
    """Tell whether a Japanese access AS announces a block that the registries delegated elsewhere."""
    if any(prefix.certainty == "stated" for _, prefix in evidence.hits):
        return False
    return bool(evidence.own or evidence.mixed) and any(o.delegated == "other" for o in evidence.network.origins)


def _holder(evidence: Evidence, facts: Facts, area: RegistryArea | None) -> Holder:
    """Name the registered holder only where a source speaks of registration; else say whom to ask."""
    ask = whom_to_ask(area, japanese=all(origin.delegated == "JP" for origin in evidence.network.origins))
    for owner, prefix in evidence.hits:
        if prefix.relation == "holder" and prefix.certainty == "stated" and owner in facts.providers:
            return Holder(status="listed", name=entity_name(facts.providers[owner]), source=prefix.source, ask=ask)
    return Holder(status="not-looked-up", ask=ask)
