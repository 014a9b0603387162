"""The records of an X return: where each begins and ends, and what speaks against reading it.

A record is one ``ipAudit`` block. Nothing moves from one record to the next: a gap stays in the record it is in.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING

from ipattr.model import Cell, Finding, Refusal, Text
from ipattr.readers.remarks import refusal, remark
from ipattr.readers.x_fields import ACCOUNT, CREATION_IP, EVIDENCE, LOGIN_IP, PORT, TIME, XRecord
from ipattr.readers.x_text import BLOCKS, CREATION_BLOCK, LEVEL, Levelled, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.model import Repair
    from ipattr.readers.x_text import Token

_LOGIN_FIELDS = frozenset({LOGIN_IP, PORT, CREATION_IP})
# The rest of a quoted value behind a line end: nothing but the value's own closing quote, then the end of the field.
_BROKEN_VALUE = re.compile(r'[^"{}\n]*\n[^"{}\n]+"(?=\s*(?:[,}\n]|\Z))')
_ACCOUNT_KEYS = frozenset(
    {
        "email", "emailAddress", "phone", "phoneNumber", "username", "screenName", "accountDisplayName", "createdVia",
        "name", "timeZone", "displayName", "birthDate", "locale",
    }
)  # fmt: skip


class Piece:
    """One record, or one block of other account data, while its pieces come in."""

    def __init__(self, block: str, name: str | None, section: int, token: Token) -> None:
        """Begin at a token, under the heading ``name`` of the numbered ``section`` (0: before any heading)."""
        self.block = block
        self.name = name
        self.section = section
        self.start = token.start
        self.end = token.end
        self.fields: list[Token] = []
        self.others: list[Token] = []
        self.depth = 1
        self.braced = False
        self.differs = False
        self.fault: tuple[str, Refusal] | None = None
        self.repairs: list[Repair] = []

    @property
    def is_other(self) -> bool:
        """Tell whether this is a named block of other account data, not of logins."""
        return bool(self.block) and self.block not in BLOCKS

    def has(self, name: str) -> bool:
        """Tell whether a field of this name is in."""
        return any(token.name == name for token in self.fields)

    def add(self, token: Token) -> None:
        """Take one field or one unknown key."""
        (self.fields if token.kind == "field" else self.others).append(token)
        self.end = token.end


def collect(levelled: Levelled) -> tuple[list[Piece], set[tuple[int, int]]]:
    """Return the records and other blocks in order, and the stretches of text that belong to some token."""
    state = _State(levelled)
    for token in tokens(levelled):
        if token.kind == "heading":
            state.name, state.section, state.current = token.name, state.section + 1, None
        elif token.kind == "block":
            state.enter(token)
        elif token.kind == "open":
            state.open()
        elif token.kind == "close":
            state.close(token)
        elif not state.take(token):
            continue
        state.used.add((token.start, token.end))
    return state.done, state.used


class _State:
    """Where the reading stands: the heading above, the piece that is open, the pieces done."""

    def __init__(self, levelled: Levelled) -> None:
        self.levelled = levelled
        self.done: list[Piece] = []
        self.used: set[tuple[int, int]] = set()
        self.current: Piece | None = None
        self.name: str | None = None
        self.section = 0
        self.braced = False

    def enter(self, token: Token) -> None:
        """Begin a block; inside other account data a block of yet another name is part of it."""
        if self.current is not None and self.current.is_other and token.name not in BLOCKS:
            self.current.depth += 1
            self.current.end = token.end
            return
        self._begin(token.name, token)
        if not token.exact and self.current is not None:
            self.current.fault = _propose(self.current, token, self.levelled)

    def open(self) -> None:
        """Meet an opening brace without a name: the next record's, unless this one is still empty."""
        if self.current is None or (self.current.fields and not self.current.is_other):
            self.current, self.braced = None, True
        elif self.current.is_other:
            self.current.depth += 1

    def close(self, token: Token) -> None:
        """Meet a closing brace: it ends a record whatever was opened, because braces are often lost."""
        self.braced = False
        if self.current is None:
            return
        self.current.end = token.end
        self.current.depth -= 1
        if not (self.current.is_other and self.current.depth > 0):
            self.current = None

    def take(self, token: Token) -> bool:
        """Take a field; False for an unknown key outside every record, which stays text so that nothing in it is lost.

        A field opens the next record when the word ``ipAudit`` is lost and the leading key comes again. Any other
        repeated key is a doubled key: splitting there would pair a time with its neighbour's address.
        """
        current = self.current
        again = (
            current is not None
            and token.kind == "field"
            and not current.is_other
            and bool(current.fields)
            and current.fields[0].name == token.name
        )
        if current is None or again:
            if token.kind == "other":
                return False
            current = self._begin("", token)
        current.add(token)
        return True

    def _begin(self, block: str, token: Token) -> Piece:
        self.current = Piece(block, self.name, self.section, token)
        self.current.braced, self.braced = self.braced and not block, False
        self.done.append(self.current)
        return self.current


