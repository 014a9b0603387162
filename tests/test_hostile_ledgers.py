"""A ledger that others made may say anything: checking it and using it end in one sentence or a named difference."""

from __future__ import annotations

import json
import sqlite3
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from ipattr.cli import main
from ipattr.model import DnsProbe, Observation, Resolution
from ipattr.store import create, layout, open_case, sums
from ipattr.store.journal import entry_hash
from ipattr.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AT = datetime(2026, 11, 21, tzinfo=UTC)
RUN = {"run": 2, "answers": 1}
IMPORT = {"input": "inputs/x", "taking": {"platform": "x", "form": "cof", "source": "s"}, "tool_version": __version__}
SAID_BY_ANY = {0, 1, 3, 8}
"""Exit codes of a command that ran to its end or said why not in one sentence; 70 would be a crash."""


def now() -> datetime:
    return AT


def answer(**fields: Any) -> bytes:  # noqa: ANN401 - any of its own
    given = {
        "probe": DnsProbe(platform="x", host="x.com", rrtype="A"),
        "resolver": "udp://192.0.2.53:53",
        "query": "",
        "hops": (),
        "sent": AT,
        "received": AT,
        "tool_version": __version__,
        "status": "answered",
        "addresses": ("104.244.42.1",),
    }
    return msgspec.json.encode(Resolution(**(given | fields))) + b"\n"


def sighting(**fields: Any) -> bytes:  # noqa: ANN401 - any of its own
    given = {
        "id": "imp:1", "platform": "x", "host": "x.com", "rrtype": "A", "address": "104.244.42.1", "count": 1,
        "first_seen": "2020-01-01", "last_seen": "2020-01-01", "vantage": "", "source": "s", "confidence": "low",
        "cname": "", "status": "kept", "note": "",
    }  # fmt: skip
    return msgspec.json.encode(Observation(**(given | fields))) + b"\n"


def made(folder: Path, lines: bytes, *, kind: Any = "capture", details: Any = RUN, title: str = "") -> Path:  # noqa: ANN401
    """Make a ledger with one observed file whose every hash holds."""
    create(folder, title=title, clock=now, tool_version=__version__, data_version="", purpose="ledger")
    with open_case(folder, clock=now, tool_version=__version__) as kept:
        kept.add_observed(lines, kind=kind, details=details)
    return folder


def forged(folder: Path, change: Callable[[str], str]) -> Path:
    """Change what the journal says of the observed file, and make every hash fit."""
    made(folder, answer())
    base = sqlite3.connect(folder / "case.db", isolation_level=None)
    base.execute("PRAGMA journal_mode = DELETE")
    rows = base.execute("SELECT at, kind, payload FROM journal ORDER BY seq").fetchall()
    triggers = base.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        base.execute(f"DROP TRIGGER {name}")
    base.execute("DELETE FROM journal")
    previous = "0" * 64
    for seq, (at, kind, told) in enumerate(rows, start=1):
        payload = change(told) if kind == "observed" else told
        line = {"seq": seq, "at": at, "kind": kind, "payload": payload, "previous": previous}
        digest = entry_hash(**line)
        base.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?)", (*line.values(), digest))
        previous = digest
    for _, statement in triggers:
        base.execute(statement)
    base.execute("PRAGMA journal_mode = WAL")
    base.close()
    summed(folder)
    return folder


def summed(folder: Path) -> None:
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != layout.SUMS]
    hashes = {path.relative_to(folder).as_posix(): layout.sha256(path.read_bytes()) for path in files}
    (folder / layout.SUMS).write_bytes(sums.render(hashes))


def endless(folder: Path) -> Path:
    """Put a view without an end where the journal was."""
    made(folder, answer())
    base = sqlite3.connect(folder / "case.db", isolation_level=None)
    base.execute("PRAGMA journal_mode = DELETE")
    base.execute("ALTER TABLE journal RENAME TO other")
    base.execute(
        "CREATE VIEW journal AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) "
        "SELECT n AS seq, '' AS at, 'case' AS kind, '{}' AS payload, '' AS previous, '' AS hash FROM r"
    )
    base.execute("PRAGMA journal_mode = WAL")
    base.close()
    summed(folder)
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Return how a command is run; it must end by itself, in one sentence where it has nothing to show."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def call(*words: object) -> int:
        code = main([*map(str, words), "--lang", "en"])
        captured = capsys.readouterr()
        assert code in SAID_BY_ANY, (code, captured.err)
        assert captured.out or len(captured.err.strip().splitlines()) == 1
        assert not {"\x1b", "\u202e", "\x07"} & set(captured.out + captured.err)
        return code

    return call


