"""Received bytes as lines that a person can read: decoded, in their order, and nothing invisible left invisible.

A character that cannot be seen, and a byte that cannot be decoded, stands as ``OPEN name CLOSE`` (``ESC``, ``U+202E``,
``0x8A``); the two brackets are noncharacters, which a received text cannot bring along: it has them marked too.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ipattr.model import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ipattr.model import Exchange

OPEN, CLOSE = "\ufdd0", "\ufdd1"
_FORMATTED_AT_MOST = 256 << 10
_LONG_LINE = 160
_FOLDED_LENGTH = 80
_FOLDED_LINES = 40
_HANDLER = "ipattr-exhibit"
_BYTE = 0xDC00  # an undecodable byte b travels as the lone surrogate U+DC00 + b
_CONTROL_NAMES = (
    *("NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "TAB", "LF", "VT", "FF", "CR", "SO", "SI"),
    *("DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US"),
)
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Without ink (Unicode Default_Ignorable_Code_Point, the blank Braille pattern), and U+FFFD for what was not read.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufffd\U000e0100-\U000e01ef]"
)
_KEPT_SPACES = " \u3000"
_CODECS = frozenset({"ascii", "utf-8", "iso8859-1", "iso8859-15", "shift_jis", "cp932", "euc_jp"})
_UNDECODED = re.compile(f"[{chr(_BYTE)}-{chr(_BYTE + 0xFF)}]")
_UNICODE_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\u([0-9A-Fa-f]{4})")


class Received(NamedTuple):
    """What a body says: its lines with marks, its formatted view (empty when there is none), and how it was read."""

    lines: tuple[str, ...]
    formatted: tuple[str, ...]
    encoding: Text
    line_ends: Text
    notes: tuple[Text, ...]


def read_body(exchange: Exchange, body: bytes) -> Received:
    """Return the raw bytes of an exchange as lines; total: any bytes give lines, and no character is lost.

    Content-Encoding is undone up to 8 MiB. The formatted view is made of JSON that has a long line, up to 256 KiB.
    """
    notes: list[Text] = []
    plain = _expanded(exchange, body, notes)
    text, encoding = _decoded(exchange, plain, notes)
    if _UNDECODED.search(text):
        notes.append(
            Text(
                ja="文字に直せないバイトは、枠の中に 16 進数(0x…)で示した。",
                en="Bytes that are no character stand in a frame in hexadecimal (0x…).",
            )
        )
    lines, ends = _split(text)
    return Received(
        lines=tuple(map(visible, lines)),
        formatted=tuple(_formatted(text, lines, notes)),
        encoding=encoding,
        line_ends=ends,
        notes=tuple(notes),
    )


def visible(text: str) -> str:
    """Return ``text`` with every character that is not to be seen as a mark; spaces and U+3000 stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join([_shown(one) for one in text])


@lru_cache(maxsize=8192)
def _shown(one: str) -> str:
    code = ord(one)
    if _BYTE <= code <= _BYTE + 0xFF:
        return f"{OPEN}0x{code - _BYTE:02X}{CLOSE}"
    if code < len(_CONTROL_NAMES):
        return f"{OPEN}{_CONTROL_NAMES[code]}{CLOSE}"
    category = unicodedata.category(one)
    if category in _HIDDEN or _BLANK.match(one) or (category == "Zs" and one not in _KEPT_SPACES):
        return f"{OPEN}U+{code:04X}{CLOSE}"
    return one


def _expanded(exchange: Exchange, body: bytes, notes: list[Text]) -> bytes:
    """Undo the content coding that the server declared; leave the bytes as they are, saying so, when that fails."""
    from ipattr.sources.content import ContentError, decode_content

    try:
        plain = decode_content(exchange.headers, body) if body else body
    except ContentError as error:
        notes.append(
            Text(
                ja=f"{error.reason.ja} そこで、受信したバイトをそのまま示す。",
                en=f"{error.reason.en} The bytes are shown as they came.",
            )
        )
        return body
    if plain != body:
        notes.append(
            Text(
                ja="受信したバイトは圧縮されている(HTTP の content-encoding)。下は、それを展開したものである。",
                en="The bytes received are compressed (HTTP content-encoding); what follows is expanded.",
            )
        )
    return plain


