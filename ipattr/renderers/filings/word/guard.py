"""What the markup of an office's template may not hold, found while it is read as a stream."""

from __future__ import annotations

import re
from typing import NoReturn

from ipattr.errors import UsageError
from ipattr.model import Text
from ipattr.renderers.layout import inert

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/"
_DRAWING_TEXT = "{http://schemas.openxmlformats.org/drawingml/2006/main}t"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_SHOWN = 80

_COUNTING = ("PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION", "SEQ", "=")
_REPEATING = ("PAGEREF", "REF", "NOTEREF", "STYLEREF", "TOC", "TC", "TOA", "TA")
_SETTING = ("EQ", "SYMBOL", "ADVANCE", "QUOTE")
FIELDS = frozenset(_COUNTING + _REPEATING + _SETTING)
"""Fields that count or repeat what the document itself says. Any other fetches, runs, asks, or changes with the day."""

_INSIDE_LINK = re.compile(
    r'\s*HYPERLINK\s+(?:\\[ont]\s+)*\\l\s+(?:"[^"]*"|\S+)(?:\s+\\[ont](?:\s+"[^"]*")?)*\s*', re.IGNORECASE
)
_OUTSIDE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:|\\\\|//")
_LINKING = frozenset({"src", "href", "althref"})
_RELATIONS = frozenset(
    {
        "oleobject",
        "package",
        "vbaproject",
        "attachedtemplate",
        "afchunk",
        "subdocument",
        "frame",
        "control",
        "activexcontrolbinary",
        "keymapcustomizations",
        "attachedtoolbars",
        "mailmergesource",
        "mailmergeheadersource",
        "recipientdata",
        "externallink",
        "wordvbadata",
    }
)
_EMBEDDING = Text(ja="埋め込みオブジェクトまたは別の文書", en="an embedded object or another document")
_ELEMENTS = {
    "OLEObject": _EMBEDDING,
    "altChunk": _EMBEDDING,
    "subDoc": _EMBEDDING,
    "control": Text(ja="ActiveX コントロール", en="an ActiveX control"),
    "mailMerge": Text(ja="差し込み印刷の設定", en="a mail merge"),
    "attachedTemplate": Text(ja="別の Word テンプレートへの参照", en="a reference to another Word template"),
}


def refuse(where: str, *, ja: str, en: str) -> NoReturn:
    """Raise the UsageError that names the template."""
    raise UsageError(ja=ja, en=en, where=where)


class Guard:
    """Reads part after part and refuses what is live; the methods below are those of an ElementTree parser target."""

    def __init__(self, where: str) -> None:
        """Take the name of the template for the errors."""
        self.types: list[tuple[str, dict[str, str]]] = []
        self._where = where
        self._part = ""
        self._fields: list[list[str] | None] = []
        self._instruction = False
        self._drawn = False

    def inspect(self, part: str, content: bytes) -> None:
        """Read one part. UsageError when it holds what is refused, or is no well-formed markup."""
        from xml.etree import ElementTree as ET

        self._part, self._fields, self._instruction, self._drawn = part, [], False, False
        parser = ET.XMLParser(target=self)  # noqa: S314 - the target refuses DTDs, so no entity can be declared
        try:
            parser.feed(content)
            parser.close()
        except (ET.ParseError, ValueError, LookupError):
            self._refuse(ja="部品が壊れている。Word で保存し直されたい。", en="a damaged part; save it again in Word")

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        """Refuse a document type declaration: OOXML has none, entity bombs need one."""
        self._refuse(ja="文書型宣言(DTD)がある。Word の文書にはない。", en="a document type declaration; Word has none")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Enter one element."""
        name = tag.rpartition("}")[2]
        if tag.startswith(_STRICT):
            self._refuse(
                ja="Strict 形式である。通常の .docx で保存し直されたい。", en="Strict markup; save as plain .docx"
            )
        if tag == _RELATION:
            self._relation(attributes)
        if name in _ELEMENTS:
            what = _ELEMENTS[name]
            self._refuse(ja=f"{what.ja}がある。取り除かれたい。", en=f"{what.en}; remove it")
        for key, value in attributes.items():
            if key.rpartition("}")[2] in _LINKING and _OUTSIDE.match(value):
                self._link(value)
        if name in {"Override", "Default"}:
            self.types.append((name, attributes))
        elif tag == f"{_WORD}fldSimple":
            self._field(attributes.get(f"{_WORD}instr", ""))
        elif tag == f"{_WORD}fldChar":
            self._mark(attributes.get(f"{_WORD}fldCharType", ""))
        self._instruction = tag in {f"{_WORD}instrText", f"{_WORD}delInstrText"}
        self._drawn = tag == _DRAWING_TEXT

    def end(self, _tag: str) -> None:
        """Leave one element."""
        self._instruction = self._drawn = False

    def data(self, text: str) -> None:
        """Take the characters of one element."""
        if self._instruction:
            if self._fields and (field := self._fields[-1]) is not None:
                field.append(text)
            else:  # an instruction that no field surrounds is not shown, but a program may still run it
                self._field(text)
        if self._drawn and "{{" in text:
            self._refuse(
                ja="図やグラフの中に差込欄がある。本文に移されたい。",
                en="a placeholder in a drawing; move it to the text",
            )

    def close(self) -> None:
        """End the part; a field that was not closed is judged by what it says so far."""
        while self._fields:
            self._judge(self._fields.pop())

    def _mark(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append([])
        elif self._fields and kind == "separate":
            self._judge(self._fields[-1])
            self._fields[-1] = None
        elif self._fields and kind == "end":
            self._judge(self._fields.pop())

    def _judge(self, parts: list[str] | None) -> None:
        if parts is not None:
            self._field("".join(parts))

    def _field(self, instruction: str) -> None:
        words = instruction.split()
        name = "=" if instruction.lstrip().startswith("=") else (words[0].upper() if words else "")
        if name in FIELDS or _INSIDE_LINK.fullmatch(instruction):
            return
        shown = inert(" ".join(words))[:_SHOWN]
        self._refuse(
            ja=f"フィールド「{shown}」がある。文字に変える(Ctrl+Shift+F9)か取り除かれたい。",
            en=f"the field {shown!r}; turn it into text (Ctrl+Shift+F9) or remove it",
        )

    def _relation(self, attributes: dict[str, str]) -> None:
        target = attributes.get("Target", "")
        kind = inert(attributes.get("Type", "").rpartition("/")[2])
        if kind.casefold() in _RELATIONS:
            what = _ELEMENTS.get(kind, Text(ja=f"部品「{kind}」", en=f"a part of the kind {kind!r}"))
            self._refuse(ja=f"{what.ja}がある。取り除かれたい。", en=f"{what.en}; remove it")
        if attributes.get("TargetMode", "Internal").casefold() != "internal" or _OUTSIDE.match(target):
            self._link(target)

    def _link(self, target: str) -> None:
        shown = inert(target)[:_SHOWN]
        self._refuse(
            ja=f"外部へのリンク「{shown}」がある。ハイパーリンクを解除する(Ctrl+Shift+F9)か、図を文書に埋め込まれたい。",
            en=f"a link to {shown!r} outside; turn it into text (Ctrl+Shift+F9) or embed the picture",
        )

    def _refuse(self, *, ja: str, en: str) -> NoReturn:
        part = inert(self._part)
        refuse(self._where, ja=f"{part}: {ja}", en=f"The template has, in {part}, {en}.")
