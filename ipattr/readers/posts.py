"""The posts complained of: a table, or one X URL per line; the post id gives the instant where there is one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ipattr.errors import InputError
from ipattr.instants import snowflake_instant
from ipattr.model import Account, Finding, Instant, Post, Provenance, Refusal, Reject, Text
from ipattr.readers.cells import Row, malformed, read_id, read_time, read_time_as_typed, reject, seconds
from ipattr.readers.delimited import PADDING, TableRow
from ipattr.readers.document import FormReading, numbered_lines
from ipattr.readers.mapping import LOGIN_FIELDS, POST_FIELDS, Columns, ask, known_names, normalise, recognise
from ipattr.readers.tables import column_findings, detect_table, open_table

if TYPE_CHECKING:
    from ipattr.addresses import Specials
    from ipattr.readers.document import Document, Options

TABLE_FORM = "posts-table"
TABLE_EXPECTS = Text(
    ja="列名の行(URL・投稿 ID・日時のいずれかを含む)で始まる CSV・TSV",
    en="CSV or TSV that starts with column names, a URL, a post id or a time among them",
)
LIST_FORM = "posts-list"
LIST_EXPECTS = Text(ja="1 行に一つずつ X の URL を書いたテキスト", en="text with one X URL per line")

_X_URL = re.compile(
    r"(?:https?://)?(?:www\.|mobile\.|m\.)?(?:twitter|x)\.com/"
    r"(?:i/(?:web/)?status|(?P<name>\w{1,15})/status(?:es)?)/(?P<id>\d+)(?:/(?:photo|video)/\d+)?/?(?:[?#]\S*)?",
    re.ASCII | re.IGNORECASE,
)
_URL_START = re.compile(r"(?:https?://|(?:www\.|mobile\.)?(?:twitter|x)\.com/)", re.IGNORECASE)
_ANY_OF = (("url",), ("post_id",), ("time",))
_X_PLATFORMS = {"x", "twitter"}
_SHOWN = 80
_IMPOSSIBLE_ID = "IPA182"


class PostUrl(NamedTuple):
    """What an X URL says: the post id, and the screen name unless the URL leaves it out (``i/web/status``)."""

    post_id: str
    name: str | None


def parse_url(text: str) -> PostUrl | None:
    """Return what a URL of an X post says, None for any other URL."""
    found = _X_URL.fullmatch(text.strip(PADDING))
    if found is None:
        return None
    name = found["name"]
    return PostUrl(found["id"], None if name is None or name.lower() == "i" else name)


def detect_posts_table(document: Document, options: Options) -> Text | None:
    """Say why the document is a table of posts: its header names a URL, an id or a time, or its lines split alike."""
    if _first_is_url(document, options):
        return None
    return detect_table(document, options, fields=POST_FIELDS, any_of=_ANY_OF)


def detect_posts_list(document: Document, options: Options) -> Text | None:
    """Say why the document is a list of URLs: its first line that is neither blank nor a ``#`` comment is one."""
    if not _first_is_url(document, options):
        return None
    return Text(ja="最初の行が URL である。", en="The first line is a URL.")


def _first_is_url(document: Document, options: Options) -> bool:
    first = next(iter(_list_rows(document, options)), None)
    return first is not None and _URL_START.match(first[1].strip(PADDING)) is not None


def _list_rows(document: Document, options: Options) -> list[tuple[int, str]]:
    """Return (row, line) of every line that is a row: not blank, not a ``#`` comment, not a lone column name on top."""
    rows = [(row, line) for row, line in numbered_lines(document) if _is_content(line)]
    if rows and known_names(options, ("url",)).get(normalise(rows[0][1])) == "url":
        return rows[1:]
    return rows


def _is_content(line: str) -> bool:
    text = line.strip(PADDING)
    return bool(text) and not text.startswith("#")


