"""The first table: the stamp, the inputs with their hashes, what was declared, and what the other tables hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers import ledgers, registry
from ipattr.renderers.filings.material import stamp
from ipattr.renderers.filings.tables.shape import Field, table
from ipattr.renderers.view import total
from ipattr.renderers.words import NATURE, conservation, declared

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.model import InputFile
    from ipattr.renderers.filings.tables.shape import ExportTable, Walk

FIELDS = (
    Field("part", "区分", "Part", 16),
    Field("item", "項目", "Item", 44),
    Field("value", "内容", "Value", 110),
)


def overview(walk: Walk, tables: Sequence[ExportTable]) -> ExportTable:
    """Return the overview of a case and of its tables."""
    parts = (
        (walk.say("前提", "Basis"), _basis(walk)),
        (walk.say("入力", "Inputs"), _inputs(walk)),
        (walk.say("件数の照合", "Reconciliation"), _reconciled(walk)),
        (walk.say("表", "Tables"), _listed(walk, tables)),
        (walk.say("注意", "Notes"), _notes(walk)),
    )
    return table(
        "overview",
        walk.say("概要", "Overview"),
        FIELDS,
        ({"part": part, "item": item, "value": value} for part, items in parts for item, value in items),
        lang=walk.lang,
    )


def _basis(walk: Walk) -> Iterator[tuple[str, str]]:
    yield from stamp(walk.material, walk.lang)
    case = walk.case
    given = walk.say("指定", "given") if case.as_of_source == "given" else walk.say("実行日(JST)", "today in JST")
    yield walk.say("基準日の決め方", "As-of date"), given
    yield walk.say("サービス", "Platform"), case.platform or walk.say("指定なし", "none named")
    if walk.material.source:
        yield walk.say("事件", "Case"), walk.material.source
    if case.inquiry is not None:
        for line in registry.inquiry_lines(case.inquiry, walk.lang):
            yield walk.say("レジストリへの照会", "Registries asked"), line
    for line in ledgers.lines(case, walk.views, walk.lang):
        yield walk.say("観測台帳", "Observation ledgers"), line


def _inputs(walk: Walk) -> Iterator[tuple[str, str]]:
    for what, entries in (
        (walk.say("ログ", "log"), walk.case.inputs),
        (walk.say("投稿", "posts"), walk.case.post_inputs),
    ):
        for entry in entries:
            yield f"{what}: {entry.name}", "\n".join(_input(entry, walk))


def _input(entry: InputFile, walk: Walk) -> Iterator[str]:
    yield f"SHA-256 {entry.sha256}"
    yield conservation(*total(entry.counts), lang=walk.lang)
    yield f"{entry.form}, {entry.encoding}, {entry.size:,} {walk.say('バイト', 'bytes')}"
    if entry.declared_zone:
        yield declared(entry.declared_zone, lang=walk.lang)
    if entry.mapping:
        pairs = ", ".join(f"{field}={column}" for field, column in entry.mapping.items())
        yield f"{walk.say('列の対応', 'columns')} {pairs} ({entry.mapping_source})"


def _reconciled(walk: Walk) -> Iterator[tuple[str, str]]:
    """Say where every row of the inputs stands in the tables."""
    case = walk.case
    rejected = case.counts.rejected
    logins, waiting = len(case.rows), len(case.pending)
    yield (
        walk.say("ログの行", "Rows of the logs"),
        walk.say(
            f"{case.counts.rows} = ログインの表 {logins} + 採否待ち {waiting} + 不採用 {rejected}",
            f"{case.counts.rows} = {logins} logins + {waiting} pending + {rejected} rejected",
        ),
    )
    if case.post_counts is not None:
        posts, refused = len(case.posts), case.post_counts.rejected
        yield (
            walk.say("投稿の行", "Rows of the posts"),
            walk.say(
                f"{case.post_counts.rows} = 投稿の表 {posts} + 不採用 {refused}",
                f"{case.post_counts.rows} = {posts} posts + {refused} rejected",
            ),
        )


def _listed(walk: Walk, tables: Sequence[ExportTable]) -> Iterator[tuple[str, str]]:
    for one in tables:
        count = len(one.rows)
        yield one.title, walk.say(f"{count:,}行", f"{count:,} rows") + (f"\n{one.note}" if one.note else "")


def _notes(walk: Walk) -> Iterator[tuple[str, str]]:
    yield walk.say("性質", "What this is"), NATURE.pick(walk.lang)
