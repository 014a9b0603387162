"""What is sent and what an answer says: every status and field from real messages, and a value for any bytes."""

from __future__ import annotations

import base64
import shutil
import struct
import subprocess
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, get_args

import dns.edns
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipattr.errors import UsageError
from ipattr.model import DnsProbe, Hop, Resolution, ResolutionStatus
from ipattr.sources.resolving.headers import answers, is_truncated, question_of
from ipattr.sources.resolving.messages import LIMIT, Said, make_query, read_wire, reread
from ipattr.sources.resolving.spec import parse_resolver

if TYPE_CHECKING:
    from collections.abc import Sequence

HOST = "www.platform.example"
RESOLVER = parse_resolver("192.0.2.53")
AT = datetime(2026, 8, 22, 3, 4, 5, tzinfo=UTC)
DIG = shutil.which("dig")


def probe(rrtype: str = "A", host: str = HOST, subnet: str = "") -> DnsProbe:
    return msgspec.convert({"platform": "x", "host": host, "rrtype": rrtype, "subnet": subnet}, DnsProbe)


def answer(
    query: bytes,
    *lines: str,
    authority: Sequence[str] = (),
    code: dns.rcode.Rcode = dns.rcode.NOERROR,
    flags: int = dns.flags.RA,
    options: Sequence[dns.edns.Option] = (),
) -> bytes:
    """Return a response: each line is ``owner ttl TYPE rdata | rdata``, in that order."""
    message = dns.message.make_response(dns.message.from_wire(query))
    message.use_edns(0, 0, 1232, options=list(options))
    message.set_rcode(code)
    message.flags |= flags
    for section, rows in ((message.answer, lines), (message.authority, authority)):
        for line in rows:
            owner, ttl, rrtype, content = line.split(" ", 3)
            for one in content.split(" | "):  # a set of its own each, or dnspython would shuffle them
                section.append(dns.rrset.from_text(owner, int(ttl), "IN", rrtype, one))
    return message.to_wire(max_size=LIMIT)


def said(asked: DnsProbe, *lines: str, **parts: object) -> Said:
    query = make_query(asked, RESOLVER)
    return read_wire(asked, query, answer(query, *lines, **parts))  # type: ignore[arg-type]


def test_a_query_asks_for_what_a_ledger_keeps() -> None:
    message = dns.message.from_wire(make_query(probe("HTTPS", subnet="198.51.100.0/24"), RESOLVER))
    assert (message.edns, message.payload, message.ednsflags & dns.flags.DO) == (0, 1232, dns.flags.DO)
    assert message.flags == dns.flags.RD
    assert [(str(one.name), int(one.rdtype)) for one in message.question] == [(f"{HOST}.", 65)]
    assert [one.to_text() for one in message.options] == ["NSID ", "ECS 198.51.100.0/24 scope/0"]


def test_an_authoritative_server_is_asked_without_recursion_and_subnet() -> None:
    message = dns.message.from_wire(make_query(probe(), parse_resolver("auth://192.0.2.53")))
    assert not message.flags
    assert [int(one.otype) for one in message.options] == [3]


def test_queries_have_ids_that_cannot_be_foreseen() -> None:
    assert len({make_query(probe(), RESOLVER)[:2] for _ in range(64)}) > 32


@pytest.mark.parametrize(
    "asked",
    [
        probe(host="a..example"),
        probe(host="x" * 64 + ".example"),
        probe(host=".".join(["label"] * 60)),
        probe(host="例え.example"),
        probe(subnet="198.51.100.1/24"),
        probe(subnet="somewhere"),
    ],
)
def test_what_cannot_be_sent_is_said_in_a_sentence(asked: DnsProbe) -> None:
    with pytest.raises(UsageError) as refused:
        make_query(asked, RESOLVER)
    assert refused.value.where in {asked.host, asked.subnet}


def test_addresses_stand_canonical_in_the_order_of_the_answer() -> None:
    found = said(probe("AAAA"), f"{HOST}. 300 AAAA 2001:DB8:0:0::2 | 2001:db8::1 | 2001:db8:0::2")
    assert (found.status, found.reason, found.ttl) == ("answered", None, 300)
    assert found.addresses == ("2001:db8::2", "2001:db8::1")
    assert (found.rcode, found.flags) == ("NOERROR", ("QR", "RD", "RA"))
    assert (found.nsid, found.subnet_scope, found.ede, found.targets, found.hints) == ("", "", (), (), ())


