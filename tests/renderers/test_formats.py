"""CSV, JSON, JSON Lines, explain: nothing lost, nothing live, everything described."""

from __future__ import annotations

import csv
import io
import json
import re

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipattr.errors import InputError, UsageError
from ipattr.model import SCHEMA_VERSION, Account, Case, Citation, Finding, Text
from ipattr.renderers import FORMATS, render
from ipattr.renderers.csv import COLUMNS, INPUT_COLUMNS, guard
from ipattr.renderers.explain import explain
from ipattr.renderers.json import load, schema

LIVE = re.compile("[ \u3000\u00a0]*[=+@\t\r＝＋－＠-]")


def rows_of(case: Case, lang: str = "ja") -> list[dict[str, str]]:
    """Return the CSV as another reader sees it."""
    text = render(case, to="csv", lang=lang)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def test_the_agreed_columns_stand_first() -> None:
    assert COLUMNS[: len(INPUT_COLUMNS)] == INPUT_COLUMNS
    assert INPUT_COLUMNS[:5] == ("row", "ipattr_schema", "file", "source_row", "status")
    assert len(set(COLUMNS)) == len(COLUMNS)


def test_csv_conserves_every_row_and_names_the_reject(case: Case) -> None:
    rows = rows_of(case)
    assert len(rows) == case.counts.rows
    assert [row["status"] for row in rows].count("rejected") == case.counts.rejected
    assert all(None not in row and len(row) == len(COLUMNS) for row in rows)
    reject = rows[-1]
    assert (reject["source_row"], reject["reject_column"]) == ("9", "時刻")
    assert reject["raw"] == "'" + case.rejects[0].raw
    assert all(row["ledger"] == "読込 8行 = 正常 6 + 要確認 1 + 不採用 1" for row in rows)
    assert all(row["declared_zone"] == "JST" for row in rows)


def test_csv_holds_no_live_formula_and_keeps_ids_as_text(case: Case) -> None:
    for row in rows_of(case):
        for column, cell in row.items():
            assert not LIVE.match(cell), (column, cell)
    first = rows_of(case)[0]
    assert first["account_id"] == "'1234567890123456789"
    assert first["account_name"] == "'=cmd|'/c calc'!A1"
    assert rows_of(case)[1]["port"] == "50122"
    assert first["utc"] == "2026-08-01T15:04:05Z"
    assert first["jst"] == "2026-08-02T00:04:05+09:00"


def test_csv_quotes_every_cell_and_ends_lines_with_crlf(case: Case) -> None:
    text = render(case, to="csv", lang="ja")[1:]
    assert text.count("\r\n") == case.counts.rows + 1
    assert text.replace("\r\n", "").count("\n") == 0
    assert all(line.startswith('"') and line.endswith('"') for line in text.split("\r\n")[:-1])


@given(st.text(max_size=20), st.booleans())
def test_one_apostrophe_off_gives_the_cell_back(text: str, is_id: bool) -> None:  # noqa: FBT001 - pytest and hypothesis pass it
    cell = guard(text, is_id=is_id)
    assert not LIVE.match(cell)
    assert cell.removeprefix("'") == text


@pytest.mark.parametrize("text", ["1234567890123456", "007", "1e5", "12/3", "1-2", "3:04"])
def test_an_id_that_a_spreadsheet_would_change_is_led_by_an_apostrophe(text: str) -> None:
    assert guard(text, is_id=True) == "'" + text
    assert guard(text, is_id=False) == text
    assert guard("123456789012345", is_id=True) == "123456789012345"


@pytest.mark.parametrize("pretty", [True, False])
def test_json_is_the_case_and_reads_back(case: Case, pretty: bool) -> None:  # noqa: FBT001 - pytest and hypothesis pass it
    text = render(case, to="json", lang="ja", pretty=pretty)
    assert load(text.encode(), where="x.json") == case
    assert (text.count("\n") > 1) is pretty


def test_json_fits_its_schema(case: Case) -> None:
    described = schema()
    jsonschema.Draft202012Validator.check_schema(described)
    validator = jsonschema.Draft202012Validator(described)
    document = json.loads(render(case, to="json", lang="ja"))
    validator.validate(document)
    assert described["$id"] == "urn:ipattr:case:1"
    assert described["version"] == case.schema_version
    document["rows"][0]["surprise"] = 1
    assert list(validator.iter_errors(document))


@pytest.mark.parametrize(
    ("data", "place"),
    [(b"{", "JSON"), (b"\xff", "JSON"), (b'{"schema_version": 1}', "schema_version"), (b"[]", "Case")],
)
def test_a_file_that_is_no_case_is_refused_with_the_place(data: bytes, place: str) -> None:
    with pytest.raises(InputError) as refused:
        load(data, where="x.json")
    assert place in refused.value.sentence("en")
    assert refused.value.where == "x.json"


