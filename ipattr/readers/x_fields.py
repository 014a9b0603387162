"""One login record of X, whatever it was written in: raw cells in, one event or one reject out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from ipattr.addresses import parse_address, parse_port
from ipattr.instants import parse_instant
from ipattr.model import Account, Cell, Finding, LoginEvent, Provenance, Record, Refusal, Reject, Repair, Text
from ipattr.readers.cautions import cautions
from ipattr.readers.cells import FULL_WIDTH_DIGITS
from ipattr.readers.records import client_of
from ipattr.readers.remarks import refusal, remark

if TYPE_CHECKING:
    from collections import Counter

    from ipattr.addresses import ParsedAddress, Specials
    from ipattr.readers.document import Document, Options

TIME = "createdAt"
LOGIN_IP = "loginIp"
PORT = "loginPortNumber"
ACCOUNT = "accountId"
CREATION_IP = "userCreationIp"
FIELDS = (ACCOUNT, TIME, LOGIN_IP, PORT, CREATION_IP)

EVIDENCE = re.compile(
    r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])"
    r"|(?<![0-9A-Za-z:])(?:[0-9A-Fa-f]{1,4}:){2,7}(?::|[0-9A-Fa-f]{1,4}:)[0-9A-Fa-f:]*"
    r"|(?<!\d)\d{4}[-/.年] ?\d{1,2}[-/.月] ?\d{1,2}日?[^0-9]{0,8}\d{1,2} ?[:時] ?\d{1,2}"
)
_FORM_LENGTHS = frozenset({20, 24})


class XRecord(Record, frozen=True, kw_only=True):
    """One record as it stood: first row, whole text, cells as written, and what already speaks against reading it.

    ``fault`` is (column, refusal); ``name`` the screen name of the heading above, without the at sign; ``repairs`` are
    proposals for misspelt keys (raw as written, proposed the exact key), whose cells count for nothing until then.
    """

    row: int
    text: str
    kind: Literal["login", "creation"]
    cells: tuple[Cell, ...]
    name: str | None = None
    fault: tuple[str, Refusal] | None = None
    repairs: tuple[Repair, ...] = ()
    findings: tuple[Finding, ...] = ()


def conclude(record: XRecord, document: Document, options: Options, specials: Specials) -> LoginEvent | Reject:
    """Turn one record into an event, or into a reject that keeps its text; a warning among the findings is a review.

    Time and address come from this record alone. IPA010 no time, IPA011 no address, IPA012 creation address without a
    time, IPA015 contradicting ports; for review IPA013 special-purpose address, IPA014 no account id, IPA016 no
    seconds, IPA017 embedded IPv4 address.
    """
    if record.fault is not None:
        return _reject(record, document, *record.fault)
    cells = {cell.column: cell.raw for cell in record.cells}
    ip_field = CREATION_IP if record.kind == "creation" else LOGIN_IP
    missing = _missing(record, cells, ip_field)
    if missing is not None:
        return _reject(record, document, *missing)
    instant = parse_instant(cells[TIME], zone=options.zone, epoch=options.epoch)
    if isinstance(instant, Refusal):
        return _reject(record, document, TIME, instant)
    parsed = parse_address(cells[ip_field], specials=specials)
    if isinstance(parsed, Refusal):
        return _reject(record, document, ip_field, parsed)
    about = f"{document.name}:{record.row}"
    port = _port(parsed, cells.get(PORT))
    if isinstance(port, Refusal):
        return _reject(record, document, PORT, port)
    account, account_findings = _account(record, cells.get(ACCOUNT), about)
    findings = (
        *parsed.findings,
        *cautions(instant, parsed, about),
        *account_findings,
        *record.findings,
    )
    return LoginEvent(
        id=str(record.row),
        status="review" if any(finding.level in {"warning", "error"} for finding in findings) else "ok",
        instant=instant,
        address=parsed.address,
        port=port,
        account=account,
        kind=record.kind,
        client=client_of(record.cells),
        raw=record.cells,
        findings=findings,
        provenance=Provenance(source=document.name, locator=about, sha256=document.sha256),
    )


def is_doubtful(record: XRecord, verdict: LoginEvent | Reject) -> bool:
    """Tell whether repairs are to be sought: a misspelt key, a refused record, or a time not of the usual shape."""
    if record.fault is not None:
        return False
    if record.repairs or isinstance(verdict, Reject):
        return True
    return verdict.instant is not None and not in_form(verdict.instant.raw)


def in_form(time: str) -> bool:
    """Tell whether a time has the shape of every return seen: ``2023-11-21T02:10:15.000Z``, or without milliseconds."""
    return len(time) in _FORM_LENGTHS and time[10] == "T" and time[-1] == "Z"


def _reject(record: XRecord, document: Document, column: str, why: Refusal) -> Reject:
    cell = next((cell.raw for cell in record.cells if cell.column == column), None)
    return Reject(
        file=document.name,
        row=record.row,
        column=column,
        raw=record.text if cell is None or not cell.strip() else cell,
        code=why.code,
        reason=why.reason,
        record=whole(record),
    )


def whole(record: XRecord) -> tuple[Cell, ...]:
    """Return every cell of a record and its whole text, for the reject that keeps them."""
    return (*record.cells, Cell(column="text", raw=record.text))


def _missing(record: XRecord, cells: dict[str, str], ip_field: str) -> tuple[str, Refusal] | None:
    if not cells.get(ip_field, "").strip():
        why = refusal(
            "IPA011",
            f"この記録に {ip_field} がない。隣の記録から補わず、欠落として残す。原本かプラットフォームに確認する。",
            f"This record has no {ip_field}. The gap is left open, nothing is taken from a neighbour; "
            "check the original or ask the platform.",
        )
        return ip_field, why
    if cells.get(TIME, "").strip():
        return None
    if record.kind == "creation":
        why = refusal(
            "IPA012",
            "アカウント作成時のアドレスだが日時がない。作成日時は account.js(または基本情報の createdAt)にある。"
            "日時と組にした表(CSV)で渡されたい。",
            "This is the address of the account's creation, without a time. The time stands in account.js (or as "
            "createdAt in the basic information); hand both in together as a table (CSV).",
        )
        return TIME, why
    why = refusal(
        "IPA010",
        f"この記録に {TIME} がない。隣の記録から補わず、欠落として残す。原本かプラットフォームに確認する。",
        f"This record has no {TIME}. The gap is left open, nothing is taken from a neighbour; "
        "check the original or ask the platform.",
    )
    return TIME, why


def unknown_keys(unknown: Counter[str], name: str) -> list[Finding]:
    """Report once for each key that no reader knows in how many records it stands (IPA030)."""
    return [
        remark(
            "IPA030",
            "notice",
            Text(
                ja=f"未知の項目「{key}」が {count} 件の記録にある。値は原文の欄にそのまま残し、判断には使わない。",
                en=f"The unknown key {key!r} stands in {count} records; its values are kept as raw cells and not used.",
            ),
            name,
        )
        for key, count in unknown.items()
    ]


def _port(parsed: ParsedAddress, raw: str | None) -> int | Refusal | None:
    if raw is None or not raw.strip():
        return parsed.port
    port = parse_port(raw)
    if isinstance(port, Refusal) or parsed.port in {None, port}:
        return port
    return refusal(
        "IPA015",
        f"接続元ポートが二通りある({PORT} は {port}、アドレス欄は {parsed.port})。原本を確認する。",
        f"Two source ports are given ({port} as {PORT}, {parsed.port} beside the address); check the original.",
    )


def _account(record: XRecord, raw: str | None, about: str) -> tuple[Account, tuple[Finding, ...]]:
    written = (raw or "").strip()
    number = written.translate(FULL_WIDTH_DIGITS)
    if number.isascii() and number.isdigit():
        account = Account(id=number, name=record.name)
        if number == written:
            return account, ()
        message = Text(
            ja="アカウント ID の全角数字を半角として読み取った。", en="Full-width digits of the account id were read."
        )
        return account, (remark("IPA014", "info", message, about),)
    if written:
        message = Text(
            ja=f"{ACCOUNT}「{written}」は数字だけではないので、アカウント ID として採らない。原本を確認する。",
            en=f"The {ACCOUNT} {written!r} is not digits alone and is not used as an account id; check the original.",
        )
    else:
        message = Text(
            ja=f"この記録に {ACCOUNT} がない。表示上の名前(@…)は変更できるので、名前だけでは特定しない。",
            en=f"This record has no {ACCOUNT}. A screen name can be changed, so the name alone identifies nobody.",
        )
    return Account(name=record.name), (remark("IPA014", "warning", message, about),)
