"""JPNIC answers in both layouts and languages, as bytes that a server may send, whole, mutated and cut."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whois_answers import ANSWERS, exchange_of

from ipattr.model import HolderName
from ipattr.sources.jpnic import read_jpnic
from ipattr.sources.whois_lines import pointers

if TYPE_CHECKING:
    from ipattr.model import Reply

LAYOUTS = {
    "assignment-ja": "203.0.113.5",
    "assignment-en": "203.0.113.5",
    "allocation-ja": "2001:db8:9::1",
    "allocation-en": "198.51.100.77",
}
BANNER = "".join((ANSWERS / "jpnic" / "assignment-en.txt").read_text("utf-8").splitlines(keepends=True)[:4])


def as_sent(text: str) -> bytes:
    """Return text as JPNIC sends it: ISO-2022-JP with CRLF, code page 932 beyond JIS X 0208, ASCII at line ends."""
    return b"".join(_line_as_sent(line) + b"\r\n" for line in text.split("\n")[:-1])


def _line_as_sent(line: str) -> bytes:
    out, wide = b"", False
    for one in line:
        if one.isascii() == wide:
            out += b"\x1b(B" if wide else b"\x1b$B"
            wide = not wide
        out += one.encode("ascii") if one.isascii() else _pair(one)
    return out + (b"\x1b(B" if wide else b"")


@cache
def _pair(one: str) -> bytes:
    """Return the two seven-bit bytes that stand for ``one`` in a server that knows code page 932."""
    known = {"㈱": b"\x2d\x6a", "髙": b"\x7c\x62"}
    return known[one] if one in known else one.encode("iso2022_jp")[3:5]


def body_of(name: str) -> bytes:
    return as_sent((ANSWERS / "jpnic" / f"{name}.txt").read_text("utf-8"))


def read(body: bytes, subject: str = "203.0.113.5") -> Reply:
    return read_jpnic(exchange_of(body, subject=subject), body)


def codes(reply: Reply) -> set[str]:
    return {one.code for one in reply.findings}


def test_an_assignment_in_japanese_keeps_every_field_with_its_line() -> None:
    reply = read(body_of("assignment-ja"))
    network = reply.network
    assert reply.status == "found"
    assert network is not None
    assert (network.first, network.last, network.cidrs) == ("203.0.113.0", "203.0.113.63", ("203.0.113.0/26",))
    assert network.layout == "jpnic-assignment"
    assert network.registry == "JPNIC"
    assert network.refers_to == ""
    assert network.name is not None
    assert (network.name.value, network.name.at) == ("REIJI-NET", "line:8")
    assert network.holders == (
        HolderName(text="㈱例示通信　髙橋研究所", lang="ja", rule="f", at="line:9"),
        HolderName(text="Reiji Communications Takahashi Laboratory", lang="en", rule="g", at="line:10"),
    )
    assert [one.handle.value for one in network.entities if one.handle] == ["AB0001JP", "CD0002JP", "EF0003JP"]
    assert [one.value for one in network.nameservers] == ["ns1.reiji.example", "ns2.reiji.example"]
    assert [(one.action, one.instant, one.day) for one in network.events] == [
        ("registration", None, date(2019, 4, 1)),
        ("last changed", datetime(2024, 12, 31, 14, 59, 58, tzinfo=UTC), None),
    ]
    assert network.less_specific is not None
    assert [(one.value, one.at) for one in network.less_specific] == [
        (
            "株式会社上位通信 (Joui Communications Inc.) [割り振り]                                 203.0.113.0/24",
            "line:22",
        )
    ]
    assert network.more_specific == ()
    assert codes(reply) == {"IPA832"}  # ㈱ and 髙 were read by code page 932, and that is said
    assert len(reply.notices) == 4


def test_the_english_answer_says_the_same_but_for_the_japanese_name() -> None:
    japanese, english = read(body_of("assignment-ja")).network, read(body_of("assignment-en")).network
    assert japanese is not None
    assert english is not None
    for name in ("first", "last", "version", "cidrs", "layout", "registry", "more_specific"):
        assert getattr(japanese, name) == getattr(english, name)
    assert [(one.action, one.instant, one.day) for one in japanese.events] == [
        (one.action, one.instant, one.day) for one in english.events
    ]
    assert japanese.holders[1].text == english.holders[0].text
    assert len(english.holders) == 1


def test_an_allocation_has_no_letters_and_may_have_no_name() -> None:
    reply = read(body_of("allocation-ja"), "2001:db8:9::1")
    network = reply.network
    assert reply.status == "found"
    assert network is not None
    assert network.layout == "jpnic-allocation"
    assert (network.first, network.last) == ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")
    assert network.name is None
    assert [(one.text, one.lang, one.rule) for one in network.holders] == [
        ("ＲＥＩＪＩネット株式会社", "ja", "組織名"),
        ("REIJI NET Corporation", "en", "Organization"),
    ]
    assert [one.value for entity in network.entities for one in entity.contacts] == ["abuse@reiji.example"]
    assert network.events[0].instant == datetime(2005, 7, 20, 7, 1, 5, tzinfo=UTC)
    assert network.less_specific == ()
    assert network.more_specific is not None
    assert [one.at for one in network.more_specific] == ["line:24", "line:25"]
    assert not reply.findings


def test_a_range_of_two_addresses_becomes_the_least_set_of_prefixes() -> None:
    network = read(body_of("allocation-en"), "198.51.100.77").network
    assert network is not None
    assert (network.first, network.last, network.cidrs) == ("198.51.100.0", "198.51.100.127", ("198.51.100.0/25",))
    assert network.more_specific is not None
    assert len(network.more_specific) == 1


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("203.0.113.0/24", ("203.0.113.0", "203.0.113.255")),
        ("203.0.113.0-203.0.113.255", ("203.0.113.0", "203.0.113.255")),
        ("203.0.113.0 - 203.0.113.255", ("203.0.113.0", "203.0.113.255")),
        ("203.0.113.5", ("203.0.113.5", "203.0.113.5")),
        ("203.0.113.5/32", ("203.0.113.5", "203.0.113.5")),
        ("　203.0.113.0/24　", ("203.0.113.0", "203.0.113.255")),
        ("203.0.113.1/24", None),
        ("203.0.113", None),
        ("203.0.113.255-203.0.113.0", None),
        ("203.0.113.0-2001:db8::", None),
        ("0203.0.113.0/24", None),
        ("", None),
    ],
)
def test_network_numbers_are_strict(written: str, expected: tuple[str, str] | None) -> None:
    reply = read(as_sent(f"a. [Network Number]   {written}\ng. [Organization]  Reiji\n"))
    if expected is None:
        assert (reply.status, reply.network) == ("malformed", None)
        assert "IPA836" in codes(reply)
    else:
        assert reply.status == "found"
        assert reply.network is not None
        assert (reply.network.first, reply.network.last) == expected


def test_a_network_that_does_not_hold_the_subject_is_the_wrong_range() -> None:
    reply = read(body_of("assignment-ja"), "203.0.113.64")
    assert reply.status == "wrong-range"
    assert read(body_of("assignment-ja"), "203.0.113.0/24").status == "wrong-range"
    assert read(body_of("assignment-ja"), "203.0.113.0/27").status == "found"
    assert read(body_of("assignment-ja"), "2001:db8::1").status == "wrong-range"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("該当するデータがありません。\n", "not-found"),
        ("No match!!\n", "not-found"),
        (BANNER + "\n該当するデータがありません。\n\n", "not-found"),
        (BANNER + "\nNo match!!\n\n", "not-found"),
        (BANNER, "malformed"),
        ("", "malformed"),
        ("\n\n", "malformed"),
        ("JPNIC whois server help\n  TYPE  NET, AS\n", "malformed"),
        ("Too many queries from your host.\n", "rate-limited"),
        ("Access denied.\n", "rate-limited"),
        (BANNER + "Your access has been temporarily restricted.\n", "rate-limited"),
        ("アクセスが集中しているため、接続を制限しています。\n", "rate-limited"),
        ("短時間に多数の検索が行われたため、しばらくたってから再度お試しください。\n", "rate-limited"),
        ("<HTML>\n<HEAD>\n", "wrong-type"),
    ],
)
def test_answers_without_a_network_are_told_apart(said: str, status: str) -> None:
    reply = read(as_sent(said))
    assert reply.status == status
    assert reply.network is None
    assert reply.reason is not None


def test_not_found_never_says_unassigned() -> None:
    reason = read(as_sent("No match!!\n")).reason
    assert reason is not None
    assert "2020" in reason.ja
    assert "2020" in reason.en
    assert "未割り当てを意味しない" in reason.ja
    assert "never that it is unassigned" in reason.en


def test_a_holder_called_access_limited_is_no_refusal() -> None:
    reply = read(as_sent("a. [Network Number] 203.0.113.0/24\ng. [Organization] Access Co., Limited\n"))
    assert reply.status == "found"
    assert "IPA846" not in codes(reply)


def test_a_refusal_beside_a_network_is_a_finding() -> None:
    reply = read(as_sent("a. [Network Number] 203.0.113.0/24\ng. [Organization] Reiji\n\nToo many queries soon.\n"))
    assert reply.status == "found"
    assert "IPA846" in codes(reply)


def test_the_smallest_network_that_holds_the_subject_answers_and_the_others_are_not_lost() -> None:
    wide = "Network Information:\na. [Network Number] 203.0.113.0/24\ng. [Organization] Wide\n\n"
    narrow = "Network Information:\na. [Network Number] 203.0.113.0/28\ng. [Organization] Narrow\n\n"
    for body in (wide + narrow, narrow + wide):
        reply = read(as_sent(body))
        assert reply.network is not None
        assert reply.network.holders[0].text == "Narrow"
        assert "IPA835" in codes(reply)
        assert any("Wide" in one.value for one in reply.other)


def test_lists_are_none_where_the_answer_does_not_say() -> None:
    network = read(as_sent("a. [Network Number] 203.0.113.0/24\ng. [Organization] R\n")).network
    assert network is not None
    assert (network.less_specific, network.more_specific) == (None, None)
    reply = read(as_sent("a. [Network Number] 203.0.113.0/24\ng. [Organization] R\n\n下位情報\n----------\n"))
    assert reply.network is not None
    assert reply.network.more_specific is None  # a heading alone does not say that there is none
    assert "IPA837" in codes(reply)


def test_spaces_and_full_width_labels_are_tolerated_and_continuations_joined() -> None:
    text = (
        "ａ．［ＩＰネットワークアドレス］　203.0.113.0/24\n　ｆ. [組織名]　例示\n          　通信\n"
        "g.[Organization]Reiji\n        Communications\nb. [ネットワーク名]  A\nb. [ネットワーク名]  B\n"
    )
    reply = read(as_sent(text))
    network = reply.network
    assert network is not None
    assert [(one.text, one.at) for one in network.holders] == [
        ("例示 通信", "line:2"),
        ("Reiji Communications", "line:4"),
    ]
    assert network.name is not None
    assert network.name.value == "A"
    assert [one.value for one in network.remarks] == ["B"]
    assert codes(reply) == {"IPA839"}
    assert reply.other == ()


@pytest.mark.parametrize(
    "written",
    ["2023/02/29", "2023/13/01", "2023/01/01 24:00:00(JST)", "2023-01-01", "2023/01/01 10:00:00", "23/1/1", "unknown"],
)
def test_an_impossible_or_zoneless_date_keeps_its_text_alone(written: str) -> None:
    reply = read(as_sent(f"a. [Network Number] 203.0.113.0/24\ng. [Organization] R\n[Last Update]  {written}\n"))
    assert reply.network is not None
    (event,) = reply.network.events
    assert (event.text.value, event.instant, event.day) == (written, None, None)
    assert "IPA834" in codes(reply)


def test_extension_characters_are_read_where_python_gives_up() -> None:
    sent = b"a. [Network Number] 203.0.113.0/24\r\nf. [\x1b$BAH?%L>\x1b(B] \x1b$B\x2d\x6a\x7c\x62\x2d\x21\x1b(B\r\n"
    with pytest.raises(UnicodeDecodeError):
        sent.decode("iso2022_jp")
    reply = read(sent)
    assert reply.network is not None
    assert reply.network.holders[0].text == "㈱髙①"


def test_every_character_of_jis_x_0208_reads_as_python_reads_it() -> None:
    pairs = [bytes((row, cell)) for row in range(0x21, 0x7F) for cell in range(0x21, 0x7F)]
    checked = 0
    for pair in pairs:
        sent = b"\x1b$B" + pair + b"\x1b(B\r\n"
        try:
            expected = sent.decode("iso2022_jp")
        except UnicodeDecodeError:
            continue
        assert read(sent).text == expected.replace("\r\n", "\n")
        checked += 1
    assert checked == 6879


def test_what_no_table_has_is_marked_with_its_offset() -> None:
    reply = read(b"a. [Network Number] 203.0.113.0/24\r\ng. [Organization] A\x1b$B\x2a\x21\x1b(BB\r\n")
    assert reply.network is not None
    assert reply.network.holders[0].text == "A\ufffdB"
    (remark,) = [one for one in reply.findings if one.code == "IPA831"]
    assert remark.about == "byte:58"


def test_terminal_escapes_and_controls_are_shown_and_hide_nothing() -> None:
    evil = b"g. [Organization] Real\x1b[2K\x1b[1A\rFake\x08\x08\x9bB\x0e\x00\r\n"
    reply = read(b"a. [Network Number] 203.0.113.0/24\r\n\x1b$BAH?%L>\x1b(B\r\n" + evil)
    assert reply.network is not None
    assert reply.network.holders[0].text == "Real␛[2K␛[1A␍Fake␈␈\ufffdB␎␀"
    assert not any(ord(one) < 32 and one not in "\n\t" for one in reply.text)
    assert "IPA845" in codes(reply)


def test_eight_bit_bodies_are_no_iso_2022_jp_and_it_is_said() -> None:
    text = "a. [IPネットワークアドレス] 203.0.113.0/24\r\nf. [組織名] 例示株式会社\r\n"
    utf8 = read(text.encode())
    assert utf8.status == "found"
    assert utf8.network is not None
    assert utf8.network.holders[0].text == "例示株式会社"
    assert "IPA830" in codes(utf8)
    for coding in ("cp932", "euc_jp"):
        other = read(text.encode(coding))
        assert other.status == "malformed"
        assert "IPA830" in codes(other)
        assert "\ufffd" in other.text


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_body_cut_at_any_byte_never_passes_for_whole_unless_a_line_ends_there(name: str) -> None:
    body = body_of(name)
    full = read(body, LAYOUTS[name])
    assert full.status == "found"
    assert full.network is not None
    for length in range(len(body)):
        reply = read(body[:length], LAYOUTS[name])
        whole_lines = body[:length].endswith(b"\n")
        if reply.status == "found":
            assert whole_lines
            assert reply.network is not None
            assert set(reply.network.holders) <= set(full.network.holders)
            assert reply.network.more_specific in (None, full.network.more_specific) or reply.network.more_specific
        elif not whole_lines and length:
            assert reply.status == "truncated"


def _assert_nothing_is_lost(reply: Reply) -> None:
    """Check that each line is pointed at, or stands in a value that began on an earlier line."""
    places = pointers(reply)
    lines = reply.text.split("\n")
    held = " ".join(one.value for one in _fields(reply))
    for number, line in enumerate(lines, 1):
        if line.strip() and f"line:{number}" not in places:
            assert line.strip() in held, (number, line)


def _fields(reply: Reply) -> list[object]:
    network = reply.network
    found: list[object] = [*reply.other, *reply.notices]
    if network is not None:
        found += [*(network.less_specific or ()), *(network.more_specific or ()), *network.nameservers]
        found += [*network.remarks, *(one.text for one in network.events)]
        found += [one for one in (network.handle, network.name) if one]
        found += [one.handle for one in network.entities if one.handle]
        found += [one for entity in network.entities for one in entity.contacts]
        found += [_Named(one.text) for one in network.holders]
    return found


class _Named:
    def __init__(self, value: str) -> None:
        self.value = value


@pytest.mark.parametrize("name", LAYOUTS)
def test_no_line_is_lost(name: str) -> None:
    _assert_nothing_is_lost(read(body_of(name), LAYOUTS[name]))


@settings(max_examples=150, deadline=None)
@given(body=st.binary(max_size=400))
def test_any_bytes_give_a_reply_and_lose_no_line(body: bytes) -> None:
    _assert_nothing_is_lost(read(body))


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(sorted(LAYOUTS)),
    flips=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=12),
    order=st.randoms(use_true_random=False),
    shuffled=st.booleans(),
)
def test_mutated_answers_give_a_reply_and_lose_no_line(
    name: str, flips: list[tuple[int, int]], order: object, *, shuffled: bool
) -> None:
    body = bytearray(body_of(name))
    for place, byte in flips:
        body[place % len(body)] = byte
    lines = bytes(body).split(b"\r\n")
    if shuffled:
        order.shuffle(lines)  # type: ignore[attr-defined]
    reply = read(b"\r\n".join(lines), LAYOUTS[name])
    _assert_nothing_is_lost(reply)
    if reply.status == "found":
        assert reply.network is not None
