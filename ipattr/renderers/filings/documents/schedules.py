"""目録: 当事者目録, 発信者情報目録, 投稿記事目録; the same hidden in part; and what the office must know of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.filings.blocks import Column, Document, Heading, Paragraph, Section, Table
from ipattr.renderers.filings.documents.connections import (
    candidate_lists,
    connection_table,
    legend,
    nearer_table,
    nearest_posts,
    post_table,
    posts_nearer_elsewhere,
)
from ipattr.renderers.filings.documents.draft import needs_destination
from ipattr.renderers.filings.documents.naming import name_of
from ipattr.renderers.filings.documents.notes import Notes
from ipattr.renderers.filings.documents.origins import origins
from ipattr.renderers.filings.documents.pen import BLANK, rows_of
from ipattr.renderers.filings.documents.words import TERMS_OF_PARTIES, address_of, address_remark, other_names
from ipattr.renderers.filings.material import stamp_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.renderers.filings.blocks import Block
    from ipattr.renderers.filings.documents.draft import Draft
    from ipattr.renderers.filings.material import MaskItem

DISCLOSED = ("氏名又は名称", "住所", "電話番号", "電子メールアドレス")
"""What an access provider is asked to disclose of the contract holder."""
_HIDDEN: dict[MaskItem, str] = {
    "ip": "接続元IPアドレス（IPv4は初めの2区切り、IPv6は初めの2区切りだけを残した）",
    "port": "接続元ポート番号",
    "destination": "接続先IPアドレス（残した部分は接続元IPアドレスと同じ）",
    "account": "アカウントの名称及び番号（投稿のURLに含まれるものを含む）",
    "url": "投稿のURL及び投稿ID",
}
_DIGITS = "１２３４"


def schedules(draft: Draft) -> Document:
    """Return the schedules of one addressee."""
    return _document(draft, "schedules", tuple(_filed(draft)))


def masked_schedules(draft: Draft) -> Document:
    """Return the schedules with what the wish says hidden, for the inquiry about the sender's opinion."""
    hidden = draft.masked
    return _document(hidden, "masked-schedules", (Section(tuple(_cover(hidden))), *_filed(hidden)))


def _document(draft: Draft, kind: str, sections: tuple[Section, ...]) -> Document:
    stem, title = name_of(kind, draft.addressee)
    footer = stamp_line(draft.material, "ja")
    return Document(kind, draft.addressee.folder, stem, title, sections, footer)


def _filed(draft: Draft) -> Iterator[Section]:
    yield Section(tuple(_parties(draft)))
    yield Section(tuple(_information(draft)))
    yield Section(tuple(_subject(draft)))


def _parties(draft: Draft) -> Iterator[Block]:
    yield Heading("当事者目録", 1)
    yield Table(
        (Column("", 28), Column("", 132)),
        (
            ("申立人", f"住所　　{BLANK}\n氏名　　{BLANK}\n代理人　{BLANK}"),
            (
                "相手方",
                f"住所　　〒{BLANK}　{address_of(draft.addressee)}\n名称　　{draft.addressee.name}\n代表者　{BLANK}",
            ),
        ),
        header=False,
    )


def _information(draft: Draft) -> Iterator[Block]:
    yield Heading("発信者情報目録", 1)
    logins = [claim.view.login for claim in draft.addressee.claims]
    more = ["接続元ポート番号"] if any(login.port is not None for login in logins) else []
    more += [draft.term] if any(login.destination is not None for login in logins) else []
    said = f"{'又は'.join(more)}の記載があるものは、これを含む。" if more else ""
    if draft.lists:  # a list that lacks the true one must not take the connection out of what is sought
        said += f"{draft.term}の候補一覧は、検索のために示すものであって、接続を限定しない。"
    also = f"（{said}）" if said else ""
    yield Paragraph(
        f"　別紙投稿記事目録第１の各接続について、同目録記載の接続日時に、同目録記載の接続元IPアドレス{also}を用いて"
        "通信を行うために使用された電気通信役務の契約者に係る、次の情報"
    )
    for digit, item in zip(_DIGITS, DISCLOSED, strict=True):
        yield Paragraph(f"{digit}　{item}", indent=1)


def _subject(draft: Draft) -> Iterator[Block]:
    yield Heading("投稿記事目録", 1)
    yield Heading("第１　対象とする接続（接続日時等）", 2)
    yield connection_table(draft)
    yield Paragraph(legend(draft), style="note")
    second = tuple(candidate_lists(draft))
    if second:
        yield Heading(f"第２　{draft.term}の候補", 2)
        yield from second
    yield Heading(f"第{'３' if second else '２'}　投稿", 2)
    posts = nearest_posts(draft)
    if posts:
        yield post_table(draft, posts)
    elif draft.case.posts:
        yield Paragraph(f"{BLANK}（第１の接続が最も近い接続となる投稿は、入力された投稿の中にない。）")
    else:
        yield Paragraph(f"{BLANK}（投稿は入力されていない。閲覧用URL、投稿日時を記入する。）")


def _cover(draft: Draft) -> Iterator[Block]:
    yield Heading("意見照会用の写しについて", 1)
    yield Paragraph(
        f"　本書は、目録の写しであって、発信者に対する意見照会の際に示すため、次の事項を「{BLANK}」で伏せたものである。"
        if draft.pen.hidden
        else "　本書は目録の写しである。伏せた事項はない。"
    )
    for number, item in enumerate((one for one in _HIDDEN if one in draft.pen.hidden), start=1):
        yield Paragraph(f"({number})　{_HIDDEN[item]}", indent=1)


