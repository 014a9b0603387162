"""How a name server is spelled: every form, its one canonical id, and a sentence for what is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dns.resolver
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipattr.errors import UsageError
from ipattr.sources.resolving.spec import parse_resolver, system_resolvers

if TYPE_CHECKING:
    from ipattr.model import Resolver


def in_short(one: Resolver) -> tuple[str, str, str, int, str, str]:
    return one.id, one.transport, one.host, one.port, one.server_name, one.path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("192.0.2.1", ("udp://192.0.2.1:53", "udp", "192.0.2.1", 53, "", "")),
        ("192.0.2.1:5353", ("udp://192.0.2.1:5353", "udp", "192.0.2.1", 5353, "", "")),
        ("2001:DB8:0::1", ("udp://[2001:db8::1]:53", "udp", "2001:db8::1", 53, "", "")),
        ("[2001:db8::1]", ("udp://[2001:db8::1]:53", "udp", "2001:db8::1", 53, "", "")),
        ("[2001:db8::1]:54", ("udp://[2001:db8::1]:54", "udp", "2001:db8::1", 54, "", "")),
        ("UDP://192.0.2.1", ("udp://192.0.2.1:53", "udp", "192.0.2.1", 53, "", "")),
        ("tcp://192.0.2.1:0053", ("tcp://192.0.2.1:53", "tcp", "192.0.2.1", 53, "", "")),
        ("tls://192.0.2.1", ("tls://192.0.2.1:853", "tls", "192.0.2.1", 853, "192.0.2.1", "")),
        (
            "tls://192.0.2.1#DNS.example.",
            ("tls://192.0.2.1:853#dns.example", "tls", "192.0.2.1", 853, "dns.example", ""),
        ),
        ("tls://DNS.example:8853", ("tls://dns.example:8853", "tls", "dns.example", 8853, "dns.example", "")),
        ("tls://dns.example#dns.example", ("tls://dns.example:853", "tls", "dns.example", 853, "dns.example", "")),
        (
            "https://dns.example/dns-query",
            ("https://dns.example:443/dns-query", "https", "dns.example", 443, "dns.example", "/dns-query"),
        ),
        (
            "https://[2001:db8::1]:8443/q/Ab?x=1#dns.example",
            (
                "https://[2001:db8::1]:8443/q/Ab?x=1#dns.example",
                "https",
                "2001:db8::1",
                8443,
                "dns.example",
                "/q/Ab?x=1",
            ),
        ),
        ("auth://192.0.2.53", ("auth://192.0.2.53:53", "udp", "192.0.2.53", 53, "", "")),
    ],
)
def test_every_spelling_has_one_canonical_id(text: str, expected: tuple[str, str, str, int, str, str]) -> None:
    assert in_short(parse_resolver(text)) == expected


@pytest.mark.parametrize(
    "text",
    ["192.0.2.1", "tls://dns.example#other.example", "https://192.0.2.1/dns-query", "auth://[2001:db8::1]"],
)
def test_an_id_spells_the_same_resolver(text: str) -> None:
    resolver = parse_resolver(text)
    assert parse_resolver(resolver.id) == resolver


def test_only_an_authoritative_server_is_asked_without_recursion() -> None:
    assert not parse_resolver("auth://192.0.2.1").recursive
    assert all(parse_resolver(one).recursive for one in ("192.0.2.1", "tcp://192.0.2.1", "tls://dns.example"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "neither an address nor a host name"),
        ("dns.example", "by its IP address"),
        ("tcp://dns.example", "by its IP address"),
        ("auth://ns.example:53", "by its IP address"),
        ("quic://192.0.2.1", "scheme"),
        ("192.0.2.1:0", "port"),
        ("192.0.2.1:65536", "port"),
        ("192.0.2.1:" + "9" * 500, "port"),
        ("192.0.2.1:53x", "port"),
        ("[2001:db8::1]:", "port"),
        ("[2001:db8::1", "host"),
        ("[192.0.2.1]:53", "host"),
        ("2001:db8::1:99999", "host"),
        ("192.0.02.1", "neither"),
        ("tls://127.1", "neither"),
        ("tls://0x7f000001", "neither"),
        ("tls://-a.example", "neither"),
        ("tls://a..example", "neither"),
        ("tls://user@dns.example", "neither"),
        ("0.0.0.0", "one machine"),  # noqa: S104 - the subject of the test
        ("[ff02::1]", "one machine"),
        ("192.0.2.1/dns-query", "path"),
        ("https://dns.example", "path"),
        ("https://dns.example/dns-query{?dns}", "path"),
        ("https://dns.example/a/../dns-query", "path"),
        ("udp://192.0.2.1#dns.example", "certificate"),
        ("tls://192.0.2.1#", "#"),
        ("tls://192.0.2.1#a b", "ASCII"),
        ("tls://例え.example", "ASCII"),
        ("192.0.2.1\n", "ASCII"),
        ("\x1b[2J", "ASCII"),
    ],
)
def test_what_spells_no_resolver_is_refused_with_one_sentence(text: str, why: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_resolver(text)
    assert why.lower() in refused.value.en.lower()
    assert "読めない" in refused.value.ja
    assert "\x1b" not in refused.value.en + refused.value.ja
    assert len(refused.value.en) < 400


@given(st.text(max_size=40) | st.from_regex(r"(udp|tcp|tls|https|auth)://[a-f0-9.:\[\]#/%@-]{0,30}", fullmatch=True))
def test_any_text_is_a_resolver_or_a_sentence(text: str) -> None:
    try:
        resolver = parse_resolver(text)
    except UsageError:
        return
    assert parse_resolver(resolver.id) == resolver


def test_the_resolvers_of_the_machine_are_those_of_its_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    class Configured(dns.resolver.Resolver):
        def __init__(self) -> None:
            super().__init__(configure=False)
            self.nameservers = ["192.0.2.1", "2001:DB8::1", "192.0.2.1"]

    monkeypatch.setattr(dns.resolver, "Resolver", Configured)
    assert [one.id for one in system_resolvers()] == ["udp://192.0.2.1:53", "udp://[2001:db8::1]:53"]


def test_a_machine_without_resolvers_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver.Resolver, "read_resolv_conf", refuse)
    monkeypatch.setattr(dns.resolver.Resolver, "read_registry", refuse)
    assert system_resolvers() == ()
