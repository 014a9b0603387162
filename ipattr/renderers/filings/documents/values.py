"""The values that an office's own Word file may name, under Japanese and ASCII names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.filings.blocks import Column, Table
from ipattr.renderers.filings.documents.calculation import judged
from ipattr.renderers.filings.documents.connections import candidate_lists, destination, nearest_posts, post_table
from ipattr.renderers.filings.documents.draft import drafts, operator_name, platform_name
from ipattr.renderers.filings.documents.evidence import evidence_table
from ipattr.renderers.filings.documents.notes import about
from ipattr.renderers.filings.documents.pen import BLANK, NOT_GIVEN, UNKNOWN
from ipattr.renderers.filings.documents.words import address_of, other_names, services
from ipattr.renderers.filings.material import inputs, stamp, stamp_line
from ipattr.renderers.filings.placeholders import Placeholders
from ipattr.renderers.words import KIND, figure, word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.renderers.filings.documents.addressees import Addressee, Claim
    from ipattr.renderers.filings.documents.draft import Draft
    from ipattr.renderers.filings.material import Material, Wish

ASCII_TEXTS = {
    "addressee.name": "請求先.名称",
    "addressee.address": "請求先.住所",
    "addressee.representative": "請求先.代表者",
    "addressee.other_names": "請求先.旧名称",
    "as_of": "基準日",
    "dated": "作成日",
    "count": "件数",
    "count.sole": "件数.単独",
    "count.shared": "件数.複数候補",
    "earliest_expiry": "最短満了日",
    "act_by": "対応期限",
    "journal_head": "記録の先端",
    "data_version": "データ版",
    "tool": "作成",
    "rows_read": "入力の行数",
    "platform.name": "サイト.名称",
    "platform.operator": "サイト.運営者",
    "destination_term": "接続先の呼称",
    "candidates.text": "候補一覧.本文",
    "stamp": "作成の条件",
}
"""Each ASCII name with the Japanese one that it stands for."""
ASCII_TABLES = {
    "connections": "接続一覧",
    "notes": "接続の注",
    "candidates": "候補一覧",
    "posts": "投稿一覧",
    "exhibits": "証拠一覧",
    "calculation": "保存期間計算",
    "inputs": "入力一覧",
}


def placeholders(material: Material, wish: Wish, addressee: Addressee) -> Placeholders:
    """Return every value for one addressee; what nobody knows is ●, what is not on record 不明."""
    (draft,) = drafts(material, wish, (addressee,))
    texts, tables = _texts(draft), _tables(draft)
    texts |= {alias: texts[name] for alias, name in ASCII_TEXTS.items()}
    tables |= {alias: tables[name] for alias, name in ASCII_TABLES.items()}
    return Placeholders(texts=texts, tables=tables)


def _texts(draft: Draft) -> dict[str, str]:
    pen, addressee, material = draft.pen, draft.addressee, draft.material
    stamped = dict(stamp(material, "ja"))
    return {
        "請求先.名称": addressee.name,
        "請求先.住所": address_of(addressee),
        "請求先.代表者": BLANK,
        "請求先.旧名称": "、".join(other_names(addressee)) or "収録なし",
        "基準日": pen.day(draft.case.as_of),
        "作成日": pen.day(draft.wish.dated),
        "件数": str(len(addressee.rows)),
        "件数.単独": str(len(addressee.sole)),
        "件数.複数候補": str(len(addressee.shared)),
        "最短満了日": pen.day(addressee.earliest),
        "対応期限": pen.day(addressee.act_by),
        "記録の先端": stamped["記録の先端"],
        "データ版": stamped["データ版"],
        "作成": stamped["作成"],
        "入力の行数": stamped["入力の行数"],
        "サイト.名称": platform_name(material),
        "サイト.運営者": operator_name(material),
        "接続先の呼称": draft.term,
        "候補一覧.本文": "\n".join(_lists_as_text(draft)) or "なし",
        "作成の条件": stamp_line(material, "ja"),
    }


def _lists_as_text(draft: Draft) -> Iterator[str]:
    for block in candidate_lists(draft):
        if isinstance(block, Table):
            yield from ("　".join(filter(None, row)) for row in block.rows)
        else:
            yield getattr(block, "text", "")


def _tables(draft: Draft) -> dict[str, Table]:
    return {
        "接続一覧": _connections(draft),
        "接続の注": _notes(draft),
        "候補一覧": _candidates(draft),
        "投稿一覧": post_table(draft, nearest_posts(draft)),
        "証拠一覧": evidence_table(draft),
        "保存期間計算": _calculation(draft),
        "入力一覧": Table(
            (Column("ファイル", 40), Column("SHA-256", 80, mono=True), Column("行数", 20)),
            tuple(inputs(draft.material)),
        ),
    }


def _connections(draft: Draft) -> Table:
    """Return one row per login with a cell for each fact; the headings never change."""
    columns = (
        Column("番号", 10, "right"),
        Column("接続日時（日本時間）", 32),
        Column("接続日時（協定世界時）", 32),
        Column("接続元IPアドレス", 36),
        Column("接続元ポート番号", 18),
        Column("接続先IPアドレス", 22),
        Column("備考", 14),
    )
    return Table(columns, tuple(_connection(draft, claim) for claim in draft.addressee.claims))


def _connection(draft: Draft, claim: Claim) -> tuple[str, ...]:
    login, pen = claim.view.login, draft.pen
    jst, utc = (
        (pen.moment(login.instant, "JST"), pen.moment(login.instant, "UTC"))
        if login.instant is not None
        else (BLANK, BLANK)
    )
    kind = "" if login.kind == "login" else word(KIND, login.kind, "ja")
    return str(claim.number), jst, utc, pen.source(login), pen.port(login), destination(draft, claim), kind


def _notes(draft: Draft) -> Table:
    """Return what the office must see of each connection: not for what is filed."""
    rows = ((claim.number, text) for claim in draft.addressee.claims for text in about(claim, draft.addressee.name))
    return Table((Column("番号", 12, "right"), Column("注", 148)), tuple((str(number), text) for number, text in rows))


def _candidates(draft: Draft) -> Table:
    rows = [
        (
            entry.name,
            str(number),
            draft.pen.target(one.address),
            "接続より後にのみ観測" if one.relation == "after" else "",
            one.shared,
        )
        for entry in draft.lists
        for number, one in enumerate(entry.candidates, start=1)
    ]
    columns = (
        Column("一覧", 24),
        Column("番号", 12, "right"),
        Column("接続先IPアドレス", 54),
        Column("付記", 40),
        Column("共用", 30),
    )
    return Table(columns, tuple(rows))


def _calculation(draft: Draft) -> Table:
    columns = (
        Column("番号", 10, "right"),
        Column("接続日", 28),
        Column("公表された期間", 30),
        Column("最短の満了日", 28),
        Column("最長の満了日", 28),
        Column("対応期限", 28),
        Column("判定", 20),
    )
    return Table(columns, tuple(_calculated(draft, claim) for claim in draft.addressee.claims))


def _calculated(draft: Draft, claim: Claim) -> tuple[str, ...]:
    pen, found = draft.pen, claim.standing
    lengths = list(dict.fromkeys(figure(entry, "ja") for entry in found.expiries))
    lengths += [f"{services([party])}は{UNKNOWN}" if services([party]) else UNKNOWN for party in found.unknown]
    return (
        str(claim.number),
        pen.day(found.connected_on),
        "、".join(lengths) or NOT_GIVEN,
        pen.day(found.earliest),
        pen.day(found.latest),
        pen.day(found.act_by),
        judged(draft, claim),
    )
