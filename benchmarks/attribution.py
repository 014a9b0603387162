"""Time of opening the table and of one look-up, beside the libraries one would otherwise use. One run, one machine.

    python benchmarks/attribution.py

Everyone answers the same question, address text → the announced prefix or its AS, on the shipped table and the same
rows. A tenth of the addresses lies outside the table. The logs:

- ``skewed``: 100,000 rows over 5,000 addresses, Zipf, as a login history is; ``long``: the same over a million rows
- ``uniform``: 100,000 rows over 5,000 addresses without skew
- ``distinct``: 100,000 addresses, each once: what a memo cannot help

Figures are nanoseconds per row, the best of five passes taken in turns, each with a table that has answered nothing
before and with new strings, as a reader makes them (a string used before has its hash at hand).
"""

from __future__ import annotations

import bisect
import gc
import ipaddress
import random
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipattr.registry import Registry, find_data, load_sources, open_kept, open_registry
from ipattr.registry.tree import cache_key, digest, read_tree

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 100_000
DISTINCT = 5_000
SEED = 20261121
PASSES = 5
GOAL = 4
WITHOUT_MEMO = {"ipattr, memo off", "pyasn", "py-radix", "pytricia", "ipaddress+bisect", "netaddr+bisect"}
OURS = "ipattr network_of(text)"
Rows = list[tuple[str, int]]


def addresses(announced: Rows, count: int, source: random.Random) -> list[str]:
    """Return ``count`` different addresses, nine tenths inside announced IPv4 and IPv6 space."""
    networks = [ipaddress.ip_network(prefix) for prefix, _ in announced]
    found: dict[str, None] = {}
    while len(found) < count:
        if source.random() < 0.1:  # noqa: PLR2004 - a tenth outside
            found[str(ipaddress.IPv4Address(source.getrandbits(32)))] = None
        else:
            network = source.choice(networks)
            spread = source.getrandbits(network.max_prefixlen - network.prefixlen)
            found[str(network.network_address + spread)] = None
    return list(found)


def logs(announced: Rows) -> dict[str, list[str]]:
    """Return the logs by name."""
    source = random.Random(SEED)  # noqa: S311 - a benchmark, and it must repeat
    known = addresses(announced, DISTINCT, source)
    weights = [1 / rank for rank in range(1, DISTINCT + 1)]
    return {
        "long": source.choices(known, weights, k=10 * ROWS),
        "skewed": source.choices(known, weights, k=ROWS),
        "uniform": source.choices(known, k=ROWS),
        "distinct": addresses(announced, ROWS, source),
    }


def one_pass(make: Callable[[], Any], rows: list[str]) -> float:
    """Return nanoseconds per row of one pass."""
    lookup = make()
    fresh = [f"{address} "[:-1] for address in rows]
    gc.collect()
    gc.disable()
    began = time.perf_counter_ns()
    for address in fresh:
        lookup(address)
    taken = time.perf_counter_ns() - began
    gc.enable()
    return taken / len(rows)


def best(makers: dict[str, Callable[[], Any]], rows: list[str]) -> dict[str, float]:
    """Return nanoseconds per row for everyone, best of the passes; they take turns, so a busy moment hits all alike.

    Who remembers nothing costs the same on row 1,000,000 as on row 1, and is given the first 100,000.
    """
    taken: dict[str, list[float]] = {name: [] for name in makers}
    for _ in range(PASSES):
        for name, make in makers.items():
            taken[name].append(one_pass(make, rows[:ROWS] if name in WITHOUT_MEMO else rows))
    return {name: min(passes) for name, passes in taken.items()}


def peer_ipaddress(announced: Rows) -> Callable[[], Any]:
    """Ipaddress and bisect over disjoint segments: the standard library alone."""
    from ipattr.registry.compiling import flatten

    tables = {}
    for version, bits in ((4, 32), (6, 128)):
        nets = [(n, asn) for prefix, asn in announced if (n := ipaddress.ip_network(prefix)).version == version]
        blocks = [(int(n.network_address), int(n.broadcast_address), asn) for n, asn in nets]
        tables[version] = flatten(blocks, (1 << bits) - 1)

    def lookup(text: str) -> int:
        address = ipaddress.ip_address(text)
        starts, results = tables[address.version]
        return results[bisect.bisect_right(starts, int(address)) - 1]

    return lambda: lookup


def peer_netaddr(announced: Rows) -> Callable[[], Any]:
    """Netaddr and bisect over the same segments."""
    import netaddr

    from ipattr.registry.compiling import flatten

    tables = {}
    for version, bits in ((4, 32), (6, 128)):
        nets = [(n, asn) for prefix, asn in announced if (n := netaddr.IPNetwork(prefix)).version == version]
        tables[version] = flatten([(n.first, n.last, asn) for n, asn in nets], (1 << bits) - 1)

    def lookup(text: str) -> int:
        address = netaddr.IPAddress(text)
        starts, results = tables[address.version]
        return results[bisect.bisect_right(starts, int(address)) - 1]

    return lambda: lookup


def peer_radix(announced: Rows) -> Callable[[], Any]:
    """py-radix: a radix tree in C."""
    import radix  # type: ignore[import-untyped]

    tree = radix.Radix()
    for prefix, asn in announced:
        tree.add(prefix).data["asn"] = asn
    return lambda: tree.search_best


