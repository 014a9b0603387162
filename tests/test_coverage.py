"""Which answers speak of an address, against a model that looks at every answer every time."""

from __future__ import annotations

import hashlib
import ipaddress
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipattr.coverage import Coverage, basis_of, block_of, extent, subject_extent
from ipattr.model import Answer, Exchange, Field, HolderName, Question, RegisteredNetwork, Reply, RouteOrigin

if TYPE_CHECKING:
    from ipattr.model import Basis, SourceName

DAY = datetime(2026, 11, 1, tzinfo=UTC)
BASE = int(ipaddress.ip_address("198.51.100.0"))
EMPTY = hashlib.sha256(b"").hexdigest()


def text(number: int) -> str:
    """Return the address at an offset into the documentation block of these tests."""
    return str(ipaddress.ip_address(BASE + number))


def answer(  # noqa: PLR0913 - the facts of one answer, by name
    subject: str,
    *,
    first: str = "",
    last: str = "",
    status: str = "found",
    source: SourceName = "rdap",
    server: str = "apnic",
    kind: str = "ip",
    name: str = "000001",
    age: int = 0,
    **more: Any,  # noqa: ANN401 - the network's further fields
) -> Answer:
    """Return an answer about a subject that states a range."""
    origins = more.pop("origins", ())
    network = (
        RegisteredNetwork(first=first, last=last, version=6 if ":" in first else 4, cidrs=(), layout="rdap", **more)
        if first
        else None
    )
    exchange = Exchange(
        question=Question(source=source, kind=kind, subject=subject),  # type: ignore[arg-type]
        server=server,
        protocol="rdap",
        endpoint="",
        hops=(),
        sent=DAY,
        received=DAY - timedelta(days=age),
        delivery="complete",
        size=0,
        sha256=EMPTY,
        tool_version="0",
    )
    reply = Reply(status=status, network=network, origins=origins)  # type: ignore[arg-type]
    return Answer(name=name, exchange=exchange, reply=reply)


@st.composite
def collections(draw: st.DrawFn) -> list[Answer]:
    """Return answers over 64 addresses: nested, overlapping, equal, empty and useless ones."""
    found = []
    for number in range(draw(st.integers(0, 14))):
        asked, first, last = (draw(st.integers(0, 63)) for _ in range(3))
        first, last = min(first, last, asked), max(first, last, asked)
        status = draw(st.sampled_from(["found", "found", "found", "not-found", "timed-out", "rate-limited"]))
        prefix = draw(st.booleans()) and status in {"found", "not-found"} and not asked % 4 and last >= asked + 3
        found.append(
            answer(
                text(asked) + ("/30" if prefix else ""),
                first=text(first) if status == "found" else "",
                last=text(last),
                status=status,
                source=draw(st.sampled_from(["rdap", "jpnic", "whois"])),
                server=draw(st.sampled_from(["one", "two"])),
                kind=draw(st.sampled_from(["ip", "ip", "ip", "history"])),
                name=f"{number:06d}",
                age=draw(st.integers(0, 3)),
                more_specific=draw(st.sampled_from([None, (), (Field(value="x", at="line:1"),)])),
            )
            if status == "found"
            else answer(
                text(asked) + ("/30" if prefix else ""),
                status=status,
                source=draw(st.sampled_from(["rdap", "jpnic"])),
                server=draw(st.sampled_from(["one", "two"])),
                name=f"{number:06d}",
                age=draw(st.integers(0, 3)),
            )
        )
    return found


def model_range(one: Answer) -> tuple[int, int] | None:
    """Return what an answer speaks of, by the standard library."""
    asked = ipaddress.ip_network(one.exchange.question.subject)
    bounds = int(asked.network_address), int(asked.broadcast_address)
    if one.reply.status == "not-found" or (one.reply.status == "found" and one.exchange.question.kind == "history"):
        return bounds
    if one.reply.status != "found" or one.reply.network is None:
        return None
    return int(ipaddress.ip_address(one.reply.network.first)), int(ipaddress.ip_address(one.reply.network.last))