def read_posts_table(document: Document, options: Options, specials: Specials) -> FormReading:
    """Read every record as one post or one reject; InputError as for any table, or when nothing dates a post."""
    del specials  # a post has no address
    table, columns = open_table(document, options, fields=POST_FIELDS, any_of=_ANY_OF)
    remarks = _log_remark(document, columns, options)
    if not {"url", "post_id", "time"} & set(columns.index):
        raise ask(document.name, table.headers, "url")
    read = [
        malformed(document.name, record, columns) or _post(Row(record, columns), document, options)
        for record in table.rows
    ]
    return FormReading(
        posts=tuple(found for found in read if isinstance(found, Post)),
        rejects=tuple(found for found in read if isinstance(found, Reject)),
        findings=(*remarks, *table.findings, *column_findings(document, columns, options)),
        rows=table.count,
        headers=table.headers,
        mapping=columns.mapping,
        mapping_source=columns.source,
    )


def _log_remark(document: Document, columns: Columns, options: Options) -> tuple[Finding, ...]:
    """Warn of a column of addresses, which posts do not have; InputError when nothing else names a post either."""
    names = known_names(options, LOGIN_FIELDS)
    header = next((name for name in columns.headers if (recognise(name, names) or ("",))[0] == "ip"), None)
    if header is None:
        return ()
    if not {"url", "post_id"} & set(columns.index):
        raise InputError(
            ja=f"ログインのログとみられる(IP アドレスの列「{header}」があり、投稿の URL も ID もない)。"
            "投稿(--posts)ではなくログとして渡されたい。",
            en=f"This looks like a login log (it has the address column {header!r}, and neither a URL nor an id of a "
            "post); hand it in as a log, not as posts (--posts).",
            where=document.name,
        )
    message = Text(
        ja=f"IP アドレスの列「{header}」がある。投稿として読んだので、アドレスは使わない。ログでないか確かめられたい。",
        en=f"It has the address column {header!r}; read as posts, no address of it is used. See whether it is a log.",
    )
    return (Finding(code="IPA185", level="warning", message=message, about=document.name),)


def read_posts_list(document: Document, options: Options, specials: Specials) -> FormReading:
    """Read every line that is neither blank nor a ``#`` comment as one post or one reject."""
    del specials  # a post has no address
    columns = Columns(headers=("url",), index={"url": 0}, time=None, mapping={"url": "url"}, source="shipped")
    records = [TableRow(row=row, cells=(line,), raw=line) for row, line in _list_rows(document, options)]
    read = [
        malformed(document.name, record, columns) or _post(Row(record, columns), document, options)
        for record in records
    ]
    return FormReading(
        posts=tuple(found for found in read if isinstance(found, Post)),
        rejects=tuple(found for found in read if isinstance(found, Reject)),
        rows=sum(1 for _ in _list_rows(document, options)),
    )


def _post(row: Row, document: Document, options: Options) -> Post | Reject:
    url = row.text("url")
    link = parse_url(url) if url else None
    post_id = _post_id(row, link)
    account_id = read_id(row, "account_id")
    derived = _derived(row, post_id, link, options)
    instant = _settled(row, derived, options)
    if row.refusals or instant is None:
        return reject(document.name, row)
    name = row.text("account_name") or (link.name if link is not None else None)
    _compare_names(row, link)
    return Post(
        id=str(row.record.row),
        status="review" if row.review else "ok",
        instant=instant,
        post_id=post_id,
        url=url or None,
        account=Account(id=account_id, name=name),
        raw=row.cells(),
        findings=tuple(row.findings),
        provenance=Provenance(
            source=document.name, locator=f"{document.name}:{row.record.row}", sha256=document.sha256
        ),
    )