def peer_pyasn(announced: Rows) -> Callable[[], Any]:
    """pyasn: a radix tree in C under a Python method."""
    import pyasn  # type: ignore[import-untyped]

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        path.write_text("".join(f"{prefix}\t{asn}\n" for prefix, asn in announced))
        table = pyasn.pyasn(str(path))
    return lambda: table.lookup


def peer_pytricia(announced: Rows) -> Callable[[], Any]:
    """pytricia: a Patricia trie in C; one trie per version, since it does not tell them apart."""
    import pytricia  # type: ignore[import-not-found]

    four, six = pytricia.PyTricia(32), pytricia.PyTricia(128)
    for prefix, asn in announced:
        (six if ":" in prefix else four).insert(prefix, asn)

    def lookup(text: str) -> int | None:
        return (six if ":" in text else four).get(text)  # type: ignore[no-any-return] # untyped peer

    return lambda: lookup


def memoised(make: Callable[[], Any]) -> Callable[[], Any]:
    """Put a plain dict in front of a peer: what its user could do as well."""

    def remembering() -> Callable[[str], Any]:
        lookup = make()
        known: dict[str, Any] = {}

        def ask(text: str) -> Any:  # noqa: ANN401 - whatever the peer answers
            found = known.get(text, known)
            if found is known:
                found = known[text] = lookup(text)
            return found

        return ask

    return remembering


def print_opening(cache: Path) -> None:
    """Print what opening costs, whole and by step."""
    open_registry(cache=cache)
    steps: dict[str, list[float]] = {"read": [], "hash": [], "open": [], "whole": []}
    for _ in range(30):
        marks = [time.perf_counter_ns()]
        tree = read_tree(find_data())
        marks.append(time.perf_counter_ns())
        key = cache_key(digest(tree))
        marks.append(time.perf_counter_ns())
        kept = open_kept(cache, key)
        if kept is None:
            sys.exit("the compiled file was not kept: nothing to measure")
        Registry(kept)
        marks.append(time.perf_counter_ns())
        open_registry(cache=cache)
        marks.append(time.perf_counter_ns())
        for name, before, after in zip(steps, marks[:-1], marks[1:], strict=True):
            steps[name].append((after - before) / 1e6)
    median = {name: sorted(taken)[len(taken) // 2] for name, taken in steps.items()}
    size = sum(len(data) for data in tree.values())
    print(f"data                {len(tree)} files, {size:,} bytes")
    print(f"read every file     {median['read']:.2f} ms")
    print(f"hash data and code  {median['hash']:.2f} ms")
    print(f"table open          {median['open']:.2f} ms   (map, verify SHA-256, directory; goal 2 ms)")
    print(f"open_registry       {median['whole']:.2f} ms   (all of the above)")


def main() -> None:
    """Print every figure."""
    announced = sorted({(row.prefix, row.origin_asn) for row in load_sources().announcements})
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        print_opening(cache)
        ours = partial(open_registry, cache=cache)
        rows = logs(announced)
        makers: dict[str, Callable[[], Any]] = {
            OURS: lambda: ours().network_of,
            "ipattr, memo off": lambda: ours().find_network,
        }
        for name, build in (
            ("pyasn", peer_pyasn),
            ("py-radix", peer_radix),
            ("pytricia", peer_pytricia),
            ("ipaddress+bisect", peer_ipaddress),
            ("netaddr+bisect", peer_netaddr),
        ):
            try:
                makers[name] = build(announced)
            except ImportError as error:
                print(f"{name}: missing ({error}); pip install the group `bench`")
        if "pyasn" in makers:
            makers["pyasn + dict memo"] = memoised(makers["pyasn"])
        if "pytricia" in makers:
            makers["pytricia + dict memo"] = memoised(makers["pytricia"])
        print_lookups(makers, rows)


def print_lookups(makers: dict[str, Callable[[], Any]], logs_by_name: dict[str, list[str]]) -> None:
    """Print nanoseconds per row and the ratio to ours, per log, and from how long a log on the goal is met."""
    taken = {log: best(makers, rows) for log, rows in logs_by_name.items()}
    print(f"\n{'ns per row (times ipattr)':<30}" + "".join(f"{log:>22}" for log in taken))
    for name in makers:
        cells = [f"{times[name]:>13,.0f} ({times[name] / times[OURS]:>5.1f})" for times in taken.values()]
        print(f"{name:<30}" + "".join(f"{cell:>22}" for cell in cells))
    if "pyasn" not in makers:
        return
    rows = logs_by_name["skewed"]
    share = len(set(rows)) / len(rows)
    again = taken["long"][OURS] - (taken["skewed"][OURS] - taken["long"][OURS]) / 9  # both logs ask the same addresses
    first = (taken["skewed"][OURS] - again) / share
    allowed = taken["skewed"]["pyasn"] / GOAL - again
    print(f"\nipattr: {first:,.0f} ns for an address never asked before, {again:,.0f} ns for one asked again")
    print(
        f"goal {GOAL}x pyasn: met from {first / allowed:,.0f} rows per distinct address on (skewed has {1 / share:.0f})"
    )


if __name__ == "__main__":
    main()
