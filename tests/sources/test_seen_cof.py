"""Passive DNS in the Common Output Format: what is taken, what is refused, and what only aliases tie to a host."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipattr.errors import InputError, UsageError
from ipattr.sources.seen import read_seen, reading, rows, sightings

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.model import Imported

HOSTS = ("www.example.com", "api.example.com")


def read(text: str | bytes, **told: str) -> Imported:
    data = text.encode() if isinstance(text, str) else text
    return read_seen(data, form="cof", platform="x", hosts=HOSTS, source="pdns.example", confidence="medium", **told)


def row(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    whole = {
        "rrname": "www.example.com.",
        "rrtype": "A",
        "rdata": "192.0.2.1",
        "time_first": 1470096000,
        "time_last": 1470182400,
    }
    return {key: value for key, value in {**whole, **fields}.items() if value is not ...}


def lines(*given_rows: dict[str, Any]) -> str:
    return "".join(json.dumps(one) + "\n" for one in given_rows)


def test_a_row_becomes_one_dated_observation() -> None:
    said = read(lines(row(count=7, sensor_id="42", bailiwick="example.com.")))
    assert (said.rows, said.taken, said.others, said.rejects) == (1, 1, 0, ())
    (one,) = said.observations
    assert (one.id, one.platform, one.host, one.rrtype) == ("imp:1", "x", "www.example.com", "A")
    assert (one.address, one.first_seen, one.last_seen) == ("192.0.2.1", "2016-08-02T00:00:00Z", "2016-08-03T00:00:00Z")
    assert (one.count, one.source, one.confidence) == (7, "pdns.example", "medium")
    assert (one.vantage, one.cname, one.status) == ("passive DNS sensor 42", "", "kept")
    assert one.note == "file row 1; bailiwick example.com."


def test_every_address_of_a_list_is_an_observation_with_an_id_of_its_own() -> None:
    said = read(lines(row(rrtype="AAAA", rdata=["2001:DB8::1", "2001:db8:0:0::2", "2001:db8::1"])))
    assert [(one.id, one.rrtype, one.address) for one in said.observations] == [
        ("imp:1", "AAAA", "2001:db8::1"),
        ("imp:1.2", "AAAA", "2001:db8::2"),
    ]


def test_names_are_compared_without_case_and_final_dot() -> None:
    assert read(lines(row(rrname="WWW.Example.COM"))).taken == 1


@pytest.mark.parametrize("rrtype", ["A", 1, "TYPE1", "a"])
def test_a_record_type_may_be_a_name_or_a_number(rrtype: object) -> None:
    assert read(lines(row(rrtype=rrtype))).observations[0].rrtype == "A"


def test_other_hosts_and_other_types_are_counted_and_not_taken() -> None:
    said = read(lines(row(rrname="mail.example.com"), row(rrtype="MX", rdata="10 mx.example.com."), row(rrtype=16)))
    assert (said.rows, said.taken, said.others, said.rejects) == (3, 0, 3, ())
    assert [finding.code for finding in said.findings] == ["IPA643"]


def test_a_row_about_another_host_needs_no_times() -> None:
    assert read(lines(row(rrname="mail.example.com", time_first="2016-08-02"))).others == 1


def test_rows_that_only_zone_files_saw_say_so() -> None:
    said = read(
        lines(row(time_first=..., time_last=..., zone_time_first=1470096000, zone_time_last="1470182400", count=2))
    )
    (one,) = said.observations
    assert (one.first_seen, one.last_seen) == ("2016-08-02T00:00:00Z", "2016-08-03T00:00:00Z")
    assert "seen in zone files, not in answers" in one.note


def test_times_in_milliseconds_beside_the_seconds_must_agree_with_them() -> None:
    assert read(lines(row(time_first_ms=1470096000999))).taken == 1
    assert read(lines(row(time_first_ms=1470096001000))).rejects[0].code == "IPA634"


@pytest.mark.parametrize(
    ("fields", "code", "part"),
    [
        ({"time_first": 1470182401}, "IPA634", "later than"),
        ({"time_first": "2016-08-02T00:00:00Z"}, "IPA634", "time_first"),
        ({"time_first": 1470096000.5}, "IPA634", "time_first"),
        ({"time_first": 0}, "IPA634", "time_first"),
        ({"time_first": True}, "IPA634", "time_first"),
        ({"time_last": 1470182400000}, "IPA634", "time_last"),
        ({"time_last": ...}, "IPA632", "time_last"),
        ({"time_first": ..., "time_last": ...}, "IPA632", "time_first"),
        ({"time_first": ..., "time_last": ..., "zone_time_first": 1470096000}, "IPA632", "zone_time_last"),
        ({"count": 0}, "IPA635", "count"),
        ({"count": -1}, "IPA635", "count"),
        ({"count": 1.5}, "IPA635", "count"),
        ({"count": "many"}, "IPA635", "count"),
        ({"rdata": ...}, "IPA632", "rdata"),
        ({"rdata": []}, "IPA632", "rdata"),
        ({"rdata": {"a": 1}}, "IPA632", "rdata"),
        ({"rdata": ["192.0.2.1", 5]}, "IPA636", "A record"),
        ({"rdata": "192.0.2.256"}, "IPA636", "192.0.2.256"),
        ({"rdata": "192.0.2.01"}, "IPA636", "192.0.2.01"),
        ({"rdata": "2001:db8::1"}, "IPA636", "2001:db8::1"),
        ({"rrtype": "AAAA"}, "IPA636", "AAAA record"),
        ({"rrname": ...}, "IPA632", "rrname"),
        ({"rrname": 5}, "IPA632", "rrname"),
        ({"rrname": ""}, "IPA633", "name"),
        ({"rrname": "www..example.com"}, "IPA633", "name"),
        ({"rrname": "日本語.example"}, "IPA633", "A-labels"),
        ({"rrtype": ...}, "IPA632", "rrtype"),
        ({"rrtype": ["A"]}, "IPA632", "rrtype"),
        ({"rrtype": "CNAME", "rdata": "ü.example"}, "IPA633", "A-labels"),
    ],
)
def test_a_row_outside_the_draft_is_refused_with_the_reason(fields: dict[str, Any], code: str, part: str) -> None:
    said = read(lines(row(), row(**fields)))
    assert (said.rows, said.taken, len(said.rejects)) == (2, 1, 1)
    (why,) = said.rejects
    assert (why.row, why.code) == (2, code)
    assert part in why.reason.en
    assert why.reason.ja


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "nonsense",
        '{"rrname": NaN}',
        "\x00",
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"count": ' + "9" * 5000 + "}",
        '"A"',
        "5",
        '{"rrname":"www.example.com","rrname":"api.example.com"}',
    ],
)
def test_a_line_that_is_no_one_object_costs_itself_alone(text: str) -> None:
    said = read(lines(row()) + text + "\n" + lines(row()))
    assert (said.rows, said.taken) == (3, 2)
    assert [(why.row, why.code) for why in said.rejects] == [(2, "IPA630")]
    assert len(said.rejects[0].raw) <= 500
    assert said.rejects[0].raw.isprintable()


def test_a_huge_line_is_refused_before_it_is_parsed() -> None:
    said = read(lines(row()) + '{"rrname":"' + "a" * rows.MAX_ROW_CHARACTERS + '"}\n')
    assert (said.taken, said.rejects[0].code) == (1, "IPA631")
    assert len(said.rejects[0].raw) == 500


def test_what_is_kept_of_a_refused_row_hides_nothing() -> None:
    said = read('{"rrname":"\u202e\t\x1b[2J\u200b"\n')
    assert said.rejects[0].raw == '{"rrname":"<U+202E>␉␛[2J<U+200B>"'


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_any_of_three_ways(end: str) -> None:
    said = read(f"{json.dumps(row())}{end}{end}{json.dumps(row())}{end}")
    assert [one.id for one in said.observations] == ["imp:1", "imp:3"]


def test_a_line_separator_inside_a_string_does_not_end_the_row() -> None:
    assert (
        read(json.dumps(row(sensor_id="a\u2028b"), ensure_ascii=False)).observations[0].vantage.endswith("a<U+2028>b")
    )


@pytest.mark.parametrize("indent", [None, 2])
def test_one_array_is_read_by_element(indent: int | None) -> None:
    said = read(json.dumps([row(), 5, row(rrname="api.example.com")], indent=indent))
    assert (said.rows, said.taken) == (3, 2)
    assert [one.id for one in said.observations] == ["imp:1", "imp:3"]
    assert [why.row for why in said.rejects] == [2]
    assert said.findings[0].code == "IPA640"


def test_an_array_of_a_line_each_is_still_one_array() -> None:
    said = read("[\n" + json.dumps(row()) + ",\n" + json.dumps(row()) + "\n]\n")
    assert (said.rows, said.taken) == (2, 2)


def test_an_array_that_ends_at_once_is_one_refused_row() -> None:
    assert [why.code for why in read("[\n").rejects] == ["IPA630"]


def test_the_root_and_a_count_in_digits_are_read_as_such() -> None:
    said = read(lines(row(rrname=".", rrtype="NS", rdata="a.example."), row(count="12", sensor_id="")))
    assert (said.others, said.observations[0].count, said.observations[0].vantage) == (1, 12, "unknown")


def test_an_empty_array_has_no_rows() -> None:
    assert read("[ ]").rows == 0


def test_where_an_array_breaks_off_every_line_of_the_rest_is_refused() -> None:
    said = read("[" + json.dumps(row()) + ",\n" + json.dumps(row())[:-1] + "\n" + json.dumps(row()) + "]\n")
    assert (said.rows, said.taken) == (3, 1)
    assert [why.row for why in said.rejects] == [2, 3]
    assert {why.reason.en for why in said.rejects} == {"The JSON array is broken here; nothing from here on was read."}


def test_an_element_longer_than_a_row_may_be_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """One value as long as the file would take up many times its size once parsed."""
    longest = 0

    class Watched(json.JSONDecoder):
        def raw_decode(self, s: str, idx: int = 0) -> tuple[Any, int]:
            nonlocal longest
            longest = max(longest, len(s))
            return super().raw_decode(s, idx)

    monkeypatch.setattr(rows, "_PLAIN", Watched())
    huge = json.dumps([row(), {"a": ["x" * 10] * 200_000}])
    said = read(huge)
    assert (said.rows, said.taken, len(said.rejects)) == (2, 1, 1)
    assert longest <= rows.MAX_ROW_CHARACTERS + 1


@pytest.mark.parametrize("size", [rows.WINDOW - 1, rows.WINDOW, rows.WINDOW + 1, 20_000, 300_000])
def test_an_element_may_end_anywhere_beside_the_window_it_is_looked_at_through(size: int) -> None:
    """A number cut at the edge of a window would be another number."""
    elements = [1234567890, {"pad": "x" * (size - 40)}, 1234567890, row(), 98765]
    for lead in range(4):
        text = " " * lead + json.dumps(elements)
        found = rows.values(text)
        assert [json.loads(row.text) for row in found.rows] == elements
        assert found.broken == []


def test_more_observations_than_can_be_kept_are_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_OBSERVATIONS", 10)
    addresses = [f"192.0.2.{number}" for number in range(11)]
    assert read(lines(row(rdata=addresses[:10]))).taken == 1
    with pytest.raises(InputError, match="at most 10"):
        read(lines(row(rdata=addresses)))


def test_a_stray_array_in_the_first_line_does_not_swallow_the_lines_below() -> None:
    said = read("[1]\n" + lines(row()))
    assert (said.rows, said.taken, len(said.rejects)) == (2, 1, 1)


def test_an_address_of_an_alias_counts_while_both_were_so() -> None:
    said = read(
        lines(
            row(rrtype="CNAME", rdata="edge.cdn.example.", time_first=1470096000, time_last=1470182400),
            row(rrname="edge.cdn.example", rdata="198.51.100.7", time_first=1470100000, time_last=1480000000, count=9),
        )
    )
    assert (said.rows, said.taken, said.others) == (2, 2, 0)
    (one,) = said.observations
    assert (one.id, one.host, one.address, one.cname) == (
        "imp:2",
        "www.example.com",
        "198.51.100.7",
        "edge.cdn.example",
    )
    assert (one.first_seen, one.last_seen) == ("2016-08-02T01:06:40Z", "2016-08-03T00:00:00Z")
    assert one.count is None
    assert one.note == (
        "file row 2; an alias of the host by file row 1; "
        "first and last seen are where all these rows overlap, how often is not known"
    )


def test_an_alias_of_another_time_ties_nothing() -> None:
    said = read(
        lines(
            row(rrtype="CNAME", rdata="edge.cdn.example."),
            row(rrname="edge.cdn.example", time_first=1470182401, time_last=1470182500),
        )
    )
    assert (said.rows, said.taken, said.others, said.observations) == (2, 0, 2, ())


def test_a_chain_is_followed_and_each_link_narrows_the_time() -> None:
    said = read(
        lines(
            row(rrname="c.cdn.example", rdata="198.51.100.7", time_first=1470000000, time_last=1470170000),
            row(rrtype="CNAME", rdata="b.cdn.example"),
            row(rrname="b.cdn.example", rrtype="CNAME", rdata="c.cdn.example", time_first=1470150000),
            row(rrname="unrelated.example", rrtype="CNAME", rdata="c.cdn.example"),
        )
    )
    (one,) = said.observations
    assert one.cname == "b.cdn.example > c.cdn.example"
    assert (one.first_seen, one.last_seen) == ("2016-08-02T15:00:00Z", "2016-08-02T20:33:20Z")
    assert "file rows 2, 3" in one.note
    assert (said.taken, said.others) == (3, 1)


def test_an_address_row_of_a_shared_alias_serves_every_host_that_leads_to_it() -> None:
    said = read(
        lines(
            row(rrtype="CNAME", rdata="edge.cdn.example"),
            row(rrname="api.example.com", rrtype="CNAME", rdata="edge.cdn.example"),
            row(rrname="edge.cdn.example"),
        )
    )
    assert [(one.id, one.host) for one in said.observations] == [
        ("imp:3", "api.example.com"),
        ("imp:3.2", "www.example.com"),
    ]
    assert said.taken == 3


def test_aliases_in_a_circle_end() -> None:
    said = read(
        lines(
            row(rrtype="CNAME", rdata="a.example"),
            row(rrname="a.example", rrtype="CNAME", rdata="b.example"),
            row(rrname="b.example", rrtype="CNAME", rdata="a.example"),
            row(rrname="b.example", rrtype="CNAME", rdata="www.example.com"),
            row(rrname="b.example"),
        )
    )
    assert [one.cname for one in said.observations] == ["a.example > b.example"]


def test_a_chain_longer_than_any_resolver_follows_is_not_followed() -> None:
    links = ["www.example.com", *(f"n{number}.example" for number in range(sightings.LONGEST_CHAIN + 1))]
    rows_ = [row(rrname=name, rrtype="CNAME", rdata=links[place + 1]) for place, name in enumerate(links[:-1])]
    assert read(lines(*rows_, row(rrname=links[-1]))).taken == 0
    assert read(lines(*rows_, row(rrname=links[-2]))).taken == sightings.LONGEST_CHAIN + 1


def test_aliases_that_multiply_without_end_are_refused_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sightings, "_MOST_STEPS", 10_000)
    layers = ["www.example.com", *(f"l{number}.example" for number in range(14))]
    rows_ = [
        row(rrname=name, rrtype="CNAME", rdata=layers[place + 1], time_first=1470096000 + turn)
        for place, name in enumerate(layers[:-1])
        for turn in range(2)
    ]
    with pytest.raises(InputError, match="split it by host"):
        read(lines(*rows_, row(rrname=layers[-1])))


def test_who_looked_from_where_is_said_as_given_where_the_row_is_silent() -> None:
    said = read(lines(row(), row(sensor_id=7)), vantage="a sensor in Tokyo")
    assert [one.vantage for one in said.observations] == [
        "a sensor in Tokyo",
        "passive DNS sensor 7 (a sensor in Tokyo)",
    ]
    assert read(lines(row())).observations[0].vantage == "unknown"


@pytest.mark.parametrize(
    ("data", "part"),
    [(b"\xff\xfe{\x00", "UTF-16"), (b'{"a":"\x83\x65"}', "offset 6"), (b"\xef\xbb\xbf\x80", "offset 3")],
)
def test_a_file_that_is_not_utf_8_is_one_clear_error(data: bytes, part: str) -> None:
    with pytest.raises(InputError, match=part):
        read(data)


def test_a_byte_order_mark_is_no_part_of_the_first_row() -> None:
    assert read(b"\xef\xbb\xbf" + lines(row()).encode()).taken == 1


def test_too_many_rows_or_bytes_are_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MAX_ROWS", 2)
    for text in ("x\n" * 3, "[1,2,3]"):
        with pytest.raises(InputError, match="too many rows"):
            read(text)
    monkeypatch.setattr(rows, "MAX_BYTES", 2)
    with pytest.raises(InputError, match="too large"):
        read("xxx")


def test_rows_with_times_of_their_own_cannot_be_dated_from_outside() -> None:
    with pytest.raises(UsageError, match="bears its time"):
        read(lines(row()), observed_at="2016-08-02")
    with pytest.raises(UsageError, match="zone"):
        read(lines(row()), zone="example.com")


def test_the_sample_file_reads_as_a_whole(root: Path) -> None:
    said = read((root / "tests/seen/passive.jsonl").read_bytes())
    assert (said.rows, said.taken, len(said.rejects), said.others) == (6, 4, 1, 1)
    assert [(one.host, one.address, one.cname) for one in said.observations] == [
        ("www.example.com", "192.0.2.1", ""),
        ("www.example.com", "192.0.2.2", ""),
        ("www.example.com", "2001:db8::1", ""),
        ("api.example.com", "198.51.100.7", "edge.cdn.example"),
    ]


_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.sampled_from(
        ["A", "AAAA", "CNAME", "www.example.com.", "api.example.com", "192.0.2.1", "2001:db8::1", "1470096000"]
    ),
    st.sampled_from([1470096000, 1470182400]),
    st.text(max_size=8),
    st.lists(st.sampled_from(["192.0.2.1", "www.example.com", 5]), max_size=3),
)
_FIELDS = st.sampled_from(
    ["rrname", "rrtype", "rdata", "time_first", "time_last", "zone_time_first", "count", "sensor_id"]
)


@given(st.lists(st.dictionaries(_FIELDS, _VALUES).map(lambda change: row(**change)), max_size=6), st.booleans())
def test_no_row_of_passive_dns_is_lost(given_rows: list[dict[str, Any]], whole: bool) -> None:  # noqa: FBT001 - drawn
    said = read(json.dumps(given_rows) if whole else lines(*given_rows))
    assert said.rows == len(given_rows) == said.taken + len(said.rejects) + said.others
    assert len({one.id for one in said.observations}) == len(said.observations)
    assert len({one.id.partition(".")[0] for one in said.observations}) <= said.taken
    assert bool(said.observations) == bool(said.taken)
    for one in said.observations:
        assert one.host in HOSTS
        assert one.first_seen <= one.last_seen
