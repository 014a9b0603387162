"""One record of a form whose fields are already told apart: values in, one event or one reject out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.addresses import parse_address, parse_port
from ipattr.instants import Zone, parse_instant
from ipattr.model import Account, Cell, Finding, LoginEvent, Provenance, Record, Refusal, Reject, Text
from ipattr.readers.cautions import cautions
from ipattr.readers.cells import FULL_WIDTH_DIGITS
from ipattr.readers.mapping import normalise
from ipattr.readers.remarks import remark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.addresses import ParsedAddress, Specials
    from ipattr.model import EventKind, Instant
    from ipattr.readers.document import Document, Options

_KINDS: dict[str, EventKind] = {
    "login": "login", "signin": "login", "logout": "logout", "signout": "logout",
    "accountcreation": "creation", "signup": "creation", "accountdeletion": "deletion",
}  # fmt: skip
_CLIENTS = frozenset({"client", "useragent", "useragents", "useragentstring", "rawuseragent", "rawuseragents"})


class Written(Record, frozen=True, kw_only=True):
    """One record as it stood.

    ``row`` is its first line and ``text`` all of it; ``cells`` are kept as written; ``time``, ``ip`` and ``port`` are
    (column, raw value). ``form_zone`` is a zone that the form itself fixes. ``client`` is what the login was made with,
    where it stands elsewhere than in a cell that says so. ``fault`` is (column, why) when the record must not be read.
    """

    row: int
    text: str
    cells: tuple[Cell, ...]
    time: tuple[str, str] = ("", "")
    ip: tuple[str, str] = ("", "")
    port: tuple[str, str] | None = None
    form_zone: Zone | None = None
    hostname: str | None = None
    account: Account = Account()
    kind: EventKind = "login"
    client: str = ""
    fault: tuple[str, Refusal] | None = None
    findings: tuple[Finding, ...] = ()


def read_kind(raw: str) -> EventKind | None:
    """Return what kind of event a word of the platform names, None when the word is not understood."""
    return _KINDS.get("".join(raw.split()).replace("-", "").replace("_", "").casefold())


def client_of(cells: Sequence[Cell]) -> str:
    """Return what a record says the login was made with, as it stands; empty when it says nothing, or several things.

    Known by the names of its cells (client, user agent), compared as the names of columns are.
    """
    said = {cell.raw.strip() for cell in cells if normalise(cell.column) in _CLIENTS} - {""}
    return said.pop() if len(said) == 1 else ""


def account_of(written: str, name: str | None = None) -> Account:
    """Return the account: decimal digits are the id, anything else is a name."""
    number = written.strip().translate(FULL_WIDTH_DIGITS)
    if number.isascii() and number.isdigit():
        return Account(id=number, name=name)
    return Account(name=name or written.strip() or None)


def conclude(record: Written, document: Document, options: Options, specials: Specials) -> LoginEvent | Reject:
    """Turn one record into an event, or into a reject that keeps its text; a warning among the findings is a review.

    For review: IPA013 special-purpose address, IPA014 account name without id, IPA016 no seconds, IPA017 embedded IPv4.
    """
    if record.fault is not None:
        return reject(record, document, *record.fault)
    instant = parse_instant(record.time[1], zone=options.zone, epoch=options.epoch, form_zone=record.form_zone)
    if isinstance(instant, Refusal):
        return reject(record, document, record.time[0], instant)
    parsed = parse_address(record.ip[1], specials=specials)
    if isinstance(parsed, Refusal):
        return reject(record, document, record.ip[0], parsed)
    port = parsed.port if record.port is None else parse_port(record.port[1])
    if isinstance(port, Refusal):
        return reject(record, document, record.port[0] if record.port else "", port)
    about = f"{document.name}:{record.row}"
    findings = (*parsed.findings, *_cautions(instant, parsed, record.account, about), *record.findings)
    return LoginEvent(
        id=str(record.row),
        status="review" if any(finding.level in {"warning", "error"} for finding in findings) else "ok",
        instant=instant,
        address=parsed.address,
        port=port,
        hostname=record.hostname,
        account=record.account,
        kind=record.kind,
        client=record.client or client_of(record.cells),
        raw=record.cells,
        findings=findings,
        provenance=Provenance(source=document.name, locator=about, sha256=document.sha256),
    )


def reject(record: Written, document: Document, column: str, why: Refusal) -> Reject:
    """Return the reject of a record: the refused cell, or the whole text when the cell is empty or none is named."""
    raw = next((cell.raw for cell in record.cells if cell.column == column), "")
    columns = [cell.column for cell in record.cells]
    return Reject(
        file=document.name,
        row=record.row,
        column=column,
        raw=raw if raw.strip() else record.text,
        code=why.code,
        reason=why.reason,
        record=record.cells if "text" in columns else (*record.cells, Cell(column="text", raw=record.text)),
    )


def _cautions(instant: Instant, parsed: ParsedAddress, account: Account, about: str) -> Iterator[Finding]:
    yield from cautions(instant, parsed, about)
    if account.id is None and account.name is not None:
        message = Text(
            ja=f"数字のユーザー ID がなく名前「{account.name[:80]}」だけである。名前は変更でき、他人が取得できるため、"
            "ID を確認する。",
            en=f"There is a name ({account.name[:80]!r}) but no numeric user id; names can change and pass to others, "
            "so find the id.",
        )
        yield remark("IPA014", "warning", message, about)
