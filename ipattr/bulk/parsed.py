"""One batch of disclosed logins as arrays: what the bulk readers hand to the bulk verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pyarrow as pa

    from ipattr.model import LoginEvent, Precision, Reject

PRECISIONS: tuple[Precision, ...] = ("s", "ms", "cs")
"""What ``Parsed.precision`` counts into: a plain row has a time to the second at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """Rows in input order, each *plain* or *odd*; every array has one entry per row.

    A row is plain where its cells need no remark: a strict time to the second with a settled zone, a strict address
    that is neither special-purpose nor carries another one, a strict port or none, an account, and nothing else that
    a person would have to look at. Only for plain rows do the arrays hold values. Every other row is odd: the very
    reader of the small path has read it, and ``odd`` holds its event or reject by position in the batch.

    ``rows``: int64, where the row stands in the input (physical line of a text, 1-based; number of the record in a
    table). ``plain``: bool. ``utc``: int64, microseconds since 1970-01-01T00:00Z. ``precision``: uint8, place in
    ``PRECISIONS``. ``zone``: uint8, place in ``zones``, which holds (zone as written or declared, where it comes from,
    rules applied to the time). ``version``: uint8, 4 or 6. ``high``: uint64, the IPv4 number, or the upper 64 bits of
    an IPv6 address; ``low``: uint64, its lower 64 bits, 0 for IPv4. ``port``: int32, 0 where none was disclosed.
    ``nameless``: bool, the account has a name but no numeric id (such a row is in review: IPA014).

    ``cells``: the raw text of the columns that were read, by field (``time``, ``ip``, ``port``, ``account_id`` …), as
    Arrow strings (or dictionaries of them); ``address``: the canonical text of the address. Both in plain rows only.
    """

    rows: np.ndarray[Any, Any]
    plain: np.ndarray[Any, Any]
    utc: np.ndarray[Any, Any]
    precision: np.ndarray[Any, Any]
    zone: np.ndarray[Any, Any]
    zones: tuple[tuple[str, str, tuple[str, ...]], ...]
    version: np.ndarray[Any, Any]
    high: np.ndarray[Any, Any]
    low: np.ndarray[Any, Any]
    port: np.ndarray[Any, Any]
    nameless: np.ndarray[Any, Any]
    address: pa.Array[Any]
    cells: Mapping[str, pa.Array[Any]]
    odd: Mapping[int, LoginEvent | Reject]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)
