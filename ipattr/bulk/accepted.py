"""The accepted rows of one batch as columns: plain ones from their arrays, odd ones from what the reader made."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ipattr.addresses import to_number
from ipattr.bulk.arrays import view
from ipattr.bulk.extra import array, constant, kernels, repeated, words
from ipattr.bulk.parsed import PRECISIONS
from ipattr.destinations.sightings import micros
from ipattr.model import Precision, Reject
from ipattr.renderers.repairs import shortly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    import pyarrow as pa

    from ipattr.bulk.parsed import Parsed
    from ipattr.model import LoginEvent

    Array = np.ndarray[Any, Any]

ALL_PRECISIONS: tuple[Precision, ...] = (*PRECISIONS, "min", "day")
"""What ``Accepted.precision`` counts into."""
HELD_TIME, HELD_PORT, HELD_DESTINATION = 1, 2, 4
TO_SECONDS = frozenset({"s", "cs", "ms"})


@dataclass(slots=True, kw_only=True)
class Accepted:
    """Rows in input order that were read; every array has one entry per row.

    ``place``: where the row stood in its batch. ``rows``, ``utc``, ``version``, ``high``, ``port`` as in ``Parsed``;
    the address is that whose line is sought. ``precision``: uint8 place in ``ALL_PRECISIONS``. ``review``: bool.
    ``held``: uint8, sum of ``HELD_…``. ``odd`` holds the event of each row that is not plain.
    """

    parsed: Parsed
    place: Array
    rows: Array
    utc: Array
    precision: Array
    version: Array
    high: Array
    port: Array
    review: Array
    held: Array
    odd: dict[int, LoginEvent]
    rejects: list[tuple[int, Reject]]
    _texts: dict[str, pa.Array[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def text(self, name: str) -> pa.Array[Any]:
        """Return one column of text as strings, "" where nothing was disclosed; ``name`` is a column of the CSV."""
        if name not in self._texts:
            self._texts[name] = self._text(name)
        return self._texts[name]

    def names_anything(self, name: str) -> bool:
        """Tell whether any row has something in a column."""
        if not self.may_have(name):
            return False
        pc = kernels()
        return bool(pc.max(pc.binary_length(self.text(name))).as_py())

    def may_have(self, name: str) -> bool:
        """Tell whether a column was disclosed at all, or an odd row has something in it."""
        if name in _MADE or _CELLS.get(name, name) in self.parsed.cells:
            return True
        said = _EVENT[name]
        return any(said(event) for event in self.odd.values())

    def _text(self, name: str) -> pa.Array[Any]:
        import pyarrow as pa

        found = self._plain(name)
        if found is None:
            found = repeated("", len(self))
        else:
            found = found.cast(pa.string())
            if len(self) < len(found):
                found = found.take(array(self.place))
            if found.null_count:
                found = kernels().fill_null(found, constant(""))
        if not self.odd:
            return found
        said = _EVENT[name]
        others = words([said(event) for event in self.odd.values()])
        replaced: pa.Array[Any] = kernels().replace_with_mask(found, self._mask(), others)
        return replaced

    def _plain(self, name: str) -> pa.Array[Any] | None:
        """Return a column as the plain rows have it, over the whole batch."""
        if name == "ip":
            return self.parsed.address
        if name in {"zone", "zone_source"}:
            said = words([entry[1] if name == "zone_source" else entry[0] for entry in self.parsed.zones] or [""])
            return said.take(array(self.parsed.zone))
        cells = self.parsed.cells.get(_CELLS.get(name, name))
        if name != "kind":
            return cells
        return repeated("login", len(self.parsed)) if cells is None else _kinds(cells)

    def _mask(self) -> pa.Array[Any]:
        import numpy as np

        mask = np.zeros(len(self), dtype=bool)
        mask[list(self.odd)] = True
        return array(mask)


_MADE = frozenset({"ip", "zone", "zone_source", "kind"})
_CELLS = {"ip_raw": "ip", "time_raw": "time"}
_EVENT: dict[str, Callable[[LoginEvent], str]] = {
    "ip": lambda event: event.address.text,
    "ip_raw": lambda event: event.address.raw,
    "time_raw": lambda event: event.instant.raw if event.instant else "",
    "zone": lambda event: event.instant.zone if event.instant else "",
    "zone_source": lambda event: event.instant.zone_source if event.instant else "",
    "destination": lambda event: event.destination.text if event.destination else "",
    "account_id": lambda event: event.account.id or "",
    "account_name": lambda event: event.account.name or "",
    "kind": lambda event: event.kind,
    "client": lambda event: event.client,
    "hostname": lambda event: event.hostname or "",
    "repairs": lambda event: shortly(event.repairs) if event.repairs else "",
}


def _kinds(cells: pa.Array[Any]) -> pa.Array[Any]:
    """Return the kinds of event that raw cells name; plain rows name one that is known."""
    import pyarrow as pa

    from ipattr.readers.cells import kind_of

    coded = kernels().fill_null(cells.cast(pa.string()), constant("")).dictionary_encode()
    kinds = words([kind_of(str(word)) or "" for word in coded.dictionary.to_pylist()])
    return kinds.take(coded.indices)


def stretches(parsed: Parsed, most: int) -> Iterator[Parsed]:
    """Yield a batch in pieces of at most so many rows."""
    size = len(parsed)
    if size <= 2 * most:
        yield parsed
        return
    for start in range(0, size, most):
        part = slice(start, min(start + most, size))
        count = part.stop - start
        yield replace(
            parsed,
            **{name: getattr(parsed, name)[part] for name in _ARRAYS},
            address=parsed.address.slice(start, count),
            cells={name: cells.slice(start, count) for name, cells in parsed.cells.items()},
            odd={at - start: one for at, one in parsed.odd.items() if start <= at < part.stop},
        )


_ARRAYS = ("rows", "plain", "utc", "precision", "zone", "version", "high", "low", "port", "nameless")


def accept(parsed: Parsed) -> Accepted:
    """Return the accepted rows of a batch, and its rejects with their places in it."""
    import numpy as np

    odd = sorted(parsed.odd.items())
    rejects = [(at, one) for at, one in odd if isinstance(one, Reject)]
    events = {at: one for at, one in odd if not isinstance(one, Reject)}
    kept = parsed.plain.copy()
    kept[list(events)] = True
    whole = bool(kept.all())
    place = np.arange(len(parsed)) if whole else np.flatnonzero(kept)

    def taken(column: Array) -> Array:
        return column.copy() if whole else column[place]

    port = taken(parsed.port)
    held = np.full(len(place), HELD_TIME, dtype=np.uint8)
    held[port > 0] |= HELD_PORT
    accepted = Accepted(
        parsed=parsed,
        place=place,
        rows=taken(parsed.rows),
        utc=taken(parsed.utc),
        precision=taken(parsed.precision),
        version=taken(parsed.version),
        high=taken(parsed.high),
        port=port,
        review=taken(parsed.nameless),
        held=held,
        odd=dict(zip(np.searchsorted(place, list(events)).tolist(), events.values(), strict=True)),
        rejects=rejects,
    )
    if "destination" in parsed.cells:
        _hold_destinations(accepted)
    for at, event in accepted.odd.items():
        _place(accepted, at, event)
    return accepted


def _hold_destinations(rows: Accepted) -> None:
    lengths = view(kernels().binary_length(rows.text("destination")), "int32")
    rows.held[lengths > 0] |= HELD_DESTINATION


def _place(rows: Accepted, at: int, event: LoginEvent) -> None:
    """Put what the reader made of an odd row into the arrays."""
    instant = event.instant
    if instant is None:
        message = f"a row of a table without a time: {event.id}"
        raise AssertionError(message)
    rows.utc[at] = micros(instant.utc)
    rows.precision[at] = ALL_PRECISIONS.index(instant.precision)
    version, number = to_number(event.address.line)
    rows.version[at] = version
    rows.high[at] = number if version == 4 else number >> 64  # noqa: PLR2004 - IP version
    rows.port[at] = event.port or 0
    rows.review[at] = event.status == "review"
    rows.held[at] = (
        HELD_TIME * (instant.precision in TO_SECONDS)
        + HELD_PORT * (event.port is not None)
        + HELD_DESTINATION * (event.destination is not None)
    )
