"""The case folder keeps what it acknowledged, privately, and takes over nothing that it did not leave."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
import time
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from keepsakes import AT, VERSION, answered, clock, empty, filled, leaving

from ipattr.errors import AlteredError, StoreError, UsageError
from ipattr.store import create, open_case, verify
from ipattr.store.drives import kind_in
from ipattr.store.journal import VERSION as FOLDER_VERSION
from ipattr.store.layout import safe_name

if TYPE_CHECKING:
    from ipattr.store import CaseFolder

SCRIPT = Path(__file__).with_name("keepsakes.py")


def opened(folder: Path, *, readonly: bool = False) -> CaseFolder:
    return open_case(folder, clock=clock, tool_version=VERSION, readonly=readonly)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def modes(folder: Path) -> set[tuple[str, int]]:
    found = [folder, *folder.rglob("*")]
    return {("folder" if path.is_dir() else "file", stat.S_IMODE(path.stat().st_mode)) for path in found}


@pytest.mark.parametrize("umask", [0, 0o022, 0o777])
def test_only_the_owner_may_read_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        case = filled(tmp_path / "case", answers=2)
        with opened(case) as folder:
            folder.write([leaving(5)])
            during = modes(case)
            assert (case / "case.db-wal").exists()
    finally:
        os.umask(before)
    assert during == modes(case) == {("folder", 0o700), ("file", 0o600)}


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    case = filled(tmp_path / "case", answers=3)
    with opened(case, readonly=True) as folder:
        answers = folder.answers()
        assert [exchange for _, exchange in answers] == [answered(n, size=50 + 7 * n).exchange for n in range(3)]
        assert [folder.body(name) for name, _ in answers] == [answered(n, size=50 + 7 * n).body for n in range(3)]
        assert [kept.name for kept in folder.inputs()] == ["開示結果.csv", "posts.json"]
        assert [folder.read(result.file) for result in folder.results()] == [b'{"case": 1}\n', b'{"case": 2}\n']
        assert folder.results()[0].evidence == tuple(name for name, _ in answers)
        assert folder.consents()[0].sources == ("rdap",)
        assert [json.loads(line.payload)["host"] for line in folder.egress()] == ["rdap.example:443"] * 3
        assert folder.head == folder.entries()[-1].hash


def test_no_name_in_the_evidence_folder_tells_an_address(tmp_path: Path) -> None:
    case = filled(tmp_path / "case", answers=3)
    assert not [path for path in case.rglob("*") if "db8" in path.name or "2001" in path.name]


def test_the_sums_are_what_sha256sum_checks(tmp_path: Path) -> None:
    case = filled(tmp_path / "case")
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],  # noqa: S607 - from the path, as the README says
        cwd=case,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count(": OK") == 30 * 2 + 2 + 2 + 2


def test_a_clean_close_leaves_nothing_volatile(tmp_path: Path) -> None:
    case = filled(tmp_path / "case", answers=1)
    assert sorted(path.name for path in case.iterdir()) == [
        "README.txt",
        "SHA256SUMS",
        "case.db",
        "evidence",
        "inputs",
        "results",
        "stamps",
    ]


@pytest.mark.parametrize("readonly", [False, True])
def test_opening_without_writing_changes_no_byte(tmp_path: Path, readonly: bool) -> None:  # noqa: FBT001 - a parameter
    case = filled(tmp_path / "case", answers=2)
    before = contents(case)
    with opened(case, readonly=readonly) as folder:
        folder.answers()
    assert contents(case) == before


def test_a_place_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError):
        empty(tmp_path)
    empty(tmp_path / "new")
    with pytest.raises(StoreError):
        empty(tmp_path / "new")


def test_a_folder_without_a_journal_is_no_case(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="neither a case folder nor a ledger"):
        opened(tmp_path)
    (tmp_path / "case.db").write_bytes(b"something else" * 20)
    with pytest.raises(StoreError, match="not the journal"):
        opened(tmp_path)


def test_the_same_input_is_kept_once(tmp_path: Path) -> None:
    case = empty(tmp_path / "case")
    with opened(case) as folder:
        first = folder.add_input("a.csv", b"x")
        assert folder.add_input("a.csv", b"x") == first
        assert folder.add_input("a.csv", b"y") != first
        assert len(folder.inputs()) == 2
    assert verify(case).intact


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\data\\a.csv", "a.csv"),
        ("a\nb\x1b[2J.csv", "a_b_[2J.csv"),
        ("..", "file"),
        ("50%0A.csv", "50_0A.csv"),
        ("開示.xlsx", "開示.xlsx"),
        ("あ" * 200 + ".csv", "あ" * 58 + ".csv"),
        ("\udcff.csv", "_.csv"),
        ("a\u2028b\u2029c.csv", "a\u2028b\u2029c.csv"),
        ("Thumbs.db", "_Thumbs.db"),
        ("desktop.ini", "_desktop.ini"),
    ],
)
def test_an_input_keeps_its_name_as_far_as_it_can_stand(tmp_path: Path, name: str, kept: str) -> None:
    assert safe_name(name) == kept
    case = empty(tmp_path / "case")
    with opened(case) as folder:
        assert Path(folder.add_input(name, b"x")).name == kept
    assert verify(case).changes == ()
    with opened(case):
        pass


def test_what_an_interrupted_folder_holds_under_an_impossible_name_is_not_taken_over(tmp_path: Path) -> None:
    """A name that ``SHA256SUMS`` cannot hold would make the folder unusable; it stays a file that nobody knows."""
    case = empty(tmp_path / "case")
    names = ["evidence/a\nb", "evidence/a\\b", "evidence/" + os.fsdecode(b"\xff\xfe")]
    for name in names:
        (case / name).write_bytes(b"x")
    (case / "case.lock").write_text("1\n")
    for _ in range(2):
        with opened(case) as folder:
            assert len(folder.entries()) == 1
    assert {change.code for change in verify(case).changes} == {"IPA852"}
    assert len(verify(case).changes) == len(names)


def test_a_large_file_that_an_interrupted_run_left_is_not_read_into_memory(tmp_path: Path) -> None:
    case = empty(tmp_path / "case")
    with (case / "evidence" / "large").open("wb") as file:
        file.truncate(256 << 20)
    (case / "case.lock").write_text("1\n")
    tracemalloc.start()
    try:
        with opened(case) as folder:
            note = folder.entries()[-1]
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()
    assert str(256 << 20) in note.payload
    assert verify(case).intact


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pipes in folders there")
@pytest.mark.parametrize("name", ["case.lock", "case.db-wal", "SHA256SUMS", "evidence/x", "inputs/x", "case.db"])
def test_a_pipe_in_the_folder_holds_nobody_up(tmp_path: Path, name: str) -> None:
    """Opening a pipe that nobody writes waits for ever: it is named, and refused for writing."""
    case = empty(tmp_path / "case")
    (case / name).unlink(missing_ok=True)
    os.mkfifo(case / name)
    script = """if True:
        import sys
        from pathlib import Path
        from keepsakes import VERSION, clock
        from ipattr.errors import IpattrError
        from ipattr.store import open_case, verify
        case = Path(sys.argv[1])
        for attempt in (
            lambda: print(verify(case).intact),
            lambda: open_case(case, clock=clock, tool_version=VERSION).close(),
            lambda: open_case(case, clock=clock, tool_version=VERSION, readonly=True).close(),
        ):
            try:
                attempt()
                print("done")
            except IpattrError as error:
                print(type(error).__name__)
    """
    ran = subprocess.run(
        [sys.executable, "-c", script, str(case)],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert ran.stderr == ""
    assert "True" not in ran.stdout
    assert ran.stdout.splitlines()[-2] == "StoreError"


def test_a_result_from_what_is_not_kept_is_refused(tmp_path: Path) -> None:
    case = empty(tmp_path / "case")
    with opened(case) as folder, pytest.raises(UsageError):
        folder.add_result(b"{}", {}, evidence=("000009-abcdefabcdef",))


def test_the_journal_can_only_grow(tmp_path: Path) -> None:
    case = filled(tmp_path / "case", answers=1)
    connection = sqlite3.connect(case / "case.db")
    for statement in ("UPDATE journal SET payload = ''", "DELETE FROM journal"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(statement)
    connection.close()


def test_a_read_only_opening_writes_nothing(tmp_path: Path) -> None:
    case = filled(tmp_path / "case", answers=1)
    with opened(case, readonly=True) as folder:
        for write in (
            lambda: folder.note("x"),
            lambda: folder.write([leaving(1)]),
            lambda: folder.add_input("x", b"x"),
        ):
            with pytest.raises(StoreError, match="not open for writing"):
                write()


def test_a_worker_thread_may_write(tmp_path: Path) -> None:
    case = empty(tmp_path / "case")
    with opened(case) as folder:
        names: list[str] = []
        worker = threading.Thread(target=lambda: names.extend(folder.write([leaving(1), answered(1)])))
        worker.start()
        worker.join()
        assert names[0] == ""
        assert names[1] == folder.answers()[0][0]


def test_an_altered_answer_is_not_used(tmp_path: Path) -> None:
    case = filled(tmp_path / "case", answers=1)
    (name,) = (path.stem for path in (case / "evidence").glob("*.json"))
    (case / "evidence" / f"{name}.body").write_bytes(b"other")
    header = case / "evidence" / f"{name}.json"
    header.write_bytes(header.read_bytes().replace(b"complete", b"garbled"))
    with opened(case, readonly=True) as folder:
        with pytest.raises(AlteredError, match=rf"{name}\.body"):
            folder.body(name)
        with pytest.raises(AlteredError, match=rf"{name}\.json"):
            folder.answers()
        with pytest.raises(UsageError):
            folder.body("000001-none")


def test_a_second_process_is_told_who_has_it(tmp_path: Path) -> None:
    case = empty(tmp_path / "case")
    with opened(case):
        for work in (lambda: opened(case), lambda: verify(case)):
            begun = time.monotonic()
            with pytest.raises(StoreError, match=rf"in use by another ipattr \(process {os.getpid()}\)"):
                work()
            assert time.monotonic() - begun < 5
        done = subprocess.run(
            [sys.executable, SCRIPT, case, "1", "10"], capture_output=True, text=True, check=False, timeout=20
        )
        assert done.returncode == 7
        assert f"process {os.getpid()}" in done.stdout
    with opened(case):
        pass


def test_sqlite_itself_keeps_a_second_writer_out(tmp_path: Path) -> None:
    case = empty(tmp_path / "case")
    with opened(case):
        other = sqlite3.connect(case / "case.db", timeout=0.1)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("SELECT count(*) FROM journal").fetchone()
        other.close()


def test_a_newer_folder_is_left_alone(tmp_path: Path) -> None:
    case = empty(tmp_path / "case")
    connection = sqlite3.connect(case / "case.db")
    connection.execute(f"PRAGMA user_version = {FOLDER_VERSION + 1}")
    connection.close()
    for readonly in (False, True):
        with pytest.raises(StoreError, match=f"version {FOLDER_VERSION + 1}"):
            opened(case, readonly=readonly)


def test_links_are_refused_for_writing(tmp_path: Path) -> None:
    case = empty(tmp_path / "case")
    link = tmp_path / "link"
    link.symlink_to(case)
    with pytest.raises(StoreError, match="symbolic link"):
        opened(link)
    (case / "evidence" / "000002-abcdefabcdef.json").symlink_to("/etc/hostname")
    with pytest.raises(StoreError, match="symbolic link"):
        opened(case)
    assert [(change.where, change.level) for change in verify(case).changes] == [
        ("evidence/000002-abcdefabcdef.json", "error")
    ]


def test_rights_that_were_widened_are_noticed_and_narrowed(tmp_path: Path) -> None:
    case = filled(tmp_path / "case", answers=1)
    case.chmod(0o755)
    (case / "README.txt").chmod(0o644)
    (notice,) = verify(case).changes
    assert (notice.level, notice.code) == ("notice", "IPA859")
    with opened(case):
        pass
    assert modes(case) == {("folder", 0o700), ("file", 0o600)}


@pytest.mark.parametrize("name", ["case.db", "SHA256SUMS"])
def test_what_was_changed_between_two_runs_is_not_taken_over(tmp_path: Path, name: str) -> None:
    case = filled(tmp_path / "case", answers=1)
    data = bytearray((case / name).read_bytes())
    data[-1] ^= 1
    (case / name).write_bytes(data)
    before = contents(case)
    with pytest.raises(AlteredError, match=name):
        opened(case)
    assert contents(case) == before


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "ext4", "fuse.ntfs-3g"])
def test_network_drives_are_told_by_the_innermost_mount(kind: str) -> None:
    text = (
        "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
        f"23 22 0:40 / /mnt/file\\040server rw shared:1 - {kind} server:/x rw\n"
        "24 23 8:2 / /mnt/file\\040server/local rw - xfs /dev/sdb1 rw\n"
    ).encode()
    network = "" if kind in {"ext4", "fuse.ntfs-3g"} else kind
    assert kind_in(text, Path("/mnt/file server/case")) == network
    assert kind_in(text, Path("/mnt/file server")) == network
    assert kind_in(text, Path("/mnt/file server 2/case")) == ""
    assert kind_in(text, Path("/mnt/file server/local/case")) == ""
    assert kind_in(text, Path("/home/case")) == ""


def test_a_network_drive_is_refused_for_writing_and_allowed_for_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = filled(tmp_path / "case", answers=1)
    monkeypatch.setattr("ipattr.store.writing.network_kind", lambda _: "nfs4")
    with pytest.raises(StoreError, match=r"network drive \(nfs4\).*copy it to a local drive"):
        opened(case)
    with pytest.raises(StoreError, match="network drive"):
        create(tmp_path / "new", title="", clock=clock, tool_version=VERSION, data_version="")
    assert len(opened(case, readonly=True).answers()) == 1
    assert verify(case).intact


def killed(case: Path, after: int) -> list[str]:
    """Run a writer, kill it the moment it was told of ``after`` answers, and return what it was told in all."""
    with subprocess.Popen(
        [sys.executable, SCRIPT, case, "100000", "3000"], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        told = [writer.stdout.readline().strip() for _ in range(after)]
        writer.kill()
        told += [line.strip() for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    return told


def test_a_killed_writer_loses_nothing_that_it_was_told(tmp_path: Path) -> None:
    case = empty(tmp_path / "case")
    told: list[str] = []
    for after in (1, 40, 150):
        told += killed(case, after)
        checked = verify(case)
        assert checked.interrupted
        assert checked.intact, checked.changes
        with opened(case, readonly=True) as folder:
            before = folder.entries()
            assert {*told} <= {name for name, _ in folder.answers()}
        with opened(case) as folder:
            assert folder.entries()[: len(before)] == before
            assert {*told} <= {name for name, _ in folder.answers()}
        again = verify(case)
        assert again.intact
        assert not again.interrupted
        assert again.changes == ()


CYCLES = """
import sys
from pathlib import Path
from keepsakes import VERSION, answered, clock, leaving
from ipattr.store import open_case
print("up", flush=True)
while True:
    with open_case(Path(sys.argv[1]), clock=clock, tool_version=VERSION) as case:
        first = len(case.answers())
        for number in range(first, first + 3):
            print(case.write([leaving(number), answered(number)])[1], flush=True)
        case.add_input(f"{first}.csv", str(first).encode())
        case.add_result(str(first).encode(), {})
