"""The strict address grammar, sentence by sentence."""

from __future__ import annotations

import pytest

from ipattr.addresses import (
    ParsedAddress,
    Specials,
    parse_address,
    parse_port,
    port_share,
    prefix_range,
    to_number,
    to_text,
)
from ipattr.model import Refusal, SpecialBlock, Text


def _block(prefix: str) -> SpecialBlock:
    return SpecialBlock(prefix=prefix, name=prefix, rfc="RFC 6890", meaning=Text(ja=prefix, en=prefix))


BLOCKS = (
    "10.0.0.0/8",
    "100.64.0.0/10",
    "192.0.0.0/24",
    "192.0.0.0/29",
    "192.0.0.9/32",
    "::/128",
    "2001::/23",
    "2001::/32",
)
SPECIALS = Specials([_block(prefix) for prefix in BLOCKS])


def _parsed(raw: str) -> ParsedAddress:
    result = parse_address(raw, specials=SPECIALS)
    assert isinstance(result, ParsedAddress), result
    return result


def _refused(raw: str) -> Refusal:
    result = parse_address(raw, specials=SPECIALS)
    assert isinstance(result, Refusal), result
    assert result.reason.ja
    assert result.reason.en
    return result


@pytest.mark.parametrize(
    ("raw", "text", "port", "rules"),
    [
        ("223.216.231.10", "223.216.231.10", None, ()),
        ("0.0.0.0", "0.0.0.0", None, ()),  # noqa: S104 - an address in a log, nothing is bound
        ("255.255.255.255", "255.255.255.255", None, ()),
        (" 223.216.231.10\r\n", "223.216.231.10", None, ("trimmed",)),
        ("\u3000223.216.231.10", "223.216.231.10", None, ("trimmed",)),
        ("223.216.231.10:5005", "223.216.231.10", 5005, ()),
        ("223.216.231.10:1", "223.216.231.10", 1, ()),
        ("223.216.231.10:65535", "223.216.231.10", 65535, ()),
        ("２２３．２１６．２３１．１０：５００５", "223.216.231.10", 5005, ("nfkc",)),
        ("2001:db8::1", "2001:db8::1", None, ()),
        ("2001:db8::1:443", "2001:db8::1:443", None, ()),
        ("[2001:db8::1]:3003", "2001:db8::1", 3003, ("bracketed",)),
        ("[2001:db8::1]", "2001:db8::1", None, ("bracketed",)),
        ("［２００１：ＤＢ８：：１］：４４３", "2001:db8::1", 443, ("nfkc", "bracketed", "lowercased")),
        ("2001:DB8::1", "2001:db8::1", None, ("lowercased",)),
        ("2001:0db8:0:0:0:0:0:1", "2001:db8::1", None, ("compressed",)),
        ("2001:db8:0:1:0:0:0:1", "2001:db8:0:1::1", None, ("compressed",)),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.1", None, ()),
        ("::ffff:c000:201", "::ffff:192.0.2.1", None, ("compressed",)),
        ("::", "::", None, ()),
    ],
)
def test_accepted(raw: str, text: str, port: int | None, rules: tuple[str, ...]) -> None:
    """Each accepted spelling gives the canonical address, the port beside it, and the rules applied."""
    parsed = _parsed(raw)
    assert (parsed.address.raw, parsed.address.text, parsed.port, parsed.address.rules) == (raw, text, port, rules)


