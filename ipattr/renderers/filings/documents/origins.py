"""Where each cell comes from: the row of the input, its text as it stood, the answers and observations behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.filings.blocks import Column, Paragraph, Table
from ipattr.renderers.filings.documents.pen import NOT_GIVEN, shown
from ipattr.renderers.filings.material import stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import InputFile, LoginEvent
    from ipattr.renderers.filings.blocks import Block
    from ipattr.renderers.filings.documents.addressees import Claim
    from ipattr.renderers.filings.documents.draft import Draft
    from ipattr.renderers.filings.material import Material


def origins(draft: Draft) -> Iterator[Block]:
    """Yield the origin of every login and post of a set, the inputs with their hashes, and the stamp."""
    yield Table(
        (
            Column("No.", 9, "right"),
            Column("入力の所在", 42),
            Column("原本の記載（日時）", 40),
            Column("原本の記載（IPアドレス）", 39),
            Column("登録情報の回答", 30),
        ),
        tuple(_login(claim) for claim in draft.addressee.claims),
        caption="接続",
    )
    posts = [post for post in draft.case.posts if post.id in draft.own_links]
    if posts:
        yield Table(
            (Column("投稿", 12, "right"), Column("入力の所在", 68), Column("原本の記載（日時又は投稿ID）", 80)),
            tuple((post.id, shown(post.provenance.locator), shown(post.instant.raw)) for post in posts),
            caption="投稿",
        )
    yield input_table(draft.material)
    yield stamp_table(draft.material)
    yield Paragraph(
        "接続先の候補の各観測の所在は、書証のうち接続先IPアドレスの候補に関する観測の一覧に、観測の番号で示した。",
        style="note",
    )


def input_table(material: Material) -> Table:
    """Return every input with its hash and its rows."""
    rows = [_input("ログ", entry) for entry in material.case.inputs]
    rows += [_input("投稿", entry) for entry in material.case.post_inputs]
    return Table(
        (Column("種別", 14), Column("入力ファイル", 40), Column("SHA-256", 66, mono=True), Column("行数", 40)),
        tuple(rows),
        caption="入力",
    )


def stamp_table(material: Material) -> Table:
    """Return the stamp, one line each."""
    return Table((Column("項目", 40), Column("内容", 120)), tuple(stamp(material, "ja")), caption="作成の条件")


def _input(kind: str, entry: InputFile) -> tuple[str, ...]:
    counts = entry.counts
    told = f"{counts.rows}行（正常{counts.ok}、要確認{counts.review}、不採用{counts.rejected}）"
    return kind, shown(entry.name), entry.sha256, told


def _login(claim: Claim) -> tuple[str, ...]:
    login = claim.view.login
    answers = claim.view.registration.views if claim.view.registration is not None else ()
    names = dict.fromkeys(answer.evidence for answer in answers)
    written = shown(login.instant.raw) if login.instant is not None else NOT_GIVEN
    return str(claim.number), shown(login.provenance.locator), written, _address(login), "\n".join(names) or NOT_GIVEN


def _address(login: LoginEvent) -> str:
    told = shown(login.address.raw)
    return f"{told}（ポート {login.port}）" if login.port is not None else told
