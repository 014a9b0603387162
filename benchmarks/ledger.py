"""Candidate sets from a ledger of a million observations, beside a naive filter in pandas. One run, one machine.

    python benchmarks/ledger.py [ROWS]

The world is made by rule, the same every time: one platform, 12 hosts, 25 series per host (resolvers, vantages), four
years; each quarter another pool of 8 addresses per host which take turns, so that a series sees each of them in runs of
some days; between two quarters the office's capture fails for three days. 1,000 logins fall anywhere into these years.

- ours: ``survey`` once, then ``candidates_in`` per login, with relation, distance, evidence, steps and words of each
- pandas: ``df[host & (first <= t) & (t <= last)]`` per login on all rows, grouped by address for first and last seen
  and the number of rows, and where no row of a host spans the login the nearest before and the nearest after; hosts and
  addresses are categories, times integers, which is kind to pandas

Both must find the same addresses around each login; where a host has none, the nearest of pandas must be among ours.
Each side runs in a process of its own; peaks are those of the process (``ru_maxrss``), with what it was before the rows
were there. Condensing is timed apart, on a million answers of a year of captures: answers are made in batches, and only
``Condenser.add`` is timed.
"""

from __future__ import annotations

import gc
import json
import random
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import CandidateSet, Platform, Resolution

ROWS = 1_000_000
LOGINS = 1_000
HOSTS, SERIES, POOL, QUARTERS = 12, 25, 8, 16
HOUR = 3600
QUARTER = 2190 * HOUR
OUTAGE = 72 * HOUR
SEED = 20261121
START = datetime(2026, 1, 1, tzinfo=UTC)
BATCH = 10_000


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


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ours(rows: int) -> dict[str, Any]:
    """Prepare the observations and ask about every login: of all hosts, and of one."""
    from ipattr.destinations import candidates_in, survey
    from ipattr.model import Observation

    bare = _peak()
    vantages = [f"udp://192.0.2.{series}:53 (unsigned)" for series in range(SERIES)]
    hosts = [f"h{n}.example" for n in range(HOSTS)]
    observations = [
        Observation(
            id=f"own:{number}",
            platform="p",
            host=hosts[row.host],
            rrtype="A",
            address=row.address,
            first_seen=_written(row.first),
            last_seen=_written(row.last),
            count=9,
            vantage=vantages[row.series],
            source="own",
            confidence="high",
            cname="",
            status="kept",
            note="",
            longest_gap=6 * HOUR,
        )
        for number, row in enumerate(world(rows))
    ]
    loaded = _peak()
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
        "peaks": [bare, loaded, _peak()],
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

    bare = _peak()
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
        "peaks": [bare, bare, _peak()],
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


