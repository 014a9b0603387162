"""The shipped example: written by its script, and the same logins in every form."""

from __future__ import annotations

import runpy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ipattr.instants import Zone, parse_zone
from ipattr.readers import Options, read, read_posts
from ipattr.readers.document import decode_document

if TYPE_CHECKING:
    from ipattr.model import Reading
    from ipattr.registry import Registry

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "data" / "examples"
MAKE = runpy.run_path(str(ROOT / "tests" / "make_example.py"))
UTC_FORMS = ("x-return.txt", "x-return.docx", "x-return-fullwidth.txt", "x-log-utc.csv", "ip-audit.js")


@pytest.fixture(scope="module")
def base(registry: Registry) -> Reading:
    return reading("x-return.txt", registry)


def reading(name: str, registry: Registry, zone: Zone | None = None) -> Reading:
    columns = registry.platforms["x"].columns
    return read(
        [str(FOLDER / name)], specials=registry.specials, options=Options(zone=zone, platform="x", columns=columns)
    )


def verdicts(found: Reading) -> list[tuple[object, ...]]:
    """Return what every form must agree on: who, when, from where, how sure; names and raw text differ by form."""
    return [
        (
            event.status,
            event.account.id,
            event.instant and event.instant.utc,
            event.address.text,
            event.port,
            event.kind,
        )
        for event in found.events
    ]


def test_the_files_are_what_the_script_writes() -> None:
    written = MAKE["files"]()
    assert set(written) | {"README.md"} == {path.name for path in FOLDER.iterdir() if path.is_file()}
    for name, content in written.items():
        shipped = (FOLDER / name).read_bytes()
        if name.endswith(".docx"):
            # Compressed bytes depend on the zlib of the machine, the text does not.
            assert decode_document(name, shipped).text == decode_document(name, content).text
        else:
            assert shipped == content


@pytest.mark.parametrize("name", UTC_FORMS)
def test_every_form_gives_the_same_logins(name: str, registry: Registry, base: Reading) -> None:
    found = reading(name, registry)
    assert verdicts(found) == verdicts(base)
    assert found.counts == base.counts


def test_the_form_without_a_zone_gives_them_under_a_declared_one(registry: Registry, base: Reading) -> None:
    undeclared = reading("x-log-jst.csv", registry)
    assert (undeclared.counts.rows, undeclared.counts.rejected) == (22, 22)
    zone = parse_zone("JST")
    assert isinstance(zone, Zone)
    found = reading("x-log-jst.csv", registry, zone)
    assert verdicts(found) == verdicts(base)
    assert found.counts == base.counts


def test_the_example_shows_what_it_is_for(base: Reading) -> None:
    counts = base.counts
    assert (counts.rows, counts.ok, counts.review, counts.rejected) == (22, 19, 1, 2)
    written = [login for login in MAKE["LOGINS"] if login.address and "02-30" not in login.utc]
    assert [(event.account.id, event.address.text) for event in base.events] == [
        (login.account, login.address) for login in written
    ]
    assert {event.account.id for event in base.events} == {MAKE["ACCOUNT_A"], MAKE["ACCOUNT_B"]}
    assert [event.address.text for event in base.events if event.status == "review"] == ["10.223.45.67"]
    moments = [event.instant.utc for event in base.events if event.instant]
    edge = [datetime(2025, 3, 10, 0, 40, tzinfo=UTC), datetime(2025, 3, 11, 0, 49, tzinfo=UTC)]
    assert any(edge[0] < moment < edge[1] for moment in moments)
    assert sum(event.port is not None for event in base.events) == 2


def test_the_posts_are_dated_by_their_ids(registry: Registry) -> None:
    columns = registry.platforms["x"].columns
    found = read_posts(
        [str(FOLDER / "posts.csv")], specials=registry.specials, options=Options(platform="x", columns=columns)
    )
    assert [post.status for post in found.posts] == ["ok"] * 3
    for post, (_, utc, _) in zip(found.posts, MAKE["POSTS"], strict=True):
        assert abs(post.instant.utc - datetime.fromisoformat(utc)) < timedelta(milliseconds=1)


def test_the_history_shows_what_it_is_for(registry: Registry) -> None:
    """The habits that the notebooks find are put in by the script, so they must be there to be found."""
    found = reading("x-history.csv", registry)
    counts = found.counts
    assert (counts.rows, counts.ok, counts.review, counts.rejected) == (208, 203, 2, 3)
    assert [(reject.column, reject.raw) for reject in found.rejects] == [
        ("loginIp", ""),
        ("createdAt", "2026-09-31T13:10:02.000Z"),
        ("loginIp", "183.76.450.10"),
    ]
    by_account: dict[str, list[str]] = {}
    for event in found.events:
        by_account.setdefault(event.account.id or "", []).append(event.address.text)
    hei, tei = (set(addresses) for addresses in by_account.values())
    assert hei & tei == {"1.66.98.23", "1.66.101.140"}  # of the shared stock, and nothing else
    assert {text.rsplit("::", 1)[0] for text in hei if ":" in text}.isdisjoint(
        text.rsplit("::", 1)[0] for text in tei if ":" in text
    )
    away = [
        event.address.text
        for event in found.events
        if event.account.id == next(iter(by_account))
        and event.instant is not None
        and datetime(2026, 10, 18, 15, tzinfo=UTC) <= event.instant.utc < datetime(2026, 11, 1, 15, tzinfo=UTC)
    ]
    assert len(away) > 10
    assert not [text for text in away if text.startswith(("101.111.", "2407:c800:"))]
