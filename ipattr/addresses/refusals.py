"""Why a cell is not an address: the diagnosis that names every reading, and chooses none."""

from __future__ import annotations

import re

from ipattr.addresses.numbers import v4_number, v6_number
from ipattr.model import Refusal, Text

_V4_PARTS = 4
_V6_GROUPS = 8
_OCTET_MAX = 255
_MASKED = re.compile(r"(?:^|[.:])[xX*#?_●○■×＊]+(?=[.:]|$)")
_ATON_PART = re.compile(r"0[xX][0-9a-fA-F]+|[0-9]+")
_OCR = re.compile(r"[0-9.:。｡,OoQlI|SBZ]+")
_OCR_SUSPECTS = re.compile(r"[。｡OoQlI|SBZ]")
_SEPARATORS = re.compile(r"[\s,;、，；/|・]+")


def explain(text: str, host: str, *, bracketed: bool) -> Refusal:
    """Return the reason why ``text`` (trimmed, half-width) was not read; ``host`` is its part without brackets or port.

    One reason only, the one that says best what would settle it.
    """
    if not text:
        return _refuse("IPA130", "IP アドレスが空。", "The address is empty.")
    hidden = next((character for character in text if not character.isprintable()), None)
    if hidden is not None:
        return _refuse(
            "IPA143",
            f"見えない文字 U+{ord(hidden):04X} が混じっている。原本から写し直す。",
            f"It contains the invisible character U+{ord(hidden):04X}. Copy it again from the original.",
        )
    several = _several(text)
    if several is not None:
        return several
    if "/" in text:
        return _refuse(
            "IPA137",
            f"「{text}」はアドレスではなくアドレスブロックの表記。個々の接続のアドレスが必要。",
            f"{text!r} is a block, not an address; the address of the connection is needed.",
        )
    if bracketed and v4_number(host) is not None:
        return _refuse(
            "IPA144",
            f"「{text}」: 角括弧で囲むのは IPv6 アドレスだけ（RFC 3986）。原本を確認する。",
            f"{text!r}: brackets enclose IPv6 addresses only (RFC 3986). Check the original.",
        )
    return _masked(text) or _zone(text) or _dots(text, host) or _version_4(host) or _version_6(text, host)


def _refuse(code: str, ja: str, en: str) -> Refusal:
    return Refusal(code=code, reason=Text(ja=ja, en=en))


def _is_address(text: str) -> bool:
    return v4_number(text) is not None or v6_number(text) is not None


def _bare(text: str) -> str:
    if text[:1] == "[":
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 and "." in text else text


def _several(text: str) -> Refusal | None:
    pieces = [piece for piece in _SEPARATORS.split(text) if piece]
    if len(pieces) < 2 or not all(_is_address(_bare(piece)) for piece in pieces):  # noqa: PLR2004 - two are several
        return None
    return _refuse(
        "IPA132",
        f"一つの欄にアドレスが {len(pieces)} 個ある（{'、'.join(pieces)}）。どれが接続元か決められない。"
        "プラットフォームに確認する。",
        f"The cell holds {len(pieces)} addresses ({', '.join(pieces)}); which is the source cannot be told. "
        "Ask the platform.",
    )


def _masked(text: str) -> Refusal | None:
    if not _MASKED.search(text):
        return None
    return _refuse(
        "IPA131",
        f"「{text}」は一部が伏せられている。伏せられていないアドレスの開示が必要。",
        f"{text!r} is masked in part; the full address must be disclosed.",
    )


def _zone(text: str) -> Refusal | None:
    if "%" not in text:
        return None
    return _refuse(
        "IPA136",
        f"「{text}」はゾーン識別子（%）付き。機器内部だけで通用する表記で（RFC 4007）、接続元を示さない。",
        f"{text!r} carries a zone id (%), which means something only inside one machine (RFC 4007).",
    )


def _dots(text: str, host: str) -> Refusal | None:
    if host.endswith(".") and _is_address(host.rstrip(".")):
        return _refuse(
            "IPA138",
            f"「{text}」は末尾に「.」がある。続きの数字が欠けていないか原本を確認する。",
            f"{text!r} ends in a dot; check the original for missing digits.",
        )
    if _OCR.fullmatch(text) and (suspects := _OCR_SUSPECTS.findall(text)) and any(c.isdigit() for c in text):
        shown = "".join(dict.fromkeys(suspects))
        return _refuse(
            "IPA139",
            f"数字やピリオドでない文字「{shown}」がある（文字認識の誤りと思われる）。原本を確認する。",
            f"It contains {shown!r} where digits and dots belong (as character recognition leaves behind). "
            "Check the original.",
        )
    if any(c.isspace() for c in text) or "," in text:
        return _refuse(
            "IPA142",
            f"「{text}」は途中に空白や読点がある。原本を確認する。",
            f"{text!r} has a space or a comma inside. Check the original.",
        )
    return None


