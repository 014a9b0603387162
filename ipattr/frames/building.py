"""Rows of plain values become a typed DataFrame with its stamp."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from ipattr.frames.columns import COLUMNS, COUNT, DAY, FLAG, JST, TEXT, UTC
from ipattr.renderers import csv
from ipattr.renderers.layout import inert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from ipattr.frames.columns import Column
    from ipattr.model import Case, Finding

Value = Any
"""A cell before it is typed: text, int, bool, float, date or aware datetime; None and empty text are missing."""


def frame(name: str, rows: Iterable[Mapping[str, Value]], case: Case) -> pd.DataFrame:
    """Return ``rows`` with the columns and types of ``COLUMNS[name]`` and the stamp of ``case``."""
    made = typed(COLUMNS[name], list(rows))
    made.attrs["ipattr"] = stamp(case)
    return made


def typed(columns: Sequence[Column], rows: Sequence[Mapping[str, Value]]) -> pd.DataFrame:
    """Return one row per mapping; a column that a mapping lacks is missing there."""
    import pandas as pd

    cells = {column.name: array([row.get(column.name) for row in rows], column.dtype) for column in columns}
    return pd.DataFrame(cells, index=pd.RangeIndex(len(rows)))


def array(values: Sequence[Value], dtype: str) -> Any:  # noqa: ANN401 - an extension array or a Series of pandas
    """Return values as an array of one of the documented types; None and empty text become NA."""
    import numpy as np
    import pandas as pd

    if dtype == TEXT:
        # Arrow cannot hold a lone surrogate, and a table that the analyst already has may.
        return pd.array([value or None for value in values], dtype=pd.StringDtype("python"))
    if dtype == DAY:
        return pd.Series(np.array(values, dtype="datetime64[s]"))
    if dtype in {UTC, JST}:
        naive = [None if value is None else value.replace(tzinfo=None) for value in values]
        instants = pd.Series(np.array(naive, dtype="datetime64[us]")).dt.tz_localize("UTC")
        return instants if dtype == UTC else instants.dt.tz_convert("Asia/Tokyo")
    if dtype == FLAG:
        return pd.array(values, dtype=pd.BooleanDtype())
    return pd.array(values, dtype=pd.Int64Dtype() if dtype == COUNT else pd.Float64Dtype())


def said(findings: Iterable[Finding], lang: str) -> str:
    """Return remarks as one cell of the CSV holds them, with nothing hidden in them."""
    return inert(csv.said(findings, lang))


def stamp(case: Case) -> dict[str, Value]:
    """Return what the frame rests on, as plain values that JSON can write."""
    return {
        "tool_version": case.tool_version,
        "data_version": case.data_version,
        "schema_version": case.schema_version,
        "as_of": case.as_of.isoformat(),
        "as_of_source": case.as_of_source,
        "platform": case.platform,
        "inputs": [
            {
                "name": inert(entry.name),
                "sha256": entry.sha256,
                "size": entry.size,
                "declared_zone": entry.declared_zone,
                "counts": msgspec.to_builtins(entry.counts),
            }
            for entry in (*case.inputs, *case.post_inputs)
        ],
        "counts": msgspec.to_builtins(case.counts),
        "post_counts": msgspec.to_builtins(case.post_counts),
        "ledgers": msgspec.json.decode(msgspec.json.encode(case.ledgers)),
        "without": list(case.without),
        "findings": [
            {
                "code": finding.code,
                "level": finding.level,
                "ja": inert(finding.message.ja),
                "en": inert(finding.message.en),
                "about": inert(finding.about),
            }
            for finding in case.findings
        ],
    }
