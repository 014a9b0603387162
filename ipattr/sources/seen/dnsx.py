"""dnsx with ``-json``: one JSON object per host, with what a resolver said and when (``timestamp``, RFC 3339).

dnsx lists the addresses of the answer, authority and additional sections together. Its field ``all`` (absent with
``-omit-raw`` and in old versions) has the records themselves: where it is there, an address that it gives to another
name than the host or its aliases is kept as rejected.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ipattr.model import Refusal
from ipattr.sources.seen import faults
from ipattr.sources.seen.names import name_of
from ipattr.sources.seen.rows import read_object
from ipattr.sources.seen.sightings import LONGEST_CHAIN, canonical
from ipattr.sources.seen.times import rfc3339

if TYPE_CHECKING:
    from ipattr.sources.seen.rows import Row

_RECORD = re.compile(r"(\S{1,255})\s+\d{1,10}\s+IN\s+(A|AAAA|CNAME)\s+(\S{1,255})")
_SHOWN = 100
_RESOLVERS_SHOWN = 8
_FIELDS: tuple[tuple[str, Literal["A", "AAAA"]], ...] = (("a", "A"), ("aaaa", "AAAA"))
_HOSTS_FILE = faults.fault(
    "IPA639",
    "dnsx がその端末の hosts ファイルから得たアドレスで、DNS の応答ではない。",
    "dnsx took the address from the hosts file of its machine; no DNS server said so.",
)


class Told(NamedTuple):
    """One address of a dnsx row; ``foreign`` is the name to which the row's own records give it, when another."""

    rrtype: Literal["A", "AAAA"]
    address: str
    foreign: str


class DnsxRow(NamedTuple):
    """One row: the addresses of a host at one instant (Unix seconds), the aliases on the way, who said so.

    ``checked``: the row has the records themselves, so whose the addresses are is known.
    """

    host: str
    seconds: int
    told: tuple[Told, ...]
    chain: tuple[str, ...]
    vantage: str
    remark: str
    checked: bool


def read_dnsx(row: Row, hosts: frozenset[str], vantage: str) -> DnsxRow | Refusal | None:
    """Read one row; None when it is about another host, total otherwise. No address at all is an empty ``told``."""
    fields = read_object(row.text)
    host = fields if isinstance(fields, Refusal) else _host(fields)
    if isinstance(fields, Refusal) or isinstance(host, Refusal):
        return host if isinstance(host, Refusal) else None
    if host not in hosts:
        return None
    seconds = _seconds(fields)
    return seconds if isinstance(seconds, Refusal) else _told(fields, host, seconds, vantage)


def _host(fields: dict[str, Any]) -> str | Refusal:
    name = fields.get("host")
    if isinstance(name, str):
        return name_of(name)
    return faults.missing("host") if name is None else faults.wrong("host", "が文字列ではない", "is not a string")


def _seconds(fields: dict[str, Any]) -> int | Refusal:
    if fields.get("hosts_file") is True:
        return _HOSTS_FILE
    stamp = fields.get("timestamp")
    return rfc3339(stamp) if isinstance(stamp, str) else faults.missing("timestamp")


def _told(fields: dict[str, Any], host: str, seconds: int, vantage: str) -> DnsxRow | Refusal:
    chain = _chain(fields)
    if isinstance(chain, Refusal):
        return chain
    owners, aliases = _records(fields.get("all"))
    if owners:
        chain = _followed(host, aliases)
    told = []
    for field, rrtype in _FIELDS:
        texts = _strings(fields, field)
        if isinstance(texts, Refusal):
            return texts
        for text in dict.fromkeys(texts):
            address = canonical(rrtype, text)
            if isinstance(address, Refusal):
                return address
            given = owners.get(address, ())
            foreign = "" if not given or {host, *chain} & set(given) else given[0]
            told.append(Told(rrtype, address, foreign))
    code = fields.get("status_code")
    remark = f"status {faults.shown(code, _SHOWN)}" if isinstance(code, str) and code not in {"", "NOERROR"} else ""
    return DnsxRow(host, seconds, tuple(told), tuple(chain), _vantage(fields, vantage), remark, checked=bool(owners))


def _chain(fields: dict[str, Any]) -> list[str] | Refusal:
    listed = _strings(fields, "cname")
    if isinstance(listed, Refusal):
        return listed
    chain: dict[str, None] = {}
    for text in listed:
        name = name_of(text)
        if isinstance(name, Refusal):
            return name
        chain[name] = None
    return list(chain)


def _strings(fields: dict[str, Any], field: str) -> list[str] | Refusal:
    value = fields.get(field)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        return faults.wrong(field, "が文字列の配列ではない", "is not an array of strings")
    return value


def _records(given: object) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return address to owners and name to aliases, as the records of the answer in ``all`` have them."""
    owners: dict[str, list[str]] = {}
    aliases: dict[str, list[str]] = {}
    for text in given if isinstance(given, list) else ():
        found = _RECORD.fullmatch(text) if isinstance(text, str) else None
        owner = name_of(found[1]) if found else None
        if found is None or not isinstance(owner, str):
            continue
        if found[2] == "CNAME":
            target = name_of(found[3])
            if isinstance(target, str):
                aliases.setdefault(owner, []).append(target)
            continue
        address = canonical("A" if found[2] == "A" else "AAAA", found[3])
        if isinstance(address, str):
            owners.setdefault(address, []).append(owner)
    return owners, aliases


def _followed(host: str, aliases: dict[str, list[str]]) -> list[str]:
    chain: list[str] = []
    name = host
    while len(chain) < LONGEST_CHAIN and name in aliases:
        name = aliases[name][0]
        if name == host or name in chain:
            break
        chain.append(name)
    return chain


def _vantage(fields: dict[str, Any], vantage: str) -> str:
    given = fields.get("resolver")
    resolvers = [faults.shown(one, _SHOWN) for one in given if isinstance(one, str)] if isinstance(given, list) else []
    if not resolvers:
        return vantage or "unknown"
    named = ", ".join(resolvers[:_RESOLVERS_SHOWN])
    if len(resolvers) > _RESOLVERS_SHOWN:
        named += f" and {len(resolvers) - _RESOLVERS_SHOWN} more"
    return f"dnsx asking {named}" + (f" from {vantage}" if vantage else "")
