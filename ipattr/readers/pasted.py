"""Free text (a mail, a chat, a memo) as logins: one time and one address that stand together, and nothing guessed.

A record is one line, or one paragraph (lines without a blank line between), that holds exactly one time and exactly
one address. Every other time and address is a reject of its own, so that nothing is dropped.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from ipattr.addresses import Specials
from ipattr.model import Account, Address, Cell, Finding, LoginEvent, Refusal, Reject, Text
from ipattr.readers.document import FormReading, Options, numbered_lines, split_lines
from ipattr.readers.pasted_pieces import OTHER_PORT, Piece, find_in_lines
from ipattr.readers.records import Written, conclude
from ipattr.readers.remarks import refusal, remark

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.readers.document import Document

__all__ = ["EXPECTS", "FORM", "LAST_RESORT", "Piece", "detect", "find_pieces", "grep", "read"]

FORM = "pasted"
LAST_RESORT = True
EXPECTS = Text(
    ja="自由な文章(一行又は一段落に日時とアドレスが一つずつあるもの)",
    en="free text (a time and an address in one line or paragraph)",
)
_SHOWN = 3
_VERSION = re.compile(r"(?:version|ver\.?|firmware|release|build|バージョン|版数)[ \t]*[:：=]?[ \t]*\Z", re.IGNORECASE)
_CLIENT = re.compile(
    r"(?<![A-Za-z])(?:user[ _-]?agent|ユーザー?・?エージェント)(?![A-Za-z])[\"”]?[ \t]*[:：=][ \t]*"
    r"(?:[\"“](?P<quoted>[^\"”\n]{1,1000})[\"”]|(?P<plain>[^\s\"“][^\n]{0,999})$)",
    re.IGNORECASE | re.MULTILINE,
)
_ROWS = ("time", "ip", "destination")
_WORDS = {
    "port": Text(ja="ポート番号", en="port"),
    "account": Text(ja="アカウント", en="account"),
    "number": Text(ja="数字", en="number"),
}
_UNPAIRED = Text(
    ja="同じ行又は段落に、組になる日時とアドレスが一つずつない。推測で組にせず、ここに示す。",
    en="No line or paragraph holds exactly one time and one address with it; nothing is paired by guess.",
)


class _Group:
    """The pieces of one line or one paragraph, and the text they stand in."""

    def __init__(self, row: int, text: str, start: int, pieces: Sequence[Piece]) -> None:
        self.row = row
        self.text = text
        self.start = start
        self.pieces = pieces

    def of(self, kind: str) -> list[Piece]:
        return [piece for piece in self.pieces if piece.kind == kind]

    @property
    def is_record(self) -> bool:
        return len(self.of("time")) == 1 and len(self.of("ip")) == 1


def find_pieces(text: str | Document, *, specials: Specials, options: Options | None = None) -> tuple[Piece, ...]:
    """Return every time, address, port and account of a text with line, column and offset, in the order of the text.

    A time without a zone is refused (IPA161) unless ``options.zone`` declares one. Nothing is paired here.
    """
    numbered = list(enumerate(split_lines(text), 1)) if isinstance(text, str) else numbered_lines(text)
    name = "" if isinstance(text, str) else text.name
    return find_in_lines(numbered, file=name, options=options or Options(), specials=specials)


def grep(documents: Sequence[Document], *, specials: Specials, options: Options | None = None) -> tuple[Piece, ...]:
    """Return the pieces of several documents one after another; ``Piece.where`` is ``file:line:column``."""
    return tuple(piece for document in documents for piece in find_pieces(document, specials=specials, options=options))


def detect(document: Document, options: Options) -> Text | None:
    """Say why a document can be read as free text: at least one time and one address stand in it; None otherwise."""
    counts = Counter(
        piece.kind
        for piece in find_pieces(document, specials=Specials(()), options=options)
        if piece.kind == "time" or piece.address is not None
    )
    counts["ip"] += counts["destination"]
    if not (counts["time"] and counts["ip"]):
        return None
    return Text(
        ja=f"決まった形式ではないが、日時が {counts['time']} 個、アドレスが {counts['ip']} 個ある文章である。",
        en=f"It has no known form, but it is text with {counts['time']} times and {counts['ip']} addresses.",
    )


def read(document: Document, options: Options, specials: Specials) -> FormReading:
    """Read every line or paragraph with one time and one address; each other time and address is one reject.

    IPA714 an unpaired time or address, IPA715 a record put together from several lines (review), IPA716 an address
    behind the word version (review), IPA717 a port or account outside every record, or a number that may be one
    (review), IPA718 versions of products set aside, IPA719 two ports, several accounts or destinations in one record,
    IPA112 a special-purpose destination (review).
    """
    numbered = numbered_lines(document)
    pieces = find_in_lines(numbered, file=document.name, options=options, specials=specials)
    events: list[LoginEvent] = []
    rejects: list[Reject] = []
    findings: list[Finding] = []
    rows = 0
    for group in _groups(numbered, pieces):
        if not group.is_record:
            lone = [_unpaired(piece, group.text) for piece in group.pieces if piece.kind in _ROWS]
            rejects += lone
            rows += len(lone)
            findings += [_left_over(piece) for piece in group.pieces if piece.kind in _WORDS]
            continue
        rows += 1
        verdict = _verdict(group, document, options, specials)
        if isinstance(verdict, LoginEvent):
            events.append(verdict)
        else:
            rejects.append(verdict)
    return FormReading(
        events=tuple(events),
        rejects=tuple(rejects),
        findings=(*findings, *_products(pieces, document.name)),
        rows=rows,
    )


def _groups(numbered: Sequence[tuple[int, str]], pieces: Sequence[Piece]) -> Iterator[_Group]:
    """Yield each paragraph that is a record, and of every other paragraph each line."""
    paragraph: list[_Group] = []
    at = offset = 0
    for row, text in [*numbered, (0, "")]:
        first, offset = offset, offset + len(text) + 1
        before = at
        while at < len(pieces) and pieces[at].offset < offset:
            at += 1
        if text.strip():
            paragraph.append(_Group(row, text, first, pieces[before:at]))
        elif paragraph:
            whole = _Group(
                paragraph[0].row,
                "\n".join(line.text for line in paragraph),
                paragraph[0].start,
                [piece for line in paragraph for piece in line.pieces],
            )
            yield from [whole] if whole.is_record else paragraph
            paragraph = []


def _verdict(group: _Group, document: Document, options: Options, specials: Specials) -> LoginEvent | Reject:
    """Return the event of a record, or the reject that says which piece could not be read."""
    (time,), (ip,), ports = group.of("time"), group.of("ip"), group.of("port")
    own = [piece for piece in ports if piece.refusal is None or piece.refusal.code != OTHER_PORT]
    account, doubt = _account(group.of("account"))
    destination, unsure = _destination(group.of("destination"))
    unused = [*(piece for piece in ports if piece not in own), *group.of("number")]
    findings = [*_cautions(group, time, ip), *doubt, *unsure, *(_left_over(piece, inside=True) for piece in unused)]
    written = Written(
        row=group.row,
        text=group.text,
        cells=(
            *(Cell(column=piece.kind, raw=piece.raw) for piece in group.pieces),
            Cell(column="text", raw=group.text),
        ),
        time=("time", time.read_as or time.raw),
        ip=("ip", ip.raw),
        port=("port", own[0].raw) if own else None,
        account=account,
        client=_client(group),
        fault=_fault(time, ip, own),
        findings=tuple(findings),
    )
    verdict = conclude(written, document, options, specials)
    if isinstance(verdict, LoginEvent) and verdict.instant is not None:
        instant = msgspec.structs.replace(verdict.instant, raw=time.raw)
        return msgspec.structs.replace(verdict, instant=instant, destination=destination)
    return _whole(verdict, (time, ip, *own)) if isinstance(verdict, Reject) else verdict


def _client(group: _Group) -> str:
    """Return the one user agent of a record behind its label, up to the closing quote or the end of the line.

    Nothing is taken where a time, an address or another piece stands in that stretch: where it ends is not known then.
    """
    said = set()
    for found in _CLIENT.finditer(group.text):
        first, last = found.span("plain" if found["quoted"] is None else "quoted")
        inside = [piece for piece in group.pieces if first <= piece.offset - group.start < last]
        if all(piece.kind == "product" for piece in inside):
            said.add(group.text[first:last].strip())
    return said.pop() if len(said) == 1 else ""


def _whole(reject: Reject, pieces: Sequence[Piece]) -> Reject:
    """Return the reject with its own line, and the rest of its record named, so that neither half of a pair is lost."""
    refused = next((piece for piece in pieces if piece.kind == reject.column), pieces[0])
    rest = ", ".join(f"{piece.raw} ({piece.line}:{piece.column})" for piece in pieces if piece is not refused)
    return msgspec.structs.replace(
        reject,
        row=refused.line,
        reason=Text(
            ja=f"{reject.reason.ja} 同じ記録の他の値: {rest}。",
            en=f"{reject.reason.en} The rest of the record: {rest}.",
        ),
    )


def _fault(time: Piece, ip: Piece, ports: Sequence[Piece]) -> tuple[str, Refusal] | None:
    for piece in (time, ip, *ports):
        if piece.refusal is not None:
            return piece.kind, piece.refusal
    numbers = {piece.port for piece in ports} | ({ip.beside} - {None})
    if len(numbers) < 2:  # noqa: PLR2004 - two ports are one too many
        return None
    shown = ", ".join(sorted(map(str, numbers)))
    return "port", refusal(
        "IPA719",
        f"一つの記録にポート番号が複数ある({shown})。どれが接続元か決められない。原本を確認する。",
        f"One record holds several ports ({shown}); which is the source cannot be told. Check the original.",
    )


def _account(pieces: Sequence[Piece]) -> tuple[Account, tuple[Finding, ...]]:
    accounts = [piece.account for piece in pieces if piece.account is not None]
    ids = sorted({account.id for account in accounts if account.id is not None})
    names = sorted({account.name for account in accounts if account.name is not None})
    if len(ids) < 2 and len(names) < 2:  # noqa: PLR2004 - two accounts are one too many
        return Account(id=ids[0] if ids else None, name=names[0] if names else None), ()
    shown = ", ".join([*ids, *(f"@{name}" for name in names)])
    message = Text(
        ja=f"一つの記録にアカウントが複数ある({shown})。どれのものか決められないので採らない。",
        en=f"One record names several accounts ({shown}); none is taken, because whose it is cannot be told.",
    )
    return Account(), (remark("IPA719", "warning", message, pieces[0].where),)


def _destination(pieces: Sequence[Piece]) -> tuple[Address | None, tuple[Finding, ...]]:
    """Return the one destination of a record; one that is refused, special-purpose or not alone goes to review."""
    found = {piece.address.text: piece.address for piece in pieces if piece.address is not None}
    refused = [piece for piece in pieces if piece.address is None]
    address = next(iter(found.values())) if len(found) == 1 and not refused else None
    if not pieces or (address is not None and address.special is None):
        return address, ()
    shown = ", ".join(dict.fromkeys(piece.raw for piece in pieces))
    if address is not None:
        message = Text(
            ja=f"接続先が特殊用途のアドレス({shown})である。",
            en=f"The destination is a special-purpose address ({shown}).",
        )
        return address, (remark("IPA112", "warning", message, pieces[0].where),)
    message = Text(
        ja=f"接続先が一つに決まらないか読めない({shown})ので採らない。原本を確認する。",
        en=f"The destination is not taken: there are several, or it cannot be read ({shown}). Check the original.",
    )
    return None, (remark("IPA719", "warning", message, pieces[0].where),)


def _cautions(group: _Group, time: Piece, ip: Piece) -> Iterator[Finding]:
    """Yield what sends a record to review: several lines, or an address that may be a version number."""
    lines = {group.text.count("\n", 0, piece.offset - group.start) for piece in group.pieces}
    if len(lines) > 1:
        message = Text(
            ja=f"一段落の複数の行から組にした({time.where} と {ip.where})。同じ接続のものか原文で確かめる。",
            en=f"Put together from several lines of one paragraph ({time.where} and {ip.where}); check in the text "
            "that they belong to one connection.",
        )
        yield remark("IPA715", "warning", message, ip.where)
    if _VERSION.search(group.text[: ip.offset - group.start].rpartition("\n")[2]):
        message = Text(
            ja=f"「{ip.raw}」は版番号の語の後にある。アドレスか版番号かを確かめる。",
            en=f"{ip.raw!r} stands behind a word for a version; find out whether it is an address.",
        )
        yield remark("IPA716", "warning", message, ip.where)


def _unpaired(piece: Piece, text: str) -> Reject:
    why = _UNPAIRED if piece.refusal is None else piece.refusal.reason
    return Reject(
        file=piece.file,
        row=piece.line,
        column=piece.kind,
        raw=piece.raw,
        code="IPA714" if piece.refusal is None else piece.refusal.code,
        reason=Text(
            ja=f"{piece.line} 行 {piece.column} 文字目: {why.ja}",
            en=f"Line {piece.line}, column {piece.column}: {why.en}",
        ),
        record=(Cell(column="text", raw=text),),
    )


def _left_over(piece: Piece, *, inside: bool = False) -> Finding:
    what = _WORDS[piece.kind]
    why = Text(ja="どの記録にも属さない。", en="It belongs to no record.")
    if piece.refusal is not None:
        why = piece.refusal.reason
    message = Text(
        ja=f"{what.ja}「{piece.raw}」は使わない。{why.ja}", en=f"The {what.en} {piece.raw!r} is not used. {why.en}"
    )
    return remark("IPA717", "warning" if inside and piece.kind == "number" else "notice", message, piece.where)


def _products(pieces: Sequence[Piece], name: str) -> tuple[Finding, ...]:
    found = [piece for piece in pieces if piece.kind == "product"]
    if not found:
        return ()
    shown = ", ".join(list(dict.fromkeys(piece.raw for piece in found))[:_SHOWN])
    message = Text(
        ja=f"製品の版番号 {len(found)} 個はアドレスとして扱わない({shown}。最初は {found[0].where})。",
        en=f"{len(found)} versions of products are not taken for addresses ({shown}; the first at {found[0].where}).",
    )
    return (remark("IPA718", "notice", message, name),)
