"""What a filing of 5,000 logins costs, beside what pandas and python-docx need to write the logins alone.

Each side runs in this process, one after the other, three times; the best time counts. The peers get one table that is
ready; our files hold every table, its evidence and both languages besides, so the ratios say what that costs.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from filing_world import many

from ipattr.renderers.filings import calendar, excel, html, markdown, word
from ipattr.renderers.filings.documents import documents
from ipattr.renderers.filings.material import Wish
from ipattr.renderers.filings.tables import export_tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from ipattr.renderers.filings.material import Material
    from ipattr.renderers.filings.tables import ExportTable

ROUNDS = 3
NAIVE_ROWS = 500


def best(run: Callable[[], bytes]) -> tuple[float, int]:
    """Return the best of three times, in seconds, and the bytes made."""
    times, size = [], 0
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        size = len(run())
        times.append(time.perf_counter() - begun)
    return min(times), size


def frame_of(table: ExportTable) -> pd.DataFrame:
    """Return the table as the peers get it."""
    return pd.DataFrame(table.rows, columns=[column.title for column in table.columns], dtype=str)


def by_pandas(frame: pd.DataFrame, engine: str) -> bytes:
    """Write a table as pandas does."""
    made = io.BytesIO()
    frame.to_excel(made, engine=engine, index=False)  # type: ignore[arg-type]  # the names pandas knows
    return made.getvalue()


def by_python_docx(frame: pd.DataFrame) -> bytes:
    """Write the first rows of a table as the library's manual does, cell by cell."""
    import docx

    document = docx.Document()
    rows = frame.head(NAIVE_ROWS)
    table = document.add_table(rows=1, cols=6)
    for row in rows.itertuples(index=False):
        for cell, text in zip(table.add_row().cells, row[:6], strict=True):
            cell.text = text
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def all_words(material: Material) -> bytes:
    """Make the documents of every addressee; return them joined."""
    wish = Wish(dated=material.case.as_of)
    return b"".join(word.encode(document) for document in documents(material, wish))


def main() -> None:
    """Print every side with its ratio."""
    with tempfile.TemporaryDirectory() as folder:
        material = many(Path(folder), 5_000)
    logins = next(table for table in export_tables(material, "ja") if table.id == "logins")
    frame = frame_of(logins)
    print(f"{len(material.case.rows):,} logins, {len(logins.columns)} columns; best of {ROUNDS}")
    base, _ = best(lambda: by_pandas(frame, "xlsxwriter"))
    sides: dict[str, Callable[[], bytes]] = {
        "pandas.to_excel (xlsxwriter), logins alone": lambda: by_pandas(frame, "xlsxwriter"),
        "pandas.to_excel (openpyxl), logins alone": lambda: by_pandas(frame, "openpyxl"),
        "ours xlsx, every table": lambda: excel.encode(material, "ja"),
        "pandas.to_html, logins alone": lambda: frame.to_html().encode(),
        "ours html, both languages, all evidence": lambda: html.encode(material, "ja"),
        "ours md, every table": lambda: markdown.encode(material, "ja").encode(),
        "ours ics": lambda: calendar.encode(material, "ja"),
        f"python-docx, {NAIVE_ROWS} logins of 6 columns": lambda: by_python_docx(frame),
        "ours docx, every set of every addressee": lambda: all_words(material),
    }
    for name, run in sides.items():
        seconds, size = best(run)
        print(f"{name:48} {seconds:7.2f} s  {size / 1e6:7.2f} MB  {seconds / base:6.2f} x pandas xlsx")


if __name__ == "__main__":
    main()
