"""What character recognition is known to confuse in a scanned X return: repairs as proposals, taken only when accepted.

Confusions: those listed for returns scanned in Japan (letters for digits, ``。`` for a dot, ``ZM`` and ``0001Z`` at the
end of a time, misspelt keys). A repair touches a key, a time or an address, and only where the text as it stands is
not valid; a port and an account id are never repaired.
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import msgspec

from ipattr.addresses import parse_address
from ipattr.instants import parse_instant
from ipattr.instants.zones import half_width
from ipattr.model import Cell, LoginEvent, Pending, Record, Refusal, Reject, Repair, Text
from ipattr.readers.remarks import refusal, remark
from ipattr.readers.x_fields import CREATION_IP, LOGIN_IP, TIME, conclude, in_form, whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.addresses import Specials
    from ipattr.instants import Zone
    from ipattr.model import Instant
    from ipattr.readers.document import Document, Options
    from ipattr.readers.x_fields import XRecord

RULES = {
    "l-to-1": Text(ja="数字の位置の l・I を 1 とみる", en="l or I where a digit belongs is taken for 1"),
    "o-to-0": Text(ja="数字の位置の O を 0 とみる", en="O where a digit belongs is taken for 0"),
    "kuten-to-dot": Text(ja="「。」「．」をピリオドとみる", en="an ideographic or wide full stop is taken for a dot"),
    "inner-space": Text(ja="値の中の空白を除く", en="a space inside the value is dropped"),
    "zm-to-z": Text(ja="末尾の ZM を Z とみる", en="ZM at the end is taken for Z"),
    "0001z-to-000z": Text(ja="末尾の 0001Z を 000Z とみる", en="0001Z at the end is taken for 000Z"),
    "digit-to-z": Text(
        ja="ミリ秒の後の 2・7 を Z とみる", en="a 2 or 7 behind the milliseconds, at the end, is taken for Z"
    ),
    "key-case": Text(
        ja="項目名の大文字・小文字と区切りだけが違う", en="the key differs in case, spaces or underscores alone"
    ),
    "key-lookalike": Text(
        ja="項目名の形の似た文字(l・I・1、O・0)が違う", en="the key differs in letters that look alike (l, I, 1; O, 0)"
    ),
    "key-letters": Text(
        ja="項目名の 1、2 文字が違い、ほかの項目名には似ない",
        en="one or two letters of the key differ, and it resembles no other key",
    ),
}
_ONE = frozenset("lI")
_DOTS = str.maketrans("。｡", "..")
_SPACES = " \t\r\n\u00a0\u3000"
_GAP = re.compile(r"[ \t\u00a0]+")
_DIGIT_RUN = re.compile(r"[0-9lIO]+")
_FALSE_ONE = re.compile(r"[.,]0001Z", re.ASCII)
_FALSE_DIGIT = re.compile(r"[.,]\d{3}[27]", re.ASCII)
_MOST_GAPS = 6
_MOST_LETTERS = 120
_LOOKALIKE = str.maketrans({"l": "i", "1": "i", "|": "i", "!": "i", "0": "o"})
_JOINED = (("ci", "d"), ("rn", "m"), ("vv", "w"))
_SEPARATORS = re.compile(r"[\s_-]")
_SHORT_KEY = 9


class Proposal(Record, frozen=True, kw_only=True):
    """One value as it would read after repair, and the rules that were needed, in the order applied."""

    proposed: str
    rules: tuple[str, ...]


def key_repair(written: str, name: str) -> Repair | None:
    """Propose the key ``name`` for the misspelt ``written``; None when no rule covers the difference.

    Covered: case and separators, letters that look alike, and up to two substituted letters (one in short keys). A
    letter too many or too few is not: it can make another key.
    """
    plain, target = _SEPARATORS.sub("", written), name
    if plain == name and written == name:
        return None
    if plain.casefold() == target.casefold():
        return _repair("key", written, name, ("key-case",))
    plain, target = (text.lower().translate(_LOOKALIKE) for text in (plain, target))
    if plain == target:
        return _repair("key", written, name, ("key-lookalike",))
    for joined, single in _JOINED:
        plain, target = plain.replace(joined, single), target.replace(joined, single)
    most = 1 if len(target) < _SHORT_KEY else 2
    if len(plain) == len(target) and sum(a != b for a, b in zip(plain, target, strict=True)) <= most:
        return _repair("key", written, name, ("key-letters",))
    return None


def propose_time(raw: str, options: Options) -> Proposal | Refusal | None:
    """Propose a reading of a time cell; None when it is valid or no rule helps.

    IPA070 when the rules lead to more than one instant: then none is proposed. ``0001Z`` and a 2 or 7 behind three
    digits of fraction are off the form of a return even where the grammar of times would take them.
    """
    text = half_width(raw.strip(_SPACES))
    if len(text) > _MOST_LETTERS or (not _off_form(text) and _instant(raw, options) is not None):
        return None
    found: dict[str, Proposal] = {}
    for spaced, dropped in _spacings(text):
        mended, rules = _mend_time(spaced)
        instant = None if _off_form(mended) or mended == text else _instant(mended, options)
        if instant is not None:
            used = (*rules, "inner-space") if dropped else rules
            moment = instant.utc.isoformat()
            if moment not in found or in_form(mended):  # of equal readings, the one in the usual form
                found[moment] = Proposal(proposed=mended, rules=used)
    return _only(list(found.values()), raw)


def propose_address(raw: str, specials: Specials) -> Proposal | None:
    """Propose a reading of an address cell (with its port, if one stands beside it); None when valid or no rule helps.

    Letters that are hexadecimal digits (``b``, ``B``) stay what they are, as does every digit.
    """
    text = half_width(raw.strip(_SPACES))
    if len(text) > _MOST_LETTERS or not isinstance(parse_address(raw, specials=specials), Refusal):
        return None
    mended, rules = _digits(text, 0, len(text))
    steps = (("kuten-to-dot", mended.translate(_DOTS)), ("inner-space", _GAP.sub("", mended.translate(_DOTS))))
    for rule, after in steps:
        rules += (rule,) * (after != mended)
        mended = after
    if not rules or isinstance(parse_address(mended, specials=specials), Refusal):
        return None
    return Proposal(proposed=mended, rules=rules)


def settle(
    record: XRecord, verdict: LoginEvent | Reject, document: Document, *, options: Options, specials: Specials
) -> LoginEvent | Reject | Pending:
    """Return the verdict on a doubtful record once every proposal is known.

    Pending when it can be read only with repairs; with ``options.accept_repairs`` an event in review that carries them
    (IPA050 for each), its raw cells unchanged. The verdict stands when nothing is proposed. IPA070: see
    ``propose_time``.
    """
    renamed = {repair.raw: repair.proposed for repair in record.repairs}
    repairs = list(record.repairs)
    cells: list[Cell] = []
    for cell in record.cells:
        column, raw = renamed.get(cell.column, cell.column), cell.raw
        proposal = _propose(column, raw, options, specials)
        if isinstance(proposal, Refusal):
            return _refused(record, document, cell, proposal)
        if proposal is not None:
            repairs.append(_repair("time" if column == TIME else "ip", raw, proposal.proposed, proposal.rules))
            raw = proposal.proposed
        cells.append(Cell(column=column, raw=raw))
    if not repairs:
        return verdict
    mended = conclude(msgspec.structs.replace(record, cells=tuple(cells), repairs=()), document, options, specials)
    if isinstance(mended, Reject):
        written = next((raw for raw, name in renamed.items() if name == mended.column), mended.column)
        return msgspec.structs.replace(mended, column=written)
    if options.accept_repairs:
        return _accepted(mended, record, tuple(repairs))
    return _pending(mended, record, tuple(repairs), document.name)


def pending_finding(count: int, name: str) -> Text:
    """Return the sentence that says how many rows of a file wait for a decision on repairs."""
    return Text(
        ja=f"{name}: {count} 件は、文字認識の誤りとみられる箇所を直さなければ読めない。原本と照らし、"
        "正しければ --accept-repairs で採用する。",
        en=f"{name}: {count} records can be read only with repairs of what looks like misrecognised text. Compare them "
        "with the original; --accept-repairs takes them.",
    )


def _propose(column: str, raw: str, options: Options, specials: Specials) -> Proposal | Refusal | None:
    if not raw.strip(_SPACES):
        return None
    if column == TIME:
        return propose_time(raw, options)
    if column in {LOGIN_IP, CREATION_IP}:
        return propose_address(raw, specials)
    return None


def _instant(text: str, options: Options) -> Instant | None:
    zone: Zone | None = options.zone
    found = parse_instant(text, zone=zone, epoch=options.epoch)
    return None if isinstance(found, Refusal) else found


def _off_form(text: str) -> bool:
    text = _GAP.sub("", text)
    return bool(_FALSE_ONE.fullmatch(text[-6:]) or _FALSE_DIGIT.fullmatch(text[-5:]))


def _spacings(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the text with every choice of its gaps closed, fewest first, and whether any is."""
    gaps = [match.span() for match in _GAP.finditer(text)]
    sizes = range(len(gaps) + 1) if len(gaps) <= _MOST_GAPS else range(1)
    for size in sizes:
        for chosen in combinations(gaps, size):
            kept, at = [], 0
            for start, end in chosen:
                kept.append(text[at:start])
                at = end
            yield "".join([*kept, text[at:]]), bool(chosen)


