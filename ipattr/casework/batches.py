"""What the journal of a ledger says of each file of observations, and whether it says it as this program writes it."""

from __future__ import annotations

from datetime import MAXYEAR
from typing import TYPE_CHECKING, TypeVar

import msgspec

from ipattr.addresses import to_number
from ipattr.destinations.sightings import period
from ipattr.errors import AlteredError
from ipattr.model import Confidence, ImportForm, Record, Resolution

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipattr.model import KeptObserved, Observation

T = TypeVar("T")
_FIRST_YEAR = 1983
"""RFC 882."""


class Taking(Record, frozen=True, kw_only=True):
    """What is declared about a file of others' observations: who saw it, how far to trust it, when, from where."""

    platform: str
    form: ImportForm
    source: str
    confidence: Confidence = "low"
    observed_at: str = ""
    vantage: str = ""
    zone: str = ""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """One batch of a capture: ``run`` is the line of the journal that says what was going to be asked."""

    run: int
    answers: int = 0


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """One file of others' observations: ``input`` is its copy, ``hosts`` are those of the profile as it was then.

    With these the copy is read again to the same observations, whatever the profile says by then. ``rows``, ``taken``,
    ``rejects``, ``others`` and ``screened`` are what was said of it when it was taken in.
    """

    input: str
    taking: Taking
    hosts: tuple[str, ...] = ()
    tool_version: str
    rows: int = 0
    taken: int = 0
    rejects: int = 0
    others: int = 0
    screened: dict[str, int] = {}


def taken_of(entry: KeptObserved) -> Taken:
    """Return what the journal says of an import; AlteredError where this program writes no such line."""
    return _read(entry, Taken)


def check_lines(entries: Iterable[KeptObserved]) -> None:
    """Raise AlteredError for the first file of which the journal says something that this program does not write."""
    for entry in entries:
        _read(entry, Batch if entry.kind == "capture" else Taken)


def check_record(record: Resolution | Observation) -> None:
    """Raise ValueError or OverflowError for what no message and no file can have said: no address, or no time."""
    if isinstance(record, Resolution):
        for address in record.addresses:
            to_number(address)
        if not _FIRST_YEAR <= record.received.year < MAXYEAR:
            message = "a year before the DNS"
            raise ValueError(message)
        return
    to_number(record.address)
    if period(record.first_seen)[0] > period(record.last_seen)[1]:
        message = "seen for the last time before the first"
        raise ValueError(message)


def _read(entry: KeptObserved, kind: type[T]) -> T:
    try:
        return msgspec.convert(entry.details, kind)
    except (msgspec.ValidationError, RecursionError) as error:
        raise AlteredError(
            ja="記録のこの行は ipattr が書く形でない。ipattr verify で確かめる。",
            en="its line in the journal is not as ipattr writes it; run ipattr verify.",
            where=entry.file.path,
        ) from error
