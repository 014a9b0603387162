"""What decides the cells of a column: a verdict that many rows share, the run, or one of the row's own marks."""

from __future__ import annotations

from typing import Literal

from ipattr.bulk.verdicts import BY_CANDIDATES, BY_CARRIER, BY_DEADLINE, BY_NETWORK, BY_SEARCH

STAMPED = (
    "ipattr_schema",
    "file",
    "nearest_post",
    "reject_column",
    "raw",
    "reason",
    "as_of",
    "platform",
    "data_version",
    "tool_version",
    "ledger",
    "declared_zone",
)
"""What is the same in every accepted row of one run."""
Kind = Literal["carrier", "network", "search", "candidates", "deadline", "stamp", "status", "precision"]
TABLE_OF: dict[str, Kind] = {
    **dict.fromkeys(BY_CARRIER, "carrier"),
    **dict.fromkeys(BY_NETWORK, "network"),
    **dict.fromkeys(BY_SEARCH, "search"),
    **dict.fromkeys(BY_CANDIDATES, "candidates"),
    **dict.fromkeys(BY_DEADLINE, "deadline"),
    **dict.fromkeys(STAMPED, "stamp"),
    "status": "status",
    "precision": "precision",
}
"""What decides the cell of a column of few distinct values: a verdict, the run, or one of the row's own marks."""
