"""保存期間計算書: each published figure, applied to each connection, under every reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.instants import last_working_day
from ipattr.renderers.filings.blocks import Column, Document, Heading, Paragraph, Section, Table
from ipattr.renderers.filings.documents.naming import name_of
from ipattr.renderers.filings.documents.pen import NOT_GIVEN, UNKNOWN, cited, rows_of
from ipattr.renderers.filings.documents.words import SERVICE, WORKDAY_PASSED, services
from ipattr.renderers.filings.material import stamp_line
from ipattr.renderers.words import CONFIDENCE, DEADLINE, figure, word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import Expiry, RetentionPolicy
    from ipattr.renderers.filings.blocks import Block
    from ipattr.renderers.filings.documents.addressees import Claim
    from ipattr.renderers.filings.documents.draft import Draft

_SIGNS = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワ"
RULES = (
    "期間は、接続のあった日（日本時間の日付）を算入せずに数える（民法140条本文）。",
    (
        "日で定めた期間は日数を数える。月又は年で定めた期間は暦に従って数え（民法143条）、最後の月の、接続日と同じ日付の日を満了日とした。"
        "その月に同じ日付がないときは末日を満了日とし、余りの日数を翌月に繰り越して数えた日を併せて示した。"
        "接続日が月の末日であるときは、翌月の初日から起算して最後の月の末日に満了するとの読みもある。"
        "いずれも早い方の日によった。93日と3か月とは同じ長さではない。"
    ),
    (
        "記録は満了日の終了をもって消去されたものとみる（民法141条）。満了日が日曜日その他の休日であっても消去は行われ得るから、"
        "満了日を翌日に繰り下げること（民法142条）はしない。"
    ),
    "対応期限は、満了日以前の最後の執務日（土曜日、日曜日、国民の祝日及び12月29日から1月3日までを除く日）とした。",
    (
        "以上は、公表された数値を民法の期間の計算に当てはめたものであり、相手方の設備がこのとおりに消去することを示すものではない。"
        "接続の時刻からの経過時間により消去する設備では、満了日の途中で消去される。"
    ),
)


class Figured(NamedTuple):
    """One figure with the sign that the calculation refers to it by."""

    sign: str
    entry: Expiry


def calculation(draft: Draft) -> Document:
    """Return the calculation for one addressee."""
    stem, title = name_of("calculation", draft.addressee)
    sections = (Section(tuple(blocks(draft))),)
    footer = stamp_line(draft.material, "ja")
    return Document("calculation", draft.addressee.folder, stem, title, sections, footer)


def blocks(draft: Draft) -> Iterator[Block]:
    """Yield the calculation: what was counted, by which figures, to which days, and by which rules."""
    yield Heading("保存期間計算書", 1)
    yield Paragraph(f"相手方　{draft.addressee.name}")
    yield Paragraph(f"基準日　{draft.pen.day(draft.case.as_of)}")
    figures = _figures(draft)
    yield Heading("１　用いた数値", 2)
    if figures:
        yield figure_table(draft, figures)
    else:
        yield Paragraph("この相手方の保存期間について、公表された数値は収録されていない。")
    yield from _unknown(draft)
    yield Heading("２　接続ごとの計算", 2)
    yield day_table(draft, figures)
    yield Heading("３　接続ごとの結論", 2)
    yield result_table(draft)
    yield Heading("４　計算の方法", 2)
    for number, rule in enumerate(RULES, start=1):
        yield Paragraph(f"({number})　{rule}")
    yield from _uncovered(draft)


def _figures(draft: Draft) -> dict[tuple[str, RetentionPolicy], Figured]:
    """Return every figure of this addressee that was applied to a login, in the order of first use."""
    found: dict[tuple[str, RetentionPolicy], Figured] = {}
    for claim in draft.addressee.claims:
        for entry in claim.standing.expiries:
            key = (entry.provider, entry.policy)
            if key not in found:
                found[key] = Figured(_sign(len(found)), entry)
    return found


def _sign(position: int) -> str:
    turn, at = divmod(position, len(_SIGNS))
    return _SIGNS[at] + (str(turn + 1) if turn else "")


def figure_table(draft: Draft, figures: dict[tuple[str, RetentionPolicy], Figured]) -> Table:
    """Return each figure in the unit as published, with source, date and confidence."""
    citations = draft.material.facts.citations
    rows = tuple(
        (
            one.sign,
            _meant(draft, one.entry),
            figure(one.entry, "ja"),
            cited(one.entry.policy.source, one.entry.policy.as_of, citations),
            word(CONFIDENCE, one.entry.policy.confidence, "ja"),
        )
        for one in figures.values()
    )
    return Table(
        (
            Column("符号", 11),
            Column("対象", 40),
            Column("公表された期間", 24),
            Column("出典（公表日）", 71),
            Column("確度", 14),
        ),
        rows,
    )


def _meant(draft: Draft, entry: Expiry) -> str:
    """Name the service that a figure is about."""
    parties = [p for claim in draft.addressee.claims for p in claim.parties if p.provider == entry.provider]
    service = entry.policy.service
    kind = SERVICE.get(service, service)
    name = services(parties) or draft.addressee.name
    return f"{name}（{kind}）" if kind and kind not in name else name


def day_table(draft: Draft, figures: dict[tuple[str, RetentionPolicy], Figured]) -> Table:
    """Return what each figure gives for each connection, figures that give the same days together."""
    columns = (
        Column("No.", 10, "right"),
        Column("接続日（日本時間）", 33),
        Column("符号", 25),
        Column("満了日", 39),
        Column("最後の執務日", 39),
        Column("残日数", 14, "right"),
    )
    return Table(columns, tuple(row for claim in draft.addressee.claims for row in _days(draft, claim, figures)))


def _days(draft: Draft, claim: Claim, figures: dict[tuple[str, RetentionPolicy], Figured]) -> Iterator[tuple[str, ...]]:
    pen, found = draft.pen, claim.standing
    start = (str(claim.number), pen.day(found.connected_on))
    alike: dict[tuple[object, ...], list[Expiry]] = {}
    for entry in found.expiries:
        alike.setdefault((entry.readings, entry.policy.bound), []).append(entry)
    for entries in alike.values():
        entry = entries[0]
        signs = "、".join(figures[one.provider, one.policy].sign for one in entries)
        act_by, _ = last_working_day(entry.expires_on, draft.material.facts.calendar)
        yield (*start, signs, _readings(draft, entry), pen.workday(act_by), str((act_by - draft.case.as_of).days))
    for party in found.unknown:
        yield (*start, f"{services([party]) or NOT_GIVEN}", UNKNOWN, UNKNOWN, UNKNOWN)
    if found.connected_on is None:
        yield (*start, NOT_GIVEN, UNKNOWN, UNKNOWN, UNKNOWN)


def _readings(draft: Draft, entry: Expiry) -> str:
    more = "以後" if entry.policy.bound == "at-least" else ""
    told = [f"{draft.pen.workday(entry.expires_on)}{more}"]
    told += [f"又は{draft.pen.workday(day)}{more}" for day in entry.readings if day != entry.expires_on]
    return "\n".join(told)


def result_table(draft: Draft) -> Table:
    """Return shortest, longest, the day to act by and what that means on the as-of date, per connection."""
    columns = (
        Column("No.", 10, "right"),
        Column("最短の満了日", 36),
        Column("最長の満了日", 36),
        Column("対応期限", 36),
        Column("残日数", 14, "right"),
        Column("基準日における判定", 28),
    )
    return Table(columns, tuple(_result(draft, claim) for claim in draft.addressee.claims))


def _result(draft: Draft, claim: Claim) -> tuple[str, ...]:
    pen, found = draft.pen, claim.standing
    longest = pen.workday(found.latest)
    if found.unknown and found.latest is not None:
        longest = f"{longest}\n（数値のないサービスを除く）"
    left = UNKNOWN if found.days_left is None else str(found.days_left)
    return (
        str(claim.number),
        pen.workday(found.earliest),
        longest,
        pen.workday(found.act_by),
        left,
        judged(draft, claim),
    )


def judged(draft: Draft, claim: Claim) -> str:
    """Return the verdict on the log of one connection on the as-of date, in a word."""
    found, as_of = claim.standing, draft.case.as_of
    if found.act_by is not None and found.earliest is not None and found.act_by < as_of <= found.earliest:
        return WORKDAY_PASSED
    return word(DEADLINE, found.status, "ja")


def _unknown(draft: Draft) -> Iterator[Block]:
    """Say for which services nothing is known, whom to ask, and what is generally reported instead."""
    by_service: dict[str, list[int]] = {}
    practice: dict[str, list[int]] = {}
    for claim in draft.addressee.claims:
        if claim.standing.unknown:
            by_service.setdefault(services(claim.standing.unknown), []).append(claim.number)
        if claim.standing.practice is not None:
            told = claim.standing.practice
            where = "、".join(cited(code, "", draft.material.facts.citations) for code in told.sources)
            practice.setdefault(f"{told.text.ja}出典：{where}。", []).append(claim.number)
    for service, rows in by_service.items():
        meant = f"の{service}" if service and service not in draft.addressee.name else ""
        yield Paragraph(
            f"{rows_of(rows)}：{draft.addressee.name}{meant}の保存期間は不明である（公表された数値を確認できない）。"
            "相手方に、保存の有無及び期間を照会する。"
        )
    for text, rows in practice.items():
        yield Paragraph(f"{rows_of(rows)}（参考）：{text}この数値は計算に用いていない。", style="note")


def _uncovered(draft: Draft) -> Iterator[Block]:
    rows = [claim.number for claim in draft.addressee.claims if not claim.standing.covered]
    if rows:
        calendar = draft.material.facts.calendar
        yield Paragraph(
            f"{rows_of(rows)}：国民の祝日の表の範囲（{draft.pen.day(calendar.covers_from)}から"
            f"{draft.pen.day(calendar.covers_until)}まで）の外にあるため、土曜日、日曜日及び年末年始だけを除いた。",
            style="note",
        )
