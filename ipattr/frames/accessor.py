"""``df.ipattr``: look up the logins of a table that the analyst already has, without losing or reordering a row."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import pandas as pd

from ipattr.errors import UsageError
from ipattr.frames.columns import LOOKUP, LOOKUP_DEFAULT

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from ipattr.frames.columns import Column
    from ipattr.frames.wide import WideRow
    from ipattr.model import Case, LoginEvent, Reject

Epoch = Literal["s", "ms"]


class Accessor:
    """Looks up the logins that stand in the columns of one DataFrame; the table itself is never changed.

    The columns named are read by the row rules of ``ipattr lookup`` on a CSV, the others are not looked at. Text is
    read as it stands; instants with a zone are exact, those without need ``tz``; missing values are empty cells;
    columns of floats are refused. Nothing leaves the machine. For millions of rows there is ``ipattr.bulk``.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        """Take the table; nothing is read yet."""
        self._table = table

    def lookup(  # noqa: PLR0913 - one argument per question
        self,
        *,
        ip: Hashable,
        time: Hashable,
        tz: str | None = None,
        port: Hashable | None = None,
        account_id: Hashable | None = None,
        account_name: Hashable | None = None,
        platform: str = "x",
        as_of: date | None = None,
        epoch: Epoch | None = None,
        data: Path | str | None = None,
        lang: str = "ja",
        columns: Sequence[str] | Literal["all"] | None = None,
        prefix: str = "ipattr_",
    ) -> pd.DataFrame:
        """Return the same rows in the same order under the same index, with the verdicts in columns of their own.

        Arguments as in ``case``. ``columns`` are names of ``frames.LOOKUP`` (None: the usual ones), each led by
        ``prefix``: ``status`` is ok, review or rejected, ``reason`` says why it is not ok. The result carries its stamp
        in ``attrs["ipattr"]``. Raise UsageError as ``case`` does, for an unknown column, and for one that is already
        there.
        """
        from ipattr.frames.building import stamp
        from ipattr.frames.wide import wide

        wanted = _chosen(columns)
        names = [prefix + column.name for column in wanted]
        _refuse_clash(self._table, names)
        case, outcomes = self._judged(
            {"ip": ip, "time": time, "port": port, "account_id": account_id, "account_name": account_name},
            _Declared(tz=tz, epoch=epoch, platform=platform, as_of=as_of, data=data),
        )
        made = wide(wanted, list(_rows(case, outcomes, lang)), lang)
        joined = _beside(self._table, made.set_axis(names, axis=1))
        joined.attrs = {**self._table.attrs, "ipattr": stamp(case)}
        return joined

    def case(  # noqa: PLR0913 - one argument per question
        self,
        *,
        ip: Hashable,
        time: Hashable,
        tz: str | None = None,
        port: Hashable | None = None,
        account_id: Hashable | None = None,
        account_name: Hashable | None = None,
        platform: str = "x",
        as_of: date | None = None,
        epoch: Epoch | None = None,
        data: Path | str | None = None,
    ) -> Case:
        """Return the case of these logins, as ``ipattr.lookup`` returns that of a file.

        ``ip`` … ``account_name`` are labels of columns; ``tz`` declares the zone of times that carry none and ``epoch``
        the unit of Unix times; ``as_of`` is the Japanese date that deadlines are judged on, today in Japan when None
        (the stamp says which); ``data`` another ``data/`` folder. Raise UsageError for a label that is missing or
        ambiguous, a column of floats, and whatever ``ipattr.lookup`` refuses.
        """
        return self._judged(
            {"ip": ip, "time": time, "port": port, "account_id": account_id, "account_name": account_name},
            _Declared(tz=tz, epoch=epoch, platform=platform, as_of=as_of, data=data),
        )[0]

    def _judged(
        self, labels: Mapping[str, Hashable | None], declared: _Declared
    ) -> tuple[Case, tuple[LoginEvent | Reject, ...]]:
        from ipattr.case import build_case
        from ipattr.frames.tables import read_table
        from ipattr.inputs import Declared, find_platform
        from ipattr.registry import open_registry

        as_of, source = declared.day()
        registry = open_registry(Path(declared.data) if declared.data is not None else None)
        known = find_platform(registry, declared.platform)
        options = Declared(tz=declared.tz, epoch=declared.epoch).options(known, registry.columns)
        named = {field: label for field, label in labels.items() if label is not None}
        reading, outcomes = read_table(self._table, named, options=options, specials=registry.specials)
        case = build_case(
            reading, None, registry=registry, platform=declared.platform, as_of=as_of, as_of_source=source
        )
        return case, outcomes


