"""Meta Platforms Business Record (Facebook, Instagram, WhatsApp): the IP addresses section of the HTML file.

Form: ``<div id="property-ip_addresses">`` with the labels ``IP Address`` and ``Time``, one value each, in either order;
a page break may stand between a label and its value (public code that reads such files). What Japanese claimants
receive is not known. Time and address are paired inside one record; where the order is not certain nothing is paired.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ipattr.errors import InputError
from ipattr.model import Account, Finding, LoginEvent, Reject, Text
from ipattr.readers.document import FormReading
from ipattr.readers.html_text import disagreement, looks_like_html, read_page
from ipattr.readers.meta_records import (
    ACCOUNT,
    PAGE_NOISE,
    REQUEST,
    SECTION,
    Section,
    count_of,
    lead_of,
    letters_of,
    records_of,
    sections_of,
)
from ipattr.readers.records import account_of, conclude
from ipattr.readers.remarks import remark
from ipattr.readers.x_fields import EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.addresses import Specials
    from ipattr.readers.document import Document, Options
    from ipattr.readers.html_text import Page

FORM = "meta-html"
DECISIVE = True
EXPECTS = Text(
    ja="Meta の開示記録(Business Record)の HTML(property-ip_addresses の区画)",
    en="a Meta Platforms Business Record in HTML (its property-ip_addresses section)",
)

_MARK = re.compile(r"""\s(?i:id)\s*=\s*["']?property-ip_addresses\b""")
_TITLE = re.compile(r"\b(?:Meta Platforms|WhatsApp|Facebook|Instagram) Business Record\b", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])|(?<![0-9A-Za-z:])(?:[0-9A-Fa-f]{1,4}:){2,7}[0-9A-Fa-f:]+"
)
_SHOWN = 200


def detect(document: Document, _options: Options) -> Text | None:
    """Say why the document is a Meta Platforms Business Record, None when it is not.

    The mark: an element with ``id="property-ip_addresses"``, else the words ``… Business Record`` of Meta's services.
    """
    if document.kind == "docx" or not looks_like_html(document.text):
        return None
    if _MARK.search(document.text):
        return Text(
            ja='HTML に id="property-ip_addresses" の区画がある。', en='The HTML has id="property-ip_addresses".'
        )
    title = _TITLE.search(document.text)
    if title is None:
        return None
    return Text(ja=f"HTML に「{title[0]}」とある。", en=f"The HTML says {title[0]!r}.")


def platform_of(document: Document) -> str:
    """Return the id in ``data/platforms`` of the service the record names, empty when it names none listed there."""
    page = read_page(document)
    service = _service(page, sections_of(page))
    return service if service in {"facebook", "instagram"} else ""


def read(document: Document, options: Options, specials: Specials) -> FormReading:
    """Read every record of the section into an event or a reject; the row is the line of the record's first label.

    Raises InputError when there is no such section, or when two ways of counting its records disagree.
    """
    page = read_page(document)
    sections = sections_of(page)
    if not sections:
        raise InputError(
            ja="IP アドレスの区画(property-ip_addresses)がない。記録が全部そろっているか確認する。",
            en="There is no section of IP addresses (property-ip_addresses); check that the record is complete.",
            where=document.name,
        )
    service = _service(page, sections)
    events: list[LoginEvent] = []
    rejects: list[Reject] = []
    leads = []
    for section in sections:
        lead = lead_of(letters_of(section))
        leads.append(lead or letters_of(section)[:1])
        owner = _owner(section, document.name)
        for written in records_of(section, owner, file=document.name, lead=lead, service=service):
            verdict = conclude(written, document, options, specials)
            if isinstance(verdict, LoginEvent):
                events.append(verdict)
            else:
                rejects.append(verdict)
    rows = count_of(document.text, leads)
    if rows != len(events) + len(rejects):
        raise disagreement(document, len(events) + len(rejects), rows)
    findings = (*_remarks(sections, document.name), *_elsewhere(page, document.name))
    return FormReading(events=tuple(events), rejects=tuple(rejects), findings=findings, rows=rows)


def _owner(section: Section, file: str) -> tuple[Account, tuple[Finding, ...]]:
    names = list(dict.fromkeys(section.headings.get(ACCOUNT, ())))
    if len(names) == 1:
        return account_of(names[0]), ()
    if not names:
        return Account(), ()
    message = Text(
        ja=f"{ACCOUNT} が複数ある({'、'.join(names)})。どのアカウントの記録か決められない。",
        en=f"There are several {ACCOUNT}s ({', '.join(names)}); whose records these are cannot be told.",
    )
    return Account(), (remark("IPA057", "warning", message, file),)


def _service(page: Page, sections: Sequence[Section]) -> str:
    named = [value for section in sections for value in section.headings.get("Service", ())]
    for text in (*named, page.title, *(run.text for run in page.runs[:20] if PAGE_NOISE.fullmatch(run.text))):
        for service in ("whatsapp", "instagram", "facebook", "meta"):
            if service in text.casefold():
                return service
    return ""


def _remarks(sections: Sequence[Section], name: str) -> list[Finding]:
    found = []
    headings = sections[0].headings
    if headings:
        shown = " / ".join(f"{label}: {', '.join(dict.fromkeys(values))}" for label, values in headings.items())
        message = Text(ja=f"表題部の記載: {shown}", en=f"The heading of the record says: {shown}")
        found.append(remark("IPA061", "info", message, name))
    if not any(ACCOUNT in section.headings for section in sections):
        message = Text(
            ja="アカウントの記載がない。どのアカウントの記録かは、このファイルだけでは分からない。",
            en="No account is named; this file alone does not say whose logins these are.",
        )
        found.append(remark("IPA118", "notice", message, name))
    if not any(letters_of(section) for section in sections):
        message = Text(ja="IP アドレスの区画に記録がない。", en="The section of IP addresses holds no record.")
        found.append(remark("IPA065", "warning", message, name))
    for run in (run for section in sections for run in section.stray if EVIDENCE.search(run.text)):
        message = Text(
            ja=f"{run.line} 行目の日時かアドレスは、どの記録の項目にも属さない。組にせず、ここに示す。"
            f"「{run.text[:_SHOWN]}」",
            en=f"Line {run.line} carries a time or an address under no label of any record; it is paired with nothing: "
            f"{run.text[:_SHOWN]!r}",
        )
        found.append(remark("IPA056", "warning", message, f"{name}:{run.line}"))
    return found


def _elsewhere(page: Page, name: str) -> list[Finding]:
    """Say which other sections carry addresses or times: they are not read."""
    outside: dict[str, int] = {}
    for run in page.runs:
        # Above the sections stand dates of the request, but no address.
        sought = _ADDRESS if run.ident in {"", REQUEST} else EVIDENCE
        if run.ident != SECTION and sought.search(run.text):
            outside[run.ident] = outside.get(run.ident, 0) + 1
    if not outside:
        return []
    shown = ", ".join(f"{ident.removeprefix('property-') or '-'} ({count})" for ident, count in outside.items())
    message = Text(
        ja=f"ほかの区画にも日時かアドレスがあるが、読み取っていない: {shown}",
        en=f"Other sections hold times or addresses too; they were not read: {shown}",
    )
    return [remark("IPA067", "warning", message, name)]
