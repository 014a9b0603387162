"""Hosts files (RFC 952's descendants): an address and the names it is to stand for, dated by whoever has the file.

A hosts file says what somebody wanted these names to mean, not what a DNS server answered; the note of each
observation says so. Lines that block a host (``0.0.0.0``, ``127.0.0.1``) are kept: the screening rejects them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from ipattr.model import Refusal
from ipattr.sources.seen import faults
from ipattr.sources.seen.names import name_of
from ipattr.sources.seen.rows import MAX_ROW_CHARACTERS
from ipattr.sources.seen.sightings import canonical

if TYPE_CHECKING:
    from ipattr.sources.seen.rows import Row

_BLANK = " \t"
_GAP = re.compile(r"[ \t]+")
_NO_NAME = faults.fault("IPA637", "アドレスだけで、名前がない。", "There is an address, but no name.")


class HostsRow(NamedTuple):
    """One line: the hosts in question that it names, with their address."""

    names: tuple[str, ...]
    rrtype: Literal["A", "AAAA"]
    address: str


def is_entry(row: Row) -> bool:
    """Tell whether a line is more than a remark."""
    return bool(row.text.partition("#")[0].strip(_BLANK))


def read_hosts(row: Row, hosts: frozenset[str]) -> HostsRow | Refusal | None:
    """Read one line; None when none of its names is a host in question. Total."""
    if len(row.text) > MAX_ROW_CHARACTERS:
        return faults.TOO_LONG
    address, *written = _GAP.split(row.text.partition("#")[0].strip(_BLANK))
    if not written:
        return _NO_NAME
    names = [name_of(text) for text in written]
    ours = tuple(dict.fromkeys(name for name in names if isinstance(name, str) and name in hosts))
    if not ours:
        return next((name for name in names if isinstance(name, Refusal)), None)
    rrtype: Literal["A", "AAAA"] = "AAAA" if ":" in address else "A"
    text = canonical(rrtype, address)
    return text if isinstance(text, Refusal) else HostsRow(ours, rrtype, text)
