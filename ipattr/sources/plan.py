"""Every query that may leave, worked out before any does: pure, so that what is printed is what is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ipattr.addresses import to_number, to_text
from ipattr.coverage import Coverage, block_of
from ipattr.model import HeldBack, Plan, PlannedQuery, Question, Record
from ipattr.model.events import UtcInstant  # noqa: TC001 - msgspec resolves the annotations of Need at run time
from ipattr.sources import wording
from ipattr.sources.conditions import holds
from ipattr.sources.requests import request_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from ipattr.model import (
        Answer,
        Condition,
        Mode,
        Probe,
        QuestionKind,
        RegistryServer,
        SourceName,
        SpecialBlock,
        Text,
    )

_ORDER: tuple[SourceName, ...] = ("rdap", "jpnic", "whois", "origin", "ptr")
_PROTOCOLS = {"rdap": "rdap", "jpnic": "whois", "whois": "whois", "origin": "whois", "ptr": "dns"}
_KINDS: dict[str, QuestionKind] = {"rdap": "ip", "jpnic": "ip", "whois": "ip", "origin": "origin", "ptr": "ptr"}


class Need(Record, frozen=True, kw_only=True):
    """One disclosed address: for how many logins, the first of them, and the announced prefix it lies in ("": none)."""

    address: str
    rows: int
    earliest: UtcInstant | None = None
    predicted: str = ""


class Geography(Protocol):
    """What the offline tables know of where an address belongs."""

    def special(self, address: str) -> SpecialBlock | None:
        """Return the special-purpose block that holds the address."""
        ...

    def area(self, address: str) -> str:
        """Return the registry of the address as ``areas.csv`` names it, empty when unknown."""
        ...

    def japanese(self, address: str) -> bool | None:
        """Tell whether the address is Japanese space, None when the tables do not say."""
        ...

    def bootstrap(self, address: str) -> str:
        """Return the id of the RDAP server that the bootstrap registry names, empty when none."""
        ...


def make_plan(  # noqa: PLR0913 - all that decides what leaves, by name
    needs: Sequence[Need],
    *,
    mode: Mode,
    probe: Probe,
    sources: Sequence[SourceName],
    servers: Mapping[str, RegistryServer],
    geography: Geography,
    answers: Sequence[Answer],
    now: datetime,
    max_age: timedelta | None,
    refresh: bool,
) -> Plan:
    """Return every query that may leave for ``needs``, in an order that theirs does not change.

    Needs of one address are one (rows add up). ``answers`` not older than ``max_age`` (None: of any age) make a query
    needless unless ``refresh``; in exact mode only those that speak of the very address or of an exact block do.
    ``probe`` counts for RDAP in coalesced mode alone. ValueError when an address is not strict text.
    """
    fresh = () if refresh else [a for a in answers if max_age is None or now - a.exchange.received <= max_age]
    asked = tuple(name for name in _ORDER if name in sources)
    book = _Book(mode=mode, block=mode == "coalesced" and probe == "block", sources=asked, servers=servers)
    book.geography, book.coverage = geography, Coverage(fresh)
    members = []
    for need in _merged(needs):
        special = geography.special(need.address)
        if special is None:
            members.append(need)
            continue
        book.held += [wording.special(need.address, source, special) for source in asked]
    for source in asked:
        book.ask_source(source, members)
    queries = tuple(book.queries.values())
    return Plan(
        mode=mode,
        probe=probe,
        sources=asked,
        queries=queries,
        held_back=tuple(book.held),
        kept=tuple(sorted(book.kept)),
        notes=_notes(mode, probe, sources=asked, queries=queries, servers=servers),
    )


def _merged(needs: Iterable[Need]) -> list[Need]:
    """Return one need per distinct address, in the order of addresses."""
    merged: dict[tuple[int, int], Need] = {}
    for need in needs:
        at = to_number(need.address)
        held = merged.get(at)
        if held is None:
            merged[at] = Need(address=to_text(*at), rows=need.rows, earliest=need.earliest, predicted=need.predicted)
            continue
        merged[at] = Need(
            address=held.address,
            rows=held.rows + need.rows,
            earliest=_first((held, need)),
            predicted=max(held.predicted, need.predicted),
        )
    return [merged[at] for at in sorted(merged)]


def _first(members: Iterable[Need]) -> datetime | None:
    return min((need.earliest for need in members if need.earliest is not None), default=None)


class _Book:
    """A plan in the making: queries by (server, question), so that none is written down twice."""

    geography: Geography
    coverage: Coverage

    def __init__(
        self, *, mode: Mode, block: bool, sources: Sequence[SourceName], servers: Mapping[str, RegistryServer]
    ) -> None:
        self.mode = mode
        self.block = block
        self.sources = sources
        self.servers = servers
        self.queries: dict[tuple[str, str], PlannedQuery] = {}
        self.held: list[HeldBack] = []
        self.kept: set[str] = set()

    def ask_source(self, source: SourceName, members: Sequence[Need]) -> None:
        """Write down what one source is asked, its follow-ups after all of that."""
        chosen: dict[str, list[Need]] = {}
        for need in members:
            server = self._server(source, need.address)
            if isinstance(server, HeldBack):
                self.held.append(server)
            else:
                chosen.setdefault(server.id, []).append(need)
        parents: list[_Parent] = []
        for name in sorted(chosen):
            condition: Condition = "uncovered" if self.mode == "coalesced" or source == "jpnic" else "always"
            condition = "always" if source == "ptr" else condition
            parents += self._ask(self.servers[name], _KINDS[source], chosen[name], condition=condition, after=None)
        while parents:
            parents = [child for parent in parents for child in self._follow(parent)]

    def _server(self, source: SourceName, address: str) -> RegistryServer | HeldBack:
        """Return who is asked about the address, or why nobody is."""
        if source == "jpnic" and self.geography.japanese(address) is False:
            return wording.not_japanese(address)
        if self.block and source == "rdap" and self.geography.special(self._subject("rdap", address).split("/")[0]):
            return wording.shares_block(address)
        area = self.geography.area(address)
        if source == "rdap":
            named = self.servers.get(self.geography.bootstrap(address))
            if named is not None and named.source == "rdap":
                return named
        for name in sorted(self.servers):
            server = self.servers[name]
            if server.source != source or server.protocol != _PROTOCOLS[source] or server.mirrors:
                continue
            if source == "ptr" or (source == "origin" and not name.startswith("routes")):
                return server
            if (area and area in server.areas) or (source == "jpnic" and self.geography.japanese(address)):
                return server
        return wording.no_server(address, source)

    def _subject(self, source: SourceName, address: str) -> str:
        return block_of(address, bits4=24, bits6=48) if self.block and source == "rdap" else address

    def _ask(
        self,
        server: RegistryServer,
        kind: QuestionKind,
        members: Sequence[Need],
        *,
        condition: Condition,
        after: _Parent | None,
    ) -> list[_Parent]:
        """Write down the queries to one server about some addresses; return whose answers may call for more."""
        known: dict[str, _Parent] = {}
        wanted: dict[str, list[Need]] = {}
        for need in members:
            answer = self._known(server, kind, need.address)
            if answer is None:
                wanted.setdefault(self._subject(server.source, need.address), []).append(need)
                continue
            self.kept.add(answer.name)
            key = answer.exchange.question.key
            known.setdefault(answer.name, _Parent(server, kind, key, members=[], answer=answer)).members.append(need)
        parents = list(known.values())
        for subject, group in wanted.items():
            question = Question(source=server.source, kind=kind, subject=subject)
            if (server.id, question.key) in self.queries:
                continue
            self.queries[server.id, question.key] = PlannedQuery(
                request=request_for(question, server),
                operator=server.operator,
                country=server.country,
                reveals=wording.reveals(question, server),
                condition=condition,
                after=after.key if after else "",
                after_server=after.server.id if after else "",
                rows=sum(need.rows for need in group),
                addresses=tuple(need.address for need in group),
                earliest=_first(after.members if after and kind == "history" and self.mode == "coalesced" else group),
                predicted=group[0].predicted,
            )
            parents.append(_Parent(server, kind, question.key, members=group, answer=None))
        return parents

    def _known(self, server: RegistryServer, kind: QuestionKind, address: str) -> Answer | None:
        """Return the kept answer that makes asking this server about the address needless."""
        for covered in self.coverage.of(address):
            exchange = covered.answer.exchange
            if exchange.server != server.id or exchange.question.kind != kind:
                continue
            if self.mode == "coalesced" or covered.basis != "inferred":
                return covered.answer
        return None

    def _follow(self, parent: _Parent) -> list[_Parent]:
        """Write down the questions that the answer to ``parent`` may call for."""
        if parent.kind != "ip":
            return []
        server, children = parent.server, []
        if server.source == "rdap":
            for name in sorted(self.servers):
                mirror = self.servers[name]
                if mirror.mirrors == server.id and parent.calls_for("refers", mirror, _first(parent.members)):
                    children += self._ask(mirror, "ip", parent.members, condition="refers", after=parent)
            if server.history:
                children += self._history(parent)
        if server.source == "jpnic" and "rdap" not in self.sources:
            children += self._elsewhere(parent)
        return children

    def _history(self, parent: _Parent) -> list[_Parent]:
        """Write down the histories of a parent: one per address asked, one per answer in coalesced mode."""
        if self.mode == "coalesced":
            members = parent.members[:1] if parent.calls_for("changed", parent.server, _first(parent.members)) else []
            members = members if _first(parent.members) else []
        else:
            members = [
                need
                for need in parent.members
                if need.earliest and parent.calls_for("changed", parent.server, need.earliest)
            ]
        return self._ask(parent.server, "history", members, condition="changed", after=parent) if members else []

    def _elsewhere(self, parent: _Parent) -> list[_Parent]:
        """Write down whom RDAP's bootstrap names, for addresses that JPNIC may not hold (43/8 since March 2020)."""
        chosen: dict[str, list[Need]] = {}
        for need in parent.members:
            server = self._server("rdap", need.address)
            if not isinstance(server, HeldBack) and parent.calls_for("no-match", server, need.earliest):
                chosen.setdefault(server.id, []).append(need)
        children = []
        for name in sorted(chosen):
            children += self._ask(self.servers[name], "ip", chosen[name], condition="no-match", after=parent)
        return children


