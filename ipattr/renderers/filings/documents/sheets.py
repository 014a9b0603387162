"""情報提供事項一覧: what the addressee's window asks for, in its own words, against what we hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.renderers.filings.blocks import Column, Document, Heading, Paragraph, Section, Table
from ipattr.renderers.filings.documents.connections import both_times, candidate_lists, legend
from ipattr.renderers.filings.documents.naming import name_of
from ipattr.renderers.filings.documents.pen import BLANK, NOT_GIVEN, UNKNOWN, cited, rows_of
from ipattr.renderers.filings.documents.words import LABEL, SERVICE, services
from ipattr.renderers.filings.material import stamp_line
from ipattr.renderers.words import CONFIDENCE, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.model import InformationSheet, KeyItem, KeyOption, ProcedureNote, SheetItem
    from ipattr.renderers.filings.blocks import Block
    from ipattr.renderers.filings.documents.addressees import Claim
    from ipattr.renderers.filings.documents.draft import Draft

_REQUIRED = {"yes": "必須", "one-of": "いずれか必須", "no": "任意", "unknown": "要否は不明"}
_GENERAL: tuple[KeyItem, ...] = ("source-ip", "time", "source-port", "destination-ip")
_PRECISION = {"ms": "ミリ秒", "s": "秒", "min": "分", "day": "日"}


class Asked(NamedTuple):
    """One column of a form: its words, the item of the log, and whether it must be filled."""

    label: str
    item: KeyItem
    required: str


def information_sheet(draft: Draft) -> Document:
    """Return the sheet: a part per window, one for the logins of no known window, and the candidate lists."""
    stem, title = name_of("information-sheet", draft.addressee)
    sections = tuple(Section(tuple(blocks)) for blocks in _parts(draft))
    footer = stamp_line(draft.material, "ja")
    kind = "information-sheet"
    return Document(kind, draft.addressee.folder, stem, title, sections, footer, landscape=True)


def windows(draft: Draft) -> tuple[tuple[InformationSheet | None, tuple[Claim, ...]], ...]:
    """Return the sheet of each window with the logins it is for; None for those of no window on record."""
    left = list(draft.addressee.claims)
    found: list[tuple[InformationSheet | None, tuple[Claim, ...]]] = []
    for sheet in draft.material.facts.sheets:
        claims = [c for c in draft.addressee.claims if any(p.provider in sheet.providers for p in c.parties)]
        if claims:
            left = [claim for claim in left if claim not in claims]
            found.append((sheet, tuple(claims)))
    return (*found, (None, tuple(left))) if left else tuple(found)


def _parts(draft: Draft) -> Iterator[list[Block]]:
    every = windows(draft)
    for sheet, claims in every:
        yield list(_for_window(draft, sheet, claims))
    lists = list(candidate_lists(draft))
    if lists:
        yield [Heading(f"{draft.term}の候補", 1), *lists]


def about_sheet(draft: Draft) -> Iterator[Block]:
    """Yield what the office must know of the addressee's windows before it sends the sheet."""
    yield Heading("情報提供事項一覧について", 1)
    yield from _balance(draft)
    for sheet, _ in windows(draft):
        if sheet is not None:
            yield from _about_window(draft, sheet)
    yield from _rules(draft)


def _asked(sheet: InformationSheet | None) -> tuple[Asked, ...]:
    if sheet is None:
        return tuple(Asked(LABEL[item], item, "") for item in _GENERAL)
    return tuple(Asked(one.label.ja, one.item, _REQUIRED[one.required]) for one in sheet.items if one.item is not None)


