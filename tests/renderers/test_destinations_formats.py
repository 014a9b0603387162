"""Tables, CSV, Markdown and JSON of candidate sets: nothing lost, nothing that runs, nothing wider than asked."""

from __future__ import annotations

import csv
import io
import re

import msgspec
import pytest
from destination_world import Asked, found, handmade, seen

from ipattr.errors import UsageError
from ipattr.model import CandidateSet, Counts, Destinations, Finding, LedgerUse, Narrowing, Pending, Reject, Text
from ipattr.renderers.destinations import FORMATS, render
from ipattr.renderers.destinations.csv import COLUMNS
from ipattr.renderers.layout import width

LOGIN = Asked("2026-05-02T03:12:05+00:00")
EVIL = "=cmd|'/c calc'!A1|\x1b[31m\u202e<script>alert(1)</script>`x`\r\n"
READABLE = ("table", "csv", "md", "clause")


def rows_of(text: str) -> list[dict[str, str]]:
    """Read a CSV back."""
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def both(text: str) -> Text:
    """Return the same statement in both languages."""
    return Text(ja=text, en=text)


@pytest.fixture
def evil() -> Destinations:
    """Return a document in which every free text is hostile."""
    bad = seen(
        "192.0.2.1",
        hosts=(EVIL,),
        vantages=(EVIL,),
        sources=(EVIL,),
        cnames=(EVIL,),
        shared=EVIL,
        first_seen=EVIL,
        last_seen=EVIL,
    )
    one = found(bad, explanation=both(EVIL), findings=(Finding(code="IPA608", level="info", message=both(EVIL)),))
    document = handmade(((LOGIN._replace(addressee=both(EVIL), term=EVIL, source=EVIL), one),))
    use = LedgerUse(kind="own", title=EVIL, head=EVIL, observations=1, rejected=0, first_seen=EVIL, last_seen=EVIL)
    return msgspec.structs.replace(
        document,
        platform_name=EVIL,
        hosts=(EVIL,),
        ledgers=(use,),
        counts=Counts(rows=3, ok=1, review=1, rejected=1),
        rejects=(Reject(file=EVIL, row=3, column=EVIL, raw=EVIL, code="IPA165", reason=both(EVIL)),),
        pending=(Pending(file=EVIL, row=2, column=EVIL, raw=EVIL, repairs=(), reason=both(EVIL)),),
        findings=(Finding(code="IPA609", level="info", message=both(EVIL), about=EVIL),),
    )


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("to", READABLE)
def test_hostile_texts_are_inert_in_every_format(evil: Destinations, to: str, lang: str) -> None:
    text = render(evil, to=to, lang=lang)
    assert not re.search("[\x00-\x09\x0b\x0c\x0e-\x1f\u202e]", text)
    assert "\\x1b" in text or "&#92;x1b" in text
    if to != "csv":
        assert "\r" not in text


def test_no_cell_of_the_csv_begins_a_formula(evil: Destinations) -> None:
    for row in rows_of(render(evil, to="csv", lang="ja")):
        assert not [cell for cell in row.values() if re.match("[ \u3000]*[=+@\t\r＝＋＠-]", cell)]


def test_markdown_keeps_its_tables_whole(evil: Destinations) -> None:
    text = render(evil, to="md", lang="ja")
    assert "<script>" not in text
    blocks = [
        [line.count("|") for line in block.splitlines()] for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    ]
    assert blocks
    assert all(len(set(counts)) == 1 for counts in blocks)


@pytest.mark.parametrize("columns", [40, 80, 120, 200])
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_table_is_never_wider_than_asked_and_shows_every_address(columns: int, lang: str) -> None:
    candidates = [seen(f"2001:db8:1234:5678:9abc:def0:1234:{n:x}", shared="Cloudflare, Inc.") for n in range(1, 5)]
    candidates.append(seen("192.0.2.200", "between", gap_days=17, period="other", confidence="low"))
    text = render(handmade(((LOGIN, found(*candidates)),)), to="table", lang=lang, columns=columns)
    assert max(map(width, text.splitlines())) <= columns
    assert all(entry.address in text for entry in candidates)


