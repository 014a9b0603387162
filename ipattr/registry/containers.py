"""How the registry holds facts: records decoded one at a time, answers remembered, values under prefixes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

if TYPE_CHECKING:
    from ipattr.registry.compiled import Compiled

K = TypeVar("K")
T = TypeVar("T")
_MEMO_LIMIT = 1 << 18
_BITS = {4: 32, 6: 128}


class Records(Mapping[str, T], Generic[T]):
    """Records by id; one is decoded when it is first asked for."""

    def __init__(self, compiled: Compiled, group: str, kind: type[T]) -> None:
        """Keep where the records of ``group`` lie."""
        self._compiled = compiled
        self._spans = compiled.directory.groups[group]
        self._kind = kind
        self._decoded: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        """Return the record ``name``; KeyError when there is none."""
        found = self._decoded.get(name)
        if found is None:
            found = msgspec.json.decode(self._compiled.span(self._spans[name]), type=self._kind)
            self._decoded[name] = found
        return found

    def __contains__(self, name: object) -> bool:
        """Tell whether there is such a record, without decoding it."""
        return name in self._spans

    def __iter__(self) -> Iterator[str]:
        """Go through the ids in order."""
        return iter(self._spans)

    def __len__(self) -> int:
        """Count the records."""
        return len(self._spans)


class Memo(dict[K, T]):
    """Answers by question, worked out once each; emptied when it grows past its limit, so that it stays bounded."""

    __slots__ = ("_answer",)

    def __init__(self, answer: Callable[[K], T]) -> None:
        """Take the function that answers a question not asked before."""
        super().__init__()
        self._answer = answer

    def __missing__(self, question: K) -> T:
        """Answer and remember."""
        if len(self) >= _MEMO_LIMIT:
            self.clear()
        answer = self[question] = self._answer(question)
        return answer


class PrefixMap(Generic[T]):
    """Values under prefixes, found from the longest prefix that holds an address to the shortest."""

    def __init__(self, entries: list[tuple[int, int, int, T]]) -> None:
        """Take (version, length, leading bits, value), longest first."""
        self._shelves: dict[int, dict[int, dict[int, list[T]]]] = {4: {}, 6: {}}
        for version, length, leading, value in entries:
            shelf = self._shelves[version].setdefault(_BITS[version] - length, {})
            shelf.setdefault(leading, []).append(value)

    def edges(self, version: int) -> set[int]:
        """Return the addresses at which a prefix begins, and those right behind the end of one."""
        return {
            (leading + end) << shift
            for shift, shelf in self._shelves[version].items()
            for leading in shelf
            for end in (0, 1)
        }

    def covering(self, version: int, number: int) -> tuple[T, ...]:
        """Return the values of every prefix that holds the address, longest first."""
        found: list[T] = []
        for shift, shelf in self._shelves[version].items():
            found += shelf.get(number >> shift, ())
        return tuple(found)
