"""Whole-process times, as ratios against named peers in one run: start-up and the main job.

Each pair runs in turn (A B A B …) so that a drifting machine drifts for both; the median of the pairwise ratios counts.
"""

from __future__ import annotations

import csv
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROUNDS = 15
ROWS = 1000
FEW = 100
DISTINCT = 150
EXAMPLE_BLOCKS = ("1.72.", "49.98.", "106.128.", "106.72.", "126.33.", "133.106.", "153.128.", "202.213.", "104.28.")


def write_log(path: Path, rows: int) -> None:
    """Write an invented X log of ``rows`` logins from at most ``DISTINCT`` addresses, seeded."""
    draw = random.Random(20261121)  # noqa: S311 - a reproducible example, no secret
    addresses = [f"{draw.choice(EXAMPLE_BLOCKS)}{draw.randint(1, 254)}.{draw.randint(1, 254)}" for _ in range(DISTINCT)]
    start = datetime(2026, 8, 1, tzinfo=UTC)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["accountId", "createdAt", "loginIp"])
        for row in range(rows):
            instant = start + timedelta(minutes=137 * row)
            table.writerow(["1000000000000000001", f"{instant:%Y-%m-%dT%H:%M:%S}.000Z", draw.choice(addresses)])


def seconds(command: list[str]) -> float:
    """Run the command once and return its wall time; a failing command ends the benchmark."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    # Forbidden to keep bytecode, a checkout compiles its source at every start; no installed program does.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment)
    took = time.perf_counter() - began
    if done.returncode not in {0, 1}:
        sys.exit(f"{command}: exit {done.returncode}: {done.stderr.decode(errors='replace')}")
    return took


def compare(title: str, command: list[str], peer_title: str, peer: list[str]) -> float:
    """Print the medians of both and the median of the pairwise ratios; return that ratio."""
    pairs = [(seconds(command), seconds(peer)) for _ in range(ROUNDS + 1)][1:]
    ratio = statistics.median(a / b for a, b in pairs)
    ours, theirs = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
    print(f"{title:<38} {ours:7.1f} ms   {peer_title:<22} {theirs:7.1f} ms   ratio {ratio:5.2f}")
    return ratio


def main() -> None:
    """Print every comparison with its goal."""
    python = sys.executable
    ipattr = str(Path(python).with_name("ipattr"))
    bare = [python, "-c", "pass"]
    pandas = [python, "-c", "import pandas"]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.csv"
        few = Path(folder) / "few.csv"
        write_log(log, ROWS)
        write_log(few, FEW)
        job = [ipattr, "lookup", str(log), "--platform", "x", "--as-of", "2026-11-21", "--format"]
        print(f"median of {ROUNDS} paired runs; {ROWS} rows, {DISTINCT} addresses")
        print(f"goal ≤ 5.0: {compare('ipattr --help', [ipattr, '--help'], 'python -c pass', bare):.2f}")
        print(f"goal ≤ 0.5: {compare('ipattr lookup (JSON)', [*job, 'json'], 'import pandas', pandas):.2f}")
        print(f"goal ≤ 0.5: {compare('ipattr lookup (CSV)', [*job, 'csv'], 'import pandas', pandas):.2f}")
        short = [ipattr, "lookup", str(few), "--platform", "x", "--as-of", "2026-11-21", "--format"]
        print(f"goal ≤ 0.5: {compare(f'ipattr lookup of {FEW} (JSON)', [*short, 'json'], 'import pandas', pandas):.2f}")
        print(f"goal ≤ 0.5: {compare(f'ipattr lookup of {FEW} (CSV)', [*short, 'csv'], 'import pandas', pandas):.2f}")
        compare("ipattr lookup (table)", [*job, "table"], "import pandas", pandas)
        compare("import pandas", pandas, "python -c pass", bare)


if __name__ == "__main__":
    main()
