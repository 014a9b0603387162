"""Case → tables of text, the same for every format: an overview first, then each kind of fact in a table of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.filings.tables.shape import ExportColumn, ExportTable, Walk

if TYPE_CHECKING:
    from ipattr.renderers.filings.material import Material

__all__ = ["ExportColumn", "ExportTable", "export_tables"]


def export_tables(material: Material, lang: str) -> tuple[ExportTable, ...]:
    """Return the tables of a case in ``lang`` (``ja`` or ``en``); the first is the overview with the stamp.

    What many logins share (candidates, deadlines, registry answers) stands once with the numbers of its rows. A table
    of a kind that the case has nothing of is left out, but for addressees, logins, and rows that were not read.
    """
    from ipattr.renderers.filings.tables import logins, overview, posts, remarks, verdicts

    walk = Walk(material, lang)
    every = (
        verdicts.addressees(walk),
        logins.logins(walk),
        verdicts.attributions(walk),
        verdicts.deadlines(walk),
        verdicts.candidate_sets(walk),
        verdicts.candidates(walk),
        posts.posts(walk),
        posts.links(walk),
        posts.ranking(walk),
        verdicts.registrations(walk),
        remarks.unread(walk),
        remarks.findings(walk),
        remarks.sources(walk),
    )
    kept = tuple(one for one in every if one.rows or one.id in {"addressees", "logins", "unread"})
    return (overview.overview(walk, kept), *kept)
