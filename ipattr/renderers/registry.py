"""What the registries said, in words: the cell of a row, the block of an answer, and how they were asked."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ipattr.renderers.layout import Line, inert
from ipattr.renderers.view import clock
from ipattr.renderers.words import (
    AGREEMENT,
    AT_LOGIN,
    BASIS,
    MODE,
    NAME_TIME,
    REGISTRATION,
    SOURCE,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.model import Inquiry, NameMatch, Registration, RegistrationView
    from ipattr.renderers.layout import Tone
    from ipattr.renderers.view import Shape, View

_AGREEMENT_TONE: dict[str, Tone] = {"agrees": "green", "disagrees": "red", "holder-not-listed": "yellow"}
_AT_LOGIN_TONE: dict[str, Tone] = {"not-proven": "yellow", "by-history": "green"}


def holder_names(view: RegistrationView, lang: str) -> list[str]:
    """Return the names of the holder as registered, those in ``lang`` first; none where the answer names nobody."""
    ordered = sorted(view.holders, key=lambda holder: holder.lang != lang)
    return list(dict.fromkeys(holder.text for holder in ordered))


def cell(view: View, shape: Shape) -> list[Line]:
    """Name the registered holder, how it was asked (basis and mode, in every row), and what that proves."""
    found = view.registration
    if found is None:
        return []
    tone: Tone
    mode = word(MODE, found.mode, shape.lang)
    if not found.views:
        tone = "dim" if found.status in {"not-asked", "withheld"} else "yellow"
        return [Line(word(REGISTRATION, found.status, shape.lang), tone), Line(mode, "dim")]
    first = found.views[0]
    nobody = word(AGREEMENT, "no-holder-named", shape.lang)
    lines = [Line(inert(name), "bold") for name in holder_names(first, shape.lang)[:2]] or [Line(nobody, "yellow")]
    if first.refers_to and not first.holders:
        lines.append(Line(inert(shape.say(f"管理は{first.refers_to}", f"administered by {first.refers_to}")), "yellow"))
    tone = "yellow" if first.basis == "inferred" else "dim"
    lines += [Line(word(BASIS, first.basis, shape.lang), tone), Line(mode, "dim")]
    if first.agreement != "no-holder-named":
        lines.append(Line(word(AGREEMENT, first.agreement, shape.lang), _AGREEMENT_TONE.get(first.agreement, "dim")))
    lines.append(Line(word(AT_LOGIN, first.at_login, shape.lang), _AT_LOGIN_TONE.get(first.at_login, "dim")))
    past = next((v for v in found.views if v.at_login == "by-history" and v.holders), None)
    if past is not None and past is not first:
        # The history proves the name that it gives itself, which need not be the one above.
        named = " / ".join(holder_names(past, shape.lang)[:1])
        lines.append(Line(inert(shape.say(f"履歴の名義: {named}", f"by history: {named}")), "yellow"))
    return lines


def match_text(match: NameMatch, lang: str) -> str:
    """Return one listed name: whose, present or former, with its dates."""
    dates = f"{match.since or '?'} .. {match.until}" if match.since or match.until else ""
    parts = (word(NAME_TIME, match.time, lang), dates)
    return f"{match.provider}: {match.name} ({', '.join(filter(None, parts))})"


def instants(view: RegistrationView) -> str:
    """Return when the answer was received, in both zones."""
    jst, utc = (clock(view.received, "s", zone=zone) for zone in ("JST", "UTC"))
    return f"{jst} JST ({utc} UTC)"


def dated(text: str) -> str:
    """Return a date of registration: an instant in JST first, then as stated in UTC; anything else as it is."""
    try:
        moment = datetime.fromisoformat(text) if text.endswith("Z") else None
        return text if moment is None else f"{clock(moment, 's', zone='JST')} JST ({text})"
    except (ValueError, OverflowError):
        return text


def block(view: RegistrationView, registration: Registration, lang: str) -> list[str]:
    """Return one answer in full: whom was asked what, the block, the holder as registered, dates, and the evidence."""

    def say(ja: str, en: str) -> str:
        return ja if lang == "ja" else en

    nobody = word(AGREEMENT, "no-holder-named", lang)
    holders = say("、", "; ").join(f"{h.text} [{h.rule}]" for h in dict.fromkeys(view.holders)) or nobody
    facts = [
        (
            f"{word(SOURCE, view.source, lang)} {view.server} <- {view.subject} "
            f"({word(BASIS, view.basis, lang)}{say('・', ', ')}{word(MODE, registration.mode, lang)})"
        ),
        f"{view.first} - {view.last} ({', '.join(view.cidrs)})",
        f"{say('名義', 'holder')} {holders}",
    ]
    facts += [
        f"{label} {value}"
        for label, value in (
            (say("管理", "administered by"), view.refers_to),
            (say("ネットワーク名", "network name"), view.name),
            (say("識別子", "handle"), view.handle),
            (say("国", "country"), view.country),
            (say("登録", "registered"), dated(view.registered)),
            (say("最終更新", "last changed"), dated(view.changed)),
            (say("履歴の期間", "history"), period(view)),
        )
        if value
    ]
    return [
        *facts,
        f"{say('受信', 'received')} {instants(view)}",
        f"{say('証拠', 'evidence')} {view.evidence}",
        f"SHA-256 {view.sha256}",
    ]


def period(view: RegistrationView) -> str:
    """Return the instants between which the record of a history was in force; empty for any other answer."""
    record = view.history
    if record is None:
        return ""
    return f"{_jst(record.since)} .. {_jst(record.until) if record.until else ''}".rstrip()


def _jst(utc: datetime) -> str:
    """Return an instant in JST; one at the very end of the calendar ("never") in UTC, as it has no JST."""
    try:
        return f"{clock(utc, 's', zone='JST')} JST"
    except OverflowError:
        return f"{clock(utc, 's', zone='UTC')} UTC"


def origins(registration: Registration) -> str:
    """Return the origin AS numbers of the routing answers with the prefix they announce."""
    return "; ".join(dict.fromkeys(f"AS{o.asn} {o.name} ({o.prefix})".replace("  ", " ") for o in registration.origins))


def inquiry_lines(inquiry: Inquiry, lang: str) -> Sequence[str]:
    """Return how the registries were asked, and the head of the journal that records it."""

    def say(ja: str, en: str) -> str:
        return ja if lang == "ja" else en

    sources = ", ".join(word(SOURCE, source, lang) for source in inquiry.sources)
    when = ""
    if inquiry.asked_from is not None and inquiry.asked_until is not None:
        first, last = (clock(at, "s", zone="JST") for at in (inquiry.asked_from, inquiry.asked_until))
        when = say(f"（{first} JST から {last} JST に受信）", f" (received {first} JST to {last} JST)")
    lines = [
        say(
            f"レジストリへの照会 {word(MODE, inquiry.mode, lang)}  {sources}  用いた回答 {inquiry.answers}件{when}  "
            f"今回の計画 {inquiry.planned}件・送信 {inquiry.sent}件・回答なし {len(inquiry.unanswered)}件",
            f"registries asked {word(MODE, inquiry.mode, lang)}  {sources}  {inquiry.answers} answers used{when}  "
            f"this run: {inquiry.planned} planned, {inquiry.sent} sent, {len(inquiry.unanswered)} unanswered",
        )
    ]
    if inquiry.case_title:
        lines.append(say(f"事件 {inquiry.case_title}", f"case {inquiry.case_title}"))
    if inquiry.journal_head:
        # The journal may have gone on since: documents made later bear its later head as well.
        head = inquiry.journal_head
        lines.append(say(f"照会時の記録の先端 {head}", f"journal head when the registries were asked {head}"))
    return lines
