"""Chunks as CSV: the bytes that ``renderers.csv`` would write, joined column by column."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from ipattr.bulk.arrays import distinct
from ipattr.bulk.deciding import STAMPED, TABLE_OF
from ipattr.bulk.extra import array, constant, kernels, text_type, words
from ipattr.renderers.csv import IDS, LIVE, PLACES, REWRITTEN, guard, quoted
from ipattr.renderers.layout import inert

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    import pyarrow as pa

    from ipattr.bulk.chunks import Chunk

    Array = np.ndarray[Any, Any]
    Text = pa.Array[Any] | pa.ChunkedArray[Any]

_MADE = frozenset({"row", "source_row", "prefix", "port", "utc", "jst"})
_ENDS = {"utc": b"Z", "jst": b"+09:00"}
_JST_MICROS = 9 * 3600 * 1_000_000
_DAY = 86_400_000_000
_LENGTHS = {"s": 19, "ms": 23, "cs": 22, "min": 16, "day": 10}


def header(columns: Sequence[str]) -> bytes:
    """Return the first line, led by the BOM."""
    return ("\ufeff" + ",".join(map(quoted, columns)) + "\r\n").encode()


def lines(chunk: Chunk, columns: Sequence[str]) -> memoryview:
    """Return the lines of a chunk, every cell quoted and none that a spreadsheet would run or change."""
    parts: list[Text | str] = ['"']
    for names in _runs(columns):
        parts += [_cells(chunk, names), '","']
    parts[-1] = '"\r\n'
    return _bytes(joined(_merged(parts)))


def joined(parts: Sequence[Text | str]) -> pa.Array[Any]:
    """Return the texts of each row one after another; a part that is one text is the same in every row."""
    import pyarrow as pa

    columns = [constant(part) if isinstance(part, str) else part for part in parts]
    made = kernels().binary_join_element_wise(*columns, constant(""))
    whole: pa.Array[Any] = made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made
    return whole


def _runs(columns: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the columns in order; neighbours whose cells belong to one verdict together."""
    for table, names in groupby(columns, TABLE_OF.get):
        if table in {None, "stamp", "network"}:
            yield from ((name,) for name in names)
        else:
            yield tuple(names)


def _merged(parts: Sequence[Text | str]) -> list[Text | str]:
    """Join neighbouring constants."""
    found: list[Text | str] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        else:
            found.append(part)
    return found


def _bytes(whole: pa.Array[Any]) -> memoryview:
    """Return the text of all entries, one after another."""
    import numpy as np

    _, offsets, data = whole.buffers()
    if data is None or offsets is None:
        return memoryview(b"")
    ends = np.frombuffer(memoryview(offsets), dtype=np.int32)[whole.offset : whole.offset + len(whole) + 1]
    return memoryview(data)[int(ends[0]) : int(ends[-1])]


def _cells(chunk: Chunk, names: tuple[str, ...]) -> Text | str:
    """Return neighbouring columns as they stand between quotation marks; one text where every row has the same."""
    name = names[0]
    if name in STAMPED:
        return _inside(chunk.stamp[name], name)
    found = chunk.few(names, _between)
    if found is None:
        return _own(chunk, name) if name in _MADE or chunk.has(name) else ""
    texts, place = found
    return words(texts).take(array(place))


def _between(cells: Sequence[tuple[str, str]]) -> str:
    return '","'.join([_inside(text, name) for name, text in cells])


def _own(chunk: Chunk, name: str) -> Text:
    """Return a column that each row has for itself."""
    match name:
        case "prefix":
            # Neither a prefix nor the canonical text of an address holds or begins with what a spreadsheet would run.
            prefixes: Text = chunk.verdicts.prefixes.take(array(chunk.network))
            return prefixes
        case "row":
            return array(chunk.numbers).cast(text_type())
        case "source_row":
            return array(chunk.rows).cast(text_type())
        case "port":
            ports: Text = kernels().fill_null(array(chunk.port, mask=chunk.port == 0).cast(text_type()), constant(""))
            return ports
        case "utc" | "jst":
            return instants(chunk.utc, chunk.precision, chunk.precisions, zone=name)
    texts = chunk.text(name)
    return texts if name == "ip" else guarded(texts, is_id=name in IDS)


