"""Planning and asking alone, journal and evidence on disk: one figure of ``registries.py``, in a process of its own.

python benchmarks/registries_engine.py CASE LOG DATA MODE PROBE
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from ipattr.casework.inquiry import Going, Wish, needs_of, propose, pursue
from ipattr.inputs import Material
from ipattr.registry import open_registry
from ipattr.store import open_case
from ipattr.version import __version__


def main() -> None:
    """Ask, and print the seconds between the needs and the last answer kept."""
    case, log, data, mode, probe = sys.argv[1:]
    registry = open_registry(Path(data))
    reading, _ = Material(inputs=(log,), platform="x").read(registry, stdin=None)
    needs = needs_of(reading, registry)
    wish = Wish(
        mode="coalesced" if mode == "coalesced" else "exact", probe="address" if probe == "address" else "block"
    )
    going = Going(clock=lambda: datetime.now(UTC), tool_version=__version__, agree=lambda _plan, _consent: True)
    with open_case(Path(case), clock=going.clock, tool_version=__version__) as folder:
        began = time.perf_counter()
        known, plan = propose(needs, wish, registry=registry, folder=folder, going=going)
        _, outcome = pursue(plan, registry=registry, ledger=folder, known=known, going=going)
        seconds = time.perf_counter() - began
    json.dump({"seconds": seconds, "sent": outcome.sent if outcome else 0}, sys.stdout)


if __name__ == "__main__":
    main()
