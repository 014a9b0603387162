"""The order: what was read → attribution → registries' answers → search key → retention → linking → one document."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

import msgspec

from ipattr.attribution import attribute
from ipattr.destinations import candidates_in, epoch_key, survey
from ipattr.destinations.clients import kind_of
from ipattr.instants import jst_date
from ipattr.linking import link
from ipattr.model import (
    SCHEMA_VERSION,
    AddresseeSummary,
    Attribution,
    CandidateSet,
    Case,
    CaseRow,
    Deadline,
    DeadlineStatus,
    LoginEvent,
    Mode,
    Reading,
    Registration,
    SearchKey,
    Text,
)
from ipattr.registration import Asked, Inquired, Moment, register, registration_key
from ipattr.retention import deadline
from ipattr.search_key import held_items, rule_boundaries, search_key
from ipattr.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from ipattr.model import LedgerExtract, NarrowingStep, Observation
    from ipattr.registry import Registry

__all__ = ["OWN", "Asked", "Own", "build_case", "observed", "set_beside"]

T = TypeVar("T")


class Own(NamedTuple):
    """What the analyst adds to the destination candidates.

    The office's ledgers, the narrowing steps that are turned off, and the hosts the question is limited to (none: all).
    """

    ledgers: tuple[LedgerExtract, ...] = ()
    without: tuple[NarrowingStep, ...] = ()
    hosts: tuple[str, ...] = ()


OWN = Own()


def build_case(
    reading: Reading,
    posts: Reading | None,
    *,
    registry: Registry,
    platform: str,
    as_of: date,
    as_of_source: Literal["given", "clock"],
    asked: Asked | None = None,
    own: Own = OWN,
) -> Case:
    """Turn what was read into the one document, each verdict evaluated once per distinct question.

    ``platform`` is a platform id, or empty when none was named; ``as_of`` is the JST date that deadlines are judged on.
    ``asked`` is what the registries answered: it stands beside the other verdicts and changes none of them. ``own`` is
    what the analyst adds to the candidates: ledgers of the office, and narrowing steps that are turned off.
    """
    verdicts = _Verdicts(registry, platform=platform, as_of=as_of, own=own)
    rows = tuple(verdicts.row(number, login) for number, login in enumerate(reading.events, start=1))
    links, link_findings = link(posts.posts, reading.events) if posts is not None else ((), ())
    offline = Case(
        schema_version=SCHEMA_VERSION,
        tool_version=__version__,
        data_version=registry.data_version,
        as_of=as_of,
        as_of_source=as_of_source,
        platform=platform,
        inputs=reading.inputs,
        counts=reading.counts,
        rows=rows,
        attributions=verdicts.attributions,
        search_keys=verdicts.search_keys,
        deadlines=verdicts.deadlines,
        candidate_sets=verdicts.candidate_sets,
        posts=posts.posts if posts is not None else (),
        post_inputs=posts.inputs if posts is not None else (),
        post_counts=posts.counts if posts is not None else None,
        links=links,
        rejects=reading.rejects + (posts.rejects if posts is not None else ()),
        pending=reading.pending,
        summary=_summary(rows, verdicts, as_of=as_of),
        findings=reading.findings + (posts.findings if posts is not None else ()) + link_findings,
        ledgers=tuple(extract.use for extract in own.ledgers),
        without=own.without,
    )
    return offline if asked is None else set_beside(offline, asked, registry=registry)


def set_beside(offline: Case, asked: Asked, *, registry: Registry, modes: Mapping[str, Mode] | None = None) -> Case:
    """Return a case with what the registries answered beside its verdicts, which stay as they are.

    ``modes`` says in which mode an answer was obtained, by its name; for one not named there it is that of ``asked``.
    """
    inquired = Inquired(asked, facts=registry)
    # A case in whose folder nothing was ever asked says nothing about registries, rather than "not asked" per row.
    if inquired.empty:
        return msgspec.structs.replace(offline, inquiry=asked.inquiry)
    known: dict[Hashable, str] = {}
    registrations: dict[str, Registration] = {}
    rows = []
    for row in offline.rows:
        login = row.login
        question = registration_key(login, row.attribution)
        if question not in known:
            known[question] = f"r{len(registrations) + 1}"
            said = register(
                login.address.line,
                Moment(login.instant.utc, login.instant.precision) if login.instant is not None else None,
                inquired=inquired,
                offline=offline.attributions[row.attribution],
                as_of=offline.as_of,
            )
            mode = _mode(said, modes or {})
            registrations[known[question]] = said if mode == said.mode else msgspec.structs.replace(said, mode=mode)
        rows.append(msgspec.structs.replace(row, registration=known[question]))
    return msgspec.structs.replace(offline, rows=tuple(rows), registrations=registrations, inquiry=asked.inquiry)


def _mode(said: Registration, modes: Mapping[str, Mode]) -> Mode:
    """Return how a row's first answer was obtained: one folder may hold answers of both modes.

    What is inferred is triage even in an exact run; what was asked directly is as good as asked in an exact one.
    """
    if not said.views:
        return said.mode
    first = said.views[0]
    if first.basis == "inferred":
        return "coalesced"
    return "exact" if said.mode == "exact" else modes.get(first.evidence, said.mode)


def observed(registry: Registry, platform: str, ledgers: Sequence[LedgerExtract]) -> tuple[Observation, ...]:
    """Return every observation of a platform: the shipped ones, then those of the office's ledgers."""
    shipped = registry.observations(platform) if platform in registry.platforms else ()
    return (*shipped, *(entry for extract in ledgers for entry in extract.observations if entry.platform == platform))


