"""Disclosed addresses are secret: an online run leaves them in the case folder and the output, and nowhere else."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from registry_world import AS_OF, PUBLIC, addresses_in, write_log

if TYPE_CHECKING:
    from registry_world import World

SECRETS = [*PUBLIC, "49.96.45.67"]
LOG = {**PUBLIC, "::ffff:49.96.45.67": "2026-09-01T00:00:00Z", "10.223.45.67": "2026-09-01T00:00:00Z"}


class Home:
    """Fresh folders for everything that a process may write to without being asked."""

    def __init__(self, world: World, folder: Path) -> None:
        """Make the folders, a log and a case."""
        self.world = world
        self.folder = folder
        self.outside = {name: folder / name.lower() for name in ("TMPDIR", "HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME",
                                                                 "XDG_STATE_HOME", "XDG_RUNTIME_DIR")}  # fmt: skip
        for path in self.outside.values():
            path.mkdir()
        self.work = folder / "work"
        self.work.mkdir()
        write_log(self.work / "log.csv", LOG)

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of the process."""
        return {name: str(path) for name, path in self.outside.items()}

    def run(self, *words: str, umask: int = 0o022) -> subprocess.CompletedProcess[bytes]:
        """Run a command here."""
        return self.world.run(*words, cwd=self.work, umask=umask, **self.environment)

    def leaks(self) -> dict[str, set[str]]:
        """Return each file outside the case and the outputs that holds an address, and which."""
        allowed = {self.work / name for name in ("log.csv", "out.json", "out.csv", "x.html")}
        found = {}
        for file in self.folder.rglob("*"):
            if file in allowed or self.work / "case" in file.parents or not file.is_file():
                continue
            held = addresses_in(file.read_bytes(), SECRETS) | addresses_in(str(file).encode(), SECRETS)
            if held:
                found[str(file)] = held
        return found


