"""The machine's own Chromium at the end of a pipe: a local page is opened, used and looked at, without a network."""

from __future__ import annotations

from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-sync",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9",
)


class Visit(NamedTuple):
    """An open page, every URL that was asked for, and everything that went wrong in it."""

    page: Page
    requests: list[str]
    errors: list[str]
    dialogs: list[str]


def missing() -> str:
    """Return why no page can be opened here; empty when one can."""
    if find_spec("playwright") is None:
        return "playwright is not installed"
    return "" if chromium.find_chromium() else "there is no Chromium on this machine"


@contextmanager
def launched() -> Iterator[Browser]:
    """Start Chromium for a while."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find_chromium(), args=list(_QUIET))
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser,
    file: Path,
    *,
    scripts: Literal["on", "off"] = "on",
    scheme: Literal["light", "dark"] = "light",
    policy: Literal["kept", "bypassed"] = "kept",
    width: int = 1280,
) -> Iterator[Visit]:
    """Open ``file`` in a new profile that is offline; ``policy`` bypassed lets a test add scripts of its own."""
    context = browser.new_context(
        offline=True,
        java_script_enabled=scripts == "on",
        color_scheme=scheme,
        bypass_csp=policy == "bypassed",
        viewport={"width": width, "height": 900},
    )
    page = context.new_page()
    visit = Visit(page, [], [], [])
    page.on("request", lambda request: visit.requests.append(request.url))
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    page.on("console", lambda said: visit.errors.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("dialog", lambda dialog: (visit.dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(file.as_uri(), wait_until="load")
    try:
        yield visit
    finally:
        context.close()


def axe(page: Page, *, within: str = "html") -> list[dict[str, Any]]:
    """Return the violations that axe finds ``within`` a part of ``page``, opened with its policy bypassed."""
    import axe_core_python

    source = Path(axe_core_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
    page.evaluate(source)
    found: list[dict[str, Any]] = page.evaluate(
        "async within => (await axe.run(within, {resultTypes: ['violations']})).violations", within
    )
    return found
