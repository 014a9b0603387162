"""The worst case of ``ledger.py``: a million dated rows that nobody condensed, such as others' passive DNS.

One platform, 12 hosts, 25 series per host (resolvers, vantages), four years; each quarter another pool of 8 addresses
per host which take turns, so that a series sees each of them in runs of some days; between two quarters everybody sees
nothing for three days. Made by rule, the same every time.
"""

from __future__ import annotations

import gc
import random
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger_peaks import peak

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import CandidateSet, Platform

LOGINS = 1_000
HOSTS, SERIES, POOL, QUARTERS = 12, 25, 8, 16
HOUR = 3600
QUARTER = 2190 * HOUR
OUTAGE = 72 * HOUR
SEED = 20261121
START = datetime(2026, 1, 1, tzinfo=UTC)


class Row(NamedTuple):
    """One run of sightings; times are seconds since the start of the world."""

    host: int
    series: int
    address: str
    first: int
    last: int


def world(rows: int) -> Iterator[Row]:
    """Yield so many runs: per host, series, quarter and address runs of some days with pauses of more than two."""
    draw = random.Random(SEED)  # noqa: S311 - a benchmark, and it must repeat
    per_address = rows / (HOSTS * SERIES * QUARTERS * POOL)
    length = (QUARTER - OUTAGE) / per_address
    made = 0
    for host in range(HOSTS):
        for series in range(SERIES):
            for quarter in range(QUARTERS):
                for slot in range(POOL):
                    address = f"10.{host}.{quarter}.{slot}"
                    at = quarter * QUARTER + draw.uniform(0, length)
                    while at < (quarter + 1) * QUARTER - OUTAGE and made < rows:
                        last = min(at + length * draw.uniform(0.1, 0.8), (quarter + 1) * QUARTER - OUTAGE)
                        yield Row(host, series, address, int(at), int(last))
                        made += 1
                        at += length * draw.uniform(0.9, 1.1)


def logins() -> list[int]:
    """Return the logins in seconds since the start of the world."""
    draw = random.Random(SEED + 1)  # noqa: S311 - as above
    return [draw.randrange(QUARTER * QUARTERS) for _ in range(LOGINS)]


def _platform() -> Platform:
    from ipattr.model import Platform, PlatformHost

    hosts = [PlatformHost(name=f"h{n}.example", role="web", candidate=True, reference=n == 0) for n in range(HOSTS)]
    return Platform(id="p", name="P", hosts=tuple(hosts), sources=(), confidence="high")


def ours(rows: int) -> dict[str, Any]:
    """Prepare the observations and ask about every login: of all hosts, and of one."""
    from ipattr.destinations import candidates_in, survey
    from ipattr.model import Observation

    bare = peak()
    vantages = [f"udp://192.0.2.{series}:53 (unsigned)" for series in range(SERIES)]
    hosts = [f"h{n}.example" for n in range(HOSTS)]
    observations = [
        Observation(
            id=f"imp:{number}",
            platform="p",
            host=hosts[row.host],
            rrtype="A",
            address=row.address,
            first_seen=_written(row.first),
            last_seen=_written(row.last),
            count=9,
            vantage=vantages[row.series],
            source="passive DNS",
            confidence="high",
            cname="",
            status="kept",
            note="",
            longest_gap=6 * HOUR,
        )
        for number, row in enumerate(world(rows))
    ]
    loaded = peak()
    gc.collect()
    began = time.perf_counter()
    prepared = survey(_platform(), observations)
    ready = time.perf_counter()
    found = [_said(candidates_in(prepared, START + timedelta(seconds=at), family=4, shared=_nobody)) for at in logins()]
    asked = time.perf_counter()
    for at in logins():
        candidates_in(prepared, START + timedelta(seconds=at), family=4, shared=_nobody, hosts=("h7.example",))
    one = time.perf_counter()
    return {
        "rows": len(observations),
        "prepare": ready - began,
        "all": asked - ready,
        "one": one - asked,
        "peaks": [bare, loaded, peak()],
        "found": found,
    }


def _nobody(_address: str) -> str:
    return ""


def _written(second: int) -> str:
    return (START + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _said(found: CandidateSet) -> list[list[str]]:
    around = [one.address for one in found.candidates if one.relation == "around"]
    others = [one.address for one in found.candidates if one.relation != "around"]
    return [sorted(around), sorted(others)]


def peer(rows: int) -> dict[str, Any]:
    """Filter all rows in pandas for every login: of all hosts, and of one."""
    import pandas as pd

    bare = peak()
    made = list(world(rows))
    began = time.perf_counter()
    frame = pd.DataFrame(
        {
            "host": pd.Categorical([row.host for row in made]),
            "address": pd.Categorical([row.address for row in made]),
            "first": [row.first for row in made],
            "last": [row.last for row in made],
        }
    )
    del made
    ready = time.perf_counter()
    found = [_naive(frame, list(range(HOSTS)), at) for at in logins()]
    asked = time.perf_counter()
    for at in logins():
        _naive(frame, [7], at)
    one = time.perf_counter()
    return {
        "rows": len(frame),
        "prepare": ready - began,
        "all": asked - ready,
        "one": one - asked,
        "peaks": [bare, bare, peak()],
        "found": found,
    }


def _naive(frame: Any, hosts: list[int], at: int) -> list[list[str]]:  # noqa: ANN401 - a data frame
    """Return the addresses that span an instant, and the nearest of hosts that have none."""
    hit = frame[frame.host.isin(hosts) & (frame["first"] <= at) & (at <= frame["last"])]
    near: set[str] = set()
    for host in set(hosts) - set(hit.host.unique()):
        own = frame[frame.host == host]
        before, after = own[own["last"] < at], own[own["first"] > at]
        if len(before):  # a host not yet observed says nothing about the login: neither side lists it
            near.add(before.loc[before["last"].idxmax(), "address"])
            if len(after):
                near.add(after.loc[after["first"].idxmin(), "address"])
    told = hit.groupby("address", observed=True).agg({"first": "min", "last": "max", "host": "count"})
    return [sorted(told.index), sorted(near)]


def table(own: dict[str, Any], naive: dict[str, Any]) -> None:
    """Print both sides; stop where they did not find the same."""
    for (around, others), (hit, near) in zip(own["found"], naive["found"], strict=True):
        if around != hit or not set(near) <= {*others, *around}:
            message = f"not the same: {around[:5]} {hit[:5]} {near[:5]} {others[:5]}"
            raise SystemExit(message)
    apart = sum(bool(near) for _, near in naive["found"])
    print(f"\n{own['rows']:,} rows uncondensed, {LOGINS:,} logins: all found alike, {apart:,} with hosts nothing spans")
    for name, side in (("ours", own), ("pandas", naive)):
        print(
            f"{name:<22} prepare {side['prepare']:6.2f} s; per login {side['all'] / LOGINS * 1e3:8.2f} ms of"
            f" {HOSTS} hosts, {side['one'] / LOGINS * 1e3:8.2f} ms of one; peak {side['peaks'][2]:,.0f} MiB"
            f" ({side['peaks'][0]:,.0f} before, {side['peaks'][1]:,.0f} with the rows read)"
        )
    whole = (naive["prepare"] + naive["all"]) / (own["prepare"] + own["all"])
    print(
        f"{'pandas / ours':<22} {naive['all'] / own['all']:.1f} of {HOSTS} hosts, {naive['one'] / own['one']:.1f} of"
        f" one; {whole:.1f} of {HOSTS} hosts with preparing"
    )
