"""Attribute a table of logins on Dask: python on_dask.py LOGINS.csv OUT.parquet AS_OF [TZ]."""

from __future__ import annotations

import sys
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import dask.dataframe as dd
import pandas as pd
import pyarrow as pa

from ipattr.bulk import enrich_batches

if TYPE_CHECKING:
    from collections.abc import Callable

    Enrich = Callable[[list[pa.RecordBatch]], list[pa.RecordBatch]]


def partition(logins: pd.DataFrame, enrich: Enrich) -> pd.DataFrame:
    """Return one partition with the columns that ipattr adds, in the order of its rows."""
    table = pa.Table.from_pandas(logins.astype("string"), preserve_index=False)
    batches = list(enrich(table.to_batches()))
    schema = batches[0].schema if batches else None
    found = pa.Table.from_batches(batches, schema=schema) if schema else table
    return found.to_pandas(types_mapper=pd.ArrowDtype)


if __name__ == "__main__":
    source, target, as_of, *zone = sys.argv[1:]
    asked = {"ip": "ip", "time": "time", "port": "port", "account_id": "account_id"}
    enrich = partial(enrich_batches, **asked, tz=zone[0] if zone else None, as_of=date.fromisoformat(as_of))
    # As text: a column of numbers with a gap in it would become floats, and a float is no id.
    logins = dd.read_csv(source, dtype="string", keep_default_na=False, blocksize="16MB")
    meta = partition(logins._meta_nonempty, enrich).iloc[:0]  # noqa: SLF001 - Dask's own way to a schema
    logins.map_partitions(partition, enrich, meta=meta).to_parquet(target, write_index=False)
