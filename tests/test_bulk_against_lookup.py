"""Bulk says of every file what ``lookup`` says, however the file is written; and it destroys nothing that it finds."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import date
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, NamedTuple, cast

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bulk_attacks import Attack, mutated, table
from bulk_world import log, plain_log

import ipattr
from ipattr.bulk import BulkReport, cutting, enrich_file, enriching, writing
from ipattr.errors import InputError, IpattrError, UsageError
from ipattr.readers import tables
from ipattr.registry import open_registry
from ipattr.renderers import csv as sheet
from ipattr.renderers import facts
from ipattr.renderers.csv import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ipattr.model import Case, Lang

AS_OF = date(2026, 11, 20)
ROW = "2026-08-01T00:00:00Z,126.0.0.1,"
HEAD = "createdAt,loginIp,memo\n"
LONGEST = 131_072


class Made(NamedTuple):
    """What one of the two ways made of a file: its rendered rows, its rejects as cells, and what is said of it all."""

    rows: bytes
    rejects: list[list[str]]
    said: tuple[object, ...]


class Refused(NamedTuple):
    """How a file was refused."""

    kind: str
    ja: str
    en: str
    where: str


def by_lookup(place: Path, attack: Attack, lang: str) -> tuple[Case | None, Made | Refused]:
    """Return what ``lookup`` says."""
    try:
        case = ipattr.lookup([place], as_of=AS_OF, **attack.declared)  # type: ignore[arg-type]
    except IpattrError as error:
        return None, _refused(error)
    rejects = [facts.rejected(reject, lang) | {"record": ""} for reject in case.rejects]
    lines = "".join(
        ",".join(cells[name] for name in writing.REJECT_COLUMNS) + "\r\n" for cells in map(sheet.written, rejects)
    )
    findings = sorted(repr(finding) for finding in case.findings if finding.about == attack.name)
    file = case.inputs[0]
    said = (file.counts, file.mapping, file.sha256, findings)
    return case, Made(sheet.render(case, lang=lang).encode("utf-8", "surrogatepass"), _cells(lines), said)


def by_bulk(place: Path, attack: Attack, lang: str) -> Made | Refused:
    """Return what bulk says."""
    out = place.with_name("out.csv")
    try:
        report = enrich_file(
            place,
            out,
            as_of=AS_OF,
            columns="all",
            lang=cast("Lang", lang),
            overwrite=True,
            **attack.declared,  # type: ignore[arg-type]
        )
    except IpattrError as error:
        return _refused(error)
    rejects = out.with_name("out.rejects.csv").read_bytes().decode("utf-8-sig", "surrogatepass")
    findings = sorted(map(repr, report.findings))
    said = (report.counts, report.mapping, report.sha256, findings)
    return Made(out.read_bytes(), [[*row[:-1], ""] for row in _cells(rejects)[1:]], said)


def _refused(error: IpattrError) -> Refused:
    return Refused(type(error).__name__, error.ja, error.en, error.where)


def _cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def same(folder: Path, attack: Attack, lang: str = "ja") -> Case | None:
    """Assert that both ways say the same of a file; return the case, None where both refuse the file."""
    place = folder / attack.name
    place.write_bytes(attack.data)
    case, wanted = by_lookup(place, attack, lang)
    made = by_bulk(place, attack, lang)
    if isinstance(wanted, Refused) or isinstance(made, Refused):
        if case is not None and case.inputs[0].form != tables.FORM:
            assert isinstance(made, Refused), attack
        elif made != wanted:
            # Of two faults, bulk names the one that comes first; lookup looks for an open quote before all else.
            assert isinstance(wanted, Refused), (made, attack)
            assert isinstance(made, Refused), (wanted, attack)
            assert "quotation mark" in wanted.en, (wanted, made, attack)
            assert _line(made.where) < _line(wanted.where), (wanted, made, attack)
        return case
    assert case is not None
    assert made.rejects == wanted.rejects, attack
    assert made.said == wanted.said, attack
    assert wanted.rows.startswith(made.rows), attack
    assert len(list(csv.reader(io.StringIO(made.rows.decode("utf-8", "replace"), newline="")))) == len(case.rows) + 1
    return case


def _line(where: str) -> int:
    """Return the line that an error names; of the whole file: 0."""
    return int(where.split(":")[1]) if ":" in where else 0


def _cut(monkeypatch: pytest.MonkeyPatch, chance: random.Random) -> None:
    """Put the borders of blocks, chunks and parts anywhere in the file."""
    monkeypatch.setattr(cutting, "BLOCK", chance.choice((20, 60, 200, 1000, 1 << 21)))
    monkeypatch.setattr(enriching, "CHUNK_ROWS", {".parquet": 7, ".csv": chance.choice((1, 5, 1 << 14))})
    monkeypatch.setattr(enriching, "WIDE_ROWS", chance.choice((2, 16, 1 << 14)))
    monkeypatch.setattr(enriching, "PART_ROWS", chance.choice((3, 50, 1 << 21)))


@pytest.mark.parametrize("start", range(0, 48, 12))
@pytest.mark.parametrize("make", [table, mutated])
def test_a_file_made_to_be_misread_is_read_as_lookup_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[int], Attack], start: int
) -> None:
    read = 0
    for seed in range(start, start + 12):
        _cut(monkeypatch, random.Random(seed))  # noqa: S311 - a fixed choice of examples
        case = same(tmp_path, make(seed), "en" if seed % 3 == 0 else "ja")
        read += case is not None and len(case.rows) + len(case.rejects) > 0
    assert read >= 2


_WRITTEN = {
    "the longest cell": HEAD + ROW + "x" * LONGEST + "\n",
    "a cell too long": HEAD + ROW + "x" * (LONGEST + 1) + "\n",
    "a quoted cell too long": HEAD + ROW + '"' + "x" * (LONGEST + 1) + '"\n' + ROW + "y\n",
    "a long cell of many bytes": HEAD + ROW + "あ" * 100_000 + "\n" + ROW + "y\n",
    "a cell of many lines too long": HEAD + ROW + '"' + "x\n" * 70_000 + '"\n' + ROW + "y\n",
    "no row": HEAD,
    "no row and no line end": HEAD.rstrip(),
    "one row without line end": HEAD + ROW + "y",
    "blank rows": HEAD + "   \n,,\n" + '"","",""\n\u3000,\u00a0,\t\n' + ROW + "y\n\n",
    "a cell that is one quote": HEAD + '"""",,\n' + ROW + '""""\n',
    "columns without a name": "createdAt,loginIp,,\n" + ROW + "\n" + ROW + ",\n" + ROW + " ,\u3000\n" + ROW + '"",\n',
    "a value without a name": "createdAt,loginIp,,\n" + ROW + ",\n" + ROW + ",x\n",
    "a quoted blank without a name": "createdAt,loginIp,\n" + ROW + '""\n',
    "CR": (HEAD + ROW + "y\n" + ROW + '"a"\n').replace("\n", "\r"),
    "line ends of all kinds": HEAD + ROW + "y\r" + ROW + "y\r\n" + ROW + "y\n\r" + ROW + "z\r\r\n" + ROW + "q\n",
    "CR in a cell": HEAD + ROW + '"a\rb"\n' + ROW + "a\rb,c,d\n",
    "line ends that are none": HEAD + ROW + "a\u2028b\n" + ROW + "a\u0085b\n" + ROW + "a\u2029\n",
    "controls": HEAD + ROW + "a\x01b\n" + ROW + "\x7f\n" + ROW + "a\x0bb\n" + ROW + "ok\n" + "\x0c\n\x1a",
    "NUL": HEAD + ROW + "a\0b\n",
    "quotes in the middle": HEAD + ROW + 'a"b\n' + ROW + 'a"b"c\n' + ROW + ' "a"\n' + ROW + 'a"b,c"\n',
    "quotes and quotes": HEAD + ROW + '""""""\n' + ROW + '"a""b"\n' + ROW + '""\n',
    "text behind a quote": HEAD + ROW + '"a" \n' + ROW + "y\n",
    "an open quote": HEAD + ROW + "y\n" + ROW + '"y\n' + "z\n",
    "an open quote in a row of several lines": HEAD + "2026-08-01T00:00:00Z,126.0.0.1\n" + ROW + '"a\nb","c\n',
    "swallowed rows": HEAD + ROW + '"a\n' + ROW + '"\n',
    "swallowed cells": HEAD + ROW + '"a\nb,c\n"\n',
    "lines in a cell": HEAD + ROW + '"a\nb"\n' + ROW + "y\n",
    "a record in a cell": HEAD + ROW + '"2026-08-01 00:00:00,126.0.0.1"\n',
    "two marks": "\ufeff\ufeff" + HEAD + ROW + "y\n",
    "comments": "# a\n#b,c\n\n" + HEAD + "# x,y,z\n" + ROW + "y\n#" + ROW + "y\n",
    "a preamble": "report\n" + HEAD + ROW + "y\n",
    "a name twice": "createdAt,loginIp,loginIp\n" + ROW + "y\n",
    "a control in a name": "createdAt,loginIp,a\x01b\n" + ROW + "x\n",
    "names that say nothing": "foo,bar\n2026-08-01T00:00:00Z,126.0.0.1\n",
    "data on top": "2026-08-01T00:00:00Z,126.0.0.1\n" * 2,
    "nothing": "",
    "a mark alone": "\ufeff",
    "blank lines alone": "\n\n",
    "many columns": "createdAt,loginIp" + "".join(f",c{n}" for n in range(900)) + "\n" + (ROW + "," * 899 + "\n") * 5,
    "1,000 rows and more": HEAD + (ROW + "y\n") * 1100,
}


@pytest.mark.parametrize("written", _WRITTEN.values(), ids=_WRITTEN)
def test_a_file_is_cut_into_rows_as_lookup_cuts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    same(tmp_path, Attack(written.encode(), {}))
    if len(written) < 1000:
        _cut(monkeypatch, random.Random(1))  # noqa: S311 - a fixed choice of examples
        same(tmp_path, Attack(written.encode(), {}), "en")


def test_where_a_block_of_addresses_begins_and_ends(tmp_path: Path) -> None:
    """Of every edge of a special block the addresses on both sides; of routes and services some."""
    registry = open_registry()
    chance = random.Random(0)  # noqa: S311 - a fixed choice of examples
    texts = ["::", "1::", "::1", "::7e00:1", "1:0:0:2::", "ffff:ffff:ffff:ffff::", "ffff:ffff:ffff:ffff::1"]
    for version, address, bits in ((4, IPv4Address, 32), (6, IPv6Address, 128)):
        spans = registry.specials.spans(version)
        edges = [edge for first, last in spans for edge in (first - 1, first, last, last + 1)]
        listed = chance.sample(sorted(registry.listed_edges(version)), 40)
        routed = chance.sample(list(registry.announced(version).starts), 40)
        starts = [int(at) << (64 if version == 6 else 0) for at in routed]
        edges += [at + by for at in (*listed, *starts) for by in (-1, 0)]
        texts += [str(address(edge)) for edge in edges if 0 <= edge < 1 << bits]
    chance.shuffle(texts)
    attack = Attack(("createdAt,loginIp\n" + "".join(f"2026-08-01T00:00:00Z,{text}\n" for text in texts)).encode(), {})
    case = same(tmp_path, attack)
    assert case is not None
    assert {row.login.status for row in case.rows} == {"ok", "review"}


@pytest.mark.parametrize("seed", [3, 4, 5, 11])
def test_every_form_of_the_same_rows_gets_the_same_verdicts(tmp_path: Path, seed: int) -> None:
    rows = list(csv.reader(io.StringIO(log(60, seed=seed), newline="")))
    names, cells = rows[0], rows[1:]
    (tmp_path / "log.csv").write_text(log(60, seed=seed), encoding="utf-8", newline="")
    (tmp_path / "log.csv.gz").write_bytes(gzip.compress((tmp_path / "log.csv").read_bytes()))
    (tmp_path / "log.jsonl").write_text(
        "".join(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=seed % 2 == 0) + "\n" for row in cells),
        encoding="utf-8",
    )
    columns = {name: [row[at] for row in cells] for at, name in enumerate(names)}
    pq.write_table(pa.table(columns), tmp_path / "log.parquet", row_group_size=17)
    placed = {"file", "source_row", "provenance", "findings"}
    wanted = [name for name in COLUMNS if name not in placed]
    made = {}
    for name in ("log.csv", "log.csv.gz", "log.jsonl", "log.parquet"):
        report = enrich_file(tmp_path / name, tmp_path / "out.csv", as_of=AS_OF, columns=wanted, overwrite=True)
        rejects = _cells((tmp_path / "out.rejects.csv").read_text(encoding="utf-8-sig"))[1:]
        made[name] = (report.counts, (tmp_path / "out.csv").read_bytes(), [row[3:6] for row in rejects])
    assert made["log.csv"][2]
    assert made["log.csv.gz"] == made["log.csv"]
    assert made["log.jsonl"] == made["log.csv"]
    assert made["log.parquet"] == made["log.csv"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a small log."""
    place = tmp_path / "log.csv"
    place.write_text(plain_log(30), encoding="utf-8", newline="")
    return place


