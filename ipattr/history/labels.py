"""What a row's line is called, of which class its access is, and how its IPv4 addresses are used."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast, get_args

from ipattr.model import AccessType, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipattr.model import AddressUse, Attribution, LineClass, SharingKind

_CLASSES: dict[AccessType, LineClass] = {
    "fixed-isp": "home",
    "cable": "home",
    "ipoe-vne": "home",
    "building-isp": "home",
    "mno": "mobile",
    "mvno": "mobile",
    "wimax": "mobile",
    "wifi-hotspot": "other",
    "satellite": "other",
    "academic": "other",
}
_SHARED: frozenset[SharingKind] = frozenset(("cgn", "map-e", "ds-lite", "nat"))


def line_key(verdict: Attribution, block: str) -> str:
    """Return what makes two rows one line: the parties that come into question, or the block where nobody is known."""
    if verdict.status == "special-purpose":
        return f"special-purpose:{verdict.category}"
    names = sorted({party.provider or party.name.ja for party in verdict.alternatives})
    return f"{verdict.status}:{'|'.join(names) or block}"


def is_special(key: str) -> bool:
    """Tell whether the key of a line stands for special-purpose addresses, which are nobody's."""
    return key.startswith("special-purpose:")


def is_hosted(key: str) -> bool:
    """Tell whether the key of a line stands for a VPN, proxy, cloud or the like, which is no access provider."""
    return key.startswith("not-access-provider:")


def line_label(verdict: Attribution, block: str) -> Text:
    """Return the name of the party to address, of all of them where they cannot be told apart, or of the block."""
    if verdict.status == "special-purpose":
        return Text(ja=f"特殊用途（{verdict.category}）", en=f"special-purpose ({verdict.category})")
    if not verdict.alternatives:
        return Text(ja=f"収録外（{block}）", en=f"not listed ({block})")
    parties = sorted(verdict.alternatives, key=lambda party: (party.provider or party.name.ja, party.service))
    ja = " ／ ".join(dict.fromkeys(party.name.ja for party in parties))
    en = " / ".join(dict.fromkeys(party.name.en for party in parties))
    return Text(ja=f"{ja}のいずれか", en=f"one of {en}") if verdict.status == "ambiguous" else Text(ja=ja, en=en)


def access_of(verdict: Attribution) -> tuple[AccessType, ...]:
    """Return the kinds of access that come into question; none where a party without a listed kind does."""
    known = {party.access for party in verdict.alternatives}
    if not known <= set(get_args(AccessType)):
        return ()
    return cast("tuple[AccessType, ...]", tuple(sorted(known)))


def line_class(verdict: Attribution) -> LineClass:
    """Return the class of the access, ``unknown`` unless every party in question is of the same class."""
    if verdict.status == "not-access-provider":
        return "other"
    classes = {_CLASSES[kind] for kind in access_of(verdict)}
    return classes.pop() if len(classes) == 1 else "unknown"


def access_use(sharing: Sequence[SharingKind], version: int) -> AddressUse:
    """Return how an address is used: IPv4 by one line at a time, by many, by either, or not published."""
    if version == 6:  # noqa: PLR2004 - the IP version is its own name
        return "ipv6"
    kinds = set(sharing)
    if not kinds or kinds == {"unknown"}:
        return "unknown"
    if kinds <= _SHARED:
        return "shared"
    return "dedicated" if kinds == {"dedicated"} else "possibly-shared"


def joint_use(uses: Iterable[AddressUse]) -> AddressUse:
    """Return one word for the use of several addresses, the least certain where they differ; IPv6 aside."""
    distinct = {use for use in uses if use != "ipv6"}
    if not distinct:
        return "ipv6"
    if len(distinct) == 1:
        return distinct.pop()
    return "unknown" if "unknown" in distinct else "possibly-shared"
