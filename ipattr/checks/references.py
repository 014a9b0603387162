"""Rules on what points to what: citations, providers named by others, the example files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.checks import proceedings
from ipattr.checks.remark import owners, remark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import Finding
    from ipattr.model.sources import Sources

# The verdicts cite law and standards themselves, from the code; no fact need rest on them.
_CITED_BY_RULES = {"statute", "judgment", "rfc", "registry"}
_EXAMPLE_ENDINGS = (".docx", ".csv")


def cited(sources: Sources) -> Iterator[tuple[str, str]]:
    """Yield every citation code in use, with the place that uses it."""
    for place, owner in owners(sources):
        yield from ((f"{place}.sources", code) for code in owner.sources)
        yield from ((f"{place}.prefixes[{at}].source", block.source) for at, block in enumerate(owner.prefixes))
    for provider in sources.providers:
        place = f"providers/{provider.id}.toml: $"
        yield from ((f"{place}.keys[{at}].source", rule.source) for at, rule in enumerate(provider.keys))
        yield from ((f"{place}.retention[{at}].source", policy.source) for at, policy in enumerate(provider.retention))
        yield from ((f"{place}.addressees[{at}].source", rule.source) for at, rule in enumerate(provider.addressees))
        if provider.destination_term is not None:
            yield f"{place}.destination_term.source", provider.destination_term.source
    for platform in sources.platforms:
        place = f"platforms/{platform.id}.toml: $"
        yield from ((f"{place}.sources", code) for code in platform.sources)
        yield f"{place}.observation_source", platform.observation_source
        yield from ((f"{place}.prefixes[{at}].source", block.source) for at, block in enumerate(platform.prefixes))
    for row in sources.observations:
        yield f"observations/{row.platform}.csv: {row.id}", row.source
    for at, practice in enumerate(sources.practice):
        yield f"practice.toml: $.range[{at}].low.source", practice.low.source
        yield f"practice.toml: $.range[{at}].high.source", practice.high.source
    yield "calendar.toml: $.source", sources.calendar.source
    for path, table in sources.manifests.items():
        yield f"{path.rpartition('/')[0]}/manifest.toml: {table.file}.source", table.source
    for server in sources.servers:
        yield from ((f"registries/servers.toml: {server.id}.sources", code) for code in server.sources)
    yield from proceedings.cited(sources)
    for system in sources.ases:
        yield f"networks/ases.csv: AS{system.number}", system.source.partition("@")[0]


def unknown_citation(sources: Sources) -> Iterator[Finding]:
    """Report a code that ``citations.toml`` does not explain."""
    known = {citation.code for citation in sources.citations}
    for place, code in cited(sources):
        if code and code not in known:
            yield remark(
                "IPD001",
                "error",
                place,
                ja=f"出典コード「{code}」が citations.toml にない。綴りを確認するか、出典を書き加える。",
                en=f"Citation {code!r} is not in citations.toml: check the code, or add the source there.",
            )


def unused_citation(sources: Sources) -> Iterator[Finding]:
    """Report a source that nothing rests on."""
    used = {code for _, code in cited(sources)}
    for citation in sources.citations:
        if citation.code not in used and citation.kind not in _CITED_BY_RULES:
            yield remark(
                "IPD002",
                "warning",
                f"citations.toml: {citation.code}",
                ja="どこからも引かれていない出典。これに拠る事実に付けるか、削る。",
                en="Nothing cites this source: cite it where a fact rests on it, or remove it.",
            )


def unknown_addressee(sources: Sources) -> Iterator[Finding]:
    """Report an addressee rule or an example that names a provider nobody describes."""
    known = {provider.id for provider in sources.providers}
    others = known | {network.id for network in sources.nonaccess}
    for provider in sources.providers:
        named = [
            (f"addressees[{at}].provider", rule.provider, rule.provider in known)
            for at, rule in enumerate(provider.addressees)
        ]
        named += [
            (f"examples[{at}].addressee", example.addressee, example.addressee in others or not example.addressee)
            for at, example in enumerate(provider.examples)
        ]
        for key, name, fits in named:
            if not fits:
                yield remark(
                    "IPD003",
                    "error",
                    f"providers/{provider.id}.toml: $.{key}",
                    ja=f"「{name}」という提供者はない。providers/ の id を書く。",
                    en=f"There is no provider {name!r}: write an id of providers/.",
                )


def missing_example_file(sources: Sources) -> Iterator[Finding]:
    """Report a shipped example that is not there."""
    for ending in _EXAMPLE_ENDINGS:
        if not any(name.endswith(ending) for name in sources.examples):
            yield remark(
                "IPD004",
                "error",
                "examples/",
                ja=f"{ending} の例がない。実演と試験に要るので置く。",
                en=f"There is no {ending} example; the demonstration and the tests need one.",
            )
