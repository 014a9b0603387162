"""dnsx JSONL: dated by its own time stamp with offset, and whose an address is where the records are there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipattr.sources.seen import read_seen

if TYPE_CHECKING:
    from pathlib import Path

    from ipattr.model import Imported

HOSTS = ("www.example.com",)


def read(*rows: dict[str, Any], vantage: str = "") -> Imported:
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    return read_seen(
        data, form="dnsx", platform="x", hosts=HOSTS, source="a colleague", confidence="high", vantage=vantage
    )


def row(**fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    whole = {
        "host": "www.example.com",
        "resolver": ["192.0.2.53:53"],
        "a": ["198.51.100.1"],
        "status_code": "NOERROR",
        "timestamp": "2022-04-05T17:25:59.876762366+02:00",
    }
    return {key: value for key, value in {**whole, **fields}.items() if value is not ...}


def test_a_row_becomes_an_observation_at_its_time_in_utc() -> None:
    said = read(row(aaaa=["2001:DB8::1"], cname=["a.cdn.example.", "b.cdn.example"]))
    assert (said.rows, said.taken, said.others) == (1, 1, 0)
    first, second = said.observations
    assert (first.id, first.rrtype, first.address) == ("imp:1", "A", "198.51.100.1")
    assert (second.id, second.rrtype, second.address) == ("imp:1.2", "AAAA", "2001:db8::1")
    assert first.first_seen == first.last_seen == "2022-04-05T15:25:59Z"
    assert (first.count, first.confidence, first.source) == (1, "high", "a colleague")
    assert first.cname == "a.cdn.example > b.cdn.example"
    assert first.vantage == "dnsx asking 192.0.2.53:53"
    assert first.note == "file row 1"


@pytest.mark.parametrize(
    ("stamp", "when"),
    [
        ("2024-06-17T15:04:05Z", "2024-06-17T15:04:05Z"),
        ("2024-06-17t15:04:05.5z", "2024-06-17T15:04:05Z"),
        ("2024-01-01T00:00:00+09:00", "2023-12-31T15:00:00Z"),
        ("2024-06-17T15:04:05-00:00", "2024-06-17T15:04:05Z"),
    ],
)
def test_a_time_stamp_is_read_as_rfc_3339_has_it(stamp: str, when: str) -> None:
    assert read(row(timestamp=stamp)).observations[0].last_seen == when


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"timestamp": ...}, "IPA632"),
        ({"timestamp": 1650000000}, "IPA632"),
        ({"timestamp": "2022-04-05T17:25:59"}, "IPA634"),
        ({"timestamp": "2022-04-05 17:25:59Z"}, "IPA634"),
        ({"timestamp": "2022-04-05T17:25Z"}, "IPA634"),
        ({"timestamp": "2022-02-30T17:25:59Z"}, "IPA634"),
        ({"timestamp": "0001-01-01T00:00:00Z"}, "IPA634"),
        ({"timestamp": "0001-01-01T00:00:00+09:00"}, "IPA634"),
        ({"timestamp": "２022-04-05T17:25:59Z"}, "IPA634"),
        ({"a": "198.51.100.1"}, "IPA632"),
        ({"a": [5]}, "IPA632"),
        ({"a": ["2001:db8::1"]}, "IPA636"),
        ({"aaaa": ["198.51.100.1"]}, "IPA636"),
        ({"cname": ["日本.example"]}, "IPA633"),
        ({"cname": {"a": 1}}, "IPA632"),
        ({"host": ...}, "IPA632"),
        ({"host": []}, "IPA632"),
        ({"host": "日本.example"}, "IPA633"),
        ({"hosts_file": True}, "IPA639"),
    ],
)
def test_a_row_that_does_not_say_enough_is_refused(fields: dict[str, Any], code: str) -> None:
    said = read(row(**fields), row())
    assert (said.rows, said.taken) == (2, 1)
    assert [(why.row, why.code) for why in said.rejects] == [(1, code)]


def test_other_hosts_and_rows_without_an_address_are_counted() -> None:
    said = read(row(host="192.0.2.1"), row(a=..., status_code="NXDOMAIN"), row(a=None))
    assert (said.rows, said.taken, said.others, said.rejects) == (3, 0, 3, ())
    assert [finding.code for finding in said.findings] == ["IPA642", "IPA643"]
    assert said.findings[0].message.en.startswith("2 rows")


def test_an_address_of_another_name_in_the_same_answer_is_kept_as_rejected() -> None:
    records = [
        "www.example.com.\t600\tIN\tCNAME\tedge.cdn.example.",
        "edge.cdn.example.\t60\tIN\tA\t198.51.100.1",
        "ns1.cdn.example.\t60\tIN\tA\t203.0.113.53",
        "\n;; OPT PSEUDOSECTION:\n; EDNS: version 0; flags:; udp: 512",
    ]
    said = read(row(a=["198.51.100.1", "203.0.113.53"], all=records))
    kept, rejected = said.observations
    assert (kept.status, kept.cname) == ("kept", "edge.cdn.example")
    assert (rejected.status, rejected.address) == ("rejected", "203.0.113.53")
    assert rejected.note == ("file row 1; the row's own records give this address to ns1.cdn.example, not to the host")
    assert not said.findings


def test_without_the_records_themselves_a_finding_says_what_cannot_be_known() -> None:
    assert [finding.code for finding in read(row()).findings] == ["IPA641"]


def test_aliases_in_a_circle_among_the_records_end() -> None:
    records = [
        "www.example.com. 1 IN CNAME a.example.",
        "a.example. 1 IN CNAME www.example.com.",
        "a.example. 1 IN A 198.51.100.1",
    ]
    assert read(row(all=records)).observations[0].cname == "a.example"


def test_who_was_asked_and_another_status_are_said() -> None:
    many = [f"192.0.2.{number}:53" for number in range(1, 11)]
    (one,) = read(row(resolver=many, status_code="SERVFAIL"), vantage="Tokyo").observations
    assert one.vantage.startswith("dnsx asking 192.0.2.1:53, ")
    assert one.vantage.endswith("192.0.2.8:53 and 2 more from Tokyo")
    assert one.note == "file row 1; status SERVFAIL"
    assert read(row(resolver=...)).observations[0].vantage == "unknown"


def test_the_sample_file_reads_as_a_whole(root: Path) -> None:
    data = (root / "tests/seen/dnsx.jsonl").read_bytes()
    said = read_seen(data, form="dnsx", platform="x", hosts=HOSTS, source="s", confidence="low")
    assert (said.rows, said.taken, len(said.rejects), said.others) == (4, 1, 1, 2)


_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.text(max_size=6),
    st.sampled_from(["www.example.com", "2022-04-05T17:25:59Z", "198.51.100.1"]),
    st.lists(
        st.sampled_from(["198.51.100.1", "2001:db8::1", "a.example", "www.example.com. 1 IN CNAME a.example.", 5]),
        max_size=3,
    ),
)
_FIELDS = st.sampled_from(["host", "a", "aaaa", "cname", "timestamp", "all", "resolver", "status_code", "hosts_file"])


@given(st.lists(st.dictionaries(_FIELDS, _VALUES).map(lambda change: row(**change)), max_size=6))
def test_no_row_of_dnsx_is_lost(rows: list[dict[str, Any]]) -> None:
    said = read(*rows)
    assert said.rows == len(rows) == said.taken + len(said.rejects) + said.others
    assert bool(said.observations) == bool(said.taken)
