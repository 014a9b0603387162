"""One repair of form before a time stamp is read: the certificates in it, put in the order that DER asks of a set.

Authorities built on openssl send them signer first, which CMS (RFC 5652 section 10.3: BER is allowed there) permits and
a strict DER reader refuses. The set lies outside what is signed and keeps its length; kept is what was received.
"""

from __future__ import annotations

_SEQUENCE, _EXPLICIT_0 = 0x30, 0xA0


def in_order(response: bytes) -> bytes:
    """Return a TimeStampResp (RFC 3161 section 2.4.2) with its certificates in order; anything else as it is."""
    try:
        first, last = _certificates(response)
        certificates = [response[start:end] for _, start, _, end in _elements(response, first, last)]
    except (IndexError, ValueError):
        return response
    return response[:first] + b"".join(sorted(certificates)) + response[last:]


def _certificates(data: bytes) -> tuple[int, int]:
    """Return where the contents of SignedData.certificates begin and end; ValueError when there are none."""
    # TimeStampResp {status, ContentInfo {type, [0] {SignedData {version, digests, content, [0] certificates, …}}}}
    span = (0, len(data))
    for tag, place in ((_SEQUENCE, 0), (_SEQUENCE, 1), (_EXPLICIT_0, 1), (_SEQUENCE, 0), (_EXPLICIT_0, 3)):
        found, _, begin, end = _elements(data, *span)[place]
        if found != tag:
            message = "another structure"
            raise ValueError(message)
        span = (begin, end)
    return span


def _elements(data: bytes, at: int, last: int) -> list[tuple[int, int, int, int]]:
    """Return the elements between two places as (tag, begin, begin of the contents, end); ValueError when none fit."""
    found = []
    while at < last:
        tag, length, begin = data[at], data[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            length, begin = int.from_bytes(data[begin : begin + count]), begin + count
        if begin + length > last:
            message = "an element longer than its place"
            raise ValueError(message)
        found.append((tag, at, begin, begin + length))
        at = begin + length
    return found
