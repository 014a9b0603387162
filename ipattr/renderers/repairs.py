"""Repairs in words: the ones that were accepted, and the rows that wait for a decision on theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.renderers.layout import inert, paragraph, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ipattr.model import Pending, Repair


def shortly(repairs: Sequence[Repair]) -> str:
    """Return ``field: raw → proposed [rule]`` for each repair, as the reader of our own CSV takes it back."""
    return " | ".join(f"{repair.field}: {repair.raw} → {repair.proposed} [{repair.rule}]" for repair in repairs)


def pending_title(lang: str) -> str:
    """Return the heading of the section."""
    if lang == "ja":
        return "修復の採否を待つ行(要確認に数え、判定しない。採用は --accept-repairs)"
    return "Rows that wait for a decision on repairs (in review, no verdict; --accept-repairs takes them)"


def pending_lines(row: Pending, *, lang: str, columns: int) -> list[str]:
    """Set one pending row: place and reason, each raw piece with its proposal and rule, then what stood there."""
    ja = lang == "ja"
    column = f" [{inert(row.column)}]" if row.column else ""
    place = f"{inert(row.file)} {row.row}行{column}: " if ja else f"{inert(row.file)} row {row.row}{column}: "
    if width(place) < columns // 2:
        lines = paragraph(inert(row.reason.pick(lang)), total=columns, lead=place)
    else:
        lines = paragraph(place, total=columns) + paragraph(inert(row.reason.pick(lang)), total=columns, lead="  ")
    for repair in row.repairs:
        text = f"{repair.field}: {repair.raw} → {repair.proposed} [{repair.rule}] {repair.reason.pick(lang)}"
        lines += paragraph(inert(text), total=columns, lead="  修復案 " if ja else "  proposed ")
    proposed = " ".join(filter(None, (row.proposed_time, row.proposed_ip, row.proposed_port)))
    if proposed:
        lines += paragraph(inert(proposed), total=columns, lead="  採用した場合 " if ja else "  if accepted ")
    lead = "  原文 " if ja else "  raw  "
    for piece in row.raw.split("\n"):
        lines += paragraph(inert(piece) or "-", total=columns, lead=lead)
        lead = " " * width(lead)
    return lines
