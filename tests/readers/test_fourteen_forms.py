"""One disclosure in fourteen forms comes to the same logins; what a form cannot carry is listed, login by login."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections import Counter
from typing import TYPE_CHECKING

import disclosure as d
import msgspec
import pytest

import ipattr

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ipattr.model import LoginEvent, Reading

Loss = dict[str, frozenset[int]]

IN_2CH = d.EVERY - d.WITHOUT_PORT

# Form → field → the numbers of the logins whose field is not what was disclosed; "login": there is no such event.
LISTED: dict[str, Loss] = {
    "return.docx": {},
    "return.txt": {},
    "scan.txt": {"login": d.DAMAGED},  # pending, until the repairs are accepted
    "return.pdf": {},
    "log.xlsx": {"precision": d.EVERY - d.SUB_SECOND},  # a date cell does not say that its milliseconds are 0
    "log.xls": {"moment": d.SUB_SECOND, "precision": d.EVERY},  # xlwt stores whole seconds
    "log.ods": {},
    "cp932.csv": {},
    "bom.csv": {},
    "utf16.tsv": {},
    "ip-audit.js": {"account.name": d.EVERY},
    "meta.html": {"moment": d.SUB_SECOND, "precision": d.EVERY, "account.name": d.EVERY, "kind": d.EVERY},
    "ch2.txt": {
        "login": d.WITHOUT_PORT,  # rejected: the published form always has a port
        "moment": d.BELOW_HUNDREDTHS & IN_2CH,
        "precision": IN_2CH,
        "account.id": IN_2CH,
        "account.name": IN_2CH,
        "kind": IN_2CH,
    },
    "three.zip": {"precision": frozenset({9, 11, 12})},  # the third file is an .xlsx
    "table.docx": {},
    "table.pdf": {},
    "scan.pdf": {"login": d.DAMAGED},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the disclosure in every form."""
    made = tmp_path_factory.mktemp("forms")
    for name, write in d.WRITERS.items():
        (made / name).write_bytes(write())
    return made


def disclosed(login: d.Login, number: int) -> dict[str, object]:
    """Return what a reading of a login has to come to."""
    return {
        "moment": login.moment,
        "precision": "ms",
        "address": login.address,
        "port": login.port,
        "account.id": login.account,
        "account.name": d.NAMES[login.account],
        "kind": "login",
        "status": "review" if number in d.FOR_REVIEW else "ok",
    }


def understood(event: LoginEvent) -> dict[str, object]:
    assert event.instant is not None
    return {
        "moment": event.instant.utc,
        "precision": event.instant.precision,
        "address": event.address.text,
        "port": event.port,
        "account.id": event.account.id,
        "account.name": event.account.name,
        "kind": event.kind,
        "status": event.status,
    }


def lost(reading: Reading, absent: frozenset[int]) -> Loss:
    """Return what differs from the disclosure, once the logins that are said to be absent are set aside."""
    expected = [number for number in sorted(d.EVERY) if number not in absent]
    found: dict[str, set[int]] = {"login": set(absent)} if absent else {}
    for number, event in zip(expected, reading.events, strict=True):
        read = understood(event)
        for field, value in disclosed(d.LOGINS[number - 1], number).items():
            if read[field] != value:
                found.setdefault(field, set()).add(number)
    return {field: frozenset(numbers) for field, numbers in found.items()}


@pytest.mark.parametrize("name", d.WRITERS)
def test_every_form_carries_the_logins_but_for_what_is_listed(name: str, folder: Path) -> None:
    reading = ipattr.read([folder / name])
    assert lost(reading, LISTED[name].get("login", frozenset())) == LISTED[name]


def test_there_are_fourteen_forms_and_each_is_read_as_itself(folder: Path) -> None:
    read_as = {name: [entry.form for entry in ipattr.read([folder / name]).inputs] for name in d.WRITERS}
    assert len(d.FOURTEEN) == 14
    assert read_as == {
        "return.docx": ["x-return"], "return.txt": ["x-return"], "scan.txt": ["x-return"], "return.pdf": ["pdf"],
        "log.xlsx": ["sheet"], "log.xls": ["sheet"], "log.ods": ["sheet"], "cp932.csv": ["table"],
        "bom.csv": ["table"], "utf16.tsv": ["table"], "ip-audit.js": ["x-archive"], "meta.html": ["meta-html"],
        "ch2.txt": ["2ch"], "three.zip": ["archive", "x-return", "table", "sheet"], "table.docx": ["word-table"],
        "table.pdf": ["pdf"], "scan.pdf": ["pdf"],
    }  # fmt: skip


