"""``df.ipattr``: no row is lost, moved or changed, and the verdicts are those of ``ipattr lookup`` on the same rows."""

from __future__ import annotations

import csv
import hashlib
import ipaddress
import json
import random
import tempfile
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ipattr
from ipattr import frames
from ipattr.errors import UsageError
from ipattr.instants import jst_date
from ipattr.model import LoginEvent
from ipattr.renderers.layout import inert

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipattr.model import Case

AS_OF = date(2026, 11, 21)
JST = timezone(timedelta(hours=9))
FIELDS = ("ip", "time", "port", "account_id", "account_name")
DOCOMO, KDDI = "49.96.45.67", "2001:268:9a00::1"

ADDRESSES = [
    DOCOMO, "106.128.123.45", KDDI, "５.157.157.45", "10.0.0.1", "::ffff:126.182.45.67", "[2001:268::1]:50001",
    "126.182.45.67:1024", "1.2.3", "049.96.45.67", "49.96.45.67 ", "", " ", "nonsense", "=cmd|'/c calc'!A1",
    "\u202e1.1.1.1", "49.96.45.67\u200b", "3227528515", "fe80::1%eth0", "203.0.113.9",
]  # fmt: skip
TIMES = [
    "2026-10-01 10:00:00", "2026-10-01T01:00:00Z", "2026/10/01 10:00:00 JST", "令和8年10月1日 10時00分00秒",
    "2026-10-01 10:00", "2026-10-01", "10/01/2026 10:00:00", "1790816400", "", "2026-10-01 25:00:00",
    "2026-10-01T01:00:00.123456789+09:00", "2026-10-01 10:00:00.25", "Thu Oct 01 01:00:00 UTC 2026",
    "1979-01-01T00:00:00Z", "2026-10-01 10:00:00 PST", "x\ty",
]  # fmt: skip
PORTS = ["", "443", "50001", "0", "65536", "443.0", "4.43E+02", " 443 ", "４４３", "-1", "+1", "'443"]
IDS = [
    "",
    "6012345678901234567",
    "6.01235E+18",
    "007",
    "6012345678900000000",
    "0x1f",
    "６０１",
    "alice",
    "123.0",
    '"1"',
]
ACCOUNTS = [
    "",
    "reidai",
    "=1+1",
    "\U0001f468\u200d\U0001f469",
    "a,b",
    'say "hi"',
    "\u202egnp.exe",
    "\x1b[31m",
    "\ufeffx",
    "''",
]
POOLS = {"ip": ADDRESSES, "time": TIMES, "port": PORTS, "account_id": IDS, "account_name": ACCOUNTS}


def look_up(table: pd.DataFrame, **arguments: Any) -> pd.DataFrame:  # noqa: ANN401 - whatever the accessor takes
    return table.ipattr.lookup(**{"ip": "ip", "time": "time", "as_of": AS_OF, **arguments})


def said(frame: pd.DataFrame, prefix: str = "ipattr_") -> list[dict[str, Any]]:
    """Return the added columns as plain values, a missing one as None."""
    added = frame[[c for c in frame.columns if isinstance(c, str) and c.startswith(prefix)]].astype(object)
    return [
        {name.removeprefix(prefix): None if pd.isna(value) else value for name, value in record.items()}
        for record in added.to_dict("records")
    ]


