"""The CSV that this program writes, read back to the same rows (known by its column ``ipattr_schema``)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from ipattr.addresses import ParsedAddress, parse_address
from ipattr.instants import Zone, parse_instant, parse_zone
from ipattr.model import Finding, Instant, LoginEvent, Pending, Provenance, Refusal, Reject, Repair, Text
from ipattr.readers.cells import (
    Row,
    all_cells,
    malformed,
    read_account,
    read_destination,
    read_kind,
    read_port,
    reject,
    review_address,
    review_precision,
)
from ipattr.readers.delimited import TableRow, find_header, read_table
from ipattr.readers.document import FormReading
from ipattr.readers.mapping import Columns, ask
from ipattr.readers.tables import SCHEMA_COLUMN

if TYPE_CHECKING:
    from ipattr.addresses import Specials
    from ipattr.readers.document import Document, Options

FORM = "ipattr-csv"
EXPECTS = Text(ja="本プログラムが出力した CSV", en="the CSV that this program writes")

_REQUIRED = ("utc", "ip")
_FIELDS = (*_REQUIRED, "port", "destination", "account_id", "account_name", "kind", "hostname", "client", "status",
           "time_raw", "zone", "zone_source", "precision", "ip_raw")  # fmt: skip
_REJECTED = ("reject_column", "raw", "reason")
_REPAIR = re.compile(r"(time|ip|port|account_id|key): (.*?) → (.*?) \[([a-z0-9+-]+)\](?: \| |\Z)", re.DOTALL)


def detect(document: Document, _options: Options) -> Text | None:
    """Say that the document is our own output: its header row names the column ``ipattr_schema``."""
    if document.kind != "text" or find_header(document, lambda cells: SCHEMA_COLUMN in cells) is None:
        return None
    return Text(ja=f"列「{SCHEMA_COLUMN}」がある。", en=f"There is a column {SCHEMA_COLUMN!r}.")


def read(document: Document, options: Options, specials: Specials) -> FormReading:
    """Read every record back as the login it was, or as a reject when it was one.

    ``utc`` and ``ip`` decide; the raw cells beside them are read again and must agree. InputError as for any table.
    """
    del options  # our own form declares everything in its columns
    header = find_header(document, lambda cells: SCHEMA_COLUMN in cells)
    if header is None:
        raise ask(document.name, (), "ipattr_schema")
    table = read_table(document, header=header, every_cell_quoted=True)
    index = {field: table.headers.index(field) for field in _FIELDS if field in table.headers}
    for field in _REQUIRED:
        if field not in index:
            raise ask(document.name, table.headers, field)
    mapping = {field: field for field in index}
    columns = Columns(headers=table.headers, index=index, time=None, mapping=mapping, source="shipped", ours=True)
    events: list[LoginEvent] = []
    rejects: list[Reject] = []
    pending: list[Pending] = []
    posts = 0
    for record in table.rows:
        # The apostrophe keeps a spreadsheet from running a cell or changing its digits; the writer puts exactly one.
        plain = msgspec.structs.replace(record, cells=tuple(cell.removeprefix("'") for cell in record.cells))
        wrong = malformed(document.name, plain, columns)
        if wrong is None and _cell(plain, columns, "status") == "pending":
            pending.append(_pending_again(plain, columns, document))
            continue
        found = wrong or _reject_again(plain, columns, document) or _login(plain, columns, document, specials)
        if wrong is None and _cell(plain, columns, "kind") == "post":
            posts += 1
        elif isinstance(found, Reject):
            rejects.append(found)
        else:
            events.append(found)
    return FormReading(
        events=tuple(events),
        rejects=tuple(rejects),
        pending=tuple(pending),
        findings=(*table.findings, *_left_out(document, posts), *_declared_before(document, events)),
        rows=table.count - posts,
        headers=table.headers,
        mapping=mapping,
        mapping_source="shipped",
    )


def _cell(record: TableRow, columns: Columns, header: str) -> str:
    return record.cells[columns.headers.index(header)] if header in columns.headers else ""


def _declared_before(document: Document, events: list[LoginEvent]) -> tuple[Finding, ...]:
    """Say which zones were declared when the result was first made: a declaration is printed in every output."""
    zones = dict.fromkeys(
        e.instant.zone for e in events if e.instant is not None and e.instant.zone_source == "declared"
    )
    if not zones:
        return ()
    named = ", ".join(zones)
    message = Text(
        ja=f"元の読み取りで宣言された時間帯: {named}。原本の所在（file、provenance の列）は元の結果にある。",
        en=f"Zone declared when this result was made: {named}. Where the rows stood in the original is said there "
        "(columns file, provenance).",
    )
    return (Finding(code="IPA721", level="notice", message=message, about=document.name),)


def _left_out(document: Document, posts: int) -> tuple[Finding, ...]:
    if not posts:
        return ()
    message = Text(
        ja=f"不採用の投稿の行が {posts} 行ある。ログインの行ではないので数えない。",
        en=f"{posts} rows are rejected posts, not logins; they are not counted.",
    )
    return (Finding(code="IPA194", level="info", message=message, about=document.name),)


def _reject_again(record: TableRow, columns: Columns, document: Document) -> Reject | None:
    """Return the reject that the row already was, with its raw text and reason; None for a row that was read."""
    if _cell(record, columns, "status") != "rejected":
        return None
    column, raw, reason = (_cell(record, columns, header) for header in _REJECTED)
    return Reject(
        file=document.name,
        row=record.row,
        column=column,
        raw=raw,
        code="IPA197",
        reason=Text(
            ja=f"前回の読み取りで不採用となった行である: {reason}", en=f"Rejected in the earlier reading: {reason}"
        ),
        record=all_cells(record.cells, columns.headers, ours=True),
    )


def _pending_again(record: TableRow, columns: Columns, document: Document) -> Pending:
    """Return the pending row that the row already was: its repairs still wait for a decision."""
    column, raw, reason = (_cell(record, columns, header) for header in _REJECTED)
    return Pending(
        file=document.name,
        row=record.row,
        column=column,
        raw=raw,
        repairs=_repairs(_cell(record, columns, "repairs")),
        reason=Text(
            ja=f"前回の読み取りで修復の採否を待つとされた行である: {reason}",
            en=f"Pending a repair in the earlier reading: {reason}",
        ),
    )


def _repairs(text: str) -> tuple[Repair, ...]:
    """Return the repairs that our writer put into a cell."""
    reason = Text(ja="前回の読み取りによる。", en="As in the earlier reading.")
    return tuple(
        Repair(field=field, raw=raw, proposed=proposed, rule=rule, reason=reason)
        for field, raw, proposed, rule in _REPAIR.findall(text)
    )


def _login(record: TableRow, columns: Columns, document: Document, specials: Specials) -> LoginEvent | Reject:
    row = Row(record, columns)
    instant = _instant(row)
    parsed = _address(row, specials)
    port = read_port(row, None)
    destination = read_destination(row, specials)
    account = read_account(row)
    kind = read_kind(row)
    if row.refusals or parsed is None:
        return reject(document.name, row)
    repairs = _repairs(_cell(record, columns, "repairs"))
    for repair in repairs:
        row.note(
            "IPA050",
            f"前回の読み取りで採用された修復: 「{repair.raw}」→「{repair.proposed}」。",
            f"Repair accepted in the earlier reading: {repair.raw!r} read as {repair.proposed!r}.",
            review=True,
        )
    if row.text("status") == "review" and not row.review:
        row.note(
            "IPA196", "前回の読み取りで要確認とされた行である。", "The earlier reading left it in review.", review=True
        )
    return LoginEvent(
        id=str(record.row),
        status="review" if row.review else "ok",
        instant=instant,
        address=parsed.address,
        port=port,
        destination=destination.address if destination is not None else None,
        hostname=row.text("hostname") or None,
        account=account,
        kind=kind,
        client=row.text("client"),
        raw=row.cells(),
        repairs=repairs,
        findings=tuple(row.findings),
        provenance=Provenance(source=document.name, locator=f"{document.name}:{record.row}", sha256=document.sha256),
    )


def _instant(row: Row) -> Instant | None:
    """Return the instant; None for a bare address (every time cell empty) or after a refusal."""
    if not any(row.text(field) for field in ("utc", "time_raw", "zone", "precision")):
        return None
    utc = parse_instant(row.raw("utc"))
    if isinstance(utc, Refusal):
        row.refuse("utc", utc)
        return None
    instant = _as_first_read(row, utc)
    if instant.utc != utc.utc:
        reason = Text(
            ja=f"time_raw の「{instant.raw}」と食い違う。書き換えられたおそれがある。",
            en=f"It disagrees with {instant.raw!r} in time_raw; one of the two was changed.",
        )
        row.refuse("utc", Refusal(code="IPA195", reason=reason))
        return None
    review_precision(row, instant)
    return instant


def _as_first_read(row: Row, utc: Instant) -> Instant:
    """Return the instant as the first reading had it: the raw time under the zone recorded beside it."""
    raw, written, source = row.raw("time_raw"), row.text("zone"), row.text("zone_source")
    if not raw.strip() or source not in {"written", "declared", "format"}:
        return utc
    zone = parse_zone(written) if source != "written" else None
    if isinstance(zone, Zone):
        again = parse_instant(raw, zone=zone) if source == "declared" else parse_instant(raw, form_zone=zone)
    else:
        again = parse_instant(raw)
    if isinstance(again, Instant):
        return again
    # A time that needs its declaration (epoch seconds) keeps its raw text beside the instant that was derived from it.
    return msgspec.structs.replace(utc, raw=raw)


def _address(row: Row, specials: Specials) -> ParsedAddress | None:
    parsed = parse_address(row.raw("ip"), specials=specials)
    if isinstance(parsed, Refusal):
        row.refuse("ip", parsed)
        return None
    repairs = _repairs(_cell(row.record, row.columns, "repairs"))
    if row.text("ip_raw") and any(repair.field == "ip" for repair in repairs):
        # A person accepted this address in place of the raw text, which is none.
        address = msgspec.structs.replace(parsed.address, raw=row.raw("ip_raw"))
        parsed = msgspec.structs.replace(parsed, address=address)
    elif row.text("ip_raw"):
        first = parse_address(row.raw("ip_raw"), specials=specials)
        if isinstance(first, Refusal) or first.address.text != parsed.address.text:
            reason = Text(
                ja=f"ip_raw の「{row.text('ip_raw')}」と食い違う。書き換えられたおそれがある。",
                en=f"It disagrees with {row.text('ip_raw')!r} in ip_raw; one of the two was changed.",
            )
            row.refuse("ip", Refusal(code="IPA195", reason=reason))
            return None
        parsed = first
    review_address(row, parsed)
    return parsed
