"""The X return as counsel receives it: Basic Subscriber Information with ``ipAudit`` records, as text or Word file.

Form and field names: the returns quoted on Japanese practitioners' pages (2023-11-21) and the public schema of the
user archive. Times and addresses are paired inside one record only; what is missing stays missing.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from ipattr.model import Finding, LoginEvent, Pending, Reject, Text
from ipattr.readers.document import FormReading, numbered_lines
from ipattr.readers.remarks import remark
from ipattr.readers.x_fields import EVIDENCE, conclude, is_doubtful, unknown_keys
from ipattr.readers.x_marks import KEY_WITH_COLON, X_RETURN
from ipattr.readers.x_records import (
    Piece,
    as_record,
    collect,
    given_back,
    is_account_data,
    mark_differing_accounts,
    stray_finding,
)
from ipattr.readers.x_text import Levelled, level, looks_like_return, mentions

if TYPE_CHECKING:
    from ipattr.addresses import Specials
    from ipattr.readers.document import Document, Options
    from ipattr.readers.x_fields import XRecord

FORM = X_RETURN
_DETECT_LINES = (200, 5_000)


def detect(document: Document) -> Text | None:
    """Say why the document is an X return, None when it is not: ``ipAudit`` blocks, or time and login keys with colons.

    A file that assigns to ``window.YTD`` is the user's own archive instead; a table header has no colons.
    """
    if KEY_WITH_COLON.search(document.text) is None:
        return None
    if document.text.lstrip().startswith("window.YTD."):
        return None
    numbered = numbered_lines(document)
    if not any(looks_like_return(level(numbered[:count])) for count in _DETECT_LINES):
        return None
    return Text(
        ja="X の回答書の形(「ipAudit : { … }」、または createdAt と loginIp の項目)がある。",
        en="It holds the records of an X return (ipAudit blocks, or createdAt and loginIp keys).",
    )


def read(document: Document, options: Options, specials: Specials) -> FormReading:
    """Read each record of an X return into an event, a pending row or a reject; stray times and addresses are reported.

    Times are UTC as written (``Z``). What misrecognised text needs is proposed (``Pending``), and taken only with
    ``options.accept_repairs``. Raises InputError when a Word file turns out damaged. Rows are record starts.
    """
    levelled = level(numbered_lines(document))
    pieces, used = collect(levelled)
    records = [piece for piece in pieces if not is_account_data(piece)]
    asides = [piece for piece in pieces if is_account_data(piece)]
    stray = _stray(levelled, used - given_back(asides))
    mark_differing_accounts(records)
    events: list[LoginEvent] = []
    rejects: list[Reject] = []
    pending: list[Pending] = []
    for piece in records:
        verdict = _verdict(as_record(piece, levelled, stray, document.name), document, options, specials)
        if isinstance(verdict, LoginEvent):
            events.append(verdict)
        elif isinstance(verdict, Pending):
            pending.append(verdict)
        else:
            rejects.append(verdict)
    findings = (
        *_word_remarks(document),
        *_noise_findings(levelled, document.name),
        *_aside_findings(asides, levelled, document.name),
        *unknown_keys(Counter(token.written for piece in records for token in piece.others), document.name),
        *_stray_findings(levelled, stray, document.name),
        *_armour_findings(levelled, document.name),
        *_lost_mentions(levelled, pieces, document.name),
        *_pending_findings(pending, document.name),
    )
    return FormReading(
        events=tuple(events), rejects=tuple(rejects), pending=tuple(pending), findings=findings, rows=len(records)
    )


def _verdict(
    record: XRecord, document: Document, options: Options, specials: Specials
) -> LoginEvent | Reject | Pending:
    verdict = conclude(record, document, options, specials)
    if not is_doubtful(record, verdict):
        return verdict
    from ipattr.readers.ocr import settle

    return settle(record, verdict, document, options=options, specials=specials)


def _pending_findings(pending: list[Pending], name: str) -> tuple[Finding, ...]:
    if not pending:
        return ()
    from ipattr.readers.ocr import pending_finding

    return (remark("IPA071", "warning", pending_finding(len(pending), name), name),)


def _stray(levelled: Levelled, used: set[tuple[int, int]]) -> tuple[int, ...]:
    """Return the offsets of addresses and times that lie outside every token."""
    rest: list[str] = []
    at = 0
    for start, end in sorted(used):
        rest += [levelled.text[at:start], " " * (end - start)]
        at = end
    rest.append(levelled.text[at:])
    return tuple(match.start() for match in EVIDENCE.finditer("".join(rest)))


def _stray_findings(levelled: Levelled, stray: tuple[int, ...], name: str) -> list[Finding]:
    firsts = {levelled.row(offset): offset for offset in reversed(stray)}
    return [stray_finding(levelled, offset, name) for _, offset in sorted(firsts.items())]


def _armour_findings(levelled: Levelled, name: str) -> list[Finding]:
    found = []
    if levelled.unclosed is not None:
        message = Text(
            ja=f"{levelled.unclosed} 行目から始まる PGP の区画に終わりの行がない。失われた行がないか原本を確認する。",
            en=f"The PGP block that starts in row {levelled.unclosed} has no end line; check whether lines were lost.",
        )
        found.append(remark("IPA027", "warning", message, f"{name}:{levelled.unclosed}"))
    if levelled.encrypted is not None:
        message = Text(
            ja=f"{levelled.encrypted} 行目から PGP で暗号化されており、読めない。復号したものを渡されたい。",
            en=f"From row {levelled.encrypted} on, text is PGP-encrypted and unreadable; hand in the decrypted text.",
        )
        found.append(remark("IPA027", "warning", message, f"{name}:{levelled.encrypted}"))
    return found


def _word_remarks(document: Document) -> tuple[Finding, ...]:
    if document.kind != "docx":
        return ()
    from ipattr.readers.word import docx_remarks

    return docx_remarks(document.data, name=document.name)


def _noise_findings(levelled: Levelled, name: str) -> list[Finding]:
    found = []
    says: tuple[tuple[Literal["page", "pgp"], str, str], ...] = (
        ("page", "ページの見出し・番号とみて読み飛ばした", "skipped as page header, footer or number"),
        ("pgp", "PGP の署名などとみて読み飛ばした", "skipped as PGP armour"),
    )
    for kind, ja, en in says:
        rows = [row for row, what in levelled.noise if what == kind]
        if rows:
            message = Text(
                ja=f"{len(rows)} 行を{ja}(行 {_spans(rows)})。", en=f"{len(rows)} lines {en} (rows {_spans(rows)})."
            )
            found.append(remark("IPA028", "info", message, name))
    return found


def _aside_findings(asides: list[Piece], levelled: Levelled, name: str) -> list[Finding]:
    found = []
    for piece in asides:
        row, last = levelled.row(piece.start), levelled.row(piece.end - 1)
        keys = ", ".join(dict.fromkeys(token.written for token in (*piece.fields, *piece.others)))
        message = Text(
            ja=f"{row}~{last} 行目の「{piece.block or keys}」はアカウントの基本情報で、ログインとして読まない"
            f"(項目: {keys or 'なし'})。そこの createdAt はアカウントの作成日時である。",
            en=f"Rows {row} to {last} ({piece.block or keys}) are account data and not read as logins "
            f"(keys: {keys or 'none'}); createdAt there is when the account was made.",
        )
        found.append(remark("IPA029", "notice", message, f"{name}:{row}"))
    return found


def _lost_mentions(levelled: Levelled, pieces: list[Piece], name: str) -> list[Finding]:
    """Report rows that name a key and yet belong to no record: an independent count of what the reading covered."""
    covered = {levelled.row(token.start) for piece in pieces for token in piece.fields}
    return [
        remark(
            "IPA031",
            "warning",
            Text(
                ja=f"{row} 行目は記録の項目名を含むが、記録としては読めなかった。原本を確認する。",
                en=f"Row {row} names a key of a record but could not be read as part of one; check the original.",
            ),
            f"{name}:{row}",
        )
        for row in sorted(mentions(levelled) - covered)
    ]


def _spans(rows: list[int]) -> str:
    """Return sorted numbers with runs drawn together: ``3, 8-14``."""
    spans: list[list[int]] = []
    for row in sorted(set(rows)):
        if spans and spans[-1][1] == row - 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)
