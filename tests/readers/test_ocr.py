"""Scanned returns: each known confusion, what is proposed for it, what is refused, and what must not be touched."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from ipattr.addresses import Specials
from ipattr.instants import parse_zone
from ipattr.model import Refusal
from ipattr.readers import Options, read, x_return
from ipattr.readers.document import FormReading, decode_document
from ipattr.readers.ocr import Proposal, key_repair, propose_address, propose_time

if TYPE_CHECKING:
    from ipattr.registry import Registry

SPECIALS = Specials(())
PLAIN = Options()


def record(**fields: str) -> str:
    cells = {"accountId": "235505178", "createdAt": "2023-11-21T02:10:15.000Z", "loginIp": "223.216.231.10", **fields}
    return "“ipAudit” : {\n" + ",\n".join(f"“{key}” : “{value}”" for key, value in cells.items()) + "\n}\n"


def scan(text: str, options: Options = PLAIN) -> FormReading:
    document = decode_document("scan.txt", text.encode(), encoding="utf-8")
    assert x_return.detect(document) is not None
    found = x_return.read(document, options, SPECIALS)
    assert found.rows == len(found.events) + len(found.rejects) + len(found.pending)
    return found


@pytest.mark.parametrize(
    ("raw", "proposed", "rule"),
    [
        ("2023-11-2lT02:10:15.000Z", "2023-11-21T02:10:15.000Z", "l-to-1"),
        ("2023-I1-21T02:10:15.000Z", "2023-11-21T02:10:15.000Z", "l-to-1"),
        ("2023-11-21TO2:1O:15.000Z", "2023-11-21T02:10:15.000Z", "o-to-0"),
        ("2O23-11-2lT02:10:15.OOOZ", "2023-11-21T02:10:15.000Z", "o-to-0+l-to-1"),
        ("2023-11-21T02:10:15。000Z", "2023-11-21T02:10:15.000Z", "kuten-to-dot"),
        ("2023-11-21T02:10:15.000ZM", "2023-11-21T02:10:15.000Z", "zm-to-z"),
        ("2023-11-21T02:10:15.0001Z", "2023-11-21T02:10:15.000Z", "0001z-to-000z"),
        ("2023-11-21T02:10:15.0001ZM", "2023-11-21T02:10:15.000Z", "zm-to-z+0001z-to-000z"),
        ("2023-11-21T02:10:15.000lZ", "2023-11-21T02:10:15.000Z", "l-to-1+0001z-to-000z"),
        ("2023-11-21T02:10:15.0002", "2023-11-21T02:10:15.000Z", "digit-to-z"),
        ("2023-11-21T02:10:15.0007", "2023-11-21T02:10:15.000Z", "digit-to-z"),
        ("2023-11-2 1T02:10:15.000Z", "2023-11-21T02:10:15.000Z", "inner-space"),
        ("2023 - 11-21T02 :10:15.000Z", "2023-11-21T02:10:15.000Z", "inner-space"),
        ("２０２３－１１－２ｌＴ０２：１０：１５．０００Ｚ", "2023-11-21T02:10:15.000Z", "l-to-1"),
        ("Oct 2l, 2023 02:10:15 UTC", "Oct 21, 2023 02:10:15 UTC", "l-to-1"),
    ],
)
def test_a_known_confusion_in_a_time_is_proposed(raw: str, proposed: str, rule: str) -> None:
    assert propose_time(raw, PLAIN) == Proposal(proposed=proposed, rules=tuple(rule.split("+")))


@pytest.mark.parametrize(
    "raw",
    [
        "2023-11-21T02:10:15.000Z",  # valid
        "2023-11-21T02:10:15.000 Z",  # valid
        "2023-11-21 02:10 UTC",  # valid
        "2023-11-21T02:10:15.0003",  # no rule
        "2023-11-21T02:10:S5.000Z",  # S is in no list
        "2023-11-21T02:10:B5.000Z",  # B neither
        "2023-1l-3lT02:10:15.000Z",  # there is no 31 November
        "2023-11-2lT02:10:15.000",  # no zone, and none is invented
        "July",
        "l" * 200,
        "1 " * 40 + "l",
    ],
)
def test_nothing_is_proposed_for_a_valid_time_or_without_a_rule(raw: str) -> None:
    assert propose_time(raw, PLAIN) is None


def test_two_possible_times_are_named_and_none_is_proposed() -> None:
    raw = "2023-11-1 1 1:10:15Z"
    why = propose_time(raw, PLAIN)
    assert isinstance(why, Refusal)
    assert why.code == "IPA070"
    assert "2023-11-11 1:10:15Z" in why.reason.en
    assert "2023-11-1 11:10:15Z" in why.reason.en
    (reject,) = scan(record(createdAt=raw)).rejects
    assert (reject.code, reject.column, reject.raw) == ("IPA070", "createdAt", raw)


def test_a_z_read_as_a_digit_is_not_taken_under_a_declared_zone() -> None:
    zone = parse_zone("JST")
    assert not isinstance(zone, Refusal)
    (pending,) = scan(record(createdAt="2023-11-21T02:10:15.0002"), Options(zone=zone)).pending
    assert pending.proposed_time == "2023-11-21T02:10:15.000Z"


@pytest.mark.parametrize(
    ("raw", "proposed"),
    [
        ("223.2l6.231.10", "223.216.231.10"),
        ("223.216.231.IO", "223.216.231.10"),
        ("223。216．231.10", "223.216.231.10"),
        ("223｡216.231.10", "223.216.231.10"),
        ("223.216. 231.10", "223.216.231.10"),
        ("223.216.23 1.10:5O00", "223.216.231.10:5000"),
        ("2400:2l00::I", "2400:2100::1"),
        ("2400:4O50: :1", "2400:4050::1"),
        ("２２３。２１６．２３１．１０", "223.216.231.10"),
    ],
)
def test_a_known_confusion_in_an_address_is_proposed(raw: str, proposed: str) -> None:
    found = propose_address(raw, SPECIALS)
    assert found is not None
    assert found.proposed == proposed


@pytest.mark.parametrize(
    "raw",
    [
        "2001:db8:b0b::1",  # hexadecimal letters are no digits in disguise
        "2001:DB8:B0B::8",
        "223.216.231.10",
        "２２３．２１６．２３１．１０",  # wide forms are read, not repaired
        "223.216.231.1o",  # in no list
        "223.216.23l",  # a part is missing
        "223.216.231.O5",  # would have a leading zero
        "223.216.231.3ll",
        "223,216,231,10",
        "10.0.0.1 10.0.0.2",
        "xxx.xxx.xxx.xxx",
        "l",
        "",
        "l" * 500,
    ],
)
def test_nothing_is_proposed_for_a_valid_address_or_without_a_rule(raw: str) -> None:
    assert propose_address(raw, SPECIALS) is None


@pytest.mark.parametrize(
    ("written", "name", "rule"),
    [
        ("cneatedAt", "createdAt", "key-letters"),
        ("createdAl", "createdAt", "key-letters"),
        ("createcIAt", "createdAt", "key-letters"),
        ("created At", "createdAt", "key-case"),
        ("loginlp", "loginIp", "key-lookalike"),
        ("loglnip", "loginIp", "key-lookalike"),
        ("loginIP", "loginIp", "key-case"),
        ("loginportnumber", "loginPortNumber", "key-case"),
        ("accountld", "accountId", "key-lookalike"),
        ("ipAudlt", "ipAudit", "key-lookalike"),
        ("loginIp2", "loginIp", None),
        ("login", "loginIp", None),
        ("createdAt", "createdAt", None),
    ],
)
def test_a_misspelt_key_is_proposed_by_rule(written: str, name: str, rule: str | None) -> None:
    repair = key_repair(written, name)
    if rule is None:
        assert repair is None
        return
    assert repair is not None
    assert (repair.field, repair.raw, repair.proposed, repair.rule) == ("key", written, name, rule)


DAMAGED = (
    "Page 1 of 2\n“lpAudlt” : {\n“accountld” : “235505178”,\n“cneatedAt” : “2023-11-2lT02:10:15.0001Z”,\n"
    "“loginlp” : “223。216.231.1O”,\n“loginportnumber” : “54321”\n}\n- 2 -\n"
    "-----BEGIN PGP SIGNATURE-----\n\niQIzBAEBCAAdFiEEjIt1qwIPexG\n-----END PGP SIGNATURE-----\n"
)


def test_a_text_whose_keys_are_all_misspelt_is_detected_and_waits_for_a_decision() -> None:
    found = scan(DAMAGED)
    (pending,) = found.pending
    assert (found.events, found.rejects) == ((), ())
    assert (pending.row, pending.column) == (2, "")
    assert (pending.proposed_time, pending.proposed_ip, pending.proposed_port) == (
        "2023-11-21T02:10:15.000Z",
        "223.216.231.10",
        "54321",
    )
    assert [(repair.field, repair.raw, repair.proposed) for repair in pending.repairs] == [
        ("key", "lpAudlt", "ipAudit"),
        ("key", "accountld", "accountId"),
        ("key", "cneatedAt", "createdAt"),
        ("key", "loginlp", "loginIp"),
        ("key", "loginportnumber", "loginPortNumber"),
        ("time", "2023-11-2lT02:10:15.0001Z", "2023-11-21T02:10:15.000Z"),
        ("ip", "223。216.231.1O", "223.216.231.10"),
    ]
    assert "loginlp" in pending.raw
    assert [finding.code for finding in found.findings] == ["IPA028", "IPA028", "IPA071"]


def test_an_accepted_repair_is_an_event_in_review_that_keeps_its_raw_cells_and_names_each_repair() -> None:
    (event,) = scan(DAMAGED, Options(accept_repairs=True)).events
    assert event.instant is not None
    assert (event.status, f"{event.instant.utc:%FT%T}", event.address.text, event.port, event.account.id) == (
        "review", "2023-11-21T02:10:15", "223.216.231.10", 54321, "235505178",
    )  # fmt: skip
    assert (event.instant.raw, event.address.raw) == ("2023-11-2lT02:10:15.0001Z", "223。216.231.1O")
    assert event.instant.rules == ("l-to-1", "0001z-to-000z")
    assert [cell.column for cell in event.raw] == ["accountld", "cneatedAt", "loginlp", "loginportnumber"]
    marks = [finding for finding in event.findings if finding.code == "IPA050"]
    assert len(marks) == len(event.repairs) == 7
    assert all(
        repair.raw in mark.message.ja and repair.proposed in mark.message.en
        for repair, mark in zip(event.repairs, marks, strict=True)
    )


@pytest.mark.parametrize(
    ("fields", "column", "code"),
    [
        ({"createdAt": "2023-11-2lT02:10:15.000Z", "loginIp": ""}, "loginIp", "IPA011"),
        ({"createdAt": "", "loginIp": "223.216.231.lO"}, "createdAt", "IPA010"),
        ({"createdAt": "2023-11-2lT02:10:15.000Z", "loginIp": "223.216.231.Z"}, "loginIp", "IPA139"),
        ({"loginIp": "223.216.231.lO", "loginPortNumber": "5O000"}, "loginPortNumber", "IPA151"),
        ({"loginPortNumber": "543 21"}, "loginPortNumber", "IPA151"),
    ],
)
def test_a_gap_or_an_unreadable_cell_beside_a_repair_is_refused(fields: dict[str, str], column: str, code: str) -> None:
    found = scan(record() + record(**fields) + record())
    assert [(reject.row, reject.column, reject.code) for reject in found.rejects] == [(6, column, code)]
    assert [event.status for event in found.events] == ["ok", "ok"]
    assert found.pending == ()


def test_an_account_id_is_never_repaired() -> None:
    (event,) = scan(record(accountId="2355O5l78")).events
    assert (event.status, event.account.id, event.repairs) == ("review", None, ())


def test_a_misspelt_key_beside_the_exact_one_is_a_doubled_key() -> None:
    found = scan(record(cneatedAt="2023-11-22T02:10:15.000Z"))
    assert [reject.code for reject in found.rejects] == ["IPA021"]


def test_what_else_speaks_against_a_pending_row_is_told_with_it() -> None:
    (pending,) = scan(record(createdAt="2023-11-21 O2:10 UTC")).pending
    assert pending.column == "createdAt"
    assert "no seconds" in pending.reason.en


@pytest.mark.parametrize("value", ["2001:db8:1::2 abcd:3:4", "2001:db8:: l2ab:3"])
def test_an_unquoted_address_with_a_space_is_not_cut_to_a_shorter_valid_one(value: str) -> None:
    found = scan(f"ipAudit:\ncreatedAt: 2023-11-21T02:10:15.000Z\nloginIp: {value}\n")
    assert found.events == ()


def test_pending_rows_count_as_review_in_the_whole_reading(registry: Registry) -> None:
    data = (record() + DAMAGED + record(loginIp="")).encode()
    reading = read(["-"], specials=registry.specials, options=PLAIN, stdin=io.BytesIO(data))
    assert (reading.counts.rows, reading.counts.ok, reading.counts.review, reading.counts.rejected) == (3, 1, 1, 1)
    assert len(reading.pending) == 1
