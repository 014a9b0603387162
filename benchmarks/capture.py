"""A capture of every platform's hosts at three resolvers, beside dnspython asking one question after the other.

    python benchmarks/capture.py [--quick]

One run, one machine. nsd serves the candidate hosts of the shipped profiles on loopback; before it stand three servers
in processes of their own, each of which answers 50 ms after a question came and logs when it did. Both ask the very
same queries: every host for A, AAAA and HTTPS in two rounds, and the names that test for wildcards; one host in ten has
an answer that needs TCP after TC. Ours is the engine with a ledger on disk: every answer kept and flushed as a user's
capture keeps it. dnspython keeps nothing.

What nobody can beat is the slowest chain: the longest exchange that has to be waited for (UDP, then TCP), and for a
resolver with a pace the time that its messages take at that pace. ``--quick`` asks dnspython one question in ten, and
scales what that took.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import dns.flags  # noqa: E402 - after the path is set
import dns.message  # noqa: E402
import dns.query  # noqa: E402
import msgspec  # noqa: E402
from capture_world import Server, serving  # noqa: E402 - beside this file

from ipattr.casework.ledgers import encode_lines  # noqa: E402
from ipattr.registry import open_registry  # noqa: E402
from ipattr.sources.capturing import capture_now, plan_capture  # noqa: E402
from ipattr.sources.resolving.messages import make_query  # noqa: E402
from ipattr.sources.resolving.spec import parse_resolver  # noqa: E402
from ipattr.sources.resolving.transports import Resolving  # noqa: E402
from ipattr.store import create, open_case  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.model import CapturePlan, Platform, Resolution, Resolver

LATENCY = 0.05
RESOLVERS = 3
LIMIT = 50.0
BURST = 10


class Pace(NamedTuple):
    """How fast each resolver may be asked."""

    name: str
    per_second: float
    burst: int
    concurrent: int


PACES = (
    Pace("unlimited, 64 in flight", 100_000.0, 100_000, 64),
    Pace("unlimited, 10 in flight", 100_000.0, 100_000, 10),
    Pace(f"{LIMIT:.0f} a second, 10 in flight", LIMIT, BURST, 10),
)


class Run(NamedTuple):
    """One capture: its wall time, its longest exchange, and the messages that each server saw come."""

    wall: float
    longest: float
    sent: int
    answers: int
    came: list[list[float]]


def plan_for(platforms: Sequence[Platform], servers: Sequence[Server], pace: Pace) -> CapturePlan:
    """Return the plan that a user would get, at this pace."""
    resolvers = [
        msgspec.structs.replace(
            parse_resolver(f"udp://127.0.0.1:{server.port}"),
            per_second=pace.per_second,
            burst=pace.burst,
            concurrent=pace.concurrent,
        )
        for server in servers
    ]
    return plan_capture(platforms, resolvers, token=os.urandom(4).hex(), vantage="loopback")


def captured(plan: CapturePlan, servers: Sequence[Server], folder: Path) -> Run:
    """Carry a plan out, with a ledger on disk."""
    seen = [len(server.came()) for server in servers]
    create(folder, title="bench", clock=_now, tool_version="0", data_version="0", purpose="ledger")
    with open_case(folder, clock=_now, tool_version="0") as ledger:

        def keep(answers: Sequence[Resolution]) -> None:
            ledger.add_observed(encode_lines(answers), kind="capture", details={"answers": len(answers)})

        began = time.perf_counter()
        kept, outcome = capture_now(plan, resolving=Resolving(_now, "0"), keep=keep, clock=_now)
        wall = time.perf_counter() - began
    if outcome.unasked or set(outcome.statuses) - {"answered", "nodata", "nxdomain"}:
        sys.exit(f"not everything was answered: {outcome.statuses}, unasked {outcome.unasked}")
    longest = max((one.received - one.sent).total_seconds() for one in kept)
    came = [server.came()[before:] for server, before in zip(servers, seen, strict=True)]
    return Run(wall, longest, outcome.sent, len(kept), came)


def one_by_one(plan: CapturePlan, *, every: int) -> tuple[float, int]:
    """Ask the same queries with dnspython, one after the other; return what all take, scaled, and how many were asked.

    TC leads to TCP, as it does in ours.
    """
    queries = [(probe, resolver) for probe in plan.probes for resolver in plan.resolvers][::every]
    wires = [(dns.message.from_wire(make_query(probe, resolver)), resolver) for probe, resolver in queries]
    began = time.perf_counter()
    for query, resolver in wires:
        _ask(query, resolver)
    return (time.perf_counter() - began) * len(plan.probes) * len(plan.resolvers) / len(wires), len(wires)


def _ask(query: dns.message.Message, resolver: Resolver) -> dns.message.Message:
    answer = dns.query.udp(query, resolver.host, port=resolver.port, timeout=5)
    if answer.flags & dns.flags.TC:
        answer = dns.query.tcp(query, resolver.host, port=resolver.port, timeout=5)
    return answer


def fullest(came: Sequence[float], seconds: float) -> int:
    """Return the most messages that came in any window of so many seconds."""
    most = first = 0
    for last, at in enumerate(came):
        while came[first] < at - seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


def bound(run: Run, plan: CapturePlan, pace: Pace) -> float:
    """Return the seconds below which nobody can stay: the longest exchange, the pace, the questions in flight."""
    most = max(len(one) for one in run.came)
    by_pace = (most - pace.burst) / pace.per_second
    by_flight = len(plan.probes) / pace.concurrent * LATENCY
    return max(2 * LATENCY, by_pace, by_flight)


def _now() -> datetime:
    return datetime.now(UTC)


def main() -> None:
    """Print the figures; exit 1 when a rate limit was not kept."""
    parser = argparse.ArgumentParser(description="Capturing every platform, beside dnspython one by one.")
    parser.add_argument("--quick", action="store_true", help="ask dnspython one question in ten, and scale")
    every = 10 if parser.parse_args().quick else 1
    platforms = tuple(open_registry().platforms.values())
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        with serving(folder, platforms, count=RESOLVERS, seconds=LATENCY) as servers:
            plan = plan_for(platforms, servers, PACES[0])
            hosts = len({probe.host for probe in plan.probes if probe.kind == "host"})
            print(
                f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; a busy machine counts against everybody"
            )
            print(
                f"{len(platforms)} platforms, {hosts} hosts, {len(plan.probes)} questions at each of {RESOLVERS} "
                f"resolvers, {LATENCY * 1000:.0f} ms"
            )
            runs = [
                captured(plan_for(platforms, servers, pace), servers, folder / f"ledger{number}")
                for number, pace in enumerate(PACES)
            ]
            alone, asked = one_by_one(plan, every=every)
    said = "" if every == 1 else f" (scaled from {asked} of them)"
    print(f"\n{'dnspython, one by one':28} {alone:8.2f} s{said}")
    print(f"{'ours':28} {'wall':>10} {'chain':>8} {'wall/chain':>11} {'faster':>8} {'longest':>9} {'messages':>9}")
    for pace, run in zip(PACES, runs, strict=True):
        chain = bound(run, plan, pace)
        print(
            f"{pace.name:28} {run.wall:8.2f} s {chain:6.2f} s {run.wall / chain:11.2f} {alone / run.wall:7.1f}x "
            f"{run.longest * 1000:6.0f} ms {run.sent:9}"
        )
    print(f"\nat most in any second, as each server saw it ({LIMIT:.0f} a second, {BURST} at once):")
    missed = 0
    for number, came in enumerate(runs[-1].came, start=1):
        most = fullest(came, 1.0)
        kept = most <= LIMIT + BURST
        missed += not kept
        allowed = f"allowed {LIMIT + BURST:.0f}"
        print(f"  resolver {number}: {most} of {len(came)} messages ({allowed}) {'kept' if kept else 'NOT KEPT'}")
    sys.exit(missed > 0)


if __name__ == "__main__":
    main()
