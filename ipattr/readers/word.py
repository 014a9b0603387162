"""The text of a Word document (.docx, ECMA-376), paragraph by paragraph, without trusting the file.

The markup is read as a stream, because what matters in evidence (text struck out by tracked changes, hidden text,
text boxes) is not offered by document libraries, and because a stream has no nesting limit to run into.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, NamedTuple

from ipattr.errors import InputError
from ipattr.model import Finding, Text
from ipattr.readers.limits import MAX_MEMBER_BYTES, MAX_MEMBERS, MAX_RATIO, MAX_TOTAL_BYTES

if TYPE_CHECKING:
    import zipfile

# Identical records compress a thousandfold, so the ratio counts only where the size alone is suspicious.
_RATIO_COUNTS_FROM = 16 * 1024 * 1024
_EXCERPT = 80

_MAIN = "word/document.xml"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORD = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",
)
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "sym": "\N{REPLACEMENT CHARACTER}"}
_REMOVED = frozenset({"del", "moveFrom"})
_ADDED = frozenset({"ins", "moveTo"})
_TABLE_ENDS = frozenset({"tbl", "tr", "tc"})
TABLE_MARKS = _TABLE_ENDS | {"gridSpan", "vMerge", "gridBefore"}
_OUTSIDE = frozenset({"altChunk", "subDoc"})
_OFF = frozenset({"0", "false", "off"})
_ROWS = re.compile(rb"<(/?)(?:[A-Za-z_][\w.-]*:)?(tbl|tr)(?=[\s/>])")
_FALLBACK = re.compile(rb"<mc:Fallback\b.*?</mc:Fallback>", re.DOTALL)
_SIDE_PARTS: tuple[tuple[str, Text], ...] = (
    ("word/header", Text(ja="ヘッダー", en="page header")),
    ("word/footer", Text(ja="フッター", en="page footer")),
    ("word/footnotes", Text(ja="脚注", en="footnotes")),
    ("word/endnotes", Text(ja="文末脚注", en="endnotes")),
    ("word/comments", Text(ja="コメント", en="comments")),
)


class Mark(NamedTuple):
    """One step of a table: an element entered, or left (``/tc``), the paragraphs begun so far, and its value."""

    name: str
    paragraphs: int
    value: str


class _Story:
    """Collects the paragraphs of one part; the methods are those of an ElementTree parser target."""

    def __init__(self) -> None:
        self.paragraphs: list[tuple[int, list[str]]] = []
        self.removed: dict[int, list[str]] = {}
        self.added: dict[int, list[str]] = {}
        self.hidden: dict[int, list[str]] = {}
        self.outside: list[int] = []
        self.marks: list[Mark] = []
        self._open: list[tuple[int, list[str]]] = []
        self._inside: dict[str, int] = {}
        self._runs: list[bool] = []
        self._choices: list[bool] = []
        self._text = False

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        """Refuse a document type declaration: OOXML has none, entity bombs need one."""
        raise InputError(
            ja="Word 文書の中に文書型宣言(DTD)がある。Word が作る文書ではないので読まない。",
            en="The Word document holds a document type declaration; Word never writes one, so it is not read.",
        )

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Enter one element."""
        name = _word_name(tag)
        if tag.startswith(_COMPATIBILITY):
            self._enter_compatibility(tag)
        elif name == "p" and not self._inside.get("Fallback"):
            paragraph: tuple[int, list[str]] = (len(self.paragraphs) + 1, [])
            self.paragraphs.append(paragraph)
            self._open.append(paragraph)
        elif name == "r":
            self._runs.append(False)
        elif name == "vanish" and self._runs and not _is_off(attributes):
            self._runs[-1] = True
        elif name in {"t", "delText"}:
            self._text = True
        elif name in _BREAKS and self._runs:
            self._add(_BREAKS[name])
        if name in TABLE_MARKS and not self._inside.get("Fallback"):
            self.marks.append(Mark(name, len(self.paragraphs), _value(attributes)))
        if name in _OUTSIDE:
            self.outside.append(self._number())
        if name in _REMOVED | _ADDED | {"rt"}:
            self._inside[name] = self._inside.get(name, 0) + 1
            self._mark(name)

    def end(self, tag: str) -> None:
        """Leave one element."""
        name = _word_name(tag)
        if tag.startswith(_COMPATIBILITY):
            self._leave_compatibility(tag)
        elif name == "p" and not self._inside.get("Fallback"):
            self._open.pop()
        elif name == "r":
            self._runs.pop()
        elif name in {"t", "delText"}:
            self._text = False
        if name in _TABLE_ENDS and not self._inside.get("Fallback"):
            self.marks.append(Mark(f"/{name}", len(self.paragraphs), ""))
        if name in _REMOVED | _ADDED | {"rt"}:
            self._inside[name] -= 1

    def data(self, text: str) -> None:
        """Take the characters of a text element; white space between elements is layout."""
        if self._text:
            self._add(text)

    def close(self) -> _Story:
        """End the part."""
        return self

    def lines(self) -> list[tuple[int, str]]:
        """Return (paragraph number, line) pairs; a soft line break opens another line of the same paragraph."""
        return [(number, line) for number, parts in self.paragraphs for line in "".join(parts).split("\n")]

    def _enter_compatibility(self, tag: str) -> None:
        if tag.endswith("}AlternateContent"):
            self._choices.append(False)
        elif tag.endswith("}Choice") and self._choices:
            self._choices[-1] = True
        elif tag.endswith("}Fallback") and self._choices and self._choices[-1]:
            # The fallback repeats the text of the choice for old versions of Word.
            self._inside["Fallback"] = self._inside.get("Fallback", 0) + 1

    def _leave_compatibility(self, tag: str) -> None:
        if tag.endswith("}AlternateContent"):
            self._choices.pop()
        elif tag.endswith("}Fallback") and self._choices and self._choices[-1]:
            self._inside["Fallback"] -= 1

    def _number(self) -> int:
        return self._open[-1][0] if self._open else len(self.paragraphs)

    def _mark(self, name: str) -> None:
        if name in _REMOVED:
            self.removed.setdefault(self._number(), [])
        elif name in _ADDED:
            self.added.setdefault(self._number(), [])

    def _add(self, text: str) -> None:
        if self._inside.get("rt") or self._inside.get("Fallback"):
            return
        if not self._open:
            raise InputError(
                ja="Word 文書の本文に、段落に属さない文字がある。壊れているので、受け取り直されたい。",
                en="The Word document holds text outside every paragraph; it is damaged, so ask for it again.",
            )
        if any(self._inside.get(name) for name in _REMOVED):
            self.removed.setdefault(self._number(), []).append(text)
            return
        if any(self._inside.get(name) for name in _ADDED):
            self.added.setdefault(self._number(), []).append(text)
        if self._runs and self._runs[-1]:
            self.hidden.setdefault(self._number(), []).append(text)
        self._open[-1][1].append(text)