def register() -> None:
    """Give every DataFrame its ``ipattr``; importing ``ipattr.frames`` does this."""
    if getattr(pd.DataFrame, "ipattr", None) is not Accessor:
        pd.api.extensions.register_dataframe_accessor("ipattr")(Accessor)


class _Declared(NamedTuple):
    """What the analyst declared about the whole table."""

    tz: str | None
    epoch: Epoch | None
    platform: str
    as_of: date | None
    data: Path | str | None

    def day(self) -> tuple[date, Literal["given", "clock"]]:
        """Return the as-of date and where it comes from."""
        if self.as_of is None:
            from ipattr.instants import jst_date

            return jst_date(datetime.now(UTC)), "clock"
        if isinstance(self.as_of, datetime) or not isinstance(self.as_of, date):
            raise UsageError(
                ja=f"as_of には日付(datetime.date)を渡されたい。渡されたのは {self.as_of!r}。",
                en=f"as_of is a date (datetime.date), not {self.as_of!r}.",
            )
        return self.as_of, "given"


def _chosen(columns: Sequence[str] | Literal["all"] | None) -> tuple[Column, ...]:
    by_name = {column.name: column for column in LOOKUP}
    if columns == "all":
        return LOOKUP
    names = LOOKUP_DEFAULT if columns is None else (columns,) if isinstance(columns, str) else tuple(columns)
    unknown = next((name for name in names if name not in by_name), None)
    if unknown is not None:
        raise UsageError(
            ja=f'列「{unknown}」はない。使えるのは {", ".join(by_name)}(すべては "all")。',
            en=f'There is no column {unknown!r}; there are {", ".join(by_name)} (all of them: "all").',
        )
    return tuple(by_name[name] for name in dict.fromkeys(names))


def _refuse_clash(table: pd.DataFrame, names: Sequence[str]) -> None:
    taken = {label[0] if isinstance(label, tuple) and label else label for label in table.columns}
    clash = next((name for name in names if name in taken), None)
    if clash is not None:
        raise UsageError(
            ja=f"列「{clash}」がすでにある。prefix で別の名を付けられたい。",
            en=f"The column {clash!r} is already there; give the new ones another prefix.",
        )


def _rows(case: Case, outcomes: Sequence[LoginEvent | Reject], lang: str) -> Iterator[WideRow]:
    """Yield every row of the table, in its order: a login that was read with its verdicts, a reject with its reason."""
    from ipattr.frames.building import said
    from ipattr.frames.wide import WideRow, own_cells
    from ipattr.model import Reject
    from ipattr.renderers import facts
    from ipattr.renderers.layout import inert
    from ipattr.renderers.view import views

    logins = views(case)
    for outcome in outcomes:
        if isinstance(outcome, Reject):
            yield WideRow({"status": "rejected", "reason": inert(facts.rejected(outcome, lang)["reason"])}, None)
            continue
        view = next(logins)
        warnings = [finding for finding in outcome.findings if finding.level == "warning"]
        yield WideRow({**own_cells(view), "reason": said(warnings, lang)}, view)


def _beside(table: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Return both side by side under the index of ``table``, which may repeat and mix types: it is not looked into."""
    levels = table.columns.nlevels
    if levels > 1:
        labels = [(name, *[""] * (levels - 1)) for name in new.columns]
        new.columns = pd.MultiIndex.from_tuples(labels, names=table.columns.names)
    joined = pd.concat([table.set_axis(pd.RangeIndex(len(table)), axis=0), new], axis=1)
    joined.index = table.index
    return joined
