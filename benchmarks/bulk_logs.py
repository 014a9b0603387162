"""Invented logs of any length for the bulk benchmarks and tests: skewed as a platform's are, the same on every run.

    python benchmarks/bulk_logs.py ROWS PATH

A log has the columns of ``data/examples/x-log-utc.csv`` and 90 days up to 2026-11-21, in the order of time. Addresses
lie inside the blocks of ``data/networks/prefixes.csv`` or are documentation addresses: they are nobody's in particular.
A tenth of the rows is IPv6. Addresses and accounts follow Zipf's law (the r-th most frequent one has weight 1/r), there
are a fifth as many addresses to draw from as rows, and a fiftieth as many accounts. A hundredth of the rows is
malformed, each in one of the ways of ``MALFORMED``.
"""

from __future__ import annotations

import csv
import ipaddress
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Ints = np.ndarray[tuple[int], np.dtype[np.int64]]

SEED = 20261121
HEADER = b"accountId,createdAt,loginIp,loginPortNumber\n"
FIRST_DAY = np.datetime64("2026-08-23")
DAYS = 90
BLOCK = 1 << 18
DAY_SECONDS = 86_400
JAPANESE = 0.75
PORTLESS = 0.3
PREFIXES = Path(__file__).resolve().parents[1] / "data" / "networks" / "prefixes.csv"


class Cells(NamedTuple):
    """The four cells of one well-formed row."""

    account: str
    time: str
    ip: str
    port: str


def _with(**changes: Callable[[Cells], str]) -> Callable[[Cells], str]:
    """Return what writes a row with some of its cells changed."""
    return lambda cells: ",".join(cells._replace(**{name: change(cells) for name, change in changes.items()}))


MALFORMED: dict[str, Callable[[Cells], str]] = {
    "octet above 255": _with(ip=lambda _: "203.0.113.256"),
    "octet with a leading zero": _with(ip=lambda _: "203.0.113.007"),
    "address cut off": _with(ip=lambda _: "203.0.113"),
    "no address": _with(ip=lambda _: ""),
    "day that does not exist": _with(time=lambda _: "2026-09-31T10:11:12.000Z"),
    "hour that does not exist": _with(time=lambda cells: f"{cells.time[:11]}25{cells.time[13:]}"),
    "no zone": _with(time=lambda cells: cells.time[:-1]),
    "no time": _with(time=lambda _: ""),
    "port too high": _with(port=lambda _: "70000"),
    "port as a fraction": _with(port=lambda _: "443.0"),
    "id as a spreadsheet shows it": _with(account=lambda _: "6.01235E+18"),
    "a cell too many": lambda cells: ",".join((*cells, "x")),
    "a cell too few": lambda cells: ",".join(cells[:3]),
    "control character": _with(account=lambda cells: f"{cells.account}\x01"),
    "documentation address": _with(ip=lambda cells: f"198.51.100.{int(cells.account) % 254 + 1}"),
    "documentation address, IPv6": _with(ip=lambda cells: f"2001:db8::{int(cells.account) % 65521 + 1:x}"),
    "IPv4 inside IPv6": _with(ip=lambda cells: f"::ffff:192.0.2.{int(cells.account) % 254 + 1}"),
    "no seconds": _with(time=lambda cells: f"{cells.time[:16]}Z"),
    "a name in place of the id": _with(account=lambda cells: f"user_{cells.account[-6:]}"),
    "spaces around": _with(ip=lambda cells: f" {cells.ip} ", port=lambda cells: f"{cells.port} "),
    "full-width digits": _with(port=lambda _: "５１２３４"),
    "quoted": lambda cells: ",".join(f'"{cell}"' for cell in cells),
    "zone in words": _with(time=lambda cells: f"{cells.time[:10]} {cells.time[11:19]} UTC"),
}
"""What a malformed row looks like, by name, made of the cells it would have had; some are still read."""


