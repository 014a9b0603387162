"""The user's own X archive: ``ip-audit.js`` and ``account-creation-ip.js``, strict JSON behind an assignment.

Form: ``window.YTD.ip_audit.part0 = [ { "ipAudit" : {…} } ]`` and ``window.YTD.account_creation_ip.part0 = […]`` (public
schema of the archive). Keys and strings are taken as they stand; numbers stay text, so that no id is rounded.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Never

from ipattr.errors import InputError
from ipattr.model import Cell, Finding, LoginEvent, Refusal, Reject, Text
from ipattr.readers.document import FormReading
from ipattr.readers.remarks import refusal, remark
from ipattr.readers.x_fields import EVIDENCE, FIELDS, XRecord, conclude, unknown_keys
from ipattr.readers.x_marks import X_ARCHIVE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.addresses import Specials
    from ipattr.readers.document import Document, Options

FORM = X_ARCHIVE

_BLOCKS = {"ipAudit": "login", "accountCreationIp": "creation"}
_ASSIGNMENT = re.compile(r"\s*window\.YTD\.(ip_audit|account_creation_ip)\.part\d+\s*=\s*\[")
_AFTER = re.compile(r"\s*;?\s*")
_SPACE = re.compile(r"[ \t\r\n]*")
_LINE_END = re.compile(r"\r\n|\r|\n")


class _Pairs(list[tuple[str, object]]):
    """A JSON object as it stands: pairs in order, doubled keys included."""


class _Number(str):
    """A JSON number as it stands."""

    __slots__ = ()


def detect(document: Document) -> Text | None:
    """Say why the document is the login or creation part of a user's own archive, None when it is not."""
    match = _ASSIGNMENT.match(document.text)
    if match is None:
        return None
    return Text(
        ja=f"X の利用者アーカイブの書き出し「window.YTD.{match[1]}」で始まる。",
        en=f"It starts with the assignment of a user's X archive (window.YTD.{match[1]}).",
    )


def read(document: Document, options: Options, specials: Specials) -> FormReading:
    """Read every element of the archive's lists into an event or a reject; the row is the line the element starts in.

    Times are UTC as written (``Z``). Raises InputError with row and column, and the number of elements before it, when
    the JSON is cut off or broken: part of a broken file is never passed off as the whole.
    """
    events: list[LoginEvent] = []
    rejects: list[Reject] = []
    unknown: Counter[str] = Counter()
    rows = 0
    for row, text, element in _elements(document):
        rows += 1
        record = _record(row, text, element, document.name)
        unknown.update({cell.column for cell in record.cells if cell.column not in FIELDS})
        verdict = conclude(record, document, options, specials)
        if isinstance(verdict, LoginEvent):
            events.append(verdict)
        else:
            rejects.append(verdict)
    findings = (*unknown_keys(unknown, document.name), *(_empty(document.name) if not rows else ()))
    return FormReading(events=tuple(events), rejects=tuple(rejects), findings=findings, rows=rows)


def _elements(document: Document) -> Iterator[tuple[int, str, object]]:
    """Yield (row, source text, value) of every element of every list in the file."""
    import json

    decoder = json.JSONDecoder(
        object_pairs_hook=_Pairs, parse_int=_Number, parse_float=_Number, parse_constant=_no_constant
    )
    text, at, count, row, counted = document.text, 0, 0, 1, 0
    while at < len(text):
        assignment = _ASSIGNMENT.match(text, at)
        if assignment is None:
            raise _broken(document, at, count)
        at = _space(text, assignment.end())
        while text[at : at + 1] != "]":
            try:
                value, end = decoder.raw_decode(text, at)
            except json.JSONDecodeError as error:
                raise _broken(document, error.pos, count) from None
            except (ValueError, RecursionError):
                raise _broken(document, at, count) from None
            row, counted = row + len(_LINE_END.findall(text, counted, at)), at
            yield row, text[at:end], value
            count += 1
            at = _space(text, end)
            if text[at : at + 1] == ",":
                at = _space(text, at + 1)
                if text[at : at + 1] == "]":
                    raise _broken(document, at, count)
            elif text[at : at + 1] != "]":
                raise _broken(document, at, count)
        after = _AFTER.match(text, at + 1)
        at = after.end() if after else at + 1