class _Parent:
    """A question whose answer may call for more: planned (no answer yet), or answered by one that is kept."""

    def __init__(
        self, server: RegistryServer, kind: QuestionKind, key: str, *, members: list[Need], answer: Answer | None
    ) -> None:
        self.server = server
        self.kind = kind
        self.key = key
        self.members = members
        self.answer = answer

    def calls_for(self, condition: Condition, server: RegistryServer, earliest: datetime | None) -> bool:
        """Tell whether the follow-up may be needed: not known yet, or the kept answer calls for it."""
        return self.answer is None or holds(condition, self.answer, server=server, earliest=earliest)


def _notes(
    mode: Mode,
    probe: Probe,
    *,
    sources: Sequence[SourceName],
    queries: Sequence[PlannedQuery],
    servers: Mapping[str, RegistryServer],
) -> tuple[Text, ...]:
    """Return what a person should know beside the list, each once."""
    used = {query.request.server: servers[query.request.server] for query in queries}
    notes = [wording.mode(mode, probe)]
    if "jpnic" in sources:
        notes += dict.fromkeys(server.terms for name, server in sorted(used.items()) if server.source == "jpnic")
    redirects = sorted({host for server in used.values() for host in server.redirects_to})
    if redirects:
        notes.append(wording.redirects(redirects))
    return tuple(notes)
