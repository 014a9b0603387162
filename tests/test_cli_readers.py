"""Reading at the command line: archives, corrections, repairs, free text, and the question which column is which."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

import ipattr as package

ROOT = Path(__file__).resolve().parent.parent
AS_OF = ("--as-of", "2026-11-21")
LOG = "time,ip\n2026-08-01T00:00:00Z,1.66.100.45\n"
ODD = "When,Where,Who\n2026-08-01T00:00:00Z,1.66.100.45,a\n2026-08-02T00:00:00Z,1.66.100.46,b\n"
# A record as a scanner leaves it: l for I, l for 1, and one that is clean.
OCR = (
    "“ipAudit” : {\n“accountId” : “235505178”,\n“createdAt” : “2024-05-01T11:20:31.000Z”,\n"
    "“loginlp” : “1.66.l00.45”\n}\n"
    "“ipAudit” : {\n“accountId” : “235505178”,\n“createdAt” : “2024-05-02T11:20:31.000Z”,\n"
    "“loginIp” : “1.66.100.46”\n}\n"
)


def run(*arguments: str, stdin: bytes = b"", **extra: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process with a small environment of its own."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "ipattr", *arguments],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env=kept | {"LC_ALL": "C.UTF-8"} | extra,
        input=stdin.decode(),
        encoding="utf-8",
    )


def test_an_archive_with_a_member_that_is_not_read_ends_with_one(tmp_path: Path) -> None:
    file = tmp_path / "all.zip"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("log.csv", LOG)
    assert run("read", str(file), "--format", "json").returncode == 0
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("note.txt", "hello\n")
    for command in (("read", str(file)), ("lookup", str(file), *AS_OF)):
        done = run(*command, "--format", "json")
        assert done.returncode == 1, done.stderr
        assert "IPA701 all.zip!note.txt was not read." in done.stderr
        assert json.loads(done.stdout)["counts"]["rows"] == 1


def test_differences_to_the_superseded_disclosure_are_printed_and_kept(tmp_path: Path) -> None:
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text(LOG, encoding="utf-8")
    new.write_text(LOG.replace("100.45", "100.99"), encoding="utf-8")
    done = run("lookup", str(new), "--supersedes", str(old), *AS_OF, "--format", "json")
    assert "IPA705 new.csv supersedes old.csv" in done.stderr
    assert "IPA708 changed: ip 1.66.100.45 → 1.66.100.99" in done.stderr
    case = json.loads(done.stdout)
    assert [f["code"] for f in case["findings"] if f["code"].startswith("IPA70")] == ["IPA705", "IPA708"]
    assert len(case["rows"]) == 1
    assert "IPA708" in run("read", str(new), "--supersedes", str(old), "--format", "table").stdout
    same = run("read", str(new), "--supersedes", str(new))
    assert (same.returncode, same.stdout) == (2, "")
    kept = new.read_bytes()
    assert run("read", str(new), "--supersedes", str(old), "-o", str(old.with_suffix(".txt"))).returncode == 0
    assert run("lookup", str(new), "--supersedes", str(old), *AS_OF, "-o", str(old)).returncode == 2
    assert new.read_bytes() == kept


def test_a_row_pending_a_repair_is_in_review_and_in_every_output(tmp_path: Path) -> None:
    file = tmp_path / "ocr.txt"
    file.write_text(OCR, encoding="utf-8")
    saved = tmp_path / "case.json"
    done = run("lookup", str(file), *AS_OF, "-o", str(saved))
    assert done.returncode == 1
    assert done.stderr.startswith("read 2 rows = 1 ok + 1 review + 0 rejected\n")
    case = json.loads(saved.read_text(encoding="utf-8"))
    assert len(case["rows"]) == len(case["pending"]) == 1
    for to in ("table", "csv", "jsonl"):
        text = run("report", str(saved), "--format", to).stdout
        assert "1.66.l00.45" in text, to
        assert "1.66.100.45" in text, to
    lines = list(
        csv.DictReader(io.StringIO(run("report", str(saved), "--format", "csv").stdout.removeprefix("\ufeff")))
    )
    (row,) = (line for line in lines if line["status"] == "pending")
    assert (row["ip"], row["utc"], row["addressee"]) == ("", "", "")
    assert "ip: 1.66.l00.45 → 1.66.100.45 [" in row["repairs"]
    assert "1.66.l00.45" in run("read", str(file), "--format", "table").stdout


def test_an_accepted_repair_is_marked_in_every_output(tmp_path: Path) -> None:
    file = tmp_path / "ocr.txt"
    file.write_text(OCR, encoding="utf-8")
    saved = tmp_path / "case.json"
    assert run("lookup", str(file), "--accept-repairs", *AS_OF, "-o", str(saved)).returncode == 1
    case = json.loads(saved.read_text(encoding="utf-8"))
    assert (len(case["rows"]), case["pending"]) == (2, [])
    assert [len(row["login"]["repairs"]) > 0 for row in case["rows"]] == [True, False]
    for command in (("report", str(saved), "--format", "table"), ("explain", str(saved), "1")):
        text = run(*command).stdout
        assert "1.66.l00.45" in text
        assert "epair" in text
    assert "repaired" in run("read", str(file), "--accept-repairs", "--format", "table").stdout
    assert '"repairs":[{' in run("report", str(saved), "--format", "jsonl").stdout


@pytest.mark.parametrize("accepted", [False, True])
def test_repairs_survive_our_own_csv(tmp_path: Path, *, accepted: bool) -> None:
    file, out = tmp_path / "ocr.txt", tmp_path / "out.csv"
    file.write_text(OCR, encoding="utf-8")
    first = package.read([file], accept_repairs=accepted)
    run("lookup", str(file), *(["--accept-repairs"] * accepted), *AS_OF, "-o", str(out))
    again = package.read([out])
    assert again.counts == first.counts
    shown = [
        [[(r.field, r.raw, r.proposed, r.rule) for r in row.repairs] for row in (*reading.events, *reading.pending)]
        for reading in (first, again)
    ]
    assert shown[0] == shown[1]
    assert any(shown[0])
    assert [event.address.text for event in again.events] == [event.address.text for event in first.events]
    assert [event.address.raw for event in again.events] == [event.address.raw for event in first.events]


def test_free_text_is_searched_and_read(tmp_path: Path) -> None:
    text = "Mail of Monday\nOn 2026-08-01T00:00:00Z from 1.66.100.45 port 4444.\n\nAlso =2400:4050::1\n"
    file = tmp_path / "mail.txt"
    file.write_text(text, encoding="utf-8")
    found = run("grep", str(file), "--format", "table")
    assert found.returncode == 0
    assert found.stdout.splitlines()[:2] == [
        "mail.txt:2:4\ttime\t2026-08-01T00:00:00Z\t2026-08-01T00:00:00Z",
        "mail.txt:2:30\tip\t1.66.100.45\t1.66.100.45",
    ]
    rows = list(csv.DictReader(io.StringIO(run("grep", str(file), "--format", "csv").stdout.removeprefix("\ufeff"))))
    assert [row["kind"] for row in rows][:2] == ["time", "ip"]
    assert len(json.loads(run("grep", "-", stdin=text.encode()).stdout)) == len(rows)
    done = run("read", "-", stdin=text.encode())
    reading = json.loads(done.stdout)
    assert reading["inputs"][0]["form"] == "pasted"
    assert reading["counts"] == {"rows": 2, "ok": 1, "review": 0, "rejected": 1}
    assert done.returncode == 1


def test_the_forms_are_listed_in_both_languages() -> None:
    lines = run("forms").stdout.splitlines()
    names = [line.partition("\t")[0] for line in lines]
    assert names == [form.name for form in package.forms()]
    assert len(set(names)) == len(names)
    for name in ("x-return", "table", "sheet", "word-table", "pdf", "2ch", "meta-html", "google-html", "pasted"):
        assert name in names
        assert run("read", "-", "--form", name, stdin=b"x").returncode != 2
    assert run("forms", "--lang", "ja").stdout != run("forms").stdout


def test_an_unknown_header_in_a_pipe_is_one_clear_error(tmp_path: Path) -> None:
    file = tmp_path / "odd.csv"
    file.write_text(ODD, encoding="utf-8")
    done = run("read", str(file))
    assert done.returncode == 3
    assert done.stdout == ""
    assert "which column is the time" in done.stderr
    assert "When, Where, Who" in done.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["odd.csv"]


def at_terminal(answers: str, *arguments: str) -> tuple[str, str, int]:
    """Run the command at a terminal (stdin and stderr); return its output, what it said, and its code."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    try:
        with subprocess.Popen(
            [sys.executable, "-m", "ipattr", *arguments],
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=theirs,
            cwd=ROOT,
            env=kept | {"LC_ALL": "C.UTF-8"},
        ) as process:
            os.close(theirs)
            os.write(ours, answers.encode())
            assert process.stdout is not None
            output = process.stdout.read().decode()
            code = process.wait(timeout=30)
        said = b""
        while True:
            try:
                chunk = os.read(ours, 65536)
            except OSError:  # the other side is closed: everything was read
                break
            if not chunk:
                break
            said += chunk
        return output, said.decode(), code
    finally:
        os.close(ours)


