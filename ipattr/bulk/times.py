"""Times of whole columns: the one shape that logs are written in, each zone settled once by the reader of one cell."""

from __future__ import annotations

import re
import threading
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ipattr.bulk import words
from ipattr.instants import Zone, parse_zone
from ipattr.instants.epochs import FIRST_YEAR, LAST_YEAR
from ipattr.readers.cells import Row, read_time_as_typed
from ipattr.readers.delimited import TableRow

if TYPE_CHECKING:
    import numpy as np

    from ipattr.bulk.fields import Field
    from ipattr.model import Instant
    from ipattr.readers.document import Options
    from ipattr.readers.mapping import Columns

    Array = np.ndarray[Any, Any]

SECOND = 1_000_000
_DAY = 86_400 * SECOND
_LEAST, _LONGEST_TAIL = 19, 13
_NO_GAP = 0xFFFFFFFFFF00FFFF
_DATE = int.from_bytes(b"0000\x0000\x00", "little")
_DATE_SPREAD = int.from_bytes(bytes([0x76] * 4 + [0x7F, 0x76, 0x76, 0x7F]), "little")
_CLOCK = int.from_bytes(b"00\x0000:00", "little")
_CLOCK_SPREAD = int.from_bytes(bytes([0x76, 0x76, 0, 0x76, 0x76, 0x7F, 0x76, 0x76]), "little")
_END = int.from_bytes(b":00", "little")
_END_SPREAD = int.from_bytes(bytes([0x7F, 0x76, 0x76]), "little")
_MOST_ZONES = 32
_PLAIN_ZONE = re.compile(r"(?: ?(?:Z|UTC|GMT|JST|[+-]\d\d(?::?\d\d)?|(?:UTC|GMT)[+-]\d\d?(?::?\d\d)?))?", re.ASCII)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall clocks are counted from it


class Times(NamedTuple):
    """What a column of times says: per row whether it was read, the instant, its precision, and its zone."""

    good: Array
    utc: Array
    precision: Array
    zone: Array


class _Settled(NamedTuple):
    """What one way to write the zone means: its place in ``zones``, and the time it is ahead of UTC."""

    place: int
    ahead: int
    daily: DailyOffsets | None


