"""Login histories and comparisons → text for people and programs: statements with their limits first, then tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from ipattr.errors import UsageError
from ipattr.renderers.destinations.sheet import Look
from ipattr.renderers.timetables.parts import Heading, Note
from ipattr.renderers.view import total
from ipattr.renderers.words import conservation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.model import Case, Comparison, History
    from ipattr.renderers.timetables.parts import Part

__all__ = ["FORMATS", "render"]

FORMATS = ("table", "json", "md")


def render(
    histories: Sequence[History],
    comparisons: Sequence[Comparison] = (),
    *,
    to: str,
    lang: str,
    columns: int = 120,
    color: bool = False,
    pretty: bool = False,
    case: Case | None = None,
) -> str:
    """Return histories and comparisons in the format ``to`` (one of ``FORMATS``), to be written as UTF-8.

    ``columns`` (terminal cells) and ``color`` are for the table, ``pretty`` indents JSON. ``case`` is what they were
    made of: its files, counts and versions are stated at the end. Raise UsageError for another format.
    """
    match to:
        case "table":
            from ipattr.renderers.timetables import table

            look = Look(lang, columns, color)
            return table.render(_parts(histories, comparisons, look, case), look)
        case "json":
            encoded = msgspec.json.encode(_document(histories, comparisons, case))
            return (msgspec.json.format(encoded, indent=2) if pretty else encoded).decode() + "\n"
        case "md":
            from ipattr.renderers.timetables import md

            return md.render(_parts(histories, comparisons, Look(lang, columns), case))
        case _:
            raise UsageError(
                ja=f"知らない出力形式である({to})。使えるのは {', '.join(FORMATS)}。",
                en=f"Unknown output format ({to}); use one of {', '.join(FORMATS)}.",
            )


def _parts(
    histories: Sequence[History], comparisons: Sequence[Comparison], look: Look, case: Case | None
) -> Iterator[Part]:
    """Yield everything in reading order."""
    from ipattr.renderers.histories import accounts, pairs

    for history in histories:
        yield from accounts.parts(history, look)
    for comparison in comparisons:
        yield from pairs.parts(comparison, look)
    if case is not None:
        yield Heading(look.say("作成の基礎", "What this was made of"))
        yield from (Note(value, lead=f"{label}: ") for label, value in _stamp(case, look))


def _stamp(case: Case, look: Look) -> Iterator[tuple[str, str]]:
    say = look.say
    yield say("入力の行数", "Rows of the logs"), conservation(*total(case.counts), lang=look.lang)
    if case.post_inputs:
        yield say("投稿の行数", "Rows of the posts"), conservation(*total(case.post_counts), lang=look.lang)
    for entry in (*case.inputs, *case.post_inputs):
        yield say("入力", "Input"), f"{entry.name} (SHA-256 {entry.sha256})"
    yield say("基準日", "As of"), case.as_of.isoformat()
    yield say("データ版", "Data version"), case.data_version
    yield say("判定", "Verdicts"), f"ipattr {case.tool_version}"


def _document(histories: Sequence[History], comparisons: Sequence[Comparison], case: Case | None) -> dict[str, Any]:
    basis = None
    if case is not None:
        basis = {
            "tool_version": case.tool_version,
            "data_version": case.data_version,
            "as_of": case.as_of,
            "counts": case.counts,
            "post_counts": case.post_counts,
            "inputs": case.inputs,
            "post_inputs": case.post_inputs,
        }
    return {"basis": basis, "histories": histories, "comparisons": comparisons}
