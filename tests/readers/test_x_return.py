"""X returns written by hand, each with exactly the events and rejects that must come out; and random layouts."""

from __future__ import annotations

import random
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipattr.addresses import Specials
from ipattr.instants import parse_zone
from ipattr.model import SpecialBlock, Text
from ipattr.readers import x_archive, x_return
from ipattr.readers.document import Document, FormReading, Options, decode_document

if TYPE_CHECKING:
    from collections.abc import Sequence

SPECIALS = Specials(
    [
        SpecialBlock(
            prefix="10.0.0.0/8", name="Private-Use", rfc="RFC 1918", meaning=Text(ja="X の内部", en="a hop inside X")
        )
    ]
)
A = ("235505178", "2023-11-21T02:10:15.000Z", "223.216.231.10")
B = ("235505178", "2023-11-22T03:11:16.000Z", "223.216.231.11")
C = ("235505178", "2023-11-23T04:12:17.000Z", "223.216.231.12")


def document(text: str) -> Document:
    return decode_document("return.txt", text.encode("utf-8"), encoding="utf-8")


def read(text: str, options: Options | None = None) -> FormReading:
    found = x_return.read(document(text), options or Options(), SPECIALS)
    assert found.rows == len(found.events) + len(found.rejects) + len(found.pending)
    return found


def triples(found: FormReading) -> list[tuple[str | None, str, str]]:
    return [
        (event.account.id, f"{event.instant.utc:%Y-%m-%dT%H:%M:%S}.000Z", event.address.text)
        for event in found.events
        if event.instant is not None
    ]


def codes(found: FormReading) -> list[tuple[int, str]]:
    return [(reject.row, reject.code) for reject in found.rejects]


def remarks(found: FormReading) -> set[str]:
    return {finding.code for finding in found.findings}


def one(**fields: str) -> str:
    cells = {"accountId": "235505178", "createdAt": A[1], "loginIp": A[2], **fields}
    return "“ipAudit” : { " + ", ".join(f"“{key}” : “{value}”" for key, value in cells.items()) + " }\n"


class Case(NamedTuple):
    """One return and what must come out of it."""

    name: str
    text: str
    events: Sequence[tuple[str | None, str, str]]
    rejects: Sequence[tuple[int, str]] = ()


