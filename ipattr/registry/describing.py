"""``data/README.md``, written from the types themselves, so that it cannot fall behind them."""

from __future__ import annotations

import inspect
import typing
from typing import TYPE_CHECKING

import msgspec

from ipattr import model
from ipattr.model import facts
from ipattr.model.base import Confidence, Record
from ipattr.model.sources import TableManifest
from ipattr.registry.proceedings import ROUTES
from ipattr.registry.strict import CSV_COLUMNS

if TYPE_CHECKING:
    from ipattr.model.sources import Sources

_FILES: tuple[tuple[str, str, type[Record]], ...] = (
    ("providers/<id>.toml", "", model.Provider),
    ("nonaccess/<category>.toml", "[[network]]", model.NonAccess),
    ("platforms/<id>.toml", "", model.Platform),
    ("citations.toml", "[[citation]]", model.Citation),
    ("practice.toml", "[[range]]", model.PracticeRange),
    ("calendar.toml", "", model.Calendar),
    ("procedures/<id>.toml", "", model.Procedure),
    (ROUTES, "[[route]]", model.Route),
    ("sheets/<id>.toml", "", model.InformationSheet),
    ("registries/servers.toml", "[[server]]", model.RegistryServer),
    ("*/manifest.toml", "[[table]]", TableManifest),
)
_PARTS: tuple[type[Record], ...] = (
    model.Text,
    model.Entity,
    model.EntityName,
    model.AsClaim,
    model.ServicePrefix,
    model.PtrPattern,
    model.Sharing,
    model.KeyRule,
    model.RetentionPolicy,
    model.AddresseeRule,
    model.Example,
    model.DestinationTerm,
    model.PlatformHost,
    model.PlatformPrefix,
    model.Holiday,
    model.ProcedureStep,
    model.DurationFigure,
    model.Interval,
    model.Span,
    model.ProcedureNote,
    model.Leg,
    model.SheetItem,
)
_ROWS: dict[str, str] = {
    "networks/prefixes.csv": "one announced prefix and one AS that originates it (two origins are two rows)",
    "networks/ases.csv": "the registrant of an AS number, and the commit its prefix list was read at",
    "networks/areas.csv": "which regional registry answers for an address",
    "special/ipv4.csv": "the IANA IPv4 special-purpose address registry",
    "special/ipv6.csv": "the IANA IPv6 special-purpose address registry",
    "observations/*.csv": "a host resolved to an address, dated (file name: the platform's id)",
}
_WORDS: tuple[str, ...] = (
    *("AccessType", "AsRole", "KeyItem", "SharingKind", "IpFamily", "RetentionUnit", "NonAccessCategory"),
)
_OTHER_WORDS: dict[str, object] = {
    "Milestone": model.Milestone,
    "Actor": model.Actor,
    "RouteKind": model.RouteKind,
    "SourceName": model.SourceName,
    "Protocol": model.Protocol,
}
_INTRODUCTION = """\
# data/

The facts that ipattr rests on, each with its source, its date and how far it can be trusted. This file is written by
`ipattr data readme` from the types in `ipattr/model`; edit those, or `not-carried.md`, never this file.

- A key that a schema does not name is refused, with the file and the key path. So is a file of no known kind.
- Prefixes are strict CIDRs (no host bits). Dates are ISO 8601, partial where the source is (`2025`, `2025-03`).
- `data_version` is the newest `as_of` of the manifests and the first 12 digits of the SHA-256 over every data file.
  Markdown files, dot files and `examples/` are no facts and do not count.
- A table listed in a `manifest.toml` must have the bytes (`sha256`) and the `rows` stated there.
- `observations/` is the shipped part of the destination ledger: what others published, with their sources. An office's
  own captures and imports never come here: they stand in a ledger folder of its own (append-only, hash-chained) and are
  read beside these rows, each observation with the file and line that it rests on.
- `ipattr data check` runs the linter, `ipattr data status` prints the age of each table.
"""
_BOOTSTRAP = """\
### `registries/ipv4.json`, `registries/ipv6.json`, `registries/asn.json`

An RDAP bootstrap registry in the form of RFC 9224: `version`, `publication`, and `services`, each a list of prefixes or
AS ranges and a list of base URLs.
"""


