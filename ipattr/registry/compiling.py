"""From records to the compiled file: nested prefixes become ascending disjoint segments, records become JSON spans."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from ipattr.addresses import prefix_range, to_text
from ipattr.model import AsClaim, Origin
from ipattr.registry.compiled import HEADER, MAGIC, ORDER_MARK, Directory, Span, seal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipattr.model.sources import Announcement, Sources

T = TypeVar("T")
Block = tuple[int, int, int]
_ROLE_ORDER = {"own": 0, "mixed": 1, "upstream": 2}
_BITS = {4: 32, 6: 128}
TABLE = "networks/prefixes.csv"


def flatten(blocks: list[Block], maximum: int) -> tuple[list[int], list[int]]:
    """Turn nested blocks into ascending disjoint segments: where each begins, and the result of its innermost block.

    ``blocks`` are (first, last, result) of prefixes, so any two nest or are disjoint; result 0 stands for no block.
    The segments cover 0 to ``maximum``.
    """
    starts, results = [0], [0]
    open_blocks: list[Block] = []

    def begin(start: int, result: int) -> None:
        if start > maximum:
            return
        if starts[-1] == start:
            results[-1] = result
        else:
            starts.append(start)
            results.append(result)

    def close_before(first: int) -> None:
        while open_blocks and open_blocks[-1][1] < first:
            _, last, _ = open_blocks.pop()
            begin(last + 1, open_blocks[-1][2] if open_blocks else 0)

    for block in sorted(blocks, key=lambda block: (block[0], -block[1])):
        close_before(block[0])
        begin(block[0], block[2])
        open_blocks.append(block)
    close_before(maximum + 1)
    return _merge(starts, results)


def _merge(starts: list[int], results: list[int]) -> tuple[list[int], list[int]]:
    """Join neighbouring segments of one result."""
    kept = [at for at in range(len(starts)) if at == 0 or results[at] != results[at - 1]]
    return [starts[at] for at in kept], [results[at] for at in kept]


class _Payload:
    """The payload as it grows, and the spans in it."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0

    def add(self, data: bytes) -> Span:
        span = (self.size, len(data))
        padding = -len(data) % 8
        self.parts.append(data + bytes(padding))
        self.size += len(data) + padding
        return span

    def document(self, value: object) -> Span:
        return self.add(msgspec.json.encode(value))


def compile_sources(sources: Sources, *, data_digest: bytes, key: bytes) -> bytes:
    """Return the whole compiled file of ``sources`` under ``key``."""
    payload = _Payload()
    manifest = sources.manifests[TABLE]
    arrays, origins = _network_arrays(sources.announcements)
    tables = {**_tables(sources), "origins": origins}
    directory = Directory(
        data_version=data_version(sources, data_digest),
        network_source=manifest.source,
        network_as_of=manifest.as_of,
        groups={
            group: {name: payload.document(record) for name, record in records.items()}
            for group, records in _groups(sources).items()
        },
        tables={name: payload.document(value) for name, value in tables.items()},
        arrays={name: payload.add(values.tobytes()) for name, values in arrays.items()},
    )
    head = msgspec.json.encode(directory)
    body = b"".join((head, *payload.parts))
    unsealed = HEADER.pack(MAGIC, ORDER_MARK, len(head), key, b"")[:-32]
    return unsealed + seal(unsealed, body) + body


def data_version(sources: Sources, data_digest: bytes) -> str:
    """Return the version of the data alone, ``YYYY.MM.DD+<12 hex>``.

    The date is the newest as-of of the manifests (shorter where that is partial, left out where there is none), the
    digits are the first of the SHA-256 over every data file. The code has no part in it.
    """
    newest = max((table.as_of for table in sources.manifests.values()), default="").replace("-", ".")
    return f"{newest}+{data_digest.hex()[:12]}" if newest else data_digest.hex()[:12]