def test_colour_is_there_only_when_asked_for() -> None:
    document = handmade(((LOGIN, found(seen("192.0.2.1"))),))
    assert "\x1b[" in render(document, to="table", lang="ja", color=True)
    assert "\x1b[" not in render(document, to="table", lang="ja")


def test_a_published_instant_is_not_torn_over_two_lines() -> None:
    one = seen("192.0.2.1", "before", first_seen="2025-03-11T00:49:00Z", last_seen="2025-03-12T00:49:00Z")
    text = render(handmade(((LOGIN, found(one)),)), to="table", lang="ja", columns=120)
    assert "2025-03-11T00:49:00Z" in text
    assert "2025-03-12T00:49:00Z" in text


def test_the_table_shows_steps_chain_remarks_and_ledger() -> None:
    remark = Finding(code="IPA606", level="notice", message=both("米国1か所"), about="REG")
    document = handmade(((LOGIN, found(seen("192.0.2.1", cnames=("edge.example.net",)), findings=(remark,))),))
    text = render(document, to="table", lang="ja", columns=120)
    for expected in (
        "CNAME edge.example.net",
        "1. ホスト (適用、除外1件、残り1件): ログインのホストに限った。",
        "除いたもの: 192.0.2.99",
        "2. クライアント (適用せず、残り1件): 記載がない。",
        "IPA606 米国1か所 [REG]",
        "事務所の台帳",
        "ab" * 32,
    ):
        assert expected in text


def test_the_csv_has_a_line_per_candidate_and_one_for_a_row_without() -> None:
    nothing = CandidateSet(status="none", platform="example", explanation=both("なし"))
    two = found(seen("192.0.2.1"), seen("192.0.2.2", "before", last_seen="2026-05-02T00:00:05Z"))
    document = handmade(((LOGIN, two), (LOGIN, nothing)), counts=Counts(rows=3, ok=2, review=0, rejected=1))
    reject = Reject(file="log.csv", row=4, column="ip", raw="999", code="IPA101", reason=both("読めない"))
    text = render(msgspec.structs.replace(document, rejects=(reject,)), to="csv", lang="ja")
    assert text.endswith("\r\n")
    rows = rows_of(text)
    assert tuple(rows[0]) == COLUMNS
    assert [(row["row"], row["status"], row["address"]) for row in rows] == [
        ("1", "observed", "192.0.2.1"),
        ("1", "observed", "192.0.2.2"),
        ("2", "none", ""),
        ("", "rejected", ""),
    ]
    assert rows[1]["gap_seconds"] == "11520"
    assert rows[0]["jst"] == "2026-05-02T12:12:05+09:00"
    assert rows[0]["steps"].startswith("hosts: applied, 2 left, dropped 192.0.2.99")
    assert not rows[1]["steps"]
    assert rows[3]["raw"] == "999"
    assert {row["conservation"] for row in rows} == {"読込 3行 = 正常 2 + 要確認 0 + 不採用 1"}


def test_sets_that_differ_in_nothing_but_the_date_are_told_once() -> None:
    text_of = "{}（UTC）の候補。".format
    days = ("2026-05-02", "2026-05-05")
    sets = [found(seen("192.0.2.1"), at=day, explanation=both(text_of(day))) for day in days]
    logins = (LOGIN, Asked("2026-05-05T00:00:00+00:00"))
    text = render(handmade(tuple(zip(logins, sets, strict=True))), to="table", lang="ja")
    assert "== No.1-2: 候補1件 ==" in text
    assert "各接続の日（UTC）の候補。" in text
    assert not any(text_of(day) in text for day in days)


def _step(step: str, *dropped: str) -> Narrowing:
    return Narrowing(step=step, applied=True, dropped=dropped, remaining=1, text=both("限った。"))  # type: ignore[arg-type]  # a step


