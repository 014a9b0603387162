"""One disclosure in many forms: identical verdicts row by row, and a list of what a form does not carry."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

import ipattr

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipattr.model import Case, CaseRow, LoginEvent

EXAMPLES = Path(__file__).resolve().parent.parent / "data" / "examples"
AS_OF = date(2026, 11, 21)
POSTS = EXAMPLES / "posts.csv"
BASE = "x-return.docx"

# File, row and raw cells are those of each file; beside them, a form differs from the Word document in these only.
NO_NAME = frozenset({"account.name"})
JAPANESE_CLOCK = frozenset({"instant.raw", "instant.zone", "instant.zone_source"})
FULL_WIDTH = frozenset({"instant.raw", "instant.rules", "address.raw", "address.rules", "findings"})
LISTED: dict[str, frozenset[str]] = {
    "docx": frozenset(),
    "txt": frozenset(),
    "txt, full-width": FULL_WIDTH,
    "csv, UTC": NO_NAME,
    "csv, JST declared": NO_NAME | JAPANESE_CLOCK,
    "tsv": NO_NAME,
    "user archive": NO_NAME,
    "our own csv": frozenset(),
    "stdin, txt": frozenset(),
    "stdin, csv": NO_NAME,
}


def lookup(path: Path, **more: Any) -> Case:  # noqa: ANN401 - the options of the verb
    return ipattr.lookup([path], posts=[POSTS], as_of=AS_OF, **more)


def from_stdin(name: str) -> Case:
    stdin = io.BytesIO((EXAMPLES / name).read_bytes())
    return ipattr.lookup(["-"], posts=[POSTS], as_of=AS_OF, stdin=stdin)


def from_tabs(folder: Path) -> Case:
    file = folder / "log.tsv"
    file.write_bytes((EXAMPLES / "x-log-utc.csv").read_bytes().replace(b",", b"\t"))
    return lookup(file)


def from_our_csv(folder: Path) -> Case:
    file = folder / "result.csv"
    file.write_bytes(ipattr.report(lookup(EXAMPLES / BASE), to="csv").encode())
    return lookup(file)


MAKE: dict[str, Callable[[Path], Case]] = {
    "docx": lambda _: lookup(EXAMPLES / BASE),
    "txt": lambda _: lookup(EXAMPLES / "x-return.txt"),
    "txt, full-width": lambda _: lookup(EXAMPLES / "x-return-fullwidth.txt"),
    "csv, UTC": lambda _: lookup(EXAMPLES / "x-log-utc.csv"),
    "csv, JST declared": lambda _: lookup(EXAMPLES / "x-log-jst.csv", tz="JST"),
    "tsv": from_tabs,
    "user archive": lambda _: lookup(EXAMPLES / "ip-audit.js"),
    "our own csv": from_our_csv,
    "stdin, txt": lambda _: from_stdin("x-return.txt"),
    "stdin, csv": lambda _: from_stdin("x-log-utc.csv"),
}


@pytest.fixture(scope="module")
def base() -> Case:
    """Return the case of the Word document, the form that counsel receives."""
    return lookup(EXAMPLES / BASE)


def verdicts(case: Case, row: CaseRow) -> dict[str, object]:
    """Return what a row comes to, whatever the keys under which the case keeps it."""
    return {
        "attribution": case.attributions[row.attribution],
        "search key": case.search_keys[row.search_key],
        "deadline": case.deadlines[row.deadline],
        "candidates": case.candidate_sets[row.candidates],
        "links": {(link.post, *msgspec.structs.astuple(link)[2:]) for link in case.links if link.login == row.login.id},
        "status": row.login.status,
    }


def differing(one: LoginEvent, other: LoginEvent) -> set[str]:
    """Return the fields in which two readings of one login differ; those that belong to the file are left out."""
    found: set[str] = set()
    for name in set(one.__struct_fields__) - {"id", "raw", "provenance"}:
        left, right = getattr(one, name), getattr(other, name)
        if name == "findings":  # what is said, not the place in the file it is said about
            left, right = ([(f.code, f.level, f.message) for f in findings] for findings in (left, right))
        if isinstance(left, msgspec.Struct) and isinstance(right, msgspec.Struct):
            found |= {
                f"{name}.{part}" for part in left.__struct_fields__ if getattr(left, part) != getattr(right, part)
            }
        elif left != right:
            found.add(name)
    return found


@pytest.mark.parametrize("form", MAKE)
def test_every_form_comes_to_the_same_verdicts(form: str, base: Case, tmp_path: Path) -> None:
    case = MAKE[form](tmp_path)
    assert case.counts == base.counts
    for mine, its in zip(base.rows, case.rows, strict=True):
        assert mine.number == its.number
        expected, found = verdicts(base, mine), verdicts(case, its)
        for name, value in expected.items():
            assert found[name] == value, (mine.number, name)
    assert case.summary == base.summary
    of_the_account = sum(row.login.account.id == post.account.id for row in base.rows for post in base.posts)
    assert len(case.links) == len(base.links) == of_the_account


@pytest.mark.parametrize("form", MAKE)
def test_a_form_differs_only_in_what_is_listed(form: str, base: Case, tmp_path: Path) -> None:
    case = MAKE[form](tmp_path)
    found: set[str] = set()
    for mine, its in zip(base.rows, case.rows, strict=True):
        found |= differing(mine.login, its.login)
    assert found == LISTED[form]


@pytest.mark.parametrize("form", MAKE)
def test_every_form_rejects_the_same_two_rows(form: str, base: Case, tmp_path: Path) -> None:
    case = MAKE[form](tmp_path)
    assert len(case.rejects) == len(base.rejects) == 2
    assert "2026-02-30" in " ".join(reject.reason.en for reject in case.rejects)


def test_the_form_without_a_zone_is_refused_until_it_is_declared() -> None:
    case = lookup(EXAMPLES / "x-log-jst.csv")
    assert (case.counts.rows, case.counts.rejected, case.rows) == (22, 22, ())
    declared = lookup(EXAMPLES / "x-log-jst.csv", tz="JST")
    for to in ("table", "json", "jsonl", "csv"):
        assert "JST" in ipattr.report(declared, to=to)
    assert declared.inputs[0].declared_zone == "JST"


def test_our_csv_is_read_back_and_written_again_alike(base: Case, tmp_path: Path) -> None:
    """The second writing differs from the first only in where its rows stand and in what the rejects say of it."""
    again = from_our_csv(tmp_path)
    own = {"file", "source_row", "provenance", "reason", "reject_column", "raw", "ledger", "findings", "row"}

    def rows(case: Case) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(ipattr.report(case, to="csv").removeprefix("\ufeff"), newline="")))

    first, second = rows(base), rows(again)
    assert len(first) == len(second) == 22
    for mine, its in zip(first, second, strict=True):
        assert {k: v for k, v in mine.items() if k not in own} == {k: v for k, v in its.items() if k not in own}


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("to", ["table", "csv", "jsonl"])
def test_a_saved_case_is_reported_as_the_case_itself(base: Case, to: str, lang: str, tmp_path: Path) -> None:
    saved = tmp_path / "case.json"
    saved.write_text(ipattr.report(base, to="json"), encoding="utf-8")
    direct = ipattr.report(base, to=to, lang=lang)
    assert ipattr.report(saved, to=to, lang=lang) == direct
    assert direct != ipattr.report(base, to=to, lang="en" if lang == "ja" else "ja") or to == "jsonl"