def _mend_time(text: str) -> tuple[str, tuple[str, ...]]:
    rules: tuple[str, ...] = ()
    for match in _DIGIT_RUN.finditer(text):
        before, after = text[: match.start()][-1:], text[match.end() :][:1]
        # A letter beside it makes a word of it (Oct, July); only T and Z stand beside the digits of a time.
        if (_is_letter(before) and before not in "Tt") or (_is_letter(after) and after not in "TtZz"):
            continue
        text, used = _digits(text, *match.span())
        rules += tuple(rule for rule in used if rule not in rules)
    dotted = text.translate(_DOTS)
    rules += ("kuten-to-dot",) * (dotted != text)
    text, rule = _mend_end(dotted)
    while rule:
        rules += (rule,)
        text, rule = _mend_end(text)
    return text, rules


def _mend_end(text: str) -> tuple[str, str]:
    """Return the text with one rule for the end of a time applied, and the rule; empty when none applies."""
    if text[-2:] == "ZM":
        return text[:-1], "zm-to-z"
    if _FALSE_ONE.fullmatch(text[-6:]):
        return text[:-2] + "Z", "0001z-to-000z"
    if _FALSE_DIGIT.fullmatch(text[-5:]):
        return text[:-1] + "Z", "digit-to-z"
    return text, ""


