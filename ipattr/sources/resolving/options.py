"""A message laid open, and its EDNS options (RFC 6891): name server id, client subnet, extended errors.

Read by hand, so that an option that is not what its RFC says costs that option, and not the answer beside it, and that
nobody's message takes longer to read than to send.
"""

from __future__ import annotations

import struct
from ipaddress import ip_network
from typing import TYPE_CHECKING, Final, NamedTuple

from ipattr.sources.resolving.headers import HEADER
from ipattr.sources.visible import visible_text

if TYPE_CHECKING:
    from collections.abc import Iterator

NSID: Final = 3
CLIENT_SUBNET: Final = 8
EXTENDED_ERROR: Final = 15
_OPT: Final = 41
ANSWER: Final = 1
AUTHORITY: Final = 2
_FIXED: Final = 10
"""Bytes of type, class, TTL and length, between the name of a record and what it holds."""
_READ: Final = frozenset({1, 2, 5, 28, 65})  # A, NS, CNAME, AAAA, HTTPS
_NAMES: Final = {2: 0, 5: 0, 65: 2}  # NS, CNAME, HTTPS: where the name stands in what the record holds
MOST_LABELS: Final = 1 << 16
"""Labels and pointers of all names: the addresses that fit into one message, of a host with a dozen labels."""
_UNREAD_TYPE: Final = (65280).to_bytes(2, "big")  # RFC 6895 section 3.1: for private use, so its content stays bytes
_UNREAD: Final = (65001).to_bytes(2, "big")  # RFC 6891 section 9: for local use, so no library reads its content
_FAMILIES: Final = {1: 4, 2: 16}  # RFC 7871 section 6: address family, and the length of its addresses in bytes
_ERRORS: Final = {  # RFC 8914 section 5.2, and the IANA registry it founds
    0: "Other Error",
    1: "Unsupported DNSKEY Algorithm",
    2: "Unsupported DS Digest Type",
    3: "Stale Answer",
    4: "Forged Answer",
    5: "DNSSEC Indeterminate",
    6: "DNSSEC Bogus",
    7: "Signature Expired",
    8: "Signature Not Yet Valid",
    9: "DNSKEY Missing",
    10: "RRSIGs Missing",
    11: "No Zone Key Bit Set",
    12: "NSEC Missing",
    13: "Cached Error",
    14: "Not Ready",
    15: "Blocked",
    16: "Censored",
    17: "Filtered",
    18: "Prohibited",
    19: "Stale NXDOMAIN Answer",
    20: "Not Authoritative",
    21: "Not Supported",
    22: "No Reachable Authority",
    23: "Network Error",
    24: "Invalid Data",
    25: "Signature Expired before Valid",
    26: "Too Early",
    27: "Unsupported NSEC3 Iterations Value",
    28: "Unable to conform to policy",
    29: "Synthesized",
    30: "Invalid Query Type",
}

Option = tuple[int, bytes]


class Parts(NamedTuple):
    """A message laid open: ``wire`` for a library to read, its EDNS options as they stood, which types lie where.

    ``kinds`` are (section, type), sections from 1: answer, authority, additional.
    """

    wire: bytes
    options: tuple[Option, ...]
    kinds: frozenset[tuple[int, int]]


class UnreadableMessageError(ValueError):
    """A message cannot be walked through: it ends too soon, or its names would take too long to read."""


def set_apart(wire: bytes) -> Parts:
    """Return a message laid open: no library reads its EDNS options, nor what records hold that are not asked for.

    Lengths and places stay. UnreadableMessageError when it ends too soon, or when its names, which may all point at one
    long name, hold more labels than any answer does: 64 KiB can keep a reader busy for half a minute.
    """
    neutral, options, kinds = bytearray(wire), [], set()
    try:
        for section, at, rrtype, found in _walk(wire):
            kinds.add((section, rrtype))
            if rrtype != _OPT and not (section == ANSWER and rrtype in _READ):
                neutral[at : at + 2] = _UNREAD_TYPE
            for place, code, content in found:
                neutral[place : place + 2] = _UNREAD
                options.append((code, content))
    except (IndexError, struct.error) as error:
        raise UnreadableMessageError from error
    return Parts(bytes(neutral), tuple(options), frozenset(kinds))