def from_csv(table: pd.DataFrame, mapping: dict[str, str], tz: str | None) -> Case:
    """Return what ``ipattr.lookup`` says of the same cells written as CSV; the last column keeps blank rows rows."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "rows.csv"
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([*table.columns, "unread"])
            writer.writerows([[*row, "."] for row in table.itertuples(index=False)])
        return ipattr.lookup([file], as_of=AS_OF, mapping=mapping, tz=tz)


def by_place(case: Case, offset: int) -> dict[int, tuple[str, object]]:
    """Return what became of each row, by its place in the table, without what names the source."""
    found: dict[int, tuple[str, object]] = {}
    for row in case.rows:
        place = int(row.login.provenance.locator.rpartition(":")[2]) - offset
        login = msgspec.structs.replace(row.login, id="", provenance=case.rows[0].login.provenance)
        verdicts = (
            case.attributions[row.attribution],
            case.search_keys[row.search_key],
            case.deadlines[row.deadline],
            case.candidate_sets[row.candidates],
        )
        plain = [json.loads(msgspec.json.encode(part)) for part in (login, *verdicts)]
        del plain[0]["provenance"]
        found[place] = ("read", plain)
    for reject in case.rejects:
        found[reject.row - offset] = ("rejected", (reject.code, reject.column, reject.raw, reject.reason))
    return found


CELLS = st.fixed_dictionaries(
    {field: st.one_of(st.sampled_from(pool[:3]), st.sampled_from(pool)) for field, pool in POOLS.items()}
)
LABELS = {"ip": "接続元", "time": "時刻", "port": "port", "account_id": "uid", "account_name": "name"}


@settings(max_examples=20, deadline=None)
@given(
    rows=st.lists(CELLS, min_size=1, max_size=12),
    used=st.sets(st.sampled_from(["port", "account_id", "account_name"])),
    tz=st.sampled_from([None, "Asia/Tokyo", "UTC"]),
    clock=st.sampled_from(["時刻", "日時(JST)", "time_utc"]),
)
def test_the_verdicts_are_those_of_lookup_on_the_same_rows(
    rows: list[dict[str, str]], used: set[str], tz: str | None, clock: str
) -> None:
    labels = {**LABELS, "time": clock}
    named = {field: labels[field] for field in FIELDS if field in {"ip", "time", *used}}
    table = pd.DataFrame([{labels[f]: row[f] for f in named} for row in rows], dtype=object)
    whole = from_csv(table, named, tz)
    case = table.ipattr.case(**named, tz=tz, as_of=AS_OF)
    assert by_place(case, 1) == by_place(whole, 2)
    assert case.counts == whole.counts
    assert case.summary == whole.summary
    # The last column of the file, which is not read, has a remark of its own.
    assert [finding.code for finding in case.findings] == [f.code for f in whole.findings if f.code != "IPA117"]
    # A frame on top of the case of the file says what the accessor says, cell by cell.
    columns = [column.name for column in frames.LOOKUP if column.name not in {"status", "reason"}]
    wide = frames.verdicts(whole)[columns].astype(object)
    found = said(table.ipattr.lookup(**named, tz=tz, as_of=AS_OF, columns="all"))
    read = iter(wide.to_dict("records"))
    for place, row in enumerate(found):
        kind, facts = by_place(whole, 2)[place]
        if kind == "rejected":
            code, _, _, reason = facts
            assert row == {**dict.fromkeys(row), "status": "rejected", "reason": inert(f"{code} {reason.ja}")}
            continue
        assert {c: row[c] for c in columns} == {c: None if pd.isna(v) else v for c, v in next(read).items()}
        assert row["status"] in {"ok", "review"}
        assert (row["reason"] is None) is (row["status"] == "ok")
    assert next(read, None) is None


INDEXES: dict[str, Callable[[int, random.Random], pd.Index]] = {
    "range": lambda n, _: pd.RangeIndex(5, 5 + 3 * n, 3),
    "repeated": lambda n, r: pd.Index([r.choice([1, 2]) for _ in range(n)]),
    "mixed": lambda n, r: pd.Index([r.choice([1, "a", None, 2.5, "", b"", AS_OF]) for _ in range(n)], dtype=object),
    "nan": lambda n, r: pd.Index([r.choice([1.0, float("nan")]) for _ in range(n)]),
    "dates": lambda n, r: pd.DatetimeIndex([r.choice(["2026-01-01", None, "2026-01-02"]) for _ in range(n)]),
    "categories": lambda n, r: pd.CategoricalIndex([r.choice("ab") for _ in range(n)], categories=list("abc")),
    "levels": lambda n, r: pd.MultiIndex.from_arrays(
        [[r.choice([1, 2]) for _ in range(n)], [r.choice(["x", None]) for _ in range(n)]], names=["a", None]
    ),
}  # fmt: skip
JUNK: dict[str, Callable[[int], Any]] = {
    "float": lambda n: np.linspace(0, 1, n),
    "complex": lambda n: np.zeros(n, dtype=complex),
    "lists": lambda n: pd.Series([[k] if k % 2 else None for k in range(n)], dtype=object),
    "bytes": lambda n: pd.Series([b"\xff"] * n, dtype=object),
    "surrogates": lambda n: pd.Series(["\ud800"] * n, dtype=object),
    "categories": lambda n: pd.Categorical(["x", "y", None] * n)[:n],
    "intervals": lambda n: pd.arrays.IntervalArray.from_breaks(range(n + 1)),
    "periods": lambda n: pd.period_range("2026-01", periods=n, freq="M"),
    "zoned": lambda n: pd.date_range("2026-01-01", periods=n, tz="Asia/Tokyo"),
    "sparse": lambda n: pd.arrays.SparseArray([0] * n),
    "flags": lambda n: pd.array([True, None] * n, dtype="boolean")[:n],
}
ODD_CELLS = [
    None, float("nan"), pd.NA, pd.NaT, 443, np.int64(443), True, 443.0, np.float64(1e18), Decimal(443), b"443", "443",
    ipaddress.ip_address(DOCOMO), ipaddress.ip_address(KDDI), datetime(2026, 10, 1, 10, tzinfo=JST), ["x"], ("y",),
    pd.Timestamp("2026-10-01 10:00:00", tz="UTC"), date(2026, 10, 1), datetime(2026, 10, 1, 10), "\ud800", "a\x00b",  # noqa: DTZ001
    "line\nbreak", "\r\n", object, np.datetime64("2026-10-01T10:00:00"), "x" * 5000, float("inf"),
]  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(
    rows=st.lists(
        st.fixed_dictionaries(
            {field: st.one_of(st.sampled_from(pool), st.sampled_from(ODD_CELLS)) for field, pool in POOLS.items()}
        ),
        max_size=9,
    ),
    index=st.sampled_from(sorted(INDEXES)),
    junk=st.lists(st.sampled_from(sorted(JUNK)), max_size=3),
    repeated=st.booleans(),
    seed=st.integers(0, 99),
)
def test_no_row_is_lost_moved_or_changed(
    rows: list[dict[str, object]], index: str, junk: list[str], seed: int, *, repeated: bool
) -> None:
    luck = random.Random(seed)  # noqa: S311 - a shuffle, no secret
    count = len(rows)
    table = pd.DataFrame({field: pd.Series([row[field] for row in rows], dtype=object) for field in FIELDS})
    for number, name in enumerate(junk):
        table.insert(luck.randint(0, len(table.columns)), "again" if repeated else number, JUNK[name](count), repeated)
    table.index = INDEXES[index](count, luck)
    table.attrs = {"own": ["kept"]}
    # Cells of any type, in columns of their own dtype object: pandas would otherwise settle the dtype by what is there.
    kept, labels = table.copy(), list(table.columns)
    arguments = {"tz": "JST", "port": "port", "account_id": "account_id", "account_name": "account_name"}
    found = look_up(table, **arguments, columns="all")

    pd.testing.assert_frame_equal(table, kept)
    assert found.index is table.index or found.index.equals(table.index)
    assert (type(found.index), found.index.dtype, list(found.index.names)) == (
        type(table.index), table.index.dtype, list(table.index.names),
    )  # fmt: skip
    assert list(found.columns) == [*labels, *(f"ipattr_{column.name}" for column in frames.LOOKUP)]
    pd.testing.assert_frame_equal(found.iloc[:, : len(labels)], kept)
    assert [str(dtype) for dtype in found.dtypes.iloc[len(labels) :]] == [column.dtype for column in frames.LOOKUP]
    assert found.attrs["own"] == ["kept"]
    counts = found.attrs["ipattr"]["counts"]
    statuses = [row["status"] for row in said(found)]
    assert counts == {
        "rows": count, **{key: statuses.count(key) for key in ("ok", "review")}, "rejected": statuses.count("rejected"),
    }  # fmt: skip

    # Each row is judged by itself: shuffled rows give the same verdicts, shuffled.
    order = luck.sample(range(count), count)
    assert said(look_up(table.iloc[order], **arguments, columns="all")) == [said(found)[k] for k in order]


TYPED: dict[str, Callable[[], Any]] = {
    "str": lambda: pd.Series([DOCOMO, None, KDDI, DOCOMO]),
    "object": lambda: pd.Series([DOCOMO, float("nan"), KDDI, DOCOMO], dtype=object),
    "string": lambda: pd.Series([DOCOMO, pd.NA, KDDI, DOCOMO], dtype=pd.StringDtype("python")),
    "category": lambda: pd.Series([DOCOMO, None, KDDI, DOCOMO], dtype="category"),
    "address objects": lambda: pd.Series(
        [ipaddress.ip_address(a) if a else None for a in (DOCOMO, None, KDDI, DOCOMO)], dtype=object
    ),
}


@pytest.mark.parametrize("kind", TYPED)
def test_addresses_of_every_type_are_the_same_addresses(kind: str) -> None:
    table = pd.DataFrame({"ip": TYPED[kind](), "time": "2026-10-01T01:00:00Z"})
    found = said(look_up(table))
    assert [row["ip"] for row in found] == [DOCOMO, None, KDDI, DOCOMO]
    assert [row["status"] for row in found] == ["ok", "rejected", "ok", "ok"]
    assert found[1]["reason"] == "IPA130 IP アドレスが空。"


def instants(first: str = "2026-10-01 10:00:00.25") -> pd.Series[Any]:
    return pd.Series(pd.to_datetime([first, None]))


INSTANTS: dict[str, tuple[Callable[[], Any], str | None]] = {
    "aware, Tokyo": (lambda: instants().dt.tz_localize("Asia/Tokyo"), None),
    "aware, UTC": (lambda: instants("2026-10-01 01:00:00.25").dt.tz_localize("UTC"), "JST"),
    "aware, New York": (
        lambda: instants("2026-09-30 21:00:00.25").dt.tz_localize("America/New_York"), "JST"
    ),
    "naive": (instants, "Asia/Tokyo"),
    "naive, nanoseconds": (lambda: instants().astype("datetime64[ns]"), "JST"),
    "naive, milliseconds": (lambda: instants().astype("datetime64[ms]"), "JST"),
    "objects": (lambda: pd.Series([datetime(2026, 10, 1, 10, 0, 0, 250000, tzinfo=JST), None], dtype=object), None),
    "text": (lambda: pd.Series(["2026-10-01 10:00:00.250000", None]), "Asia/Tokyo"),
}  # fmt: skip


@pytest.mark.parametrize("kind", INSTANTS)
def test_typed_times_are_exact(kind: str) -> None:
    make, tz = INSTANTS[kind]
    found = said(look_up(pd.DataFrame({"ip": DOCOMO, "time": make()}), tz=tz))
    assert found[0]["utc"] == datetime(2026, 10, 1, 1, 0, 0, 250000, tzinfo=UTC)
    assert found[0]["jst"].isoformat() == "2026-10-01T10:00:00.250000+09:00"
    assert found[0]["connected_on_jst"] == datetime(2026, 10, 1)  # noqa: DTZ001 - a date
    assert (found[1]["status"], found[1]["reason"]) == ("rejected", "IPA160 日時が空。")


@pytest.mark.parametrize("zone", [None, "Asia/Tokyo"])
@pytest.mark.parametrize("unit", ["us", "ns"])
def test_a_daylight_saving_hour_that_repeats_stays_two_instants(unit: str, zone: str | None) -> None:
    """01:30 in New York came twice on 2025-11-02; the offset tells them apart."""
    twice = pd.Series(pd.to_datetime(["2025-11-02T05:30:00Z", "2025-11-02T06:30:00Z"])).dt.tz_convert(
        "America/New_York"
    )
    table = pd.DataFrame({"ip": DOCOMO, "time": twice.dt.as_unit(unit)})
    assert [row["utc"].hour for row in said(look_up(table, tz=zone))] == [5, 6]


def test_naive_times_without_a_zone_are_rejected_row_by_row() -> None:
    table = pd.DataFrame({"ip": DOCOMO, "time": pd.to_datetime(["2026-10-01 10:00:00", "2026-10-01 11:00:00"])})
    assert [(row["status"], row["reason"][:6]) for row in said(look_up(table))] == [("rejected", "IPA161")] * 2


def test_times_that_may_be_dates_alone_are_for_review() -> None:
    dates = pd.DataFrame({"ip": DOCOMO, "time": pd.to_datetime(["2026-10-01", "2026-10-02", None])})
    found = said(look_up(dates, tz="JST"))
    assert [row["status"] for row in found] == ["review", "review", "rejected"]
    assert found[0]["reason"].startswith("IPA156 ")
    dates.loc[2, "time"] = pd.Timestamp("2026-10-03 00:00:01")
    assert [row["status"] for row in said(look_up(dates, tz="JST"))] == ["ok", "ok", "ok"]
    plain = pd.DataFrame({"ip": [DOCOMO], "time": pd.Series([date(2026, 10, 1)], dtype=object)})
    assert said(look_up(plain, tz="JST"))[0]["reason"].startswith("IPA163 ")


NUMBERS: dict[str, Callable[[], Any]] = {
    "int64": lambda: pd.Series([443, 443], dtype="int64"),
    "Int64": lambda: pd.Series([443, 443], dtype="Int64"),
    "uint16": lambda: pd.Series([443, 443], dtype="uint16"),
    "object": lambda: pd.Series([443, np.int32(443)], dtype=object),
    "text": lambda: pd.Series(["443", " 443 "]),
    "category": lambda: pd.Series([443, 443], dtype="category"),
    "decimal": lambda: pd.Series([Decimal(443)] * 2, dtype=object),
}


@pytest.mark.parametrize("kind", NUMBERS)
def test_whole_numbers_are_ports_and_ids(kind: str) -> None:
    table = pd.DataFrame({"ip": DOCOMO, "time": "2026-10-01T01:00:00Z", "n": NUMBERS[kind]()})
    found = said(look_up(table, port="n", columns="all"))
    assert [row["port"] for row in found] == [443, 443]
    assert [row["account_id"] for row in said(look_up(table, account_id="n", columns="all"))] == ["443", "443"]


def test_text_that_no_file_could_hold_is_kept_as_it_is() -> None:
    """A lone surrogate is no character; Arrow refuses it, Python does not."""
    table = pd.DataFrame({"ip": DOCOMO, "time": "2026-10-01T01:00:00Z", "n": pd.Series(["a\ud800"], dtype=object)})
    found = look_up(table, account_name="n", columns="all")
    assert found["ipattr_account_name"].tolist() == ["a\ud800"]
    assert found["ipattr_status"].tolist() == ["review"]


def test_long_ids_keep_every_digit() -> None:
    ids = [6012345678901234567, 2**63 - 1]
    table = pd.DataFrame({"ip": DOCOMO, "time": "2026-10-01T01:00:00Z", "uid": ids})
    case = table.ipattr.case(ip="ip", time="time", account_id="uid", as_of=AS_OF)
    assert [row.login.account.id for row in case.rows] == [str(number) for number in ids]


FLOATS: dict[str, Callable[[], Any]] = {
    "float64": lambda: pd.Series([443, None]),
    "float32": lambda: pd.Series([443.0, 1.0], dtype="float32"),
    "Float64": lambda: pd.Series([443, None], dtype="Float64"),
    "category of floats": lambda: pd.Series([443.0, None], dtype="category"),
    "sparse": lambda: pd.Series(pd.arrays.SparseArray([443.0, float("nan")])),
}


@pytest.mark.parametrize("argument", ["port", "account_id", "account_name", "ip", "time"])
@pytest.mark.parametrize("kind", FLOATS)
def test_a_column_of_floats_is_refused_with_one_sentence(kind: str, argument: str) -> None:
    table = pd.DataFrame({"ip": DOCOMO, "time": "2026-10-01T01:00:00Z", "n": FLOATS[kind]()})
    with pytest.raises(UsageError) as refused:
        look_up(table, **{argument: "n"})
    assert "'n'" in refused.value.en
    assert "dtype=str" in refused.value.en
    assert "「n」" in refused.value.ja
    assert "dtype=str" in refused.value.ja
    assert "\n" not in str(refused.value)


def test_a_float_among_other_cells_rejects_its_row_alone() -> None:
    ports = pd.Series([443, 443.0, None, "443"], dtype=object)
    found = said(look_up(pd.DataFrame({"ip": DOCOMO, "time": "2026-10-01T01:00:00Z", "p": ports}), port="p"))
    assert [row["status"] for row in found] == ["ok", "rejected", "ok", "ok"]
    assert found[1]["reason"].startswith("IPA155 「443.0」")


def test_a_column_that_is_empty_throughout_holds_nothing_to_lose() -> None:
    table = pd.DataFrame({"ip": DOCOMO, "time": "2026-10-01T01:00:00Z", "p": [float("nan")] * 2})
    assert [row["status"] for row in said(look_up(table, port="p"))] == ["ok", "ok"]


def test_arrow_columns_are_read_alike() -> None:
    pa = pytest.importorskip("pyarrow")
    arrow = pd.ArrowDtype
    table = pd.DataFrame(
        {
            "ip": pd.Series([DOCOMO, None], dtype=arrow(pa.string())),
            "time": pd.Series(pd.to_datetime(["2026-10-01T01:00:00Z"] * 2)).astype(arrow(pa.timestamp("us", "UTC"))),
            "port": pd.Series([443, 443], dtype=arrow(pa.int32())),
            "float": pd.Series([443.0, None], dtype=arrow(pa.float64())),
            "dates": pd.Series(pd.to_datetime(["2026-10-01"] * 2)).astype(arrow(pa.timestamp("us"))),
        }
    )
    found = look_up(table, port="port", columns=["status", "utc", "port"])
    assert [row["status"] for row in said(found)] == ["ok", "rejected"]
    assert said(found)[0]["port"] == 443
    assert said(found)[0]["utc"] == datetime(2026, 10, 1, 1, tzinfo=UTC)
    pd.testing.assert_frame_equal(found[list(table.columns)], table)
    with pytest.raises(UsageError, match="dtype=str"):
        look_up(table, port="float")
    assert said(look_up(table, time="dates", tz="JST"))[0]["reason"].startswith("IPA156 ")


SMALL = {"ip": [DOCOMO], "time": ["2026-10-01T01:00:00Z"]}


@pytest.mark.parametrize(
    ("table", "arguments", "words"),
    [
        (SMALL, {"ip": "addr"}, ("'addr'", "ip, time")),
        (SMALL, {"port": "p"}, ("'p'", "port")),
        (SMALL, {"ip": "time"}, ("'time'", "both ip and time")),
        (SMALL, {"columns": ["utc", "nosuch"]}, ("'nosuch'", "deadline_status")),
        (SMALL, {"platform": "nosuch"}, ("nosuch",)),
        (SMALL, {"tz": "Mars/Base"}, ("Mars/Base",)),
        (SMALL, {"as_of": "2026-11-21"}, ("as_of",)),
        (SMALL, {"as_of": datetime(2026, 11, 21, tzinfo=UTC)}, ("as_of",)),
        ({**SMALL, "ipattr_status": ["x"]}, {}, ("'ipattr_status'", "prefix")),
        ({}, {}, ("'ip'", "none")),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    table: dict[str, list[str]], arguments: dict[str, object], words: tuple[str, ...]
) -> None:
    with pytest.raises(UsageError) as refused:
        look_up(pd.DataFrame(table), **arguments)
    assert all(word in str(refused.value) for word in words), str(refused.value)
    assert refused.value.ja
    assert "\n" not in str(refused.value)


def test_a_label_that_stands_twice_is_not_guessed() -> None:
    table = pd.DataFrame([[DOCOMO, KDDI, "2026-10-01T01:00:00Z"]], columns=["ip", "ip", "time"])
    with pytest.raises(UsageError, match="stands 2 times"):
        look_up(table)
    # A repeated label that nobody asked about is no obstacle.
    table.columns = ["x", "x", "time"]
    table.insert(0, "ip", DOCOMO)
    assert list(look_up(table, columns=["status"]).columns) == ["ip", "x", "x", "time", "ipattr_status"]


def test_labels_can_be_numbers_or_have_levels() -> None:
    rows = [[DOCOMO, "2026-10-01 10:00:00"]]
    found = look_up(pd.DataFrame(rows), ip=0, time=1, tz="JST", columns=["status"])
    assert found.iloc[0].tolist() == [*rows[0], "ok"]
    levels = pd.DataFrame(rows, columns=pd.MultiIndex.from_tuples([("a", "ip"), ("time", "")], names=["p", "q"]))
    found = look_up(levels, ip=("a", "ip"), time="time", tz="JST", columns=["status"])
    assert list(found.columns) == [("a", "ip"), ("time", ""), ("ipattr_status", "")]
    assert found.columns.names == ["p", "q"]
    assert found["ipattr_status"].tolist() == ["ok"]


def test_columns_and_prefix_are_chosen() -> None:
    table = pd.DataFrame(SMALL)
    assert list(look_up(table).columns[2:]) == [f"ipattr_{name}" for name in frames.LOOKUP_DEFAULT]
    assert list(look_up(table, columns=["act_by", "status"], prefix="x ").columns[2:]) == ["x act_by", "x status"]
    assert "special-purpose" not in look_up(table, columns="all", lang="en").to_string()
    english = look_up(table, lang="en", columns=["addressee"])
    assert english["ipattr_addressee"][0] == "NTT DOCOMO, INC."


def test_the_result_stacks_on_itself_and_into_a_file(tmp_path: Path) -> None:
    table = pd.DataFrame(SMALL)
    twice = look_up(look_up(table), prefix="again_")
    assert twice["again_status"].tolist() == twice["ipattr_status"].tolist()
    pytest.importorskip("pyarrow")
    twice.to_parquet(tmp_path / "twice.parquet")
    assert pd.read_parquet(tmp_path / "twice.parquet").attrs == twice.attrs


def test_the_case_names_its_evidence() -> None:
    table = pd.DataFrame({"ip": [DOCOMO, 'a"b'], "other": [1, 2], "time": ["2026-10-01T01:00:00Z"] * 2}, index=[9, 9])
    case = table.ipattr.case(ip="ip", time="time", as_of=AS_OF)
    text = f'"ip","time"\r\n"{DOCOMO}","2026-10-01T01:00:00Z"\r\n"a""b","2026-10-01T01:00:00Z"\r\n'
    (entry,) = case.inputs
    assert (entry.name, entry.sha256) == ("DataFrame", hashlib.sha256(text.encode()).hexdigest())
    assert entry.size == len(text.encode())
    assert case.rows[0].login.provenance.locator == "DataFrame:1"
    assert [(reject.row, reject.column, reject.raw) for reject in case.rejects] == [(2, "ip", 'a"b')]
    assert frames.logins(case)["source_row"].tolist() == [1]
    assert isinstance(case.rows[0].login, LoginEvent)
    assert {finding.code for finding in case.findings} == {"IPA118"}


def test_rows_that_repeat_are_kept_and_said() -> None:
    found = look_up(pd.DataFrame({"ip": [DOCOMO] * 2, "time": ["2026-10-01T01:00:00Z"] * 2}))
    assert [row["status"] for row in said(found)] == ["ok", "ok"]
    assert [entry["code"] for entry in found.attrs["ipattr"]["findings"]] == ["IPA118", "IPA720"]


def test_the_day_is_todays_in_japan_only_where_none_is_given() -> None:
    table = pd.DataFrame(SMALL)
    before = jst_date(datetime.now(UTC))
    stamp = look_up(table, as_of=None).attrs["ipattr"]
    assert stamp["as_of_source"] == "clock"
    assert before <= date.fromisoformat(stamp["as_of"]) <= jst_date(datetime.now(UTC))
    given = look_up(table).attrs["ipattr"]
    assert (given["as_of"], given["as_of_source"]) == ("2026-11-21", "given")


def test_unix_times_need_their_unit() -> None:
    table = pd.DataFrame({"ip": [DOCOMO], "time": [1790816400]})
    assert said(look_up(table))[0]["reason"].startswith("IPA176 ")
    assert said(look_up(table, epoch="s"))[0]["utc"] == datetime(2026, 10, 1, 1, tzinfo=UTC)


def test_ten_thousand_rows_keep_their_places() -> None:
    """Every row carries its own number as the port, and gets it back."""
    numbers = list(range(1, 10_001))
    table = pd.DataFrame({"ip": [DOCOMO, KDDI] * 5_000, "time": "2026-10-01T01:00:00Z", "port": numbers})
    table = table.sample(frac=1, random_state=7)
    found = look_up(table, port="port", columns=["status", "port", "ip"])
    assert found["ipattr_port"].tolist() == table["port"].tolist()
    assert found["ipattr_ip"].tolist() == table["ip"].tolist()
    assert set(found["ipattr_status"]) == {"ok"}