@pytest.mark.parametrize("name", ["scan.txt", "scan.pdf"])
def test_a_scan_shows_its_repairs_and_takes_them_only_when_accepted(name: str, folder: Path) -> None:
    pending = ipattr.read([folder / name])
    logins = {number: d.LOGINS[number - 1] for number in sorted(d.DAMAGED)}
    assert [row.proposed_ip for row in pending.pending] == [login.address for login in logins.values()]
    assert [row.proposed_time for row in pending.pending] == [login.utc for login in logins.values()]
    assert [row.proposed_port for row in pending.pending] == [
        "" if login.port is None else str(login.port) for login in logins.values()
    ]
    accepted = ipattr.read([folder / name], accept_repairs=True)
    assert lost(accepted, frozenset()) == {"status": d.DAMAGED}
    assert {number for number, event in enumerate(accepted.events, 1) if event.repairs} == d.DAMAGED


def test_what_a_form_rejects_it_names(folder: Path) -> None:
    """A line of 2ch.sc without a port is a reject at its line; no other form rejects a login of this disclosure."""
    for name in d.WRITERS:
        rejects = ipattr.read([folder / name]).rejects
        expected = sorted(d.WITHOUT_PORT) if name == "ch2.txt" else []
        assert [(reject.row, reject.column) for reject in rejects] == [(row, "port") for row in expected], name


def test_all_forms_together_are_named_as_the_same_logins(folder: Path) -> None:
    """Two forms read at once keep every row of both, and the reading says that the logins are the same."""
    reading = ipattr.read([folder / "return.txt", folder / "bom.csv"])
    assert reading.counts.rows == 24
    assert Counter(event.address.text for event in reading.events) == Counter(x.address for x in d.LOGINS * 2)
    assert any("return.txt" in finding.message.en and "bom.csv" in finding.message.en for finding in reading.findings)


# The counters: each knows how its form writes a record, and nothing of the readers.


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode("utf-8")


def biff_rows(data: bytes) -> int:
    """Count the rows by their ROW records (MS-XLS 2.4.221) in the stream, which xlwt writes behind the file header."""
    at, rows, known = 512, 0, 0
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, at)
        rows += kind == 0x0208
        known += kind == 0x0809  # a stream begins: the workbook's, then the sheet's
        at += 4 + size
        if kind == 0x000A and known == 2:
            break
    return rows


def zipped_rows(data: bytes) -> int:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = [archive.read(info) for info in archive.infolist()]
    counters = (COUNTERS["return.docx"], COUNTERS["cp932.csv"], COUNTERS["log.xlsx"])
    return sum(count(member) for count, member in zip(counters, members, strict=True))


COUNTERS: dict[str, Callable[[bytes], int]] = {
    "return.docx": lambda data: len(re.findall(r">“ipAudit” : \{</w:t>", part(data, "word/document.xml"))),
    "return.txt": lambda data: data.count(b"ipAudit"),
    "scan.txt": lambda data: data.count(b"ipAudit"),
    "return.pdf": lambda data: data.count(b"ipAudit"),  # the pages are stored as they were drawn
    "log.xlsx": lambda data: part(data, "xl/worksheets/sheet1.xml").count("<row ") - 1,
    "log.xls": lambda data: biff_rows(data) - 1,
    "log.ods": lambda data: part(data, "content.xml").count("</table:table-row>") - 1,
    "cp932.csv": lambda data: data.count(b"\r\n") - 1,
    "bom.csv": lambda data: data.count(b"\r\n") - 1,
    "utf16.tsv": lambda data: data.decode("utf-16").count("\r\n") - 1,
    "ip-audit.js": lambda data: data.count(b'"ipAudit"'),
    "meta.html": lambda data: data.count(b">IP Address<"),
    "ch2.txt": lambda data: data.count(b"\n"),
    "three.zip": zipped_rows,
    "table.docx": lambda data: part(data, "word/document.xml").count("</w:tr>") - 1,
    "table.pdf": lambda data: len(set(re.findall(rb"\((?:\\000|\0)2(?:\\000|\0)0[^)]*\) Tj", data))),
    "scan.pdf": lambda data: data.count(rb"\000i\000p\000A\000u\000d\000i\000t"),
}


@pytest.mark.parametrize("name", d.WRITERS)
def test_no_row_is_lost_by_an_independent_count(name: str, folder: Path) -> None:
    data = (folder / name).read_bytes()
    reading = ipattr.read([folder / name])
    counts = reading.counts
    assert COUNTERS[name](data) == counts.rows == len(d.LOGINS)
    assert counts.rows == len(reading.events) + len(reading.pending) + len(reading.rejects)
    assert counts.rows == counts.ok + counts.review + counts.rejected
    assert counts.rows == sum(entry.counts.rows for entry in reading.inputs)
    everything = msgspec.json.encode((reading.events, reading.pending, reading.rejects)).decode()
    unread = {reject.row for reject in reading.rejects}
    assert [x.address for n, x in enumerate(d.LOGINS, 1) if x.address not in everything and n not in unread] == []
