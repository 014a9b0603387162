"""What a file of others' observations gave: every row accounted for, what was set aside with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.destinations import words
from ipattr.renderers.destinations.sheet import Sheet, lines
from ipattr.renderers.layout import Column
from ipattr.renderers.words import CONFIDENCE, word

if TYPE_CHECKING:
    from ipattr.model import Imported, Observation
    from ipattr.renderers.destinations.sheet import Look, Row


def render(imported: Imported, look: Look, *, first: int | None) -> str:
    """Return the account of an import: conservation line, observations by host, rejected ones, unread rows."""
    sheet = Sheet(look)
    say, lang = sheet.say, look.lang
    unread = len(imported.rejects)
    sheet.text(
        say(
            f"全 {imported.rows:,}行 = 読取 {imported.taken:,} + 読取不可 {unread:,} + 対象外 {imported.others:,}",
            f"{imported.rows:,} rows = {imported.taken:,} read + {unread:,} unreadable + {imported.others:,} about"
            " other things",
        ),
        tone="bold",
    )
    sheet.fact("形式", "form", word(words.FORM, imported.form, lang))
    kept = [entry for entry in imported.observations if entry.status == "kept"]
    rejected = [entry for entry in imported.observations if entry.status == "rejected"]
    sheet.fact(
        "観測",
        "observations",
        say(
            f"{len(imported.observations):,}件(採用 {len(kept):,}、却下 {len(rejected):,})",
            f"{len(imported.observations):,} ({len(kept):,} kept, {len(rejected):,} rejected)",
        ),
    )
    if kept:
        sheet.heading(say("採用した観測", "Observations kept"))
        _hosts(sheet, kept)
    if rejected:
        sheet.heading(say("却下した観測(理由とともに台帳に残る)", "Observations rejected, kept with the reason"))
    for entry in rejected[:first]:
        seen = f"{entry.first_seen} .. {entry.last_seen}"
        sheet.text(f"{entry.address} ({seen}): {entry.note}", lead=f"{entry.host} {entry.rrtype} ")
    _more(sheet, len(rejected), first)
    if imported.rejects:
        sheet.heading(say("読めなかった行", "Rows that could not be read"))
    for row in imported.rejects[:first]:
        sheet.text(f"{row.code} {row.reason.pick(lang)}", lead=say(f"{row.row}行: ", f"row {row.row}: "))
        sheet.text(row.raw or "-", lead=say("  原文 ", "  raw  "))
    _more(sheet, unread, first)
    for finding in imported.findings:
        about = f" [{finding.about}]" if finding.about else ""
        sheet.text(f"{finding.code} {finding.message.pick(lang)}{about}", lead="* ")
    return str(sheet)


def _more(sheet: Sheet, count: int, first: int | None) -> None:
    if first is not None and count > first:
        rest = count - first
        ja, en = f"… ほか {rest:,} 件(--format json に全件)", f"… and {rest:,} more (all in --format json)"
        sheet.text(sheet.say(ja, en))


def _hosts(sheet: Sheet, kept: list[Observation]) -> None:
    """Set one row per host and record type: how many addresses, over which time, how far to be trusted."""
    say, lang = sheet.say, sheet.look.lang
    columns = [
        Column(say("ホスト", "Host"), 14),
        Column(say("種別", "Type"), 4),
        Column(say("アドレス数", "Addresses"), 4, "right"),
        Column(say("最初", "First"), 10),
        Column(say("最後", "Last"), 10),
        Column(say("出典", "Source"), 8),
        Column(say("確度", "Confidence"), 4),
    ]
    grouped: dict[tuple[str, str], list[Observation]] = {}
    for entry in kept:
        grouped.setdefault((entry.host, entry.rrtype), []).append(entry)
    rows: list[Row] = []
    for (host, rrtype), entries in sorted(grouped.items()):
        sure = dict.fromkeys(word(CONFIDENCE, entry.confidence, lang) for entry in entries)
        rows.append(
            [
                lines(host, tone="bold"),
                lines(rrtype),
                lines(f"{len({entry.address for entry in entries}):,}"),
                lines(min(entry.first_seen for entry in entries)),
                lines(max(entry.last_seen for entry in entries)),
                lines(*dict.fromkeys(entry.source for entry in entries)),
                lines(say("、", ", ").join(sure)),
            ]
        )
    sheet.grid(columns, rows)