def _for_window(draft: Draft, sheet: InformationSheet | None, claims: Sequence[Claim]) -> Iterator[Block]:
    """Yield what the window gets: the items under its own labels, ● where nothing is held."""
    yield Heading("情報提供事項一覧", 1)
    yield Paragraph(f"提出先　{draft.addressee.name}")
    yield Paragraph(f"作成日　{draft.pen.day(draft.wish.dated)}　　作成者　{BLANK}", align="right")
    yield Heading("１　接続ごとの事項", 2)
    yield item_table(draft, _asked(sheet), claims)
    yield Paragraph(legend(draft), style="note")
    hand = [one for one in sheet.items if one.item is None] if sheet is not None else []
    if hand:
        yield Heading("２　その他の事項", 2)
        yield _by_hand(hand)


def _about_window(draft: Draft, sheet: InformationSheet) -> Iterator[Block]:
    """Yield what the office must know of a window before it sends the sheet."""
    yield Heading(f"窓口についての注意事項：{sheet.title.ja}", 2)
    if sheet.time_zone or sheet.precision:
        zone = f"時間帯は{sheet.time_zone}" if sheet.time_zone else ""
        fine = f"精度は{_PRECISION.get(sheet.precision, sheet.precision)}まで" if sheet.precision else ""
        yield Paragraph(f"この窓口が求める日時の表記：{'、'.join(filter(None, (zone, fine)))}。")
    noted = [(one.label.ja, one.note.ja) for one in sheet.items if one.note is not None]
    if noted:
        yield Table((Column("事項", 60), Column("注記", 187)), tuple(noted))
    if sheet.remarks or sheet.reply is not None:
        yield _remarks(draft, sheet)
    sources = "、".join(cited(code, "", draft.material.facts.citations) for code in sheet.sources)
    yield Paragraph(f"出典：{sources or '収録なし'}。提出の前に、窓口の現在の案内を確かめること。", style="note")


def _by_hand(items: Sequence[SheetItem]) -> Table:
    return Table(
        (Column("事項", 90), Column("要否", 30), Column("記入", 127)),
        tuple((one.label.ja, _REQUIRED[one.required], BLANK) for one in items),
    )


def _remarks(draft: Draft, sheet: InformationSheet) -> Table:
    rows = [_remark(draft, note) for note in sheet.remarks]
    if sheet.reply is not None:
        reply = sheet.reply
        where = cited(reply.source, reply.as_of, draft.material.facts.citations)
        rows.append((f"回答までの期間：{reply.text}", where, word(CONFIDENCE, reply.confidence, "ja")))
    return Table((Column("内容", 150), Column("出典（日付）", 77), Column("確度", 20)), tuple(rows))


def _remark(draft: Draft, note: ProcedureNote) -> tuple[str, str, str]:
    where = cited(note.source, note.as_of, draft.material.facts.citations)
    return note.text.ja, where, word(CONFIDENCE, note.confidence, "ja")


def item_table(draft: Draft, asked: Sequence[Asked], claims: Sequence[Claim]) -> Table:
    """Return one row per login with the items under the window's own labels."""
    share = 235 // max(len(asked), 1)
    columns = [Column("No.", 12, "right")]
    columns += [Column(f"{one.label}\n（{one.required}）" if one.required else one.label, share) for one in asked]
    rows = tuple((str(claim.number), *(_value(draft, claim, one.item) for one in asked)) for claim in claims)
    return Table(tuple(columns), rows)


def _value(draft: Draft, claim: Claim, item: KeyItem) -> str:
    login = claim.view.login
    if item == "source-ip":
        return draft.pen.source(login)
    if item == "time":
        return both_times(draft, login.instant)
    if item == "source-port":
        return draft.pen.port(login) if login.port is not None else _absent(claim, item)
    if login.destination is not None:
        return draft.pen.target(login.destination.line)
    entry = draft.list_of.get(claim.number)
    return f"{BLANK}（開示なし。候補は{entry.name}）" if entry is not None else _absent(claim, item)


