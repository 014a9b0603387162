"""作成注記: what the office must know of a set before it files it, in a file of its own that is never filed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.filings.blocks import Document, Heading, Paragraph, Section
from ipattr.renderers.filings.documents.exhibits import about_exhibits
from ipattr.renderers.filings.documents.naming import name_of
from ipattr.renderers.filings.documents.schedules import about_schedules
from ipattr.renderers.filings.documents.sheets import about_sheet
from ipattr.renderers.filings.material import stamp_line

if TYPE_CHECKING:
    from ipattr.renderers.filings.documents.draft import Draft


def office_notes(draft: Draft) -> Document:
    """Return the notes on the schedules, the exhibits and the information sheet of one addressee."""
    stem, title = name_of("office-notes", draft.addressee)
    cover = (
        Heading("作成注記", 1),
        Paragraph(f"相手方　{draft.addressee.name}"),
        Paragraph("　本書は、提出の前に事務所で確かめることをまとめたものである。提出しない。"),
    )
    schedules, exhibits, sheet = (tuple(about(draft)) for about in (about_schedules, about_exhibits, about_sheet))
    sections = (Section((*cover, *schedules)), Section(exhibits), Section(sheet))
    return Document("office-notes", draft.addressee.folder, stem, title, sections, stamp_line(draft.material, "ja"))