def _inside(text: str, name: str) -> str:
    """Return one cell without the quotation marks around it."""
    shown = inert(text) if name in PLACES else text
    return quoted(guard(shown, is_id=name in IDS))[1:-1]


def guarded(texts: Text, *, is_id: bool) -> Text:
    """Return cells as ``renderers.csv.guard`` and ``quoted`` make them, without the quotation marks around them."""
    pc = kernels()
    if not pc.max(pc.binary_length(texts)).as_py():
        return texts
    pattern = f"{LIVE.pattern}|(?:{REWRITTEN.pattern})$" if is_id else LIVE.pattern
    changed = pc.match_substring_regex(texts, f"^(?:{pattern})")
    if pc.any(changed).as_py():
        texts = pc.if_else(changed, joined(["'", texts]), texts)
    if pc.any(pc.match_substring(texts, '"')).as_py():
        texts = pc.replace_substring(texts, '"', '""')
    return texts


def instants(utc: Array, precision: Array, names: Sequence[str], *, zone: str) -> Text:
    """Return instants (microseconds since 1970) in ISO 8601, in ``utc`` or ``jst``, no finer than they were written.

    ``precision`` counts into ``names``; a day has no offset behind it (``view.iso``).
    """
    import numpy as np
    import pyarrow as pa

    local = utc + (_JST_MICROS if zone == "jst" else 0)
    days, within = np.divmod(local, _DAY)
    dates, _, place = distinct(days)
    end = np.frombuffer(_ENDS[zone], dtype=np.uint8)
    chars = np.zeros((len(utc), 23 + len(end)), dtype=np.uint8)
    written = np.datetime_as_string(dates.astype("datetime64[D]")).astype("S10")
    chars[:, :10] = np.frombuffer(written.tobytes(), dtype=np.uint8).reshape(-1, 10)[place]
    millis = (within // 1000).astype(np.int32)
    for at, (unit, digits) in _CLOCK.items():
        value = millis // unit % 10**digits if digits == 3 else millis // unit % _WRAP[at]  # noqa: PLR2004 - milliseconds
        for digit in range(digits):
            chars[:, at + digit] = value // 10 ** (digits - 1 - digit) % 10 + ord("0")
    for at, sign in ((10, "T"), (13, ":"), (16, ":"), (19, ".")):
        chars[:, at] = ord(sign)
    cut = np.asarray([_LENGTHS[name] for name in names])[precision]
    zoned = cut > _LENGTHS["day"]
    lengths = cut + len(end) * zoned
    rows = np.flatnonzero(zoned)
    for offset, code in enumerate(end.tolist()):
        chars[rows, cut[rows] + offset] = code
    offsets = np.zeros(len(utc) + 1, dtype=np.int32)
    np.cumsum(lengths, out=offsets[1:])
    least = int(lengths.min()) if len(lengths) else 0
    alike = least == (int(lengths.max()) if len(lengths) else 0)
    flat = chars[:, :least] if alike else chars[np.arange(chars.shape[1]) < lengths[:, None]]
    buffers = [None, pa.py_buffer(offsets.tobytes()), pa.py_buffer(flat.tobytes())]
    made: pa.Array[Any] = pa.Array.from_buffers(pa.string(), len(utc), buffers)
    return made


# Where in the text, how many milliseconds one is, and how many digits.
_CLOCK = {11: (3_600_000, 2), 14: (60_000, 2), 17: (1000, 2), 20: (1, 3)}
_WRAP = {11: 24, 14: 60, 17: 60}
