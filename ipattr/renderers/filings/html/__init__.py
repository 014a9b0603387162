"""A case as one self-contained page: works offline, with scripts and without, in both languages, on paper too."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ipattr.renderers.filings.material import Material

__all__ = ["encode"]


def encode(material: Material, lang: str) -> bytes:
    """Return the page as UTF-8; ``lang`` is the language shown first, the other one is in it.

    It refers to nothing outside itself. Every login, rejected and pending row of the case stands in it; every value in
    the table of logins leads to the evidence behind it. The same material gives the same bytes.
    """
    from ipattr.renderers.filings.html.page import page

    return "".join(page(material, lang)).encode()
