"""What is sent to a name server, and what comes back says (RFC 1035, RFC 6891, RFC 9460): pure, no network.

Reading is total: any bytes give a :class:`Said`. What a ledger holds is read again here when it is verified.
"""

from __future__ import annotations

import base64
import binascii
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Final

import msgspec

from ipattr.errors import UsageError
from ipattr.model import DnsProbe, Dnssec, Record, Resolution, ResolutionStatus, Resolver, Text
from ipattr.sources.resolving import options as edns
from ipattr.sources.resolving.headers import fault_of, is_truncated, question_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import dns.edns
    from dns.message import Message
    from dns.name import Name
    from dns.rrset import RRset

PAYLOAD: Final = 1232
"""Bytes accepted of a datagram: what passes without fragments nearly everywhere (DNS Flag Day 2020)."""
LIMIT: Final = 65535
"""Bytes that a DNS message can have (RFC 1035 section 4.2.2)."""
LONGEST_CHAIN: Final = 16

_WITHOUT_WIRE: Final = frozenset({"timed-out", "unreachable", "tls-failed", "http-error", "withheld", "malformed"})
_BY_RCODE: Final[dict[int, ResolutionStatus]] = {2: "servfail", 3: "nxdomain", 5: "refused"}
_FAILED: Final = frozenset(range(5, 13))  # RFC 8914: DNSSEC Indeterminate to NSEC Missing
_UNSUPPORTED: Final = frozenset({1, 2})  # a failure only where no answer came: else it went on as if unsigned


class Said(Record, frozen=True, kw_only=True):
    """What one message says: the fields of :class:`Resolution` of the same names, which are read from it alone."""

    status: ResolutionStatus
    reason: Text | None = None
    rcode: str = ""
    flags: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    cnames: tuple[str, ...] = ()
    ttl: int | None = None
    targets: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    dnssec: Dnssec = "unknown"
    nsid: str = ""
    subnet_scope: str = ""
    ede: tuple[str, ...] = ()


def make_query(probe: DnsProbe, resolver: Resolver) -> bytes:
    """Return the query as sent: a random id, EDNS with DO and NSID, the client subnet where one is given, RD or not.

    UsageError when the host cannot be a name in the DNS, or the client subnet is no block of addresses.
    """
    import dns.edns
    import dns.exception
    import dns.flags
    import dns.message

    if not probe.host.isascii():
        raise UsageError(ja=BAD_NAME.ja, en=BAD_NAME.en, where=probe.host)
    wanted: list[dns.edns.Option] = [dns.edns.NSIDOption(b"")]
    if probe.subnet:
        wanted.append(_client_subnet(probe.subnet))
    try:
        query = dns.message.make_query(
            probe.host, probe.rrtype, use_edns=0, want_dnssec=True, payload=PAYLOAD, options=wanted
        )
        if not resolver.recursive:
            query.flags &= ~dns.flags.RD
        return query.to_wire()
    except (dns.exception.DNSException, ValueError) as error:
        raise UsageError(ja=BAD_NAME.ja, en=BAD_NAME.en, where=probe.host) from error


def read_wire(probe: DnsProbe, query: bytes, wire: bytes) -> Said:
    """Return what a message says in answer to ``query`` for ``probe``; pure, and total on any bytes.

    Not a DNS message, another id or question, or a query about something else than the probe: ``malformed``. With TC
    set it is ``truncated``, whatever of it can be read. CNAMEs are followed inside the answer section, at most
    ``LONGEST_CHAIN`` of them; addresses, targets and hints are those of the last owner, in order, each once.
    """
    import dns.message

    fault = _fault(probe, query, wire)
    if fault is not None:
        return Said(status="malformed", reason=fault)
    try:
        parts = edns.set_apart(wire)
        message = dns.message.from_wire(parts.wire)
    except Exception:  # noqa: BLE001 - bytes from a network: a parser's surprise is a status, not a crash
        if is_truncated(wire):  # cut in the middle of a record, as some servers do
            return Said(status="truncated", reason=_CUT)
        return Said(status="malformed", reason=_NO_MESSAGE)
    return _read(probe, message, parts)


