"""Case folders for the tests, made as the tool makes them; run as a script, a writer that says what was acknowledged.

Script: ``keepsakes.py FOLDER COUNT BODY_BYTES [FILE_LIMIT]`` writes one query and one answer after the other, prints
each evidence name once it is kept, and ``error: …`` with exit code 7 when the store refuses.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from ipattr.errors import StoreError
from ipattr.model import Consent, Exchange, Hop, Question, Request
from ipattr.sources.interface import Answered, Leaving
from ipattr.store import create, open_case

AT = datetime(2026, 11, 21, 3, 4, 5, 678901, tzinfo=UTC)
VERSION = "0.1.0"


def clock() -> datetime:
    """Return the one instant of these tests."""
    return AT


def address(number: int) -> str:
    """Return a documentation address."""
    return f"2001:db8::{number:x}"


def leaving(number: int) -> Leaving:
    """Return a query about to leave."""
    url = f"https://rdap.example/ip/{address(number)}"
    request = Request(
        question=Question(source="rdap", kind="ip", subject=address(number)),
        server="example",
        protocol="rdap",
        endpoint=url,
        allowed=("rdap.example:443",),
    )
    return Leaving(request=request, hop=Hop(request=url, server="rdap.example:443", sent=AT))


def answered(number: int, *, size: int = 200) -> Answered:
    """Return an answer with a body of ``size`` bytes that differ by number."""
    seed = hashlib.sha256(str(number).encode()).digest()
    body = (seed * (size // len(seed) + 1))[:size]
    exchange = Exchange(
        question=Question(source="rdap", kind="ip", subject=address(number)),
        server="example",
        protocol="rdap",
        endpoint=f"https://rdap.example/ip/{address(number)}",
        hops=(Hop(request="GET", server="rdap.example:443", connected_to="192.0.2.1:443", sent=AT, status_code=200),),
        sent=AT,
        received=AT + timedelta(seconds=1),
        delivery="complete",
        status_code=200,
        headers=(("content-type", "application/rdap+json"),),
        size=size,
        sha256=hashlib.sha256(body).hexdigest(),
        tool_version=VERSION,
    )
    return Answered(exchange=exchange, body=body)


def empty(folder: Path) -> Path:
    """Make an empty case folder."""
    create(folder, title="試験事件", clock=clock, tool_version=VERSION, data_version="d1")
    return folder


def ledger(folder: Path) -> Path:
    """Make an empty destination ledger."""
    create(folder, title="台帳", clock=clock, tool_version=VERSION, data_version="d1", purpose="ledger")
    return folder


def batch(number: int, *, lines: int = 3) -> bytes:
    """Return lines of JSON that differ by number, as a batch of a capture has them."""
    host = hashlib.sha256(str(number).encode()).hexdigest()[:12]
    return b"".join(b'{"host":"%s.example","line":%d}\n' % (host.encode(), line) for line in range(1, lines + 1))


def observing(folder: Path, *, batches: int = 3) -> Path:
    """Make a ledger with some batches of a capture and one import."""
    ledger(folder)
    with open_case(folder, clock=clock, tool_version=VERSION) as kept:
        for number in range(batches):
            kept.add_observed(batch(number), kind="capture", details={"run": "r1", "batch": number})
        kept.add_input("pdns.jsonl", b"{}\n")
        kept.add_observed(batch(99), kind="import", details={"input": "pdns.jsonl", "form": "cof"})
    return folder


VERSION_ONE = (
    """CREATE TABLE journal (seq INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('case','input','consent','run','query','answer','result','seal','stamp','note')),
    payload TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL)""",  # noqa: E501 - word for word
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TRIGGER journal_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'append-only'); END",
    "CREATE TRIGGER journal_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'append-only'); END",
)


def version_one(folder: Path) -> Path:
    """Make a case folder as the first version made it, byte by byte without the code of today."""
    folder.mkdir(mode=0o700)
    for name in ("evidence", "inputs", "results", "stamps"):
        (folder / name).mkdir(mode=0o700)
    (folder / "README.txt").write_bytes(b"readme\n")
    at = "2026-11-21T03:04:05.678901Z"
    readme = {"path": "README.txt", "sha256": hashlib.sha256(b"readme\n").hexdigest(), "size": 7}
    said = {"data_version": "d1", "files": [readme], "title": "試験事件", "tool_version": "0.1.0"}
    payload = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    line = json.dumps([1, at, "case", payload, "0" * 64], ensure_ascii=False, separators=(",", ":"))
    base = sqlite3.connect(folder / "case.db", isolation_level=None)
    for statement in ("PRAGMA application_id = 1229996372", "PRAGMA user_version = 1", "PRAGMA journal_mode = WAL"):
        base.execute(statement)
    for statement in VERSION_ONE:
        base.execute(statement)
    base.execute("INSERT INTO meta VALUES ('state', 'closed')")
    row = (1, at, "case", payload, "0" * 64, hashlib.sha256(line.encode()).hexdigest())
    base.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?)", row)
    base.close()
    sums = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in ("README.txt", "case.db")
    ]
    (folder / "SHA256SUMS").write_text("".join(sums))
    for path in folder.iterdir():
        path.chmod(0o700 if path.is_dir() else 0o600)
    return folder


def filled(folder: Path, *, answers: int = 30) -> Path:
    """Make a case folder with answers, two inputs, two results and a consent."""
    empty(folder)
    with open_case(folder, clock=clock, tool_version=VERSION) as case:
        case.add_input("開示結果.csv", "日時,IP\n2026-08-01,203.0.113.5\n".encode())
        case.add_input("posts.json", b'{"posts": []}')
        case.consent(
            Consent(purpose="開示請求", sources=("rdap",), mode="exact", expires=date(2026, 12, 31), by="弁護士")
        )
        names = case.write([entry for n in range(answers) for entry in (leaving(n), answered(n, size=50 + 7 * n))])
        hashes = tuple(kept.file.sha256 for kept in case.inputs())
        for number in (1, 2):
            case.add_result(
                b'{"case": %d}\n' % number,
                {"mode": "exact"},
                inputs=hashes,
                evidence=tuple(name for name in names if name),
            )
    return folder


def _main(folder: Path, count: int, size: int, limit: int) -> int:
    if limit:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        with open_case(folder, clock=clock, tool_version=VERSION) as case:
            first = len(case.answers())
            for number in range(first, first + count):
                name = case.write([leaving(number), answered(number, size=size)])[1]
                sys.stdout.write(f"{name}\n")
                sys.stdout.flush()
    except StoreError as error:
        sys.stdout.write(f"error: {error.en}\n")
        return error.exit_code
    return 0


if __name__ == "__main__":
    numbers = [int(text) for text in sys.argv[2:]]
    sys.exit(_main(Path(sys.argv[1]), numbers[0], numbers[1], numbers[2] if len(numbers) > 2 else 0))