def test_many_dropped_addresses_are_counted_in_the_table_and_listed_in_the_other_formats() -> None:
    many = tuple(f"198.51.100.{n}" for n in range(1, 42))
    document = handmade(((LOGIN, found(seen("192.0.2.1"), steps=(_step("hosts", *many), _step("time", "192.0.2.9")))),))
    table = render(document, to="table", lang="ja")
    assert "1. ホスト (適用、除外41件、残り1件): 限った。" in table
    assert "除いたもの: 192.0.2.9" in table
    assert "--format md、csv、json" in table
    assert not [address for address in many if address in table]
    for to in ("md", "csv", "json"):
        text = render(document, to=to, lang="ja")
        assert not [address for address in many if address not in text], to


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_remark_on_every_row_is_said_once_and_one_on_some_beside_them(lang: str) -> None:
    general = Finding(code="IPA606", level="info", message=both("米国からの観測。"), about="REG")
    particular = Finding(code="IPA602", level="notice", message=both("共用。"))
    sets = (found(seen("192.0.2.1"), findings=(general, particular)), found(seen("192.0.2.2"), findings=(general,)))
    text = render(handmade(tuple((LOGIN, one) for one in sets)), to="table", lang=lang)
    assert text.count("IPA606 米国からの観測。 [REG]") == 1
    assert text.index("IPA602") < text.index("No.2") < text.index("IPA606")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_list_of_all_times_speaks_of_no_connection(lang: str) -> None:
    beside = Finding(code="IPA603", level="info", message=both("接続時を含む観測はない。"))
    one = found(
        seen("192.0.2.1", "before", gap_days=81, longest_gap=7200),
        seen("192.0.2.2", "before", gap_days=900, period="other"),
        findings=(beside,),
    )
    document = handmade(((LOGIN, one),))
    row = msgspec.structs.replace(document.rows[0], login=None, label="", source="")
    document = msgspec.structs.replace(document, rows=(row,))
    for to in ("table", "md"):
        text = render(document, to=to, lang=lang)
        assert ("すべての時期: アドレス2件" if lang == "ja" else "all times: 2 addresses") in text
        for absent in ("81", "2時間", "2h", "IPA603", "2026-05-02の候補", "Candidates of", "2026-05-02 12:12:05"):
            assert absent not in text
        assert "--at" in text
    for line in rows_of(render(document, to="csv", lang=lang)):
        assert not any(line[name] for name in ("utc", "jst", "relation", "gap_days", "period", "longest_gap_seconds"))
        assert "IPA603" not in line["findings"]
        assert "候補。" not in line["explanation"]


def test_no_word_of_a_narrow_column_is_torn() -> None:
    candidates = [seen(f"192.0.2.{n}", confidence="medium", shared="Cloudflare, Inc.") for n in range(1, 3)]
    text = render(handmade(((LOGIN, found(*candidates)),)), to="table", lang="en", columns=120)
    assert "medium" in text
    assert "Cloudflare," in text


def test_json_is_the_document_itself() -> None:
    document = handmade(((LOGIN, found(seen("192.0.2.1"))),))
    assert msgspec.json.decode(render(document, to="json", lang="ja"), type=Destinations) == document


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="clause"):
        render(handmade(()), to="xlsx", lang="en")
    assert set(READABLE) < set(FORMATS)


@pytest.mark.parametrize("to", FORMATS)
def test_a_document_without_rows_can_be_written(to: str) -> None:
    assert render(handmade(()), to=to, lang="en").strip()


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("to", ["table", "md"])
def test_what_was_asked_beside_the_time_is_said(to: str, lang: str) -> None:
    nothing = CandidateSet(status="no-time", platform="example", explanation=both("時刻がない。"))
    document = handmade(((Asked(""), nothing),), hosts=("login.example.com",), without=("family",))
    (row,) = document.rows
    ever = msgspec.structs.replace(row, number=2, at=None, login=None, label="")
    text = render(msgspec.structs.replace(document, rows=(row, ever)), to=to, lang=lang)
    expected = ("login.example.com", "IPの版", "時刻なし", "すべての時期", "ログを開示した者に接続日時を照会し")
    if lang == "en":
        expected = ("login.example.com", "IP version", "no time", "all times", "Ask whoever disclosed the log")
    for one in expected:
        assert one in text