@pytest.fixture
def home(world: World, tmp_path: Path) -> Home:
    return Home(world, tmp_path)


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_no_address_stands_outside_the_case_and_the_output(home: Home, umask: int) -> None:
    data = ("--data", str(home.world.data))
    assert home.run("case", "init", "case", umask=umask).returncode == 0
    sources = [word for name in ("rdap", "jpnic", "whois", "origin", "ptr") for word in ("--source", name)]
    lookup = ("lookup", "log.csv", "--case", "case", "--online", "--yes", "--as-of", AS_OF, *data)
    done = home.run(*lookup, *sources, "-o", "out.json", umask=umask)
    assert done.returncode == 1, done.stderr.decode()
    assert addresses_in((home.work / "out.json").read_bytes(), SECRETS) == set(SECRETS)
    assert home.run("rdap", "126.33.123.45", "--refresh", "--case", "case", *data, umask=umask).returncode == 0
    assert home.run("verify", "case", *data, umask=umask).returncode == 0
    assert home.run("report", "case", "-o", "out.csv", umask=umask).returncode in {0, 1}
    assert home.run("report", "case", "--exhibits", "-o", "x.html", *data, umask=umask).returncode == 0
    assert home.leaks() == {}
    # Nothing but the compiled data and the remembered mappings lies outside at all.
    left = {file.name for path in home.outside.values() for file in path.rglob("*") if file.is_file()}
    assert all(name.endswith(".bin") or name == "mappings.json" or "facts" in name for name in left), left
    for path in (home.work / "case", *(home.work / "case").rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), (path, oct(mode))
        if (home.work / "case" / "inputs") not in path.parents:
            assert addresses_in(path.name.encode(), SECRETS) == set(), path
    for name in ("out.json", "out.csv", "x.html"):
        assert stat.S_IMODE((home.work / name).stat().st_mode) == 0o600


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_a_ledger_and_what_is_remembered_of_it_are_its_owners_alone(home: Home, umask: int) -> None:
    (home.work / "seen.txt").write_text("104.244.42.1 twitter.com\n")
    ledger, data = ("--ledger", "ledger"), ("--data", str(home.world.data))
    taken = ("--form", "hosts", "--source", "s", "--observed-at", "2018-05-01")
    assert home.run("destinations", "import", "x", "seen.txt", *ledger, *taken, *data, umask=umask).returncode == 0
    done = home.run("destinations", "x", "--log", "log.csv", *ledger, *data, "-o", "out.json", umask=umask)
    assert done.returncode in {0, 1}, done.stderr.decode()
    assert addresses_in((home.work / "out.json").read_bytes(), SECRETS)  # it was about disclosed addresses
    assert home.leaks() == {}
    for path in (home.work / "ledger", *(home.work / "ledger").rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    cached = list((home.folder / "xdg_cache_home").rglob("ledgers/*"))
    assert len(cached) == 1
    assert stat.S_IMODE(cached[0].stat().st_mode) == 0o600


def test_a_successful_run_says_no_address_beside_its_plan(home: Home) -> None:
    assert home.run("case", "init", "case").returncode == 0
    words = ("lookup", "log.csv", "--case", "case", "--online", "--yes", "--as-of", AS_OF)
    done = home.run(*words, "--data", str(home.world.data), "-o", "out.json")
    plan, _, rest = done.stderr.decode().partition("planned ")
    assert addresses_in(plan.encode(), SECRETS)
    assert addresses_in(rest.encode(), SECRETS) == set()
    again = home.run(*words, "--data", str(home.world.data), "-o", "out.json")
    assert addresses_in(again.stderr, SECRETS) == set()  # nothing leaves, nothing is said


def test_a_failure_in_the_middle_leaves_no_address_behind(home: Home, tmp_path_factory: pytest.TempPathFactory) -> None:
    dead = home.world.dead(tmp_path_factory.mktemp("dead") / "data")
    assert home.run("case", "init", "case").returncode == 0
    words = ("lookup", "log.csv", "--case", "case", "--online", "--as-of", AS_OF, "--data", str(dead))
    assert home.run(*words, "--yes", "-o", "out.json").returncode == 1
    assert home.run(*words, "--refresh").returncode == 6
    assert home.leaks() == {}


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="no /proc to look into")
def test_no_process_bears_an_address_in_its_arguments(home: Home) -> None:
    """A spreadsheet is parsed by a child process; standard input keeps single questions out of the list."""
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["time", "ip"])
    for address, at in LOG.items():
        sheet.append([at, address])
    book.save(home.work / "log.xlsx")
    assert home.run("case", "init", "case").returncode == 0
    words = ["lookup", "log.xlsx", "--case", "case", "--online", "--yes", "--data", str(home.world.data)]
    seen: set[str] = set()
    process = subprocess.Popen(
        [sys.executable, "-m", "ipattr", *words, "-o", "out.json"],
        cwd=home.work,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=home.world.environment(**home.environment),
    )
    while process.poll() is None:
        seen |= _arguments(process.pid)
        time.sleep(0.002)
    assert process.returncode == 1
    assert len(seen) >= 2  # the child that parses was seen too
    assert addresses_in("\n".join(seen).encode(), SECRETS) == set()
    assert home.leaks() == {}


def _arguments(parent: int) -> set[str]:
    """Return the command lines of a process and its children."""
    found = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            status = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(entry.name) == parent or int(status[1]) == parent:
                found.add((entry / "cmdline").read_bytes().decode(errors="replace"))
        except (OSError, IndexError):
            continue
    return found


def test_the_search_itself_finds_every_form_of_an_address() -> None:
    six = "240b:10:1234:5600::45"
    forms = [six, six.upper(), "240b:0010:1234:5600:0000:0000:0000:0045", "240b:10:1234:5600:0:0:0:45"]
    for form in forms:
        assert addresses_in(f"x [{form}]:443, y".encode(), [six]) == {six}, form
    assert addresses_in(b"240b:10:1234:5600::46 1.66.100.4", [six, "1.66.100.45"]) == set()
    assert addresses_in(b"=1.66.100.45;", ["1.66.100.45"]) == {"1.66.100.45"}
    assert os.sep
