"""How old each table is and where it comes from."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING

from ipattr.model import Record

if TYPE_CHECKING:
    from ipattr.model.sources import Sources

_FULL = 10
_MONTH = 7
_YEAR = 4


class TableStatus(Record, frozen=True, kw_only=True):
    """One table of ``data/``.

    ``sha256`` is that of the file, or of all its files in order for a folder. ``age_days`` counts from the first day
    that ``as_of`` can mean (a bare year is its 1 January), so it is never too small; None where there is no date.
    """

    table: str
    rows: int
    source: str
    as_of: str
    licence: str
    sha256: str
    age_days: int | None


def table_status(sources: Sources, tree: dict[str, bytes], as_of: date) -> tuple[TableStatus, ...]:
    """Return the status of every table of ``sources``; ``tree`` holds the bytes they were read from."""
    licences = {citation.code: citation.licence for citation in sources.citations}
    rows = [
        _row(path, table.rows, table.source, table.as_of, table.licence, tree, as_of)
        for path, table in sources.manifests.items()
    ]
    for platform in sources.platforms:
        path = f"observations/{platform.id}.csv"
        seen = [row for row in sources.observations if row.platform == platform.id]
        if seen and path not in sources.manifests:
            codes = " ".join(sorted({row.source for row in seen}))
            rows.append(_row(path, len(seen), codes, max(row.last_seen for row in seen), "", tree, as_of))
    calendar = sources.calendar
    licence = licences.get(calendar.source, "")
    rows.append(_row("calendar.toml", len(calendar.holidays), calendar.source, calendar.as_of, licence, tree, as_of))
    for path, count in (
        ("providers/", len(sources.providers)),
        ("nonaccess/", len(sources.nonaccess)),
        ("platforms/", len(sources.platforms)),
        ("practice.toml", len(sources.practice)),
        ("columns.toml", len(sources.columns)),
        ("citations.toml", len(sources.citations)),
        ("procedures/", len(sources.procedures)),
        ("procedures/routes.toml", len(sources.routes)),
        ("sheets/", len(sources.sheets)),
    ):
        rows.append(_row(path, count, "", "", "", tree, as_of))
    return tuple(rows)


def earliest_day(text: str) -> date | None:
    """Return the first day that a full or partial ISO date can mean; None when the text is no such date."""
    padded = {_FULL: text, _MONTH: f"{text}-01", _YEAR: f"{text}-01-01"}.get(len(text[:_FULL]), "")
    try:
        return date.fromisoformat(padded[:_FULL])
    except ValueError:
        return None


def _row(  # noqa: PLR0917 - one argument per column of the row
    path: str, rows: int, source: str, as_of: str, licence: str, tree: dict[str, bytes], on: date
) -> TableStatus:
    """Build one row; ``path`` ending in a slash stands for a folder."""
    day = earliest_day(as_of)
    running = hashlib.sha256()
    for name, data in tree.items():
        if name == path or (path.endswith("/") and name.startswith(path)):
            running.update(data)
    return TableStatus(
        table=path,
        rows=rows,
        source=source,
        as_of=as_of,
        licence=licence,
        sha256=running.hexdigest(),
        age_days=(on - day).days if day else None,
    )
