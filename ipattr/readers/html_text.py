"""HTML as a reader needs it: runs of visible text with their place, rows of tables, a second count without a parser.

The second way of reading knows tags by a pattern alone and shares no code with the first, so that a lost row shows.
"""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from ipattr.errors import InputError
from ipattr.model import Record

if TYPE_CHECKING:
    from ipattr.readers.document import Document

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_INLINE = frozenset(
    {
        "a", "abbr", "b", "bdi", "bdo", "big", "br", "cite", "code", "em", "font", "i", "kbd", "label", "mark", "nobr",
        "s", "samp", "small", "span", "strong", "sub", "sup", "tt", "u", "var", "wbr",
    }
)  # fmt: skip
_UNSEEN = frozenset({"script", "style", "template", "title", "noscript"})
_CELLS = frozenset({"td", "th"})
_SPACE = re.compile(r"[ \t\r\n\f\u00a0\u3000]+")
_COMMENT = re.compile(r"<!--.*?--!?>", re.DOTALL)
_UNSEEN_BLOCK = re.compile(r"<(script|style|template|title|noscript)\b[^>]*>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"""</?(?P<name>[A-Za-z][A-Za-z0-9:-]*)(?:"[^"]*"|'[^']*'|[^"'<>])*+>|<[!?][^<>]*>""")
_LINE_END = re.compile(r"\r\n?")
_PROPERTY = re.compile(r"""<[A-Za-z](?:"[^"]*"|'[^']*'|[^"'<>])*?\s(?i:id)\s*=\s*["']?(?P<id>property-[^\s"'<>]*)""")
# The parser looks for the end of each open tag anew: without a limit a damaged page takes quadratic time.
_OPEN_TAGS = 200


class Run(Record, frozen=True, kw_only=True):
    """One stretch of visible text between block tags, spaces collapsed, with line and column (from 1) where it starts.

    ``classes`` and ``style`` are those of the block it stands in, ``ident`` the ``id`` last passed that starts with
    ``property-``, ``section`` how many such ids came before it.
    """

    text: str
    line: int
    column: int
    classes: frozenset[str] = frozenset()
    style: str = ""
    ident: str = ""
    section: int = 0


class HtmlRow(Record, frozen=True, kw_only=True):
    """One row of a table: its line, the text of its cells, whether any of them spans more than one row or column."""

    line: int
    cells: tuple[str, ...]
    spans: bool


class HtmlTable(Record, frozen=True, kw_only=True):
    """One table with its rows; ``heading`` is the last text before it."""

    line: int
    heading: str
    rows: tuple[HtmlRow, ...]


class Page(Record, frozen=True, kw_only=True):
    """What a page shows: its title, its text in order, its tables (their text is among the runs too)."""

    title: str
    runs: tuple[Run, ...]
    tables: tuple[HtmlTable, ...]


def looks_like_html(text: str) -> bool:
    """Tell whether the text has an opening and a closing tag of HTML."""
    return re.search(r"<(?:html|body|div|table|h\d|p)\b", text, re.IGNORECASE) is not None and "</" in text


def read_page(document: Document) -> Page:
    """Return what the page shows; InputError when a declaration in it is damaged.

    Tags need not be balanced: an end tag without a start tag changes nothing. Text of ``script``, ``style`` and
    comments is not shown.
    """
    if max(part.count("<") for part in document.text.split(">")) > _OPEN_TAGS:
        raise InputError(
            ja=f"閉じていないタグが {_OPEN_TAGS} 個を超えて続く。HTML が壊れている。元のファイルを受け取り直されたい。",
            en=f"More than {_OPEN_TAGS} tags in a row are not closed; the HTML is damaged. Ask for the file again.",
            where=document.name,
        )
    _refuse_swallowed_text(document)
    reader = _Reader()
    try:
        reader.feed(_LINE_END.sub("\n", document.text))
        reader.close()
    except AssertionError:  # what html.parser raises on a marked section of no known kind
        line = reader.getpos()[0]
        raise InputError(
            ja=f"{line} 行目の HTML の宣言(<! …)が壊れている。元のファイルを受け取り直されたい。",
            en=f"The HTML declaration (<! …) in line {line} is damaged; ask for the file again.",
            where=f"{document.name}:{line}",
        ) from None
    return reader.page()


def _refuse_swallowed_text(document: Document) -> None:
    """Refuse a tag that has swallowed others: text inside it would vanish, and what follows pair with a neighbour."""
    for tag in _TAG.finditer(document.text):
        if tag["name"] and "<" in tag[0][1:]:
            line = document.text.count("\n", 0, tag.start()) + 1
            raise InputError(
                ja=f"{line} 行目のタグが閉じておらず、続くタグを飲み込んでいる。元のファイルを受け取り直されたい。",
                en=f"The tag in line {line} is not closed and swallows those that follow; ask for the file again.",
                where=f"{document.name}:{line}",
            )


def collapse(text: str) -> str:
    """Return the text with every stretch of spaces, line ends and no-break spaces as one space, none at the ends."""
    return _SPACE.sub(" ", text).strip(" ")


def second_sections(text: str, ident: str) -> list[str]:
    """Return the source from each ``id`` equal to ``ident`` to the next other id that starts with ``property-``."""
    bare = _UNSEEN_BLOCK.sub(" ", _COMMENT.sub("", text))
    marks = [(found.start(), found["id"]) for found in _PROPERTY.finditer(bare)]
    kept = [mark for at, mark in enumerate(marks) if at == 0 or marks[at - 1][1] != mark[1]]
    ends = [start for start, _ in kept[1:]] + [len(bare)]
    return [bare[start:end] for (start, name), end in zip(kept, ends, strict=False) if name == ident]


def second_look(text: str) -> list[str]:
    """Return the text between block tags by pattern alone, in order; table rows and cells also end a stretch.

    Comments and unseen elements are removed only where they are closed: a page cut inside one shows as a difference.
    """
    bare = _UNSEEN_BLOCK.sub(" ", _COMMENT.sub("", text))
    return [part for part in map(collapse, map(unescape, _TAG.sub(_border, bare).split("\x1f"))) if part]


def second_rows(text: str) -> list[list[list[str]]]:
    """Return tables, rows, cells by pattern alone: every ``<table``, every ``<tr``, every ``<td`` or ``<th``."""
    bare = _UNSEEN_BLOCK.sub(" ", _COMMENT.sub("", text))
    found = []
    for table in re.split(r"<table\b", bare, flags=re.IGNORECASE)[1:]:
        body = re.split(r"</table\b", table, maxsplit=1, flags=re.IGNORECASE)[0]
        rows = [
            [
                collapse(unescape(_TAG.sub(" ", "<td" + cell)))
                for cell in re.split(r"<t[dh]\b", row, flags=re.IGNORECASE)[1:]
            ]
            for row in re.split(r"<tr\b", body, flags=re.IGNORECASE)[1:]
        ]
        found.append([row for row in rows if row])
    return found


def disagreement(document: Document, first: int, second: int) -> InputError:
    """Return the error for a page that gives two numbers of records, read in two ways."""
    return InputError(
        ja=f"HTML が壊れているとみられる。二通りに数えた記録の数が合わない({first} 件と {second} 件)。"
        "記録が失われるおそれがあるので読み取らない。元のファイルを受け取り直されたい。",
        en=f"The HTML seems damaged: counted in two ways it has {first} and {second} records. Records could be lost, "
        "so nothing was read; ask for the file again.",
        where=document.name,
    )


def _border(tag: re.Match[str]) -> str:
    name = (tag["name"] or "").lower()
    if name == "br":
        return " "
    return "" if name in _INLINE or not name else "\x1f"


class _Block:
    """One open element that is not inline."""

    def __init__(self, name: str, classes: frozenset[str], style: str) -> None:
        self.name = name
        self.classes = classes
        self.style = style


class _Reader(HTMLParser):
    """Collects runs and table rows while the tags pass."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._runs: list[Run] = []
        self._tables: list[HtmlTable] = []
        self._blocks: list[_Block] = []
        self._open: dict[str, int] = {}
        self._text: list[str] = []
        self._place: tuple[int, int] | None = None
        self._title: list[str] = []
        self._unseen = ""
        self._ident, self._section = "", 0
        self._table: tuple[int, str, list[HtmlRow]] | None = None
        self._row: tuple[int, list[str]] | None = None
        self._cell: list[str] | None = None
        self._spans = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._unseen:
            return
        if tag in _UNSEEN:
            self._end_run()
            self._unseen = tag
            return
        if tag in _INLINE:
            if tag == "br":
                self._add(" ")
            return
        self._end_run()
        given = {name: value or "" for name, value in reversed(attrs)}
        ident = given.get("id", "")
        if ident.startswith("property-") and ident != self._ident:
            self._ident, self._section = ident, self._section + 1
        if tag not in _VOID:
            classes = frozenset(given.get("class", "").split())
            self._open[tag] = self._open.get(tag, 0) + 1
            self._blocks.append(_Block(tag, classes, "".join(given.get("style", "").split()).lower()))
        self._start_table_part(tag, given)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # HTML knows no self-closing div: the slash is ignored, as browsers do.
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._unseen:
            self._unseen = "" if tag == self._unseen else self._unseen
            return
        if tag in _INLINE:
            return
        self._end_run()
        while self._open.get(tag, 0):
            closed = self._blocks.pop().name
            self._open[closed] -= 1
            if closed == tag:
                break
        self._end_table_part(tag)

    def handle_data(self, data: str) -> None:
        if self._unseen:
            if self._unseen == "title":
                self._title.append(data)
            return
        self._add(data)

    def page(self) -> Page:
        """Return what was collected."""
        self._end_run()
        self._end_table_part("table")
        return Page(title=collapse("".join(self._title)), runs=tuple(self._runs), tables=tuple(self._tables))

    def _add(self, data: str) -> None:
        if self._place is None and collapse(data):
            line, column = self.getpos()
            lead = data[: len(data) - len(data.lstrip(" \t\r\n\f\u00a0\u3000"))]
            self._place = line + lead.count("\n"), column + 1
        self._text.append(data)
        if self._cell is not None:
            self._cell.append(data)

    def _end_run(self) -> None:
        text = collapse("".join(self._text))
        if text and self._place is not None:
            block = self._blocks[-1] if self._blocks else _Block("", frozenset(), "")
            line, column = self._place
            self._runs.append(
                Run(
                    text=text,
                    line=line,
                    column=column,
                    classes=block.classes,
                    style=block.style,
                    ident=self._ident,
                    section=self._section,
                )
            )
        self._text, self._place = [], None
        if self._cell is not None:
            self._cell.append(" ")

    def _start_table_part(self, tag: str, given: dict[str, str]) -> None:
        if tag == "table":
            self._end_table_part("table")
            heading = self._runs[-1].text if self._runs else ""
            self._table = (self.getpos()[0], heading, [])
        elif self._table is not None and tag == "tr":
            self._end_table_part("tr")
            self._row = (self.getpos()[0], [])
        elif self._table is not None and tag in _CELLS:
            self._end_table_part(tag)
            self._row = self._row or (self.getpos()[0], [])
            self._cell = []
            self._spans = self._spans or any(given.get(name, "1").strip() != "1" for name in ("rowspan", "colspan"))

    def _end_table_part(self, tag: str) -> None:
        if self._cell is not None and self._row is not None and (tag in _CELLS or tag in {"tr", "table"}):
            self._row[1].append(collapse("".join(self._cell)))
            self._cell = None
        if self._row is not None and self._table is not None and tag in {"tr", "table"}:
            line, cells = self._row
            if cells:
                self._table[2].append(HtmlRow(line=line, cells=tuple(cells), spans=self._spans))
            self._row, self._spans = None, False
        if self._table is not None and tag == "table":
            line, heading, rows = self._table
            self._tables.append(HtmlTable(line=line, heading=heading, rows=tuple(rows)))
            self._table = None
