"""A text as lines for the typst source: what no font has written out, and what does not break by itself marked."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, TypeAlias

from ipattr.renderers.filings.blocks import safe_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Piece: TypeAlias = str | list[object]
"""Words that break by themselves, or a run that does not: ``[evidence, glue, part, …]``.

``evidence`` is 1 for what is rather set smaller than torn; ``glue`` counts the signs that stay beside it.
"""
Line: TypeAlias = str | list[Piece]

# A line may break before and after these (UAX #14 class ID); within any other run, only where a sign allows it.
_FREE = "\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff"
_BOUND = "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶー"
_OPEN, _CLOSE = "（「『【〔〈《", "、。，）」』】〕〉》・！？"
_RUN = re.compile(f"[{_OPEN}]*(?:[^ \u3000{_FREE}{_OPEN}{_CLOSE}]|[{_BOUND}])+[{_CLOSE}]*|[{_OPEN}]+|[{_CLOSE}]+")
# Full-width figures and Latin letters break anywhere by the rules; an address, a time or its zone must not.
_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ．：／［］－]{2,}")
_NARROW = re.compile("[!-~]*[0-9][!-~]*")
_SOFT = re.compile("(?<=[/:.,\\-_@?&=．：／])")
_LONGEST_WHOLE = 46
_FIGURES = re.compile("[0-9.:,]")
_WIDEST = 2
_LONG_RUN = 16
_PLAIN = re.compile("[\x20-\x7e\u3000-\u30ff\u4e00-\u9fff\uff01-\uff5e]+")


def clusters(texts: Iterable[str]) -> frozenset[str]:
    """Return the distinct characters beyond ASCII of the texts, each also with the marks that stand on it."""
    whole = "\n".join(texts)
    characters = {one for one in set(whole) if not one.isascii()}
    marks = "".join(sorted(one for one in characters if unicodedata.category(one).startswith("M")))
    stacked = re.findall(f"[^{re.escape(marks)}\n][{re.escape(marks)}]+", whole) if marks else []
    return frozenset(characters).union(stacked)


def words(texts: Iterable[str], absent: frozenset[str]) -> frozenset[str]:
    """Return the distinct words, ``absent`` written out, that are not all ASCII and Japanese."""
    writer = Writer(absent)
    written = {word for text in texts for word in writer.write(text).split()}
    return frozenset(word for word in written if not _PLAIN.fullmatch(word))


def meaningless(texts: Iterable[str]) -> frozenset[str]:
    """Return the characters that mean nothing by the standard, whatever a font draws for them."""
    return frozenset(one for one in set("".join(texts)) if unicodedata.category(one) in {"Cn", "Co", "Cs"})


class Writer:
    """Makes texts inert and writes out what no font has; keeps account of what it wrote out."""

    def __init__(self, absent: frozenset[str]) -> None:
        """Take the characters, clusters and words that no font has."""
        longest_first = sorted(absent, key=lambda one: (-len(one), one))
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if absent else None
        self.codes: set[int] = set()

    def write(self, text: str) -> str:
        """Return ``text`` inert, and as ``〔U+XXXX〕`` what no font has."""
        text = safe_text(text)
        return text if self._pattern is None else self._pattern.sub(self._out, text)

    def _out(self, match: re.Match[str]) -> str:
        return "".join(one if _PLAIN.fullmatch(one) else self._code(ord(one)) for one in match[0])

    def _code(self, code: int) -> str:
        self.codes.add(code)
        return f"〔U+{code:04X}〕"


def is_even(text: str) -> bool:
    """Return whether the lines of ``text`` can be set to one width without gaps: no run is long."""
    return all(len(run) <= _LONG_RUN for run in _RUN.findall(text))


def lines(text: str, room: float) -> list[Line]:
    """Return ``text`` as lines that can be set in a column of ``room`` em; nothing is lost."""
    return [_line(line, room) for line in text.split("\n")]


def _line(line: str, room: float) -> Line:
    if len(line) * _WIDEST <= room and not _WIDE.search(line):
        return line
    pieces: list[Piece] = []
    done = 0
    for start, end, piece in _runs(line, room):
        pieces += [*filter(None, [line[done:start]]), piece]
        done = end
    if not pieces:
        return line
    return [*pieces, *filter(None, [line[done:]])]


def _runs(line: str, room: float) -> Iterator[tuple[int, int, Piece]]:
    for run in _RUN.finditer(line):
        if _length(run[0]) > room:
            evidence = len(run[0]) <= _LONGEST_WHOLE and (_NARROW.fullmatch(run[0]) or _WIDE.fullmatch(run[0]))
            yield run.start(), run.end(), [int(bool(evidence)), 0, *_parts(run[0])]
            continue
        for figure in _WIDE.finditer(run[0]):
            glue = (figure.start() > 0) + (figure.end() < len(run[0]))
            start = run.start() + figure.start()
            yield start, start + len(figure[0]), [1, glue, *_parts(figure[0])]


def _length(run: str) -> float:
    """Return the most em that a run may be wide: a figure 0.65, a Latin or Japanese letter one."""
    others = len(_PLAIN.sub("", run))
    return len(run) + others * (_WIDEST - 1) - 0.35 * len(_FIGURES.findall(run))


def _parts(run: str) -> list[str]:
    return [part for part in _SOFT.split(run) if part]
