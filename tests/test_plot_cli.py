"""``ipattr plot`` as a person types it: pictures and their tables, and what is refused in one sentence."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click import Choice

from ipattr import plots as ipattr_plots
from ipattr.cli import commands
from ipattr.plots import KINDS
from ipattr.verbs import load_case

EXAMPLES = Path(__file__).resolve().parent.parent / "data" / "examples"


def ipattr(*words: str, cwd: Path, lang: str = "C.UTF-8") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LC_ALL": lang, "XDG_CONFIG_HOME": str(cwd / "config")}
    command = [sys.executable, "-m", "ipattr", *words]
    return subprocess.run(command, capture_output=True, check=False, cwd=cwd, encoding="utf-8", env=environment)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the result of the example in it."""
    made = tmp_path_factory.mktemp("plot")
    log, posts = str(EXAMPLES / "x-return.docx"), str(EXAMPLES / "posts.csv")
    done = ipattr("lookup", log, "--posts", posts, "--as-of", "2026-11-21", "-o", "case.json", cwd=made)
    assert done.returncode == 1, done.stderr
    return made


def test_the_command_knows_every_kind() -> None:
    (kind,) = (parameter for parameter in commands.commands["plot"].params if parameter.name == "kind")
    assert isinstance(kind.type, Choice)
    assert set(kind.type.choices) == set(KINDS)


@pytest.mark.parametrize(("suffix", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_a_picture_is_written_and_what_it_does_not_show_is_said(folder: Path, suffix: str, start: bytes) -> None:
    done = ipattr("plot", "case.json", "--kind", "hours", "-o", f"hours.{suffix}", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert (folder / f"hours.{suffix}").read_bytes().startswith(start)
    assert done.stderr.strip()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_table_of_each_kind_is_what_the_picture_shows(folder: Path, kind: str) -> None:
    done = ipattr("plot", "case.json", "--kind", kind, "-o", f"{kind}.csv", cwd=folder)
    assert done.returncode == 0, done.stderr
    written = (folder / f"{kind}.csv").read_bytes()
    assert written == ipattr_plots.plot(load_case(str(folder / "case.json")), kind, lang="en").table()
    rows = list(csv.DictReader(written.decode("utf-8-sig").splitlines()))
    assert rows
    assert None not in rows[0]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--kind", "hours", "-o", "hours.pdf"), ".png"),
        (("--kind", "pie", "-o", "pie.png"), "pie"),
        (("--kind", "hours"), "--output"),
        (("--kind", "hours", "--account", "nobody", "-o", "hours.png"), "nobody"),
        (("--kind", "hours", "-o", "case.json"), ".png"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(folder: Path, words: tuple[str, ...], said: str) -> None:
    done = ipattr("plot", "case.json", *words, cwd=folder)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_picture_does_not_go_into_a_case_folder(folder: Path) -> None:
    assert ipattr("case", "init", "case", cwd=folder).returncode == 0
    log = str(EXAMPLES / "x-log-utc.csv")
    assert ipattr("lookup", log, "--case", "case", "--as-of", "2026-11-21", "-o", "x.json", cwd=folder).returncode <= 1
    done = ipattr("plot", "case", "--kind", "hours", "-o", "case/hours.png", cwd=folder)
    assert (done.returncode, (folder / "case" / "hours.png").exists()) == (2, False)
    assert ipattr("plot", "case", "--kind", "hours", "-o", "hours2.png", cwd=folder, lang="ja_JP.UTF-8").returncode == 0
