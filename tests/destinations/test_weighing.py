"""What each address of a run's answers is worth: two things speak for it, and with neither it is set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from destination_ledgers import hours, resolution
from hypothesis import given
from hypothesis import strategies as st
from test_judging import ALIEN, ALIEN_2, CDN, CDN_2, NOBODY, OWN, OWN_2, made_up, tie

from ipattr.destinations.judging import judge
from ipattr.destinations.screening import Tie
from ipattr.destinations.weighing import weigh
from ipattr.model import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipattr.destinations.weighing import Weight
    from ipattr.model import Resolution

ONE, TWO, THREE = "udp://192.0.2.1:53", "udp://192.0.2.2:53", "tls://192.0.2.3:853#dns.example"
ONE_TCP, ONE_DOT, ONE_DOH = "tcp://192.0.2.1:53", "tls://192.0.2.1:853#dns.example", "https://192.0.2.1:443/dns-query"


def unscreened(platform: str, address: str) -> Tie:
    """Tell special addresses and CDNs alone: nothing of the platform's own is on record."""
    known = tie(platform, address)
    return (
        known if known.owner in {"special", "shared"} else Tie("unscreened", Text(ja="不明", en="unknown"), known.asn)
    )


def weights(*answers: Resolution, by: Callable[[str, str], Tie] = tie) -> dict[str, dict[str, Weight]]:
    """Return the weights by resolver and address."""
    return {asked[3]: found for asked, found in weigh(judge(answers, tie=by), tie=by).items()}


def level(weight: Weight) -> str:
    return "rejected" if weight.rejected else weight.confidence


def levels(*given_by: tuple[str, str], by: Callable[[str, str], Tie] = tie) -> list[str]:
    found = weights(*(resolution(hours(0), *text.split(), resolver=name) for name, text in given_by), by=by)
    return [level(found[name][address]) for name, text in given_by for address in text.split()]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([(ONE, OWN)], ["medium"]),
        ([(ONE, CDN)], ["medium"]),
        ([(ONE, NOBODY)], ["rejected"]),
        ([(ONE, ALIEN)], ["rejected"]),
        ([(ONE, OWN), (TWO, OWN)], ["high", "high"]),
        ([(ONE, OWN), (TWO, OWN_2)], ["high", "high"]),
        ([(ONE, OWN), (TWO, CDN)], ["medium", "medium"]),
        ([(ONE, NOBODY), (TWO, NOBODY)], ["medium", "medium"]),
        ([(ONE, NOBODY), (TWO, ALIEN)], ["rejected", "rejected"]),
        ([(ONE, OWN), (TWO, OWN), (THREE, ALIEN)], ["high", "high", "rejected"]),
        ([(ONE, f"{OWN} {ALIEN}"), (TWO, OWN)], ["high", "rejected", "high"]),
        ([(ONE, f"{OWN} 127.0.0.1"), (TWO, OWN)], ["high", "rejected", "medium"]),
        ([(ONE, f"{OWN} 127.0.0.1")], ["medium", "rejected"]),
    ],
)
def test_two_things_speak_for_an_address(answers: list[tuple[str, str]], expected: list[str]) -> None:
    assert levels(*answers) == expected


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([(ONE, NOBODY)], ["low"]),
        ([(ONE, CDN)], ["medium"]),
        ([(ONE, NOBODY), (TWO, NOBODY)], ["high", "high"]),
        ([(ONE, NOBODY), (TWO, "10.0.0.2")], ["low", "low"]),
        ([(ONE, NOBODY), (TWO, NOBODY), (THREE, ALIEN)], ["high", "high", "low"]),
        ([(ONE, CDN), (TWO, CDN), (THREE, ALIEN)], ["high", "high", "low"]),
        ([(ONE, "127.0.0.1"), (TWO, "127.0.0.1"), (THREE, NOBODY)], ["rejected", "rejected", "low"]),
    ],
)
def test_where_nothing_can_be_screened_nothing_true_is_lost(
    answers: list[tuple[str, str]], expected: list[str]
) -> None:
    assert levels(*answers, by=unscreened) == expected


@pytest.mark.parametrize("spelled", [ONE_TCP, ONE_DOT, ONE_DOH])
def test_one_server_cannot_confirm_itself(spelled: str) -> None:
    assert levels((ONE, OWN), (spelled, OWN)) == ["medium", "medium"]
    assert levels((ONE, NOBODY), (spelled, NOBODY)) == ["rejected", "rejected"]
    assert levels((ONE, NOBODY), (spelled, NOBODY), by=unscreened) == ["low", "low"]
    assert levels((ONE, NOBODY), (spelled, NOBODY), (TWO, NOBODY), by=unscreened) == ["high"] * 3


def test_a_made_up_name_answered_by_one_alone_sets_its_untied_addresses_aside() -> None:
    found = weights(resolution(hours(0), NOBODY, CDN, resolver=ONE), made_up(ONE, NOBODY))
    assert (level(found[ONE][NOBODY]), level(found[ONE][CDN])) == ("rejected", "medium")
    assert "made-up name" in found[ONE][NOBODY].rejected
    assert "誰も登録していない" in found[ONE][NOBODY].rejected


def test_reasons_and_notes_are_told_in_both_languages() -> None:
    (alone,) = weights(resolution(hours(0), ALIEN, resolver=ONE))[ONE].values()
    assert "no other server gave it" in alone.rejected
    assert f"{ALIEN}はother" in alone.rejected
    (open_,) = weights(resolution(hours(0), NOBODY, resolver=ONE), by=unscreened)[ONE].values()
    assert (open_.rejected, "未選別" in open_.note, "unscreened" in open_.note) == ("", True, True)


pools = st.sampled_from((OWN, OWN_2, CDN, CDN_2, ALIEN, ALIEN_2, NOBODY, "10.0.0.2", "127.0.0.1"))
drawn = st.lists(st.tuples(st.sampled_from((ONE, ONE_TCP, TWO, THREE)), st.lists(pools, min_size=1)), max_size=8)


@given(drawn)
def test_what_is_tied_is_never_set_aside_and_what_is_special_always(answers: list[tuple[str, list[str]]]) -> None:
    made = [resolution(hours(0), *dict.fromkeys(addresses), resolver=by) for by, addresses in answers]
    found = weights(*made)
    assert {(by, address) for by, addresses in answers for address in addresses} == {
        (by, address) for by, of in found.items() for address in of
    }
    for by, of in found.items():
        for address, weight in of.items():
            owner = tie("p", address).owner
            if owner in {"platform", "shared"}:
                assert not weight.rejected
            assert owner != "special" or weight.rejected
            if weight.confidence == "high":
                others = [
                    a
                    for one, addresses in answers
                    if one.partition("//")[2] != by.partition("//")[2]
                    for a in addresses
                ]
                assert others
