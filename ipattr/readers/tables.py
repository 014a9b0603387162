"""Disclosed logins as a table (CSV, TSV): header mapping, then one event or one reject per record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from ipattr.errors import InputError
from ipattr.model import Finding, LoginEvent, Provenance, Reject, Text
from ipattr.readers.cells import (
    Row,
    malformed,
    read_account,
    read_address,
    read_destination,
    read_kind,
    read_port,
    read_time,
    reject,
    review_unread,
)
from ipattr.readers.delimited import Table, find_header, named, plain_header, read_table
from ipattr.readers.document import FormReading
from ipattr.readers.mapping import LOGIN_FIELDS, Columns, ask, known_names, normalise, recognise, resolve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.addresses import Specials
    from ipattr.readers.document import Document, Options

FORM = "table"
EXPECTS = Text(
    ja="列名の行(時刻と IP アドレスの列を含む)で始まる CSV・TSV",
    en="CSV or TSV that starts with column names, a time and an address among them",
)
ANY_OF = (("time", "ip"),)
"""The sets of fields of which a header must name one."""
SCHEMA_COLUMN = "ipattr_schema"


def detect(document: Document, options: Options) -> Text | None:
    """Say why the document is a table of logins: its header names time and address, or its lines split alike."""
    return detect_table(document, options, fields=LOGIN_FIELDS, any_of=ANY_OF)


def read(document: Document, options: Options, specials: Specials) -> FormReading:
    """Read every record as one login or one reject.

    Raises InputError for what makes rows uncertain (quotes, header) and when time or address has no column.
    """
    table, columns = open_table(document, options, fields=LOGIN_FIELDS, any_of=ANY_OF)
    missing = [field for field in ("time", "ip") if field not in columns.index]
    if missing:
        raise ask(document.name, columns.headers, *missing)
    events: list[LoginEvent] = []
    rejects: list[Reject] = []
    for record in table.rows:
        read_one: LoginEvent | Reject | None = malformed(document.name, record, columns)
        if read_one is None:
            row = Row(record, columns)
            review_unread(row, table.delimiter)
            place = f"{document.name}:{record.row}"
            provenance = Provenance(source=document.name, locator=place, sha256=document.sha256)
            read_one = read_login(row, provenance, options, specials)
        if isinstance(read_one, Reject):
            rejects.append(read_one)
        else:
            events.append(read_one)
    return FormReading(
        events=tuple(events),
        rejects=tuple(rejects),
        findings=(*table.findings, *login_column_findings(document.name, columns, options)),
        rows=table.count,
        headers=table.headers,
        mapping=columns.mapping,
        mapping_source=columns.source,
    )


def read_login(row: Row, provenance: Provenance, options: Options, specials: Specials) -> LoginEvent | Reject:
    """Read one record, of a text or of a grid, as one login or one reject: the row rules of every table of logins."""
    instant = read_time(row, options)
    parsed = read_address(row, specials)
    port = read_port(row, parsed.port if parsed is not None else None)
    destination = read_destination(row, specials)
    account = read_account(row)
    kind = read_kind(row)
    if row.refusals or instant is None or parsed is None:
        return reject(provenance.source, row)
    return LoginEvent(
        id=str(row.record.row),
        status="review" if row.review else "ok",
        instant=instant,
        address=parsed.address,
        port=port,
        destination=destination.address if destination is not None else None,
        hostname=row.text("hostname").rstrip(".") or None,
        account=account,
        kind=kind,
        client=row.text("client"),
        raw=row.cells(),
        findings=tuple(row.findings),
        provenance=provenance,
    )


def detect_table(
    document: Document, options: Options, *, fields: Sequence[str], any_of: Sequence[Sequence[str]]
) -> Text | None:
    """Say why the document is a table with one of the sets of fields ``any_of``, None when it is not one."""
    if document.kind != "text":
        return None
    header = find_header(document, lambda cells: names_fields(cells, options, fields, any_of))
    if header is not None:
        wanted = " / ".join("+".join(fields) for fields in any_of)
        return Text(
            ja=f"{header[0]} 行目に {wanted} の列名がある。", en=f"Line {header[0]} names the columns {wanted}."
        )
    header = plain_header(document)
    if header is None or find_header(document, lambda cells: SCHEMA_COLUMN in cells) is not None:
        return None
    return Text(ja=f"{header[0]} 行目以降が同じ数の欄に分かれる。", en=f"The lines from {header[0]} on split alike.")


def open_table(
    document: Document, options: Options, *, fields: Sequence[str], any_of: Sequence[Sequence[str]]
) -> tuple[Table, Columns]:
    """Read the table and decide its columns; InputError when no line can be the header."""
    header = find_header(document, lambda cells: names_fields(cells, options, fields, any_of)) or plain_header(document)
    if header is None:
        raise InputError(
            ja="見出し行が見つからない。列名をタブ・コンマ・セミコロンのいずれかで区切った行を先頭に置かれたい。",
            en="No header row was found; put column names, separated by tabs, commas or semicolons, on the first line.",
            where=document.name,
        )
    table = read_table(document, header=header)
    return table, resolve(document.name, table.headers, fields=fields, options=options)


def names_fields(
    cells: tuple[str, ...], options: Options, fields: Sequence[str], any_of: Sequence[Sequence[str]]
) -> bool:
    """Tell whether the cells name one of the sets of fields (by ``--map``, memory or shipped names)."""
    if len(cells) < 2 or SCHEMA_COLUMN in cells:  # noqa: PLR2004 - one cell is not a table
        return False
    if named(cells) in options.remembered:
        return True
    names = known_names(options, fields)
    given = {normalise(header): field for field, header in options.mapping.items()}
    found = {given.get(normalise(cell)) or (recognise(cell, names) or ("",))[0] for cell in cells}
    return any(found.issuperset(wanted) for wanted in any_of)


def column_findings(document: Document, columns: Columns, options: Options) -> tuple[Finding, ...]:
    """Say how the columns were decided and which were not read."""
    return _column_findings(document.name, columns, options)


def login_column_findings(name: str, columns: Columns, options: Options) -> tuple[Finding, ...]:
    """Say the same of a table of logins named ``name``, and whether no column names the account."""
    return (*_column_findings(name, columns, options), *_account_finding(name, columns))


def _column_findings(name: str, columns: Columns, options: Options) -> tuple[Finding, ...]:
    found = [
        _remark(
            "IPA116",
            "notice",
            f"前回の対応付けを使った({_shown(columns)})。",
            f"The mapping of an earlier file with the same header was used ({_shown(columns)}).",
        )
        if columns.source == "remembered"
        else None,
        _remark(
            "IPA117",
            "info",
            f"読まなかった列: {'、'.join(columns.unread)}。",
            f"Columns that were not read: {', '.join(columns.unread)}.",
        )
        if columns.unread
        else None,
        _remark(
            "IPA119",
            "notice",
            f"見出し「{columns.time.header}」が時間帯を示すため、指定された {options.zone.text} は使わない。",
            f"The header {columns.time.header!r} states its zone, so the declared {options.zone.text} is not used.",
        )
        if options.zone is not None and columns.time is not None and columns.time.zone is not None
        else None,
    ]
    return tuple(msgspec.structs.replace(finding, about=name) for finding in found if finding is not None)


def _account_finding(name: str, columns: Columns) -> tuple[Finding, ...]:
    if {"account_id", "account_name"} & set(columns.index):
        return ()
    message = Text(
        ja="アカウントの列がない。どのアカウントの記録かは、このファイルだけでは分からない。",
        en="No column names the account; this file alone does not say whose logins these are.",
    )
    return (Finding(code="IPA118", level="notice", message=message, about=name),)


def _shown(columns: Columns) -> str:
    return ", ".join(f"{field}={header}" for field, header in columns.mapping.items())


def _remark(code: str, level: Literal["info", "notice"], ja: str, en: str) -> Finding:
    return Finding(code=code, level=level, message=Text(ja=ja, en=en))
