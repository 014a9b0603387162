"""ISO-2022-JP bytes become text: every byte is a character, a designation, or marked as unreadable with its offset.

RFC 1468 (ISO-2022-JP), RFC 1554 (-2), RFC 2237 (-1), ISO-2022-JP-2004. Rows 13 and 89-92 (``㈱``, ``髙``) are in no
edition of JIS X 0208; servers send them all the same, as code page 932 has them (CP50220).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

from ipattr.sources.whois_lines import finding

if TYPE_CHECKING:
    from ipattr.model import Finding

Coding = Literal["ascii", "iso-2022-jp", "utf-8", "none"]
_ESCAPE = 0x1B
_REPLACEMENT = "\ufffd"
_DESIGNATIONS = {
    b"\x1b(B": "ascii",
    b"\x1b(J": "roman",
    b"\x1b(I": "katakana",
    b"\x1b$@": "208",
    b"\x1b$B": "208",
    b"\x1b$(@": "208",
    b"\x1b$(B": "208",
    b"\x1b$(D": "212",
    b"\x1b$(O": "213",
    b"\x1b$(Q": "213",
    b"\x1b$(P": "213-2",
    b"\x1b&@": "",  # announces the 1990 edition of the set that the next escape designates
}
_STARTS = frozenset(escape[:length] for escape in _DESIGNATIONS for length in range(1, len(escape)))
_LONGEST = max(len(escape) for escape in _DESIGNATIONS)
_TWO_BYTES = frozenset({"208", "212", "213", "213-2"})
_ROMAN = {0x5C: "\u00a5", 0x7E: "\u203e"}
_FIRST, _LAST = 0x21, 0x7E
_PLAIN = re.compile(rb"[\x20-\x7e\r\n\t]+")
_SHOWN = 8


class Decoded(NamedTuple):
    """The text of a body, control characters still in it; ``cut`` when the bytes end inside an escape or character."""

    text: str
    coding: Coding
    cut: bool
    findings: tuple[Finding, ...]


class _Scan:
    """One pass over the bytes: the graphic set in force, the text so far, what could not be read and where."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.at = 0
        self.mode = "ascii"
        self.out: list[str] = []
        self.unread: list[int] = []
        self.extended: list[int] = []
        self.unreset: list[int] = []
        self.cut = False

    def run(self) -> None:
        while self.at < len(self.body):
            plain = _PLAIN.match(self.body, self.at) if self.mode == "ascii" else None
            if plain:
                self.out.append(plain[0].decode("ascii"))
                self.at = plain.end()
                continue
            byte = self.body[self.at]
            if byte == _ESCAPE:
                self._escape()
            elif byte >= 0x80:  # noqa: PLR2004 - ISO-2022-JP is seven bits wide
                self._mark()
            elif byte < _FIRST or byte > _LAST:
                self._control(byte)
            elif self.mode in _TWO_BYTES:
                self._pair()
            else:
                self.out.append(_single(byte, self.mode) or self._unreadable())
                self.at += 1
        self.cut = self.cut or self.mode in _TWO_BYTES

    def _unreadable(self) -> str:
        self.unread.append(self.at)
        return _REPLACEMENT

    def _mark(self) -> None:
        self.out.append(self._unreadable())
        self.at += 1

    def _escape(self) -> None:
        for length in (3, 4):
            taken = self.body[self.at : self.at + length]
            if taken in _DESIGNATIONS:
                self.mode = _DESIGNATIONS[taken] or self.mode
                self.at += length
                return
        if len(self.body) - self.at < _LONGEST and self.body[self.at :] in _STARTS:
            self.cut = True
            self.mode = "ascii"  # what is left of the escape is text that shows itself
        self.out.append("\x1b")
        self.at += 1

    def _control(self, byte: int) -> None:
        """Keep a control character or space; a line end ends a two-byte set, as RFC 1468 wants it to have ended."""
        if byte in b"\r\n" and self.mode in _TWO_BYTES:
            self.unreset.append(self.at)
            self.mode = "ascii"
        self.out.append(chr(byte))
        self.at += 1

    def _pair(self) -> None:
        pair = self.body[self.at : self.at + 2]
        if len(pair) == 1:
            self.cut = True
            self._mark()
            return
        if not _FIRST <= pair[1] <= _LAST:
            self._mark()
            return
        text, extended = _character(pair, self.mode)
        if extended:
            self.extended.append(self.at)
        self.out.append(text or self._unreadable())
        self.at += 2


