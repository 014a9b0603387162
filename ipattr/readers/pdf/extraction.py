"""The text of a PDF (ISO 32000-1) by two extractors that share no code, as plain values: pdfplumber and PDFium.

``parse`` is pure. It may need much time and memory on a hostile file: whoever calls it sets the limits.
"""

from __future__ import annotations

import hashlib
import io
import re
from typing import TYPE_CHECKING, Any

from ipattr.errors import InputError
from ipattr.model import Record
from ipattr.readers.limits import MAX_PAGES
from ipattr.readers.pdf.cells import PdfTable, find_tables
from ipattr.readers.pdf.sight import clean, page_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pdfplumber.page
    import pypdfium2  # type: ignore[import-untyped]  # it ships no types

_TAIL = 2_048
# The operators that show text or an image (ISO 32000-1 9.4.3, 8.8).
_SHOWS = re.compile(rb"\bT[jJ]\b|\bDo\b|['\"]\s")
_LINK = 2
_POPUP = 16


class PdfLine(Record, frozen=True, kw_only=True):
    """One line as PDFium has it; ``hidden``: a person who looks at the page does not see all of it."""

    text: str
    hidden: bool = False


class PdfPage(Record, frozen=True, kw_only=True):
    """One page: lines by pdfplumber (``first``) and by PDFium (``second``), and its tables.

    ``drawn``: the page shows something, be it text or not; ``remarks`` counts annotations and form fields, whose text
    is not part of the page; ``fault`` names an extractor that failed on the page.
    """

    number: int
    first: tuple[str, ...]
    second: tuple[PdfLine, ...]
    tables: tuple[PdfTable, ...] = ()
    drawn: bool
    remarks: int = 0
    fault: str = ""

    @property
    def blank(self) -> bool:
        """Tell whether neither extractor finds text."""
        return not any(self.first) and not any(line.text for line in self.second)


class PdfText(Record, frozen=True, kw_only=True):
    """A whole PDF; ``attachments`` counts embedded files, which are not read."""

    sha256: str
    pages: tuple[PdfPage, ...]
    attachments: int = 0


def parse(data: bytes) -> PdfText:
    """Return the text of every page by both extractors, with its tables.

    Raises InputError when the file is protected (password, rights management), damaged, cut off, without pages, or
    longer than 2,000 pages. The same bytes give the same result.
    """
    _refuse_unreadable(data)
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise _cannot_open(error.err_code) from None
    try:
        count = len(document)
        if count == 0:
            raise InputError(
                ja="頁のない PDF である。元のファイルを受け取り直されたい。",
                en="The PDF has no pages; ask for the file again.",
            )
        if count > MAX_PAGES:
            raise InputError(
                ja=f"{count} 頁ある。{MAX_PAGES} 頁以下に分けて渡されたい。",
                en=f"The PDF has {count} pages; split it into files of at most {MAX_PAGES}.",
            )
        return PdfText(
            sha256=hashlib.sha256(data).hexdigest(),
            pages=tuple(_pages(data, document)),
            attachments=max(document.count_attachments(), 0),
        )
    finally:
        document.close()


def _refuse_unreadable(data: bytes) -> None:
    if b"MicrosoftIRM" in data:
        raise InputError(
            ja="権限管理(Microsoft IRM・秘密度ラベル)で保護された PDF である。保護を解いたものを求められたい。",
            en="This PDF is protected by rights management (Microsoft IRM); ask for an unprotected copy.",
        )
    if b"%%EOF" not in data[-_TAIL:]:
        raise InputError(
            ja="PDF の終わりの印(%%EOF)がない。途中で切れたか壊れており、頁が失われたおそれがあるので読まない。"
            "元のファイルを受け取り直されたい。",
            en="The PDF has no end mark (%%EOF): it is cut off or damaged and pages may be missing, so it is not "
            "read. Ask for the file again.",
        )


