"""Longest prefix = brute force, on every boundary of the shipped table ±1 and on 100,000 random addresses.

The brute force shares nothing with the table: prefixes are parsed by ``ipaddress`` and looked for one length at a time.
"""

from __future__ import annotations

import ipaddress
import random
from typing import TYPE_CHECKING

import pytest

from ipattr.registry import Registry, find_data, load_sources, open_registry

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SEED = 20261121
COUNT = 100_000
BITS = {4: 32, 6: 128}
Shelves = dict[int, dict[int, dict[int, set[tuple[int, str]]]]]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    cache: Path = tmp_path_factory.mktemp("cache")
    open_registry(cache=cache)
    return open_registry(cache=cache)


@pytest.fixture(scope="module")
def shelves() -> Shelves:
    """Every announced prefix by version, length and number."""
    found: Shelves = {4: {}, 6: {}}
    for line in (find_data() / "networks" / "prefixes.csv").read_text(encoding="utf-8").splitlines()[1:]:
        prefix, asn, delegated = line.split(",")
        network = ipaddress.ip_network(prefix)
        shelf = found[network.version].setdefault(network.prefixlen, {})
        shelf.setdefault(int(network.network_address), set()).add((int(asn), delegated))
    return found


def brute_force(shelves: Shelves, version: int, number: int) -> tuple[str, set[tuple[int, str]]] | None:
    bits = BITS[version]
    for length in sorted(shelves[version], reverse=True):
        base = number >> (bits - length) << (bits - length)
        if base in shelves[version][length]:
            kind = ipaddress.IPv4Network if version == 4 else ipaddress.IPv6Network
            return str(kind((base, length))), shelves[version][length][base]
    return None


def assert_agreement(opened: Registry, shelves: Shelves, version: int, numbers: Iterable[int]) -> int:
    """Hold every number against the brute force; return how many were listed."""
    listed = 0
    for number in numbers:
        network = opened.network(version, number)
        got = network and (network.prefix, {(origin.asn, origin.delegated) for origin in network.origins})
        assert got == brute_force(shelves, version, number), f"IPv{version} {number:#x}"
        listed += network is not None
    return listed


@pytest.mark.parametrize("version", [4, 6])
def test_every_boundary(opened: Registry, shelves: Shelves, version: int) -> None:
    bits = BITS[version]
    edges = {0, (1 << bits) - 1}
    for length, bases in shelves[version].items():
        for base in bases:
            last = base + (1 << (bits - length)) - 1
            edges |= {base - 1, base, base + 1, last - 1, last, last + 1}
    numbers = sorted(edge for edge in edges if 0 <= edge < 1 << bits)
    assert len(numbers) > 3 * sum(map(len, shelves[version].values()))
    assert assert_agreement(opened, shelves, version, numbers) > len(numbers) // 2


@pytest.mark.parametrize("version", [4, 6])
def test_random_addresses(opened: Registry, shelves: Shelves, version: int) -> None:
    """Half of the addresses are drawn over the whole space, half inside announced prefixes."""
    source = random.Random(SEED)  # noqa: S311 - the test must repeat
    bits = BITS[version]
    known = [(base, bits - length) for length, bases in shelves[version].items() for base in bases]
    numbers = [source.getrandbits(bits) for _ in range(COUNT // 2)]
    for _ in range(COUNT // 2):
        base, free = source.choice(known)
        numbers.append(base | source.getrandbits(free) if free else base)
    assert assert_agreement(opened, shelves, version, numbers) >= COUNT // 2


def test_the_table_is_the_file(opened: Registry, shelves: Shelves) -> None:
    """Every announced prefix is found by its own first address, or a longer one that begins there is."""
    rows = load_sources().announcements
    origins = [origins for lengths in shelves.values() for bases in lengths.values() for origins in bases.values()]
    assert len(rows) == sum(map(len, origins))
    for row in rows:
        found = opened.network_of(row.prefix.partition("/")[0])
        assert found is not None
        assert ipaddress.ip_network(found.prefix).prefixlen >= int(row.prefix.partition("/")[2])
