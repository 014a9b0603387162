"""証拠説明書: which exhibits a set has, under which numbers, and what each is to prove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from ipattr.instants import jst_date
from ipattr.renderers.destinations import dates
from ipattr.renderers.destinations.words import ledger as told_ledger
from ipattr.renderers.exhibits import exhibit_number
from ipattr.renderers.exhibits.facts import server, title
from ipattr.renderers.exhibits.received import CLOSE, OPEN
from ipattr.renderers.filings.blocks import Column, Document, Heading, Paragraph, Section, Table
from ipattr.renderers.filings.documents.connections import farther_posts, nearest_posts
from ipattr.renderers.filings.documents.draft import operator_name, platform_name
from ipattr.renderers.filings.documents.naming import name_of
from ipattr.renderers.filings.documents.pen import BLANK, rows_of, shown
from ipattr.renderers.filings.documents.standing import ALIVE
from ipattr.renderers.filings.documents.words import marked
from ipattr.renderers.filings.material import stamp_line
from ipattr.renderers.view import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.model import Candidate, InputFile
    from ipattr.renderers.exhibits import Exhibit
    from ipattr.renderers.filings.blocks import Block
    from ipattr.renderers.filings.documents.addressees import Claim
    from ipattr.renderers.filings.documents.draft import Draft

COPY, ORIGINAL = "写し", "原本"
_ORIGIN = {
    "x-return": "（開示されたもの）",
    "meta-html": "（開示されたもの）",
    "google-html": "（開示されたもの）",
    "x-archive": "（利用者が取得したもの）",
    "takeout": "（利用者が取得したもの）",
    "linkedin": "（利用者が取得したもの）",
}
"""How each form that the platform itself writes came out of its hands."""


class Piece(NamedTuple):
    """One exhibit: its number, what it is, and the row that it has in the 証拠説明書.

    ``made`` is the date of its making, ``author`` who made it; ``answer`` the registry answer that it prints, if any.
    """

    number: str
    kind: Literal["log", "posts", "answer", "observations", "ledger", "calculation"]
    title: str
    copy: str
    made: str
    author: str
    proves: str
    remark: str
    answer: Exhibit | None = None

    @property
    def row(self) -> tuple[str, ...]:
        """Return its row, in the order of the columns of the 証拠説明書."""
        return (self.number, self.title, self.copy, self.made, self.author, self.proves, self.remark)


def pieces(draft: Draft) -> tuple[Piece, ...]:
    """Return the exhibits of a set in order, numbered as the wish says."""
    wish = draft.wish
    return tuple(
        piece._replace(
            number=exhibit_number(offset, first=wish.first_number, branch_of=wish.branch_of, party=wish.party)
        )
        for offset, piece in enumerate(_unnumbered(draft))
    )


def evidence_list(draft: Draft) -> Document:
    """Return the 証拠説明書 of one addressee."""
    stem, name = name_of("evidence-list", draft.addressee)
    footer = stamp_line(draft.material, "ja")
    sections = (Section(tuple(_blocks(draft))),)
    return Document("evidence-list", draft.addressee.folder, stem, name, sections, footer, landscape=True)


def evidence_table(draft: Draft) -> Table:
    """Return the rows of the 証拠説明書 (民事訴訟規則137条1項)."""
    columns = (
        Column("号証", 20),
        Column("標目", 46),
        Column("原本・写しの別", 14),
        Column("作成年月日", 27),
        Column("作成者", 30),
        Column("立証趣旨", 50),
        Column("備考", 60),
    )
    return Table(columns, tuple(piece.row for piece in pieces(draft)))


def _blocks(draft: Draft) -> Iterator[Block]:
    yield Paragraph(f"事件番号　{BLANK}")
    yield Paragraph(f"申立人　　{BLANK}")
    yield Paragraph(f"相手方　　{draft.addressee.name}")
    yield Heading("証拠説明書", 1)
    yield Paragraph(draft.pen.day(draft.wish.dated), align="right")
    yield Paragraph(f"{BLANK}裁判所　{BLANK}　御中")
    yield Paragraph(f"申立人代理人　{BLANK}", align="right")
    yield evidence_table(draft)
    yield Paragraph("No.は、開示されたログ全体を通じた番号である。", style="note")


def _unnumbered(draft: Draft) -> Iterator[Piece]:
    yield from _logs(draft)
    yield from _posts(draft)
    rows = set(draft.addressee.rows)
    for exhibit in draft.material.exhibits:
        if rows.intersection(exhibit.rows):
            yield _answer(draft, exhibit)
    if any(claim.view.candidates.candidates for claim in draft.addressee.claims):
        yield _observations(draft)
        yield from _ledgers(draft)
    yield _calculation(draft)


def _logs(draft: Draft) -> Iterator[Piece]:
    site = platform_name(draft.material)
    for entry in draft.case.inputs:
        claims = [claim for claim in draft.addressee.claims if claim.view.login.provenance.sha256 == entry.sha256]
        if not claims:
            continue
        yield Piece(
            number="",
            kind="log",
            title=f"{site}へのログインの記録{_ORIGIN.get(entry.form, '')}",
            copy=COPY,
            made=BLANK,
            # A table may be the office's own: only of a form that nobody but the platform writes is the author known.
            author=operator_name(draft.material) if entry.form in _ORIGIN else BLANK,
            proves=_disclosed(claims),
            remark=_file(entry),
        )


def _disclosed(claims: Sequence[Claim]) -> str:
    """Say what the disclosed log shows of some logins."""
    zones = {claim.view.login.instant.zone for claim in claims if claim.view.login.instant is not None}
    written = "（協定世界時で記載）" if zones and zones <= {"Z", "UTC"} else ""
    ports = any(claim.view.login.port is not None for claim in claims)
    port = "並びに（記載のあるものについて）接続元ポート番号" if ports else ""
    rows = rows_of([claim.number for claim in claims])
    return f"{rows}の接続について、接続日時{written}及び接続元IPアドレス{port}が記録されていること。"


def _file(entry: InputFile) -> str:
    return f"ファイル名 {shown(entry.name)}\nSHA-256 {entry.sha256}"


def _posts(draft: Draft) -> Iterator[Piece]:
    posts = nearest_posts(draft) or farther_posts(draft)
    for entry in draft.case.post_inputs:
        here = [post for post in posts if post.provenance.sha256 == entry.sha256]
        if here:
            yield Piece(
                number="",
                kind="posts",
                title=f"{platform_name(draft.material)}への投稿の一覧",
                copy=COPY,
                made=BLANK,
                author=BLANK,
                proves=f"投稿（番号{'、'.join(post.id for post in here)}）の所在及び投稿日時。",
                remark=_file(entry),
            )


def _answer(draft: Draft, exhibit: Exhibit) -> Piece:
    exchange = exhibit.answer.exchange
    rows = sorted(set(draft.addressee.rows).intersection(exhibit.rows))
    operator = shown(exhibit.operator) or BLANK
    host = marked(server(exchange), (OPEN, CLOSE))
    return Piece(
        number="",
        kind="answer",
        title=shown(marked(title(exhibit.answer, "ja"), (OPEN, CLOSE))),
        copy=COPY,
        made=draft.pen.day(jst_date(exchange.received)),
        author=f"（回答）{operator}\n（印刷）{BLANK}",
        proves=f"{rows_of(rows)}の接続元IPアドレスについて、照会の時点における登録の内容（名義人を含む）。",
        remark=(
            f"照会先 {shown(host)}\n受信 {clock(exchange.received, 's', zone='JST')}（日本時間）\n"
            f"保存名 {shown(exhibit.answer.name)}\nSHA-256 {exchange.sha256}"
        ),
        answer=exhibit,
    )


def observed_between(found: Sequence[Candidate]) -> tuple[str, str]:
    """Return the first and the last time at which any of these candidates was seen, as published."""
    return min(one.first_seen for one in found), max(one.last_seen for one in found)


def _observations(draft: Draft) -> Piece:
    claims = draft.addressee.claims
    found = [one for claim in claims for one in claim.view.candidates.candidates]
    first, last = (dates.published(text, "ja") for text in observed_between(found))
    late = [
        claim.number
        for claim in claims
        if any(one.relation == "after" and one.period == "current" for one in claim.view.candidates.candidates)
    ]
    later = f"{rows_of(late)}については、接続より後にのみ観測されたものを含む（その旨を各欄に示した）。" if late else ""
    codes = list(dict.fromkeys(code for one in found for code in one.sources))
    return Piece(
        number="",
        kind="observations",
        title="接続先IPアドレスの候補に関する観測の一覧",
        copy=ORIGINAL,
        made=draft.pen.day(draft.wish.dated),
        author=BLANK,
        proves=(
            f"{platform_name(draft.material)}のホスト名について、{first}から{last}までの間の各日時に各地点で観測されたIPアドレス、"
            f"及び各観測と各接続との時間の前後・間隔。{later}"
        ),
        remark=(
            "作成年月日は一覧を作成した日であり、観測の年月日ではない（各観測の年月日は一覧に記載）。\n"
            f"出典 {'、'.join(codes)}\nデータ版 {draft.case.data_version}"
        ),
    )


def _ledgers(draft: Draft) -> Iterator[Piece]:
    for use in draft.case.ledgers:
        when = dates.published(use.first_seen, "ja") if use.first_seen else BLANK
        until = dates.published(use.last_seen, "ja") if use.last_seen else BLANK
        yield Piece(
            number="",
            kind="ledger",
            title=f"名前解決の観測台帳「{shown(use.title)}」",
            copy=COPY,
            made=f"{when}から{until}まで",
            author=BLANK,
            proves=f"{platform_name(draft.material)}のホスト名について、上記の期間の各日時に受信した名前解決の応答の内容。",
            remark=shown(told_ledger(use, "ja", when=lambda text: dates.published(text, "ja"))),
        )


def _calculation(draft: Draft) -> Piece:
    addressee = draft.addressee
    known = [claim for claim in addressee.claims if claim.standing.earliest is not None]
    lacking = [claim.number for claim in addressee.claims if claim.standing.earliest is None]
    said = ""
    if known:
        alive = [c.standing.earliest for c in known if c.standing.status in ALIVE and c.standing.earliest is not None]
        first = (
            f"基準日以後に満了するもののうち最も早いものは{draft.pen.day(min(alive))}"
            if alive
            else "最短の保存期間は、いずれも基準日前に満了"
        )
        said = (
            f"公表された数値によれば、{rows_of([claim.number for claim in known])}の接続の記録の保存期間が、"
            f"計算書記載の日に満了すること（{first}）。"
        )
    if lacking:
        said += f"{rows_of(lacking)}の接続の記録の保存期間は、公表された数値が確認できず、明らかでないこと。"
    codes = dict.fromkeys(entry.policy.source for claim in known for entry in claim.standing.expiries)
    return Piece(
        number="",
        kind="calculation",
        title="保存期間計算書",
        copy=ORIGINAL,
        made=draft.pen.day(draft.wish.dated),
        author=BLANK,
        proves=said,
        remark=f"基準日 {draft.pen.day(draft.case.as_of)}\n出典 {'、'.join(codes) or 'なし'}",
    )