def _post_id(row: Row, link: PostUrl | None) -> str | None:
    written = read_id(row, "post_id")
    if link is None:
        return written or row.text("post_id") or None
    if written is not None and written != link.post_id:
        reason = Text(
            ja=f"URL の投稿 ID {link.post_id} と食い違う。どちらの投稿か確認する。",
            en=f"It disagrees with the post id {link.post_id} in the URL; find out which post is meant.",
        )
        row.refuse("post_id", Refusal(code="IPA100", reason=reason))
    return link.post_id


def _derived(row: Row, post_id: str | None, link: PostUrl | None, options: Options) -> Instant | None:
    """Return the instant that an X post id carries; ids of other platforms carry none that we know."""
    if post_id is None or (link is None and (row.text("url") or options.platform not in _X_PLATFORMS)):
        return None
    found = snowflake_instant(post_id)
    if isinstance(found, Instant):
        return found
    if not row.text("time"):
        row.refuse("url" if link is not None else "post_id", found)
        return None
    if found.code == _IMPOSSIBLE_ID:
        row.note(found.code, found.reason.ja, found.reason.en, about=post_id[:_SHOWN], review=True)
        return None
    row.note("IPA189", f"投稿 ID から日時を導けない。{found.reason.ja}",
             f"The post id gives no time. {found.reason.en}", about=post_id)  # fmt: skip
    return None


def _settled(row: Row, derived: Instant | None, options: Options) -> Instant | None:
    """Return the instant of the post: derived from the id where possible, since an id cannot be mistyped unnoticed."""
    if derived is None:
        if row.text("time"):
            return read_time(row, options)
        if not row.refusals:
            row.refuse("url" if row.text("url") else "time", Refusal(code="IPA193", reason=_undated(row)))
        return None
    if not row.text("time"):
        return derived
    typed = read_time_as_typed(row, options)  # seconds that are not typed are in the id
    if typed is None:
        column, raw, refusal = row.refusals.pop()
        row.note(
            "IPA190",
            f"{column}「{raw[:_SHOWN]}」は読めない({refusal.reason.ja})。日時は投稿 ID から導いた。",
            f"{column} {raw[:_SHOWN]!r} cannot be read ({refusal.reason.en}); the time was derived from the post id.",
            about=raw[:_SHOWN],
            review=True,
        )
    elif abs((derived.utc - typed.utc).total_seconds()) >= seconds(typed):
        shown = f"{derived.utc:%Y-%m-%dT%H:%M:%S}.{derived.utc.microsecond // 1000:03d}Z"
        row.note(
            "IPA191",
            f"記載された日時「{typed.raw}」({typed.utc:%Y-%m-%dT%H:%M:%SZ})は、投稿 ID の示す日時 {shown} と食い違う。"
            "投稿 ID の日時を採った。",
            f"The time as typed, {typed.raw!r} ({typed.utc:%Y-%m-%dT%H:%M:%SZ}), disagrees with the post id, "
            f"{shown}; the time in the id was taken.",
            about=typed.raw,
            review=True,
        )
    return derived


def _undated(row: Row) -> Text:
    if row.text("url"):
        return Text(
            ja="X の投稿の URL(…/status/数字)ではなく、日時もない。日時の列を加える。",
            en="This is not the URL of an X post (…/status/digits), and there is no time; add one.",
        )
    if row.text("post_id"):
        return Text(
            ja="日時がない。X の投稿 ID であれば --platform x を指定すると日時を導ける。",
            en="There is no time; if this is an X post id, --platform x lets its time be derived.",
        )
    return Text(ja="日時も URL も投稿 ID もない。", en="There is neither a time, nor a URL, nor a post id.")


def _compare_names(row: Row, link: PostUrl | None) -> None:
    written = row.text("account_name").removeprefix("@")
    if link is not None and link.name is not None and written and written.lower() != link.name.lower():
        row.note(
            "IPA192",
            f"URL の名前「{link.name}」とアカウント名の欄「{written}」が異なる。名前の変更があったか確認する。",
            f"The URL says {link.name!r}, the account name column {written!r}; check whether the name was changed.",
            about=link.name,
        )
