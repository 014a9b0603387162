"""Why a row of somebody else's record could not be read: one refusal each, the wording in one place."""

from __future__ import annotations

from ipattr.model import ImportedRow, Refusal, Text
from ipattr.sources.visible import visible_text

SHOWN = 500
"""So many characters of a refused row are kept."""
_QUOTED = 60
_PICTURES = {"\t": "\u2409", "\n": "\u240a"}


def shown(text: str, most: int = SHOWN) -> str:
    """Return ``text`` on one line, every control and hidden character made visible, in at most ``most`` characters."""
    line = visible_text(text[: most + 1].replace("\r", "\u240d"))
    for character, picture in _PICTURES.items():
        line = line.replace(character, picture)
    return line if len(line) <= most else line[: most - 1] + "…"


def quoted(text: str) -> str:
    """Return ``text`` as a reason may quote it: visible and short."""
    return shown(text, _QUOTED)


def refused(number: int, raw: str, why: Refusal) -> ImportedRow:
    """Return the one reject of a row."""
    return ImportedRow(row=number, raw=shown(raw), code=why.code, reason=why.reason)


def fault(code: str, ja: str, en: str) -> Refusal:
    """Return one reason in both languages."""
    return Refusal(code=code, reason=Text(ja=ja, en=en))


TOO_LONG = fault(
    "IPA631",
    "行が長すぎる(100 万字まで)。",
    "The row is too long (at most a million characters).",
)
NOT_JSON = fault("IPA630", "一つの JSON として読めない。", "It cannot be read as one JSON value.")
NOT_AN_OBJECT = fault("IPA630", "JSON のオブジェクトではない。", "It is JSON, but not an object.")
TWICE = fault(
    "IPA630",
    "同じ項目が二度ある。どちらが正しいか決められない。",
    "It names a field twice; which of them holds cannot be told.",
)
BROKEN_ARRAY = fault(
    "IPA630",
    "JSON の配列がここで壊れている。ここから先は読んでいない。",
    "The JSON array is broken here; nothing from here on was read.",
)


def missing(field: str) -> Refusal:
    """Return the reason for a row without a field it must have."""
    return fault("IPA632", f"項目 {field} がない。", f"It has no field {field}.")


def wrong(field: str, ja: str, en: str) -> Refusal:
    """Return the reason for a field that does not hold what the form prescribes (``en``: "is not …")."""
    return fault("IPA632", f"項目 {field} {ja}。", f"The field {field} {en}.")
