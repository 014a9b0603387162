"""RFC 9224 bootstrap files: what is read, what is refused with its key path, and what an address or AS leads to."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipattr.addresses import prefix_range
from ipattr.errors import DataError
from ipattr.registry import Registry, parse_bootstrap, published


def encoded(**members: Any) -> bytes:  # noqa: ANN401 - JSON values
    document = {
        "version": "1.0",
        "publication": "2026-06-01T20:00:01Z",
        "services": [[["1-10", "12"], ["https://rdap.example/x", "http://rdap.example/"]]],
    }
    return json.dumps({key: value for key, value in {**document, **members}.items() if value is not ...}).encode()


def test_a_bootstrap_file_is_read_as_published_and_unknown_members_are_ignored() -> None:
    found = parse_bootstrap(encoded(description="d", extension={"a": [1]}), "asn")
    assert (found.kind, found.publication) == ("asn", "2026-06-01T20:00:01Z")
    assert found.services[0].ranges == ("1-10", "12")
    assert found.services[0].urls == ("https://rdap.example/x", "http://rdap.example/")
    assert published(found) == datetime(2026, 6, 1, 20, 0, 1, tzinfo=UTC)


def test_the_newer_of_two_files_is_told_by_its_publication_whatever_its_zone() -> None:
    one = parse_bootstrap(encoded(publication="2026-06-01T20:00:01Z"), "asn")
    two = parse_bootstrap(encoded(publication="2026-06-02T04:00:01+09:00"), "asn")
    assert published(two) < published(one)


@pytest.mark.parametrize(
    ("members", "path"),
    [
        ({"version": "2.0"}, "$.version"),
        ({"version": ...}, "$"),
        ({"publication": ...}, "$"),
        ({"publication": "2026-06-01"}, "$.publication"),
        ({"publication": "2026-13-01T00:00:00Z"}, "$.publication"),
        ({"services": None}, "$.services"),
        ({"services": [[["1"]]]}, "$.services[0]"),
        ({"services": [[["1"], []]]}, "$.services[0][1]"),
        ({"services": [[["1"], ["ftp://rdap.example/"]]]}, "$.services[0][1]"),
        ({"services": [[["1"], ["https://a/"]], [["9-1"], ["https://a/"]]]}, "$.services[1][0][0]"),
        ({"services": [[["1", "AS2"], ["https://a/"]]]}, "$.services[0][0][1]"),
        ({"services": [[["01"], ["https://a/"]]]}, "$.services[0][0][0]"),
        ({"services": [[["4294967296"], ["https://a/"]]]}, "$.services[0][0][0]"),
        ({"services": [[[7], ["https://a/"]]]}, "$.services[0][0][0]"),
    ],
)
def test_what_is_no_bootstrap_file_is_refused_with_its_key_path(members: dict[str, Any], path: str) -> None:
    with pytest.raises(DataError) as caught:
        parse_bootstrap(encoded(**members), "asn", where="asn.json")
    assert caught.value.where == f"asn.json: {path}"
    assert caught.value.ja != caught.value.en


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("ipv4", "2001:db8::/32"),
        ("ipv6", "192.0.2.0/24"),
        ("ipv4", "192.0.2.1/24"),
        ("ipv4", "192.0.2.0"),
        ("ipv6", "::/129"),
    ],
)
def test_a_prefix_of_another_kind_or_with_host_bits_is_refused(kind: Any, text: str) -> None:  # noqa: ANN401
    with pytest.raises(DataError):
        parse_bootstrap(encoded(services=[[[text], ["https://a/"]]]), kind)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_bootstrap_file_or_a_data_error(data: bytes) -> None:
    with pytest.raises(DataError):
        parse_bootstrap(data, "ipv4")


def test_deep_nesting_is_a_data_error() -> None:
    with pytest.raises(DataError):
        parse_bootstrap(b'{"services":' + b"[" * 100_000, "ipv4")


@given(st.sampled_from(["ipv4", "ipv6"]), st.data())
def test_every_address_leads_where_the_longest_prefix_that_holds_it_leads(
    registry: Registry, kind: str, data: st.DataObject
) -> None:
    version = 4 if kind == "ipv4" else 6
    number = data.draw(st.integers(0, (1 << (32 if version == 4 else 128)) - 1))
    if version == 6 and data.draw(st.booleans()):
        number = (0x2001 << 112) | number >> 16
    holding = []
    for service in registry.bootstraps[kind].services:
        for text in service.ranges:
            _, first, last = prefix_range(text)
            if first <= number <= last:
                holding.append((last - first, service.urls))
    assert registry.bootstrap_urls(version, number) == (min(holding)[1] if holding else ())


@given(st.integers(0, (1 << 32) - 1) | st.integers(0, 420_000))
def test_every_as_number_leads_where_its_range_leads(registry: Registry, number: int) -> None:
    holding = [
        service.urls
        for service in registry.bootstraps["asn"].services
        for text in service.ranges
        if int(text.partition("-")[0]) <= number <= int(text.rpartition("-")[2])
    ]
    assert registry.bootstrap_asn(number) == (holding[0] if holding else ())
