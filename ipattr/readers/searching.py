"""Any document as plain text with places, for a search that pairs nothing (``grep``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ipattr.readers.document import Document


def as_text(document: Document) -> Iterator[Document]:
    """Yield the document as text: itself, one text per sheet (cells between tabs, row = sheet row) or per PDF page.

    A sheet is named ``file!sheet``, a page ``file!p.3``. Of a PDF the lines are those of PDFium.
    """
    if document.kind == "sheet":
        for grid in document.grids:
            rows = [" ".join("\t".join(cell.text for cell in row.cells).splitlines()) for row in grid.rows]
            yield msgspec.structs.replace(
                document,
                name=f"{document.name}!{grid.name}",
                kind="text",
                text="".join(row + "\n" for row in rows),
                row_numbers=tuple(row.number for row in grid.rows),
                grids=(),
            )
    elif document.pdf is not None:
        for page in document.pdf.pages:
            lines = [" ".join(line.text.splitlines()) for line in page.second]
            yield msgspec.structs.replace(
                document,
                name=f"{document.name}!p.{page.number}",
                kind="text",
                text="".join(line + "\n" for line in lines),
                pdf=None,
            )
    else:
        yield document
