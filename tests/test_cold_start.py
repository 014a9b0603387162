"""Nothing heavier is imported than the job needs: tables of thousands of rows need no data frames."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "data" / "examples"
HEAVY = {"pandas", "numpy", "pyarrow", "matplotlib", "aiohttp", "dns", "ipwhois", "docx", "xlsxwriter", "icalendar"}
LOOKUP = ["lookup", str(EXAMPLES / "x-log-utc.csv"), "--as-of", "2026-11-21", "--format"]


def loaded(code: str) -> set[str]:
    """Return which of the heavy packages a fresh process has loaded after running ``code``."""
    said = f"{code}\nimport sys\nsys.stderr.write('LOADED ' + ' '.join(sys.modules))"
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, check=True, env=environment, text=True)
    return HEAVY & set(done.stderr.rpartition("LOADED ")[2].split())


def command(*words: str) -> str:
    return f"from ipattr.cli import main\nmain({list(words)!r})"


@pytest.fixture
def case(tmp_path: Path) -> str:
    written = tmp_path / "case.json"
    subprocess.run([sys.executable, "-m", "ipattr", *LOOKUP, "json", "-o", str(written)], check=False)
    return str(written)


@pytest.mark.parametrize("to", ["json", "csv", "table"])
def test_a_look_up_needs_none_of_them(to: str) -> None:
    assert loaded(command(*LOOKUP, to)) == set()


def test_a_history_needs_none_of_them(case: str) -> None:
    assert loaded(command("history", case)) == set()


@pytest.mark.parametrize("room", ["frames", "plots", "history", "bulk"])
def test_a_room_is_entered_without_more_than_it_needs(room: str) -> None:
    # pandas loads Arrow by itself where it is installed.
    assert loaded(f"import ipattr.{room}") <= ({"pandas", "numpy", "pyarrow"} if room == "frames" else set())


def test_bulk_needs_arrow_and_no_data_frames(tmp_path: Path) -> None:
    wanted = ["bulk", str(EXAMPLES / "x-log-utc.csv"), "-o", str(tmp_path / "out.csv"), "--as-of", "2026-11-21"]
    assert loaded(command(*wanted)) == {"numpy", "pyarrow"}


def test_a_picture_needs_matplotlib_and_a_frame(case: str, tmp_path: Path) -> None:
    found = loaded(command("plot", case, "--kind", "hours", "-o", str(tmp_path / "hours.svg")))
    assert found - {"pyarrow"} == {"matplotlib", "numpy", "pandas"}


def test_the_rooms_are_attributes_of_the_package() -> None:
    assert loaded("import ipattr\nipattr.history.history") == set()
