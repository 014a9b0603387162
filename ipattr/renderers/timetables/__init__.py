"""Timetable → text for people and programs. Each function reads the timetable and the titles of its sources only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ipattr.errors import UsageError
from ipattr.renderers.destinations.sheet import Look

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ipattr.model import Citation, Timetable
    from ipattr.renderers.timetables.parts import Part, Wish

__all__ = ["FORMATS", "render"]

FORMATS = ("table", "json", "csv", "md")


def render(
    timetable: Timetable,
    *,
    to: str,
    lang: str,
    color: bool = False,
    columns: int = 120,
    pretty: bool = False,
    citations: Mapping[str, Citation],
) -> str:
    """Return a plan in the format ``to`` (one of ``FORMATS``), to be written as UTF-8, newlines as they are.

    ``columns`` (terminal cells) and ``color`` are for the table, ``pretty`` indents JSON, ``citations`` give the titles
    of source codes. Raise UsageError for another format.
    """
    from ipattr.renderers.timetables.parts import Wish

    match to:
        case "table":
            from ipattr.renderers.timetables import table

            look = Look(lang, columns, color)
            return table.render(_parts(Wish(timetable, look), citations), look)
        case "json":
            encoded = msgspec.json.encode(timetable)
            return (msgspec.json.format(encoded, indent=2) if pretty else encoded).decode() + "\n"
        case "csv":
            from ipattr.renderers.timetables import csv

            return csv.render(timetable, lang=lang, citations=citations)
        case "md":
            from ipattr.renderers.timetables import md

            return md.render(_parts(Wish(timetable, Look(lang, 120), whole=True), citations))
        case _:
            raise UsageError(
                ja=f"知らない出力形式である({to})。使えるのは {', '.join(FORMATS)}。",
                en=f"Unknown output format ({to}); use one of {', '.join(FORMATS)}.",
            )


def _parts(wish: Wish, citations: Mapping[str, Citation]) -> Iterator[Part]:
    """Yield the plan in reading order."""
    from ipattr.renderers.timetables import choices, dates, grounds, urgent

    yield from urgent.parts(wish)
    yield from dates.backward(wish)
    yield from dates.forward(wish)
    yield from choices.survival(wish)
    yield from choices.comparison(wish)
    yield from choices.ranking(wish)
    yield from grounds.parts(wish, citations)