def test_the_chain_of_aliases_is_followed_to_the_last_owner_only() -> None:
    found = said(
        probe(),
        "other.example. 10 A 198.51.100.9",
        f"{HOST.upper()}. 300 CNAME Edge.CDN.example.",
        "third.cdn.example. 60 A 198.51.100.2 | 198.51.100.1",
        "edge.cdn.example. 20 CNAME third.cdn.example.",
        "edge.cdn.example. 5 AAAA 2001:db8::1",
    )
    assert found.cnames == ("edge.cdn.example", "third.cdn.example")
    assert found.addresses == ("198.51.100.2", "198.51.100.1")
    assert (found.status, found.ttl) == ("answered", 20)


def test_a_chain_in_a_circle_or_without_end_leads_nowhere() -> None:
    circle = said(probe(), f"{HOST}. 300 CNAME b.example.", f"b.example. 300 CNAME {HOST}.", f"{HOST}. 300 A 192.0.2.1")
    assert (circle.status, circle.addresses, circle.cnames) == ("nodata", (), ("b.example", HOST))
    assert circle.reason is not None
    assert "circle" in circle.reason.en
    endless = said(
        probe(), f"{HOST}. 9 CNAME n0.example.", *(f"n{n}.example. 9 CNAME n{n + 1}.example." for n in range(40))
    )
    assert (endless.status, len(endless.cnames)) == ("nodata", 16)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (dns.rcode.NXDOMAIN, "nxdomain"),
        (dns.rcode.SERVFAIL, "servfail"),
        (dns.rcode.REFUSED, "refused"),
        (dns.rcode.NOTIMP, "other-rcode"),
        (dns.rcode.FORMERR, "other-rcode"),
        (dns.rcode.BADVERS, "other-rcode"),
    ],
)
def test_each_rcode_has_its_status(code: dns.rcode.Rcode, status: str) -> None:
    found = said(probe(), code=code)
    assert (found.status, found.rcode, found.ttl) == (status, dns.rcode.to_text(code), None)
    assert found.reason is not None


def test_no_data_is_told_from_no_name_and_from_a_referral() -> None:
    empty = said(probe("AAAA"), authority=["platform.example. 60 SOA ns.example. h.example. 1 2 3 4 5"])
    assert (empty.status, empty.rcode) == ("nodata", "NOERROR")
    assert empty.reason is not None
    assert "AAAA" in empty.reason.en
    alias = said(probe("AAAA"), f"{HOST}. 30 CNAME b.example.", "b.example. 60 A 192.0.2.1")
    assert (alias.status, alias.cnames, alias.ttl, alias.addresses) == ("nodata", ("b.example",), 30, ())
    referral = said(probe(), authority=["platform.example. 60 NS ns.example."], flags=0)
    assert referral.status == "nodata"
    assert referral.reason is not None
    assert "delegation" in referral.reason.en


def test_a_server_that_could_not_read_the_question_need_not_repeat_it() -> None:
    query = make_query(probe(), RESOLVER)
    bare = query[:2] + b"\x80\x01" + bytes(8)  # QR, FORMERR, no section
    assert answers(query, bare)
    assert read_wire(probe(), query, bare).status == "other-rcode"
    assert not answers(query, query[:2] + b"\x80\x00" + bytes(8))  # NOERROR without a question


def test_records_of_https_give_targets_and_hints() -> None:
    found = said(
        probe("HTTPS"),
        f"{HOST}. 300 HTTPS 1 . alpn=h2,h3 ipv4hint=192.0.2.2,192.0.2.1 ipv6hint=2001:db8::1"
        " | 2 Other.example. ipv4hint=192.0.2.1",
    )
    assert found.status == "answered"
    assert found.targets == (HOST, "other.example")
    assert found.hints == ("192.0.2.2", "192.0.2.1", "2001:db8::1")
    assert found.addresses == ()
    alias = said(probe("HTTPS"), f"{HOST}. 300 HTTPS 0 svc.example.")
    assert (alias.targets, alias.hints) == (("svc.example",), ())
    nothing = said(probe("HTTPS"), f"{HOST}. 300 HTTPS 0 .")
    assert (nothing.status, nothing.targets) == ("answered", ())


def test_name_servers_are_targets() -> None:
    found = said(probe("NS", "platform.example"), "platform.example. 60 NS NS2.example. | ns1.example.")
    assert (found.status, found.targets, found.addresses) == ("answered", ("ns2.example", "ns1.example"), ())


