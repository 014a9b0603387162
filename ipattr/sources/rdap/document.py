"""One JSON document of RDAP: read strictly, walked by JSON pointer (RFC 6901), nothing in it lost."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from ipattr.model import Field, Finding, Level, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 64
MAX_VALUES = 100_000
MAX_POINTERS = 32 << 20
_MAX_DIGITS = 19
_SHOWN_KEYS = 5


class Unusable(Exception):  # noqa: N818 - a verdict on its way to a Reply, no error of the house
    """A body that is no such document; it never leaves :mod:`ipattr.sources`."""

    def __init__(
        self, *, status: Literal["malformed", "truncated", "oversized", "wrong-type"], ja: str, en: str
    ) -> None:
        """Keep what the reply will say."""
        super().__init__(en)
        self.status = status
        self.reason = Text(ja=ja, en=en)


class Number:
    """A number with a fraction or an exponent, as it was written."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        """Keep the text; its value is never needed."""
        self.text = text


class Document:
    """One decoded answer, which of its values a field holds by now, and what there was to remark on it.

    Every value is known by its pointer, in document order, containers included.
    """

    def __init__(self, value: dict[str, Any]) -> None:
        """Take the outermost object; Unusable when it holds more than a registry's answer can."""
        self.findings: list[Finding] = []
        self.notices: tuple[Field, ...] | None = None
        self.told: tuple[str, bool] | None = None
        self._values = _walk(value)
        self._held: set[str] = set()

    def field(self, pointer: str) -> Field | None:
        """Return the string or number at ``pointer`` as a field, and note that it is held; None for anything else."""
        value = self._values.get(pointer)
        if not isinstance(value, (str, int, Number)) or isinstance(value, bool):
            return None
        self._held.add(pointer)
        return Field(value=_text(value), at=pointer)

    def hold(self, pointer: str) -> None:
        """Note that a value is held by something other than a field."""
        self._held.add(pointer)

    def at(self, pointer: str) -> Any:  # noqa: ANN401 - a JSON value
        """Return the value at ``pointer``, None when there is none."""
        return self._values.get(pointer)

    def items(self, pointer: str) -> Iterator[tuple[str, Any]]:
        """Yield pointer and value of each item of a list; nothing when there is no list."""
        value = self.at(pointer)
        if isinstance(value, list):
            yield from ((f"{pointer}/{index}", item) for index, item in enumerate(value))

    def texts(self, pointer: str) -> tuple[Field, ...]:
        """Return every scalar at or below ``pointer`` that is a non-empty string, as fields in document order."""
        value = self.at(pointer)
        if isinstance(value, str):
            found = self.field(pointer) if value else None
            return (found,) if found is not None else ()
        if not isinstance(value, list):
            return ()
        return tuple(field for place, _ in self.items(pointer) for field in self.texts(place))

    def remark(self, code: str, level: Level, about: str, *, ja: str, en: str) -> None:
        """Add one finding about the place ``about``."""
        self.findings.append(Finding(code=code, level=level, message=Text(ja=ja, en=en), about=about))

    def leftover(self) -> tuple[Field, ...]:
        """Return every scalar that nothing holds so far, in document order."""
        held = self._held
        return tuple(
            Field(value=_text(value), at=at)
            for at, value in self._values.items()
            if at not in held and not isinstance(value, (dict, list))
        )


def read_document(body: bytes, *, announced: bool) -> Document:
    """Read one body as a JSON object (RFC 8259): strict UTF-8, bounded depth and size, no NaN, no endless integers.

    ``announced`` says whether HTTP framed its end; where it did not, a body that stops short is ``truncated``. Raises
    Unusable. A key that stands twice is a finding: the last one counts, as in nearly every reader.
    """
    doubles: list[str] = []

    def join(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        joined = dict(pairs)
        if len(joined) < len(pairs):
            counts = Counter(name for name, _ in pairs)
            doubles.extend(name for name, count in counts.items() if count > 1)
        return joined

    try:
        msgspec.json.decode(body)  # stricter than json: lone surrogates, raw control characters
        value = json.loads(body.decode(), object_pairs_hook=join, parse_float=Number, parse_int=_integer)
    except (ValueError, RecursionError) as error:
        raise _unreadable(body, error, announced=announced) from error
    if not isinstance(value, dict):
        raise Unusable(status="wrong-type", ja="JSON だが、オブジェクトではない。", en="It is JSON, but no object.")
    document = Document(value)
    if doubles:
        shown = ", ".join(ascii(name)[:40] for name in doubles[:_SHOWN_KEYS])
        document.remark(
            "IPA800",
            "warning",
            "",
            ja=f"同じキーが一つのオブジェクトに二度ある（{shown}）。後のものを読んだ。生の本文を見る。",
            en=f"A key stands twice in one object ({shown}): the last was read; see the raw body.",
        )
    return document


def _integer(text: str) -> int:
    """Return one integer; ValueError for one that no field of RDAP can hold."""
    if len(text) > _MAX_DIGITS:
        message = "an integer of too many digits"
        raise ValueError(message)
    return int(text)


def _unreadable(body: bytes, error: Exception, *, announced: bool) -> Unusable:
    """Say what kind of unreadable a body is."""
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"<"):
        return Unusable(status="wrong-type", ja="JSON ではなく HTML か XML。", en="It is HTML or XML, no JSON.")
    if not announced and (not body.rstrip().endswith(b"}") or "truncated" in str(error)):
        return Unusable(
            status="truncated",
            ja="長さの予告がなく、JSON が途中で終わっている。",
            en="No length was announced, and the JSON stops short.",
        )
    return Unusable(status="malformed", ja="JSON として読めない。", en="It cannot be read as JSON.")


def _walk(value: Any) -> dict[str, Any]:  # noqa: ANN401 - a JSON value
    """Return every value by its pointer, in document order; Unusable beyond the bounds."""
    walked: dict[str, Any] = {}
    stack: list[tuple[str, Any, int]] = [("", value, 0)]
    size = 0
    while stack:
        pointer, item, depth = stack.pop()
        walked[pointer] = item
        if not isinstance(item, (dict, list)):
            continue
        size += len(pointer) * len(item)
        if len(walked) + len(stack) + len(item) > MAX_VALUES or size > MAX_POINTERS:
            raise Unusable(
                status="oversized",
                ja=f"値が {MAX_VALUES} 個または名前が {MAX_POINTERS} 文字を超える。",
                en=f"More than {MAX_VALUES} values or {MAX_POINTERS} characters of names.",
            )
        if depth >= MAX_DEPTH:
            raise Unusable(
                status="malformed", ja=f"入れ子が {MAX_DEPTH} 段を超える。", en=f"Nested deeper than {MAX_DEPTH}."
            )
        if isinstance(item, dict):
            children = [(f"{pointer}/{_escape(name)}", child, depth + 1) for name, child in item.items()]
        else:
            children = [(f"{pointer}/{index}", child, depth + 1) for index, child in enumerate(item)]
        children.reverse()
        stack += children
    return walked


def _escape(name: str) -> str:
    """Return a member name as a token of a JSON pointer (RFC 6901 section 3)."""
    return name.replace("~", "~0").replace("/", "~1") if "~" in name or "/" in name else name


def _text(item: Any) -> str:  # noqa: ANN401 - a JSON scalar
    """Return a scalar as it stands in JSON, a string without its quotes."""
    if isinstance(item, Number):
        return item.text
    if item is None or isinstance(item, bool):
        return {None: "null", True: "true", False: "false"}[item]
    return str(item)
