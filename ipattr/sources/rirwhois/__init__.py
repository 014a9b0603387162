"""WHOIS of the five regional registries (port 43): an answer as received becomes a registered network.

ipwhois reads the same bytes beside us (as a parser, see :mod:`ipattr.sources.ipwhois_parser`); where its range or name
differs from ours, a finding says so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ipattr.model import Field, Reply, RouteOrigin, Text
from ipattr.sources.ipwhois_parser import stored_net
from ipattr.sources.rirwhois.network import network_span, read_network
from ipattr.sources.rirwhois.objects import read_objects
from ipattr.sources.visible import visible_text
from ipattr.sources.whois_lines import Span, finding, left_over, limit_line, read_span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.model import Exchange, Finding, RegisteredNetwork, ReplyStatus
    from ipattr.sources.rirwhois.objects import Document, RegistryObject

__all__ = ["decode_text", "read_routes", "read_whois", "status_without_object"]

_Verdict = tuple["ReplyStatus", "Text | None"]

_HTML = re.compile(r"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_NOTHING = re.compile(
    r"no entries found|ERROR:101\b|no match(?: found)? for\b|no (?:data|objects) found"
    r"|^[ \t]*no match[ \t]*!*[ \t]*$|^[ \t]*none[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_DENIED = re.compile(r"ERROR:20[0-9]\b.*", re.IGNORECASE)
_ERROR = re.compile(r"^%?[ \t]*ERROR(?::[0-9]+)?\b.*|^F .*|^Error: .*", re.IGNORECASE | re.MULTILINE)
_PLACEHOLDER = re.compile(r"NON-RIPE-NCC-MANAGED-ADDRESS-BLOCK|IANA-BL(?:OC)?K|IANA-NETBLOCK(?:-.*)?|ERX-NETBLOCK")
_PREFIX = re.compile(r"[0-9A-Fa-f.:]+/[0-9]{1,3}")
_ASN = re.compile(r"AS([0-9]{1,10})\b", re.IGNORECASE)
_NAMES = {"ARIN": "arin", "LACNIC": "lacnic", "RIPE NCC": "ripencc", "AFRINIC": "afrinic"}
_COMPARED = 4
_PARSED_AT_MOST = 1 << 17
_NOT_HERE = Text(
    ja="この登録簿には該当する登録がない。ここにないというだけで、未割り当てを意味しない。",
    en="This registry has no such object. It only says that it is not here, never that it is unassigned.",
)
_ELSEWHERE = Text(
    ja="応答はこの登録簿が管理しない範囲を示す見出しであり、登録者を示さない。",
    en="The object only marks a range that this registry does not manage; it names no holder.",
)
_CUT = Text(ja="応答が途中で切れている。", en="The answer is cut.")
_PAGE = Text(ja="WHOIS の応答ではなく HTML のページである。", en="This is an HTML page and no WHOIS answer.")
_OUTSIDE = Text(ja="応答の範囲は、照会した対象を含まない。", en="No range of the answer holds what was asked.")
_NO_OBJECT = Text(ja="応答に登録情報がない。", en="The answer holds no registered object.")


def read_whois(exchange: Exchange, body: bytes) -> Reply:
    """Return what a regional registry's answer says; pure, and total: any bytes give a Reply.

    Of several networks the smallest that holds the subject answers; larger ones that hold it are ``less_specific``.
    Route objects of the answer become ``origins``. ``registry`` is the object's own ``source:``, so that what APNIC
    mirrors from JPNIC reads ``JPNIC``. A network whose object ends before its ``source:`` (mandatory, RFC 2622) is cut.
    """
    text, remarks = decode_text(body)
    lines = text.split("\n")
    document = read_objects(lines)
    asked = read_span(exchange.question.subject)
    item, span = _chosen(document, asked)
    network = _with_parents(read_network(item, span, document), document, item) if item and span else None
    origins = read_routes(document)
    notices = tuple(Field(value=lines[number - 1].strip(), at=f"line:{number}") for number in document.comments)
    if network is not None:
        remarks += (*_dates_unread(network), *_second_opinion(network, text))
    status, reason = _status(text, lines, document, network, item=item, holds=_holds(span, asked))
    if network is not None and status == "not-found":
        network = None
    return Reply(
        status=status,
        reason=reason,
        network=network,
        origins=origins,
        notices=notices,
        other=left_over(lines, (network, origins, notices), document.spans),
        text=text,
        findings=remarks,
    )


def decode_text(body: bytes) -> tuple[str, tuple[Finding, ...]]:
    """Return the body as visible text: UTF-8, else ISO 8859-1 (what RIPE and LACNIC send), which a finding says."""
    remarks: list[Finding] = []
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        text = body.decode("iso-8859-1")
        remarks.append(
            finding(
                "IPA830",
                "notice",
                ja=f"応答は UTF-8 ではなく(最初の違反は{error.start}バイト目)、ISO 8859-1 として読んだ。",
                en=f"The answer is not UTF-8 (first at byte offset {error.start}); it was read as ISO 8859-1.",
                about=f"byte:{error.start}",
            )
        )
    shown = visible_text(text)
    if shown != text.replace("\r\n", "\n"):
        remarks.append(
            finding(
                "IPA845",
                "warning",
                ja="応答に制御文字が含まれていた。作用しない形で表示している。",
                en="The answer held control characters; they are shown so that they cannot act.",
            )
        )
    return shown, tuple(remarks)


def read_routes(document: Document) -> tuple[RouteOrigin, ...]:
    """Return the route and route6 objects of an answer (RFC 2622 section 4, RFC 4012 section 3)."""
    found = []
    for item in document.objects:
        if item.kind not in {"route", "route6"}:
            continue
        origin, described = item.first("origin"), item.first("descr")
        matched = _ASN.fullmatch(origin.value.split("#")[0].strip()) if origin else None
        span = read_span(item.attributes[0].value) if _PREFIX.fullmatch(item.attributes[0].value) else None
        if matched and span:
            name = described.value.split("\n")[0] if described else ""
            found.append(RouteOrigin(prefix=span.cidrs[0], asn=int(matched[1]), name=name, at=item.attributes[0].at))
    return tuple(found)


def _chosen(document: Document, asked: Span | None) -> tuple[RegistryObject | None, Span | None]:
    """Return the network that answers: the smallest that holds the subject, and of equals the one with a holder."""
    readable = [(one, span) for one in document.objects if (span := network_span(one)) is not None]
    holding = [pair for pair in readable if _holds(pair[1], asked)]
    if holding:
        least = min(span.size for _, span in holding)
        equal = [pair for pair in holding if pair[1].size == least][:_COMPARED]
        return min(equal, key=lambda pair: not read_network(pair[0], pair[1], document).holders)
    return readable[0] if readable else (None, None)


def _holds(span: Span | None, asked: Span | None) -> bool:
    return span is not None and asked is not None and span.holds(asked)


def _with_parents(network: RegisteredNetwork, document: Document, item: RegistryObject) -> RegisteredNetwork:
    """Add the other networks of the answer that hold this one."""
    import msgspec

    own = network_span(item)
    parents = tuple(
        one.attributes[0].field
        for one in document.objects
        if one is not item and own is not None and _holds(network_span(one), own)
    )
    return msgspec.structs.replace(network, less_specific=parents or None)


def _status(
    text: str,
    lines: Sequence[str],
    document: Document,
    network: RegisteredNetwork | None,
    *,
    item: RegistryObject | None,
    holds: bool,
) -> _Verdict:
    if network is None or item is None:
        stated = frozenset(number for one in document.spans.values() for number in one)
        return status_without_object(text, lines, stated)
    if network.name and _PLACEHOLDER.fullmatch(network.name.value):
        return "not-found", _ELSEWHERE
    if not text.endswith("\n") or (network.layout == "rpsl" and item.first("source") is None):
        return "truncated", _CUT
    return ("found", None) if holds else ("wrong-range", _OUTSIDE)


def status_without_object(text: str, lines: Sequence[str], stated: frozenset[int] = frozenset()) -> _Verdict:
    """Tell apart the answers that hold no object: a page, a refusal, nothing here, an error, something else.

    ``stated`` are the lines (1-based) that are values of some object, and no words of the server.
    """
    if _HTML.match(text):
        return "wrong-type", _PAGE
    denied = _DENIED.search(text)
    limit = denied[0] if denied else limit_line(one for number, one in enumerate(lines, 1) if number not in stated)
    if limit:
        said = Text(ja=f"サーバが照会を制限している:「{limit}」", en=f"The server limits our queries: {limit!r}")
        return "rate-limited", said
    if _NOTHING.search(text):
        return "not-found", _NOT_HERE
    error = _ERROR.search(text)
    if error:
        return "refused", Text(ja=f"サーバが照会を断った:「{error[0]}」", en=f"The server refused: {error[0]!r}")
    cut = bool(text) and not text.endswith("\n")
    return ("truncated", _CUT) if cut else ("malformed", _NO_OBJECT)


def _dates_unread(network: RegisteredNetwork) -> tuple[Finding, ...]:
    return tuple(
        finding(
            "IPA834",
            "notice",
            ja=f"日付「{event.text.value}」は読めない。",
            en=f"No date can be read in {event.text.value!r}.",
            about=event.text.at,
        )
        for event in network.events
        if event.instant is None and event.day is None
    )


def _second_opinion(network: RegisteredNetwork, text: str) -> tuple[Finding, ...]:
    """Let ipwhois read the same text; return a finding where its range or name is not ours.

    Texts above 128 KiB are not handed to it (its expressions take quadratic time). It is wrong about nothing here by
    itself: the finding says that two readers differ, and a person looks at the text.
    """
    if len(text) > _PARSED_AT_MOST:
        return ()
    from ipwhois.whois import Whois

    registry = _NAMES.get(network.registry, "apnic")
    try:
        found = Whois(stored_net(network.first)).lookup(
            response=text, asn_data={"asn_registry": registry}, is_offline=True, field_list=["name"]
        )["nets"]
        same = [one for one in found if _prefixes(str(one["cidr"])) == set(network.cidrs)]
    except Exception as error:  # noqa: BLE001 - whatever a third-party parser raises, our own reading stands
        return (
            finding(
                "IPA841",
                "info",
                ja=f"ipwhois はこの応答を読めなかった({type(error).__name__})。",
                en=f"ipwhois could not read this answer ({type(error).__name__}).",
                about=network.first,
            ),
        )
    name = network.name.value if network.name else None
    if not same:
        return (_differs("範囲", "range", f"{network.first} - {network.last}", network),)
    if network.layout != "lacnic" and all(one["name"] != name for one in same):
        return (_differs("名称", "name", name or "", network),)
    return ()


def _prefixes(cidr: str) -> set[str]:
    spans = [read_span(one) for one in cidr.split(",")]
    return {prefix for span in spans if span for prefix in span.cidrs}


def _differs(ja: str, en: str, ours: str, network: RegisteredNetwork) -> Finding:
    return finding(
        "IPA840",
        "notice",
        ja=f"ipwhois の読みは{ja}がこの読み({ours})と異なる。原文を確かめること。",
        en=f"ipwhois reads another {en} than this reading ({ours}); look at the text.",
        about=network.first,
    )
