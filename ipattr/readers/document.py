"""One disclosed file as exact text: raw bytes, SHA-256, and an encoding that is declared or proven, never guessed."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal

import msgspec

from ipattr.errors import InputError, UsageError
from ipattr.model import Record, Text
from ipattr.readers.decoding import codec_of, declared_in, decode
from ipattr.readers.kinds import file_kind
from ipattr.readers.limits import MAX_CELL_CHARACTERS
from ipattr.readers.limits import MAX_FILE_BYTES as MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ipattr.instants import Zone
    from ipattr.model import Finding, LoginEvent, Pending, Post, Reject
    from ipattr.readers.grids import Grid
    from ipattr.readers.pdf.extraction import PdfText

STDIN = "-"

_HTML_PRESCAN = 1024
_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE | re.DOTALL
)
_LINE_END = re.compile(r"\r\n|\r|\n")
_WHOLE_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")


class Document(Record, frozen=True, kw_only=True):
    """One input, decoded.

    ``name`` is the base name (``-`` for standard input) and ``data`` the bytes as given; ``text`` is exact, without a
    byte order mark. For ``docx`` the text is its paragraphs and table cells in document order and ``row_numbers`` holds
    the paragraph number of each line; for ``text`` and ``html`` it is empty, because line n is row n. A ``sheet`` has
    ``grids`` instead of text, a ``pdf`` the two extractions in ``pdf``; ``remarks`` are those of their parsers.
    """

    name: str
    data: bytes
    sha256: str
    kind: Literal["text", "docx", "sheet", "pdf", "html"] = "text"
    text: str
    encoding: str
    encoding_reason: Text
    row_numbers: tuple[int, ...] = ()
    grids: tuple[Grid, ...] = ()
    pdf: PdfText | None = None
    remarks: tuple[Finding, ...] = ()


class Options(Record, frozen=True, kw_only=True):
    """What the analyst declared for the files of one reading.

    ``mapping`` is field → header as given; ``columns`` are the shipped header names per field of the platform;
    ``remembered`` are earlier answers for this platform, header row → (field → header). ``form`` overrides detection.
    ``accept_repairs``: proposed repairs are taken, and marked.
    """

    zone: Zone | None = None
    epoch: Literal["s", "ms"] | None = None
    encoding: str | None = None
    mapping: Mapping[str, str] = msgspec.field(default_factory=dict)
    platform: str = ""
    form: str | None = None
    accept_repairs: bool = False
    columns: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    remembered: Mapping[tuple[str, ...], Mapping[str, str]] = msgspec.field(default_factory=dict)


class FormReading(Record, frozen=True, kw_only=True):
    """What one form read from one document.

    ``rows`` is counted from the text, independently of the lists, so that a lost row shows. Ids of events and posts
    are renumbered by the caller; a form may leave them at any distinct value. ``headers`` is the header row of a table.
    """

    events: tuple[LoginEvent, ...] = ()
    posts: tuple[Post, ...] = ()
    rejects: tuple[Reject, ...] = ()
    pending: tuple[Pending, ...] = ()
    findings: tuple[Finding, ...] = ()
    rows: int
    headers: tuple[str, ...] = ()
    mapping: Mapping[str, str] = msgspec.field(default_factory=dict)
    mapping_source: Literal["none", "shipped", "given", "remembered"] = "none"


def split_lines(text: str) -> list[str]:
    r"""Split at ``\n``, ``\r\n`` and ``\r`` only: ``str.splitlines`` also splits at U+2028 and would shift the rows."""
    parts = _LINE_END.split(text)
    if parts[-1] == "":
        parts.pop()
    return parts


def split_keeping_ends(text: str) -> list[str]:
    """Split as ``split_lines`` does, each line with its line end."""
    return _WHOLE_LINE.findall(text)


def lines(document: Document) -> list[str]:
    """Return the lines of the document without their line ends; a final line end does not open another line."""
    return split_lines(document.text)


def numbered_lines(document: Document) -> list[tuple[int, str]]:
    """Return (row, line) pairs: row is the physical line (1-based), for .docx the paragraph number."""
    found = lines(document)
    numbers = document.row_numbers or range(1, len(found) + 1)
    return list(zip(numbers, found, strict=True))


def load_document(path: str, *, encoding: str | None = None, stdin: BinaryIO | None = None) -> Document:
    """Read one file (``-``: ``stdin``) and decode it strictly.

    Raises InputError naming the file when it is missing, a directory, unreadable, over 64 MiB, of a kind that no form
    reads, or of an encoding that is neither declared nor proven; UsageError when ``encoding`` is unknown.
    """
    return decode_document(base_name(path), read_bytes(path, stdin), encoding=encoding)


def base_name(path: str) -> str:
    """Return the name that an input is shown by: its base name, ``-`` for standard input."""
    return STDIN if path == STDIN else Path(path).name


def decode_document(name: str, data: bytes, *, encoding: str | None = None) -> Document:
    """Decode bytes that are already in hand; the same contract as ``load_document``."""
    codec = codec_of(encoding)
    digest = hashlib.sha256(data).hexdigest()
    match file_kind(name, data):
        case "docx":
            return _word_document(name, data, digest)
        case "sheet":
            return _workbook(name, data, digest)
        case "pdf":
            return _pdf_document(name, data, digest)
        case "zip":
            raise InputError(
                ja="ZIP 書庫である。ここでは一つの文書だけを読む。",
                en="This is a ZIP archive; one document is read here.",
                where=name,
            )
        case "text":
            return _text_document(name, data, digest, codec)


def _text_document(name: str, data: bytes, digest: str, codec: str | None) -> Document:
    charset = "" if codec is not None else declared_in(name, data)
    text, used, reason = decode(name, data, codec or charset or None)
    if charset and used == charset:
        reason = Text(ja=f"ファイル自身が {used} と宣言している。", en=f"The file itself declares {used}.")
    _refuse_nul(name, text)
    if not text.strip():
        raise InputError(ja="空のファイルである。", en="The file is empty.", where=name)
    return Document(
        name=name,
        data=data,
        sha256=digest,
        kind="html" if _HTML_START.match(text[: 4 * _HTML_PRESCAN]) else "text",
        text=text,
        encoding=used,
        encoding_reason=reason,
    )


def read_bytes(path: str, stdin: BinaryIO | None) -> bytes:
    """Return the bytes of one file or of ``stdin``; InputError as for ``load_document``."""
    if path == STDIN:
        if stdin is None:
            raise UsageError(
                ja="標準入力(-)が指定されたが、標準入力がつながっていない。",
                en="Standard input (-) was named, but nothing is connected to it.",
            )
        try:
            data = stdin.read(MAX_BYTES + 1)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise InputError(
                ja=f"標準入力を読めない({reason})。", en=f"Standard input cannot be read ({reason}).", where=STDIN
            ) from None
        return _within_limit(STDIN, data, len(data))
    file = Path(path)
    name = file.name or path
    try:
        if file.is_dir():
            raise InputError(
                ja="フォルダーである。中のファイルを指定されたい。",
                en="This is a folder; name the files in it.",
                where=name,
            )
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError(ja="ファイルが見つからない。", en="There is no such file.", where=name) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(
            ja=f"ファイルを開けない({reason})。", en=f"The file cannot be opened ({reason}).", where=name
        ) from None
    return _within_limit(name, data, len(data))


def _within_limit(name: str, data: bytes, size: int) -> bytes:
    if size > MAX_BYTES:
        raise InputError(
            ja=f"{MAX_BYTES // 1024 // 1024} MiB を超える。ファイルを分けて渡されたい。",
            en=f"The input is larger than {MAX_BYTES // 1024 // 1024} MiB; split it into several files.",
            where=name,
        )
    return data


def _refuse_nul(name: str, text: str) -> None:
    at = text.find("\x00")
    if at < 0:
        return
    before = split_lines(text[:at] + "|")
    row, column = len(before), len(before[-1])
    raise InputError(
        ja=f"{row} 行 {column} 文字目に NUL 文字がある。ファイルが壊れているので、元の形で受け取り直されたい。",
        en=f"There is a NUL character in line {row}, column {column}; the file is damaged, so ask for it again.",
        where=f"{name}:{row}:{column}",
    )


def _workbook(name: str, data: bytes, digest: str) -> Document:
    from ipattr.readers.sandbox import parse
    from ipattr.readers.spreadsheet import Workbook

    book = parse("spreadsheet", data, result=Workbook, file=name)
    _refuse_long_cells(name, book.grids)
    reason = Text(ja="表計算の文書は文字コードを自ら定める。", en="A spreadsheet fixes its own encoding.")
    return Document(
        name=name,
        data=data,
        sha256=digest,
        kind="sheet",
        text="",
        encoding="spreadsheet",
        encoding_reason=reason,
        grids=book.grids,
        remarks=tuple(msgspec.structs.replace(finding, about=finding.about or name) for finding in book.findings),
    )


def _refuse_long_cells(name: str, grids: tuple[Grid, ...]) -> None:
    for grid in grids:
        for row in grid.rows:
            if any(len(cell.text) > MAX_CELL_CHARACTERS for cell in row.cells):
                raise InputError(
                    ja=f"欄が長すぎる({MAX_CELL_CHARACTERS} 文字まで)。",
                    en=f"A cell is too long (limit {MAX_CELL_CHARACTERS} characters).",
                    where=f"{name}:{row.label}",
                )


def _pdf_document(name: str, data: bytes, digest: str) -> Document:
    from ipattr.readers.pdf.extraction import PdfText
    from ipattr.readers.sandbox import parse

    reason = Text(ja="PDF は文字コードを自ら定める。", en="A PDF fixes its own encoding.")
    return Document(
        name=name,
        data=data,
        sha256=digest,
        kind="pdf",
        text="",
        encoding="pdf",
        encoding_reason=reason,
        pdf=parse("pdf", data, result=PdfText, file=name),
    )


def _word_document(name: str, data: bytes, digest: str) -> Document:
    # In this process: the parser is our own, streams over expat alone, refuses entities and unpacks within limits.
    from ipattr.readers.word import docx_text

    numbered = [(number, part) for number, line in docx_text(data, name=name) for part in split_lines(line) or [""]]
    text = "\n".join(part for _, part in numbered)
    _refuse_nul(name, text)
    return Document(
        name=name,
        data=data,
        sha256=digest,
        kind="docx",
        text=text + "\n" if numbered else "",
        encoding="docx",
        encoding_reason=Text(
            ja="Word 文書(OOXML)は文字コードを自ら定める。", en="A Word document (OOXML) fixes its own encoding."
        ),
        row_numbers=tuple(number for number, _ in numbered),
    )
