"""What is worked out once per key: ids of keys over whole columns, and the cells that are said of each id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ipattr.bulk.arrays import distinct

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

    Array = np.ndarray[Any, Any]

_END = (1 << 63) - 1
DENSE = 1 << 20
"""Keys below this are found by their place in a table, all others by bisection."""


class Keys:
    """Ids of integer keys, from 0 in the order in which keys are first asked for."""

    def __init__(self) -> None:
        """Begin with no key."""
        self.clear()

    def clear(self) -> None:
        """Forget every key."""
        import numpy as np

        self._dense = np.empty(0, dtype=np.int32)
        self._keys = np.array([_END], dtype=np.int64)
        self._ids = np.array([-1], dtype=np.int32)
        self._size = 0

    def __len__(self) -> int:
        """Return how many keys are known."""
        return self._size

    def ids(self, wanted: Array, answer: Callable[[int, int], None]) -> Array:
        """Return the id of each key (int64, from 0, below 2^63 - 1) as int32.

        ``answer`` is told each new key and the first row that asks for it, in the order of those rows: the first is
        the next id, and so on.
        """
        import numpy as np

        ids = self._known(wanted)
        missing = np.flatnonzero(ids < 0)
        if not len(missing):
            return ids
        new, first, _ = distinct(wanted[missing])
        order = np.argsort(first)
        for one in order.tolist():
            answer(int(new[one]), int(missing[first[one]]))
        given = np.empty(len(new), dtype=np.int32)
        given[order] = np.arange(self._size, self._size + len(new), dtype=np.int32)
        self._size += len(new)
        small = int(np.searchsorted(new, DENSE))
        if small:
            self._dense = _room(self._dense, int(new[small - 1]) + 1)
            self._dense[new[:small]] = given[:small]
        into = np.searchsorted(self._keys, new[small:])
        self._keys = np.insert(self._keys, into, new[small:])
        self._ids = np.insert(self._ids, into, given[small:])
        return self._known(wanted)

    def _known(self, wanted: Array) -> Array:
        """Return the id of each key, -1 for one that is not known."""
        import numpy as np

        if len(wanted) and int(wanted.max()) < DENSE:
            self._dense = _room(self._dense, int(wanted.max()) + 1)
            return self._dense[wanted]
        at = np.searchsorted(self._keys, wanted)
        ids = np.where(self._keys[at] == wanted, self._ids[at], np.int32(-1))
        small = np.flatnonzero(wanted < DENSE)
        if len(small):
            self._dense = _room(self._dense, int(wanted[small].max()) + 1)
            ids[small] = self._dense[wanted[small]]
        return ids


class Said:
    """Cells by id: each id has the cells of one verdict, and each column is coded into its distinct texts."""

    def __init__(self) -> None:
        """Begin with no id."""
        self._cells: list[dict[str, str]] = []
        self._columns: dict[str, Coded] = {}
        self._joined: dict[tuple[str, ...], list[str]] = {}

    def __len__(self) -> int:
        """Return how many ids have cells."""
        return len(self._cells)

    def clear(self) -> None:
        """Forget every id."""
        self._cells.clear()
        self._columns.clear()
        self._joined.clear()

    def add(self, cells: dict[str, str]) -> int:
        """Give the next id its cells and return it."""
        self._cells.append(cells)
        return len(self._cells) - 1

    def joined(self, names: tuple[str, ...], join: Callable[[Sequence[tuple[str, str]]], str]) -> list[str]:
        """Return several columns by id, each as the one text that ``join`` makes of (name, cell) pairs."""
        texts = self._joined.setdefault(names, [])
        texts += [join([(name, cells.get(name, "")) for name in names]) for cells in self._cells[len(texts) :]]
        return texts

    def column(self, name: str) -> Coded:
        """Return one column, coded for every id there is."""
        coded = self._columns.setdefault(name, Coded())
        coded.extend([cells.get(name, "") for cells in self._cells[len(coded) :]])
        return coded


class Coded:
    """Texts by id, each distinct one held once: ``codes`` (int32, by id) count into ``texts``."""

    def __init__(self) -> None:
        """Begin with no id."""
        import numpy as np

        self.texts: list[str] = []
        self._known: dict[str, int] = {}
        self._codes = np.empty(0, dtype=np.int32)
        self._size = 0

    def __len__(self) -> int:
        """Return how many ids have a text."""
        return self._size

    @property
    def codes(self) -> Array:
        """The codes by id."""
        return self._codes[: self._size]

    def extend(self, texts: Sequence[str]) -> None:
        """Give the next ids their texts."""
        if not texts:
            return
        import numpy as np

        codes = []
        for text in texts:
            code = self._known.setdefault(text, len(self.texts))
            if code == len(self.texts):
                self.texts.append(text)
            codes.append(code)
        self._codes = _room(self._codes, self._size + len(codes))
        self._codes[self._size : self._size + len(codes)] = np.asarray(codes, dtype=np.int32)
        self._size += len(codes)


class Numbers:
    """Numbers by id (int32), -1 where none was given."""

    def __init__(self, size: int = 0) -> None:
        """Begin with ``size`` ids without a number."""
        import numpy as np

        self._numbers = np.full(max(size, 1), -1, dtype=np.int32)

    def at(self, ids: Array) -> Array:
        """Return the number of each id."""
        return self._numbers[ids]

    def put(self, number: int, value: int) -> None:
        """Give one id its number."""
        self._numbers = _room(self._numbers, number + 1)
        self._numbers[number] = value


def _room(array: Array, size: int) -> Array:
    """Return the array, or a larger copy that has room for ``size`` entries; new ones are -1."""
    import numpy as np

    if size <= len(array):
        return array
    larger = np.full(max(size, 2 * len(array), 64), -1, dtype=array.dtype)
    larger[: len(array)] = array
    return larger