def test_an_unknown_header_is_asked_for_once_and_remembered_beside_the_input(tmp_path: Path) -> None:
    file = tmp_path / "odd.csv"
    file.write_text(ODD, encoding="utf-8")
    output, said, code = at_terminal("9\n1\n2\n", "read", str(file), "--format", "json")
    assert code == 0, said
    assert "1) When  (e.g. 2026-08-01T00:00:00Z / 2026-08-02T00:00:00Z)" in said
    assert said.count("Which column is the time?") == 2
    assert said.count("Which column is the address?") == 1
    first = json.loads(output)
    kept = tmp_path / "odd.csv.ipattr-map.json"
    digest = hashlib.sha256(kept.read_bytes()).hexdigest()
    assert "1.66.100.45" not in kept.read_text(encoding="utf-8")
    assert first["inputs"][0]["mapping_source"] == "given"
    assert any(f["code"] == "IPA704" and digest in f["message"]["en"] for f in first["findings"])
    again = json.loads(run("read", str(file)).stdout)
    assert again["inputs"][0]["mapping_source"] == "remembered"
    assert again["inputs"][0]["mapping"] == {"time": "When", "ip": "Where"}
    assert any(f["code"] == "IPA704" and digest in f["message"]["en"] for f in again["findings"])
    assert again["events"] == first["events"]
    kept.write_text("{}x", encoding="utf-8")
    assert run("read", str(file)).returncode == 3


