"""Which address to ask about next, so that two questions under way do not get the same answer.

Nobody knows the registered blocks before they are answered. What is known: a block is one range, so an answered block
between two addresses tells them apart for certain; blocks seen so far tell how large blocks are; and most are aligned
prefixes. The next probe is the address least likely to lie in the block of a probe under way, and among equals the one
deepest inside its gap, whose answer divides the gap best. Where every address left is likely to be answered by what is
under way, waiting is cheaper than asking.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from typing import TYPE_CHECKING

from ipattr.coverage import subject_extent

if TYPE_CHECKING:
    from ipattr.coverage import Extent
    from ipattr.model import Answer

PATIENCE = 0.1
"""A probe whose answer is this likely to come with one under way is not sent yet."""
_ALLOWANCE = 0.2
_PER_ANSWER = 0.05
"""Nor is one when the probes sent in vain would, as expected, exceed this many, and so many more per answer."""
_SAMPLE = 32
_PRIOR_WEIGHT = 5.0
_V6 = 1 << 130
_BEYOND = 1 << 140
_PRIOR_BITS = {4: (8, 10, 12, 14, 16, 18, 20), 6: (80, 84, 88, 92, 96)}

Spot = tuple[int, int, int]
"""One subject: (first, last, number of its query); IPv6 lies beyond all of IPv4."""


def spot_range(said: Extent) -> tuple[int, int]:
    """Return a range on the one line on which both versions lie."""
    version, first, last = said
    return (first, last) if version == 4 else (first + _V6, last + _V6)  # noqa: PLR2004 - the IP version


class Field:
    """The subjects that one server may be asked for: offered, under way, settled by an answer."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._pending: list[Spot] = []
        self._flying: list[Spot] = []
        self._firsts: list[int] = []
        self._lasts: list[int] = []
        self._answers: list[Answer] = []
        self._sizes: Counter[tuple[int, bool]] = Counter()
        self._predicted: dict[int, str] = {}
        self._turn = 0
        self._chosen = 0, 0.0
        self._ventured = 0.0

    def offer(self, number: int, said: Extent, predicted: str) -> None:
        """Add the subject of query ``number``, with the announced prefix it lies in ("": unknown)."""
        insort(self._pending, (*spot_range(said), number))
        self._predicted[number] = predicted

    def covering(self, said: Extent) -> Answer | None:
        """Return an answer that settled all of a range; None when there is none."""
        first, last = spot_range(said)
        at = bisect_right(self._firsts, first) - 1
        return self._answers[at] if at >= 0 and self._lasts[at] >= last else None

    def launch(self, number: int, said: Extent) -> None:
        """Note that a subject is being asked for."""
        spot = (*spot_range(said), number)
        del self._pending[bisect_left(self._pending, spot)]
        insort(self._flying, spot)
        if self._chosen[0] == number:
            self._ventured += self._chosen[1]

    def land(self, number: int, said: Extent) -> None:
        """Note that a subject is no longer being asked for."""
        spot = (*spot_range(said), number)
        if spot in self._flying:
            self._flying.remove(spot)

    def withdraw(self) -> list[int]:
        """Give up every subject that is not under way; return their queries."""
        numbers = [number for _, _, number in self._pending]
        self._pending.clear()
        return numbers

    def settle(self, said: Extent, answer: Answer) -> list[int]:
        """Take in an answer about a range; return the queries whose whole subject it covers, under way or not."""
        first, last = spot_range(said)
        covered: list[int] = []
        for spots in (self._pending, self._flying):
            low, high = bisect_left(spots, (first, 0, -1)), bisect_left(spots, (last + 1, 0, -1))
            inside = [spot for spot in spots[low:high] if spot[1] <= last]
            if inside:
                spots[low:high] = [spot for spot in spots[low:high] if spot[1] > last]
                covered += [number for _, _, number in inside]
        if answer.reply.status == "found":
            self._sizes[_size(first, last)] += 1
        self._remember(first, last, answer)
        return covered

    def choose(self) -> tuple[int, Extent] | None:
        """Return the subject to ask for next; None when there is none or waiting is better."""
        best: tuple[float, int, int] | None = None
        for at in self._candidates():
            risk, margin = self._judge(at)
            if best is None or (risk, -margin) < best[:2]:
                best = risk, -margin, at
        allowed = _ALLOWANCE + _PER_ANSWER * self._sizes.total() - self._ventured
        if best is None or best[0] > min(PATIENCE, max(allowed, 0.0)):
            return None
        first, last, number = self._pending[best[2]]
        self._chosen = number, best[0]
        return number, (6, first - _V6, last - _V6) if first >= _V6 else (4, first, last)

    def _candidates(self) -> range | list[int]:
        """Return positions among the pending subjects: all of a few, an even sample of many, another one each time."""
        count = len(self._pending)
        if count <= _SAMPLE:
            return range(count)
        self._turn += 1
        shift = self._turn * 7 % max(count // _SAMPLE, 1)
        return [step * count // _SAMPLE + shift for step in range(_SAMPLE) if step * count // _SAMPLE + shift < count]

    def _judge(self, at: int) -> tuple[float, int]:
        """Return how likely a probe under way answers for a subject, and how deep (in rank) that lies in its gap."""
        spot = self._pending[at]
        gap = bisect_right(self._firsts, spot[0])
        low = self._lasts[gap - 1] + 1 if gap else -1
        high = self._firsts[gap] - 1 if gap < len(self._firsts) else _BEYOND
        beside = bisect_left(self._flying, spot)
        risk = 0.0
        left, right = low, high
        if beside and self._flying[beside - 1][0] >= low:
            left = self._flying[beside - 1][0]
            risk += self._same(self._flying[beside - 1], spot, low, high)
        if beside < len(self._flying) and self._flying[beside][0] <= high:
            right = self._flying[beside][0]
            risk += self._same(self._flying[beside], spot, low, high)
        start, end = bisect_left(self._pending, (left, 0, -1)), bisect_left(self._pending, (right + 1, 0, -1))
        return min(risk, 1.0), min(at - start, end - 1 - at)

    def _same(self, one: Spot, other: Spot, low: int, high: int) -> float:
        """Return how likely two subjects in one gap (``low`` to ``high``) lie in one block."""
        weight = together = 0.0
        for (size, aligned), count in self._sizes.items():
            chance = (
                _aligned(one, other, size.bit_length() - 1, low=low, high=high)
                if aligned
                else _ragged(one, other, size)
            )
            if chance is not None and size <= high - low + 1:
                weight += count
                together += count * chance
        prior = self._prior(one, other, low, high)
        return (together + _PRIOR_WEIGHT * prior) / (weight + _PRIOR_WEIGHT)

    def _prior(self, one: Spot, other: Spot, low: int, high: int) -> float:
        """Return the same before any answer: by the announced prefixes, else by usual sizes of registered blocks."""
        announced = self._predicted.get(one[2], ""), self._predicted.get(other[2], "")
        if all(announced):
            return float(announced[0] == announced[1])
        usual = _PRIOR_BITS[6 if one[0] >= _V6 else 4]
        chances = [chance for bits in usual if (chance := _aligned(one, other, bits, low=low, high=high)) is not None]
        return sum(chances) / len(chances) if chances else 0.0

    def _remember(self, first: int, last: int, answer: Answer) -> None:
        """Keep the ranges that no other holds, in ascending order."""
        at = bisect_right(self._firsts, first) - 1
        if at >= 0 and self._lasts[at] >= last:
            return
        low = bisect_left(self._firsts, first)
        high = low
        while high < len(self._firsts) and self._lasts[high] <= last:
            high += 1
        self._firsts[low:high], self._lasts[low:high], self._answers[low:high] = [first], [last], [answer]


def _size(first: int, last: int) -> tuple[int, bool]:
    """Return the size of a range and whether it is a prefix."""
    size = last - first + 1
    return size, not size & (size - 1) and not first & (size - 1)


def _aligned(one: Spot, other: Spot, bits: int, *, low: int, high: int) -> float | None:
    """Tell (0 or 1) whether both lie in one prefix of so many free bits; None when it does not fit into the gap."""
    start = one[0] >> bits << bits
    end = start + (1 << bits) - 1
    if start < low or end > high:
        return None
    return float(start <= other[0] <= end)


def _ragged(one: Spot, other: Spot, size: int) -> float:
    return max(0.0, 1.0 - abs(one[0] - other[0]) / size)


def subject_of(subject: str) -> Extent:
    """Return the range of a question's subject; a subject that is no range stands for itself alone, at the end."""
    return subject_extent(subject) or (6, 1 << 128, 1 << 128)
