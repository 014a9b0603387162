"""Judged rows gathered into chunks: what one row group of Parquet, or one stretch of CSV lines, is made from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ipattr.bulk.accepted import ALL_PRECISIONS
from ipattr.bulk.deciding import TABLE_OF
from ipattr.bulk.extra import array, constant, kernels, text_type, words
from ipattr.readers.cells import NAME_ALONE
from ipattr.renderers.csv import said
from ipattr.renderers.layout import inert

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pyarrow as pa

    from ipattr.bulk.accepted import Accepted
    from ipattr.bulk.keyed import Said
    from ipattr.bulk.verdicts import Judged, Verdicts

    Array = np.ndarray[Any, Any]


Join = Callable[[Sequence[tuple[str, str]]], str]
"""Makes one text of the names and texts of neighbouring cells."""


class Piece(NamedTuple):
    """The accepted rows of one batch with their verdicts."""

    rows: Accepted
    judged: Judged


class Chunk:
    """Rows of one or several batches in order, as columns over all of them.

    ``first`` is the number of the first row among all accepted ones (1-based), ``stamp`` what every row says of the
    run, ``source`` the SHA-256 of the input. Ids count into the tables of ``verdicts``, which must not forget
    before the chunk is written.
    """

    precisions = ALL_PRECISIONS

    def __init__(
        self, pieces: Sequence[Piece], *, verdicts: Verdicts, first: int, stamp: Mapping[str, str], source: str = ""
    ) -> None:
        """Join the arrays of the pieces."""
        import numpy as np

        def joined(of: Callable[[Piece], Array | None]) -> Array:
            arrays = [array for piece in pieces if (array := of(piece)) is not None]
            return arrays[0] if len(arrays) == 1 else np.concatenate(arrays or [np.empty(0, dtype=np.int32)])

        self.pieces = pieces
        self.verdicts = verdicts
        self.stamp = stamp
        self.source = source
        self.rows = joined(lambda piece: piece.rows.rows)
        self.numbers = np.arange(first, first + len(self.rows), dtype=np.int64)
        self.status = joined(lambda piece: piece.rows.review).astype(np.int32)
        self.utc = joined(lambda piece: piece.rows.utc)
        self.precision = joined(lambda piece: piece.rows.precision)
        self.port = joined(lambda piece: piece.rows.port)
        self.carrier = joined(lambda piece: piece.judged.carrier)
        self.network = joined(lambda piece: piece.judged.network)
        self.search = joined(lambda piece: piece.judged.search)
        self.deadline = joined(lambda piece: piece.judged.deadline)
        self.candidates = joined(lambda piece: piece.judged.candidates)
        self._places: dict[str, tuple[list[int], Array]] = {}

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    def few(self, columns: tuple[str, ...], join: Join) -> tuple[list[str], Array] | None:
        """Return columns of one verdict as the texts that occur, made by ``join``, and the place of each row in them.

        None for columns of many values.
        """
        kind = TABLE_OF.get(columns[0])
        if kind is None or kind == "network":
            return None
        used, place = self._occurring(kind)
        match kind:
            case "status":
                texts = [join([(columns[0], ("ok", "review")[number])]) for number in used]
            case "precision":
                texts = [join([(columns[0], ALL_PRECISIONS[number])]) for number in used]
            case "stamp":
                texts = [join([(columns[0], self.stamp[columns[0]])])] * bool(used)
            case _:
                every = self._said(kind).joined(columns, join)
                texts = [every[number] for number in used]
        return texts, place

    def prefixes(self) -> tuple[pa.Array[Any], pa.Array[Any]]:
        """Return the prefixes that occur, and the place of each row's among them; null where none is announced."""
        used, place = self._occurring("network")
        absent = used[:1] == [0]
        distinct = self.verdicts.prefixes.take(array(np_int(used[absent:])))
        return distinct, array(place - absent, mask=place < absent) if absent else array(place)

    def _said(self, kind: str) -> Said:
        tables = self.verdicts
        said = {"carrier": tables.carriers, "search": tables.searches, "deadline": tables.deadlines}
        return said.get(kind, tables.sets)

    def _occurring(self, kind: str) -> tuple[list[int], Array]:
        """Return the ids that occur, ascending, and the place of each row's id among them."""
        import numpy as np

        if kind not in self._places:
            ids: Array = getattr(self, kind) if kind != "stamp" else np.zeros(len(self), dtype=np.int32)
            used = np.flatnonzero(np.bincount(ids)) if len(ids) else np.empty(0, dtype=np.int64)
            among = np.zeros(int(used[-1]) + 1 if len(used) else 1, dtype=np.int32)
            among[used] = np.arange(len(used), dtype=np.int32)
            self._places[kind] = used.tolist(), among[ids]
        return self._places[kind]

    def has(self, name: str) -> bool:
        """Tell whether a column of text may hold anything."""
        return name in {"findings", "provenance"} or any(piece.rows.may_have(name) for piece in self.pieces)

    def text(self, name: str) -> pa.ChunkedArray[Any]:
        """Return a column of text that each row has for itself, "" where there is none."""
        import pyarrow as pa

        if name == "findings":
            return pa.chunked_array([self._findings()])
        if name == "provenance":
            return pa.chunked_array([self._provenance()])
        return pa.chunked_array([piece.rows.text(name) for piece in self.pieces], type=pa.string())

    def _findings(self) -> pa.Array[Any]:
        """Join every remark on each row, in the order of ``View.findings``."""
        tables = self.verdicts
        lang = tables.lang
        own = _said([f"IPA014 {NAME_ALONE.pick(lang)}", ""], 1 - self.status)
        sets = _said(tables.sets.column("findings").texts, tables.sets.column("findings").codes[self.candidates])
        own = self._replaced(own, lambda piece: {at: said(e.findings, lang) for at, e in piece.rows.odd.items()})
        sets = self._replaced(sets, lambda piece: piece.judged.firsts)
        carriers, deadlines = tables.carriers.column("findings"), tables.deadlines.column("findings")
        made: pa.Array[Any] = kernels().binary_join_element_wise(
            own,
            _said(carriers.texts, carriers.codes[self.carrier]),
            _said(deadlines.texts, deadlines.codes[self.deadline]),
            sets,
            constant(" | "),
            null_handling="skip",
        )
        return made

    def _replaced(self, column: pa.Array[Any], by: Callable[[Piece], Mapping[int, str]]) -> pa.Array[Any]:
        """Return a column with other texts in some rows; null where the text is empty."""
        import numpy as np

        found: dict[int, str] = {}
        offset = 0
        for piece in self.pieces:
            found |= {offset + at: text for at, text in by(piece).items()}
            offset += len(piece.rows)
        if not found:
            return column
        mask = np.zeros(len(self), dtype=bool)
        places = sorted(found)
        mask[places] = True
        others = words([found[at] for at in places], empty_is_null=True)
        made: pa.Array[Any] = kernels().replace_with_mask(column, array(mask), others)
        return made

    def _provenance(self) -> pa.Array[Any]:
        """Cite the row of the input and what the attribution rests on."""
        name = inert(self.stamp["file"])
        table = self.verdicts.carriers.column("provenance")
        tails = [f" {self.source}; {text}" if text else f" {self.source}" for text in table.texts]
        rows = array(self.rows).cast(text_type())
        cited = words(tails).take(array(table.codes[self.carrier]))
        made: pa.Array[Any] = kernels().binary_join_element_wise(constant(f"{name} {name}:"), rows, cited, constant(""))
        return made


def np_int(numbers: list[int]) -> Array:
    """Return numbers as an array."""
    import numpy as np

    return np.array(numbers, dtype=np.int32)


def _said(texts: Sequence[str], codes: Array) -> pa.Array[Any]:
    """Return the remarks of each row, null where there are none."""
    return words(texts, empty_is_null=True).take(array(codes))
