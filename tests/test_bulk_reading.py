"""Bulk reading says of every row what the reading of a small file says, wherever the blocks are cut."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest
from bulk_rows import ODD, PLAIN, Outcome, Rows, same
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ipattr.bulk import cutting
from ipattr.instants import Zone, parse_zone
from ipattr.readers import Options

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ipattr.registry import Registry

    Compare = Callable[..., Outcome]

HEAD = "time,ip,port,account_id\n"
GOOD = "2026-05-01T03:34:56Z,49.96.1.2,50000,1234567890\n"


@pytest.fixture
def compare(registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Compare:
    """Return the function that reads a text both ways."""

    def of(
        text: str | bytes,
        *,
        zone: str | None = None,
        block: int = cutting.BLOCK,
        encoding: str | None = "utf-8",
        **declared: Any,  # noqa: ANN401 - the fields of Options
    ) -> Outcome:
        monkeypatch.setattr(cutting, "BLOCK", block)
        path = tmp_path / "log.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        known = parse_zone(zone) if zone is not None else None
        assert known is None or isinstance(known, Zone)
        columns = {**registry.platforms["x"].columns, **registry.columns}
        options = Options(columns=columns, zone=known, encoding=encoding, **declared)
        return same(path, options, registry, workers=1 if block > 1000 else 2)

    return of


@pytest.mark.parametrize("seed", range(6))
def test_tables_made_by_chance_are_read_alike(compare: Compare, seed: int) -> None:
    rows = Rows(seed)
    zones = [None, "JST", "Asia/Tokyo", "America/New_York"]
    outcomes = [
        compare(
            rows.table(rows.chance.randrange(1, 40), odd=odd, damaged=damaged),
            zone=rows.chance.choice(zones),
            block=rows.chance.choice([1 << 21, 50, 200, 1000]),
        )
        for odd, damaged in [(0.0, 0.0), (0.02, 0.0), (0.3, 0.0), (0.05, 0.05), (0.6, 0.1)] * 6
    ]
    assert sum(outcome.plain for outcome in outcomes) > 100
    assert sum(outcome.rows - outcome.plain for outcome in outcomes) > 100


@pytest.mark.parametrize("block", [1 << 21, 777])
def test_ten_thousand_rows_of_which_many_are_damaged(compare: Compare, block: int) -> None:
    rows = Rows(7)
    lines = [
        ",".join(
            rows.chance.choice((ODD if rows.chance.random() < 0.2 else PLAIN)[name])(rows.chance) for name in names
        )
        for names in [("createdAt", "loginIp", "loginPortNumber", "accountId")] * 10_000
    ]
    clean = [line if "\n" not in line and '"' not in line else "x" for line in lines]
    outcome = compare("time,ip,port,account_id\n" + "\n".join(clean), zone="JST", block=block)
    assert outcome.rows > 9_990
    assert 4_000 < outcome.plain < 9_000


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_cells_mutated_at_will_are_read_alike(compare: Compare, data: st.DataObject) -> None:
    names = ("createdAt", "loginIp", "loginPortNumber", "accountId", "account_name", "zone")
    chance = data.draw(st.randoms(use_true_random=False))
    plain = {name: st.sampled_from(PLAIN[name]).map(lambda make: make(chance)) for name in names}
    odd = {name: st.sampled_from(ODD[name]).map(lambda make: make(chance)) for name in names}
    change = st.tuples(
        st.integers(0, 40), st.sampled_from([*'0123456789abcdefF:.-/+TZ ,"\u3000１', "", "\x02"]), st.integers(0, 1)
    )

    def cell(name: str) -> st.SearchStrategy[str]:
        mutated = st.tuples(plain[name], change).map(lambda drawn: _changed(*drawn))
        return st.one_of(plain[name], plain[name], mutated, odd[name])

    rows = data.draw(st.lists(st.tuples(*map(cell, names)), min_size=1, max_size=12))
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=data.draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])))
    writer.writerows([names, *rows])
    compare(
        text.getvalue(),
        zone=data.draw(st.sampled_from([None, "JST", "America/New_York"])),
        block=data.draw(st.sampled_from([1 << 21, 90])),
    )


def _changed(text: str, change: tuple[int, str, int]) -> str:
    at, mark, taken = change
    return text[:at] + mark + text[at + taken :]


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_every_plain_cell_is_read_as_a_column_and_every_odd_one_alike(compare: Compare, name: str) -> None:
    base = {"createdAt": "2026-05-01T03:34:56Z", "loginIp": "49.96.1.2"}
    if name in {"日付", "時刻", "zone"}:
        base = {"loginIp": "49.96.1.2", "日付": "2026-05-01", "時刻": "03:34:56"}
    chance = Rows(1).chance
    for makers, plain in ((PLAIN, True), (ODD, False)):
        cells = [make(chance) for make in makers[name]]
        text = io.StringIO(newline="")
        headers = dict.fromkeys([*base, name])
        csv.writer(text).writerows([headers, *[[{**base, name: cell}[key] for key in headers] for cell in cells]])
        outcome = compare(text.getvalue(), zone=None if name == "zone" else "JST")
        assert outcome.rows == len(cells)
        if plain and name not in {"zone", "メモ"}:
            assert outcome.plain == outcome.rows


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("block", [1 << 21, 100])
def test_any_line_end_and_quotes_around_whole_cells_are_plain(
    compare: Compare, end: str, quote: str, block: int
) -> None:
    line = ",".join(f"{quote}{cell}{quote}" for cell in GOOD.strip().split(","))
    text = end.join([HEAD.strip(), *[line] * 9])
    assert compare(text, block=block) == Outcome(9, 9)
    assert compare(text + end, block=block) == Outcome(9, 9)


@pytest.mark.parametrize(
    ("text", "rows", "plain"),
    [
        (HEAD + GOOD + "\n \n,,,\n" + GOOD, 2, 2),
        ("# a comment\n\n" + HEAD + GOOD, 1, 1),
        ("\ufeff" + HEAD + GOOD, 1, 1),
        ("time,ip,port,account_id,,\n" + GOOD.strip() + ",,\n", 1, 1),
        (HEAD + GOOD.replace("1234567890", "12\x00a".replace("\x00", "\x01")), 1, 0),
        (HEAD + GOOD.strip() + ",1\n" + GOOD, 2, 1),
        (HEAD + "2026-05-01T03:34:56Z,49.96.1.2\n" + GOOD, 2, 1),
        ('time,ip,note\n2026-05-01T03:34:56Z,49.96.1.2,"a ""b"" c"\n', 1, 0),
        ('time,ip,note\n2026-05-01T03:34:56Z,49.96.1.2,"two\nlines"\n2026-05-01T03:34:56Z,49.96.1.2,\n', 2, 1),
        ('time,ip,note\n2026-05-01T03:34:56Z,49.96.1.2,5" disk\n', 1, 0),
        ('time,ip,note\n2026-05-01T03:34:56Z,49.96.1.2,"a, b"\n', 1, 0),
        ('time,ip,client,note\n2026-05-01T03:34:56Z,49.96.1.2,"a, b",\n', 1, 1),
        ('time,ip,note\n2026-05-01T03:34:56Z,49.96.1.2,"49.96.1.3,2026-05-01 03:34"\n', 1, 0),
        ("time,ip\n", 0, 0),
        ("time\tip\n2026-05-01T03:34:56Z\t49.96.1.2\n", 1, 1),
        ("time;ip\n2026-05-01T03:34:56Z;49.96.1.2", 1, 1),
        ("日時(JST),ip,time_utc\n2026-05-01 12:34:56,49.96.1.2,\n", 1, 1),
        ("日時(JST),ip,time_utc\n2026-05-01 12:34:56,49.96.1.2,2026-05-01 03:34:56\n", 1, 0),
        ("日時(JST),ip\n2026-05-01 12:34:56Z,49.96.1.2\n2026-05-01 12:34:56 JST,49.96.1.2\n", 2, 1),
    ],
)  # fmt: skip
@pytest.mark.parametrize("block", [1 << 21, 40])
def test_shapes_of_tables(compare: Compare, text: str, rows: int, plain: int, *, block: int) -> None:
    assert compare(text, block=block) == Outcome(rows, plain)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (HEAD + GOOD * 3 + '2026-05-01T03:34:56Z,"49.96.1.2,50000,1\n', "log.csv:5"),
        (HEAD + GOOD + 'a,"b"c,d,e\n' + GOOD, "log.csv:3"),
        (HEAD + GOOD + f'a,"b\n{GOOD}c",d,e\n', "log.csv:3"),
        (HEAD + GOOD + "a," + "b" * 140_000 + ",c,d\n", "log.csv:3"),
        (HEAD + GOOD + 'a,"' + "b" * 600_000 + "\n" + GOOD, "log.csv:3"),
        ("time,ip,,\n2026-05-01T03:34:56Z,49.96.1.2,,x\n", "log.csv:1:4"),
        ("time,time,ip\n" + GOOD, "log.csv:1:2"),
        ("time,ip,x\x01\n" + GOOD, "log.csv:1:3"),
        ("title\n" + HEAD + GOOD, "log.csv:1"),
        (HEAD + GOOD + "a,\x00,b,c\n", "log.csv:3:3"),
        ("\n", "log.csv"),
        ("", "log.csv"),
        ("a,b\nc,d\n", "log.csv"),
    ],
)
@pytest.mark.parametrize("block", [1 << 21, 64])
def test_what_makes_rows_uncertain_is_refused_at_the_same_place(
    compare: Compare, text: str, where: str, block: int
) -> None:
    if text.startswith("ipattr_schema"):
        with pytest.raises(AssertionError, match="bulk alone refuses"):
            compare(text)
        return
    assert compare(text, block=block).refused.startswith(where + ":")


def test_an_account_name_alone_is_plain_and_in_review(compare: Compare) -> None:
    text = "time,ip,accountId,screenName\n2026-05-01T03:34:56Z,49.96.1.2,,reidai\n"
    assert compare(text, mapping={"account_name": "screenName", "account_id": "accountId"}) == Outcome(1, 1)


def test_unix_time_is_read_where_its_unit_is_declared(compare: Compare) -> None:
    text = "time,ip\n1767322800,49.96.1.2\n1767322800.5,49.96.1.2\n2026-05-01T03:34:56Z,49.96.1.2\n"
    assert compare(text, epoch="s").rows == 3


@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "Europe/London", "Asia/Tokyo", "-08:00"])
def test_clocks_that_change_are_read_alike_hour_by_hour(compare: Compare, zone: str) -> None:
    days = ["2026-03-07", "2026-03-08", "2026-03-29", "2026-04-05", "2026-10-04", "2026-10-25", "2026-11-01"]
    text = "time,ip\n" + "".join(
        f"{day} {hour:02}:{minute:02}:{second:02},49.96.1.2\n"
        for day in days for hour in range(24) for minute, second in ((0, 0), (29, 59), (30, 0), (59, 59))
    )  # fmt: skip
    outcome = compare(text, zone=zone)
    assert outcome.rows == len(days) * 24 * 4
    assert outcome.plain > outcome.rows * 0.9
