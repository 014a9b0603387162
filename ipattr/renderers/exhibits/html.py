"""The pages of the exhibits as one HTML file: no script, no reference to anything outside, everything escaped."""

from __future__ import annotations

import base64
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING

from ipattr.renderers.exhibits import facts, words
from ipattr.renderers.exhibits.pages import PROSE_CELLS, SLOTS, broken
from ipattr.renderers.exhibits.received import CLOSE, OPEN, visible
from ipattr.renderers.exhibits.style import STYLE
from ipattr.renderers.view import clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ipattr.renderers.exhibits import Section, Terms
    from ipattr.renderers.exhibits.pages import Row

# Only this very style sheet may act: its hash is the policy.
_STYLE_HASH = base64.b64encode(sha256(STYLE.encode()).digest()).decode()
_POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'"
_ESCAPES = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "'": "&#39;",
        OPEN: '<b class="m">〈',
        CLOSE: "〉</b>",
    }
)
_INDEX_WIDTHS = (14, 34, 18)
_INDEX_TOP = 8


def document(sections: Sequence[Section], terms: Terms) -> Iterator[str]:
    """Yield the document in pieces: the index, then the sections."""
    lang = terms.lang
    yield (
        f'<!DOCTYPE html>\n<html lang="{escape(lang)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="format-detection" content="telephone=no, date=no, address=no, email=no">\n'
        f"<title>{words.DOCUMENT.pick(lang)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    )
    yield from _index(sections, terms)
    for number, section in enumerate(sections, start=1):
        yield from _section(number, section, lang)
    yield "</body>\n</html>\n"


def escape(text: str) -> str:
    """Return visible text fit for HTML, its marks framed."""
    return text.translate(_ESCAPES)


def _section(number: int, section: Section, lang: str) -> Iterator[str]:
    exchange = section.exhibit.answer.exchange
    foot = f"{section.exhibit.answer.name}.body  SHA-256 {exchange.sha256}"
    for at, page in enumerate(section.pages, start=1):
        anchor = f' id="e{number}"' if at == 1 else ""
        label = f"{section.label} ({at}/{len(section.pages)})"
        yield from _page(label, _rows(page), foot=foot, anchor=anchor, goes_on=_goes_on(page, lang))


def _goes_on(page: Sequence[Row], lang: str) -> str:
    """Say what a page that opens in the middle of a text shows: the formatted view must not pass for the evidence."""
    texts = {"raw": words.RAW_GOES_ON, "shaped": words.FORMATTED_GOES_ON}
    return texts[page[0].kind].pick(lang) if page[0].kind in texts else ""


def _page(label: str, content: Iterable[str], *, foot: str, anchor: str = "", goes_on: str = "") -> Iterator[str]:
    yield (
        f'<section class="page"{anchor}><div class="top"><span>{goes_on}</span>'
        f'<span class="no">{escape(visible(label))}</span></div>\n<div class="main">\n'
    )
    yield from content
    yield f'</div>\n<p class="foot">{escape(visible(foot))}</p></section>\n'


def _rows(page: Sequence[Row]) -> Iterator[str]:
    for kind, group in groupby(page, key=lambda row: row.kind):
        if kind == "fact":
            yield from _facts(list(group))
            continue
        for row in group:
            text = escape(row.text)
            match kind:
                case "title":
                    yield f"<h2>{text}</h2>\n"
                case "heading":
                    yield f"<h3>{text}</h3>\n"
                case "prose":
                    yield f'<p class="p">{text}</p>\n'
                case "gap":
                    yield '<div class="gap"></div>\n'
                case _:
                    number = f'<span class="n">{escape(row.label)}</span>'
                    yield f'<div class="t">{number}<code class="x">{text}</code></div>\n'


def _facts(rows: Sequence[Row]) -> Iterator[str]:
    """Yield a list of facts; lines of one value stand under one label, on a new page under an empty one."""
    yield "<dl>\n"
    for at, row in enumerate(rows):
        if row.label or at == 0:
            yield f'{"</dd></div>" if at else ""}<div class="f"><dt>{escape(row.label)}</dt><dd>'
        yield f'<div class="v">{escape(row.text)}</div>'
    yield "</dd></div>\n</dl>\n"


def _index(sections: Sequence[Section], terms: Terms) -> Iterator[str]:
    pages = list(_index_pages(sections, terms.lang))
    for at, entries in enumerate(pages, start=1):
        label = f"{words.INDEX.pick(terms.lang)} ({at}/{len(pages)})"
        top = _index_top(sections, terms) if at == 1 else ()
        foot = f"{words.JOURNAL.pick(terms.lang)} {terms.head.hash}"
        yield from _page(label, [*top, *_table(entries, terms.lang)], foot=foot)


def _index_top(sections: Sequence[Section], terms: Terms) -> Iterator[str]:
    lang = terms.lang
    total = sum(len(section.pages) for section in sections)
    yield f'<h1 class="h1">{words.INDEX_TITLE.pick(lang)}</h1>\n'
    yield f"<p>{words.summary(len(sections), total, lang=lang)}</p>\n"
    for line in broken(words.INDEX_MEANS.pick(lang), PROSE_CELLS):
        yield f'<p class="p">{escape(line)}</p>\n'
    yield '<div class="gap"></div>\n'


Entry = tuple[str, tuple[tuple[str, ...], ...]]


def _index_pages(sections: Sequence[Section], lang: str) -> Iterator[list[Entry]]:
    """Yield the entries page by page: an anchor and the lines of each cell; the first page has less room."""
    page: list[Entry] = []
    room = SLOTS - _INDEX_TOP
    for number, section in enumerate(sections, start=1):
        entry = (f"e{number}", _cells(section, lang))
        height = max(map(len, entry[1]))
        if page and height > room:
            yield page
            page, room = [], SLOTS - 1
        page.append(entry)
        room -= height
    yield page


def _cells(section: Section, lang: str) -> tuple[tuple[str, ...], ...]:
    answer = section.exhibit.answer
    day, _, time = clock(answer.exchange.received, "s", zone="JST").partition(" ")
    texts = (visible(section.label), facts.title(answer, lang), facts.server(answer.exchange))
    number, what, server = (broken(text, cells) for text, cells in zip(texts, _INDEX_WIDTHS, strict=True))
    return number, what, server, (day, time), (str(len(section.pages)),)


def _table(entries: Sequence[Entry], lang: str) -> Iterator[str]:
    heads = (words.NUMBER, words.WHAT, words.SERVER, words.OBTAINED, words.PAGES)
    columns = "".join(f'<th scope="col" class="c{at}">{head.pick(lang)}</th>' for at, head in enumerate(heads, start=1))
    yield f"<table>\n<thead><tr>{columns}</tr></thead>\n<tbody>\n"
    for anchor, (label, *others) in entries:
        cells = "".join(f"<td>{'<br>'.join(map(escape, lines))}</td>" for lines in others[:-1])
        first = f'<td><a href="#{anchor}">{"<br>".join(map(escape, label))}</a></td>'
        yield f'<tr>{first}{cells}<td class="r">{escape(others[-1][0])}</td></tr>\n'
    yield "</tbody>\n</table>\n"
