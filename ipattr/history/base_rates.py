"""How many IPv4 addresses two unrelated subscribers of one provider would have in common by chance."""

from __future__ import annotations

from itertools import pairwise
from math import exp, log
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from ipattr.addresses import covered, prefix_range
from ipattr.history.chances import in_common
from ipattr.history.labels import is_special, joint_use
from ipattr.model import LEAST_CHANCE, LEAST_FIT, BaseRate, Returns, Weight

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ipattr.model import AddressUse, Entry, History, Line

Basis: TypeAlias = Literal["seen", "returns", "part", "prefixes", "provider"]


class _Sides(NamedTuple):
    """What the two accounts show on one line, and how many addresses they have in common."""

    first: Returns
    second: Returns
    observed: int

    @property
    def seen(self) -> int:
        """Return how many distinct addresses the two show together."""
        return self.first.addresses + self.second.addresses - self.observed


def base_rates_of(first: History, second: History, pool: Callable[[str], int | None]) -> tuple[BaseRate, ...]:
    """Return the base rate of every line on which both accounts show IPv4 addresses, most in common first.

    Special-purpose addresses have none: everybody may use them at once.
    """
    sides = _by_line(first), _by_line(second)
    lines = {line.key: line for line in (*second.lines, *first.lines)}
    common = [key for key in sides[0] if key in sides[1]]
    rates = [
        _rate(lines[key], (sides[0][key], sides[1][key]), pool=pool, parts=first.rules.pool_parts) for key in common
    ]
    return tuple(sorted(rates, key=lambda rate: (-rate.observed, rate.line)))


def _by_line(history: History) -> dict[str, list[Entry]]:
    groups: dict[str, list[Entry]] = {}
    for entry in history.entries:
        if entry.relied_on and entry.version == 4 and not is_special(entry.line):  # noqa: PLR2004 - its own name
            groups.setdefault(entry.line, []).append(entry)
    return groups


def _rate(
    line: Line,
    sides: tuple[Sequence[Entry], Sequence[Entry]],
    *,
    pool: Callable[[str], int | None],
    parts: tuple[int, ...],
) -> BaseRate:
    entries = (*sides[0], *sides[1])
    one, other = ({entry.address for entry in side} for side in sides)
    both = _Sides(returns_of(sides[0]), returns_of(sides[1]), len(one & other))
    seen_in = announced_in(entry.announced for entry in entries)
    # Several providers may use one AS, so that their counts cannot be added; the largest is what they have at least.
    known = [size for size in (pool(provider) for provider in line.providers) if size]
    whole = max(known, default=None)
    # A count smaller than the very blocks in which the accounts were seen leaves out the addresses in question.
    whole = whole if whole is not None and whole >= (seen_in or 0) else None
    use = joint_use(entry.use for entry in entries)
    return BaseRate(
        line=line.key,
        label=line.label,
        providers=line.providers,
        use=use,
        first=both.first,
        second=both.second,
        observed=both.observed,
        pool=whole,
        seen_in=seen_in,
        even_at=len(one) * len(other) / both.observed if both.observed else None,
        weights=tuple(_weight(assumed, both, use) for assumed in _pools(both, seen_in, whole, parts)),
    )


def returns_of(entries: Sequence[Entry]) -> Returns:
    """Count how often rows in order of time came back to an address after another one; rows without a time do not."""
    timed = [entry.address for entry in entries if entry.counted]
    seen = set(timed[:1])
    changes = returns = known = 0
    for before, after in pairwise(timed):
        if after != before:
            changes += 1
            known += len(seen) - 1
            returns += after in seen
            seen.add(after)
    return Returns(
        rows=len(entries),
        addresses=len({entry.address for entry in entries}),
        changes=changes,
        returns=returns,
        known=known,
        pool=1 - (-known // returns) if returns else None,
    )


def announced_in(prefixes: Iterable[str]) -> int | None:
    """Return how many IPv4 addresses lie in announced prefixes, each counted once; None where one is not announced."""
    distinct = set(prefixes)
    if "" in distinct or not distinct:
        return None
    return covered((low, high + 1) for _, low, high in map(prefix_range, distinct))


def _pools(
    both: _Sides, seen_in: int | None, whole: int | None, parts: tuple[int, ...]
) -> Iterator[tuple[Basis, int, int]]:
    """Yield the pools to assume, as basis, part and size, the smallest first; none that is less than what was seen."""
    suggested = [side.pool for side in (both.first, both.second) if side.pool is not None]
    # Nothing in the rows speaks against a pool of the very addresses they show, in which chance gives the most.
    yield ("returns", 1, max(min(suggested), both.seen)) if suggested else ("seen", 1, both.seen)
    if seen_in is not None:
        divided: list[tuple[Basis, int, int]] = [("part", part, seen_in // part) for part in sorted(set(parts))[::-1]]
        yield from (one for one in (*divided, ("prefixes", 1, seen_in)) if one[2] >= both.seen)
    if whole is not None and whole >= both.seen:
        yield "provider", 1, whole


def _weight(assumed: tuple[Basis, int, int], both: _Sides, use: AddressUse) -> Weight:
    basis, part, pool = assumed
    chance = in_common(pool, both.first.addresses, both.second.addresses, both.observed)
    least = basis in ("seen", "returns")
    # Where even the least pool gives too few returns the draws are uneven: a larger one is no better.
    refuted = not least and (unfit(both.first, pool) or unfit(both.second, pool))
    given = chance >= LEAST_CHANCE and not refuted and (least or use == "dedicated")
    return Weight(
        basis=basis,
        part=part,
        pool=pool,
        expected=both.first.addresses * both.second.addresses / pool,
        chance=chance,
        refuted=refuted,
        ratio_at_most=1 / chance if given else None,
    )


def unfit(side: Returns, pool: int) -> bool:
    """Tell whether an account's own returns are too many for even draws from a pool of this size.

    So many or more have at most the chance a / r of the expected number over theirs (Markov), and at most
    e^(r - a) (a / r)^r (Chernoff, for events whose chances add up to a as they come).
    """
    if not side.returns or pool <= 1:
        return False
    share = side.known / (pool - 1) / side.returns
    return share < 1 and min(share, exp(side.returns * (1 - share + log(share)))) < LEAST_FIT