def _run(source: Path, target: Path | str, *, overwrite: bool = True) -> BulkReport:
    return enrich_file(source, target, as_of=AS_OF, overwrite=overwrite)


@pytest.mark.parametrize("name", ["out.csv", "out.rejects.csv", "out.csv.json"])
def test_the_input_is_never_replaced(tmp_path: Path, source: Path, name: str) -> None:
    whole = source.read_bytes()
    given = source.rename(tmp_path / name)
    with pytest.raises(UsageError, match="would replace the input"):
        _run(given, tmp_path / "out.csv")
    assert given.read_bytes() == whole
    assert [place.name for place in tmp_path.iterdir()] == [name]


def test_a_folder_with_other_files_is_never_replaced(tmp_path: Path, source: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "note.txt").write_text("kept")
    for target in (f"{folder}/", str(folder)):
        with pytest.raises(UsageError, match=r"note\.txt"):
            _run(source, target)
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(UsageError, match="a link or a file"):
        _run(source, f"{tmp_path / 'link'}/")
    with pytest.raises(UsageError, match="would replace the input"):
        _run(source, f"{tmp_path}/")
    assert (folder / "note.txt").read_text() == "kept"
    assert source.exists()


def test_parts_of_an_earlier_run_are_replaced_but_not_read_and_replaced(tmp_path: Path, source: Path) -> None:
    _run(source, f"{tmp_path / 'out'}/")
    _run(source, f"{tmp_path / 'out'}/")
    part = tmp_path / "out" / "part-00001.parquet"
    whole = part.read_bytes()
    with pytest.raises(UsageError, match="would replace the input"):
        _run(part, f"{tmp_path / 'out'}/")
    assert part.read_bytes() == whole


