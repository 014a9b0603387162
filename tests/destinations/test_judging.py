"""What the answers of one run say about each other: who agrees, who only differs, and who lies."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from destination_ledgers import hours, resolution
from hypothesis import given
from hypothesis import strategies as st

from ipattr.destinations.judging import judge
from ipattr.destinations.screening import Tie
from ipattr.model import JudgedAnswer, Resolution, Text

if TYPE_CHECKING:
    from collections.abc import Callable

ONE, TWO, THREE, FOUR = (f"udp://192.0.2.{last}:53" for last in (1, 2, 3, 4))
OWNERS = {"198.51.100": ("platform", 64500), "203.0.113": ("shared", 64501), "192.0.2": ("other", 64502)}


def tie(_platform: str, address: str) -> Tie:
    """Tell the platform's own, a CDN's, somebody else's, nobody's known (10.) and special ones (127.) apart."""
    owner, asn = OWNERS.get(address.rpartition(".")[0], ("special" if address.startswith("127.") else "unlisted", 0))
    reason = Text(ja=f"{address}は{owner}", en=f"{address} is {owner}")
    return Tie(owner=owner, reason=reason, asn=(asn,) if asn else ())  # type: ignore[arg-type]


def judged(*answers: Resolution) -> dict[str, JudgedAnswer]:
    return {one.resolver: one for one in judge(answers, tie=tie)}


def verdicts(**given_by: str) -> list[str]:
    """Return the judgements of resolvers a, b, c …, each with its addresses."""
    answers = [resolution(hours(0), *text.split(), resolver=name) for name, text in given_by.items()]
    found = judged(*answers)
    return [found[name].judgement for name in given_by]


OWN, OWN_2, CDN, CDN_2, ALIEN, ALIEN_2, NOBODY = (
    "198.51.100.1",
    "198.51.100.2",
    "203.0.113.1",
    "203.0.113.2",
    "192.0.2.1",
    "192.0.2.2",
    "10.0.0.1",
)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([OWN], ["alone"]),
        ([NOBODY], ["alone"]),
        ([OWN, OWN], ["agrees", "agrees"]),
        ([f"{OWN} {OWN_2}", OWN_2], ["agrees", "agrees"]),
        ([OWN, OWN_2], ["agrees", "agrees"]),
        ([OWN, CDN], ["differs", "differs"]),
        ([OWN, ALIEN], ["differs", "lying"]),
        ([OWN, NOBODY], ["differs", "lying"]),
        ([ALIEN, NOBODY], ["differs", "differs"]),
        ([OWN, OWN, CDN], ["agrees", "agrees", "differs"]),
        ([OWN, OWN_2, ALIEN], ["agrees", "agrees", "lying"]),
        ([OWN, OWN, NOBODY], ["agrees", "agrees", "lying"]),
        ([NOBODY, NOBODY, "10.0.0.2"], ["agrees", "agrees", "lying"]),
        ([NOBODY, NOBODY, CDN], ["agrees", "agrees", "differs"]),
        ([ALIEN, ALIEN, CDN], ["agrees", "agrees", "differs"]),
        ([ALIEN, ALIEN_2, CDN, CDN_2], ["lying", "lying", "agrees", "agrees"]),
        ([ALIEN, ALIEN, ALIEN, CDN, CDN_2], ["agrees", "agrees", "agrees", "agrees", "agrees"]),
        (["127.0.0.1", OWN, OWN], ["special", "agrees", "agrees"]),
        ([f"127.0.0.1 {OWN}", OWN, OWN], ["special", "agrees", "agrees"]),
        (["127.0.0.1"], ["special"]),
        ([OWN, CDN, NOBODY], ["differs", "differs", "lying"]),
        ([f"{OWN} {ALIEN}", ALIEN_2, OWN], ["agrees", "agrees", "agrees"]),
    ],
)
def test_who_is_believed(answers: list[str], expected: list[str]) -> None:
    assert verdicts(**{f"r{n}": text for n, text in enumerate(answers)}) == expected


def test_a_regional_answer_of_a_shared_network_is_never_called_a_lie() -> None:
    for others in ([OWN, OWN, OWN], [CDN, CDN_2], [NOBODY, NOBODY], [ALIEN]):
        regional = judged(
            *(resolution(hours(0), other, resolver=f"r{n}") for n, other in enumerate(others)),
            resolution(hours(0), "203.0.113.200", resolver="regional"),
        )["regional"]
        assert regional.judgement in {"agrees", "differs"}
    assert (
        "地域ごと"
        in judged(resolution(hours(0), OWN, resolver="a"), resolution(hours(0), CDN, resolver="b"))["b"].reason.ja
    )


def test_rounds_of_one_resolver_are_taken_together() -> None:
    found = judged(
        resolution(hours(0), OWN, resolver=ONE),
        resolution(hours(0.1), NOBODY, resolver=ONE),
        resolution(hours(0), NOBODY, resolver=TWO),
    )
    assert [one.judgement for one in found.values()] == ["agrees", "agrees"]
    assert found[ONE].addresses == (NOBODY, OWN)


def test_whoever_gave_no_address_is_not_judged() -> None:
    found = judged(resolution(hours(0), resolver=ONE), resolution(hours(0), OWN, resolver=TWO))
    assert {name: one.judgement for name, one in found.items()} == {TWO: "alone"}


def test_hosts_and_types_are_judged_apart() -> None:
    found = judge(
        [
            resolution(hours(0), OWN, resolver=ONE),
            resolution(hours(0), "2001:db8::1", resolver=TWO),
            resolution(hours(0), NOBODY, resolver=TWO, host="b.example"),
            resolution(hours(0), NOBODY, resolver=TWO, platform="q"),
        ],
        tie=tie,
    )
    assert [(one.platform, one.host, one.rrtype, one.judgement) for one in found] == [
        ("p", "b.example", "A", "alone"),
        ("p", "www.example", "A", "alone"),
        ("p", "www.example", "AAAA", "alone"),
        ("q", "www.example", "A", "alone"),
    ]


def made_up(resolver: str, *addresses: str) -> Resolution:
    return resolution(hours(0), *addresses, resolver=resolver, host="ipattr-t0k3n.example", kind="wildcard")


def test_a_resolver_that_answers_any_name_says_nothing_about_the_host() -> None:
    found = judged(
        resolution(hours(0), ALIEN, resolver=ONE),
        made_up(ONE, ALIEN, ALIEN_2),
        resolution(hours(0), OWN, resolver=TWO),
        made_up(TWO),
        resolution(hours(0), OWN, resolver=THREE),
        made_up(THREE),
    )
    assert [found[name].judgement for name in (ONE, TWO, THREE)] == ["wildcard", "agrees", "agrees"]
    alone = judged(resolution(hours(0), NOBODY, resolver=ONE), made_up(ONE, NOBODY))
    assert alone[ONE].judgement == "wildcard"
    other_name = judged(resolution(hours(0), NOBODY, resolver=ONE), made_up(ONE, ALIEN))
    assert other_name[ONE].judgement == "alone"


@pytest.mark.parametrize(("address", "names"), [(OWN, [ONE]), (CDN, [ONE]), (OWN, [ONE, TWO]), (NOBODY, [ONE, TWO])])
def test_a_wildcard_of_the_zone_itself_is_no_reason_to_doubt_its_hosts(address: str, names: list[str]) -> None:
    answers = [
        made for name in names for made in (resolution(hours(0), address, resolver=name), made_up(name, address))
    ]
    found = judged(*answers)
    assert {one.judgement for one in found.values()} == ({"alone"} if len(names) == 1 else {"agrees"})
    assert all("ワイルドカード" in one.reason.ja and "wildcard" in one.reason.en for one in found.values())


def test_a_made_up_name_under_another_parent_does_not_count() -> None:
    found = judged(
        resolution(hours(0), NOBODY, resolver=ONE),
        resolution(hours(0), NOBODY, resolver=ONE, host="ipattr-t0k3n.sub.example", kind="wildcard"),
    )
    assert found[ONE].judgement == "alone"


def test_the_reason_names_whom_we_believe_and_what_is_known_of_the_address() -> None:
    found = judged(*(resolution(hours(0), at, resolver=by) for by, at in ((ONE, OWN), (TWO, OWN), (THREE, ALIEN))))
    assert ONE in found[THREE].reason.en
    assert TWO in found[THREE].reason.en
    assert f"{ALIEN} is other" in found[THREE].reason.en
    assert f"{ALIEN}はother" in found[THREE].reason.ja


pools = st.sampled_from((OWN, OWN_2, CDN, CDN_2, ALIEN, ALIEN_2, NOBODY, "10.0.0.2"))


@given(
    st.lists(st.tuples(st.sampled_from((ONE, TWO, THREE, FOUR)), st.lists(pools, min_size=1, max_size=3)), max_size=8),
    st.randoms(),
)
def test_judgements_do_not_depend_on_the_order_and_tied_answers_never_lie(
    drawn: list[tuple[str, list[str]]],
    shuffle: object,
) -> None:
    answers = [resolution(hours(0), *dict.fromkeys(addresses), resolver=by) for by, addresses in drawn]
    mixed = answers[:]
    shuffle.shuffle(mixed)  # type: ignore[attr-defined]
    found = judge(answers, tie=tie)
    assert [(one.resolver, one.judgement) for one in found] == [
        (one.resolver, one.judgement) for one in judge(mixed, tie=tie)
    ]
    assert all(early.resolver < late.resolver for early, late in pairwise(found))
    for one in found:
        if all(tie("p", address).owner in {"platform", "shared"} for address in one.addresses):
            assert one.judgement != "lying"
    if len(found) == 2:
        lying = [one for one in found if one.judgement == "lying"]
        assert len(lying) < 2


def owners(**of: str) -> Callable[[str, str], Tie]:
    """Return a tie that gives each address the owner named for its last part (``a1="unscreened"``)."""

    def tell(_platform: str, address: str) -> Tie:
        owner = of[f"a{address.rpartition('.')[2]}"]
        return Tie(owner=owner, reason=Text(ja=owner, en=owner))  # type: ignore[arg-type]  # one of the owners

    return tell


def test_whoever_stands_alone_where_nothing_is_listed_is_not_called_a_liar() -> None:
    regional = owners(a1="unscreened", a2="unscreened")
    answers = [resolution(hours(0), f"192.0.2.{last}", resolver=by) for by, last in ((ONE, 1), (TWO, 1), (THREE, 2))]
    assert [one.judgement for one in judge(answers, tie=regional)] == ["agrees", "agrees", "differs"]
    assert "地域ごとの応答か偽の応答か" in judge(answers, tie=regional)[2].reason.ja
    listed = owners(a1="platform", a2="unlisted")
    assert [one.judgement for one in judge(answers, tie=listed)] == ["agrees", "agrees", "lying"]


def test_one_server_under_several_spellings_is_one() -> None:
    spellings = ("udp://192.0.2.1:53", "tcp://192.0.2.1:53", "tls://192.0.2.1:853#dns.example")
    same = judged(*(resolution(hours(0), NOBODY, resolver=name) for name in spellings))
    assert {one.judgement for one in same.values()} == {"alone"}
    other = judged(
        *(resolution(hours(0), NOBODY, resolver=name) for name in spellings),
        resolution(hours(0), "10.0.0.2", resolver=FOUR),
    )
    assert {one.judgement for one in other.values()} == {"differs"}
    bracketed = judged(*(resolution(hours(0), OWN, resolver=f"{way}://[2001:db8::1]:53") for way in ("udp", "tcp")))
    assert {one.judgement for one in bracketed.values()} == {"alone"}


def test_what_is_spoofed_over_one_transport_is_shown_by_another_of_the_same_server() -> None:
    found = judged(
        resolution(hours(0), ALIEN, resolver="udp://192.0.2.1:53"),
        resolution(hours(0), OWN, resolver="tls://192.0.2.1:853"),
    )
    assert [one.judgement for one in found.values()] == ["alone", "lying"]


def test_two_who_answer_what_no_server_can_have_are_not_believed() -> None:
    blocked = [resolution(hours(0), "127.0.0.1", resolver=name) for name in (ONE, TWO)]
    found = judged(*blocked, resolution(hours(0), NOBODY, resolver=THREE))
    assert [one.judgement for one in found.values()] == ["special", "special", "alone"]


@pytest.mark.parametrize(
    ("alike", "denying", "others", "expected"),
    [
        (2, 0, 0, "agrees"),
        (3, 1, 0, "agrees"),
        (3, 0, 1, "agrees"),
        (2, 0, 1, "agrees"),
        (2, 1, 1, "agrees"),
        (2, 2, 0, "wildcard"),
        (1, 0, 1, "wildcard"),
        (1, 1, 0, "wildcard"),
    ],
)
def test_one_liar_does_not_make_a_wildcard_of_the_zone_a_lie(
    alike: int, denying: int, others: int, expected: str
) -> None:
    answers: list[Resolution] = []
    for n in range(alike):
        name = f"udp://198.18.0.{n}:53"
        answers += [resolution(hours(0), NOBODY, resolver=name), made_up(name, NOBODY)]
    for n in range(denying):
        name = f"udp://198.18.1.{n}:53"
        answers += [resolution(hours(0), "10.0.0.9", resolver=name), made_up(name)]
    for n in range(others):
        name = f"udp://198.18.2.{n}:53"
        answers += [resolution(hours(0), "10.0.0.7", resolver=name), made_up(name, "10.0.0.7")]
    found = judged(*answers)
    assert found["udp://198.18.0.0:53"].judgement == expected


def test_who_denies_a_made_up_name_counts_also_where_he_denies_the_host() -> None:
    hijackers = [
        made for name in (ONE, TWO) for made in (resolution(hours(0), NOBODY, resolver=name), made_up(name, NOBODY))
    ]
    honest = [made for name in (THREE, FOUR) for made in (resolution(hours(0), resolver=name), made_up(name))]
    assert {one.judgement for one in judged(*hijackers, *honest).values()} == {"wildcard"}


def test_two_spellings_of_one_hijacker_are_no_wildcard_of_the_zone() -> None:
    names = ("udp://192.0.2.1:53", "tcp://192.0.2.1:53")
    found = judged(
        *(made for name in names for made in (resolution(hours(0), NOBODY, resolver=name), made_up(name, NOBODY)))
    )
    assert {one.judgement for one in found.values()} == {"wildcard"}
