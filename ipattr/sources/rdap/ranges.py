"""Address ranges as RDAP servers write them, and the least set of prefixes that is one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from ipattr.addresses import prefix_range, to_number, to_text

if TYPE_CHECKING:
    from ipattr.sources.rdap.document import Document

_PADDED = re.compile(r"\d{3}(?:\.\d{3}){3}", re.ASCII)
_BITS = {4: 32, 6: 128}


def read_range(document: Document, pointer: str) -> tuple[Literal[4, 6], int, int] | None:
    """Return (version, first, last) of the ``ip network`` at ``pointer``; None when it states none.

    Three spellings that RFC 9083 does not have are understood, each with a finding (IPA802): a prefix length behind the
    address (RIPE once: ``62.239.237.255/32``; a shorter one means the end of that prefix), and octets of three digits
    (ARIN once: ``074.125.000.000``, decimal).
    """
    ends = []
    for name in ("startAddress", "endAddress"):
        place = f"{pointer}/{name}"
        text = document.at(place)
        found = _address(text, last=name == "endAddress") if isinstance(text, str) else None
        if found is None:
            return None
        if found[2]:
            document.remark(
                "IPA802",
                "info",
                place,
                ja="RFC 9083 にない書き方のアドレス。正規の形に直して読んだ。",
                en="An address in a form that RFC 9083 does not have; it was read in its canonical form.",
            )
        ends.append(found)
    (version, first, _), (other, last, _) = ends
    kind: Literal[4, 6] = 4 if version == 4 else 6  # noqa: PLR2004 - IP version
    return (kind, first, last) if version == other and first <= last else None


def _address(text: str, *, last: bool) -> tuple[int, int, bool] | None:
    """Return (version, number, whether the form is unusual) of one end of a range."""
    host, slash, length = text.partition("/")
    padded = _PADDED.fullmatch(host) is not None
    plain = ".".join(str(int(part)) for part in host.split(".")) if padded else host
    try:
        version, number = to_number(plain)
        unusual = bool(slash) or plain != host
        if slash and length != str(_BITS[version]):
            version, low, high = prefix_range(f"{plain}/{length}")
            number = high if last else low
    except ValueError:
        return None
    return version, number, unusual


def range_cidrs(version: Literal[4, 6], first: int, last: int) -> tuple[str, ...]:
    """Return the least set of prefixes that is exactly ``first`` to ``last``, ascending."""
    from netaddr import IPAddress, iprange_to_cidrs

    blocks = iprange_to_cidrs(IPAddress(first, version), IPAddress(last, version))
    return tuple(f"{to_text(version, int(block.first))}/{block.prefixlen}" for block in blocks)


def compare_cidrs(document: Document, pointer: str, cidrs: tuple[str, ...]) -> None:
    """Remark on a ``cidr0_cidrs`` member that is not the same set of addresses as start and end (IPA803)."""
    stated: set[str] = set()
    for place, item in document.items(f"{pointer}/cidr0_cidrs"):
        host = item.get("v4prefix", item.get("v6prefix")) if isinstance(item, dict) else None
        length = item.get("length") if isinstance(item, dict) else None
        try:
            version, first, _ = prefix_range(f"{host}/{length}")
            stated.add(f"{to_text(version, first)}/{length}")
        except ValueError:
            stated.add(place)
    if stated and stated != set(cidrs):
        document.remark(
            "IPA803",
            "warning",
            f"{pointer}/cidr0_cidrs",
            ja="cidr0_cidrs が startAddress・endAddress の範囲と一致しない。範囲の方を採った。",
            en="cidr0_cidrs is not the range of startAddress and endAddress; that range was taken.",
        )