CRAFTED: dict[str, Callable[[Path], Path]] = {
    "no run": lambda folder: made(folder, answer(), details={}),
    "a run that is no number": lambda folder: made(folder, answer(), details={"run": [2]}),
    "no line of ours": lambda folder: made(folder, b"nonsense\n"),
    "no JSON to any end": lambda folder: made(folder, b'{"a":' * 100_000 + b"\n"),
    "nested in vain": lambda folder: made(folder, answer()[:-2] + b',"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"),
    "a field twice": lambda folder: made(folder, answer()[:-2] + b',"status":"nodata"}\n'),
    "a number of 5000 digits": lambda folder: made(folder, answer()[:-2] + b',"ttl":' + b"9" * 5000 + b"}\n"),
    "100000 addresses": lambda folder: made(
        folder, answer(addresses=tuple(f"104.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in range(100_000)))
    ),
    "an address that is none": lambda folder: made(folder, answer(addresses=("nonsense",))),
    "the first year": lambda folder: made(folder, answer(received=datetime(1, 1, 1, tzinfo=UTC))),
    "the last year": lambda folder: made(folder, answer(received=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))),
    "an import at no time": lambda folder: made(
        folder, sighting(first_seen="x", last_seen="9999-99-99"), kind="import", details=IMPORT
    ),
    "an import to the end of days": lambda folder: made(
        folder, sighting(last_seen="9999-12-31"), kind="import", details=IMPORT
    ),
    "an import backwards in time": lambda folder: made(
        folder, sighting(first_seen="2021-01-01"), kind="import", details=IMPORT
    ),
    "an import of no address": lambda folder: made(folder, sighting(address="zzz"), kind="import", details=IMPORT),
    "another platform": lambda folder: made(
        folder, answer(probe=DnsProbe(platform="nowhere", host="x.com", rrtype="A"))
    ),
    "what acts on a terminal": lambda folder: made(
        folder, answer(vantage="\x1b[31m\u202e", resolver="\x1b]0;t\x07"), title="\x1b[31m\u202e\x07"
    ),
    "an import without its file": lambda folder: made(folder, sighting(), kind="import", details=IMPORT),
    "an import of nobody knows what": lambda folder: made(folder, sighting(), kind="import", details={}),
    "another kind": lambda folder: forged(folder, lambda told: told.replace('"capture"', '"other"')),
    "a file outside": lambda folder: forged(folder, lambda told: told.replace("observed/", "../../observed/")),
    "a device": lambda folder: forged(folder, lambda told: told.replace("observed/000002.jsonl", "/dev/zero")),
    "a name that is none": lambda folder: forged(folder, lambda told: told.replace("observed/", "observed/\\u0000")),
    "a folder": lambda folder: forged(folder, lambda told: told.replace("observed/000002.jsonl", "observed")),
    "details without end": lambda folder: forged(
        folder, lambda told: told.replace('"run":2', '"run":' + "[" * 100_000 + "]" * 100_000)
    ),
    "no file": lambda folder: forged(
        folder, lambda told: json.dumps({**json.loads(told), "files": []}, separators=(",", ":"))
    ),
    "a journal without end": endless,
}


@pytest.mark.parametrize("make", CRAFTED.values(), ids=CRAFTED)
def test_whatever_a_ledger_says_using_and_checking_it_end_in_words(
    run: Callable[..., int], tmp_path: Path, make: Callable[[Path], Path]
) -> None:
    ledger = make(tmp_path / "ledger")
    assert run("verify", ledger) in {1, 8}
    run("destinations", "x", "--ledger", ledger, "--host", "x.com", "--format", "table")


@pytest.mark.parametrize(
    "name", ["no run", "no line of ours", "an import of nobody knows what", "a file outside", "a journal without end"]
)
def test_what_this_program_never_writes_is_a_named_difference(
    run: Callable[..., int], tmp_path: Path, name: str
) -> None:
    assert run("verify", CRAFTED[name](tmp_path / "ledger")) == 8


@pytest.mark.skipif(sys.platform == "win32", reason="no symbolic links for everybody there")
def test_a_file_outside_is_not_opened_though_its_hash_is_known(run: Callable[..., int], tmp_path: Path) -> None:
    (tmp_path / "secret.jsonl").write_bytes(answer())
    ledger = forged(tmp_path / "ledger", lambda told: told.replace("observed/000002.jsonl", "../secret.jsonl"))
    assert run("destinations", "x", "--ledger", ledger, "--host", "x.com") == 8
