"""JPNIC WHOIS (port 43): an answer as received becomes a registered network, and no line of it is lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ipattr.model import Field, Reply, Text
from ipattr.sources.jpnic.decoding import decode_body
from ipattr.sources.jpnic.layout import Block, Layout, read_layout
from ipattr.sources.jpnic.network import block_span, read_network
from ipattr.sources.visible import visible_text
from ipattr.sources.whois_lines import Span, finding, left_over, limit_line, read_span

if TYPE_CHECKING:
    from ipattr.model import Exchange, Finding, RegisteredNetwork, ReplyStatus
    from ipattr.sources.jpnic.decoding import Decoded

__all__ = ["read_jpnic"]

_HTML = re.compile(r"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_NOT_HERE = Text(
    ja="JPNIC のデータベースには該当するデータがない。ここにないというだけで、未割り当てを意味しない"
    "(例えば 43.0.0.0/8 は2020年3月に APNIC へ移管された)。",
    en="JPNIC's database has no such data. It only says that it is not here, never that it is unassigned "
    "(43.0.0.0/8, for one, moved to APNIC in March 2020).",
)
_CUT = Text(
    ja="応答が途中で切れている(文字、エスケープシーケンスまたは行の途中で終わる)。",
    en="The answer is cut: it ends inside a character, an escape sequence or a line.",
)
_EMPTY = Text(ja="応答が空である。", en="The answer is empty.")
_NO_NETWORK = Text(
    ja="応答にネットワーク情報がない(案内文だけ、または未知の書式)。",
    en="The answer holds no network information (a banner or help text alone, or an unknown layout).",
)
_UNREADABLE = Text(
    ja="応答のIPネットワークアドレスが読めない。",
    en="The network number of the answer cannot be read.",
)
_PAGE = Text(ja="WHOIS の応答ではなく HTML のページである。", en="This is an HTML page and no WHOIS answer.")
_OUTSIDE = Text(
    ja="応答のネットワークは、照会した対象を含まない。", en="The network of the answer does not hold what was asked."
)


def read_jpnic(exchange: Exchange, body: bytes) -> Reply:
    """Return what a JPNIC answer says; pure, and total: any bytes give a Reply.

    Of several networks the smallest that holds the subject is the answer (a finding says so), the lines of the others
    go to ``other``. ``found`` needs whole lines: an answer that ends inside one is ``truncated``, what was read kept.
    """
    decoded = decode_body(body)
    text = visible_text(decoded.text)
    lines = text.split("\n")
    layout = read_layout(lines)
    asked = read_span(exchange.question.subject)
    block, span = _chosen(layout, asked)
    network: RegisteredNetwork | None = None
    remarks: tuple[Finding, ...] = ()
    if block is not None and span is not None:
        network, remarks = read_network(block, span)
    notices = tuple(Field(value=lines[number - 1].strip(), at=f"line:{number}") for number in layout.banner)
    spans = layout.spans
    stated = {*layout.banner, *(number for numbers in spans.values() for number in numbers)}
    limit = limit_line(line for number, line in enumerate(lines, 1) if number not in stated)
    cut = decoded.cut or (not text.endswith("\n") and bool(text) and not layout.no_match)
    status, reason = _status(layout, network, cut=cut, text=text, limit=limit, holds=_holds(span, asked))
    return Reply(
        status=status,
        reason=reason,
        network=network,
        notices=notices,
        other=left_over(lines, (network, notices), spans),
        text=text,
        findings=(*_body_findings(decoded, text), *_layout_findings(layout, network, limit), *remarks),
    )


def _chosen(layout: Layout, asked: Span | None) -> tuple[Block | None, Span | None]:
    """Return the block that answers: the smallest that holds the subject, else the first that can be read."""
    readable = [(block, span) for block in layout.blocks if (span := block_span(block)) is not None]
    holding = [pair for pair in readable if _holds(pair[1], asked)]
    if holding:
        return min(holding, key=lambda pair: pair[1].size)
    return readable[0] if readable else (None, None)


def _holds(span: Span | None, asked: Span | None) -> bool:
    return span is not None and asked is not None and span.holds(asked)


def _status(
    layout: Layout, network: RegisteredNetwork | None, *, cut: bool, text: str, limit: str, holds: bool
) -> tuple[ReplyStatus, Text | None]:
    if _HTML.match(text):
        return "wrong-type", _PAGE
    if network is None and limit:
        said = Text(ja=f"サーバが照会を制限している:「{limit}」", en=f"The server limits our queries: {limit!r}")
        return "rate-limited", said
    if cut:
        return "truncated", _CUT
    if network is not None:
        return ("found", None) if holds else ("wrong-range", _OUTSIDE)
    if layout.no_match and not layout.blocks:
        return "not-found", _NOT_HERE
    return "malformed", _why_malformed(layout, text)


def _why_malformed(layout: Layout, text: str) -> Text:
    if any(block.of("network") for block in layout.blocks):
        return _UNREADABLE
    return _NO_NETWORK if text.strip() else _EMPTY


def _body_findings(decoded: Decoded, text: str) -> tuple[Finding, ...]:
    if text == decoded.text.replace("\r\n", "\n"):
        return decoded.findings
    remark = finding(
        "IPA845",
        "warning",
        ja="応答に制御文字が含まれていた。作用しない形で表示している。",
        en="The answer held control characters; they are shown so that they cannot act.",
    )
    return (*decoded.findings, remark)


def _layout_findings(layout: Layout, network: RegisteredNetwork | None, limit: str) -> list[Finding]:
    found = []
    networks = [block for block in layout.blocks if block.of("network")]
    if network is not None and len(networks) > 1:
        found.append(
            finding(
                "IPA835",
                "notice",
                ja=f"応答にネットワーク情報が{len(networks)}件あり、対象を含む最小のもの({network.first}–{network.last})を採った。",
                en=f"The answer holds {len(networks)} networks; the smallest that holds the subject was taken "
                f"({network.first}–{network.last}).",
                about=network.first,
            )
        )
    unreadable = [block.of("network")[0] for block in networks if block_span(block) is None]
    found += [
        finding(
            "IPA836",
            "warning",
            ja=f"IPネットワークアドレス「{value.value}」は読めない。",
            en=f"The network number {value.value!r} cannot be read.",
            about=f"line:{value.lines[0]}",
        )
        for value in unreadable
    ]
    if network is not None and limit:
        found.append(
            finding(
                "IPA846",
                "warning",
                ja=f"応答に照会の制限を述べる行がある:「{limit}」",
                en=f"A line of the answer speaks of a limit on queries: {limit!r}",
            )
        )
    return found
