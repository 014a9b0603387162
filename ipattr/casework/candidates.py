"""The destinations of a platform as a document: for instants, for a disclosed log, and between two dates."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO, Literal, NamedTuple

import msgspec

from ipattr.case import Own, build_case, observed
from ipattr.casework.ledgers import read_ledgers, shipped
from ipattr.casework.moments import instant_of, midnight, read_moment
from ipattr.destinations import candidates_in, survey
from ipattr.destinations.comparing import compare, said_of_hosts
from ipattr.errors import UsageError
from ipattr.inputs import platform_named
from ipattr.model import (
    SCHEMA_VERSION,
    Attribution,
    CandidateSet,
    Case,
    CaseRow,
    DestinationDiff,
    DestinationRow,
    Destinations,
    LedgerExtract,
    LedgerUse,
    Observation,
    Text,
)
from ipattr.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from ipattr.destinations import Survey
    from ipattr.inputs import Material
    from ipattr.model import NarrowingStep, Platform
    from ipattr.registry import Registry

TERM = "接続先IPアドレス"
"""What most forms call it (practice.md of the facts; 総務省の省令の解釈)."""

Family = Literal[4, 6]
_OVERVIEW = Text(
    ja="日時の指定がないため、観測されたアドレスをすべて挙げる。前後の別と間隔は、作成時からみたもの。",
    en="No instant was named, so every address ever observed is listed; sides and gaps are as seen from now.",
)


class Asked(NamedTuple):
    """What is asked of the ledgers: of which platform and hosts, from which ledgers, without which narrowing."""

    platform: str
    hosts: tuple[str, ...] = ()
    ledgers: tuple[Path, ...] = ()
    without: tuple[NarrowingStep, ...] = ()
    client: Literal["web", "api", "mobile", ""] = ""
    addressee: str = ""


class _Known(NamedTuple):
    """What is known of a platform once all ledgers are read."""

    platform: Platform
    observations: tuple[Observation, ...]
    extracts: tuple[LedgerExtract, ...]
    uses: tuple[LedgerUse, ...]

    @property
    def survey(self) -> Survey:
        """Return the observations prepared."""
        return survey(self.platform, self.observations)


def for_instants(
    instants: Sequence[str], asked: Asked, *, tz: str | None, family: Family, registry: Registry, now: datetime
) -> Destinations:
    """Return the candidate sets at instants as typed; without any, every address ever observed.

    A date alone means all of that date in the zone ``tz``: one row for its start, and one for each moment at which
    other addresses come into question or lie otherwise to it. Raise UsageError for what is neither, and for a date
    without a zone.
    """
    known = _known(asked, registry)
    prepared = known.survey
    without = asked.without
    if not instants:
        without = tuple(dict.fromkeys((*without, "time")))
    moments = [moment for text in instants for moment in _moments(text, tz, prepared)] or [_Moment("", now)]
    rows: list[DestinationRow] = []
    sets: dict[str, CandidateSet] = {}
    before: CandidateSet | None = None
    for moment in moments:
        found = candidates_in(
            prepared,
            moment.at,
            family=family,
            shared=registry.shared,
            client=asked.client,
            without=frozenset(without),
            hosts=asked.hosts,
        )
        if not instants:
            found = msgspec.structs.replace(found, explanation=_OVERVIEW)
        if before is not None and moment.continued and _gist(found) == _gist(before):
            continue
        before = found
        key = next((name for name, other in sets.items() if other == found), f"c{len(sets) + 1}")
        sets[key] = found
        rows.append(
            DestinationRow(
                number=len(rows) + 1,
                label=moment.label,
                at=moment.at,
                family=family,
                term=_term(asked, (), registry),
                addressee=_addressee(asked, registry),
                set=key,
            )
        )
    return _document(asked, known, rows=rows, sets=sets, without=without)


def for_log(
    material: Material,
    asked: Asked,
    *,
    registry: Registry,
    as_of: date,
    stdin: BinaryIO | None = None,
    progress: Callable[[str], None] | None = None,
) -> Destinations:
    """Return the candidate sets of every login of a log; logins with equal sets share one.

    Rows that were rejected or are pending come along as what they are.
    """
    known = _known(asked, registry)
    reading, _ = material.read(registry, stdin=stdin, progress=progress)
    case = build_case(
        reading,
        None,
        registry=registry,
        platform=asked.platform,
        as_of=as_of,
        as_of_source="given",
        own=Own(known.extracts, asked.without, asked.hosts),
    )
    rows = [_login_row(row, case.attributions[row.attribution], asked, registry) for row in case.rows]
    return _document(asked, known, rows=rows, sets=case.candidate_sets, without=asked.without, case=case)


def _login_row(row: CaseRow, attribution: Attribution, asked: Asked, registry: Registry) -> DestinationRow:
    instant, providers = row.login.instant, _providers(attribution)
    return DestinationRow(
        number=row.number,
        label=row.login.id,
        at=instant.utc if instant is not None else None,
        precision=instant.precision if instant is not None else "s",
        family=row.login.address.line_version,
        login=row.number,
        source=row.login.address.line,
        providers=providers,
        addressee=_addressee(asked, registry, attribution),
        term=_term(asked, providers, registry),
        set=row.candidates,
    )


def between(first: str, second: str, asked: Asked, *, tz: str | None, registry: Registry) -> DestinationDiff:
    """Return what changed for a platform between two instants; a date means its start in the zone ``tz``."""
    known = _known(asked, registry)
    start, end = instant_of(first, tz=tz), instant_of(second, tz=tz)
    if start >= end:
        raise UsageError(
            ja="二つ目の日時は一つ目より後とする。", en="The second instant must be later than the first.", where=second
        )
    prepared = known.survey
    changes = compare(prepared, start, end, shared=registry.shared, hosts=asked.hosts)
    return DestinationDiff(
        schema_version=SCHEMA_VERSION,
        tool_version=__version__,
        data_version=registry.data_version,
        platform=known.platform.id,
        platform_name=known.platform.name,
        first=start,
        second=end,
        changes=changes,
        ledgers=known.uses,
        findings=said_of_hosts(prepared, asked.hosts),
    )


def _known(asked: Asked, registry: Registry) -> _Known:
    platform = platform_named(registry, asked.platform)
    if asked.addressee and asked.addressee not in registry.providers:
        raise UsageError(
            ja="その提供者は収録されていない。IDは data/providers のファイル名である(docomo、kddi-au など)。",
            en="This provider is not listed; ids are the names of the files in data/providers (docomo, kddi-au …).",
            where=asked.addressee,
        )
    extracts = read_ledgers(asked.ledgers, platform.id, registry=registry)
    return _Known(
        platform=platform,
        observations=observed(registry, platform.id, extracts),
        extracts=extracts,
        uses=(shipped(registry, platform.id), *(extract.use for extract in extracts)),
    )


class _Moment(NamedTuple):
    """One instant asked about; ``continued``: a later one of the same date."""

    label: str
    at: datetime
    continued: bool = False


def _gist(found: CandidateSet) -> frozenset[tuple[str, str, str]]:
    return frozenset((entry.address, entry.relation, entry.period) for entry in found.candidates)


def _moments(text: str, tz: str | None, prepared: Survey) -> tuple[_Moment, ...]:
    """Return the instant as typed; of a date, its start and every moment at which a set may change."""
    read = read_moment(text, tz=tz)
    if isinstance(read, datetime):
        return (_Moment(text, read),)
    day, declared = read
    start, end = midnight(day, declared), midnight(day + timedelta(days=1), declared)
    label = f"{text} ({declared.text})"
    later = [_Moment(label, edge, continued=True) for edge in prepared.edges if start < edge < end]
    return (_Moment(label, start), *later)


def _providers(attribution: Attribution) -> tuple[str, ...]:
    return tuple(dict.fromkeys(party.provider for party in attribution.alternatives if party.provider))


def _term(asked: Asked, providers: Sequence[str], registry: Registry) -> str:
    """Return what the addressee calls it; the general term where several addressees differ."""
    named = (asked.addressee,) if asked.addressee else tuple(providers)
    entries = [registry.providers.get(provider) for provider in named]
    own = {entry.destination_term.text if entry is not None and entry.destination_term else TERM for entry in entries}
    return own.pop() if len(own) == 1 else TERM


def _addressee(asked: Asked, registry: Registry, attribution: Attribution | None = None) -> Text | None:
    if asked.addressee:
        entity = registry.providers[asked.addressee].entity
        return Text(ja=entity.ja or entity.en, en=entity.en or entity.ja)
    if attribution is None:
        return None
    return attribution.addressee.name if attribution.addressee is not None else None


def _document(
    asked: Asked,
    known: _Known,
    *,
    rows: Sequence[DestinationRow],
    sets: Mapping[str, CandidateSet],
    without: Sequence[NarrowingStep],
    case: Case | None = None,
) -> Destinations:
    cited = {name for found in sets.values() for candidate in found.candidates for name in candidate.observations}
    return Destinations(
        schema_version=SCHEMA_VERSION,
        tool_version=__version__,
        data_version=_version(case, known),
        platform=known.platform.id,
        platform_name=known.platform.name,
        hosts=asked.hosts,
        without=tuple(without),
        rows=tuple(rows),
        sets=dict(sets),
        observations={entry.id: entry for entry in known.observations if entry.id in cited},
        ledgers=known.uses,
        counts=case.counts if case is not None else None,
        inputs=case.inputs if case is not None else (),
        rejects=case.rejects if case is not None else (),
        pending=case.pending if case is not None else (),
        findings=case.findings if case is not None else (),
    )


def _version(case: Case | None, known: _Known) -> str:
    """Return the version of the facts: that of the case, else that of the shipped ledger."""
    return case.data_version if case is not None else known.uses[0].head