def test_json_lines_hold_every_row_once_with_its_verdicts(case: Case) -> None:
    records = [json.loads(line) for line in render(case, to="jsonl", lang="ja").splitlines()]
    kinds = [record["type"] for record in records]
    assert kinds == ["case"] + ["login"] * 7 + ["reject"] + ["post"] * 2
    assert records[0]["counts"] == {"rows": 8, "ok": 6, "review": 1, "rejected": 1}
    assert records[0]["inputs"][0]["declared_zone"] == "JST"
    for record, row in zip(records[1:8], case.rows, strict=True):
        assert record["number"] == row.number
        assert record["attribution"]["status"] == case.attributions[row.attribution].status
        assert record["deadline"]["status"] == case.deadlines[row.deadline].status
    assert records[1]["jst"] == "2026-08-02T00:04:05+09:00"
    assert records[7]["utc"] is None
    assert len(records[2]["links"]) == 2


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_explain_goes_from_raw_cell_to_source(case: Case, lang: str) -> None:
    title = Citation(code="S5a", title="A table of 2015", kind="page", dated="2015-04-02")
    text = explain(case, 1, lang=lang, columns=100, citations={"S5a": title})
    steps = [
        "log.csv:2",
        "loginIp: 192.0.2.1",
        "192.0.2.0/24",
        "AS64496 EXAMPLE Example KK",
        "[S1]",
        "±5",
        "104.244.42.1",
        "2025-03-11 .. 2026-08-22",
        "2026-08-02",
        "93",
        "2027-02-02 / 2027-02-03",
        "2090767117832945665",
        "S5a: A table of 2015 (2015-04-02)",
        "2026+test",
    ]
    at = 0
    for step in steps:
        found = text.find(step, at)
        assert found >= 0, step
        at = found


@pytest.mark.parametrize("row", range(1, 8))
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_explain_tells_every_kind_of_row(case: Case, row: int, lang: str) -> None:
    text = explain(case, row, lang=lang)
    assert "\x1b" not in text
    assert case.rows[row - 1].login.provenance.locator in text


@pytest.mark.parametrize("row", [0, 8, -1])
def test_explain_refuses_a_row_that_is_not_there(case: Case, row: int) -> None:
    with pytest.raises(UsageError, match="rows 1 to 7"):
        explain(case, row, lang="en")


def test_an_unknown_format_is_a_usage_error(case: Case) -> None:
    with pytest.raises(UsageError, match="xlsx"):
        render(case, to="xlsx", lang="en")


@pytest.mark.parametrize("to", FORMATS)
def test_rendering_twice_gives_the_same_bytes(case: Case, to: str) -> None:
    again = msgspec.json.decode(msgspec.json.encode(case), type=Case)
    assert render(case, to=to, lang="ja") == render(again, to=to, lang="ja")


def test_an_account_name_alone_is_not_lost(case: Case) -> None:
    rows = tuple(
        msgspec.structs.replace(
            row, login=msgspec.structs.replace(row.login, account=Account(name=f"name{row.number}"))
        )
        for row in case.rows
    )
    named = msgspec.structs.replace(case, rows=rows)
    assert "@name3" in render(named, to="table", lang="ja", columns=200)
    assert rows_of(named)[2]["account_name"] == "name3"


def test_a_result_of_another_version_is_refused(case: Case) -> None:
    text = render(case, to="json", lang="ja").replace(f'"schema_version":"{SCHEMA_VERSION}"', '"schema_version":"9.0"')
    with pytest.raises(InputError, match=r"x\.json: \$\.schema_version"):
        load(text.encode(), where="x.json")


@pytest.mark.parametrize("name", ["attribution", "search_key", "deadline", "candidates"])
def test_a_row_that_points_at_nothing_is_refused(case: Case, name: str) -> None:
    document = json.loads(render(case, to="json", lang="ja"))
    document["rows"][0][name] = "gone"
    with pytest.raises(InputError, match=rf"\$\.rows\[0\]\.{name}"):
        load(json.dumps(document).encode(), where="x.json")


def test_csv_keeps_the_holder_apart_from_whom_to_ask(case: Case) -> None:
    first = rows_of(case)[0]
    assert (first["holder"], first["holder_ask"]) == ("", "JPNICに照会")
    assert COLUMNS.index("holder_ask") == COLUMNS.index("holder") + 1


def test_csv_names_the_addressee_of_each_need_and_figure(case: Case) -> None:
    first, second = rows_of(case)[:2]
    assert first["search_key_missing"] == "接続元ポート または 接続先IP"
    assert first["retention"] == "株式会社NTTドコモ: 93日 (S5a, 2015); ocn: 6か月 (S5a, 2015)"
    both = case.attributions["b"].alternatives
    options = tuple(
        msgspec.structs.replace(case.search_keys["incomplete"].options[0], provider=party.provider) for party in both
    )
    key = msgspec.structs.replace(case.search_keys["incomplete"], options=options)
    changed = msgspec.structs.replace(case, search_keys={**case.search_keys, "searchable": key})
    second = rows_of(changed)[1]
    need = "接続元ポート または 接続先IP"
    assert second["search_key_missing"] == f"NTTドコモビジネス株式会社: {need}; 株式会社NTTドコモ: {need}"
    assert second["search_key_needed"].startswith("NTTドコモビジネス株式会社: 接続元IP・接続日時・接続元ポート または ")


def test_what_is_only_for_information_about_the_observations_is_said_once(case: Case) -> None:
    seen = msgspec.structs.replace(
        case.candidate_sets["seen"],
        findings=(
            Finding(code="IPA605", level="info", message=Text(ja="用いなかった観測", en="not used")),
            Finding(code="IPA602", level="notice", message=Text(ja="共用", en="shared")),
        ),
    )
    changed = msgspec.structs.replace(case, candidate_sets={**case.candidate_sets, "seen": seen})
    said = [row["findings"] for row in rows_of(changed)]
    assert "IPA605" in said[0]
    assert sum("IPA605" in cell for cell in said) == 1
    assert sum("IPA602" in cell for cell in said) == sum(row.candidates == "seen" for row in case.rows)
    assert render(changed, to="table", lang="ja", columns=120).count("IPA605") == 1


def test_the_output_of_read_is_named_as_such() -> None:
    with pytest.raises(InputError, match="output of `ipattr read`"):
        load(b'{"inputs":[],"events":[],"counts":{"rows":0,"ok":0,"review":0,"rejected":0}}', where="x.json")
