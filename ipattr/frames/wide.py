"""Every login with every verdict on it, one wide row each; what many rows share is made once and taken by all."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from ipattr.frames.building import said, stamp, typed
from ipattr.frames.columns import ATTRIBUTION, CANDIDATES, COLUMNS, DEADLINE, REGISTRATION, SEARCH
from ipattr.frames.disclosed import event_cells
from ipattr.frames.judged import deadline_cells
from ipattr.renderers import facts
from ipattr.renderers.layout import inert
from ipattr.renderers.view import views

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

    import pandas as pd

    from ipattr.frames.building import Value
    from ipattr.frames.columns import Column
    from ipattr.model import Case
    from ipattr.renderers.view import View


class WideRow(NamedTuple):
    """The cells of one row's own, and the login whose verdicts stand beside them; None where there is no verdict."""

    own: Mapping[str, Value]
    view: View | None


def verdicts(case: Case, *, lang: str = "ja") -> pd.DataFrame:
    """Return one row per login, in the order of the case: what was read, then every verdict in the words of the CSV.

    Rows that could not be read stand in ``rejects``. ``lang`` is the language of texts; statuses are closed words.
    """
    rows = [WideRow(own_cells(view), view) for view in views(case)]
    made = wide(COLUMNS["verdicts"], rows, lang)
    made.attrs["ipattr"] = stamp(case)
    return made


def own_cells(view: View) -> dict[str, Value]:
    """Return what no other login shares: what was read of it, and the posts it is the nearest to."""
    nearest = "; ".join(link.post for link in view.links if link.nearest)
    return {**event_cells(view.login), "row": view.row.number, "nearest_to": nearest}


def wide(columns: Sequence[Column], rows: Sequence[WideRow], lang: str) -> pd.DataFrame:
    """Return the ``columns`` (of ``verdicts``, or of the rows' own) in their order, one row per entry."""
    import pandas as pd

    names = {column.name for column in columns}
    shared = [part for part in _PARTS if not names.isdisjoint(part.names)]
    taken = set[str]().union(*(part.names for part in shared))
    arrays = {}
    for part in shared:
        cells, places = part.distinct(rows, lang)
        table = typed([column for column in columns if column.name in part.names], cells).take(places)
        arrays.update({name: table[name].array for name in table.columns})
    own = typed([column for column in columns if column.name not in taken], [row.own for row in rows])
    arrays.update({name: own[name].array for name in own.columns})
    return pd.DataFrame({column.name: arrays[column.name] for column in columns}, index=pd.RangeIndex(len(rows)))


class _Part(NamedTuple):
    """Some columns, what of a row settles their cells, and what makes them."""

    names: frozenset[str]
    key: Callable[[View], Hashable]
    make: Callable[[View, str], Mapping[str, Value]]

    def distinct(self, rows: Iterable[WideRow], lang: str) -> tuple[list[Mapping[str, Value]], list[int]]:
        """Return the distinct cells, empty ones first, and which of them each row has."""
        cells: list[Mapping[str, Value]] = [{}]
        places: list[int] = []
        known: dict[Hashable, int] = {}
        for _, view in rows:
            if view is None:
                places.append(0)
                continue
            key = self.key(view)
            if key not in known:
                known[key] = len(cells)
                cells.append(self.make(view, lang))
            places.append(known[key])
        return cells, places


def _registration(view: View, lang: str) -> Mapping[str, Value]:
    return {column: inert(text) for column, text in facts.registration(view, lang).items()}


def _findings(view: View, lang: str) -> Mapping[str, Value]:
    return {"findings": said(view.findings, lang)}


def _part(columns: Sequence[Column], field: str, make: Callable[[View, str], Mapping[str, Value]]) -> _Part:
    return _Part(frozenset(column.name for column in columns), attrgetter(f"row.{field}"), make)


_PARTS = (
    _part(ATTRIBUTION, "attribution", facts.attribution),
    _part(SEARCH, "search_key", facts.search),
    _part(CANDIDATES, "candidates", facts.candidates),
    _part(DEADLINE, "deadline", deadline_cells),
    _part(REGISTRATION, "registration", _registration),
    _Part(
        frozenset({"findings"}),
        attrgetter("login.findings", "row.attribution", "row.deadline", "row.candidates", "row.registration"),
        _findings,
    ),
)
