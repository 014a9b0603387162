"""Mails, chats, memos and logs pasted as text: every piece with its place, paired only inside one record."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipattr.addresses import Specials
from ipattr.instants import Zone, parse_zone
from ipattr.readers import pasted
from ipattr.readers.document import Document, FormReading, Options, decode_document

SPECIALS = Specials(())
PLAIN = Options()


def document(text: str, name: str = "mail.txt") -> Document:
    return decode_document(name, text.encode("utf-8"), encoding="utf-8")


def declared(zone: str) -> Options:
    found = parse_zone(zone)
    assert isinstance(found, Zone)
    return Options(zone=found)


def read(text: str, options: Options = PLAIN) -> FormReading:
    found = pasted.read(document(text), options, SPECIALS)
    assert found.rows == len(found.events) + len(found.rejects)
    return found


def pieces(text: str, options: Options = PLAIN) -> list[tuple[str, str, str]]:
    """Return (kind, raw, value or code of the refusal) of every piece."""
    return [
        (piece.kind, piece.raw, piece.value or (piece.refusal.code if piece.refusal else ""))
        for piece in pasted.find_pieces(text, specials=SPECIALS, options=options)
    ]


def logins(found: FormReading) -> list[tuple[str, str, int | None, str | None]]:
    return [
        (f"{event.instant.utc:%Y-%m-%dT%H:%M:%S}", event.address.text, event.port, event.account.id)
        for event in found.events
        if event.instant is not None
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-08-01T12:34:56Z", "2026-08-01T12:34:56Z"),
        ("2026-08-01T12:34:56.123+09:00", "2026-08-01T03:34:56.123000Z"),
        ("2026/08/01(土) 12:34:56.78 JST", "2026-08-01T03:34:56.780000Z"),
        ("2026年8月1日12時34分56秒（日本時間）", "2026-08-01T03:34:56Z"),
        ("令和8年8月1日 午後1時2分3秒 JST", "2026-08-01T04:02:03Z"),
        ("２０２６／０８／０１　１２：３４：５６（ＪＳＴ）", "2026-08-01T03:34:56Z"),
        ("Sat, 1 Aug 2026 12:34:56 +0900", "2026-08-01T03:34:56Z"),
        ("Sat, 1 Aug 2026 12:34:56 +0900 (JST)", "2026-08-01T03:34:56Z"),
        ("Sat Aug  1 12:34:56 UTC 2026", "2026-08-01T12:34:56Z"),
        ("Aug 1, 2026 at 1:34:56 PM UTC", "2026-08-01T13:34:56Z"),
        ("20260801T123456Z", "2026-08-01T12:34:56Z"),
        ("1/Aug/2026:12:34:56 +0900", "2026-08-01T03:34:56Z"),
        ("日本時間 2026-08-01 12:34:56", "2026-08-01T03:34:56Z"),
        ("2026-08-01 12:34:56 utc", "2026-08-01T12:34:56Z"),
        ("2026-08-01 12:34:56 PDT", "2026-08-01T19:34:56Z"),
        ("2026-08-01 12:34:56", "IPA161"),
        ("2026-08-01 12:34:56 CST", "IPA173"),
        ("2026-08-01 12:34:56 CET", "IPA179"),
        ("2026-08-01 12:34:56 UTC (JST)", "IPA712"),
        ("日本時間 2026-08-01 12:34:56 UTC", "IPA712"),
        ("2026-02-30 12:34:56Z", "IPA165"),
    ],
)
@pytest.mark.parametrize(("before", "after"), [("", ""), ("「", "」に"), ("at ", " from x"), ("(", ")."), ("、", "、")])
def test_a_time_is_found_in_full_and_read_by_the_strict_grammar(text: str, value: str, before: str, after: str) -> None:
    assert pieces(before + text + after) == [("time", text, value)]


def test_a_declared_zone_settles_only_a_time_without_one() -> None:
    text = "2026-08-01 12:34:56\n2026-08-01 12:34:56 IP\n2026-08-01 12:34:56 CST\n2026-08-01 12:34:56Z"
    assert [value for _, _, value in pieces(text, declared("JST"))] == [
        "2026-08-01T03:34:56Z", "2026-08-01T03:34:56Z", "IPA173", "2026-08-01T12:34:56Z",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("203.0.113.5から", [("203.0.113.5", "203.0.113.5")]),
        ("see 203.0.113.5.", [("203.0.113.5", "203.0.113.5")]),
        ("http://203.0.113.5/2024/a", [("203.0.113.5", "203.0.113.5")]),
        ("IP203.0.113.5、", [("203.0.113.5", "203.0.113.5")]),
        ("２０３．０．１１３．５に", [("２０３．０．１１３．５", "203.0.113.5")]),
        ("203.0.113.5:443 ok", [("203.0.113.5:443", "203.0.113.5 port 443")]),
        ("(2001:DB8::1)", [("2001:DB8::1", "2001:db8::1")]),
        ("[2001:db8::1]:443", [("[2001:db8::1]:443", "2001:db8::1 port 443")]),
        ("[IPv6:2001:db8::1]", [("2001:db8::1", "2001:db8::1")]),
        ("IP:203.0.113.5 source:203.0.113.6", [("203.0.113.5", "203.0.113.5"), ("203.0.113.6", "203.0.113.6")]),
        ("アドレス：2001:db8::1、source:2001:db8::2", [("2001:db8::1", "2001:db8::1"), ("2001:db8::2", "2001:db8::2")]),
        ("::ffff:203.0.113.5", [("::ffff:203.0.113.5", "::ffff:203.0.113.5")]),
        ("2001:db8::1: login", [("2001:db8::1", "2001:db8::1")]),
        ("203.0.113.999", [("203.0.113.999", "IPA135")]),
        ("203.0.113.05", [("203.0.113.05", "IPA133")]),
        ("203.0.113.xxx", [("203.0.113.xxx", "IPA131")]),
        ("203.0.113.5.6", [("203.0.113.5.6", "IPA135")]),
        ("203.0.113.5abc", [("203.0.113.5abc", "IPA140")]),
        ("203.0.113.5:654321", [("203.0.113.5:654321", "IPA153")]),
        ("203.0.113.0/24", [("203.0.113.0/24", "IPA137")]),
        ("fe80::1%eth0", [("fe80::1%eth0", "IPA136")]),
        ("2001:db8:0:0:0:0:0:0:1", [("2001:db8:0:0:0:0:0:0:1", "IPA141")]),
        ("2001:db8::1x", [("2001:db8::1x", "IPA140")]),
        ("203.0.113.5.rev.example.jp", []),
        ("aa:bb:cc:dd:ee:ff 12:34:56 std::string 1:2:3 a :: b", []),
        ("v1.2.3 第1.2条", []),
    ],
)
def test_an_address_is_found_whole_or_refused_visibly(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(raw, value) for kind, raw, value in pieces(text) if kind == "ip"] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ポート番号は54321", [("port", "54321", "54321")]),
        ("source port: 54321,", [("port", "54321", "54321")]),
        ("src_port=54321", [("port", "54321", "54321")]),
        ("送信元ポート：５４３２１", [("port", "５４３２１", "54321")]),
        ("接続先ポート 443", [("port", "443", "IPA711")]),
        ("destination port 443", [("port", "443", "IPA711")]),
        ("port 70000", [("port", "70000", "IPA153")]),
        ("support 123, airport 5", []),
        ("accountId: 235505178", [("account", "235505178", "235505178")]),
        ("ユーザーID 1", []),
        ("ユーザーIDは235505178", [("account", "235505178", "235505178")]),
        ("@somebody さん", [("account", "@somebody", "@somebody")]),
        ("somebody@example.com, @example.com", []),
    ],
)
def test_ports_and_accounts_are_found_by_their_labels(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert pieces(text) == expected


def test_line_column_and_offset_point_at_the_piece() -> None:
    text = "一行目\r\n\n「２０２６-08-01T12:34:56Z」 203.0.113.5\n"
    found = pasted.find_pieces(document(text), specials=SPECIALS)
    assert [(piece.where, piece.offset) for piece in found] == [("mail.txt:3:2", 6), ("mail.txt:3:24", 28)]


class Case(NamedTuple):
    """One pasted text, the logins that must come out, and the rejects as (row, column, raw, code)."""

    name: str
    text: str
    events: list[tuple[str, str, int | None, str | None]]
    rejects: list[tuple[int, str, str, str]]
    status: str = "ok"
    options: Options = PLAIN


ONE = ("2026-08-01T03:34:56", "203.0.113.5", None, None)
CASES = (
    Case(
        "Japanese prose",
        "発信者は、2026年8月1日12時34分56秒（日本時間）に203.0.113.5からログインした。\n",
        [ONE],
        [],
    ),
    Case(
        "a mail with one fact per line",
        "神田先生\n\nお世話になっております。該当する接続は下記のとおりです。\n\n"
        "日時：2026/08/01 12:34:56 (JST)\nIPアドレス：203.0.113.5\n接続元ポート：54321\nアカウントID：235505178\n\n"
        "よろしくお願いいたします。\n",
        [("2026-08-01T03:34:56", "203.0.113.5", 54321, "235505178")],
        [],
        "review",
    ),
    Case(
        "a list, one record per line",
        "2026-08-01T03:34:56Z 203.0.113.5 port 54321\n2026-08-01T03:35:56Z\t[2001:db8::1]:443\n"
        "x 203.0.113.7:1000 at 2026-08-01T03:36:56Z x\n",
        [
            ("2026-08-01T03:34:56", "203.0.113.5", 54321, None),
            ("2026-08-01T03:35:56", "2001:db8::1", 443, None),
            ("2026-08-01T03:36:56", "203.0.113.7", 1000, None),
        ],
        [],
    ),
    Case(
        "several records in one line are not told apart",
        "2026-08-01T03:34:56Z 203.0.113.5, 2026-08-01T03:35:56Z 203.0.113.6\n",
        [],
        [
            (1, "time", "2026-08-01T03:34:56Z", "IPA714"),
            (1, "ip", "203.0.113.5", "IPA714"),
            (1, "time", "2026-08-01T03:35:56Z", "IPA714"),
            (1, "ip", "203.0.113.6", "IPA714"),
        ],
    ),
    Case(
        "a missing address leaves a gap and shifts nothing",
        "2026-08-01T03:34:56Z\n203.0.113.5\n2026-08-01T03:35:56Z\n2026-08-01T03:36:56Z\n203.0.113.7\n",
        [],
        [
            (1, "time", "2026-08-01T03:34:56Z", "IPA714"),
            (2, "ip", "203.0.113.5", "IPA714"),
            (3, "time", "2026-08-01T03:35:56Z", "IPA714"),
            (4, "time", "2026-08-01T03:36:56Z", "IPA714"),
            (5, "ip", "203.0.113.7", "IPA714"),
        ],
    ),
    Case(
        "a chat whose messages have stamps of their own",
        "[2026/08/02 9:00:01 JST] 田中: 次のログです\n[2026/08/02 9:00:05 JST] 田中: 203.0.113.5\n",
        [("2026-08-02T00:00:05", "203.0.113.5", None, None)],
        [(1, "time", "2026/08/02 9:00:01 JST", "IPA714")],
    ),
    Case("no zone", "2026-08-01 12:34:56 203.0.113.5", [], [(1, "time", "2026-08-01 12:34:56", "IPA161")]),
    Case("no zone, declared", "2026-08-01 12:34:56 203.0.113.5", [ONE], [], options=declared("JST")),
    Case(
        "a zone ahead of the time holds against a declared one",
        "日本時間2026-08-01 12:34:56 203.0.113.5",
        [ONE],
        [],
        options=declared("UTC"),
    ),
    Case("a masked address", "2026-08-01T03:34:56Z 203.0.113.*", [], [(1, "ip", "203.0.113.*", "IPA131")]),
    Case(
        "an access log: the version in the user agent is no address",
        '203.0.113.5 - - [1/Aug/2026:12:34:56 +0900] "GET / HTTP/1.1" 200 5 "-" "Mozilla/5.0 Chrome/126.0.0.0"\n',
        [ONE],
        [],
    ),
    Case("a version number by its word", "2026-08-01T03:34:56Z version 203.0.113.5", [ONE], [], "review"),
    Case(
        "quoted-printable noise",
        "IP=3D203.0.113.5 2026-08-01T03:34:56Z\n\n2026-08-01T03:34:56=20Z 203.0.113.6\n\n"
        "2026-08-01T03:34:56Z 203.0.113.1=\n2\n\n2026-08-01T03:34:56Z a=3Db 203.0.113.5\n",
        [("2026-08-01T03:34:56", "203.0.113.5", None, None)],
        [
            (1, "ip", "203.0.113.5", "IPA710"),
            (3, "time", "2026-08-01T03:34:56", "IPA710"),
            (5, "ip", "203.0.113.1", "IPA710"),
        ],
    ),
    Case(
        "two ports",
        "2026-08-01T03:34:56Z 203.0.113.5:1000 port 2000",
        [],
        [(1, "port", "2000", "IPA719")],
    ),
    Case(
        "a refused port",
        "2026-08-01T03:34:56Z 203.0.113.5 port 70000",
        [],
        [(1, "port", "70000", "IPA153")],
    ),
    Case(
        "the port of the destination is not the source's",
        "2026-08-01T03:34:56Z 203.0.113.5 接続先ポート 443",
        [("2026-08-01T03:34:56", "203.0.113.5", None, None)],
        [],
    ),
    Case("two accounts", "2026-08-01T03:34:56Z 203.0.113.5 @one @two", [ONE], [], "review"),
    Case("a name alone", "2026-08-01T03:34:56Z 203.0.113.5 @one", [ONE], [], "review"),
    Case("no seconds", "2026-08-01 12:34 JST 203.0.113.5", [("2026-08-01T03:34:00", *ONE[1:])], [], "review"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_pasted_text_gives_exactly_these_rows(case: Case) -> None:
    found = read(case.text, case.options)
    assert logins(found) == case.events
    assert [(reject.row, reject.column, reject.raw, reject.code) for reject in found.rejects] == case.rejects
    assert {event.status for event in found.events} <= {case.status}


def test_an_unpaired_piece_says_its_line_and_column_and_a_lone_port_is_listed() -> None:
    found = read("x 203.0.113.5\n\nport 5000 @somebody\n")
    assert "Line 1, column 3" in found.rejects[0].reason.en
    assert [(finding.code, finding.about) for finding in found.findings] == [
        ("IPA717", "mail.txt:3:6"),
        ("IPA717", "mail.txt:3:11"),
    ]


JST = "2026-09-01 12:00:05 JST 1.72.0.10"
LONG = "1234567890123456789"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (f"{JST} 50001", ["50001"]),
        (f"{JST}, (50001)", ["50001"]),
        (f"{JST} 50001から接続", ["50001"]),
        (f"{JST} {LONG}.", [LONG]),
        (f"{JST} @foo ID: 77 50001", ["50001"]),
        ("50001 1.72.0.10 2026-09-01 12:00:05 JST", ["50001"]),
        ("1.72.0.10 2026-09-01 12:00:05 JST 50001", ["50001"]),
        (f"{JST} {LONG}", [LONG]),
        (f"{JST} Post ID: {LONG}", [LONG]),
        (f"{JST} 接続先 104.244.42.1 port 443", ["443"]),
        (f"{JST} 70000", []),
        (f"{JST} 3回", []),
        (f"{JST} https://x.com/a/status/{LONG}", []),
        ("1. 1.72.0.10 2026-09-01 12:00:05 JST", []),
    ],
)
def test_a_number_that_may_be_a_port_or_an_id_is_never_dropped_silently(text: str, numbers: list[str]) -> None:
    (event,) = read(text).events
    assert event.port is None
    assert [raw for kind, raw, value in pieces(text) if kind == "number" and value == "IPA717"] == numbers
    told = [finding.message for finding in event.findings if finding.code == "IPA717"]
    assert all(number in one.en and number in one.ja for number, one in zip(numbers, told, strict=True))
    assert event.status == "review" if numbers else not told


@pytest.mark.parametrize(
    ("text", "account", "status"),
    [
        (f"{JST}:50002 @foo ID: {LONG}", (LONG, "foo"), "ok"),
        (f"{JST}:50002 ID: {LONG} @foo", (LONG, "foo"), "ok"),
        (f"{JST} ID {LONG}.", (LONG, None), "ok"),
        (f"{JST} ユーザーID {LONG}", (LONG, None), "ok"),
        (f"{JST} アカウントID：{LONG}", (LONG, None), "ok"),
        (f"{JST} accountId {LONG} ID {LONG}", (LONG, None), "ok"),
        (f"{JST} ID: {LONG} ユーザーID: 235505178", (None, None), "review"),
    ],
)
def test_an_id_behind_its_label_and_a_name_belong_to_the_record(
    text: str, account: tuple[str | None, str | None], status: str
) -> None:
    (event,) = read(text).events
    assert ((event.account.id, event.account.name), event.status) == (account, status)


@pytest.mark.parametrize(
    "label", ["接続先", "接続先IP：", "接続先IPアドレスは", "宛先 ", "destination ", "dst=", "destination IP address: "]
)
def test_a_labelled_destination_is_no_second_source(label: str) -> None:
    (event,) = read(f"{JST}:50001 {label}104.244.42.1:443").events
    assert event.destination is not None
    assert (event.address.text, event.port, event.destination.text) == ("1.72.0.10", 50001, "104.244.42.1")
    assert event.status == "ok"
    assert pieces(f"{label}104.244.42.1") == [("destination", "104.244.42.1", "104.244.42.1")]


def test_a_destination_that_cannot_be_told_is_a_review_and_one_alone_is_no_source() -> None:
    for rest in ("dst 104.244.42.1 dst 104.244.42.2", "dst 104.244.42.xxx"):
        (event,) = read(f"{JST} {rest}").events
        assert (event.destination, event.status, event.findings[-1].code) == (None, "review", "IPA719")
    alone = read("2026-09-01 12:00:05 JST 接続先 104.244.42.1")
    assert [(reject.column, reject.code) for reject in alone.rejects] == [("time", "IPA714"), ("destination", "IPA714")]


def test_an_event_keeps_every_piece_and_the_text_around_it() -> None:
    text = "日本時間２０２６-08-01 12:34:56 [2001:db8::1]:443 accountId: 77"
    (event,) = read(text).events
    assert [(cell.column, cell.raw) for cell in event.raw] == [
        ("time", "日本時間２０２６-08-01 12:34:56"),
        ("ip", "[2001:db8::1]:443"),
        ("account", "77"),
        ("text", text),
    ]
    assert event.instant is not None
    assert (event.instant.raw, event.instant.zone_source) == ("日本時間２０２６-08-01 12:34:56", "written")
    assert event.provenance.locator == "mail.txt:1"


def test_unix_time_is_found_only_where_it_is_declared() -> None:
    text = "1785555296 203.0.113.5 tel 0312345678"
    assert read(text).events == ()
    assert logins(read(text, Options(epoch="s"))) == [("2026-08-01T03:34:56", "203.0.113.5", None, None)]


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("2026-08-01 12:34:56 from 203.0.113.5", True),
        ("2026-08-01 12:34:56\n\n203.0.113.5", True),
        ("2026-08-01 12:34:56", False),
        ("203.0.113.5", False),
        ("2026-08-01 12:34:56 203.0.113.999", False),
        ("Dear counsel", False),
    ],
)
def test_free_text_is_detected_by_a_time_and_an_address(text: str, *, fits: bool) -> None:
    assert (pasted.detect(document(text), PLAIN) is not None) == fits
    assert pasted.LAST_RESORT


def test_grep_lists_the_pieces_of_several_files_in_order() -> None:
    every = "203.0.113.5 50001 ID 235505178 dst 203.0.113.6"
    documents = [
        document("a 203.0.113.5\nport 80", "a.txt"),
        document("2026-08-01T03:34:56Z", "b.txt"),
        document(every, "c.txt"),
    ]
    assert [
        (piece.where, piece.kind, piece.raw, piece.value) for piece in pasted.grep(documents, specials=SPECIALS)
    ] == [
        ("a.txt:1:3", "ip", "203.0.113.5", "203.0.113.5"),
        ("a.txt:2:6", "port", "80", "80"),
        ("b.txt:1:1", "time", "2026-08-01T03:34:56Z", "2026-08-01T03:34:56Z"),
        ("c.txt:1:1", "ip", "203.0.113.5", "203.0.113.5"),
        ("c.txt:1:13", "number", "50001", ""),
        ("c.txt:1:22", "account", "235505178", "235505178"),
        ("c.txt:1:36", "destination", "203.0.113.6", "203.0.113.6"),
    ]


_WORD = st.sampled_from(
    [
        *("2026-08-01T03:34:56Z", "2026/08/01 12:34", "203.0.113.5", "2001:db8::1", "203.0.113.5:80", "port 80"),
        *("@one", "JST", "=20", "=", "\n", "\n\n", " ", "から", "version ", "Chrome/126.0.0.0", "1785555296", "."),
        *(":", "[", "]", "（", "Oct 1", "::ffff:", "IPv6:", "IP:", "12:34:", "日時：", "x"),
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(_WORD, max_size=25).map("".join))
def test_any_text_is_conserved_and_every_piece_lies_where_it_says(text: str) -> None:
    if not text.strip():
        return
    found = pasted.find_pieces(text, specials=SPECIALS)
    last = 0
    for piece in found:
        assert text[piece.offset : piece.offset + len(piece.raw)] == piece.raw
        assert text.split("\n")[piece.line - 1][piece.column - 1 :].startswith(piece.raw)
        assert piece.offset >= last
        last = piece.offset + len(piece.raw)
    reading = read(text)
    told = [cell.raw for event in reading.events for cell in event.raw]
    told += [text for reject in reading.rejects for text in (reject.raw, reject.reason.en)]
    assert all(any(piece.raw in raw for raw in told) for piece in found if piece.kind in {"time", "ip", "destination"})
