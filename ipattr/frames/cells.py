"""Cells of a data frame as the text that a strict reader takes; what has lost digits on its way in is refused."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from ipattr.errors import UsageError
from ipattr.model import Refusal, Text

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    import pandas as pd

_LISTED = 20
_SHOWN = 80


class Cells(NamedTuple):
    """One column as text, in the order of the table; ``refused`` are the positions (from 0) that no reader may see.

    ``dates_only``: the column is typed as instants, and each of them is a midnight.
    """

    header: str
    texts: list[str]
    refused: Mapping[int, Refusal]
    dates_only: bool


def read_cells(table: pd.DataFrame, label: Hashable, *, argument: str) -> Cells:
    """Return one column of ``table`` as text.

    Text stays as it is; instants are written in ISO 8601 with their offset where they have one; integers, address
    objects and the like as ``str`` writes them; None, NaN, NaT and NA are empty. Raise UsageError for a label that is
    missing or stands twice, and for a column of floats.
    """
    series = _column(table, label, argument)
    header = heading(label)
    _refuse_floats(series, header)
    empty = series.isna().tolist()
    texts, refused = [], {}
    for position, (value, missing) in enumerate(zip(series.tolist(), empty, strict=True)):
        text = "" if missing else _text(value)
        if not missing and _is_float(value):
            refused[position] = _lost_digits(text)
        texts.append(text)
    return Cells(header, texts, refused, dates_only=_dates_only(series))


def heading(label: Hashable) -> str:
    """Return the label of a column as text; the parts of a label of several levels are joined by slashes."""
    return " / ".join(map(str, label)) if isinstance(label, tuple) else str(label)


def listed(labels: Iterable[Hashable]) -> str:
    """Return the first labels for a message."""
    names = [heading(label)[:_SHOWN] for label in labels]
    return ", ".join(names[:_LISTED]) + (", …" if len(names) > _LISTED else "")


def _column(table: pd.DataFrame, label: Hashable, argument: str) -> pd.Series[Any]:
    places = [number for number, known in enumerate(table.columns) if _same(known, label)]
    if len(places) == 1:
        return table.iloc[:, places[0]]
    name, there = heading(label), listed(table.columns)
    if places:
        raise UsageError(
            ja=f"{argument} に指定された列「{name}」が {len(places)} つある。名を分けられたい。",
            en=f"The column {name!r} named for {argument} stands {len(places)} times; rename the others.",
        )
    raise UsageError(
        ja=f"{argument} に指定された列「{name}」がない。この表の列: {there or 'なし'}。",
        en=f"There is no column {name!r}, which was named for {argument}; the columns are: {there or 'none'}.",
    )


def _same(known: Hashable, label: Hashable) -> bool:
    """Tell whether two labels are one: 1 is not True, and a first level alone names what has empty levels below."""
    if isinstance(known, tuple) and not isinstance(label, tuple):
        return bool(known) and known[0] == label and not any(known[1:])
    return isinstance(known, bool) == isinstance(label, bool) and bool(known == label)


def _refuse_floats(series: pd.Series[Any], header: str) -> None:
    import pandas as pd

    kind = series.dtype
    if isinstance(kind, pd.CategoricalDtype):
        kind = kind.categories.dtype
    # A column that is empty throughout is made one of floats by pandas; it has nothing to lose.
    if not pd.api.types.is_float_dtype(kind) or series.isna().all():
        return
    raise UsageError(
        ja=f"列「{header}」は小数の型({kind})で、読み込みのときに数字が変わったおそれがあるため読まない。"
        "元のファイルを文字列として読み直されたい(例: pd.read_csv(ファイル, dtype=str))。",
        en=f"The column {header!r} holds floats ({kind}), in which digits may have been lost, so it is not read; read "
        "the original as text, for example with pd.read_csv(path, dtype=str).",
    )


def _is_float(value: object) -> bool:
    import numpy as np

    return isinstance(value, (float, np.floating))


def _lost_digits(text: str) -> Refusal:
    return Refusal(
        code="IPA155",
        reason=Text(
            ja=f"「{text}」は小数として読み込まれており、元の数字と同じとは限らない。元のファイルを文字列として読み直す。",
            en=f"{text} was read as a float and may not be what was written; read the original as text.",
        ),
    )


def _text(value: Any) -> str:  # noqa: ANN401 - a cell of a data frame can be anything
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def _dates_only(series: pd.Series[Any]) -> bool:
    import pandas as pd

    if not pd.api.types.is_datetime64_any_dtype(series.dtype):
        return False
    known = series.dropna()
    return not known.empty and bool((known == known.dt.normalize()).all())
