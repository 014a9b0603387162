"""What a file is by its first bytes; one that no form reads is named, with the way to go on."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Literal

from ipattr.errors import InputError
from ipattr.model import Text

if TYPE_CHECKING:
    from zipfile import ZipFile

FileKind = Literal["text", "docx", "sheet", "pdf", "zip"]

_SIGNATURES: tuple[tuple[bytes, Text], ...] = (
    (
        b"{\\rtf",
        Text(
            ja="RTF 文書である。Word で .docx として保存し直されたい。",
            en="This is an RTF document; save it as .docx in Word.",
        ),
    ),
    (
        b"\x1f\x8b",
        Text(ja="gzip で圧縮されている。展開して渡されたい。", en="This is gzip-compressed; unpack it first."),
    ),
    (b"BZh", Text(ja="bzip2 で圧縮されている。展開して渡されたい。", en="This is bzip2-compressed; unpack it first.")),
    (
        b"7z\xbc\xaf\x27\x1c",
        Text(ja="7z 書庫である。展開して渡されたい。", en="This is a 7z archive; unpack it first."),
    ),
    (b"Rar!\x1a\x07", Text(ja="RAR 書庫である。展開して渡されたい。", en="This is a RAR archive; unpack it first.")),
)
_IMAGE = Text(
    ja="画像である。文字情報を持たないので、開示された元のファイルを求めるか、内容を表(CSV)に起こされたい。",
    en="This is an image without text; ask for the file as it was disclosed, or transcribe it into a table (CSV).",
)
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"II*\x00", b"MM\x00*")
_IMAGE_PATTERN = re.compile(rb"....ftyp(heic|heix|mif1|avif)|RIFF....WEBP|BM....\x00\x00\x00\x00", re.DOTALL)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_KINDS = (
    (
        "DRMEncrypted",
        Text(
            ja="権限管理(IRM)で保護された Office 文書である。閲覧できる者が保護を解いて保存し直されたい。",
            en="This Office document is protected by rights management (IRM); save it without, as somebody who may.",
        ),
    ),
    (
        "EncryptedPackage",
        Text(
            ja="パスワードで保護された Office 文書である。保護を解いて保存し直されたい。",
            en="This is a password-protected Office document; remove the protection and save it again.",
        ),
    ),
    (
        "WordDocument",
        Text(
            ja="旧形式の Word 文書(.doc)である。Word で .docx として保存し直されたい。",
            en="This is an old Word document (.doc); save it as .docx in Word.",
        ),
    ),
)
_OLE_BOOKS = ("Workbook", "Book")
_OLE_OTHER = Text(
    ja="旧形式の Office 文書か Outlook のメッセージである。.docx か CSV として保存し直されたい。",
    en="This is an old Office document or an Outlook message; save it as .docx or CSV.",
)
_RESULT_HEAD = 4096
_RESULT = re.compile(rb'\s*\{\s*(?:"type"\s*:\s*"[a-z-]+"\s*,\s*)?"schema_version"\s*:')
_READING = re.compile(rb'\s*\{\s*"inputs"\s*:\s*\[\s*\{\s*"name"\s*:')
_ZIP_PARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_ODS_TYPES = (b"application/vnd.oasis.opendocument.spreadsheet",)
_ZIP_MEMBERS: tuple[tuple[str, Text], ...] = (
    (
        "content.xml",
        Text(
            ja="表計算(.ods)以外の OpenDocument 文書(.odt など)である。.docx として保存し直されたい。",
            en="This is an OpenDocument file other than a spreadsheet (.odt …); save it as .docx.",
        ),
    ),
    (
        "ppt/presentation.xml",
        Text(
            ja="PowerPoint 文書である。ログとしては読めない。", en="This is a PowerPoint file; no log is read from it."
        ),
    ),
)
_ZIP_BROKEN = Text(
    ja="ZIP 形式(.docx など)だが壊れている。元のファイルを受け取り直されたい。",
    en="This is a ZIP-based file (.docx or the like), but it is damaged; ask for it again.",
)


def refuse_result(name: str, data: bytes) -> None:
    """Raise InputError when the bytes are what this program printed as JSON: its times and addresses are no log."""
    head = data[:_RESULT_HEAD].removeprefix(b"\xef\xbb\xbf")
    if _RESULT.match(head) and b'"data_version"' in head:
        raise InputError(
            ja="本プログラムの結果であり、ログではない。ipattr report か ipattr explain(いずれも .json を読む)を"
            "使われたい。",
            en="This is a result of ipattr, not a log: use ipattr report or ipattr explain (they read the .json).",
            where=name,
        )
    if _READING.match(head) and b'"form_reason"' in head:
        raise InputError(
            ja="ipattr read の出力であり、ログではない。元のログを渡されたい。",
            en="This is what ipattr read printed, not a log: hand in the log itself.",
            where=name,
        )


def file_kind(name: str, data: bytes) -> FileKind:
    """Tell what reads the bytes: a reader of text, Word (ECMA-376), sheets, PDF (ISO 32000-1 7.5.2), or archives.

    Raises InputError, led by ``name``, for what no form reads (images, other archives, old Office files, protected
    ones) and for a damaged ZIP.
    """
    if data.startswith(_ZIP_PARTS):
        return _zip_kind(name, data)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(_OLE) and _is_workbook(data):
        return "sheet"
    advice = _refused_kind(data)
    if advice is not None:
        raise InputError(ja=advice.ja, en=advice.en, where=name)
    return "text"


def is_archive(name: str, data: bytes) -> bool:
    """Tell whether the bytes are a ZIP archive of files rather than one document; InputError as for ``file_kind``."""
    return data.startswith(_ZIP_PARTS) and _zip_kind(name, data) == "zip"


def _is_workbook(data: bytes) -> bool:
    if any(stream.encode("utf-16-le") in data for stream, _ in _OLE_KINDS):
        return False
    return any(stream.encode("utf-16-le") + b"\0\0" in data for stream in _OLE_BOOKS)


def _refused_kind(data: bytes) -> Text | None:
    if data.startswith(_OLE):
        return next((advice for stream, advice in _OLE_KINDS if stream.encode("utf-16-le") in data), _OLE_OTHER)
    if data.startswith(_IMAGES) or _IMAGE_PATTERN.match(data):
        return _IMAGE
    return next((advice for signature, advice in _SIGNATURES if data.startswith(signature)), None)


def _zip_kind(name: str, data: bytes) -> FileKind:
    import struct
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = set(archive.namelist())
            ods = "content.xml" in members and "mimetype" in members and _is_ods(archive)
    except (zipfile.BadZipFile, struct.error, ValueError, OSError, EOFError, NotImplementedError, OverflowError):
        raise InputError(ja=_ZIP_BROKEN.ja, en=_ZIP_BROKEN.en, where=name) from None
    if "word/document.xml" in members:
        return "docx"
    if ods or members & {"xl/workbook.xml", "xl/workbook.bin"}:
        return "sheet"
    # A folder packed as a whole may hold a document's parts one level down; only the parts at the root name a document.
    advice = next((advice for member, advice in _ZIP_MEMBERS if member in members), None)
    if advice is None:
        return "zip"
    raise InputError(ja=advice.ja, en=advice.en, where=name)


def _is_ods(archive: ZipFile) -> bool:
    """Read the package's own statement of its type (ISO 26300-3 3.3), of which the first bytes are enough."""
    import zlib

    try:
        with archive.open("mimetype") as stream:
            return stream.read(128).startswith(_ODS_TYPES)
    except (RuntimeError, zlib.error):
        return False
