"""Checking names what was changed: any byte of any file, a file more or less, a line of the journal, its cut end."""

from __future__ import annotations

import hashlib
import os
import random
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keepsakes import AT, VERSION, answered, clock, empty, filled, leaving

from ipattr.errors import AlteredError, StoreError, UsageError
from ipattr.model import JournalEntry
from ipattr.store import open_case, sums, verify
from ipattr.store.journal import SCHEMA, broken, entry_hash, follow, instant_text, read_entries

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ipattr.model.keeping import KeptResult

FLIPS = 1000


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """Return a case folder with 30 answers, two inputs and two results."""
    return filled(tmp_path / "case")


def named(folder: Path, *, expected_head: str = "") -> set[str]:
    """Return what an error speaks of."""
    found = verify(folder, expected_head=expected_head)
    errors = {change.where for change in found.changes if change.level == "error"}
    assert found.intact == (not errors)
    return errors


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_an_untouched_case_is_intact_and_checking_it_writes_nothing(case: Path) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files(case)}
    found = verify(case, recompute=lambda result: (case / result.file.path).read_bytes())
    assert found.changes == ()
    assert (found.answers, found.results, found.recomputed, found.files) == (30, 2, 2, 66)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files(case)} == before


def test_a_flip_of_any_byte_of_any_file_is_named(case: Path) -> None:
    # Each file is hit first, then files at random with equal weight, then bytes at random over everything stored.
    chance = random.Random(20261121)  # noqa: S311 - reproducible damage, no secret
    stored = files(case)
    sizes = [path.stat().st_size for path in stored]
    chosen = [*stored, *chance.choices(stored, k=(FLIPS - len(stored)) // 2)]
    chosen += chance.choices(stored, weights=sizes, k=FLIPS - len(chosen))
    missed = [missed_flip(case, path, chance) for path in chosen]
    assert [entry for entry in missed if entry] == []
    assert len(missed) == FLIPS
    assert verify(case).changes == ()


def missed_flip(case: Path, path: Path, chance: random.Random) -> str:
    """Damage one byte, check, restore; return what was damaged unless the check named it."""
    whole = path.read_bytes()
    at, pattern = chance.randrange(len(whole)), chance.randrange(1, 256)
    damaged = bytearray(whole)
    damaged[at] ^= pattern
    path.write_bytes(damaged)
    found = named(case)
    path.write_bytes(whole)
    name = str(path.relative_to(case))
    return "" if name in found else f"{name} byte {at} ^ {pattern}: {found}"


def test_a_flip_names_the_damaged_file_alone_unless_it_is_the_database_or_its_sum(case: Path) -> None:
    chance = random.Random(7)  # noqa: S311 - as above
    for path in files(case):
        if path.name in {"case.db", "SHA256SUMS"}:
            continue
        whole = bytearray(path.read_bytes())
        whole[chance.randrange(len(whole))] ^= 1
        before = path.read_bytes()
        path.write_bytes(whole)
        assert named(case) == {str(path.relative_to(case))}
        path.write_bytes(before)


def test_every_file_cut_emptied_or_taken_away_is_named(case: Path) -> None:
    for path in files(case):
        whole, name = path.read_bytes(), str(path.relative_to(case))
        path.write_bytes(whole[:-1])
        assert name in named(case)
        path.write_bytes(b"")
        assert name in named(case)
        path.unlink()
        assert name in named(case)
        path.write_bytes(whole)
    assert verify(case).changes == ()


@pytest.mark.parametrize(
    "name",
    ["memo.txt", "evidence/000099-abcdef.json", "inputs/x/y.csv", "results/000099.json", "new/file", "case.db-journal"],
)
def test_a_file_that_was_added_is_named(case: Path, name: str) -> None:
    (case / name).parent.mkdir(exist_ok=True)
    (case / name).write_bytes(b"{}")
    assert named(case) == {name}


@pytest.mark.skipif(sys.platform != "linux", reason="only there may a name be any bytes")
def test_a_file_whose_name_is_no_text_is_named_in_text(case: Path) -> None:
    (case / "evidence" / os.fsdecode(b"a\xff")).write_bytes(b"x")
    (change,) = verify(case).changes
    assert change.where == "evidence/a\\xff"
    assert b"IPA852" in msgspec.json.encode(change)


def test_a_journal_that_sqlite_would_play_back_is_not_let_in(case: Path) -> None:
    (case / "case.db-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" * 64)
    with pytest.raises(AlteredError, match=r"case\.db-journal"):
        open_case(case, clock=clock, tool_version=VERSION)
    assert (case / "case.db-journal").exists()
    assert named(case) == {"case.db-journal"}


def test_what_a_desktop_leaves_is_a_notice(case: Path) -> None:
    (case / "evidence" / ".DS_Store").write_bytes(b"x")
    found = verify(case)
    assert found.intact
    assert [(change.where, change.level) for change in found.changes] == [("evidence/.DS_Store", "notice")]


def test_what_a_reader_of_the_database_leaves_when_it_is_killed_is_a_notice(case: Path) -> None:
    """SQLite's index of a log is rebuilt from the log and never read by us: no tampering, and not for ever."""
    read = "base = sqlite3.connect(sys.argv[1]); base.execute('SELECT * FROM journal').fetchall()"
    script = f"import os, sqlite3, sys; {read}; os._exit(9)"
    subprocess.run([sys.executable, "-c", script, str(case / "case.db")], check=False)
    assert (case / "case.db-shm").exists()
    assert verify(case).intact
    open_case(case, clock=clock, tool_version=VERSION).close()
    found = verify(case)
    assert found.intact
    assert [(change.where, change.level) for change in found.changes] == [("case.db-shm", "notice")]


def test_two_files_that_changed_places_are_both_named(case: Path) -> None:
    first, second, *_ = (case / "evidence").glob("*.body")
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)
    assert named(case) == {f"evidence/{first.name}", f"evidence/{second.name}"}


def test_sums_rewritten_to_fit_a_changed_file_do_not_hide_it(case: Path) -> None:
    body = next((case / "evidence").glob("*.body"))
    body.write_bytes(b"forged")
    listed = sums.parse((case / "SHA256SUMS").read_bytes())
    listed[f"evidence/{body.name}"] = hashlib.sha256(b"forged").hexdigest()
    (case / "SHA256SUMS").write_bytes(sums.render(listed))
    assert f"evidence/{body.name}" in named(case)


def forge(case: Path, *statements: tuple[str, Sequence[tuple[object, ...]]]) -> None:
    """Do to the database what its triggers forbid, and make ``SHA256SUMS`` fit."""
    connection = sqlite3.connect(case / "case.db", isolation_level=None)
    connection.execute("DROP TRIGGER journal_update")
    connection.execute("DROP TRIGGER journal_delete")
    for statement, rows in statements:
        connection.executemany(statement, rows)
    for statement in SCHEMA[2:]:
        connection.execute(statement)
    connection.close()
    refit(case)


def refit(case: Path) -> None:
    listed = {
        str(path.relative_to(case)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files(case)
        if path.name != "SHA256SUMS"
    }
    (case / "SHA256SUMS").write_bytes(sums.render(listed))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET seq = CASE seq WHEN 7 THEN 1008 ELSE 1007 END WHERE seq IN (7, 8)",
        "UPDATE journal SET payload = replace(payload, 'rdap.example', 'rdap.elsewhere') WHERE seq = 5",
        "UPDATE journal SET at = '2020-01-01T00:00:00.000000Z' WHERE seq = 5",
        "UPDATE journal SET kind = 'note', payload = '{\"text\":\"x\"}' WHERE seq = 5",
        "DELETE FROM journal WHERE seq = 5",
        "DELETE FROM journal",
    ],
)
def test_a_journal_edited_behind_the_triggers_no_longer_holds(case: Path, statement: str) -> None:
    forge(case, (statement, [()]), ("UPDATE journal SET seq = seq - 1000 WHERE seq > 1000", [()]))
    found = verify(case)
    assert [change.where for change in found.changes if change.code == "IPA855"] == ["case.db"]
    with pytest.raises(AlteredError):
        open_case(case, clock=clock, tool_version=VERSION, readonly=True)


