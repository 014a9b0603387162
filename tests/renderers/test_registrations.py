"""What the registries said, in every format and both languages: mode and basis in every row, evidence with its hash."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import jsonschema
import msgspec
import pytest
from registry_answers import (
    Tables,
    asked,
    found,
    held,
    missing,
    moment,
    named,
    past,
    routed,
    unanswered,
)
from wcwidth import wcswidth

from ipattr.errors import InputError
from ipattr.registration import Inquired, Moment, register
from ipattr.renderers import FORMATS, render
from ipattr.renderers.csv import COLUMNS, REGISTRY_COLUMNS
from ipattr.renderers.explain import explain
from ipattr.renderers.json import load, schema

if TYPE_CHECKING:
    from ipattr.model import Case
    from ipattr.registration import Asked

LIVE = re.compile("[ \u3000\u00a0]*[=+@\t\r＝＋－＠-]")
HEAD = "5e" * 32
OLD = (("registration", "2001-04-01"), ("last changed", "2020-07-02T00:10:04Z"))
LATE = (("last changed", "2026-10-01T00:00:00Z"),)


def inquiry(mode: str = "exact") -> Asked:
    """Return answers for the seven logins of the small case: every status and every agreement."""
    return asked(
        found("jpnic", "192.0.2.1", "192.0.2.0/24", "アルファ株式会社", "Alpha, Inc.", events=OLD),
        found("apnic", "192.0.2.1", "192.0.0.0/16", refers_to="JPNIC"),
        found("apnic", "198.51.100.7", "198.51.100.0/24", "=cmd|'/c calc'!A1", "Gamma LLC", events=LATE),
        past("198.51.100.7", ("2010-01-01T00:00:00Z", "2026-10-01T00:00:00Z", "198.51.100.0/24", "旧アルファ株式会社")),
        routed("198.51.100.7", "198.51.100.0/24", 64511),
        named("198.51.100.7", "=p7.\x1b[31mexample"),
        found("apnic", "2001:db8::/48", "2001:db8::/32", "\x1b[31mUniversity\u202e", events=LATE),
        missing("jpnic", "203.0.113.9"),
        mode=mode,
        open_=[unanswered("203.0.113.10")],
        held_back=[held("10.1.2.3")],
    )


def with_answers(case: Case, brought: Asked) -> Case:
    """Return the case with what an inquiry brought beside its verdicts."""
    inquired = Inquired(brought, facts=Tables())
    rows, registrations = [], {}
    for row in case.rows:
        instant = row.login.instant
        key = f"r{row.number}"
        registrations[key] = register(
            row.login.address.line,
            Moment(instant.utc, instant.precision) if instant else None,
            inquired=inquired,
            offline=case.attributions[row.attribution],
            as_of=date(2026, 12, 31),
        )
        rows.append(msgspec.structs.replace(row, registration=key))
    return msgspec.structs.replace(case, rows=tuple(rows), registrations=registrations, inquiry=brought.inquiry)


@pytest.fixture
def answered(case: Case) -> Case:
    return with_answers(case, inquiry())


def rows_of(case: Case, lang: str = "ja") -> list[dict[str, str]]:
    text = render(case, to="csv", lang=lang)
    return list(csv.DictReader(io.StringIO(text[1:], newline="")))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("columns", [40, 60, 80, 100, 120, 160, 200, 300])
def test_no_line_is_wider_than_the_terminal_and_nothing_is_active(answered: Case, columns: int, lang: str) -> None:
    text = render(answered, to="table", lang=lang, columns=columns)
    assert max(map(wcswidth, text.split("\n"))) <= columns
    assert "\x1b" not in text
    assert "\u202e" not in text


WORDS = {
    "ja": (
        "直接照会",
        "推定",
        "exactモード",
        "照会先に登録なし",
        "回答なし",
        "照会しない",
        "ログイン時:未証明",
    ),
    "en": (
        "direct",
        "inferred",
        "exact",
        "notattheserverasked",
        "noanswer",
        "neversent",
        "atlogin:notproven",
        "atlogin:byhistory",
    ),
}


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("columns", [60, 80])
def test_a_narrow_table_cuts_off_nothing_that_the_registries_said(answered: Case, columns: int, lang: str) -> None:
    text = squeezed(render(answered, to="table", lang=lang, columns=columns))
    for fact in (
        "アルファ株式会社",
        "Alpha,Inc.",
        "GammaLLC",
        "旧アルファ株式会社",
        "whois.jpnic.example",
        "192.0.2.0-192.0.2.255",
        "2026-11-2012:00:00JST",
        HEAD,
        "令和8年(ヨ)第1号",
        "AS64511",
        "IPA878",
        "IPA880",
        "IPA874",
        *(view.sha256 for said in answered.registrations.values() for view in said.views),
        *(view.evidence for said in answered.registrations.values() for view in said.views),
        *WORDS[lang],
    ):
        assert fact in text, fact


@pytest.mark.parametrize("mode", ["exact", "coalesced"])
def test_every_row_bears_the_mode(case: Case, mode: str) -> None:
    rows = rows_of(with_answers(case, inquiry(mode)))
    logins = [row for row in rows if row["row"]]
    assert len(logins) == len(case.rows)
    assert {row["registry_mode"] for row in logins} == {mode}
    text = render(with_answers(case, inquiry(mode)), to="table", lang="en", columns=80)
    stacked = text.partition("== Logins ==")[2].partition("== What the registries say")[0]
    assert stacked.count(mode) >= len(case.rows)


def test_csv_columns_of_the_registries_stand_last_and_only_where_they_were_asked(case: Case, answered: Case) -> None:
    assert tuple(rows_of(case)[0]) == COLUMNS
    assert tuple(rows_of(answered)[0]) == COLUMNS + REGISTRY_COLUMNS
    for before, after in zip(rows_of(case), rows_of(answered), strict=True):
        for column in COLUMNS:
            assert column == "findings" or before[column] == after[column]


def test_csv_says_what_was_asked_and_answered(answered: Case) -> None:
    first, second, third, fourth, fifth, sixth, *_ = rows_of(answered)
    assert (first["registry_status"], first["registry_basis"], first["registry_source"]) == (
        "registered",
        "direct",
        "jpnic",
    )
    assert (first["registry_holder_ja"], first["registry_holder_en"]) == ("アルファ株式会社", "Alpha, Inc.")
    assert (first["registry_first"], first["registry_last"]) == ("192.0.2.0", "192.0.2.255")
    assert first["registry_registered"] == "2001-04-01"
    assert first["registry_changed"] == "2020-07-02T00:10:04Z"
    assert first["registry_received_utc"] == "2026-11-20T03:00:00Z"
    assert first["registry_received_jst"] == "2026-11-20T12:00:00+09:00"
    assert "-> JPNIC" in first["registry_others"]
    assert first["registry_journal_head"] == HEAD
    assert second["registry_at_login"] == "by-history"
    assert second["registry_history"] == "2010-01-01 09:00:00 JST .. 2026-10-01 09:00:00 JST"
    assert second["registry_origin_as"].startswith("AS64511")
    assert third["registry_basis"] == "inferred"
    assert [row["registry_status"] for row in (fourth, fifth, sixth)] == ["withheld", "not-found", "failed"]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_csv_holds_no_live_formula(answered: Case, lang: str) -> None:
    for row in rows_of(answered, lang):
        for column, cell in row.items():
            assert not LIVE.match(cell), (column, cell)
    assert rows_of(answered, lang)[1]["registry_ptr"].startswith("'=p7.")


def test_a_reject_has_no_registry_answer(answered: Case) -> None:
    reject = rows_of(answered)[-1]
    assert reject["status"] == "rejected"
    assert not any(reject[column] for column in REGISTRY_COLUMNS if column != "registry_journal_head")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_explain_shows_each_answer_with_its_places_and_its_evidence(answered: Case, lang: str) -> None:
    text = explain(answered, 2, lang=lang)
    flat = squeezed(text)
    history, today = answered.registrations["r2"].views
    for fact in (history.evidence, history.sha256, today.evidence, today.sha256, "/records/0", "[/handle]", "AS64511"):
        assert fact in flat, fact
    assert squeezed(history.reasons[1].pick(lang)) in flat
    assert "alpha: 旧アルファ株式会社" in text
    assert "2001 .. 2020-07-01" in text
    assert HEAD in flat
    assert "\x1b" not in text


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("row", range(1, 8))
def test_explain_says_what_became_of_every_question(answered: Case, row: int, lang: str) -> None:
    found = answered.registrations[f"r{row}"]
    flat = squeezed(explain(answered, row, lang=lang))
    for text in (found.explanation, found.next_step, *(finding.message for finding in found.findings)):
        assert squeezed(text.pick(lang)).replace("\x1b", "\\x1b").replace("\u202e", "\\u202e") in flat


def test_json_lines_hold_the_registration_beside_the_login(case: Case, answered: Case) -> None:
    records = [json.loads(line) for line in render(answered, to="jsonl", lang="ja").splitlines()]
    assert records[0]["inquiry"]["journal_head"] == HEAD
    for record, row in zip(records[1:8], answered.rows, strict=True):
        assert record["registration"]["status"] == answered.registrations[row.registration].status
        assert record["registration"]["mode"] == "exact"
    for line in render(case, to="jsonl", lang="ja").splitlines():
        assert not {"registration", "inquiry"} & set(json.loads(line))


def test_json_reads_back_and_fits_its_schema(answered: Case) -> None:
    text = render(answered, to="json", lang="ja")
    assert load(text.encode(), where="x.json") == answered
    jsonschema.Draft202012Validator(schema()).validate(json.loads(text))


@pytest.mark.parametrize("to", FORMATS)
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_report_of_the_kept_result_is_the_same(answered: Case, to: str, lang: str) -> None:
    again = load(render(answered, to="json", lang="ja").encode(), where="x.json")
    assert render(answered, to=to, lang=lang) == render(again, to=to, lang=lang)


def test_a_result_of_version_1_0_is_read_as_one_without_answers(case: Case) -> None:
    document = json.loads(render(case, to="json", lang="ja"))
    document["schema_version"] = "1.0"
    del document["registrations"], document["inquiry"]
    for row in document["rows"]:
        del row["registration"]
    assert load(json.dumps(document).encode(), where="old.json") == case


@pytest.mark.parametrize("key", ["gone", ""])
def test_a_row_that_points_at_no_registration_is_refused(answered: Case, key: str) -> None:
    document = json.loads(render(answered, to="json", lang="ja"))
    document["rows"][0]["registration"] = key
    with pytest.raises(InputError, match=r"\$\.rows\[0\]\.registration"):
        load(json.dumps(document).encode(), where="x.json")


def test_a_case_whose_folder_was_never_asked_prints_the_head_alone(case: Case) -> None:
    kept = msgspec.structs.replace(case, inquiry=asked().inquiry)
    text = render(kept, to="table", lang="ja", columns=200)
    assert HEAD in text
    assert "レジストリの回答" not in text
    assert tuple(rows_of(kept)[0]) == COLUMNS


def test_the_times_of_the_answers_used_are_told(answered: Case) -> None:
    text = render(answered, to="table", lang="en", columns=200)
    assert moment("2026-11-20T03:00:00Z") == answered.inquiry.asked_from  # type: ignore[union-attr]  # it was asked
    assert "2026-11-20 12:00:00 JST to 2026-11-20 12:00:00 JST" in text
    assert "9 planned, 8 sent, 1 unanswered" in text


def test_a_date_at_the_end_of_the_calendar_is_written(case: Case) -> None:
    never = "9999-12-31T23:59:59Z"
    brought = asked(
        found("apnic", "192.0.2.1", "192.0.2.0/24", "Alpha, Inc.", events=(("last changed", never),)),
        past("198.51.100.7", ("2010-01-01T00:00:00Z", never, "198.51.100.0/24", "Alpha, Inc.")),
        found("apnic", "203.0.113.9", "203.0.113.0/24", "Alpha, Inc.", events=(("last changed", "neverZ"),)),
    )
    answered = with_answers(case, brought)
    for to in FORMATS:
        text = render(answered, to=to, lang="ja", columns=200)
        assert "9999-12-31" in text
        assert "neverZ" in text


def test_remarks_that_differ_only_by_the_login_are_told_once_for_all_their_rows(case: Case) -> None:
    brought = asked(found("apnic", "192.0.2.1", "192.0.2.0/24", "Alpha, Inc.", events=LATE))
    rows = []
    for number in range(1, 31):
        login = case.rows[0].login
        assert login.instant is not None
        instant = msgspec.structs.replace(login.instant, utc=login.instant.utc + timedelta(minutes=number))
        rows.append(
            msgspec.structs.replace(
                case.rows[0],
                number=number,
                login=msgspec.structs.replace(login, id=str(number), instant=instant),
            )
        )
    many = with_answers(msgspec.structs.replace(case, rows=tuple(rows), links=()), brought)
    text = render(many, to="table", lang="ja", columns=200)
    assert text.count("IPA874") == 1
    assert "(No.1-30)" in text
    assert len({row["findings"] for row in rows_of(many) if row["row"]}) == 30


@pytest.mark.parametrize(
    ("lang", "said", "never"),
    [
        ("ja", "履歴の名義:旧アルファ株式会社", "履歴で確認"),
        ("en", "byhistory:旧アルファ株式会社", "atlogin:byhistory"),
    ],
)
def test_a_history_of_another_holder_is_not_told_as_proof_of_the_one_named_today(
    case: Case, lang: str, said: str, never: str
) -> None:
    today = found("jpnic", "198.51.100.7", "198.51.100.0/24", "ガンマ", events=LATE)
    then = past(
        "198.51.100.7", ("2010-01-01T00:00:00Z", "2026-10-01T00:00:00Z", "198.51.100.0/24", "旧アルファ株式会社")
    )
    shown = with_answers(case, asked(today, then))
    text = squeezed(render(shown, to="table", lang=lang, columns=60)).partition("==")[2]
    assert said in text
    logins = text.partition("ガンマ")[2].partition("==")[0]
    assert never not in logins
