"""How a rule speaks: one finding with its advice, about one place in ``data/``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.model import Finding, Level, NonAccess, Provider, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model.sources import Sources


def remark(code: str, level: Level, about: str, *, ja: str, en: str) -> Finding:
    """Return one finding; ``about`` is the file below ``data/`` and the key path or row."""
    return Finding(code=code, level=level, message=Text(ja=ja, en=en), about=about)


def owners(sources: Sources) -> Iterator[tuple[str, Provider | NonAccess]]:
    """Yield every provider and every network without access contracts, each with its place."""
    for provider in sources.providers:
        yield f"providers/{provider.id}.toml: $", provider
    for network in sources.nonaccess:
        yield f"nonaccess/{network.category}.toml: {network.id}", network
