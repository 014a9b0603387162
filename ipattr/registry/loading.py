"""The slow path: every file of ``data/`` read strictly, each error with its file and key path or row."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from ipattr.errors import DataError
from ipattr.model import (
    AutonomousSystem,
    Calendar,
    Citation,
    NonAccess,
    Observation,
    Platform,
    PlatformPrefix,
    PracticeRange,
    Provider,
    Record,
    RegistryArea,
    RegistryServer,
    ServicePrefix,
    SpecialBlock,
)
from ipattr.model.sources import Announcement, Sources, TableManifest
from ipattr.registry.bootstrapping import BOOTSTRAP_FILES, parse_bootstrap
from ipattr.registry.proceedings import ROUTES, read_procedures, read_routes, read_sheets
from ipattr.registry.strict import (
    CSV_COLUMNS,
    Row,
    match_stems,
    names_in,
    read_bytes,
    read_csv,
    read_rows,
    read_toml,
    refuse_loose,
    refuse_twice,
)

if TYPE_CHECKING:
    from collections.abc import Iterable


_SERVERS = "registries/servers.toml"
_SEALED = ("networks/", "special/", "registries/")


class NetworkFile(Record, frozen=True, kw_only=True):
    """The networks of one category (``data/nonaccess/<category>.toml``)."""

    network: tuple[NonAccess, ...]


class CitationFile(Record, frozen=True, kw_only=True):
    """All sources (``data/citations.toml``)."""

    citation: tuple[Citation, ...]


class PracticeFile(Record, frozen=True, kw_only=True):
    """All general ranges (``data/practice.toml``)."""

    range: tuple[PracticeRange, ...]


class ManifestFile(Record, frozen=True, kw_only=True):
    """The tables of one folder (``manifest.toml``)."""

    table: tuple[TableManifest, ...]


class ServerFile(Record, frozen=True, kw_only=True):
    """All servers that may be asked (``registries/servers.toml``)."""

    server: tuple[RegistryServer, ...]


def _autonomous_system(row: Row) -> dict[str, Any]:
    """Bring a row of ``ases.csv`` into the shape of the model."""
    return {
        "number": row["asn"],
        "handle": row["handle"],
        "organisation": row["organisation"],
        "country": row["country"],
        "category": row["category"],
        "role": row["network_role"],
        "source": f"{row['source_repo']}@{row['source_commit']}",
    }


def _special(row: Row) -> dict[str, Any]:
    """Bring a row of the special-purpose registries into the shape of the model."""
    reachable = {"true": True, "false": False, "": None}
    kept: dict[str, Any] = {name: row[name] for name in ("prefix", "name", "rfc", "allocated", "terminated")}
    kept["globally_reachable"] = reachable.get(row["globally_reachable"], row["globally_reachable"])
    kept["meaning"] = {"ja": row["meaning_ja"], "en": row["meaning_en"]}
    return kept


def _observation(row: Row) -> dict[str, Any]:
    """Bring a row of ``observations/*.csv`` into the shape of the model: an empty count is no count."""
    return {**row, "count": row["count"] or None}


def _same(row: Row) -> dict[str, Any]:
    """Leave a row as it is."""
    return dict(row)


def parse_tree(tree: dict[str, bytes], examples: tuple[str, ...] = ()) -> Sources:
    """Turn the files of ``data/`` into records.

    ``tree`` maps paths below ``data/`` to bytes. Raises DataError with file and key path (TOML) or file and row (CSV)
    for whatever does not fit its schema, is not a strict CIDR, bears an id twice, or contradicts its manifest.
    """
    _refuse_strangers(tree)
    manifests = _manifests(tree)
    providers = tuple(read_toml(tree, name, Provider) for name in names_in(tree, "providers/"))
    platforms = tuple(read_toml(tree, name, Platform) for name in names_in(tree, "platforms/"))
    citations = read_toml(tree, "citations.toml", CitationFile).citation
    nonaccess = _nonaccess(tree)
    match_stems("providers", (provider.id for provider in providers), names_in(tree, "providers/"))
    match_stems("platforms", (platform.id for platform in platforms), names_in(tree, "platforms/"))
    refuse_twice("nonaccess", (*(one.id for one in providers), *(one.id for one in nonaccess)))
    refuse_twice("citations.toml", (citation.code for citation in citations))
    platform_ids = {platform.id for platform in platforms}
    observations = _observations(tree, platform_ids)
    for provider in providers:
        _strict_blocks(provider.prefixes, f"providers/{provider.id}.toml: $")
    for network in nonaccess:
        _strict_blocks(network.prefixes, f"nonaccess/{network.category}.toml: {network.id}")
    for platform in platforms:
        _strict_blocks(platform.prefixes, f"platforms/{platform.id}.toml: $")
    ases = read_csv(tree, "networks/ases.csv", AutonomousSystem, _autonomous_system)
    refuse_twice("networks/ases.csv", (str(system.number) for system in ases))
    servers = read_toml(tree, _SERVERS, ServerFile).server
    refuse_twice(_SERVERS, (server.id for server in servers))
    procedures = read_procedures(tree, platform_ids)
    return Sources(
        providers=providers,
        nonaccess=nonaccess,
        platforms=platforms,
        observations=observations,
        citations=citations,
        practice=read_toml(tree, "practice.toml", PracticeFile).range,
        calendar=read_toml(tree, "calendar.toml", Calendar),
        columns=read_toml(tree, "columns.toml", dict[str, tuple[str, ...]]),
        specials=(
            *read_csv(tree, "special/ipv4.csv", SpecialBlock, _special),
            *read_csv(tree, "special/ipv6.csv", SpecialBlock, _special),
        ),
        announcements=read_csv(tree, "networks/prefixes.csv", Announcement, _same),
        ases=ases,
        listed_counts=_listed_counts(tree),
        areas=read_csv(tree, "networks/areas.csv", RegistryArea, _same),
        servers=servers,
        bootstraps=tuple(
            parse_bootstrap(read_bytes(tree, name), kind, where=name) for kind, name in BOOTSTRAP_FILES.items()
        ),
        procedures=procedures,
        routes=read_routes(tree, {procedure.id for procedure in procedures}, platform_ids),
        sheets=read_sheets(tree, {provider.id for provider in providers}, platform_ids),
        manifests=manifests,
        examples=examples,
    )


def _refuse_strangers(tree: dict[str, bytes]) -> None:
    """Refuse a file that no schema speaks of: a misspelt name must not make facts vanish."""
    single = {
        "citations.toml",
        "practice.toml",
        "calendar.toml",
        "columns.toml",
        _SERVERS,
        ROUTES,
        *BOOTSTRAP_FILES.values(),
        *CSV_COLUMNS,
    }
    folders = re.compile(
        r"(?:providers|nonaccess|platforms|procedures|sheets)/[^/]+\.toml|observations/[^/]+\.csv|[a-z]+/manifest\.toml"
    )
    for name in tree:
        if name not in single and not folders.fullmatch(name):
            raise DataError(
                ja="data/ にこの種類のファイルはない。名前と置き場所を確認する。",
                en="data/ has no such kind of file; check its name and folder.",
                where=name,
            )


def _strict_blocks(blocks: Iterable[ServicePrefix | PlatformPrefix], lead: str) -> None:
    """Refuse any of an entry's own prefixes that is not strict."""
    for index, block in enumerate(blocks):
        refuse_loose(block.prefix, f"{lead}.prefixes[{index}].prefix")


def _nonaccess(tree: dict[str, bytes]) -> tuple[NonAccess, ...]:
    """Read the networks behind which there is no access contract; a file holds one category, its name."""
    networks: list[NonAccess] = []
    for name in names_in(tree, "nonaccess/"):
        stem = name.removeprefix("nonaccess/").removesuffix(".toml")
        for index, network in enumerate(read_toml(tree, name, NetworkFile).network):
            if network.category != stem:
                raise DataError(
                    ja=f"分類「{network.category}」がファイル名と違う。",
                    en=f"The category {network.category!r} is not the file's name.",
                    where=f"{name}: $.network[{index}].category",
                )
            networks.append(network)
    return tuple(networks)


def _observations(tree: dict[str, bytes], platforms: set[str]) -> tuple[Observation, ...]:
    """Read the dated observations; a file holds one platform, its name."""
    kept: list[Observation] = []
    for name in names_in(tree, "observations/"):
        if not name.endswith(".csv"):
            continue
        rows = read_csv(tree, name, Observation, _observation)
        stem = name.removeprefix("observations/").removesuffix(".csv")
        if stem not in platforms or any(row.platform != stem for row in rows):
            raise DataError(
                ja="ファイル名、platform 列、platforms/ の id が一致しない。",
                en="File name, platform column and an id of platforms/ must agree.",
                where=name,
            )
        kept += rows
    refuse_twice("observations", (row.id for row in kept))
    return tuple(kept)


def _listed_counts(tree: dict[str, bytes]) -> dict[int, int]:
    """Return how many prefixes ``ases.csv`` states for each AS number."""
    counts = {}
    for line, row in read_rows(tree, "networks/ases.csv"):
        if not row["prefixes"].isascii() or not row["prefixes"].isdigit():
            raise DataError(
                ja="prefixes は整数でなければならない。",
                en="prefixes must be a whole number.",
                where=f"networks/ases.csv:{line}",
            )
        counts[int(row["asn"])] = int(row["prefixes"])
    return counts


def _manifests(tree: dict[str, bytes]) -> dict[str, TableManifest]:
    """Read every ``manifest.toml`` and hold the tables against it: none unlisted, bytes and rows as stated."""
    found: dict[str, TableManifest] = {}
    for name in [name for name in tree if name.endswith("/manifest.toml")]:
        folder = name.removesuffix("manifest.toml")
        for index, table in enumerate(read_toml(tree, name, ManifestFile).table):
            _hold(tree, folder + table.file, table, f"{name}: $.table[{index}]")
            found[folder + table.file] = table
    for name in tree:
        if name.startswith(_SEALED) and not name.endswith("/manifest.toml") and name not in found:
            raise DataError(ja="manifest.toml に載っていない表。", en="No manifest.toml lists this table.", where=name)
    return found


def _hold(tree: dict[str, bytes], path: str, table: TableManifest, where: str) -> None:
    """Refuse a table whose bytes or rows are not those of its manifest."""
    actual = hashlib.sha256(tree.get(path, b"")).hexdigest()
    if actual != table.sha256:
        raise DataError(
            ja=f"{path} の SHA-256 が manifest と違う（実際は {actual}）。表を変えたなら manifest も改める。",
            en=f"The SHA-256 of {path} is not the manifest's (it is {actual}); update the manifest with the table.",
            where=f"{where}.sha256",
        )
    rows = _count(tree, path)
    if rows != table.rows:
        raise DataError(
            ja=f"{path} の行数は {rows}、manifest は {table.rows}。",
            en=f"{path} has {rows} rows, its manifest says {table.rows}.",
            where=f"{where}.rows",
        )


def _count(tree: dict[str, bytes], path: str) -> int:
    """Return the rows of one table: lines of a CSV file, servers, or the ranges of a bootstrap registry."""
    for kind, name in BOOTSTRAP_FILES.items():
        if path == name:
            services = parse_bootstrap(read_bytes(tree, name), kind, where=name).services
            return sum(len(service.ranges) for service in services)
    if path == _SERVERS:
        return len(read_toml(tree, path, ServerFile).server)
    return sum(1 for _ in read_rows(tree, path))
