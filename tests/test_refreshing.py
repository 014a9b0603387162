"""The bootstrap registries are fetched anew on request, and only a newer one takes the place of the old."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import ipattr
from ipattr.casework.inquiry import Going
from ipattr.errors import DataError, RefusedError, SourceError
from ipattr.registry import open_registry

sys.path.insert(0, str(Path(__file__).resolve().parent))

from loopback_data import data_on_loopback
from servers import Authority, Canned, RdapServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.model import Consent, Plan

OLD = json.dumps({"version": "1.0", "publication": "2001-01-01T00:00:00Z", "services": []})


def new(kind: str) -> str:
    """Return a registry younger than any shipped one, with what a real one has: http URLs beside https."""
    ranges = {"ipv4": "1.0.0.0/8", "ipv6": "2001:200::/23", "asn": "4608-4865"}[kind]
    services = [[[ranges], ["https://rdap.apnic.net/", "http://rdap.apnic.net/"]]]
    return json.dumps({"version": "1.0", "publication": "2099-01-02T03:04:05Z", "services": services, "extra": 1})


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    made = Authority(tmp_path)
    made.trust(monkeypatch)
    return made


def going(*, yes: bool = True) -> Going:
    def agree(_: Plan, __: Consent | None) -> bool:
        return yes

    return Going(clock=lambda: datetime.now(UTC), tool_version="test", agree=agree)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"
    shutil.rmtree(tmp_path / "data", ignore_errors=True)


def served(authority: Authority, answers: dict[str, str]) -> RdapServer:
    script = {
        f"{kind}.json": [Canned(body=body.encode(), content_type="application/json")] for kind, body in answers.items()
    }
    return RdapServer(authority=authority, script=script)


def test_a_newer_registry_takes_its_place_and_the_data_stay_sound(authority: Authority, folder: Path) -> None:
    with served(authority, {"ipv4": new("ipv4"), "ipv6": OLD, "asn": new("asn")}) as server:
        data_on_loopback(folder, {"iana-bootstrap": server.port})
        before = open_registry(folder).data_version
        done = {one.kind: one for one in ipattr.data_refresh(folder, going=going())}
        assert sorted(path for _, path in server.seen) == ["asn.json", "ipv4.json", "ipv6.json"]
    assert {kind: one.replaced for kind, one in done.items()} == {"ipv4": True, "ipv6": False, "asn": True}
    registry = open_registry(folder)
    assert registry.data_version != before
    assert registry.bootstraps["ipv4"].publication == "2099-01-02T03:04:05Z"
    assert registry.bootstraps["ipv4"].services[0].urls == ("https://rdap.apnic.net/",)
    assert registry.bootstraps["ipv6"].publication != "2099-01-02T03:04:05Z"


def test_nothing_is_fetched_without_agreement(authority: Authority, folder: Path) -> None:
    with served(authority, {}) as server:
        data_on_loopback(folder, {"iana-bootstrap": server.port})
        with pytest.raises(RefusedError):
            ipattr.data_refresh(folder, going=going(yes=False))
        assert server.seen == []


@pytest.mark.parametrize("bad", ["not json", "{}", '{"version": "2.0"}'])
def test_one_that_is_not_in_its_form_changes_nothing(authority: Authority, folder: Path, bad: str) -> None:
    with served(authority, {"ipv4": new("ipv4"), "ipv6": bad, "asn": new("asn")}) as server:
        data_on_loopback(folder, {"iana-bootstrap": server.port})
        before = {path.name: path.read_bytes() for path in (folder / "registries").iterdir()}
        with pytest.raises(DataError):
            ipattr.data_refresh(folder, going=going())
    assert {path.name: path.read_bytes() for path in (folder / "registries").iterdir()} == before


def test_one_that_cannot_be_had_is_an_error_of_the_source(authority: Authority, folder: Path) -> None:
    with served(authority, {"ipv4": new("ipv4")}) as server:
        data_on_loopback(folder, {"iana-bootstrap": server.port})
        with pytest.raises(SourceError):
            ipattr.data_refresh(folder, going=going())
