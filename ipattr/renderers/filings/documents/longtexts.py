"""What no cell of a table can hold, in full: the tables cut it and say where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.exhibits.pages import numbered
from ipattr.renderers.filings.blocks import Heading, Lines, Paragraph
from ipattr.renderers.filings.documents.notes import grave
from ipattr.renderers.filings.documents.pen import LONGEST, shown
from ipattr.renderers.layout import inert
from ipattr.renderers.view import views

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import Pending, Reject
    from ipattr.renderers.filings.blocks import Block
    from ipattr.renderers.filings.material import Material


def long_texts(material: Material) -> Iterator[Block]:
    """Yield in full what the tables cut: names, texts and addresses of the inputs that no cell can hold."""
    texts = dict.fromkeys(text for text in _input_texts(material) if len(inert(text)) > LONGEST)
    if not texts:
        return
    yield Heading("８　長い記載の全文", 2)
    yield Paragraph("表の欄に収まらない記載を、入力のとおり示す。左の数字は行の番号、「>」は前の行の続きである。")
    for number, text in enumerate(texts, start=1):
        yield Heading(f"({number})　{shown(text)[:20]}…（{len(inert(text)):,}字）", 3)
        lines = tuple((row.label, row.text) for row in numbered((inert(text),), "raw"))
        yield Lines(lines)


def _input_texts(material: Material) -> Iterator[str]:
    case = material.case
    for entry in (*case.inputs, *case.post_inputs):
        yield entry.name
    for row in case.rows:
        account = row.login.account
        yield from filter(None, (account.name, account.id, row.login.address.raw, row.login.provenance.locator))
        if row.login.instant is not None:
            yield row.login.instant.raw
    for post in case.posts:
        told = (post.url, post.post_id, post.account.name, post.account.id, post.instant.raw, post.provenance.locator)
        yield from filter(None, told)
    unreads: tuple[Reject | Pending, ...] = (*case.rejects, *case.pending)
    for unread in unreads:
        yield from (unread.file, unread.column, unread.raw, unread.reason.ja)
    for view in views(case):
        yield from (text for _, _, text in grave(view))
        yield from (party.name.ja for party in view.attribution.alternatives)
    yield from (finding.message.ja for finding in case.findings)
