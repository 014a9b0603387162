"""A table gives one event or one reject per record; what makes rows uncertain ends the reading and says where."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from ipattr.errors import InputError, UsageError
from ipattr.instants import Zone, parse_zone
from ipattr.model import Text
from ipattr.readers import Form, FormReading, Options, read, read_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ipattr.model import LoginEvent, Reading, Reject
    from ipattr.registry import Registry

    Reader = Callable[..., Reading]

HEADER = "time,ip,port,account_id\n"
ROW = "2024-05-01T03:34:56Z,198.51.100.7,50000,1234567890\n"
PUBLIC = "2024-05-01T03:34:56Z,1.0.16.1,50000,1234567890\n"


@pytest.fixture
def reading(registry: Registry) -> Reader:
    """Return the function that reads a text as standard input."""

    def of(text: str | bytes, *, zone: str | None = None, mapping: dict[str, str] | None = None) -> Reading:
        declared = parse_zone(zone) if zone is not None else None
        assert declared is None or isinstance(declared, Zone)
        options = Options(columns=registry.columns, zone=declared, mapping=mapping or {})
        data = text.encode() if isinstance(text, str) else text
        found = read(["-"], specials=registry.specials, options=options, stdin=io.BytesIO(data))
        assert found.counts.conserved
        return found

    return of


def _event(found: Reading) -> LoginEvent:
    assert [len(found.events), len(found.rejects)] == [1, 0], found.rejects
    return found.events[0]


def _reject(found: Reading) -> Reject:
    assert [len(found.events), len(found.rejects)] == [0, 1], found.events
    return found.rejects[0]


def _codes(found: Reading) -> set[str]:
    return {finding.code for finding in found.findings}


def test_a_plain_row_becomes_one_event_with_its_place(reading: Reader) -> None:
    found = reading(HEADER + PUBLIC)
    event = _event(found)
    assert event.status == "ok"
    assert event.instant is not None
    assert event.instant.utc.isoformat() == "2024-05-01T03:34:56+00:00"
    assert (event.address.text, event.port, event.account.id) == ("1.0.16.1", 50000, "1234567890")
    assert event.provenance.locator == "-:2"
    assert (event.raw[0].column, event.raw[0].raw) == ("time", "2024-05-01T03:34:56Z")
    assert found.inputs[0].form == "table"
    assert found.inputs[0].mapping_source == "shipped"


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiter_comes_from_the_header_and_every_line_end_counts(reading: Reader, delimiter: str, end: str) -> None:
    found = reading((HEADER + PUBLIC + PUBLIC).replace(",", delimiter).replace("\n", end))
    assert [event.provenance.locator for event in found.events] == ["-:2", "-:3"]


def test_a_header_that_two_delimiters_split_is_refused(reading: Reader) -> None:
    with pytest.raises(InputError, match=r"comma and by semicolon"):
        reading("time,ip,x;time;ip\n1,2,3;4;5\n")


def test_rows_keep_their_physical_line_across_blank_lines_and_quoted_line_ends(reading: Reader) -> None:
    text = 'time,ip,note\n\n2024-05-01T00:00:00Z,1.0.16.1,"two\nlines"\n,,\n2024-05-01T00:00:01Z,x,\n'
    found = reading(text)
    assert [event.provenance.locator for event in found.events] == ["-:3"]
    assert [(reject.row, reject.column, reject.raw) for reject in found.rejects] == [(6, "ip", "x")]
    assert found.counts.rows == 2
    assert "IPA114" in _codes(found)


@pytest.mark.parametrize("cell", ['""""', '"""x"', '"\n"""', '""""""'])
def test_a_row_whose_only_text_is_a_quotation_mark_is_counted(reading: Reader, cell: str) -> None:
    found = reading(f"time,ip\n{cell},\n")
    assert (found.counts.rows, found.counts.rejected) == (1, 1)


def test_leading_comments_are_skipped_and_reported(reading: Reader) -> None:
    found = reading("# from counsel\n\n" + HEADER + PUBLIC)
    assert _event(found).provenance.locator == "-:4"
    assert "IPA113" in _codes(found)


def test_a_header_without_rows_says_so(reading: Reader) -> None:
    found = reading(HEADER)
    assert found.counts.rows == 0
    assert "IPA115" in _codes(found)


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        (HEADER + PUBLIC + '2024-05-01T03:34:56Z,"1.0.16.1,1,2\n' + PUBLIC, "-:3", "never closed"),
        (HEADER + '"2024-05-01T03:34:56Z"x,1.0.16.1,1,2\n', "-:2", "closing quotation mark"),
        ('time,ip,note\na,b,"c\n' + "2024-05-01T03:34:56Z,1.0.16.1,x\n" * 2 + 'a,b,c"\n', "-:2", "swallowed"),
        ('time,"ip,port\n' + PUBLIC, "-:1", "header is not closed"),
        ("time,ip,ip\n" + PUBLIC, "-:1:3", "columns 2 and 3"),
        ("time,ip,\na,b,c\n", "-:1:3", "no name"),
        ("time,ip,\x07\na,b,c\n", "-:1:3", "control character"),
        ("ログイン記録の一覧表です\n" + HEADER + PUBLIC, "-:1", "Line 2 looks like the header"),
        (PUBLIC + PUBLIC, "-:1", "looks like data"),
        (HEADER + PUBLIC.replace("1.0", "1\x000"), "-:2:23", "NUL"),
        ("いつ,どこ\na,b\n", "-", "time=…,ip=…"),
        ("time,port\na,b\n", "-", "ip=…"),
        ("nothing here\nis a log\n", "-", "No form fits"),
    ],
)
def test_what_makes_rows_uncertain_ends_the_reading_with_its_place(
    reading: Reader, text: str, where: str, words: str
) -> None:
    with pytest.raises(InputError) as caught:
        reading(text)
    assert caught.value.where == where
    assert words in caught.value.en


@pytest.mark.parametrize(
    ("row", "column", "raw", "words"),
    [
        ("2024-02-30T00:00:00Z,1.0.16.1,,", "time", "2024-02-30T00:00:00Z", ""),
        ("2024-05-01 00:00:00,1.0.16.1,,", "time", "2024-05-01 00:00:00", "No time zone"),
        (",1.0.16.1,,", "time", "", ""),
        ("2024-05-01T00:00:00Z,010.0.0.1,,", "ip", "010.0.0.1", "octal"),
        ("2024-05-01T00:00:00Z,,,", "ip", "", "empty"),
        ("2024-05-01T00:00:00Z,1.0.16.1,443.0,", "port", "443.0", "spreadsheet"),
        ("2024-05-01T00:00:00Z,1.0.16.1:80,443,", "port", "443", "80"),
        ("2024-05-01T00:00:00Z,1.0.16.1,,1.23457E+17", "account_id", "1.23457E+17", "cannot be recovered"),
        ("2024-05-01T00:00:00Z,1.0.16.1,,123456789012345678.0", "account_id", "123456789012345678.0", "recovered"),
        ("2024-05-01T00:00:00Z,1.0.16.1,", "", "2024-05-01T00:00:00Z,1.0.16.1,", "this row has 3"),
        ("2024-05-01T00:00:00Z,1.0.16.1,,,", "", "2024-05-01T00:00:00Z,1.0.16.1,,,", "this row has 5"),
        ("2024-05-01T00:00:00Z,1.0.16.1,,1\x0b", "account_id", "1\x0b", "U+000B"),
    ],
)
def test_a_row_that_cannot_be_read_is_one_reject_with_cell_and_reason(
    reading: Reader, row: str, *, column: str, raw: str, words: str
) -> None:
    reject = _reject(reading(HEADER + row + "\n"))
    assert (reject.row, reject.column, reject.raw) == (2, column, raw)
    assert words in reject.reason.en
    assert reject.reason.ja
    assert reject.code.startswith("IPA")


def test_several_bad_cells_are_one_reject_that_names_them_all(reading: Reader) -> None:
    reject = _reject(reading(HEADER + "yesterday,somewhere,443.0,1E+17\n"))
    assert reject.column == "time"
    for word in ("somewhere", "443.0", "1E+17"):
        assert word in reject.reason.en
        assert word in reject.reason.ja


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("2024-05-01T00:00:00Z,10.1.2.3,,1", "IPA013"),
        ("2024-05-01T00:00:00Z,100.64.0.1,,1", "IPA013"),
        ("2024-05-01T00:00:00Z,::ffff:1.0.16.1,,1", "IPA017"),
        ("2024-05-01 00:00 UTC,1.0.16.1,,1", "IPA016"),
        ("2024-05-01T00:00:00Z,1.0.16.1,,@somebody", "IPA014"),
        ("2024-05-01T00:00:00Z,1.0.16.1,,123456789012345000", "IPA110"),
    ],
)
def test_a_row_that_a_person_must_look_at_is_in_review_with_its_finding(reading: Reader, row: str, code: str) -> None:
    event = _event(reading(HEADER + row + "\n"))
    assert event.status == "review"
    assert code in {finding.code for finding in event.findings}


def test_an_account_id_that_is_no_number_is_kept_as_a_name(reading: Reader) -> None:
    event = _event(reading(HEADER + "2024-05-01T00:00:00Z,1.0.16.1,,@somebody\n"))
    assert (event.account.id, event.account.name) == (None, "@somebody")


def test_a_record_inside_an_unread_cell_is_not_passed_over(reading: Reader) -> None:
    event = _event(reading('time,ip,memo\n2024-05-01T00:00:00Z,1.0.16.1,"x2024-05-02T00:00:00Z,1.0.16.2,123456789"\n'))
    assert event.status == "review"
    assert "1.0.16.2" in event.findings[0].message.ja
    assert _event(reading('time,ip,memo\n2024-05-01T00:00:00Z,1.0.16.1,"seen, twice"\n')).status == "ok"


def test_a_table_without_accounts_says_so_once(reading: Reader) -> None:
    found = reading("time,ip\n" + "2024-05-01T00:00:00Z,1.0.16.1\n" * 2)
    assert [event.status for event in found.events] == ["ok", "ok"]
    assert [finding.code for finding in found.findings].count("IPA118") == 1


def test_all_fields_are_read(reading: Reader) -> None:
    text = (
        "time,ip,port,destination,account_id,account_name,kind,hostname\n"
        "2024-05-01T00:00:00Z,1.0.16.1,5,104.244.42.1,12,somebody,ログアウト,a.example.ne.jp.\n"
        "2024-05-01T00:00:00Z,1.0.16.1,5,192.168.0.1,12,somebody,sing-in,\n"
    )
    first, second = reading(text).events
    assert first.destination is not None
    assert (first.destination.text, first.kind, first.hostname) == ("104.244.42.1", "logout", "a.example.ne.jp")
    assert (first.account.name, first.status) == ("somebody", "ok")
    assert (second.kind, second.status) == ("unknown", "review")
    assert {finding.code for finding in second.findings} == {"IPA111", "IPA112"}


def test_a_declared_zone_and_a_zone_in_the_header_give_the_same_instant(reading: Reader) -> None:
    declared = _event(reading("日時,IPアドレス\n2024/05/01 12:34:56,1.0.16.1\n", zone="JST"))
    stated = _event(reading("日時（JST）,IPアドレス\n2024/05/01 12:34:56,1.0.16.1\n"))
    column = _event(reading("日時,タイムゾーン,IPアドレス\n2024/05/01 12:34:56,JST,1.0.16.1\n"))
    parts = _event(reading("日付,時刻,IPアドレス\n2024/05/01,12:34:56,1.0.16.1\n", zone="JST"))
    instants = [event.instant for event in (declared, stated, column, parts)]
    assert [instant.utc.isoformat() for instant in instants if instant] == ["2024-05-01T03:34:56+00:00"] * 4
    assert [instant.zone_source for instant in instants if instant] == ["declared", "format", "written", "declared"]


def test_a_header_zone_outweighs_a_declared_one_and_says_so(reading: Reader) -> None:
    found = reading("日時(JST),ip\n2024/05/01 12:34:56,1.0.16.1\n", zone="UTC")
    event = _event(found)
    assert event.instant is not None
    assert event.instant.utc.hour == 3
    assert "IPA119" in _codes(found)


@pytest.mark.parametrize(
    "text",
    [
        "日時(JST),ip\n2024-05-01 12:34:56 UTC,1.0.16.1\n",
        "日時,zone,ip\n2024-05-01 12:34:56 UTC,JST,1.0.16.1\n",
        "日時,zone,ip\n2024-05-01 12:34:56,PST,1.0.16.1\n",
        "UTC,JST,ip\n2024-05-01 03:34:56,2024-05-01 12:34:57,1.0.16.1\n",
        "UTC,JST,ip\n2024-05-01 03:34:56,noon,1.0.16.1\n",
    ],
)
def test_contradicting_times_reject_the_row(reading: Reader, text: str) -> None:
    assert _reject(reading(text)).code.startswith("IPA")


def test_two_time_columns_that_agree_are_read_by_the_first(reading: Reader) -> None:
    event = _event(reading("UTC,JST,ip\n2024-05-01 03:34:56,2024-05-01 12:34:56,1.0.16.1\n"))
    assert event.instant is not None
    assert event.instant.utc.hour == 3
    assert [cell.column for cell in event.raw] == ["UTC", "JST", "ip"]


def test_a_given_mapping_is_recorded_and_can_be_learned(registry: Registry) -> None:
    options = Options(mapping={"time": "いつ", "ip": "どこ"})
    data = "いつ,どこ,なに\n2024-05-01T00:00:00Z,1.0.16.1,x\n".encode("cp932")
    found, learned = read_files(["-"], specials=registry.specials, options=options, stdin=io.BytesIO(data))
    assert found.inputs[0].mapping_source == "given"
    assert found.inputs[0].mapping == {"time": "いつ", "ip": "どこ"}
    assert "IPA117" in _codes(found)
    assert learned[0].headers == ("いつ", "どこ", "なに")
    again = Options(remembered={learned[0].headers: learned[0].mapping})
    repeated, nothing = read_files(["-"], specials=registry.specials, options=again, stdin=io.BytesIO(data))
    assert (repeated.events, repeated.counts) == (found.events, found.counts)
    assert repeated.inputs[0].mapping_source == "remembered"
    assert "IPA116" in _codes(repeated)
    assert nothing == ()


def test_ids_run_over_all_files_and_the_same_file_is_read_once(registry: Registry, tmp_path: Path) -> None:
    for folder, text in (("a", HEADER + PUBLIC), ("b", HEADER + PUBLIC + PUBLIC), ("c", HEADER + PUBLIC)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "log.csv").write_text(text)
    paths = [str(tmp_path / folder / "log.csv") for folder in "abc"]
    found = read(paths, specials=registry.specials, options=Options())
    assert [event.id for event in found.events] == ["1", "2", "3"]
    assert [entry.name for entry in found.inputs] == ["log.csv", "log.csv#2"]
    assert [event.provenance.locator for event in found.events] == ["log.csv:2", "log.csv#2:2", "log.csv#2:3"]
    assert found.counts.rows == 3
    assert {"IPA198", "IPA199"} <= _codes(found)


def test_usage_is_checked_before_anything_is_read(registry: Registry) -> None:
    with pytest.raises(UsageError, match="only once"):
        read(["-", "-"], specials=registry.specials, options=Options(), stdin=io.BytesIO(b""))
    with pytest.raises(UsageError, match="table"):
        read(["-"], specials=registry.specials, options=Options(form="xlsx"), stdin=io.BytesIO(b""))


def test_a_declared_form_overrides_detection(registry: Registry) -> None:
    with pytest.raises(InputError, match="No header row"):
        read(["-"], specials=registry.specials, options=Options(form="table"), stdin=io.BytesIO(b"one line\n"))


def test_a_document_that_fits_two_forms_is_asked_about_with_both_reasons(reading: Reader) -> None:
    block = "“ipAudit” : {\n“accountId” : “1”,\n“createdAt” : “2023-11-21T02:10:15.000Z”,\n“loginIp” : “1.0.16.1”\n}\n"
    with pytest.raises(InputError, match="More than one form fits") as caught:
        reading(HEADER + PUBLIC + block)
    for text in (caught.value.ja, caught.value.en):
        assert "x-return" in text
        assert "table" in text
        assert "--form" in text


def test_a_form_that_loses_a_row_ends_the_reading(registry: Registry) -> None:
    said = Text(ja="試験", en="a test")
    forgetful = Form("forgetful", said, lambda _document, _options: said, lambda *_: FormReading(rows=1))
    with pytest.raises(InputError, match="rows may be lost"):
        read_files(
            ["-"], specials=registry.specials, options=Options(), stdin=io.BytesIO(b"a row\n"), forms=(forgetful,)
        )


OURS = (
    '"row","ipattr_schema","file","source_row","status","utc","jst","time_raw","zone","zone_source","precision","ip",'
    '"ip_raw","port","destination","account_id","account_name","kind","hostname","reject_column","raw","reason"\r\n'
)


def _ours(**cells: str) -> str:
    names = OURS.replace('"', "").strip().split(",")
    return ",".join('"' + cells.get(name, "").replace('"', '""') + '"' for name in names) + "\r\n"


def test_our_own_output_is_read_back_with_its_first_raw_cells(reading: Reader) -> None:
    text = "\ufeff" + OURS
    text += _ours(
        ipattr_schema="1", status="ok", utc="2024-05-01T03:34:56Z", jst="2024-05-01T12:34:56+09:00", zone="JST",
        time_raw="2024/05/01 12:34:56", zone_source="declared", precision="s", ip="1.0.16.1", ip_raw="１.0.16.1",
        port="5", account_id="'1234567890123456789", account_name="'@somebody", kind="login",
    )  # fmt: skip
    text += _ours(
        ipattr_schema="1", status="review", utc="2024-05-01T03:34:56Z", ip="1.0.16.1", account_name="''x",
        account_id="1", kind="login",
    )  # fmt: skip
    text += _ours(
        ipattr_schema="1", status="rejected", reject_column="ip", reason="IPA133 x", kind="",
        raw="“ipAudit” : {\r\n“createdAt” : “2023-11-21T02:10:15.000Z”,\r\n“loginIp” : “010.0.0.1”\r\n}",
    )  # fmt: skip
    text += _ours(ipattr_schema="1", status="rejected", kind="post", raw="no url")
    text += _ours(ipattr_schema="1", status="ok", ip="1.0.16.1", kind="login")
    found = reading(text)
    assert found.inputs[0].form == "ipattr-csv"
    first, second, bare = found.events
    assert first.instant is not None
    assert (first.instant.raw, first.instant.zone_source, first.instant.utc.hour) == (
        "2024/05/01 12:34:56",
        "declared",
        3,
    )
    assert (first.address.raw, first.address.text, first.address.rules) == ("１.0.16.1", "1.0.16.1", ("nfkc",))
    assert (first.account.id, first.account.name, first.status) == ("1234567890123456789", "@somebody", "ok")
    assert (second.status, second.account.name) == ("review", "'x")
    assert bare.instant is None
    reject = found.rejects[0]
    assert (reject.column, reject.raw.count("\r\n"), reject.reason.en) == (
        "ip",
        3,
        "Rejected in the earlier reading: IPA133 x",
    )
    assert found.counts.rows == 4
    assert "IPA194" in _codes(found)


def test_our_own_output_without_its_columns_is_asked_about(reading: Reader) -> None:
    with pytest.raises(InputError, match="--map utc="):
        reading("ipattr_schema,ip\n1,1.0.16.1\n")


def test_our_own_output_that_was_edited_is_noticed(reading: Reader) -> None:
    row = {"status": "ok", "utc": "2024-05-01T03:34:56Z", "ip": "1.0.16.1", "ip_raw": "1.0.16.1", "kind": "login",
           "time_raw": "2024-05-01T03:34:56Z", "zone": "Z", "zone_source": "written", "precision": "s"}  # fmt: skip
    assert reading(OURS + _ours(**row)).counts.ok == 1
    for changed in ({"ip": "1.0.16.2"}, {"utc": "2024-05-01T03:34:57Z"}, {"ip_raw": "x"}):
        assert _reject(reading(OURS + _ours(**(row | changed)))).code == "IPA195"


def test_nameless_empty_columns_at_the_end_are_left_out(reading: Reader) -> None:
    event = _event(found := reading("createdAt,loginIp,accountId,,\n2024-05-01T03:34:56Z,1.0.16.1,123, ,\n"))
    assert (event.account.id, event.status) == ("123", "ok")
    (remark,) = [finding for finding in found.findings if finding.code == "IPA103"]
    assert "The last 2 columns have no name and are empty in every row" in remark.message.en
    short = reading("createdAt,loginIp,accountId,,\n2024-05-01T03:34:56Z,1.0.16.1,123\n")
    assert _event(short).address == event.address
    beyond = _reject(reading("createdAt,loginIp,accountId,\n2024-05-01T03:34:56Z,1.0.16.1,123,,kept\n"))
    assert (beyond.code, beyond.record[-1].raw) == ("IPA101", "kept")


def test_a_value_under_a_nameless_column_is_never_dropped(reading: Reader) -> None:
    header = "createdAt,loginIp,accountId,,\n"
    row = "2024-05-01T03:34:56Z,1.0.16.1,123,,"
    with pytest.raises(InputError, match="row 3 has a value there") as caught:
        reading(f"{header}{row}\n{row}secret\n")
    assert caught.value.where == "-:1:5"
    with pytest.raises(InputError, match="has no name") as caught:
        reading("createdAt,,loginIp\n2024-05-01T03:34:56Z,,1.0.16.1\n")
    assert caught.value.where == "-:1:2"


def test_a_rejected_row_keeps_every_cell(reading: Reader) -> None:
    row = _reject(reading("time,ip,note\n2024-05-01T03:34:56Z,1.0.16,n\n"))
    assert (row.column, row.raw) == ("ip", "1.0.16")
    assert [(cell.column, cell.raw) for cell in row.record] == [
        ("time", "2024-05-01T03:34:56Z"),
        ("ip", "1.0.16"),
        ("note", "n"),
    ]
    more = _reject(reading("time,ip\n2024-05-01T03:34:56Z,1.0.16.1,x\n"))
    assert [cell.column for cell in more.record] == ["time", "ip", "[3]"]
    control = _reject(reading("time,ip,note\n2024-05-01T03:34:56Z,1.0.16.1,\x07\n"))
    assert [cell.raw for cell in control.record] == ["2024-05-01T03:34:56Z", "1.0.16.1", "\x07"]