"""


def test_a_kill_at_any_moment_of_opening_writing_and_closing_costs_nothing(tmp_path: Path) -> None:
    case = empty(tmp_path / "case")
    chance = random.Random(20261121)  # noqa: S311 - moments, no secret
    told: set[str] = set()
    for _ in range(20):
        with subprocess.Popen(
            [sys.executable, "-c", CYCLES, case],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(SCRIPT.parent)},
        ) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "up\n"
            told |= {writer.stdout.readline().strip() for _ in range(chance.randrange(7))}
            time.sleep(chance.random() * 0.02)
            writer.kill()
            told |= {line[:-1] for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")}
        checked = verify(case)
        assert checked.intact, checked.changes
        with opened(case, readonly=True) as folder:
            assert told <= {name for name, _ in folder.answers()}
    with opened(case) as folder:
        assert len(folder.answers()) >= len(told) > 20
    assert verify(case).changes == ()


def test_a_file_that_the_journal_never_named_is_kept_and_counts_for_nothing(tmp_path: Path) -> None:
    case = filled(tmp_path / "case", answers=1)
    orphan = case / "evidence" / "000009-abcdefabcdef.body"
    orphan.write_bytes(b"half an answ")
    (case / "results" / ".000010.json.part").write_bytes(b"{")
    (case / "case.lock").write_bytes(b"4242\n")
    first = verify(case)
    assert first.interrupted
    with opened(case) as folder:
        assert len(folder.answers()) == 1
        note = folder.entries()[-1]
        assert note.kind == "note"
        assert orphan.name in note.payload
    assert orphan.read_bytes() == b"half an answ"
    assert orphan.name in (case / "SHA256SUMS").read_text()
    assert verify(case).changes == ()


def test_a_full_disk_costs_no_acknowledged_answer(tmp_path: Path) -> None:
    case = filled(tmp_path / "case", answers=5)
    done = subprocess.run(
        [sys.executable, SCRIPT, case, "5000", "300", str(400_000)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    *told, last = done.stdout.splitlines()
    assert done.returncode == 7, done.stderr
    assert last.startswith("error: ")
    assert "no acknowledged answer is lost" in last
    assert len(told) > 50
    after_failure(case, told)


def after_failure(case: Path, told: list[str]) -> None:
    assert verify(case).intact
    with opened(case) as folder:
        names = [name for name, _ in folder.answers()]
        assert {*told} <= {*names}
        for name in names:
            folder.body(name)
        folder.write([leaving(0), answered(0)])
    assert verify(case).changes == ()


def in_own_mounts(tmp_path: Path, commands: str) -> subprocess.CompletedProcess[str]:
    """Run shell commands in a mount namespace of their own, or skip, saying so, where that is not allowed."""
    unshare = shutil.which("unshare")
    if unshare is None or os.geteuid() != 0:
        pytest.skip("no mount namespace: needs root and unshare")
    probe = subprocess.run([unshare, "-m", "true"], check=False, capture_output=True)
    if probe.returncode:
        pytest.skip("no mount namespace: unshare is refused here")
    return subprocess.run(
        [unshare, "-m", "/bin/sh", "-ec", commands],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_small_disk_that_fills_up_costs_no_acknowledged_answer(tmp_path: Path) -> None:
    case = filled(tmp_path / "case", answers=5)
    (tmp_path / "disk").mkdir()
    done = in_own_mounts(
        tmp_path,
        f"mount -t tmpfs -o size=1200k none disk; cp -a case disk/; "
        f"'{sys.executable}' '{SCRIPT}' disk/case 5000 300 || test $? = 7; rm -rf case; cp -a disk/case case",
    )
    assert done.returncode == 0, done.stderr
    *told, last = done.stdout.splitlines()
    assert last.startswith("error: ")
    assert len(told) > 10
    after_failure(case, told)


def test_a_read_only_medium_can_be_read_and_checked(tmp_path: Path) -> None:
    case = filled(tmp_path / "case", answers=5)
    before = contents(case)
    check = (
        "from pathlib import Path; from keepsakes import *; from ipattr.store import *; case = Path('case'); "
        "print(verify(case).changes, len(open_case(case, clock=clock, tool_version='', readonly=True).answers()))"
    )
    done = in_own_mounts(
        tmp_path,
        f"mount --bind case case; mount -o remount,bind,ro case; "
        f'PYTHONPATH="{SCRIPT.parent}" \'{sys.executable}\' -c "{check}"; '
        f"'{sys.executable}' '{SCRIPT}' case 1 10 || test $? = 7",
    )
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first == "() 5"
    assert second.startswith("error: the folder cannot be read or written (Read-only file system)")
    assert contents(case) == before


def test_after_a_failed_write_nothing_more_is_written_until_it_is_opened_anew(tmp_path: Path) -> None:
    case = filled(tmp_path / "case", answers=2)
    told = {path.stem for path in (case / "evidence").glob("*.json")}
    times = iter([AT])  # the second batch fails between its files and its line
    with open_case(case, clock=lambda: next(times), tool_version=VERSION) as folder:
        told.add(folder.write([answered(7)])[0])
        with pytest.raises(StopIteration):
            folder.write([answered(8)])
        for write in (lambda: folder.write([leaving(9)]), lambda: folder.add_input("a", b"x")):
            with pytest.raises(StoreError, match="a write has failed"):
                write()
    assert verify(case).interrupted
    with opened(case) as folder:
        assert {name for name, _ in folder.answers()} == told
        assert folder.entries()[-1].kind == "note"
    assert verify(case).changes == ()


def test_an_interrupted_case_with_a_damaged_database_is_not_opened(tmp_path: Path) -> None:
    case = filled(tmp_path / "case")
    (case / "case.lock").write_bytes(b"4242\n")
    data = bytearray((case / "case.db").read_bytes())
    data[5000:9000] = b"\xff" * 4000
    (case / "case.db").write_bytes(data)
    for readonly in (False, True):
        with pytest.raises(AlteredError, match=r"case\.db"):
            opened(case, readonly=readonly)
    assert {change.where for change in verify(case).changes if change.level == "error"} == {"case.db"}


def test_an_answer_whose_file_is_gone_is_named(tmp_path: Path) -> None:
    case = filled(tmp_path / "case", answers=1)
    body = next((case / "evidence").glob("*.body"))
    body.unlink()
    with opened(case, readonly=True) as folder, pytest.raises(AlteredError, match=body.name):
        folder.body(body.stem)


def test_several_cases_can_be_read_at_the_same_time(tmp_path: Path) -> None:
    case = filled(tmp_path / "case", answers=1)
    with opened(case, readonly=True) as first, opened(case, readonly=True) as second:
        assert first.head == second.head == verify(case).head
