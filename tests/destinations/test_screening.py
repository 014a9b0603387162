"""Which observations can be tied to their platform, and which stay as rejected with the reason."""

from __future__ import annotations

from typing import Any

import pytest
from destination_ledgers import observation
from test_judging import ALIEN, CDN, NOBODY, OWN, tie

from ipattr.destinations.screening import Tie, screen
from ipattr.model import Observation, Text


def seen(address: str, **changes: Any) -> Observation:  # noqa: ANN401 - any field of an observation
    return observation(address, "2026-03-01", "2026-03-02", **changes)


@pytest.mark.parametrize(
    ("address", "status"),
    [(OWN, "kept"), (CDN, "kept"), (ALIEN, "rejected"), (NOBODY, "rejected"), ("127.0.0.1", "rejected")],
)
def test_what_is_the_platforms_or_a_cdns_is_kept(address: str, status: str) -> None:
    (found,) = screen([seen(address, note="row 3")], tie=tie)
    assert found.status == status
    if status == "kept":
        assert found == seen(address, note="row 3")
    else:
        assert found.note.startswith("row 3; ")
        assert f"{address} is" in found.note
        assert f"{address}は" in found.note


def test_what_cannot_be_tied_says_so() -> None:
    (found,) = screen([seen(NOBODY)], tie=tie)
    assert "cannot be tied to the platform" in found.note
    assert "プラットフォームとの関係を示すものがない" in found.note


@pytest.mark.parametrize(("given", "left"), [("high", "low"), ("medium", "low"), ("low", "low"), ("none", "none")])
def test_what_cannot_be_screened_is_kept_with_low_confidence_and_says_so(given: str, left: str) -> None:
    def nothing(_platform: str, _address: str) -> Tie:
        return Tie("unscreened", Text(ja="分からない", en="unknown"))

    (found,) = screen([seen(NOBODY, confidence=given, note="row 3")], tie=nothing)
    assert (found.status, found.confidence) == ("kept", left)
    assert found.note.startswith("row 3; 未選別")
    assert "unscreened" in found.note


def test_what_was_rejected_stays_so_with_its_reason() -> None:
    row = seen(OWN, status="rejected", note="hosts file")
    assert screen([row], tie=tie) == (row,)