def test_no_answer_ends_with_the_error_and_keeps_nothing(tmp_path: Path) -> None:
    file = tmp_path / "odd.csv"
    file.write_text(ODD, encoding="utf-8")
    output, said, code = at_terminal("\n", "read", str(file), "--format", "json")
    assert (output, code) == ("", 3)
    assert "--map time=" in said
    assert [entry.name for entry in tmp_path.iterdir()] == ["odd.csv"]


def test_what_takes_long_says_so_on_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    from ipattr import console

    with console.Progress("en") as progress:
        progress.tell("large\x1b[31m.xlsx")
        time.sleep(2.2)
    said = capfd.readouterr().err
    assert said.startswith("reading 'large\\x1b[31m.xlsx' … 2 s\n")
    with console.Progress("ja") as progress:
        progress.tell("x.pdf")
    assert capfd.readouterr().err == ""


TWICE = "time,ip,port,account_id\n2026-08-01T00:00:00Z,1.66.100.45,5000,12345\n"


@pytest.mark.parametrize("suffix", ["json", "jsonl"])
def test_a_result_given_as_a_log_is_refused(tmp_path: Path, suffix: str) -> None:
    file, result = tmp_path / "log.csv", tmp_path / f"c.{suffix}"
    file.write_text(LOG, encoding="utf-8")
    assert run("lookup", str(file), *AS_OF, "-o", str(result)).returncode == 0
    pretty = tmp_path / "pretty.json"
    pretty.write_text(run("read", str(file), "--format", "json", "--pretty").stdout, encoding="utf-8")
    for arguments in (("lookup", str(result), *AS_OF), ("lookup", str(file), "--posts", str(result), *AS_OF)):
        done = run(*arguments)
        assert (done.returncode, done.stdout) == (3, "")
        assert "This is a result of ipattr, not a log: use ipattr report or ipattr explain" in done.stderr
    done = run("lookup", str(pretty), *AS_OF)
    assert (done.returncode, done.stdout) == (3, "")
    assert "hand in the log itself" in done.stderr


