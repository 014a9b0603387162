"""Times, addresses, ports and accounts in free text, each with its place; the strict grammars decide what is one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import msgspec

from ipattr.addresses import parse_address, parse_port
from ipattr.instants import parse_instant
from ipattr.instants.zones import half_width
from ipattr.model import Account, Address, Instant, Record, Refusal
from ipattr.readers.records import account_of
from ipattr.readers.remarks import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ipattr.addresses import Specials
    from ipattr.readers.document import Options

Kind = Literal["time", "ip", "destination", "port", "account", "number", "product"]

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_DAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}(?:,[ \t]*|[ \t]+))?"
_WEEKDAY = r"(?:[ \t]*(?:\([月火水木金土日](?:曜日?)?\)|[月火水木金土日]曜日?))?"
_DATE = (
    rf"(?:\d{{4}}([-/.])\d{{1,2}}\1\d{{1,2}}{_WEEKDAY}"
    rf"|(?:(?:令和|平成|昭和)\s?(?:元|\d{{1,2}})|\d{{4}})\s?年\s?\d{{1,2}}\s?月\s?\d{{1,2}}\s?日{_WEEKDAY}"
    rf"|{_DAY}{_MONTH}[ \t]+\d{{1,2}}(?:,[ \t]*|[ \t]+)\d{{4}}"
    rf"|{_DAY}\d{{1,2}}[-/ \t]{_MONTH}[-/ \t]\d{{4}})"
)
_CLOCK = (
    r"(?:(?:午前|午後)\s?)?(?:\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?![\d:])"
    r"|\d{1,2}\s?時\s?\d{1,2}\s?分(?:\s?\d{1,2}(?:\.\d{1,9})?\s?秒)?)(?:[ \t]*[ap]\.?m\.?(?![a-z]))?"
)
# A letter or digit beside it makes a piece part of something else; behind a quoted-printable escape it may begin.
_EDGE = r"(?:(?<![0-9A-Za-z.])(?<!\d:)|(?<==[0-9A-F][0-9A-F]))"
# A colon before IPv6 text ends a label only behind a letter that no group can hold (RFC 5321 §4.1.3 has ``IPv6:``).
_V6_EDGE = r"(?:(?<![0-9A-Za-z.:])|(?<==[0-9A-F][0-9A-F])|(?<=[g-zG-Z]:)|(?<=IPv6:)|(?<=rce:))"
_TIME = re.compile(
    rf"{_EDGE}(?:{_DATE}(?:T(?=\d\d:)|:(?=\d\d:\d\d:)|[ \t]*,?[ \t]+(?:at[ \t]+)?|(?<=[日)曜])(?=[午\d])){_CLOCK}"
    rf"|{_CLOCK}(?:[ \t]*[·•・][ \t]*|[ \t]+-[ \t]+){_DATE}"
    r"|\d{8}T\d{4}(?:\d\d(?:[.,]\d{1,9})?)?(?!\d)"
    rf"|[a-z]{{3}}[ \t]+{_MONTH}[ \t]+\d{{1,2}}[ \t]+\d\d:\d\d:\d\d(?:[ \t]+[A-Z]{{1,5}})?[ \t]+\d{{4}}(?!\d))",
    re.IGNORECASE | re.ASCII,
)
_ABBREVIATIONS = (
    "UTC|GMT|JST|Z|PST|PDT|CST|CDT|EST|EDT|MST|MDT|IST|BST|AST|ADT|CET|CEST|EET|EEST|WET|WEST|MSK|KST|HKT|SGT|PHT"
    "|ICT|WIB|AEST|AEDT|ACST|AWST|NZST|NZDT|HST|AKST|AKDT|BRT"
)
_ZONE = (
    rf"(?:(?:UTC|GMT)[+-]\d{{1,2}}(?::?\d\d)?|[+-]\d\d(?::?\d\d)?|(?i:{_ABBREVIATIONS})|(?:US|[A-Z][a-z]+)(?:/[A-Z][\w+-]*)+"
    r"|協定世界時|日本標準時|日本時間)(?![0-9A-Za-z])"
)
_ZONES_BEHIND = re.compile(rf"[ \t]*(?:\([ \t]*{_ZONE}[ \t]*\)|{_ZONE})", re.ASCII)
_ZONE_BEFORE = re.compile(
    r"(?<![0-9A-Za-z+/-])(UTC|GMT|JST|協定世界時|日本標準時|日本時間)[)\]]?[ \t]*(?:の|で|[:：、,])?[ \t]*$", re.ASCII
)
# What is glued to an address belongs to the piece, so that it is refused and shown, unless it makes a host name of it.
_V4 = re.compile(
    rf"(?:{_EDGE}|(?<=\bIP))\d++(?:\.(?:\d++|[xX*#●○■□]++)){{3,}}+"
    r"(?::[0-9A-Za-z]++|/\d{1,2}+(?![0-9A-Za-z/.])|[A-Za-z_]\w*+)?+(?!\.[0-9A-Za-z])",
    re.ASCII | re.IGNORECASE,
)
_PRODUCT = re.compile(r"(?<![0-9A-Za-z])[A-Za-z][\w+-]*/\d+(?:\.\d+){3}(?![0-9A-Za-z.])", re.ASCII)
_V6 = re.compile(
    rf"{_V6_EDGE}(?:\[[0-9A-Fa-f:.]{{2,}}+(?:%\w+)?\](?::\w++)?|[0-9A-Fa-f:.]{{3,}}+(?:%\w++|/\d{{1,3}}+)?+)[0-9A-Za-z_]*+",
    re.ASCII,
)
_MAC = re.compile(r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}", re.ASCII)
_PORT = re.compile(
    r"(?<![A-Za-z])(?P<other>(?:宛先|接続先)の?|(?:destination|dest|dst|remote)[ _-]?)?"
    r"(?P<own>(?:送信元|接続元)の?|(?:source|src|client)[ _-]?|login)?"
    r"(?:port(?:[ _]?number)?|ポート(?:番号)?)(?![A-Za-z])"
    r"[\"”]?[ \t]*(?:は|が|[:：=])?[ \t\"“]*(?P<value>\d{1,9})(?![\d.:])",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    r"(?:(?:account|user)[ _]?id|(?:アカウント|ユーザー?|利用者)[ ]?id|アカウント(?:番号)?)"
    r"[ \t\"“”]*(?:は|が|[:：=])[ \t\"“]*(?P<value>\d{1,19})(?!\d)",
    re.IGNORECASE,
)
# Without a sign behind the label only a long number is an id; a bare "ID" must not end another label ("Post ID").
_ID_END = r"(?![0-9A-Za-z_]|[.:/-][0-9A-Za-z])"
_PLAIN_ID = re.compile(
    r"(?:(?:account|user)[ _]?id|(?:アカウント|ユーザー?|利用者)[ ]?id)[ \t]+(?P<value>\d{5,19})"
    rf"{_ID_END}",
    re.IGNORECASE,
)
_BARE_ID = re.compile(
    r"(?<![^ \t,;、。(「【|])ID(?:[ \t]*(?:は|が|[:：=])[ \t\"“]*(?P<value>\d{1,19})|[ \t]+(?P<plain>\d{5,19}))"
    rf"{_ID_END}",
    re.IGNORECASE,
)
_LONG_NUMBER = re.compile(r"(?<![\w./@-])\d{15,19}(?![\w/@]|[.-]\w)", re.ASCII)
_DESTINATION = re.compile(
    r"(?:(?:接続先|宛先|送信先)の?(?:サーバー?|ホスト)?の?"
    r"|(?<![A-Za-z])(?:destination|dest|dst)(?:[ _-]?(?:host|server))?)"
    r"[ _-]?(?:IP)?[ _-]?(?:アドレス|address|addr)?[\"”]?[ \t]*(?:は|が|[:：=])?[ \t\"“「(\[]*\Z",
    re.IGNORECASE,
)
_LOOSE_BEHIND = re.compile(
    r"[ \t,;|/:#()\[\]、「」-]{0,200}+(?P<value>[1-9]\d{0,4})"
    r"(?![0-9A-Za-z_.:/@-]*[0-9A-Za-z_]|[年月日時分秒件回個名人])"
)
_LOOSE_BEFORE = re.compile(r"(?<![\w.:/@#(+-])(?P<value>[1-9]\d{0,4})[ \t,;|、]+\Z")
_NAME = re.compile(r"(?<![\w.@/+-])@(?P<value>[A-Za-z0-9_]{1,50})(?![\w@]|\.[A-Za-z0-9])", re.ASCII)
_ESCAPE_BEFORE = re.compile(r"=[0-9A-F]{2}\Z")
_ESCAPE_BEHIND = re.compile(r"=(?:[0-9A-F]{2}|[ \t]*$)")
_EPOCHS = {
    "s": re.compile(r"(?<![\d.:/@-])\d{10}(?:\.\d{1,9})?(?![\d:/-])", re.ASCII),
    "ms": re.compile(r"(?<![\d.:/@-])\d{13}(?![\d:/-])", re.ASCII),
}
_MAX_PORT = 65535
_NEAR = 80
_FEW_DOTS = 3
_FEW_COLONS = 3
_V6_COLONS = 2


class Piece(Record, frozen=True, kw_only=True):
    """One time, address, port or account as it stands in a text, and what it was read as.

    ``line`` (for .docx the paragraph) and ``column`` count from 1, ``offset`` is the character offset (from 0) in the
    text. Exactly one of ``instant``, ``address``, ``port``, ``account`` and ``refusal`` is set; ``beside`` is the port
    written beside an address; ``read_as`` is the text the grammar read, where a zone stands elsewhere than behind the
    time. A ``destination`` is an address behind a label that says so; a ``number`` may be a port or an account id but
    nothing says so, and it is refused (IPA717). A ``product`` is a version as user
    agents write it (RFC 9110 §10.1.5): no address.
    """

    kind: Kind
    raw: str
    file: str = ""
    line: int
    column: int
    offset: int
    read_as: str = ""
    instant: Instant | None = None
    address: Address | None = None
    beside: int | None = None
    port: int | None = None
    account: Account | None = None
    refusal: Refusal | None = None

    @property
    def where(self) -> str:
        """Return ``file:line:column``."""
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def value(self) -> str:
        """Return what was read: UTC (ISO 8601), the canonical address, the number, the id or @name; empty: refused."""
        if self.instant is not None:
            return self.instant.utc.isoformat().replace("+00:00", "Z")
        if self.address is not None:
            return self.address.text if self.beside is None else f"{self.address.text} port {self.beside}"
        if self.account is not None:
            return self.account.id or f"@{self.account.name}"
        return "" if self.port is None else str(self.port)


class _Line:
    """One line under search: its half-width text of the same length, and the stretches already taken."""

    def __init__(self, raw: str, before: str) -> None:
        self.raw = raw
        self.text = half_width(raw)
        self.before = before
        self.taken: list[tuple[int, int]] = []
        self.labels: list[tuple[int, int]] = []

    def free(self, start: int, end: int) -> bool:
        return all(end <= first or start >= last for first, last in self.taken)

    def broken(self, start: int, end: int) -> bool:
        """Tell whether the stretch touches quoted-printable code (RFC 2045 §6.7), so that its value may go on in it."""
        soft = self.before.rstrip(" \t").endswith("=") and not self.raw[:start].strip()
        return soft or bool(_ESCAPE_BEFORE.search(self.text[:start]) or _ESCAPE_BEHIND.match(self.text, end))


_BROKEN = refusal(
    "IPA710",
    "メールの符号(quoted-printable の「=3D」や行末の「=」)に接していて、値が続きうる。復号した文面を渡されたい。",
    "It touches quoted-printable code (=3D, or = at the end of a line), so its value may go on there. Hand in the "
    "decoded text.",
)
OTHER_PORT = "IPA711"
_OTHER_PORT = refusal(
    OTHER_PORT,
    "接続先(宛先)のポート番号であり、接続元のものではない。",
    "This is the port of the destination, not of the source.",
)


def _unused(ja: str, en: str) -> Refusal:
    return refusal(
        "IPA717",
        f"{ja}かもしれないが、そう書かれていないので採らない。",
        f"It may be {en}, but nothing says so, so it is not taken.",
    )


_LOOSE = _unused("接続元のポート番号", "the port of the source")
_UNLABELLED = _unused("アカウントの ID", "the id of the account")


def find_in_lines(
    numbered: Sequence[tuple[int, str]], *, file: str, options: Options, specials: Specials
) -> tuple[Piece, ...]:
    """Return every piece of the (row, line) pairs in the order of the text."""
    found: list[Piece] = []
    offset, before = 0, ""
    for row, raw in numbered:
        line = _Line(raw, before)
        for start, end, piece in sorted(_line_pieces(line, options, specials), key=lambda entry: entry[0]):
            broken = line.broken(start, end) and piece.kind != "product"
            placed = msgspec.structs.replace(piece, file=file, line=row, column=start + 1, offset=offset + start)
            found.append(_refuse(placed) if broken else placed)
        offset, before = offset + len(raw) + 1, raw
    return tuple(found)


def _refuse(piece: Piece) -> Piece:
    return msgspec.structs.replace(
        piece, read_as="", instant=None, address=None, beside=None, port=None, account=None, refusal=_BROKEN
    )


def _line_pieces(line: _Line, options: Options, specials: Specials) -> Iterator[tuple[int, int, Piece]]:
    """Yield (start, end, piece): times before addresses, because a clock must not pass for a group of hex digits."""
    if not any(character.isdigit() or character in "@:" for character in line.raw):
        return
    found: list[tuple[int, int, Piece]] = []
    for search in (
        _times(line, options),
        _addresses(line, specials),
        _ports(line, found),
        _accounts(line),
        _numbers(line, found),
    ):
        for start, end, piece in search:
            line.taken.append((start, end))
            found.append((start, end, piece))
            yield start, end, piece


def _piece(line: _Line, kind: Kind, start: int, end: int) -> Piece:
    return Piece(kind=kind, raw=line.raw[start:end], line=0, column=0, offset=0)


def _times(line: _Line, options: Options) -> Iterator[tuple[int, int, Piece]]:
    for match in _TIME.finditer(line.text):
        start, end, zones = _zones_around(line, match)
        core = line.raw[match.start() : match.end()]
        yield start, end, _timed(_piece(line, "time", start, end), core, zones, options)
    if options.epoch is None:
        return
    for match in _EPOCHS[options.epoch].finditer(line.text):
        read = parse_instant(match[0], epoch=options.epoch)
        if line.free(*match.span()) and isinstance(read, Instant):
            piece = _piece(line, "time", *match.span())
            yield *match.span(), msgspec.structs.replace(piece, instant=read, read_as=piece.raw)


def _zones_around(line: _Line, match: re.Match[str]) -> tuple[int, int, list[str]]:
    """Return the span of a time with the zones written behind and ahead of it, and those zones."""
    start, end = match.span()
    zones: list[str] = []
    behind = _ZONES_BEHIND.match(line.text, end)
    while behind is not None:
        zones.append(behind[0].strip())
        end = behind.end()
        behind = _ZONES_BEHIND.match(line.text, end)
    free_from = max((last for _, last in line.taken), default=0)
    ahead = _ZONE_BEFORE.search(line.text, free_from, start)
    if ahead is not None:
        zones.append(ahead[1])
        start = ahead.start()
    return start, end, zones


def _timed(piece: Piece, core: str, zones: list[str], options: Options) -> Piece:
    """Read a time under every zone written around it; they must agree, because only one of them can be meant."""
    texts = [f"{core} {zone}" for zone in zones] or [core]
    readings = [parse_instant(text, zone=options.zone) for text in texts]
    refused = next((reading for reading in readings if isinstance(reading, Refusal)), None)
    first = readings[0]
    if refused is None and isinstance(first, Instant):
        if len({reading.utc for reading in readings if isinstance(reading, Instant)}) == 1:
            instant = msgspec.structs.replace(first, raw=piece.raw)
            return msgspec.structs.replace(piece, instant=instant, read_as=texts[0])
        refused = refusal(
            "IPA712",
            f"「{piece.raw}」に書かれた時間帯が食い違う。どれによる時刻か確認する。",
            f"The zones written with {piece.raw!r} disagree; ask which one the time is in.",
        )
    return msgspec.structs.replace(piece, refusal=refused)


def _addresses(line: _Line, specials: Specials) -> Iterator[tuple[int, int, Piece]]:
    for match in _PRODUCT.finditer(line.text):
        if line.free(*match.span()):
            why = refusal("IPA713", "製品の版番号である。", "This is the version of a product.")
            yield *match.span(), msgspec.structs.replace(_piece(line, "product", *match.span()), refusal=why)
    for pattern in (_V6, _V4):
        for match in pattern.finditer(line.text):
            start, end = _trimmed(line.text, *match.span())
            text = line.text[start:end]
            if (
                not line.free(start, end)
                or not _is_plausible(text)
                or (pattern is _V6 and text.count(":") < _V6_COLONS)
            ):
                continue
            kind: Kind = "destination" if _DESTINATION.search(line.text[max(0, start - _NEAR) : start]) else "ip"
            yield start, end, _addressed(_piece(line, kind, start, end), specials)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out the full stop or colon that ends a sentence or a label, not the address."""
    while end > start and text[end - 1] in ".:" and text[end - 2 : end] != "::":
        end -= 1
    while start < end and text[start] in ".:" and text[start : start + 2] != "::":
        start += 1
    return start, end


