"""One program in three places: the wheel, the editable install and a bare checkout carry the same data."""

from __future__ import annotations

import email
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.registry import Registry

AS_OF = "2026-11-21"
NO_BUILD_BACKEND = ("No matching distribution found for hatchling", "Could not find a version that satisfies")


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """Build the wheel as an installer does, in isolation."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", str(root), "--no-deps", "--quiet", "--wheel-dir", str(folder)]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder)
    if done.returncode and any(words in done.stderr for words in NO_BUILD_BACKEND):
        pytest.skip("no package index here that offers the build backend (hatchling)")
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("ipattr-*.whl")
    return zipfile.ZipFile(built)


@pytest.fixture(scope="module")
def unpacked(wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the wheel, which is all that installing pure Python does."""
    folder = tmp_path_factory.mktemp("installed")
    wheel.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def checkout(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what a bare checkout holds: the package and, beside it, data/."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("ipattr", "data"):
        shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def run(place: Path | None, tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run Python away from the checkout, with the package of ``place``, or with the installed one."""
    away = tmp_path / "away"
    away.mkdir(exist_ok=True)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"XDG_CACHE_HOME": str(tmp_path / "cache"), "LC_ALL": "C.UTF-8"}
    if place is not None:
        environment["PYTHONPATH"] = str(place)
    return subprocess.run([sys.executable, *arguments], check=False, capture_output=True, cwd=away, env=environment)


def where(place: Path | None, tmp_path: Path) -> str:
    return run(place, tmp_path, "-c", "import ipattr; print(ipattr.__file__)").stdout.decode().strip()


def data_folder(place: Path, tmp_path: Path) -> str:
    code = "from ipattr.registry import find_data; print(find_data())"
    return run(place, tmp_path, "-c", code).stdout.decode().strip()


def test_the_wheel_carries_every_data_file_as_it_is(root: Path, wheel: zipfile.ZipFile) -> None:
    prefix = "ipattr/_data/"
    carried = {name.removeprefix(prefix): wheel.read(name) for name in wheel.namelist() if name.startswith(prefix)}
    data = root / "data"
    assert carried == {str(file.relative_to(data)): file.read_bytes() for file in data.rglob("*") if file.is_file()}
    assert len(carried) > 230


def test_the_wheel_carries_the_package_and_nothing_else(root: Path, wheel: zipfile.ZipFile) -> None:
    names = {name for name in wheel.namelist() if "/_data/" not in name and ".dist-info/" not in name}
    sources = {str(file.relative_to(root)) for file in (root / "ipattr").rglob("*.py")} | {"ipattr/py.typed"}
    assert names == sources


def test_the_metadata_say_what_pyproject_says(root: Path, wheel: zipfile.ZipFile) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    metadata = email.message_from_bytes(wheel.read(name))
    assert metadata["License-Expression"] == project["license"]
    assert metadata["Requires-Python"] == project["requires-python"]
    required = {entry.split(";")[0].strip() for entry in metadata.get_all("Requires-Dist", [])}
    extras = [entry for entries in project["optional-dependencies"].values() for entry in entries]
    assert required == {entry.split(";")[0].strip() for entry in [*project["dependencies"], *extras]}
    folder = name.removesuffix("METADATA")
    assert f"ipattr = {project['scripts']['ipattr']}".encode() in wheel.read(folder + "entry_points.txt")
    assert b"Apache License" in wheel.read(folder + "licenses/LICENSE")


def test_each_place_runs_its_own_code_and_reads_its_own_data(
    root: Path, unpacked: Path, checkout: Path, tmp_path: Path
) -> None:
    assert where(unpacked, tmp_path) == str(unpacked / "ipattr" / "__init__.py")
    assert data_folder(unpacked, tmp_path) == str(unpacked / "ipattr" / "_data")
    assert where(checkout, tmp_path) == str(checkout / "ipattr" / "__init__.py")
    assert data_folder(checkout, tmp_path) == str(checkout / "data")
    assert where(None, tmp_path) == str(root / "ipattr" / "__init__.py")


def test_the_look_up_is_the_same_byte_for_byte_in_every_place(
    root: Path, unpacked: Path, checkout: Path, tmp_path: Path
) -> None:
    example = root / "data" / "examples"
    files = [str(example / "x-return.docx"), "--posts", str(example / "posts.csv")]
    for form in ("json", "table", "csv"):
        command = ["-m", "ipattr", "lookup", *files, "--as-of", AS_OF, "--format", form]
        editable, wheel, bare = (run(place, tmp_path, *command) for place in (None, unpacked, checkout))
        assert editable.returncode == 1, editable.stderr.decode()
        assert len(editable.stdout) > 10_000
        for other in (wheel, bare):
            assert (other.returncode, other.stdout, other.stderr) == (1, editable.stdout, editable.stderr)


def test_every_place_states_the_same_data_version(
    registry: Registry, unpacked: Path, checkout: Path, tmp_path: Path
) -> None:
    code = "from ipattr.registry import open_registry; print(open_registry().data_version)"
    versions = {run(place, tmp_path, "-c", code).stdout.decode().strip() for place in (None, unpacked, checkout)}
    assert versions == {registry.data_version}


def test_a_package_without_its_data_says_so(unpacked: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    shutil.copytree(unpacked / "ipattr", bare / "ipattr", ignore=shutil.ignore_patterns("_data"))
    done = run(bare, tmp_path, "-m", "ipattr", "lookup", "1.66.100.45", "--as-of", AS_OF)
    assert done.returncode == 4
    assert b"No data folder found" in done.stderr
    assert b"Traceback" not in done.stderr


def test_one_place_changed_is_another_data_version(checkout: Path, registry: Registry, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    shutil.copytree(checkout, changed)
    practice = changed / "data" / "practice.toml"
    practice.write_bytes(practice.read_bytes() + b"\n# touched\n")
    code = "from ipattr.registry import open_registry; print(open_registry().data_version)"
    done = run(changed, tmp_path, "-c", code)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().strip() not in {"", registry.data_version}
