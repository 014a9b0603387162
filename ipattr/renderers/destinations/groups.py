"""Instants and logins put together where the same candidates come into question for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ipattr.renderers.destinations import dates
from ipattr.renderers.view import numbers
from ipattr.renderers.words import RELATION, word

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from ipattr.model import (
        Candidate,
        CandidateSet,
        DestinationRow,
        Destinations,
        Finding,
        Observation,
        Text,
    )
    from ipattr.renderers.destinations.dates import Distance

_FEW = 3
"""The distances of so many logins are named one by one, of more only the shortest and the longest."""


class Member(NamedTuple):
    """One instant or login with its set."""

    row: DestinationRow
    found: CandidateSet


class Group(NamedTuple):
    """Members whose sets differ in nothing but the distances and the date they name."""

    members: tuple[Member, ...]

    @property
    def rows(self) -> tuple[DestinationRow, ...]:
        """Return the rows, in order."""
        return tuple(member.row for member in self.members)

    @property
    def found(self) -> CandidateSet:
        """Return the set of the first row: but for distances it is that of all."""
        return self.members[0].found

    @property
    def numbers(self) -> str:
        """Return the row numbers, shortly: ``1-3, 7``."""
        return numbers([row.number for row in self.rows])

    def candidates(self, period: str) -> tuple[Candidate, ...]:
        """Return the candidates of one period, what was observed only after the connection last."""
        chosen = [entry for entry in self.found.candidates if entry.period == period]
        return tuple(sorted(chosen, key=lambda entry: entry.relation == "after"))

    def gaps(self, address: str) -> tuple[tuple[DestinationRow, Distance], ...]:
        """Return how far the nearest sighting of an address lies from each row; none where the sightings span it."""
        found: list[tuple[DestinationRow, Distance]] = []
        for row, known in self.members:
            entry = next(one for one in known.candidates if one.address == address)
            gap = dates.distance(entry, row.at, row.precision)
            if gap is not None:
                found.append((row, gap))
        return tuple(found)


def members(document: Destinations) -> Iterator[Member]:
    """Yield every row of a document with its set."""
    for row in document.rows:
        yield Member(row, document.sets[row.set])


def by_set(document: Destinations) -> list[Group]:
    """Return the rows by what comes into question for them, in the order of their first row."""
    return _grouped(members(document), lambda member: _facts(member.found))


def by_list(document: Destinations) -> list[Group]:
    """Return the rows by whom they go to, what that one calls the address, and the addresses to choose from."""
    return _grouped(members(document), lambda member: (member.row.addressee, member.row.term, _addresses(member.found)))


def alike(group: Group) -> list[Group]:
    """Return the rows of a group by how their candidates were observed: one group where that is the same for all."""
    return _grouped(group.members, lambda member: _facts(member.found))


def _grouped(every: Iterable[Member], key: Callable[[Member], Hashable]) -> list[Group]:
    groups: dict[Hashable, list[Member]] = {}
    for member in every:
        groups.setdefault(key(member), []).append(member)
    return [Group(tuple(group)) for group in groups.values()]


def _addresses(found: CandidateSet) -> Hashable:
    """Return the addresses of a set's own period, those observed only after the connection apart."""
    current = [entry for entry in found.candidates if entry.period == "current"]
    early, late = (
        frozenset(entry.address for entry in current if (entry.relation == "after") is side) for side in (False, True)
    )
    return (found.status, early, late)


def _facts(found: CandidateSet) -> Hashable:
    """Return what two sets must share to be told together: everything but distances and the words about a date."""
    candidates = frozenset(msgspec.structs.replace(entry, gap_days=0, gap_seconds=None) for entry in found.candidates)
    return (found.status, candidates, tuple((step.step, step.applied, step.dropped) for step in found.steps))


