"""What PDFium reads on one page of a PDF, and which of it a person who looks at the page does not see."""

from __future__ import annotations

import ctypes
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pypdfium2  # type: ignore[import-untyped]  # it ships no types

Box = tuple[float, float, float, float]  # left, bottom, right, top in points, origin at the lower left
_TEXT, _PATH, _IMAGE, _FORM = 1, 2, 3, 5
_INVISIBLE = frozenset({3, 7})  # ISO 32000-1 table 106: neither filled nor stroked
_OPAQUE = 250
_WHITE = 250
_THIN = 3.0
_CONTROL = re.compile("[\x00\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


class Character(NamedTuple):
    """One character with its box; ``hidden`` when a person does not see it."""

    text: str
    box: Box | None
    hidden: bool


class PageText:
    """The characters of one page in PDFium's reading order, and a way to ask for those within a box."""

    def __init__(self, page: pypdfium2.PdfPage, *, drawn: bool, characters: list[Character]) -> None:
        """Keep the page, what was read from it, and whether it shows anything at all."""
        self.drawn = drawn
        self.characters = characters
        self._hidden = [part.box for part in characters if part.hidden and part.box is not None]
        self.frame: Box = page.get_mediabox()
        self.rotation: int = page.get_rotation()
        self._text = page.get_textpage()

    def lines(self) -> Iterator[tuple[str, bool]]:
        """Yield each line that is not blank, and whether some of it is hidden."""
        text: list[Character] = []
        for character in (*self.characters, Character("\n", None, hidden=False)):
            if character.text not in "\r\n":
                text.append(character)
                continue
            line = clean("".join(part.text for part in text)).strip()
            if line:
                yield line, any(part.hidden for part in text)
            text = []

    def within(self, box: Box) -> str:
        """Return the text inside a box."""
        left, bottom, right, top = box
        return str(self._text.get_text_bounded(left=left, bottom=bottom, right=right, top=top))

    def hides(self, box: Box) -> bool:
        """Tell whether a hidden character stands in a box."""
        return any(_inside(hidden, box) for hidden in self._hidden)


def clean(text: str) -> str:
    """Return text without broken surrogates and with line ends and NUL made visible as U+FFFD."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", whole)


def page_text(page: pypdfium2.PdfPage) -> PageText:
    """Read one page; hidden are characters that are invisible, white on white, covered, or off the page."""
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    shapes = _Shapes(page)
    text = page.get_textpage()
    frame: Box = page.get_bbox()
    characters = []
    for index in range(text.count_chars()):
        point = pdfium.FPDFText_GetUnicode(text, index)
        generated = pdfium.FPDFText_IsGenerated(text, index) == 1
        box: Box | None = None if generated else text.get_charbox(index)
        hidden = False
        letter = chr(point) if 0 < point < 0x110000 else "\N{REPLACEMENT CHARACTER}"  # noqa: PLR2004 - end of Unicode
        if box is not None and not letter.isspace():
            owner = _address(pdfium.FPDFText_GetTextObject(text, index))
            hidden = shapes.hides(owner, box) or not _inside(box, frame)
        characters.append(Character(letter, box, hidden))
    return PageText(page, drawn=shapes.drawn, characters=characters)


class _Shapes:
    """What is drawn on the page and in which order: what can cover text, and which text is drawn unseen."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self.unseen: set[int] = set()
        self.white: set[int] = set()
        self.order: dict[int, int] = {}
        self.covers: list[tuple[int, Box, bool]] = []
        self.drawn = False
        for position, shape in enumerate(page.get_objects()):
            self.drawn = self.drawn or shape.type != _FORM
            if shape.type == _TEXT:
                self._take_text(position, shape)
            elif shape.type == _IMAGE:
                self.covers.append((position, _bounds(shape), False))
            elif shape.type == _PATH:
                self._take_path(position, shape)

    def hides(self, owner: int, box: Box) -> bool:
        """Tell whether a character of the text object ``owner`` in ``box`` cannot be seen."""
        if owner in self.unseen:
            return True
        place = self.order.get(owner, -1)
        here = [(position, white) for position, cover, white in self.covers if _inside(box, cover)]
        if any(position > place >= 0 for position, _ in here):
            return True
        return owner in self.white and all(white for position, white in here if position < place)

    def _take_text(self, position: int, shape: Any) -> None:  # noqa: ANN401 - an untyped library
        import pypdfium2.raw as pdfium

        address = _address(shape.raw)
        self.order[address] = position
        mode = pdfium.FPDFTextObj_GetTextRenderMode(shape)
        red, green, blue, alpha = _fill(shape)
        if mode in _INVISIBLE or (alpha == 0 and mode == 0):
            self.unseen.add(address)
        elif mode == 0 and min(red, green, blue) >= _WHITE:
            self.white.add(address)

    def _take_path(self, position: int, shape: Any) -> None:  # noqa: ANN401 - an untyped library
        import pypdfium2.raw as pdfium

        fill, stroke = ctypes.c_int(), ctypes.c_int()
        box = _bounds(shape)
        if not pdfium.FPDFPath_GetDrawMode(shape, fill, stroke) or not fill.value:
            return
        red, green, blue, alpha = _fill(shape)
        if alpha >= _OPAQUE and min(box[2] - box[0], box[3] - box[1]) >= _THIN:
            self.covers.append((position, box, min(red, green, blue) >= _WHITE))


def _fill(shape: Any) -> tuple[int, int, int, int]:  # noqa: ANN401 - an untyped library
    """Return red, green, blue and alpha (0 to 255) of the fill; black when PDFium cannot say."""
    import pypdfium2.raw as pdfium

    parts = [ctypes.c_uint() for _ in range(4)]
    if not pdfium.FPDFPageObj_GetFillColor(shape, *parts):
        return 0, 0, 0, 255
    red, green, blue, alpha = (part.value for part in parts)
    return red, green, blue, alpha


def _bounds(shape: Any) -> Box:  # noqa: ANN401 - an untyped library
    """Return the box of an object on the page: inside a form, bounds are in the form's own coordinates."""
    left, bottom, right, top = shape.get_bounds()
    corners = [(left, bottom), (left, top), (right, bottom), (right, top)]
    form = shape.container
    while form is not None:
        a, b, c, d, e, f = form.get_matrix().get()
        corners = [(a * x + c * y + e, b * x + d * y + f) for x, y in corners]
        form = form.container
    across, up = [x for x, _ in corners], [y for _, y in corners]
    return min(across), min(up), max(across), max(up)


def _inside(box: Box, area: Box) -> bool:
    """Tell whether the middle of ``box`` lies in ``area``."""
    across, up = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return area[0] <= across <= area[2] and area[1] <= up <= area[3]


def _address(handle: Any) -> int:  # noqa: ANN401 - a raw pointer
    return ctypes.cast(handle, ctypes.c_void_p).value or 0
