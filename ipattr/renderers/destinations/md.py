"""The candidate sets and what changed between two dates as Markdown (GitHub flavour), everything escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.destinations import dates, groups, overview, words
from ipattr.renderers.source_report.md import escape
from ipattr.renderers.view import clock, span, total
from ipattr.renderers.words import CONFIDENCE, conservation, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ipattr.model import Candidate, DestinationDiff, DestinationRow, Destinations, HostChange
    from ipattr.renderers.destinations.groups import Group
    from ipattr.renderers.destinations.sheet import Look


def render(document: Destinations, look: Look) -> str:
    """Return the sets of a document as Markdown tables."""
    return "\n".join(_document(document, look)) + "\n"


def _document(document: Destinations, look: Look) -> Iterator[str]:
    say, lang = look.say, look.lang
    yield f"# {escape(say('接続先候補: ', 'Destination candidates: ') + document.platform_name)}"
    yield ""
    yield say(
        "候補は日付のある観測であり、当該接続の接続先そのものではない。",
        "A candidate is a dated observation, never the destination of the connection itself.",
    )
    yield ""
    if document.hosts:
        yield f"- {say('対象ホスト: ', 'hosts asked about: ')}{escape(', '.join(document.hosts))}"
    if document.without:
        turned_off = ", ".join(word(words.STEP, step, lang) for step in document.without)
        yield f"- {say('行わない絞り込み: ', 'narrowing turned off: ')}{escape(turned_off)}"
    if document.counts is not None:
        yield f"- {conservation(*total(document.counts), lang=lang)}"
    for group in groups.by_set(document):
        yield from _group(document, group, look)
    yield from _unread(document, look)
    yield from _basis(document, look)


def _group(document: Destinations, group: Group, look: Look) -> Iterator[str]:
    say, lang = look.say, look.lang
    found = group.found
    yield from ("", f"## No.{group.numbers}: {overview.heading(group, lang)}", "")
    if not overview.of(group):
        yield from _rows(group, look)
        yield ""
    for text, _, where in overview.explanations(group, lang):
        yield escape((f"No.{where}: " if where else "") + text)
        yield ""
    current, others = overview.shown(group)
    if current:
        yield from _candidates(document, group, current, look)
        yield ""
    if others:
        yield from (f"### {say('別の時期の観測', 'Observed in another period')}", "")
        yield from _candidates(document, group, others, look)
        yield ""
    if found.status in words.SETTLE and not current:
        yield f"- {say('明らかにする方法: ', 'what would settle it: ')}{words.SETTLE[found.status].pick(lang)}"
    yield from _steps(group, look)
    for text, about, where in overview.remarks(group, lang):
        place = f"No.{where}: " if where else ""
        yield f"- {escape(place + text + (f' [{about}]' if about else ''))}"


def _rows(group: Group, look: Look) -> Iterator[str]:
    say = look.say
    heads = (
        "No.",
        say("日時(日本時間)", "Time (JST)"),
        say("日時(協定世界時)", "Time (UTC)"),
        say("接続元・指定", "Source, as asked"),
        say("請求先", "Addressee"),
        say("請求先での呼び方", "Called"),
    )
    yield from _table(heads, (_row(row, look) for row in group.rows))


def _row(row: DestinationRow, look: Look) -> tuple[str, ...]:
    if overview.is_one(row):
        times = [overview.ALL_TIMES.pick(look.lang)] * 2
    elif row.at is None:
        times = [look.say("時刻なし", "no time")] * 2
    else:
        times = [clock(row.at, dates.precision(row.at, row.precision), zone=zone) for zone in ("JST", "UTC")]
    addressee = row.addressee.pick(look.lang) if row.addressee else "-"
    return (str(row.number), *times, row.source or row.label or "-", addressee, row.term)


def _candidates(document: Destinations, group: Group, shown: Sequence[Candidate], look: Look) -> Iterator[str]:
    say, lang, related = look.say, look.lang, not overview.of(group)
    heads = (
        say("アドレス", "Address"),
        say("ホスト", "Hosts"),
        *([say("接続との前後", "To the connection")] if related else []),
        say("最初の観測", "First seen"),
        say("最後の観測", "Last seen"),
        say("回数", "Seen"),
        say("観測地点", "Vantage"),
        say("確度", "Confidence"),
        say("共用", "Shared"),
        say("出典", "Sources"),
    )
    yield from _table(
        heads,
        (
            (
                entry.address,
                "\n".join(_hosts(document, entry)),
                *([groups.relation(group, entry, lang) + _rhythm(entry, look)] if related else []),
                entry.first_seen,
                entry.last_seen,
                "-" if entry.count is None else f"{entry.count:,}",
                "\n".join(words.vantage(one, lang) for one in entry.vantages),
                word(CONFIDENCE, entry.confidence, lang),
                entry.shared or "-",
                ", ".join(entry.sources),
            )
            for entry in shown
        ),
    )


def _rhythm(entry: Candidate, look: Look) -> str:
    if entry.longest_gap is None:
        return ""
    longest = span(entry.longest_gap, look.lang)
    return look.say(f"\n観測の間隔は最長{longest}", f"\nat most {longest} between sightings")


def _hosts(document: Destinations, entry: Candidate) -> Iterator[str]:
    for host, chains in groups.hosts(entry, document.observations):
        yield " → ".join(filter(None, (host, " / ".join(chains))))


def _steps(group: Group, look: Look) -> Iterator[str]:
    for number, step in enumerate(group.found.steps):
        name = word(words.STEP, step.step, look.lang)
        applied = look.say("適用", "applied") if step.applied else look.say("適用せず", "not applied")
        left = look.say(f"残り{step.remaining}件", f"{step.remaining} left")
        comma = look.say("、", ", ")
        texts = groups.said(group, groups.step_text(number), look.lang)
        told = " ".join((f"No.{where}: " if where else "") + text for text, _, where in texts)
        dropped = look.say(" 除いたもの: ", " Dropped: ") + ", ".join(step.dropped) if step.dropped else ""
        yield f"{number + 1}. {escape(f'{name} ({applied}{comma}{left}): {told}{dropped}')}"
    if group.found.steps:
        yield ""


def _unread(document: Destinations, look: Look) -> Iterator[str]:
    if not (document.pending or document.rejects):
        return
    yield from ("", f"## {look.say('候補を挙げない行', 'Rows without candidates')}", "")
    heads = (
        look.say("所在", "Place"),
        look.say("状態", "Status"),
        look.say("原文", "Raw"),
        look.say("理由", "Reason"),
    )
    waiting = look.say("修復の採否待ち", "pending a repair")
    refused = look.say("不採用", "rejected")
    rows = [(f"{one.file}:{one.row}", waiting, one.raw, one.reason.pick(look.lang)) for one in document.pending]
    rows += [
        (f"{one.file}:{one.row}", refused, one.raw, f"{one.code} {one.reason.pick(look.lang)}")
        for one in document.rejects
    ]
    yield from _table(heads, rows)


def _basis(document: Destinations | DestinationDiff, look: Look) -> Iterator[str]:
    yield from ("", f"## {look.say('根拠', 'Basis')}", "")
    yield from (f"- {escape(words.ledger(use, look.lang))}" for use in document.ledgers)
    for finding in document.findings:
        about = f" [{finding.about}]" if finding.about else ""
        yield f"- {escape(f'{finding.code} {finding.message.pick(look.lang)}{about}')}"
    yield f"- ipattr {escape(document.tool_version)}, {look.say('データ版', 'data')} {escape(document.data_version)}"


def render_diff(diff: DestinationDiff, look: Look) -> str:
    """Return what changed between two instants as one Markdown table, a row per host and record type."""
    say, lang = look.say, look.lang
    heads = (
        say("ホスト", "Host"),
        say("種別", "Type"),
        say("状態", "Status"),
        say("前のみ", "First only"),
        say("後のみ", "Second only"),
        say("双方", "Both"),
        say("最後に見た旧応答", "Old answer last seen"),
        say("最初に見た新応答", "New answer first seen"),
        say("説明", "Explanation"),
    )
    title = say("接続先の変化: ", "Destinations, what changed: ") + diff.platform_name
    moments = " → ".join(dates.moment(at, "UTC", lang) for at in (diff.first, diff.second))
    local = " → ".join(dates.moment(at, "JST", lang) for at in (diff.first, diff.second))
    lines = [f"# {escape(title)}", "", f"- {moments}", f"- {local}", ""]
    lines += _table(heads, (_change(change, lang) for change in diff.changes))
    lines += _basis(diff, look)
    return "\n".join(lines) + "\n"


def _change(change: HostChange, lang: str) -> tuple[str, ...]:
    return (
        change.host,
        change.rrtype,
        word(words.CHANGE, change.status, lang),
        "\n".join(change.gone),
        "\n".join(change.new),
        "\n".join(change.kept),
        change.since,
        change.until,
        change.text.pick(lang),
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield f"| {' | '.join(escape(cell) for cell in row)} |"
