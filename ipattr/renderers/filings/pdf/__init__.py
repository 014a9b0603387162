"""A document as PDF/A for filing with a court: A4, room for binding on the left, fonts embedded, by typst."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, cast

from ipattr.errors import UsageError
from ipattr.renderers.filings.blocks import Table

if TYPE_CHECKING:
    from datetime import date

    from ipattr.renderers.filings.blocks import Document
    from ipattr.renderers.filings.pdf.faces import Shelf, Typeface

__all__ = ["encode"]

_TAGGED_ROWS = 1_000


def encode(document: Document, *, dated: date, shelf: Shelf | None = None) -> bytes:
    """Return ``document`` as PDF/A-2u (PDF 1.7, no password), the same bytes for the same fonts, text and ``dated``.

    ``shelf`` is where fonts are looked for (None: the fonts of the system). A character that no font has is written
    out as ``〔U+XXXX〕``, and a note on the last page lists them. Raise UsageError where typst or any Japanese font is
    missing.
    """
    _refuse_without_typst()
    import typst

    from ipattr.renderers.filings.pdf import faces, lines
    from ipattr.renderers.filings.pdf.sheets import sheet, texts

    typeface = faces.choose(shelf or faces.SYSTEM)
    written = tuple(texts(document))
    rows = sum(len(block.rows) for one in document.sections for block in one.blocks if isinstance(block, Table))
    absent = lines.meaningless(written)
    absent |= faces.missing(lines.clusters(written) - absent, typeface)
    try:
        return _set(sheet(document, absent), typeface, dated, rows)
    except typst.TypstError:
        # The fonts may have every character and still not this sequence of them: whole words show it.
        absent |= faces.missing(lines.words(written, absent), typeface)
    try:
        return _set(sheet(document, absent), typeface, dated, rows)
    except typst.TypstError as error:
        raise UsageError(
            ja=f"この文書は PDF にできない(typst: {error.message})。--to docx を使う。",
            en=f"This document cannot be made a PDF (typst: {error.message}); use --to docx.",
            where=document.stem,
        ) from error


def _refuse_without_typst() -> None:
    try:
        import typst  # noqa: F401
    except ImportError as error:
        raise UsageError(
            ja="PDF には typst が要る。pipx install '.[pdf]' で導入する(Word 形式だけなら不要)。",
            en="PDF needs typst: pipx install '.[pdf]' (Word documents do without).",
        ) from error


def _set(sheet: dict[str, object], typeface: Typeface, dated: date, rows: int) -> bytes:
    """Set the sheet: the source is constant and the texts are data beside it, so that no text is ever markup."""
    import typst

    from ipattr.renderers.filings.pdf.source import SOURCE

    data = {**sheet, "serif": typeface.serif, "gothic": typeface.gothic, "mono": typeface.mono}
    with TemporaryDirectory(prefix="ipattr-pdf-") as empty:
        compiler = typst.Compiler(
            SOURCE.encode(),
            root=empty,
            package_path=empty,
            package_cache_path=empty,
            font_paths=typeface.fonts,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
        made = compiler.compile(
            format="pdf",
            pdf_standards="a-2u",
            # In Japan this is nine in the morning of the day that the document bears.
            timestamp=datetime(dated.year, dated.month, dated.day, tzinfo=UTC),
            # Tags tell a reading program what a cell is, and are most of the bytes of a long table.
            pdf_tags=rows <= _TAGGED_ROWS,
        )
    return cast("bytes", made)
