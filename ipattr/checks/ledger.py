"""Rules on the destination ledger: the hosts of a platform, what was observed of them, what a carrier calls them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ipattr.checks.remark import remark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import Finding, Observation, Platform, PlatformHost
    from ipattr.model.sources import Sources

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The last label has a letter: four numbers are an address (RFC 1123 section 2.1).
_HOST = re.compile(rf"(?:{_LABEL}\.)+(?=[a-z0-9-]*[a-z]){_LABEL}")
_PATTERN = re.compile(rf"\*(?:\.{_LABEL})+")
_UNNAMED = re.compile(r"\([^()]+\)")
_NO_LOGIN = {"media", "mail", "support", "widget"}


def host_spelling(sources: Sources) -> Iterator[Finding]:
    """Report a host that is no lower-case host name, no pattern and no words in brackets: nothing would equal it."""
    for place, host in _hosts(sources):
        if not any(form.fullmatch(host.name) for form in (_HOST, _PATTERN, _UNNAMED)):
            yield remark(
                "IPD407",
                "error",
                f"{place}.name",
                ja=f"「{host.name}」はホスト名ではない。小文字で末尾の点なしに書く"
                "（*.example の形と、名の分からない (…) は可）。",
                en=f"{host.name!r} is no host name: lower case, no final dot (*.example, or words in brackets where "
                "the name is not known).",
            )


def host_twice(sources: Sources) -> Iterator[Finding]:
    """Report a host that stands twice in one profile."""
    for platform in sources.platforms:
        names = [host.name for host in platform.hosts]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield remark(
                "IPD408",
                "error",
                f"{_file(platform)}.hosts: {name}",
                ja="同じホストが二度ある。役割を一つに決める。",
                en="This host stands twice: decide on one role.",
            )


def reference_host(sources: Sources) -> Iterator[Finding]:
    """Report a reference host that is no candidate, and a second one: one host divides the time of its platform."""
    for platform in sources.platforms:
        named = [(at, host) for at, host in enumerate(platform.hosts) if host.reference]
        for at, host in named:
            if not host.candidate:
                yield remark(
                    "IPD409",
                    "error",
                    f"{_file(platform)}.hosts[{at}]",
                    ja=f"基準ホスト {host.name} が候補でない。候補とするか、基準を外す。",
                    en=f"The reference host {host.name} is no candidate: make it one, or take the mark away.",
                )
        for at, host in named[1:]:
            yield remark(
                "IPD410",
                "error",
                f"{_file(platform)}.hosts[{at}]",
                ja=f"基準ホストが二つある（{named[0][1].name}、{host.name}）。最も長く観測されたものだけとする。",
                en=f"Two reference hosts ({named[0][1].name}, {host.name}): keep the one observed longest.",
            )


def pattern_host(sources: Sources) -> Iterator[Finding]:
    """Report a pattern or an unnamed host with a role or as reference: only one named host can have either."""
    for place, host in _hosts(sources):
        if host.name[:1] in {"*", "("} and (host.role != "unknown" or host.reference):
            yield remark(
                "IPD411",
                "error",
                place,
                ja=f"{host.name} は一つのホスト名ではない。役割は unknown とし、基準としない。",
                en=f"{host.name} is not one host name: its role is unknown and it is no reference.",
            )


def observed_host(sources: Sources) -> Iterator[Finding]:
    """Report an observation of a host that its platform's profile does not name: it would never be used."""
    profiles = {platform.id: {host.name for host in platform.hosts} for platform in sources.platforms}
    for row in sources.observations:
        if row.host not in profiles.get(row.platform, ()):
            yield remark(
                "IPD412",
                "error",
                _place(row),
                ja=f"{row.host} が platforms/{row.platform}.toml の hosts にない。役割とともに加える。",
                en=f"{row.host} is not among the hosts of platforms/{row.platform}.toml: add it with its role.",
            )


def observation_figures(sources: Sources) -> Iterator[Finding]:
    """Report a count below 1, and a gap between sightings, which only an office's own captures can know."""
    for row in sources.observations:
        if row.count is not None and row.count < 1:
            yield remark(
                "IPD413",
                "error",
                _place(row),
                ja=f"観測回数が {row.count}。公表された数を書き、不明なら空にする。",
                en=f"The count is {row.count}: write the published figure, or leave it empty.",
            )
        if row.longest_gap is not None:
            yield remark(
                "IPD414",
                "error",
                _place(row),
                ja="longest_gap がある。観測の間隔は自らの捕捉でしか分からないので、公表された観測には書かない。",
                en="longest_gap is given: only an office's own captures know it, so a published row must not.",
            )


def observation_standing(sources: Sources) -> Iterator[Finding]:
    """Report a rejected observation that does not say why, and one that is kept with confidence ``none``."""
    for row in sources.observations:
        if row.status == "rejected" and not row.note.strip():
            yield remark(
                "IPD415",
                "error",
                _place(row),
                ja="却下した理由が note にない。理由を書く。",
                en="It is rejected and note does not say why: give the reason.",
            )
        if row.status == "kept" and row.confidence == "none":
            yield remark(
                "IPD416",
                "error",
                _place(row),
                ja="確度 none の観測が kept になっている。low 以上の根拠を示すか、rejected とする。",
                en="It is kept with confidence none: give it grounds (low or better), or reject it.",
            )


def term_unsourced(sources: Sources) -> Iterator[Finding]:
    """Report a term for the destination address without its words or its source; it goes into filings."""
    for provider in sources.providers:
        term = provider.destination_term
        if term is not None and not (term.text.strip() and term.source):
            yield remark(
                "IPD417",
                "error",
                f"providers/{provider.id}.toml: $.destination_term",
                ja="接続先の呼び名に語句または出典がない。両方を書くか、項目ごと省く。",
                en="The term for the destination lacks its words or its source: write both, or leave it out.",
            )


def unexplained_observations(sources: Sources) -> Iterator[Finding]:
    """Report a platform whose observations yield candidates while nothing says where from and how often they came."""
    for platform in sources.platforms:
        asked = {host.name for host in platform.hosts if host.candidate}
        used = [row for row in sources.observations if row.platform == platform.id and row.status == "kept"]
        explained = platform.observation_note is not None and platform.observation_source
        if not explained and any(row.host in asked for row in used):
            yield remark(
                "IPD418",
                "warning",
                f"{_file(platform)}.observation_note",
                ja="観測の地点と回数の説明がない。observation_note と observation_source を書く。",
                en="Nothing says where from and how often it was observed: write observation_note and "
                "observation_source.",
            )


def candidate_role(sources: Sources) -> Iterator[Finding]:
    """Report a candidate whose role no login has: media, mail, support and widget hosts."""
    for place, host in _hosts(sources):
        if host.candidate and host.role in _NO_LOGIN:
            yield remark(
                "IPD419",
                "warning",
                place,
                ja=f"{host.name}（{host.role}）へのログインは考えにくい。候補から外すか、役割を改める。",
                en=f"No login goes to {host.name} ({host.role}): take it from the candidates, or correct its role.",
            )


def _hosts(sources: Sources) -> Iterator[tuple[str, PlatformHost]]:
    """Yield every host of every profile with its place."""
    for platform in sources.platforms:
        yield from ((f"{_file(platform)}.hosts[{at}]", host) for at, host in enumerate(platform.hosts))


def _file(platform: Platform) -> str:
    """Return where a profile stands."""
    return f"platforms/{platform.id}.toml: $"


def _place(row: Observation) -> str:
    """Return where an observation stands."""
    return f"observations/{row.platform}.csv: {row.id}"
