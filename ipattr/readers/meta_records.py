"""The records of a Meta Business Record: labels and values out of the page, records out of labels, never a shift."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ipattr.model import Cell, Finding, Text
from ipattr.readers.html_text import Run, second_look, second_sections
from ipattr.readers.records import Written
from ipattr.readers.remarks import refusal, remark
from ipattr.readers.x_fields import EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.model import Account, Refusal
    from ipattr.readers.html_text import Page

IP, TIME = "IP Address", "Time"
ACCOUNT = "Account Identifier"
SECTION = "property-ip_addresses"
REQUEST = "property-request_parameters"
PAGE_NOISE = re.compile(
    r"(?:[A-Za-z ]{1,40} )?Business Record(?: Page \d{1,6})?|Page \d{1,6}(?: of \d{1,6})?", re.IGNORECASE
)
_LETTERS = {"ip address": "I", "time": "T"}
_NAMES = {"I": IP, "T": TIME}
_HEADINGS = ("Service", "Internal Ticket Number", ACCOUNT, "Account Type", "Generated", "Date Range")
_ORDER_OF = {"whatsapp": "T", "facebook": "I", "instagram": "I", "meta": "I"}
_FIELD_CLASSES = frozenset({"t", "i"})
_FIELD_STYLE = re.compile(r"(?:^|;)display:table(?:;|$)")
_SHOWN = 200


class _Field:
    """One label of the section with the values after it."""

    def __init__(self, label: Run, letter: str) -> None:
        self.label = label
        self.letter = letter
        self.values: list[Run] = []

    @property
    def name(self) -> str:
        """Return the label, as the form spells it where it is a known one."""
        return _NAMES.get(self.letter, self.label.text)

    @property
    def value(self) -> str:
        """Return the values as one text."""
        return " ".join(run.text for run in self.values)


class Section:
    """The fields of one section, the text that belongs to none, and the account named above it."""

    def __init__(self, headings: dict[str, list[str]]) -> None:
        """Begin under the headings (label → values) that stand above the section."""
        self.headings = headings
        self.fields: list[_Field] = []
        self.stray: list[Run] = []


def sections_of(page: Page) -> list[Section]:
    """Return the sections of IP addresses in order, each with the headings that stand above it."""
    found: dict[int, Section] = {}
    headings: dict[str, list[str]] = {}
    waiting = ""
    for run in page.runs:
        if _is_noise(run):
            continue
        if run.ident == SECTION:
            if run.section not in found:
                last = next(reversed(found.values())).headings if found else {}
                found[run.section] = Section(headings or last)
                headings, waiting = {}, ""
            _take(found[run.section], run)
        elif run.ident in {"", REQUEST}:
            if run.text in _HEADINGS or _is_label(run):
                waiting = run.text if run.text in _HEADINGS else ""
            elif waiting:
                headings.setdefault(waiting, []).append(run.text)
                waiting = ""
    return list(found.values())


def _is_noise(run: Run) -> bool:
    if PAGE_NOISE.fullmatch(run.text):
        return True
    return "pagebreak" in {name.lower() for name in run.classes} and not (
        EVIDENCE.search(run.text) or run.text.casefold() in _LETTERS
    )


def _take(section: Section, run: Run) -> None:
    letter = _LETTERS.get(run.text.casefold(), "")
    if letter or _is_label(run):
        section.fields.append(_Field(run, letter))
    elif section.fields:
        section.fields[-1].values.append(run)
    else:
        section.stray.append(run)


def _is_label(run: Run) -> bool:
    """Tell whether a text is a label by the block it stands in, whatever it says."""
    if EVIDENCE.search(run.text):
        return False
    return run.classes >= _FIELD_CLASSES or _FIELD_STYLE.search(run.style) is not None


def letters_of(section: Section) -> str:
    """Return the known labels of a section in order: I for IP Address, T for Time."""
    return "".join(field.letter for field in section.fields)


def _split(letters: str, lead: str) -> list[str]:
    """Split the labels into records: one begins at the leading label, or where a label comes again."""
    records: list[str] = []
    for letter in letters:
        if letter == lead or not records or letter in records[-1]:
            records.append(letter)
        else:
            records[-1] += letter
    return records


def lead_of(letters: str) -> str:
    """Return the label that leads a record, empty when both orders leave equally many records incomplete."""
    broken = {lead: sum(len(record) == 1 for record in _split(letters, lead)) for lead in "IT"}
    if broken["I"] == broken["T"]:
        return ""
    return min(broken, key=lambda lead: broken[lead])


def count_of(text: str, leads: Sequence[str]) -> int:
    """Count the records by patterns alone, section by section; ``leads`` are the labels that lead their records."""
    count = 0
    for at, source in enumerate(second_sections(text, SECTION)):
        lead = leads[at] if at < len(leads) else ""
        letters = "".join(_LETTERS.get(part.casefold(), "") for part in second_look(source))
        count += len(re.findall("TI?|I" if lead == "T" else "IT?|T", letters))
    return count


def records_of(
    section: Section, owner: tuple[Account, tuple[Finding, ...]], *, file: str, lead: str, service: str
) -> list[Written]:
    """Return the records in order, each of ``owner`` (account, findings); other labels go with the record before them.

    ``lead`` is the label that leads a record, empty when that is not certain; then every record has a fault.
    """
    sizes = [len(record) for record in _split(letters_of(section), lead or letters_of(section)[:1])]
    groups: list[list[_Field]] = []
    known = 0
    for field in section.fields:
        if field.letter and known == 0:
            known = sizes[len(groups)]
            groups.append([])
        if groups:
            groups[-1].append(field)
        elif EVIDENCE.search(field.value):
            section.stray += field.values
        known -= bool(field.letter)
    reverse = bool(lead) and lead != _ORDER_OF.get(service, lead)
    return [_written(group, owner, file=file, faulty=not lead, reverse=reverse) for group in groups]


def _written(
    group: list[_Field], owner: tuple[Account, tuple[Finding, ...]], *, file: str, faulty: bool, reverse: bool
) -> Written:
    row = group[0].label.line
    about = f"{file}:{row}"
    values = {field.letter: field.value for field in group if field.letter}
    extra = [field for field in group if not field.letter and EVIDENCE.search(field.value)]
    account, findings = owner
    return Written(
        row=row,
        text=" / ".join(f"{field.name}: {field.value}" for field in group),
        cells=tuple(Cell(column=field.name, raw=field.value) for field in group),
        time=(TIME, values.get("T", "")),
        ip=(IP, values.get("I", "")),
        account=account,
        kind="unknown",
        fault=_fault(group, faulty=faulty),
        findings=(*findings, *(_extra(field, about) for field in extra), *([_unusual(about)] if reverse else [])),
    )


def _fault(group: list[_Field], *, faulty: bool) -> tuple[str, Refusal] | None:
    known = [field for field in group if field.letter]
    missing = next((name for letter, name in _NAMES.items() if letter not in {field.letter for field in known}), None)
    if missing is not None:
        return missing, refusal(
            "IPA053",
            f"この記録に {missing} がない。隣の記録から補わず、欠落として残す。原本を確認する。",
            f"This record has no {missing}; nothing is taken from a neighbour. Check the original.",
        )
    if faulty:
        return "", refusal(
            "IPA054",
            "この区画では Time と IP Address の順が決められず、どの日時がどのアドレスのものか分からない。"
            "組にせず残す。原本を確認する。",
            "The order of Time and IP Address in this section cannot be told, nor which time belongs to which address; "
            "nothing is paired. Check the original.",
        )
    for field in known:
        if not field.values:
            return field.name, refusal(
                "IPA051",
                f"{field.name} の値がない。改ページの後にも続きがない。原本を確認する。",
                f"{field.name} has no value, not even after a page break; check the original.",
            )
        if len(field.values) > 1:
            shown = " | ".join(run.text for run in field.values)[:_SHOWN]
            return field.name, refusal(
                "IPA052",
                f"{field.name} に値が {len(field.values)} 個ある({shown})。どれが正しいか決められない。"
                "原本を確認する。",
                f"{field.name} has {len(field.values)} values ({shown}); which is right cannot be told. "
                "Check the original.",
            )
    return None


def _unusual(about: str) -> Finding:
    message = Text(
        ja="この区画の Time と IP Address の順は、このサービスで知られている順と逆である。"
        "区画の先頭が欠けて組がずれていないか、原本で確認する。",
        en="Time and IP Address stand in the reverse of the order known of this service; check against the original "
        "that the beginning of the section is not missing and the pairs have not shifted.",
    )
    return remark("IPA055", "warning", message, about)


def _extra(field: _Field, about: str) -> Finding:
    message = Text(
        ja=f"この記録には、読み取り対象でない項目「{field.name}」にも日時かアドレスがある({field.value[:_SHOWN]})。",
        en=f"The label {field.name!r} of this record, which is not read, holds a time or an address too "
        f"({field.value[:_SHOWN]}).",
    )
    return remark("IPA066", "warning", message, about)
