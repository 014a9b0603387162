"""Laws of the address grammar, against the standard library and under mutation."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipattr.addresses import ParsedAddress, Specials, parse_address, parse_port, prefix_range, to_number, to_text
from ipattr.model import Refusal, SpecialBlock, Text

NONE = Specials([])
V4 = st.integers(0, 2**32 - 1)
V6 = st.one_of(
    st.integers(0, 2**128 - 1),
    st.lists(st.sampled_from([0, 0, 0, 1, 0xDB8, 0xFFFF]), min_size=8, max_size=8).map(
        lambda groups: sum(group << shift for group, shift in zip(groups, range(112, -1, -16), strict=True))
    ),
    st.integers(0, 2**32 - 1).map(lambda low: 0xFFFF << 32 | low),
)
PIECES = st.text(alphabet="0123456789abcdefxABCDEFXOl.:[]%/,*-+_ \t\n\x00\u200b\u3000。．：０１９［］٤²頃", max_size=40)


def _expected_v6(number: int) -> str:
    if number >> 32 == 0xFFFF:
        return f"::ffff:{ipaddress.IPv4Address(number & 0xFFFFFFFF)}"
    return str(ipaddress.IPv6Address(number))


@given(V4)
def test_every_ipv4_address_round_trips(number: int) -> None:
    """Dotted decimal text and number determine each other, as the standard library has them."""
    text = str(ipaddress.IPv4Address(number))
    assert to_text(4, number) == text
    assert to_number(text) == (4, number)
    parsed = parse_address(text, specials=NONE)
    assert isinstance(parsed, ParsedAddress)
    assert (parsed.address.text, parsed.address.rules) == (text, ())


@given(V6)
def test_every_ipv6_address_round_trips(number: int) -> None:
    """Canonical, exploded and upper-case text all lead to the one RFC 5952 text."""
    text = _expected_v6(number)
    assert to_text(6, number) == text
    for spelling in (text, ipaddress.IPv6Address(number).exploded, text.upper()):
        assert to_number(spelling) == (6, number)
        parsed = parse_address(spelling, specials=NONE)
        assert isinstance(parsed, ParsedAddress)
        assert parsed.address.text == text


@given(V6, st.integers(1, 65535))
def test_ports_survive_beside_any_address(number: int, port: int) -> None:
    """``[v6]:port`` and ``v4:port`` give back both parts."""
    parsed = parse_address(f"[{to_text(6, number)}]:{port}", specials=NONE)
    assert isinstance(parsed, ParsedAddress)
    assert (parsed.address.text, parsed.port) == (to_text(6, number), port)
    dotted = to_text(4, number & 0xFFFFFFFF)
    parsed = parse_address(f"{dotted}:{port}", specials=NONE)
    assert isinstance(parsed, ParsedAddress)
    assert (parsed.address.text, parsed.port) == (dotted, port)
    assert parse_port(str(port)) == port


def _judge(raw: str) -> None:
    result = parse_address(raw, specials=NONE)
    if isinstance(result, Refusal):
        assert result.code.startswith("IPA1")
        assert result.reason.ja
        assert result.reason.en
        return
    ipaddress.ip_address(result.address.text)
    half = "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in raw).strip(" \t\r\n\u00a0\u3000")
    host = half[1:].partition("]")[0] if half.startswith("[") else half
    if result.port is not None and not half.startswith("["):
        host = half.partition(":")[0]
    assert int(ipaddress.ip_address(host)) == to_number(result.address.text)[1]


@settings(max_examples=1500)
@given(PIECES)
def test_any_text_is_read_as_the_standard_library_reads_it_or_refused(raw: str) -> None:
    """No text raises, and nothing is accepted that ``ipaddress`` refuses or reads as another address."""
    _judge(raw)


@settings(max_examples=1500)
@given(st.one_of(V4.map(lambda n: to_text(4, n)), V6.map(lambda n: f"[{to_text(6, n)}]:443")), st.data())
def test_mutated_addresses_never_raise(text: str, data: st.DataObject) -> None:
    """An address with a character dropped, doubled or replaced is another address or a refusal, never an error."""
    at = data.draw(st.integers(0, len(text) - 1))
    replacement = data.draw(
        st.sampled_from(["", text[at] * 2, ".", ":", "0", "x", "O", "。", "/", "%", " ", "\x00", "٣"])
    )
    _judge(text[:at] + replacement + text[at + 1 :])


@given(
    st.lists(st.tuples(V4, st.integers(0, 32)), max_size=12),
    st.lists(V4, max_size=5),
)
def test_special_blocks_match_brute_force(prefixes: list[tuple[int, int]], numbers: list[int]) -> None:
    """The flattened registry finds what a search over all blocks finds, on every boundary and beside it."""
    blocks = {str(ipaddress.ip_network((number, length), strict=False)) for number, length in prefixes}
    specials = Specials(
        SpecialBlock(prefix=block, name=block, rfc="", meaning=Text(ja=block, en=block)) for block in blocks
    )
    ranges = [prefix_range(block) for block in blocks]
    edges = {edge + step for _, first, last in ranges for edge in (first, last) for step in (-1, 0, 1)}
    for number in (edges & set(range(2**8))) | {edge for edge in edges if 0 <= edge < 2**32} | set(numbers):
        holding = [block for block in blocks if ipaddress.ip_address(number) in ipaddress.ip_network(block)]
        expected = max(holding, key=lambda block: int(block.split("/")[1])) if holding else None
        found = specials.find(4, number)
        assert (found.prefix if found else None) == expected


@pytest.mark.parametrize("text", ["1.2.3.4\n", "1.2.3.4\x85", "::1\u2028", "1.2.3.4\x1c"])
def test_line_ends_inside_are_not_swallowed(text: str) -> None:
    """Only plain surrounding spaces are trimmed; exotic separators are refused and named."""
    result = parse_address(text, specials=NONE)
    assert isinstance(result, ParsedAddress) == (text[-1] == "\n")
