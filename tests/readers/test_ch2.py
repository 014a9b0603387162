"""2ch.sc lines: the published sample and nothing looser; body text is never evidence."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipattr.errors import IpattrError
from ipattr.instants import Zone, parse_zone
from ipattr.readers import ch2
from ipattr.readers.document import Document, FormReading, Options, decode_document

if TYPE_CHECKING:
    from ipattr.model import LoginEvent
    from ipattr.registry import Registry

# The line as published; the user agent is cut there.
SAMPLE = (
    "カワイイ名無しさん<><> 2014/04/17(木) 08:49:39.81 xnchqTLnf <> 本文 <> スレ <> "
    "ns.cptc.co.jp(219.163.84.250) <> <> 42332 <> Opera/9.80 (…) <> /121.94.131.196 !"
)
ONE_ADDRESS = SAMPLE.replace("121.94.131.196", "219.163.84.250")


def document(text: str) -> Document:
    return decode_document("log.txt", text.encode("utf-8"), encoding="utf-8")


def read(text: str, registry: Registry, options: Options | None = None) -> FormReading:
    found = ch2.read(document(text), options or Options(), registry.specials)
    assert found.rows == len(found.events) + len(found.rejects)
    return found


def event(text: str, registry: Registry) -> LoginEvent:
    found = read(text, registry)
    assert not found.rejects, found.rejects
    return found.events[0]


def test_the_published_line_is_read_and_names_both_addresses(registry: Registry) -> None:
    found = event(SAMPLE, registry)
    assert found.instant is not None
    assert found.instant.utc.isoformat() == "2014-04-16T23:49:39.810000+00:00"
    assert (found.instant.raw, found.instant.precision) == ("2014/04/17(木) 08:49:39.81", "cs")
    assert (found.instant.zone, found.instant.zone_source) == ("JST", "format")
    assert (found.address.text, found.port, found.hostname) == ("219.163.84.250", 42332, "ns.cptc.co.jp")
    assert (found.status, found.kind, found.account.id, found.account.name) == ("review", "unknown", None, None)
    (remark,) = [finding for finding in found.findings if finding.code == "IPA059"]
    for text in (remark.message.ja, remark.message.en):
        assert "219.163.84.250" in text
        assert "121.94.131.196" in text


def test_one_address_twice_is_no_doubt(registry: Registry) -> None:
    found = event(ONE_ADDRESS, registry)
    assert (found.status, found.findings) == ("ok", ())
    assert [cell.column for cell in found.raw][:3] == ["name", "mail", "time"]
    assert "<>".join(cell.raw for cell in found.raw) == ONE_ADDRESS


def test_ipv6_and_an_address_as_host_name(registry: Registry) -> None:
    line = SAMPLE.replace("ns.cptc.co.jp(219.163.84.250)", "2400:2000::1(2400:2000:0::1)")
    found = event(line.replace("121.94.131.196", "2400:2000::1"), registry)
    assert (found.address.text, found.hostname, found.status) == ("2400:2000::1", None, "ok")


def test_a_declared_zone_does_not_move_a_time_that_the_form_fixes(registry: Registry) -> None:
    zone = parse_zone("UTC")
    assert isinstance(zone, Zone)
    found = read(ONE_ADDRESS, registry, Options(zone=zone))
    instant = found.events[0].instant
    assert instant is not None
    assert (instant.zone, instant.utc.hour, "declared-zone-unused" in instant.rules) == ("JST", 23, True)


def test_what_the_poster_typed_is_never_evidence(registry: Registry) -> None:
    typed = "192.0.2.1 から 2020/01/01(水) 00:00:00.00 <br> host(198.51.100.1) /203.0.113.1 !"
    found = event(ONE_ADDRESS.replace(" 本文 ", f" {typed} ").replace(" スレ ", f" {typed} "), registry)
    plain = event(ONE_ADDRESS, registry)
    assert (found.address, found.instant, found.port) == (plain.address, plain.instant, plain.port)
    assert found.status == "ok"


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        (" 本文 ", " 本<>文 ", "IPA058", ""),
        ("<> <> 42332", "<> 42332", "IPA058", ""),
        ("08:49:39.81", "08:49:39", "IPA058", "time"),
        (" xnchqTLnf", "", "IPA058", "time"),
        ("(木)", "", "IPA058", "time"),
        ("(木)", "(金)", "IPA169", "time"),
        ("2014/04/17(木)", "2014/02/30(日)", "IPA165", "time"),
        ("ns.cptc.co.jp(219.163.84.250)", "ns.cptc.co.jp", "IPA058", "host(IP)"),
        ("ns.cptc.co.jp(", "(", "IPA058", "host(IP)"),
        ("(219.163.84.250)", "(219.163.84.256)", "", "host(IP)"),
        ("(219.163.84.250)", "(219.163.84.250:80)", "IPA058", "host(IP)"),
        ("<> <> 42332", "<> x <> 42332", "IPA058", "(empty)"),
        ("42332", "", "IPA150", "port"),
        ("42332", "70000", "IPA153", "port"),
        (" !", "", "IPA058", "/IP !"),
        ("/219.163.84.250 !", "/localhost !", "", "/IP !"),
    ],
)
def test_whatever_differs_from_the_sample_is_a_reject(  # noqa: PLR0917 - columns of the table above
    old: str, new: str, code: str, column: str, registry: Registry
) -> None:
    line = ONE_ADDRESS.replace(old, new, 1)
    assert line != ONE_ADDRESS
    found = read(f"{ONE_ADDRESS}\n\n{line}\n{ONE_ADDRESS}", registry)
    assert [event.provenance.locator for event in found.events] == ["log.txt:1", "log.txt:4"]
    (reject,) = found.rejects
    assert (reject.row, reject.column) == (3, column)
    assert reject.raw
    assert reject.code == (code or reject.code)


def test_documentation_addresses_go_to_review(registry: Registry) -> None:
    found = event(SAMPLE.replace("219.163.84.250", "192.0.2.7").replace("121.94.131.196", "192.0.2.7"), registry)
    assert (found.status, [finding.code for finding in found.findings]) == ("review", ["IPA013"])


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        (SAMPLE, True),
        ("以下のとおり開示する。\n\n" + SAMPLE, True),
        ("a<>b<>c<>d<>e<>f<>g<>h<>i<>j", False),
        ("name<>mail<>2014/04/17(木) 08:49:39.81 ID<>body<>thread", False),
        ("time,ip\n2024-05-01T00:00:00Z,1.0.16.1\n", False),
    ],
)
def test_detect(text: str, fits: bool) -> None:  # noqa: FBT001 - a table column
    assert (ch2.detect(document(text), Options()) is not None) == fits


TYPED = st.text(st.characters(codec="utf-8", exclude_characters="<>\r\n\x00"), max_size=30)


@given(st.lists(st.tuples(st.integers(0, 86399), st.integers(1, 65535), TYPED, st.booleans()), max_size=12))
def test_every_line_comes_back_as_it_was_written(rows: list[tuple[int, int, str, bool]]) -> None:
    from ipattr.addresses import Specials

    lines, expected = [], []
    for second, port, typed, noise in rows:
        clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}.{second % 100:02}"
        line = f"x<><> 2014/04/17(木) {clock} id <> {typed} <> {typed} <> h.example(1.0.16.1) <> <> {port} "
        line += f"<> {typed} <> /1.0.16.1 !"
        lines += ([" "] if noise else []) + [line]
        expected.append((f"2014/04/17(木) {clock}", port))
    found = ch2.read(document("\n".join([*lines, "noise"])), Options(), Specials([]))
    assert found.rows == len(rows) + 1 == len(found.events) + len(found.rejects)
    assert [(event.instant.raw if event.instant else "", event.port) for event in found.events] == expected
    assert [reject.raw for reject in found.rejects] == ["noise"]


def test_two_hundred_mutations_lose_no_line(registry: Registry) -> None:
    chance = random.Random(20261121)  # noqa: S311 - a seeded test
    original = "\n".join([SAMPLE, ONE_ADDRESS] * 3)
    for _ in range(200):
        text = mutated(original, chance)
        try:
            found = ch2.read(document(text), Options(), registry.specials)
        except IpattrError:
            continue
        assert found.rows == len(found.events) + len(found.rejects)
        assert found.rows == sum(1 for line in re.split("\r\n|\r|\n", text) if line.strip())


def mutated(text: str, chance: random.Random) -> str:
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(text))
        other = chance.choice(["", "<>", "\n", " ", "\r", "１", "(", ")", "/", "!", "\u2028", "\x0b", text[at:][:40]])
        text = text[:at] + other + text[at + chance.choice([0, 0, 1, 1, 5]) :]
    return text