def test_a_trigger_that_was_dropped_is_named(case: Path) -> None:
    connection = sqlite3.connect(case / "case.db", isolation_level=None)
    connection.execute("DROP TRIGGER journal_update")
    connection.close()
    refit(case)
    assert "case.db" in named(case)


def test_a_cut_end_shows_in_the_head_of_an_earlier_report(case: Path) -> None:
    head = verify(case).head
    with open_case(case, clock=clock, tool_version=VERSION, readonly=True) as folder:
        last = folder.entries()[-1]
        result = folder.results()[-1].file
    (case / result.path).unlink()
    forge(case, ("DELETE FROM journal WHERE seq = ?", [(last.seq,)]))
    assert named(case) == set()
    assert named(case, expected_head=last.previous) == set()
    assert named(case, expected_head=head) == {"case.db"}


def test_a_head_stays_in_the_chain_while_the_case_grows(case: Path) -> None:
    head = verify(case).head
    with open_case(case, clock=clock, tool_version=VERSION) as folder:
        folder.note("later")
    assert named(case, expected_head=head) == set()
    with pytest.raises(UsageError):
        verify(case, expected_head="abc")


def test_a_result_that_comes_out_otherwise_is_named(case: Path) -> None:
    def again(result: KeptResult) -> bytes:
        return (case / result.file.path).read_bytes() if result.seq % 2 else b"other"

    found = verify(case, recompute=again)
    with open_case(case, clock=clock, tool_version=VERSION, readonly=True) as folder:
        even = [result.file.path for result in folder.results() if result.seq % 2 == 0]
    assert found.recomputed == 2
    assert [(change.code, change.where) for change in found.changes] == [("IPA857", even[0])]


