"""Two login histories set side by side: what they share, and what chance alone would give."""

from __future__ import annotations

from typing import Literal

from ipattr.model.base import Record, Text
from ipattr.model.events import UtcInstant
from ipattr.model.histories import AddressUse, BlockLevel, Rules, Statement

PortRelation = Literal["same", "same-set", "other-set", "different", "missing", "not-compared"]
LEAST_FIT = 0.01
"""A pool in which an account's own returns would be less likely is not used: this tool's own choice."""
LEAST_CHANCE = 1e-6
"""No likelihood ratio is given for a smaller chance: what it assumes is less certain than one in a million."""


class Overlap(Record, frozen=True, kw_only=True):
    """One address, block or line that both accounts show; rows of either side.

    ``line`` is the key of the line and ``label`` its name (empty for a block with several). ``nearest_seconds`` is the
    least distance in time between a row of one and a row of the other, ``nearest`` such a pair (None: no times).
    """

    level: BlockLevel | Literal["line"]
    about: str
    line: str
    label: Text
    use: AddressUse
    first_rows: tuple[int, ...]
    second_rows: tuple[int, ...]
    nearest_seconds: float | None
    nearest: tuple[int, int] | None


class Returns(Record, frozen=True, kw_only=True):
    """How often an account came back to an IPv4 address of the line after another one: what its own rows say of chance.

    ``changes`` counts the consecutive rows on the line with different addresses, ``returns`` those that led to an
    address seen before, ``known`` is the sum, over all changes, of the addresses seen before other than the one left.
    Drawn evenly from a pool of n, ``known`` / (n - 1) returns are expected; ``pool`` is the n for which these are
    ``returns``, rounded up (None without any).
    """

    rows: int
    addresses: int
    changes: int
    returns: int
    known: int
    pool: int | None


class Weight(Record, frozen=True, kw_only=True):
    """What chance alone gives for one assumed pool: two unrelated subscribers, each address of it equally likely.

    ``basis``: as few addresses as the accounts' own returns suggest (``returns``) or, without any return, no more than
    the two showed (``seen``); one n-th (``part``) of the announced blocks in which they were seen, all of these
    (``prefixes``), or all the provider announces. ``expected`` = first x second / pool; ``chance`` of ``observed`` or
    more in common (hypergeometric, exact). ``refuted``: an account's own returns would have a chance below
    ``LEAST_FIT`` in such a pool, so that nothing may be concluded from it: with r returns where a = known / (pool - 1)
    are expected, that chance is at most a / r (Markov) and at most e^(r - a) (a / r)^r (Chernoff); never said of
    ``seen`` and ``returns``, as no smaller pool could be taken instead. ``ratio_at_most`` =
    1 / chance: under these assumptions the finding "``observed`` or more in common" has no higher likelihood ratio for
    "one line" against "two unrelated lines of this provider". It is None where refuted; below ``LEAST_CHANCE``, as the
    assumptions are less sure than that; and for the pools that are only assumed (``part``, ``prefixes``, ``provider``)
    unless the addresses are said to be dedicated: what many share is handed out by region, never evenly.
    """

    basis: Literal["seen", "returns", "part", "prefixes", "provider"]
    part: int = 1
    pool: int
    expected: float
    chance: float
    refuted: bool
    ratio_at_most: float | None


class BaseRate(Record, frozen=True, kw_only=True):
    """How many IPv4 addresses of one line two unrelated accounts would share by chance.

    ``first`` and ``second`` say how many distinct addresses each account shows on the line and how often it came back
    to them, ``observed`` how many are common. ``pool`` is the number of IPv4 addresses its providers announce (None:
    unknown), ``seen_in`` those of the announced prefixes in which the two were seen; ``even_at`` = the product of the
    distinct addresses / observed, the size of a pool in which chance alone gives what was observed (None: nothing in
    common). ``weights`` from the smallest pool to the largest.
    """

    line: str
    label: Text
    providers: tuple[str, ...]
    use: AddressUse
    first: Returns
    second: Returns
    observed: int
    pool: int | None
    seen_in: int | None
    even_at: float | None
    weights: tuple[Weight, ...] = ()


class Meeting(Record, frozen=True, kw_only=True):
    """One row of each account on the same address within the minutes of the rule; ``seconds`` = second minus first.

    Each row stands with the nearest of the other account's, so that a crowd of rows does not make a crowd of pairs;
    and with the nearest of the same port and of the same MAP-E set, so that none of these is passed over.
    ``ports``: ``same``; ``same-set``/``other-set`` of a known MAP-E division; ``different`` says nothing;
    ``missing`` in either row; ``not-compared`` where no port is needed to tell lines apart.
    """

    first_row: int
    second_row: int
    address: str
    line: str
    use: AddressUse
    seconds: float
    first_port: int | None
    second_port: int | None
    ports: PortRelation
    first_set: int | None = None
    second_set: int | None = None


class Coincidence(Record, frozen=True, kw_only=True):
    """Which logins of either account lie within the minutes of the rule of one of the other's, and what chance gives.

    Rows of another kind, such as an account's creation years before, are left out. Counted in the time both accounts
    logged in (``start`` to ``end``; None: no common time longer than an instant). ``first_near`` are such
    rows of the first, ``first_share`` is the part of that time within reach of a row of the second, ``first_expected``
    = ``first_rows`` x ``first_share``, were its rows evenly spread, which nobody's are; the same for the second.
    """

    start: UtcInstant | None
    end: UtcInstant | None
    first_rows: int
    second_rows: int
    first_near: tuple[int, ...]
    second_near: tuple[int, ...]
    first_share: float
    second_share: float
    first_expected: float
    second_expected: float


class HourOverlap(Record, frozen=True, kw_only=True):
    """The part of two hour profiles (24 hours, JST) that coincides: the sum of the lesser shares, 0 to 1.

    ``uniform`` is what two unrelated accounts with as many logins would show on average if every hour were equally
    likely; what the general daily rhythm of people would give is not known here and is higher.
    """

    first: tuple[int, ...]
    second: tuple[int, ...]
    observed: float | None
    uniform: float | None


class Comparison(Record, frozen=True, kw_only=True):
    """Two accounts set side by side: what they share, and what chance alone would give. Never who anybody is.

    ``first_places`` and ``second_places`` say where the rows that are named here stand, as ``file:row``.
    """

    first: str
    second: str
    rules: Rules
    data_version: str
    first_rows: int
    second_rows: int
    overlaps: tuple[Overlap, ...]
    base_rates: tuple[BaseRate, ...]
    meetings: tuple[Meeting, ...]
    coincidence: Coincidence
    hours: HourOverlap
    first_places: dict[int, str]
    second_places: dict[int, str]
    statements: tuple[Statement, ...]
