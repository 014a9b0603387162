"""Text in columns: display width with CJK, wrapping that loses nothing, colour, and control characters made inert."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

Tone = Literal["plain", "bold", "dim", "red", "yellow", "green", "cyan"]

_SGR: dict[Tone, str] = {
    "plain": "",
    "bold": "\x1b[1m",
    "dim": "\x1b[2m",
    "red": "\x1b[31m",
    "yellow": "\x1b[1;33m",
    "green": "\x1b[32m",
    "cyan": "\x1b[36m",
}
# Controls, non-characters, and what reorders or hides text (Unicode TR36): bidi, and everything that is by default not
# drawn (DerivedCoreProperties, Default_Ignorable_Code_Point: zero width, fillers, variation selectors, tags).
_ACTIVE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# What a line break must not tear: a short word between spaces, a run in a script that has spaces, one CJK character.
_TOKEN = re.compile(
    r"\s+|(?:^|(?<=\s))\S{1,7}(?=\s|$)|[\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]|[^\s\u2e80-\uffef]+|."
)
# Addresses, ports, ids, dates and times: torn over two lines they are copied wrongly into a filing.
# A SHA-256 is compared, not copied by hand, and is wider than most columns.
_EVIDENCE = re.compile(
    r"(?<!\S)(?![0-9a-f]{64}(?!\S))(?:[0-9A-Fa-f.:/\[\]-]*[0-9][0-9A-Fa-f.:/\[\]-]*|https?://\S+)(?!\S)"
)
_NOT_FIRST = "、。，．,.)）」』】〉》〕］・:;!?！？ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ〜"
_NOT_LAST = "(（「『【〈《〔［"
_SOFT = re.compile(r"(?<=[/:.,\-_@?&=])")


class Line(NamedTuple):
    """One line of a cell with its tone."""

    text: str
    tone: Tone = "plain"


class Column(NamedTuple):
    """A column of a table: heading, and the width it must not fall below."""

    title: str
    minimum: int = 4
    align: Literal["left", "right"] = "left"


def inert(text: str) -> str:
    r"""Return ``text`` with every control, bidirectional and invisible character written out as ``\xNN``/``\uNNNN``."""
    if text.isascii() and text.isprintable():
        return text
    return _ACTIVE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code <= 0xFF:  # noqa: PLR2004 - the range that the escape can write
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - the range that the escape can write


@lru_cache(maxsize=8192)
def width(text: str) -> int:
    """Return how many terminal cells ``text`` takes (UAX #11: wide and full-width characters take two)."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth

    return max(wcswidth(text), 0)


def pad(text: str, cells: int, *, align: str = "left") -> str:
    """Return ``text`` filled with spaces to ``cells`` terminal cells; longer text is returned whole."""
    fill = " " * max(cells - width(text), 0)
    return fill + text if align == "right" else text + fill


@lru_cache(maxsize=8192)
def wrap(text: str, cells: int) -> tuple[str, ...]:
    """Break ``text`` into lines of at most ``cells`` terminal cells; no character but a breaking space is lost."""
    if width(text) <= cells:
        return (text,)
    lines: list[str] = []
    line, used = "", 0
    for token in _tokens(text, cells):
        size = width(token)
        if used + size > cells and line:
            lines.append(line.rstrip())
            line, used = "", 0
        if line or not token.isspace():
            line, used = line + token, used + size
    if line.strip():
        lines.append(line.rstrip())
    return tuple(lines) or ("",)


def _tokens(text: str, cells: int) -> list[str]:
    """Cut ``text`` where a line may break; a token wider than ``cells`` is cut after ``/ : . -``, else anywhere."""
    tokens: list[str] = []
    for token in _TOKEN.findall(text):
        glue = tokens and not tokens[-1].isspace() and (token[0] in _NOT_FIRST or tokens[-1][-1] in _NOT_LAST)
        if glue and width(tokens[-1]) + width(token) <= cells:
            tokens[-1] += token
        elif width(token) <= cells:
            tokens.append(token)
        else:
            tokens.extend(_cut(token, cells))
    return tokens


def _cut(token: str, cells: int) -> list[str]:
    pieces: list[str] = []
    for part in filter(None, _SOFT.split(token)):
        if pieces and width(pieces[-1]) + width(part) <= cells:
            pieces[-1] += part
            continue
        while width(part) > cells:
            at = _fit(part, cells)
            pieces.append(part[:at])
            part = part[at:]  # noqa: PLW2901 - what is left to cut
        if part:
            pieces.append(part)
    return pieces


def _fit(text: str, cells: int) -> int:
    used = 0
    for at, character in enumerate(text):
        used += width(character)
        if used > cells:
            return max(at, 1)
    return len(text)


def paint(text: str, tone: Tone, *, color: bool) -> str:
    """Return ``text`` in ``tone`` (ECMA-48 SGR) when ``color`` is on."""
    return f"{_SGR[tone]}{text}\x1b[0m" if color and tone != "plain" and text else text


def fit_widths(natural: Sequence[int], columns: Sequence[Column], total: int, *, gap: int = 2) -> list[int] | None:
    """Share ``total`` cells among the columns: all natural, or minimum plus a share; None when they do not fit."""
    room = total - gap * (len(columns) - 1)
    if sum(natural) <= room:
        return list(natural)
    widths = [min(n, column.minimum) for n, column in zip(natural, columns, strict=True)]
    spare = room - sum(widths)
    if spare < 0:
        return None
    # Equal shares to the columns that want more, again and again: short columns become whole, long text takes the rest.
    while spare > 0 and (wanting := [i for i, w in enumerate(widths) if w < natural[i]]):
        share = max(spare // len(wanting), 1)
        for index in wanting[:spare]:
            more = min(share, natural[index] - widths[index])
            widths[index] += more
            spare -= more
    return widths


@lru_cache(maxsize=8192)
def _whole(text: str) -> int:
    """Return the width of the longest piece of evidence in ``text``, which a column must not tear."""
    return max(map(len, _EVIDENCE.findall(text)), default=0)


Cells = Sequence[Sequence[Line]]


def table(
    columns: Sequence[Column], rows: Sequence[Cells], *, total: int, color: bool, ruled: bool
) -> list[str] | None:
    """Set rows of multi-line cells in columns of ``total`` terminal cells; None when ``total`` is too narrow.

    ``ruled`` draws a line between rows. Only ASCII is drawn: box characters take two cells on some Japanese terminals.
    """
    natural = [max(width(column.title), 1) for column in columns]
    least = [column.minimum for column in columns]
    for row in rows:
        for index, cell in enumerate(row):
            for line in cell:
                natural[index] = max(natural[index], width(line.text))
                least[index] = max(least[index], _whole(line.text))
    whole = [column._replace(minimum=cells) for column, cells in zip(columns, least, strict=True)]
    widths = fit_widths(natural, whole, total)
    if widths is None:
        return None
    rule = "  ".join("-" * w for w in widths)
    lines = [*_set_row([[Line(column.title, "bold")] for column in columns], widths, columns, color=color), rule]
    for number, row in enumerate(rows):
        if ruled and number:
            lines.append(paint(rule, "dim", color=color))
        lines.extend(_set_row(row, widths, columns, color=color))
    return lines


def _set_row(row: Cells, widths: Sequence[int], columns: Sequence[Column], *, color: bool) -> Iterable[str]:
    cells = [
        [Line(piece, line.tone) for line in cell for piece in wrap(line.text, w)]
        for cell, w in zip(row, widths, strict=True)
    ]
    for level in range(max(map(len, cells), default=0)):
        parts: list[str] = []
        for cell, w, column in zip(cells, widths, columns, strict=True):
            if level >= len(cell):
                parts.append(" " * w)
                continue
            text, tone = cell[level]
            fill = " " * (w - width(text))
            shown = paint(text, tone, color=color) if color else text
            parts.append(fill + shown if column.align == "right" else shown + fill)
        yield "  ".join(parts).rstrip()


def block(label: str, lines: Iterable[Line], *, label_cells: int, total: int, indent: int, color: bool) -> list[str]:
    """Set one labelled fact of a stacked row: the label once, the lines wrapped beside it.

    Where evidence does not fit whole beside the label, the lines stand below it.
    """
    out: list[str] = []
    lead = " " * indent + pad(label, label_cells) + " "
    lines = list(lines)
    if max((_whole(line.text) for line in lines), default=0) > total - width(lead):
        out.append((" " * indent + label).rstrip())
        lead = " " * indent * 2
    for line in lines:
        for piece in wrap(line.text, max(total - width(lead), 8)):
            out.append((lead + paint(piece, line.tone, color=color)).rstrip())
            lead = " " * width(lead)
    return out


def paragraph(text: str, *, total: int, lead: str = "", tone: Tone = "plain", color: bool = False) -> list[str]:
    """Wrap one paragraph; lines after the first are indented to the width of ``lead``."""
    pieces = wrap(text, max(total - width(lead), 8))
    hang = " " * width(lead)
    return [(lead if i == 0 else hang) + paint(piece, tone, color=color) for i, piece in enumerate(pieces)]