def _is_letter(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _digits(text: str, start: int, end: int) -> tuple[str, tuple[str, ...]]:
    part = text[start:end]
    ones = "".join("1" if letter in _ONE else letter for letter in part)
    zeros = ones.replace("O", "0")
    rules = ("l-to-1",) * (ones != part) + ("o-to-0",) * (zeros != ones)
    return text[:start] + zeros + text[end:], rules


def _only(found: list[Proposal], raw: str) -> Proposal | Refusal | None:
    if len(found) < 2:  # noqa: PLR2004 - two readings are one too many
        return found[0] if found else None
    readings = [proposal.proposed for proposal in found]
    return refusal(
        "IPA070",
        f"「{raw}」は {'、'.join(f'「{text}」' for text in readings)} のいずれにも直せる。どれか決められないので"
        "修復を提案しない。原本を確認する。",
        f"{raw!r} can be repaired to {' or '.join(map(repr, readings))}; which is right cannot be told, so nothing is "
        "proposed. Check the original.",
    )


def _repair(field: Literal["time", "ip", "key"], raw: str, proposed: str, rules: tuple[str, ...]) -> Repair:
    reason = Text(ja="、".join(RULES[rule].ja for rule in rules), en="; ".join(RULES[rule].en for rule in rules))
    return Repair(field=field, raw=raw, proposed=proposed, rule="+".join(rules), reason=reason)


def _refused(record: XRecord, document: Document, cell: Cell, why: Refusal) -> Reject:
    return Reject(
        file=document.name,
        row=record.row,
        column=cell.column,
        raw=cell.raw,
        code=why.code,
        reason=why.reason,
        record=whole(record),
    )


def _accepted(event: LoginEvent, record: XRecord, repairs: tuple[Repair, ...]) -> LoginEvent:
    """Return the event with its repairs marked and everything raw as it stands in the file."""
    by_field = {repair.field: repair for repair in repairs}
    instant, address = event.instant, event.address
    if instant is not None and "time" in by_field:
        repair = by_field["time"]
        instant = msgspec.structs.replace(instant, raw=repair.raw, rules=(*instant.rules, *repair.rule.split("+")))
    if "ip" in by_field:
        repair = by_field["ip"]
        address = msgspec.structs.replace(address, raw=repair.raw, rules=(*address.rules, *repair.rule.split("+")))
    marks = tuple(
        remark(
            "IPA050",
            "warning",
            Text(
                ja=f"修復を採用した: 「{repair.raw}」→「{repair.proposed}」({repair.reason.ja})。",
                en=f"Repair accepted: {repair.raw!r} read as {repair.proposed!r} ({repair.reason.en}).",
            ),
            event.provenance.locator,
        )
        for repair in repairs
    )
    return msgspec.structs.replace(
        event,
        status="review",
        instant=instant,
        address=address,
        raw=record.cells,
        repairs=repairs,
        findings=(*marks, *event.findings),
    )


def _pending(event: LoginEvent, record: XRecord, repairs: tuple[Repair, ...], file: str) -> Pending:
    cautions = [finding.message for finding in event.findings if finding.level in {"warning", "error"}]
    ja = "、".join(f"「{repair.raw}」→「{repair.proposed}」({repair.reason.ja})" for repair in repairs)
    en = "; ".join(f"{repair.raw!r} → {repair.proposed!r} ({repair.reason.en})" for repair in repairs)
    values = {cell.raw: cell.column for cell in record.cells}
    first = repairs[0]
    return Pending(
        file=file,
        row=record.row,
        column=(first.raw if first.field == "key" else values.get(first.raw, "")) if len(repairs) == 1 else "",
        raw=record.text,
        repairs=repairs,
        proposed_time="" if event.instant is None else event.instant.raw,
        proposed_ip=event.address.text,
        proposed_port="" if event.port is None else str(event.port),
        reason=Text(
            ja=" ".join([f"修復すれば読める: {ja}。原本と照らして決める。", *(text.ja for text in cautions)]),
            en=" ".join([f"Readable with repairs: {en}. Decide by the original.", *(text.en for text in cautions)]),
        ),
    )
