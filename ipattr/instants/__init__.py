"""Strict time grammar, zones, UTC and JST, western and 令和 dates, periods (days are not calendar months)."""

from ipattr.instants.epochs import snowflake_instant
from ipattr.instants.parsing import parse_instant
from ipattr.instants.writing import JST, add_period, format_date, format_instant, full_width, jst, jst_date
from ipattr.instants.zones import Zone, parse_zone

__all__ = [
    "JST",
    "Zone",
    "add_period",
    "format_date",
    "format_instant",
    "full_width",
    "jst",
    "jst_date",
    "parse_instant",
    "parse_zone",
    "snowflake_instant",
]
