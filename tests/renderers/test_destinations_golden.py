"""What the shipped ledger says about X, kept as text; IPATTR_UPDATE_GOLDEN=1 writes it anew."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from destination_world import X_LOGINS, shipped

from ipattr.renderers.destinations import render
from ipattr.renderers.layout import width

if TYPE_CHECKING:
    from ipattr.model import Destinations
    from ipattr.registry import Registry

HERE = Path(__file__).resolve().parent.parent / "golden" / "destinations"
VERDICTS = {
    "2024-06-17": {"104.244.42.1", "104.244.42.65", "104.244.42.129", "104.244.42.193", "104.244.42.194"},
    "2025-03-11": {"162.159.140.229"},
    "2026-08-22": {"151.101.66.146", "162.159.140.229", "172.66.0.227"},
}


@pytest.fixture(scope="module")
def document(registry: Registry) -> Destinations:
    """Return the seven logins that the issue names."""
    return shipped(registry, X_LOGINS)


def compare(name: str, text: str) -> None:
    """Compare with the kept text, or write it anew when asked."""
    file = HERE / name
    if os.environ.get("IPATTR_UPDATE_GOLDEN") == "1":
        file.write_text(text, encoding="utf-8", newline="")
    with file.open(encoding="utf-8", newline="") as stream:
        assert text == stream.read()


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize("columns", [80, 120])
def test_the_table_is_as_kept(document: Destinations, columns: int, lang: str) -> None:
    text = render(document, to="table", lang=lang, columns=columns)
    assert max(map(width, text.splitlines())) <= columns
    compare(f"x-table-{columns}-{lang}.txt", text)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_markdown_is_as_kept(document: Destinations, lang: str) -> None:
    compare(f"x-{lang}.md", render(document, to="md", lang=lang))


def test_the_csv_is_as_kept(document: Destinations) -> None:
    compare("x.csv", render(document, to="csv", lang="ja"))


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_clause_is_as_kept(document: Destinations, registry: Registry, lang: str) -> None:
    compare(f"x-clause-{lang}.txt", render(document, to="clause", lang=lang, citations=registry.citations))


def test_the_full_width_clause_is_as_kept(document: Destinations, registry: Registry) -> None:
    text = render(document, to="clause", lang="ja", full_width=True, citations=registry.citations)
    compare("x-clause-full-width.txt", text)


@pytest.mark.parametrize("day", sorted(VERDICTS))
def test_what_spans_a_login_is_what_the_facts_support(document: Destinations, day: str) -> None:
    row = next(row for row in document.rows if row.at is not None and row.at.isoformat().startswith(day))
    around = {entry.address for entry in document.sets[row.set].candidates if entry.relation == "around"}
    assert around == VERDICTS[day]