def _space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _no_constant(name: str) -> Never:
    """Refuse NaN and Infinity, which JSON (RFC 8259 §6) does not have."""
    raise ValueError(name)


def _broken(document: Document, at: int, count: int) -> InputError:
    ends = list(_LINE_END.finditer(document.text, 0, at))
    row, column = len(ends) + 1, at - (ends[-1].end() if ends else 0) + 1
    return InputError(
        ja=f"{row} 行 {column} 文字目で JSON が途切れているか壊れている(そこまでに完全な記録 {count} 件)。"
        "残りが失われているので、元のファイルを受け取り直されたい。",
        en=f"The JSON is cut off or broken at line {row}, column {column} ({count} complete records before it). "
        "What follows is lost, so ask for the file again.",
        where=f"{document.name}:{row}:{column}",
    )


def _record(row: int, text: str, element: object, name: str) -> XRecord:
    if not (isinstance(element, _Pairs) and len(element) == 1 and isinstance(element[0][1], _Pairs)):
        return _misshapen(row, text)
    block, pairs = element[0]
    if block not in _BLOCKS or not isinstance(pairs, _Pairs):
        return _misshapen(row, text)
    cells = tuple(Cell(column=_encodable(key), raw=_encodable(_plain(value))) for key, value in pairs)
    return XRecord(
        row=row,
        text=text,
        kind="creation" if _BLOCKS[block] == "creation" else "login",
        cells=cells,
        fault=_fault(pairs),
        findings=tuple(_evidence(cells, f"{name}:{row}")),
    )


def _misshapen(row: int, text: str) -> XRecord:
    why = refusal(
        "IPA035",
        '要素が { "ipAudit" : {…} } の形でない。原本を確認する。',
        'The element does not have the form { "ipAudit" : {…} }; check the original.',
    )
    return XRecord(row=row, text=text, kind="login", cells=(), fault=("", why))


def _fault(pairs: _Pairs) -> tuple[str, Refusal] | None:
    counts = Counter(key for key, _ in pairs)
    for key, value in pairs:
        if counts[key] > 1:
            return _encodable(key), refusal(
                "IPA036",
                f"一つの記録に「{_encodable(key)}」が {counts[key]} 個ある。どれが正しいか決められない。",
                f"One record holds the key {_encodable(key)!r} {counts[key]} times; which is right cannot be told.",
            )
        if key in FIELDS and not (value is None or isinstance(value, str)):
            return key, refusal(
                "IPA037", f"{key} の値が文字列でも数でもない。", f"The value of {key} is neither text nor a number."
            )
        if isinstance(value, str) and _encodable(value) != value:
            return _encodable(key), refusal(
                "IPA038",
                f"「{_encodable(key)}」の値に、単独では文字にならない符号(サロゲート)がある。",
                f"The value of {_encodable(key)!r} holds a lone surrogate, which is no character.",
            )
    return None


def _plain(value: object) -> str:
    """Return a value as text: strings and numbers as they stand, null as nothing, the rest as JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, _Pairs):
        return "{" + ", ".join(f"{key}: {_plain(inner)}" for key, inner in value) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_plain(inner) for inner in value) + "]"
    return str(value)


def _encodable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _evidence(cells: tuple[Cell, ...], about: str) -> Iterator[Finding]:
    for cell in cells:
        if cell.column not in FIELDS and EVIDENCE.search(cell.raw):
            message = Text(
                ja=f"この記録には、読み取り対象でない項目「{cell.column}」にも日時かアドレスがある({cell.raw})。",
                en=f"The unknown key {cell.column!r} of this record holds a time or an address too ({cell.raw}).",
            )
            yield remark("IPA023", "warning", message, about)


def _empty(name: str) -> tuple[Finding, ...]:
    message = Text(ja="記録が一件もない。", en="The list holds no record at all.")
    return (remark("IPA039", "notice", message, name),)
