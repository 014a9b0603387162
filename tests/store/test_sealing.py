"""A sealed case is a BagIt bag that others can check, of a case that was whole, and no word of it is printed."""

from __future__ import annotations

import hashlib
import json
import re
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import bagit
import pytest
from keepsakes import VERSION, clock, empty, filled

from ipattr.errors import AlteredError, StoreError
from ipattr.store import open_case, seal, verify

if TYPE_CHECKING:
    from pathlib import Path


def sealed(case: Path, target: Path) -> Path:
    return seal(case, target, clock=clock, tool_version=VERSION, info={"External-Identifier": "令和8年(ワ)第1号\n"})


def test_the_bag_holds_the_case_and_says_what_it_is(tmp_path: Path) -> None:
    case = filled(tmp_path / "case", answers=3)
    head = verify(case).head
    bag = sealed(case, tmp_path / "bag")
    assert (bag / "bagit.txt").read_bytes() == b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    info = (bag / "bag-info.txt").read_text(encoding="utf-8").splitlines()
    assert f"Ipattr-Journal-Head: {head}" in info
    assert f"Bag-Software-Agent: ipattr/{VERSION}" in info
    assert "Bagging-Date: 2026-11-21" in info
    assert "External-Identifier: 令和8年(ワ)第1号" in info
    assert bagit.Bag(str(bag)).validate()
    inside = verify(bag / "data")
    assert (inside.intact, inside.head, inside.changes) == (True, head, ())


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
def test_coreutils_check_the_manifests(tmp_path: Path, algorithm: str) -> None:
    bag = sealed(filled(tmp_path / "case", answers=3), tmp_path / "bag")
    for name in (f"manifest-{algorithm}.txt", f"tagmanifest-{algorithm}.txt"):
        subprocess.run([f"{algorithm}sum", "--check", "--strict", name], cwd=bag, check=True, capture_output=True)


def test_the_payload_is_counted(tmp_path: Path) -> None:
    bag = sealed(filled(tmp_path / "case", answers=3), tmp_path / "bag")
    payload = [path for path in (bag / "data").rglob("*") if path.is_file()]
    oxum = re.search(r"^Payload-Oxum: (.*)$", (bag / "bag-info.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert oxum is not None
    assert oxum[1] == f"{sum(path.stat().st_size for path in payload)}.{len(payload)}"


def test_only_the_owner_may_read_the_bag(tmp_path: Path) -> None:
    bag = sealed(filled(tmp_path / "case", answers=1), tmp_path / "bag")
    for path in (bag, *bag.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)


def test_the_original_remembers_which_bag_was_made(tmp_path: Path) -> None:
    case = filled(tmp_path / "case", answers=1)
    bag = sealed(case, tmp_path / "bag")
    with open_case(case, clock=clock, tool_version=VERSION, readonly=True) as folder:
        line = folder.entries()[-1]
    assert line.kind == "seal"
    assert json.loads(line.payload) == {
        "bag": "bag",
        "head": line.previous,
        "tagmanifest_sha256": hashlib.sha256((bag / "tagmanifest-sha256.txt").read_bytes()).hexdigest(),
    }
    assert verify(case).changes == ()


def test_a_case_that_was_changed_is_not_sealed(tmp_path: Path) -> None:
    case = filled(tmp_path / "case", answers=1)
    body = next((case / "evidence").glob("*.body"))
    body.write_bytes(b"x")
    with pytest.raises(AlteredError, match=body.name):
        sealed(case, tmp_path / "bag")
    assert not (tmp_path / "bag").exists()


@pytest.mark.parametrize("target", ["case/bag", "case", "full"])
def test_a_place_that_will_not_do_is_refused(tmp_path: Path, target: str) -> None:
    case = empty(tmp_path / "case")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    with pytest.raises(StoreError):
        sealed(case, tmp_path / target)
    assert verify(case).changes == ()


def test_an_interrupted_case_is_brought_to_its_end_before_it_is_sealed(tmp_path: Path) -> None:
    case = filled(tmp_path / "case", answers=1)
    (case / "case.lock").write_bytes(b"4242\n")
    (case / "evidence" / "000099-abcdefabcdef.body").write_bytes(b"half")
    bag = sealed(case, tmp_path / "bag")
    assert not (bag / "data" / "case.lock").exists()
    assert verify(bag / "data").changes == ()


def test_sealing_says_nothing_and_needs_no_setuptools(tmp_path: Path) -> None:
    case = empty(tmp_path / "case")
    with open_case(case, clock=clock, tool_version=VERSION) as folder:
        folder.add_input("203.0.113.77.csv", b"x")
    script = f"""
import sys
sys.modules["pkg_resources"] = sys.modules["setuptools"] = None
import logging
logging.basicConfig(level=logging.DEBUG)
from pathlib import Path
from datetime import UTC, datetime
from ipattr.store import seal
seal(Path({str(case)!r}), Path({str(tmp_path / "bag")!r}), clock=lambda: datetime.now(UTC), tool_version="t")
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
