"""One contender of ``bulk.py`` in a process of its own: a log in, the answers out.

    python benchmarks/bulk_peers.py NAME LOG FACTS_FOLDER OUT

Every peer writes ``COLUMNS`` as Parquet (the C program, which is none of these, as CSV), and looks everything up in the
tables of ``bulk_facts.py``, which are ready. Of a row that does not fit it keeps what fits, or loses it; none says why.
"""

from __future__ import annotations

import socket
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

AS_OF = date(2026, 11, 21)
FACTS = ("attribution_status", "prefix", "origin_as", "operator", "addressee")
COLUMNS = ("utc", "ip", "port", "account_id", *FACTS, "connected_on_jst", "earliest_expiry", "act_by")
NAMES = {"createdAt": "utc", "loginIp": "ip", "loginPortNumber": "port", "accountId": "account_id"}
MAX_PORT = 65535
BLOCK = 1 << 22


def ours(log: Path, facts: Path, out: Path) -> None:
    """Ask ipattr for the peers' columns; its rejects and its manifest come with them."""
    del facts
    from ipattr.bulk import enrich_file

    enrich_file(log, out, as_of=AS_OF, platform="x", columns=COLUMNS)


def ours_whole(log: Path, facts: Path, out: Path) -> None:
    """Ask ipattr for every column that it writes unasked."""
    del facts
    from ipattr.bulk import enrich_file

    enrich_file(log, out, as_of=AS_OF, platform="x")


def ours_on(log: Path, data: Path, out: Path) -> None:
    """Ask ipattr for the peers' columns on another data folder, in the place of the facts."""
    from ipattr.bulk import enrich_file

    enrich_file(log, out, as_of=AS_OF, platform="x", columns=COLUMNS, data=data)


def floor(log: Path, facts: Path, out: Path) -> None:
    """Read the log and write the four columns as they stand: nothing in between."""
    del facts
    import pyarrow.parquet as pq

    pq.write_table(_read_arrow(log), out)


