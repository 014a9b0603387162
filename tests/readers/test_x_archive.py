"""The user's own archive: strict JSON, one row per element, and an error with a place for whatever is broken."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipattr.addresses import Specials
from ipattr.errors import InputError
from ipattr.readers import x_archive
from ipattr.readers.document import Document, FormReading, Options, decode_document

LOGIN = {"accountId": "235505178", "createdAt": "2023-11-21T02:10:15.000Z", "loginIp": "223.216.231.10"}


def document(text: str) -> Document:
    return decode_document("ip-audit.js", text.encode("utf-8"), encoding="utf-8")


def read(text: str) -> FormReading:
    found = x_archive.read(document(text), Options(), Specials([]))
    assert found.rows == len(found.events) + len(found.rejects)
    return found


def archive(*elements: Any, name: str = "ip_audit", part: int = 0) -> str:  # noqa: ANN401  # any JSON
    return f"window.YTD.{name}.part{part} = {json.dumps(list(elements), indent=2)}\n"


@pytest.mark.parametrize("part", [0, 1, 12])
def test_logins_are_read_with_their_lines_and_raw_cells(part: int) -> None:
    second = {**LOGIN, "loginIp": "2400:2000::1", "loginPortNumber": "54321"}
    found = read(archive({"ipAudit": LOGIN}, {"ipAudit": second}, part=part))
    first, other = found.events
    assert (first.status, first.kind, first.address.text, first.port) == ("ok", "login", "223.216.231.10", None)
    assert (other.address.text, other.port) == ("2400:2000::1", 54321)
    assert [(cell.column, cell.raw) for cell in first.raw] == list(LOGIN.items())
    assert [event.provenance.locator for event in found.events] == ["ip-audit.js:2", "ip-audit.js:9"]
    assert first.provenance.sha256 == document(archive({"ipAudit": LOGIN}, {"ipAudit": second}, part=part)).sha256


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_rows_are_physical_lines_whatever_ends_them(line_end: str) -> None:
    text = archive({"ipAudit": LOGIN}, {"ipAudit": LOGIN}).replace("\n", line_end)
    assert [event.provenance.locator for event in read(text).events] == ["ip-audit.js:2", "ip-audit.js:9"]


def test_a_long_number_stays_what_it_is() -> None:
    text = archive({"ipAudit": {**LOGIN, "accountId": "@"}}).replace('"@"', "1780000000000000001")
    assert read(text).events[0].account.id == "1780000000000000001"


@pytest.mark.parametrize("written", ["1.78e18", "178000000000.0", "-5"])
def test_a_number_that_is_no_id_goes_to_review_unchanged(written: str) -> None:
    (event,) = read(archive({"ipAudit": {**LOGIN, "accountId": "@"}}).replace('"@"', written)).events
    assert (event.status, event.account.id, event.raw[0].raw) == ("review", None, written)


@pytest.mark.parametrize(
    ("fields", "code", "column"),
    [
        ({"loginIp": None}, "IPA011", "loginIp"),
        ({"createdAt": None}, "IPA010", "createdAt"),
        ({"createdAt": ["x"]}, "IPA037", "createdAt"),
        ({"loginIp": True}, "IPA037", "loginIp"),
        ({"createdAt": "2023-02-30T00:00:00.000Z"}, "IPA165", "createdAt"),
        ({"loginIp": "010.0.0.1"}, "IPA133", "loginIp"),
        ({"accountId": "\ud800"}, "IPA038", "accountId"),
    ],
)
def test_a_record_that_cannot_be_read_is_one_reject(fields: dict[str, Any], code: str, column: str) -> None:
    found = read(archive({"ipAudit": LOGIN}, {"ipAudit": {**LOGIN, **fields}}, {"ipAudit": LOGIN}))
    assert len(found.events) == 2
    assert [(reject.row, reject.code, reject.column) for reject in found.rejects] == [(9, code, column)]
    assert found.rejects[0].raw


@pytest.mark.parametrize(
    "element", ["x", 7, None, [], {}, {"ipAudit": []}, {"other": LOGIN}, LOGIN, {"ipAudit": LOGIN, "more": LOGIN}]
)
def test_an_element_of_another_shape_is_a_reject(element: Any) -> None:  # noqa: ANN401  # any JSON
    assert [reject.code for reject in read(archive(element)).rejects] == ["IPA035"]


def test_a_doubled_key_is_a_reject() -> None:
    text = 'window.YTD.ip_audit.part0 = [ { "ipAudit" : { "loginIp" : "1.66.3.4", "loginIp" : "1.66.3.5" } } ]'
    assert [(reject.code, reject.column) for reject in read(text).rejects] == [("IPA036", "loginIp")]


def test_unknown_keys_are_kept_and_reported_once() -> None:
    found = read(archive(*[{"ipAudit": {**LOGIN, "client": {"a": [1, None, True]}}}] * 3))
    assert [event.status for event in found.events] == ["ok"] * 3
    assert found.events[0].raw[-1].raw == "{a: [1, , true]}"
    assert [finding.code for finding in found.findings] == ["IPA030"]


def test_an_unknown_key_that_holds_an_address_sends_the_record_to_review() -> None:
    (event,) = read(archive({"ipAudit": {**LOGIN, "destIp": "192.0.2.1"}})).events
    assert (event.status, [finding.code for finding in event.findings]) == ("review", ["IPA023"])


def test_a_creation_address_needs_its_time() -> None:
    creation = {"accountId": "1", "userCreationIp": "1.66.3.4"}
    text = archive(
        {"accountCreationIp": creation},
        {"accountCreationIp": {**creation, "createdAt": LOGIN["createdAt"]}},
        name="account_creation_ip",
    )
    found = read(text)
    assert [(reject.code, reject.column) for reject in found.rejects] == [("IPA012", "createdAt")]
    assert [(event.kind, event.address.text) for event in found.events] == [("creation", "1.66.3.4")]


def test_several_assignments_in_one_file_are_read() -> None:
    text = archive({"ipAudit": LOGIN}).rstrip() + ";\n" + archive({"ipAudit": LOGIN}, part=1)
    assert [event.provenance.locator for event in read(text).events] == ["ip-audit.js:2", "ip-audit.js:11"]


def test_an_empty_list_is_no_row_and_says_so() -> None:
    found = read("window.YTD.ip_audit.part0 = [ ]")
    assert (found.rows, [finding.code for finding in found.findings]) == (0, ["IPA039"])


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('window.YTD.ip_audit.part0 = [\n{"ipAudit":{}},\n{"ipAudit":{"a":"b', "ip-audit.js:3:17"),
        ('window.YTD.ip_audit.part0 = [\n{"ipAudit":{}}', "ip-audit.js:2:15"),
        ('window.YTD.ip_audit.part0 = [\r\n{"ipAudit":{}},\r\n]', "ip-audit.js:3:1"),
        ("window.YTD.ip_audit.part0 = [\n{'ipAudit':{}}]", "ip-audit.js:2:2"),
        ('window.YTD.ip_audit.part0 = [{"ipAudit":{"a":NaN}}]', "ip-audit.js:1:30"),
        ("window.YTD.ip_audit.part0 = [] trailing", "ip-audit.js:1:32"),
        ("window.YTD.ip_audit.part0 = [" + "[" * 200_000, "ip-audit.js:1:"),
    ],
)
def test_broken_json_is_an_error_with_its_place(text: str, where: str) -> None:
    with pytest.raises(InputError) as caught:
        x_archive.read(document(text), Options(), Specials([]))
    assert caught.value.where.startswith(where)


def test_the_error_counts_the_records_before_it() -> None:
    text = archive(*[{"ipAudit": LOGIN}] * 5)[:-20]
    with pytest.raises(InputError, match="4 complete records"):
        x_archive.read(document(text), Options(), Specials([]))


@given(st.integers(1, 600))
def test_a_cut_archive_never_gives_fewer_rows(cut: int) -> None:
    text = archive(*[{"ipAudit": LOGIN}] * 3).rstrip()
    if x_archive.detect(document(text[:cut])) is None:
        assert cut < 32
    elif cut < len(text):
        with pytest.raises(InputError):
            x_archive.read(document(text[:cut]), Options(), Specials([]))
    else:
        assert read(text[:cut]).rows == 3


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("window.YTD.ip_audit.part0 = [ ]", True),
        ("\n window.YTD.account_creation_ip.part12=[", True),
        ("window.YTD.tweets.part0 = [ ]", False),
        ('[ { "ipAudit" : { } } ]', False),
        ("accountId,createdAt,loginIp\n", False),
    ],
)
def test_detect(text: str, fits: bool) -> None:  # noqa: FBT001  # a table column
    assert (x_archive.detect(document(text)) is not None) == fits
