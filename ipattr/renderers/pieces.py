"""Pieces found in free text: one line each, with place, kind, what stood there and what it was read as."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ipattr.errors import UsageError
from ipattr.renderers.csv import guard
from ipattr.renderers.layout import inert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.readers.pasted_pieces import Piece

COLUMNS = ("file", "line", "column", "kind", "raw", "value", "reason")


def render(pieces: Sequence[Piece], *, to: str, lang: str) -> str:
    """Return the pieces as ``table`` (``file:line:column kind raw value``), ``csv`` (as the case's CSV), or ``json``.

    Raise UsageError for another format.
    """
    match to:
        case "table":
            return "".join(_line(piece, lang) for piece in pieces)
        case "csv":
            rows = [COLUMNS, *(_cells(piece, lang) for piece in pieces)]
            return "\ufeff" + "".join(",".join(map(_quoted, row)) + "\r\n" for row in rows)
        case "json":
            return msgspec.json.encode(pieces).decode() + "\n"
        case _:
            raise UsageError(ja=f"grep は {to} では出せない。", en=f"grep cannot be written as {to}.")


def _line(piece: Piece, lang: str) -> str:
    reason = f"({piece.refusal.reason.pick(lang)})" if piece.refusal is not None else ""
    parts = (piece.where, piece.kind, piece.raw, piece.value or reason)
    return "\t".join(inert(part) for part in parts) + "\n"


def _cells(piece: Piece, lang: str) -> tuple[str, ...]:
    reason = f"{piece.refusal.code} {piece.refusal.reason.pick(lang)}" if piece.refusal is not None else ""
    return (piece.file, str(piece.line), str(piece.column), piece.kind, piece.raw, piece.value, reason)


def _quoted(cell: str) -> str:
    return '"' + guard(cell, is_id=True).replace('"', '""') + '"'
