"""The evidence as HTML: cards, what several of them share, observations, sources, and every row as it stood."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from ipattr.renderers.destinations.words import vantage
from ipattr.renderers.filings.html import words
from ipattr.renderers.filings.html.evidence import pairs
from ipattr.renderers.filings.html.marks import both, cited, escape, lines, link, said, spans, table_head
from ipattr.renderers.source_report.entries import finding_text
from ipattr.renderers.view import numbers, source_row
from ipattr.renderers.words import CONFIDENCE, KIND, ROW_STATUS, ZONE_SOURCE, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.model import Case, Citation, LoginEvent
    from ipattr.renderers.filings.html.evidence import Card, Entry, Gathered
    from ipattr.renderers.filings.html.notes import Notes
    from ipattr.renderers.filings.material import Material

_LINKED = 12
"""So many rows of a card are links, of more only the first."""


def evidence(case: Case, found: Gathered, notes: Notes) -> Iterator[str]:
    """Yield the section of the evidence."""
    yield f"<section class=evidence aria-labelledby=evidence><h2 id=evidence>{said(words.EVIDENCE)}</h2>\n"
    yield from _raw(case)
    writer = _Writer(found, notes)
    for kind, title in words.CARDS.items():
        if found.cards[kind]:
            yield f"<h3 id=cards-{kind}>{said(title)}</h3>\n<ol class=cards>\n"
            yield from map(writer.card, found.cards[kind])
            yield "</ol>\n"
    yield from _observations(found)
    yield from notes.section()
    yield "</section>\n"


class _Writer:
    def __init__(self, found: Gathered, notes: Notes) -> None:
        self.found = found
        self.notes = notes
        self.addresses = {number: escape(one.address) for one, number in found.observations.items()}

    def card(self, card: Card) -> str:
        """Return one card, with the rows that rest on it and the way back to them."""
        head = f"<p><b>{card.place.upper()}</b> <span class=rows>{rows(card.rows)}</span></p>"
        return f"<li id={card.place} class=e>{head}{''.join(self.parts(card))}</li>\n"

    def parts(self, card: Card) -> Iterator[str]:
        """Yield the facts language by language; notes and lists of addresses, which have none, stand once for both."""
        together = [(one, other, self.notes.link(one.text, other.text)) for one, other in pairs(card)]
        for neutral, group in groupby(together, key=_is_neutral):
            some = list(group)
            if not neutral:
                noted = [note for _, _, note in some]
                for lang, entries in (("ja", [one for one, _, _ in some]), ("en", [other for _, other, _ in some])):
                    yield f"<div lang={lang}>{''.join(self.body(entries, noted))}</div>"
            elif some[0][0].seen:
                facts = "".join(f"<dt>{both(one.label, other.label)}<dd>{self.observed(one)}" for one, other, _ in some)
                yield f"<dl>{facts}</dl>"
            else:
                yield f"<p>{' '.join(note for _, _, note in some)}</p>"
        if not together:
            for lang, every in (("ja", card.ja), ("en", card.en)):
                yield f"<div lang={lang}>{''.join(self.body(every, [''] * len(every)))}</div>"

    def body(self, entries: Sequence[Entry], noted: Sequence[str]) -> Iterator[str]:
        """Yield labelled facts as description lists and the others as lists, in order."""
        for listed, group in groupby(zip(entries, noted, strict=True), key=lambda pair: not pair[0].label):
            facts = [(entry, note or self.text(entry)) for entry, note in group]
            if listed:
                yield f"<ul>{''.join(f'<li>{text}' for _, text in facts)}</ul>"
                continue
            yield "<dl>"
            last = ""
            for entry, text in facts:
                yield f"{'' if entry.label == last else f'<dt>{escape(entry.label)}'}<dd>{text}"
                last = entry.label
            yield "</dl>"

    def text(self, entry: Entry) -> str:
        """Return the text of a fact, or the candidates that it lists."""
        return self.observed(entry) if entry.seen else cited(entry.text, self.found.sources)

    def observed(self, entry: Entry) -> str:
        """Return addresses with the link to their observations, runs of which stand together in that table."""
        addresses = ", ".join(self.addresses[number] for number in entry.seen)
        return f"{addresses} {link(f'o{entry.seen[0]}', 'O' + numbers(entry.seen).replace(', ', ', O'))}"


def _is_neutral(facts: tuple[Entry, Entry, str]) -> str:
    """Say whether a fact reads the same in both languages: "seen" for observations, "note" for a note alone."""
    one, _, note = facts
    return "seen" if one.seen else "note" if note and not one.label else ""


def rows(some: Sequence[int]) -> str:
    """Return row numbers as links back to the table."""
    if len(some) <= _LINKED:
        return "No. " + ", ".join(link(f"n{number}", str(number)) for number in some)
    return f"No. {link(f'n{some[0]}', str(some[0]))} … {numbers(list(some))}"


def _observations(found: Gathered) -> Iterator[str]:
    if not found.observations:
        return
    heads = (
        *(words.NUMBER, words.ADDRESS, words.HOSTS, words.FIRST, words.LAST, words.TIMES, words.VANTAGE),
        *(words.CONFIDENCE, words.CNAME, words.SOURCE),
    )
    yield (
        f"<h3 id=observations>{said(words.OBSERVATIONS)}</h3>\n"
        "<div class=scroll role=group tabindex=0 aria-labelledby=observations><table class=seen>"
        f"<caption>{said(words.OBSERVATIONS_MEANS)}</caption>\n{table_head(heads)}"
    )
    for one, number in found.observations.items():
        seen = both(*(", ".join(vantage(place, lang) for place in one.vantages) for lang in ("ja", "en")))
        values = (
            escape(", ".join(one.hosts)),
            escape(one.first_seen),
            escape(one.last_seen),
            "–" if one.count is None else str(one.count),
            seen,
            said(CONFIDENCE[one.confidence]),
            escape(", ".join(filter(None, (*one.cnames, one.shared)))) or "–",
            cited(f"[{', '.join(one.sources)}]", found.sources) if one.sources else "–",
        )
        cells = "".join(f"<td>{value}" for value in values)
        yield f"<tr id=o{number} class=e><td>O{number}<th scope=row>{escape(one.address)}{cells}\n"
    yield "</table></div>\n"


def sources(material: Material, found: Gathered) -> Iterator[str]:
    """Yield the sources that the evidence cites, with their titles."""
    heads = (words.CODE, words.TITLE_OF, words.DATED, words.LOCATOR)
    yield f"<section aria-labelledby=sources><h2 id=sources>{said(words.SOURCES)}</h2>\n"
    if found.sources:
        yield f"<table><caption class=sr>{said(words.SOURCES)}</caption>{table_head(heads)}"
        for code, place in found.sources.items():
            yield _source(code, place, material.facts.citations.get(code))
        yield "</table>\n"
    else:
        yield f"<p>{said(words.NONE)}</p>\n"
    yield "</section>\n"


def _source(code: str, place: str, citation: Citation | None) -> str:
    lead = f"<tr id={place} class=e><th scope=row>{escape(code)}"
    if citation is None:
        return f"{lead}<td>{said(words.NO_TITLE)}<td><td>\n"
    note = f"<br><small>{escape(citation.note)}</small>" if citation.note else ""
    return (
        f"{lead}<td>{escape(citation.title)}{note}<td>{escape(citation.dated) or '–'}<td>{escape(citation.locator)}\n"
    )


def _raw(case: Case) -> Iterator[str]:
    """Yield every row as it stood: a table per file under its SHA-256."""
    yield f"<h3 id=cards-r>{said(words.RAW_ROWS)}</h3>\n<template id=file-word>{said(words.FILE)}</template>\n"
    heads = (words.NUMBER, words.ROW_OF_FILE, words.RAW, words.READING)
    titles = "".join(f"<th scope=col>{said(title)}</th>" for title in heads)
    by_file: dict[tuple[str, str], list[str]] = {}
    for row in case.rows:
        origin = row.login.provenance
        by_file.setdefault((origin.source, origin.sha256), []).append(_raw_row(row.number, row.login))
    for (name, sha), some in by_file.items():
        file = f"{lines(name)} <code>SHA-256 {escape(sha) or said(words.NO_HASH)}</code>"
        yield (
            "<table class=raw><colgroup><col><col><col><col></colgroup>"
            f"<thead><tr><th colspan=4 scope=colgroup>{file}</th></tr><tr>{titles}</tr></thead>\n"
            f"<tbody>{''.join(some)}</tbody></table>\n"
        )


def _raw_row(number: int, login: LoginEvent) -> str:
    cells = " ".join(
        f"<b>{escape(cell.column)}</b> {lines(cell.raw) if cell.raw else said(words.EMPTY)}" for cell in login.raw
    )
    place = escape(source_row(login) or login.provenance.locator)
    return (
        f"<tr id=r{number} class=e><th scope=row>{link(f'n{number}', str(number))}<td>{place}<td>{cells or '–'}"
        f"<td>{_reading(login)}\n"
    )


def _reading(login: LoginEvent) -> str:
    """Return what the row was taken for, with the rules by which, and every remark of the reader."""
    parts = [] if login.status == "ok" else [said(ROW_STATUS[login.status])]
    instant = login.instant
    if instant is not None:
        parts.append(f"{escape(instant.zone)} {spans(*(_source_of(login, lang) for lang in ('ja', 'en')))}")
    rules = (*(instant.rules if instant else ()), *login.address.rules)
    parts += [escape(", ".join(rules))] if rules else []
    if login.destination:
        parts.append(f"→ {escape(login.destination.text)}")
    parts += [escape(text) for text in (login.hostname, login.client) if text]
    stood = {cell.raw for cell in login.raw}
    for sign, text in (("ID ", login.account.id), ("@", login.account.name)):
        parts += [sign + escape(text)] if text and text not in stood else []
    if login.kind != "login":
        parts.append(said(KIND[login.kind]))
    for fix in login.repairs:
        what = escape(f"{fix.field}: {fix.raw} → {fix.proposed} [{fix.rule}]")
        parts.append(f"{said(ROW_STATUS['repaired'])} {what} {said(fix.reason)}")
    parts += [both(finding_text(one, "ja"), finding_text(one, "en")) for one in login.findings]
    return "<br>".join(parts)


def _source_of(login: LoginEvent, lang: str) -> str:
    instant = login.instant
    return f"({word(ZONE_SOURCE, instant.zone_source, lang)}), {instant.precision}" if instant else ""
