"""Attribute a table of logins on Spark: python on_spark.py LOGINS.csv OUT.parquet AS_OF [TZ]."""

from __future__ import annotations

import os
import sys
from datetime import date
from functools import partial

from pyspark.sql import SparkSession
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

from ipattr.bulk import enrich_batches, enriched_schema

source, target, as_of, *zone = sys.argv[1:]
os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # the workers need the same packages
spark = (
    SparkSession.builder.master(os.environ.get("SPARK_MASTER", "local[*]"))
    # A local run stays on this machine: the disclosed addresses are secret.
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.ui.enabled", "false")
    # Batches of equal work; the default of 10,000 rows asks the same questions more often.
    .config("spark.sql.execution.arrow.maxRecordsPerBatch", "65536")
    # A time is an instant: what a session would print it as must not change it.
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")

# Without a schema every cell stays the text that it is: ids and ports keep their digits.
logins = spark.read.csv(source, header=True)
asked = {"ip": "ip", "time": "time", "port": "port", "account_id": "account_id"}
enrich = partial(enrich_batches, **asked, tz=zone[0] if zone else None, as_of=date.fromisoformat(as_of))
wanted = from_arrow_schema(enriched_schema(to_arrow_schema(logins.schema)))
logins.mapInArrow(enrich, wanted).write.parquet(target)
spark.stop()