@pytest.mark.parametrize(
    ("raw", "code", "named"),
    [
        ("", "IPA130", ()),
        (" \u3000", "IPA130", ()),
        ("1.2.xxx.xxx", "IPA131", ("1.2.xxx.xxx",)),
        ("1.2.*.*", "IPA131", ("1.2.*.*",)),
        ("１．２．＊．＊", "IPA131", ()),
        ("1.2.3.4, 5.6.7.8", "IPA132", ("1.2.3.4", "5.6.7.8")),
        ("1.2.3.4 5.6.7.8", "IPA132", ("1.2.3.4", "5.6.7.8")),
        ("1.2.3.4、2001:db8::1", "IPA132", ("1.2.3.4", "2001:db8::1")),
        ("010.0.0.1", "IPA133", ("10.0.0.1", "8.0.0.1")),
        ("192.168.010.001", "IPA133", ("192.168.10.1", "192.168.8.1")),
        ("09.1.1.1", "IPA133", ("9.1.1.1",)),
        ("127.1", "IPA134", ("127.0.0.1",)),
        ("0x7f.1", "IPA134", ("127.0.0.1",)),
        ("134744072", "IPA134", ("8.8.8.8",)),
        ("1.2.3", "IPA134", ("1.2.0.3",)),
        ("0x7f.0.0.1", "IPA134", ("127.0.0.1",)),
        ("1.2.3.4.5", "IPA135", ()),
        ("256.1.1.1", "IPA135", ("256",)),
        ("99999999999999999999", "IPA135", ()),
        ("fe80::1%eth0", "IPA136", ()),
        ("1.2.3.0/24", "IPA137", ()),
        ("2001:db8::/32", "IPA137", ()),
        ("1.2.3.4.", "IPA138", ()),
        ("1。2。3。4", "IPA139", ("。",)),
        ("1O.2.3.4", "IPA139", ("O",)),
        ("l0.2.3.4", "IPA139", ("l",)),
        ("spmode.ne.jp", "IPA140", ()),
        ("-1.2.3.4", "IPA140", ()),
        ("+1.2.3.4", "IPA140", ()),
        ("1.2.3.٤", "IPA140", ()),
        ("1.2.3.²", "IPA140", ()),
        ("[::1", "IPA140", ()),
        ("[]", "IPA140", ()),
        ("2001:db8:::1", "IPA141", ()),
        ("1::2::3", "IPA141", ()),
        ("12345::1", "IPA141", ()),
        ("1:2:3:4:5:6:7", "IPA141", ()),
        ("1:2:3:4:5:6:7:8::", "IPA141", ()),
        ("2001:db8:1:2:3:4:5:6:443", "IPA141", ("[アドレス]:ポート",)),
        ("::ffff:1.2.3.256", "IPA141", ()),
        ("::.fff:0.0.0.0", "IPA141", ()),
        ("1.2. 3.4", "IPA142", ()),
        ("1.2.3.4: 80", "IPA142", ()),
        ("1.2.3.4\u200b", "IPA143", ("U+200B",)),
        ("1.2.3.4\x00", "IPA143", ("U+0000",)),
        ("[1.2.3.4]:80", "IPA144", ()),
        ("1.2.3.4:", "IPA150", ()),
        ("1.2.3.4:+80", "IPA151", ()),
        ("1.2.3.4:80.0", "IPA151", ()),
        ("1.2.3.4:080", "IPA152", ()),
        ("1.2.3.4:0", "IPA153", ()),
        ("[2001:db8::1]:65536", "IPA153", ()),
    ],
)
def test_refused(raw: str, code: str, named: tuple[str, ...]) -> None:
    """Each loose spelling is refused under its own code, naming the readings it could have."""
    refusal = _refused(raw)
    assert refusal.code == code
    for reading in named:
        assert reading in refusal.reason.ja


@pytest.mark.parametrize(
    ("raw", "embedding", "embedded"),
    [
        ("::ffff:223.216.231.10", "ipv4-mapped", "223.216.231.10"),
        ("64:ff9b::192.0.2.33", "nat64", "192.0.2.33"),
        ("2002:c000:204::1", "6to4", "192.0.2.4"),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "teredo", "192.0.2.45"),  # RFC 4380's address arithmetic
        ("64:ff9b:1::192.0.2.33", None, None),
        ("::192.0.2.33", None, None),
        ("2001:1::1", None, None),
    ],
)
def test_embedded_ipv4(raw: str, embedding: str | None, embedded: str | None) -> None:
    """Mapped, NAT64, 6to4 and Teredo addresses show the IPv4 address inside; others do not pretend to."""
    parsed = _parsed(raw)
    assert (parsed.address.embedding, parsed.address.embedded) == (embedding, embedded)
    assert [finding.code for finding in parsed.findings] == (["IPA120"] if embedding else [])


