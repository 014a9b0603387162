"""A capture may be killed at any moment: every batch that the ledger acknowledged is there, byte for byte.

Real processes that append batches and say so once ``add_observed`` has returned. ``IPATTR_KILLS`` says how many are
killed (default 20); the moments are random, from the start of the interpreter on, over opening, writing and closing.
"""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from ipattr.store import CaseFolder, create, open_case, verify

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills by POSIX signals")

KILLS = int(os.environ.get("IPATTR_KILLS", "20"))
SEED = int(os.environ.get("IPATTR_KILLS_SEED", "20261121"))
WORKERS = 4
KILLS_PER_LEDGER = 5
STARTING = 0.3
"""Seconds within which a process has begun, more or less: a quarter of the kills come before."""

# Some openings write much and some little, so that kills fall into opening and closing as well. The lines of a batch
# follow from its number, which is new for every process.
CAPTURE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from ipattr.store import open_case

def batch(number):
    line = '{"host":"host%s.example","line":%s,"wire":"%s"}\\n'
    return "".join(line % (number, n, "A" * (number % 700)) for n in range(9)).encode()

folder, number, rounds = Path(sys.argv[1]), int(sys.argv[2]), 0
while True:
    with open_case(folder, clock=lambda: datetime.now(UTC), tool_version="test") as kept:
        for _ in range((2, 120)[rounds % 2]):
            print(kept.add_observed(batch(number), kind="capture", details={"number": number}), number, flush=True)
            number += 1
    rounds += 1
"""
EACH = 1_000_000
"""Numbers of batches that one process may use."""


def batch(number: int) -> bytes:
    """Return the lines that the process writes for a batch of this number."""
    line = '{{"host":"host{0}.example","line":{1},"wire":"{2}"}}\n'
    return "".join(line.format(number, n, "A" * (number % 700)) for n in range(9)).encode()


def now() -> datetime:
    return datetime.now(UTC)


def opened(folder: Path, *, readonly: bool = False) -> CaseFolder:
    return open_case(folder, clock=now, tool_version="test", readonly=readonly)


class Captures:
    """Captures into ledgers in one folder, each killed; what they were told, by ledger."""

    def __init__(self, folder: Path, draw: random.Random) -> None:
        """Remember where, and the source of the moments."""
        self.folder = folder
        self.draw = draw
        self.phases: Counter[str] = Counter()
        self.told: dict[str, int] = {}
        self._begun = 0

    def kill(self, count: int) -> Counter[str]:
        """Kill ``count`` captures, a few on each ledger; return what they were doing."""
        for number in range(count):
            if number % KILLS_PER_LEDGER == 0:
                ledger = self.folder / f"ledger{number}"
                create(ledger, title="", clock=now, tool_version="test", data_version="", purpose="ledger")
                self.told = {}
            self.one_kill(ledger)
            self.hold(ledger)
        return self.phases

    def one_kill(self, ledger: Path) -> None:
        """Start a capture, kill it, and take down every batch that it said was kept."""
        self._begun += 1
        process = subprocess.Popen(
            [sys.executable, "-c", CAPTURE, str(ledger), str(self._begun * EACH)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            out, _ = process.communicate(timeout=self.draw.uniform(0, STARTING * 4))
        except subprocess.TimeoutExpired:
            process.kill()
            out, error = process.communicate()
        else:
            pytest.fail("a capture ended by itself")
        assert error == ""
        said = [line.split() for line in out.splitlines(keepends=True) if line.endswith("\n")]
        self.told |= {path: int(number) for path, number in said}
        self.phases["capturing" if said else "starting"] += 1

    def hold(self, ledger: Path) -> None:
        """Hold a ledger to what was acknowledged: before it is opened again, while it is, and after."""
        left = verify(ledger)
        assert left.intact, left.changes
        with opened(ledger, readonly=True) as kept:
            before = kept.entries()
            self.find_all(kept)
        with opened(ledger) as kept:
            assert kept.entries()[: len(before)] == before
            if kept.entries()[len(before) :]:
                self.phases["between a file and its line"] += 1
            self.find_all(kept)
        after = verify(ledger, reread=lambda one, _: batch(one.details["number"]))
        assert after.intact, after.changes
        assert after.changes == ()
        assert not after.interrupted
        assert after.observed == after.reread >= len(self.told)

    def find_all(self, kept: CaseFolder) -> None:
        """Read every acknowledged batch."""
        found = {one.file.path: one for one in kept.observed()}
        for path, number in self.told.items():
            assert path in found, "an acknowledged batch was lost"
            assert found[path].details == {"number": number}
            assert kept.read(found[path].file) == batch(number)


def test_a_killed_capture_loses_no_acknowledged_batch(tmp_path: Path) -> None:
    folders = [tmp_path / f"desk{n}" for n in range(min(WORKERS, KILLS))]
    for folder in folders:
        folder.mkdir()
    desks = [Captures(folder, random.Random(SEED + n)) for n, folder in enumerate(folders)]  # noqa: S311 - must repeat
    shares = [KILLS // len(desks) + (n < KILLS % len(desks)) for n in range(len(desks))]
    with ThreadPoolExecutor(len(desks)) as pool:
        phases = sum(pool.map(Captures.kill, desks, shares), Counter[str]())
    print(f"{KILLS} captures killed: {dict(phases)}")  # noqa: T201 - shown with -s, the figure of the report
    assert phases["capturing"] + phases["starting"] == KILLS
    assert KILLS < 10 or phases["capturing"] > KILLS // 4, "hardly any was killed while it captured"


def test_what_a_reader_sees_beside_a_capture_survives_its_kill(tmp_path: Path) -> None:
    """A line that another process has read is on the disk, not only in the writer's memory."""
    ledger = tmp_path / "ledger"
    create(ledger, title="", clock=now, tool_version="test", data_version="", purpose="ledger")
    with subprocess.Popen(
        [sys.executable, "-c", CAPTURE, str(ledger), "0"], stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL
    ) as process:
        try:
            deadline = time.monotonic() + 30
            seen = 0
            while seen < 50:
                assert time.monotonic() < deadline
                with opened(ledger, readonly=True) as kept:
                    read = kept.observed()
                    digests = {one.file.path: hashlib.sha256(kept.read(one.file)).hexdigest() for one in read}
                seen = len(read)
        finally:
            process.kill()
    with opened(ledger) as kept:
        assert kept.observed()[:seen] == read
        assert {one.file.path: hashlib.sha256(kept.read(one.file)).hexdigest() for one in read} == digests
    assert verify(ledger).changes == ()