def decode_body(body: bytes) -> Decoded:
    """Return the text of a JPNIC answer; total, and pure.

    Bytes with a recognised designation are ISO-2022-JP, seven-bit bytes without one ASCII. Eight-bit bytes without one
    are not ISO-2022-JP, which a finding says: they are read when they are UTF-8, and marked with U+FFFD when not.
    Escapes that designate nothing stay in the text as the control characters they are.
    """
    designated = any(escape in body for escape, mode in _DESIGNATIONS.items() if mode)
    if not designated and not body.isascii():
        return _foreign(body)
    scan = _Scan(body)
    scan.run()
    return Decoded("".join(scan.out), "iso-2022-jp" if designated else "ascii", scan.cut, _findings(scan))


def _single(byte: int, mode: str) -> str:
    """Return the character of one byte in a one-byte set, empty when the set has none."""
    if mode == "katakana":
        return chr(0xFF61 + byte - _FIRST) if byte <= 0x5F else ""  # noqa: PLR2004 - JIS X 0201 ends there
    return _ROMAN.get(byte, chr(byte)) if mode == "roman" else chr(byte)


def _character(pair: bytes, mode: str) -> tuple[str, bool]:
    """Return the character of two bytes, and whether it is outside the designated set; empty when nothing has it."""
    high = bytes(byte | 0x80 for byte in pair)
    if mode == "212":
        return _decoded(b"\x8f" + high, "euc_jp"), False
    if mode in {"213", "213-2"}:
        return _decoded(high if mode == "213" else b"\x8f" + high, "euc_jis_2004"), False
    plain = _decoded(high, "euc_jp")
    if plain:
        return plain, False
    other = _decoded(_shifted(pair), "cp932")
    return other, bool(other)


def _decoded(data: bytes, codec: str) -> str:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return ""


def _shifted(pair: bytes) -> bytes:
    """Return the Shift_JIS bytes of a row and cell (JIS X 0208 appendix 1)."""
    row, cell = pair[0] - 0x20, pair[1] - 0x20
    lead = (row - 1) // 2 + (0x81 if row <= 62 else 0xC1)  # noqa: PLR2004 - 62 rows lie below the katakana bytes
    trail = cell + 0x9E if row % 2 == 0 else cell + (0x3F if cell <= 63 else 0x40)  # noqa: PLR2004 - 0x7F is skipped
    return bytes((lead, trail))


def _foreign(body: bytes) -> Decoded:
    first = next(index for index, byte in enumerate(body) if byte >= 0x80)  # noqa: PLR2004 - seven bits
    cut = False
    try:
        text, coding = body.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError as error:
        cut = error.end >= len(body) and error.reason == "unexpected end of data"
        kept = body[: error.start] if cut else body
        coding = "UTF-8" if cut else ""
        text = kept.decode("utf-8") if cut else body.decode("ascii", "replace")
        text += _REPLACEMENT if cut else ""
    remark = finding(
        "IPA830",
        "warning",
        ja=f"応答は ISO-2022-JP ではない(最初の8ビットのバイトは{first}バイト目)。"
        + ("UTF-8 として読めたが、JPNIC の応答としては異例である。" if coding else "読めない文字は � で示した。"),
        en=f"The answer is not ISO-2022-JP (first eight-bit byte at offset {first}). "
        + ("It reads as UTF-8, which JPNIC does not send." if coding else "What cannot be read is shown as �."),
        about=f"byte:{first}",
    )
    return Decoded(text, "utf-8" if coding else "none", cut, (remark,))


def _findings(scan: _Scan) -> tuple[Finding, ...]:
    found = []
    if scan.unread:
        found.append(
            finding(
                "IPA831",
                "warning",
                ja=f"読めない文字が{len(scan.unread)}個ある(� で示した)。位置: {_places(scan.unread)} バイト目。",
                en=f"{len(scan.unread)} characters cannot be read (shown as �); byte offsets {_places(scan.unread)}.",
                about=f"byte:{scan.unread[0]}",
            )
        )
    if scan.extended:
        found.append(
            finding(
                "IPA832",
                "info",
                ja=f"JIS X 0208 にない文字が{len(scan.extended)}個あり、機種依存文字(コードページ932)として読んだ。"
                f"位置: {_places(scan.extended)} バイト目。",
                en=f"{len(scan.extended)} characters are outside JIS X 0208 and were read by code page 932, "
                f"at byte offsets {_places(scan.extended)}.",
                about=f"byte:{scan.extended[0]}",
            )
        )
    if scan.unreset:
        found.append(
            finding(
                "IPA833",
                "notice",
                ja=f"漢字指定のまま行が終わる({_places(scan.unreset)} バイト目)。次の行は ASCII として読んだ。",
                en=f"A line ends in a two-byte set (byte offsets {_places(scan.unreset)}); the next was read as ASCII.",
                about=f"byte:{scan.unreset[0]}",
            )
        )
    return tuple(found)


def _places(offsets: list[int]) -> str:
    """Return the first offsets, and that there are more."""
    return ", ".join(str(offset) for offset in offsets[:_SHOWN]) + (", …" if len(offsets) > _SHOWN else "")
