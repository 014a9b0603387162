"""The recipes for Spark and Dask run as they stand, and say what the single machine says, row by row."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset
import pytest

from ipattr.bulk import enrich_batches, enriched_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
RECIPES = ROOT / "notebooks" / "recipes"
AS_OF = "2026-11-21"
ROWS = 5_000
COLUMNS = {"ip": "ip", "time": "time", "port": "port", "account_id": "account_id"}
ADDRESSES = ("1.66.100.45", "106.128.10.7", "240a:61:123:4500::8a1", "126.33.4.5", "10.0.0.1", "203.0.113.9", "8.8.8.8")
WRONG = {17: "1.66.100.045", 1999: "", 3000: "１．６６．１００．４５ "}  # refused, empty, full-width


def rows() -> Iterator[str]:
    """Give the lines of an invented log; each row has a number of its own, by which results are compared."""
    for number in range(ROWS):
        address = WRONG.get(number, ADDRESSES[number * 7 % 11 % len(ADDRESSES)])
        day, minute = divmod(number * 13, 24 * 60)
        clock = f"2026-{8 + day // 28:02}-{1 + day % 28:02}T{minute // 60:02}:{minute % 60:02}:07Z"
        port = "" if number % 3 else str(1024 + number)
        moment = "2026-02-30T00:00:00Z" if number == 40 else clock
        yield f"{number},{moment},{address},{port},61345678901234567{number % 7:02}"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the log as one CSV file."""
    file = tmp_path_factory.mktemp("log") / "logins.csv"
    file.write_text("\n".join(["number,time,ip,port,account_id", *rows()]) + "\n", encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def alone(log: Path) -> list[dict[str, object]]:
    """Return what the single machine says of each row."""
    options = pa.csv.ConvertOptions(column_types=dict.fromkeys(("number", *COLUMNS.values()), pa.string()))
    table = pa.csv.read_csv(log, convert_options=options)
    enrich = partial(enrich_batches, **COLUMNS, as_of=date.fromisoformat(AS_OF))
    found = pa.Table.from_batches(list(enrich(table.to_batches(max_chunksize=777))))
    assert found.schema == enriched_schema(table.schema)
    assert found.num_rows == ROWS
    return comparable(found)


def comparable(table: pa.Table) -> list[dict[str, object]]:
    """Return the rows by their number; engines write an empty cell as null or as nothing, and dates as they like."""
    listed = table.to_pylist()
    for row in listed:
        for name, value in row.items():
            row[name] = "" if value is None else str(value)
    return sorted(listed, key=lambda row: int(row["number"]))


def run(recipe: str, log: Path, target: Path, **extra: str) -> list[dict[str, object]]:
    """Run one recipe as a process and read what it wrote."""
    command = [sys.executable, str(RECIPES / recipe), str(log), str(target), AS_OF]
    done = subprocess.run(command, capture_output=True, check=False, text=True, env={**os.environ, **extra})
    assert done.returncode == 0, done.stderr[-3000:]
    return comparable(pa.dataset.dataset(target, format="parquet", exclude_invalid_files=True).to_table())


def test_the_single_machine_rejects_what_it_should(alone: list[dict[str, object]]) -> None:
    rejected = {row["number"] for row in alone if row["ipattr_status"] == "rejected"}
    assert rejected == {"17", "40", "1999"}
    assert alone[3000]["ipattr_ip"] == "1.66.100.45"
    assert {row["ipattr_status"] for row in alone} == {"ok", "review", "rejected"}


def test_spark_says_what_one_machine_says(log: Path, alone: list[dict[str, object]], tmp_path: Path) -> None:
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, and there is none on this machine")
    settings = {"SPARK_MASTER": "local[2]", "SPARK_LOCAL_IP": "127.0.0.1", "TZ": "America/New_York"}
    assert run("on_spark.py", log, tmp_path / "out.parquet", **settings) == alone


def test_dask_says_what_one_machine_says(log: Path, alone: list[dict[str, object]], tmp_path: Path) -> None:
    assert run("on_dask.py", log, tmp_path / "out.parquet") == alone