def _absent(claim: Claim, item: KeyItem) -> str:
    """Say of an item that no log gave whether it is missing: by every rule on record it may not be asked for."""
    sets = [option.needed for option in _options(claim)]
    spared = bool(sets) and all(sets) and not any(item in needed for any_of in sets for needed in any_of)
    return NOT_GIVEN if spared else f"{BLANK}（開示なし）"


def _options(claim: Claim) -> list[KeyOption]:
    ids = {party.provider for party in claim.parties}
    return [option for option in claim.view.search.options if option.provider in ids]


def _balance(draft: Draft) -> Iterator[Block]:
    """Yield what is held and what is missing, per login and kind of line."""
    yield Heading("保有する事項及び不足する事項", 2)
    columns = (Column("No.", 12, "right"), Column("保有", 75), Column("不足（回線の別ごと）", 160))
    rows = tuple((str(claim.number), _held(draft, claim), _missing(draft, claim)) for claim in draft.addressee.claims)
    yield Table(columns, rows)


def _held(draft: Draft, claim: Claim) -> str:
    held = "・".join(_label(draft, item) for item in claim.view.search.held)
    return f"{held}（{draft.term}は候補のみ）" if claim.number in draft.list_of else held


def _missing(draft: Draft, claim: Claim) -> str:
    """Say of each kind of line which sets of items it takes and what the nearest of them still lacks."""
    told: dict[str, dict[str, None]] = {}
    for option in _options(claim):
        told.setdefault(_lacking(draft, option, claim.view.search.held), {})[_line(claim, option)] = None
    if not told:
        return f"何を要するかは{UNKNOWN}。窓口に照会する。"
    if len(told) == 1:
        return next(iter(told))
    return "\n".join(f"{'、'.join(lines)}：{text}" for text, lines in told.items())


def _lacking(draft: Draft, option: KeyOption, held: Sequence[KeyItem]) -> str:
    if not option.needed:
        return f"何を要するかは{UNKNOWN}。窓口に照会する。"
    gaps = [tuple(item for item in needed if item not in held) for needed in option.needed]
    if not all(gaps):
        return "不足なし"
    return "不足 " + " 又は ".join(dict.fromkeys("・".join(_label(draft, item) for item in gap) for gap in gaps))


def _label(draft: Draft, item: KeyItem) -> str:
    return draft.term if item == "destination-ip" else LABEL[item]


def _rules(draft: Draft) -> Iterator[Block]:
    """Yield the rules on record about what finds a line, each once, with source and date."""
    found: dict[tuple[str, ...], list[int]] = {}
    for claim in draft.addressee.claims:
        for option in _options(claim):
            found.setdefault(_rule(draft, claim, option), []).append(claim.number)
    yield Heading("特定に要する事項として収録した資料", 2)
    if not found:
        yield Paragraph("収録なし。何を要するかを、窓口に照会する。")
        return
    columns = (
        Column("No.", 27),
        Column("回線の別", 38),
        Column("内容", 92),
        Column("前後の許容", 20),
        Column("出典（日付）", 54),
        Column("確度", 16),
    )
    yield Table(columns, tuple((rows_of(list(dict.fromkeys(rows))), *rule) for rule, rows in found.items()))
    yield Paragraph(f"「{NOT_GIVEN}」は、資料に記載がないことをいう。", style="note")


def _line(claim: Claim, option: KeyOption) -> str:
    """Name the kind of line that a rule is about."""
    brand = services([party for party in claim.parties if party.provider == option.provider])
    kind = SERVICE.get(option.service, option.service)
    return "・".join(dict.fromkeys(filter(None, (brand, kind)))) or NOT_GIVEN


def _rule(draft: Draft, claim: Claim, option: KeyOption) -> tuple[str, ...]:
    return (
        _line(claim, option),
        option.text.ja,
        f"{option.tolerance_seconds}秒" if option.tolerance_seconds is not None else NOT_GIVEN,
        cited(option.source, option.as_of, draft.material.facts.citations),
        word(CONFIDENCE, option.confidence, "ja"),
    )