def test_a_result_that_cannot_be_made_again_is_a_notice(case: Path) -> None:
    def refuse(result: KeptResult) -> bytes:
        raise AlteredError(ja="版が違う。", en="made with other data.", where=result.file.path)

    found = verify(case, recompute=refuse)
    assert found.intact
    assert (found.recomputed, [change.level for change in found.changes]) == (0, ["notice", "notice"])


def test_a_header_in_another_form_is_named_though_every_hash_was_made_to_fit(tmp_path: Path) -> None:
    case = filled(tmp_path / "case", answers=1)
    header = next((case / "evidence").glob("*.json"))
    old = header.read_bytes()
    header.write_bytes(old + b"\n")
    new = hashlib.sha256(old + b"\n").hexdigest()
    connection = sqlite3.connect(case / "case.db")
    entries = read_entries(connection)
    connection.close()
    rebuilt: list[JournalEntry] = []
    for entry in entries:
        payload = entry.payload.replace(hashlib.sha256(old).hexdigest(), new)
        previous = rebuilt[-1].hash if rebuilt else entry.previous
        rebuilt.append(follow(previous, seq=entry.seq, at=entry.at, kind=entry.kind, payload=payload))
    lines = [(e.payload, e.previous, e.hash, e.seq) for e in rebuilt]
    forge(case, ("UPDATE journal SET payload = ?, previous = ?, hash = ? WHERE seq = ?", lines))
    assert named(case) == {f"evidence/{header.name}"}


def test_what_is_no_case_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="neither a case folder nor a ledger"):
        verify(tmp_path)


def test_an_interrupted_run_is_a_notice_and_damage_in_it_is_still_named(tmp_path: Path) -> None:
    case = empty(tmp_path / "case")
    copy = tmp_path / "copy"
    with open_case(case, clock=clock, tool_version=VERSION) as folder:
        for number in range(30):
            folder.write([leaving(number), answered(number)])
        copied(case, copy)  # as a power cut would leave it
    found = verify(copy)
    assert (found.interrupted, found.intact, found.answers) == (True, True, 30)
    assert "cannot be compared" in next(change.message.en for change in found.changes if change.where == "case.db")
    body = next((copy / "evidence").glob("*.body"))
    body.write_bytes(b"x")
    assert named(copy) == {f"evidence/{body.name}"}


def copied(source: Path, target: Path) -> None:
    for path in files(source):
        (target / path.relative_to(source)).parent.mkdir(parents=True, exist_ok=True)
        (target / path.relative_to(source)).write_bytes(path.read_bytes())


def test_answers_flushed_just_before_a_kill_are_no_change(case: Path) -> None:
    # Killed between the first file of a run and its first line: the database is still what SHA256SUMS says.
    (case / "case.lock").write_bytes(b"4242\n")
    (case / "evidence" / "000099-abcdefabcdef.body").write_bytes(b"x")
    found = verify(case)
    assert (found.intact, found.interrupted) == (True, True)
    assert "evidence/000099-abcdefabcdef.body" in {change.where for change in found.changes}
    body = next((case / "evidence").glob("0000[0-5]*.body"))
    body.write_bytes(b"y")
    assert named(case) == {f"evidence/{body.name}"}


