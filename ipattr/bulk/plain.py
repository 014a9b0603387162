"""Whole columns of cells as values: what is provably plain is read here, every other row by the reader of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ipattr.bulk import words
from ipattr.bulk.fields import Field, texts
from ipattr.bulk.hosts import HostReader
from ipattr.bulk.times import TimeReader
from ipattr.readers.cells import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    import pyarrow as pa

    from ipattr.addresses import Specials
    from ipattr.readers.document import Options
    from ipattr.readers.mapping import Columns

    Array = np.ndarray[Any, Any]

_LONGEST_ID = 24
_DOUBTFUL = 17
_LONGEST_PORT = 5
_LONGEST_KIND = 16
_MOST_KINDS = 16
_NO_BREAK = int.from_bytes("\u00a0".encode(), "little")
_IDEOGRAPHIC = int.from_bytes("\u3000".encode(), "little")


ALONE = ("", "time", "ip", "port", "account_id")
"""The fields whose parsers refuse cells; ``Values.alone`` counts into them."""


class Values(NamedTuple):
    """What the plain rows of a batch say; arrays as in ``Parsed``.

    ``alone``: uint8, place in ``ALONE`` of the one field that keeps a simple row from being plain and may be refused;
    0 where there is no such field, or more than one.
    """

    plain: Array
    utc: Array
    precision: Array
    zone: Array
    version: Array
    high: Array
    low: Array
    canonical: Array
    port: Array
    nameless: Array
    alone: Array


class PlainReader:
    """Reads columns as ``readers.tables.read_login`` reads rows that need no remark; may be used by several threads."""

    def __init__(self, columns: Columns, options: Options, specials: Specials) -> None:
        """Take the columns, what was declared, and the special-purpose blocks."""
        self._columns = columns
        self._times = TimeReader(columns, options)
        self._hosts = HostReader(specials)
        self._judges: dict[str, Callable[[Field], Array]] = {
            "account_id": _ids,
            "kind": _kinds,
            "destination": self._destinations,
            "hostname": _hostnames,
            "account_name": _unpadded,
            "client": _unpadded,
        }

    @property
    def zones(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """Return the zones met so far: (zone, where it comes from, rules applied)."""
        return self._times.zones

    def read(self, fields: Mapping[str, Field], checks: tuple[Field, ...], simple: Array) -> Values:
        """Read the cells of the columns by field; ``checks`` are further columns of the same time."""
        import numpy as np

        times = self._times.read(fields["time"], fields.get("zone"))
        hosts = self._hosts.read(*fields["ip"])
        good: list[tuple[str, Array]] = [("time", times.good), ("ip", hosts.good), ("", ~(hosts.good & hosts.special))]
        good.extend(("", other.lengths == 0) for other in checks)
        port = np.zeros(len(simple), np.int32)
        if "port" in fields:
            port, ports = _ports(fields["port"])
            good.append(("port", ports))
        good.extend((name, judge(fields[name])) for name, judge in self._judges.items() if name in fields)
        plain, alone = _weighed(simple, good)
        nameless = np.zeros(len(simple), np.bool_)
        if "account_name" in fields:
            nameless = fields["account_name"].lengths > 0
            if "account_id" in fields:
                nameless &= fields["account_id"].lengths == 0
        return Values(
            plain, times.utc, times.precision, times.zone, hosts.version, hosts.high, hosts.low, hosts.canonical,
            port, nameless, alone,
        )  # fmt: skip

    def _destinations(self, field: Field) -> Array:
        hosts = self._hosts.read(*field)
        good: Array = (field.lengths == 0) | (hosts.good & hosts.canonical & ~hosts.special)
        return good


def _weighed(simple: Array, good: Sequence[tuple[str, Array]]) -> tuple[Array, Array]:
    """Return (which rows are plain, ``Values.alone``) by what is good of each field."""
    import numpy as np

    plain = simple.copy()
    for _, fine in good:
        plain &= fine
    alone = np.zeros(len(simple), np.uint8)
    at = np.flatnonzero(simple & ~plain)
    count = np.zeros(len(at), np.uint8)
    for name, fine in good:
        bad = ~fine[at]
        count += bad
        if name in ALONE:
            alone[at[bad]] = ALONE.index(name)
    alone[at[count > 1]] = 0
    return plain, alone


def _ports(field: Field) -> tuple[Array, Array]:
    """Return (port, whether it is one or the cell is empty)."""
    import numpy as np

    text = field.block.load_cut(field.starts, field.lengths)
    value, good = words.number(text, field.lengths)
    good &= (field.lengths <= _LONGEST_PORT) & (value >= 1) & (value <= 65535)  # noqa: PLR2004 - ports
    good &= words.byte(text, 0) != ord("0")
    value = value * good
    return value.astype(np.int32), good | (field.lengths == 0)


def _ids(field: Field) -> Array:
    """Tell which cells are decimal digits that no spreadsheet can have rounded, or empty."""
    block, starts, lengths = field
    longest = int(lengths.max()) if len(lengths) else 0
    good: Array = lengths <= _LONGEST_ID
    rounded = lengths >= _DOUBTFUL
    for at in range(0, min(longest, _LONGEST_ID), 8):
        mask = words.masks()[(lengths - at).clip(0, 8)]
        # What is behind the end of a cell counts as zeros.
        text = block.load(starts + at) & mask | words.ZEROS & ~mask
        good &= words.digits(text)
        if at >= 8 and longest >= _DOUBTFUL:  # noqa: PLR2004 - the second word holds the sixteenth digit
            rounded &= (text >> 56 == ord("0")) if at == 8 else (text == words.ZEROS)  # noqa: PLR2004
    return good & ~rounded


def _kinds(field: Field) -> Array:
    """Tell which cells hold a word for a kind of event that is understood."""
    import numpy as np

    block, starts, lengths = field
    first, second = block.load_cut(starts, lengths), block.load_cut(starts + 8, lengths - 8)
    good = np.zeros(len(starts), np.bool_)
    left: Array = (lengths > 0) & (lengths <= _LONGEST_KIND)
    for _ in range(_MOST_KINDS):
        if not left.any():
            break
        at = int(left.argmax())
        here = left & (first == first[at]) & (second == second[at])
        left &= ~here
        word = (first[at].tobytes() + second[at].tobytes()).rstrip(b"\0").decode("utf-8", "replace")
        if kind_of(word) is not None:
            good |= here
    return good


def _unpadded(field: Field) -> Array:
    """Tell which cells neither begin nor end with a space of any kind."""
    block, starts, lengths = field
    begin = block.load_cut(starts, lengths)
    end = block.load(starts + (lengths - 3).clip(0)) & 0xFFFFFF
    first, last = begin & 0xFF, block.bytes[starts + (lengths - 1).clip(0)]
    padded = (first == 32) | ((first >= 9) & (first <= 13)) | (last == 32) | ((last >= 9) & (last <= 13))  # noqa: PLR2004 - ASCII spaces
    padded |= (begin & 0xFFFF == _NO_BREAK) | (end >> 8 == _NO_BREAK)
    padded |= (begin & 0xFFFFFF == _IDEOGRAPHIC) | (end == _IDEOGRAPHIC)
    good: Array = ~padded | (lengths == 0)
    return good


def _hostnames(field: Field) -> Array:
    """Tell which cells are names as they stand: without spaces around them, and without the dot of the root."""
    last = field.block.bytes[field.starts + (field.lengths - 1).clip(0)]
    good: Array = _unpadded(field) & ((last != ord(".")) | (field.lengths == 0))
    return good


class Cells(Mapping[str, "pa.Array[Any]"]):
    """The raw text of the columns of a batch, each taken out of the block when it is asked for, and kept."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        """Take the columns by field."""
        self._fields = fields
        self._known: dict[str, pa.Array[Any]] = {}

    def __getitem__(self, field: str) -> pa.Array[Any]:
        """Return the texts of a field's column."""
        if field not in self._known:
            self._known[field] = texts(self._fields[field])
        return self._known[field]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the fields that a column holds."""
        return iter(self._fields)

    def __len__(self) -> int:
        """Return the number of such fields."""
        return len(self._fields)

    def at(self, field: str, places: Array) -> pa.Array[Any]:
        """Return the texts of some rows of a field's column, without making the others."""
        return texts(self._fields[field], places)
