"""A PDF with a text layer: a return of the platform, or a table of logins, as two extractors read it alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.errors import InputError
from ipattr.model import Finding, Reject, Text
from ipattr.readers import x_return
from ipattr.readers.document import FormReading
from ipattr.readers.grid_choice import holds_data, holds_logins, is_data, read_grids
from ipattr.readers.limits import MAX_PAGES
from ipattr.readers.pdf.extraction import PdfPage, PdfText, parse
from ipattr.readers.pdf.lines import pdf_lines
from ipattr.readers.pdf.records import read_records
from ipattr.readers.pdf.tables import pdf_grids
from ipattr.readers.x_fields import EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.addresses import Specials
    from ipattr.model import Level
    from ipattr.readers.document import Document, Options
    from ipattr.readers.grids import Grid
    from ipattr.readers.pdf.lines import PdfLines

__all__ = ["EXPECTS", "FORM", "MAX_PAGES", "PdfText", "detect", "explain_pdf", "parse", "read", "read_pdf"]

FORM = "pdf"
EXPECTS = Text(
    ja="文字の入った PDF(X の開示回答を印刷したもの、またはログインの表)",
    en="a PDF with text (an X return printed to PDF, or a table of logins)",
)
_LISTED = 20
_SHOWN = 120


def detect(document: Document) -> Text | None:
    """Say why the document is a PDF to be read here, None when it is not a PDF or holds neither records nor tables."""
    return explain_pdf(document.pdf) if document.kind == "pdf" and document.pdf is not None else None


def read(document: Document, options: Options, specials: Specials) -> FormReading:
    """Read a document that carries a parsed PDF; the contract of ``read_pdf``."""
    if document.pdf is None:
        raise InputError(ja="PDF ではない。", en="This is not a PDF.", where=document.name)
    return read_pdf(document.pdf, options, specials, file=document.name)


def explain_pdf(parsed: PdfText) -> Text | None:
    """Say what the PDF holds: an X return, a table, or no text at all; None when it holds text, but neither of these.

    A PDF without text is explained too, so that reading it ends in the sentence that says how to go on.
    """
    count = len(parsed.pages)
    if all(page.blank for page in parsed.pages):
        return Text(ja=f"文字のない PDF({count} 頁)である。", en=f"A PDF of {count} pages without text.")
    if _is_return(parsed):
        return Text(
            ja=f"PDF({count} 頁)で、X の回答書の形の記録がある。",
            en=f"A PDF of {count} pages that holds the records of an X return.",
        )
    if any(holds_data(grid) for grid in pdf_grids(parsed)):
        return Text(ja=f"PDF({count} 頁)で、表がある。", en=f"A PDF of {count} pages that holds a table.")
    return None


def read_pdf(parsed: PdfText, options: Options, specials: Specials, *, file: str) -> FormReading:
    """Read the records of an X return, or the rows of the tables, and every page without text as one reject (IPA095).

    Only what both extractors read alike becomes an event. Raises InputError naming ``file`` when no page has text,
    when the PDF holds neither records nor a table, or holds both.
    """
    _refuse_textless(parsed, file)
    grids = pdf_grids(parsed)
    is_return, is_table = _is_return(parsed), any(holds_logins(grid, options) for grid in grids)
    if is_return and is_table:
        raise InputError(
            ja="X の回答書の形の記録と、ログインの表の両方がある。同じ接続が二度数えられるおそれがあるので、頁を分けて"
            "別々の PDF として保存し、一つずつ渡されたい。",
            en="The PDF holds both the records of an X return and a table of logins; the same connection could be "
            "counted twice. Save their pages as separate PDFs and hand in one at a time.",
            where=file,
        )
    if is_return:
        texts = _texts(parsed, file)
        reading = read_records(*texts, options, specials)
        remarks = [*_furniture(texts[0], file), *_unread_grids(grids, file)]
    elif is_table or any(holds_data(grid) for grid in grids):
        reading = read_grids(grids, options, specials, file=file, sha256=parsed.sha256)
        remarks = list(_outside(parsed, file))
    else:
        raise InputError(
            ja=f"PDF({len(parsed.pages)} 頁)に文字はあるが、X の回答書の形の記録も、ログインの表も見つからない。文字を"
            "選択してテキストファイルに写すか、表を CSV に起こされたい。",
            en=f"The PDF ({len(parsed.pages)} pages) has text, but neither the records of an X return nor a table of "
            "logins. Copy its text into a text file, or transcribe the table as CSV.",
            where=file,
        )
    return _with_pages(reading, parsed, remarks, file=file)


def _with_pages(reading: FormReading, parsed: PdfText, remarks: list[Finding], *, file: str) -> FormReading:
    rejects = tuple(_textless(page, file) for page in parsed.pages if page.blank and page.drawn)
    return FormReading(
        events=reading.events,
        rejects=(*reading.rejects, *rejects),
        pending=reading.pending,
        findings=(*reading.findings, *remarks, *_page_findings(parsed, file)),
        rows=reading.rows + sum(1 for page in parsed.pages if page.blank and page.drawn),
        headers=reading.headers,
        mapping=reading.mapping,
        mapping_source=reading.mapping_source,
    )


def _texts(parsed: PdfText, file: str) -> tuple[PdfLines, PdfLines]:
    return pdf_lines(parsed, "first", file=file), pdf_lines(parsed, "second", file=file)


def _is_return(parsed: PdfText) -> bool:
    return any(x_return.detect(text.document) is not None for text in _texts(parsed, "pdf"))


def _refuse_textless(parsed: PdfText, file: str) -> None:
    if not all(page.blank for page in parsed.pages):
        return
    faults = sorted({page.fault for page in parsed.pages if page.fault})
    broken = f"({'、'.join(faults)} で読めない頁がある)" if faults else ""
    failed = f" (pages fail: {', '.join(faults)})" if faults else ""
    count = len(parsed.pages)
    raise InputError(
        ja=f"全 {count} 頁(1~{count} 頁)に文字がない{broken}。紙を読み取った画像とみられる。開示された元のファイル"
        "(Word、CSV など)を求められたい。得られなければ、別のソフトで文字認識した結果をテキスト(.txt)として渡すと、"
        "修復は提案として示される。",
        en=f"None of the {count} pages (1 to {count}) has text{failed}: it looks like scanned paper. Ask for the file "
        "as it was disclosed (Word, CSV …). Failing that, run character recognition with another program and hand in "
        "its text (.txt); repairs are then shown as proposals.",
        where=file,
    )


def _textless(page: PdfPage, file: str) -> Reject:
    number = page.number
    reason = Text(
        ja=f"{number} 頁に文字がない(画像とみられる)。この頁からは何も読んでいない。元のファイルを求めるか、"
        "文字認識したテキスト(.txt)を別に渡されたい。",
        en=f"Page {number} has no text (it seems to be an image): nothing was read from it. Ask for the original file, "
        "or hand in recognised text (.txt) of it.",
    )
    return Reject(file=file, row=number, column="", raw=f"p.{number}", code="IPA095", reason=reason)


def _page_findings(parsed: PdfText, file: str) -> Iterator[Finding]:
    empty = [page.number for page in parsed.pages if page.blank and not page.drawn]
    if empty:
        yield _finding("IPA097", "info", f"白紙の頁: {_pages(empty)}。", f"Blank pages: {_pages(empty)}.", file)
    hidden = [page.number for page in parsed.pages if any(line.hidden for line in page.second)]
    if hidden:
        yield _finding(
            "IPA094", "warning",
            f"{_pages(hidden)} 頁に、頁の上では見えない文字がある(文字認識の層、塗りつぶし、白い文字など)。",
            f"Pages {_pages(hidden)} hold text that cannot be seen on the page (a recognised-text layer, a cover, "
            "white on white).", file,
        )  # fmt: skip
    for page in parsed.pages:
        if page.fault:
            yield _finding(
                "IPA097", "warning", f"{page.number} 頁は {page.fault} で読めない。頁の見た目と照らす。",
                f"Page {page.number} cannot be read by {page.fault}; compare it with what the page shows.",
                f"{file}:p.{page.number}",
            )  # fmt: skip
    noted = [page.number for page in parsed.pages if page.remarks]
    if noted:
        yield _finding(
            "IPA097", "warning", f"{_pages(noted)} 頁の注釈・入力欄の文字は読んでいない。",
            f"Notes and form fields on pages {_pages(noted)} were not read.", file,
        )  # fmt: skip
    if parsed.attachments:
        yield _finding(
            "IPA097", "warning",
            f"添付ファイルが {parsed.attachments} 個あり、読んでいない。取り出して別に渡されたい。",
            f"{parsed.attachments} attached files were not read; take them out and hand them in.", file,
        )  # fmt: skip


def _finding(code: str, level: Level, ja: str, en: str, about: str) -> Finding:  # noqa: PLR0917 - the order of Finding
    return Finding(code=code, level=level, message=Text(ja=ja, en=en), about=about)


def _pages(numbers: list[int]) -> str:
    more = " …" if len(numbers) > _LISTED else ""
    return ", ".join(str(number) for number in numbers[:_LISTED]) + more


def _furniture(text: PdfLines, file: str) -> Iterator[Finding]:
    if text.furniture:
        listed = " / ".join(text.furniture)[:_SHOWN]
        yield _finding(
            "IPA097", "info", f"頁ごとに繰り返す行は読み飛ばした(# は数字): {listed}",
            f"Lines that every page repeats were skipped (# stands for digits): {listed}", file,
        )  # fmt: skip


def _unread_grids(grids: Sequence[Grid], file: str) -> Iterator[Finding]:
    if grids:
        names = ", ".join(grid.name for grid in grids)[:_SHOWN]
        yield _finding(
            "IPA096", "info", f"表({names})の欄は表としては読まず、行の文字として読んだ。",
            f"Tables ({names}) were read as lines of text, not as tables.", file,
        )  # fmt: skip


def _outside(parsed: PdfText, file: str) -> Iterator[Finding]:
    """Report each page with times, addresses or long numbers outside its tables, as of a column printed apart."""
    for page in parsed.pages:
        inside = "".join("".join(cell.first.split()) for table in page.tables for row in table.rows for cell in row)
        lost = [
            (number, line)
            for number, line in enumerate(page.first, start=1)
            if any(value not in inside for value in _values(line))
        ]
        if lost:
            number, line = lost[0]
            yield _finding(
                "IPA096", "warning",
                f"{page.number} 頁の {len(lost)} 行に、表の外の日時・アドレス・番号があり、読んでいない(列が別の頁に"
                f"印刷されたおそれもある)。最初は「{line[:_SHOWN]}」",
                f"On page {page.number}, {len(lost)} lines hold times, addresses or numbers outside every table, which "
                f"were not read (a column may be printed on a page of its own). The first: {line[:_SHOWN]!r}",
                f"{file}:p.{page.number} l.{number}",
            )  # fmt: skip


def _values(line: str) -> Iterator[str]:
    yield from ("".join(found[0].split()) for found in EVIDENCE.finditer(line))
    yield from (part for part in line.split() if is_data(part))
