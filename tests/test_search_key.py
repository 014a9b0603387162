"""What the addressee needs, against what the log gives: the published rules, applied to logins of every kind."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import pytest

from ipattr.attribution import attribute
from ipattr.model import Address, Instant, LoginEvent, Precision, Provenance, SearchKey
from ipattr.search_key import rule_boundaries, search_key

if TYPE_CHECKING:
    from ipattr.registry import Registry

DOCOMO, KDDI_MOBILE, RAKUTEN = "1.72.123.45", "106.128.12.34", "133.106.12.34"
V6PLUS, DOCOMO_V6, VPN, HOP = "106.72.123.45", "240a:61:1::1", "45.198.96.45", "10.223.104.2"


def login(
    address: str,
    *,
    at: str = "2026-08-01T00:00:00",
    precision: Precision = "s",
    port: int | None = None,
    destination: str | None = None,
) -> LoginEvent:
    instant = Instant(
        raw=at, utc=datetime.fromisoformat(at).replace(tzinfo=UTC), precision=precision, zone="Z", zone_source="written"
    )
    version: Literal[4, 6] = 6 if ":" in address else 4
    return LoginEvent(
        id="1",
        status="ok",
        instant=instant,
        address=Address(raw=address, text=address, version=version),
        port=port,
        destination=Address(raw=destination, text=destination, version=4) if destination else None,
        provenance=Provenance(source="test"),
    )


def key(registry: Registry, event: LoginEvent) -> SearchKey:
    return search_key(attribute(event.address.text, facts=registry), event, providers=registry.providers)


def test_docomo_needs_either_the_port_or_the_destination(registry: Registry) -> None:
    bare = key(registry, login(DOCOMO))
    assert bare.status == "incomplete"
    assert set(bare.missing) == {"source-port", "destination-ip"}
    assert key(registry, login(DOCOMO, port=54321)).status == "searchable"
    assert key(registry, login(DOCOMO, destination="162.159.140.229")).status == "searchable"
    (option,) = bare.options
    assert option.tolerance_seconds == 5
    assert option.source == "S5f"


def test_docomo_logs_of_before_the_change_follow_the_earlier_regime(registry: Registry) -> None:
    before = key(registry, login(DOCOMO, at="2020-08-30T14:59:59"))
    since = key(registry, login(DOCOMO, at="2020-08-30T15:00:00"))  # midnight of the 31st in JST
    assert before.status == "unknown"
    assert since.status == "incomplete"


def test_an_ipv6_login_at_docomo_needs_no_destination(registry: Registry) -> None:
    assert key(registry, login(DOCOMO_V6)).status == "searchable"


def test_kddi_mobile_needs_the_destination_and_a_port_does_not_help(registry: Registry) -> None:
    assert key(registry, login(KDDI_MOBILE, port=54321)).missing == ("destination-ip",)
    assert key(registry, login(KDDI_MOBILE, destination="162.159.140.229")).status == "searchable"


def test_rakuten_and_v6plus_need_the_port(registry: Registry) -> None:
    for address in (RAKUTEN, V6PLUS):
        assert key(registry, login(address)).missing == ("source-port",)
        assert key(registry, login(address, port=54321)).status == "searchable"


def test_a_time_without_seconds_is_no_time(registry: Registry) -> None:
    found = key(registry, login(RAKUTEN, port=54321, precision="min"))
    assert found.status == "incomplete"
    assert found.missing == ("time",)


@pytest.mark.parametrize("address", [VPN, HOP])
def test_what_is_no_subscriber_line_has_no_search_key(registry: Registry, address: str) -> None:
    assert key(registry, login(address)).status == "not-applicable"


def test_what_is_not_listed_is_unknown(registry: Registry) -> None:
    assert key(registry, login("8.8.8.8")).status == "unknown"


def test_every_rule_that_speaks_carries_its_source(registry: Registry) -> None:
    for provider in registry.providers.values():
        for example in provider.examples:
            found = key(registry, login(example.address))
            for option in found.options:
                assert option.source in registry.citations or option.status == "unknown"
                assert option.text.ja
                assert option.text.en


def test_verdicts_change_only_at_the_boundaries(registry: Registry) -> None:
    days = rule_boundaries(registry.providers, ["docomo"])
    assert [day.isoformat() for day in days] == ["2020-08-30", "2020-08-31"]
