"""A destination ledger keeps its batches as they were, can be read while it is written, and every line again."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from keepsakes import AT, VERSION, answered, batch, clock, empty, ledger, observing, version_one

from ipattr.errors import AlteredError, StoreError, UnreadableError, UsageError
from ipattr.renderers import journal
from ipattr.store import create, open_case, seal, sums, verify
from ipattr.store.journal import SCHEMA
from ipattr.store.locking import FolderLock
from ipattr.store.remaking import first_difference

if TYPE_CHECKING:
    from ipattr.model.observing import KeptObserved
    from ipattr.store import CaseFolder

HELPERS = Path(__file__).parent


def opened(folder: Path, *, readonly: bool = False) -> CaseFolder:
    return open_case(folder, clock=clock, tool_version=VERSION, readonly=readonly)


def errors(folder: Path) -> set[str]:
    """Return what an error of a check speaks of."""
    return {change.where for change in verify(folder).changes if change.level == "error"}


def test_a_batch_is_read_again_as_it_was_written(tmp_path: Path) -> None:
    folder = observing(tmp_path / "ledger")
    with opened(folder, readonly=True) as kept:
        assert kept.purpose == "ledger"
        assert kept.title == "台帳"
        found = kept.observed()
        assert [one.file.path for one in found] == [f"observed/00000{seq}.jsonl" for seq in (2, 3, 4, 6)]
        assert [one.seq for one in found] == [2, 3, 4, 6]
        assert [one.kind for one in found] == ["capture", "capture", "capture", "import"]
        assert found[1].details == {"run": "r1", "batch": 1}
        assert [kept.read(one.file) for one in found] == [batch(0), batch(1), batch(2), batch(99)]
    checked = verify(folder)
    assert (checked.intact, checked.purpose, checked.observed, checked.reread) == (True, "ledger", 4, 0)
    assert checked.changes == ()


def test_what_was_just_added_is_listed_as_a_later_opening_lists_it(tmp_path: Path) -> None:
    folder = ledger(tmp_path / "ledger")
    with opened(folder) as kept:
        kept.add_observed(batch(1), kind="capture", details={"hosts": ("a.example",), "at": AT})
        now = kept.observed()
    with opened(folder, readonly=True) as kept:
        assert kept.observed() == now
    assert now[0].details["hosts"] == ["a.example"]


@pytest.mark.parametrize("lines", [b"", b'{"a":1}', b'{"a":1}\n{"b"'])
def test_a_batch_that_ends_within_a_line_is_refused(tmp_path: Path, lines: bytes) -> None:
    with opened(ledger(tmp_path / "ledger")) as kept:
        with pytest.raises(UsageError):
            kept.add_observed(lines, kind="capture", details={})
        kept.add_observed(batch(1), kind="capture", details={})
        assert len(kept.observed()) == 1


def test_a_ledger_says_what_it_is_and_how_to_check_it(tmp_path: Path) -> None:
    folder = observing(tmp_path / "ledger")
    text = (folder / "README.txt").read_text(encoding="utf-8")
    assert text.startswith("台帳\n")
    for said in ("接続先台帳", "destination ledger", "append-only", "追記のみ", "put none here"):
        assert said in text
    for command in ("sha256sum -c SHA256SUMS", "ipattr verify .", "ipattr case stamp ."):
        assert f"\n  {command}\n" in text
    assert "secret: handle it" not in text
    assert sorted(path.name for path in folder.iterdir() if path.is_dir()) == ["inputs", "observed", "stamps"]
    subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],  # noqa: S607 - from the path, as the README says
        cwd=folder,
        capture_output=True,
        check=True,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such modes there")
def test_only_the_owner_may_read_observations(tmp_path: Path) -> None:
    folder = observing(tmp_path / "ledger")
    assert stat.S_IMODE((folder / "observed").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (folder / "observed").iterdir()} == {0o600}


def test_a_case_is_a_case_and_may_keep_observations_too(tmp_path: Path) -> None:
    folder = empty(tmp_path / "case")
    assert not (folder / "observed").exists()
    with opened(folder) as kept:
        assert kept.purpose == "case"
        kept.add_observed(batch(1), kind="import", details={})
    checked = verify(folder)
    assert (checked.changes, checked.purpose, checked.observed) == ((), "case", 1)


def test_folders_that_a_copy_lost_because_they_were_empty_are_made_again(tmp_path: Path) -> None:
    folder = ledger(tmp_path / "ledger")
    for name in ("inputs", "observed", "stamps"):
        (folder / name).rmdir()
    with opened(folder) as kept:
        kept.add_observed(batch(1), kind="capture", details={})
        kept.add_input("a.jsonl", b"x")
        kept.write([answered(1)])
        kept.add_result(b"{}", {})
        kept.add_stamp(b"q", b"r", head=kept.head)
    assert verify(folder).changes == ()


def test_a_reader_adds_nothing(tmp_path: Path) -> None:
    with opened(ledger(tmp_path / "ledger"), readonly=True) as kept, pytest.raises(StoreError, match="not open for"):
        kept.add_observed(batch(1), kind="capture", details={})


def test_what_lies_where_a_batch_would_go_is_not_written_over(tmp_path: Path) -> None:
    folder = ledger(tmp_path / "ledger")
    stranger = folder / "observed" / "000002.jsonl"
    stranger.write_bytes(b"somebody else's\n")
    with opened(folder) as kept, pytest.raises(StoreError):
        kept.add_observed(batch(1), kind="capture", details={})
    assert stranger.read_bytes() == b"somebody else's\n"
    with opened(folder) as kept:
        assert kept.observed() == ()
        assert "000002.jsonl" in kept.entries()[-1].payload
        assert kept.add_observed(batch(1), kind="capture", details={}) == "observed/000003.jsonl"
    assert verify(folder).changes == ()


def test_a_batch_whose_line_could_not_be_written_counts_for_nothing_and_ends_all_writing(tmp_path: Path) -> None:
    folder = ledger(tmp_path / "ledger")
    times = iter([AT])
    with open_case(folder, clock=lambda: next(times), tool_version=VERSION) as kept:
        kept.add_observed(batch(1), kind="capture", details={})
        with pytest.raises(StopIteration):
            kept.add_observed(batch(2), kind="capture", details={})
        with pytest.raises(StoreError, match="a write has failed"):
            kept.add_observed(batch(3), kind="capture", details={})
    assert verify(folder).intact
    with opened(folder) as kept:
        assert [kept.read(one.file) for one in kept.observed()] == [batch(1)]
        assert kept.entries()[-1].kind == "note"
    assert verify(folder).changes == ()


def test_a_ledger_is_sealed_as_a_case_is(tmp_path: Path) -> None:
    folder = observing(tmp_path / "ledger")
    bag = seal(folder, tmp_path / "bag", clock=clock, tool_version=VERSION)
    inside = verify(bag / "data")
    assert (inside.changes, inside.observed, inside.purpose) == ((), 4, "ledger")


# Folders of the first version


def test_a_folder_of_version_one_is_read_written_and_checked_as_before(tmp_path: Path) -> None:
    folder = version_one(tmp_path / "case")
    assert verify(folder).changes == ()
    with opened(folder, readonly=True) as kept:
        assert (kept.title, kept.purpose, kept.observed()) == ("試験事件", "case", ())
        first = kept.entries()
    with opened(folder) as kept:
        assert kept.purpose == "case"
        kept.write([answered(1)])
        kept.note("覚え")
    checked = verify(folder)
    assert (checked.changes, checked.purpose, checked.entries, checked.answers) == ((), "case", 3, 1)
    with opened(folder, readonly=True) as kept:
        assert kept.entries()[:1] == first
    assert version(folder) == 1
    assert not (folder / "observed").exists()


def test_a_folder_of_version_one_keeps_no_observations_and_goes_on(tmp_path: Path) -> None:
    folder = version_one(tmp_path / "case")
    with opened(folder) as kept:
        with pytest.raises(StoreError, match="version 1 cannot keep observations"):
            kept.add_observed(batch(1), kind="capture", details={})
        kept.note("later")
    assert verify(folder).changes == ()
    assert not (folder / "observed").exists()


def version(folder: Path) -> int:
    return int.from_bytes((folder / "case.db").read_bytes()[60:64])


@pytest.mark.parametrize(("made", "claimed"), [(version_one, 2), (ledger, 1)])
def test_a_journal_of_another_version_than_it_claims_is_named(tmp_path: Path, made: object, claimed: int) -> None:
    folder = made(tmp_path / "folder")  # type: ignore[operator]  # one of the two makers
    data = bytearray((folder / "case.db").read_bytes())
    data[60:64] = claimed.to_bytes(4)
    (folder / "case.db").write_bytes(data)
    refit(folder)
    assert errors(folder) == {"case.db"}


def refit(folder: Path) -> None:
    """Make ``SHA256SUMS`` fit the files."""
    import hashlib

    paths = [path for path in folder.rglob("*") if path.is_file() and path.name != "SHA256SUMS"]
    listed = {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    (folder / "SHA256SUMS").write_bytes(sums.render(listed))


# Checking


def test_a_flip_of_any_byte_of_a_batch_names_it_alone(tmp_path: Path) -> None:
    folder = observing(tmp_path / "ledger")
    chance = random.Random(5)  # noqa: S311 - reproducible damage, no secret
    for path in sorted((folder / "observed").iterdir()):
        whole = path.read_bytes()
        for _ in range(25):
            damaged = bytearray(whole)
            damaged[chance.randrange(len(whole))] ^= chance.randrange(1, 256)
            path.write_bytes(damaged)
            assert errors(folder) == {f"observed/{path.name}"}
            with opened(folder, readonly=True) as kept:
                (file,) = (one.file for one in kept.observed() if one.file.path.endswith(path.name))
                with pytest.raises(AlteredError, match=path.name):
                    kept.read(file)
        path.write_bytes(whole)
    assert verify(folder).changes == ()


def test_a_batch_taken_away_added_exchanged_or_made_to_fit_the_sums_is_named(tmp_path: Path) -> None:
    folder = observing(tmp_path / "ledger")
    first, second, *_ = sorted((folder / "observed").iterdir())
    one, two = first.read_bytes(), second.read_bytes()
    first.unlink()
    assert errors(folder) == {f"observed/{first.name}"}
    first.write_bytes(two)
    second.write_bytes(one)
    assert errors(folder) == {f"observed/{first.name}", f"observed/{second.name}"}
    second.write_bytes(two)
    refit(folder)
    assert f"observed/{first.name}" in errors(folder)
    first.write_bytes(one)
    refit(folder)
    (folder / "observed" / "000099.jsonl").write_bytes(batch(1))
    assert errors(folder) == {"observed/000099.jsonl"}


def test_a_line_that_was_not_read_so_is_named_though_every_hash_holds(tmp_path: Path) -> None:
    folder = observing(tmp_path / "ledger")
    seen: list[tuple[str, int]] = []

    def reread(kept: KeptObserved, data: bytes) -> bytes:
        seen.append((kept.kind, kept.seq))
        return data.replace(b'"line":2', b'"line":7') if kept.seq == 3 else data

    found = verify(folder, reread=reread)
    assert seen == [("capture", 2), ("capture", 3), ("capture", 4), ("import", 6)]
    (change,) = found.changes
    assert (change.where, change.code, change.level) == ("observed/000003.jsonl", "IPA863", "error")
    assert "line 2 " in change.message.en
    assert "2行目" in change.message.ja
    assert (found.intact, found.observed, found.reread) == (False, 4, 4)


@pytest.mark.parametrize(
    ("made", "line"),
    [(b"a\nb\nc\n", 0), (b"x\nb\nc\n", 1), (b"a\nb\n", 3), (b"a\nb\nc\nd\n", 4), (b"a\nb\nc", 4), (b"", 1)],
)
def test_the_first_line_that_differs_is_counted_from_one(made: bytes, line: int) -> None:
    assert first_difference(b"a\nb\nc\n", made) == line


def test_a_batch_that_cannot_be_read_again_is_a_notice(tmp_path: Path) -> None:
    folder = observing(tmp_path / "ledger")

    def refuse(kept: KeptObserved, data: bytes) -> bytes:
        if kept.kind == "import":
            raise UnreadableError(ja="形が違う。", en="it is of another form.")
        return data

    found = verify(folder, reread=refuse)
    assert (found.intact, found.reread) == (True, 3)
    (change,) = found.changes
    assert (change.where, change.code, change.level) == ("observed/000006.jsonl", "IPA864", "notice")
    assert change.message.en == "cannot be read again: it is of another form."


def test_a_changed_batch_is_named_once_and_not_read_again(tmp_path: Path) -> None:
    folder = observing(tmp_path / "ledger")
    (folder / "observed" / "000003.jsonl").write_bytes(b"{}\n")
    read: list[int] = []
    found = verify(folder, reread=lambda kept, data: (read.append(kept.seq), data)[1])
    assert read == [2, 4, 6]
    assert [change.code for change in found.changes] == ["IPA851"]
    assert found.reread == 3


def test_nothing_is_read_again_when_the_journal_does_not_hold(tmp_path: Path) -> None:
    folder = observing(tmp_path / "ledger")
    connection = sqlite3.connect(folder / "case.db", isolation_level=None)
    connection.execute("DROP TRIGGER journal_update")
    connection.execute("UPDATE journal SET payload = replace(payload, 'r1', 'r2') WHERE seq = 3")
    connection.execute(SCHEMA[3])
    connection.close()
    refit(folder)
    found = verify(folder, reread=lambda *_: pytest.fail("it was read"))
    assert "IPA855" in {change.code for change in found.changes}
    assert found.reread == 0


def test_a_line_that_names_no_file_is_no_line_of_ours(tmp_path: Path) -> None:
    """A folder forged to agree with itself gets a sentence, never a traceback."""
    folder = ledger(tmp_path / "ledger")
    with opened(folder) as kept:
        kept._writer.journal.append(  # type: ignore[union-attr]  # noqa: SLF001 - what only a forger does
            [("observed", '{"details":{},"files":[],"kind":"capture"}')], at=AT
        )
    assert errors(folder) == {"case.db"}
    with pytest.raises(AlteredError, match="cannot be read"):
        opened(folder, readonly=True)


# Reading while somebody writes

WRITER = """
import sys
from pathlib import Path
from keepsakes import VERSION, batch, clock
from ipattr.store import open_case
folder, count = Path(sys.argv[1]), 0
while True:
    with open_case(folder, clock=clock, tool_version=VERSION) as kept:
        for _ in range(400):
            path = kept.add_observed(batch(count, lines=1), kind="capture", details={"n": count, "pad": "x" * 3000})
            count += 1
            print(path, flush=True)