def _is_plausible(text: str) -> bool:
    """Tell an address from a clock, a ratio or a MAC address: four numbers with dots, ``::``, or five colons."""
    if text[:1] == "[":
        return text.count(":") >= _V6_COLONS
    if text.count(".") >= _FEW_DOTS and ("::" in text or text.count(":") < _V6_COLONS):
        return True
    text = text.partition("%")[0]
    if _MAC.fullmatch(text) or not any(character.isalnum() for character in text):
        return False
    foreign = any(character.isalpha() and character not in "abcdefABCDEF" for character in text)
    return ("::" in text and not (foreign and text.count(":") < _FEW_COLONS)) or text.count(":") > _FEW_COLONS


def _addressed(piece: Piece, specials: Specials) -> Piece:
    parsed = parse_address(piece.raw, specials=specials)
    if isinstance(parsed, Refusal):
        return msgspec.structs.replace(piece, refusal=parsed)
    return msgspec.structs.replace(piece, address=parsed.address, beside=parsed.port)


def _ports(line: _Line, found: Sequence[tuple[int, int, Piece]]) -> Iterator[tuple[int, int, Piece]]:
    """Yield the labelled ports; behind a destination, "port" alone does not say whose it is."""
    for match in _PORT.finditer(line.text):
        start, end = match.span("value")
        if not line.free(start, end):
            continue
        ahead = [(at, piece.kind) for at, _, piece in found if at < start and piece.kind in {"ip", "destination"}]
        if not match["other"] and not match["own"] and ahead and max(ahead)[1] == "destination":
            yield start, end, msgspec.structs.replace(_piece(line, "number", start, end), refusal=_LOOSE)
            continue
        port = _OTHER_PORT if match["other"] else parse_port(match["value"])
        piece = _piece(line, "port", start, end)
        if isinstance(port, Refusal):
            yield start, end, msgspec.structs.replace(piece, refusal=port)
        else:
            yield start, end, msgspec.structs.replace(piece, port=port)


