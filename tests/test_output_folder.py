"""A folder of documents: whole, private, checkable, and never over somebody's edits."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
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


def entries(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
        if not path.is_fifo()
    }


def refused(folder: Path, *, overwrite: bool) -> str:
    """Write into ``folder``, which must be refused and leave everything as it was; return what was said."""
    before = entries(folder.parent)
    with pytest.raises(OutputError) as caught:
        write_folder(str(folder), FILES, overwrite=overwrite)
    assert entries(folder.parent) == before
    return caught.value.en


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_that_is_a_link_leads_nowhere(tmp_path: Path, overwrite: bool) -> None:  # noqa: FBT001 - pytest passes it
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "01_甲").symlink_to(tmp_path / "elsewhere")
    assert "link" in refused(tmp_path / "out", overwrite=overwrite)


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("name", ["tables.xlsx", SUMS])
def test_a_folder_in_the_place_of_a_file_is_found_before_anything_is_written(
    tmp_path: Path,
    name: str,
    overwrite: bool,  # noqa: FBT001 - pytest passes it
) -> None:
    (tmp_path / "out" / name).mkdir(parents=True)
    said = refused(tmp_path / "out", overwrite=overwrite)
    assert "folder" in said


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("below", [".", "inputs", "a/b"])
def test_evidence_is_never_mixed_with_documents(tmp_path: Path, below: str, overwrite: bool) -> None:  # noqa: FBT001 - pytest passes it
    case = tmp_path / "case"
    (case / "inputs").mkdir(parents=True)
    (case / "case.db").write_bytes(b"journal")
    (case / SUMS).write_text(f"{'0' * 64}  case.db\n", encoding="utf-8")
    (tmp_path / "link").symlink_to(case)
    assert "evidence" in refused(case / below, overwrite=overwrite)
    assert "evidence" in refused(tmp_path / "link" / below, overwrite=overwrite)


@pytest.mark.parametrize(
    "held",
    [b"my own notes\n", b"\xff\xfe", f"{'0' * 64}  ../up.docx\n".encode(), f"{'0' * 64}  /etc/hosts\n".encode()],
    ids=["notes", "no text", "above", "absolute"],
)
def test_a_list_of_sums_that_is_not_ours_is_somebodys(tmp_path: Path, held: bytes) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / SUMS).write_bytes(held)
    assert SUMS in refused(folder, overwrite=False)
    write_folder(str(folder), FILES, overwrite=True)
    assert set(listed(folder)) == {file.path for file in FILES}


def test_a_list_of_sums_that_is_a_link_or_a_pipe_is_neither_read_nor_written_through(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text(f"{'0' * 64}  tables.xlsx\n", encoding="utf-8")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / SUMS).symlink_to(outside)
    assert SUMS in refused(folder, overwrite=False)
    write_folder(str(folder), FILES, overwrite=True)
    assert outside.read_text("utf-8") == f"{'0' * 64}  tables.xlsx\n"
    assert not (folder / SUMS).is_symlink()
    if sys.platform == "win32":
        return
    (folder / SUMS).unlink()
    os.mkfifo(folder / SUMS)
    assert SUMS in refused(folder, overwrite=False)


def test_a_link_to_itself_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OutputError, match="written"):
        write_folder(str(tmp_path / "loop" / "out"), FILES, overwrite=False)
