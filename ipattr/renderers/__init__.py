"""Case → what people and programs read. A renderer reads a Case and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.errors import UsageError

if TYPE_CHECKING:
    from ipattr.model import Case

FORMATS = ("table", "json", "jsonl", "csv")
SUFFIXES = {".txt": "table", ".json": "json", ".jsonl": "jsonl", ".csv": "csv", ".md": "md"}


def render(case: Case, *, to: str, lang: str, color: bool = False, columns: int = 120, pretty: bool = False) -> str:
    """Return ``case`` as text in the format ``to`` (one of ``FORMATS``), to be written as UTF-8, newlines as they are.

    ``columns`` is the width in terminal cells, ``color`` allows ANSI sequences (table only), ``pretty`` indents JSON.
    Raise UsageError for an unknown format.
    """
    match to:
        case "table":
            from ipattr.renderers import table

            return table.render(case, lang=lang, color=color, columns=columns)
        case "json":
            from ipattr.renderers import json

            return json.encode(case, pretty=pretty).decode()
        case "jsonl":
            from ipattr.renderers import jsonl

            return jsonl.render(case)
        case "csv":
            from ipattr.renderers import csv

            return csv.render(case, lang=lang)
        case _:
            raise UsageError(
                ja=f"知らない出力形式である({to})。使えるのは {', '.join(FORMATS)}。",
                en=f"Unknown output format ({to}); use one of {', '.join(FORMATS)}.",
            )


def encode(case: Case, *, to: str, lang: str, color: bool = False, columns: int = 120, pretty: bool = False) -> bytes:
    """Return what ``render`` does as UTF-8; JSON, which is made as bytes, does not go through text."""
    if to == "json":
        from ipattr.renderers import json

        return json.encode(case, pretty=pretty)
    return render(case, to=to, lang=lang, color=color, columns=columns, pretty=pretty).encode()
