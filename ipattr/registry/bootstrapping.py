"""RFC 9224 bootstrap registries: which RDAP server answers for a prefix or an AS number."""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, get_args

import msgspec

from ipattr.addresses import prefix_range
from ipattr.errors import DataError
from ipattr.model import Bootstrap, BootstrapService

if TYPE_CHECKING:
    from collections.abc import Iterable

BootstrapKind = Literal["ipv4", "ipv6", "asn"]
BOOTSTRAP_FILES: dict[BootstrapKind, str] = {kind: f"registries/{kind}.json" for kind in get_args(BootstrapKind)}
_VERSIONS = {"ipv4": 4, "ipv6": 6}
_BITS = {4: 32, 6: 128}
_MAX_ASN = (1 << 32) - 1
_AS_RANGE = re.compile(r"(0|[1-9][0-9]{0,9})(?:-(0|[1-9][0-9]{0,9}))?")
_PUBLICATION = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)


class _Document(msgspec.Struct, frozen=True, kw_only=True):
    """The members that RFC 9224 section 4 names; it has unknown ones ignored."""

    version: Literal["1.0"]
    publication: str
    services: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    description: str = ""


def parse_bootstrap(data: bytes, kind: BootstrapKind, *, where: str = "") -> Bootstrap:
    """Read one bootstrap registry, shipped or downloaded (RFC 9224 sections 4 and 5).

    DataError, with ``where`` and the key path, for whatever is not that form: another version, a publication that is no
    RFC 3339 time, a range that is no strict prefix of the kind or no AS range, a service without an HTTP(S) URL.
    """
    lead = f"{where or kind}: "
    try:
        document = msgspec.json.decode(data, type=_Document)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message, _, path = str(error).partition(" - at `")
        raise _refused(lead, path.rstrip("`") or "$", f"値がこの様式に合わない: {message}", message) from error
    if not _PUBLICATION.fullmatch(document.publication):
        raise _refused(lead, "$.publication", "RFC 3339 の日時ではない。", "It is no RFC 3339 time.")
    services = []
    for at, (ranges, urls) in enumerate(document.services):
        place = f"$.services[{at}]"
        for index, text in enumerate(ranges):
            if _span(text, kind) is None:
                message = f"{kind}: {text}"
                raise _refused(lead, f"{place}[0][{index}]", f"範囲ではない: {message}", f"No range of {message}")
        if not urls or not all(url.startswith(("https://", "http://")) for url in urls):
            raise _refused(lead, f"{place}[1]", "HTTP(S) の URL が必要。", "It needs HTTP(S) URLs.")
        services.append(BootstrapService(ranges=ranges, urls=urls))
    kept = Bootstrap(kind=kind, publication=document.publication, services=tuple(services))
    try:
        published(kept)
    except ValueError as error:
        raise _refused(lead, "$.publication", "暦にない日時。", "There is no such time.") from error
    return kept


def published(bootstrap: Bootstrap) -> datetime:
    """Return when a bootstrap registry was published (UTC), so that two of them can be compared."""
    return datetime.fromisoformat(bootstrap.publication.upper()).astimezone(UTC)


def spans(bootstrap: Bootstrap) -> list[tuple[int, int, tuple[str, ...]]]:
    """Return (first, last, URLs) of every range, ascending."""
    found = []
    for service in bootstrap.services:
        for text in service.ranges:
            span = _span(text, bootstrap.kind)
            if span is not None:
                found.append((*span, service.urls))
    return sorted(found)


def https_urls(urls: Iterable[str]) -> tuple[str, ...]:
    """Return the HTTPS base URLs, each with the slash at its end that RFC 9224 section 4 asks for."""
    return tuple(url if url.endswith("/") else f"{url}/" for url in urls if url.startswith("https://"))


def bootstrap_entries(*bootstraps: Bootstrap) -> list[tuple[int, int, int, tuple[str, ...]]]:
    """Return (version, length, leading bits, HTTPS base URLs) of every prefix, longest first."""
    entries = []
    for bootstrap in bootstraps:
        version = _VERSIONS[bootstrap.kind]
        bits = _BITS[version]
        for first, last, urls in spans(bootstrap):
            length = bits - (last - first).bit_length()
            entries.append((version, length, first >> (bits - length), https_urls(urls)))
    return sorted(entries, key=lambda entry: -entry[1])


class AsRanges:
    """The AS ranges of a bootstrap registry as a lookup; they are disjoint (RFC 9224 section 5.3)."""

    def __init__(self, bootstrap: Bootstrap) -> None:
        """Take a registry of kind ``asn``."""
        self._spans = spans(bootstrap)
        self._starts = [first for first, _, _ in self._spans]

    def urls(self, number: int) -> tuple[str, ...]:
        """Return the HTTPS base URLs for an AS number; none when no range holds it."""
        at = bisect_right(self._starts, number) - 1
        return https_urls(self._spans[at][2]) if at >= 0 and number <= self._spans[at][1] else ()


def _span(text: str, kind: str) -> tuple[int, int] | None:
    """Return the first and last number of one range, None when it is none of its kind."""
    if kind == "asn":
        found = _AS_RANGE.fullmatch(text)
        if found is None:
            return None
        first, last = int(found[1]), int(found[2] or found[1])
        return (first, last) if first <= last <= _MAX_ASN else None
    try:
        version, first, last = prefix_range(text)
    except ValueError:
        return None
    return (first, last) if version == _VERSIONS[kind] else None


def _refused(lead: str, path: str, ja: str, en: str) -> DataError:
    """Return the error for one place of one file."""
    return DataError(ja=ja, en=en, where=lead + path)