def given_back(asides: list[Piece]) -> set[tuple[int, int]]:
    """Return what other account data holds beside its own dates and ids: an address there belongs to no login."""
    return {
        (token.start, token.end)
        for piece in asides
        for token in (*piece.others, *(field for field in piece.fields if not field.exact))
    }


def is_account_data(piece: Piece) -> bool:
    """Tell whether a piece is other account data: a block of another name, or loose keys none of which is a login's."""
    if any(token.name in _LOGIN_FIELDS for token in piece.fields):
        return False
    if piece.block:
        return piece.is_other
    guessed = all(not token.exact and not token.quoted for token in piece.fields)
    return guessed or any(token.name in _ACCOUNT_KEYS for token in piece.others)


def as_record(piece: Piece, levelled: Levelled, stray: Sequence[int], file: str) -> XRecord:
    """Return the record as it stood, with what speaks against it.

    ``stray`` are the ascending offsets of times and addresses outside every key. One between the fields of a record
    means that a key, or the border of a record, is lost there; one behind its last field is for a person to look at.
    """
    row = levelled.row(piece.start)
    about = f"{file}:{row}"
    findings = []
    if piece.differs:
        findings.append(remark("IPA022", "warning", _DIFFERENT_ACCOUNT, about))
    inside = list(stray[bisect_left(stray, piece.start) : bisect_left(stray, piece.end)])
    findings += [stray_finding(levelled, offset, file) for offset in inside]
    for token in piece.others:
        if token.value and EVIDENCE.search(token.value.translate(LEVEL)):
            inside.append(token.start)
            message = Text(
                ja=f"この記録には、読み取り対象でない項目「{token.written}」にも日時かアドレスがある({token.value})。",
                en=f"The unknown key {token.written!r} of this record holds a time or an address too ({token.value}).",
            )
            findings.append(remark("IPA023", "warning", message, about))
    last = max((token.start for token in piece.fields), default=0)
    lost = ("", _LOST_BORDER) if any(offset < last for offset in inside) else None
    fault = piece.fault or _fault(piece, levelled) or lost
    return XRecord(
        row=row,
        text=levelled.raw[piece.start : _end(piece, levelled)],
        kind="creation" if piece.block == CREATION_BLOCK or _only_creation(piece) else "login",
        cells=tuple(Cell(column=token.written, raw=token.value or "") for token in (*piece.fields, *piece.others)),
        name=piece.name,
        fault=fault,
        repairs=tuple(piece.repairs),
        findings=tuple(findings),
    )


def _end(piece: Piece, levelled: Levelled) -> int:
    """Return where the text of a record ends: behind a last value that a line end has broken, too."""
    broken = _BROKEN_VALUE.match(levelled.text, piece.end)
    return broken.end() if broken else piece.end


def _only_creation(piece: Piece) -> bool:
    return not piece.block and piece.has(CREATION_IP) and not piece.has(LOGIN_IP)


_LOST_BORDER = refusal(
    "IPA025",
    "記録の境目か項目名が失われたとみられ、この日時とこのアドレスが同じ接続のものか決められない。組にせず残す。原本を確認する。",
    "The border of the record, or one of its keys, seems lost: whether this time and this address belong to one "
    "connection cannot be told, so they are not paired. Check the original.",
)
_DIFFERENT_ACCOUNT = Text(
    ja="同じ番号の項の中で、この記録の accountId は他の記録と異なる。原本を確認する。",
    en="Inside one numbered section, the accountId of this record differs from the others; check the original.",
)


