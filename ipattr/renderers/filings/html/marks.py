"""Pieces of HTML: escaped texts in both languages, links inside the page, source codes as links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ipattr.renderers.source_report.html import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ipattr.model import Text
    from ipattr.renderers.layout import Line

__all__ = ["both", "cited", "escape", "lines", "link", "said", "spans", "stacked", "table_head"]

_BRACKETED = re.compile(r"(\[[^\[\]]+\])")


def spans(ja: str, en: str) -> str:
    """Return two pieces of HTML of which the page shows the one of its language; equal ones stand once."""
    return ja if ja == en else f"<i lang=ja>{ja}</i><i lang=en>{en}</i>"


def both(ja: str, en: str) -> str:
    """Return a plain text in both languages, escaped."""
    return spans(escape(ja), escape(en))


def said(text: Text) -> str:
    """Return a statement in both languages, escaped."""
    return both(text.ja, text.en)


def lines(text: str) -> str:
    """Escape text of several lines, which stay lines."""
    return "<br>".join(map(escape, text.split("\n"))) if "\n" in text else escape(text)


def link(to: str, inner: str) -> str:
    """Return a link to the place ``to`` of the page around ``inner``, which is HTML."""
    return f"<a href=#{to}>{inner}</a>"


def stacked(ja: Sequence[Line], en: Sequence[Line]) -> tuple[str, str]:
    """Return the first line of a cell and the others, in both languages; the others are empty where there are none."""
    head = both(ja[0].text if ja else "", en[0].text if en else "")
    one, other = ("<br>".join(escape(line.text) for line in some[1:]) for some in (ja, en))
    return head, spans(one, other)


def cited(text: str, places: Mapping[str, str]) -> str:
    """Escape ``text``; codes in square brackets that have a place in the page become links to it."""
    parts: list[str] = []
    for piece in _BRACKETED.split(text):
        codes = piece[1:-1].split(", ") if piece.startswith("[") else []
        if codes and all(code in places for code in codes):
            parts.append(f"[{', '.join(link(places[code], escape(code)) for code in codes)}]")
        else:
            parts.append(lines(piece))
    return "".join(parts)


def table_head(titles: Iterable[Text]) -> str:
    """Return the heading row of a table."""
    return f"<thead><tr>{''.join(f'<th scope=col>{said(title)}</th>' for title in titles)}</tr></thead>\n"
