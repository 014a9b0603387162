"""The shipped facts on whom one may ask: servers, pace, terms, bootstrap files; and how a broken one is refused."""

from __future__ import annotations

import json
import time
from functools import partial
from pathlib import Path

import mini_data
import pytest

from ipattr.addresses import prefix_range
from ipattr.checks import check_data
from ipattr.errors import DataError
from ipattr.registry import Registry, load_sources, open_registry, parse_bootstrap

RIRS = {"rdap-apnic": "AU", "rdap-ripe": "NL", "rdap-arin": "US", "rdap-lacnic": "UY", "rdap-afrinic": "MU"}
SERVERS = "registries/servers.toml"
SNAPSHOT = Path(__file__).resolve().parents[2] / "shared" / "recorded" / "iana-bootstrap"
edit = partial(mini_data.replaced, SERVERS)


def codes(root: Path) -> set[str]:
    return {finding.code for finding in check_data(load_sources(root)) if finding.code.startswith("IPD4")}


def test_the_five_registries_and_the_mirror_are_there_with_their_countries(registry: Registry) -> None:
    assert {name: registry.servers[name].country for name in RIRS} == RIRS
    areas = [area for name in RIRS for area in registry.servers[name].areas]
    assert sorted(areas) == ["AFRINIC", "APNIC", "ARIN", "LACNIC", "RIPE NCC"]
    mirror = registry.servers["rdap-jpnic"]
    assert (mirror.mirrors, mirror.referral_names, mirror.areas) == ("rdap-apnic", ("JPNIC",), ())
    assert registry.servers["rdap-apnic"].history == "https://rdap.apnic.net/history/"


def test_jpnic_whois_is_off_until_named_paced_gently_and_says_why(registry: Registry) -> None:
    server = registry.servers["whois-jpnic"]
    assert (server.source, server.host, server.port, server.country) == ("jpnic", "whois.nic.ad.jp", 43, "JP")
    assert (server.opt_in, server.per_second, server.burst, server.concurrent) == (True, 0.1, 1, 1)
    for text in (server.terms.ja, server.terms.en):
        assert "--source jpnic" in text
        assert "2003" in text
    assert [name for name, one in registry.servers.items() if one.opt_in] == ["whois-jpnic"]


def test_every_registry_may_be_redirected_to_every_other_and_nowhere_else(registry: Registry) -> None:
    hosts = {f"{registry.servers[name].host}:443" for name in RIRS}
    for name in RIRS:
        server = registry.servers[name]
        assert hosts - {f"{server.host}:443"} <= set(server.redirects_to) <= hosts | {"jpnic.rdap.apnic.net:443"}


def test_every_pace_says_that_it_is_our_own_choice(registry: Registry) -> None:
    for server in registry.servers.values():
        assert "自ら選んだ" in server.basis.ja
        assert "our own" in server.basis.en


@pytest.mark.parametrize(
    ("version", "prefix", "url"),
    [
        (4, "203.0.113.0/24", "https://rdap.apnic.net/"),
        (4, "43.0.0.0/8", "https://rdap.apnic.net/"),
        (4, "193.0.0.0/8", "https://rdap.db.ripe.net/"),
        (4, "8.0.0.0/8", "https://rdap.arin.net/registry/"),
        (4, "41.0.0.0/8", "https://rdap.afrinic.net/rdap/"),
        (4, "200.0.0.0/8", "https://rdap.lacnic.net/rdap/"),
        (6, "240b::/26", "https://rdap.apnic.net/"),
        (6, "2001:240::/32", "https://rdap.apnic.net/"),
        (6, "2410::/12", "https://rdap.apnic.net/"),
        (4, "10.0.0.0/8", ""),
        (6, "fe80::/10", ""),
    ],
)
def test_an_address_leads_to_its_registry_and_special_space_nowhere(
    registry: Registry, version: int, prefix: str, url: str
) -> None:
    number = prefix_range(prefix)[1]
    assert registry.bootstrap_urls(version, number) == ((url,) if url else ())
    named = registry.bootstrap_server(version, number)
    assert (registry.servers[named].url if named else "") == url


def test_every_bootstrap_service_is_a_server_of_ours(registry: Registry) -> None:
    known = {server.url for server in registry.servers.values()}
    for bootstrap in registry.bootstraps.values():
        assert {url for service in bootstrap.services for url in service.urls} <= known


def test_the_shipped_ipv4_space_agrees_with_the_areas_of_the_registry(registry: Registry) -> None:
    by_url = {server.url: server.areas[0] for server in registry.servers.values() if server.areas and server.url}
    for first in range(0, 1 << 32, 1 << 24):
        area = registry.area(4, first)
        urls = registry.bootstrap_urls(4, first)
        assert area is not None
        assert (by_url[urls[0]] if urls else "IANA") == area.registry


@pytest.mark.skipif(not SNAPSHOT.is_dir(), reason="shared/recorded does not lie beside this checkout")
@pytest.mark.parametrize("kind", ["ipv4", "ipv6"])
def test_the_shipped_files_agree_with_an_older_snapshot(registry: Registry, kind: str) -> None:
    older = parse_bootstrap((SNAPSHOT / f"{kind}.json").read_bytes(), kind)  # type: ignore[arg-type]
    different = {}
    for service in older.services:
        for text in service.ranges:
            version, first, last = prefix_range(text)
            for number in (first, last):
                now = registry.bootstrap_urls(version, number)
                if now[:1] != (service.urls[0].rstrip("/") + "/",):
                    different[text] = now
    assert different == {}, "every block that IANA listed then leads to the same registry now"


