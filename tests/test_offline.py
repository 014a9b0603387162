"""`ipattr lookup` opens no socket, and without any network it prints the same bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

SOCKET_OPENED = 99


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


@pytest.mark.parametrize("output", ["table", "json", "csv"])
def test_without_a_network_the_output_is_the_same_byte_for_byte(root: Path, tmp_path: Path, output: str) -> None:
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rn", "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine gives no network namespace to an ordinary process (unshare -rn)")
    environment = _environment(tmp_path)
    with_network = subprocess.run(_lookup(root, output), check=False, capture_output=True, env=environment, cwd=root)
    command = [unshare, "-rn", *_lookup(root, output)]
    without = subprocess.run(command, check=False, capture_output=True, env=environment, cwd=root)
    assert (without.returncode, without.stdout) == (with_network.returncode, with_network.stdout)
    assert with_network.stdout