def _cannot_open(code: int | None) -> InputError:
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    if code == pdfium.FPDF_ERR_PASSWORD:
        return InputError(
            ja="パスワードで保護された PDF である。保護を解いて保存し直されたい。",
            en="This PDF is protected by a password; remove the protection and save it again.",
        )
    if code == pdfium.FPDF_ERR_SECURITY:
        return InputError(
            ja="権限管理か未知の方式で暗号化された PDF である。保護を解いたものを求められたい。",
            en="This PDF is encrypted by rights management or an unknown method; ask for an unprotected copy.",
        )
    return _damaged()


def _damaged() -> InputError:
    return InputError(
        ja="PDF が壊れており、開けない。元のファイルを受け取り直されたい。",
        en="The PDF is damaged and cannot be opened; ask for the file again.",
    )


def _pages(data: bytes, document: pypdfium2.PdfDocument) -> Iterator[PdfPage]:
    import logging

    import pdfplumber

    # What its parser thinks of the file is said by the readings, not on standard error.
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    try:
        plumber = pdfplumber.open(io.BytesIO(data))
        pages = plumber.pages
    except Exception:  # noqa: BLE001 - on a damaged file its parser raises whatever it stumbles over
        raise _damaged() from None
    if len(pages) != len(document):
        raise InputError(
            ja=f"頁数が読み取り方で異なる({len(pages)} 頁と {len(document)} 頁)。壊れているか手が加わっているので"
            "読まない。元のファイルを受け取り直されたい。",
            en=f"Two parsers disagree on the number of pages ({len(pages)} and {len(document)}): the PDF is damaged or "
            "was tampered with, so it is not read. Ask for the file again.",
        )
    for index, page in enumerate(pages):
        yield _page(index + 1, page, document)
        page.close()


def _should_show(plumber: pdfplumber.page.Page) -> bool:
    """Tell whether the page says that it shows something: its content names text or images, or cannot be had at all.

    A damaged page looks blank to both extractors; blank paper has a content that shows nothing, or none.
    """
    try:
        contents = plumber.page_obj.contents
        streams = contents if isinstance(contents, list) else [contents]
        return any(_SHOWS.search(stream.get_data()) for stream in streams)
    except Exception:  # noqa: BLE001 - pdfminer fails on damage in many ways, and damage is what is asked about
        return True


def _page(number: int, plumber: pdfplumber.page.Page, document: pypdfium2.PdfDocument) -> PdfPage:
    faults = []
    lines: tuple[str, ...] = ()
    second: tuple[PdfLine, ...] = ()
    tables: tuple[PdfTable, ...] = ()
    drawn, remarks = True, 0
    try:
        lines = tuple(clean(str(line["text"])) for line in plumber.extract_text_lines(return_chars=False))
    except Exception:  # noqa: BLE001 - as above; the other extractor's text is then in review, not lost
        faults.append("pdfplumber")
    try:
        page = document[number - 1]
        seen = page_text(page)
        second = tuple(PdfLine(text=text, hidden=hidden) for text, hidden in seen.lines())
        drawn, remarks = seen.drawn or _should_show(plumber), _remarks(page)
        if "pdfplumber" not in faults:
            tables = find_tables(plumber, seen)
    except Exception:  # noqa: BLE001 - as above
        faults.append("PDFium" if not second else "tables")
    return PdfPage(
        number=number,
        first=lines,
        second=second,
        tables=tables,
        drawn=drawn,
        remarks=remarks,
        fault=" + ".join(faults),
    )


def _remarks(page: Any) -> int:  # noqa: ANN401 - a raw handle of an untyped library
    """Count annotations other than links and pop-up windows."""
    import pypdfium2.raw as pdfium

    found = 0
    for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
        note = pdfium.FPDFPage_GetAnnot(page, index)
        if note:
            found += pdfium.FPDFAnnot_GetSubtype(note) not in {_LINK, _POPUP}
            pdfium.FPDFPage_CloseAnnot(note)
    return found
