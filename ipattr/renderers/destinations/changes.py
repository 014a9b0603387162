"""What changed between two instants, for people on a terminal: host by host, what stands on one side or on both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.destinations import dates, words
from ipattr.renderers.destinations.sheet import Sheet, lines
from ipattr.renderers.layout import Column, Tone
from ipattr.renderers.words import word

if TYPE_CHECKING:
    from ipattr.model import DestinationDiff, HostChange
    from ipattr.renderers.destinations.sheet import Look, Row

_TONE: dict[str, Tone] = {"changed": "yellow", "appeared": "green", "gone": "red", "unknown": "cyan"}


def render(diff: DestinationDiff, look: Look) -> str:
    """Return the changes as a table, the hosts that changed first, then the sentence on each."""
    sheet = Sheet(look)
    say = sheet.say
    name = f"{diff.platform_name} ({diff.platform})"
    sheet.text(say(f"接続先の変化: {name}", f"Destinations, what changed: {name}"), tone="bold")
    for ja, en, at in (("前", "first", diff.first), ("後", "second", diff.second)):
        sheet.fact(ja, en, " / ".join(dates.moment(at, zone, look.lang) for zone in ("JST", "UTC")))
    changes = sorted(diff.changes, key=lambda change: change.status == "unchanged")
    counts = {status: sum(change.status == status for change in changes) for status in words.CHANGE}
    told = say("、", ", ").join(f"{word(words.CHANGE, key, look.lang)} {n}" for key, n in counts.items() if n)
    sheet.text(say(f"ホストとレコード種別 {len(changes)}件: {told}", f"{len(changes)} hosts and record types: {told}"))
    if changes:
        sheet.heading(say("ホスト別", "By host"))
        _table(sheet, changes)
        sheet.heading(say("説明", "Explanation"))
    for change in changes:
        sheet.text(change.text.pick(look.lang), lead=f"{change.host} {change.rrtype}: ")
    sheet.heading(say("根拠", "Basis"))
    for use in diff.ledgers:
        sheet.text(words.ledger(use, look.lang), lead="- ")
    for finding in diff.findings:
        about = f" [{finding.about}]" if finding.about else ""
        sheet.text(f"{finding.code} {finding.message.pick(look.lang)}{about}", lead="* ")
    sheet.text(f"ipattr {diff.tool_version}, {say('データ版', 'data')} {diff.data_version}")
    return str(sheet)


def _table(sheet: Sheet, changes: list[HostChange]) -> None:
    say, lang = sheet.say, sheet.look.lang
    columns = [
        Column(say("ホスト", "Host"), 14),
        Column(say("種別", "Type"), 4),
        Column(say("状態", "Status"), 8),
        Column(say("前のみ", "First only"), 10),
        Column(say("後のみ", "Second only"), 10),
        Column(say("双方", "Both"), 10),
        Column(say("変化の時期", "When"), 12),
    ]
    rows: list[Row] = []
    for change in changes:
        when = lines(
            say("旧 最後 ", "old last ") + change.since if change.since else "",
            say("新 最初 ", "new first ") + change.until if change.until else "",
        )
        rows.append(
            [
                lines(change.host, tone="bold"),
                lines(change.rrtype),
                lines(word(words.CHANGE, change.status, lang), tone=_TONE.get(change.status, "dim")),
                lines(*change.gone) or lines("-"),
                lines(*change.new) or lines("-"),
                lines(*change.kept) or lines("-"),
                when or lines("-"),
            ]
        )
    sheet.grid(columns, rows)
