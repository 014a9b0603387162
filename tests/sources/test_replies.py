"""One answer read: its delivery, its HTTP status, its coding, its JSON; any bytes give a reply."""

from __future__ import annotations

import gzip
import json
import time
import tracemalloc
import zlib
from typing import TYPE_CHECKING, get_args

import msgspec
import pytest
from exchanges import FRAMED, UNFRAMED, exchange
from hypothesis import given
from hypothesis import strategies as st

from ipattr.model import Delivery, Reply, ReplyStatus
from ipattr.sources.content import MAX_DECODED, ContentError, decode_content
from ipattr.sources.reading import read_reply
from ipattr.sources.visible import visible_text

if TYPE_CHECKING:
    from ipattr.model import QuestionKind

NETWORK = {"objectClassName": "ip network", "startAddress": "192.0.2.0", "endAddress": "192.0.2.255", "name": "例"}
BODY = json.dumps(NETWORK, ensure_ascii=False).encode()
DELIVERED: dict[str, str] = {
    "truncated": "truncated",
    "oversized": "oversized",
    "timed-out": "timed-out",
    "unreachable": "unreachable",
    "tls-failed": "tls-failed",
    "redirect-refused": "redirected",
    "redirect-loop": "redirected",
    "garbled": "malformed",
    "withheld": "unreachable",
}


def coded(coding: str) -> tuple[tuple[str, str], ...]:
    return (*FRAMED, ("content-encoding", coding))


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, compresslevel=1, mtime=0)


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


@pytest.mark.parametrize("delivery", [one for one in get_args(Delivery) if one != "complete"])
def test_every_failed_delivery_is_its_own_status_with_a_reason(delivery: Delivery) -> None:
    reply = read_reply(exchange(BODY, delivery=delivery), BODY)
    assert (reply.status, reply.network) == (DELIVERED[delivery], None)
    assert reply.reason is not None
    assert "192.0.2.255" in reply.text


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (200, "found"),
        (204, "malformed"),
        (206, "truncated"),
        (301, "redirected"),
        (304, "redirected"),
        (400, "refused"),
        (401, "refused"),
        (403, "refused"),
        (404, "not-found"),
        (418, "refused"),
        (429, "rate-limited"),
        (500, "server-error"),
        (503, "server-error"),
        (199, "malformed"),
        (600, "malformed"),
        (None, "malformed"),
    ],
)
def test_the_http_status_decides_before_the_body_does(code: int | None, status: str) -> None:
    reply = read_reply(exchange(BODY, code=code), BODY)
    assert reply.status == status
    assert (reply.network is None) == (status != "found")
    assert (reply.reason is None) == (status == "found")


@pytest.mark.parametrize(
    "body", [b"<html><body>404</body></html>", b"", b"\x00\xff", b'{"errorCode":404,"title":"No"}']
)
def test_404_is_not_found_whatever_its_body_is(body: bytes) -> None:
    reply = read_reply(exchange(body, code=404), body)
    assert reply.status == "not-found"


def test_the_words_of_an_rdap_error_are_kept() -> None:
    body = json.dumps({"errorCode": 404, "title": "Not Found", "description": ["a", "b"]}).encode()
    reply = read_reply(exchange(body, code=404), body)
    assert [(field.at, field.value) for field in reply.other] == [
        ("/errorCode", "404"),
        ("/title", "Not Found"),
        ("/description/0", "a"),
        ("/description/1", "b"),
    ]


