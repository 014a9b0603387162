"""JSON Lines: one object per line, its values as the text of cells; a number keeps the digits it is written with."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ipattr.bulk import arrays
from ipattr.bulk.columnar import ColumnReader, narrowed
from ipattr.bulk.cutting import pieces
from ipattr.bulk.ordering import Batch, in_order
from ipattr.errors import InputError
from ipattr.model import Cell, Refusal, Reject, Text
from ipattr.readers.delimited import Shape, remarks
from ipattr.readers.mapping import LOGIN_FIELDS, ask, known_names, recognise, resolve
from ipattr.readers.tables import login_column_findings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from ipattr.addresses import Specials
    from ipattr.bulk.cutting import Piece
    from ipattr.bulk.ordering import Pool
    from ipattr.bulk.texts import TextFile
    from ipattr.model import Finding
    from ipattr.readers.document import Document, Options

FORM = "jsonl"
_REASON = Text(ja="各行が JSON のオブジェクトである。", en="Every line is a JSON object.")
_KEY = re.compile(rb'"[ \t\r]*:')
_MINUS_ZERO = re.compile(rb":[ \t\r]*-0")
_SHOWN = 80
_EXACT = frozenset({"port", "account_id", "ip", "destination"})
_decode_lines = msgspec.json.Decoder(dict[str, str | int | None]).decode_lines
_decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_text = msgspec.json.Decoder(str).decode


class _Lines(NamedTuple):
    """The objects of one block: their cells by column, the lines they stand in, and the rows refused already."""

    cells: list[list[str]]
    numbers: list[int]
    refused: dict[int, Reject]
    blank: int


class JsonLinesReader:
    """One file of JSON Lines; its columns are the keys of the objects at its beginning, and a row is a line."""

    form = FORM
    form_reason = _REASON

    def __init__(self, text: TextFile, document: Document, *, options: Options, specials: Specials) -> None:
        """Decide the columns by the first lines; InputError when time or address has no key."""
        self._text = text
        self._options = options
        self.name = text.name
        self.sha256 = text.sha256
        self.size = text.size
        self.encoding = text.encoding.codec
        self.encoding_reason = text.encoding.reason
        headers = _keys(document)
        self.columns = resolve(self.name, headers, fields=LOGIN_FIELDS, options=options)
        missing = [field for field in ("time", "ip") if field not in self.columns.index]
        if missing:
            raise ask(self.name, headers, *missing)
        self._reader = ColumnReader(narrowed(self.columns), options, specials, name=self.name, sha256=self.sha256)
        self._keys = frozenset(headers)
        self._known = known_names(options, LOGIN_FIELDS)
        self._fields = {header: field for field, header in self._reader.columns.mapping.items()}
        self.start = (0, 1)

    def batches(self, offset: int, row: int, pool: Pool) -> Iterator[Batch]:
        """Yield the batches from ``offset`` on; InputError when the file was changed."""

        def tasks() -> Iterator[Future[Batch]]:
            for piece in pieces(self._text, offset, row, returns=False):
                yield pool.submit(self._read, piece)

        yield from in_order(tasks(), pool.ahead)
        self._text.raw.refuse_change()

    def findings(self, *, rows: int, blank: int) -> tuple[Finding, ...]:
        """Return what is said of the whole table."""
        named = len(self.columns.headers)
        return (
            *remarks(self.name, Shape("", 1, named, named), blank=blank, rows=rows),
            *login_column_findings(self.name, self.columns, self._options),
        )

    def close(self) -> None:
        """Close the file."""
        self._text.raw.close()

    def _read(self, piece: Piece) -> Batch:
        import numpy as np

        found = self._plain_lines(piece) or self._lines(piece)
        offset, row = piece.after
        columns = [arrays.texts(column) for column in found.cells]
        parsed = self._reader.texts(columns, np.array(found.numbers, np.int64), found.refused)
        return Batch(parsed, found.blank, offset, row, int(self.size * offset / max(self._text.length, 1)))

    def _plain_lines(self, piece: Piece) -> _Lines | None:
        """Return the objects of a block in which every line is one, of known keys, text and integers; else None."""
        try:
            found = _decode_lines(piece.data)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return None
        # As many keys are written as are held, so none stands twice; and an integer has lost its sign only as -0.
        written, held = len(_KEY.findall(piece.data)), sum(map(len, found))
        if len(found) != piece.lines or written != held or _MINUS_ZERO.search(piece.data):
            return None
        if not all(map(self._keys.issuperset, found)):
            return None
        cells = [
            [
                value if type(value) is str else "" if value is None else str(value)
                for value in [one.get(header) for one in found]
            ]
            for header in self._reader.columns.headers
        ]
        return _Lines(cells, list(range(piece.line, piece.line + piece.lines)), {}, 0)

    def _lines(self, piece: Piece) -> _Lines:
        headers = self._reader.columns.headers
        cells: list[list[str]] = [[] for _ in headers]
        numbers: list[int] = []
        refused: dict[int, Reject] = {}
        blank = 0
        for number, line in enumerate(piece.data.split(b"\n"), start=piece.line):
            if not line.strip():
                blank += number < piece.line + piece.lines
                continue
            row, why = self._row(line, number)
            if why is not None:
                refused[len(numbers)] = why
            numbers.append(number)
            for column, cell in zip(cells, row, strict=True):
                column.append(cell)
        return _Lines(cells, numbers, refused, blank)

    def _row(self, line: bytes, number: int) -> tuple[Sequence[str], Reject | None]:
        """Return the cells of one line, and why it is refused, if it is."""
        headers = self._reader.columns.headers
        empty = ("",) * len(headers)
        try:
            values = _decode(line)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            return empty, self._reject(line, number, "", _no_object(error))
        if len(_KEY.findall(line)) != len(values):
            twice = _repeated(line)
            if twice:
                return empty, self._reject(line, number, twice, _twice(twice))
        row = []
        for header in headers:
            raw = values.get(header)
            cell = "" if raw is None else _cell(bytes(raw), exact=self._fields.get(header) in _EXACT)
            if not isinstance(cell, str):
                return empty, self._reject(line, number, header, cell)
            row.append(cell)
        late = "" if self._keys.issuperset(values) else self._late(values)
        if late:
            return empty, self._reject(line, number, late, _too_late(late))
        return row, None

    def _late(self, values: Mapping[str, object]) -> str:
        """Return a key that names a field, but is not among the columns; empty when there is none."""
        return next((key for key in values if key not in self._keys and recognise(key, self._known) is not None), "")

    def _reject(self, line: bytes, number: int, column: str, why: Refusal) -> Reject:
        text = line.decode("utf-8", "replace").rstrip("\r")
        return Reject(
            file=self.name,
            row=number,
            column=column,
            raw=text,
            code=why.code,
            reason=why.reason,
            record=(Cell(column="text", raw=text),),
        )


def _keys(document: Document) -> tuple[str, ...]:
    """Return the keys of the first objects, in the order in which they come; InputError when there is no object."""
    keys: dict[str, None] = {}
    for line in document.text.split("\n"):
        try:
            keys |= dict.fromkeys(_decode(line))
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue
    if not keys:
        raise InputError(
            ja="JSON Lines とみられるが、オブジェクトの行が一つもない。一行に一つのオブジェクトを書かれたい。",
            en="This looks like JSON Lines, but no line holds an object; write one object per line.",
            where=document.name,
        )
    return tuple(keys)


def _cell(raw: bytes, *, exact: bool) -> str | Refusal:
    """Return a value as the text of a cell; ``exact``: digits may not have been through a float."""
    if raw[:1] == b'"':
        try:
            return _text(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            return _no_object(error)
    text = raw.decode()
    if text == "null":
        return ""
    if not (text[:1] == "-" or text[:1].isdigit()):
        return Refusal(
            code="IPA983",
            reason=Text(
                ja=f"値「{text[:_SHOWN]}」は文字列でも整数でもない。原本を確認する。",
                en=f"The value {text[:_SHOWN]} is neither text nor an integer; check the original.",
            ),
        )
    if exact and not text.removeprefix("-").isdigit():
        return Refusal(
            code="IPA984",
            reason=Text(
                ja=f"「{text[:_SHOWN]}」は小数で、元の数字と同じとは限らない。文字列か整数として書き出し直す。",
                en=f"{text[:_SHOWN]} is a float and may not be what was written; write it anew as text or an integer.",
            ),
        )
    return text


def _repeated(line: bytes) -> str:
    """Return a key that stands twice in an object, empty when none does."""
    found: list[str] = []

    def note(pairs: list[tuple[str, object]]) -> None:
        # The outermost object is the last to be closed.
        found[:] = [key for key, _ in pairs]

    json.loads(line, object_pairs_hook=note)
    return next((key for number, key in enumerate(found) if found.index(key) != number), "")


def _no_object(error: Exception) -> Refusal:
    return Refusal(
        code="IPA980",
        reason=Text(
            ja=f"この行は JSON のオブジェクト一つとして読めない({error})。原本を確認する。",
            en=f"This line is not one JSON object ({error}); check the original.",
        ),
    )


def _twice(key: str) -> Refusal:
    return Refusal(
        code="IPA981",
        reason=Text(
            ja=f"項目「{key[:_SHOWN]}」が二度ある。どちらの値か決められない。原本を確認する。",
            en=f"The key {key[:_SHOWN]!r} stands twice; which value holds cannot be told. Check the original.",
        ),
    )


def _too_late(key: str) -> Refusal:
    return Refusal(
        code="IPA982",
        reason=Text(
            ja=f"項目「{key[:_SHOWN]}」はファイルの初めの行にはなく、読む列に入っていない。--map で指定するか、"
            "初めの行に加える。",
            en=f"The key {key[:_SHOWN]!r} is not in the first lines of the file, so it is no column that is read; name "
            "it with --map, or add it to the first line.",
        ),
    )
