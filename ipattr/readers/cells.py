"""One record's cells as values: what could not be read is collected, so that one row gives one reject."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from ipattr.addresses import ParsedAddress, parse_address, parse_port
from ipattr.instants import WIDTHS, Zone, parse_instant, parse_zone
from ipattr.model import Account, Cell, Finding, Instant, Refusal, Reject, Text
from ipattr.readers.cautions import unusual_address, without_seconds
from ipattr.readers.delimited import CONTROL, PADDING, looks_like_data

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import TypeVar

    from ipattr.addresses import Specials
    from ipattr.model import EventKind, Level
    from ipattr.readers.delimited import TableRow
    from ipattr.readers.document import Options
    from ipattr.readers.mapping import Columns, TimeColumn

    Value = TypeVar("Value")

_SCIENTIFIC = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE][+-]?\d+")
_DECIMAL_TAIL = re.compile(r"\d+[.,]0*")
FULL_WIDTH_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_SPREADSHEET_DIGITS = 15
_DOUBTFUL_LENGTH = 17
_SHOWN = 80
_KINDS: dict[str, EventKind] = {
    "login": "login", "signin": "login", "ログイン": "login",
    "logout": "logout", "signout": "logout", "ログアウト": "logout",
    "creation": "creation", "created": "creation", "accountcreation": "creation", "signup": "creation",
    "registration": "creation", "作成": "creation", "アカウント作成": "creation", "登録": "creation",
    "アカウント登録": "creation", "新規登録": "creation",
    "deletion": "deletion", "deleted": "deletion", "accountdeletion": "deletion", "削除": "deletion",
    "アカウント削除": "deletion", "退会": "deletion",
    "unknown": "unknown", "不明": "unknown",
}  # fmt: skip


class Row:
    """The cells of one record during reading: takes values out, gathers refusals and findings on the way."""

    def __init__(self, record: TableRow, columns: Columns) -> None:
        """Take one record and the columns it is read by."""
        self.record = record
        self.columns = columns
        self.refusals: list[tuple[str, str, Refusal]] = []
        self.findings: list[Finding] = []
        self.review = False

    def raw(self, field: str) -> str:
        """Return the cell of a field as it stands, empty when no column holds the field."""
        position = self.columns.index.get(field)
        return "" if position is None else self.record.cells[position]

    def text(self, field: str) -> str:
        """Return the cell of a field without the spaces around it."""
        return self.raw(field).strip(PADDING)

    def header(self, field: str) -> str:
        """Return the header of the field's column, the field itself when no column holds it."""
        return self.columns.mapping.get(field, field)

    def refuse(self, field: str, refusal: Refusal) -> None:
        """Note that a cell could not be read."""
        self.refusals.append((self.header(field), self.raw(field), refusal))

    def note(self, code: str, ja: str, en: str, *, about: str = "", review: bool = False) -> None:
        """Add a finding; with ``review`` a person must look at the row."""
        level: Level = "warning" if review else "info"
        self.findings.append(Finding(code=code, level=level, message=Text(ja=ja, en=en), about=about))
        self.review = self.review or review

    def caution(self, warnings: Iterable[Finding]) -> None:
        """Add warnings; any of them puts the row up for review."""
        before = len(self.findings)
        self.findings.extend(warnings)
        self.review = self.review or len(self.findings) > before

    def read(self, field: str, parse: Callable[[str], Value | Refusal]) -> Value | None:
        """Return the parsed cell, None when it is empty or was refused."""
        if not self.text(field):
            return None
        value = parse(self.raw(field))
        if isinstance(value, Refusal):
            self.refuse(field, value)
            return None
        return value

    def cells(self) -> tuple[Cell, ...]:
        """Return the cells that were read, as they stood."""
        used = [*self.columns.index.values(), *(column.index for column in self.columns.checks)]
        return tuple(
            Cell(column=self.columns.headers[position], raw=self.record.cells[position]) for position in sorted(used)
        )


def all_cells(cells: Sequence[str], headers: Sequence[str], *, ours: bool = False) -> tuple[Cell, ...]:
    """Return every cell of a record as it stood; one beyond the header is named by its number, ``[4]``.

    Of our own output (``ours``) the many empty cells are left out.
    """
    return tuple(
        Cell(column=headers[number] if number < len(headers) else f"[{number + 1}]", raw=cell)
        for number, cell in enumerate(cells)
        if cell or not ours
    )


def malformed(file: str, record: TableRow, columns: Columns) -> Reject | None:
    """Return a reject when the record has extra or missing cells, or a control character in a cell, else None.

    Of our own output only the columns that are read are looked at: its others quote raw text.
    """
    have, want = len(record.cells), len(columns.headers)
    if have != want:
        reason = Text(
            ja=f"見出しは {want} 列だが、この行は {have} 列である。原本と照らす。",
            en=f"The header has {want} columns, this row has {have}; check it against the original.",
        )
        whole = all_cells(record.cells, columns.headers, ours=columns.ours)
        return Reject(file=file, row=record.row, column="", raw=record.raw, code="IPA101", reason=reason, record=whole)
    # The cells say nothing that the text of the record does not.
    for number in columns.checked if CONTROL.search(record.raw) is not None else ():
        found = CONTROL.search(record.cells[number])
        if found is not None:
            point = f"U+{ord(found[0]):04X}"
            reason = Text(ja=f"制御文字 {point} が混じっている。", en=f"The cell holds the control character {point}.")
            return Reject(
                file=file, row=record.row, column=columns.headers[number], raw=record.cells[number], code="IPA102",
                reason=reason, record=all_cells(record.cells, columns.headers, ours=columns.ours),
            )  # fmt: skip
    return None


