"""What ``explain`` says of a candidate set: the exact distance where it is known, and every narrowing step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from destination_world import found, seen

from ipattr.renderers.explain import explain

if TYPE_CHECKING:
    from ipattr.model import Case


@pytest.fixture
def narrowed(case: Case) -> Case:
    """Return the small case with a set whose distances are known to the second."""
    one = found(
        seen("192.0.2.1", longest_gap=7200),
        seen("192.0.2.2", "before", gap_seconds=11525),
        seen("192.0.2.3", "between", gap_seconds=60),
        seen("192.0.2.4", "after", gap_days=3),
    )
    return msgspec.structs.replace(case, candidate_sets=case.candidate_sets | {"seen": one})


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        (
            "ja",
            (
                "192.0.2.1 (login.example.com): 同時期(観測の間隔は最長2時間);",
                "192.0.2.2 (login.example.com): 前 3時間12分5秒;",
                "192.0.2.3 (login.example.com): 前後の観測の間(最短1分);",
                "192.0.2.4 (login.example.com): 後 3日;",
                "絞り込み ホスト (適用、残り4件): ログインのホストに限った。; 除いたもの 192.0.2.99",
                "絞り込み クライアント (適用せず、残り4件): 記載がない。",
            ),
        ),
        (
            "en",
            (
                "around (at most 2h between sightings);",
                "before 3h 12m 5s;",
                "between (nearest 1m);",
                "after 3 d;",
                "narrowing hosts (applied, 4 left): Only login hosts.; dropped 192.0.2.99",
                "narrowing client (not applied, 4 left): The log has none.",
            ),
        ),
    ],
)
def test_explain_tells_exact_distances_and_steps(narrowed: Case, lang: str, expected: tuple[str, ...]) -> None:
    text = explain(narrowed, 1, lang=lang, columns=300)
    for one in expected:
        assert one in text
