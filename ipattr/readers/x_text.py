"""The text of an X return as keys with values: quotes and widths levelled, page noise and PGP armour set aside."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from ipattr.model import Record
from ipattr.readers.x_fields import CREATION_IP, EVIDENCE, FIELDS, LOGIN_IP, PORT, TIME

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LOGIN_BLOCK = "ipAudit"
CREATION_BLOCK = "accountCreationIp"
BLOCKS = (LOGIN_BLOCK, CREATION_BLOCK)
_EXACT = frozenset((*FIELDS, *BLOCKS))

LEVEL: dict[int, int | str] = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(map(ord, "“”„‟″〝〞〟«»「」『』❝❞‘’‚‛`´'＇"), '"'),
    **dict.fromkeys(map(ord, "∶꞉﹕︓"), ":"),
    **dict.fromkeys([*range(0x2000, 0x2010), 0x2028, 0x2029, 0x202F, 0x2060, 0x3000, 0xA0, 0xFEFF, 9, 11, 12], " "),
}
_NOISE = re.compile(
    r"(?:page|p\.) ?\d+(?: ?(?:of|/) ?\d+)?|[-–—―‐] ?\d+ ?[-–—―‐]|\d{1,4}|\d+ ?/ ?\d+|ページ ?\d+|\d+ ?(?:頁|ページ)"
    r"|(?:strictly |highly )?confidential\b.*|(?:x corp|twitter,? inc)\b.*",
    re.IGNORECASE,
)
_ARMOUR = re.compile(r"[-–—―‐]{2,} ?(BEGIN|END) PGP ([A-Z ]+?) ?[-–—―‐]{2,}")
_ARMOUR_HEADER = re.compile(r"(?:Version|Comment|Hash|Charset|MessageID|NotDashEscaped): ?.*")
_ARMOUR_BODY = re.compile(r"[A-Za-z0-9+/]+={0,2}|=[A-Za-z0-9+/]{4}")
_HEADING = re.compile(r" *(?:(\d{1,4}) ?[.)、] ?)?@([A-Za-z0-9_]{1,50})(?![A-Za-z0-9_@.])(.*)")
# Every run is bounded, so that no line, however long, is scanned again and again.
_WORD = r"[A-Za-z|!1][A-Za-z0-9_|!$-]{0,39}"
_KEY = re.compile(rf'"? *({_WORD}(?: {_WORD}){{0,3}}) *("?)')
_COLON = re.compile(r"\s*:")
_BRACE = re.compile(r"\s*[{\[]")
# A group of IPv6 behind a stray space (" 2abc:", " l2ab:") is not the next key: cutting there leaves another address.
_STOP = re.compile(r'\s+"?(?![0-9A-Fa-flIO]{1,4}:)[A-Za-z]\w{3,}"? *:')
_QUOTED = re.compile(r'"([^"\n]*)"')
_OPEN_QUOTED = re.compile(r'"([^"\n,{}\[\]]{0,200})')
_BRACKETED = re.compile(r"\[[0-9A-Fa-f:.]+\](?::\d+)?")
_BARE = re.compile(r'[^"\n,{}\[\]]{0,200}')
_VALUE_AHEAD = re.compile(r' *[="\d]')
_MENTION = re.compile(rf"(?<![A-Za-z0-9])(?:{TIME}|{LOGIN_IP}|{PORT}|{CREATION_IP})(?![A-Za-z0-9])")
_LOOKALIKE = str.maketrans({"l": "i", "1": "i", "|": "i", "!": "i", "0": "o", " ": None, "_": None, "-": None})
_UNRELATED = frozenset({"ioginid", "createdby", "created", "account", "accounts"})
_SHORT_KEY = 9
_INDENT = 80

Noise = Literal["page", "pgp"]


class Token(Record, frozen=True, kw_only=True):
    """One piece of structure: a heading, a block, a field, or a brace.

    ``name`` is the exact name meant (or the unknown key as written), ``written`` what stood there, ``exact`` whether
    both agree; ``value`` the raw value (None when there is none); ``start`` and ``end`` are offsets into the text.
    """

    kind: Literal["heading", "block", "field", "other", "open", "close"]
    name: str = ""
    written: str = ""
    exact: bool = True
    quoted: bool = True
    value: str | None = None
    start: int
    end: int


class Levelled(Record, frozen=True, kw_only=True):
    """The lines of a document with one-to-one levelled text beside the raw text; noise lines are blank in ``text``."""

    text: str
    raw: str
    starts: tuple[int, ...]
    rows: tuple[int, ...]
    noise: tuple[tuple[int, Noise], ...]
    unclosed: int | None
    encrypted: int | None

    def line(self, offset: int) -> int:
        """Return the index of the line that holds ``offset``."""
        return bisect_right(self.starts, offset) - 1

    def raw_line(self, index: int) -> str:
        """Return one line as it stands in the file."""
        end = self.starts[index + 1] - 1 if index + 1 < len(self.starts) else len(self.raw)
        return self.raw[self.starts[index] : end]

    def row(self, offset: int) -> int:
        """Return the row (physical line, or paragraph number) that holds ``offset``."""
        return self.rows[self.line(offset)]


def level(numbered: Sequence[tuple[int, str]]) -> Levelled:
    """Level quotes, widths and spaces character by character, and blank page noise and PGP armour (RFC 9580 §7).

    A line is noise only when it holds no key, address or time. ``unclosed`` is the row of a PGP block without an end,
    ``encrypted`` that of a PGP message, whose content nobody can read here.
    """
    kept: list[str] = []
    noise: list[tuple[int, Noise]] = []
    armour = _Armour()
    for row, raw in numbered:
        line = raw.translate(LEVEL)
        verdict = armour.judge(row, line)
        if verdict == "escaped":
            line = "  " + line[2:]
        if verdict == "armour":
            noise.append((row, "pgp"))
            line = " " * len(line)
        elif _is_page_noise(line):
            noise.append((row, "page"))
            line = " " * len(line)
        kept.append(line)
    starts, at = [], 0
    for line in kept:
        starts.append(at)
        at += len(line) + 1
    return Levelled(
        text="\n".join(kept),
        raw="\n".join(raw for _, raw in numbered),
        starts=tuple(starts),
        rows=tuple(row for row, _ in numbered),
        noise=tuple(noise),
        unclosed=armour.unclosed or armour.since,
        encrypted=armour.encrypted,
    )


class _Armour:
    """Follows the PGP armour from line to line."""

    def __init__(self) -> None:
        self.unclosed: int | None = None
        self.encrypted: int | None = None
        self.since: int | None = None
        self._signed = False
        self._headers = False

    def judge(self, row: int, line: str) -> Literal["armour", "escaped", "text"]:
        """Tell what one levelled line is: armour, dash-escaped signed text, or text."""
        bare = line.strip()
        mark = _ARMOUR.fullmatch(bare.removeprefix("- ") if not self._signed else bare)
        if mark:
            self._enter(row, mark[1], mark[2])
            return "armour"
        if self._headers:
            self._headers = bool(_ARMOUR_HEADER.fullmatch(bare))
            if self._headers:
                return "armour"
        if self.since is not None:
            if not bare or (_ARMOUR_BODY.fullmatch(bare) and bare not in _EXACT):
                return "armour" if bare else "text"
            if _is_page_noise(line):
                return "text"
            # The end line is lost: what follows is text again, and the reading says so.
            self.unclosed, self.since = self.since, None
        return "escaped" if self._signed and line.startswith("- ") else "text"

    def _enter(self, row: int, edge: str, kind: str) -> None:
        self._headers = edge == "BEGIN"
        if edge == "END":
            self.since, self._signed = None, False
        elif kind == "SIGNED MESSAGE":
            self._signed = True
        else:
            self.since, self._signed = row, False
            if kind == "MESSAGE":
                self.encrypted = row


def _is_page_noise(line: str) -> bool:
    bare = line.strip()
    return bool(
        bare and _NOISE.fullmatch(bare) and not EVIDENCE.search(bare) and not any(key in bare for key in _EXACT)
    )


def tokens(levelled: Levelled) -> Iterator[Token]:
    """Yield the structure of the text from left to right; every character belongs to one token at most."""
    text, at = levelled.text, 0
    while at < len(text):
        here = text[at]
        if here in " \n,;:":
            at += 1
            continue
        if here in "{[}]":
            yield Token(kind="open" if here in "{[" else "close", start=at, end=at + 1)
            at += 1
            continue
        token = _heading(levelled, at) or _key(levelled, at)
        if token is None:
            at = _skip(text, at)
            continue
        yield token
        at = token.end


def _skip(text: str, at: int) -> int:
    """Step over one piece of other text: a run of letters and digits, or one sign."""
    end = at + 1
    if text[at].isalnum():
        while end < len(text) and (text[end].isalnum() or text[end] in "._-@/+"):
            end += 1
    return end


def _heading(levelled: Levelled, at: int) -> Token | None:
    if levelled.text[at] not in "@0123456789":
        return None
    start = levelled.starts[levelled.line(at)]
    if at - start > _INDENT or levelled.text[start:at].strip():
        return None
    end = levelled.text.find("\n", at)
    match = _HEADING.fullmatch(levelled.text, at, len(levelled.text) if end < 0 else end)
    if match is None or (match[1] is None and match[3].strip()):
        return None
    return Token(kind="heading", name=match[2], written=match[2], start=at, end=match.end(2))


def _key(levelled: Levelled, at: int) -> Token | None:
    text = levelled.text
    match = _KEY.match(text, at)
    if match is None:
        return None
    quoted = text[at] == '"'
    colon = _COLON.match(text, match.end())
    if quoted:
        written = match[1]
    elif colon is None:
        written = match[1].split(" ")[0]
        if written not in _EXACT and not _VALUE_AHEAD.match(text, match.start(1) + len(written)):
            return None
    else:
        # "Your loginIp : …" is the key with words before it.
        tails = _tails(match[1])
        written = next((tail for tail in tails if tail in _EXACT), "") or next(filter(resolve, tails), "")
    name = resolve(written)
    if name:
        before = 0 if colon is None else len(match[1]) - len(written)
        start = at if quoted else match.start(1) + before
        after = colon.end() if colon else match.end() if quoted else start + len(written)
        shape = (name, written, quoted)
        return _block(text, shape, (start, after)) if name in BLOCKS else _field(levelled, shape, (start, after), colon)
    if quoted and match[2] and colon is not None:
        return _unknown(levelled, match, colon.end())
    return None


def _tails(words: str) -> list[str]:
    parts = words.split(" ")
    return [" ".join(parts[skipped:]) for skipped in range(len(parts))]


def _block(text: str, shape: tuple[str, str, bool], span: tuple[int, int]) -> Token | None:
    name, written, quoted = shape
    start, after = span
    brace = _BRACE.match(text, after)
    exact = name == written
    if brace is None and not quoted and not (exact and text[after - 1] == ":"):
        return None  # a title or a sentence that speaks of the block
    end = brace.end() if brace else after
    return Token(kind="block", name=name, written=written, exact=exact, quoted=quoted, start=start, end=end)


def _field(
    levelled: Levelled, shape: tuple[str, str, bool], span: tuple[int, int], colon: re.Match[str] | None
) -> Token | None:
    name, written, quoted = shape
    start, after = span
    if colon is None:
        # A key whose colon is lost stays a key, so that its record shows a gap; a word in a sentence does not.
        if not quoted and not _VALUE_AHEAD.match(levelled.text, after):
            return None
        return Token(kind="field", name=name, written=written, exact=False, quoted=quoted, start=start, end=after)
    value, end = _value(levelled, after)
    return Token(
        kind="field",
        name=name,
        written=written,
        exact=name == written,
        quoted=quoted,
        value=value,
        start=start,
        end=end,
    )


def _unknown(levelled: Levelled, match: re.Match[str], after: int) -> Token:
    """Return a quoted key that is none of ours: a block when a brace follows, else a key with its value."""
    brace = _BRACE.match(levelled.text, after)
    if brace:
        return Token(kind="block", name=match[1], written=match[1], start=match.start(), end=brace.end())
    value, end = _value(levelled, after)
    return Token(kind="other", name=match[1], written=match[1], value=value, start=match.start(), end=end)


def _value(levelled: Levelled, after: int) -> tuple[str | None, int]:
    """Return the raw value behind a colon and its end; None when the next thing is another key, a brace or nothing."""
    text = levelled.text
    at = after
    while at < len(text) and text[at] in " \n":
        at += 1
    if at >= len(text):
        return None, after
    if text[at] == '"':
        match = _QUOTED.match(text, at)
        if match and not _COLON.match(text, match.end()):
            return levelled.raw[match.start(1) : match.end(1)], match.end()
        match = None if match else _OPEN_QUOTED.match(text, at)
        return _cut(levelled, match.start(1), match.end(1)) if match else (None, after)
    if "\n" in text[after:at] and not text[at].isdigit():
        return None, after
    match = _BRACKETED.match(text, at) or _BARE.match(text, at)
    return _cut(levelled, match.start(), match.end()) if match else (None, after)


def _cut(levelled: Levelled, start: int, end: int) -> tuple[str | None, int]:
    """Return an unquoted value without the spaces around it, ended where the next key begins."""
    stop = _STOP.search(levelled.text, start, end)
    # The pattern needs to see the colon of the next key, which may stand right behind this stretch.
    stop = stop or _STOP.search(levelled.text, start, min(end + 3, len(levelled.text)))
    end = stop.start() if stop and stop.start() < end else end
    text = levelled.text[start:end]
    start += len(text) - len(text.lstrip())
    end = start + len(text.strip())
    return (levelled.raw[start:end], end) if end > start else (None, start)


@lru_cache(maxsize=4096)
def resolve(written: str) -> str:
    """Return the exact key or block that ``written`` is, or is mistaken for; empty when it is something else.

    Mistaken for: the same letters in other case, with spaces, with letters that look alike (l, I, 1; O, 0), or one
    letter off (two in longer words). The caller sees by comparison whether the spelling was exact.
    """
    if written in _EXACT:
        return written
    folded = _fold(written)
    if folded in _UNRELATED:
        return ""
    for name, target in _TARGETS:
        if folded == target or _distance(folded, target) <= (1 if len(target) < _SHORT_KEY else 2):
            return name
    return ""


def mentions(levelled: Levelled) -> frozenset[int]:
    """Return the rows in which an exact key occurs, by a plain search that knows nothing of structure."""
    return frozenset(levelled.row(match.start()) for match in _MENTION.finditer(levelled.text))


def looks_like_return(levelled: Levelled) -> bool:
    """Tell whether a login block, or both a time key and an address key, stand in the text, even if misspelt."""
    seen: set[str] = set()
    for token in tokens(levelled):
        if token.kind == "block" or (token.kind == "field" and token.value is not None):
            seen.add(token.name)
        if not seen.isdisjoint(BLOCKS) or {TIME, LOGIN_IP} <= seen:
            return True
    return False


def _fold(written: str) -> str:
    return written.lower().translate(_LOOKALIKE)


def _distance(one: str, other: str) -> int:
    """Return the Levenshtein distance, or 3 when the lengths alone put it beyond use."""
    if abs(len(one) - len(other)) > 2:  # noqa: PLR2004  # no key is accepted as mistaken at a distance above two
        return 3
    row = list(range(len(other) + 1))
    for index, letter in enumerate(one, 1):
        diagonal, row[0] = row[0], index
        for column, target in enumerate(other, 1):
            diagonal, row[column] = (
                row[column],
                min(row[column] + 1, row[column - 1] + 1, diagonal + (letter != target)),
            )
    return row[-1]


_TARGETS = tuple((name, _fold(name)) for name in (*FIELDS, *BLOCKS))
