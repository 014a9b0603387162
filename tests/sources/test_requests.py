"""The exact words that leave, per protocol and dialect."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import row

from ipattr.model import Question
from ipattr.sources.requests import place, request_for, reverse_name

RDAP = row("apnic", history="https://apnic.example/history/", redirects_to=["ripe.example:443", "apnic.example:443"])
JPNIC = row("jp", source="jpnic")
ARIN = row("arin", source="whois", areas=["ARIN"])
RIPE = row("ripe", source="whois", areas=["RIPE NCC"])
CYMRU = row("origin-cymru", source="origin", areas=[])
RESOLVER = row("resolver", source="ptr", host="192.0.2.53", port=53)
IANA = row("iana", protocol="http", url="https://data.iana.example/rdap/")


@pytest.mark.parametrize(
    ("server", "kind", "subject", "words"),
    [
        (RDAP, "ip", "203.0.113.5", ("https://apnic.example/ip/203.0.113.5", "")),
        (RDAP, "ip", "203.0.113.0/24", ("https://apnic.example/ip/203.0.113.0/24", "")),
        (RDAP, "ip", "2001:db8::/48", ("https://apnic.example/ip/2001:db8::/48", "")),
        (RDAP, "autnum", "AS64500", ("https://apnic.example/autnum/64500", "")),
        (RDAP, "history", "203.0.113.5", ("https://apnic.example/history/ip/203.0.113.5", "")),
        (IANA, "bootstrap", "ipv4", ("https://data.iana.example/rdap/ipv4.json", "")),
        (JPNIC, "ip", "203.0.113.5", ("jp.example:43", "203.0.113.5")),
        (JPNIC, "autnum", "AS64500", ("jp.example:43", "AS 64500")),
        (ARIN, "ip", "203.0.113.5", ("arin.example:43", "n + 203.0.113.5")),
        (ARIN, "autnum", "AS64500", ("arin.example:43", "a + 64500")),
        (RIPE, "ip", "2001:db8::1", ("ripe.example:43", "2001:db8::1")),
        (RIPE, "autnum", "AS64500", ("ripe.example:43", "AS64500")),
        (CYMRU, "origin", "203.0.113.5", ("origin-cymru.example:43", " -v 203.0.113.5")),
        (CYMRU, "routes", "AS64500", ("origin-cymru.example:43", " -i origin AS64500")),
        (RESOLVER, "ptr", "203.0.113.5", ("192.0.2.53:53", "5.113.0.203.in-addr.arpa")),
    ],
)
def test_a_question_becomes_these_words(server, kind, subject, words) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """One question to one server is one URL, one line or one name."""
    question = Question(source=server.source, kind=kind, subject=subject)
    request = request_for(question, server)
    assert (request.endpoint, request.payload) == words
    assert request.question == question
    assert (request.server, request.protocol) == (server.id, server.protocol)
    assert request.allowed[0] == place(server.host, server.port)
    assert len(set(request.allowed)) == len(request.allowed)


@pytest.mark.parametrize(
    ("server", "kind", "subject", "limit"),
    [
        (JPNIC, "ip", "203.0.113.5", 1 << 20),
        (RIPE, "ip", "203.0.113.5", 256 << 10),
        (ARIN, "autnum", "AS64500", 256 << 10),
        (CYMRU, "origin", "203.0.113.5", 256 << 10),
        (CYMRU, "routes", "AS64500", 2 << 20),
        (RDAP, "ip", "203.0.113.5", 4 << 20),
    ],
)
def test_a_line_is_not_answered_by_megabytes(server, kind, subject, limit) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """What a WHOIS server sends is read line by line, at a cost; only the routes of a large network are that long."""
    assert request_for(Question(source=server.source, kind=kind, subject=subject), server).limit == limit


def test_a_redirect_may_lead_only_where_the_row_says() -> None:
    """The server itself and its named redirects, each once."""
    request = request_for(Question(source="rdap", kind="ip", subject="203.0.113.5"), RDAP)
    assert request.allowed == ("apnic.example:443", "ripe.example:443")


@pytest.mark.parametrize(
    ("server", "kind", "subject"),
    [(row("plain"), "history", "203.0.113.5"), (RIPE, "ptr", "203.0.113.5"), (RESOLVER, "ptr", "203.0.113.0/24")],
)
def test_a_server_is_not_asked_what_it_cannot_answer(server, kind, subject) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """No history without its URL, no name of a prefix, no DNS question on port 43."""
    with pytest.raises(ValueError):  # noqa: PT011 - three causes, one error
        request_for(Question(source=server.source, kind=kind, subject=subject), server)


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_reverse_names_are_those_of_the_standard_library(address) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """in-addr.arpa and ip6.arpa (nibbles)."""
    given_text = str(address)
    assert reverse_name(given_text) == ipaddress.ip_address(given_text).reverse_pointer


def test_an_ipv6_host_stands_in_brackets() -> None:
    """RFC 3986 section 3.2.2."""
    assert place("::1", 43) == "[::1]:43"