def readme(sources: Sources, tree: dict[str, bytes], not_carried: str) -> str:
    """Return the whole text; ``tree`` holds the bytes of the data files, ``not_carried`` the section kept by hand."""
    parts = [
        _INTRODUCTION,
        _tables(sources, tree),
        "## Files\n",
        *(_file(*file) for file in _FILES),
        _column_words(),
        _BOOTSTRAP,
        *(_rows(name, what) for name, what in _ROWS.items()),
        "## Types\n",
        *(_type(kind) for kind in _PARTS),
        "## Words\n",
        _words(),
        "## What is not carried\n",
        not_carried.strip() or "Nothing.",
    ]
    return "\n".join(parts).rstrip() + "\n"


def _tables(sources: Sources, tree: dict[str, bytes]) -> str:
    """Render what there is at present."""
    rows = [
        (path, table.note, table.rows, table.source, table.as_of, table.licence)
        for path, table in sorted(sources.manifests.items())
    ]
    counts: dict[str, int] = {}
    for observation in sources.observations:
        path = f"observations/{observation.platform}.csv"
        counts[path] = counts.get(path, 0) + 1
    rows += [
        (path, "dated DNS observations", count, "per row", "per row", "")
        for path, count in counts.items()
        if path not in sources.manifests
    ]
    calendar = sources.calendar
    rows.append(("calendar.toml", "national holidays", len(calendar.holidays), calendar.source, calendar.as_of, ""))
    rows += [
        (name, _held(tree, name), len(entries), "per entry", "", "")
        for name, entries in (
            ("providers/", sources.providers),
            ("nonaccess/", sources.nonaccess),
            ("platforms/", sources.platforms),
            ("practice.toml", sources.practice),
            ("columns.toml", sources.columns),
            ("citations.toml", sources.citations),
            ("procedures/", sources.procedures),
            (ROUTES, sources.routes),
            ("sheets/", sources.sheets),
        )
    ]
    heading = "## Tables\n\n| table | note | rows | source | as of | licence |\n| --- | --- | ---: | --- | --- | --- |"
    lines = [" | ".join(str(cell).replace("|", "\\|") for cell in row) for row in rows]
    return "\n".join([heading, *(f"| {line} |" for line in lines)]) + "\n"


def _held(tree: dict[str, bytes], name: str) -> str:
    """Say in how many files the entries stand."""
    files = sum(path.startswith(name) and path != ROUTES for path in tree)
    return f"{files} files" if name.endswith("/") else "one file"


def _file(path: str, table: str, kind: type[Record]) -> str:
    """Render the schema of one kind of TOML file."""
    heading = f"### `{path}`" + (f", each `{table}`" if table else "")
    return f"{heading}\n\n{_body(kind)}"


def _type(kind: type[Record]) -> str:
    """Render the schema of a type that stands inside others."""
    return f"### {kind.__name__}\n\n{_body(kind)}"


def _body(kind: type[Record]) -> str:
    """Render docstring and fields of one type."""
    lines = [_docstring(kind), "", "| field | type | when left out |", "| --- | --- | --- |"]
    written = inspect.get_annotations(kind)
    for field in msgspec.structs.fields(kind):
        shown = str(written[field.name]).replace("|", "\\|")
        lines.append(f"| `{field.name}` | `{shown}` | {_default(field)} |")
    return "\n".join(lines) + "\n"


def _docstring(kind: type[Record]) -> str:
    """Return the docstring without its indentation."""
    return "\n".join(line.strip() for line in (kind.__doc__ or "").strip().splitlines())


def _default(field: msgspec.structs.FieldInfo) -> str:
    """Return what stands for a field that a file does not write."""
    if field.required:
        return "required"
    if field.default_factory is not msgspec.NODEFAULT:
        return "empty"
    return "empty" if field.default in {"", ()} else f"`{field.default}`"


def _rows(name: str, what: str) -> str:
    """Render the columns of one kind of CSV file."""
    columns = ", ".join(f"`{column}`" for column in CSV_COLUMNS[name])
    return f"### `{name}`\n\nA row is {what}. Columns: {columns}.\n"


def _column_words() -> str:
    """Render the one TOML file that has no type of its own."""
    return "### `columns.toml`\n\nFor each field of a log, the headings that stand for it: `field = [heading, …]`.\n"


def _words() -> str:
    """Render the closed vocabularies."""
    lines = ["| word | values |", "| --- | --- |"]
    lines += [f"| {name} | {_values(getattr(facts, name))} |" for name in _WORDS]
    lines += [f"| {name} | {_values(kind)} |" for name, kind in _OTHER_WORDS.items()]
    lines.append(f"| Confidence | {_values(Confidence)} |")
    return "\n".join(lines) + "\n"


def _values(kind: object) -> str:
    """Render the values of one closed vocabulary."""
    return " · ".join(f"`{value}`" for value in typing.get_args(kind))
