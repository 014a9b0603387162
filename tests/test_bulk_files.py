"""What a bulk output holds is what ``lookup`` says, row by row; and no interruption leaves half of it."""

from __future__ import annotations

import csv
import errno
import gzip
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bulk_world import log, plain_log

import ipattr
from ipattr import bulk
from ipattr.bulk import COLUMNS, BulkReport, Progress, enrich_file, enriching, writing
from ipattr.errors import InputError, StoreError, UsageError
from ipattr.renderers import csv as table
from ipattr.renderers.csv import COLUMNS as EVERY

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipattr.model import Lang

AS_OF = date(2026, 11, 20)
Columns = list[str] | Literal["all"] | None


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make parts and chunks so small that a little log has many."""
    monkeypatch.setattr(enriching, "PART_ROWS", 700)
    monkeypatch.setattr(enriching, "CHUNK_ROWS", {".parquet": 300, ".csv": 200})
    monkeypatch.setattr(enriching, "WIDE_ROWS", 100)
    _cut_small(monkeypatch)


def _cut_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the reader give small batches, so that parts end within a little log."""
    from ipattr.bulk import cutting

    monkeypatch.setattr(cutting, "BLOCK", 16_384)


def _write(place: Path, text: str) -> Path:
    place.write_text(text, encoding="utf-8", newline="")
    return place


