"""The sentences and remarks of an attribution, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.attribution.parties import entity_name
from ipattr.model import Finding, Holder, Party, Provenance, Provider, RegistryArea, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.attribution.evidence import Evidence


def whom_to_ask(area: RegistryArea | None, *, japanese: bool = False) -> Text:
    """Say which registry answers for an address of this area; a delegation known as Japanese outweighs the area.

    The area is that of the /8 or /12; blocks inside it have moved to JPNIC one by one.
    """
    if japanese:
        return Text(ja="JPNIC WHOIS（日本の割当て）に照会", en="ask JPNIC WHOIS (delegated in Japan)")
    if area is None:
        return Text(ja="登録先のレジストリ（RDAP）に照会", en="ask the registry that the RDAP bootstrap names")
    if area.registry == "APNIC":
        return Text(
            ja="JPNIC WHOIS（日本の割当ての場合）、次にAPNICに照会", en="ask JPNIC WHOIS if Japanese, then APNIC"
        )
    return Text(
        ja=f"{area.registry}に照会（移転された日本の割当てならJPNIC WHOISも）",
        en=f"ask {area.registry} (and JPNIC WHOIS for space transferred to Japan)",
    )


def names(parties: Sequence[Party], lang: str) -> str:
    """Join the distinct names of the parties."""
    separator = "、または" if lang == "ja" else " or "
    return separator.join(dict.fromkeys(party.name.pick(lang) for party in parties))


def ended(sentence: str) -> str:
    """Return an English sentence with one full stop, also where it ends in an abbreviation such as Inc."""
    return sentence if sentence.endswith(".") else sentence + "."


def sentences(*texts: Text) -> Text:
    """Join distinct statements into one text."""
    ja = dict.fromkeys(text.ja for text in texts)
    en = dict.fromkeys(text.en for text in texts)
    return Text(ja="".join(ja), en=" ".join(en))


def origin_text(evidence: Evidence) -> Text:
    """State the announced prefix, its origins and the date of the table."""
    origins = "・".join(f"AS{origin.asn}" for origin in evidence.network.origins)
    names = "・".join(dict.fromkeys(f"{r.handle}" for r in evidence.registrants if r.handle))
    shown = f"{origins}（{names}）" if names else origins
    plain = f"{origins.replace('・', ', ')} ({names.replace('・', ', ')})" if names else origins.replace("・", ", ")
    as_of = evidence.network.as_of
    return Text(
        ja=f"{evidence.network.prefix} は{shown}が広告（{as_of}時点）",
        en=f"{evidence.network.prefix} announced by {plain} (as of {as_of})",
    )


# A longer list would bury the step itself; the chain of the verdict holds everybody.
_NAMED_BEHIND = 3


def _behind(chain: Sequence[Party]) -> Text:
    """Say who may stand behind the addressee, the first few by name."""
    ja = list(dict.fromkeys(party.name.ja for party in chain))
    en = list(dict.fromkeys(party.name.en for party in chain))
    if not ja:
        return Text(ja="", en="")
    more = len(ja) - _NAMED_BEHIND
    rest_ja, rest_en = (f"ほか{more}社", f" and {more} more") if more > 0 else ("", "")
    return Text(
        ja=f"。背後に{'、'.join(ja[:_NAMED_BEHIND])}{rest_ja}がいる可能性",
        en=f"; behind it may stand {', '.join(en[:_NAMED_BEHIND])}{rest_en}",
    )


def next_step(parties: Sequence[Party], chain: Sequence[Party], *, single: bool, holder: Holder) -> Text:
    """Say what a person does next: whom to address, or what settles it."""
    behind = _behind(chain)
    check = holder.ask if holder.ask is not None else Text(ja="登録名義を確認", en="check the registered holder")
    if single:
        return Text(
            ja=f"{parties[0].name.ja}に照会・保存要請{behind.ja}。提出前に登録名義を確認：{check.ja}",
            en=ended(f"Address {parties[0].name.en}{behind.en}")
            + f" Before filing, check the registered holder: {check.en}",
        )
    ways_ja = "；".join(f"{name}＝{'、または'.join(when)}" for name, when in _conditions(parties, "ja").items())
    ways_en = "; ".join(f"{name}: {', or '.join(when)}" for name, when in _conditions(parties, "en").items())
    return Text(
        ja=f"宛先は一つに定まらない（{ways_ja}）{behind.ja}。登録名義を確認：{check.ja}",
        en=ended(f"Not settled: {ways_en}{behind.en}") + f" Check the registered holder: {check.en}",
    )


def _conditions(parties: Sequence[Party], lang: str) -> dict[str, list[str]]:
    """Return each legal name once, with every condition under which it is the right one."""
    found: dict[str, dict[str, None]] = {}
    for party in parties:
        found.setdefault(party.name.pick(lang), {})[party.condition.pick(lang)] = None
    return {name: list(conditions) for name, conditions in found.items()}


def origin_findings(evidence: Evidence, *, leased: bool) -> tuple[Finding, ...]:
    """Remark on several origins and on blocks delegated outside Japan."""
    findings: list[Finding] = []
    about = evidence.network.prefix
    if len(evidence.network.origins) > 1:
        findings.append(
            Finding(
                code="IPA202",
                level="warning",
                message=Text(
                    ja="同じプレフィックスを複数のASが広告している。両方を示す。",
                    en="The prefix has more than one origin AS; both are shown.",
                ),
                about=about,
            )
        )
    if leased:
        findings.append(
            Finding(
                code="IPA201",
                level="warning",
                message=Text(
                    ja="割振りは日本以外で、日本の事業者のASが広告している。"
                    "貸し出されたホスティング・プロキシ、またはキャッシュの疑いがあり、加入者がいない可能性がある。",
                    en="Delegated outside Japan, announced by a Japanese AS: likely leased hosting, proxy or cache; "
                    "its users may be nobody's subscribers.",
                ),
                about=about,
            )
        )
    return tuple(findings)


def claim_findings(
    evidence: Evidence, bases: Sequence[tuple[Provider, str]], *, undecided: bool
) -> tuple[Finding, ...]:
    """Remark on what the AS number alone cannot tell."""
    findings: list[Finding] = []
    if evidence.hostname_known:
        findings.append(
            Finding(
                code="IPA204",
                level="warning",
                message=Text(
                    ja=f"逆引き名 {evidence.hostname} は別の事業者の形式で、AS番号と合わない。逆引き名は使わなかった。",
                    en=f"The reverse name {evidence.hostname} has another provider's form and does not fit "
                    "the AS; it was not used.",
                ),
                about=evidence.network.prefix,
            )
        )
    others = [provider for provider in evidence.mixed if provider not in [base for base, _ in bases]]
    if undecided and others:
        names = Text(
            ja="、".join(dict.fromkeys(f"{entity_name(p).ja}（{p.brands[0]}）" for p in others)),
            en=", ".join(dict.fromkeys(f"{entity_name(p).en} ({p.brands[0]})" for p in others)),
        )
        findings.append(
            Finding(
                code="IPA203",
                level="notice",
                message=Text(
                    ja=f"このASは{names.ja}のアドレスも広告する。登録名義を確認すること。",
                    en=f"This AS also announces space of {names.en}: check the registered holder.",
                ),
                about=evidence.network.prefix,
            )
        )
    if undecided and evidence.nonaccess:
        findings.append(
            Finding(
                code="IPA205",
                level="notice",
                message=Text(
                    ja="このASにはサーバー・中継のサービスもある。加入者回線とは限らない。",
                    en="Servers or relays also sit in this AS: the address need not be a subscriber line.",
                ),
                about=evidence.network.prefix,
            )
        )
    return tuple(findings)


def provenance(evidence: Evidence, parties: Sequence[Party]) -> tuple[Provenance, ...]:
    """Cite the routing table and the sources of every party."""
    network = evidence.network
    found = [Provenance(source=network.source, locator=f"networks/prefixes.csv {network.prefix}", as_of=network.as_of)]
    folder = {"access": "providers", "non-access": "nonaccess"}
    found.extend(
        Provenance(source=source, locator=f"{folder[party.kind]} {party.provider}")
        for party in parties
        if party.provider
        for source in party.sources
    )
    return tuple(dict.fromkeys(found))