def test_embedding_finding_says_port_and_special_block() -> None:
    """A Teredo finding names the outside port; an embedded special-purpose address names its block."""
    teredo = _parsed("2001:0:4136:e378:8000:63bf:3fff:fdd2").findings[0]
    assert "40000" in teredo.message.ja
    assert "40000" in teredo.message.en
    mapped = _parsed("::ffff:10.1.2.3").findings[0]
    assert "10.0.0.0/8" in mapped.message.ja


def test_findings_for_normalisations() -> None:
    """Full-width characters and brackets without a port are things a person should know."""
    assert [finding.code for finding in _parsed("１.2.3.4").findings] == ["IPA121"]
    assert [finding.code for finding in _parsed("[2001:db8::1]").findings] == ["IPA122"]
    assert _parsed("[2001:db8::1]:1").findings == ()


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("10.0.0.0", "10.0.0.0/8"),
        ("10.255.255.255", "10.0.0.0/8"),
        ("9.255.255.255", None),
        ("11.0.0.0", None),
        ("100.64.0.0", "100.64.0.0/10"),
        ("100.127.255.255", "100.64.0.0/10"),
        ("100.128.0.0", None),
        ("192.0.0.7", "192.0.0.0/29"),
        ("192.0.0.8", "192.0.0.0/24"),
        ("192.0.0.9", "192.0.0.9/32"),
        ("192.0.0.10", "192.0.0.0/24"),
        ("255.255.255.255", None),
        ("::", "::/128"),
        ("::1", None),
        ("2001::1", "2001::/32"),
        ("2001:1::1", "2001::/23"),
        ("2001:200::", None),
    ],
)
def test_special_block_is_the_most_specific(address: str, prefix: str | None) -> None:
    """Nested special-purpose blocks give the innermost one, on every edge."""
    special = _parsed(address).address.special
    assert (special.prefix if special else None) == prefix


def test_no_special_blocks_at_all() -> None:
    """An empty registry knows no special address."""
    assert Specials([]).find(4, 0) is None


@pytest.mark.parametrize(
    ("raw", "port"), [("1", 1), ("65535", 65535), (" 443 ", 443), ("４４３", 443), ("54321", 54321)]
)
def test_port_accepted(raw: str, port: int) -> None:
    """A port is decimal digits, spaces around and full-width digits aside."""
    assert parse_port(raw) == port


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "IPA150"), (" ", "IPA150"), ("-1", "IPA151"), ("+1", "IPA151"), ("443.0", "IPA151"), ("4e3", "IPA151"),
        ("0x1f", "IPA151"), ("1_000", "IPA151"), ("٤٤٣", "IPA151"), ("0443", "IPA152"), ("00", "IPA152"),
        ("0", "IPA153"), ("65536", "IPA153"), ("9" * 5000, "IPA153"),
    ],
)  # fmt: skip
def test_port_refused(raw: str, code: str) -> None:
    """Signs, points, leading zeros and numbers out of range are no ports."""
    result = parse_port(raw)
    assert isinstance(result, Refusal)
    assert result.code == code


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("0.0.0.0/0", (4, 0, 2**32 - 1)),
        ("100.64.0.0/10", (4, 0x64400000, 0x647FFFFF)),
        ("192.0.2.1/32", (4, 0xC0000201, 0xC0000201)),
        ("2001:db8::/32", (6, 0x20010DB8 << 96, (0x20010DB9 << 96) - 1)),
        ("::/128", (6, 0, 0)),
    ],
)
def test_prefix_range(prefix: str, expected: tuple[int, int, int]) -> None:
    """A strict prefix gives its first and last address."""
    assert prefix_range(prefix) == expected


