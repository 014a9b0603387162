"""Rules on who claims which AS number, and whether the examples bear the claims out."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from ipattr.addresses import to_number
from ipattr.checks.remark import remark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ipattr.model import Attribution, Example, Finding, Provider
    from ipattr.model.sources import Sources

_LEGAL_FORMS = {"co", "ltd", "inc", "corp", "corporation", "company", "limited", "kk", "llc", "group", "holdings"}
_TRADE_WORDS = {"network", "networks", "internet", "communication", "communications", "service", "services", "japan"}
_COMMON_WORDS = _LEGAL_FORMS | _TRADE_WORDS | {"the", "of", "and", "for", "telecommunications"}


def shared_own_claim(sources: Sources) -> Iterator[Finding]:
    """Report an AS number that two legal entities call their own."""
    claims: dict[int, list[Provider]] = {}
    for provider in sources.providers:
        for number in {claim.number for claim in provider.asns if claim.role == "own"}:
            claims.setdefault(number, []).append(provider)
    for number, named in claims.items():
        if len({_entity(provider) for provider in named}) > 1:
            ids = ", ".join(provider.id for provider in named)
            yield remark(
                "IPD101",
                "error",
                f"providers/{named[0].id}.toml: $.asns",
                ja=f"AS{number} を複数の法人が own としている（{ids}）。"
                "登録者だけを own とし、ほかは mixed か upstream にする。",
                en=f"AS{number} is own to several legal entities ({ids}): keep own for the registrant, "
                "mixed or upstream for the others.",
            )


def repeated_claim(sources: Sources) -> Iterator[Finding]:
    """Report a provider that claims one AS number twice."""
    for provider in sources.providers:
        numbers = [claim.number for claim in provider.asns]
        for number in sorted({number for number in numbers if numbers.count(number) > 1}):
            yield remark(
                "IPD102",
                "error",
                f"providers/{provider.id}.toml: $.asns",
                ja=f"AS{number} が二度ある。役割を一つに決める。",
                en=f"AS{number} stands twice: decide on one role.",
            )


def strange_registrant(sources: Sources) -> Iterator[Finding]:
    """Report an own AS whose registrant shares no word with any name of the entity."""
    registrants = {system.number: system for system in sources.ases}
    for provider in sources.providers:
        known = _names(provider)
        for claim in provider.asns:
            system = registrants.get(claim.number)
            if claim.role != "own" or system is None or not _words(system.organisation):
                continue
            if not any(word in known for word in _words(f"{system.organisation} {system.handle}")):
                yield remark(
                    "IPD103",
                    "warning",
                    f"providers/{provider.id}.toml: $.asns",
                    ja=f"AS{claim.number} の登録者「{system.organisation}」がこの法人のどの名称とも合わない。"
                    "旧商号なら names に加え、他社なら役割を改める。",
                    en=f"AS{claim.number} is registered to {system.organisation!r}, which shares no word with this "
                    "entity's names: add a former name, or change the role.",
                )


def example_missing(sources: Sources) -> Iterator[Finding]:
    """Report a provider with announced space of its own and no example in it."""
    announced = {row.origin_asn for row in sources.announcements}
    for provider in sources.providers:
        own = [claim.number for claim in provider.asns if claim.role == "own" and claim.number in announced]
        if own and not provider.examples:
            yield remark(
                "IPD104",
                "warning",
                f"providers/{provider.id}.toml: $.examples",
                ja=f"AS{own[0]} の広告経路があるのに examples がない。その中のアドレスと得られるべき判定を書く。",
                en=f"AS{own[0]} announces space but there is no example: add an address in it with its verdict.",
            )


def example_disagrees(sources: Sources, attribute: Callable[[str, str | None], Attribution]) -> Iterator[Finding]:
    """Report an example that does not get the verdict it must get."""
    for provider in sources.providers:
        for at, example in enumerate(provider.examples):
            verdict = _verdict(provider.id, example, attribute)
            if verdict:
                yield remark(
                    "IPD105",
                    "error",
                    f"providers/{provider.id}.toml: $.examples[{at}]",
                    ja=f"{example.address} の判定が例と違う（{verdict}）。例か、AS・経路の事実を直す。",
                    en=f"{example.address} gets another verdict than it must ({verdict}): "
                    "correct the example, or the AS and prefix facts.",
                )


def _verdict(provider: str, example: Example, attribute: Callable[[str, str | None], Attribution]) -> str:
    """Return what the example got when that is not what it must get, else nothing."""
    try:
        to_number(example.address)
    except ValueError as error:
        return str(error)
    got = attribute(example.address, example.hostname or None)
    first = got.addressee.provider if got.addressee else ""
    alternatives = {party.provider for party in (*got.alternatives, *got.chain)}
    expected = example.addressee or (provider if example.status in {"attributed", "ambiguous"} else "")
    # An attributed verdict names one legal entity, so the row that is meant stands among its services.
    among = {party.provider for party in got.alternatives} if example.status == "attributed" else {"", *alternatives}
    named = expected in among
    if got.status == example.status and named:
        return ""
    shown = first or "·".join(sorted(alternatives))
    return f"{example.status} {expected} → {got.status} {shown}"


def _entity(provider: Provider) -> str:
    """Return the legal entity behind a provider, comparable."""
    name = provider.entity.ja or provider.entity.en or provider.id
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _names(provider: Provider) -> str:
    """Return every name of a provider, comparable, as one text without spaces inside words."""
    entity = provider.entity
    texts = [entity.ja, entity.en, entity.history, *(name.text for name in entity.names), *provider.brands]
    return " ".join(word for text in texts for word in re.findall(r"\w+", _plain(text)))


def _words(text: str) -> list[str]:
    """Return the words of a registrant that tell it from others."""
    return [word for word in re.findall(r"\w{2,}", _plain(text)) if word not in _COMMON_WORDS]


def _plain(text: str) -> str:
    """Bring width and case to one form."""
    return unicodedata.normalize("NFKC", text).casefold()
