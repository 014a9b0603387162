"""Asking the registries about 2,000 addresses in 150 registered blocks, beside the clients one would otherwise use.

    python benchmarks/registries.py [--quick]

One run, one machine. An RDAP server of our own stands on loopback in a process of its own (``tests/servers.py``),
answers over TLS after 50 ms and logs every request; the figures count what it saw. Three worlds: every block registered
as one; the same behind a limit of 10 requests a second (429 beyond it); 30 % of the blocks with more specific
registrations inside.

Ours is the command as a user types it, ``ipattr lookup LOG --online --yes --case DIR``: start-up, plan, journal written
and flushed before each request leaves, every answer kept and flushed as received, offline verdicts, result written and
the folder closed. The peers keep nothing: their figures are asking and parsing alone. ``whole`` is the process from
start to end, ``asking`` the part between the first and the last moment of the questions (ours: planning and asking,
with the journal, measured in a run of its own). The floor is a bare loop that sends one request per block over ten
connections and knows the blocks beforehand.

Not asked for: ``/history/`` and mirrors, since every block was last changed before the logins and names its holder. Our
pace is set to what the server bears (10 in flight); the shipped one is slower.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path += [str(ROOT / "tests"), str(ROOT)]

from loopback_data import data_on_loopback  # noqa: E402 - tests/ is no package
from registries_world import World, make_world  # noqa: E402 - beside this file

if TYPE_CHECKING:
    from collections.abc import Iterator

LATENCY = 0.05
LIMIT = 10
PEERS = ROOT / "benchmarks" / "registries_peers.py"
IPATTR = Path(sys.executable).with_name("ipattr")


class Server(NamedTuple):
    """One running server: where it listens, whom to trust, what it logs, and data that lead to it."""

    port: int
    authority: str
    log: Path
    data: Path

    def seen(self) -> int:
        """Return how many requests it has logged."""
        return sum(1 for _ in self.log.open(encoding="utf-8"))


class Row(NamedTuple):
    """What one asker took and got."""

    name: str
    whole: float | None
    asking: float | None
    requests: int
    right: int
    wrong: int
    lost: int
    refused: int
    marked: int = 0
    note: str = ""


@contextlib.contextmanager
def serving(world: World, folder: Path, *, limit: int | None = None) -> Iterator[Server]:
    """Run a server over a world until the block ends."""
    folder.mkdir()
    blocks = world.write_blocks(folder / "blocks.json")
    ready, log = folder / "ready.json", folder / "server.log"
    command = [sys.executable, str(ROOT / "tests" / "servers.py"), "rdap", str(blocks), "--latency", str(LATENCY)]
    command += ["--ready", str(ready), "--log", str(log)] + (["--limit", str(limit)] if limit else [])
    process = subprocess.Popen(command)
    try:
        deadline = time.monotonic() + 20
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit("the loopback server did not start")
            time.sleep(0.02)
        told = json.loads(ready.read_text("utf-8"))
        ports, rate, burst = {"rdap-apnic": told["port"]}, float(limit or 1000), 1 if limit else 50
        data = data_on_loopback(folder / "data", ports, per_second=rate, burst=burst, concurrent=10)
        yield Server(told["port"], told["ca"], log, data)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def environment(server: Server, folder: Path) -> dict[str, str]:
    """Return an environment in which everybody trusts the authority, and ours caches in ``folder``."""
    kept = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    # Forbidden to keep bytecode, a checkout compiles its source at every start; no installed program does.
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    own = {"XDG_CACHE_HOME": str(folder / "cache"), "XDG_CONFIG_HOME": str(folder / "config"), "LC_ALL": "C.UTF-8"}
    trust = {"SSL_CERT_FILE": server.authority, "REQUESTS_CA_BUNDLE": server.authority}
    return kept | own | trust


def run(command: list[str], env: dict[str, str]) -> tuple[float, bytes]:
    """Run a command to its end and return its wall time and output; a failing one ends the benchmark."""
    began = time.perf_counter()
    done = subprocess.run(command, check=False, capture_output=True, env=env)
    took = time.perf_counter() - began
    if done.returncode not in {0, 1}:
        sys.exit(f"{command}: exit {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}")
    return took, done.stdout


class Bench:
    """One world behind one server."""

    def __init__(self, world: World, server: Server, folder: Path) -> None:
        """Write the log, and compile the data once, as every run but the first finds them."""
        self.world = world
        self.server = server
        self.folder = folder
        self.env = environment(server, folder)
        self.log = world.write_log(folder / "addresses.csv")
        self.addresses = folder / "addresses.json"
        self.addresses.write_text(json.dumps(list(world.truth)), "utf-8")
        self._cases = 0
        run([str(IPATTR), "lookup", "1.0.0.1", "--data", str(server.data), "-o", str(folder / "warm.json")], self.env)

    def ours(self, name: str, *options: str, times: int = 1) -> Row:
        """Look the log up as a user does, then plan and ask alone; the medians of ``times`` runs each."""
        rows = [self.lookup(name, *options) for _ in range(times)]
        return middle(rows)._replace(asking=statistics.median(self.asked(*options) for _ in range(times)))

    def _case(self) -> Path:
        self._cases += 1
        case = self.folder / f"case{self._cases}"
        run([str(IPATTR), "case", "init", str(case), "--data", str(self.server.data)], self.env)
        return case

    def lookup(self, name: str, *options: str) -> Row:
        """Look the log up as a user does, in a new case folder."""
        case, result = self._case(), self.folder / f"result{self._cases}.json"
        before = self.server.seen()
        command = [str(IPATTR), "lookup", str(self.log), "--online", "--yes", "--case", str(case), "-o", str(result)]
        command += ["--data", str(self.server.data), "--as-of", "2026-11-21", *options]
        whole, _ = run(command, self.env)
        seen = self.server.seen() - before
        right, wrong, lost, marked = self._judge(result)
        return Row(name, whole, None, seen, right, wrong, lost, _refused(case), marked)

    def _judge(self, result: Path) -> tuple[int, int, int, int]:
        """Return right, wrong and not marked, lost, and wrong but marked as inferred."""
        case = json.loads(result.read_bytes())
        right = wrong = marked = 0
        for row in case["rows"]:
            registration = case["registrations"].get(row.get("registration") or "")
            views = registration["views"] if registration else []
            if not views:
                continue
            if views[0]["handle"] == self.world.truth[row["login"]["address"]["text"]]:
                right += 1
            elif views[0]["basis"] == "inferred":
                marked += 1
            else:
                wrong += 1
        return right, wrong, len(self.world.truth) - right - wrong - marked, marked

    def asked(self, *options: str) -> float:
        """Return the seconds of planning and asking alone, in a new case folder."""
        mode = options[options.index("--mode") + 1]
        probe = options[options.index("--probe") + 1] if "--probe" in options else "block"
        script = [sys.executable, str(ROOT / "benchmarks" / "registries_engine.py")]
        _, out = run([*script, str(self._case()), str(self.log), str(self.server.data), mode, probe], self.env)
        return float(json.loads(out)["seconds"])

    def peer(self, title: str, name: str, *, sample: int = 0, note: str = "") -> Row:
        """Let a peer ask; of a sample the times and requests are scaled to all addresses."""
        count = sample or len(self.world.truth)
        before = self.server.seen()
        command = [sys.executable, str(PEERS), name, str(self.addresses), str(self.server.port), str(count)]
        whole, out = run(command, self.env)
        got: dict[str, Any] = json.loads(out)
        seen = self.server.seen() - before
        right = sum(self.world.truth[address] == handle for address, handle in got["found"].items())
        wrong = len(got["found"]) - right
        if name == "floor":
            return Row(title, whole, got["seconds"], seen, 0, 0, 0, 0, note="sends, judges nothing")
        scale = len(self.world.truth) / count
        asking = got["seconds"] * scale
        row = Row(title, whole, asking, seen, right, wrong, count - right - wrong, got["refused"], note=note)
        if sample:
            row = row._replace(whole=None, requests=round(seen * scale), note=f"sample of {sample}, scaled; {note}")
        return row

    def floor(self) -> Row:
        """Send one request per block, blocks known beforehand."""
        first: dict[str, str] = {}
        for address, handle in self.world.truth.items():
            first.setdefault(handle, address)
        path = self.folder / "floor.json"
        path.write_text(json.dumps([*first.values()][: self.world.registered]), "utf-8")
        everything, self.addresses = self.addresses, path
        row = self.peer("floor: one request per block", "floor")
        self.addresses = everything
        return row


def middle(rows: list[Row]) -> Row:
    """Return the worst of some runs by what they got, with the median of their times."""
    worst = max(rows, key=lambda row: (row.wrong, row.lost, row.requests))
    return worst._replace(whole=statistics.median(row.whole or 0.0 for row in rows))


def _refused(case: Path) -> int:
    """Return how many of the kept answers are 429s."""
    headers = (case / "evidence").glob("*.json")
    return sum(json.loads(path.read_bytes())["status_code"] == 429 for path in headers)  # noqa: PLR2004 - RFC 6585


def show(title: str, rows: list[Row], world: World, *, floor: float) -> None:
    """Print one table."""
    print(f"\n{title}")
    heads = ("whole s", "asking s", "x floor", "requests", "/blocks", "right", "wrong", "marked", "lost", "429")
    print(f"{'':<34}" + "".join(f"{head:>9}" for head in heads))
    for row in rows:
        took = row.whole if row.whole is not None else row.asking or 0.0
        cells = [
            f"{row.whole:.2f}" if row.whole is not None else "-",
            f"{row.asking:.2f}" if row.asking is not None else "-",
            f"{took / floor:.2f}",
            f"{row.requests:,}",
            f"{row.requests / world.registered:.2f}",
            *(f"{n:,}" for n in (row.right, row.wrong, row.marked, row.lost, row.refused)),
        ]
        print(f"{row.name:<34}" + "".join(f"{cell:>9}" for cell in cells) + (f"   {row.note}" if row.note else ""))


class Targets:
    """What was to be shown, and whether it was."""

    def __init__(self) -> None:
        """Begin with none."""
        self.missed = 0

    def at_most(self, what: str, value: float, limit: float) -> None:
        """Print one target."""
        met = value <= limit
        self.missed += not met
        print(f"  {'met   ' if met else 'MISSED'}  {what}: {value:,.2f} (at most {limit:,.2f})")


def unlimited(folder: Path, world: World, targets: Targets, *, times: int) -> None:
    """Compare everybody at a server that answers all that comes."""
    with serving(world, folder) as server:
        bench = Bench(world, server, folder)
        floor = bench.floor()
        block = bench.ours("ipattr coalesced, probe block", "--mode", "coalesced", times=times)
        address = bench.ours(
            "ipattr coalesced, probe address", "--mode", "coalesced", "--probe", "address", times=times
        )
        pairs = [
            (
                bench.lookup("ipattr exact", "--mode", "exact"),
                bench.peer("whoisit async, 10 in flight", "whoisit-async", note="keeps nothing"),
            )
            for _ in range(min(times, 2))
        ]
        exact = middle([ours for ours, _ in pairs])._replace(asking=bench.asked("--mode", "exact"))
        each = middle([theirs for _, theirs in pairs])
        one = bench.peer("whoisit, one by one", "whoisit", sample=100, note="keeps nothing")
        ipwhois = bench.peer("ipwhois RDAP, one by one", "ipwhois", sample=60, note="ASN data given, no DNS, no NIR")
    rows = [floor, block, address, exact, each, one, ipwhois]
    base = floor.asking or 1.0
    show(
        f"{len(world.truth):,} addresses in {world.registered} blocks, {LATENCY * 1000:.0f} ms", rows, world, floor=base
    )
    for row in (block, address):
        targets.at_most(f"{row.name}, requests per block", row.requests / world.registered, 1.1)
        targets.at_most(f"{row.name}, whole process, seconds", row.whole or 0.0, 1.3)
        targets.at_most(f"{row.name}, rows wrong or lost", row.wrong + row.lost, 0)
    ratio = statistics.median((ours.whole or 0.0) / (theirs.whole or 1.0) for ours, theirs in pairs)
    targets.at_most("exact over whoisit async, whole processes in turns", ratio, 1.0)
    targets.at_most("exact, rows wrong or lost", exact.wrong + exact.lost, 0)


def limited(folder: Path, world: World, targets: Targets) -> None:
    """Compare at a server that refuses more than ``LIMIT`` requests a second."""
    with serving(world, folder, limit=LIMIT) as server:
        bench = Bench(world, server, folder)
        block = bench.ours("ipattr coalesced, probe block", "--mode", "coalesced")
    with serving(world, folder.with_name(f"{folder.name}-peer"), limit=LIMIT) as server:
        each = Bench(world, server, folder).peer("whoisit async, 10 in flight", "whoisit-async", note="keeps nothing")
    own = (block.requests - 1) / LIMIT
    show(f"The same, at most {LIMIT} requests a second (x floor: over {own:.2f} s)", [block, each], world, floor=own)
    targets.at_most("coalesced, whole process over the limit's own time", (block.whole or 0.0) / own, 1.1)
    targets.at_most("coalesced, asking over the limit's own time", (block.asking or 0.0) / own, 1.1)
    targets.at_most("coalesced, refusals", block.refused, 0)
    targets.at_most("coalesced, rows wrong or lost", block.wrong + block.lost, 0)


def split(folder: Path, world: World, targets: Targets) -> None:
    """Show who is wrong where blocks hold more specific registrations."""
    with serving(world, folder) as server:
        bench = Bench(world, server, folder)
        exact = bench.lookup("ipattr exact", "--mode", "exact")
        block = bench.lookup("ipattr coalesced, probe block", "--mode", "coalesced")
        address = bench.lookup("ipattr coalesced, probe address", "--mode", "coalesced", "--probe", "address")
    inside = sum(handle >= f"NET-{world.registered:04d}" for handle in world.truth.values())
    title = f"{world.sub_assigned} of {world.registered} blocks sub-assigned, {inside} addresses in a more specific one"
    show(f"{title} (x floor: over exact)", [exact, block, address], world, floor=exact.whole or 1.0)
    targets.at_most("exact, rows wrong", exact.wrong + exact.marked, 0)
    targets.at_most("exact, rows lost", exact.lost, 0)
    for row in (block, address):
        targets.at_most(f"{row.name}, wrong and not marked", row.wrong, 0)


def main() -> None:
    """Print every table and target; exit 1 when one was missed."""
    parser = argparse.ArgumentParser(description="Asking the registries, beside other clients.")
    parser.add_argument("--quick", action="store_true", help="300 addresses in 40 blocks, each run once")
    quick = parser.parse_args().quick
    addresses, blocks = (300, 40) if quick else (2000, 150)
    from ipattr.addresses import to_number
    from ipattr.registry import open_registry

    registry = open_registry()

    def usable(address: str) -> bool:
        return registry.bootstrap_urls(*to_number(address)) == ("https://rdap.apnic.net/",)

    plain = make_world(addresses=addresses, blocks=blocks, sub_assigned=False, usable=usable)
    nested = make_world(addresses=addresses, blocks=blocks, sub_assigned=True, usable=usable)
    targets = Targets()
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; a busy machine counts against everybody")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        unlimited(folder / "plain", plain, targets, times=1 if quick else 5)
        limited(folder / "limited", plain, targets)
        split(folder / "nested", nested, targets)
    print(f"\ntargets missed: {targets.missed}")
    sys.exit(targets.missed > 0)


if __name__ == "__main__":
    main()
