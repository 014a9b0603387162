"""What chance alone gives: exact counts over whole numbers, so that every figure can be worked out again by hand."""

from __future__ import annotations

from itertools import pairwise
from math import comb, exp, log


def in_common(pool: int, first: int, second: int, observed: int) -> float:
    """Return the chance that two draws without replacement from one pool have ``observed`` or more in common.

    Hypergeometric, exact before the last division: the sum of C(first, k) C(pool - first, second - k) / C(pool, second)
    over k >= observed. ValueError when the draws do not fit into the pool.
    """
    low, high = sorted((first, second))
    if not 0 <= observed <= low or high > pool or first + second - observed > pool:
        message = f"{first} and {second} with {observed} in common do not fit into {pool}"
        raise ValueError(message)
    every = comb(pool, low)
    least = max(first + second - pool, 0)
    if observed - least <= low - observed:
        return _share(every - _draws(pool, high, low, range(least, observed)), every)
    return _share(_draws(pool, high, low, range(observed, low + 1)), every)


def _share(part: int, whole: int) -> float:
    return part / whole


def _draws(pool: int, high: int, low: int, common: range) -> int:
    """Return the number of draws with so many in common."""
    if not common:
        return 0
    begin = common.start
    term = total = comb(high, begin) * comb(pool - high, low - begin)
    for k in common[:-1]:
        term = term * (high - k) * (low - k) // ((k + 1) * (pool - high - low + k + 1))
        total += term
    return total


def as_uneven(before: int, after: int) -> float:
    """Return the chance of a split at least as uneven when each of them falls on either side with probability 1/2.

    Exact binomial, two-sided.
    """
    if before == after:
        return 1.0
    number = before + after
    term = total = 1
    for k in range(min(before, after)):
        term = term * (number - k) // (k + 1)
        total += term
    return min(_share(2 * total, 1 << number), 1.0)


def overlap_by_chance(first: int, second: int, *, cells: int = 24) -> float:
    """Return the overlap two samples show on average when every one of ``cells`` is equally likely.

    The overlap is the sum over the cells of the lesser share; its mean is ``cells`` times the integral of
    P(X/first > t) P(Y/second > t) over t from 0 to 1, X and Y binomial with 1/cells. Rounded to six places.
    """
    tails = _tails(first, cells), _tails(second, cells)
    steps = sorted({k * second for k in range(first + 1)} | {k * first for k in range(second + 1)})
    mean = 0.0
    for here, there in pairwise(steps):
        mean += (there - here) * tails[0][here // second] * tails[1][here // first]
    return round(cells * mean / (first * second), 6)


def _tails(number: int, cells: int) -> list[float]:
    """Return P(X > k) for k = 0 to ``number``, X binomial with 1/cells."""
    step = log(1 / cells) - log(1 - 1 / cells)
    logs = [number * log(1 - 1 / cells)]
    for k in range(number):
        logs.append(logs[-1] + log((number - k) / (k + 1)) + step)
    tails, above = [], 0.0
    for value in reversed(logs):
        tails.append(above)
        above += exp(value)
    return tails[::-1]
