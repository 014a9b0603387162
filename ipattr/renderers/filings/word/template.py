"""An office's own Word file, opened without trusting it: what it may not hold, and the parts that may be filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ipattr.errors import InputError, UsageError
from ipattr.model import Text
from ipattr.readers import word
from ipattr.renderers.filings.word.guard import Guard, refuse

if TYPE_CHECKING:
    import zipfile

MAIN = "word/document.xml"
_TYPES = "[Content_Types].xml"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_DOCUMENT = f"{_WORD}.document.main+xml"
# Where text stands that a reader of the page sees; a part is known by the type it declares, not by its name.
_STORIES = {
    f"{_WORD}.header+xml": Text(ja="ヘッダー", en="page header"),
    f"{_WORD}.footer+xml": Text(ja="フッター", en="page footer"),
    f"{_WORD}.footnotes+xml": Text(ja="脚注", en="footnotes"),
    f"{_WORD}.endnotes+xml": Text(ja="文末脚注", en="endnotes"),
    f"{_WORD}.comments+xml": Text(ja="コメント", en="comments"),
}
_BODY = Text(ja="本文", en="body")
_SIGNED = "_xmlsignatures/"
_LIVE = (
    ("macro", Text(ja="マクロ", en="macros")),
    ("vba", Text(ja="マクロ", en="macros")),
    ("activex", Text(ja="ActiveX コントロール", en="ActiveX controls")),
    ("oleobject", Text(ja="埋め込みオブジェクト(OLE)", en="embedded objects (OLE)")),
    ("/embeddings/", Text(ja="埋め込みオブジェクト", en="embedded objects")),
)


class Template(NamedTuple):
    """The parts in the order of the archive, and those that hold text, the body first, each with what it is."""

    parts: dict[str, bytes]
    stories: dict[str, Text]


def open_template(data: bytes, where: str) -> Template:
    """Return the parts of a .docx that holds nothing but text, pictures and formatting.

    Raises UsageError, led by ``where``, when it is no .docx, damaged, beyond the limits of ``readers.limits``, holds
    macros, embedded objects, links to anything outside, a template of its own, fields that fetch, run or change with
    the day, a document type declaration or a signature. ECMA-376 part 2; part 1, 17.16.
    """
    try:
        with word._open(data, where) as archive:  # noqa: SLF001 - one set of ZIP limits for the house
            parts = _parts(archive, where)
    except InputError as error:
        raise UsageError(ja=error.ja, en=error.en, where=error.where) from None
    types = _types(parts, where)
    guard = Guard(where)
    for name, content in parts.items():
        if name != _TYPES and (name.endswith((".xml", ".rels")) or types.get(name, "").endswith("xml")):
            guard.inspect(name, content)
    stories = {MAIN: _BODY} | {name: _STORIES[kind] for name, kind in types.items() if kind in _STORIES}
    return Template(parts, {name: what for name, what in stories.items() if name in parts})


def _parts(archive: zipfile.ZipFile, where: str) -> dict[str, bytes]:
    names = [info.filename for info in archive.infolist() if not info.is_dir()]
    folded = [name.casefold() for name in names]
    if len(set(folded)) < len(folded) or any("\\" in name or ".." in name.split("/") for name in names):
        refuse(
            where,
            ja="同じ名前の部品が二つあるか、部品の名前が正しくない。Word で保存し直されたい。",
            en="Two parts have one name, or a name is malformed; save the file again in Word.",
        )
    if MAIN not in names or _TYPES not in names:
        refuse(
            where,
            ja="Word 文書(.docx)ではない。雛形は Word で .docx として保存されたい。",
            en="This is no Word document (.docx); save the template as .docx in Word.",
        )
    if any(name.startswith(_SIGNED) for name in folded):
        refuse(
            where,
            ja="電子署名がある。書き込むと署名が壊れるので、署名のない雛形を使われたい。",
            en="The file is signed, and filling it in would break the signature; use a template without one.",
        )
    for name in folded:
        _refuse_live(f"/{name}", where)
    return {name: word._member(archive, name, where) for name in names}  # noqa: SLF001 - as above


def _types(parts: dict[str, bytes], where: str) -> dict[str, str]:
    """Return the declared type of each part named in ``[Content_Types].xml``."""
    guard = Guard(where)
    guard.inspect(_TYPES, parts[_TYPES])
    types: dict[str, str] = {}
    for tag, attributes in guard.types:
        kind = attributes.get("ContentType", "")
        _refuse_live(kind.casefold(), where)
        if tag == "Override":
            types[attributes.get("PartName", "").lstrip("/")] = kind
    if types.get(MAIN) != _DOCUMENT:
        refuse(
            where,
            ja="Word 文書(.docx)ではない(テンプレート .dotx など)。Word で .docx として保存し直されたい。",
            en="This is not a Word document (.docx) but, say, a .dotx; save it as .docx in Word.",
        )
    return types


def _refuse_live(text: str, where: str) -> None:
    for sign, what in _LIVE:
        if sign in text:
            refuse(
                where,
                ja=f"雛形に{what.ja}がある。取り除き、.docx として保存し直されたい。",
                en=f"The template holds {what.en}; remove them and save it as .docx.",
            )
