"""Google Takeout, "Access Log Activity": a CSV that has the columns ``Gaia ID`` and ``IP Address``.

The columns are known in part only (a secondary description names these two and says UTC). A zone that the cells write
is used; without one the rows are refused until ``--tz`` declares it, because a secondary description is no declaration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ipattr.model import Finding, Text
from ipattr.readers import tables
from ipattr.readers.delimited import find_header
from ipattr.readers.mapping import normalise

if TYPE_CHECKING:
    from ipattr.addresses import Specials
    from ipattr.readers.document import Document, FormReading, Options

FORM = "takeout"
DECISIVE = True
EXPECTS = Text(
    ja="Google データエクスポートの Access Log Activity(Gaia ID と IP Address の列を持つ CSV)",
    en="Access Log Activity of Google Takeout (a CSV with the columns Gaia ID and IP Address)",
)

_MARKS = ("Gaia ID", "IP Address")
# The time column has no confirmed name: "Activity Timestamp" is what files in circulation carry.
_COLUMNS = {
    "time": ("Activity Timestamp", "Timestamp"),
    "ip": ("IP Address",),
    "account_id": ("Gaia ID",),
    "kind": ("Activity Type",),
    "client": ("User Agent String",),
}


def detect(document: Document, _options: Options) -> Text | None:
    """Say why the document is an access log of Google Takeout: its header names Gaia ID and IP Address; else None."""
    if document.kind != "text":
        return None
    marks = {normalise(mark) for mark in _MARKS}
    header = find_header(document, lambda cells: marks <= {normalise(cell) for cell in cells})
    if header is None:
        return None
    return Text(
        ja=f"{header[0]} 行目に {' と '.join(_MARKS)} の列名がある。",
        en=f"Line {header[0]} names the columns {' and '.join(_MARKS)}.",
    )


def read(document: Document, options: Options, specials: Specials) -> FormReading:
    """Read every record by the rules of a table; the only column names known are this form's and those of ``--map``.

    Raises InputError as a table does; a time column under an unknown name is asked for.
    """
    reading = tables.read(document, msgspec.structs.replace(options, columns=_COLUMNS), specials)
    message = Text(
        ja="この形式の時間帯は二次的な説明に UTC とあるだけで、確認されていない。欄に記載がなければ --tz が要る。",
        en="That this form is in UTC is said by a secondary source only; cells without a zone need --tz.",
    )
    return msgspec.structs.replace(
        reading,
        findings=(*reading.findings, Finding(code="IPA063", level="notice", message=message, about=document.name)),
    )
