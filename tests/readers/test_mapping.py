"""Which column is which field: given, remembered for the very same header, or shipped; never chosen between two."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ipattr.errors import InputError, UsageError
from ipattr.readers import Options
from ipattr.readers.mapping import (
    LOGIN_FIELDS,
    Columns,
    header_zone,
    load_remembered,
    normalise,
    parse_map,
    remember,
    resolve,
)

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.registry import Registry


def _resolve(*headers: str, options: Options | None = None) -> Columns:
    return resolve("log.csv", headers, fields=LOGIN_FIELDS, options=options or Options())


@pytest.mark.parametrize(
    ("text", "mapping"),
    [
        ("time=日時,ip=IPアドレス", {"time": "日時", "ip": "IPアドレス"}),
        (" time = Login time , ip=a b ", {"time": "Login time", "ip": "a b"}),
        ('time="日時, 開始",ip="a ""b"""', {"time": "日時, 開始", "ip": 'a "b"'}),
        ("ip=a,", {"ip": "a"}),
    ],
)
def test_parse_map_reads_fields_and_headers(text: str, mapping: dict[str, str]) -> None:
    assert parse_map(text) == mapping


@pytest.mark.parametrize("text", ["", "time", "time=", "when=a", "time=a,time=b", 'time="a', "time=a,,ip=b", "=a"])
def test_parse_map_refuses_what_it_does_not_know(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_map(text)
    assert caught.value.ja
    assert caught.value.en


def test_an_unknown_field_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match="account_id"):
        parse_map("when=a")


def test_headers_compare_without_width_case_spaces_and_underscores() -> None:
    assert normalise("ＩＰ アドレス") == normalise("ipアドレス")
    assert normalise("Source_Port") == normalise("source port")


@pytest.mark.parametrize(
    ("header", "base", "zone"),
    [
        ("日時(JST)", "日時", "JST"),
        ("日時（ＪＳＴ）", "日時", "JST"),
        ("time (UTC)", "time", "UTC"),
        ("time_utc", "time", "UTC"),
        ("UTC", "", "UTC"),
        ("UTC time", "time", "UTC"),
        ("日時【日本時間】", "日時", "JST"),
        ("時刻 [UTC+9]", "時刻", "UTC+9"),
        ("接続日時(+09:00)", "接続日時", "+09:00"),
    ],
)
def test_a_zone_in_a_header_is_found(header: str, base: str, zone: str) -> None:
    found, stated = header_zone(header)
    assert stated is not None
    assert (found, stated.text) == (base, zone)


@pytest.mark.parametrize("header", ["日時", "time (PST)", "time (local)", "hazmat", "time (+9)", "time (CST)"])
def test_a_header_without_a_certain_zone_states_none(header: str) -> None:
    assert header_zone(header) == (header, None)


def test_shipped_names_are_those_of_the_data(registry: Registry) -> None:
    columns = _resolve("ログイン日時", "ＩＰアドレス", "備考", options=Options(columns=registry.columns))
    assert columns.mapping == {"time": "ログイン日時", "ip": "ＩＰアドレス"}
    assert columns.source == "shipped"
    assert columns.unread == ("備考",)


def test_a_given_mapping_wins_and_the_rest_is_filled_from_shipped_names() -> None:
    columns = _resolve("time", "when", "ip", options=Options(mapping={"time": "when"}))
    assert columns.mapping == {"time": "when", "ip": "ip"}
    assert columns.source == "given"


def test_a_named_column_that_is_not_there_is_an_error_that_lists_the_headers() -> None:
    with pytest.raises(InputError, match="time, ip"):
        _resolve("time", "ip", options=Options(mapping={"time": "日時"}))
    with pytest.raises(InputError, match="both"):
        _resolve("time", "ip", options=Options(mapping={"time": "time", "ip": "time"}))


def test_two_columns_for_one_field_are_asked_about() -> None:
    options = Options(columns={"ip": ("address",), "time": ("stamp",)})
    with pytest.raises(InputError, match="--map ip="):
        _resolve("time", "ip", "address", options=options)
    with pytest.raises(InputError, match="--map time="):
        _resolve("time", "stamp", "ip", options=options)


