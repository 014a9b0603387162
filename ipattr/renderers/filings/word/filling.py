"""An office's own Word file, filled in: everything else in it stays as it was, part by part."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from ipattr.renderers.filings.word.guard import refuse
from ipattr.renderers.filings.word.markup import SPACES, Para, W, runs, spacer
from ipattr.renderers.filings.word.naming import Asked, Cell, Plain, Whole, asked, known_names
from ipattr.renderers.filings.word.package import pack
from ipattr.renderers.filings.word.rooms import room_of
from ipattr.renderers.filings.word.spots import Line, Spot
from ipattr.renderers.filings.word.styles import BODY_POINTS
from ipattr.renderers.filings.word.tables import Look, fits_page, reckoned_height, table
from ipattr.renderers.filings.word.template import MAIN, open_template
from ipattr.renderers.layout import inert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docx.oxml.xmlchemy import BaseOxmlElement as Element

    from ipattr.model import Text
    from ipattr.renderers.filings.placeholders import Placeholders

_SHOWN = 60
_KEPT = frozenset(
    f"{W}{name}" for name in ("pPr", "bookmarkStart", "bookmarkEnd", "commentRangeStart", "commentRangeEnd")
)
_NO_TABLE_IN = frozenset(f"{W}{name}" for name in ("txbxContent", "footnote", "endnote", "comment"))
_IDENTITIES = frozenset({"paraId", "textId"})


class _Found(NamedTuple):
    """One paragraph with placeholders: its line, what each asks for, and where it stands, in words."""

    line: Line
    asks: dict[Spot, Asked]
    place: Text


def fill(template: bytes, placeholders: Placeholders, where: str) -> bytes:
    """Return the .docx ``template`` with every ``{{name}}`` replaced by its text; ``where`` names it in errors.

    Text is replaced in body, tables, text boxes, headers, footers, notes and comments, in the format in which the
    placeholder begins. A paragraph of ``{{表:name}}`` or ``{{table:name}}`` alone becomes the table; a row that holds
    ``{{name.heading}}`` repeats for every row of that table. Raises UsageError for an unknown name (and lists the known
    ones), half a placeholder, none at all, and every template that ``open_template`` refuses.
    """
    opened = open_template(template, where)
    stories = {name: _Story(opened.parts[name], what, placeholders, where) for name, what in opened.stories.items()}
    if not any(story.found for story in stories.values()):
        names = " ".join(known_names(placeholders, "ja")), " ".join(known_names(placeholders, "en"))
        refuse(
            where,
            ja=f"差込欄が一つもない。使える名前: {names[0]}",
            en=f"There is no placeholder in it; the known names: {names[1]}",
        )
    parts = dict(opened.parts)
    for name, story in stories.items():
        if story.found:
            parts[name] = story.filled(stories[MAIN].root)
    return pack(parts.items())


class _Story:
    """One part with text, parsed; ``found`` are its paragraphs with placeholders."""

    def __init__(self, content: bytes, what: Text, placeholders: Placeholders, where: str) -> None:
        from docx.oxml.parser import parse_xml

        try:
            self.root: Element = parse_xml(content)
        except SyntaxError:  # what lxml's error is; nested deeper than it follows
            refuse(where, ja=f"{what.ja}が壊れている。", en=f"The {what.en} is damaged.")
        self.what = what
        self.placeholders = placeholders
        self.where = where
        self.found = list(self._find())

    def filled(self, main: Element) -> bytes:
        """Return the part with every value in place; ``main`` is the body, whose page bounds a table in a header."""
        from docx.opc.oxml import serialize_part_xml

        repeated = self._repeated()
        inside = {paragraph for row in repeated for paragraph in row.iter(f"{W}p")}
        # Which paragraph a table replaces is settled before any row is copied: a copy is never looked at again.
        for found in self.found:
            if found.line.paragraph in inside:
                continue
            whole = next((ask for ask in found.asks.values() if isinstance(ask, Whole)), None)
            if whole is not None:
                self._replace(found.line.paragraph, whole, main)
            else:
                found.line.put({spot: ask.value for spot, ask in found.asks.items() if isinstance(ask, Plain)})
        for row, name in repeated.items():
            self._repeat(row, name, main)
        return serialize_part_xml(self.root)

    def _find(self) -> Iterator[_Found]:
        from ipattr.model import Text

        for number, paragraph in enumerate(self.root.iter(f"{W}p"), start=1):
            line = Line(paragraph)
            shown = inert(" ".join(line.text.split()))[:_SHOWN]
            place = Text(
                ja=f"{self.what.ja}の第{number}段落「{shown}」", en=f"{self.what.en}, paragraph {number}, {shown!r}"
            )
            if line.half():
                self._stop(
                    place,
                    ja="二重の波括弧が対になっていない。差込欄は一つの段落の中に {{名前}} と書かれたい。",
                    en="double braces do not pair; write a placeholder as {{name}} within one paragraph",
                )
            spots = line.spots()
            if spots:
                found = _Found(line, {spot: self._asked(spot, place) for spot in spots}, place)
                self._check(found)
                yield found

    def _asked(self, spot: Spot, place: Text) -> Asked:
        ask = asked(spot.name, self.placeholders)
        if ask is None:
            name = inert(spot.name)[:_SHOWN]
            self._stop(
                place,
                ja=f"差込欄「{name}」は知らない。使える名前: {' '.join(known_names(self.placeholders, 'ja'))}",
                en=f"unknown placeholder {name!r}; the known names: {' '.join(known_names(self.placeholders, 'en'))}",
            )
        return ask

    def _check(self, found: _Found) -> None:
        paragraph, asks = found.line.paragraph, list(found.asks.values())
        above = [paragraph, *paragraph.iterancestors()]
        if any(isinstance(ask, Cell) for ask in asks) and not any(one.tag == f"{W}tr" for one in above):
            self._stop(
                found.place,
                ja="列の差込欄は、表の行の中に置かれたい。",
                en="the placeholder of a column must stand in a row of a table",
            )
        if any(isinstance(ask, Whole) for ask in asks):
            alone = len(asks) == 1 and len(found.line.text.strip()) == sum(spot.end - spot.start for spot in found.asks)
            if not alone or any(one.tag in _NO_TABLE_IN for one in above) or not _takes_table(paragraph):
                self._stop(
                    found.place,
                    ja="表の差込欄は、テキストボックスや注の外で、それだけの段落に置かれたい。",
                    en="the placeholder of a table must be a paragraph of its own, outside text boxes and notes",
                )
        if any(one.tag == f"{W}sdt" and one.find(f"{W}sdtPr/{W}dataBinding") is not None for one in above):
            self._stop(
                found.place,
                ja="データに結び付けられたコンテンツ コントロールの中にあり、開くと元に戻る。結び付けを外されたい。",
                en="it stands in a content control bound to data, which would undo it on opening; unbind the control",
            )

    def _repeated(self) -> dict[Element, str]:
        """Return the rows that repeat, each with the name of its table, innermost rows only."""
        rows: dict[Element, str] = {}
        for found in self.found:
            for ask in found.asks.values():
                if isinstance(ask, Cell):
                    row = next(found.line.paragraph.iterancestors(f"{W}tr"))
                    if rows.setdefault(row, ask.name) != ask.name:
                        self._stop(
                            found.place,
                            ja=f"一つの行に表「{rows[row]}」と「{ask.name}」の列が混ざっている。",
                            en=f"one row mixes columns of the tables {rows[row]!r} and {ask.name!r}",
                        )
        for found in self.found:
            inside = [row for row in found.line.paragraph.iterancestors(f"{W}tr") if row in rows]
            if len(inside) > 1 or (inside and any(isinstance(ask, Whole) for ask in found.asks.values())):
                self._stop(
                    found.place,
                    ja="繰り返す行の中に、さらに繰り返す行や表は置けない。",
                    en="a row that repeats can hold neither a repeating row nor a table",
                )
        return rows

    def _repeat(self, row: Element, name: str, main: Element) -> None:
        """Put a copy of ``row`` before it for every row of the table, then take it away."""
        count = max(len(self.placeholders.tables[name].rows), 1)
        inside = list(row.iter(f"{W}p"))
        asks = {
            inside.index(found.line.paragraph): found.asks for found in self.found if found.line.paragraph in inside
        }
        rooms = {place: room_of(inside[place], main) for place in asks}
        for number in range(count):
            copy = deepcopy(row)
            copy.tail = None
            _forget_identities(copy, first=number == 0)
            paragraphs = list(copy.iter(f"{W}p"))
            whole = True
            for place, wanted in asks.items():
                line = Line(paragraphs[place])
                line.put({spot: _value(ask, number) for spot, ask in wanted.items()})
                height = reckoned_height(Line(paragraphs[place]).text, rooms[place].width, BODY_POINTS)
                whole = whole and fits_page(height, rooms[place].height)
            if whole:
                _keep_whole(copy)
            row.addprevious(copy)
        parent = row.getparent()
        if parent is not None:
            parent.remove(row)

    def _replace(self, paragraph: Element, ask: Whole, main: Element) -> None:
        """Put the table in the place of ``paragraph``, which stays, empty, where Word needs a paragraph."""
        markup = table(ask.table, room_of(paragraph, main), Look())
        before = paragraph.getprevious()
        pieces = [markup] if markup else []
        if ask.table.caption:
            pieces.insert(0, Para("<w:keepNext/>", runs(ask.table.caption)).markup())
        elif before is not None and before.tag == f"{W}tbl":
            pieces.insert(0, spacer(1).markup())
        for piece in pieces:
            paragraph.addprevious(_parsed(piece))
        after, parent = paragraph.getnext(), paragraph.getparent()
        ends_section = paragraph.find(f"{W}pPr/{W}sectPr") is not None
        if parent is not None and after is not None and after.tag == f"{W}p" and not ends_section:
            parent.remove(paragraph)
            return
        for child in list(paragraph):
            if child.tag not in _KEPT:
                paragraph.remove(child)

    def _stop(self, place: Text, *, ja: str, en: str) -> NoReturn:
        refuse(self.where, ja=f"{place.ja}: {ja}", en=f"{place.en}: {en}")


def _value(ask: Asked, number: int) -> str:
    return ask.values()[number] if isinstance(ask, Cell) else ask.value if isinstance(ask, Plain) else ""


def _takes_table(paragraph: Element) -> bool:
    parent = paragraph.getparent()
    return parent is not None and parent.tag in {f"{W}{name}" for name in ("body", "tc", "hdr", "ftr", "sdtContent")}


def _keep_whole(row: Element) -> None:
    """Forbid Word to split a row over two pages; it holds our evidence, whatever the template says of its own rows."""
    properties = row.find(f"{W}trPr")
    if properties is None:
        properties = row.makeelement(f"{W}trPr")
        before = row.find(f"{W}tblPrEx")
        row.insert(0 if before is None else 1, properties)
    if properties.find(f"{W}cantSplit") is None:
        properties.insert(0, properties.makeelement(f"{W}cantSplit"))


def _forget_identities(copy: Element, *, first: bool) -> None:
    """Remove what may stand in a document once only: numbers of paragraphs, and of controls and bookmarks after one."""
    for element in list(copy.iter()):
        for name in [name for name in element.attrib if str(name).rpartition("}")[2] in _IDENTITIES]:
            del element.attrib[name]
        parent = element.getparent()
        single = element.tag in {f"{W}bookmarkStart", f"{W}bookmarkEnd"} or (
            element.tag == f"{W}id" and parent is not None and parent.tag == f"{W}sdtPr"
        )
        if single and not first and parent is not None:
            parent.remove(element)


def _parsed(markup: str) -> Element:
    """Return one element that declares its own namespaces: lxml moves any other in time that grows with its square."""
    from docx.oxml.parser import parse_xml

    element: Element = parse_xml(markup.replace(">", f" {SPACES}>", 1))
    return element
