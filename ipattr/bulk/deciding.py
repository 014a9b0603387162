"""What decides the cells of a column: a verdict that many rows share, the run, or one of the row's own marks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ipattr.bulk.verdicts import BY_CANDIDATES, BY_CARRIER, BY_DEADLINE, BY_NETWORK, BY_SEARCH
from ipattr.model import SCHEMA_VERSION
from ipattr.version import __version__

if TYPE_CHECKING:
    from datetime import date

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


def stamps(
    *, as_of: date, platform: str, data_version: str, declared_zone: str, file: str = "", ledger: str = ""
) -> dict[str, str]:
    """Return the cells of ``STAMPED``: what every accepted row of a run says, and nothing where a run says nothing."""
    said = {
        "ipattr_schema": SCHEMA_VERSION,
        "file": file,
        "as_of": as_of.isoformat(),
        "platform": platform,
        "data_version": data_version,
        "tool_version": __version__,
        "ledger": ledger,
        "declared_zone": declared_zone,
    }
    return {name: said.get(name, "") for name in STAMPED}
