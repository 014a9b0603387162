"""The destination commands in everyday use: what people type, what they are told, and what every output says of it."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from test_ledger_cli import EXAMPLE, Done, run

from ipattr.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["run"]

AT = ("--at", "2025-03-11T12:00Z", "--host", "twitter.com")


def took(run: Callable[..., Done], ledger: Path, *files: Path, to: str = "table") -> Done:
    """Import hosts files that somebody dated 2018-05-01."""
    return run(
        "destinations", "import", "X", *files, "--ledger", ledger, "--form", "hosts", "--source", "a public page",
        "--observed-at", "2018-05-01", "--format", to,
    )  # fmt: skip


def hosts_file(folder: Path, name: str, *lines: str) -> Path:
    """Write a hosts file."""
    file = folder / name
    file.write_text("".join(f"{line}\n" for line in lines))
    return file


@pytest.mark.parametrize(("locale", "said"), [("ja_JP.UTF-8", "プラットフォーム"), ("C.UTF-8", "Name a platform")])
def test_without_a_platform_one_sentence_says_what_to_type(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, locale: str, said: str
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    assert main(["destinations"]) == 2
    told = capsys.readouterr().err.strip()
    assert said in told
    assert "\n" not in told


@pytest.mark.parametrize("platform", ["x", "X", " X "])
def test_a_platform_is_known_however_it_is_capitalised(run: Callable[..., Done], platform: str) -> None:
    assert run("destinations", platform, *AT, "--format", "json").json["platform"] == "x"


@pytest.mark.parametrize(
    "typed",
    [
        ("2025-03-10 23:00 JST",),
        ("2025-03-10T23:00+09:00",),
        ("2025-03-10 23:00", "--tz", "JST"),
        ("令和7年3月10日 23時00分", "--tz", "JST"),
        ("２０２５年３月１０日 ２３:００", "--tz", "JST"),
        ("2025/3/10 23:00", "--tz", "Asia/Tokyo"),
        ("2025-03-10T14:00Z", "--tz", "JST"),
    ],
)
def test_an_instant_may_be_typed_as_people_write_it(run: Callable[..., Done], typed: tuple[str, ...]) -> None:
    found = run("destinations", "x", "--host", "twitter.com", "--at", *typed, "--format", "json")
    assert [row["at"] for row in found.json["rows"]] == ["2025-03-10T14:00:00Z"]


def test_several_instants_are_answered_in_their_order(run: Callable[..., Done]) -> None:
    instants = ("2026-08-22T03:00Z", "2024-06-17T06:04Z", "2026-08-22T03:00Z")
    asked = [word for instant in instants for word in ("--at", instant)]
    found = run("destinations", "x", *asked, "--format", "json").json
    assert [row["label"] for row in found["rows"]] == list(instants)
    assert found["rows"][0]["set"] == found["rows"][2]["set"] != found["rows"][1]["set"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*AT, "--host", "https://x.com/"), "no host name"),
        ((*AT, "--host", ""), "no host name"),
        ((*AT, "--epoch", "ms"), "--epoch"),
        (("--at", "1741561200"), "Digits alone"),
        (("--at", "20250310", "--tz", "JST"), "Digits alone"),
        (("--at", "2025-02-30", "--tz", "JST"), "2025-02-30"),
        (("--at", "3/10/2025", "--tz", "JST"), "3/10/2025"),
        (("--at", ""), "empty"),
        (("--at", "2025-03-10T23:00Z", "--tz", "XYZ"), "XYZ"),
        ((*AT, "--map", "time=t"), "--map"),
        (("--log", EXAMPLE, "--family", "6"), "--family"),
        ((*AT, "--format", "clause", "-o", "clause.docx"), ".txt"),
        ((*AT, "-o", "out.xlsx"), "out.xlsx"),
        ((*AT, "-o", "out.jsonl"), "out.jsonl"),
    ],
)
def test_what_would_have_no_effect_or_another_one_is_refused(  # noqa: PLR0917 - fixtures and one row of the table
    run: Callable[..., Done],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[object, ...],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("destinations", "x", *words)
    assert (done.code, done.out) == (2, "")
    assert said in done.said
    assert len(done.said.strip().splitlines()) == 1
    assert not list(tmp_path.glob("*.*"))


@pytest.mark.parametrize(
    ("name", "options", "begins"),
    [
        ("t.txt", (), "Destination candidates"),
        ("t.md", (), "# Destination candidates"),
        ("t.csv", (), '\ufeff"schema"'),
        ("t.json", (), '{"schema_version"'),
        ("clause.txt", ("--format", "clause"), "Candidates"),
    ],
)
def test_the_suffix_decides_on_the_form_and_a_clause_is_text(  # noqa: PLR0917 - fixtures and one row of the table
    run: Callable[..., Done], tmp_path: Path, name: str, options: tuple[str, ...], begins: str
) -> None:
    done = run("destinations", "x", *AT, *options, "-o", tmp_path / name)
    assert (done.code, done.out, done.said) == (0, "", "")
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert begins.lower() in text[:120].lower()


def test_a_list_of_everything_has_both_ip_versions(run: Callable[..., Done]) -> None:
    listed = run("destinations", "x", "--format", "json").json
    assert {"family", "time"} <= set(listed["without"])
    assert set(run("destinations", "x", "--family", "6", "--format", "json").json["without"]) == {"time"}
    text = run("destinations", "x", "--format", "table").out
    assert "all times" in text
    assert "To the connection" not in text


def test_a_log_with_rejected_rows_accounts_for_each_and_ends_as_lookup_does(run: Callable[..., Done]) -> None:
    for name in ("x-log-utc.csv", "x-return.docx"):
        log = EXAMPLE.parent / name
        looked = run("lookup", log, "--as-of", "2026-11-21", "--format", "json")
        found = run("destinations", "x", "--log", log, "--format", "table")
        assert found.code == looked.code == 1
        counts = looked.json["counts"]
        assert f"read {counts['rows']} rows = {counts['ok']} ok + " in found.out
        for reject in looked.json["rejects"]:
            assert f"{reject['code']} {reject['reason']['en']}" in " ".join(found.out.split())
        rows = csv.DictReader(io.StringIO(run("destinations", "x", "--log", log, "--format", "csv").out[1:]))
        assert sum(row["status"] == "rejected" for row in rows) == counts["rejected"]


def test_the_word_of_the_carrier_is_used_on_request(run: Callable[..., Done]) -> None:
    clause = run("destinations", "x", *AT, "--for", "docomo", "--format", "clause", "--full-width")
    assert clause.code == 0
    assert "受信元IPアドレス" in clause.out
    assert "１６２．１５９．１４０．２２９" in clause.out


def test_what_was_taken_in_before_a_file_that_cannot_be_is_told(run: Callable[..., Done], tmp_path: Path) -> None:
    first = hosts_file(tmp_path, "first.txt", "104.244.42.193 twitter.com")
    done = took(run, tmp_path / "ledger", first, tmp_path / "missing.txt", to="json")
    assert done.code == 3
    assert [one["taken"] for one in done.json] == [1]
    assert "missing.txt" in done.said
    twice = took(run, tmp_path / "other", first, first)
    assert twice.code == 2
    assert not (tmp_path / "other").exists()


def test_an_import_says_that_rows_were_read_not_that_they_were_accepted(
    run: Callable[..., Done], tmp_path: Path
) -> None:
    file = hosts_file(tmp_path, "hosts.txt", "104.244.42.193 twitter.com", "127.0.0.1 twitter.com", "nonsense")
    done = took(run, tmp_path / "ledger", file)
    assert done.code == 1
    assert "3 rows = 2 read + 1 unreadable + 0 about other things" in done.out
    assert "2 (1 kept, 1 rejected)" in done.out


def test_the_journal_of_a_ledger_can_be_read_by_people(run: Callable[..., Done], tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    took(run, ledger, hosts_file(tmp_path, "hosts.txt", "104.244.42.193 twitter.com"))
    (line,) = [one for one in run("case", "log", ledger, "--format", "table").out.splitlines() if "\tobserved\t" in one]
    assert 'import x hosts "a public page": 1 rows = 1 read + 0 unreadable + 0 other observed/' in line


@pytest.fixture
def with_ledger(run: Callable[..., Done], tmp_path: Path) -> tuple[Path, str]:
    """Return a log of two logins, and the case made of it with a ledger that speaks of the first."""
    ledger, log = tmp_path / "ledger", tmp_path / "log.csv"
    took(run, ledger, hosts_file(tmp_path, "hosts.txt", "104.244.42.193 twitter.com"))
    log.write_text("time,ip\n2018-05-01T12:00:00Z,1.72.0.10\n2026-08-22T03:00:00Z,1.72.0.11\n")
    case = tmp_path / "case.json"
    done = run("lookup", log, "--ledger", ledger, "--without", "client", "--as-of", "2026-11-21", "-o", case)
    assert done.code == 0, done.said
    return case, json.loads(case.read_text(encoding="utf-8"))["ledgers"][0]["head"]


def test_every_form_of_a_result_names_the_ledgers_it_rests_on(
    run: Callable[..., Done], with_ledger: tuple[Path, str], tmp_path: Path
) -> None:
    case, head = with_ledger
    table = run("report", case, "--format", "table").out
    assert head in table
    assert "candidates seen in the office's own ledgers: 1 addresses (No.1)" in table
    assert "narrowing turned off: client" in table
    file = tmp_path / "result.csv"
    run("report", case, "--format", "csv", "-o", file)
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    assert [row["own_candidates"] for row in rows] == ["104.244.42.193", ""]
    assert all(head in row["own_ledgers"] and row["narrowing_off"] == "client" for row in rows)
    first = json.loads(run("report", case, "--format", "jsonl").out.splitlines()[0])
    assert first["ledgers"][0]["head"] == head
    assert first["without"] == ["client"]
    assert head in run("explain", case, "1").out
    assert "104.244.42.193" in run("explain", case, "1").out.split("seen there: ")[1].splitlines()[0]
    assert run("read", file, "--format", "json").json["counts"]["ok"] == 2


def test_a_result_without_ledgers_says_nothing_of_them(run: Callable[..., Done], tmp_path: Path) -> None:
    case = tmp_path / "case.json"
    run("lookup", EXAMPLE, "--as-of", "2026-11-21", "-o", case)
    assert "own ledgers" not in run("report", case, "--format", "table").out
    assert "own_ledgers" not in run("report", case, "--format", "csv").out.splitlines()[0]


def test_a_plain_lookup_loads_nothing_of_ledgers_captures_or_stores() -> None:
    code = (
        "import io, sys\nfrom ipattr.cli import main\nout, sys.stdout = sys.stdout, io.TextIOWrapper(io.BytesIO())\n"
        f"main(['lookup', {str(EXAMPLE)!r}, '--as-of', '2026-11-21', '--format', TO])\nsys.stdout = out\n"
        "print(' '.join(sorted(sys.modules)))"
    )
    for to in ("table", "csv"):
        done = subprocess.run(
            [sys.executable, "-c", f"TO = {to!r}\n{code}"], capture_output=True, check=True, encoding="utf-8"
        )
        loaded = set(done.stdout.split())
        assert "ipattr.case" in loaded
        heavy = ("ipattr.casework", "ipattr.sources", "ipattr.store", "ipattr.renderers.destinations", "dns", "asyncio")
        assert not [name for name in loaded if name in heavy or name.startswith(tuple(f"{one}." for one in heavy))]
