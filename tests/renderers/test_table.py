"""The table for people: every fact at every width, nothing wider than the terminal, nothing active."""

from __future__ import annotations

import re
from datetime import date

import msgspec
import pytest
from wcwidth import wcswidth

from ipattr.model import Account, Case, Cell, Text
from ipattr.renderers import render

WIDTHS = (40, 60, 80, 99, 100, 120, 160, 200, 300)


def squeezed(text: str) -> str:
    """Return the text without what wrapping adds."""
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("columns", WIDTHS)
def test_no_line_is_wider_than_the_terminal(case: Case, columns: int, lang: str) -> None:
    lines = render(case, to="table", lang=lang, columns=columns).split("\n")
    assert max(map(wcswidth, lines)) <= columns
    assert min(map(wcswidth, lines)) >= 0


@pytest.mark.parametrize("columns", [40, 80])
def test_a_narrow_terminal_cuts_off_nothing(case: Case, columns: int) -> None:
    text = squeezed(render(case, to="table", lang="ja", columns=columns))
    for fact in (
        "読込8行=正常6+要確認1+不採用1",
        "2026-08-0200:04:05JST",
        "2026-08-0115:04:05UTC",
        "198.51.100.7:50122",
        "[2001:db8::1]:443",
        "AS64496EXAMPLE",
        "割振りは国外",
        "株式会社NTTドコモ",
        "1)NTTドコモビジネス株式会社（business）2)株式会社NTTドコモ（consumer）",
        "背後株式会社再販、株式会社別会社",
        "不足接続元ポートまたは接続先IP",
        "検索可",
        "不可",
        "不明",
        "対象外",
        "4件",
        "104.244.42.1同時",
        "162.159.140.22912日前",
        "172.66.0.2273日後",
        "共用あり",
        "最長2027-02-02",
        "最長不定",
        "2026-11-30(月)",
        "期間内残30日",
        "切迫残4日",
        "最短では経過（1日前）",
        "経過（30日前）",
        "実務2026-11-06",
        "投稿1最近接・直前12時間0.500秒前",
        "投稿1直後・同順位",
        "投稿2最近接・精度不足同時刻",
        "時間帯の宣言JST",
        "データ版2026+test",
        "ipattr0.1.0",
        "基準日2026-10-31(指定)",
        "IPA165存在しない日付。",
        "IPA013内部のアドレスである。",
        "原文１０.1.2.3",
    ):
        assert squeezed(fact) in text, fact


@pytest.mark.parametrize("columns", [120, 200])
def test_a_wide_terminal_keeps_the_ledger_chain_and_reject(case: Case, columns: int) -> None:
    text = render(case, to="table", lang="en", columns=columns)
    assert "read 8 rows = 6 ok + 1 review + 1 rejected" in text
    assert "Reseller, Inc.; Other, Inc." in text
    assert "log.csv row 9 [時刻]: IPA165 No such date." in text
    assert "declared time zone JST" in text
    assert "not legal advice" in text


def test_rows_keep_their_columns_aligned(case: Case) -> None:
    lines = render(case, to="table", lang="ja", columns=200).split("\n")
    rules = [line for line in lines if set(line) == {"-", " "}]
    logins = rules[-1]
    starts = [match.start() for match in re.finditer(r"-+", logins)]
    begin = lines.index(logins) + 1
    body = lines[begin : lines.index("", begin)]
    for line in body:
        if set(line) <= {".", " "}:
            continue
        for start in starts[1:]:
            cells = 0
            for at, character in enumerate(line):
                if cells >= start:
                    assert cells == start, line
                    assert line[at - 1] == " ", line
                    break
                cells += wcswidth(character)


def test_the_practice_column_only_where_a_figure_is_missing(case: Case) -> None:
    assert "実務(参考)" in render(case, to="table", lang="ja", columns=200)
    known = {key: value for key, value in case.deadlines.items() if key != "unknown"}
    rows = tuple(
        msgspec.structs.replace(row, deadline="none" if row.deadline == "unknown" else row.deadline)
        for row in case.rows
    )
    without = msgspec.structs.replace(case, deadlines=known, rows=rows)
    assert "実務" not in render(without, to="table", lang="ja", columns=200)


def test_colour_is_off_unless_asked_and_adds_nothing_else(case: Case) -> None:
    plain = render(case, to="table", lang="ja", columns=120)
    colored = render(case, to="table", lang="ja", columns=120, color=True)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain


def test_hostile_text_is_inert(case: Case) -> None:
    hostile = "\x1b]0;owned\x07\u202etxt"
    rows = tuple(
        msgspec.structs.replace(
            row, login=msgspec.structs.replace(row.login, hostname=hostile, raw=(Cell(column=hostile, raw=hostile),))
        )
        for row in case.rows
    )
    rejects = tuple(msgspec.structs.replace(r, raw=hostile, file=hostile) for r in case.rejects)
    findings = tuple(msgspec.structs.replace(f, message=Text(ja=hostile, en=hostile)) for f in case.findings)
    text = render(
        msgspec.structs.replace(case, rows=rows, rejects=rejects, findings=findings), to="table", lang="ja", columns=120
    )
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "\u202e" not in text


