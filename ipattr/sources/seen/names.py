"""Names of the DNS as others write them, for comparison with the hosts of a profile (RFC 1035, RFC 5890)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ipattr.sources.seen.faults import fault, quoted

if TYPE_CHECKING:
    from collections.abc import Collection

    from ipattr.model import Refusal

_LONGEST = 253
_LONGEST_LABEL = 63
_UNSAFE = re.compile(r"[\x00-\x20\x7f]")


def name_of(text: str) -> str | Refusal:
    """Return a name in lower case without its final dot; a U-label is refused, because nothing is converted here.

    IDNA knows several conversions of one U-label (RFC 5895), so only the A-label says which name was asked for.
    """
    if not text.isascii():
        return fault(
            "IPA633",
            f"名前「{quoted(text)}」に ASCII 以外の文字がある。A ラベル(xn--…)で書かれたものだけを読む。",
            f"The name {quoted(text)} holds characters beyond ASCII; only A-labels (xn--…) are read.",
        )
    name = text.lower()
    if name != ".":
        name = name.removesuffix(".")
    labels = name.split(".")
    spoilt = not name or _UNSAFE.search(name) is not None or len(name) > _LONGEST
    if spoilt or (name != "." and not all(0 < len(label) <= _LONGEST_LABEL for label in labels)):
        return fault(
            "IPA633", f"「{quoted(text)}」は DNS の名前ではない。", f"{quoted(text)} is not a name of the DNS."
        )
    return name


def wanted(hosts: Collection[str]) -> frozenset[str]:
    """Return the hosts of a profile in the form of ``name_of``; what is no name there is left out."""
    names = (name_of(host) for host in hosts)
    return frozenset(name for name in names if isinstance(name, str))
