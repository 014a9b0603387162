"""An online run may end at any moment: nothing acknowledged is lost, nothing answered is asked again.

Real processes of the command line against an RDAP server on loopback. ``IPATTR_KILLS`` says how many are killed
(default 20); the moments are uniform over a whole run, from the start of the interpreter to the closed folder.
"""

from __future__ import annotations

import csv
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from loopback_data import data_on_loopback
from servers import Authority, RdapServer

from ipattr.casework.custody import check, journal_of
from ipattr.casework.inquiry import kept_answers
from ipattr.registry import Registry, open_registry
from ipattr.store import create, open_case
from ipattr.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Self

    from ipattr.model import JournalEntry

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills by POSIX signals")

KILLS = int(os.environ.get("IPATTR_KILLS", "20"))
SEED = int(os.environ.get("IPATTR_KILLS_SEED", "20261121"))
WORKERS = 4
ADDRESSES = 60
LATENCY = 0.02
JST = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d JST"
# A process begun by a shell in the background ignores SIGINT; a person's never does.
HEARS_INTERRUPTS = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "import runpy; runpy.run_module('ipattr', run_name='__main__')"
)


def world() -> tuple[list[dict[str, Any]], list[str]]:
    """Return registered blocks and addresses in them, a few to a block."""
    blocks, addresses = [], []
    for number in range(ADDRESSES // 3):
        base = f"126.{number}.{number}"
        handle = f"NET-{number}"
        dates = {"registration": "2012-04-01T00:00:00Z", "last changed": "2024-04-01T00:00:00Z"}
        blocks.append(
            {"first": f"{base}.0", "last": f"{base}.255", "handle": handle, "org": f"Holder {number}", "events": dates}
        )
        addresses += [f"{base}.{last}" for last in (5, 77, 201)]
    return blocks, addresses


class Desk:
    """One server, the data that lead to it, and case folders that are looked up against it one after the other."""

    def __init__(self, folder: Path, authority: Authority, *, latency: float = LATENCY) -> None:
        """Remember where; nothing runs before the ``with`` block."""
        blocks, self.addresses = world()
        self.folder = folder
        self.server = RdapServer(blocks, authority=authority, latency=latency)
        self.log = folder / "log.csv"
        self._authority = authority
        self._cases = 0
        self.registry: Registry
        self.environment: dict[str, str]
        self.data: Path

    def __enter__(self) -> Self:
        """Serve, write the log, and compile the data once."""
        self.folder.mkdir()
        with self.log.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(["accountId", "createdAt", "loginIp"])
            for row, address in enumerate(self.addresses):
                table.writerow(["1000000000000000001", f"2026-08-{row % 28 + 1:02d}T01:02:03.000Z", address])
        self.server.__enter__()
        self.data = data_on_loopback(self.folder / "data", {"rdap-apnic": self.server.port}, concurrent=4)
        own = {"XDG_CACHE_HOME": str(self.folder / "cache"), "XDG_CONFIG_HOME": str(self.folder / "config")}
        trust = {"SSL_CERT_FILE": str(self._authority.path), "LC_ALL": "C.UTF-8"}
        self.environment = {**os.environ, **own, **trust}
        self.registry = open_registry(self.data, cache=self.folder / "cache" / "ipattr")
        return self

    def __exit__(self, *error: object) -> None:
        """Stop serving."""
        self.server.__exit__(None, None, None)

    def case(self) -> Path:
        """Return a new case folder."""
        self._cases += 1
        folder = self.folder / f"case{self._cases}"
        create(folder, title="", clock=lambda: datetime.now(UTC), tool_version=__version__, data_version="")
        return folder

    def lookup(self, case: Path, *more: str) -> tuple[str, ...]:
        """Return the arguments of one look-up of the log in a case folder."""
        given = ("lookup", str(self.log), "--case", str(case), "--lang", "en", "--format", "json")
        return (*given, "--data", str(self.data), "--as-of", "2026-11-21", *more)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the command line."""
        command = [sys.executable, "-c", HEARS_INTERRUPTS, *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True, env=self.environment
        )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command line to its end."""
        command = [sys.executable, "-c", HEARS_INTERRUPTS, *arguments]
        return subprocess.run(
            command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=self.environment
        )

    def finished(self, case: Path, *more: str) -> dict[str, Any]:
        """Look up to the end and return the result."""
        done = self.run(*self.lookup(case, *more))
        assert done.returncode in {0, 1}, done.stderr
        result: dict[str, Any] = json.loads(done.stdout)
        return result

    def wait_for(self, requests: int) -> None:
        """Wait until the server has seen so many requests."""
        deadline = time.monotonic() + 20
        while len(self.server.seen) < requests:
            assert time.monotonic() < deadline, "the run sent nothing"
            time.sleep(0.005)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def slow(tmp_path: Path, authority: Authority) -> Iterator[Desk]:
    """Return a desk whose server takes its time, so that a signal comes while a run asks."""
    with Desk(tmp_path / "desk", authority, latency=0.15) as desk:
        yield desk


def answered(case: Path) -> dict[str, str]:
    """Return the name of every journalled answer, by its question; each can be read, body and header."""
    lines = [json.loads(entry.payload) for entry in journal_of(case, egress=False) if entry.kind == "answer"]
    with open_case(case, clock=no_clock, tool_version="test", readonly=True) as folder:
        read = {answer.name: answer for answer in kept_answers(folder)}
    for line in lines:
        assert read[line["name"]].exchange.question.key == line["question"]
        assert read[line["name"]].reply.status == "found"
    return {line["question"]: line["name"] for line in lines}


def no_clock() -> datetime:
    message = "a folder opened for reading dates nothing"
    raise AssertionError(message)


def asked_paths(entries: tuple[JournalEntry, ...]) -> Counter[str]:
    """Return how often each path stands in the journal as a query that left or was about to."""
    lines = [json.loads(entry.payload) for entry in entries if entry.kind == "query"]
    return Counter(line["request"].split("/", 3)[3] for line in lines)


def unaltered(case: Path, registry: Registry) -> bool:
    """Check a folder as ``ipattr verify`` does; return whether it is one of an interrupted run, which is a notice."""
    found = check(case, head=None, registry=registry)
    assert found.intact, found.changes
    assert found.recomputed == found.results
    return found.interrupted


class Killing:
    """Killed runs at one desk, each folder killed twice to four times before it is let finish."""

    def __init__(self, desk: Desk, draw: random.Random) -> None:
        """Run the control: what nobody interrupted."""
        self.desk = desk
        self.draw = draw
        self.phases: Counter[str] = Counter()
        case = desk.case()
        began = time.perf_counter()
        self.control = comparable(desk.finished(case, "--online", "--yes"))
        self.whole = time.perf_counter() - began
        assert not unaltered(case, desk.registry)

    def kill(self, count: int) -> Counter[str]:
        """Kill ``count`` runs, and return in which phases they were."""
        while (left := count - self.phases.total()) > 0:
            self.one_folder(min(left, self.draw.randint(2, 4)))
        return self.phases

    def one_folder(self, kills: int) -> None:
        """Kill runs on one folder, then let one finish and compare."""
        desk, case = self.desk, self.desk.case()
        begun = len(desk.server.seen)
        known: dict[str, str] = {}
        for _ in range(kills):
            before = len(desk.server.seen)
            if self.one_kill(case):
                kept = answered(case)
                self.hold(case, known, kept, before=before, begun=begun)
                known = kept
        before = len(desk.server.seen)
        resumed = desk.finished(case, "--online", "--yes")
        kept = answered(case)
        self.hold(case, known, kept, before=before, begun=begun)
        assert kept.keys() == {f"rdap ip {address}" for address in desk.addresses}
        silent = len(desk.server.seen)
        again = desk.finished(case, "--online", "--yes")
        assert len(desk.server.seen) == silent, "a finished case asked again"
        assert without_run(again) == without_run(resumed)
        assert comparable(resumed) == self.control
        assert not unaltered(case, desk.registry)

    def hold(self, case: Path, known: dict[str, str], kept: dict[str, str], *, before: int, begun: int) -> None:
        """Hold a folder to what was acknowledged before: kept under its name, and not asked again."""
        assert known.items() <= kept.items(), "an acknowledged answer was lost"
        sent = Counter(path for _, path in self.desk.server.seen[before:])
        again = {question.rsplit(" ", 1)[1] for question in known} & {path.rpartition("/")[2] for path in sent}
        assert not again, "asked again though its answer was kept"
        everything = Counter(path for _, path in self.desk.server.seen[begun:])
        assert everything <= asked_paths(journal_of(case, egress=True)), "something left that is in no journal"

    def one_kill(self, case: Path) -> bool:
        """Kill one run at a random moment; return whether it was still running."""
        sent = len(self.desk.server.seen)
        moment = self.draw.uniform(0, self.whole * 1.05)
        process = self.desk.start(*self.desk.lookup(case, "--online", "--yes"))
        try:
            process.communicate(timeout=moment)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        interrupted = unaltered(case, self.desk.registry)
        if process.returncode != -signal.SIGKILL:
            assert process.returncode in {0, 1}
            return False
        kinds = Counter(entry.kind for entry in journal_of(case, egress=False))
        if not interrupted and kinds["result"] == 0:
            self.phases["starting"] += 1
        elif kinds["result"]:
            self.phases["result written, closing, or starting again"] += 1
        elif len(self.desk.server.seen) == sent and not kinds["answer"]:
            self.phases["reading, planning"] += 1
        else:
            self.phases["asking, or computing"] += 1
        return True


def comparable(result: dict[str, Any]) -> str:
    """Return a result without times of asking, names of evidence, and the figures of one run."""
    text = without_run(result)
    names = dict.fromkeys(re.findall(r'"evidence":"(\d{6}-[0-9a-f]{12})"', text))
    for name in names:
        text = text.replace(name, "EVIDENCE")
    text = re.sub(rf"received {JST}|{JST} 受信", "RECEIVED", text)
    return re.sub(r'"(received|asked_from|asked_until)":"[^"]+"', r'"\1":"TIME"', text)


def without_run(result: dict[str, Any]) -> str:
    """Return a result without what differs from run to run though everything was kept: its own figures."""
    inquiry = {**result["inquiry"], "planned": 0, "sent": 0, "journal_head": ""}
    return json.dumps({**result, "inquiry": inquiry}, ensure_ascii=False, separators=(",", ":"))


def test_a_killed_run_loses_no_acknowledged_answer_and_asks_none_again(tmp_path: Path, authority: Authority) -> None:
    with ExitStack() as stack:
        desks = [stack.enter_context(Desk(tmp_path / f"desk{n}", authority)) for n in range(min(WORKERS, KILLS))]
        draws = [random.Random(SEED + number) for number in range(len(desks))]  # noqa: S311 - must repeat
        shares = [KILLS // len(desks) + (number < KILLS % len(desks)) for number in range(len(desks))]
        with ThreadPoolExecutor(len(desks)) as pool:
            killings = list(pool.map(Killing, desks, draws))
            phases = sum(pool.map(Killing.kill, killings, shares), Counter[str]())
    print(f"{phases.total()} runs killed: {dict(phases)}")  # noqa: T201 - shown with -s, the figure of the report
    assert phases.total() == KILLS
    assert KILLS < 10 or phases["asking, or computing"], "no run was killed while it asked"


def test_an_interrupt_from_the_keyboard_ends_with_130_and_a_closed_folder(slow: Desk) -> None:
    case = slow.case()
    process = slow.start(*slow.lookup(case, "--online", "--yes"))
    slow.wait_for(6)
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=10)
    assert (process.returncode, out) == (130, "")
    assert error.endswith("Interrupted.\n")
    assert "Traceback" not in error
    assert not unaltered(case, slow.registry), "the folder was left as if the run had been killed"
    assert not (case / "case.lock").exists()
    kept = answered(case)
    assert 0 < len(kept) < ADDRESSES
    before = len(slow.server.seen)
    slow.finished(case, "--online", "--yes")
    assert not {q.rsplit(" ", 1)[1] for q in kept} & {path.rpartition("/")[2] for _, path in slow.server.seen[before:]}


def test_a_terminated_run_is_resumed_where_it_ended(slow: Desk) -> None:
    case = slow.case()
    process = slow.start(*slow.lookup(case, "--online", "--yes"))
    slow.wait_for(6)
    process.terminate()
    process.communicate(timeout=10)
    assert process.returncode != 0
    unaltered(case, slow.registry)
    kept = answered(case)
    before = len(slow.server.seen)
    slow.finished(case, "--online", "--yes")
    assert kept.items() <= answered(case).items()
    assert not {q.rsplit(" ", 1)[1] for q in kept} & {path.rpartition("/")[2] for _, path in slow.server.seen[before:]}
    assert not unaltered(case, slow.registry)


def test_a_second_process_is_told_which_one_has_the_folder(slow: Desk) -> None:
    case = slow.case()
    first = slow.start(*slow.lookup(case, "--online", "--yes"))
    slow.wait_for(2)
    others = [
        slow.start(*slow.lookup(case, "--online", "--yes")),
        slow.start("verify", str(case), "--lang", "en", "--data", str(slow.data)),
    ]
    for other in others:
        out, error = other.communicate(timeout=30)
        assert (other.returncode, out) == (7, ""), error
        assert f"process {first.pid}" in error
        assert "Traceback" not in error
    assert first.poll() is None, "the first was to be running still"
    first.communicate(timeout=30)
    assert first.returncode in {0, 1}
    assert not unaltered(case, slow.registry)