def docx_text(data: bytes, *, name: str = "") -> list[tuple[int, str]]:
    """Return the text of a Word document as (paragraph number from 1, line) pairs in document order.

    Table cells and text boxes count as paragraphs; text struck out by tracked changes is left out, inserted and hidden
    text is kept (``docx_remarks`` reports all three). Raises InputError, led by ``name``, when the file is encrypted,
    damaged or beyond the size limits. ECMA-376 part 1, 17.3.
    """
    return _main_story(data, name).lines()


def docx_marks(data: bytes, *, name: str = "") -> tuple[tuple[str, ...], tuple[Mark, ...]]:
    """Return the text of every paragraph (the first is number 1) and the steps of the tables around them.

    The same errors as ``docx_text``. ECMA-376 part 1, 17.4.
    """
    story = _main_story(data, name)
    return tuple("".join(parts) for _, parts in story.paragraphs), tuple(story.marks)


def docx_table_rows(data: bytes, *, name: str = "") -> tuple[int, ...]:
    """Count the rows of each table in the markup itself, by the order in which tables begin."""
    with _open(data, name) as archive:
        content = _FALLBACK.sub(b"", _member(archive, _MAIN, name)) if _MAIN in archive.namelist() else b""
    counts: list[int] = []
    inside: list[int] = []
    for match in _ROWS.finditer(content):
        closing, tag = match[1] == b"/", match[2]
        if tag == b"tbl" and not closing:
            inside.append(len(counts))
            counts.append(0)
        elif tag == b"tbl" and inside:
            inside.pop()
        elif tag == b"tr" and not closing and inside:
            counts[inside[-1]] += 1
    return tuple(counts)


