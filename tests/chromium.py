"""Headless Chromium, when the machine has it: a local page as picture, PDF or document, without a network."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-sync",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    # No name resolves and no proxy answers: whatever the page or the browser asks for fails at once.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9",
)
_SECONDS = 90


def find_chromium() -> str | None:
    """Return the path of Chromium, None when there is none; ``CHROMIUM`` in the environment names one."""
    named = os.environ.get("CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


def run(page: Path, *wanted: str, width: int = 1280, height: int = 1600, dark: bool = False) -> str:
    """Open ``page`` with the options ``wanted`` in a new, empty profile and return what is written to stdout."""
    program = find_chromium()
    if program is None:
        message = "there is no Chromium on this machine"
        raise FileNotFoundError(message)
    scheme = ("--blink-settings=preferredColorScheme=0",) if dark else ()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        done = subprocess.run(
            [
                program,
                *_QUIET,
                *scheme,
                f"--user-data-dir={profile}",
                f"--window-size={width},{height}",
                *wanted,
                page.as_uri(),
            ],
            check=True,
            capture_output=True,
            encoding="utf-8",
            timeout=_SECONDS,
        )
    return done.stdout


def screenshot(page: Path, to: Path, *, width: int = 1280, height: int = 1600, dark: bool = False) -> bytes:
    """Return a screenshot of ``page`` as PNG, kept in ``to``."""
    run(page, f"--screenshot={to}", width=width, height=height, dark=dark)
    return to.read_bytes()


def printed(page: Path, to: Path) -> bytes:
    """Return ``page`` as Chromium prints it, a PDF kept in ``to``."""
    run(page, "--no-pdf-header-footer", f"--print-to-pdf={to}")
    return to.read_bytes()


def dump_dom(page: Path) -> str:
    """Return the document that Chromium made of ``page``, as HTML."""
    return run(page, "--dump-dom")