def said(
    group: Group, pick: Callable[[CandidateSet], Iterable[tuple[Text, str]]], lang: str
) -> list[tuple[str, str, str]]:
    """Return every distinct statement of the group's sets, with its subject and the rows it is true of.

    The rows are empty where it is true of all. What differs by the date of the set alone is one statement.
    """
    each = "各接続の日" if lang == "ja" else "the date of each connection"
    told: dict[tuple[str, str], dict[str, list[int]]] = {}
    for row, found in group.members:
        for text, about in pick(found):
            words = text.pick(lang)
            alike = words.replace(found.at, each) if found.at else words
            told.setdefault((alike, about), {}).setdefault(words, []).append(row.number)
    statements: list[tuple[str, str, str]] = []
    for (alike, about), variants in told.items():
        rows = [number for places in variants.values() for number in places]
        where = "" if len(rows) == len(group.members) else numbers(rows)
        statements.append((alike if len(variants) > 1 else next(iter(variants)), about, where))
    return statements


def explanations(found: CandidateSet) -> Iterable[tuple[Text, str]]:
    """Pick the explanation of a set."""
    return ((found.explanation, ""),)


def findings_of(found: CandidateSet) -> Iterable[tuple[Text, str]]:
    """Pick the remarks on a set, led by their codes."""
    return ((_coded(finding), finding.about) for finding in found.findings)


def _coded(finding: Finding) -> Text:
    said_of = finding.message
    return msgspec.structs.replace(said_of, ja=f"{finding.code} {said_of.ja}", en=f"{finding.code} {said_of.en}")


def step_text(number: int) -> Callable[[CandidateSet], Iterable[tuple[Text, str]]]:
    """Return what picks the text of the step ``number`` (from 0) of a set."""
    return lambda found: ((found.steps[number].text, ""),)


def relation(group: Group, entry: Candidate, lang: str) -> str:
    """Return how the sightings of a candidate lie to the rows, in few words: ``同時期``, ``22時間20分前``."""
    side = word(RELATION, entry.relation, lang)
    gaps = [gap for _, gap in group.gaps(entry.address)]
    if not gaps:
        return side
    low, high = min(gaps), max(gaps)
    text = dates.far(low, lang)
    if high != low:
        text += ("～" if lang == "ja" else " to ") + dates.far(high, lang)
    if entry.relation == "between":
        return f"{side}（最短{text}）" if lang == "ja" else f"{side} (nearest {text})"
    return f"{text}{side}" if lang == "ja" else f"{text} {side}"


def gap_words(group: Group, entry: Candidate, lang: str) -> str:
    """Return the distance of a candidate from the rows for a sentence: one, one for each of a few, or the extremes."""
    gaps = group.gaps(entry.address)
    distinct = {gap for _, gap in gaps}
    if len(distinct) == 1:
        return dates.far(gaps[0][1], lang)
    if len(gaps) <= _FEW:
        return _listed(gaps, lang)
    shortest, longest = min(gaps, key=lambda one: one[1]), max(gaps, key=lambda one: one[1])
    (near, low), (farthest, high) = shortest, longest
    low_words, high_words = dates.far(low, lang), dates.far(high, lang)
    if lang == "ja":
        return f"最短{low_words}（No.{near.number}）、最長{high_words}（No.{farthest.number}）"
    return f"{low_words} (No.{near.number}) to {high_words} (No.{farthest.number})"


def _listed(gaps: Sequence[tuple[DestinationRow, Distance]], lang: str) -> str:
    parts = [f"No.{row.number} {dates.far(gap, lang)}" for row, gap in gaps]
    return ("、" if lang == "ja" else ", ").join(parts)


def hosts(entry: Candidate, observations: Mapping[str, Observation]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return each host of a candidate with the CNAME chains over which it was observed to lead to the address."""
    chains: dict[str, dict[str, None]] = {host: {} for host in entry.hosts}
    for name in entry.observations:
        observation = observations.get(name)
        if observation is not None and observation.cname:
            chains.setdefault(observation.host, {})[observation.cname] = None
    known = {chain for found in chains.values() for chain in found}
    loose = [chain for chain in entry.cnames if chain not in known]
    # A chain that no observation of the document carries is not lost: it stands with the only host, else by itself.
    if loose and len(entry.hosts) == 1:
        chains[entry.hosts[0]] |= dict.fromkeys(loose)
        loose = []
    told = tuple((host, tuple(found)) for host, found in chains.items())
    return (*told, ("", tuple(loose))) if loose else told
