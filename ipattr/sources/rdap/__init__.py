"""RDAP answers (RFC 9083): ``ip network``, ``autnum``, and APNIC's ``/history/``; each value with its JSON pointer.

Every reader is total: any bytes give a Reply. Together a reply's fields and its ``other`` hold every scalar of the
document, so nothing that a server said is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ipattr.addresses import prefix_range, to_number
from ipattr.model import HistoryRecord, Reply, Text
from ipattr.sources.rdap.document import Unusable, read_document
from ipattr.sources.rdap.entities import read_notices
from ipattr.sources.rdap.events import read_instant
from ipattr.sources.rdap.objects import read_network, read_number
from ipattr.sources.visible import visible_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from ipattr.model import Exchange, RegisteredAutnum, RegisteredNetwork, ReplyStatus
    from ipattr.sources.rdap.document import Document

__all__ = ["read_autnum", "read_error", "read_history", "read_ip", "shown"]

_NOT_FOUND = 404
_TOO_MANY = 429
_SERVER_ERROR = 500
_Verdict = tuple["ReplyStatus", "Text | None"]


def read_ip(exchange: Exchange, body: bytes) -> Reply:
    """Read the answer to ``ip/<address or prefix>``; ``body`` is free of content codings."""

    def reading(document: Document) -> Reply:
        if (verdict := _kind(document, "ip network", "startAddress")) is not None:
            return _reply(document, verdict, body)
        network = read_network(document, "")
        if network is None:
            return _reply(document, _malformed("startAddress と endAddress", "startAddress and endAddress"), body)
        verdict = _within(_contains(network, exchange.question.subject))
        return _reply(document, verdict, body, network=network)

    return _total(exchange, body, reading)


def read_autnum(exchange: Exchange, body: bytes) -> Reply:
    """Read the answer to ``autnum/<number>``; ``body`` is free of content codings."""

    def reading(document: Document) -> Reply:
        if (verdict := _kind(document, "autnum", "startAutnum")) is not None:
            return _reply(document, verdict, body)
        autnum = read_number(document, "")
        if autnum is None:
            return _reply(document, _malformed("startAutnum と endAutnum", "startAutnum and endAutnum"), body)
        digits = exchange.question.subject.removeprefix("AS")
        inside = digits.isascii() and digits.isdigit() and autnum.first <= int(digits[:11]) <= autnum.last
        return _reply(document, _within(inside), body, autnum=autnum)

    return _total(exchange, body, reading)


def read_history(exchange: Exchange, body: bytes) -> Reply:
    """Read APNIC's ``/history/ip/<address or prefix>``: every registration with the time for which it applied.

    A record whose ``content`` says that the object was deleted, or that has none, bears no network. One whose times or
    range cannot be read is remarked on (IPA808) and kept under ``other``.
    """

    def reading(document: Document) -> Reply:
        listed = document.at("/records")
        if not isinstance(listed, list):
            other = _malformed("records", "records") if listed is not None else _other_kind(document)
            return _reply(document, _error(document) or other, body)
        records = tuple(_records(document))
        reply: _Verdict = ("found", None)
        if not records:
            told = Text(ja="履歴に読める記録がない。", en="The history holds no record that can be read.")
            reply = ("not-found" if document.at("/records") == [] else "malformed", told)
        elif any(record.network for record in records):
            subject = exchange.question.subject
            reply = _within(any(record.network and _contains(record.network, subject) for record in records))
        return _reply(document, reply, body, history=records)

    return _total(exchange, body, reading)


def read_error(exchange: Exchange, body: bytes, status: ReplyStatus, reason: Text) -> Reply:
    """Read the body of an answer that HTTP already calls no answer: an RDAP error (RFC 9083 section 6) or anything."""

    def reading(document: Document) -> Reply:
        return _reply(document, (status, reason), body)

    reply = _total(exchange, body, reading)
    return msgspec.structs.replace(reply, status=status, reason=reason)


def shown(body: bytes) -> str:
    r"""Return a UTF-8 body for people: what is no UTF-8 as ``\xNN``, control characters visible."""
    return visible_text(body.decode("utf-8", errors="backslashreplace"))


def _total(exchange: Exchange, body: bytes, reading: Callable[[Document], Reply]) -> Reply:
    """Read a body, or say why it is no RDAP document."""
    names = {name.lower() for name, _ in exchange.headers}
    announced = not names.isdisjoint({"content-length", "transfer-encoding"})
    try:
        return reading(read_document(body, announced=announced))
    except Unusable as unusable:
        return Reply(status=unusable.status, reason=unusable.reason, text=shown(body))


def _reply(
    document: Document,
    verdict: _Verdict,
    body: bytes,
    *,
    network: RegisteredNetwork | None = None,
    autnum: RegisteredAutnum | None = None,
    history: tuple[HistoryRecord, ...] = (),
) -> Reply:
    """Return the reply, with the notices and with all that no field holds."""
    notices = read_notices(document)
    return Reply(
        status=verdict[0],
        reason=verdict[1],
        network=network,
        autnum=autnum,
        history=history,
        notices=notices,
        other=document.leftover(),
        text=shown(body),
        findings=tuple(document.findings),
    )


def _kind(document: Document, name: str, member: str) -> _Verdict | None:
    """Return why the outermost object is not the kind asked for, None when it is."""
    if (error := _error(document)) is not None:
        return error
    kind = document.at("/objectClassName")
    if kind == name or (kind is None and document.at(f"/{member}") is not None):
        if kind is None:
            document.remark(
                "IPA801",
                "info",
                "/objectClassName",
                ja=f"objectClassName がない。{member} があるので {name} として読んだ。",
                en=f"There is no objectClassName; having {member}, it was read as {name}.",
            )
        return None
    return _other_kind(document)


def _other_kind(document: Document) -> _Verdict:
    """Return the verdict on a document of another kind than was asked for."""
    kind = document.at("/objectClassName")
    given = ascii(kind)[:60] if isinstance(kind, str) else "?"
    reason = Text(
        ja=f"別の種類の文書（objectClassName {given}）。", en=f"Another kind of document: objectClassName {given}."
    )
    return "wrong-type", reason


def _error(document: Document) -> _Verdict | None:
    """Return the verdict of an RDAP error body (RFC 9083 section 6), None when it is none."""
    code = document.at("/errorCode")
    if code is None:
        return None
    text = str(code)
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len("429") else 0
    reason = Text(ja=f"サーバーは誤りを返した（errorCode {number}）。", en=f"An RDAP error, errorCode {number}.")
    return _status_of(number), reason


def _status_of(number: int) -> ReplyStatus:
    """Return the status for the error code of an RDAP error body."""
    if number == _NOT_FOUND:
        return "not-found"
    if number == _TOO_MANY:
        return "rate-limited"
    return "server-error" if number >= _SERVER_ERROR else "refused"


def _malformed(ja: str, en: str) -> _Verdict:
    """Return the verdict on a member that cannot be read."""
    return "malformed", Text(ja=f"{ja} を読めない。", en=f"{en} cannot be read.")


def _within(inside: bool) -> _Verdict:  # noqa: FBT001 - the one thing it asks
    """Return the verdict on whether the object holds what was asked."""
    if inside:
        return "found", None
    return "wrong-range", Text(
        ja="返った範囲は、照会したものを含まない。", en="The range that came back does not hold what was asked."
    )


def _contains(network: RegisteredNetwork, subject: str) -> bool:
    """Tell whether a network holds the whole address or prefix asked for."""
    try:
        if "/" in subject:
            version, first, last = prefix_range(subject)
        else:
            version, first = to_number(subject)
            last = first
    except ValueError:
        return False
    return version == network.version and to_number(network.first)[1] <= first and last <= to_number(network.last)[1]


def _records(document: Document) -> Iterator[HistoryRecord]:
    """Yield the records of a history in the order in which they stand."""
    for place, item in document.items("/records"):
        since, until = (_instant(document, f"{place}/{name}") for name in ("applicableFrom", "applicableUntil"))
        open_ended = isinstance(item, dict) and item.get("applicableUntil") is None
        dated = since is not None and (until is not None or open_ended)
        deleted = document.at(f"{place}/content") is None or _is_deleted(document, f"{place}/content")
        network = read_network(document, f"{place}/content") if dated and not deleted else None
        if not dated or (network is None and not deleted):
            document.remark(
                "IPA808",
                "warning",
                place,
                ja="この履歴の期間または範囲を読めない。",
                en="The time or the range of this record of the history cannot be read.",
            )
        if since is not None and dated:
            yield HistoryRecord(since=since, until=until, at=place, network=network)


def _is_deleted(document: Document, pointer: str) -> bool:
    """Tell whether APNIC's history says that the object was deleted (a remark so titled)."""
    return any(document.at(f"{place}/title") == "deleted" for place, _ in document.items(f"{pointer}/remarks"))


def _instant(document: Document, place: str) -> datetime | None:
    """Return the instant at ``place``, None when there is none."""
    text = document.at(place)
    return read_instant(text) if isinstance(text, str) else None
