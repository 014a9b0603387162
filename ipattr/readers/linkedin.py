"""The user's own LinkedIn export, ``Logins.csv``: Login Date, IP Address, User Agent, Login Type.

Public code names the columns; the time zone is not confirmed, so a cell without one is refused until ``--tz`` declares
it. Every row is a login: Login Type says how, not what, and is not read as the kind of event.
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

FORM = "linkedin"
DECISIVE = True
EXPECTS = Text(
    ja="LinkedIn の Logins.csv(Login Date、IP Address、User Agent、Login Type の列)",
    en="LinkedIn's Logins.csv (Login Date, IP Address, User Agent, Login Type)",
)

_MARKS = ("Login Date", "IP Address", "User Agent", "Login Type")
_COLUMNS = {"time": ("Login Date",), "ip": ("IP Address",), "client": ("User Agent",)}


def detect(document: Document, _options: Options) -> Text | None:
    """Say why the document is LinkedIn's Logins.csv: its header names exactly the four columns; else None."""
    if document.kind != "text":
        return None
    marks = sorted(normalise(mark) for mark in _MARKS)
    header = find_header(document, lambda cells: marks == sorted(normalise(cell) for cell in cells))
    if header is None:
        return None
    return Text(
        ja=f"{header[0]} 行目の列名が {'、'.join(_MARKS)} である。",
        en=f"The columns of line {header[0]} are {', '.join(_MARKS)}.",
    )


def read(document: Document, options: Options, specials: Specials) -> FormReading:
    """Read every record by the rules of a table; the only column names known are this form's and those of ``--map``.

    Raises InputError as a table does.
    """
    reading = tables.read(document, msgspec.structs.replace(options, columns=_COLUMNS), specials)
    message = Text(
        ja="LinkedIn のログイン記録の時間帯は確認されていない。欄に時間帯の記載がなければ --tz が要る。",
        en="The time zone of LinkedIn's login records is not confirmed; cells without a zone need --tz.",
    )
    return msgspec.structs.replace(
        reading,
        findings=(*reading.findings, Finding(code="IPA063", level="notice", message=message, about=document.name)),
    )
