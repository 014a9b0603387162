"""The report as Markdown (GitHub flavour): the same content in tables, everything escaped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ipattr.renderers.layout import inert
from ipattr.renderers.source_report import beside, place_name, short_name, tally, words
from ipattr.renderers.source_report.entries import MARKS, MEANING, finding_text
from ipattr.renderers.view import total
from ipattr.renderers.words import conservation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.renderers.source_report import Page, Part, Sheet, SourceRow
    from ipattr.renderers.source_report.entries import Entry, Fact
    from ipattr.renderers.source_report.places import Group

# Whatever CommonMark and its GitHub extensions (tables, autolinks, mentions) could take for markup.
_ENTITIES = {ord(sign): f"&#{ord(sign)};" for sign in "&<>|\\`*_[]#~@$!{}"}
_LINK = re.compile(r"://|(?i:(?<=www)\.|(?<=mailto):|(?<=xmpp):)")
_LEADING = re.compile(r"^\s*(?:[-+=]|\d+(?=[.)]))")


def render(page: Page) -> str:
    """Return ``page`` as Markdown; rows as tables, one line each."""
    return "\n".join(_document(page)) + "\n"


def escape(text: str) -> str:
    """Return ``text`` so that Markdown shows it as it is, on one line, with line ends as breaks."""
    return "<br>".join(_escape_line(line) for line in text.split("\n"))


def _escape_line(line: str) -> str:
    return _LINK.sub(_as_entities, inert(line).translate(_ENTITIES))


def _item(text: str) -> str:
    """Return one list item; its beginning must not begin another list."""
    return f"- {_LEADING.sub(_as_entities, text)}"


def _as_entities(match: re.Match[str]) -> str:
    return "".join(f"&#{ord(sign)};" for sign in match[0])


def _document(page: Page) -> Iterator[str]:
    say = page.lang
    yield from (f"# {words.TITLE.pick(say)}", "", f"**{conservation(*total(page.reading.counts), lang=say)}**", "")
    yield from (words.INTRO.pick(say), "", f"## {words.LEGEND.pick(say)}", "")
    yield from (f"- {MARKS[mark][0]} {MARKS[mark][1].pick(say)}: {MEANING[mark].pick(say)}" for mark in MARKS)
    yield f"- · {words.NOTHING.pick(say)}: {words.NOTHING_MEANS.pick(say)}"
    yield from ("", words.located(len(page.spots), len(page.entries) - len(page.spots), lang=say), "")
    yield from (f"## {words.CHECK.pick(say)}", "", "| | |", "|---|---|")
    for blank in (words.CHECKER, words.DATE, words.SIGNATURE, words.RESULT):
        yield f"| {blank.pick(say)} | |"
    yield from ("", f"## {words.LEDGER.pick(say)}", "")
    for sheet in page.sheets:
        yield from _ledger(sheet, say)
    yield from _todo(page)
    if page.remarks:
        yield from (f"## {words.REMARKS.pick(say)}", "")
        for finding, _ in page.remarks:
            about = f"{escape(finding.about)}: " if finding.about else ""
            yield _item(f"{about}{escape(finding_text(finding, say))}")
        yield ""
    for sheet in page.sheets:
        yield from _sheet(page, sheet)
    tool, data = page.versions
    yield f"{words.FOOT.pick(say)} ipattr {escape(tool)}, data {escape(data)}"


def _todo(page: Page) -> Iterator[str]:
    marked = [entry for entry in page.entries if entry.mark != "ok"]
    yield from (f"## {words.TO_CHECK.pick(page.lang)} ({len(marked):,})", "")
    if not marked:
        yield from (words.NO_ROWS_TO_CHECK.pick(page.lang), "")
        return
    yield from (words.tally_of(tally(marked), page.lang), "")
    for entry in marked:
        yield _item(f"{escape(place_name(page, entry))}: {_mark(entry, page.lang)} (No. {escape(entry.key)})")
    yield ""


def _ledger(sheet: Sheet, lang: str) -> Iterator[str]:
    yield from (f"### {escape(sheet.name)}", "")
    if sheet.input is None:
        yield from (f"**{words.NO_READING.pick(lang)}**", "")
        return
    yield from ("| | |", "|---|---|")
    yield from (f"| {label.pick(lang)} | {escape(value)} |" for label, value in words.ledger(sheet.input, lang))
    yield ""


def _sheet(page: Page, sheet: Sheet) -> Iterator[str]:
    say = page.lang
    yield from (f"## {escape(sheet.name)}", "")
    if sheet.changed:
        yield from (f"**✗ {words.CHANGED.pick(say)}**", "")
    if sheet.input is not None:
        yield from (conservation(*total(sheet.input.counts), lang=say), "")
    if not sheet.parts:
        yield from (words.NO_SOURCE.pick(say), "")
    for part in sheet.parts:
        yield from _part(part, say)
    if sheet.loose:
        yield from (f"### {words.LOOSE.pick(say)}", "")
        yield from (_item(f"{escape(place_name(page, entry))}: {_entry(entry, say)}") for entry in sheet.loose)
        yield ""


def _part(part: Part, lang: str) -> Iterator[str]:
    label = f"{escape(part.source.label)} – " if part.source.label else ""
    count = words.rows_of(len(part.source.rows), lang=lang)
    yield from (f"### {label}{count}: {words.tally_of(part.marks, lang)}", "")
    yield f"| {words.ROW.pick(lang)} | {words.ORIGINAL.pick(lang)} | {words.READ.pick(lang)} |"
    yield "|---|---|---|"
    for group in part.groups:
        yield from _group(part, group, lang)
    yield ""


def _group(part: Part, group: Group, lang: str) -> Iterator[str]:
    for index in range(group.start, group.end):
        row = part.source.rows[index]
        if not group.entries:
            read = f"· {words.NOTHING.pick(lang)}" if "".join(row.cells).strip() else ""
        elif index == group.start:
            read = "<br>".join(_entry(beside(entry, part, group, lang), lang) for entry in group.entries)
        else:
            read = f"↑ {words.BEGINS.pick(lang)}"
        yield f"| {escape(short_name(part.source, row))} | {_source(row, lang)} | {read} |"


def _source(row: SourceRow, lang: str) -> str:
    note = f"<br>({row.note.pick(lang)})" if row.note is not None else ""
    return " ¦ ".join(escape(cell) for cell in row.cells) + note


def _entry(entry: Entry, lang: str) -> str:
    parts = [f"**{_mark(entry, lang)}** No. {escape(entry.key)}"]
    parts += (_fact(fact, lang) for fact in entry.facts)
    parts += (escape(remark) for remark in entry.remarks)
    return "<br>".join(parts)


def _fact(fact: Fact, lang: str) -> str:
    raw = f"{escape(fact.raw)} → " if fact.raw and fact.raw not in fact.read else ""
    note = f" ({escape(fact.note)})" if fact.note else ""
    return f"{fact.label.pick(lang)}: {raw}{' / '.join(escape(value) for value in fact.read)}{note}"


def _mark(entry: Entry, lang: str) -> str:
    symbol, text = MARKS[entry.mark]
    return f"{symbol} {text.pick(lang)}"