@pytest.mark.parametrize(
    ("code", "status"), [(404, "not-found"), (429, "rate-limited"), (503, "server-error"), ("400", "refused")]
)
def test_an_rdap_error_under_http_200_is_an_error_all_the_same(code: object, status: str) -> None:
    body = json.dumps({"errorCode": code}).encode()
    assert read_reply(exchange(body), body).status == status


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("9" * 40, 999_999_999.0),
        ("Sat, 21 Nov 2026 03:05:05 GMT", 60.0),
        ("Saturday, 21-Nov-26 03:05:05 GMT", 60.0),
        ("Sat, 21 Nov 2026 03:00:00 GMT", 0.0),
        ("Sat, 21 Nov 2026 12:05:05 +0900", 60.0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("٣", None),
        ("Sat, 99 Nov 2026 03:05:05 GMT", None),
    ],
)
@pytest.mark.parametrize("code", [429, 503])
def test_retry_after_is_seconds_from_the_moment_of_the_answer(text: str, seconds: float | None, code: int) -> None:
    reply = read_reply(exchange(b"", code=code, headers=(*FRAMED, ("Retry-After", text))), b"")
    assert reply.retry_after == seconds


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("identity", BODY),
        ("", BODY),
        ("gzip", gzipped(BODY)),
        ("x-gzip", gzipped(BODY)),
        ("GZIP", gzipped(BODY[:20]) + gzipped(BODY[20:])),
        ("deflate", zlib.compress(BODY)),
        ("deflate", raw_deflate(BODY)),
        ("deflate, gzip", gzipped(zlib.compress(BODY))),
    ],
)
def test_a_coded_body_is_read_as_the_plain_one(coding: str, body: bytes) -> None:
    assert read_reply(exchange(body, headers=coded(coding)), body) == read_reply(exchange(BODY), BODY)


@pytest.mark.parametrize(
    ("coding", "body", "status"),
    [
        ("gzip", b"not gzip", "malformed"),
        ("gzip", gzipped(BODY)[:-9], "truncated"),
        ("gzip", b"", "truncated"),
        ("gzip", gzipped(BODY) + b"tail", "malformed"),
        ("deflate", zlib.compress(BODY) + b"tail", "malformed"),
        ("deflate", b"\xff\xff", "malformed"),
        ("br", BODY, "malformed"),
        ("gzip, gzip, gzip, gzip", BODY, "malformed"),
    ],
)
def test_a_coding_that_cannot_be_undone_is_a_status(coding: str, body: bytes, status: str) -> None:
    assert read_reply(exchange(body, headers=coded(coding)), body).status == status


def bomb(wbits: int) -> bytes:
    """Return 200 MiB of zeros, compressed."""
    stream, zeros = zlib.compressobj(1, wbits=wbits), bytes(1 << 20)
    return b"".join([*(stream.compress(zeros) for _ in range(200)), stream.flush()])


@pytest.mark.parametrize(
    ("coding", "wbits"), [("gzip", (31,)), ("deflate", (15,)), ("deflate", (-15,)), ("gzip, gzip", (31, 31))]
)
def test_a_bomb_is_oversized_and_costs_neither_memory_nor_time(coding: str, wbits: tuple[int, ...]) -> None:
    body = bomb(wbits[0]) if len(wbits) == 1 else gzipped(bomb(wbits[0]))
    tracemalloc.start()
    began = time.monotonic()
    try:
        reply = read_reply(exchange(body, headers=coded(coding)), body)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert reply.status == "oversized"
    assert time.monotonic() - began < 10
    assert peak < 6 * MAX_DECODED


def test_the_bound_of_decoding_is_exact() -> None:
    assert len(decode_content((("content-encoding", "gzip"),), gzipped(bytes(1000)), limit=1000)) == 1000
    with pytest.raises(ContentError, match="exceeds 999"):
        decode_content((("content-encoding", "gzip"),), gzipped(bytes(1000)), limit=999)
    assert MAX_DECODED == 8 << 20


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"<!DOCTYPE html><p>", "wrong-type"),
        (b"\xef\xbb\xbf \n<html>", "wrong-type"),
        (b'<?xml version="1.0"?><x/>', "wrong-type"),
        (b"[]", "wrong-type"),
        (b"3", "wrong-type"),
        (b"null", "wrong-type"),
        (b"{}", "wrong-type"),
        (b'{"objectClassName":"domain","ldhName":"example.jp"}', "wrong-type"),
        (b'{"objectClassName":5}', "wrong-type"),
        (b"", "malformed"),
        (b"{", "malformed"),
        (b"garbage", "malformed"),
        (BODY + b"x", "malformed"),
        (b"\xef\xbb\xbf" + BODY, "malformed"),
        (BODY.replace("例".encode(), b"\xff"), "malformed"),
        (BODY.replace("例".encode(), b"\\ud800"), "malformed"),
        (b'{"a":NaN}', "malformed"),
        (b'{"a":Infinity}', "malformed"),
        (b'{"a":1e999}', "malformed"),
        (b'{"a":%s}' % (b"1" * 5000), "malformed"),
        (b'{"a":12345678901234567890}', "malformed"),
        (b"[" * 100_000, "malformed"),
        (b'{"a":' * 100_000, "malformed"),
        (b'{"a":' * 70 + b"1" + b"}" * 70, "malformed"),
        (b'{"a":[%s]}' % b",".join([b"0"] * 300_000), "oversized"),
    ],
)
def test_what_is_no_rdap_document_says_what_it_is(body: bytes, status: str) -> None:
    reply = read_reply(exchange(body), body)
    assert reply.status == status
    assert reply.reason is not None
    assert msgspec.json.decode(msgspec.json.encode(reply), type=Reply) == reply


