"""The observations behind the candidates: what was seen where and when, and how that lies to each connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.destinations import dates, groups
from ipattr.renderers.destinations.words import SETTLE, vantage
from ipattr.renderers.destinations.words import ledger as told_ledger
from ipattr.renderers.filings.blocks import Column, Heading, Paragraph, Table
from ipattr.renderers.filings.documents.draft import as_destinations, platform_name
from ipattr.renderers.filings.documents.pen import NOT_GIVEN, UNKNOWN, cited, rows_of, shown
from ipattr.renderers.words import CONFIDENCE, word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import Candidate
    from ipattr.renderers.destinations.groups import Group
    from ipattr.renderers.filings.blocks import Block
    from ipattr.renderers.filings.documents.draft import Draft

_PERIODS = (("current", "接続と同じ時期のもの"), ("other", "別の時期のもの（候補一覧に含めない）"))


def observation_blocks(draft: Draft) -> Iterator[Block]:
    """Yield the observations behind every candidate of an addressee's logins, sources and ledgers last."""
    yield Heading("接続先IPアドレスの候補に関する観測の一覧", 1)
    yield Paragraph(
        f"　本書は、{platform_name(draft.material)}のホスト名について、日時を記録して行われた名前解決の観測のうち、"
        "各接続の接続先の候補を示すものを挙げたものである。各観測は、その日時・地点における応答であり、"
        "当該接続の接続先そのものを示すものではない。本書の作成年月日は、観測の年月日ではない。"
    )
    yield Paragraph(f"作成年月日　{draft.pen.day(draft.wish.dated)}")
    document = as_destinations(draft.material, draft.addressee.claims, draft.term)
    for number, group in enumerate(groups.by_set(document), start=1):
        yield from _group(draft, number, group)
    yield Heading("出典及び台帳", 2)
    yield source_table(draft)
    for use in draft.case.ledgers:
        yield Paragraph(shown(told_ledger(use, "ja", when=lambda text: dates.published(text, "ja"))))
    yield Paragraph(
        "日付だけの観測は協定世界時の日付により、間隔の日数は日付の差による。観測地点は出典の記載のままである。"
        f"観測の番号は、ipattrのデータ版{draft.case.data_version}に収録された観測表の番号である"
        + ("（台帳による観測は、その台帳の番号）。" if draft.case.ledgers else "。"),
        style="note",
    )


def _group(draft: Draft, number: int, group: Group) -> Iterator[Block]:
    rows = [row.number for row in group.rows]
    yield Heading(f"{number}　{rows_of(rows)}の接続", 2)
    referred = dict.fromkeys(draft.list_of[row].name for row in rows if row in draft.list_of)
    if referred:
        yield Paragraph(f"目録の{'・'.join(referred)}に対応する。")
    if not group.found.candidates:
        yield Paragraph(group.found.explanation.ja)
        settle = SETTLE.get(group.found.status)
        if settle is not None:
            yield Paragraph(f"明らかにする方法：{settle.ja}")
        return
    for period, name in _PERIODS:
        entries = group.candidates(period)
        if entries:
            yield observation_table(group, entries, caption=name)
    yield from (
        Paragraph(f"{_where(where)}{text.partition(' ')[2]}", style="note")
        for text, _, where in groups.said(group, groups.findings_of, "ja")
    )


def _where(rows: str) -> str:
    return f"No.{rows}：" if rows else ""


def observation_table(group: Group, entries: tuple[Candidate, ...], *, caption: str) -> Table:
    """Return one row per candidate: hosts, first and last time seen, where from, how near, by which source."""
    columns = (
        Column("番号", 9, "right"),
        Column("IPアドレス", 27),
        Column("ホスト名", 30),
        Column("観測の初め・終わり（回数）", 33),
        Column("接続との関係", 19),
        Column("観測地点", 21),
        Column("出典・確度・観測の番号", 21),
    )
    rows = tuple(_row(number, group, entry) for number, entry in enumerate(entries, start=1))
    return Table(columns, rows, caption=caption)


def _row(number: int, group: Group, entry: Candidate) -> tuple[str, ...]:
    count = f"{entry.count:,}回" if entry.count is not None else "回数の記録なし"
    seen = f"{dates.published(entry.first_seen, 'ja')}\n{dates.published(entry.last_seen, 'ja')}\n（{count}）"
    hosts = [shown(host) for host in entry.hosts]
    hosts += [f"（CNAME {shown(name)}）" for name in entry.cnames if name not in entry.hosts]
    source = f"{'、'.join(entry.sources) or UNKNOWN}\n確度 {word(CONFIDENCE, entry.confidence, 'ja')}"
    return (
        str(number),
        entry.address + (f"\n（{shown(entry.shared)}の共用）" if entry.shared else ""),
        "\n".join(hosts),
        seen,
        groups.relation(group, entry, "ja"),
        "\n".join(shown(vantage(one, "ja")) for one in entry.vantages) or UNKNOWN,
        f"{source}\n{' '.join(entry.observations) or NOT_GIVEN}",
    )


def source_table(draft: Draft) -> Table:
    """Return the sources of all candidates with title, date and place."""
    sets = [claim.view.candidates for claim in draft.addressee.claims]
    codes = dict.fromkeys(code for found in sets for entry in found.candidates for code in entry.sources)
    citations = draft.material.facts.citations
    rows = []
    for code in codes:
        known = citations.get(code)
        rows.append((code, cited(code, "", citations), shown(known.locator) if known is not None else UNKNOWN))
    return Table((Column("符号", 22), Column("資料", 74), Column("所在", 64)), tuple(rows))