def _network_arrays(announcements: Iterable[Announcement]) -> tuple[dict[str, array[int]], list[list[Origin]]]:
    """Build the arrays of the longest-prefix table, and the distinct sets of origins they point into.

    IPv6 counts in the high 64 bits of the address, since no prefix of the table is longer than /64.
    """
    origins: dict[Block, list[tuple[int, str]]] = {}
    for row in announcements:
        origins.setdefault(prefix_range(row.prefix), []).append((row.origin_asn, row.delegated_country))
    sets: dict[tuple[tuple[int, str], ...], int] = {}
    blocks: dict[int, list[Block]] = {4: [], 6: []}
    texts, ends, members = bytearray(), array("I", [0]), array("I", [0])
    for (version, first, last), named in sorted(origins.items()):
        shift = 64 if version == 6 else 0  # noqa: PLR2004 - IP version
        blocks[version].append((first >> shift, last >> shift, len(ends)))
        texts += f"{to_text(version, first)}/{_BITS[version] - (last - first).bit_length()}".encode()
        ends.append(len(texts))
        members.append(sets.setdefault(tuple(sorted(set(named))), len(sets)))
    starts4, results4 = flatten(blocks[4], (1 << 32) - 1)
    starts6, results6 = flatten(blocks[6], (1 << 64) - 1)
    arrays = {
        "I:v4.starts": array("I", starts4),
        "I:v4.results": array("I", results4),
        "Q:v6.starts": array("Q", starts6),
        "I:v6.results": array("I", results6),
        "B:texts": array("B", texts),
        "I:ends": ends,
        "I:members": members,
    }
    return arrays, [[_origin(asn, delegated) for asn, delegated in named] for named in sets]


def _origin(asn: int, delegated: str) -> Origin:
    """Return one origin; the announcement's own type has closed ``delegated`` already."""
    return msgspec.convert({"asn": asn, "delegated": delegated}, Origin)


def _groups(sources: Sources) -> dict[str, dict[str, Any]]:
    """Return the records that are decoded one at a time, by group and id."""
    observed: dict[str, list[Any]] = {platform.id: [] for platform in sources.platforms}
    for row in sources.observations:
        observed[row.platform].append(row)
    return {
        "providers": {one.id: one for one in sources.providers},
        "nonaccess": {one.id: one for one in sorted(sources.nonaccess, key=lambda one: one.id)},
        "platforms": {one.id: one for one in sources.platforms},
        "citations": {one.code: one for one in sources.citations},
        "registrants": {str(one.number): one for one in sources.ases},
        "observations": observed,
        "servers": {one.id: one for one in sources.servers},
        "bootstraps": {one.kind: one for one in sources.bootstraps},
        "procedures": {one.id: one for one in sources.procedures},
    }


def _tables(sources: Sources) -> dict[str, object]:
    """Return the documents that are decoded whole, each at its first use."""
    return {
        "claims": _claims(sources),
        "nonaccess_by_asn": _by_asn((asn, one.id) for one in sources.nonaccess for asn in one.asns),
        "platforms_by_asn": _by_asn((asn, one.id) for one in sources.platforms for asn in one.asns),
        "services": _keyed(
            (block.prefix, (owner.id, block))
            for owners in (sources.providers, sources.nonaccess)
            for owner in owners
            for block in owner.prefixes
        ),
        "platform_blocks": {
            one.id: _keyed((block.prefix, block) for block in one.prefixes) for one in sources.platforms if one.prefixes
        },
        "areas": _keyed((area.prefix, area) for area in sources.areas),
        "specials": sources.specials,
        "calendar": sources.calendar,
        "practice": sources.practice,
        "columns": sources.columns,
        "routes": sources.routes,
        "sheets": sources.sheets,
    }


def _by_asn(pairs: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    """Gather values under their AS number."""
    gathered: dict[int, list[T]] = {}
    for asn, value in pairs:
        gathered.setdefault(asn, []).append(value)
    return gathered


def _claims(sources: Sources) -> dict[int, list[tuple[str, AsClaim]]]:
    """Return every provider's claim on an AS number: own first, then mixed, then upstream, each by provider id."""
    claims = [(claim, provider.id) for provider in sources.providers for claim in provider.asns]
    claims.sort(key=lambda pair: (_ROLE_ORDER[pair[0].role], pair[1]))
    return _by_asn((claim.number, (provider, claim)) for claim, provider in claims)


def _keyed(pairs: Iterable[tuple[str, Any]]) -> list[tuple[int, int, int, Any]]:
    """Return (version, length, leading bits, value) of each prefix, longest first, else in file order."""
    keyed = []
    for prefix, value in pairs:
        version, first, _ = prefix_range(prefix)
        length = int(prefix.rpartition("/")[2])
        keyed.append((version, length, first >> (_BITS[version] - length), value))
    keyed.sort(key=lambda entry: -entry[1])
    return keyed
