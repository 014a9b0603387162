"""書証: the registry answers as received, the observations and the calculation, each under its number."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import msgspec

from ipattr.renderers.exhibits import Head, Terms, facts, words
from ipattr.renderers.exhibits.pages import PROSE_CELLS
from ipattr.renderers.exhibits.received import CLOSE, OPEN
from ipattr.renderers.filings.blocks import Column, Document, Heading, Lines, Paragraph, Section, Table
from ipattr.renderers.filings.documents import calculation
from ipattr.renderers.filings.documents.evidence import pieces
from ipattr.renderers.filings.documents.naming import name_of
from ipattr.renderers.filings.documents.observations import observation_blocks
from ipattr.renderers.filings.documents.pen import BLANK, shown
from ipattr.renderers.filings.documents.words import marked
from ipattr.renderers.filings.material import stamp_line
from ipattr.renderers.layout import width
from ipattr.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.renderers.exhibits import Exhibit
    from ipattr.renderers.exhibits.pages import Row
    from ipattr.renderers.filings.blocks import Block
    from ipattr.renderers.filings.documents.draft import Draft
    from ipattr.renderers.filings.documents.evidence import Piece

_PAIRS = (("〈", "〉"), ("《", "》"), ("〔", "〕"), ("【", "】"), ("⟦", "⟧"))
_LAST_PAIR = ("<<", ">>")
_GOES_ON = PROSE_CELLS - 20
"""A line of our own words that is at least so wide was broken by the width of the page."""


def exhibits(draft: Draft) -> Document:
    """Return the exhibits that the case itself holds, each from a new page."""
    stem, title = name_of("exhibits", draft.addressee)
    every = pieces(draft)
    sections = [Section(tuple(_content(draft, piece)), label=piece.number) for piece in every if _printed(piece)]
    footer = stamp_line(draft.material, "ja")
    return Document("exhibits", draft.addressee.folder, stem, title, tuple(sections), footer)


def _printed(piece: Piece) -> bool:
    return piece.kind in {"answer", "observations", "calculation"}


def about_exhibits(draft: Draft) -> Iterator[Block]:
    """Yield which exhibits the case holds, which it does not, and what those tell of others."""
    every = pieces(draft)
    yield Heading("書証について", 1)
    yield Table(
        (Column("号証", 26), Column("標目", 84), Column("書証の綴り", 50)),
        tuple(
            (p.number, p.title, "収録" if _printed(p) else "別に用意する（証拠説明書の備考のファイル）") for p in every
        ),
    )
    yield Paragraph(
        f"証拠説明書の「{BLANK}」は未記入の箇所である。当事者の呼称は目録と同じであり、同じく改める。"
        "原本・写しの別は、提出の方法に応じて確かめること。"
    )
    if not any(piece.kind == "answer" for piece in every):
        yield Paragraph(
            "登録情報（WHOIS・RDAP）の回答は、この事件に保存されていない。登録名義を立証するには、照会して回答を保存する。"
        )
    yield from (Paragraph(text) for text in _beyond(draft))


def _beyond(draft: Draft) -> Iterator[str]:
    """Say of each log that is an exhibit what it tells of others: a whole file would tell it to this addressee."""
    own = set(draft.addressee.rows)
    for entry in draft.case.inputs:
        here = [row for row in draft.case.rows if row.login.provenance.sha256 == entry.sha256]
        mine = [row for row in here if row.number in own]
        if not mine:
            continue
        others, unread = len(here) - len(mine), entry.counts.rows - len(here)
        accounts = {row.login.account for row in here} - {row.login.account for row in mine}
        if not others and not unread:
            continue
        told = [f"この相手方のもの以外の接続{others}件"] if others else []
        told += [f"採用していない行{unread}件"] if unread else []
        told += [f"別のアカウント{len(accounts)}個"] if accounts else []
        yield (
            f"{shown(entry.name)}の全部には、{'、'.join(told)}が含まれる。そのまま写しを提出すると、第三者に係る通信の日時・"
            "IPアドレスを相手方に知らせることになる。抄本又は他の部分を伏せた写しとするかを検討し、"
            "そのときは証拠説明書の標目及び原本・写しの別を改める。"
        )


def _content(draft: Draft, piece: Piece) -> Iterator[Block]:
    if piece.answer is not None:
        yield from _answer(draft, piece.answer)
    elif piece.kind == "observations":
        yield from observation_blocks(draft)
    else:
        yield from calculation.blocks(draft)


def _answer(draft: Draft, exhibit: Exhibit) -> Iterator[Block]:
    """Yield one answer: what it is, how it was obtained, and every line as received; of the rows, those of this set."""
    own = tuple(row for row in exhibit.rows if row in draft.addressee.rows)
    exhibit = msgspec.structs.replace(exhibit, rows=own)
    head = draft.material.head
    terms = Terms(head or Head(seq=0, hash=""), "ja", __version__, formatted=False)
    rows = [row for row in facts.rows(exhibit, terms) if row.kind != "gap"]
    if head is None:
        rows = _without(rows, words.JOURNAL.ja)
    text = "".join(row.text for row in rows if row.kind != "prose")
    # A pair that the text itself does not hold, so that nothing received can pass for one of our marks.
    pair = next((pair for pair in _PAIRS if not any(mark in text for mark in pair)), _LAST_PAIR)
    for kind, group in groupby(rows, key=lambda row: row.kind):
        yield from _blocks(kind, [row._replace(text=marked(row.text, (OPEN, CLOSE), pair)) for row in group], pair)


def _without(rows: Sequence[Row], label: str) -> list[Row]:
    """Leave out one fact with the lines that go on under it."""
    kept: list[Row] = []
    inside = False
    for row in rows:
        inside = row.kind == "fact" and (row.label == label or (inside and not row.label))
        if not inside:
            kept.append(row)
    return kept


def _blocks(kind: str, rows: Sequence[Row], pair: tuple[str, str]) -> Iterator[Block]:
    if kind == "title":
        yield Heading("".join(row.text for row in rows), 1)
    elif kind == "heading":
        yield from (Heading(row.text, 2) for row in rows)
    elif kind == "prose":
        yield Paragraph(
            _joined(rows)
            .replace("枠で囲んだ〈 〉", f"{pair[0]} {pair[1]}で囲んだもの")
            .replace("枠の中", f"{pair[0]} {pair[1]}の中"),
            style="note",
        )
    elif kind == "fact":
        yield Table((Column("項目", 34), Column("内容", 126, mono=True)), tuple(_facts(rows)), header=False)
    else:
        yield Lines(tuple((row.label, row.text) for row in rows))


def _joined(rows: Sequence[Row]) -> str:
    """Put our own sentences together again, which were broken for another width."""
    text = ""
    for row in rows:
        # A space at which a line was broken was dropped with the break.
        spaced = text and not text.endswith("\n") and (text[-1].isascii() or row.text[:1].isascii())
        text += (" " if spaced else "") + row.text + ("" if width(row.text) >= _GOES_ON else "\n")
    return text.rstrip("\n")


def _facts(rows: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """Yield label and value of each fact, the lines of a value together."""
    label = ""
    lines: list[str] = []
    for row in rows:
        if row.label and lines:
            yield label, "\n".join(lines)
            lines = []
        label = row.label or label
        lines.append(row.text)
    if lines:
        yield label, "\n".join(lines)
