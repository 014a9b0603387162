"""The plan before anything leaves, and the account after: complete words, every address, nothing alive."""

from __future__ import annotations

import msgspec
import pytest

from ipattr.errors import UsageError
from ipattr.model import HeldBack, Outcome, Plan, PlannedQuery, Question, Request, Text, Unanswered
from ipattr.renderers.layout import width
from ipattr.renderers.plan import render, render_outcome

LONG = "https://rdap.example.net/ip/2001:db8:1234:5678:9abc:def0:1234:5678?" + "q" * 150
REVEALS = Text(ja="アドレスそのもの", en="the address itself")


def query(endpoint: str, *, source: str = "rdap", payload: str = "", **facts: object) -> PlannedQuery:
    """Return a planned query."""
    protocol = {"rdap": "rdap", "jpnic": "whois", "ptr": "dns"}[source]
    subject = payload or "2001:db8:1234:5678:9abc:def0:1234:5678"
    base: dict[str, object] = {
        "request": Request(
            question=Question(source=source, kind="ip", subject=subject),  # type: ignore[arg-type]  # a source
            server="srv",
            protocol=protocol,  # type: ignore[arg-type]  # a protocol
            endpoint=endpoint,
            payload=payload,
            allowed=("rdap.example.net:443",),
        ),
        "operator": "見本レジストリ",
        "country": "AU",
        "reveals": REVEALS,
        "rows": 2,
        "addresses": ("203.0.113.5", "203.0.113.77"),
    }
    return PlannedQuery(**(base | facts))  # type: ignore[arg-type]  # the tests name real fields


def plan(*queries: PlannedQuery, **facts: object) -> Plan:
    """Return a plan."""
    base: dict[str, object] = {"mode": "exact", "probe": "address", "sources": ("rdap", "jpnic"), "queries": queries}
    return Plan(**(base | facts))  # type: ignore[arg-type]  # the tests name real fields


FULL = plan(
    query(LONG),
    query(
        "whois.example.jp:43",
        source="jpnic",
        payload="203.0.113.5",
        condition="refers",
        after="rdap ip 2001:db8:1234:5678:9abc:def0:1234:5678",
        after_server="srv",
    ),
    held_back=(
        HeldBack(address="10.0.0.1", source="rdap", code="IPA861", reason=Text(ja="特殊用途", en="special-purpose")),
        HeldBack(address="10.0.0.2", source="rdap", code="IPA861", reason=Text(ja="特殊用途", en="special-purpose")),
    ),
    kept=("000001-aaaaaaaaaaaa",),
    notes=(Text(ja="JPNIC は利用目的を限る。", en="JPNIC restricts its use."),),
)


@pytest.mark.parametrize("columns", [40, 80, 200])
@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_request_stands_whole_on_one_line_whatever_the_width(columns: int, lang: str) -> None:
    lines = render(FULL, to="table", lang=lang, columns=columns).splitlines()
    assert sum(line.endswith(f"GET {LONG}") for line in lines) == 1
    assert sum(line.strip().split()[-1:] == ["203.0.113.5"] and line.startswith("    ") for line in lines) >= 1
    others = [line for line in lines if LONG not in line]
    assert max(map(width, others)) <= columns


def test_the_summary_says_how_many_to_whom_what_is_revealed_and_what_is_held_back() -> None:
    text = render(FULL, to="table", lang="ja", columns=200)
    for said in (
        "送信し得る照会は 2 件(必ず送る 1 件、条件付き 1 件)",
        "見本レジストリ(AU) 2 件",
        "明かすもの: アドレスそのもの",
        "手元の回答 1 件",
        "* JPNIC は利用目的を限る。",
        "送信しないもの 2 件",
        "RDAP IPA861: 特殊用途 10.0.0.1, 10.0.0.2",
        "[1] 2 行 GET https://rdap",
        "対象 203.0.113.5, 203.0.113.77",
        "[2] ← [1] 2 行 203.0.113.5",
        "対象 203.0.113.77",
        "保有者でなく",
    ):
        assert said in text
    assert text.index("送信し得る照会") < text.index("[1]") < text.index("[2]")


