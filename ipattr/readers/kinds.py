"""Files that no form reads, told by their first bytes: what they are and how to go on."""

from __future__ import annotations

import io
import re

from ipattr.errors import InputError
from ipattr.model import Text

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
_PDF = Text(
    ja="PDF である。まだ読めないので、元の Word 文書を求めるか、文字を選択してテキストファイルに写されたい。",
    en="This is a PDF, which is not read yet; ask for the Word file, or copy its text into a text file.",
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_KINDS = (
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
    (
        "Workbook",
        Text(
            ja="旧形式の Excel ブック(.xls)である。CSV(UTF-8)として保存し直されたい。",
            en="This is an old Excel workbook (.xls); save it as CSV (UTF-8).",
        ),
    ),
)
_OLE_OTHER = Text(
    ja="旧形式の Office 文書か Outlook のメッセージである。.docx か CSV として保存し直されたい。",
    en="This is an old Office document or an Outlook message; save it as .docx or CSV.",
)
_ZIP_MEMBERS = (
    (
        "xl/workbook.xml",
        Text(
            ja="Excel ブック(.xlsx)である。まだ読めないので、CSV(UTF-8)として保存し直されたい。",
            en="This is an Excel workbook (.xlsx), which is not read yet; save it as CSV (UTF-8).",
        ),
    ),
    (
        "content.xml",
        Text(
            ja="OpenDocument 文書(.ods、.odt など)である。まだ読めないので、CSV か .docx として保存し直されたい。",
            en="This is an OpenDocument file (.ods, .odt …), which is not read yet; save it as CSV or .docx.",
        ),
    ),
    (
        "ppt/presentation.xml",
        Text(
            ja="PowerPoint 文書である。ログとしては読めない。", en="This is a PowerPoint file; no log is read from it."
        ),
    ),
)
_ZIP_OTHER = Text(
    ja="ZIP 書庫である。まだ読めないので、展開して中のファイルを渡されたい。",
    en="This is a ZIP archive, which is not read yet; unpack it and name the files in it.",
)
_ZIP_BROKEN = Text(
    ja="ZIP 形式(.docx など)だが壊れている。元のファイルを受け取り直されたい。",
    en="This is a ZIP-based file (.docx or the like), but it is damaged; ask for it again.",
)


def refuse_binary(name: str, data: bytes) -> None:
    """Raise InputError when the bytes are a PDF (ISO 32000-1 7.5.2), an image, an archive or an old Office file."""
    advice = _binary_kind(data)
    if advice is not None:
        raise InputError(ja=advice.ja, en=advice.en, where=name)


def _binary_kind(data: bytes) -> Text | None:
    if b"%PDF-" in data[:1024]:
        return _PDF
    if data.startswith(_OLE):
        return next((advice for stream, advice in _OLE_KINDS if stream.encode("utf-16-le") in data), _OLE_OTHER)
    if data.startswith(_IMAGES) or _IMAGE_PATTERN.match(data):
        return _IMAGE
    return next((advice for signature, advice in _SIGNATURES if data.startswith(signature)), None)


def refuse_other_archives(name: str, data: bytes) -> None:
    """Raise InputError unless the ZIP bytes hold a Word document (``word/document.xml``, ECMA-376)."""
    import struct  # noqa: PLC0415 - only a ZIP file needs these two
    import zipfile  # noqa: PLC0415 - as above

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, struct.error, ValueError, OSError, EOFError, NotImplementedError, OverflowError):
        raise InputError(ja=_ZIP_BROKEN.ja, en=_ZIP_BROKEN.en, where=name) from None
    if "word/document.xml" in members:
        return
    advice = next((advice for member, advice in _ZIP_MEMBERS if member in members), _ZIP_OTHER)
    raise InputError(ja=advice.ja, en=advice.en, where=name)
