"""The posts, every distance between a post and a login, and the order of pursuit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.filings.tables.shape import Field, table
from ipattr.renderers.view import clock, span
from ipattr.renderers.words import POSITION, ROW_STATUS, UNCHECKED, word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import Link, RankedLogin
    from ipattr.renderers.filings.tables.shape import ExportTable, Walk

POSTS = (
    Field("post", "投稿", "Post", 8),
    Field("status", "読取り", "Read", 8),
    Field("jst", "投稿日時(JST)", "Posted (JST)", 24),
    Field("utc", "投稿日時(UTC)", "Posted (UTC)", 24),
    Field("post_id", "投稿ID", "Post ID", 21),
    Field("url", "閲覧用URL", "URL", 56),
    Field("account_id", "アカウントID", "Account ID", 21, optional=True),
    Field("account_name", "アカウント名", "Account name", 24, optional=True),
    Field("nearest", "最も近いログイン(No.)", "Nearest login (No.)", 14),
    Field("before", "直前のログイン(No.)", "Last before (No.)", 14),
    Field("after", "直後のログイン(No.)", "First after (No.)", 14),
    Field("raw", "日時の原文", "Time as it stood", 24, optional=True),
    Field("findings", "備考", "Remarks", 16, optional=True),
    Field("file", "入力ファイル", "Input file", 24),
    Field("place", "所在", "Where", 24),
)
LINKS = (
    Field("post", "投稿", "Post", 8),
    Field("row", "No.", "No.", 6),
    Field("rank", "近さの順位", "Rank by distance", 8),
    Field("gap", "時間差", "Gap", 24),
    Field("position", "前後", "Side", 8),
    Field("seconds", "秒(ログイン−投稿)", "Seconds (login minus post)", 16),
    Field("nearest", "最近接", "Nearest", 7),
    Field("before", "直前", "Last before", 7),
    Field("after", "直後", "First after", 7),
    Field("tie", "同順位", "Tie", 7),
    Field("uncertain", "精度では決まらない", "Not settled by the precision", 9),
    Field("unchecked", UNCHECKED.ja, "Account not compared", 9),
)
RANKING = (
    Field("place", "順位", "Place", 6),
    Field("row", "No.", "No.", 6),
    Field("product", "積", "Product", 12),
    Field("nearness", "投稿への近さ", "Nearness", 10),
    Field("nearness_text", "近さの理由", "Why", 32),
    Field("searchability", "検索のしやすさ", "Searchability", 10),
    Field("searchability_text", "検索の理由", "Why (search)", 32),
    Field("days-left", "残日数の係数", "Days left", 10),
    Field("days-left_text", "残日数の理由", "Why (days)", 32),
    Field("text", "説明", "In words", 48),
)


def posts(walk: Walk) -> ExportTable:
    """Return the posts with their nearest logins."""
    return table(
        "posts",
        walk.say("投稿", "Posts"),
        POSTS,
        _posts(walk),
        lang=walk.lang,
        note=walk.say("すべての時間差は「投稿との関係」の表にある。", "Every distance stands in the table of links."),
    )


def _posts(walk: Walk) -> Iterator[dict[str, str]]:
    rows = {view.login.id: str(view.row.number) for view in walk.views}
    marked: dict[str, list[Link]] = {}
    for link in walk.case.links:
        if link.nearest or link.nearest_before or link.nearest_after:
            marked.setdefault(link.post, []).append(link)
    for post in walk.case.posts:
        links, at = marked.get(post.id, []), post.instant
        yield {
            "post": walk.shape.posts[post.id],
            "status": word(ROW_STATUS, post.status, walk.lang),
            "jst": clock(at.utc, at.precision, zone="JST"),
            "utc": clock(at.utc, at.precision, zone="UTC"),
            "post_id": post.post_id or "",
            "url": post.url or "",
            "account_id": post.account.id or "",
            "account_name": post.account.name or "",
            "nearest": ", ".join(rows[one.login] for one in links if one.nearest),
            "before": ", ".join(rows[one.login] for one in links if one.nearest_before),
            "after": ", ".join(rows[one.login] for one in links if one.nearest_after),
            "raw": at.raw,
            "findings": ", ".join(dict.fromkeys(finding.code for finding in post.findings)),
            "file": post.provenance.source,
            "place": post.provenance.locator,
        }


def links(walk: Walk) -> ExportTable:
    """Return the distance of every login to every post."""
    return table(
        "links",
        walk.say("投稿との関係", "Links"),
        LINKS,
        _links(walk),
        lang=walk.lang,
        note=walk.say(
            "ログインと投稿の時間差の全件。順位は時間差の絶対値による。",
            "Every distance between a login and a post; ranked by its absolute length.",
        ),
    )


def _links(walk: Walk) -> Iterator[dict[str, str]]:
    rows = {view.login.id: str(view.row.number) for view in walk.views}
    for link in walk.case.links:
        yield {
            "post": walk.shape.posts.get(link.post, link.post),
            "row": rows[link.login],
            "rank": str(link.rank),
            "gap": span(link.gap_seconds, walk.lang),
            "position": word(POSITION, link.position, walk.lang),
            "seconds": f"{link.gap_seconds:.3f}",
            "nearest": walk.mark(is_set=link.nearest),
            "before": walk.mark(is_set=link.nearest_before),
            "after": walk.mark(is_set=link.nearest_after),
            "tie": walk.mark(is_set=link.tie),
            "uncertain": walk.mark(is_set=link.uncertain),
            "unchecked": walk.mark(is_set=(link.post, link.login) in walk.shape.unchecked),
        }


def ranking(walk: Walk) -> ExportTable:
    """Return every login in the order of pursuit, each factor shown."""
    return table(
        "ranking",
        walk.say("追及の順位", "Order of pursuit"),
        RANKING,
        (_ranked(one, walk) for one in walk.material.ranking),
        lang=walk.lang,
        note=walk.say(
            "投稿への近さ×検索のしやすさ×残日数の係数。目安であり、ほかのログインを除くものではない。",
            "Nearness to the post × searchability × days left. A guide; it excludes no login.",
        ),
    )


def _ranked(one: RankedLogin, walk: Walk) -> dict[str, str]:
    said = {"place": str(one.place), "row": str(one.row), "product": one.product, "text": one.text.pick(walk.lang)}
    for factor in one.factors:
        said |= {factor.id: factor.value, f"{factor.id}_text": factor.text.pick(walk.lang)}
    return said
