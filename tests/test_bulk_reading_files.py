"""Files of any length: encodings, packed files, standard input, going on where one stopped, JSON Lines, Parquet."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import stat
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bulk_rows import PLAIN, Outcome, Row, Rows, rows_of, said, same

from ipattr.addresses import Specials
from ipattr.bulk import cutting, texts
from ipattr.bulk.sources import Position, open_source, parse_batch, parse_batches
from ipattr.errors import InputError, IpattrError, UsageError
from ipattr.frames.tables import read_table
from ipattr.instants import Zone, parse_zone
from ipattr.model import LoginEvent, Reject
from ipattr.readers import Options, read_files
from ipattr.readers.mapping import MappingNeededError

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.registry import Registry

HEAD = "time,ip,port,account_id\n"
GOOD = "2026-05-01T03:34:56Z,49.96.1.2,50000,1234567890\n"
NAMES = ("createdAt", "loginIp", "loginPortNumber", "accountId", "account_name")
MAPPING = dict(zip(("time", "ip", "port", "account_id", "account_name"), NAMES, strict=True))


@pytest.fixture
def options(registry: Registry) -> Options:
    """Return what is declared for X: the shipped names and UTF-8."""
    return Options(columns={**registry.platforms["x"].columns, **registry.columns}, encoding="utf-8")


def _cells(seed: int, rows: int) -> list[list[str]]:
    """Return rows of cells, most of them plain, of kinds that every form can hold."""
    made = Rows(seed)
    odd = {
        "createdAt": ["2026-02-30T01:02:03Z", "", "2026-01-02 03:04", "2026-01-02 03:04:05 PST"],
        "loginIp": ["10.0.0.1", "x", "2400::a:1234", "2400:4050:0A::1", "49.96.1.2:443"],
        "loginPortNumber": ["0", "70000", "08"],
        "accountId": ["1.2E+18", "12345678901234500000", "abc"],
        "account_name": [" x", "\u3000", "a\x01b"],
    }
    chance = made.chance
    return [
        [chance.choice(odd[name]) if chance.random() < 0.05 else chance.choice(PLAIN[name])(chance) for name in NAMES]
        for _ in range(rows)
    ]


def _as_said(row: Row) -> object:
    """Return what was read of a row, without where it stands and how the whole row is quoted."""
    if isinstance(row, Reject):
        return row.column, row.code, row.reason
    if isinstance(row, LoginEvent):
        return said(row) if row.address.special is None and row.address.embedding is None else row.findings
    return row


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp932", "euc_jp", "iso2022_jp", "utf-16", "utf-16-le"])
def test_encodings_are_read_as_in_a_small_file(
    registry: Registry, options: Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, codec: str
) -> None:
    monkeypatch.setattr(texts, "PIECE", 1000)
    monkeypatch.setattr(texts, "_SLICE", 101)
    monkeypatch.setattr(cutting, "BLOCK", 500)
    table = "日時,ip,メモ\n" + "2026-05-01T03:34:56Z,49.96.1.2,接続元アドレス表示\n" * 200
    path = tmp_path / "log.csv"
    path.write_bytes(table.encode(codec))
    assert same(path, msgspec.structs.replace(options, encoding=None), registry) == Outcome(200, 200) or codec in {
        "euc_jp",
        "iso2022_jp",
        "utf-16-le",
    }
    if codec in {"utf-8", "utf-16"}:
        return
    name = codec.replace("_", "-").removesuffix("-sig")
    assert same(path, msgspec.structs.replace(options, encoding=name), registry) == Outcome(200, 200)


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("time,ip,メモ\n".encode() + b"a,b,\xff\n", "utf-8"),
        ("time,ip,メモ\n".encode() + b"a,b,\xff\n", None),
        ("time,ip,メ".encode()[:-1], "utf-8"),
        (HEAD.encode("utf-16-le"), None),
        (HEAD.encode("utf-32"), None),
        (b"time,ip\n\xc3\xa9,\xc3\xa9\n", None),
        (b"\xef\xbb\xbf" + HEAD.encode() + b"\xff", None),
        (b"\xef\xbb\xbf" + HEAD.encode(), "cp932"),
        (HEAD.encode(), "utf-16"),
        ("time,ip\n\u00a5\n".encode("utf-8"), "ascii"),
        (b"time,ip\n\x80,\xa0\n", "cp932"),
        ((HEAD + GOOD * 50 + "a\x00").encode(), None),
        ((HEAD + "日本語\r\n\r" + GOOD + "ab\x00").encode(), "utf-8"),
    ],
)
def test_bytes_that_are_no_certain_text_are_refused_in_the_same_words(
    registry: Registry, options: Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, data: bytes,
    encoding: str | None,
) -> None:  # fmt: skip
    monkeypatch.setattr(texts, "PIECE", 1 << 12)
    path = tmp_path / "log.csv"
    path.write_bytes(data)
    declared = msgspec.structs.replace(options, encoding=encoding)
    with pytest.raises(InputError) as small:
        read_files([str(path)], specials=registry.specials, options=declared)
    with pytest.raises(InputError) as bulk, open_source(path, options=declared, specials=registry.specials):
        pass
    assert (bulk.value.ja, bulk.value.en, bulk.value.where) == (small.value.ja, small.value.en, small.value.where)


def test_a_packed_file_gives_the_rows_of_the_plain_one(registry: Registry, options: Options, tmp_path: Path) -> None:
    text = Rows(3).table(400, odd=0.1, damaged=0.0)
    plain, packed = tmp_path / "log.csv", tmp_path / "log.csv.gz"
    plain.write_text(text, encoding="utf-8", newline="")
    half = len(text) // 2
    packed.write_bytes(gzip.compress(text[:half].encode()) + gzip.compress(text[half:].encode()))
    with open_source(plain, options=options, specials=registry.specials) as source:
        expected = [(row, _as_said(one)) for row, one in rows_of(source.parsed())]
    with open_source(packed, options=options, specials=registry.specials) as source:
        assert [(row, _as_said(one)) for row, one in rows_of(source.parsed())] == expected
        assert source.sha256 == hashlib.sha256(packed.read_bytes()).hexdigest()
        assert source.size == packed.stat().st_size == source.consumed
    packed.write_bytes(packed.read_bytes()[:-9])
    with pytest.raises(InputError, match="damaged or cut short"):
        open_source(packed, options=options, specials=registry.specials)


def test_standard_input_is_spooled_to_a_file_nobody_else_can_open(
    registry: Registry, options: Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    text = (HEAD + GOOD * 1000).encode()
    with open_source("-", options=options, specials=registry.specials, stdin=io.BytesIO(text)) as source:
        assert [len(rows_of(source.parsed())), source.name, source.size] == [1000, "-", len(text)]
        held = source._reader._text.raw.stream.fileno()  # type: ignore[attr-defined]  # noqa: SLF001
        assert not list(tmp_path.iterdir())
        assert not stat.S_IMODE(os.fstat(held).st_mode) & 0o077
    with pytest.raises(UsageError):
        open_source("-", options=options, specials=registry.specials)


@pytest.mark.parametrize("form", ["table", "packed", "jsonl", "parquet"])
def test_reading_goes_on_where_it_stopped(
    registry: Registry, options: Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, form: str
) -> None:
    monkeypatch.setattr(cutting, "BLOCK", 3000)
    monkeypatch.setattr("ipattr.bulk.parquet._AT_ONCE", 90)
    path = _written(tmp_path, _cells(5, 500), form)
    with open_source(path, options=options, specials=registry.specials) as source:
        batches, positions = [], [source.position]
        for batch in source.parsed():
            batches.append(rows_of([batch]))
            positions.append(source.position)
        whole = source.counts
    assert whole.rows == 500
    assert len(batches) > 4
    for number, position in enumerate(positions):
        kept = msgspec.json.decode(msgspec.json.encode(position), type=Position)
        with open_source(path, options=options, specials=registry.specials, start=kept) as source:
            assert rows_of(source.parsed()) == [row for batch in batches[number:] for row in batch]
            assert source.counts == whole
    path.write_bytes(path.read_bytes() + b"\n" if form != "parquet" else pq_bytes(_cells(6, 5)))
    with pytest.raises(InputError):
        open_source(path, options=options, specials=registry.specials, start=positions[1])


def pq_bytes(cells: list[list[str]]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(_table(cells), sink, row_group_size=120)
    return sink.getvalue()


def _table(cells: list[list[str]]) -> pa.Table:
    return pa.table({name: [row[at] for row in cells] for at, name in enumerate(NAMES)})


def _written(folder: Path, cells: list[list[str]], form: str) -> Path:
    path = folder / {"table": "l.csv", "packed": "l.csv.gz", "jsonl": "l.jsonl", "parquet": "l.parquet"}[form]
    if form == "parquet":
        path.write_bytes(pq_bytes(cells))
    elif form == "jsonl":
        path.write_text("".join(json.dumps(dict(zip(NAMES, row, strict=True))) + "\n" for row in cells))
    else:
        text = "\n".join(",".join(f'"{cell}"' for cell in row) for row in [NAMES, *cells])
        path.write_bytes(gzip.compress(text.encode()) if form == "packed" else text.encode())
    return path


@pytest.mark.parametrize("form", ["jsonl", "parquet", "batches"])
def test_every_form_says_what_the_table_says(registry: Registry, options: Options, tmp_path: Path, form: str) -> None:
    cells = _cells(9, 2000)
    with open_source(_written(tmp_path, cells, "table"), options=options, specials=registry.specials) as source:
        expected = [_as_said(one) for _, one in rows_of(source.parsed())]
        counts = source.counts
    if form == "batches":
        batches = _table(cells).to_batches(max_chunksize=333)
        found = rows_of(parse_batches(batches, MAPPING, options=options, specials=registry.specials))
        assert [row for row, _ in found] == list(range(1, 2001))
    else:
        with open_source(_written(tmp_path, cells, form), options=options, specials=registry.specials) as source:
            found = rows_of(source.parsed())
            assert source.counts == counts
            assert source.form == form
    assert [_as_said(one) for _, one in found] == expected
    assert sum(isinstance(one, dict) for _, one in found) > 1000


@pytest.mark.parametrize("as_type", ["text", "dictionary", "large", "integers", "instants", "seconds"])
def test_typed_columns_are_read_as_a_data_frame_is(registry: Registry, options: Options, as_type: str) -> None:
    cells = [row for row in _cells(11, 600) if row[3].isdigit() and row[2].isdigit()]
    table = _table(cells)
    zone = parse_zone("America/New_York")
    assert isinstance(zone, Zone)
    declared = msgspec.structs.replace(options, zone=zone)
    convert = {
        "text": lambda column, _: column,
        "dictionary": lambda column, _: column.dictionary_encode(),
        "large": lambda column, _: column.cast(pa.large_string()),
        "integers": lambda column, name: column.cast(pa.uint64()) if name in {NAMES[2], NAMES[3]} else column,
    }
    times = [datetime(2026, 3, 8, 5, tzinfo=UTC).timestamp() * 1_000_000 + at * 40_000_000 for at in range(len(cells))]
    micros = pa.array([int(time) + (at % 3) * 500 if at % 7 else None for at, time in enumerate(times)], pa.int64())
    if as_type in {"instants", "seconds"}:
        kind = pa.timestamp("us", "Asia/Tokyo") if as_type == "instants" else pa.timestamp("us")
        table = table.set_column(0, NAMES[0], micros.cast(kind))
    else:
        columns = [convert[as_type](table.column(name), name) for name in NAMES]
        table = pa.table(dict(zip(NAMES, columns, strict=True)))
    found = rows_of(parse_batches(table.to_batches(), MAPPING, options=declared, specials=registry.specials))
    frame = read_table(table.to_pandas(), MAPPING, options=declared, specials=registry.specials)
    assert [_as_said(one) for _, one in found] == [_as_said(one) for one in frame.outcomes]
    assert sum(isinstance(one, dict) for _, one in found) > len(cells) // 2


@pytest.mark.parametrize("name", ["loginIp", "loginPortNumber", "accountId", "createdAt"])
def test_a_column_of_floats_is_refused_with_one_sentence(
    registry: Registry, options: Options, tmp_path: Path, name: str
) -> None:
    table = _table(_cells(1, 3))
    table = table.set_column(table.schema.get_field_index(name), name, pa.array([1.0, 2.0, None]))
    with pytest.raises(InputError, match="holds floats"):
        list(parse_batches(table.to_batches(), MAPPING, options=options, specials=registry.specials))
    pq.write_table(table, tmp_path / "l.parquet")
    with pytest.raises(InputError, match="holds floats"):
        open_source(tmp_path / "l.parquet", options=options, specials=registry.specials)


@pytest.mark.parametrize("kind", [pa.bool_(), pa.list_(pa.string()), pa.time32("s"), pa.decimal128(9, 2)])
def test_a_column_that_is_no_cell_is_refused(registry: Registry, options: Options, kind: pa.DataType) -> None:
    batch = pa.RecordBatch.from_arrays([pa.nulls(1, kind), pa.array(["x"])], names=["t", "ip"])
    with pytest.raises(InputError):
        parse_batch(batch, {"time": "t", "ip": "ip"}, options=options, specials=registry.specials)


@pytest.mark.parametrize("mapping", [{"time": "t"}, {"time": "t", "ip": "t"}, {"time": "t", "ip": "i", "foo": "x"}, {}])
def test_columns_named_wrongly_are_refused(registry: Registry, options: Options, mapping: dict[str, str]) -> None:
    batch = pa.RecordBatch.from_pydict({"t": ["2026-05-01T03:34:56Z"], "i": ["49.96.1.2"]})
    with pytest.raises(InputError):
        parse_batch(batch, mapping, options=options, specials=registry.specials)
    with pytest.raises(InputError, match="not there once"):
        parse_batch(batch, {"time": "t", "ip": "gone"}, options=options, specials=registry.specials)


def test_slices_nulls_and_empty_batches(registry: Registry, options: Options) -> None:
    cells = _cells(12, 300)
    table = _table([[cell if at % 4 else "" for cell in row] for at, row in enumerate(cells)])
    nulled = pa.table({n: pa.array([t or None for t in table.column(n).to_pylist()], pa.string()) for n in NAMES})
    whole = rows_of(parse_batches(table.to_batches(), MAPPING, options=options, specials=registry.specials))
    for start, length in ((0, 0), (0, 1), (7, 100), (299, 1)):
        for source in (table, nulled):
            batch = source.slice(start, length).combine_chunks().to_batches() or [
                pa.RecordBatch.from_pylist([], schema=source.schema)
            ]
            raw = source.to_batches()[0].slice(start, length)
            for one in (batch[0], raw):
                parsed = parse_batch(one, MAPPING, options=options, specials=registry.specials, first=start + 1)
                assert len(parsed) == length
                assert rows_of([parsed]) == whole[start : start + length]


def test_text_that_is_not_utf8_is_refused(registry: Registry, options: Options) -> None:
    bad = pa.StringArray.from_buffers(1, pa.py_buffer(np.array([0, 1], np.int32)), pa.py_buffer(b"\xff"))
    batch = pa.RecordBatch.from_arrays([pa.array(["2026-05-01T03:34:56Z"]), bad], names=["t", "ip"])
    with pytest.raises(InputError, match="not UTF-8"):
        parse_batch(batch, {"time": "t", "ip": "ip"}, options=options, specials=registry.specials)


def test_lines_of_json(registry: Registry, options: Options, tmp_path: Path) -> None:
    good = '"createdAt":"2026-05-01T03:34:56Z","loginIp":"49.96.1.2"'
    lines = {
        f'{{{good},"accountId":18446744073709551617,"loginPortNumber":443}}': "plain",
        f'{{{good},"accountId":1.2e18}}': "IPA984",
        f'{{{good},"loginPortNumber":443.0}}': "IPA984",
        f'{{{good},"loginIp"  : "49.96.1.3"}}': "IPA981",
        f'{{{good},"x":{{"a":1,"a":2}},"y":"\\":"}}': "plain",
        f'{{{good},"accountId":null,"loginPortNumber":null}}': "plain",
        '{"createdAt":"2026-05-01T03:34:56Z","loginIp":["49.96.1.2"]}': "IPA983",
        '{"createdAt":"2026-05-01T03:34:56Z","loginIp":true}': "IPA983",
        '{"createdAt":"2026-05-01T03:34:56Z","loginIp":"49.96.1.2\\u0000"}': "IPA102",
        '{"createdAt":"2026-05-01T03:34:56Z","loginIp":"\\ud800"}': "IPA980",
        '{"createdAt":"2026-05-01T03:34:56Z"': "IPA980",
        '{"createdAt":"2026-05-01T03:34:56Z"} {}': "IPA980",
        "[1]": "IPA980",
        " ": "blank",
        f"{{{good}}}\r": "plain",
        f'{{{good},"account_name":"a"}}': "late",
    }
    path = tmp_path / "l.jsonl"
    head = "".join(f"{line}\n" for line in lines if "account_name" not in line)
    path.write_text(head + f"{{{good}}}\n" * 2000 + list(lines)[-1], encoding="utf-8", newline="")
    with open_source(path, options=options, specials=registry.specials) as source:
        found = dict(rows_of(source.parsed()))
        assert source.position.blank == 1
    for number, expected in enumerate(lines.values(), start=1):
        if expected == "blank":
            assert number not in found
        elif expected != "late":
            one = found[number]
            assert (one.code if isinstance(one, Reject) else "plain") == expected, number
    last = found[len(lines) - 1 + 2001]
    assert isinstance(last, Reject)
    assert (last.code, last.column) == ("IPA982", "account_name")
    first = found[1]
    assert isinstance(first, dict)
    assert first["account"] == ("18446744073709551617", None)


def test_json_without_objects_or_columns_is_refused(registry: Registry, options: Options, tmp_path: Path) -> None:
    path = tmp_path / "l.jsonl"
    for text, kind in (("{\n}\n", InputError), ('{"a":1}\n', MappingNeededError)):
        path.write_text(text)
        with pytest.raises(kind):
            open_source(path, options=options, specials=registry.specials)


@pytest.mark.parametrize("name", ["x.zip", "x.pdf", "x.png", "result.json", "x.parquet", "folder", "missing"])
def test_what_is_no_table_is_named(registry: Registry, options: Options, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    content = {
        "x.zip": b"PK\x03\x04", "x.pdf": b"%PDF-1.7\n", "x.png": b"\x89PNG\r\n\x1a\n", "x.parquet": b"PAR1" * 9,
        "result.json": b'{"schema_version":"1","data_version":"2"}',
    }  # fmt: skip
    if name == "folder":
        path.mkdir()
    elif name != "missing":
        path.write_bytes(content[name])
    with pytest.raises(InputError) as error:
        open_source(path, options=options, specials=registry.specials)
    assert error.value.where == name
    assert error.value.ja != error.value.en


def test_a_file_that_changes_while_it_is_read_is_refused(
    registry: Registry, options: Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutting, "BLOCK", 1000)
    path = tmp_path / "log.csv"
    path.write_text(HEAD + GOOD * 500)
    with open_source(path, options=options, specials=registry.specials) as source:
        batches = source.parsed()
        next(batches)
        with path.open("a") as more:
            more.write(GOOD)
        with pytest.raises(InputError, match="was changed"):
            list(batches)


def test_what_was_read_before_an_error_is_given_out_and_the_position_stays(
    registry: Registry, options: Options, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cutting, "BLOCK", 1000)
    path = tmp_path / "log.csv"
    path.write_text(HEAD + GOOD * 100 + 'a,"b"c,d,e\n' + GOOD * 100)
    with open_source(path, options=options, specials=registry.specials) as source:
        sizes: list[int] = []
        with pytest.raises(IpattrError, match="closing quotation mark"):
            sizes.extend(len(batch) for batch in source.parsed())
        seen = sum(sizes)
        assert 50 < seen < 101
        assert source.counts.rows == seen == source.position.row - 2


def test_memory_does_not_grow_with_the_file_and_pandas_stays_out(tmp_path: Path) -> None:
    program = """
