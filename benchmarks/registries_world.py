"""The invented world of ``registries.py``: registered blocks in APNIC's space, addresses in them, and the truth."""

from __future__ import annotations

import bisect
import csv
import ipaddress
import json
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SEED = 20261121
IPV6_SHARE = 0.15
SUB_SHARE = 0.3
SIZES = (1, 1, 2, 2, 3, 4, 4, 5, 6, 8, 8, 12, 16)
"""Sizes of IPv4 blocks in /24s: /24 to /20, and some that are no prefix."""
EIGHTS = (1, 27, 49, *range(58, 62), *range(101, 127))
"""The /8s that the bootstrap registry leads to APNIC, but for parts that were transferred."""
EVENTS = {"registration": "2012-04-01T00:00:00Z", "last changed": "2024-04-01T00:00:00Z"}


class World(NamedTuple):
    """``blocks`` as the server takes them (the more specific ones too), ``truth`` address → handle."""

    blocks: list[dict[str, object]]
    truth: dict[str, str]
    registered: int
    sub_assigned: int

    def write_blocks(self, path: Path) -> Path:
        """Write what the server is to answer."""
        path.write_text(json.dumps(self.blocks), "utf-8")
        return path

    def write_log(self, path: Path) -> Path:
        """Write a login history: one row per address, in no order."""
        start = datetime(2026, 8, 1, tzinfo=UTC)
        with path.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(["accountId", "createdAt", "loginIp"])
            for row, address in enumerate(self.truth):
                at = start + timedelta(minutes=47 * row)
                table.writerow(["1000000000000000001", f"{at:%Y-%m-%dT%H:%M:%S}.000Z", address])
        return path


class _Block(NamedTuple):
    version: int
    first: int
    last: int


def make_world(*, addresses: int, blocks: int, sub_assigned: bool, usable: Callable[[str], bool]) -> World:
    """Return ``addresses`` different addresses in ``blocks`` registered blocks, every block with one at least.

    ``usable`` tells whether an address is asked about at the one server; blocks where it is not are left out.
    Blocks lie in runs side by side and alone, as allocations do. ``sub_assigned``: 30 % of the blocks hold more
    specific registrations (/28, /29; /56, /64), and a third of their addresses lies in them.
    """
    draw = random.Random(SEED)  # noqa: S311 - a benchmark, and it must repeat
    registered = _blocks(draw, blocks, usable)
    weights = [draw.paretovariate(1.2) for _ in registered]
    chosen = [*registered, *draw.choices(registered, weights, k=addresses - blocks)]
    split = set(draw.sample(registered, round(SUB_SHARE * blocks))) if sub_assigned else set()
    parts: dict[_Block, list[_Block]] = {}
    truth: dict[str, str] = {}
    for block in chosen:
        number = _free(draw, block, truth)
        if block in split and (draw.random() < 1 / 3 or block not in parts):
            parts.setdefault(block, []).append(_part(draw, block, number))
        truth[_text(block.version, number)] = ""
    every = [*registered, *dict.fromkeys(part for held in parts.values() for part in _apart(held))]
    named = {block: f"NET-{number:04d}" for number, block in enumerate(every)}
    served = [_served(block, named[block]) for block in every]
    found = _most_specific(every)
    rows = list(truth)
    draw.shuffle(rows)
    return World(served, {row: named[found(row)] for row in rows}, blocks, len(split))


def _blocks(draw: random.Random, count: int, usable: Callable[[str], bool]) -> list[_Block]:
    six = round(count * IPV6_SHARE)
    found: list[_Block] = []
    while len(found) < count - six:
        at = draw.choice(EIGHTS) << 24 | draw.randrange(0, 1 << 16, 16) << 8
        for _ in range(draw.choice((1, 1, 2, 4, 9))):
            size = draw.choice(SIZES)
            block = _Block(4, at, at + (size << 8) - 1)
            free = not any(b.first <= block.last and block.first <= b.last for b in found)
            ours = all(usable(_text(4, number)) for number in (*range(block.first, block.last, 256), block.last))
            if len(found) < count - six and free and ours:
                found.append(block)
            at += size << 8
            at += -at % (min(16, 1 << (size.bit_length() - 1)) << 8)
    sixes: set[_Block] = set()
    while len(sixes) < six:
        bits = draw.choice((32, 32, 36, 40, 44, 48))
        first = 0x2400 << 112 | draw.getrandbits(8) << 104 | draw.getrandbits(8) << 96
        if not any(b.first == first for b in sixes):
            sixes.add(_Block(6, first, first + (1 << (128 - bits)) - 1))
    return [*found, *sorted(sixes)]


def _free(draw: random.Random, block: _Block, taken: dict[str, str]) -> int:
    while True:
        number = draw.randint(block.first, block.last)
        if _text(block.version, number) not in taken:
            return number


def _part(draw: random.Random, block: _Block, number: int) -> _Block:
    bits = draw.choice((3, 4)) if block.version == 4 else draw.choice((64, 72))  # noqa: PLR2004 - /29 /28, /64 /56
    first = number >> bits << bits
    return _Block(block.version, first, first + (1 << bits) - 1)


def _apart(parts: list[_Block]) -> list[_Block]:
    """Leave out a part inside another: one level of sub-assignment is what the figures speak of."""
    return [p for p in parts if not any(o != p and o.first <= p.first and p.last <= o.last for o in parts)]


def _served(block: _Block, handle: str) -> dict[str, object]:
    return {
        "first": _text(block.version, block.first),
        "last": _text(block.version, block.last),
        "handle": handle,
        "name": handle,
        "org": f"Holder of {handle}",
        "org_handle": f"ORG-{handle}",
        "country": "JP",
        "events": EVENTS,
    }


def _most_specific(blocks: list[_Block]) -> _Finder:
    return _Finder(blocks)


class _Finder:
    """The block of an address, the smallest that holds it; worked out without the program that is measured."""

    def __init__(self, blocks: list[_Block]) -> None:
        self._blocks = sorted(blocks)
        self._longest = max(block.last - block.first for block in blocks if block.version == 4)  # noqa: PLR2004

    def __call__(self, address: str) -> _Block:
        version, number = ipaddress.ip_address(address).version, int(ipaddress.ip_address(address))
        end = bisect.bisect_right(self._blocks, _Block(version, number, 1 << 128))
        holding = [b for b in self._blocks[:end] if b.version == version and b.first <= number <= b.last]
        return min(holding, key=lambda block: block.last - block.first)


def _text(version: int, number: int) -> str:
    return str(ipaddress.IPv4Address(number) if version == 4 else ipaddress.IPv6Address(number))  # noqa: PLR2004
