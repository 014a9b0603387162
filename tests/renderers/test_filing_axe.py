"""The page under axe: no violation, in either language, light or dark, with evidence open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import browser
import filing_world
import pytest
from filing_pages import written

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.skipif(bool(browser.missing()), reason=browser.missing() or "-")
@pytest.mark.parametrize(
    "look",
    [("example", "light", "ja"), ("example", "dark", "en"), ("hostile", "light", "en"), ("hostile", "dark", "ja")],
)
def test_axe_finds_nothing(tmp_path: Path, look: tuple[str, Any, str]) -> None:
    what, scheme, lang = look
    material = filing_world.example() if what == "example" else filing_world.hostile(tmp_path)
    file = written(tmp_path / "axe.html", material)
    with browser.launched() as chrome, browser.opened(chrome, file, scheme=scheme, policy="bypassed") as visit:
        visit.page.locator(f"label[for=lang-{lang}]").click()
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in browser.axe(visit.page)] == []
        visit.page.locator('#n1 a[href^="#a"]').first.click()
        assert [one["id"] for one in browser.axe(visit.page, within="#evidence-box")] == []
