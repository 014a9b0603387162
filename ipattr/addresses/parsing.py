"""Strict address grammar: one cell is one address, or is refused with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ipattr.addresses.numbers import LOW_32, MAPPED, MAX_PORT, to_text, v4_number, v4_text, v6_number
from ipattr.model import Address, Finding, Record, Refusal, Text

if TYPE_CHECKING:
    from ipattr.addresses.numbers import Specials
    from ipattr.model import Embedding

_DIGITS = frozenset("0123456789")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SPACES = " \t\r\n\u00a0\u3000"
_NAT64 = 0x0064FF9B << 64
_SIX_TO_FOUR = 0x2002
_TEREDO = 0x20010000


class ParsedAddress(Record, frozen=True, kw_only=True):
    """One address cell as understood: the address, the source port written beside it, and what a person should know."""

    address: Address
    port: int | None
    findings: tuple[Finding, ...]


def parse_port(raw: str) -> int | Refusal:
    """Read one source port, 1 to 65535 in decimal digits; surrounding spaces and full-width digits are accepted."""
    text = raw.strip(_SPACES).translate(_FULL_WIDTH)
    if not text:
        return _refuse("IPA150", "ポート番号が空。", "The port is empty.")
    if not _DIGITS.issuperset(text):
        return _refuse(
            "IPA151",
            f"ポート番号「{text}」は 10 進数字だけではない。"
            "符号・小数点・文字は表計算ソフト等による変形のおそれがある。原本を確認する。",
            f"The port {text!r} is not decimal digits alone; a sign, a point or a letter may come from a spreadsheet. "
            "Check the original.",
        )
    if text[0] == "0" and text != "0":
        return _refuse(
            "IPA152",
            f"ポート番号「{text}」は 0 で始まる。8 進か桁埋めか決められない。原本を確認する。",
            f"The port {text!r} starts with 0: octal or padding cannot be told apart. Check the original.",
        )
    if len(text) > len(str(MAX_PORT)) or not 1 <= int(text) <= MAX_PORT:
        return _refuse(
            "IPA153",
            f"ポート番号「{text}」は 1~65535 の範囲にない。",
            f"The port {text!r} does not lie between 1 and 65535.",
        )
    return int(text)


def parse_address(raw: str, *, specials: Specials) -> ParsedAddress | Refusal:
    """Read one cell that is one address: ``a.b.c.d``, ``a.b.c.d:port``, IPv6 text, ``[v6]`` or ``[v6]:port``.

    Nothing is repaired: only surrounding spaces and full-width forms are normalised, and the ids of what was done
    stand in ``Address.rules`` (``trimmed``, ``nfkc``, ``lowercased``, ``compressed``, ``bracketed``). IPv6 text whose
    last group could be a port (``2001:db8::1:443``) is read as the address it is (RFC 5952 §6 asks for brackets).
    """
    trimmed = raw.strip(_SPACES)
    text = trimmed if trimmed.isascii() else trimmed.translate(_FULL_WIDTH)
    rules = ["trimmed"] if trimmed != raw else []
    if text != trimmed:
        rules.append("nfkc")
    number = v4_number(text)
    if number is not None:
        return _accept(raw, (4, number, text), port=None, rules=rules, specials=specials)
    host, port_text, bracketed = _split_port(text)
    version, number = 4, v4_number(host)
    if number is None or bracketed:
        version, number = 6, v6_number(host)
    if number is None:
        return _refusal_of(text, host, bracketed=bracketed)
    port = None if port_text is None else parse_port(port_text)
    if isinstance(port, Refusal):
        return port
    if port_text is not None and port_text != port_text.strip(_SPACES):
        return _refusal_of(text, text, bracketed=False)
    if bracketed:
        rules.append("bracketed")
    return _accept(raw, (version, number, host), port=port, rules=rules, specials=specials)


def _accept(
    raw: str, parsed: tuple[int, int, str], *, port: int | None, rules: list[str], specials: Specials
) -> ParsedAddress:
    version, number, written = parsed
    findings = _findings(raw, rules, port)
    if version == 4:  # noqa: PLR2004 - the IP version is its own name
        address = Address(raw=raw, text=written, version=4, special=specials.find(4, number), rules=tuple(rules))
        return ParsedAddress(address=address, port=port, findings=findings)
    canonical = to_text(6, number)
    lowered = written.lower()
    rules += [rule for rule, applies in _v6_rules(written, lowered, canonical) if applies]
    embedding, inner = _embedded(number)
    address = Address(
        raw=raw,
        text=canonical,
        version=6,
        embedding=embedding,
        embedded=None if inner is None else v4_text(inner),
        special=specials.find(6, number),
        rules=tuple(rules),
    )
    if _may_end_in_a_port(written):
        findings += (_port_like(raw, written),)
    if embedding is not None and inner is not None:
        findings += (_embedding_finding(raw, number, embedding=embedding, inner=inner, specials=specials),)
    return ParsedAddress(address=address, port=port, findings=findings)


def _v6_rules(written: str, lowered: str, canonical: str) -> tuple[tuple[str, bool], ...]:
    return ("lowercased", lowered != written), ("compressed", lowered != canonical)


def _findings(raw: str, rules: list[str], port: int | None) -> tuple[Finding, ...]:
    found = []
    if "nfkc" in rules:
        found.append(
            _find("IPA121", raw, "全角文字を半角に直して読み取った。", "Full-width characters were read as half-width.")
        )
    if "bracketed" in rules and port is None:
        found.append(
            _find(
                "IPA122",
                raw,
                "角括弧付きの IPv6 アドレスだがポート番号がない。ポート番号が落ちていないか確認する。",
                "IPv6 in brackets without a port; check whether a port was lost.",
            )
        )
    return tuple(found)


def _find(code: str, about: str, ja: str, en: str) -> Finding:
    return Finding(code=code, level="info", message=Text(ja=ja, en=en), about=about)


def _split_port(text: str) -> tuple[str, str | None, bool]:
    if text[:1] == "[":
        host, bracket, rest = text[1:].partition("]")
        if bracket and not rest:
            return host, None, True
        if bracket and rest[0] == ":":
            return host, rest[1:], True
        return text, None, False
    if text.count(":") == 1 and "." in text:
        host, _, port_text = text.partition(":")
        return host, port_text, False
    return text, None, False


def _may_end_in_a_port(written: str) -> bool:
    """Tell whether the last group could as well be a port that was written without brackets (RFC 5952 §6)."""
    head, _, last = written.rpartition(":")
    return "::" in head and isinstance(parse_port(last), int) and v6_number(head) is not None


def _port_like(raw: str, written: str) -> Finding:
    host, _, port = written.rpartition(":")
    return _find(
        "IPA123",
        raw,
        f"全体を一つのアドレスとして読んだ。角括弧のない {host} とポート {port} の可能性もあるので、原本を確認する。",
        f"Read as one address; without brackets it could also be {host} with port {port}. Check the original.",
    )


def _embedded(number: int) -> tuple[Embedding | None, int | None]:
    """Return the IPv4 address inside (RFC 4291 §2.5.5.2, 6052 §2.1, 3056 §2, 4380 §4).

    64:ff9b:1::/48 (RFC 8215) is not decoded: where the IPv4 address sits depends on the local prefix length.
    """
    if number >> 32 == MAPPED:
        return "ipv4-mapped", number & LOW_32
    if number >> 32 == _NAT64:
        return "nat64", number & LOW_32
    if number >> 112 == _SIX_TO_FOUR:
        return "6to4", number >> 80 & LOW_32
    if number >> 96 == _TEREDO:
        return "teredo", ~number & LOW_32
    return None, None


def _embedding_finding(raw: str, number: int, *, embedding: Embedding, inner: int, specials: Specials) -> Finding:
    ja, en = {
        "ipv4-mapped": ("IPv4 射影アドレス（RFC 4291）", "IPv4-mapped address (RFC 4291)"),
        "nat64": ("NAT64 変換アドレス（RFC 6052）", "NAT64 address (RFC 6052)"),
        "6to4": ("6to4 アドレス（RFC 3056）", "6to4 address (RFC 3056)"),
        "teredo": ("Teredo アドレス（RFC 4380）", "Teredo address (RFC 4380)"),
    }[embedding]
    ja = f"{ja}。IPv4 アドレス {v4_text(inner)} を含む。"
    en = f"{en}; it carries the IPv4 address {v4_text(inner)}."
    if embedding == "teredo":
        port = ~(number >> 32) & 0xFFFF
        ja += f"これは利用者側 NAT の外側アドレスで、外側 UDP ポートは {port}。"
        en += f" That is the outside of the client's NAT, with outside UDP port {port}."
    special = specials.find(4, inner)
    if special is not None:
        ja += f"ただし特殊用途のアドレス（{special.prefix}）である。"
        en += f" It lies in the special-purpose block {special.prefix}."
    return Finding(code="IPA120", level="notice", message=Text(ja=ja, en=en), about=raw)


def _refuse(code: str, ja: str, en: str) -> Refusal:
    return Refusal(code=code, reason=Text(ja=ja, en=en))


def _refusal_of(text: str, host: str, *, bracketed: bool) -> Refusal:
    from ipattr.addresses.refusals import explain

    return explain(text, host, bracketed=bracketed)
