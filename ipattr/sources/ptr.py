"""PTR answers (RFC 1035 section 3.3.12): a DNS message as received becomes names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.model import Field, Reply, Text
from ipattr.sources.requests import reverse_name
from ipattr.sources.visible import visible_text
from ipattr.sources.whois_lines import finding, left_over

if TYPE_CHECKING:
    from dns.message import Message
    from dns.name import Name

    from ipattr.model import Exchange, Finding, ReplyStatus

_LONGEST_CHAIN = 16
LARGEST = 1 << 14
"""Bytes of a message that is read: in 64 KiB, compressed names keep a reader busy for many seconds."""
_TOO_LARGE = Text(
    ja="16 KiB を超える応答は読まない(受け取ったまま保存してある)。",
    en="An answer of more than 16 KiB is not read; it is kept as received.",
)
_NO_MESSAGE = Text(ja="DNS のメッセージとして読めない。", en="It cannot be read as a DNS message.")
_NO_RESPONSE = Text(ja="DNS の応答ではない(問い合わせである)。", en="It is a DNS query and no response.")
_OTHER_QUESTION = Text(ja="別の名前についての応答である。", en="It answers a question about another name.")
_CUT = Text(ja="応答が UDP に収まらず切り詰められている。", en="The answer is truncated (TC): it did not fit.")
_NO_NAME = Text(
    ja="このアドレスに逆引きの名前はない。未割り当てを意味しない。",
    en="The address has no reverse name; that does not mean that it is unassigned.",
)


def read_ptr(exchange: Exchange, body: bytes) -> Reply:
    """Return the names that a DNS answer gives an address; pure, and total: any bytes give a Reply.

    ``text`` is the message in presentation format (RFC 1035 section 5); every line of it, the TTLs and the RCODE among
    them, is in ``other``, and a name points at the line of its record. CNAMEs are followed (RFC 2317). A name proves
    nothing about who holds the address: a finding of level info says so where there is one.
    """
    import dns.message

    if len(body) > LARGEST:
        return Reply(status="malformed", reason=_TOO_LARGE, text=body.hex())
    try:
        message = dns.message.from_wire(body)
        text = visible_text(message.to_text()) + "\n"
    except Exception:  # noqa: BLE001 - bytes from a network: a parser's surprise is a status, not a crash
        return Reply(status="malformed", reason=_NO_MESSAGE, text=body.hex())
    lines = text.split("\n")
    names = _names(message, lines)
    status, reason = _status(exchange, message, names)
    return Reply(
        status=status,
        reason=reason,
        names=names if status in {"found", "truncated"} else (),
        other=left_over(lines, (), {}),
        text=text,
        findings=_remarks(names) if status == "found" else (),
    )


def _status(exchange: Exchange, message: Message, names: tuple[Field, ...]) -> tuple[ReplyStatus, Text | None]:
    import dns.flags
    import dns.rcode

    if not message.flags & dns.flags.QR:
        return "wrong-type", _NO_RESPONSE
    if not _about(exchange, message):
        return "wrong-range", _OTHER_QUESTION
    code = message.rcode()
    said = dns.rcode.to_text(code)
    if code == dns.rcode.NXDOMAIN:
        return "not-found", _NO_NAME
    if code != dns.rcode.NOERROR:
        failed = code == dns.rcode.SERVFAIL
        return "server-error" if failed else "refused", Text(
            ja=f"ネームサーバが {said} と応答した。", en=f"The name server answered {said}."
        )
    if message.flags & dns.flags.TC:
        return "truncated", _CUT
    return ("found", None) if names else ("not-found", _NO_NAME)


def _about(exchange: Exchange, message: Message) -> bool:
    """Tell whether the message repeats the question that was asked."""
    import dns.name
    import dns.rdatatype

    try:
        asked = dns.name.from_text(reverse_name(exchange.question.subject))
    except ValueError:
        return False
    return [(one.name, one.rdtype) for one in message.question] == [(asked, dns.rdatatype.PTR)]


def _names(message: Message, lines: list[str]) -> tuple[Field, ...]:
    """Return the names of the PTR records that the question leads to, through CNAMEs where there are some."""
    import dns.rdatatype

    if not message.question:
        return ()
    owner: Name = message.question[0].name
    for _ in range(_LONGEST_CHAIN):
        aliases = [one for one in message.answer if one.name == owner and one.rdtype == dns.rdatatype.CNAME]
        if not aliases:
            break
        owner = aliases[0][0].target
    found = []
    for rrset in message.answer:
        if rrset.name != owner or rrset.rdtype != dns.rdatatype.PTR:
            continue
        written = visible_text(rrset.to_text()).split("\n")
        for record, line in zip(rrset, written, strict=False):
            name = visible_text(record.target.to_text(omit_final_dot=True))
            found.append(Field(value=name, at=f"line:{lines.index(line) + 1 if line in lines else 1}"))
    return tuple(found)


def _remarks(names: tuple[Field, ...]) -> tuple[Finding, ...]:
    if not names:
        return ()
    return (
        finding(
            "IPA844",
            "info",
            ja="逆引きの名前は、そのゾーンの運用者が自由に書ける。登録者を証明しない。",
            en="A reverse name is whatever the operator of its zone wrote; it does not prove who holds the address.",
        ),
    )
