"""Origin AS: of an address as the routing table shows it (Cymru-style WHOIS), and the routes an AS has in the IRR.

ipwhois reads the same text beside us (:mod:`ipattr.sources.ipwhois_parser`); a finding says where it differs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ipattr.model import Field, Reply, RouteOrigin, Text
from ipattr.sources.ipwhois_parser import stored_net
from ipattr.sources.rirwhois import decode_text, read_routes, status_without_object
from ipattr.sources.rirwhois.objects import read_objects
from ipattr.sources.whois_lines import finding, left_over, read_span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.model import Exchange, Finding, ReplyStatus
    from ipattr.sources.whois_lines import Span

_COLUMNS = 7
_COMPARED = 100
_PARSED_AT_MOST = 1 << 17
_OUTSIDE = Text(
    ja="応答は、照会した対象とは別の対象についてのものである。", en="The answer is about something else than was asked."
)
_UNROUTED = Text(
    ja="経路表にこのアドレスを含む経路がない。未割り当てを意味しない。",
    en="The routing table holds no route for this address; that does not mean that it is unassigned.",
)
_CUT = Text(ja="応答が途中で切れている。", en="The answer is cut.")


def read_origin(exchange: Exchange, body: bytes) -> Reply:
    """Return the origins that an answer states; pure, and total: any bytes give a Reply.

    Kind ``routes``: every route object of the AS asked. Kind ``origin``: every line ``AS | IP | BGP Prefix | CC |
    Registry | Allocated | AS Name`` whose prefix holds the subject; several are several origins, ``NA`` is none.
    """
    return _read_routes(exchange, body) if exchange.question.kind == "routes" else _read_table(exchange, body)


def _read_table(exchange: Exchange, body: bytes) -> Reply:
    text, remarks = decode_text(body)
    lines = text.split("\n")
    asked = read_span(exchange.question.subject)
    found: list[RouteOrigin] = []
    foreign: list[str] = []
    unrouted = False
    for number, line in enumerate(lines, 1):
        columns = [one.strip() for one in line.split("|")]
        if len(columns) < _COLUMNS or columns[0].upper() == "AS":
            continue
        if columns[0].upper() == "NA":
            unrouted = True
            continue
        origins = _origins(columns, number)
        about = _about(columns, asked)
        found += origins if about else ()
        foreign += [] if about and origins else [f"line:{number}"]
    status, reason = _table_status(text, lines, found, foreign=foreign, unrouted=unrouted)
    return Reply(
        status=status,
        reason=reason,
        origins=tuple(found),
        other=left_over(lines, (), {}),
        text=text,
        findings=(*remarks, *_line_findings(found, foreign), *_table_opinion(found, lines, asked)),
    )


def _origins(columns: Sequence[str], number: int) -> tuple[RouteOrigin, ...]:
    """Return the origins of one line (several AS numbers may share it), none where prefix or number is impossible."""
    span = read_span(columns[2]) if "/" in columns[2] else None
    numbers = columns[0].split()
    if span is None or not numbers or not all(re.fullmatch("[0-9]{1,10}", one) for one in numbers):
        return ()
    name = " | ".join(columns[6:])
    return tuple(RouteOrigin(prefix=span.cidrs[0], asn=int(one), name=name, at=f"line:{number}") for one in numbers)


def _about(columns: Sequence[str], asked: Span | None) -> bool:
    """Tell whether a line speaks of the subject and its prefix holds it."""
    span, address = read_span(columns[2]), read_span(columns[1])
    return asked is not None and span is not None and span.holds(asked) and address is not None and asked.holds(address)


def _table_status(
    text: str, lines: Sequence[str], found: Sequence[RouteOrigin], *, foreign: Sequence[str], unrouted: bool
) -> tuple[ReplyStatus, Text | None]:
    if found:
        return ("found", None) if text.endswith("\n") else ("truncated", _CUT)
    if foreign:
        return "wrong-range", _OUTSIDE
    if unrouted:
        return "not-found", _UNROUTED
    return status_without_object(text, lines)


def _line_findings(found: Sequence[RouteOrigin], foreign: Sequence[str]) -> list[Finding]:
    remarks = []
    numbers = sorted({one.asn for one in found})
    if len(numbers) > 1:
        shown = ", ".join(f"AS{one}" for one in numbers)
        remarks.append(
            finding(
                "IPA842",
                "notice",
                ja=f"起点 AS が複数ある({shown})。",
                en=f"There are several origin AS numbers ({shown}).",
            )
        )
    remarks += [
        finding(
            "IPA843",
            "warning",
            ja="この行は読めないか、照会した対象を含まない経路を示す。",
            en="This line cannot be read, or its route does not hold what was asked.",
            about=place,
        )
        for place in foreign
    ]
    return remarks


def _table_opinion(found: Sequence[RouteOrigin], lines: Sequence[str], asked: Span | None) -> list[Finding]:
    """Let ipwhois read each line that was read, where they are few; a finding where its number or prefix differs."""
    if not found or asked is None or len(lines) > _COMPARED:
        return []
    from ipwhois.asn import IPASN

    remarks = []
    parser = IPASN(stored_net(asked.texts[0]))
    for place in dict.fromkeys(one.at for one in found):
        try:
            theirs = parser.parse_fields_whois(lines[int(place.removeprefix("line:")) - 1])
        except Exception as error:  # noqa: BLE001 - whatever a third-party parser raises, our own reading stands
            remarks.append(_unparsed(error, place))
            continue
        ours = [one for one in found if one.at == place]
        span = read_span(theirs["asn_cidr"])
        if theirs["asn"].split() != [str(one.asn) for one in ours] or span is None or span.cidrs[0] != ours[0].prefix:
            remarks.append(_differs(place))
    return remarks


def _read_routes(exchange: Exchange, body: bytes) -> Reply:
    text, remarks = decode_text(body)
    lines = text.split("\n")
    document = read_objects(lines)
    matched = re.fullmatch(r"(?i:AS)?([0-9]{1,10})", exchange.question.subject)
    asked = int(matched[1]) if matched else None
    every = read_routes(document)
    found = tuple(one for one in every if one.asn == asked)
    kept = {one.at for one in found}
    routes = [one.attributes[0].at for one in document.objects if one.kind in {"route", "route6"}]
    unread = [place for place in routes if place not in kept]
    notices = tuple(Field(value=lines[number - 1].strip(), at=f"line:{number}") for number in document.comments)
    status: ReplyStatus = "found"
    reason: Text | None = None
    if not found:
        status, reason = ("wrong-range", _OUTSIDE) if every else status_without_object(text, lines)
    elif not text.endswith("\n"):
        status, reason = "truncated", _CUT
    return Reply(
        status=status,
        reason=reason,
        origins=found,
        notices=notices,
        other=left_over(lines, notices, document.spans),
        text=text,
        findings=(*remarks, *_line_findings((), unread), *_routes_opinion(every, asked, text)),
    )


def _routes_opinion(every: Sequence[RouteOrigin], asked: int | None, text: str) -> list[Finding]:
    """Let ipwhois list the routes of the same text; a finding where its list is another."""
    if not every or len(text) > _PARSED_AT_MOST:
        return []
    from ipwhois.asn import ASNOrigin

    try:
        nets = ASNOrigin(stored_net("192.0.2.0")).lookup(asn=f"AS{asked}", response=text, field_list=["source"])["nets"]
        spans = [read_span(str(one["cidr"])) for one in nets]
    except Exception as error:  # noqa: BLE001 - whatever a third-party parser raises, our own reading stands
        return [_unparsed(error, every[0].at)]
    theirs = [span.cidrs[0] if span else "" for span in spans]
    return [] if theirs == [one.prefix for one in every] else [_differs(every[0].at)]


def _unparsed(error: Exception, about: str) -> Finding:
    return finding(
        "IPA841",
        "info",
        ja=f"ipwhois はこの応答を読めなかった({type(error).__name__})。",
        en=f"ipwhois could not read this answer ({type(error).__name__}).",
        about=about,
    )


def _differs(about: str) -> Finding:
    return finding(
        "IPA840",
        "notice",
        ja="ipwhois の読みはこの読みと異なる。原文を確かめること。",
        en="ipwhois reads it otherwise; look at the text.",
        about=about,
    )
