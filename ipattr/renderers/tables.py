"""The state of the shipped tables, for people and programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ipattr.renderers.layout import Column, Line, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.registry.status import TableStatus


def render(rows: Sequence[TableStatus], *, to: str, lang: str, color: bool, columns: int) -> str:
    """Return one line per table, or (any ``to`` but ``table``) a JSON array."""
    if to != "table":
        return msgspec.json.encode(rows).decode() + "\n"
    ja = lang == "ja"
    spec = [
        Column("表" if ja else "Table", 12),
        Column("行数" if ja else "Rows", 4, "right"),
        Column("時点" if ja else "As of", 10),
        Column("経過日数" if ja else "Age (days)", 4, "right"),
        Column("出典" if ja else "Source", 10),
        Column("利用条件" if ja else "Licence", 8),
        Column("SHA-256", 16),
    ]
    cells = [
        [
            [Line(text)]
            for text in (
                row.table,
                f"{row.rows:,}",
                row.as_of or "-",
                "-" if row.age_days is None else str(row.age_days),
                row.source or "-",
                row.licence or "-",
                row.sha256,
            )
        ]
        for row in rows
    ]
    lines = table(spec, cells, total=columns, color=color, ruled=False)
    if lines is None:
        lines = [f"{row.table}: {row.rows:,} {row.as_of} {row.source} {row.sha256}" for row in rows]
    return "\n".join(lines) + "\n"
