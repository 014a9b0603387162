"""A block of delimited text as records: which of them are simple, and where their cells begin and end."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, NamedTuple

from ipattr.bulk.words import PAD, Block
from ipattr.readers.delimited import quotes_open

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

_LF, _CR, _QUOTE = 10, 13, 34


class Layout(NamedTuple):
    """How the text of a file is cut: the delimiter, the columns of the header as written, and those with a name.

    ``unread`` are the columns (0-based) that no field takes.
    """

    delimiter: str
    width: int
    named: int
    unread: tuple[int, ...]


class Lines(NamedTuple):
    """Where the physical lines of a block begin and end, and the delimiters in them.

    ``ends`` leaves the line end out, ``nexts`` is where the following line begins. Delimiter ``first[i]`` up to
    ``first[i + 1]`` of ``delimiters`` stand in line i.
    """

    starts: Array
    ends: Array
    nexts: Array
    delimiters: Array
    first: Array


class Records:
    """The records of one block in input order, each one line that is *simple* or one or more lines that are not.

    A simple record has as many cells as the header, quotes only around whole cells, no control character, and a common
    length. ``line``
    is the first line of each record in the block (0-based). ``rest`` is where a record begins that does not end in the
    block, None when the last one ends there.
    """

    def __init__(self, block: Block, layout: Layout, *, count: int, lone_returns: int) -> None:
        """Cut a block of ``count`` lines that begins with a record; ``lone_returns``: CR without LF in it."""
        import numpy as np

        self.block = block
        self.layout = layout
        self.rest: int | None = None
        lines = _cut(block, ord(layout.delimiter), width=layout.width, lines=count, lone_returns=lone_returns)
        self._lines = lines
        # Each line end is counted by the bytes it has.
        self._line_bytes = int((lines.nexts - lines.ends).sum())
        self._quoted = block.data.find(b'"', 0, block.size) >= 0
        self.last: dict[int, int] = {}
        self.line: Array = np.arange(count)
        simple = np.diff(lines.first) == layout.width - 1
        if self._quoted:
            lines, simple, quotes = self._weigh_quotes(lines)
            self._lines = lines
            self._with_quotes = np.flatnonzero(quotes[self.line])
        self.simple = simple[self.line] if len(self.line) != count else simple
        # A cell may be longer than any may be (in characters): the reader of small files tells.
        self.simple &= (lines.ends - lines.starts)[self.line] <= csv.field_size_limit()
        self._strike_controls()
        self._starts, self._ends = self._cells()

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self.line)

    def cells(self, column: int) -> tuple[Array, Array]:
        """Return (start, length) of one column's cells without the quotes around them; length 0 where not simple."""
        starts, ends = self._starts[column], self._ends[column]
        lengths = ends - starts
        if self._quoted:
            at = self._with_quotes
            quoted = (self.block.bytes[starts[at]] == _QUOTE) & (lengths[at] > 0)
            starts = starts.copy()
            starts[at] += quoted
            lengths[at] -= 2 * quoted
        return starts, lengths

    def text(self, record: int) -> str:
        """Return the exact text of one record, line ends and all."""
        first = int(self.line[record])
        last = self.last.get(first, first)
        return self.block.data[int(self._lines.starts[first]) : int(self._lines.nexts[last])].decode()

    def empty(self) -> Array:
        """Tell which records are lines of nothing at all."""
        found: Array = ~self.simple & (self._lines.starts[self.line] == self._lines.ends[self.line])
        for first in self.last:
            found[self.line.searchsorted(first)] = False
        return found

    def _strike_controls(self) -> None:
        """Take every record with a control character in it out of the simple ones (IPA102 is for a reader of cells)."""
        import numpy as np

        text = self.block.bytes[: self.block.size]
        data, size = self.block.data, self.block.size
        usual = self._line_bytes
        if data.find(b"\t", 0, size) >= 0:
            usual += data.count(b"\t", 0, size)
        if np.count_nonzero(text < 32) == usual and data.find(b"\x7f", 0, size) < 0:  # noqa: PLR2004 - the first that is none
            return
        control = ((text < 32) & (text != 9) & (text != _LF) & (text != _CR)) | (text == 127)  # noqa: PLR2004 - as CONTROL
        lines = self._lines.starts.searchsorted(np.flatnonzero(control), side="right") - 1
        records = self.line.searchsorted(lines, side="right") - 1
        self.simple[records[records >= 0]] = False

    def _cells(self) -> tuple[Array, Array]:
        """Return where each cell begins and ends, by column and record."""
        import numpy as np

        lines, width = self._lines, self.layout.width
        starts = np.empty((width, len(self.line)), np.int64)
        ends = np.empty((width, len(self.line)), np.int64)
        starts[0] = lines.starts[self.line]
        ends[-1] = np.where(self.simple, lines.ends[self.line], starts[0])
        if width > 1:
            if len(lines.delimiters) == len(self.line) * (width - 1) and self.simple.all():
                inner = lines.delimiters.reshape(-1, width - 1).T
            else:
                first = np.where(self.simple, lines.first[self.line], 0)
                # A record that is not simple takes the delimiters of another; its cells are emptied below.
                inner = (
                    lines.delimiters.take(first + np.arange(width - 1)[:, None], mode="clip")
                    if len(lines.delimiters)
                    else np.zeros((width - 1, len(self.line)), np.int64)
                )
                inner = np.where(self.simple, inner, starts[0])
            ends[:-1] = inner
            starts[1:] = inner + self.simple
        if self.layout.named < width:
            self.simple &= ends[-1] == ends[self.layout.named - 1] + (width - self.layout.named)
        return starts, ends

    def _weigh_quotes(self, lines: Lines) -> tuple[Lines, Array, Array]:
        """Find the lines whose quotes stand around whole cells, and join those over which a quoted cell runs on.

        Return the lines, which of them are simple, and how many quotes each has.
        """
        import numpy as np

        block, layout = self.block, self.layout
        text = block.bytes
        quotes = np.flatnonzero(text[: block.size] == _QUOTE)
        line = lines.starts.searchsorted(quotes, side="right") - 1
        count = np.bincount(line, minlength=len(lines.starts))
        first = np.cumsum(count) - count
        closing = (np.arange(len(quotes)) - first[line]) & 1 == 1
        delimiter = ord(layout.delimiter)
        before = text[quotes - 1]
        opens = (before == delimiter) | (quotes == lines.starts[line])
        after = text[quotes + 1]
        closes = (after == delimiter) | (quotes + 1 == lines.ends[line])
        doubled = np.where(closing, after, before) == _QUOTE
        regular = np.where(closing, closes, opens)
        odd_lines = np.zeros(len(lines.starts), np.bool_)
        odd_lines[line[~regular & ~doubled]] = True
        odd_lines |= count & 1 == 1
        # Delimiters between an opening and a closing quote are text.
        at, line_of = _delimiters(lines, np.flatnonzero(count))
        inside = (quotes.searchsorted(lines.delimiters[at]) - first[line_of]) & 1 == 1
        at, line_of = at[inside], line_of[inside]
        per_line = np.diff(lines.first)
        kept = np.ones(len(lines.delimiters), np.bool_)
        if len(at):
            kept[at] = False
            per_line = per_line - np.bincount(line_of, minlength=len(per_line))
            edges = np.concatenate([[0], np.cumsum(per_line)])
            lines = lines._replace(delimiters=lines.delimiters[kept], first=edges)
        simple = (per_line == layout.width - 1) & ~odd_lines
        simple[line[~regular]] = False
        if layout.unread and len(at):
            # A delimiter inside a cell that is not read may be a record that was swallowed (IPA154).
            column = np.cumsum(kept)[at] - lines.first[line_of]
            simple[line_of[np.isin(column, layout.unread)]] = False
        self._join(lines, np.flatnonzero(odd_lines))
        return lines, simple, count

    def _join(self, lines: Lines, doubtful: Array) -> None:
        """Follow the quotes of the doubtful lines, as the reader of small files does, and join what they hold open."""
        import numpy as np

        swallowed = np.zeros(len(lines.starts), np.bool_)
        done = -1
        for start in doubtful.tolist():
            if start <= done:
                continue
            done, is_open = start, False
            while True:
                text = self.block.data[int(lines.starts[done]) : int(lines.nexts[done])].decode()
                is_open = quotes_open(text, self.layout.delimiter, quoted=is_open)
                if not is_open or done + 1 == len(lines.starts):
                    break
                done += 1
            if is_open:
                self.rest = int(lines.starts[start])
                swallowed[start:] = True
            elif done > start:
                self.last[start] = done
                swallowed[start + 1 : done + 1] = True
        if swallowed.any():
            self.line = np.flatnonzero(~swallowed)