def asked_parties(attribution: Attribution) -> tuple[tuple[str, str], ...]:
    """Return the (provider, service) pairs whose search keys count: those of the access providers in question."""
    return tuple((party.provider, party.service) for party in attribution.alternatives if party.kind == "access")


def log_holders(attribution: Attribution) -> tuple[tuple[str, str], ...]:
    """Return the (provider or name, service) pairs whose retention counts; none where no access provider may be asked.

    Whoever may have to be asked may hold the log: a registrant or lessee without a file, a server in the same AS.
    """
    asked = attribution.alternatives if any(p.kind != "non-access" for p in attribution.alternatives) else ()
    return tuple((party.provider or party.name.ja, party.service) for party in asked)


def deadline_of(attribution: Attribution, connected: datetime | None, *, registry: Registry, as_of: date) -> Deadline:
    """Return when the log of a connection is gone; equal ``log_holders`` and JST dates give equal deadlines."""
    return deadline(
        log_holders(attribution),
        connected,
        names={
            party.provider or party.name.ja: party.name for party in attribution.alternatives if party.kind != "access"
        },
        access=tuple(dict.fromkeys(party.access for party in attribution.alternatives if party.access)),
        providers=registry.providers,
        as_of=as_of,
        calendar=registry.calendar,
        practice=registry.practice,
    )


class _Verdicts:
    """The tables of a case, filled as rows ask: equal questions share one entry and are answered once."""

    def __init__(self, registry: Registry, *, platform: str, as_of: date, own: Own) -> None:
        self.attributions: dict[str, Attribution] = {}
        self.search_keys: dict[str, SearchKey] = {}
        self.deadlines: dict[str, Deadline] = {}
        self.candidate_sets: dict[str, CandidateSet] = {}
        self._registry = registry
        self._as_of = as_of
        self._platform = registry.platforms.get(platform)
        observations = observed(registry, platform, own.ledgers)
        self._survey = survey(self._platform, observations)
        self._own = own
        self._without = frozenset(own.without)
        self._epoch: Callable[[datetime], str] = epoch_key(self._survey)
        self._known: dict[Hashable, str] = {}
        self._boundaries: dict[tuple[tuple[str, str], ...], tuple[date, ...]] = {}

    def row(self, number: int, login: LoginEvent) -> CaseRow:
        """Return the row of one login, evaluating whatever no earlier row has asked."""
        attribution_key = login.address.line + (f"|{login.hostname}" if login.hostname else "")
        if attribution_key not in self.attributions:
            self.attributions[attribution_key] = attribute(
                login.address.line, facts=self._registry, hostname=login.hostname
            )
        attribution = self.attributions[attribution_key]
        parties = asked_parties(attribution)
        day = jst_date(login.instant.utc) if login.instant is not None else None
        return CaseRow(
            number=number,
            login=login,
            attribution=attribution_key,
            search_key=self._search_key(attribution, login, parties, day),
            deadline=self._deadline(attribution, login, day),
            candidates=self._candidates(login),
        )

    def _search_key(
        self, attribution: Attribution, login: LoginEvent, parties: tuple[tuple[str, str], ...], day: date | None
    ) -> str:
        if parties not in self._boundaries:
            self._boundaries[parties] = rule_boundaries(self._registry.providers, [provider for provider, _ in parties])
        era = bisect_right(self._boundaries[parties], day) if day is not None else None
        on_boundary = day in self._boundaries[parties]
        question = ("key", attribution.status, parties, held_items(login), login.address.line_version, era, on_boundary)
        return self._once(
            question,
            self.search_keys,
            "k",
            lambda: search_key(attribution, login, providers=self._registry.providers),
        )

    def _deadline(self, attribution: Attribution, login: LoginEvent, day: date | None) -> str:
        return self._once(
            ("deadline", log_holders(attribution), day),
            self.deadlines,
            "d",
            lambda: deadline_of(
                attribution,
                login.instant.utc if login.instant is not None else None,
                registry=self._registry,
                as_of=self._as_of,
            ),
        )

    def _candidates(self, login: LoginEvent) -> str:
        at = login.instant.utc if login.instant is not None else None
        epoch = self._epoch(at) if at is not None else None
        client = kind_of(login.client)
        return self._once(
            ("candidates", epoch, login.address.line_version, client),
            self.candidate_sets,
            "c",
            lambda: candidates_in(
                self._survey,
                at,
                family=login.address.line_version,
                shared=self._registry.shared,
                client=client,
                without=self._without,
                hosts=self._own.hosts,
            ),
        )

    def _once(self, question: Hashable, table: dict[str, T], letter: str, answer: Callable[[], T]) -> str:
        key = self._known.get(question)
        if key is None:
            key = self._known[question] = f"{letter}{len(table) + 1}"
            table[key] = answer()
        return key