CASES = (
    Case(
        "as the page quotes it: curly quotes, no closing brace, no commas between records",
        "1. @KandaTomohiro\n“ipAudit” : {\n“accountId” : “235505178”,\n“createdAt” : “2023-11-21T02:10:15.000Z”,\n"
        "“loginIp” : “223.216.231.10”\n",
        [A],
    ),
    Case(
        "straight quotes, one line, closed",
        '{ "ipAudit" : { "accountId" : "235505178", "createdAt" : "2023-11-21T02:10:15.000Z", '
        '"loginIp" : "223.216.231.10" } }',
        [A],
    ),
    Case(
        "no spaces, keys in another order",
        '"ipAudit":{"loginIp":"223.216.231.10","createdAt":"2023-11-21T02:10:15.000Z","accountId":"235505178"}',
        [A],
    ),
    Case(
        "low, reversed and Japanese quotes",
        "„ipAudit‟ : { „accountId” : 「235505178」, ‟createdAt‟ : 『2023-11-21T02:10:15.000Z』, ‘loginIp’ : "
        "‚223.216.231.10‛ }",
        [A],
    ),
    Case(
        "full-width throughout",
        "＂ｉｐＡｕｄｉｔ＂　：　｛\n＂ａｃｃｏｕｎｔＩｄ＂：＂２３５５０５１７８＂，\n"
        "＂ｃｒｅａｔｅｄＡｔ＂：＂２０２３－１１－２１Ｔ０２：１０：１５．０００Ｚ＂，\n"
        "＂ｌｏｇｉｎＩｐ＂：＂２２３．２１６．２３１．１０＂\n｝",
        [A],
    ),
    Case(
        "typed without quotes, several keys on a line",
        "ipAudit:\naccountId: 235505178 createdAt: 2023-11-21T02:10:15.000Z loginIp: 223.216.231.10\n"
        "ipAudit:\naccountId: 235505178, createdAt: 2023-11-22T03:11:16.000Z, loginIp: 223.216.231.11\n",
        [A, B],
    ),
    Case(
        "value under its key, page break between",
        "“ipAudit” : {\n“accountId” : “235505178”\n“createdAt” :\nPage 2 of 5\n\n- 3 -\n“2023-11-21T02:10:15.000Z”\n"
        "CONFIDENTIAL\n“loginIp”\n: “223.216.231.10”\n",
        [A],
    ),
    Case(
        "too many braces",
        "{ [ { “ipAudit” : { { “accountId” : “235505178”, “createdAt” : “2023-11-21T02:10:15.000Z”, “loginIp” : "
        "“223.216.231.10” } } } ] }",
        [A],
    ),
    Case(
        "closing quotes lost",
        "“ipAudit : {\n“accountId : “235505178,\n"
        "“createdAt : “2023-11-21T02:10:15.000Z,\n“loginIp : “223.216.231.10\n}",
        [A],
    ),
    Case(
        "ipAudit lost from the second record: the leading key comes again",
        "“ipAudit” : {\n“accountId” : “235505178”\n"
        "“createdAt” : “2023-11-21T02:10:15.000Z”\n“loginIp” : “223.216.231.10”\n"
        "“accountId” : “235505178”\n“createdAt” : “2023-11-22T03:11:16.000Z”\n“loginIp” : “223.216.231.11”\n",
        [A, B],
    ),
    Case(
        "no ipAudit anywhere, a missing address in the middle: a gap, no shift",
        "accountId: 235505178\ncreatedAt: 2023-11-21T02:10:15.000Z\nloginIp: 223.216.231.10\n"
        "accountId: 235505178\ncreatedAt: 2023-11-22T03:11:16.000Z\n"
        "accountId: 235505178\ncreatedAt: 2023-11-23T04:12:17.000Z\nloginIp: 223.216.231.12\n",
        [A, C],
        [(4, "IPA011")],
    ),
    Case(
        "no ipAudit, a missing time in the middle: the record with two addresses is refused, the next one is whole",
        "createdAt: 2023-11-21T02:10:15.000Z\nloginIp: 223.216.231.10\n"
        "loginIp: 223.216.231.11\n"
        "createdAt: 2023-11-23T04:12:17.000Z\nloginIp: 223.216.231.12\n",
        [(None, C[1], C[2])],
        [(1, "IPA021")],
    ),
    Case(
        "no ipAudit, the first time lost: the address must not take the next record's time",
        "loginIp: 223.216.231.10\n"
        "createdAt: 2023-11-22T03:11:16.000Z\nloginIp: 223.216.231.11\n"
        "createdAt: 2023-11-23T04:12:17.000Z\nloginIp: 223.216.231.12\n",
        [],
        [(1, "IPA025"), (3, "IPA025"), (5, "IPA010")],
    ),
    Case(
        "address missing, time missing, both missing",
        "“ipAudit” : {\n“accountId” : “1”, “createdAt” : “2023-11-21T02:10:15.000Z” }\n"
        "“ipAudit” : {\n“accountId” : “1”, “loginIp” : “223.216.231.10” }\n“ipAudit” : { }\n",
        [],
        [(1, "IPA011"), (3, "IPA010"), (5, "IPA011")],
    ),
    Case(
        "two addresses in one record, and two times",
        "“ipAudit” : { “accountId” : “1”, “createdAt” : “2023-11-21T02:10:15.000Z”, “loginIp” : “223.216.231.10”,\n"
        "“loginIp” : “223.216.231.11” }\n“ipAudit” : { “accountId” : “1”, “createdAt” : “2023-11-21T02:10:15.000Z”,\n"
        "“createdAt” : “2023-11-22T02:10:15.000Z”, “loginIp” : “223.216.231.10” }",
        [],
        [(1, "IPA021"), (3, "IPA021")],
    ),
    Case(
        "unreadable time, unreadable address, no zone",
        "“ipAudit” : { “accountId” : “1”, “createdAt” : “2023-02-30T02:10:15.000Z”, “loginIp” : “223.216.231.10” }\n"
        "“ipAudit” : { “accountId” : “1”, “createdAt” : “2023-11-21T02:10:15.000Z”, “loginIp” : “223.216.231.010” }\n"
        "“ipAudit” : { “accountId” : “1”, “createdAt” : “2023-11-21T02:10:15.000”, “loginIp” : “223.216.231.10” }\n",
        [],
        [(1, "IPA165"), (2, "IPA133"), (3, "IPA161")],
    ),
    Case(
        "a time cut by a line end is not mended",
        "“ipAudit” : {\n“accountId” : “1”,\n"
        "“createdAt” : “2023-11-21T02:\n10:15.000Z”,\n“loginIp” : “223.216.231.10”\n}",
        [],
        [(1, "IPA162")],
    ),
    Case(
        "a login key inside another block",
        "“device” : { “createdAt” : “2023-11-21T02:10:15.000Z”, “loginIp” : “223.216.231.10” }",
        [],
        [(1, "IPA024")],
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hand_written_return_gives_exactly_these_rows(case: Case) -> None:
    found = read(case.text)
    assert triples(found) == list(case.events)
    assert codes(found) == list(case.rejects)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_hand_written_return_is_detected(case: Case) -> None:
    assert x_return.detect(document(case.text)) is not None or case.name == "a login key inside another block"


@pytest.mark.parametrize(
    "written",
    ["cneatedAt", "CreatedAt", "created At", "createdAt ", "createcIAt", "createdat", "created_at", "crcatedAt"],
)
def test_a_near_miss_of_the_time_key_is_proposed_unless_it_is_exact(written: str) -> None:
    text = f"“ipAudit” : {{\n“accountId” : “1”,\n“{written}” : “2023-11-21T02:10:15.000Z”,\n“loginIp” : “1.66.3.4”\n}}"
    found = read(text)
    if written.strip() == "createdAt":
        assert len(found.events) == 1
        return
    (pending,) = found.pending
    assert (pending.row, pending.column, found.events, found.rejects) == (1, written, (), ())
    assert [(repair.field, repair.raw, repair.proposed) for repair in pending.repairs] == [
        ("key", written, "createdAt")
    ]


@pytest.mark.parametrize("written", ["loginlp", "loglnip", "login IP", "LoginIp", "1oginIp", "|oginIp", "IoginIp"])
def test_a_near_miss_of_the_address_key_is_proposed(written: str) -> None:
    text = (
        f"“ipAudit” : {{\n“accountId” : “1”,\n“createdAt” : “2023-11-21T02:10:15.000Z”,\n“{written}” : “1.66.3.4”\n}}"
    )
    found = read(text)
    assert [(pending.column, pending.proposed_ip) for pending in found.pending] == [(written, "1.66.3.4")]
    assert (found.events, found.rejects) == ((), ())


@pytest.mark.parametrize("block", ["“lpAudit” : {", "“ipaudit” : {", "“IPAudit” : {", "“ip Audit” : {"])
def test_a_near_miss_of_the_block_name_is_proposed(block: str) -> None:
    found = read(f"{block}\n“accountId” : “1”, “createdAt” : “2023-11-21T02:10:15.000Z”, “loginIp” : “1.66.3.4” }}")
    assert [pending.repairs[0].proposed for pending in found.pending] == ["ipAudit"]
    assert (found.events, found.rejects) == ((), ())


def test_a_key_without_its_colon_is_refused() -> None:
    found = read("“ipAudit” : { “accountId” : “1”, “createdAt” “2023-11-21T02:10:15.000Z”, “loginIp” : “1.66.3.4” }")
    assert [(reject.code, reject.column) for reject in found.rejects] == [("IPA020", "createdAt")]
    assert "colon" in found.rejects[0].reason.en


@pytest.mark.parametrize("port", ["“54321”", "54321", "“５４３２１”", '"54321"'])
def test_the_source_port_is_read_as_text_or_number(port: str) -> None:
    (event,) = read(one().replace(" }", f", “loginPortNumber” : {port} }}")).events
    assert event.port == 54321
    assert event.raw[-1].column == "loginPortNumber"
    assert event.raw[-1].raw == port.strip('“”"')


@pytest.mark.parametrize(
    ("address", "port", "expected"),
    [
        ("1.66.3.4:5000", "", 5000),
        ("1.66.3.4:5000", "5000", 5000),
        ("[2400:2000::1]:443", "", 443),
        ("1.66.3.4", "", None),
    ],
)
def test_a_port_beside_the_address_counts(address: str, port: str, expected: int | None) -> None:
    text = one(loginIp=address, loginPortNumber=port)
    assert read(text).events[0].port == expected


@pytest.mark.parametrize(("address", "port"), [("1.66.3.4:5000", "5001"), ("1.66.3.4", "0"), ("1.66.3.4", "5.4E4")])
def test_a_contradicting_or_unreadable_port_is_refused(address: str, port: str) -> None:
    text = one(loginIp=address, loginPortNumber=port)
    found = read(text)
    assert [(reject.column, reject.raw) for reject in found.rejects] == [("loginPortNumber", port)]


def test_several_accounts_keep_their_ids_and_names() -> None:
    text = "".join(
        f"{number}. @Name_{number}\n“ipAudit” : {{\n“accountId” : “{number}00”\n“createdAt” : “{A[1]}”\n"
        f"“loginIp” : “1.66.3.{number}”\n"
        for number in (1, 2, 3)
    )
    found = read(text)
    assert [(event.account.id, event.account.name, event.status) for event in found.events] == [
        ("100", "Name_1", "ok"),
        ("200", "Name_2", "ok"),
        ("300", "Name_3", "ok"),
    ]
    assert [event.provenance.locator for event in found.events] == ["return.txt:2", "return.txt:7", "return.txt:12"]


def test_a_name_alone_goes_to_review_and_gives_no_id() -> None:
    (event,) = read(f"1. @Name\n“ipAudit” : {{ “createdAt” : “{A[1]}”, “loginIp” : “1.66.3.4” }}").events
    assert (event.status, event.account.id, event.account.name) == ("review", None, "Name")
    assert [finding.code for finding in event.findings] == ["IPA014"]


def test_an_id_that_is_not_digits_is_not_used_as_an_id() -> None:
    (event,) = read(
        f"“ipAudit” : {{ “accountId” : “2355O5178”, “createdAt” : “{A[1]}”, “loginIp” : “1.66.3.4” }}"
    ).events
    assert (event.status, event.account.id) == ("review", None)
    assert event.raw[0].raw == "2355O5178"


def test_an_account_id_that_differs_inside_one_section_goes_to_review() -> None:
    text = "1. @Name\n" + "".join(
        f"“ipAudit” : {{ “accountId” : “{number}”, “createdAt” : “{A[1]}”, “loginIp” : “1.66.3.4” }}\n"
        for number in ("11", "11", "17", "11")
    )
    assert [event.status for event in read(text).events] == ["ok", "ok", "review", "ok"]


def test_a_hop_inside_x_goes_to_review_with_its_meaning() -> None:
    (event,) = read(f"“ipAudit” : {{ “accountId” : “1”, “createdAt” : “{A[1]}”, “loginIp” : “10.223.104.2” }}").events
    assert event.status == "review"
    assert "a hop inside X" in event.findings[0].message.en


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"createdAt": "2023-11-21 02:10 UTC"}, "IPA016"),
        ({"loginIp": "::ffff:223.216.231.10"}, "IPA017"),
        ({"loginIp": "10.1.2.3"}, "IPA013"),
    ],
)
def test_what_is_readable_but_doubtful_goes_to_review(fields: dict[str, str], code: str) -> None:
    (event,) = read(one(**fields)).events
    assert event.status == "review"
    assert code in {finding.code for finding in event.findings}