def model_basis(one: Answer, number: int) -> Basis | None:
    """Return the basis by definition."""
    bounds = model_range(one)
    if bounds is None or not bounds[0] <= number <= bounds[1]:
        return None
    if one.exchange.question.subject == str(ipaddress.ip_address(number)):
        return "direct"
    network = one.reply.network
    exact = network is not None and (network.more_specific == () or network.first == network.last)
    return "exact-block" if exact and one.exchange.question.kind == "ip" else "inferred"


def model(answers: list[Answer], number: int) -> dict[str, Basis]:
    """Return every answer that is to be named for an address, by looking at all of them."""
    groups: dict[tuple[object, ...], list[tuple[Answer, Basis]]] = {}
    for one in answers:
        basis = model_basis(one, number)
        if basis is not None:
            question, network = one.exchange.question, one.reply.network
            exact = bool(network) and (network.more_specific == () or network.first == network.last)
            exact = exact and question.kind == "ip"
            key = (model_range(one), question.source, one.exchange.server, question.kind, one.reply.status, exact)
            groups.setdefault(key, []).append((one, basis))
    named: dict[str, Basis] = {}
    for group in groups.values():
        direct = [(one, basis) for one, basis in group if basis == "direct"]
        newest = sorted(group, key=lambda pair: (-pair[0].exchange.received.timestamp(), pair[0].name))[:1]
        named.update({one.name: basis for one, basis in direct or newest})
    return named


@given(collections())
def test_coverage_names_what_a_look_at_every_answer_names(answers: list[Answer]) -> None:
    """The segments say for every address what the definition says."""
    coverage = Coverage(answers)
    for offset in range(64):
        named = {covered.answer.name: covered.basis for covered in coverage.of(text(offset))}
        assert named == model(answers, BASE + offset)


@given(collections())
def test_the_order_is_found_then_authority_then_basis_then_size_then_age(answers: list[Answer]) -> None:
    """No answer stands before a more authoritative, more direct, smaller or newer one, whatever order they came in."""
    authority = {"jpnic": 0, "rdap": 1, "whois": 3}
    basis = {"direct": 0, "exact-block": 1, "inferred": 2}
    for offset in (0, 17, 63):
        keys = []
        for covered in Coverage(answers).of(text(offset)):
            bounds = model_range(covered.answer)
            assert bounds is not None
            exchange = covered.answer.exchange
            keys.append(
                (
                    covered.answer.reply.status != "found",
                    authority[exchange.question.source],
                    basis[covered.basis],
                    bounds[1] - bounds[0],
                    -exchange.received.timestamp(),
                )
            )
        assert keys == sorted(keys)
        assert Coverage(answers).of(text(offset)) == Coverage(answers[::-1]).of(text(offset))


@given(collections(), st.integers(0, 63))
def test_the_basis_of_one_answer_is_that_of_the_model(answers: list[Answer], offset: int) -> None:
    """The public function agrees with the definition for every answer alone."""
    for one in answers:
        assert basis_of(one, text(offset)) == model_basis(one, BASE + offset)


def test_an_answer_that_refers_elsewhere_stands_after_the_one_it_refers_to() -> None:
    """APNIC's object that names JPNIC alone is no rival of the mirror's, though it is the smaller block."""
    parent = answer("198.51.100.1", first=text(0), last=text(15), refers_to="JPNIC", name="parent")
    mirror = answer("198.51.100.1", first=text(0), last=text(255), server="mirror", name="mirror")
    assert [c.answer.name for c in Coverage([parent, mirror]).of("198.51.100.1")] == ["mirror", "parent"]


def test_a_routing_answer_speaks_of_its_longest_prefix() -> None:
    """The route that holds the address and is longest is what the answer is about; a foreign prefix is not."""
    origins = [
        RouteOrigin(prefix=prefix, asn=64500, at="line:1")
        for prefix in ("198.51.0.0/16", "198.51.100.0/24", "203.0.113.0/28")
    ]
    one = answer("198.51.100.9", source="origin", kind="origin", origins=tuple(origins))
    assert extent(one) == (4, BASE, BASE + 255)
    coverage = Coverage([one])
    assert [covered.basis for covered in coverage.of("198.51.100.200")] == ["inferred"]
    assert [covered.basis for covered in coverage.of("198.51.100.9")] == ["direct"]