def _accounts(line: _Line) -> Iterator[tuple[int, int, Piece]]:
    for match in _NAME.finditer(line.text):
        start, end = match.span()
        if line.free(start, end):
            named = Account(name=match["value"])
            yield start, end, msgspec.structs.replace(_piece(line, "account", start, end), account=named)
    for pattern in (_ACCOUNT, _PLAIN_ID, _BARE_ID):
        for match in pattern.finditer(line.text):
            start, end = match.span("plain" if pattern is _BARE_ID and match["plain"] else "value")
            if pattern is _BARE_ID and _is_labelled(line, match.start()):
                continue
            if line.free(start, end):
                account = account_of(line.text[start:end])
                line.labels.append((match.start(), start))
                yield start, end, msgspec.structs.replace(_piece(line, "account", start, end), account=account)


def _is_labelled(line: _Line, at: int) -> bool:
    """Tell whether a word that is no piece stands ahead, as in "Post ID"."""
    ahead = line.text[max(0, at - _NEAR) : at]
    last = at - (len(ahead) - len(ahead.rstrip(" \t")))
    return last > 0 and line.text[last - 1].isalpha() and line.free(last - 1, last)


def _blanked(line: _Line) -> str:
    """Return the text of the line with spaces for every piece found so far and the label of every id."""
    text = list(line.text)
    for start, end in (*line.taken, *line.labels):
        text[start:end] = " " * (end - start)
    return "".join(text)


def _numbers(line: _Line, found: Sequence[tuple[int, int, Piece]]) -> Iterator[tuple[int, int, Piece]]:
    """Yield what may be a port (beside an address, or behind the pieces that follow it) or an id, unlabelled."""
    text = _blanked(line)
    spans = {match.span(): _UNLABELLED for match in _LONG_NUMBER.finditer(text)}
    for start, end, piece in found:
        if piece.kind in {"ip", "destination"}:
            for match in (
                _LOOSE_BEHIND.match(text, end),
                _LOOSE_BEFORE.search(line.text, max(0, start - _NEAR), start),
            ):
                if match is not None and int(match["value"]) <= _MAX_PORT and line.free(*match.span("value")):
                    spans[match.span("value")] = _LOOSE
    for span, why in sorted(spans.items()):
        yield *span, msgspec.structs.replace(_piece(line, "number", *span), refusal=why)
