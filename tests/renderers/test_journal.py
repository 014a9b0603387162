"""The journal and the verdict of ``verify``: one line per entry, the verdict first, every changed file named."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import get_args, get_type_hints

import msgspec
import pytest

from ipattr.errors import UsageError
from ipattr.model import Change, JournalEntry, Text, Verification
from ipattr.model.keeping import StampInfo
from ipattr.renderers.journal import ENTRY, render, stamp, verification

NOON = datetime(2026, 11, 20, 15, 0, 1, tzinfo=UTC)
HEAD = "cd" * 32


def entry(seq: int, payload: str, kind: str = "query") -> JournalEntry:
    """Return a line of a journal."""
    return JournalEntry(seq=seq, at=NOON, kind=kind, payload=payload, previous="0" * 64, hash=HEAD)  # type: ignore[arg-type]  # a kind


def found(*changes: Change, intact: bool = True, **facts: object) -> Verification:
    """Return what a check found."""
    base = {"intact": intact, "head": HEAD, "entries": 12, "files": 9, "answers": 3, "results": 2, "recomputed": 1}
    return Verification(changes=changes, **(base | facts))  # type: ignore[arg-type]  # the tests name real fields


def change(where: str, level: str = "error") -> Change:
    """Return a difference."""
    return Change(where=where, code="IPA851", level=level, message=Text(ja="違う。", en="It differs."))  # type: ignore[arg-type]  # a level


def test_each_entry_is_one_line_with_its_time_in_japan() -> None:
    lines = render([entry(1, '{"a":1}'), entry(2, "x\ny\x1b[31m", "answer")], to="table", lang="ja").splitlines()
    assert lines == [
        '     1\t2026-11-21 00:00:01 JST\t送信\t{"a":1}\tcdcdcdcdcdcd',
        "     2\t2026-11-21 00:00:01 JST\t回答\tx\\x0ay\\x1b[31m\tcdcdcdcdcdcd",
    ]


def test_a_long_payload_is_short_in_the_table_and_whole_in_json() -> None:
    long = entry(1, "p" * 5_000)
    assert len(render([long], to="table", lang="en")) < 250
    assert msgspec.json.decode(render([long], to="json", lang="en"), type=list[JournalEntry]) == [long]
    assert msgspec.json.decode(render([long], to="jsonl", lang="en"), type=JournalEntry) == long


def test_every_kind_of_entry_has_a_word() -> None:
    assert set(ENTRY) == set(get_args(get_type_hints(JournalEntry)["kind"]))


@pytest.mark.parametrize(("lang", "said"), [("ja", "変わっていない"), ("en", "Nothing that was stored has changed")])
def test_an_intact_folder_is_said_to_be_so_first(lang: str, said: str) -> None:
    lines = verification(found(compared_head=HEAD), to="table", lang=lang).splitlines()
    assert said in lines[0]
    assert lines[-1].endswith(HEAD)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_what_the_folder_alone_cannot_show_is_said_until_a_head_is_compared(lang: str) -> None:
    alone = verification(found(), to="table", lang=lang)
    assert "--head" in alone
    assert "--head" not in verification(found(compared_head=HEAD), to="table", lang=lang)


def test_every_changed_file_is_named_errors_first() -> None:
    changes = [change("extra.txt", "notice"), change("evidence/000001-a.body"), change("inputs/x\x1b.csv")]
    lines = verification(found(*changes, intact=False), to="table", lang="ja").splitlines()
    assert lines[0] == "保存したものが変わっている: evidence/000001-a.body、inputs/x\\x1b.csv。"
    assert [line.partition(":")[0] for line in lines[-3:]] == [
        "evidence/000001-a.body",
        "inputs/x\\x1b.csv",
        "extra.txt",
    ]
    assert "extra.txt" not in lines[0]


def test_a_run_that_did_not_end_is_said() -> None:
    assert "途中で終わっている" in verification(found(interrupted=True), to="table", lang="ja")


def test_json_is_the_check_itself() -> None:
    one = found(change("a"), intact=False)
    assert msgspec.json.decode(verification(one, to="json", lang="ja"), type=Verification) == one


def test_other_formats_are_refused() -> None:
    with pytest.raises(UsageError):
        render([], to="csv", lang="ja")
    with pytest.raises(UsageError):
        verification(found(), to="csv", lang="ja")


@pytest.mark.parametrize(("verified", "said"), [(True, "確かめた"), (False, "確かめていない")])
def test_a_stamp_says_when_by_whom_and_whether_it_was_verified(said: str, *, verified: bool) -> None:
    info = StampInfo(gen_time=NOON, serial="12", tsa="TSA\x1b", policy="1.2.3", imprint=HEAD, verified=verified)
    text = stamp(info, lang="ja")
    assert text.startswith("認証された時刻: 2026-11-21 00:00:01(日本時間) = 2026-11-20 15:00:01 UTC\n")
    assert "TSA\\x1b" in text
    assert text.splitlines()[-1].startswith("署名は")
    assert said in text


def test_a_stamp_that_is_only_asked_for_is_a_path() -> None:
    assert stamp(Path("case.tsq"), lang="en") == "case.tsq\n"
