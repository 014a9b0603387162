"""A capture in words: everything that would leave, before it does, and how it went."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from ipattr.model import SET_ASIDE
from ipattr.renderers.destinations import dates, words
from ipattr.renderers.destinations.sheet import Sheet, lines
from ipattr.renderers.layout import Column
from ipattr.renderers.view import span
from ipattr.renderers.words import word

if TYPE_CHECKING:
    from ipattr.model import CaptureOutcome, CapturePlan, DnsProbe, JudgedAnswer
    from ipattr.renderers.destinations.sheet import Look, Row

_EXPECTED = frozenset({"agrees"})


def plan_text(plan: CapturePlan, look: Look, *, first: int | None) -> str:
    """Return whom a capture would ask, about which names, how often, and what it passes over."""
    sheet = Sheet(look)
    say = sheet.say
    probes, asked = len(plan.probes), len(plan.resolvers)
    queries = probes * asked
    if queries:
        sheet.text(
            say(
                f"送信し得る問合せは {queries:,} 件(質問 {probes:,} 件 × リゾルバー {asked:,} 件。"
                "再送とTCPへの切替えを除く)。",
                f"{queries:,} queries may leave ({probes:,} questions × {asked:,} resolvers, without retries and"
                " fall-backs to TCP).",
            ),
            tone="bold",
        )
    else:
        sheet.text(say("送信する問合せはない。", "No query would leave."), tone="bold")
    sheet.text(
        say(
            "問合せに含まれるのは下記のホスト名(と、記載があればクライアントサブネット)だけであり、"
            "開示された接続元アドレスは含まれない。",
            "A query carries the host names below, a client subnet where one is named, and no disclosed address.",
        )
    )
    if plan.authoritative:
        sheet.text(
            say(
                "まず上位のゾーンのNSレコードとそのアドレスを再帰リゾルバーに尋ね、挙げられた権威サーバーにも同じホスト名を"
                "問い合わせる(宛先は事前には分からない)。",
                "The recursive resolvers are first asked for the NS records of the hosts' zones and for the addresses"
                " of those servers, which are then asked about the same hosts; who they are is not known beforehand.",
            )
        )
    named = [one.host for one in plan.resolvers if one.host.strip("0123456789.") and ":" not in one.host]
    if named:
        sheet.text(
            say(
                f"リゾルバーの名前({', '.join(named)})は、この計算機の設定によって解決される。",
                f"The names of resolvers ({', '.join(named)}) are looked up as this machine is set up to.",
            )
        )
    sheet.fact("対象", "platforms", ", ".join(plan.platforms))
    sheet.fact("観測地点", "vantage", plan.vantage)
    sheet.fact("1件の制限時間", "time for one query", span(plan.seconds, look.lang))
    if plan.resolvers:
        sheet.heading(say("送り先", "To whom"))
        _resolvers(sheet, plan)
    if plan.probes:
        sheet.heading(say("質問", "Questions"))
        _questions(sheet, plan, first)
    if plan.skipped:
        sheet.heading(say(f"問い合わせないもの ({len(plan.skipped)})", f"Not asked ({len(plan.skipped)})"))
    for finding in plan.skipped:
        lead = f"{finding.about}: " if finding.about else ""
        sheet.text(f"{finding.code} {finding.message.pick(look.lang)}", lead=lead)
    return str(sheet)


def _resolvers(sheet: Sheet, plan: CapturePlan) -> None:
    say, lang = sheet.say, sheet.look.lang
    columns = [
        Column(say("リゾルバー", "Resolver"), 16),
        Column(say("方式", "How"), 12),
        Column(say("種類", "Kind"), 8),
        Column(say("速度", "Pace"), 12),
        Column(say("所要(最短)", "At least"), 8),
    ]
    rows: list[Row] = []
    for one in plan.resolvers:
        paced = max(len(plan.probes) - one.burst, 0) / one.per_second if one.per_second else 0
        kind = say("再帰", "recursive") if one.recursive else say("権威", "authoritative")
        rows.append(
            [
                lines(one.id, tone="bold"),
                lines(word(words.TRANSPORT, one.transport, lang), one.server_name),
                lines(kind),
                lines(
                    say(
                        f"毎秒{one.per_second:g}件、同時{one.concurrent}件",
                        f"{one.per_second:g}/s, {one.concurrent} at once",
                    )
                ),
                lines(span(round(paced), lang)),
            ]
        )
    sheet.grid(columns, rows)


def _questions(sheet: Sheet, plan: CapturePlan, first: int | None) -> None:
    """Write each name once, with the types and how often; names that share these stand together."""
    lang, say = sheet.look.lang, sheet.say
    asked: dict[tuple[str, str, str], dict[str, list[DnsProbe]]] = {}
    for probe in plan.probes:
        asked.setdefault((probe.platform, probe.kind, probe.subnet), {}).setdefault(probe.host, []).append(probe)
    for (platform, kind, subnet), hosts in asked.items():
        title = f"{platform}: {word(words.PROBE, kind, lang)}"
        if subnet:
            title += say(f"、クライアントサブネット {subnet} を送る", f", client subnet {subnet} is sent")
        sheet.text(title, tone="bold")
        together: dict[str, list[str]] = {}
        for host, probes in islice(hosts.items(), first):
            types = "/".join(dict.fromkeys(probe.rrtype for probe in probes))
            rounds = len({probe.round for probe in probes})
            together.setdefault(say(f"{types} 各{rounds}回", f"{types}, {rounds} each"), []).append(host)
        for how, names in together.items():
            sheet.text(", ".join(names), lead=f"  {how}: ")
        if first is not None and len(hosts) > first:
            rest = len(hosts) - first
            sheet.text(say(f"  … ほか {rest:,} 件", f"  … and {rest:,} more"))


def outcome_text(outcome: CaptureOutcome, look: Look) -> str:
    """Return how a capture went: its conservation line, each status, every answer that needs a look, the head."""
    sheet = Sheet(look)
    say, lang = sheet.say, look.lang
    total = sum(outcome.statuses.values())
    sheet.text(
        say(
            f"計画 {outcome.planned:,} 件 + 追加 {outcome.further:,} 件 = "
            f"結果 {total:,} 件 + 未送信 {outcome.unasked:,} 件。"
            f"送信 {outcome.sent:,} 回(再送を含む)。",
            f"planned {outcome.planned:,} + {outcome.further:,} further = {total:,} results + {outcome.unasked:,} not"
            f" asked; {outcome.sent:,} sent (repeats included).",
        ),
        tone="bold",
    )
    for status, count in sorted(outcome.statuses.items(), key=lambda one: -one[1]):
        sheet.text(f"{word(words.RESOLUTION, status, lang)} {count:,}", lead="  ")
    for resolver, counts in outcome.resolvers.items() if len(outcome.resolvers) > 1 else ():
        told = say("、", ", ").join(f"{word(words.RESOLUTION, status, lang)} {n:,}" for status, n in counts.items())
        sheet.text(told, lead=f"  {resolver}: ")
    sheet.fact("開始", "began", " / ".join(dates.moment(outcome.began, zone, lang) for zone in ("JST", "UTC")))
    sheet.fact("終了", "ended", " / ".join(dates.moment(outcome.ended, zone, lang) for zone in ("JST", "UTC")))
    _judged(sheet, outcome)
    for finding in outcome.findings:
        about = f" [{finding.about}]" if finding.about else ""
        sheet.text(f"{finding.code} {finding.message.pick(lang)}{about}", lead="* ")
    sheet.fact("台帳の先端", "ledger head", outcome.head)
    return str(sheet)


def _judged(sheet: Sheet, outcome: CaptureOutcome) -> None:
    """Count the judgements, and write every one that is not plain agreement with its reason."""
    lang = sheet.look.lang
    counts: dict[str, int] = {}
    for one in outcome.judged:
        counts[one.judgement] = counts.get(one.judgement, 0) + 1
    if counts:
        told = sheet.say("、", ", ").join(f"{word(words.JUDGEMENT, key, lang)} {n:,}" for key, n in counts.items())
        sheet.fact("回答の照合", "answers compared", told)
    alike: dict[tuple[str, str], list[JudgedAnswer]] = {}
    for one in outcome.judged:
        if one.judgement not in _EXPECTED:
            alike.setdefault((one.judgement, one.reason.pick(lang)), []).append(one)
    for (judgement, reason), answers in alike.items():
        sheet.text(f"{word(words.JUDGEMENT, judgement, lang)}: {reason}", lead="* ")
        for one in answers:
            sheet.text(f"{one.host} {one.rrtype} ← {one.resolver}: {', '.join(one.addresses)}", lead="    ")
    if any(judgement in SET_ASIDE for judgement, _ in alike):
        sheet.text(
            sheet.say(
                "偽の疑い、特殊用途、ワイルドカードの回答も受け取ったまま台帳に残るが、候補には用いない。",
                "Lying, special-purpose and wildcard answers stay in the ledger as received, but yield no candidates.",
            )
        )