def _rendered(source: Path, lang: str = "ja") -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return what ``lookup … --format csv`` says: accepted rows and rejects."""
    case = ipattr.lookup([source], as_of=AS_OF)
    rows = list(csv.DictReader(io.StringIO(table.render(case, lang=lang).removeprefix("\ufeff"), newline="")))
    return [r for r in rows if r["status"] != "rejected"], [r for r in rows if r["status"] == "rejected"]


def _read(place: Path) -> list[dict[str, str]]:
    with place.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_column_is_what_lookup_says(tmp_path: Path, lang: Lang) -> None:
    source = _write(tmp_path / 'a "log".csv', log(1500))
    report = enrich_file(source, tmp_path / "out.csv", as_of=AS_OF, columns="all", lang=lang)
    wanted, refused = _rendered(source, lang)
    assert _read(tmp_path / "out.csv") == wanted
    assert len(wanted) > 500
    rejects = _read(tmp_path / "out.rejects.csv")
    assert [{k: v for k, v in row.items() if k != "record"} for row in rejects] == [
        {k: row[k] for k in writing.REJECT_COLUMNS if k != "record"} for row in refused
    ]
    assert refused
    assert report.counts.rows == 1500 == len(wanted) + len(refused)


def test_accepted_lines_are_the_same_bytes(tmp_path: Path) -> None:
    source = _write(tmp_path / "log.csv", log(800, seed=5))
    enrich_file(source, tmp_path / "out.csv", as_of=AS_OF, columns="all")
    made = (tmp_path / "out.csv").read_bytes()
    case = ipattr.lookup([source], as_of=AS_OF)
    assert table.render(case, lang="ja").encode().startswith(made)
    assert made.count(b"\r\n") > len(case.rows)


@pytest.mark.usefixtures("small")
def test_parts_and_chunks_do_not_show(tmp_path: Path) -> None:
    source = _write(tmp_path / "log.csv", log(3000, seed=2))
    enrich_file(source, tmp_path / "out.csv", as_of=AS_OF, columns="all")
    wanted, refused = _rendered(source)
    assert _read(tmp_path / "out.csv") == wanted
    assert len(_read(tmp_path / "out.rejects.csv")) == len(refused)


def test_a_parquet_holds_the_same_facts_as_types(tmp_path: Path) -> None:
    source = _write(tmp_path / "log.csv", log(1200, seed=3))
    enrich_file(source, tmp_path / "out.parquet", as_of=AS_OF, columns="all")
    found = pq.read_table(tmp_path / "out.parquet")
    assert found.column_names == list(EVERY)
    wanted, _ = _rendered(source)
    for name in EVERY:
        assert [_shown(value) for value in found[name].to_pylist()] == [_unguarded(name, row) for row in wanted], name
    assert found.schema.field("utc").type == pa.timestamp("us", "UTC")
    assert found.schema.field("act_by").type == pa.date32()
    assert found.schema.field("addressee").type == pa.dictionary(pa.int32(), pa.string())


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S")
    return str(value)


def _unguarded(name: str, row: dict[str, str]) -> str:
    text = row[name]
    if name in {"utc", "jst"}:
        return (
            (text[:10] + text[10:19].ljust(9, "0") if len(text) > 10 else f"{text}T").replace("Z0", "00")[:19]
            if row["precision"] in {"s", "ms"}
            else _coarse(name, row)
        )
    if text == "open-ended":
        return ""
    return text.removeprefix("'") if text.startswith("'") else text


def _coarse(name: str, row: dict[str, str]) -> str:
    """Return a time that was written without seconds as an instant has it."""
    text = row[name]
    if row["precision"] == "min":
        return text[:16] + ":00"
    return f"{text}T00:00:00" if name == "utc" else f"{text}T09:00:00"


def test_the_default_columns_are_the_same_cells(tmp_path: Path) -> None:
    source = _write(tmp_path / "log.csv", log(700, seed=4))
    enrich_file(source, tmp_path / "out.csv", as_of=AS_OF)
    wanted, _ = _rendered(source)
    assert _read(tmp_path / "out.csv") == [{name: row[name] for name in COLUMNS} for row in wanted]


def test_no_rejects_still_make_a_file(tmp_path: Path) -> None:
    source = _write(tmp_path / "log.csv", plain_log(50))
    report = enrich_file(source, tmp_path / "out.parquet", as_of=AS_OF)
    assert (tmp_path / "out.rejects.csv").read_text(encoding="utf-8-sig").rstrip() == (
        ",".join(f'"{name}"' for name in writing.REJECT_COLUMNS)
    )
    assert report.counts.ok == 50


def test_the_manifest_says_what_was_read_and_written(tmp_path: Path) -> None:
    source = _write(tmp_path / "log.csv", log(600))
    report = enrich_file(source, tmp_path / "out.parquet", as_of=AS_OF, tz="Asia/Tokyo", mapping="ip=loginIp")
    kept = json.loads((tmp_path / "out.parquet.json").read_text(encoding="utf-8"))
    assert kept["sha256"] == hashlib.sha256(source.read_bytes()).hexdigest()
    assert kept["size"] == source.stat().st_size
    assert kept["options"] == {"mapping": "ip=loginIp", "tz": "Asia/Tokyo"}
    assert kept["counts"]["rows"] == 600 == sum(kept["counts"][k] for k in ("ok", "review", "rejected"))
    for output in report.outputs:
        written = tmp_path / output.name
        assert hashlib.sha256(written.read_bytes()).hexdigest() == output.sha256
        assert written.stat().st_size == output.size
    assert report.outputs[0].rows == pq.read_metadata(tmp_path / "out.parquet").num_rows
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "log.csv",
        "out.parquet",
        "out.parquet.json",
        "out.rejects.csv",
    ]


@pytest.mark.usefixtures("small")
def test_a_folder_holds_the_parts(tmp_path: Path) -> None:
    source = _write(tmp_path / "log.csv", log(3000))
    report = enrich_file(source, f"{tmp_path}/out/", as_of=AS_OF)
    parts = sorted((tmp_path / "out").iterdir())
    assert len(parts) > 2
    rows = pa.concat_tables([pq.read_table(part) for part in parts])["row"].to_pylist()
    assert rows == list(range(1, report.counts.ok + report.counts.review + 1))
    whole = enrich_file(source, tmp_path / "whole.parquet", as_of=AS_OF)
    assert whole.counts == report.counts
    assert (tmp_path / "out.rejects.csv").exists()


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("name", ["out.parquet", "out.csv"])
@pytest.mark.parametrize("columns", [None, "all"])
def test_an_interrupted_run_goes_on_and_ends_the_same(tmp_path: Path, name: str, columns: Columns) -> None:
    source = _write(tmp_path / "log.csv", log(3000, seed=9))
    (tmp_path / "whole").mkdir()
    enrich_file(source, tmp_path / "whole" / name, as_of=AS_OF, columns=columns)
    seen: list[int] = []
    for after in (900, 1700, 2500):
        with pytest.raises(KeyboardInterrupt):
            enrich_file(source, tmp_path / name, as_of=AS_OF, columns=columns, progress=_stop(after, seen))
        assert not (tmp_path / name).exists()
    assert (tmp_path / f"{name}.partial").is_dir()
    starts: list[Progress] = []
    enrich_file(source, tmp_path / name, as_of=AS_OF, columns=columns, progress=starts.append)
    assert starts[0].rows > 1400, "it went on where it had been"
    for file in (name, "out.rejects.csv", f"{name}.json"):
        assert (tmp_path / file).read_bytes() == (tmp_path / "whole" / file).read_bytes()
    assert not (tmp_path / f"{name}.partial").exists()


def _stop(after: int, seen: list[int]) -> Callable[[Progress], None]:
    def tell(state: Progress) -> None:
        seen.append(state.rows)
        if state.rows >= after:
            raise KeyboardInterrupt

    return tell


def test_a_run_interrupted_while_placing_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = _write(tmp_path / "log.csv", log(300))
    enrich_file(source, tmp_path / "want.csv", as_of=AS_OF)
    replace = Path.replace

    def fails(self: Path, target: Path) -> Path:
        if target.name == "out.rejects.csv":
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(KeyboardInterrupt):
        enrich_file(source, tmp_path / "out.csv", as_of=AS_OF)
    monkeypatch.setattr(Path, "replace", replace)
    assert (tmp_path / "out.csv").exists()
    assert not (tmp_path / "out.csv.json").exists(), "the manifest says that all is there, and it is not"
    report = enrich_file(source, tmp_path / "out.csv", as_of=AS_OF)
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "want.csv").read_bytes()
    assert (tmp_path / "out.rejects.csv").read_bytes() == (tmp_path / "want.rejects.csv").read_bytes()
    assert report.counts.rows == 300
    assert not (tmp_path / "out.csv.partial").exists()


@pytest.mark.usefixtures("small")
def test_a_full_disk_leaves_nothing_under_the_final_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = _write(tmp_path / "log.csv", log(3000))
    write = writing.BytesPart.write
    written: list[int] = []

    def full(self: writing.BytesPart, made: memoryview) -> None:
        written.append(len(made))
        if len(written) == 6:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(self, made)

    monkeypatch.setattr(writing.BytesPart, "write", full)
    with pytest.raises(StoreError, match="No space left"):
        enrich_file(source, tmp_path / "out.csv", as_of=AS_OF)
    assert not (tmp_path / "out.csv").exists()
    monkeypatch.setattr(writing.BytesPart, "write", write)
    enrich_file(source, tmp_path / "out.csv", as_of=AS_OF)
    enrich_file(source, tmp_path / "want.csv", as_of=AS_OF)
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "want.csv").read_bytes()


_RUN = """
import sys
from datetime import date
from ipattr.bulk import cutting, enrich_file, enriching
enriching.PART_ROWS = 2000
cutting.BLOCK = 16_384
enrich_file(sys.argv[1], sys.argv[2], as_of=date(2026, 11, 20), columns="all")
"""


def test_a_killed_process_leaves_no_half_file(tmp_path: Path) -> None:
    source = _write(tmp_path / "log.csv", log(12_000))
    target = tmp_path / "out.csv"
    command = [sys.executable, "-c", _RUN, str(source), str(target)]
    work = tmp_path / "out.csv.partial"
    for parts in (1, 2):
        with subprocess.Popen(command) as process:
            give_up = time.monotonic() + 60
            while len(list(work.glob("part-*"))) <= parts and process.poll() is None and time.monotonic() < give_up:
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL if parts == 1 else signal.SIGTERM)
        assert process.returncode, "it was killed before it could end"
        assert not target.exists()
    subprocess.run(command, check=True)
    wanted = tmp_path / "want.csv"
    enrich_file(source, wanted, as_of=AS_OF, columns="all")
    assert target.read_bytes() == wanted.read_bytes()


def test_what_lies_there_is_not_replaced_unasked(tmp_path: Path) -> None:
    source = _write(tmp_path / "log.csv", plain_log(20))
    target = _write(tmp_path / "out.csv", "mine")
    with pytest.raises(UsageError, match="there already"):
        enrich_file(source, target, as_of=AS_OF)
    assert target.read_text(encoding="utf-8") == "mine"
    enrich_file(source, target, as_of=AS_OF, overwrite=True)
    assert len(_read(target)) == 20


@pytest.mark.usefixtures("small")
def test_leftovers_of_another_run_are_not_taken_over(tmp_path: Path) -> None:
    source = _write(tmp_path / "log.csv", log(3000))
    with pytest.raises(KeyboardInterrupt):
        enrich_file(source, tmp_path / "out.csv", as_of=AS_OF, progress=_stop(1500, []))
    with pytest.raises(UsageError, match="other options"):
        enrich_file(source, tmp_path / "out.csv", as_of=date(2026, 11, 21))
    source.write_text(log(3000, seed=77), encoding="utf-8", newline="")
    with pytest.raises(InputError):
        enrich_file(source, tmp_path / "out.csv", as_of=AS_OF)
    enrich_file(source, tmp_path / "out.csv", as_of=AS_OF, overwrite=True)
    enrich_file(source, tmp_path / "want.csv", as_of=AS_OF)
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "want.csv").read_bytes()


def test_what_lookup_refuses_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    source = _write(tmp_path / "log.csv", plain_log(20) + '"unclosed,1.1.1.1,1,1\r\n')
    with pytest.raises(InputError) as refused:
        enrich_file(source, tmp_path / "out.csv", as_of=AS_OF)
    with pytest.raises(InputError) as by_lookup:
        ipattr.lookup([source], as_of=AS_OF)
    assert str(refused.value) == str(by_lookup.value)
    assert [p.name for p in tmp_path.iterdir()] == ["log.csv"]


@pytest.mark.parametrize(
    ("target", "columns"),
    [("out.xlsx", None), ("out", None), ("out.csv", ["ip", "nonsense"]), ("out.csv", ["ip", "ip"]), ("out.csv", [])],
)
def test_what_cannot_be_written_is_said_first(tmp_path: Path, target: str, columns: Columns) -> None:
    source = _write(tmp_path / "log.csv", plain_log(5))
    with pytest.raises(UsageError):
        enrich_file(source, tmp_path / target, as_of=AS_OF, columns=columns)
    assert [p.name for p in tmp_path.iterdir()] == ["log.csv"]


def test_an_unknown_platform_is_refused(tmp_path: Path) -> None:
    source = _write(tmp_path / "log.csv", plain_log(5))
    with pytest.raises(UsageError):
        enrich_file(source, tmp_path / "out.csv", as_of=AS_OF, platform="nowhere")
    assert [p.name for p in tmp_path.iterdir()] == ["log.csv"]


@pytest.mark.parametrize("tz", ["nowhere", "UTC+99"])
def test_a_declaration_that_is_not_understood_leaves_nothing(tmp_path: Path, tz: str) -> None:
    source = _write(tmp_path / "log.csv", plain_log(5))
    with pytest.raises(UsageError):
        enrich_file(source, tmp_path / "out.csv", as_of=AS_OF, tz=tz)
    _write(tmp_path / "log.csv", "a,b,c\r\n1,2,3\r\n")
    with pytest.raises(InputError):
        enrich_file(source, tmp_path / "out.csv", as_of=AS_OF)
    assert [p.name for p in tmp_path.iterdir()] == ["log.csv"]


def test_other_inputs_give_the_same_rows(tmp_path: Path) -> None:
    text = plain_log(200)
    enrich_file(_write(tmp_path / "log.csv", text), tmp_path / "csv.csv", as_of=AS_OF)
    packed = tmp_path / "log.csv.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    enrich_file(packed, tmp_path / "gz.csv", as_of=AS_OF)
    rows = list(csv.DictReader(io.StringIO(text)))
    _write(tmp_path / "log.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    enrich_file(tmp_path / "log.jsonl", tmp_path / "jsonl.csv", as_of=AS_OF)
    enrich_file("-", tmp_path / "stdin.csv", as_of=AS_OF, stdin=io.BytesIO(text.encode()))
    wanted = [{k: v for k, v in row.items() if k != "source_row"} for row in _read(tmp_path / "csv.csv")]
    for name in ("gz.csv", "jsonl.csv", "stdin.csv"):
        assert [{k: v for k, v in row.items() if k != "source_row"} for row in _read(tmp_path / name)] == wanted, name


def test_importing_bulk_is_cheap() -> None:
    code = "import sys, ipattr.bulk; print([m for m in ('numpy', 'pyarrow', 'pandas') if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


@pytest.mark.parametrize("name", ["out.parquet", "out.csv"])
def test_no_run_loads_pandas(tmp_path: Path, name: str) -> None:
    """It takes half a second and 50 MiB, and Arrow loads it at the first call that might want it."""
    source = _write(tmp_path / "log.csv", log(200))
    code = (
        "import sys; from datetime import date; from ipattr.bulk import enrich_file; "
        f"enrich_file({str(source)!r}, {str(tmp_path / name)!r}, as_of=date(2026, 11, 20), columns='all'); "
        "print('pandas' in sys.modules)"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"


def test_the_report_is_read_back_from_the_manifest(tmp_path: Path) -> None:
    source = _write(tmp_path / "log.csv", log(100))
    report = enrich_file(source, tmp_path / "out.csv", as_of=AS_OF)
    assert isinstance(report, BulkReport)
    assert report.columns == COLUMNS
    assert bulk.COLUMNS[0] == "row"
