"""Signed zones for the zoo, well or badly: keys and signatures by Debian's ldnsutils, made anew for every zoo."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ANIMALS: Final = Path(__file__).resolve().parent / "zoo"
"""Where zones and configurations lie."""
SIGNED: Final = ("secure.example", "expired.example", "altered.example", "stripped.example")
"""Zones with a trust anchor: signed well; with signatures of hosts that ended; with an address changed; not signed."""
DAY: Final = 86400
OLD: Final = ("20200101", "20200201")


def sign(folder: Path, *, keygen: str, signzone: str) -> Path:
    """Write the zones of ``SIGNED`` into ``folder``; return the file of their trust anchors, ``anchors``."""
    now = time.time()
    current = (_day(now - DAY), _day(now + 30 * DAY))
    keys = []
    for zone in SIGNED:
        path = folder / f"{zone}.zone"
        shutil.copy(ANIMALS / path.name, path)
        key = _said([keygen, "-a", "ECDSAP256SHA256", zone], folder).strip()
        keys.append((folder / f"{key}.key").read_text("utf-8"))
        if zone == "stripped.example":
            continue
        good, old = (
            _said([signzone, "-i", inception, "-e", expiry, "-f", "-", path.name, key], folder).splitlines(
                keepends=True
            )
            for inception, expiry in (current, OLD)
        )
        path.write_text("".join(_broken(zone, good, old)), "utf-8")
    anchors = folder / "anchors"
    anchors.write_text("".join(keys), "utf-8")
    return anchors


def _broken(zone: str, good: Sequence[str], old: Sequence[str]) -> Iterator[str]:
    """Return the lines of a signed zone, with what is wrong with it."""
    for line in good:
        if zone == "altered.example":
            yield line.replace("192.0.2.60", "192.0.2.61")
        elif not (zone == "expired.example" and _signs_host(line)):
            yield line
    if zone == "expired.example":
        yield from filter(_signs_host, old)


def _signs_host(line: str) -> bool:
    return line.startswith(("www.", "once.")) and "\tRRSIG\t" in line


def _said(command: Sequence[str], folder: Path) -> str:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def _day(seconds: float) -> str:
    return time.strftime("%Y%m%d", time.gmtime(seconds))