SIGNATURE = f"{HOST}. 60 RRSIG A 8 3 60 20260901000000 20260801000000 1 platform.example. AAAA"


def error(code: int, text: str | None = None) -> dns.edns.EDEOption:
    return dns.edns.EDEOption(dns.edns.EDECode.make(code), text)


def test_what_is_known_of_validation() -> None:
    plain = f"{HOST}. 60 A 192.0.2.1"
    assert said(probe(), plain).dnssec == "unsigned"
    assert said(probe(), plain, SIGNATURE).dnssec == "signed"
    assert said(probe(), plain, SIGNATURE, flags=dns.flags.AD).dnssec == "secure"
    assert said(probe(), code=dns.rcode.NXDOMAIN, flags=dns.flags.AD).dnssec == "secure"
    assert said(probe(), code=dns.rcode.SERVFAIL).dnssec == "unknown"
    for code in (1, 2, *range(5, 13)):
        assert said(probe(), code=dns.rcode.SERVFAIL, options=[error(code)]).dnssec == "bogus", code
    for code in (0, 3, 4, 13, 22, 49152):
        assert said(probe(), code=dns.rcode.SERVFAIL, options=[error(code)]).dnssec == "unknown", code
    # An algorithm that the resolver does not know makes an answer that it gives insecure, not bogus (RFC 4035 5.2).
    assert said(probe(), plain, SIGNATURE, options=[error(1)]).dnssec == "signed"


def test_extended_errors_are_given_with_code_name_and_text() -> None:
    found = said(probe(), options=[error(9, "no key for platform.example"), error(23), error(49152, "a\nb\u202e")])
    assert found.ede == (
        "EDE 9 DNSKEY Missing: no key for platform.example",
        "EDE 23 Network Error",
        "EDE 49152: a\u240ab<U+202E>",
    )


@pytest.mark.parametrize(
    ("raw", "expected"),
    [(b"tyo-7", "tyo-7"), (b"\x01\xfftyo", "01ff74796f"), ("東".encode(), "e69db1"), (b"", "")],
)
def test_a_server_id_is_text_where_it_is_printable_else_hex(raw: bytes, expected: str) -> None:
    assert said(probe(), options=[dns.edns.NSIDOption(raw)]).nsid == expected


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        (dns.edns.ECSOption("198.51.100.0", 24, 16), "198.51.100.0/24 scope 16"),
        (dns.edns.ECSOption("2001:db8:1::", 48, 56), "2001:db8:1::/48 scope 56"),
        (dns.edns.ECSOption("0.0.0.0", 0, 0), "0.0.0.0/0 scope 0"),  # noqa: S104 - "no address at all"
    ],
)
def test_the_client_subnet_is_given_as_it_came_back(option: dns.edns.ECSOption, expected: str) -> None:
    assert said(probe(), options=[option]).subnet_scope == expected


@pytest.mark.parametrize("code", [8, 15, 3, 10])
@pytest.mark.parametrize("raw", [b"", b"\x00", b"\x00\x01\xff\xff\xff", b"\x00\x09\xff\xfe"])
def test_a_broken_option_does_not_cost_the_answer(code: int, raw: bytes) -> None:
    options = [dns.edns.GenericOption(code, raw), dns.edns.NSIDOption(b"tyo")]
    found = said(probe(), f"{HOST}. 60 A 192.0.2.1", options=options)
    assert (found.status, found.addresses) == ("answered", ("192.0.2.1",))
    if code != 3:
        assert found.nsid == "tyo"


def test_a_truncated_answer_is_one_whatever_can_be_read_of_it() -> None:
    query = make_query(probe(), RESOLVER)
    whole = answer(query, f"{HOST}. 60 A 192.0.2.1", flags=dns.flags.TC)
    assert is_truncated(whole)
    found = read_wire(probe(), query, whole)
    assert (found.status, found.addresses) == ("truncated", ("192.0.2.1",))
    assert read_wire(probe(), query, whole[:-20]).status == "truncated"


