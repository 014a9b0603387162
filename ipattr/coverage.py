"""Which answers speak of an address, and on what basis: the one rule that planning, asking and judging share.

A registry returns the most specific object for what was asked, so an answer about one address says nothing certain
about its neighbours: a block that was answered can hold more specific registrations. That is the difference between
``direct`` and ``inferred``, and it is drawn here and nowhere else.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from ipattr.addresses import prefix_range, to_number, to_text
from ipattr.model import Answer, Basis, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipattr.model import RegisteredNetwork

_AUTHORITY = {"jpnic": 0, "rdap": 1, "whois": 3, "origin": 4, "ptr": 5}
_REFERRING = 2
_BASIS = {"direct": 0, "exact-block": 1, "inferred": 2}
_BITS = {4: 32, 6: 128}
_WIDEST = {4: 1 << 24, 6: 1 << 116}
"""The largest block that anybody is registered for: a /8, and less than the /12 that IANA gives a regional registry."""
_SAID = frozenset({"found", "not-found"})
_ABOUT_ADDRESSES = frozenset({"ip", "history", "origin", "ptr"})

Extent = tuple[int, int, int]
"""A range of addresses: (version, first, last), inclusive."""
_Rank = tuple[bool, int, int, int, float, str]


class Covered(Record, frozen=True, kw_only=True):
    """One answer that speaks of an address, and on what basis."""

    answer: Answer
    basis: Basis


def subject_extent(subject: str) -> Extent | None:
    """Return the range that a question's subject names: an address, or a prefix; None for anything else."""
    try:
        if "/" in subject:
            return prefix_range(subject)
        version, number = to_number(subject)
    except ValueError:
        return None
    return version, number, number


def extent(answer: Answer) -> Extent | None:
    """Return the range of addresses that an answer speaks of; None when it says nothing about any.

    A found block speaks of the whole block, a routing answer of the longest prefix it names that holds what was asked;
    a history, a host name, ``not-found`` and a block too large to be anybody's only of what was asked.
    """
    question, reply = answer.exchange.question, answer.reply
    if reply.status not in _SAID or question.kind not in _ABOUT_ADDRESSES:
        return None
    asked = subject_extent(question.subject)
    if asked is None or reply.status == "not-found" or question.kind in {"history", "ptr"}:
        return asked
    if question.kind == "origin":
        return _announced(answer, asked)
    network = reply.network
    if network is None:
        return None
    stated = _stated(network)
    return asked if stated is not None and _is_root(network, stated) else stated


def _stated(network: RegisteredNetwork) -> Extent | None:
    try:
        (version, first), (other, last) = to_number(network.first), to_number(network.last)
    except ValueError:
        return None
    return (version, first, last) if version == other and first <= last else None


def _is_root(network: RegisteredNetwork, stated: Extent) -> bool:
    """Tell whether a block stands for a registry's space (``0.0.0.0/0``, a /8 that names no holder) or for nothing."""
    version, size = stated[0], stated[2] - stated[1] + 1
    widest = _WIDEST[version]
    named = network.holders or network.refers_to
    return size > widest or (size == widest and (version == 6 or not named))  # noqa: PLR2004 - the IP version


def is_exact_block(answer: Answer) -> bool:
    """Tell whether an answer holds for every address of its block: nothing more specific, or one address alone."""
    network = answer.reply.network
    if answer.reply.status != "found" or answer.exchange.question.kind != "ip" or network is None:
        return False
    return network.more_specific == () or network.first == network.last


def basis_of(answer: Answer, address: str) -> Basis | None:
    """Return on what basis an answer speaks of an address, None when it does not; ValueError on loose text."""
    version, number = to_number(address)
    said = extent(answer)
    asked = subject_extent(answer.exchange.question.subject)
    if asked == (version, number, number) and answer.reply.status in _SAID:
        return "direct" if answer.exchange.question.kind in _ABOUT_ADDRESSES else None
    if said is None or said[0] != version or not said[1] <= number <= said[2]:
        return None
    return "exact-block" if is_exact_block(answer) else "inferred"


