"""The closed time grammar, sentence by sentence."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from ipattr.instants import (
    JST,
    Zone,
    add_period,
    format_date,
    format_instant,
    full_width,
    jst,
    jst_date,
    parse_instant,
    parse_zone,
    snowflake_instant,
)
from ipattr.model import Instant, Refusal

TOKYO = Zone(text="JST", offset=540)
LONDON = Zone(text="Europe/London", iana="Europe/London")


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _read(raw: str) -> Instant:
    result = parse_instant(raw)
    assert isinstance(result, Instant), result
    assert result.raw == raw
    return result


def _refused(result: Instant | Zone | Refusal) -> Refusal:
    assert isinstance(result, Refusal), result
    assert result.reason.ja
    assert result.reason.en
    return result


@pytest.mark.parametrize(
    ("raw", "utc", "precision", "zone"),
    [
        ("2023-11-21T02:10:15.000Z", "2023-11-21T02:10:15", "ms", "Z"),
        ("2023-11-21T02:10:15Z", "2023-11-21T02:10:15", "s", "Z"),
        ("2023-11-21t02:10:15z", "2023-11-21T02:10:15", "s", "z"),
        ("2023-11-21T11:10:15+09:00", "2023-11-21T02:10:15", "s", "+09:00"),
        ("2023-11-21T11:10:15+0900", "2023-11-21T02:10:15", "s", "+0900"),
        ("2023-11-21T11:10:15+09", "2023-11-21T02:10:15", "s", "+09"),
        ("2023-11-21T02:10:15,25Z", "2023-11-21T02:10:15.25", "cs", "Z"),
        ("2023-11-21T02:10:15.1Z", "2023-11-21T02:10:15.1", "cs", "Z"),
        ("2023-11-21T02:10:15.123456Z", "2023-11-21T02:10:15.123456", "ms", "Z"),
        ("2023-11-21T02:10Z", "2023-11-21T02:10:00", "min", "Z"),
        ("20231121T021015Z", "2023-11-21T02:10:15", "s", "Z"),
        ("20231121T111015.5+0900", "2023-11-21T02:10:15.5", "cs", "+0900"),
        ("2023-11-21 02:10:15 UTC", "2023-11-21T02:10:15", "s", "UTC"),
        ("2023-11-21 02:10:15UTC", "2023-11-21T02:10:15", "s", "UTC"),
        ("2023-11-21 02:10:15 Z", "2023-11-21T02:10:15", "s", "Z"),
        ("2023-11-21 02:10:15 GMT", "2023-11-21T02:10:15", "s", "GMT"),
        ("2023-11-21 11:10:15 JST", "2023-11-21T02:10:15", "s", "JST"),
        ("2023-11-21 11:10:15 (JST)", "2023-11-21T02:10:15", "s", "JST"),
        ("2023-11-21 11:10:15（ＪＳＴ）", "2023-11-21T02:10:15", "s", "JST"),
        ("2023-11-21 11:10:15 日本時間", "2023-11-21T02:10:15", "s", "日本時間"),
        ("2023-11-21 11:10:15 UTC+9", "2023-11-21T02:10:15", "s", "UTC+9"),
        ("2023-11-21 11:10:15 UTC+09:00", "2023-11-21T02:10:15", "s", "UTC+09:00"),
        ("2023-11-21 11:10:15 GMT+0900", "2023-11-21T02:10:15", "s", "GMT+0900"),
        ("2023-11-20 21:10:15 UTC-5", "2023-11-21T02:10:15", "s", "UTC-5"),
        ("2023-11-20 21:10:15 UTC\u22125", "2023-11-21T02:10:15", "s", "UTC-5"),
        ("2023-11-21 11:10 JST", "2023-11-21T02:10:00", "min", "JST"),
        ("2023-11-21 02:10:15 -00:00", "2023-11-21T02:10:15", "s", "-00:00"),
        ("2024/05/01 12:34:56 JST", "2024-05-01T03:34:56", "s", "JST"),
        ("2024/5/1 9:04:05 JST", "2024-05-01T00:04:05", "s", "JST"),
        ("2024.05.01 12:34:56 JST", "2024-05-01T03:34:56", "s", "JST"),
        ("2014/04/17(木) 08:49:39.81 JST", "2014-04-16T23:49:39.81", "cs", "JST"),
        ("2024年5月1日 12時34分56秒 JST", "2024-05-01T03:34:56", "s", "JST"),
        ("2024年5月1日（水曜日）12時34分56秒（日本時間）", "2024-05-01T03:34:56", "s", "日本時間"),
        ("令和6年5月1日 12時34分56秒 JST", "2024-05-01T03:34:56", "s", "JST"),
        ("令和６年５月１日１２時３４分５６秒ＪＳＴ", "2024-05-01T03:34:56", "s", "JST"),
        ("令和元年5月1日 0時0分 JST", "2019-04-30T15:00:00", "min", "JST"),
        ("令和1年5月1日 0時0分 JST", "2019-04-30T15:00:00", "min", "JST"),
        ("平成31年4月30日 23時59分59秒 JST", "2019-04-30T14:59:59", "s", "JST"),
        ("2024年5月1日 午前0時5分 JST", "2024-04-30T15:05:00", "min", "JST"),
        ("2024年5月1日 午前11時59分 JST", "2024-05-01T02:59:00", "min", "JST"),
        ("2024年5月1日 午後0時 5分 JST", "2024-05-01T03:05:00", "min", "JST"),
        ("2024年5月1日 午後1:02:03 JST", "2024-05-01T04:02:03", "s", "JST"),
        ("2024-05-01 01:02:03 PM UTC", "2024-05-01T13:02:03", "s", "UTC"),
        ("2024-05-01 01:02:03 a.m. UTC", "2024-05-01T01:02:03", "s", "UTC"),
        ("Nov 21, 2023 2:10:15 PM UTC", "2023-11-21T14:10:15", "s", "UTC"),
        ("Nov 21, 2023, 2:10:15\u202fPM UTC", "2023-11-21T14:10:15", "s", "UTC"),
        ("November 21, 2023 at 14:10:15 UTC", "2023-11-21T14:10:15", "s", "UTC"),
        ("Tue, 21 Nov 2023 02:10:15 +0000", "2023-11-21T02:10:15", "s", "+0000"),
        ("21 Nov 2023 02:10:15 Z", "2023-11-21T02:10:15", "s", "Z"),
        ("21/Nov/2023:11:10:15 +0900", "2023-11-21T02:10:15", "s", "+0900"),
        ("Wed Oct 10 20:19:24 +0000 2018", "2018-10-10T20:19:24", "s", "+0000"),
        ("Wed Oct 10 20:19:24 UTC 2018", "2018-10-10T20:19:24", "s", "UTC"),
        ("2024-01-15 12:00:00 PST", "2024-01-15T20:00:00", "s", "PST"),
        ("2024-07-15 12:00:00 PDT", "2024-07-15T19:00:00", "s", "PDT"),
        ("2024-11-03 01:30:00 PDT", "2024-11-03T08:30:00", "s", "PDT"),
        ("2024-11-03 01:30:00 PST", "2024-11-03T09:30:00", "s", "PST"),
        ("2024-07-15 12:00:00 Europe/London", "2024-07-15T11:00:00", "s", "Europe/London"),
        ("1990-01-01T00:00:00Z", "1990-01-01T00:00:00", "s", "Z"),
        ("2100-12-31T23:59:59Z", "2100-12-31T23:59:59", "s", "Z"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00", "s", "Z"),
    ],
)
def test_accepted(raw: str, utc: str, precision: str, zone: str) -> None:
    """Each accepted notation gives its instant, the precision written, and the zone as written."""
    instant = _read(raw)
    assert (instant.utc, instant.precision, instant.zone, instant.zone_source) == (_at(utc), precision, zone, "written")
    assert instant.utc.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("raw", "rules"),
    [
        ("2023-11-21T02:10:15.000Z", ()),
        (" 2023-11-21T02:10:15.000Z ", ("trimmed",)),
        ("２０２３／１１／２１　０２：１０：１５（ＵＴＣ）", ("nfkc",)),
        ("2023-11-21T02:10:15.123456700Z", ("sub-microsecond-dropped",)),
        ("2023-11-21T02:10:15.123456000Z", ()),
    ],
)
def test_rules_name_what_was_normalised(raw: str, rules: tuple[str, ...]) -> None:
    """Whatever was done to the raw text stands beside it."""
    assert _read(raw).rules == rules


@pytest.mark.parametrize(
    ("raw", "code", "named"),
    [
        ("", "IPA160", ()),
        ("\u3000", "IPA160", ()),
        ("2023-11-21 02:10:15", "IPA161", ("--tz",)),
        ("2023-11-21T02:10:15", "IPA161", ("--tz",)),
        ("2014/04/17(木) 08:49:39.81", "IPA161", ("--tz",)),
        ("令和6年5月1日 12時34分56秒", "IPA161", ("--tz",)),
        ("Wed Oct 10 20:19:24 2018", "IPA161", ("--tz",)),
        ("午後2:10 · 2023年11月21日", "IPA161", ("--tz",)),
        ("hello", "IPA162", ()),
        ("2024-05-01 12:34:5 JST", "IPA162", ()),
        ("2024-5-1T9:00:00Z", "IPA162", ()),
        ("2024-05-01 12:34:56Z garbage here", "IPA162", ()),
        ("2024-05/01 12:34:56 JST", "IPA162", ()),
        ("Foo 21, 2023 02:10:15 UTC", "IPA162", ()),
        ("2024年5月1日 12時 JST", "IPA162", ()),
        ("20240501123456", "IPA162", ()),
        ("2024-05-01 12:34:56.1234567890 JST", "IPA162", ()),
        ("２０２４-05-01 12:34:5٦ JST", "IPA162", ()),
        ("2024-05-01", "IPA163", ()),
        ("2024-05-01 JST", "IPA163", ()),
        ("令和6年5月1日", "IPA163", ()),
        ("05/01/2024 12:00:00 UTC", "IPA164", ()),
        ("13/01/2024 12:00:00 UTC", "IPA164", ()),
        ("01.05.2024 12:00 UTC", "IPA164", ()),
        ("24/05/01 12:00:00 JST", "IPA164", ()),
        ("2024-02-30 12:00:00 UTC", "IPA165", ("2024-02-30",)),
        ("2024-02-30T12:00:00.000Z", "IPA165", ()),
        ("2023-02-29 12:00:00", "IPA165", ()),
        ("2024-13-01 12:00:00 JST", "IPA165", ()),
        ("2024-04-31", "IPA165", ()),
        ("2024-05-01 25:00:00 JST", "IPA166", ()),
        ("2024-05-01 12:60:00 JST", "IPA166", ()),
        ("2024-05-01 13:02:03 PM JST", "IPA166", ()),
        ("2024-05-01 00:02:03 PM JST", "IPA166", ()),
        ("2024年5月1日 午後13時5分 JST", "IPA166", ()),
        ("2024-05-01 午後1:02:03 PM JST", "IPA166", ()),
        ("2024-05-01 24:00:00 JST", "IPA167", ("2024-05-01", "2024-05-02")),
        ("2016-12-31T23:59:60Z", "IPA168", ("うるう秒",)),
        ("2014/04/17(金) 08:49:39.81 JST", "IPA169", ("木", "金")),
        ("Wed, 21 Nov 2023 02:10:15 +0000", "IPA169", ("Wed",)),
        ("Tue Oct 10 20:19:24 +0000 2018", "IPA169", ("Tue",)),
        ("2024-05-01 12:02:03 AM JST", "IPA170", ("2024-05-01 00:00", "12:00")),
        ("2024-05-01 12:02:03 PM JST", "IPA170", ("2024-05-02 00:00", "12:00")),
        ("2024年5月1日 午前12時30分 JST", "IPA170", ("正午", "真夜中")),
        ("2024年5月1日 午後12時30分 JST", "IPA170", ("正午", "真夜中")),
        ("平成31年5月1日 12時0分 JST", "IPA171", ("令和元年5月1日",)),
        ("令和1年4月30日 12時0分 JST", "IPA171", ("平成31年4月30日",)),
        ("昭和64年1月8日 12時0分 JST", "IPA171", ("平成元年1月8日",)),
        ("平成元年1月7日 12時0分 JST", "IPA171", ("昭和64年1月7日",)),
        ("令和0年5月1日 12時0分 JST", "IPA171", ()),
        ("2024-05-01 12:00:00 JST (UTC)", "IPA172", ("03:00:00 UTC", "12:00:00 UTC")),
        ("2024-05-01 12:00:00+09:00 UTC", "IPA172", ("03:00:00 UTC", "12:00:00 UTC")),
        ("2024-05-01T12:00:00+09:00[Asia/Tokyo]", "IPA172", ()),
        ("2024-05-01 12:00:00 UTC/JST", "IPA172", ()),
        ("2024-05-01 12:00:00 GMT+0900 (日本標準時)", "IPA172", ()),
        ("2024-07-15 12:00:00 CST", "IPA173", ("+08:00", "-06:00")),
        ("2024-07-15 12:00:00 IST", "IPA173", ("+05:30",)),
        ("2024-07-15 12:00:00 EST", "IPA173", ()),
        ("2024-01-15 12:00:00 PDT", "IPA174", ("PST",)),
        ("2024-07-15 12:00:00 PST", "IPA174", ("PDT",)),
        ("2024-03-10 02:30:00 PST", "IPA174", ()),
        ("2024-11-03 01:30:00 America/Los_Angeles", "IPA175", ("08:30:00 UTC", "09:30:00 UTC")),
        ("2024-03-10 02:30:00 America/Los_Angeles", "IPA175", ("存在しない",)),
        ("1700000000", "IPA176", ("2023-11-14 22:13:20 UTC", "--epoch s")),
        ("1700000000123", "IPA176", ("--epoch ms",)),
        ("1989-12-31 12:00:00 UTC", "IPA177", ()),
        ("2101-01-01T00:00:00Z", "IPA177", ()),
        ("昭和64年1月7日 12時0分 JST", "IPA177", ()),
        ("2024年5月1日 12時34分頃", "IPA178", ()),
        ("2024-05-01 12:34:56 ~ 12:35:00 JST", "IPA178", ()),
        ("2024-05-01 12:34:56 XYZ", "IPA179", ()),
        ("2024-05-01 12:34:56 +9", "IPA179", ("+09:00",)),
        ("2024-05-01 12:34:56 +09:07", "IPA179", ()),
        ("2024-05-01 12:34:56 +15:00", "IPA179", ()),
        ("2024-05-01 12:34:56 Etc/GMT+9", "IPA183", ("-09:00",)),
        ("2024-05-01 12:34:56\u200b JST", "IPA184", ("U+200B",)),
        ("2024-05-01 12:34:56 Asia/Nowhere", "IPA186", ()),
        ("45251.09", "IPA187", ()),
        ("12:34:56 JST", "IPA188", ()),
    ],
)
def test_refused(raw: str, code: str, named: tuple[str, ...]) -> None:
    """Each notation outside the grammar is refused under its own code, with the readings or what would settle it."""
    refusal = _refused(parse_instant(raw))
    assert refusal.code == code, refusal
    for reading in named:
        assert reading in refusal.reason.ja


@pytest.mark.parametrize(
    ("raw", "utc"),
    [
        ("午後2:10 · 2023年11月21日", "2023-11-21T05:10"),
        ("2:10 PM · Nov 21, 2023", "2023-11-21T05:10"),
        ("8:49 AM - 17 Apr 2014", "2014-04-16T23:49"),
    ],
)
def test_time_first_as_posts_show_it(raw: str, utc: str) -> None:
    """The time-first layouts of X's own pages are read once the viewer's zone is declared."""
    instant = parse_instant(raw, zone=TOKYO)
    assert isinstance(instant, Instant)
    assert (instant.utc, instant.precision, instant.zone_source) == (_at(utc), "min", "declared")


def test_zone_written_then_form_then_declared() -> None:
    """The written zone wins over the form's, the form's over the declared one; an unused declaration is marked."""
    written = parse_instant("2024-05-01 12:00:00 UTC", zone=TOKYO, form_zone=TOKYO)
    form = parse_instant("2024-05-01 12:00:00", zone=Zone(text="UTC", offset=0), form_zone=TOKYO)
    form_alone = parse_instant("2024-05-01 12:00:00", form_zone=TOKYO)
    declared = parse_instant("2024-05-01 12:00:00", zone=TOKYO)
    fast = parse_instant("2024-05-01T12:00:00Z", zone=TOKYO)
    assert isinstance(written, Instant)
    assert isinstance(form, Instant)
    assert isinstance(form_alone, Instant)
    assert isinstance(declared, Instant)
    assert isinstance(fast, Instant)
    assert (written.zone_source, written.rules, written.utc.hour) == ("written", ("declared-zone-unused",), 12)
    assert (form.zone_source, form.rules, form.utc.hour) == ("format", ("declared-zone-unused",), 3)
    assert (form_alone.zone_source, form_alone.rules) == ("format", ())
    assert (declared.zone_source, declared.rules, declared.zone) == ("declared", (), "JST")
    assert (fast.zone_source, fast.rules) == ("written", ("declared-zone-unused",))


def test_declared_place_with_daylight_time() -> None:
    """A declared IANA zone follows the date; gaps and folds are refused with both readings."""
    summer = parse_instant("2024-07-15 12:00:00", zone=LONDON)
    winter = parse_instant("2024-01-15 12:00:00", zone=LONDON)
    assert isinstance(summer, Instant)
    assert isinstance(winter, Instant)
    assert (summer.utc.hour, winter.utc.hour, summer.zone) == (11, 12, "Europe/London")
    gap = _refused(parse_instant("2024-03-31 01:30:00", zone=LONDON))
    fold = _refused(parse_instant("2024-10-27 01:30:00", zone=LONDON))
    assert (gap.code, fold.code) == ("IPA175", "IPA175")
    assert "2024-10-27 00:30:00 UTC / 2024-10-27 01:30:00 UTC" in fold.reason.en


@pytest.mark.parametrize(
    ("raw", "epoch", "utc", "precision"),
    [
        ("1700000000", "s", "2023-11-14T22:13:20", "s"),
        ("1700000000.25", "s", "2023-11-14T22:13:20.25", "cs"),
        ("1700000000.123", "s", "2023-11-14T22:13:20.123", "ms"),
        ("１７０００００００００００", "ms", "2023-11-14T22:13:20", "ms"),
        ("1700000000123", "ms", "2023-11-14T22:13:20.123", "ms"),
        ("1700000000123.5", "ms", "2023-11-14T22:13:20.1235", "ms"),
    ],
)
def test_declared_epoch(raw: str, epoch: str, utc: str, precision: str) -> None:
    """Digits are Unix time where the unit is declared; an epoch implies UTC."""
    instant = parse_instant(raw, epoch="s" if epoch == "s" else "ms")
    assert isinstance(instant, Instant)
    assert (instant.utc, instant.precision, instant.zone) == (_at(utc), precision, "UTC")
    assert instant.zone_source == "declared"
    assert instant.rules[-1] == f"epoch-{epoch}"


def test_epoch_of_the_wrong_unit_is_implausible() -> None:
    """Seconds declared as milliseconds fall into 1970, milliseconds declared as seconds far away: both are refused."""
    assert _refused(parse_instant("1700000000", epoch="ms")).code == "IPA177"
    assert _refused(parse_instant("1700000000123", epoch="s")).code == "IPA177"
    assert _refused(parse_instant("9" * 20, epoch="s")).code == "IPA177"
    assert _refused(parse_instant("1.7E+09", epoch="s")).code == "IPA162"
    written = parse_instant("2023-11-21T02:10:15+00:00", epoch="s")
    assert isinstance(written, Instant)
    assert written.zone_source == "written"


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("JST", 540), ("jst", 540), ("UTC", 0), ("Z", 0), ("GMT", 0), ("+09:00", 540), ("+0900", 540), ("+09", 540),
        ("-03:30", -210), ("UTC+9", 540), ("UTC+09:00", 540), ("GMT+0900", 540), ("UTC-5", -300), ("GMT-0330", -210),
        ("（ＪＳＴ）", 540), ("日本標準時", 540), ("協定世界時", 0), ("+14:00", 840), ("-12:00", -720),
    ],
)  # fmt: skip
def test_declared_zone(text: str, offset: int) -> None:
    """``UTC+9`` is nine hours east of Greenwich, as people mean it; offsets are plain."""
    zone = parse_zone(text)
    assert isinstance(zone, Zone)
    assert zone.offset == offset
    assert zone.to_utc(datetime(2024, 5, 1, 12)) == datetime(2024, 5, 1, 12, tzinfo=timezone(timedelta(minutes=offset)))  # noqa: DTZ001 - a wall time


def test_declared_place() -> None:
    """An IANA name is a zone."""
    zone = parse_zone("Asia/Tokyo")
    assert isinstance(zone, Zone)
    assert zone.to_utc(datetime(2024, 5, 1, 12)) == _at("2024-05-01T03:00:00")  # noqa: DTZ001 - a wall time


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "IPA179"), ("東京", "IPA179"), ("Japan", "IPA179"), ("asia/tokyo", "IPA179"), ("right/UTC", "IPA179"),
        ("../etc/passwd", "IPA179"), ("+9", "IPA179"), ("+14:15", "IPA179"), ("-12:15", "IPA179"), ("+09:60", "IPA179"),
        ("UTC+900", "IPA179"), ("JST+9", "IPA179"), ("PST", "IPA173"), ("PDT", "IPA173"), ("CST", "IPA173"),
        ("Etc/GMT+9", "IPA183"), ("Etc/GMT-9", "IPA183"), ("Asia/Nowhere", "IPA186"),
    ],
)  # fmt: skip
def test_declared_zone_refused(text: str, code: str) -> None:
    """Ambiguous abbreviations, reversed signs and unknown names are not zones."""
    assert _refused(parse_zone(text)).code == code


@pytest.mark.parametrize(
    ("post_id", "utc"),
    [
        ("1541815603606036480", "2022-06-28T16:07:40.105"),
        ("1900547158165840235", "2025-03-14T13:58:47.622"),
        (" 204697221847986177\n", "2012-05-21T22:16:35.436"),
        (str(2**63 - 1), "2080-07-10T17:30:30.208"),
    ],
)
def test_snowflake(post_id: str, utc: str) -> None:
    """An X post id gives its instant to the millisecond."""
    instant = snowflake_instant(post_id)
    assert isinstance(instant, Instant)
    assert instant.raw == post_id
    assert instant.utc == _at(utc)
    assert (instant.precision, instant.zone_source, instant.rules[-1]) == ("ms", "derived", "snowflake")


@pytest.mark.parametrize(
    ("post_id", "code"),
    [
        ("", "IPA180"), ("x", "IPA180"), ("012", "IPA180"), ("-1", "IPA180"), ("1.54E+18", "IPA180"),
        ("154181560360603648٣", "IPA180"), ("20", "IPA181"), ("29700859247", "IPA181"), ("99999999999999", "IPA181"),
        (str(2**63), "IPA182"), ("9" * 5000, "IPA182"),
    ],
)  # fmt: skip
def test_snowflake_refused(post_id: str, code: str) -> None:
    """Sequential ids of before 2010-11-04 carry no time; what is no 63-bit number is no post id."""
    assert _refused(snowflake_instant(post_id)).code == code


def test_jst_turns_the_day_at_fifteen_utc() -> None:
    """The JST date changes at 15:00 UTC; a naive datetime is no instant."""
    assert jst_date(_at("2024-05-01T14:59:59")) == date(2024, 5, 1)
    assert jst_date(_at("2024-05-01T15:00:00")) == date(2024, 5, 2)
    assert jst(_at("2024-05-01T15:00:00")).isoformat() == "2024-05-02T00:00:00+09:00"
    assert JST.utcoffset(None) == timedelta(hours=9)
    with pytest.raises(ValueError, match="naive"):
        jst(datetime(2024, 5, 1))  # noqa: DTZ001 - the naive value is the subject


@pytest.mark.parametrize(
    ("day", "value", "unit", "readings"),
    [
        ("2026-11-30", 3, "month", ("2027-02-28", "2027-03-02")),
        ("2023-11-30", 3, "month", ("2024-02-29", "2024-03-01")),
        ("2026-11-28", 3, "month", ("2027-02-28",)),
        ("2026-08-31", 3, "month", ("2026-11-30", "2026-12-01")),
        ("2026-11-15", 3, "month", ("2027-02-15",)),
        ("2026-11-15", 93, "day", ("2027-02-16",)),
        ("2026-12-01", 0, "month", ("2026-12-01",)),
        ("2026-12-31", 12, "month", ("2027-12-31",)),
        ("2024-02-29", 1, "year", ("2025-02-28", "2025-03-01")),
        ("2024-02-29", 4, "year", ("2028-02-29",)),
        ("2026-11-21", 1, "year", ("2027-11-21",)),
        ("2026-01-31", 11, "month", ("2026-12-31",)),
        ("2026-02-28", 3, "month", ("2026-05-28", "2026-05-31")),
        ("2026-06-30", 3, "month", ("2026-09-30",)),
        ("2026-04-30", 1, "month", ("2026-05-30", "2026-05-31")),
        ("2026-02-28", 2, "year", ("2028-02-28", "2028-02-29")),
        ("2026-02-28", 0, "month", ("2026-02-28",)),
    ],
)
def test_add_period(day: str, value: int, unit: str, readings: tuple[str, ...]) -> None:
    """Calendar months keep the day of the month; where there is none, both readings stand, earliest first."""
    assert unit in {"day", "month", "year"}
    found = add_period(
        date.fromisoformat(day), value, "day" if unit == "day" else "month" if unit == "month" else "year"
    )
    assert tuple(reading.isoformat() for reading in found) == readings


def test_ninety_three_days_are_not_three_months() -> None:
    """From no day of ten years do 93 days and three calendar months end together; the days always end later."""
    start = date(2020, 1, 1)
    for offset in range(3653):
        day = start + timedelta(days=offset)
        assert add_period(day, 93, "day")[0] > add_period(day, 3, "month")[0]


def test_negative_period_is_an_error() -> None:
    """A period runs forwards."""
    with pytest.raises(ValueError, match="negative"):
        add_period(date(2024, 1, 1), -1, "day")


def test_formats() -> None:
    """Each style at each precision, in both zones; digits are cut, never rounded."""
    moment = _at("2023-11-21T02:10:05.999999")
    assert [format_instant(moment, zone="UTC", style="iso", precision=p) for p in ("ms", "cs", "s", "min", "day")] == [
        "2023-11-21T02:10:05.999Z",
        "2023-11-21T02:10:05.99Z",
        "2023-11-21T02:10:05Z",
        "2023-11-21T02:10Z",
        "2023-11-21",
    ]
    assert format_instant(moment, zone="JST", style="iso", precision="s") == "2023-11-21T11:10:05+09:00"
    assert format_instant(moment, zone="JST", style="slash", precision="s") == "2023/11/21 11:10:05（JST）"
    assert format_instant(moment, zone="JST", style="reiwa", precision="cs") == "令和5年11月21日11時10分5.99秒"
    assert format_instant(moment, zone="UTC", style="reiwa", precision="min") == "令和5年11月21日2時10分（UTC）"
    with pytest.raises(ValueError, match="naive"):
        format_instant(moment.replace(tzinfo=None), zone="JST", style="iso", precision="s")


def test_format_of_the_contract() -> None:
    """令和6年5月1日12時34分56秒 is what filings write."""
    assert (
        format_instant(_at("2024-05-01T03:34:56"), zone="JST", style="reiwa", precision="s")
        == "令和6年5月1日12時34分56秒"
    )


def test_full_width_layout() -> None:
    """Practitioners write times and addresses in full-width characters."""
    text = format_instant(_at("2023-11-21T02:10:15"), zone="UTC", style="slash", precision="s")
    assert full_width(text) == "２０２３／１１／２１　０２：１０：１５（ＵＴＣ）"
    assert full_width("223.216.231.10") == "２２３．２１６．２３１．１０"


@pytest.mark.parametrize(
    ("day", "reiwa"),
    [
        ("2024-05-01", "令和6年5月1日"),
        ("2019-05-01", "令和元年5月1日"),
        ("2019-12-31", "令和元年12月31日"),
        ("2020-01-01", "令和2年1月1日"),
        ("2019-04-30", "平成31年4月30日"),
        ("1989-01-08", "平成元年1月8日"),
        ("1989-01-07", "昭和64年1月7日"),
        ("1926-12-25", "昭和元年12月25日"),
    ],
)
def test_era_dates(day: str, reiwa: str) -> None:
    """Dates bear the era they lie in, year one as 元年."""
    assert format_date(date.fromisoformat(day), style="reiwa") == reiwa
    assert format_date(date.fromisoformat(day), style="iso") == day
    assert format_date(date.fromisoformat(day), style="slash") == day.replace("-", "/")


def test_no_era_before_showa() -> None:
    """Earlier dates have no era here."""
    with pytest.raises(ValueError, match="no era"):
        format_date(date(1926, 12, 24), style="reiwa")


def _in_process(program: str) -> object:
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, encoding="utf-8")
    return json.loads(done.stdout)


def test_a_machine_without_time_zone_database() -> None:
    """Where no IANA database is installed, names and PST are refused with that reason; JST and offsets still work."""
    program = (
        "import json, sys, zoneinfo; sys.modules['tzdata'] = None; zoneinfo.reset_tzpath(to=[])\n"
        "from ipattr.instants import parse_instant, parse_zone\n"
        "read = [parse_zone('Asia/Tokyo'), parse_instant('2024-01-15 12:00:00 PST'), parse_zone('JST'), "
        "parse_instant('2024-01-15 12:00:00 +09:00')]\n"
        "print(json.dumps([getattr(found, 'code', 'read') for found in read]))"
    )
    assert _in_process(program) == ["IPA186", "IPA186", "read", "read"]


def test_the_usual_log_needs_little() -> None:
    """A log in Z and plain addresses loads neither the grammar nor the diagnosis, nor a time zone database."""
    program = (
        "import json, sys\n"
        "before = set(sys.modules)\n"  # what measures the coverage of this process has loaded modules of its own
        "from ipattr.instants import parse_instant\n"
        "from ipattr.addresses import Specials, parse_address\n"
        "parse_instant('2023-11-21T02:10:15.000Z'); parse_address('1.2.3.4:5', specials=Specials([]))\n"
        "unwanted = ("
        "'ipattr.instants.grammar', 'ipattr.addresses.refusals', 'zoneinfo', 'socket', 'ipaddress', 'locale')\n"
        "print(json.dumps([name for name in unwanted if name in set(sys.modules) - before]))"
    )
    assert _in_process(program) == []


@pytest.mark.parametrize("serial", ["46255.4167", "46255.41667", "46255.41", "46255.4"])
def test_a_spreadsheet_serial_is_refused_whatever_its_length(serial: str) -> None:
    refused = parse_instant(serial)
    assert isinstance(refused, Refusal)
    assert refused.code == "IPA187"
