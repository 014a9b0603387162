"""Capture plans, their outcome, imports and diffs in words: all that leaves, all that came, all that changed."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import msgspec
import pytest
from destination_world import observation, seen

from ipattr.errors import UsageError
from ipattr.model import (
    CaptureOutcome,
    CapturePlan,
    DestinationDiff,
    DnsProbe,
    Finding,
    HostChange,
    Imported,
    ImportedRow,
    JudgedAnswer,
    LedgerUse,
    Resolver,
    Text,
)
from ipattr.renderers.destinations import render_capture, render_capture_plan, render_diff, render_imported
from ipattr.renderers.destinations.csv import DIFF_COLUMNS
from ipattr.renderers.layout import width

EVIL = "\x1b[31m\u202e=cmd|<b>"
BEGAN = datetime(2026, 5, 1, 15, 0, tzinfo=UTC)


def both(text: str) -> Text:
    """Return the same statement in both languages."""
    return Text(ja=text, en=text)


def plan() -> CapturePlan:
    """Return a plan of two hosts, a wildcard probe, two resolvers and one skipped name."""
    probes = [
        DnsProbe(platform="x", host=host, rrtype=kind, round=turn)  # type: ignore[arg-type]  # A or AAAA
        for turn in (1, 2)
        for host in ("x.com", "api.x.com")
        for kind in ("A", "AAAA")
    ]
    probes.append(DnsProbe(platform="x", host="ipattr-00ff.x.com", rrtype="A", kind="wildcard"))
    return CapturePlan(
        platforms=("x",),
        probes=tuple(probes),
        resolvers=(
            Resolver(id="udp://192.0.2.53:53", transport="udp", host="192.0.2.53", port=53),
            Resolver(
                id="https://dns.example:443/dns-query",
                transport="https",
                host="dns.example",
                port=443,
                server_name="dns.example",
                per_second=2,
                burst=1,
            ),
        ),
        authoritative=True,
        skipped=(Finding(code="IPA820", level="info", message=both("ホスト名ではない。"), about="*.x.example"),),
        vantage="東京",
    )


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("columns", [60, 100])
def test_a_plan_names_every_resolver_and_host_before_anything_leaves(lang: str, columns: int) -> None:
    text = render_capture_plan(plan(), to="table", lang=lang, columns=columns)
    assert max(map(width, text.splitlines())) <= columns
    for expected in (
        "udp://192.0.2.53:53",
        "https://dns.example:443/dns-query",
        "x.com, api.x.com",
        "ipattr-00ff.x.com",
        "*.x.example",
        "IPA820",
        "東京",
    ):
        assert expected in text
    assert ("18 件" if lang == "ja" else "18 queries") in text


def test_a_plan_shows_only_the_first_names_where_asked_and_counts_the_rest() -> None:
    text = render_capture_plan(plan(), to="table", lang="ja", first=1)
    assert "api.x.com" not in text
    assert "ほか 1 件" in text


def test_a_plan_says_how_long_the_pace_makes_it_take_at_least() -> None:
    assert "4秒" in render_capture_plan(plan(), to="table", lang="ja")


def outcome(**facts: object) -> CaptureOutcome:
    """Return how the plan went: one lying resolver."""
    base: dict[str, object] = {
        "planned": 18,
        "further": 2,
        "sent": 21,
        "unasked": 1,
        "statuses": {"answered": 16, "timed-out": 3},
        "judged": (
            _judged("udp://192.0.2.53:53", "lying", "他の3つと異なり、由来も確かめられない。"),
            _judged("tls://192.0.2.54:853", "agrees", "一致"),
        ),
        "began": BEGAN,
        "ended": BEGAN.replace(minute=5),
        "head": "cd" * 32,
    }
    return CaptureOutcome(**(base | facts))  # type: ignore[arg-type]  # the tests name real fields


def _judged(resolver: str, judgement: str, reason: str) -> JudgedAnswer:
    return JudgedAnswer(
        platform="x",
        host="x.com",
        rrtype="A",
        resolver=resolver,
        judgement=judgement,  # type: ignore[arg-type]  # one of the judgements
        reason=both(reason),
        addresses=("192.0.2.66",),
    )


def test_an_outcome_accounts_for_every_query_and_names_the_liar() -> None:
    text = render_capture(outcome(), lang="ja")
    assert "計画 18 件 + 追加 2 件 = 結果 19 件 + 未送信 1 件。" in text
    assert "時間切れ 3" in text
    assert "偽の回答の疑い: 他の3つと異なり" in text
    assert "x.com A ← udp://192.0.2.53:53: 192.0.2.66" in text
    assert "候補には用いない" in text
    assert "候補には用いない" not in render_capture(outcome(judged=()), lang="ja")
    assert "tls://192.0.2.54:853" not in text
    assert "cd" * 32 in text
    assert "2026年5月2日 00時00分00秒（日本時間）" in text


def imported() -> Imported:
    """Return an import of five rows: two taken, one of them rejected by screening, two unreadable, one about others."""
    kept = observation(seen("192.0.2.1"))
    poisoned = observation(seen("198.51.100.66"), status="rejected", note=f"他者のアドレス {EVIL}")
    return Imported(
        form="cof",
        rows=5,
        taken=2,
        observations=(kept, poisoned),
        rejects=tuple(
            ImportedRow(row=number, raw=EVIL, code="IPA631", reason=both(f"時刻がない{number}。")) for number in (3, 4)
        ),
        others=1,
        findings=(Finding(code="IPA649", level="info", message=both("参考。")),),
    )


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_an_import_accounts_for_every_row_and_keeps_the_reasons(lang: str) -> None:
    text = render_imported(imported(), lang=lang)
    counted = "全 5行 = 読取 2 + 読取不可 2 + 対象外 1" if lang == "ja" else "5 rows = 2 read + 2 unreadable + 1 about"
    assert counted in text
    assert "198.51.100.66" in text
    assert "IPA631 時刻がない3。" in text
    assert "IPA649" in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_an_import_shows_the_first_reasons_where_asked_and_counts_the_rest() -> None:
    text = render_imported(imported(), lang="ja", first=1)
    assert "時刻がない3。" in text
    assert "時刻がない4。" not in text
    assert "ほか 1 件" in text


def diff() -> DestinationDiff:
    """Return a change of one host, one that was not observed, and one hostile name."""
    before, after = seen("192.0.2.1"), seen("198.51.100.1", shared="Cloudflare, Inc.")
    stays = seen("192.0.2.2")
    return DestinationDiff(
        schema_version="1.2",
        tool_version="0.1.0",
        data_version="2026+test",
        platform="x",
        platform_name="X",
        first=datetime(2025, 3, 10, tzinfo=UTC),
        second=datetime(2025, 3, 11, 1, tzinfo=UTC),
        changes=(
            HostChange(host="www.x.com", rrtype="A", status="unchanged", kept=("192.0.2.2",), text=both("同じ。")),
            HostChange(
                host="x.com",
                rrtype="A",
                status="changed",
                before=(before, stays),
                after=(after, stays),
                gone=("192.0.2.1",),
                new=("198.51.100.1",),
                kept=("192.0.2.2",),
                since="2025-03-10T00:40Z",
                until="2025-03-11T00:49Z",
                text=both("入れ替わった。"),
            ),
            HostChange(host=EVIL, rrtype="AAAA", status="unknown", text=both(EVIL)),
        ),
        ledgers=(LedgerUse(kind="shipped", title="data", head="2026+test", observations=3, rejected=0),),
    )


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("columns", [60, 120])
def test_a_diff_shows_what_changed_first_and_when(lang: str, columns: int) -> None:
    text = render_diff(diff(), to="table", lang=lang, columns=columns)
    assert max(map(width, text.splitlines())) <= columns
    assert "2025-03-10T00:40Z" in text
    assert "2025-03-11T00:49Z" in text
    assert text.index("198.51.100.1") < text.index("www.x.com")
    assert "\x1b" not in text


def test_a_diff_as_csv_has_a_line_per_address_and_side_and_one_for_a_host_without() -> None:
    text = render_diff(diff(), to="csv", lang="ja").removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert tuple(rows[0]) == DIFF_COLUMNS
    assert [(row["status"], row["change"], row["address"], row["side"]) for row in rows] == [
        ("unchanged", "kept", "192.0.2.2", ""),
        ("changed", "gone", "192.0.2.1", "before"),
        ("changed", "new", "198.51.100.1", "after"),
        ("changed", "kept", "192.0.2.2", "before"),
        ("changed", "kept", "192.0.2.2", "after"),
        ("unknown", "", "", ""),
    ]
    assert rows[1]["first"] == "2025-03-10T00:00:00Z"


def test_a_diff_as_markdown_is_one_whole_table() -> None:
    text = render_diff(diff(), to="md", lang="en")
    counts = {line.count("|") for line in text.splitlines() if line.startswith("|")}
    assert len(counts) == 1
    assert "<b>" not in text


def test_json_is_the_value_itself() -> None:
    assert msgspec.json.decode(render_diff(diff(), to="json", lang="ja"), type=DestinationDiff) == diff()
    assert msgspec.json.decode(render_capture(outcome(), to="json", lang="ja"), type=CaptureOutcome) == outcome()
    assert msgspec.json.decode(render_capture_plan(plan(), to="json", lang="ja"), type=CapturePlan) == plan()
    assert msgspec.json.decode(render_imported(imported(), to="json", lang="ja"), type=Imported) == imported()


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(UsageError):
        render_diff(diff(), to="clause", lang="ja")
    with pytest.raises(UsageError):
        render_capture_plan(plan(), to="csv", lang="ja")
    with pytest.raises(UsageError):
        render_capture(outcome(), to="csv", lang="ja")
    with pytest.raises(UsageError):
        render_imported(imported(), to="md", lang="ja")


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_an_empty_plan_says_that_nothing_would_leave(lang: str) -> None:
    empty = msgspec.structs.replace(plan(), probes=(), resolvers=(), skipped=(), authoritative=False)
    text = render_capture_plan(empty, to="table", lang=lang)
    assert ("送信する問合せはない。" if lang == "ja" else "No query would leave.") in text


def test_a_client_subnet_that_is_sent_is_named() -> None:
    probe = DnsProbe(platform="x", host="x.com", rrtype="A", subnet="192.0.2.0/24")
    text = render_capture_plan(msgspec.structs.replace(plan(), probes=(probe,)), to="table", lang="ja")
    assert "クライアントサブネット 192.0.2.0/24 を送る" in text


def test_findings_of_outcomes_and_diffs_are_written() -> None:
    remark = Finding(code="IPA829", level="notice", message=both("注意。"), about="x.com")
    assert "IPA829 注意。 [x.com]" in render_capture(outcome(findings=(remark,)), lang="ja")
    text = render_diff(msgspec.structs.replace(diff(), findings=(remark,)), to="table", lang="ja")
    assert "IPA829 注意。 [x.com]" in text
