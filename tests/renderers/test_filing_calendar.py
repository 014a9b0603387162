"""The calendar: read by two libraries, with the dates of the case, four alarms per date to come, and no address."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import filing_world as world
import icalendar
import msgspec
import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from ipattr.model import Text
from ipattr.renderers.filings import calendar
from ipattr.renderers.filings.blocks import safe_text
from ipattr.renderers.filings.material import stamp

if TYPE_CHECKING:
    from ipattr.renderers.filings.material import Material

NAMES = {"対応期限": "act-by", "保存期間満了（最短）": "expiry", "保存期間満了（最長）": "latest"}


def parsed(material: Material, lang: str = "ja") -> icalendar.Calendar:
    return icalendar.Calendar.from_ical(calendar.encode(material, lang))


def dated(material: Material) -> list[icalendar.Event]:
    """Return the entries of the dates, without the overview."""
    return parsed(material).events[1:]


def kind_of(event: icalendar.Event) -> str:
    name = str(event["summary"]).removeprefix("〔経過〕").partition("　")[0]
    return NAMES[name]


def whom(event: icalendar.Event) -> str:
    return str(event["summary"]).partition("　")[2].partition("（No.")[0]


def spread(text: str) -> list[int]:
    found: list[int] = []
    for part in text.split(", "):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def rows_of(event: icalendar.Event) -> list[int]:
    line = next(line for line in str(event["description"]).split("\n") if line.startswith("ログイン No."))
    return spread(line.removeprefix("ログイン No."))


def test_every_date_of_the_case_is_an_entry_with_its_logins_and_no_other_is() -> None:
    material = world.example()
    expected: dict[tuple[str, date], list[int]] = defaultdict(list)
    for row in material.case.rows:
        verdict = material.case.deadlines[row.deadline]
        for kind, on in (
            ("act-by", verdict.act_by),
            ("expiry", verdict.earliest),
            ("latest", verdict.latest if verdict.latest != verdict.earliest else None),
        ):
            if on is not None:
                expected[kind, on].append(row.number)
    found: dict[tuple[str, date], list[int]] = defaultdict(list)
    for event in dated(material):
        found[kind_of(event), event["dtstart"].dt] += rows_of(event)
    assert {key: sorted(rows) for key, rows in found.items()} == expected
    assert expected


def test_logins_of_two_addressees_never_share_an_entry() -> None:
    material = world.example()
    who = {row: entry.name.ja for entry in material.case.summary for row in entry.rows}
    for event in dated(material):
        names = {who[row] for row in rows_of(event)}
        assert len(names) == 1
        assert names.pop() in str(event["summary"])


def test_alarms_ring_at_nine_in_japan_on_four_mornings_before_a_date_to_come_and_never_after() -> None:
    material = world.example()
    live, act_by = 0, {(event["dtstart"].dt, whom(event)) for event in dated(material) if kind_of(event) == "act-by"}
    for event in dated(material):
        on = event["dtstart"].dt
        if kind_of(event) == "expiry" and (on, whom(event)) in act_by:
            continue  # the act-by of the same day rings
        passed = on < material.case.as_of
        assert str(event["summary"]).startswith("〔経過〕") is passed
        midnight = datetime(on.year, on.month, on.day, tzinfo=ZoneInfo("Asia/Tokyo"))
        rung = [midnight + alarm["trigger"].dt for alarm in event.walk("VALARM")]
        assert rung == ([] if passed else [midnight - timedelta(days=n) + timedelta(hours=9) for n in (14, 7, 3, 1)])
        assert all(str(alarm["action"]) == "DISPLAY" for alarm in event.walk("VALARM"))
        live += not passed
    assert live
    assert b"TRIGGER:-P13DT15H\r\n" in calendar.encode(material, "ja")


def test_a_day_rings_once_for_an_addressee_that_is_both_act_by_and_expiry() -> None:
    rung: dict[tuple[date, str], list[str]] = defaultdict(list)
    material = world.example()
    for event in dated(material):
        if event.walk("VALARM"):
            rung[event["dtstart"].dt, whom(event)].append(kind_of(event))
    assert rung
    assert not [kinds for kinds in rung.values() if {"act-by", "expiry"} <= set(kinds)]
    to_come = {(event["dtstart"].dt, whom(event)) for event in dated(material)}
    assert set(rung) == {one for one in to_come if one[0] >= material.case.as_of}


def test_an_entry_on_the_as_of_date_is_still_to_come() -> None:
    case = world.example().case
    on = min(one.act_by for one in case.deadlines.values() if one.act_by and one.act_by > case.as_of)
    material = world.material_of(msgspec.structs.replace(case, as_of=on))
    today = [event for event in dated(material) if event["dtstart"].dt == on]
    assert today
    assert all(len(event.walk("VALARM")) == 4 for event in today if kind_of(event) == "act-by")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_second_library_reads_the_same_calendar(lang: str) -> None:
    data = calendar.encode(world.example(), lang)
    assert data.endswith(b"END:VCALENDAR\r\n")
    assert data.count(b"\n") == data.count(b"\r\n")
    assert max(map(len, data.split(b"\r\n"))) <= 75
    read = vobject.readOne(data.decode())
    assert read.validate(raiseException=True)
    first = icalendar.Calendar.from_ical(data)
    assert first.errors == []
    events = list(read.vevent_list)
    assert len(events) == len(first.events)
    for one, other in zip(events, first.events, strict=True):
        assert one.uid.value == str(other["uid"])
        assert one.summary.value == str(other["summary"])
        assert one.description.value == str(other["description"])
        assert one.dtstart.value == other["dtstart"].dt
        assert one.dtend.value == other["dtstart"].dt + timedelta(days=1)
        assert getattr(one, "class").value == "CONFIDENTIAL"
        assert one.transp.value == "TRANSPARENT"
        assert one.sequence.value == "0"
        assert len(getattr(one, "valarm_list", [])) == len(other.walk("VALARM"))
    assert "METHOD" not in first
    assert len({str(event["uid"]) for event in first.events}) == len(first.events)


def test_what_has_no_date_is_said_with_its_rows_on_the_as_of_date() -> None:
    material = world.example()
    case = material.case
    overview = parsed(material).events[0]
    assert overview["dtstart"].dt == case.as_of
    assert overview["dtstamp"].dt == datetime(2026, 11, 20, 15, tzinfo=UTC)
    assert not overview.walk("VALARM")
    for status, words in (("unknown", "不明"), ("not-applicable", "対象外")):
        line = next(line for line in str(overview["description"]).split("\n") if f"（{words}）: No." in line)
        rows = [row.number for row in case.rows if case.deadlines[row.deadline].status == status]
        assert spread(line.partition("No.")[2]) == rows != []
        assert line in vobject.readOne(calendar.encode(material, "ja").decode()).x_wr_caldesc.value
    for entry in case.summary:
        assert entry.name.ja in str(overview["description"])


def test_every_entry_bears_the_stamp_and_no_address_account_or_file() -> None:
    material = world.example()
    case = material.case
    secret = {row.login.address.text for row in case.rows} | {row.login.account.name for row in case.rows}
    secret |= {row.login.account.id for row in case.rows} | {entry.name for entry in case.inputs}
    whole = re.sub(rb"\r\n ", b"", calendar.encode(material, "ja")).decode()
    assert not [text for text in secret if text and text in whole]
    for event in parsed(material).events:
        for label, value in stamp(material, "ja"):
            assert f"{label}: {value}" in str(event["description"])


def test_identifiers_stay_when_only_the_as_of_date_moves_and_differ_between_cases() -> None:
    case = world.example().case
    later = world.material_of(msgspec.structs.replace(case, as_of=date(2026, 12, 1)))
    before, after = ({str(event["uid"]) for event in parsed(one).events} for one in (world.material_of(case), later))
    assert before == after
    other = msgspec.structs.replace(case.inputs[0], sha256="0" * 64)
    elsewhere = world.material_of(msgspec.structs.replace(case, inputs=(other,)))
    assert before.isdisjoint({str(event["uid"]) for event in parsed(elsewhere).events})


def named(name: str, source: str) -> Material:
    """Return the example with an addressee and a case of that name."""
    case = world.example().case
    first, *others = case.summary
    renamed = msgspec.structs.replace(first, name=Text(ja=name, en=name))
    return world.material_of(msgspec.structs.replace(case, summary=(renamed, *others)))._replace(source=source)


@pytest.mark.parametrize("text", world.HOSTILE)
def test_a_hostile_name_stays_inside_its_property(text: str) -> None:
    inside(text)


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="A:;,\\\n\r\"'^=BEGIN\u2028\u202eあ😀", max_size=60))
def test_any_name_stays_inside_its_property(text: str) -> None:
    inside(text)


def unescaped(text: str) -> str:
    """Return a TEXT value as RFC 5545 (3.3.11) has it; neither library takes a backslash before an n for one."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], text)


def inside(text: str) -> None:
    material = named(text, text[:20])
    data = calendar.encode(material, "ja")
    plain = parsed(named("名", ""))
    read = icalendar.Calendar.from_ical(data)
    assert read.errors == []
    assert len(read.events) == len(plain.events)
    assert [sorted(event.keys()) for event in read.events] == [sorted(event.keys()) for event in plain.events]
    lines = re.sub(rb"\r\n ", b"", data).decode().split("\r\n")
    summaries = [unescaped(line.removeprefix("SUMMARY:")) for line in lines if line.startswith("SUMMARY:")]
    assert any(safe_text(text) in summary for summary in summaries)
    assert len(list(vobject.readOne(data.decode()).vevent_list)) == len(plain.events)
    assert max(map(len, data.split(b"\r\n"))) <= 75
