"""The content of the filings: who is addressed, and each one's set of documents as blocks. Always Japanese."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.errors import UsageError
from ipattr.renderers.filings.documents.addressees import Addressee, addressees
from ipattr.renderers.filings.documents.values import placeholders

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.renderers.filings.blocks import Document
    from ipattr.renderers.filings.documents.draft import Draft
    from ipattr.renderers.filings.material import Material, Wish

__all__ = ["Addressee", "addressees", "documents", "placeholders"]


def documents(material: Material, wish: Wish) -> tuple[Document, ...]:
    """Return the overview and the set of each addressee that the wish does not leave out, the most urgent first.

    Every login stands in the set of each of its addressees, and in the overview. Raise UsageError for a provider of
    the wish that is nobody's here.
    """
    from ipattr.renderers.filings.documents.draft import drafts
    from ipattr.renderers.filings.documents.overview import overview

    every = addressees(material)
    chosen = _chosen(every, wish.only)
    sets = (document for draft in drafts(material, wish, chosen) for document in _set(draft))
    return (overview(material, wish, every, chosen), *sets)


def _chosen(every: Sequence[Addressee], only: Sequence[str]) -> tuple[Addressee, ...]:
    known = {provider for addressee in every for provider in addressee.providers}
    for provider in only:
        if provider not in known:
            listed = ", ".join(sorted(known))
            raise UsageError(
                ja=f"この事件の請求先にない提供者である。次から選ぶ: {listed or 'なし'}",
                en=f"This provider is no addressee of the case. Choose from: {listed or 'none'}",
                where=provider,
            )
    return tuple(one for one in every if not only or set(one.providers).intersection(only))


def _set(draft: Draft) -> Iterator[Document]:
    from ipattr.renderers.filings.documents.calculation import calculation
    from ipattr.renderers.filings.documents.evidence import evidence_list
    from ipattr.renderers.filings.documents.exhibits import exhibits
    from ipattr.renderers.filings.documents.letter import preservation_letter
    from ipattr.renderers.filings.documents.office import office_notes
    from ipattr.renderers.filings.documents.schedules import masked_schedules, schedules
    from ipattr.renderers.filings.documents.sheets import information_sheet

    yield schedules(draft)
    yield evidence_list(draft)
    yield exhibits(draft)
    yield calculation(draft)
    yield preservation_letter(draft)
    yield information_sheet(draft)
    yield masked_schedules(draft)
    yield office_notes(draft)
