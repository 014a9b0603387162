"""A million logins from CSV to attributed, dated Parquet, beside what one would write oneself. One run, one machine.

    python benchmarks/bulk.py [--rows N] [--rounds N] [--only NAME,NAME…] [--folder FOLDER] [--facts FOLDER]

Every contender is a process of its own, its start and imports included, and reads the same log (``bulk_logs``). They
take turns, so that a busy moment hits all alike; the median of the paired ratios counts. Peak memory is the process's
own (``wait4``); this one stays small, since a child begins with the peak of who forked it. Slow ones run once.

- floor: pyarrow reads the log and writes its four columns, nothing in between; floor, answers: the same reading, and
  the twelve columns of the answer, which lie ready
- ours: ``ipattr.bulk.enrich_file`` with the peers' columns; ours, whole: with those that it writes unasked; ours, CSV:
  to a CSV; each with the rejects, the hashes and the manifest, which nobody else makes
- C: one pass of a C program with the peers' columns to CSV (``bulk_stream.c``, ``cc -O2``)
- peers: polars with NumPy, Arrow dictionaries with NumPy, a DuckDB script, pandas with pyasn (per distinct address, per
  row, wholly by ``apply``) and with netaddr. They get every fact ready-made (``bulk_facts``), and look it up

At the end each peer's answers are compared with ours (``bulk_agreement``): prefix, origin, addressee and dates of every
row that both hold. What they differ in is which malformed rows they keep.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
FOREVER = 1200
SLOW = ("pandas-netaddr", "pandas-apply")
PEERS = ("polars", "arrow", "duckdb", "pandas-pyasn-once", "pandas-pyasn", *SLOW)
EVERYONE = ("ours", "ours-whole", "ours-csv", "floor", "floor-answers", "c", *PEERS)
TITLES = {
    "ours": "ours",
    "ours-whole": "ours, its own 23 columns",
    "ours-csv": "ours, to CSV",
    "floor": "floor: pyarrow reads and writes",
    "floor-answers": "floor, answers lying ready",
    "c": "C, streaming, to CSV",
    "polars": "polars + NumPy",
    "arrow": "Arrow dictionaries + NumPy",
    "duckdb": "DuckDB script",
    "pandas-pyasn-once": "pandas + pyasn, distinct",
    "pandas-pyasn": "pandas + pyasn, per row",
    "pandas-netaddr": "pandas + netaddr, per row",
    "pandas-apply": "pandas.apply + pyasn, per row",
}
GOALS = (("ours", "floor", 2.0), ("ours", "floor-answers", 2.0), ("ours", "c", 2.5))
MEMORY_GOAL = 200


class Run(NamedTuple):
    """What one run took: wall and processor seconds, and the most memory in MiB."""

    wall: float
    cpu: float
    peak: float


def measure(command: list[str]) -> Run:
    """Run a command and return what it took; a failing command ends the benchmark."""
    # Forbidden to keep bytecode, a checkout compiles its source at every start; no installed program does.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said, env=environment)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            sys.exit(f"{command}: exit {child.returncode}: {said.read().decode(errors='replace')[-2000:]}")
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def script(name: str, *words: object) -> list[str]:
    """Return the command that runs a script of this folder."""
    return [sys.executable, str(HERE / f"{name}.py"), *map(str, words)]


class World:
    """The log, the facts, the compiled program, and where the answers go."""

    def __init__(self, folder: Path, rows: int, facts: Path | None = None) -> None:
        """Make everything that is not measured; ``facts`` that were exported before are taken as they are."""
        self.folder, self.log, self.facts = folder, folder / f"log-{rows}.csv", facts or folder / "facts"
        measure(script("bulk_logs", rows, self.log))
        if facts is None:
            self.facts.mkdir()
            measure(script("bulk_facts", self.facts))
        measure(["cc", "-O2", "-o", str(folder / "stream"), str(HERE / "bulk_stream.c")])

    def answers(self, name: str) -> Path:
        """Return where a contender writes."""
        return self.folder / f"{name}.{'csv' if name in {'c', 'ours-csv'} else 'parquet'}"

    def command(self, name: str) -> list[str]:
        """Return the command of a contender."""
        if name == "c":
            return [str(self.folder / "stream"), str(self.log), str(self.facts), str(self.answers(name))]
        return script("bulk_peers", name.removesuffix("-csv"), self.log, self.facts, self.answers(name))

    def run(self, name: str) -> Run:
        """Run a contender once, over nothing that an earlier run left."""
        self.clear(name)
        return measure(self.command(name))

    def clear(self, name: str) -> None:
        """Remove what a contender wrote."""
        for old in self.folder.glob(f"{name}.*"):
            old.unlink()


def race(world: World, names: list[str], rounds: int) -> dict[str, list[Run]]:
    """Let everyone run in turn; the first round warms up and is not counted, except of those that run once."""
    taken: dict[str, list[Run]] = {name: [] for name in names}
    for turn in range(rounds + 1):
        for name in names:
            if name not in SLOW and (turn or rounds == 0):
                taken[name].append(world.run(name))
            elif name not in SLOW:
                world.run(name)
    for name in names:
        if name in SLOW:
            taken[name].append(world.run(name))
    return taken


def ratio(taken: dict[str, list[Run]], name: str, base: str) -> float:
    """Return the median of the paired ratios of wall time; against one that ran once, the ratio of the medians."""
    if name in SLOW:
        return taken[name][0].wall / statistics.median(run.wall for run in taken[base])
    return statistics.median(a.wall / b.wall for a, b in zip(taken[name], taken[base], strict=True))


def show(taken: dict[str, list[Run]], rows: int) -> None:
    """Print every contender with its ratios to ours, to the floor and to C."""
    bases = [name for name in ("ours", "floor", "c") if name in taken]
    heads = "".join(f"{'x ' + name:>9}" for name in bases)
    print(f"{'':34}{'s':>8}{'CPU s':>8}{'M rows/s':>10}{'MiB':>7}{heads}")
    for name, runs in taken.items():
        wall, cpu, peak = (statistics.median(column) for column in zip(*runs, strict=True))
        ratios = "".join(f"{ratio(taken, name, base):>9.2f}" for base in bases)
        print(f"{TITLES[name]:<34}{wall:>8.2f}{cpu:>8.2f}{rows / wall / 1e6:>10.2f}{peak:>7.0f}{ratios}")


def judge(taken: dict[str, list[Run]]) -> None:
    """Print each goal and whether it was met."""
    for name, base, goal in GOALS:
        if name in taken and base in taken:
            got = ratio(taken, name, base)
            print(f"goal {name} ≤ {goal} x {base}: {got:.2f} {'met' if got <= goal else 'MISSED'}")
    if "ours" not in taken:
        return
    for name in PEERS:
        if name in taken:
            got = ratio(taken, name, "ours")
            wanted = 20 if name == "pandas-apply" else 1
            print(f"goal ≥ {wanted} x ahead of {TITLES[name]}: {got:.2f} {'met' if got >= wanted else 'MISSED'}")
    peak = max(run.peak for run in taken["ours"])
    print(f"goal peak ≤ {MEMORY_GOAL} MiB: {peak:.0f} {'met' if peak <= MEMORY_GOAL else 'MISSED'}")


def agree(world: World, names: list[str]) -> None:
    """Print how far the answers of the others agree with ours, with examples of what does not."""
    reference = "ours" if "ours" in names else "arrow"
    for name in names:
        if name == reference or not (name in PEERS or name == "c"):
            continue
        command = script("bulk_agreement", world.answers(reference), world.answers(name))
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr)
        found = json.loads(done.stdout)
        differ = found["differ"] or "none differs"
        alone = f"{found['only ours']:,} only {reference}, {found['only other']:,} only theirs"
        print(f"{TITLES[name]:<34}{found['rows']:>12,} rows in both, {differ}; {alone}")
        for example in found["examples that differ"]:
            print(f"    {example}")


def main() -> None:
    """Print every table."""
    words = argparse.ArgumentParser()
    words.add_argument("--rows", type=int, default=1_000_000)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--only", default=",".join(EVERYONE))
    words.add_argument("--folder", type=Path)
    words.add_argument("--facts", type=Path)
    given = words.parse_args()
    names = given.only.split(",")
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        world = World(Path(folder), given.rows, given.facts)
        size = world.log.stat().st_size
        if "floor-answers" in names:
            measure(script("bulk_peers", "arrow", world.log, world.facts, world.folder / "ready.parquet"))
            measure(script("bulk_peers", "lay-ready", world.folder / "ready.parquet", world.facts, world.facts))
        print(
            f"{given.rows:,} rows, {size / 1e6:.0f} MB, {os.cpu_count()} processors; medians of {given.rounds} rounds"
        )
        taken = race(world, names, given.rounds)
        show(taken, given.rows)
        judge(taken)
        print("\nagreement with ours, row by row")
        agree(world, names)


if __name__ == "__main__":
    main()
