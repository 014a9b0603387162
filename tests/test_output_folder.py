"""A folder of documents: whole, private, checkable, and never over somebody's edits."""

from __future__ import annotations

import shutil
import stat
import subprocess
from typing import TYPE_CHECKING

import pytest

from ipattr.cli.folder import SUMS, write_folder
from ipattr.console import OutputError
from ipattr.renderers.filings.material import FilingFile

if TYPE_CHECKING:
    from pathlib import Path

FILES = (FilingFile("01_甲/目録.docx", b"one"), FilingFile("tables.xlsx", b"two"))


def listed(folder: Path) -> dict[str, str]:
    return {path: sum_ for sum_, path in (line.split("  ") for line in (folder / SUMS).read_text("utf-8").splitlines())}


def test_every_file_is_written_whole_and_private_with_its_sum(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    done = write_folder(str(folder), FILES, overwrite=False)
    assert done.written == tuple(str(folder / file.path) for file in FILES)
    assert done.stale == ()
    assert {str(folder / file.path): file.data for file in FILES} == {
        path: (folder / path).read_bytes() for path in done.written
    }
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "01_甲" / "目録.docx").stat().st_mode) == 0o600
    if (program := shutil.which("sha256sum")) is not None:
        subprocess.run([program, "--check", "--strict", "--quiet", SUMS], check=True, cwd=folder)


def test_a_second_run_changes_what_it_wrote_itself_and_touches_nothing_that_is_the_same(tmp_path: Path) -> None:
    write_folder(str(tmp_path), FILES, overwrite=False)
    before = (tmp_path / "tables.xlsx").stat().st_mtime_ns
    write_folder(str(tmp_path), (FilingFile("01_甲/目録.docx", b"new"), FILES[1]), overwrite=False)
    assert (tmp_path / "01_甲" / "目録.docx").read_bytes() == b"new"
    assert (tmp_path / "tables.xlsx").stat().st_mtime_ns == before


@pytest.mark.parametrize("edited", ["01_甲/目録.docx", "tables.xlsx"])
def test_what_a_person_edited_stops_everything_before_anything_is_written(tmp_path: Path, edited: str) -> None:
    write_folder(str(tmp_path), FILES, overwrite=False)
    (tmp_path / edited).write_bytes(b"edited by counsel")
    fresh = tuple(FilingFile(file.path, b"new") for file in FILES)
    with pytest.raises(OutputError, match="1 file") as caught:
        write_folder(str(tmp_path), fresh, overwrite=False)
    assert edited in caught.value.ja
    assert (tmp_path / edited).read_bytes() == b"edited by counsel"
    assert not [file for file in FILES if (tmp_path / file.path).read_bytes() == b"new"]
    write_folder(str(tmp_path), fresh, overwrite=True)
    assert all((tmp_path / file.path).read_bytes() == b"new" for file in FILES)


def test_a_file_that_was_there_before_is_somebodys(tmp_path: Path) -> None:
    (tmp_path / "tables.xlsx").write_bytes(b"mine")
    with pytest.raises(OutputError):
        write_folder(str(tmp_path), FILES, overwrite=False)
    assert (tmp_path / "tables.xlsx").read_bytes() == b"mine"
    assert not (tmp_path / "01_甲").exists()


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_bytes(b"keep")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "tables.xlsx").symlink_to(outside)
    with pytest.raises(OutputError):
        write_folder(str(folder), FILES, overwrite=False)
    write_folder(str(folder), FILES, overwrite=True)
    assert outside.read_bytes() == b"keep"
    assert (folder / "tables.xlsx").read_bytes() == b"two"


def test_runs_of_different_kinds_share_one_list_and_what_is_left_over_is_named(tmp_path: Path) -> None:
    write_folder(str(tmp_path), FILES, overwrite=False)
    done = write_folder(str(tmp_path), (FilingFile("report.html", b"three"),), overwrite=False)
    assert done.stale == ()
    assert set(listed(tmp_path)) == {"01_甲/目録.docx", "tables.xlsx", "report.html"}
    done = write_folder(str(tmp_path), (FilingFile("02_乙/目録.docx", b"four"),), overwrite=False)
    assert done.stale == ("01_甲/目録.docx",)


def test_a_list_that_is_not_ours_is_no_permission(tmp_path: Path) -> None:
    import hashlib

    (tmp_path / "tables.xlsx").write_bytes(b"mine")
    (tmp_path / SUMS).write_text(f"{hashlib.sha256(b'other').hexdigest()}  tables.xlsx\nnoise\n", encoding="utf-8")
    with pytest.raises(OutputError):
        write_folder(str(tmp_path), FILES, overwrite=False)