def test_a_case_without_rows_still_shows_its_ledger(case: Case) -> None:
    empty = msgspec.structs.replace(case, rows=(), summary=(), links=(), posts=())
    text = render(empty, to="table", lang="ja", columns=120)
    assert "読めたログインはない。" in text
    assert "読込 8行" in text


def two_accounts(case: Case) -> Case:
    """Return the case with a second account in the log; its posts carry no account id."""
    other = msgspec.structs.replace(case.rows[1].login, account=Account(id="99", name="other"))
    rows = (case.rows[0], msgspec.structs.replace(case.rows[1], login=other), *case.rows[2:])
    return msgspec.structs.replace(case, rows=rows)


@pytest.mark.parametrize("columns", [60, 120, 200])
def test_a_link_between_accounts_that_were_not_compared_is_marked(case: Case, columns: int) -> None:
    marked = squeezed(render(two_accounts(case), to="table", lang="ja", columns=columns))
    # posts: nearest and before of post 1, after of post 1, nearest of post 2; rows: one mark per link
    assert marked.count("アカウント未照合") == 4 + 3
    assert "アカウント未照合" not in squeezed(render(case, to="table", lang="ja", columns=columns))


def test_the_rules_and_figures_are_printed_with_source_date_and_confidence(case: Case) -> None:
    text = squeezed(render(case, to="table", lang="ja", columns=120))
    assert squeezed("== 検索キーの根拠 ==") in text
    assert squeezed("No.1, 2, 6-7: 株式会社NTTドコモ") not in text  # each row names its own addressee
    assert squeezed("No.1, 7: 株式会社NTTドコモ: 要件 [S6, 2021-07-29, 確度 高]") in text
    assert squeezed("No.1: 株式会社NTTドコモ: 93日 [S5a, 2015-04-02, 確度 中]") in text


def test_a_summary_that_is_past_its_act_by_date_or_has_lost_logs_says_so(case: Case) -> None:
    first = msgspec.structs.replace(
        case.summary[0],
        act_by=date(2026, 10, 30),
        earliest=date(2026, 11, 1),
        deadline_status="due",
        deadlines={"due": 1, "passed": 1},
    )
    changed = msgspec.structs.replace(case, summary=(first, *case.summary[1:]))
    assert "対応期限経過・満了前（ほか経過1件）" in squeezed(render(changed, to="table", lang="ja", columns=200))
    english = render(changed, to="table", lang="en", columns=300)
    assert "act-by passed, period not ended (also passed 1)" in english


def test_a_row_past_its_act_by_date_is_not_called_lost(case: Case) -> None:
    late = msgspec.structs.replace(case.deadlines["due"], days_left=-2, days_to_expiry=1)
    changed = msgspec.structs.replace(case, deadlines={**case.deadlines, "due": late})
    assert "対応期限経過・満了前（消去まで1日）" in squeezed(render(changed, to="table", lang="ja", columns=80))
    assert "act-by passed, period not ended (gone in 1 d)" in render(changed, to="table", lang="en", columns=400)


def test_brands_tell_the_services_of_one_company_apart_and_whose_figure_is_unknown(case: Case) -> None:
    kddi = Text(ja="KDDI株式会社", en="KDDI Corp.")
    base = case.attributions["b"].alternatives[0]
    parties = tuple(
        msgspec.structs.replace(base, provider=provider, name=kddi, service="", brand=brand)
        for provider, brand in (("docomo", "au"), ("uq", "UQ mobile"), ("povo", "povo"))
    )
    attribution = msgspec.structs.replace(case.attributions["a"], addressee=parties[0], alternatives=parties)
    deadline = msgspec.structs.replace(
        case.deadlines["open"], expiries=case.deadlines["open"].expiries[:1], unknown_for=("uq", "povo")
    )
    changed = msgspec.structs.replace(
        case, attributions={**case.attributions, "a": attribution}, deadlines={**case.deadlines, "open": deadline}
    )
    text = squeezed(render(changed, to="table", lang="ja", columns=80))
    assert "KDDI株式会社（au・UQmobile・povo）" in text
    assert "UQmobile・povoは不明" in text


@pytest.mark.parametrize("columns", [60, 80, 100, 120])
def test_evidence_is_never_torn(case: Case, columns: int) -> None:
    long = "2001:db8:1111:2222:3333:4444:5555:6666"
    login = case.rows[2].login
    address = msgspec.structs.replace(login.address, raw=long, text=long)
    rows = tuple(
        msgspec.structs.replace(row, login=msgspec.structs.replace(login, address=address, id=row.login.id, port=50122))
        if row.number == 3
        else row
        for row in case.rows
    )
    text = render(msgspec.structs.replace(case, rows=rows), to="table", lang="en", columns=columns)
    assert f"[{long}]:50122" in text
    for post in case.posts:
        assert post.url is not None
        assert post.url in text