def test_a_host_name_speaks_of_its_own_address_alone() -> None:
    """A PTR answer covers nothing but what was asked."""
    coverage = Coverage([answer("198.51.100.9", source="ptr", kind="ptr")])
    assert [covered.basis for covered in coverage.of("198.51.100.9")] == ["direct"]
    assert coverage.of("198.51.100.10") == ()


def test_an_as_number_speaks_of_no_address() -> None:
    """An autnum answer covers nothing."""
    one = answer("AS64500", kind="autnum")
    assert extent(one) is None
    assert Coverage([one]).of("198.51.100.9") == ()


@pytest.mark.parametrize(
    ("address", "block"),
    [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2::3", "2001:db8:1::/48"), ("::1", "::/48")],
)
def test_the_enclosing_block_is_canonical(address: str, block: str) -> None:
    """A /24 or a /48, without host bits."""
    assert block_of(address, bits4=24, bits6=48) == block


def test_ten_thousand_answers_about_one_block_stay_one_statement() -> None:
    """100,000 addresses against 10,000 answers in seconds, also where all of them state the same block."""
    start = int(ipaddress.ip_address("20.0.0.0"))
    same = [
        answer(str(ipaddress.ip_address(start + n * 7)), first="20.0.0.0", last="20.255.255.255", name=f"{n:06d}")
        for n in range(5000)
    ]
    apart = [
        answer(
            str(ipaddress.ip_address(start + (1 << 24) + n * 256)),
            first=str(ipaddress.ip_address(start + (1 << 24) + n * 256)),
            last=str(ipaddress.ip_address(start + (1 << 24) + n * 256 + 255)),
            name=f"x{n:06d}",
        )
        for n in range(5000)
    ]
    begun = time.perf_counter()
    coverage = Coverage(same + apart)
    counts = [len(coverage.of(str(ipaddress.ip_address(start + n * 170)))) for n in range(100_000)]
    assert max(counts) == 1
    assert time.perf_counter() - begun < 60


@pytest.mark.parametrize(
    ("first", "last", "holder", "speaks"),
    [
        ("0.0.0.0", "255.255.255.255", True, False),  # noqa: S104 - no binding
        ("126.0.0.0", "127.255.255.255", True, False),
        ("126.0.0.0", "126.255.255.255", True, True),
        ("126.0.0.0", "126.255.255.255", False, False),
        ("126.0.0.0", "126.127.255.255", False, True),
        ("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", True, False),
        ("2400::", "240f:ffff:ffff:ffff:ffff:ffff:ffff:ffff", True, False),
        ("2400::", "2401:ffff:ffff:ffff:ffff:ffff:ffff:ffff", True, True),
    ],
)
def test_what_nobody_is_registered_for_speaks_only_of_what_was_asked(
    *, first: str, last: str, holder: bool, speaks: bool
) -> None:
    """A root object (0.0.0.0/0), a regional registry's own block, or a lie settles nothing about other addresses."""
    asked = "2400::1" if ":" in first else "126.0.0.1"
    other = "2400::2" if ":" in first else "126.0.0.2"
    names = (HolderName(text="Somebody", lang="en", rule="registrant", at="/entities/0"),) if holder else ()
    one = answer(asked, first=first, last=last, holders=names, more_specific=())
    assert basis_of(one, asked) == "direct"
    assert (basis_of(one, other) is not None) is speaks
    assert bool(Coverage([one]).of(other)) is speaks
    assert (extent(one) != subject_extent(asked)) is speaks


@pytest.mark.parametrize(("prefix", "speaks"), [("0.0.0.0/0", False), ("126.0.0.0/7", False), ("126.0.0.0/8", True)])
def test_a_route_to_everywhere_speaks_only_of_what_was_asked(*, prefix: str, speaks: bool) -> None:
    """Nobody announces more than a /8; a default route in an answer must not stand for all addresses."""
    one = answer(
        "126.0.0.1", source="origin", kind="origin", origins=(RouteOrigin(prefix=prefix, asn=64500, at="line:1"),)
    )
    assert basis_of(one, "126.0.0.1") == "direct"
    assert (basis_of(one, "126.0.0.2") is not None) is speaks