@pytest.mark.parametrize("length", [1, 30, len(BODY) - 1])
def test_a_cut_body_is_truncated_when_no_length_was_announced_and_malformed_otherwise(length: int) -> None:
    cut = BODY[:length]
    assert read_reply(exchange(cut, headers=UNFRAMED), cut).status == "truncated"
    assert read_reply(exchange(cut, headers=FRAMED), cut).status == "malformed"
    assert read_reply(exchange(cut, headers=(("transfer-encoding", "chunked"),)), cut).status == "malformed"


def test_a_key_that_stands_twice_is_a_finding_and_the_last_one_counts() -> None:
    body = b'{"objectClassName":"ip network","startAddress":"192.0.2.0","endAddress":"192.0.2.9","name":"A","name":"B"}'
    reply = read_reply(exchange(body), body)
    assert reply.status == "found"
    assert reply.network is not None
    assert reply.network.name is not None
    assert reply.network.name.value == "B"
    assert [(one.code, one.level) for one in reply.findings] == [("IPA800", "warning")]
    assert "'name'" in reply.findings[0].message.en


def test_control_characters_of_an_answer_are_shown_and_do_not_act() -> None:
    assert (
        visible_text("a\x1b[2Jb\r\nc\rd\te\x7f\x9b\u202e\u200b漢\x00") == "a␛[2Jb\nc␍d\te␡<U+009B><U+202E><U+200B>漢␀"
    )
    body = b'{"objectClassName":"domain","x":"\x9b"}\xff'
    assert read_reply(exchange(body), body).text.endswith("}\\xff")


@given(st.text())
def test_visible_text_leaves_nothing_that_acts(text: str) -> None:
    assert all(one.isprintable() or one in "\n\t\u3000\xa0" or one.isspace() for one in visible_text(text))
    assert not set(visible_text(text)) & {chr(code) for code in (*range(9), *range(11, 32), *range(127, 160), 0x202E)}


@given(
    body=st.one_of(
        st.binary(max_size=400),
        st.recursive(
            st.none() | st.integers() | st.text() | st.booleans(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        ).map(lambda value: json.dumps(value).encode()),
    ),
    kind=st.sampled_from(["ip", "autnum", "history", "bootstrap", "timestamp"]),
    subject=st.sampled_from(["192.0.2.1", "2001:db8::/32", "AS64500", "AS", "", "x/y"]),
    code=st.sampled_from([200, 404, 429, 500, 302, None, -1]),
    coding=st.sampled_from(["", "gzip", "deflate", "gzip,deflate", "\x00"]),
    delivery=st.sampled_from(get_args(Delivery)),
)
def test_any_header_and_any_bytes_give_a_reply(  # noqa: PLR0917 - what varies
    body: bytes, kind: QuestionKind, subject: str, code: int, coding: str, delivery: Delivery
) -> None:
    header = exchange(body, kind=kind, subject=subject, code=code, headers=coded(coding), delivery=delivery)
    reply = read_reply(header, body)
    assert reply.status in get_args(ReplyStatus)
    assert (reply.status == "found") == (reply.reason is None)
    assert msgspec.json.decode(msgspec.json.encode(reply), type=Reply) == reply


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [("bootstrap", b"{}", "found"), ("timestamp", b"\x30\x00", "found"), ("timestamp", b"", "malformed")],
)
def test_documents_that_others_interpret_have_only_to_arrive(kind: QuestionKind, body: bytes, status: str) -> None:
    assert read_reply(exchange(body, kind=kind, protocol="http"), body).status == status