def docx_remarks(data: bytes, *, name: str = "") -> tuple[Finding, ...]:
    """Report what a reader of the printed page would not see or could take for text: the same errors as ``docx_text``.

    IPA040 struck-out text (not read), IPA041 inserted text (read), IPA042 hidden text (read), IPA043 headers, footers,
    notes and comments (not read), IPA044 embedded documents (not read).
    """
    story = _main_story(data, name)
    found = [
        *_excerpts("IPA040", story.removed, _STRUCK_OUT, name),
        *_excerpts("IPA041", story.added, _INSERTED, name),
        *_excerpts("IPA042", story.hidden, _HIDDEN, name),
        *_side_remarks(data, name),
    ]
    if story.outside:
        places = ", ".join(str(number) for number in story.outside)
        message = Text(
            ja=f"段落 {places} に別の文書が埋め込まれている。その中身は読んでいない。",
            en=f"Paragraph {places} embeds another document, which was not read.",
        )
        found.append(Finding(code="IPA044", level="warning", message=message, about=name))
    return tuple(found)


_STRUCK_OUT = Text(
    ja="変更履歴で削除された文字があり、読んでいない。誰がいつ削除したかを確かめられたい",
    en="Text struck out by tracked changes was not read; find out who removed it and when",
)
_INSERTED = Text(
    ja="変更履歴で挿入された文字があり、本文として読んだ。誰がいつ書き加えたかを確かめられたい",
    en="Text inserted by tracked changes was read; find out who added it and when",
)
_HIDDEN = Text(
    ja="画面にも印刷にも出ない隠し文字があり、本文として読んだ。原本と照合されたい",
    en="Hidden text, shown neither on screen nor in print, was read; compare it with the original",
)


def _excerpts(code: str, places: dict[int, list[str]], says: Text, name: str) -> list[Finding]:
    found = []
    for number, parts in places.items():
        text = _excerpt("".join(parts))
        ja = f"段落 {number}: {says.ja}。「{text}」" if text else f"段落 {number}: {says.ja}。"
        en = f"Paragraph {number}: {says.en}: {text!r}" if text else f"Paragraph {number}: {says.en}."
        about = f"{name}:{number}" if name else str(number)
        found.append(Finding(code=code, level="warning", message=Text(ja=ja, en=en), about=about))
    return found


def _side_remarks(data: bytes, name: str) -> list[Finding]:
    found = []
    with _open(data, name) as archive:
        for member in sorted(archive.namelist()):
            kind = next((kind for stem, kind in _SIDE_PARTS if member.startswith(stem)), None)
            if kind is None or not member.endswith(".xml"):
                continue
            text = _excerpt(" ".join(line for _, line in _parse(_member(archive, member, name), name).lines()))
            if text:
                message = Text(
                    ja=f"{kind.ja}({member})の文字は記録として読んでいない。「{text}」",
                    en=f"The text of the {kind.en} ({member}) was not read as records: {text!r}",
                )
                found.append(Finding(code="IPA043", level="info", message=message, about=name))
    return found


