"""What sends a readable row to review, whatever form it came in: no seconds, a special-purpose or embedded address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.model import Finding, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.addresses import ParsedAddress
    from ipattr.model import Address, Instant


def cautions(instant: Instant, parsed: ParsedAddress, about: str) -> Iterator[Finding]:
    """Yield every warning about the time and the address of one connection."""
    yield from without_seconds(instant, about)
    yield from unusual_address(parsed.address, about)


def without_seconds(instant: Instant, about: str) -> Iterator[Finding]:
    """Yield IPA016 for a time that is no search key as it stands (practice: the window is a few seconds)."""
    if instant.precision in {"min", "day"}:
        message = Text(
            ja="秒がない。アクセスプロバイダの検索には秒までの時刻が要る。",
            en="The time has no seconds; access providers need them to search.",
        )
        yield Finding(code="IPA016", level="warning", message=message, about=about)


def unusual_address(address: Address, about: str) -> Iterator[Finding]:
    """Yield IPA013 for a special-purpose address (RFC 6890) and IPA017 for an embedded IPv4 address."""
    block = address.special
    if block is not None:
        message = Text(
            ja=f"特殊用途のアドレス({block.prefix})である。{block.meaning.ja}",
            en=f"A special-purpose address ({block.prefix}). {block.meaning.en}",
        )
        yield Finding(code="IPA013", level="warning", message=message, about=about)
    if address.embedding is not None:
        message = Text(
            ja=f"IPv4 アドレス {address.embedded} を埋め込んだ IPv6 アドレスである。判定はその IPv4 について行う。"
            "どちらで照会するかを確かめる。",
            en=f"An IPv6 address that carries {address.embedded}; the verdicts are about {address.embedded}. "
            "Settle which of the two to ask about.",
        )
        yield Finding(code="IPA017", level="warning", message=message, about=about)