def _decoded(exchange: Exchange, body: bytes, notes: list[Text]) -> tuple[str, Text]:
    """Decode as declared or as the bytes themselves state, else as UTF-8; undecodable bytes stay as surrogates."""
    if exchange.protocol == "whois" and b"\x1b" in body:
        from ipattr.sources.jpnic.decoding import decode_body

        stated = decode_body(body)
        if stated.coding == "iso-2022-jp":
            notes += [remark.message for remark in stated.findings]
            return stated.text, Text(ja="ISO-2022-JP", en="ISO-2022-JP")
    if body.isascii():
        return body.decode("ascii"), Text(ja="ASCII", en="ASCII")
    codec = _declared(exchange)
    if codec not in {"", "ascii", "utf-8"}:
        return body.decode(codec, _HANDLER), Text(ja=f"{codec}(照会先の宣言)", en=f"{codec} (declared by the server)")
    if exchange.question.source == "whois" and not _is_utf8(body):
        # What RIPE and LACNIC send on port 43; the reader takes it so too.
        said = Text(ja="ISO 8859-1(UTF-8 ではないため)", en="ISO 8859-1 (it is no UTF-8)")
        return body.decode("iso-8859-1"), said
    return body.decode("utf-8", _HANDLER), Text(ja="UTF-8", en="UTF-8")


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _as_surrogates(error: UnicodeError) -> tuple[str, int]:
    """Stand in for the bytes that a codec cannot decode (unlike ``surrogateescape``, for those below 0x80 too)."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(_BYTE + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(_HANDLER, _as_surrogates)


def _declared(exchange: Exchange) -> str:
    declared = re.search(r"charset=\"?([\w.:-]+)", dict(exchange.headers).get("content-type", ""), re.ASCII)
    if declared is None:
        return ""
    try:
        name = codecs.lookup(declared[1]).name
    except LookupError:
        return ""
    return name if name in _CODECS else ""


def _split(text: str) -> tuple[list[str], Text]:
    """Cut at LF; drop the CR before it only where every line has one, so that a mixture shows its CRs."""
    if not text:
        return [], Text(ja="なし", en="none")
    total, pairs = text.count("\n"), text.count("\r\n")
    name = "CRLF" if total and pairs == total else "LF"
    lines = text.split("\r\n" if name == "CRLF" else "\n")
    last = not lines[-1]
    if last:
        lines.pop()
    if not total:
        return lines, Text(ja="行末なし(1 行)", en="none (one line)")
    mixed = 0 < pairs < total
    ja = f"{name} {total:,} 個" + (f"(うち CRLF {pairs:,} 個)" if mixed else "")
    en = f"{name}, {total:,}" + (f" (of which CRLF {pairs:,})" if mixed else "")
    return lines, Text(ja=ja + ("" if last else "、最後の行に行末なし"), en=en + ("" if last else ", none at the end"))


def _formatted(text: str, lines: list[str], notes: list[Text]) -> Iterator[str]:
    r"""Yield JSON broken into lines, every token as it stands but for ``\uXXXX``, which becomes its character."""
    import msgspec

    if max(map(len, lines), default=0) <= _LONG_LINE or text[:1] not in "{[":
        return
    if len(text) > _FORMATTED_AT_MOST:
        notes.append(
            Text(
                ja=f"{_FORMATTED_AT_MOST >> 10} KiB を超えるので、整形表示は付けない。",
                en=f"There is no formatted view of more than {_FORMATTED_AT_MOST >> 10} KiB.",
            )
        )
        return
    try:
        shaped = msgspec.json.format(text.encode(), indent=2).decode()
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return
    for line in _folded(_UNICODE_ESCAPE.sub(_unescaped, line) for line in shaped.split("\n")):
        yield visible(line)


def _folded(lines: Iterable[str]) -> list[str]:
    """Put each object or array that is short enough on one line: a vCard is a dozen lines then, not a hundred."""
    out: list[str] = []
    opened: list[int] = []
    for line in lines:
        out.append(line)
        if line.endswith(("{", "[")):
            opened.append(len(out) - 1)
        elif line.strip().rstrip(",") in {"}", "]"}:
            start = opened.pop()
            if len(out) - start <= _FOLDED_LINES:
                inside = " ".join(part.strip() for part in out[start + 1 : -1])
                whole = out[start] + inside + line.strip()
                if len(whole) <= _FOLDED_LENGTH:
                    out[start:] = [whole]
    return out


def _unescaped(match: re.Match[str]) -> str:
    one = chr(int(match[2], 16))
    # Controls, quotes and halves of a pair keep their escape: the token must stay what it is.
    return match[1] + one if one > "\x9f" and _shown(one) == one else match[0]
