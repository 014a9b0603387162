"""What the bulk costs as rows and prefixes grow: a table and a picture. One run, one machine.

    python benchmarks/bulk_growth.py PICTURE.png [--most ROWS] [--rounds N] [--folder FOLDER] [--facts FOLDER]

- rows: ours from CSV to Parquet with the peers' columns, pyarrow reading and writing (the floor) and the C program,
  each a process of its own, over logs of 10,000 rows and up by tens; the log of the most rows runs once
- prefixes: the same million rows against tables that have 10,000 to a million prefixes more than the shipped one
  (``bulk_tables``), compiled and kept before anything is measured; and the longest-prefix step alone

Linear is what keeps its time per row. Below a hundred thousand rows the start of the interpreter is nearly all.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bulk import Run, World, measure, script

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROWS = (10_000, 100_000, 1_000_000, 10_000_000)
PREFIXES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
SIDES = ("ours", "floor", "c")
TITLES = {"ours": "ipattr.bulk", "floor": "pyarrow reads and writes", "c": "C program"}
LOG_OF_PREFIXES = 1_000_000
STYLES = {"ours": ("#0072B2", "o", "-"), "floor": ("#D55E00", "s", "--"), "c": ("#000000", "^", ":")}
Series = dict[int, Run]


def median(runs: list[Run]) -> Run:
    """Return the medians of the runs; of memory, the most."""
    wall, cpu, peak = zip(*runs, strict=True)
    return Run(statistics.median(wall), statistics.median(cpu), max(peak))


def by_rows(folder: Path, facts: Path, most: int, rounds: int) -> dict[str, Series]:
    """Measure every side over logs of growing length; each log and its answers are removed after."""
    found: dict[str, Series] = {side: {} for side in SIDES}
    for rows in (count for count in ROWS if count <= most):
        world = World(folder, rows, facts)
        times = 1 if rows == max(ROWS) else rounds
        taken: dict[str, list[Run]] = {side: [] for side in SIDES}
        for _ in range(times):
            for side in SIDES:
                taken[side].append(world.run(side))
                world.clear(side)
        world.log.unlink()
        for side, runs in taken.items():
            found[side][rows] = median(runs)
            print_row(TITLES[side], rows, found[side][rows])
    return found


def print_row(title: str, rows: int, run: Run) -> None:
    """Print one measurement."""
    print(f"{title:<26}{rows:>12,}{run.wall:>9.2f}{run.cpu:>8.2f}{run.wall / rows * 1e6:>10.2f}{run.peak:>7.0f}")


def by_prefixes(folder: Path, facts: Path, rounds: int) -> tuple[Series, dict[int, float]]:
    """Measure ours over a million rows against growing tables, and the longest-prefix step in ns per address."""
    world = World(folder, LOG_OF_PREFIXES, facts)
    whole: Series = {}
    step: dict[int, float] = {}
    for count in PREFIXES:
        data, answers = folder / f"data-{count}", folder / "on.parquet"
        measure(script("bulk_tables", "data", count, data))
        command = script("bulk_peers", "ours-on", world.log, data, answers)
        measure(command)
        runs = []
        for _ in range(rounds):
            world.clear("on")
            runs.append(measure(command))
        world.clear("on")
        whole[count] = median(runs)
        asked = script("bulk_tables", "step", count, world.log)
        said: dict[str, Any] = json.loads(subprocess.run(asked, check=True, capture_output=True).stdout)
        step[count] = said["ns"]
        run = whole[count]
        print(f"{count:>12,}{said['segments']:>12,}{said['ns']:>10.0f}{run.wall:>9.2f}{run.cpu:>8.2f}{run.peak:>7.0f}")
    world.log.unlink()
    return whole, step


def draw(picture: Path, rows: dict[str, Series], whole: Series, step: dict[int, float]) -> None:
    """Draw seconds and memory over rows, and seconds and nanoseconds over prefixes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 7.5), layout="constrained")
    seconds, memory, tables, nanoseconds = figure.subplots(2, 2).flat
    for side, series in rows.items():
        colour, marker, line = STYLES[side]
        counts, runs = list(series), list(series.values())
        named = {"label": TITLES[side], "color": colour, "marker": marker, "linestyle": line}
        seconds.plot(counts, [run.wall for run in runs], **named)
        memory.plot(counts, [run.peak for run in runs], **named)
    most = max(rows["ours"])
    guide = [rows["ours"][most].wall * count / most for count in rows["ours"]]
    seconds.plot(list(rows["ours"]), guide, color="#999999", linewidth=0.8, label="linear through the last point")
    label(seconds, "Wall time of the whole process", "rows", "seconds", both=True)
    label(memory, "Peak memory of the process", "rows", "MiB")
    colour, marker, line = STYLES["ours"]
    counts = list(whole)
    tables.plot(counts, [run.wall for run in whole.values()], color=colour, marker=marker, linestyle=line)
    label(tables, "Wall time, 1,000,000 rows", "prefixes added to the shipped table", "seconds")
    nanoseconds.plot(counts, list(step.values()), color=colour, marker=marker, linestyle=line)
    label(nanoseconds, "Longest-prefix step alone", "prefixes in the table", "ns per address")
    for axes in (seconds, memory):
        axes.legend(frameon=False, fontsize=9)
    figure.savefig(picture, dpi=120)


def label(axes: Axes, title: str, across: str, up: str, *, both: bool = False) -> None:
    """Name the axes and start them at nothing, or make both logarithmic."""
    axes.set(title=title, xlabel=across, ylabel=up, xscale="log")
    if both:
        axes.set_yscale("log")
    else:
        axes.set_ylim(0, 1.1 * axes.get_ylim()[1])
    axes.grid(visible=True, color="#dddddd", linewidth=0.6)


def main() -> None:
    """Print the tables and draw the picture."""
    words = argparse.ArgumentParser()
    words.add_argument("picture", type=Path)
    words.add_argument("--most", type=int, default=max(ROWS))
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--folder", type=Path)
    words.add_argument("--facts", type=Path)
    given = words.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        os.environ["XDG_CACHE_HOME"] = name  # the tables that are compiled for this leave with it
        facts = given.facts or folder / "facts"
        if given.facts is None:
            facts.mkdir()
            measure(script("bulk_facts", facts))
        print(f"medians of {given.rounds} runs, the longest log once; {os.cpu_count()} processors")
        print(f"{'':26}{'rows':>12}{'s':>9}{'CPU s':>8}{'µs/row':>10}{'MiB':>7}")
        rows = by_rows(folder, facts, given.most, given.rounds)
        print(f"\n{'more':>12}{'stretches':>12}{'ns each':>10}{'s':>9}{'CPU s':>8}{'MiB':>7}")
        whole, step = by_prefixes(folder, facts, given.rounds)
        draw(given.picture, rows, whole, step)


if __name__ == "__main__":
    sys.exit(main())