def test_a_time_without_zone_is_read_only_under_a_declared_one() -> None:
    text = "“ipAudit” : { “accountId” : “1”, “createdAt” : “2023-11-21 11:10:15”, “loginIp” : “1.66.3.4” }"
    zone = parse_zone("JST")
    assert not read(text).events
    (event,) = read(text, Options(zone=zone)).events  # type: ignore[arg-type]  # JST parses
    assert event.instant is not None
    assert (f"{event.instant.utc:%H:%M}", event.instant.zone_source) == ("02:10", "declared")


def test_pgp_armour_is_skipped_and_counted() -> None:
    text = (
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n1. @Name\n“ipAudit” : {\n“accountId” : “235505178”,\n"
        "- -- “createdAt” : “2023-11-21T02:10:15.000Z”,\n“loginIp” : “223.216.231.10”\n"
        "-----BEGIN PGP SIGNATURE-----\nVersion: GnuPG v2\n\niQIzBAEBCAAdFiEEjIt1qwIPexG\nabcd1234+/==\n=aB3d\n"
        "-----END PGP SIGNATURE-----\n“ipAudit” : {\n“accountId” : “235505178”,\n"
        "“createdAt” : “2023-11-22T03:11:16.000Z”,\n“loginIp” : “223.216.231.11”\n"
    )
    found = read(text)
    assert triples(found) == [A, B]
    (skipped,) = [finding for finding in found.findings if finding.code == "IPA028"]
    assert "8 lines" in skipped.message.en
    assert "IPA027" not in remarks(found)


def test_a_signature_whose_end_is_lost_does_not_swallow_the_next_record() -> None:
    text = (
        "-----BEGIN PGP SIGNATURE-----\niQIzBAEBCAAdFiEEjIt1qwIPexG\n1. @Name\n"
        "“ipAudit” : {\n“accountId” : “235505178”\n"
        "“createdAt” : “2023-11-21T02:10:15.000Z”\n“loginIp” : “223.216.231.10”\n"
    )
    found = read(text)
    assert triples(found) == [A]
    assert "IPA027" in remarks(found)


def test_an_encrypted_part_is_reported() -> None:
    assert "IPA027" in remarks(read("-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----\n“ipAudit” : { }"))


@pytest.mark.parametrize(
    "noise",
    [
        "Page 2 of 5",
        "2/5",
        "- 2 -",
        "– 12 –",
        "7",
        "CONFIDENTIAL",
        "X Corp. 865 FM 1209",
        "Twitter, Inc.",
        "3 ページ",
        "Ｐａｇｅ　２",
    ],
)
def test_page_noise_inside_a_record_is_skipped_and_counted(noise: str) -> None:
    text = f"“ipAudit” : {{\n“accountId” : “235505178”,\n“createdAt” : “{A[1]}”,\n{noise}\n“loginIp” : “{A[2]}”\n"
    found = read(text)
    assert triples(found) == [A]
    assert any(finding.code == "IPA028" and "rows 4" in finding.message.en for finding in found.findings)


def test_noise_that_carries_evidence_is_not_skipped() -> None:
    found = read(
        "CONFIDENTIAL “ipAudit” : { “accountId” : “235505178”, “createdAt” : “"
        + A[1]
        + "”, “loginIp” : “"
        + A[2]
        + "” }"
    )
    assert triples(found) == [A]
    assert "IPA028" not in remarks(found)


@pytest.mark.parametrize(
    "line",
    [
        "Registered from 198.51.100.7",
        "seen 2023-11-21 02:10:15",
        "2001:db8:a:b::1 as well",
        "２０２３／１１／２１　０２：１０",
        "“signupIp” : “198.51.100.7”",
    ],
)
def test_stray_evidence_is_listed_and_paired_with_nothing(line: str) -> None:
    found = read(f"{line}\n“ipAudit” : {{ “accountId” : “235505178”, “createdAt” : “{A[1]}”, “loginIp” : “{A[2]}” }}\n")
    assert triples(found) == [A]
    (stray,) = [finding for finding in found.findings if finding.code == "IPA026"]
    assert (stray.about, stray.level) == ("return.txt:1", "warning")
    assert line in stray.message.ja


@pytest.mark.parametrize("line", ["198.51.100.7", "“lcgnlp” : “198.51.100.7”", "“when” : “2023-11-21T00:00:00.000Z”"])
def test_foreign_evidence_between_the_fields_of_a_record_means_lost_borders(line: str) -> None:
    found = read(f"“ipAudit” : {{ “accountId” : “1”,\n“createdAt” : “{A[1]}”,\n{line}\n“loginIp” : “{A[2]}” }}")
    assert [(reject.row, reject.code) for reject in found.rejects] == [(1, "IPA025")]
    assert A[2] in found.rejects[0].raw


def test_foreign_evidence_behind_the_last_field_sends_the_record_to_review() -> None:
    found = read(f"“ipAudit” : {{ “accountId” : “1”,\n“createdAt” : “{A[1]}”,\n“loginIp” : “{A[2]}”\n198.51.100.7\n}}")
    assert [event.status for event in found.events] == ["review"]


def test_an_unknown_key_is_kept_as_a_cell_and_reported_once() -> None:
    record = f"“ipAudit” : {{ “accountId” : “1”, “createdAt” : “{A[1]}”, “loginIp” : “{A[2]}”, “client” : “web” }}\n"
    found = read(record * 3)
    assert [event.status for event in found.events] == ["ok"] * 3
    assert found.events[0].raw[-1].column == "client"
    assert len([finding for finding in found.findings if finding.code == "IPA030"]) == 1


def test_an_unknown_key_that_holds_an_address_sends_the_record_to_review() -> None:
    found = read(
        f"“ipAudit” : {{ “accountId” : “1”, “createdAt” : “{A[1]}”, “loginIp” : “{A[2]}”, “destIp” : “192.0.2.1” }}"
    )
    assert [event.status for event in found.events] == ["review"]


@pytest.mark.parametrize(
    "section",
    [
        "“account” : {{ “email” : “a@example.com”, “createdAt” : “{time}”, “accountId” : “1” }}",
        "“accountId” : “1”\n“email” : “a@example.com”\n“createdAt” : “{time}”",
        "“account” : {{\n“profile” : {{ “x” : “y” }},\n“createdAt” : “{time}” }}",
    ],
)
def test_account_data_is_no_login_and_is_reported(section: str) -> None:
    text = (
        section.format(time="2015-01-01T00:00:00.000Z")
        + f"\n“ipAudit” : {{ “accountId” : “235505178”, “createdAt” : “{A[1]}”, “loginIp” : “{A[2]}” }}"
    )
    found = read(text)
    assert (triples(found), found.rejects) == ([A], ())
    assert "IPA029" in remarks(found)


def test_a_creation_address_with_its_time_is_a_creation() -> None:
    (event,) = read(
        f"“accountCreationIp” : {{ “accountId” : “1”, “userCreationIp” : “1.66.3.4”, “createdAt” : “{A[1]}” }}"
    ).events
    assert (event.kind, event.address.text) == ("creation", "1.66.3.4")


def test_a_creation_address_without_a_time_is_refused_and_says_where_the_time_is() -> None:
    (reject,) = read("“accountCreationIp” : {\n“accountId” : “1”,\n“userCreationIp” : “1.66.3.4” }").rejects
    assert reject.code == "IPA012"
    assert "account.js" in reject.reason.en
    assert "1.66.3.4" in reject.raw


def test_prose_that_names_the_keys_is_not_a_record() -> None:
    found = read("The fields createdAt and loginIp are given in UTC.\n" + one())
    assert (triples(found), found.rejects) == ([A], ())
    assert [finding.about for finding in found.findings if finding.code == "IPA031"] == ["return.txt:1"]


@pytest.mark.parametrize(
    "text",
    [
        "accountId,createdAt,loginIp\n1,2023-11-21T02:10:15.000Z,1.66.3.4\n",
        "createdAt\tloginIp\n2023-11-21 02:10:15 UTC\t2400:abcd:ef01:2345::1\n",
        'window.YTD.ip_audit.part0 = [ { "ipAudit" : { "createdAt" : "x", "loginIp" : "y" } } ]',
        '[{"column":"createdAt","raw":"2023"},{"column":"loginIp","raw":"1.66.3.4"}]',
        "https://x.com/name/status/1\n",
        "Dear counsel: please find enclosed the response.\n",
        "",
    ],
)
def test_other_forms_are_not_taken_for_a_return(text: str) -> None:
    if text:
        assert x_return.detect(document(text)) is None
        assert (x_archive.detect(document(text)) is not None) == text.startswith("window.")


OPEN, CLOSE = ["“", '"', "”", "＂", "„", "「"], ["”", '"', "“", "＂", "‟", "」"]
JUNK = ["", "Page 3 of 9", "- 4 -", "X Corp.", "CONFIDENTIAL", "   ", "ページ 2", "12"]


def _layout(records: list[dict[str, str]], seed: int) -> str:
    """Write records with every liberty that keeps them readable: quotes, spaces, order, commas, braces, page noise."""
    chance = random.Random(seed)  # noqa: S311  # a layout, not a secret
    lines: list[str] = []

    def quoted(text: str) -> str:
        return chance.choice(OPEN) + text + chance.choice(CLOSE)

    for record in records:
        fields = list(record.items())
        chance.shuffle(fields)
        colon = chance.choice([" : ", ":", "： ", " :\n", "\n: "])
        pieces = [quoted(key) + colon + quoted(value) for key, value in fields]
        opening = quoted("ipAudit") + chance.choice([" : {", ":{", "：｛", " : [ {", " :"])
        joint = chance.choice([",\n", "\n", ", ", " , \n\n", ",\n" + chance.choice(JUNK) + "\n"])
        lines += [
            opening + chance.choice(["\n", " "]) + joint.join(pieces) + chance.choice(["}", "\n}", "", " } }", ","])
        ]
        lines += [chance.choice(JUNK)] if chance.random() < 0.5 else []
    return "\n".join(lines) + "\n"


_RECORD = st.fixed_dictionaries(
    {
        "accountId": st.integers(1, 2**63 - 1).map(str),
        "createdAt": st.datetimes(
            min_value=datetime(2006, 3, 21),  # noqa: DTZ001  # hypothesis wants naive bounds
            max_value=datetime(2030, 1, 1),  # noqa: DTZ001  # the same
        ).map(lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"),
        "loginIp": st.ip_addresses(v=4).map(str).filter(lambda text: not text.startswith("10.")),
    },
    optional={"loginPortNumber": st.integers(1, 65535).map(str)},
)


@settings(max_examples=200, deadline=None)
@given(st.lists(_RECORD, min_size=1, max_size=8), st.integers(0, 2**32))
def test_any_layout_gives_the_records_that_were_written(records: list[dict[str, str]], seed: int) -> None:
    text = _layout(records, seed)
    found = read(text)
    assert found.rejects == ()
    assert triples(found) == [(record["accountId"], record["createdAt"], record["loginIp"]) for record in records]
    assert [event.port for event in found.events] == [
        int(record["loginPortNumber"]) if "loginPortNumber" in record else None for record in records
    ]
    assert not remarks(found) & {"IPA026", "IPA031"}


@settings(max_examples=200, deadline=None)
@given(st.lists(_RECORD, min_size=1, max_size=6), st.data())
def test_a_lost_field_leaves_a_gap_and_moves_nothing(records: list[dict[str, str]], data: st.DataObject) -> None:
    lost = [data.draw(st.sampled_from(["", "createdAt", "loginIp"])) for _ in records]
    kept = [
        {key: value for key, value in record.items() if key != gone} for record, gone in zip(records, lost, strict=True)
    ]
    found = read(_layout(kept, data.draw(st.integers(0, 2**32))))
    written = {(record["createdAt"], record["loginIp"]) for record in records}
    assert {(time, address) for _, time, address in triples(found)} <= written
    assert len(found.events) == lost.count("")
    assert len(found.rejects) == len(records) - lost.count("")


_DISTINCT = st.lists(
    _RECORD, min_size=1, max_size=5, unique_by=(lambda record: record["createdAt"], lambda record: record["loginIp"])
)


@settings(max_examples=300, deadline=None)
@given(_DISTINCT, st.data())
def test_damage_never_breaks_the_count_and_never_invents_a_pair(
    records: list[dict[str, str]], data: st.DataObject
) -> None:
    text = _layout(records, data.draw(st.integers(0, 2**32)))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text) - 1))
        size = data.draw(st.integers(0, 12))
        text = (
            text[:at]
            + data.draw(st.sampled_from(["", "”", "{", "}", ":", "\n", "x", ",", "１", "\u200b"]))
            + text[at + size :]
        )
    if not text.strip():
        return
    found = x_return.read(document(text), Options(), SPECIALS)
    assert found.rows == len(found.events) + len(found.rejects) + len(found.pending)
    times = {record["createdAt"]: index for index, record in enumerate(records)}
    addresses = {record["loginIp"]: index for index, record in enumerate(records)}
    for event in found.events:
        cells = {cell.column: cell.raw for cell in event.raw}
        time, address = cells["createdAt"], cells["loginIp"]
        assert time in text
        assert address in text
        if time in times and address in addresses:
            assert times[time] == addresses[address]


@pytest.mark.parametrize("end", ["\n}\n", "\n", ""])
@pytest.mark.parametrize("parts", [("49.96.", "45.67"), ("2400:4050:", "c123::1a2b")])
def test_a_value_broken_over_a_line_end_is_whole_in_the_record(parts: tuple[str, str], end: str) -> None:
    head, tail = parts
    found = read(f"“ipAudit” : {{\n“createdAt” : “2024-05-01T11:20:31.000Z”,\n“loginIp” : “{head}\n{tail}”{end}")
    (reject,) = found.rejects
    assert not found.events
    assert {cell.column: cell.raw for cell in reject.record}["createdAt"] == "2024-05-01T11:20:31.000Z"
    assert reject.record[-1].column == "text"
    assert f"“{head}\n{tail}”" in reject.record[-1].raw


def test_a_record_without_a_closing_brace_does_not_take_the_next_line() -> None:
    found = read("createdAt : 2024-05-01T11:20:31.000Z\nloginIp : 49.96.45\n“accountId” : “1”\nsee “the annex”\n")
    (reject,) = found.rejects
    assert "annex" not in reject.record[-1].raw
