"""Destinations documents → text for people, filings and programs. Each function reads its document and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ipattr.errors import UsageError
from ipattr.renderers.destinations.sheet import Look

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ipattr.model import CaptureOutcome, CapturePlan, Citation, DestinationDiff, Destinations, Imported

__all__ = [
    "DIFF_FORMATS",
    "FORMATS",
    "render",
    "render_capture",
    "render_capture_plan",
    "render_diff",
    "render_imported",
]

FORMATS = ("table", "json", "csv", "md", "clause")
DIFF_FORMATS = ("table", "json", "csv", "md")
_PLAIN = ("table", "json")


def render(
    document: Destinations,
    *,
    to: str,
    lang: str,
    columns: int = 120,
    full_width: bool = False,
    color: bool = False,
    citations: Mapping[str, Citation] | None = None,
) -> str:
    """Return candidate sets in the format ``to`` (one of ``FORMATS``).

    ``columns`` and ``color`` are for the table, ``full_width`` and ``citations`` (titles of the source codes) for the
    clause. Raise UsageError for another format.
    """
    match to:
        case "table":
            from ipattr.renderers.destinations import table

            return table.render(document, Look(lang, columns, color))
        case "json":
            return msgspec.json.encode(document).decode() + "\n"
        case "csv":
            from ipattr.renderers.destinations import csv

            return csv.render(document, lang=lang)
        case "md":
            from ipattr.renderers.destinations import md

            return md.render(document, Look(lang, columns))
        case "clause":
            from ipattr.renderers.destinations import clause

            return clause.render(document, lang=lang, full_width=full_width, citations=citations or {})
        case _:
            raise _unknown(to, FORMATS)


def render_diff(diff: DestinationDiff, *, to: str, lang: str, columns: int = 120, color: bool = False) -> str:
    """Return what changed between two instants in the format ``to`` (one of ``DIFF_FORMATS``), else UsageError."""
    match to:
        case "table":
            from ipattr.renderers.destinations import changes

            return changes.render(diff, Look(lang, columns, color))
        case "json":
            return msgspec.json.encode(diff).decode() + "\n"
        case "csv":
            from ipattr.renderers.destinations import csv

            return csv.render_diff(diff, lang=lang)
        case "md":
            from ipattr.renderers.destinations import md

            return md.render_diff(diff, Look(lang, columns))
        case _:
            raise _unknown(to, DIFF_FORMATS)


def render_capture_plan(
    plan: CapturePlan, *, to: str, lang: str, columns: int = 100, color: bool = False, first: int | None = None
) -> str:
    """Return everything a capture may send as ``table`` or ``json``, else UsageError.

    With ``first`` the table shows so many names of each kind and counts the others.
    """
    match to:
        case "table":
            from ipattr.renderers.destinations import capture

            return capture.plan_text(plan, Look(lang, columns, color), first=first)
        case "json":
            return msgspec.json.encode(plan).decode() + "\n"
        case _:
            raise _unknown(to, _PLAIN)


def render_capture(
    outcome: CaptureOutcome, *, to: str = "table", lang: str, columns: int = 100, color: bool = False
) -> str:
    """Return how a capture went as ``table`` or ``json``, else UsageError."""
    match to:
        case "table":
            from ipattr.renderers.destinations import capture

            return capture.outcome_text(outcome, Look(lang, columns, color))
        case "json":
            return msgspec.json.encode(outcome).decode() + "\n"
        case _:
            raise _unknown(to, _PLAIN)


def render_imported(
    imported: Imported,
    *,
    to: str = "table",
    lang: str,
    columns: int = 100,
    color: bool = False,
    first: int | None = None,
) -> str:
    """Return what a file of others' observations gave as ``table`` or ``json``, else UsageError.

    With ``first`` the table shows so many of the rejected observations and of the rejected rows, and counts the others.
    """
    match to:
        case "table":
            from ipattr.renderers.destinations import imports

            return imports.render(imported, Look(lang, columns, color), first=first)
        case "json":
            return msgspec.json.encode(imported).decode() + "\n"
        case _:
            raise _unknown(to, _PLAIN)


def _unknown(to: str, formats: tuple[str, ...]) -> UsageError:
    return UsageError(
        ja=f"知らない出力形式である({to})。使えるのは {', '.join(formats)}。",
        en=f"Unknown output format ({to}); use one of {', '.join(formats)}.",
    )
