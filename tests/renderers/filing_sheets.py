"""What a sheet of the exported workbook must hold, and what LibreOffice makes of the workbook."""

from __future__ import annotations

import subprocess
from shutil import which
from typing import TYPE_CHECKING

from ipattr.renderers.filings import excel

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ipattr.model import LoginEvent
    from ipattr.renderers.filings.tables import ExportTable

SOFFICE = which("soffice")
Grid = list[list[str]]


def expected(one: ExportTable, lang: str) -> Grid:
    """Return headings and rows as the sheet must hold them."""
    rows = [list(row) for row in one.rows]
    if one.id == "overview":
        rows.append(["注意", "セルの形式", excel.ADVICE.ja] if lang == "ja" else ["Notes", "Cells", excel.ADVICE.en])
    return [[column.title for column in one.columns], *rows]


def facts(events: Sequence[LoginEvent]) -> list[tuple[object, ...]]:
    return [
        (e.instant and e.instant.utc, e.address.text, e.port, e.destination, e.account, e.kind, e.client, e.hostname)
        for e in events
    ]


def converted(book: Path, target: str) -> Path:
    """Return the folder with what LibreOffice makes of a workbook, with a profile of its own and no window."""
    assert SOFFICE is not None
    out = book.parent / "written"
    profile = f"-env:UserInstallation={(book.parent / 'profile').as_uri()}"
    command = [SOFFICE, profile, "--headless", "--convert-to", target, "--outdir", str(out), str(book)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return out
