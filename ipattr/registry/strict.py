"""Strict reading of one file: TOML into a type, CSV into rows, each error with its key path or row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from ipattr.addresses import prefix_range
from ipattr.errors import DataError
from ipattr.model import Observation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")
Row = dict[str, str]
_WIDEST_V6 = 64
_SPECIAL_COLUMNS = (
    *("prefix", "name", "rfc", "allocated", "terminated", "globally_reachable"),
    *("meaning_ja", "meaning_en"),
)
_AS_COLUMNS = (
    *("asn", "handle", "organisation", "country", "category", "network_role", "prefixes"),
    *("source_repo", "source_commit"),
)
# What only an office's own captures know: a published table states no gap between two sightings.
_OWN_ALONE = {"longest_gap"}
CSV_COLUMNS: dict[str, tuple[str, ...]] = {
    "networks/prefixes.csv": ("prefix", "origin_asn", "delegated_country"),
    "networks/ases.csv": _AS_COLUMNS,
    "networks/areas.csv": ("prefix", "registry", "note"),
    "special/ipv4.csv": _SPECIAL_COLUMNS,
    "special/ipv6.csv": _SPECIAL_COLUMNS,
    "observations/*.csv": tuple(name for name in Observation.__struct_fields__ if name not in _OWN_ALONE),
}


def read_toml(tree: dict[str, bytes], name: str, kind: type[T]) -> T:
    """Read one TOML file as ``kind``."""
    import tomllib

    text = _text(tree, name)
    try:
        return msgspec.convert(tomllib.loads(text), kind)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        where = f"{name}:{place[1]}:{place[2]}" if place else name
        raise DataError(ja=f"TOML の構文誤り: {error}", en=f"TOML syntax error: {error}", where=where) from error
    except msgspec.ValidationError as error:
        raise _misfit(error, f"{name}: ") from error


def _misfit(error: msgspec.ValidationError, lead: str) -> DataError:
    """Turn msgspec's message into a DataError that names the key path, the unknown key included."""
    message, _, path = str(error).partition(" - at `")
    path = path.rstrip("`") or "$"
    if unknown := re.fullmatch(r"Object contains unknown field `(.*)`", message):
        return DataError(
            ja=f"スキーマにないキー「{unknown[1]}」。綴りを確認する。",
            en=f"Unknown key {unknown[1]!r}; check its spelling.",
            where=f"{lead}{path}.{unknown[1]}",
        )
    return DataError(
        ja=f"スキーマに合わない値: {message}", en=f"The value does not fit its schema: {message}", where=lead + path
    )


def read_bytes(tree: dict[str, bytes], name: str) -> bytes:
    """Return the bytes of one file that must be there."""
    if name not in tree:
        raise DataError(ja="必要なファイルがない。", en="This file is required and missing.", where=name)
    return tree[name]


def _text(tree: dict[str, bytes], name: str) -> str:
    """Return one file as text (UTF-8 without a byte-order mark)."""
    try:
        return read_bytes(tree, name).decode()
    except UnicodeDecodeError as error:
        raise DataError(
            ja=f"UTF-8 として読めない（{error.start} バイト目）。",
            en=f"Not UTF-8 (byte {error.start}).",
            where=name,
        ) from error


def read_csv(tree: dict[str, bytes], name: str, kind: type[T], shape: Callable[[Row], dict[str, Any]]) -> tuple[T, ...]:
    """Read one CSV table; a ``prefix`` column must hold strict CIDRs."""
    records = []
    for line, row in read_rows(tree, name):
        where = f"{name}:{line}"
        try:
            records.append(msgspec.convert(shape(row), kind, strict=False))
        except msgspec.ValidationError as error:
            raise _misfit(error, f"{where}: ") from error
        if "prefix" in row:
            refuse_loose(row["prefix"], where, narrow=name == "networks/prefixes.csv")
    return tuple(records)


def read_rows(tree: dict[str, bytes], name: str) -> Iterator[tuple[int, Row]]:
    """Yield the rows of one table with the physical line each ends on; the header must be exactly the schema's."""
    import csv

    reader = csv.reader(_text(tree, name).splitlines(keepends=True), strict=True)
    columns = CSV_COLUMNS["observations/*.csv" if name.startswith("observations/") else name]
    try:
        header = next(reader, [])
        if tuple(header) != columns:
            raise DataError(
                ja=f"列見出しが違う。必要な列: {','.join(columns)}",
                en=f"The header must read: {','.join(columns)}",
                where=f"{name}:1",
            )
        for cells in reader:
            if len(cells) != len(columns):
                raise DataError(
                    ja=f"セルの数が {len(cells)}。{len(columns)} でなければならない。",
                    en=f"This row has {len(cells)} cells; it must have {len(columns)}.",
                    where=f"{name}:{reader.line_num}",
                )
            yield reader.line_num, dict(zip(columns, cells, strict=True))
    except csv.Error as error:
        where = f"{name}:{reader.line_num}"
        raise DataError(ja=f"CSV の構文誤り: {error}", en=f"CSV syntax error: {error}", where=where) from error


def refuse_loose(prefix: str, where: str, *, narrow: bool = False) -> None:
    """Refuse a prefix with host bits set, and, where ``narrow``, one that the table cannot hold."""
    try:
        version, _, _ = prefix_range(prefix)
    except ValueError as error:
        raise DataError(
            ja=f"厳密な CIDR ではない: {prefix}（ホスト部は 0 とする）。",
            en=f"Not a strict CIDR: {prefix} (the host bits must be 0).",
            where=where,
        ) from error
    if narrow and version == 6 and int(prefix.rpartition("/")[2]) > _WIDEST_V6:  # noqa: PLR2004 - IP version
        raise DataError(
            ja=f"/64 より長い IPv6 プレフィックスは経路表に置けない: {prefix}",
            en=f"The table holds no IPv6 prefix longer than /64: {prefix}",
            where=where,
        )


def names_in(tree: dict[str, bytes], folder: str) -> list[str]:
    """Return the paths of one folder, in order."""
    return [name for name in tree if name.startswith(folder)]


def match_stems(folder: str, ids: Iterable[str], names: list[str]) -> None:
    """Refuse a file whose id is not its name."""
    for given, name in zip(ids, names, strict=True):
        if f"{folder}/{given}.toml" != name:
            raise DataError(
                ja=f"id「{given}」がファイル名と違う。",
                en=f"The id {given!r} is not the file's name.",
                where=f"{name}: $.id",
            )


def refuse_twice(where: str, ids: Iterable[str]) -> None:
    """Refuse an id that stands twice."""
    seen: set[str] = set()
    for given in ids:
        if given in seen:
            raise DataError(ja=f"id「{given}」が二度ある。", en=f"The id {given!r} stands twice.", where=where)
        seen.add(given)
