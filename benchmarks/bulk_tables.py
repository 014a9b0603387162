"""Invented tables of announced prefixes, of any size: what ``bulk_growth.py`` lets the table grow with.

    python benchmarks/bulk_tables.py data COUNT FOLDER      a data folder with COUNT more prefixes
    python benchmarks/bulk_tables.py step COUNT LOG         the longest-prefix step alone, as JSON

The prefixes are drawn with the lengths of a full routing table and the same on every run; a tenth is IPv6. They nest as
they fall, and their origins are AS numbers of ``data/networks/ases.csv`` at random: nothing here is a fact.
"""

from __future__ import annotations

import csv
import hashlib
import io
import ipaddress
import json
import re
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).resolve().parents[1] / "data"
SEED = 20261121
LENGTHS = {
    4: {24: 60, 23: 10, 22: 12, 21: 5, 20: 4, 19: 3, 18: 2, 17: 1, 16: 3},
    6: {48: 50, 44: 10, 40: 10, 36: 5, 32: 25},
}
BITS = {4: 32, 6: 128}
SIXES = 0.1
PASSES = 15
BLOCK = 1 << 15


def prefixes(count: int) -> list[tuple[int, int, int]]:
    """Return ``count`` different prefixes as (version, number, length), in no order; unicast space alone."""
    draw = np.random.default_rng(SEED)
    made: list[tuple[int, int, int]] = []
    for version, wanted in ((4, count - int(count * SIXES)), (6, int(count * SIXES))):
        shares = LENGTHS[version]
        weights = np.array(list(shares.values())) / sum(shares.values())
        found: dict[tuple[int, int, int], None] = {}
        while len(found) < wanted:
            lengths = draw.choice(list(shares), size=wanted, p=weights).tolist()
            if version == 4:  # noqa: PLR2004 - IP version
                numbers = draw.integers(1 << 24, 224 << 24, size=wanted).tolist()
            else:
                numbers = [(0x2400 << 48 | high) << 64 for high in draw.integers(0, 0xC00 << 48, size=wanted).tolist()]
            for length, number in zip(lengths, numbers, strict=True):
                shift = BITS[version] - length
                found[version, number >> shift << shift, length] = None
        made.extend(list(found)[:wanted])
    return made


def text(version: int, number: int, length: int) -> str:
    """Return a prefix as text."""
    make = ipaddress.IPv4Address if version == 4 else ipaddress.IPv6Address  # noqa: PLR2004 - IP version
    return f"{make(number)}/{length}"


def write_data(folder: Path, count: int) -> None:
    """Copy ``data/`` and add ``count`` prefixes to its table; where one is listed, what is listed stays."""
    shutil.copytree(DATA, folder, dirs_exist_ok=True)
    table = folder / "networks" / "prefixes.csv"
    with (DATA / "networks" / "ases.csv").open(encoding="utf-8", newline="") as file:
        numbers = [row["asn"] for row in csv.DictReader(file)]
    with table.open(encoding="utf-8", newline="") as file:
        listed = {row["prefix"]: row for row in csv.DictReader(file)}
    origins = np.random.default_rng(SEED).integers(0, len(numbers), size=count).tolist()
    made = io.StringIO(table.read_text("utf-8"))
    made.seek(0, io.SEEK_END)
    rows = len(made.getvalue().splitlines()) - 1
    for block, origin in zip(prefixes(count), origins, strict=True):
        name = text(*block)
        if name not in listed:
            made.write(f"{name},{numbers[origin]},JP\n")
            rows += 1
    data = made.getvalue().encode()
    table.write_bytes(data)
    manifest = table.with_name("manifest.toml")
    head, mark, rest = manifest.read_text("utf-8").partition('file = "prefixes.csv"')
    rest = re.sub(r"rows = \d+", f"rows = {rows}", rest, count=1)
    rest = re.sub(r'sha256 = "\w+"', f'sha256 = "{hashlib.sha256(data).hexdigest()}"', rest, count=1)
    manifest.write_text(head + mark + rest, "utf-8")


def time_step(count: int, log: Path) -> dict[str, Any]:
    """Return nanoseconds per address, the best of the passes, over the IPv4 addresses of a log in blocks."""
    from ipattr.bulk.segments import bisect
    from ipattr.registry.compiling import flatten

    blocks = [
        (number, number | (1 << 32 - length) - 1, place)
        for place, (version, number, length) in enumerate(prefixes(count), start=1)
        if version == 4  # noqa: PLR2004 - IP version
    ]
    starts = np.array(flatten(blocks, (1 << 32) - 1)[0], np.uint64)
    cells = [line.split(",")[2] for line in log.read_text("utf-8").splitlines()[1:]]
    quads = [cell for cell in cells if re.fullmatch(r"(\d+\.){3}\d+", cell)]
    asked = np.array([int.from_bytes(bytes(int(part) & 255 for part in quad.split("."))) for quad in quads], np.uint64)
    blocks_of_rows = [asked[first : first + BLOCK] for first in range(0, len(asked), BLOCK)]
    taken = []
    for _ in range(PASSES):
        began = time.perf_counter_ns()
        for part in blocks_of_rows:
            bisect(starts, part)
        taken.append((time.perf_counter_ns() - began) / len(asked))
    return {"segments": len(starts), "ns": min(taken)}


if __name__ == "__main__":
    what, many, place = sys.argv[1:]
    if what == "data":
        write_data(Path(place), int(many))
    else:
        json.dump(time_step(int(many), Path(place)), sys.stdout)
