"""The tables that every document of a set shares: the connections, the candidate lists, the posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.filings.blocks import Column, Heading, Paragraph, Table
from ipattr.renderers.filings.documents.draft import TERM, needs_destination, platform_name
from ipattr.renderers.filings.documents.pen import BLANK, NOT_GIVEN, rows_of, shown
from ipattr.renderers.view import span
from ipattr.renderers.words import KIND, UNCHECKED, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.model import Candidate, Instant, Link, Post
    from ipattr.renderers.filings.blocks import Block
    from ipattr.renderers.filings.documents.addressees import Claim
    from ipattr.renderers.filings.documents.draft import Draft, ListOfCandidates

_POSITION = {"before": "投稿の{}前", "after": "投稿の{}後", "same": "投稿と同時刻"}


def both_times(draft: Draft, instant: Instant | None) -> str:
    """Return a time in JST and in UTC, each on its own lines."""
    if instant is None:
        return BLANK
    jst, utc = draft.pen.moment(instant, "JST"), draft.pen.moment(instant, "UTC")
    return jst if utc == NOT_GIVEN else f"{jst}\n{utc}"


def connection_table(draft: Draft) -> Table:
    """Return one row per login: number, time in both zones, source address and port, destination.

    The column of ports is there when any login has one, that of the kind when any of them is no login.
    """
    claims = draft.addressee.claims
    ports = any(claim.view.login.port is not None for claim in claims)
    kinds = any(claim.view.login.kind != "login" for claim in claims)
    columns = [Column("No.", 9, "right"), Column("接続日時", 50), Column("接続元IPアドレス", 51)]
    if ports:
        columns.append(Column("接続元ポート番号", 20))
    columns.append(Column(draft.term, 18 if ports else 35))
    if kinds:
        columns.append(Column("接続の種別", 15))
    rows = []
    for claim in claims:
        login = claim.view.login
        cells = [str(claim.number), both_times(draft, login.instant), draft.pen.source(login)]
        if ports:
            cells.append(draft.pen.port(login))
        cells.append(destination(draft, claim))
        if kinds:
            cells.append(word(KIND, login.kind, "ja"))
        rows.append(tuple(cells))
    return Table(tuple(columns), tuple(rows))


def legend(draft: Draft) -> str:
    """Return what the words of the table of connections mean."""
    text = (
        "（JST）は日本標準時、（UTC）は協定世界時であり、同じ時点を二つの時間帯で示したものである。"
        "No.は、開示されたログ全体を通じた番号である。"
    )
    if draft.term != TERM:
        text += f"{draft.term}は、接続先IPアドレスをいう相手方の用語である。"
    if any(claim.view.login.port is None for claim in draft.addressee.claims):
        text += "接続元ポート番号の記載のない接続は、開示された記録にこれが含まれていないものである。"
    if draft.lists:
        text += (
            f"{draft.term}の欄の「開示なし」は、開示された記録にこれが含まれていないことをいい、併記した候補一覧は、"
            "検索のために候補を示すものである。"
        )
    return text


def destination(draft: Draft, claim: Claim) -> str:
    """Return the disclosed destination, else the list that it is one of, else why there is none."""
    login = claim.view.login
    if login.destination is not None:
        return draft.pen.target(login.destination.line)
    if not needs_destination(claim):
        return NOT_GIVEN
    entry = draft.list_of.get(claim.number)
    return f"開示なし（{draft.pen.digits(entry.name)}を参照）" if entry is not None else BLANK


def candidate_lists(draft: Draft) -> Iterator[Block]:
    """Yield the lists to choose from, what was observed only after the connection last, with what weakens an entry."""
    if not draft.lists:
        return
    site = platform_name(draft.material)
    yield Paragraph(
        f"以下は、{site}のホスト名について記録された観測に基づく、{draft.term}の候補であり、開示されたものではない。"
        "各接続の接続先が、その接続について示した候補一覧に掲げるもののいずれかであった可能性を示すものであって、"
        "掲げたもの以外であった可能性を排除するものではない。"
    )
    for entry in draft.lists:
        yield Heading(f"{draft.pen.digits(entry.name)}（{rows_of([row.number for row in entry.group.rows])}の接続）", 3)
        yield candidate_table(draft, entry)


def candidate_table(draft: Draft, entry: ListOfCandidates) -> Table:
    """Return one candidate list; a remark stands only where one is needed."""
    rows = tuple(
        (str(number), draft.pen.target(one.address), _weakness(one))
        for number, one in enumerate(entry.candidates, start=1)
    )
    return Table((Column("番号", 11, "right"), Column(draft.term, 57), Column("付記", 92)), rows)


def _weakness(candidate: Candidate) -> str:
    said = []
    if candidate.relation == "after":
        said.append("接続より後にのみ観測されたもの")
    if candidate.shared:
        said.append(f"{shown(candidate.shared)}の共用アドレス（エニーキャスト）")
    return "。".join(said)


def nearest_posts(draft: Draft) -> tuple[Post, ...]:
    """Return the posts to which one of this addressee's logins is the nearest of all, or of those before or after."""
    return tuple(post for post in draft.case.posts if any(_marked(link) for link in draft.own_links.get(post.id, ())))