def _cut(block: Block, delimiter: int, *, width: int, lines: int, lone_returns: int) -> Lines:
    """Find the lines and delimiters; ``lines`` counts the line ends, and a last line without one."""
    import numpy as np

    text = block.bytes[: block.size]
    marks = text == delimiter
    marks |= text == _LF
    if lone_returns:
        returns = np.flatnonzero(text == _CR)
        marks[returns[block.bytes[returns + 1] != _LF]] = True
    found = np.flatnonzero(marks)
    if block.bytes[block.size - 1] not in {_LF, _CR}:
        found = np.append(found, block.size)
    if len(found) == lines * width and not (block.bytes[(last := found[width - 1 :: width])] == delimiter).any():
        # Every line has as many cells as the header: so many line ends, and every one of them in its place.
        ends, delimiters = last, found.reshape(-1, width)[:, :-1].ravel()
        first = np.arange(0, len(delimiters) + 1, width - 1)
    else:
        is_end = block.bytes[found] != delimiter
        at = np.flatnonzero(is_end)
        ends, delimiters = found[at], found[~is_end]
        first = np.empty(len(at) + 1, np.int64)
        first[0], first[1:] = 0, at - np.arange(len(at))
    nexts = ends + 1
    starts = np.empty_like(ends)
    starts[0], starts[1:] = 0, nexts[:-1]
    # ``\r\n`` is one line end.
    ends = ends - ((block.bytes[ends - 1] == _CR) & (ends > starts) & (block.bytes[ends] == _LF))
    return Lines(starts, ends, nexts.clip(0, block.size), delimiters, first)


def _delimiters(lines: Lines, chosen: Array) -> tuple[Array, Array]:
    """Return (place, line) of each delimiter in some of the lines."""
    import numpy as np

    size = lines.first[chosen + 1] - lines.first[chosen]
    begin = lines.first[chosen] - (np.cumsum(size) - size)
    return np.repeat(begin, size) + np.arange(size.sum()), np.repeat(chosen, size)


def padded(data: bytes) -> Block:
    """Return a block of text with its padding."""
    return Block(data + bytes(PAD))
