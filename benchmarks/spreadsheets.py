"""Reading 100,000 logins from CSV and xlsx, beside pandas reading the same file. One run, one machine.

    python benchmarks/spreadsheets.py

Every reader runs in a process of its own; in turns, so that a drifting machine drifts for all. Figures are rows per
second of the reading alone (imports excluded, best of ``ROUNDS``) and the peak memory of the whole process. pandas
stops at cells of text, numbers and dates; ours goes on to one checked event or one reject per row, and reads every
xlsx cell twice.
"""

from __future__ import annotations

import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROWS = 100_000
ROUNDS = 3
SEED = 20261121
HEADER = ("time", "ip", "port", "account_id")
OURS = "ipattr"
READERS = {
    "csv": (OURS, "pandas.read_csv"),
    "xlsx": (OURS, "ipattr, cells only", "pandas.read_excel openpyxl", "pandas.read_excel calamine"),
}


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Give invented logins, seeded."""
    draw = random.Random(SEED)  # noqa: S311 - a reproducible example, no secret
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(ROWS):
        moment = start + timedelta(seconds=137 * number)
        address = f"1.72.{draw.randint(1, 254)}.{draw.randint(1, 254)}"
        yield f"{moment:%Y-%m-%dT%H:%M:%S}Z", address, str(draw.randint(1024, 65535)), "1000000000000000001"


def write(folder: Path) -> None:
    """Write the same rows as CSV and as xlsx."""
    import openpyxl

    with (folder / "table.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows()])
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    for row in (HEADER, *rows()):
        sheet.append(row)
    book.save(folder / "table.xlsx")


def our_csv(path: str) -> Callable[[], int]:
    """Return the reading of a CSV file by ipattr; it returns the number of rows that came out."""
    from ipattr.readers import Options, read
    from ipattr.registry import open_registry

    registry = open_registry()
    options = Options(columns=registry.columns)

    def run() -> int:
        return read([path], specials=registry.specials, options=options).counts.rows

    return run


def our_xlsx(path: str) -> Callable[[], int]:
    """Return the reading of an xlsx file by ipattr, to events."""
    from ipattr.readers import Options
    from ipattr.readers.sheet import read_sheets
    from ipattr.readers.spreadsheet import parse
    from ipattr.registry import open_registry

    registry = open_registry()
    options = Options(columns=registry.columns)

    def run() -> int:
        return read_sheets(parse(Path(path).read_bytes()).grids, options, registry.specials, file="table.xlsx").rows

    return run


def our_cells(path: str) -> Callable[[], int]:
    """Return the reading of an xlsx file by ipattr, to cells, as pandas does."""
    from ipattr.readers.spreadsheet import parse

    return lambda: parse(Path(path).read_bytes()).grids[0].counted_rows - 1


def pandas_reader(path: str, engine: str | None) -> Callable[[], int]:
    """Return the reading by pandas; ids as text, or they would be rounded."""
    import pandas as pd

    if engine is None:
        return lambda: len(pd.read_csv(path, dtype={"account_id": str}))
    return lambda: len(pd.read_excel(path, engine=engine, dtype={"account_id": str}))


def child(reader: str, path: str) -> None:
    """Run one reader once and print seconds and peak memory (MiB) as JSON."""
    if reader.startswith("pandas"):
        engine = reader.rpartition(" ")[2] if " " in reader else None
        run = pandas_reader(path, engine)
    elif reader != OURS:
        run = our_cells(path)
    else:
        run = our_csv(path) if path.endswith(".csv") else our_xlsx(path)
    began = time.perf_counter()
    count = run()
    took = time.perf_counter() - began
    if count != ROWS:
        sys.exit(f"{reader}: {count} rows of {ROWS}")
    unit = 2**20 if sys.platform == "darwin" else 2**10
    print(json.dumps({"seconds": took, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit}))


def measure(reader: str, path: Path) -> tuple[float, float]:
    """Return (seconds, peak MiB) of one reader in a process of its own."""
    command = [sys.executable, __file__, reader, str(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{reader}: {done.stderr}")
    found = json.loads(done.stdout.splitlines()[-1])
    return found["seconds"], found["peak"]


def main() -> None:
    """Print every reader with its speed, its memory and the ratios of ours to it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder)
        for kind, readers in READERS.items():
            path = folder / f"table.{kind}"
            rounds = [{reader: measure(reader, path) for reader in readers} for _ in range(ROUNDS)]
            best = {reader: min(one[reader] for one in rounds) for reader in readers}
            own_seconds, own_peak = best[OURS]
            print(f"{kind}: {ROWS} rows, {path.stat().st_size / 2**20:.1f} MiB")
            for reader, (seconds, peak) in best.items():
                print(
                    f"  {reader:<28} {ROWS / seconds:>10,.0f} rows/s  {peak:6.0f} MiB   "
                    f"time of ours / this {own_seconds / seconds:5.2f}   memory {own_peak / peak:5.2f}"
                )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        child(sys.argv[1], sys.argv[2])
    else:
        main()
