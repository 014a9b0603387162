"""The lines of one exhibit: its title, how it was obtained, the text as received, and a formatted view of JSON."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from ipattr.instants import format_instant
from ipattr.renderers.answers import DELIVERY, KIND, SOURCE, STATUS
from ipattr.renderers.exhibits import words
from ipattr.renderers.exhibits.pages import PROSE_CELLS, TITLE_CELLS, VALUE_CELLS, Row, broken, fact, numbered
from ipattr.renderers.exhibits.received import read_body, visible
from ipattr.renderers.view import clock, numbers
from ipattr.renderers.words import word

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ipattr.model import Answer, Exchange, Hop, Text
    from ipattr.renderers.exhibits import Exhibit, Head, Terms
    from ipattr.renderers.exhibits.received import Received

_FOLDER = "evidence"  # of a case folder


def title(answer: Answer, lang: str) -> str:
    """Return what the exhibit is (標目), from the question and the server."""
    question = answer.exchange.question
    source, kind = word(SOURCE, question.source, lang), word(KIND, question.kind, lang)
    what = visible(question.subject)
    if lang == "ja":
        return f"{what} の{kind}についての{source}の回答"
    return f"{source} answer on {what}: {kind}"


def server(exchange: Exchange) -> str:
    """Return the ``host:port`` that answered, else the one that was asked."""
    return visible(exchange.hops[-1].server if exchange.hops else exchange.server)


def reiwa(instant: datetime) -> str:
    """Return an instant in JST to the second as Japanese courts write it."""
    return format_instant(instant, zone="JST", style="reiwa", precision="s")


def rows(exhibit: Exhibit, terms: Terms) -> Iterator[Row]:
    """Yield the lines of one exhibit in order."""
    lang, exchange = terms.lang, exhibit.answer.exchange
    received = read_body(exchange, exhibit.body)
    for piece in broken(title(exhibit.answer, lang), TITLE_CELLS):
        yield Row("title", piece)
    yield from _prose(_statement(exchange, lang))
    yield Row("gap", "")
    yield from _facts(exhibit, terms, received)
    yield Row("gap", "")
    body, header = (f"{_FOLDER}/{exhibit.answer.name}.{suffix}" for suffix in ("body", "json"))
    yield from _prose(f"{words.HOW_TO_CHECK.pick(lang)}: {words.check(body=body, header=header, lang=lang)}")
    yield Row("heading", words.RAW.pick(lang))
    for note in (words.HOW_TO_READ, *received.notes):
        yield from _prose(note.pick(lang))
    yield Row("gap", "")
    if not received.lines:
        yield from _prose((words.EMPTY_LINES if exhibit.body else words.NOTHING).pick(lang))
    yield from numbered(received.lines, "raw")
    if received.formatted and terms.formatted:
        yield Row("heading", words.FORMATTED.pick(lang))
        yield from _prose(words.FORMATTED_MEANS.pick(lang))
        yield Row("gap", "")
        yield from numbered(received.formatted, "shaped")


def _prose(text: str) -> Iterator[Row]:
    for line in broken(text, PROSE_CELLS):
        yield Row("prose", line)


def _statement(exchange: Exchange, lang: str) -> str:
    when = reiwa(exchange.received) if lang == "ja" else clock(exchange.received, "s", zone="JST")
    tool, host = visible(exchange.tool_version), server(exchange)
    if not exchange.size and exchange.delivery != "complete":
        return words.nothing_came(tool=tool, when=when, server=host, lang=lang)
    return words.statement(tool=tool, when=when, server=host, partial=exchange.delivery != "complete", lang=lang)


def _facts(exhibit: Exhibit, terms: Terms, received: Received) -> Iterator[Row]:
    lang, exchange = terms.lang, exhibit.answer.exchange
    yield from _asked(exhibit, lang)
    if len(exchange.hops) > 1:
        for number, hop in enumerate(exchange.hops, start=1):
            label = f"{words.HOP.pick(lang)} {number}/{len(exchange.hops)}"
            yield from fact(label, _hop(hop, lang))
    yield from fact(words.SENT.pick(lang), _time(exchange.sent, lang))
    yield from fact(words.RECEIVED.pick(lang), _time(exchange.received, lang))
    if exchange.status_code is not None:
        yield from fact(words.HTTP.pick(lang), (str(exchange.status_code),))
    if exchange.headers:
        yield from fact(words.HEADERS.pick(lang), (visible(f"{name}: {value}") for name, value in exchange.headers))
    yield from fact(words.SIZE.pick(lang), (f"{exchange.size:,} {'バイト' if lang == 'ja' else 'bytes'}",))
    yield from fact(words.BODY_SHA.pick(lang), (visible(exchange.sha256),))
    yield from fact(words.HEADER_SHA.pick(lang), (_header_sha256(exchange),))
    name = f"{_FOLDER}/{exhibit.answer.name}"
    yield from fact(words.FILES.pick(lang), (f"{name}.body", f"{name}.json"))
    yield from _results(exhibit, lang)
    yield from fact(words.ENCODING.pick(lang), (received.encoding.pick(lang),))
    yield from fact(words.LINE_ENDS.pick(lang), (received.line_ends.pick(lang),))
    if exhibit.rows:
        yield from fact(words.ROWS.pick(lang), (numbers(exhibit.rows),))
    yield from fact(words.JOURNAL.pick(lang), _head(terms.head, lang))
    yield from fact(words.VERSIONS.pick(lang), (_versions(exchange, terms),))


def _asked(exhibit: Exhibit, lang: str) -> Iterator[Row]:
    exchange = exhibit.answer.exchange
    question = exchange.question
    asked = f"{visible(question.subject)}({word(KIND, question.kind, lang)})"
    yield from fact(words.ASKED.pick(lang), (asked,))
    first = exchange.hops[0].request if exchange.hops else exchange.payload or exchange.endpoint
    yield from fact(words.SENT_WORDS.pick(lang), (visible(first),))
    yield from fact(words.SERVER.pick(lang), (server(exchange),))
    unknown = words.UNKNOWN.pick(lang)
    operator = f"{visible(exhibit.operator) or unknown}({visible(exhibit.country) or unknown})"
    # The operator is that of the server in the plan: a redirect may have led to somebody else's.
    asked_first = visible(exchange.hops[0].server) if exchange.hops else server(exchange)
    told = (operator,) if asked_first == server(exchange) else (operator, words.operates(asked_first, lang=lang))
    yield from fact(words.OPERATOR.pick(lang), told)
    last = exchange.hops[-1] if exchange.hops else None
    none = words.NONE.pick(lang)
    yield from fact(words.ADDRESS.pick(lang), (visible(last.connected_to) if last else "",) if last else (none,))
    if last is not None and last.certificate_sha256:
        yield from fact(words.CERTIFICATE.pick(lang), ("SHA-256 (DER)", visible(last.certificate_sha256)))


def _hop(hop: Hop, lang: str) -> Iterator[str]:
    yield visible(hop.request)
    reached = f" → {visible(hop.connected_to)}" if hop.connected_to else ""
    status = f"  HTTP {hop.status_code}" if hop.status_code is not None else ""
    yield f"{visible(hop.server)}{reached}{status}"
    yield from _time(hop.sent, lang)
    if hop.certificate_sha256:
        yield f"{words.CERTIFICATE.pick(lang)} SHA-256"
        yield visible(hop.certificate_sha256)


def _results(exhibit: Exhibit, lang: str) -> Iterator[Row]:
    answer = exhibit.answer
    for label, table, key, reason in (
        (words.DELIVERY, DELIVERY, answer.exchange.delivery, answer.exchange.reason),
        (words.READING, STATUS, answer.reply.status, answer.reply.reason),
    ):
        said = word(table, key, lang)
        if label is words.DELIVERY and key == "complete" and answer.exchange.protocol == "whois":
            said = words.UNTIL_CLOSED.pick(lang)  # port 43 states no length (RFC 3912)
        yield from fact(label.pick(lang), _with_reason(said, key, reason, lang))


def _with_reason(said: str, key: str, reason: Text | None, lang: str) -> Iterator[str]:
    yield f"{said} ({key})" if said != key else said
    if reason is not None:
        yield from broken(visible(reason.pick(lang)), VALUE_CELLS)


def _time(instant: datetime, lang: str) -> tuple[str, str]:
    jst = f"{clock(instant, 's', zone='JST')} JST"
    return f"{clock(instant, 's', zone='UTC')} UTC", f"{jst}({reiwa(instant)})" if lang == "ja" else jst


def _header_sha256(exchange: Exchange) -> str:
    from ipattr.sources.evidence import header_bytes

    return sha256(header_bytes(exchange)).hexdigest()


def _head(head: Head, lang: str) -> Iterator[str]:
    yield visible(head.hash)
    at = f" {_time(head.at, lang)[1]}" if head.at is not None else ""
    yield f"第{head.seq}記録{at}" if lang == "ja" else f"entry {head.seq}{at}"


def _versions(exchange: Exchange, terms: Terms) -> str:
    obtained, printed = visible(exchange.tool_version), visible(terms.tool_version)
    if terms.lang == "ja":
        return f"取得 ipattr {obtained}、この書面の作成 ipattr {printed}"
    return f"obtained by ipattr {obtained}, printed by ipattr {printed}"
