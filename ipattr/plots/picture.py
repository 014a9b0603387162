"""A finished figure with the table it was drawn from."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, get_args

from ipattr.errors import UsageError

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pandas import DataFrame

Picture = Literal["png", "svg"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plot:
    """A figure, and exactly the data that it draws.

    ``figure`` is made without pyplot and belongs to no window; ``data`` is tidy, one row per mark drawn; ``note`` says
    the limits, what is unknown, and which rows are not drawn and why. Title and note stand in the figure, too.
    """

    kind: str
    figure: Figure
    data: DataFrame
    title: str
    note: str

    def encode(self, to: Picture = "png") -> bytes:
        """Return the figure as PNG (300 dots per inch) or SVG (letters as outlines): the same bytes every time."""
        if to not in get_args(Picture):
            raise UsageError(
                ja=f"図は png か svg で書き出す: {to}", en=f"A figure is written as png or svg, not as {to}."
            )
        from ipattr.plots.settings import settled
        from ipattr.plots.sheets import DPI

        written = io.BytesIO()
        # What names the clock or the library's version is left out: the same case must give the same bytes.
        metadata: dict[str, str | None] = {"Title": self.title}
        metadata |= dict.fromkeys(("Date", "Creator") if to == "svg" else ("Software",))
        with settled():
            self.figure.savefig(written, format=to, dpi=DPI, metadata=metadata)
        return written.getvalue()

    def table(self) -> bytes:
        """Return ``data`` as CSV for spreadsheets: UTF-8 with BOM, CRLF, all quoted, instants and dates in ISO 8601.

        A text that a spreadsheet would run or rewrite is led by one apostrophe; what is missing is an empty cell.
        """
        from ipattr.renderers.csv import guard

        written = io.StringIO(newline="")
        plain = self.data.astype(object).where(self.data.notna(), None)
        sheet = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        sheet.writerow(self.data.columns)
        for row in plain.itertuples(index=False):
            sheet.writerow([guard(cell, is_id=True) if isinstance(cell, str) else _cell(cell) for cell in row])
        return written.getvalue().encode("utf-8-sig")

    def _repr_png_(self) -> bytes:
        return self.encode("png")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return value.date().isoformat()
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return str(value).lower() if isinstance(value, bool) else str(value)