def floor_answers(log: Path, facts: Path, out: Path) -> None:
    """Read the log, and write answers that lie ready (``answers.arrow``, mapped into memory)."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    _read_arrow(log)
    with pa.memory_map(str(facts / "answers.arrow")) as file:
        pq.write_table(pa.ipc.open_file(file).read_all(), out)


def lay_ready(answers: Path, facts: Path, out: Path) -> None:
    """Turn answers in Parquet into the ``answers.arrow`` of ``floor_answers``; no contender."""
    del facts
    import pyarrow as pa
    import pyarrow.parquet as pq

    coded = [*FACTS, "ip"]
    table = pq.read_table(answers, read_dictionary=coded).unify_dictionaries()
    with pa.OSFile(str(out / "answers.arrow"), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def pandas_netaddr(log: Path, facts: Path, out: Path) -> None:
    """Pandas, and netaddr per row: parse the address, bisect the segments."""
    from bisect import bisect_right

    import netaddr

    starts, ids = _segments(facts)

    def find(text: object) -> int:
        try:
            address = netaddr.IPAddress(text)
        except (netaddr.AddrFormatError, ValueError, TypeError):
            return -1
        key = address.value >> (0 if address.version == 4 else 64)  # noqa: PLR2004 - IP version
        return int(ids[address.version][bisect_right(starts[address.version], key) - 1])

    _pandas(log, facts, out, find)


def pandas_pyasn(log: Path, facts: Path, out: Path) -> None:
    """Pandas, and pyasn per row over the same prefixes."""
    _pandas(log, facts, out, _pyasn(facts))


def pandas_pyasn_once(log: Path, facts: Path, out: Path) -> None:
    """Pandas, and pyasn per distinct address: what a careful analyst does."""
    find = _pyasn(facts)

    def once(cells: Any) -> Any:  # noqa: ANN401 - a series
        import pandas as pd

        codes, texts = pd.factorize(cells)
        found = pd.Series([find(text) for text in texts] + [-1]).to_numpy()
        return pd.Series(found[codes], index=cells.index)

    _pandas(log, facts, out, once, whole=True)


def pandas_apply(log: Path, facts: Path, out: Path) -> None:
    """Pandas, pyasn and every fact row by row (``apply(axis=1)``): what is written first."""
    import pandas as pd

    find = _pyasn(facts)
    said = pd.read_parquet(facts / "facts.parquet").set_index("id").to_dict("index")
    expiries = pd.read_parquet(facts / "expiries.parquet")
    dated = {(row.expiry_group, row.connected_on_jst): row for row in expiries.itertuples()}
    frame = pd.read_csv(log, dtype=str, on_bad_lines="skip").rename(columns=NAMES)

    def answer(row: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a series
        try:
            utc = pd.Timestamp(row["utc"])
            day = utc.tz_convert("Asia/Tokyo").date()
        except (ValueError, TypeError, AttributeError):
            utc, day = pd.NaT, None
        fact = said.get(find(row["ip"]), {})
        dates = dated.get((fact.get("expiry_group"), day))
        said_of_it = [fact.get(name) for name in FACTS]
        return (utc, *said_of_it, day, *((dates.earliest_expiry, dates.act_by) if dates else (None, None)))

    names = ["utc", *FACTS, "connected_on_jst", "earliest_expiry", "act_by"]
    frame[names] = pd.DataFrame(frame.apply(answer, axis=1).tolist(), columns=names)
    frame["port"] = pd.to_numeric(frame["port"], errors="coerce").astype("Int64")
    frame["utc"] = pd.to_datetime(frame["utc"], utc=True)
    frame[list(COLUMNS)].to_parquet(out, index=False)


def polars_numpy(log: Path, facts: Path, out: Path) -> None:
    """Polars, with the distinct addresses found by NumPy."""
    import polars as pl

    frame = pl.read_csv(log, infer_schema=False, truncate_ragged_lines=True, encoding="utf8-lossy").rename(NAMES)
    texts = frame["ip"].unique().drop_nulls()
    known = pl.DataFrame({"ip": texts, "id": _find(texts.to_list(), facts)}).with_columns(pl.col("ip"))
    utc = pl.col("utc").str.strip_suffix("Z").str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", strict=False, time_unit="us")
    frame = (
        frame.lazy()
        .with_columns(utc=utc.dt.replace_time_zone("UTC"), port=pl.col("port").cast(pl.Int32, strict=False))
        .with_columns(connected_on_jst=pl.col("utc").dt.convert_time_zone("Asia/Tokyo").dt.date())
        .join(known.lazy(), on="ip", how="left")
        .join(pl.scan_parquet(facts / "facts.parquet"), on="id", how="left")
        .join(pl.scan_parquet(facts / "expiries.parquet"), on=["expiry_group", "connected_on_jst"], how="left")
        .select(COLUMNS)
        .collect()
    )
    frame.write_parquet(out)


def duckdb_script(log: Path, facts: Path, out: Path) -> None:
    """DuckDB: SQL from the file to the file; the distinct addresses become numbers in Python, once each.

    Its extension for addresses is a download, so the text is parsed outside; the longest prefix is an as-of join.
    """
    import duckdb
    import pyarrow as pa

    base = duckdb.connect()
    base.execute(
        "CREATE TABLE log AS SELECT * FROM read_csv(?, all_varchar = true, ignore_errors = true, header = true)",
        [str(log)],
    )
    texts = [row[0] for row in base.execute("SELECT DISTINCT loginIp FROM log WHERE loginIp <> ''").fetchall()]
    rows = [(text, *key) for text, key in zip(texts, map(_key, texts), strict=True) if key is not None]
    ips, versions, keys = zip(*rows, strict=True)
    base.register("addresses", pa.table({"ip": ips, "version": versions, "key": pa.array(keys, pa.uint64())}))
    base.execute("CREATE VIEW segments AS SELECT * FROM read_parquet($1)".replace("$1", f"'{facts}/segments.parquet'"))
    base.execute(f"CREATE VIEW facts AS SELECT * FROM read_parquet('{facts}/facts.parquet')")  # noqa: S608 - own paths
    base.execute(f"CREATE VIEW expiries AS SELECT * FROM read_parquet('{facts}/expiries.parquet')")  # noqa: S608
    base.execute(
        f"""
        COPY (
            WITH known AS (
                SELECT a.ip, f.* FROM addresses a
                ASOF JOIN segments s ON a.version = s.version AND a.key >= s.start
                JOIN facts f USING (id)
            ), dated AS (
                SELECT TRY_CAST(createdAt AS TIMESTAMPTZ) AS utc, loginIp AS ip,
                    TRY_CAST(loginPortNumber AS INTEGER) AS port, accountId AS account_id
                FROM log
            )
            SELECT utc, d.ip, port, account_id, {", ".join(FACTS)}, connected_on_jst, earliest_expiry, act_by
            FROM (SELECT *, (utc AT TIME ZONE 'Asia/Tokyo')::DATE AS connected_on_jst FROM dated) d
            LEFT JOIN known USING (ip)
            LEFT JOIN expiries USING (expiry_group, connected_on_jst)
        ) TO '{out}' (FORMAT parquet)
        """  # noqa: S608 - column names of this file
    )


def arrow_numpy(log: Path, facts: Path, out: Path) -> None:
    """Arrow dictionaries and NumPy: each distinct address, day and clock once, joined back by number."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    table = _read_arrow(log)
    said = pq.read_table(facts / "facts.parquet")
    expiries = pq.read_table(facts / "expiries.parquet")
    coded = table["loginIp"].combine_chunks().dictionary_encode()
    at = np.array(_find(coded.dictionary.to_pylist(), facts))[coded.indices]
    micros, good = _times(table["createdAt"].combine_chunks())
    days = (micros + 9 * 3_600_000_000) // 86_400_000_000
    every = expiries["connected_on_jst"].to_numpy().astype("datetime64[D]").astype(np.int64)
    first, width = every.min(), len(np.unique(every))
    groups = said["expiry_group"].to_numpy()[np.maximum(at, 0)]
    inside = good & (at >= 0) & (groups > 0) & (days >= first) & (days < first + width)
    place = pa.array(np.where(inside, (groups - 1) * width + days - first, 0), mask=~inside)
    ids = pa.array(at, mask=at < 0)
    port = table["loginPortNumber"].combine_chunks()
    number = pc.if_else(pc.match_substring_regex(port, "^[0-9]{1,5}$"), port, None).cast(pa.int32())
    columns = [
        pa.array(micros, mask=~good).cast(pa.timestamp("us", "UTC")),
        coded,
        number,
        table["accountId"],
        *(said[name].combine_chunks().dictionary_encode().take(ids) for name in FACTS),
        pa.array(days.astype("datetime64[D]"), mask=~good),
        expiries["earliest_expiry"].combine_chunks().take(place),
        expiries["act_by"].combine_chunks().take(place),
    ]
    pq.write_table(pa.table(columns, names=COLUMNS), out)