def test_two_columns_of_time_with_their_zones_check_each_other() -> None:
    columns = _resolve("time (UTC)", "time (JST)", "ip")
    assert columns.time is not None
    assert columns.time.header == "time (UTC)"
    assert [check.header for check in columns.checks] == ["time (JST)"]
    chosen = _resolve("time (UTC)", "time (JST)", "ip", options=Options(mapping={"time": "time (JST)"}))
    assert chosen.time is not None
    assert chosen.time.header == "time (JST)"
    assert [check.header for check in chosen.checks] == ["time (UTC)"]


def test_a_date_beside_a_time_is_its_date_and_a_date_alone_is_the_time(registry: Registry) -> None:
    for options in (Options(), Options(columns=registry.columns)):
        assert _resolve("date", "time", "ip", options=options).mapping == {"date": "date", "time": "time", "ip": "ip"}
        assert _resolve("date", "ip", options=options).mapping == {"time": "date", "ip": "ip"}


def test_a_mapping_is_remembered_for_the_very_same_header_and_platform(tmp_path: Path) -> None:
    path = tmp_path / "config" / "mappings.json"
    assert load_remembered(path, "x") == {}
    remember(path, "x", ("いつ", "どこ"), {"time": "いつ", "ip": "どこ"})
    remember(path, "x", ("いつ", "どこ"), {"time": "いつ", "ip": "どこ"})
    remember(path, "meta", ("a", "b"), {"time": "a", "ip": "b"})
    kept = load_remembered(path, "x")
    assert kept == {("いつ", "どこ"): {"time": "いつ", "ip": "どこ"}}
    assert _resolve("いつ", "どこ", options=Options(remembered=kept)).source == "remembered"
    assert "ip" not in _resolve("どこ", "いつ", options=Options(remembered=kept)).index
    given = Options(remembered=kept, mapping={"time": "どこ", "ip": "いつ"})
    assert _resolve("いつ", "どこ", options=given).mapping == {"time": "どこ", "ip": "いつ"}


def test_the_memory_never_holds_an_address(tmp_path: Path) -> None:
    path = tmp_path / "mappings.json"
    with pytest.raises(InputError):
        remember(path, "x", ("2024-05-01T00:00:00Z", "198.51.100.7"), {"time": "2024-05-01T00:00:00Z"})
    assert not path.exists()


def test_a_damaged_memory_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mappings.json"
    for content in (b"{", b'{"version": 2}', b"\xff"):
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"mappings\.json"):
            load_remembered(path, "x")


@pytest.mark.parametrize(
    "header", ["client", "Client", "User Agent", "user_agent", "useragent", "App", "application", "Browser"]
)
def test_a_column_that_says_what_the_login_was_made_with_is_known(registry: Registry, header: str) -> None:
    columns = _resolve("time", "ip", header, options=Options(columns=registry.columns))
    assert columns.mapping["client"] == header


@pytest.mark.parametrize(
    "header",
    [
        "クライアント",
        "アプリ",
        "ブラウザ",
        "ブラウザー",
        "利用環境",
        "ユーザーエージェント",
        "ユーザー・エージェント",
        "ＵＡ",
    ],
)
def test_a_japanese_column_of_the_client_is_known(registry: Registry, header: str) -> None:
    columns = _resolve("日時", "IPアドレス", header, options=Options(columns=registry.columns))
    assert columns.mapping["client"] == header


def test_of_two_columns_of_the_client_none_is_chosen_and_the_file_is_read(registry: Registry) -> None:
    options = Options(columns=registry.columns)
    columns = _resolve("time", "ip", "browser", "app", options=options)
    assert "client" not in columns.mapping
    assert columns.unread == ("browser", "app")
    named = Options(columns=registry.columns, mapping={"client": "app"})
    assert _resolve("time", "ip", "browser", "app", options=named).mapping["client"] == "app"
