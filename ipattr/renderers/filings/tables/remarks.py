"""What was not read, what has to be remarked, and the sources of it all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers import facts
from ipattr.renderers.filings.tables.shape import Field, table
from ipattr.renderers.view import log_rejects, numbers, post_rejects
from ipattr.renderers.words import LEVEL, ROW_STATUS, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipattr.model import Cell, Finding
    from ipattr.renderers.filings.tables.shape import ExportTable, Walk
    from ipattr.renderers.view import View

UNREAD = (
    Field("what", "種類", "What", 8),
    Field("status", "読取り", "Read", 14),
    Field("file", "入力ファイル", "Input file", 24),
    Field("source_row", "入力の行", "Input row", 8),
    Field("reject_column", "欄", "Column", 16),
    Field("raw", "欄の原文", "What stood there", 48),
    Field("reason", "理由", "Why", 56),
    Field("repairs", "修復案", "Proposed repairs", 40, optional=True),
    Field("record", "行の全体", "The whole row", 72, optional=True),
)
FINDINGS = (
    Field("code", "コード", "Code", 8),
    Field("level", "程度", "Level", 8),
    Field("message", "備考の文", "Remark", 96),
    Field("rows", "ログイン(No.)", "Logins (No.)", 30),
    Field("about", "対象", "About", 40),
)
SOURCES = (
    Field("code", "出典", "Source", 28),
    Field("title", "標目", "Title", 56),
    Field("dated", "日付", "Dated", 14),
    Field("locator", "所在", "Where", 48),
    Field("kind", "種類", "Kind", 12),
    Field("licence", "利用条件", "Licence", 16, optional=True),
    Field("note", "注記", "Note", 40, optional=True),
    Field("used", "用いた箇所", "Used for", 36),
)


def unread(walk: Walk) -> ExportTable:
    """Return the rows that were refused or wait for a decision, with the whole of what stood there."""
    return table(
        "unread",
        walk.say("不採用・採否待ち", "Not read"),
        UNREAD,
        _unread(walk),
        lang=walk.lang,
        note=walk.say(
            "入力にあって判定のない行の全部。原文はそのまま(制御文字は \\xNN の形で表示)。",
            "All rows of the inputs that have no verdict, as they stood (control characters are written \\xNN).",
        ),
    )


def _unread(walk: Walk) -> Iterator[dict[str, str]]:
    login, post = walk.say("ログイン", "login"), walk.say("投稿", "post")
    for row in walk.case.pending:
        yield {
            **facts.pending(row, walk.lang),
            "what": login,
            "status": word(ROW_STATUS, "pending", walk.lang),
            "repairs": "\n".join(
                f"{one.field}: {one.raw} → {one.proposed} [{one.rule}] {one.reason.pick(walk.lang)}"
                for one in row.repairs
            ),
        }
    for what, rejects in ((login, log_rejects(walk.case)), (post, post_rejects(walk.case))):
        for reject in rejects:
            yield {
                **facts.rejected(reject, walk.lang),
                "what": what,
                "status": word(ROW_STATUS, "rejected", walk.lang),
                "record": _whole(reject.record),
            }


def _whole(record: Iterable[Cell]) -> str:
    return "\n".join(f"{cell.column}: {cell.raw}" for cell in record)


def findings(walk: Walk) -> ExportTable:
    """Return every remark once, with the logins it is about."""
    found: dict[tuple[str, str, str], tuple[dict[int, None], dict[str, None]]] = {}

    def note(finding: Finding, row: int | None) -> None:
        said = (finding.code, word(LEVEL, finding.level, walk.lang), finding.message.pick(walk.lang))
        rows, about = found.setdefault(said, ({}, {}))
        if row is not None:
            rows[row] = None
        if finding.about:
            about[finding.about] = None

    for finding in walk.case.findings:
        note(finding, None)
    for post in walk.case.posts:
        for finding in post.findings:
            note(finding, None)
    for view in walk.views:
        for finding in view.findings:
            note(finding, view.row.number)
    return table(
        "findings",
        walk.say("備考", "Remarks"),
        FINDINGS,
        (
            {
                "code": code,
                "level": level,
                "message": message,
                "rows": numbers(tuple(rows)),
                "about": "\n".join(about),
            }
            for (code, level, message), (rows, about) in found.items()
        ),
        lang=walk.lang,
    )


def sources(walk: Walk) -> ExportTable:
    """Return the sources that the verdicts rest on, by their codes."""
    used: dict[str, dict[str, None]] = {}
    seen: set[tuple[str, str]] = set()
    for view in walk.views:
        for key, purpose, codes in _cited(view, walk):
            if (purpose, key) not in seen:
                seen.add((purpose, key))
                for code in filter(None, codes):
                    used.setdefault(code, {})[purpose] = None
    return table(
        "sources",
        walk.say("出典", "Sources"),
        SOURCES,
        (_source(code, list(purposes), walk) for code, purposes in sorted(used.items())),
        lang=walk.lang,
    )


def _cited(view: View, walk: Walk) -> Iterator[tuple[str, str, Iterable[str]]]:
    """Yield, per kind of verdict, its key, what it is used for, and its codes."""
    row, who = view.row, view.attribution
    codes = [entry.source for entry in who.provenance] + [one.source for one in who.registrants]
    codes += [code for party in (*who.alternatives, *who.chain) for code in party.sources]
    yield row.attribution, walk.say("請求先", "addressee"), [*codes, who.holder.source]
    key = view.search
    codes = [entry.source for entry in key.provenance] + [option.source for option in key.options]
    yield row.search_key, walk.say("検索キー", "search key"), codes
    codes = [entry.source for entry in view.deadline.provenance]
    yield row.deadline, walk.say("保存期間", "retention"), codes
    codes = [code for one in view.candidates.candidates for code in one.sources]
    yield row.candidates, walk.say("接続先候補", "candidates"), codes


def _source(code: str, purposes: list[str], walk: Walk) -> dict[str, str]:
    citations = walk.material.facts.citations
    # A table is cited with its version (``name@version``); the citation is that of the table.
    cited = citations.get(code) or citations.get(code.partition("@")[0])
    said = {"code": code, "used": ("、" if walk.lang == "ja" else ", ").join(purposes)}
    if cited is None:
        return said
    return {
        **said,
        "title": cited.title,
        "dated": cited.dated,
        "locator": cited.locator,
        "kind": cited.kind,
        "licence": cited.licence,
        "note": cited.note,
    }