def reread(resolution: Resolution) -> Resolution:
    """Return the same resolution with all that its message says read again: equal to it when nothing was altered.

    Where no message came (``wire`` is empty) there is nothing to read: a failure of the way stays as it is. So does
    the sentence on why no whole answer came over TCP after a truncated one.
    """
    wire = _decoded(resolution.wire)
    if not wire and not resolution.wire and resolution.status in _WITHOUT_WIRE:
        said = Said(status=resolution.status, reason=resolution.reason)
    else:
        said = read_wire(resolution.probe, _decoded(resolution.query), wire)
        if said.status == "truncated" and resolution.wire == resolution.truncated_wire:
            said = msgspec.structs.replace(said, reason=resolution.reason)
    return with_said(resolution, said)


def with_said(resolution: Resolution, said: Said) -> Resolution:
    """Return the resolution saying what ``said`` says."""
    return msgspec.structs.replace(resolution, **msgspec.structs.asdict(said))


def _client_subnet(text: str) -> dns.edns.ECSOption:
    import dns.edns

    try:
        block = ip_network(text)
    except ValueError as error:
        raise UsageError(ja=_BAD_SUBNET.ja, en=_BAD_SUBNET.en, where=text) from error
    return dns.edns.ECSOption(str(block.network_address), block.prefixlen)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _fault(probe: DnsProbe, query: bytes, wire: bytes) -> Text | None:
    """Return why these bytes are no answer to this query for this probe."""
    if len(wire) > LIMIT:
        return _NO_MESSAGE
    if question_of(query) is None or question_of(query) != _question(probe):
        return _OTHER_QUERY
    fault = fault_of(query, wire)
    return _FAULTS[fault] if fault is not None else None


def _question(probe: DnsProbe) -> tuple[bytes, bytes] | None:
    """Return the question of a probe as it stands in a message; None where the host can be no name."""
    import dns.exception
    import dns.name
    import dns.rdatatype

    try:
        name = dns.name.from_text(probe.host).to_wire() or b""
    except (dns.exception.DNSException, ValueError):
        return None
    return name.lower(), dns.rdatatype.from_text(probe.rrtype).to_bytes(2, "big") + b"\x00\x01"


def _read(probe: DnsProbe, message: Message, parts: edns.Parts) -> Said:
    import dns.flags
    import dns.rcode

    chain, owner = _chain(probe, message)
    asked = [one for one in message.answer if _is(one, owner, probe.rrtype)] if owner is not None else []
    status, reason = _status(probe, message, parts, found=bool(asked), looped=owner is None)
    addresses, targets, hints = _content(probe, asked)
    return Said(
        status=status,
        reason=reason,
        rcode=dns.rcode.to_text(message.rcode()),
        flags=tuple(dns.flags.to_text(message.flags).split()),
        addresses=addresses,
        cnames=tuple(_text(one[0].target) for one in chain),
        ttl=min((one.ttl for one in (*chain, *asked)), default=None),
        targets=targets,
        hints=hints,
        dnssec=_dnssec(message, status, parts),
        nsid=edns.name_server_id(parts.options),
        subnet_scope=edns.subnet_scope(parts.options),
        ede=edns.extended_errors(parts.options),
    )


def _chain(probe: DnsProbe, message: Message) -> tuple[list[RRset], Name | None]:
    """Return the CNAMEs from the host on, and the owner they lead to; None where they lead in a circle or too far."""
    import dns.name

    owner = dns.name.from_text(probe.host)
    chain: list[RRset] = []
    seen = {owner}
    while alias := next((one for one in message.answer if _is(one, owner, "CNAME")), None):
        chain.append(alias)
        owner = alias[0].target
        if owner in seen or len(chain) == LONGEST_CHAIN:
            return chain, None
        seen.add(owner)
    return chain, owner


def _is(rrset: RRset, owner: Name, rrtype: str) -> bool:
    import dns.rdataclass
    import dns.rdatatype

    wanted = dns.rdatatype.from_text(rrtype)
    return rrset.name == owner and rrset.rdtype == wanted and rrset.rdclass == dns.rdataclass.IN and len(rrset) > 0


