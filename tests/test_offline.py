"""Every verb but those that ask opens no socket, and without any network it prints the same bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from registry_world import World

SOCKET_OPENED = 99
OFFLINE_GUARD = Path(__file__).resolve().parent / "offline"
# These do nothing but ask.
ONLINE = {("data", "refresh")}


def _environment(tmp_path: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "XDG_CACHE_HOME": str(tmp_path), "LC_ALL": "C.UTF-8", **more}


def _lookup(root: Path, output: str) -> list[str]:
    example = root / "data" / "examples"
    log, posts = str(example / "x-return.docx"), str(example / "posts.csv")
    command = [sys.executable, "-m", "ipattr", "lookup", log, "--posts", posts]
    return [*command, "--platform", "x", "--as-of", "2026-11-21", "--format", output]


@pytest.mark.parametrize("output", ["table", "json", "csv"])
def test_no_socket_is_opened(root: Path, tmp_path: Path, output: str) -> None:
    guarded = _environment(tmp_path, PYTHONPATH=str(root / "tests" / "offline"))
    done = subprocess.run(_lookup(root, output), check=False, capture_output=True, env=guarded, cwd=root)
    assert done.returncode == 1, done.stderr.decode()
    assert done.stdout


def test_the_socket_guard_can_fail(root: Path, tmp_path: Path) -> None:
    guarded = _environment(tmp_path, PYTHONPATH=str(root / "tests" / "offline"))
    command = [sys.executable, "-c", "import socket; socket.socket()"]
    done = subprocess.run(command, check=False, capture_output=True, env=guarded)
    assert done.returncode == SOCKET_OPENED
    assert b"socket.__new__" in done.stderr


@pytest.fixture(scope="module")
def asked(all_servers: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a case in it for which the registries were asked, a log and a result."""
    from registry_world import AS_OF, write_log

    folder = tmp_path_factory.mktemp("asked")
    log, case, data = str(write_log(folder / "log.csv")), str(folder / "case"), str(all_servers.data)
    all_servers.call("case", "init", case)
    options = ("--data", data, "--as-of", AS_OF, "--format", "json")
    run = all_servers.call("lookup", log, "--case", case, "--online", "--yes", *options)
    assert run.code == 0, run.said
    (folder / "case.json").write_bytes(run.out)
    (folder / "seen.txt").write_text("104.244.42.1 twitter.com\n")
    return folder


# Everything that is not --online, rdap, whois or case stamp --tsa; {data} stands for the data, one folder for all.
OFFLINE = {
    "lookup --case": "lookup log.csv --case case --data {data} --as-of 2026-11-21",
    "lookup --dry-run": "lookup log.csv --online --dry-run --data {data} --source rdap --source jpnic --source ptr",
    "lookup refused": "lookup log.csv --case case --online --refresh --data {data}",
    "rdap --dry-run": "rdap 126.33.123.45 AS4713 --dry-run --data {data}",
    "whois --dry-run": "whois 126.33.123.45 --source origin --dry-run --data {data}",
    "destinations": "destinations show x --at 2025-03-10T23:00Z --data {data}",
    "destinations --log": "destinations x --log log.csv --data {data} --format clause",
    "destinations diff": "destinations diff x 2025-03-10T00:00Z 2025-03-12T00:00Z --data {data}",
    "destinations import": "destinations import x seen.txt --form hosts --source s --observed-at 2016-08-02 --ledger l"
    " --data {data}",
    "destinations capture --dry-run": "destinations capture x --resolver https://dns.example/dns-query --ledger none"
    " --dry-run --data {data}",
    "read": "read log.csv",
    "grep": "grep log.csv",
    "forms": "forms",
    "explain": "explain case 3 --data {data}",
    "report": "report case --format table",
    "report JSON": "report case.json --format csv",
    "exhibits": "report case --exhibits --number 5 --data {data}",
    "report --to": "report case --to docx,pdf,xlsx,html,md,ics -o out --data {data}",
    "history": "history case",
    "plot": "plot case --kind timeline -o timeline.png",
    "bulk": "bulk log.csv -o out.csv --as-of 2026-11-21 --data {data}",
    "plan": "plan case --as-of 2026-11-21 --served 2026-11-25 --data {data}",
    "case init": "case init new",
    "case consent": "case consent case --purpose p --source rdap --expires 2020-01-01 --by b",
    "case log": "case log case --egress",
    "case seal": "case seal case bag",
    "case stamp": "case stamp case",
    "verify": "verify case --data {data}",
    "schema": "schema",
    "data status": "data status",
    "data check": "data check --data {data}",
    "data readme": "data readme",
    "version": "--version",
    "help": "--help",
}
CODES = {"lookup refused": 6}


@pytest.mark.parametrize("words", OFFLINE.values(), ids=OFFLINE)
def test_no_verb_that_does_not_ask_opens_a_socket(all_servers: World, asked: Path, tmp_path: Path, words: str) -> None:
    name = next(name for name, line in OFFLINE.items() if line == words)
    folder = tmp_path / "copy"
    shutil.copytree(asked, folder)
    line = words.format(data=all_servers.data).split(" ")
    done = all_servers.run(*line, cwd=folder, PYTHONPATH=str(OFFLINE_GUARD))
    assert done.returncode == CODES.get(name, 0), done.stderr.decode()


def test_every_verb_is_among_those() -> None:
    from test_verbs import leaves

    from ipattr.cli import commands

    tried = {tuple(line.split(" ")) for line in OFFLINE.values()}
    for words in leaves(commands).keys() - ONLINE:
        assert any(line[: len(words)] == words for line in tried), words


def _unshare() -> str:
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rn", "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine gives no network namespace to an ordinary process (unshare -rn)")
    return unshare


@pytest.mark.parametrize("output", ["table", "json", "csv"])
def test_without_a_network_the_output_is_the_same_byte_for_byte(root: Path, tmp_path: Path, output: str) -> None:
    unshare = _unshare()
    environment = _environment(tmp_path)
    with_network = subprocess.run(_lookup(root, output), check=False, capture_output=True, env=environment, cwd=root)
    command = [unshare, "-rn", *_lookup(root, output)]
    without = subprocess.run(command, check=False, capture_output=True, env=environment, cwd=root)
    assert (without.returncode, without.stdout) == (with_network.returncode, with_network.stdout)
    assert with_network.stdout


@pytest.mark.parametrize("name", ["report", "explain", "exhibits", "case log", "verify", "lookup --dry-run"])
def test_a_case_is_used_alike_without_a_network(all_servers: World, asked: Path, name: str) -> None:
    unshare = _unshare()
    command = [sys.executable, "-m", "ipattr", *OFFLINE[name].format(data=all_servers.data).split(" ")]
    there, without = (
        subprocess.run([*before, *command], check=False, capture_output=True, env=all_servers.environment(), cwd=asked)
        for before in ([], [unshare, "-rn"])
    )
    assert (without.returncode, without.stdout) == (there.returncode, there.stdout)
    assert there.returncode == 0