def test_a_work_folder_that_is_not_ours_is_left_alone(tmp_path: Path, source: Path) -> None:
    work = tmp_path / "out.csv.partial"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "note.txt").write_text("kept")
    work.symlink_to(elsewhere)
    with pytest.raises(UsageError, match="a link or a file"):
        _run(source, tmp_path / "out.csv")
    work.unlink()
    elsewhere.rename(work)
    with pytest.raises(UsageError, match=r"note\.txt"):
        _run(source, tmp_path / "out.csv")
    assert (work / "note.txt").read_text() == "kept"


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no such modes")
@pytest.mark.parametrize("target", ["out.csv", "out.parquet", "out/"])
def test_outputs_are_for_their_owner_alone(tmp_path: Path, source: Path, target: str) -> None:
    source.chmod(0o600)
    before = os.umask(0o022)
    try:
        enrich_file(source, f"{tmp_path}/{target}", as_of=AS_OF, columns="all")
    finally:
        os.umask(before)
    modes = {place.name: place.stat().st_mode & 0o777 for place in tmp_path.rglob("*")}
    assert {mode for name, mode in modes.items() if name != "out"} == {0o600}
    assert modes.get("out", 0o700) == 0o700
    assert len(modes) >= 4


_JOB = """
import sys
from datetime import date
from ipattr.bulk import cutting, enrich_file, enriching
enriching.PART_ROWS, enriching.WIDE_ROWS, cutting.BLOCK = 150, 90, 8000
enriching.CHUNK_ROWS = {".parquet": 100, ".csv": 80}
enrich_file(sys.argv[1], sys.argv[2], as_of=date(2026, 11, 20), columns="all")
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("target", ["out.csv", "out.parquet"])
def test_a_run_killed_at_any_moment_ends_as_if_it_had_not_been(tmp_path: Path, target: str) -> None:
    chance = random.Random(target)  # noqa: S311 - a fixed choice of moments
    for folder in ("whole", "cut"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "log.csv").write_text(log(1500, seed=9), encoding="utf-8", newline="")
    whole, cut = (
        [sys.executable, "-c", _JOB, str(tmp_path / name / "log.csv"), str(tmp_path / name / target)]
        for name in ("whole", "cut")
    )
    subprocess.run(whole, check=True)
    for stop in (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL):
        run = subprocess.Popen(cut, stderr=subprocess.DEVNULL)
        _wait_for_parts(tmp_path / "cut" / f"{target}.partial", 1 + chance.randrange(3), run)
        run.send_signal(stop)
        run.wait()
    if not (tmp_path / "cut" / f"{target}.json").exists():
        subprocess.run(cut, check=True)
    assert _files(tmp_path / "cut") == _files(tmp_path / "whole")


def _wait_for_parts(work: Path, more: int, run: subprocess.Popen[bytes]) -> None:
    """Return when so many more parts are finished, or the run is over."""
    had = len(list(work.glob("part-*")))
    while run.poll() is None and len(list(work.glob("part-*"))) < had + more:
        time.sleep(0.002)


def _files(folder: Path) -> dict[str, bytes]:
    return {str(place.relative_to(folder)): place.read_bytes() for place in folder.rglob("*") if place.is_file()}


def test_another_input_is_never_mixed_with_finished_parts(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(enriching, "PART_ROWS", 5)
    monkeypatch.setattr(cutting, "BLOCK", 200)
    seen = 0

    def stop(_: object) -> None:
        nonlocal seen
        seen += 1
        if seen > 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        enrich_file(source, tmp_path / "out.csv", as_of=AS_OF, progress=stop)
    assert list((tmp_path / "out.csv.partial").glob("part-*"))
    first = source.read_text(encoding="utf-8")
    source.write_text(first.replace("123456", "654321"), encoding="utf-8", newline="")
    with pytest.raises(InputError):
        _run(source, tmp_path / "out.csv", overwrite=False)
    with pytest.raises(UsageError):
        enrich_file(source, tmp_path / "out.csv", as_of=date(2026, 11, 21))
    _run(source, tmp_path / "out.csv")
    assert b"123456" not in (tmp_path / "out.csv").read_bytes()
    assert (tmp_path / "out.csv").read_bytes().count(b"654321") == 30