def _content(probe: DnsProbe, asked: list[RRset]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return addresses, targets and hints of the records asked for; each once, in order."""
    from dns.rdtypes.svcbbase import ParamKey

    records = [record for rrset in asked for record in rrset]
    if probe.rrtype in {"A", "AAAA"}:
        return _canonical(record.address for record in records), (), ()
    if probe.rrtype == "NS":
        return (), tuple(dict.fromkeys(_text(record.target) for record in records)), ()
    names: list[str] = []
    hints: list[str] = []
    for rrset in asked:
        for record in rrset:
            if record.target.labels != (b"",):
                names.append(_text(record.target))
            elif record.priority:  # RFC 9460 section 2.5: "." is the owner itself, and for an alias, nothing
                names.append(_text(rrset.name))
            for key in (ParamKey.IPV4HINT, ParamKey.IPV6HINT):
                hint = record.params.get(key)
                hints += hint.addresses if hint is not None else ()
    return (), tuple(dict.fromkeys(names)), _canonical(hints)


def _canonical(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ip_address(one).compressed for one in addresses))


def _text(name: Name) -> str:
    return name.to_text(omit_final_dot=True).lower()


def _status(
    probe: DnsProbe, message: Message, parts: edns.Parts, *, found: bool, looped: bool
) -> tuple[ResolutionStatus, Text | None]:
    import dns.flags
    import dns.rcode

    if message.flags & dns.flags.TC:
        return "truncated", _CUT
    code = message.rcode()
    if code != dns.rcode.NOERROR:
        said = dns.rcode.to_text(code)
        reason = Text(ja=f"ネームサーバが {said} と応答した。", en=f"The name server answered {said}.")
        return _BY_RCODE.get(code, "other-rcode"), _NO_NAME if code == dns.rcode.NXDOMAIN else reason
    if found:
        return "answered", None
    if looped:
        return "nodata", _LOOP
    authority = {rrtype for section, rrtype in parts.kinds if section == edns.AUTHORITY}
    if dns.rdatatype.NS in authority and dns.rdatatype.SOA not in authority and not message.flags & dns.flags.AA:
        return "nodata", _REFERRAL
    return "nodata", Text(
        ja=f"この名前に {probe.rrtype} レコードはない。", en=f"The name has no record of type {probe.rrtype}."
    )


def _dnssec(message: Message, status: ResolutionStatus, parts: edns.Parts) -> Dnssec:
    """Return what is known of validation; AD and the codes are the resolver's word (RFC 4035 section 3.2.3)."""
    import dns.flags
    import dns.rdatatype

    answered = status in {"answered", "nodata", "nxdomain"}
    codes = edns.error_codes(parts.options)
    if any(code in _FAILED or (code in _UNSUPPORTED and not answered) for code in codes):
        return "bogus"
    if not answered:
        return "unknown"
    if message.flags & dns.flags.AD:
        return "secure"
    signed = {(section, dns.rdatatype.RRSIG) for section in (edns.ANSWER, edns.AUTHORITY)}
    return "unsigned" if signed.isdisjoint(parts.kinds) else "signed"


BAD_NAME = Text(ja="DNS の名前として送れない。", en="It cannot be sent as a DNS name.")
_BAD_SUBNET = Text(
    ja="クライアントサブネットは、198.51.100.0/24 のように、ホスト部のないアドレスブロックで書く。",
    en="The client subnet must be a block of addresses without host bits, such as 198.51.100.0/24.",
)
_NO_MESSAGE = Text(ja="DNS のメッセージとして読めない。", en="It cannot be read as a DNS message.")
_OTHER_QUERY = Text(
    ja="保存された問い合わせが、このホストと種別についてのものでない。",
    en="The query is not about this host and type.",
)
_FAULTS = {
    "short": _NO_MESSAGE,
    "id": Text(ja="問い合わせと番号（ID）が異なる。", en="It bears another id than the query."),
    "query": Text(ja="DNS の応答ではない（問い合わせ等である）。", en="It is no DNS response to a query."),
    "question": Text(ja="別の問いについての応答である。", en="It answers another question."),
}
_CUT = Text(ja="応答が切り詰められている（TC）。", en="The answer is truncated (TC).")
_NO_NAME = Text(ja="この名前は存在しない（NXDOMAIN）。", en="The name does not exist (NXDOMAIN).")
_LOOP = Text(
    ja="CNAME が元の名前に戻るか、長すぎるため、レコードに至らない。",
    en="The CNAMEs lead in a circle, or too far, and to no record.",
)
_REFERRAL = Text(
    ja="別のネームサーバを指す応答（委任）であり、レコードは含まれない。",
    en="The server refers to other name servers (a delegation) and gives no record.",
)