def _times(cells: Any) -> tuple[Any, Any]:  # noqa: ANN401 - arrays
    """Return microseconds since 1970 of ISO 8601 texts, and which of them were read."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    good = pc.match_substring_regex(cells, r"^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3])(:[0-5]\d){2}(\.\d{3})?Z$")
    days = pc.utf8_slice_codeunits(cells, 0, 10).dictionary_encode()
    known = np.array([_day(text) for text in days.dictionary.to_pylist()], np.int64)[days.indices]
    shape = np.asarray(good) & (known >= 0)
    clocks = pc.if_else(pa.array(shape), pc.utf8_slice_codeunits(cells, 11, 19), "00:00:00").dictionary_encode()
    hms = [[int(part) for part in text.split(":")] for text in clocks.dictionary.to_pylist()]
    seconds = np.array([h * 3600 + m * 60 + s for h, m, s in hms], np.int64)[clocks.indices]
    return (known * 86_400 + seconds) * 1_000_000, shape


def _day(text: str) -> int:
    try:
        return (date.fromisoformat(text) - date(1970, 1, 1)).days
    except ValueError:
        return -1


def _read_arrow(log: Path) -> Any:  # noqa: ANN401 - a table
    """Read the log as text; a row with another number of cells is left out."""
    import pyarrow as pa
    from pyarrow import csv

    return csv.read_csv(
        log,
        parse_options=csv.ParseOptions(invalid_row_handler=lambda _: "skip"),
        convert_options=csv.ConvertOptions(column_types=dict.fromkeys(NAMES, pa.string())),
        read_options=csv.ReadOptions(block_size=BLOCK),
    )


def _segments(facts: Path) -> tuple[dict[int, Any], dict[int, Any]]:
    """Return the starts and the ids of the segments by IP version, as lists."""
    import pandas as pd

    table = pd.read_parquet(facts / "segments.parquet")
    starts, ids = {}, {}
    for version, part in table.groupby("version"):
        starts[version], ids[version] = part["start"].tolist(), part["id"].tolist()
    return starts, ids


def _key(text: str | None) -> tuple[int, int] | None:
    """Return the version and the number of an address (IPv6: its high 64 bits), None when it is none."""
    try:
        if ":" in (text or ""):
            return 6, int.from_bytes(socket.inet_pton(socket.AF_INET6, text or "")[:8])
        return 4, int.from_bytes(socket.inet_pton(socket.AF_INET, text or ""))
    except (OSError, ValueError):
        return None


def _find(texts: Iterable[str], facts: Path) -> list[int]:
    """Return the id of each text, -1 for what is no address; one binary search for all."""
    import numpy as np
    import pyarrow.parquet as pq

    table = pq.read_table(facts / "segments.parquet")
    versions, starts, ids = (table[name].to_numpy() for name in ("version", "start", "id"))
    keys = [_key(text) for text in texts]
    version = np.array([key[0] if key else 0 for key in keys])
    number = np.array([key[1] if key else 0 for key in keys], np.uint64)
    found = np.full(len(keys), -1)
    for family in (4, 6):
        of = versions == family
        mine = version == family
        found[mine] = ids[of][np.searchsorted(starts[of], number[mine], side="right") - 1]
    return found.tolist()


def _pyasn(facts: Path) -> Callable[[object], int]:
    import pyasn  # type: ignore[import-untyped]

    table = pyasn.pyasn(str(facts / "table.txt"))

    def find(text: object) -> int:
        try:
            return table.lookup(text)[0] or 0
        except (ValueError, TypeError):
            return -1

    return find


def _pandas(log: Path, facts: Path, out: Path, find: Callable[[Any], Any], *, whole: bool = False) -> None:
    """Read, find, join and write with pandas; ``find`` takes one cell, or the ``whole`` column."""
    import pandas as pd

    frame = pd.read_csv(log, dtype=str, on_bad_lines="skip").rename(columns=NAMES)
    frame["id"] = find(frame["ip"]) if whole else frame["ip"].map(find)
    frame["utc"] = pd.to_datetime(frame["utc"], utc=True, errors="coerce", format="ISO8601").dt.as_unit("us")
    frame["port"] = pd.to_numeric(frame["port"], errors="coerce").astype("Int64")
    local = frame["utc"].dt.tz_convert("Asia/Tokyo").dt.tz_localize(None)
    frame["connected_on_jst"] = local.dt.normalize()
    expiries = pd.read_parquet(facts / "expiries.parquet")
    expiries["connected_on_jst"] = pd.to_datetime(expiries["connected_on_jst"]).dt.as_unit("us")
    frame = frame.merge(pd.read_parquet(facts / "facts.parquet"), on="id", how="left")
    frame = frame.merge(expiries, on=["expiry_group", "connected_on_jst"], how="left")
    frame[list(COLUMNS)].to_parquet(out, index=False)


CONTENDERS: dict[str, Callable[[Path, Path, Path], None]] = {
    "ours": ours,
    "ours-whole": ours_whole,
    "ours-on": ours_on,
    "floor": floor,
    "floor-answers": floor_answers,
    "lay-ready": lay_ready,
    "polars": polars_numpy,
    "arrow": arrow_numpy,
    "duckdb": duckdb_script,
    "pandas-pyasn-once": pandas_pyasn_once,
    "pandas-pyasn": pandas_pyasn,
    "pandas-netaddr": pandas_netaddr,
    "pandas-apply": pandas_apply,
}


if __name__ == "__main__":
    name, *places = sys.argv[1:]
    CONTENDERS[name](*map(Path, places))