def test_what_does_not_answer_the_query_is_malformed_and_says_why() -> None:
    query = make_query(probe(), RESOLVER)
    good = answer(query, f"{HOST}. 60 A 192.0.2.1")
    other = make_query(probe(host="other.example"), RESOLVER)
    cases = {
        "another id": bytes((good[0] ^ 1,)) + good[1:],
        "no DNS response": query,
        "another question": query[:2] + answer(other)[2:],
        "cannot be read": good[:-3],
        "cannot be read ": good + b"\0",
        "cannot be read  ": b"",
        "cannot be read   ": good.ljust(LIMIT + 1, b"\0"),
    }
    for why, wire in cases.items():
        found = read_wire(probe(), query, wire)
        assert found.status == "malformed", why
        assert found.reason is not None
        assert why.strip() in found.reason.en
        assert found.addresses == ()
    assert read_wire(probe(host="other.example"), query, good).status == "malformed"
    assert read_wire(probe("AAAA"), query, good).status == "malformed"
    assert read_wire(probe(host="a..example"), query, good).status == "malformed"
    assert read_wire(probe(), b"", good).status == "malformed"


def test_letters_of_the_question_may_come_back_in_another_case() -> None:
    query = make_query(probe(), RESOLVER)
    good = answer(query, f"{HOST}. 60 A 192.0.2.1")
    assert read_wire(probe(), query, good.replace(b"platform", b"PLATform")).status == "answered"


def resolution(
    wire: bytes, *, asked: DnsProbe | None = None, query: bytes = b"", status: ResolutionStatus | None = None
) -> Resolution:
    """Return a resolution as a transport makes it of these messages, or a failure of the way."""
    asked = asked or probe()
    query = query or make_query(asked, RESOLVER)
    found = Said(status=status) if status else read_wire(asked, query, wire)
    return Resolution(
        probe=asked,
        resolver=RESOLVER.id,
        query=base64.b64encode(query).decode(),
        wire=base64.b64encode(wire).decode(),
        hops=(Hop(request=HOST, server="192.0.2.53:53", sent=AT),),
        sent=AT,
        received=AT,
        tool_version="0",
        **msgspec.structs.asdict(found),
    )


def test_a_failure_of_the_way_stays_as_it_is_when_read_again() -> None:
    for status in ("timed-out", "unreachable", "tls-failed", "http-error", "withheld", "malformed"):
        kept = resolution(b"", status=status)
        assert reread(kept) == kept


def test_what_was_altered_is_read_otherwise_again() -> None:
    query = make_query(probe(), RESOLVER)
    kept = resolution(answer(query, f"{HOST}. 60 A 192.0.2.1"), query=query)
    assert reread(kept) == kept
    for changed in (
        {"addresses": ("192.0.2.2",)},
        {"status": "timed-out"},
        {"ttl": 61},
        {"dnssec": "secure"},
        {"wire": "", "status": "answered"},
        {"wire": "not base64"},
        {"wire": ""},
        {"query": ""},
        {"probe": probe(host="other.example")},
    ):
        altered = msgspec.structs.replace(kept, **changed)  # type: ignore[arg-type]
        assert reread(altered) != altered, changed


RECORDS = [
    f"{HOST}. 60 A 192.0.2.1 | 192.0.2.2",
    f"{HOST}. 60 CNAME edge.example.",
    "edge.example. 30 A 198.51.100.1",
    f"{HOST}. 60 AAAA 2001:db8::1",
    f"{HOST}. 60 HTTPS 1 . alpn=h2 ipv4hint=192.0.2.1",
    f"{HOST}. 60 NS ns.example.",
    SIGNATURE,
]
TYPES = st.sampled_from(["A", "AAAA", "HTTPS", "NS"])


@st.composite
def mutated(draw: st.DrawFn) -> tuple[DnsProbe, bytes, bytes]:
    """Return a probe, its query, and any bytes or an answer some bytes of which are changed, cut or added."""
    asked = probe(draw(TYPES), subnet=draw(st.sampled_from(["", "198.51.100.0/24"])))
    query = make_query(asked, RESOLVER)
    if draw(st.integers(0, 9)) == 0:
        return asked, draw(st.just(query) | st.binary(max_size=40)), draw(st.binary(max_size=200))
    lines = draw(st.lists(st.sampled_from(RECORDS), max_size=4, unique=True))
    options = [error(9, "text"), dns.edns.NSIDOption(b"tyo"), dns.edns.ECSOption("198.51.100.0", 24, 16)]
    flags = draw(st.sampled_from([0, dns.flags.AD, dns.flags.TC]))
    wire = bytearray(answer(query, *lines, options=draw(st.permutations(options)), flags=flags))
    for at, byte in draw(st.lists(st.tuples(st.integers(0, len(wire) - 1), st.integers(0, 255)), max_size=4)):
        wire[at] = byte
    return asked, query, bytes(wire[: draw(st.integers(0, 12)) * -1 or None]) + draw(st.binary(max_size=1))