class _Draw:
    """What the rows of one log are drawn from."""

    def __init__(self, rows: int, seed: int, *, sixes: float) -> None:
        self.rows, self.seed, self.sixes = rows, seed, sixes
        pool = max(rows // 5, 50)
        source = np.random.default_rng((seed, 0))
        blocks = list(_blocks())
        self.four = _cells(_addresses([b for b in blocks if b[0].version == 4], pool - pool // 10, source))  # noqa: PLR2004
        self.six = _cells(_addresses([b for b in blocks if b[0].version == 6], pool // 10, source))  # noqa: PLR2004
        ids = source.integers(6 * 10**18, 6 * 10**18 + 10**17, size=max(rows // 50, 10))
        self.accounts = _cells(map(str, ids.tolist()))
        self.days = pa.array([str(FIRST_DAY + day) for day in range(DAYS + 1)])
        self.clocks = _cells(f"T{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}.000Z" for at in range(DAY_SECONDS))
        self.ports = pa.array(["\n", *(f"{port}\n" for port in range(1, 1 << 16))])

    def lines(self, first: int, count: int, malformed: float) -> pa.StringArray:
        """Return ``count`` lines from row ``first`` on."""
        draw = np.random.default_rng((self.seed, 1, first))
        at = (np.arange(first, first + count) + draw.random(count)) * (DAYS * DAY_SECONDS / self.rows)
        seconds = at.astype(np.int64)
        six = draw.random(count) < self.sixes
        pool = pa.concat_arrays([self.four, self.six])
        ranks = np.where(six, len(self.four) + _zipf(draw, len(self.six), count), _zipf(draw, len(self.four), count))
        port = np.where(draw.random(count) < PORTLESS, 0, draw.integers(1024, 1 << 16, size=count))
        parts = (
            self.accounts.take(pa.array(_zipf(draw, len(self.accounts), count))),
            self.days.take(pa.array(seconds // DAY_SECONDS)),
            self.clocks.take(pa.array(seconds % DAY_SECONDS)),
            pool.take(pa.array(ranks)),
            self.ports.take(pa.array(port)),
        )
        lines = pc.binary_join_element_wise(*parts, "")
        bad = draw.random(count) < malformed
        ways = list(MALFORMED.values())
        chosen = draw.integers(0, len(ways), size=int(bad.sum())).tolist()
        broken = [
            ways[way](Cells(*line[:-1].split(","))) + "\n"
            for way, line in zip(chosen, lines.filter(pa.array(bad)).to_pylist(), strict=True)
        ]
        return pc.replace_with_mask(lines, pa.array(bad), pa.array(broken, pa.string()))


def write_log(path: Path, rows: int, *, seed: int = SEED, malformed: float = 0.01, sixes: float = 0.1) -> None:
    """Write a log of ``rows`` rows under a header: UTF-8, LF; equal arguments give equal bytes.

    ``malformed`` and ``sixes`` are the shares of malformed rows and of IPv6 rows.
    """
    draw = _Draw(rows, seed, sixes=sixes)
    with path.open("wb") as file:
        file.write(HEADER)
        for first in range(0, rows, BLOCK):
            lines = draw.lines(first, min(BLOCK, rows - first), malformed)
            # The text of an Arrow column lies in one piece, its cells one after the other: it is the file.
            file.write(lines.buffers()[2])


def _blocks() -> Iterator[tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, bool]]:
    """Give every listed block, and whether it is delegated to Japan."""
    with PREFIXES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield ipaddress.ip_network(row["prefix"]), row["delegated_country"] == "JP"


def _addresses(
    blocks: list[tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, bool]], count: int, draw: np.random.Generator
) -> Iterator[str]:
    """Give ``count`` addresses: a larger block has more of them, but not in proportion."""
    weights = np.array([network.num_addresses**0.4 * (japanese or 0.01) for network, japanese in blocks])
    japanese = np.array([japanese for _, japanese in blocks])
    for part, share in ((japanese, JAPANESE), (~japanese, 1 - JAPANESE)):
        weights[part] *= share / weights[part].sum()
    chosen = draw.choice(len(blocks), size=count, p=weights)
    inside = draw.integers(0, 1 << 63, size=(count, 2))
    for number, (upper, lower) in zip(chosen.tolist(), inside.tolist(), strict=True):
        network = blocks[number][0]
        yield str(network[(upper << 63 | lower) % network.num_addresses])


def _cells(texts: Iterator[str]) -> pa.StringArray:
    """Return cells with the comma after them."""
    return pa.array([f"{text}," for text in texts])


def _zipf(draw: np.random.Generator, size: int, count: int) -> Ints:
    """Draw places of a list, the r-th with weight 1/r (by the inverse of the harmonic sum, ln r)."""
    places = np.exp(draw.random(count) * math.log(size + 1)).astype(np.int64) - 1
    return np.minimum(places, size - 1)


if __name__ == "__main__":
    write_log(Path(sys.argv[2]), int(sys.argv[1]))
