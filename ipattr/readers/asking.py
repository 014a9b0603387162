"""The question which column is which, and the file beside the input in which its answers are kept.

``<input>.ipattr-map.json`` holds header rows and, for each, field → header; never a value of the table, never a date,
so that equal answers give equal bytes.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from ipattr.errors import InputError
from ipattr.model import Finding, Record, Text
from ipattr.readers.delimited import PADDING, looks_like_data, plain_header, read_table
from ipattr.readers.mapping import question, write_private

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ipattr.readers.document import Document
    from ipattr.readers.mapping import MappingNeededError

SUFFIX = ".ipattr-map.json"
_SAMPLES = 3
_SHOWN = 40


class Column(Record, frozen=True, kw_only=True):
    """One column to choose: its header and the first values below it."""

    header: str
    samples: tuple[str, ...]


class Question(Record, frozen=True, kw_only=True):
    """What has to be known about one table: for each field, which of the columns it is."""

    name: str
    fields: tuple[tuple[str, Text], ...]
    columns: tuple[Column, ...]


if TYPE_CHECKING:
    # Returns field → header, None when nobody answers.
    Ask = Callable[[Question], Mapping[str, str] | None]


class _Entry(Record, frozen=True, kw_only=True):
    headers: tuple[str, ...]
    mapping: dict[str, str]


class _Kept(Record, frozen=True, kw_only=True):
    version: Literal[1] = 1
    mappings: tuple[_Entry, ...] = ()


class Answers(Record, frozen=True, kw_only=True):
    """The answers kept beside one input, by header row, and the SHA-256 of the file that holds them."""

    name: str
    sha256: str
    mappings: dict[tuple[str, ...], dict[str, str]]


def beside(path: str) -> Path:
    """Return where the answers about an input are kept."""
    return Path(path + SUFFIX)


def load_answers(path: str) -> Answers | None:
    """Return the answers kept beside the input at ``path``, None when there are none.

    Raises InputError when the file beside it is not what ``keep_answers`` writes.
    """
    file = beside(path)
    try:
        data = file.read_bytes()
        kept = msgspec.json.decode(data, type=_Kept)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InputError(
            ja=f"列の対応付けの記録が読めない({error})。ファイルを消せば改めて問う。",
            en=f"The file of column answers cannot be read ({error}); delete it and the question is asked again.",
            where=file.name,
        ) from None
    return Answers(
        name=file.name,
        sha256=hashlib.sha256(data).hexdigest(),
        mappings={entry.headers: entry.mapping for entry in kept.mappings},
    )


def keep_answers(path: str, headers: tuple[str, ...], mapping: Mapping[str, str]) -> Finding:
    """Keep the answers about one header row beside the input; the finding says where, or why they are not kept."""
    file = beside(path)
    if any(looks_like_data(header) for header in headers):
        return _remark(
            "列名にデータとみられる値があるため、対応付けを保存しない。",
            "A column name looks like data, so the answers are not kept.",
            file.name,
        )
    known = load_answers(path)
    entries = {**(known.mappings if known is not None else {}), headers: dict(mapping)}
    content = _Kept(mappings=tuple(_Entry(headers=row, mapping=fields) for row, fields in sorted(entries.items())))
    data = msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"
    try:
        write_private(file, data)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return _remark(
            f"列の対応付けを {file.name} に保存できない({reason})。",
            f"The answers cannot be kept in {file.name} ({reason}).",
            file.name,
        )
    digest = hashlib.sha256(data).hexdigest()
    return _remark(
        f"列の対応付けを {file.name} に保存した(SHA-256 {digest})。次からこれを使う。",
        f"The answers are kept in {file.name} (SHA-256 {digest}) and used from now on.",
        file.name,
    )


def used(answers: Answers, document: str) -> Finding:
    """Say that kept answers shaped the reading of a document, with the hash of the file that holds them."""
    return _remark(
        f"{document} の列の対応は {answers.name}(SHA-256 {answers.sha256})による。",
        f"The columns of {document} follow {answers.name} (SHA-256 {answers.sha256}).",
        document,
    )


def _remark(ja: str, en: str, about: str) -> Finding:
    return Finding(code="IPA704", level="notice", message=Text(ja=ja, en=en), about=about)


def put(document: Document, needed: MappingNeededError) -> Question:
    """Return the question that a reading ran into, each column with its first values."""
    below = list(_below(document, needed.headers))
    columns = tuple(
        Column(
            header=header,
            samples=tuple(row[number][:_SHOWN] for row in below if number < len(row))[:_SAMPLES],
        )
        for number, header in enumerate(needed.headers)
    )
    fields = tuple((field, question(field)) for field in needed.fields)
    return Question(name=needed.where, fields=fields, columns=columns)


def _below(document: Document, headers: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield the first records below the header row, each in the order of ``headers``."""
    if document.grids:
        yield from _below_in_grids(document, headers)
        return
    header = plain_header(document) if document.kind == "text" else None
    if header is None:
        return
    try:
        table = read_table(document, header=header)
    except InputError:  # the question stands without samples; reading the table will say what is wrong
        return
    for row in table.rows[:_SAMPLES]:
        yield row.cells


def _below_in_grids(document: Document, headers: Sequence[str]) -> Iterator[tuple[str, ...]]:
    wanted = [header.strip(PADDING) for header in headers]
    for grid in document.grids:
        for number, row in enumerate(grid.rows):
            cells = [cell.text.strip(PADDING) for cell in row.cells]
            if all(header in cells for header in wanted):
                places = [cells.index(header) for header in wanted]
                for below in grid.rows[number + 1 : number + 1 + _SAMPLES]:
                    yield tuple(below.cells[at].text if at < len(below.cells) else "" for at in places)
                return
