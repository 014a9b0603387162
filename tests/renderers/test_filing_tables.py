"""The exported tables: every row of the inputs stands in them once, every verdict as the case has it, nothing alive."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import filing_world as world
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_registrations import inquiry, with_answers

from ipattr.renderers.filings.blocks import safe_text
from ipattr.renderers.filings.material import inputs, stamp
from ipattr.renderers.filings.tables import export_tables
from ipattr.renderers.filings.tables.shape import Field, table

if TYPE_CHECKING:
    from ipattr.model import Case
    from ipattr.renderers.filings.material import Material
    from ipattr.renderers.filings.tables import ExportTable

TESTS = Path(__file__).resolve().parents[1]
# Controls, directions, what cannot be seen; a line break inside a cell is the only control that stays.
ACTIVE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")


def by_id(material: Material, lang: str = "ja") -> dict[str, ExportTable]:
    return {one.id: one for one in export_tables(material, lang)}


def dicts(one: ExportTable) -> list[dict[str, str]]:
    ids = [column.id for column in one.columns]
    return [dict(zip(ids, row, strict=True)) for row in one.rows]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Material:
    return world.hostile(tmp_path_factory.mktemp("hostile"))


def materials(hostile: Material) -> tuple[Material, ...]:
    return world.example(), hostile


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_tables_are_rectangles_of_text_with_names_of_their_own(hostile: Material, lang: str) -> None:
    for material in materials(hostile):
        tables = export_tables(material, lang)
        assert tables[0].id == "overview"
        assert len({one.id for one in tables}) == len({one.title for one in tables}) == len(tables)
        for one in tables:
            assert len({column.id for column in one.columns}) == len(one.columns)
            assert len({column.title for column in one.columns}) == len(one.columns), one.id
            for row in one.rows:
                assert len(row) == len(one.columns)
                assert all(isinstance(cell, str) and not ACTIVE.search(cell) for cell in row)


def test_every_row_of_the_inputs_stands_in_one_table_once(hostile: Material) -> None:
    for material in materials(hostile):
        case, tables = material.case, by_id(material)
        numbers = [row["row"] for row in dicts(tables["logins"])]
        assert numbers == [str(row.number) for row in case.rows]
        unread = [row for row in dicts(tables["unread"]) if row["what"] == "ログイン"]
        assert len(numbers) + len(unread) == case.counts.rows
        assert len(tables["links"].rows if "links" in tables else ()) == len(case.links)
        assert len(tables["posts"].rows if "posts" in tables else ()) == len(case.posts)
        assert len(tables["addressees"].rows) == len(case.summary)
        assert sum(int(row["count"]) for row in dicts(tables["addressees"])) == len(case.rows)


def test_the_overview_bears_the_stamp_the_hashes_and_the_count_of_every_table() -> None:
    material = world.example()
    tables = export_tables(material, "ja")
    said = {row["item"]: row["value"] for row in dicts(tables[0])}
    for label, value in stamp(material, "ja"):
        assert said[label] == value
    for name, sha256, rows in inputs(material):
        value = next(value for item, value in said.items() if item.endswith(name))
        assert sha256 in value
        assert f"読込 {rows}行" in value
    assert said["ログの行"] == "22 = ログインの表 20 + 採否待ち 0 + 不採用 2"
    assert said["投稿の行"] == "3 = 投稿の表 3 + 不採用 0"
    for one in tables[1:]:
        assert said[one.title].startswith(f"{len(one.rows):,}行"), one.id


def test_a_login_says_what_the_case_says() -> None:
    material = world.example()
    case = material.case
    for row, said in zip(case.rows, dicts(by_id(material)["logins"]), strict=True):
        deadline, login = case.deadlines[row.deadline], row.login
        assert said["ip"] == login.address.text
        assert said["port"] == ("" if login.port is None else str(login.port))
        assert said["account_id"] == login.account.id
        assert said["act_by"] == (deadline.act_by.isoformat() if deadline.act_by else "")
        assert said["earliest_expiry"] == (deadline.earliest.isoformat() if deadline.earliest else "")
        assert said["days_left"] == ("" if deadline.days_left is None else str(deadline.days_left))
        assert said["candidate_set"] == row.candidates
        assert login.instant is not None
        assert said["utc"] == f"{login.instant.utc:%Y-%m-%d %H:%M:%S.%f}"[:-3]
        assert said["findings"].split(", ")[0] in {"", *(f.code for f in (*login.findings, *deadline.findings))} | {
            finding.code
            for finding in (
                *case.attributions[row.attribution].findings,
                *case.candidate_sets[row.candidates].findings,
            )
        }


def test_verdicts_that_logins_share_stand_once_with_all_their_rows(tmp_path: Path) -> None:
    material = world.many(tmp_path, 600)
    case, tables = material.case, by_id(material)
    sets = {row["set"]: row for row in dicts(tables["candidate-sets"])}
    assert sets.keys() == case.candidate_sets.keys()
    assert sum(len(one.candidates) for one in case.candidate_sets.values()) == len(tables["candidates"].rows)
    for key, row in sets.items():
        assert spread(row["rows"]) == [one.number for one in case.rows if one.candidates == key]
    for row in dicts(tables["deadlines"]):
        assert spread(row["rows"]) == [one.number for one in case.rows if one.deadline == row["deadline"]]
    figured = [row for row in dicts(tables["deadlines"]) if row["expires_on"]]
    assert len(figured) == sum(len(one.expiries) for one in case.deadlines.values())
    assert {row["deadline"] for row in dicts(tables["deadlines"])} == case.deadlines.keys()
    verdicts = [number for row in dicts(tables["attributions"]) for number in spread(row["rows"])]
    assert sorted(verdicts) == [row.number for row in case.rows]


def spread(text: str) -> list[int]:
    """Return the row numbers that a cell such as ``1-3, 7`` names."""
    found: list[int] = []
    for part in text.split(", "):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def test_a_party_without_a_figure_has_a_line_that_says_unknown() -> None:
    material = world.example()
    said = dicts(by_id(material)["deadlines"])
    unknown = {key for key, one in material.case.deadlines.items() if one.unknown_for}
    assert unknown
    for key in unknown:
        lines = [row for row in said if row["deadline"] == key]
        assert any(row["figure"] == "不明" and not row["expires_on"] for row in lines), key
    for row in said:
        assert not row["expires_on"] or row["source"], row
    assert any("当該者の数値ではない" in row["provider"] and not row["figure"] for row in said)


def test_what_was_not_read_stands_whole_with_its_reason(hostile: Material) -> None:
    for row, reject in zip(dicts(by_id(hostile)["unread"]), hostile.case.rejects, strict=True):
        assert row["raw"] == safe_text(reject.raw)
        assert row["reason"] == safe_text(f"{reject.code} {reject.reason.ja}")
        for cell in reject.record:
            assert safe_text(cell.raw) in row["record"]


def test_hostile_text_is_written_out_and_nothing_of_it_is_left_out(hostile: Material) -> None:
    said = {row["account_name"] for row in dicts(by_id(hostile)["logins"])}
    assert said == {safe_text(row.login.account.name or "") for row in hostile.case.rows}
    assert "=1+1" in said
    raw = [row["raw"] for row in dicts(by_id(hostile)["unread"])]
    assert "\\u202egnp.exe\\u202c \\u2067\\u200f\\u200b" in raw
    assert "\\x07bell\\x1b[31m" in raw
    assert "A" * 10_000 in said


def test_registry_answers_stand_each_on_a_line_with_evidence_and_hash(case: Case) -> None:
    answered = with_answers(case, inquiry())
    tables = by_id(world.material_of(answered))
    said = dicts(tables["registrations"])
    assert len(said) == sum(max(len(one.views), 1) for one in answered.registrations.values())
    views = [view for one in answered.registrations.values() for view in one.views]
    assert [row["registry_sha256"] for row in said if row["registry_sha256"]] == [view.sha256 for view in views]
    assert [row["registry_evidence"] for row in said if row["registry_evidence"]] == [view.evidence for view in views]
    logins = dicts(tables["logins"])
    assert "アルファ株式会社" in logins[0]["registry_holder"]
    assert answered.registrations["r1"].views[0].evidence in logins[0]["registry_evidence"]
    assert not any(ACTIVE.search(cell) for row in tables["registrations"].rows for cell in row)


def test_a_kind_of_fact_that_the_case_has_not_has_no_table(hostile: Material) -> None:
    assert {"posts", "links", "registrations"}.isdisjoint(by_id(hostile))
    bare = msgspec.structs.replace(world.example().case, rejects=(), summary=(), findings=())
    assert by_id(world.material_of(bare))["unread"].rows == ()  # that nothing was refused is a statement


def test_remarks_stand_once_with_their_rows_and_sources_have_their_titles() -> None:
    material = world.example()
    tables = by_id(material)
    remarks = dicts(tables["findings"])
    assert len({(row["code"], row["message"]) for row in remarks}) == len(remarks)
    codes = {finding.code for row in material.case.rows for finding in material.case.deadlines[row.deadline].findings}
    assert codes <= {row["code"] for row in remarks}
    named = {code for row in dicts(tables["logins"]) for code in row["findings"].split(", ") if code}
    assert named <= {row["code"] for row in remarks}
    sources = {row["code"]: row for row in dicts(tables["sources"])}
    used = {one.source for deadline in material.case.deadlines.values() for one in deadline.provenance}
    used |= {code for one in material.case.candidate_sets.values() for c in one.candidates for code in c.sources}
    assert used <= sources.keys()
    assert all(row["title"] for row in sources.values()), [code for code, row in sources.items() if not row["title"]]


def test_the_ranking_shows_every_login_with_every_factor() -> None:
    material = world.example()
    if not material.ranking:
        pytest.skip("the case is not ranked")
    said = dicts(by_id(material)["ranking"])
    assert sorted(int(row["row"]) for row in said) == [row.number for row in material.case.rows]
    assert all(row["nearness"] and row["searchability"] and row["days-left"] for row in said)


def test_english_headings_are_english() -> None:
    ja, en = by_id(world.example(), "ja"), by_id(world.example(), "en")
    assert ja.keys() == en.keys()
    for name, one in en.items():
        assert [column.id for column in one.columns] == [column.id for column in ja[name].columns]
        assert len(one.rows) == len(ja[name].rows)
        for text in (one.title, one.note, *(column.title for column in one.columns)):
            assert not JAPANESE.search(text), text


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=5))
def test_an_optional_column_is_left_out_only_when_it_is_empty(rows: list[tuple[str, str]]) -> None:
    fields = (Field("a", "あ", "A", 5), Field("b", "い", "B", 5, optional=True))
    made = table("t", "T", fields, [dict(zip("ab", row, strict=True)) for row in rows], lang="en")
    kept = [column.id for column in made.columns]
    assert kept == (["a", "b"] if any(b for _, b in rows) else ["a"])
    assert [row[0] for row in made.rows] == [safe_text(a) for a, _ in rows]
    if "b" in kept:
        assert [row[1] for row in made.rows] == [safe_text(b) for _, b in rows]


HASHES = """
import hashlib, sys
sys.path[:0] = [{tests!r}]
import filing_world as world
from ipattr.renderers.filings import calendar, excel, markdown
for lang in ("ja", "en"):
    material = world.example()
    text = markdown.encode(material, lang).encode()
    for data in (excel.encode(material, lang), text, calendar.encode(material, lang)):
        print(hashlib.sha256(data).hexdigest())
"""


def test_equal_cases_give_equal_bytes_whatever_the_hash_seed_zone_language_and_folder(tmp_path: Path) -> None:
    settings = (
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "77", "TZ": "America/Los_Angeles", "LC_ALL": "C.UTF-8"},
    )
    printed = [
        subprocess.run(
            [sys.executable, "-c", HASHES.format(tests=str(TESTS))],
            env={**os.environ, **setting},
            cwd=folder,
            check=True,
            capture_output=True,
            timeout=120,
        ).stdout
        for setting, folder in zip(settings, (tmp_path, TESTS), strict=True)
    ]
    assert len(printed[0].split()) == 6
    assert printed[0] == printed[1]
