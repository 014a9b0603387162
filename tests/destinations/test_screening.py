"""Which observations can be tied to their platform, and which stay as rejected with the reason."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from destination_ledgers import RESOLVER, hours, observation, platform, resolution
from test_judging import ALIEN, CDN, NOBODY, OWN, made_up, tie

from ipattr.destinations import Condenser, judge, screen, set_aside
from ipattr.model import JudgedAnswer, Judgement, Observation, Platform, PlatformPrefix, Text

BARE = platform(())
KNOWN = msgspec.structs.replace(
    BARE, prefixes=(PlatformPrefix(prefix="198.51.100.0/24", asn="64500", source="s", as_of="2026"),)
)


def seen(address: str, **changes: Any) -> Observation:  # noqa: ANN401 - any field of an observation
    return observation(address, "2026-03-01", "2026-03-02", **changes)


@pytest.mark.parametrize(
    ("address", "status"),
    [(OWN, "kept"), (CDN, "kept"), (ALIEN, "rejected"), (NOBODY, "rejected"), ("127.0.0.1", "rejected")],
)
@pytest.mark.parametrize("of", [None, KNOWN])
def test_what_is_the_platforms_or_a_cdns_is_kept(address: str, status: str, of: Platform | None) -> None:
    (found,) = screen([seen(address, note="row 3")], tie=tie, platform=of)
    assert found.status == status
    if status == "kept":
        assert found == seen(address, note="row 3")
    else:
        assert found.note.startswith("row 3; ")
        assert f"{address} is" in found.note
        assert f"{address}は" in found.note


def test_what_cannot_be_tied_says_so() -> None:
    (found,) = screen([seen(NOBODY)], tie=tie)
    assert "cannot be tied to the platform" in found.note
    assert "プラットフォームとの関係を示すものがない" in found.note


def test_an_address_that_is_shipped_is_kept_unless_it_is_special() -> None:
    shipped = [seen(ALIEN, id="x1"), seen("127.0.0.1", id="x2"), seen(NOBODY, id="x3", status="rejected")]
    found = screen([seen(ALIEN), seen("127.0.0.1"), seen(NOBODY), seen(ALIEN, platform="q")], tie=tie, shipped=shipped)
    assert [one.status for one in found] == ["kept", "rejected", "rejected", "rejected"]


def test_without_prefixes_and_as_numbers_what_is_unlisted_is_kept_with_low_confidence() -> None:
    unlisted, none, alien = screen([seen(NOBODY), seen(NOBODY, confidence="none"), seen(ALIEN)], tie=tie, platform=BARE)
    assert (unlisted.status, unlisted.confidence) == ("kept", "low")
    assert "unscreened" in unlisted.note
    assert "未選別" in unlisted.note
    assert none.confidence == "none"
    assert alien.status == "rejected"
    numbered = msgspec.structs.replace(BARE, asns=(64500,))
    assert screen([seen(NOBODY)], tie=tie, platform=numbered)[0].status == "rejected"


def test_what_was_rejected_stays_so_with_its_reason() -> None:
    row = seen(OWN, status="rejected", note="hosts file")
    assert screen([row], tie=tie) == (row,)


def verdict(judgement: Judgement, *addresses: str, resolver: str = RESOLVER, host: str = "www.example") -> JudgedAnswer:
    reason = Text(ja="理由", en="the reason")
    return JudgedAnswer(
        platform="p", host=host, rrtype="A", resolver=resolver, judgement=judgement, reason=reason, addresses=addresses
    )


def own(*addresses: str) -> tuple[Observation, ...]:
    condenser = Condenser()
    for hour in range(3):
        condenser.add(resolution(hours(hour), *addresses), at=f"f:{hour}")
    return condenser.observations("p")


@pytest.mark.parametrize(
    ("judgement", "status"),
    [
        ("lying", "rejected"),
        ("special", "rejected"),
        ("wildcard", "rejected"),
        ("agrees", "kept"),
        ("alone", "kept"),
        ("differs", "kept"),
    ],
)
def test_what_was_judged_is_set_aside(judgement: Judgement, status: str) -> None:
    (found,) = set_aside(own(ALIEN), [verdict(judgement, ALIEN)])
    assert found.status == status
    assert found.note.endswith("理由 / the reason") == (status == "rejected")


def test_only_what_the_same_resolver_said_of_the_same_host_then_is_set_aside() -> None:
    rows = own(ALIEN)
    lie = verdict("lying", ALIEN)
    for other in (
        verdict("lying", OWN),
        verdict("lying", ALIEN, resolver="udp://192.0.2.99:53"),
        verdict("lying", ALIEN, host="b.example"),
        msgspec.structs.replace(lie, rrtype="AAAA"),
        msgspec.structs.replace(lie, platform="q"),
    ):
        assert set_aside(rows, [other]) == rows
    assert set_aside(rows, [lie], began=hours(2.5), ended=hours(3)) == rows
    assert set_aside(rows, [lie], began=hours(-2), ended=hours(-1)) == rows
    for began, ended in ((hours(1), hours(1.1)), (hours(2), hours(3)), (hours(-1), hours(0))):
        assert set_aside(rows, [lie], began=began, ended=ended)[0].status == "rejected"
    imported = msgspec.structs.replace(rows[0], id="imp:1")
    assert set_aside([imported], [lie]) == (imported,)


def test_an_answer_that_agreed_in_another_run_is_not_lost() -> None:
    rows = own(ALIEN)
    assert set_aside(rows, [verdict("lying", ALIEN), verdict("agrees", ALIEN)]) == rows
    assert set_aside(rows, [verdict("lying", ALIEN), verdict("alone", ALIEN)])[0].status == "rejected"


def test_a_run_that_was_judged_is_set_aside_as_a_whole() -> None:
    answers = [resolution(hours(0), ALIEN), made_up(RESOLVER, ALIEN), resolution(hours(0), OWN, resolver="r2")]
    condenser = Condenser()
    for line, answer in enumerate(answers):
        condenser.add(answer, at=f"f:{line}")
    found = set_aside(condenser.observations("p"), judge(answers, tie=tie))
    assert {one.address: one.status for one in found} == {ALIEN: "rejected", OWN: "kept"}