class DailyOffsets:
    """How far a zone with daylight time is ahead of UTC in each hour by its own clock, where one figure holds."""

    def __init__(self, zone: Zone) -> None:
        """Take a zone known by its IANA name."""
        import numpy as np

        self._zone = zone
        self._first = (datetime(FIRST_YEAR, 1, 1) - _EPOCH).days  # noqa: DTZ001 - a wall clock
        days = (datetime(LAST_YEAR + 1, 1, 1) - _EPOCH).days - self._first  # noqa: DTZ001 - a wall clock
        self._ahead = np.zeros(days * 24, np.int64)
        self._known = np.zeros(days, np.bool_)
        self._whole = np.zeros(days * 24, np.bool_)

    def at(self, wall: Array, good: Array) -> tuple[Array, Array]:
        """Return (microseconds ahead of UTC, whether that is certain) for wall clocks; where not ``good``, nothing."""
        import numpy as np

        hours = wall // (3600 * SECOND) - self._first * 24
        hours[~good] = 0
        present = np.zeros(len(self._known), np.bool_)
        present[hours // 24] = True
        for day in np.flatnonzero(present & ~self._known):
            self._learn(int(day))
        return self._ahead[hours], self._whole[hours] & good

    def _learn(self, day: int) -> None:
        start = _EPOCH + timedelta(days=day + self._first)
        edges = [self._offset(start + timedelta(hours=hour)) for hour in range(25)]
        for hour in range(24):
            before, after = edges[hour], edges[hour + 1]
            if before is not None and before == after:
                self._ahead[day * 24 + hour] = before
                self._whole[day * 24 + hour] = True
        self._known[day] = True

    def _offset(self, wall: datetime) -> int | None:
        utc = self._zone.to_utc(wall)
        if not isinstance(utc, datetime):
            return None
        return (wall - utc.replace(tzinfo=None)) // timedelta(microseconds=1)


class TimeReader:
    """Reads columns of times as ``readers.cells.read_time`` reads one; keeps what it has learnt about zones."""

    def __init__(self, columns: Columns, options: Options) -> None:
        """Take where the time stands and what was declared about it."""
        self._columns = columns
        self._options = options
        self._lock = threading.Lock()
        self._known: dict[tuple[int, int], _Settled | None] = {}
        self._offsets: dict[str, DailyOffsets] = {}
        self.zones: tuple[tuple[str, str, tuple[str, ...]], ...] = ()

    def read(self, field: Field, beside: Field | None) -> Times:
        """Read the cells; what is not written in the one shape, or has no settled zone, is not good.

        ``beside`` is the column of zones, where there is one.
        """
        block, starts, lengths = field
        clock = block.load(starts + 8)
        end = block.load(starts + 16)
        wall, good = _walls(block.load(starts), clock, end)
        # Up to thirteen bytes behind the seconds: what they are, and how many belong to the cell.
        tail, more = end >> 24, block.load(starts + 24)
        tail, more = tail | more << 40, more >> 24
        length = lengths - _LEAST
        good &= length >= 0
        fraction, width = _fractions(tail, length)
        taken = (width + (width > 0)) * 8
        zone = (tail >> taken.astype("uint64") | more << (64 - taken).astype("uint64")) if width.any() else tail
        left = length - (taken >> 3)
        good &= (width >= 0) & (left >= 0) & (left <= 8) & (length <= _LONGEST_TAIL)  # noqa: PLR2004 - a word has eight bytes
        zone &= words.masks()[left.clip(0, 8)]
        other = zone * 0
        if beside is not None:
            good &= beside.lengths <= 8  # noqa: PLR2004 - a word has eight bytes
            other = beside.block.load_cut(beside.starts, beside.lengths)
        place, ahead, settled = self._zones(zone, other, wall, good=good)
        precision = ((width > 0) * 2 - (width > 2)).astype("uint8")  # noqa: PLR2004 - milliseconds have three digits
        return Times(settled, wall + fraction - ahead, precision, place)

    def _zones(self, written: Array, beside: Array, wall: Array, *, good: Array) -> tuple[Array, Array, Array]:
        """Return (place in ``zones``, microseconds ahead of UTC, whether the zone is settled) per row."""
        import numpy as np

        place = np.zeros(len(written), np.uint8)
        ahead = np.zeros(len(written), np.int64)
        settled = np.zeros(len(written), np.bool_)
        left = good
        for _ in range(_MOST_ZONES):
            if not left.any():
                break
            at = int(left.argmax())
            here = left & (written == written[at]) & (beside == beside[at])
            left &= ~here
            meaning = self._meaning(int(written[at]), int(beside[at]))
            if meaning is None:
                continue
            offsets, certain = (meaning.ahead, here) if meaning.daily is None else meaning.daily.at(wall, here)
            place = np.where(here, np.uint8(meaning.place), place)
            ahead = np.where(here, offsets, ahead)
            settled |= certain
        return place, ahead, settled

    def _meaning(self, written: int, beside: int) -> _Settled | None:
        key = written, beside
        if key not in self._known:
            with self._lock:
                if key not in self._known:
                    self._known[key] = self._settle(_text(written), _text(beside))
        return self._known[key]

    def _settle(self, written: str, beside: str) -> _Settled | None:
        """Ask the reader of one cell what a zone so written means; None when it depends on more than the zone."""
        if _PLAIN_ZONE.fullmatch(written) is None or _PLAIN_ZONE.fullmatch(beside) is None:
            return None
        # An instant quotes the zone cell without the spaces around it, and not at all behind a zone in the time cell.
        if beside and (written or beside[0] == " "):
            return None
        zone = self._options.zone
        instant = self._one(f"2024-06-15 12:34:56{written}", beside)
        place = None if instant is None else self._place(instant)
        if instant is None or place is None:
            return None
        if instant.zone_source == "declared" and zone is not None and zone.iana:
            return _Settled(place, 0, self._offsets.setdefault(zone.iana, DailyOffsets(zone)))
        own = parse_zone(instant.zone)
        if not isinstance(own, Zone) or own.iana:
            return None
        wall = datetime(2024, 6, 15, 12, 34, 56)  # noqa: DTZ001 - the wall clock of the sample
        return _Settled(place, (wall - instant.utc.replace(tzinfo=None)) // timedelta(microseconds=1), None)

    def _one(self, sample: str, beside: str) -> Instant | None:
        cells = [""] * len(self._columns.headers)
        cells[self._columns.index["time"]] = sample
        if "zone" in self._columns.index:
            cells[self._columns.index["zone"]] = beside
        row = Row(TableRow(row=0, cells=tuple(cells), raw=""), self._columns)
        instant = read_time_as_typed(row, self._options)
        return None if row.refusals else instant

    def _place(self, instant: Instant) -> int | None:
        entry = (instant.zone, instant.zone_source, instant.rules)
        if entry not in self.zones:
            if len(self.zones) > 255:  # noqa: PLR2004 - a place is one byte
                return None
            self.zones = (*self.zones, entry)
        return self.zones.index(entry)


def _text(word: int) -> str:
    return word.to_bytes(8, "little").rstrip(b"\0").decode("utf-8", "replace")


def _walls(date: Array, clock: Array, end: Array) -> tuple[Array, Array]:
    """Return (wall clock in microseconds since 1970, whether it is one) of the words of ``YYYY-MM-DD HH:MM:SS``."""
    mark = words.byte(date, 4)
    gap = words.byte(clock, 2)
    good = words.fits(date ^ (mark << 32 | mark << 56), pattern=_DATE, spread=_DATE_SPREAD)
    good &= words.fits(clock & _NO_GAP, pattern=_CLOCK, spread=_CLOCK_SPREAD)
    good &= words.fits(end & 0xFFFFFF, pattern=_END, spread=_END_SPREAD)
    good &= (mark == ord("-")) & ((gap == ord(" ")) | (gap == ord("T"))) | (mark == ord("/")) & (gap == ord(" "))
    date, clock, end = (words.pairs(word & 0x0F0F0F0F0F0F0F0F) for word in (date, clock, end))
    years = words.byte(date, 0) * 100 + words.byte(date, 2)
    months, days = words.byte(date, 5), words.byte(clock, 0)
    hours, minutes, seconds = words.byte(clock, 3), words.byte(clock, 6), words.byte(end, 1)
    first, length = _calendar()
    good &= (years >= FIRST_YEAR) & (years <= LAST_YEAR) & (months >= 1) & (months <= 12)  # noqa: PLR2004 - months
    month = ((years - FIRST_YEAR) * 12 + (months - 1)) * good
    good &= (days >= 1) & (days <= length[month]) & (hours <= 23) & (minutes <= 59) & (seconds <= 59)  # noqa: PLR2004 - a clock
    of_day = ((hours * 60 + minutes) * 60 + seconds).view("int64")
    return ((first[month] + days.view("int64")) * 86_400 + of_day) * SECOND, good


@cache
def _calendar() -> tuple[Array, Array]:
    """Return, per month from January of ``FIRST_YEAR``, (days from 1970 to the day before its first, its length)."""
    import numpy as np

    months = np.arange(f"{FIRST_YEAR}-01", f"{LAST_YEAR + 1}-02", dtype="datetime64[M]").astype("datetime64[D]")
    starts = months.astype(np.int64)
    return starts[:-1] - 1, np.diff(starts).astype(np.uint64)


def _fractions(tail: Array, length: Array) -> tuple[Array, Array]:
    """Return (microseconds, digits written) behind the seconds; -1 digits where there is a point but not 1 to 6."""
    import numpy as np

    pointed = (tail & 0xFF == ord(".")) & (length > 0)
    if not pointed.any():
        return np.zeros(len(tail), np.int64), np.zeros(len(tail), np.int64)
    text = tail >> 8 & words.masks()[(length - 1).clip(0, 7)]
    count = _leading_ones()[_digit_places(text)]
    value, _ = words.number(text & words.masks()[count], count)
    good = (count >= 1) & (count <= 6)  # noqa: PLR2004 - microseconds
    fraction = np.where(pointed, value.view(np.int64) * _scales()[count], 0)
    return fraction, np.where(pointed, np.where(good, count, -1), 0)


def _digit_places(text: Array) -> Array:
    """Return which of the eight bytes are decimal digits, as eight bits, the first byte lowest."""
    differing = text ^ words.ZEROS
    other = ((differing & 0x7F7F7F7F7F7F7F7F) + 0x7676767676767676 | differing) & words.HIGH
    return ~((other >> 7) * 0x0002040810204081 >> 49) & 0xFF


@cache
def _leading_ones() -> Array:
    import numpy as np

    return np.array([next(n for n in range(9) if not bits >> n & 1) for bits in range(256)], np.int64)


@cache
def _scales() -> Array:
    import numpy as np

    return np.array([0, 100_000, 10_000, 1_000, 100, 10, 1, 0, 0], np.int64)
