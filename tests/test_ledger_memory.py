"""What is remembered between questions, and between commands, changes no answer and is not lost too soon."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ipattr.casework.ledgers import encode_lines, read_ledgers
from ipattr.destinations import candidates_in, survey
from ipattr.model import DnsProbe, Observation, Platform, PlatformHost, Resolution
from ipattr.registry import open_registry
from ipattr.store import create, open_case

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

NOW = datetime(2026, 11, 21, tzinfo=UTC)
LEDGERS = 6
HOSTS = ("a.example", "b.example")


def make_ledger(folder: Path, minute: int) -> None:
    """Make a ledger of one answer; its time tells it from the others."""
    at = NOW + timedelta(minutes=minute)
    answer = Resolution(
        probe=DnsProbe(platform="x", host="x.com", rrtype="A"),
        resolver="udp://192.0.2.1:53",
        query="",
        hops=(),
        sent=at,
        received=at,
        tool_version="test",
        status="answered",
        addresses=("104.244.42.1",),
    )
    create(folder, title="", clock=lambda: at, tool_version="test", data_version="", purpose="ledger")
    with open_case(folder, clock=lambda: at, tool_version="test") as kept:
        kept.run({"began": {}})
        kept.add_observed(encode_lines([answer]), kind="capture", details={"run": 2, "answers": 1})
        kept.run({"ended": {}, "of": 2})


def test_the_condensations_of_all_ledgers_of_an_office_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    registry = open_registry()
    folders = [tmp_path / f"ledger{number}" for number in range(LEDGERS)]
    for number, folder in enumerate(folders):
        make_ledger(folder, number)
    first = read_ledgers(folders, "x", registry=registry)
    for file in tmp_path.glob("ledger*/observed/*"):
        file.unlink()  # whoever reads a ledger anew fails
    assert read_ledgers(folders, "x", registry=registry) == first


def test_what_was_asked_before_changes_no_answer() -> None:
    draw = random.Random(20261121)  # noqa: S311 - a test, and it must repeat
    platform = Platform(
        id="p",
        name="P",
        hosts=tuple(PlatformHost(name=host, role="web", candidate=True) for host in HOSTS),
        sources=(),
        confidence="high",
    )
    rows = [seen(number, draw) for number in range(60)]
    asked = [NOW + timedelta(hours=draw.randrange(-24, 24 * 40), seconds=draw.randrange(3600)) for _ in range(120)]
    prepared = survey(platform, rows)
    for at in asked:
        own = candidates_in(prepared, at, family=4, shared=str.strip)
        assert own == candidates_in(survey(platform, rows), at, family=4, shared=str.strip)


def seen(number: int, draw: random.Random) -> Observation:
    """Return an observation of one of a few addresses, of one to five sightings, some overlapping others."""
    first = NOW + timedelta(hours=draw.randrange(24 * 38))
    last = first + timedelta(hours=draw.randrange(1, 96))
    return Observation(
        id=f"o{number}",
        platform="p",
        host=draw.choice(HOSTS),
        rrtype="A",
        address=f"192.0.2.{draw.randrange(6)}",
        first_seen=f"{first:%Y-%m-%dT%H:%M:%SZ}",
        last_seen=f"{last:%Y-%m-%d}" if draw.random() < 0.2 else f"{last:%Y-%m-%dT%H:%M:%SZ}",
        count=draw.choice((None, 1, 2, 5)),
        vantage=f"resolver {draw.randrange(3)}",
        source="own",
        confidence=draw.choice(("high", "medium", "low")),
        cname="",
        status="kept",
        note="",
        longest_gap=draw.choice((None, 3600)),
    )