def test_a_login_that_stands_twice_is_said_and_kept(tmp_path: Path) -> None:
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text(TWICE + TWICE.splitlines()[1] + "\n2026-08-01T00:00:00Z,1.66.100.45,5001,12345\n", encoding="utf-8")
    two.write_text(TWICE + "\n\n", encoding="utf-8")
    done = run("lookup", str(one), str(two), *AS_OF, "--format", "json")
    case = json.loads(done.stdout)
    (found,) = [f for f in case["findings"] if f["code"] == "IPA720"]
    assert found["level"] == "warning"
    assert "3 rows in 1 group have" in found["message"]["en"]
    assert "No. 1 (one.csv:2) = No. 2 (one.csv:3) = No. 4 (two.csv:2)" in found["message"]["en"]
    assert case["counts"]["rows"] == len(case["rows"]) == 4
    assert "IPA720" in done.stderr
    assert "IPA720" not in run("lookup", str(two), *AS_OF, "--format", "json").stdout


def without_stdin(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command with its standard input closed, as ``<&-`` leaves it."""
    return subprocess.run(
        ["/bin/sh", "-c", 'exec "$0" -m ipattr "$@" <&-', sys.executable, *arguments],
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
        encoding="utf-8",
    )


def test_a_closed_standard_input_is_one_sentence(tmp_path: Path) -> None:
    for command in ("lookup", "read", "grep"):
        done = without_stdin(command, "-")
        assert (done.returncode, done.stdout) == (2, ""), done.stderr
        assert done.stderr == "Standard input (-) was named, but nothing is connected to it.\n"
    assert without_stdin("report", "-").returncode == 3
    file = tmp_path / "log.csv"
    file.write_text(LOG, encoding="utf-8")
    assert without_stdin("read", str(file)).returncode == 0


def test_a_link_that_leads_nowhere_cannot_be_opened(tmp_path: Path) -> None:
    loop = tmp_path / "loop.csv"
    loop.symlink_to(loop)
    for path in (loop, loop / "below.csv"):
        done = run("lookup", str(path), *AS_OF)
        assert (done.returncode, done.stdout) == (3, "")
        assert "cannot be opened (" in done.stderr
    gone = tmp_path / "gone.csv"
    gone.symlink_to(tmp_path / "nothing.csv")
    assert run("lookup", str(gone), *AS_OF).returncode == 3
    assert run("lookup", str(tmp_path / "nothing.csv"), *AS_OF).returncode == 2


def test_a_log_given_as_posts_is_refused_or_said(tmp_path: Path) -> None:
    log, odd = tmp_path / "log.csv", tmp_path / "odd.csv"
    log.write_text(LOG, encoding="utf-8")
    done = run("lookup", str(log), "--posts", str(log), *AS_OF)
    assert (done.returncode, done.stdout) == (3, "")
    assert "looks like a login log" in done.stderr
    odd.write_text("url,ip\nhttps://x.com/a/status/1790000000123456789,1.66.100.45\n", encoding="utf-8")
    found = json.loads(run("read", str(odd), "--kind", "posts").stdout)
    assert [(f["code"], f["level"]) for f in found["findings"] if f["code"] == "IPA185"] == [("IPA185", "warning")]
    assert len(found["posts"]) == 1


def test_a_suffix_that_differs_from_the_format_is_said(tmp_path: Path) -> None:
    log, out = tmp_path / "log.csv", tmp_path / "x.json"
    log.write_text(LOG, encoding="utf-8")
    done = run("lookup", str(log), *AS_OF, "-o", str(out), "--format", "csv")
    assert done.returncode == 0
    assert "the suffix is that of another format; it was written as csv" in done.stderr
    assert "ipattr_schema" in out.read_text(encoding="utf-8-sig").splitlines()[0]
    done = run("lookup", str(log), *AS_OF, "-o", str(out), "--format", "json")
    assert "suffix" not in done.stderr


def test_a_file_name_with_control_characters_is_inert_in_csv(tmp_path: Path) -> None:
    log = tmp_path / "a\x1b[31m.csv"
    log.write_text(LOG + "2026-08-01T00:00:00Z,x\n", encoding="utf-8")
    done = run("lookup", str(log), *AS_OF, "--format", "csv")
    assert "\x1b" not in done.stdout
    assert {row["file"] for row in csv.DictReader(io.StringIO(done.stdout.lstrip("\ufeff")))} == {"a\\x1b[31m.csv"}


def test_what_is_remembered_is_for_the_owner_alone(tmp_path: Path) -> None:
    odd = tmp_path / "odd.csv"
    odd.write_text(ODD, encoding="utf-8")
    done = run("read", str(odd), "--map", "time=When,ip=Where", "--format", "json", XDG_CONFIG_HOME=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "ipattr" / "mappings.json").stat().st_mode & 0o777 == 0o600
    asked = tmp_path / "asked.csv"
    asked.write_text(ODD, encoding="utf-8")
    at_terminal("1\n2\n", "read", str(asked), "--format", "json")
    assert (tmp_path / "asked.csv.ipattr-map.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["1.66.100.45\n2001:db8::1\n", "IP\n1.66.100.45\n", "1.66.100.45\n"])
def test_a_file_of_bare_addresses_is_told_where_they_go(tmp_path: Path, text: str) -> None:
    file = tmp_path / "a.txt"
    file.write_text(text, encoding="utf-8")
    done = run("lookup", str(file), *AS_OF)
    assert (done.returncode, done.stdout) == (3, "")
    assert "write addresses as arguments (ipattr lookup 192.0.2.1 …)" in done.stderr


@pytest.mark.parametrize("form", ["x-return", "pasted", "table", "x-archive", "linkedin", "takeout", "2ch"])
def test_a_declared_form_without_a_record_is_refused(tmp_path: Path, form: str) -> None:
    file = tmp_path / "a.txt"
    file.write_text("hello\nworld\n", encoding="utf-8")
    done = run("read", str(file), "--form", form, "--format", "json")
    assert done.returncode == (1 if form == "2ch" else 3), done.stderr
    if form in {"x-return", "pasted"}:
        assert f"Declared as {form}, but there is not one record of that form in it." in done.stderr


def test_read_shows_the_whole_record_of_a_rejected_row(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("time,ip,memo\n2026-08-01T00:00:00Z,1.66.100,the memo\n", encoding="utf-8")
    shown = run("read", str(file), "--format", "table").stdout
    assert "time 2026-08-01T00:00:00Z" in shown
    assert "memo the memo" in shown
    lines = run("lookup", str(file), *AS_OF, "--format", "jsonl").stdout.splitlines()
    (reject,) = [row["reject"] for row in map(json.loads, lines) if row["type"] == "reject"]
    assert {cell["column"]: cell["raw"] for cell in reject["record"]} == {
        "time": "2026-08-01T00:00:00Z",
        "ip": "1.66.100",
        "memo": "the memo",
    }