def _walk(wire: bytes) -> Iterator[tuple[int, int, int, list[tuple[int, int, bytes]]]]:
    """Yield section, place of the type, type and EDNS options of each record.

    IndexError or struct.error where the message ends too soon; UnreadableMessageError where names take too long.
    """
    questions, *records = struct.unpack_from("!4H", wire, 4)
    at, labels = HEADER, 0
    for _ in range(questions):
        at = _after_name(wire, at) + 4
    for section, count in enumerate(records, start=ANSWER):
        for _ in range(count):
            labels += _labels(wire, at)
            at = _after_name(wire, at)
            rrtype, _, _, length = struct.unpack_from("!HHIH", wire, at)
            if section == ANSWER and rrtype in _NAMES:
                labels += _labels(wire, at + _FIXED + _NAMES[rrtype])
            if labels > MOST_LABELS:
                raise UnreadableMessageError
            yield section, at, rrtype, _options(wire, at + _FIXED, length) if rrtype == _OPT else []
            at += _FIXED + length


def _options(wire: bytes, at: int, length: int) -> list[tuple[int, int, bytes]]:
    """Return place, code and content of each option of one OPT record."""
    found, end = [], at + length
    while at < end:
        code, size = struct.unpack_from("!HH", wire, at)
        if at + 4 + size > end:
            raise IndexError
        found.append((at, code, wire[at + 4 : at + 4 + size]))
        at += 4 + size
    return found


def _after_name(wire: bytes, at: int) -> int:
    """Return where a name ends; a pointer (RFC 1035 section 4.1.4) ends it."""
    while wire[at]:
        if wire[at] & 0xC0:
            return at + 2
        at += 1 + wire[at]
    return at + 1


def _labels(wire: bytes, at: int) -> int:
    """Return how many labels and pointers are to be read for a name, up to one more than all names may have."""
    count = 0
    while at < len(wire) and wire[at] and count <= MOST_LABELS:
        count += 1
        at = int.from_bytes(wire[at : at + 2], "big") & 0x3FFF if wire[at] & 0xC0 else at + 1 + wire[at]
    return count


def name_server_id(options: tuple[Option, ...]) -> str:
    """Return the id by which the server names itself (RFC 5001), as text when it is printable ASCII, else as hex."""
    for code, content in options:
        if code == NSID:
            return content.decode("ascii") if all(" " <= chr(byte) <= "~" for byte in content) else content.hex()
    return ""


def subnet_scope(options: tuple[Option, ...]) -> str:
    """Return the client subnet as the server gave it back, ``192.0.2.0/24 scope 16`` (RFC 7871); empty without one."""
    for code, content in options:
        if code != CLIENT_SUBNET or len(content) < 4:  # noqa: PLR2004 - family, source and scope prefix length
            continue
        size = _FAMILIES.get(int.from_bytes(content[:2], "big"), 0)
        address = content[4:]
        if size and len(address) <= size and content[2] <= size * 8:
            block = ip_network((address.ljust(size, b"\0"), content[2]), strict=False)
            return f"{block} scope {content[3]}"
    return ""


def error_codes(options: tuple[Option, ...]) -> tuple[int, ...]:
    """Return the codes of the extended errors (RFC 8914), in order."""
    return tuple(code for code, _ in _errors(options))


def extended_errors(options: tuple[Option, ...]) -> tuple[str, ...]:
    """Return the extended errors as ``EDE 9 DNSKEY Missing: text``, without what is not there or has no name."""
    return tuple(
        " ".join(filter(None, ("EDE", str(code), _ERRORS.get(code, "")))) + (f": {text}" if text else "")
        for code, text in _errors(options)
    )


def _errors(options: tuple[Option, ...]) -> Iterator[tuple[int, str]]:
    for code, content in options:
        if code == EXTENDED_ERROR and len(content) >= 2:  # noqa: PLR2004 - the info code
            text = content[2:].removesuffix(b"\0").decode("utf-8", "backslashreplace")
            yield int.from_bytes(content[:2], "big"), visible_text(text).replace("\n", "\u240a")
