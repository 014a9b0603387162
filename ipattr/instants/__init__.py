"""Strict time grammar, zones, UTC and JST, western and 令和 dates, periods (days are not calendar months)."""

from ipattr.instants.epochs import WIDTHS, snowflake_instant
from ipattr.instants.lengths import length
from ipattr.instants.parsing import parse_instant
from ipattr.instants.workdays import is_working_day, last_working_day, next_working_day, unannounced
from ipattr.instants.writing import JST, add_period, format_date, format_instant, full_width, jst, jst_date
from ipattr.instants.zones import Zone, parse_zone

__all__ = [
    "JST",
    "WIDTHS",
    "Zone",
    "add_period",
    "format_date",
    "format_instant",
    "full_width",
    "is_working_day",
    "jst",
    "jst_date",
    "last_working_day",
    "length",
    "next_working_day",
    "parse_instant",
    "parse_zone",
    "snowflake_instant",
    "unannounced",
]
