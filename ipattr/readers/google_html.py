"""Google subscriber information (``GoogleAccount.SubscriberInfo.html``): the table IP ACTIVITY.

Form: columns Timestamp, IP Address and often Activity Type, times such as ``2025-07-04 14:49:25 Z``, no port (public
code that reads such files). What Japanese claimants receive is not known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ipattr.errors import InputError
from ipattr.model import Account, Cell, Finding, LoginEvent, Reject, Text
from ipattr.readers.document import FormReading
from ipattr.readers.html_text import disagreement, looks_like_html, read_page, second_rows
from ipattr.readers.records import Written, conclude, read_kind
from ipattr.readers.remarks import refusal, remark
from ipattr.readers.x_fields import EVIDENCE

if TYPE_CHECKING:
    from ipattr.addresses import Specials
    from ipattr.model import EventKind, Refusal
    from ipattr.readers.document import Document, Options
    from ipattr.readers.html_text import HtmlRow, HtmlTable, Page

FORM = "google-html"
DECISIVE = True
EXPECTS = Text(
    ja="Google の契約者情報の HTML(Timestamp と IP Address の列を持つ IP ACTIVITY の表)",
    en="Google subscriber information in HTML (the table IP ACTIVITY with Timestamp and IP Address)",
)

TIME, IP, KIND = "timestamp", "ip address", "activity type"
_MARKS = re.compile(
    r"\bGOOGLE SUBSCRIBER INFORMATION\b|\bIP ACTIVITY\b|\bGoogleAccount\.SubscriberInfo\b|\bGoogle Account ID\b",
    re.IGNORECASE,
)
_ID = re.compile(r"Google Account ID\s*:?\s*(?P<value>.*)", re.IGNORECASE)
_MAIL = re.compile(r"e-?mail(?: address)?\s*:?\s*(?P<value>\S*)", re.IGNORECASE)
_SHOWN = 200
_LISTED = 20


def detect(document: Document, _options: Options) -> Text | None:
    """Say why the document is Google's subscriber information, None when it is not.

    The mark: one of Google's headings (``GOOGLE SUBSCRIBER INFORMATION``, ``IP ACTIVITY``, ``Google Account ID``) and a
    table whose first row names Timestamp and IP Address.
    """
    if document.kind == "docx" or not looks_like_html(document.text):
        return None
    mark = _MARKS.search(document.text)
    if mark is None or not _activity(read_page(document)):
        return None
    return Text(
        ja=f"HTML に「{mark[0]}」と、Timestamp と IP Address の列を持つ表がある。",
        en=f"The HTML says {mark[0]!r} and has a table with Timestamp and IP Address.",
    )


def read(document: Document, options: Options, specials: Specials) -> FormReading:
    """Read every row below the header of the activity table into an event or a reject.

    Raises InputError when there is no such table, or when two ways of counting its rows disagree.
    """
    page = read_page(document)
    tables = _activity(page)
    if not tables:
        raise InputError(
            ja="Timestamp と IP Address の列を持つ表がない。",
            en="There is no table with the columns Timestamp and IP Address.",
            where=document.name,
        )
    account, findings = _account(page, document.name)
    events: list[LoginEvent] = []
    rejects: list[Reject] = []
    for table in tables:
        headers = table.rows[0].cells
        for row in table.rows[1:]:
            written = _written(row, headers, (account, findings), file=document.name)
            verdict = conclude(written, document, options, specials)
            if isinstance(verdict, LoginEvent):
                events.append(verdict)
            else:
                rejects.append(verdict)
    rows = sum(len(table) - 1 for table in second_rows(document.text) if table and _is_header(table[0]))
    if rows != len(events) + len(rejects):
        raise disagreement(document, len(events) + len(rejects), rows)
    remarks = (*_remarks(account, rows, document.name), *_elsewhere(page, tables, document.name))
    return FormReading(events=tuple(events), rejects=tuple(rejects), findings=remarks, rows=rows)


def _is_header(cells: tuple[str, ...] | list[str]) -> bool:
    names = [cell.casefold() for cell in cells]
    return names.count(TIME) == 1 and names.count(IP) == 1


def _activity(page: Page) -> list[HtmlTable]:
    return [table for table in page.tables if table.rows and _is_header(table.rows[0].cells)]


def _written(
    row: HtmlRow, headers: tuple[str, ...], owner: tuple[Account, tuple[Finding, ...]], *, file: str
) -> Written:
    account, findings = owner
    names = [header.casefold() for header in headers]
    cells = tuple(Cell(column=header, raw=cell) for header, cell in zip(headers, row.cells, strict=False))
    text = " | ".join(row.cells)
    fault = _fault(row, len(headers))
    if fault is not None:
        return Written(row=row.line, text=text, cells=cells, fault=("", fault))
    time, address = names.index(TIME), names.index(IP)
    kind, remarks = _kind(row, names, f"{file}:{row.line}")
    return Written(
        row=row.line,
        text=text,
        cells=cells,
        time=(headers[time], row.cells[time]),
        ip=(headers[address], row.cells[address]),
        account=account,
        kind=kind,
        findings=(*findings, *remarks),
    )


def _fault(row: HtmlRow, width: int) -> Refusal | None:
    if row.spans:
        return refusal(
            "IPA062",
            "結合されたセルがあり、どの欄の値か決められない。原本を確認する。",
            "The row has merged cells; which column a value belongs to cannot be told. Check the original.",
        )
    if len(row.cells) != width:
        return refusal(
            "IPA101",
            f"見出しは {width} 列だが、この行は {len(row.cells)} 列である。原本と照らす。",
            f"The header has {width} columns, this row has {len(row.cells)}; check it against the original.",
        )
    return None


def _kind(row: HtmlRow, names: list[str], about: str) -> tuple[EventKind, tuple[Finding, ...]]:
    written = row.cells[names.index(KIND)] if names.count(KIND) == 1 else ""
    if not written:
        return "unknown", ()
    kind = read_kind(written)
    if kind is not None:
        return kind, ()
    message = Text(
        ja=f"種別「{written[:_SHOWN]}」がログイン・作成・ログアウト・削除のどれか分からない。",
        en=f"The kind {written[:_SHOWN]!r} is not understood as login, creation, logout or deletion.",
    )
    return "unknown", (remark("IPA111", "warning", message, about),)


def _account(page: Page, file: str) -> tuple[Account, tuple[Finding, ...]]:
    """Return the account of the page: its number as id, its e-mail as name; contradicting ones are not chosen from."""
    numbers, mails = _named(page, _ID), _named(page, _MAIL)
    ids = [text for text in numbers if text.isascii() and text.isdigit()]
    if len(ids) > 1 or len(mails) > 1:
        message = Text(
            ja=f"アカウントの記載が複数あり、決められない({'、'.join((*ids, *mails))})。",
            en=f"The page names several accounts ({', '.join((*ids, *mails))}); which is meant cannot be told.",
        )
        return Account(), (remark("IPA057", "warning", message, file),)
    return Account(id=ids[0] if ids else None, name=mails[0] if mails else None), ()


def _named(page: Page, pattern: re.Pattern[str]) -> list[str]:
    found: dict[str, None] = {}
    for at, run in enumerate(page.runs):
        match = pattern.fullmatch(run.text)
        if match is None:
            continue
        value = match["value"] or (page.runs[at + 1].text if at + 1 < len(page.runs) else "")
        if value and (pattern is _ID or "@" in value):
            found[value] = None
    return list(found)


def _remarks(account: Account, rows: int, name: str) -> list[Finding]:
    found = []
    if account == Account():
        message = Text(
            ja="アカウントの記載がない。どのアカウントの記録かは、このファイルだけでは分からない。",
            en="No account is named; this file alone does not say whose logins these are.",
        )
        found.append(remark("IPA118", "notice", message, name))
    if not rows:
        message = Text(ja="見出しだけで、行がない。", en="There is a header, but no row.")
        found.append(remark("IPA115", "warning", message, name))
    return found


def _elsewhere(page: Page, tables: list[HtmlTable], name: str) -> list[Finding]:
    """Say which times and addresses stand outside the activity table, such as the terms-of-service address."""
    inside = {cell for table in tables for row in table.rows for cell in row.cells}
    outside = [run for run in page.runs if EVIDENCE.search(run.text) and run.text not in inside]
    if not outside:
        return []
    shown = " / ".join(f"{run.line}: {run.text[:_SHOWN]}" for run in outside[:_LISTED])
    message = Text(
        ja=f"IP ACTIVITY の表の外にも日時かアドレスが {len(outside)} か所あるが、読み取っていない(行: 内容): {shown}",
        en=f"Times or addresses stand in {len(outside)} places outside the table IP ACTIVITY; they were not read "
        f"(line: text): {shown}",
    )
    return [remark("IPA067", "notice", message, name)]