def about_schedules(draft: Draft) -> Iterator[Block]:
    """Yield what the office must know of the schedules and the court need not."""
    notes = Notes()
    for claim in draft.addressee.claims:
        notes.take(claim, draft.addressee.name)
    yield Heading("目録について", 1)
    yield Heading("１　相手方", 2)
    yield from _about_addressee(draft)
    yield Heading("２　接続についての注", 2)
    told = notes.table()
    if told is not None:
        yield told
    yield from (Paragraph(text) for text in _remarks(draft))
    others = posts_nearer_elsewhere(draft)
    if others:
        yield Paragraph(
            "次の投稿には、同じアカウントの、他の請求先の接続の方が近い。目録には、この相手方の接続がその投稿の前又は後で最も近い"
            "場合に限り、この相手方の接続だけを示した（他の請求先の接続の日時を知らせないため）。"
        )
        yield nearer_table(draft, others)
    yield Heading("３　意見照会用の写し", 2)
    yield from _about_copy(draft)
    yield Heading("４　各欄の出所", 2)
    yield from origins(draft)


def _about_addressee(draft: Draft) -> Iterator[Block]:
    addressee = draft.addressee
    if addressee.entity is None:
        yield Paragraph("名称は、AS番号の登録名義による。登記上の商号・本店は確かめていない。")
    yield Paragraph(TERMS_OF_PARTIES)
    yield Paragraph("名称・本店・代表者は、提出前に登記事項証明書で確認し、確度の注記を除く。代表者は収録していない。")
    remark = address_remark(addressee)
    if remark:
        yield Paragraph(f"住所の収録には次の付記がある：{remark}")
    names = other_names(addressee)
    if names:
        yield Paragraph(
            "旧名称・併記された名称（登録情報の名義と照らすためのもので、目録には載せない）：" + "、".join(names)
        )
    own, others = addressee.sole, addressee.shared
    yield Paragraph(f"この相手方だけが請求先の候補である接続：{len(own)}件{_listed(own)}")
    yield Paragraph(f"ほかの者も請求先の候補である接続：{len(others)}件{_listed(others)}")


def _about_copy(draft: Draft) -> Iterator[Block]:
    yield Paragraph(
        "何を伏せるかは、作成した事務所の判断による（作成時の指定により変更できる）。伏せた事項で足りるか、"
        "及び写しの初めの頁（伏せた事項の説明）を添えるかを確かめること。"
    )
    accounts = {draft.case.rows[number - 1].login.account for number in draft.addressee.rows}
    if len(accounts) > 1:
        yield Paragraph(
            f"写しには{len(accounts)}個のアカウントの接続が含まれる。意見照会は発信者ごとに行われるものであるから、"
            "アカウントごとの写しに分けるかを確かめること。"
        )


def _listed(rows: tuple[int, ...]) -> str:
    return f"（{rows_of(rows)}）" if rows else ""


def _remarks(draft: Draft) -> Iterator[str]:
    claims = draft.addressee.claims
    yield from _of_accounts(draft)
    yield from _of_expiry(draft)
    spared = [claim.number for claim in claims if not needs_destination(claim)]
    if spared:
        yield (
            f"{rows_of(spared)}：収録した資料では、この相手方は{draft.term}を要しない。"
            "候補を検索の条件に加えると該当なしとされるおそれがあるため、記載していない（根拠は、後記「特定に要する事項として収録した資料」）。"
        )
    bare = [
        claim.number
        for claim in claims
        if needs_destination(claim) and claim.number not in draft.list_of and claim.view.login.destination is None
    ]
    if bare:
        yield f"{rows_of(bare)}：{draft.term}の候補として挙げられる観測がない。サイトの運営者に照会する。"
    if draft.lists:
        yield (
            "候補一覧は、開示されたものではなく観測から当方が作成したものである。相手方がこれを受け付けるか、"
            "またその求める事項は、後記「情報提供事項一覧について」を見る。"
        )


def _of_accounts(draft: Draft) -> Iterator[str]:
    """Say whose logins these are where they are of several accounts: a set may have to be parted."""
    by_account: dict[str, list[int]] = {}
    for claim in draft.addressee.claims:
        by_account.setdefault(draft.pen.account(claim.view.login.account), []).append(claim.number)
    if len(by_account) > 1:
        told = "、".join(f"{account}（{rows_of(rows)}）" for account, rows in by_account.items())
        yield f"接続は複数のアカウントにわたる：{told}。発信者ごとに手続を分けるかを検討する。"


def _of_expiry(draft: Draft) -> Iterator[str]:
    """Say which logs may be gone by now."""
    gone = [claim.number for claim in draft.addressee.claims if claim.standing.status == "passed"]
    if gone:
        yield f"{rows_of(gone)}：公表された保存期間は、基準日までにすべて満了している（保存期間計算書）。"
    partly = [claim.number for claim in draft.addressee.claims if claim.standing.status == "passed-at-earliest"]
    if partly:
        yield f"{rows_of(partly)}：最短の保存期間は基準日までに満了したが、消去されたとは限らない（保存期間計算書）。"