@pytest.mark.parametrize("condition", ["always", "uncovered", "refers", "changed", "no-match"])
@pytest.mark.parametrize(("lang", "only"), [("ja", "場合だけ送る"), ("en", "Only if")])
def test_each_condition_is_said_in_words(condition: str, lang: str, only: str) -> None:
    one = query("https://rdap.example.net/ip/x", condition=condition, after="" if condition == "always" else "k")
    text = render(plan(one), to="table", lang=lang, columns=100)
    assert (only in text) == (condition != "always")


def test_a_plan_without_queries_says_nothing_of_how_they_would_be_asked() -> None:
    note = Text(ja="最大 0 件、サーバー 0 台。", en="At most 0 queries, 0 servers.")
    assert "0" not in render(plan(notes=(note,)), to="table", lang="ja", columns=100)


def test_a_plan_without_queries_says_so() -> None:
    assert "送信する照会はない" in render(plan(), to="table", lang="ja", columns=80)


def test_nothing_in_a_plan_acts_on_the_terminal() -> None:
    one = query("host\x1b[31m:43", source="jpnic", payload="x\u202e\x07", operator="\x1b]0;t\x07")
    text = render(plan(one), to="table", lang="ja", columns=80)
    assert not set("\x1b\x07\u202e") & set(text)
    assert "\\u202e" in text


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_shortened_plan_counts_what_it_leaves_out(lang: str) -> None:
    many = plan(*(query(f"https://rdap.example.net/ip/{n}") for n in range(9)))
    text = render(many, to="table", lang=lang, columns=80, first=2)
    assert text.count("GET https://") == 2
    assert ("… ほか 7 件" if lang == "ja" else "… and 7 more") in text
    whole = render(many, to="table", lang=lang, columns=80)
    assert render(many, to="table", lang=lang, columns=80, first=9) == whole
    assert whole.count("GET https://") == 9


def test_json_is_the_plan_itself() -> None:
    assert msgspec.json.decode(render(FULL, to="json", lang="ja", columns=80), type=Plan) == FULL


def test_another_format_is_refused() -> None:
    with pytest.raises(UsageError, match="xlsx"):
        render(FULL, to="xlsx", lang="ja", columns=80)


def test_the_outcome_accounts_for_every_planned_query() -> None:
    missing = Unanswered(
        question=Question(source="rdap", kind="ip", subject="203.0.113.9"),
        server="srv",
        status="stopped",
        reason=Text(ja="429 が二度。", en="429 twice."),
        evidence=("000007-bbbbbbbbbbbb",),
    )
    outcome = Outcome(
        planned=1200,
        answered=1000,
        not_needed=199,
        sent=1005,
        unanswered=(missing,),
        stopped=(Text(ja="srv は 429 を二度返した。", en="srv said 429 twice."),),
    )
    unsent = "照会先への送信を止めたため未送信"
    assert render_outcome(outcome, lang="ja").splitlines() == [
        "計画 1,200 件 = 回答 1,000 + 不要 199 + 回答なし 1。送信 1,005 回(再送を含む)。",
        "停止: srv は 429 を二度返した。",
        f"  RDAP IPアドレスの登録 203.0.113.9 → srv: {unsent}: 429 が二度。 [000007-bbbbbbbbbbbb]",
    ]
    assert render_outcome(outcome, lang="en").startswith("planned 1,200 = 1,000 answered + 199 not needed + 1 unan")
    many = msgspec.structs.replace(outcome, unanswered=(missing,) * 60)
    assert render_outcome(many, lang="ja").count("203.0.113.9") == 60
    short = render_outcome(many, lang="ja", first=40)
    assert short.count("203.0.113.9") == 40
    assert "… ほか 20 件" in short
