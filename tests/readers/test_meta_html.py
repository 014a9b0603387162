"""A Meta Business Record: pairs inside one record, across page breaks, and none where the order is in doubt."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipattr.addresses import Specials
from ipattr.errors import InputError, IpattrError
from ipattr.instants import Zone, parse_zone
from ipattr.readers import meta_html
from ipattr.readers.decoding import declared_charset
from ipattr.readers.document import Document, FormReading, Options, decode_document
from ipattr.registry import Registry  # noqa: TC001 - hypothesis resolves the annotations of its tests

HEAD = "<html><head><title>Meta Platforms Business Record</title><style>div{a:b}</style></head><body>\n"
SECTION = '<div id="property-ip_addresses" class="content-pane">\n'
FOOT = "</div></body></html>\n"
CLOSE = "</div></div></div></div>\n"


def field(label: str, value: str) -> str:
    inner = f'<div class="m"><div>{value}<div class="p"></div></div></div>'
    return f'<div class="t o"><div class="t i">{label}{inner}</div></div>\n'


def orphan_label(label: str) -> str:
    return f'<div class="t o"><div class="t i">{label}<div class="m"><div></div></div></div></div>\n'


def page_break(number: int) -> str:
    """Return the bar between two pages and the wrapper that it opens."""
    return (
        f'<div id="page_{number}" class="pageBreak">Meta Platforms Business Record Page {number}</div>\n'
        '<div class="t o"><div class="t i"><div class="m"><div>\n'
    )


def orphan_value(value: str) -> str:
    return field("", value)


def request(account: str = "100012345678901", service: str = "Instagram") -> str:
    return (
        '<div id="property-request_parameters">'
        + field("Service", service)
        + field("Internal Ticket Number", "7654321")
        + field("Account Identifier", account)
        + field("Account Type", "User")
        + field("Generated", "2026-03-30 10:00:00 UTC")
        + field("Date Range", "2026-01-01 00:00:00 UTC to 2026-03-30 00:00:00 UTC")
        + "</div>\n"
    )


DEFINITION = field(
    "Ip Addresses Definition",
    'IP Addresses: IP addresses and source port numbers.<div class="p"></div>Time: Date and timestamp.',
)


def page(*parts: str, head: str = HEAD) -> str:
    return head + request() + SECTION + DEFINITION + "".join(parts) + FOOT


def document(text: str) -> Document:
    return decode_document("records.html", text.encode("utf-8"), encoding="utf-8")


def read(text: str, options: Options | None = None, specials: Specials | None = None) -> FormReading:
    found = meta_html.read(document(text), options or Options(), specials or Specials([]))
    assert found.rows == len(found.events) + len(found.rejects)
    return found


def pairs(found: FormReading) -> list[tuple[str, str, int | None]]:
    return [(event.instant.raw if event.instant else "", event.address.text, event.port) for event in found.events]


def ip(value: str) -> str:
    return field("IP Address", value)


def time(value: str) -> str:
    return field("Time", value)


T1, T2, T3 = "2026-02-27 12:07:28 UTC", "2026-02-28 12:07:28 UTC", "2026-03-01 12:07:28 UTC"


def test_records_are_read_with_port_account_and_line() -> None:
    text = page(ip("1.0.16.7:5005"), time(T1), ip("[2400:2000::1]:3003"), time(T2), ip("2400:2000::2"), time(T3))
    found = read(text)
    assert pairs(found) == [(T1, "1.0.16.7", 5005), (T2, "2400:2000::1", 3003), (T3, "2400:2000::2", None)]
    first = found.events[0]
    assert (first.status, first.kind, first.account.id) == ("ok", "unknown", "100012345678901")
    assert first.instant is not None
    assert (first.instant.utc.isoformat(), first.instant.zone) == ("2026-02-27T12:07:28+00:00", "UTC")
    line = text[: text.index("1.0.16.7")].count("\n") + 1
    assert first.provenance.locator == f"records.html:{line}"
    assert [(cell.column, cell.raw) for cell in first.raw] == [("IP Address", "1.0.16.7:5005"), ("Time", T1)]
    (heading,) = [finding for finding in found.findings if finding.code == "IPA061"]
    for said in ("Instagram", "7654321", "User", "2026-03-30", "2026-01-01"):
        assert said in heading.message.en


def test_documentation_addresses_of_the_published_form_go_to_review(registry: Registry) -> None:
    found = read(page(ip("198.51.100.7:5005"), time(T1), ip("[2001:db8::1]:3003"), time(T2)), None, registry.specials)
    assert pairs(found) == [(T1, "198.51.100.7", 5005), (T2, "2001:db8::1", 3003)]
    assert [[finding.code for finding in event.findings] for event in found.events] == [["IPA013"], ["IPA013"]]


def test_whatsapp_runs_from_time_to_address() -> None:
    head = "<html><head><title>WhatsApp Business Record</title></head><body>"
    text = head + SECTION + time(T1) + ip("1.0.16.7") + time(T2) + ip("1.0.16.8") + FOOT
    found = read(text)
    assert pairs(found) == [(T1, "1.0.16.7", None), (T2, "1.0.16.8", None)]
    assert [event.status for event in found.events] == ["ok", "ok"]
    assert "IPA118" in {finding.code for finding in found.findings}


def test_page_breaks_between_label_and_value_shift_nothing() -> None:
    """Five records, three of them split, as public tests describe a real file; wrappers are left open in places."""
    text = page(
        orphan_label("IP Address"), page_break(2), orphan_value("1.0.16.1:1000"), time(T1),
        ip("1.0.16.2:1001"), time(T2),
        ip("1.0.16.3:2002"), orphan_label("Time"), CLOSE, page_break(3), orphan_value(T3),
        ip("[2400:2000::1]:3003"), time(T1),
        orphan_label("IP Address"), CLOSE, page_break(4), orphan_value("1.0.16.9:4004"), time(T2), CLOSE,
    )  # fmt: skip
    found = read(text)
    assert not found.rejects
    assert pairs(found) == [
        (T1, "1.0.16.1", 1000), (T2, "1.0.16.2", 1001), (T3, "1.0.16.3", 2002), (T1, "2400:2000::1", 3003),
        (T2, "1.0.16.9", 4004),
    ]  # fmt: skip


def test_a_repeated_page_header_is_no_value() -> None:
    header = "<div><div>Meta Platforms Business Record</div><p>Page 3 of 9</p></div>" + SECTION
    found = read(page(ip("1.0.16.1"), orphan_label("Time"), header, orphan_value(T1), ip("1.0.16.2"), time(T2)))
    assert pairs(found) == [(T1, "1.0.16.1", None), (T2, "1.0.16.2", None)]


def test_entities_line_breaks_comments_and_inline_tags_are_only_looks() -> None:
    text = page(
        field("IP&nbsp;Address", "<!-- 9.9.9.9 --><span>1.0.16</span>.1<script>8.8.8.8</script>"),
        field("<b>Time</b>", "2026-02-27<br>12:07:28&#32;UTC"),
    )
    found = read(text)
    assert pairs(found) == [("2026-02-27 12:07:28 UTC", "1.0.16.1", None)]


@pytest.mark.parametrize(
    ("parts", "kept", "codes"),
    [
        ([ip("1.0.16.1"), time(T1), ip("1.0.16.2"), ip("1.0.16.3"), time(T3)], [T1, T3], ["IPA053"]),
        ([ip("1.0.16.1"), time(T1), time(T2), ip("1.0.16.3"), time(T3)], [T1, T3], ["IPA053"]),
        (
            [ip("1.0.16.1"), time(T1), ip("1.0.16.2"), orphan_label("Time"), ip("1.0.16.3"), time(T3)],
            [T1, T3],
            ["IPA051"],
        ),
        ([ip("1.0.16.1"), time(T1) + orphan_value(T2), ip("1.0.16.3"), time(T3)], [T3], ["IPA052"]),
        ([ip("1.0.16.1"), time("2026-02-27 12:07:28") + orphan_value("UTC")], [], ["IPA052"]),
        ([ip("1.0.16.1") + orphan_value(":5005"), time(T1)], [], ["IPA052"]),
        ([ip("1.0.16.1"), time("2026-02-27 12:07:28")], [], ["IPA161"]),
        ([ip("1.0.16.300"), time(T1)], [], [None]),
        ([ip("1.0.16.1")], [], ["IPA053"]),
        # The first address is lost: every time could belong to the address after it, or before it.
        ([time(T1), ip("1.0.16.2"), time(T2), ip("1.0.16.3"), time(T3)], [], ["IPA054", "IPA054", "IPA053"]),
    ],
)
def test_a_damaged_record_is_rejected_and_shifts_no_neighbour(
    parts: list[str], kept: list[str], codes: list[str | None]
) -> None:
    found = read(page(*parts))
    assert [event.instant.raw for event in found.events if event.instant] == kept
    assert [reject.code for reject in found.rejects] == [code or found.rejects[0].code for code in codes]
    assert all(reject.raw for reject in found.rejects)


def test_the_reverse_of_the_known_order_is_read_but_reviewed() -> None:
    found = read(page(time(T1), ip("1.0.16.2"), time(T2), ip("1.0.16.3")))
    assert [event.status for event in found.events] == ["review", "review"]
    assert {finding.code for event in found.events for finding in event.findings} == {"IPA055"}


def test_an_unknown_label_with_an_address_sends_its_record_to_review() -> None:
    found = read(page(ip("1.0.16.1"), time(T1), field("Destination", "1.0.16.99"), ip("1.0.16.2"), time(T2)))
    assert [(event.status, [f.code for f in event.findings]) for event in found.events] == [
        ("review", ["IPA066"]),
        ("ok", []),
    ]


def test_text_before_the_first_label_is_reported() -> None:
    found = read(HEAD + SECTION + "<p>seen from 1.0.16.77</p>" + ip("1.0.16.1") + time(T1) + FOOT)
    assert any(finding.code == "IPA056" and "1.0.16.77" in finding.message.en for finding in found.findings)


def test_other_sections_are_named_not_read() -> None:
    extra = '<div id="property-registration_ip">' + field("Registration Ip", "1.0.16.50") + "</div>"
    found = read(page(ip("1.0.16.1"), time(T1), "</div>", extra))
    assert pairs(found) == [(T1, "1.0.16.1", None)]
    assert any(finding.code == "IPA067" and "registration_ip (1)" in finding.message.en for finding in found.findings)


def test_the_account_is_an_id_only_when_it_is_digits() -> None:
    text = page(ip("1.0.16.1"), time(T1))
    (event,) = read(text.replace("100012345678901", "https://www.instagram.com/somebody")).events
    assert (event.status, event.account.id, event.account.name) == (
        "review",
        None,
        "https://www.instagram.com/somebody",
    )
    (event,) = read(text.replace(request(), request() + request("2"))).events
    assert (event.status, event.account.id, event.account.name) == ("review", None, None)


def test_a_declared_zone_is_used_only_where_none_is_written() -> None:
    zone = parse_zone("JST")
    assert isinstance(zone, Zone)
    found = read(page(ip("1.0.16.1"), time("2026-02-27 12:07:28"), ip("1.0.16.1"), time(T1)), Options(zone=zone))
    assert [event.instant.zone for event in found.events if event.instant] == ["JST", "UTC"]


def test_no_section_and_no_record() -> None:
    with pytest.raises(InputError, match="no section"):
        read(HEAD + "<p>nothing</p>" + FOOT)
    found = read(page("<div>No responsive records located</div>"))
    assert (found.rows, "IPA065" in {finding.code for finding in found.findings}) == (0, True)


@pytest.mark.parametrize(
    "cut",
    ["<!-- ", "<script>", "<style>", "<title>", "<textarea title='", "<![CDATA[", "<![foo[", "<?php ", "<div class='"],
)
def test_a_page_cut_inside_a_tag_or_comment_never_gives_fewer_records(cut: str) -> None:
    text = page(ip("1.0.16.1"), time(T1), cut, ip("1.0.16.2"), time(T2))
    try:
        found = read(text)
    except InputError:
        return
    assert found.rows == 2


@pytest.mark.parametrize(
    ("service", "platform"), [("Instagram", "instagram"), ("Facebook", "facebook"), ("WhatsApp", ""), ("x", "")]
)
def test_the_platform_is_the_service_that_the_record_names(service: str, platform: str) -> None:
    text = HEAD + request(service=service) + SECTION + ip("1.0.16.1") + time(T1) + FOOT
    assert meta_html.platform_of(document(text)) == platform


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        (page(ip("1.0.16.1"), time(T1)), True),
        ("<html><title>WhatsApp Business Record</title></html>", True),
        ("<html><div id=other>IP Address</div></html>", False),
        ('"property-ip_addresses"', False),
        ("time,ip\n2026-01-01T00:00:00Z,1.0.16.1\n", False),
    ],
)
def test_detect(text: str, fits: bool) -> None:  # noqa: FBT001 - a table column
    assert (meta_html.detect(document(text), Options()) is not None) == fits


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (b"<html><head><meta charset='Shift_JIS'>", "shift_jis"),
        (b'<META http-equiv="Content-Type" content="text/html; charset=UTF-8">', "utf-8"),
        (b"<meta charset=utf-16le>", "utf-8"),
        (b"<!-- <meta charset=euc-jp> --><meta name=x><meta charset=utf-8>", "utf-8"),
        (b"<html>charset=utf-8", None),
        (b" " * 1024 + b"<meta charset=utf-8>", None),
    ],
)
def test_the_declared_charset_is_that_of_the_first_meta(data: bytes, charset: str | None) -> None:
    assert declared_charset(data) == charset


RECORD = st.tuples(st.integers(0, 86399), st.integers(1, 65535), st.integers(0, 3), st.booleans())


@given(st.lists(RECORD, max_size=15), st.booleans())
def test_every_record_comes_back_whatever_the_order_and_the_page_breaks(
    rows: list[tuple[int, int, int, bool]],
    time_first: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    parts, expected = [], []
    for number, (second, port, split, noise) in enumerate(rows):
        stamp = f"2026-03-01 {second // 3600:02}:{second // 60 % 60:02}:{second % 60:02} UTC"
        fields = [("IP Address", f"1.0.16.{number}:{port}"), ("Time", stamp)]
        for at, (label, value) in enumerate(reversed(fields) if time_first else fields):
            broken = orphan_label(label) + page_break(number) + orphan_value(value)
            parts.append(broken if split & (1 << at) else field(label, value))
        parts.append(page_break(90 + number) if noise else "")
        expected.append((stamp, f"1.0.16.{number}", port))
    found = read(page(*parts))
    assert pairs(found) == expected
    assert found.rows == len(rows)


def test_two_hundred_mutations_lose_no_record_and_pair_nothing_anew() -> None:
    chance = random.Random(20261121)  # noqa: S311 - a seeded test
    stamps = [f"2026-03-{day:02} 10:00:{day:02} UTC" for day in range(1, 9)]
    parts = [ip(f"1.0.16.{at}:{5000 + at}") + time(stamp) for at, stamp in enumerate(stamps, 1)]
    original = page(*parts[:4], page_break(2), *parts[4:])
    right = {(stamp, f"1.0.16.{at}", 5000 + at) for at, stamp in enumerate(stamps, 1)}
    full = 0
    for _ in range(200):
        text, touched = mutated(original, chance)
        try:
            found = read(text)
        except IpattrError:
            continue
        told = {pair for pair in pairs(found) if pair in right}
        full += len(told) == len(right)
        if touched != "characters":
            assert set(pairs(found)) <= right
        assert found.rows >= len(re.findall(">IP Address<", text))
    assert full > 40


def mutated(text: str, chance: random.Random) -> tuple[str, str]:
    """Drop or repeat one tag, one line, or a few characters."""
    kind = chance.choice(["tag", "line", "characters"])
    if kind == "tag":
        found = chance.choice(list(re.finditer(r"</?div[^>]*>", text)))
        return text[: found.start()] + found[0] * chance.choice([0, 2]) + text[found.end() :], kind
    if kind == "line":
        lines = text.splitlines(keepends=True)
        at = chance.randrange(len(lines))
        lines[at : at + 1] = [] if chance.random() < 0.5 else [lines[at]] * 2
        return "".join(lines), kind
    at = chance.randrange(len(text))
    return text[:at] + chance.choice(["", "<", ">", '"', "<!--", "&", "x"]) + text[at + chance.randrange(4) :], kind


def test_a_page_of_open_tags_is_refused_at_once() -> None:
    with pytest.raises(InputError, match="not closed"):
        read(page("<div " * 10_000))


def test_a_tag_that_swallows_the_next_address_shifts_nothing() -> None:
    first = ip("106.72.123.45:1000") + time("2026-08-01 00:00:00 UTC")
    second = ip("121.103.123.45:2000") + time("2026-08-02 00:00:00 UTC")
    whole = page(request(), SECTION, first, second)
    assert len(read(whole).events) == 2
    damaged = whole.replace('<div class="', '<div class=">', 2).replace('<div class=">', '<div class="', 1)
    for cut in (damaged, whole.replace("121.103.123.45:2000</div>", '121.103.123.45:2000</div class="', 1)):
        try:
            found = read(cut)
        except InputError as error:
            assert "swallow" in error.en  # noqa: PT017 - either way out is right, a shifted pair is not
        else:
            assert set(pairs(found)) <= set(pairs(read(whole)))


def test_a_damaged_section_id_is_said_to_hold_what_was_not_read() -> None:
    record = ip("106.72.123.45:1000") + time("2026-08-01 00:00:00 UTC")
    found = read(page(request(), SECTION, record, "</div>", SECTION.replace("property-ip", "propertx-ip"), record))
    assert [finding.level for finding in found.findings if finding.code == "IPA067"] == ["warning"]