def test_every_prefix_of_a_log_gives_a_journal_that_sqlite_gives_too(tmp_path: Path) -> None:
    # A log cut anywhere is what a power cut leaves: our reading of it must equal SQLite's own.
    case = empty(tmp_path / "case")
    with open_case(case, clock=clock, tool_version=VERSION) as folder:
        for number in range(6):
            folder.write([leaving(number), answered(number)])
        database, log = (case / "case.db").read_bytes(), (case / "case.db-wal").read_bytes()
    lengths = {0, 10, 32, len(log), *range(1, len(log), 1031)}
    counts = set()
    for number, length in enumerate(sorted(lengths)):
        copy = tmp_path / f"copy{number}"
        copied(case, copy)
        (copy / "case.db").write_bytes(database)
        (copy / "case.db-wal").write_bytes(log[:length])
        with open_case(copy, clock=clock, tool_version=VERSION, readonly=True) as folder:
            ours = folder.entries()
        connection = sqlite3.connect(copy / "case.db")
        theirs = read_entries(connection)
        connection.close()
        assert ours == theirs
        counts.add(len(ours))
    assert counts == {1, 3, 5, 7, 9, 11, 13}


def test_damage_in_a_log_costs_its_tail_and_nothing_else(tmp_path: Path) -> None:
    case = empty(tmp_path / "case")
    with open_case(case, clock=clock, tool_version=VERSION) as folder:
        for number in range(6):
            folder.write([leaving(number)])
        whole = folder.entries()
        copied(case, tmp_path / "copy")
    log = tmp_path / "copy" / "case.db-wal"
    data = bytearray(log.read_bytes())
    data[len(data) // 2] ^= 4
    log.write_bytes(data)
    with open_case(tmp_path / "copy", clock=clock, tool_version=VERSION, readonly=True) as folder:
        assert 1 <= len(folder.entries()) < len(whole)
        assert folder.entries() == whole[: len(folder.entries())]


texts = st.text(max_size=20)


@given(st.lists(st.tuples(st.sampled_from(["note", "query", "run"]), texts), min_size=1, max_size=8), st.data())
def test_any_change_to_one_line_breaks_the_chain(lines: list[tuple[str, str]], data: st.DataObject) -> None:
    chain: list[JournalEntry] = []
    for seq, (kind, payload) in enumerate(lines, start=1):
        previous = chain[-1].hash if chain else "0" * 64
        chain.append(follow(previous, seq=seq, at=AT, kind=kind, payload=payload.encode(errors="replace").decode()))
    assert broken(chain) == ()
    at = data.draw(st.integers(0, len(chain) - 1))
    entry = chain[at]
    changed = JournalEntry(
        seq=entry.seq,
        at=entry.at,
        kind=entry.kind,
        payload=entry.payload + "x",
        previous=entry.previous,
        hash=entry.hash,
    )
    assert broken([*chain[:at], changed, *chain[at + 1 :]]) == (at + 1,)
    assert broken([*chain[:at], *chain[at + 1 :]]) != () or at == len(chain) - 1


def test_the_hash_of_a_line_is_what_the_documentation_says() -> None:
    line = '[2,"2026-11-21T03:04:05.678901Z","note","{\\"text\\":\\"覚え\\"}","' + "0" * 64 + '"]'
    expected = hashlib.sha256(line.encode()).hexdigest()
    payload = '{"text":"覚え"}'
    assert instant_text(AT) == "2026-11-21T03:04:05.678901Z"
    assert entry_hash(seq=2, at=instant_text(AT), kind="note", payload=payload, previous="0" * 64) == expected


def bad_sums() -> Iterator[bytes]:
    line = b"a" * 64 + b"  case.db\n"
    yield line[:-1]
    yield line + line
    yield line.replace(b"  ", b" *")
    yield line.upper()
    yield line.replace(b"\n", b"\r\n")
    yield line + b"\n"
    yield b"\xef\xbb\xbf" + line
    yield line + b"a" * 64 + b"  a.txt\n"
    yield b"\xff" + line


@pytest.mark.parametrize("data", list(bad_sums()))
def test_sums_in_any_other_form_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="line"):
        sums.parse(data)


names = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Z"), exclude_characters="\\"), min_size=1)


@given(st.dictionaries(names, st.binary(min_size=32, max_size=32).map(bytes.hex), max_size=6))
def test_sums_are_read_as_they_are_written(hashes: dict[str, str]) -> None:
    assert sums.parse(sums.render(hashes)) == hashes
