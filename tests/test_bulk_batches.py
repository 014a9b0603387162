"""Batches keep their rows, their order and their columns, and say of each row what the file output says."""

from __future__ import annotations

import csv
import io
import pickle
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path  # noqa: TC003 - a fixture's type
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from bulk_world import log

from ipattr.bulk import BATCH_COLUMNS, enrich_batches, enrich_file, enriched_schema
from ipattr.errors import InputError, IpattrError, UsageError

AS_OF = date(2026, 11, 20)
Columns = list[str] | Literal["all"] | None
HEADERS = ("loginIp", "createdAt", "loginPortNumber", "accountId", "screenName")
asked = partial(
    enrich_batches,
    ip="loginIp",
    time="createdAt",
    port="loginPortNumber",
    account_id="accountId",
    account_name="screenName",
    as_of=AS_OF,
)


def _batch(text: str) -> pa.RecordBatch:
    """Return the columns of a log that are asked about, as text."""
    rows = list(csv.DictReader(io.StringIO(text)))
    return pa.RecordBatch.from_pydict({name: [row[name] for row in rows] for name in HEADERS})


def _narrow(text: str) -> str:
    """Return the same columns of the log as CSV."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(HEADERS), extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(csv.DictReader(io.StringIO(text)))
    return out.getvalue()


def _enriched(batches: list[pa.RecordBatch], columns: Columns = None) -> pa.Table:
    return pa.Table.from_batches(list(asked(batches, columns=columns)))


def test_rows_and_own_columns_stay_as_they_are() -> None:
    batch = _batch(log(500))
    made = _enriched([batch])
    assert made.select(batch.schema.names).to_batches()[0].equals(batch)
    assert made.column_names == [*batch.schema.names, *["ipattr_" + name for name in BATCH_COLUMNS]]
    assert set(made["ipattr_status"].to_pylist()) == {"ok", "review", "rejected"}


def test_the_verdicts_are_those_of_the_file(tmp_path: Path) -> None:
    text = log(800, seed=6)
    source = tmp_path / "log.csv"
    source.write_text(_narrow(text), encoding="utf-8", newline="")
    columns = [name for name in BATCH_COLUMNS if name != "reason"]
    enrich_file(source, tmp_path / "out.parquet", as_of=AS_OF, columns=columns)
    wanted = pq.read_table(tmp_path / "out.parquet").to_pylist()
    made = _enriched([_batch(text)])
    accepted = [row for row in made.to_pylist() if row["ipattr_status"] != "rejected"]
    assert [{name: row["ipattr_" + name] for name in columns} for row in accepted] == wanted
    with (tmp_path / "out.rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        reasons = [row["reason"] for row in csv.DictReader(file)]
    rejected = [row for row in made.to_pylist() if row["ipattr_status"] == "rejected"]
    assert [row["ipattr_reason"] for row in rejected] == reasons
    assert all(row["ipattr_addressee"] is None and row["ipattr_act_by"] is None for row in rejected)


def test_how_rows_are_cut_into_batches_does_not_show() -> None:
    whole = _batch(log(600, seed=8))
    pieces = [whole.slice(at, 37) for at in range(0, whole.num_rows, 37)]
    assert _enriched(pieces, columns="all").combine_chunks() == _enriched([whole], columns="all").combine_chunks()


def test_the_schema_is_told_before() -> None:
    batch = _batch(log(50))
    choices: tuple[Columns, ...] = (None, "all", ["utc", "findings"])
    for columns in choices:
        assert _enriched([batch], columns=columns).schema == enriched_schema(batch.schema, columns=columns)
    assert not any(pa.types.is_dictionary(field.type) for field in enriched_schema(batch.schema, columns="all"))


def test_an_empty_batch_stays_one() -> None:
    batch = _batch(log(10)).slice(0, 0)
    made = _enriched([batch])
    assert made.num_rows == 0
    assert made.schema == enriched_schema(batch.schema)


def test_typed_columns_are_taken_as_they_are() -> None:
    when = datetime(2026, 8, 1, 3, 4, 5, tzinfo=UTC)
    batch = pa.RecordBatch.from_pydict(
        {
            "a": pa.array(["126.0.0.1", "106.146.5.1", None]),
            "t": pa.array([when, when, when], pa.timestamp("us", "UTC")),
            "p": pa.array([443, None, 1], pa.int64()),
        }
    )
    (made,) = enrich_batches([batch], ip="a", time="t", port="p", as_of=AS_OF)
    assert made["ipattr_status"].to_pylist() == ["ok", "ok", "rejected"]
    assert made["ipattr_utc"].to_pylist()[:2] == [when, when]


def test_a_float_column_of_ports_is_refused() -> None:
    batch = pa.RecordBatch.from_pydict({"a": ["126.0.0.1"], "t": ["2026-08-01T00:00:00Z"], "p": [443.0]})
    with pytest.raises(IpattrError):
        list(enrich_batches([batch], ip="a", time="t", port="p", as_of=AS_OF))


def test_a_missing_column_is_said() -> None:
    with pytest.raises((InputError, UsageError)):
        list(enrich_batches([_batch(log(5))], ip="nowhere", time="createdAt", as_of=AS_OF))


def test_a_column_of_the_same_name_is_not_overwritten() -> None:
    (made,) = asked([_batch(log(5))])
    with pytest.raises(UsageError, match="prefix"):
        list(asked([made]))
    assert list(asked([made], prefix="again_"))


@pytest.mark.parametrize("columns", [["row"], ["provenance"], ["nonsense"]])
def test_a_row_of_a_batch_has_no_place_in_a_file(columns: list[str]) -> None:
    with pytest.raises(UsageError):
        asked([], columns=columns)


def test_the_function_travels_by_its_name() -> None:
    assert pickle.loads(pickle.dumps(enrich_batches)) is enrich_batches  # noqa: S301 - what was just dumped
