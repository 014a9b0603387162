"""Candidate sets from a ledger of a million captured answers, beside a naive filter in pandas. One run, one machine.

    python benchmarks/ledger.py [ANSWERS]

A ledger folder is made (see ``ledger_world``): X, 12 hosts, 9 resolvers, every 6 hours for a year, about 4,300 files.
1,000 logins from IPv4 addresses fall anywhere into that year. Each side runs in a process of its own, with its peak of
memory (``ru_maxrss``).

- ours, cold: ``read_ledgers`` reads, judges and condenses every answer; ``survey``; ``candidates_in`` per login
- ours, warm: the same once more, from the condensation that the cache keeps; ours, grown: after one more run
- pandas, JSON Lines: every file of the ledger with ``read_json(lines=True)``, one row per address, then the filter
- pandas, CSV: the rows of that frame from a CSV made beforehand, host and address as categories, then the filter

The filter: of the answers within 48 hours of the login, per host, address and resolver the last before and the first
after it; the address counts where they are no more than 48 hours apart. That is the simple rule by which an observation
lies around a login, and both must find the same addresses for every login. Addresses that ours set aside as poisoned
are taken out of what pandas found: a filter cannot tell them.

``ledger_rows`` is the worst case: a million rows that cannot be condensed.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import ledger_rows
from ledger_peaks import peak

ANSWERS = 1_000_000
LOGINS = 1_000
RESOLVERS = 9
BREAK = 48 * 3600
SEED = 20261121
OURS, PANDAS = "ours", "pandas"
COLD, WARM, GROWN = "ours, cold", "ours, warm", "ours, grown"
LINES, CSV = "pandas, JSON Lines", "pandas, CSV"


def logins(began: datetime, ended: datetime) -> list[datetime]:
    """Return the times of the logins: whole seconds anywhere from the first run to the last."""
    draw = random.Random(SEED)  # noqa: S311 - a benchmark, and it must repeat
    span = int((ended - began).total_seconds())
    return [began + timedelta(seconds=draw.randrange(span)) for _ in range(LOGINS)]


def ours(folder: Path, times: list[datetime]) -> dict[str, Any]:
    """Read the ledger as a look-up does, and ask about every login."""
    from ipattr.case import observed
    from ipattr.casework.ledgers import read_ledgers
    from ipattr.destinations import candidates_in, survey
    from ipattr.registry import open_registry

    registry = open_registry()
    platform, shared = registry.platforms["x"], registry.shared
    bare = peak()
    began = time.perf_counter()
    extracts = read_ledgers([folder], "x", registry=registry)
    read = time.perf_counter()
    prepared = survey(platform, observed(registry, "x", extracts))
    ready = time.perf_counter()
    sets = [candidates_in(prepared, at, family=4, shared=shared) for at in times]
    asked = time.perf_counter()
    kept = peak()
    return {
        "rows": len(extracts[0].observations),
        "read": read - began,
        "prepare": ready - read,
        "ask": asked - ready,
        "peaks": [bare, kept],
        "found": [
            sorted(
                one.address
                for one in found.candidates
                if one.relation == "around" and any(name.startswith("own:") for name in one.observations)
            )
            for found in sets
        ],
    }


def peer(folder: Path, times: list[datetime], *, table: Path | None) -> dict[str, Any]:
    """Read the same answers into a frame, from the ledger itself or from a CSV, and filter it for every login."""
    import pandas as pd

    bare = peak()
    began = time.perf_counter()
    if table is None:
        frame = _of_ledger(folder)
    else:
        frame = pd.read_csv(table, dtype=dict.fromkeys(("host", "address", "resolver"), "category"))
    read = time.perf_counter()
    found = [_naive(frame, int(at.timestamp())) for at in times]
    asked = time.perf_counter()
    kept = peak()
    if table is None:
        frame.to_csv(folder.parent / "rows.csv", index=False)
    return {"rows": len(frame), "read": read - began, "prepare": 0, "ask": asked - read, "peaks": [bare, kept]} | {
        "found": found
    }


def _of_ledger(folder: Path) -> Any:  # noqa: ANN401 - a data frame
    import pandas as pd

    parts = []
    for file in sorted((folder / "observed").glob("*.jsonl")):
        part = pd.read_json(file, lines=True)
        probe = pd.DataFrame(part["probe"].tolist())
        part = part[["addresses", "resolver", "received"]].assign(host=probe["host"])
        part = part[(part["addresses"].str.len() > 0) & (probe["kind"] == "host") & (probe["rrtype"] == "A")]
        parts.append(part.explode("addresses"))
    frame = pd.concat(parts).rename(columns={"addresses": "address"})
    seconds = pd.to_datetime(frame.pop("received"), format="ISO8601", utc=True).dt.floor("s")
    frame["at"] = (seconds - pd.Timestamp(0, tz="UTC")) // pd.Timedelta(seconds=1)
    return frame


def _naive(frame: Any, at: int) -> list[str]:  # noqa: ANN401 - a data frame
    near = frame[(frame["at"] >= at - BREAK) & (frame["at"] <= at + BREAK)]
    by = ["host", "address", "resolver"]
    before = near[near["at"] <= at].groupby(by, observed=True)["at"].max().rename("before")
    after = near[near["at"] >= at].groupby(by, observed=True)["at"].min().rename("after")
    both = before.to_frame().join(after, how="inner").reset_index()
    return sorted(set(both.loc[both["after"] - both["before"] <= BREAK, "address"]))


def make(folder: Path, answers: int) -> dict[str, Any]:
    """Make the ledger, or add one run to one that is there, and return what it holds."""
    from ledger_world import build, go_on, without_flushing

    from ipattr.registry import open_registry

    without_flushing()
    registry = open_registry()
    if folder.exists():
        return go_on(folder, registry, resolvers=RESOLVERS)._asdict()
    return build(folder, registry, answers=answers, resolvers=RESOLVERS)._asdict()


def _apart(*words: str, said: str = "", cache: Path | None = None) -> Any:  # noqa: ANN401 - JSON
    """Return what one side says, run in a process of its own: what one needs is not counted for another.

    This process stays small, for Linux counts for a child what its parent had when it began.
    """
    environment = dict(os.environ) if cache is None else {**os.environ, "XDG_CACHE_HOME": str(cache)}
    command = [sys.executable, __file__, *words]
    done = subprocess.run(command, check=True, input=said, stdout=subprocess.PIPE, text=True, env=environment)
    return json.loads(done.stdout)


def _side(words: list[str]) -> dict[str, Any]:
    match words:
        case ["make", folder, answers]:
            return make(Path(folder), int(answers))
        case ["rows", name, count]:
            return (ledger_rows.ours if name == OURS else ledger_rows.peer)(int(count))
        case [name, folder]:
            times = [datetime.fromisoformat(text) for text in json.load(sys.stdin)]
            if name.startswith(OURS):
                return ours(Path(folder), times)
            return peer(Path(folder), times, table=Path(folder).parent / "rows.csv" if name == CSV else None)
    message = f"not a side: {words}"
    raise SystemExit(message)


def captured(folder: Path, answers: int) -> None:
    """Print the table of the captured ledger."""
    began = time.perf_counter()
    made = _apart("make", str(folder), str(answers))
    journal = (folder / "case.db").stat().st_size
    print(
        f"a ledger of {made['answers']:,} answers in {made['files']:,} files, {made['size'] / 2**20:,.0f} MiB, journal"
        f" {journal / 2**20:,.0f} MiB (made in {time.perf_counter() - began:.0f} s); {LOGINS:,} logins"
    )
    times = logins(datetime.fromisoformat(made["began"]), datetime.fromisoformat(made["ended"]))
    said = json.dumps([at.isoformat() for at in times])
    sides: dict[str, dict[str, Any]] = {}
    for name in (COLD, WARM, LINES, CSV, GROWN):
        if name == GROWN:
            _apart("make", str(folder), "0")
        sides[name] = _apart(name, str(folder), said=said, cache=folder.parent / "cache")
        _print(name, sides[name])
    _compare(sides, made["aside"])


def _print(name: str, side: dict[str, Any]) -> None:
    print(
        f"{name:<20} read {side['read']:6.2f} s, prepare {side['prepare']:5.2f} s, per login"
        f" {side['ask'] / LOGINS * 1e3:7.3f} ms; all {_all(side):6.2f} s; peak {side['peaks'][1]:,.0f} MiB"
        f" ({side['peaks'][0]:,.0f} before); {side['rows']:,} rows"
    )


def _all(side: dict[str, Any]) -> float:
    whole: float = side["read"] + side["prepare"] + side["ask"]
    return whole


def _compare(sides: dict[str, dict[str, Any]], aside: str) -> None:
    own = sides[COLD]["found"]
    for name, side in sides.items():
        found = [[address for address in row if address != aside] for row in side["found"]]
        unlike = [pair for pair in zip(own, found, strict=True) if pair[0] != pair[1]]
        if unlike:
            sys.exit(f"{name} did not find the same: {unlike[0]}")
    for name in (LINES, CSV):
        theirs = sides[name]
        said = [f"{theirs['ask'] / sides[WARM]['ask']:.1f} per login"]
        said += [f"{_all(theirs) / _all(sides[mine]):.1f} all, {mine}" for mine in (COLD, WARM, GROWN)]
        print(f"{name} / ours: {', '.join(said)}")
    empty = sum(not row for row in own)
    print(f"all found the same addresses around each login; {empty} logins fall into an outage, with none")


def main(answers: int) -> None:
    """Make the ledger, run every side and print the figures."""
    with tempfile.TemporaryDirectory() as temporary:
        captured(Path(temporary) / "ledger", answers)
    ledger_rows.table(*(_apart("rows", name, str(answers)) for name in (OURS, PANDAS)))


if __name__ == "__main__":
    if sys.argv[2:]:
        json.dump(_side(sys.argv[1:]), sys.stdout, default=datetime.isoformat)
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else ANSWERS)