def reject(file: str, row: Row) -> Reject:
    """Return the one reject of a row: the first refused cell, with the others named in the reason."""
    column, raw, refusal = row.refusals[0]
    ja, en = refusal.reason.ja, refusal.reason.en
    for other, cell, further in row.refusals[1:]:
        ja += f" ほかに {other}「{cell[:_SHOWN]}」: {further.reason.ja}"
        en += f" Also {other} {cell[:_SHOWN]!r}: {further.reason.en}"
    return Reject(
        file=file,
        row=row.record.row,
        column=column,
        raw=raw,
        code=refusal.code,
        reason=Text(ja=ja, en=en),
        record=all_cells(row.record.cells, row.columns.headers, ours=row.columns.ours),
    )


def read_time(row: Row, options: Options) -> Instant | None:
    """Read the time of a row as ``read_time_as_typed`` does; without seconds it goes to review."""
    instant = read_time_as_typed(row, options)
    if instant is not None:
        review_precision(row, instant)
    return instant


def read_time_as_typed(row: Row, options: Options) -> Instant | None:
    """Read the time of a row: date and time joined, the zone column or header applied, other time columns compared."""
    column = row.columns.time
    if column is None:
        return None
    raw = row.raw("time")
    if "date" in row.columns.index:
        raw = f"{row.text('date')} {row.text('time')}".strip()
    instant = _instant(row, raw, column, options)
    if isinstance(instant, Refusal):
        row.refuse("time", instant)
        return None
    for check in row.columns.checks:
        _compare(row, instant, check)
    return instant


def review_precision(row: Row, instant: Instant) -> None:
    """Put a time without seconds up for review."""
    row.caution(without_seconds(instant, instant.raw))


def _instant(row: Row, raw: str, column: TimeColumn, options: Options) -> Instant | Refusal:
    written = row.text("zone")
    if written:
        return _with_zone_cell(raw, written, options)
    if column.zone is None:
        return parse_instant(raw, zone=options.zone, epoch=options.epoch)
    instant = parse_instant(raw, form_zone=column.zone, epoch=options.epoch)
    if isinstance(instant, Instant) and instant.zone_source == "written":
        return _agreeing(instant, column.zone, column.header)
    return instant


def _with_zone_cell(raw: str, written: str, options: Options) -> Instant | Refusal:
    zone = parse_zone(written)
    if isinstance(zone, Refusal):
        return zone
    instant = parse_instant(raw, form_zone=zone, epoch=options.epoch)
    if isinstance(instant, Refusal):
        return instant
    if instant.zone_source == "written":
        return _agreeing(instant, zone, written)
    return msgspec.structs.replace(instant, raw=f"{raw} {written}", zone_source="written")


def _agreeing(instant: Instant, zone: Zone, stated: str) -> Instant | Refusal:
    """Return the instant when the zone written in the cell is the stated one, else the refusal."""
    own = parse_zone(instant.zone)
    naive = instant.utc.replace(tzinfo=None)
    if isinstance(own, Zone) and own.to_utc(naive) == zone.to_utc(naive):
        return instant
    return Refusal(
        code="IPA104",
        reason=Text(
            ja=f"時刻の欄は {instant.zone}、見出し又は時間帯の欄は「{stated}」で、食い違う。どちらが正しいか確認する。",
            en=f"The cell says {instant.zone}, the header or the zone column says {stated!r}; find out which is right.",
        ),
    )


def _compare(row: Row, instant: Instant, check: TimeColumn) -> None:
    raw = row.record.cells[check.index]
    if not raw.strip(PADDING):
        return
    other = parse_instant(raw, form_zone=check.zone)
    if isinstance(other, Refusal):
        row.refusals.append((check.header, raw, other))
        return
    if abs((other.utc - instant.utc).total_seconds()) >= max(seconds(other), seconds(instant)):
        reason = Text(
            ja=f"「{row.header('time')}」の {row.text('time')} と食い違う。どちらが正しいか確認する。",
            en=f"It disagrees with {row.text('time')!r} in {row.header('time')!r}; find out which is right.",
        )
        row.refusals.append((check.header, raw, Refusal(code="IPA105", reason=reason)))


def seconds(instant: Instant) -> float:
    """Return the length in seconds of the smallest unit written."""
    return WIDTHS[instant.precision].total_seconds()


def read_address(row: Row, specials: Specials) -> ParsedAddress | None:
    """Read the source address; special-purpose and embedded addresses go to review."""
    parsed = parse_address(row.raw("ip"), specials=specials)
    if isinstance(parsed, Refusal):
        row.refuse("ip", parsed)
        return None
    review_address(row, parsed)
    return parsed


