"""The data behind every figure equals counts made here in another way, and what is drawn is that data."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from plot_world import CASES, case, read, texts, wide

from ipattr.history import accounts_of, history
from ipattr.plots import KINDS, heat, plot, shares, strips, terms, times, visits

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.model import Case
    from ipattr.plots import Plot

CASE = pytest.mark.parametrize("name", CASES)
MODULES = {
    "timeline": times,
    "hours": heat,
    "providers": shares,
    "sessions": visits,
    "deadlines": terms,
    "destinations": strips,
}
TOKYO = ZoneInfo("Asia/Tokyo")


def marks(figure: Plot, mark: str) -> pd.DataFrame:
    return figure.data[figure.data["mark"] == mark]


def timed(about: Case) -> dict[int, datetime]:
    return {row.number: row.login.instant.utc for row in about.rows if row.login.instant}


def places(figure: Plot) -> Counter[float]:
    """Return how often each marker of a chart stands at which place along its axis; the page itself is no chart."""
    _, *charts = figure.figure.axes
    lines = [line for axes in charts for line in axes.lines if line.get_linestyle() == "None"]
    return Counter(round(float(x), 6) for line in lines for x in line.get_xdata())


def along(instants: pd.Series) -> Counter[float]:
    """Return the places of instants along an axis: days since 1970 on the clocks of Japan."""
    local = [instant.to_pydatetime().astimezone(TOKYO).replace(tzinfo=UTC) for instant in instants]
    return Counter(round((one - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(days=1), 6) for one in local)


@pytest.mark.parametrize("kind", KINDS)
@CASE
def test_the_columns_are_those_documented(kind: str, name: str) -> None:
    data = plot(case(name), kind).data
    assert [(column, str(data[column].dtype)) for column in data] == [
        (column.name, column.dtype) for column in MODULES[kind].COLUMNS
    ]
    assert data.attrs["ipattr"]["data_version"] == case(name).data_version
    if {"utc", "jst"} <= set(data.columns):
        assert (data["utc"] == data["jst"].dt.tz_convert("UTC")).all()


@CASE
def test_the_timeline_shows_every_login_with_a_time_and_every_post(name: str) -> None:
    about = case(name)
    figure = plot(about, "timeline")
    logins = marks(figure, "login")
    assert {row: at.to_pydatetime() for row, at in zip(logins["row"], logins["utc"], strict=True)} == timed(about)
    assert logins["row"].is_unique
    status = {row.number: (row.login.status, row.login.kind) for row in about.rows}
    drawn = zip(logins["row"], logins["status"], logins["kind"], strict=True)
    assert {row: rest for row, *rest in drawn} == {row: list(status[row]) for row in timed(about)}
    posts = marks(figure, "post")
    assert [at.to_pydatetime() for at in posts["utc"]] == [post.instant.utc for post in about.posts]
    number = {post.id: n for n, post in enumerate(about.posts, start=1)}
    ids = {row.login.id: row.number for row in about.rows}
    nearest = marks(figure, "nearest")
    assert set(zip(nearest["post"], nearest["row"], nearest["gap_seconds"], strict=True)) == {
        (number[link.post], ids[link.login], link.gap_seconds) for link in about.links if link.nearest
    }
    assert places(figure) == along(logins["utc"]) + along(nearest["utc"])


@CASE
def test_a_lane_holds_the_rows_of_one_entry_of_the_summary(name: str) -> None:
    about = case(name)
    logins = marks(plot(about, "timeline"), "login")
    lanes = {frozenset(rows) for _, rows in logins.groupby("lane")["row"]}
    expected = (frozenset(row for row in entry.rows if row in timed(about)) for entry in about.summary)
    assert lanes == {rows for rows in expected if rows}


@CASE
def test_the_heat_map_counts_as_the_history_does(name: str) -> None:
    about = case(name)
    figure = plot(about, "hours")
    logins = [
        row.login.instant.utc.astimezone(TOKYO)
        for row in about.rows
        if row.login.instant and row.login.instant.precision != "day"
        if row.login.status == "ok" and row.login.kind == "login"
    ]
    counted = Counter((at.isoweekday(), at.hour) for at in logins)
    shown = {(day, hour): n for day, _, hour, n in figure.data.itertuples(index=False)}
    assert len(shown) == len(figure.data) == 168
    assert {place: n for place, n in shown.items() if n} == counted
    profiles = [history(about, account=account).hours.counts for account in accounts_of(about)]
    sums = Counter({(d + 1, h): sum(one[d][h] for one in profiles) for d in range(7) for h in range(24)})
    assert +sums == counted
    numbers = [int(text.get_text().replace(",", "")) for text in texts(figure)[-400:] if text.get_text().isdigit()]
    assert len(logins) in numbers
    assert [n for n in counted.values() if n not in numbers] == []


def test_a_darker_cell_has_more_logins() -> None:
    figure = plot(case("history"), "hours")
    chart = figure.figure.axes[1]
    counts = figure.data["logins"].tolist()
    cells = sorted((patch.get_y(), patch.get_x(), patch.get_facecolor()) for patch in chart.patches)
    assert len(cells) == len(counts)
    grey = [0.299 * r + 0.587 * g + 0.114 * b for _, _, (r, g, b, _) in cells]
    by_count = {
        count: {round(one, 6) for one, n in zip(grey, counts, strict=True) if n == count} for count in set(counts)
    }
    assert all(len(shades) == 1 for shades in by_count.values())
    ordered = [min(by_count[count]) for count in sorted(by_count)]
    assert ordered == sorted(ordered, reverse=True)
    assert len(set(ordered)) == len(ordered) > 5


@CASE
def test_the_shares_are_those_of_the_summary(name: str) -> None:
    about = case(name)
    figure = plot(about, "providers")
    data = figure.data
    assert Counter(data["logins"].tolist()) == Counter(len(entry.rows) for entry in about.summary)
    assert data["logins"].sum() == len(about.rows) == data["ok"].sum() + data["review"].sum()
    assert data["review"].sum() == sum(row.login.status == "review" for row in about.rows)
    assert data["logins"].is_monotonic_decreasing
    assert data["percent"].tolist() == [100 * n / len(about.rows) for n in data["logins"]]
    addresses = {entry.rows: {about.rows[n - 1].login.address.text for n in entry.rows} for entry in about.summary}
    assert Counter(data["addresses"].tolist()) == Counter(len(some) for some in addresses.values())
    bars = [patch.get_width() for patch in figure.figure.axes[1].patches if patch.get_x() == 0 and patch.get_fill()]
    assert Counter(data["logins"].tolist()) - Counter(bars) == Counter()


@CASE
def test_the_deadlines_are_those_of_the_rows(name: str) -> None:
    about = case(name)
    figure = plot(about, "deadlines")
    data = figure.data
    verdicts = {row.number: about.deadlines[row.deadline] for row in about.rows}
    dated = {number for number, one in verdicts.items() if one.status != "not-applicable"}
    drawn = [expand(rows) for rows in data["rows"]]
    assert sorted(row for rows in drawn for row in rows) == sorted(dated)
    for rows, mark in zip(drawn, data.to_dict("records"), strict=True):
        some = [verdicts[row] for row in rows]
        assert mark["logins"] == len(rows)
        assert day(mark["connected_first"]) == min(one.connected_on for one in some)
        assert day(mark["connected_last"]) == max(one.connected_on for one in some)
        act_by = min((one.act_by for one in some if one.act_by), default=None)
        assert day(mark["act_by"]) == act_by
        assert day(mark["earliest_expiry"]) == min((one.earliest for one in some if one.earliest), default=None)
        assert (mark["days_left"] if act_by else None) == ((act_by - about.as_of).days if act_by else None)
        assert mark["deadline_status"] in {one.status for one in some}
        assert mark["partly_unknown"] == any(one.unknown_for for one in some)
    said = Counter(text.get_text() for text in texts(figure))
    assert Counter(str(day(act)) for act in data["act_by"].dropna()) - said == Counter()
    alive = [status in {"due", "open"} for status in data["deadline_status"]]
    assert alive == sorted(alive, reverse=True)


def day(value: pd.Timestamp) -> object:
    return None if pd.isna(value) else value.date()


def expand(rows: str) -> list[int]:
    """Return the numbers of ``1-3, 7``."""
    parts = [part.split("-") for part in rows.split(", ")]
    return [number for part in parts for number in range(int(part[0]), int(part[-1]) + 1)]


@CASE
def test_sessions_and_changes_are_those_of_the_history(name: str) -> None:
    about = case(name)
    figure = plot(about, "sessions")
    found = [history(about, account=account) for account in accounts_of(about)]
    sessions = marks(figure, "session")
    assert Counter(zip(sessions["utc"], sessions["until_utc"], sessions["rows"], strict=True)) == Counter(
        (pd.Timestamp(one.start), pd.Timestamp(one.end), len(one.rows)) for every in found for one in every.sessions
    )
    logins = marks(figure, "login")
    assert set(logins["row"]) == {entry.row for every in found for entry in every.entries if entry.counted}
    changes = Counter(logins["change"])
    entries = {entry.row: entry for every in found for entry in every.entries}
    if all(entries[row].login for row in logins["row"]):
        churn = [one for every in found for one in every.churn if not one.line]
        assert changes["same"] == sum(one.same for one in churn)
        assert changes["address"] + changes["block"] == sum(one.changed for one in churn)
        assert changes["block"] == sum(one.other_block for one in churn)
        assert changes["unsettled"] == sum(one.unsettled for one in churn)
    assert places(figure) == along(logins["utc"])


@CASE
def test_the_strips_hold_every_candidate_of_every_login(name: str) -> None:
    about = case(name)
    figure = plot(about, "destinations")
    expected: Counter[tuple[str, str, str]] = Counter()
    for row in about.rows:
        if row.login.instant:
            for one in about.candidate_sets[row.candidates].candidates:
                expected[one.address, one.relation, one.period] += 1
    logins = marks(figure, "login")
    shown: Counter[tuple[str, str, str]] = Counter()
    for address, relation, period, n in zip(
        logins["address"], logins["relation"], logins["period"], logins["logins"], strict=True
    ):
        shown[address, relation, period] += int(n)
    assert shown == expected
    observed = marks(figure, "observed")
    assert set(observed["address"]) == {address for address, _, _ in expected}
    for mark in observed.to_dict("records"):
        ends = [
            (one.first_seen, one.last_seen)
            for entry in about.candidate_sets.values()
            for one in entry.candidates
            if one.address == mark["address"]
        ]
        assert mark["first_seen"] in {first for first, _ in ends}
        assert mark["last_seen"] in {last for _, last in ends}
        assert mark["utc"] <= mark["until_utc"]


def test_one_account_is_drawn_alone_and_the_others_are_counted() -> None:
    about = case("history")
    one, other = accounts_of(about)
    mine = {row.number for row in about.rows if row.login.account.id == one}
    figure = plot(about, "timeline", account=one)
    assert set(marks(figure, "login")["row"]) == mine
    assert set(marks(figure, "nearest")["row"]) <= mine
    assert f"他のアカウント又はアカウント不明 {len(about.rows) - len(mine)}件" in figure.note
    assert plot(about, "hours", account=one).data["logins"].sum() == history(about, account=one).hours.total
    assert plot(about, "providers", account=one).data["logins"].sum() == len(mine)
    assert set(plot(about, "sessions", account=other).data["account"]) == {other}
    assert plot(about, "deadlines", account=one).data["logins"].sum() <= len(mine)
    assert set(marks(plot(about, "destinations", account=one), "login")["row"].dropna()) <= mine


def test_a_post_without_an_account_stays_and_another_accounts_goes() -> None:
    log = "time,ip,account_id\n2026-11-01T00:00:00Z,1.66.123.45,1111\n2026-11-02T00:00:00Z,1.66.123.46,2222\n"
    posts = "url,posted_at,account_id\nhttps://x.com/a/1,2026-11-01T01:00:00Z,\n"
    posts += "https://x.com/b/2,2026-11-02T01:00:00Z,2222\n"
    drawn = plot(read(log, posts), "timeline", account="1111")
    assert marks(drawn, "post")["post"].tolist() == [1]


def test_sessions_of_many_accounts_are_those_of_the_three_largest(tmp_path: Path) -> None:
    about = wide(tmp_path, 50)
    figure = plot(about, "sessions", lang="en")
    assert figure.data["account"].nunique() == 3
    assert "47 others" in figure.note
    assert "47 of accounts not drawn" in figure.note
    assert len(marks(figure, "login")) == 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["none", "example", "hostile"])
def test_the_table_of_a_figure_is_its_data_and_safe_in_a_spreadsheet(kind: str, name: str) -> None:
    figure = plot(case(name), kind)
    written = figure.table()
    assert written.startswith(b"\xef\xbb\xbf")
    header, *rows = csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""))
    assert header == list(figure.data.columns)
    assert len(rows) == len(figure.data)
    for row, cells in zip(rows, figure.data.to_dict("records"), strict=True):
        for shown, (column, value) in zip(row, cells.items(), strict=True):
            kind_of = str(figure.data[column].dtype)
            assert (shown == "") == bool(pd.isna(value))
            if shown and kind_of.startswith("datetime64[us"):
                at = datetime.fromisoformat(shown)
                assert at == value.to_pydatetime().replace(microsecond=value.microsecond // 1000 * 1000)
                assert shown.endswith("Z" if column.endswith("utc") else "+09:00")
            elif shown and kind_of == "string":
                assert shown.removeprefix("'") == value.removeprefix("'")
                assert shown[0] not in "=+-@\t\r"
            elif shown and kind_of in {"Int64", "Float64"}:
                assert float(shown) == value
