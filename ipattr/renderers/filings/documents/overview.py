"""一覧: for the office, everything that the sets of the addressees leave out, and what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.exhibits import facts
from ipattr.renderers.exhibits.received import CLOSE, OPEN
from ipattr.renderers.filings.blocks import Column, Document, Heading, Paragraph, Section, Table
from ipattr.renderers.filings.documents.longtexts import long_texts
from ipattr.renderers.filings.documents.naming import OVERVIEW, name_of
from ipattr.renderers.filings.documents.notes import grave
from ipattr.renderers.filings.documents.origins import input_table, stamp_table
from ipattr.renderers.filings.documents.pen import (
    NOT_GIVEN,
    UNKNOWN,
    in_lines,
    pen_of,
    shown,
    shown_lines,
)
from ipattr.renderers.filings.documents.words import WORKDAY_PASSED, marked, other_parties
from ipattr.renderers.filings.material import stamp_line
from ipattr.renderers.layout import inert
from ipattr.renderers.view import clock, views
from ipattr.renderers.words import ATTRIBUTION, CATEGORY, DEADLINE, LEVEL, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from ipattr.model import Pending, Reject
    from ipattr.renderers.filings.blocks import Block
    from ipattr.renderers.filings.documents.addressees import Addressee
    from ipattr.renderers.filings.documents.pen import Pen
    from ipattr.renderers.filings.material import Material, Wish
    from ipattr.renderers.view import View

_WIDTH = 44
_LINES = 24


def overview(material: Material, wish: Wish, every: Sequence[Addressee], chosen: Sequence[Addressee]) -> Document:
    """Return the overview; ``every`` are all addressees of the case, ``chosen`` those with a set of documents."""
    stem, title = name_of(OVERVIEW)
    sections = (
        Section((Heading("一覧", 1), *_addressees(material, wish, every, chosen))),
        Section(tuple(_logins(material, wish, every))),
        Section((*_unaddressed(material, every), *_unread(material), *_remarks(material))),
        Section(tuple(_ranking(material))),
        Section((*_basis(material, every), *long_texts(material))),
    )
    return Document(OVERVIEW, "", stem, title, sections, stamp_line(material, "ja"), landscape=True)


def _addressees(
    material: Material, wish: Wish, every: Sequence[Addressee], chosen: Sequence[Addressee]
) -> Iterator[Block]:
    pen = pen_of(wish)
    yield stamp_table(material)
    yield Heading("１　請求先", 2)
    yield Paragraph(
        "急ぐものから順に並べた。期限は、まだ残っている可能性のある記録のうち最も早いものによる"
        "（根拠は各請求先の保存期間計算書）。"
    )
    columns = (
        Column("番号", 10, "right"),
        Column("名称", 50),
        Column("接続の件数", 16, "right"),
        Column("うち単独", 14, "right"),
        Column("うち複数候補", 16, "right"),
        Column("No.", 50),
        Column("最短の満了日", 33),
        Column("対応期限", 36),
        Column("判定", 22),
    )
    rows = [row for addressee in every for row in _addressee(pen, addressee, material.case.as_of)]
    yield Table(columns, tuple(rows)) if rows else Paragraph("請求先となる者は見つかっていない。")
    left = [addressee for addressee in every if addressee not in chosen]
    if left:
        names = "、".join(f"{addressee.number}　{addressee.name}" for addressee in left)
        yield Paragraph(f"書面を作成しなかった請求先（作成時の指定による）：{names}")


def _addressee(pen: Pen, addressee: Addressee, as_of: date) -> Iterator[tuple[str, ...]]:
    """Yield one line; the numbers of many logins go on in further lines, for no row may fill a page."""
    pieces = list(in_lines(addressee.rows, _WIDTH))
    first, *others = ["\n".join(pieces[at : at + _LINES]) for at in range(0, len(pieces), _LINES)]
    yield (
        str(addressee.number),
        addressee.name,
        str(len(addressee.rows)),
        str(len(addressee.sole)),
        str(len(addressee.shared)),
        first,
        pen.workday(addressee.earliest),
        pen.workday(addressee.act_by),
        _state(addressee, as_of),
    )
    for part in others:
        yield (str(addressee.number), f"{addressee.name}（続き）", "", "", "", part, "", "", "")


def _state(addressee: Addressee, as_of: date) -> str:
    """Return the state of the logs of an addressee in a word."""
    act_by, earliest = addressee.act_by, addressee.earliest
    if act_by is not None and earliest is not None and act_by < as_of <= earliest:
        return WORKDAY_PASSED
    return word(DEADLINE, addressee.status, "ja")


def _when(view: View) -> str:
    instant = view.login.instant
    return f"{clock(instant.utc, instant.precision, zone='JST')}" if instant is not None else UNKNOWN


def _logins(material: Material, wish: Wish, every: Sequence[Addressee]) -> Iterator[Block]:
    """Yield every login once with the numbers of its addressees."""
    pen = pen_of(wish)
    numbers: dict[int, list[str]] = {}
    for addressee in every:
        for row in addressee.rows:
            numbers.setdefault(row, []).append(str(addressee.number))
    yield Heading("２　すべての接続", 2)
    columns = (
        Column("No.", 14, "right"),
        Column("接続日時（日本時間）", 42),
        Column("接続元IPアドレス", 50),
        Column("ポート", 14, "right"),
        Column("アカウント", 36),
        Column("判定", 32),
        Column("請求先の番号", 18),
        Column("最短の満了日", 31),
        Column("記録の状態", 20),
    )
    yield Table(
        columns,
        tuple(
            (
                str(view.row.number),
                _when(view),
                view.login.address.text,
                str(view.login.port) if view.login.port is not None else NOT_GIVEN,
                pen.account(view.login.account),
                word(ATTRIBUTION, view.attribution.status, "ja"),
                "、".join(numbers.get(view.row.number, ())) or "なし",
                NOT_GIVEN if view.deadline.status == "not-applicable" else pen.workday(view.deadline.earliest),
                word(DEADLINE, view.deadline.status, "ja"),
            )
            for view in views(material.case)
        ),
    )


def _unaddressed(material: Material, every: Sequence[Addressee]) -> Iterator[Block]:
    addressed = {row for addressee in every for row in addressee.rows}
    left = [view for view in views(material.case) if view.row.number not in addressed]
    yield Heading("３　請求先のない接続", 2)
    if not left:
        yield Paragraph("なし。")
        return
    columns = (
        Column("No.", 14, "right"),
        Column("接続日時（日本時間）", 38),
        Column("接続元IPアドレス", 42),
        Column("理由", 82),
        Column("次にすること", 71),
    )
    rows = tuple(
        (
            str(view.row.number),
            _when(view),
            view.login.address.text,
            _reason(view),
            inert(view.attribution.next_step.ja),
        )
        for view in left
    )
    yield Table(columns, rows)


def _reason(view: View) -> str:
    found = view.attribution
    status = word(ATTRIBUTION, found.status, "ja")
    if found.category and found.status != "special-purpose":
        kinds = [word(CATEGORY, one.strip(), "ja") for one in found.category.split("/")]
        status = f"{status}（{'・'.join(kinds)}）"
    who = other_parties(found.alternatives)
    return f"{status}。" + (f"{who}。" if who else "") + inert(found.explanation.ja)


def _unread(material: Material) -> Iterator[Block]:
    case = material.case
    yield Heading("４　不採用の行、修復の採否待ちの行", 2)
    yield Paragraph(f"不採用{len(case.rejects)}件、修復の採否待ち{len(case.pending)}件。これらの行には判定がない。")
    if case.rejects:
        yield _raw_table("不採用の行", case.rejects)
    if case.pending:
        yield _raw_table("修復の採否待ちの行", case.pending)


def _raw_table(caption: str, entries: Iterable[Reject | Pending]) -> Table:
    columns = (
        Column("ファイル", 38),
        Column("行", 14, "right"),
        Column("欄", 26),
        Column("原本の記載", 84),
        Column("理由", 85),
    )
    rows = []
    for entry in entries:
        proposed = [f"{repair.raw} → {repair.proposed}" for repair in getattr(entry, "repairs", ())]
        reason = shown(entry.reason.ja) + "".join(f"\n案：{shown(text)}" for text in proposed)
        rows.append(
            (shown(entry.file), str(entry.row), shown(entry.column) or "行全体", shown_lines(entry.raw), reason)
        )
    return Table(columns, tuple(rows), caption=caption)


def _remarks(material: Material) -> Iterator[Block]:
    """Yield every warning and error, equal ones once with all their rows."""
    yield Heading("５　警告及び誤り", 2)
    found: dict[tuple[str, str, str], list[int]] = {}
    for finding in material.case.findings:
        if finding.level in {"warning", "error"}:
            found.setdefault((finding.code, word(LEVEL, finding.level, "ja"), finding.message.ja), [])
    for view in views(material.case):
        for code, level, text in grave(view):
            found.setdefault((code, level, text), []).append(view.row.number)
    if not found:
        yield Paragraph("なし。")
        return
    columns = (Column("符号", 22), Column("程度", 16), Column("No.", 54), Column("内容", 155))
    rows = []
    for (code, level, text), about in found.items():
        pieces = list(in_lines(about, _WIDTH)) if about else ["全体"]
        rows += [
            (code, level, "\n".join(pieces[at : at + _LINES]), shown(text)) for at in range(0, len(pieces), _LINES)
        ]
    yield Table(columns, tuple(rows))


def _ranking(material: Material) -> Iterator[Block]:
    yield Heading("６　追及の順位", 2)
    if not material.ranking:
        yield Paragraph("順位は計算されていない。")
        return
    yield Paragraph(
        "投稿との近さ、検索の可否、残日数の三つの係数の積による。積は順に並べるための数で、確率ではない。下位のものも外していない。"
    )
    columns = (
        Column("順位", 12, "right"),
        Column("No.", 12, "right"),
        Column("積", 20),
        Column("近さ", 66),
        Column("検索の可否", 66),
        Column("残日数", 66),
    )
    rows = []
    for entry in material.ranking:
        told = {factor.id: f"{factor.value}\n{shown(factor.text.ja)}" for factor in entry.factors}
        cells = (told.get(one, NOT_GIVEN) for one in ("nearness", "searchability", "days-left"))
        rows.append((str(entry.place), str(entry.row), entry.product, *cells))
    yield Table(columns, tuple(rows))


def _basis(material: Material, every: Sequence[Addressee]) -> Iterator[Block]:
    yield Heading("７　入力及び登録情報の回答", 2)
    yield input_table(material)
    if not material.exhibits:
        yield Paragraph("登録情報（WHOIS・RDAP）の回答は、この事件に保存されていない。")
        return
    columns = (
        Column("保存名", 44),
        Column("内容", 66),
        Column("受信（日本時間）", 38),
        Column("SHA-256", 56, mono=True),
        Column("No.", 25),
        Column("書証とした請求先", 18),
    )
    rows = []
    for exhibit in material.exhibits:
        exchange = exhibit.answer.exchange
        whose = [str(one.number) for one in every if set(one.rows).intersection(exhibit.rows)]
        rows.append(
            (
                shown(exhibit.answer.name),
                shown(marked(facts.title(exhibit.answer, "ja"), (OPEN, CLOSE))),
                clock(exchange.received, "s", zone="JST"),
                exchange.sha256,
                "\n".join(list(in_lines(exhibit.rows, 20))[:_LINES]) or NOT_GIVEN,
                "、".join(whose) or "なし",
            )
        )
    yield Table(columns, tuple(rows), caption="登録情報の回答")
