"""Sentences that many pieces of evidence share: numbered, and said once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ipattr.renderers.filings.html import words
from ipattr.renderers.filings.html.evidence import pairs
from ipattr.renderers.filings.html.marks import cited, said, spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.renderers.filings.html.evidence import Gathered
    from ipattr.renderers.filings.material import Material

_OFTEN = 4
_LONG = 40
_BECAUSE = "理由"


class Notes:
    """The notes of a page by what they say in both languages."""

    def __init__(self, material: Material, found: Gathered) -> None:
        """Give a number to what is long and said often; why a verdict is what it is stays with the verdict."""
        often = Counter(_cards(found))
        often.update((f.text.ja, f.text.en) for one in material.ranking for f in one.factors)
        kept = (texts for texts, count in often.items() if count >= _OFTEN and len(texts[1]) > _LONG)
        self._numbers = {texts: number for number, texts in enumerate(kept, start=1)}
        self._sources = found.sources

    def link(self, ja: str, en: str) -> str:
        """Return the link to the note that says this; empty where there is none."""
        number = self._numbers.get((ja, en))
        return "" if number is None else f"<a class=x href=#x{number}>※{number}</a>"

    def section(self) -> Iterator[str]:
        """Yield the notes."""
        if not self._numbers:
            return
        yield f"<h3 id=notes>{said(words.NOTES)}</h3>\n<p>{said(words.NOTES_MEANS)}</p>\n<ol class=cards>\n"
        for (ja, en), number in self._numbers.items():
            texts = spans(*(cited(text, self._sources) for text in (ja, en)))
            yield f"<li id=x{number} class=e><p><b>※{number}</b> {texts}</p></li>\n"
        yield "</ol>\n"


def _cards(found: Gathered) -> Iterator[tuple[str, str]]:
    for some in found.cards.values():
        for card in some:
            yield from ((one.text, other.text) for one, other in pairs(card) if one.label != _BECAUSE)