def answers(count: int) -> Iterator[Resolution]:
    """Yield so many answers of a year: every 6 h each host at 4 resolvers, twice, A and AAAA, 1 to 2 of 4 addresses."""
    import msgspec

    from ipattr.model import DnsProbe, Resolution

    draw = random.Random(SEED)  # noqa: S311 - a benchmark, and it must repeat
    resolvers = [f"udp://192.0.2.{n}:53" for n in range(4)]
    hosts = count // (1460 * len(resolvers) * 4) + 1
    asked = [
        (DnsProbe(platform="p", host=f"h{host}.example", rrtype=rrtype, round=turn), resolver, host)
        for turn in (1, 2)
        for rrtype in ("A", "AAAA")
        for host in range(hosts)
        for resolver in resolvers
    ]
    model = Resolution(
        probe=asked[0][0],
        resolver="",
        query="",
        hops=(),
        sent=START,
        received=START,
        tool_version="0",
        status="answered",
    )
    for number in range(count):
        probe, resolver, host = asked[number % len(asked)]
        prefix = f"10.{host}.0." if probe.rrtype == "A" else f"2001:db8:{host:x}::"
        picked = draw.sample(range(1, 5), draw.choice((1, 1, 2)))
        at = START + timedelta(hours=6 * (number // len(asked)), milliseconds=20 * (number % len(asked)))
        yield msgspec.structs.replace(
            model,
            probe=probe,
            resolver=resolver,
            vantage="Tokyo",
            received=at,
            addresses=tuple([f"{prefix}{last}" for last in picked]),
            dnssec="unsigned",
        )


def condense(count: int) -> dict[str, Any]:
    """Time the condensing of so many answers."""
    from itertools import islice

    from ipattr.destinations import Condenser

    bare = _peak()
    condenser, made, spent, number = Condenser(), answers(count), 0.0, 0
    while batch := list(islice(made, BATCH)):
        places = [f"observed/{number + n:06d}.jsonl:{n}" for n in range(len(batch))]
        number += len(batch)
        began = time.perf_counter()
        for answer, at in zip(batch, places, strict=True):
            condenser.add(answer, at=at)
        spent += time.perf_counter() - began
    peak = _peak()
    began = time.perf_counter()
    state = condenser.state()
    saved = time.perf_counter()
    again = Condenser.from_state(state)
    loaded = time.perf_counter()
    runs = len(again.observations("p"))
    return {
        "answers": number,
        "spent": spent,
        "runs": runs,
        "state": len(state),
        "save": saved - began,
        "load": loaded - saved,
        "peaks": [bare, peak],
    }


SIDES = {"ours": ours, "pandas": peer, "condense": condense}


def _apart(side: str, rows: int) -> dict[str, Any]:
    done = subprocess.run([sys.executable, __file__, str(rows), side], check=True, capture_output=True, text=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def _same(own: dict[str, Any], naive: dict[str, Any]) -> tuple[int, int]:
    """Return how many logins were found alike, and how many of them have hosts that nothing spans; stop otherwise."""
    for (around, others), (hit, near) in zip(own["found"], naive["found"], strict=True):
        if around != hit or not set(near) <= {*others, *around}:
            message = f"not the same: {around[:5]} {hit[:5]} {near[:5]} {others[:5]}"
            raise SystemExit(message)
    return len(own["found"]), sum(bool(near) for _, near in naive["found"])


def main(rows: int) -> None:
    """Run every side in a process of its own and print the figures."""
    told = _apart("condense", rows)
    runs, each = f"{told['runs']:,} runs", told["spent"] / told["answers"] * 1e6
    print(f"condensing  {told['answers']:,} answers -> {runs}, {each:.2f} us per answer;", end=" ")
    print(f"peak {told['peaks'][1]:.0f} MiB ({told['peaks'][0]:.0f} before), state {told['state']:,} bytes", end=" ")
    print(f"(saved in {told['save'] * 1e3:.0f} ms, read in {told['load'] * 1e3:.0f} ms)")
    own, naive = _apart("ours", rows), _apart("pandas", rows)
    same, apart = _same(own, naive)
    print(f"{own['rows']:,} observations, {LOGINS:,} logins: {same:,} found alike, {apart:,} with hosts nothing spans")
    for name, side in (("ours", own), ("pandas", naive)):
        print(
            f"{name:<11} prepare {side['prepare']:6.2f} s; per login {side['all'] / LOGINS * 1e3:8.2f} ms of"
            f" {HOSTS} hosts, {side['one'] / LOGINS * 1e3:8.2f} ms of one; peak {side['peaks'][2]:,.0f} MiB"
            f" ({side['peaks'][0]:,.0f} before, {side['peaks'][1]:,.0f} with the rows read)"
        )
    print(f"ratio       {naive['all'] / own['all']:.1f} of {HOSTS} hosts, {naive['one'] / own['one']:.1f} of one")
    whole = (naive["prepare"] + naive["all"]) / (own["prepare"] + own["all"])
    print(f"            {whole:.1f} of {HOSTS} hosts with preparing")


if __name__ == "__main__":
    size = int(sys.argv[1]) if sys.argv[1:] else ROWS
    if sys.argv[2:]:
        json.dump(SIDES[sys.argv[2]](size), sys.stdout)
    else:
        main(size)