def farther_posts(draft: Draft) -> tuple[Post, ...]:
    """Return the posts of the same accounts to which logins of other addressees are nearer on either side."""
    near = {post.id for post in nearest_posts(draft)}
    return tuple(post for post in draft.case.posts if post.id in draft.own_links and post.id not in near)


def posts_nearer_elsewhere(draft: Draft) -> tuple[Post, ...]:
    """Return the posts of the same accounts to which a login of another addressee is nearer than any of this one's."""
    first = {post: links[0].rank for post, links in draft.own_links.items()}
    return tuple(
        post for post in draft.case.posts if post.id in first and first[post.id] != draft.all_links[post.id][0].rank
    )


def _marked(link: Link) -> bool:
    return link.nearest or link.nearest_before or link.nearest_after


def post_table(draft: Draft, posts: Sequence[Post]) -> Table:
    """Return one row per post: where it is, when, whose, and which connection of this addressee is nearest to it.

    What is filed against one addressee says nothing of the connections of others: a gap would tell their time.
    """
    columns = (
        Column("番号", 9, "right"),
        Column("閲覧用URL又は投稿ID", 50),
        Column("投稿日時", 44),
        Column("アカウント", 25),
        Column("第１の接続のうち最も近いもの", 32),
    )
    rows = tuple(
        (
            post.id,
            _where(draft, post),
            both_times(draft, post.instant),
            draft.pen.account(post.account),
            _nearest(draft, draft.own_links.get(post.id, ())),
        )
        for post in posts
    )
    return Table(columns, rows)


def nearer_table(draft: Draft, posts: Sequence[Post]) -> Table:
    """Return one row per post, for the office: whether it is filed, and what is nearest to it here and of all."""
    filed = {post.id for post in nearest_posts(draft)}
    columns = (
        Column("番号", 9, "right"),
        Column("閲覧用URL又は投稿ID", 51),
        Column("目録", 14),
        Column("この相手方の接続のうち最も近いもの", 43),
        Column("すべての接続のうち最も近いもの", 43),
    )
    rows = tuple(
        (
            post.id,
            _where(draft, post),
            "記載" if post.id in filed else "なし",
            _nearest(draft, draft.own_links.get(post.id, ())),
            _nearest(draft, draft.all_links.get(post.id, ())),
        )
        for post in posts
    )
    return Table(columns, rows)


def _where(draft: Draft, post: Post) -> str:
    return draft.pen.url(post.url or post.post_id or "") or BLANK


def _nearest(draft: Draft, links: Sequence[Link]) -> str:
    """Say which login is nearest, and how near; all of them where several are equally near."""
    if not links:
        return "結び付く接続なし"
    first = [link for link in links if link.rank == links[0].rank]
    return "\n".join(_gap(draft, link) for link in first)


def _gap(draft: Draft, link: Link) -> str:
    text = f"No.{draft.numbers[link.login]}（{_POSITION[link.position].format(span(link.gap_seconds, 'ja'))}"
    if link.uncertain:
        text += "。時刻の精度では先後が定まらない"
    if (link.post, link.login) in draft.unchecked:
        text += f"。{UNCHECKED.ja}"
    return text + "）"