@pytest.mark.skipif(not SNAPSHOT.is_dir(), reason="shared/recorded does not lie beside this checkout")
def test_the_shipped_as_ranges_hold_every_one_of_early_2025(registry: Registry) -> None:
    older = parse_bootstrap((SNAPSHOT.parent / "20c-rdap" / "bootstrap-asn.json").read_bytes(), "asn")
    for service in older.services:
        for text in service.ranges:
            for number in (int(text.partition("-")[0]), int(text.rpartition("-")[2])):
                assert registry.bootstrap_asn(number) == service.urls[:1]


def test_opening_the_registry_decodes_neither_servers_nor_bootstraps(tmp_path: Path) -> None:
    open_registry(cache=tmp_path)
    began = time.perf_counter()
    opened = open_registry(cache=tmp_path)
    assert time.perf_counter() - began < 30
    assert not {"servers", "bootstraps", "_bootstrap", "_as_ranges"} & vars(opened).keys()
    assert opened.bootstrap_asn(2914)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        (
            edit(
                'source = "rdap"\nprotocol = "rdap"\nhost = "rdap.one',
                'source = "nic"\nprotocol = "rdap"\nhost = "rdap.one',
            ),
            "$.server[0].source",
        ),
        (edit('areas = ["APNIC"]', 'area = ["APNIC"]'), "$.server[0].area"),
        (edit('operator = "One"\n', ""), "$.server[0]"),
        (edit('id = "rdap-two"', 'id = "rdap-one"'), SERVERS),
        (edit("per_second = 5\n", 'per_second = "5"\n'), "$.server[0].per_second"),
        (mini_data.replaced("registries/ipv4.json", "192.0.2.0/24", "192.0.2.0/23x"), "$.services[1][0][1]"),
        (mini_data.replaced("registries/asn.json", '"1.0"', '"1.1"'), "$.version"),
        (mini_data.replaced("registries/ipv6.json", "2001:db8::/32", "203.0.112.0/24"), "$.services[0][0][0]"),
        ({"registries/dns.json": "{}"}, "registries/dns.json"),
    ],
)
def test_a_broken_table_is_refused_with_its_file_and_key_path(
    changes: dict[str, str], where: str, tmp_path: Path
) -> None:
    root = mini_data.write(tmp_path, changes)
    with pytest.raises(DataError) as caught:
        load_sources(root)
    assert where in caught.value.where
    assert next(iter(changes)) in caught.value.where


@pytest.mark.parametrize("name", ["servers.toml", "ipv4.json", "ipv6.json", "asn.json"])
def test_a_missing_or_altered_file_is_refused(name: str, tmp_path: Path) -> None:
    path = mini_data.write(tmp_path) / "registries" / name
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(DataError, match="SHA-256"):
        load_sources(tmp_path)
    path.unlink()
    with pytest.raises(DataError):
        load_sources(tmp_path)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (edit('mirrors = "rdap-one"', 'mirrors = "rdap-two"'), "IPD401"),
        (edit('areas = ["ARIN"]', 'areas = ["Narnia"]'), "IPD401"),
        (edit('"rdap.two.example:443"', '"rdap.three.example:443"'), "IPD401"),
        (edit('referral_names = ["TWO"]\n', ""), "IPD402"),
        (edit('url = "https://rdap.two.example/"', 'url = "http://rdap.two.example/"'), "IPD403"),
        (edit('url = "https://rdap.two.example/"', 'url = "https://rdap.one.example/"'), "IPD403"),
        (
            edit('history = "https://rdap.one.example/history/"', 'history = "https://rdap.one.example/history"'),
            "IPD403",
        ),
        (edit("per_second = 0.5", "per_second = 0.0"), "IPD404"),
        (mini_data.replaced("registries/ipv4.json", '"192.0.2.0/24"', '"198.51.100.128/25"'), "IPD405"),
        (mini_data.replaced("registries/asn.json", "64502-64511", "64500-64511"), "IPD405"),
        (
            mini_data.replaced("registries/ipv6.json", "https://rdap.one.example/", "https://rdap.four.example/"),
            "IPD406",
        ),
    ],
)
def test_the_linter_finds_what_could_be_planned_but_not_asked(
    changes: dict[str, str], code: str, tmp_path: Path
) -> None:
    assert codes(mini_data.write(tmp_path / "whole")) == set()
    assert code in codes(mini_data.write(tmp_path / "broken", changes))


def test_the_shipped_tables_have_no_finding() -> None:
    assert check_data(load_sources()) == ()


def test_the_shipped_json_is_what_rfc_9224_says(root: Path) -> None:
    for kind in ("ipv4", "ipv6", "asn"):
        document = json.loads((root / "data" / "registries" / f"{kind}.json").read_bytes())
        assert document["version"] == "1.0"
        assert all(len(service) == 2 for service in document["services"])
