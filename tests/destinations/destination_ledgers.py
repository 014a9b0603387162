"""Small ledgers for the tests of this folder: answers of resolvers, observations, and the shipped facts of X."""

from __future__ import annotations

import csv
import tomllib
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ipattr.model import DnsProbe, Observation, Platform, PlatformHost, Resolution

if TYPE_CHECKING:
    from collections.abc import Sequence

DATA = Path(__file__).resolve().parents[2] / "data"
START = datetime(2026, 3, 1, tzinfo=UTC)
RESOLVER = "udp://192.0.2.53:53"


def hours(count: float) -> datetime:
    return START + timedelta(hours=count)


def resolution(
    at: datetime,
    *addresses: str,
    resolver: str = RESOLVER,
    host: str = "www.example",
    cnames: tuple[str, ...] = (),
    **changes: Any,  # noqa: ANN401 - any further field of a resolution or its probe
) -> Resolution:
    probe = {name: changes.pop(name) for name in ("platform", "rrtype", "kind", "subnet") if name in changes}
    family = "AAAA" if any(":" in address for address in addresses) else "A"
    made = Resolution(
        probe=DnsProbe(**{"platform": "p", "host": host, "rrtype": family, **probe}),
        resolver=resolver,
        query="",
        hops=(),
        sent=at,
        received=at,
        tool_version="0",
        status="answered" if addresses else "nxdomain",
        addresses=addresses,
        cnames=cnames,
        dnssec="unsigned",
    )
    return msgspec.structs.replace(made, **changes)


def observation(address: str, first: str, last: str, *, host: str = "www.example", **changes: Any) -> Observation:  # noqa: ANN401 - as above
    made = Observation(
        id=f"{host}/{address}/{first}",
        platform="p",
        host=host,
        rrtype="AAAA" if ":" in address else "A",
        address=address,
        first_seen=first,
        last_seen=last,
        count=9,
        vantage="v",
        source="s",
        confidence="high",
        cname="",
        status="kept",
        note="",
    )
    return msgspec.structs.replace(made, **changes)


def platform(hosts: Sequence[PlatformHost]) -> Platform:
    return Platform(id="p", name="P", hosts=tuple(hosts), sources=(), confidence="high")


def web(*names: str) -> Platform:
    return platform([PlatformHost(name=name, role="web", candidate=True) for name in names or ("www.example",)])


@cache
def shipped() -> tuple[Platform, tuple[Observation, ...]]:
    raw = tomllib.loads((DATA / "platforms" / "x.toml").read_text(encoding="utf-8"))
    with (DATA / "observations" / "x.csv").open(encoding="utf-8", newline="") as lines:
        rows = [{**row, "count": int(row["count"]) if row["count"] else None} for row in csv.DictReader(lines)]
    return msgspec.convert({"id": "x", **raw}, Platform), tuple(msgspec.convert(rows, list[Observation]))