def _fault(piece: Piece, levelled: Levelled) -> tuple[str, Refusal] | None:
    for token in piece.fields:
        fault = None if token.exact else _propose(piece, token, levelled)
        if fault is not None:
            return fault
    counts = Counter(token.name for token in piece.fields)
    doubled = next((name for name, count in counts.items() if count > 1), None)
    if doubled is not None:
        return doubled, refusal(
            "IPA021",
            f"一つの記録に {doubled} が {counts[doubled]} 個ある。どれとどれが組か決められない。原本を確認する。",
            f"One record holds {doubled} {counts[doubled]} times; which belongs to which cannot be told. "
            "Check the original.",
        )
    if piece.is_other or (piece.has(LOGIN_IP) and (piece.has(CREATION_IP) or piece.block == CREATION_BLOCK)):
        return "", refusal(
            "IPA024",
            f"ログインの項目が別の区画「{piece.block or CREATION_IP}」の中にある。記録の境目が壊れている。"
            "原本を確認する。",
            f"A login key stands inside other data ({piece.block or CREATION_IP!r}); the borders of the record "
            "are lost. Check the original.",
        )
    return _reversed(piece)


def _reversed(piece: Piece) -> tuple[str, Refusal] | None:
    """Refuse a record without name and brace that opens with its address: its time may be the next record's."""
    if piece.block or piece.braced or not piece.fields:
        return None
    names = [token.name for token in piece.fields]
    first = next((name for name in names if name == TIME or name in _LOGIN_FIELDS), TIME)
    return None if first == TIME or TIME not in names else ("", _LOST_BORDER)


def _propose(piece: Piece, token: Token, levelled: Levelled) -> tuple[str, Refusal] | None:
    """Note the repair of a misspelt key or block name; return the fault where there is none."""
    from ipattr.readers.ocr import key_repair

    repair = key_repair(token.written, token.name)
    if repair is None:
        return _misspelt(token, levelled)
    if repair not in piece.repairs:
        piece.repairs.append(repair)
    return None


def _misspelt(token: Token, levelled: Levelled) -> tuple[str, Refusal]:
    row = levelled.row(token.start)
    if token.written == token.name:
        return token.name, refusal(
            "IPA020",
            f"{row} 行目: 項目名 {token.name} の後にコロンがない。値として採らない。原本を確認する。",
            f"Row {row}: there is no colon after {token.name}, so no value is taken. Check the original.",
        )
    return token.written, refusal(
        "IPA020",
        f"{row} 行目: 項目名「{token.written}」は {token.name} に似るが同じでない(文字認識の誤りと思われる)。"
        "既知の読み誤りではないので修復も提案しない。原本を確認する。",
        f"Row {row}: the key {token.written!r} resembles {token.name} but is not it (as character recognition leaves "
        "behind). No known confusion explains it, so no repair is proposed. Check the original.",
    )


def mark_differing_accounts(records: Sequence[Piece]) -> None:
    """Mark the records whose accountId is not the commonest one of their numbered section; all when none is."""
    sections: dict[int, list[tuple[Piece, str]]] = {}
    for piece in records:
        value = next((token.value for token in piece.fields if token.name == ACCOUNT and token.value), None)
        if piece.section and value:
            sections.setdefault(piece.section, []).append((piece, value.strip()))
    for members in sections.values():
        ranked = Counter(value for _, value in members).most_common()
        settled = len(ranked) == 1 or ranked[0][1] > ranked[1][1]
        for piece, value in members:
            piece.differs = not settled or value != ranked[0][0]


def stray_finding(levelled: Levelled, offset: int, file: str) -> Finding:
    """Report a time or address that belongs to no key of any record."""
    row, line = levelled.row(offset), levelled.raw_line(levelled.line(offset)).strip()
    message = Text(
        ja=f"{row} 行目の日時またはアドレスは、どの記録の項目にも属さない。組にせず、ここに示す。「{line}」",
        en=f"Row {row} carries a time or an address under no key of any record; it is paired with nothing: {line!r}",
    )
    return remark("IPA026", "warning", message, f"{file}:{row}")