@settings(max_examples=600, deadline=None)
@given(mutated())
def test_any_bytes_say_something_and_say_it_again(case: tuple[DnsProbe, bytes, bytes]) -> None:
    asked, query, wire = case
    found = read_wire(asked, query, wire)
    assert (found.status == "answered") == (found.reason is None)
    assert found.status in get_args(ResolutionStatus)
    assert found.addresses == () or asked.rrtype in {"A", "AAAA"}
    if found.status == "malformed":
        assert found == Said(status="malformed", reason=found.reason)
    kept = resolution(wire, asked=asked, query=query)
    assert reread(kept) == kept
    assert reread(msgspec.json.decode(msgspec.json.encode(kept), type=Resolution)) == kept


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=64), st.binary(max_size=64))
def test_the_header_of_any_bytes_can_be_looked_at(query: bytes, wire: bytes) -> None:
    assert answers(query, wire) in {True, False}
    assert is_truncated(wire) in {True, False}


@pytest.mark.skipif(DIG is None, reason="dig is not installed")
def test_dig_sends_the_same_question_as_we_do() -> None:
    assert DIG is not None
    shown = subprocess.run(
        f"{DIG} +qr +nocookie +dnssec +nsid +noadflag +timeout=1 +tries=1 -p 9 @127.0.0.1 {HOST} HTTPS".split(),
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    ).stdout
    ours = dns.message.from_wire(make_query(probe("HTTPS"), RESOLVER))
    assert f"{HOST}.\t\tIN\tHTTPS" in shown
    assert "flags: do; udp: 1232" in shown
    assert "flags: rd; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 1" in shown
    assert (dns.flags.to_text(ours.flags), ours.payload, int(ours.question[0].rdtype)) == ("RD", 1232, 65)


def _pointing_at_a_long_name(*, own: bool) -> bytes:
    """Return 64 KiB of records that all point at one name of 120 labels; ``own``: each owner is a name of its own."""
    query = make_query(probe(), RESOLVER)
    question = question_of(query)
    assert question is not None
    asked = b"".join(question)
    long_name = b"\x01a" * 120 + b"\0"
    at = 12 + len(asked) + 1 + 10
    records = [b"\0" + struct.pack("!HHIH", 2, 1, 60, len(long_name)) + long_name]
    pointer = struct.pack("!H", 0xC000 | at)
    while sum(map(len, records)) < 64_000:
        lead = b"\x02" + struct.pack("!H", len(records)) if own else b""
        records.append(lead + pointer + struct.pack("!HHIH", 5 if own else 2, 1, 60, 2) + pointer)
    return query[:2] + struct.pack("!5H", 0x8180, 1, len(records), 0, 0) + asked + b"".join(records)


@pytest.mark.parametrize("own", [False, True])
def test_names_that_would_keep_a_reader_busy_are_not_read(own: bool) -> None:  # noqa: FBT001 - a parameter
    """Read in full it takes ten seconds, in which nobody else is answered; a checked ledger may hold thousands."""
    wire = _pointing_at_a_long_name(own=own)
    begun = time.process_time()
    assert read_wire(probe(), wire[:2] + make_query(probe(), RESOLVER)[2:], wire).status == "malformed"
    assert time.process_time() - begun < 6


def test_as_many_addresses_as_fit_into_a_message_are_read() -> None:
    addresses = [f"198.18.{number >> 8}.{number & 255}" for number in range(3900)]
    found = said(probe(), f"{HOST}. 60 A {' | '.join(addresses)}")
    assert (found.status, found.addresses) == ("answered", tuple(addresses))


def test_what_is_not_asked_for_is_not_read_and_costs_nothing() -> None:
    """A record of another type whose content is not what its RFC says lies beside a good answer."""
    query = make_query(probe(), RESOLVER)
    wire = answer(query, f"{HOST}. 60 A 192.0.2.1", authority=["platform.example. 60 NS ns.platform.example."])
    broken = wire.replace(b"\x02ns\xc0", b"\x02ns\xff", 1)
    assert broken != wire
    assert read_wire(probe(), query, broken).addresses == ("192.0.2.1",)
