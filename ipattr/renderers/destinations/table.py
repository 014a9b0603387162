"""The candidate sets for people on a terminal: for whom, what, how that was seen, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.destinations import dates, groups, overview, words
from ipattr.renderers.destinations.sheet import Sheet, lines
from ipattr.renderers.layout import Column, Line, width
from ipattr.renderers.repairs import pending_lines, pending_title
from ipattr.renderers.table import declarations, ledger, reject_lines
from ipattr.renderers.view import clock, span
from ipattr.renderers.words import CONFIDENCE, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.model import Candidate, DestinationRow, Destinations
    from ipattr.renderers.destinations.groups import Group
    from ipattr.renderers.destinations.sheet import Look, Row

_FEW = 4
"""So many dropped addresses are listed; of more the number is given: the other formats have them all."""


def render(document: Destinations, look: Look) -> str:
    """Return the sets of a document as text, each group of rows that share one together.

    No candidate and no remark is left out; what holds for every row is said once. Of the addresses that a narrowing
    step dropped only the number is given where they are many.
    """
    sheet = Sheet(look)
    _title(sheet, document)
    every = groups.by_set(document)
    common = _common(every, look.lang)
    for group in every:
        _group(sheet, document, group, common)
    if common:
        sheet.heading(sheet.say("すべてに共通の留意事項", "Remarks on all of them"))
        for text, about in common:
            _remark(sheet, text, about)
    _unread(sheet, document)
    _basis(sheet, document)
    return str(sheet)


def _common(every: Sequence[Group], lang: str) -> dict[tuple[str, str], None]:
    """Return the remarks, with their subjects, that hold for every row of several groups."""
    if len(every) == 1:
        return {}
    told = [
        {(text, about): None for text, about, where in overview.remarks(group, lang) if not where} for group in every
    ]
    return {key: None for key in (told[0] if told else {}) if all(key in one for one in told)}


def _remark(sheet: Sheet, text: str, about: str) -> None:
    sheet.text(text + (f" [{about}]" if about else ""), lead="* ")


def _title(sheet: Sheet, document: Destinations) -> None:
    name = f"{document.platform_name} ({document.platform})"
    sheet.text(sheet.say(f"接続先候補: {name}", f"Destination candidates: {name}"), tone="bold")
    sheet.text(
        sheet.say(
            "候補は日付のある観測であり、当該接続の接続先そのものではない。",
            "A candidate is a dated observation, never the destination of the connection itself.",
        )
    )
    if document.hosts:
        sheet.fact("対象ホスト", "hosts asked about", ", ".join(document.hosts))
    if document.without:
        turned_off = ", ".join(word(words.STEP, step, sheet.look.lang) for step in document.without)
        sheet.fact("行わない絞り込み", "narrowing turned off", turned_off)
    if document.counts is not None:
        sheet.lines += ledger(document.inputs, document.counts, lang=sheet.look.lang, columns=sheet.look.columns)
    else:
        sheet.lines += declarations(document.inputs, lang=sheet.look.lang, columns=sheet.look.columns)


def _group(sheet: Sheet, document: Destinations, group: Group, common: dict[tuple[str, str], None]) -> None:
    found, lang = group.found, sheet.look.lang
    current, others = overview.shown(group)
    sheet.heading(f"No.{group.numbers}: {overview.heading(group, lang)}")
    if not overview.of(group):
        _rows(sheet, group)
        sheet.lines.append("")
    for text, _, where in overview.explanations(group, lang):
        sheet.text(text, lead=f"No.{where}: " if where else "")
    for shown, title in ((current, ""), (others, sheet.say("別の時期の観測", "Observed in another period"))):
        if not shown:
            continue
        sheet.lines.append("")
        if title:
            sheet.text(f"{title} ({len(shown)})", tone="bold")
        _candidates(sheet, document, group, shown)
    if found.status in words.SETTLE and not current:
        sheet.fact("明らかにする方法", "what would settle it", words.SETTLE[found.status].pick(lang))
    _steps(sheet, group)
    for text, about, where in overview.remarks(group, lang):
        if (text, about) not in common:
            _remark(sheet, (f"No.{where}: " if where else "") + text, about)


def _rows(sheet: Sheet, group: Group) -> None:
    say = sheet.say
    told = any(row.source for row in group.rows)
    columns = [
        Column("No.", 3),
        Column(say("日時(日本時間)", "Time (JST)"), 19),
        Column(say("日時(協定世界時)", "Time (UTC)"), 19),
        Column(say("接続元", "Source"), 6) if told else Column(say("指定", "As asked"), 8),
        Column(say("請求先", "Addressee"), 12),
        Column(say("請求先での呼び方", "Called"), 10),
    ]
    sheet.grid(columns, [_row(sheet, row, told=told) for row in group.rows])


def _row(sheet: Sheet, row: DestinationRow, *, told: bool) -> Row:
    if overview.is_one(row):
        times = [overview.ALL_TIMES.pick(sheet.look.lang)] * 2
    elif row.at is None:
        times = [sheet.say("時刻なし", "no time")] * 2
    else:
        times = [clock(row.at, dates.precision(row.at, row.precision), zone=zone) for zone in ("JST", "UTC")]
    addressee = row.addressee.pick(sheet.look.lang) if row.addressee else "-"
    return [
        lines(str(row.number)),
        *(lines(text) for text in times),
        lines((row.source if told else row.label) or "-"),
        lines(addressee),
        lines(row.term),
    ]


def _candidates(sheet: Sheet, document: Destinations, group: Group, shown: tuple[Candidate, ...]) -> None:
    """Set one row per way of having been observed: addresses that share it stand together."""
    say, lang = sheet.say, sheet.look.lang
    shared, related = any(entry.shared for entry in shown), not overview.of(group)
    # A published instant that is torn over two lines is copied wrongly.
    dated = max(len(text) for entry in shown for text in (entry.first_seen, entry.last_seen))
    sure = max(width(word(CONFIDENCE, entry.confidence, lang)) for entry in shown)
    columns = [
        Column(say("アドレス", "Address"), 15),
        Column(say("ホスト", "Hosts"), 16),
        *([Column(say("接続との前後", "To the connection"), 12)] if related else []),
        Column(say("最初・最後の観測", "First, last seen"), max(dated, 16)),
        Column(say("回数", "Seen"), 4, "right"),
        Column(say("観測地点・出典", "Vantage, source"), 14),
        Column(say("確度", "Conf."), max(sure, 4)),
        *([Column(say("共用", "Shared"), 11)] if shared else []),
    ]
    alike: dict[tuple[tuple[Line, ...], ...], list[str]] = {}
    for entry in shown:
        rhythm = ""
        if entry.longest_gap is not None:
            longest = span(entry.longest_gap, lang)
            rhythm = say(f"観測の間隔は最長{longest}", f"at most {longest} between sightings")
        facts = [
            lines(*_hosts(document, entry)),
            *([lines(groups.relation(group, entry, lang), rhythm)] if related else []),
            lines(*dict.fromkeys((entry.first_seen, entry.last_seen))),
            lines("-" if entry.count is None else f"{entry.count:,}"),
            lines(
                *(words.vantage(one, lang) for one in entry.vantages),
                f"[{', '.join(entry.sources)}]" if entry.sources else "",
            ),
            lines(word(CONFIDENCE, entry.confidence, lang)),
            *([lines(entry.shared or "-")] if shared else []),
        ]
        alike.setdefault(tuple(tuple(cell) for cell in facts), []).append(entry.address)
    sheet.grid(columns, [[lines(*told), *(list(cell) for cell in facts)] for facts, told in alike.items()])


def _hosts(document: Destinations, entry: Candidate) -> list[str]:
    told: list[str] = []
    for host, chains in groups.hosts(entry, document.observations):
        told += [host] if host else []
        told += [f"CNAME {chain}" for chain in chains]
    return told


def _steps(sheet: Sheet, group: Group) -> None:
    lang = sheet.look.lang
    if group.found.steps:
        sheet.lines.append("")
        sheet.text(sheet.say("絞り込みの手順", "Narrowing"), tone="bold")
    for number, step in enumerate(group.found.steps):
        name = word(words.STEP, step.step, lang)
        applied = sheet.say("適用", "applied") if step.applied else sheet.say("適用せず", "not applied")
        dropped, left = len(step.dropped), sheet.say(f"残り{step.remaining}件", f"{step.remaining} left")
        if dropped:
            left = sheet.say(f"除外{dropped}件、{left}", f"{dropped} dropped, {left}")
        for text, _, where in groups.said(group, groups.step_text(number), lang):
            place = f"No.{where}: " if where else ""
            sheet.text(place + text, lead=f"{number + 1}. {name} ({applied}{sheet.say('、', ', ')}{left}): ")
        if 0 < dropped <= _FEW:
            sheet.text(", ".join(step.dropped), lead=sheet.say("   除いたもの: ", "   dropped: "))
    if any(len(step.dropped) > _FEW for step in group.found.steps):
        sheet.text(
            sheet.say(
                "   除いたアドレスの一覧は --format md、csv、json にある。",
                "   --format md, csv and json list the addresses dropped.",
            )
        )


def _unread(sheet: Sheet, document: Destinations) -> None:
    """Write the rows of the log that got no set: none is lost."""
    lang, columns = sheet.look.lang, sheet.look.columns
    if document.pending:
        sheet.heading(pending_title(lang))
    for waiting in document.pending:
        sheet.lines += pending_lines(waiting, lang=lang, columns=columns)
    if document.rejects:
        sheet.heading(sheet.say("不採用の行", "Rejected rows"))
    for reject in document.rejects:
        sheet.lines += reject_lines(reject, lang=lang, columns=columns)


def _basis(sheet: Sheet, document: Destinations) -> None:
    sheet.heading(sheet.say("根拠", "Basis"))
    for use in document.ledgers:
        sheet.text(words.ledger(use, sheet.look.lang), lead="- ")
    for finding in document.findings:
        about = f" [{finding.about}]" if finding.about else ""
        sheet.text(f"{finding.code} {finding.message.pick(sheet.look.lang)}{about}", lead="* ")
    sheet.text(f"ipattr {document.tool_version}, {sheet.say('データ版', 'data')} {document.data_version}")