# What must be done first stands first; what can no longer be done stands after what cannot be dated.
_ALIVE: tuple[DeadlineStatus, ...] = ("due", "open")
_ORDER: tuple[DeadlineStatus, ...] = ("due", "open", "passed-at-earliest", "unknown", "passed", "not-applicable")


def _summary(rows: Sequence[CaseRow], verdicts: _Verdicts, *, as_of: date) -> tuple[AddresseeSummary, ...]:
    groups: dict[tuple[str, tuple[str, ...]], list[CaseRow]] = {}
    for row in rows:
        attribution = verdicts.attributions[row.attribution]
        names = tuple(dict.fromkeys(party.name.ja for party in attribution.alternatives))
        groups.setdefault((attribution.status, names or (attribution.category,)), []).append(row)
    summaries = [_summarise(group, verdicts) for group in groups.values()]
    return tuple(sorted(summaries, key=lambda entry: _urgency(entry, as_of)))


def _urgency(entry: AddresseeSummary, as_of: date) -> tuple[int, date, int]:
    alive = entry.deadline_status in _ALIVE
    return (0 if alive else 1 + _ORDER.index(entry.deadline_status), entry.act_by or as_of, min(entry.rows))


def _summarise(rows: Sequence[CaseRow], verdicts: _Verdicts) -> AddresseeSummary:
    attribution = verdicts.attributions[rows[0].attribution]
    deadlines = [verdicts.deadlines[row.deadline] for row in rows]
    status = next(known for known in _ORDER if any(entry.status == known for entry in deadlines))
    # Of the logs that may still exist, the first to go sets the date; dates of lost ones would only hide it.
    counted = [d for d in deadlines if d.status in _ALIVE] or [d for d in deadlines if d.status == status]
    search: dict[str, int] = {}
    for row in rows:
        found = verdicts.search_keys[row.search_key].status
        search[found] = search.get(found, 0) + 1
    by_status = {known: sum(entry.status == known for entry in deadlines) for known in _ORDER}
    return AddresseeSummary(
        name=_group_name(attribution),
        providers=tuple(dict.fromkeys(p.provider for p in attribution.alternatives if p.provider)),
        status=attribution.status,
        rows=tuple(row.number for row in rows),
        earliest=_first(d.earliest for d in counted),
        act_by=_first(d.act_by for d in counted),
        deadline_status=status,
        search=search,
        deadlines={known: count for known, count in by_status.items() if count},
    )


def _first(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)


def _group_name(attribution: Attribution) -> Text:
    if attribution.alternatives:
        ja = " ／ ".join(dict.fromkeys(party.name.ja for party in attribution.alternatives))
        return Text(ja=ja, en=" / ".join(dict.fromkeys(party.name.en for party in attribution.alternatives)))
    if attribution.status == "special-purpose":
        return Text(ja=f"特殊用途（{attribution.category}）", en=f"special-purpose ({attribution.category})")
    return Text(ja="収録外（要照会）", en="not listed (ask the registry)")
