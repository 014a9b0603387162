"""What a case does not know, and what would settle it: once per distinct gap, with the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.model import Text
from ipattr.renderers.cells import lacking
from ipattr.renderers.destinations.words import SETTLE
from ipattr.renderers.filings.html import words
from ipattr.renderers.filings.html.marks import said, table_head
from ipattr.renderers.filings.html.overview import rows_of
from ipattr.renderers.view import unknown_parties, views
from ipattr.renderers.words import ATTRIBUTION, CANDIDATES, party_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import Case
    from ipattr.renderers.view import View


def unknown(case: Case) -> Iterator[str]:
    """Yield the section."""
    gaps: dict[tuple[str, str, str, str], list[int]] = {}
    for view in views(case):
        for what, settles in dict.fromkeys(((a, b) for a, b in _gaps(view))):
            gaps.setdefault((what.ja, what.en, settles.ja, settles.en), []).append(view.row.number)
    yield f"<section aria-labelledby=unknown><h2 id=unknown>{said(words.UNKNOWN)}</h2>\n"
    if not gaps:
        yield f"<p>{said(words.NONE)}</p></section>\n"
        return
    heads = (words.WHAT, words.SETTLES, words.ROWS)
    yield f'<table class="stack gaps"><caption>{said(words.UNKNOWN_MEANS)}</caption>{table_head(heads)}<tbody>\n'
    for (ja, en, settles_ja, settles_en), rows in gaps.items():
        what, settles = Text(ja=ja, en=en), Text(ja=settles_ja, en=settles_en)
        yield f"<tr><th scope=row>{said(what)}<td>{said(settles)}<td>{rows_of(rows)}\n"
    yield "</tbody></table></section>\n"


def _gaps(view: View) -> Iterator[tuple[Text, Text]]:
    attribution, found = view.attribution, view.candidates
    if attribution.status != "attributed":
        yield ATTRIBUTION[attribution.status], attribution.next_step
    elif attribution.holder.status == "not-looked-up" and attribution.holder.ask and view.registration is None:
        yield words.HOLDER, attribution.holder.ask
    missing = unknown_parties(view)
    if missing:
        ja, en = ("、".join(party_names(missing, "ja")), "; ".join(party_names(missing, "en")))
        yield Text(ja=words.NO_FIGURE.ja + ja, en=words.NO_FIGURE.en + en), words.ASK_RETENTION
    if view.search.status == "unknown":
        yield words.KEY_UNKNOWN, view.search.explanation
    elif view.search.status in {"incomplete", "impossible"}:
        ja, en = ("、".join(lacking(view.search, "ja")), "; ".join(lacking(view.search, "en")))
        yield words.KEY_LACKS, Text(ja=words.OBTAIN.ja + ja, en=words.OBTAIN.en + en)
    if found.status in SETTLE and found.status != "observed":
        yield CANDIDATES[found.status], SETTLE[found.status]