def _version_4(host: str) -> Refusal | None:
    parts = host.split(".")
    if ":" in host or not all(_ATON_PART.fullmatch(part) for part in parts):
        return None
    decimal = [part for part in parts if part.isdigit()]
    if len(parts) > _V4_PARTS:
        return _out_of_range(host, f"{len(parts)} 個の数", f"it has {len(parts)} numbers")
    if len(decimal) < len(parts) or len(parts) < _V4_PARTS:
        return _aton(host, parts)
    too_large = next((part for part in parts if len(part.lstrip("0")) > 3 or int(part) > _OCTET_MAX), None)  # noqa: PLR2004 - three digits
    if too_large is not None:
        return _out_of_range(host, f"255 を超える数「{too_large[:20]}」", f"{too_large[:20]} exceeds 255")
    return _leading_zero(host, parts)


def _out_of_range(host: str, ja: str, en: str) -> Refusal:
    return _refuse(
        "IPA135",
        f"「{host[:60]}」は IPv4 アドレスではない（0~255 の数 4 個のところ、{ja}がある）。原本を確認する。",
        f"{host[:60]!r} is not an IPv4 address (four numbers of 0 to 255; {en}). Check the original.",
    )


def _aton_value(parts: list[str]) -> int | None:
    """Return what the C function inet_aton makes of the parts (hex, octal, decimal; the last fills what is left)."""
    values = []
    for part in parts:
        base = 16 if part[:2] in {"0x", "0X"} else 8 if part[0] == "0" else 10
        if len(part) > 20 or (base == 8 and not set(part) <= set("01234567")):  # noqa: PLR2004 - longer than 32 bits; octal
            return None
        values.append(int(part, base))
    *head, last = values
    if any(value > _OCTET_MAX for value in head) or last >= 256 ** (_V4_PARTS - len(head)):
        return None
    number = last
    for index, value in enumerate(head):
        number |= value << (24 - 8 * index)
    return number


def _aton(host: str, parts: list[str]) -> Refusal:
    number = _aton_value(parts)
    if number is None:
        return _out_of_range(host, "範囲外の数", "a number is out of range")
    text = ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
    if len(parts) == 1:
        other_ja, other_en = "アドレスでない番号（ポートや ID）", "a number that is no address (a port or an id)"
    elif len(parts) < _V4_PARTS:
        other_ja, other_en = "数の一部が欠けたアドレス", "an address that lost a part"
    else:
        plain = "16 進表記の誤り"
        other_ja, other_en = plain, "a slip in writing hexadecimal"
    return _refuse(
        "IPA134",
        f"「{host}」は省略・16 進等の表記。{text}（inet_aton の読み）とも、{other_ja}とも読める。原本を確認する。",
        f"{host!r} is a shorthand: {text} (as inet_aton reads it), or {other_en}. Check the original.",
    )


def _leading_zero(host: str, parts: list[str]) -> Refusal:
    decimal = ".".join(str(int(part)) for part in parts)
    number = _aton_value(parts)
    octal = "" if number is None else ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))
    if not octal:
        octal_ja, octal_en = "8 進としては読めない", "not readable as octal"
    else:
        octal_ja, octal_en = f"8 進なら {octal}", f"{octal} in octal"
    return _refuse(
        "IPA133",
        f"「{host}」は 0 で始まる数を含む。10 進なら {decimal}、{octal_ja}。原本の書き手に確認する。",
        f"{host!r} has a number with a leading zero: {decimal} in decimal, {octal_en}. Ask who wrote it.",
    )


def _version_6(text: str, host: str) -> Refusal:
    if not re.fullmatch(r"[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*", host):
        return _refuse(
            "IPA140",
            f"「{text[:60]}」は IP アドレスの表記ではない。",
            f"{text[:60]!r} is not written as an IP address.",
        )
    groups = [group for group in host.split(":") if group]
    if host.count("::") > 1 or ":::" in host:
        ja, en = "「::」が二つ以上ある", "'::' occurs more than once"
    elif any(len(group) > 4 and "." not in group for group in groups):  # noqa: PLR2004 - a group is 1 to 4 digits
        ja, en = "5 桁以上の区切りがある", "a group has more than four digits"
    elif len(groups) > _V6_GROUPS:
        ja, en = (
            "区切りが 8 個を超える（末尾はポート番号とも読める。[アドレス]:ポート と書くべきもの）",
            "it has more than eight groups (the last may be a port, which should stand as [address]:port)",
        )
    else:
        ja, en = "区切りの数が合わない", "the number of groups does not fit"
    return _refuse(
        "IPA141",
        f"「{text[:60]}」は IPv6 アドレスではない（{ja}）。原本を確認する。",
        f"{text[:60]!r} is not an IPv6 address ({en}). Check the original.",
    )