def _excerpt(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _EXCERPT else flat[: _EXCERPT - 1] + "…"


def _main_story(data: bytes, name: str) -> _Story:
    with _open(data, name) as archive:
        if _MAIN not in archive.namelist():
            raise InputError(
                ja=f"Word 文書の本文({_MAIN})がない。", en=f"There is no Word text ({_MAIN}) in the file.", where=name
            )
        return _parse(_member(archive, _MAIN, name), name)


def _open(data: bytes, name: str) -> zipfile.ZipFile:
    import struct
    import zipfile

    if data.startswith(_OLE):
        raise InputError(
            ja="パスワードか権限管理で保護された Word 文書、または旧形式(.doc)である。"
            "保護を解き、.docx として保存し直されたい。",
            en="This Word document is protected by a password or rights management, or is an old .doc; "
            "remove the protection and save it as .docx.",
            where=name,
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, struct.error, ValueError, OSError, EOFError, NotImplementedError, OverflowError):
        raise _damaged(name) from None
    _within_limits(archive, name)
    return archive


def _within_limits(archive: zipfile.ZipFile, name: str) -> None:
    members = archive.infolist()
    bomb = (
        len(members) > MAX_MEMBERS
        or sum(member.file_size for member in members) > MAX_TOTAL_BYTES
        or any(
            member.file_size > MAX_MEMBER_BYTES
            or (member.file_size > _RATIO_COUNTS_FROM and member.file_size > MAX_RATIO * max(member.compress_size, 1))
            for member in members
        )
    )
    names = [member.filename for member in members]
    if bomb:
        raise InputError(
            ja=f"展開後の大きさ(部品 {MAX_MEMBERS} 個、合計 {MAX_TOTAL_BYTES // 2**20} MiB、圧縮率 {MAX_RATIO} 倍)の"
            "限度を超える。通常の Word 文書ではない。",
            en=f"Unpacked, the file exceeds the limits ({MAX_MEMBERS} parts, {MAX_TOTAL_BYTES // 2**20} MiB in all, "
            f"ratio {MAX_RATIO}); this is no ordinary Word document.",
            where=name,
        )
    if names.count(_MAIN) > 1:
        raise InputError(
            ja="本文が二つ入っている。どちらが原本か分からないので読まない。",
            en="The file holds two main texts; which one is the original cannot be told, so neither is read.",
            where=name,
        )


def _member(archive: zipfile.ZipFile, member: str, name: str) -> bytes:
    import lzma
    import zipfile
    import zlib

    info = archive.getinfo(member)
    if info.flag_bits & 1:
        raise InputError(
            ja="書庫が暗号化されている。保護を解いて保存し直されたい。",
            en="The archive is encrypted; remove the protection and save it again.",
            where=name,
        )
    try:
        with archive.open(info) as stream:
            content = stream.read(MAX_MEMBER_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError, ValueError):
        raise _damaged(name) from None
    return content


def _parse(content: bytes, name: str) -> _Story:
    from xml.etree import ElementTree as ET

    story = _Story()
    parser = ET.XMLParser(target=story)  # noqa: S314  # the target refuses DTDs, so no entity can be declared
    try:
        parser.feed(content)
        parser.close()
    except (ET.ParseError, ValueError, LookupError):
        raise _damaged(name) from None
    except InputError as error:
        raise InputError(ja=error.ja, en=error.en, where=name) from None
    return story


def _damaged(name: str) -> InputError:
    return InputError(
        ja="Word 文書が壊れている。元のファイルを受け取り直されたい。",
        en="The Word document is damaged; ask for the file again.",
        where=name,
    )


def _word_name(tag: str) -> str:
    return next((tag[len(space) :] for space in _WORD if tag.startswith(space)), "")


def _value(attributes: dict[str, str]) -> str:
    return next((value for key, value in attributes.items() if key.endswith("}val")), "")


def _is_off(attributes: dict[str, str]) -> bool:
    return any(key.endswith("}val") and value in _OFF for key, value in attributes.items())