"""


def test_a_ledger_is_read_while_another_process_writes_it(tmp_path: Path) -> None:
    """Every opening gives whole batches, those acknowledged before it among them, while the log is folded in below."""
    folder = ledger(tmp_path / "ledger")
    logs: set[bytes] = set()
    before: tuple[object, ...] = ()
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, folder],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(HELPERS)},
    ) as writer:
        assert writer.stdout is not None
        try:
            deadline = time.monotonic() + 40
            openings = 0
            while openings < 30 or len(logs) < 3:
                assert time.monotonic() < deadline, f"{openings} openings, {len(logs)} logs"
                told = [writer.stdout.readline().strip() for _ in range(20)]
                with opened(folder, readonly=True) as kept:
                    found = kept.observed()
                    assert kept.entries()[: len(before)] == before
                    before = kept.entries()
                    assert told[-1] in {one.file.path for one in found[-2000:]}
                    for one in found[-60:]:
                        assert kept.read(one.file) == batch(one.details["n"], lines=1)
                openings += 1
                log = folder / "case.db-wal"
                logs.add(log.read_bytes()[16:24] if log.exists() else b"")
        finally:
            writer.kill()
    assert verify(folder).intact


def test_a_snapshot_stays_what_it_was_while_the_ledger_grows(tmp_path: Path) -> None:
    folder = observing(tmp_path / "ledger")
    with opened(folder) as writing, opened(folder, readonly=True) as reading:
        before = reading.observed()
        writing.add_observed(batch(7), kind="capture", details={})
        assert reading.observed() == before
        assert [reading.read(one.file) for one in before] == [batch(0), batch(1), batch(2), batch(99)]
        with opened(folder, readonly=True) as later:
            assert later.observed() == writing.observed()
            assert len(later.observed()) == len(before) + 1


def test_a_reader_in_the_same_process_leaves_the_lock_on_the_database_alone(tmp_path: Path) -> None:
    """POSIX drops every lock of a process on a file as soon as the process closes that file once."""
    folder = observing(tmp_path / "ledger")
    script = (
        "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0.1).execute('SELECT * FROM journal').fetchall()"
    )
    with opened(folder) as writing:
        writing.add_observed(batch(7), kind="capture", details={})
        opened(folder, readonly=True).close()
        with pytest.raises(StoreError, match="in use"):
            opened(folder)
        foreign = subprocess.run(
            [sys.executable, "-c", script, str(folder / "case.db")], capture_output=True, text=True, check=False
        )
        assert "locked" in foreign.stderr
    opened(folder).close()


def test_checking_waits_for_the_writer(tmp_path: Path) -> None:
    folder = observing(tmp_path / "ledger")
    with opened(folder), pytest.raises(StoreError, match="in use"):
        verify(folder)


def test_a_damaged_ledger_is_not_taken_for_one_that_is_being_written(tmp_path: Path) -> None:
    folder = observing(tmp_path / "ledger")
    shutil.copytree(folder, tmp_path / "copy")
    data = bytearray((folder / "case.db").read_bytes())
    data[5000:9000] = b"\xff" * 4000
    (folder / "case.db").write_bytes(data)
    with pytest.raises(AlteredError, match="damaged"):
        opened(folder, readonly=True)
    lock = FolderLock(folder, exclusive=True)  # as a writer that has only begun
    try:
        with pytest.raises(StoreError, match=rf"in use by another ipattr \(process {os.getpid()}\)"):
            opened(folder, readonly=True)
    finally:
        lock.release(clean=True)


# What is printed


def test_the_journal_and_the_check_of_a_ledger_are_told_in_words(tmp_path: Path) -> None:
    folder = observing(tmp_path / "ledger")
    with opened(folder, readonly=True) as kept:
        lines = journal.render(kept.entries(), to="table", lang="ja").splitlines()
    assert "\t観測\t" in lines[1]
    assert "observed/000002.jsonl" in journal.render(kept.entries(), to="jsonl", lang="ja")
    found = verify(folder, reread=lambda _, data: data)
    wide = {
        lang: journal.verification(found, to="table", lang=lang, columns=200).splitlines()[1] for lang in ("ja", "en")
    }
    assert wide["ja"] == "照合したもの(接続先台帳): 記録 6 件、ファイル 7 個、観測のファイル 4 個(うち読み直し 4 個)。"
    assert wide["en"] == (
        "Checked, a destination ledger: 6 journal entries, 7 files, 4 files of observations (4 read again)."
    )


def test_the_check_of_a_case_speaks_of_observations_only_where_it_has_some(tmp_path: Path) -> None:
    folder = empty(tmp_path / "case")
    said = journal.verification(verify(folder), to="table", lang="en", columns=200)
    assert "Checked: 1 journal entries, 2 files, 0 answers, 0 results (0 computed again).\n" in said
    with opened(folder) as kept:
        kept.add_observed(batch(1), kind="import", details={})
    said = journal.verification(verify(folder), to="table", lang="en", columns=200)
    assert "0 results (0 computed again), 1 files of observations (0 read again).\n" in said


def test_an_input_that_is_known_is_found_in_a_long_journal_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    create(folder, title="", clock=clock, tool_version=VERSION, data_version="", purpose="ledger")
    with opened(folder) as kept:
        for _ in range(40):
            kept._append([("note", note("x"))] * 500)  # noqa: SLF001 - a long journal, quickly
        kept.add_input("a", b"a")
        begun = time.perf_counter()
        for _ in range(20_000):
            kept.add_input("a", b"a")
        assert time.perf_counter() - begun < 10  # 0.1 s by look-up, 26 s when each looks through 20,000 lines
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    assert len(lines) == 3
    assert json.loads(kept.entries()[-1].payload)["name"] == "a"


def note(text: str) -> object:
    from ipattr.store.payloads import NoteLine

    return NoteLine(text=text)


def test_a_flip_of_any_byte_of_any_file_of_a_ledger_is_named(tmp_path: Path) -> None:
    folder = observing(tmp_path / "ledger")
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {"case.db", "SHA256SUMS", "README.txt", "000002.jsonl", "pdns.jsonl"}
    draw = random.Random(20261122)  # noqa: S311 - must repeat
    for path in files:
        data = path.read_bytes()
        places = range(len(data)) if len(data) < 40 else sorted(draw.sample(range(len(data)), 40))
        for place in places:
            flipped = bytearray(data)
            flipped[place] ^= 1 << draw.randrange(8)
            path.write_bytes(flipped)
            try:
                named = errors(folder)
            except StoreError as error:  # the header of the database is no longer that of a journal
                assert path.name == "case.db"
                assert place < 100
                named = {Path(error.where).name}
            assert path.relative_to(folder).as_posix() in named, (path, place)
        path.write_bytes(data)
    assert verify(folder).changes == ()


def test_a_view_without_an_end_is_no_journal(tmp_path: Path) -> None:
    folder = observing(tmp_path / "ledger")
    base = sqlite3.connect(folder / "case.db", isolation_level=None)
    base.execute("PRAGMA journal_mode = DELETE")
    base.execute("ALTER TABLE journal RENAME TO other")
    base.execute(
        "CREATE VIEW journal AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) "
        "SELECT n AS seq, '' AS at, 'case' AS kind, '{}' AS payload, '' AS previous, '' AS hash FROM r"
    )
    base.execute("PRAGMA journal_mode = WAL")
    base.close()
    hashes = sums.parse((folder / "SHA256SUMS").read_bytes())
    hashes["case.db"] = hashlib.sha256((folder / "case.db").read_bytes()).hexdigest()
    (folder / "SHA256SUMS").write_bytes(sums.render(hashes))
    for readonly in (True, False):
        with pytest.raises(AlteredError, match="damaged"):
            opened(folder, readonly=readonly)
    assert errors(folder) == {"case.db"}
