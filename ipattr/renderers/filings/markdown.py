"""The tables as one Markdown document (GFM), in which no text from an input is markup, link, mention or HTML.

Punctuation that could be markup inside a line is led by a backslash; no text of an input begins a line. A text with
anything that a renderer may find out by itself (``://``, ``www.``, ``@``, ``:name:``) is set as code, the one place
where none looks. A table wider than a page is cut into parts of some columns each, with the first column repeated, so
that it can be read as plain text too.
GitHub Flavored Markdown 0.29, 2.4 (escapes), 4.10 (tables), 6.3 (code spans), 6.9 (autolinks).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ipattr.renderers.filings.material import stamp_line
from ipattr.renderers.filings.tables import export_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.renderers.filings.material import Material
    from ipattr.renderers.filings.tables import ExportColumn, ExportTable

_WIDEST = 200
_ALIVE = re.compile(r"://|www\.|@|:(?=[\w+-]*[A-Za-z+_]|100:|1234:)[\w+-]+:|mailto:|xmpp:", re.IGNORECASE)
_MARKUP = re.compile(r"[\\`*_{}\[\]<>#!|~&$^]|=(?==)|(?<==)=")
_BACKTICKS = re.compile("`+")


def encode(material: Material, lang: str) -> str:
    """Return the document: title and stamp, then every table under a heading with its stamp."""
    title = "発信者情報開示の資料" if lang == "ja" else "Sender-information disclosure: tables"
    line = escape(stamp_line(material, lang))
    parts = [f"# {title}\n", f"{line}\n"]
    for table in export_tables(material, lang):
        parts.append(f"## {escape(table.title)}\n")
        if table.note:
            parts.append(f"{escape(table.note)}\n")
        parts.extend(_tables(table, lang))
        if table.id != "overview":
            parts.append(f"{line}\n")
    return "\n".join(parts)


def escape(text: str) -> str:
    r"""Return a text of one cell or paragraph so that it is shown as it is; ``\n`` becomes ``<br>``."""
    return "<br>".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    if _ALIVE.search(line):
        return r"\|".join(_code(piece) if piece.strip() else piece for piece in line.split("|"))
    return _MARKUP.sub(r"\\\g<0>", line)


def _code(text: str) -> str:
    """Return ``text`` as a code span whose fence is longer than any run of backticks in it (GFM 6.3)."""
    fence = "`" * (max(map(len, _BACKTICKS.findall(text)), default=0) + 1)
    # One space on either side is taken off by the renderer where both are there.
    padded = f" {text} " if text[0] in " `" or text[-1] in " `" else text
    return fence + padded + fence


def _tables(table: ExportTable, lang: str) -> Iterator[str]:
    """Yield the table in parts that are not wider than a page; a table without rows says so."""
    if not table.rows:
        yield ("なし\n" if lang == "ja" else "none\n")
        return
    parts = list(_parts(table.columns))
    for number, columns in enumerate(parts, start=1):
        if len(parts) > 1:
            yield f"({number}/{len(parts)})\n"
        yield _grid(table, columns)


def _parts(columns: tuple[ExportColumn, ...]) -> Iterator[list[int]]:
    """Yield the numbers of the columns of each part; the first column stands in all of them."""
    part = [0]
    used = columns[0].width
    for number, column in enumerate(columns[1:], start=1):
        if used + column.width > _WIDEST and len(part) > 1:
            yield part
            part, used = [0], columns[0].width
        part.append(number)
        used += column.width
    yield part


def _grid(table: ExportTable, columns: list[int]) -> str:
    lines = [
        "| " + " | ".join(escape(table.columns[n].title) for n in columns) + " |",
        "|" + " --- |" * len(columns),
    ]
    lines += ["| " + " | ".join(escape(row[n]) for n in columns) + " |" for row in table.rows]
    return "\n".join(lines) + "\n"
