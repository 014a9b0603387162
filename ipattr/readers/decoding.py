"""Bytes become text here: by an encoding that is declared or proven, never guessed between two that both fit."""

from __future__ import annotations

import re

from ipattr.errors import InputError, UsageError
from ipattr.model import Text

_SEVERAL = 4
_PRESCAN = 1024
_XML_ENCODING = re.compile(rb"""<\?xml[^>]*\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_META = re.compile(rb"<meta\b[^>]*>", re.IGNORECASE)
_CHARSET = re.compile(rb"""\bcharset\s*=\s*["']?\s*([A-Za-z0-9][A-Za-z0-9._:-]{0,40})""", re.IGNORECASE)
_CODECS = {
    "ascii": "ascii",
    "usascii": "ascii",
    "utf8": "utf-8",
    "utf8sig": "utf-8",
    "utf8bom": "utf-8",
    "cp932": "cp932",
    "ms932": "cp932",
    "sjis": "cp932",
    "shiftjis": "cp932",
    "windows31j": "cp932",
    "utf16": "utf-16",
    "utf16le": "utf-16-le",
    "utf16be": "utf-16-be",
    "eucjp": "euc_jp",
    "iso2022jp": "iso2022_jp",
}
_OFFERED = "utf-8, cp932, utf-16, utf-16-le, utf-16-be, euc-jp, iso-2022-jp, ascii"


def codec_of(encoding: str | None) -> str | None:
    """Return the codec of a declared encoding, None when none is declared; UsageError when it is not known here."""
    if encoding is None:
        return None
    codec = _CODECS.get(re.sub(r"[\s_-]", "", encoding).lower())
    if codec is None:
        raise UsageError(
            ja=f"文字コード「{encoding}」は扱わない。指定できるもの: {_OFFERED}。",
            en=f"The encoding {encoding!r} is not known here; choose one of: {_OFFERED}.",
        )
    return codec


def decode(name: str, data: bytes, codec: str | None) -> tuple[str, str, Text]:
    """Return (text, encoding, why), strictly: by a byte order mark, as declared by ``codec``, or as the bytes prove.

    InputError with the offset of the first byte that does not fit, or naming both encodings where two fit.
    """
    mark = byte_order_mark(name, data)
    if mark is not None:
        return _decode_marked(name, data, mark, codec)
    if codec == "utf-16":
        raise InputError(
            ja="UTF-16 と指定されたが、バイト順を示す BOM がない。utf-16-le か utf-16-be を指定されたい。",
            en="UTF-16 was declared, but there is no byte order mark; declare utf-16-le or utf-16-be.",
            where=name,
        )
    if codec is not None:
        text = strictly(data, codec)
        if isinstance(text, int):
            raise InputError(
                ja=f"指定された文字コード {codec} では {text} バイト目(0 起点)が読めない。",
                en=f"Declared as {codec}, but the byte at offset {text} (from 0) does not fit.",
                where=name,
            )
        return text, codec, Text(ja=f"{codec} と指定された。", en=f"Declared as {codec}.")
    return _prove(name, data)


def byte_order_mark(name: str, data: bytes) -> tuple[str, int] | None:
    """Return (codec, length) of the byte order mark, None without one; InputError for UTF-32."""
    if data.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        raise InputError(
            ja="UTF-32 のファイルである。UTF-8 で保存し直されたい。",
            en="The file is UTF-32; save it as UTF-8.",
            where=name,
        )
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if data.startswith(mark):
            return codec, len(mark)
    return None


def _decode_marked(name: str, data: bytes, mark: tuple[str, int], codec: str | None) -> tuple[str, str, Text]:
    found, width = mark
    if codec not in {None, found} and not (codec == "utf-16" and found.startswith("utf-16")):
        raise InputError(
            ja=f"文字コードは {codec} と指定されたが、ファイルの BOM は {found} を示す。指定を外すか改められたい。",
            en=f"Declared as {codec}, but the byte order mark says {found}; drop or change the declaration.",
            where=name,
        )
    text = strictly(data[width:], found)
    if isinstance(text, int):
        raise InputError(
            ja=f"BOM は {found} を示すが、{text + width} バイト目(0 起点)が読めない。",
            en=f"The byte order mark says {found}, but the byte at offset {text + width} (from 0) does not fit.",
            where=name,
        )
    return text, found, Text(ja=f"BOM が {found} を示す。", en=f"The byte order mark says {found}.")


def _prove(name: str, data: bytes) -> tuple[str, str, Text]:
    if data.isascii():
        refuse_unmarked_utf16(name, data)
        return data.decode("ascii"), "ascii", Text(ja="ASCII の文字だけである。", en="Every byte is ASCII.")
    refuse_unmarked_utf16(name, data)
    utf8, cp932 = strictly(data, "utf-8"), strictly(data, "cp932")
    if isinstance(utf8, str) and isinstance(cp932, str):
        raise InputError(
            ja="UTF-8 としても CP932(シフトJIS)としても読め、内容が異なる。--encoding utf-8 か --encoding cp932 を"
            "指定されたい。",
            en="The bytes fit both UTF-8 and CP932 (Shift_JIS) and give different text; declare --encoding utf-8 or "
            "--encoding cp932.",
            where=name,
        )
    if isinstance(utf8, str):
        reason = Text(
            ja=f"UTF-8 だけに合う(CP932 では {cp932} バイト目が不正)。",
            en=f"Only UTF-8 fits (CP932 fails at byte {cp932}).",
        )
        return utf8, "utf-8", reason
    if isinstance(cp932, str):
        reason = Text(
            ja=f"CP932 だけに合う(UTF-8 では {utf8} バイト目が不正)。",
            en=f"Only CP932 fits (UTF-8 fails at byte {utf8}).",
        )
        return cp932, "cp932", reason
    raise InputError(
        ja=f"UTF-8 でも CP932 でもない(UTF-8 は {utf8} バイト目、CP932 は {cp932} バイト目で不正。0 起点)。"
        "文字コードを --encoding で指定されたい。",
        en=f"Neither UTF-8 (bad byte at offset {utf8}) nor CP932 (bad byte at offset {cp932}) fits; declare the "
        "encoding with --encoding.",
        where=name,
    )


def strictly(data: bytes, codec: str) -> str | int:
    """Return the text, or the offset (from 0) of the first byte that does not fit."""
    try:
        text = data.decode(codec, "strict")
    except UnicodeDecodeError as error:
        return error.start
    if codec == "cp932":
        # The codec maps five bytes that CP932 leaves unassigned to C1 and private-use characters.
        stray = re.search("[\x80\xa0\uf8f0-\uf8f3]", text)
        if stray is not None:
            return len(text[: stray.start()].encode("cp932"))
    return text


def refuse_unmarked_utf16(name: str, data: bytes) -> None:
    """Raise InputError, naming the encoding to declare, when the bytes look like UTF-16 without a mark."""
    if b"\x00" not in data:
        return
    even, odd = data[0::2].count(0), data[1::2].count(0)
    for codec, most, least in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if len(data) % 2 == 0 and least == 0 and most >= max(_SEVERAL, len(data) // 8):
            raise InputError(
                ja=f"BOM のない UTF-16 とみられる。確かめたうえで --encoding {codec} を指定されたい。",
                en=f"This looks like UTF-16 without a byte order mark; if so, declare --encoding {codec}.",
                where=name,
            )


def declared_in(name: str, data: bytes) -> str:
    """Return the codec that an HTML page or XML declares for itself; empty when it declares none.

    A byte order mark outranks the declaration (WHATWG HTML, 13.2.3.2); it is then left to the mark.
    """
    head = data[:_PRESCAN]
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or byte_order_mark(name, data) is not None:
        return ""
    found = _XML_ENCODING.match(head)
    label = found[1].decode("ascii").lower() if found else declared_charset(data)
    if label is None or data.isascii():
        return ""
    codec = _CODECS.get(re.sub(r"[\s_-]", "", label).removeprefix("x"))
    if codec is None:
        raise InputError(
            ja=f"ファイルが自ら宣言する文字コード「{label}」は扱わない。"
            f"--encoding で {_OFFERED} のいずれかを指定されたい。",
            en=f"The file declares the encoding {label!r}, which is not known here; declare one of {_OFFERED}.",
            where=name,
        )
    if codec != "utf-8" and isinstance(strictly(data, "utf-8"), str) and isinstance(strictly(data, codec), str):
        # A page that was saved anew keeps the declaration of its origin.
        raise InputError(
            ja=f"ファイルは {codec} と宣言しているが、UTF-8 としても読め、内容が異なる。--encoding utf-8 か "
            f"--encoding {codec} を指定されたい。",
            en=f"The file declares {codec}, but its bytes fit UTF-8 too and give different text; declare "
            f"--encoding utf-8 or --encoding {codec}.",
            where=name,
        )
    return codec


def declared_charset(data: bytes) -> str | None:
    """Return the encoding that a ``<meta>`` within the first 1,024 bytes declares, in lower case; None without one.

    WHATWG HTML, prescan of a byte stream: comments are skipped, the first declaration counts, and UTF-16 so declared
    means UTF-8, because a reader of UTF-16 could not have found it.
    """
    head = re.sub(rb"<!--.*?(?:-->|\Z)", b"", data[:_PRESCAN], flags=re.DOTALL)
    for tag in _META.findall(head):
        found = _CHARSET.search(tag)
        if found is not None:
            label = found[1].decode("ascii").lower()
            return "utf-8" if label.startswith("utf-16") else label
    return None
