"""Parquet files joined by their footers are the tables of their parts, for whoever reads them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003 - a fixture's type
from typing import Any, Literal, get_args

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipattr.bulk import footers

Compression = Literal["none", "zstd", "snappy"]
FIELDS: list[pa.Field[Any]] = [
    pa.field("n", pa.int64()),
    pa.field("word", pa.string()),
    pa.field("when", pa.timestamp("us", "UTC")),
    pa.field("flag", pa.bool_()),
    pa.field("real", pa.float64()),
    pa.field("many", pa.list_(pa.int32())),
]
SCHEMA = pa.schema(FIELDS, metadata={"ipattr": "{}"})


def _table(rows: int, start: int) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {
                "n": start + n,
                "word": f"w{n % 7}" if n % 3 else None,
                "when": datetime.fromtimestamp(n, UTC),
                "flag": n % 2 == 0,
                "real": n / 7,
                "many": [n] * (n % 3),
            }
            for n in range(rows)
        ],
        schema=SCHEMA,
    )


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.integers(0, 900), min_size=1, max_size=5),
    st.sampled_from(get_args(Compression)),
    st.integers(1, 400),
)
def test_the_whole_is_its_parts(
    tmp_path_factory: pytest.TempPathFactory,
    sizes: list[int],
    compression: Compression,
    group: int,
) -> None:
    folder = tmp_path_factory.mktemp("parts")
    tables = [_table(size, 1000 * at) for at, size in enumerate(sizes)]
    parts = []
    for at, table in enumerate(tables):
        parts.append(folder / f"{at}.parquet")
        with pq.ParquetWriter(parts[-1], SCHEMA, compression=compression) as writer:
            writer.write_table(table, row_group_size=group)
    footers.join(parts, folder / "whole.parquet")
    whole = pq.read_table(folder / "whole.parquet")
    assert whole.equals(pa.concat_tables(tables))
    assert whole.schema.metadata == SCHEMA.metadata
    metadata = pq.read_metadata(folder / "whole.parquet")
    assert metadata.num_rows == sum(sizes)
    assert metadata.num_row_groups == sum(pq.read_metadata(part).num_row_groups for part in parts)
    groups = [metadata.row_group(n) for n in range(metadata.num_row_groups)]
    bounds: list[Any] = [group.column(0).statistics for group in groups if group.num_rows]
    assert [bound.min for bound in bounds] == sorted(bound.min for bound in bounds)


@pytest.mark.parametrize("cut", [0, 3, 8, 60, -1])
def test_half_a_file_is_refused(tmp_path: Path, cut: int) -> None:
    pq.write_table(_table(100, 0), tmp_path / "a.parquet")
    data = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "b.parquet").write_bytes(data[:cut])
    with pytest.raises((ValueError, OSError)):
        footers.join([tmp_path / "a.parquet", tmp_path / "b.parquet"], tmp_path / "whole.parquet")
