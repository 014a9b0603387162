"""What the first bytes of a DNS message say (RFC 1035 section 4.1): is it the answer to that query, and is it whole.

Read by hand, because it is asked of every datagram that arrives, a spoofer's too, before anything else is read.
"""

from __future__ import annotations

from typing import Final, Literal

HEADER: Final = 12
QR: Final = 0x80
TC: Final = 0x02
_OPCODE: Final = 0x78
_RCODE: Final = 0x0F
_WITHOUT_QUESTION: Final = frozenset({1, 2, 4, 5})
"""FORMERR, SERVFAIL, NOTIMP, REFUSED: a server that could or would not read the question need not repeat it."""
_TYPE_AND_CLASS: Final = 4

Fault = Literal["short", "id", "query", "question"]


def fault_of(query: bytes, wire: bytes) -> Fault | None:
    """Return why ``wire`` is no answer to ``query``, None when it is one; pure and total on any bytes.

    ``short``: no DNS header; ``id``: another id; ``query``: not a response, or another opcode; ``question``: another
    question than the one asked (names compare without regard to ASCII case, RFC 4343).
    """
    if len(wire) < HEADER or len(query) < HEADER:
        return "short"
    if wire[:2] != query[:2]:
        return "id"
    if not wire[2] & QR or wire[2] & _OPCODE:
        return "query"
    count = int.from_bytes(wire[4:6], "big")
    if count == 0:
        return None if wire[3] & _RCODE in _WITHOUT_QUESTION else "question"
    asked = question_of(query)
    return None if count == 1 and asked is not None and asked == question_of(wire) else "question"


def answers(query: bytes, wire: bytes) -> bool:
    """Return whether ``wire`` is a response to ``query``: id, QR and question are right. The rest is not read."""
    return fault_of(query, wire) is None


def is_truncated(wire: bytes) -> bool:
    """Return whether TC is set: the answer did not fit, and is to be had over TCP (RFC 7766)."""
    return len(wire) >= HEADER and bool(wire[2] & TC)


def question_of(wire: bytes) -> tuple[bytes, bytes] | None:
    """Return name (letters lower) and type with class of the first question; None where they cannot be read.

    A compressed name is not read: nothing stands before the first question that it could point at.
    """
    at = HEADER
    while at < len(wire) and wire[at]:
        if wire[at] & 0xC0:
            return None
        at += 1 + wire[at]
    rest = wire[at + 1 : at + 1 + _TYPE_AND_CLASS]
    return (wire[HEADER : at + 1].lower(), rest) if len(rest) == _TYPE_AND_CLASS else None