def review_address(row: Row, parsed: ParsedAddress) -> None:
    """Add what a person must know about a source address."""
    row.findings.extend(parsed.findings)
    row.caution(unusual_address(parsed.address, parsed.address.text))


def read_port(row: Row, beside_address: int | None) -> int | None:
    """Read the source port from its column or from beside the address; the two must not disagree."""
    port = row.read("port", parse_port)
    if port is None or beside_address in {None, port}:
        return beside_address if port is None else port
    reason = Text(
        ja=f"IP アドレスの欄のポート番号 {beside_address} と食い違う。",
        en=f"It disagrees with the port {beside_address} beside the address.",
    )
    row.refuse("port", Refusal(code="IPA015", reason=reason))
    return None


NAME_ALONE = Text(
    ja="数字のユーザー ID がなく名前だけである。名前は変更でき、他人が取得できるため、ID を確認する。",
    en="There is a name but no numeric user id; names can change and pass to others, so find the id.",
)
"""What IPA014 says of a row."""


def read_account(row: Row) -> Account:
    """Read the account: the numeric id identifies it; a name can change hands, so a name alone goes to review."""
    name = row.text("account_name") or None
    user_id = read_id(row, "account_id")
    written = row.text("account_id")
    if user_id is None and written and not row.refusals:
        row.note(
            "IPA109",
            f"アカウント ID「{written[:_SHOWN]}」は数字ではない。名前として扱う。",
            f"The account id {written[:_SHOWN]!r} is not a number; it is taken as a name.",
            about=written[:_SHOWN],
        )
        name = name or written
    if user_id is None and name is not None:
        row.note(
            "IPA014",
            NAME_ALONE.ja,
            NAME_ALONE.en,
            about=name[:_SHOWN],
            review=True,
        )
    return Account(id=user_id, name=name)


def read_id(row: Row, field: str) -> str | None:
    """Read an id of decimal digits as text; refuse what a spreadsheet has changed; None when empty or not digits."""
    raw = row.text(field)
    text = raw.translate(FULL_WIDTH_DIGITS)
    if _SCIENTIFIC.fullmatch(text) or _DECIMAL_TAIL.fullmatch(text):
        reason = Text(
            ja="表計算ソフトが数値に変えた ID で、元の数字は復元できない。元のファイルを文字列として開き直す。",
            en="A spreadsheet made this id a number; its digits cannot be recovered. Reopen the original as text.",
        )
        row.refuse(field, Refusal(code="IPA107", reason=reason))
        return None
    if not text or not (text.isascii() and text.isdigit()):
        return None
    if len(text) >= _DOUBTFUL_LENGTH and not text[_SPREADSHEET_DIGITS:].strip("0"):
        row.note(
            "IPA110",
            "ID の 16 桁目以降がすべて 0 である。表計算ソフトが丸めたおそれがあるので、原本を確認する。",
            "Every digit of the id after the 15th is 0, as a spreadsheet leaves it; check the original.",
            about=text,
            review=True,
        )
    return text


def kind_of(text: str) -> EventKind | None:
    """Return what kind of event a word names, None when the word is not understood."""
    return _KINDS.get(re.sub(r"[\s_-]", "", text).casefold())


def read_kind(row: Row) -> EventKind:
    """Read what kind of event the row is: login when no column says, ``unknown`` and review when not understood."""
    if "kind" not in row.columns.index:
        return "login"
    text = row.text("kind")
    kind = kind_of(text)
    if kind is not None:
        return kind
    row.note(
        "IPA111",
        f"種別「{text[:_SHOWN]}」がログイン・作成・ログアウト・削除のどれか分からない。",
        f"The kind {text[:_SHOWN]!r} is not understood as login, creation, logout or deletion.",
        about=text[:_SHOWN],
        review=bool(text),
    )
    return "unknown"


def read_destination(row: Row, specials: Specials) -> ParsedAddress | None:
    """Read the destination address; a special-purpose one goes to review."""
    parsed = row.read("destination", lambda raw: parse_address(raw, specials=specials))
    if parsed is None:
        return None
    row.findings.extend(parsed.findings)
    if parsed.address.special is not None:
        row.note(
            "IPA112",
            f"接続先が特殊用途のアドレス({parsed.address.special.prefix})である。",
            f"The destination is a special-purpose address ({parsed.address.special.prefix}).",
            about=parsed.address.text,
            review=True,
        )
    return parsed


def review_unread(row: Row, delimiter: str) -> None:
    """Put a row up for review when a cell of an unread column holds what looks like another record."""
    for header in row.columns.unread:
        cell = row.record.cells[row.columns.headers.index(header)]
        if delimiter in cell and sum(looks_like_data(part) for part in cell.split(delimiter)) > 1:
            row.note(
                "IPA154",
                f"読まない列「{header}」に別の記録とみられる内容がある: {cell}",
                f"The column {header!r}, which is not read, holds what looks like another record: {cell}",
                review=True,
            )
