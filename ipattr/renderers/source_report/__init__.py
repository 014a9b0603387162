"""The original beside what was read from it, so that a second person can check the reading row by row."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Literal, NamedTuple

from ipattr.renderers.source_report.entries import RANK, Entry, Mark, entries, local_place
from ipattr.renderers.source_report.places import Atlas, Group, Original, Source, SourceRow, Spot, groups
from ipattr.renderers.source_report.words import AS_LEFT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ipattr.model import Finding, InputFile, Reading

__all__ = ["Page", "Part", "Sheet", "Source", "SourceRow", "report"]


class Part(NamedTuple):
    """One source of a file with its rows grouped; ``number`` counts the sources of the report from 0."""

    number: int
    source: Source
    groups: tuple[Group, ...]
    marks: Counter[Mark]


class Sheet(NamedTuple):
    """One file: its ledger line (None when the reading does not name it), parts, and entries without a known row.

    ``changed``: the original shown here is not the one that was read, by its hash.
    """

    name: str
    input: InputFile | None
    parts: tuple[Part, ...]
    loose: tuple[Entry, ...]
    changed: bool


class Page(NamedTuple):
    """Everything that a report shows; ``spots`` are the rows of the entries, by key, ``remarks`` those with a row."""

    reading: Reading
    sources: tuple[Source, ...]
    sheets: tuple[Sheet, ...]
    entries: tuple[Entry, ...]
    spots: dict[str, Spot]
    remarks: tuple[tuple[Finding, Spot | None], ...]
    rows: int
    lang: str
    versions: tuple[str, str]


def report(
    reading: Reading,
    sources: Sequence[Source],
    *,
    to: Literal["html", "md"],
    lang: str,
    tool_version: str,
    data_version: str,
) -> str:
    """Return a page that shows ``sources`` row by row beside what ``reading`` holds of them, as HTML or Markdown.

    Every row of ``sources`` and every login, post, reject and pending row stands in it exactly once; an entry whose
    row cannot be told for certain is listed apart. The page needs no network and runs no script.
    """
    page = _page(reading, _as_read(reading, sources), lang=lang, versions=(tool_version, data_version))
    if to == "html":
        from ipattr.renderers.source_report import html

        return html.render(page)
    from ipattr.renderers.source_report import md

    return md.render(page)


def _page(reading: Reading, sources: Sequence[Source], *, lang: str, versions: tuple[str, str]) -> Page:
    atlas = Atlas(sources)
    every = tuple(entries(reading, lang))
    at: dict[int, dict[int, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    loose: dict[str, list[Entry]] = defaultdict(list)
    spots: dict[str, Spot] = {}
    for entry in every:
        spot = atlas.find(entry)
        if spot is None:
            loose[entry.file].append(entry)
            continue
        spots[entry.key] = spot
        at[spot.source][spot.row].append(entry)
    parts = [_part(number, source, at[number]) for number, source in enumerate(sources)]
    inputs = {entry.name: entry for entry in reading.inputs}
    names = dict.fromkeys([*inputs, *(source.file for source in sources), *loose])
    sheets = []
    for name in names:
        own = tuple(part for part in parts if part.source.file == name)
        known = inputs.get(name)
        changed = known is not None and any(part.source.sha256 != known.sha256 for part in own)
        sheets.append(Sheet(name, known, own, tuple(loose[name]), changed))
    files = tuple(names)
    return Page(
        reading=reading,
        sources=tuple(sources),
        sheets=tuple(sheets),
        entries=tuple(sorted(every, key=lambda entry: _order(entry, spots, files))),
        spots=spots,
        remarks=tuple((finding, _spot(finding, files, atlas)) for finding in reading.findings),
        rows=sum(len(source.rows) for source in sources),
        lang=lang,
        versions=versions,
    )


def _as_read(reading: Reading, sources: Sequence[Source]) -> list[Source]:
    """Return the sources under the names that the reading gives their files (``a.csv#2``), none of them twice."""
    names = {entry.sha256: entry.name for entry in reading.inputs}
    found: dict[tuple[str, str, str], Original] = {}
    again: list[Original] = []
    for source in sources:
        name = names.get(source.sha256, "")
        file = name if name.rpartition("#")[0] == source.file else source.file
        original = Original(file, source.sha256, source.label, source.rows)
        first = found.setdefault((file, source.sha256, source.label), original)
        if first is not original and first.rows != original.rows:
            again.append(original)
    return [*found.values(), *again]


def _part(number: int, source: Source, found: dict[int, list[Entry]]) -> Part:
    return Part(number, source, tuple(groups(source, found)), tally(entry for some in found.values() for entry in some))


def _order(entry: Entry, spots: dict[str, Spot], files: tuple[str, ...]) -> tuple[int, Spot]:
    """Return the order of the original: by file, located entries first."""
    return files.index(entry.file), spots.get(entry.key, Spot(len(spots) + len(files), entry.row))


def _spot(finding: Finding, files: tuple[str, ...], atlas: Atlas) -> Spot | None:
    file = next((name for name in files if local_place(finding.about, name)), None)
    return None if file is None else atlas.place(finding.about, file)


def worst(entries_: Sequence[Entry]) -> Mark:
    """Return the gravest mark of some entries, of which there is at least one."""
    return max((entry.mark for entry in entries_), key=RANK.__getitem__)


def needles(group: Group) -> tuple[str, ...]:
    """Return the values to point out in the rows of ``group``, longest first."""
    found = {needle for entry in group.entries for needle in entry.needles if needle.strip()}
    return tuple(sorted(found, key=lambda needle: (-len(needle), needle)))


def row_name(row: SourceRow) -> str:
    """Return what a row is called: its label, else its number or numbers."""
    if row.labels:
        return row.labels[0]
    return str(row.number) if row.last <= row.number else f"{row.number}–{row.last}"


def beside(entry: Entry, part: Part, group: Group, lang: str) -> Entry:
    """Return ``entry`` without repeating, beside its rows, a text that equals those rows."""
    if len(group.entries) > 1 or not entry.raw:
        return entry
    shown = "\n".join("\t".join(row.cells) for row in part.source.rows[group.start : group.end])
    if _level(shown) != _level(entry.raw):
        return entry
    facts = (
        fact._replace(read=(AS_LEFT.pick(lang),)) if fact.verbatim and fact.read == (entry.raw,) else fact
        for fact in entry.facts
    )
    return entry._replace(facts=tuple(facts))


def _level(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().split("\n")]


def short_name(source: Source, row: SourceRow) -> str:
    """Return what a row is called under the heading of its source, which need not be said again."""
    name = row_name(row)
    return name.removeprefix(source.label).lstrip("! ") or name if source.label else name


def place_name(page: Page, entry: Entry) -> str:
    """Return the file and row that ``entry`` stands in; as the reading names it where the row is not known."""
    spot = page.spots.get(entry.key)
    row = entry.place or str(entry.row) if spot is None else row_name(page.sources[spot.source].rows[spot.row])
    return f"{entry.file}:{row}"


def tally(found: Iterable[Entry]) -> Counter[Mark]:
    """Count the entries by mark."""
    return Counter(entry.mark for entry in found)
