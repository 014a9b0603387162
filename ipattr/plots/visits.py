"""Sessions and address churn: how many rows a session has, on which block each login was; a panel for each account."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ipattr.history import history
from ipattr.history.entries import Accounts, settled
from ipattr.plots import settings, subjects
from ipattr.plots.calendars import bin_start, bin_step
from ipattr.plots.picture import Plot
from ipattr.plots.sheets import Words
from ipattr.plots.tidy import COUNT, INSTANT, JAPAN, TEXT, Column, tidy
from ipattr.plots.visitchart import Mark, Panel, chart, keys
from ipattr.renderers.layout import inert

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from ipattr.model import Case, Entry, History, Lang, Session
    from ipattr.plots.subjects import Subject

COLUMNS = (
    Column("mark", TEXT, "session 一つ、bar いくつか、login 1件", "one session, a bar of several, or one login"),
    Column("account", TEXT, "アカウント", "account"),
    Column("session", COUNT, "セッションの番号(アカウントごと)", "number of the session, by account"),
    Column("sessions", COUNT, "(始まった)セッションの数", "sessions (of a bar: that began within it)"),
    Column("row", COUNT, "ログの番号(Case内、loginのみ)", "number of the row in the case; of a login only"),
    Column("rows", COUNT, "セッションの件数(1件は1)", "rows of the session or sessions; 1 for a login"),
    Column(
        "utc",
        INSTANT,
        "日時(セッションは最初の件、棒は始まり)",
        "instant; of a session its first row, of a bar its beginning",
    ),
    Column("jst", JAPAN, "同じ日時(日本時間)", "the same in Japan time"),
    Column(
        "until_utc",
        INSTANT,
        "セッションの最後の件、棒の終わり",
        "last row of a session; end of a bar, itself not within",
    ),
    Column("addresses", COUNT, "異なるアドレスの数", "distinct addresses"),
    Column("lane", COUNT, "アカウント内の段(上から1)", "lane within the panel, 1 at the top"),
    Column("lane_name", TEXT, "段の名前", "name of the lane"),
    Column("address", TEXT, "アドレス", "address"),
    Column("block", TEXT, "/24又は/64のブロック", "block, /24 or /64"),
    Column(
        "change",
        TEXT,
        "直前の件との違い first same address block unsettled",
        "against the row before: first, same, other address, other block, or unsettled order",
    ),
)
_MOST_ACCOUNTS, _MOST_SESSIONS = 3, 200
_MOST_LANES = {1: 30, 2: 12, 3: 7}
"""Lanes of a panel by the number of panels: all of them fit on one page of A4."""


def draw(case: Case, *, title: str, lang: Lang, account: str) -> Plot:
    """Return the figure: the account asked for, else up to three with the most rows, each in a panel."""
    about = subjects.subject(case, lang=lang, account=account)
    chosen, others = _chosen(about)
    most = _MOST_LANES.get(len(chosen), 0)
    panels = tuple(_panel(about, history(case, account=one), most=most) for one in chosen)
    marks = [mark for panel in panels for mark in panel.marks]
    counted = {mark["row"] for mark in marks if mark["mark"] == "login"}
    notes = tuple(_notes(about, panels, others))
    with settings.settled():
        words = Words(
            title,
            (subjects.under(about, [row for row in about.rows if row.number in counted]),),
            tuple(keys(about, marks)),
            notes,
            subjects.stamp(about),
        )
        sheet = chart(about, panels, words)
    return Plot(
        kind="sessions", figure=sheet.figure, data=tidy(COLUMNS, marks, case), title=title, note="\n".join(notes)
    )


def _chosen(about: Subject) -> tuple[tuple[str, ...], int]:
    """Return the accounts with a panel, those with the most rows first, and how many accounts have none."""
    if about.account:
        return (about.account,), 0
    accounts = Accounts(about.rows)
    rows = Counter(accounts.key(row.login.account) for row in about.rows)
    ranked = sorted(accounts.keys, key=lambda key: -rows[key])
    return tuple(ranked[:_MOST_ACCOUNTS]), len(ranked[_MOST_ACCOUNTS:])


def _panel(about: Subject, found: History, *, most: int) -> Panel:
    entries = [entry for entry in found.entries if entry.counted]
    names, kept = _lanes(about, found, entries, most)
    order = sorted(dict.fromkeys(names.values()), key=lambda name: name not in kept)
    session_of = {row: session.number for session in found.sessions for row in session.rows}
    account = inert(found.account) or about.say("アカウント不明", "no account")
    logins = [
        {
            "mark": "login",
            "account": account,
            "session": session_of[entry.row],
            "row": entry.row,
            "rows": 1,
            "utc": entry.utc,
            "jst": entry.utc,
            "lane": order.index(names[entry.row]) + 1,
            "lane_name": names[entry.row],
            "address": entry.address,
            "block": entry.block,
            "change": _change(entries[n - 1] if n else None, entry),
        }
        for n, entry in enumerate(entries)
    ]
    return Panel(account, found, (*_sessions(found, account), *logins), tuple(order))


def _sessions(found: History, account: str) -> Iterator[Mark]:
    """Yield each session; where they are many, bars of how many began."""
    if len(found.sessions) <= _MOST_SESSIONS:
        for session in found.sessions:
            when = {"utc": session.start, "jst": session.start, "until_utc": session.end}
            counts = {"sessions": 1, "rows": len(session.rows), "addresses": len(session.addresses)}
            yield {"mark": "session", "account": account, "session": session.number, **when, **counts}
        return
    step = bin_step([session.start for session in found.sessions])
    bars: dict[datetime, list[Session]] = {}
    for session in found.sessions:
        bars.setdefault(bin_start(session.start, step), []).append(session)
    for start, some in sorted(bars.items()):
        when = {"utc": start, "jst": start, "until_utc": start + step}
        counts = {"sessions": len(some), "rows": sum(len(one.rows) for one in some)}
        addresses = len({address for one in some for address in one.addresses})
        yield {"mark": "bar", "account": account, **when, **counts, "addresses": addresses}


def _change(before: Entry | None, entry: Entry) -> str:
    if before is None:
        return "first"
    if before.address == entry.address:
        return "same"
    if not settled(before, entry):
        return "unsettled"
    return "address" if before.block == entry.block else "block"


def _lanes(
    about: Subject, found: History, entries: Sequence[Entry], most: int
) -> tuple[dict[int, str], frozenset[str]]:
    """Return the name of the lane of each row, and the names that stand for themselves.

    A lane is a block; a line where blocks are too many; and where lines are, the rest of them share the last lane.
    """
    labels = {line.key: line.label.pick(about.lang) for line in found.lines}
    blocks = {entry.row: f"{entry.block} {labels[entry.line]}" for entry in entries}
    lines = {entry.row: labels[entry.line] for entry in entries}
    for names in (blocks, lines):
        if len(set(names.values())) <= most:
            return names, frozenset(names.values())
    counts = Counter(lines.values())
    kept = frozenset(name for name, _ in counts.most_common(most - 1))
    rest = f"{len(counts) - len(kept):,}"
    others = about.say(f"その他 {rest}回線", f"{rest} other lines")
    return {row: name if name in kept else others for row, name in lines.items()}, kept


def _notes(about: Subject, panels: Sequence[Panel], others: int) -> Iterator[str]:
    for panel in panels:
        yield from _churn(about, panel)
    minutes = panels[0].found.rules.session_gap_minutes if panels else 30
    yield about.say(
        f"セッションは{minutes}分を超える間隔で区切った（この道具の選択であり、法令や判例の基準ではない）。最初と最後の記録の"
        "間であって、接続していた時間ではない。",
        f"A pause longer than {minutes} minutes begins another session (this tool's own choice, no rule of law). A "
        "session is from its first row to its last, not how long anybody was connected.",
    )
    yield about.say(
        "ブロックはIPv4の/24、IPv6の/64。同じブロックは同じ契約者を意味せず、別のブロックは別の人を意味しない。",
        "Blocks are /24 (IPv4) and /64 (IPv6). One block is not one subscriber, and another block not another person.",
    )
    if others:
        yield about.say(
            f"アカウントが多いため、件数の多い{len(panels)}件だけを描いた。ほか{others:,}件は一つずつ指定する。",
            f"Only the {len(panels)} accounts with the most rows are drawn; name one of the {others:,} others.",
        )
    yield from subjects.left_out(about, _reasons(about, panels))


def _churn(about: Subject, panel: Panel) -> Iterator[str]:
    found, whole = panel.found, next((one for one in panel.found.churn if not one.line), None)
    if whole is None:
        return
    many = len(found.sessions)
    pairs = about.say(
        f"。続く2件の組{whole.pairs:,}のうち、同じアドレス{whole.same:,}、変わった{whole.changed:,}"
        f"（うち別のブロック{whole.other_block:,}）、前後が定まらない{whole.unsettled:,}。",
        f". Of {whole.pairs:,} pairs of consecutive logins {whole.same:,} had the same address, {whole.changed:,} "
        f"another ({whole.other_block:,} in another block), {whole.unsettled:,} are too coarse in time to say.",
    )
    said = about.say(f"セッション{many:,}", f"{many:,} session{'s' * (many != 1)}")
    yield f"{subjects.short(panel.account)}: {said}{pairs if whole.pairs else about.say('。', '.')}"


def _reasons(about: Subject, panels: Iterable[Panel]) -> list[tuple[int, str, str]]:
    drawn = [panel.found.tally for panel in panels]
    elsewhere = len(about.rows) - sum(one.ok + one.review for one in drawn)
    return [
        (sum(one.apart for one in drawn), "要確認", "to be reviewed"),
        (sum(one.no_time for one in drawn), "時刻なし", "without a time"),
        (sum(one.day_precision for one in drawn), "日付だけの記載", "written as a date alone"),
        (elsewhere, "図にないアカウント", "of accounts not drawn"),
    ]
