"""The report as one HTML file: no script, no reference to anything outside, everything escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.layout import inert
from ipattr.renderers.source_report import beside, needles, place_name, row_name, short_name, tally, words, worst
from ipattr.renderers.source_report.entries import MARKS, MEANING, finding_text
from ipattr.renderers.source_report.style import STYLE
from ipattr.renderers.view import total
from ipattr.renderers.words import conservation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ipattr.model import InputFile
    from ipattr.renderers.source_report import Page, Part, Sheet, SourceRow
    from ipattr.renderers.source_report.entries import Entry, Fact, Mark
    from ipattr.renderers.source_report.places import Group

COLLAPSE_ABOVE = 5_000
_CHUNK = 1_000
_LISTED_OPEN = 60
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})


def render(page: Page) -> str:
    """Return ``page`` as a complete HTML document that runs no script and refers to nothing outside itself."""
    return "".join(_Writer(page).document())


def escape(text: str) -> str:
    """Return ``text`` fit for HTML text and attributes, control and bidirectional characters written out."""
    return inert(text).translate(_ESCAPES)


def _lines(text: str) -> str:
    """Escape text of several lines; the line ends stay, everything else that is invisible is written out."""
    return "\n".join(map(escape, text.split("\n"))) if "\n" in text else escape(text)


class _Writer:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.lang = page.lang
        self.collapsed = page.rows > COLLAPSE_ABOVE

    def document(self) -> Iterator[str]:
        title = words.TITLE.pick(self.lang)
        names = ", ".join(sheet.name for sheet in self.page.sheets)
        yield (
            f'<!DOCTYPE html>\n<html lang="{escape(self.lang)}">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
            '<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">\n'
            f"<title>{title}: {escape(names)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<header>\n"
            f'<h1>{title}</h1>\n<p class="sum">{conservation(*total(self.page.reading.counts), lang=self.lang)}</p>\n'
            f"<p>{words.INTRO.pick(self.lang)}</p>\n</header>\n<main>\n"
        )
        yield from self._top()
        yield from self._ledgers()
        yield from self._todo()
        yield from self._remarks()
        yield from self._contents()
        yield self._filter()
        for number, sheet in enumerate(self.page.sheets):
            yield from self._sheet(number, sheet)
        tool, data = self.page.versions
        yield (
            f'</main>\n<footer class="dim"><p>{words.FOOT.pick(self.lang)} ipattr {escape(tool)}, data {escape(data)}'
            "</p></footer>\n</body>\n</html>\n"
        )

    def _top(self) -> Iterator[str]:
        say = self.lang
        items = "".join(f"<li>{self._mark(mark)} {MEANING[mark].pick(say)}</li>" for mark in MARKS)
        yield (
            f'<div class="top">\n<section aria-labelledby="legend"><h2 id="legend">{words.LEGEND.pick(say)}</h2>\n'
            f'<ul class="legend">{items}<li>{self._nothing()} – {words.NOTHING_MEANS.pick(say)}</li></ul>\n'
            f"<p>{words.located(len(self.page.spots), self._apart(), lang=say)}</p></section>\n"
            f'<section class="box" aria-labelledby="check"><h2 id="check">{words.CHECK.pick(say)}</h2>\n<dl>'
        )
        blanks = (words.CHECKER, words.DATE, words.SIGNATURE, words.RESULT)
        for blank in blanks:
            tall = ' class="tall"' if blank is words.RESULT else ""
            yield f"<dt>{blank.pick(say)}</dt><dd{tall}></dd>"
        yield "</dl></section>\n</div>\n"

    def _apart(self) -> int:
        return len(self.page.entries) - len(self.page.spots)

    def _todo(self) -> Iterator[str]:
        marked = [entry for entry in self.page.entries if entry.mark != "ok"]
        yield f'<section aria-labelledby="todo"><h2 id="todo">{words.TO_CHECK.pick(self.lang)} ({len(marked):,})</h2>\n'
        if not marked:
            yield f"<p>{words.NO_ROWS_TO_CHECK.pick(self.lang)}</p></section>\n"
            return
        opened = " open" if len(marked) <= _LISTED_OPEN else ""
        yield f"<details{opened}><summary>{words.tally_of(tally(marked), self.lang)}</summary>\n"
        yield '<ol class="todo">\n'
        for entry in marked:
            name = escape(place_name(self.page, entry))
            yield f'<li><a href="#{_entry_id(entry)}">{name}</a> {self._mark(entry.mark)}</li>\n'
        yield "</ol></details></section>\n"

    def _remarks(self) -> Iterator[str]:
        if not self.page.remarks:
            return
        yield f'<section aria-labelledby="remarks"><h2 id="remarks">{words.REMARKS.pick(self.lang)}</h2>\n<ul>\n'
        for finding, spot in self.page.remarks:
            about = escape(finding.about)
            if spot is not None:
                about = f'<a href="#s{spot.source}r{spot.row}">{about}</a>'
            lead = f"{about}: " if about else ""
            yield f"<li>{lead}{escape(finding_text(finding, self.lang))}</li>\n"
        yield "</ul></section>\n"

    def _contents(self) -> Iterator[str]:
        parts = [(sheet, part) for sheet in self.page.sheets for part in sheet.parts]
        if len(parts) < 2:  # noqa: PLR2004 - a single part needs no table of contents
            return
        yield f'<nav aria-labelledby="contents"><h2 id="contents">{words.CONTENTS.pick(self.lang)}</h2>\n<ul>\n'
        for sheet, part in parts:
            name = " ".join(filter(None, (sheet.name, part.source.label)))
            yield f'<li><a href="#s{part.number}">{escape(name)}</a>: {self._part_sum(part)}</li>\n'
        yield "</ul></nav>\n"

    def _filter(self) -> str:
        choices = (("all", words.SHOW_ALL), ("records", words.SHOW_RECORDS), ("marked", words.SHOW_MARKED))
        inputs = "".join(
            f'<label><input type="radio" name="show" id="show-{name}"{" checked" if name == "all" else ""}> '
            f"{text.pick(self.lang)}</label>"
            for name, text in choices
        )
        return (
            f"<fieldset><legend>{words.SHOW.pick(self.lang)}</legend>{inputs}"
            f'<span class="dim">{words.PRINTS_ALL.pick(self.lang)}</span></fieldset>\n'
        )

    def _sheet(self, number: int, sheet: Sheet) -> Iterator[str]:
        yield f'<section aria-labelledby="f{number}"><h2 id="f{number}">{escape(sheet.name)}</h2>\n'
        if sheet.changed:
            yield f'<p class="warn">✗ {words.CHANGED.pick(self.lang)}</p>\n'
        if sheet.input is None:
            yield self._unknown()
        else:
            sums = conservation(*total(sheet.input.counts), lang=self.lang)
            yield f'<p class="sum">{sums}</p>\n<p class="dim">SHA-256 <code>{escape(sheet.input.sha256)}</code></p>\n'
        if not sheet.parts:
            yield f"<p>{words.NO_SOURCE.pick(self.lang)}</p>\n"
        elif self.collapsed:
            yield f'<p class="dim">{words.COLLAPSED.pick(self.lang)}</p>\n'
        for part in sheet.parts:
            yield from self._part(sheet, part)
        if sheet.loose:
            yield f'<section aria-labelledby="l{number}"><h3 id="l{number}">{words.LOOSE.pick(self.lang)}</h3>\n'
            yield from (self._entry(entry, place=True) for entry in sheet.loose)
            yield "</section>\n"
        yield "</section>\n"

    def _ledgers(self) -> Iterator[str]:
        yield f'<section aria-labelledby="ledger"><h2 id="ledger">{words.LEDGER.pick(self.lang)}</h2>\n'
        for number, sheet in enumerate(self.page.sheets):
            yield f'<h3><a href="#f{number}">{escape(sheet.name)}</a></h3>\n'
            yield self._ledger(sheet.input) if sheet.input is not None else self._unknown()
        yield "</section>\n"

    def _unknown(self) -> str:
        return f'<p class="warn">{words.NO_READING.pick(self.lang)}</p>\n'

    def _ledger(self, entry: InputFile) -> str:
        lines = words.ledger(entry, self.lang)
        rows = "".join(f"<dt>{label.pick(self.lang)}</dt><dd>{escape(value)}</dd>" for label, value in lines)
        return f'<dl class="ledger">{rows}</dl>\n'

    def _part(self, sheet: Sheet, part: Part) -> Iterator[str]:
        label = escape(part.source.label) + " " if part.source.label else ""
        yield f'<section aria-labelledby="s{part.number}"><h3 id="s{part.number}">{label}'
        yield f'<span class="dim">{self._part_sum(part)}</span></h3>\n'
        name = " ".join(filter(None, (sheet.name, part.source.label)))
        if not self.collapsed:
            yield from self._table(part, part.groups, name)
        else:
            for some in _chunks(part.groups):
                yield f"<details><summary>{self._chunk_name(part, some)}</summary>\n"
                yield from self._table(part, some, name)
                yield "</details>\n"
        yield "</section>\n"

    def _chunk_name(self, part: Part, some: Sequence[Group]) -> str:
        first, last = part.source.rows[some[0].start], part.source.rows[some[-1].end - 1]
        found = [entry for group in some for entry in group.entries]
        return f"{escape(row_name(first))} … {escape(row_name(last))}: {words.tally_of(tally(found), self.lang)}"

    def _table(self, part: Part, some: Iterable[Group], name: str) -> Iterator[str]:
        say = self.lang
        yield (
            f'<table translate="no"><caption class="sr">{escape(name)}</caption>'
            '<colgroup><col class="n"><col class="o"><col></colgroup>\n'
            f'<thead><tr><th scope="col">{words.ROW.pick(say)}</th><th scope="col">{words.ORIGINAL.pick(say)} '
            f'<span class="what">{escape(name)}</span></th><th scope="col">{words.READ.pick(say)}</th></tr></thead>\n'
        )
        for group in some:
            yield from self._group(part, group)
        yield "</table>\n"

    def _group(self, part: Part, group: Group) -> Iterator[str]:
        kind = worst(group.entries) if group.entries else "none"
        values = needles(group)
        yield f'<tbody class="{kind}">\n'
        for index in range(group.start, group.end):
            row = part.source.rows[index]
            yield f'<tr id="s{part.number}r{index}"><th scope="row">{escape(short_name(part.source, row))}</th>'
            yield self._source(row, values)
            if not group.entries:
                blank = not "".join(row.cells).strip()
                yield f'<td class="read">{"" if blank else self._nothing()}</td></tr>\n'
            elif index == group.start:
                span = f' rowspan="{group.end - group.start}"' if group.end - group.start > 1 else ""
                yield f'<td class="read"{span}>{self._entries(part, group)}</td></tr>\n'
            else:
                yield "</tr>\n"
        yield "</tbody>\n"

    def _source(self, row: SourceRow, values: Sequence[str]) -> str:
        if len(row.cells) == 1:
            text = _pointed(row.cells[0], values)
        else:
            empty = f'<span class="sr">{words.EMPTY.pick(self.lang)}</span>&nbsp;'
            text = "".join(f'<span class="cell">{_pointed(cell, values) or empty}</span>' for cell in row.cells)
        note = f'<span class="note">{row.note.pick(self.lang)}</span>' if row.note is not None else ""
        return f'<td class="src">{text}{note}</td>'

    def _entries(self, part: Part, group: Group) -> str:
        return "".join(self._entry(beside(entry, part, group, self.lang)) for entry in group.entries)

    def _entry(self, entry: Entry, *, place: bool = False) -> str:
        facts = "".join(self._fact(fact) for fact in entry.facts)
        remarks = "".join(f"<li>{escape(remark)}</li>" for remark in entry.remarks)
        where = f" {escape(place_name(self.page, entry))}" if place else ""
        return (
            f'<div class="entry" id="{_entry_id(entry)}">{self._mark(entry.mark)} '
            f'<span class="dim">No. {escape(entry.key)}{where}</span>'
            f"<dl>{facts}</dl>" + (f'<ul class="fn">{remarks}</ul>' if remarks else "") + "</div>"
        )

    def _fact(self, fact: Fact) -> str:
        read = " ".join(f"<b>{_lines(value)}</b>" for value in fact.read)
        if fact.verbatim:
            empty = f'<span class="dim">({words.EMPTY.pick(self.lang)})</span>'
            read = f'<span class="raw">{_lines(fact.read[0])}</span>' if fact.read[0].strip() else empty
        raw = "" if not fact.raw or fact.raw in fact.read else f'<span class="raw">{_lines(fact.raw)}</span> → '
        note = f' <span class="dim fn">({escape(fact.note)})</span>' if fact.note else ""
        return f"<dt>{fact.label.pick(self.lang)}</dt><dd>{raw}{read}{note}</dd>"

    def _mark(self, mark: Mark) -> str:
        symbol, text = MARKS[mark]
        return f'<span class="mark {mark}"><span aria-hidden="true">{symbol}</span> {text.pick(self.lang)}</span>'

    def _nothing(self) -> str:
        return f'<span class="mark none"><span aria-hidden="true">·</span> {words.NOTHING.pick(self.lang)}</span>'

    def _part_sum(self, part: Part) -> str:
        return f"{words.rows_of(len(part.source.rows), lang=self.lang)}: {words.tally_of(part.marks, self.lang)}"


def _entry_id(entry: Entry) -> str:
    return f"e{entry.key}"


def _pointed(text: str, values: Sequence[str]) -> str:
    """Escape ``text`` with the values marked in it, the first in ``values`` before those that overlap it."""
    found: list[tuple[int, int]] = []
    for value in values:
        found += ((start, end) for start, end in _places(text, value) if all(end <= a or b <= start for a, b in found))
    if not found:
        return _lines(text)
    parts, at = [], 0
    for start, end in sorted(found):
        parts.append(f"{_lines(text[at:start])}<mark>{_lines(text[start:end])}</mark>")
        at = end
    return "".join((*parts, _lines(text[at:])))


def _places(text: str, value: str) -> Iterator[tuple[int, int]]:
    """Yield where ``value`` stands in ``text``, not within a longer number."""
    start = text.find(value)
    while start >= 0:
        end = start + len(value)
        before, after = text[start - 1 : start] + value[0], value[-1] + text[end : end + 1]
        if not (start and before.isdecimal()) and not (end < len(text) and after.isdecimal()):
            yield start, end
        start = text.find(value, end)


def _chunks(every: Sequence[Group]) -> Iterator[list[Group]]:
    """Yield the groups in stretches of about a thousand rows; a group of rows without records is cut as needed."""
    some: list[Group] = []
    size = 0
    for group in every:
        for piece in [group] if group.entries else _cut(group):
            some.append(piece)
            size += piece.end - piece.start
            if size >= _CHUNK:
                yield some
                some, size = [], 0
    if some:
        yield some


def _cut(group: Group) -> Iterator[Group]:
    for start in range(group.start, group.end, _CHUNK):
        yield group._replace(start=start, end=min(start + _CHUNK, group.end))