@pytest.mark.parametrize(
    "prefix",
    ["10.0.0.1/8", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/-1", "10/8", "::1/64", "::/129"],
)
def test_prefix_refused(prefix: str) -> None:
    """Host bits, missing or impossible lengths and short forms are errors of the data."""
    with pytest.raises(ValueError, match=r"prefix|address|host bits"):
        prefix_range(prefix)


@pytest.mark.parametrize("text", ["", "1.2.3", "01.2.3.4", "::1%1", " ::1", "1.2.3.4:80", "[::1]", "１.2.3.4"])
def test_to_number_is_strict(text: str) -> None:
    """The number of an address exists for strict text alone."""
    with pytest.raises(ValueError, match="not a strict address"):
        to_number(text)


def test_numbers_and_text() -> None:
    """Numbers and canonical text are two sides of one address."""
    assert to_number("223.216.231.10") == (4, 0xDFD8E70A)
    assert to_text(4, 0xDFD8E70A) == "223.216.231.10"
    assert to_text(6, 1) == "::1"
    assert to_text(6, to_number("1:0:0:2:0:0:0:3")[1]) == "1:0:0:2::3"
    assert to_text(6, to_number("1:0:0:2:3:0:0:4")[1]) == "1::2:3:0:0:4"
    assert to_text(6, to_number("1:2:3:4:5:6:0:8")[1]) == "1:2:3:4:5:6:0:8"


def test_port_share_of_the_rfc_example() -> None:
    """RFC 7597 Appendix A example 1: offset 6 bits, PSID 8 bits, PSID 0x34 has 1232-1235, 2256-2259 … 64720-64723."""
    ports = [port for port in range(1024, 65536) if port_share(port, offset_bits=6, psid_bits=8) == 0x34]
    assert ports[:8] == [1232, 1233, 1234, 1235, 2256, 2257, 2258, 2259]
    assert ports[-8:] == [63696, 63697, 63698, 63699, 64720, 64721, 64722, 64723]
    assert len(ports) == 63 * 4


def test_port_share_of_fifteen_blocks_of_sixteen() -> None:
    """Offset 4 and PSID 8 give 240 ports in 15 blocks of 16, none of them below 4096."""
    ports = [port for port in range(4096, 65536) if port_share(port, offset_bits=4, psid_bits=8) == 0x34]
    assert len(ports) == 240
    assert ports[0] == 0x1340
    assert port_share(0x1FF0, offset_bits=4, psid_bits=8) == 0xFF


def test_port_share_without_offset() -> None:
    """With no offset bits one contiguous range is shared out from port 0."""
    assert port_share(0, offset_bits=0, psid_bits=4) == 0
    assert port_share(65535, offset_bits=0, psid_bits=4) == 15


@pytest.mark.parametrize(
    ("port", "offset", "psid"),
    [(4095, 4, 8), (1023, 6, 8), (-1, 0, 4), (65536, 0, 4), (5000, 9, 8), (5000, -1, 8), (5000, 4, -1)],
)
def test_port_share_refused(port: int, offset: int, psid: int) -> None:
    """Ports with A = 0 belong to nobody; impossible bits and ports are errors."""
    with pytest.raises(ValueError, match=r"."):
        port_share(port, offset_bits=offset, psid_bits=psid)


@pytest.mark.parametrize(
    ("written", "flagged"),
    [
        ("2001:240::1:443", True),
        ("2409:10::8a1:5432", True),
        ("240a:61:123:4500::8a1", False),
        ("2409:10:1:2:3:4:5:443", False),
        ("2409:10::1", False),
        ("2409:10::1:0443", False),
    ],
)
def test_a_last_group_that_could_be_a_port_is_flagged(written: str, flagged: bool) -> None:  # noqa: FBT001
    parsed = parse_address(written, specials=Specials([]))
    assert isinstance(parsed, ParsedAddress)
    assert ("IPA123" in [finding.code for finding in parsed.findings]) == flagged
    assert parsed.port is None