class Coverage:
    """Answers as an index over addresses: one bisection per question.

    The order of what it returns: answers that found something, then by authority (JPNIC, RDAP that refers nowhere else
    such as a mirror of JPNIC, RDAP that refers elsewhere, WHOIS, routing, host names), basis (direct first), size of
    the block (smaller first), age (newer first). Of several answers of one server about the very same range that were
    not asked for this address, only the newest is named: ten thousand answers that state one /8 stay one statement.
    """

    def __init__(self, answers: Sequence[Answer]) -> None:
        """Take answers in any order; those that say nothing about any address are left out."""
        self._direct: dict[tuple[int, int], list[Answer]] = {}
        groups: dict[tuple[object, ...], Answer] = {}
        for answer in answers:
            question = answer.exchange.question
            if answer.reply.status not in _SAID or question.kind not in _ABOUT_ADDRESSES:
                continue
            asked = subject_extent(question.subject)
            if asked is not None and asked[1] == asked[2]:
                self._direct.setdefault(asked[:2], []).append(answer)
            said = extent(answer)
            if said is None or said[1] == said[2] == (asked or said)[1]:
                continue
            key = (*said, *_group(answer))
            held = groups.get(key)
            if held is None or _newer(answer, held):
                groups[key] = answer
        self._segments = {version: _segments(groups.values(), version) for version in _BITS}

    def of(self, address: str) -> tuple[Covered, ...]:
        """Return every answer that speaks of the address, the most authoritative first; ValueError on loose text."""
        version, number = to_number(address)
        starts, held = self._segments[version]
        around = held[bisect_right(starts, number)]
        direct = self._direct.get((version, number))
        if direct is None:
            return around
        named = {id(answer) for answer in direct}
        stated = {(extent(answer), *_group(answer)) for answer in direct}
        found = [Covered(answer=answer, basis="direct") for answer in direct]
        found += [
            covered
            for covered in around
            if id(covered.answer) not in named and (extent(covered.answer), *_group(covered.answer)) not in stated
        ]
        return tuple(sorted(found, key=_rank))


def _announced(answer: Answer, asked: Extent) -> Extent:
    """Return the longest announced prefix of a routing answer that holds what was asked, else what was asked."""
    best = asked
    for origin in answer.reply.origins:
        said = subject_extent(origin.prefix)
        if said is None or said[0] != asked[0] or not (said[1] <= asked[1] and asked[2] <= said[2]):
            continue
        if said[2] - said[1] >= _WIDEST[said[0]]:
            continue
        if best == asked or said[2] - said[1] < best[2] - best[1]:
            best = said
    return best


def _group(answer: Answer) -> tuple[object, ...]:
    """Return what answers must share, besides their range, to be one statement."""
    question = answer.exchange.question
    return (
        question.source,
        answer.exchange.server,
        question.kind,
        answer.reply.status,
        is_exact_block(answer),
    )


def _newer(one: Answer, other: Answer) -> bool:
    return (one.exchange.received, other.name) > (other.exchange.received, one.name)


def _rank(covered: Covered) -> _Rank:
    answer = covered.answer
    source = answer.exchange.question.source
    network = answer.reply.network
    authority = _AUTHORITY[source]
    if source == "rdap" and network is not None and network.refers_to:
        authority = _REFERRING
    said = extent(answer)
    size = said[2] - said[1] if said is not None else 1 << 128
    return (
        answer.reply.status != "found",
        authority,
        _BASIS[covered.basis],
        size,
        -answer.exchange.received.timestamp(),
        answer.name,
    )


def _segments(answers: Iterable[Answer], version: int) -> tuple[tuple[int, ...], tuple[tuple[Covered, ...], ...]]:
    """Flatten ranges, nested or overlapping, into ascending segments, each with what speaks of it in order."""
    rows = [(said, answer) for answer in answers if (said := extent(answer)) is not None and said[0] == version]
    changes: dict[int, tuple[list[int], list[int]]] = {}
    covered = []
    for index, ((_, first, last), answer) in enumerate(rows):
        changes.setdefault(first, ([], []))[0].append(index)
        changes.setdefault(last + 1, ([], []))[1].append(index)
        covered.append(Covered(answer=answer, basis="exact-block" if is_exact_block(answer) else "inferred"))
    rank = {index: _rank(entry) for index, entry in enumerate(covered)}
    active: set[int] = set()
    starts = sorted(changes)
    held: list[tuple[Covered, ...]] = [()]
    for start in starts:
        begun, ended = changes[start]
        active.difference_update(ended)
        active.update(begun)
        held.append(tuple(covered[index] for index in sorted(active, key=rank.__getitem__)))
    return tuple(starts), tuple(held)


def block_of(address: str, *, bits4: int, bits6: int) -> str:
    """Return the prefix of the given length that encloses the address, in canonical text."""
    version, number = to_number(address)
    bits = bits4 if version == 4 else bits6  # noqa: PLR2004 - the IP version is its own name
    shift = _BITS[version] - bits
    return f"{to_text(version, number >> shift << shift)}/{bits}"
