"""Pages made of the filing material, and the same with markup in every free text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import filing_world
import msgspec

from ipattr.model import Case
from ipattr.renderers.filings.html import encode
from ipattr.renderers.layout import inert

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from ipattr.renderers.filings.material import Material

PAYLOAD = (
    '<img src=x onerror="window.hit=1"></script></style><!--<script>window.hit=1</script>\'" onclick=window.hit=1 '
)


def written(to: Path, material: Material, lang: str = "ja") -> Path:
    """Write the page of ``material`` and return where."""
    to.write_bytes(encode(material, lang))
    return to


def poisoned() -> Material:
    """Return the example with markup in every statement, name and raw cell."""
    material = filing_world.example()

    def poison(value: Any, key: str = "") -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, dict):
            return {name: poison(inner, name) for name, inner in value.items()}
        if isinstance(value, list | tuple):
            return [poison(inner, key) for inner in value]
        return PAYLOAD + value if isinstance(value, str) and key in _FREE else value

    case = msgspec.convert(poison(msgspec.to_builtins(material.case)), Case)
    return material._replace(case=case)


_FREE = {
    *("ja", "en", "raw", "organisation", "handle", "column", "file", "locator", "url", "hostname", "client", "about"),
    *(
        "service",
        "brand",
        "history",
        "hosts",
        "cnames",
        "shared",
        "first_seen",
        "last_seen",
        "vantages",
        "data_version",
    ),
    *("form", "encoding", "declared_zone", "zone", "platform", "sha256"),
}


def escaped(text: str) -> str:
    """Return ``text`` as it stands in the source of a page."""
    for sign, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        text = text.replace(sign, name)
    return inert(text)


def shown(page: Page) -> int:
    """Return how many rows of the table of logins are visible."""
    return len(numbers(page))


def numbers(page: Page) -> list[int]:
    """Return the numbers of those rows, in the order of the table."""
    found: list[int] = page.evaluate(
        "[...document.querySelectorAll('#logins tbody tr')].filter(row => row.checkVisibility())"
        ".map(row => +row.id.slice(1))"
    )
    return found
