"""What ``ipattr lookup`` says of every block and day, exported once for the peers of ``bulk.py``.

    python benchmarks/bulk_facts.py FOLDER

The peers get a table that is ready: which blocks exist, what holds for each, and per kind of verdict and day of
connection the two dates. They need know nothing of retention periods, calendar months or holidays, and look up what
ours works out. Every fact is taken from ``ipattr.lookup`` over one invented login per block, and per group and day.

- ``facts.parquet``: ``id`` (0: not listed), ``attribution_status`` … ``addressee``, ``expiry_group``
- ``expiries.parquet``: ``expiry_group``, ``connected_on_jst``, ``earliest_expiry``, ``act_by``
- ``segments.parquet``: ``version``, ``start`` (IPv6: the high 64 bits), ``id``, ascending and gapless
- ``table.txt``: prefix and id, as pyasn reads it
- ``segments.txt``, ``facts.txt``, ``expiries.txt``: the same for the C program, tab-separated
"""

from __future__ import annotations

import csv
import ipaddress
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

import ipattr
from ipattr.registry import load_sources
from ipattr.registry.compiling import flatten
from ipattr.renderers.words import party_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ipattr.model import Attribution, Case

AS_OF = date(2026, 11, 21)
FIRST = date(2026, 8, 20)
DAYS = 100
FACTS = ("attribution_status", "prefix", "origin_as", "operator", "addressee")
SHIFT = {4: 0, 6: 64}
TOP = {4: (1 << 32) - 1, 6: (1 << 64) - 1}


def export(folder: Path) -> None:
    """Write every file of facts into the folder."""
    prefixes = _prefixes()
    segments = {version: _segments(prefixes, version) for version in (4, 6)}
    places = _first_addresses(segments)
    case = _ask((address, FIRST) for address in places.values())
    groups: dict[str, str] = {}
    # A block that longer ones cover whole keeps an empty row, so that an id is a place in the list.
    nothing: dict[str, Any] = dict.fromkeys(FACTS, "") | {"attribution_status": "not-listed", "expiry_group": 0}
    facts = [{"id": number, **nothing} for number in range(len(prefixes) + 1)]
    for (number, address), row in zip(places.items(), case.rows, strict=True):
        groups.setdefault(row.deadline, address)
        facts[number] |= _facts(case.attributions[row.attribution])
        facts[number]["expiry_group"] = list(groups).index(row.deadline) + 1
    _write(folder, "facts", facts)
    _write(folder, "expiries", list(_expiries(list(groups.values()))))
    rows = [
        {"version": version, "start": start, "id": number}
        for version, (starts, numbers) in segments.items()
        for start, number in zip(starts, numbers, strict=True)
    ]
    _write(folder, "segments", rows, {"start": pa.uint64()})
    table = "".join(f"{prefix}\t{number}\n" for number, prefix in enumerate(prefixes, start=1))
    (folder / "table.txt").write_text(table, "utf-8")


def _prefixes() -> list[str]:
    """Return every block within which facts may differ: announced, of one service, special-purpose.

    Special-purpose blocks longer than /64 are left out: the peers count IPv6 in its high 64 bits, as our table does.
    """
    sources = load_sources()
    named = {row.prefix for row in (*sources.announcements, *sources.specials)}
    named |= {block.prefix for owner in (*sources.providers, *sources.nonaccess) for block in owner.prefixes}
    return sorted(prefix for prefix in named if ":" not in prefix or int(prefix.rpartition("/")[2]) <= 64)  # noqa: PLR2004


def _segments(prefixes: list[str], version: int) -> tuple[list[int], list[int]]:
    """Flatten the blocks of one version; a result is the place of the prefix in the list, from 1."""
    blocks = []
    for number, prefix in enumerate(prefixes, start=1):
        network = ipaddress.ip_network(prefix)
        if network.version == version:
            first, last = int(network.network_address), int(network.broadcast_address)
            blocks.append((first >> SHIFT[version], last >> SHIFT[version], number))
    return flatten(blocks, TOP[version])


def _first_addresses(segments: dict[int, tuple[list[int], list[int]]]) -> dict[int, str]:
    """Return for each block the first address of which it is the longest; blocks covered by longer ones have none."""
    found: dict[int, str] = {}
    for version, (starts, numbers) in segments.items():
        make = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address  # noqa: PLR2004 - IP version
        for start, number in zip(starts, numbers, strict=True):
            if number and number not in found:
                found[number] = str(make(start << SHIFT[version]))
    return found


def _ask(asked: Iterable[tuple[str, date]]) -> Case:
    """Return the case of one login at noon in Japan per address and day."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "asked.csv"
        with log.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(["createdAt", "loginIp"])
            table.writerows((f"{day}T12:00:00+09:00", address) for address, day in asked)
        case = ipattr.lookup([log], as_of=AS_OF, platform="x")
    if case.counts.rejected:
        sys.exit(f"{case.counts.rejected} blocks could not be asked about: {case.rejects[0]}")
    return case


def _facts(found: Attribution) -> dict[str, str]:
    """Return the facts of one block, as the CSV of ``ipattr lookup`` says them."""
    origins = found.network.origins if found.network else ()
    return {
        "attribution_status": found.status,
        "prefix": found.network.prefix if found.network else "",
        "origin_as": "; ".join(f"AS{origin.asn}" for origin in origins),
        "operator": found.operator.ja if found.operator else "",
        "addressee": party_name(found.addressee, "ja") if found.addressee else "",
    }


def _expiries(addresses: list[str]) -> Iterable[dict[str, Any]]:
    """Give the dates of each group of blocks on each day, asked about one address of the group."""
    asked = [(address, FIRST + timedelta(days=day)) for address in addresses for day in range(DAYS)]
    case = _ask(asked)
    for place, row in enumerate(case.rows):
        found = case.deadlines[row.deadline]
        yield {
            "expiry_group": place // DAYS + 1,
            "connected_on_jst": asked[place][1],
            "earliest_expiry": found.earliest,
            "act_by": found.act_by,
        }


def _write(folder: Path, name: str, rows: list[dict[str, Any]], kinds: dict[str, pa.DataType] | None = None) -> None:
    """Write rows as Parquet and as tab-separated text without a header."""
    columns = {key: pa.array([row[key] for row in rows], (kinds or {}).get(key)) for key in rows[0]}
    pq.write_table(pa.table(columns), folder / f"{name}.parquet")
    with (folder / f"{name}.txt").open("w", encoding="utf-8") as file:
        for row in rows:
            file.write("\t".join("" if cell is None else str(cell) for cell in row.values()) + "\n")


if __name__ == "__main__":
    export(Path(sys.argv[1]))