import pathlib, re, sys
from ipattr.bulk.sources import open_source
from ipattr.readers import Options
from ipattr.registry import open_registry
registry = open_registry()
peaks = []
for path in sys.argv[1:]:
    with open_source(path, options=Options(columns=registry.columns), specials=registry.specials) as source:
        rows = sum(len(batch) for batch in source.parsed() if batch.cells["ip"] is not None)
    # Not ru_maxrss: that one is inherited from whoever started us.
    peaks.append(int(re.search(r"VmHWM:\\s+([0-9]+)", pathlib.Path("/proc/self/status").read_text())[1]))
print(rows, peaks[1] - peaks[0], sorted({"pandas", "matplotlib", "socket"} & set(sys.modules)))
"""
    for name, rows in (("small.csv", 100_000), ("large.csv", 800_000)):
        (tmp_path / name).write_text(HEAD + GOOD * rows)
    command = [sys.executable, "-c", program, str(tmp_path / "small.csv"), str(tmp_path / "large.csv")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows, grown, modules = done.stdout.split(maxsplit=2)
    assert int(rows) == 800_000
    assert int(grown) < 40_000, done.stdout
    assert modules.strip() in {"[]", "['socket']"}


def test_a_column_of_days_is_no_time(registry: Registry, options: Options) -> None:
    batch = pa.RecordBatch.from_pydict({"t": [date(2026, 5, 1)], "ip": ["49.96.1.2"]})
    parsed = parse_batch(batch, {"time": "t", "ip": "ip"}, options=options, specials=registry.specials)
    frame = pd.DataFrame({"t": ["2026-05-01"], "ip": ["49.96.1.2"]})
    expected = read_table(frame, {"time": "t", "ip": "ip"}, options=options, specials=registry.specials)
    assert [_as_said(one) for one in parsed.odd.values()] == [_as_said(one) for one in expected.outcomes]


@pytest.mark.parametrize("name", ["ip-audit.js", "x-return.txt"])
def test_other_forms_of_disclosure_are_left_to_the_reading_of_small_files(
    registry: Registry, options: Options, root: Path, name: str
) -> None:
    with pytest.raises(InputError, match="use ipattr lookup"):
        open_source(root / "data" / "examples" / name, options=options, specials=registry.specials)


def test_an_address_that_carries_another_is_looked_at_whatever_blocks_are_special(options: Options) -> None:
    cells = ["::ffff:7f00:1", "64:ff9b::102:304", "2002:102:304::1", "2001:0:1::2", "2400:4050::1"]
    batch = pa.RecordBatch.from_pydict({"t": ["2026-05-01T03:34:56Z"] * len(cells), "ip": cells})
    parsed = parse_batch(batch, {"time": "t", "ip": "ip"}, options=options, specials=Specials(()))
    assert parsed.plain.tolist() == [False, False, False, False, True]
    assert all(isinstance(one, LoginEvent) and one.address.embedding for one in parsed.odd.values())


@pytest.mark.parametrize("value", ["-0", "-1", "0", "443", "18446744073709551617", '"443"', "4e2", "null", '"\\u0034"'])
def test_a_number_of_json_keeps_its_digits_whatever_stands_in_the_other_lines(
    registry: Registry, options: Options, tmp_path: Path, value: str
) -> None:
    line = f'{{"createdAt":"2026-05-01T03:34:56Z","loginIp":"49.96.1.2","loginPortNumber":{value}}}\n'
    path = tmp_path / "l.jsonl"
    found = []
    for text in (line * 2, line + "\n" + line):  # the blank line takes the other way through the reader
        path.write_text(text)
        with open_source(path, options=options, specials=registry.specials) as source:
            found.append([_as_said(one) for _, one in rows_of(source.parsed())])
    assert found[0] == found[1]
    assert len(found[0]) == 2
