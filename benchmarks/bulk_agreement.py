"""Whether two contenders of ``bulk.py`` say the same: same row, same prefix, same earliest expiry.

    python benchmarks/bulk_agreement.py LOG OURS.parquet OTHER.parquet|OTHER.csv

Rows are matched by time, address, port and account; where several are alike, by how many there are. Prints as JSON how
many rows agree, how many disagree in prefix or expiry, and how many stand in one of the two alone, with examples.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import duckdb

TYPES = {"utc": "TIMESTAMPTZ", "ip": "VARCHAR", "port": "INTEGER", "account_id": "VARCHAR"}
TYPES |= dict.fromkeys(("attribution_status", "prefix", "origin_as", "operator", "addressee"), "VARCHAR")
TYPES |= dict.fromkeys(("connected_on_jst", "earliest_expiry", "act_by"), "DATE")
KEY = ("utc", "ip", "port", "account_id")
SAID = ("prefix", "origin_as", "addressee", "connected_on_jst", "earliest_expiry", "act_by")
EXAMPLES = 4


def compare(ours: Path, other: Path) -> dict[str, Any]:
    """Return counts of rows and examples; a row without time or address says nothing and is left out."""
    base = duckdb.connect()
    base.execute("SET TimeZone = 'UTC'")
    for name, path in (("ours", ours), ("other", other)):
        cells = ", ".join(f"nullif({key}::VARCHAR, '')::{kind} AS {key}" for key, kind in TYPES.items())
        source = f"read_csv('{path}', all_varchar = true)" if path.suffix == ".csv" else f"read_parquet('{path}')"
        base.execute(
            f"CREATE TABLE {name} AS SELECT {', '.join(TYPES)}, count(*) AS many FROM (SELECT {cells} FROM {source}) "  # noqa: S608 - own paths
            "WHERE utc IS NOT NULL AND ip IS NOT NULL GROUP BY ALL"
        )
    matched = " AND ".join(f"a.{key} IS NOT DISTINCT FROM b.{key}" for key in KEY)
    theirs = ", ".join(f"b.{key} AS b_{key}" for key in SAID)
    base.execute(f"CREATE TABLE pairs AS SELECT a.*, {theirs} FROM ours a JOIN other b ON {matched}")  # noqa: S608
    differ = {key: f"{key} IS DISTINCT FROM b_{key}" for key in SAID}
    found: dict[str, Any] = {
        "rows": _one(base, "SELECT sum(many) FROM pairs"),
        "differ": {
            key: count
            for key, how in differ.items()
            if (count := _one(base, f"SELECT sum(many) FROM pairs WHERE {how}"))  # noqa: S608
        },
    }
    for mine, yours in (("ours", "other"), ("other", "ours")):
        alone = f"FROM {mine} a WHERE NOT EXISTS (FROM {yours} b WHERE {matched})"
        found[f"only {mine}"] = _one(base, f"SELECT sum(many) {alone}")
        found[f"examples only {mine}"] = base.execute(
            f"SELECT a.utc::VARCHAR, a.ip, a.port, a.account_id {alone} ORDER BY 1, 2 LIMIT {EXAMPLES}"
        ).fetchall()
    shown = ", ".join(f"{key}, b_{key}" for key in SAID)
    found["examples that differ"] = base.execute(
        f"SELECT utc::VARCHAR, ip, {shown} FROM pairs WHERE {' OR '.join(differ.values())} ORDER BY 1, 2 "  # noqa: S608
        f"LIMIT {EXAMPLES}"
    ).fetchall()
    return found


def _one(base: duckdb.DuckDBPyConnection, query: str) -> int:
    row = base.execute(query).fetchone()
    return int(row[0] or 0) if row else 0


if __name__ == "__main__":
    json.dump(compare(*map(Path, sys.argv[1:])), sys.stdout, ensure_ascii=False, default=str)
